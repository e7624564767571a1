//! `cargo xtask fuzz [--seconds N] [TARGET...]`: builds the fuzz targets, runs each for so many seconds of processor time, and
//! sums up. docs/fuzzing.md describes the targets.
//!
//! The programs are those of the layout that cargo-fuzz knows, but neither cargo-fuzz nor a nightly compiler is needed: cargo
//! builds them with this program as its compiler wrapper ([`instrument`]), in the target directory and with the profile of the
//! tests, so that the engine is not compiled once more.

mod instrument;
mod session;

pub(crate) use instrument::{MARK, become_rustc};

use crate::command::{cargo, repository, step};
use crate::failure::{Failure, Result};
use session::{Outcome, Session};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Seconds of processor time for each target when none are named: enough for a look after a change.
const SECONDS: u64 = 60;

/// The usage in one line.
const USAGE: &str = "usage: cargo xtask fuzz [--seconds N] [TARGET...]";

/// Runs the task.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let root = repository();
    let known = targets(&root)?;
    let (seconds, chosen) = parse(arguments, &known)?;
    build(&root, &chosen)?;
    let mut outcomes = Vec::new();
    for name in &chosen {
        eprintln!("==> {name} for {seconds} s");
        let outcome = Session::prepare(&root, name)?.run(seconds)?;
        session::account(&root, &outcome)?;
        outcomes.push(outcome);
    }
    println!("{}", table(&outcomes));
    let failed: Vec<String> = outcomes
        .iter()
        .filter_map(|outcome| Some(format!("{}: {}", outcome.target, outcome.failure.as_ref()?)))
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{}\nmend the code and keep the input in fuzz/crashes/<target>, so that the tests replay it",
        failed.join("\n")
    )))
}

/// The names of all targets: each has one program.
fn targets(root: &Path) -> Result<Vec<String>> {
    let directory = root.join("fuzz/fuzz_targets");
    let entries =
        std::fs::read_dir(&directory).map_err(|error| Failure::path("read", &directory, &error))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| Some(entry.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// Seconds and targets; all targets when none is named.
fn parse(arguments: &[String], known: &[String]) -> Result<(u64, Vec<String>)> {
    let mut seconds = SECONDS;
    let mut chosen = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--seconds" {
            let number = rest.next().and_then(|text| text.parse().ok());
            seconds = number.ok_or_else(|| Failure::new(USAGE))?;
        } else if known.contains(argument) {
            chosen.push(argument.clone());
        } else {
            let all = known.join(", ");
            return Err(Failure::new(format!(
                "there is no target `{argument}`; there are {all}\n{USAGE}"
            )));
        }
    }
    if chosen.is_empty() {
        chosen = known.to_vec();
    }
    Ok((seconds, chosen))
}

fn build(root: &Path, chosen: &[String]) -> Result<()> {
    // The fuzz programs are built with the very versions that the tests are built with; cargo adds libFuzzer, whose version
    // fuzz/Cargo.toml pins.
    let (from, to) = (root.join("Cargo.lock"), root.join("fuzz/Cargo.lock"));
    std::fs::copy(&from, &to).map_err(|error| Failure::path("write", &to, &error))?;
    let wrapper: PathBuf = std::env::current_exe()
        .map_err(|error| Failure::new(format!("this program does not know its path: {error}")))?;
    let mut command = cargo(&["build", "--manifest-path", "fuzz/Cargo.toml"]);
    for name in chosen {
        command.args(["--bin", name]);
    }
    command
        .env("CARGO_TARGET_DIR", root.join("target"))
        .env("RUSTC_WRAPPER", wrapper)
        .env(MARK, "1");
    step("build", command)
}

/// The outcomes as the table of docs/fuzzing.md has them.
fn table(outcomes: &[Outcome]) -> String {
    let mut text = String::from(
        "| target | CPU seconds | executions | corpus | edges | result |\n| --- | ---: | ---: | ---: | ---: | --- |",
    );
    for outcome in outcomes {
        let result = if outcome.failure.is_some() {
            "failed"
        } else {
            "ok"
        };
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "\n| {} | {} | {} | {} | {} | {result} |",
            outcome.target, outcome.cpu_seconds, outcome.executions, outcome.corpus, outcome.edges
        );
    }
    text
}
