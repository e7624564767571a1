//! Compression for Node's `zlib`: streams of deflate, Brotli and Zstandard that live on the host.
//!
//! One write is one call, `zlib.write(stream, flush, input, room)`, whose reply is
//! `[output, input left, error message, error number, error code]` without the last three when all is well. The
//! semantics of a write, with all its corner cases, are those of zlib's own `deflate` and `inflate`.

mod brotli;
mod deflate;
mod zstd;

use super::{Args, Host, Value, unknown};
use crate::guest::instance::Fault;
use crate::world::Errno;

/// The most output of one write, in bytes; the guest gets the rest with the next write.
const MAX_ROOM: usize = 64 << 20;

/// One compressor or decompressor.
pub(super) struct Codec(Kind);

enum Kind {
    Deflate(Box<deflate::Stream>),
    BrotliEncoder(Box<brotli::Encoder>),
    BrotliDecoder(Box<brotli::Decoder>),
    ZstdEncoder(Box<zstd::Encoder>),
    ZstdDecoder(Box<zstd::Decoder>),
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Codec")
    }
}

/// How a write or a reset failed, in the words of the library that Node uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// The message.
    message: String,
    /// The number, `err.errno`.
    number: i32,
    /// The name, `err.code`.
    code: String,
}

/// What one write did.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Bytes of input that were used.
    used: usize,
    /// Bytes of output that were made.
    made: usize,
    /// What went wrong, if anything.
    failure: Option<Failure>,
}

impl Codec {
    fn write(&mut self, flush: u32, input: &[u8], output: &mut [u8]) -> Written {
        match &mut self.0 {
            Kind::Deflate(stream) => stream.write(flush, input, output),
            Kind::BrotliEncoder(encoder) => encoder.write(flush, input, output),
            Kind::BrotliDecoder(decoder) => decoder.write(flush, input, output),
            Kind::ZstdEncoder(encoder) => encoder.write(flush, input, output),
            Kind::ZstdDecoder(decoder) => decoder.write(flush, input, output),
        }
    }

    fn reset(&mut self) -> Option<Failure> {
        match &mut self.0 {
            Kind::Deflate(stream) => return stream.reset(),
            Kind::BrotliEncoder(encoder) => encoder.reset(),
            Kind::BrotliDecoder(decoder) => decoder.reset(),
            Kind::ZstdEncoder(encoder) => return encoder.reset(),
            Kind::ZstdDecoder(decoder) => return decoder.reset(),
        }
        None
    }
}

/// Answers `zlib.*`.
pub(super) fn call(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    match verb {
        "crc32" => {
            let mut hasher = crc32fast::Hasher::new_with_initial(args.integer(1).unwrap_or(0));
            hasher.update(args.bytes(0).ok_or(Errno::INVAL)?);
            Ok(hasher.finalize().into())
        }
        "open" => open(host, args),
        "write" => write(host, args),
        "params" => {
            let stream = args
                .integer(0)
                .and_then(|number| host.handles.codecs.get_mut(number));
            match stream {
                Some(Codec(Kind::Deflate(stream))) => {
                    stream.set_params(args);
                    Ok(Value::Null)
                }
                _ => Err(Fault::Errno(Errno::BADF)),
            }
        }
        "reset" => {
            let stream = args
                .integer(0)
                .and_then(|number| host.handles.codecs.get_mut(number));
            Ok(failure(stream.ok_or(Errno::BADF)?.reset()))
        }
        "close" => {
            args.integer(0)
                .and_then(|number| host.handles.codecs.remove(number));
            Ok(Value::Null)
        }
        _ => unknown(host, &format!("zlib.{verb}")),
    }
}

/// `zlib.open(kind, ...)`: the number of a new stream, or the failure as a list.
fn open(host: &mut Host<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let weight = match args.text(0).ok_or(Errno::INVAL)? {
        "deflate" => deflate::weight(args),
        "brotliEncoder" => brotli::weight(args),
        "brotliDecoder" => brotli::DECODER_WEIGHT,
        "zstdEncoder" => zstd::encoder_weight(args),
        _ => zstd::DECODER_WEIGHT,
    };
    if !host.handles.codecs.has_room(weight) {
        let caller = host.caller.clone();
        host.world.hit_limit(
            &caller,
            "codecs",
            "compression streams take too much memory",
        );
        return Ok(failure(Some(Failure::new("Init error", -4, "Z_MEM_ERROR"))));
    }
    let codec = match args.text(0) {
        Some("deflate") => {
            deflate::Stream::open(args).map(|stream| Kind::Deflate(Box::new(stream)))
        }
        Some("brotliEncoder") => {
            brotli::Encoder::open(args).map(|encoder| Kind::BrotliEncoder(Box::new(encoder)))
        }
        Some("brotliDecoder") => Ok(Kind::BrotliDecoder(Box::default())),
        Some("zstdEncoder") => {
            zstd::Encoder::open(args).map(|encoder| Kind::ZstdEncoder(Box::new(encoder)))
        }
        Some("zstdDecoder") => {
            zstd::Decoder::open(args).map(|decoder| Kind::ZstdDecoder(Box::new(decoder)))
        }
        _ => return Err(Fault::Errno(Errno::INVAL)),
    };
    match codec {
        Ok(kind) => Ok(host
            .handles
            .codecs
            .insert(Codec(kind), weight)
            .ok_or(Errno::NOMEM)?
            .into()),
        Err(problem) => Ok(failure(Some(problem))),
    }
}

fn write(host: &mut Host<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let stream = args
        .integer(0)
        .and_then(|number| host.handles.codecs.get_mut(number));
    let stream = stream.ok_or(Errno::BADF)?;
    let flush = args.integer(1).ok_or(Errno::INVAL)?;
    let input = args.bytes(2).unwrap_or_default();
    let room: usize = args.integer(3).ok_or(Errno::INVAL)?;
    let mut output = vec![0; room.min(MAX_ROOM)];
    let written = stream.write(flush, input, &mut output);
    output.truncate(written.made);
    let left = input.len().saturating_sub(written.used);
    let mut reply = vec![Value::from(output), left.into()];
    if let Value::List(problem) = failure(written.failure) {
        reply.extend(problem);
    }
    Ok(Value::List(reply))
}

impl Failure {
    fn new(message: impl Into<String>, number: i32, code: impl Into<String>) -> Failure {
        Failure {
            message: message.into(),
            number,
            code: code.into(),
        }
    }
}

fn failure(failure: Option<Failure>) -> Value {
    match failure {
        Some(Failure {
            message,
            number,
            code,
        }) => Value::List(vec![message.into(), number.into(), code.into()]),
        None => Value::Null,
    }
}

#[cfg(test)]
mod tests;
