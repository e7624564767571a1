//! What is told of descriptors, files and directories.

use super::fd::{APPEND, NONBLOCK};
use super::memory::{Args, Memory};
use super::path::{FOLLOW, Place};
use super::{Code, Fault, Host};
use crate::guest::wasi::paths;
use crate::trace::Kind;
use crate::world::files::{OpenFlags, Stream, Times, What};
use crate::world::fs::{Stat, Type};

/// Numbers of `filetype`.
const UNKNOWN: u8 = 0;
const CHARACTER_DEVICE: u8 = 2;
pub(super) const DIRECTORY: u8 = 3;
pub(super) const REGULAR: u8 = 4;
const STREAM_SOCKET: u8 = 6;
const LINK: u8 = 7;

/// Bits of `rights`.
pub(super) const RIGHT_READ: u64 = 1 << 1;
const RIGHT_SEEK: u64 = 1 << 2;
pub(super) const RIGHT_WRITE: u64 = 1 << 6;
const RIGHT_READDIR: u64 = 1 << 14;
const RIGHT_PATH_SET_SIZE: u64 = 1 << 19;
const RIGHT_SET_SIZE: u64 = 1 << 22;
/// All rights: `fd_datasync` to `sock_accept`.
pub(super) const RIGHTS: u64 = (1 << 30) - 1;
/// What may be done with a directory that was handed in, as programs expect it: the paths' operations but for those on
/// sizes, and asking for and setting its own attributes.
const OF_PREOPEN: u64 = (1 << 9)
    | (1 << 10)
    | (1 << 11)
    | (1 << 12)
    | (1 << 13)
    | RIGHT_READDIR
    | (1 << 15)
    | (1 << 16)
    | (1 << 17)
    | (1 << 18)
    | (1 << 20)
    | (1 << 21)
    | (1 << 23)
    | (1 << 24)
    | (1 << 25)
    | (1 << 26);
/// What may be done with files in it besides: all on descriptors but sockets.
const OF_ITS_FILES: u64 = OF_PREOPEN | ((1 << 9) - 1) | RIGHT_SET_SIZE | (1 << 27);

/// The number of a type of the world. Pipes have none of their own.
fn number(kind: Type) -> u8 {
    match kind {
        Type::Fifo => UNKNOWN,
        Type::Device => CHARACTER_DEVICE,
        Type::Directory => DIRECTORY,
        Type::File => REGULAR,
        Type::Link => LINK,
        Type::Socket => STREAM_SOCKET,
    }
}

/// The number of what a descriptor is.
pub(super) fn kind(host: &Host<'_>, fd: u32) -> Result<u8, Fault> {
    Ok(number(host.world.fstat(&host.caller(), fd)?.kind))
}

/// `fd_fdstat_get(fd) -> fdstat`
pub(super) fn fdstat_get(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let fd = args.u32(0);
    let kind = kind(host, fd)?;
    let file = host.world.description(host.pid, fd)?;
    let preopen = host
        .state
        .own
        .get(&fd)
        .is_some_and(|own| own.preopen.is_some());
    let (base, inheriting) = match file.what {
        What::Console(Stream::Input) => (RIGHT_READ, RIGHT_READ),
        What::Console(_) => (RIGHT_WRITE, RIGHT_WRITE),
        _ if preopen => (OF_PREOPEN, OF_ITS_FILES),
        _ => {
            let rights = rights(kind, file.flags);
            (rights, rights)
        }
    };
    let mut flags = 0;
    for (flag, bit) in [(OpenFlags::APPEND, APPEND), (OpenFlags::NONBLOCK, NONBLOCK)] {
        if file.flags.has(flag) {
            flags |= bit;
        }
    }
    let at = args.u32(1);
    memory.put_u64(at, u64::from(kind) | u64::from(flags) << 16)?;
    memory.put_u64(memory.offset(at, 1, 8)?, base)?;
    memory.put_u64(memory.offset(at, 2, 8)?, inheriting)
}

/// The rights that follow from what something is and how it was opened.
fn rights(kind: u8, flags: OpenFlags) -> u64 {
    let mut rights = RIGHTS;
    if kind == DIRECTORY {
        rights &= !(RIGHT_SEEK | RIGHT_SET_SIZE | RIGHT_PATH_SET_SIZE);
    }
    if !flags.reads() {
        rights &= !(RIGHT_READ | RIGHT_READDIR);
    }
    if !flags.writes() {
        rights &= !RIGHT_WRITE;
    }
    rights
}

/// `fd_filestat_get(fd) -> filestat`
pub(super) fn fd_filestat_get(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let mut stat = host.world.fstat(&host.caller(), args.u32(0))?;
    if let What::Console(_) = host.world.description(host.pid, args.u32(0))?.what {
        // Nothing is told of the standard streams, so that no program takes them for files.
        stat = Stat::synthetic(Type::Fifo, 0, 0, crate::world::fs::Who::ROOT, 0);
        stat.dev = 0;
        stat.nlink = 0;
    }
    put(host.unstable, memory, args.u32(1), &stat)
}

/// `path_filestat_get(fd, lookup flags, path) -> filestat`
pub(super) fn path_filestat_get(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let follow = args.flags(1, FOLLOW)? == FOLLOW;
    let place = Place {
        fd: args.u32(0),
        path: args.piece(2),
        follow,
        kind: Kind::FileStat,
    };
    let path = place.find(host, memory)?;
    let caller = host.caller();
    let stat = host.world.stat(&caller, &path, follow)?;
    put(host.unstable, memory, args.u32(4), &stat)
}

/// Writes a `filestat` in the layout of either generation.
fn put(unstable: bool, memory: &mut Memory<'_>, at: u32, stat: &Stat) -> Result<(), Fault> {
    let kind = u64::from(number(stat.kind));
    let rest = [stat.size, stat.atime, stat.mtime, stat.ctime];
    let mut words = vec![stat.dev, stat.ino];
    if unstable {
        words.push(kind | u64::from(stat.nlink) << 32);
    } else {
        words.extend([kind, u64::from(stat.nlink)]);
    }
    words.extend(rest);
    for (index, word) in (0..).zip(words) {
        memory.put_u64(memory.offset(at, index, 8)?, word)?;
    }
    Ok(())
}

/// Bits of `fstflags`: access time given, access time now, and the same for modification.
const ATIM: u32 = 1;
const ATIM_NOW: u32 = 2;
const MTIM: u32 = 4;
const MTIM_NOW: u32 = 8;

/// The times that a call wants to set, from three arguments: access, modification, flags.
pub(super) fn times(host: &Host<'_>, args: &Args<'_>, index: usize) -> Result<Times, Fault> {
    let flags = args.flags(index.saturating_add(2), ATIM | ATIM_NOW | MTIM | MTIM_NOW)?;
    let now = host.world.clock.now();
    let time =
        |given: u32, present: u32, time: u64| match (flags & given != 0, flags & present != 0) {
            (true, true) => Err(Fault::from(Code::INVAL)),
            (true, false) => Ok(Some(time)),
            (false, true) => Ok(Some(now)),
            (false, false) => Ok(None),
        };
    Ok((
        time(ATIM, ATIM_NOW, args.u64(index))?,
        time(MTIM, MTIM_NOW, args.u64(index.saturating_add(1)))?,
    ))
}

/// One name in a directory.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    name: String,
    kind: u8,
    ino: u64,
}

/// `fd_readdir(fd, bytes, cookie) -> length`: as many entries as fit, the last one cut off. A cookie is the number of
/// entries before; the directory is listed again when it is read from the start.
pub(super) fn readdir(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let fd = args.u32(0);
    let base = host.base(fd, Code::BADF)?;
    let buffer = args.piece(1);
    let room = memory.write(buffer)?.len();
    let cookie = usize::try_from(args.u64(3)).map_err(|_| Code::INVAL)?;
    let listed = host.state.own.get(&fd).and_then(|own| own.listing.as_ref());
    if cookie == 0 || listed.is_none() {
        let listing = list(host, &base)?;
        host.state.own.entry(fd).or_default().listing = Some(listing);
    }
    let listing = host.state.own.get(&fd).and_then(|own| own.listing.as_ref());
    let entries = listing
        .and_then(|all| all.get(cookie..))
        .unwrap_or_default();
    let mut bytes = Vec::new();
    for (next, entry) in (1..).zip(entries) {
        if bytes.len() >= room {
            break;
        }
        let next = (next as u64).saturating_add(args.u64(3));
        bytes.extend_from_slice(&next.to_le_bytes());
        bytes.extend_from_slice(&entry.ino.to_le_bytes());
        let length = u32::try_from(entry.name.len()).map_err(|_| Code::INVAL)?;
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&u32::from(entry.kind).to_le_bytes());
        bytes.extend_from_slice(entry.name.as_bytes());
    }
    bytes.truncate(room);
    let used = u32::try_from(bytes.len()).map_err(|_| Code::INVAL)?;
    memory.put(buffer.at, &bytes)?;
    memory.put_u32(args.u32(4), used)
}

/// The names in a directory, `.` and `..` first.
fn list(host: &mut Host<'_>, base: &str) -> Result<Vec<Entry>, Fault> {
    let caller = host.caller();
    let names = host.world.list(&caller, base)?;
    let ino = |path: &str| {
        let stat = host.world.peek_stat(host.pid, path, false);
        stat.map_or(0, |stat| stat.ino)
    };
    let dots = [".", ".."].map(|name| Entry {
        name: name.to_owned(),
        kind: DIRECTORY,
        ino: ino(&paths::join(base, name)),
    });
    let entries = names.into_iter().map(|(name, kind)| Entry {
        ino: ino(&paths::join(base, &name)),
        kind: number(kind),
        name,
    });
    Ok(dots.into_iter().chain(entries).collect())
}
