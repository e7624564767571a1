//! Commands that are part of the shell.

mod flow;
mod names;
mod read;

use super::programs::{format, words};
use super::{Halt, Shell, exec, test};
use crate::trace::Kind;

/// All builtins, sorted. `exec` is done by the evaluator itself.
const BUILTINS: [&str; 44] = [
    ".", ":", "[", "alias", "bg", "break", "builtin", "cd", "command", "continue", "declare",
    "echo", "eval", "exec", "exit", "export", "false", "fg", "getopts", "hash", "jobs", "kill",
    "let", "local", "printf", "pwd", "read", "readonly", "return", "set", "shift", "shopt",
    "source", "test", "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias",
    "unset", "wait",
];

/// Whether a name is a builtin's.
pub(super) fn is_builtin(name: &str) -> bool {
    BUILTINS.binary_search(&name).is_ok()
}

/// Runs a builtin.
pub(super) fn run(shell: &mut Shell<'_, '_>, name: &str, args: &[String]) -> Result<i32, Halt> {
    match name {
        ":" | "true" | "hash" | "alias" | "unalias" | "bg" | "fg" | "jobs" | "times" | "shopt" => {
            Ok(0)
        }
        "false" => Ok(1),
        "echo" => print(shell, &words::echo(args)),
        "printf" => printf(shell, args),
        "pwd" => {
            let cwd = shell.cwd();
            print(shell, format!("{cwd}\n").as_bytes())
        }
        "test" => test::command(shell, args),
        "[" => match args.split_last() {
            Some((last, rest)) if last == "]" => test::command(shell, rest),
            _ => complain(shell, "[: missing ]", 2),
        },
        "cd" => cd(shell, args),
        "read" => read::run(shell, args),
        "export" | "readonly" | "local" | "declare" | "typeset" | "unset" | "set" | "shift"
        | "getopts" => names::run(shell, name, args),
        "let" => {
            let mut value = 0;
            for expression in args {
                value = shell.arithmetic(expression)?;
            }
            Ok(i32::from(value == 0))
        }
        "type" => which(shell, args, true),
        "command" => command(shell, args),
        "builtin" => match args.split_first() {
            Some((name, args)) if is_builtin(name) => run(shell, name, args),
            _ => Ok(1),
        },
        "umask" => umask(shell, args),
        "ulimit" => print(
            shell,
            if args.iter().any(|arg| arg == "-n") {
                b"1024\n"
            } else {
                b"unlimited\n"
            },
        ),
        _ => flow::run(shell, name, args),
    }
}

fn print(shell: &mut Shell<'_, '_>, bytes: &[u8]) -> Result<i32, Halt> {
    Ok(i32::from(shell.seat.write(shell.pid, 1, bytes)?.is_err()))
}

fn complain(shell: &mut Shell<'_, '_>, message: &str, status: i32) -> Result<i32, Halt> {
    let line = shell.state.line.max(1);
    shell.complain(&format!("{line}: {message}"))?;
    Ok(status)
}

fn printf(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<i32, Halt> {
    if let [flag, name, rest @ ..] = args
        && flag == "-v"
    {
        let text = String::from_utf8_lossy(&format::printf(rest)).into_owned();
        shell.assign(name, super::Value::Text(text))?;
        return Ok(0);
    }
    if args.is_empty() {
        return complain(shell, "printf: usage: printf format [arguments]", 2);
    }
    print(shell, &format::printf(args))
}

fn cd(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<i32, Halt> {
    let operand = args
        .iter()
        .find(|arg| !matches!(arg.as_str(), "-P" | "-L" | "--"));
    let (target, shows) = match operand.map(String::as_str) {
        None => (shell.read_variable("HOME").unwrap_or_default(), false),
        Some("-") => (shell.read_variable("OLDPWD").unwrap_or_default(), true),
        Some(path) => (path.to_owned(), false),
    };
    let path = shell.absolute(&target);
    let caller = shell.caller();
    match shell.seat.change_directory(&caller, &path) {
        Ok(()) => {
            let old = shell.state.vars.text("PWD").unwrap_or("/").to_owned();
            shell.assign("OLDPWD", super::Value::Text(old))?;
            shell.assign("PWD", super::Value::Text(path.clone()))?;
            if shows {
                print(shell, format!("{path}\n").as_bytes())
            } else {
                Ok(0)
            }
        }
        Err(errno) if errno == crate::world::Errno::NOENT => {
            complain(shell, &format!("cd: can't cd to {target}"), 2)
        }
        Err(errno) => complain(shell, &format!("cd: {target}: {}", errno.message()), 2),
    }
}

fn command(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<i32, Halt> {
    match args.split_first() {
        Some((flag, names)) if flag == "-v" => which(shell, names, false),
        Some((flag, names)) if flag == "-V" => which(shell, names, true),
        Some((flag, rest)) if flag == "-p" || flag == "--" => command(shell, rest),
        Some((name, rest)) if is_builtin(name) => run(shell, name, rest),
        Some((name, rest)) => {
            let env = shell.state.vars.environment();
            shell.start(name, rest, env)
        }
        None => Ok(0),
    }
}

/// Says what names mean. Looking for a program is an access: install scripts ask what the machine has.
fn which(shell: &mut Shell<'_, '_>, names: &[String], verbose: bool) -> Result<i32, Halt> {
    let mut status = 0;
    for name in names.iter().filter(|name| !name.starts_with('-')) {
        let kind = if shell.state.functions.contains_key(name) {
            Some("a shell function")
        } else if is_builtin(name) {
            Some("a shell builtin")
        } else {
            None
        };
        let line = match kind {
            Some(kind) if verbose => format!("{name} is {kind}\n"),
            Some(_) => format!("{name}\n"),
            None => {
                let caller = shell.caller();
                let path = shell.state.vars.text("PATH").map(str::to_owned);
                match exec::find(&mut shell.seat.world, &caller, name, path.as_deref()) {
                    Some(path) if verbose => format!("{name} is {path}\n"),
                    Some(path) => format!("{path}\n"),
                    None => {
                        status = 127;
                        if verbose {
                            format!("{name}: not found\n")
                        } else {
                            String::new()
                        }
                    }
                }
            }
        };
        print(shell, line.as_bytes())?;
    }
    Ok(status)
}

fn umask(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<i32, Halt> {
    let Some(process) = shell.seat.world.processes.get_mut(shell.pid) else {
        return Ok(1);
    };
    match args.first().map(|text| u32::from_str_radix(text, 8)) {
        Some(Ok(mask)) => {
            process.umask = mask & 0o777;
            Ok(0)
        }
        _ => {
            let text = format!("{:04o}\n", process.umask);
            print(shell, text.as_bytes())
        }
    }
}

/// Sends a signal for `kill` and its like; records it.
pub(super) fn signal(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<i32, Halt> {
    let mut name = "TERM".to_owned();
    let mut status = 0;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix('-') {
            Some("l") => return print(shell, b"HUP INT QUIT KILL TERM USR1 USR2\n"),
            Some("s" | "n") => name = args.next().cloned().unwrap_or_default(),
            Some("-" | "") => {}
            Some(signal) => name = signal.trim_start_matches("SIG").to_owned(),
            None => {
                let caller = shell.caller();
                status |= i32::from(!shell.seat.signal(&caller, &name, arg));
            }
        }
    }
    if status != 0 {
        complain(shell, "kill: No such process", 1)?;
    }
    Ok(status)
}

/// Records a change of a variable that programs get.
fn note_write(shell: &mut Shell<'_, '_>, name: &str) {
    let caller = shell.caller();
    shell.seat.world.note(&caller, Kind::EnvWrite, name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_for_the_search_in_it() {
        assert!(BUILTINS.is_sorted());
        assert!(is_builtin("cd") && is_builtin("wait") && !is_builtin("ls"));
    }
}
