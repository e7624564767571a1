//! `cargo xtask setup`: from a fresh clone to the guest that the library embeds.
//!
//! Every step has a stamp, the digest of all that it depends on. A step whose stamp is current is skipped, so the task is
//! run again without harm after every change; an edit of the harness repeats the snapshot only.

mod digest;
mod files;
mod lock;
mod node;
mod patch;
mod process;
mod quickjs;
mod registries;
mod snapshot;
mod toolchain;
mod wasm;

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::failure::{Failure, Result};

use lock::Lock;

/// The places that set-up reads and writes.
pub(crate) struct Layout {
    /// The repository.
    pub(crate) root: PathBuf,
    /// Everything that set-up makes: `guests/.build`, ignored by git.
    pub(crate) build: PathBuf,
}

impl Layout {
    /// The layout of this repository.
    pub(crate) fn here() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .map(Path::to_path_buf);
        let root = root.ok_or_else(|| Failure::new("xtask is not inside the repository"))?;
        let build = root.join("guests").join(".build");
        files::make_directory(&build)?;
        Ok(Self { root, build })
    }
}

/// What a step answers: whether it had anything to do, and a word for the progress line.
pub(crate) enum Done {
    /// The stamp was current.
    Already,
    /// The step ran; the text says what came out.
    Made(String),
}

/// Runs the task. `--verify` makes the snapshot twice and compares.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let verify = match arguments {
        [] => false,
        [flag] if flag == "--verify" => true,
        _ => return Err(Failure::new("usage: cargo xtask setup [--verify]")),
    };
    let layout = Layout::here()?;
    let lock = Lock::read(&layout)?;
    let started = Instant::now();
    step("C compiler for WebAssembly", || {
        toolchain::fetch(&layout, &lock)
    })?;
    step("JavaScript engine", || quickjs::fetch(&layout, &lock))?;
    step("Node's library", || node::fetch(&layout, &lock))?;
    step("licenses", || licenses(&layout))?;
    step("registry addresses", || registries::learn(&layout))?;
    step("engine as WebAssembly", || wasm::build(&layout))?;
    step("snapshot", || snapshot::build(&layout))?;
    if verify {
        step("second snapshot is the same", || snapshot::verify(&layout))?;
    }
    println!("ready after {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

fn step(name: &str, work: impl FnOnce() -> Result<Done>) -> Result<()> {
    let started = Instant::now();
    eprint!("  {name:<28} ");
    match work() {
        Ok(Done::Already) => eprintln!("up to date"),
        Ok(Done::Made(what)) => eprintln!("{what} ({:.1} s)", started.elapsed().as_secs_f64()),
        Err(failure) => {
            eprintln!("failed");
            return Err(Failure::new(format!("{name}: {failure}")));
        }
    }
    Ok(())
}

/// Collects the licenses of what is embedded in the binary.
fn licenses(layout: &Layout) -> Result<Done> {
    let mut text = String::new();
    for (what, path) in [
        (
            "QuickJS-NG, the JavaScript engine",
            layout.build.join("quickjs").join("LICENSE"),
        ),
        (
            "Node.js, the library of the JavaScript guest",
            layout.build.join("node").join("LICENSE"),
        ),
    ] {
        text.push_str(&format!(
            "==== {what} ====\n\n{}\n\n",
            files::read_text(&path)?.trim_end()
        ));
    }
    let path = layout.build.join("licenses.txt");
    if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
        return Ok(Done::Already);
    }
    files::write(&path, text.as_bytes())?;
    Ok(Done::Made(format!("{} KiB", text.len() / 1024)))
}
