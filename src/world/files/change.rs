//! Changes of names and attributes.

use super::{OpenFlags, What};
use crate::trace::Kind;
use crate::world::fs::{Content, Ino};
use crate::world::{Caller, Errno, World};
use std::collections::BTreeMap;

/// New access and modification time, in nanoseconds since 1970; `None` leaves one as it is.
pub type Times = (Option<u64>, Option<u64>);

/// Characters that replace the X of a temporary name, as `mkdtemp(3)` uses them.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

impl World {
    /// Makes a directory with these permission bits less the process's mask. Recorded as `file.write`, detail `directory`.
    ///
    /// # Errors
    ///
    /// Those of `mkdir(2)`.
    pub fn mkdir(&mut self, caller: &Caller, path: &str, mode: u32) -> Result<(), Errno> {
        let content = Content::Directory(BTreeMap::new());
        self.make(caller, path, content, mode, "directory")
    }

    /// Makes a named pipe. Recorded as `file.write`, detail `fifo`.
    ///
    /// # Errors
    ///
    /// Those of `mkfifo(3)`.
    pub fn mkfifo(&mut self, caller: &Caller, path: &str, mode: u32) -> Result<(), Errno> {
        self.make(caller, path, Content::Fifo, mode, "fifo")
    }

    fn make(
        &mut self,
        caller: &Caller,
        path: &str,
        content: Content,
        mode: u32,
        what: &str,
    ) -> Result<(), Errno> {
        self.act_on(caller, Kind::FileWrite, path, |world, seq, subject| {
            world.recorder.detail(seq, what, "yes");
            let mode = mode & 0o7777 & !world.umask(caller.pid);
            world.recorder.detail(seq, "mode", format!("{mode:o}"));
            let spot = world.name_at(caller.pid, path)?;
            world.note_resolved(seq, subject, &spot.path);
            let (who, now) = (world.who(caller.pid), world.clock.now());
            world.fs.create(who, &spot, content, mode, now).map(|_| ())
        })
    }

    /// Makes a directory whose name is `prefix` and six characters, and returns its path. Recorded as [`World::mkdir`].
    ///
    /// # Errors
    ///
    /// Those of `mkdtemp(3)`.
    pub fn mkdtemp(&mut self, caller: &Caller, prefix: &str) -> Result<String, Errno> {
        let path = format!("{prefix}{}", self.random.text(LETTERS, 6));
        self.mkdir(caller, &path, 0o700)?;
        Ok(path)
    }

    /// Removes a file or link. Recorded as `file.delete`.
    ///
    /// # Errors
    ///
    /// Those of `unlink(2)`.
    pub fn unlink(&mut self, caller: &Caller, path: &str) -> Result<(), Errno> {
        self.remove(caller, path, false)
    }

    /// Removes an empty directory. Recorded as `file.delete`.
    ///
    /// # Errors
    ///
    /// Those of `rmdir(2)`.
    pub fn rmdir(&mut self, caller: &Caller, path: &str) -> Result<(), Errno> {
        self.remove(caller, path, true)
    }

    fn remove(&mut self, caller: &Caller, path: &str, directory: bool) -> Result<(), Errno> {
        self.act_on(caller, Kind::FileDelete, path, |world, seq, subject| {
            if directory {
                world.recorder.detail(seq, "directory", "yes");
            }
            let spot = world.name_at(caller.pid, path)?;
            world.note_resolved(seq, subject, &spot.path);
            let (who, now) = (world.who(caller.pid), world.clock.now());
            world.fs.remove(who, &spot, directory, now)
        })
    }

    /// Renames. Recorded as `file.rename`, detail `to`.
    ///
    /// # Errors
    ///
    /// Those of `rename(2)`.
    pub fn rename(&mut self, caller: &Caller, from: &str, to: &str) -> Result<(), Errno> {
        self.act_on(caller, Kind::FileRename, from, |world, seq, subject| {
            let target = world.absolute(caller.pid, to);
            world.recorder.detail(seq, "to", target);
            let from = world.name_at(caller.pid, from)?;
            world.note_resolved(seq, subject, &from.path);
            let to = world.name_at(caller.pid, to)?;
            let (who, now) = (world.who(caller.pid), world.clock.now());
            world.fs.rename(who, &from, &to, now)
        })
    }

    /// Makes a symbolic link at `path`. Recorded as `file.link`, details `to` and `symbolic`.
    ///
    /// # Errors
    ///
    /// Those of `symlink(2)`.
    pub fn symlink(&mut self, caller: &Caller, target: &str, path: &str) -> Result<(), Errno> {
        self.act_on(caller, Kind::FileLink, path, |world, seq, subject| {
            world.recorder.detail(seq, "to", target);
            world.recorder.detail(seq, "symbolic", "yes");
            if target.is_empty() {
                return Err(Errno::NOENT);
            }
            if target.contains('\0') {
                return Err(Errno::INVAL);
            }
            if target.len() > crate::world::fs::MAX_PATH {
                return Err(Errno::NAMETOOLONG);
            }
            let spot = world.name_at(caller.pid, path)?;
            world.note_resolved(seq, subject, &spot.path);
            let (who, now) = (world.who(caller.pid), world.clock.now());
            let content = Content::Link(target.to_owned());
            world.fs.create(who, &spot, content, 0o777, now).map(|_| ())
        })
    }

    /// Gives what is at `from` the further name `path`. Recorded as `file.link`, detail `to`.
    ///
    /// # Errors
    ///
    /// Those of `link(2)`.
    pub fn link(&mut self, caller: &Caller, from: &str, path: &str) -> Result<(), Errno> {
        self.act_on(caller, Kind::FileLink, path, |world, seq, _| {
            let target = world.absolute(caller.pid, from);
            world.recorder.detail(seq, "to", target);
            let (ino, _) = world.node_at(caller.pid, from, false)?;
            let spot = world.name_at(caller.pid, path)?;
            let (who, now) = (world.who(caller.pid), world.clock.now());
            world.fs.link(who, ino, &spot, now)
        })
    }

    /// Changes permission bits. Recorded as `file.chmod`, detail `mode`.
    ///
    /// # Errors
    ///
    /// Those of `chmod(2)`.
    pub fn chmod(&mut self, caller: &Caller, path: &str, mode: u32) -> Result<(), Errno> {
        self.attribute(caller, path, true, mode_detail(mode), |world, ino, now| {
            let who = world.who(caller.pid);
            world.fs.set_mode(who, ino, mode, now)
        })
    }

    /// The same through a descriptor.
    ///
    /// # Errors
    ///
    /// `BADF`, and those of [`World::chmod`].
    pub fn fchmod(&mut self, caller: &Caller, fd: u32, mode: u32) -> Result<(), Errno> {
        self.attribute_of(caller, fd, mode_detail(mode), |world, ino, now| {
            let who = world.who(caller.pid);
            world.fs.set_mode(who, ino, mode, now)
        })
    }

    /// Changes owner and group. Recorded as `file.chmod`, detail `owner`. A link itself is changed when `follow` is not set.
    ///
    /// # Errors
    ///
    /// Those of `chown(2)`.
    pub fn chown(
        &mut self,
        caller: &Caller,
        path: &str,
        owner: (Option<u32>, Option<u32>),
        follow: bool,
    ) -> Result<(), Errno> {
        let detail = owner_detail(owner);
        self.attribute(caller, path, follow, detail, |world, ino, now| {
            let who = world.who(caller.pid);
            world.fs.set_owner(who, ino, owner.0, owner.1, now)
        })
    }

    /// The same through a descriptor.
    ///
    /// # Errors
    ///
    /// `BADF`, and those of [`World::chown`].
    pub fn fchown(
        &mut self,
        caller: &Caller,
        fd: u32,
        owner: (Option<u32>, Option<u32>),
    ) -> Result<(), Errno> {
        self.attribute_of(caller, fd, owner_detail(owner), |world, ino, now| {
            let who = world.who(caller.pid);
            world.fs.set_owner(who, ino, owner.0, owner.1, now)
        })
    }

    /// Changes access and modification time. Recorded as `file.chmod`, detail `times`.
    ///
    /// # Errors
    ///
    /// Those of `utimensat(2)`.
    pub fn utimes(
        &mut self,
        caller: &Caller,
        path: &str,
        times: Times,
        follow: bool,
    ) -> Result<(), Errno> {
        let detail = times_detail(times);
        self.attribute(caller, path, follow, detail, |world, ino, now| {
            let who = world.who(caller.pid);
            world.fs.set_times(who, ino, times.0, times.1, now)
        })
    }

    /// The same through a descriptor.
    ///
    /// # Errors
    ///
    /// `BADF`, and those of [`World::utimes`].
    pub fn futimes(&mut self, caller: &Caller, fd: u32, times: Times) -> Result<(), Errno> {
        self.attribute_of(caller, fd, times_detail(times), |world, ino, now| {
            let who = world.who(caller.pid);
            world.fs.set_times(who, ino, times.0, times.1, now)
        })
    }

    fn attribute(
        &mut self,
        caller: &Caller,
        path: &str,
        follow: bool,
        detail: (&str, String),
        change: impl FnOnce(&mut World, Ino, u64) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        self.act_on(caller, Kind::FileChmod, path, |world, seq, subject| {
            world.recorder.detail(seq, detail.0, detail.1);
            let (ino, resolved) = world.node_at(caller.pid, path, follow)?;
            world.note_resolved(seq, subject, &resolved);
            let now = world.clock.now();
            change(world, ino, now)
        })
    }

    fn attribute_of(
        &mut self,
        caller: &Caller,
        fd: u32,
        detail: (&str, String),
        change: impl FnOnce(&mut World, Ino, u64) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let file = self.description(caller.pid, fd)?;
        // Pipes, sockets and devices take any attribute and keep none.
        let What::Node(ino) = file.what else {
            return Ok(());
        };
        let path = file.path.clone();
        self.act_on(caller, Kind::FileChmod, &path, |world, seq, _| {
            world.recorder.detail(seq, detail.0, detail.1);
            let now = world.clock.now();
            change(world, ino, now)
        })
    }

    /// Cuts a file to a length or fills it up with zeros. Recorded as [`World::open`] for writing.
    ///
    /// # Errors
    ///
    /// Those of `truncate(2)`.
    pub fn truncate(&mut self, caller: &Caller, path: &str, length: u64) -> Result<(), Errno> {
        let fd = self.open(caller, path, OpenFlags::WRITE, 0)?;
        let done = self.ftruncate(caller, fd, length);
        self.close(caller, fd)?;
        done
    }

    /// Changes the working directory of a process. Recorded as `file.stat`.
    ///
    /// # Errors
    ///
    /// `NOENT`, `NOTDIR`, `ACCES`.
    pub fn chdir(&mut self, caller: &Caller, path: &str) -> Result<(), Errno> {
        let cwd = self.act_on(caller, Kind::FileStat, path, |world, seq, subject| {
            let (ino, resolved) = world.node_at(caller.pid, path, true)?;
            world.note_resolved(seq, subject, &resolved);
            let node = world.fs.node(ino)?;
            if !node.is_directory() {
                return Err(Errno::NOTDIR);
            }
            if !node.allows(world.who(caller.pid), 1) {
                return Err(Errno::ACCES);
            }
            Ok(resolved)
        })?;
        let process = self.processes.get_mut(caller.pid).ok_or(Errno::SRCH)?;
        process.cwd = cwd;
        Ok(())
    }
}

fn mode_detail(mode: u32) -> (&'static str, String) {
    ("mode", format!("{:o}", mode & 0o7777))
}

fn owner_detail((uid, gid): (Option<u32>, Option<u32>)) -> (&'static str, String) {
    let part = |id: Option<u32>| id.map_or(String::new(), |id| id.to_string());
    ("owner", format!("{}:{}", part(uid), part(gid)))
}

fn times_detail((atime, mtime): Times) -> (&'static str, String) {
    let part = |time: Option<u64>| time.map_or(String::new(), |time| time.to_string());
    ("times", format!("{}:{}", part(atime), part(mtime)))
}
