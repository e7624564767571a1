//! The values that cross the border to the JavaScript guest: decoding of requests, encoding of replies.
//!
//! The form is documented in docs/guest-abi.md. Requests come from hostile code: every length is checked against what is
//! there, nesting is limited, and nothing is copied before it is needed.

use bytes::Bytes;

/// How deep lists may nest in a request; our own bindings need three levels.
const MAX_DEPTH: u32 = 16;

/// One argument of a call, borrowed from the guest's memory.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg<'a> {
    /// `undefined` or `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(&'a str),
    /// The bytes of a buffer.
    Bytes(&'a [u8]),
    /// A list; an object is a list of alternating keys and values.
    List(Vec<Arg<'a>>),
}

/// A request that does not have the documented form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// Reads values off a request.
pub struct Decoder<'a> {
    rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    /// A decoder of these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Decoder<'a> {
        Decoder { rest: bytes }
    }

    /// Reads a length and that many bytes.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when fewer bytes are there.
    pub fn block(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.length()?;
        self.take(length)
    }

    /// Reads one value.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when the bytes end early, a tag is unknown, a string is not UTF-8 or lists nest too deep.
    pub fn value(&mut self) -> Result<Arg<'a>, Malformed> {
        self.nested(MAX_DEPTH)
    }

    fn nested(&mut self, depth: u32) -> Result<Arg<'a>, Malformed> {
        let [tag] = self.array()?;
        Ok(match tag {
            0 => Arg::Null,
            1 => Arg::Bool(false),
            2 => Arg::Bool(true),
            3 => Arg::Number(f64::from_le_bytes(self.array()?)),
            4 => Arg::Text(std::str::from_utf8(self.block()?).map_err(|_| Malformed)?),
            5 => Arg::Bytes(self.block()?),
            6 => self.list(depth.checked_sub(1).ok_or(Malformed)?)?,
            _ => return Err(Malformed),
        })
    }

    fn list(&mut self, depth: u32) -> Result<Arg<'a>, Malformed> {
        let count = self.length()?;
        // Each value takes a byte at least, so a larger count is a lie and reserves nothing.
        if count > self.rest.len() {
            return Err(Malformed);
        }
        let mut values = Vec::with_capacity(count.min(64));
        for _ in 0..count {
            values.push(self.nested(depth)?);
        }
        Ok(Arg::List(values))
    }

    fn length(&mut self) -> Result<usize, Malformed> {
        usize::try_from(u32::from_le_bytes(self.array()?)).map_err(|_| Malformed)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }
}

/// The arguments of one call after its name.
pub struct Args<'a>(pub Vec<Arg<'a>>);

impl<'a> Args<'a> {
    /// The argument at this place; [`Arg::Null`] when it was left out.
    #[must_use]
    pub fn get(&self, index: usize) -> &Arg<'a> {
        self.0.get(index).unwrap_or(&Arg::Null)
    }

    /// The string at this place, if it is one.
    #[must_use]
    pub fn text(&self, index: usize) -> Option<&'a str> {
        match self.get(index) {
            Arg::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes at this place: those of a buffer, or of a string in UTF-8.
    #[must_use]
    pub fn bytes(&self, index: usize) -> Option<&'a [u8]> {
        match self.get(index) {
            Arg::Bytes(bytes) => Some(bytes),
            Arg::Text(text) => Some(text.as_bytes()),
            _ => None,
        }
    }

    /// The number at this place, if it is one.
    #[must_use]
    pub fn number(&self, index: usize) -> Option<f64> {
        match self.get(index) {
            Arg::Number(number) => Some(*number),
            Arg::Bool(flag) => Some(f64::from(u8::from(*flag))),
            _ => None,
        }
    }

    /// The number at this place as a whole number, when it is one that fits.
    #[must_use]
    pub fn integer<T: TryFrom<i64>>(&self, index: usize) -> Option<T> {
        let number = self.number(index)?;
        let whole =
            number.is_finite() && number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "checked to be a whole number within 53 bits"
        )]
        whole
            .then_some(number as i64)
            .and_then(|number| T::try_from(number).ok())
    }

    /// Whether the value at this place is true in JavaScript's sense, for flags.
    #[must_use]
    pub fn flag(&self, index: usize) -> bool {
        match self.get(index) {
            Arg::Null => false,
            Arg::Bool(flag) => *flag,
            Arg::Number(number) => *number != 0.0 && !number.is_nan(),
            Arg::Text(text) => !text.is_empty(),
            Arg::Bytes(_) | Arg::List(_) => true,
        }
    }

    /// The list at this place; empty when it is none.
    #[must_use]
    pub fn list(&self, index: usize) -> &[Arg<'a>] {
        match self.get(index) {
            Arg::List(values) => values,
            _ => &[],
        }
    }

    /// The strings of the list at this place; others are left out.
    #[must_use]
    pub fn texts(&self, index: usize) -> Vec<String> {
        self.list(index)
            .iter()
            .filter_map(|value| match value {
                Arg::Text(text) => Some((*text).to_owned()),
                _ => None,
            })
            .collect()
    }
}

/// A reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `undefined`.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// A `Uint8Array`.
    Bytes(Bytes),
    /// An array.
    List(Vec<Value>),
}

impl Value {
    /// An object in the form in which the guest takes it apart: alternating keys and values.
    pub fn object<'k>(entries: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
        Value::List(
            entries
                .into_iter()
                .flat_map(|(key, value)| [Value::from(key), value])
                .collect(),
        )
    }

    /// Appends the encoded form.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Value::Null => out.push(0),
            Value::Bool(flag) => out.push(1 + u8::from(*flag)),
            Value::Number(number) => {
                out.push(3);
                out.extend_from_slice(&number.to_le_bytes());
            }
            Value::Text(text) => block(out, 4, text.as_bytes()),
            Value::Bytes(bytes) => block(out, 5, bytes),
            Value::List(values) => {
                out.push(6);
                out.extend_from_slice(&length(values.len()));
                values.iter().for_each(|value| value.encode(out));
            }
        }
    }
}

fn block(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    out.extend_from_slice(&length(bytes.len()));
    out.extend_from_slice(bytes);
}

/// Replies are bounded by the file and pipe limits, far below 4 GiB.
fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

macro_rules! from_number {
    ($($number:ty),+) => {
        $(impl From<$number> for Value {
            fn from(number: $number) -> Value {
                Value::Number(f64::from(number))
            }
        })+
    };
}
from_number!(u16, u32, i32, f64);

impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Bool(flag)
    }
}

impl From<u64> for Value {
    /// Numbers of JavaScript are exact up to 2^53; larger ones are rounded.
    fn from(number: u64) -> Value {
        #[expect(
            clippy::cast_precision_loss,
            reason = "rounding above 2^53 is what JavaScript has"
        )]
        Value::Number(number as f64)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Value {
        Value::from(number as u64)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Value {
        Value::Bytes(bytes)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Value {
        Value::Bytes(bytes.into())
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Value {
        Value::List(values.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_reads_back_as_the_argument_it_was() {
        let value = Value::object([("a", Value::from(1u32)), ("b", Value::from(vec![1u8, 2]))]);
        let mut bytes = Vec::new();
        value.encode(&mut bytes);
        let expected = Arg::List(vec![
            Arg::Text("a"),
            Arg::Number(1.0),
            Arg::Text("b"),
            Arg::Bytes(&[1, 2]),
        ]);
        assert_eq!(Decoder::new(&bytes).value(), Ok(expected));
    }

    #[test]
    fn lying_lengths_and_endless_nesting_are_refused() {
        for bytes in [
            &[4, 255, 255, 255, 255, b'x'][..],
            &[6, 255, 255, 255, 127],
            &[3, 0],
            &[9],
            &[],
        ] {
            assert_eq!(Decoder::new(bytes).value(), Err(Malformed), "{bytes:?}");
        }
        let nested: Vec<u8> = [6, 1, 0, 0, 0].repeat(10_000);
        assert_eq!(Decoder::new(&nested).value(), Err(Malformed));
    }

    #[test]
    fn only_whole_numbers_that_fit_are_integers() {
        let args = Args(vec![
            Arg::Number(3.0),
            Arg::Number(0.5),
            Arg::Number(f64::NAN),
            Arg::Number(-1.0),
        ]);
        assert_eq!(args.integer::<u32>(0), Some(3));
        for index in 1..5 {
            assert_eq!(args.integer::<u32>(index), None);
        }
    }
}
