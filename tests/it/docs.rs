//! The pages that are made from the code are as the code says. `cargo xtask docs` writes them.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests read and write the pages of the repository"
)]

use lazaret::rules::{Entry, registry, word};
use lazaret::trace::Kind;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// When this variable is set, pages are written instead of compared.
const BLESS: &str = "LAZARET_BLESS";

fn docs(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(path)
}

fn index() -> String {
    let row = |entry: &Entry| {
        let meta = &entry.meta;
        let (severity, confidence) = (word(meta.severity), word(meta.confidence));
        format!(
            "| [{0}]({0}.md) | {1} | {severity} | {confidence} | {2} |\n",
            meta.id, meta.title, meta.technique
        )
    };
    let rows: String = registry().iter().map(row).collect();
    format!(
        "# Rules\n\nEach page is made from the comment at the head of the rule's file (`cargo xtask docs`). Severity and\nconfidence are those \
         of a rule's gravest finding; single findings may weigh less.\n\n| rule | what it finds | severity | confidence | ATT&CK |\n\
         | --- | --- | --- | --- | --- |\n{rows}"
    )
}

#[test]
fn pages_of_rules_are_those_of_the_code() {
    let mut pages: BTreeMap<String, String> = registry()
        .iter()
        .map(|entry| (format!("{}.md", entry.meta.id), entry.page()))
        .collect();
    pages.insert("README.md".into(), index());
    if std::env::var_os(BLESS).is_some() {
        for (name, page) in &pages {
            fs::write(docs("rules").join(name), page).expect("docs/rules can be written");
        }
    }
    let names = fs::read_dir(docs("rules")).expect("docs/rules is there");
    let names = names.map(|entry| {
        entry
            .expect("an entry of docs/rules")
            .file_name()
            .into_string()
    });
    let there: Vec<String> = names.map(|name| name.expect("a plain name")).collect();
    for name in &there {
        assert!(
            pages.contains_key(name),
            "docs/rules/{name} belongs to no rule"
        );
    }
    for (name, page) in pages {
        let text = fs::read_to_string(docs("rules").join(&name)).unwrap_or_default();
        assert_eq!(
            text, page,
            "docs/rules/{name} is old: run `cargo xtask docs`"
        );
    }
}

#[test]
fn every_kind_of_event_is_documented() {
    let text = fs::read_to_string(docs("trace.md")).expect("docs/trace.md is there");
    for kind in Kind::ALL {
        assert!(
            text.contains(&format!("| `{kind}` |")),
            "docs/trace.md says nothing of {kind}"
        );
    }
}
