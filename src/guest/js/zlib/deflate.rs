//! Deflate with its three wrappings (zlib, gzip, none), on zlib-rs, which has zlib's own semantics.

use super::{Args, Failure, Written};
use zlib_rs::{
    Deflate, DeflateConfig, DeflateError, DeflateFlush, Inflate, InflateError, InflateFlush,
    Status, Strategy,
};

/// The modes of Node's `node_zlib_mode`.
const DEFLATE: u32 = 1;
const INFLATE: u32 = 2;
const GZIP: u32 = 3;
const GUNZIP: u32 = 4;
const DEFLATERAW: u32 = 5;
const INFLATERAW: u32 = 6;
const UNZIP: u32 = 7;

/// zlib's return codes.
const Z_OK: i32 = 0;
const Z_STREAM_END: i32 = 1;
const Z_NEED_DICT: i32 = 2;
const Z_BUF_ERROR: i32 = -5;

/// `Z_FINISH`.
const FINISH: u32 = 4;

/// The first bytes of a gzip member.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Host memory of one stream: for a compressor its window, hash tables and buffers, else a window.
pub(super) fn weight(args: &Args<'_>) -> usize {
    match args.integer(1) {
        Some(DEFLATE | GZIP | DEFLATERAW) => 384 << 10,
        _ => 64 << 10,
    }
}

/// One stream and how it was opened.
pub(super) struct Stream {
    mode: u32,
    /// What `mode` is after an automatic header has been seen; a reset returns to `mode`.
    seen: u32,
    window_bits: u8,
    config: DeflateConfig,
    dictionary: Vec<u8>,
    /// Bytes of the gzip magic that were seen while the format is not yet known.
    magic: usize,
    engine: Engine,
}

enum Engine {
    Compress(Deflate),
    Expand(Inflate),
}

impl Stream {
    /// `open('deflate', mode, window bits, level, memory level, strategy, dictionary)`.
    pub(super) fn open(args: &Args<'_>) -> Result<Stream, Failure> {
        let invalid = || Failure::new("Init error", -2, "Z_STREAM_ERROR");
        let mode = args
            .integer(1)
            .filter(|mode| (DEFLATE..=UNZIP).contains(mode))
            .ok_or_else(invalid)?;
        let bits: u8 = args.integer(2).ok_or_else(invalid)?;
        let level = args
            .integer(3)
            .filter(|level| (-1..=9).contains(level))
            .ok_or_else(invalid)?;
        let mem_level = args
            .integer(4)
            .filter(|level| (1..=9).contains(level))
            .ok_or_else(invalid)?;
        let strategy = args
            .integer(5)
            .and_then(|number: i32| Strategy::try_from(number).ok())
            .ok_or_else(invalid)?;
        let least = match mode {
            DEFLATE | INFLATERAW => 8,
            INFLATE | GUNZIP | UNZIP => 0,
            _ => 9,
        };
        let possible = bits == 0 && least == 0 || (least.max(8)..=15).contains(&bits);
        if !possible {
            return Err(invalid());
        }
        let config = DeflateConfig {
            level,
            window_bits: match mode {
                GZIP => i32::from(bits) + 16,
                DEFLATERAW => -i32::from(bits),
                _ => i32::from(bits),
            },
            mem_level,
            strategy,
            ..DeflateConfig::default()
        };
        let mut stream = Stream {
            mode,
            seen: mode,
            window_bits: bits,
            config,
            dictionary: args.bytes(6).unwrap_or_default().to_vec(),
            magic: 0,
            engine: Engine::new(mode, bits, config),
        };
        stream.give_dictionary()?;
        Ok(stream)
    }

    /// A compressor and a headerless decompressor know their dictionary from the start.
    fn give_dictionary(&mut self) -> Result<(), Failure> {
        if self.dictionary.is_empty() {
            return Ok(());
        }
        let given = match (&mut self.engine, self.mode) {
            (Engine::Compress(deflate), DEFLATE | DEFLATERAW) => {
                deflate.set_dictionary(&self.dictionary).is_ok()
            }
            (Engine::Expand(inflate), INFLATERAW) => {
                inflate.set_dictionary(&self.dictionary).is_ok()
            }
            _ => true,
        };
        match given {
            true => Ok(()),
            false => Err(Failure::new(
                "Failed to set dictionary",
                -2,
                "Z_STREAM_ERROR",
            )),
        }
    }

    pub(super) fn reset(&mut self) -> Option<Failure> {
        self.seen = self.mode;
        self.magic = 0;
        self.engine = Engine::new(self.mode, self.window_bits, self.config);
        self.give_dictionary().err()
    }

    /// `params(stream, level, strategy)`: what is compressed from now on gets the level if the engine can change to it
    /// between blocks, and keeps its own otherwise. The stream is valid either way.
    pub(super) fn set_params(&mut self, args: &Args<'_>) {
        let level = args.integer(1).filter(|level| (-1..=9).contains(level));
        if let (Engine::Compress(deflate), Some(level)) = (&mut self.engine, level) {
            let _ = deflate.set_level(level);
        }
    }

    pub(super) fn write(&mut self, flush: u32, input: &[u8], output: &mut [u8]) -> Written {
        let mut written = Written::default();
        self.look_at_header(input);
        let code = self.step(flush, input, output, &mut written);
        written.failure = self.judge(code, flush, output.len() == written.made);
        written
    }

    /// Decides what an `Unzip` stream is by the first two bytes, which may come one at a time.
    fn look_at_header(&mut self, input: &[u8]) {
        if self.seen != UNZIP {
            return;
        }
        for byte in input {
            if GZIP_MAGIC.get(self.magic) != Some(byte) {
                self.seen = INFLATE;
                return;
            }
            self.magic += 1;
            if self.magic == GZIP_MAGIC.len() {
                self.seen = GUNZIP;
                return;
            }
        }
    }

    /// Runs the engine, over the boundaries of gzip members.
    fn step(&mut self, flush: u32, input: &[u8], output: &mut [u8], written: &mut Written) -> i32 {
        let mut code = self.engine.run(flush, input, output, written);
        if code == Z_NEED_DICT && self.mode != INFLATERAW && !self.dictionary.is_empty() {
            let Engine::Expand(inflate) = &mut self.engine else {
                return code;
            };
            // A dictionary with another checksum than the stream asks for.
            if inflate.set_dictionary(&self.dictionary).is_err() {
                return Z_NEED_DICT;
            }
            code = self.engine.run(flush, input, output, written);
        }
        while code == Z_STREAM_END
            && self.seen == GUNZIP
            && input.get(written.used).is_some_and(|&byte| byte != 0)
        {
            self.engine = Engine::new(self.mode, self.window_bits, self.config);
            code = self.engine.run(flush, input, output, written);
        }
        code
    }

    /// What Node makes of a return code.
    fn judge(&self, code: i32, flush: u32, is_full: bool) -> Option<Failure> {
        let message = match code {
            Z_OK | Z_BUF_ERROR if !is_full && flush == FINISH => "unexpected end of file",
            Z_OK | Z_BUF_ERROR | Z_STREAM_END => return None,
            Z_NEED_DICT if self.dictionary.is_empty() => "Missing dictionary",
            Z_NEED_DICT => "Bad dictionary",
            _ => "Zlib error",
        };
        let code = if code == Z_OK { Z_BUF_ERROR } else { code };
        let message = self
            .engine
            .message()
            .filter(|_| message == "Zlib error")
            .unwrap_or(message);
        Some(Failure::new(message, code, name(code)))
    }
}

/// The name of a return code.
fn name(code: i32) -> &'static str {
    match code {
        Z_NEED_DICT => "Z_NEED_DICT",
        -2 => "Z_STREAM_ERROR",
        -3 => "Z_DATA_ERROR",
        -4 => "Z_MEM_ERROR",
        _ => "Z_BUF_ERROR",
    }
}

impl Engine {
    fn new(mode: u32, bits: u8, config: DeflateConfig) -> Engine {
        let sized = if bits == 0 { 15 } else { bits };
        match mode {
            INFLATE => Engine::Expand(Inflate::new(true, bits)),
            GUNZIP => Engine::Expand(Inflate::new(true, 16 + sized)),
            UNZIP => Engine::Expand(Inflate::new(true, 32 + sized)),
            INFLATERAW => Engine::Expand(Inflate::new(false, sized)),
            _ => Engine::Compress(Deflate::new_with_config(config)),
        }
    }

    fn run(&mut self, flush: u32, input: &[u8], output: &mut [u8], written: &mut Written) -> i32 {
        let rest = input.get(written.used..).unwrap_or_default();
        let Some(room) = output.get_mut(written.made..) else {
            return Z_BUF_ERROR;
        };
        let (before_in, before_out) = self.totals();
        let flush = i32::try_from(flush).unwrap_or(0);
        let code = match self {
            Engine::Compress(deflate) => {
                let flush = DeflateFlush::try_from(flush).unwrap_or_default();
                match deflate.compress(rest, room, flush) {
                    Ok(status) => code_of(status),
                    Err(DeflateError::StreamError) => -2,
                    Err(DeflateError::DataError) => -3,
                    Err(DeflateError::MemError) => -4,
                }
            }
            Engine::Expand(inflate) => {
                let flush = InflateFlush::try_from(flush).unwrap_or(InflateFlush::SyncFlush);
                match inflate.decompress(rest, room, flush) {
                    Ok(status) => code_of(status),
                    Err(InflateError::NeedDict { .. }) => Z_NEED_DICT,
                    Err(InflateError::StreamError) => -2,
                    Err(InflateError::DataError) => -3,
                    Err(InflateError::MemError) => -4,
                }
            }
        };
        let (after_in, after_out) = self.totals();
        let moved =
            |after: u64, before: u64| usize::try_from(after.saturating_sub(before)).unwrap_or(0);
        written.used += moved(after_in, before_in);
        written.made += moved(after_out, before_out);
        code
    }

    fn totals(&self) -> (u64, u64) {
        match self {
            Engine::Compress(deflate) => (deflate.total_in(), deflate.total_out()),
            Engine::Expand(inflate) => (inflate.total_in(), inflate.total_out()),
        }
    }

    fn message(&self) -> Option<&str> {
        match self {
            Engine::Compress(deflate) => deflate.error_message(),
            Engine::Expand(inflate) => inflate.error_message(),
        }
    }
}

fn code_of(status: Status) -> i32 {
    match status {
        Status::Ok => Z_OK,
        Status::BufError => Z_BUF_ERROR,
        Status::StreamEnd => Z_STREAM_END,
    }
}
