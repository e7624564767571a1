use super::*;
use crate::limits::Limits;
use crate::trace::Event;
use crate::world::Process;
use crate::world::fs::{Type, Who};

fn world() -> (World, Caller) {
    let mut world = World::default();
    let mut process = Process {
        cwd: "/home/mwerner".into(),
        program: "/usr/bin/node".into(),
        argv: vec!["node".into(), "x.js".into()],
        env: [("HOME".to_owned(), "/home/mwerner".to_owned())].into(),
        umask: 0o022,
        ..Process::default()
    };
    world.give_console(&mut process);
    let pid = world.processes.add(process, 9).unwrap();
    world
        .fs
        .plant_dir("/home/mwerner", 0o755)
        .plant_owner(
            "/home/mwerner",
            Who {
                uid: 1000,
                gid: 1000,
            },
        )
        .plant_file("/home/mwerner/.npmrc", "token", 0o600)
        .plant_link("/home/mwerner/rc", ".npmrc")
        .plant_file("/etc/shadow", "x", 0o640);
    (world, Caller::process(pid))
}

fn last(world: &World) -> &Event {
    world.recorder.events().last().unwrap()
}

#[test]
fn a_write_is_recorded_when_opened_and_has_its_contents_at_the_end() {
    let (mut world, caller) = world();
    let fd = world
        .open(&caller, "new.txt", OpenFlags::REPLACE, 0o666)
        .unwrap();
    assert_eq!(fd, 3);
    world.write_all(&caller, fd, b"hello ").unwrap();
    world.write_all(&caller, fd, b"world").unwrap();
    assert_eq!(last(&world).payload, None);
    world.flush_process(caller.pid);
    let event = last(&world);
    assert_eq!(event.subject, "/home/mwerner/new.txt");
    assert_eq!(
        (
            event.detail["mode"].as_str(),
            event.detail["created"].as_str()
        ),
        ("644", "yes")
    );
    assert_eq!(
        event.payload,
        Some(crate::trace::Digest::of(b"hello world"))
    );
}

#[test]
fn an_append_tells_what_was_there_before() {
    let (mut world, caller) = world();
    world.append_file(&caller, ".npmrc", b"+", 0o666).unwrap();
    let event = last(&world);
    assert_eq!(event.detail["existed"], "5");
    assert_eq!(event.detail["appended"], "yes");
    assert_eq!(event.payload, Some(crate::trace::Digest::of(b"token+")));
}

#[test]
fn a_link_shows_where_a_read_really_went_and_a_refusal_is_recorded() {
    let (mut world, caller) = world();
    assert_eq!(world.read_file(&caller, "./rc").unwrap(), "token");
    assert_eq!(last(&world).subject, "/home/mwerner/rc");
    assert_eq!(last(&world).detail["resolved"], "/home/mwerner/.npmrc");
    assert_eq!(world.read_file(&caller, "/etc/shadow"), Err(Errno::ACCES));
    assert_eq!(
        last(&world).outcome,
        crate::trace::Outcome::Error("EACCES".into())
    );
    assert_eq!(
        world.write_file(&caller, "/etc/profile", b"", 0o644),
        Err(Errno::ACCES)
    );
    let before = world.recorder.events().len();
    assert!(world.peek_read(caller.pid, "rc").is_ok());
    assert_eq!(world.recorder.events().len(), before);
}

#[test]
fn a_pipe_waits_tells_and_ends() {
    let (mut world, caller) = world();
    let child = world.processes.add(Process::default(), 9).unwrap();
    let own = world
        .give_stdio(
            &caller,
            child,
            &[Stdio::ChildReads, Stdio::ChildWrites, Stdio::Inherit(2)],
        )
        .unwrap();
    let (to, from) = (own[0].unwrap(), own[1].unwrap());
    let them = Caller::process(child);
    assert_eq!(world.read(&them, 0, 9), Err(Errno::AGAIN));
    let pipe = world.pipe_of(child, 0).unwrap();
    assert!(!world.files.pipe_ready(pipe));
    world.write_all(&caller, to, b"ping").unwrap();
    assert!(world.files.pipe_ready(pipe));
    assert_eq!(world.read(&them, 0, 9).unwrap(), "ping");
    world.close(&caller, to).unwrap();
    assert_eq!(world.read(&them, 0, 9).unwrap(), "");
    world.write_all(&them, 1, b"pong").unwrap();
    world.write_all(&them, 2, b"to the console").unwrap();
    world.flush_process(child);
    assert_eq!(world.read(&caller, from, 9).unwrap(), "pong");
    assert_eq!(world.read(&caller, from, 9).unwrap(), "");
    assert_eq!(world.console.of(Stream::Error), b"to the console");
    let inbox = &world.processes.get(caller.pid).unwrap().inbox;
    assert_eq!(inbox.len(), 1, "one notice until it is heard");
}

#[test]
fn nobody_reads_a_pipe_without_readers() {
    let (mut world, caller) = world();
    let (read, write) = world.pipe(&caller).unwrap();
    world.limits.pipe = 3;
    assert_eq!(world.write(&caller, write, b"12345"), Ok(3));
    assert_eq!(world.write(&caller, write, b"45"), Err(Errno::AGAIN));
    world.close(&caller, read).unwrap();
    assert_eq!(world.write(&caller, write, b"45"), Err(Errno::PIPE));
}

#[test]
fn the_process_table_answers_below_proc() {
    let (mut world, caller) = world();
    let read = |world: &mut World, path: &str| world.read_file(&caller, path);
    assert_eq!(
        read(&mut world, "/proc/self/environ").unwrap(),
        "HOME=/home/mwerner\0"
    );
    assert_eq!(
        read(&mut world, "/proc/self/cmdline").unwrap(),
        "node\0x.js\0"
    );
    assert_eq!(read(&mut world, "/proc/self/cwd/.npmrc").unwrap(), "token");
    let fd = world.open(&caller, ".npmrc", OpenFlags::READ, 0).unwrap();
    assert_eq!(read(&mut world, &format!("/dev/fd/{fd}")).unwrap(), "token");
    assert_eq!(
        world
            .readlink(&caller, &format!("/proc/self/fd/{fd}"))
            .unwrap(),
        "/home/mwerner/.npmrc"
    );
    assert_eq!(
        world.readlink(&caller, "/proc/self/exe").unwrap(),
        "/usr/bin/node"
    );
    let names = world.list(&caller, "/proc").unwrap();
    assert!(names.contains(&(caller.pid.to_string(), Type::Directory)));
    let status = read(&mut world, "/proc/self/status").unwrap();
    assert!(String::from_utf8_lossy(&status).contains("TracerPid:\t0\n"));
    for (name, _) in world.list(&caller, "/proc/self").unwrap() {
        let path = format!("/proc/self/{name}");
        // Those of the machine itself, which is not furnished here.
        if !matches!(name.as_str(), "mounts" | "mountinfo" | "net") {
            assert!(world.peek_stat(caller.pid, &path, false).is_ok(), "{path}");
        }
    }
    assert_eq!(
        world.readlink(&caller, "/proc/self/ns/pid").unwrap(),
        "pid:[4026531836]"
    );
    for bad in [
        "/proc/self/nope",
        "/proc/77",
        "/proc/99999999999/fd",
        "/proc/self/fd/x",
    ] {
        assert_eq!(read(&mut world, bad), Err(Errno::NOENT), "{bad}");
    }
    assert_eq!(
        read(&mut world, "/proc/self/../self/./comm").unwrap(),
        "node\n"
    );
}

#[test]
fn limits_are_told_once() {
    let (mut world, caller) = world();
    world.limits = Limits {
        file_bytes: 10,
        output: 4,
        ..Limits::default()
    };
    for _ in 0..3 {
        let full = world.write_file(&caller, "big", &[0; 11], 0o644);
        assert_eq!(full, Err(Errno::NOSPC));
        world.write_all(&caller, 1, b"123").unwrap();
    }
    let hits: Vec<&str> = world
        .recorder
        .events()
        .iter()
        .filter(|event| event.kind == Kind::LimitHit)
        .map(|event| event.subject.as_str())
        .collect();
    assert_eq!(hits, ["file_bytes", "output"]);
    assert_eq!(world.console.of(Stream::Output), b"1231");
}

#[test]
fn devices_do_what_they_do() {
    let (mut world, caller) = world();
    assert_eq!(world.read_file(&caller, "/dev/null").unwrap(), "");
    world.write_file(&caller, "/dev/null", b"x", 0).unwrap();
    assert_eq!(
        world.write_file(&caller, "/dev/full", b"x", 0),
        Err(Errno::NOSPC)
    );
    let fd = world
        .open(&caller, "/dev/urandom", OpenFlags::READ, 0)
        .unwrap();
    assert_eq!(world.read(&caller, fd, 32).unwrap().len(), 32);
    assert_eq!(world.read_file(&caller, "/dev/tty"), Err(Errno::NXIO));
    world
        .write_file(&caller, "/dev/stdout", b"said", 0)
        .unwrap();
    assert_eq!(world.console.of(Stream::Output), b"said");
}

#[test]
fn a_named_pipe_waits_for_its_writer() {
    let (mut world, caller) = world();
    world.mkfifo(&caller, "/tmp/f", 0o600).unwrap();
    let read = world.open(&caller, "/tmp/f", OpenFlags::READ, 0).unwrap();
    assert_eq!(world.read(&caller, read, 1), Err(Errno::AGAIN));
    let write = world.open(&caller, "/tmp/f", OpenFlags::WRITE, 0).unwrap();
    world.write_all(&caller, write, b"x").unwrap();
    world.close(&caller, write).unwrap();
    assert_eq!(world.read(&caller, read, 9).unwrap(), "x");
    assert_eq!(world.read(&caller, read, 9).unwrap(), "");
}

#[test]
fn names_and_attributes_change_and_are_recorded() {
    let (mut world, caller) = world();
    world.mkdir(&caller, "d", 0o777).unwrap();
    world.write_file(&caller, "d/f", b"1", 0o644).unwrap();
    world.chmod(&caller, "d/f", 0o755).unwrap();
    assert_eq!(last(&world).detail["mode"], "755");
    world.rename(&caller, "d/f", "d/g").unwrap();
    assert_eq!(last(&world).detail["to"], "/home/mwerner/d/g");
    world.link(&caller, "d/g", "d/h").unwrap();
    assert_eq!(world.stat(&caller, "d/g", true).unwrap().nlink, 2);
    world.copy_file(&caller, "d/g", "d/copy", true).unwrap();
    assert_eq!(
        world.copy_file(&caller, "d/g", "d/copy", true),
        Err(Errno::EXIST)
    );
    assert_eq!(world.rmdir(&caller, "d"), Err(Errno::NOTEMPTY));
    assert_eq!(
        world.chown(&caller, "d", (Some(0), None), true),
        Err(Errno::PERM)
    );
    world.chdir(&caller, "d").unwrap();
    world.unlink(&caller, "h").unwrap();
    world.truncate(&caller, "g", 3).unwrap();
    assert_eq!(world.read_file(&caller, "g").unwrap(), "1\0\0");
    let made = world.mkdtemp(&caller, "/tmp/x-").unwrap();
    assert_eq!(world.stat(&caller, &made, true).unwrap().mode, 0o040_700);
}

#[test]
fn a_process_without_a_free_descriptor_makes_and_empties_nothing() {
    let (mut world, caller) = world();
    world.limits.open_files = 3;
    let open = |world: &mut World, path| world.open(&caller, path, OpenFlags::REPLACE, 0o666);
    assert_eq!(open(&mut world, "new"), Err(Errno::MFILE));
    assert!(!world.exists(caller.pid, "new"));
    assert_eq!(open(&mut world, ".npmrc"), Err(Errno::MFILE));
    assert_eq!(world.peek_read(caller.pid, ".npmrc").unwrap(), "token");
}

#[test]
fn questions_about_ever_new_paths_are_not_remembered_for_ever() {
    let (mut world, caller) = world();
    let long = "x".repeat(crate::world::fs::MAX_PATH + 1);
    for _ in 0..2 {
        assert_eq!(world.stat(&caller, &long, true), Err(Errno::NAMETOOLONG));
        assert_eq!(world.stat(&caller, "once", true), Err(Errno::NOENT));
    }
    let events = world.recorder.events().iter();
    let asked = events.filter(|event| event.kind == crate::trace::Kind::FileStat);
    // The long one is recorded each time, since it is not remembered.
    assert_eq!(asked.count(), 3);
}

#[test]
fn a_slash_does_not_lead_through_a_link_that_is_made_moved_or_removed() {
    let (mut world, caller) = world();
    world.mkdir(&caller, "d", 0o755).unwrap();
    world.symlink(&caller, "d", "to-d").unwrap();
    world.symlink(&caller, "nothing", "dangling").unwrap();
    assert_eq!(world.rmdir(&caller, "to-d/"), Err(Errno::NOTDIR));
    assert_eq!(world.unlink(&caller, "to-d/"), Err(Errno::NOTDIR));
    assert_eq!(world.rename(&caller, "to-d/", "e"), Err(Errno::NOTDIR));
    assert_eq!(world.mkdir(&caller, "dangling/", 0o755), Err(Errno::EXIST));
    assert!(world.exists(caller.pid, "d") && !world.exists(caller.pid, "nothing"));
    assert_eq!(world.mkdir(&caller, "new/", 0o755), Ok(()));
    assert_eq!(world.rmdir(&caller, "new//"), Ok(()));
}
