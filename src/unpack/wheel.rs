//! Python wheels: zip archives with a directory of metadata that lists every file and its hash.

use super::error::{Name, UnpackError};
use super::quotas::Quotas;
use super::tree::Tree;
use super::zip;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use std::collections::{BTreeMap, BTreeSet};

/// How the name of the metadata directory ends.
const DIST_INFO: &str = ".dist-info";

/// Files of the metadata directory that its list of files states without a hash: itself and its signatures.
const WITHOUT_HASH: [&str; 3] = ["RECORD", "RECORD.jws", "RECORD.p7s"];

/// A wheel that was read.
#[derive(Clone, Debug)]
pub struct Wheel {
    /// The project's name as the metadata directory has it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// All files, the metadata directory included.
    pub tree: Tree,
}

/// How a file and the wheel's list of files contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The list names a file that is not there.
    Missing,
    /// The list does not name the file.
    Unlisted,
    /// The list names it twice.
    Twice,
    /// The list gives no hash for it, or one of a kind that the format does not allow.
    Unhashed,
    /// It has another hash.
    Hash,
    /// It has another length.
    Length,
}

impl Fault {
    /// The rest of a sentence about the file.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Fault::Missing => "is listed and not there",
            Fault::Unlisted => "is not listed",
            Fault::Twice => "is listed twice",
            Fault::Unhashed => "is listed without a hash of an allowed kind",
            Fault::Hash => "has another hash than listed",
            Fault::Length => "has another length than listed",
        }
    }
}

impl Wheel {
    /// The directory of metadata.
    #[must_use]
    pub fn metadata(&self) -> String {
        format!("{}-{}{DIST_INFO}", self.name, self.version)
    }

    /// Files of which the list in `RECORD` is wrong, by path; one fault each. Installers do not look, so that a wheel with
    /// such a file is installed all the same.
    #[must_use]
    pub fn record_faults(&self) -> BTreeMap<String, Fault> {
        let metadata = self.metadata();
        let list = self.tree.file(&format!("{metadata}/RECORD"));
        let list = String::from_utf8_lossy(list.map(Bytes::as_ref).unwrap_or_default());
        let without_hash = WITHOUT_HASH.map(|name| format!("{metadata}/{name}"));
        let mut faults: BTreeMap<String, Fault> = self
            .tree
            .iter()
            .filter(|(path, _)| !without_hash.iter().any(|known| known == path))
            .map(|(path, _)| (path.to_owned(), Fault::Unlisted))
            .collect();
        let mut listed = BTreeSet::new();
        for row in rows(&list) {
            let [path, hash, length] = &row;
            let fault = match self.tree.file(path) {
                None => Some(Fault::Missing),
                Some(_) if listed.contains(path) => Some(Fault::Twice),
                Some(_) if without_hash.contains(path) => None,
                Some(bytes) => content_fault(bytes, hash, length),
            };
            listed.insert(path.clone());
            match fault {
                Some(fault) => drop(faults.insert(path.clone(), fault)),
                None => drop(faults.remove(path)),
            }
        }
        faults
    }
}

/// One sentence about the wheel: what it is, and whether its list of files is right.
impl std::fmt::Display for Wheel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = Name::of(format!("{} {}", self.name, self.version));
        write!(f, "the wheel {name} ({} files", self.tree.len())?;
        let faults = self.record_faults();
        if let Some((path, fault)) = faults.first_key_value() {
            write!(f, "; by its RECORD {} {}", Name::of(path), fault.text())?;
            if faults.len() > 1 {
                write!(f, ", and {} more are wrong", faults.len() - 1)?;
            }
        }
        f.write_str(")")
    }
}

/// Unpacks a wheel whose file has this name.
///
/// # Errors
///
/// What [`super::archive`] refuses of a zip archive, and wheels that no installer takes: without exactly one directory of
/// metadata, without the three files in it, or with a name that the file does not have.
pub fn wheel(packed: &Bytes, file_name: &str, quotas: &Quotas) -> Result<Wheel, UnpackError> {
    if packed.is_empty() {
        return Err(UnpackError::Empty);
    }
    let tree = zip::read(packed, quotas)?;
    let mut directories: Vec<&str> = tree
        .iter()
        .filter_map(|(path, _)| Some(path.split_once('/')?.0))
        .filter(|top| top.ends_with(DIST_INFO))
        .collect();
    directories.dedup();
    let [directory] = directories.as_slice() else {
        return Err(match directories.len() {
            0 => UnpackError::NotAWheel("it has no .dist-info directory"),
            _ => UnpackError::NotAWheel("it has several .dist-info directories"),
        });
    };
    for file in ["METADATA", "WHEEL", "RECORD"] {
        if tree.file(&format!("{directory}/{file}")).is_none() {
            return Err(UnpackError::NotAWheel(
                "METADATA, WHEEL or RECORD is missing in its .dist-info directory",
            ));
        }
    }
    let stem = directory.strip_suffix(DIST_INFO).unwrap_or(directory);
    let (name, version) = stem.split_once('-').ok_or(UnpackError::NotAWheel(
        "its .dist-info directory has no version",
    ))?;
    let mut of_file = file_name.split('-');
    let agrees = of_file.next().is_some_and(|own| plain(own) == plain(name))
        && of_file.next().is_some_and(|own| own == version)
        && of_file.next().is_some();
    if !agrees {
        return Err(UnpackError::WheelName {
            file: Name::of(file_name),
            directory: Name::of(directory),
        });
    }
    Ok(Wheel {
        name: name.to_owned(),
        version: version.to_owned(),
        tree,
    })
}

/// A project's name in the form in which names are compared: case and the kind of separator do not count.
fn plain(name: &str) -> String {
    let parts = name.split(['-', '_', '.']);
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("-").to_lowercase()
}

fn content_fault(bytes: &[u8], hash: &str, length: &str) -> Option<Fault> {
    let digest = match hash.split_once('=') {
        Some(("sha256", _)) => Sha256::digest(bytes).to_vec(),
        Some(("sha384", _)) => Sha384::digest(bytes).to_vec(),
        Some(("sha512", _)) => Sha512::digest(bytes).to_vec(),
        _ => return Some(Fault::Unhashed),
    };
    let stated = hash.split_once('=').map_or("", |(_, stated)| stated);
    if URL_SAFE_NO_PAD.encode(digest) != stated.trim_end_matches('=') {
        return Some(Fault::Hash);
    }
    (!length.is_empty() && length.parse() != Ok(bytes.len())).then_some(Fault::Length)
}

/// The rows of a list of files: path, hash and length, separated by commas; fields with commas or quotes are quoted. Rows
/// without a path are left out, and fields beyond the third.
fn rows(text: &str) -> Vec<[String; 3]> {
    let mut rows = Vec::new();
    let mut row: [String; 3] = Default::default();
    let mut column = 0;
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                if let Some(field) = row.get_mut(column) {
                    field.push('"');
                }
            }
            '"' => quoted = !quoted,
            ',' if !quoted => column += 1,
            '\r' if !quoted => {}
            '\n' if !quoted => {
                rows.push(std::mem::take(&mut row));
                column = 0;
            }
            c => {
                if let Some(field) = row.get_mut(column) {
                    field.push(c);
                }
            }
        }
    }
    rows.push(row);
    rows.retain(|[path, ..]| !path.is_empty());
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_with_quotes_and_both_kinds_of_line_ends() {
        let found = rows("a,sha256=x,1\r\n\"b,\"\"c\"\"\",,\n\nlast");
        assert_eq!(
            found,
            [
                ["a", "sha256=x", "1"],
                ["b,\"c\"", "", ""],
                ["last", "", ""]
            ]
        );
    }

    #[test]
    fn names_are_compared_without_case_and_separators() {
        assert_eq!(plain("My_Pkg.x"), plain("my-pkg-X"));
        assert_ne!(plain("mypkg"), plain("my-pkg"));
    }
}
