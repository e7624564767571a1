//! Files as processes use them: open descriptions, descriptors, pipes, and the recorded operations on [`World`].
//!
//! An operation with a path is an access and goes through [`World::act`]; one with a descriptor was recorded when it was
//! opened. `peek_*` is for resolvers of modules and programs, which try thousands of paths that nobody asked for.
//!
//! | file | holds |
//! | --- | --- |
//! | `open` | opening, closing, descriptors |
//! | `io` | reading and writing through descriptors |
//! | `ask` | questions about paths |
//! | `change` | changes of names and attributes |
//! | `whole` | whole files at once |
//! | `pipe` | pipes and who is told of them |
//! | `stdio` | the console, and what a child inherits |
//! | `procfs` | `/proc/<pid>` |
//! | `socket` | the seam to the network |

mod ask;
mod change;
mod flags;
mod io;
mod locate;
mod open;
mod pipe;
mod procfs;
mod socket;
mod stdio;
#[cfg(test)]
mod tests;
mod whole;

pub use ask::FileSystemStat;
pub use change::Times;
pub use flags::OpenFlags;
pub use io::Whence;
pub use stdio::{Console, Stdio, Stream};

use super::fs::{Device, Ino};
use super::{Caller, Errno, Pid, World};
use crate::trace::Kind;
use bytes::Bytes;
use pipe::Pipe;
use std::collections::BTreeMap;

/// What an open description refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A file or directory.
    Node(Ino),
    /// A device file.
    Device(Device),
    /// A text made when it was opened, as those of `/proc` are.
    Text(Bytes),
    /// The end of a pipe from which one reads.
    PipeReader(u32),
    /// The end of a pipe into which one writes.
    PipeWriter(u32),
    /// One end of two pipes: it reads from the first and writes into the second.
    Duplex(u32, u32),
    /// A stream of the run's console.
    Console(Stream),
    /// A socket; the number is the network's.
    Socket(u32),
}

/// An open description: what `open` makes and `dup` shares.
#[derive(Clone, Debug)]
pub struct OpenFile {
    /// What it refers to.
    pub what: What,
    /// How it was opened.
    pub flags: OpenFlags,
    /// Where the next read or write begins, in bytes.
    pub offset: u64,
    /// The path that was opened, absolute; for others what `/proc/<pid>/fd` shows.
    pub path: String,
    /// Descriptors that share it, over all processes.
    descriptors: u32,
    /// The `file.write` event that waits for the contents.
    event: Option<u32>,
    /// Whether the contents belong into that event.
    changed: bool,
}

impl OpenFile {
    /// An open description that nothing shares yet.
    #[must_use]
    pub fn new(what: What, flags: OpenFlags, path: impl Into<String>) -> OpenFile {
        OpenFile {
            what,
            flags,
            offset: 0,
            path: path.into(),
            descriptors: 0,
            event: None,
            changed: false,
        }
    }
}

/// All open descriptions and pipes of a world.
#[derive(Debug, Default)]
pub struct OpenFiles {
    table: BTreeMap<u32, OpenFile>,
    next: u32,
    pipes: BTreeMap<u32, Pipe>,
    next_pipe: u32,
    /// Pipes of the named pipes that are open.
    fifos: BTreeMap<Ino, u32>,
}

impl OpenFiles {
    /// The description with this number, as [`Process::descriptors`](super::Process::descriptors) refers to it.
    #[must_use]
    pub fn get(&self, index: u32) -> Option<&OpenFile> {
        self.table.get(&index)
    }
}

impl World {
    /// A path of a process made absolute, without dots; links are not looked at.
    #[must_use]
    pub fn absolute(&self, pid: Pid, path: &str) -> String {
        super::path::absolute(self.cwd(pid), path)
    }

    fn cwd(&self, pid: Pid) -> &str {
        match self.processes.get(pid) {
            Some(process) if !process.cwd.is_empty() => &process.cwd,
            _ => "/",
        }
    }

    /// Does one access to a path: as [`World::act`], and tells when a limit of the file system was reached.
    fn act_on<T>(
        &mut self,
        caller: &Caller,
        kind: Kind,
        path: &str,
        decide: impl FnOnce(&mut World, Option<u32>, &str) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        let subject = self.absolute(caller.pid, path);
        self.fs.quota = super::fs::Quota::of(&self.limits);
        let answer = self.act(caller, kind, subject.clone(), |world, seq| {
            decide(world, seq, &subject)
        });
        self.tell_exceeded(caller);
        answer
    }

    /// Records that a limit of the file system was reached; each once.
    fn tell_exceeded(&mut self, caller: &Caller) {
        if let Some(exceeded) = self.fs.take_exceeded() {
            let reason = match exceeded {
                super::fs::Exceeded::FileBytes => {
                    format!("more than {} bytes of files", self.limits.file_bytes)
                }
                super::fs::Exceeded::Files => format!("more than {} files", self.limits.files),
                super::fs::Exceeded::FileSize => {
                    format!("a file over {} bytes", self.limits.file_size)
                }
            };
            self.hit_limit(caller, exceeded.name(), reason);
        }
    }

    /// Says in an event where a path really led, when links led elsewhere.
    fn note_resolved(&mut self, seq: Option<u32>, subject: &str, resolved: &str) {
        if subject != resolved {
            self.recorder.detail(seq, "resolved", resolved);
        }
    }
}
