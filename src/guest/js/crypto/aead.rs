//! Authenticated encryption as streams: GCM (NIST SP 800-38D) and ChaCha20-Poly1305 (RFC 8439).

use super::block::{Bad, BlockKey, count_up, xor};
use aes::cipher::{Array, KeyInit, KeyIvInit, StreamCipher, StreamCipherSeek};
use chacha20::ChaCha20;
use ghash::{GHash, universal_hash::UniversalHash};
use poly1305::Poly1305;

/// Bytes of a block of both hashes, and of a tag.
const BLOCK: usize = 16;

/// A cipher with a tag.
pub(super) struct Aead {
    engine: Engine,
    hash: Hash,
    /// Bytes that the hash has not taken because they do not fill a block.
    pending: Vec<u8>,
    aad: u64,
    text: u64,
    is_encryption: bool,
    /// What the hash is masked with to be the tag.
    mask: [u8; BLOCK],
}

enum Engine {
    Counter {
        key: BlockKey,
        counter: [u8; BLOCK],
        stream: [u8; BLOCK],
        used: usize,
    },
    ChaCha(Box<ChaCha20>),
}

enum Hash {
    Ghash(Box<GHash>),
    Poly(Box<Poly1305>),
}

impl Aead {
    /// AES in GCM with an initialisation vector of any length but zero.
    pub(super) fn gcm(key: BlockKey, iv: &[u8], is_encryption: bool) -> Option<Aead> {
        let mut subkey = [0; BLOCK];
        key.encrypt(&mut subkey);
        let mut counter = [0; BLOCK];
        if iv.len() == 12 {
            counter
                .iter_mut()
                .zip(iv)
                .for_each(|(place, byte)| *place = *byte);
            counter[BLOCK - 1] = 1;
        } else {
            let mut hash = GHash::new_from_slice(&subkey).ok()?;
            hash.update_padded(iv);
            let bits = (iv.len() as u128).wrapping_mul(8);
            hash.update(&[Array(bits.to_be_bytes())]);
            counter.copy_from_slice(&hash.finalize());
        }
        let mut mask = counter;
        key.encrypt(&mut mask);
        Some(Aead {
            hash: Hash::Ghash(Box::new(GHash::new_from_slice(&subkey).ok()?)),
            engine: Engine::Counter {
                key,
                counter,
                stream: [0; BLOCK],
                used: BLOCK,
            },
            pending: Vec::new(),
            aad: 0,
            text: 0,
            is_encryption,
            mask,
        })
    }

    /// ChaCha20-Poly1305 with a nonce of 12 bytes.
    pub(super) fn chacha(key: &[u8], iv: &[u8], is_encryption: bool) -> Option<Aead> {
        let mut cipher = ChaCha20::new_from_slices(key, iv).ok()?;
        let mut poly_key = [0; 32];
        cipher.apply_keystream(&mut poly_key);
        cipher.try_seek(64_u64).ok()?;
        Some(Aead {
            hash: Hash::Poly(Box::new(Poly1305::new_from_slice(&poly_key).ok()?)),
            engine: Engine::ChaCha(Box::new(cipher)),
            pending: Vec::new(),
            aad: 0,
            text: 0,
            is_encryption,
            mask: [0; BLOCK],
        })
    }

    /// Adds data that are authenticated only; after the first text it is too late for them.
    pub(super) fn add(&mut self, data: &[u8]) {
        self.aad = self.aad.wrapping_add(data.len() as u64);
        self.absorb(data);
    }

    /// Takes input and returns as much output.
    pub(super) fn update(&mut self, data: &[u8]) -> Vec<u8> {
        if self.text == 0 {
            self.pad();
        }
        self.text = self.text.wrapping_add(data.len() as u64);
        let mut output = data.to_vec();
        if !self.is_encryption {
            self.absorb(data);
        }
        match &mut self.engine {
            Engine::Counter {
                key,
                counter,
                stream,
                used,
            } => {
                for byte in &mut output {
                    if *used == BLOCK {
                        // Only the last four bytes count.
                        count_up(&mut counter[12..]);
                        *stream = *counter;
                        key.encrypt(stream);
                        *used = 0;
                    }
                    *byte ^= stream.get(*used).copied().unwrap_or(0);
                    *used += 1;
                }
            }
            Engine::ChaCha(cipher) => {
                // The key stream ends after 256 GiB, which no guest has.
                let _ = cipher.try_apply_keystream(&mut output);
            }
        }
        if self.is_encryption {
            self.absorb(&output);
        }
        output
    }

    /// Ends the stream; the tag that belongs to it.
    pub(super) fn finish(&mut self) -> [u8; BLOCK] {
        self.pad();
        let mut tag = [0; BLOCK];
        match &mut self.hash {
            Hash::Ghash(hash) => {
                let bits = (u128::from(self.aad.wrapping_mul(8)) << 64)
                    | u128::from(self.text.wrapping_mul(8));
                hash.update(&[Array(bits.to_be_bytes())]);
                tag.copy_from_slice(&hash.as_ref().clone().finalize());
            }
            Hash::Poly(hash) => {
                let lengths = (u128::from(self.text) << 64) | u128::from(self.aad);
                hash.update(&[Array(lengths.to_le_bytes())]);
                tag.copy_from_slice(&hash.as_ref().clone().finalize());
            }
        }
        xor(&mut tag, &self.mask);
        tag
    }

    /// Ends a decryption by comparing the tag.
    pub(super) fn check(&mut self, expected: &[u8]) -> Result<(), Bad> {
        let tag = self.finish();
        let same = tag.get(..expected.len()).is_some_and(|tag| tag == expected);
        if same && !expected.is_empty() {
            Ok(())
        } else {
            Err(Bad::Tag)
        }
    }

    fn absorb(&mut self, data: &[u8]) {
        self.pending.extend_from_slice(data);
        let ready = self.pending.len() / BLOCK * BLOCK;
        let rest = self.pending.split_off(ready);
        let whole = std::mem::replace(&mut self.pending, rest);
        match &mut self.hash {
            Hash::Ghash(hash) => hash.update_padded(&whole),
            Hash::Poly(hash) => hash.update_padded(&whole),
        }
    }

    fn pad(&mut self) {
        let rest = std::mem::take(&mut self.pending);
        match &mut self.hash {
            Hash::Ghash(hash) => hash.update_padded(&rest),
            Hash::Poly(hash) => hash.update_padded(&rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn gcm_is_that_of_the_standard() {
        // The GCM specification (McGrew and Viega), test case 2.
        let key = BlockKey::aes(&[0; 16]).and_then(|key| Aead::gcm(key, &[0; 12], true));
        let Some(mut gcm) = key else {
            panic!("no cipher")
        };
        assert_eq!(
            hex(&gcm.update(&[0; 16])),
            "0388dace60b6a392f328c2b971b2fe78"
        );
        assert_eq!(hex(&gcm.finish()), "ab6e47d42cec13bdf53a67b21257bddf");
    }

    #[test]
    fn a_changed_text_does_not_pass() {
        for is_gcm in [true, false] {
            let open = |is_encryption| match is_gcm {
                true => {
                    BlockKey::aes(&[1; 32]).and_then(|key| Aead::gcm(key, &[2; 7], is_encryption))
                }
                false => Aead::chacha(&[1; 32], &[2; 12], is_encryption),
            };
            let Some(mut cipher) = open(true) else {
                panic!("no cipher")
            };
            cipher.add(b"head");
            let mut text = cipher.update(b"a text of more than sixteen bytes");
            let tag = cipher.finish();
            let check = |text: &[u8]| {
                let mut plain = open(false)?;
                plain.add(b"head");
                // Bytes come in any portions.
                text.chunks(5).for_each(|part| drop(plain.update(part)));
                Some(plain.check(&tag))
            };
            assert_eq!(check(&text), Some(Ok(())));
            text[3] ^= 1;
            assert_eq!(check(&text), Some(Err(Bad::Tag)));
        }
    }
}
