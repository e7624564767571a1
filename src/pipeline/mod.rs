//! The whole flow, from a target to a verdict: the one place that sees all stages.

mod program;
mod read;
mod registries;
mod steps;
mod world;

pub use program::{Given, Job, Outcome};
pub use read::{Package, Raw, manifest, needs_manifest, open, read, unpack};
pub use registries::Registries;

use crate::error::Error;
use crate::guest::{Cache, Program, Runtime, RuntimeError};
use crate::limits::Limits;
use crate::plan;
use crate::timing::Stopwatch;
use crate::trace::{Header, Trace};
use crate::world::fs::Base;
use crate::world::{Persona, machine};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is set up once and serves every package.
pub struct Station {
    runtime: Arc<Runtime>,
    persona: Persona,
    disk: Arc<Base>,
    registries: Registries,
}

/// What the user may choose for a run.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The seed of randomness and decoys.
    pub seed: u64,
    /// The limits of a run.
    pub limits: Limits,
    /// The phases that are run; all when empty.
    pub phases: BTreeSet<String>,
}

impl Station {
    /// Loads the guests, compiling them if need be, and furnishes the made-up machine.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the engine or the cache of compiled code does not work.
    pub fn open(cache: &Cache) -> Result<Station, Error> {
        let station = Station::furnish(|| Runtime::load(cache).map(Some))?;
        station.ok_or_else(|| Error::Internal("the guests are missing".into()))
    }

    /// The same from guests that were compiled before; `None` when they were not. No thread is left running: call
    /// [`Station::start`] before the first package.
    ///
    /// # Errors
    ///
    /// As for [`Station::open`].
    pub fn mapped(cache: &Cache) -> Result<Option<Station>, Error> {
        Station::furnish(|| Runtime::mapped(cache))
    }

    fn furnish(
        load: impl FnOnce() -> Result<Option<Arc<Runtime>>, RuntimeError>,
    ) -> Result<Option<Station>, Error> {
        let persona = Persona::default();
        // Mapping the guest and furnishing the machine take about equally long and need nothing of each other.
        let (runtime, disk) = std::thread::scope(|scope| {
            let disk = scope.spawn(|| machine::base(&persona));
            (load(), disk.join())
        });
        let Some(runtime) = runtime.map_err(|error| Error::Internal(error.to_string()))? else {
            return Ok(None);
        };
        let disk =
            disk.map_err(|_| Error::Internal("the made-up machine cannot be furnished".into()))?;
        Ok(Some(Station {
            runtime,
            persona,
            disk,
            registries: Registries::embedded()?,
        }))
    }

    /// Starts what interrupts guests, in the process in which they run.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the system starts no thread.
    pub fn start(&self) -> Result<(), Error> {
        let started = self.runtime.start_ticker();
        started.map_err(|error| Error::Internal(error.to_string()))
    }

    /// Loads the code of a WebAssembly program that was compiled.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when it was not made for this engine.
    pub fn load(&self, code: &[u8]) -> Result<Arc<Program>, Error> {
        Ok(Arc::new(Program::load(&self.runtime, code)?))
    }

    /// Runs a package: plan, world, guests.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the sandbox itself fails.
    pub fn run(&self, package: &Package, settings: &Settings) -> Result<Trace, Error> {
        self.run_announced(package, settings, &mut Stopwatch::start(), |_, _| ())
    }

    /// The same; `watch` is told of each stage, and `announce` the head of the trace and the number of steps before the first of
    /// them is made.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the sandbox itself fails.
    pub fn run_announced(
        &self,
        package: &Package,
        settings: &Settings,
        watch: &mut Stopwatch,
        announce: impl FnOnce(&Header, usize),
    ) -> Result<Trace, Error> {
        let mut plan = match &package.program {
            Some(program) => plan::program(&package.manifest.name, program.entry()),
            None => plan::plan(&package.tree, &package.manifest, package.origin),
        };
        plan.steps
            .retain(|step| settings.phases.is_empty() || settings.phases.contains(&step.phase));
        watch.lap("plan");
        let furnished = world::furnish(self, package, settings);
        watch.lap("furnish");
        steps::run(self, package, &plan, furnished, watch, announce)
    }
}
