//! Tests: what the install scripts of well-known honest packages do, step by step, never crosses the line.

use super::{Verdict, decide};
use crate::rules::judge;
use crate::rules::testing::{ROOT, TOKEN, TraceBuilder};
use crate::trace::{Kind, RunEnd};

const PROGRAM: &[u8] = b"\x7fELF\0\0\0INERT-PAYLOAD of a program that is wrapped\0\0";

fn verdict(builder: &mut TraceBuilder) -> (Verdict, u8) {
    let mut trace = builder.finish();
    for run in &mut trace.runs {
        run.end = RunEnd::Completed;
    }
    let judgement = decide(&trace, &judge(&trace));
    (judgement.verdict, judgement.score)
}

fn own(path: &str) -> String {
    format!("{ROOT}/{path}")
}

/// Fetches a program and saves it.
fn fetch(builder: &mut TraceBuilder, host: &str, path: &str) {
    builder.event(Kind::NetDns, host);
    builder.event(Kind::NetConnect, &format!("{host}:443"));
    builder.event(
        Kind::NetHttp,
        &format!("GET https://{host}/tool-linux-x64.tgz"),
    );
    builder.payload(Kind::NetRecv, &format!("{host}:443"), PROGRAM);
    builder.payload(Kind::FileWrite, path, PROGRAM);
    builder.event(Kind::FileChmod, path);
}

#[test]
fn a_bundler_that_gets_its_program_from_the_registry_and_tries_it() {
    let mut builder = TraceBuilder::new();
    builder.event(Kind::FileStat, &own("../@tool/linux-x64/bin/tool"));
    for name in [
        "npm_config_user_agent",
        "npm_config_registry",
        "TOOL_BINARY_PATH",
    ] {
        builder.event(Kind::EnvRead, name);
    }
    builder.spawn(&[
        "npm",
        "install",
        "--loglevel=error",
        "--no-audit",
        "@tool/linux-x64@1.0.0",
    ]);
    fetch(&mut builder, "registry.test", &own("bin/tool"));
    builder.spawn(&[&own("bin/tool"), "--version"]);
    builder.event(Kind::FileDelete, &own("npm-install/package.json"));
    assert_eq!(verdict(&mut builder), (Verdict::Clean, 0));
}

#[test]
fn a_library_that_prints_a_banner_and_remembers_it() {
    let mut builder = TraceBuilder::new();
    for name in [
        "ADBLOCK",
        "CI",
        "npm_config_loglevel",
        "OPEN_SOURCE_CONTRIBUTOR",
    ] {
        builder.event(Kind::EnvRead, name);
    }
    builder.event(Kind::HostQuery, "tmpdir");
    builder.payload(Kind::FileWrite, "/tmp/library-banners", b"[\"sample\"]");
    assert_eq!(verdict(&mut builder), (Verdict::Clean, 0));
}

#[test]
fn a_tool_that_sets_git_hooks_up() {
    let mut builder = TraceBuilder::new();
    builder.spawn(&["git", "config", "core.hooksPath", ".hooks/_"]);
    builder.payload(
        Kind::FileWrite,
        "/home/u/work/app/.hooks/_/pre-commit",
        b"#!/bin/sh\nnpm test\n",
    );
    builder.event(Kind::FileChmod, "/home/u/work/app/.hooks/_/pre-commit");
    assert_eq!(verdict(&mut builder), (Verdict::Clean, 0));
}

#[test]
fn a_browser_driver_that_unpacks_a_browser_into_a_cache() {
    let mut builder = TraceBuilder::new();
    builder.event(Kind::FileRead, "/home/u/.npmrc");
    fetch(
        &mut builder,
        "storage.browsers.example",
        "/home/u/.cache/sample/browser.zip",
    );
    builder.payload(
        Kind::FileWrite,
        "/home/u/.cache/sample/linux/browser",
        PROGRAM,
    );
    builder.event(Kind::FileChmod, "/home/u/.cache/sample/linux/browser");
    builder.event(Kind::FileDelete, "/home/u/.cache/sample/browser.zip");
    assert_eq!(verdict(&mut builder), (Verdict::Clean, 0));
}

#[test]
fn a_native_addon_that_is_built_or_fetched_and_loaded() {
    let mut builder = TraceBuilder::new();
    let gyp = builder.spawn(&["node-gyp", "rebuild"]);
    builder.process(gyp).spawn(&[
        "python3",
        "-c",
        "import sys; print('%s.%s.%s' % sys.version_info[:3])",
    ]);
    builder.spawn(&["make", "BUILDTYPE=Release", "-C", "build"]);
    builder.process(1);
    fetch(
        &mut builder,
        "releases.tool.example",
        &own("build/Release/addon.node"),
    );
    builder.event(Kind::CodeLoad, &own("build/Release/addon.node"));
    assert_eq!(verdict(&mut builder).0, Verdict::Clean);
}

#[test]
fn an_installer_that_gets_its_program_from_a_strange_host_is_at_most_suspicious() {
    let mut builder = TraceBuilder::new();
    fetch(&mut builder, "cdn.elsewhere.example", &own("bin/tool"));
    builder.spawn(&[&own("bin/tool"), "--version"]);
    assert_eq!(verdict(&mut builder).0, Verdict::Suspicious);
}

#[test]
fn a_client_that_asks_the_registry_with_the_users_token() {
    let mut builder = TraceBuilder::new();
    builder.event(Kind::FileRead, "/home/u/.npmrc");
    let seq = builder.event(Kind::NetHttp, "GET https://registry.test/sample/latest");
    builder.detail(seq, "header.authorization", &format!("Bearer {TOKEN}"));
    assert_eq!(verdict(&mut builder), (Verdict::Clean, 0));
}

#[test]
fn a_template_engine_and_a_development_bundle_that_evaluate_their_own_text() {
    let mut builder = TraceBuilder::new();
    let module = "const fs = require('fs'); module.exports = fs.readFileSync('a');";
    let bundle = format!(
        "var modules = {{ a: () => eval({}) }};",
        serde_json::Value::from(module)
    );
    builder.payload(Kind::CodeLoad, &own("bundle.js"), bundle.as_bytes());
    builder.payload(Kind::CodeEval, "eval", module.as_bytes());
    builder.payload(Kind::CodeEval, "function", b"return this");
    builder.event(Kind::FileRead, &own("a"));
    assert_eq!(verdict(&mut builder), (Verdict::Clean, 0));
}
