//! Calls whose answers both arms write down. See `tests.rs`.

pub(in super::super) mod files;
pub(in super::super) mod machine;
pub(in super::super) mod paths;
pub(in super::super) mod streams;

use super::bindings::filesystem::preopens::Host as _;
use super::bindings::filesystem::types::{
    DescriptorFlags, DescriptorStat, DescriptorType, HostDescriptor, HostDirectoryEntryStream,
    OpenFlags, PathFlags,
};
use super::{Arm, Dir};
use wasmtime::component::Resource;

type Log = Vec<String>;

/// A second handle with the same number: calls take handles by value.
fn same<T: 'static>(handle: &Resource<T>) -> Resource<T> {
    Resource::new_borrow(handle.rep())
}

fn own<T: 'static>(handle: &Resource<T>) -> Resource<T> {
    Resource::new_own(handle.rep())
}

const FOLLOW: PathFlags = PathFlags::SYMLINK_FOLLOW;

const READ: DescriptorFlags = DescriptorFlags::READ;

const WRITE: DescriptorFlags = DescriptorFlags::WRITE;

fn root(arm: &mut Arm) -> Dir {
    let mut directories = arm.fs().get_directories().expect("preopened");
    assert_eq!(directories.len(), 1);
    directories.remove(0).0
}

fn mkdir(arm: &mut Arm, dir: &Dir, path: &str) {
    let made = arm.fs().create_directory_at(same(dir), path.into());
    assert_eq!(arm.said(made), "ok ()", "{path}");
}

fn open_dir(arm: &mut Arm, dir: &Dir, path: &str) -> Dir {
    let opened = arm
        .fs()
        .open_at(same(dir), FOLLOW, path.into(), OpenFlags::DIRECTORY, READ);
    opened.unwrap_or_else(|_| panic!("{path}"))
}

fn open(arm: &mut Arm, dir: &Dir, path: &str, open: OpenFlags, flags: DescriptorFlags) -> Dir {
    let opened = arm
        .fs()
        .open_at(same(dir), FOLLOW, path.into(), open, flags);
    opened.unwrap_or_else(|_| panic!("{path}"))
}

fn put(arm: &mut Arm, dir: &Dir, path: &str, bytes: &[u8]) {
    let file = open(
        arm,
        dir,
        path,
        OpenFlags::CREATE | OpenFlags::TRUNCATE,
        WRITE,
    );
    let written = HostDescriptor::write(&mut arm.fs(), same(&file), bytes.to_vec(), 0);
    assert_eq!(arm.said(written), format!("ok {}", bytes.len()));
    HostDescriptor::drop(&mut arm.fs(), own(&file)).expect("open");
}

fn link(arm: &mut Arm, dir: &Dir, target: &str, path: &str) {
    let made = arm.fs().symlink_at(same(dir), target.into(), path.into());
    assert_eq!(arm.said(made), "ok ()", "{path}");
}

/// A new directory with one of each kind of thing in it.
fn furnished(arm: &mut Arm, root: &Dir, name: &str) -> Dir {
    mkdir(arm, root, name);
    let dir = open_dir(arm, root, name);
    put(arm, &dir, "f", b"contents");
    mkdir(arm, &dir, "d");
    put(arm, &dir, "d/g", b"below");
    mkdir(arm, &dir, "e");
    for (target, path) in [
        ("f", "to-f"),
        ("d", "to-d"),
        ("nothing", "dangling"),
        ("loop", "loop"),
        ("../outside", "up"),
        ("d/../f", "round"),
        ("d/", "to-d-slash"),
        ("..", "dotdot"),
    ] {
        link(arm, &dir, target, path);
    }
    dir
}

/// What is there, in a line: kind, links and, of a file, its size and contents.
fn looks(arm: &mut Arm, dir: &Dir, path: &str) -> String {
    let stat = arm.fs().stat_at(same(dir), PathFlags::empty(), path.into());
    let text = stat.map(|stat| stat_line(&stat));
    arm.said(text)
}

fn stat_line(stat: &DescriptorStat) -> String {
    match stat.type_ {
        DescriptorType::RegularFile | DescriptorType::SymbolicLink => {
            format!("{:?} {} {}", stat.type_, stat.link_count, stat.size)
                .replace("DescriptorType::", "")
        }
        kind => format!("{kind:?}").replace("DescriptorType::", ""),
    }
}

/// Everything below a directory, sorted.
fn tree(arm: &mut Arm, dir: &Dir) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, kind) in names(arm, dir) {
        lines.push(format!("{name} {}", looks(arm, dir, &name)));
        if kind == "Directory" {
            let below = open_dir(arm, dir, &name);
            lines.extend(
                tree(arm, &below)
                    .into_iter()
                    .map(|line| format!("{name}/{line}")),
            );
            HostDescriptor::drop(&mut arm.fs(), own(&below)).expect("open");
        }
    }
    lines
}

fn names(arm: &mut Arm, dir: &Dir) -> Vec<(String, String)> {
    let stream = arm
        .fs()
        .read_directory(same(dir))
        .unwrap_or_else(|_| panic!("a directory"));
    let mut names = Vec::new();
    while let Ok(Some(entry)) = arm.fs().read_directory_entry(same(&stream)) {
        names.push((
            entry.name,
            format!("{:?}", entry.type_).replace("DescriptorType::", ""),
        ));
    }
    HostDirectoryEntryStream::drop(&mut arm.fs(), own(&stream)).expect("open");
    names.sort();
    names
}
