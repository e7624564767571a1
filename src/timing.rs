//! Where the time of a package goes, stage by stage, on the host's clock. Kept out of traces, which are the same whatever a
//! machine takes for them.

use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// One stage and how long it took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lap {
    /// The stage: `read`, `unpack`, `plan`, `furnish`, a phase with its command, `answer`, `rules` ... Hostile text possible.
    pub stage: String,
    /// How long it took.
    pub time: Duration,
}

/// Measures stages that follow one another.
#[derive(Clone, Debug)]
pub struct Stopwatch {
    last: Instant,
    laps: Vec<Lap>,
}

impl Stopwatch {
    /// Starts with the first stage.
    #[must_use]
    pub fn start() -> Stopwatch {
        Stopwatch {
            last: now(),
            laps: Vec::new(),
        }
    }

    /// Ends a stage and starts the next.
    pub fn lap(&mut self, stage: impl Into<String>) {
        let now = now();
        self.laps.push(Lap {
            stage: stage.into(),
            time: now.saturating_duration_since(self.last),
        });
        self.last = now;
    }

    /// The stages that have ended.
    #[must_use]
    pub fn laps(&self) -> &[Lap] {
        &self.laps
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is what measures; nothing of it enters a trace"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_told_in_their_order() {
        let mut watch = Stopwatch::start();
        watch.lap("read");
        watch.lap("run");
        let stages: Vec<&str> = watch.laps().iter().map(|lap| lap.stage.as_str()).collect();
        assert_eq!(stages, ["read", "run"]);
    }
}
