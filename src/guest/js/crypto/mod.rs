//! Cryptography for Node's `crypto` and for WebCrypto, computed on the host by the RustCrypto crates.
//!
//! Nothing here is an access to the world: the calls are quiet, and randomness comes from the world's seed. What takes
//! long is limited, since a guest cannot be stopped while the host computes for it.

mod aead;
mod block;
mod cipher;
mod hash;
mod kdf;

use super::{Args, Host, Value, unknown};
use crate::guest::instance::Fault;
use crate::world::Errno;
use hash::{Algorithm, Context};

/// Estimate of the host memory of one open hash or cipher.
const WEIGHT: usize = 1 << 10;

/// The most random bytes of one call.
const MAX_RANDOM: usize = 64 << 20;

/// The longest digest of an extendable hash function.
const MAX_DIGEST: usize = 64 << 20;

/// What a guest process has open.
#[derive(Debug)]
pub(super) enum Open {
    Hash(Box<dyn Context>),
    Cipher(Box<cipher::Cipher>),
}

/// Answers `crypto.*`.
pub(super) fn call(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    match verb {
        "hashInfo" => Ok(Algorithm::named(args.text(0).ok_or(Errno::INVAL)?)
            .map(|algorithm| {
                vec![
                    Value::from(algorithm.size()),
                    algorithm.is_extendable().into(),
                ]
            })
            .into()),
        "digest" | "hmac" => {
            let mut context = start(verb == "hmac", args)?;
            context.update(args.bytes(2).ok_or(Errno::INVAL)?);
            Ok(context.finish(length(args, 3)?).into())
        }
        "hashOpen" | "hmacOpen" => {
            let context = start(verb == "hmacOpen", args)?;
            keep(host, Open::Hash(context))
        }
        "hashUpdate" | "hashCopy" | "hashFinish" => hash_step(host, verb, args),
        "random" => {
            let count: usize = args.integer(0).ok_or(Errno::INVAL)?;
            let mut bytes = vec![0; count.min(MAX_RANDOM)];
            host.world.random.fill(&mut bytes);
            Ok(bytes.into())
        }
        "pbkdf2" | "hkdf" | "scrypt" => derive(host, verb, args),
        "cipherInfo" => Ok(cipher::Info::named(args.text(0).ok_or(Errno::INVAL)?)
            .map(info)
            .into()),
        "cipherOpen" => {
            let info =
                cipher::Info::named(args.text(0).ok_or(Errno::INVAL)?).ok_or(Errno::INVAL)?;
            let (key, iv) = (
                args.bytes(1).unwrap_or_default(),
                args.bytes(2).unwrap_or_default(),
            );
            let cipher = info.open(key, iv, args.flag(3)).ok_or(Errno::INVAL)?;
            keep(host, Open::Cipher(Box::new(cipher)))
        }
        "cipherAdd" | "cipherUpdate" | "cipherPadding" | "cipherFinish" => {
            cipher_step(host, verb, args)
        }
        "close" => {
            args.integer(0)
                .and_then(|number| host.handles.crypto.remove(number));
            Ok(Value::Null)
        }
        _ => unknown(host, &format!("crypto.{verb}")),
    }
}

/// A context of the algorithm at argument 0, with the key at argument 1 for an HMAC.
fn start(is_mac: bool, args: &Args<'_>) -> Result<Box<dyn Context>, Fault> {
    let algorithm = args
        .text(0)
        .and_then(Algorithm::named)
        .ok_or(Errno::INVAL)?;
    if !is_mac {
        return Ok(algorithm.start());
    }
    let key = args.bytes(1).ok_or(Errno::INVAL)?;
    Ok(algorithm.start_mac(key).ok_or(Errno::INVAL)?)
}

fn length(args: &Args<'_>, index: usize) -> Result<Option<usize>, Fault> {
    match args.integer(index) {
        Some(length) if length > MAX_DIGEST => Err(Fault::Errno(Errno::NOMEM)),
        length => Ok(length),
    }
}

fn keep(host: &mut Host<'_>, open: Open) -> Result<Value, Fault> {
    match host.handles.crypto.insert(open, WEIGHT) {
        Some(number) => Ok(number.into()),
        None => {
            let caller = host.caller.clone();
            host.world
                .hit_limit(&caller, "contexts", "too many hashes and ciphers are open");
            Err(Fault::Errno(Errno::NOMEM))
        }
    }
}

fn hash_step(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    let number = args.integer(0).ok_or(Errno::INVAL)?;
    if verb == "hashFinish" {
        let Some(Open::Hash(context)) = host.handles.crypto.remove(number) else {
            return Err(Fault::Errno(Errno::BADF));
        };
        return Ok(context.finish(length(args, 1)?).into());
    }
    let Some(Open::Hash(context)) = host.handles.crypto.get_mut(number) else {
        return Err(Fault::Errno(Errno::BADF));
    };
    if verb == "hashCopy" {
        let copy = context.copy();
        return keep(host, Open::Hash(copy));
    }
    context.update(args.bytes(1).ok_or(Errno::INVAL)?);
    Ok(Value::Null)
}

fn cipher_step(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    let number = args.integer(0).ok_or(Errno::INVAL)?;
    let Some(Open::Cipher(cipher)) = host.handles.crypto.get_mut(number) else {
        return Err(Fault::Errno(Errno::BADF));
    };
    match verb {
        "cipherAdd" => cipher.add(args.bytes(1).ok_or(Errno::INVAL)?),
        "cipherPadding" => cipher.set_padding(args.flag(1)),
        "cipherUpdate" => return Ok(cipher.update(args.bytes(1).ok_or(Errno::INVAL)?).into()),
        _ => {
            let end = cipher.finish(args.bytes(1));
            host.handles.crypto.remove(number);
            return Ok(match end {
                Ok((output, tag)) => {
                    Value::List(vec![output.into(), tag.map_or(Value::Null, Value::from)])
                }
                Err(block::Bad::Length) => "length".into(),
                Err(block::Bad::Padding) => "padding".into(),
                Err(block::Bad::Tag) => "tag".into(),
            });
        }
    }
    Ok(Value::Null)
}

/// `pbkdf2(hash, password, salt, iterations, length)`, `hkdf(hash, key, salt, info, length)`,
/// `scrypt(password, salt, cost, block, parallel, length)`.
fn derive(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    let bytes = |index| args.bytes(index).ok_or(Errno::INVAL);
    let number = |index| args.integer::<u32>(index).ok_or(Errno::INVAL);
    let size = |index| args.integer::<usize>(index).ok_or(Errno::INVAL);
    let derived = if verb == "scrypt" {
        kdf::scrypt(
            bytes(0)?,
            bytes(1)?,
            [number(2)?, number(3)?, number(4)?],
            size(5)?,
        )
    } else {
        let algorithm = args
            .text(0)
            .and_then(Algorithm::named)
            .ok_or(Errno::INVAL)?;
        match verb {
            "hkdf" => kdf::hkdf(algorithm, bytes(1)?, bytes(2)?, bytes(3)?, size(4)?),
            _ => kdf::pbkdf2(algorithm, bytes(1)?, bytes(2)?, number(3)?, size(4)?),
        }
    };
    match derived {
        Ok(key) => Ok(key.into()),
        Err(kdf::Refused::Invalid) => Err(Fault::Errno(Errno::INVAL)),
        Err(kdf::Refused::TooMuch) => {
            let caller = host.caller.clone();
            host.world.hit_limit(
                &caller,
                "derivation",
                format!("{verb} would take too long or too much memory"),
            );
            Err(Fault::Errno(Errno::NOMEM))
        }
    }
}

/// Name, number, mode, block, vector and key lengths, whether there is a tag.
fn info(info: cipher::Info) -> Vec<Value> {
    vec![
        info.name.into(),
        info.nid.into(),
        info.mode.into(),
        info.block.into(),
        info.iv.into(),
        info.key.into(),
        info.has_tag.into(),
    ]
}
