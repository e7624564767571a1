//! Hands what set-up built to the compiler.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script works on the host"
)]

use std::path::{Path, PathBuf};

fn main() {
    let root = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let build = Path::new(&root).join("guests/.build");
    if !build.join("js.wasm.zst").exists() {
        println!("cargo::warning=the guest is not built: run `cargo xtask setup`");
    }
    let digest = build.join("js.digest");
    println!("cargo::rerun-if-changed={}", digest.display());
    let digest = std::fs::read_to_string(digest).unwrap_or_else(|_| "0".into());
    println!("cargo::rustc-env=LAZARET_JS_DIGEST={}", digest.trim());
    embed("LAZARET_JS_GUEST", &build.join("js.wasm.zst"), "");
    embed("LAZARET_REGISTRIES", &build.join("registries.json"), "{}");
    embed("LAZARET_LICENSES", &build.join("licenses.txt"), "");
}

/// Names a file for `include_bytes!`; before set-up, one with `absent` in it.
fn embed(variable: &str, path: &Path, absent: &str) {
    println!("cargo::rerun-if-changed={}", path.display());
    let mut path = PathBuf::from(path);
    if !path.exists() {
        path = Path::new(&std::env::var("OUT_DIR").unwrap_or_default()).join(variable);
        let _ = std::fs::write(&path, absent);
    }
    println!("cargo::rustc-env={variable}={}", path.display());
}
