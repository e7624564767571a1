//! The world as the programs of one thread hold it, and what they do with descriptors.

use super::test::Facts;
use crate::trace::{Kind, Outcome};
use crate::world::exec;
use crate::world::fs::Type;
use crate::world::process::State;
use crate::world::signal::{Effect, signal_name, signal_number};
use crate::world::{Baton, Caller, Errno, Exit, OpenFlags, Pid, Stopped, Wait, World};
use std::collections::BTreeMap;

/// How deep scripts, functions, substitutions and programs nest on one thread. Each level takes some 30 KiB of stack.
const MAX_DEPTH: u32 = 150;

/// Bytes that one read takes.
const PIECE: usize = 64 << 10;

/// The signal of `kill` without a name, and for names that are none.
const TERM: i32 = 15;

/// How a redirect opens a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OpenHow {
    Read,
    Write,
    Append,
    ReadWrite,
    /// Only when it is not there: `set -C`.
    New,
}

/// What a subshell must not change for its parent.
pub(super) struct Saved {
    descriptors: BTreeMap<u32, u32>,
    cwd: String,
    umask: u32,
}

/// The world while it is this thread's, and whom to give it to.
pub(super) struct Seat<'b> {
    pub(super) world: Box<World>,
    baton: &'b mut dyn Baton,
    /// The process whose thread this is; the others on it have none of their own.
    thread: Pid,
    steps: u64,
    depth: u32,
    out_of_time: bool,
    /// Background lists around what runs.
    pub(super) background: u32,
    /// Guests that nobody waited for.
    pub(super) detached: Vec<Pid>,
}

impl<'b> Seat<'b> {
    pub(super) fn new(world: Box<World>, baton: &'b mut dyn Baton, thread: Pid) -> Seat<'b> {
        Seat {
            world,
            baton,
            thread,
            steps: 0,
            depth: 0,
            out_of_time: false,
            background: 0,
            detached: Vec::new(),
        }
    }

    /// Whether this thread stopped because the wall time of the run is over; it still has the world then.
    pub(super) fn is_out_of_time(&self) -> bool {
        self.out_of_time
    }

    /// Stops this thread when the wall time of the run is over.
    pub(super) fn check_time(&mut self) -> Result<(), Stopped> {
        self.out_of_time |= self.world.usage.alarm.rings();
        if self.out_of_time {
            return Err(Stopped);
        }
        Ok(())
    }

    /// Gives the world away until the wait is over.
    fn wait(&mut self, wait: Wait) -> Result<(), Stopped> {
        if self.world.is_over(self.thread, &wait) {
            return Ok(());
        }
        let world = std::mem::take(&mut self.world);
        self.world = self.baton.wait(world, self.thread, wait)?;
        if let Some(process) = self.world.processes.get_mut(self.thread) {
            process.state = State::Running;
        }
        Ok(())
    }

    /// Waits for the end of a process with a thread of its own.
    pub(super) fn wait_for(&mut self, pid: Pid) -> Result<Exit, Stopped> {
        self.wait(Wait::Exit(pid))?;
        Ok(self.world.processes.exit_of(pid).unwrap_or(Exit::Code(0)))
    }

    /// Lets virtual time pass.
    pub(super) fn sleep(&mut self, nanoseconds: u64) -> Result<(), Stopped> {
        let until = self.world.clock.elapsed().saturating_add(nanoseconds);
        self.wait(Wait::Until(until))
    }

    /// Lets others run that can.
    pub(super) fn give_way(&mut self) -> Result<(), Stopped> {
        let anyone = self
            .world
            .processes
            .iter()
            .any(|process| process.state == State::Ready);
        if anyone {
            self.sleep(1_000_000)
        } else {
            Ok(())
        }
    }

    /// Counts a step; `false` when there were too many.
    pub(super) fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_add(1);
        self.steps <= self.world.limits.shell_steps
    }

    /// Goes one level deeper; `false` when that is too deep.
    pub(super) fn enter(&mut self) -> bool {
        self.depth = self.depth.saturating_add(1);
        self.depth <= MAX_DEPTH
    }

    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Marks a process as running on this thread.
    pub(super) fn begin(&mut self, pid: Pid) {
        if let Some(process) = self.world.processes.get_mut(pid) {
            process.state = State::Running;
        }
    }

    /// Ends a process that ran on this thread.
    pub(super) fn finish(&mut self, pid: Pid, exit: Exit) {
        self.world.processes.end(pid, exit);
        self.world.end_process(pid);
    }

    /// The child of a process that was made last.
    pub(super) fn last_child(&self, pid: Pid) -> Option<Pid> {
        self.world
            .processes
            .children(pid)
            .map(|process| process.pid)
            .max()
    }

    /// Sends a signal; `false` when there is no such process or it belongs to the machine. Recorded.
    pub(super) fn signal(&mut self, caller: &Caller, signal: &str, target: &str) -> bool {
        let number = signal_number(signal).unwrap_or(TERM);
        let Ok(pid) = target.parse() else {
            // The attempt is on record even when it names nobody.
            let subject = format!("{} {target}", signal_name(number));
            let seq = self.world.note(caller, Kind::ProcSignal, subject);
            let outcome = Outcome::Error(Errno::SRCH.name().to_owned());
            self.world.recorder.settle(seq, outcome);
            return false;
        };
        match self.world.signal(caller, pid, number) {
            Ok(effect) => {
                if effect == Effect::Ends && pid == i64::from(caller.pid) {
                    self.world.processes.end(caller.pid, Exit::Signal(number));
                    self.world.end_process(caller.pid);
                }
                true
            }
            Err(_) => false,
        }
    }

    /// Does something that a program with more rights than its user does.
    pub(super) fn as_root<T>(&mut self, act: impl FnOnce(&mut World) -> T) -> T {
        let (uid, gid) = (self.world.persona.uid, self.world.persona.gid);
        (self.world.persona.uid, self.world.persona.gid) = (0, 0);
        let result = act(&mut self.world);
        (self.world.persona.uid, self.world.persona.gid) = (uid, gid);
        result
    }

    // Descriptors.

    /// Reads at most `most` bytes; waits for a pipe that has none yet. No bytes mean the end.
    pub(super) fn read(
        &mut self,
        pid: Pid,
        fd: u32,
        most: usize,
    ) -> Result<Result<Vec<u8>, Errno>, Stopped> {
        let caller = Caller::process(pid);
        loop {
            self.check_time()?;
            match self.world.read(&caller, fd, most) {
                Ok(bytes) => return Ok(Ok(bytes.to_vec())),
                Err(Errno::AGAIN) => match self.world.pipe_of(pid, fd) {
                    Some(pipe) if self.writer_can_run(pid, pipe) => self.wait(Wait::Pipe(pipe))?,
                    // A socket that stays silent, or a pipe whose only writers wait for this very thread.
                    _ => return Ok(Ok(Vec::new())),
                },
                Err(errno) => return Ok(Err(errno)),
            }
        }
    }

    /// Whether somebody who is not on this thread can still write into a pipe.
    fn writer_can_run(&self, reader: Pid, pipe: u32) -> bool {
        self.world.processes.iter().any(|process| {
            let has_own_thread =
                exec::is_guest(&self.world, process.pid) || process.state != State::Running;
            process.pid != reader
                && process.pid != self.thread
                && has_own_thread
                && !matches!(process.state, State::Exited(_))
                && self.world.writes_pipe(process.pid, pipe)
        })
    }

    /// Reads to the end. What is over the limit of a pipe is left.
    pub(super) fn read_all(&mut self, pid: Pid, fd: u32) -> Result<Vec<u8>, Stopped> {
        let most = self.world.limits.pipe;
        let mut all = Vec::new();
        while all.len() < most {
            match self.read(pid, fd, PIECE)? {
                Ok(bytes) if bytes.is_empty() => break,
                Ok(bytes) => all.extend(bytes),
                Err(_) => break,
            }
        }
        Ok(all)
    }

    /// Writes all bytes. A pipe that is full loses the rest: its reader runs only when the writer has ended.
    pub(super) fn write(
        &mut self,
        pid: Pid,
        fd: u32,
        bytes: &[u8],
    ) -> Result<Result<(), Errno>, Stopped> {
        let caller = Caller::process(pid);
        self.check_time()?;
        match self.world.write_all(&caller, fd, bytes) {
            Err(Errno::AGAIN) => {
                self.world.hit_limit(&caller, "pipe", "a pipe is full");
                Ok(Err(Errno::PIPE))
            }
            result => Ok(result),
        }
    }

    /// Makes a pipe; a process that cannot have one more ends.
    pub(super) fn pipe(&mut self, pid: Pid) -> Result<(u32, u32), super::Halt> {
        self.world
            .pipe(&Caller::process(pid))
            .map_err(|_| super::Halt::Exit(2))
    }

    pub(super) fn close(&mut self, pid: Pid, fd: u32) {
        // Closing what is not open changes nothing.
        let _ = self.world.close(&Caller::process(pid), fd);
    }

    /// Lets `to` be what `from` is; `false` when `from` is not open.
    pub(super) fn duplicate(&mut self, pid: Pid, from: u32, to: u32) -> bool {
        self.world.dup2(&Caller::process(pid), from, to).is_ok()
    }

    /// Lets `to` be what `from` is, and closes `from`.
    pub(super) fn move_descriptor(&mut self, pid: Pid, from: u32, to: u32) {
        if from != to && self.duplicate(pid, from, to) {
            self.close(pid, from);
        }
    }

    pub(super) fn copy_descriptors(&mut self, pid: Pid) -> BTreeMap<u32, u32> {
        self.world.copy_descriptors(pid)
    }

    pub(super) fn put_back_descriptors(&mut self, pid: Pid, saved: BTreeMap<u32, u32>) {
        self.world.put_back_descriptors(pid, saved);
    }

    /// Saves what a subshell may change of its process.
    pub(super) fn fork_descriptors(&mut self, pid: Pid) -> Saved {
        let (cwd, umask) = match self.world.processes.get(pid) {
            Some(process) => (process.cwd.clone(), process.umask),
            None => ("/".to_owned(), 0o022),
        };
        Saved {
            descriptors: self.world.copy_descriptors(pid),
            cwd,
            umask,
        }
    }

    pub(super) fn restore_descriptors(&mut self, pid: Pid, saved: Saved) {
        self.world.put_back_descriptors(pid, saved.descriptors);
        if let Some(process) = self.world.processes.get_mut(pid) {
            process.cwd = saved.cwd;
            process.umask = saved.umask;
        }
    }

    // Files.

    pub(super) fn open(&mut self, caller: &Caller, path: &str, how: OpenHow) -> Result<u32, Errno> {
        let flags = match how {
            OpenHow::Read => OpenFlags::READ,
            OpenHow::Write => OpenFlags::REPLACE,
            OpenHow::Append => OpenFlags::EXTEND,
            OpenHow::ReadWrite => OpenFlags::BOTH.with(OpenFlags::CREATE),
            OpenHow::New => OpenFlags::REPLACE.with(OpenFlags::EXCLUSIVE),
        };
        self.world.open(caller, path, flags, 0o666)
    }

    /// Opens a connection as a descriptor.
    pub(super) fn connect(&mut self, caller: &Caller, host: &str, port: u16) -> Result<u32, Errno> {
        let socket = self.world.net_connect_host(caller, host, port)?;
        self.world.open_socket(caller.pid, socket)
    }

    pub(super) fn read_file(&mut self, caller: &Caller, path: &str) -> Result<Vec<u8>, Errno> {
        self.check_time().map_err(|Stopped| Errno::INTR)?;
        let is_stream = path.starts_with("/dev/fd/") || path == "/dev/stdin";
        if !is_stream {
            return self
                .world
                .read_file(caller, path)
                .map(|bytes| bytes.to_vec());
        }
        let fd = path
            .strip_prefix("/dev/fd/")
            .map_or(Ok(0), str::parse)
            .map_err(|_| Errno::NOENT)?;
        let most = self.world.limits.pipe;
        let mut all = Vec::new();
        while all.len() < most {
            match self.world.read(caller, fd, PIECE) {
                Ok(bytes) if bytes.is_empty() => break,
                Ok(bytes) => all.extend_from_slice(&bytes),
                Err(Errno::AGAIN) => break,
                Err(errno) => return Err(errno),
            }
        }
        Ok(all)
    }

    pub(super) fn write_file(
        &mut self,
        caller: &Caller,
        path: &str,
        bytes: &[u8],
        append: bool,
    ) -> Result<(), Errno> {
        if append {
            self.world.append_file(caller, path, bytes, 0o666)
        } else {
            self.world.write_file(caller, path, bytes, 0o666)
        }
    }

    /// The names in a directory, sorted.
    pub(super) fn list(&mut self, caller: &Caller, path: &str) -> Result<Vec<String>, Errno> {
        self.check_time().map_err(|Stopped| Errno::INTR)?;
        Ok(self
            .world
            .list(caller, path)?
            .into_iter()
            .map(|(name, _)| name)
            .collect())
    }

    /// What `test` asks of a file; recorded.
    pub(super) fn facts(&mut self, caller: &Caller, path: &str, follow: bool) -> Option<Facts> {
        let stat = self.world.stat(caller, path, follow).ok()?;
        let who = self.world.who(caller.pid);
        let shift = if who.uid == stat.uid {
            6
        } else if who.gid == stat.gid {
            3
        } else {
            0
        };
        Some(Facts {
            kind: stat.kind,
            size: stat.size,
            mode: stat.mode & 0o7777,
            mtime: stat.mtime,
            ino: stat.ino,
            access: if who.uid == 0 && stat.kind == Type::Directory {
                7
            } else {
                (stat.mode >> shift) & 7
            },
        })
    }

    /// Changes the working directory of a process.
    pub(super) fn change_directory(&mut self, caller: &Caller, path: &str) -> Result<(), Errno> {
        self.world.chdir(caller, path)
    }
}
