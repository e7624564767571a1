//! A guest process's hold on the world: it has it, counts what it asks of it, and gives it away while it waits.

use super::Stop;
use super::limiter::Limiter;
use super::schedule::host_now;
use crate::world::{Baton, Pid, Wait, World};
use std::time::Instant;
use wasmtime::{Engine, Store, UpdateDeadline};

/// What every kind of guest process has on the host, whatever it is written in.
pub struct Hold {
    /// The world, unless the process waits for it.
    world: Option<Box<World>>,
    /// The process's number in the world.
    pub(super) pid: Pid,
    baton: Box<dyn Baton>,
    limiter: Limiter,
    calls: u64,
}

impl Hold {
    /// The hold of process `pid`, which has just been given the world; the baton gives it to others.
    #[must_use]
    pub fn new(world: Box<World>, pid: Pid, baton: impl Baton + 'static) -> Hold {
        Hold {
            limiter: Limiter::new(world.limits.memory),
            world: Some(world),
            pid,
            baton: Box::new(baton),
            calls: 0,
        }
    }

    /// The world for one call, which is counted.
    ///
    /// # Errors
    ///
    /// [`Stop::HostCalls`] when the process has made as many as the limit allows, [`Stop::Exhausted`] when the run is over
    /// because of what it has used, [`Stop::WorldGone`] when it has ended.
    pub(super) fn call(&mut self) -> Result<&mut World, Stop> {
        let world = self.world.as_mut().ok_or(Stop::WorldGone)?;
        self.calls = self.calls.saturating_add(1);
        if self.calls > world.limits.host_calls {
            return Err(Stop::HostCalls(world.limits.host_calls));
        }
        if let Some((name, reason)) = world.exhausted() {
            return Err(Stop::Exhausted(name, reason));
        }
        Ok(world)
    }

    /// The world, between two calls.
    ///
    /// # Errors
    ///
    /// [`Stop::WorldGone`] when the run has ended.
    pub fn world(&mut self) -> Result<&mut World, Stop> {
        Ok(self.world.as_mut().ok_or(Stop::WorldGone)?)
    }

    /// Lets others run until the wait is over.
    ///
    /// # Errors
    ///
    /// [`Stop::WorldGone`] when the run was ended meanwhile.
    pub(super) fn wait(&mut self, wait: Wait) -> Result<(), Stop> {
        let world = self.world.take().ok_or(Stop::WorldGone)?;
        let world = self.baton.wait(world, self.pid, wait);
        self.world = Some(world.map_err(|_| Stop::WorldGone)?);
        Ok(())
    }

    /// Lets the next store of the process have the many parts of a component, and counts memory from nothing.
    pub(super) fn of_component(mut self) -> Hold {
        let most = self.world.as_ref().map_or(0, |world| world.limits.memory);
        self.limiter = Limiter::of_component(most);
        self
    }

    /// Gives the world back for good, with what was refused of memory and tables.
    pub(super) fn end(self) -> (Option<Box<World>>, Limiter) {
        (self.world, self.limiter)
    }
}

/// A store for one guest process, bounded in memory and in time. `hold` finds the hold in the store's data.
pub(super) fn store<T: 'static>(
    engine: &Engine,
    data: T,
    deadline: Instant,
    hold: fn(&mut T) -> &mut Hold,
) -> Store<T> {
    let mut store = Store::new(engine, data);
    store.limiter(move |data| &mut hold(data).limiter);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(move |_| {
        if host_now() >= deadline {
            Err(Stop::Timeout.into())
        } else {
            Ok(UpdateDeadline::Continue(1))
        }
    });
    store
}
