//! Programs that look at files.

use super::{Done, Tool};
use crate::world::fs::{Stat, Type};

/// Nanoseconds of half a year, as `ls` counts it.
const HALF_A_YEAR: u64 = 15_778_476 * 1_000_000_000;

fn letter(kind: Type) -> char {
    match kind {
        Type::Directory => 'd',
        Type::Link => 'l',
        Type::Device => 'c',
        Type::Fifo => 'p',
        Type::Socket => 's',
        Type::File => '-',
    }
}

/// The mode as `ls -l` shows it.
pub(super) fn mode_text(stat: &Stat) -> String {
    let mut text = letter(stat.kind).to_string();
    for shift in [6, 3, 0] {
        let bits = stat.mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(if bits & 1 != 0 { 'x' } else { '-' });
    }
    text
}

impl Tool<'_, '_> {
    fn owner(&self, id: u32) -> String {
        let persona = &self.seat.world.persona;
        match id {
            0 => "root".to_owned(),
            id if id == persona.uid => persona.user.clone(),
            id => id.to_string(),
        }
    }

    fn long_line(&self, path: &str, name: &str) -> String {
        let Ok(stat) = self.seat.world.peek_stat(self.pid, path, false) else {
            return format!("{name}\n");
        };
        let arrow = match self.seat.world.peek_readlink(self.pid, path) {
            Ok(target) => format!(" -> {target}"),
            Err(_) => String::new(),
        };
        let (user, group) = (self.owner(stat.uid), self.owner(stat.gid));
        // A time of more than half a year ago is shown with its year.
        let is_recent = self.seat.world.clock.now().saturating_sub(stat.mtime) < HALF_A_YEAR;
        let pattern = if is_recent {
            "%b %e %H:%M"
        } else {
            "%b %e  %Y"
        };
        format!(
            "{} {} {user} {group} {:>8} {} {name}{arrow}\n",
            mode_text(&stat),
            stat.nlink,
            stat.size,
            self.local(stat.mtime).format(pattern)
        )
    }
}

pub(super) fn ls(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("I w T color");
    let mut operands = options.operands.clone();
    if operands.is_empty() {
        operands.push(".".to_owned());
    }
    let (long, all) = (options.has("l g n o"), options.has("a A all almost-all"));
    let (mut status, many) = (0, operands.len() > 1 || options.has("R recursive"));
    let mut next = 0;
    while let Some(path) = operands.get(next).cloned() {
        next = next.saturating_add(1);
        let caller = tool.caller();
        if !tool.is_directory(&path) || options.has("d directory") {
            let result = tool.seat.world.stat(&caller, &path, false).map(|_| ());
            if tool.outcome("access", &path, result)? != 0 {
                status = 2;
                continue;
            }
            let line = if long {
                tool.long_line(&path, &path)
            } else {
                format!("{path}\n")
            };
            tool.out(line)?;
            continue;
        }
        let names = match tool.seat.list(&caller, &path) {
            Ok(names) => names,
            Err(errno) => {
                tool.fail(
                    2,
                    &format!("cannot open directory '{path}': {}", errno.message()),
                )?;
                status = 2;
                continue;
            }
        };
        let mut output = if many {
            format!("{path}:\n")
        } else {
            String::new()
        };
        let dots = if options.has("a all") {
            vec![".".to_owned(), "..".to_owned()]
        } else {
            Vec::new()
        };
        for name in dots.into_iter().chain(names) {
            if name.starts_with('.') && !all {
                continue;
            }
            let full = format!("{}/{name}", path.trim_end_matches('/'));
            output.push_str(&if long {
                tool.long_line(&full, &name)
            } else {
                format!("{name}\n")
            });
            let descends = options.has("R recursive") && name != "." && name != "..";
            if descends
                && operands.len() < super::files::MAX_TREE
                && tool.kind(&full, false) == Some(Type::Directory)
            {
                operands.push(full);
            }
        }
        tool.out(output)?;
    }
    Ok(status)
}

pub(super) fn stat(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("c f format printf");
    let mut status = 0;
    for path in &options.operands {
        let caller = tool.caller();
        let stat = match tool
            .seat
            .world
            .stat(&caller, path, options.has("L dereference"))
        {
            Ok(stat) => stat,
            Err(errno) => {
                status = tool.fail(1, &format!("cannot stat '{path}': {}", errno.message()))?;
                continue;
            }
        };
        let text = match options.value("c f format printf") {
            Some(format) => format
                .replace("%s", &stat.size.to_string())
                .replace("%z", &stat.size.to_string())
                .replace("%a", &format!("{:o}", stat.mode & 0o7777))
                .replace("%Y", &(stat.mtime / 1_000_000_000).to_string())
                .replace("%U", &tool.owner(stat.uid))
                .replace("%u", &stat.uid.to_string())
                .replace("%A", &mode_text(&stat))
                .replace("%n", path),
            None => format!(
                "  File: {path}\n  Size: {}\nAccess: ({:04o}/{})",
                stat.size,
                stat.mode & 0o7777,
                mode_text(&stat)
            ),
        };
        tool.out(format!("{text}\n"))?;
    }
    Ok(status)
}

pub(super) fn readlink(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("");
    let mut status = 0;
    for path in &options.operands {
        let caller = tool.caller();
        let answer = if options.has("f e m canonicalize canonicalize-existing canonicalize-missing")
        {
            let resolved = tool.seat.world.realpath(&caller, path);
            resolved.or_else(|errno| {
                if options.has("e") {
                    Err(errno)
                } else {
                    Ok(tool.seat.world.absolute(tool.pid, path))
                }
            })
        } else {
            tool.seat.world.readlink(&caller, path)
        };
        match answer {
            Ok(target) => tool.out(format!("{target}\n"))?,
            Err(_) => status = 1,
        }
    }
    Ok(status)
}

pub(super) fn realpath(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("relative-to");
    let mut status = 0;
    for path in &options.operands {
        let caller = tool.caller();
        match tool.seat.world.realpath(&caller, path) {
            Ok(target) => tool.out(format!("{target}\n"))?,
            Err(errno) => status = tool.fail_on(path, errno)?,
        }
    }
    Ok(status)
}

pub(super) fn du(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("d max-depth");
    let mut operands = options.operands.clone();
    if operands.is_empty() {
        operands.push(".".to_owned());
    }
    for path in operands {
        let caller = tool.caller();
        if let Err(errno) = tool.seat.list(&caller, &path)
            && errno != crate::world::Errno::NOTDIR
        {
            return tool.fail_on(&path, errno);
        }
        let sizes = tool
            .tree(&path)
            .into_iter()
            .filter_map(|path| tool.seat.world.peek_stat(tool.pid, &path, false).ok());
        let kilobytes: u64 = sizes
            .map(|stat| stat.size.div_ceil(4_096).saturating_mul(4))
            .fold(0, u64::saturating_add);
        tool.out(format!("{kilobytes}\t{path}\n"))?;
    }
    Ok(0)
}

pub(super) fn file(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("m");
    for path in &options.operands {
        let Some(bytes) = tool.operand(path)? else {
            continue;
        };
        let what = match bytes.as_slice() {
            [] => "empty",
            [0x7f, b'E', b'L', b'F', ..] => {
                "ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked"
            }
            [0x1f, 0x8b, ..] => "gzip compressed data",
            [b'#', b'!', ..] => "script, ASCII text executable",
            [0x89, b'P', b'N', b'G', ..] => "PNG image data",
            bytes if std::str::from_utf8(bytes).is_ok() => "ASCII text",
            _ => "data",
        };
        tool.out(if options.has("b brief") {
            format!("{what}\n")
        } else {
            format!("{path}: {what}\n")
        })?;
    }
    Ok(0)
}

/// `ldd --version` tells packages which C library there is; for a file it lists that library.
pub(super) fn ldd(tool: &mut Tool<'_, '_>) -> Done {
    if tool.options("").has("version") {
        tool.out("ldd (Ubuntu GLIBC 2.39-0ubuntu8.3) 2.39\n")?;
        return Ok(0);
    }
    tool.out("\tlinux-vdso.so.1\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6\n\t/lib64/ld-linux-x86-64.so.2\n")?;
    Ok(0)
}
