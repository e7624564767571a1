//! Opening and closing, and the descriptors of processes.

use super::locate::Target;
use super::procfs::Entry;
use super::{OpenFile, OpenFlags, What};
use crate::trace::Kind;
use crate::world::fs::{Content, Data, Device, Ino, Spot};
use crate::world::{Caller, Errno, Pid, World};

impl World {
    /// Opens a path and returns the lowest free descriptor of the process.
    ///
    /// Recorded as `file.write` when the flags allow to write or to create (payload: the contents when it is closed; detail
    /// `mode`, `existed`: length before, `created`, `truncated`, `appended`), and as `file.read` when it is opened for
    /// reading. `mode` are the permission bits of a new file, less the process's mask.
    ///
    /// # Errors
    ///
    /// Those of `open(2)`.
    pub fn open(
        &mut self,
        caller: &Caller,
        path: &str,
        flags: OpenFlags,
        mode: u32,
    ) -> Result<u32, Errno> {
        let writes = flags.writes() || flags.has(OpenFlags::CREATE);
        let kind = if writes {
            Kind::FileWrite
        } else {
            Kind::FileRead
        };
        self.act_on(caller, kind, path, |world, seq, subject| {
            // First of all, as in Linux: a process that is out of descriptors makes and empties nothing.
            world.free_descriptor(caller.pid)?;
            let exclusive = flags.has(OpenFlags::CREATE.with(OpenFlags::EXCLUSIVE));
            let follow = !exclusive && !flags.has(OpenFlags::NOFOLLOW);
            let spot = match world.locate(caller.pid, path, follow)? {
                Target::Spot(spot) => spot,
                Target::Process(entry, path) => {
                    world.note_resolved(seq, subject, &path);
                    return world.open_entry(caller.pid, entry, flags, path);
                }
            };
            world.note_resolved(seq, subject, &spot.path);
            let file = match spot.ino {
                Some(_) if exclusive => return Err(Errno::EXIST),
                Some(ino) => world.open_node(caller, &spot, ino, flags, seq)?,
                None if flags.has(OpenFlags::CREATE) => {
                    world.open_new(caller.pid, &spot, flags, mode, seq)?
                }
                None => return Err(Errno::NOENT),
            };
            if writes && flags.reads() && spot.ino.is_some() && !flags.has(OpenFlags::TRUNCATE) {
                world.note(caller, Kind::FileRead, subject);
            }
            world.install(caller.pid, file)
        })
    }

    /// Opens what is there.
    fn open_node(
        &mut self,
        caller: &Caller,
        spot: &Spot,
        ino: Ino,
        flags: OpenFlags,
        seq: Option<u32>,
    ) -> Result<OpenFile, Errno> {
        let node = self.fs.node(ino)?;
        let directory = node.is_directory();
        if directory && (flags.writes() || flags.has(OpenFlags::CREATE)) {
            return Err(Errno::ISDIR);
        }
        if flags.has(OpenFlags::DIRECTORY) && !directory {
            return Err(Errno::NOTDIR);
        }
        let access = u32::from(flags.reads()) * 4 + u32::from(flags.writes()) * 2;
        if !matches!(node.content, Content::Link(_)) && !node.allows(self.who(caller.pid), access) {
            return Err(Errno::ACCES);
        }
        let what = match node.content {
            Content::Link(_) => return Err(Errno::LOOP),
            Content::Socket | Content::Device(Device::Terminal) => return Err(Errno::NXIO),
            Content::Fifo => return Ok(self.open_fifo(ino, flags, &spot.path)),
            Content::Device(device) => What::Device(device),
            Content::File(_) | Content::Directory(_) => What::Node(ino),
        };
        let mut file = OpenFile::new(what, flags, &spot.path);
        if flags.writes() && file.what == What::Node(ino) {
            let stat = self.fs.stat(ino)?;
            file.event = seq;
            self.recorder
                .detail(seq, "mode", format!("{:o}", stat.mode & 0o7777));
            self.recorder.detail(seq, "existed", stat.size.to_string());
            if flags.has(OpenFlags::TRUNCATE) {
                self.fs.set_size(ino, 0, self.clock.now())?;
                self.recorder.detail(seq, "truncated", "yes");
                file.changed = true;
            }
            if flags.has(OpenFlags::APPEND) {
                self.recorder.detail(seq, "appended", "yes");
            }
        }
        Ok(file)
    }

    /// Makes a file and opens it.
    fn open_new(
        &mut self,
        pid: Pid,
        spot: &Spot,
        flags: OpenFlags,
        mode: u32,
        seq: Option<u32>,
    ) -> Result<OpenFile, Errno> {
        if spot.wants_directory {
            return Err(Errno::ISDIR);
        }
        let mode = mode & 0o7777 & !self.umask(pid);
        let content = Content::File(Data::Own(Vec::new()));
        let now = self.clock.now();
        let ino = self.fs.create(self.who(pid), spot, content, mode, now)?;
        self.recorder.detail(seq, "mode", format!("{mode:o}"));
        self.recorder.detail(seq, "created", "yes");
        Ok(OpenFile {
            event: seq,
            changed: true,
            ..OpenFile::new(What::Node(ino), flags, &spot.path)
        })
    }

    fn open_entry(
        &mut self,
        pid: Pid,
        entry: Entry,
        flags: OpenFlags,
        path: String,
    ) -> Result<u32, Errno> {
        if let Entry::Descriptor(of, fd) = entry {
            // Opening a descriptor of /proc opens its file once more; a pipe or socket is shared.
            let index = self.index(of, fd)?;
            return self.share(pid, index);
        }
        if flags.writes() {
            return Err(if matches!(entry, Entry::Directory(_)) {
                Errno::ISDIR
            } else {
                Errno::ACCES
            });
        }
        let what = match entry {
            Entry::Text(bytes) => What::Text(bytes),
            _ => What::Text(bytes::Bytes::new()),
        };
        self.install(pid, OpenFile::new(what, flags, path))
    }

    pub(super) fn umask(&self, pid: Pid) -> u32 {
        self.processes
            .get(pid)
            .map_or(0o022, |process| process.umask)
    }

    /// Gives a process a description under its lowest free descriptor.
    ///
    /// # Errors
    ///
    /// `MFILE` when the process has as many as the limit allows; the description is closed then.
    pub fn install(&mut self, pid: Pid, file: OpenFile) -> Result<u32, Errno> {
        let index = self.add_open(file);
        let fd = self.share(pid, index);
        if fd.is_err() {
            self.drop_description(index);
        }
        fd
    }

    /// Adds a description that no descriptor refers to yet.
    pub(super) fn add_open(&mut self, file: OpenFile) -> u32 {
        match &file.what {
            What::Node(ino) => self.fs.hold(*ino),
            What::PipeReader(id) => self.files.change_ends(*id, 1, 0),
            What::PipeWriter(id) => self.files.change_ends(*id, 0, 1),
            What::Duplex(from, to) => {
                self.files.change_ends(*from, 1, 0);
                self.files.change_ends(*to, 0, 1);
            }
            _ => {}
        }
        let index = self.files.next;
        self.files.next = self.files.next.wrapping_add(1);
        self.files.table.insert(index, file);
        index
    }

    /// Gives a process one more descriptor of a description.
    pub(super) fn share(&mut self, pid: Pid, index: u32) -> Result<u32, Errno> {
        let fd = self.free_descriptor(pid)?;
        self.put(pid, fd, index)?;
        Ok(fd)
    }

    /// The lowest number that is no descriptor of a process.
    fn free_descriptor(&self, pid: Pid) -> Result<u32, Errno> {
        let process = self.processes.get(pid).ok_or(Errno::SRCH)?;
        (0..self.limits.open_files)
            .find(|fd| !process.descriptors.contains_key(fd))
            .ok_or(Errno::MFILE)
    }

    /// Lets a descriptor refer to a description; what it referred to before is closed.
    pub(super) fn put(&mut self, pid: Pid, fd: u32, index: u32) -> Result<(), Errno> {
        if fd >= self.limits.open_files {
            return Err(Errno::BADF);
        }
        let file = self.files.table.get_mut(&index).ok_or(Errno::BADF)?;
        file.descriptors = file.descriptors.saturating_add(1);
        let process = self.processes.get_mut(pid).ok_or(Errno::SRCH)?;
        if let Some(old) = process.descriptors.insert(fd, index) {
            self.unshare(old);
        }
        Ok(())
    }

    pub(super) fn index(&self, pid: Pid, fd: u32) -> Result<u32, Errno> {
        let process = self.processes.get(pid).ok_or(Errno::SRCH)?;
        process.descriptors.get(&fd).copied().ok_or(Errno::BADF)
    }

    /// The description behind a descriptor.
    ///
    /// # Errors
    ///
    /// `BADF` when it is not open.
    pub fn description(&self, pid: Pid, fd: u32) -> Result<&OpenFile, Errno> {
        self.files.get(self.index(pid, fd)?).ok_or(Errno::BADF)
    }

    pub(super) fn description_mut(&mut self, pid: Pid, fd: u32) -> Result<&mut OpenFile, Errno> {
        let index = self.index(pid, fd)?;
        self.files.table.get_mut(&index).ok_or(Errno::BADF)
    }

    /// Changes whether an open file appends and whether it waits, as `fcntl(F_SETFL)` does.
    ///
    /// # Errors
    ///
    /// `BADF`.
    pub fn set_status_flags(
        &mut self,
        pid: Pid,
        fd: u32,
        append: bool,
        nonblock: bool,
    ) -> Result<(), Errno> {
        let flags = &mut self.description_mut(pid, fd)?.flags;
        flags.0 &= !(OpenFlags::APPEND.0 | OpenFlags::NONBLOCK.0);
        if append {
            *flags = flags.with(OpenFlags::APPEND);
        }
        if nonblock {
            *flags = flags.with(OpenFlags::NONBLOCK);
        }
        Ok(())
    }

    /// Closes a descriptor.
    ///
    /// # Errors
    ///
    /// `BADF` when it is not open.
    pub fn close(&mut self, caller: &Caller, fd: u32) -> Result<(), Errno> {
        let index = self.index(caller.pid, fd)?;
        if let Some(process) = self.processes.get_mut(caller.pid) {
            process.descriptors.remove(&fd);
        }
        self.unshare(index);
        Ok(())
    }

    /// Opens a second descriptor of the same description.
    ///
    /// # Errors
    ///
    /// `BADF`, `MFILE`.
    pub fn dup(&mut self, caller: &Caller, fd: u32) -> Result<u32, Errno> {
        let index = self.index(caller.pid, fd)?;
        self.share(caller.pid, index)
    }

    /// Lets the descriptor `to` refer to what `fd` refers to; what it was before is closed.
    ///
    /// # Errors
    ///
    /// `BADF`.
    pub fn dup2(&mut self, caller: &Caller, fd: u32, to: u32) -> Result<(), Errno> {
        let index = self.index(caller.pid, fd)?;
        if fd == to {
            return Ok(());
        }
        self.put(caller.pid, to, index)
    }

    /// Closes all descriptors of a process that has ended: the contents of its written files get into the trace, and who
    /// reads its pipes learns of their end.
    pub fn flush_process(&mut self, pid: Pid) {
        let descriptors = match self.processes.get_mut(pid) {
            Some(process) => std::mem::take(&mut process.descriptors),
            None => return,
        };
        for index in descriptors.into_values() {
            self.unshare(index);
        }
    }

    /// Closes everything, at the end of a run that was cut off.
    pub fn flush_all(&mut self) {
        let pids: Vec<Pid> = self.processes.iter().map(|process| process.pid).collect();
        for pid in pids {
            self.flush_process(pid);
        }
    }

    fn unshare(&mut self, index: u32) {
        if let Some(file) = self.files.table.get_mut(&index) {
            file.descriptors = file.descriptors.saturating_sub(1);
            if file.descriptors == 0 {
                self.drop_description(index);
            }
        }
    }

    fn drop_description(&mut self, index: u32) {
        let Some(file) = self.files.table.remove(&index) else {
            return;
        };
        match file.what {
            What::Node(ino) => {
                if file.changed && file.event.is_some() {
                    // Borrowed: only what the trace keeps is copied.
                    if let Ok(bytes) = self.fs.read_at(ino, 0, usize::MAX) {
                        self.recorder.attach_copy(file.event, bytes);
                    }
                }
                self.fs.release(ino);
            }
            What::PipeReader(id) => self.files.change_ends(id, -1, 0),
            What::Duplex(from, to) => {
                self.files.change_ends(from, -1, 0);
                self.files.change_ends(to, 0, -1);
                self.tell_readers(to);
            }
            What::PipeWriter(id) => {
                self.files.change_ends(id, 0, -1);
                self.tell_readers(id);
            }
            What::Socket(id) => self.close_socket(id),
            What::Device(_) | What::Text(_) | What::Console(_) => {}
        }
    }
}
