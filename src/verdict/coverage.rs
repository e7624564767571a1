//! What was run of a package, what was not, and why.

use crate::trace::{Kind, Run, RunEnd, Trace};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Gaps of one kind that are listed; the rest is counted.
const LISTED: usize = 8;

/// One run, as a report states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseCoverage {
    /// The phase.
    pub phase: String,
    /// The persona whose machine it was.
    pub persona: String,
    /// The command line or entry point. Hostile text.
    pub command: String,
    /// How it ended.
    pub outcome: RunEnd,
    /// Why it ended so; empty when the outcome says it all.
    pub reason: String,
}

/// What was run and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// All runs, in order.
    pub phases: Vec<PhaseCoverage>,
    /// Why the package cannot be called clean, one sentence each; empty when enough was run. Hostile text possible.
    pub gaps: Vec<String>,
}

impl Coverage {
    /// The coverage of a trace.
    #[must_use]
    pub fn of(trace: &Trace) -> Coverage {
        let phases = trace
            .runs
            .iter()
            .map(|run| PhaseCoverage {
                phase: run.phase.clone(),
                persona: run.persona.clone(),
                command: run.command.clone(),
                outcome: run.end,
                reason: run.reason.clone(),
            })
            .collect();
        let mut gaps = Vec::new();
        if trace.runs.is_empty() {
            gaps.push("nothing was run".to_owned());
        }
        gaps.extend(unfinished(trace));
        gaps.extend(failed_imports(trace));
        gaps.extend(failed_exercise(trace));
        gaps.extend(unprovided(trace));
        Coverage { phases, gaps }
    }

    /// Whether enough was run to call a package without findings clean.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.gaps.is_empty()
    }
}

/// Runs that did not come to an end of their own.
fn unfinished(trace: &Trace) -> Vec<String> {
    let ends = trace.runs.iter().filter_map(|run| {
        let how = match run.end {
            RunEnd::Completed | RunEnd::Failed | RunEnd::Skipped => return None,
            RunEnd::Timeout => "was stopped by a limit on time",
            RunEnd::Crashed => "ended in a crash",
            RunEnd::Unsupported => "could not be run",
        };
        let reason = match run.reason.as_str() {
            "" => String::new(),
            reason => format!(": {reason}"),
        };
        Some(format!("{} {how}{reason}", run.phase))
    });
    ends.collect()
}

/// Imports that failed and without which the package's code was hardly seen: all of them, or those of its main entry. A
/// lifecycle script that fails is an answer, and so is a side entry that wants something else.
fn failed_imports(trace: &Trace) -> Option<String> {
    let name = &trace.header.package.name;
    let main = [format!("require('{name}')"), format!("import('{name}')")];
    let imports: Vec<&Run> = trace
        .runs
        .iter()
        .filter(|run| run.phase == "import")
        .collect();
    let of_main = imports
        .iter()
        .copied()
        .filter(|run| main.contains(&run.command))
        .collect();
    let failed = |runs: Vec<&Run>| {
        let completed = runs.iter().any(|run| run.end == RunEnd::Completed);
        let failed = runs.into_iter().find(|run| run.end == RunEnd::Failed);
        failed.filter(|_| !completed).map(|run| run.reason.clone())
    };
    let (what, reason) = match (failed(imports), failed(of_main)) {
        (Some(reason), _) => ("no entry point", reason),
        (None, Some(reason)) => ("the main entry point", reason),
        (None, None) => return None,
    };
    let verb = if what.starts_with("no") {
        "could"
    } else {
        "could not"
    };
    Some(match reason.as_str() {
        "" => format!("{what} {verb} be imported"),
        reason => format!("{what} {verb} be imported: {reason}"),
    })
}

/// Functions that were called with made-up arguments, of which none came to its end: what they do was hardly seen.
fn failed_exercise(trace: &Trace) -> Option<String> {
    let mut runs = trace.runs.iter().filter(|run| run.phase == "exercise");
    let failed = runs.clone().find(|run| run.end == RunEnd::Failed)?;
    let completed = runs.any(|run| run.end == RunEnd::Completed);
    (!completed).then(|| format!("no exported function came to its end: {}", failed.reason))
}

/// What the sandbox was asked for and does not provide, and the limits that were hit.
fn unprovided(trace: &Trace) -> Vec<String> {
    let mut sentences = BTreeSet::new();
    for event in &trace.events {
        match event.kind {
            Kind::GuestUnsupported => sentences.insert(format!("not provided: {}", event.subject)),
            Kind::GuestCrash => sentences.insert(format!("the guest crashed: {}", event.subject)),
            Kind::LimitHit => {
                let reason = event.detail.get("reason").map_or("", String::as_str);
                sentences.insert(
                    format!("limit reached: {} {reason}", event.subject)
                        .trim_end()
                        .to_owned(),
                )
            }
            _ if event.detail.contains_key("payload_left_out") => {
                sentences.insert("payloads were left out: there were too many bytes".to_owned())
            }
            _ => false,
        };
    }
    let over = sentences.len().saturating_sub(LISTED);
    let mut listed: Vec<String> = sentences.into_iter().take(LISTED).collect();
    if over > 0 {
        listed.push(format!("and {over} more"));
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Recorder;

    fn runs(ends: &[(&str, RunEnd)]) -> Coverage {
        let runs = ends.iter().map(|(phase, end)| Run {
            phase: (*phase).to_owned(),
            end: *end,
            ..Run::default()
        });
        Coverage::of(&Trace {
            runs: runs.collect(),
            ..Trace::default()
        })
    }

    #[test]
    fn a_failing_lifecycle_script_is_no_gap_but_failing_imports_are() {
        assert!(runs(&[("install", RunEnd::Failed), ("import", RunEnd::Completed)]).is_enough());
        assert!(runs(&[("import", RunEnd::Failed), ("import", RunEnd::Completed)]).is_enough());
        assert!(!runs(&[("import", RunEnd::Failed)]).is_enough());
    }

    #[test]
    fn functions_that_all_trap_are_a_gap_and_some_are_not() {
        let failed = ("exercise", RunEnd::Failed);
        assert!(!runs(&[failed, failed]).is_enough());
        assert!(runs(&[failed, ("exercise", RunEnd::Completed)]).is_enough());
    }

    #[test]
    fn side_entries_do_not_stand_in_for_the_main_one() {
        let import = |command: &str, end| Run {
            phase: "import".into(),
            command: command.into(),
            end,
            ..Run::default()
        };
        let mut trace = Trace::default();
        trace.header.package.name = "sample".into();
        trace.runs = vec![
            import("require('sample')", RunEnd::Failed),
            import("require('sample/package.json')", RunEnd::Completed),
        ];
        assert!(!Coverage::of(&trace).is_enough());
        trace
            .runs
            .push(import("import('sample')", RunEnd::Completed));
        assert!(Coverage::of(&trace).is_enough());
    }

    #[test]
    fn a_package_with_nothing_to_run_is_covered() {
        assert!(runs(&[("import", RunEnd::Skipped)]).is_enough());
        assert!(!runs(&[]).is_enough());
    }

    #[test]
    fn a_run_cut_short_and_a_missing_feature_are_gaps() {
        assert!(!runs(&[("import", RunEnd::Timeout)]).is_enough());
        let mut recorder = Recorder::default();
        recorder.start_run("import", "p", "index.js");
        for n in 0..20 {
            recorder.record(
                Kind::GuestUnsupported,
                format!("binding {n}"),
                1,
                0,
                Vec::new(),
            );
        }
        let (runs, events, _) = recorder.finish();
        let coverage = Coverage::of(&Trace {
            runs,
            events,
            ..Trace::default()
        });
        assert_eq!(coverage.gaps.len(), LISTED + 1);
    }
}
