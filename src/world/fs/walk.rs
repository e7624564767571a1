//! From a path to a place: the way through directories and symbolic links.

use super::{Content, Fs, Ino, Node, ROOT};
use crate::world::Errno;

/// Symbolic links that one path may pass. Source: path_resolution(7) of Linux.
pub const MAX_HOPS: u32 = 40;

/// Bytes of one name. Source: `NAME_MAX` of Linux.
pub const MAX_NAME: usize = 255;

/// Bytes of a path. Source: `PATH_MAX` of Linux, less the end mark.
pub const MAX_PATH: usize = 4_095;

/// On whose behalf something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who {
    /// User; 0 may do anything.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

impl Who {
    /// The superuser.
    pub const ROOT: Who = Who { uid: 0, gid: 0 };
}

impl Node {
    /// Whether `who` may access the node so: 4 reads, 2 writes, 1 searches or runs, and sums of these.
    #[must_use]
    pub fn allows(&self, who: Who, access: u32) -> bool {
        if who.uid == 0 {
            // Even the superuser runs only what somebody may run.
            return access & 1 == 0 || self.is_directory() || self.mode & 0o111 != 0;
        }
        let shift = if who.uid == self.uid {
            6
        } else if who.gid == self.gid {
            3
        } else {
            0
        };
        (self.mode >> shift) & access == access
    }
}

/// A place in a directory, taken or free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The directory.
    pub parent: Ino,
    /// The name in it; empty when the path ends in `.`, `..` or is the root.
    pub name: String,
    /// What stands there, if anything.
    pub ino: Option<Ino>,
    /// Whether the path says by a slash at its end that it means a directory.
    pub wants_directory: bool,
    /// The absolute path without links, dots and doubled slashes.
    pub path: String,
}

impl Spot {
    /// What stands at the place.
    ///
    /// # Errors
    ///
    /// [`Errno::NOENT`] when nothing does.
    pub fn taken(&self) -> Result<Ino, Errno> {
        self.ino.ok_or(Errno::NOENT)
    }
}

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Into the file system.
    Spot(Spot),
    /// Into the process table: `/proc/self` or `/proc/<number>` and what follows, without `/proc/`.
    Process(String),
}

/// A walk on its way.
struct Walk<'a> {
    fs: &'a Fs,
    here: Ino,
    trail: Vec<&'a str>,
    todo: Vec<&'a str>,
    hops: u32,
    follow: bool,
}

impl Fs {
    /// Follows an absolute path. A link at its end is followed when `follow` is set or when a slash comes after it.
    ///
    /// # Errors
    ///
    /// `NOENT`, `NOTDIR`, `ACCES` (a directory that may not be searched), `LOOP`, `NAMETOOLONG`; `INVAL` for a path with a
    /// zero byte, `NOENT` for an empty one.
    pub fn walk(&self, who: Who, path: &str, follow: bool) -> Result<Place, Errno> {
        if path.is_empty() {
            return Err(Errno::NOENT);
        }
        if path.len() > MAX_PATH {
            return Err(Errno::NAMETOOLONG);
        }
        if path.contains('\0') {
            return Err(Errno::INVAL);
        }
        let mut walk = Walk {
            fs: self,
            here: ROOT,
            trail: Vec::new(),
            todo: path.split('/').rev().collect(),
            hops: 0,
            follow,
        };
        walk.run(who)
    }

    /// Follows a path that must lead to a node of the file system.
    ///
    /// # Errors
    ///
    /// Those of [`Fs::walk`], and `NOENT` when nothing is there or the path leads into the process table.
    pub fn lookup(&self, who: Who, path: &str, follow: bool) -> Result<Ino, Errno> {
        match self.walk(who, path, follow)? {
            Place::Spot(spot) => spot.taken(),
            Place::Process(_) => Err(Errno::NOENT),
        }
    }

    /// Whether a name in this directory is one of the process table's.
    fn is_process(&self, directory: Ino, name: &str) -> bool {
        (matches!(name, "self" | "thread-self") || name.bytes().all(|byte| byte.is_ascii_digit()))
            && self
                .directory(ROOT)
                .is_ok_and(|root| root.get("proc") == Some(&directory))
    }
}

impl<'a> Walk<'a> {
    fn run(&mut self, who: Who) -> Result<Place, Errno> {
        while let Some(name) = self.todo.pop() {
            let names = self.fs.directory(self.here)?;
            match name {
                "" | "." => continue,
                ".." => {
                    self.here = self.fs.node(self.here)?.parent;
                    self.trail.pop();
                    continue;
                }
                _ => {}
            }
            if name.len() > MAX_NAME {
                return Err(Errno::NAMETOOLONG);
            }
            if !self.fs.node(self.here)?.allows(who, 1) {
                return Err(Errno::ACCES);
            }
            match names.get_key_value(name) {
                Some((name, &ino)) => {
                    if let Some(spot) = self.step(name, ino)? {
                        return Ok(Place::Spot(spot));
                    }
                }
                None if self.fs.is_process(self.here, name) => {
                    let rest = self.todo.iter().rev().filter(|part| !part.is_empty());
                    let parts: Vec<&str> = std::iter::once(name).chain(rest.copied()).collect();
                    return Ok(Place::Process(parts.join("/")));
                }
                None if self.todo.iter().all(|part| part.is_empty()) => {
                    return Ok(Place::Spot(self.spot(name, None)));
                }
                None => return Err(Errno::NOENT),
            }
        }
        // The path ended in a directory that it did not name last: the root, `.` or `..`.
        self.fs.directory(self.here)?;
        Ok(Place::Spot(Spot {
            parent: self.fs.node(self.here)?.parent,
            name: String::new(),
            ino: Some(self.here),
            wants_directory: true,
            path: format!("/{}", self.trail.join("/")),
        }))
    }

    /// Goes to a node that stands in the directory; the answer is there when the path ends with it.
    fn step(&mut self, name: &'a str, ino: Ino) -> Result<Option<Spot>, Errno> {
        let last = self.todo.is_empty();
        match &self.fs.node(ino)?.content {
            Content::Link(target) if !last || self.follow => {
                self.hops += 1;
                if self.hops > MAX_HOPS {
                    return Err(Errno::LOOP);
                }
                if target.starts_with('/') {
                    self.here = ROOT;
                    self.trail.clear();
                }
                self.todo.extend(target.split('/').rev());
                Ok(None)
            }
            Content::Directory(_) if !self.todo.iter().all(|part| part.is_empty()) => {
                self.here = ino;
                self.trail.push(name);
                Ok(None)
            }
            Content::Directory(_) => Ok(Some(self.spot(name, Some(ino)))),
            _ if last => Ok(Some(self.spot(name, Some(ino)))),
            _ => Err(Errno::NOTDIR),
        }
    }

    fn spot(&self, name: &str, ino: Option<Ino>) -> Spot {
        let mut path = String::new();
        for part in self.trail.iter().copied().chain([name]) {
            path.push('/');
            path.push_str(part);
        }
        Spot {
            parent: self.here,
            name: name.to_owned(),
            ino,
            wants_directory: !self.todo.is_empty(),
            path,
        }
    }
}
