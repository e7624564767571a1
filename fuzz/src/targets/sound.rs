//! The invariants of a world that no sequence of operations may break.

use lazaret::limits::Limits;
use lazaret::trace::{Caps, Event, Recorder};
use lazaret::world::fs::{Base, Content, Fs, Ino, ROOT};
use lazaret::world::process::State;
use lazaret::world::{Net, Persona, Process, World, machine};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Small enough to be reached by short inputs.
pub(crate) const LIMITS: Limits = Limits {
    wall: Duration::from_secs(30),
    memory: 1 << 20,
    file_bytes: 64 << 10,
    files: 60,
    file_size: 16 << 10,
    output: 4 << 10,
    processes: 24,
    depth: 5,
    connections: 20,
    pipe: 4 << 10,
    open_files: 32,
    cpu: 1_000,
    host_calls: 100_000,
    refusals: 1_000,
    environment: 4 << 10,
    shell_steps: 3_000,
    idle_jumps: 100,
    virtual_time: 400 * 24 * 3_600 * 1_000_000_000,
};

/// Small for the same reason.
pub(crate) const CAPS: Caps = Caps {
    events: 2_000,
    payload: 4 << 10,
    payloads: 64 << 10,
    text: 512,
    texts: 1 << 20,
};

/// Where the first process of [`world`] stands.
pub(crate) const HOME: &str = "/home/mwerner";

fn disk() -> Arc<Base> {
    static DISK: OnceLock<Arc<Base>> = OnceLock::new();
    Arc::clone(DISK.get_or_init(|| machine::base(&Persona::default())))
}

/// A furnished world under small limits with one run and one process, which stands in its home.
pub(crate) fn world(argv: &[&str], program: &str) -> (Box<World>, u32) {
    let mut world = Box::<World>::default();
    world.fs = Fs::on(disk());
    world.limits = LIMITS;
    world.recorder = Recorder::new(CAPS);
    world.net = Net::new(&["registry.example".to_owned()], BTreeMap::new());
    world
        .recorder
        .start_run("install", "developer-linux", "fuzz");
    let mut process = Process {
        argv: argv.iter().map(|&word| word.to_owned()).collect(),
        program: program.to_owned(),
        cwd: HOME.to_owned(),
        umask: 0o022,
        env: [("PATH", "/usr/bin:/bin"), ("HOME", HOME), ("TOKEN", "t0k")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..Process::default()
    };
    world.give_console(&mut process);
    let pid = world
        .processes
        .add(process, LIMITS.processes)
        .expect("room for one");
    (world, pid)
}

/// Checks what must hold after every operation.
pub(crate) fn check(world: &World) {
    let (bytes, files) = world.fs.used();
    assert!(bytes <= world.limits.file_bytes, "{bytes} bytes of files");
    assert!(files <= world.limits.files, "{files} files");
    assert!(world.processes.iter().count() <= world.limits.processes as usize);
    for process in world.processes.iter() {
        check_process(world, process);
    }
    let printed: usize = world
        .console
        .pieces()
        .iter()
        .map(|(_, piece)| piece.len())
        .sum();
    assert!(printed <= world.limits.output, "{printed} bytes printed");
    assert!(world.recorder.events().len() <= CAPS.events + 1);
    if let Some(last) = world.recorder.events().last() {
        check_event(world, last);
    }
}

fn check_process(world: &World, process: &Process) {
    let pid = process.pid;
    assert!(
        process.cwd.starts_with('/'),
        "{pid} stands in {:?}",
        process.cwd
    );
    assert!(process.ppid < pid, "{pid} is a child of {}", process.ppid);
    assert!(
        process.depth <= world.limits.depth,
        "{pid} is {} deep",
        process.depth
    );
    assert!(
        process.umask <= 0o777,
        "the mask of {pid} is {:o}",
        process.umask
    );
    for (fd, index) in &process.descriptors {
        assert!(*fd < world.limits.open_files, "{pid} has descriptor {fd}");
        assert!(
            world.files.get(*index).is_some(),
            "descriptor {fd} of {pid} leads nowhere"
        );
    }
    if process.concluded {
        assert!(
            process.descriptors.is_empty(),
            "{pid} has ended and holds files"
        );
        assert!(
            matches!(process.state, State::Exited(_)),
            "{pid} has ended and runs"
        );
    }
}

fn check_event(world: &World, event: &Event) {
    let longest = CAPS.text + '…'.len_utf8();
    assert_eq!(event.run, 0);
    assert!(
        event.subject.len() <= longest,
        "a subject of {} bytes",
        event.subject.len()
    );
    assert!(event.at.len() <= 4, "{} places", event.at.len());
    for (name, value) in &event.detail {
        assert!(value.len() <= longest, "{name} has {} bytes", value.len());
    }
    let known = world.processes.get(event.pid).is_some() || event.pid == 0;
    assert!(
        known,
        "event {} of the unknown process {}",
        event.seq, event.pid
    );
}

/// Ends all that runs, then checks what must hold of a finished world.
pub(crate) fn finish(mut world: Box<World>) {
    let pids: Vec<u32> = world.processes.iter().map(|process| process.pid).collect();
    for pid in pids {
        world.kill_process(pid);
    }
    world.flush_all();
    check(&world);
    check_tree(&world.fs);
    let (runs, events, blobs) = world.recorder.finish();
    assert_eq!(runs.len(), 1);
    assert!(
        blobs.total() <= CAPS.payloads,
        "{} bytes of payloads",
        blobs.total()
    );
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event.seq as usize, index);
        if let Some(digest) = &event.payload {
            let payload = blobs.get(digest).expect("a payload that is told is kept");
            assert!(payload.len() <= CAPS.payload);
        }
    }
}

/// Walks the whole tree: every name leads to a node, counts of names are right, and `..` leads back.
pub(crate) fn check_tree(fs: &Fs) {
    let mut names: BTreeMap<Ino, u32> = BTreeMap::new();
    let mut open = vec![ROOT];
    while let Some(directory) = open.pop() {
        let mut below = 0;
        for (name, ino) in fs.directory(directory).expect("a directory") {
            assert!(
                !name.is_empty() && !name.contains(['/', '\0']),
                "the name {name:?}"
            );
            assert!(!matches!(name.as_str(), "." | ".."), "the name {name:?}");
            let node = fs.node(*ino).expect("a name leads to a node");
            *names.entry(*ino).or_default() += 1;
            if matches!(node.content, Content::Directory(_)) {
                assert_eq!(names[ino], 1, "the directory {name:?} has two names");
                assert_eq!(node.parent, directory, "{name:?} does not know its parent");
                below += 1;
                open.push(*ino);
            }
        }
        let node = fs.node(directory).expect("a directory");
        assert_eq!(
            node.nlink,
            2 + below,
            "directory {directory} counts its names wrongly"
        );
    }
    for (ino, count) in names {
        let node = fs.node(ino).expect("seen");
        if !matches!(node.content, Content::Directory(_)) {
            assert_eq!(node.nlink, count, "node {ino} counts its names wrongly");
        }
    }
}
