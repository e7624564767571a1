//! Threads of a guest: each is a process of its own, with channels to the one that started it.
//!
//! | call | reply |
//! | --- | --- |
//! | `worker.start(thread, pairs)` | `[pid, channel]`; `pairs` (`NAME=value`) may be nothing: then they are the parent's |
//! | `worker.stop(pid)` | nothing |
//! | `worker.post(pid, channel, bytes)` | nothing; `pid` 0 is the process that started this one |

use super::{Arg, Args, Host, Value, unknown};
use crate::guest::instance::Fault;
use crate::world::exec::Program;
use crate::world::process::{Drive, State};
use crate::world::{Errno, Exit, Notice, Pid, Process, Stdio};

/// Messages that may wait for all threads together.
const MAX_WAITING: usize = 10_000;

/// Bytes of all of them: they lie outside of every guest's own memory.
const MAX_BYTES: usize = 64 << 20;

/// Channels of one thread: the low bits of their numbers are the guests' own.
const CHANNELS: u32 = 1 << 16;

/// Answers `worker.*`.
pub(super) fn call(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    match verb {
        "start" => start(host, args),
        "stop" => {
            let pid = child(host, args.integer(0).ok_or(Errno::INVAL)?)?;
            host.world.processes.end(pid, Exit::Code(1));
            host.world.end_process(pid);
            Ok(Value::Null)
        }
        "post" => {
            let to = match args.integer::<Pid>(0).ok_or(Errno::INVAL)? {
                0 => host.process()?.ppid,
                pid => child(host, pid)?,
            };
            let bytes = args.bytes(2).ok_or(Errno::INVAL)?;
            let (waiting, held) = host.world.processes.waiting();
            if waiting >= MAX_WAITING || held.saturating_add(bytes.len()) > MAX_BYTES {
                let caller = host.caller.clone();
                host.world.hit_limit(
                    &caller,
                    "messages",
                    "too many or too large messages of threads",
                );
                return Err(Errno::AGAIN.into());
            }
            let channel = args.integer(1).ok_or(Errno::INVAL)?;
            let bytes = bytes.to_vec();
            host.world
                .processes
                .tell(to, Notice::Message { channel, bytes });
            Ok(Value::Null)
        }
        _ => unknown(host, &format!("worker.{verb}")),
    }
}

/// A thread of the calling process.
fn child(host: &Host<'_>, pid: Pid) -> Result<Pid, Errno> {
    let process = host.world.processes.get(pid).ok_or(Errno::SRCH)?;
    let is_thread =
        matches!(process.drive, Some(Drive::Worker { .. })) && process.ppid == host.caller.pid;
    let lives = !matches!(process.state, State::Exited(_));
    (is_thread && lives).then_some(pid).ok_or(Errno::SRCH)
}

fn start(host: &mut Host<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let thread = args.integer(0).ok_or(Errno::INVAL)?;
    let (most, deepest) = (host.world.limits.processes, host.world.limits.depth);
    let parent = host.process()?;
    let mut env = parent.env.clone();
    if matches!(args.get(1), Arg::List(_)) {
        let pairs = args.texts(1);
        let split = pairs.iter().filter_map(|pair| pair.split_once('='));
        env = split
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
    }
    let process = Process {
        ppid: parent.pid,
        // What else is in `process.argv` comes with the first message.
        argv: parent.argv.iter().take(1).cloned().collect(),
        program: parent.program.clone(),
        cwd: parent.cwd.clone(),
        env,
        umask: parent.umask,
        depth: parent.depth.saturating_add(1),
        origin: host.caller.at.clone(),
        notify_parent: true,
        image: Some(Program::Node),
        ..Process::default()
    };
    let caller = host.caller.clone();
    let added = if process.depth > deepest {
        Err(Errno::AGAIN)
    } else {
        host.world.processes.add(process, most)
    };
    let pid = added.inspect_err(|_| {
        host.world
            .hit_limit(&caller, "processes", "too many threads");
    })?;
    let channel = pid.wrapping_mul(CHANNELS);
    if let Some(process) = host.world.processes.get_mut(pid) {
        process.drive = Some(Drive::Worker { thread, channel });
    }
    let streams = [0, 1, 2].map(|fd| match host.world.description(caller.pid, fd) {
        Ok(_) => Stdio::Inherit(fd),
        Err(_) => Stdio::Ignore,
    });
    host.world.give_stdio(&caller, pid, &streams)?;
    Ok(vec![pid, channel].into())
}
