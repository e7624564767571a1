//! The files of a package in memory.

use super::error::{Name, UnpackError};
use super::quotas::Quotas;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// One file or link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Permission bits as the package manager would set them.
    pub mode: u32,
    /// What it holds.
    pub content: Content,
}

/// What an entry holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A file's bytes, shared without copies.
    File(Bytes),
    /// Where a symbolic link points: relative, and never out of the tree. Only directories on disk have them.
    Link(String),
}

/// Files by path. Paths are relative, separated by slashes, free of `.`, `..` and empty parts. Directories are those that
/// the paths imply: no package manager installs empty ones.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    entries: BTreeMap<String, Entry>,
    notes: Vec<String>,
    bytes: usize,
}

impl Tree {
    /// The file or link at a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// The bytes of the file at a path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&Bytes> {
        match &self.entries.get(path)?.content {
            Content::File(bytes) => Some(bytes),
            Content::Link(_) => None,
        }
    }

    /// All entries, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries
            .iter()
            .map(|(path, entry)| (path.as_str(), entry))
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of all files.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Oddities that were met and how they were settled, one sentence each; hostile names in them are escaped.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Makes a file executable, as the package manager does with the files that a manifest names as programs.
    pub fn make_executable(&mut self, path: &str) {
        if let Some(entry) = self.entries.get_mut(path) {
            entry.mode |= 0o111;
        }
    }

    /// SHA-256 over the sorted entries: equal for equal trees wherever they came from.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (path, entry) in &self.entries {
            let (kind, bytes) = match &entry.content {
                Content::File(bytes) => (b"file", bytes.as_ref()),
                Content::Link(to) => (b"link", to.as_bytes()),
            };
            hash.update(format!("{path}\0{:o}\0", entry.mode));
            hash.update(kind);
            hash.update(bytes.len().to_le_bytes());
            hash.update(bytes);
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    pub(super) fn note(&mut self, note: String) {
        /// Notes that are kept: a hostile archive can make one for each entry.
        const MOST: usize = 20;
        if self.notes.len() < MOST {
            self.notes.push(note);
        }
    }

    /// Adds an entry; the last of two with one path counts, as in npm.
    pub(super) fn insert(
        &mut self,
        path: String,
        entry: Entry,
        quotas: &Quotas,
    ) -> Result<(), UnpackError> {
        if self.entries.len() >= quotas.entries && !self.entries.contains_key(&path) {
            return Err(UnpackError::TooManyEntries(quotas.entries));
        }
        if let Content::File(bytes) = &entry.content {
            if bytes.len() > quotas.file {
                return Err(UnpackError::FileTooLarge {
                    name: Name::of(&path),
                    stated: bytes.len() as u64,
                    limit: quotas.file,
                });
            }
            self.bytes = self.bytes.saturating_add(bytes.len());
        }
        if self.bytes > quotas.total {
            return Err(UnpackError::TotalTooLarge(quotas.total));
        }
        let name = Name::of(&path);
        if let Some(old) = self.entries.insert(path, entry) {
            if let Content::File(bytes) = old.content {
                self.bytes = self.bytes.saturating_sub(bytes.len());
            }
            self.note(format!("{name} occurs twice; the last one counts"));
        }
        Ok(())
    }

    /// Looks for what can only be seen when all entries are there.
    pub(super) fn finish(mut self) -> Result<Tree, UnpackError> {
        let mut folded: BTreeMap<String, &str> = BTreeMap::new();
        let mut alike: BTreeSet<(&str, &str)> = BTreeSet::new();
        for path in self.entries.keys() {
            for (end, _) in path.match_indices('/') {
                if self.entries.contains_key(&path[..end]) {
                    return Err(UnpackError::Conflict(Name::of(&path[..end])));
                }
            }
            if let Some(other) = folded.insert(path.to_lowercase(), path) {
                alike.insert((other, path));
            }
        }
        let notes: Vec<String> = alike
            .iter()
            .map(|(a, b)| {
                format!(
                    "{} and {} are one file on systems that ignore case",
                    Name::of(a),
                    Name::of(b)
                )
            })
            .collect();
        for note in notes {
            self.note(note);
        }
        Ok(self)
    }
}

/// Checks a path from outside and takes it apart: no parts that are empty or `.`.
///
/// # Errors
///
/// When it is absolute, climbs, is too long or deep, or holds a NUL.
pub(super) fn parts<'p>(path: &'p str, quotas: &Quotas) -> Result<Vec<&'p str>, UnpackError> {
    let name = || Name::of(path);
    if path.len() > quotas.path {
        return Err(UnpackError::PathTooLong {
            name: name(),
            length: path.len(),
            limit: quotas.path,
        });
    }
    if path.starts_with('/') || is_drive(path) {
        return Err(UnpackError::Absolute(name()));
    }
    if path.contains('\0') {
        return Err(UnpackError::BadName(name()));
    }
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    // A backslash separates on one system and not on the others; `..` behind it climbs there.
    if path.split(['/', '\\']).any(|part| part == "..") {
        return Err(UnpackError::Traversal(name()));
    }
    if parts.len() > quotas.depth {
        return Err(UnpackError::TooDeep {
            name: name(),
            limit: quotas.depth,
        });
    }
    Ok(parts)
}

/// Whether a path starts at a drive, as `C:\x` does.
fn is_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
        || path.starts_with('\\')
}
