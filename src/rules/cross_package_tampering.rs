//! **What.** The package changes, removes or replaces files of another package in `node_modules`, or of an installed
//! application.
//!
//! **Why.** The change stays when the package is removed, runs with the trust of the other one, and no lock file notices.
//! Wallet thieves patch desktop applications this way.
//!
//! **Example.** `fs.appendFileSync(require.resolve('express'), payload)`
//!
//! **Benign look-alike.** A package writes its build output into its own directory, a generated client into
//! `node_modules/.tool`, a cache into `node_modules/.cache`, and the package manager that it starts installs what it was
//! told. Patching a dependency that the package declares itself weighs little.
//!
//! Since 0.1.0.

use super::places::normal;
use super::{Confidence, Finding, Meta, Place, Rule, Severity, View};
use crate::trace::{Event, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
#[derive(Debug)]
pub(super) struct Check;

/// Programs whose business is to change `node_modules`.
const MANAGERS: &[&str] = &["npm", "npx", "yarn", "pnpm", "bun", "corepack"];

impl Rule for Check {
    const META: Meta = Meta {
        id: "cross-package-tampering",
        title: "Files of another package or application are changed",
        severity: Severity::High,
        confidence: Confidence::High,
        technique: "T1554",
        phases: &[],
    };

    fn check(view: &View<'_>) -> Vec<Finding> {
        let mut known: BTreeSet<String> = BTreeSet::new();
        let mut victims: BTreeMap<String, Vec<(&Event, Confidence)>> = BTreeMap::new();
        let kinds = [
            Kind::FileRead,
            Kind::FileStat,
            Kind::CodeLoad,
            Kind::FileWrite,
            Kind::FileRename,
            Kind::FileDelete,
            Kind::FileLink,
        ];
        for event in view
            .of_any(&kinds)
            .into_iter()
            .filter(|event| event.outcome.is_ok())
        {
            let path = normal(view.path(event));
            if let Some((victim, confidence)) = change(view, event, &known) {
                victims.entry(victim).or_default().push((event, confidence));
            }
            known.insert(path);
        }
        victims
            .into_iter()
            .map(|(victim, changes)| {
                let declared = view
                    .trace()
                    .header
                    .manifest
                    .dependencies
                    .binary_search(&victim)
                    .is_ok();
                let most = changes
                    .iter()
                    .map(|(_, confidence)| *confidence)
                    .max()
                    .unwrap_or(Confidence::Low);
                let (severity, confidence) = match declared {
                    true => (Severity::Medium, Confidence::Medium),
                    false => (Severity::High, most),
                };
                let events: Vec<&Event> = changes.iter().map(|(event, _)| *event).collect();
                let paths: BTreeSet<&str> = events.iter().map(|event| view.path(event)).collect();
                let detail = format!(
                    "{} of {victim} changed, first {}",
                    count(paths.len()),
                    paths.first().unwrap_or(&"")
                );
                Self::META
                    .finding(view, &events, detail)
                    .graded(severity, confidence)
            })
            .collect()
    }
}

fn count(files: usize) -> String {
    match files {
        1 => "1 file".to_owned(),
        files => format!("{files} files"),
    }
}

/// Whose file an event changes, and how sure it is that it was there and is code.
fn change(
    view: &View<'_>,
    event: &Event,
    known: &BTreeSet<String>,
) -> Option<(String, Confidence)> {
    let path = match event.kind {
        Kind::FileRename => match view.places().of(view.path(event)) {
            Place::Other(_) => view.path(event),
            _ => event.detail.get("to")?,
        },
        Kind::FileWrite | Kind::FileDelete | Kind::FileLink => view.path(event),
        _ => return None,
    };
    let Place::Other(victim) = view.places().of(path) else {
        return None;
    };
    if MANAGERS.contains(&view.program(event).as_str()) {
        return None;
    }
    let existed = event.detail.contains_key("existed") || known.contains(&normal(path));
    // A new directory, or a file that was opened and not changed, has no contents to be judged.
    let is_directory = event.kind == Kind::FileWrite && event.payload.is_none();
    let sure = event.kind == Kind::FileWrite && existed && is_code(path);
    match (is_directory, sure) {
        (true, _) => None,
        (_, true) => Some((victim, Confidence::High)),
        (_, false) => Some((victim, Confidence::Medium)),
    }
}

fn is_code(path: &str) -> bool {
    let ending = path.rsplit('.').next().unwrap_or_default();
    matches!(
        ending,
        "js" | "cjs"
            | "mjs"
            | "ts"
            | "json"
            | "node"
            | "wasm"
            | "py"
            | "sh"
            | "asar"
            | "dll"
            | "so"
            | "exe"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{ROOT, TraceBuilder};

    #[test]
    fn code_of_another_package_that_is_overwritten_is_sure() {
        let mut builder = TraceBuilder::new();
        let path = format!("{ROOT}/../other/index.js");
        builder.event(Kind::FileRead, &path);
        builder
            .at("install.js", 6)
            .payload(Kind::FileWrite, &path, b"INERT-PAYLOAD");
        let found = builder.check::<Check>();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].confidence, Confidence::High);
        assert_eq!(found[0].at.as_ref().map(|at| at.line), Some(6));
    }

    #[test]
    fn an_installed_application_is_somebody_elses() {
        let mut builder = TraceBuilder::new();
        let path = "/home/u/.config/discord/0.1/modules/index.js";
        let seq = builder.payload(Kind::FileWrite, path, b"INERT-PAYLOAD");
        builder.detail(seq, "existed", "40");
        assert_eq!(builder.check::<Check>().len(), 1);
    }

    #[test]
    fn own_files_caches_and_package_managers_are_quiet() {
        let mut builder = TraceBuilder::new();
        builder.payload(Kind::FileWrite, &format!("{ROOT}/build/a.js"), b"x");
        builder.payload(
            Kind::FileWrite,
            &format!("{ROOT}/../.cache/sample/a.js"),
            b"x",
        );
        builder.payload(Kind::FileWrite, &format!("{ROOT}/../.bin/sample"), b"x");
        let npm = builder.spawn(&["npm", "install", "other"]);
        builder
            .process(npm)
            .payload(Kind::FileWrite, &format!("{ROOT}/../other/index.js"), b"x");
        assert_eq!(builder.check::<Check>(), []);
    }
}
