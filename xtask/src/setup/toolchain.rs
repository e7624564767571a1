//! The C compiler: a Python wheel, so that nothing has to be installed as root.

use std::path::PathBuf;
use std::process::Command;

use super::lock::Lock;
use super::{Done, Layout, files, process};
use crate::failure::{During, Result};

fn site(layout: &Layout) -> PathBuf {
    layout.build.join("toolchain").join("site")
}

/// Installs the pinned wheel into the build directory.
pub(crate) fn fetch(layout: &Layout, lock: &Lock) -> Result<Done> {
    let pin = &lock.toolchain;
    let mut line = format!("{}=={}", pin.package, pin.version);
    for digest in pin.sha256.values() {
        line.push_str(&format!(" --hash=sha256:{digest}"));
    }
    let home = layout.build.join("toolchain");
    let stamp = home.join("stamp");
    if files::is_current(&stamp, &line) {
        return Ok(Done::Already);
    }
    let site = site(layout);
    files::fresh_directory(&site)?;
    let requirements = home.join("requirements.txt");
    files::write(&requirements, line.as_bytes())?;
    process::output(
        process::pip()?
            .args([
                "install",
                "--quiet",
                "--no-deps",
                "--only-binary=:all:",
                "--require-hashes",
                "--no-compile",
            ])
            .arg("--target")
            .arg(&site)
            .arg("--requirement")
            .arg(&requirements),
    )
    .during(|| {
        format!(
            "fetch {} {} for this host (pinned in guests/lock.json)",
            pin.package, pin.version
        )
    })?;
    files::write(&stamp, line.as_bytes())?;
    Ok(Done::Made(format!("{} {}", pin.package, pin.version)))
}

/// The compiler command; its caches stay in the build directory.
pub(crate) fn compiler(layout: &Layout) -> Result<Command> {
    let mut command = Command::new(process::python()?);
    let cache = layout.build.join("toolchain").join("cache");
    command
        .env("PYTHONPATH", site(layout))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("ZIG_GLOBAL_CACHE_DIR", &cache)
        .env("ZIG_LOCAL_CACHE_DIR", &cache)
        .args(["-m", "ziglang", "cc"]);
    Ok(command)
}
