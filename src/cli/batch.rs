//! From answers to a report: each target is taken once, in the order of the command line.

use super::output::Place;
use super::{FailOn, Format, Reporting, Surroundings, complain, print};
use crate::error::Error;
use crate::escape::escape_to;
use crate::exit::Exit;
use crate::report::{Failure, PackageResult, Palette, Report, Summary, batch_line, render};
use crate::verdict::{Line, Verdict};
use std::io::Write as _;

/// Characters of a target that an error line shows.
const TARGET: usize = 300;

/// What is known of a package when all is done.
#[derive(Debug)]
pub(super) struct Done {
    /// For programs.
    pub(super) result: PackageResult,
    /// For people.
    pub(super) summary: Summary,
}

/// Gathers answers and writes the report.
pub(super) struct Batch<'a> {
    reporting: &'a Reporting,
    place: Option<Place>,
    palette: Palette,
    quiet: bool,
    report: Report,
    /// Text that goes to the file of `--output`.
    text: String,
    taken: usize,
    exit: Exit,
}

impl<'a> Batch<'a> {
    /// A batch that reports as the user asks.
    ///
    /// # Errors
    ///
    /// The exit code, after a line on standard error, when the file of `--output` cannot be written.
    pub(super) fn new(
        reporting: &'a Reporting,
        quiet: bool,
        surroundings: &Surroundings,
    ) -> Result<Batch<'a>, Exit> {
        if reporting.events && reporting.format != Format::Json {
            return Err(complain("--events needs --format json"));
        }
        let place = match reporting
            .output
            .as_deref()
            .map(|path| (path, Place::of(path)))
        {
            Some((path, Err(error))) => {
                return Err(complain(&format!("{}: {error}", path.display())));
            }
            Some((_, Ok(place))) => Some(place),
            None => None,
        };
        let terminal = surroundings.terminal && place.is_none();
        Ok(Batch {
            reporting,
            place,
            palette: Palette::for_stream(terminal, |name| {
                surroundings.variables.get(name).cloned()
            }),
            quiet,
            report: Report::default(),
            text: String::new(),
            taken: 0,
            exit: Exit::Clean,
        })
    }

    /// Takes the answer to one target.
    pub(super) fn take(&mut self, target: &str, answer: Result<Done, Error>) {
        let first = self.taken == 0;
        self.taken += 1;
        match answer {
            Ok(done) => {
                self.exit = self
                    .exit
                    .worst(exit_of(done.result.verdict, self.reporting.fail_on));
                if self.reporting.format == Format::Text {
                    let text = if self.quiet {
                        batch_line(&done.result, self.palette)
                    } else {
                        render(&done.result, &done.summary, self.palette)
                    };
                    self.write(if first || self.quiet { "" } else { "\n" });
                    self.write(&text);
                }
                self.report.results.push(done.result);
            }
            Err(error) => {
                self.exit = self.exit.worst(match error {
                    Error::Input(_) => Exit::Input,
                    Error::Internal(_) => Exit::Internal,
                });
                let reason = error.to_string();
                let line = format!("lazaret: {}: {reason}", escape_to(target, TARGET));
                let _ = writeln!(std::io::stderr(), "{line}");
                self.report.errors.push(Failure {
                    target: target.to_owned(),
                    reason,
                });
            }
        }
    }

    /// Writes what is left to write.
    pub(super) fn finish(mut self) -> Exit {
        match self.reporting.format {
            Format::Json => match serde_json::to_string_pretty(&self.report) {
                Ok(json) => self.write(&(json + "\n")),
                Err(error) => {
                    self.exit = internal(&format!("the report has no JSON form: {error}"))
                }
            },
            Format::Text if self.taken > 1 && !self.quiet => {
                let line = self.totals();
                self.write(&line);
            }
            Format::Text => {}
        }
        if let Some(place) = &self.place {
            let text = self.text.as_bytes();
            if let Err(error) = place.write(|file| file.write_all(text)) {
                return self
                    .exit
                    .worst(internal(&format!("the report cannot be written: {error}")));
            }
        }
        self.exit
    }

    fn write(&mut self, text: &str) {
        if self.place.is_some() {
            self.text.push_str(text);
        } else if let Err(error) = print(text) {
            self.exit = internal(&format!("standard output: {error}"));
        }
    }

    /// How many there are of each verdict.
    fn totals(&self) -> String {
        let mut parts = Vec::new();
        for verdict in [
            Verdict::Malicious,
            Verdict::Suspicious,
            Verdict::Inconclusive,
            Verdict::Clean,
        ] {
            let results = self.report.results.iter();
            let count = results.filter(|result| result.verdict == verdict).count();
            if count > 0 {
                parts.push(format!("{count} {verdict}"));
            }
        }
        if !self.report.errors.is_empty() {
            parts.push(format!("{} without a verdict", self.report.errors.len()));
        }
        format!("\n{} targets: {}\n", self.taken, parts.join(", "))
    }
}

fn internal(message: &str) -> Exit {
    complain(message);
    Exit::Internal
}

fn exit_of(verdict: Verdict, fail_on: FailOn) -> Exit {
    let line = match fail_on {
        FailOn::Suspicious => Line::Suspicious,
        FailOn::Malicious => Line::Malicious,
    };
    match verdict {
        verdict if verdict.reaches(line) => Exit::Findings,
        Verdict::Inconclusive => Exit::Inconclusive,
        _ => Exit::Clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_decides_which_verdicts_fail() {
        use Verdict::{Clean, Inconclusive, Malicious, Suspicious};
        let code = |verdict, line| exit_of(verdict, line).code();
        assert_eq!(
            [Clean, Inconclusive, Suspicious, Malicious].map(|v| code(v, FailOn::Suspicious)),
            [0, 3, 1, 1]
        );
        assert_eq!(code(Suspicious, FailOn::Malicious), 0);
        assert_eq!(code(Malicious, FailOn::Malicious), 1);
    }
}
