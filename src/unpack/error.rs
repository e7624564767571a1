//! Why an input cannot be unpacked: each reason is one line that a person understands.

use thiserror::Error;

/// Characters of a hostile name that an error message shows.
const SHOWN: usize = 80;

/// A name from an archive, ready for a message: control and invisible characters escaped, and not endless.
#[derive(Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Takes any bytes.
    pub(super) fn of(name: impl AsRef<[u8]>) -> Name {
        let text = String::from_utf8_lossy(name.as_ref());
        let mut shown: String = text.chars().take(SHOWN).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        Name(crate::escape::escape(&shown))
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`", self.0)
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// Why an archive or a directory cannot become a [`Tree`](super::Tree). The messages name the entry, not the archive.
#[derive(Debug, Error)]
pub enum UnpackError {
    /// The file or directory cannot be read from the disk.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// None of the formats that are read.
    #[error("not an archive: neither a gzip stream nor a tar or zip file")]
    NotAnArchive,
    /// There are no bytes at all.
    #[error("not an archive: the file is empty")]
    Empty,
    /// An archive of a kind that is not unpacked.
    #[error(
        "a {0} archive, which is not supported yet: give a .tgz, .tar or .zip archive or a directory"
    )]
    OtherFormat(&'static str),
    /// The compressed stream ends before its end.
    #[error("truncated: the gzip stream ends too early")]
    GzipTruncated,
    /// The compressed stream contradicts itself.
    #[error("damaged: the gzip stream is not valid")]
    GzipDamaged,
    /// The archive ends within an entry.
    #[error("truncated: the archive ends within {0}")]
    TarTruncated(Name),
    /// A header block is not one.
    #[error("damaged: the header after {entries} entries is not a tar header")]
    TarDamaged {
        /// Entries that were read before it.
        entries: usize,
    },
    /// An extended header is not one.
    #[error("damaged: an extended header cannot be read ({0})")]
    BadExtension(&'static str),
    /// A zip archive that is not one.
    #[error("damaged: the zip archive {0}")]
    ZipDamaged(&'static str),
    /// A zip archive that readers read in different ways.
    #[error("contradictory: the zip archive {0}")]
    ZipContradiction(&'static str),
    /// Content that is not what an entry states.
    #[error("damaged: {name} {what}")]
    EntryDamaged {
        /// The entry.
        name: Name,
        /// What is wrong: the rest of the sentence.
        what: &'static str,
    },
    /// An entry that readers read in different ways.
    #[error("contradictory: {name} {what}")]
    Contradiction {
        /// The entry.
        name: Name,
        /// What contradicts what: the rest of the sentence.
        what: &'static str,
    },
    /// An entry that only its author can read.
    #[error("{0} is encrypted")]
    Encrypted(Name),
    /// An entry whose compression package managers do not know.
    #[error("{name} is compressed with method {method}; packages use 0 (none) and 8 (deflate)")]
    Method {
        /// The entry.
        name: Name,
        /// The number of the method.
        method: u16,
    },
    /// A zip archive that is no wheel.
    #[error("not a wheel: {0}")]
    NotAWheel(&'static str),
    /// A wheel under the name of another.
    #[error("not a wheel: its file is named {file} and its metadata directory {directory}")]
    WheelName {
        /// The file's name.
        file: Name,
        /// The directory in it.
        directory: Name,
    },
    /// A path that climbs out.
    #[error("{0} leaves the package through `..`")]
    Traversal(Name),
    /// A path from the root of the file system.
    #[error("{0} is an absolute path")]
    Absolute(Name),
    /// A hard or symbolic link, which no package manager packs.
    #[error("{name} is a {kind} link to {to}; packages hold no links")]
    Link {
        /// The entry.
        name: Name,
        /// `hard` or `symbolic`.
        kind: &'static str,
        /// Where it points.
        to: Name,
    },
    /// A device, a pipe, or anything else that is neither file nor directory.
    #[error("{name} is {kind}, not a file")]
    Special {
        /// The entry.
        name: Name,
        /// What it is.
        kind: &'static str,
    },
    /// A sparse file: its stated length costs nothing to state.
    #[error("{name} is a sparse file of {stated} bytes; packages hold no sparse files")]
    Sparse {
        /// The entry.
        name: Name,
        /// The length that it states.
        stated: u64,
    },
    /// A name that no file can have.
    #[error("{0} is no name for a file")]
    BadName(Name),
    /// A path that is a file and a directory.
    #[error("{0} is both a file and a directory")]
    Conflict(Name),
    /// A path over the limit.
    #[error("the path {name} has {length} bytes, more than {limit}")]
    PathTooLong {
        /// The path.
        name: Name,
        /// Its length in bytes.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// A path with too many directories.
    #[error("the path {name} is more than {limit} directories deep")]
    TooDeep {
        /// The path.
        name: Name,
        /// The limit.
        limit: usize,
    },
    /// An entry over the limit.
    #[error("{name} has {stated} bytes, more than {limit}")]
    FileTooLarge {
        /// The entry.
        name: Name,
        /// Its length, as stated or as found.
        stated: u64,
        /// The limit.
        limit: usize,
    },
    /// Too many entries.
    #[error("more than {0} entries")]
    TooManyEntries(usize),
    /// Too many bytes after decompression.
    #[error("more than {0} bytes when unpacked")]
    TotalTooLarge(usize),
    /// Too many bytes before decompression.
    #[error("more than {0} bytes")]
    ArchiveTooLarge(usize),
    /// A decompression bomb.
    #[error("a decompression bomb: {unpacked} bytes from {packed}, more than {limit} for one")]
    Bomb {
        /// Compressed bytes read so far.
        packed: usize,
        /// What they became.
        unpacked: usize,
        /// The limit.
        limit: usize,
    },
    /// A directory that changes while it is read, or a link that leads out of it.
    #[error("{0} cannot be read within the directory")]
    Outside(Name),
}
