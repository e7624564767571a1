//! What is done with open descriptors besides reading, writing and asking.

use super::memory::{Args, Memory};
use super::stat::{self, times};
use super::{Code, Fault, Host};
use crate::world::files::{What, Whence};
use crate::world::fs::Ino;

/// Bits of `fdflags`.
pub(super) const APPEND: u32 = 1;
const DSYNC: u32 = 2;
pub(super) const NONBLOCK: u32 = 4;
const RSYNC: u32 = 8;
const SYNC: u32 = 16;
/// Flags that ask for synchronous writes, which nobody could tell from others here.
pub(super) const SYNCHRONOUS: u32 = DSYNC | RSYNC | SYNC;
/// All flags.
pub(super) const FDFLAGS: u32 = APPEND | NONBLOCK | SYNCHRONOUS;

/// Kinds of advice.
const ADVICE: u32 = 6;

impl Host<'_> {
    /// A descriptor that is a file: `BADF` for directories and streams.
    pub(super) fn file(&self, fd: u32) -> Result<Ino, Fault> {
        match self.world.description(self.pid, fd)?.what {
            What::Node(ino) if !self.world.fs.node(ino)?.is_directory() => Ok(ino),
            _ => Err(Code::BADF.into()),
        }
    }

    /// A descriptor that has a place from which it reads: `SPIPE` for streams, `BADF` for directories.
    fn seekable(&self, fd: u32) -> Result<(), Fault> {
        match self.world.description(self.pid, fd)?.what {
            What::Node(_) => self.file(fd).map(|_| ()),
            What::Device(_) | What::Text(_) => Ok(()),
            _ => Err(Code::SPIPE.into()),
        }
    }
}

/// `fd_advise(fd, offset, length, advice)`
pub(super) fn advise(
    host: &mut Host<'_>,
    _: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    if args.u32(3) >= ADVICE {
        return Err(Code::INVAL.into());
    }
    host.file(args.u32(0)).map(|_| ())
}

/// `fd_allocate(fd, offset, length)`: the file is at least so long afterwards.
pub(super) fn allocate(
    host: &mut Host<'_>,
    _: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let ino = host.file(args.u32(0))?;
    let end = args.u64(1).checked_add(args.u64(2)).ok_or(Code::INVAL)?;
    if args.u64(2) == 0 {
        return Err(Code::INVAL.into());
    }
    if end > host.world.fs.stat(ino)?.size {
        let caller = host.caller();
        host.world.ftruncate(&caller, args.u32(0), end)?;
    }
    Ok(())
}

/// `fd_close(fd)`
pub(super) fn close(host: &mut Host<'_>, _: &mut Memory<'_>, args: &Args<'_>) -> Result<(), Fault> {
    let caller = host.caller();
    host.world.close(&caller, args.u32(0))?;
    host.state.own.remove(&args.u32(0));
    Ok(())
}

/// `fd_sync(fd)`, `fd_datasync(fd)`: what is written is there.
pub(super) fn sync(host: &mut Host<'_>, _: &mut Memory<'_>, args: &Args<'_>) -> Result<(), Fault> {
    host.file(args.u32(0)).map(|_| ())
}

/// `fd_fdstat_set_flags(fd, flags)`
pub(super) fn fdstat_set_flags(
    host: &mut Host<'_>,
    _: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let (fd, flags) = (args.u32(0), args.flags(1, FDFLAGS)?);
    host.file(fd)?;
    if flags & SYNCHRONOUS != 0 {
        return Err(Code::INVAL.into());
    }
    let (append, nonblock) = (flags & APPEND != 0, flags & NONBLOCK != 0);
    Ok(host
        .world
        .set_status_flags(host.pid, fd, append, nonblock)?)
}

/// `fd_fdstat_set_rights(fd, base, inheriting)`: rights follow from how a file was opened.
pub(super) fn fdstat_set_rights(
    host: &mut Host<'_>,
    _: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    match host.world.description(host.pid, args.u32(0))?.what {
        What::Node(_) => Err(Code::NOTSUP.into()),
        _ => Err(Code::BADF.into()),
    }
}

/// `fd_filestat_set_size(fd, size)`
pub(super) fn filestat_set_size(
    host: &mut Host<'_>,
    _: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    host.file(args.u32(0))?;
    let caller = host.caller();
    Ok(host.world.ftruncate(&caller, args.u32(0), args.u64(1))?)
}

/// `fd_filestat_set_times(fd, access, modification, flags)`
pub(super) fn filestat_set_times(
    host: &mut Host<'_>,
    _: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let times = times(host, args, 1)?;
    match host.world.description(host.pid, args.u32(0))?.what {
        What::Node(_) => {}
        _ => return Err(Code::BADF.into()),
    }
    let caller = host.caller();
    Ok(host.world.futimes(&caller, args.u32(0), times)?)
}

/// `fd_prestat_get(fd) -> (kind, length of name)`
pub(super) fn prestat_get(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let own = host.state.own.get(&args.u32(0));
    let name = own.and_then(|own| own.preopen.as_ref()).ok_or(Code::BADF)?;
    let length = u32::try_from(name.len()).map_err(|_| Code::INVAL)?;
    // The kind is 0: a directory. There is no other.
    memory.put_u32(args.u32(1), 0)?;
    memory.put_u32(memory.offset(args.u32(1), 1, 4)?, length)
}

/// `fd_prestat_dir_name(fd, bytes)`
pub(super) fn prestat_dir_name(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    host.world.description(host.pid, args.u32(0))?;
    let own = host.state.own.get(&args.u32(0));
    let name = own
        .and_then(|own| own.preopen.as_ref())
        .ok_or(Code::NOTDIR)?;
    if usize::try_from(args.u32(2)).is_ok_and(|room| room < name.len()) {
        return Err(Code::NAMETOOLONG.into());
    }
    memory.put(args.u32(1), name.as_bytes())
}

/// `fd_renumber(from, to)`: both must be open.
pub(super) fn renumber(
    host: &mut Host<'_>,
    _: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let (from, to) = (args.u32(0), args.u32(1));
    host.world.description(host.pid, from)?;
    host.world.description(host.pid, to)?;
    if from == to {
        return Ok(());
    }
    let caller = host.caller();
    host.world.dup2(&caller, from, to)?;
    host.world.close(&caller, from)?;
    host.state.own.remove(&to);
    if let Some(own) = host.state.own.remove(&from) {
        host.state.own.insert(to, own);
    }
    Ok(())
}

/// `fd_seek(fd, offset, whence) -> place`
pub(super) fn seek(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    let whence = match (args.u32(2), host.unstable) {
        (0, false) | (2, true) => Whence::Start,
        (1, false) | (0, true) => Whence::Current,
        (2, false) | (1, true) => Whence::End,
        _ => return Err(Code::INVAL.into()),
    };
    move_to(host, memory, args, args.i64(1), whence, 3)
}

/// `fd_tell(fd) -> place`
pub(super) fn tell(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    move_to(host, memory, args, 0, Whence::Current, 1)
}

fn move_to(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
    offset: i64,
    whence: Whence,
    result: usize,
) -> Result<(), Fault> {
    let fd = args.u32(0);
    host.seekable(fd)?;
    let caller = host.caller();
    let place = host.world.seek(&caller, fd, offset, whence)?;
    memory.put_u64(args.u32(result), place)
}

impl Host<'_> {
    /// The path, as it is now, of a directory that is open; `wrong` is the answer when it is something else.
    pub(super) fn base(&self, fd: u32, wrong: Code) -> Result<String, Fault> {
        match stat::kind(self, fd)? {
            stat::DIRECTORY => Ok(self.world.directory_path(self.pid, fd)?),
            stat::REGULAR => Err(wrong.into()),
            _ => Err(Code::BADF.into()),
        }
    }
}
