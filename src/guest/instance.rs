//! One guest process: an instance in a store of its own.

use super::hold::{self, Hold};
use super::js::{self, Handles};
use super::limiter::Limiter;
use super::schedule::Turn;
use super::{Runtime, Stop};
use crate::trace::Kind;
use crate::world::{Caller, Errno, Exit, Pid, Wait, World};
use std::time::Instant;
use wasmtime::{Extern, Linker, Memory, Store, Trap};

/// What a guest process owns on the host.
pub(super) struct Context {
    hold: Hold,
    handles: Handles,
    /// The reply of the last call, for `host.read`.
    reply: Vec<u8>,
    memory: Option<Memory>,
}

/// Why a call has no reply.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The guest gets a negative error number.
    Errno(Errno),
    /// The process ends.
    Stop(Stop),
    /// The world goes to others until the wait is over; then the call is made again, with [`js::Host::resumed`] set.
    Wait(Wait),
}

impl From<Errno> for Fault {
    fn from(errno: Errno) -> Fault {
        Fault::Errno(errno)
    }
}

/// Links the two imports of the guest.
pub(super) fn link(linker: &mut Linker<Context>) -> wasmtime::Result<()> {
    linker.func_wrap(
        "host",
        "call",
        |mut caller: wasmtime::Caller<'_, Context>, op: u32, at: u32, length: u32| {
            let memory = memory_of(&mut caller)?;
            let (data, context) = memory.data_and_store_mut(&mut caller);
            let request = range(at, length)
                .and_then(|range| data.get(range))
                .ok_or(Stop::Malformed)?;
            Ok(call(context, op, request)?)
        },
    )?;
    linker.func_wrap(
        "host",
        "read",
        |mut caller: wasmtime::Caller<'_, Context>, at: u32, length: u32| {
            let memory = memory_of(&mut caller)?;
            let (data, context) = memory.data_and_store_mut(&mut caller);
            let target = range(at, length)
                .and_then(|range| data.get_mut(range))
                .ok_or(Stop::Malformed)?;
            let source = context.reply.get(..target.len()).ok_or(Stop::Malformed)?;
            target.copy_from_slice(source);
            Ok(())
        },
    )?;
    Ok(())
}

fn range(at: u32, length: u32) -> Option<std::ops::Range<usize>> {
    let start = usize::try_from(at).ok()?;
    Some(start..start.checked_add(usize::try_from(length).ok()?)?)
}

fn memory_of(caller: &mut wasmtime::Caller<'_, Context>) -> Result<Memory, Stop> {
    if let Some(memory) = caller.data().memory {
        return Ok(memory);
    }
    let memory = caller
        .get_export("memory")
        .and_then(Extern::into_memory)
        .ok_or(Stop::Malformed)?;
    caller.data_mut().memory = Some(memory);
    Ok(memory)
}

/// Answers one call: the length of the reply or a negative error number.
fn call(context: &mut Context, op: u32, request: &[u8]) -> Result<i32, Stop> {
    let mut resumed = false;
    loop {
        let pid = context.hold.pid;
        let mut host = js::Host {
            world: context.hold.call()?,
            caller: Caller::process(pid),
            handles: &mut context.handles,
            resumed,
        };
        context.reply.clear();
        match js::answer(&mut host, op, request, &mut context.reply) {
            Ok(()) => return i32::try_from(context.reply.len()).map_err(|_| Stop::Malformed),
            Err(Fault::Errno(errno)) => return Ok(-errno.number()),
            Err(Fault::Stop(stop)) => return Err(stop),
            Err(Fault::Wait(wait)) => {
                context.hold.wait(wait)?;
                resumed = true;
            }
        }
    }
}

/// Runs process `pid` to its end and records how it ended. Returns the world, unless it was taken away meanwhile.
pub(super) fn run(
    runtime: &Runtime,
    world: Box<World>,
    pid: Pid,
    turn: Turn,
    deadline: Instant,
) -> Option<Box<World>> {
    let context = Context {
        hold: Hold::new(world, pid, turn),
        handles: Handles::default(),
        reply: Vec::new(),
        memory: None,
    };
    let mut store = hold::store(&runtime.engine, context, deadline, |context| {
        &mut context.hold
    });
    let result = enter(runtime, &mut store);
    let (world, limiter) = store.into_data().hold.end();
    let mut world = world?;
    conclude(&mut world, pid, result, &limiter);
    Some(world)
}

fn enter(runtime: &Runtime, store: &mut Store<Context>) -> wasmtime::Result<()> {
    let missing = || wasmtime::Error::msg("this runtime was made without the JavaScript guest");
    let guest = runtime.js.as_ref().ok_or_else(missing)?;
    let instance = guest.instantiate(&mut *store)?;
    let run = instance.get_typed_func::<(), i32>(&mut *store, "run")?;
    run.call(store, ()).map(|_| ())
}

/// Translates how a guest's code ended into how its process ended. The first limit that was reached stays the reason.
pub(super) fn conclude(
    world: &mut World,
    pid: Pid,
    result: wasmtime::Result<()>,
    limiter: &Limiter,
) {
    if limiter.refused {
        let most = world.limits.memory >> 20;
        let reason = format!("more than {most} MiB");
        world.hit_limit(&Caller::process(pid), "memory", reason);
    }
    let Err(error) = result else {
        world.processes.end(pid, Exit::Code(0));
        return;
    };
    let caller = Caller::process(pid);
    let exit = match error.downcast_ref::<Stop>() {
        Some(Stop::Exit(code)) => Exit::Code(*code),
        Some(Stop::Signal(signal)) => Exit::Signal(*signal),
        Some(Stop::WorldGone) => Exit::Signal(9),
        Some(Stop::Timeout) => {
            world.hit_wall(&caller);
            Exit::Signal(9)
        }
        Some(Stop::Exhausted(name, reason)) => {
            world.hit_limit(&caller, name, reason.as_str());
            Exit::Signal(9)
        }
        Some(stop @ Stop::HostCalls(_)) => {
            world.hit_limit(&caller, "host_calls", stop.to_string());
            Exit::Signal(9)
        }
        Some(stop @ (Stop::Malformed | Stop::Memory(_) | Stop::Import(_))) => {
            world.note(&caller, Kind::GuestCrash, stop.to_string());
            Exit::Signal(6)
        }
        None => trapped(world, &caller, &error, limiter),
    };
    world.processes.end(pid, exit);
}

fn trapped(world: &mut World, caller: &Caller, error: &wasmtime::Error, limiter: &Limiter) -> Exit {
    world.note(caller, Kind::GuestCrash, reason(error));
    // What a process that the kernel kills for a fault reports.
    Exit::Signal(if limiter.refused { 9 } else { 11 })
}

/// Why a guest's code ended, as one line.
pub(super) fn reason(error: &wasmtime::Error) -> String {
    match error.downcast_ref::<Trap>() {
        Some(trap) => trap.to_string(),
        None => format!("{error:#}"),
    }
}
