//! Lazaret runs third-party packages in a made-up world and tells malicious behaviour from benign.
//!
//! A stage is a function from one plain value to the next, and data flows one way:
//!
//! ```text
//! target spec -> Tree -> Plan -> (World + guest) -> Trace -> Findings -> Verdict -> report
//! ```

pub mod guest;
pub mod limits;
pub mod trace;
pub mod world;
