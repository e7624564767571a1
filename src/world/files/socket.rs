//! The seam to the network: what descriptors do that refer to sockets.

use crate::world::{Caller, Errno, World};
use bytes::Bytes;

impl World {
    pub(super) fn read_socket(
        &mut self,
        _caller: &Caller,
        _id: u32,
        _length: usize,
    ) -> Result<Bytes, Errno> {
        Err(Errno::NOTCONN)
    }

    pub(super) fn write_socket(
        &mut self,
        _caller: &Caller,
        _id: u32,
        _bytes: &[u8],
    ) -> Result<usize, Errno> {
        Err(Errno::NOTCONN)
    }

    pub(super) fn close_socket(&mut self, _id: u32) {}
}
