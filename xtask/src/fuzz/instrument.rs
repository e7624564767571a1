//! The compiler wrapper of the fuzz build: only what is fuzzed is instrumented.
//!
//! Cargo calls this program in place of rustc. Instrumenting the engine as well would mean to compile it once more and to
//! fuzz code that the targets never reach. All flags are of the stable compiler.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

/// Set for cargo, and so for this program, while the fuzz targets are built.
pub(crate) const MARK: &str = "LAZARET_FUZZ_BUILD";

/// The crates that get counters: our own, and the parsers that read what a package wrote. Their profile in fuzz/Cargo.toml
/// differs from that of the tests, so that cargo keeps both builds apart.
const CRATES: [&str; 6] = [
    "lazaret",
    "lazaret_fuzz",
    "brush_parser",
    "httparse",
    "rawzip",
    "url",
];

/// What libFuzzer wants: a counter for each edge, a table of their places, and the operands of comparisons.
const FLAGS: [&str; 6] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Becomes rustc. The first argument is its path, the others are its own.
pub(crate) fn become_rustc(arguments: &[String]) -> ExitCode {
    let Some((rustc, rest)) = arguments.split_first() else {
        return ExitCode::FAILURE;
    };
    let mut command = Command::new(rustc);
    command.args(rest);
    let name = rest
        .iter()
        .skip_while(|argument| *argument != "--crate-name")
        .nth(1);
    let instrumented = name.is_some_and(|name| CRATES.contains(&name.as_str()));
    if instrumented || is_target(rest) {
        command.args(FLAGS);
    }
    let error = command.exec();
    eprintln!("{rustc} cannot be started: {error}");
    ExitCode::FAILURE
}

/// Whether the program of a fuzz target is compiled.
fn is_target(arguments: &[String]) -> bool {
    arguments
        .iter()
        .any(|argument| argument.starts_with("fuzz_targets"))
}
