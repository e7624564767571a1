//! Runs one WebAssembly program by itself, in a world that holds nothing but what it is given.

use crate::error::Error;
use crate::guest::{self, Program, Runtime, Session, Start};
use crate::limits::Limits;
use crate::unpack::Tree;
use crate::world::files::Console;
use crate::world::fs::Who;
use crate::world::process::{Drive, Report};
use crate::world::{Clock, Exit, Random, World};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where the directories of a program lie in its world, each in one of its own.
const PLACE: &str = "/given";

/// A program and what it is given.
#[derive(Clone, Debug, Default)]
pub struct Job {
    /// The WebAssembly.
    pub bytes: bytes::Bytes,
    /// Program name and arguments.
    pub argv: Vec<String>,
    /// Variables.
    pub env: BTreeMap<String, String>,
    /// Directories that are open from the start.
    pub directories: Vec<Given>,
    /// The seed of randomness.
    pub seed: u64,
    /// What may be used.
    pub limits: Limits,
}

/// A directory that a program gets.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The name that the program sees.
    pub name: String,
    /// The files in it.
    pub files: Tree,
    /// The paths of the directories in it; those that only the files imply may be missing.
    pub directories: Vec<String>,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// How the program ended; by SIGKILL when a limit stopped it.
    pub exit: Exit,
    /// Why it ended so, when there is more to say than a code. Hostile text possible.
    pub reason: String,
    /// What it printed.
    pub console: Console,
    /// The world as it was left.
    pub world: Box<World>,
}

impl Job {
    /// The directory of the world in which the files of the directory with this place in the list lie.
    #[must_use]
    pub fn place(index: usize) -> String {
        format!("{PLACE}/{index}")
    }

    /// Runs it to its end.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when it is no WebAssembly that can be run, [`Error::Internal`] when the sandbox fails.
    pub fn run(self) -> Result<Outcome, Error> {
        let runtime = Runtime::bare().map_err(|error| Error::Internal(error.to_string()))?;
        let program = Program::load(&runtime, &guest::compile(&self.bytes)?)?;
        let world = self.furnish();
        let preopens = (0..).zip(&self.directories);
        let preopens = preopens.map(|(index, given)| (given.name.clone(), Job::place(index)));
        let start = Start {
            phase: "run".into(),
            command: self.argv.join(" "),
            program: format!("{PLACE}/program.wasm"),
            cwd: "/".into(),
            env: self.env.clone(),
            drive: Some(Drive::Program {
                preopens: preopens.collect(),
                functions: vec![program.command().into()],
                exercise: false,
                reports: vec![Report::Pending],
            }),
            argv: self.argv,
            ..Start::default()
        };
        let mut session = Session::with_program(&runtime, Arc::new(program), world);
        let end = session
            .step(start)
            .map_err(|fault| Error::Internal(fault.to_string()))?;
        let mut world = session.into_world();
        Ok(Outcome {
            exit: end.exit.unwrap_or(Exit::Signal(9)),
            reason: end.reason,
            console: std::mem::take(&mut world.console),
            world,
        })
    }

    fn furnish(&self) -> Box<World> {
        let mut world = Box::new(World::default());
        world.clock = Clock::starting_at(world.persona.start);
        world.random = Random::new(self.seed, "guest");
        world.limits = self.limits;
        world.fs.planting_time = world.persona.start;
        let owner = Who {
            uid: world.persona.uid,
            gid: world.persona.gid,
        };
        world.fs.plant_dir(PLACE, 0o755);
        for (index, given) in (0..).zip(&self.directories) {
            let place = Job::place(index);
            super::world::plant(&mut world.fs, &place, &given.files, owner);
            for path in &given.directories {
                world.fs.plant_dir(&format!("{place}/{path}"), 0o755);
            }
        }
        world
    }
}
