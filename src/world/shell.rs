//! The sh that lifecycle scripts are written for.

use super::{Baton, Exit, Pid, Stopped, World};

/// Exit code of a program that is not there.
const NOT_FOUND: i32 = 127;

/// Runs a process that is a program of the world to its end.
///
/// # Errors
///
/// [`Stopped`] when the run was ended meanwhile.
pub fn run(mut world: Box<World>, pid: Pid, _baton: &mut dyn Baton) -> Result<Box<World>, Stopped> {
    world.processes.end(pid, Exit::Code(NOT_FOUND));
    Ok(world)
}
