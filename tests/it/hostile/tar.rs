//! Builds tar archives that no writer would: every field of every header is the test's own.

use super::MANIFEST;
use std::io::Write as _;

/// Length of a block.
pub(super) const BLOCK: usize = 512;

/// An archive that grows.
#[derive(Clone, Default)]
pub(super) struct Tar(Vec<u8>);

impl Tar {
    /// An archive that starts with a manifest, so that it would be a package.
    pub(super) fn package() -> Tar {
        Tar::default().file("package/package.json", MANIFEST)
    }

    /// A header, and nothing behind it. `change` gets the block before its checksum is made.
    pub(super) fn block(mut self, path: &[u8], kind: u8, change: impl FnOnce(&mut [u8])) -> Tar {
        let mut block = [0_u8; BLOCK];
        block[..path.len()].copy_from_slice(path);
        block[100..107].copy_from_slice(b"0000644");
        block[124..136].copy_from_slice(b"00000000000\0");
        block[156] = kind;
        block[257..265].copy_from_slice(b"ustar\x0000");
        change(&mut block);
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        self.0.extend_from_slice(&block);
        self
    }

    /// A header with a size.
    pub(super) fn sized(self, path: &str, kind: u8, size: u64) -> Tar {
        self.block(path.as_bytes(), kind, |block| {
            block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
        })
    }

    /// An entry that points somewhere.
    pub(super) fn link(self, path: &str, kind: u8, to: &str) -> Tar {
        self.block(path.as_bytes(), kind, |block| {
            block[157..157 + to.len()].copy_from_slice(to.as_bytes());
        })
    }

    /// Content, filled up to whole blocks.
    pub(super) fn content(mut self, bytes: &[u8]) -> Tar {
        self.0.extend_from_slice(bytes);
        self.0.resize(self.0.len().next_multiple_of(BLOCK), 0);
        self
    }

    /// A whole file.
    pub(super) fn file(self, path: &str, content: &[u8]) -> Tar {
        self.sized(path, b'0', content.len() as u64)
            .content(content)
    }

    /// An extended header of any kind with this content.
    pub(super) fn extended(self, kind: u8, content: &[u8]) -> Tar {
        self.sized("extended", kind, content.len() as u64)
            .content(content)
    }

    /// A PAX header with one record.
    pub(super) fn pax(self, key: &str, value: &str) -> Tar {
        self.extended(b'x', record(key, value).as_bytes())
    }

    /// Bytes as they are.
    pub(super) fn raw(mut self, bytes: &[u8]) -> Tar {
        self.0.extend_from_slice(bytes);
        self
    }

    /// The archive without the two blocks that end it.
    pub(super) fn open(self) -> Vec<u8> {
        self.0
    }

    /// The whole archive.
    pub(super) fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&[0; 2 * BLOCK]);
        self.0
    }
}

/// A PAX record with the right length.
pub(super) fn record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len() + 1;
    while format!("{length}{rest}").len() != length {
        length += 1;
    }
    format!("{length}{rest}")
}

/// One gzip member.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("into memory");
    encoder.finish().expect("into memory")
}
