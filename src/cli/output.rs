//! Files that the program writes: opened once, through a capability, after their place was checked.

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use std::ffi::OsString;
use std::io;
use std::path::Path;

/// A place for one file in a directory that is there.
#[derive(Debug)]
pub(super) struct Place {
    dir: Dir,
    name: OsString,
}

impl Place {
    /// The place that a path of the command line means. Its directory has to be there; the file is not touched yet.
    pub(super) fn of(path: &Path) -> io::Result<Place> {
        let name = path.file_name().filter(|_| !path.is_dir()).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::IsADirectory,
                "this is a directory, not a file",
            )
        })?;
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        Ok(Place {
            dir: Dir::open_ambient_dir(parent, ambient_authority())?,
            name: name.to_owned(),
        })
    }

    /// Writes the file, whole or not at all: a reader never sees half of it. A device or pipe is written to as it is.
    pub(super) fn write(
        &self,
        write: impl FnOnce(&mut io::BufWriter<cap_std::fs::File>) -> io::Result<()>,
    ) -> io::Result<()> {
        let is_special = self
            .dir
            .metadata(&self.name)
            .is_ok_and(|there| !there.is_file());
        if is_special {
            let opened = self
                .dir
                .open_with(&self.name, cap_std::fs::OpenOptions::new().write(true))?;
            let mut file = io::BufWriter::new(opened);
            return write(&mut file).and_then(|()| io::Write::flush(&mut file));
        }
        let mut partial = self.name.clone();
        partial.push(".partial");
        let mut file = io::BufWriter::new(self.dir.create(&partial)?);
        let written = write(&mut file)
            .and_then(|()| io::Write::flush(&mut file))
            .and_then(|()| self.dir.rename(&partial, &self.dir, &self.name));
        if written.is_err() {
            let _ = self.dir.remove_file(&partial);
        }
        written
    }
}

/// Where traces are saved.
#[derive(Debug)]
pub(super) enum Traces {
    /// The one trace of one target.
    File(Place),
    /// A directory; files are named after the packages.
    Directory(Dir),
}

impl Traces {
    /// A directory that exists, or that several targets need, gets a file for each package.
    pub(super) fn at(path: &Path, targets: usize) -> io::Result<Traces> {
        let authority = ambient_authority();
        if targets > 1 {
            Dir::create_ambient_dir_all(path, authority)?;
        }
        if path.is_dir() {
            return Ok(Traces::Directory(Dir::open_ambient_dir(path, authority)?));
        }
        Ok(Traces::File(Place::of(path)?))
    }

    /// Saves a trace.
    pub(super) fn save(&self, trace: &crate::trace::Trace) -> io::Result<()> {
        match self {
            Traces::File(place) => place.write(|file| trace.write_to(file)),
            Traces::Directory(dir) => {
                let place = Place {
                    dir: dir.try_clone()?,
                    name: file_name(&trace.header.package).into(),
                };
                place.write(|file| trace.write_to(file))
            }
        }
    }
}

/// A file name that is lawful everywhere, whatever the package calls itself, and different for different packages.
fn file_name(package: &crate::trace::PackageId) -> String {
    let plain = |text: &str| -> String {
        text.chars()
            .take(80)
            .map(|c| {
                if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                    c
                } else {
                    '_'
                }
            })
            .collect()
    };
    let digest: String = package.digest.chars().take(12).collect();
    format!(
        "{}-{}-{}.trace",
        plain(package.name.trim_start_matches(['@', '.'])),
        plain(&package.version),
        plain(&digest)
    )
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests work on the host")]
mod tests {
    use super::*;
    use crate::trace::PackageId;
    use std::io::Write as _;

    #[test]
    fn hostile_names_become_lawful_file_names() {
        let name = |name: &str| {
            file_name(&PackageId {
                name: name.into(),
                version: "1/../2".into(),
                digest: "0123456789abcdef".into(),
                ..PackageId::default()
            })
        };
        assert_eq!(name("@a/b"), "a_b-1_.._2-0123456789ab.trace");
        assert!(!name("../../x").contains('/'));
        assert!(!name("..").starts_with('.'));
    }

    #[test]
    fn a_failed_write_leaves_nothing() {
        let scratch = tempfile::tempdir().expect("a directory");
        let path = scratch.path().join("out");
        let place = Place::of(&path).expect("a place");
        let failed = place.write(|file| {
            file.write_all(b"half")?;
            Err(io::Error::other("no"))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read_dir(scratch.path()).expect("there").count(), 0);
        place
            .write(|file| file.write_all(b"all"))
            .expect("writable");
        assert_eq!(std::fs::read(path).expect("written"), b"all");
        assert!(Place::of(scratch.path()).is_err());
    }
}
