//! Scripts of our own print in the sandbox what they print under Node.
//!
//! `tests/parity/<name>.out` is what Node 22.23.3 printed on Linux for `<name>.js`; make it anew with
//! `node NAME.js > NAME.out` when a script or the version of Node's library changes.

use lazaret::guest::{Cache, Runtime, Session, Start};
use lazaret::trace::RunEnd;
use lazaret::world::files::Stream;
use lazaret::world::fs::{Fs, Who};
use lazaret::world::{Clock, Persona, World, machine};
use std::path::{Path, PathBuf};

/// Where a script stands in the world.
const PLACE: &str = "/home/mwerner/scripts";

fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity");
    let entries = std::fs::read_dir(folder).expect("tests/parity");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut scripts: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "js"))
        .collect();
    scripts.sort();
    scripts
}

/// Runs a script as `node SCRIPT` in a made-up world; returns what it printed and how it ended.
fn run(runtime: &std::sync::Arc<Runtime>, script: &Path) -> (String, String, RunEnd) {
    let persona = Persona::default();
    let owner = Who {
        uid: persona.uid,
        gid: persona.gid,
    };
    let path = format!("{PLACE}/script.js");
    let mut fs = Fs::on(machine::base(&persona));
    fs.plant_dir(PLACE, 0o755)
        .plant_owner(PLACE, owner)
        .plant_file(&path, std::fs::read(script).expect("a script"), 0o644);
    let mut world = Box::new(World::default());
    world.clock = Clock::starting_at(persona.start);
    world.fs = fs;
    let env = machine::environment(&persona);
    world.persona = persona;
    let mut session = Session::new(runtime, world);
    let end = session
        .step(Start {
            phase: "parity".into(),
            argv: vec!["node".into(), path],
            program: "/usr/bin/node".into(),
            cwd: PLACE.into(),
            env,
            ..Start::default()
        })
        .expect("a world that survives");
    let console = &session.world().console;
    let text = |stream| String::from_utf8_lossy(&console.of(stream)).into_owned();
    (text(Stream::Output), text(Stream::Error), end.end)
}

#[test]
fn scripts_print_what_they_print_under_node() {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("parity-cache");
    let cache = Cache::open_at(&cache).expect("a cache");
    let runtime = Runtime::load(&cache).expect("a guest: run `cargo xtask setup`");
    for script in scripts() {
        let expected = std::fs::read_to_string(script.with_extension("out")).expect("an output");
        let (printed, complaints, end) = run(&runtime, &script);
        let name = script.display();
        assert_eq!(complaints, "", "{name}");
        for (line, (printed, expected)) in (1..).zip(printed.lines().zip(expected.lines())) {
            assert_eq!(printed, expected, "{name}: line {line} of the output");
        }
        assert_eq!(printed.len(), expected.len(), "{name}");
        assert_eq!(end, RunEnd::Completed, "{name}");
    }
}
