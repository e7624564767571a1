//! One world through which the phases of a package go, one after the other.

use super::program::INITIALIZE;
use super::schedule::{self, Ending};
use super::{Program, Runtime};
use crate::trace::{Kind, Location, RunEnd};
use crate::world::files::{Console, Stream};
use crate::world::process::{Drive, Report, State};
use crate::world::{Caller, Exit, Process, World, exec};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Characters of a printed line that a reason quotes.
const MAX_LINE: usize = 300;

/// One thing to run.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// The phase, for the trace.
    pub phase: String,
    /// What a person would type, for the trace; hostile text.
    pub command: String,
    /// Program name and arguments.
    pub argv: Vec<String>,
    /// Absolute path of the program in the world.
    pub program: String,
    /// Working directory.
    pub cwd: String,
    /// Variables.
    pub env: BTreeMap<String, String>,
    /// Where the package asks for this: the line of its manifest.
    pub origin: Vec<Location>,
    /// Work for a driver, for phases that run no program of the package.
    pub drive: Option<Drive>,
}

/// How a step went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepEnd {
    /// The outcome, as the trace has it.
    pub end: RunEnd,
    /// More than the outcome says; empty when that is all. Hostile text possible.
    pub reason: String,
    /// How the first process ended, when it did.
    pub exit: Option<Exit>,
    /// What a driver reported; empty without one.
    pub reports: Vec<Report>,
}

/// The host failed while a package ran: a defect of this program, told apart from anything a guest can do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sandbox failed: {0}")]
pub struct HostFault(pub String);

/// A world and what runs its processes.
pub struct Session {
    runtime: Arc<Runtime>,
    program: Option<Arc<Program>>,
    world: Box<World>,
}

impl Session {
    /// A session in this world.
    #[must_use]
    pub fn new(runtime: &Arc<Runtime>, world: Box<World>) -> Session {
        Session {
            runtime: Arc::clone(runtime),
            program: None,
            world,
        }
    }

    /// A session whose steps with [`Drive::Program`] run this program.
    #[must_use]
    pub fn with_program(
        runtime: &Arc<Runtime>,
        program: Arc<Program>,
        world: Box<World>,
    ) -> Session {
        Session {
            program: Some(program),
            ..Session::new(runtime, world)
        }
    }

    /// The world between two steps.
    pub fn world(&mut self) -> &mut World {
        &mut self.world
    }

    /// Ends the session.
    #[must_use]
    pub fn into_world(self) -> Box<World> {
        self.world
    }

    /// Runs one thing to its end, with everything that it starts.
    ///
    /// # Errors
    ///
    /// [`HostFault`] when a part of the host failed; the world is empty afterwards.
    pub fn step(&mut self, start: Start) -> Result<StepEnd, HostFault> {
        let world = &mut self.world;
        let persona = world.persona.name.clone();
        world
            .recorder
            .start_run(&start.phase, &persona, &start.command);
        world.processes.forget_ended();
        world.console = Console::default();
        world.start_usage();
        let deadline = schedule::host_now() + world.limits.wall;
        let mut process = Process {
            ppid: 1,
            argv: start.argv,
            program: start.program,
            cwd: start.cwd,
            env: start.env,
            umask: 0o022,
            origin: start.origin,
            image: match start.drive {
                Some(Drive::Program { .. }) => Some(exec::Program::Module),
                _ => None,
            },
            drive: start.drive,
            ..Process::default()
        };
        world.give_console(&mut process);
        let most = world.limits.processes;
        let Ok(root) = world.processes.add(process, most) else {
            return Err(HostFault(
                "the process table is full before the first process".into(),
            ));
        };
        let (world, ending) = schedule::run(
            &self.runtime,
            self.program.as_ref(),
            std::mem::take(&mut self.world),
            root,
            deadline,
        );
        let Some(world) = world else {
            return Err(HostFault(format!("{ending:?}")));
        };
        self.world = world;
        let step = self.conclude(root, &ending);
        self.world.recorder.end_run(step.end, step.reason.clone());
        Ok(step)
    }

    fn conclude(&mut self, root: u32, ending: &Ending) -> StepEnd {
        let left: Vec<u32> = self
            .world
            .processes
            .iter()
            .filter(|process| !matches!(process.state, State::Exited(_)))
            .map(|process| process.pid)
            .collect();
        for pid in left {
            self.world.kill_process(pid);
        }
        if *ending == Ending::Timeout {
            let reason = self.world.out_of_time();
            self.world.hit_limit(&Caller::process(root), "wall", reason);
        }
        let reports = match self
            .world
            .processes
            .get(root)
            .and_then(|process| process.drive.as_ref())
        {
            Some(Drive::Import { reports, .. } | Drive::Program { reports, .. }) => reports.clone(),
            Some(Drive::Worker { .. }) | None => Vec::new(),
        };
        let (end, reason) = self.outcome(root, ending, &reports);
        StepEnd {
            end,
            reason,
            exit: self.world.processes.exit_of(root),
            reports,
        }
    }

    fn outcome(&self, root: u32, ending: &Ending, reports: &[Report]) -> (RunEnd, String) {
        if let Some((end, reason)) = self.crash_of(root) {
            return (end, reason);
        }
        if let Some(passed) = self.exercised(root, reports) {
            return (RunEnd::Completed, passed);
        }
        let threw = reports.iter().find_map(|report| match report {
            Report::Threw(message) => Some(message.clone()),
            _ => None,
        });
        let count = |which: fn(&Report) -> bool| reports.iter().filter(|r| which(r)).count();
        let done = count(|report| *report == Report::Loaded);
        let failed = count(|report| matches!(report, Report::Threw(_)));
        let loaded = done > 0 && done + failed == reports.len();
        match ending {
            Ending::Exited(Exit::Code(0)) | Ending::Idle
                if loaded && failed > 0 && self.imports(root) =>
            {
                (
                    RunEnd::Completed,
                    format!(
                        "{failed} of {} entry points could not be loaded, the first: {}",
                        reports.len(),
                        threw.unwrap_or_default()
                    ),
                )
            }
            _ if threw.is_some() => (RunEnd::Failed, threw.unwrap_or_default()),
            // A package that keeps timers or servers going after it was loaded has been loaded.
            Ending::Idle if loaded => (RunEnd::Completed, "still waiting when it was ended".into()),
            Ending::Exited(Exit::Code(0)) if reports.is_empty() || loaded => {
                (RunEnd::Completed, String::new())
            }
            Ending::Exited(Exit::Code(code)) => (RunEnd::Failed, self.failure(*code)),
            Ending::Exited(Exit::Signal(signal)) => (RunEnd::Failed, format!("signal {signal}")),
            Ending::Timeout => (RunEnd::Timeout, self.world.out_of_time()),
            Ending::Idle => (RunEnd::Timeout, "it only waits".into()),
            Ending::Lost(what) => (RunEnd::Crashed, what.clone()),
        }
    }

    /// Whether entry points of a package are loaded, of which some may be for another surrounding than this. A function of a
    /// program has no such excuse.
    fn imports(&self, root: u32) -> bool {
        let process = self.world.processes.get(root);
        matches!(
            process.and_then(|process| process.drive.as_ref()),
            Some(Drive::Import { .. })
        )
    }

    /// What is to be said of functions that were called with made-up arguments, when all were reached and some came to their
    /// end: those that trapped got what they could not use. The one that only makes the program ready does not count.
    fn exercised(&self, root: u32, reports: &[Report]) -> Option<String> {
        let drive = self.world.processes.get(root)?.drive.as_ref();
        let Some(Drive::Program {
            exercise: true,
            functions,
            ..
        }) = drive
        else {
            return None;
        };
        let counted = || {
            let all = functions.iter().zip(reports);
            all.filter(|(name, _)| *name != INITIALIZE)
        };
        let mut threw = counted().filter_map(|(_, report)| match report {
            Report::Threw(reason) => Some(reason),
            _ => None,
        });
        let ended = counted()
            .filter(|(_, report)| **report == Report::Loaded)
            .count();
        let trapped = threw.clone().count();
        let first = threw.next()?;
        let all = counted().count();
        (ended > 0 && ended.saturating_add(trapped) == all)
            .then(|| format!("{trapped} of {all} functions trapped: {first}"))
    }

    /// The exit code and the line of the output that says most: the last that names an error, or the last at all.
    fn failure(&self, code: i32) -> String {
        let printed = self.world.console.of(Stream::Error);
        let text = String::from_utf8_lossy(&printed);
        let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
        let telling = lines()
            .rfind(|line| line.contains("rror: "))
            .or_else(|| lines().next_back());
        match telling {
            Some(line) => format!(
                "exit code {code}: {}",
                line.chars().take(MAX_LINE).collect::<String>()
            ),
            None => format!("exit code {code}"),
        }
    }

    /// The crash or the limit that ended the first process: from its own last events, or from the run's when the limit ended what
    /// it waited for, or all processes and it was not the first.
    fn crash_of(&self, root: u32) -> Option<(RunEnd, String)> {
        // The second is how a shell tells that what it ran was killed.
        let Some(Exit::Signal(_) | Exit::Code(137)) = self.world.processes.exit_of(root) else {
            return None;
        };
        let events = self.world.recorder.events();
        let run = events.last().map_or(0, |event| event.run);
        let last = events.iter().rev().take_while(|event| event.run == run);
        let own = last
            .clone()
            .take_while(|event| event.pid == root || event.pid == 0);
        let of_all = last.filter(|event| {
            let ends = ["wall", "cpu", "refusals", "host_calls", "shell_steps"];
            event.kind == Kind::LimitHit && ends.contains(&event.subject.as_str())
        });
        for event in own.chain(of_all) {
            match (event.kind, event.subject.as_str()) {
                (Kind::GuestCrash, reason) => return Some((RunEnd::Crashed, reason.to_owned())),
                (Kind::LimitHit, "wall" | "cpu" | "host_calls" | "refusals" | "shell_steps") => {
                    return Some((RunEnd::Timeout, limit_reason(event)));
                }
                (Kind::LimitHit, "memory") => {
                    return Some((RunEnd::Crashed, limit_reason(event)));
                }
                _ => {}
            }
        }
        None
    }
}

fn limit_reason(event: &crate::trace::Event) -> String {
    event.detail.get("reason").cloned().unwrap_or_default()
}
