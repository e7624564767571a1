//! The engine and the precompiled guest.

use super::instance::{self, Context};
use super::{Cache, CacheError};
use std::sync::{Arc, Barrier};
use std::time::Duration;
use wasmtime::{Config, Engine, InstancePre, Linker, Module};

/// WebAssembly stack of one guest. QuickJS limits its own stack to 6 MiB of linear memory; the native frames of its
/// interpreter take about seventeen times that (measured), and its limit must be the one that is met first.
pub(super) const WASM_STACK: usize = 100 << 20;

/// How often guests look at the clock, as time between two increments of the epoch.
const TICK: Duration = Duration::from_millis(1);

/// Compressed WebAssembly of the JavaScript guest, as set-up built it.
static JS_GUEST: &[u8] = include_bytes!(env!("LAZARET_JS_GUEST"));

/// SHA-256 of the uncompressed guest, hexadecimal.
pub(super) const JS_DIGEST: &str = env!("LAZARET_JS_DIGEST");

/// Bytes that the uncompressed guest may have; it is our own, so more means a broken build.
const MAX_GUEST: usize = 256 << 20;

/// Why no guest can be run.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The cache of compiled code cannot be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The engine refused.
    #[error("the WebAssembly engine: {0}")]
    Engine(String),
    /// The guest in this binary is damaged.
    #[error("the embedded guest is damaged: {0}")]
    Embedded(std::io::Error),
}

impl From<wasmtime::Error> for RuntimeError {
    fn from(error: wasmtime::Error) -> RuntimeError {
        RuntimeError::Engine(format!("{error:#}"))
    }
}

/// The engine with the guest loaded, ready to start processes.
pub struct Runtime {
    pub(super) engine: Engine,
    /// The JavaScript guest; a runtime that only runs programs has none.
    pub(super) js: Option<InstancePre<Context>>,
}

impl Runtime {
    /// Loads the guest: from the cache when it is there, else compiled and put there.
    ///
    /// # Errors
    ///
    /// When the cache cannot be used or the engine refuses the code.
    pub fn load(cache: &Cache) -> Result<Arc<Runtime>, RuntimeError> {
        let engine = engine()?;
        let module = module(&engine, cache)?;
        let mut linker = Linker::new(&engine);
        instance::link(&mut linker)?;
        let js = linker.instantiate_pre(&module)?;
        start_ticker(&engine)?;
        let js = Some(js);
        Ok(Arc::new(Runtime { engine, js }))
    }

    /// A runtime without the guest, for programs that bring their own code.
    ///
    /// # Errors
    ///
    /// When the engine or its thread cannot be started.
    pub fn bare() -> Result<Arc<Runtime>, RuntimeError> {
        let engine = engine()?;
        start_ticker(&engine)?;
        Ok(Arc::new(Runtime { engine, js: None }))
    }

    /// The engine.
    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Digests of the guests by name, for the header of traces.
    #[must_use]
    pub fn guest_digests() -> [(&'static str, &'static str); 1] {
        [("js", JS_DIGEST)]
    }
}

/// An engine as all guests have it: code that one compiles, every other loads.
pub(super) fn engine() -> wasmtime::Result<Engine> {
    Engine::new(&config())
}

fn config() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // Nothing is async here, but the engine wants this stack to be the larger one where that feature is compiled in.
        .async_stack_size(WASM_STACK + (1 << 20))
        .max_wasm_stack(WASM_STACK)
        .wasm_backtrace_max_frames(None)
        .wasm_tail_call(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_relaxed_simd(false)
        .relaxed_simd_deterministic(true)
        .cranelift_nan_canonicalization(true)
        .memory_may_move(false)
        .guard_before_linear_memory(true);
    config
}

fn module(engine: &Engine, cache: &Cache) -> Result<Module, RuntimeError> {
    let key = Cache::key(engine, JS_DIGEST);
    if let Some(file) = cache.open(&key)? {
        match deserialize(engine, file) {
            Ok(module) => return Ok(module),
            Err(error) => {
                tracing::warn!(%error, "compiled code in the cache does not load, compiling again")
            }
        }
    }
    tracing::info!("compiling the guest for this machine; this is done once");
    let wasm = zstd::bulk::decompress(JS_GUEST, MAX_GUEST).map_err(RuntimeError::Embedded)?;
    let code = engine.precompile_module(&wasm)?;
    let file = cache.store(&key, &code)?;
    Ok(deserialize(engine, file)?)
}

#[expect(
    unsafe_code,
    reason = "loading native code is unsafe by nature; see the safety comment"
)]
fn deserialize(engine: &Engine, file: std::fs::File) -> wasmtime::Result<Module> {
    // SAFETY: the file was written by this program from its own embedded guest. `Cache::open` returns it only when it
    // belongs to this user, nobody else can write it, and its contents are those whose digest was stored with it.
    unsafe { Module::deserialize_open_file(engine, file) }
}

/// Starts the thread that moves the epoch, and returns once it runs: a worker that locks itself down makes no more.
fn start_ticker(engine: &Engine) -> Result<(), RuntimeError> {
    let weak = engine.weak();
    let running = Arc::new(Barrier::new(2));
    let started = Arc::clone(&running);
    std::thread::Builder::new()
        .name("epoch".into())
        .spawn(move || {
            started.wait();
            while let Some(engine) = weak.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TICK);
            }
        })
        .map_err(|error| RuntimeError::Engine(format!("cannot start a thread: {error}")))?;
    running.wait();
    Ok(())
}
