//! The form of traces on disk: what is written is read back, and a reader of anything else stays within its limits.

use super::input::Input;
use super::text::is_harmless;
use super::traces;
use lazaret::trace::{CodecError, ReadLimits, Trace};

/// Small enough to be reached by short inputs.
const LIMITS: ReadLimits = ReadLimits {
    line: 2_000,
    runs: 8,
    events: 40,
    payloads: 4_000,
    total: 20_000,
};

/// The first byte decides: an ordered trace goes there and back; other bytes are the plain form, or the compressed one.
pub(crate) fn run(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else {
        return;
    };
    match kind % 3 {
        0 => {
            let trace = traces::trace(&mut Input::new(rest));
            let again = Trace::read_from(&written(&trace)[..], &ReadLimits::default())
                .expect("what was written");
            same(&trace, &again);
        }
        1 => read(&zstd::bulk::compress(rest, 1).expect("into memory")),
        _ => read(rest),
    }
}

fn read(bytes: &[u8]) {
    match Trace::read_from(bytes, &LIMITS) {
        Ok(trace) => {
            assert!(trace.runs.len() <= LIMITS.runs && trace.events.len() <= LIMITS.events);
            assert!(trace.blobs.total() <= LIMITS.payloads);
            let again = Trace::read_from(&written(&trace)[..], &ReadLimits::default())
                .expect("what was written");
            same(&trace, &again);
        }
        // What the decompressor says is its own.
        Err(CodecError::Unreadable(_)) => {}
        Err(error) => {
            let line = error.to_string();
            assert!(
                is_harmless(&line) && line.len() < 1_000,
                "the reason is more than a line: {line:?}"
            );
        }
    }
}

fn written(trace: &Trace) -> Vec<u8> {
    let mut bytes = Vec::new();
    trace.write_to(&mut bytes).expect("into memory");
    bytes
}

fn same(one: &Trace, other: &Trace) {
    assert_eq!(one.header, other.header);
    assert_eq!(one.runs, other.runs);
    assert_eq!(one.events, other.events);
    assert!(one.blobs.iter().eq(other.blobs.iter()), "payloads differ");
    assert_eq!(one.digest(), other.digest());
}

/// Ordered traces, their plain forms, and one that is damaged.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for orders in traces::seeds() {
        let short = &orders[..orders.len() / 4];
        let trace = traces::trace(&mut Input::new(short));
        let compressed = written(&trace);
        let plain = zstd::decode_all(&compressed[..]).expect("just written");
        if plain.len() < 4_000 {
            seeds.push([&[1], &plain[..]].concat());
            seeds.push([&[2], &compressed[..]].concat());
        }
        seeds.push([&[0], &orders[..]].concat());
    }
    let empty =
        zstd::decode_all(&written(&traces::trace(&mut Input::new(&[])))[..]).expect("just written");
    seeds.push([&[1], &empty[..]].concat());
    seeds.push([&[1], &empty[..empty.len() - 9]].concat());
    seeds
}
