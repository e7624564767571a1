//! Components as targets, from the command line: compiled and run in locked processes like modules.

use crate::support::{Scratch, code, run, stderr, stdout};
use serde_json::Value;

/// A command that prints and ends with the code 42; its text is that of the front end's own tests.
fn command() -> Vec<u8> {
    let body = "(call $write (call $stdout) (i32.const 16) (i32.const 6) (i32.const 1024))
        (call $exit_code (i32.const 42)) (i32.const 0)";
    let text = include_str!("../../../src/guest/wasi/p2/tests/command.wat")
        .replace("{pages}", "1")
        .replace("{body}", body);
    wat::parse_str(text).expect("a component")
}

/// A component with three functions: one ends, one traps, one calls an import that nobody provides.
fn library() -> Vec<u8> {
    wat::parse_str(
        r#"(component
        (import "vendor:thing/door@1.0.0" (instance $door (export "open" (func))))
        (core func $open (canon lower (func $door "open")))
        (core module $m (import "" "open" (func $open))
            (func (export "plain")) (func (export "trap") unreachable) (func (export "ask") (call $open)))
        (core instance $m (instantiate $m (with "" (instance (export "open" (func $open))))))
        (func $plain (canon lift (core func $m "plain")))
        (func $trap (canon lift (core func $m "trap")))
        (func $ask (canon lift (core func $m "ask")))
        (export "plain" (func $plain)) (export "trap" (func $trap)) (export "ask" (func $ask)))"#,
    )
    .expect("a component")
}

fn vet(scratch: &Scratch, name: &str, wasm: &[u8]) -> Value {
    let path = scratch.file(name, wasm);
    let output = run(&["vet", "--format", "json", "--events", &path]);
    serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)))
}

#[test]
fn a_component_is_run_with_its_output_and_its_code() {
    let scratch = Scratch::new();
    let path = scratch.file("command.wasm", &command());
    let output = run(&["run", &path]);
    assert_eq!((code(&output), stdout(&output).as_str()), (42, "hello\n"));
}

#[test]
fn a_component_is_vetted_like_a_module() {
    let scratch = Scratch::new();
    let report = vet(&scratch, "command.wasm", &command());
    let result = &report["results"][0];
    assert_eq!(result["ecosystem"], "wasm", "{report:#}");
    assert!(result.to_string().contains("exit code 42"), "{report:#}");
    let report = vet(&scratch, "library.wasm", &library());
    let events = report["results"][0]["events"].as_array().expect("events");
    let wanted = events
        .iter()
        .filter(|event| event["kind"] == "guest.unsupported")
        .map(|event| event["subject"].clone());
    assert_eq!(
        wanted.collect::<Vec<_>>(),
        ["import vendor:thing/door@1.0.0#open"],
        "{report:#}"
    );
}
