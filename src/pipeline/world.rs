//! Furnishes the world of one package: disk, decoys, and the package where npm would have put it.

use super::{Package, Settings, Station};
use crate::target::Ecosystem;
use crate::trace::{Caps, Decoy, Recorder};
use crate::unpack::{Content, Tree};
use crate::world::decoy::{self, Seeds};
use crate::world::fs::{Fs, Who};
use crate::world::{Clock, Net, Random, World, machine};
use std::collections::BTreeMap;

/// The file of the project from which the package seems to be loaded.
const CONSUMER: &str = "index.js";

/// A world with what the stages after it need to know of its furnishing.
pub(super) struct Furnished {
    /// The world, before anything has run.
    pub(super) world: Box<World>,
    /// The variables of the user's shell, secrets included.
    pub(super) shell: BTreeMap<String, String>,
    /// What was planted.
    pub(super) decoys: Vec<Decoy>,
    /// Directory of the package, without a slash at the end.
    pub(super) root: String,
    /// The project's file that loads it.
    pub(super) consumer: String,
    /// The seed of all that.
    pub(super) seed: u64,
}

/// Makes the world of a package.
pub(super) fn furnish(station: &Station, package: &Package, settings: &Settings) -> Furnished {
    let persona = station.persona.clone();
    let hosts = station.registries.hosts();
    let mut fs = Fs::on(station.disk.clone());
    let (secrets, decoys) = decoy::plant(&mut fs, &persona, &Seeds::of(settings.seed), &hosts);
    let modules = format!("{}/{}", persona.project, folder(package.ecosystem));
    let root = format!("{modules}/{}", package.manifest.directory_name());
    let owner = Who {
        uid: persona.uid,
        gid: persona.gid,
    };
    fs.plant_dir(&modules, 0o755).plant_owner(&modules, owner);
    plant(&mut fs, &modules, &package.dependencies, owner);
    plant(&mut fs, &root, &package.tree, owner);
    let mut shell = machine::environment(&persona);
    shell.extend(secrets);
    let mut world = Box::new(World::default());
    world.clock = Clock::starting_at(persona.start);
    world.random = Random::new(settings.seed, "guest");
    world.recorder = Recorder::new(Caps::default());
    world.limits = settings.limits;
    world.fs = fs;
    let secrets = decoys
        .iter()
        .map(|decoy| (decoy.name.clone(), decoy.secret.clone()));
    world.net = Net::new(&hosts, secrets.collect());
    world.persona = persona;
    let consumer = format!("{}/{CONSUMER}", world.persona.project);
    Furnished {
        world,
        shell,
        decoys,
        root,
        consumer,
        seed: settings.seed,
    }
}

/// The folder of a project into which packages are installed.
fn folder(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Npm => "node_modules",
        Ecosystem::Wasm => "plugins",
    }
}

/// Plants the files of a tree below a directory, which is made.
pub(super) fn plant(fs: &mut Fs, directory: &str, tree: &Tree, owner: Who) {
    fs.plant_dir(directory, 0o755).plant_owner(directory, owner);
    for (path, entry) in tree.iter() {
        let path = format!("{directory}/{path}");
        match &entry.content {
            Content::File(bytes) => fs.plant_file(&path, bytes.clone(), entry.mode),
            Content::Link(to) => fs.plant_link(&path, to),
        };
    }
}
