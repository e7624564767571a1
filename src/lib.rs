//! Lazaret runs third-party packages in a made-up world and tells malicious behaviour from benign.
//!
//! A stage is a function from one plain value to the next, and data flows one way:
//!
//! ```text
//! target spec -> Tree -> Plan -> (World + guest) -> Trace -> Findings -> Verdict -> report
//! ```

pub mod cli;
pub mod error;
pub mod escape;
pub mod exit;
pub mod guest;
pub mod limits;
pub mod pipeline;
pub mod plan;
pub mod report;
pub mod rules;
pub mod target;
pub mod timing;
pub mod trace;
pub mod unpack;
pub mod verdict;
pub mod worker;
pub mod world;
