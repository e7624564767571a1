//! What the user asks about: from the text on the command line to a [`Target`], and the manifest that a target holds.

mod hosts;
mod json_lines;
mod manifest;

pub use manifest::{Manifest, ManifestError};

use std::path::{Path, PathBuf};
use thiserror::Error;

/// Something that can be vetted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An archive on the disk.
    Archive(PathBuf),
    /// A package's directory on the disk.
    Directory(PathBuf),
    /// A WebAssembly program on the disk.
    Program(PathBuf),
}

/// Where a package comes from, which decides on how it is installed and run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ecosystem {
    /// A package of npm.
    #[default]
    Npm,
    /// A WebAssembly program that stands on its own.
    Wasm,
}

impl Ecosystem {
    /// The name in traces and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Ecosystem::Npm => "npm",
            Ecosystem::Wasm => "wasm",
        }
    }
}

/// Why a text names nothing that can be vetted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TargetError {
    /// There is nothing at this path.
    #[error("no such file or directory")]
    NotFound,
    /// The path may not be looked at.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// An archive of a Python package, which could be read.
    #[error("{0} was read, but Python packages are not run yet; give an npm package")]
    NotRun(String),
    /// A form that this version does not take.
    #[error("not yet: {what} cannot be vetted by this version; {instead}")]
    NotYet {
        /// The form.
        what: &'static str,
        /// What to do in its place.
        instead: &'static str,
    },
}

/// Names of files that list packages, and what they are.
const LOCKFILES: [&str; 9] = [
    "npm-shrinkwrap.json",
    "package-lock.json",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pylock.toml",
    "requirements.txt",
    "uv.lock",
    "yarn.lock",
    "lazaret.lock",
];

impl Target {
    /// Understands one argument of the command line. The disk is only asked what kind of thing lies at the path.
    ///
    /// # Errors
    ///
    /// When there is nothing at the path, or the form is not supported.
    pub fn parse(text: &str) -> Result<Target, TargetError> {
        let path = Path::new(text);
        match std::fs::metadata(path) {
            Ok(data) if data.is_dir() => Ok(Target::Directory(path.to_owned())),
            Ok(_) => match unsupported_file(path) {
                Some((what, instead)) => Err(TargetError::NotYet { what, instead }),
                None if path.extension().is_some_and(|ending| ending == "wasm") => {
                    Ok(Target::Program(path.to_owned()))
                }
                None => Ok(Target::Archive(path.to_owned())),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(not_a_path(text).unwrap_or(TargetError::NotFound))
            }
            Err(error) => Err(TargetError::Unreadable(error.to_string())),
        }
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Target::Archive(path) | Target::Directory(path) | Target::Program(path) => path,
        }
    }

    /// The ecosystem that its form tells.
    #[must_use]
    pub const fn ecosystem(&self) -> Ecosystem {
        match self {
            Target::Archive(_) | Target::Directory(_) => Ecosystem::Npm,
            Target::Program(_) => Ecosystem::Wasm,
        }
    }
}

fn unsupported_file(path: &Path) -> Option<(&'static str, &'static str)> {
    let name = path.file_name()?.to_str()?;
    if LOCKFILES.contains(&name) {
        return Some(("a lockfile", "give the packages that it lists as archives"));
    }
    None
}

fn not_a_path(text: &str) -> Option<TargetError> {
    let (what, instead) = match text {
        "-" => (
            "a list on standard input",
            "give the targets as arguments (`xargs lazaret vet`)",
        ),
        _ if text.starts_with("npm:") => (
            "a package by name",
            "run `npm pack NAME` and give the file that it makes",
        ),
        _ if text.starts_with("pypi:") => ("a Python package", "give an npm package"),
        _ if text.starts_with("http://") || text.starts_with("https://") => {
            ("an address", "download the archive and give its path")
        }
        _ => return None,
    };
    Some(TargetError::NotYet { what, instead })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_later_versions_say_what_to_do_in_their_place() {
        for text in ["npm:chalk@5", "pypi:x", "-", "https://a.test/x.tgz"] {
            let error = Target::parse(text).expect_err(text).to_string();
            assert!(error.starts_with("not yet: "), "{error}");
        }
    }

    #[test]
    fn a_path_with_nothing_behind_it_is_told_apart() {
        let error = Target::parse("/nowhere/at/all.tgz");
        assert_eq!(error, Err(TargetError::NotFound));
    }
}
