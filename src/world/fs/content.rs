//! Reading and changing the contents of files.

use super::{Content, Data, Fs, Ino};
use crate::world::Errno;
use bytes::Bytes;

impl Fs {
    fn data(&self, ino: Ino) -> Result<&Data, Errno> {
        match &self.node(ino)?.content {
            Content::File(data) => Ok(data),
            Content::Directory(_) => Err(Errno::ISDIR),
            _ => Err(Errno::INVAL),
        }
    }

    /// The whole contents of a file; planted contents are not copied.
    ///
    /// # Errors
    ///
    /// `ISDIR` for a directory, `INVAL` for anything else that is no file.
    pub fn contents(&self, ino: Ino) -> Result<Bytes, Errno> {
        self.data(ino).map(Data::to_bytes)
    }

    /// At most `length` bytes of a file from `offset`; none at or after its end.
    ///
    /// # Errors
    ///
    /// Those of [`Fs::contents`].
    pub fn read_at(&self, ino: Ino, offset: u64, length: usize) -> Result<&[u8], Errno> {
        let bytes = self.data(ino)?.bytes();
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let end = start.saturating_add(length).min(bytes.len());
        Ok(bytes.get(start..end).unwrap_or_default())
    }

    /// The same as a value of its own; planted contents are not copied.
    ///
    /// # Errors
    ///
    /// Those of [`Fs::contents`].
    pub fn slice_at(&self, ino: Ino, offset: u64, length: usize) -> Result<Bytes, Errno> {
        let slice = self.read_at(ino, offset, length)?;
        Ok(match self.data(ino)? {
            Data::Shared(bytes) => bytes.slice_ref(slice),
            Data::Own(_) => Bytes::copy_from_slice(slice),
        })
    }

    /// Writes bytes at `offset`; a gap before it is filled with zeros.
    ///
    /// # Errors
    ///
    /// `FBIG` and `NOSPC` when the quota forbids it, then nothing is written; those of [`Fs::contents`].
    pub fn write_at(&mut self, ino: Ino, offset: u64, bytes: &[u8], now: u64) -> Result<(), Errno> {
        let end = offset.checked_add(bytes.len() as u64).ok_or(Errno::FBIG)?;
        if bytes.is_empty() {
            return self.data(ino).map(|_| ());
        }
        let size = self.data(ino)?.len().max(end);
        let data = self.resize(ino, size, now)?;
        let range = usize::try_from(offset)
            .ok()
            .zip(usize::try_from(end).ok())
            .and_then(|(start, end)| data.get_mut(start..end))
            .ok_or(Errno::FBIG)?;
        range.copy_from_slice(bytes);
        Ok(())
    }

    /// Cuts a file to `size` bytes or fills it up with zeros.
    ///
    /// # Errors
    ///
    /// Those of [`Fs::write_at`].
    pub fn set_size(&mut self, ino: Ino, size: u64, now: u64) -> Result<(), Errno> {
        self.resize(ino, size, now).map(|_| ())
    }

    /// Gives a file a size, makes its contents this world's own and charges the difference.
    fn resize(&mut self, ino: Ino, size: u64, now: u64) -> Result<&mut Vec<u8>, Errno> {
        self.check_size(size)?;
        let length = usize::try_from(size).map_err(|_| Errno::FBIG)?;
        let (charged, kept) = match self.data(ino)? {
            Data::Own(bytes) => (bytes.len() as u64, None),
            // Only what stays is copied: truncating a large planted file costs nothing.
            Data::Shared(bytes) => {
                let kept = bytes.len().min(length);
                (0, Some(bytes.slice(..kept)))
            }
        };
        self.charge_bytes(size.saturating_sub(charged))?;
        self.used_bytes = self.used_bytes.saturating_sub(charged.saturating_sub(size));
        let node = self.node_mut(ino)?;
        node.mtime = now;
        node.ctime = now;
        let Content::File(data) = &mut node.content else {
            return Err(Errno::INVAL);
        };
        if let Some(kept) = kept {
            *data = Data::Own(kept.to_vec());
        }
        let Data::Own(bytes) = data else {
            return Err(Errno::INVAL);
        };
        bytes.resize(length, 0);
        Ok(bytes)
    }
}
