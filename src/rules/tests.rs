//! Tests of the registry: every rule is complete.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests compare the registry with the files of the repository"
)]

use super::{judge, registry};
use crate::rules::testing::{ROOT, TOKEN, TraceBuilder};
use crate::trace::Kind;
use std::path::Path;

fn repository(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn rules_are_sorted_by_id_and_named_as_their_files() {
    let ids: Vec<&str> = registry().iter().map(|entry| entry.meta.id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    for entry in registry() {
        let file = repository(&format!("src/rules/{}.rs", entry.meta.id.replace('-', "_")));
        let source = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(
            source,
            entry.source,
            "{} is not {}",
            entry.meta.id,
            file.display()
        );
    }
}

#[test]
fn every_rule_says_what_why_an_example_and_its_look_alike() {
    for entry in registry() {
        let text = entry.documentation();
        for part in [
            "**What.**",
            "**Why.**",
            "**Example.**",
            "**Benign look-alike.**",
            "Since ",
        ] {
            assert!(text.contains(part), "{} lacks {part}", entry.meta.id);
        }
        assert!(entry.meta.technique.starts_with('T'), "{}", entry.meta.id);
        assert!(!entry.meta.title.ends_with('.'), "{}", entry.meta.id);
    }
}

#[test]
fn every_rule_has_unit_tests_and_fixtures_that_fire_and_are_quiet() {
    for entry in registry() {
        let id = entry.meta.id;
        assert!(
            entry.source.matches("#[test]").count() >= 2,
            "{id} has too few unit tests"
        );
        for side in ["fires", "quiet"] {
            let manifest = repository(&format!("tests/rules/{id}/{side}/package.json"));
            assert!(manifest.is_file(), "{id} has no fixture {side}");
        }
        assert!(
            repository(&format!("tests/rules/{id}/expected.json")).is_file(),
            "{id}"
        );
    }
}

#[test]
fn findings_are_ordered_and_the_same_every_time() {
    let mut builder = TraceBuilder::new();
    builder.payload(Kind::NetHttp, "POST https://x.example/", TOKEN.as_bytes());
    builder.event(Kind::FileRead, "/home/u/.ssh/id_ed25519");
    builder.payload(Kind::FileWrite, &format!("{ROOT}/../other/a.js"), b"x");
    let trace = builder.finish();
    let findings = judge(&trace);
    assert_eq!(findings, judge(&trace));
    let rules: Vec<&str> = findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect();
    assert_eq!(
        rules,
        [
            "credential-exfiltration",
            "cross-package-tampering",
            "credential-read"
        ]
    );
}

#[test]
fn a_loop_is_reported_once_with_all_its_evidence() {
    let mut builder = TraceBuilder::new();
    for _ in 0..3 {
        builder.spawn(&["npm", "publish"]);
    }
    let findings = judge(&builder.finish());
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].evidence, [0, 1, 2]);
    assert!(findings[0].detail.ends_with("; 2 more like it"));
}

#[test]
fn an_empty_trace_has_no_findings() {
    assert_eq!(judge(&crate::trace::Trace::default()), []);
}
