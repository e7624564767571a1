//! Running the tools that set-up needs: python, pip, npm, cargo.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use crate::failure::{Failure, Result};

/// Runs a command to its end and returns its standard output as text. A failure shows the last lines of its complaint.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .map_err(|error| Failure::new(format!("cannot start `{name}`: {error}")))?;
    if !status.success() {
        let complaint = String::from_utf8_lossy(&stderr);
        let lines: Vec<&str> = complaint
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        let last = lines
            .get(lines.len().saturating_sub(6)..)
            .unwrap_or_default()
            .join("\n");
        return Err(Failure::new(format!(
            "`{}` failed ({status}): {last}",
            shown(command)
        )));
    }
    Ok(String::from_utf8_lossy(&stdout).into_owned())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    let line = words.join(" ");
    // The whole compiler line would hide the complaint.
    if line.len() > 120 {
        line.chars().take(117).chain("...".chars()).collect()
    } else {
        line
    }
}

/// The cargo that runs this task.
pub(crate) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The Python interpreter: `python3`, or `python` where only that exists.
pub(crate) fn python() -> Result<&'static str> {
    ["python3", "python"]
        .into_iter()
        .find(|name| {
            Command::new(name)
                .arg("--version")
                .output()
                .is_ok_and(|output| output.status.success())
        })
        .ok_or_else(|| {
            Failure::new(
                "python is missing; install Python 3.9 or newer with pip, then run this again",
            )
        })
}

/// A `python -m pip` command; an error if pip is missing.
pub(crate) fn pip() -> Result<Command> {
    let python = python()?;
    let has_pip = Command::new(python)
        .args(["-m", "pip", "--version"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !has_pip {
        return Err(Failure::new(format!(
            "pip is missing; install it for `{python}`, then run this again"
        )));
    }
    let mut command = Command::new(python);
    command.args(["-m", "pip", "--disable-pip-version-check"]);
    Ok(command)
}

/// An `npm` command that works in `directory`; an error if npm is missing.
pub(crate) fn npm(directory: &Path) -> Result<Command> {
    if !Command::new("npm")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        return Err(Failure::new(
            "npm is missing; install Node.js with npm, then run this again",
        ));
    }
    let mut command = Command::new("npm");
    command
        .current_dir(directory)
        .args(["--no-update-notifier", "--no-audit", "--no-fund"]);
    Ok(command)
}
