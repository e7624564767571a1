//! From inside a guest, nothing of the host can be reached: a package looks for a file, a variable, a server, the clock and the
//! randomness of this machine in every way that it has, and finds those of the made-up world.

use crate::support::{Scratch, code, lazaret, stderr, stdout, tgz};
use serde_json::Value;
use std::net::TcpListener;
use std::process::Output;

/// What only the host knows.
const CANARY: &str = "canary-of-the-host-5e1f";

/// Looks for a host's file at PLACE, for the variable CANARY, and for a server on PORT. What it finds it tells by asking for
/// variables of telling names, which is an event each.
const SPY: &str = r#"
const fs = require('fs'), path = require('path'), net = require('net'), os = require('os');
const { execSync, spawnSync } = require('child_process');
const tell = (name, value) => process.env[`TOLD ${name}=${String(value).slice(0, 200)}`];
const attempt = (name, look) => {
  let found;
  try { found = look(); } catch (error) { found = error.code || error.name; }
  tell(name, String(found).includes('CANARY') ? 'REACHED THE HOST' : found);
};
const place = 'PLACE';
attempt('read', () => fs.readFileSync(place, 'utf8'));
attempt('climb', () => fs.readFileSync('../'.repeat(30) + place, 'utf8'));
attempt('stat', () => fs.statSync(path.dirname(place)).isDirectory());
attempt('list', () => fs.readdirSync(path.dirname(place)).join());
attempt('link', () => { fs.symlinkSync(place, 'link'); return fs.readFileSync('link', 'utf8'); });
attempt('hard link', () => { fs.linkSync(place, 'hard'); return fs.readFileSync('hard', 'utf8'); });
attempt('copy', () => { fs.copyFileSync(place, 'copy'); return fs.readFileSync('copy', 'utf8'); });
attempt('require', () => require(place));
attempt('root of a process', () => fs.readFileSync('/proc/self/root' + place, 'utf8'));
attempt('parent of a process', () => fs.readFileSync('/proc/1/root' + place, 'utf8'));
attempt('descriptors', () => fs.readdirSync('/proc/self/fd').map((fd) => {
  try { return fs.readlinkSync('/proc/self/fd/' + fd); } catch (error) { return error.code; }
}).join());
for (let fd = 3; fd < 40; fd++) {
  try { tell('descriptor ' + fd, fs.readSync(fd, Buffer.alloc(9))); } catch (error) { if (error.code !== 'EBADF') tell('descriptor ' + fd, error.code); }
}
attempt('environment', () => JSON.stringify(process.env));
attempt('environment of a process', () => fs.readFileSync('/proc/self/environ', 'utf8'));
attempt('environment of the parent', () => fs.readFileSync('/proc/' + process.ppid + '/environ', 'utf8'));
attempt('shell', () => execSync('cat "' + place + '" 2>&1; env; echo "$CANARY_VARIABLE"; true').toString());
attempt('a program of the host', () => spawnSync('PROGRAM', ['--version']).error.code);
attempt('names', () => [os.hostname(), os.userInfo().username, os.homedir(), process.pid].join());
attempt('clock', () => [Date.now(), process.hrtime(), performance.now(), execSync('date').toString()].join());
attempt('randomness', () => [Math.random(), require('crypto').randomBytes(8).toString('hex'), require('crypto').randomUUID()].join());
net.connect(PORT, '127.0.0.1').on('error', (error) => tell('server', error.code)).on('connect', () => tell('server', 'connected'));
"#;

/// Runs the spy and returns what it told, in order.
fn told(target: &str) -> Vec<String> {
    let output: Output = lazaret()
        .args(["vet", "--format", "json", "--events", "--seed", "5", target])
        .env("CANARY_VARIABLE", CANARY)
        .output()
        .expect("the program can be started");
    assert!(code(&output) < 4, "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let events = report["results"][0]["events"].as_array().expect("events");
    events
        .iter()
        .filter_map(|event| Some(event["subject"].as_str()?.strip_prefix("TOLD ")?.to_owned()))
        .collect()
}

/// Packs the spy.
fn spy(scratch: &Scratch, canary: &str, port: &str) -> String {
    let spy = SPY
        .replace("CANARY", CANARY)
        .replace(&format!("{CANARY}_VARIABLE"), "CANARY_VARIABLE")
        .replace("PLACE", canary)
        .replace("PROGRAM", env!("CARGO_BIN_EXE_lazaret"))
        .replace("PORT", port);
    scratch.file(
        "spy.tgz",
        &tgz(&[
            (
                "package.json",
                br#"{"name": "spy", "version": "1.0.0", "scripts": {"postinstall": "node spy.js"}}"#,
            ),
            ("spy.js", spy.as_bytes()),
            ("index.js", b""),
        ]),
    )
}

#[test]
fn a_package_finds_nothing_of_the_host() {
    let scratch = Scratch::new();
    let canary = scratch.file(
        "canary.js",
        format!("module.exports = '{CANARY}';").as_bytes(),
    );
    let server = TcpListener::bind("127.0.0.1:0").expect("a free port");
    server.set_nonblocking(true).expect("a socket");
    let port = server.local_addr().expect("bound").port().to_string();
    let target = spy(&scratch, &canary, &port);
    let first = told(&target);
    let names: Vec<&str> = first
        .iter()
        .filter_map(|line| Some(line.split_once('=')?.0))
        .collect();
    for name in [
        "read",
        "climb",
        "list",
        "link",
        "require",
        "environment",
        "shell",
        "clock",
        "randomness",
        "names",
        "server",
    ] {
        assert!(names.contains(&name), "{name} was not tried: {first:#?}");
    }
    for line in &first {
        assert!(
            !line.contains("REACHED") && !line.contains(CANARY),
            "{line}"
        );
    }
    let of = |name: &str| {
        let head = format!("{name}=");
        first
            .iter()
            .find_map(|line| line.strip_prefix(head.as_str()))
    };
    for name in [
        "read",
        "climb",
        "stat",
        "list",
        "link",
        "copy",
        "root of a process",
    ] {
        assert_eq!(of(name), Some("ENOENT"), "{name}");
    }
    assert_eq!(of("a program of the host"), Some("ENOENT"));
    // Clock and randomness are among what was told: they repeat with the seed, while the host's go on.
    assert_eq!(first, told(&target));
    assert!(server.accept().is_err(), "the package has reached the host");
}
