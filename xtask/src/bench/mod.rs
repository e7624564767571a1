//! `cargo xtask bench`: how fast the program is, beside others that a developer starts every day.
//!
//! Everything is measured in one go: commands that are compared are run in turn, so that whatever else the machine does
//! meets all of them alike. Ratios therefore say more than times. docs/speed.md tells what the figures mean.

mod memory;
mod options;
mod start;
mod throughput;

use crate::command::{cargo, repository, step};
use crate::failure::{During as _, Result};
use options::Options;
use std::path::PathBuf;
use std::time::Duration;

/// Runs the task.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    step("release build", cargo(&["build", "--release", "--quiet"]))?;
    let root = repository()
        .canonicalize()
        .during(|| "find the repository".into())?;
    let program = root.join("target/release/lazaret");
    println!("{}", machine());
    start::compare(&program, &root, &options)?;
    if let Some(packages) = &options.packages {
        throughput::measure(&program, packages, &options)?;
    }
    Ok(())
}

/// The processor and how many there are: figures mean nothing without.
fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map(|rest| rest.trim_start_matches([' ', '\t', ':']));
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!(
        "{}, {count} processors, {}",
        name.unwrap_or(std::env::consts::ARCH),
        std::env::consts::OS
    )
}

/// The middle of some times; zero when there are none.
fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// A time in milliseconds.
fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The program of a name on PATH.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|file| file.is_file())
}
