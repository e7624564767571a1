//! Packages per second and peak memory over a folder of real packages.

use super::memory::{self, Peak};
use super::options::Options;
use crate::failure::{During as _, Failure, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Jobs at which the throughput is measured.
const JOBS: [usize; 2] = [1, 2];

/// Slowest packages that are told.
const SLOWEST: usize = 8;

/// Vets all packages of a `node_modules` and prints rates.
pub(super) fn measure(program: &Path, modules: &Path, options: &Options) -> Result<()> {
    let mut packages = packages(modules)?;
    packages.truncate(options.most);
    println!("\n{} packages of {}:\n", packages.len(), modules.display());
    println!(
        "| jobs | seconds | packages per second | peak memory, MB |\n| --- | --- | --- | --- |"
    );
    for jobs in JOBS {
        let (time, peak) = vet(program, &packages, jobs)?;
        let rate = packages.len() as f64 / time.as_secs_f64().max(f64::EPSILON);
        println!(
            "| {jobs} | {:.2} | {rate:.1} | {} |",
            time.as_secs_f64(),
            peak.megabytes()
        );
    }
    slowest(program, &packages)
}

/// The packages of a `node_modules`, sorted; those of scopes included.
fn packages(modules: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for directory in directories(modules)? {
        let scope = directory
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"@"));
        if scope {
            found.extend(directories(&directory)?);
        } else {
            found.push(directory);
        }
    }
    found.retain(|path| path.join("package.json").is_file());
    found.sort();
    if found.is_empty() {
        return Err(Failure::new(format!(
            "{} holds no packages",
            modules.display()
        )));
    }
    Ok(found)
}

fn directories(path: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(path).during(|| format!("read {}", path.display()))?;
    Ok(entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect())
}

fn command(program: &Path, packages: &[PathBuf], jobs: usize) -> Command {
    let mut command = Command::new(program);
    command
        .args(["vet", "--quiet", "--jobs", &jobs.to_string()])
        .args(packages)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn vet(program: &Path, packages: &[PathBuf], jobs: usize) -> Result<(Duration, Peak)> {
    let mut command = command(program, packages, jobs);
    command.stdout(Stdio::null());
    let start = Instant::now();
    let child = command
        .spawn()
        .during(|| format!("start {}", program.display()))?;
    let (status, peak) = memory::watch(child)?;
    let elapsed = start.elapsed();
    match status.code() {
        Some(0 | 1 | 3) => Ok((elapsed, peak)),
        _ => Err(Failure::new(format!("vetting ended with {status}"))),
    }
}

/// Prints the packages that take longest, by the time that the report states for each.
fn slowest(program: &Path, packages: &[PathBuf]) -> Result<()> {
    let mut command = command(program, packages, 1);
    command.args(["--format", "json"]);
    let output = command
        .output()
        .during(|| format!("run {}", program.display()))?;
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).during(|| "read the report".into())?;
    let results = report["results"].as_array().cloned().unwrap_or_default();
    let mut times: Vec<(u64, String)> = results
        .iter()
        .map(|result| {
            let name = result["name"].as_str().unwrap_or_default();
            (
                result["stats"]["wall_ms"].as_u64().unwrap_or_default(),
                name.to_owned(),
            )
        })
        .collect();
    times.sort_unstable_by(|a, b| b.cmp(a));
    let named: Vec<String> = times
        .iter()
        .take(SLOWEST)
        .map(|(time, name)| format!("{name} {time} ms"))
        .collect();
    println!("\nslowest: {}", named.join(", "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_scopes_are_found_and_other_folders_are_not() {
        let root = std::env::temp_dir().join(format!("lazaret-bench-{}", std::process::id()));
        for name in ["b", "@s/a", ".bin", "c"] {
            std::fs::create_dir_all(root.join(name)).unwrap();
        }
        for name in ["b", "@s/a"] {
            std::fs::write(root.join(name).join("package.json"), "{}").unwrap();
        }
        let found = packages(&root);
        std::fs::remove_dir_all(&root).unwrap();
        assert_eq!(found.unwrap(), [root.join("@s/a"), root.join("b")]);
    }
}
