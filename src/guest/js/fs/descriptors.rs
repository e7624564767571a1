//! Verbs on descriptors, and on whole files.

use super::{fd, id, numbers, path, time};
use crate::guest::instance::Fault;
use crate::guest::js::{Arg, Args, Host, Value};
use crate::world::files::What;
use crate::world::fs::Type;
use crate::world::{Errno, OpenFlags, Wait};

/// Bytes that one read returns at most; Node's own reads are far smaller, and a package can ask for any length.
const MAX_READ: u32 = 64 << 20;

/// Answers a verb of this file; `None` for others.
pub(super) fn call(
    host: &mut Host<'_>,
    verb: &str,
    args: &Args<'_>,
) -> Option<Result<Value, Fault>> {
    let answer = match verb {
        "open" => open(host, args).map_err(Fault::from),
        "read" => read(host, args),
        "readFile" => read_file(host, args),
        "writeFile" => write_file(host, args).map_err(Fault::from),
        "close" | "sync" | "write" | "fstat" | "ftruncate" | "fchmod" | "fchown" | "futimes"
        | "kindOfFd" => on_descriptor(host, verb, args).map_err(Fault::from),
        _ => return None,
    };
    Some(answer)
}

fn on_descriptor(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Errno> {
    let fd = fd(args, 0)?;
    let (caller, world) = (&host.caller, &mut *host.world);
    match verb {
        "close" => world.close(caller, fd)?,
        "sync" => world.fstat(caller, fd).map(|_| ())?,
        "write" => return write(host, fd, args),
        "fstat" => return Ok(numbers(&world.fstat(caller, fd)?)),
        "kindOfFd" => return kind_of(host, fd),
        "ftruncate" => {
            let length = args.integer(1).ok_or(Errno::INVAL)?;
            world.ftruncate(caller, fd, length)?;
        }
        "fchmod" => world.fchmod(caller, fd, args.integer(1).ok_or(Errno::INVAL)?)?,
        "fchown" => world.fchown(caller, fd, (id(args, 1), id(args, 2)))?,
        _ => {
            let times = (time(host, args, 1), time(host, args, 2));
            host.world.futimes(&host.caller, fd, times)?;
        }
    }
    Ok(Value::Null)
}

fn open(host: &mut Host<'_>, args: &Args<'_>) -> Result<Value, Errno> {
    let flags = OpenFlags(args.integer(1).ok_or(Errno::INVAL)?);
    let mode = args.integer(2).unwrap_or(0o666);
    let fd = host.world.open(&host.caller, path(args, 0)?, flags, mode)?;
    Ok(fd.into())
}

/// Reads where the descriptor stands, or at a position. A synchronous read waits for a pipe.
fn read(host: &mut Host<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let fd = fd(args, 0)?;
    let length = args.integer::<u32>(1).unwrap_or(MAX_READ).min(MAX_READ) as usize;
    let answer = match args.integer::<u64>(2) {
        Some(position) => host.world.pread(&host.caller, fd, length, position),
        None => host.world.read(&host.caller, fd, length),
    };
    match answer {
        Err(Errno::AGAIN) if args.flag(3) => {
            let pipe = host.world.pipe_of(host.caller.pid, fd);
            Err(pipe.map_or(Fault::Errno(Errno::AGAIN), |pipe| {
                Fault::Wait(Wait::Pipe(pipe))
            }))
        }
        answer => Ok(answer?.into()),
    }
}

fn write(host: &mut Host<'_>, fd: u32, args: &Args<'_>) -> Result<Value, Errno> {
    let bytes = args.bytes(1).ok_or(Errno::INVAL)?;
    let written = match args.integer::<u64>(2) {
        Some(position) => host.world.pwrite(&host.caller, fd, bytes, position),
        None => host.world.write(&host.caller, fd, bytes),
    };
    Ok(written?.into())
}

/// Everything from where a descriptor stands, or a whole file.
fn read_file(host: &mut Host<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    if let Arg::Number(_) = args.get(0) {
        let most = Arg::Number(f64::from(MAX_READ));
        let request = Args(vec![
            args.get(0).clone(),
            most,
            Arg::Number(-1.0),
            Arg::Bool(true),
        ]);
        return read(host, &request);
    }
    let bytes = host.world.read_file(&host.caller, path(args, 0)?)?;
    Ok(bytes.into())
}

fn write_file(host: &mut Host<'_>, args: &Args<'_>) -> Result<Value, Errno> {
    let bytes = args.bytes(1).ok_or(Errno::INVAL)?;
    let flags = OpenFlags(args.integer(2).ok_or(Errno::INVAL)?);
    let mode = args.integer(3).unwrap_or(0o666);
    let fd = host.world.open(&host.caller, path(args, 0)?, flags, mode)?;
    let done = host.world.write_all(&host.caller, fd, bytes);
    host.world.close(&host.caller, fd)?;
    done.map(|()| Value::Null)
}

/// What libuv's `uv_guess_handle` says of a descriptor, in Node's names.
fn kind_of(host: &Host<'_>, fd: u32) -> Result<Value, Errno> {
    let file = host.world.description(host.caller.pid, fd)?;
    let kind = match &file.what {
        What::Node(_) if host.world.fstat(&host.caller, fd)?.kind != Type::File => "UNKNOWN",
        What::Node(_) | What::Device(_) | What::Text(_) => "FILE",
        What::PipeReader(_) | What::PipeWriter(_) | What::Duplex(..) | What::Console(_) => "PIPE",
        What::Socket(_) => "TCP",
    };
    Ok(kind.into())
}
