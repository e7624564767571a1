//! Every limit of the sandbox, named, with the reason for its value. Reaching one is an event with a stated reason.

use std::time::Duration;

/// Limits on one run of one package.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Wall time of one phase. The slowest lifecycle script of a large npm tree needs about a second here.
    pub wall: Duration,
    /// Linear memory of one guest process, in bytes. The largest compilers of the ecosystem load in half of it.
    pub memory: usize,
    /// Bytes of files that a run may add to the world.
    pub file_bytes: u64,
    /// Files and directories that a run may add to the world.
    pub files: u32,
    /// Bytes of one file.
    pub file_size: u64,
    /// Bytes that a run may print; further output is dropped.
    pub output: usize,
    /// Processes that one run may start, dead ones included.
    pub processes: u32,
    /// How deep processes may nest.
    pub depth: u32,
    /// Connections that one run may open.
    pub connections: u32,
    /// Bytes that one pipe or connection buffers.
    pub pipe: usize,
    /// Open files of one process, as `ulimit -n` has it.
    pub open_files: u32,
    /// Reports of computing JavaScript in a run, each after ten thousand calls, jumps back or steps of a pattern: the deterministic
    /// cut-off of loops that never end. It stands for about ten seconds; the largest packages need a fifth of it, all runs together.
    pub cpu: u64,
    /// Calls into the host of one guest process: the deterministic cut-off of loops that ask for something each time.
    pub host_calls: u64,
    /// Requests that limits may refuse in a run before it is ended: by then it does nothing else.
    pub refusals: u32,
    /// Bytes of variables that a run may set; Linux hands less than that to a program.
    pub environment: usize,
    /// Steps of one shell: commands run and words expanded.
    pub shell_steps: u64,
    /// Times that an idle world may jump to the next timer: an interval that never ends is not worth more.
    pub idle_jumps: u32,
    /// Virtual time that idle waiting may skip, in nanoseconds: a timer of years fires, an endless interval does not.
    pub virtual_time: u64,
}

/// Steps of one package that may take their whole time. An honest package has no more that do.
const SLOW_STEPS: u32 = 20;

impl Limits {
    /// Time for all steps of a package together. When it is over, further ones are left out and the trace says so.
    #[must_use]
    pub fn whole(&self, steps: usize) -> Duration {
        let steps = u32::try_from(steps).unwrap_or(SLOW_STEPS);
        self.wall.saturating_mul(steps.clamp(1, SLOW_STEPS))
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            wall: Duration::from_secs(30),
            memory: 512 << 20,
            file_bytes: 512 << 20,
            files: 100_000,
            file_size: 256 << 20,
            output: 1 << 20,
            processes: 1_000,
            depth: 12,
            connections: 1_000,
            pipe: 16 << 20,
            open_files: 1_024,
            cpu: 20_000,
            host_calls: 1_000_000,
            refusals: 2_000,
            environment: 16 << 20,
            shell_steps: 200_000,
            idle_jumps: 2_000,
            virtual_time: 400 * 24 * 3_600 * 1_000_000_000,
        }
    }
}
