//! How much one archive or directory may hold.

use super::error::UnpackError;

/// Limits on unpacking. No length that an input states is believed: memory grows with the bytes that are really there,
/// and never beyond these.
#[derive(Clone, Copy, Debug)]
pub struct Quotas {
    /// Bytes of the archive as it lies on disk. The largest packages of the npm ecosystem come near 100 MB.
    pub archive: usize,
    /// Bytes after decompression, all entries together. The largest real packages unpack to about 200 MB.
    pub total: usize,
    /// Bytes of one file: a native binary of a compiler is the largest that honest packages ship.
    pub file: usize,
    /// Entries. The largest real packages have about 10,000; ten times that is a flood.
    pub entries: usize,
    /// Bytes of one path: `PATH_MAX` of the systems on which it would be unpacked.
    pub path: usize,
    /// Directories above a file. Deeper trees exist only to break tools that recurse.
    pub depth: usize,
    /// Bytes that one compressed byte may become. Text shrinks to a tenth, repetitive text to a hundredth.
    pub ratio: usize,
    /// Decompressed bytes up to which the ratio is not looked at: a small bomb does no harm.
    pub ratio_floor: usize,
    /// Bytes of one extended header (a long name, a PAX block).
    pub header: usize,
}

impl Default for Quotas {
    fn default() -> Quotas {
        Quotas {
            archive: 256 << 20,
            total: 768 << 20,
            file: 256 << 20,
            entries: 100_000,
            path: 4_096,
            depth: 100,
            ratio: 200,
            ratio_floor: 32 << 20,
            header: 1 << 20,
        }
    }
}

impl Quotas {
    /// Compares what compressed bytes have become so far with the limits on all of it.
    pub(super) fn check_growth(&self, packed: usize, unpacked: usize) -> Result<(), UnpackError> {
        if unpacked > self.total {
            return Err(UnpackError::TotalTooLarge(self.total));
        }
        if unpacked > self.ratio_floor && unpacked / packed.max(1) > self.ratio {
            return Err(UnpackError::Bomb {
                packed,
                unpacked,
                limit: self.ratio,
            });
        }
        Ok(())
    }
}
