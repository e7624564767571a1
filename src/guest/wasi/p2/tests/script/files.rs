//! Open files and directories.

use super::super::bindings::clocks::wall_clock;
use super::super::bindings::filesystem::types::{
    Advice, DescriptorFlags, HostDescriptor, NewTimestamp, OpenFlags, PathFlags,
};
use super::super::{Arm, Dir};
use super::{
    FOLLOW, Log, READ, WRITE, furnished, looks, names, open, open_dir, root, same, stat_line, tree,
};

/// Reading and writing at places.
pub(in super::super::super) fn files(arm: &mut Arm, log: &mut Log) {
    let root = root(arm);
    let file = open(arm, &root, "f", OpenFlags::CREATE, READ | WRITE);
    for (bytes, at) in [
        (&b"hello"[..], 0),
        (b"", 7),
        (b"x", 10),
        (b"LL", 2),
        (&[7; 70_000], 5),
    ] {
        let written = HostDescriptor::write(&mut arm.fs(), same(&file), bytes.to_vec(), at);
        let written = arm.said(written);
        log.push(format!("write {at}: {written}; {}", looks(arm, &root, "f")));
    }
    for (length, at) in [
        (5, 0),
        (0, 0),
        (3, 9),
        (9, 70_000),
        (1, 70_005),
        (1, 1 << 40),
        (100_000, 0),
        (u64::MAX, 3),
    ] {
        let read =
            HostDescriptor::read(&mut arm.fs(), same(&file), length, at).map(|(bytes, ended)| {
                let sum: u64 = bytes.iter().map(|byte| u64::from(*byte)).sum();
                (bytes.len(), sum, ended)
            });
        let read = arm.said(read);
        log.push(format!("read {length} {at}: {read}"));
    }
    for size in [3, 0, 100, 10] {
        let cut = arm.fs().set_size(same(&file), size);
        let cut = arm.said(cut);
        let read = HostDescriptor::read(&mut arm.fs(), same(&file), 200, 0);
        let read = arm.said(read);
        log.push(format!("size {size}: {cut}; {read}"));
    }
    for advice in [Advice::Normal, Advice::NoReuse] {
        let advised = arm.fs().advise(same(&file), 0, 10, advice);
        let advised = arm.said(advised);
        log.push(format!("advise {advised}"));
    }
    for done in [
        arm.fs().sync(same(&file)),
        arm.fs().sync_data(same(&file)),
        arm.fs().sync(same(&root)),
    ] {
        log.push(arm.said(done));
    }
    let listed = arm.fs().read_directory(same(&file)).map(|_| ());
    log.push(arm.said(listed));
    let below = arm
        .fs()
        .stat_at(same(&file), FOLLOW, "x".into())
        .map(|_| ());
    log.push(arm.said(below));
    let below = arm
        .fs()
        .open_at(same(&file), FOLLOW, "x".into(), OpenFlags::empty(), READ)
        .map(|_| ());
    log.push(arm.said(below));
}

/// What open files and directories are after their names have changed, and which are the same.
pub(in super::super::super) fn file_lives(arm: &mut Arm, log: &mut Log) {
    let root = root(arm);
    let dir = furnished(arm, &root, "x");
    let first = open(arm, &dir, "f", OpenFlags::empty(), READ | WRITE);
    let second = open(arm, &dir, "to-f", OpenFlags::empty(), READ);
    let other = open(arm, &dir, "d/g", OpenFlags::empty(), READ);
    let below = open_dir(arm, &dir, "d");
    let mut same_ones = |arm: &mut Arm, label: &str| {
        for (one, two) in [
            (&first, &second),
            (&first, &other),
            (&below, &below),
            (&dir, &below),
        ] {
            let equal = arm.fs().is_same_object(same(one), same(two)).expect("open");
            let (one, two) = (
                arm.fs().metadata_hash(same(one)),
                arm.fs().metadata_hash(same(two)),
            );
            let hashes =
                one.and_then(|one| two.map(|two| one.lower == two.lower && one.upper == two.upper));
            let hashes = arm.said(hashes);
            log.push(format!("{label}: {equal} {hashes}"));
        }
        let read = HostDescriptor::read(&mut arm.fs(), same(&second), 20, 0);
        let read = arm.said(read);
        let stat = HostDescriptor::stat(&mut arm.fs(), same(&first)).map(|stat| stat_line(&stat));
        let stat = arm.said(stat);
        let inside = arm
            .fs()
            .stat_at(same(&below), FOLLOW, "g".into())
            .map(|stat| stat_line(&stat));
        let inside = arm.said(inside);
        log.push(format!("{label}: {read}; {stat}; {inside}"));
    };
    same_ones(arm, "as opened");
    let written = HostDescriptor::write(&mut arm.fs(), same(&first), b"CON".to_vec(), 0);
    arm.said(written);
    same_ones(arm, "written");
    for (from, to) in [("f", "e/moved"), ("d", "e/dir")] {
        let moved = arm
            .fs()
            .rename_at(same(&dir), from.into(), same(&dir), to.into());
        arm.said(moved);
    }
    same_ones(arm, "moved");
    let linked = arm.fs().link_at(
        same(&dir),
        PathFlags::empty(),
        "e/moved".into(),
        same(&dir),
        "again".into(),
    );
    arm.said(linked);
    same_ones(arm, "linked");
    for path in ["e/moved", "again"] {
        let removed = arm.fs().unlink_file_at(same(&dir), path.into());
        arm.said(removed);
    }
    same_ones(arm, "unlinked");
    let made = arm.fs().create_directory_at(same(&below), "new".into());
    log.push(arm.said(made));
    for line in tree(arm, &dir) {
        log.push(line);
    }
}

/// Listing, and what of files does not work on directories.
pub(in super::super::super) fn directories(arm: &mut Arm, log: &mut Log) {
    let root = root(arm);
    let dir = furnished(arm, &root, "x");
    for (name, kind) in names(arm, &dir) {
        log.push(format!("{name} {kind}"));
    }
    let read = HostDescriptor::read(&mut arm.fs(), same(&dir), 1, 0);
    log.push(arm.said(read));
    let written = HostDescriptor::write(&mut arm.fs(), same(&dir), vec![1], 0);
    log.push(arm.said(written));
    let cut = arm.fs().set_size(same(&dir), 1);
    log.push(arm.said(cut));
    let advised = arm.fs().advise(same(&dir), 0, 0, Advice::Normal);
    log.push(arm.said(advised));
    let stream = arm.fs().read_via_stream(same(&dir), 0).map(|_| ());
    log.push(arm.said(stream));
    let stream = arm.fs().write_via_stream(same(&dir), 0).map(|_| ());
    log.push(arm.said(stream));
    let stream = arm.fs().append_via_stream(same(&dir)).map(|_| ());
    log.push(arm.said(stream));
    let empty = open_dir(arm, &dir, "e");
    log.push(format!("{:?}", names(arm, &empty)));
    let removed = arm.fs().remove_directory_at(same(&dir), "e".into());
    log.push(arm.said(removed));
    let made = arm.fs().create_directory_at(same(&empty), "in".into());
    log.push(arm.said(made));
    let opened = arm
        .fs()
        .open_at(same(&empty), FOLLOW, "in".into(), OpenFlags::CREATE, WRITE)
        .map(|_| ());
    log.push(arm.said(opened));
    let flags = arm.fs().get_flags(same(&root)).map(|flags| {
        [READ, WRITE, DescriptorFlags::MUTATE_DIRECTORY].map(|flag| flags.contains(flag))
    });
    log.push(arm.said(flags));
}

/// Setting times and reading them back.
pub(in super::super::super) fn times(arm: &mut Arm, log: &mut Log) {
    let root = root(arm);
    let dir = furnished(arm, &root, "x");
    let file = open(arm, &dir, "f", OpenFlags::empty(), READ | WRITE);
    let stamp = |seconds, nanoseconds| {
        NewTimestamp::Timestamp(wall_clock::Datetime {
            seconds,
            nanoseconds,
        })
    };
    for (accessed, modified) in [
        (stamp(1, 2), stamp(1_000_000_000, 999_999_999)),
        (NewTimestamp::NoChange, stamp(5, 0)),
        (stamp(7, 8), NewTimestamp::NoChange),
        (NewTimestamp::NoChange, NewTimestamp::NoChange),
        (stamp(u64::MAX, 0), NewTimestamp::NoChange),
        (NewTimestamp::NoChange, stamp(u64::MAX, 999_999_999)),
    ] {
        let by_path = arm
            .fs()
            .set_times_at(same(&dir), FOLLOW, "to-f".into(), accessed, modified);
        let by_path = arm.said(by_path);
        log.push(format!("{by_path} {}", clock_line(arm, &dir, "f")));
        let by_handle = arm.fs().set_times(same(&file), modified, accessed);
        let by_handle = arm.said(by_handle);
        log.push(format!("{by_handle} {}", clock_line(arm, &dir, "f")));
        let of_link = arm.fs().set_times_at(
            same(&dir),
            PathFlags::empty(),
            "dangling".into(),
            accessed,
            modified,
        );
        let of_link = arm.said(of_link);
        log.push(format!("{of_link} {}", clock_line(arm, &dir, "dangling")));
        let of_directory = arm.fs().set_times(same(&dir), accessed, modified);
        log.push(arm.said(of_directory));
    }
}

fn clock_line(arm: &mut Arm, dir: &Dir, path: &str) -> String {
    let stat = arm.fs().stat_at(same(dir), PathFlags::empty(), path.into());
    let line = stat.map(|stat| {
        let old = [stat.data_access_timestamp, stat.data_modification_timestamp]
            .map(|time| time.map(|time| (time.seconds, time.nanoseconds)))
            // What was not set is the present, of which the two arms have different ones.
            .map(|time| time.filter(|time| time.0 < 1_100_000_000 && time.0 > 0));
        format!("{old:?}")
    });
    arm.said(line)
}
