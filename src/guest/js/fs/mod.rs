//! Files: the verbs `fs.*`, each one operation of the world.
//!
//! | verb | arguments | reply |
//! | --- | --- | --- |
//! | `open` | path, flags, mode | descriptor |
//! | `close`, `sync` | descriptor | nothing |
//! | `read` | descriptor, length, position or -1, whether to wait | bytes |
//! | `write` | descriptor, bytes, position or -1 | count |
//! | `ftruncate`, `fchmod` | descriptor, length or mode | nothing |
//! | `fchown`, `futimes` | descriptor, two numbers | nothing |
//! | `fstat`, `kindOfFd` | descriptor | 18 numbers; Node's name of the kind of handle |
//! | `stat`, `lstat` | path | 18 numbers |
//! | `statfs` | path | 7 numbers |
//! | `access`, `exists` | path, mode | nothing; boolean |
//! | `readdir` | path | names and types, alternating |
//! | `readlink`, `realpath`, `mkdtemp` | path or prefix | path |
//! | `mkdir`, `mkdirs`, `chmod` | path, mode | nothing; `mkdirs`: the first directory made |
//! | `rmdir`, `unlink` | path | nothing |
//! | `rename`, `symlink`, `link` | two paths | nothing |
//! | `copyFile` | two paths, flags | nothing |
//! | `chown`, `lchown`, `utimes`, `lutimes` | path, two numbers | nothing |
//! | `readFile` | path or descriptor | bytes |
//! | `writeFile` | path, bytes, flags, mode | nothing |
//! | `kind`, `format` | path | 0 file, 1 directory; 0 JavaScript, 1 WebAssembly; neither is recorded |

mod descriptors;
mod paths;
#[cfg(test)]
mod tests;

use super::{Args, Host, Value, unknown};
use crate::guest::instance::Fault;
use crate::world::Errno;
use crate::world::fs::{Stat, Type};

/// Nanoseconds in a second.
const SECOND: u64 = 1_000_000_000;

/// Answers `fs.*`.
pub(super) fn call(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    if let Some(answer) = descriptors::call(host, verb, args) {
        return answer;
    }
    match paths::call(host, verb, args) {
        Some(answer) => Ok(answer?),
        None => unknown(host, &format!("fs.{verb}")),
    }
}

/// Answers `modules.*`: what the loader of modules asks for itself. Not recorded; loading code is.
pub(super) fn modules(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    match verb {
        "readPackage" => Ok(host
            .world
            .peek_read(host.caller.pid, path(args, 0)?)?
            .into()),
        "names" => Ok(super::commonjs::names(args)),
        _ => unknown(host, &format!("modules.{verb}")),
    }
}

/// The path at this place.
fn path<'a>(args: &Args<'a>, index: usize) -> Result<&'a str, Errno> {
    args.text(index).ok_or(Errno::INVAL)
}

/// The descriptor at this place; what is no descriptor is none that is open.
fn fd(args: &Args<'_>, index: usize) -> Result<u32, Errno> {
    args.integer(index).ok_or(Errno::BADF)
}

/// The numbers of Node's stat array: dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, and seconds and
/// nanoseconds of access, modification, change and birth.
fn numbers(stat: &Stat) -> Value {
    let mut values = vec![
        stat.dev,
        stat.mode.into(),
        stat.nlink.into(),
        stat.uid.into(),
        stat.gid.into(),
        stat.rdev,
        stat.block_size().into(),
        stat.ino,
        stat.size,
        stat.blocks(),
    ];
    for time in [stat.atime, stat.mtime, stat.ctime, stat.btime] {
        values.extend([time / SECOND, time % SECOND]);
    }
    values.into()
}

/// The number of a type in Node's directory entries. Source: `uv_dirent_type_t` of libuv.
fn type_number(kind: Type) -> u32 {
    match kind {
        Type::File => 1,
        Type::Directory => 2,
        Type::Link => 3,
        Type::Fifo => 4,
        Type::Socket => 5,
        Type::Device => 6,
    }
}

/// A time in seconds, as Node passes it, in nanoseconds since 1970; whole microseconds, as libuv keeps them. Times
/// before 1970 become 1970, infinite ones the present (`None` here means to leave the time alone).
fn time(host: &Host<'_>, args: &Args<'_>, index: usize) -> Option<u64> {
    let seconds = args.number(index)?;
    if seconds.is_nan() {
        return None;
    }
    if seconds.is_infinite() {
        return Some(host.world.clock.now());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float that does not fit becomes the nearest that does"
    )]
    let (whole, micros) = (
        seconds.max(0.0) as u64,
        (seconds.max(0.0).fract() * 1e6) as u64,
    );
    Some(
        whole
            .saturating_mul(SECOND)
            .saturating_add(micros.saturating_mul(1_000)),
    )
}

/// A user or group; -1 leaves it as it is.
fn id(args: &Args<'_>, index: usize) -> Option<u32> {
    args.integer(index).filter(|id| *id != u32::MAX)
}
