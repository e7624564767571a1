//! Compiles the shim and the engine to WebAssembly.

use super::{Done, Layout, digest, files, process, toolchain};
use crate::failure::{Failure, Result};

/// Flags of the one compilation. A reactor has no `main`; the C stack holds the engine's limit (6 MiB) and room below.
const FLAGS: &[&str] = &[
    "--target=wasm32-wasi",
    "-mexec-model=reactor",
    "-O2",
    "-std=gnu11",
    "-D_GNU_SOURCE",
    "-DNDEBUG",
    "-fno-strict-aliasing",
    "-Wl,--stack,8388608",
    "-Wl,--strip-all",
];

/// What is compiled beside our `shim.c`, which includes the engine itself.
const ENGINE_FILES: &[&str] = &["libregexp.c", "libunicode.c", "dtoa.c"];

/// Builds `engine.wasm`.
pub(crate) fn build(layout: &Layout) -> Result<Done> {
    let shim = layout.root.join("guests").join("js");
    let engine = layout.build.join("quickjs");
    let mut inputs = digest::Inputs::default();
    inputs.add("flags", FLAGS.join(" ").as_bytes());
    inputs.add(
        "compiler",
        &files::read(&layout.build.join("toolchain").join("stamp"))?,
    );
    inputs.add("engine", &files::read(&layout.build.join("quickjs.stamp"))?);
    inputs.add_tree(&shim, |name| name.ends_with(".c") || name.ends_with(".h"))?;
    let inputs = inputs.finish();
    let stamp = layout.build.join("engine.stamp");
    if files::is_current(&stamp, &inputs) {
        return Ok(Done::Already);
    }
    let product = layout.build.join("engine.wasm");
    let mut command = toolchain::compiler(layout)?;
    command
        .args(FLAGS)
        .arg("-I")
        .arg(&engine)
        .arg("-I")
        .arg(&shim)
        .arg(shim.join("shim.c"));
    command
        .args(ENGINE_FILES.iter().map(|name| engine.join(name)))
        .arg("-o")
        .arg(&product);
    process::output(&mut command)?;
    let size = files::read(&product)?.len();
    if size == 0 {
        return Err(Failure::new("the compiler wrote an empty module"));
    }
    files::write(&stamp, inputs.as_bytes())?;
    Ok(Done::Made(format!("{} KiB", size / 1024)))
}
