//! Rules, verdict and report over traces of any kind: judging never fails, and the report is harmless to a terminal.

use super::input::Input;
use super::text::is_harmless;
use super::traces;
use lazaret::report::{PackageResult, Palette, Summary, batch_line, render};
use lazaret::rules;
use lazaret::trace::Trace;
use lazaret::verdict;
use std::time::Duration;

/// Judges an ordered trace and prints the report.
pub(crate) fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let width = 40 + usize::from(input.byte() % 100);
    let trace = traces::trace(&mut input);
    let findings = rules::judge(&trace);
    for finding in &findings {
        assert!(
            !finding.evidence.is_empty(),
            "{} without evidence",
            finding.rule
        );
        assert!(
            finding.evidence.is_sorted(),
            "{}: {:?}",
            finding.rule,
            finding.evidence
        );
        for seq in &finding.evidence {
            assert!(
                (*seq as usize) < trace.events.len(),
                "{} with event {seq}",
                finding.rule
            );
        }
        assert!(
            rules::registry()
                .iter()
                .any(|entry| entry.meta.id == finding.rule)
        );
    }
    assert_eq!(rules::judge(&trace), findings, "judging twice differs");
    let judgement = verdict::decide(&trace, &findings);
    let sum: i16 = judgement.arithmetic.iter().map(|line| line.points).sum();
    assert_eq!(i16::from(judgement.score), sum);
    assert!(judgement.score <= 100);
    print(&trace, &findings, &judgement, width);
}

fn print(trace: &Trace, findings: &[rules::Finding], judgement: &verdict::Judgement, width: usize) {
    let result = PackageResult::new("x.tgz", trace, findings, judgement, Duration::ZERO, true);
    let palette = Palette {
        colour: false,
        width,
    };
    let text = render(&result, &Summary::of(trace), palette);
    for line in text
        .lines()
        .chain([batch_line(&result, palette).trim_end()])
    {
        assert!(is_harmless(line), "the report holds {line:?}");
    }
    serde_json::to_vec(&result).expect("a report has a JSON form");
}

/// The same orders as for traces on disk.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    traces::seeds()
}
