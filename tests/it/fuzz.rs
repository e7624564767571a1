//! The fuzz targets on all seeds, and on every input that once broke a promise: no fuzzer is needed for that.

#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

use std::path::{Path, PathBuf};
use targets::TARGETS;

/// The committed inputs of one kind for one target, in order: none when there is no such directory.
fn inputs(kind: &str, target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz")
        .join(kind)
        .join(target);
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| (path.clone(), std::fs::read(path).expect("a readable input")))
        .collect()
}

/// Runs a target and names the input when it breaks a promise.
fn replay(target: &str, run: fn(&[u8]), name: &str, input: &[u8]) {
    if let Err(panic) = std::panic::catch_unwind(|| run(input)) {
        eprintln!("the fuzz target `{target}` fails on {name}");
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn seeds_keep_all_promises() {
    for target in TARGETS {
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        for (index, seed) in seeds.iter().enumerate() {
            replay(target.name, target.run, &format!("seed {index}"), seed);
        }
    }
}

#[test]
fn inputs_that_once_failed_fail_no_more() {
    replay_committed("crashes");
}

#[test]
fn the_committed_corpus_keeps_all_promises() {
    replay_committed("seeds");
}

/// Replays all committed inputs of one kind.
fn replay_committed(kind: &str) {
    let mut count = 0;
    for target in TARGETS {
        for (path, input) in inputs(kind, target.name) {
            replay(target.name, target.run, &path.display().to_string(), &input);
            count += 1;
        }
    }
    assert!(count > 0, "fuzz/{kind} holds nothing");
}

#[test]
fn every_target_has_a_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = std::fs::read_to_string(root.join("Cargo.toml"))
        .expect("the manifest of the fuzz programs");
    for target in TARGETS {
        let path = format!("fuzz_targets/{}.rs", target.name);
        assert!(
            manifest.contains(&format!("path = \"{path}\"")),
            "{} is not in fuzz/Cargo.toml",
            target.name
        );
        assert!(root.join(path).exists(), "{} has no program", target.name);
    }
}
