//! `wasi:io/poll`: waiting, in virtual time.
//!
//! A process that waits gives the world to others. Who writes into a pipe tells its readers by a notice; a component has no
//! other use for notices, so each is a reason to look again and is thrown away.

use super::View;
use super::view::Call;
use super::wasi::io::poll;
use crate::trace::Kind;
use crate::world::Wait;
use wasmtime::component::Resource;

/// Nanoseconds in a millisecond.
const MILLISECOND: u64 = 1_000_000;

/// What a component can wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pollable {
    /// Ready at once, as files are.
    Ready,
    /// Virtual time, in nanoseconds since the start of the world.
    Time(u64),
    /// Bytes, or the end of them, behind this descriptor of the process.
    Readable(u32),
}

impl Call<'_> {
    fn is_ready(&self, pollable: Pollable) -> bool {
        match pollable {
            Pollable::Ready => true,
            Pollable::Time(time) => time <= self.world.clock.elapsed(),
            Pollable::Readable(fd) => self
                .world
                .pipe_of(self.caller.pid, fd)
                .is_none_or(|pipe| self.world.files.pipe_ready(pipe)),
        }
    }

    /// The places of those that are ready. Notices that came in before are answered by this look.
    fn ready_ones(&mut self, pollables: &[Pollable]) -> Vec<u32> {
        if let Some(process) = self.world.processes.get_mut(self.caller.pid) {
            process.inbox.clear();
        }
        (0..)
            .zip(pollables)
            .filter(|(_, pollable)| self.is_ready(**pollable))
            .map(|(index, _)| index)
            .collect()
    }
}

impl View<'_> {
    /// Waits until at least one is ready, and returns the places of all that are.
    fn wait_for(&mut self, pollables: &[Pollable]) -> wasmtime::Result<Vec<u32>> {
        let wake = pollables.iter().filter_map(|pollable| match pollable {
            Pollable::Time(time) => Some(*time),
            _ => None,
        });
        let wake = wake.min();
        let mut recorded = false;
        loop {
            let mut call = self.parts()?;
            let ready = call.ready_ones(pollables);
            if !ready.is_empty() {
                return Ok(ready);
            }
            if let (Some(time), false) = (wake, recorded) {
                recorded = true;
                let sleep = time.saturating_sub(call.world.clock.elapsed());
                let milliseconds = sleep.div_ceil(MILLISECOND).to_string();
                call.world
                    .note(&call.caller, Kind::ClockSleep, milliseconds);
            }
            self.hold.wait(Wait::Notice(wake))?;
        }
    }
}

impl poll::Host for View<'_> {
    fn poll(&mut self, handles: Vec<Resource<Pollable>>) -> wasmtime::Result<Vec<u32>> {
        let call = self.call()?;
        if handles.is_empty() {
            return Err(wasmtime::Error::msg("a poll of nothing would never end"));
        }
        let pollables = handles.iter().map(|handle| call.get(handle).copied());
        let pollables = pollables.collect::<Result<Vec<Pollable>, _>>()?;
        self.wait_for(&pollables)
    }
}

impl poll::HostPollable for View<'_> {
    fn ready(&mut self, handle: Resource<Pollable>) -> wasmtime::Result<bool> {
        let call = self.call()?;
        Ok(call.is_ready(*call.get(&handle)?))
    }

    fn block(&mut self, handle: Resource<Pollable>) -> wasmtime::Result<()> {
        let pollable = *self.call()?.get(&handle)?;
        self.wait_for(&[pollable]).map(|_| ())
    }

    fn drop(&mut self, handle: Resource<Pollable>) -> wasmtime::Result<()> {
        self.forget(handle)
    }
}
