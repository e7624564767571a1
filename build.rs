//! Hands the guest that set-up built to the compiler.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script works on the host"
)]

use std::path::Path;

fn main() {
    let root = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let guest = Path::new(&root).join("guests/.build/js.wasm.zst");
    let digest = Path::new(&root).join("guests/.build/js.digest");
    println!("cargo::rerun-if-changed={}", guest.display());
    println!("cargo::rerun-if-changed={}", digest.display());
    let (guest, digest) = if guest.exists() {
        (guest, std::fs::read_to_string(digest).unwrap_or_default())
    } else {
        println!("cargo::warning=the guest is not built: run `cargo xtask setup`");
        let empty = Path::new(&std::env::var("OUT_DIR").unwrap_or_default()).join("empty");
        let _ = std::fs::write(&empty, b"");
        (empty, "0".into())
    };
    println!("cargo::rustc-env=LAZARET_JS_GUEST={}", guest.display());
    println!("cargo::rustc-env=LAZARET_JS_DIGEST={}", digest.trim());
    let registries = Path::new(&root).join("guests/.build/registries.json");
    println!("cargo::rerun-if-changed={}", registries.display());
    let registries = if registries.exists() {
        registries
    } else {
        let none = Path::new(&std::env::var("OUT_DIR").unwrap_or_default()).join("registries");
        let _ = std::fs::write(&none, b"{}");
        none
    };
    println!(
        "cargo::rustc-env=LAZARET_REGISTRIES={}",
        registries.display()
    );
}
