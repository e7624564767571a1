//! A file system of maps and vectors: what Linux does, written as plainly as possible and apart from the code under test.
//!
//! Left out is what the target does not use: owners, modes, times, devices. The root belongs to somebody else, so names in it can
//! be neither made nor removed.

use lazaret::world::Errno;
use std::collections::BTreeMap;

/// Number of a node.
pub(crate) type Id = usize;

/// The root directory.
pub(crate) const TOP: Id = 0;

/// Links that one path may pass.
const HOPS: u32 = 40;

/// What a name stands for.
#[derive(Debug)]
pub(crate) enum Kind {
    Directory(BTreeMap<String, Id>),
    File(Vec<u8>),
    Link(String),
}

/// A node with what `stat` says of it.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) parent: Id,
    pub(crate) names: u32,
    /// Open descriptions.
    pub(crate) held: u32,
}

/// Where a path leads.
#[derive(Clone, Debug)]
pub(crate) enum Spot {
    /// To a directory that it does not name last: the root, `.` or `..`.
    Dot(Id),
    /// To what has this name.
    Taken(Id, String, Id),
    /// To a name that is free, and whether it is meant for a directory.
    Free(Id, String, bool),
}

impl Spot {
    /// What is there.
    pub(crate) fn id(&self) -> Result<Id, Errno> {
        match self {
            Spot::Dot(id) | Spot::Taken(_, _, id) => Ok(*id),
            Spot::Free(..) => Err(Errno::NOENT),
        }
    }
}

/// All nodes ever made, by number.
pub(crate) struct Model {
    pub(crate) nodes: Vec<Node>,
    /// Absolute path of the working directory.
    pub(crate) cwd: String,
}

impl Model {
    /// The root and in it one directory, `w`, in which one stands.
    pub(crate) fn new() -> Model {
        let mut model = Model {
            nodes: Vec::new(),
            cwd: "/w".into(),
        };
        let top = model.add(Kind::Directory(BTreeMap::new()), TOP);
        let work = model.add(Kind::Directory(BTreeMap::new()), TOP);
        model.enter(top, "w", work);
        model
    }

    fn add(&mut self, kind: Kind, parent: Id) -> Id {
        self.nodes.push(Node {
            kind,
            parent,
            names: 0,
            held: 0,
        });
        self.nodes.len() - 1
    }

    fn names(&self, id: Id) -> Result<&BTreeMap<String, Id>, Errno> {
        match &self.nodes[id].kind {
            Kind::Directory(names) => Ok(names),
            _ => Err(Errno::NOTDIR),
        }
    }

    pub(crate) fn is_directory(&self, id: Id) -> bool {
        self.names(id).is_ok()
    }

    fn enter(&mut self, directory: Id, name: &str, id: Id) {
        if let Kind::Directory(names) = &mut self.nodes[directory].kind {
            names.insert(name.to_owned(), id);
        }
        self.nodes[id].names += 1;
        self.nodes[id].parent = directory;
    }

    fn leave(&mut self, directory: Id, name: &str, id: Id) {
        if let Kind::Directory(names) = &mut self.nodes[directory].kind {
            names.remove(name);
        }
        self.nodes[id].names -= 1;
    }

    /// Follows a path to make, move or remove a name: never the link that bears it. Tells whether a slash came after it.
    pub(crate) fn named(&self, path: &str) -> Result<(Spot, bool), Errno> {
        let name = path.trim_end_matches('/');
        if name.is_empty() || name.len() == path.len() {
            return Ok((self.resolve(path, false)?, false));
        }
        Ok(match self.resolve(name, false)? {
            Spot::Free(parent, name, _) => (Spot::Free(parent, name, true), true),
            spot => (spot, true),
        })
    }

    /// Follows a path; a link at its end if `follow` is set or a slash comes after it.
    pub(crate) fn resolve(&self, path: &str, follow: bool) -> Result<Spot, Errno> {
        let follow = follow || path.ends_with('/');
        if path.is_empty() {
            return Err(Errno::NOENT);
        }
        let whole = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("{}/{path}", self.cwd)
        };
        self.walk(TOP, &whole, follow, &mut 0)
    }

    fn walk(&self, start: Id, path: &str, follow: bool, hops: &mut u32) -> Result<Spot, Errno> {
        let mut here = if path.starts_with('/') { TOP } else { start };
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let slash = path.ends_with('/');
        let mut spot = Spot::Dot(here);
        for (index, part) in parts.iter().enumerate() {
            let last = index + 1 == parts.len();
            here = if index == 0 { here } else { spot.id()? };
            let names = self.names(here)?;
            spot = match *part {
                "." => Spot::Dot(here),
                ".." => Spot::Dot(self.nodes[here].parent),
                name => match names.get(name) {
                    Some(id) => Spot::Taken(here, name.to_owned(), *id),
                    None => Spot::Free(here, name.to_owned(), false),
                },
            };
            if let Spot::Taken(_, _, id) = spot
                && let Kind::Link(target) = &self.nodes[id].kind
                && (follow || !last)
            {
                *hops += 1;
                if *hops > HOPS {
                    return Err(Errno::LOOP);
                }
                spot = self.walk(here, target, true, hops)?;
            }
        }
        match spot {
            Spot::Taken(_, _, id) if slash && !self.is_directory(id) => Err(Errno::NOTDIR),
            Spot::Free(parent, name, meant) => Ok(Spot::Free(parent, name, meant || slash)),
            spot => Ok(spot),
        }
    }

    fn check_writable(directory: Id) -> Result<(), Errno> {
        if directory == TOP {
            Err(Errno::ACCES)
        } else {
            Ok(())
        }
    }

    /// Makes something at a free place.
    pub(crate) fn create(&mut self, spot: &Spot, kind: Kind) -> Result<Id, Errno> {
        let Spot::Free(parent, name, slash) = spot else {
            return Err(Errno::EXIST);
        };
        if *slash && !matches!(kind, Kind::Directory(_)) {
            return Err(Errno::NOENT);
        }
        Model::check_writable(*parent)?;
        let id = self.add(kind, *parent);
        self.enter(*parent, name, id);
        Ok(id)
    }

    pub(crate) fn link(&mut self, from: &str, to: &str) -> Result<(), Errno> {
        let id = self.resolve(from, false)?.id()?;
        let (Spot::Free(parent, name, slash), _) = self.named(to)? else {
            return Err(Errno::EXIST);
        };
        if slash {
            return Err(Errno::NOENT);
        }
        Model::check_writable(parent)?;
        if self.is_directory(id) {
            return Err(Errno::PERM);
        }
        // A further name of a file; the parent is only kept for directories.
        self.enter(parent, &name, id);
        Ok(())
    }

    pub(crate) fn remove(&mut self, path: &str, directory: bool) -> Result<(), Errno> {
        let (spot, slash) = self.named(path)?;
        let (parent, name, id) = match spot {
            Spot::Taken(parent, name, id) => (parent, name, id),
            Spot::Free(..) => return Err(Errno::NOENT),
            Spot::Dot(_) if !directory => return Err(Errno::ISDIR),
            Spot::Dot(TOP) if path.trim_end_matches('/').is_empty() => return Err(Errno::BUSY),
            Spot::Dot(_) if path.trim_end_matches('/').ends_with("..") => {
                return Err(Errno::NOTEMPTY);
            }
            Spot::Dot(_) => return Err(Errno::INVAL),
        };
        Model::check_writable(parent)?;
        match (&self.nodes[id].kind, directory) {
            (Kind::Directory(_), false) => return Err(Errno::ISDIR),
            (Kind::Directory(names), true) if !names.is_empty() => return Err(Errno::NOTEMPTY),
            (Kind::File(_) | Kind::Link(_), _) if directory || slash => return Err(Errno::NOTDIR),
            _ => {}
        }
        self.leave(parent, &name, id);
        Ok(())
    }

    pub(crate) fn rename(&mut self, from: &str, to: &str) -> Result<(), Errno> {
        let ((from, from_slash), (to, to_slash)) = (self.named(from)?, self.named(to)?);
        if matches!(from, Spot::Dot(_)) || matches!(to, Spot::Dot(_)) {
            return Err(Errno::BUSY);
        }
        let Spot::Taken(from_parent, from_name, id) = from else {
            return Err(Errno::NOENT);
        };
        let (to_parent, to_name, old) = match to {
            Spot::Taken(parent, name, old) => (parent, name, Some(old)),
            Spot::Free(parent, name, _) => (parent, name, None),
            Spot::Dot(_) => return Err(Errno::BUSY),
        };
        if (from_slash || to_slash) && !self.is_directory(id) {
            return Err(Errno::NOTDIR);
        }
        if self.is_above(id, to_parent) {
            return Err(Errno::INVAL);
        }
        if old.is_some_and(|old| self.is_above(old, from_parent)) {
            return Err(Errno::NOTEMPTY);
        }
        if old == Some(id) {
            return Ok(());
        }
        Model::check_writable(from_parent)?;
        Model::check_writable(to_parent)?;
        if let Some(old) = old {
            match (&self.nodes[old].kind, self.is_directory(id)) {
                (Kind::Directory(_), false) => return Err(Errno::ISDIR),
                (Kind::Directory(names), true) if !names.is_empty() => return Err(Errno::NOTEMPTY),
                (Kind::File(_) | Kind::Link(_), true) => return Err(Errno::NOTDIR),
                _ => {}
            }
            self.leave(to_parent, &to_name, old);
        }
        self.leave(from_parent, &from_name, id);
        self.enter(to_parent, &to_name, id);
        Ok(())
    }

    /// Whether `top` is `below` or a directory above it.
    fn is_above(&self, top: Id, mut below: Id) -> bool {
        while below != top && below != TOP {
            below = self.nodes[below].parent;
        }
        below == top && self.is_directory(top)
    }

    /// The path of a directory, without links.
    pub(crate) fn path_of(&self, mut id: Id) -> String {
        let mut path = String::new();
        while id != TOP {
            let parent = self.nodes[id].parent;
            let names = self.names(parent).expect("a parent is a directory");
            let name = names
                .iter()
                .find(|(_, other)| **other == id)
                .map_or("?", |(name, _)| name);
            path = format!("/{name}{path}");
            id = parent;
        }
        if path.is_empty() { "/".into() } else { path }
    }

    /// Names and bytes that were made and not removed, `w` itself not counted; what is open counts.
    pub(crate) fn used(&self) -> (u64, u32) {
        let names: usize = self
            .nodes
            .iter()
            .filter(|node| node.names > 0)
            .filter_map(|node| match &node.kind {
                Kind::Directory(names) => Some(names.len()),
                _ => None,
            })
            .sum();
        let bytes: usize = self
            .nodes
            .iter()
            .filter(|node| node.names > 0 || node.held > 0)
            .map(|node| match &node.kind {
                Kind::File(bytes) => bytes.len(),
                Kind::Link(target) => target.len(),
                Kind::Directory(_) => 0,
            })
            .sum();
        // The root has no name of its own, so its entry `w` is not among them.
        (bytes as u64, u32::try_from(names).unwrap_or(u32::MAX))
    }
}
