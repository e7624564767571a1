//! Who may know whom: the stages of the library and the stages that each of them may import.

use super::Problem;
use super::skeleton::skeleton;
use std::path::Path;

/// Stages, and what each may import besides itself. A stage that is missing here may import nothing, so that a new one has
/// to be entered with its neighbours.
const LAYERS: &[(&str, &[&str])] = &[
    ("escape", &[]),
    ("exit", &[]),
    ("limits", &[]),
    ("timing", &[]),
    ("trace", &["escape"]),
    ("world", &["limits", "trace"]),
    ("guest", &["limits", "trace", "world"]),
    ("rules", &["escape", "trace"]),
    ("verdict", &["rules", "trace"]),
    ("unpack", &["escape"]),
    ("target", &["escape", "trace"]),
    ("plan", &["guest", "target", "unpack", "world"]),
    ("report", &["escape", "rules", "trace", "verdict"]),
    ("error", &["guest", "target", "trace", "unpack"]),
    (
        "pipeline",
        &[
            "error", "guest", "limits", "plan", "rules", "target", "timing", "trace", "unpack",
            "verdict", "world",
        ],
    ),
    (
        "worker",
        &[
            "error", "escape", "guest", "limits", "pipeline", "target", "timing", "trace", "unpack",
        ],
    ),
    (
        "cli",
        &[
            "error", "escape", "exit", "guest", "pipeline", "plan", "report", "rules", "target",
            "timing", "trace", "unpack", "verdict", "worker", "world",
        ],
    ),
];

/// Checks the imports of one source of the library. Tests may import what they need.
pub(super) fn check(path: &Path, text: &str) -> Vec<Problem> {
    let mut parts = path.iter().filter_map(|part| part.to_str());
    if parts.next() != Some("src") {
        return Vec::new();
    }
    let Some(stage) = parts.next().map(|name| name.trim_end_matches(".rs")) else {
        return Vec::new();
    };
    let file = path.file_name().and_then(|name| name.to_str());
    if matches!(stage, "lib" | "main") || matches!(file, Some("tests.rs" | "testing.rs")) {
        return Vec::new();
    }
    let allowed = LAYERS.iter().find(|(name, _)| *name == stage);
    let allowed = allowed.map_or(&[][..], |(_, allowed)| allowed);
    let code = skeleton(text, "rs");
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    imports(code)
        .into_iter()
        .filter(|(_, import)| import != stage && !allowed.contains(&import.as_str()))
        .map(|(line, import)| {
            format!(
                "{}:{line}: `{stage}` must not import `{import}` (the table is in xtask/src/check/layers.rs)",
                path.display()
            )
        })
        .collect()
}

/// The stages that are named behind `crate::`, with their lines.
fn imports(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, head) in code.match_indices("crate::") {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + head.len()..];
        for name in names(rest) {
            // Items of the crate's root are none: it only has modules.
            if name.chars().next().is_some_and(|c| c.is_ascii_lowercase()) {
                found.push((line, name));
            }
        }
    }
    found
}

/// The first name of each path: `a::b` gives `a`, `{a::b, c}` gives `a` and `c`.
fn names(rest: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(inner) = rest.strip_prefix('{') else {
        return vec![word(rest)];
    };
    let mut names = vec![word(inner)];
    let mut depth = 0_usize;
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(word(&inner[at + 1..])),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> usize {
        check(Path::new(path), text).len()
    }

    #[test]
    fn rules_never_see_the_world() {
        assert_eq!(problems("src/rules/x.rs", "use crate::world::World;"), 1);
        assert_eq!(problems("src/rules/x.rs", "use crate::trace::Trace;"), 0);
        assert_eq!(
            problems("src/rules/x.rs", "use crate::{trace::{A, B}, guest};"),
            1
        );
        assert_eq!(
            problems("src/trace/mod.rs", "fn f() { crate::rules::judge() }"),
            1
        );
    }

    #[test]
    fn comments_strings_and_tests_do_not_count() {
        let text = "// crate::world\nconst X: &str = \"crate::world\";\n#[cfg(test)]\nmod tests { use crate::world::X; }";
        assert_eq!(problems("src/rules/x.rs", text), 0);
        assert_eq!(problems("src/rules/tests.rs", "use crate::world::X;"), 0);
    }

    #[test]
    fn a_stage_that_is_not_in_the_table_imports_nothing() {
        assert_eq!(problems("src/novel/mod.rs", "use crate::trace::Trace;"), 1);
    }
}
