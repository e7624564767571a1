//! The whole flow, from a target to a verdict: the one place that sees all stages.

mod program;
mod registries;
mod steps;
mod world;

pub use program::{Given, Job, Outcome};
pub use registries::Registries;

use crate::error::Error;
use crate::guest::{Cache, Runtime};
use crate::limits::Limits;
use crate::plan::{self, Origin};
use crate::target::{Manifest, ManifestError, Target, TargetError};
use crate::trace::{Digest, Trace};
use crate::unpack::{self, Quotas, Tree};
use crate::world::fs::Base;
use crate::world::{Persona, machine};
use bytes::Bytes;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// What is set up once and serves every package.
pub struct Station {
    runtime: Arc<Runtime>,
    persona: Persona,
    disk: Arc<Base>,
    registries: Registries,
}

/// What the user may choose for a run.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The seed of randomness and decoys.
    pub seed: u64,
    /// The limits of a run.
    pub limits: Limits,
    /// The phases that are run; all when empty.
    pub phases: BTreeSet<String>,
}

/// A package that has been read and not yet run.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its files.
    pub tree: Tree,
    /// Its manifest.
    pub manifest: Manifest,
    /// The packages that it needs, relative to a `node_modules`.
    pub dependencies: Tree,
    /// SHA-256 of the archive, or of the sorted tree of a directory, hexadecimal.
    pub digest: String,
    /// Whether it comes from an archive or is worked on.
    pub origin: Origin,
}

impl Station {
    /// Loads the guests and furnishes the made-up machine.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the engine or the cache of compiled code does not work.
    pub fn open(cache: &Cache) -> Result<Station, Error> {
        let persona = Persona::default();
        // Mapping the guest and furnishing the machine take about equally long and need nothing of each other.
        let (runtime, disk) = std::thread::scope(|scope| {
            let disk = scope.spawn(|| machine::base(&persona));
            (Runtime::load(cache), disk.join())
        });
        let runtime = runtime.map_err(|error| Error::Internal(error.to_string()))?;
        let disk =
            disk.map_err(|_| Error::Internal("the made-up machine cannot be furnished".into()))?;
        Ok(Station {
            runtime,
            persona,
            disk,
            registries: Registries::embedded()?,
        })
    }

    /// Runs a package: plan, world, guests.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the sandbox itself fails.
    pub fn run(&self, package: &Package, settings: &Settings) -> Result<Trace, Error> {
        let mut plan = plan::plan(&package.tree, &package.manifest, package.origin);
        plan.steps
            .retain(|step| settings.phases.is_empty() || settings.phases.contains(&step.phase));
        let furnished = world::furnish(self, package, settings);
        steps::run(self, package, &plan, furnished)
    }
}

/// Unpacks an archive that may hold an npm package. One of Python is unpacked as well, so that a hostile archive is told as
/// such, and then turned down.
fn npm_archive(path: &Path, packed: &Bytes, quotas: &Quotas) -> Result<Tree, Error> {
    let name = path.file_name().map(|name| name.to_string_lossy());
    if let Some(name) = name.filter(|name| name.ends_with(".whl")) {
        let wheel = unpack::wheel(packed, &name, quotas)?;
        return Err(TargetError::NotRun(wheel.to_string()).into());
    }
    let tree = unpack::archive(packed, quotas)?;
    if tree.file("package.json").is_none() && tree.file("PKG-INFO").is_some() {
        let what = format!("the source distribution ({} files)", tree.len());
        return Err(TargetError::NotRun(what).into());
    }
    Ok(tree)
}

/// Reads a target: the only stage that looks at the user's files.
///
/// # Errors
///
/// [`Error::Input`] with the reason when it is no package that can be vetted.
pub fn read(target: &Target) -> Result<Package, Error> {
    let quotas = Quotas::default();
    let (mut tree, digest, origin) = match target {
        Target::Archive(path) => {
            let packed = unpack::open_archive(path, &quotas)?;
            let digest = Digest::of(&packed).to_string();
            (
                npm_archive(path, &packed, &quotas)?,
                digest,
                Origin::Archive,
            )
        }
        Target::Directory(path) => {
            let tree = unpack::directory(&unpack::open_directory(path)?, &quotas)?;
            let digest = tree.digest();
            // What was installed before is a published package: its development scripts do not run again.
            let origin = match unpack::around(path) {
                Some(_) => Origin::Archive,
                None => Origin::Directory,
            };
            (tree, digest, origin)
        }
    };
    let text = tree
        .file("package.json")
        .cloned()
        .ok_or(ManifestError::Missing)?;
    let manifest = Manifest::parse(&text)?;
    for program in manifest.bin.values() {
        tree.make_executable(program);
    }
    let dependencies = unpack::beside(target.path(), &text, &quotas)?;
    Ok(Package {
        tree,
        manifest,
        dependencies,
        digest,
        origin,
    })
}
