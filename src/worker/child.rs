//! The life of one worker: open the inputs, lock, say which layers hold, work, end.

use super::filter::Filters;
use super::sys::{self, Side};
use super::zygote::Order;
use super::{Bounds, Job, lock};
use rustix::fd::{IntoRawFd as _, OwnedFd};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, waitpid};
use serde::Serialize;
use std::fs::File;
use std::io::{self, Write};
use std::panic::AssertUnwindSafe;

/// What a worker gets from the zygote.
pub(super) struct Place {
    /// The pipe for its answer.
    pub(super) out: OwnedFd,
    /// A file with more input.
    pub(super) attachment: Option<OwnedFd>,
    /// The life line: when the kernel closes it, the zygote knows.
    pub(super) life: OwnedFd,
}

/// What a worker has at hand behind its lock: the pipe for its answer.
pub struct Bench {
    out: File,
    bounds: Bounds,
    filters: Filters,
}

impl Bench {
    /// Ends the time in which memory may become executable; for tasks that load code.
    ///
    /// # Errors
    ///
    /// When the kernel refuses. The task must not go on then.
    pub fn seal(&mut self) -> io::Result<()> {
        lock::seal(&self.bounds, &self.filters).map_err(io::Error::other)
    }

    /// Writes a value as one line of JSON.
    ///
    /// # Errors
    ///
    /// When nobody reads any more.
    pub fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_vec(value)?;
        text.push(b'\n');
        self.out.write_all(&text)
    }
}

impl Write for Bench {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Runs a worker to its end.
pub(super) fn run<J: Job>(
    job: &J,
    order: Order<J::Request>,
    filters: Result<Filters, String>,
    place: Place,
) -> ! {
    // What a panic says reaches nobody unescaped: standard error is /dev/null, and jobs tell their own panics.
    let worked = std::panic::catch_unwind(AssertUnwindSafe(|| work(job, order, filters, place)));
    let code = match worked {
        Ok(Ok(())) => 0,
        Ok(Err(_)) => 1,
        Err(_) => 101,
    };
    sys::exit_now(code)
}

fn work<J: Job>(
    job: &J,
    order: Order<J::Request>,
    filters: Result<Filters, String>,
    place: Place,
) -> io::Result<()> {
    die_with_parent(None)?;
    rustix::stdio::dup2_stderr(null()?)?;
    // From here on it belongs to nobody but the kernel: closed by a destructor, it would tell of the end too early.
    let _ = place.life.into_raw_fd();
    let filters = filters.map_err(io::Error::other)?;
    let filters = filters.of_process(std::process::id());
    let task = job.open(order.request, place.attachment.map(File::from));
    let held = lock::lock(&order.bounds, &filters, task.lock, task.threads);
    let mut bench = Bench {
        out: place.out.into(),
        bounds: order.bounds,
        filters,
    };
    bench.line(&held)?;
    if held.is_ok() {
        (task.work)(bench)?;
    }
    Ok(())
}

/// Does something in a copy of this process that is not locked, and waits for it: for work of our own that leaves threads
/// behind.
///
/// # Errors
///
/// What went wrong, in one line.
pub(super) fn aside(work: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let told = |error: io::Error| error.to_string();
    match sys::fork().map_err(told)? {
        Side::Parent(pid) => {
            let status = loop {
                match waitpid(Some(pid), WaitOptions::empty()) {
                    Err(Errno::INTR) => {}
                    other => break other.map_err(|error| told(error.into()))?,
                }
            };
            match status.and_then(|(_, status)| status.exit_status()) {
                Some(0) => Ok(()),
                _ => Err("the process that compiles the guests failed".into()),
            }
        }
        Side::Child => {
            let done = std::panic::catch_unwind(AssertUnwindSafe(|| {
                die_with_parent(None).map_err(|error| error.to_string())?;
                work()
            }));
            if let Ok(Err(reason)) = &done {
                tracing::error!("{reason}");
            }
            sys::exit_now(i32::from(!matches!(done, Ok(Ok(())))))
        }
    }
}

/// Has this process killed when its parent ends. `parent` is who that must be, for the parent may have ended already.
pub(super) fn die_with_parent(parent: Option<Pid>) -> Result<(), Errno> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if parent.is_some() && rustix::process::getppid() != parent {
        return Err(Errno::SRCH);
    }
    Ok(())
}

/// A descriptor from which nothing comes and in which everything vanishes.
pub(super) fn null() -> Result<OwnedFd, Errno> {
    rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
}

/// Tells the kernel which processes it should take first when memory runs out. A kernel that does not let itself be told is
/// no reason to stop.
pub(super) fn first_to_go() {
    let opened = rustix::fs::open(
        "/proc/self/oom_score_adj",
        OFlags::WRONLY | OFlags::CLOEXEC,
        Mode::empty(),
    );
    if let Ok(file) = opened {
        let _ = rustix::io::write(file, b"1000");
    }
}
