//! Block ciphers and the modes in which Node offers them, as streams.

use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

/// The largest block, in bytes.
const MAX_BLOCK: usize = 16;

/// A block cipher with its key.
pub(super) enum BlockKey {
    Aes128(Box<aes::Aes128>),
    Aes192(Box<aes::Aes192>),
    Aes256(Box<aes::Aes256>),
    TripleDes(Box<des::TdesEde3>),
}

/// Calls `$body` with the block of `$data` as the array that the ciphers want.
macro_rules! on_block {
    ($key:expr, $data:expr, $method:ident) => {
        match $key {
            BlockKey::Aes128(cipher) => {
                if let Ok(block) = <&mut Array<u8, _>>::try_from($data) {
                    cipher.$method(block)
                }
            }
            BlockKey::Aes192(cipher) => {
                if let Ok(block) = <&mut Array<u8, _>>::try_from($data) {
                    cipher.$method(block)
                }
            }
            BlockKey::Aes256(cipher) => {
                if let Ok(block) = <&mut Array<u8, _>>::try_from($data) {
                    cipher.$method(block)
                }
            }
            BlockKey::TripleDes(cipher) => {
                if let Ok(block) = <&mut Array<u8, _>>::try_from($data) {
                    cipher.$method(block)
                }
            }
        }
    };
}

impl BlockKey {
    /// AES with a key of 16, 24 or 32 bytes.
    pub(super) fn aes(key: &[u8]) -> Option<BlockKey> {
        Some(match key.len() {
            16 => BlockKey::Aes128(Box::new(aes::Aes128::new_from_slice(key).ok()?)),
            24 => BlockKey::Aes192(Box::new(aes::Aes192::new_from_slice(key).ok()?)),
            32 => BlockKey::Aes256(Box::new(aes::Aes256::new_from_slice(key).ok()?)),
            _ => return None,
        })
    }

    /// Triple DES with a key of 24 bytes.
    pub(super) fn triple_des(key: &[u8]) -> Option<BlockKey> {
        Some(BlockKey::TripleDes(Box::new(
            des::TdesEde3::new_from_slice(key).ok()?,
        )))
    }

    /// Bytes of a block.
    pub(super) fn size(&self) -> usize {
        match self {
            BlockKey::TripleDes(_) => 8,
            _ => MAX_BLOCK,
        }
    }

    /// Encrypts one block in place; data of another length stays as it is.
    pub(super) fn encrypt(&self, block: &mut [u8]) {
        on_block!(self, block, encrypt_block);
    }

    fn decrypt(&self, block: &mut [u8]) {
        on_block!(self, block, decrypt_block);
    }
}

/// How blocks become a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Ecb,
    Cbc,
    Ctr,
    /// Cipher feedback by whole blocks.
    Cfb,
    /// Cipher feedback by bytes.
    Cfb8,
    Ofb,
}

/// Why a stream could not be ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    /// The data are not whole blocks.
    Length,
    /// The padding is not what encryption puts there.
    Padding,
    /// The authentication tag does not fit the data, or is missing.
    Tag,
}

/// A block cipher in a mode.
pub(super) struct BlockStream {
    key: BlockKey,
    mode: Mode,
    is_encryption: bool,
    /// The previous block, the counter or the shift register.
    register: [u8; MAX_BLOCK],
    /// Key stream of the current block, and how many of its bytes are used.
    stream: [u8; MAX_BLOCK],
    used: usize,
    /// Input that does not fill a block yet, or that may turn out to be the padded end.
    pending: Vec<u8>,
    /// Whether the last block is padded (PKCS #7).
    pub(super) pads: bool,
}

impl BlockStream {
    /// A stream; `iv` is a block long, or empty in ECB mode.
    pub(super) fn new(key: BlockKey, mode: Mode, iv: &[u8], is_encryption: bool) -> BlockStream {
        let mut register = [0; MAX_BLOCK];
        for (place, byte) in register.iter_mut().zip(iv) {
            *place = *byte;
        }
        let used = key.size();
        BlockStream {
            key,
            mode,
            is_encryption,
            register,
            stream: [0; MAX_BLOCK],
            used,
            pending: Vec::new(),
            pads: true,
        }
    }

    /// Takes input and returns the output that is certain by now.
    pub(super) fn update(&mut self, data: &[u8]) -> Vec<u8> {
        if !matches!(self.mode, Mode::Ecb | Mode::Cbc) {
            return data.iter().map(|&byte| self.next(byte)).collect();
        }
        self.pending.extend_from_slice(data);
        let size = self.key.size();
        // A decryptor keeps the last whole block: it may be the padded one.
        let held = usize::from(
            self.pads && !self.is_encryption && self.pending.len().is_multiple_of(size),
        );
        let ready = (self.pending.len() / size).saturating_sub(held) * size;
        let rest = self.pending.split_off(ready);
        let mut output = std::mem::replace(&mut self.pending, rest);
        for block in output.chunks_exact_mut(size) {
            self.whole(block);
        }
        output
    }

    /// Ends the stream.
    pub(super) fn finish(&mut self) -> Result<Vec<u8>, Bad> {
        if !matches!(self.mode, Mode::Ecb | Mode::Cbc) {
            return Ok(Vec::new());
        }
        let size = self.key.size();
        let mut block = std::mem::take(&mut self.pending);
        if !self.pads {
            return if block.is_empty() {
                Ok(block)
            } else {
                Err(Bad::Length)
            };
        }
        if self.is_encryption {
            let padding = size - block.len() % size;
            block.resize(block.len() + padding, u8::try_from(padding).unwrap_or(0));
            block
                .chunks_exact_mut(size)
                .for_each(|block| self.whole(block));
            return Ok(block);
        }
        if block.len() != size {
            return Err(Bad::Length);
        }
        self.whole(&mut block);
        let padding = block.last().map_or(0, |&byte| usize::from(byte));
        let start = size
            .checked_sub(padding)
            .filter(|_| padding > 0)
            .ok_or(Bad::Padding)?;
        if block
            .iter()
            .skip(start)
            .any(|&byte| usize::from(byte) != padding)
        {
            return Err(Bad::Padding);
        }
        block.truncate(start);
        Ok(block)
    }

    /// One block of ECB or CBC in place.
    fn whole(&mut self, block: &mut [u8]) {
        let chained = self.mode == Mode::Cbc;
        if self.is_encryption {
            if chained {
                xor(block, &self.register);
            }
            self.key.encrypt(block);
            keep(&mut self.register, block);
        } else {
            let mut before = [0; MAX_BLOCK];
            keep(&mut before, block);
            self.key.decrypt(block);
            if chained {
                xor(block, &self.register);
            }
            self.register = before;
        }
    }

    /// One byte of a mode that makes a key stream.
    fn next(&mut self, byte: u8) -> u8 {
        let size = self.key.size();
        if self.mode == Mode::Cfb8 {
            let mut block = self.register;
            if let Some(block) = block.get_mut(..size) {
                self.key.encrypt(block);
            }
            let output = byte ^ block.first().copied().unwrap_or(0);
            self.register.copy_within(1..size, 0);
            if let Some(last) = self.register.get_mut(size - 1) {
                *last = if self.is_encryption { output } else { byte };
            }
            return output;
        }
        if self.used == size {
            self.refill(size);
        }
        let output = byte ^ self.stream.get(self.used).copied().unwrap_or(0);
        if self.mode == Mode::Cfb
            && let Some(place) = self.register.get_mut(self.used)
        {
            *place = if self.is_encryption { output } else { byte };
        }
        self.used += 1;
        output
    }

    fn refill(&mut self, size: usize) {
        self.used = 0;
        self.stream = self.register;
        if let Some(block) = self.stream.get_mut(..size) {
            self.key.encrypt(block);
        }
        match self.mode {
            Mode::Ofb => self.register = self.stream,
            Mode::Ctr => count_up(&mut self.register[..]),
            _ => {}
        }
    }
}

/// Adds one to a big-endian number.
pub(super) fn count_up(number: &mut [u8]) {
    for byte in number.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
}

/// `target ^= other`, as far as both reach.
pub(super) fn xor(target: &mut [u8], other: &[u8]) {
    for (place, byte) in target.iter_mut().zip(other) {
        *place ^= byte;
    }
}

fn keep(register: &mut [u8; MAX_BLOCK], block: &[u8]) {
    for (place, byte) in register.iter_mut().zip(block) {
        *place = *byte;
    }
}
