//! Hash functions and HMAC.

use sha2::digest::{Digest, ExtendableOutput, KeyInit, Mac, Update, XofReader};

/// Calls `$body` with `$Hash` standing for the type of the hash function with this number of [`Algorithm`].
macro_rules! with_hash {
    ($algorithm:expr, $Hash:ident => $body:expr, else $otherwise:expr) => {{
        use $crate::guest::js::crypto::hash::Algorithm as A;
        match $algorithm {
            A::Md5 => {
                type $Hash = md5::Md5;
                $body
            }
            A::Sha1 => {
                type $Hash = sha1::Sha1;
                $body
            }
            A::Sha224 => {
                type $Hash = sha2::Sha224;
                $body
            }
            A::Sha256 => {
                type $Hash = sha2::Sha256;
                $body
            }
            A::Sha384 => {
                type $Hash = sha2::Sha384;
                $body
            }
            A::Sha512 => {
                type $Hash = sha2::Sha512;
                $body
            }
            A::Sha512_224 => {
                type $Hash = sha2::Sha512_224;
                $body
            }
            A::Sha512_256 => {
                type $Hash = sha2::Sha512_256;
                $body
            }
            A::Sha3_224 => {
                type $Hash = sha3::Sha3_224;
                $body
            }
            A::Sha3_256 => {
                type $Hash = sha3::Sha3_256;
                $body
            }
            A::Sha3_384 => {
                type $Hash = sha3::Sha3_384;
                $body
            }
            A::Sha3_512 => {
                type $Hash = sha3::Sha3_512;
                $body
            }
            A::Ripemd160 => {
                type $Hash = ripemd::Ripemd160;
                $body
            }
            A::Blake2b512 => {
                type $Hash = blake2::Blake2b512;
                $body
            }
            A::Blake2s256 => {
                type $Hash = blake2::Blake2s256;
                $body
            }
            A::Md5Sha1 | A::Shake128 | A::Shake256 => $otherwise,
        }
    }};
}
pub(super) use with_hash;

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Md5,
    /// MD5 and SHA-1 of the same data, one after the other, as TLS 1.1 has it.
    Md5Sha1,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_224,
    Sha512_256,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Shake128,
    Shake256,
    Ripemd160,
    Blake2b512,
    Blake2s256,
}

impl Algorithm {
    /// The hash function with this name, in the spellings that OpenSSL knows; names are not sensitive to case.
    pub(super) fn named(name: &str) -> Option<Algorithm> {
        let lower = name.to_ascii_lowercase();
        let short = lower.strip_prefix("rsa-").unwrap_or(&lower);
        let short = short
            .strip_prefix("id-rsassa-pkcs1-v1_5-with-")
            .unwrap_or(short);
        let short = short.strip_suffix("withrsaencryption").unwrap_or(short);
        let short = short.strip_prefix("ssl3-").unwrap_or(short);
        Some(match short {
            "md5" => Algorithm::Md5,
            "md5-sha1" => Algorithm::Md5Sha1,
            "sha1" | "sha-1" | "sha1-2" => Algorithm::Sha1,
            "sha224" | "sha-224" | "sha2-224" => Algorithm::Sha224,
            "sha256" | "sha-256" | "sha2-256" => Algorithm::Sha256,
            "sha384" | "sha-384" | "sha2-384" => Algorithm::Sha384,
            "sha512" | "sha-512" | "sha2-512" => Algorithm::Sha512,
            "sha512-224" | "sha512/224" | "sha-512/224" => Algorithm::Sha512_224,
            "sha512-256" | "sha512/256" | "sha-512/256" => Algorithm::Sha512_256,
            "sha3-224" => Algorithm::Sha3_224,
            "sha3-256" => Algorithm::Sha3_256,
            "sha3-384" => Algorithm::Sha3_384,
            "sha3-512" => Algorithm::Sha3_512,
            "shake128" | "shake-128" => Algorithm::Shake128,
            "shake256" | "shake-256" => Algorithm::Shake256,
            "ripemd" | "ripemd160" | "rmd160" | "ripemd-160" | "ripemd160withrsa" => {
                Algorithm::Ripemd160
            }
            "blake2b512" | "blake2b-512" => Algorithm::Blake2b512,
            "blake2s256" | "blake2s-256" => Algorithm::Blake2s256,
            _ => return None,
        })
    }

    /// Bytes of a digest; those of the default length for an extendable function.
    pub(super) fn size(self) -> usize {
        match self {
            Algorithm::Md5Sha1 => 36,
            Algorithm::Shake128 => 16,
            Algorithm::Shake256 => 32,
            _ => with_hash!(self, H => <H as Digest>::output_size(), else 0),
        }
    }

    /// Whether a caller may choose the length of the digest.
    pub(super) fn is_extendable(self) -> bool {
        matches!(self, Algorithm::Shake128 | Algorithm::Shake256)
    }

    /// A fresh context.
    pub(super) fn start(self) -> Box<dyn Context> {
        match self {
            Algorithm::Md5Sha1 => Box::new(Pair(md5::Md5::new(), sha1::Sha1::new())),
            Algorithm::Shake128 => Box::new(Extendable(shake::Shake128::default(), self.size())),
            Algorithm::Shake256 => Box::new(Extendable(shake::Shake256::default(), self.size())),
            _ => {
                with_hash!(self, H => Box::new(Fixed(H::new())), else Box::new(Fixed(md5::Md5::new())))
            }
        }
    }

    /// A fresh HMAC context; `None` for a function that has no HMAC.
    pub(super) fn start_mac(self, key: &[u8]) -> Option<Box<dyn Context>> {
        with_hash!(
            self,
            H => {
                let mac = <hmac::SimpleHmac<H> as KeyInit>::new_from_slice(key).ok()?;
                Some(Box::new(Keyed(mac)))
            },
            else None
        )
    }
}

/// A hash or HMAC in progress.
pub(in super::super) trait Context {
    /// Adds data.
    fn update(&mut self, data: &[u8]);
    /// Ends it. `length` is honoured by extendable functions.
    fn finish(self: Box<Self>, length: Option<usize>) -> Vec<u8>;
    /// An independent copy of the state.
    fn copy(&self) -> Box<dyn Context>;
}

impl std::fmt::Debug for dyn Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Context")
    }
}

#[derive(Clone)]
struct Fixed<D>(D);

impl<D: Digest + Clone + 'static> Context for Fixed<D> {
    fn update(&mut self, data: &[u8]) {
        Digest::update(&mut self.0, data);
    }
    fn finish(self: Box<Self>, _length: Option<usize>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
    fn copy(&self) -> Box<dyn Context> {
        Box::new(self.clone())
    }
}

#[derive(Clone)]
struct Pair(md5::Md5, sha1::Sha1);

impl Context for Pair {
    fn update(&mut self, data: &[u8]) {
        Digest::update(&mut self.0, data);
        Digest::update(&mut self.1, data);
    }
    fn finish(self: Box<Self>, _length: Option<usize>) -> Vec<u8> {
        [self.0.finalize().as_slice(), self.1.finalize().as_slice()].concat()
    }
    fn copy(&self) -> Box<dyn Context> {
        Box::new(self.clone())
    }
}

#[derive(Clone)]
struct Extendable<D>(D, usize);

impl<D: ExtendableOutput + Update + Clone + 'static> Context for Extendable<D> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
    fn finish(self: Box<Self>, length: Option<usize>) -> Vec<u8> {
        let mut output = vec![0; length.unwrap_or(self.1)];
        self.0.finalize_xof().read(&mut output);
        output
    }
    fn copy(&self) -> Box<dyn Context> {
        Box::new(self.clone())
    }
}

#[derive(Clone)]
struct Keyed<M>(M);

impl<M: Mac + Clone + 'static> Context for Keyed<M> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
    fn finish(self: Box<Self>, _length: Option<usize>) -> Vec<u8> {
        self.0.finalize().into_bytes().to_vec()
    }
    fn copy(&self) -> Box<dyn Context> {
        Box::new(self.clone())
    }
}
