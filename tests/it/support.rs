//! What the tests share.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program under test, with nothing of the developer's terminal in its environment.
pub(crate) fn lazaret() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lazaret"));
    command
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    lazaret()
        .args(arguments)
        .output()
        .expect("the program can be started")
}

/// The exit code of an output; the program never dies by a signal.
pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

/// Standard output as text.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Standard error as text.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A package of tests/packages.
pub(crate) fn package(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/packages")
        .join(name);
    path.to_str().expect("UTF-8").to_owned()
}

/// A directory that vanishes with the test.
pub(crate) struct Scratch(tempfile::TempDir);

impl Scratch {
    /// A new, empty directory.
    pub(crate) fn new() -> Scratch {
        Scratch(tempfile::tempdir().expect("a temporary directory"))
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        path.to_str().expect("UTF-8").to_owned()
    }

    /// Writes a file and returns its path.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("a writable directory");
        path
    }
}

/// Packs files as `npm pack` does: gzip over tar, everything below `package/`.
pub(crate) fn tgz(files: &[(&str, &[u8])]) -> Vec<u8> {
    let encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut builder = tar::Builder::new(encoder);
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, format!("package/{path}"), *content)
            .expect("into memory");
    }
    let encoder = builder.into_inner().expect("into memory");
    encoder.finish().expect("into memory")
}
