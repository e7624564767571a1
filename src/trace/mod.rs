//! The trace: what the host saw, and the one seam between running a package and judging it.
//!
//! Everything before this module produces events, everything after it reads them. The module imports no other stage, so
//! that a finished trace can be judged again without a sandbox (`lazaret replay`).

mod blob;
mod codec;
mod event;
mod kind;
mod recorder;

pub use blob::{Blobs, Digest};
pub use codec::{CodecError, ReadLimits};
pub use event::{Event, Evidence, Location, Outcome, Subject};
pub use kind::Kind;
pub use recorder::{Caps, Recorder};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format name that heads every trace; the number rises when a reader of the old form would misread the new one.
pub const SCHEMA: &str = "lazaret.trace/1";

/// The events and payloads of all runs of one package, with the digests of everything that determined them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Trace {
    /// What was run and with what: equal headers and equal code promise equal events.
    pub header: Header,
    /// The runs in the order in which they were made; events refer to them by index.
    pub runs: Vec<Run>,
    /// All attempted accesses, in the order in which they happened.
    pub events: Vec<Event>,
    /// Payload bytes by digest; kept apart from the events on disk.
    #[serde(skip)]
    pub blobs: Blobs,
}

/// The inputs that determine a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// `name version` of the program that wrote the trace.
    pub tool: String,
    /// Digests of the embedded guests by name, hexadecimal SHA-256.
    pub guests: BTreeMap<String, String>,
    /// The package that was run.
    pub package: PackageId,
    /// The seed of randomness and decoys.
    pub seed: u64,
    /// Facts about the package that rules may need, taken from its manifest: they come from the package, not from the host.
    pub manifest: ManifestFacts,
    /// The secrets that were planted, with where they lie and who may see them.
    pub decoys: Vec<Decoy>,
    /// Hosts of well-known registries, learnt at set-up from the package managers' configuration.
    pub registries: Vec<String>,
}

/// Which package a trace is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageId {
    /// `npm`, `pypi` or `wasm`.
    pub ecosystem: String,
    /// The name that the manifest states; hostile text.
    pub name: String,
    /// The version that the manifest states; hostile text.
    pub version: String,
    /// SHA-256 of the archive, or of the sorted tree for a directory, hexadecimal.
    pub digest: String,
    /// The directory in the world in which the package was installed, without a slash at the end.
    pub root: String,
}

/// What the manifest says of itself, as far as rules weigh it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFacts {
    /// Lower-case host names of its repository, homepage, bugs and funding addresses, sorted.
    pub own_hosts: Vec<String>,
    /// Names of its dependencies of all kinds, sorted.
    pub dependencies: Vec<String>,
}

/// A planted secret: a file, a part of a file or a variable that a thief would look for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decoy {
    /// A stable name for reports, such as `npm-token` or `aws-secret-key`.
    pub name: String,
    /// The group that non-interference varies together, such as `npm`, `aws`, `ssh`, `github`.
    pub group: String,
    /// The secret text itself, unique per run.
    pub secret: String,
    /// Paths of the files that hold it, in the world.
    pub files: Vec<String>,
    /// Names of the variables that hold it.
    pub variables: Vec<String>,
    /// Host names, or suffixes that start with a dot, to which the secret may be shown.
    pub audience: Vec<String>,
}

/// One thing that was run in one world: a lifecycle script, an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The phase: `preinstall`, `install`, `postinstall`, `prepare`, `import` ...
    pub phase: String,
    /// The persona whose machine it was.
    pub persona: String,
    /// The command line or entry point, as a person would write it; hostile text.
    pub command: String,
    /// How it ended.
    pub end: RunEnd,
    /// Why it ended so, when there is more to say than the outcome; empty otherwise. Hostile text possible.
    pub reason: String,
}

/// How a run ended.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum RunEnd {
    /// It ran to its end and reported success.
    #[default]
    Completed,
    /// It ran to its end and reported failure (an exit code other than 0, an exception).
    Failed,
    /// A limit on time stopped it.
    Timeout,
    /// The guest trapped or hit another limit that ends a process.
    Crashed,
    /// It needs something that this program does not run.
    Unsupported,
    /// There was no reason to run it.
    Skipped,
}
