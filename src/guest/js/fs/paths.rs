//! Verbs on paths.

use super::{id, numbers, path, time, type_number};
use crate::guest::js::{Args, Host, Value};
use crate::world::Errno;
use crate::world::fs::Type;

/// `COPYFILE_EXCL` and `COPYFILE_FICLONE_FORCE` of libuv.
const COPY_EXCLUSIVE: u32 = 1;
const COPY_CLONE: u32 = 4;

/// The first bytes of a WebAssembly module.
const WASM: &[u8] = b"\0asm";

/// Answers a verb of this file; `None` for others.
pub(super) fn call(
    host: &mut Host<'_>,
    verb: &str,
    args: &Args<'_>,
) -> Option<Result<Value, Errno>> {
    ask(host, verb, args).or_else(|| change(host, verb, args))
}

/// Questions.
fn ask(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Option<Result<Value, Errno>> {
    let path = path(args, 0);
    let (caller, world) = (&host.caller, &mut *host.world);
    Some(path.and_then(|path| {
        Ok(match verb {
            "stat" => numbers(&world.stat(caller, path, true)?),
            "lstat" => numbers(&world.stat(caller, path, false)?),
            "access" => {
                world.access(caller, path, args.integer(1).unwrap_or(0))?;
                Value::Null
            }
            "exists" => world.access(caller, path, 0).is_ok().into(),
            "readdir" => Value::List(
                world
                    .list(caller, path)?
                    .into_iter()
                    .flat_map(|(name, kind)| [name.into(), type_number(kind).into()])
                    .collect(),
            ),
            "readlink" => world.readlink(caller, path)?.into(),
            "realpath" => world.realpath(caller, path)?.into(),
            "statfs" => {
                let stat = world.statfs(caller, path)?;
                Value::from(vec![
                    stat.kind,
                    stat.block_size,
                    stat.blocks,
                    stat.free,
                    stat.available,
                    stat.files,
                    stat.free_files,
                ])
            }
            "kind" => {
                let stat = world.peek_stat(caller.pid, path, true)?;
                u32::from(stat.kind == Type::Directory).into()
            }
            "format" => {
                let bytes = world.peek_read(caller.pid, path)?;
                u32::from(bytes.starts_with(WASM)).into()
            }
            _ => return Err(Errno::NOSYS),
        })
    }))
    .filter(|answer| *answer != Err(Errno::NOSYS))
}

/// Changes.
fn change(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Option<Result<Value, Errno>> {
    let done = match verb {
        "mkdtemp" => {
            return Some(
                path(args, 0)
                    .and_then(|prefix| host.world.mkdtemp(&host.caller, prefix))
                    .map(Value::from),
            );
        }
        "mkdirs" => return Some(mkdirs(host, args)),
        "rename" | "symlink" | "link" | "copyFile" => two_paths(host, verb, args),
        "mkdir" | "chmod" | "rmdir" | "unlink" | "chown" | "lchown" | "utimes" | "lutimes" => {
            one_path(host, verb, args)
        }
        _ => return None,
    };
    Some(done.map(|()| Value::Null))
}

fn one_path(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<(), Errno> {
    let path = path(args, 0)?;
    let times = (time(host, args, 1), time(host, args, 2));
    let owner = (id(args, 1), id(args, 2));
    let (caller, world) = (&host.caller, &mut *host.world);
    match verb {
        "mkdir" => world.mkdir(caller, path, args.integer(1).unwrap_or(0o777)),
        "chmod" => world.chmod(caller, path, args.integer(1).ok_or(Errno::INVAL)?),
        "rmdir" => world.rmdir(caller, path),
        "unlink" => world.unlink(caller, path),
        "chown" => world.chown(caller, path, owner, true),
        "lchown" => world.chown(caller, path, owner, false),
        "utimes" => world.utimes(caller, path, times, true),
        _ => world.utimes(caller, path, times, false),
    }
}

fn two_paths(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<(), Errno> {
    let (from, to) = (path(args, 0)?, path(args, 1)?);
    let (caller, world) = (&host.caller, &mut *host.world);
    match verb {
        "rename" => world.rename(caller, from, to),
        "symlink" => world.symlink(caller, from, to),
        "link" => world.link(caller, from, to),
        _ => {
            let flags = args.integer::<u32>(2).unwrap_or(0);
            if flags & COPY_CLONE != 0 {
                return Err(Errno::OPNOTSUPP);
            }
            world.copy_file(caller, from, to, flags & COPY_EXCLUSIVE != 0)
        }
    }
}

/// Makes a directory and those above it that are missing. Returns the first that was made, as the path names it.
fn mkdirs(host: &mut Host<'_>, args: &Args<'_>) -> Result<Value, Errno> {
    let path = path(args, 0)?;
    let mode = args.integer(1).unwrap_or(0o777);
    let pid = host.caller.pid;
    let mut missing = Vec::new();
    let mut above = path.trim_end_matches('/');
    loop {
        let here = match above {
            "" if path.starts_with('/') => "/",
            "" => ".",
            above => above,
        };
        match host.world.peek_stat(pid, here, true) {
            Ok(stat) if stat.kind == Type::Directory => break,
            // Whatever else stands there is found, and recorded, by the attempt to make a directory.
            Ok(_) | Err(Errno::NOENT) if missing.is_empty() || above.is_empty() => {}
            Ok(_) => return refuse(host, path, mode, Errno::NOTDIR),
            Err(Errno::NOENT) => {}
            Err(errno) => return refuse(host, path, mode, errno),
        }
        if above.is_empty() {
            break;
        }
        missing.push(above);
        above = above
            .rsplit_once('/')
            .map_or("", |(parent, _)| parent.trim_end_matches('/'));
    }
    let Some(first) = missing.last().copied() else {
        host.world.access(&host.caller, path, 0)?;
        return Ok(Value::Null);
    };
    for directory in missing.iter().rev() {
        host.world.mkdir(&host.caller, directory, mode)?;
    }
    Ok(first.into())
}

/// Records the attempt, which fails for the world as well, and answers as Node does.
fn refuse(host: &mut Host<'_>, path: &str, mode: u32, errno: Errno) -> Result<Value, Errno> {
    host.world.mkdir(&host.caller, path, mode)?;
    Err(errno)
}
