//! Payload bytes, stored once by digest.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// SHA-256 of a payload, hexadecimal in text form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = String;

    fn try_from(text: String) -> Result<Digest, String> {
        let bad = || format!("not a SHA-256 in hexadecimal: {text:?}");
        if text.len() != 64 || !text.is_ascii() {
            return Err(bad());
        }
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| bad())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| bad())?;
        }
        Ok(Digest(bytes))
    }
}

/// A set of payloads. Equal bytes are held once, however many events refer to them.
#[derive(Clone, Debug, Default)]
pub struct Blobs {
    by_digest: BTreeMap<Digest, Bytes>,
    total: usize,
}

impl Blobs {
    /// Adds bytes and returns their digest.
    pub fn insert(&mut self, bytes: Bytes) -> Digest {
        let digest = Digest::of(&bytes);
        let length = bytes.len();
        if self.by_digest.insert(digest, bytes).is_none() {
            self.total = self.total.saturating_add(length);
        }
        digest
    }

    /// The bytes with this digest.
    #[must_use]
    pub fn get(&self, digest: &Digest) -> Option<&Bytes> {
        self.by_digest.get(digest)
    }

    /// All payloads, ordered by digest.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Digest, &Bytes)> {
        self.by_digest.iter()
    }

    /// Bytes held in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bytes_are_held_once() {
        let mut blobs = Blobs::default();
        let first = blobs.insert(Bytes::from_static(b"same"));
        let second = blobs.insert(Bytes::from_static(b"same"));
        assert_eq!(first, second);
        assert_eq!(blobs.total(), 4);
    }

    #[test]
    fn a_digest_reads_back_its_text_and_nothing_else() {
        let digest = Digest::of(b"x");
        assert_eq!(Digest::try_from(digest.to_string()), Ok(digest));
        assert!(Digest::try_from("é".repeat(32)).is_err());
        assert!(Digest::try_from("0".repeat(63)).is_err());
    }
}
