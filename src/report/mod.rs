//! What people and programs get to read: the terminal report and `lazaret.report/1`, documented in docs/report.md.

mod palette;
mod summary;
mod text;

#[cfg(test)]
mod tests;

pub use palette::Palette;
pub use summary::Summary;
pub use text::{batch_line, render};

use crate::rules::{Confidence, Finding, Severity};
use crate::trace::{Event, Location, RunEnd, Trace};
use crate::verdict::{Contribution, Judgement, Verdict};
use serde::Serialize;
use std::time::Duration;

/// The format name that heads every JSON report.
pub const SCHEMA: &str = "lazaret.report/1";

/// A whole report: every target of the command line is in `results` or in `errors`, once.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The program that wrote it.
    pub tool: Tool,
    /// Packages with a verdict, in the order of the command line.
    pub results: Vec<PackageResult>,
    /// Inputs without one, in the order of the command line.
    pub errors: Vec<Failure>,
}

impl Default for Report {
    fn default() -> Report {
        Report {
            schema: SCHEMA,
            tool: Tool {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
            },
            results: Vec::new(),
            errors: Vec::new(),
        }
    }
}

/// The program that wrote a report.
#[derive(Debug, Serialize)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// An input that has no verdict.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// The text of the command line.
    pub target: String,
    /// Why, in one line; what comes from the input is escaped.
    pub reason: String,
}

/// What is said of one package. Strings that come from the package are hostile: JSON escapes them, terminals do not.
#[derive(Debug, Serialize)]
pub struct PackageResult {
    /// The text of the command line.
    pub target: String,
    /// `npm`, `pypi` or `wasm`.
    pub ecosystem: String,
    /// The name that the manifest states.
    pub name: String,
    /// The version that the manifest states.
    pub version: String,
    /// SHA-256 of the archive, or of the sorted tree of a directory.
    pub digest: String,
    /// What the package is taken for.
    pub verdict: Verdict,
    /// From 0 to 100.
    pub score: u8,
    /// The lines that add up to the score.
    pub arithmetic: Vec<Contribution>,
    /// What was run, and what was not.
    pub coverage: CoverageReport,
    /// What the rules say, gravest first.
    pub findings: Vec<FindingReport>,
    /// SHA-256 of the trace; equal inputs give equal traces.
    pub trace_digest: String,
    /// What was between the package and this machine; `None` for a trace that is judged again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub containment: Option<ContainmentReport>,
    /// Figures.
    pub stats: Stats,
    /// The events of the trace, when they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<Event>>,
}

/// What was between a package and this machine, besides the WebAssembly sandbox.
#[derive(Debug, Serialize)]
pub struct ContainmentReport {
    /// `worker` for a process of its own, else `in-process`.
    pub mode: &'static str,
    /// The layers that held.
    pub layers: Vec<String>,
    /// The layers that did not, each with the reason.
    pub missing: Vec<String>,
}

/// What was run, and what was not.
#[derive(Debug, Serialize)]
pub struct CoverageReport {
    /// Every run, in order.
    pub phases: Vec<PhaseReport>,
    /// Why the package cannot be called clean even without a finding; empty when enough was run.
    pub gaps: Vec<String>,
}

/// One run.
#[derive(Debug, Serialize)]
pub struct PhaseReport {
    /// The phase.
    pub phase: String,
    /// The command line or entry point.
    pub command: String,
    /// How it ended.
    pub outcome: RunEnd,
    /// Why it ended so; empty when the outcome says it all.
    pub reason: String,
}

/// A finding, with places stated relative to the package.
#[derive(Debug, Serialize)]
pub struct FindingReport {
    /// The id of the rule; `lazaret rules ID` explains it.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The rule's title.
    pub title: String,
    /// One sentence that says what was done to what.
    pub detail: String,
    /// The phase in which it happened.
    pub phase: String,
    /// The place in the package; `null` when the trace does not tell.
    pub at: Option<Location>,
    /// Numbers of the events that prove it.
    pub evidence: Vec<u32>,
}

/// Figures of one package.
#[derive(Debug, Serialize)]
pub struct Stats {
    /// Runs that were made.
    pub runs: usize,
    /// Wall time in milliseconds, from the target to the verdict.
    pub wall_ms: u64,
    /// Events that were recorded.
    pub events: usize,
}

impl PackageResult {
    /// Puts together what is known of a package. `events` tells whether the events are part of it.
    #[must_use]
    pub fn new(
        target: &str,
        trace: &Trace,
        findings: &[Finding],
        judgement: &Judgement,
        wall: Duration,
        events: bool,
    ) -> PackageResult {
        let package = &trace.header.package;
        PackageResult {
            target: target.to_owned(),
            ecosystem: package.ecosystem.clone(),
            name: package.name.clone(),
            version: package.version.clone(),
            digest: package.digest.clone(),
            verdict: judgement.verdict,
            score: judgement.score,
            arithmetic: judgement.arithmetic.clone(),
            coverage: CoverageReport {
                phases: trace
                    .runs
                    .iter()
                    .map(|run| PhaseReport {
                        phase: run.phase.clone(),
                        command: run.command.clone(),
                        outcome: run.end,
                        reason: run.reason.clone(),
                    })
                    .collect(),
                gaps: judgement.coverage.gaps.clone(),
            },
            findings: findings
                .iter()
                .map(|finding| FindingReport::new(finding, &package.root))
                .collect(),
            trace_digest: trace.digest(),
            containment: None,
            stats: Stats {
                runs: trace.runs.len(),
                wall_ms: u64::try_from(wall.as_millis()).unwrap_or(u64::MAX),
                events: trace.events.len(),
            },
            events: events.then(|| trace.events.clone()),
        }
    }
}

impl FindingReport {
    fn new(finding: &Finding, root: &str) -> FindingReport {
        FindingReport {
            rule: finding.rule.clone(),
            severity: finding.severity,
            confidence: finding.confidence,
            title: finding.title.clone(),
            detail: finding.detail.clone(),
            phase: finding.phase.clone(),
            at: finding.at.as_ref().map(|place| Location {
                file: inside(&place.file, root).to_owned(),
                ..place.clone()
            }),
            evidence: finding.evidence.clone(),
        }
    }
}

/// A path of the world, relative to the package when it lies in it.
fn inside<'p>(path: &'p str, root: &str) -> &'p str {
    path.strip_prefix(root)
        .and_then(|rest| rest.strip_prefix('/'))
        .unwrap_or(path)
}
