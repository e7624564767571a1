//! Takes a package through its plan, step by step, in one world.

use super::world::Furnished;
use super::{Package, Station};
use crate::error::Error;
use crate::guest::{HostFault, Runtime, Session, Start, StepEnd};
use crate::plan::{self, Action, Machine, Plan, Step};
use crate::timing::Stopwatch;
use crate::trace::{Header, Location, PackageId, RunEnd, SCHEMA, Trace};
use crate::world::process::{Drive, ImportHow, Report};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// Where the made-up machine has its programs.
const NODE: &str = "/usr/bin/node";
const SHELL: &str = "/bin/sh";
const NPM: &str = "/usr/lib/node_modules/npm";

/// Versions that the made-up machine states; those of the library in the guest.
const NODE_VERSION: &str = "v22.23.3";
const NPM_VERSION: &str = "10.9.8";

/// Why a step is left out that comes after the time for all of them.
const LATE: &str =
    "the steps before it took the time of all; where this happens depends on the machine";

/// Processes that the entries of one import step may take: an entry that ends its process costs one.
const MAX_RESTARTS: usize = 20;

/// Runs a plan and returns what happened. `announce` is told the head of the trace and the number of steps.
pub(super) fn run(
    station: &Station,
    package: &Package,
    plan: &Plan,
    furnished: Furnished,
    watch: &mut Stopwatch,
    announce: impl FnOnce(&Header, usize),
) -> Result<Trace, Error> {
    let Furnished {
        world,
        shell,
        decoys,
        root,
        consumer,
        seed,
    } = furnished;
    let place = Place {
        station,
        package,
        shell,
        root,
        consumer,
        deadline: now() + world.limits.whole(plan.steps.len()),
    };
    let header = Header {
        decoys,
        seed,
        ..place.header()
    };
    announce(&header, plan.steps.len());
    let mut session = match &package.program {
        Some(program) => Session::with_program(&station.runtime, Arc::clone(program), world),
        None => Session::new(&station.runtime, world),
    };
    for step in &plan.steps {
        place
            .step(&mut session, step)
            .map_err(|fault| Error::Internal(fault.to_string()))?;
        watch.lap(format!("{}: {}", step.phase, step.command));
    }
    let mut world = session.into_world();
    world.flush_all();
    let (runs, events, blobs) = world.recorder.finish();
    Ok(Trace {
        header,
        runs,
        events,
        blobs,
    })
}

/// What the steps of one package share.
struct Place<'a> {
    station: &'a Station,
    package: &'a Package,
    shell: BTreeMap<String, String>,
    root: String,
    consumer: String,
    /// When the time for all steps is over.
    deadline: Instant,
}

impl Place<'_> {
    fn step(&self, session: &mut Session, step: &Step) -> Result<(), HostFault> {
        match &step.action {
            Action::Script { .. } | Action::Import { .. } | Action::Call { .. }
                if self.is_late() =>
            {
                pass_over(session, step, RunEnd::Timeout, LATE);
                Ok(())
            }
            Action::Script { script, line } => {
                session.step(self.script(step, script, *line)).map(|_| ())
            }
            Action::Import { entries } => self.in_turn(session, step, entries, 0, |entries| {
                self.load(step, entries)
            }),
            Action::Call {
                first,
                functions,
                exercise,
            } => {
                let ahead = first.iter().len();
                self.in_turn(session, step, functions, ahead, |functions| {
                    let all = first.iter().chain(functions).cloned().collect();
                    self.call(step, all, *exercise)
                })
            }
            Action::Skip { reason, gap } => {
                let end = if *gap {
                    RunEnd::Unsupported
                } else {
                    RunEnd::Skipped
                };
                pass_over(session, step, end, reason);
                Ok(())
            }
        }
    }

    fn is_late(&self) -> bool {
        now() >= self.deadline
    }

    /// A lifecycle script, as npm starts it.
    fn script(&self, step: &Step, script: &str, line: u32) -> Start {
        let env = plan::environment(&self.machine(), &self.package.manifest, &step.phase, script);
        let origin = Location {
            file: format!("{}/package.json", self.root),
            line,
            column: 1,
        };
        Start {
            phase: step.phase.clone(),
            command: step.command.clone(),
            argv: vec!["sh".into(), "-c".into(), script.to_owned()],
            program: SHELL.into(),
            cwd: self.root.clone(),
            env,
            origin: vec![origin],
            drive: None,
        }
    }

    /// Goes through entries one after the other; when one ends the process, another goes through the rest. What is still left
    /// when too many did so is a gap. `ahead` is the number of things that each process does before its entries.
    fn in_turn<T: Clone>(
        &self,
        session: &mut Session,
        step: &Step,
        entries: &[T],
        ahead: usize,
        start: impl Fn(&[T]) -> Start,
    ) -> Result<(), HostFault> {
        let mut rest = entries.to_vec();
        for _ in 0..MAX_RESTARTS {
            if self.is_late() {
                pass_over(session, step, RunEnd::Timeout, LATE);
                return Ok(());
            }
            let end: StepEnd = session.step(start(&rest))?;
            let Some(reached) = end
                .reports
                .iter()
                .position(|report| *report == Report::Started)
                .and_then(|reached| reached.checked_sub(ahead))
                .filter(|reached| *reached < rest.len())
            else {
                return Ok(());
            };
            rest.drain(..=reached);
            if rest.is_empty() {
                return Ok(());
            }
        }
        let reason = format!(
            "{} entry points were not reached: those before them end the process",
            rest.len()
        );
        pass_over(session, step, RunEnd::Unsupported, &reason);
        Ok(())
    }

    fn load(&self, step: &Step, entries: &[(ImportHow, String)]) -> Start {
        let drive = Drive::Import {
            from: self.consumer.clone(),
            entries: entries.to_vec(),
            reports: vec![Report::Pending; entries.len()],
        };
        Start {
            phase: step.phase.clone(),
            command: step.command.clone(),
            argv: vec!["node".into(), self.consumer.clone()],
            program: NODE.into(),
            cwd: self.station.persona.project.clone(),
            env: self.shell.clone(),
            origin: Vec::new(),
            drive: Some(drive),
        }
    }

    /// Calls functions of a WebAssembly program, which has the whole machine open.
    fn call(&self, step: &Step, functions: Vec<String>, exercise: bool) -> Start {
        let file = self.package.tree.iter().next();
        let name = file.map_or("program.wasm", |(name, _)| name);
        let program = format!("{}/{name}", self.root);
        Start {
            phase: step.phase.clone(),
            command: step.command.clone(),
            argv: vec![name.to_owned()],
            cwd: self.station.persona.project.clone(),
            env: self.shell.clone(),
            origin: vec![Location {
                file: program.clone(),
                line: 0,
                column: 0,
            }],
            program,
            drive: Some(Drive::Program {
                preopens: vec![("/".into(), "/".into())],
                reports: vec![Report::Pending; functions.len()],
                functions,
                exercise,
            }),
        }
    }

    fn machine(&self) -> Machine {
        let persona = &self.station.persona;
        Machine {
            shell: self.shell.clone(),
            home: persona.home.clone(),
            project: persona.project.clone(),
            root: self.root.clone(),
            node: NODE.into(),
            node_version: NODE_VERSION.into(),
            npm: NPM.into(),
            npm_version: NPM_VERSION.into(),
            platform: persona.platform.clone(),
            arch: persona.arch.clone(),
            registry: self.station.registries.npm.clone(),
        }
    }

    fn header(&self) -> Header {
        let manifest = &self.package.manifest;
        let guests =
            Runtime::guest_digests().map(|(name, digest)| (name.to_owned(), digest.to_owned()));
        Header {
            schema: SCHEMA.into(),
            tool: concat!("lazaret ", env!("CARGO_PKG_VERSION")).into(),
            guests: guests.into(),
            package: PackageId {
                ecosystem: self.package.ecosystem.name().into(),
                name: manifest.name.clone(),
                version: manifest.version.clone(),
                digest: self.package.digest.clone(),
                root: self.root.clone(),
            },
            manifest: manifest.facts(),
            registries: self.station.registries.hosts(),
            ..Header::default()
        }
    }
}

/// The host's clock, for the time of all steps alone.
#[expect(
    clippy::disallowed_methods,
    reason = "a package must end in wall time; what this leaves out is marked in the trace"
)]
fn now() -> Instant {
    Instant::now()
}

/// Puts a step into the trace of which nothing is run.
fn pass_over(session: &mut Session, step: &Step, end: RunEnd, reason: &str) {
    let world = session.world();
    let persona = world.persona.name.clone();
    world
        .recorder
        .start_run(&step.phase, &persona, &step.command);
    world.recorder.end_run(end, reason);
}
