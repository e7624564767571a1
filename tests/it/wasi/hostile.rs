//! WebAssembly that means harm: nothing of this machine can be reached, and each attempt ends with its own reason.

use super::binary::{body, functions, section};
use crate::support::{Scratch, code, lazaret, run, stderr, stdout, tgz};
use serde_json::Value;
use std::time::{Duration, Instant};

/// What a run may take beyond its limit: to start, to compile, and on a busy machine.
const SLACK: Duration = Duration::from_secs(20);

/// A module whose start function calls imports of WASI in a row.
fn module(body: &str) -> Vec<u8> {
    let text = format!(
        r#"(module
        (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
        (memory (export "memory") 4)
        {body})"#
    );
    wat::parse_str(text).expect("a module")
}

/// Opens a path and prints what is in it.
fn printing(path: &str) -> Vec<u8> {
    module(&format!(
        r#"(data (i32.const 1000) "{path}")
        (func (export "_start")
          (drop (call $open (i32.const 3) (i32.const 1) (i32.const 1000) (i32.const {}) (i32.const 0)
            (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 500)))
          (i32.store (i32.const 508) (i32.const 4096)) (i32.store (i32.const 512) (i32.const 60000))
          (drop (call $read (i32.load (i32.const 500)) (i32.const 508) (i32.const 1) (i32.const 504)))
          (i32.store (i32.const 512) (i32.load (i32.const 504)))
          (drop (call $write (i32.const 1) (i32.const 508) (i32.const 1) (i32.const 504))))"#,
        path.len()
    ))
}

fn vet(scratch: &Scratch, name: &str, wasm: &[u8], more: &[&str]) -> (i32, Value, String) {
    let path = scratch.file(name, wasm);
    let mut arguments = vec!["vet", "--format", "json", "--events"];
    arguments.extend(more);
    arguments.push(&path);
    let output = run(&arguments);
    let report = serde_json::from_str(&stdout(&output)).expect("JSON");
    (code(&output), report, stderr(&output))
}

/// The reasons that a report states: of its runs, and as gaps.
fn reasons(report: &Value) -> String {
    format!("{}{}", report["results"][0]["coverage"], report["errors"])
}

#[test]
fn no_file_and_no_variable_of_this_machine_is_seen() {
    let scratch = Scratch::new();
    let canary = scratch.file("canary", b"CANARY-OF-THE-HOST");
    let inside = canary.trim_start_matches('/').to_owned();
    let many_up = format!("{}{inside}", "../".repeat(30));
    for path in [
        inside.as_str(),
        canary.as_str(),
        many_up.as_str(),
        &format!("proc/self/root/{inside}"),
        &format!("proc/self/cwd/{inside}"),
        &format!("proc/1/root/{inside}"),
        "proc/self/environ",
        "proc/self/maps",
    ] {
        let program = scratch.file("reader.wasm", &printing(path));
        for command in ["run", "vet"] {
            let output = lazaret()
                .env("LAZARET_CANARY", "CANARY-OF-THE-HOST")
                .args([command, &program])
                .output()
                .expect("started");
            let all = format!("{}{}", stdout(&output), stderr(&output));
            assert!(
                !all.contains("CANARY-OF-THE-HOST"),
                "{command} {path}: {all}"
            );
        }
    }
}

#[test]
fn the_environment_is_that_of_the_made_up_machine() {
    let scratch = Scratch::new();
    let wasm = module(
        r#"(func (export "_start")
          (drop (call $sizes (i32.const 0) (i32.const 4)))
          (drop (call $environ (i32.const 100000) (i32.const 4096)))
          (i32.store (i32.const 508) (i32.const 4096)) (i32.store (i32.const 512) (i32.load (i32.const 4)))
          (drop (call $write (i32.const 1) (i32.const 508) (i32.const 1) (i32.const 504))))"#,
    );
    let (_, report, _) = vet(&scratch, "env.wasm", &wasm, &[]);
    let events = report["results"][0]["events"].as_array().expect("events");
    assert!(
        events.iter().any(|event| event["kind"] == "env.list"),
        "{report:#}"
    );
    assert_eq!(report["results"][0]["ecosystem"], "wasm");
    let program = scratch.file("env.wasm", &wasm);
    let output = lazaret()
        .env("LAZARET_CANARY", "CANARY-OF-THE-HOST")
        .args(["run", "--env", "OWN=1", &program])
        .output()
        .expect("started");
    assert_eq!(stdout(&output), "OWN=1\0");
}

#[test]
fn secrets_can_be_found_and_their_reading_is_recorded() {
    let scratch = Scratch::new();
    let wasm = printing("home/mwerner/.aws/credentials");
    let (_, report, _) = vet(&scratch, "thief.wasm", &wasm, &[]);
    let events = report["results"][0]["events"].as_array().expect("events");
    let read = events
        .iter()
        .find(|event| event["kind"] == "file.read")
        .expect("recorded");
    assert_eq!(
        read["subject"], "/home/mwerner/.aws/credentials",
        "{read:#}"
    );
    assert_eq!(read["outcome"], "ok", "{read:#}");
    let findings = report["results"][0]["findings"]
        .as_array()
        .expect("findings");
    assert!(
        findings
            .iter()
            .any(|finding| finding["rule"] == "credential-read"),
        "{:#}",
        report["results"][0]["findings"]
    );
}

#[test]
fn what_never_ends_is_ended_and_says_why() {
    let scratch = Scratch::new();
    let cases: &[(&str, &str, &str)] = &[
        (
            "loop",
            r#"(func (export "_start") (loop (br 0)))"#,
            "limit on time",
        ),
        (
            "start",
            "(func $s (loop (br 0))) (start $s) (func (export \"_start\"))",
            "limit on time",
        ),
        (
            "recursion",
            r#"(func $r (param i64) (call $r (i64.add (local.get 0) (i64.const 1)))) (func (export "_start") (call $r (i64.const 0)))"#,
            "call stack exhausted",
        ),
        (
            "trap",
            r#"(func (export "_start") unreachable)"#,
            "unreachable",
        ),
        (
            "bounds",
            r#"(func (export "_start") (i32.store (i32.const -4) (i32.const 1)))"#,
            "out of bounds memory access",
        ),
        (
            "division",
            r#"(func (export "_start") (drop (i32.div_u (i32.const 1) (i32.const 0))))"#,
            "integer divide by zero",
        ),
        (
            "memory",
            r#"(func (export "_start") (loop (br_if 0 (i32.ne (memory.grow (i32.const 64)) (i32.const -1)))))"#,
            "more than 512 MiB",
        ),
        (
            "table",
            r#"(table 1 funcref) (func (export "_start") (drop (table.grow 0 (ref.null func) (i32.const 100000000))))"#,
            "a table of more than 100000 elements",
        ),
        (
            "pointer",
            r#"(func (export "_start") (drop (call $sizes (i32.const -1) (i32.const 0))))"#,
            "environ_sizes_get hands the host memory that the module does not have",
        ),
        (
            "calls",
            r#"(func (export "_start") (loop (drop (call $sizes (i32.const 0) (i32.const 4))) (br 0)))"#,
            "limit",
        ),
    ];
    for (name, body, reason) in cases {
        let start = Instant::now();
        let limit = ["--timeout", "500ms"];
        let (code, report, errors) = vet(&scratch, &format!("{name}.wasm"), &module(body), &limit);
        assert_eq!(code, 3, "{name}: {report:#}{errors}");
        assert!(
            reasons(&report).contains(reason),
            "{name}: {}",
            reasons(&report)
        );
        assert!(start.elapsed() < SLACK, "{name}: {:?}", start.elapsed());
    }
}

/// Vets what cannot be run: each is refused in one line that says why.
fn refused(cases: Vec<(&str, Vec<u8>, &str)>) {
    let scratch = Scratch::new();
    for (name, wasm, reason) in cases {
        let path = scratch.file(&format!("{name}.wasm"), &wasm);
        let output = run(&["vet", &path]);
        assert_eq!(
            code(&output),
            2,
            "{name}: {}{}",
            stdout(&output),
            stderr(&output)
        );
        assert!(
            stderr(&output).contains(reason),
            "{name}: {}",
            stderr(&output)
        );
        assert_eq!(stderr(&output).lines().count(), 1, "{name}");
    }
}

fn text(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("a module")
}

#[test]
fn what_is_broken_or_too_large_is_refused() {
    let mut cut = module(r#"(func (export "_start"))"#);
    cut.truncate(cut.len() - 5);
    refused(vec![
        ("empty", Vec::new(), "not WebAssembly"),
        ("text", b"(module)".to_vec(), "not WebAssembly"),
        ("cut", cut, "invalid WebAssembly"),
        (
            "version",
            b"\0asm\x02\0\0\0".to_vec(),
            "invalid WebAssembly",
        ),
        (
            "type",
            text("(module (func (result i32)))"),
            "invalid WebAssembly",
        ),
        (
            "functions",
            functions(1_000_000),
            "more than 200000 functions",
        ),
        (
            "body",
            body(3 << 20),
            "more than 2097152 bytes in one function",
        ),
    ]);
}

#[test]
fn what_needs_more_than_the_engine_does_is_told_by_name() {
    let threads = "(module (memory 1 1 shared) (func (drop (i32.atomic.load (i32.const 0)))))";
    refused(vec![
        ("threads", text(threads), "needs WebAssembly threads"),
        (
            "memory64",
            text("(module (memory i64 1))"),
            "needs WebAssembly 64-bit memory",
        ),
        (
            "memories",
            text("(module (memory 1) (memory 1))"),
            "needs WebAssembly multiple memories",
        ),
        (
            "tail",
            text("(module (func $f (return_call $f)))"),
            "needs WebAssembly tail calls",
        ),
        (
            "exceptions",
            text("(module (tag $t) (func (throw $t)))"),
            "needs WebAssembly exceptions",
        ),
        (
            "gc",
            text("(module (type (struct (field i32))))"),
            "needs WebAssembly garbage collection",
        ),
    ]);
}

#[test]
fn a_huge_custom_section_changes_nothing() {
    let scratch = Scratch::new();
    let mut wasm = module(r#"(func (export "_start"))"#);
    let mut custom = vec![1, b'x'];
    custom.resize(40 << 20, 0);
    wasm.extend(section(0, &custom));
    let (code, report, errors) = vet(&scratch, "custom.wasm", &wasm, &[]);
    assert_eq!(code, 0, "{report:#}{errors}");
}

#[test]
fn imports_that_nobody_provides_are_named_when_they_are_called() {
    let scratch = Scratch::new();
    let wasm = wat::parse_str(
        r#"(module
        (import "env" "unused" (func (param i32)))
        (import "env" "emscripten_get_heap_max" (func $f (result i32)))
        (import "env" "table" (table 2 funcref))
        (memory (export "memory") 1)
        (func (export "_start") (drop (call $f))))"#,
    )
    .expect("a module");
    let (code, report, _) = vet(&scratch, "imports.wasm", &wasm, &[]);
    assert_eq!(code, 3, "{report:#}");
    let reasons = reasons(&report);
    assert!(
        reasons.contains("not provided: import env.emscripten_get_heap_max"),
        "{reasons}"
    );
    assert!(
        reasons.contains("not provided: import env.table"),
        "{reasons}"
    );
    assert!(!reasons.contains("unused"), "{reasons}");
}

#[test]
fn a_program_that_waits_for_calls_is_exercised() {
    let scratch = Scratch::new();
    let wasm = module(
        r#"(global $ready (mut i32) (i32.const 0))
        (func (export "_initialize") (global.set $ready (i32.const 1)))
        (func (export "add") (param i32 f64) (result i32)
          (if (i32.eqz (global.get $ready)) (then unreachable)) (local.get 0))
        (func (export "breaks") (param i64) unreachable)
        (func (export "after") (drop (call $sizes (i32.const 0) (i32.const 4))))"#,
    );
    let (code, report, errors) = vet(&scratch, "library.wasm", &wasm, &[]);
    assert_eq!(code, 0, "{report:#}{errors}");
    let runs = report["results"][0]["coverage"]["phases"]
        .as_array()
        .expect("runs");
    let ends: Vec<String> = runs
        .iter()
        .map(|run| {
            format!(
                "{} {}",
                run["command"].as_str().unwrap_or_default(),
                run["outcome"]
            )
        })
        .collect();
    let expected = [
        "call add \"completed\"",
        "call breaks \"failed\"",
        "call after \"completed\"",
    ];
    assert_eq!(ends, expected, "{report:#}");
}

#[test]
fn functions_of_a_large_program_share_runs() {
    let scratch = Scratch::new();
    let mut body: String = (0..60)
        .map(|n| format!("(func (export \"f{n}\"))"))
        .collect();
    body.push_str(r#"(func (export "breaks") unreachable)"#);
    let (code, report, errors) = vet(&scratch, "large.wasm", &module(&body), &[]);
    assert_eq!(code, 0, "{report:#}{errors}");
    let runs = report["results"][0]["coverage"]["phases"]
        .as_array()
        .expect("runs");
    assert_eq!(runs.len(), 41);
    let reason = runs[40]["reason"].as_str().unwrap_or_default();
    assert!(
        reason.starts_with("1 of 21 functions trapped: "),
        "{reason}"
    );
}

#[test]
fn a_function_that_hangs_does_not_hide_the_others() {
    let scratch = Scratch::new();
    let wasm = module(
        r#"(func (export "one")) (func (export "hangs") (loop (br 0))) (func (export "three"))"#,
    );
    let (code, report, _) = vet(&scratch, "library.wasm", &wasm, &["--timeout", "300ms"]);
    assert_eq!(code, 3);
    let phases = report["results"][0]["coverage"]["phases"]
        .as_array()
        .expect("runs");
    let ends: Vec<&Value> = phases.iter().map(|run| &run["outcome"]).collect();
    assert_eq!(ends, ["completed", "timeout", "completed"], "{report:#}");
}

#[test]
fn a_batch_with_hostile_programs_reports_every_other_package_unharmed() {
    let scratch = Scratch::new();
    let files: [(&str, &[u8]); 2] = [
        ("package.json", br#"{"name": "quiet", "version": "1.0.0"}"#),
        ("index.js", b"exports.one = 1;\n"),
    ];
    let quiet = scratch.file("quiet.tgz", &tgz(&files));
    let hang = scratch.file(
        "hang.wasm",
        &module(r#"(func (export "_start") (loop (br 0)))"#),
    );
    let many = scratch.file("many.wasm", &functions(1_000_000));
    let good = scratch.file("good.wasm", &module(r#"(func (export "_start"))"#));
    let output = run(&[
        "vet",
        "-q",
        "--timeout",
        "1s",
        &hang,
        &quiet,
        &many,
        &good,
        &quiet,
    ]);
    let lines = stdout(&output);
    let verdicts: Vec<&str> = lines
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(
        verdicts,
        ["inconclusive", "clean", "clean", "clean"],
        "{lines}{}",
        stderr(&output)
    );
    assert_eq!(code(&output), 2);
}

#[test]
fn the_same_program_gives_the_same_trace() {
    let scratch = Scratch::new();
    let wasm = printing("etc/passwd");
    let digest = || vet(&scratch, "same.wasm", &wasm, &[]).1["results"][0]["trace_digest"].clone();
    assert_eq!(digest(), digest());
}

#[test]
fn a_program_is_run_with_its_arguments_and_its_own_exit_code() {
    let scratch = Scratch::new();
    let wasm = wat::parse_str(
        r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "_start") (drop (call $sizes (i32.const 0) (i32.const 4))) (call $exit (i32.load (i32.const 0)))))"#,
    )
    .expect("a module");
    let path = scratch.file("count.wasm", &wasm);
    assert_eq!(code(&run(&["run", &path])), 1);
    assert_eq!(code(&run(&["run", &path, "--", "a", "--b", "c"])), 4);
    let trap =
        wat::parse_str(r#"(module (func (export "_start") unreachable))"#).expect("a module");
    let output = run(&["run", &scratch.file("trap.wasm", &trap)]);
    assert_eq!(code(&output), 139);
    assert!(
        stderr(&output).contains("unreachable"),
        "{}",
        stderr(&output)
    );
    assert_eq!(code(&run(&["run", "/nowhere/at/all.wasm"])), 2);
}
