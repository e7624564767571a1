//! The seam to the network: what descriptors do that refer to sockets.

use super::{OpenFile, OpenFlags, What};
use crate::world::net::SocketId;
use crate::world::{Caller, Errno, Pid, World};
use bytes::Bytes;

impl World {
    /// Gives a process a descriptor for a socket; the socket is closed with the last descriptor that refers to it.
    ///
    /// # Errors
    ///
    /// `MFILE`; the socket is closed then.
    pub fn open_socket(&mut self, pid: Pid, id: SocketId) -> Result<u32, Errno> {
        let flags = OpenFlags::BOTH;
        let path = format!("socket:[{}]", 70_000_u64.saturating_add(u64::from(id)));
        let opened = self.install(pid, OpenFile::new(What::Socket(id), flags, path));
        if opened.is_err() {
            self.net_close(id);
        }
        opened
    }

    /// The socket that a descriptor refers to.
    ///
    /// # Errors
    ///
    /// `BADF`, `NOTSOCK`.
    pub fn socket_of(&self, pid: Pid, fd: u32) -> Result<SocketId, Errno> {
        match self.description(pid, fd)?.what {
            What::Socket(id) => Ok(id),
            _ => Err(Errno::NOTSOCK),
        }
    }

    /// Reads for a program that would wait for the bytes: from a server outside that has nothing to say it gets the end,
    /// since nothing would ever come.
    pub(super) fn read_socket(
        &mut self,
        caller: &Caller,
        id: SocketId,
        length: usize,
    ) -> Result<Bytes, Errno> {
        match self.net_receive(caller, id, length) {
            Err(Errno::AGAIN) if self.net_connection(id)?.is_silent() => Ok(Bytes::new()),
            answer => answer,
        }
    }

    pub(super) fn write_socket(
        &mut self,
        caller: &Caller,
        id: SocketId,
        bytes: &[u8],
    ) -> Result<usize, Errno> {
        self.net_send(caller, id, bytes)
    }

    pub(super) fn close_socket(&mut self, id: SocketId) {
        self.net_close(id);
    }
}
