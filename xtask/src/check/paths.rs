//! Paths that documents mention exist: a reader who follows one must find something.

use super::Problem;
use std::path::Path;

/// First parts by which a path of the repository is known in running text.
const TOPS: [&str; 11] = [
    ".cargo/",
    ".ci/",
    "benches/",
    "docs/",
    "examples/",
    "guests/",
    "harness/",
    "schemas/",
    "src/",
    "tests/",
    "xtask/",
];

/// Checks one document.
pub(super) fn check(root: &Path, document: &Path, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for path in mentioned(line) {
            if !root.join(&path).exists() {
                problems.push(problem(document, number, &path));
            }
        }
        for link in links(line) {
            let base = document.parent().unwrap_or(Path::new(""));
            if !root.join(base).join(link).exists() {
                problems.push(problem(document, number, link));
            }
        }
    }
    problems
}

fn problem(document: &Path, line: usize, path: &str) -> Problem {
    format!("{}:{}: there is no `{path}`", document.display(), line + 1)
}

/// Paths in running text, up to the first placeholder; what set-up makes is left out.
fn mentioned(line: &str) -> Vec<String> {
    line.split(|c: char| c.is_whitespace() || "`()[]\"'|,;".contains(c))
        .filter(|word| TOPS.iter().any(|top| word.starts_with(top)))
        .filter(|word| !word.starts_with("guests/.build"))
        .map(|word| {
            let fixed = word.split(['<', '*', '{', '$']).next().unwrap_or_default();
            let whole = fixed.len() == word.len();
            let fixed = fixed.split(':').next().unwrap_or_default();
            if whole {
                return fixed.trim_end_matches(['.', '!', '?', '/']).to_owned();
            }
            // A placeholder stands for part of a name: its directory has to exist.
            fixed
                .rsplit_once('/')
                .map_or(String::new(), |(directory, _)| directory.to_owned())
        })
        .collect()
}

/// Targets of Markdown links into the repository.
fn links(line: &str) -> Vec<&str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains(':'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_in_running_text() {
        let line = "see src/a/mod.rs, `src/x/<name>.rs` and (docs/y.md:3). No and/or here; guests/.build/x is made.";
        assert_eq!(mentioned(line), ["src/a/mod.rs", "src/x", "docs/y.md"]);
        assert_eq!(links("[a](../b.md#c) [w](https://x.test/)"), ["../b.md"]);
    }
}
