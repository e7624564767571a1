//! Lists, pipelines and compound commands.

use super::{Halt, Shell, Value, test};
use brush_parser::ast::{
    AndOr, AndOrList, CaseClauseCommand, CaseItemPostAction, Command, CompoundCommand,
    CompoundList, DoGroupCommand, ForClauseCommand, IfClauseCommand, Pipeline, SeparatorOperator,
    SourceLocation,
};
use std::rc::Rc;

impl Shell<'_, '_> {
    pub(super) fn run_list(&mut self, list: &CompoundList) -> Result<i32, Halt> {
        for item in &list.0 {
            match item.1 {
                SeparatorOperator::Async => self.run_in_background(&item.0)?,
                SeparatorOperator::Sequence => {
                    self.run_and_or(&item.0)?;
                }
            }
        }
        Ok(self.state.status)
    }

    fn run_and_or(&mut self, list: &AndOrList) -> Result<i32, Halt> {
        let last = list.additional.len();
        let mut status = self.run_part(&list.first, last > 0)?;
        for (i, part) in list.additional.iter().enumerate() {
            let (wanted, pipeline) = match part {
                AndOr::And(pipeline) => (status == 0, pipeline),
                AndOr::Or(pipeline) => (status != 0, pipeline),
            };
            if wanted {
                status = self.run_part(pipeline, i.saturating_add(1) < last)?;
            }
        }
        Ok(status)
    }

    /// Runs one pipeline of a list; with `set -e` the failure of one that is no condition ends the shell.
    fn run_part(&mut self, pipeline: &Pipeline, condition: bool) -> Result<i32, Halt> {
        let condition = condition || pipeline.bang;
        let status = if condition {
            self.as_condition(|shell| shell.run_pipeline(pipeline))?
        } else {
            self.run_pipeline(pipeline)?
        };
        if status != 0 && self.state.options.errexit && !condition && self.state.conditions == 0 {
            return Err(Halt::Exit(status));
        }
        Ok(status)
    }

    fn as_condition<T>(
        &mut self,
        run: impl FnOnce(&mut Self) -> Result<T, Halt>,
    ) -> Result<T, Halt> {
        self.state.conditions = self.state.conditions.saturating_add(1);
        let result = run(self);
        self.state.conditions = self.state.conditions.saturating_sub(1);
        result
    }

    fn run_pipeline(&mut self, pipeline: &Pipeline) -> Result<i32, Halt> {
        let status = match pipeline.seq.as_slice() {
            [command] => self.run_command(command)?,
            commands => self.run_stages(commands)?,
        };
        self.state.status = if pipeline.bang {
            i32::from(status == 0)
        } else {
            status
        };
        Ok(self.state.status)
    }

    /// Runs the stages of a pipeline from left to right, each to its end, in subshells.
    fn run_stages(&mut self, commands: &[Command]) -> Result<i32, Halt> {
        let mut input = None;
        let mut statuses = Vec::new();
        let last = commands.len().saturating_sub(1);
        for (i, command) in commands.iter().enumerate() {
            let output = if i < last {
                Some(self.seat.pipe(self.pid)?)
            } else {
                None
            };
            let status = self.subshell(|shell| {
                if let Some(input) = input {
                    shell.seat.move_descriptor(shell.pid, input, 0);
                }
                if let Some((read, write)) = output {
                    shell.seat.move_descriptor(shell.pid, write, 1);
                    shell.seat.close(shell.pid, read);
                }
                shell.run_command(command)
            })?;
            statuses.push(status);
            if let Some(input) = input.take() {
                self.seat.close(self.pid, input);
            }
            if let Some((read, write)) = output {
                self.seat.close(self.pid, write);
                input = Some(read);
            }
        }
        let failed = statuses.iter().rev().find(|status| **status != 0).copied();
        let of_last = statuses.last().copied().unwrap_or(0);
        Ok(if self.state.options.pipefail {
            failed.unwrap_or(0)
        } else {
            of_last
        })
    }

    /// Runs something in a copy of this shell: what it changes in the shell ends with it.
    pub(super) fn subshell(
        &mut self,
        run: impl FnOnce(&mut Self) -> Result<i32, Halt>,
    ) -> Result<i32, Halt> {
        let saved = self.state.clone();
        self.state.traps.remove("EXIT");
        let files = self.seat.fork_descriptors(self.pid);
        let result = self.deeper(|shell| match run(shell) {
            Ok(status) | Err(Halt::Exit(status) | Halt::Return(status)) => shell.leave(status),
            Err(Halt::Break(_) | Halt::Continue(_)) => Ok(0),
            Err(halt) => Err(halt),
        });
        self.seat.restore_descriptors(self.pid, files);
        self.state = saved;
        match result {
            Err(Halt::Exit(status)) => Ok(status),
            other => other,
        }
    }

    /// Runs a list at once and goes on: nobody waits for it, and a guest gets its turn when this shell waits.
    fn run_in_background(&mut self, list: &AndOrList) -> Result<(), Halt> {
        self.step()?;
        self.seat.background = self.seat.background.saturating_add(1);
        let started = self.seat.detached.len();
        let result = self.subshell(|shell| shell.run_and_or(list));
        self.seat.background = self.seat.background.saturating_sub(1);
        result?;
        let guests = self.seat.detached.get(started..).unwrap_or(&[]).to_vec();
        self.state.last_background = guests
            .last()
            .copied()
            .or_else(|| self.seat.last_child(self.pid));
        self.state.jobs.extend(guests);
        self.state.status = 0;
        // What was started gets the time to begin, as it would beside this shell.
        self.seat.give_way()?;
        Ok(())
    }

    /// The output of a command substitution.
    pub(super) fn command_output(&mut self, source: &str) -> Result<String, Halt> {
        self.step()?;
        let (read, write) = self.seat.pipe(self.pid)?;
        self.state.nested = self.state.nested.saturating_add(1);
        let result = self.subshell(|shell| {
            shell.seat.move_descriptor(shell.pid, write, 1);
            shell.seat.close(shell.pid, read);
            shell.run_source(source)
        });
        self.state.nested = self.state.nested.saturating_sub(1);
        self.seat.close(self.pid, write);
        let output = self.seat.read_all(self.pid, read);
        self.seat.close(self.pid, read);
        self.state.status = result?;
        let output = String::from_utf8_lossy(&output?).into_owned();
        Ok(output.replace('\0', ""))
    }

    fn run_command(&mut self, command: &Command) -> Result<i32, Halt> {
        self.step()?;
        if self.state.nested == 0
            && let Some(span) = command.location()
        {
            self.state.line = u32::try_from(span.start.line).unwrap_or(0);
        }
        if self.state.options.noexec {
            return Ok(0);
        }
        self.deeper(|shell| match command {
            Command::Simple(simple) => shell.run_simple(simple),
            Command::Compound(compound, None) => shell.run_compound(compound),
            Command::Compound(compound, Some(redirects)) => {
                shell.with_redirects(&redirects.0, |shell| shell.run_compound(compound))
            }
            Command::Function(function) => {
                let name = function.fname.value.clone();
                shell
                    .state
                    .functions
                    .insert(name, Rc::new(function.clone()));
                Ok(0)
            }
            Command::ExtendedTest(test, redirects) => {
                let redirects = redirects.as_ref().map_or(&[][..], |list| &list.0);
                shell.with_redirects(redirects, |shell| test::extended(shell, &test.expr))
            }
        })
        .inspect(|status| self.state.status = *status)
    }

    pub(super) fn run_compound(&mut self, command: &CompoundCommand) -> Result<i32, Halt> {
        match command {
            CompoundCommand::Arithmetic(arithmetic) => {
                Ok(i32::from(self.arithmetic(&arithmetic.expr.value)? == 0))
            }
            CompoundCommand::ArithmeticForClause(clause) => {
                if let Some(first) = &clause.initializer {
                    self.arithmetic(&first.value)?;
                }
                let condition = clause.condition.as_ref().map(|c| c.value.clone());
                let updater = clause.updater.as_ref().map(|u| u.value.clone());
                let mut first = true;
                self.run_loop(&clause.body, |shell| {
                    if !std::mem::take(&mut first)
                        && let Some(updater) = &updater
                    {
                        shell.arithmetic(updater)?;
                    }
                    match &condition {
                        Some(condition) if !condition.trim().is_empty() => {
                            Ok(shell.arithmetic(condition)? != 0)
                        }
                        _ => Ok(true),
                    }
                })
            }
            CompoundCommand::BraceGroup(group) => self.run_list(&group.list),
            CompoundCommand::Subshell(group) => self.subshell(|shell| shell.run_list(&group.list)),
            CompoundCommand::ForClause(clause) => self.run_for(clause),
            CompoundCommand::CaseClause(clause) => self.run_case(clause),
            CompoundCommand::IfClause(clause) => self.run_if(clause),
            CompoundCommand::WhileClause(clause) => self.run_loop(&clause.1, |shell| {
                Ok(shell.as_condition(|shell| shell.run_list(&clause.0))? == 0)
            }),
            CompoundCommand::UntilClause(clause) => self.run_loop(&clause.1, |shell| {
                Ok(shell.as_condition(|shell| shell.run_list(&clause.0))? != 0)
            }),
            CompoundCommand::Coprocess(_) => {
                let caller = self.caller();
                self.seat.world.unsupported(&caller, "shell coproc");
                Ok(1)
            }
        }
    }

    fn run_if(&mut self, clause: &IfClauseCommand) -> Result<i32, Halt> {
        if self.as_condition(|shell| shell.run_list(&clause.condition))? == 0 {
            return self.run_body(&clause.then);
        }
        for other in clause.elses.iter().flatten() {
            let chosen = match &other.condition {
                Some(condition) => self.as_condition(|shell| shell.run_list(condition))? == 0,
                None => true,
            };
            if chosen {
                return self.run_body(&other.body);
            }
        }
        Ok(0)
    }

    fn run_body(&mut self, list: &CompoundList) -> Result<i32, Halt> {
        self.state.status = 0;
        self.run_list(list)
    }

    fn run_for(&mut self, clause: &ForClauseCommand) -> Result<i32, Halt> {
        let values = match &clause.values {
            Some(words) => self.expand_words(words.iter().map(|word| word.value.as_str()))?,
            None => self.state.params.clone(),
        };
        let mut values = values.into_iter();
        let name = clause.variable_name.clone();
        self.run_loop(&clause.body, |shell| match values.next() {
            Some(value) => shell.assign(&name, Value::Text(value)).map(|()| true),
            None => Ok(false),
        })
    }

    /// Runs a body as long as `next` says so. The status is that of the last round.
    fn run_loop(
        &mut self,
        body: &DoGroupCommand,
        mut next: impl FnMut(&mut Self) -> Result<bool, Halt>,
    ) -> Result<i32, Halt> {
        let mut status = 0;
        self.state.loops = self.state.loops.saturating_add(1);
        let result = loop {
            match self.step().and_then(|()| next(self)) {
                Ok(true) => {}
                Ok(false) => break Ok(status),
                Err(Halt::Break(1)) => break Ok(status),
                Err(halt) => break Err(halt),
            }
            match self.run_list(&body.list) {
                Ok(of_round) => status = of_round,
                Err(Halt::Break(1)) => break Ok(0),
                Err(Halt::Continue(1)) => status = 0,
                Err(Halt::Break(n)) => break Err(Halt::Break(n.saturating_sub(1))),
                Err(Halt::Continue(n)) => break Err(Halt::Continue(n.saturating_sub(1))),
                Err(halt) => break Err(halt),
            }
        };
        self.state.loops = self.state.loops.saturating_sub(1);
        result
    }

    fn run_case(&mut self, clause: &CaseClauseCommand) -> Result<i32, Halt> {
        let value: Vec<char> = self.expand_text(&clause.value.value)?.chars().collect();
        let (mut status, mut fall_through) = (0, false);
        for item in &clause.cases {
            let mut chosen = std::mem::take(&mut fall_through);
            for pattern in &item.patterns {
                chosen =
                    chosen || super::pattern::matches(&self.expand_glyphs(&pattern.value)?, &value);
            }
            if !chosen {
                continue;
            }
            status = match &item.cmd {
                Some(list) => self.run_body(list)?,
                None => 0,
            };
            match item.post_action {
                CaseItemPostAction::ExitCase => break,
                CaseItemPostAction::UnconditionallyExecuteNextCaseItem => fall_through = true,
                CaseItemPostAction::ContinueEvaluatingCases => {}
            }
        }
        Ok(status)
    }
}
