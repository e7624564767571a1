//! The packages that a package needs, from a `node_modules` on the disk.
//!
//! Only what the manifests ask for is read, found as Node finds it: a large tree beside a small package costs nothing.

use super::error::UnpackError;
use super::host::{Walk, open_directory, within};
use super::quotas::Quotas;
use super::tree::{Entry, Tree};
use cap_std::fs::Dir;
use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

/// Reads from the `node_modules` beside an archive, or around a directory that lies in one, what a package with this
/// manifest needs. Paths are relative to that `node_modules`; the tree is empty when there is none.
///
/// # Errors
///
/// When a file that is there cannot be read. A quota does not end in an error: the tree then holds what fits, and a note.
pub fn beside(target: &Path, manifest: &[u8], quotas: &Quotas) -> Result<Tree, UnpackError> {
    let mut tree = Tree::default();
    let Some(modules) = modules_of(target) else {
        return Ok(tree);
    };
    let dir = open_directory(&modules)?;
    closure(&dir, &wanted(Some(manifest), false), "", &mut tree, quotas)?;
    tree.finish()
}

/// The `node_modules` beside an archive, or around a directory that lies in one.
#[must_use]
pub fn modules_of(target: &Path) -> Option<PathBuf> {
    let modules = if target.is_dir() {
        around(target)?
    } else {
        // Where the archive lies decides, not where a link to it does.
        let target = std::fs::canonicalize(target).ok()?;
        target.parent()?.join("node_modules")
    };
    modules.is_dir().then_some(modules)
}

/// The `node_modules` in which a directory is installed; `None` when it stands on its own.
#[must_use]
pub fn around(directory: &Path) -> Option<PathBuf> {
    let directory = std::fs::canonicalize(directory).ok()?;
    let parent = directory.parent()?;
    let name = parent.file_name()?;
    let modules = if name.as_encoded_bytes().starts_with(b"@") {
        parent.parent()?
    } else {
        parent
    };
    (modules.file_name()? == "node_modules").then(|| modules.to_owned())
}

/// The names of the packages that a manifest asks for; development dependencies only count in a project's own directory.
pub(super) fn wanted(manifest: Option<&[u8]>, development: bool) -> BTreeSet<String> {
    let manifest: serde_json::Value = manifest
        .and_then(|bytes| serde_json::from_slice(bytes).ok())
        .unwrap_or_default();
    let mut kinds = vec!["dependencies", "optionalDependencies", "peerDependencies"];
    if development {
        kinds.push("devDependencies");
    }
    kinds
        .iter()
        .filter_map(|kind| manifest.get(kind)?.as_object())
        .flat_map(|names| names.keys().cloned())
        .filter(|name| is_package_name(name))
        .collect()
}

/// Whether a name is one or, behind a scope, two directory names.
fn is_package_name(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    let plain = |part: &&str| !part.is_empty() && !part.starts_with('.') && !part.contains('\\');
    match parts.as_slice() {
        [name] => plain(name),
        [scope, name] => scope.starts_with('@') && plain(name),
        _ => false,
    }
}

/// Adds the wanted packages and all that they need in turn to a tree, below `prefix`.
pub(super) fn closure(
    modules: &Dir,
    wanted: &BTreeSet<String>,
    prefix: &str,
    tree: &mut Tree,
    quotas: &Quotas,
) -> Result<(), UnpackError> {
    let mut walk = Walk::new(modules, quotas);
    std::mem::swap(&mut walk.tree, tree);
    let gathered = gather(&mut walk, wanted, prefix);
    std::mem::swap(&mut walk.tree, tree);
    match gathered {
        Err(
            limit @ (UnpackError::TooManyEntries(_)
            | UnpackError::TotalTooLarge(_)
            | UnpackError::FileTooLarge { .. }
            | UnpackError::PathTooLong { .. }
            | UnpackError::TooDeep { .. }),
        ) => {
            tree.note(format!("not all dependencies are there: {limit}"));
            Ok(())
        }
        other => other,
    }
}

fn gather(walk: &mut Walk<'_>, wanted: &BTreeSet<String>, prefix: &str) -> Result<(), UnpackError> {
    let mut seen = BTreeSet::new();
    let mut open: VecDeque<(String, String)> = wanted
        .iter()
        .map(|name| (String::new(), name.clone()))
        .collect();
    while let Some((from, name)) = open.pop_front() {
        let Some(found) = find(walk, &from, &name) else {
            continue;
        };
        let package = match found {
            Found::Directory(path) => path,
            Found::Link(path, target) => {
                let link = format!("{prefix}{path}");
                if walk.tree.get(&link).is_none() {
                    walk.add(&path, link)?;
                }
                target
            }
        };
        if !seen.insert(package.clone()) {
            continue;
        }
        let nested = |path: &str| {
            path.ends_with("/node_modules") || path == "node_modules" || path == ".git"
        };
        walk.copy(
            &format!("{package}/"),
            &format!("{prefix}{package}/"),
            &nested,
        )?;
        let manifest = walk.tree.file(&format!("{prefix}{package}/package.json"));
        for next in self::wanted(manifest.map(AsRef::as_ref), false) {
            open.push_back((package.clone(), next));
        }
    }
    programs(walk, prefix)
}

/// Where a package is.
enum Found {
    /// A directory, at this path.
    Directory(String),
    /// A link at the first path to a directory at the second.
    Link(String, String),
}

/// Looks for a package as Node does: in the `node_modules` of each directory from the one that asks upward.
fn find(walk: &Walk<'_>, from: &str, name: &str) -> Option<Found> {
    let mut directory = Some(from);
    while let Some(here) = directory {
        let modules = match here.rsplit('/').next() {
            // The root is itself a `node_modules`.
            Some("" | "node_modules") => here.to_owned(),
            _ => format!("{here}/node_modules"),
        };
        let path = format!("{modules}/{name}")
            .trim_start_matches('/')
            .to_owned();
        if let Some(found) = look(walk, path) {
            return Some(found);
        }
        directory = if here.is_empty() {
            None
        } else {
            Some(here.rsplit_once('/').map_or("", |(above, _)| above))
        };
    }
    None
}

fn look(walk: &Walk<'_>, path: String) -> Option<Found> {
    let kind = walk.kind(&path)?;
    if kind.is_symlink() {
        let target = within(&path, &walk.link(&path)?)?;
        return walk
            .kind(&target)?
            .is_dir()
            .then_some(Found::Link(path, target));
    }
    kind.is_dir().then_some(Found::Directory(path))
}

/// Copies the links of `.bin` that lead to something that is there.
fn programs(walk: &mut Walk<'_>, prefix: &str) -> Result<(), UnpackError> {
    for name in walk.names(".bin") {
        let path = format!(".bin/{name}");
        let target = walk.link(&path).and_then(|to| within(&path, &to));
        let there = target.is_some_and(|target| {
            let is_there: Option<&Entry> = walk.tree.get(&format!("{prefix}{target}"));
            is_there.is_some()
        });
        if there {
            walk.add(&path, format!("{prefix}{path}"))?;
        }
    }
    Ok(())
}
