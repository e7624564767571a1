//! WebAssembly programs that were built for WASI, as processes of a world. Decode, ask the world, encode: no policy.
//!
//! | file | holds |
//! | --- | --- |
//! | `paths` | the way from a directory that a program has open to a path of the world |
//! | `drive` | what is called of a core module, and how that is reported |
//! | `p1` | `wasi_snapshot_preview1`, for core modules |
//! | `p2` | WASI 0.2, for components |

mod drive;
pub mod p1;
pub mod p2;
mod paths;

use super::hold::{self, Hold};
use super::limiter::{Limiter, TABLE_ELEMENTS};
use super::program::{Code, Program};
use super::schedule::Turn;
use super::{Runtime, Stop, instance};
use crate::world::process::{Drive, Report};
use crate::world::{Caller, Pid, World};
use std::time::Instant;
use wasmtime::Memory;

/// What the process of a WebAssembly program owns on the host.
pub(super) struct Context {
    /// The world and its limits.
    pub(super) hold: Hold,
    /// What core modules have open beyond what the world knows.
    p1: p1::State,
    /// What the handles of components refer to.
    p2: p2::Handles,
    /// The memory that the module exports, once it was looked for.
    memory: Option<Memory>,
}

/// Runs the process `pid` of a program to its end and records how it ended. Returns the world, unless it was taken away
/// meanwhile.
pub(super) fn run(
    runtime: &Runtime,
    program: &Program,
    world: Box<World>,
    pid: Pid,
    turn: Turn,
    deadline: Instant,
) -> Option<Box<World>> {
    let given = preopens(&world, pid);
    let context = Context {
        hold: Hold::new(world, pid, turn),
        p1: p1::State::default(),
        p2: p2::Handles::new(given),
        memory: None,
    };
    let engine = runtime.engine();
    let (context, result) = match &program.code {
        Code::Module(module) => {
            let mut store = hold::store(engine, context, deadline, |context| &mut context.hold);
            let result = drive::run(&mut store, module);
            (store.into_data(), result)
        }
        Code::Component(component) => p2::drive::run(engine, component, context, deadline),
    };
    let (world, limiter) = context.hold.end();
    let mut world = world?;
    tell_limits(&mut world, pid, &result, &limiter);
    instance::conclude(&mut world, pid, result, &limiter);
    Some(world)
}

/// Records the limits that a program reached and lived with: what it would have done with more was not seen.
fn tell_limits(world: &mut World, pid: Pid, result: &wasmtime::Result<()>, limiter: &Limiter) {
    let caller = Caller::process(pid);
    let trapped = result
        .as_ref()
        .err()
        .is_some_and(|error| error.downcast_ref::<Stop>().is_none());
    if limiter.refused && !trapped {
        let most = world.limits.memory >> 20;
        world.hit_limit(&caller, "memory", format!("more than {most} MiB"));
    }
    if limiter.table_refused {
        let reason = format!("a table of more than {TABLE_ELEMENTS} elements");
        world.hit_limit(&caller, "table", reason);
    }
}

/// The next thing that the process was started for: the name of an exported function, and whether it may trap.
pub(super) fn order(world: &World, pid: Pid, index: usize) -> Option<(String, bool)> {
    match &world.processes.get(pid)?.drive {
        Some(Drive::Program {
            functions,
            exercise,
            ..
        }) => Some((functions.get(index)?.clone(), *exercise)),
        _ => None,
    }
}

/// The directories that the process has open from the start: the names that the program sees, and paths of the world.
pub(super) fn preopens(world: &World, pid: Pid) -> Vec<(String, String)> {
    match world
        .processes
        .get(pid)
        .and_then(|process| process.drive.as_ref())
    {
        Some(Drive::Program { preopens, .. }) => preopens.clone(),
        _ => Vec::new(),
    }
}

/// Notes how the function with this place in the order went.
pub(super) fn report(world: &mut World, pid: Pid, index: usize, how: Report) {
    if let Some(process) = world.processes.get_mut(pid)
        && let Some(Drive::Program { reports, .. }) = &mut process.drive
        && let Some(slot) = reports.get_mut(index)
    {
        *slot = how;
    }
}
