//! `wasi:clocks`: virtual time, which ticks with each reading and jumps when the world is idle.

use super::wasi::clocks::monotonic_clock::{self, Duration, Instant};
use super::wasi::clocks::wall_clock::{self, Datetime};
use super::{Pollable, View};
use crate::world::{Caller, World};
use wasmtime::component::Resource;

/// Nanoseconds in a second.
pub(super) const SECOND: u64 = 1_000_000_000;

/// Nanoseconds between two readings: what one tick of the world's clock is.
const RESOLUTION: u64 = 1_000;

/// Nanoseconds that the machine had been up when the world began: where its monotonic clock stood.
fn uptime(world: &World) -> u64 {
    world.persona.uptime.saturating_mul(SECOND)
}

/// Nanoseconds since 1970 in the form of the interface.
pub(super) fn datetime(nanoseconds: u64) -> Datetime {
    Datetime {
        seconds: nanoseconds / SECOND,
        // A remainder of a billion fits.
        nanoseconds: u32::try_from(nanoseconds % SECOND).unwrap_or_default(),
    }
}

impl monotonic_clock::Host for View<'_> {
    fn now(&mut self) -> wasmtime::Result<Instant> {
        let world = self.call()?.world;
        world.clock.tick();
        Ok(uptime(world).saturating_add(world.clock.elapsed()))
    }

    fn resolution(&mut self) -> wasmtime::Result<Duration> {
        self.call()?;
        Ok(RESOLUTION)
    }

    fn subscribe_instant(&mut self, when: Instant) -> wasmtime::Result<Resource<Pollable>> {
        let mut call = self.call()?;
        let elapsed = when.saturating_sub(uptime(call.world));
        call.push(Pollable::Time(elapsed))
    }

    fn subscribe_duration(&mut self, duration: Duration) -> wasmtime::Result<Resource<Pollable>> {
        let mut call = self.call()?;
        let elapsed = call.world.clock.elapsed().saturating_add(duration);
        call.push(Pollable::Time(elapsed))
    }
}

impl wall_clock::Host for View<'_> {
    fn now(&mut self) -> wasmtime::Result<Datetime> {
        let call = self.call()?;
        let process = call.world.processes.get(call.caller.pid);
        let caller = Caller {
            at: process.map_or_else(Vec::new, |process| process.origin.clone()),
            ..call.caller
        };
        call.world.read_clock(&caller);
        Ok(datetime(call.world.clock.now()))
    }

    fn resolution(&mut self) -> wasmtime::Result<Datetime> {
        self.call()?;
        Ok(datetime(RESOLUTION))
    }
}
