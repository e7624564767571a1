//! What a run has used of its limits, and when it is over because it went on beyond them.
//!
//! A limit refuses what is over it, as a full disk does, and the code goes on. Code that only computes, or that asks again and
//! again for what is refused, is ended by counts: they end it at the same place on every machine, where a clock would not.

use super::{Caller, World};
use crate::trace::Kind;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Virtual nanoseconds that one report of a computing guest takes: what its ten thousand steps take on a machine of today.
const REPORT: u64 = 100_000;

/// What rings when the wall time of a run is over. It is set from another thread than the one that holds the world: programs of
/// the world look at it now and then, as nothing else can interrupt them.
#[derive(Clone, Debug, Default)]
pub struct Alarm(Arc<AtomicBool>);

impl Alarm {
    /// Sets it off.
    pub fn ring(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it has been set off.
    #[must_use]
    pub fn rings(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What the current run has used.
#[derive(Debug, Default)]
pub struct Usage {
    /// Reports of guests that compute.
    computed: u64,
    /// Requests that a limit refused.
    refused: u32,
    /// Bytes of variables that were set.
    environment: usize,
    /// Limits whose first crossing was recorded.
    told: BTreeSet<String>,
    /// Rings when the run's wall time is over.
    pub alarm: Alarm,
}

impl World {
    /// Starts counting anew, for a new run.
    pub fn start_usage(&mut self) {
        self.usage = Usage::default();
    }

    /// Records that a limit was reached, the first time in a run. Each further time is counted as a refusal.
    pub fn hit_limit(&mut self, caller: &Caller, name: &str, reason: impl Into<String>) {
        self.refuse();
        if self.usage.told.insert(name.to_owned()) {
            let seq = self.note(caller, Kind::LimitHit, name);
            self.recorder.detail(seq, "reason", reason);
        }
    }

    /// Records that the wall time of the run is over.
    pub fn hit_wall(&mut self, caller: &Caller) {
        let reason = self.out_of_time();
        self.hit_limit(caller, "wall", reason);
    }

    /// What a run is told that used up its wall time.
    #[must_use]
    pub fn out_of_time(&self) -> String {
        let wall = self.limits.wall;
        format!("more than {wall:?}; where it stopped depends on the machine")
    }

    /// Counts a request that a limit refused.
    pub(super) fn refuse(&mut self) {
        self.usage.refused = self.usage.refused.saturating_add(1);
    }

    /// Counts a report of a guest that computes; time passes meanwhile.
    pub fn compute(&mut self) {
        self.usage.computed = self.usage.computed.saturating_add(1);
        self.clock.pass(REPORT);
    }

    /// The limit that ends every process of this run, with its reason: it has computed too much, or was refused too often.
    #[must_use]
    pub fn exhausted(&self) -> Option<(&'static str, String)> {
        let Usage {
            computed, refused, ..
        } = self.usage;
        if computed > self.limits.cpu {
            let steps = self.limits.cpu.saturating_mul(10_000);
            return Some(("cpu", format!("more than {steps} steps of computing")));
        }
        if refused > self.limits.refusals {
            let most = self.limits.refusals;
            return Some((
                "refusals",
                format!("it went on after limits had refused {most} requests"),
            ));
        }
        None
    }

    /// Counts bytes of variables that are set; `false` when there were too many.
    pub fn may_set(&mut self, caller: &Caller, length: usize) -> bool {
        self.usage.environment = self.usage.environment.saturating_add(length);
        let most = self.limits.environment;
        let fits = self.usage.environment <= most;
        if !fits {
            self.hit_limit(
                caller,
                "environment",
                format!("more than {most} bytes of variables"),
            );
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_told_once_in_each_run() {
        let mut world = World::default();
        let caller = Caller::process(1);
        for _ in 0..3 {
            world.hit_limit(&caller, "files", "too many");
        }
        world.start_usage();
        world.hit_limit(&caller, "files", "too many");
        assert_eq!(world.recorder.events().len(), 2);
    }

    #[test]
    fn who_goes_on_after_refusals_is_ended() {
        let mut world = World::default();
        world.limits.refusals = 2;
        for _ in 0..2 {
            world.hit_limit(&Caller::process(1), "files", "too many");
        }
        assert_eq!(world.exhausted(), None);
        world.hit_limit(&Caller::process(2), "output", "too much");
        assert_eq!(world.exhausted().map(|(name, _)| name), Some("refusals"));
    }

    #[test]
    fn events_that_no_longer_fit_are_refusals() {
        let mut world = World {
            recorder: crate::trace::Recorder::new(crate::trace::Caps {
                events: 1,
                ..crate::trace::Caps::default()
            }),
            ..World::default()
        };
        world.limits.refusals = 2;
        for _ in 0..4 {
            world.note(&Caller::process(1), Kind::FileStat, "/x");
        }
        assert_eq!(world.exhausted().map(|(name, _)| name), Some("refusals"));
    }

    #[test]
    fn computing_takes_time_and_comes_to_an_end() {
        let mut world = World::default();
        world.limits.cpu = 3;
        for _ in 0..3 {
            world.compute();
        }
        assert_eq!((world.exhausted(), world.clock.elapsed()), (None, 300_000));
        world.compute();
        let (name, reason) = world.exhausted().expect("too much");
        assert_eq!(
            (name, reason.as_str()),
            ("cpu", "more than 30000 steps of computing")
        );
    }

    #[test]
    fn variables_take_only_so_many_bytes() {
        let mut world = World::default();
        world.limits.environment = 10;
        let caller = Caller::process(1);
        let answers = [4, 6, 1].map(|length| world.may_set(&caller, length));
        assert_eq!(answers, [true, true, false]);
        assert_eq!(world.recorder.events()[0].subject, "environment");
    }
}
