//! Takes the fuzzer's bytes apart, from the front, so that a change of one byte changes one decision.

use arbitrary::Unstructured;

/// Numbers at which code tends to break.
const EDGES: [u64; 16] = [
    0,
    1,
    2,
    7,
    255,
    256,
    4_095,
    4_096,
    65_535,
    65_536,
    0x7fff_ffff,
    0xffff_ffff,
    1 << 40,
    (1 << 53) + 1,
    i64::MAX as u64,
    u64::MAX,
];

/// The rest of an input. When it is used up, everything is zero.
pub(crate) struct Input<'a>(Unstructured<'a>);

impl<'a> Input<'a> {
    /// All of it.
    pub(crate) fn new(data: &'a [u8]) -> Input<'a> {
        Input(Unstructured::new(data))
    }

    /// Whether it is used up.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One byte.
    pub(crate) fn byte(&mut self) -> u8 {
        self.0.arbitrary().unwrap_or(0)
    }

    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count
    }

    /// One of these.
    pub(crate) fn pick<'t, T: ?Sized>(&mut self, items: &[&'t T]) -> &'t T {
        items[self.below(items.len())]
    }

    /// A decision.
    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// A number: small in most cases, else one of those at which code breaks, else any.
    pub(crate) fn number(&mut self) -> u64 {
        match self.byte() {
            small @ 0..=199 => u64::from(small),
            edge @ 200..=247 => EDGES[usize::from(edge) % EDGES.len()],
            248..=251 => u64::from(u16::from_le_bytes([self.byte(), self.byte()])),
            _ => self.0.arbitrary().unwrap_or(0),
        }
    }

    /// Up to 255 bytes, by a length in front of them.
    pub(crate) fn bytes(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.0.len());
        self.0.bytes(length).unwrap_or_default()
    }

    /// The same as text; what is not UTF-8 is replaced.
    pub(crate) fn text(&mut self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }
}

/// Makes seeds: the inverse of [`Input`].
#[derive(Default)]
pub(crate) struct Seed(Vec<u8>);

impl Seed {
    /// Appends a byte, such as the number of an operation or an index.
    pub(crate) fn byte(mut self, byte: u8) -> Seed {
        self.0.push(byte);
        self
    }

    /// Appends several bytes.
    pub(crate) fn all(mut self, bytes: &[u8]) -> Seed {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Appends bytes with their length.
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Seed {
        let length = bytes.len().min(255);
        self.0.push(u8::try_from(length).unwrap_or(255));
        self.0.extend_from_slice(&bytes[..length]);
        self
    }

    /// Appends a text with its length.
    pub(crate) fn text(self, text: &str) -> Seed {
        self.bytes(text.as_bytes())
    }

    /// The input.
    pub(crate) fn done(self) -> Vec<u8> {
        self.0
    }
}
