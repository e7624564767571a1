//! From a hostile archive or a directory to a [`Tree`] in memory. Nothing is ever written to the disk.
//!
//! Every limit is a field of [`Quotas`]; every refusal is an [`UnpackError`] that fits one line.

mod dependencies;
mod error;
mod gzip;
mod host;
mod quotas;
mod tar;
mod tree;

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests work on the host")]
mod disk_tests;
#[cfg(test)]
mod tests;

pub use dependencies::{around, beside};
pub use error::{Name, UnpackError};
pub use host::{directory, open_archive, open_directory};
pub use quotas::Quotas;
pub use tree::{Content, Entry, Tree};

use bytes::Bytes;

/// Where the name of a tar archive's format stands in its first block.
const TAR_MAGIC: std::ops::Range<usize> = 257..262;

/// Unpacks an archive: tar, or tar within gzip.
///
/// # Errors
///
/// Whatever [`UnpackError`] lists, at the first thing that no honest package has.
pub fn archive(packed: &Bytes, quotas: &Quotas) -> Result<Tree, UnpackError> {
    if packed.is_empty() {
        return Err(UnpackError::Empty);
    }
    if packed.starts_with(&gzip::MAGIC) {
        let unpacked = gzip::decompress(packed, quotas)?;
        let mut tree = tar::read(&Bytes::from(unpacked.bytes), quotas)?;
        if unpacked.trailing > 0 {
            tree.note(format!(
                "{} bytes behind the compressed stream are not installed",
                unpacked.trailing
            ));
        }
        return Ok(tree);
    }
    if let Some(format) = other_format(packed) {
        return Err(UnpackError::OtherFormat(format));
    }
    tar::read(packed, quotas)
}

/// Names formats that people take for what is wanted, so that the message says more than "not an archive".
fn other_format(packed: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "zip"),
        (b"PK\x05\x06", "zip"),
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
    ];
    if packed.get(TAR_MAGIC) == Some(b"ustar") {
        return None;
    }
    known
        .iter()
        .find(|(magic, _)| packed.starts_with(magic))
        .map(|(_, name)| *name)
}
