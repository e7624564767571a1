//! The made-up machine: everything a package can touch, and nothing of the host.
//!
//! Every access goes through [`World::act`], which records it, lets the world decide, and writes the answer into the
//! record. The parts are plain structs; whoever has the `World` has the only one, since it is handed from process to
//! process as a box (see [`process`]).

pub mod clock;
pub mod decoy;
pub mod errno;
pub mod exec;
pub mod files;
pub mod fs;
pub mod machine;
pub mod net;
pub mod path;
pub mod persona;
pub mod process;
pub mod random;
pub mod shell;
pub mod signal;
pub mod usage;

pub use clock::Clock;
pub use errno::Errno;
pub use files::{OpenFlags, Stdio, Stream};
pub use fs::Fs;
pub use net::Net;
pub use persona::Persona;
pub use process::{Baton, Exit, Notice, Pid, Process, Processes, Stopped, Wait};
pub use random::Random;
pub use usage::Usage;

use crate::limits::Limits;
use crate::trace::{Kind, Location, Outcome, Recorder};
use std::collections::BTreeSet;

/// What is remembered of places that asked, so that each is recorded once. A package that asks of ever new ones is recorded
/// anew each time, until its trace is full.
const MAX_REMEMBERED: usize = 100_000;

/// Who does something: the process and the package's own code on its stack.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// The process in the world.
    pub pid: Pid,
    /// The package frames that led here, innermost first.
    pub at: Vec<Location>,
}

impl Caller {
    /// A caller of which only the process is known.
    #[must_use]
    pub fn process(pid: Pid) -> Caller {
        Caller {
            pid,
            at: Vec::new(),
        }
    }
}

/// The mutable state of one run.
#[derive(Debug, Default)]
pub struct World {
    /// Who and where the machine is.
    pub persona: Persona,
    /// Virtual time.
    pub clock: Clock,
    /// Seeded randomness.
    pub random: Random,
    /// Its files.
    pub fs: Fs,
    /// What processes have open.
    pub files: files::OpenFiles,
    /// What has been printed.
    pub console: files::Console,
    /// The network around it.
    pub net: Net,
    /// The process table.
    pub processes: Processes,
    /// What has been seen.
    pub recorder: Recorder,
    /// What may be used.
    pub limits: Limits,
    /// What the current run has used of them.
    pub usage: Usage,
    /// Places that have read the clock: each is recorded once.
    clock_readers: BTreeSet<(Pid, Vec<Location>)>,
    /// What was asked of which path, by whom and from where, and whether it was there: each is recorded once.
    stats_seen: BTreeSet<(Pid, String, Option<Location>, bool)>,
}

impl World {
    /// Does one access: records it, lets `decide` answer, and writes the outcome into the record.
    ///
    /// `decide` gets the number of the event, to attach a payload or details.
    pub fn act<T>(
        &mut self,
        caller: &Caller,
        kind: Kind,
        subject: impl Into<String>,
        decide: impl FnOnce(&mut World, Option<u32>) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        let seq = self.note(caller, kind, subject);
        let answer = decide(self, seq);
        if let Err(errno) = &answer {
            self.recorder
                .settle(seq, Outcome::Error(errno.name().to_owned()));
        }
        answer
    }

    /// Records an access that cannot be refused. One without a package frame on its stack is put where its process was
    /// started from.
    pub fn note(&mut self, caller: &Caller, kind: Kind, subject: impl Into<String>) -> Option<u32> {
        let time = self.clock.elapsed();
        let at = match self.processes.get(caller.pid) {
            Some(process) if caller.at.is_empty() => process.origin.clone(),
            _ => caller.at.clone(),
        };
        if kind != Kind::ClockRead {
            self.clock.look_away();
        }
        let seq = self.recorder.record(kind, subject, caller.pid, time, at);
        if seq.is_none() {
            self.refuse();
        }
        seq
    }

    /// Records that the sandbox was asked for something that it does not provide.
    pub fn unsupported(&mut self, caller: &Caller, what: impl Into<String>) {
        self.note(caller, Kind::GuestUnsupported, what);
    }

    /// Reads the clock for a package: microseconds since 1970. A place that asks often is recorded once.
    pub fn read_clock(&mut self, caller: &Caller) -> u64 {
        let now = self.clock.tick();
        if !caller.at.is_empty()
            && self.clock_readers.len() < MAX_REMEMBERED
            && self.clock_readers.insert((caller.pid, caller.at.clone()))
        {
            self.note(caller, Kind::ClockRead, "now");
        }
        now
    }

    /// Whether this question about a path was recorded before; it counts as such from now on, while there is room.
    fn has_asked(&mut self, caller: &Caller, subject: String, found: bool) -> bool {
        let question = (caller.pid, subject, caller.at.first().cloned(), found);
        if self.stats_seen.len() < MAX_REMEMBERED && question.1.len() <= fs::MAX_PATH {
            return !self.stats_seen.insert(question);
        }
        self.stats_seen.contains(&question)
    }
}

impl World {
    /// Whether a process that waits for this can go on.
    #[must_use]
    pub fn is_over(&self, pid: Pid, wait: &Wait) -> bool {
        let due = |time: u64| time <= self.clock.elapsed();
        let ended = |child: Pid| {
            self.processes
                .get(child)
                .is_none_or(|child| matches!(child.state, process::State::Exited(_)))
        };
        match wait {
            Wait::Exit(child) => ended(*child),
            Wait::ExitBefore(child, time) => ended(*child) || due(*time),
            Wait::Notice(time) => {
                time.is_some_and(due)
                    || self
                        .processes
                        .get(pid)
                        .is_some_and(|process| !process.inbox.is_empty())
            }
            Wait::Pipe(pipe) => self.files.pipe_ready(*pipe),
            Wait::Until(time) => due(*time),
        }
    }

    /// Ends a process from outside, as SIGKILL does.
    pub fn kill_process(&mut self, pid: Pid) {
        self.processes.end(pid, Exit::Signal(9));
        self.end_process(pid);
    }

    /// Sees to it that a process that has come to its end counts as ended, and records how it ended. What it had open is
    /// closed first, so that its files are recorded before its end. Threads end with their process. Doing it again changes
    /// nothing.
    pub fn end_process(&mut self, pid: Pid) {
        match self.processes.get_mut(pid) {
            Some(process) if !process.concluded => process.concluded = true,
            _ => return,
        }
        self.flush_process(pid);
        self.processes.end(pid, Exit::Code(0));
        let is_thread =
            |child: &&Process| matches!(child.drive, Some(process::Drive::Worker { .. }));
        let threads = self.processes.children(pid).filter(is_thread);
        for thread in threads.map(|child| child.pid).collect::<Vec<Pid>>() {
            self.processes.end(thread, Exit::Code(1));
            self.end_process(thread);
        }
        let how = match self.processes.exit_of(pid) {
            Some(Exit::Code(code)) => code.to_string(),
            Some(Exit::Signal(signal)) => format!("signal {signal}"),
            None => return,
        };
        self.note(&Caller::process(pid), Kind::ProcExit, how);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_access_is_recorded_with_its_error() {
        let mut world = World::default();
        let answer: Result<(), _> = world.act(&Caller::process(1), Kind::FileRead, "/x", |_, _| {
            Err(Errno::NOENT)
        });
        assert_eq!(answer, Err(Errno::NOENT));
        assert_eq!(
            world.recorder.events()[0].outcome,
            Outcome::Error("ENOENT".into())
        );
    }
}
