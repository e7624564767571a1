//! Programs that make and change files.

use super::{Done, Options, Tool};
use crate::world::Errno;
use crate::world::fs::Type;

/// Files that one recursive copy or change touches.
pub(super) const MAX_TREE: usize = 5_000;

impl Tool<'_, '_> {
    /// The kind of what is there, without recording the look.
    pub(super) fn kind(&self, path: &str, follow: bool) -> Option<Type> {
        self.seat
            .world
            .peek_stat(self.pid, path, follow)
            .ok()
            .map(|stat| stat.kind)
    }

    pub(super) fn is_directory(&self, path: &str) -> bool {
        self.kind(path, true) == Some(Type::Directory)
    }

    /// Complains about a failed operation and returns the exit code.
    pub(super) fn outcome(&mut self, what: &str, path: &str, result: Result<(), Errno>) -> Done {
        match result {
            Ok(()) => Ok(0),
            Err(errno) => self.fail(1, &format!("cannot {what} '{path}': {}", errno.message())),
        }
    }

    /// A path and all that is below it, parents first.
    pub(super) fn tree(&mut self, path: &str) -> Vec<String> {
        let mut all = vec![path.to_owned()];
        let mut next = 0;
        while let Some(path) = all.get(next).cloned() {
            next = next.saturating_add(1);
            if self.kind(&path, false) == Some(Type::Directory) && all.len() < MAX_TREE {
                let names = self
                    .seat
                    .world
                    .peek_list(self.pid, &path)
                    .unwrap_or_default();
                let base = path.trim_end_matches('/').to_owned();
                all.extend(names.into_iter().map(|(name, _)| format!("{base}/{name}")));
            }
        }
        all
    }
}

/// Where a file goes: into the target when that is a directory.
fn target(tool: &Tool<'_, '_>, from: &str, to: &str) -> String {
    if !tool.is_directory(to) {
        return to.to_owned();
    }
    let name = from.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    format!("{}/{name}", to.trim_end_matches('/'))
}

pub(super) fn mkdir(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("m mode");
    let mode = options
        .value("m mode")
        .and_then(|text| u32::from_str_radix(text, 8).ok())
        .unwrap_or(0o777);
    let mut status = 0;
    for path in &options.operands {
        let mut paths = vec![path.clone()];
        if options.has("p parents") {
            paths = path
                .char_indices()
                .filter(|(i, c)| *c == '/' && *i > 0)
                .filter_map(|(i, _)| path.get(..i))
                .map(str::to_owned)
                .collect();
            paths.push(path.clone());
            paths.retain(|path| !tool.is_directory(path));
        }
        for path in paths {
            let caller = tool.caller();
            let result = tool.seat.world.mkdir(&caller, &path, mode);
            status |= tool.outcome("create directory", &path, result)?;
        }
    }
    Ok(status)
}

pub(super) fn touch(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("d r t date reference");
    let mut status = 0;
    for path in &options.operands {
        let caller = tool.caller();
        let result = if tool.kind(path, true).is_some() {
            let now = tool.seat.world.clock.now();
            tool.seat
                .world
                .utimes(&caller, path, (Some(now), Some(now)), true)
        } else if options.has("c no-create") {
            Ok(())
        } else {
            tool.seat.write_file(&caller, path, b"", false)
        };
        status |= tool.outcome("touch", path, result)?;
    }
    Ok(status)
}

/// What is copied, moved or linked, and where to: a directory of its own option, else the last operand.
fn sources_and_target(options: &Options) -> (Vec<String>, String) {
    let mut sources = options.operands.clone();
    let target = match options.value("t target-directory") {
        Some(target) => target.to_owned(),
        None => sources.pop().unwrap_or_default(),
    };
    (sources, target)
}

pub(super) fn cp(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("t target-directory");
    let (operands, to) = sources_and_target(&options);
    if operands.is_empty() {
        return tool.fail(1, "missing file operand");
    }
    let mut status = 0;
    for from in operands {
        let to = target(tool, &from, &to);
        if tool.is_directory(&from) && !options.has("r R a recursive archive") {
            status |= tool.fail(1, &format!("-r not specified; omitting directory '{from}'"))?;
        } else {
            status |= copy_tree(tool, &from, &to)?;
        }
    }
    Ok(status)
}

/// Says what became of one source: nothing when it was done, else why not.
fn tell(
    tool: &mut Tool<'_, '_>,
    verb: &str,
    from: &str,
    to: &str,
    result: Result<(), Errno>,
) -> Done {
    match result {
        Ok(()) => Ok(0),
        Err(errno) => {
            let why = errno.message();
            tool.fail(1, &format!("cannot {verb} '{from}' to '{to}': {why}"))
        }
    }
}

fn copy_tree(tool: &mut Tool<'_, '_>, from: &str, to: &str) -> Done {
    let mut status = 0;
    let caller = tool.caller();
    for path in tool.tree(from) {
        let target = format!("{to}{}", path.strip_prefix(from).unwrap_or(""));
        let result = if tool.is_directory(&path) {
            if tool.is_directory(&target) {
                Ok(())
            } else {
                tool.seat.world.mkdir(&caller, &target, 0o777)
            }
        } else {
            tool.seat.world.copy_file(&caller, &path, &target, false)
        };
        status |= tell(tool, "copy", &path, &target, result)?;
    }
    Ok(status)
}

pub(super) fn mv(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("t target-directory");
    let (operands, to) = sources_and_target(&options);
    if operands.is_empty() {
        return tool.fail(1, "missing file operand");
    }
    let mut status = 0;
    for from in operands {
        let to = target(tool, &from, &to);
        let caller = tool.caller();
        let result = tool.seat.world.rename(&caller, &from, &to);
        status |= tell(tool, "move", &from, &to, result)?;
    }
    Ok(status)
}

pub(super) fn ln(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("t target-directory");
    let mut operands = options.operands.clone();
    let path = if operands.len() > 1 {
        operands.pop().unwrap_or_default()
    } else {
        ".".to_owned()
    };
    let mut status = 0;
    for pointed in operands {
        let path = if options.has("n T no-dereference") {
            path.clone()
        } else {
            target(tool, &pointed, &path)
        };
        let caller = tool.caller();
        if options.has("f force") && tool.kind(&path, false).is_some() {
            // What cannot be removed is reported by the link that fails next.
            let _ = tool.seat.world.unlink(&caller, &path);
        }
        let result = if options.has("s symbolic") {
            tool.seat.world.symlink(&caller, &pointed, &path)
        } else {
            tool.seat.world.link(&caller, &pointed, &path)
        };
        status |= tool.outcome("link", &path, result)?;
    }
    Ok(status)
}

/// The new mode of a file: octal, or clauses such as `u+x,go-w`.
fn new_mode(text: &str, old: u32, directory: bool) -> Option<u32> {
    if let Ok(mode) = u32::from_str_radix(text, 8) {
        return Some(mode & 0o7777);
    }
    let mut mode = old & 0o7777;
    for clause in text.split(',') {
        let at = clause.find(['+', '-', '='])?;
        let (who, rest) = clause.split_at(at);
        let operator = rest.chars().next()?;
        let mut bits = 0;
        for letter in rest.chars().skip(1) {
            bits |= match letter {
                'r' => 0o444,
                'w' => 0o222,
                'x' => 0o111,
                'X' if directory || old & 0o111 != 0 => 0o111,
                'X' => 0,
                's' => 0o6000,
                't' => 0o1000,
                _ => return None,
            };
        }
        let mut mask = 0;
        for letter in who.chars() {
            mask |= match letter {
                'u' => 0o4700,
                'g' => 0o2070,
                'o' => 0o1007,
                'a' => 0o7777,
                _ => return None,
            };
        }
        if who.is_empty() {
            mask = 0o7777;
        }
        mode = match operator {
            '+' => mode | (bits & mask),
            '-' => mode & !(bits & mask),
            _ => (mode & !mask) | (bits & mask),
        };
    }
    Some(mode)
}

pub(super) fn chmod(tool: &mut Tool<'_, '_>) -> Done {
    // A mode such as `-x` looks like an option.
    let is_mode = |arg: &String| {
        arg.len() > 1 && arg.starts_with('-') && arg.chars().skip(1).all(|c| "rwxXst,".contains(c))
    };
    let (modes, args): (Vec<String>, Vec<String>) =
        tool.args.clone().into_iter().partition(is_mode);
    let options = Options::parse(&args, "reference");
    let mut operands = options.operands.clone();
    let mode = match modes.into_iter().next() {
        Some(mode) => mode,
        None if operands.is_empty() => return tool.fail(1, "missing operand"),
        None => operands.remove(0),
    };
    let mut status = 0;
    for path in operands {
        let paths = if options.has("R recursive") {
            tool.tree(&path)
        } else {
            vec![path]
        };
        for path in paths {
            let old = tool
                .seat
                .world
                .peek_stat(tool.pid, &path, true)
                .map_or(0, |stat| stat.mode);
            let Some(mode) = new_mode(&mode, old, tool.is_directory(&path)) else {
                return tool.fail(1, &format!("invalid mode: '{mode}'"));
            };
            let caller = tool.caller();
            let result = tool.seat.world.chmod(&caller, &path, mode);
            status |= tool.outcome("access", &path, result)?;
        }
    }
    Ok(status)
}

pub(super) fn chown(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("reference from");
    let mut operands = options.operands.clone();
    if operands.is_empty() {
        return tool.fail(1, "missing operand");
    }
    let owner = operands.remove(0);
    let persona = tool.seat.world.persona.clone();
    let number = |name: &str| match name {
        "" => None,
        "root" => Some(0),
        name if name == persona.user => Some(persona.uid),
        name => name.parse().ok(),
    };
    let (user, group) = owner.split_once([':', '.']).unwrap_or((&owner, ""));
    let mut status = 0;
    for path in operands {
        let paths = if options.has("R recursive") {
            tool.tree(&path)
        } else {
            vec![path]
        };
        for path in paths {
            let caller = tool.caller();
            let owner = (number(user), number(group));
            let result = tool.seat.world.chown(&caller, &path, owner, true);
            status |= tool.outcome("change the owner of", &path, result)?;
        }
    }
    Ok(status)
}

pub(super) fn mktemp(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("p tmpdir suffix");
    let env = tool
        .seat
        .world
        .processes
        .get(tool.pid)
        .and_then(|process| process.env.get("TMPDIR").cloned());
    let directory = options
        .value("p tmpdir")
        .map(str::to_owned)
        .or(env)
        .unwrap_or_else(|| "/tmp".to_owned());
    let template = match options.operands.first() {
        Some(template) if options.has("t p tmpdir") => format!("{directory}/{template}"),
        Some(template) => template.clone(),
        None => format!("{directory}/tmp.XXXXXXXXXX"),
    };
    let stem = template.trim_end_matches('X');
    let count = template.len().saturating_sub(stem.len());
    if count < 3 {
        return tool.fail(1, &format!("too few X's in template '{template}'"));
    }
    let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let path = format!("{stem}{}", tool.seat.world.random.text(letters, count));
    let caller = tool.caller();
    let result = if options.has("d directory") {
        tool.seat.world.mkdir(&caller, &path, 0o700)
    } else {
        tool.seat.world.write_file(&caller, &path, b"", 0o600)
    };
    let status = tool.outcome("create", &path, result)?;
    if status == 0 {
        tool.out(format!("{path}\n"))?;
    }
    Ok(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_octal_or_clauses() {
        assert_eq!(new_mode("755", 0, false), Some(0o755));
        assert_eq!(new_mode("+x", 0o644, false), Some(0o755));
        assert_eq!(new_mode("u=rw,go-rwx", 0o777, false), Some(0o600));
        assert_eq!(new_mode("a+X", 0o644, false), Some(0o644));
        assert_eq!(new_mode("zz", 0, false), None);
    }
}
