//! The process itself: arguments, variables, clocks, randomness, its end.

use super::memory::{Args, Memory};
use super::{Code, Fault, Host};
use crate::guest::Stop;
use crate::trace::Kind;
use crate::world::Caller;
use crate::world::signal::Effect;

/// Nanoseconds in a second.
pub(super) const SECOND: u64 = 1_000_000_000;

/// What one reading of a clock of the world tells apart, in nanoseconds.
const RESOLUTION: u64 = 1_000;

/// The clocks that there are; those of the processor's time are not told, as in newer hosts of WASI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// Nanoseconds since 1970.
    Realtime,
    /// Nanoseconds since the machine was started.
    Monotonic,
}

impl Clock {
    /// The clock with this number.
    pub(super) fn of(number: u32) -> Result<Clock, Fault> {
        match number {
            0 => Ok(Clock::Realtime),
            1 => Ok(Clock::Monotonic),
            2 | 3 => Err(Code::BADF.into()),
            _ => Err(Code::INVAL.into()),
        }
    }

    /// The clock's reading at the start of the world, in nanoseconds.
    pub(super) fn start(self, host: &Host<'_>) -> u64 {
        match self {
            Clock::Realtime => {
                let clock = &host.world.clock;
                clock.now().saturating_sub(clock.elapsed())
            }
            Clock::Monotonic => host.world.persona.uptime.saturating_mul(SECOND),
        }
    }
}

/// `clock_res_get(id) -> resolution`
pub(super) fn clock_res_get(
    _: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    Clock::of(args.u32(0))?;
    memory.put_u64(args.u32(1), RESOLUTION)
}

/// `clock_time_get(id, precision) -> time`
pub(super) fn clock_time_get(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let clock = Clock::of(args.u32(0))?;
    if clock == Clock::Realtime {
        let caller = Caller {
            pid: host.pid,
            at: host.process()?.origin.clone(),
        };
        host.world.read_clock(&caller);
    } else {
        host.world.clock.tick();
    }
    let now = clock.start(host).saturating_add(host.world.clock.elapsed());
    memory.put_u64(args.u32(2), now)
}

/// `args_sizes_get() -> (count, bytes)`
pub(super) fn args_sizes_get(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let texts = host.process()?.argv.clone();
    sizes(memory, args, &texts)
}

/// `args_get(addresses, bytes)`
pub(super) fn args_get(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let texts = host.process()?.argv.clone();
    texts_at(memory, args, &texts)
}

/// `environ_sizes_get() -> (count, bytes)`
pub(super) fn environ_sizes_get(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let pairs = pairs(host)?;
    sizes(memory, args, &pairs)
}

/// `environ_get(addresses, bytes)`: recorded as one access to all variables, with the pairs, separated by NUL, as payload.
pub(super) fn environ_get(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let pairs = pairs(host)?;
    texts_at(memory, args, &pairs)?;
    let caller = host.caller();
    let seq = host.world.note(&caller, Kind::EnvList, "*");
    host.world
        .recorder
        .attach(seq, pairs.join("\0").into_bytes());
    Ok(())
}

fn pairs(host: &Host<'_>) -> Result<Vec<String>, Fault> {
    let env = &host.process()?.env;
    Ok(env
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect())
}

fn sizes(memory: &mut Memory<'_>, args: &Args<'_>, texts: &[String]) -> Result<(), Fault> {
    let length = texts
        .iter()
        .map(|text| text.len().saturating_add(1))
        .fold(0, usize::saturating_add);
    let count = u32::try_from(texts.len()).map_err(|_| Code::INVAL)?;
    memory.put_u32(args.u32(0), count)?;
    memory.put_u32(args.u32(1), u32::try_from(length).map_err(|_| Code::INVAL)?)
}

/// Puts texts behind one another, each with a NUL, and their addresses into a vector.
fn texts_at(memory: &mut Memory<'_>, args: &Args<'_>, texts: &[String]) -> Result<(), Fault> {
    let (vector, mut at) = (args.u32(0), args.u32(1));
    for (index, text) in (0..).zip(texts) {
        memory.put_u32(memory.offset(vector, index, 4)?, at)?;
        let mut bytes = text.clone().into_bytes();
        bytes.push(0);
        memory.put(at, &bytes)?;
        let length = u32::try_from(bytes.len()).map_err(|_| Code::INVAL)?;
        at = memory.offset(at, 1, length)?;
    }
    Ok(())
}

/// `random_get(bytes)`
pub(super) fn random_get(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    host.world.random.fill(memory.write(args.piece(0))?);
    Ok(())
}

/// `proc_exit(code)`
pub(super) fn exit(_: &mut Host<'_>, _: &mut Memory<'_>, args: &Args<'_>) -> Result<(), Fault> {
    // What a parent sees of it on Linux.
    let code = i32::try_from(args.u32(0) & 0xff).unwrap_or_default();
    Err(Stop::Exit(code).into())
}

/// `proc_raise(signal)`
pub(super) fn raise(host: &mut Host<'_>, _: &mut Memory<'_>, args: &Args<'_>) -> Result<(), Fault> {
    let signal = match i32::try_from(args.u32(0)) {
        Ok(signal @ 0..=15) => signal,
        // WASI leaves out SIGSTKFLT, which is 16 on Linux.
        Ok(signal @ 16..=30) => signal.saturating_add(1),
        _ => return Err(Code::INVAL.into()),
    };
    let caller = host.caller();
    match host.world.signal(&caller, i64::from(host.pid), signal)? {
        Effect::Ends => Err(Stop::Signal(signal).into()),
        Effect::None | Effect::Told => Ok(()),
    }
}

/// `sched_yield()`: the others run when this one waits.
pub(super) fn sched_yield(
    host: &mut Host<'_>,
    _: &mut Memory<'_>,
    _: &Args<'_>,
) -> Result<(), Fault> {
    host.world.clock.tick();
    Ok(())
}
