//! Zstandard streams.

use super::super::Arg;
use super::{Args, Failure, Written};
use zstd::zstd_safe::zstd_sys::ZSTD_EndDirective;
use zstd::zstd_safe::{
    CCtx, CParameter, DCtx, DParameter, InBuffer, OutBuffer, ResetDirective, Strategy,
    get_error_name,
};

/// Host memory of a decompressor with the largest window.
pub(super) const DECODER_WEIGHT: usize = 36 << 20;

/// Windows and tables of a compressor are at most so large, as powers of two.
const MAX_WINDOW: u32 = 23;

/// The largest window of a decompressor, as a power of two; the ultra levels above 20 make larger ones.
const MAX_DECODER_WINDOW: u32 = 25;

/// The levels from here on have tables of tens of megabytes.
const HEAVY_LEVEL: u32 = 13;

/// The highest level that is let through.
const MAX_LEVEL: i32 = 19;

/// `ZSTD_e_flush` and `ZSTD_e_end`.
const FLUSH: u32 = 1;
const END: u32 = 2;

/// The numbers of zstd's parameters, as Node's constants have them.
const C_LEVEL: usize = 100;
const C_WINDOW_LOG: usize = 101;
const C_HASH_LOG: usize = 102;
const C_CHAIN_LOG: usize = 103;
const C_SEARCH_LOG: usize = 104;
const C_MIN_MATCH: usize = 105;
const C_TARGET_LENGTH: usize = 106;
const C_STRATEGY: usize = 107;
const C_CONTENT_SIZE: usize = 200;
const C_CHECKSUM: usize = 201;
const C_DICTIONARY_ID: usize = 202;
const D_WINDOW_LOG_MAX: usize = 100;

/// Host memory of the compressor that is to be opened.
pub(super) fn encoder_weight(args: &Args<'_>) -> usize {
    let is_heavy = pairs(args.list(1)).any(|(number, value)| match number {
        C_LEVEL => value.cast_signed() >= HEAVY_LEVEL.cast_signed(),
        C_WINDOW_LOG..=C_STRATEGY => true,
        _ => false,
    });
    if is_heavy { 112 << 20 } else { 24 << 20 }
}

/// A compressor.
pub(super) struct Encoder(CCtx<'static>);

/// A decompressor.
pub(super) struct Decoder(DCtx<'static>);

impl Encoder {
    /// `open('zstdEncoder', [number, value, ...], pledged size, dictionary)`.
    pub(super) fn open(args: &Args<'_>) -> Result<Encoder, Failure> {
        let mut context = CCtx::try_create().ok_or_else(no_memory)?;
        for (number, value) in pairs(args.list(1)) {
            if let Some(parameter) = parameter(number, value) {
                context.set_parameter(parameter).map_err(failure)?;
            }
        }
        if let Some(size) = args.integer::<u64>(2) {
            context.set_pledged_src_size(Some(size)).map_err(failure)?;
        }
        if let Some(dictionary) = args.bytes(3) {
            context.load_dictionary(dictionary).map_err(failure)?;
        }
        Ok(Encoder(context))
    }

    pub(super) fn reset(&mut self) -> Option<Failure> {
        self.0.reset(ResetDirective::SessionOnly).err().map(failure)
    }

    pub(super) fn write(&mut self, flush: u32, input: &[u8], output: &mut [u8]) -> Written {
        let directive = match flush {
            FLUSH => ZSTD_EndDirective::ZSTD_e_flush,
            END => ZSTD_EndDirective::ZSTD_e_end,
            _ => ZSTD_EndDirective::ZSTD_e_continue,
        };
        let mut source = InBuffer::around(input);
        let mut target = OutBuffer::around(output);
        let result = self.0.compress_stream2(&mut target, &mut source, directive);
        Written {
            used: source.pos(),
            made: target.pos(),
            failure: result.err().map(failure),
        }
    }
}

impl Decoder {
    /// `open('zstdDecoder', [number, value, ...], undefined, dictionary)`.
    pub(super) fn open(args: &Args<'_>) -> Result<Decoder, Failure> {
        let mut context = DCtx::try_create().ok_or_else(no_memory)?;
        let asked = pairs(args.list(1)).find(|(number, _)| *number == D_WINDOW_LOG_MAX);
        let window = asked.map_or(MAX_DECODER_WINDOW, |(_, value)| {
            value.clamp(10, MAX_DECODER_WINDOW)
        });
        context
            .set_parameter(DParameter::WindowLogMax(window))
            .map_err(failure)?;
        if let Some(dictionary) = args.bytes(3) {
            context.load_dictionary(dictionary).map_err(failure)?;
        }
        Ok(Decoder(context))
    }

    pub(super) fn reset(&mut self) -> Option<Failure> {
        self.0.reset(ResetDirective::SessionOnly).err().map(failure)
    }

    pub(super) fn write(&mut self, _flush: u32, input: &[u8], output: &mut [u8]) -> Written {
        let mut source = InBuffer::around(input);
        let mut target = OutBuffer::around(output);
        let result = self.0.decompress_stream(&mut target, &mut source);
        Written {
            used: source.pos(),
            made: target.pos(),
            failure: result.err().map(failure),
        }
    }
}

fn pairs<'a>(list: &'a [Arg<'_>]) -> impl Iterator<Item = (usize, u32)> + 'a {
    list.chunks_exact(2).filter_map(|pair| {
        let [Arg::Number(number), Arg::Number(value)] = pair else {
            return None;
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates; unknown numbers are ignored"
        )]
        let pair = (*number as usize, *value as i64 as u32);
        Some(pair)
    })
}

/// A compressor's parameter by its number; those that only tune speed across threads are left out.
fn parameter(number: usize, value: u32) -> Option<CParameter> {
    Some(match number {
        C_LEVEL => CParameter::CompressionLevel(value.cast_signed().min(MAX_LEVEL)),
        C_WINDOW_LOG => CParameter::WindowLog(value.min(MAX_WINDOW)),
        C_HASH_LOG => CParameter::HashLog(value.min(MAX_WINDOW)),
        C_CHAIN_LOG => CParameter::ChainLog(value.min(MAX_WINDOW)),
        C_SEARCH_LOG => CParameter::SearchLog(value),
        C_MIN_MATCH => CParameter::MinMatch(value),
        C_TARGET_LENGTH => CParameter::TargetLength(value),
        C_STRATEGY => CParameter::Strategy(strategy(value)?),
        C_CONTENT_SIZE => CParameter::ContentSizeFlag(value != 0),
        C_CHECKSUM => CParameter::ChecksumFlag(value != 0),
        C_DICTIONARY_ID => CParameter::DictIdFlag(value != 0),
        _ => return None,
    })
}

fn strategy(value: u32) -> Option<Strategy> {
    Some(match value {
        1 => Strategy::ZSTD_fast,
        2 => Strategy::ZSTD_dfast,
        3 => Strategy::ZSTD_greedy,
        4 => Strategy::ZSTD_lazy,
        5 => Strategy::ZSTD_lazy2,
        6 => Strategy::ZSTD_btlazy2,
        7 => Strategy::ZSTD_btopt,
        8 => Strategy::ZSTD_btultra,
        9 => Strategy::ZSTD_btultra2,
        _ => return None,
    })
}

fn no_memory() -> Failure {
    Failure::new(
        "Allocation error : not enough memory",
        64,
        "ZSTD_error_memory_allocation",
    )
}

/// An error of zstd: results are negated error numbers.
fn failure(result: usize) -> Failure {
    const NAMES: &[(i32, &str)] = &[
        (1, "GENERIC"),
        (10, "prefix_unknown"),
        (12, "version_unsupported"),
        (14, "frameParameter_unsupported"),
        (16, "frameParameter_windowTooLarge"),
        (20, "corruption_detected"),
        (22, "checksum_wrong"),
        (24, "literals_headerWrong"),
        (30, "dictionary_corrupted"),
        (32, "dictionary_wrong"),
        (34, "dictionaryCreation_failed"),
        (40, "parameter_unsupported"),
        (41, "parameter_combination_unsupported"),
        (42, "parameter_outOfBound"),
        (44, "tableLog_tooLarge"),
        (46, "maxSymbolValue_tooLarge"),
        (48, "maxSymbolValue_tooSmall"),
        (50, "stabilityCondition_notRespected"),
        (60, "stage_wrong"),
        (62, "init_missing"),
        (64, "memory_allocation"),
        (66, "workSpace_tooSmall"),
        (70, "dstSize_tooSmall"),
        (72, "srcSize_wrong"),
        (74, "dstBuffer_null"),
        (80, "noForwardProgress_destFull"),
        (82, "noForwardProgress_inputEmpty"),
    ];
    let number = i32::try_from(result.wrapping_neg()).unwrap_or(1);
    let name = NAMES
        .iter()
        .find(|(known, _)| *known == number)
        .map_or("GENERIC", |(_, name)| name);
    Failure::new(get_error_name(result), number, format!("ZSTD_error_{name}"))
}
