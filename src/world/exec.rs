//! Starting programs.

use super::{Pid, World};

/// Whether a process is a guest, which needs an engine, and not a program of the world itself.
#[must_use]
pub fn is_guest(world: &World, pid: Pid) -> bool {
    world
        .processes
        .get(pid)
        .is_some_and(|process| process.program.ends_with("/node"))
}
