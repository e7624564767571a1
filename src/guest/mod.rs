//! Running guests: WebAssembly instances as processes of a world.

pub mod js;
pub mod wasi;

mod cache;
mod engine;
mod hold;
mod instance;
mod limiter;
mod program;
mod schedule;
mod session;

pub use cache::{Cache, CacheError};
pub use engine::{Runtime, RuntimeError};
pub use hold::Hold;
pub use instance::Fault;
pub use program::{Entry, Form, Program, ProgramError, compile, form};
pub use schedule::Ending;
pub use session::{HostFault, Session, Start, StepEnd};

/// Why a guest process was stopped by the host; told apart from its own traps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// It asked to end.
    #[error("exit {0}")]
    Exit(i32),
    /// It was killed by a signal.
    #[error("signal {0}")]
    Signal(i32),
    /// The run has ended and taken the world away.
    #[error("the run has ended")]
    WorldGone,
    /// The wall time of the run is over. Where this happens depends on the machine.
    #[error("out of time")]
    Timeout,
    /// It made more calls into the host than the limit.
    #[error("more than {0} calls into the host")]
    HostCalls(u64),
    /// The run has used too much of the limit of this name.
    #[error("{1}")]
    Exhausted(&'static str, String),
    /// It made a request that does not have the documented form.
    #[error("malformed request to the host")]
    Malformed,
    /// It handed the host memory that it does not have. WASI has such a call trap.
    #[error("{0} hands the host memory that the module does not have")]
    Memory(&'static str),
    /// It called a function that nobody provides.
    #[error("calls the import {0}, which is not provided")]
    Import(String),
}
