//! **What.** Files that are not the package's are removed or overwritten in number: a home directory, the project, the
//! system.
//!
//! **Why.** Protest, sabotage, or a thief that wipes when the theft fails. What was deleted by a dependency cannot be undone
//! by removing it.
//!
//! **Example.** `fs.rmSync(os.homedir(), {recursive: true, force: true})`
//!
//! **Benign look-alike.** A build step empties its own output, temporary directories, caches and the project's `dist`; an
//! installer removes the archive that it unpacked.
//!
//! Since 0.1.0.

use super::commands::{base_name, from_program, pipelines};
use super::{Confidence, Finding, Meta, Place, Rule, Severity, View};
use crate::trace::{Digest, Event, Kind, Outcome};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
#[derive(Debug)]
pub(super) struct Check;

/// So many removed files are no clean-up of one's own traces.
const MANY: usize = 10;
/// So many files overwritten with the same contents are no edit.
const OVERWRITTEN: usize = 5;
/// Directories of a project that tools make and remove.
const OUTPUTS: &[&str] = &[
    "dist",
    "build",
    "out",
    "coverage",
    "tmp",
    "temp",
    "node_modules",
    "target",
    ".next",
    ".nuxt",
    ".cache",
    ".turbo",
    ".parcel-cache",
    ".nyc_output",
    ".tmp",
    ".vite",
];

impl Rule for Check {
    const META: Meta = Meta {
        id: "destructive-delete",
        title: "Files of the user or the system are destroyed",
        severity: Severity::Critical,
        confidence: Confidence::High,
        technique: "T1485",
        phases: &[],
    };

    fn check(view: &View<'_>) -> Vec<Finding> {
        let found: Vec<Finding> = [removed(view), overwritten(view)]
            .into_iter()
            .flatten()
            .collect();
        match found.is_empty() {
            true => commanded(view).into_iter().collect(),
            false => found,
        }
    }
}

/// Removals: one of everything, or many of single files.
fn removed(view: &View<'_>) -> Option<Finding> {
    let mut victims: Vec<&Event> = Vec::new();
    let mut files = 0_usize;
    let mut everything = None;
    for &event in view.of(Kind::FileDelete) {
        let says = |fact: &str| event.detail.get(fact).is_some_and(|value| value == "yes");
        // A directory can be removed by itself only when all that it held is gone, and who may not remove a home directory
        // has tried.
        let whole = says("recursive") || says("directory");
        let tried = match &event.outcome {
            Outcome::Ok => true,
            Outcome::Error(name) => matches!(name.as_str(), "EACCES" | "EPERM" | "EBUSY"),
        };
        if whole && tried && view.places().holds_everything(view.path(event)) {
            everything.get_or_insert(event);
        }
        if event.outcome.is_ok() && is_foreign(view, view.path(event)) {
            let entries = event
                .detail
                .get("entries")
                .and_then(|count| count.parse().ok());
            files = files.saturating_add(entries.unwrap_or(1_usize).max(1));
            victims.push(event);
        }
    }
    if let Some(event) = everything {
        return Some(Check::META.finding(
            view,
            &[event],
            format!("{} and all it holds is removed", event.subject),
        ));
    }
    let first = victims.first()?;
    let detail = format!(
        "{files} files that are not the package's are removed, first {}",
        first.subject
    );
    let finding = Check::META.finding(view, &victims, detail);
    match files {
        MANY.. => Some(finding),
        _ if view.decoys_in(view.path(first)).next().is_some() => {
            Some(finding.graded(Severity::High, Confidence::Medium))
        }
        _ => None,
    }
}

/// Whether a path belongs to the user, the project or the system and is no output of tools.
fn is_foreign(view: &View<'_>, path: &str) -> bool {
    match view.places().of(path) {
        Place::Own | Place::Cache | Place::Temp | Place::Device => false,
        Place::Project => {
            let below = path
                .get(view.places().project().len()..)
                .unwrap_or_default();
            !below.split('/').any(|part| OUTPUTS.contains(&part))
        }
        Place::Other(_) | Place::Home | Place::System => true,
    }
}

/// Files that were there and that get the same contents, or none.
fn overwritten(view: &View<'_>) -> Option<Finding> {
    let mut same: BTreeMap<Option<Digest>, Vec<&Event>> = BTreeMap::new();
    for &event in view.of(Kind::FileWrite) {
        let existed = event
            .detail
            .get("existed")
            .is_some_and(|length| length != "0");
        if event.outcome.is_ok() && existed && is_foreign(view, view.path(event)) {
            let empty = view.payload(event).is_none_or(bytes::Bytes::is_empty);
            let digest = event.payload.filter(|_| !empty);
            same.entry(digest).or_default().push(event);
        }
    }
    let paths = |events: &[&Event]| {
        events
            .iter()
            .map(|event| view.path(event))
            .collect::<BTreeSet<_>>()
            .len()
    };
    let events = same
        .into_values()
        .find(|events| paths(events) >= OVERWRITTEN)?;
    let detail = format!(
        "{} files of others get the same contents, first {}",
        paths(&events),
        events.first().map_or("", |event| view.path(event))
    );
    Some(Check::META.finding(view, &events, detail))
}

/// A command that removes everything, where the trace does not show what it removed.
fn commanded(view: &View<'_>) -> Option<Finding> {
    let texts = view.shell_texts();
    let (_, event) = texts.iter().find(|(text, _)| {
        pipelines(text)
            .iter()
            .flatten()
            .any(|command| wipes(command))
    })?;
    let finding = Check::META.finding(
        view,
        &[event],
        "a command removes a home directory or the whole system".to_owned(),
    );
    Some(finding.graded(Severity::Critical, Confidence::Medium))
}

/// Whether a simple command removes a home directory or the root with all they hold.
fn wipes(command: &[String]) -> bool {
    let words = from_program(command);
    let Some(program) = words.first().map(|word| base_name(word)) else {
        return false;
    };
    let flag = |letter: char| {
        words
            .iter()
            .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains(letter))
    };
    let recursive = flag('r') || flag('R') || words.iter().any(|word| word == "--recursive");
    let everything = |word: &String| {
        let target = word.trim_end_matches('*').trim_end_matches('/');
        target.is_empty() && word.starts_with('/')
            || matches!(
                target,
                "~" | "$HOME" | "${HOME}" | "%USERPROFILE%" | "C:\\" | "C:"
            )
    };
    let target = words.iter().skip(1).any(everything);
    match program.as_str() {
        "rm" => recursive && target,
        "rd" | "rmdir" | "del" => {
            words.iter().any(|word| word.eq_ignore_ascii_case("/s")) && target
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{ROOT, TraceBuilder};

    #[test]
    fn a_home_that_is_removed_at_once_is_found() {
        let mut builder = TraceBuilder::new();
        let seq = builder.at("index.js", 5).event(Kind::FileDelete, "/home/u");
        builder.detail(seq, "recursive", "yes");
        let found = builder.check::<Check>();
        assert_eq!(found[0].at.as_ref().map(|at| at.line), Some(5));
    }

    #[test]
    fn files_removed_or_overwritten_one_by_one_are_counted() {
        let mut builder = TraceBuilder::new();
        for n in 0..MANY {
            builder.event(Kind::FileDelete, &format!("/home/u/Documents/{n}.txt"));
        }
        for n in 0..OVERWRITTEN {
            let seq = builder.payload(
                Kind::FileWrite,
                &format!("/home/u/work/app/src/{n}.js"),
                b"INERT-PAYLOAD",
            );
            builder.detail(seq, "existed", "100");
        }
        assert_eq!(builder.check::<Check>().len(), 2);
    }

    #[test]
    fn cleaning_up_is_quiet() {
        let mut builder = TraceBuilder::new();
        for path in [
            format!("{ROOT}/build"),
            "/home/u/work/app/dist".into(),
            "/tmp/x".into(),
            "/home/u/.cache/sample".into(),
        ] {
            let seq = builder.event(Kind::FileDelete, &path);
            builder.detail(seq, "recursive", "yes");
            builder.detail(seq, "entries", "50");
        }
        builder.spawn(&["rm", "-rf", "/tmp/x"]);
        assert_eq!(builder.check::<Check>(), []);
    }

    #[test]
    fn the_wiping_commands_are_known() {
        let wipe = |text: &str| {
            pipelines(text)
                .iter()
                .flatten()
                .any(|command| wipes(command))
        };
        for text in [
            "rm -rf ~",
            "sudo rm -fr /",
            "rm -r -f \"$HOME\"/*",
            "rm -rf /*",
        ] {
            assert!(wipe(text), "{text}");
        }
        for text in ["rm -rf ./dist", "rm ~/x", "rm -rf ~/x", "rm -rf /tmp/x"] {
            assert!(!wipe(text), "{text}");
        }
    }
}
