//! Makes the snapshot that the library embeds: `guests/js/snapshot.rs`, run as an example of the package.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Done, Layout, digest, files, process};
use crate::failure::{During, Failure, Result};

/// The digest of everything that ends up in the snapshot.
fn inputs(layout: &Layout) -> Result<String> {
    let node = layout.build.join("node");
    let mut inputs = digest::Inputs::default();
    inputs.add(
        "maker",
        &files::read(&layout.root.join("guests").join("js").join("snapshot.rs"))?,
    );
    inputs.add("engine", &files::read(&layout.build.join("engine.stamp"))?);
    inputs.add("library", &files::read(&node.join("library.json"))?);
    inputs.add("config", &files::read(&node.join("config.json"))?);
    inputs.add_tree(&layout.root.join("harness").join("node"), |_| true)?;
    Ok(inputs.finish())
}

/// Builds `js.wasm.zst` and `js.digest`, the SHA-256 of the module before compression.
pub(super) fn build(layout: &Layout) -> Result<Done> {
    let inputs = inputs(layout)?;
    let stamp = layout.build.join("snapshot.stamp");
    if files::is_current(&stamp, &inputs) {
        return Ok(Done::Already);
    }
    let summary = make(
        layout,
        &layout.build.join("js.wasm.zst"),
        &layout.build.join("js.digest"),
    )?;
    files::write(&stamp, inputs.as_bytes())?;
    Ok(Done::Made(summary))
}

/// Makes the snapshot again and compares: a guest must depend on nothing but its inputs.
pub(super) fn verify(layout: &Layout) -> Result<Done> {
    let again = layout.build.join("again");
    files::make_directory(&again)?;
    make(layout, &again.join("js.wasm.zst"), &again.join("js.digest"))?;
    let first = files::read(&layout.build.join("js.wasm.zst"))?;
    let second = files::read(&again.join("js.wasm.zst"))?;
    if first == second {
        Ok(Done::Made(
            files::read_text(&layout.build.join("js.digest"))?
                .trim()
                .to_owned(),
        ))
    } else {
        Err(Failure::new(
            "two snapshots of the same inputs differ: the harness depends on something else",
        ))
    }
}

fn make(layout: &Layout, product: &Path, sum: &Path) -> Result<String> {
    let node = layout.build.join("node");
    let mut command = Command::new(maker(layout)?);
    command
        .current_dir(&layout.root)
        .arg(layout.build.join("engine.wasm"))
        .args([
            node.join("library.json"),
            node.join("config.json"),
            layout.root.join("harness").join("node"),
        ])
        .args([product, sum]);
    Ok(process::output(&mut command)?.trim().to_owned())
}

/// The program that makes snapshots. It is built once and kept: built without a guest, it would have cargo compile the
/// library anew each time.
fn maker(layout: &Layout) -> Result<PathBuf> {
    let mut inputs = digest::Inputs::default();
    inputs.add(
        "source",
        &files::read(&layout.root.join("guests").join("js").join("snapshot.rs"))?,
    );
    inputs.add(
        "dependencies",
        &files::read(&layout.root.join("Cargo.lock"))?,
    );
    let inputs = inputs.finish();
    let name = format!("snapshot{}", std::env::consts::EXE_SUFFIX);
    let kept = layout.build.join(&name);
    let stamp = layout.build.join("maker.stamp");
    if files::is_current(&stamp, &inputs) && kept.exists() {
        return Ok(kept);
    }
    process::output(
        Command::new(process::cargo())
            .current_dir(&layout.root)
            .env("LAZARET_WITHOUT_GUEST", "1")
            .args([
                "build",
                "--quiet",
                "--package",
                "lazaret",
                "--example",
                "snapshot",
            ]),
    )?;
    // Examples are beside this very program.
    let here = std::env::current_exe().during(|| "find this program".to_owned())?;
    let built = here.with_file_name("examples").join(&name);
    std::fs::copy(&built, &kept).map_err(|error| Failure::path("copy", &built, &error))?;
    files::write(&stamp, inputs.as_bytes())?;
    Ok(kept)
}
