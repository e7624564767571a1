//! Lets the processes of a world run, one at a time and always in the same order.
//!
//! Each process has a thread of its own, with its own stack, and runs only while it holds the world. When it waits, the
//! world comes back here, and the process with the lowest number that can go on gets it. When none can, virtual time jumps
//! to the next timer. So two runs of the same package interleave in the same way.

use super::{Program, Runtime, instance, wasi};
use crate::world::process::State;
use crate::world::{Baton, Caller, Exit, Pid, Process, Stopped, Wait, World, exec, shell};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How long a process may hold the world beyond the deadline before it counts as lost: host code is bounded, so this is
/// only reached when that promise is broken.
const GRACE: Duration = Duration::from_secs(10);

/// Stack of a thread that runs a guest: the WebAssembly stack of the engine and room for the host's own frames. Pages are
/// only committed when they are used.
const GUEST_STACK: usize = super::engine::WASM_STACK + (8 << 20);

/// Stack of a thread that runs a shell; its recursion is limited by depth.
const SHELL_STACK: usize = 32 << 20;

/// How a run came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The first process ended like this; others were given the time to end as well.
    Exited(Exit),
    /// The wall time was over.
    Timeout,
    /// It only waited for timers, again and again, or for something that never comes.
    Idle,
    /// A part of the host failed; the world is gone. This is a defect of this program.
    Lost(String),
}

/// A message to the scheduler.
enum Message {
    /// A process gives the world back.
    World(Box<World>),
    /// A process's thread ended without giving the world back.
    Lost(Pid),
}

/// The place of one process in the schedule: its thread waits here for the world.
struct Seat {
    give: Sender<Box<World>>,
    thread: std::thread::JoinHandle<()>,
}

/// One process's end of the hand-over.
pub(super) struct Turn {
    to_scheduler: Sender<Message>,
    from_scheduler: Receiver<Box<World>>,
}

impl Baton for Turn {
    fn wait(&mut self, mut world: Box<World>, pid: Pid, wait: Wait) -> Result<Box<World>, Stopped> {
        if let Some(process) = world.processes.get_mut(pid) {
            process.state = State::Waiting(wait);
        }
        self.to_scheduler
            .send(Message::World(world))
            .map_err(|_| Stopped)?;
        self.from_scheduler.recv().map_err(|_| Stopped)
    }
}

/// Tells the scheduler when a thread unwinds, so that it does not wait for a world that is gone.
struct Watch {
    to_scheduler: Sender<Message>,
    pid: Pid,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // The scheduler may be gone as well: then nobody waits.
            let _ = self.to_scheduler.send(Message::Lost(self.pid));
        }
    }
}

/// Runs the process `root`, which must be in the table, and whatever it starts, to the end or to the deadline.
///
/// Returns the world, unless a defect lost it, and how the run ended.
pub(super) fn run(
    runtime: &Arc<Runtime>,
    program: Option<&Arc<Program>>,
    world: Box<World>,
    root: Pid,
    deadline: Instant,
) -> (Option<Box<World>>, Ending) {
    let (sender, receiver) = channel();
    let mut schedule = Schedule {
        runtime: Arc::clone(runtime),
        program: program.map(Arc::clone),
        seats: BTreeMap::new(),
        sender,
        receiver,
        deadline,
        jumps: 0,
    };
    let (world, ending) = schedule.until_end(world, root);
    schedule.close();
    (world, ending)
}

struct Schedule {
    runtime: Arc<Runtime>,
    /// What processes that are WebAssembly programs run.
    program: Option<Arc<Program>>,
    seats: BTreeMap<Pid, Seat>,
    sender: Sender<Message>,
    receiver: Receiver<Message>,
    deadline: Instant,
    jumps: u32,
}

impl Schedule {
    fn until_end(&mut self, mut world: Box<World>, root: Pid) -> (Option<Box<World>>, Ending) {
        loop {
            let Some(pid) = self.next(&mut world) else {
                let ending = world
                    .processes
                    .exit_of(root)
                    .map_or(Ending::Idle, Ending::Exited);
                return (Some(world), ending);
            };
            world = match self.let_run(world, pid) {
                Ok(world) => world,
                Err(ending) => return (None, ending),
            };
            // The result of a root that ended in time stands, whatever its orphans do.
            if host_now() >= self.deadline {
                let ending = world
                    .processes
                    .exit_of(root)
                    .map_or(Ending::Timeout, Ending::Exited);
                return (Some(world), ending);
            }
        }
    }

    /// The process that runs next: the lowest that can, after a jump in time when none can now.
    fn next(&mut self, world: &mut World) -> Option<Pid> {
        if let Some(pid) = first_runnable(world) {
            return Some(pid);
        }
        let wake = world
            .processes
            .iter()
            .filter_map(|process| wake_time(&process.state))
            .min();
        let Some(wake) = wake else {
            // Servers that were silent for so long hang up; whoever waited for them goes on.
            world.net_hang_up_silent();
            return first_runnable(world);
        };
        self.jumps = self.jumps.saturating_add(1);
        if self.jumps > world.limits.idle_jumps {
            let most = world.limits.idle_jumps;
            let reason = format!("waited for timers more than {most} times");
            world.hit_limit(&Caller::default(), "timers", reason);
            return None;
        }
        if wake > world.limits.virtual_time {
            let days = world.limits.virtual_time / (24 * 3_600 * 1_000_000_000);
            let reason = format!("waits for more than {days} days");
            world.hit_limit(&Caller::default(), "virtual_time", reason);
            return None;
        }
        world.clock.jump_to(wake);
        first_runnable(world)
    }

    fn let_run(&mut self, mut world: Box<World>, pid: Pid) -> Result<Box<World>, Ending> {
        if let Some(process) = world.processes.get_mut(pid) {
            process.state = State::Running;
        }
        if !self.seats.contains_key(&pid) {
            let seat = self
                .seat(&world, pid)
                .map_err(|error| Ending::Lost(format!("cannot start a thread: {error}")))?;
            self.seats.insert(pid, seat);
        }
        let lost = || Ending::Lost(format!("process {pid} ended without giving the world back"));
        let seat = self.seats.get(&pid).ok_or_else(lost)?;
        let alarm = world.usage.alarm.clone();
        seat.give.send(world).map_err(|_| lost())?;
        let left = self.deadline.saturating_duration_since(host_now());
        let mut message = self.receiver.recv_timeout(left);
        if matches!(message, Err(RecvTimeoutError::Timeout)) {
            alarm.ring();
            message = self.receiver.recv_timeout(GRACE);
        }
        match message {
            Ok(Message::World(world)) => Ok(world),
            Ok(Message::Lost(pid)) => {
                Err(Ending::Lost(format!("the host failed in process {pid}")))
            }
            Err(RecvTimeoutError::Timeout) => {
                Err(Ending::Lost(format!("process {pid} does not come back")))
            }
            Err(RecvTimeoutError::Disconnected) => Err(lost()),
        }
    }

    fn seat(&self, world: &World, pid: Pid) -> std::io::Result<Seat> {
        let (give, from_scheduler) = channel();
        let turn = Turn {
            to_scheduler: self.sender.clone(),
            from_scheduler,
        };
        let (runtime, deadline) = (Arc::clone(&self.runtime), self.deadline);
        let is_guest = exec::is_guest(world, pid);
        let is_module = exec::program_of(world, pid) == exec::Program::Module;
        let program = self.program.clone().filter(|_| is_module);
        let stack = if is_guest { GUEST_STACK } else { SHELL_STACK };
        let thread = std::thread::Builder::new()
            .name(format!("process {pid}"))
            .stack_size(stack)
            .spawn(move || {
                let to_scheduler = turn.to_scheduler.clone();
                let _watch = Watch {
                    to_scheduler: to_scheduler.clone(),
                    pid,
                };
                let mut turn = turn;
                let Ok(world) = turn.from_scheduler.recv() else {
                    return;
                };
                let world = if let Some(program) = program {
                    wasi::run(&runtime, &program, world, pid, turn, deadline)
                } else if is_guest {
                    instance::run(&runtime, world, pid, turn, deadline)
                } else {
                    shell::run(world, pid, &mut turn).ok()
                };
                if let Some(mut world) = world {
                    world.end_process(pid);
                    // Nobody takes the world when the run was ended meanwhile.
                    let _ = to_scheduler.send(Message::World(world));
                }
            })?;
        Ok(Seat { give, thread })
    }

    /// Ends the threads: each that waits finds the world gone and stops.
    fn close(self) {
        let Schedule {
            seats,
            sender,
            receiver,
            ..
        } = self;
        drop((sender, receiver));
        for (_, Seat { give, thread }) in seats {
            drop(give);
            // A thread that does not come back was reported as lost; joining it would wait with it.
            if thread.is_finished() {
                let _ = thread.join();
            }
        }
    }
}

/// The host's clock, for the deadline alone.
#[expect(
    clippy::disallowed_methods,
    reason = "a run must end in wall time; what this cuts is marked in the trace"
)]
pub(super) fn host_now() -> Instant {
    Instant::now()
}

fn first_runnable(world: &World) -> Option<Pid> {
    let can_run = |process: &&Process| match &process.state {
        State::Ready => true,
        State::Waiting(wait) => world.is_over(process.pid, wait),
        State::Running | State::Exited(_) => false,
    };
    world
        .processes
        .iter()
        .find(can_run)
        .map(|process| process.pid)
}

fn wake_time(state: &State) -> Option<u64> {
    match state {
        State::Waiting(
            Wait::Until(time) | Wait::Notice(Some(time)) | Wait::ExitBefore(_, time),
        ) => Some(*time),
        _ => None,
    }
}
