//! No file over 500 lines, no function over 70 lines of code: what is longer is hard to hold in the head.

use super::Problem;
use super::skeleton::skeleton;
use std::path::Path;

/// Lines of a file.
const FILE: usize = 500;
/// Lines of code in the body of a function; comments and blank lines do not count.
const FUNCTION: usize = 70;

/// Checks one source.
pub(super) fn check(path: &Path, text: &str) -> Vec<Problem> {
    let Some(ending) = path.extension().and_then(|ending| ending.to_str()) else {
        return Vec::new();
    };
    // Tables are data in the form of code: long and flat.
    let table = path.iter().any(|part| part == "tables");
    if ending == "md" || table {
        return Vec::new();
    }
    let mut problems = Vec::new();
    let lines = text.lines().count();
    if lines > FILE {
        problems.push(format!(
            "{}: {lines} lines, more than {FILE}",
            path.display()
        ));
    }
    let functions = if ending == "py" {
        by_indentation(text)
    } else {
        by_braces(text, ending)
    };
    for (line, length) in functions {
        if length > FUNCTION {
            problems.push(format!(
                "{}:{line}: a function of {length} lines, more than {FUNCTION}",
                path.display()
            ));
        }
    }
    problems
}

/// First line and length of each function of a language with braces.
fn by_braces(text: &str, ending: &str) -> Vec<(usize, usize)> {
    let code = skeleton(text, ending);
    let mut functions = Vec::new();
    let mut open: Vec<(usize, bool)> = Vec::new();
    for (at, c) in code.char_indices() {
        match c {
            '{' => {
                let before = code[..at].trim_end();
                open.push((at, is_function(before, ending, open.is_empty())));
            }
            '}' => {
                if let Some((start, true)) = open.pop() {
                    let first = code[..start].matches('\n').count() + 1;
                    functions.push((first, lines_of_code(&code[start + 1..at])));
                }
            }
            _ => {}
        }
    }
    functions
}

fn lines_of_code(body: &str) -> usize {
    body.lines().filter(|line| !line.trim().is_empty()).count()
}

/// Whether the brace behind this text opens the body of a function.
fn is_function(before: &str, ending: &str, outermost: bool) -> bool {
    match ending {
        "rs" => {
            // From the last item or statement on there is a `fn` and no body yet.
            let start = before.rfind(['{', '}', ';']).map_or(0, |at| at + 1);
            let head = before.get(start..).unwrap_or_default();
            let words: Vec<&str> = head
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .collect();
            words.contains(&"fn") && !words.contains(&"impl") && !words.contains(&"macro_rules")
                || array_type_in_signature(before)
        }
        "js" | "mjs" | "cjs" => {
            // The wrapper around a whole file holds functions and is none itself.
            let wrapper = outermost && before.trim_start().starts_with("(function");
            !wrapper && (before.ends_with("=>") || has_parameters(before))
        }
        _ => outermost && before.ends_with(')'),
    }
}

/// Whether the signature has a `;` of an array type, behind which its `fn` was lost.
fn array_type_in_signature(before: &str) -> bool {
    let line = before.lines().rev().take(12).collect::<Vec<_>>();
    let head: Vec<&&str> = line
        .iter()
        .take_while(|line| !line.trim_end().ends_with([';', '}']))
        .collect();
    head.iter().any(|line| {
        let line = line.trim_start();
        (line.starts_with("fn ") || line.contains(" fn "))
            && line.contains("; ")
            && !line.contains('{')
    })
}

/// Whether a parenthesis before the brace holds parameters and not a condition.
fn has_parameters(before: &str) -> bool {
    if !before.ends_with(')') {
        return false;
    }
    let mut depth = 0_usize;
    for (at, c) in before.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let head = before[..at].trim_end();
            let word: String = head
                .chars()
                .rev()
                .take_while(|c| c.is_alphanumeric() || "_$".contains(*c))
                .collect();
            let word: String = word.chars().rev().collect();
            return !matches!(
                word.as_str(),
                "if" | "for" | "while" | "switch" | "catch" | "with" | "await"
            );
        }
    }
    false
}

/// First line and length of each function of Python.
fn by_indentation(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_code = |line: &&&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let mut functions = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let head = line.trim_start();
        if head.starts_with("def ") || head.starts_with("async def ") {
            let body = lines[at + 1..]
                .iter()
                .filter(is_code)
                .take_while(|next| indent(next) > indent(line));
            functions.push((at + 1, body.count()));
        }
    }
    functions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions(text: &str, ending: &str) -> Vec<usize> {
        let found = if ending == "py" {
            by_indentation(text)
        } else {
            by_braces(text, ending)
        };
        found.into_iter().map(|(_, length)| length).collect()
    }

    #[test]
    fn functions_of_each_language_are_measured() {
        assert_eq!(
            functions(
                "struct X { a: u8 }\nfn f() -> u8 {\n  // c\n\n  if x { 1 } else { 2 }\n}\n",
                "rs"
            ),
            [1]
        );
        assert_eq!(functions("fn f(a: [u8; 4]) {\n a;\n b;\n}", "rs"), [2]);
        assert_eq!(
            functions("int f(int a)\n{\n  if (a) {\n  }\n}\nstruct s {\n};", "c"),
            [2]
        );
        assert_eq!(
            functions(
                "(function (h) {\n const f = (a) => {\n  if (a) { b(); }\n };\n return { m() {\n  x;\n } };\n})",
                "js"
            ),
            [1, 1]
        );
        assert_eq!(functions("def f():\n  a\n\n  # c\n  b\nx\n", "py"), [2]);
    }

    #[test]
    fn long_files_and_functions_are_problems() {
        let body = "  a();\n".repeat(FUNCTION + 1);
        let long = format!("fn f() {{\n{body}}}\n");
        assert_eq!(check(Path::new("src/x.rs"), &long).len(), 1);
        let file = "// x\n".repeat(FILE + 1);
        assert_eq!(check(Path::new("src/x.rs"), &file).len(), 1);
        assert!(check(Path::new("harness/node/tables/x.js"), &file).is_empty());
    }
}
