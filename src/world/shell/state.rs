//! What a subshell copies: variables, functions, options.

use super::vars::{Value, Variables};
use crate::world::{Pid, World};
use brush_parser::ast::FunctionDefinition;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Variables that shells themselves set or look at; reading them says nothing about the package.
pub(super) const OWN: [&str; 12] = [
    "IFS", "PWD", "OLDPWD", "OPTARG", "OPTIND", "OPTERR", "PS1", "PS4", "SHLVL", "REPLY", "_",
    "ENV",
];

/// What `set` switches.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Options {
    pub(super) errexit: bool,
    pub(super) nounset: bool,
    pub(super) xtrace: bool,
    pub(super) noglob: bool,
    pub(super) allexport: bool,
    pub(super) noclobber: bool,
    pub(super) noexec: bool,
    pub(super) pipefail: bool,
}

impl Options {
    /// Switches the option of this letter; letters without meaning here are ignored.
    pub(super) fn set_letter(&mut self, letter: char, on: bool) {
        match letter {
            'e' => self.errexit = on,
            'u' => self.nounset = on,
            'x' => self.xtrace = on,
            'f' => self.noglob = on,
            'a' => self.allexport = on,
            'C' => self.noclobber = on,
            'n' => self.noexec = on,
            _ => {}
        }
    }

    /// Switches the option of this name.
    pub(super) fn set_named(&mut self, name: &str, on: bool) {
        match name {
            "pipefail" => self.pipefail = on,
            "errexit" => self.errexit = on,
            "nounset" => self.nounset = on,
            "xtrace" => self.xtrace = on,
            "noglob" => self.noglob = on,
            "allexport" => self.allexport = on,
            "noclobber" => self.noclobber = on,
            "noexec" => self.noexec = on,
            _ => {}
        }
    }

    /// The value of `$-`.
    pub(super) fn letters(self) -> String {
        let letters = [
            (self.errexit, 'e'),
            (self.nounset, 'u'),
            (self.xtrace, 'x'),
            (self.noglob, 'f'),
            (self.allexport, 'a'),
            (self.noclobber, 'C'),
        ];
        letters
            .into_iter()
            .filter(|(on, _)| *on)
            .map(|(_, letter)| letter)
            .collect()
    }
}

/// The state of a shell that ends with a subshell.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) vars: Variables,
    pub(super) functions: BTreeMap<String, Rc<FunctionDefinition>>,
    /// `$1` and so on.
    pub(super) params: Vec<String>,
    /// `$0`.
    pub(super) name: String,
    /// `$?`.
    pub(super) status: i32,
    pub(super) options: Options,
    /// `$!`.
    pub(super) last_background: Option<Pid>,
    /// Processes of the background that were not waited for.
    pub(super) jobs: Vec<Pid>,
    pub(super) traps: BTreeMap<String, String>,
    /// The script file, when there is one.
    pub(super) file: Option<String>,
    /// The line that runs.
    pub(super) line: u32,
    /// Whether lines are those of the script: not in a text that was made by it.
    pub(super) nested: u32,
    /// Loops around the current command.
    pub(super) loops: u32,
    /// Functions and sourced files around the current command.
    pub(super) returns: u32,
    /// Conditions around the current command, in which failure does not end a shell with `set -e`.
    pub(super) conditions: u32,
    /// Position inside an argument of `getopts`.
    pub(super) getopts: usize,
}

impl State {
    /// The state with which process `pid` starts.
    pub(super) fn new(world: &World, pid: Pid) -> State {
        let mut state = State {
            name: "sh".to_owned(),
            ..State::default()
        };
        if let Some(process) = world.processes.get(pid) {
            state.vars = Variables::inherit(&process.env);
            if let Some(name) = process.argv.first() {
                name.clone_into(&mut state.name);
            }
            // A fresh table has no read-only names and room for two short texts.
            let _ = state.vars.set("PWD", Value::Text(process.cwd.clone()));
            let _ = state.vars.set("OPTIND", Value::Text("1".to_owned()));
            state.vars.mark("PWD", |variable| variable.exported = true);
        }
        state
    }
}
