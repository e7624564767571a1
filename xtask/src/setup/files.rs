//! File operations whose errors name the path.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

/// Reads a whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Failure::path("read", path, &error))
}

/// Reads a whole UTF-8 file.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| Failure::path("read", path, &error))
}

/// Writes a whole file; its directory is made if needed. The file appears complete or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent() {
        make_directory(parent)?;
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let draft = PathBuf::from(draft);
    fs::write(&draft, bytes).map_err(|error| Failure::path("write", &draft, &error))?;
    fs::rename(&draft, path).map_err(|error| Failure::path("write", path, &error))
}

/// Makes a directory and its parents.
pub(crate) fn make_directory(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|error| Failure::path("make the directory", path, &error))
}

/// Makes a directory that was empty or absent, removing an old one.
pub(crate) fn fresh_directory(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::path("remove", path, &error))
        }
        _ => make_directory(path),
    }
}

/// All files below a directory as paths relative to it, sorted by name, `/` between the parts.
pub(crate) fn list(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut pending = vec![(root.to_path_buf(), String::new())];
    while let Some((directory, prefix)) = pending.pop() {
        let entries =
            fs::read_dir(&directory).map_err(|error| Failure::path("read", &directory, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Failure::path("read", &directory, &error))?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry
                .file_type()
                .map_err(|error| Failure::path("read", &entry.path(), &error))?;
            if kind.is_dir() {
                pending.push((entry.path(), format!("{name}/")));
            } else {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether the stamp beside a product says that it was made from `inputs`.
pub(crate) fn is_current(stamp: &Path, inputs: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|old| old.trim() == inputs)
}
