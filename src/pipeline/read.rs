//! From a target to a package: what lies on the disk is read first, and understood afterwards, behind the lock of a worker.

use crate::error::Error;
use crate::guest::Program;
use crate::plan::Origin;
use crate::target::{Ecosystem, Manifest, ManifestError, Target, TargetError};
use crate::trace::Digest;
use crate::unpack::{self, Quotas, Tree};
use bytes::Bytes;
use std::path::PathBuf;
use std::sync::Arc;

/// A package that has been read and not yet run.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its files.
    pub tree: Tree,
    /// Its manifest.
    pub manifest: Manifest,
    /// The packages that it needs, relative to a `node_modules`.
    pub dependencies: Tree,
    /// SHA-256 of the archive, or of the sorted tree of a directory, hexadecimal.
    pub digest: String,
    /// Whether it comes from an archive or is worked on.
    pub origin: Origin,
    /// What kind of package it is.
    pub ecosystem: Ecosystem,
    /// The code of a WebAssembly program, loaded; nothing for other packages.
    pub program: Option<Arc<Program>>,
}

/// What lies on the disk of a target, before anything of it is understood.
#[derive(Clone, Debug)]
pub struct Raw {
    source: Source,
    dependencies: Dependencies,
    /// The code of a WebAssembly program, once it is loaded.
    pub program: Option<Arc<Program>>,
}

impl Raw {
    /// The bytes of a WebAssembly program, before they are compiled; nothing for other targets.
    #[must_use]
    pub fn program_bytes(&self) -> Option<&Bytes> {
        match &self.source {
            Source::Program(bytes, _) => Some(bytes),
            Source::Packed(..) | Source::Files(..) => None,
        }
    }
}

#[derive(Clone, Debug)]
enum Source {
    /// An archive's bytes, with the name of its file.
    Packed(Bytes, String),
    /// A directory's files.
    Files(Tree, Origin),
    /// WebAssembly, with the name of its file.
    Program(Bytes, String),
}

/// The packages that a package needs.
#[derive(Clone, Debug)]
enum Dependencies {
    /// They have been read.
    Read(Tree),
    /// They lie beside this path, and the manifest will say which they are.
    Beside(PathBuf),
}

/// Reads a target: the only stage that looks at the user's files.
///
/// # Errors
///
/// [`Error::Input`] with the reason when it is no package that can be vetted.
pub fn read(target: &Target) -> Result<Package, Error> {
    let mut raw = open(target, None)?;
    if needs_manifest(target) {
        raw.dependencies = Dependencies::Beside(target.path().to_owned());
    }
    unpack(raw)
}

/// Whether the manifest within an archive decides on what else is read from the disk.
#[must_use]
pub fn needs_manifest(target: &Target) -> bool {
    match target {
        Target::Archive(path) => unpack::modules_of(path).is_some(),
        Target::Directory(_) | Target::Program(_) => false,
    }
}

/// Reads what lies on the disk and understands none of it, but for the names of dependencies. Those of an archive are read
/// when its `manifest` is given. The result needs no disk any more.
///
/// # Errors
///
/// [`Error::Input`] when something cannot be read or is too large.
pub fn open(target: &Target, manifest: Option<&[u8]>) -> Result<Raw, Error> {
    let quotas = Quotas::default();
    let source = match target {
        Target::Archive(path) | Target::Program(path) => {
            let name = path.file_name().map(|name| name.to_string_lossy());
            let name = name.unwrap_or_default().into_owned();
            let bytes = unpack::open_archive(path, &quotas)?;
            match target.ecosystem() {
                Ecosystem::Npm => Source::Packed(bytes, name),
                Ecosystem::Wasm => Source::Program(bytes, name),
            }
        }
        Target::Directory(path) => {
            let tree = unpack::directory(&unpack::open_directory(path)?, &quotas)?;
            // What was installed before is a published package: its development scripts do not run again.
            let origin = match unpack::around(path) {
                Some(_) => Origin::Archive,
                None => Origin::Directory,
            };
            Source::Files(tree, origin)
        }
    };
    let manifest = match &source {
        Source::Packed(..) => manifest,
        Source::Program(..) => None,
        Source::Files(tree, _) => tree.file("package.json").map(AsRef::as_ref),
    };
    let dependencies = match manifest {
        Some(manifest) => unpack::beside(target.path(), manifest, &quotas)?,
        None => Tree::default(),
    };
    Ok(Raw {
        source,
        dependencies: Dependencies::Read(dependencies),
        program: None,
    })
}

/// The manifest in what was read, as text.
///
/// # Errors
///
/// [`Error::Input`] when it cannot be unpacked or has none.
pub fn manifest(raw: Raw) -> Result<Bytes, Error> {
    let tree = match raw.source {
        Source::Packed(packed, name) => npm_archive(&name, &packed, &Quotas::default())?,
        Source::Files(tree, _) => tree,
        Source::Program(..) => return Err(ManifestError::Missing.into()),
    };
    let text = tree.file("package.json").cloned();
    Ok(text.ok_or(ManifestError::Missing)?)
}

/// Understands what was read: unpacks it and reads its manifest.
///
/// # Errors
///
/// [`Error::Input`] with the reason when it is no package that can be vetted.
pub fn unpack(raw: Raw) -> Result<Package, Error> {
    let quotas = Quotas::default();
    let (mut tree, digest, origin) = match raw.source {
        Source::Program(bytes, name) => return Ok(program(bytes, &name, raw.program)),
        Source::Packed(packed, name) => {
            let digest = Digest::of(&packed).to_string();
            let tree = npm_archive(&name, &packed, &quotas)?;
            (tree, digest, Origin::Archive)
        }
        Source::Files(tree, origin) => {
            let digest = tree.digest();
            (tree, digest, origin)
        }
    };
    let text = tree
        .file("package.json")
        .cloned()
        .ok_or(ManifestError::Missing)?;
    let manifest = Manifest::parse(&text)?;
    for program in manifest.bin.values() {
        tree.make_executable(program);
    }
    let dependencies = match raw.dependencies {
        Dependencies::Read(tree) => tree,
        Dependencies::Beside(path) => unpack::beside(&path, &text, &quotas)?,
    };
    Ok(Package {
        tree,
        manifest,
        dependencies,
        digest,
        origin,
        ecosystem: Ecosystem::Npm,
        program: None,
    })
}

/// A WebAssembly program as a package: one file, whose name is the package's.
fn program(bytes: Bytes, name: &str, program: Option<Arc<Program>>) -> Package {
    Package {
        manifest: Manifest::named(name.strip_suffix(".wasm").unwrap_or(name)),
        dependencies: Tree::default(),
        digest: Digest::of(&bytes).to_string(),
        origin: Origin::Archive,
        ecosystem: Ecosystem::Wasm,
        tree: Tree::of_one(name, bytes),
        program,
    }
}

/// Unpacks an archive that may hold an npm package. One of Python is unpacked as well, so that a hostile archive is told as
/// such, and then turned down.
fn npm_archive(name: &str, packed: &Bytes, quotas: &Quotas) -> Result<Tree, Error> {
    if name.ends_with(".whl") {
        let wheel = unpack::wheel(packed, name, quotas)?;
        return Err(TargetError::NotRun(wheel.to_string()).into());
    }
    let tree = unpack::archive(packed, quotas)?;
    if tree.file("package.json").is_none() && tree.file("PKG-INFO").is_some() {
        let what = format!("the source distribution ({} files)", tree.len());
        return Err(TargetError::NotRun(what).into());
    }
    Ok(tree)
}
