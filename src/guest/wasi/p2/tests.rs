//! Conformance: the same calls of the same interfaces, once over the world and once over wasmtime-wasi on a directory of the
//! host, must be answered alike and leave the same files.
//!
//! `script` is compiled twice, once for each arm, which gives it the types and traits of one implementation under the same
//! names. What it writes down is compared.

mod components;
mod hostile;
mod oracle;
mod ours;

use super::Handles;
use crate::guest::Hold;
use crate::world::process::{Drive, State};
use crate::world::{Baton, Pid, Process, Stopped, Wait, World};

/// Where the files of a test lie in the world.
const ROOT: &str = "/srv/test";

/// A baton for a process that has the world for itself: time jumps to whatever it waits for.
struct Alone;

impl Baton for Alone {
    fn wait(&mut self, mut world: Box<World>, pid: Pid, wait: Wait) -> Result<Box<World>, Stopped> {
        match &wait {
            Wait::Until(time) | Wait::Notice(Some(time)) => world.clock.jump_to(*time),
            _ => return Err(Stopped),
        }
        if let Some(process) = world.processes.get_mut(pid) {
            process.state = State::Running;
        }
        Ok(world)
    }
}

/// A world with one process of the superuser, which is who runs the other arm, that sees an empty directory as its root.
fn world(functions: &[&str]) -> (Box<World>, Pid) {
    let mut world = Box::new(World::default());
    world.persona.uid = 0;
    world.persona.gid = 0;
    world.fs.plant_dir(ROOT, 0o755);
    let mut process = Process {
        argv: vec!["program".into(), "one".into(), "".into()],
        cwd: "/".into(),
        umask: 0o022,
        drive: Some(Drive::Program {
            preopens: Vec::new(),
            functions: functions.iter().map(|&name| name.to_owned()).collect(),
            exercise: false,
            reports: Vec::new(),
        }),
        ..Process::default()
    };
    process.env.insert("NAME".into(), "value=with=signs".into());
    process.env.insert("EMPTY".into(), String::new());
    world.give_console(&mut process);
    let pid = world.processes.add(process, 1).expect("room for one");
    (world, pid)
}

/// The same, held, and what the process has open from the start.
fn hold() -> (Hold, Handles) {
    let (world, pid) = world(&[]);
    (Hold::new(world, pid, Alone), handles())
}

fn handles() -> Handles {
    Handles::new(vec![("/".into(), ROOT.into())])
}

macro_rules! conforms {
    ($($group:ident: $($name:ident),+;)+) => {$($(
        #[test]
        fn $name() {
            let mut theirs = Vec::new();
            oracle::script::$group::$name(&mut oracle::Arm::new(), &mut theirs);
            let mut ours = Vec::new();
            ours::script::$group::$name(&mut ours::Arm::new(), &mut ours);
            compare(&ours, &theirs);
        }
    )+)+};
}

fn compare(ours: &[String], theirs: &[String]) {
    assert!(theirs.len() > 5, "{theirs:?}");
    let differences: Vec<_> = ours
        .iter()
        .zip(theirs)
        .filter(|(own, their)| own != their)
        .collect();
    assert!(differences.is_empty(), "{differences:#?}");
    assert_eq!(ours.len(), theirs.len());
}

conforms!(
    paths: opening, paths_for_questions, paths_for_changes, links, renaming;
    files: files, file_lives, directories, times;
    streams: input_streams, output_streams, spliced_streams;
    machine: clocks, randomness, process;
);
