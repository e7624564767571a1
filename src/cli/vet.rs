//! `lazaret vet`: runs packages and reports on them.
//!
//! Each package is a blocking task of its own. What goes wrong with one, a bad archive or even a defect of this program, is
//! its own answer and never the end of the batch.

use super::batch::{Batch, Done};
use super::output::Traces;
use super::{Reporting, Surroundings, complain, input};
use crate::error::Error;
use crate::exit::Exit;
use crate::guest::Cache;
use crate::pipeline::{self, Package, Settings, Station};
use crate::report::{PackageResult, Summary};
use crate::target::Target;
use crate::{rules, verdict};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Arguments of the command.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Vet {
    /// Archives (.tgz, .tar) or directories of packages
    #[arg(required = true, value_name = "TARGET")]
    targets: Vec<String>,
    #[command(flatten)]
    reporting: Reporting,
    /// Save what was seen: to a file, or for several targets to files in a directory
    #[arg(long, value_name = "PATH")]
    trace: Option<PathBuf>,
    /// Seed of randomness and planted secrets; without it, it follows from the package, so that a run can be repeated
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Longest time of one run: 30, 30s, 500ms, 2m
    #[arg(long, value_name = "TIME", value_parser = input::duration)]
    timeout: Option<Duration>,
    /// Only run this phase; may be given several times
    #[arg(long = "phase", value_name = "PHASE", value_parser = input::phase)]
    phases: Vec<String>,
    /// Packages that are run at the same time; as many as there are processors without it
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
}

/// Runs the command.
pub(super) fn run(vet: &Vet, quiet: bool, surroundings: &Surroundings) -> Exit {
    let mut batch = match Batch::new(&vet.reporting, quiet, surroundings) {
        Ok(batch) => batch,
        Err(exit) => return exit,
    };
    let traces = match &vet.trace {
        Some(path) => match Traces::at(path, vet.targets.len()) {
            Ok(traces) => Some(traces),
            Err(error) => return complain(&format!("{}: {error}", path.display())),
        },
        None => None,
    };
    let jobs = vet.jobs.map_or(surroundings.processors, usize::from).max(1);
    // The runtime itself only waits: one thread for that, and one for each package that is run.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(jobs)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("threads cannot be started: {error}"));
            return Exit::Internal;
        }
    };
    let desk = Arc::new(Desk {
        vet: vet.clone(),
        cache: cache(surroundings),
        traces,
        station: OnceLock::new(),
    });
    runtime.block_on(async {
        let tasks: Vec<_> = vet
            .targets
            .iter()
            .map(|target| {
                let (desk, target) = (Arc::clone(&desk), target.clone());
                tokio::task::spawn_blocking(move || desk.answer(&target))
            })
            .collect();
        for (target, task) in vet.targets.iter().zip(tasks) {
            let answer = task.await.unwrap_or_else(|failure| {
                Err(Error::Internal(format!(
                    "the task of this target ended: {failure}"
                )))
            });
            batch.take(target, answer);
        }
    });
    batch.finish()
}

/// Where compiled guests are kept.
fn cache(surroundings: &Surroundings) -> Option<PathBuf> {
    match surroundings.variables.get("LAZARET_CACHE") {
        Some(path) if !path.is_empty() => Some(path.into()),
        _ => Some(surroundings.caches.as_ref()?.join("lazaret")),
    }
}

/// What all tasks share.
struct Desk {
    vet: Vet,
    cache: Option<PathBuf>,
    traces: Option<Traces>,
    /// Opened by the first package that can be read: an input that cannot be needs no guest.
    station: OnceLock<Result<Station, String>>,
}

impl Desk {
    #[expect(
        clippy::disallowed_methods,
        reason = "the report states how long the package took"
    )]
    fn answer(&self, text: &str) -> Result<Done, Error> {
        let start = Instant::now();
        let package = pipeline::read(&Target::parse(text)?)?;
        for note in package
            .tree
            .notes()
            .iter()
            .chain(package.dependencies.notes())
        {
            tracing::info!("{}: {note}", crate::escape::escape_to(text, 200));
        }
        let trace = self.station()?.run(&package, &self.settings(&package))?;
        if let Some(traces) = &self.traces {
            traces
                .save(&trace)
                .map_err(|error| Error::Internal(format!("the trace cannot be saved: {error}")))?;
        }
        let findings = rules::judge(&trace);
        let judgement = verdict::decide(&trace, &findings);
        let (wall, events) = (start.elapsed(), self.vet.reporting.events);
        Ok(Done {
            result: PackageResult::new(text, &trace, &findings, &judgement, wall, events),
            summary: Summary::of(&trace),
        })
    }

    fn station(&self) -> Result<&Station, Error> {
        let open = || {
            let path = self.cache.as_ref().ok_or(crate::guest::CacheError::NoPlace);
            let cache = path.and_then(|path| Cache::open_at(path));
            let cache = cache.map_err(|error| error.to_string())?;
            Station::open(&cache).map_err(|error| match error {
                Error::Internal(reason) => reason,
                Error::Input(error) => error.to_string(),
            })
        };
        match self.station.get_or_init(open) {
            Ok(station) => Ok(station),
            Err(reason) => Err(Error::Internal(reason.clone())),
        }
    }

    fn settings(&self, package: &Package) -> Settings {
        let mut settings = Settings {
            seed: self.vet.seed.unwrap_or_else(|| seed_of(&package.digest)),
            phases: self.vet.phases.iter().cloned().collect(),
            ..Settings::default()
        };
        if let Some(timeout) = self.vet.timeout {
            settings.limits.wall = timeout;
        }
        settings
    }
}

/// A seed from the package's digest: runs can be repeated, and still no author can know the planted secrets beforehand,
/// since the digest of a package cannot stand in the package.
fn seed_of(digest: &str) -> u64 {
    let head = digest.get(..16).unwrap_or_default();
    u64::from_str_radix(head, 16).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_follows_from_the_package() {
        assert_eq!(seed_of("00000000000000ff0123"), 255);
        assert_ne!(seed_of(&"1".repeat(64)), seed_of(&"2".repeat(64)));
        assert_eq!(seed_of("é"), 0);
    }
}
