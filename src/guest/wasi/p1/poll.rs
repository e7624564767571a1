//! Waiting, in virtual time: for clocks, and for descriptors to become readable or writable.

use super::memory::{Args, Memory, long, number};
use super::process::Clock;
use super::{Code, Fault, Host};
use crate::trace::Kind;
use crate::world::files::{Stream, What};
use crate::world::{Errno, Wait};

/// Subscriptions of one call: more than one for each descriptor and clock is of no use.
const MOST: u32 = 8_192;

/// Bytes of an event.
const EVENT: u32 = 32;

/// Numbers of `eventtype`.
const CLOCK: u8 = 0;
const FD_READ: u8 = 1;
const FD_WRITE: u8 = 2;

/// The bit of `subclockflags`: the time is a reading of the clock, and not from now.
const ABSOLUTE: u32 = 1;

/// The bit of `eventrwflags`: the other end is closed, or the file ends here.
const HANGUP: u16 = 1;

/// Nanoseconds in a millisecond.
const MILLISECOND: u64 = 1_000_000;

/// What is waited for.
struct Subscription {
    userdata: u64,
    what: Awaited,
}

enum Awaited {
    /// This time, in nanoseconds since the start of the world.
    Time(u64),
    /// Bytes from a descriptor.
    Input(u32),
    /// Room in a descriptor.
    Output(u32),
}

/// What has come about.
struct Event {
    userdata: u64,
    error: Code,
    kind: u8,
    bytes: u64,
    flags: u16,
}

/// `poll_oneoff(subscriptions, events, count) -> count`: all that has come about, after a wait when nothing has yet.
pub(super) fn oneoff(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let (from, to, count) = (args.u32(0), args.u32(1), args.u32(2));
    if count == 0 || count > MOST {
        return Err(Code::INVAL.into());
    }
    // A call that is made again after its wait counts from when it was first made.
    let began = match host.state.poll {
        Some(began) if host.resumed => began,
        _ => host.world.clock.elapsed(),
    };
    host.state.poll = Some(began);
    let size = if host.unstable { 56 } else { 48 };
    let mut subscriptions = Vec::new();
    for index in 0..count {
        let at = memory.offset(from, index, size)?;
        subscriptions.push(if host.unstable {
            subscription(host, &memory.structure::<56>(at, 8)?, began)?
        } else {
            subscription(host, &memory.structure::<48>(at, 8)?, began)?
        });
    }
    let mut events = Vec::new();
    for subscription in &subscriptions {
        events.extend(look(host, subscription)?);
    }
    if events.is_empty() {
        return Err(wait(host, &subscriptions, began)?);
    }
    host.state.poll = None;
    for (index, event) in (0..).zip(&events) {
        memory.put(memory.offset(to, index, EVENT)?, &encode(event))?;
    }
    let count = u32::try_from(events.len()).map_err(|_| Code::INVAL)?;
    memory.put_u32(args.u32(3), count)
}

fn subscription(host: &Host<'_>, bytes: &[u8], began: u64) -> Result<Subscription, Fault> {
    let tag = bytes.get(8).copied().unwrap_or_default();
    let what = match tag {
        CLOCK => {
            // In the old generation a clock has a number of its own before all else.
            let at = if host.unstable { 24 } else { 16 };
            let clock = Clock::of(number(bytes, at)).map_err(|_| Code::INVAL)?;
            let timeout = long(bytes, at + 8);
            match number(bytes, at + 24) & 0xffff {
                0 => Awaited::Time(began.saturating_add(timeout)),
                ABSOLUTE => Awaited::Time(timeout.saturating_sub(clock.start(host))),
                _ => return Err(Code::INVAL.into()),
            }
        }
        FD_READ => Awaited::Input(number(bytes, 16)),
        FD_WRITE => Awaited::Output(number(bytes, 16)),
        _ => return Err(Code::INVAL.into()),
    };
    Ok(Subscription {
        userdata: long(bytes, 0),
        what,
    })
}

/// Whether something has come about.
fn look(host: &Host<'_>, subscription: &Subscription) -> Result<Option<Event>, Fault> {
    let event = |kind, bytes, flags| Event {
        userdata: subscription.userdata,
        error: Code::SUCCESS,
        kind,
        bytes,
        flags,
    };
    Ok(match subscription.what {
        Awaited::Time(time) if time <= host.world.clock.elapsed() => Some(event(CLOCK, 0, 0)),
        Awaited::Time(_) => None,
        Awaited::Output(fd) => {
            let file = host.world.description(host.pid, fd)?;
            match file.what {
                What::Console(Stream::Input) | What::PipeReader(_) => {
                    return Err(Code::BADF.into());
                }
                // A full pipe answers the write.
                _ => Some(event(FD_WRITE, 1, 0)),
            }
        }
        Awaited::Input(fd) => {
            let file = host.world.description(host.pid, fd)?;
            match file.what {
                What::Node(_) => {
                    let size = host.world.fs.stat(host.file(fd)?)?.size;
                    let left = size.saturating_sub(file.offset);
                    let flags = if left == 0 { HANGUP } else { 0 };
                    Some(event(FD_READ, left.max(1), flags))
                }
                What::PipeReader(pipe) | What::Duplex(pipe, _) => host
                    .world
                    .files
                    .pipe_ready(pipe)
                    .then(|| event(FD_READ, 1, 0)),
                What::Console(Stream::Output | Stream::Error) | What::PipeWriter(_) => {
                    return Err(Code::BADF.into());
                }
                _ => Some(event(FD_READ, 1, 0)),
            }
        }
    })
}

/// What the process waits for: the first of its times, or news of a descriptor.
fn wait(host: &mut Host<'_>, subscriptions: &[Subscription], began: u64) -> Result<Fault, Errno> {
    let times = subscriptions.iter().filter_map(|one| match one.what {
        Awaited::Time(time) => Some(time),
        _ => None,
    });
    let first = times.min();
    let only_times = subscriptions
        .iter()
        .all(|one| matches!(one.what, Awaited::Time(_)));
    if !host.resumed
        && let Some(time) = first
    {
        let caller = host.caller();
        let sleep = time.saturating_sub(began) / MILLISECOND;
        host.world
            .note(&caller, Kind::ClockSleep, sleep.to_string());
    }
    // Old news must not end a new wait.
    let process = host.world.processes.get_mut(host.pid);
    process.ok_or(Errno::SRCH)?.inbox.clear();
    Ok(Fault::Wait(match first {
        Some(time) if only_times => Wait::Until(time),
        first => Wait::Notice(first),
    }))
}

fn encode(event: &Event) -> [u8; 32] {
    let mut bytes = [0; 32];
    let (userdata, rest) = bytes.split_at_mut(8);
    userdata.copy_from_slice(&event.userdata.to_le_bytes());
    let head = u64::from(event.error.0) | u64::from(event.kind) << 16;
    for (slot, word) in rest
        .chunks_exact_mut(8)
        .zip([head, event.bytes, u64::from(event.flags)])
    {
        slot.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}
