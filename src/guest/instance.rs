//! One guest process: an instance in a store of its own.

use super::js::{self, Handles};
use super::limiter::Limiter;
use super::schedule::{Turn, host_now};
use super::{Runtime, Stop};
use crate::trace::Kind;
use crate::world::{Baton as _, Caller, Errno, Exit, Pid, Wait, World};
use std::time::Instant;
use wasmtime::{Extern, Linker, Memory, Store, Trap, UpdateDeadline};

/// What a guest process owns on the host.
pub(super) struct Context {
    /// The world, unless the process waits for it.
    pub(super) world: Option<Box<World>>,
    pub(super) pid: Pid,
    pub(super) handles: Handles,
    /// The reply of the last call, for `host.read`.
    reply: Vec<u8>,
    turn: Turn,
    limiter: Limiter,
    memory: Option<Memory>,
    calls: u64,
}

/// Why a call has no reply.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fault {
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
        let world = context.world.as_mut().ok_or(Stop::WorldGone)?;
        context.calls = context.calls.saturating_add(1);
        if context.calls > world.limits.host_calls {
            return Err(Stop::HostCalls(world.limits.host_calls));
        }
        let pid = context.pid;
        let mut host = js::Host {
            world,
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
                let world = context.world.take().ok_or(Stop::WorldGone)?;
                context.world = Some(
                    context
                        .turn
                        .wait(world, pid, wait)
                        .map_err(|_| Stop::WorldGone)?,
                );
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
    let limiter = Limiter::new(world.limits.memory);
    let context = Context {
        world: Some(world),
        pid,
        handles: Handles::default(),
        reply: Vec::new(),
        turn,
        limiter,
        memory: None,
        calls: 0,
    };
    let mut store = Store::new(&runtime.engine, context);
    store.limiter(|context| &mut context.limiter);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(move |_| {
        if host_now() >= deadline {
            Err(Stop::Timeout.into())
        } else {
            Ok(UpdateDeadline::Continue(1))
        }
    });
    let result = enter(runtime, &mut store);
    let mut context = store.into_data();
    let mut world = context.world.take()?;
    conclude(&mut world, pid, result, context.limiter.refused);
    Some(world)
}

fn enter(runtime: &Runtime, store: &mut Store<Context>) -> wasmtime::Result<()> {
    let instance = runtime.js.instantiate(&mut *store)?;
    let run = instance.get_typed_func::<(), i32>(&mut *store, "run")?;
    run.call(store, ()).map(|_| ())
}

/// Translates how the guest's code ended into how the process ended.
fn conclude(world: &mut World, pid: Pid, result: wasmtime::Result<()>, out_of_memory: bool) {
    let Err(error) = result else {
        world.processes.end(pid, Exit::Code(0));
        return;
    };
    let caller = Caller::process(pid);
    let exit = match error.downcast_ref::<Stop>() {
        Some(Stop::Exit(code)) => Exit::Code(*code),
        Some(Stop::Signal(signal)) => Exit::Signal(*signal),
        Some(Stop::WorldGone) => Exit::Signal(9),
        Some(stop @ Stop::Timeout) => {
            world.hit_limit(&caller, "wall", stop.to_string());
            Exit::Signal(9)
        }
        Some(stop @ Stop::HostCalls(_)) => {
            world.hit_limit(&caller, "host_calls", stop.to_string());
            Exit::Signal(9)
        }
        Some(stop @ Stop::Malformed) => {
            world.note(&caller, Kind::GuestCrash, stop.to_string());
            Exit::Signal(6)
        }
        None => trapped(world, &caller, &error, out_of_memory),
    };
    world.processes.end(pid, exit);
}

fn trapped(
    world: &mut World,
    caller: &Caller,
    error: &wasmtime::Error,
    out_of_memory: bool,
) -> Exit {
    if out_of_memory {
        let most = world.limits.memory >> 20;
        world.hit_limit(caller, "memory", format!("more than {most} MiB"));
    }
    let reason = error
        .downcast_ref::<Trap>()
        .map_or_else(|| format!("{error:#}"), Trap::to_string);
    world.note(caller, Kind::GuestCrash, reason);
    // What a process that the kernel kills for a fault reports.
    Exit::Signal(if out_of_memory { 9 } else { 11 })
}
