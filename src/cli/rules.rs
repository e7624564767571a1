//! `lazaret rules`: what the program looks for.

use super::{Surroundings, answer, complain};
use crate::escape::escape_to;
use crate::exit::Exit;
use crate::report::Palette;
use crate::rules::{registry, word};
use std::fmt::Write as _;

/// Arguments of the command.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Rules {
    /// The rule to explain; all rules are listed without it
    id: Option<String>,
}

/// Runs the command.
pub(super) fn run(rules: &Rules, surroundings: &Surroundings) -> Exit {
    let Some(id) = &rules.id else {
        let palette = Palette::for_stream(surroundings.terminal, |name| {
            surroundings.variables.get(name).cloned()
        });
        return answer(&list(palette.width));
    };
    match registry().iter().find(|entry| entry.meta.id == id) {
        Some(entry) => answer(&entry.page()),
        None => complain(&format!(
            "there is no rule `{}`; `lazaret rules` lists all",
            escape_to(id, 60)
        )),
    }
}

fn list(width: usize) -> String {
    let longest = registry().iter().map(|entry| entry.meta.id.len()).max();
    let longest = longest.unwrap_or_default();
    registry().iter().fold(String::new(), |mut text, entry| {
        let line = format!(
            "{:longest$}  {:8}  {}",
            entry.meta.id,
            word(entry.meta.severity),
            entry.meta.title
        );
        let _ = writeln!(text, "{}", crate::escape::cut(&line, width));
        text
    })
}
