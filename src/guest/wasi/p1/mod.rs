//! `wasi_snapshot_preview1`, and `wasi_unstable` before it, over the world.
//!
//! A descriptor of the guest is the descriptor of the same number of its process. What WASI knows of it and the world
//! does not, such as under which name a directory was handed out, is kept in [`State`]. Rights are told as they follow
//! from how a file was opened, and cannot be changed: newer hosts of WASI have given them up, and so do programs.
//!
//! Each function is one entry of [`FUNCTIONS`] and can be called without an instance, with any bytes as its memory
//! ([`call`]). Source of names, numbers and layouts: the interface description of WASI preview 1.

mod code;
mod fd;
mod io;
mod memory;
mod path;
mod poll;
mod process;
mod stat;

pub use code::Code;

use super::Context;
use crate::guest::Stop;
use crate::world::files::{OpenFile, OpenFlags, What};
use crate::world::{Caller, Errno, Pid, Wait, World};
use memory::{Args, Memory};
use std::collections::BTreeMap;
use wasmtime::{Extern, FuncType, Linker, Val, ValType};

/// What the guest has open beyond what the world knows of it.
#[derive(Debug, Default)]
pub struct State {
    own: BTreeMap<u32, Own>,
    /// When the poll began that the process waits in, in nanoseconds since the start of the world.
    poll: Option<u64>,
}

/// What WASI knows of one descriptor.
#[derive(Debug, Default)]
struct Own {
    /// The name under which the directory was handed out, when it was open from the start.
    preopen: Option<String>,
    /// The names in the directory, as they were when they were listed from the first on.
    listing: Option<Vec<stat::Entry>>,
}

impl State {
    /// Opens a directory of the world that the guest has from the start under this name. One that is not there is left out.
    pub fn preopen(&mut self, world: &mut World, pid: Pid, name: &str, path: &str) {
        let Ok(ino) = world.fs.lookup(world.who(pid), path, true) else {
            return;
        };
        let file = OpenFile::new(What::Node(ino), OpenFlags::READ, path);
        if let Ok(fd) = world.install(pid, file) {
            let own = Own {
                preopen: Some(name.to_owned()),
                ..Own::default()
            };
            self.own.insert(fd, own);
        }
    }
}

/// Why a call does not answer with success.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The guest gets this number.
    Code(Code),
    /// The process ends.
    Stop(Stop),
    /// The world goes to others until the wait is over; then the call is made again.
    Wait(Wait),
}

impl From<Code> for Fault {
    fn from(code: Code) -> Fault {
        Fault::Code(code)
    }
}

impl From<Errno> for Fault {
    fn from(errno: Errno) -> Fault {
        Fault::Code(errno.into())
    }
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Fault {
        Fault::Stop(stop)
    }
}

/// What one call may use.
pub struct Host<'a> {
    /// The made-up machine.
    pub world: &'a mut World,
    /// The process that calls.
    pub pid: Pid,
    /// What it has open.
    pub state: &'a mut State,
    /// Whether the call is made again after its [`Fault::Wait`] is over.
    pub resumed: bool,
    /// Whether it uses the layouts of `wasi_unstable`.
    pub unstable: bool,
}

impl Host<'_> {
    fn caller(&self) -> Caller {
        Caller::process(self.pid)
    }

    /// The calling process; it is in the table as long as it runs.
    fn process(&self) -> Result<&crate::world::Process, Errno> {
        self.world.processes.get(self.pid).ok_or(Errno::SRCH)
    }
}

type Handler = fn(&mut Host<'_>, &mut Memory<'_>, &Args<'_>) -> Result<(), Fault>;

/// One function of the interface.
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// The types of its parameters: `i` for 32, `I` for 64 bits.
    pub params: &'static str,
    handler: Handler,
}

const fn function(name: &'static str, params: &'static str, handler: Handler) -> Function {
    Function {
        name,
        params,
        handler,
    }
}

/// All functions, by name. Each returns an error number, but `proc_exit`, which does not return.
pub static FUNCTIONS: [Function; 46] = [
    function("args_get", "ii", process::args_get),
    function("args_sizes_get", "ii", process::args_sizes_get),
    function("clock_res_get", "ii", process::clock_res_get),
    function("clock_time_get", "iIi", process::clock_time_get),
    function("environ_get", "ii", process::environ_get),
    function("environ_sizes_get", "ii", process::environ_sizes_get),
    function("fd_advise", "iIIi", fd::advise),
    function("fd_allocate", "iII", fd::allocate),
    function("fd_close", "i", fd::close),
    function("fd_datasync", "i", fd::sync),
    function("fd_fdstat_get", "ii", stat::fdstat_get),
    function("fd_fdstat_set_flags", "ii", fd::fdstat_set_flags),
    function("fd_fdstat_set_rights", "iII", fd::fdstat_set_rights),
    function("fd_filestat_get", "ii", stat::fd_filestat_get),
    function("fd_filestat_set_size", "iI", fd::filestat_set_size),
    function("fd_filestat_set_times", "iIIi", fd::filestat_set_times),
    function("fd_pread", "iiiIi", io::pread),
    function("fd_prestat_dir_name", "iii", fd::prestat_dir_name),
    function("fd_prestat_get", "ii", fd::prestat_get),
    function("fd_pwrite", "iiiIi", io::pwrite),
    function("fd_read", "iiii", io::read),
    function("fd_readdir", "iiiIi", stat::readdir),
    function("fd_renumber", "ii", fd::renumber),
    function("fd_seek", "iIii", fd::seek),
    function("fd_sync", "i", fd::sync),
    function("fd_tell", "ii", fd::tell),
    function("fd_write", "iiii", io::write),
    function("path_create_directory", "iii", path::create_directory),
    function("path_filestat_get", "iiiii", stat::path_filestat_get),
    function(
        "path_filestat_set_times",
        "iiiiIIi",
        path::filestat_set_times,
    ),
    function("path_link", "iiiiiii", path::link),
    function("path_open", "iiiiiIIii", path::open),
    function("path_readlink", "iiiiii", path::readlink),
    function("path_remove_directory", "iii", path::remove_directory),
    function("path_rename", "iiiiii", path::rename),
    function("path_symlink", "iiiii", path::symlink),
    function("path_unlink_file", "iii", path::unlink_file),
    function("poll_oneoff", "iiii", poll::oneoff),
    function("proc_exit", "i", process::exit),
    function("proc_raise", "i", process::raise),
    function("random_get", "ii", process::random_get),
    function("sched_yield", "", process::sched_yield),
    function("sock_accept", "iii", io::socket),
    function("sock_recv", "iiiiii", io::socket),
    function("sock_send", "iiiii", io::socket),
    function("sock_shutdown", "ii", io::socket),
];

/// Answers one call: `function` is one of [`FUNCTIONS`], `args` are the bit patterns of its arguments, `memory` is the
/// guest's. Any values are answered.
///
/// # Errors
///
/// A number for the guest, or that the process stops or waits.
pub fn call(
    host: &mut Host<'_>,
    function: &'static Function,
    args: &[u64],
    memory: &mut [u8],
) -> Result<(), Fault> {
    let mut memory = Memory::new(memory, function.name);
    (function.handler)(host, &mut memory, &Args(args))
}

/// Links both generations of the interface.
pub(super) fn link(linker: &mut Linker<Context>) -> wasmtime::Result<()> {
    for (module, unstable) in [("wasi_snapshot_preview1", false), ("wasi_unstable", true)] {
        for function in &FUNCTIONS {
            let params = function.params.chars().map(|kind| match kind {
                'I' => ValType::I64,
                _ => ValType::I32,
            });
            let results = (function.name != "proc_exit").then_some(ValType::I32);
            let kind = FuncType::new(linker.engine(), params, results);
            linker.func_new(module, function.name, kind, move |caller, args, results| {
                let code = enter(caller, function, args, unstable)?;
                if let Some(result) = results.first_mut() {
                    *result = Val::I32(i32::from(code.0));
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// Answers a call of an instance; waits as long as the call has to.
fn enter(
    mut caller: wasmtime::Caller<'_, Context>,
    function: &'static Function,
    args: &[Val],
    unstable: bool,
) -> Result<Code, Stop> {
    let args: Vec<u64> = args.iter().map(pattern).collect();
    if caller.data().memory.is_none() {
        let memory = caller.get_export("memory").and_then(Extern::into_memory);
        caller.data_mut().memory = memory;
    }
    let mut resumed = false;
    loop {
        // A module without a memory can make the calls that need none.
        let (bytes, context) = match caller.data().memory {
            Some(memory) => memory.data_and_store_mut(&mut caller),
            None => (&mut [][..], caller.data_mut()),
        };
        let pid = context.hold.pid;
        let mut host = Host {
            world: context.hold.call()?,
            pid,
            state: &mut context.p1,
            resumed,
            unstable,
        };
        match call(&mut host, function, &args, bytes) {
            Ok(()) => return Ok(Code::SUCCESS),
            Err(Fault::Code(code)) => return Ok(code),
            Err(Fault::Stop(stop)) => return Err(stop),
            Err(Fault::Wait(wait)) => {
                context.hold.wait(wait)?;
                resumed = true;
            }
        }
    }
}

fn pattern(value: &Val) -> u64 {
    match value {
        Val::I32(number) => u64::from(number.cast_unsigned()),
        Val::I64(number) => number.cast_unsigned(),
        _ => 0,
    }
}
