//! Decompression that stops at the quotas.

use super::error::UnpackError;
use super::quotas::Quotas;
use std::io::{BufRead as _, Read as _};

/// How every gzip member starts: two magic bytes and the one compression method there is (RFC 1952).
pub(super) const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

/// What a compressed stream holds.
pub(super) struct Unpacked {
    /// The bytes of all members.
    pub(super) bytes: Vec<u8>,
    /// Bytes behind the last member, which belong to nothing.
    pub(super) trailing: usize,
}

/// Decompresses all members of a gzip stream, as the package manager's own reader does.
pub(super) fn decompress(packed: &[u8], quotas: &Quotas) -> Result<Unpacked, UnpackError> {
    let mut bytes = Vec::new();
    let mut rest = packed;
    while rest.starts_with(&MAGIC) {
        let mut decoder = flate2::bufread::GzDecoder::new(rest);
        member(&mut decoder, packed.len(), &mut bytes, quotas)?;
        let mut left = decoder.into_inner();
        let length = left.fill_buf()?.len();
        rest = rest
            .get(rest.len().saturating_sub(length)..)
            .unwrap_or_default();
    }
    Ok(Unpacked {
        bytes,
        trailing: rest.len(),
    })
}

fn member(
    decoder: &mut flate2::bufread::GzDecoder<&[u8]>,
    packed: usize,
    bytes: &mut Vec<u8>,
    quotas: &Quotas,
) -> Result<(), UnpackError> {
    /// How much is decompressed before the quotas are looked at again.
    const STEP: u64 = 1 << 20;
    loop {
        let got = decoder
            .by_ref()
            .take(STEP)
            .read_to_end(bytes)
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::UnexpectedEof => UnpackError::GzipTruncated,
                _ => UnpackError::GzipDamaged,
            })?;
        quotas.check_growth(packed, bytes.len())?;
        if got == 0 {
            return Ok(());
        }
    }
}
