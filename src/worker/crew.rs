//! The parent's end: starts the zygote, orders workers, and reads what they say as what it is, the word of a stranger.

use super::sys::{self, Side};
use super::zygote::{self, Order, State};
use super::{Bounds, Containment, Ending, Job, MAX_ORDER};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd as _, BorrowedFd, OwnedFd};
use rustix::fs::MemfdFlags;
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags,
    SocketType, recv, sendmsg, socketpair,
};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, WaitOptions, waitpid};
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, IoSlice, Read, Seek as _, Write as _};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::time::{Duration, Instant};

/// Bytes that a pipe holds: a worker rarely waits for its reader then.
const PIPE: usize = 1 << 20;

/// Bytes of the line with which a worker says that it is locked.
const MAX_FIRST: u64 = 16 << 10;

/// How long the zygote may take to tell that a worker ended, after its pipe was closed.
const LINGER: Duration = Duration::from_secs(5);

/// Starts workers. Dropping it ends the zygote and all workers.
pub struct Crew<J: Job> {
    socket: OwnedFd,
    zygote: Pid,
    job: PhantomData<fn(J)>,
}

impl<J: Job> Crew<J> {
    /// Starts the zygote. Must be called before this process starts threads. If the `first` request is known, what it needs
    /// is opened while this process goes on.
    ///
    /// # Errors
    ///
    /// One line that says why this process or system can have no workers.
    pub fn start(job: J, first: Option<J::Request>) -> Result<Crew<J>, String> {
        let told = |error: Errno| format!("no socket for workers: {error}");
        let (ours, theirs) = sequenced().map_err(told)?;
        let parent = rustix::process::getpid();
        match sys::fork().map_err(|error| format!("no process for workers: {error}"))? {
            Side::Parent(zygote) => Ok(Crew {
                socket: ours,
                zygote,
                job: PhantomData,
            }),
            Side::Child => {
                drop(ours);
                zygote::run(job, first, theirs, Some(parent))
            }
        }
    }

    /// Orders a worker. `attachment` is more input than fits an order; the worker gets it as a file.
    ///
    /// # Errors
    ///
    /// [`Ending::Refused`] or [`Ending::Gone`]; and what its first line can be wrong about.
    pub fn ask(
        &self,
        request: &J::Request,
        attachment: Option<&[u8]>,
        bounds: &Bounds,
    ) -> Result<Answer, Ending> {
        let refused = |error: &dyn std::fmt::Display| Ending::Refused(error.to_string());
        let order = serde_json::to_vec(&Order {
            request,
            bounds: *bounds,
        })
        .map_err(|error| refused(&error))?;
        if order.len() > MAX_ORDER {
            return Err(refused(&"the order is too long"));
        }
        let attachment = attachment
            .map(attach)
            .transpose()
            .map_err(|e| refused(&e))?;
        let (control, theirs) = sequenced().map_err(|error| refused(&error))?;
        let (out, end) = pipe_with(PipeFlags::CLOEXEC).map_err(|error| refused(&error))?;
        // A smaller pipe only costs time.
        let _ = rustix::pipe::fcntl_setpipe_size(&out, PIPE);
        let mut sent: Vec<BorrowedFd<'_>> = vec![theirs.as_fd(), end.as_fd()];
        sent.extend(attachment.as_ref().map(rustix::fd::AsFd::as_fd));
        let mut space =
            [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(zygote::DESCRIPTORS))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        ancillary.push(SendAncillaryMessage::ScmRights(&sent));
        let parts = [IoSlice::new(&order)];
        sendmsg(&self.socket, &parts, &mut ancillary, SendFlags::NOSIGNAL)
            .map_err(|_| Ending::Gone)?;
        drop(sent);
        // What only the worker holds now tells of its end.
        drop((theirs, end));
        let mut answer = Answer {
            reader: BufReader::new(Watched {
                out: out.into(),
                control,
                deadline: now() + bounds.wall,
                wall: bounds.wall,
                most: bounds.answer,
                left: bounds.answer,
                closed: false,
                ending: None,
            }),
            containment: Containment::default(),
        };
        let held: Result<Containment, String> = answer.line(MAX_FIRST)?;
        answer.containment =
            held.map_err(|reason| Ending::Refused(crate::escape::escape_to(&reason, 300)))?;
        Ok(answer)
    }

    /// Runs one task in a locked worker and returns all that it writes, if it ends well.
    ///
    /// # Errors
    ///
    /// How it ended otherwise.
    pub fn locked(
        &self,
        request: &J::Request,
        attachment: Option<&[u8]>,
        bounds: &Bounds,
    ) -> Result<(Containment, Vec<u8>), Ending> {
        let mut answer = self.ask(request, attachment, bounds)?;
        let mut bytes = Vec::new();
        let read = answer.read_to_end(&mut bytes);
        let containment = answer.containment.clone();
        match (read, answer.ending()) {
            (Ok(_), Ending::Exit(0)) => Ok((containment, bytes)),
            (_, ending) => Err(ending),
        }
    }
}

impl<J: Job> Drop for Crew<J> {
    fn drop(&mut self) {
        // It ends when it sees that the socket is closed. Nothing is waited for: this process is about to end itself.
        let _ = rustix::net::shutdown(&self.socket, rustix::net::Shutdown::Both);
        let _ = waitpid(Some(self.zygote), WaitOptions::NOHANG);
    }
}

/// A pair of sockets that keep messages apart.
fn sequenced() -> Result<(OwnedFd, OwnedFd), Errno> {
    socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )
}

/// Puts bytes into a file without a name.
fn attach(bytes: &[u8]) -> io::Result<File> {
    let mut file = File::from(rustix::fs::memfd_create("attachment", MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

/// The host's clock, for the time that a worker has.
#[expect(
    clippy::disallowed_methods,
    reason = "a worker must end in wall time, whatever it does"
)]
fn now() -> Instant {
    Instant::now()
}

/// What a worker says. Dropping it has the worker killed, if it still runs.
pub struct Answer {
    reader: BufReader<Watched>,
    containment: Containment,
}

impl Answer {
    /// Which layers hold around the worker; said before it looked at anything hostile.
    #[must_use]
    pub fn containment(&self) -> &Containment {
        &self.containment
    }

    /// Reads one line of JSON of at most so many bytes.
    ///
    /// # Errors
    ///
    /// How the worker ended, or [`Ending::Malformed`].
    pub fn line<T: DeserializeOwned>(&mut self, most: u64) -> Result<T, Ending> {
        let mut text = Vec::new();
        let read = (&mut self.reader).take(most).read_until(b'\n', &mut text);
        if read.is_ok() && text.pop() == Some(b'\n') {
            return serde_json::from_slice(&text).map_err(|error| {
                Ending::Malformed(crate::escape::escape_to(&error.to_string(), 160))
            });
        }
        if read.is_ok() && text.len() as u64 + 1 >= most {
            return Err(Ending::Malformed(format!(
                "a line of more than {most} bytes"
            )));
        }
        Err(self.reader.get_mut().ending())
    }

    /// Leaves the worker so much time from now on, if that is less than it had.
    pub fn shorten(&mut self, wall: Duration) {
        let watched = self.reader.get_mut();
        let deadline = now() + wall;
        if deadline < watched.deadline {
            watched.deadline = deadline;
            watched.wall = wall;
        }
    }

    /// How the worker ended; it is killed if it has not within a moment.
    #[must_use]
    pub fn ending(mut self) -> Ending {
        self.reader.get_mut().ending()
    }

    /// How the worker ended, when its pipe was read to the end or given up; `None` while it may still write.
    #[must_use]
    pub fn over(mut self) -> Option<Ending> {
        let watched = self.reader.get_mut();
        (watched.closed || watched.ending.is_some()).then(|| watched.ending())
    }
}

impl Read for Answer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl io::BufRead for Answer {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.reader.consume(amount);
    }
}

/// The pipe of a worker, with its time and the bytes that it may still write.
struct Watched {
    out: File,
    control: OwnedFd,
    deadline: Instant,
    wall: Duration,
    most: u64,
    left: u64,
    /// Whether nobody can write to it any more.
    closed: bool,
    /// Why nothing more is read.
    ending: Option<Ending>,
}

impl Watched {
    /// Waits for a descriptor. `false` when the time is over.
    fn wait(descriptor: BorrowedFd<'_>, deadline: Instant) -> Result<bool, Errno> {
        loop {
            let left = deadline.saturating_duration_since(now());
            let left = Timespec::try_from(left).map_err(|_| Errno::INVAL)?;
            match poll(
                &mut [PollFd::from_borrowed_fd(descriptor, PollFlags::IN)],
                Some(&left),
            ) {
                Err(Errno::INTR) => {}
                other => return Ok(other? > 0),
            }
        }
    }

    fn stop(&mut self, ending: Ending) -> io::Error {
        let error = io::Error::other(ending.to_string());
        self.ending.get_or_insert(ending);
        error
    }

    fn ending(&mut self) -> Ending {
        if let Some(ending) = &self.ending {
            return ending.clone();
        }
        let ending = self.told();
        self.ending = Some(ending.clone());
        ending
    }

    /// What the zygote tells.
    fn told(&self) -> Ending {
        let mut text = vec![0; MAX_ORDER];
        let until = self.deadline.min(now() + LINGER);
        match Watched::wait(self.control.as_fd(), until) {
            Ok(true) => {}
            // It has closed its pipe and goes on.
            Ok(false) => return Ending::TimedOut(self.wall),
            Err(_) => return Ending::Gone,
        }
        let received = recv(&self.control, &mut text, RecvFlags::empty());
        let state = received
            .ok()
            .and_then(|(_, length)| serde_json::from_slice(text.get(..length)?).ok());
        match state {
            None => Ending::Gone,
            Some(State::Refused(reason)) => Ending::Refused(reason),
            Some(State::Ended(status)) => ending_of(status),
        }
    }
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(ending) = &self.ending {
            return Err(io::Error::other(ending.to_string()));
        }
        if !Watched::wait(self.out.as_fd(), self.deadline)? {
            return Err(self.stop(Ending::TimedOut(self.wall)));
        }
        let length = self.out.read(buffer)?;
        self.closed |= length == 0 && !buffer.is_empty();
        match self.left.checked_sub(length as u64) {
            Some(left) => self.left = left,
            None => return Err(self.stop(Ending::TooLong(self.most))),
        }
        Ok(length)
    }
}

/// The meaning of a status as `wait` gives it.
fn ending_of(status: i32) -> Ending {
    match libc::WIFSIGNALED(status).then(|| libc::WTERMSIG(status)) {
        Some(libc::SIGSYS) => Ending::Forbidden,
        Some(signal) => Ending::Signal(signal),
        None => Ending::Exit(libc::WEXITSTATUS(status)),
    }
}
