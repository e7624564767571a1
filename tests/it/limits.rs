//! Programs that want to exhaust whatever runs them (tests/limits): each ends, with the limit that ended it stated, and harms
//! no other package of its batch.

use crate::rules::STATION;
use crate::support::{Scratch, code, run, stderr, stdout};
use lazaret::limits::Limits;
use lazaret::pipeline::{self, Settings};
use lazaret::target::Target;
use lazaret::trace::{Kind, RunEnd, Trace};
use lazaret::verdict::Coverage;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use RunEnd::{Completed, Failed, Timeout};

/// Program, how its run ends, and the limits that it meets, in the order of their first crossing.
const CASES: &[(&str, RunEnd, &[&str])] = &[
    ("allocation.js", Failed, &["memory"]),
    ("allocation_of_objects.js", Failed, &["memory"]),
    ("arguments.js", Completed, &[]),
    ("arithmetic.sh", Timeout, &["shell_steps"]),
    ("atomics.js", Timeout, &["virtual_time"]),
    ("braces.sh", Failed, &["words"]),
    ("clock_wait.js", Completed, &[]),
    ("deep_directories.js", Failed, &[]),
    ("environment.js", Timeout, &["environment", "refusals"]),
    ("eval_growth.sh", Failed, &["shell_depth"]),
    ("exits.js", Completed, &[]),
    ("fork_bomb.js", Completed, &["processes"]),
    ("fork_bomb.sh", Failed, &["shell_depth"]),
    ("fork_bomb_script.sh", Failed, &["depth", "processes"]),
    ("fork_bomb_sync.js", Timeout, &["depth", "refusals"]),
    ("fork_bomb_wide.js", Timeout, &["processes", "refusals"]),
    ("generator.js", Timeout, &["cpu"]),
    ("inflate.js", Failed, &["memory"]),
    ("interval.js", Timeout, &["timers"]),
    ("interval_busy.js", Timeout, &["cpu"]),
    ("json_deep.js", Completed, &[]),
    (
        "large_copies.sh",
        Timeout,
        &["input", "processes", "refusals"],
    ),
    ("large_writes.js", Failed, &["file_size"]),
    ("log_flood.js", Timeout, &["output", "refusals"]),
    ("loop.sh", Timeout, &["shell_steps"]),
    ("many_files.js", Failed, &["files"]),
    ("many_large_files.js", Failed, &["file_bytes"]),
    ("microtasks.js", Failed, &["memory"]),
    ("mining.js", Timeout, &["host_calls"]),
    ("mining_alone.js", Timeout, &["cpu"]),
    ("nested_substitutions.sh", Failed, &["shell_depth"]),
    ("patterns.sh", Failed, &[]),
    ("pipeline.sh", Timeout, &["processes", "refusals"]),
    ("recursion.js", Failed, &[]),
    ("regex.js", Timeout, &["cpu"]),
    ("rejections.js", Timeout, &["cpu"]),
    ("repeat.js", Failed, &[]),
    ("sed_growth.sh", Failed, &[]),
    ("sed_loop.sh", Failed, &[]),
    ("sockets.js", Timeout, &["connections", "refusals"]),
    ("sockets_at_once.js", Timeout, &["connections", "refusals"]),
    ("source_loop.sh", Failed, &["shell_depth"]),
    ("sparse_file.js", Completed, &["file_size"]),
    ("substitutions.sh", Failed, &["words"]),
    ("symlink_loop.js", Completed, &[]),
    ("ticks.js", Timeout, &["cpu"]),
    ("timers.js", Timeout, &["host_calls"]),
    ("workers.js", Failed, &["processes"]),
    ("yes.sh", Timeout, &["virtual_time"]),
];

/// Limits that are met within moments; which one is met first does not depend on the machine.
fn small() -> Limits {
    Limits {
        wall: Duration::from_secs(120),
        memory: 96 << 20,
        file_bytes: 8 << 20,
        files: 200,
        file_size: 4 << 20,
        output: 10_000,
        processes: 30,
        connections: 20,
        cpu: 1_000,
        host_calls: 20_000,
        refusals: 50,
        environment: 4 << 20,
        shell_steps: 5_000,
        idle_jumps: 50,
        ..Limits::default()
    }
}

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/limits")
}

/// Makes a package that runs a program while it is installed. Returns its path.
fn package(scratch: &Scratch, program: &str) -> String {
    let path = scratch.path(program);
    std::fs::create_dir(&path).expect("a writable directory");
    let runner = if program.ends_with(".js") {
        "node"
    } else {
        "sh"
    };
    let name = program.replace(['.', '_'], "-");
    let manifest = format!(
        r#"{{"name": "{name}", "version": "1.0.0", "scripts": {{"postinstall": "{runner} {program}"}}}}"#
    );
    scratch.file(&format!("{program}/package.json"), manifest.as_bytes());
    let text = std::fs::read(programs().join(program)).expect("a program of tests/limits");
    scratch.file(&format!("{program}/{program}"), &text);
    path
}

fn vet(scratch: &Scratch, program: &str) -> Trace {
    let target = Target::Directory(package(scratch, program).into());
    let package = pipeline::read(&target).expect("a readable package");
    let settings = Settings {
        limits: small(),
        phases: ["postinstall".to_owned()].into(),
        ..Settings::default()
    };
    STATION.run(&package, &settings).expect("a sound sandbox")
}

/// The limits that were met, and whether each states its reason.
fn met(trace: &Trace) -> Vec<&str> {
    let hits = trace
        .events
        .iter()
        .filter(|event| event.kind == Kind::LimitHit);
    hits.map(|event| {
        assert!(
            event.detail.contains_key("reason"),
            "{} has no reason",
            event.subject
        );
        event.subject.as_str()
    })
    .collect()
}

#[test]
fn every_endless_program_ends_at_its_limit_and_the_report_says_which() {
    let scratch = Scratch::new();
    let mut wrong = Vec::new();
    for (program, end, limits) in CASES {
        let start = Instant::now();
        let trace = vet(&scratch, program);
        let met = met(&trace);
        let run = &trace.runs[0];
        if met != *limits || run.end != *end {
            wrong.push(format!(
                "{program}: {:?} ({}) at {met:?} after {:?}",
                run.end,
                run.reason,
                start.elapsed()
            ));
        }
        let gaps = Coverage::of(&trace).gaps;
        for limit in met {
            let told = format!("limit reached: {limit} ");
            assert!(
                gaps.iter().any(|gap| gap.starts_with(&told)),
                "{program}: {gaps:?}"
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_program_has_its_case() {
    let mut files: Vec<String> = std::fs::read_dir(programs())
        .expect("tests/limits")
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            name.to_string_lossy().into_owned()
        })
        .collect();
    files.sort();
    let cases: Vec<&str> = CASES.iter().map(|(program, ..)| *program).collect();
    assert_eq!(files, cases);
}

#[test]
fn what_a_count_ends_is_the_same_each_time() {
    for program in ["mining_alone.js", "fork_bomb_wide.js", "regex.js"] {
        let [first, second] = [Scratch::new(), Scratch::new()].map(|scratch| {
            let mut bytes = Vec::new();
            let trace = vet(&scratch, program);
            trace.write_to(&mut bytes).expect("into memory");
            bytes
        });
        assert!(first == second, "{program}");
    }
}

#[test]
fn the_wall_time_ends_guests_and_shells_and_says_that_it_depends_on_the_machine() {
    let options = "vet --format json --timeout 500ms --phase postinstall";
    for program in ["mining_alone.js", "large_copies.sh"] {
        let scratch = Scratch::new();
        let path = package(&scratch, program);
        let mut arguments: Vec<&str> = options.split(' ').collect();
        arguments.push(&path);
        let start = Instant::now();
        let output = run(&arguments);
        let time = start.elapsed();
        // The rest is room for a machine that is busy with other tests.
        assert!(time < Duration::from_secs(10), "{program}: {time:?}");
        assert_eq!(code(&output), 3, "{}", stderr(&output));
        let report: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        let coverage = &report["results"][0]["coverage"];
        let reason = "more than 500ms; where it stopped depends on the machine";
        assert_eq!(coverage["phases"][0]["outcome"], "timeout", "{coverage}");
        assert_eq!(coverage["phases"][0]["reason"], reason);
        let gaps = coverage["gaps"].as_array().expect("a list");
        let told = format!("limit reached: wall {reason}");
        let walls = gaps.iter().filter(|gap| **gap == told.as_str());
        assert_eq!(walls.count(), 1, "{gaps:?}");
    }
}

#[test]
fn a_batch_of_all_of_them_reports_every_other_package_unharmed() {
    let scratch = Scratch::new();
    let mut arguments = ["vet", "--format", "json", "--timeout", "300ms"]
        .map(str::to_owned)
        .to_vec();
    let good = |name: &str| {
        let path = scratch.path(name);
        std::fs::create_dir(&path).expect("a writable directory");
        let manifest = format!(r#"{{"name": "{name}", "version": "1.0.0"}}"#);
        scratch.file(&format!("{name}/package.json"), manifest.as_bytes());
        path
    };
    let mut targets = vec![good("first")];
    for (program, ..) in CASES {
        targets.push(package(&scratch, program));
        if program.starts_with('m') {
            targets.push(good(&format!("good-beside-{}", program.replace('.', "-"))));
        }
    }
    targets.push(good("last"));
    arguments.extend(targets.iter().cloned());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = run(&arguments);
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(report["errors"], serde_json::json!([]));
    let results = report["results"].as_array().expect("a list");
    assert_eq!(results.len(), targets.len());
    for (result, target) in results.iter().zip(&targets) {
        assert_eq!(result["target"], target.as_str());
        let name = result["name"].as_str().expect("a name");
        if name == "first" || name == "last" || name.starts_with("good") {
            assert_eq!(result["verdict"], "clean", "{result}");
        }
    }
}
