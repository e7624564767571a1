use super::*;
use crate::rules;
use crate::trace::{Decoy, Header, Kind, Location, Outcome, PackageId, Recorder};
use crate::verdict;

const ROOT: &str = "/home/u/app/node_modules/sample";

fn at(file: &str, line: u32) -> Vec<Location> {
    vec![Location {
        file: format!("{ROOT}/{file}"),
        line,
        column: 5,
    }]
}

/// A package that reads a token, asks the environment, starts programs and talks to a host, with hostile names throughout.
fn trace() -> Trace {
    let mut recorder = Recorder::default();
    recorder.start_run("postinstall", "developer-linux", "node setup.js");
    script(&mut recorder);
    recorder.end_run(RunEnd::Failed, "exit code 1");
    for entry in 0..5 {
        let command = format!("require('sample/{entry}')");
        recorder.start_run("import", "developer-linux", &command);
        recorder.end_run(RunEnd::Completed, "");
    }
    let (runs, events, blobs) = recorder.finish();
    Trace {
        header: header(),
        runs,
        events,
        blobs,
    }
}

/// What the lifecycle script does: subjects in the order in which they happen, each with the line that is at fault.
fn script(recorder: &mut Recorder) {
    let spawn = |recorder: &mut Recorder, pid: u32, child: u32, command: &str| {
        let seq = recorder.record(Kind::ProcSpawn, command, pid, 0, Vec::new());
        recorder.detail(seq, "child", child.to_string());
    };
    spawn(recorder, 40, 41, "node setup.js");
    for (kind, subject, line) in [
        (
            Kind::FileRead,
            "/home/u/app/node_modules/sample/setup.js",
            0,
        ),
        (Kind::FileRead, "/home/u/.npmrc", 3),
        (Kind::FileRead, "/etc/\u{1b}[31mhosts", 3),
        (Kind::EnvList, "*", 4),
        (Kind::EnvRead, "NPM_TOKEN", 4),
        (Kind::EnvRead, "CI", 4),
    ] {
        recorder.record(kind, subject, 41, 1, at("setup.js", line));
    }
    for child in [42, 43] {
        spawn(recorder, 41, child, "curl https://a.test/\u{202e}");
        recorder.record(Kind::ProcExit, "0", child, 5, Vec::new());
    }
    for (kind, subject) in [
        (Kind::NetDns, "only.test"),
        (Kind::NetDns, "a.test"),
        (Kind::NetConnect, "a.test:443"),
        (Kind::NetHttp, "POST https://a.test/x"),
    ] {
        recorder.record(kind, subject, 42, 4, at("setup.js", 9));
    }
    let sent = recorder.record(Kind::NetSend, "a.test:443", 42, 5, at("setup.js", 9));
    recorder.attach(sent, "token=npm_secret");
    recorder.record(
        Kind::FileWrite,
        "/home/u/.bashrc",
        41,
        6,
        at("setup.js", 12),
    );
    let gone = recorder.record(Kind::FileDelete, "/home/u/x", 41, 6, at("setup.js", 12));
    recorder.settle(gone, Outcome::Error("ENOENT".into()));
    recorder.record(Kind::ProcExit, "1", 41, 7, Vec::new());
}

fn header() -> Header {
    Header {
        schema: crate::trace::SCHEMA.into(),
        package: PackageId {
            ecosystem: "npm".into(),
            name: "sample\u{7}".into(),
            version: "1.0.0".into(),
            digest: "0123456789abcdef".repeat(4),
            root: ROOT.into(),
        },
        decoys: vec![Decoy {
            name: "npm-token".into(),
            group: "npm".into(),
            secret: "npm_secret".into(),
            files: vec!["/home/u/.npmrc".into()],
            variables: vec!["NPM_TOKEN".into()],
            audience: Vec::new(),
        }],
        ..Header::default()
    }
}

/// A finding as a rule would state it; the rules themselves are not under test here.
fn finding() -> Finding {
    Finding {
        rule: "credential-exfiltration".into(),
        severity: Severity::Critical,
        confidence: Confidence::High,
        title: "Sends a planted secret away".into(),
        phase: "postinstall".into(),
        at: Some(Location {
            file: format!("{ROOT}/setup.js"),
            line: 9,
            column: 5,
        }),
        evidence: vec![2, 14],
        detail: "npm-token left for a.test:443 \u{1b}]0;x\u{7} in the body of a request that was made right after it was read".into(),
    }
}

fn result(trace: &Trace, findings: &[Finding]) -> PackageResult {
    let judgement = verdict::decide(trace, findings);
    let wall = Duration::from_millis(1_234);
    PackageResult::new("sample.tgz", trace, findings, &judgement, wall, false)
}

#[test]
fn the_report_says_verdict_reason_and_acts() {
    let trace = trace();
    let text = render(
        &result(&trace, &[finding()]),
        &Summary::of(&trace),
        Palette::default(),
    );
    insta::assert_snapshot!(text);
}

#[test]
fn a_clean_report_is_short() {
    let mut trace = trace();
    trace.events.clear();
    trace.runs.retain(|run| run.end == RunEnd::Completed);
    let text = render(
        &result(&trace, &[]),
        &Summary::of(&trace),
        Palette::default(),
    );
    insta::assert_snapshot!(text);
}

#[test]
fn nothing_of_a_package_reaches_the_terminal_as_it_is_and_no_line_is_too_long() {
    let mut trace = trace();
    let hostile = "\u{1b}[2J\u{202e}\r\n\u{e0041}中".repeat(60);
    trace.header.package.name.clone_from(&hostile);
    for run in &mut trace.runs {
        run.command.clone_from(&hostile);
        run.reason.clone_from(&hostile);
    }
    for event in &mut trace.events {
        event.subject.push_str(&hostile);
    }
    let mut finding = finding();
    finding.detail.clone_from(&hostile);
    finding.title.clone_from(&hostile);
    finding.at = Some(Location {
        file: hostile.clone(),
        line: 1,
        column: 1,
    });
    let palette = Palette {
        colour: false,
        width: 60,
    };
    let result = result(&trace, &[finding]);
    let text = render(&result, &Summary::of(&trace), palette) + &batch_line(&result, palette);
    for line in text.lines() {
        assert!(line.chars().all(|c| !c.is_control()), "{line:?}");
        assert!(!line.contains(['\u{202e}', '\u{e0041}']), "{line:?}");
        let columns: usize = line.chars().map(palette::columns).sum();
        assert!(columns <= 60, "{columns}: {line}");
    }
}

#[test]
fn colours_are_closed_on_the_same_line() {
    let trace = trace();
    let palette = Palette {
        colour: true,
        ..Palette::default()
    };
    let text = render(&result(&trace, &[finding()]), &Summary::of(&trace), palette);
    assert!(text.contains("\u{1b}[1;31mMALICIOUS\u{1b}[0m"));
    for line in text.lines() {
        let (all, ends) = (
            line.matches('\u{1b}').count(),
            line.matches("\u{1b}[0m").count(),
        );
        assert_eq!(all, 2 * ends, "{line:?}");
    }
}

#[test]
fn places_are_relative_to_the_package() {
    let trace = trace();
    let result = result(&trace, &[finding()]);
    let at = result.findings[0].at.as_ref().map(ToString::to_string);
    assert_eq!(at.as_deref(), Some("setup.js:9:5"));
    assert_eq!(
        inside("/home/u/app/node_modules/sample2/x", ROOT),
        "/home/u/app/node_modules/sample2/x"
    );
}

#[test]
fn every_rule_can_be_named_in_a_report() {
    for entry in rules::registry() {
        assert!(!entry.meta.title.contains('\n'), "{}", entry.meta.id);
    }
}
