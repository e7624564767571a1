//! Rules: each reads a finished trace and says what in it is malicious, with the events that prove it.
//!
//! A rule never sees the world. It gets a [`View`], which is built once per trace in linear time, and returns
//! [`Finding`]s; it keeps no state. What a finding is worth is decided by `verdict`, not here. A new rule is one file, one
//! line in [`registry`], fixtures under `tests/rules/<id>`, and `cargo xtask docs`.

mod commands;
mod flow;
mod hosts;
mod layers;
mod needles;
mod outgoing;
mod places;
mod secrets;
mod view;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use hosts::Reach;
pub use layers::Layer;
pub use outgoing::{Outgoing, Via};
pub use places::{Place, Places};
pub use view::{Leak, View};

use crate::trace::{Event, Location, Trace};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How bad it is if the finding is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, no harm by itself.
    Info,
    /// Unusual; many honest packages do it.
    Low,
    /// An honest package needs a reason for it.
    Medium,
    /// Harm to the user, the project or others.
    High,
    /// Theft, remote control or destruction.
    Critical,
}

/// How sure the finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A hint.
    Low,
    /// A signal that honest code gives now and then.
    Medium,
    /// A chain of acts that honest code does not make.
    High,
    /// Shown by comparing runs that differ in nothing but a secret or an answer.
    Proof,
}

/// What a rule is, apart from its check.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Meta {
    /// The stable name: lower-case words joined by hyphens, equal to the file name with hyphens for underscores.
    pub id: &'static str,
    /// What was found, in a few words, as a report prints it.
    pub title: &'static str,
    /// The severity of its gravest findings.
    pub severity: Severity,
    /// The confidence of its surest findings.
    pub confidence: Confidence,
    /// Technique in MITRE ATT&CK for Enterprise.
    pub technique: &'static str,
    /// Phases in which it looks; empty for all.
    pub phases: &'static [&'static str],
}

/// A statement about a trace, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The id of the rule.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The rule's title.
    pub title: String,
    /// The phase in which it happened.
    pub phase: String,
    /// The place in the package that did it, as far as the trace tells.
    pub at: Option<Location>,
    /// Numbers of the events that prove it, ascending.
    pub evidence: Vec<u32>,
    /// One sentence that says what was done to what. May hold hostile text.
    pub detail: String,
}

/// A rule: what it is and a stateless check.
pub trait Rule {
    /// What it is.
    const META: Meta;

    /// Everything that the rule has to say about a trace.
    fn check(view: &View<'_>) -> Vec<Finding>;
}

/// A rule in the registry.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it is.
    pub meta: Meta,
    /// Its check.
    pub check: fn(&View<'_>) -> Vec<Finding>,
    /// The text of its file, whose head is its documentation.
    pub source: &'static str,
}

impl Entry {
    /// The text of the rule's doc comment, in Markdown, with a line break at its end.
    #[must_use]
    pub fn documentation(&self) -> String {
        let lines = self.source.lines().map_while(|l| l.strip_prefix("//!"));
        lines.fold(String::new(), |text, line| {
            text + line.strip_prefix(' ').unwrap_or(line) + "\n"
        })
    }

    /// The rule's page under docs/rules: heading, facts and documentation.
    #[must_use]
    pub fn page(&self) -> String {
        let meta = &self.meta;
        let phases = match meta.phases {
            [] => "all".to_owned(),
            phases => phases.join(", "),
        };
        format!(
            "# {}\n\n{}\n\n| | |\n| --- | --- |\n| severity | {} |\n| confidence | {} |\n| ATT&CK | {} |\n| phases | {} |\n\n{}",
            meta.id,
            meta.title,
            word(meta.severity),
            word(meta.confidence),
            meta.technique,
            phases,
            self.documentation(),
        )
    }
}

/// A severity or confidence as reports write it.
pub fn word(value: impl std::fmt::Debug) -> String {
    format!("{value:?}").to_lowercase()
}

macro_rules! rules {
    ($($module:ident,)+) => {
        $(mod $module;)+

        /// All rules, sorted by id.
        #[must_use]
        pub const fn registry() -> &'static [Entry] {
            &[$(Entry {
                meta: $module::Check::META,
                check: $module::Check::check,
                source: include_str!(concat!(stringify!($module), ".rs")),
            },)+]
        }
    };
}

rules! {
    credential_exfiltration,
    credential_read,
    cross_package_tampering,
    destructive_delete,
    dns_exfiltration,
    download_and_execute,
    env_exfiltration,
    obfuscated_dynamic_code,
    persistence_shell_profile,
    pipe_to_shell,
    reverse_shell,
    self_propagation,
}

/// Applies every rule to a trace. The findings are sorted: gravest and surest first, then by rule and place in the trace.
#[must_use]
pub fn judge(trace: &Trace) -> Vec<Finding> {
    let view = View::new(trace);
    let mut findings: Vec<Finding> = registry()
        .iter()
        .flat_map(|entry| {
            let mut found = (entry.check)(&view);
            found.retain(|finding| {
                entry.meta.phases.is_empty() || entry.meta.phases.contains(&finding.phase.as_str())
            });
            found
        })
        .collect();
    merge(&mut findings);
    findings.sort_by(|a, b| {
        (b.severity, b.confidence)
            .cmp(&(a.severity, a.confidence))
            .then_with(|| (&a.rule, &a.evidence, &a.detail).cmp(&(&b.rule, &b.evidence, &b.detail)))
    });
    findings
}

/// Makes one finding of those that a rule gives the same weight at the same place: a loop is reported once.
fn merge(findings: &mut Vec<Finding>) {
    let mut firsts: BTreeMap<_, usize> = BTreeMap::new();
    let mut merged: Vec<(Finding, usize)> = Vec::new();
    for finding in findings.drain(..) {
        let weight = (finding.severity, finding.confidence);
        let key = (
            finding.rule.clone(),
            weight,
            finding.phase.clone(),
            finding.at.clone(),
        );
        let first = *firsts.entry(key).or_insert(merged.len());
        match merged.get_mut(first).filter(|_| finding.at.is_some()) {
            Some((first, more)) => {
                first.evidence.extend(finding.evidence);
                *more += 1;
            }
            None => merged.push((finding, 0)),
        }
    }
    findings.extend(merged.into_iter().map(|(mut finding, more)| {
        finding.evidence.sort_unstable();
        finding.evidence.dedup();
        if more > 0 {
            finding.detail = format!("{}; {more} more like it", finding.detail);
        }
        finding
    }));
}

impl Meta {
    /// A finding of this rule about some events, at the first of which it is placed; with the rule's own severity and
    /// confidence.
    fn finding(&self, view: &View<'_>, events: &[&Event], detail: impl Into<String>) -> Finding {
        let mut evidence: Vec<u32> = events.iter().map(|event| event.seq).collect();
        evidence.sort_unstable();
        evidence.dedup();
        let place = events.iter().find_map(|event| view.location(event));
        Finding {
            rule: self.id.to_owned(),
            severity: self.severity,
            confidence: self.confidence,
            title: self.title.to_owned(),
            phase: events
                .first()
                .map_or(String::new(), |event| view.phase(event).to_owned()),
            at: place,
            evidence,
            detail: detail.into(),
        }
    }
}

impl Finding {
    /// The same finding with another severity and confidence than the rule's own.
    fn graded(mut self, severity: Severity, confidence: Confidence) -> Finding {
        self.severity = severity;
        self.confidence = confidence;
        self
    }
}
