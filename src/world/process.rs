//! The process table, and how the one world is handed from process to process.
//!
//! Whoever holds the `Box<World>` runs. A process that has to wait gives the box to its [`Baton`], which lets others run
//! and returns it when the wait is over. So there is no lock, no race, and the order of events is the same in every run.

use super::{Errno, World};
use crate::trace::Location;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Number of a process in the world.
pub type Pid = u32;

/// The number of the first process that a run starts; a machine that has been up for days is past the small ones.
const FIRST_PID: Pid = 4_211;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

impl Exit {
    /// The value of `$?` in a shell.
    #[must_use]
    pub fn status(self) -> i32 {
        match self {
            Exit::Code(code) => code & 0xff,
            Exit::Signal(signal) => 128_i32.saturating_add(signal),
        }
    }
}

/// What a process waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The end of a process.
    Exit(Pid),
    /// The end of a process, or this virtual time, in nanoseconds since the start of the world.
    ExitBefore(Pid, u64),
    /// A [`Notice`] in its inbox, or this virtual time (nanoseconds since the start of the world) if there is one.
    Notice(Option<u64>),
    /// Bytes, or the end of them, in this pipe.
    Pipe(u32),
    /// This virtual time, in nanoseconds since the start of the world.
    Until(u64),
}

/// The world has ended while a process waited: it must stop at once, without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// Hands the world to other processes.
pub trait Baton {
    /// Gives the world away until `wait` is over.
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the run was ended meanwhile; the world does not come back.
    fn wait(&mut self, world: Box<World>, pid: Pid, wait: Wait) -> Result<Box<World>, Stopped>;
}

/// What happens to a process from outside; a Node process finds it when it polls.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A child has ended.
    Exited {
        /// The child.
        pid: Pid,
        /// How.
        exit: Exit,
    },
    /// A pipe or connection has bytes or has ended.
    Readable {
        /// The descriptor.
        fd: u32,
    },
    /// A message of another process or worker came in.
    Message {
        /// Descriptor or handle of the channel.
        channel: u32,
        /// The message, in the form its sender chose.
        bytes: Vec<u8>,
    },
    /// A listening socket has a connection.
    Connection {
        /// Descriptor of the listener.
        fd: u32,
    },
    /// A signal for which the process has a handler.
    Signal(i32),
}

/// Where a process stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Made, not yet started.
    #[default]
    Ready,
    /// It holds the world.
    Running,
    /// It has given the world away.
    Waiting(Wait),
    /// It has ended.
    Exited(Exit),
}

/// Work for a driver inside the guest, which stands in for a program that uses the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drive {
    /// Load entry points of the package.
    Import {
        /// The file of the project that seems to load them.
        from: String,
        /// How and what, in order.
        entries: Vec<(ImportHow, String)>,
        /// What the driver reported of each entry; as long as `entries`.
        reports: Vec<Report>,
    },
    /// Run functions that a WebAssembly program exports, in their order.
    Program {
        /// The directories that are open from the start: the name that the program sees, and the path in the world.
        preopens: Vec<(String, String)>,
        /// The names of the functions, such as `_start` or `wasi:cli/run`.
        functions: Vec<String>,
        /// Whether a function that traps is passed over: of arguments that were made up, none need be right.
        exercise: bool,
        /// How each function went; as long as `functions`.
        reports: Vec<Report>,
    },
    /// Be a thread of the parent process: run what comes in over a channel.
    Worker {
        /// Number of the thread, from 1.
        thread: u32,
        /// The channel.
        channel: u32,
    },
}

/// The two ways to load a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportHow {
    /// `require(...)`.
    Require,
    /// `import(...)`.
    Import,
}

impl ImportHow {
    /// The word that names it in code.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ImportHow::Require => "require",
            ImportHow::Import => "import",
        }
    }
}

/// How an entry went, as the driver claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Report {
    /// It was not reached.
    #[default]
    Pending,
    /// It was begun and not ended.
    Started,
    /// It was loaded.
    Loaded,
    /// It threw; the message is hostile text.
    Threw(String),
}

/// One process of the world.
#[derive(Debug, Default)]
pub struct Process {
    /// Its number.
    pub pid: Pid,
    /// Its parent's number.
    pub ppid: Pid,
    /// Program name and arguments, as it sees them.
    pub argv: Vec<String>,
    /// Absolute path of the program file in the world.
    pub program: String,
    /// Working directory, absolute.
    pub cwd: String,
    /// Its variables.
    pub env: BTreeMap<String, String>,
    /// File mode creation mask.
    pub umask: u32,
    /// Its descriptors: number to index of an open file in the world.
    pub descriptors: BTreeMap<u32, u32>,
    /// Where it stands.
    pub state: State,
    /// How many ancestors of the run it has.
    pub depth: u32,
    /// Where in the package's code it was started.
    pub origin: Vec<Location>,
    /// Signals for which it has a handler.
    pub handles: BTreeSet<i32>,
    /// What it has to be told.
    pub inbox: VecDeque<Notice>,
    /// Whether its parent is told of its end.
    pub notify_parent: bool,
    /// What a guest does in place of running a main script.
    pub drive: Option<Drive>,
    /// Whether its end has been recorded.
    pub concluded: bool,
    /// What its program file was when it was started; found out from the file when nobody has said it.
    pub image: Option<super::exec::Program>,
}

/// All processes of a run, dead ones included: their number is limited.
#[derive(Debug)]
pub struct Processes {
    table: BTreeMap<Pid, Process>,
    next: Pid,
}

impl Default for Processes {
    fn default() -> Processes {
        Processes {
            table: BTreeMap::new(),
            next: FIRST_PID,
        }
    }
}

impl Processes {
    /// Adds a process in state [`State::Ready`]; its `pid` is set here.
    ///
    /// # Errors
    ///
    /// [`Errno::AGAIN`] when `most` processes were already made.
    pub fn add(&mut self, mut process: Process, most: u32) -> Result<Pid, Errno> {
        if self.table.len() >= most as usize {
            return Err(Errno::AGAIN);
        }
        let pid = self.next;
        self.next = self.next.checked_add(1).ok_or(Errno::AGAIN)?;
        process.pid = pid;
        self.table.insert(pid, process);
        Ok(pid)
    }

    /// The process with this number.
    #[must_use]
    pub fn get(&self, pid: Pid) -> Option<&Process> {
        self.table.get(&pid)
    }

    /// The process with this number, to change it.
    pub fn get_mut(&mut self, pid: Pid) -> Option<&mut Process> {
        self.table.get_mut(&pid)
    }

    /// All processes by number.
    pub fn iter(&self) -> impl Iterator<Item = &Process> {
        self.table.values()
    }

    /// The children of a process that have not been waited for, by number.
    pub fn children(&self, ppid: Pid) -> impl Iterator<Item = &Process> {
        self.table
            .values()
            .filter(move |process| process.ppid == ppid)
    }

    /// How a process ended, when it has.
    #[must_use]
    pub fn exit_of(&self, pid: Pid) -> Option<Exit> {
        match self.get(pid)?.state {
            State::Exited(exit) => Some(exit),
            _ => None,
        }
    }

    /// Removes the processes that have ended; their numbers are not used again.
    pub fn forget_ended(&mut self) {
        self.table
            .retain(|_, process| !matches!(process.state, State::Exited(_)));
    }

    /// Ends a process and tells its parent if that wants to know. A process ends once: the first reason stays.
    pub fn end(&mut self, pid: Pid, exit: Exit) {
        let Some(process) = self.table.get_mut(&pid) else {
            return;
        };
        if matches!(process.state, State::Exited(_)) {
            return;
        }
        process.state = State::Exited(exit);
        let (ppid, notify) = (process.ppid, process.notify_parent);
        if notify && let Some(parent) = self.table.get_mut(&ppid) {
            parent.inbox.push_back(Notice::Exited { pid, exit });
        }
    }

    /// Puts a notice into the inbox of a process; one that has ended gets none. A signal that still waits is not told
    /// twice, as in signal(7).
    pub fn tell(&mut self, pid: Pid, notice: Notice) {
        if let Some(process) = self.table.get_mut(&pid)
            && !matches!(process.state, State::Exited(_))
            && !(matches!(notice, Notice::Signal(_)) && process.inbox.contains(&notice))
        {
            process.inbox.push_back(notice);
        }
    }

    /// Messages that wait for processes, and their bytes.
    #[must_use]
    pub fn waiting(&self) -> (usize, usize) {
        let notices = self.table.values().flat_map(|process| &process.inbox);
        notices.fold((0, 0), |(count, held), notice| match notice {
            Notice::Message { bytes, .. } => (count + 1, held.saturating_add(bytes.len())),
            _ => (count, held),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_learns_of_a_childs_end_once() {
        let mut processes = Processes::default();
        let parent = processes.add(Process::default(), 9).unwrap();
        let child = processes
            .add(
                Process {
                    ppid: parent,
                    notify_parent: true,
                    ..Process::default()
                },
                9,
            )
            .unwrap();
        processes.end(child, Exit::Code(3));
        processes.end(child, Exit::Signal(9));
        let inbox = &processes.get(parent).unwrap().inbox;
        assert_eq!(
            inbox.iter().collect::<Vec<_>>(),
            [&Notice::Exited {
                pid: child,
                exit: Exit::Code(3)
            }]
        );
        assert_eq!(processes.exit_of(child), Some(Exit::Code(3)));
    }

    #[test]
    fn a_signal_that_waits_is_told_once() {
        let mut processes = Processes::default();
        let pid = processes.add(Process::default(), 9).unwrap();
        for _ in 0..3 {
            processes.tell(pid, Notice::Signal(10));
        }
        processes.tell(pid, Notice::Signal(12));
        assert_eq!(processes.get(pid).unwrap().inbox.len(), 2);
    }

    #[test]
    fn a_fork_bomb_meets_the_limit() {
        let mut processes = Processes::default();
        processes.add(Process::default(), 1).unwrap();
        assert_eq!(processes.add(Process::default(), 1), Err(Errno::AGAIN));
    }
}
