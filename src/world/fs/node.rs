//! The nodes of the file system: what a name stands for.

use super::{Device, ROOT, Who};
use bytes::Bytes;
use std::collections::BTreeMap;

/// Number of a node in the arena.
pub type Ino = u32;

/// Device number of the one disk of the machine: the first partition of an NVMe drive (major 259).
const DISK: u64 = (259 << 8) | 2;

/// The first inode numbers of an ext4 file system are its own; the root is number 2.
const FIRST_INODE: u64 = 2;

/// What `stat` says of a directory's size: one block of ext4.
const DIRECTORY_SIZE: u64 = 4096;

/// Bytes of a block, as `st_blksize` has it.
const BLOCK: u32 = 4096;

/// Contents of a file.
#[derive(Clone, Debug)]
pub enum Data {
    /// Shared with others, never changed; not charged to the run.
    Shared(Bytes),
    /// This world's own; charged to the run.
    Own(Vec<u8>),
}

impl Data {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Data::Shared(bytes) => bytes,
            Data::Own(bytes) => bytes,
        }
    }

    /// The bytes as a value of its own: a copy only when they are this world's own.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        match self {
            Data::Shared(bytes) => bytes.clone(),
            Data::Own(bytes) => Bytes::copy_from_slice(bytes),
        }
    }

    /// The length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.bytes().len() as u64
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }

    pub(super) fn share(&mut self) {
        if let Data::Own(bytes) = self {
            *self = Data::Shared(std::mem::take(bytes).into());
        }
    }
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Content {
    /// Names and what they stand for.
    Directory(BTreeMap<String, Ino>),
    /// A regular file.
    File(Data),
    /// A symbolic link, with its target.
    Link(String),
    /// A device file.
    Device(Device),
    /// A named pipe.
    Fifo,
    /// A socket in the file system.
    Socket,
}

/// The type of a file, as `S_IFMT` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `S_IFIFO`
    Fifo,
    /// `S_IFCHR`
    Device,
    /// `S_IFDIR`
    Directory,
    /// `S_IFREG`
    File,
    /// `S_IFLNK`
    Link,
    /// `S_IFSOCK`
    Socket,
}

impl Type {
    /// The bits of `st_mode`. Source: uapi/linux/stat.h.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Type::Fifo => 0o010_000,
            Type::Device => 0o020_000,
            Type::Directory => 0o040_000,
            Type::File => 0o100_000,
            Type::Link => 0o120_000,
            Type::Socket => 0o140_000,
        }
    }
}

/// A file, directory, link or device with its attributes. Times are nanoseconds since 1970.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub content: Content,
    /// Permission bits, with set-id and sticky bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Names that stand for it.
    pub nlink: u32,
    /// For a directory, what `..` is.
    pub parent: Ino,
    /// Last access.
    pub atime: u64,
    /// Last change of the contents.
    pub mtime: u64,
    /// Last change of anything.
    pub ctime: u64,
    /// Birth.
    pub btime: u64,
}

impl Node {
    pub(super) fn new(content: Content, mode: u32, owner: Who, now: u64) -> Node {
        let nlink = match content {
            Content::Directory(_) => 2,
            _ => 1,
        };
        Node {
            content,
            mode: mode & 0o7777,
            uid: owner.uid,
            gid: owner.gid,
            nlink,
            parent: ROOT,
            atime: now,
            mtime: now,
            ctime: now,
            btime: now,
        }
    }

    /// Stands in a frozen base for a node that no longer exists.
    pub(super) fn gone() -> Node {
        Node {
            nlink: 0,
            ..Node::new(Content::File(Data::Own(Vec::new())), 0, Who::ROOT, 0)
        }
    }

    /// What kind of node it is.
    #[must_use]
    pub fn kind(&self) -> Type {
        match self.content {
            Content::Directory(_) => Type::Directory,
            Content::File(_) => Type::File,
            Content::Link(_) => Type::Link,
            Content::Device(_) => Type::Device,
            Content::Fifo => Type::Fifo,
            Content::Socket => Type::Socket,
        }
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        matches!(self.content, Content::Directory(_))
    }

    /// Bytes that it takes of the run's quota: planted contents take none.
    pub(super) fn charge(&self) -> u64 {
        match &self.content {
            Content::File(Data::Own(bytes)) => bytes.len() as u64,
            Content::Link(target) => target.len() as u64,
            _ => 0,
        }
    }

    fn size(&self) -> u64 {
        match &self.content {
            Content::Directory(_) => DIRECTORY_SIZE,
            Content::File(data) => data.len(),
            Content::Link(target) => target.len() as u64,
            Content::Device(_) | Content::Fifo | Content::Socket => 0,
        }
    }

    pub(super) fn stat(&self, ino: Ino) -> Stat {
        Stat {
            kind: self.kind(),
            dev: DISK,
            ino: u64::from(ino).saturating_add(FIRST_INODE),
            mode: self.kind().bits() | self.mode,
            nlink: self.nlink,
            uid: self.uid,
            gid: self.gid,
            rdev: match self.content {
                Content::Device(device) => device.number(),
                _ => 0,
            },
            size: self.size(),
            atime: self.atime,
            mtime: self.mtime,
            ctime: self.ctime,
            btime: self.btime,
        }
    }
}

/// What `stat` says. Times are nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// What kind of file it is; also in `mode`.
    pub kind: Type,
    /// Number of the device that holds it.
    pub dev: u64,
    /// Its number on that device.
    pub ino: u64,
    /// Type and permission bits.
    pub mode: u32,
    /// Number of names.
    pub nlink: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// For a device file, which device.
    pub rdev: u64,
    /// Length in bytes.
    pub size: u64,
    /// Last access.
    pub atime: u64,
    /// Last change of the contents.
    pub mtime: u64,
    /// Last change of anything.
    pub ctime: u64,
    /// Birth.
    pub btime: u64,
}

impl Stat {
    /// `st_blksize`, in bytes.
    #[must_use]
    pub const fn block_size(&self) -> u32 {
        BLOCK
    }

    /// `st_blocks`: units of 512 bytes, whole blocks.
    #[must_use]
    pub fn blocks(&self) -> u64 {
        match self.kind {
            Type::File | Type::Directory => self.size.div_ceil(u64::from(BLOCK)) * 8,
            _ => 0,
        }
    }

    /// What `fstat` says of something that has no node: a pipe, a socket, a stream of the console, an entry of `/proc`.
    #[must_use]
    pub fn synthetic(kind: Type, permissions: u32, ino: u64, owner: Who, now: u64) -> Stat {
        Stat {
            kind,
            dev: 14,
            ino,
            mode: kind.bits() | permissions,
            nlink: 1,
            uid: owner.uid,
            gid: owner.gid,
            rdev: 0,
            size: 0,
            atime: now,
            mtime: now,
            ctime: now,
            btime: now,
        }
    }
}
