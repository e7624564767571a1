//! Virtual time. It ticks with each reading and jumps when the world is idle; the host's clock is never read.

/// How far one reading moves the clock, in nanoseconds: time passes for whoever watches it.
const TICK: u64 = 1_000;

/// Readings in a row, with nothing done between them, after which each moves the clock twice as far: who only watches the
/// clock waits for something.
const PATIENCE: u32 = 500;

/// How often that happens: in the end each reading takes eight milliseconds.
const DOUBLINGS: u32 = 13;

/// Virtual time of one world.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// Nanoseconds since 1970 at which the world started.
    start: u64,
    /// Nanoseconds since the start.
    elapsed: u64,
    /// Readings since something else was done.
    watched: u32,
}

impl Clock {
    /// A clock that starts at this time, in nanoseconds since 1970.
    #[must_use]
    pub fn starting_at(start: u64) -> Clock {
        Clock {
            start,
            ..Clock::default()
        }
    }

    /// Nanoseconds since the start of the world; does not move the clock.
    #[must_use]
    pub fn elapsed(&self) -> u64 {
        self.elapsed
    }

    /// Nanoseconds since 1970; does not move the clock.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.start.saturating_add(self.elapsed)
    }

    /// Moves the clock a little and returns microseconds since 1970.
    pub fn tick(&mut self) -> u64 {
        let doublings = (self.watched / PATIENCE).min(DOUBLINGS);
        self.watched = self.watched.saturating_add(1);
        self.elapsed = self.elapsed.saturating_add(TICK << doublings);
        self.now() / 1_000
    }

    /// Notes that something else was done than reading the clock.
    pub fn look_away(&mut self) {
        self.watched = 0;
    }

    /// Jumps forward to a time since the start, in nanoseconds; never backward.
    pub fn jump_to(&mut self, elapsed: u64) {
        self.elapsed = self.elapsed.max(elapsed);
    }

    /// Lets this many nanoseconds pass.
    pub fn pass(&mut self, nanoseconds: u64) {
        self.elapsed = self.elapsed.saturating_add(nanoseconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_for_whoever_watches_and_never_goes_back() {
        let mut clock = Clock::starting_at(5_000_000);
        assert_eq!(clock.tick(), 5_001);
        clock.jump_to(0);
        assert_eq!(clock.elapsed(), TICK);
    }

    #[test]
    fn who_only_watches_the_clock_does_not_wait_long() {
        let half_a_minute = 30_000_000_000;
        let mut clock = Clock::default();
        let readings = (0..100_000).take_while(|_| {
            clock.tick();
            clock.elapsed() < half_a_minute
        });
        assert!(readings.count() < 12_000);
        clock.look_away();
        let before = clock.elapsed();
        clock.tick();
        assert_eq!(clock.elapsed() - before, TICK);
    }
}
