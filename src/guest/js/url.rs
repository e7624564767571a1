//! URLs of the WHATWG standard, parsed by the `url` crate, in the shape in which Node's library wants them.

use super::{Args, Host, Value, unknown};
use crate::guest::instance::Fault;
use crate::world::Errno;
use url::{Position, Url, quirks};

/// The number that stands for a component that is not there.
const OMITTED: u32 = u32::MAX;

/// Bytes of one URL; longer ones do not parse.
const MAX_LENGTH: usize = 1 << 20;

/// Answers `url.*`: pure functions.
pub(super) fn call(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    let first = args.text(0).ok_or(Errno::INVAL)?;
    if first.len() > MAX_LENGTH {
        return Err(Fault::Errno(Errno::NAMETOOLONG));
    }
    match verb {
        "parse" => Ok(parse(first, args.text(1)).as_ref().map(components).into()),
        "canParse" => Ok(parse(first, args.text(1)).is_some().into()),
        "update" => Ok(update(first, args.integer(1), args.text(2))
            .as_ref()
            .map(components)
            .into()),
        "domainToAscii" => Ok(host_name(first).into()),
        "domainToUnicode" => Ok(quirks::domain_to_unicode(&host_name(first)).into()),
        _ => unknown(host, &format!("url.{verb}")),
    }
}

/// A host in the form in which a URL has it, addresses included; empty when it is none. Node asks the host of a URL as well.
fn host_name(text: &str) -> String {
    Url::parse("ws://x")
        .ok()
        .and_then(|mut url| {
            quirks::set_hostname(&mut url, text).ok()?;
            Some(quirks::hostname(&url).to_owned())
        })
        .unwrap_or_default()
}

fn parse(input: &str, base: Option<&str>) -> Option<Url> {
    match base {
        Some(base) => Url::parse(base).ok()?.join(input).ok(),
        None => Url::parse(input).ok(),
    }
}

/// Sets one part of a URL, as the setter of the same number in Node's `internal/url` does; `None` when it refuses.
fn update(href: &str, action: Option<u32>, value: Option<&str>) -> Option<Url> {
    let (mut url, value) = (Url::parse(href).ok()?, value?);
    let done = match action? {
        0 => quirks::set_protocol(&mut url, value).is_ok(),
        1 => quirks::set_host(&mut url, value).is_ok(),
        2 => quirks::set_hostname(&mut url, value).is_ok(),
        3 => quirks::set_port(&mut url, value).is_ok(),
        4 => quirks::set_username(&mut url, value).is_ok(),
        5 => quirks::set_password(&mut url, value).is_ok(),
        6 => {
            quirks::set_pathname(&mut url, value);
            true
        }
        7 => {
            quirks::set_search(&mut url, value);
            true
        }
        8 => {
            quirks::set_hash(&mut url, value);
            true
        }
        9 => quirks::set_href(&mut url, value).is_ok(),
        _ => false,
    };
    // A setter that refuses leaves the URL as it was, except that of the whole address, which throws.
    (done || action != Some(9)).then_some(url)
}

/// The address and the offsets of its parts, in the order of the `url_components` that Node's library reads: ends of the
/// protocol and user name, start and end of the host, port, starts of path, query and fragment, kind of scheme. The numbers are the
/// little-endian bytes of a `Uint32Array`.
fn components(url: &Url) -> Value {
    let at = |position: Position| u32::try_from(url[..position].len()).unwrap_or(OMITTED);
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    let protocol_end = at(Position::AfterScheme) + 1;
    let (username_end, host_start, host_end) = if url.has_authority() {
        // With credentials the host starts at the `@`.
        let host_start = at(Position::BeforeHost) - u32::from(has_credentials);
        (
            at(Position::AfterUsername),
            host_start,
            at(Position::AfterHost),
        )
    } else {
        (protocol_end, protocol_end, protocol_end)
    };
    let start_of = |part: Option<&str>, position| {
        if part.is_some() {
            at(position) - 1
        } else {
            OMITTED
        }
    };
    let numbers = [
        protocol_end,
        username_end,
        host_start,
        host_end,
        url.port().map_or(OMITTED, u32::from),
        at(Position::BeforePath),
        start_of(url.query(), Position::BeforeQuery),
        start_of(url.fragment(), Position::BeforeFragment),
        scheme_type(url.scheme()),
    ];
    let numbers: Vec<u8> = numbers.into_iter().flat_map(u32::to_le_bytes).collect();
    Value::List(vec![url.as_str().into(), numbers.into()])
}

/// The numbers by which Node's library knows the special schemes; 1 is any other.
fn scheme_type(scheme: &str) -> u32 {
    match scheme {
        "http" => 0,
        "https" => 2,
        "ws" => 3,
        "ftp" => 4,
        "wss" => 5,
        "file" => 6,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<u32> {
        let Value::List(values) = components(&Url::parse(text).unwrap()) else {
            unreachable!()
        };
        let Some(Value::Bytes(bytes)) = values.get(1) else {
            unreachable!()
        };
        let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
        bytes.chunks(4).map(number).collect()
    }

    #[test]
    fn offsets_are_those_of_the_documented_example() {
        assert_eq!(
            numbers("https://user:pass@example.com:1234/foo/bar?baz#quux"),
            [6, 12, 17, 29, 1234, 34, 42, 46, 2]
        );
    }

    #[test]
    fn absent_parts_are_marked() {
        assert_eq!(
            numbers("mailto:x"),
            [7, 7, 7, 7, OMITTED, 7, OMITTED, OMITTED, 1]
        );
        assert_eq!(numbers("file:///a/b")[..4], [5, 7, 7, 7]);
    }

    #[test]
    fn a_refusing_setter_changes_nothing_but_a_bad_address_is_an_error() {
        assert_eq!(
            update("http://h/", Some(3), Some("x")).unwrap().as_str(),
            "http://h/"
        );
        assert!(update("http://h/", Some(9), Some("no url")).is_none());
    }
}
