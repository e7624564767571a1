//! Reading and writing through descriptors.

use super::memory::{Args, Memory, Piece};
use super::{Code, Fault, Host};
use crate::world::files::{OpenFlags, Stream, What};
use crate::world::{Errno, Wait};

/// Whether a descriptor reads or writes, as a check before it does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

/// `fd_read(fd, pieces) -> count`
pub(super) fn read(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    fill(host, memory, args, None, 3)
}

/// `fd_pread(fd, pieces, offset) -> count`
pub(super) fn pread(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    fill(host, memory, args, Some(args.u64(3)), 4)
}

fn fill(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
    offset: Option<u64>,
    result: usize,
) -> Result<(), Fault> {
    let fd = args.u32(0);
    let pieces = memory.pieces(args.u32(1), args.u32(2))?;
    check(host, fd, Way::In, offset)?;
    let caller = host.caller();
    let mut count = 0_u32;
    for piece in pieces.into_iter().filter(|piece| piece.length > 0) {
        let length = usize::try_from(piece.length).map_err(|_| Code::INVAL)?;
        let bytes = match offset {
            Some(offset) => {
                let at = offset.saturating_add(u64::from(count));
                host.world.pread(&caller, fd, length, at)
            }
            None => host.world.read(&caller, fd, length),
        };
        let bytes = match bytes {
            Err(Errno::AGAIN) if count == 0 => return Err(wait_for_input(host, fd)),
            Err(_) if count > 0 => break,
            bytes => bytes?,
        };
        memory.put(piece.at, &bytes)?;
        let read = u32::try_from(bytes.len()).map_err(|_| Code::INVAL)?;
        count = count.saturating_add(read);
        if read < piece.length {
            break;
        }
    }
    memory.put_u32(args.u32(result), count)
}

/// What a reader of an empty pipe does.
fn wait_for_input(host: &Host<'_>, fd: u32) -> Fault {
    let patient = host
        .world
        .description(host.pid, fd)
        .is_ok_and(|file| !file.flags.has(OpenFlags::NONBLOCK));
    match host.world.pipe_of(host.pid, fd) {
        Some(pipe) if patient => Fault::Wait(Wait::Pipe(pipe)),
        _ => Errno::AGAIN.into(),
    }
}

/// `fd_write(fd, pieces) -> count`
pub(super) fn write(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    drain(host, memory, args, None, 3)
}

/// `fd_pwrite(fd, pieces, offset) -> count`
pub(super) fn pwrite(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    drain(host, memory, args, Some(args.u64(3)), 4)
}

fn drain(
    host: &mut Host<'_>,
    memory: &mut Memory<'_>,
    args: &Args<'_>,
    offset: Option<u64>,
    result: usize,
) -> Result<(), Fault> {
    let fd = args.u32(0);
    let pieces = memory.pieces(args.u32(1), args.u32(2))?;
    // The place for the count is looked at before anything is written.
    memory.put_u32(args.u32(result), 0)?;
    check(host, fd, Way::Out, offset)?;
    let caller = host.caller();
    let mut count = 0_u32;
    for piece in non_empty(&pieces) {
        let bytes = memory.read(*piece)?;
        let written = match offset {
            Some(offset) => {
                let at = offset.saturating_add(u64::from(count));
                host.world.pwrite(&caller, fd, bytes, at)
            }
            None => host.world.write(&caller, fd, bytes),
        };
        let written = match written {
            Err(_) if count > 0 => break,
            written => u32::try_from(written?).map_err(|_| Code::INVAL)?,
        };
        count = count.saturating_add(written);
        if written < piece.length {
            break;
        }
    }
    memory.put_u32(args.u32(result), count)
}

fn non_empty(pieces: &[Piece]) -> impl Iterator<Item = &Piece> {
    pieces.iter().filter(|piece| piece.length > 0)
}

/// Refuses what the kind of the descriptor does not allow, as hosts of WASI do.
fn check(host: &Host<'_>, fd: u32, way: Way, offset: Option<u64>) -> Result<(), Fault> {
    let file = host.world.description(host.pid, fd)?;
    match (&file.what, way) {
        (What::Node(ino), _) if host.world.fs.node(*ino)?.is_directory() => Err(Code::BADF.into()),
        (What::Console(Stream::Input), Way::Out) => Err(Code::BADF.into()),
        (What::Console(Stream::Output | Stream::Error), Way::In) => Err(Code::BADF.into()),
        (What::Console(_), _) if offset.is_some() => Err(Code::SPIPE.into()),
        _ => Ok(()),
    }
}

/// `sock_accept`, `sock_recv`, `sock_send`, `sock_shutdown`: preview 1 has no way to make a socket, and none is handed in.
pub(super) fn socket(
    host: &mut Host<'_>,
    _: &mut Memory<'_>,
    args: &Args<'_>,
) -> Result<(), Fault> {
    host.world.description(host.pid, args.u32(0))?;
    Err(Code::NOTSOCK.into())
}
