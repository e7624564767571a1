//! The calls of the JavaScript guest: decode, act on the world, encode. No policy lives here.
//!
//! docs/guest-abi.md documents the form. Each binding has one file, whose `call` answers its verbs.

mod code;
mod commonjs;
mod crypto;
mod drive;
mod env;
mod fs;
mod net;
mod os;
mod proc;
mod process;
mod table;
#[cfg(test)]
mod tests;
mod url;
mod value;
mod worker;
mod zlib;

pub use value::{Arg, Args, Decoder, Malformed, Value};

use super::Stop;
use super::instance::Fault;
use crate::trace::{Kind, Location};
use crate::world::{Caller, Errno, Wait, World};

/// Package frames of one call that are kept.
const MAX_FRAMES: usize = 4;

/// Bytes of the file name of one frame that are kept: code names itself, and a name may be of any length.
const MAX_FILE: usize = 4_096;

/// Host-side state of one guest process: what its handles refer to. It is never part of the world.
#[derive(Debug, Default)]
pub struct Handles {
    /// Compression streams.
    codecs: table::Table<zlib::Codec>,
    /// Hashes and ciphers.
    crypto: table::Table<crypto::Open>,
}

/// What a call may use.
pub struct Host<'a> {
    /// The made-up machine.
    pub world: &'a mut World,
    /// Who calls.
    pub caller: Caller,
    /// The process's handles.
    pub handles: &'a mut Handles,
    /// Whether this call is made again after its [`Fault::Wait`] is over.
    pub resumed: bool,
}

impl Host<'_> {
    /// The calling process; it is in the table as long as it runs.
    fn process(&mut self) -> Result<&mut crate::world::Process, Errno> {
        self.world
            .processes
            .get_mut(self.caller.pid)
            .ok_or(Errno::SRCH)
    }
}

impl From<Malformed> for Fault {
    fn from(Malformed: Malformed) -> Fault {
        Fault::Stop(Stop::Malformed)
    }
}

/// Answers one call of the guest into `reply`. It needs no instance: that is how it is fuzzed.
///
/// # Errors
///
/// [`Fault`] when there is no reply, or not yet; a request that does not have the documented form ends the guest.
pub fn answer(
    host: &mut Host<'_>,
    op: u32,
    request: &[u8],
    reply: &mut Vec<u8>,
) -> Result<(), Fault> {
    match op {
        0 => {
            tracing::debug!(pid = host.caller.pid, text = %String::from_utf8_lossy(request).escape_debug(), "guest");
            Ok(())
        }
        1 | 2 => {
            let mut decoder = Decoder::new(request);
            host.caller.at = places(decoder.block()?);
            let Arg::List(mut values) = decoder.value()? else {
                return Err(Fault::Stop(Stop::Malformed));
            };
            if values.is_empty() {
                return Err(Fault::Stop(Stop::Malformed));
            }
            let Arg::Text(name) = values.remove(0) else {
                return Err(Fault::Stop(Stop::Malformed));
            };
            dispatch(host, name, &Args(values))?.encode(reply);
            Ok(())
        }
        4 => {
            host.caller.at = places(Decoder::new(request).block()?);
            reply.extend_from_slice(&host.world.read_clock(&host.caller).to_le_bytes());
            Ok(())
        }
        5 => {
            let mut decoder = Decoder::new(request);
            host.caller.at = places(decoder.block()?);
            code::evaluated(host, &decoder.value()?);
            Ok(())
        }
        // It computes; what that comes to is looked at before each call.
        6 => {
            host.world.compute();
            Ok(())
        }
        7 => {
            if host.resumed {
                return Ok(());
            }
            let microseconds = request.try_into().map(u64::from_le_bytes);
            let microseconds = microseconds.map_err(|_| Fault::Stop(Stop::Malformed))?;
            host.world.note(
                &host.caller,
                Kind::ClockSleep,
                (microseconds / 1_000).to_string(),
            );
            let sleep = microseconds.saturating_mul(1_000);
            Err(Fault::Wait(Wait::Until(
                host.world.clock.elapsed().saturating_add(sleep),
            )))
        }
        _ => Err(Fault::Stop(Stop::Malformed)),
    }
}

fn places(at: &[u8]) -> Vec<Location> {
    // The shim writes UTF-8; a guest that does not is answered with what can be read of it.
    String::from_utf8_lossy(at)
        .lines()
        .take(MAX_FRAMES)
        .map(|line| {
            let mut place = Location::parse(line);
            place
                .file
                .truncate(place.file.floor_char_boundary(MAX_FILE));
            place.file.shrink_to_fit();
            place
        })
        .collect()
}

fn dispatch(host: &mut Host<'_>, name: &str, args: &Args<'_>) -> Result<Value, Fault> {
    let (binding, verb) = name.split_once('.').unwrap_or((name, ""));
    match binding {
        "code" => code::call(host, verb, args),
        "crypto" => crypto::call(host, verb, args),
        "drive" => drive::call(host, verb, args),
        "env" => env::call(host, verb, args),
        "fs" => fs::call(host, verb, args),
        "guest" => guest(host, verb, args),
        "loop" => process::poll(host, verb, args),
        "modules" => fs::modules(host, verb, args),
        "net" => net::call(host, verb, args),
        "os" => os::call(host, verb, args),
        "proc" => proc::call(host, verb, args),
        "process" => process::call(host, verb, args),
        "url" => url::call(host, verb, args),
        "worker" => worker::call(host, verb, args),
        "zlib" => zlib::call(host, verb, args),
        _ => unknown(host, name),
    }
}

/// A call that no binding answers: loud, since it is a defect of the harness or a tampered guest.
fn unknown(host: &mut Host<'_>, name: &str) -> Result<Value, Fault> {
    let caller = host.caller.clone();
    host.world.unsupported(&caller, format!("host call {name}"));
    Err(Fault::Errno(Errno::NOSYS))
}

/// What the harness reports about the guest itself.
fn guest(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    let what = [args.text(0), args.text(1)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(".");
    let kind = match verb {
        "unsupported" => Kind::GuestUnsupported,
        "tamper" => Kind::GuestTamper,
        "patched" => Kind::BuiltinPatched,
        _ => return unknown(host, &format!("guest.{verb}")),
    };
    let seq = host.world.note(&host.caller, kind, what);
    host.world.recorder.claimed(seq);
    Ok(Value::Null)
}
