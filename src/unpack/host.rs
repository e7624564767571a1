//! Reading archives and directories from the disk: once, through a capability, and never out of it.

use super::dependencies;
use super::error::{Name, UnpackError};
use super::quotas::Quotas;
use super::tree::{Content, Entry, Tree, parts};
use bytes::Bytes;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, FileType, Metadata};
use std::io::Read as _;
use std::path::Path;

/// Reads an archive's bytes.
///
/// # Errors
///
/// When it is not a regular file, cannot be read, or is larger than the quota.
pub fn open_archive(path: &Path, quotas: &Quotas) -> Result<Bytes, UnpackError> {
    let (directory, name) = (path.parent(), path.file_name());
    let (Some(directory), Some(name)) = (directory, name) else {
        return Err(UnpackError::NotAnArchive);
    };
    let directory = if directory.as_os_str().is_empty() {
        Path::new(".")
    } else {
        directory
    };
    // The file's own kind is looked at before it is opened: opening a named pipe waits for its writer.
    if !std::fs::metadata(path)?.is_file() {
        return Err(UnpackError::Special {
            name: Name::of(name.as_encoded_bytes()),
            kind: "a special file",
        });
    }
    // A link to the archive may lead anywhere: the user named it.
    let file = match Dir::open_ambient_dir(directory, ambient_authority())?.open(name) {
        Ok(file) => file,
        Err(_) => File::open_ambient(path, ambient_authority())?,
    };
    bounded(file, quotas.archive)?.ok_or(UnpackError::ArchiveTooLarge(quotas.archive))
}

/// Opens a directory for reading.
///
/// # Errors
///
/// When it does not exist or may not be read.
pub fn open_directory(path: &Path) -> Result<Dir, UnpackError> {
    Ok(Dir::open_ambient_dir(path, ambient_authority())?)
}

/// Reads a package's directory. Version control data stays out; of its `node_modules`, what the package needs comes along.
///
/// # Errors
///
/// When a quota is exceeded or something cannot be read.
pub fn directory(dir: &Dir, quotas: &Quotas) -> Result<Tree, UnpackError> {
    let mut walk = Walk::new(dir, quotas);
    walk.copy("", "", &|path| path == ".git" || path == "node_modules")?;
    let mut tree = walk.tree;
    if let Ok(modules) = dir.open_dir("node_modules") {
        let wanted = dependencies::wanted(tree.file("package.json").map(Bytes::as_ref), true);
        dependencies::closure(&modules, &wanted, "node_modules/", &mut tree, quotas)?;
    }
    tree.finish()
}

/// Reads a directory as it is, whatever it is for: its files, and the paths of the directories in it, empty ones included.
///
/// # Errors
///
/// When a quota is exceeded or something cannot be read.
pub fn copy(dir: &Dir, quotas: &Quotas) -> Result<(Tree, Vec<String>), UnpackError> {
    let mut walk = Walk::new(dir, quotas);
    walk.copy("", "", &|_| false)?;
    Ok((walk.tree, walk.directories))
}

/// Reads at most `limit` bytes; `None` when there are more.
fn bounded(file: File, limit: usize) -> Result<Option<Bytes>, UnpackError> {
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit).then(|| bytes.into()))
}

/// A walk that copies directories into a tree.
pub(super) struct Walk<'a> {
    dir: &'a Dir,
    quotas: &'a Quotas,
    /// What has been read.
    pub(super) tree: Tree,
    /// The directories that were walked through.
    directories: Vec<String>,
}

impl<'a> Walk<'a> {
    /// A walk within this directory.
    pub(super) fn new(dir: &'a Dir, quotas: &'a Quotas) -> Walk<'a> {
        Walk {
            dir,
            quotas,
            tree: Tree::default(),
            directories: Vec::new(),
        }
    }

    /// Copies everything below `from` to below `to` (both empty or with a slash at the end), but for what `skip` says of
    /// paths relative to `from`.
    pub(super) fn copy(
        &mut self,
        from: &str,
        to: &str,
        skip: &dyn Fn(&str) -> bool,
    ) -> Result<(), UnpackError> {
        let mut open = vec![String::new()];
        while let Some(below) = open.pop() {
            let here = format!("{from}{below}");
            let here = if here.is_empty() { "." } else { here.as_str() };
            for entry in self.dir.read_dir(here)? {
                let entry = entry?;
                let os_name = entry.file_name();
                let Some(name) = os_name.to_str() else {
                    self.tree.note(format!(
                        "{} is not UTF-8 and is left out",
                        Name::of(os_name.as_encoded_bytes())
                    ));
                    continue;
                };
                let path = format!("{below}{name}");
                if skip(&path) {
                    continue;
                }
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    parts(&format!("{to}{path}"), self.quotas)?;
                    open.push(format!("{path}/"));
                    self.directories.push(format!("{to}{path}"));
                    if self.directories.len() > self.quotas.entries {
                        return Err(UnpackError::TooManyEntries(self.quotas.entries));
                    }
                } else {
                    self.add(&format!("{from}{path}"), format!("{to}{path}"))?;
                }
            }
        }
        Ok(())
    }

    /// Copies one file or link.
    pub(super) fn add(&mut self, from: &str, to: String) -> Result<(), UnpackError> {
        let data = self.dir.symlink_metadata(from)?;
        let content = if data.is_symlink() {
            match self.link(from) {
                Some(target) => Content::Link(target),
                None => {
                    self.tree.note(format!(
                        "{} is a link out of the directory and is left out",
                        Name::of(&to)
                    ));
                    return Ok(());
                }
            }
        } else if data.is_file() {
            let file = self.dir.open(from)?;
            let Some(bytes) = bounded(file, self.quotas.file)? else {
                return Err(UnpackError::FileTooLarge {
                    name: Name::of(&to),
                    stated: data.len(),
                    limit: self.quotas.file,
                });
            };
            Content::File(bytes)
        } else {
            self.tree
                .note(format!("{} is not a file and is left out", Name::of(&to)));
            return Ok(());
        };
        parts(&to, self.quotas)?;
        let entry = Entry {
            mode: mode(&data),
            content,
        };
        self.tree.insert(to, entry, self.quotas)
    }

    /// What kind of entry a path is; links are not followed.
    pub(super) fn kind(&self, path: &str) -> Option<FileType> {
        Some(self.dir.symlink_metadata(path).ok()?.file_type())
    }

    /// The names in a directory, sorted; none when it cannot be read.
    pub(super) fn names(&self, path: &str) -> Vec<String> {
        let entries = self.dir.read_dir(path).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    /// Where a link points, when that is within the directory.
    pub(super) fn link(&self, path: &str) -> Option<String> {
        let target = self.dir.read_link_contents(path).ok()?;
        let target = target.to_str()?;
        within(path, target)?;
        Some(target.to_owned())
    }
}

/// The path to which a relative link at `path` leads, when it stays below the root.
pub(super) fn within(path: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The mode that a file gets: only whether it may be executed is taken over from the disk.
fn mode(data: &Metadata) -> u32 {
    #[cfg(unix)]
    {
        use cap_std::fs::PermissionsExt as _;
        if data.permissions().mode() & 0o100 != 0 {
            return 0o755;
        }
    }
    0o644
}
