//! A strict applier of unified diffs: no fuzz, no offset, every context line must match where the diff says it is.
//!
//! git may be missing on the machine, and a patch that no longer fits must fail instead of being bent.

use crate::failure::{Failure, Result};

/// The changes of one file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FilePatch {
    /// The path without the `b/` of the diff.
    pub(crate) name: String,
    hunks: Vec<Hunk>,
}

#[derive(Debug, PartialEq, Eq)]
struct Hunk {
    /// The one-based number of the first old line.
    start: usize,
    /// The lines with their mark: ' ', '-' or '+'.
    lines: Vec<(char, String)>,
}

/// Reads a unified diff.
pub(crate) fn parse(text: &str) -> Result<Vec<FilePatch>> {
    let mut files: Vec<FilePatch> = Vec::new();
    // Old and new lines that the current hunk still owes. A removed line may begin with `-- ` and look like a header.
    let mut owed = (0_usize, 0_usize);
    for (index, line) in text.lines().enumerate() {
        let bad = || Failure::new(format!("the patch is malformed in line {}", index + 1));
        if owed != (0, 0) {
            let hunk = files
                .last_mut()
                .and_then(|file| file.hunks.last_mut())
                .ok_or_else(bad)?;
            let mark = line.chars().next().unwrap_or(' ');
            let (old, new) = match mark {
                ' ' => (1, 1),
                '-' => (1, 0),
                '+' => (0, 1),
                _ => return Err(bad()),
            };
            owed.0 = owed.0.checked_sub(old).ok_or_else(bad)?;
            owed.1 = owed.1.checked_sub(new).ok_or_else(bad)?;
            hunk.lines
                .push((mark, line.get(1..).unwrap_or_default().to_owned()));
        } else if let Some(name) = line.strip_prefix("+++ ") {
            let name = name.split('\t').next().unwrap_or(name);
            let name = name.strip_prefix("b/").unwrap_or(name).to_owned();
            files.push(FilePatch {
                name,
                hunks: Vec::new(),
            });
        } else if let Some(ranges) = line.strip_prefix("@@ -") {
            let (start, old, new) = ranges_of(ranges).ok_or_else(bad)?;
            owed = (old, new);
            files.last_mut().ok_or_else(bad)?.hunks.push(Hunk {
                start,
                lines: Vec::new(),
            });
        } else if !line.starts_with("--- ") && !line.starts_with("diff ") && !line.is_empty() {
            return Err(bad());
        }
    }
    if owed != (0, 0) {
        return Err(Failure::new("the patch ends in the middle of a hunk"));
    }
    Ok(files)
}

/// `12,5 +12,6 @@ ...` -> the first old line, the number of old lines, the number of new lines.
fn ranges_of(text: &str) -> Option<(usize, usize, usize)> {
    let (old, rest) = text.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let range = |text: &str| -> Option<(usize, usize)> {
        let (start, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((start.parse().ok()?, count.parse().ok()?))
    };
    let (start, old) = range(old)?;
    let (_, new) = range(new)?;
    Some((start, old, new))
}

/// Applies the changes to the text of the file.
pub(crate) fn apply(patch: &FilePatch, text: &str) -> Result<String> {
    let mut old = text.lines().enumerate();
    let mut result = String::with_capacity(text.len() + 4096);
    let mut next_line = 1;
    let mut keep = |line: &str| {
        result.push_str(line);
        result.push('\n');
    };
    for hunk in &patch.hunks {
        while next_line < hunk.start {
            let (_, line) = old.next().ok_or_else(|| misfit(patch, next_line))?;
            keep(line);
            next_line += 1;
        }
        for (mark, line) in &hunk.lines {
            if *mark == '+' {
                keep(line);
                continue;
            }
            let (_, found) = old.next().ok_or_else(|| misfit(patch, next_line))?;
            if found != line {
                return Err(misfit(patch, next_line));
            }
            next_line += 1;
            if *mark == ' ' {
                keep(line);
            }
        }
    }
    old.for_each(|(_, line)| keep(line));
    Ok(result)
}

fn misfit(patch: &FilePatch, line: usize) -> Failure {
    Failure::new(format!(
        "the patch does not fit {} at line {line}",
        patch.name
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "--- a/x.c\n+++ b/x.c\n@@ -2,2 +2,3 @@ context\n two\n-three\n+3\n+3.5\n";

    fn patched(text: &str) -> Result<String> {
        let files = parse(PATCH)?;
        let [file] = files.as_slice() else {
            return Err(Failure::new("not one file"));
        };
        assert_eq!(file.name, "x.c");
        apply(file, text)
    }

    #[test]
    fn replaces_lines_where_the_diff_says() {
        assert_eq!(
            patched("one\ntwo\nthree\nfour\n").ok().as_deref(),
            Some("one\ntwo\n3\n3.5\nfour\n")
        );
    }

    #[test]
    fn refuses_lines_that_moved() {
        assert!(patched("zero\none\ntwo\nthree\n").is_err());
    }

    #[test]
    fn refuses_a_file_that_is_too_short() {
        assert!(patched("one\ntwo\n").is_err());
    }

    #[test]
    fn refuses_a_truncated_patch() {
        assert!(parse("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n one\n").is_err());
    }

    #[test]
    fn takes_a_removed_line_that_looks_like_a_header() {
        let files = parse("--- a/x\n+++ b/x\n@@ -1,2 +1,1 @@\n--- y\n one\n").unwrap_or_default();
        assert_eq!(
            files
                .first()
                .and_then(|file| apply(file, "-- y\none\n").ok())
                .as_deref(),
            Some("one\n")
        );
    }
}
