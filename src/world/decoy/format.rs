//! The formats of credentials: prefixes, alphabets, lengths and checksums as their issuers document them.

use super::super::Random;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Digits and letters in the order in which base 62 counts.
pub(super) const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Hexadecimal digits.
pub(super) const HEX: &str = "0123456789abcdef";
/// Decimal digits.
pub(super) const DIGITS: &str = "0123456789";
/// Base 32 (RFC 4648), which AWS counts key identifiers in.
pub(super) const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Base 64 (RFC 4648).
pub(super) const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Base 64 for URLs (RFC 4648).
pub(super) const BASE64_URL: &str =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Characters of a line of PEM text as OpenSSH writes it.
const SSH_LINE: usize = 70;

/// Characters of a line of PEM text as RFC 7468 has it.
const PEM_LINE: usize = 64;

/// A token whose last six characters are the CRC-32 of the thirty before them, in base 62: GitHub's format since 2021,
/// and npm's after it.
pub(super) fn checked_token(random: &mut Random, prefix: &str) -> String {
    let body = random.text(BASE62, 30);
    let mut rest = u64::from(crc32fast::hash(body.as_bytes()));
    let mut check = [b'0'; 6];
    for digit in check.iter_mut().rev() {
        let at = usize::try_from(rest % 62).unwrap_or(0);
        *digit = BASE62.as_bytes().get(at).copied().unwrap_or(b'0');
        rest /= 62;
    }
    format!("{prefix}{body}{}", String::from_utf8_lossy(&check))
}

/// Bytes from the generator.
pub(super) fn bytes(random: &mut Random, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
    bytes
}

/// Base 64 with padding.
pub(super) fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// Base 64 for URLs, without padding.
pub(super) fn base64_url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Text in lines of `width` characters, without a line end after the last.
pub(super) fn lines(text: &str, width: usize) -> String {
    let lines: Vec<String> = text
        .as_bytes()
        .chunks(width.max(1))
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    lines.join("\n")
}

/// The parts of an Ed25519 key pair of OpenSSH.
pub(super) struct SshKey {
    /// The line of the private key that holds most of the secret.
    pub(super) line: String,
    /// The private key's text between its markers.
    pub(super) private: String,
    /// The public key's base 64.
    pub(super) public: String,
}

/// A key in the format of OpenSSH's PROTOCOL.key. Both halves are random and do not belong together.
pub(super) fn ssh_key(random: &mut Random, comment: &str) -> SshKey {
    let public_bytes = bytes(random, 32);
    let mut public = Vec::new();
    put(&mut public, b"ssh-ed25519");
    put(&mut public, &public_bytes);
    let check = bytes(random, 4);
    let mut secret = [check.clone(), check].concat();
    secret.extend_from_slice(&public);
    put(&mut secret, &[bytes(random, 32), public_bytes].concat());
    put(&mut secret, comment.as_bytes());
    // Padding counts up from one to a multiple of eight bytes.
    let mut padding = 0;
    while secret.len() % 8 != 0 {
        padding += 1;
        secret.push(padding);
    }
    let mut whole = b"openssh-key-v1\0".to_vec();
    for text in ["none", "none", ""] {
        put(&mut whole, text.as_bytes());
    }
    whole.extend_from_slice(&1_u32.to_be_bytes());
    put(&mut whole, &public);
    put(&mut whole, &secret);
    let private = lines(&base64(&whole), SSH_LINE);
    // The secret half stands at bytes 161 to 192, which are in the fourth line.
    let line = private.lines().nth(3).unwrap_or_default().to_owned();
    SshKey {
        line,
        private,
        public: STANDARD_NO_PAD.encode(public),
    }
}

/// Appends a string in the form of the SSH protocol (RFC 4251): its length and its bytes.
fn put(buffer: &mut Vec<u8>, text: &[u8]) {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    buffer.extend_from_slice(&length.to_be_bytes());
    buffer.extend_from_slice(text);
}

/// The body of a PEM text of so many bytes. `head` are the first bytes of the DER structure; the rest is random. Returns the
/// body and one of its lines.
pub(super) fn pem(random: &mut Random, head: &[u8], length: usize) -> (String, String) {
    let rest = bytes(random, length.saturating_sub(head.len()));
    let body = lines(&base64([head, &rest].concat()), PEM_LINE);
    let line = body.lines().nth(2).unwrap_or_default().to_owned();
    (body, line)
}

/// A list of numbers of three digits, as Solana's command line keeps a key: `[201,143,...]`.
pub(super) fn numbers(random: &mut Random, count: usize) -> String {
    let numbers: Vec<String> = (0..count)
        .map(|_| (100 + random.next_u64() % 156).to_string())
        .collect();
    numbers.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_carry_the_checksum_of_their_body() {
        let token = checked_token(&mut Random::new(7, "t"), "npm_");
        assert_eq!(token.len(), 40);
        let (body, check) = token["npm_".len()..].split_at(30);
        let value = check.bytes().fold(0_u64, |value, byte| {
            value * 62 + BASE62.bytes().position(|digit| digit == byte).unwrap_or(0) as u64
        });
        assert_eq!(value, u64::from(crc32fast::hash(body.as_bytes())));
    }

    #[test]
    fn the_ssh_key_has_the_form_of_openssh_and_its_secret_line_is_inside() {
        let key = ssh_key(&mut Random::new(7, "t"), "u@host");
        let whole = STANDARD
            .decode(key.private.replace('\n', ""))
            .unwrap_or_default();
        assert!(whole.starts_with(b"openssh-key-v1\0\0\0\0\x04none"));
        assert_eq!(key.line.len(), SSH_LINE);
        assert!(key.private.contains(&key.line));
        assert!(key.public.starts_with("AAAAC3NzaC1lZDI1NTE5AAAAI"));
    }
}
