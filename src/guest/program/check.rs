//! What WebAssembly must be before the compiler sees it.

use thiserror::Error;
use wasmparser::{Encoding, Parser, Payload, Validator, WasmFeatures};

/// Bytes of one program: the largest that are published, compilers and language runtimes, come near half of it.
const MOST_BYTES: usize = 64 << 20;

/// Functions of one program: a browser engine has about as many.
const MOST_FUNCTIONS: u32 = 200_000;

/// Bytes of one function. The compiler's effort grows faster than a function does.
const MOST_BODY: usize = 2 << 20;

/// What the engine is made to run: the second version of the standard, without references to objects of the host.
const SUPPORTED: WasmFeatures = WasmFeatures::WASM2
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::COMPONENT_MODEL)
    .difference(WasmFeatures::GC_TYPES);

/// Parts of the standard that are not run, with the names that people know them by.
const PROPOSALS: &[(WasmFeatures, &str)] = &[
    (WasmFeatures::THREADS, "threads and atomics"),
    (
        WasmFeatures::SHARED_EVERYTHING_THREADS,
        "shared-everything threads",
    ),
    (WasmFeatures::TAIL_CALL, "tail calls"),
    (WasmFeatures::MULTI_MEMORY, "multiple memories"),
    (WasmFeatures::MEMORY64, "64-bit memory"),
    (WasmFeatures::RELAXED_SIMD, "relaxed SIMD"),
    (WasmFeatures::LEGACY_EXCEPTIONS, "legacy exceptions"),
    (WasmFeatures::GC_TYPES, "references to objects of the host"),
    (
        WasmFeatures::FUNCTION_REFERENCES,
        "typed function references",
    ),
    (WasmFeatures::EXCEPTIONS, "exceptions"),
    (WasmFeatures::GC, "garbage collection"),
    (WasmFeatures::CUSTOM_PAGE_SIZES, "custom page sizes"),
    (WasmFeatures::WIDE_ARITHMETIC, "wide arithmetic"),
    (WasmFeatures::STACK_SWITCHING, "stack switching"),
    (WasmFeatures::MEMORY_CONTROL, "memory control"),
    (WasmFeatures::CM_ASYNC, "asynchronous components"),
    (WasmFeatures::CM_VALUES, "component values"),
    (WasmFeatures::CM_ERROR_CONTEXT, "component error contexts"),
];

/// The two forms of WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A core module.
    Module,
    /// A component.
    Component,
}

/// Why WebAssembly cannot be run. Each is one line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProgramError {
    /// Not WebAssembly at all.
    #[error("not WebAssembly: it does not start with the four bytes of a module")]
    NotWasm,
    /// It contradicts the standard.
    #[error("invalid WebAssembly: {0}")]
    Invalid(String),
    /// It needs a part of the standard that is not run.
    #[error("needs WebAssembly {0}, which the sandbox does not run")]
    Proposal(&'static str),
    /// A limit.
    #[error("more than {limit} {what}, which is the limit for one WebAssembly program")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        limit: u64,
    },
    /// The compiler took too much or failed.
    #[error("cannot be compiled: {0}")]
    Engine(String),
}

/// The first line of an error of the engine, which may quote the program.
pub(super) fn line(error: &wasmtime::Error) -> String {
    one_line(&format!("{error:#}"))
}

fn one_line(text: &str) -> String {
    let line: String = text
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(200)
        .collect();
    line.escape_debug().to_string()
}

/// Which form the bytes are.
///
/// # Errors
///
/// [`ProgramError::NotWasm`] when they are neither.
pub fn form(bytes: &[u8]) -> Result<Form, ProgramError> {
    if !bytes.starts_with(b"\0asm") {
        return Err(ProgramError::NotWasm);
    }
    // Version and layer, each of two bytes; the layer of a component is 1.
    match bytes.get(6..8) {
        Some([1, 0]) => Ok(Form::Component),
        _ => Ok(Form::Module),
    }
}

/// Checks a program against the limits, then against the standard.
pub(super) fn check(bytes: &[u8]) -> Result<Form, ProgramError> {
    let form = form(bytes)?;
    if bytes.len() > MOST_BYTES {
        return Err(over("bytes", MOST_BYTES as u64));
    }
    count(bytes)?;
    let valid = |features| Validator::new_with_features(features).validate_all(bytes);
    let Err(error) = valid(SUPPORTED) else {
        return Ok(form);
    };
    if let Err(wrong) = valid(WasmFeatures::all()) {
        return Err(ProgramError::Invalid(one_line(&wrong.to_string())));
    }
    // Proposals build on one another: each is tried with those before it that were not enough.
    let mut features = SUPPORTED;
    for (feature, name) in PROPOSALS {
        if valid(SUPPORTED | *feature).is_ok() {
            return Err(ProgramError::Proposal(name));
        }
        features |= *feature;
        if valid(features).is_ok() {
            return Err(ProgramError::Proposal(name));
        }
    }
    Err(ProgramError::Invalid(one_line(&error.to_string())))
}

/// Counts functions before anything is validated, in nested modules as well.
fn count(bytes: &[u8]) -> Result<(), ProgramError> {
    let mut functions = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload =
            payload.map_err(|error| ProgramError::Invalid(one_line(&error.to_string())))?;
        match payload {
            Payload::Version {
                encoding: Encoding::Module | Encoding::Component,
                ..
            } => {}
            Payload::CodeSectionStart { count, .. } => {
                functions = functions.saturating_add(count);
                if functions > MOST_FUNCTIONS {
                    return Err(over("functions", u64::from(MOST_FUNCTIONS)));
                }
            }
            Payload::CodeSectionEntry(body) if body.range().len() > MOST_BODY => {
                return Err(over("bytes in one function", MOST_BODY as u64));
            }
            _ => {}
        }
    }
    Ok(())
}

fn over(what: &'static str, limit: u64) -> ProgramError {
    ProgramError::TooLarge { what, limit }
}
