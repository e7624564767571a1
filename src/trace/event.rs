//! One attempted access.

use super::{Digest, Kind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an event is about: a path, a name, a command line. Hostile text: escape it before it reaches a terminal.
pub type Subject = String;

/// One attempted access, as the host saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Position in the trace, from 0.
    pub seq: u32,
    /// Index of the run in [`Trace::runs`](super::Trace::runs).
    pub run: u32,
    /// What was attempted.
    pub kind: Kind,
    /// With what.
    pub subject: Subject,
    /// How the world answered.
    pub outcome: Outcome,
    /// The process in the world that did it.
    pub pid: u32,
    /// Nanoseconds of virtual time since the start of the world.
    pub time: u64,
    /// The package's own frames that led here, innermost first; empty when no package code was on the stack.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<Location>,
    /// The bytes that belong to it: sent, written, evaluated, argv.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Digest>,
    /// Further facts by name, as the documentation of the kind lists them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub detail: BTreeMap<String, String>,
    /// Whether the host saw it or code inside the guest said so.
    #[serde(default, skip_serializing_if = "Evidence::is_seen")]
    pub evidence: Evidence,
}

/// A place in the code of a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// Path in the world.
    pub file: String,
    /// Line, from 1; 0 when unknown.
    pub line: u32,
    /// Column, from 1; 0 when unknown.
    pub column: u32,
}

impl Location {
    /// Reads `file:line:column`, the form in which guests state places. A missing number is 0.
    #[must_use]
    pub fn parse(text: &str) -> Location {
        let mut parts = text.rsplitn(3, ':');
        let (last, middle, first) = (parts.next(), parts.next(), parts.next());
        if let (Some(column), Some(line), Some(file)) = (last, middle, first)
            && let (Ok(line), Ok(column)) = (line.parse(), column.parse())
        {
            return Location {
                file: file.to_owned(),
                line,
                column,
            };
        }
        Location {
            file: text.to_owned(),
            line: 0,
            column: 0,
        }
    }
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.line, self.column) {
            (0, _) => write!(f, "{}", self.file),
            (line, 0) => write!(f, "{}:{line}", self.file),
            (line, column) => write!(f, "{}:{line}:{column}", self.file),
        }
    }
}

/// How the world answered an access.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done, in the world.
    #[default]
    Ok,
    /// It was refused with this error name, such as `ENOENT`.
    Error(String),
}

impl Outcome {
    /// Whether the world did what was asked.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        matches!(self, Outcome::Ok)
    }
}

/// Where the knowledge of an event comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// The host saw it happen.
    #[default]
    Seen,
    /// Code inside the guest reported it; package code could have forged or silenced it.
    Claimed,
}

impl Evidence {
    fn is_seen(&self) -> bool {
        *self == Evidence::Seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_reads_back_what_it_prints() {
        let place = Location {
            file: "/a/b:c.js".into(),
            line: 3,
            column: 9,
        };
        assert_eq!(Location::parse(&place.to_string()), place);
    }

    #[test]
    fn a_location_without_numbers_is_a_file() {
        assert_eq!(Location::parse("evalmachine").line, 0);
    }
}
