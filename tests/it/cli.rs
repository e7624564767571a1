//! The command line: what it prints, where it writes, how it ends.

use crate::support::{Scratch, code, package, run, stderr, stdout, tgz};
use serde_json::Value;

/// A package with one file that runs when it is loaded.
fn quiet(scratch: &Scratch, name: &str) -> String {
    let manifest = format!(r#"{{"name": "{name}", "version": "1.0.0"}}"#);
    let files: [(&str, &[u8]); 2] = [
        ("package.json", manifest.as_bytes()),
        ("index.js", b"exports.one = 1;\n"),
    ];
    scratch.file(&format!("{name}.tgz"), &tgz(&files))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// The report without what depends on the machine: its speed, and what holds around a worker.
fn timeless(text: &str) -> Value {
    let mut report = json(text);
    for result in report["results"].as_array_mut().into_iter().flatten() {
        result["stats"]["wall_ms"] = 0.into();
        if let Some(result) = result.as_object_mut() {
            result.remove("containment");
        }
    }
    report
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let output = run(&["--help"]);
    assert_eq!(code(&output), 0);
    let help = stdout(&output);
    assert!(help.contains("lazaret vet"), "{help}");
    assert!(help.contains("Exit codes"), "{help}");
}

#[test]
fn wrong_usage_ends_with_two() {
    for arguments in [
        &["vet"][..],
        &["vet", "--format", "xml", "x"],
        &["vet", "--phase", "test", "x"],
        &["vet", "--timeout", "soon", "x"],
        &["vet", "--events", "x"],
        &["vet", "--trace", "/nowhere/at/all/t", "x"],
        &["vet", "-o", "/nowhere/at/all/t", "x"],
        &["rules", "no-such-rule"],
        &["replay", "/nowhere/at/all"],
        &["frobnicate"],
    ] {
        let output = run(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
        assert!(!stderr(&output).is_empty(), "{arguments:?}");
        assert!(stdout(&output).is_empty(), "{arguments:?}");
    }
}

#[test]
fn rules_are_listed_and_explained() {
    let list = stdout(&run(&["rules"]));
    let first = list.split_whitespace().next().expect("a rule");
    let page = stdout(&run(&["rules", first]));
    assert!(page.starts_with(&format!("# {first}\n")), "{page}");
}

#[test]
fn licenses_of_all_that_is_built_in_are_printed() {
    let output = run(&["--licenses"]);
    assert_eq!(code(&output), 0);
    for part in ["Lazaret", "QuickJS", "Node.js"] {
        assert!(stdout(&output).contains(part), "{part}");
    }
}

#[test]
fn a_thief_is_caught_and_an_honest_package_is_clean() {
    let thief = run(&["vet", "--format", "json", &package("token-thief")]);
    assert_eq!(code(&thief), 1, "{}", stderr(&thief));
    let report = json(&stdout(&thief));
    let result = &report["results"][0];
    assert_eq!(result["verdict"], "malicious", "{result:#}");
    let finding = &result["findings"][0];
    assert_eq!(finding["rule"], "credential-exfiltration", "{result:#}");
    assert_eq!(finding["at"]["file"], "scripts/setup.js", "{finding:#}");

    let honest = run(&["vet", &package("benign-small")]);
    assert_eq!(code(&honest), 0, "{}{}", stdout(&honest), stderr(&honest));
    assert!(stdout(&honest).starts_with("CLEAN  benign-small 1.0.0"));
}

#[test]
fn a_batch_keeps_the_order_and_ends_with_its_worst() {
    let scratch = Scratch::new();
    let (a, b) = (quiet(&scratch, "aa"), quiet(&scratch, "bb"));
    let bad = scratch.file("bad.tgz", b"bad");
    let output = run(&["vet", "-q", "--jobs", "2", &b, &bad, &a]);
    let names: Vec<String> = stdout(&output)
        .lines()
        .filter_map(|line| line.split_whitespace().nth(1).map(str::to_owned))
        .collect();
    assert_eq!(names, ["bb", "aa"]);
    assert_eq!(stderr(&output).lines().count(), 1);
    assert_eq!(code(&output), 2);
    let with_thief = run(&["vet", "-q", &bad, &package("token-thief"), &a]);
    assert_eq!(code(&with_thief), 1);
}

#[test]
fn a_trace_replays_to_the_same_report() {
    let scratch = Scratch::new();
    let trace = scratch.path("t.trace");
    let arguments = ["--format", "json", "--events"];
    let fresh = run(&[
        &["vet", "--trace", &trace, &package("token-thief")],
        &arguments[..],
    ]
    .concat());
    let again = run(&[&["replay", &trace], &arguments[..]].concat());
    assert_eq!(code(&fresh), code(&again));
    let mut again = timeless(&stdout(&again));
    again["results"][0]["target"] = package("token-thief").into();
    assert_eq!(timeless(&stdout(&fresh)), again);

    let mut bytes = std::fs::read(&trace).expect("written");
    bytes.truncate(bytes.len() / 2);
    let damaged = run(&["replay", &scratch.file("d.trace", &bytes)]);
    assert_eq!(code(&damaged), 2);
    assert_eq!(stderr(&damaged).lines().count(), 1);
}

#[test]
fn traces_of_a_batch_go_to_a_directory() {
    let scratch = Scratch::new();
    let (a, b) = (quiet(&scratch, "aa"), quiet(&scratch, "bb"));
    let traces = scratch.path("traces");
    run(&["vet", "--trace", &traces, &a, &b]);
    let mut names: Vec<String> = std::fs::read_dir(&traces)
        .expect("made")
        .map(|entry| {
            entry
                .expect("readable")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    assert_eq!(names.len(), 2);
    assert!(names[0].starts_with("aa-1.0.0-"), "{names:?}");
}

#[test]
fn a_report_goes_to_a_file_without_colours() {
    let scratch = Scratch::new();
    let (target, path) = (quiet(&scratch, "aa"), scratch.path("report.txt"));
    let output = run(&["vet", "-o", &path, &target]);
    assert!(stdout(&output).is_empty());
    let report = std::fs::read_to_string(&path).expect("written");
    assert!(report.contains("aa 1.0.0"), "{report}");
    assert!(!report.contains('\u{1b}'));
}

#[test]
fn only_the_phases_asked_for_are_run() {
    let output = run(&[
        "vet",
        "--format",
        "json",
        "--phase",
        "import",
        &package("token-thief"),
    ]);
    let report = json(&stdout(&output));
    let phases = report["results"][0]["coverage"]["phases"].as_array();
    let names: Vec<&Value> = phases
        .into_iter()
        .flatten()
        .map(|run| &run["phase"])
        .collect();
    assert!(!names.is_empty());
    assert!(names.iter().all(|name| *name == "import"), "{names:?}");
}

#[test]
fn equal_seeds_give_equal_traces_and_others_do_not() {
    let digest = |seed: &str| {
        let output = run(&[
            "vet",
            "--format",
            "json",
            "--seed",
            seed,
            &package("token-thief"),
        ]);
        json(&stdout(&output))["results"][0]["trace_digest"].clone()
    };
    let first = digest("7");
    assert!(first.is_string());
    assert_eq!(first, digest("7"));
    assert_ne!(first, digest("8"));
}

#[test]
fn a_package_that_bears_the_name_of_a_builtin_module_is_loaded_itself() {
    let scratch = Scratch::new();
    let archive = tgz(&[
        (
            "package.json",
            br#"{"name":"events","version":"3.3.0","main":"lib/emitter"}"#,
        ),
        (
            "lib/emitter.js",
            b"module.exports = process.env.EVENTS_STRICT;",
        ),
    ]);
    let archive = scratch.file("events-3.3.0.tgz", &archive);
    let report = json(&stdout(&run(&[
        "vet", "--format", "json", "--events", &archive,
    ])));
    let result = &report["results"][0];
    assert_eq!(result["verdict"], "clean");
    // Node's own module of this name asks for no such variable; both ways of loading must reach the package.
    let asked = result["events"].as_array().into_iter().flatten();
    let asked = asked.filter(|event| event["subject"] == "EVENTS_STRICT");
    assert_eq!(asked.count(), 2);
}
