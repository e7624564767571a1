//! What is run of a package, and in which order: from a [`Tree`] and its [`Manifest`] to a [`Plan`]. Pure.
//!
//! First the lifecycle scripts that npm would start, in its order, then the import of every entry point in both ways. A plan
//! leaves nothing out in silence: what is not run is a step that says so.

mod environment;
mod exports;

pub use environment::{Machine, environment};

use crate::guest::Entry;
use crate::target::Manifest;
use crate::unpack::Tree;
use crate::world::process::ImportHow;
use std::collections::BTreeSet;

/// Scripts that npm starts when a package is installed as a dependency.
const INSTALL: [&str; 3] = ["preinstall", "install", "postinstall"];
/// Scripts that it starts besides when the directory itself is installed.
const OWN: [&str; 4] = ["prepublish", "preprepare", "prepare", "postprepare"];
/// The phase in which a WebAssembly program is started.
const START: &str = "start";
/// The phase in which the functions of one that waits for calls are called.
const EXERCISE: &str = "exercise";
/// The phase in which entry points are loaded.
const IMPORT: &str = "import";
/// Entries of one run beside the main one. They share its process, so that modules which many of them load are loaded once.
const GROUP: usize = 250;
/// Functions of a WebAssembly program that get a process each, which keeps them from hiding behind one another.
const SINGLE: usize = 40;
/// Functions of one process beyond that.
const BATCH: usize = 50;
/// Entries in all. The largest map of an honest package has about a thousand.
const MOST: usize = 2_000;

/// Everything that is run of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The steps, in their order. A step that fails does not stop the next.
    pub steps: Vec<Step>,
}

/// One thing that is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// `preinstall`, `install`, `postinstall`, `prepare` ... or `import`.
    pub phase: String,
    /// What a person would type; hostile text.
    pub command: String,
    /// What is done.
    pub action: Action,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Run a lifecycle script in the shell, in the package's directory.
    Script {
        /// The shell text.
        script: String,
        /// The line of `package.json` that asks for it; 0 when none does.
        line: u32,
    },
    /// Load entry points from a file of the project, one after the other in one process.
    Import {
        /// How and by which specifier.
        entries: Vec<(ImportHow, String)>,
    },
    /// Call functions of a WebAssembly program, one after the other in one process.
    Call {
        /// What has to be called before all others, in each process.
        first: Option<String>,
        /// The functions.
        functions: Vec<String>,
        /// Whether their arguments are made up, so that one that traps is passed over.
        exercise: bool,
    },
    /// Nothing, for this reason.
    Skip {
        /// Why; a sentence without a full stop.
        reason: String,
        /// Whether there would have been something to run: then the coverage has a gap.
        gap: bool,
    },
}

/// Where the package comes from, which decides on the scripts that npm starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A published archive, or a directory in which one was installed.
    Archive,
    /// A directory that is worked on.
    Directory,
}

/// The names of all phases, in their order.
pub fn phases() -> impl Iterator<Item = &'static str> {
    INSTALL
        .into_iter()
        .chain(OWN)
        .chain([IMPORT, START, EXERCISE])
}

/// Plans the runs of a WebAssembly program: it is started, or its functions are called.
#[must_use]
pub fn program(name: &str, entry: Entry) -> Plan {
    let (first, names) = match entry {
        Entry::Start(function) => {
            let call = Step {
                phase: START.into(),
                command: name.to_owned(),
                action: Action::Call {
                    first: None,
                    functions: vec![function],
                    exercise: false,
                },
            };
            return Plan { steps: vec![call] };
        }
        Entry::Functions { first, names } => (first, names),
    };
    if names.is_empty() && first.is_none() {
        return Plan {
            steps: vec![skip(EXERCISE, "the program exports no function", false)],
        };
    }
    let (called, over) = names.split_at(names.len().min(MOST));
    let (alone, batched) = called.split_at(called.len().min(SINGLE));
    let mut steps: Vec<Step> = alone
        .chunks(1)
        .chain(batched.chunks(BATCH))
        .map(|functions| exercise(first.as_ref(), functions))
        .collect();
    if called.is_empty() {
        steps.push(exercise(first.as_ref(), &[]));
    }
    if !over.is_empty() {
        let reason = format!("more than {MOST} functions: {} are not called", over.len());
        steps.push(skip(EXERCISE, &reason, true));
    }
    Plan { steps }
}

fn exercise(first: Option<&String>, functions: &[String]) -> Step {
    let named = match functions {
        [] => first.cloned().unwrap_or_default(),
        [only] => only.clone(),
        [one, .., last] => format!("{one} ... {last}, {} functions", functions.len()),
    };
    Step {
        phase: EXERCISE.into(),
        command: format!("call {named}"),
        action: Action::Call {
            first: first.cloned(),
            functions: functions.to_vec(),
            exercise: true,
        },
    }
}

/// Plans the runs of one package.
#[must_use]
pub fn plan(tree: &Tree, manifest: &Manifest, origin: Origin) -> Plan {
    let mut steps = scripts(tree, manifest, origin);
    steps.extend(imports(tree, manifest));
    Plan { steps }
}

fn scripts(tree: &Tree, manifest: &Manifest, origin: Origin) -> Vec<Step> {
    let own: &[&str] = match origin {
        Origin::Archive => &[],
        Origin::Directory => &OWN,
    };
    let builds = tree.file("binding.gyp").is_some()
        && manifest.gypfile != Some(false)
        && !manifest.scripts.contains_key("preinstall")
        && !manifest.scripts.contains_key("install");
    INSTALL
        .iter()
        .chain(own)
        .filter_map(|event| {
            let script = match manifest.scripts.get(*event) {
                Some(script) => script.clone(),
                None if builds && *event == "install" => "node-gyp rebuild".to_owned(),
                None => return None,
            };
            Some(Step {
                phase: (*event).to_owned(),
                command: script.clone(),
                action: Action::Script {
                    script,
                    line: manifest.script_line(event),
                },
            })
        })
        .collect()
}

fn imports(tree: &Tree, manifest: &Manifest) -> Vec<Step> {
    let entries = entries(tree, manifest);
    if entries.is_empty() {
        return vec![skip(
            IMPORT,
            "no file of the package can be loaded from outside",
            false,
        )];
    }
    let mut steps = Vec::new();
    let (entries, over) = entries.split_at(entries.len().min(MOST));
    for how in [ImportHow::Require, ImportHow::Import] {
        // The entry that everybody loads, or the first in its place, has a process to itself: nothing runs before it.
        let mut alike = entries.iter().filter(|(other, _)| *other == how).cloned();
        steps.extend(alike.next().map(|first| import(&[first])));
        // Within a run all entries are loaded in one way, so that the command line can say which.
        let rest: Vec<_> = alike.collect();
        steps.extend(rest.chunks(GROUP).map(import));
    }
    if !over.is_empty() {
        let reason = format!(
            "more than {MOST} entry points: {} are not loaded",
            over.len()
        );
        steps.push(skip(IMPORT, &reason, true));
    }
    steps
}

fn skip(phase: &str, reason: &str, gap: bool) -> Step {
    Step {
        phase: phase.to_owned(),
        command: String::new(),
        action: Action::Skip {
            reason: reason.to_owned(),
            gap,
        },
    }
}

fn import(entries: &[(ImportHow, String)]) -> Step {
    let command = match entries {
        [(how, specifier)] => format!("{}('{specifier}')", how.name()),
        [(how, first), .., (_, last)] => {
            format!(
                "{}('{first}') ... {}('{last}'), {} entries",
                how.name(),
                how.name(),
                entries.len()
            )
        }
        [] => String::new(),
    };
    Step {
        phase: IMPORT.into(),
        command,
        action: Action::Import {
            entries: entries.to_vec(),
        },
    }
}

/// All entry points. The main one is loaded in both ways, so that code which asks how it is loaded shows both faces; of the others each
/// file is loaded once, by `require` where that leads to it.
fn entries(tree: &Tree, manifest: &Manifest) -> Vec<(ImportHow, String)> {
    let name = manifest.directory_name();
    let both = [ImportHow::Require, ImportHow::Import];
    let Some(map) = &manifest.exports else {
        return match main(tree, manifest) {
            Some(file) if is_code(&file) => both.map(|how| (how, name.to_owned())).to_vec(),
            _ => Vec::new(),
        };
    };
    let mut seen = BTreeSet::new();
    let mut entries = Vec::new();
    // The package's own name first; one over the limit is enough to know that it is reached.
    let mut subpaths = exports::subpaths(map, tree, MOST + 1);
    subpaths.sort_by_key(|subpath| subpath != ".");
    for (index, subpath) in subpaths.iter().enumerate() {
        for how in both {
            let Some(file) = exports::resolve(map, subpath, how) else {
                continue;
            };
            let is_new = seen.insert(file.clone());
            if is_code(&file) && tree.get(&file).is_some() && (is_new || index == 0) {
                let rest = subpath.strip_prefix('.').unwrap_or(subpath);
                entries.push((how, format!("{name}{rest}")));
            }
        }
    }
    entries
}

/// The file that `main` or its absence leads to, as Node looks for it.
fn main(tree: &Tree, manifest: &Manifest) -> Option<String> {
    const ENDINGS: [&str; 3] = [".js", ".json", ".node"];
    let file = |path: String| tree.get(&path).is_some().then_some(path);
    let index = |directory: &str| {
        ENDINGS
            .iter()
            .find_map(|ending| file(format!("{directory}index{ending}")))
    };
    let stated = manifest.main.as_deref().and_then(|main| {
        let path = crate::world::path::absolute("/", main);
        let path = path.trim_start_matches('/');
        if path.is_empty() {
            return None;
        }
        file(path.to_owned())
            .or_else(|| {
                ENDINGS
                    .iter()
                    .find_map(|ending| file(format!("{path}{ending}")))
            })
            .or_else(|| index(&format!("{path}/")))
    });
    stated.or_else(|| index(""))
}

/// Whether loading a file runs code: data, styles and type declarations do not.
fn is_code(path: &str) -> bool {
    const DATA: [&str; 14] = [
        ".json", ".css", ".scss", ".sass", ".less", ".map", ".md", ".txt", ".svg", ".png", ".html",
        ".woff2", ".d.mts", ".d.cts",
    ];
    !path.ends_with(".d.ts") && !DATA.iter().any(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests;
