//! Hand-built traces for the unit tests of rules.

use super::{Finding, View};
use crate::trace::{Decoy, Event, Header, Kind, Location, PackageId, Recorder, Run, Trace};

/// Where the package of a hand-built trace lies.
pub(crate) const ROOT: &str = "/home/u/work/app/node_modules/sample";
/// The secret of the registry token that every hand-built trace plants.
pub(crate) const TOKEN: &str = "npm_q7Zr0aT5LmXw93KeBv1YsD8uHcJ2fGpN4oVi";
/// The secret of the private key that every hand-built trace plants.
pub(crate) const KEY: &str = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ";

/// Builds a trace event by event.
pub(crate) struct TraceBuilder {
    recorder: Recorder,
    header: Header,
    pid: u32,
    next_pid: u32,
    at: Vec<Location>,
}

impl TraceBuilder {
    /// One postinstall run of a package `sample` that is built around `tool.example`, with two planted secrets.
    pub(crate) fn new() -> TraceBuilder {
        let mut header = Header {
            package: PackageId {
                name: "sample".into(),
                root: ROOT.into(),
                ..PackageId::default()
            },
            registries: vec!["registry.test".into()],
            ..Header::default()
        };
        header.manifest.own_hosts = vec!["tool.example".into()];
        header.decoys = vec![
            decoy(
                "npm-token",
                TOKEN,
                "/home/u/.npmrc",
                "NPM_TOKEN",
                "registry.test",
            ),
            decoy("ssh-key", KEY, "/home/u/.ssh/id_ed25519", "", "git.test"),
        ];
        let mut recorder = Recorder::default();
        recorder.start_run("postinstall", "developer", "node install.js");
        TraceBuilder {
            recorder,
            header,
            pid: 1,
            next_pid: 2,
            at: vec![place("install.js", 1)],
        }
    }

    /// The following events come from this line of the package.
    pub(crate) fn at(&mut self, file: &str, line: u32) -> &mut TraceBuilder {
        self.at = vec![place(file, line)];
        self
    }

    /// The following events have no frames.
    pub(crate) fn nowhere(&mut self) -> &mut TraceBuilder {
        self.at = Vec::new();
        self
    }

    /// The following events come from this process.
    pub(crate) fn process(&mut self, pid: u32) -> &mut TraceBuilder {
        self.pid = pid;
        self
    }

    /// An event without a payload; returns its number.
    pub(crate) fn event(&mut self, kind: Kind, subject: &str) -> Option<u32> {
        self.recorder
            .record(kind, subject, self.pid, 0, self.at.clone())
    }

    /// An event with a payload; returns its number.
    pub(crate) fn payload(&mut self, kind: Kind, subject: &str, bytes: &[u8]) -> Option<u32> {
        let seq = self.event(kind, subject);
        self.recorder.attach(seq, bytes.to_vec());
        seq
    }

    /// Adds a fact to an event.
    pub(crate) fn detail(
        &mut self,
        seq: Option<u32>,
        name: &str,
        value: &str,
    ) -> &mut TraceBuilder {
        self.recorder.detail(seq, name, value);
        self
    }

    /// A start of a program found by its name or path; returns the new process.
    pub(crate) fn spawn(&mut self, argv: &[&str]) -> u32 {
        let seq = self.payload(Kind::ProcSpawn, &argv.join(" "), argv.join("\0").as_bytes());
        let child = self.next_pid;
        self.next_pid += 1;
        self.detail(seq, "program", argv[0]);
        self.detail(seq, "child", &child.to_string());
        child
    }

    /// The finished trace.
    pub(crate) fn finish(&mut self) -> Trace {
        let (runs, events, blobs): (Vec<Run>, Vec<Event>, _) =
            std::mem::take(&mut self.recorder).finish();
        Trace {
            header: self.header.clone(),
            runs,
            events,
            blobs,
        }
    }

    /// What a rule says of the finished trace.
    pub(crate) fn check<R: super::Rule>(&mut self) -> Vec<Finding> {
        let trace = self.finish();
        R::check(&View::new(&trace))
    }
}

fn place(file: &str, line: u32) -> Location {
    Location {
        file: format!("{ROOT}/{file}"),
        line,
        column: 1,
    }
}

fn decoy(name: &str, secret: &str, file: &str, variable: &str, audience: &str) -> Decoy {
    Decoy {
        name: name.into(),
        group: name.split('-').next().unwrap_or(name).into(),
        secret: secret.into(),
        files: vec![file.into()],
        variables: Some(variable.to_owned())
            .filter(|v| !v.is_empty())
            .into_iter()
            .collect(),
        audience: vec![audience.into()],
    }
}
