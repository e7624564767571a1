//! Running cargo as a step of a task.

use crate::failure::{Failure, Result};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

/// A cargo command in the repository, with its output on the terminal.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(repository()).args(arguments);
    command
}

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs a step whose success is its exit code 0. Its name is printed first.
pub(crate) fn step(name: &str, mut command: Command) -> Result<()> {
    eprintln!("==> {name}");
    let status = run(&mut command)?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("{name}: failed ({status})")))
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Result<ExitStatus> {
    command.status().map_err(|error| {
        let program = command.get_program().to_string_lossy().into_owned();
        Failure::new(format!("{program} cannot be started: {error}"))
    })
}

/// Whether a cargo subcommand is installed.
pub(crate) fn has(subcommand: &str) -> bool {
    cargo(&[subcommand, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
