//! `lazaret vet`: runs packages and reports on them.
//!
//! Each package is a blocking task of its own. What goes wrong with one, a bad archive or even a defect of this program, is
//! its own answer and never the end of the batch.

use super::batch::{Batch, Done};
use super::output::Traces;
use super::{Reporting, Surroundings, complain, input};
use crate::error::Error;
use crate::escape::escape_to;
use crate::exit::Exit;
use crate::report::{ContainmentReport, PackageResult, Summary};
use crate::timing::{Lap, Stopwatch};
use crate::worker::{Choices, Containment, Packages, Ward};
use crate::{rules, verdict};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Arguments of the command.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Vet {
    /// Archives (.tgz, .tar) or directories of packages, or WebAssembly programs (.wasm)
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
    /// Tell on standard error how long each stage of each package took
    #[arg(long)]
    timings: bool,
    /// Run packages in this process, without the locks around a worker; for debugging
    #[arg(long)]
    in_process: bool,
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
    // Workers are copies of this process as it is now: nothing before this line may start a thread.
    let ward = ward(vet, surroundings);
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
        events: vet.reporting.events,
        timings: vet.timings,
        traces,
        ward,
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

/// Where the packages are run.
fn ward(vet: &Vet, surroundings: &Surroundings) -> Ward {
    let choices = Choices {
        seed: vet.seed,
        phases: vet.phases.iter().cloned().collect(),
        timeout: vet.timeout,
    };
    let mut packages = Packages::new(cache(surroundings), choices);
    packages.instead = surroundings.instead;
    Ward::open(packages, vet.in_process, &vet.targets)
}

/// Where compiled guests are kept.
pub(super) fn cache(surroundings: &Surroundings) -> Option<PathBuf> {
    match surroundings.variables.get("LAZARET_CACHE") {
        Some(path) if !path.is_empty() => Some(path.into()),
        _ => Some(surroundings.caches.as_ref()?.join("lazaret")),
    }
}

/// Characters of a target or stage that are told on standard error.
const TOLD: usize = 200;

/// What all tasks share.
struct Desk {
    ward: Ward,
    traces: Option<Traces>,
    events: bool,
    timings: bool,
}

impl Desk {
    #[expect(
        clippy::disallowed_methods,
        reason = "the report states how long the package took"
    )]
    fn answer(&self, text: &str) -> Result<Done, Error> {
        let start = Instant::now();
        let vetted = self.ward.vet(text)?;
        for note in &vetted.notes {
            tracing::info!("{}: {note}", escape_to(text, TOLD));
        }
        let trace = vetted.trace;
        if let Some(traces) = &self.traces {
            traces
                .save(&trace)
                .map_err(|error| Error::Internal(format!("the trace cannot be saved: {error}")))?;
        }
        let mut own = Stopwatch::start();
        let findings = rules::judge(&trace);
        own.lap("rules");
        let judgement = verdict::decide(&trace, &findings);
        let wall = start.elapsed();
        let mut result = PackageResult::new(text, &trace, &findings, &judgement, wall, self.events);
        result.containment = vetted.containment.map(report_of);
        let done = Done {
            result,
            summary: Summary::of(&trace),
        };
        own.lap("verdict and report");
        if self.timings {
            tell(text, &vetted.times, start.elapsed(), own.laps());
        }
        Ok(done)
    }
}

/// Writes the stages of a package to standard error: those that ran it, those that judged it, and how long all took, waiting
/// included.
fn tell(target: &str, ran: &[Lap], whole: Duration, judged: &[Lap]) {
    let mut text = format!("{}\n", escape_to(target, TOLD));
    let whole = Lap {
        stage: "whole".into(),
        time: whole,
    };
    for lap in ran.iter().chain(judged).chain([&whole]) {
        let stage = escape_to(&lap.stage, TOLD);
        text.push_str(&format!(
            "{:>10.2} ms  {stage}\n",
            lap.time.as_secs_f64() * 1_000.0
        ));
    }
    // Nobody has to listen.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// The layers by the names that a report gives them.
fn report_of(held: Containment) -> ContainmentReport {
    let mut layers = Vec::new();
    if held.process {
        layers.push("process limits".to_owned());
    }
    if let Some(version) = held.landlock {
        layers.push(format!("Landlock {version}"));
    }
    if held.seccomp {
        layers.push("seccomp".to_owned());
    }
    ContainmentReport {
        mode: if held.process { "worker" } else { "in-process" },
        layers,
        missing: held.missing,
    }
}
