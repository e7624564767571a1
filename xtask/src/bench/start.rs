//! Whole processes compared: vetting a small package beside starting what developers start all day.

use super::options::Options;
use super::{median, milliseconds, on_path};
use crate::failure::{Failure, Result};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs that warm caches and do not count.
const WARM_UP: usize = 3;

/// One command of the comparison with the times of its runs.
struct Runner {
    name: String,
    command: Command,
    times: Vec<Duration>,
}

impl Runner {
    fn new(name: impl Into<String>, program: &Path, arguments: &[&str]) -> Runner {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Runner {
            name: name.into(),
            command,
            times: Vec::new(),
        }
    }

    fn time(&mut self) -> Result<Duration> {
        let start = Instant::now();
        let status = self.command.status();
        let elapsed = start.elapsed();
        match status {
            // A verdict is an answer; bad usage or a defect is none.
            Ok(status) if matches!(status.code(), Some(0 | 1 | 3)) => Ok(elapsed),
            Ok(status) => Err(Failure::new(format!("{} ended with {status}", self.name))),
            Err(error) => Err(Failure::new(format!(
                "{} cannot be started: {error}",
                self.name
            ))),
        }
    }
}

/// Runs all commands in turn and prints medians and ratios; the first but one, Node's start, is the measure.
pub(super) fn compare(program: &Path, root: &Path, options: &Options) -> Result<()> {
    let sample = root.join("tests/packages/benign-small");
    let package = options.package.as_deref().unwrap_or(&sample);
    let package = package.canonicalize();
    let package = package.map_err(|error| Failure::new(format!("the package: {error}")))?;
    let mut runners = runners(program, root, &package, options);
    for round in 0..options.rounds + WARM_UP {
        for runner in &mut runners {
            let time = runner.time()?;
            if round >= WARM_UP {
                runner.times.push(time);
            }
        }
    }
    println!(
        "\nWhole process, median of {} runs in turn ({}):\n",
        options.rounds,
        package.display()
    );
    println!("| command | ms | of `node -e 0` |\n| --- | --- | --- |");
    let medians: Vec<Duration> = runners.iter_mut().map(|r| median(&mut r.times)).collect();
    let measure = medians.get(1).copied().unwrap_or_default();
    for (runner, median) in runners.iter().zip(&medians) {
        println!(
            "| {} | {:.1} | {:.2} |",
            runner.name,
            milliseconds(*median),
            median.as_secs_f64() / measure.as_secs_f64().max(f64::EPSILON)
        );
    }
    Ok(())
}

fn runners(program: &Path, root: &Path, package: &Path, options: &Options) -> Vec<Runner> {
    let path = package.to_string_lossy();
    let require = format!("require({path:?})");
    let pinned = root.join("guests/.build/node/bin/node");
    let installed = on_path("node");
    let mut runners = vec![Runner::new(
        "lazaret vet",
        program,
        &["vet", "--jobs", "1", &path],
    )];
    // The pinned Node is the one whose library runs in the sandbox; without it the machine's is the measure.
    let nodes = [("pinned", Some(pinned)), ("installed", installed)];
    for (which, node) in nodes {
        if let Some(node) = node.filter(|node| node.is_file()) {
            runners.push(Runner::new(
                format!("node -e 0 ({which})"),
                &node,
                &["-e", "0"],
            ));
            runners.push(Runner::new(
                format!("node -e require(package) ({which})"),
                &node,
                &["-e", &require],
            ));
        }
    }
    if let Some(python) = on_path("python3") {
        runners.push(Runner::new("python3 -c pass", &python, &["-c", "pass"]));
    }
    if let Some(guarddog) = &options.guarddog {
        let arguments = ["npm", "scan", &*path];
        runners.push(Runner::new("guarddog npm scan", guarddog, &arguments));
    }
    runners
}
