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

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let events = arguments.first().is_some_and(|first| first == "--events");
    if events {
        arguments.remove(0);
    }
    let Some(first) = arguments.first().cloned() else {
        return Err("give a script".into());
    };
    let persona = Persona::default();
    let mut fs = Fs::on(machine::base(&persona));
    let owner = Who {
        uid: persona.uid,
        gid: persona.gid,
    };
    fs.plant_dir(PLACE, 0o755).plant_owner(PLACE, owner);
    let (program, argv) = if first == "--sh" {
        (
            "/bin/sh",
            vec![
                "sh".into(),
                "-c".into(),
                arguments.get(1).cloned().unwrap_or_default(),
            ],
        )
    } else {
        let script = Path::new(&first).canonicalize()?;
        plant(&mut fs, script.parent().ok_or("no folder")?, PLACE)?;
        let name = script
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        arguments[0] = format!("{PLACE}/{name}");
        (
            "/usr/bin/node",
            [vec!["node".to_owned()], arguments].concat(),
        )
    };
    let mut world = Box::new(World::default());
    world.clock = Clock::starting_at(persona.start);
    world.random = Random::new(0, "guest");
    world.fs = fs;
    let env = machine::environment(&persona);
    world.persona = persona;
    let runtime = Runtime::load(&Cache::open_at(
        &std::env::temp_dir().join("lazaret-example-cache"),
    )?)?;
    let mut session = Session::new(&runtime, world);
    let start = Start {
        phase: "example".into(),
        command: argv.join(" "),
        argv,
        program: program.into(),
        cwd: PLACE.into(),
        env,
        ..Start::default()
    };
    let end = session.step(start)?;
    for (stream, piece) in session.world().console.pieces() {
        match stream {
            Stream::Error => std::io::stderr().write_all(piece)?,
            _ => std::io::stdout().write_all(piece)?,
        }
    }
    if events {
        for event in session.world().recorder.events() {
            let at = event
                .at
                .first()
                .map(ToString::to_string)
                .unwrap_or_default();
            eprintln!(
                "{:>5} {:<18} {} {:?} {at} {:?}",
                event.pid,
                event.kind.name(),
                event.subject,
                event.outcome,
                event.detail
            );
        }
        eprintln!("{end:?}");
    }
    Ok(ExitCode::from(u8::from(
        end.end != lazaret::trace::RunEnd::Completed,
    )))
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
