//! The guest's memory and arguments: every address is checked, and one that is wrong makes the call trap, as WASI has it.

use super::{Code, Fault};
use crate::guest::Stop;
use crate::world::fs::MAX_PATH;

/// The linear memory during one call.
pub(super) struct Memory<'a> {
    bytes: &'a mut [u8],
    /// The function that is called, for the reason of a trap.
    function: &'static str,
}

/// Part of the guest's memory: address and length in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) at: u32,
    pub(super) length: u32,
}

impl<'a> Memory<'a> {
    pub(super) fn new(bytes: &'a mut [u8], function: &'static str) -> Memory<'a> {
        Memory { bytes, function }
    }

    fn range(&self, piece: Piece) -> Result<std::ops::Range<usize>, Fault> {
        let wrong = || Fault::Stop(Stop::Memory(self.function));
        let start = usize::try_from(piece.at).map_err(|_| wrong())?;
        let length = usize::try_from(piece.length).map_err(|_| wrong())?;
        let end = start.checked_add(length).ok_or_else(wrong)?;
        if end > self.bytes.len() {
            return Err(wrong());
        }
        Ok(start..end)
    }

    /// Bytes to read.
    pub(super) fn read(&self, piece: Piece) -> Result<&[u8], Fault> {
        let range = self.range(piece)?;
        Ok(self.bytes.get(range).unwrap_or_default())
    }

    /// Bytes to write.
    pub(super) fn write(&mut self, piece: Piece) -> Result<&mut [u8], Fault> {
        let range = self.range(piece)?;
        Ok(self.bytes.get_mut(range).unwrap_or_default())
    }

    /// The text of a path, or of what a link points at. One that no path can be is not looked at.
    pub(super) fn path(&self, piece: Piece) -> Result<String, Fault> {
        let bytes = self.read(piece)?;
        if bytes.len() > MAX_PATH {
            return Err(Code::NAMETOOLONG.into());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Code::ILSEQ)?;
        Ok(text.to_owned())
    }

    /// Puts bytes at an address.
    pub(super) fn put(&mut self, at: u32, bytes: &[u8]) -> Result<(), Fault> {
        let length = u32::try_from(bytes.len()).map_err(|_| Code::INVAL)?;
        self.write(Piece { at, length })?.copy_from_slice(bytes);
        Ok(())
    }

    /// Puts a number at an address that must be a multiple of four.
    pub(super) fn put_u32(&mut self, at: u32, number: u32) -> Result<(), Fault> {
        self.align(at, 4)?;
        self.put(at, &number.to_le_bytes())
    }

    /// Puts a number at an address that must be a multiple of eight.
    pub(super) fn put_u64(&mut self, at: u32, number: u64) -> Result<(), Fault> {
        self.align(at, 8)?;
        self.put(at, &number.to_le_bytes())
    }

    /// A structure of `N` bytes at an address that must be a multiple of `alignment`.
    pub(super) fn structure<const N: usize>(
        &self,
        at: u32,
        alignment: u32,
    ) -> Result<[u8; N], Fault> {
        self.align(at, alignment)?;
        let length = u32::try_from(N).map_err(|_| Code::INVAL)?;
        let bytes = self.read(Piece { at, length })?;
        bytes.try_into().map_err(|_| Fault::Code(Code::INVAL))
    }

    /// The pieces that a vector of `count` addresses and lengths names, as far as one call goes through them: pieces may lie
    /// over one another, so that all together can be larger than the memory.
    pub(super) fn pieces(&self, at: u32, count: u32) -> Result<Vec<Piece>, Fault> {
        if count > MAX_PIECES {
            return Err(Code::INVAL.into());
        }
        let (mut pieces, mut room) = (Vec::new(), MAX_BYTES);
        for index in 0..count {
            let vector: [u8; 8] = self.structure(self.offset(at, index, 8)?, 4)?;
            let piece = Piece {
                at: number(&vector, 0),
                length: number(&vector, 4),
            };
            self.range(piece)?;
            let length = piece.length.min(room);
            room = room.saturating_sub(length);
            pieces.push(Piece { length, ..piece });
        }
        Ok(pieces)
    }

    /// The address of an element of an array.
    pub(super) fn offset(&self, at: u32, index: u32, size: u32) -> Result<u32, Fault> {
        index
            .checked_mul(size)
            .and_then(|offset| at.checked_add(offset))
            .ok_or(Fault::Stop(Stop::Memory(self.function)))
    }

    fn align(&self, at: u32, alignment: u32) -> Result<(), Fault> {
        if at.is_multiple_of(alignment) {
            Ok(())
        } else {
            Err(Fault::Stop(Stop::Memory(self.function)))
        }
    }
}

/// Pieces of one vector. Source: `IOV_MAX` of Linux.
const MAX_PIECES: u32 = 1_024;

/// Bytes that one call reads or writes: no call may take long, and whoever wants more calls again.
const MAX_BYTES: u32 = 64 << 20;

/// The 32-bit number at a place of a structure; 0 beyond its end.
pub(super) fn number(structure: &[u8], at: usize) -> u32 {
    let bytes = structure.get(at..at.saturating_add(4));
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

/// The 64-bit number at a place of a structure; 0 beyond its end.
pub(super) fn long(structure: &[u8], at: usize) -> u64 {
    let bytes = structure.get(at..at.saturating_add(8));
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u64::from_le_bytes)
}

/// The arguments of one call, as 64-bit patterns; one that is missing is 0.
pub(super) struct Args<'a>(pub(super) &'a [u64]);

impl Args<'_> {
    pub(super) fn u64(&self, index: usize) -> u64 {
        self.0.get(index).copied().unwrap_or(0)
    }

    pub(super) fn i64(&self, index: usize) -> i64 {
        self.u64(index).cast_signed()
    }

    /// The low half, which is all that there is of a 32-bit argument.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the upper half of a 32-bit argument says nothing"
    )]
    pub(super) fn u32(&self, index: usize) -> u32 {
        self.u64(index) as u32
    }

    /// An address and the length after it.
    pub(super) fn piece(&self, index: usize) -> Piece {
        Piece {
            at: self.u32(index),
            length: self.u32(index.saturating_add(1)),
        }
    }

    /// Flags, of which only those in `known` may be set.
    pub(super) fn flags(&self, index: usize, known: u32) -> Result<u32, Fault> {
        let flags = self.u32(index);
        if flags & !known == 0 {
            Ok(flags)
        } else {
            Err(Code::INVAL.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_over_one_another_are_cut_to_what_one_call_moves() {
        let mut bytes = vec![0_u8; 48 << 20];
        // Three pieces from the start: of 64 MiB, which is more than there is, and twice of 40 MiB.
        for (piece, megabytes) in bytes.chunks_exact_mut(8).zip([64_u32, 40, 40]) {
            let (_, length) = piece.split_at_mut(4);
            length.copy_from_slice(&(megabytes << 20).to_le_bytes());
        }
        let memory = Memory::new(&mut bytes, "fd_read");
        let behind = Fault::Stop(Stop::Memory("fd_read"));
        assert_eq!(memory.pieces(0, 1), Err(behind.clone()));
        let lengths: Vec<u32> = match memory.pieces(8, 2) {
            Ok(pieces) => pieces.iter().map(|piece| piece.length).collect(),
            Err(_) => Vec::new(),
        };
        assert_eq!(lengths, [40 << 20, 24 << 20]);
        assert_eq!(memory.pieces(0, 1_025), Err(Code::INVAL.into()));
        assert_eq!(memory.pieces(u32::MAX - 8, 9), Err(behind));
    }
}
