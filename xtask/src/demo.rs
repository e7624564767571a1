//! `cargo xtask demo`: from a fresh clone to two verdicts, one on an honest package and one on a thief.

use crate::command::{self, cargo, step};
use crate::failure::{Failure, Result};
use crate::setup;

/// The samples with the exit code that each has to end with.
const SAMPLES: [(&str, i32); 2] = [
    ("tests/packages/benign-small", 0),
    ("tests/packages/token-thief", 1),
];

/// Runs the task.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        return Err(Failure::new("usage: cargo xtask demo"));
    }
    eprintln!("==> set-up");
    setup::run(&[])?;
    step("release build", cargo(&["build", "--release"]))?;
    for (sample, expected) in SAMPLES {
        eprintln!("\n==> lazaret vet {sample}");
        let mut command = cargo(&["run", "--quiet", "--release", "--", "vet", sample]);
        let status = command::run(&mut command)?;
        if status.code() != Some(expected) {
            return Err(Failure::new(format!(
                "{sample} ended with {status}, not with exit code {expected}"
            )));
        }
    }
    println!(
        "\nBoth verdicts are as they should be: the honest package is clean, the thief is caught."
    );
    Ok(())
}
