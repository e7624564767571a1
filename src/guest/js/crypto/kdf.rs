//! Key derivation, with a limit on how long one call may take: the host cannot be interrupted while it computes.

use super::hash::{Algorithm, with_hash};

/// Compressions of a hash function that one call may take, about three seconds.
const MAX_COMPRESSIONS: u64 = 20_000_000;

/// Bytes that one scrypt call may mix, over all its rounds, and the memory that it may take.
const MAX_MIXED: u64 = 1 << 30;
const MAX_MEMORY: u64 = 256 << 20;

/// The longest key that is derived, in bytes.
const MAX_KEY: usize = 64 << 20;

/// Why a key was not derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It would take longer or more memory than this program allows.
    TooMuch,
    /// The parameters are not valid.
    Invalid,
}

/// PBKDF2 with HMAC (RFC 8018).
pub(super) fn pbkdf2(
    algorithm: Algorithm,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    length: usize,
) -> Result<Vec<u8>, Refused> {
    let blocks = (length as u64).div_ceil(algorithm.size().max(1) as u64);
    if length > MAX_KEY
        || blocks
            .saturating_mul(u64::from(iterations))
            .saturating_mul(2)
            > MAX_COMPRESSIONS
    {
        return Err(Refused::TooMuch);
    }
    let mut key = vec![0; length];
    with_hash!(
        algorithm,
        H => pbkdf2::pbkdf2::<hmac::SimpleHmac<H>>(password, salt, iterations, &mut key).map_err(|_| Refused::Invalid)?,
        else return Err(Refused::Invalid)
    );
    Ok(key)
}

/// HKDF (RFC 5869): extract and expand.
pub(super) fn hkdf(
    algorithm: Algorithm,
    key: &[u8],
    salt: &[u8],
    info: &[u8],
    length: usize,
) -> Result<Vec<u8>, Refused> {
    if length > algorithm.size().saturating_mul(255) {
        return Err(Refused::Invalid);
    }
    let mut derived = vec![0; length];
    with_hash!(
        algorithm,
        H => hkdf::SimpleHkdf::<H>::new(Some(salt), key).expand(info, &mut derived).map_err(|_| Refused::Invalid)?,
        else return Err(Refused::Invalid)
    );
    Ok(derived)
}

/// scrypt (RFC 7914); `cost` is a power of two.
pub(super) fn scrypt(
    password: &[u8],
    salt: &[u8],
    [cost, block, parallel]: [u32; 3],
    length: usize,
) -> Result<Vec<u8>, Refused> {
    if !cost.is_power_of_two() || cost < 2 || block == 0 || parallel == 0 {
        return Err(Refused::Invalid);
    }
    let memory = 128_u64
        .saturating_mul(u64::from(block))
        .saturating_mul(u64::from(cost));
    let together = u64::from(block).saturating_mul(u64::from(parallel));
    if together >= 1 << 30 {
        return Err(Refused::Invalid);
    }
    let mixed = memory
        .saturating_mul(u64::from(parallel))
        .saturating_add(128_u64.saturating_mul(together));
    if length > MAX_KEY || memory > MAX_MEMORY || mixed > MAX_MIXED {
        return Err(Refused::TooMuch);
    }
    let log = u8::try_from(cost.trailing_zeros()).map_err(|_| Refused::Invalid)?;
    let params = ::scrypt::Params::new(log, block, parallel).map_err(|_| Refused::Invalid)?;
    let mut key = vec![0; length];
    if length > 0 {
        ::scrypt::scrypt(password, salt, &params, &mut key).map_err(|_| Refused::Invalid)?;
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn keys_are_those_of_the_standards() {
        // RFC 6070, test 2; RFC 5869, test 1; RFC 7914, section 12.
        let key = pbkdf2(Algorithm::Sha1, b"password", b"salt", 2, 20).unwrap_or_default();
        assert_eq!(hex(&key), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
        let key = scrypt(b"password", b"NaCl", [1024, 8, 16], 8).unwrap_or_default();
        assert_eq!(hex(&key), "fdbabe1c9d347200");
        let key = hkdf(
            Algorithm::Sha256,
            &[0x0b; 22],
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
            &[0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9],
            8,
        );
        assert_eq!(hex(&key.unwrap_or_default()), "3cb25f25faacd57a");
    }

    #[test]
    fn work_and_memory_are_limited() {
        assert_eq!(
            pbkdf2(Algorithm::Sha256, b"", b"", u32::MAX, 32),
            Err(Refused::TooMuch)
        );
        assert_eq!(scrypt(b"", b"", [1 << 31, 8, 1], 32), Err(Refused::TooMuch));
        assert_eq!(
            scrypt(b"", b"", [2, u32::MAX, u32::MAX], 32),
            Err(Refused::Invalid)
        );
        assert_eq!(
            hkdf(Algorithm::Sha256, b"", b"", b"", 8_161),
            Err(Refused::Invalid)
        );
    }
}
