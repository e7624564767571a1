//! The sh that lifecycle scripts are written for, and the programs that it finds on PATH.
//!
//! Scripts are parsed by brush-parser ([`syntax`] guards it) and evaluated here over the world. Programs other than guests
//! are functions of this module that run in the place of their process: each has a number, descriptors and a spawn event of
//! its own, but no thread. Only what really has to wait, for a guest or for bytes, gives the world away.

mod arith;
mod builtins;
mod change;
mod command;
mod compound;
mod expand;
mod glob;
mod params;
mod pattern;
mod programs;
mod redirect;
mod seat;
mod state;
mod syntax;
mod test;
#[cfg(test)]
mod tests;
mod vars;

use super::exec::{self, Program};
use super::{Baton, Caller, Exit, Pid, Stopped, World};
use crate::trace::{Kind, Location};
use brush_parser::ast;
use seat::Seat;
use state::State;
use std::collections::BTreeSet;
use vars::Value;

/// Frames of the place where something happens that events carry.
const MAX_PLACES: usize = 4;

/// Why the evaluation of a script leaves the usual order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Halt {
    /// The run has ended and the world is gone.
    Stopped,
    /// A limit was reached: the shell dies as by SIGKILL.
    Killed,
    /// `exit`, or an error that ends a shell.
    Exit(i32),
    /// `return`.
    Return(i32),
    /// `break`, out of so many loops.
    Break(u32),
    /// `continue`, with the loop so many levels up.
    Continue(u32),
}

impl From<Stopped> for Halt {
    fn from(Stopped: Stopped) -> Halt {
        Halt::Stopped
    }
}

/// Runs a process that is a program of the world to its end. Needs a stack of 16 MiB or more: scripts nest.
///
/// # Errors
///
/// [`Stopped`] when the run was ended meanwhile.
pub fn run(world: Box<World>, pid: Pid, baton: &mut dyn Baton) -> Result<Box<World>, Stopped> {
    let mut seat = Seat::new(world, baton, pid);
    match run_here(&mut seat, pid) {
        // Out of time, the programs on this thread end where they are.
        Err(Stopped) if seat.is_out_of_time() => {
            seat.world.hit_wall(&Caller::process(pid));
            seat.world.kill_process(pid);
        }
        ended => drop(ended?),
    }
    Ok(seat.world)
}

/// Runs process `pid` on this thread to its end; a guest is waited for.
fn run_here(seat: &mut Seat<'_>, pid: Pid) -> Result<Exit, Stopped> {
    let program = exec::program_of(&seat.world, pid);
    let exit = match program {
        Program::Node | Program::Module => return seat.wait_for(pid),
        Program::Shell => {
            seat.begin(pid);
            run_shell(seat, pid)?
        }
        Program::Tool(name) => {
            seat.begin(pid);
            Exit::Code(programs::run(seat, pid, name)? & 0xff)
        }
        Program::Foreign => {
            seat.begin(pid);
            Exit::Code(0)
        }
    };
    seat.finish(pid, exit);
    Ok(seat.world.processes.exit_of(pid).unwrap_or(exit))
}

/// The state of one shell while it runs.
struct Shell<'s, 'b> {
    seat: &'s mut Seat<'b>,
    /// The process.
    pid: Pid,
    state: State,
    /// The variables of its environment that were recorded as read, with the line.
    seen_reads: BTreeSet<(String, u32)>,
}

/// Runs a shell process as its arguments say.
fn run_shell(seat: &mut Seat<'_>, pid: Pid) -> Result<Exit, Stopped> {
    let state = State::new(&seat.world, pid);
    let mut shell = Shell {
        seat,
        pid,
        state,
        seen_reads: BTreeSet::new(),
    };
    let result = match shell.main() {
        Ok(status) | Err(Halt::Exit(status) | Halt::Return(status)) => shell.leave(status),
        other => other,
    };
    match result {
        Ok(status) | Err(Halt::Exit(status) | Halt::Return(status)) => {
            Ok(Exit::Code(status & 0xff))
        }
        Err(Halt::Break(_) | Halt::Continue(_)) => Ok(Exit::Code(0)),
        Err(Halt::Killed) => Ok(Exit::Signal(9)),
        Err(Halt::Stopped) => Err(Stopped),
    }
}

impl Shell<'_, '_> {
    /// Runs what the arguments name: a command string, a script file, or standard input.
    fn main(&mut self) -> Result<i32, Halt> {
        let argv = match self.seat.world.processes.get(self.pid) {
            Some(process) => process.argv.clone(),
            None => return Ok(0),
        };
        let mut operands = Vec::new();
        let (mut command, mut from_input) = (false, false);
        let mut args = argv.into_iter().skip(1);
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--" => {
                    operands.extend(args.by_ref());
                }
                "-o" | "+o" => {
                    let on = arg == "-o";
                    let name = args.next().unwrap_or_default();
                    self.state.options.set_named(&name, on);
                }
                "--login" | "--norc" | "--noprofile" | "--posix" | "-" => {}
                flags
                    if flags.len() > 1
                        && flags.starts_with(['-', '+'])
                        && !flags.starts_with("--") =>
                {
                    command |= flags.contains('c');
                    from_input |= flags.contains('s');
                    for letter in flags
                        .chars()
                        .skip(1)
                        .filter(|letter| !matches!(letter, 'c' | 's'))
                    {
                        self.state
                            .options
                            .set_letter(letter, flags.starts_with('-'));
                    }
                }
                _ => {
                    operands.push(arg);
                    operands.extend(args.by_ref());
                }
            }
        }
        let mut operands = operands.into_iter();
        if command {
            let source = operands.next().unwrap_or_default();
            self.state.name = operands.next().unwrap_or_else(|| self.state.name.clone());
            self.state.params = operands.collect();
            return self.run_source(&source);
        }
        if from_input || operands.len() == 0 {
            self.state.params = operands.collect();
            let source = self.seat.read_all(self.pid, 0)?;
            self.note_eval(&String::from_utf8_lossy(&source));
            return self.run_source(&String::from_utf8_lossy(&source));
        }
        let file = operands.next().unwrap_or_default();
        self.state.params = operands.collect();
        self.run_script(&file)
    }

    fn run_script(&mut self, file: &str) -> Result<i32, Halt> {
        self.state.name = file.to_owned();
        match self.seat.read_file(&self.caller(), file) {
            Ok(bytes) => {
                let path = self.absolute(file);
                let seq = self
                    .seat
                    .world
                    .note(&self.caller(), Kind::CodeLoad, path.as_str());
                self.seat.world.recorder.detail(seq, "format", "shell");
                self.state.file = Some(path);
                self.run_source(&String::from_utf8_lossy(&bytes))
            }
            Err(errno) => {
                self.complain(&format!("0: cannot open {file}: {}", errno.message()))?;
                Ok(if errno == super::Errno::NOENT {
                    127
                } else {
                    126
                })
            }
        }
    }

    /// Parses and runs a text in this shell.
    fn run_source(&mut self, source: &str) -> Result<i32, Halt> {
        match syntax::program(source) {
            Ok(program) => self.deeper(|shell| shell.run_program(&program)),
            Err(syntax::SyntaxError::Wrong(message)) => {
                self.complain(&format!(
                    "{}: Syntax error: {message}",
                    self.state.line.max(1)
                ))?;
                self.state.status = 2;
                Ok(2)
            }
            Err(syntax::SyntaxError::TooMuch) => {
                Err(self.over_limit("script", "a script is too large or nested too deeply"))
            }
        }
    }

    fn run_program(&mut self, program: &ast::Program) -> Result<i32, Halt> {
        for command in &program.complete_commands {
            self.run_list(command)?;
        }
        Ok(self.state.status)
    }

    /// Runs the EXIT trap at the end of the shell.
    fn leave(&mut self, status: i32) -> Result<i32, Halt> {
        self.state.status = status;
        let Some(action) = self
            .state
            .traps
            .remove("EXIT")
            .filter(|action| !action.is_empty())
        else {
            return Ok(status);
        };
        match self.run_source(&action) {
            Ok(_) => Ok(status),
            Err(halt) => Err(halt),
        }
    }

    /// Counts one step of work.
    fn step(&mut self) -> Result<(), Halt> {
        if self.seat.world.processes.exit_of(self.pid).is_some() {
            // It was killed while it ran.
            return Err(Halt::Killed);
        }
        self.seat.check_time()?;
        if let Some((name, reason)) = self.seat.world.exhausted() {
            return Err(self.over_limit(name, &reason));
        }
        if self.seat.step() {
            return Ok(());
        }
        Err(self.over_limit("shell_steps", "a script takes too many steps"))
    }

    /// Runs one level deeper; too deep a level ends the shell.
    fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, Halt>) -> Result<T, Halt> {
        if !self.seat.enter() {
            return Err(self.over_limit("shell_depth", "a script nests too deeply"));
        }
        let result = run(self);
        self.seat.leave();
        result
    }

    fn over_limit(&mut self, name: &str, reason: &str) -> Halt {
        let caller = self.caller();
        self.seat.world.hit_limit(&caller, name, reason);
        Halt::Killed
    }

    /// Prints an error and ends the shell, as errors of special builtins and expansions do.
    fn fail<T>(&mut self, status: i32, message: &str) -> Result<T, Halt> {
        let line = self.state.line.max(1);
        self.complain(&format!("{line}: {message}"))?;
        Err(Halt::Exit(status))
    }

    /// Prints an error on standard error.
    fn complain(&mut self, message: &str) -> Result<(), Halt> {
        let text = format!("{}: {message}\n", self.state.name);
        // Nobody may read it.
        let _ = self.seat.write(self.pid, 2, text.as_bytes())?;
        Ok(())
    }

    /// Who acts: this process, at the place in the script that it runs.
    fn caller(&self) -> Caller {
        let origin = self
            .seat
            .world
            .processes
            .get(self.pid)
            .map(|process| process.origin.clone());
        let mut at = Vec::new();
        if let Some(file) = &self.state.file {
            at.push(Location {
                file: file.clone(),
                line: self.state.line,
                column: 0,
            });
        }
        at.extend(origin.unwrap_or_default());
        at.truncate(MAX_PLACES);
        Caller { pid: self.pid, at }
    }

    fn cwd(&self) -> String {
        let process = self.seat.world.processes.get(self.pid);
        process.map_or_else(|| "/".to_owned(), |process| process.cwd.clone())
    }

    fn absolute(&self, path: &str) -> String {
        super::path::absolute(&self.cwd(), path)
    }

    /// Records that text which came from elsewhere becomes code of this shell.
    fn note_eval(&mut self, source: &str) {
        let caller = self.caller();
        let seq = self.seat.world.note(&caller, Kind::CodeEval, "shell");
        self.seat
            .world
            .recorder
            .attach(seq, source.as_bytes().to_vec());
    }

    /// The value of a variable; reading one that came from outside is an access to the environment.
    fn read_variable(&mut self, name: &str) -> Option<String> {
        if let Some(value) = self.computed(name) {
            return Some(value);
        }
        let variable = self.state.vars.get(name);
        let value = self.state.vars.text(name).map(str::to_owned);
        if variable.is_none_or(|variable| variable.inherited) && !state::OWN.contains(&name) {
            self.note_read(name, value.is_some());
        }
        value
    }

    fn note_read(&mut self, name: &str, found: bool) {
        if self.seen_reads.insert((name.to_owned(), self.state.line)) {
            let caller = self.caller();
            let seq = self.seat.world.note(&caller, Kind::EnvRead, name);
            let found = if found { "yes" } else { "no" };
            self.seat.world.recorder.detail(seq, "found", found);
        }
    }

    /// Variables whose values the shell makes up when they are read.
    fn computed(&mut self, name: &str) -> Option<String> {
        match name {
            "LINENO" => Some(self.state.line.to_string()),
            "RANDOM" => Some((self.seat.world.random.next_u64() & 0x7fff).to_string()),
            "SECONDS" => Some((self.seat.world.clock.elapsed() / 1_000_000_000).to_string()),
            "PPID" => Some(self.seat.world.processes.get(self.pid)?.ppid.to_string()),
            "UID" | "EUID" => Some(self.seat.world.persona.uid.to_string()),
            "HOSTNAME" => {
                let caller = self.caller();
                self.seat.world.note(&caller, Kind::HostQuery, "hostname");
                Some(self.seat.world.persona.hostname.clone())
            }
            _ => None,
        }
    }

    fn read_item(&mut self, name: &str, index: i64) -> Option<String> {
        match self.state.vars.get(name)?.value.as_ref()? {
            Value::Text(text) => (index == 0).then(|| text.clone()),
            Value::List(items) => {
                let last = items.keys().next_back().copied().unwrap_or(0);
                let index = match u64::try_from(index) {
                    Ok(index) => index,
                    Err(_) => last.saturating_add(1).checked_sub(index.unsigned_abs())?,
                };
                items.get(&index).cloned()
            }
        }
    }

    fn assign(&mut self, name: &str, value: Value) -> Result<(), Halt> {
        let result = self.state.vars.set(name, value);
        if self.state.options.allexport {
            self.state
                .vars
                .mark(name, |variable| variable.exported = true);
        }
        self.set_or_fail(name, result)
    }

    fn assign_item(&mut self, name: &str, index: i64, text: String) -> Result<(), Halt> {
        let result = self
            .state
            .vars
            .set_item(name, u64::try_from(index).unwrap_or(0), text);
        self.set_or_fail(name, result)
    }

    fn set_or_fail(&mut self, name: &str, result: Result<(), vars::Refused>) -> Result<(), Halt> {
        match result {
            Ok(()) => Ok(()),
            Err(vars::Refused::Readonly) => self.fail(2, &format!("{name}: is read only")),
            Err(vars::Refused::TooLarge) => {
                Err(self.over_limit("variables", "the variables of a script are too large"))
            }
        }
    }
}

/// Writes a text so that a shell reads it as one word.
#[must_use]
pub fn quote(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-+=./:,@%^".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
