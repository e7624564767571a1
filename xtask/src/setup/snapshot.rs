//! Makes the snapshot that the library embeds: `guests/js/snapshot.rs`, run as an example of the package.

use std::path::Path;
use std::process::Command;

use super::{Done, Layout, digest, files, process};
use crate::failure::{Failure, Result};

/// The digest of everything that ends up in the snapshot.
fn inputs(layout: &Layout) -> Result<String> {
    let node = layout.build.join("node");
    let mut inputs = digest::Inputs::default();
    inputs.add("maker", &files::read(&layout.root.join("guests").join("js").join("snapshot.rs"))?);
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
    let summary = make(layout, &layout.build.join("js.wasm.zst"), &layout.build.join("js.digest"))?;
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
        Ok(Done::Made(files::read_text(&layout.build.join("js.digest"))?.trim().to_owned()))
    } else {
        Err(Failure::new("two snapshots of the same inputs differ: the harness depends on something else"))
    }
}

fn make(layout: &Layout, product: &Path, sum: &Path) -> Result<String> {
    let node = layout.build.join("node");
    let mut command = Command::new(process::cargo());
    command
        .current_dir(&layout.root)
        .args(["run", "--quiet", "--package", "lazaret", "--example", "snapshot", "--"])
        .arg(layout.build.join("engine.wasm"))
        .args([node.join("library.json"), node.join("config.json"), layout.root.join("harness").join("node")])
        .args([product, sum]);
    Ok(process::output(&mut command)?.trim().to_owned())
}
