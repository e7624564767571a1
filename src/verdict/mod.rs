//! The verdict: what the findings and the coverage of a trace come to, with its arithmetic shown.
//!
//! The strongest finding decides, weak ones never add up to an accusation: security teams drop a tool that cries wolf. And
//! what was not run is never called clean.

#[cfg(test)]
mod benign;
mod coverage;

pub use coverage::{Coverage, PhaseCoverage};

use crate::rules::{Confidence, Finding, Severity, word};
use crate::trace::Trace;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A finding of so many points makes a package malicious: grave harm shown by a chain of acts or by proof.
pub const MALICIOUS: u8 = 80;
/// A finding of so many points makes a package suspicious: a single strong signal.
pub const SUSPICIOUS: u8 = 30;

/// What a package is taken for. The order is that of a batch, whose verdict is its worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Enough was run, and nothing of note was seen.
    Clean,
    /// Nothing of note was seen, but too little was run to say clean.
    Inconclusive,
    /// A strong signal that a person has to look at.
    Suspicious,
    /// Harm, shown by a chain of acts or by proof.
    Malicious,
}

/// From which verdict on a run fails: the value of `--fail-on`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Line {
    /// Suspicious packages fail.
    #[default]
    Suspicious,
    /// Only malicious packages fail.
    Malicious,
}

impl Verdict {
    /// Whether the verdict is at or over a line. An inconclusive one is neither: it has an exit code of its own.
    #[must_use]
    pub fn reaches(self, line: Line) -> bool {
        match line {
            Line::Suspicious => matches!(self, Verdict::Suspicious | Verdict::Malicious),
            Line::Malicious => self == Verdict::Malicious,
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&word(self))
    }
}

/// One line of the score's arithmetic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// The rule, or `limit` for a line that takes points away.
    pub rule: String,
    /// Points added, or taken away.
    pub points: i16,
    /// Why, in a few words.
    pub why: String,
}

/// The verdict on one trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What the package is taken for.
    pub verdict: Verdict,
    /// From 0 to 100; the sum of the contributions.
    pub score: u8,
    /// How the score came to be.
    pub arithmetic: Vec<Contribution>,
    /// What was run and what was not.
    pub coverage: Coverage,
}

/// Judges findings and coverage.
#[must_use]
pub fn decide(trace: &Trace, findings: &[Finding]) -> Judgement {
    let coverage = Coverage::of(trace);
    let strongest = findings.iter().map(points).max().unwrap_or(0);
    let (score, arithmetic) = score(findings, strongest);
    let verdict = match strongest {
        MALICIOUS.. => Verdict::Malicious,
        SUSPICIOUS.. => Verdict::Suspicious,
        _ if coverage.is_enough() => Verdict::Clean,
        _ => Verdict::Inconclusive,
    };
    Judgement {
        verdict,
        score,
        arithmetic,
        coverage,
    }
}

/// The points of a finding: how bad it is, weighed by how sure it is.
fn points(finding: &Finding) -> u8 {
    let row = match finding.severity {
        Severity::Info => [0, 0, 0, 0],
        Severity::Low => [2, 5, 8, 10],
        Severity::Medium => [10, 20, 30, 40],
        Severity::High => [20, 40, 80, 90],
        Severity::Critical => [25, 50, 90, 100],
    };
    let column = match finding.confidence {
        Confidence::Low => 0,
        Confidence::Medium => 1,
        Confidence::High => 2,
        Confidence::Proof => 3,
    };
    row[column]
}

/// Adds up the strongest finding of each rule. The sum stays below the next line unless a single finding reaches it.
fn score(findings: &[Finding], strongest: u8) -> (u8, Vec<Contribution>) {
    let mut by_rule: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in findings {
        let best = by_rule.entry(&finding.rule).or_insert(finding);
        if points(finding) > points(best) {
            *best = finding;
        }
    }
    let mut arithmetic: Vec<Contribution> = by_rule
        .into_values()
        .map(|finding| Contribution {
            rule: finding.rule.clone(),
            points: i16::from(points(finding)),
            why: format!(
                "{} severity, {} confidence",
                word(finding.severity),
                word(finding.confidence)
            ),
        })
        .collect();
    arithmetic.sort_by_key(|line| std::cmp::Reverse(line.points));
    let sum = arithmetic
        .iter()
        .fold(0_i16, |sum, line| sum.saturating_add(line.points));
    let (most, why) = match strongest {
        MALICIOUS.. => (100, "a score ends at 100"),
        SUSPICIOUS.. => (
            i16::from(MALICIOUS) - 1,
            "no single finding shows grave harm",
        ),
        _ => (i16::from(SUSPICIOUS) - 1, "weak signals do not add up"),
    };
    if sum > most {
        arithmetic.push(Contribution {
            rule: "limit".into(),
            points: most - sum,
            why: why.into(),
        });
    }
    (u8::try_from(sum.min(most)).unwrap_or(100), arithmetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Run, RunEnd};

    fn finding(rule: &str, severity: Severity, confidence: Confidence) -> Finding {
        Finding {
            rule: rule.into(),
            severity,
            confidence,
            title: String::new(),
            phase: "import".into(),
            at: None,
            evidence: Vec::new(),
            detail: String::new(),
        }
    }

    fn completed() -> Trace {
        Trace {
            runs: vec![Run {
                phase: "import".into(),
                end: RunEnd::Completed,
                ..Run::default()
            }],
            ..Trace::default()
        }
    }

    fn judged(findings: &[Finding]) -> Judgement {
        let judgement = decide(&completed(), findings);
        let sum: i16 = judgement.arithmetic.iter().map(|line| line.points).sum();
        assert_eq!(
            i16::from(judgement.score),
            sum,
            "the arithmetic is what is shown"
        );
        judgement
    }

    #[test]
    fn the_strongest_finding_decides() {
        let chain = finding("a", Severity::High, Confidence::High);
        assert_eq!(judged(&[chain]).verdict, Verdict::Malicious);
        let signal = finding("a", Severity::High, Confidence::Medium);
        assert_eq!(judged(&[signal]).verdict, Verdict::Suspicious);
        assert_eq!(judged(&[]).verdict, Verdict::Clean);
    }

    #[test]
    fn weak_signals_do_not_add_up() {
        let weak: Vec<Finding> = ["a", "b", "c", "d", "e"]
            .iter()
            .map(|rule| finding(rule, Severity::Medium, Confidence::Medium))
            .collect();
        let judgement = judged(&weak);
        assert_eq!(
            (judgement.verdict, judgement.score),
            (Verdict::Clean, SUSPICIOUS - 1)
        );
        let strong: Vec<Finding> = ["a", "b", "c"]
            .iter()
            .map(|rule| finding(rule, Severity::High, Confidence::Medium))
            .collect();
        let judgement = judged(&strong);
        assert_eq!(
            (judgement.verdict, judgement.score),
            (Verdict::Suspicious, MALICIOUS - 1)
        );
    }

    #[test]
    fn one_rule_counts_once_and_a_score_ends_at_a_hundred() {
        let chain = finding("a", Severity::Critical, Confidence::High);
        let judgement = judged(&[chain.clone(), chain.clone()]);
        assert_eq!((judgement.score, judgement.arithmetic.len()), (90, 1));
        let other = finding("b", Severity::Critical, Confidence::High);
        assert_eq!(judged(&[chain, other]).score, 100);
    }

    #[test]
    fn nothing_run_is_not_clean() {
        let judgement = decide(&Trace::default(), &[]);
        assert_eq!(judgement.verdict, Verdict::Inconclusive);
        assert!(!judgement.verdict.reaches(Line::Suspicious));
    }

    #[test]
    fn an_accusation_stands_whatever_was_not_run() {
        let chain = finding("a", Severity::High, Confidence::High);
        assert_eq!(
            decide(&Trace::default(), &[chain]).verdict,
            Verdict::Malicious
        );
    }
}
