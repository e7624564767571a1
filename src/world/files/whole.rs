//! Whole files at once. Each is made of the operations on descriptors and recorded as those are.

use super::OpenFlags;
use crate::world::{Caller, Errno, World};
use bytes::Bytes;

impl World {
    /// The contents of a file, up to the limit of one file's size.
    ///
    /// # Errors
    ///
    /// Those of [`World::open`] and [`World::read`].
    pub fn read_file(&mut self, caller: &Caller, path: &str) -> Result<Bytes, Errno> {
        let fd = self.open(caller, path, OpenFlags::READ, 0)?;
        let most = usize::try_from(self.limits.file_size).unwrap_or(usize::MAX);
        let bytes = self.read(caller, fd, most);
        self.close(caller, fd)?;
        bytes
    }

    /// Replaces the contents of a file, which is made when it is not there.
    ///
    /// # Errors
    ///
    /// Those of [`World::open`] and [`World::write`].
    pub fn write_file(
        &mut self,
        caller: &Caller,
        path: &str,
        bytes: &[u8],
        mode: u32,
    ) -> Result<(), Errno> {
        self.put_file(caller, path, bytes, mode, OpenFlags::REPLACE)
    }

    /// Adds to the end of a file, which is made when it is not there.
    ///
    /// # Errors
    ///
    /// Those of [`World::open`] and [`World::write`].
    pub fn append_file(
        &mut self,
        caller: &Caller,
        path: &str,
        bytes: &[u8],
        mode: u32,
    ) -> Result<(), Errno> {
        self.put_file(caller, path, bytes, mode, OpenFlags::EXTEND)
    }

    fn put_file(
        &mut self,
        caller: &Caller,
        path: &str,
        bytes: &[u8],
        mode: u32,
        flags: OpenFlags,
    ) -> Result<(), Errno> {
        let fd = self.open(caller, path, flags, mode)?;
        let done = self.write_all(caller, fd, bytes);
        self.close(caller, fd)?;
        done
    }

    /// Copies a file and its permission bits; `exclusive` refuses to replace.
    ///
    /// # Errors
    ///
    /// Those of [`World::open`] and [`World::write`]; `EXIST`; `INVAL` for a copy onto itself.
    pub fn copy_file(
        &mut self,
        caller: &Caller,
        from: &str,
        to: &str,
        exclusive: bool,
    ) -> Result<(), Errno> {
        let bytes = self.read_file(caller, from)?;
        let source = self.peek_stat(caller.pid, from, true)?;
        if let Ok(target) = self.peek_stat(caller.pid, to, true)
            && (target.dev, target.ino) == (source.dev, source.ino)
        {
            return if exclusive { Err(Errno::EXIST) } else { Ok(()) };
        }
        let mut flags = OpenFlags::REPLACE;
        if exclusive {
            flags = flags.with(OpenFlags::EXCLUSIVE);
        }
        self.put_file(caller, to, &bytes, source.mode & 0o777, flags)
    }
}
