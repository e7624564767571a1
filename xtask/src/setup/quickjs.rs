//! The JavaScript engine: C sources out of a crate, with our patch.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::lock::{Lock, Quickjs};
use super::{Done, Layout, digest, files, patch, process};
use crate::failure::{During, Failure, Result};

/// Fetches the crate with cargo, checks the sources, patches the copy.
pub(crate) fn fetch(layout: &Layout, lock: &Lock) -> Result<Done> {
    let pin = &lock.quickjs;
    let patch_path = layout.root.join("guests").join("js").join("quickjs.patch");
    let patch_text = files::read_text(&patch_path)?;
    let mut inputs = digest::Inputs::default();
    inputs.add("tree", pin.tree_sha256.as_bytes());
    inputs.add("patch", patch_text.as_bytes());
    let inputs = inputs.finish();
    let target = layout.build.join("quickjs");
    let stamp = layout.build.join("quickjs.stamp");
    if files::is_current(&stamp, &inputs) {
        return Ok(Done::Already);
    }
    let source = crate_directory(layout, pin)?.join(&pin.directory);
    files::fresh_directory(&target)?;
    let mut tree = digest::Inputs::default();
    for name in files::list(&source)?
        .into_iter()
        .filter(|name| is_wanted(pin, name))
    {
        let bytes = files::read(&source.join(&name))?;
        tree.add(&name, &bytes);
        files::write(&target.join(&name), &bytes)?;
    }
    let found = tree.finish();
    if found != pin.tree_sha256 {
        return Err(Failure::new(format!(
            "the sources in {} have the digest {found}, guests/lock.json says {}; remove that directory and run this again",
            source.display(),
            pin.tree_sha256
        )));
    }
    for file in patch::parse(&patch_text)? {
        let path = target.join(&file.name);
        let patched = patch::apply(&file, &files::read_text(&path)?)?;
        files::write(&path, patched.as_bytes())?;
    }
    files::write(&stamp, inputs.as_bytes())?;
    Ok(Done::Made(format!(
        "{} {}, patched",
        pin.package, pin.version
    )))
}

/// The compiled files, all headers, and the license; no tests, programs or subdirectories.
fn is_wanted(pin: &Quickjs, name: &str) -> bool {
    !name.contains('/')
        && (name == "LICENSE"
            || name.ends_with(".h")
            || pin.sources.iter().any(|source| source == name))
}

/// The part of `cargo metadata` that is read.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    source: Option<String>,
    manifest_path: PathBuf,
}

/// Lets cargo fetch the crate through a manifest of one dependency, and asks where it is. The sources cargo unpacked are
/// checked by the tree digest, so no lock file is needed.
fn crate_directory(layout: &Layout, pin: &Quickjs) -> Result<PathBuf> {
    let probe = layout.build.join("quickjs-crate");
    let manifest = format!(
        "[package]\nname = \"guest-sources\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n\
         [dependencies]\n{} = \"={}\"\n[workspace]\n",
        pin.package, pin.version
    );
    files::write(&probe.join("Cargo.toml"), manifest.as_bytes())?;
    files::write(&probe.join("lib.rs"), b"")?;
    let text = metadata(&probe, true).or_else(|_| metadata(&probe, false))?;
    files::write(&probe.join("metadata.json"), text.as_bytes())?;
    let Metadata { packages } =
        serde_json::from_str(&text).during(|| "understand `cargo metadata`".to_owned())?;
    packages
        .into_iter()
        .find(|package| package.name == pin.package)
        .and_then(|package| package.manifest_path.parent().map(Path::to_path_buf))
        .ok_or_else(|| Failure::new(format!("cargo did not fetch the crate {}", pin.package)))
}

/// Where cargo's crates come from: the source that it names for the fetched crate.
pub(crate) fn crate_source(layout: &Layout) -> Result<Option<String>> {
    let path = layout.build.join("quickjs-crate").join("metadata.json");
    let Metadata { packages } = serde_json::from_slice(&files::read(&path)?)
        .during(|| format!("understand {}", path.display()))?;
    Ok(packages.into_iter().find_map(|package| package.source))
}

fn metadata(directory: &Path, offline: bool) -> Result<String> {
    let mut command = Command::new(process::cargo());
    command
        .current_dir(directory)
        .args(["metadata", "--quiet", "--format-version", "1"]);
    if offline {
        command.arg("--offline");
    }
    process::output(&mut command)
}
