use super::*;
use crate::trace::{Kind, Location, Outcome, PackageId, Recorder, RunEnd};

fn sample() -> Trace {
    let mut recorder = Recorder::default();
    recorder.start_run("install", "developer-linux", "node x.js");
    let place = Location {
        file: "/p/x.js".into(),
        line: 3,
        column: 7,
    };
    let seq = recorder.record(Kind::FileRead, "/home/u/.npmrc", 4, 1_000, vec![place]);
    recorder.settle(seq, Outcome::Error("ENOENT".into()));
    let seq = recorder.record(Kind::NetSend, "a.test:443", 4, 2_000, Vec::new());
    recorder.attach(seq, Bytes::from_static(b"line\nline\0\xff"));
    recorder.claimed(seq);
    let seq = recorder.record(Kind::FileWrite, "/tmp/\u{202e}x\n", 4, 2_000, Vec::new());
    recorder.attach(seq, Bytes::new());
    recorder.detail(seq, "existed", "4");
    recorder.end_run(RunEnd::Failed, "exit code 1");
    let (runs, events, blobs) = recorder.finish();
    let header = Header {
        schema: SCHEMA.into(),
        tool: "lazaret 0.0.0".into(),
        package: PackageId {
            name: "sample".into(),
            ..PackageId::default()
        },
        seed: 7,
        ..Header::default()
    };
    Trace {
        header,
        runs,
        events,
        blobs,
    }
}

fn plain(trace: &Trace) -> Vec<u8> {
    let mut bytes = Vec::new();
    trace.write_plain(&mut bytes).expect("into memory");
    bytes
}

fn packed(trace: &Trace) -> Vec<u8> {
    let mut bytes = Vec::new();
    trace.write_to(&mut bytes).expect("into memory");
    bytes
}

fn read(plain: &[u8]) -> Result<Trace, CodecError> {
    Trace::read_plain(plain, &ReadLimits::default())
}

#[test]
fn a_trace_reads_back_as_it_was_written() {
    let trace = sample();
    let bytes = packed(&trace);
    let back = Trace::read_from(bytes.as_slice(), &ReadLimits::default()).expect("a trace");
    assert_eq!(plain(&back), plain(&trace));
    assert_eq!(back.digest(), trace.digest());
    assert_eq!(packed(&back), bytes);
}

#[test]
fn the_form_on_disk_is_stable() {
    let text = String::from_utf8_lossy(&plain(&sample())).into_owned();
    let lines: Vec<String> = text.lines().map(crate::escape::escape).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_event_and_payload_counts_for_the_digest() {
    let mut other = sample();
    other.events[0].pid += 1;
    assert_ne!(other.digest(), sample().digest());
    let mut other = sample();
    other.blobs.insert(Bytes::from_static(b"more"));
    assert_ne!(other.digest(), sample().digest());
}

#[test]
fn no_cut_is_taken_for_a_trace() {
    let whole = plain(&sample());
    for length in 0..whole.len() {
        assert!(read(&whole[..length]).is_err(), "{length}");
    }
    let whole = packed(&sample());
    for length in 0..whole.len() {
        let cut = Trace::read_from(&whole[..length], &ReadLimits::default());
        assert!(cut.is_err(), "{length}");
    }
}

#[test]
fn no_flipped_bit_of_the_file_goes_unnoticed() {
    let whole = packed(&sample());
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        let read = Trace::read_from(bytes.as_slice(), &ReadLimits::default());
        assert!(
            read.is_err() || read.is_ok_and(|trace| trace.digest() == sample().digest()),
            "{at}"
        );
    }
}

#[test]
fn no_damage_to_the_plain_form_is_more_than_an_error() {
    let whole = plain(&sample());
    for at in 0..whole.len() {
        for value in [0, b'9', b'"', b'{', b'\n', 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            // Some damage makes another lawful trace; none may panic.
            let _ = read(&bytes);
        }
    }
}

#[test]
fn lies_of_a_line_are_found() {
    let lie = |from: &str, to: &str| {
        let mut bytes = plain(&sample());
        let at = bytes
            .windows(from.len())
            .position(|part| part == from.as_bytes());
        let at = at.expect("part of the form");
        bytes.splice(at..at + from.len(), to.bytes());
        read(&bytes).map(|_| ()).expect_err(from).to_string()
    };
    assert!(lie("lazaret.trace/1", "lazaret.trace/9").contains("lazaret.trace/9"));
    assert!(lie("\"seq\":1", "\"seq\":9").contains("numbered"));
    assert!(lie("\"run\":0", "\"run\":3").contains("no run"));
    assert!(lie("file.read", "file.rood").contains("unknown variant"));
    assert!(lie("\"length\":0", "\"length\":18446744073709551615").contains("payloads"));
    assert!(lie("\"events\":3", "\"events\":4").contains("counts"));
    assert!(lie("{\"blob\"", "{\"glob\"").contains("unknown variant"));
}

#[test]
fn a_payload_with_another_content_is_found() {
    let mut bytes = plain(&sample());
    let at = bytes
        .windows(9)
        .position(|window| window == b"line\nline")
        .expect("the payload");
    bytes[at] = b'L';
    let error = read(&bytes).expect_err("another digest").to_string();
    assert!(error.contains("another digest"), "{error}");
}

#[test]
fn what_follows_the_end_is_refused() {
    let mut bytes = plain(&sample());
    bytes.push(b'\n');
    assert!(read(&bytes).is_err());
}

#[test]
fn limits_stop_the_reader() {
    let bytes = packed(&sample());
    let with = |limits: ReadLimits| {
        Trace::read_from(bytes.as_slice(), &limits)
            .map(|_| ())
            .expect_err("a limit")
            .to_string()
    };
    let all = ReadLimits::default();
    assert!(with(ReadLimits { events: 2, ..all }).contains("2 events"));
    assert!(with(ReadLimits { runs: 0, ..all }).contains("0 runs"));
    assert!(with(ReadLimits { line: 20, ..all }).contains("bytes in a line"));
    assert!(with(ReadLimits { payloads: 3, ..all }).contains("payloads"));
    assert!(with(ReadLimits { total: 400, ..all }).contains("400 bytes"));
}

#[test]
fn anything_else_is_no_trace() {
    let read = |bytes: &[u8]| Trace::read_from(bytes, &ReadLimits::default()).map(|_| ());
    assert!(read(b"").is_err());
    assert!(read(b"hello").is_err());
    let other = zstd::encode_all(&b"{\"x\":1}\n"[..], 1).expect("into memory");
    assert!(matches!(read(&other), Err(CodecError::NotATrace)));
    let bomb = zstd::encode_all(&vec![b' '; 64 << 20][..], 1).expect("into memory");
    assert!(read(&bomb).is_err());
}
