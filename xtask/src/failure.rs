//! The one error type of the tasks: a sentence for the person at the terminal.

use std::fmt;
use std::path::Path;

/// What went wrong, where, and what to do next, in one line.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// The result of everything a task does.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A failure that says just this.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// A failure of a file operation, with the path.
    pub(crate) fn path(action: &str, path: &Path, error: &std::io::Error) -> Self {
        Self(format!("cannot {action} {}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Errors of other programs may have several lines; the promise is one.
        let mut lines = self
            .0
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        formatter.write_str(lines.next().unwrap_or("it failed"))?;
        lines.try_for_each(|line| write!(formatter, "; {line}"))
    }
}

/// Adds to an error what was being done.
pub(crate) trait During<T> {
    /// Prefixes the error with `action`, as in "cannot read x: ...".
    fn during(self, action: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: fmt::Display> During<T> for std::result::Result<T, E> {
    fn during(self, action: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| Failure(format!("cannot {}: {error:#}", action())))
    }
}
