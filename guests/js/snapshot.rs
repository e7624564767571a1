//! Runs the guest's `init` once and stores the memory it leaves: Node's library is loaded in every process from the start.
//!
//! `cargo xtask setup` runs this; it is an example of the package so that it is built with the same engine, once:
//! `snapshot ENGINE.wasm LIBRARY.json CONFIG.json HARNESS OUT.zst OUT.digest`.

#![expect(
    clippy::disallowed_methods,
    reason = "set-up reads and writes files of the repository"
)]

use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::task::{Context, Poll, Waker};
use wasmtime::{Caller, Config, Engine, Extern, Instance, Linker, Module, Store, Val};
use wasmtime_wizer::{InstanceState, SnapshotVal, ValType, Wizer};

/// The clock while the snapshot is made, in microseconds since 1970: any fixed time, here 2023-11-14.
const FIXED_TIME: u64 = 1_700_000_000_000_000;
/// The stack of compiled code during `init`, and of the thread around it. Ample: the harness nests a few hundred calls.
const WASM_STACK: usize = 64 << 20;
/// Levels above this gain little on the guest and cost seconds.
const COMPRESSION: i32 = 12;
/// ENOSYS of Linux, negated, as the ABI reports errors.
const ENOSYS: i32 = -38;
/// ENOENT of Linux, negated.
const ENOENT: i32 = -2;

/// Why there is no snapshot, in one line.
type Failure = String;

/// Says what was being done when something failed.
trait During<T> {
    fn during(self, what: &str) -> Result<T, Failure>;
}

impl<T, E: std::fmt::Display> During<T> for Result<T, E> {
    fn during(self, what: &str) -> Result<T, Failure> {
        self.map_err(|error| format!("cannot {what}: {error:#}"))
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match make(&arguments) {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("snapshot: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn make(arguments: &[String]) -> Result<String, Failure> {
    let [engine, library, config, harness, out, digest] = arguments else {
        return Err(
            "usage: snapshot ENGINE.wasm LIBRARY.json CONFIG.json HARNESS OUT.zst OUT.digest"
                .into(),
        );
    };
    let read = |path: &String| std::fs::read(path).during(&format!("read {path}"));
    let wasm = read(engine)?;
    let library = serde_json::from_slice(&read(library)?).during("understand Node's library")?;
    let sources = Sources {
        harness: harness.into(),
        library,
        config: read(config)?,
    };
    // The stack of compiled code is the stack of the thread.
    let thread = std::thread::Builder::new().stack_size(WASM_STACK + (8 << 20));
    let thread = thread
        .spawn(move || initialize(&wasm, sources))
        .during("start a thread")?;
    let module = thread.join().map_err(|_| "the snapshotter panicked")??;
    let packed = zstd::bulk::compress(&module, COMPRESSION).during("compress the snapshot")?;
    std::fs::write(out, &packed).during(&format!("write {out}"))?;
    let sum: String = Sha256::digest(&module)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    std::fs::write(digest, sum).during(&format!("write {digest}"))?;
    Ok(format!(
        "{} KiB, {} KiB compressed",
        module.len() / 1024,
        packed.len() / 1024
    ))
}

/// What `init` may ask for.
struct Sources {
    harness: PathBuf,
    library: BTreeMap<String, String>,
    config: Vec<u8>,
}

struct State {
    sources: Sources,
    reply: Vec<u8>,
    log: Vec<String>,
}

impl Sources {
    /// The text named by op 3: `boot.js`, `harness/PATH`, `lib/ID.js`, `lib/ids`, `lib/config`.
    fn get(&self, name: &str) -> Option<Vec<u8>> {
        if name == "lib/ids" {
            return Some(
                self.library
                    .keys()
                    .cloned()
                    .collect::<Vec<_>>()
                    .join("\n")
                    .into_bytes(),
            );
        }
        if name == "lib/config" {
            return Some(self.config.clone());
        }
        if let Some(id) = name
            .strip_prefix("lib/")
            .and_then(|file| file.strip_suffix(".js"))
        {
            return self.library.get(id).map(|text| text.clone().into_bytes());
        }
        let path = name
            .strip_prefix("harness/")
            .or((name == "boot.js").then_some(name))?;
        let inside = path
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..");
        inside
            .then(|| std::fs::read(self.harness.join(path)).ok())
            .flatten()
    }
}

fn initialize(wasm: &[u8], sources: Sources) -> Result<Vec<u8>, Failure> {
    let mut wizer = Wizer::new();
    wizer.init_func("init");
    let (context, instrumented) = wizer.instrument(wasm).during("prepare the engine")?;
    let mut config = Config::new();
    config
        .async_stack_size(WASM_STACK + (1 << 20))
        .max_wasm_stack(WASM_STACK);
    let engine = Engine::new(&config).during("start wasmtime")?;
    let module = Module::new(&engine, &instrumented).during("compile the engine")?;
    let mut store = Store::new(
        &engine,
        State {
            sources,
            reply: Vec::new(),
            log: Vec::new(),
        },
    );
    let instance = linker(&engine)?
        .instantiate(&mut store, &module)
        .during("start the engine")?;
    for name in ["_initialize", "init"] {
        let function = instance
            .get_typed_func::<(), ()>(&mut store, name)
            .during(&format!("find `{name}` in the engine"))?;
        if let Err(error) = function.call(&mut store, ()) {
            let log = store.data().log.join("\n");
            return Err(format!("`{name}` trapped: {error:#}\n{log}"));
        }
    }
    for line in &store.data().log {
        eprintln!("guest: {line}");
    }
    ready(wizer.snapshot(&context, &mut Snapshotter { store, instance })).during("store the memory")
}

/// The two imports, as far as `init` may use them.
fn linker(engine: &Engine) -> Result<Linker<State>, Failure> {
    let mut linker = Linker::new(engine);
    linker
        .func_wrap(
            "host",
            "call",
            |mut caller: Caller<'_, State>,
             op: u32,
             at: u32,
             length: u32|
             -> wasmtime::Result<i32> {
                let (memory, state) = memory(&mut caller)?;
                let request = slice(memory, at, length)?;
                let reply = match op {
                    0 => {
                        state
                            .log
                            .push(String::from_utf8_lossy(request).into_owned());
                        Ok(Vec::new())
                    }
                    3 => state
                        .sources
                        .get(&String::from_utf8_lossy(request))
                        .ok_or(ENOENT),
                    4 => Ok(FIXED_TIME.to_le_bytes().to_vec()),
                    // Nothing outside exists yet.
                    _ => Err(ENOSYS),
                };
                Ok(match reply {
                    Ok(reply) => {
                        state.reply = reply;
                        i32::try_from(state.reply.len()).unwrap_or(ENOSYS)
                    }
                    Err(errno) => errno,
                })
            },
        )
        .and_then(|linker| {
            linker.func_wrap(
                "host",
                "read",
                |mut caller: Caller<'_, State>, at: u32, length: u32| -> wasmtime::Result<()> {
                    let (memory, state) = memory(&mut caller)?;
                    let reply = slice(&state.reply, 0, length)?;
                    let start = at as usize;
                    let target = memory
                        .get_mut(start..)
                        .and_then(|rest| rest.get_mut(..reply.len()));
                    target
                        .ok_or_else(|| wasmtime::format_err!("the reply does not fit"))?
                        .copy_from_slice(reply);
                    Ok(())
                },
            )
        })
        .during("define the imports")?;
    Ok(linker)
}

fn memory<'a>(
    caller: &'a mut Caller<'_, State>,
) -> wasmtime::Result<(&'a mut [u8], &'a mut State)> {
    match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => Ok(memory.data_and_store_mut(caller)),
        _ => Err(wasmtime::format_err!("the engine exports no memory")),
    }
}

fn slice(bytes: &[u8], at: u32, length: u32) -> wasmtime::Result<&[u8]> {
    bytes
        .get(at as usize..)
        .and_then(|rest| rest.get(..length as usize))
        .ok_or_else(|| wasmtime::format_err!("a range outside of memory"))
}

/// Shows the finished instance to the snapshotter.
struct Snapshotter {
    store: Store<State>,
    instance: Instance,
}

impl InstanceState for Snapshotter {
    async fn global_get(&mut self, name: &str, _: ValType) -> SnapshotVal {
        match self
            .instance
            .get_global(&mut self.store, name)
            .map(|global| global.get(&mut self.store))
        {
            Some(Val::I32(value)) => SnapshotVal::I32(value),
            Some(Val::I64(value)) => SnapshotVal::I64(value),
            Some(Val::F32(value)) => SnapshotVal::F32(value),
            Some(Val::F64(value)) => SnapshotVal::F64(value),
            // The instrumented module exports exactly its own globals, and the engine has numbers only.
            other => unreachable!("global {name}: {other:?}"),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        if let Some(memory) = self.instance.get_memory(&mut self.store, name) {
            contents(memory.data(&self.store));
        }
    }
}

/// The value of a future that never waits.
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}
