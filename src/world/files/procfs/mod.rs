//! `/proc/<pid>`: made from the process table when it is asked for. Source of names and forms: proc(5) of Linux.

mod texts;

use super::What;
use crate::world::fs::{Type, Who};
use crate::world::process::{Process, State};
use crate::world::{Errno, Pid, World};
use bytes::Bytes;

/// An entry below `/proc/<pid>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A file with this text.
    Text(Bytes),
    /// A directory with these names.
    Directory(Vec<(String, Type)>),
    /// A link, not followed.
    Link(String),
    /// What a descriptor of a process refers to.
    Descriptor(Pid, u32),
}

/// Where a path below `/proc/<pid>` leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// To an entry, with its path.
    Entry(Entry, String),
    /// To another absolute path.
    Elsewhere(String),
}

/// Namespaces, and the numbers that those of a machine without containers have.
const NAMESPACES: &[(&str, &str)] = &[
    ("cgroup", "cgroup:[4026531835]"),
    ("ipc", "ipc:[4026531839]"),
    ("mnt", "mnt:[4026531841]"),
    ("net", "net:[4026531840]"),
    ("pid", "pid:[4026531836]"),
    ("pid_for_children", "pid:[4026531836]"),
    ("time", "time:[4026531834]"),
    ("user", "user:[4026531837]"),
    ("uts", "uts:[4026531838]"),
];

/// Looks at a path below `/proc`: `self` or a number, and what follows.
pub(super) fn look(world: &World, caller: Pid, rest: &str, follow: bool) -> Result<Look, Errno> {
    let mut parts = rest.split('/').filter(|part| !matches!(*part, "" | "."));
    let first = parts.next().ok_or(Errno::NOENT)?;
    let tail: Vec<&str> = parts.collect();
    if matches!(first, "self" | "thread-self") {
        if tail.is_empty() && !follow {
            let entry = Entry::Link(caller.to_string());
            return Ok(Look::Entry(entry, format!("/proc/{first}")));
        }
        return Ok(Look::Elsewhere(format!(
            "/proc/{caller}/{}",
            tail.join("/")
        )));
    }
    let pid: Pid = first.parse().map_err(|_| Errno::NOENT)?;
    let process = world.processes.get(pid).ok_or(Errno::NOENT)?;
    if matches!(process.state, State::Exited(_)) {
        return Err(Errno::NOENT);
    }
    if let Some(up) = tail.iter().position(|part| *part == "..") {
        // Nothing below is a link to a directory before `..` that the text would not show, but for cwd and root.
        return match tail.split_at(up) {
            (["cwd" | "root", ..], _) => link(process, &tail, true),
            (before, after) => {
                let kept = before.len().saturating_sub(1);
                let (kept, after) = (before.get(..kept).unwrap_or_default(), &after[1..]);
                let base = if before.is_empty() {
                    "/proc".to_owned()
                } else {
                    format!("/proc/{pid}/{}", kept.join("/"))
                };
                Ok(Look::Elsewhere(format!("{base}/{}", after.join("/"))))
            }
        };
    }
    let path = format!("/proc/{pid}/{}", tail.join("/"));
    let path = path.trim_end_matches('/').to_owned();
    match tail.as_slice() {
        [] => Ok(Look::Entry(directory(), path)),
        ["fd"] => Ok(Look::Entry(descriptors(process, Type::Link), path)),
        ["fdinfo"] => Ok(Look::Entry(descriptors(process, Type::File), path)),
        ["fdinfo", number] => {
            let entry = Entry::Text(offset(world, process.pid, number)?.into());
            Ok(Look::Entry(entry, path))
        }
        ["ns"] => {
            let names = NAMESPACES.iter().map(|(name, _)| named(name, Type::Link));
            Ok(Look::Entry(Entry::Directory(names.collect()), path))
        }
        ["ns", name] => namespace(name, path),
        ["attr"] => {
            let names = vec![named("current", Type::File)];
            Ok(Look::Entry(Entry::Directory(names), path))
        }
        ["task"] => {
            let names = vec![(pid.to_string(), Type::Directory)];
            Ok(Look::Entry(Entry::Directory(names), path))
        }
        ["task", thread, below @ ..] if thread.parse() == Ok(pid) => {
            Ok(Look::Elsewhere(format!("/proc/{pid}/{}", below.join("/"))))
        }
        ["cwd" | "root" | "exe", ..] => link(process, &tail, follow),
        ["fd", number, below @ ..] => descriptor(world, pid, number, below, follow),
        // One network namespace and one table of mounts for all.
        ["net" | "mounts", ..] => Ok(Look::Elsewhere(format!("/proc/{}", tail.join("/")))),
        _ => match texts::of(world, process, &tail.join("/")) {
            Some(text) => Ok(Look::Entry(Entry::Text(text.into()), path)),
            // What does not depend on the process stands in the first one's directory, if anywhere.
            None if pid != 1 => Ok(Look::Elsewhere(format!("/proc/1/{}", tail.join("/")))),
            None => Err(Errno::NOENT),
        },
    }
}

fn named(name: &str, kind: Type) -> (String, Type) {
    (name.to_owned(), kind)
}

fn directory() -> Entry {
    let mut names: Vec<(String, Type)> = texts::NAMES
        .iter()
        .map(|name| named(name, Type::File))
        .collect();
    names.extend(["mounts", "mountinfo"].map(|name| named(name, Type::File)));
    names.extend(["cwd", "exe", "root"].map(|name| named(name, Type::Link)));
    names.extend(
        ["attr", "fd", "fdinfo", "net", "ns", "task"].map(|name| named(name, Type::Directory)),
    );
    names.sort_unstable();
    Entry::Directory(names)
}

fn descriptors(process: &Process, kind: Type) -> Entry {
    let names = process.descriptors.keys();
    Entry::Directory(names.map(|fd| (fd.to_string(), kind)).collect())
}

/// What `fdinfo` says of a descriptor.
fn offset(world: &World, pid: Pid, number: &str) -> Result<String, Errno> {
    let fd = number.parse().map_err(|_| Errno::NOENT)?;
    let file = world.description(pid, fd).map_err(|_| Errno::NOENT)?;
    Ok(format!(
        "pos:\t{}\nflags:\t0{:o}\nmnt_id:\t29\nino:\t{}\n",
        file.offset, file.flags.0, fd
    ))
}

fn namespace(name: &str, path: String) -> Result<Look, Errno> {
    let found = NAMESPACES.iter().find(|namespace| namespace.0 == name);
    let (_, target) = found.ok_or(Errno::NOENT)?;
    Ok(Look::Entry(Entry::Link((*target).to_owned()), path))
}

fn link(process: &Process, tail: &[&str], follow: bool) -> Result<Look, Errno> {
    let (name, below) = tail.split_first().ok_or(Errno::NOENT)?;
    let target = match *name {
        "cwd" => process.cwd.as_str(),
        "exe" => process.program.as_str(),
        _ => "/",
    };
    if below.is_empty() && !follow {
        let path = format!("/proc/{}/{name}", process.pid);
        return Ok(Look::Entry(Entry::Link(target.to_owned()), path));
    }
    Ok(Look::Elsewhere(if below.is_empty() {
        target.to_owned()
    } else {
        format!("{target}/{}", below.join("/"))
    }))
}

fn descriptor(
    world: &World,
    pid: Pid,
    number: &str,
    below: &[&str],
    follow: bool,
) -> Result<Look, Errno> {
    let fd: u32 = number.parse().map_err(|_| Errno::NOENT)?;
    let file = world.description(pid, fd).map_err(|_| Errno::NOENT)?;
    let path = format!("/proc/{pid}/fd/{fd}");
    if !below.is_empty() {
        return match file.what {
            What::Node(_) => Ok(Look::Elsewhere(format!(
                "{}/{}",
                file.path,
                below.join("/")
            ))),
            _ => Err(Errno::NOTDIR),
        };
    }
    if !follow {
        return Ok(Look::Entry(Entry::Link(file.path.clone()), path));
    }
    // A file that still has its name is opened by it; an unlinked one, a pipe or a socket through the descriptor.
    match file.what {
        What::Node(ino) if world.fs.lookup(Who::ROOT, &file.path, true) == Ok(ino) => {
            Ok(Look::Elsewhere(file.path.clone()))
        }
        _ => Ok(Look::Entry(Entry::Descriptor(pid, fd), path)),
    }
}
