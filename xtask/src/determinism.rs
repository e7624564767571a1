//! The promise of reproducibility, checked from outside: equal package and seed give the same bytes, whatever else runs at
//! the same time, and another seed changes nothing but what is drawn from it.

use crate::command::{self, cargo, repository};
use crate::failure::{During as _, Failure, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Traces by file name, as they lie on the disk.
type Traces = BTreeMap<String, Vec<u8>>;

/// Vets all samples three times and compares the traces.
fn compare_runs(samples: &[PathBuf], scratch: &Path) -> Result<()> {
    let first = vet(samples, scratch, "first", 1, 2)?;
    let second = vet(samples, scratch, "second", 1, 1)?;
    for (name, trace) in &first {
        if second.get(name) != Some(trace) {
            return Err(Failure::new(format!(
                "two runs with one seed differ: {name}"
            )));
        }
    }
    if first.len() != second.len() || first.is_empty() {
        return Err(Failure::new(
            "two runs with one seed saved different traces",
        ));
    }
    let other = vet(samples, scratch, "other", 2, 2)?;
    for (name, trace) in &first {
        let other = other
            .get(name)
            .ok_or_else(|| Failure::new(format!("no second {name}")))?;
        compare(name, &events(trace)?, &events(other)?)?;
    }
    println!(
        "{} traces are the same bytes again; another seed changes only what is drawn from it",
        first.len()
    );
    Ok(())
}

/// Runs the check on the sample packages and on the fixtures of the rules.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        return Err(Failure::new("usage: cargo xtask determinism"));
    }
    let mut samples = packages(&repository().join("tests/packages"))?;
    for rule in directories(&repository().join("tests/rules"))? {
        samples.extend(packages(&rule)?);
    }
    let scratch = repository().join("target/determinism");
    // What an earlier run left would be taken for this one's.
    let _ = std::fs::remove_dir_all(&scratch);
    std::fs::create_dir_all(&scratch).during(|| "make target/determinism".into())?;
    compare_runs(&samples, &scratch)
}

/// The packages in a directory.
fn packages(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut packages = directories(directory)?;
    packages.retain(|path| path.join("package.json").exists());
    Ok(packages)
}

/// What is in a directory, sorted.
fn directories(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(directory).during(|| format!("read {}", directory.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn vet(samples: &[PathBuf], scratch: &Path, name: &str, seed: u64, jobs: u8) -> Result<Traces> {
    let directory = scratch.join(name);
    std::fs::create_dir_all(&directory).during(|| format!("make {}", directory.display()))?;
    let mut command = cargo(&["run", "--quiet", "--", "vet", "--quiet"]);
    command
        .args(["--seed", &seed.to_string(), "--jobs", &jobs.to_string()])
        .arg("--trace")
        .arg(&directory)
        .args(samples)
        .stdout(Stdio::null());
    // The verdicts differ from sample to sample; only an unusable input or a defect is a failure here.
    let status = command::run(&mut command)?;
    if !matches!(status.code(), Some(0 | 1 | 3)) {
        return Err(Failure::new(format!(
            "vetting the samples failed ({status})"
        )));
    }
    let mut traces = Traces::new();
    let entries =
        std::fs::read_dir(&directory).during(|| format!("read {}", directory.display()))?;
    for entry in entries.flatten() {
        let bytes = std::fs::read(entry.path()).during(|| "read a trace".into())?;
        traces.insert(entry.file_name().to_string_lossy().into_owned(), bytes);
    }
    Ok(traces)
}

/// What a trace says of each event apart from its bytes: kind, subject, outcome, process, place.
fn events(trace: &[u8]) -> Result<Vec<Value>> {
    let plain = zstd::decode_all(trace).during(|| "decompress a trace".into())?;
    let mut events = Vec::new();
    for line in plain.split(|byte| *byte == b'\n') {
        if !line.starts_with(b"{\"event\":") {
            continue;
        }
        let mut event: Value = serde_json::from_slice(line).during(|| "read an event".into())?;
        if let Some(event) = event["event"].as_object_mut() {
            event.remove("payload");
            event.remove("detail");
        }
        events.push(event);
    }
    Ok(events)
}

/// Compares event by event. Subjects may hold what was drawn from the seed, in any encoding: they have to be as long.
fn compare(name: &str, first: &[Value], other: &[Value]) -> Result<()> {
    let differing = first
        .iter()
        .zip(other)
        .find(|(a, b)| blurred(a) != blurred(b));
    if let Some((a, b)) = differing {
        return Err(Failure::new(format!(
            "another seed changes {name}: {a} became {b}"
        )));
    }
    if first.len() != other.len() {
        return Err(Failure::new(format!(
            "another seed changes the number of events in {name}"
        )));
    }
    Ok(())
}

/// An event with the length of its subject in place of the subject.
fn blurred(event: &Value) -> Value {
    let mut event = event.clone();
    let subject = &mut event["event"]["subject"];
    *subject = subject.as_str().map_or(0, str::len).into();
    event
}
