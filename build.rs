//! Hands what set-up built to the compiler.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script works on the host"
)]

use std::path::{Path, PathBuf};

/// Set while set-up builds the maker of the guest, which is an example of this package.
const WITHOUT_GUEST: &str = "LAZARET_WITHOUT_GUEST";

fn main() {
    println!("cargo::rerun-if-env-changed={WITHOUT_GUEST}");
    let root = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let build = Path::new(&root).join("guests/.build");
    let without = std::env::var_os(WITHOUT_GUEST).is_some();
    if !without && !build.join("js.wasm.zst").exists() {
        println!("cargo::error=the guest is not built: run `cargo xtask setup`");
        return;
    }
    let digest = build.join("js.digest");
    if !without {
        println!("cargo::rerun-if-changed={}", digest.display());
    }
    let digest = std::fs::read_to_string(digest).unwrap_or_else(|_| "0".into());
    println!("cargo::rustc-env=LAZARET_JS_DIGEST={}", digest.trim());
    for (variable, file, absent) in [
        ("LAZARET_JS_GUEST", "js.wasm.zst", ""),
        ("LAZARET_REGISTRIES", "registries.json", "{}"),
        ("LAZARET_LICENSES", "licenses.txt", ""),
    ] {
        embed(variable, &build.join(file), without.then_some(absent));
    }
}

/// Names a file for `include_bytes!`, or one that holds `instead`.
fn embed(variable: &str, path: &Path, instead: Option<&str>) {
    let mut path = PathBuf::from(path);
    if let Some(instead) = instead {
        path = Path::new(&std::env::var("OUT_DIR").unwrap_or_default()).join(variable);
        let _ = std::fs::write(&path, instead);
    } else {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    println!("cargo::rustc-env={variable}={}", path.display());
}
