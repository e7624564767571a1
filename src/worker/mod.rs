//! Worker processes: each package is run in a process of its own that has given up everything but its memory and one pipe.
//!
//! ```text
//! lazaret ──order, descriptors──> zygote ──fork──> worker: open inputs, lock, run
//!    ^                                                │
//!    └───────────────── answer, over a pipe ──────────┘
//! ```
//!
//! The **zygote** is a copy of this program from the time when it had one thread. It loads the guests once and copies itself
//! for each order. A **worker** opens its inputs, locks itself, says which layers hold, and only then looks at what a
//! stranger wrote. The **crew** is the parent's end: it treats whatever a worker says as hostile, has it killed when its time
//! is over, and turns every way in which a worker can end into an [`Ending`].
//!
//! What is done in a worker is a [`Job`]: its [`open`](Job::open) runs before the lock and returns what runs behind it, so
//! that the lock cannot be forgotten.

#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
mod crew;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod filter;
#[cfg(target_os = "linux")]
mod lock;
mod packages;
#[cfg(target_os = "linux")]
mod probe;
#[cfg(target_os = "linux")]
mod sys;
mod ward;
#[cfg(target_os = "linux")]
mod zygote;

#[cfg(target_os = "linux")]
pub use child::Bench;
#[cfg(target_os = "linux")]
pub use crew::{Answer, Crew};
#[cfg(not(target_os = "linux"))]
pub use elsewhere::{Answer, Attempt, Bench, Crew, Probe, Probes, probe};
pub use packages::{Choices, Instead, Packages, Request};
pub use ward::{Vetted, Ward};

#[cfg(target_os = "linux")]
pub use probe::{Attempt, Probe, Probes, probe};

#[cfg(target_os = "linux")]
use child::aside;
#[cfg(not(target_os = "linux"))]
use elsewhere::{aside, task as attempt};
#[cfg(target_os = "linux")]
use probe::task as attempt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fs::File;
use std::time::Duration;

/// What is done in workers.
pub trait Job {
    /// What one worker is asked to do; at most [`MAX_ORDER`] bytes as JSON.
    type Request: Serialize + DeserializeOwned;

    /// Opens what all workers share. Called in the zygote before each fork; no thread may be left running, and no descriptor
    /// open that a worker should not have.
    ///
    /// # Errors
    ///
    /// One line that says why no worker can do this.
    fn furnish(&mut self, request: &Self::Request) -> Result<(), String>;

    /// Opens the inputs of one request, in the worker, before it is locked. What this returns is done behind the lock.
    fn open(&self, request: Self::Request, attachment: Option<File>) -> Task<'_>;
}

/// What a worker does behind its lock.
pub struct Task<'a> {
    /// Starts the threads that must run before the first guest does; called when files are given up already.
    pub threads: Box<dyn FnOnce() -> Result<(), String> + 'a>,
    /// How tight the lock is.
    pub lock: Lock,
    /// The work itself.
    pub work: Box<dyn FnOnce(Bench) -> std::io::Result<()> + 'a>,
}

/// How tight a lock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// As tight as it gets.
    Sealed,
    /// Memory may become executable until [`Bench::seal`]: for tasks that load compiled code.
    Loading,
    /// Without the filter of system calls: for probes of the other layers.
    Unfiltered,
}

impl<'a> Task<'a> {
    /// A task that needs no threads and loads no code.
    pub fn new(work: impl FnOnce(Bench) -> std::io::Result<()> + 'a) -> Task<'a> {
        Task {
            threads: Box::new(|| Ok(())),
            lock: Lock::Sealed,
            work: Box::new(work),
        }
    }
}

/// Bytes of one order.
pub const MAX_ORDER: usize = 64 << 10;

/// What one worker may use.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Bounds {
    /// Time until it is killed from outside.
    pub wall: Duration,
    /// Processor time until the kernel ends it; counted in whole seconds.
    pub cpu: Duration,
    /// Bytes of address space on top of what it starts with; `None` for guests, whose memories reserve gigabytes that they do
    /// not use, and are limited by the engine.
    pub memory: Option<u64>,
    /// Bytes of its answer.
    pub answer: u64,
}

/// Which layers hold around a worker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Containment {
    /// Whether it is a process of its own, with the limits that every system has.
    pub process: bool,
    /// The version of Landlock by which files, ports and signals were given up.
    pub landlock: Option<u32>,
    /// Whether system calls are filtered.
    pub seccomp: bool,
    /// Why a layer is missing, one line each.
    pub missing: Vec<String>,
}

/// How a worker ended that gave no complete answer. Each is a finding about what it worked on, but for the last two.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ending {
    /// The kernel ended it for a system call that is not on the list.
    #[error("it was ended for a system call that a worker may not make")]
    Forbidden,
    /// Another signal ended it.
    #[error("it was ended by signal {0}")]
    Signal(i32),
    /// It ended by itself, too early.
    #[error("it ended with code {0} and no complete answer")]
    Exit(i32),
    /// It was killed, for its time was over.
    #[error("it was killed after {} s without a complete answer", .0.as_secs())]
    TimedOut(Duration),
    /// It was killed, for it said too much.
    #[error("it was killed when its answer had more than {0} bytes")]
    TooLong(u64),
    /// Its answer is not what a worker writes.
    #[error("its answer is malformed: {0}")]
    Malformed(String),
    /// No worker was started.
    #[error("no worker could be started: {0}")]
    Refused(String),
    /// The zygote is gone.
    #[error("the process that starts workers is gone")]
    Gone,
}

impl Ending {
    /// Whether the worker's work brought it about, not the state of this machine.
    #[must_use]
    pub fn is_of_worker(&self) -> bool {
        !matches!(self, Ending::Refused(_) | Ending::Gone)
    }
}
