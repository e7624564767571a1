//! The believable machine: what stands on its disk, in its environment and behind its system calls before a package comes.
//!
//! Everything follows from the [`Persona`], so every door gives the same answer: `os.cpus()`, `/proc/cpuinfo` and `nproc`
//! read the same facts. The texts of the files stand in `.tree` files, one for each part of the disk.

mod environment;
pub mod facts;
mod kernel;
mod programs;
pub(crate) mod tree;

pub use environment::environment;
pub use programs::program_of;

use super::Persona;
use super::fs::{Base, Content, Data, Fs, Who};
use super::net::civil;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;
use tree::Values;

/// Something that stands on the disk of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Absolute, normal path.
    pub path: String,
    /// What it is.
    pub body: Body,
    /// Permission bits, with set-user-id, set-group-id and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// When it was last changed, in nanoseconds since 1970.
    pub time: u64,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A directory.
    Directory,
    /// A file with its contents.
    File(Bytes),
    /// A symbolic link with its target.
    Link(String),
    /// A socket of a service.
    Socket,
}

impl Entry {
    /// Puts the entry on a disk, in place of what stands there.
    pub(crate) fn plant(self, fs: &mut Fs) {
        let content = match self.body {
            Body::Directory => Content::Directory(BTreeMap::new()),
            Body::File(bytes) => Content::File(Data::Shared(bytes)),
            Body::Link(target) => Content::Link(target),
            Body::Socket => Content::Socket,
        };
        let owner = Who {
            uid: self.uid,
            gid: self.gid,
        };
        fs.planting_time = self.time;
        fs.plant(&self.path, content, self.mode, Some(owner));
    }
}

/// Who owns what: the user everything below the home directory, root the rest.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    pub(crate) home: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Owner {
    pub(crate) fn new(persona: &Persona) -> Owner {
        Owner {
            home: persona.home.clone(),
            uid: persona.uid,
            gid: persona.gid,
        }
    }

    /// User and group that own a path.
    pub(crate) fn of(&self, path: &str) -> (u32, u32) {
        let mine = path
            .strip_prefix(&self.home)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if mine { (self.uid, self.gid) } else { (0, 0) }
    }
}

/// The parts of a Linux disk that are texts.
const LINUX: &[&str] = &[
    include_str!("linux/etc.tree"),
    include_str!("linux/sys.tree"),
    include_str!("linux/usr.tree"),
    include_str!("linux/home.tree"),
    include_str!("linux/project.tree"),
];

/// The sockets of services on a Linux machine: path, mode and whether the user owns it.
const SOCKETS: &[(&str, u32, bool)] = &[
    ("/run/docker.sock", 0o660, false),
    ("/run/user/{{uid}}/bus", 0o666, true),
    ("/run/user/{{uid}}/keyring/ssh", 0o600, true),
    ("/tmp/.X11-unix/X0", 0o777, false),
];

/// The disk of a persona's machine without its secrets, as a base on which all worlds of that persona stand.
#[must_use]
pub fn base(persona: &Persona) -> Arc<Base> {
    let mut fs = Fs::default();
    for entry in entries(persona) {
        entry.plant(&mut fs);
    }
    fs.freeze()
}

/// The disk of a persona's machine without its secrets, sorted by path, every directory before what it holds.
///
/// Depends on nothing but the persona, so it is made once and shared by all worlds.
#[must_use]
pub fn entries(persona: &Persona) -> Vec<Entry> {
    let owner = Owner::new(persona);
    let values = values(persona);
    let mut all: Vec<Entry> = LINUX
        .iter()
        .flat_map(|text| tree::sections(text, &values, &owner, persona.start))
        .map(|section| section.entry)
        .collect();
    all.extend(SOCKETS.iter().map(|&(path, mode, mine)| {
        let path = path.replace("{{uid}}", &persona.uid.to_string());
        let (uid, gid) = if mine { (owner.uid, owner.gid) } else { (0, 0) };
        let time = tree::age(&path, 3, persona.start);
        Entry {
            path,
            body: Body::Socket,
            mode,
            uid,
            gid,
            time,
        }
    }));
    all.extend(kernel::entries(persona));
    all.extend(programs::entries(persona));
    with_parents(all, &owner, persona.start)
}

/// Sorts entries, drops all but the first of a path, and adds the directories that they stand in.
pub(crate) fn with_parents(entries: Vec<Entry>, owner: &Owner, start: u64) -> Vec<Entry> {
    let mut sorted: BTreeMap<String, Entry> = BTreeMap::new();
    for entry in entries {
        sorted.entry(entry.path.clone()).or_insert(entry);
    }
    let mut parents: BTreeMap<String, Entry> = BTreeMap::new();
    for path in sorted.keys() {
        let mut rest = path.as_str();
        while let Some((parent, _)) = rest.rsplit_once('/') {
            if parent.is_empty() || sorted.contains_key(parent) || parents.contains_key(parent) {
                break;
            }
            parents.insert(parent.to_owned(), directory(parent, owner, start));
            rest = parent;
        }
    }
    sorted.append(&mut parents);
    sorted.into_values().collect()
}

fn directory(path: &str, owner: &Owner, start: u64) -> Entry {
    let (uid, gid) = owner.of(path);
    let days = if uid == 0 { 190 } else { 4 };
    Entry {
        path: path.to_owned(),
        body: Body::Directory,
        mode: 0o755,
        uid,
        gid,
        time: tree::age(path, days, start),
    }
}

/// How many days ago the things happened that texts give a date of.
const DAYS_AGO: [u64; 5] = [1, 2, 140, 150, 255];

/// The values that texts of a machine may name. `date-N`, `day-N` and `epoch-N` are the time N days before a run, as
/// `2024-01-31`, `20240131` and seconds since 1970.
pub(crate) fn values(persona: &Persona) -> Values {
    let dates = DAYS_AGO.into_iter().flat_map(|ago| {
        let seconds = persona.start.saturating_sub(ago * tree::DAY) / 1_000_000_000;
        let (year, month, day) = civil(seconds / 86_400);
        [
            (format!("date-{ago}"), format!("{year}-{month:02}-{day:02}")),
            (format!("day-{ago}"), format!("{year}{month:02}{day:02}")),
            (format!("epoch-{ago}"), seconds.to_string()),
        ]
    });
    let memory = persona.memory / 1_024;
    let (major, minor) = facts::offset_hours(persona.utc_offset);
    [
        ("user", persona.user.clone()),
        ("home", persona.home.clone()),
        ("project", persona.project.clone()),
        (
            "project-name",
            persona
                .project
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned(),
        ),
        ("hostname", persona.hostname.clone()),
        ("uid", persona.uid.to_string()),
        ("gid", persona.gid.to_string()),
        ("shell", persona.shell.clone()),
        ("release", persona.release.clone()),
        ("kernel", persona.kernel.clone()),
        ("lang", persona.lang.clone()),
        ("timezone", persona.timezone.clone()),
        ("offset", format!("{major:+03}{minor:02}")),
        ("address", persona.address.clone()),
        ("gateway", facts::gateway(persona)),
        ("mac", persona.mac.clone()),
        ("memory-kb", memory.to_string()),
        ("full-name", facts::full_name(persona)),
        ("machine-id", facts::machine_id(persona, "machine")),
        ("boot-id", facts::uuid(persona, "boot")),
        ("root-uuid", facts::uuid(persona, "root")),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .chain(dates)
    .collect()
}

#[cfg(test)]
mod tests;
