//! `cargo xtask check`: what no compiler looks at. Layers, lengths of files and functions, and paths that documents mention.

mod layers;
mod lengths;
mod paths;
mod skeleton;

use crate::failure::{Failure, Result};
use std::path::{Path, PathBuf};

/// Directories of our own sources; whatever set-up makes is not among them.
const SOURCES: [&str; 8] = [
    "benches", "examples", "fuzz", "guests", "harness", "src", "tests", "xtask",
];

/// One thing that is wrong, as `path:line: what` or `path: what`.
type Problem = String;

/// Runs all checks.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        return Err(Failure::new("usage: cargo xtask check"));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .ok_or_else(|| Failure::new("xtask is not inside the repository"))?;
    let mut problems = Vec::new();
    let mut files = 0;
    for directory in SOURCES {
        for path in files_below(root, Path::new(directory)) {
            let Some(text) = text_of(root, &path) else {
                continue;
            };
            files += 1;
            problems.extend(lengths::check(&path, &text));
            problems.extend(layers::check(&path, &text));
        }
    }
    let documents = documents(root);
    for path in &documents {
        if let Some(text) = text_of(root, path) {
            problems.extend(paths::check(root, path, &text));
        }
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() {
        println!(
            "{files} sources and {} documents are in order",
            documents.len()
        );
        return Ok(());
    }
    Err(Failure::new(format!("{} problems", problems.len())))
}

/// All files below a directory, sorted, relative to the root. Hidden and generated directories are left out.
fn files_below(root: &Path, directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(here) = open.pop() {
        let Ok(entries) = std::fs::read_dir(root.join(&here)) else {
            continue;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let path = here.join(&name);
            if entry.path().is_dir() {
                let name = name.to_string_lossy();
                if !name.starts_with('.') && name != "target" && name != "node_modules" {
                    open.push(path);
                }
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Everything that is written for readers.
fn documents(root: &Path) -> Vec<PathBuf> {
    let top = std::fs::read_dir(root).into_iter().flatten().flatten();
    let mut documents: Vec<PathBuf> = top
        .map(|entry| PathBuf::from(entry.file_name()))
        .chain(files_below(root, Path::new("docs")))
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    documents.sort();
    documents
}

/// The text of a source or document; `None` for other files.
fn text_of(root: &Path, path: &Path) -> Option<String> {
    let ending = path.extension()?.to_str()?;
    if !matches!(
        ending,
        "rs" | "js" | "mjs" | "cjs" | "c" | "h" | "py" | "md"
    ) {
        return None;
    }
    std::fs::read_to_string(root.join(path)).ok()
}
