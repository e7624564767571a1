//! The zygote: loads what workers share, and copies itself for each order.
//!
//! It runs one loop in one thread: it waits for orders, for workers that end, and for parents that want one killed. It never
//! reads a byte that a worker wrote.

use super::child::{self, Place};
use super::filter::Filters;
use super::sys::{self, Side};
use super::{Bounds, Job, MAX_ORDER};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendFlags, recvmsg, send,
};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use serde::{Deserialize, Serialize};
use std::io::IoSliceMut;
use std::mem::MaybeUninit;

/// Descriptors that come with an order: where the state of the worker is told, its pipe, and perhaps an attachment.
pub(super) const DESCRIPTORS: usize = 3;

/// What the zygote is asked for.
#[derive(Serialize, Deserialize)]
pub(super) struct Order<R> {
    pub(super) request: R,
    pub(super) bounds: Bounds,
}

/// What the zygote tells of a worker, once.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum State {
    /// It ended; the number is what `wait` says.
    Ended(i32),
    /// There was none, for this reason.
    Refused(String),
}

/// A worker that runs.
struct Running {
    pid: Pid,
    /// Where its end is told. The parent closes its side to have it killed; then this is `None`.
    control: Option<OwnedFd>,
    /// Closed by the kernel when the worker ends, or by the worker, which then is killed.
    life: OwnedFd,
}

/// Serves orders until the parent is gone. What a `first` order needs is opened before it comes. Never returns into the code that the copied process was in.
pub(super) fn run<J: Job>(
    mut job: J,
    first: Option<J::Request>,
    socket: OwnedFd,
    parent: Option<Pid>,
) -> ! {
    let served = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        settle(&socket, parent)?;
        // If it cannot be furnished, the first order is told why.
        let _ = first.map(|first| job.furnish(&first));
        let zygote = Zygote {
            job,
            socket: Some(socket),
            running: Vec::new(),
            filters: Filters::new(),
        };
        zygote.serve()
    }));
    // Whatever went wrong, the parent sees that the socket is closed.
    sys::exit_now(i32::from(!matches!(served, Ok(Ok(())))))
}

/// Leaves behind what the copied process had: its descriptors, its terminal, its life after the parent's.
fn settle(socket: &OwnedFd, parent: Option<Pid>) -> Result<(), Errno> {
    child::die_with_parent(parent)?;
    sys::close_others(socket.as_raw_fd());
    let null = child::null()?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    sys::one_heap();
    sys::forget_environment();
    // When memory runs out, it is to be taken from here and not from what else the user runs.
    child::first_to_go();
    Ok(())
}

struct Zygote<J> {
    job: J,
    /// `None` in a worker.
    socket: Option<OwnedFd>,
    running: Vec<Running>,
    filters: Result<Filters, String>,
}

/// What there is to do.
enum Due {
    Order,
    /// The parent does not want this worker any more.
    Kill(usize),
    /// This worker has closed its life line.
    Reap(usize),
}

impl<J: Job> Zygote<J> {
    fn serve(mut self) -> Result<(), Errno> {
        loop {
            // Places in the list are used from the last to the first, so that removing one leaves the others valid.
            for due in self.wait()?.into_iter().rev() {
                match due {
                    Due::Kill(place) => {
                        if let Some(worker) = self.running.get_mut(place) {
                            worker.control = None;
                            // It may have ended meanwhile; then there is nobody to kill, and nobody else has its number.
                            let _ = kill_process(worker.pid, Signal::KILL);
                        }
                    }
                    Due::Reap(place) => {
                        if place < self.running.len() {
                            tell_end(self.running.swap_remove(place));
                        }
                    }
                    Due::Order => {
                        if !self.take()? {
                            return Ok(());
                        }
                    }
                }
            }
        }
    }

    /// Waits until there is something to do.
    fn wait(&self) -> Result<Vec<Due>, Errno> {
        let socket = self.socket.as_ref().ok_or(Errno::BADF)?;
        let mut polled = vec![PollFd::new(socket, PollFlags::IN)];
        for worker in &self.running {
            polled.push(PollFd::new(&worker.life, PollFlags::IN));
            // Nobody writes to it: it only becomes ready when the parent closes its side.
            let control = worker.control.as_ref().unwrap_or(&worker.life);
            polled.push(PollFd::new(control, PollFlags::IN));
        }
        match poll(&mut polled, None) {
            Err(Errno::INTR) => return Ok(Vec::new()),
            other => other?,
        };
        let mut ready = polled.iter().map(|polled| !polled.revents().is_empty());
        let mut due = Vec::new();
        if ready.next() == Some(true) {
            due.push(Due::Order);
        }
        for place in 0..self.running.len() {
            match (ready.next(), ready.next()) {
                (Some(true), _) => due.push(Due::Reap(place)),
                (_, Some(true)) => due.push(Due::Kill(place)),
                _ => {}
            }
        }
        Ok(due)
    }

    /// Takes an order. `false` when the parent is gone; its workers go with it.
    fn take(&mut self) -> Result<bool, Errno> {
        let mut bytes = vec![0; MAX_ORDER];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let received = recvmsg(
            self.socket.as_ref().ok_or(Errno::BADF)?,
            &mut [IoSliceMut::new(&mut bytes)],
            &mut ancillary,
            RecvFlags::CMSG_CLOEXEC,
        )?;
        let mut descriptors = ancillary
            .drain()
            .filter_map(|message| match message {
                RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
                _ => None,
            })
            .flatten();
        let (Some(control), Some(out)) = (descriptors.next(), descriptors.next()) else {
            self.running.drain(..).for_each(|worker| {
                let _ = kill_process(worker.pid, Signal::KILL);
                tell_end(worker);
            });
            return Ok(false);
        };
        let attachment = descriptors.next();
        let text = bytes
            .get(..received.bytes)
            .filter(|_| !received.flags.contains(ReturnFlags::TRUNC));
        match self.prepare(text.unwrap_or_default()) {
            Err(reason) => tell(&control, &State::Refused(reason)),
            Ok((_, _, life, Side::Parent(pid))) => self.running.push(Running {
                pid,
                control: Some(control),
                life,
            }),
            Ok((order, end, life, Side::Child)) => {
                // The worker has no business with the zygote and the other workers.
                self.running.clear();
                drop((life, control, self.socket.take()));
                child::run(
                    &self.job,
                    order,
                    self.filters.clone(),
                    Place {
                        out,
                        attachment,
                        life: end,
                    },
                )
            }
        }
        Ok(true)
    }

    /// Understands an order, opens what it needs, and forks. Returns, besides the order, both ends of the life line.
    #[expect(
        clippy::type_complexity,
        reason = "the two sides of a fork own different parts of it"
    )]
    fn prepare(
        &mut self,
        text: &[u8],
    ) -> Result<(Order<J::Request>, OwnedFd, OwnedFd, Side), String> {
        let order: Order<J::Request> =
            serde_json::from_slice(text).map_err(|error| format!("the order: {error}"))?;
        self.job.furnish(&order.request)?;
        let (life, end) = pipe_with(PipeFlags::CLOEXEC).map_err(|error| error.to_string())?;
        let side = sys::fork().map_err(|error| error.to_string())?;
        Ok((order, end, life, side))
    }
}

/// Takes the end of a worker from the kernel and tells it.
fn tell_end(worker: Running) {
    let mut status = waitpid(Some(worker.pid), WaitOptions::NOHANG);
    if matches!(status, Ok(None)) {
        // The line is closed a moment before the process is over; a worker that closed it itself has forfeited its life.
        let _ = kill_process(worker.pid, Signal::KILL);
        status = loop {
            match waitpid(Some(worker.pid), WaitOptions::empty()) {
                Err(Errno::INTR) => {}
                other => break other,
            }
        };
    }
    let state = match status {
        Ok(Some((_, status))) => State::Ended(status.as_raw()),
        Ok(None) => State::Refused("the worker did not end".into()),
        Err(error) => State::Refused(format!("the end of the worker is not known: {error}")),
    };
    if let Some(control) = worker.control {
        tell(&control, &state);
    }
}

fn tell(control: &OwnedFd, state: &State) {
    // A parent that has gone does not want to know.
    if let Ok(text) = serde_json::to_vec(state) {
        let _ = send(control.as_fd(), &text, SendFlags::NOSIGNAL);
    }
}
