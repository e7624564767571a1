//! What is done with paths. Each is relative to a directory that the guest has open.

use super::fd::{APPEND, FDFLAGS, NONBLOCK, SYNCHRONOUS};
use super::memory::{Args, Memory, Piece};
use super::stat::{RIGHT_READ, RIGHT_WRITE, RIGHTS, times};
use super::{Code, Fault, Host};
use crate::guest::wasi::paths;
use crate::trace::Kind;
use crate::world::OpenFlags;

/// The one bit of `lookupflags`: a link at the end of a path is followed.
pub(super) const FOLLOW: u32 = 1;

/// Bits of `oflags`.
const CREAT: u32 = 1;
const DIRECTORY: u32 = 2;
const EXCL: u32 = 4;
const TRUNC: u32 = 8;

/// Permission bits of what is made, less the process's mask: preview 1 knows no others.
const FILE_MODE: u32 = 0o666;
const DIRECTORY_MODE: u32 = 0o777;

/// A path as a call states it.
pub(super) struct Place {
    /// The directory's descriptor.
    pub(super) fd: u32,
    /// Where the path lies.
    pub(super) path: Piece,
    /// Whether a link at its end is followed.
    pub(super) follow: bool,
    /// As what an access is recorded that is refused because it leads out of the directory.
    pub(super) kind: Kind,
}

impl Place {
    /// The absolute path in the world.
    pub(super) fn find(&self, host: &mut Host<'_>, memory: &Memory<'_>) -> Result<String, Fault> {
        self.find_or(host, memory, Code::BADF)
    }

    /// The same, with the answer when the descriptor is a file.
    fn find_or(
        &self,
        host: &mut Host<'_>,
        memory: &Memory<'_>,
        wrong: Code,
    ) -> Result<String, Fault> {
        let base = host.base(self.fd, wrong)?;
        let path = memory.path(self.path)?;
        let caller = host.caller();
        let found = paths::below(host.world, &caller, self.kind, &base, &path, self.follow);
        Ok(found?)
    }
}

/// The path of a call whose descriptor and path begin at this argument; a link at its end is not followed.
fn plain(args: &Args<'_>, index: usize, kind: Kind) -> Place {
    Place {
        fd: args.u32(index),
        path: args.piece(index.saturating_add(1)),
        follow: false,
        kind,
    }
}

/// `path_open(fd, lookup flags, path, oflags, base rights, inheriting rights, fdflags) -> fd`
pub(super) fn open(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let follow = args.flags(1, FOLLOW)? == FOLLOW;
    let oflags = args.flags(4, CREAT | DIRECTORY | EXCL | TRUNC)?;
    let fdflags = args.flags(7, FDFLAGS)?;
    let rights = args.u64(5);
    if (rights | args.u64(6)) & !RIGHTS != 0 {
        return Err(Code::INVAL.into());
    }
    memory.put_u32(args.u32(8), 0)?;
    let flags = open_flags(oflags, rights, fdflags, follow);
    let writes = flags.writes() || flags.has(OpenFlags::CREATE);
    let place = Place {
        fd: args.u32(0),
        path: args.piece(2),
        follow: follow && oflags & EXCL == 0,
        kind: if writes {
            Kind::FileWrite
        } else {
            Kind::FileRead
        },
    };
    let path = place.find_or(host, memory, Code::NOTDIR)?;
    if fdflags & SYNCHRONOUS != 0 {
        return Err(Code::NOTSUP.into());
    }
    if oflags & DIRECTORY != 0 && oflags & (CREAT | EXCL | TRUNC) != 0 {
        return Err(Code::INVAL.into());
    }
    let caller = host.caller();
    let fd = host.world.open(&caller, &path, flags, FILE_MODE)?;
    memory.put_u32(args.u32(8), fd)
}

/// How the world is to open it. What makes or cuts a file opens it for writing as well, and what asks for neither reading
/// nor writing opens it for reading.
fn open_flags(oflags: u32, rights: u64, fdflags: u32, follow: bool) -> OpenFlags {
    let writes = rights & RIGHT_WRITE != 0;
    let reads = rights & RIGHT_READ != 0 || !writes;
    let mut flags = match (reads, writes || oflags & (CREAT | TRUNC) != 0) {
        (true, true) => OpenFlags::BOTH,
        (true, false) => OpenFlags::READ,
        (false, _) => OpenFlags::WRITE,
    };
    for (set, flag) in [
        (oflags & CREAT, OpenFlags::CREATE),
        (oflags & EXCL, OpenFlags::EXCLUSIVE),
        (oflags & TRUNC, OpenFlags::TRUNCATE),
        (oflags & DIRECTORY, OpenFlags::DIRECTORY),
        (fdflags & APPEND, OpenFlags::APPEND),
        (fdflags & NONBLOCK, OpenFlags::NONBLOCK),
        (u32::from(!follow), OpenFlags::NOFOLLOW),
    ] {
        if set != 0 {
            flags = flags.with(flag);
        }
    }
    flags
}

/// `path_create_directory(fd, path)`
pub(super) fn create_directory(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let path = plain(args, 0, Kind::FileWrite).find(host, memory)?;
    let caller = host.caller();
    Ok(host.world.mkdir(&caller, &path, DIRECTORY_MODE)?)
}

/// `path_remove_directory(fd, path)`
pub(super) fn remove_directory(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let path = plain(args, 0, Kind::FileDelete).find(host, memory)?;
    let caller = host.caller();
    Ok(host.world.rmdir(&caller, &path)?)
}

/// `path_unlink_file(fd, path)`
pub(super) fn unlink_file(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let path = plain(args, 0, Kind::FileDelete).find(host, memory)?;
    let caller = host.caller();
    Ok(host.world.unlink(&caller, &path)?)
}

/// `path_rename(fd, path, new fd, new path)`
pub(super) fn rename(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let from = plain(args, 0, Kind::FileRename).find(host, memory)?;
    let to = plain(args, 3, Kind::FileRename).find(host, memory)?;
    let caller = host.caller();
    Ok(host.world.rename(&caller, &from, &to)?)
}

/// `path_link(old fd, lookup flags, old path, new fd, new path)`: a link itself gets a further name, never what it points at.
pub(super) fn link(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    if args.flags(1, FOLLOW)? == FOLLOW {
        return Err(Code::INVAL.into());
    }
    let from = Place {
        fd: args.u32(0),
        path: args.piece(2),
        follow: false,
        kind: Kind::FileLink,
    };
    let from = from.find(host, memory)?;
    let to = plain(args, 4, Kind::FileLink).find(host, memory)?;
    let caller = host.caller();
    Ok(host.world.link(&caller, &from, &to)?)
}

/// `path_symlink(target, fd, path)`: a target that is absolute would lead out, and is refused.
pub(super) fn symlink(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let target = memory.path(args.piece(0))?;
    let path = plain(args, 2, Kind::FileLink).find(host, memory)?;
    let caller = host.caller();
    if target.starts_with('/') {
        let refuse = |world: &mut crate::world::World, seq| {
            world.recorder.detail(seq, "to", target);
            Err(crate::world::Errno::PERM)
        };
        return Ok(host.world.act(&caller, Kind::FileLink, path, refuse)?);
    }
    Ok(host.world.symlink(&caller, &target, &path)?)
}

/// `path_readlink(fd, path, bytes) -> length`: as much of the target as fits.
pub(super) fn readlink(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let path = plain(args, 0, Kind::FileStat).find(host, memory)?;
    let buffer = args.piece(3);
    let room = memory.write(buffer)?.len();
    let caller = host.caller();
    let target = host.world.readlink(&caller, &path)?;
    if target.starts_with('/') {
        return Err(crate::world::Errno::PERM.into());
    }
    let bytes = target.as_bytes();
    let bytes = bytes.get(..room).unwrap_or(bytes);
    memory.put(buffer.at, bytes)?;
    let length = u32::try_from(bytes.len()).map_err(|_| Code::INVAL)?;
    memory.put_u32(args.u32(5), length)
}

/// `path_filestat_set_times(fd, lookup flags, path, access, modification, flags)`
pub(super) fn filestat_set_times(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let follow = args.flags(1, FOLLOW)? == FOLLOW;
    let times = times(host, args, 4)?;
    let place = Place {
        fd: args.u32(0),
        path: args.piece(2),
        follow,
        kind: Kind::FileChmod,
    };
    let path = place.find(host, memory)?;
    let caller = host.caller();
    Ok(host.world.utimes(&caller, &path, times, follow)?)
}
