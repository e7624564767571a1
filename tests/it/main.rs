//! The integration tests: one binary, one module for each thing that a user relies on.

mod archives;
mod cli;
mod docs;
mod report;
mod rules;
mod support;
