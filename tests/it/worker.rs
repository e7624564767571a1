//! Workers: nothing gets out of one, and whatever becomes of one is the answer to its own target alone.

use crate::support::{Scratch, code, run, stderr, stdout, tgz};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The program whose workers misbehave.
fn hostile(arguments: &[&str]) -> Output {
    let mut path: PathBuf = std::env::current_exe().expect("this test");
    path.pop();
    path.pop();
    Command::new(path.join("examples/hostile_worker"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("an example that plain `cargo test` builds: `cargo build --example hostile_worker`")
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&stdout(output)).unwrap_or_else(|_| panic!("{}", stderr(output)))
}

/// The names of the attempts of a layer, and whether all of them failed.
fn attempts(doctor: &Value, layer: &str) -> Vec<String> {
    let probes = doctor["workers"]["probes"].as_array().expect("workers");
    let of_layer = probes.iter().filter(|probe| probe["layer"] == layer);
    of_layer
        .map(|probe| {
            assert_eq!(probe["held"], true, "{probe}");
            probe["attempt"].as_str().expect("a name").to_owned()
        })
        .collect()
}

#[test]
fn native_code_in_a_locked_worker_does_not_get_out() {
    let output = run(&["doctor", "--format", "json"]);
    let doctor = json(&output);
    assert_eq!(
        attempts(&doctor, "seccomp"),
        [
            "open-file",
            "make-directory",
            "socket",
            "process",
            "program",
            "trace",
            "kill",
            "environment",
            "descriptor"
        ]
    );
    assert_eq!(
        attempts(&doctor, "no executable memory"),
        ["map-executable", "make-executable"]
    );
    let endings = doctor["workers"]["probes"].as_array().expect("workers");
    let killed = endings
        .iter()
        .filter(|probe| probe["ending"] == "the kernel ended the worker");
    assert_eq!(killed.count(), 11, "{doctor:#}");
}

#[test]
fn layers_hold_without_the_filter_of_system_calls() {
    let doctor = json(&run(&["doctor", "--format", "json"]));
    assert_eq!(attempts(&doctor, "process limits"), ["descriptor"]);
    // A kernel may have no Landlock; the doctor then says so and ends with 1.
    let version = doctor["workers"]["containment"]["landlock"].as_u64();
    match version {
        Some(version) => {
            let held = attempts(&doctor, "Landlock");
            assert!(held.contains(&"make-directory".to_owned()), "{held:?}");
            assert!(version < 6 || held.contains(&"kill".to_owned()), "{held:?}");
        }
        None => assert_eq!(doctor["sound"], false),
    }
}

#[test]
fn the_doctor_ends_as_it_finds_the_machine() {
    let output = run(&["doctor"]);
    let text = stdout(&output);
    let sound = !text.lines().any(|line| line.starts_with("fails"));
    assert_eq!(code(&output), i32::from(!sound), "{text}");
    let scratch = Scratch::new();
    let shared = scratch.path("shared");
    std::fs::create_dir(&shared).expect("a writable directory");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(&shared, open).expect("own directory");
    let output = crate::support::lazaret()
        .arg("doctor")
        .env("LAZARET_CACHE", &shared)
        .output()
        .expect("the program can be started");
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains("can be written by others"));
}

#[test]
fn each_way_in_which_a_worker_ends_is_told() {
    for (way, ending) in [
        ("echo", "answer \"attached\""),
        ("silent", "answer \"\""),
        ("unfurnished", "Refused(\"there is no furniture\")"),
        ("abort", "Signal(6)"),
        ("overflow", "Signal(6)"),
        ("hungry", "Signal(6)"),
        ("panic", "Exit(101)"),
        ("forbidden", "Forbidden"),
        ("line", "TooLong(1048576)"),
        ("hang", "TimedOut(3s)"),
        ("deaf", "TimedOut(3s)"),
    ] {
        let start = Instant::now();
        let output = hostile(&["crew", way]);
        assert_eq!(stdout(&output).trim(), ending, "{way}: {}", stderr(&output));
        assert!(stderr(&output).is_empty(), "{way}: {}", stderr(&output));
        assert!(start.elapsed() < Duration::from_secs(20), "{way}");
    }
}

#[test]
fn a_lost_worker_is_inconclusive_and_harms_no_other_package() {
    let scratch = Scratch::new();
    let good = |name: &str| {
        let manifest = format!(r#"{{"name": "{name}", "version": "1.0.0"}}"#);
        let files: [(&str, &[u8]); 2] = [
            ("package.json", manifest.as_bytes()),
            ("index.js", b"exports.one = 1;\n"),
        ];
        scratch.file(&format!("{name}.tgz"), &tgz(&files))
    };
    let ways = [
        ("abort", "it was ended by signal 6"),
        ("overflow", "it was ended by signal 6"),
        ("panic", "it ended with code 101"),
        ("silent", "it ended with code 0"),
        ("garbage", "its answer is malformed"),
        ("line", "its answer is malformed"),
        ("endless", "its answer is malformed"),
        ("truncated", "its answer is malformed"),
        ("foreign", "its answer is malformed"),
        ("forbidden", "a system call that a worker may not make"),
    ];
    let mut targets = vec![good("first")];
    targets.extend(ways.iter().map(|(way, _)| good(way)));
    targets.push(good("last"));
    let arguments = ["cli", "vet", "--jobs", "2", "--format", "json"];
    let arguments: Vec<&str> = arguments
        .into_iter()
        .chain(targets.iter().map(String::as_str))
        .collect();
    let output = hostile(&arguments);
    let report = json(&output);
    assert_eq!(code(&output), 3, "{report:#}");
    assert!(stderr(&output).is_empty(), "{}", stderr(&output));
    let results = report["results"].as_array().expect("results");
    assert_eq!(results.len(), targets.len());
    for (result, target) in results.iter().zip(&targets) {
        assert_eq!(result["target"], target.as_str());
    }
    for result in [&results[0], &results[targets.len() - 1]] {
        assert_eq!(result["verdict"], "clean", "{result:#}");
        assert_eq!(result["containment"]["mode"], "worker", "{result:#}");
    }
    for (result, (way, reason)) in results.iter().skip(1).zip(ways) {
        assert_eq!(result["verdict"], "inconclusive", "{way}");
        let gap = result["coverage"]["gaps"][0].as_str().unwrap_or_default();
        assert!(gap.contains(reason), "{way}: {gap}");
    }
}

#[test]
fn what_a_worker_says_does_not_reach_the_terminal_as_it_is() {
    let scratch = Scratch::new();
    let target = scratch.file("lie.tgz", &tgz(&[("package.json", b"{}")]));
    let output = hostile(&["cli", "vet", &target]);
    assert_eq!(code(&output), 2);
    let text = stderr(&output);
    assert_eq!(text.lines().count(), 1, "{text:?}");
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn a_package_can_be_run_without_a_worker_and_the_report_says_so() {
    let scratch = Scratch::new();
    let files: [(&str, &[u8]); 2] = [
        ("package.json", br#"{"name": "x", "version": "1.0.0"}"#),
        ("index.js", b"exports.one = 1;\n"),
    ];
    let target = scratch.file("x.tgz", &tgz(&files));
    let here = json(&run(&["vet", "--in-process", "--format", "json", &target]));
    let there = json(&run(&["vet", "--format", "json", &target]));
    let (here, there) = (&here["results"][0], &there["results"][0]);
    assert_eq!(here["containment"]["mode"], "in-process");
    assert_eq!(here["trace_digest"], there["trace_digest"]);
    let text = stdout(&run(&["vet", "--in-process", &target]));
    assert!(text.contains("own process"), "{text}");
}
