//! Undoes the common encodings, layer by layer, so that one plain search finds what was wrapped in several of them.
//!
//! Each layer is decoded in every way that its bytes allow, breadth first, until a depth or a budget is reached. This is
//! the cheap first look; encryption and unknown encodings are left to the comparison of runs.

use crate::trace::Digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::collections::BTreeSet;
use std::io::Read;

/// How many encodings may be wrapped into each other: thieves use two or three.
const DEPTH: usize = 4;
/// Layers of one payload.
const LAYERS: usize = 96;
/// Bytes of all layers of one payload: a body of the largest recorded size gets one round of decoding.
const ONE: usize = 32 << 20;
/// Bytes that one compressed layer may grow to; a bomb is cut here.
const INFLATED: u64 = 8 << 20;
/// Runs of encoded characters shorter than this are words.
const RUN: usize = 16;

/// Some bytes and how they were reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The encodings that were undone, outermost first, joined by ` of `; empty for the bytes themselves.
    pub encoding: String,
    /// The decoded bytes.
    pub bytes: Vec<u8>,
}

/// Bytes that may still be spent on decoding for one purpose: a package cannot make judging it slow.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Default for Budget {
    /// Three payloads of the largest recorded size, fully decoded.
    fn default() -> Budget {
        Budget(96 << 20)
    }
}

/// The bytes themselves and, as long as the budget lasts, everything that decoding makes of them.
pub(super) fn layers(bytes: &[u8], budget: &mut Budget) -> Vec<Layer> {
    let mut all = vec![Layer {
        encoding: String::new(),
        bytes: bytes.to_vec(),
    }];
    let mut seen = BTreeSet::from([Digest::of(bytes)]);
    let mut left = budget.0.min(ONE);
    let before = left;
    let mut start = 0;
    for depth in 0..DEPTH {
        let end = all.len();
        for index in start..end {
            let decoded = match all.get(index) {
                Some(layer) if layer.bytes.len() <= left => decode(&layer.bytes, depth),
                _ => Vec::new(),
            };
            for (name, decoded) in decoded {
                left = left.saturating_sub(decoded.len());
                if all.len() < LAYERS && left > 0 && seen.insert(Digest::of(&decoded)) {
                    let outer = all.get(index).map_or("", |layer| layer.encoding.as_str());
                    let encoding = nested(name, outer);
                    all.push(Layer {
                        encoding,
                        bytes: decoded,
                    });
                }
            }
        }
        start = end;
    }
    budget.0 = budget.0.saturating_sub(before - left);
    all
}

fn nested(name: &str, outer: &str) -> String {
    match outer {
        "" => name.to_owned(),
        outer => format!("{outer} of {name}"),
    }
}

/// Every way in which these bytes can be decoded, most likely first.
fn decode(bytes: &[u8], depth: usize) -> Vec<(&'static str, Vec<u8>)> {
    let mut found = compressed(bytes);
    found.extend(percent(bytes).map(|b| ("percent-encoding", b)));
    found.extend(escapes(bytes).map(|b| ("string escapes", b)));
    found.extend(
        (0..4)
            .filter_map(|skip| base64_runs(bytes, skip))
            .map(|b| ("base64", b)),
    );
    found.extend(
        (0..2)
            .filter_map(|skip| hex_runs(bytes, skip))
            .map(|b| ("hexadecimal", b)),
    );
    found.extend(base32_runs(bytes).map(|b| ("base32", b)));
    found.extend(char_codes(bytes).map(|b| ("character codes", b)));
    found.extend(wide(bytes).map(|b| ("UTF-16", b)));
    // A text is turned round once, at the outside or right under another encoding.
    if depth < 2 && bytes.len() <= 1 << 20 {
        found.push(("reversal", bytes.iter().rev().copied().collect()));
    }
    found
}

fn compressed(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut found = Vec::new();
    let starts = bytes.windows(3).enumerate();
    for (at, _) in starts.filter(|(_, w)| *w == [0x1f, 0x8b, 8]).take(4) {
        if let Some(rest) = bytes.get(at..) {
            found.extend(inflate(MultiGzDecoder::new(rest), 1).map(|b| ("gzip", b)));
        }
    }
    if found.is_empty() && bytes.first() == Some(&0x78) {
        found.extend(inflate(ZlibDecoder::new(bytes), 1).map(|b| ("zlib", b)));
    }
    if found.is_empty() && !is_text(bytes) {
        // Raw deflate has no mark: only a stream that decodes to something of size is taken for one.
        found.extend(inflate(DeflateDecoder::new(bytes), RUN).map(|b| ("deflate", b)));
    }
    found
}

/// What a decoder yields before it ends or fails, when that is at least `least` bytes.
fn inflate(decoder: impl Read, least: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut chunk = [0; 8192];
    let mut decoder = decoder.take(INFLATED);
    while let Ok(length) = decoder.read(&mut chunk) {
        if length == 0 {
            break;
        }
        out.extend_from_slice(chunk.get(..length)?);
    }
    (out.len() >= least).then_some(out)
}

fn is_text(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .take(512)
        .all(|b| !b.is_ascii_control() || b.is_ascii_whitespace())
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|d| u8::try_from(d).ok())
}

fn pair(bytes: &[u8], at: usize) -> Option<u8> {
    Some(digit(*bytes.get(at)?)? << 4 | digit(*bytes.get(at + 1)?)?)
}

fn percent(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut changed = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'%' if pair(bytes, at + 1).is_some() => {
                out.extend(pair(bytes, at + 1));
                changed = true;
                at += 3;
            }
            _ => {
                out.push(if byte == b'+' { b' ' } else { byte });
                at += 1;
            }
        }
    }
    changed.then_some(out)
}

/// JSON and JavaScript string escapes.
fn escapes(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.contains(&b'\\') {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let Some(&next) = bytes.get(at) else { break };
        at += 1;
        match next {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'x' if pair(bytes, at).is_some() => {
                out.extend(pair(bytes, at));
                at += 2;
            }
            b'u' => match (pair(bytes, at), pair(bytes, at + 2)) {
                (Some(high), Some(low)) => {
                    let code = u32::from(high) << 8 | u32::from(low);
                    let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    at += 4;
                }
                _ => out.push(next),
            },
            other => out.push(other),
        }
    }
    Some(out)
}

/// Calls `each` with every run of at least [`RUN`] bytes of an alphabet.
fn runs(bytes: &[u8], in_alphabet: impl Fn(u8) -> bool, mut each: impl FnMut(&[u8])) {
    for run in bytes.split(|&b| !in_alphabet(b)) {
        if run.len() >= RUN {
            each(run);
        }
    }
}

/// All base64 runs, standard or URL alphabet, each read from its `skip`-th character: where a run starts with other text
/// of the alphabet, one of the four positions is right. Line breaks inside a run are dropped.
fn base64_runs(bytes: &[u8], skip: usize) -> Option<Vec<u8>> {
    let joined: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|b| !matches!(b, b'\r' | b'\n'))
        .collect();
    let mut out = Vec::new();
    let alphabet = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
    runs(&joined, alphabet, |run| {
        let mut text: Vec<u8> = run.iter().skip(skip).map(standard).collect();
        // One character over says nothing; the bits that the last byte leaves unused may be anything in cut text.
        let whole = text.len() / 4 * 4;
        let rest = text.split_off(whole);
        if let Ok(decoded) = STANDARD_NO_PAD.decode(&text) {
            out.extend(decoded);
            out.extend(tail(&rest));
            out.push(b'\n');
        }
    });
    (!out.is_empty()).then_some(out)
}

/// The bytes of a last group of two or three characters.
fn tail(rest: &[u8]) -> Vec<u8> {
    let mut group = rest.to_vec();
    group.resize(4, b'A');
    let mut decoded = STANDARD_NO_PAD.decode(&group).unwrap_or_default();
    decoded.truncate(rest.len().saturating_sub(1));
    decoded
}

fn standard(byte: &u8) -> u8 {
    match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => *other,
    }
}

fn hex_runs(bytes: &[u8], skip: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    runs(
        bytes,
        |b| b.is_ascii_hexdigit(),
        |run| {
            let run = run.get(skip..).unwrap_or_default();
            out.extend(run.chunks_exact(2).filter_map(|two| pair(two, 0)));
            out.push(b'\n');
        },
    );
    (!out.is_empty()).then_some(out)
}

fn base32_runs(bytes: &[u8]) -> Option<Vec<u8>> {
    let value = |b: u8| match b.to_ascii_uppercase() {
        upper @ b'A'..=b'Z' => Some(upper - b'A'),
        digit @ b'2'..=b'7' => Some(digit - b'2' + 26),
        _ => None,
    };
    let mut out = Vec::new();
    runs(
        bytes,
        |b| value(b).is_some(),
        |run| {
            let (mut bits, mut count) = (0_u32, 0_u32);
            for five in run.iter().filter_map(|&b| value(b)) {
                bits = bits << 5 | u32::from(five);
                count += 5;
                if count >= 8 {
                    count -= 8;
                    out.extend(u8::try_from(bits >> count & 0xff));
                }
            }
            out.push(b'\n');
        },
    );
    (!out.is_empty()).then_some(out)
}

/// Lists of decimal character codes: `[104, 105, ...]`.
fn char_codes(bytes: &[u8]) -> Option<Vec<u8>> {
    let in_list = |b: u8| b.is_ascii_digit() || matches!(b, b',' | b' ' | b'\n');
    let mut out = Vec::new();
    runs(bytes, in_list, |run| {
        let numbers = run.split(|b| !b.is_ascii_digit()).filter(|n| !n.is_empty());
        let codes: Option<Vec<u8>> = numbers
            .map(|n| std::str::from_utf8(n).ok()?.parse().ok())
            .collect();
        out.extend(codes.unwrap_or_default());
    });
    (out.len() >= 8).then_some(out)
}

/// UTF-16 of ASCII text, either byte order.
fn wide(bytes: &[u8]) -> Option<Vec<u8>> {
    let zeros = bytes.iter().filter(|b| **b == 0).count();
    let narrow: Vec<u8> = bytes.iter().copied().filter(|b| *b != 0).collect();
    (bytes.len() >= 2 * RUN && zeros.abs_diff(narrow.len()) <= bytes.len() / 8).then_some(narrow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use std::io::Write;

    const SECRET: &str = "npm_q7Zr0aT5LmXw93KeBv1YsD8uHcJ2fGpN4oVi";

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02X}")).collect()
    }

    /// The run of one letter makes the coder compress: a short text it would store as it is.
    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&[b'a'; 300]).unwrap();
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn finds(bytes: &[u8]) -> Option<String> {
        let holds = |layer: &&Layer| {
            let mut windows = layer.bytes.windows(SECRET.len());
            windows.any(|w| w == SECRET.as_bytes())
        };
        layers(bytes, &mut Budget::default())
            .iter()
            .find(holds)
            .map(|l| l.encoding.clone())
    }

    #[test]
    fn a_secret_is_found_in_every_single_encoding() {
        let codes = SECRET
            .bytes()
            .map(|b| b.to_string())
            .collect::<Vec<_>>()
            .join(", ");
        let escaped: String = SECRET.bytes().map(|b| format!("\\u{b:04x}")).collect();
        let percent: String = SECRET.bytes().map(|b| format!("%{b:02x}")).collect();
        let wide: Vec<u8> = SECRET.bytes().flat_map(|b| [b, 0]).collect();
        let reversed: String = SECRET.chars().rev().collect();
        for (bytes, encoding) in [
            (SECRET.as_bytes().to_vec(), ""),
            (STANDARD.encode(SECRET).into_bytes(), "base64"),
            (hex(SECRET.as_bytes()).into_bytes(), "hexadecimal"),
            (gzip(SECRET.as_bytes()), "gzip"),
            (codes.into_bytes(), "character codes"),
            (escaped.into_bytes(), "string escapes"),
            (percent.into_bytes(), "percent-encoding"),
            (wide, "UTF-16"),
            (reversed.into_bytes(), "reversal"),
        ] {
            assert_eq!(finds(&bytes).as_deref(), Some(encoding));
        }
    }

    #[test]
    fn base64_is_found_at_all_alignments() {
        for lead in ["", "x", "xy", "xyz"] {
            let inside = URL_SAFE_NO_PAD.encode(format!("{lead}{SECRET}{lead}"));
            assert!(finds(format!("{lead}{inside}").as_bytes()).is_some());
        }
    }

    #[test]
    fn nested_encodings_are_undone() {
        let body = format!("{{\"d\":\"{}\"}}", STANDARD.encode(gzip(SECRET.as_bytes())));
        let twice = STANDARD.encode(STANDARD.encode(body));
        assert_eq!(
            finds(twice.as_bytes()),
            Some("base64 of base64 of base64 of gzip".into())
        );
    }

    #[test]
    fn a_bomb_is_cut() {
        let bomb = gzip(&vec![0; 20 << 20]);
        let total: usize = layers(&bomb, &mut Budget::default())
            .iter()
            .map(|l| l.bytes.len())
            .sum();
        assert!(total <= ONE + bomb.len());
        let mut none = Budget(0);
        assert_eq!(layers(&bomb, &mut none).len(), 1);
    }
}
