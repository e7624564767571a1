//! Simple commands: assignments, functions, builtins, programs.

use super::vars::{Value, Variable};
use super::{Exit, Halt, Shell, builtins, quote, run_here};
use crate::world::Errno;
use crate::world::exec::SpawnRequest;
use brush_parser::ast::{
    Assignment, AssignmentName, AssignmentValue, CommandPrefixOrSuffixItem, FunctionDefinition,
    IoRedirect, ProcessSubstitutionKind, SimpleCommand,
};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Builtins whose arguments are assignments: `export A=$b` does not split.
const DECLARATIONS: [&str; 5] = ["export", "readonly", "local", "declare", "typeset"];

/// The parts of a simple command.
#[derive(Default)]
struct Parts<'c> {
    assignments: Vec<&'c Assignment>,
    redirects: Vec<&'c IoRedirect>,
    words: Vec<String>,
    /// Descriptors of process substitutions, open as long as the command runs.
    substitutions: Vec<u32>,
}

impl Shell<'_, '_> {
    pub(super) fn run_simple(&mut self, command: &SimpleCommand) -> Result<i32, Halt> {
        let status_before = self.state.status;
        self.state.status = 0;
        let parts = self.take_apart(command, status_before)?;
        let result = self.run_parts(&parts);
        for descriptor in parts.substitutions {
            self.seat.close(self.pid, descriptor);
        }
        result
    }

    fn take_apart<'c>(
        &mut self,
        command: &'c SimpleCommand,
        status: i32,
    ) -> Result<Parts<'c>, Halt> {
        let mut parts = Parts::default();
        for item in command.prefix.iter().flat_map(|prefix| &prefix.0) {
            match item {
                CommandPrefixOrSuffixItem::IoRedirect(redirect) => parts.redirects.push(redirect),
                CommandPrefixOrSuffixItem::AssignmentWord(assignment, _) => {
                    parts.assignments.push(assignment)
                }
                _ => {}
            }
        }
        // `$?` in the words is the status of the command before.
        let substituted = std::mem::replace(&mut self.state.status, status);
        if let Some(name) = &command.word_or_name {
            parts.words = self.expand_words([name.value.as_str()])?;
        }
        let declares = parts
            .words
            .first()
            .is_some_and(|name| DECLARATIONS.contains(&name.as_str()));
        for item in command.suffix.iter().flat_map(|suffix| &suffix.0) {
            match item {
                CommandPrefixOrSuffixItem::IoRedirect(redirect) => parts.redirects.push(redirect),
                CommandPrefixOrSuffixItem::Word(word) => {
                    let words = self.expand_words([word.value.as_str()])?;
                    parts.words.extend(words);
                }
                CommandPrefixOrSuffixItem::AssignmentWord(assignment, word) => {
                    if declares {
                        let text = self.declaration(assignment, &word.value)?;
                        parts.words.push(text);
                    } else {
                        let words = self.expand_words([word.value.as_str()])?;
                        parts.words.extend(words);
                    }
                }
                CommandPrefixOrSuffixItem::ProcessSubstitution(kind, group) => {
                    let caller = self.caller();
                    if matches!(kind, ProcessSubstitutionKind::Write) {
                        self.seat
                            .world
                            .unsupported(&caller, "process substitution >(...)");
                        parts.words.push("/dev/null".to_owned());
                        continue;
                    }
                    let descriptor = self.feed_from(|shell| shell.run_list(&group.list))?;
                    parts.words.push(format!("/dev/fd/{descriptor}"));
                    parts.substitutions.push(descriptor);
                }
            }
        }
        if parts.words.is_empty() {
            self.state.status = substituted;
        }
        Ok(parts)
    }

    /// Runs something with its output in a pipe; returns the descriptor of the pipe's other end.
    pub(super) fn feed_from(
        &mut self,
        run: impl FnOnce(&mut Self) -> Result<i32, Halt>,
    ) -> Result<u32, Halt> {
        let (read, write) = self.seat.pipe(self.pid)?;
        let result = self.subshell(|shell| {
            shell.seat.move_descriptor(shell.pid, write, 1);
            shell.seat.close(shell.pid, read);
            run(shell)
        });
        self.seat.close(self.pid, write);
        result?;
        Ok(read)
    }

    /// The text of an assignment that is an argument. An array is assigned at once, and the name is what remains.
    fn declaration(&mut self, assignment: &Assignment, word: &str) -> Result<String, Halt> {
        match (&assignment.name, &assignment.value) {
            (AssignmentName::VariableName(name), AssignmentValue::Scalar(value)) => {
                let value = self.expand_text(&value.value)?;
                let old = if assignment.append {
                    self.state.vars.text(name).unwrap_or("")
                } else {
                    ""
                };
                Ok(format!("{name}={old}{value}"))
            }
            (AssignmentName::VariableName(name), AssignmentValue::Array(_)) => {
                self.run_assignment(assignment)?;
                Ok(name.clone())
            }
            _ => self.expand_text(word),
        }
    }

    fn run_parts(&mut self, parts: &Parts<'_>) -> Result<i32, Halt> {
        let Some((name, args)) = parts.words.split_first() else {
            // Redirects without a command still open their files.
            let redirects: Vec<IoRedirect> = parts.redirects.iter().map(|r| (*r).clone()).collect();
            let assigned = |shell: &mut Self| {
                let mut status = shell.state.status;
                for assignment in &parts.assignments {
                    shell.run_assignment(assignment)?;
                    status = shell.state.status;
                }
                Ok(status)
            };
            return if redirects.is_empty() {
                assigned(self)
            } else {
                self.with_redirects(&redirects, assigned)
            };
        };
        if self.state.options.xtrace {
            let line: Vec<String> = parts.words.iter().map(|word| quote(word)).collect();
            let _ = self
                .seat
                .write(self.pid, 2, format!("+ {}\n", line.join(" ")).as_bytes())?;
        }
        let redirects: Vec<IoRedirect> = parts.redirects.iter().map(|r| (*r).clone()).collect();
        if name == "exec" {
            return self.exec(args, &redirects);
        }
        let (name, args) = (name.clone(), args.to_vec());
        let assignments = parts.assignments.clone();
        self.with_redirects(&redirects, move |shell| {
            if let Some(function) = shell.state.functions.get(&name).cloned() {
                return shell.with_assignments(&assignments, |shell| shell.call(&function, args));
            }
            if builtins::is_builtin(&name) {
                return shell
                    .with_assignments(&assignments, |shell| builtins::run(shell, &name, &args));
            }
            let mut env = shell.state.vars.environment();
            for assignment in &assignments {
                let (name, value) = shell.for_program(assignment)?;
                env.insert(name, value);
            }
            shell.start(&name, &args, env)
        })
    }

    /// `exec`: its redirects stay; with a program, the shell ends as that program does.
    fn exec(&mut self, args: &[String], redirects: &[IoRedirect]) -> Result<i32, Halt> {
        for redirect in redirects {
            if !self.redirect(redirect)? {
                return Err(Halt::Exit(1));
            }
        }
        match args.split_first() {
            None => Ok(0),
            Some((name, args)) => {
                let env = self.state.vars.environment();
                Err(Halt::Exit(self.start(name, args, env)?))
            }
        }
    }

    /// Runs something with variables that have other values meanwhile.
    fn with_assignments(
        &mut self,
        assignments: &[&Assignment],
        run: impl FnOnce(&mut Self) -> Result<i32, Halt>,
    ) -> Result<i32, Halt> {
        let mut saved: Vec<(String, Option<Variable>)> = Vec::new();
        for assignment in assignments {
            let (name, value) = self.for_program(assignment)?;
            saved.push((name.clone(), self.state.vars.get(&name).cloned()));
            self.assign(&name, Value::Text(value))?;
            self.state
                .vars
                .mark(&name, |variable| variable.exported = true);
        }
        let result = run(self);
        for (name, old) in saved.into_iter().rev() {
            self.state.vars.restore(&name, old);
        }
        result
    }

    fn for_program(&mut self, assignment: &Assignment) -> Result<(String, String), Halt> {
        let (AssignmentName::VariableName(name) | AssignmentName::ArrayElementName(name, _)) =
            &assignment.name;
        let value = match &assignment.value {
            AssignmentValue::Scalar(word) => self.expand_text(&word.value)?,
            AssignmentValue::Array(_) => String::new(),
        };
        let old = if assignment.append {
            self.state.vars.text(name).unwrap_or("")
        } else {
            ""
        };
        Ok((name.clone(), format!("{old}{value}")))
    }

    /// Assigns in this shell.
    fn run_assignment(&mut self, assignment: &Assignment) -> Result<(), Halt> {
        match (&assignment.name, &assignment.value) {
            (AssignmentName::VariableName(_), AssignmentValue::Scalar(_)) => {
                let (name, value) = self.for_program(assignment)?;
                self.assign(&name, Value::Text(value))
            }
            (AssignmentName::ArrayElementName(name, index), AssignmentValue::Scalar(word)) => {
                let index = self.arithmetic(index)?;
                let value = self.expand_text(&word.value)?;
                self.assign_item(name, index, value)
            }
            (
                AssignmentName::VariableName(name) | AssignmentName::ArrayElementName(name, _),
                AssignmentValue::Array(elements),
            ) => {
                let mut items = match self.state.vars.get(name).and_then(|v| v.value.clone()) {
                    Some(Value::List(items)) if assignment.append => items,
                    _ => BTreeMap::new(),
                };
                let mut next = items
                    .keys()
                    .next_back()
                    .map_or(0, |last| last.saturating_add(1));
                for (index, word) in elements {
                    let values = match index {
                        Some(index) => {
                            next = u64::try_from(self.arithmetic(&index.value)?).unwrap_or(0);
                            vec![self.expand_text(&word.value)?]
                        }
                        None => self.expand_words([word.value.as_str()])?,
                    };
                    for value in values {
                        items.insert(next, value);
                        next = next.saturating_add(1);
                    }
                }
                self.assign(name, Value::List(items))
            }
        }
    }

    fn call(&mut self, function: &Rc<FunctionDefinition>, args: Vec<String>) -> Result<i32, Halt> {
        let params = std::mem::replace(&mut self.state.params, args);
        let loops = std::mem::take(&mut self.state.loops);
        self.state.returns = self.state.returns.saturating_add(1);
        self.state.vars.enter();
        let body = &function.body;
        let result = self.deeper(|shell| match &body.1 {
            Some(redirects) => {
                shell.with_redirects(&redirects.0, |shell| shell.run_compound(&body.0))
            }
            None => shell.run_compound(&body.0),
        });
        self.state.vars.leave();
        self.state.returns = self.state.returns.saturating_sub(1);
        self.state.loops = loops;
        self.state.params = params;
        match result {
            Err(Halt::Return(status)) => Ok(status),
            other => other,
        }
    }

    /// Starts a program and waits for its end; in the background only a guest is not waited for.
    pub(super) fn start(
        &mut self,
        name: &str,
        args: &[String],
        env: BTreeMap<String, String>,
    ) -> Result<i32, Halt> {
        let mut argv = vec![name.to_owned()];
        argv.extend(args.iter().cloned());
        let request = SpawnRequest {
            argv,
            program: name.to_owned(),
            env: Some(env),
            stdio: SpawnRequest::inherited(&self.seat.world, self.pid),
            detached: self.seat.background > 0,
            ..SpawnRequest::default()
        };
        let caller = self.caller();
        match self.seat.world.spawn(&caller, request) {
            Ok(child) => Ok(self.wait_for_child(child.pid)?.status()),
            Err(errno) => {
                let line = self.state.line.max(1);
                let (status, reason) = match errno {
                    Errno::NOENT if name.contains('/') => (127, errno.message()),
                    Errno::NOENT => (127, "not found"),
                    other => (126, other.message()),
                };
                self.complain(&format!("{line}: {name}: {reason}"))?;
                Ok(status)
            }
        }
    }

    fn wait_for_child(&mut self, pid: u32) -> Result<Exit, Halt> {
        if self.seat.background > 0 && crate::world::exec::is_guest(&self.seat.world, pid) {
            self.seat.detached.push(pid);
            return Ok(Exit::Code(0));
        }
        if !self.seat.enter() {
            return Err(self.over_limit("shell_depth", "a script nests too deeply"));
        }
        let exit = run_here(self.seat, pid)?;
        self.seat.leave();
        Ok(exit)
    }
}
