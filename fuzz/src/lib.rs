//! The fuzz programs: each hands what libFuzzer makes up to one target of `targets`.

mod targets;

use std::path::Path;

/// Runs a target on one input.
///
/// # Panics
///
/// When a promise of the target is broken, and for a name that is none.
pub fn run(name: &str, data: &[u8]) {
    (target(name).run)(data);
}

/// Writes the seeds of a target into the directory that `LAZARET_FUZZ_SEEDS` names, if any, before libFuzzer reads it.
///
/// # Panics
///
/// When the directory cannot be written.
pub fn write_seeds(name: &str) {
    let Some(directory) = std::env::var_os("LAZARET_FUZZ_SEEDS") else {
        return;
    };
    for (index, seed) in (target(name).seeds)().iter().enumerate() {
        let path = Path::new(&directory).join(format!("seed-{index:03}"));
        std::fs::write(path, seed).expect("a writable directory for seeds");
    }
}

fn target(name: &str) -> &'static targets::Target {
    targets::TARGETS
        .iter()
        .find(|target| target.name == name)
        .expect("a target of this name")
}

/// The program of one target.
#[macro_export]
macro_rules! program {
    ($name:ident) => {
        libfuzzer_sys::fuzz_target!(init: $crate::write_seeds(stringify!($name)), |data: &[u8]| {
            $crate::run(stringify!($name), data);
        });
    };
}
