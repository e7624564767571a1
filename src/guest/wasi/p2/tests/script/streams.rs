//! Streams.

use super::super::bindings::filesystem::types::{HostDescriptor, OpenFlags};
use super::super::bindings::io::poll::HostPollable;
use super::super::bindings::io::streams::{HostInputStream, HostOutputStream};
use super::super::{Arm, Dir, In, Out, Wait};
use super::{Log, READ, WRITE, looks, open, own, put, root, same};

fn input(arm: &mut Arm, file: &Dir, offset: u64) -> In {
    let stream = arm.fs().read_via_stream(same(file), offset);
    stream.unwrap_or_else(|_| panic!("a file"))
}

fn output(arm: &mut Arm, file: &Dir, offset: Option<u64>) -> Out {
    let stream = match offset {
        Some(offset) => arm.fs().write_via_stream(same(file), offset),
        None => arm.fs().append_via_stream(same(file)),
    };
    stream.unwrap_or_else(|_| panic!("a file"))
}

/// Reading from streams, to the end and beyond.
pub(in super::super::super) fn input_streams(arm: &mut Arm, log: &mut Log) {
    let root = root(arm);
    put(arm, &root, "f", b"0123456789");
    let file = open(arm, &root, "f", OpenFlags::empty(), READ);
    for (offset, lengths) in [
        (0, &[3, 4, 100, 1][..]),
        (8, &[1, 1, 1]),
        (10, &[1]),
        (1 << 40, &[1, 1]),
    ] {
        let stream = input(arm, &file, offset);
        for length in lengths {
            let read = HostInputStream::blocking_read(&mut arm.io(), same(&stream), *length);
            let read = arm.flowed(read);
            log.push(format!("{offset} {length}: {read}"));
        }
        HostInputStream::drop(&mut arm.io(), own(&stream)).expect("open");
    }
    let stream = input(arm, &file, 2);
    for length in [3, 2, 100, 1] {
        let skipped = HostInputStream::blocking_skip(&mut arm.io(), same(&stream), length);
        log.push(arm.flowed(skipped));
    }
    let stream = input(arm, &file, 0);
    HostDescriptor::drop(&mut arm.fs(), own(&file)).expect("open");
    let wait: Wait = HostInputStream::subscribe(&mut arm.io(), same(&stream)).expect("a stream");
    HostPollable::block(&mut arm.io(), same(&wait)).expect("ready");
    let ready = HostPollable::ready(&mut arm.io(), same(&wait)).expect("a pollable");
    let read = HostInputStream::read(&mut arm.io(), same(&stream), 4);
    let read = arm.flowed(read);
    log.push(format!("after its descriptor: {ready} {read}"));
    let early = HostInputStream::drop(&mut arm.io(), own(&stream)).is_err();
    HostPollable::drop(&mut arm.io(), own(&wait)).expect("a pollable");
    log.push(format!("before its pollable: {early}"));
    let write_only = open(arm, &root, "f", OpenFlags::empty(), WRITE);
    let stream = input(arm, &write_only, 0);
    for _ in 0..2 {
        let read = HostInputStream::blocking_read(&mut arm.io(), same(&stream), 4);
        log.push(arm.flowed(read));
    }
}

/// Writing to streams: at places, at the end, too much, and where it is not allowed.
pub(in super::super::super) fn output_streams(arm: &mut Arm, log: &mut Log) {
    let root = root(arm);
    put(arm, &root, "f", b"0123456789");
    let file = open(arm, &root, "f", OpenFlags::empty(), READ | WRITE);
    for (offset, pieces) in [
        (Some(2), &[&b"ab"[..], b"", b"c"][..]),
        (None, &[b"end", b"END"]),
        (Some(20), &[b"hole"]),
        (Some(0), &[&[b'z'; 4_096], &[b'y'; 4_097]]),
    ] {
        let stream = output(arm, &file, offset);
        for piece in pieces {
            let room = HostOutputStream::check_write(&mut arm.io(), same(&stream))
                .map(|room| room >= 4_096);
            let room = arm.flowed(room);
            let written = HostOutputStream::blocking_write_and_flush(
                &mut arm.io(),
                same(&stream),
                piece.to_vec(),
            );
            let written = arm.flowed(written);
            log.push(format!(
                "{offset:?} {}: {room} {written}; {}",
                piece.len(),
                looks(arm, &root, "f")
            ));
        }
        let flushed = HostOutputStream::blocking_flush(&mut arm.io(), same(&stream));
        log.push(arm.flowed(flushed));
    }
    let stream = output(arm, &file, Some(1));
    for length in [3, 0, 4_097] {
        let zeros =
            HostOutputStream::blocking_write_zeroes_and_flush(&mut arm.io(), same(&stream), length);
        log.push(arm.flowed(zeros));
    }
    let read = HostDescriptor::read(&mut arm.fs(), same(&file), 30, 0);
    log.push(arm.said(read));
    let read_only = open(arm, &root, "f", OpenFlags::empty(), READ);
    let stream = output(arm, &read_only, Some(0));
    for _ in 0..2 {
        let written =
            HostOutputStream::blocking_write_and_flush(&mut arm.io(), same(&stream), vec![1]);
        log.push(arm.flowed(written));
    }
    let wait: Wait = HostOutputStream::subscribe(&mut arm.io(), same(&stream)).expect("a stream");
    let early = HostOutputStream::drop(&mut arm.io(), own(&stream)).is_err();
    HostPollable::drop(&mut arm.io(), own(&wait)).expect("a pollable");
    log.push(format!("before its pollable: {early}"));
}

/// From one stream into another.
pub(in super::super::super) fn spliced_streams(arm: &mut Arm, log: &mut Log) {
    let root = root(arm);
    put(arm, &root, "f", &[5; 10_000]);
    let from = open(arm, &root, "f", OpenFlags::empty(), READ);
    let to = open(arm, &root, "g", OpenFlags::CREATE, READ | WRITE);
    for lengths in [&[0, 10, 3_000][..], &[9_999, 1, 1, 1], &[1 << 40, 1]] {
        let (input, output) = (input(arm, &from, 0), output(arm, &to, None));
        for length in lengths {
            let moved = HostOutputStream::blocking_splice(
                &mut arm.io(),
                same(&output),
                same(&input),
                *length,
            );
            let moved = arm.flowed(moved);
            log.push(format!("{length}: {moved}; {}", looks(arm, &root, "g")));
        }
    }
}
