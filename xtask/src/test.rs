//! `cargo xtask test`: everything that continuous integration runs. The tests come last, so that their summary ends the output.

use crate::command::{cargo, has, step};
use crate::failure::{Failure, Result};
use crate::{check, determinism, setup};

/// Runs the task.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        return Err(Failure::new("usage: cargo xtask test"));
    }
    eprintln!("==> set-up");
    setup::run(&[])?;
    step("formatting", cargo(&["fmt", "--all", "--check"]))?;
    let lints = [
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    step("lints", cargo(&lints))?;
    eprintln!("==> layers, lengths, paths");
    check::run(&[])?;
    // As the tests are built: other features of the dependencies would have the engine compiled a second time.
    step(
        "build",
        cargo(&["build", "--quiet", "--workspace", "--all-targets"]),
    )?;
    eprintln!("==> determinism");
    determinism::run(&[])?;
    let tests: &[&str] = if has("nextest") {
        &["nextest", "run", "--workspace", "--no-fail-fast"]
    } else {
        &["test", "--workspace", "--no-fail-fast"]
    };
    step("tests", cargo(tests))
}
