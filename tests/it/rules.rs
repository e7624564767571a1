//! Every rule against whole packages that run in the sandbox: what fires does so at the right line, and its benign twin is
//! clean although everything it did was recorded.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests read the fixtures of the repository"
)]

use lazaret::guest::Cache;
use lazaret::pipeline::{self, Settings, Station};
use lazaret::rules::{self, Finding};
use lazaret::target::Target;
use lazaret::trace::{Event, Trace};
use lazaret::verdict::{self, Verdict};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// One machine serves all packages.
pub(crate) static STATION: LazyLock<Station> = LazyLock::new(|| {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache");
    let cache = Cache::open_at(&cache).expect("a cache that only the user can write");
    Station::open(&cache).expect("a built guest: run `cargo xtask setup`")
});

/// What `expected.json` beside the packages of a rule says of one of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    verdict: Verdict,
    /// Findings that must be among those of the package.
    #[serde(default)]
    findings: Vec<Place>,
    /// `kind text`: accesses that must be recorded, by a part of their subject.
    #[serde(default)]
    events: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    rule: String,
    /// `file:line`, the file relative to the package.
    at: String,
}

fn fixtures(rule: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/rules")
        .join(rule)
}

fn run(package: &Path) -> Trace {
    let package =
        pipeline::read(&Target::Directory(package.to_owned())).expect("a readable package");
    STATION
        .run(&package, &Settings::default())
        .expect("a sound sandbox")
}

fn place(trace: &Trace, finding: &Finding) -> String {
    let root = format!("{}/", trace.header.package.root);
    finding.at.as_ref().map_or(String::new(), |at| {
        let file = at.file.strip_prefix(&root).unwrap_or(&at.file);
        format!("{file}:{}", at.line)
    })
}

fn is_recorded(trace: &Trace, wanted: &str) -> bool {
    let (kind, text) = wanted
        .split_once(' ')
        .expect("a kind and a part of a subject");
    let fits = |event: &Event| event.kind.name() == kind && event.subject.contains(text);
    trace.events.iter().any(fits)
}

/// What is wrong with a package, one line each; nothing when all is as expected.
fn complaints(rule: &str, variant: &str, expected: &Expected) -> Vec<String> {
    let trace = run(&fixtures(rule).join(variant));
    let findings = rules::judge(&trace);
    let judgement = verdict::decide(&trace, &findings);
    let mut wrong = Vec::new();
    let found: Vec<(String, String)> = findings
        .iter()
        .map(|f| (f.rule.clone(), place(&trace, f)))
        .collect();
    for Place { rule, at } in &expected.findings {
        if !found.contains(&(rule.clone(), at.clone())) {
            wrong.push(format!("no {rule} at {at}"));
        }
    }
    if variant.starts_with("quiet") && found.iter().any(|(found, _)| found == rule) {
        wrong.push("the rule fires".to_owned());
    }
    if judgement.verdict != expected.verdict {
        wrong.push(format!(
            "it is {} and not {}",
            judgement.verdict, expected.verdict
        ));
    }
    wrong.extend(
        expected
            .events
            .iter()
            .filter(|wanted| !is_recorded(&trace, wanted))
            .map(|wanted| format!("no event {wanted}")),
    );
    if !wrong.is_empty() {
        wrong.push(format!("found {found:?}"));
        wrong.push(format!("gaps {:?}", judgement.coverage.gaps));
        wrong.extend(trace.runs.iter().map(|run| {
            format!(
                "ran {} `{}`: {:?} {}",
                run.phase, run.command, run.end, run.reason
            )
        }));
        wrong.extend(trace.events.iter().map(listed));
    }
    wrong
        .into_iter()
        .map(|line| format!("{rule}/{variant}: {line}\n"))
        .collect()
}

fn listed(event: &Event) -> String {
    let at = event.at.first().map_or(String::new(), ToString::to_string);
    format!(
        "    {} {} {} {:?} {at} {:?}",
        event.pid, event.kind, event.subject, event.outcome, event.detail
    )
}

fn check(rule: &str) {
    let text = fs::read(fixtures(rule).join("expected.json")).expect("expected.json");
    let expected: BTreeMap<String, Expected> =
        serde_json::from_slice(&text).expect("a valid expected.json");
    let there = fs::read_dir(fixtures(rule))
        .expect("fixtures")
        .filter_map(Result::ok);
    let packages = there.filter(|entry| entry.path().is_dir()).count();
    assert_eq!(
        packages,
        expected.len(),
        "{rule}: every package is expected to do something"
    );
    let wrong: Vec<String> = expected
        .iter()
        .flat_map(|(variant, expected)| complaints(rule, variant, expected))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.concat());
}

/// One test for each rule, and one that none is forgotten.
macro_rules! rules {
    ($($name:ident = $id:literal,)+) => {
        $(#[test]
        fn $name() {
            check($id);
        })+

        #[test]
        fn every_rule_is_tried_on_packages() {
            let ids: Vec<&str> = rules::registry().iter().map(|entry| entry.meta.id).collect();
            assert_eq!(ids, [$($id),+]);
        }
    };
}

rules! {
    credential_exfiltration = "credential-exfiltration",
    credential_read = "credential-read",
    cross_package_tampering = "cross-package-tampering",
    destructive_delete = "destructive-delete",
    dns_exfiltration = "dns-exfiltration",
    download_and_execute = "download-and-execute",
    env_exfiltration = "env-exfiltration",
    obfuscated_dynamic_code = "obfuscated-dynamic-code",
    persistence_shell_profile = "persistence-shell-profile",
    pipe_to_shell = "pipe-to-shell",
    reverse_shell = "reverse-shell",
    self_propagation = "self-propagation",
}
