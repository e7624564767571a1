//! The report for a terminal: a person reads it in ten seconds. First the verdict, then why, then what happened.
//!
//! Everything that comes from a package is escaped here and nowhere else, and no line is longer than the terminal.

use super::palette::{Palette, Tone, columns, fit, wrap};
use super::summary::{Access, Contact, Process, RunTree, Summary};
use super::{ContainmentReport, FindingReport, PackageResult, PhaseReport};
use crate::escape::escape_to;
use crate::rules::{Severity, word};
use crate::trace::RunEnd;
use crate::verdict::Verdict;

/// Findings that are shown in full.
const FINDINGS: usize = 8;
/// Lines of one section.
const LINES: usize = 12;
/// Lines of the process trees, all together.
const PROCESS_LINES: usize = 24;
/// Characters of one hostile text that are looked at.
const TEXT: usize = 400;
/// Columns of the label before a line: `completed`, `critical`.
const LABEL: usize = 12;

/// Renders what is said of one package. The result ends with a line break.
#[must_use]
pub fn render(result: &PackageResult, summary: &Summary, palette: Palette) -> String {
    let mut page = Page {
        palette,
        out: String::new(),
    };
    page.head(result);
    page.findings(result);
    page.runs(&result.coverage.phases);
    page.processes(&summary.processes);
    page.contacts(&summary.contacted);
    page.accesses("Read", &summary.read, None);
    page.accesses("Written", &summary.written, None);
    page.accesses("Deleted", &summary.deleted, None);
    let whole = summary.whole_environment.then_some("the whole environment");
    page.accesses("Variables", &summary.variables, whole);
    page.accesses("Asked about", &summary.asked, None);
    page.gaps(&result.coverage.gaps);
    page.out
}

/// One line for a package: verdict, name, and the first reason.
#[must_use]
pub fn batch_line(result: &PackageResult, palette: Palette) -> String {
    let reason = match (result.findings.first(), result.coverage.gaps.first()) {
        (Some(finding), _) if result.verdict != Verdict::Clean => finding.title.clone(),
        (_, Some(gap)) if result.verdict == Verdict::Inconclusive => escape_to(gap, TEXT),
        _ => String::new(),
    };
    let mut page = Page {
        palette,
        out: String::new(),
    };
    page.line(&[
        (
            tone(result.verdict),
            &format!("{:<LABEL$}", result.verdict.to_string()),
        ),
        (Tone::Plain, " "),
        (Tone::Strong, &name(result)),
        (Tone::Faint, if reason.is_empty() { "" } else { "  " }),
        (Tone::Faint, &reason),
    ]);
    page.out
}

/// What names a package: what its manifest states, else what the user wrote.
fn name(result: &PackageResult) -> String {
    let stated = match (result.name.as_str(), result.version.as_str()) {
        ("", _) => return escape_to(&result.target, TEXT),
        (name, "") => name.to_owned(),
        (name, version) => format!("{name} {version}"),
    };
    escape_to(&stated, TEXT)
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Clean => Tone::Good,
        Verdict::Inconclusive | Verdict::Suspicious => Tone::Doubt,
        Verdict::Malicious => Tone::Bad,
    }
}

struct Page {
    palette: Palette,
    out: String,
}

impl Page {
    /// Writes pieces on one line and cuts it at the width. Pieces are already escaped.
    fn line(&mut self, pieces: &[(Tone, &str)]) {
        let mut left = self.palette.width;
        for (tone, text) in pieces {
            let shown = fit(text, left);
            let shown = if left == 0 { "" } else { shown.as_str() };
            left = left.saturating_sub(shown.chars().map(columns).sum());
            self.out.push_str(&self.palette.paint(*tone, shown));
        }
        while self.out.ends_with(' ') {
            self.out.pop();
        }
        self.out.push('\n');
    }

    fn heading(&mut self, title: &str) {
        self.out.push('\n');
        self.line(&[(Tone::Strong, title)]);
    }

    /// A line with a label in front.
    fn labelled(&mut self, tone: Tone, label: &str, text: &str) {
        self.line(&[
            (Tone::Plain, "  "),
            (tone, &format!("{label:<LABEL$}")),
            (Tone::Plain, text),
        ]);
    }

    fn more(&mut self, count: usize, what: &str) {
        if count > 0 {
            self.line(&[(Tone::Faint, &format!("  and {count} more {what}"))]);
        }
    }

    fn head(&mut self, result: &PackageResult) {
        let verdict = result.verdict.to_string().to_uppercase();
        let score = format!("  score {} of 100", result.score);
        self.line(&[
            (tone(result.verdict), &verdict),
            (Tone::Plain, "  "),
            (Tone::Strong, &name(result)),
            (Tone::Plain, &score),
        ]);
        let stats = &result.stats;
        let digest: String = result.digest.chars().take(12).collect();
        #[expect(
            clippy::cast_precision_loss,
            reason = "seconds with one digit are shown"
        )]
        let seconds = stats.wall_ms as f64 / 1_000.0;
        let facts = format!(
            "{}, sha256 {digest}, {} in {seconds:.1} s, {}",
            escape_to(&result.target, TEXT),
            counted(stats.runs, "run"),
            counted(stats.events, "event"),
        );
        self.line(&[(Tone::Faint, &facts)]);
        let meaning = match result.verdict {
            Verdict::Clean => "Enough was run, and nothing of note was seen.",
            Verdict::Inconclusive => "Too little could be run to call it clean: see \"Not run\".",
            Verdict::Suspicious => "A person should look at this before it is used.",
            Verdict::Malicious => "Do not install this.",
        };
        self.line(&[(Tone::Plain, meaning)]);
        if let Some(containment) = &result.containment {
            self.containment(containment);
        }
    }

    /// In one quiet line, unless something is missing.
    fn containment(&mut self, containment: &ContainmentReport) {
        let place = match containment.mode {
            "worker" => "Run in a locked worker process",
            _ => "Run in this program's own process",
        };
        let layers = match containment.layers.as_slice() {
            [] => "no further layer".to_owned(),
            layers => layers.join(", "),
        };
        self.line(&[(Tone::Faint, &format!("{place}: {layers}."))]);
        for missing in &containment.missing {
            let missing = format!("Not contained by {}", escape_to(missing, TEXT));
            self.line(&[(Tone::Doubt, &missing)]);
        }
    }

    fn findings(&mut self, result: &PackageResult) {
        if result.findings.is_empty() {
            return;
        }
        self.heading("Why");
        for finding in result.findings.iter().take(FINDINGS) {
            self.finding(finding);
        }
        let over = result.findings.len().saturating_sub(FINDINGS);
        self.more(over, "findings; --format json has them all");
        self.labelled(Tone::Faint, "score", &sum(result));
    }

    fn finding(&mut self, finding: &FindingReport) {
        let tone = match finding.severity {
            Severity::Critical | Severity::High => Tone::Bad,
            Severity::Medium => Tone::Doubt,
            Severity::Low | Severity::Info => Tone::Faint,
        };
        self.line(&[
            (Tone::Plain, "  "),
            (tone, &format!("{:<LABEL$}", word(finding.severity))),
            (Tone::Strong, &escape_to(&finding.title, TEXT)),
        ]);
        let place = match &finding.at {
            Some(place) => format!("{}  {}", finding.phase, escape_to(&place.to_string(), TEXT)),
            None => finding.phase.clone(),
        };
        let rule = format!(
            "  {}, {} confidence",
            finding.rule,
            word(finding.confidence)
        );
        self.line(&[
            (Tone::Plain, &" ".repeat(LABEL + 2)),
            (Tone::Plain, &place),
            (Tone::Faint, &rule),
        ]);
        let width = self.palette.width.saturating_sub(LABEL + 2);
        if !finding.detail.is_empty() {
            for line in wrap(&escape_to(&finding.detail, TEXT), width, 3) {
                self.labelled(Tone::Plain, "", &line);
            }
        }
    }

    /// The runs; completed imports are one line, since a package may have a thousand entries.
    fn runs(&mut self, phases: &[PhaseReport]) {
        self.heading("Ran");
        let (imported, others): (Vec<_>, Vec<_>) = phases
            .iter()
            .partition(|run| run.phase == "import" && run.outcome == RunEnd::Completed);
        for run in others.iter().take(LINES) {
            self.run(run);
        }
        self.more(others.len().saturating_sub(LINES), "runs");
        if let [first, rest @ ..] = imported.as_slice() {
            let mut text = format!("import  {}", escape_to(&first.command, TEXT));
            match rest {
                [] => {}
                [second] => text.push_str(&format!(", {}", escape_to(&second.command, TEXT))),
                rest => text.push_str(&format!(" and {} others", rest.len())),
            }
            self.labelled(Tone::Good, "completed", &text);
        }
        if phases.is_empty() {
            self.labelled(Tone::Doubt, "nothing", "");
        }
    }

    fn run(&mut self, run: &PhaseReport) {
        let tone = match run.outcome {
            RunEnd::Completed => Tone::Good,
            RunEnd::Skipped => Tone::Faint,
            RunEnd::Failed | RunEnd::Timeout | RunEnd::Crashed | RunEnd::Unsupported => Tone::Doubt,
        };
        let mut text = run.phase.clone();
        for part in [&run.command, &run.reason] {
            if !part.is_empty() {
                text.push_str("  ");
                text.push_str(&escape_to(part, TEXT));
            }
        }
        self.labelled(tone, &word(run.outcome), &text);
    }

    fn processes(&mut self, trees: &[RunTree]) {
        if trees.is_empty() {
            return;
        }
        self.heading("Processes");
        let mut lines = Vec::new();
        for tree in trees {
            let (phase, command) = &tree.title;
            lines.push((
                format!("  {phase}  "),
                escape_to(command, TEXT),
                String::new(),
            ));
            branches(&tree.children, "  ", &mut lines);
        }
        for (lead, command, end) in lines.iter().take(PROCESS_LINES) {
            let end = if end.is_empty() {
                String::new()
            } else {
                format!("  {end}")
            };
            let room = self
                .palette
                .width
                .saturating_sub(lead.chars().count() + end.chars().count());
            self.line(&[
                (Tone::Faint, lead),
                (Tone::Plain, &fit(command, room)),
                (Tone::Faint, &end),
            ]);
        }
        self.more(lines.len().saturating_sub(PROCESS_LINES), "processes");
    }

    fn contacts(&mut self, contacts: &[Contact]) {
        if contacts.is_empty() {
            return;
        }
        self.heading("Contacted");
        for contact in contacts.iter().take(LINES) {
            let mut facts: Vec<String> = Vec::new();
            if let Some(first) = contact.requests.first() {
                facts.push(escape_to(first, TEXT));
            }
            if contact.requests.len() > 1 {
                facts.push(counted(contact.requests.len(), "request"));
            }
            if contact.sent > 0 {
                facts.push(format!("{} sent", counted(contact.sent, "byte")));
            }
            if !contact.note.is_empty() {
                facts.push(contact.note.to_owned());
            }
            self.line(&[
                (Tone::Plain, "  "),
                (Tone::Plain, &escape_to(&contact.peer, TEXT)),
                (Tone::Faint, "  "),
                (Tone::Faint, &facts.join(", ")),
            ]);
        }
        self.more(contacts.len().saturating_sub(LINES), "hosts");
    }

    fn accesses(&mut self, title: &str, accesses: &[Access], first: Option<&str>) {
        if accesses.is_empty() && first.is_none() {
            return;
        }
        self.heading(title);
        if let Some(first) = first {
            self.line(&[(Tone::Plain, "  "), (Tone::Doubt, first)]);
        }
        let (secrets, others): (Vec<_>, Vec<_>) = accesses.iter().partition(|access| access.secret);
        for access in secrets.iter().take(LINES) {
            self.line(&[
                (Tone::Plain, "  "),
                (Tone::Plain, &escape_to(&access.name, TEXT)),
                (Tone::Doubt, "  planted secret"),
            ]);
        }
        self.more(secrets.len().saturating_sub(LINES), "planted secrets");
        let shown: Vec<String> = others
            .iter()
            .take(LINES)
            .map(|access| escape_to(&access.name, TEXT))
            .collect();
        if !shown.is_empty() {
            let width = self.palette.width.saturating_sub(2);
            for line in wrap(&shown.join(", "), width, 3) {
                self.line(&[(Tone::Plain, "  "), (Tone::Plain, &line)]);
            }
        }
        self.more(others.len().saturating_sub(LINES), "");
    }

    fn gaps(&mut self, gaps: &[String]) {
        if gaps.is_empty() {
            return;
        }
        self.heading("Not run");
        let width = self.palette.width.saturating_sub(2);
        for gap in gaps.iter().take(LINES) {
            for line in wrap(&escape_to(gap, TEXT), width, 2) {
                self.line(&[(Tone::Plain, "  "), (Tone::Plain, &line)]);
            }
        }
        self.more(gaps.len().saturating_sub(LINES), "reasons");
    }
}

/// Lays processes out as a tree; equal neighbours are counted.
fn branches(processes: &[Process], lead: &str, lines: &mut Vec<(String, String, String)>) {
    let mut rest = processes;
    while let [process, after @ ..] = rest {
        let alike = after
            .iter()
            .take_while(|next| {
                next.command == process.command
                    && next.end == process.end
                    && next.children.is_empty()
                    && process.children.is_empty()
            })
            .count();
        rest = after.get(alike..).unwrap_or_default();
        let (corner, below) = if rest.is_empty() {
            ("└ ", "  ")
        } else {
            ("├ ", "│ ")
        };
        let mut end = escape_to(&process.end, TEXT);
        if alike > 0 {
            end = format!("{end}  {} times", alike + 1)
                .trim_start()
                .to_owned();
        }
        let command = escape_to(&process.command, TEXT);
        lines.push((format!("{lead}{corner}"), command, end));
        branches(&process.children, &format!("{lead}{below}"), lines);
    }
}

/// The score and the points that add up to it.
fn sum(result: &PackageResult) -> String {
    let terms = result.arithmetic.iter().enumerate().map(|(i, line)| {
        let sign = match (i, line.points < 0) {
            (0, _) => "=",
            (_, false) => "+",
            (_, true) => "-",
        };
        format!(" {sign} {} {}", line.points.unsigned_abs(), line.rule)
    });
    terms.fold(result.score.to_string(), |sum, term| sum + &term)
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}
