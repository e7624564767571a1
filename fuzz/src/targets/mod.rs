//! What is fuzzed: each target is a function of bytes that panics when a promise is broken.
//!
//! Nothing here needs libFuzzer. The fuzz programs call these functions with what the fuzzer makes up; `tests/it/fuzz.rs` calls
//! them with all seeds and with every input that once broke a promise, in the ordinary test-suite.

mod archive;
mod files;
mod host_calls;
mod input;
mod manifest;
mod model;
mod net;
mod rules;
mod shell;
mod sound;
mod text;
mod trace;
mod traces;
mod wasi_p1;
mod zips;

/// One target.
pub(crate) struct Target {
    /// Its name: that of the program, of its seeds and of its crashes.
    pub(crate) name: &'static str,
    /// Takes any bytes. Panics when a promise is broken.
    pub(crate) run: fn(&[u8]),
    /// Inputs from which the fuzzer starts.
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
}

macro_rules! targets {
    ($($module:ident),+) => {
        &[$(Target {
            name: stringify!($module),
            run: $module::run,
            seeds: $module::seeds,
        }),+]
    };
}

/// All targets, by name.
pub(crate) const TARGETS: &[Target] = targets![
    archive, files, host_calls, manifest, net, rules, shell, text, trace, wasi_p1
];
