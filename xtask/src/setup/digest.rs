//! SHA-256 digests of files and trees, as lower-case hexadecimal.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::files;
use crate::failure::Result;

/// The digest of some bytes.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Digests several things into one: each with its name, so that contents cannot trade places.
#[derive(Default)]
pub(crate) struct Inputs(Sha256);

impl Inputs {
    /// Adds one named content.
    pub(crate) fn add(&mut self, name: &str, bytes: &[u8]) {
        self.0.update(name.as_bytes());
        self.0.update([0]);
        self.0.update(Sha256::digest(bytes));
    }

    /// Adds the files below `root` whose relative path `keep` accepts.
    pub(crate) fn add_tree(&mut self, root: &Path, keep: impl Fn(&str) -> bool) -> Result<()> {
        for name in files::list(root)? {
            if keep(&name) {
                self.add(&name, &files::read(&root.join(&name))?);
            }
        }
        Ok(())
    }

    /// The digest of everything added.
    pub(crate) fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}
