//! From a directory that a program has open to a path of the world, without a way out of it.
//!
//! A program of WASI sees the directories that it was given and what is below them. A path that is absolute, or climbs
//! above the directory, or passes a link that does one of these, leads nowhere. That is a rule of WASI, and no protection:
//! behind it lies the made-up machine.

use crate::trace::Kind;
use crate::world::fs::{MAX_HOPS, MAX_PATH, Type};
use crate::world::{Caller, Errno, Pid, World};

/// The absolute path in the world of `path` below the directory `base`. A link at its end is passed when `follow` is set
/// or a slash comes after it. What stands at the end need not be there.
///
/// # Errors
///
/// `PERM` for a path that leads out of the directory; those of path_resolution(7) for the way to its last part. Both are
/// recorded as a refused access of this kind: what was not reached was asked for all the same.
pub(in crate::guest) fn below(
    world: &mut World,
    caller: &Caller,
    kind: Kind,
    base: &str,
    path: &str,
    follow: bool,
) -> Result<String, Errno> {
    let whole = join(base, path);
    match walk(world, caller.pid, base, path, follow) {
        Ok(()) => Ok(whole),
        Err(errno) => world.act(caller, kind, whole, |_, _| Err(errno)),
    }
}

/// Puts a relative path behind the path of a directory.
pub(in crate::guest) fn join(base: &str, path: &str) -> String {
    format!("{}/{path}", base.trim_end_matches('/'))
}

fn walk(world: &World, pid: Pid, base: &str, path: &str, follow: bool) -> Result<(), Errno> {
    if path.is_empty() {
        return Err(Errno::NOENT);
    }
    if path.contains('\0') {
        return Err(Errno::INVAL);
    }
    if path.len() > MAX_PATH {
        return Err(Errno::NAMETOOLONG);
    }
    if path.starts_with('/') {
        return Err(Errno::PERM);
    }
    let mut here: Vec<String> = Vec::new();
    let mut todo: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
    let mut hops = 0;
    while let Some(name) = todo.pop() {
        match name.as_str() {
            "" | "." => continue,
            ".." => {
                here.pop().ok_or(Errno::PERM)?;
                continue;
            }
            _ => here.push(name),
        }
        let so_far = join(base, &here.join("/"));
        if so_far.len() > MAX_PATH {
            return Err(Errno::NAMETOOLONG);
        }
        let more = todo.iter().any(|part| !part.is_empty());
        let stat = match world.peek_stat(pid, &so_far, false) {
            Ok(stat) => stat,
            Err(errno) if more => return Err(errno),
            // The operation itself says what is wrong with the last part.
            Err(_) => return Ok(()),
        };
        match stat.kind {
            Type::Link if !todo.is_empty() || follow => {
                hops += 1;
                if hops > MAX_HOPS {
                    return Err(Errno::LOOP);
                }
                let target = world.peek_readlink(pid, &so_far)?;
                if target.starts_with('/') {
                    return Err(Errno::PERM);
                }
                here.pop();
                todo.extend(target.split('/').rev().map(str::to_owned));
            }
            Type::Directory => {}
            _ if more => return Err(Errno::NOTDIR),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_its_directory() {
        let mut world = World::default();
        world
            .fs
            .plant_dir("/a/b", 0o755)
            .plant_file("/a/b/f", &b""[..], 0o644)
            .plant_file("/secret", &b""[..], 0o644)
            .plant_link("/a/up", "../secret")
            .plant_link("/a/abs", "/secret")
            .plant_link("/a/in", "b/../b/f")
            .plant_link("/a/loop", "loop");
        let caller = Caller::process(1);
        let mut below = |path: &str, follow| {
            super::below(&mut world, &caller, Kind::FileRead, "/a", path, follow)
        };
        for path in ["b/f", "b/../b/./f", "in", "new", "b/.."] {
            assert_eq!(below(path, true), Ok(format!("/a/{path}")));
        }
        for path in ["../secret", "b/../../secret", "/a/b", "up", "abs", "abs/x"] {
            assert_eq!(below(path, true), Err(Errno::PERM), "{path}");
        }
        assert!(below("up", false).is_ok());
        assert_eq!(below("loop", true), Err(Errno::LOOP));
        assert_eq!(below("b/f/x", true), Err(Errno::NOTDIR));
        assert_eq!(below("no/../../x", true), Err(Errno::NOENT));
        assert_eq!(below("", true), Err(Errno::NOENT));
        assert_eq!(below("x\0", true), Err(Errno::INVAL));
        assert_eq!(world.recorder.events().len(), 11);
    }
}
