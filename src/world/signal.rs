//! Signals: who may send them, and what they do to whom they reach.

use super::process::State;
use super::{Caller, Errno, Exit, Notice, Pid, World};
use crate::trace::Kind;

/// Names and numbers. Source: signal(7) of Linux on x86-64.
const NAMES: &[(&str, i32)] = &[
    ("HUP", 1),
    ("INT", 2),
    ("QUIT", 3),
    ("ILL", 4),
    ("TRAP", 5),
    ("ABRT", 6),
    ("BUS", 7),
    ("FPE", 8),
    ("KILL", 9),
    ("USR1", 10),
    ("SEGV", 11),
    ("USR2", 12),
    ("PIPE", 13),
    ("ALRM", 14),
    ("TERM", 15),
    ("STKFLT", 16),
    ("CHLD", 17),
    ("CONT", 18),
    ("STOP", 19),
    ("TSTP", 20),
    ("TTIN", 21),
    ("TTOU", 22),
    ("URG", 23),
    ("XCPU", 24),
    ("XFSZ", 25),
    ("VTALRM", 26),
    ("PROF", 27),
    ("WINCH", 28),
    ("IO", 29),
    ("PWR", 30),
    ("SYS", 31),
];

/// The largest number of a signal.
const LAST: i32 = 64;

const KILL: i32 = 9;
const STOP: i32 = 19;

/// What a signal did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it was a question, or is ignored unless handled.
    None,
    /// The process will find it in its inbox.
    Told,
    /// The process ends by it. One that signals itself ends itself.
    Ends,
}

/// The number of a signal by its name, with or without `SIG`, or by its number as text.
#[must_use]
pub fn signal_number(text: &str) -> Option<i32> {
    if let Ok(number) = text.parse() {
        return (0..=LAST).contains(&number).then_some(number);
    }
    let name = text.strip_prefix("SIG").unwrap_or(text);
    let found = NAMES.iter().find(|entry| entry.0 == name);
    found.map(|entry| entry.1)
}

/// `SIGTERM` for 15; the number for one without a name.
#[must_use]
pub fn signal_name(number: i32) -> String {
    match NAMES.iter().find(|entry| entry.1 == number) {
        Some((name, _)) => format!("SIG{name}"),
        None => number.to_string(),
    }
}

impl World {
    /// Sends a signal to a process, or to its group when `target` is negative; 0 is the caller's own. Recorded as
    /// `proc.signal`.
    ///
    /// # Errors
    ///
    /// `SRCH` when there is no such process, `PERM` for those that belong to the machine, `INVAL` for no signal.
    pub fn signal(&mut self, caller: &Caller, target: i64, signal: i32) -> Result<Effect, Errno> {
        let subject = format!("{} {target}", signal_name(signal));
        self.act(caller, Kind::ProcSignal, subject, |world, _| {
            if !(0..=LAST).contains(&signal) {
                return Err(Errno::INVAL);
            }
            let pid = match Pid::try_from(target.unsigned_abs()).map_err(|_| Errno::SRCH)? {
                0 => caller.pid,
                1 => return Err(Errno::PERM),
                pid => pid,
            };
            let process = world.processes.get(pid).ok_or(Errno::SRCH)?;
            if matches!(process.state, State::Exited(_)) {
                return Err(Errno::SRCH);
            }
            let handled = process.handles.contains(&signal);
            Ok(world.send_signal(caller.pid, pid, signal, handled))
        })
    }

    fn send_signal(&mut self, from: Pid, pid: Pid, signal: i32, handled: bool) -> Effect {
        match signal {
            0 => Effect::None,
            _ if handled && signal != KILL && signal != STOP => {
                self.processes.tell(pid, Notice::Signal(signal));
                Effect::Told
            }
            // CHLD, CONT, the stopping ones, URG and WINCH end nobody; there is no one to wait for a stopped process.
            17..=23 | 28 => Effect::None,
            _ => {
                if pid != from {
                    self.processes.end(pid, Exit::Signal(signal));
                    self.end_process(pid);
                }
                Effect::Ends
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Process;

    #[test]
    fn names_and_numbers_read_back() {
        assert_eq!(signal_number("SIGTERM"), Some(15));
        assert_eq!(signal_number("KILL"), Some(9));
        assert_eq!(signal_number("12"), Some(12));
        assert_eq!(signal_number("65"), None);
        assert_eq!(signal_number("SIGNONE"), None);
        assert_eq!(signal_name(2), "SIGINT");
    }

    #[test]
    fn a_handled_signal_is_told_and_another_ends() {
        let mut world = World::default();
        let mut add = || world.processes.add(Process::default(), 9).unwrap();
        let (one, two) = (add(), add());
        let caller = Caller::process(one);
        let send =
            |world: &mut World, target: Pid, signal| world.signal(&caller, target.into(), signal);
        world.processes.get_mut(two).unwrap().handles.insert(15);
        assert_eq!(send(&mut world, two, 15), Ok(Effect::Told));
        assert_eq!(send(&mut world, two, 28), Ok(Effect::None));
        assert_eq!(send(&mut world, two, 9), Ok(Effect::Ends));
        assert_eq!(world.processes.exit_of(two), Some(Exit::Signal(9)));
        assert_eq!(send(&mut world, two, 0), Err(Errno::SRCH));
        assert_eq!(send(&mut world, one, 15), Ok(Effect::Ends));
        assert_eq!(world.processes.exit_of(one), None, "it ends itself");
        assert_eq!(send(&mut world, 1, 9), Err(Errno::PERM));
        assert_eq!(send(&mut world, one, 99), Err(Errno::INVAL));
    }
}
