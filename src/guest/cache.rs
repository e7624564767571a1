//! The user's cache of compiled guests.
//!
//! Native code is only mapped when it is certainly what this program wrote: the file and its directory belong to the user,
//! nobody else can write them, and the contents have the SHA-256 that was stored beside them. The digest of twenty megabytes
//! takes longer than a whole run, so the identity of the file at which it was last checked (inode, size, times of change) is
//! stored as well, and the digest is computed again only when that differs. The time of last status change cannot be set by a
//! program, so contents cannot be exchanged under an unchanged identity.

use cap_std::ambient_authority;
use cap_std::fs::{Dir, MetadataExt as _, OpenOptions, PermissionsExt as _};
use sha2::{Digest as _, Sha256};
use std::hash::{Hash as _, Hasher};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use wasmtime::Engine;

/// Compiled guests of other versions that are kept, for whoever goes back and forth between two.
const KEPT: usize = 2;

/// Why the cache cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// It has no place.
    #[error("no home directory for the cache: set LAZARET_CACHE to a directory of your own")]
    NoPlace,
    /// The place is not private.
    #[error(
        "the cache {0} can be written by others: remove it, or set LAZARET_CACHE to a directory of your own"
    )]
    NotPrivate(PathBuf),
    /// Reading or writing failed.
    #[error("the cache {0}: {1}")]
    Io(PathBuf, std::io::Error),
}

/// A directory that only the user can write.
#[derive(Debug)]
pub struct Cache {
    dir: Dir,
    path: PathBuf,
}

impl Cache {
    /// Opens the cache at `path`, making it if need be.
    ///
    /// # Errors
    ///
    /// When it cannot be made or others can write it.
    pub fn open_at(path: &Path) -> Result<Cache, CacheError> {
        let fail = |error| CacheError::Io(path.to_owned(), error);
        let authority = ambient_authority();
        if !path.is_dir() {
            Dir::create_ambient_dir_all(path, authority).map_err(fail)?;
            let dir = Dir::open_ambient_dir(path, authority).map_err(fail)?;
            dir.set_permissions(".", cap_std::fs::Permissions::from_mode(0o700))
                .map_err(fail)?;
        }
        let dir = Dir::open_ambient_dir(path, authority).map_err(fail)?;
        let cache = Cache {
            dir,
            path: path.to_owned(),
        };
        let metadata = cache.dir.dir_metadata().map_err(fail)?;
        if is_private(&metadata) {
            Ok(cache)
        } else {
            Err(CacheError::NotPrivate(path.to_owned()))
        }
    }

    /// The name under which code for this engine and guest is kept: it changes with everything that the code depends on.
    #[must_use]
    pub(super) fn key(engine: &Engine, guest_digest: &str) -> String {
        let mut hasher = Hashed(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut hasher);
        hasher.write(guest_digest.as_bytes());
        hex(&hasher.0.finalize())[..32].to_owned()
    }

    /// The file of this key, when it is there and is what was stored.
    pub(super) fn open(&self, key: &str) -> Result<Option<std::fs::File>, CacheError> {
        let (Ok(mut file), Ok(stamp)) = (
            self.dir.open(code_name(key)),
            self.dir.read_to_string(stamp_name(key)),
        ) else {
            return Ok(None);
        };
        let metadata = file.metadata().map_err(|error| self.io(error))?;
        let Some((digest, identity)) = stamp.split_once(' ') else {
            return Ok(None);
        };
        if !is_private(&metadata) {
            return Err(CacheError::NotPrivate(self.path.join(code_name(key))));
        }
        if identity != identity_of(&metadata) {
            let mut code = Vec::new();
            file.read_to_end(&mut code)
                .map_err(|error| self.io(error))?;
            if hex(&Sha256::digest(&code)) != digest {
                tracing::warn!(
                    key,
                    "compiled code in the cache was changed, compiling again"
                );
                return Ok(None);
            }
            self.write(
                &stamp_name(key),
                format!("{digest} {}", identity_of(&metadata)).as_bytes(),
            )?;
        }
        Ok(Some(file.into_std()))
    }

    /// Stores code and returns it as an open file. Several processes may do so at once: each writes the same bytes under
    /// a name of its own and renames.
    pub(super) fn store(&self, key: &str, code: &[u8]) -> Result<std::fs::File, CacheError> {
        self.write(&code_name(key), code)?;
        let file = self
            .dir
            .open(code_name(key))
            .map_err(|error| self.io(error))?;
        let metadata = file.metadata().map_err(|error| self.io(error))?;
        let stamp = format!("{} {}", hex(&Sha256::digest(code)), identity_of(&metadata));
        self.write(&stamp_name(key), stamp.as_bytes())?;
        self.forget_old(key);
        Ok(file.into_std())
    }

    /// Removes the code of earlier versions, the oldest first, so that upgrades do not fill the disk. What another process has
    /// mapped stays mapped. A file that cannot be removed is left: the cache works without this.
    fn forget_old(&self, key: &str) {
        let Ok(entries) = self.dir.entries() else {
            return;
        };
        let mut others: Vec<_> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name().into_string().ok()?;
                let other = name.strip_suffix(".cwasm").filter(|other| *other != key)?;
                Some((entry.metadata().ok()?.mtime(), other.to_owned()))
            })
            .collect();
        others.sort_unstable();
        let surplus = others.len().saturating_sub(KEPT);
        for (_, old) in others.into_iter().take(surplus) {
            let _ = self.dir.remove_file(code_name(&old));
            let _ = self.dir.remove_file(stamp_name(&old));
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), CacheError> {
        let temporary = format!("{name}.{}", std::process::id());
        let write = || {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            let mut file = self.dir.open_with(&temporary, &options)?;
            file.set_permissions(cap_std::fs::Permissions::from_mode(0o600))?;
            file.write_all(bytes)?;
            self.dir.rename(&temporary, &self.dir, name)
        };
        write().map_err(|error| self.io(error))
    }

    fn io(&self, error: std::io::Error) -> CacheError {
        CacheError::Io(self.path.clone(), error)
    }
}

fn code_name(key: &str) -> String {
    format!("{key}.cwasm")
}

fn stamp_name(key: &str) -> String {
    format!("{key}.stamp")
}

/// Whether only the user can write what this is about.
fn is_private(metadata: &cap_std::fs::Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & 0o022 == 0
}

fn identity_of(metadata: &cap_std::fs::Metadata) -> String {
    let changed = (metadata.ctime(), metadata.ctime_nsec());
    format!(
        "{}-{}-{}-{}.{}",
        metadata.dev(),
        metadata.ino(),
        metadata.size(),
        changed.0,
        changed.1
    )
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Lets the engine's compatibility hash feed a SHA-256.
struct Hashed(Sha256);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let place = tempfile::tempdir().unwrap();
        let cache = Cache::open_at(&place.path().join("cache")).unwrap();
        (place, cache)
    }

    #[test]
    fn stored_code_is_found_and_changed_code_is_not() {
        let (_place, cache) = cache();
        cache.store("k", b"code").unwrap();
        assert!(cache.open("k").unwrap().is_some());
        cache.dir.write(code_name("k"), b"evil").unwrap();
        assert!(cache.open("k").unwrap().is_none());
    }

    #[test]
    fn code_of_old_versions_is_forgotten() {
        let (_place, cache) = cache();
        for key in ["a", "b", "c", "d", "e"] {
            cache.store(key, b"code").unwrap();
        }
        let kept = ["a", "b", "c", "d", "e"].map(|key| cache.open(key).unwrap().is_some());
        assert_eq!(kept.iter().filter(|kept| **kept).count(), KEPT + 1);
        assert!(kept[4]);
    }

    #[test]
    fn a_rewritten_file_of_equal_bytes_is_checked_and_found() {
        let (_place, cache) = cache();
        cache.store("k", b"code").unwrap();
        cache.write(&code_name("k"), b"code").unwrap();
        assert!(cache.open("k").unwrap().is_some());
    }

    #[test]
    fn a_file_that_others_can_write_is_refused() {
        let (_place, cache) = cache();
        cache.store("k", b"code").unwrap();
        cache
            .dir
            .set_permissions(code_name("k"), cap_std::fs::Permissions::from_mode(0o622))
            .unwrap();
        assert!(matches!(cache.open("k"), Err(CacheError::NotPrivate(_))));
    }
}
