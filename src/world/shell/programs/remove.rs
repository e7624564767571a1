//! Programs that remove files.

use super::{Done, Tool};
use crate::world::fs::Type;

pub(super) fn rm(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("");
    let (force, recursive) = (options.has("f force"), options.has("r R recursive"));
    if options.operands.is_empty() && !force {
        return tool.fail(1, "missing operand");
    }
    let mut status = 0;
    for path in &options.operands {
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
        if matches!(name, "." | "..") {
            status |= tool.fail(
                1,
                &format!("refusing to remove '.' or '..' directory: skipping '{path}'"),
            )?;
            continue;
        }
        if tool.seat.world.absolute(tool.pid, path) == "/" && !options.has("no-preserve-root") {
            status |= tool.fail(1, "it is dangerous to operate recursively on '/'")?;
            continue;
        }
        status |= remove(
            tool,
            path,
            force,
            recursive || options.has("d dir"),
            recursive,
        )?;
    }
    Ok(status)
}

/// Removes a tree, children first.
fn remove(
    tool: &mut Tool<'_, '_>,
    path: &str,
    force: bool,
    directories: bool,
    recursive: bool,
) -> Done {
    let caller = tool.caller();
    if tool.kind(path, false) != Some(Type::Directory) {
        return match tool.seat.world.unlink(&caller, path) {
            Err(crate::world::Errno::NOENT) if force => Ok(0),
            result => tool.outcome("remove", path, result),
        };
    }
    if !directories {
        return tool.fail(1, &format!("cannot remove '{path}': Is a directory"));
    }
    let mut status = 0;
    let below = if recursive {
        tool.tree(path)
    } else {
        vec![path.to_owned()]
    };
    for path in below.iter().rev() {
        let result = if tool.kind(path, false) == Some(Type::Directory) {
            tool.seat.world.rmdir(&caller, path)
        } else {
            tool.seat.world.unlink(&caller, path)
        };
        status |= tool.outcome("remove", path, result)?;
    }
    Ok(status)
}

pub(super) fn rmdir(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("");
    let mut status = 0;
    for path in &options.operands {
        let caller = tool.caller();
        let result = tool.seat.world.rmdir(&caller, path);
        status |= tool.outcome("remove", path, result)?;
    }
    Ok(status)
}

/// `shred`: overwrites, and with `-u` removes.
pub(super) fn shred(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("n s iterations size");
    let mut status = 0;
    for path in &options.operands {
        let caller = tool.caller();
        let result = tool.seat.write_file(&caller, path, &[0; 4_096], false);
        status |= tool.outcome("open for writing", path, result)?;
        if options.has("u remove") {
            let result = tool.seat.world.unlink(&caller, path);
            status |= tool.outcome("remove", path, result)?;
        }
    }
    Ok(status)
}
