//! The integration tests: one binary, one module for each thing that a user relies on.

#![expect(clippy::disallowed_methods, reason = "tests work on the host")]

mod archives;
mod cli;
mod docs;
mod fuzz;
mod hostile;
mod isolation;
mod limits;
mod parity;
mod report;
mod rules;
mod support;
mod wasi;
mod worker;
