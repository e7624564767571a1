//! Paths: opening, asking, changing, linking and renaming, at every kind of place.

use super::super::bindings::filesystem::types::{
    DescriptorFlags, HostDescriptor, NewTimestamp, OpenFlags, PathFlags,
};
use super::super::{Arm, Dir};
use super::{FOLLOW, Log, READ, WRITE, furnished, looks, own, root, same, stat_line, tree};

const PLACES: &[&str] = &[
    "f",
    "d",
    "missing",
    "to-f",
    "to-d",
    "dangling",
    "loop",
    "d/g",
    "missing/x",
    "to-d/g",
    "up",
];

/// Every combination of flags on every kind of place.
pub(in super::super::super) fn opening(arm: &mut Arm, log: &mut Log) {
    let root = root(arm);
    let kinds = [
        DescriptorFlags::empty(),
        READ,
        WRITE,
        READ | WRITE,
        READ | DescriptorFlags::MUTATE_DIRECTORY,
    ];
    let mut fresh = None;
    for place in PLACES {
        for bits in 0..16_u8 {
            for (flags, follow) in kinds
                .iter()
                .flat_map(|kind| [(*kind, true), (*kind, false)])
            {
                let number = log.len().to_string();
                let dir = fresh
                    .take()
                    .unwrap_or_else(|| furnished(arm, &root, &number));
                let lookup = if follow { FOLLOW } else { PathFlags::empty() };
                let opened =
                    arm.fs()
                        .open_at(same(&dir), lookup, (*place).into(), open_flags(bits), flags);
                let refused = opened.is_err();
                let line = match opened {
                    Ok(file) => opened_line(arm, &file),
                    Err(error) => arm.said(Err::<(), _>(error)),
                };
                let left = looks(arm, &dir, place);
                let target = looks(arm, &dir, "nothing");
                log.push(format!(
                    "{place} {bits:04b} {flags:?} {follow}: {line}; {left}; {target}"
                ));
                if refused {
                    fresh = Some(dir);
                } else {
                    HostDescriptor::drop(&mut arm.fs(), own(&dir)).expect("open");
                }
            }
        }
    }
    let synchronised = READ | DescriptorFlags::FILE_INTEGRITY_SYNC;
    let refused = arm
        .fs()
        .open_at(root, FOLLOW, "0".into(), OpenFlags::empty(), synchronised);
    log.push(arm.said(refused.map(|_| ())));
}

fn open_flags(bits: u8) -> OpenFlags {
    let mut flags = OpenFlags::empty();
    for (bit, flag) in [
        (1, OpenFlags::CREATE),
        (2, OpenFlags::DIRECTORY),
        (4, OpenFlags::EXCLUSIVE),
        (8, OpenFlags::TRUNCATE),
    ] {
        if bits & bit != 0 {
            flags |= flag;
        }
    }
    flags
}

fn opened_line(arm: &mut Arm, file: &Dir) -> String {
    let kind = arm.fs().get_type(same(file));
    let kind = arm.said(kind);
    let flags = arm
        .fs()
        .get_flags(same(file))
        .map(|flags| [READ, WRITE].map(|flag| flags.contains(flag)));
    let flags = arm.said(flags);
    let stat = HostDescriptor::stat(&mut arm.fs(), same(file)).map(|stat| stat_line(&stat));
    let stat = arm.said(stat);
    let read = HostDescriptor::read(&mut arm.fs(), same(file), 4, 2);
    let read = arm.said(read);
    let written = HostDescriptor::write(&mut arm.fs(), same(file), b"new".to_vec(), 1);
    let written = arm.said(written);
    let cut = arm.fs().set_size(same(file), 2);
    let cut = arm.said(cut);
    HostDescriptor::drop(&mut arm.fs(), own(file)).expect("open");
    format!("{kind} {flags} {stat} {read} {written} {cut}")
}

fn odd_paths() -> Vec<String> {
    let mut paths: Vec<String> = [
        "",
        ".",
        "./",
        "..",
        "../",
        "a/..",
        "d/..",
        "d/../..",
        "d/../../x",
        "/",
        "/f",
        "//",
        "./f",
        "f/",
        "f/.",
        "f/..",
        "f/x",
        "f//",
        "d/",
        "d/.",
        "d/./g",
        "d//g",
        "d/../f",
        "missing",
        "missing/",
        "missing/..",
        "missing/x",
        "up",
        "up/x",
        "dotdot",
        "dotdot/x",
        "round",
        "round/",
        "to-f",
        "to-f/",
        "to-d",
        "to-d/",
        "to-d/g",
        "to-d/..",
        "to-d/../f",
        "to-d-slash",
        "to-d-slash/g",
        "dangling",
        "dangling/",
        "dangling/x",
        "loop",
        "loop/",
        "loop/x",
        " ",
        "...",
        "\u{e9}",
        "e",
        "e/",
        "e/.",
        "e/..",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.push("n".repeat(255));
    paths.push("n".repeat(256));
    paths.push(format!("{}f", "./".repeat(1_000)));
    paths.push(format!("{}f", "d/../".repeat(300)));
    paths.push("nul\0".to_owned());
    paths
}

fn named(path: &str) -> String {
    path.chars()
        .take(12)
        .collect::<String>()
        .escape_debug()
        .to_string()
}

/// Whether a path ends so that only a directory can be meant. The oracle takes that off for itself in some calls and answers
/// unlike Linux, whose answers the world gives (`world/files/tests.rs`); such calls are left out.
fn wants_directory(path: &str) -> bool {
    path.ends_with('/') || path.ends_with("/.")
}

/// Questions about odd paths.
pub(in super::super::super) fn paths_for_questions(arm: &mut Arm, log: &mut Log) {
    let root = root(arm);
    let dir = furnished(arm, &root, "x");
    for path in odd_paths() {
        for lookup in [FOLLOW, PathFlags::empty()] {
            if lookup != FOLLOW && wants_directory(&path) {
                continue;
            }
            let stat = arm
                .fs()
                .stat_at(same(&dir), lookup, path.clone())
                .map(|stat| stat_line(&stat));
            let stat = arm.said(stat);
            let opened =
                arm.fs()
                    .open_at(same(&dir), lookup, path.clone(), OpenFlags::empty(), READ);
            let opened = match opened {
                Ok(file) => {
                    let kind = arm.fs().get_type(same(&file));
                    HostDescriptor::drop(&mut arm.fs(), own(&file)).expect("open");
                    arm.said(kind)
                }
                Err(error) => arm.said(Err::<(), _>(error)),
            };
            let hash = arm
                .fs()
                .metadata_hash_at(same(&dir), lookup, path.clone())
                .map(|_| ());
            let hash = arm.said(hash);
            let times = (NewTimestamp::NoChange, NewTimestamp::Now);
            let touched = arm
                .fs()
                .set_times_at(same(&dir), lookup, path.clone(), times.0, times.1);
            let touched = arm.said(touched);
            log.push(format!(
                "{} {lookup:?}: {stat}; {opened}; {hash}; {touched}",
                named(&path)
            ));
        }
        let read = arm.fs().readlink_at(same(&dir), path.clone());
        let read = arm.said(read);
        log.push(format!("readlink {}: {read}", named(&path)));
    }
}

/// Changes at odd paths, each in a directory of its own, and what they leave.
pub(in super::super::super) fn paths_for_changes(arm: &mut Arm, log: &mut Log) {
    let root = root(arm);
    let mut number = 0;
    for path in odd_paths() {
        for what in 0..7 {
            if path == "loop/" || matches!(what, 1 | 2 | 3 | 6) && wants_directory(&path) {
                continue;
            }
            number += 1;
            let dir = furnished(arm, &root, &number.to_string());
            let (at, to) = (|| same(&dir), path.clone());
            let done = match what {
                0 => arm.fs().create_directory_at(at(), to),
                1 => arm.fs().remove_directory_at(at(), to),
                2 => arm.fs().unlink_file_at(at(), to),
                3 => arm.fs().symlink_at(at(), "f".into(), to),
                4 => arm.fs().rename_at(at(), "f".into(), at(), to),
                5 => arm.fs().rename_at(at(), to, at(), "new".into()),
                _ => arm
                    .fs()
                    .link_at(at(), PathFlags::empty(), "f".into(), at(), to),
            };
            let done = arm.said(done);
            let left = tree(arm, &dir);
            log.push(format!("{what} {}: {done}; {left:?}", named(&path)));
            HostDescriptor::drop(&mut arm.fs(), own(&dir)).expect("open");
        }
    }
}

const THINGS: &[&str] = &[
    "f", "d", "e", "missing", "to-f", "to-d", "dangling", "up", "d/g", "d/new", ".",
];

/// Hard and symbolic links between all kinds of things.
pub(in super::super::super) fn links(arm: &mut Arm, log: &mut Log) {
    let root = root(arm);
    let mut number = 0;
    for from in THINGS {
        for to in THINGS {
            for lookup in [PathFlags::empty(), FOLLOW] {
                number += 1;
                let dir = furnished(arm, &root, &number.to_string());
                let done =
                    arm.fs()
                        .link_at(same(&dir), lookup, (*from).into(), same(&dir), (*to).into());
                let done = arm.said(done);
                let left = tree(arm, &dir);
                log.push(format!("{from} {to} {lookup:?}: {done}; {left:?}"));
                HostDescriptor::drop(&mut arm.fs(), own(&dir)).expect("open");
            }
        }
    }
    let dir = furnished(arm, &root, "targets");
    for target in ["", "/etc/passwd", "a//b/", "..", "\u{fc}", "nul\0"] {
        let done = arm
            .fs()
            .symlink_at(same(&dir), target.into(), format!("link{}", target.len()));
        let done = arm.said(done);
        let read = arm
            .fs()
            .readlink_at(same(&dir), format!("link{}", target.len()));
        let read = arm.said(read);
        log.push(format!("{target:?}: {done}; {read}"));
    }
}

/// Renaming between all kinds of things.
pub(in super::super::super) fn renaming(arm: &mut Arm, log: &mut Log) {
    let root = root(arm);
    let mut number = 0;
    for from in THINGS.iter().chain(&["d/", "f/"]) {
        for to in THINGS.iter().chain(&["d/below", "new/", "e/"]) {
            number += 1;
            let dir = furnished(arm, &root, &number.to_string());
            let done = arm
                .fs()
                .rename_at(same(&dir), (*from).into(), same(&dir), (*to).into());
            let done = arm.said(done);
            let left = tree(arm, &dir);
            log.push(format!("{from} {to}: {done}; {left:?}"));
            HostDescriptor::drop(&mut arm.fs(), own(&dir)).expect("open");
        }
    }
}
