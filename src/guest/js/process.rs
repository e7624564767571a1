//! The process itself, and its event loop.

use super::{Args, Host, Value, unknown};
use crate::guest::Stop;
use crate::guest::instance::Fault;
use crate::trace::Kind;
use crate::world::process::Drive;
use crate::world::signal::Effect;
use crate::world::{Errno, Exit, Notice, Wait};

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
        "cwd" => {
            let cwd = host.process()?.cwd.clone();
            // A directory that was removed has no name any more.
            host.world.peek_stat(host.caller.pid, &cwd, true)?;
            Ok(cwd.into())
        }
        "chdir" => chdir(host, args.text(0).ok_or(Errno::INVAL)?),
        "id" => Ok(identity(host, args.text(0).unwrap_or_default())),
        "setid" => {
            host.world
                .act(&host.caller, Kind::HostQuery, "setid", |_, _| {
                    Err::<(), _>(Errno::PERM)
                })?;
            Ok(Value::Null)
        }
        // A title is only a text in the process table, which nobody else reads.
        "title" => Ok(Value::Null),
        "kill" => kill(host, args),
        "handle" => handle(host, args),
        "dlopen" => dlopen(host, args.text(0).ok_or(Errno::INVAL)?),
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

/// Changes the working directory.
fn chdir(host: &mut Host<'_>, path: &str) -> Result<Value, Fault> {
    let caller = host.caller.clone();
    host.world.chdir(&caller, path)?;
    Ok(Value::Null)
}

fn identity(host: &Host<'_>, which: &str) -> Value {
    let persona = &host.world.persona;
    match which {
        "uid" | "euid" | "getuid" | "geteuid" => persona.uid.into(),
        "gid" | "egid" | "getgid" | "getegid" => persona.gid.into(),
        "groups" => vec![persona.gid].into(),
        _ => Value::Null,
    }
}

/// Sends a signal. One to itself for which it has no handler ends the process.
fn kill(host: &mut Host<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let target = args.integer::<i64>(0).ok_or(Errno::INVAL)?;
    let signal = args.integer::<i32>(1).ok_or(Errno::INVAL)?;
    let effect = host.world.signal(&host.caller, target, signal)?;
    let own = target == 0 || target.unsigned_abs() == u64::from(host.caller.pid);
    if own && effect == Effect::Ends {
        return Err(Fault::Stop(Stop::Signal(signal)));
    }
    Ok(Value::Null)
}

/// Notes that a signal has a handler, or has one no more.
fn handle(host: &mut Host<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let signal = args.integer::<i32>(0).ok_or(Errno::INVAL)?;
    let handles = &mut host.process()?.handles;
    if args.flag(1) {
        handles.insert(signal);
    } else {
        handles.remove(&signal);
    }
    Ok(Value::Null)
}

/// Native code is recorded and never loaded.
fn dlopen(host: &mut Host<'_>, path: &str) -> Result<Value, Fault> {
    let caller = host.caller.clone();
    host.world
        .unsupported(&caller, format!("native addon {path}"));
    Err(Fault::Errno(Errno::NOEXEC))
}

/// Everything that the harness has to know at the start of a process.
fn info(host: &mut Host<'_>) -> Result<Value, Fault> {
    let persona = host.world.persona.clone();
    let process = host.process()?;
    // A thread shows the number of the process that it belongs to.
    let pid = match process.drive {
        Some(Drive::Worker { .. }) => process.ppid,
        _ => process.pid,
    };
    let list = |texts: &[String]| Value::from(texts.to_vec());
    Ok(Value::object([
        ("argv", list(&process.argv)),
        ("execPath", process.program.as_str().into()),
        ("cwd", process.cwd.as_str().into()),
        ("pid", pid.into()),
        ("ppid", process.ppid.into()),
        ("umask", process.umask.into()),
        (
            "drive",
            process.drive.as_ref().map(super::drive::orders).into(),
        ),
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
    match verb {
        "poll" => wait_for_notice(host, args),
        "sleep" if host.resumed => Ok(Value::Null),
        "sleep" => {
            let milliseconds = args.integer::<u32>(0).unwrap_or(0);
            host.world
                .note(&host.caller, Kind::ClockSleep, milliseconds.to_string());
            let sleep = u64::from(milliseconds).saturating_mul(MILLISECOND);
            Err(Fault::Wait(Wait::Until(
                host.world.clock.elapsed().saturating_add(sleep),
            )))
        }
        _ => unknown(host, &format!("loop.{verb}")),
    }
}

fn wait_for_notice(host: &mut Host<'_>, args: &Args<'_>) -> Result<Value, Fault> {
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
                Exit::Code(code) => (code, 0),
                Exit::Signal(signal) => (0, signal),
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
