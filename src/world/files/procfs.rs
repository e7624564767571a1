//! `/proc/<pid>`: made from the process table when it is asked for. Source of the forms: proc(5) of Linux.

use super::What;
use crate::world::fs::{Type, Who};
use crate::world::process::{Process, State};
use crate::world::{Errno, Pid, World};
use bytes::Bytes;
use std::fmt::Write as _;

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

/// Names of the files that are made here.
const TEXTS: &[&str] = &[
    "cmdline", "comm", "environ", "maps", "stat", "statm", "status",
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
            (["cwd" | "root", ..], _) => link(world, process, &tail, true),
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
        ["fd"] => Ok(Look::Entry(descriptors(process), path)),
        ["task"] => {
            let names = vec![(pid.to_string(), Type::Directory)];
            Ok(Look::Entry(Entry::Directory(names), path))
        }
        ["task", thread, below @ ..] if thread.parse() == Ok(pid) => {
            Ok(Look::Elsewhere(format!("/proc/{pid}/{}", below.join("/"))))
        }
        [name] if TEXTS.contains(name) => {
            let entry = Entry::Text(text(world, process, name).into());
            Ok(Look::Entry(entry, path))
        }
        ["cwd" | "root" | "exe", ..] => link(world, process, &tail, follow),
        ["fd", number, below @ ..] => descriptor(world, pid, number, below, follow),
        // What does not depend on the process stands in the first one's directory, if anywhere.
        [..] if pid != 1 => Ok(Look::Elsewhere(format!("/proc/1/{}", tail.join("/")))),
        [..] => Err(Errno::NOENT),
    }
}

fn directory() -> Entry {
    let mut names: Vec<(String, Type)> = TEXTS
        .iter()
        .map(|name| ((*name).to_owned(), Type::File))
        .collect();
    names.extend(["cwd", "exe", "root"].map(|name| (name.to_owned(), Type::Link)));
    names.extend(["fd", "task"].map(|name| (name.to_owned(), Type::Directory)));
    names.sort_unstable();
    Entry::Directory(names)
}

fn descriptors(process: &Process) -> Entry {
    let names = process.descriptors.keys();
    Entry::Directory(names.map(|fd| (fd.to_string(), Type::Link)).collect())
}

fn link(_world: &World, process: &Process, tail: &[&str], follow: bool) -> Result<Look, Errno> {
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

fn text(world: &World, process: &Process, name: &str) -> String {
    let command = process.program.rsplit('/').next().unwrap_or_default();
    let comm: String = command.chars().take(15).collect();
    let terminated = |text: String| format!("{text}\0");
    match name {
        "cmdline" => process.argv.iter().cloned().map(terminated).collect(),
        "comm" => format!("{comm}\n"),
        "environ" => process
            .env
            .iter()
            .map(|(name, value)| terminated(format!("{name}={value}")))
            .collect(),
        "maps" => maps(process),
        "stat" => stat(world, process, &comm),
        "statm" => "152817 11872 9884 10321 0 27944 0\n".to_owned(),
        _ => status(world, process, &comm),
    }
}

/// A process is not traced by anyone: `TracerPid` is what those look at who look for a debugger.
fn status(world: &World, process: &Process, comm: &str) -> String {
    let (uid, gid) = (world.persona.uid, world.persona.gid);
    let mut text = format!("Name:\t{comm}\nUmask:\t{:04o}\n", process.umask);
    let _ = write!(
        text,
        "State:\tR (running)\nTgid:\t{pid}\nNgid:\t0\nPid:\t{pid}\nPPid:\t{ppid}\nTracerPid:\t0\n\
         Uid:\t{uid}\t{uid}\t{uid}\t{uid}\nGid:\t{gid}\t{gid}\t{gid}\t{gid}\nFDSize:\t64\n\
         Groups:\t{gid} \nVmPeak:\t  611268 kB\nVmSize:\t  611268 kB\nVmRSS:\t   47488 kB\n\
         Threads:\t11\nSeccomp:\t0\nCpus_allowed_list:\t0-{last}\n",
        pid = process.pid,
        ppid = process.ppid,
        last = world.persona.cpus.saturating_sub(1),
    );
    text
}

fn stat(world: &World, process: &Process, comm: &str) -> String {
    let ticks = world.persona.uptime.saturating_mul(100);
    format!(
        "{pid} ({comm}) R {ppid} {pid} {pid} 0 -1 4194304 4811 0 0 0 12 3 0 0 20 0 11 0 {ticks} 625938432 11872 \
         18446744073709551615 4194304 0 0 0 0 0 0 16781312 134235650 0 0 0 17 3 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
        pid = process.pid,
        ppid = process.ppid,
    )
}

fn maps(process: &Process) -> String {
    format!(
        "00400000-00e2c000 r--p 00000000 103:02 1841207 {program}\n\
         00e2c000-02c8f000 r-xp 00a2b000 103:02 1841207 {program}\n\
         7f3c9a200000-7f3c9a228000 r--p 00000000 103:02 1573104 /usr/lib/x86_64-linux-gnu/libc.so.6\n\
         7ffd3b1c2000-7ffd3b1e4000 rw-p 00000000 00:00 0 [stack]\n",
        program = process.program
    )
}
