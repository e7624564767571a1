//! Node's library: taken at set-up from the pinned Node program, never committed.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use sha2::{Digest, Sha512};

use super::lock::{Lock, Node};
use super::{Done, Layout, digest, files, process};
use crate::failure::{During, Failure, Result};

/// The largest file that is taken out of the package: the program itself has 120 MB.
const MAX_FILE: u64 = 512 << 20;

/// Fetches the package with npm, checks it, and lets the program print its library.
pub(crate) fn fetch(layout: &Layout, lock: &Lock) -> Result<Done> {
    let pin = &lock.node;
    let name = package_name();
    let Some(integrity) = pin.integrity.get(&name) else {
        return Err(Failure::new(format!(
            "guests/lock.json pins no {name}; hosts with a pinned Node: {}",
            pin.integrity.keys().cloned().collect::<Vec<_>>().join(", ")
        )));
    };
    let home = layout.build.join("node");
    let stamp = home.join("stamp");
    let inputs = format!("{} {integrity} {}", pin.version, pin.library_sha256);
    if files::is_current(&stamp, &inputs) {
        return Ok(Done::Already);
    }
    files::fresh_directory(&home)?;
    let archive = download(&home, &name, &pin.version, integrity)?;
    unpack(&archive, &home)?;
    let count = print_library(&home, pin)?;
    files::write(&stamp, inputs.as_bytes())?;
    Ok(Done::Made(format!("{count} files of Node {}", pin.version)))
}

/// The package for this host, in the words of npm.
fn package_name() -> String {
    let platform = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("node-{platform}-{architecture}")
}

/// Gets the package archive. `npm pack` of a published package runs no scripts; the flag says so for every version.
fn download(home: &Path, name: &str, version: &str, integrity: &str) -> Result<Vec<u8>> {
    let printed = process::output(
        process::npm(home)?
            .args(["pack", "--ignore-scripts", "--silent"])
            .arg(format!("{name}@{version}")),
    )
    .during(|| format!("fetch {name} {version}"))?;
    let path = home.join(printed.lines().last().unwrap_or_default().trim());
    let archive = files::read(&path)?;
    let found = base64::engine::general_purpose::STANDARD.encode(Sha512::digest(&archive));
    if integrity != format!("sha512-{found}") {
        return Err(Failure::new(format!(
            "{} has the integrity sha512-{found}, guests/lock.json says {integrity}; do not use this registry, or \
             correct the lock file",
            path.display()
        )));
    }
    std::fs::remove_file(&path).map_err(|error| Failure::path("remove", &path, &error))?;
    Ok(archive)
}

/// Takes the program and the license out of the archive.
fn unpack(archive: &[u8], home: &Path) -> Result<()> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(archive));
    let wanted: BTreeMap<PathBuf, &str> = [
        (PathBuf::from("package/bin/node"), "bin/node"),
        (PathBuf::from("package/LICENSE"), "LICENSE"),
    ]
    .into();
    let mut found = 0;
    for entry in archive
        .entries()
        .during(|| "read the package archive".to_owned())?
    {
        let entry = entry.during(|| "read the package archive".to_owned())?;
        let path = entry
            .path()
            .during(|| "read the package archive".to_owned())?
            .into_owned();
        let Some(target) = wanted.get(&path) else {
            continue;
        };
        let mut bytes = Vec::new();
        entry
            .take(MAX_FILE)
            .read_to_end(&mut bytes)
            .during(|| "read the package archive".to_owned())?;
        let target = home.join(target);
        files::write(&target, &bytes)?;
        make_executable(&target)?;
        found += 1;
    }
    if found == wanted.len() {
        Ok(())
    } else {
        Err(Failure::new("the package lacks bin/node or LICENSE"))
    }
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
        .map_err(|error| Failure::path("make executable", path, &error))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> Result<()> {
    Ok(())
}

/// Writes `library.json` (id -> source) and `config.json` (process.config), and returns the number of sources.
fn print_library(home: &Path, pin: &Node) -> Result<usize> {
    let text = print(home, "JSON.stringify(process.binding('natives'))")?;
    let mut library: BTreeMap<String, String> = serde_json::from_str(text.trim())
        .during(|| "understand the library that node printed".to_owned())?;
    // The configuration differs from host to host; it has a file of its own.
    library.remove("config");
    let canonical = serde_json::to_vec(&library).during(|| "write the library".to_owned())?;
    let found = digest::of_bytes(&canonical);
    if found != pin.library_sha256 {
        return Err(Failure::new(format!(
            "Node's library has the digest {found}, guests/lock.json says {}",
            pin.library_sha256
        )));
    }
    files::write(&home.join("library.json"), &canonical)?;
    files::write(
        &home.join("config.json"),
        print(home, "JSON.stringify(process.config)")?
            .trim()
            .as_bytes(),
    )?;
    Ok(library.len())
}

/// The text of an expression. It goes through a file: what node prints to a pipe may be cut when it exits.
fn print(home: &Path, expression: &str) -> Result<String> {
    let path = home.join("printed");
    let script = format!("require('fs').writeFileSync(process.argv[1], {expression})");
    process::output(
        Command::new(home.join("bin").join("node"))
            .env_clear()
            .args(["--no-warnings", "--no-deprecation", "--eval", &script])
            .arg(&path),
    )?;
    let text = files::read_text(&path)?;
    std::fs::remove_file(&path).map_err(|error| Failure::path("remove", &path, &error))?;
    Ok(text)
}
