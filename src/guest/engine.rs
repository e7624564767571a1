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
    /// Loads the guest, from the cache when it is there, else compiled and put there, and starts the thread that interrupts
    /// guests.
    ///
    /// # Errors
    ///
    /// When the cache cannot be used or the engine refuses the code.
    pub fn load(cache: &Cache) -> Result<Arc<Runtime>, RuntimeError> {
        let engine = engine()?;
        let module = match cached(&engine, cache)? {
            Some(module) => module,
            None => compile(&engine, cache)?,
        };
        let runtime = Runtime::of(engine, &module)?;
        runtime.start_ticker()?;
        Ok(Arc::new(runtime))
    }

    /// Maps the guest from the cache; `None` when it is not there. No thread is left running, so that the process can be
    /// copied; no guest can be run before [`Runtime::start_ticker`].
    ///
    /// # Errors
    ///
    /// As for [`Runtime::load`].
    pub fn mapped(cache: &Cache) -> Result<Option<Arc<Runtime>>, RuntimeError> {
        let engine = engine()?;
        let Some(module) = cached(&engine, cache)? else {
            return Ok(None);
        };
        // What the engine would make of the module at its first start, a locked process cannot make any more.
        module.initialize_copy_on_write_image()?;
        Ok(Some(Arc::new(Runtime::of(engine, &module)?)))
    }

    fn of(engine: Engine, module: &Module) -> Result<Runtime, RuntimeError> {
        let mut linker = Linker::new(&engine);
        instance::link(&mut linker)?;
        let js = Some(linker.instantiate_pre(module)?);
        Ok(Runtime { engine, js })
    }

    /// Starts the thread that interrupts guests, and returns once it runs: a locked worker makes it before its lock.
    ///
    /// # Errors
    ///
    /// When the system starts no thread.
    pub fn start_ticker(&self) -> Result<(), RuntimeError> {
        start_ticker(&self.engine)
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

/// An engine whose code all guests load, for a process that can start no thread.
pub(super) fn compiler() -> wasmtime::Result<Engine> {
    Engine::new(config().parallel_compilation(false))
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

/// The guest as the cache has it.
fn cached(engine: &Engine, cache: &Cache) -> Result<Option<Module>, RuntimeError> {
    let Some(file) = cache.open(&Cache::key(engine, JS_DIGEST))? else {
        return Ok(None);
    };
    match deserialize(engine, file) {
        Ok(module) => Ok(Some(module)),
        Err(error) => {
            tracing::warn!(%error, "compiled code in the cache does not load, compiling again");
            Ok(None)
        }
    }
}

/// Compiles the guest and puts it into the cache.
fn compile(engine: &Engine, cache: &Cache) -> Result<Module, RuntimeError> {
    tracing::info!("compiling the guest for this machine; this is done once");
    let wasm = zstd::bulk::decompress(JS_GUEST, MAX_GUEST).map_err(RuntimeError::Embedded)?;
    let code = engine.precompile_module(&wasm)?;
    let file = cache.store(&Cache::key(engine, JS_DIGEST), &code)?;
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

/// Starts the thread that moves the epoch, and returns once it runs.
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
