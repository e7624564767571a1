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
mod wheel;
mod zip;

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests work on the host")]
mod disk_tests;
#[cfg(test)]
mod tests;

pub use dependencies::{around, beside, modules_of};
pub use error::{Name, UnpackError};
pub use host::{copy, directory, open_archive, open_directory};
pub use quotas::Quotas;
pub use tree::{Content, Entry, Tree};
pub use wheel::{Fault, Wheel, wheel};

use bytes::Bytes;

/// Where the name of a tar archive's format stands in its first block.
const TAR_MAGIC: std::ops::Range<usize> = 257..262;

/// Unpacks an archive of an npm package or of a Python source distribution: tar, tar within gzip, or zip.
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
    if packed.get(TAR_MAGIC) == Some(b"ustar") {
        return tar::read(packed, quotas);
    }
    if packed.starts_with(b"PK") {
        return Ok(zip::read(packed, quotas)?.without_top());
    }
    if let Some(format) = other_format(packed) {
        return Err(UnpackError::OtherFormat(format));
    }
    match tar::read(packed, quotas) {
        // A zip archive may have something before it, such as a program that unpacks it.
        Err(UnpackError::NotAnArchive) if zip::is_there(packed) => {
            Ok(zip::read(packed, quotas)?.without_top())
        }
        read => read,
    }
}

/// Names formats that people take for what is wanted, so that the message says more than "not an archive".
fn other_format(packed: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 4] = [
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
    ];
    known
        .iter()
        .find(|(magic, _)| packed.starts_with(magic))
        .map(|(_, name)| *name)
}
