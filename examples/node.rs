//! Runs a script of one's own as `node` would run it, in a made-up world: for comparing the sandbox with Node.
//!
//! `cargo run --example node -- [--events] SCRIPT [ARGUMENT...]`, or `--sh TEXT` for a line of shell. Everything else in the
//! script's folder is planted beside it. What it prints is printed, and the exit code is its own.

#![expect(
    clippy::disallowed_methods,
    reason = "an example reads its script from the host's disk"
)]

use lazaret::guest::{Cache, Runtime, Session, Start};
use lazaret::world::files::Stream;
use lazaret::world::fs::{Fs, Who};
use lazaret::world::{Clock, Persona, Random, World, machine};
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Where the script's folder stands in the world.
const PLACE: &str = "/home/mwerner/scripts";

/// Anything that ends the example early, as a text for its user.
type Failure = Box<dyn std::error::Error>;

fn main() -> Result<ExitCode, Failure> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let events = arguments.first().is_some_and(|first| first == "--events");
    if events {
        arguments.remove(0);
    }
    let persona = Persona::default();
    let mut fs = Fs::on(machine::base(&persona));
    let start = start(arguments, &mut fs, &persona)?;
    let mut world = Box::new(World::default());
    world.clock = Clock::starting_at(persona.start);
    world.random = Random::new(0, "guest");
    world.fs = fs;
    world.persona = persona;
    let cache = Cache::open_at(&std::env::temp_dir().join("lazaret-example-cache"))?;
    let mut session = Session::new(&Runtime::load(&cache)?, world);
    let end = session.step(start)?;
    print(session.world())?;
    if events {
        list(session.world());
        eprintln!("{end:?}");
    }
    Ok(ExitCode::from(u8::from(
        end.end != lazaret::trace::RunEnd::Completed,
    )))
}

/// What is run: the script, which is planted with its folder, or a line of shell.
fn start(mut arguments: Vec<String>, fs: &mut Fs, persona: &Persona) -> Result<Start, Failure> {
    let first = arguments.first().cloned().ok_or("give a script")?;
    let owner = Who {
        uid: persona.uid,
        gid: persona.gid,
    };
    fs.plant_dir(PLACE, 0o755).plant_owner(PLACE, owner);
    let (program, argv) = if first == "--sh" {
        let line = arguments.get(1).cloned().unwrap_or_default();
        ("/bin/sh", vec!["sh".into(), "-c".into(), line])
    } else {
        let script = Path::new(&first).canonicalize()?;
        plant(fs, script.parent().ok_or("no folder")?, PLACE)?;
        let name = script.file_name().unwrap_or_default().to_string_lossy();
        arguments[0] = format!("{PLACE}/{name}");
        (
            "/usr/bin/node",
            [vec!["node".to_owned()], arguments].concat(),
        )
    };
    Ok(Start {
        phase: "example".into(),
        command: argv.join(" "),
        argv,
        program: program.into(),
        cwd: PLACE.into(),
        env: machine::environment(persona),
        ..Start::default()
    })
}

fn print(world: &World) -> std::io::Result<()> {
    for (stream, piece) in world.console.pieces() {
        match stream {
            Stream::Error => std::io::stderr().write_all(piece)?,
            _ => std::io::stdout().write_all(piece)?,
        }
    }
    Ok(())
}

fn list(world: &World) {
    for event in world.recorder.events() {
        let at = event.at.first().map(ToString::to_string);
        eprintln!(
            "{:>5} {:<18} {} {:?} {} {:?}",
            event.pid,
            event.kind.name(),
            event.subject,
            event.outcome,
            at.unwrap_or_default(),
            event.detail
        );
    }
}

fn plant(fs: &mut Fs, from: &Path, to: &str) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let path = format!("{to}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            plant(fs, &entry.path(), &path)?;
        } else if entry.file_type()?.is_file() {
            fs.plant_file(&path, std::fs::read(entry.path())?, 0o755);
        }
    }
    Ok(())
}
