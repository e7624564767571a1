//! Reading and writing through descriptors. Not recorded: opening was.

use super::{OpenFlags, Stream, What};
use crate::world::fs::Device;
use crate::world::{Caller, Errno, World};
use bytes::Bytes;

/// From where a descriptor is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    /// The start of the file.
    Start,
    /// Where it stands.
    Current,
    /// The end of the file.
    End,
}

impl World {
    /// Reads at most `length` bytes where the descriptor stands and moves it; no bytes mean the end.
    ///
    /// # Errors
    ///
    /// `BADF`, `ISDIR`; `AGAIN` for an empty pipe that has writers ([`World::pipe_of`] tells what to wait for).
    pub fn read(&mut self, caller: &Caller, fd: u32, length: usize) -> Result<Bytes, Errno> {
        let offset = self.description(caller.pid, fd)?.offset;
        let bytes = self.read_from(caller, fd, length, offset)?;
        let file = self.description_mut(caller.pid, fd)?;
        file.offset = offset.saturating_add(bytes.len() as u64);
        Ok(bytes)
    }

    /// Reads at most `length` bytes at `offset`; the descriptor does not move.
    ///
    /// # Errors
    ///
    /// Those of [`World::read`], `SPIPE` for pipes and sockets.
    pub fn pread(
        &mut self,
        caller: &Caller,
        fd: u32,
        length: usize,
        offset: u64,
    ) -> Result<Bytes, Errno> {
        self.check_seekable(caller, fd)?;
        self.read_from(caller, fd, length, offset)
    }

    fn read_from(
        &mut self,
        caller: &Caller,
        fd: u32,
        length: usize,
        offset: u64,
    ) -> Result<Bytes, Errno> {
        let file = self.description(caller.pid, fd)?;
        if !file.flags.reads() {
            return Err(Errno::BADF);
        }
        // What has no end is read in pieces.
        let piece = length.min(self.limits.pipe);
        match &file.what {
            What::Node(ino) => self.fs.slice_at(*ino, offset, length),
            What::Device(Device::Null | Device::Terminal) => Ok(Bytes::new()),
            What::Device(Device::Zero | Device::Full) => Ok(vec![0; piece].into()),
            What::Device(Device::Random) => {
                let mut bytes = vec![0; piece];
                self.random.fill(&mut bytes);
                Ok(bytes.into())
            }
            What::Text(text) => {
                let start = usize::try_from(offset)
                    .unwrap_or(usize::MAX)
                    .min(text.len());
                let end = start.saturating_add(length).min(text.len());
                Ok(text.slice(start..end))
            }
            What::PipeReader(id) | What::Duplex(id, _) => {
                self.files.take(*id, length).map(Bytes::from)
            }
            What::PipeWriter(_) => Err(Errno::BADF),
            What::Console(_) => Ok(Bytes::new()),
            What::Socket(id) => {
                let id = *id;
                self.read_socket(caller, id, piece)
            }
        }
    }

    /// Writes bytes where the descriptor stands, or at the end when it was opened for appending, and moves it. Returns
    /// how many were written.
    ///
    /// # Errors
    ///
    /// `BADF`, `FBIG`, `NOSPC`; `PIPE` when nobody reads the pipe, `AGAIN` when it is full.
    pub fn write(&mut self, caller: &Caller, fd: u32, bytes: &[u8]) -> Result<usize, Errno> {
        let file = self.description(caller.pid, fd)?;
        let offset = match file.what {
            What::Node(ino) if file.flags.has(OpenFlags::APPEND) => self.fs.stat(ino)?.size,
            _ => file.offset,
        };
        let written = self.write_to(caller, fd, bytes, offset)?;
        let file = self.description_mut(caller.pid, fd)?;
        file.offset = offset.saturating_add(written as u64);
        Ok(written)
    }

    /// Writes bytes at `offset`; the descriptor does not move. As on Linux, one opened for appending appends all the same.
    ///
    /// # Errors
    ///
    /// Those of [`World::write`], `SPIPE` for pipes and sockets.
    pub fn pwrite(
        &mut self,
        caller: &Caller,
        fd: u32,
        bytes: &[u8],
        offset: u64,
    ) -> Result<usize, Errno> {
        self.check_seekable(caller, fd)?;
        let file = self.description(caller.pid, fd)?;
        let offset = match file.what {
            What::Node(ino) if file.flags.has(OpenFlags::APPEND) => self.fs.stat(ino)?.size,
            _ => offset,
        };
        self.write_to(caller, fd, bytes, offset)
    }

    fn write_to(
        &mut self,
        caller: &Caller,
        fd: u32,
        bytes: &[u8],
        offset: u64,
    ) -> Result<usize, Errno> {
        let file = self.description_mut(caller.pid, fd)?;
        if !file.flags.writes() {
            return Err(Errno::BADF);
        }
        match file.what {
            What::Node(ino) => {
                file.changed = true;
                let now = self.clock.now();
                self.fs.quota = crate::world::fs::Quota::of(&self.limits);
                let written = self.fs.write_at(ino, offset, bytes, now);
                self.tell_exceeded(caller);
                written.map(|()| bytes.len())
            }
            What::Device(Device::Full) => Err(Errno::NOSPC),
            What::Device(_) => Ok(bytes.len()),
            What::Text(_) | What::PipeReader(_) => Err(Errno::BADF),
            What::PipeWriter(id) | What::Duplex(_, id) => self.write_pipe(id, bytes),
            What::Console(Stream::Input) => Err(Errno::BADF),
            What::Console(stream) => Ok(self.print(caller, stream, bytes)),
            What::Socket(id) => self.write_socket(caller, id, bytes),
        }
    }

    /// Writes all bytes to a descriptor that takes them, such as a file, the console or a pipe with room.
    ///
    /// # Errors
    ///
    /// Those of [`World::write`].
    pub fn write_all(&mut self, caller: &Caller, fd: u32, mut bytes: &[u8]) -> Result<(), Errno> {
        while !bytes.is_empty() {
            let written = self.write(caller, fd, bytes)?;
            bytes = bytes.get(written.max(1)..).unwrap_or_default();
        }
        Ok(())
    }

    /// Moves a descriptor and returns where it stands, in bytes from the start.
    ///
    /// # Errors
    ///
    /// `SPIPE` for pipes, sockets and the console; `INVAL` for a place before the start.
    pub fn seek(
        &mut self,
        caller: &Caller,
        fd: u32,
        offset: i64,
        whence: Whence,
    ) -> Result<u64, Errno> {
        self.check_seekable(caller, fd)?;
        let file = self.description(caller.pid, fd)?;
        let from = match (whence, &file.what) {
            (Whence::Start, _) => 0,
            (Whence::Current, _) => file.offset,
            (Whence::End, What::Node(ino)) => self.fs.stat(*ino)?.size,
            (Whence::End, What::Text(text)) => text.len() as u64,
            (Whence::End, _) => 0,
        };
        let to = from.checked_add_signed(offset).ok_or(Errno::INVAL)?;
        self.description_mut(caller.pid, fd)?.offset = to;
        Ok(to)
    }

    fn check_seekable(&self, caller: &Caller, fd: u32) -> Result<(), Errno> {
        match self.description(caller.pid, fd)?.what {
            What::Node(_) | What::Text(_) | What::Device(_) => Ok(()),
            _ => Err(Errno::SPIPE),
        }
    }

    /// Cuts an open file to a length or fills it up with zeros.
    ///
    /// # Errors
    ///
    /// `BADF`, `INVAL` when it is not a file open for writing; `FBIG`, `NOSPC`.
    pub fn ftruncate(&mut self, caller: &Caller, fd: u32, length: u64) -> Result<(), Errno> {
        let file = self.description_mut(caller.pid, fd)?;
        let (true, What::Node(ino)) = (file.flags.writes(), &file.what) else {
            return Err(Errno::INVAL);
        };
        let ino = *ino;
        file.changed = true;
        let now = self.clock.now();
        self.fs.quota = crate::world::fs::Quota::of(&self.limits);
        let done = self.fs.set_size(ino, length, now);
        self.tell_exceeded(caller);
        done
    }
}
