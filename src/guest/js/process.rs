//! The process itself, and its event loop.

use super::{Args, Host, Value, unknown};
use crate::guest::Stop;
use crate::guest::instance::Fault;
use crate::trace::Kind;
use crate::world::{Notice, Wait};

/// Nanoseconds in a millisecond.
const MILLISECOND: u64 = 1_000_000;

/// Answers `process.*`.
pub(super) fn call(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    match verb {
        "info" => info(host),
        "exit" => {
            let code = args.integer::<i32>(0).unwrap_or(0) & 0xff;
            Err(Fault::Stop(Stop::Exit(code)))
        }
        "abort" => Err(Fault::Stop(Stop::Signal(6))),
        "cwd" => Ok(host.process()?.cwd.clone().into()),
        "umask" => {
            let old = host.process()?.umask;
            if let Some(mask) = args.integer::<u32>(0) {
                host.process()?.umask = mask & 0o777;
            }
            Ok(old.into())
        }
        "seed" => Ok(host.world.random.next_u64().to_le_bytes().to_vec().into()),
        "hrtime" => {
            // Nanoseconds since the machine was started: what CLOCK_MONOTONIC shows.
            host.world.clock.tick();
            let (uptime, elapsed) = (host.world.persona.uptime, host.world.clock.elapsed());
            Ok(vec![
                uptime.saturating_add(elapsed / 1_000_000_000),
                elapsed % 1_000_000_000,
            ]
            .into())
        }
        _ => unknown(host, &format!("process.{verb}")),
    }
}

/// Everything that the harness has to know at the start of a process.
fn info(host: &mut Host<'_>) -> Result<Value, Fault> {
    let persona = host.world.persona.clone();
    let process = host.process()?;
    let list = |texts: &[String]| Value::from(texts.to_vec());
    Ok(Value::object([
        ("argv", list(&process.argv)),
        ("execPath", process.program.as_str().into()),
        ("cwd", process.cwd.as_str().into()),
        ("pid", process.pid.into()),
        ("ppid", process.ppid.into()),
        ("umask", process.umask.into()),
        ("drive", process.drive.clone().into()),
        ("uid", persona.uid.into()),
        ("gid", persona.gid.into()),
        ("platform", persona.platform.into()),
        ("arch", persona.arch.into()),
        ("timezone", persona.timezone.into()),
        ("utcOffset", persona.utc_offset.into()),
        ("locale", persona.locale.into()),
    ]))
}

/// Answers `loop.*`: waits for notices.
///
/// `loop.poll(timeout, referenced)`: the timeout in milliseconds, -1 for none; whether something but timers is awaited.
/// The reply is a list of `[kind, handle, ...]`. Without anything to wait for it is empty at once.
pub(super) fn poll(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    if verb != "poll" {
        return unknown(host, &format!("loop.{verb}"));
    }
    let timeout = args.number(0).unwrap_or(0.0);
    let inbox = std::mem::take(&mut host.process()?.inbox);
    if !inbox.is_empty() || host.resumed || timeout == 0.0 {
        return Ok(Value::List(inbox.into_iter().map(notice).collect()));
    }
    if timeout < 0.0 {
        return if args.flag(1) {
            Err(Fault::Wait(Wait::Notice(None)))
        } else {
            Ok(Value::List(Vec::new()))
        };
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be positive; saturates"
    )]
    let milliseconds = timeout.ceil() as u64;
    let sleep = milliseconds.saturating_mul(MILLISECOND);
    if milliseconds > 0 {
        host.world
            .note(&host.caller, Kind::ClockSleep, milliseconds.to_string());
    }
    let wake = host.world.clock.elapsed().saturating_add(sleep);
    Err(Fault::Wait(Wait::Notice(Some(wake))))
}

fn notice(notice: Notice) -> Value {
    match notice {
        Notice::Exited { pid, exit } => {
            let (code, signal) = match exit {
                crate::world::Exit::Code(code) => (code, 0),
                crate::world::Exit::Signal(signal) => (0, signal),
            };
            Value::List(vec!["exit".into(), pid.into(), code.into(), signal.into()])
        }
        Notice::Readable { fd } => Value::List(vec!["readable".into(), fd.into()]),
        Notice::Connection { fd } => Value::List(vec!["connection".into(), fd.into()]),
        Notice::Message { channel, bytes } => {
            Value::List(vec!["message".into(), channel.into(), bytes.into()])
        }
        Notice::Signal(signal) => Value::List(vec!["signal".into(), signal.into()]),
    }
}
