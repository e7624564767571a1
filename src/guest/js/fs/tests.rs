use super::*;
use crate::guest::js::{Arg, Handles};
use crate::world::fs::Who;
use crate::world::{Caller, Process, World};

fn world() -> (World, Caller) {
    let mut world = World::default();
    let owner = Who {
        uid: world.persona.uid,
        gid: world.persona.gid,
    };
    world.fs.plant_dir("/w", 0o755).plant_owner("/w", owner);
    let process = Process {
        cwd: "/w".into(),
        umask: 0o022,
        ..Process::default()
    };
    let pid = world.processes.add(process, 9).unwrap();
    (world, Caller::process(pid))
}

fn ask(world: &mut World, caller: &Caller, verb: &str, args: Vec<Arg<'_>>) -> Result<Value, i32> {
    let mut handles = Handles::default();
    let mut host = Host {
        world,
        caller: caller.clone(),
        handles: &mut handles,
        resumed: false,
    };
    call(&mut host, verb, &Args(args)).map_err(|fault| match fault {
        Fault::Errno(errno) => errno.number(),
        Fault::Stop(_) | Fault::Wait(_) => -1,
    })
}

#[test]
fn missing_directories_are_made_and_the_first_is_told() {
    let (mut world, caller) = world();
    let mkdirs = |world: &mut World, path| ask(world, &caller, "mkdirs", vec![Arg::Text(path)]);
    assert_eq!(mkdirs(&mut world, "a//b/c/"), Ok(Value::from("a")));
    assert_eq!(mkdirs(&mut world, "/w/a/b/d"), Ok(Value::from("/w/a/b/d")));
    assert_eq!(mkdirs(&mut world, "a/b"), Ok(Value::Null));
    assert_eq!(mkdirs(&mut world, "/"), Ok(Value::Null));
    world.write_file(&caller, "f", b"", 0o644).unwrap();
    assert_eq!(mkdirs(&mut world, "f"), Err(Errno::EXIST.number()));
    assert_eq!(mkdirs(&mut world, "f/g/h"), Err(Errno::NOTDIR.number()));
    assert_eq!(mkdirs(&mut world, "/etc/x/y"), Err(Errno::ACCES.number()));
    assert_eq!(mkdirs(&mut world, ""), Err(Errno::NOENT.number()));
}

#[test]
fn times_are_whole_microseconds_and_no_number_leaves_one_alone() {
    let (mut world, caller) = world();
    world.write_file(&caller, "f", b"", 0o644).unwrap();
    let seconds = |atime, mtime| vec![Arg::Text("f"), Arg::Number(atime), Arg::Number(mtime)];
    ask(&mut world, &caller, "utimes", seconds(1.5, 2.000_000_9)).unwrap();
    ask(&mut world, &caller, "utimes", seconds(f64::NAN, -7.0)).unwrap();
    let stat = world.peek_stat(caller.pid, "f", true).unwrap();
    assert_eq!((stat.atime, stat.mtime), (1_500_000_000, 0));
    ask(&mut world, &caller, "utimes", seconds(1e300, 1.0)).unwrap();
}

#[test]
fn no_argument_makes_a_verb_fail_but_with_an_errno() {
    let (mut world, caller) = world();
    let verbs = [
        "open",
        "close",
        "sync",
        "read",
        "write",
        "ftruncate",
        "fchmod",
        "fchown",
        "futimes",
        "fstat",
        "kindOfFd",
        "stat",
        "lstat",
        "statfs",
        "access",
        "exists",
        "readdir",
        "readlink",
        "realpath",
        "mkdtemp",
        "mkdir",
        "mkdirs",
        "chmod",
        "rmdir",
        "unlink",
        "rename",
        "symlink",
        "link",
        "copyFile",
        "chown",
        "lchown",
        "utimes",
        "lutimes",
        "readFile",
        "writeFile",
        "kind",
        "format",
        "nonsense",
    ];
    let odd = [
        Arg::Null,
        Arg::Number(-1.0),
        Arg::Number(f64::INFINITY),
        Arg::Text("\0"),
        Arg::Text("/w/.."),
        Arg::Bytes(b"x"),
        Arg::List(Vec::new()),
    ];
    for verb in verbs {
        for first in &odd {
            for second in &odd {
                let args = vec![first.clone(), second.clone(), second.clone(), first.clone()];
                if let Err(number) = ask(&mut world, &caller, verb, args) {
                    assert!(number > 0, "{verb} {first:?} {second:?}");
                }
            }
        }
    }
}
