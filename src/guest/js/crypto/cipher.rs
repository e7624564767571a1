//! Ciphers by name, and those that are open in a guest process.

use super::aead::Aead;
use super::block::{Bad, BlockKey, BlockStream, Mode};
use aes::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use chacha20::ChaCha20;

/// What a cipher is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Aes(Mode),
    AesGcm,
    TripleDes(Mode),
    ChaCha,
    ChaChaPoly,
}

/// What `getCipherInfo` says of a cipher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Info {
    /// OpenSSL's name.
    pub(super) name: String,
    /// OpenSSL's number.
    pub(super) nid: u32,
    /// The mode's name.
    pub(super) mode: &'static str,
    /// Bytes of a block; 0 for a stream cipher.
    pub(super) block: usize,
    /// Bytes of the initialisation vector; 0 when there is none.
    pub(super) iv: usize,
    /// Bytes of the key.
    pub(super) key: usize,
    /// Whether it has a tag.
    pub(super) has_tag: bool,
    family: Family,
}

/// OpenSSL's numbers of the AES modes for keys of 128, 192 and 256 bits.
const AES: [(&str, Mode, [u32; 3]); 6] = [
    ("ecb", Mode::Ecb, [418, 422, 426]),
    ("cbc", Mode::Cbc, [419, 423, 427]),
    ("ofb", Mode::Ofb, [420, 424, 428]),
    ("cfb", Mode::Cfb, [421, 425, 429]),
    ("cfb8", Mode::Cfb8, [653, 654, 655]),
    ("ctr", Mode::Ctr, [904, 905, 906]),
];

/// The same of triple DES with three keys.
const TRIPLE_DES: [(&str, Mode, u32); 5] = [
    ("ecb", Mode::Ecb, 33),
    ("cbc", Mode::Cbc, 44),
    ("ofb", Mode::Ofb, 63),
    ("cfb", Mode::Cfb, 61),
    ("cfb8", Mode::Cfb8, 659),
];

impl Info {
    /// The cipher with this name, in any case and with OpenSSL's short names.
    pub(super) fn named(name: &str) -> Option<Info> {
        let lower = name.to_ascii_lowercase();
        let lower = match lower.as_str() {
            "aes128" => "aes-128-cbc",
            "aes192" => "aes-192-cbc",
            "aes256" => "aes-256-cbc",
            "id-aes128-gcm" => "aes-128-gcm",
            "id-aes192-gcm" => "aes-192-gcm",
            "id-aes256-gcm" => "aes-256-gcm",
            "des3" => "des-ede3-cbc",
            other => other,
        };
        match lower {
            "chacha20" => Some(Info::stream(lower, 1_019, 16, false, Family::ChaCha)),
            "chacha20-poly1305" => Some(Info::stream(lower, 1_018, 12, true, Family::ChaChaPoly)),
            _ => Info::aes(lower).or_else(|| Info::triple_des(lower)),
        }
    }

    fn stream(name: &str, nid: u32, iv: usize, has_tag: bool, family: Family) -> Info {
        Info {
            name: name.to_owned(),
            nid,
            mode: "stream",
            block: 0,
            iv,
            key: 32,
            has_tag,
            family,
        }
    }

    fn aes(name: &str) -> Option<Info> {
        let (bits, mode) = name.strip_prefix("aes-")?.split_once('-')?;
        let size = ["128", "192", "256"]
            .iter()
            .position(|known| *known == bits)?;
        let key = 16 + 8 * size;
        if mode == "gcm" {
            let nid = [895, 898, 901].get(size).copied()?;
            let name = format!("id-aes{bits}-gcm");
            return Some(Info {
                name,
                nid,
                mode: "gcm",
                block: 1,
                iv: 12,
                key,
                has_tag: true,
                family: Family::AesGcm,
            });
        }
        let (shown, mode, nids) = AES.iter().find(|(known, _, _)| *known == mode)?;
        let nid = nids.get(size).copied()?;
        Some(Info::block(
            name,
            nid,
            shown,
            *mode,
            16,
            key,
            Family::Aes(*mode),
        ))
    }

    fn triple_des(name: &str) -> Option<Info> {
        let mode = name.strip_prefix("des-ede3")?;
        let mode = mode.strip_prefix('-').unwrap_or("ecb");
        let (shown, mode, nid) = TRIPLE_DES.iter().find(|(known, _, _)| *known == mode)?;
        Some(Info::block(
            name,
            *nid,
            shown,
            *mode,
            8,
            24,
            Family::TripleDes(*mode),
        ))
    }

    fn block(
        name: &str,
        nid: u32,
        shown: &'static str,
        mode: Mode,
        block: usize,
        key: usize,
        family: Family,
    ) -> Info {
        let is_stream = !matches!(mode, Mode::Ecb | Mode::Cbc);
        Info {
            name: name.to_owned(),
            nid,
            mode: if shown == "cfb8" { "cfb" } else { shown },
            block: if is_stream { 1 } else { block },
            iv: if mode == Mode::Ecb { 0 } else { block },
            key,
            has_tag: false,
            family,
        }
    }

    /// Opens it; `None` when the key or the vector does not fit.
    pub(super) fn open(&self, key: &[u8], iv: &[u8], is_encryption: bool) -> Option<Cipher> {
        if key.len() != self.key || iv.len() != self.iv && !self.has_tag {
            return None;
        }
        let engine = match self.family {
            Family::Aes(mode) => Engine::Block(BlockStream::new(
                BlockKey::aes(key)?,
                mode,
                iv,
                is_encryption,
            )),
            Family::TripleDes(mode) => Engine::Block(BlockStream::new(
                BlockKey::triple_des(key)?,
                mode,
                iv,
                is_encryption,
            )),
            Family::AesGcm => Engine::Aead(Aead::gcm(BlockKey::aes(key)?, iv, is_encryption)?),
            Family::ChaChaPoly => Engine::Aead(Aead::chacha(key, iv, is_encryption)?),
            Family::ChaCha => {
                let (counter, nonce) = iv.split_at_checked(4)?;
                let mut cipher = ChaCha20::new_from_slices(key, nonce).ok()?;
                let counter = u32::from_le_bytes(counter.try_into().ok()?);
                cipher.try_seek(u64::from(counter).wrapping_mul(64)).ok()?;
                Engine::Stream(Box::new(cipher))
            }
        };
        Some(Cipher {
            engine,
            is_encryption,
        })
    }
}

/// An open cipher.
pub(in super::super) struct Cipher {
    engine: Engine,
    is_encryption: bool,
}

enum Engine {
    Block(BlockStream),
    Aead(Aead),
    Stream(Box<ChaCha20>),
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher")
    }
}

impl Cipher {
    /// Switches the padding of the last block.
    pub(super) fn set_padding(&mut self, pads: bool) {
        if let Engine::Block(stream) = &mut self.engine {
            stream.pads = pads;
        }
    }

    /// Adds data that are authenticated only.
    pub(super) fn add(&mut self, data: &[u8]) {
        if let Engine::Aead(aead) = &mut self.engine {
            aead.add(data);
        }
    }

    /// Takes input and returns output.
    pub(super) fn update(&mut self, data: &[u8]) -> Vec<u8> {
        match &mut self.engine {
            Engine::Block(stream) => stream.update(data),
            Engine::Aead(aead) => aead.update(data),
            Engine::Stream(cipher) => {
                let mut output = data.to_vec();
                let _ = cipher.try_apply_keystream(&mut output);
                output
            }
        }
    }

    /// Ends it: the last output, and the tag of an authenticated encryption. `tag` is what a decryption expects.
    pub(super) fn finish(&mut self, tag: Option<&[u8]>) -> Result<(Vec<u8>, Option<Vec<u8>>), Bad> {
        match &mut self.engine {
            Engine::Block(stream) => stream.finish().map(|output| (output, None)),
            Engine::Stream(_) => Ok((Vec::new(), None)),
            Engine::Aead(aead) if self.is_encryption => {
                Ok((Vec::new(), Some(aead.finish().to_vec())))
            }
            Engine::Aead(aead) => aead
                .check(tag.ok_or(Bad::Tag)?)
                .map(|()| (Vec::new(), None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cipher_takes_back_what_it_gave_in_any_portions() {
        let text: Vec<u8> = (0..100).collect();
        for name in [
            "aes-128-cbc",
            "aes-256-ecb",
            "aes-192-ctr",
            "aes-256-cfb",
            "aes-128-cfb8",
            "aes-128-ofb",
            "des-ede3-cbc",
            "des3",
            "chacha20",
        ] {
            let Some(info) = Info::named(name) else {
                panic!("{name} is unknown")
            };
            let run = |is_encryption: bool, data: &[u8]| {
                let mut cipher = info.open(&vec![7; info.key], &vec![9; info.iv], is_encryption)?;
                let mut output: Vec<u8> = data
                    .chunks(7)
                    .flat_map(|part| cipher.update(part))
                    .collect();
                output.extend(cipher.finish(None).ok()?.0);
                Some(output)
            };
            let encrypted = run(true, &text).unwrap_or_default();
            assert_ne!(encrypted, text, "{name}");
            assert_eq!(run(false, &encrypted), Some(text.clone()), "{name}");
        }
    }

    #[test]
    fn keys_and_vectors_of_other_lengths_are_refused() {
        let Some(info) = Info::named("aes-128-cbc") else {
            panic!("unknown")
        };
        assert!(info.open(&[0; 15], &[0; 16], true).is_none());
        assert!(info.open(&[0; 16], &[0; 15], true).is_none());
        assert_eq!(Info::named("aes-100-cbc"), None);
    }

    #[test]
    fn wrong_padding_and_odd_lengths_are_told_apart() {
        let Some(info) = Info::named("AES-128-CBC") else {
            panic!("unknown")
        };
        let finish = |length: usize| {
            let mut cipher = info.open(&[0; 16], &[0; 16], false)?;
            cipher.update(&vec![0; length]);
            cipher.finish(None).err()
        };
        assert_eq!(finish(32), Some(Bad::Padding));
        assert_eq!(finish(20), Some(Bad::Length));
    }
}
