//! Building a file system: what is planted is not charged to a run and asks for no permission.

use super::{Content, Data, Fs, Ino, Node, Place, ROOT, Spot, Who};
use crate::world::Errno;
use bytes::Bytes;
use std::collections::BTreeMap;

/// Permission bits of directories that are made on the way to a planted file.
const ON_THE_WAY: u32 = 0o755;

impl Fs {
    /// Plants a file, with the directories on the way to it. The new nodes belong to whom the nearest directory belongs.
    /// What stands in the way is replaced: the last planting wins. A path that names nothing is ignored.
    pub fn plant_file(&mut self, path: &str, bytes: impl Into<Bytes>, mode: u32) -> &mut Fs {
        self.plant(path, Content::File(Data::Shared(bytes.into())), mode, None);
        self
    }

    /// Plants a directory as [`Fs::plant_file`] plants a file; one that is there keeps its contents and gets the mode.
    pub fn plant_dir(&mut self, path: &str, mode: u32) -> &mut Fs {
        self.plant(path, Content::Directory(BTreeMap::new()), mode, None);
        self
    }

    /// Plants a symbolic link.
    pub fn plant_link(&mut self, path: &str, target: &str) -> &mut Fs {
        self.plant(path, Content::Link(target.to_owned()), 0o777, None);
        self
    }

    /// Gives a node to somebody: what is planted below it later belongs to them as well.
    pub fn plant_owner(&mut self, path: &str, owner: Who) -> &mut Fs {
        if let Ok(ino) = self.lookup(Who::ROOT, path, false)
            && let Ok(node) = self.node_mut(ino)
        {
            node.uid = owner.uid;
            node.gid = owner.gid;
        }
        self
    }

    /// Plants files below a directory: pairs of relative paths with permission bits and contents.
    pub fn plant_tree<P: AsRef<str>>(
        &mut self,
        root: &str,
        files: impl IntoIterator<Item = (P, u32, Bytes)>,
    ) -> &mut Fs {
        self.plant_dir(root, ON_THE_WAY);
        for (path, mode, bytes) in files {
            self.plant_file(&format!("{root}/{}", path.as_ref()), bytes, mode);
        }
        self
    }

    /// Plants anything; without an owner it belongs to whom the nearest directory belongs.
    pub(crate) fn plant(&mut self, path: &str, content: Content, mode: u32, owner: Option<Who>) {
        // Planting is total: a path that cannot be planted (the root, one too long) names nothing a guest could find.
        let _ = self.try_plant(path, content, mode, owner);
    }

    fn try_plant(
        &mut self,
        path: &str,
        content: Content,
        mode: u32,
        owner: Option<Who>,
    ) -> Result<(), Errno> {
        let path = crate::world::path::absolute("/", path);
        let (directory, name) = path.rsplit_once('/').ok_or(Errno::INVAL)?;
        if name.is_empty() {
            let node = self.node_mut(ROOT)?;
            node.mode = mode & 0o7777;
            return Ok(());
        }
        let parent = self.plant_way(directory)?;
        let there = self.directory(parent)?.get(name).copied();
        match (there, &content) {
            (Some(ino), Content::Directory(_)) if self.node(ino)?.is_directory() => {
                self.node_mut(ino)?.mode = mode & 0o7777;
                return Ok(());
            }
            (Some(ino), _) => self.detach(parent, name, ino)?,
            (None, _) => {}
        }
        self.attach(parent, name, content, mode, owner).map(|_| ())
    }

    /// The directory at a path, made with its parents when it is not there. Links on the way are followed.
    fn plant_way(&mut self, path: &str) -> Result<Ino, Errno> {
        let mut parent = ROOT;
        let mut so_far = String::new();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            so_far.push('/');
            so_far.push_str(name);
            let there = match self.walk(Who::ROOT, &so_far, true) {
                Ok(Place::Spot(Spot { ino, .. })) => ino,
                _ => None,
            };
            let there = there.filter(|&ino| self.node(ino).is_ok_and(Node::is_directory));
            parent = match there {
                Some(ino) => ino,
                None => {
                    if let Some(&ino) = self.directory(parent)?.get(name) {
                        self.detach(parent, name, ino)?;
                    }
                    let content = Content::Directory(BTreeMap::new());
                    self.attach(parent, name, content, ON_THE_WAY, None)?
                }
            };
        }
        Ok(parent)
    }

    fn attach(
        &mut self,
        parent: Ino,
        name: &str,
        content: Content,
        mode: u32,
        owner: Option<Who>,
    ) -> Result<Ino, Errno> {
        let above = self.node(parent)?;
        let owner = owner.unwrap_or(Who {
            uid: above.uid,
            gid: above.gid,
        });
        let mut node = Node::new(content, mode, owner, self.planting_time);
        node.parent = parent;
        let is_directory = node.is_directory();
        let ino = self.add_node(node)?;
        self.directory_mut(parent)?.insert(name.to_owned(), ino);
        if is_directory {
            let above = self.node_mut(parent)?;
            above.nlink = above.nlink.saturating_add(1);
        }
        Ok(ino)
    }
}
