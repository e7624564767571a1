//! `guests/lock.json`: the versions and digests of everything that set-up fetches.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Layout, files};
use crate::failure::{During, Result};

/// The whole lock file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lock {
    /// The C compiler.
    pub(crate) toolchain: Toolchain,
    /// The JavaScript engine.
    pub(crate) quickjs: Quickjs,
    /// Node, for its library.
    pub(crate) node: Node,
}

/// A Python wheel with a C compiler in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Toolchain {
    /// The name of the package.
    pub(crate) package: String,
    /// Its exact version.
    pub(crate) version: String,
    /// SHA-256 of the wheel for each supported host, hexadecimal.
    pub(crate) sha256: BTreeMap<String, String>,
}

/// A Rust crate that carries the C sources of the engine.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quickjs {
    /// The name of the crate.
    pub(crate) package: String,
    /// Its exact version.
    pub(crate) version: String,
    /// The directory of the C sources inside the crate.
    pub(crate) directory: String,
    /// The files that are compiled, without headers.
    pub(crate) sources: Vec<String>,
    /// Digest of the sources, the headers and the license together, hexadecimal.
    pub(crate) tree_sha256: String,
}

/// An npm package with the Node program in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Node {
    /// The version of Node and of the packages.
    pub(crate) version: String,
    /// Package integrity (`sha512-` and Base64) by package name, `node-<platform>-<architecture>`.
    pub(crate) integrity: BTreeMap<String, String>,
    /// SHA-256 of the library as JSON, the same on all hosts, hexadecimal.
    pub(crate) library_sha256: String,
}

impl Lock {
    /// Reads the lock file of the repository.
    pub(crate) fn read(layout: &Layout) -> Result<Self> {
        let path = layout.root.join("guests").join("lock.json");
        let text = files::read_text(&path)?;
        serde_json::from_str(&text).during(|| format!("understand {}", path.display()))
    }
}
