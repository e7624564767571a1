//! From a process's path to what it means: a place in the file system or an entry of the process table.

use super::procfs::{self, Entry};
use crate::world::fs::{Ino, MAX_HOPS, Place, Spot, Who};
use crate::world::{Errno, Pid, World};

/// What a path means.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// A place in the file system.
    Spot(Spot),
    /// An entry below `/proc/<pid>`, with its path.
    Process(Entry, String),
}

impl World {
    /// On whose behalf a process acts: there is one user.
    #[must_use]
    pub fn who(&self, _pid: Pid) -> Who {
        Who {
            uid: self.persona.uid,
            gid: self.persona.gid,
        }
    }

    /// Finds what a path of a process means; a link at its end is followed when `follow` is set.
    pub(super) fn locate(&self, pid: Pid, path: &str, follow: bool) -> Result<Target, Errno> {
        if path.is_empty() {
            return Err(Errno::NOENT);
        }
        let mut path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("{}/{path}", self.cwd(pid))
        };
        let who = self.who(pid);
        for _ in 0..=MAX_HOPS {
            let rest = match self.fs.walk(who, &path, follow)? {
                Place::Spot(spot) => return Ok(Target::Spot(spot)),
                Place::Process(rest) => rest,
            };
            match procfs::look(self, pid, &rest, follow)? {
                procfs::Look::Entry(entry, path) => return Ok(Target::Process(entry, path)),
                procfs::Look::Elsewhere(other) => path = other,
            }
        }
        Err(Errno::LOOP)
    }

    /// Finds a place in the file system; entries of the process table can be neither made nor changed.
    pub(super) fn spot(&self, pid: Pid, path: &str, follow: bool) -> Result<Spot, Errno> {
        match self.locate(pid, path, follow)? {
            Target::Spot(spot) => Ok(spot),
            Target::Process(..) => Err(Errno::PERM),
        }
    }

    /// Finds the place of a name that is to be made, removed or moved: a link there is meant itself, even when a slash comes
    /// after it.
    pub(super) fn name_at(&self, pid: Pid, path: &str) -> Result<Spot, Errno> {
        let name = path.trim_end_matches('/');
        if name.is_empty() {
            return self.spot(pid, path, false);
        }
        let spot = self.spot(pid, name, false)?;
        Ok(Spot {
            wants_directory: spot.wants_directory || name.len() < path.len(),
            ..spot
        })
    }

    /// Finds a node that is there.
    pub(super) fn node_at(
        &self,
        pid: Pid,
        path: &str,
        follow: bool,
    ) -> Result<(Ino, String), Errno> {
        let spot = self.spot(pid, path, follow)?;
        Ok((spot.taken()?, spot.path))
    }
}
