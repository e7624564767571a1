//! The exit codes: a contract with scripts, documented in docs/report.md.

use std::process::ExitCode;

/// How the program ends. The numbers never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing is at or over the line, and enough was run to say so.
    Clean,
    /// Too little could be run to say clean.
    Inconclusive,
    /// An input or the command line cannot be used.
    Input,
    /// A verdict is at or over the line of `--fail-on`.
    Findings,
    /// This program failed.
    Internal,
    /// What a program ended with that was only run, and not judged.
    Program(u8),
}

impl Exit {
    /// The number that the calling process sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Input => 2,
            Exit::Inconclusive => 3,
            // EX_SOFTWARE of sysexits.h.
            Exit::Internal => 70,
            Exit::Program(code) => code,
        }
    }

    /// The one of two that a batch ends with: the order of the variants is the order of gravity. A proven finding
    /// outweighs an unreadable neighbour, and an unreadable input outweighs an inconclusive one.
    #[must_use]
    pub fn worst(self, other: Exit) -> Exit {
        self.max(other)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_outweighs_a_bad_input_and_that_an_inconclusive_one() {
        assert_eq!(Exit::Input.worst(Exit::Findings).code(), 1);
        assert_eq!(Exit::Inconclusive.worst(Exit::Input).code(), 2);
        assert_eq!(Exit::Clean.worst(Exit::Inconclusive).code(), 3);
        assert_eq!(Exit::Findings.worst(Exit::Internal).code(), 70);
    }
}
