//! Child processes, and the pipes that lead to them.
//!
//! | call | reply |
//! | --- | --- |
//! | `proc.spawn(file, argv, cwd, pairs, stdio, detached, notify)` | `[pid, descriptor or nothing of each of stdio]` |
//! | `proc.wait(pid, timeout)` | `[code, signal]`; nothing when the time (milliseconds, -1 for none) is over first |
//! | `proc.read(fd)` | bytes; none at the end |
//! | `proc.drain(fd)` | all bytes up to the end; the descriptor is closed |
//! | `proc.write(fd, bytes)` | how many were taken |
//! | `proc.close(fd)` | nothing |
//! | `proc.yield()` | nothing; others get the time to run |
//! | `proc.connect(path)` | nothing; no service of the machine answers at its Unix socket |
//! | `proc.bind(path)` | nothing |
//!
//! `cwd` and `pairs` (`NAME=value`) may be nothing: then they are the parent's. `stdio` has a word for each descriptor of the
//! child: `ignore`, `reads` and `writes` for a pipe, `both` for one in both directions, or the number of one of the parent's.

use super::{Arg, Args, Host, Value, unknown};
use crate::guest::instance::Fault;
use crate::trace::Kind;
use crate::world::exec::SpawnRequest;
use crate::world::{Errno, Exit, Stdio, Wait};
use std::collections::BTreeMap;

/// Bytes that one read hands over, as libuv reads.
const PIECE: usize = 64 << 10;

/// Nanoseconds for which a writer steps aside when a pipe is full.
const STEP_ASIDE: u64 = 1_000_000;

/// Descriptors that a child can be given.
const MAX_STDIO: usize = 64;

/// Answers `proc.*`.
pub(super) fn call(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    match verb {
        "spawn" => return spawn(host, args),
        "wait" => return wait(host, args),
        "yield" if host.resumed => return Ok(Value::Null),
        "yield" => {
            let until = host.world.clock.elapsed().saturating_add(STEP_ASIDE);
            return Err(Fault::Wait(Wait::Until(until)));
        }
        "connect" => {
            let path = unix_path(host, args)?;
            let found = host.world.exists(host.caller.pid, &path);
            let errno = if found {
                Errno::CONNREFUSED
            } else {
                Errno::NOENT
            };
            let caller = host.caller.clone();
            let subject = format!("unix:{path}");
            host.world.act(&caller, Kind::NetConnect, subject, |_, _| {
                Err::<(), _>(errno)
            })?;
            return Ok(Value::Null);
        }
        "bind" => {
            let path = unix_path(host, args)?;
            host.world
                .note(&host.caller, Kind::NetListen, format!("unix:{path}"));
            return Ok(Value::Null);
        }
        _ => {}
    }
    let fd: u32 = args.integer(0).ok_or(Errno::BADF)?;
    let (caller, world) = (&host.caller, &mut *host.world);
    match verb {
        "read" => Ok(world.read(caller, fd, PIECE)?.into()),
        "write" => {
            let bytes = args.bytes(1).ok_or(Errno::INVAL)?;
            Ok(world.write(caller, fd, bytes)?.into())
        }
        "drain" => {
            let most = world.limits.pipe;
            let mut all = Vec::new();
            while all.len() < most {
                match world.read(caller, fd, PIECE) {
                    Ok(bytes) if !bytes.is_empty() => all.extend_from_slice(&bytes),
                    // What a grandchild still holds open has nothing now.
                    Ok(_) | Err(Errno::AGAIN) => break,
                    Err(errno) => return Err(errno.into()),
                }
            }
            world.close(caller, fd)?;
            Ok(all.into())
        }
        "close" => {
            world.close(caller, fd)?;
            Ok(Value::Null)
        }
        _ => unknown(host, &format!("proc.{verb}")),
    }
}

fn unix_path(host: &Host<'_>, args: &Args<'_>) -> Result<String, Errno> {
    let path = args.text(0).ok_or(Errno::INVAL)?;
    Ok(host.world.absolute(host.caller.pid, path))
}

fn spawn(host: &mut Host<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let file = args.text(0).ok_or(Errno::INVAL)?;
    let mut argv = args.texts(1);
    if argv.is_empty() {
        argv.push(file.to_owned());
    }
    let env = matches!(args.get(3), Arg::List(_)).then(|| {
        let pairs = args.texts(3);
        let split = pairs.iter().filter_map(|pair| pair.split_once('='));
        split
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect::<BTreeMap<String, String>>()
    });
    let words = args.texts(4);
    if words.len() > MAX_STDIO {
        return Err(Errno::MFILE.into());
    }
    let stdio = words.iter().map(|word| match word.as_str() {
        "ignore" => Stdio::Ignore,
        "reads" => Stdio::ChildReads,
        "writes" => Stdio::ChildWrites,
        "both" => Stdio::Duplex,
        fd => fd.parse().map_or(Stdio::Closed, Stdio::Inherit),
    });
    let request = SpawnRequest {
        program: file.to_owned(),
        argv,
        cwd: args.text(2).map(str::to_owned),
        env,
        stdio: stdio.collect(),
        detached: args.flag(5),
        notify: args.flag(6),
        ..SpawnRequest::default()
    };
    let child = host.world.spawn(&host.caller, request)?;
    let own = child.own.into_iter().map(Value::from);
    Ok(Value::List(
        std::iter::once(child.pid.into()).chain(own).collect(),
    ))
}

fn wait(host: &mut Host<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let pid: u32 = args.integer(0).ok_or(Errno::INVAL)?;
    match host.world.processes.exit_of(pid) {
        Some(Exit::Code(code)) => return Ok(Value::List(vec![code.into(), 0.into()])),
        Some(Exit::Signal(signal)) => return Ok(Value::List(vec![0.into(), signal.into()])),
        None if host.resumed || host.world.processes.get(pid).is_none() => return Ok(Value::Null),
        None => {}
    }
    let timeout: i64 = args.integer(1).unwrap_or(-1);
    Err(Fault::Wait(match u64::try_from(timeout) {
        Ok(milliseconds) => {
            let nanoseconds = milliseconds.saturating_mul(1_000_000);
            Wait::ExitBefore(pid, host.world.clock.elapsed().saturating_add(nanoseconds))
        }
        Err(_) => Wait::Exit(pid),
    }))
}
