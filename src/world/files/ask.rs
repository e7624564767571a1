//! Questions about paths and descriptors.

use super::What;
use super::locate::Target;
use super::procfs::Entry;
use crate::trace::Kind;
use crate::world::fs::{Content, ROOT, Stat, Type, Who};
use crate::world::{Caller, Errno, Pid, World, process::State};
use bytes::Bytes;
use std::collections::BTreeMap;

/// What `statfs` says of the one disk: an ext4 partition of 512 GB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSystemStat {
    /// Magic number of ext4.
    pub kind: u64,
    /// Bytes of a block.
    pub block_size: u64,
    /// Blocks in all.
    pub blocks: u64,
    /// Free blocks.
    pub free: u64,
    /// Free blocks for ordinary users.
    pub available: u64,
    /// Inodes in all.
    pub files: u64,
    /// Free inodes.
    pub free_files: u64,
}

impl World {
    /// Answers `stat` (`follow`) or `lstat`. Recorded as `file.stat`; when the same place in the code asks again and the
    /// answer is of the same kind, nothing new is recorded.
    ///
    /// # Errors
    ///
    /// Those of `stat(2)`.
    pub fn stat(&mut self, caller: &Caller, path: &str, follow: bool) -> Result<Stat, Errno> {
        let answer = self.peek_stat(caller.pid, path, follow);
        let subject = self.absolute(caller.pid, path);
        if self.has_asked(caller, subject, answer.is_ok()) {
            return answer;
        }
        self.act_on(caller, Kind::FileStat, path, |world, seq, subject| {
            let target = world.locate(caller.pid, path, follow)?;
            if let Target::Spot(spot) = &target {
                world.note_resolved(seq, subject, &spot.path);
            }
            world.stat_target(caller.pid, &target)
        })
    }

    /// The same for resolvers of modules and programs; not recorded.
    ///
    /// # Errors
    ///
    /// Those of `stat(2)`.
    pub fn peek_stat(&self, pid: Pid, path: &str, follow: bool) -> Result<Stat, Errno> {
        self.stat_target(pid, &self.locate(pid, path, follow)?)
    }

    fn stat_target(&self, pid: Pid, target: &Target) -> Result<Stat, Errno> {
        match target {
            Target::Spot(spot) => self.fs.stat(spot.taken()?),
            Target::Process(Entry::Descriptor(of, fd), _) => self.describe(*of, *fd),
            Target::Process(entry, path) => {
                let (kind, mode) = match entry {
                    Entry::Directory(_) => (Type::Directory, 0o555),
                    Entry::Link(_) => (Type::Link, 0o777),
                    _ => (Type::File, 0o444),
                };
                let number = path.bytes().fold(7_u64, |sum, byte| {
                    sum.wrapping_mul(31).wrapping_add(u64::from(byte))
                });
                let now = self.clock.now();
                Ok(Stat::synthetic(
                    kind,
                    mode,
                    number & 0xff_ffff,
                    self.who(pid),
                    now,
                ))
            }
        }
    }

    /// Answers `fstat`. Not recorded.
    ///
    /// # Errors
    ///
    /// `BADF`.
    pub fn fstat(&self, caller: &Caller, fd: u32) -> Result<Stat, Errno> {
        self.describe(caller.pid, fd)
    }

    fn describe(&self, pid: Pid, fd: u32) -> Result<Stat, Errno> {
        let index = self.index(pid, fd)?;
        let (kind, mode) = match self.description(pid, fd)?.what {
            What::Node(ino) => return self.fs.stat(ino),
            What::Device(device) => {
                let stat = Stat::synthetic(Type::Device, 0o666, 5, Who::ROOT, self.clock.now());
                return Ok(Stat {
                    rdev: device.number(),
                    ..stat
                });
            }
            What::Text(_) => (Type::File, 0o444),
            // Lifecycle scripts run with their output piped to the package manager.
            What::PipeReader(_) | What::PipeWriter(_) | What::Console(_) => (Type::Fifo, 0o600),
            What::Socket(_) | What::Duplex(..) => (Type::Socket, 0o777),
        };
        let number = u64::from(index).saturating_add(60_000);
        Ok(Stat::synthetic(
            kind,
            mode,
            number,
            self.who(pid),
            self.clock.now(),
        ))
    }

    /// Answers `access`: whether the process may do all of 4 (read), 2 (write), 1 (search or run); 0 asks whether the path
    /// is there. Recorded as `file.stat`.
    ///
    /// # Errors
    ///
    /// Those of `access(2)`.
    pub fn access(&mut self, caller: &Caller, path: &str, mode: u32) -> Result<(), Errno> {
        self.act_on(
            caller,
            Kind::FileStat,
            path,
            |world, seq, subject| match world.locate(caller.pid, path, true)? {
                Target::Spot(spot) => {
                    world.note_resolved(seq, subject, &spot.path);
                    let node = world.fs.node(spot.taken()?)?;
                    if node.allows(world.who(caller.pid), mode & 7) {
                        Ok(())
                    } else {
                        Err(Errno::ACCES)
                    }
                }
                Target::Process(..) if mode & 2 != 0 => Err(Errno::ACCES),
                Target::Process(..) => Ok(()),
            },
        )
    }

    /// The path of an open directory as it is now, wherever it was moved since it was opened.
    ///
    /// # Errors
    ///
    /// `BADF` when it is not open, `NOTDIR` when it is no directory, `NOENT` when it was removed.
    pub fn directory_path(&self, pid: Pid, fd: u32) -> Result<String, Errno> {
        let file = self.description(pid, fd)?;
        let What::Node(ino) = file.what else {
            return Err(Errno::NOTDIR);
        };
        let node = self.fs.node(ino)?;
        if !node.is_directory() {
            return Err(Errno::NOTDIR);
        }
        if node.nlink == 0 {
            return Err(Errno::NOENT);
        }
        if self.fs.lookup(Who::ROOT, &file.path, false) == Ok(ino) {
            return Ok(file.path.clone());
        }
        let (mut here, mut names) = (ino, Vec::new());
        while here != ROOT {
            let above = self.fs.node(here)?.parent;
            let mut entries = self.fs.directory(above)?.iter();
            let (name, _) = entries.find(|entry| *entry.1 == here).ok_or(Errno::NOENT)?;
            names.push(name.as_str());
            here = above;
        }
        names.reverse();
        Ok(format!("/{}", names.join("/")))
    }

    /// Names and types in a directory, sorted, without `.` and `..`. Recorded as `file.list`.
    ///
    /// # Errors
    ///
    /// `NOENT`, `NOTDIR`, `ACCES`.
    pub fn list(&mut self, caller: &Caller, path: &str) -> Result<Vec<(String, Type)>, Errno> {
        self.act_on(caller, Kind::FileList, path, |world, seq, subject| {
            let target = world.locate(caller.pid, path, true)?;
            if let Target::Spot(spot) = &target {
                world.note_resolved(seq, subject, &spot.path);
            }
            world.list_target(caller.pid, target)
        })
    }

    /// The same for resolvers and for the expansion of patterns; not recorded.
    ///
    /// # Errors
    ///
    /// Those of [`World::list`].
    pub fn peek_list(&self, pid: Pid, path: &str) -> Result<Vec<(String, Type)>, Errno> {
        self.list_target(pid, self.locate(pid, path, true)?)
    }

    fn list_target(&self, pid: Pid, target: Target) -> Result<Vec<(String, Type)>, Errno> {
        let spot = match target {
            Target::Process(Entry::Directory(names), _) => return Ok(names),
            Target::Process(..) => return Err(Errno::NOTDIR),
            Target::Spot(spot) => spot,
        };
        let ino = spot.taken()?;
        let names = self.fs.directory(ino)?;
        if !self.fs.node(ino)?.allows(self.who(pid), 4) {
            return Err(Errno::ACCES);
        }
        let mut list: BTreeMap<String, Type> = names
            .iter()
            .filter_map(|(name, ino)| Some((name.clone(), self.fs.node(*ino).ok()?.kind())))
            .collect();
        if spot.path == "/proc" && spot.parent == ROOT {
            list.insert("self".into(), Type::Link);
            list.insert("thread-self".into(), Type::Link);
            for process in self.processes.iter() {
                if !matches!(process.state, State::Exited(_)) {
                    list.insert(process.pid.to_string(), Type::Directory);
                }
            }
        }
        Ok(list.into_iter().collect())
    }

    /// The target of a symbolic link. Recorded as `file.stat`.
    ///
    /// # Errors
    ///
    /// `INVAL` when it is no link, and those of `stat(2)`.
    pub fn readlink(&mut self, caller: &Caller, path: &str) -> Result<String, Errno> {
        self.act_on(caller, Kind::FileStat, path, |world, _, _| {
            world.peek_readlink(caller.pid, path)
        })
    }

    /// The same, not recorded.
    ///
    /// # Errors
    ///
    /// Those of [`World::readlink`].
    pub fn peek_readlink(&self, pid: Pid, path: &str) -> Result<String, Errno> {
        match self.locate(pid, path, false)? {
            Target::Process(Entry::Link(target), _) => Ok(target),
            Target::Process(..) => Err(Errno::INVAL),
            Target::Spot(spot) => match &self.fs.node(spot.taken()?)?.content {
                Content::Link(target) => Ok(target.clone()),
                _ => Err(Errno::INVAL),
            },
        }
    }

    /// The absolute path without links of what is there. Recorded as `file.stat`.
    ///
    /// # Errors
    ///
    /// Those of `realpath(3)`.
    pub fn realpath(&mut self, caller: &Caller, path: &str) -> Result<String, Errno> {
        self.act_on(caller, Kind::FileStat, path, |world, seq, subject| {
            let resolved = world.peek_realpath(caller.pid, path)?;
            world.note_resolved(seq, subject, &resolved);
            Ok(resolved)
        })
    }

    /// The same for resolvers of modules; not recorded.
    ///
    /// # Errors
    ///
    /// Those of `realpath(3)`.
    pub fn peek_realpath(&self, pid: Pid, path: &str) -> Result<String, Errno> {
        match self.locate(pid, path, true)? {
            Target::Spot(spot) => spot.taken().map(|_| spot.path),
            Target::Process(_, path) => Ok(path),
        }
    }

    /// The contents of a file for resolvers and loaders; not recorded. Loading a module is recorded as `code.load`.
    ///
    /// # Errors
    ///
    /// Those of `open(2)` and `read(2)`.
    pub fn peek_read(&self, pid: Pid, path: &str) -> Result<Bytes, Errno> {
        match self.locate(pid, path, true)? {
            Target::Process(Entry::Text(text), _) => Ok(text),
            Target::Process(..) => Err(Errno::INVAL),
            Target::Spot(spot) => {
                let ino = spot.taken()?;
                if !self.fs.node(ino)?.allows(self.who(pid), 4) {
                    return Err(Errno::ACCES);
                }
                self.fs.contents(ino)
            }
        }
    }

    /// Whether something is there; not recorded.
    #[must_use]
    pub fn exists(&self, pid: Pid, path: &str) -> bool {
        self.peek_stat(pid, path, true).is_ok()
    }

    /// Answers `statfs`. Recorded as `file.stat`.
    ///
    /// # Errors
    ///
    /// Those of `stat(2)`.
    pub fn statfs(&mut self, caller: &Caller, path: &str) -> Result<FileSystemStat, Errno> {
        self.stat(caller, path, true)?;
        let used = self.fs.used();
        let free = 78_421_337_u64.saturating_sub(used.0 / 4_096);
        Ok(FileSystemStat {
            kind: 0xEF53,
            block_size: 4_096,
            blocks: 122_822_400,
            free,
            available: free.saturating_sub(6_250_000),
            files: 31_260_672,
            free_files: 28_914_201_u64.saturating_sub(u64::from(used.1)),
        })
    }
}
