//! Brotli streams.

use super::super::Arg;
use super::{Args, Failure, Written};
use brotli::enc::StandardAlloc;
use brotli::enc::encode::{
    BrotliEncoderOperation, BrotliEncoderParameter, BrotliEncoderStateStruct,
};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};

/// Host memory of a decompressor with the largest window.
pub(super) const DECODER_WEIGHT: usize = 17 << 20;

/// The largest window of a compressor, as a power of two: Node's default, so that larger ones need not be reckoned with.
const MAX_WINDOW: u32 = 22;

/// The qualities from here on search a binary tree of eight bytes for each byte of the window.
const TREE_QUALITY: u32 = 10;

/// Where the quality and the window are among the parameters.
const QUALITY: usize = 1;

/// `BROTLI_OPERATION_FINISH`.
const FINISH: u32 = 2;

/// What stands for a parameter that was not given.
const UNSET: u32 = u32::MAX;

/// Host memory of the compressor that is to be opened.
pub(super) fn weight(args: &Args<'_>) -> usize {
    match parameters(args).get(QUALITY) {
        Some(quality) if *quality < TREE_QUALITY => 16 << 20,
        _ => 48 << 20,
    }
}

fn parameters(args: &Args<'_>) -> Vec<u32> {
    let numbers = args.list(1).iter().map(|value| match value {
        Arg::Number(number) => whole(*number),
        _ => UNSET,
    });
    numbers.collect()
}

/// A compressor.
pub(super) struct Encoder {
    params: Vec<u32>,
    state: BrotliEncoderStateStruct<StandardAlloc>,
}

impl Encoder {
    /// `open('brotliEncoder', [parameter, ...])`, where 2^32 - 1 stands for a parameter that was not given.
    pub(super) fn open(args: &Args<'_>) -> Result<Encoder, Failure> {
        let params = parameters(args);
        match started(&params) {
            Some(state) => Ok(Encoder { params, state }),
            None => Err(Failure::new(
                "Initialization failed",
                -1,
                "ERR_ZLIB_INITIALIZATION_FAILED",
            )),
        }
    }

    pub(super) fn reset(&mut self) {
        if let Some(state) = started(&self.params) {
            self.state = state;
        }
    }

    pub(super) fn write(&mut self, flush: u32, input: &[u8], output: &mut [u8]) -> Written {
        let operation = match flush {
            0 => BrotliEncoderOperation::BROTLI_OPERATION_PROCESS,
            1 => BrotliEncoderOperation::BROTLI_OPERATION_FLUSH,
            2 => BrotliEncoderOperation::BROTLI_OPERATION_FINISH,
            _ => BrotliEncoderOperation::BROTLI_OPERATION_EMIT_METADATA,
        };
        let (mut available_in, mut available_out) = (input.len(), output.len());
        let mut written = Written::default();
        let done = self.state.compress_stream(
            operation,
            &mut available_in,
            input,
            &mut written.used,
            &mut available_out,
            output,
            &mut written.made,
            &mut None,
            &mut |_, _, _, _| (),
        );
        if !done {
            written.failure = Some(Failure::new(
                "Compression failed",
                -1,
                "ERR_BROTLI_COMPRESSION_FAILED",
            ));
        }
        written
    }
}

fn started(params: &[u32]) -> Option<BrotliEncoderStateStruct<StandardAlloc>> {
    use BrotliEncoderParameter as P;
    const KINDS: [P; 7] = [
        P::BROTLI_PARAM_MODE,
        P::BROTLI_PARAM_QUALITY,
        P::BROTLI_PARAM_LGWIN,
        P::BROTLI_PARAM_LGBLOCK,
        P::BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING,
        P::BROTLI_PARAM_SIZE_HINT,
        P::BROTLI_PARAM_LARGE_WINDOW,
    ];
    let mut state = BrotliEncoderStateStruct::new(StandardAlloc::default());
    for (kind, &value) in KINDS.into_iter().zip(params) {
        // A window beyond the ordinary ones would take more memory than the weight allows for.
        let value = match kind {
            P::BROTLI_PARAM_LGWIN if value != UNSET => value.min(MAX_WINDOW),
            P::BROTLI_PARAM_LARGE_WINDOW if value != UNSET => 0,
            _ => value,
        };
        if value != UNSET && !state.set_parameter(kind, value) {
            return None;
        }
    }
    Some(state)
}

/// A number that the guest read from a 32-bit array.
fn whole(number: f64) -> u32 {
    if (0.0..f64::from(UNSET)).contains(&number) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be in range"
        )]
        let whole = number as u32;
        whole
    } else {
        UNSET
    }
}

/// A decompressor.
pub(super) struct Decoder {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    is_done: bool,
}

impl Default for Decoder {
    fn default() -> Decoder {
        let alloc = StandardAlloc::default;
        Decoder {
            state: BrotliState::new(alloc(), alloc(), alloc()),
            is_done: false,
        }
    }
}

impl Decoder {
    pub(super) fn reset(&mut self) {
        *self = Decoder::default();
    }

    pub(super) fn write(&mut self, flush: u32, input: &[u8], output: &mut [u8]) -> Written {
        let mut written = Written::default();
        if self.is_done {
            return written;
        }
        let (mut available_in, mut available_out) = (input.len(), output.len());
        let result = BrotliDecompressStream(
            &mut available_in,
            &mut written.used,
            input,
            &mut available_out,
            &mut written.made,
            output,
            &mut 0,
            &mut self.state,
        );
        match result {
            BrotliResult::ResultSuccess => self.is_done = true,
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::NeedsMoreInput if flush != FINISH => {}
            BrotliResult::NeedsMoreInput => {
                written.failure = Some(Failure::new("unexpected end of file", -5, "Z_BUF_ERROR"));
            }
            BrotliResult::ResultFailure => {
                let name = format!("{:?}", self.state.error_code);
                let code = name.replace("BROTLI_DECODER_", "ERR__");
                written.failure = Some(Failure::new(
                    "Decompression failed",
                    self.state.error_code as i32,
                    code,
                ));
            }
        }
        written
    }
}
