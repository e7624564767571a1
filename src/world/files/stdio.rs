//! The console of a run, and what a child process inherits.

use super::{OpenFile, OpenFlags, What};
use crate::world::fs::Device;
use crate::world::{Caller, Errno, Pid, Process, World};
use std::collections::BTreeMap;

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// Standard input: nobody types, it is at its end.
    Input,
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// What a run printed, in the order in which it did.
#[derive(Clone, Debug, Default)]
pub struct Console {
    pieces: Vec<(Stream, Vec<u8>)>,
    length: usize,
}

impl Console {
    /// The pieces in order; neighbours are of different streams.
    #[must_use]
    pub fn pieces(&self) -> &[(Stream, Vec<u8>)] {
        &self.pieces
    }

    /// All that went to one stream.
    #[must_use]
    pub fn of(&self, stream: Stream) -> Vec<u8> {
        let pieces = self.pieces.iter().filter(|piece| piece.0 == stream);
        pieces.flat_map(|piece| piece.1.iter().copied()).collect()
    }

    fn print(&mut self, stream: Stream, bytes: &[u8]) {
        self.length = self.length.saturating_add(bytes.len());
        match self.pieces.last_mut() {
            Some((last, piece)) if *last == stream => piece.extend_from_slice(bytes),
            _ => self.pieces.push((stream, bytes.to_vec())),
        }
    }
}

/// What a child gets as one of its descriptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stdio {
    /// What this descriptor of the parent is; also for a file that the parent has opened for it.
    Inherit(u32),
    /// `/dev/null`.
    Ignore,
    /// A new pipe from which the child reads; the parent gets the other end.
    ChildReads,
    /// A new pipe into which the child writes; the parent gets the other end.
    ChildWrites,
    /// A new connection in both directions; the parent gets the other end.
    Duplex,
    /// The descriptor is not open.
    Closed,
}

impl World {
    /// Prints to the console; what is over the limit is dropped. Returns the length of all, as a writer expects it.
    pub fn print(&mut self, caller: &Caller, stream: Stream, bytes: &[u8]) -> usize {
        let room = self.limits.output.saturating_sub(self.console.length);
        let (kept, dropped) = bytes.split_at(room.min(bytes.len()));
        if !kept.is_empty() {
            self.console.print(stream, kept);
        }
        if !dropped.is_empty() {
            let reason = format!("more than {} bytes printed", self.limits.output);
            self.hit_limit(caller, "output", reason);
        }
        bytes.len()
    }

    /// Connects the standard streams of a process that is about to be added to the console: the first one of a run.
    pub fn give_console(&mut self, process: &mut Process) {
        for (fd, stream, flags) in [
            (0, Stream::Input, OpenFlags::READ),
            (1, Stream::Output, OpenFlags::WRITE),
            (2, Stream::Error, OpenFlags::WRITE),
        ] {
            let path = format!("pipe:[{}]", 58_211 + fd);
            let file = OpenFile {
                descriptors: 1,
                ..OpenFile::new(What::Console(stream), flags, path)
            };
            process.descriptors.insert(fd, self.add_open(file));
        }
    }

    /// Adds to the event of a start what the child's standard streams are, where that tells something.
    pub(in crate::world) fn describe_streams(
        &mut self,
        caller: &Caller,
        seq: Option<u32>,
        actions: &[Stdio],
    ) {
        for (name, action) in ["stdin", "stdout", "stderr"].into_iter().zip(actions) {
            if let Stdio::Inherit(fd) = action
                && let Some(target) = self.stream_target(caller.pid, *fd)
            {
                self.recorder.detail(seq, name, target);
            }
        }
    }

    /// A connection or a file, by name.
    fn stream_target(&self, pid: Pid, fd: u32) -> Option<String> {
        let file = self.description(pid, fd).ok()?;
        match &file.what {
            What::Socket(id) => {
                let connection = self.net_connection(*id).ok()?;
                Some(format!("socket {}", connection.subject()))
            }
            What::Node(_) => Some(format!("file {}", file.path)),
            _ => None,
        }
    }

    /// Fills the descriptors of a new child: the action at place n makes its descriptor n. Returns for each the parent's
    /// descriptor of a new pipe.
    ///
    /// # Errors
    ///
    /// `BADF` when the parent does not have a descriptor that is to be inherited; `MFILE`.
    pub fn give_stdio(
        &mut self,
        parent: &Caller,
        child: Pid,
        actions: &[Stdio],
    ) -> Result<Vec<Option<u32>>, Errno> {
        let mut own = Vec::with_capacity(actions.len());
        for (fd, action) in (0..).zip(actions) {
            own.push(self.give(parent, child, fd, *action)?);
        }
        Ok(own)
    }

    fn give(
        &mut self,
        parent: &Caller,
        child: Pid,
        fd: u32,
        action: Stdio,
    ) -> Result<Option<u32>, Errno> {
        let (theirs, ours) = match action {
            Stdio::Closed => return Ok(None),
            Stdio::Inherit(from) => {
                let index = self.index(parent.pid, from)?;
                self.put(child, fd, index)?;
                return Ok(None);
            }
            Stdio::Ignore => {
                let null = What::Device(Device::Null);
                (OpenFile::new(null, OpenFlags::BOTH, "/dev/null"), None)
            }
            Stdio::ChildReads => {
                let (reader, writer) = self.new_pipe();
                (reader, Some(writer))
            }
            Stdio::Duplex => {
                let (theirs, ours) = self.new_duplex();
                (theirs, Some(ours))
            }
            Stdio::ChildWrites => {
                let (reader, writer) = self.new_pipe();
                (writer, Some(reader))
            }
        };
        // Both ends are open before one can be found without the other.
        let index = self.add_open(theirs);
        self.put(child, fd, index)?;
        ours.map(|file| self.install(parent.pid, file)).transpose()
    }

    /// Gives a child all descriptors of its parent, as `fork` does.
    ///
    /// # Errors
    ///
    /// `SRCH` when one of the two is not there.
    pub fn inherit_all(&mut self, parent: Pid, child: Pid) -> Result<(), Errno> {
        let process = self.processes.get(parent).ok_or(Errno::SRCH)?;
        for (fd, index) in process.descriptors.clone() {
            self.put(child, fd, index)?;
        }
        Ok(())
    }
}

impl World {
    /// Copies the descriptors of a process aside: what they refer to stays open until they are put back.
    #[must_use]
    pub fn copy_descriptors(&mut self, pid: Pid) -> BTreeMap<u32, u32> {
        let descriptors = match self.processes.get(pid) {
            Some(process) => process.descriptors.clone(),
            None => return BTreeMap::new(),
        };
        for index in descriptors.values() {
            if let Some(file) = self.files.table.get_mut(index) {
                file.descriptors = file.descriptors.saturating_add(1);
            }
        }
        descriptors
    }

    /// Closes all descriptors of a process and gives it those back that were copied aside.
    pub fn put_back_descriptors(&mut self, pid: Pid, copied: BTreeMap<u32, u32>) {
        self.flush_process(pid);
        if let Some(process) = self.processes.get_mut(pid) {
            process.descriptors = copied;
        }
    }

    /// Whether a process has the writing end of a pipe.
    #[must_use]
    pub fn writes_pipe(&self, pid: Pid, pipe: u32) -> bool {
        let process = self.processes.get(pid);
        let mut indexes = process
            .into_iter()
            .flat_map(|process| process.descriptors.values());
        indexes.any(|index| {
            self.files
                .get(*index)
                .is_some_and(|file| matches!(file.what, What::PipeWriter(into) | What::Duplex(_, into) if into == pipe))
        })
    }
}
