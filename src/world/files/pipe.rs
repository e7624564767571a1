//! Pipes, and who is told that there is something in them.

use super::{OpenFile, OpenFiles, OpenFlags, What};
use crate::world::fs::Ino;
use crate::world::{Caller, Errno, Notice, Pid, World};
use std::collections::VecDeque;

/// How many full pipes all pipes of a world may hold together.
const FULL_PIPES: usize = 4;

/// A pipe: bytes on their way.
#[derive(Debug, Default)]
pub(super) struct Pipe {
    buffer: VecDeque<u8>,
    readers: u32,
    writers: u32,
    /// A named pipe waits for its first writer; it does not end before.
    awaited: bool,
}

impl Pipe {
    fn ended(&self) -> bool {
        self.writers == 0 && !self.awaited
    }
}

impl OpenFiles {
    fn add_pipe(&mut self, awaited: bool) -> u32 {
        let id = self.next_pipe;
        self.next_pipe = self.next_pipe.wrapping_add(1);
        self.pipes.insert(
            id,
            Pipe {
                awaited,
                ..Pipe::default()
            },
        );
        id
    }

    /// Counts the descriptions of a pipe's ends; a pipe without any is gone.
    pub(super) fn change_ends(&mut self, id: u32, readers: i32, writers: i32) {
        let Some(pipe) = self.pipes.get_mut(&id) else {
            return;
        };
        pipe.readers = pipe.readers.saturating_add_signed(readers);
        pipe.writers = pipe.writers.saturating_add_signed(writers);
        pipe.awaited &= writers <= 0;
        if pipe.readers == 0 && pipe.writers == 0 {
            self.pipes.remove(&id);
            self.fifos.retain(|_, pipe| *pipe != id);
        }
    }

    /// Whether a reader of the pipe gets bytes or their end at once.
    #[must_use]
    pub fn pipe_ready(&self, id: u32) -> bool {
        self.pipes
            .get(&id)
            .is_none_or(|pipe| !pipe.buffer.is_empty() || pipe.ended())
    }

    /// Takes at most `length` bytes; none at the end, `AGAIN` while writers have written nothing.
    pub(super) fn take(&mut self, id: u32, length: usize) -> Result<Vec<u8>, Errno> {
        let Some(pipe) = self.pipes.get_mut(&id) else {
            return Ok(Vec::new());
        };
        if pipe.buffer.is_empty() && !pipe.ended() && length > 0 {
            return Err(Errno::AGAIN);
        }
        let length = length.min(pipe.buffer.len());
        Ok(pipe.buffer.drain(..length).collect())
    }

    /// Puts bytes in, as many as there is room for.
    fn fill(&mut self, id: u32, bytes: &[u8], capacity: usize) -> Result<usize, Errno> {
        let held: usize = self.pipes.values().map(|pipe| pipe.buffer.len()).sum();
        let pipe = self.pipes.get_mut(&id).ok_or(Errno::PIPE)?;
        if pipe.readers == 0 {
            return Err(Errno::PIPE);
        }
        let room = capacity
            .saturating_sub(pipe.buffer.len())
            .min(capacity.saturating_mul(FULL_PIPES).saturating_sub(held));
        let (now, _) = bytes.split_at(room.min(bytes.len()));
        if now.is_empty() && !bytes.is_empty() {
            return Err(Errno::AGAIN);
        }
        pipe.buffer.extend(now);
        Ok(now.len())
    }
}

impl World {
    /// Makes a pipe: the descriptors to read from and to write to.
    ///
    /// # Errors
    ///
    /// `MFILE`.
    pub fn pipe(&mut self, caller: &Caller) -> Result<(u32, u32), Errno> {
        let (reader, writer) = self.new_pipe();
        let read = self.install(caller.pid, reader)?;
        match self.install(caller.pid, writer) {
            Ok(write) => Ok((read, write)),
            Err(errno) => {
                self.close(caller, read)?;
                Err(errno)
            }
        }
    }

    /// Both ends of a new pipe, not yet open anywhere.
    pub(super) fn new_pipe(&mut self) -> (OpenFile, OpenFile) {
        let id = self.files.add_pipe(false);
        let path = format!("pipe:[{}]", 60_000_u64.saturating_add(u64::from(id)));
        (
            OpenFile::new(What::PipeReader(id), OpenFlags::READ, &path),
            OpenFile::new(What::PipeWriter(id), OpenFlags::WRITE, &path),
        )
    }

    /// Both ends of a connection of two pipes, not yet open anywhere.
    pub(super) fn new_duplex(&mut self) -> (OpenFile, OpenFile) {
        let (there, back) = (self.files.add_pipe(false), self.files.add_pipe(false));
        let end = |from, to| {
            let path = format!("socket:[{}]", 80_000_u64.saturating_add(u64::from(from)));
            OpenFile::new(What::Duplex(from, to), OpenFlags::BOTH, path)
        };
        (end(there, back), end(back, there))
    }

    /// An end of a named pipe; the pipe is made when its first end is opened.
    pub(super) fn open_fifo(&mut self, ino: Ino, flags: OpenFlags, path: &str) -> OpenFile {
        let id = match self.files.fifos.get(&ino) {
            Some(id) => *id,
            None => {
                let id = self.files.add_pipe(true);
                self.files.fifos.insert(ino, id);
                id
            }
        };
        let what = if flags.writes() {
            What::PipeWriter(id)
        } else {
            What::PipeReader(id)
        };
        OpenFile::new(what, flags, path)
    }

    /// Writes into a pipe and tells its readers.
    pub(super) fn write_pipe(&mut self, id: u32, bytes: &[u8]) -> Result<usize, Errno> {
        let written = self.files.fill(id, bytes, self.limits.pipe)?;
        self.tell_readers(id);
        Ok(written)
    }

    /// Tells every process that can read a pipe; one that has not yet heard the last notice needs no second.
    pub(super) fn tell_readers(&mut self, id: u32) {
        let files = &self.files;
        let reads = |index: &u32| {
            files
                .get(*index)
                .is_some_and(|file| matches!(file.what, What::PipeReader(read) | What::Duplex(read, _) if read == id))
        };
        let readers: Vec<(Pid, u32)> = self
            .processes
            .iter()
            .flat_map(|process| {
                process
                    .descriptors
                    .iter()
                    .filter(|(_, index)| reads(index))
                    .map(|(fd, _)| (process.pid, *fd))
            })
            .collect();
        for (pid, fd) in readers {
            self.tell_readable(pid, fd);
        }
    }

    /// Tells a process that a descriptor has bytes or has ended.
    pub fn tell_readable(&mut self, pid: Pid, fd: u32) {
        let notice = Notice::Readable { fd };
        let heard = self
            .processes
            .get(pid)
            .is_some_and(|process| process.inbox.contains(&notice));
        if !heard {
            self.processes.tell(pid, notice);
        }
    }

    /// The pipe that a descriptor reads, to wait for it with [`Wait::Pipe`](crate::world::Wait::Pipe).
    #[must_use]
    pub fn pipe_of(&self, pid: Pid, fd: u32) -> Option<u32> {
        match self.description(pid, fd).ok()?.what {
            What::PipeReader(id) | What::Duplex(id, _) => Some(id),
            _ => None,
        }
    }
}
