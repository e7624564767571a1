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
    /// Directories that an archive names: no name may be both. They are forgotten when it has been read.
    directories: BTreeSet<String>,
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

    /// The mode that package managers give a file: readable and writable by its owner, never writable by others, and never
    /// running as its owner.
    pub(super) fn installed_mode(&mut self, name: &Name, stated: u32) -> u32 {
        if stated & 0o6000 != 0 {
            self.note(format!(
                "{name} asks to run as its owner or group; that is not installed"
            ));
        }
        ((stated & 0o777) | 0o666) & !0o022
    }

    /// Drops the first part of all paths when it is the same and no manifest lies beside it, as in archives of a repository.
    pub(super) fn without_top(mut self) -> Tree {
        let top = self.entries.keys().next();
        let Some((top, _)) = top.and_then(|path| path.split_once('/')) else {
            return self;
        };
        let top = format!("{top}/");
        if self.entries.keys().all(|path| path.starts_with(&top)) {
            self.entries = std::mem::take(&mut self.entries)
                .into_iter()
                .map(|(path, entry)| (path.get(top.len()..).unwrap_or_default().to_owned(), entry))
                .collect();
        }
        self
    }

    /// A tree of one file that may be run.
    #[must_use]
    pub fn of_one(name: &str, bytes: Bytes) -> Tree {
        let mut tree = Tree {
            bytes: bytes.len(),
            ..Tree::default()
        };
        let entry = Entry {
            mode: 0o755,
            content: Content::File(bytes),
        };
        tree.entries.insert(name.to_owned(), entry);
        tree
    }

    pub(super) fn note(&mut self, note: String) {
        /// Notes that are kept: a hostile archive can make one for each entry.
        const MOST: usize = 20;
        if self.notes.len() < MOST {
            self.notes.push(note);
        }
    }

    /// Takes note of a directory.
    pub(super) fn insert_directory(
        &mut self,
        path: String,
        quotas: &Quotas,
    ) -> Result<(), UnpackError> {
        if self.directories.len() >= quotas.entries {
            return Err(UnpackError::TooManyEntries(quotas.entries));
        }
        self.directories.insert(path);
        Ok(())
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
        for path in std::mem::take(&mut self.directories) {
            if self.entries.contains_key(&path) {
                return Err(UnpackError::Conflict(Name::of(path)));
            }
        }
        for path in self.entries.keys() {
            for (end, _) in path.match_indices('/') {
                if self.entries.contains_key(&path[..end]) {
                    return Err(UnpackError::Conflict(Name::of(&path[..end])));
                }
            }
        }
        for note in alike(self.entries.keys()) {
            self.note(note);
        }
        Ok(self)
    }
}

/// Sentences about names that are one name on some system, or another than here.
fn alike<'p>(paths: impl Iterator<Item = &'p String>) -> Vec<String> {
    let mut folded: BTreeMap<String, &str> = BTreeMap::new();
    let mut notes = Vec::new();
    for path in paths {
        if let Some(other) = folded.insert(elsewhere(path), path) {
            notes.push(format!(
                "{} and {} are one file on systems that ignore case or normalise names",
                Name::of(other),
                Name::of(path)
            ));
        }
        // Device names and streams are left out: they are odd on one system and never overwrite another file.
        if path.contains('\\') || path.split('/').any(|part| part.ends_with(['.', ' '])) {
            notes.push(format!(
                "{} is another path on systems where a backslash separates and dots or blanks at the end are dropped",
                Name::of(path)
            ));
        }
    }
    // A file whose name another system takes for the directory of another file.
    for (name, path) in &folded {
        for (end, _) in name.match_indices('/') {
            if let Some(file) = folded.get(&name[..end]) {
                notes.push(format!(
                    "{} is a directory of {} on systems that ignore case or normalise names",
                    Name::of(file),
                    Name::of(path)
                ));
            }
        }
    }
    notes
}

/// A path as the least discerning systems see it: in one case, in one Unicode form, with one separator, and without dots
/// and blanks at the end of its parts.
fn elsewhere(path: &str) -> String {
    const FORM: icu_normalizer::ComposingNormalizerBorrowed<'static> =
        icu_normalizer::ComposingNormalizerBorrowed::new_nfc();
    let parts = path
        .split(['/', '\\'])
        .map(|part| part.trim_end_matches(['.', ' ']));
    let joined = parts.collect::<Vec<_>>().join("/");
    if joined.is_ascii() {
        return joined.to_ascii_lowercase();
    }
    // By way of upper case, since several small letters have one capital.
    FORM.normalize(&joined.to_uppercase().to_lowercase())
        .into_owned()
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
