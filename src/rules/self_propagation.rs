//! **What.** Package code publishes: it runs `npm publish`, sends a package version to a registry, pushes a repository, or
//! gives another package an install script.
//!
//! **Why.** A worm spreads with the credentials of those whom it infects. No package has a reason to publish anything while
//! it is installed or imported.
//!
//! **Example.** `for (const dir of mine) { addPostinstall(dir); execSync('npm publish', {cwd: dir}) }`
//!
//! **Benign look-alike.** A release tool asks the registry for the latest version, packs an archive, or publishes with
//! `--dry-run`; a set-up step adds a `prepare` script to the project. Reading with a token is use of it, not spreading.
//!
//! Since 0.1.0.

use super::commands::base_name;
use super::{Confidence, Finding, Meta, Place, Reach, Rule, Severity, View};
use crate::trace::{Event, Kind};

/// The rule.
#[derive(Debug)]
pub(super) struct Check;

impl Rule for Check {
    const META: Meta = Meta {
        id: "self-propagation",
        title: "Package code publishes packages or pushes repositories",
        severity: Severity::Critical,
        confidence: Confidence::High,
        technique: "T1195.001",
        phases: &[],
    };

    fn check(view: &View<'_>) -> Vec<Finding> {
        let commands = view
            .of(Kind::ProcSpawn)
            .iter()
            .filter_map(|event| command(view, event));
        let requests = view
            .of(Kind::NetHttp)
            .iter()
            .filter_map(|event| request(view, event));
        let manifests = view
            .of(Kind::FileWrite)
            .iter()
            .filter_map(|event| manifest(view, event));
        commands.chain(requests).chain(manifests).collect()
    }
}

fn command(view: &View<'_>, event: &Event) -> Option<Finding> {
    let argv = view.argv(event);
    let program = base_name(argv.first()?);
    let is_dry = argv
        .iter()
        .any(|argument| argument.starts_with("--dry-run") || argument == "-n");
    let verbs: Vec<&str> = argv
        .iter()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .map(String::as_str)
        .collect();
    let grade = match (program.as_str(), verbs.as_slice()) {
        _ if is_dry => return None,
        ("npm" | "pnpm" | "yarn" | "bun", ["publish", ..] | ["npm", "publish", ..]) => {
            (Severity::Critical, Confidence::High)
        }
        ("twine", ["upload", ..]) | ("cargo" | "gem", ["publish" | "push", ..]) => {
            (Severity::Critical, Confidence::High)
        }
        ("git", verbs) if verbs.contains(&"push") => (Severity::High, Confidence::Medium),
        _ => return None,
    };
    let detail = format!("runs {}", event.subject);
    Some(
        Check::META
            .finding(view, &[event], detail)
            .graded(grade.0, grade.1),
    )
}

fn request(view: &View<'_>, event: &Event) -> Option<Finding> {
    let (method, url) = event.subject.split_once(' ')?;
    if !matches!(method, "PUT" | "POST") {
        return None;
    }
    let body = view.text(event);
    let archive = body.contains("\"_attachments\"");
    let registry = view.reach(event) == Reach::Registry;
    // Below `/-/` a registry keeps log-ins, audits, searches and tags.
    let service = url.contains("/-/");
    let confidence = match (archive, registry, method) {
        (true, ..) => Confidence::High,
        (_, true, "PUT") if !service => Confidence::High,
        (_, true, "PUT") if !url.contains("/-/user/") => Confidence::Medium,
        _ => return None,
    };
    let detail = format!("sends a package to {}", view.host(event));
    Some(
        Check::META
            .finding(view, &[event], detail)
            .graded(Severity::Critical, confidence),
    )
}

/// A manifest of somebody else that gets an install script.
fn manifest(view: &View<'_>, event: &Event) -> Option<Finding> {
    if !event.outcome.is_ok() || !view.path(event).ends_with("/package.json") {
        return None;
    }
    let confidence = match view.places().of(view.path(event)) {
        Place::Other(_) | Place::Home => Confidence::High,
        Place::Project => Confidence::Medium,
        _ => return None,
    };
    if matches!(
        view.program(event).as_str(),
        "npm" | "npx" | "yarn" | "pnpm"
    ) {
        return None;
    }
    let manifest: serde_json::Value = serde_json::from_slice(view.payload(event)?).ok()?;
    let scripts = manifest.get("scripts")?;
    let script = ["preinstall", "install", "postinstall"]
        .iter()
        .find_map(|name| Some((name, scripts.get(*name)?.as_str()?)))?;
    let detail = format!(
        "{} gets the {} script {:?}",
        event.subject, script.0, script.1
    );
    Some(
        Check::META
            .finding(view, &[event], detail)
            .graded(Severity::High, confidence),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{ROOT, TraceBuilder};

    #[test]
    fn publishing_by_command_and_by_request_is_found() {
        let mut builder = TraceBuilder::new();
        builder
            .at("index.js", 4)
            .spawn(&["npm", "publish", "--access", "public"]);
        builder.payload(
            Kind::NetHttp,
            "PUT https://registry.test/sample",
            br#"{"_attachments":{}}"#,
        );
        let found = builder.check::<Check>();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].at.as_ref().map(|at| at.line), Some(4));
    }

    #[test]
    fn an_install_script_given_to_another_package_is_found() {
        let mut builder = TraceBuilder::new();
        let manifest = br#"{"name":"other","scripts":{"postinstall":"node worm.js"}}"#;
        builder.payload(
            Kind::FileWrite,
            &format!("{ROOT}/../other/package.json"),
            manifest,
        );
        assert_eq!(builder.check::<Check>().len(), 1);
    }

    #[test]
    fn reading_packing_and_rehearsing_are_quiet() {
        let mut builder = TraceBuilder::new();
        builder.event(Kind::NetHttp, "GET https://registry.test/sample/latest");
        builder.event(
            Kind::NetHttp,
            "POST https://registry.test/-/npm/v1/security/audits",
        );
        builder.spawn(&["npm", "publish", "--dry-run"]);
        builder.spawn(&["npm", "view", "publish"]);
        builder.spawn(&["git", "status"]);
        let own = br#"{"name":"sample","scripts":{"postinstall":"node x.js"}}"#;
        builder.payload(Kind::FileWrite, &format!("{ROOT}/package.json"), own);
        assert_eq!(builder.check::<Check>(), []);
    }
}
