use super::super::Arg;
use super::*;
use crate::world::Random;

/// `Z_FINISH`; the other formats count differently.
const FINISH: u32 = 4;

fn number(value: u32) -> Arg<'static> {
    Arg::Number(f64::from(value))
}

/// A stream of zlib's family with the window, level, memory and strategy that Node has by default.
fn zlib(mode: u32) -> Codec {
    let window = if [2, 4, 7].contains(&mode) { 0 } else { 15 };
    let args = Args(vec![
        Arg::Text("deflate"),
        number(mode),
        number(window),
        number(6),
        number(8),
        number(0),
    ]);
    let stream = deflate::Stream::open(&args).unwrap_or_else(|failure| panic!("{failure:?}"));
    Codec(Kind::Deflate(Box::new(stream)))
}

fn others() -> Vec<(Codec, Codec)> {
    let none = || Args(Vec::new());
    let encoder = brotli::Encoder::open(&none()).unwrap_or_else(|failure| panic!("{failure:?}"));
    let (compressor, decompressor) = (zstd::Encoder::open(&none()), zstd::Decoder::open(&none()));
    let compressor = compressor.unwrap_or_else(|failure| panic!("{failure:?}"));
    let decompressor = decompressor.unwrap_or_else(|failure| panic!("{failure:?}"));
    vec![
        (
            Codec(Kind::BrotliEncoder(Box::new(encoder))),
            Codec(Kind::BrotliDecoder(Box::default())),
        ),
        (
            Codec(Kind::ZstdEncoder(Box::new(compressor))),
            Codec(Kind::ZstdDecoder(Box::new(decompressor))),
        ),
    ]
}

/// Writes all of `input` in portions and ends the stream, with little room at a time.
fn run(codec: &mut Codec, finish: u32, input: &[u8], portion: usize) -> Result<Vec<u8>, Failure> {
    let mut output = Vec::new();
    let mut room = [0; 50];
    let mut parts = input.chunks(portion).peekable();
    let mut part = parts.next().unwrap_or_default();
    loop {
        let flush = if parts.peek().is_none() { finish } else { 0 };
        let written = codec.write(flush, part, &mut room);
        output.extend_from_slice(&room[..written.made]);
        if let Some(failure) = written.failure {
            return Err(failure);
        }
        part = &part[written.used..];
        if written.made < room.len() {
            match parts.next() {
                Some(next) => part = next,
                None => return Ok(output),
            }
        }
    }
}

fn text() -> Vec<u8> {
    b"a text that says the same again and again; ".repeat(40)
}

#[test]
fn every_format_takes_back_what_it_gave_in_any_portions() {
    for (compress, expand) in [(1, 2), (3, 4), (5, 6), (1, 7), (3, 7)] {
        let packed = run(&mut zlib(compress), FINISH, &text(), 7).unwrap_or_default();
        assert!(packed.len() < 200, "mode {compress}");
        for portion in [1, 1_000] {
            assert_eq!(
                run(&mut zlib(expand), FINISH, &packed, portion),
                Ok(text()),
                "mode {expand}"
            );
        }
    }
    for (mut compress, mut expand) in others() {
        let packed = run(&mut compress, 2, &text(), 7).unwrap_or_default();
        assert!(!packed.is_empty() && packed.len() < 200);
        assert_eq!(run(&mut expand, 2, &packed, 3), Ok(text()));
        expand.reset();
        assert_eq!(run(&mut expand, 2, &packed, 500), Ok(text()));
    }
}

#[test]
fn gzip_members_follow_one_another_and_zeros_end_them() {
    let one = run(&mut zlib(3), FINISH, b"one", 10).unwrap_or_default();
    let both = [one.clone(), one.clone(), vec![0; 9]].concat();
    assert_eq!(
        run(&mut zlib(4), FINISH, &both, 1_000),
        Ok(b"oneone".to_vec())
    );
}

#[test]
fn broken_streams_fail_in_the_words_of_zlib() {
    let packed = run(&mut zlib(1), FINISH, &text(), 100).unwrap_or_default();
    let cut = run(&mut zlib(2), FINISH, &packed[..20], 100);
    assert_eq!(
        cut,
        Err(Failure::new("unexpected end of file", -5, "Z_BUF_ERROR"))
    );
    let bad = run(&mut zlib(2), FINISH, b"no stream", 100);
    assert_eq!(
        bad,
        Err(Failure::new("incorrect header check", -3, "Z_DATA_ERROR"))
    );
}

#[test]
fn random_bytes_are_refused_without_a_panic() {
    let mut random = Random::new(5, "zlib");
    for round in 0..200 {
        let mut bytes = vec![0; 64];
        random.fill(&mut bytes);
        // A plausible start brings the decoders further.
        if round % 2 == 0 {
            bytes[..4].copy_from_slice(&[0x1f, 0x8b, 8, 0]);
        }
        for mode in [2, 4, 6, 7] {
            let _ = run(&mut zlib(mode), FINISH, &bytes, 9);
        }
        for (_, mut expand) in others() {
            let _ = run(&mut expand, 2, &bytes, 9);
        }
    }
}

#[test]
fn parameters_out_of_range_are_refused() {
    for [mode, window, level, memory, strategy] in [
        [0, 15, 6, 8, 0],
        [8, 15, 6, 8, 0],
        [3, 8, 6, 8, 0],
        [1, 16, 6, 8, 0],
        [1, 15, 10, 8, 0],
        [1, 15, 6, 0, 0],
        [1, 15, 6, 8, 5],
        [5, 0, 6, 8, 0],
    ] {
        let args = [mode, window, level, memory, strategy].map(number);
        let args = Args([vec![Arg::Text("deflate")], args.to_vec()].concat());
        assert!(
            deflate::Stream::open(&args).is_err(),
            "{mode} {window} {level} {memory} {strategy}"
        );
    }
}
