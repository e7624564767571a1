//! The exports map of a manifest: which subpaths exist and to which files they lead, as Node's resolver has it
//! (<https://nodejs.org/api/esm.html#resolution-algorithm-specification>).

use crate::unpack::Tree;
use crate::world::process::ImportHow;
use serde_json::Value;
use std::collections::BTreeSet;

/// How deep conditions and alternatives may nest; real maps need five.
const MAX_DEPTH: usize = 32;
/// Keys of a map that are looked at.
const MAX_KEYS: usize = 5_000;

/// The conditions that hold under each way of loading; `default` always does.
fn holds(condition: &str, how: ImportHow) -> bool {
    match how {
        ImportHow::Require => matches!(condition, "require" | "node" | "module-sync" | "default"),
        ImportHow::Import => matches!(condition, "import" | "node" | "module-sync" | "default"),
    }
}

/// Whether the map has subpaths; without them it is the target of the package itself.
fn has_subpaths(exports: &Value) -> bool {
    exports
        .as_object()
        .is_some_and(|map| map.keys().next().is_some_and(|key| key.starts_with('.')))
}

/// All subpaths that a map offers, in its order, patterns filled in from the files that are there. At most `most`.
pub(super) fn subpaths(exports: &Value, tree: &Tree, most: usize) -> Vec<String> {
    if !has_subpaths(exports) {
        return vec![".".to_owned()];
    }
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let keys = exports.as_object().into_iter().flat_map(|map| map.keys());
    for key in keys.take(MAX_KEYS) {
        let Some((before, after)) = key.split_once('*') else {
            if seen.insert(key.clone()) {
                found.push(key.clone());
            }
            continue;
        };
        for how in [ImportHow::Require, ImportHow::Import] {
            let target = exports.get(key).and_then(|value| target(value, how, 0));
            let Some(target) = target
                .as_deref()
                .and_then(|target| target.strip_prefix("./"))
            else {
                continue;
            };
            for (path, _) in tree.iter() {
                if let Some(filling) = fill(target, path) {
                    let subpath = format!("{before}{filling}{after}");
                    if seen.insert(subpath.clone()) {
                        found.push(subpath);
                    }
                }
                if found.len() >= most {
                    return found;
                }
            }
        }
    }
    found.truncate(most);
    found
}

/// What stands for the star when a pattern becomes this path; a pattern may have several, all filled alike.
fn fill<'p>(pattern: &str, path: &'p str) -> Option<&'p str> {
    let mut pieces = pattern.split('*');
    let before = pieces.next()?;
    let rest: Vec<&str> = pieces.collect();
    let stars = rest.len();
    let fixed: usize = before.len() + rest.iter().map(|piece| piece.len()).sum::<usize>();
    let length = path
        .len()
        .checked_sub(fixed)
        .filter(|length| *length > 0)?
        .checked_div(stars)?;
    let filling = path.get(before.len()..before.len() + length)?;
    (pattern.replace('*', filling) == path).then_some(filling)
}

/// The file, relative to the package, to which a subpath leads; `None` when Node would refuse.
pub(super) fn resolve(exports: &Value, subpath: &str, how: ImportHow) -> Option<String> {
    let found = if has_subpaths(exports) {
        let map = exports.as_object()?;
        match map.get(subpath).filter(|_| !subpath.contains('*')) {
            Some(value) => target(value, how, 0)?,
            None => {
                let (value, filling) = best_pattern(map, subpath)?;
                target(value, how, 0)?.replace('*', filling)
            }
        }
    } else if subpath == "." {
        target(exports, how, 0)?
    } else {
        return None;
    };
    let path = found.strip_prefix("./")?;
    let lawful = path
        .split(['/', '\\'])
        .all(|part| !matches!(part, "" | "." | ".." | "node_modules"));
    lawful.then(|| path.to_owned())
}

/// The most specific pattern that fits: the longest text before the star, then the longest key.
fn best_pattern<'m, 's>(
    map: &'m serde_json::Map<String, Value>,
    subpath: &'s str,
) -> Option<(&'m Value, &'s str)> {
    map.iter()
        .take(MAX_KEYS)
        .filter_map(|(key, value)| {
            let (before, after) = key.split_once('*')?;
            let filling = subpath.strip_prefix(before)?.strip_suffix(after)?;
            (!filling.is_empty()).then_some(((before.len(), key.len()), value, filling))
        })
        .max_by_key(|(rank, _, _)| *rank)
        .map(|(_, value, filling)| (value, filling))
}

/// The first target whose conditions hold.
fn target(value: &Value, how: ImportHow, depth: usize) -> Option<String> {
    if depth > MAX_DEPTH {
        return None;
    }
    match value {
        Value::String(path) => Some(path.clone()),
        // Alternatives: the first that is a valid target counts, whether or not its file is there.
        Value::Array(list) => list.iter().find_map(|item| target(item, how, depth + 1)),
        Value::Object(map) => {
            let mut held = map.iter().filter(|(condition, _)| holds(condition, how));
            // A null ends the search. Each value is looked into once: a second look at each level would double the time.
            held.find_map(|(_, value)| match target(value, how, depth + 1) {
                None if !value.is_null() => None,
                answer => Some(answer),
            })?
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn conditions_nest_and_the_first_that_holds_counts() {
        let exports = json!({
            ".": { "browser": "./b.js", "node": { "import": "./n.mjs", "require": "./n.cjs" }, "default": "./d.js" },
            "./closed": { "require": null, "default": "./d.js" },
        });
        let at = |path, how| resolve(&exports, path, how);
        assert_eq!(at(".", ImportHow::Import).as_deref(), Some("n.mjs"));
        assert_eq!(at(".", ImportHow::Require).as_deref(), Some("n.cjs"));
        assert_eq!(at("./closed", ImportHow::Require), None);
        assert_eq!(at("./closed", ImportHow::Import).as_deref(), Some("d.js"));
        assert_eq!(at("./absent", ImportHow::Import), None);
    }

    #[test]
    fn the_most_specific_pattern_counts() {
        let exports =
            json!({ "./*": "./lib/*.js", "./internal/*": null, "./x/*.css": "./style/*/*.css" });
        let at = |path| resolve(&exports, path, ImportHow::Require);
        assert_eq!(at("./a/b").as_deref(), Some("lib/a/b.js"));
        assert_eq!(at("./internal/a"), None);
        assert_eq!(at("./x/y.css").as_deref(), Some("style/y/y.css"));
    }

    #[test]
    fn targets_never_leave_the_package() {
        for bad in [
            "../x.js",
            "./../x.js",
            "/etc/passwd",
            "./node_modules/a.js",
            "x",
        ] {
            assert_eq!(resolve(&json!(bad), ".", ImportHow::Require), None, "{bad}");
        }
    }

    #[test]
    fn a_nest_without_end_is_given_up() {
        let mut exports = json!("./x.js");
        for _ in 0..100 {
            exports = json!({ "default": exports });
        }
        assert_eq!(resolve(&exports, ".", ImportHow::Import), None);
    }

    #[test]
    fn the_deepest_nest_is_resolved_in_no_time() {
        let mut exports = json!("./x.js");
        for _ in 0..MAX_DEPTH {
            exports = json!({ "default": exports });
        }
        // When each level was looked into twice, this took 2^32 steps.
        let found = resolve(&exports, ".", ImportHow::Import);
        assert_eq!(found.as_deref(), Some("x.js"));
    }

    #[test]
    fn stars_are_filled_alike() {
        assert_eq!(fill("a/*/*.js", "a/x/x.js"), Some("x"));
        assert_eq!(fill("a/*/*.js", "a/x/y.js"), None);
        assert_eq!(fill("lib/*", "lib/é"), Some("é"));
        assert_eq!(fill("*", ""), None);
    }
}
