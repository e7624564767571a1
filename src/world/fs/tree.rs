//! Making, removing and moving names.

use super::{Content, Fs, Ino, Node, ROOT, Spot, Who};
use crate::world::Errno;

impl Fs {
    /// Makes a node at a free place.
    ///
    /// # Errors
    ///
    /// `EXIST` when the place is taken, `ACCES` when the directory may not be written, `NOSPC` when the quota forbids it,
    /// `NOENT` when the path means a directory and the content is none.
    pub fn create(
        &mut self,
        who: Who,
        spot: &Spot,
        content: Content,
        mode: u32,
        now: u64,
    ) -> Result<Ino, Errno> {
        if spot.ino.is_some() {
            return Err(Errno::EXIST);
        }
        if spot.wants_directory && !matches!(content, Content::Directory(_)) {
            return Err(Errno::NOENT);
        }
        self.check_writable(who, spot.parent)?;
        let mut node = Node::new(content, mode, who, now);
        node.parent = spot.parent;
        let is_directory = node.is_directory();
        let bytes = node.charge();
        self.charge_bytes(bytes)?;
        self.charge_name()
            .inspect_err(|_| self.used_bytes = self.used_bytes.saturating_sub(bytes))?;
        let ino = self.add_node(node)?;
        self.enter(spot.parent, &spot.name, ino, is_directory, now)?;
        Ok(ino)
    }

    /// Gives a node a further name (a hard link).
    ///
    /// # Errors
    ///
    /// `PERM` for a directory and for a file that the user neither owns nor may read and write (`fs.protected_hardlinks`
    /// of Linux); otherwise those of [`Fs::create`].
    pub fn link(&mut self, who: Who, ino: Ino, spot: &Spot, now: u64) -> Result<(), Errno> {
        if spot.ino.is_some() {
            return Err(Errno::EXIST);
        }
        if spot.wants_directory {
            return Err(Errno::NOENT);
        }
        self.check_writable(who, spot.parent)?;
        let node = self.node(ino)?;
        if node.is_directory() || !(owns(node, who) || node.allows(who, 6)) {
            return Err(Errno::PERM);
        }
        self.charge_name()?;
        let node = self.node_mut(ino)?;
        node.nlink = node.nlink.saturating_add(1);
        node.ctime = now;
        self.enter(spot.parent, &spot.name, ino, false, now)
    }

    /// Removes a name; `directory` tells `rmdir` from `unlink`. The node lives on under other names and while it is open.
    ///
    /// # Errors
    ///
    /// `NOENT`, `ISDIR`, `NOTDIR`, `NOTEMPTY`, `ACCES`, `PERM` (sticky directory), `BUSY` for the root, `INVAL` for `.`.
    pub fn remove(
        &mut self,
        who: Who,
        spot: &Spot,
        directory: bool,
        now: u64,
    ) -> Result<(), Errno> {
        let ino = spot.taken()?;
        if spot.name.is_empty() {
            return Err(match (directory, ino) {
                (false, _) => Errno::ISDIR,
                (true, ROOT) => Errno::BUSY,
                (true, _) => Errno::INVAL,
            });
        }
        self.check_removable(who, spot.parent, ino)?;
        let node = self.node(ino)?;
        match (&node.content, directory) {
            (Content::Directory(names), true) if !names.is_empty() => return Err(Errno::NOTEMPTY),
            (Content::Directory(_), false) => return Err(Errno::ISDIR),
            (Content::Directory(_), true) => {}
            (_, true) => return Err(Errno::NOTDIR),
            (_, false) if spot.wants_directory => return Err(Errno::NOTDIR),
            (_, false) => {}
        }
        self.detach(spot.parent, &spot.name, ino)?;
        self.touch(spot.parent, now)?;
        if let Ok(node) = self.node_mut(ino) {
            node.ctime = now;
        }
        self.drop_if_unused(ino);
        Ok(())
    }

    /// Moves a node to another place, in place of what stands there.
    ///
    /// # Errors
    ///
    /// As `rename(2)`: `NOENT`, `NOTDIR`, `ISDIR`, `NOTEMPTY`, `INVAL` (a directory into itself), `BUSY`, `ACCES`, `PERM`.
    pub fn rename(&mut self, who: Who, from: &Spot, to: &Spot, now: u64) -> Result<(), Errno> {
        if from.name.is_empty() || to.name.is_empty() {
            return Err(Errno::BUSY);
        }
        let ino = from.taken()?;
        let is_directory = self.node(ino)?.is_directory();
        if !is_directory && (from.wants_directory || to.wants_directory) {
            return Err(Errno::NOTDIR);
        }
        if is_directory && self.is_below(to.parent, ino) {
            return Err(Errno::INVAL);
        }
        self.check_removable(who, from.parent, ino)?;
        self.check_writable(who, to.parent)?;
        if to.ino == Some(ino) {
            return Ok(());
        }
        if let Some(old) = to.ino {
            self.check_removable(who, to.parent, old)?;
            match (&self.node(old)?.content, is_directory) {
                (Content::Directory(names), true) if !names.is_empty() => {
                    return Err(Errno::NOTEMPTY);
                }
                (Content::Directory(_), false) if self.is_below(from.parent, old) => {
                    return Err(Errno::NOTEMPTY);
                }
                (Content::Directory(_), false) => return Err(Errno::ISDIR),
                (Content::Directory(_), true) | (_, false) => {}
                (_, true) => return Err(Errno::NOTDIR),
            }
            self.detach(to.parent, &to.name, old)?;
            self.drop_if_unused(old);
        }
        self.leave(from.parent, &from.name, is_directory)?;
        self.touch(from.parent, now)?;
        self.enter(to.parent, &to.name, ino, is_directory, now)?;
        let node = self.node_mut(ino)?;
        node.parent = to.parent;
        node.ctime = now;
        Ok(())
    }

    /// Changes permission bits.
    ///
    /// # Errors
    ///
    /// `PERM` for whoever does not own the node.
    pub fn set_mode(&mut self, who: Who, ino: Ino, mode: u32, now: u64) -> Result<(), Errno> {
        if !owns(self.node(ino)?, who) {
            return Err(Errno::PERM);
        }
        let node = self.node_mut(ino)?;
        node.mode = mode & 0o7777;
        node.ctime = now;
        Ok(())
    }

    /// Changes owner and group; `None` leaves one as it is.
    ///
    /// # Errors
    ///
    /// `PERM` unless it is the superuser, or the owner who changes nothing or takes the own group.
    pub fn set_owner(
        &mut self,
        who: Who,
        ino: Ino,
        uid: Option<u32>,
        gid: Option<u32>,
        now: u64,
    ) -> Result<(), Errno> {
        let node = self.node(ino)?;
        let same_user = uid.is_none_or(|uid| uid == node.uid);
        let own_group = gid.is_none_or(|gid| gid == node.gid || gid == who.gid);
        if who.uid != 0 && !(owns(node, who) && same_user && own_group) {
            return Err(Errno::PERM);
        }
        let node = self.node_mut(ino)?;
        node.uid = uid.unwrap_or(node.uid);
        node.gid = gid.unwrap_or(node.gid);
        node.ctime = now;
        Ok(())
    }

    /// Changes access and modification time, in nanoseconds since 1970; `None` leaves one as it is.
    ///
    /// # Errors
    ///
    /// `PERM` for whoever neither owns the node nor may write it.
    pub fn set_times(
        &mut self,
        who: Who,
        ino: Ino,
        atime: Option<u64>,
        mtime: Option<u64>,
        now: u64,
    ) -> Result<(), Errno> {
        let node = self.node(ino)?;
        if !(owns(node, who) || node.allows(who, 2)) {
            return Err(Errno::PERM);
        }
        let node = self.node_mut(ino)?;
        node.atime = atime.unwrap_or(node.atime);
        node.mtime = mtime.unwrap_or(node.mtime);
        node.ctime = now;
        Ok(())
    }

    fn check_writable(&self, who: Who, directory: Ino) -> Result<(), Errno> {
        let node = self.node(directory)?;
        if node.nlink == 0 {
            return Err(Errno::NOENT);
        }
        if node.allows(who, 3) {
            Ok(())
        } else {
            Err(Errno::ACCES)
        }
    }

    fn check_removable(&self, who: Who, directory: Ino, ino: Ino) -> Result<(), Errno> {
        self.check_writable(who, directory)?;
        let above = self.node(directory)?;
        let sticky = above.mode & 0o1000 != 0;
        if sticky && !owns(above, who) && !owns(self.node(ino)?, who) {
            return Err(Errno::PERM);
        }
        Ok(())
    }

    /// Whether a directory is `top` or lies below it.
    fn is_below(&self, mut directory: Ino, top: Ino) -> bool {
        // The tree has no loops: a directory has one parent and never becomes its own descendant.
        while directory != top {
            match self.node(directory) {
                Ok(node) if directory != ROOT => directory = node.parent,
                _ => return false,
            }
        }
        true
    }

    /// Enters a name into a directory.
    fn enter(
        &mut self,
        directory: Ino,
        name: &str,
        ino: Ino,
        is_directory: bool,
        now: u64,
    ) -> Result<(), Errno> {
        self.directory_mut(directory)?.insert(name.to_owned(), ino);
        if is_directory {
            let above = self.node_mut(directory)?;
            above.nlink = above.nlink.saturating_add(1);
        }
        self.touch(directory, now)
    }

    /// Takes a name out of a directory.
    fn leave(&mut self, directory: Ino, name: &str, is_directory: bool) -> Result<(), Errno> {
        self.directory_mut(directory)?.remove(name);
        if is_directory {
            let above = self.node_mut(directory)?;
            above.nlink = above.nlink.saturating_sub(1);
        }
        Ok(())
    }

    /// Takes a name out of a directory and counts it off its node. The caller decides when the node goes.
    pub(super) fn detach(&mut self, directory: Ino, name: &str, ino: Ino) -> Result<(), Errno> {
        let is_directory = self.node(ino)?.is_directory();
        self.leave(directory, name, is_directory)?;
        self.used_files = self.used_files.saturating_sub(1);
        let node = self.node_mut(ino)?;
        node.nlink = if is_directory {
            0
        } else {
            node.nlink.saturating_sub(1)
        };
        Ok(())
    }

    fn touch(&mut self, ino: Ino, now: u64) -> Result<(), Errno> {
        let node = self.node_mut(ino)?;
        node.mtime = now;
        node.ctime = now;
        Ok(())
    }
}

fn owns(node: &Node, who: Who) -> bool {
    who.uid == 0 || who.uid == node.uid
}
