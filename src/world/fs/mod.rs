//! The file system of the world: in memory, copy on write, and never that of the host.
//!
//! A frozen [`Base`] of nodes is shared by all worlds that start from it; what one world changes lies in its overlay. So
//! a fork costs as much as the overlay is large, which is nothing at the start of a run. Contents are shared until they
//! are written. Every operation answers any input with a value or an [`Errno`]; none panics, and what a run adds is
//! charged to a [`Quota`].
//!
//! Nothing here records: the recorded operations are those of [`World`](super::World) in `world/files`.

mod content;
mod device;
mod node;
mod plant;
#[cfg(test)]
mod tests;
mod tree;
mod walk;

pub use device::Device;
pub use node::{Content, Data, Ino, Node, Stat, Type};
pub use walk::{MAX_HOPS, MAX_NAME, MAX_PATH, Place, Spot, Who};

use super::Errno;
use crate::limits::Limits;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The root directory.
pub const ROOT: Ino = 0;

/// Nodes that are never changed again, by number.
#[derive(Debug, Default)]
pub struct Base {
    nodes: Vec<Node>,
}

/// What a run may add to the file system.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// Bytes of contents and link targets in all.
    pub bytes: u64,
    /// Names in directories.
    pub files: u32,
    /// Bytes of one file.
    pub file_size: u64,
}

impl Quota {
    /// The part of the limits of a run that is about files.
    #[must_use]
    pub fn of(limits: &Limits) -> Quota {
        Quota {
            bytes: limits.file_bytes,
            files: limits.files,
            file_size: limits.file_size,
        }
    }
}

/// Which part of the quota was exceeded; named as in [`Limits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exceeded {
    /// Bytes in all.
    FileBytes,
    /// Names in directories.
    Files,
    /// Bytes of one file.
    FileSize,
}

impl Exceeded {
    /// The limit's name, as `limit.hit` events state it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Exceeded::FileBytes => "file_bytes",
            Exceeded::Files => "files",
            Exceeded::FileSize => "file_size",
        }
    }
}

/// A file system: a shared base and this world's changes.
#[derive(Clone, Debug)]
pub struct Fs {
    base: Arc<Base>,
    overlay: BTreeMap<Ino, Node>,
    next: Ino,
    /// Open descriptions by node: an unlinked file lives as long as it is open.
    held: BTreeMap<Ino, u32>,
    /// What a run may still add is this less what it has used.
    pub quota: Quota,
    used_bytes: u64,
    used_files: u32,
    exceeded: Option<Exceeded>,
    /// Nanoseconds since 1970 that planted nodes carry as their times.
    pub planting_time: u64,
}

impl Default for Fs {
    /// A root with `/proc`, `/tmp` and the usual devices, and nothing else.
    fn default() -> Fs {
        let root = Node::new(Content::Directory(BTreeMap::new()), 0o755, Who::ROOT, 0);
        let mut fs = Fs::on(Arc::new(Base { nodes: vec![root] }));
        fs.plant_devices();
        fs
    }
}

impl Fs {
    /// A file system without changes on a base. A base without nodes gets an empty root.
    #[must_use]
    pub fn on(base: Arc<Base>) -> Fs {
        if base.nodes.is_empty() {
            return Fs::default();
        }
        let next = Ino::try_from(base.nodes.len()).unwrap_or(Ino::MAX);
        Fs {
            base,
            overlay: BTreeMap::new(),
            next,
            held: BTreeMap::new(),
            quota: Quota::of(&Limits::default()),
            used_bytes: 0,
            used_files: 0,
            exceeded: None,
            planting_time: 0,
        }
    }

    /// The file system as it stands, as a base for many; what a run had added is no longer charged to anyone.
    #[must_use]
    pub fn freeze(mut self) -> Arc<Base> {
        let nodes = (0..self.next).map(|ino| {
            let mut node = match self.overlay.remove(&ino) {
                Some(node) => node,
                None => usize::try_from(ino)
                    .ok()
                    .and_then(|index| self.base.nodes.get(index))
                    .cloned()
                    .unwrap_or_else(Node::gone),
            };
            if let Content::File(data) = &mut node.content {
                data.share();
            }
            node
        });
        Arc::new(Base {
            nodes: nodes.collect(),
        })
    }

    /// The node with this number.
    ///
    /// # Errors
    ///
    /// [`Errno::NOENT`] when there is none.
    pub fn node(&self, ino: Ino) -> Result<&Node, Errno> {
        self.overlay
            .get(&ino)
            .or_else(|| self.base.nodes.get(usize::try_from(ino).ok()?))
            .ok_or(Errno::NOENT)
    }

    /// The node with this number, to change it: the first change copies it out of the base.
    fn node_mut(&mut self, ino: Ino) -> Result<&mut Node, Errno> {
        if !self.overlay.contains_key(&ino) {
            let node = self.node(ino)?.clone();
            self.overlay.insert(ino, node);
        }
        self.overlay.get_mut(&ino).ok_or(Errno::NOENT)
    }

    /// The names in a directory, sorted.
    ///
    /// # Errors
    ///
    /// [`Errno::NOTDIR`] for any other node.
    pub fn directory(&self, ino: Ino) -> Result<&BTreeMap<String, Ino>, Errno> {
        match &self.node(ino)?.content {
            Content::Directory(names) => Ok(names),
            _ => Err(Errno::NOTDIR),
        }
    }

    fn directory_mut(&mut self, ino: Ino) -> Result<&mut BTreeMap<String, Ino>, Errno> {
        match &mut self.node_mut(ino)?.content {
            Content::Directory(names) => Ok(names),
            _ => Err(Errno::NOTDIR),
        }
    }

    fn add_node(&mut self, node: Node) -> Result<Ino, Errno> {
        let ino = self.next;
        self.next = self.next.checked_add(1).ok_or(Errno::NOSPC)?;
        self.overlay.insert(ino, node);
        Ok(ino)
    }

    /// What `stat` says of a node.
    ///
    /// # Errors
    ///
    /// [`Errno::NOENT`] when there is no such node.
    pub fn stat(&self, ino: Ino) -> Result<Stat, Errno> {
        Ok(self.node(ino)?.stat(ino))
    }

    /// Keeps a node alive while it is open, whatever becomes of its names.
    pub fn hold(&mut self, ino: Ino) {
        let count = self.held.entry(ino).or_default();
        *count = count.saturating_add(1);
    }

    /// Ends one [`Fs::hold`].
    pub fn release(&mut self, ino: Ino) {
        if let Some(count) = self.held.get_mut(&ino) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.held.remove(&ino);
                self.drop_if_unused(ino);
            }
        }
    }

    /// Forgets a node that has neither a name nor an open description, and gives its bytes back to the quota.
    fn drop_if_unused(&mut self, ino: Ino) {
        let unused = self.node(ino).is_ok_and(|node| node.nlink == 0);
        if unused
            && !self.held.contains_key(&ino)
            && let Some(node) = self.overlay.remove(&ino)
        {
            self.used_bytes = self.used_bytes.saturating_sub(node.charge());
        }
    }

    /// Takes the mark of the part of the quota that was exceeded since the last call.
    pub fn take_exceeded(&mut self) -> Option<Exceeded> {
        self.exceeded.take()
    }

    /// Bytes and names that a run has added and not removed.
    #[must_use]
    pub fn used(&self) -> (u64, u32) {
        (self.used_bytes, self.used_files)
    }

    fn charge_bytes(&mut self, bytes: u64) -> Result<(), Errno> {
        match self.used_bytes.checked_add(bytes) {
            Some(used) if used <= self.quota.bytes => {
                self.used_bytes = used;
                Ok(())
            }
            _ => {
                self.exceeded = Some(Exceeded::FileBytes);
                Err(Errno::NOSPC)
            }
        }
    }

    fn charge_name(&mut self) -> Result<(), Errno> {
        if self.used_files >= self.quota.files {
            self.exceeded = Some(Exceeded::Files);
            return Err(Errno::NOSPC);
        }
        self.used_files = self.used_files.saturating_add(1);
        Ok(())
    }

    fn check_size(&mut self, size: u64) -> Result<(), Errno> {
        if size > self.quota.file_size {
            self.exceeded = Some(Exceeded::FileSize);
            return Err(Errno::FBIG);
        }
        Ok(())
    }
}
