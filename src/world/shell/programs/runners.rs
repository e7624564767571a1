//! Programs that start other programs, and those that cannot run here.

use super::{Done, Options, Tool};
use crate::trace::Kind;
use crate::world::exec::{self, SpawnRequest};
use crate::world::shell::run_here;
use crate::world::{Errno, Stopped};
use std::collections::BTreeMap;

/// Commands that one `xargs` runs.
const MAX_COMMANDS: usize = 100;

/// Starts a program in the place of this one and waits for its end.
pub(super) fn start(
    tool: &mut Tool<'_, '_>,
    argv: Vec<String>,
    env: Option<BTreeMap<String, String>>,
) -> Done {
    let name = argv.first().cloned().unwrap_or_default();
    let request = SpawnRequest {
        program: name.clone(),
        stdio: SpawnRequest::inherited(&tool.seat.world, tool.pid),
        argv,
        env,
        detached: tool.seat.background > 0 || matches!(tool.name, "nohup" | "setsid"),
        ..SpawnRequest::default()
    };
    let caller = tool.caller();
    match tool.seat.world.spawn(&caller, request) {
        Ok(child) => {
            if !tool.seat.enter() {
                tool.seat
                    .world
                    .hit_limit(&caller, "shell_depth", "programs nest too deeply");
                return Ok(137);
            }
            let exit = run_here(tool.seat, child.pid)?;
            tool.seat.leave();
            Ok(exit.status())
        }
        Err(Errno::NOENT) => tool.fail(127, &format!("'{name}': No such file or directory")),
        Err(errno) => tool.fail(126, &format!("'{name}': {}", errno.message())),
    }
}

fn environment(tool: &Tool<'_, '_>) -> BTreeMap<String, String> {
    tool.seat
        .world
        .processes
        .get(tool.pid)
        .map(|process| process.env.clone())
        .unwrap_or_default()
}

/// The environment of this process, recorded as listed.
fn listed(tool: &mut Tool<'_, '_>) -> Vec<String> {
    let caller = tool.caller();
    let pairs: Vec<String> = environment(tool)
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let seq = tool.seat.world.note(&caller, Kind::EnvList, "*");
    tool.seat
        .world
        .recorder
        .attach(seq, pairs.join("\0").into_bytes());
    pairs
}

pub(super) fn env(tool: &mut Tool<'_, '_>) -> Done {
    let mut env = environment(tool);
    let mut args = tool.args.clone().into_iter().peekable();
    let mut end = '\n';
    while let Some(arg) = args.peek().cloned() {
        match arg.as_str() {
            "-i" | "-" | "--ignore-environment" => env.clear(),
            "-0" | "--null" => end = '\0',
            "-u" => {
                args.next();
                env.remove(args.peek().map_or("", String::as_str));
            }
            "-S" | "--" => {}
            pair if pair.contains('=') && !pair.starts_with('-') => {
                if let Some((name, value)) = pair.split_once('=') {
                    env.insert(name.to_owned(), value.to_owned());
                }
            }
            _ => break,
        }
        args.next();
    }
    let argv: Vec<String> = args.collect();
    if !argv.is_empty() {
        return start(tool, argv, Some(env));
    }
    for pair in listed(tool) {
        tool.out(format!("{pair}{end}"))?;
    }
    Ok(0)
}

pub(super) fn printenv(tool: &mut Tool<'_, '_>) -> Done {
    let names = tool.options("").operands;
    if names.is_empty() {
        let text: String = listed(tool)
            .iter()
            .map(|pair| format!("{pair}\n"))
            .collect();
        tool.out(text)?;
        return Ok(0);
    }
    let mut status = 0;
    for name in names {
        let value = environment(tool).remove(&name);
        let caller = tool.caller();
        let seq = tool.seat.world.note(&caller, Kind::EnvRead, name);
        tool.seat
            .world
            .recorder
            .detail(seq, "found", if value.is_some() { "yes" } else { "no" });
        match value {
            Some(value) => tool.out(format!("{value}\n"))?,
            None => status = 1,
        }
    }
    Ok(status)
}

/// `nohup`, `setsid`, `nice`: run what follows.
pub(super) fn prefix(tool: &mut Tool<'_, '_>) -> Done {
    let argv: Vec<String> = match tool.name {
        "nice" => Options::parse(&tool.args, "n").operands,
        _ => tool
            .args
            .iter()
            .skip_while(|arg| arg.starts_with('-'))
            .cloned()
            .collect(),
    };
    if argv.is_empty() {
        Ok(0)
    } else {
        start(tool, argv, None)
    }
}

pub(super) fn timeout(tool: &mut Tool<'_, '_>) -> Done {
    let mut args = tool.args.clone().into_iter().peekable();
    while let Some(arg) = args.peek().filter(|arg| arg.starts_with('-')).cloned() {
        args.next();
        if matches!(arg.as_str(), "-s" | "-k" | "--signal" | "--kill-after") {
            args.next();
        }
    }
    args.next();
    let argv: Vec<String> = args.collect();
    if argv.is_empty() {
        tool.fail(125, "missing operand")
    } else {
        start(tool, argv, None)
    }
}

pub(super) fn sleep(tool: &mut Tool<'_, '_>) -> Done {
    let mut nanoseconds = 0_u64;
    for text in tool.options("").operands {
        let (number, unit) = match text.chars().last() {
            Some('s') => (text.trim_end_matches('s'), 1.0),
            Some('m') => (text.trim_end_matches('m'), 60.0),
            Some('h') => (text.trim_end_matches('h'), 3_600.0),
            Some('d') => (text.trim_end_matches('d'), 86_400.0),
            _ => (text.as_str(), 1.0),
        };
        let Some(seconds) = number.parse::<f64>().ok().filter(|seconds| *seconds >= 0.0) else {
            return tool.fail(1, &format!("invalid time interval '{text}'"));
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative; saturates"
        )]
        let part = (seconds * unit * 1e9) as u64;
        nanoseconds = nanoseconds.saturating_add(part);
    }
    let caller = tool.caller();
    tool.seat.world.note(
        &caller,
        Kind::ClockSleep,
        (nanoseconds / 1_000_000).to_string(),
    );
    tool.seat.sleep(nanoseconds)?;
    Ok(0)
}

pub(super) fn xargs(tool: &mut Tool<'_, '_>) -> Done {
    let mut command: Vec<String> = Vec::new();
    let mut flags: Vec<String> = Vec::new();
    let mut args = tool.args.clone().into_iter();
    while let Some(arg) = args.next() {
        let valued = matches!(arg.as_str(), "-n" | "-I" | "-L" | "-P" | "-d" | "-a" | "-s");
        if !arg.starts_with('-') {
            command.push(arg);
            command.extend(args.by_ref());
        } else {
            flags.push(arg);
            if valued {
                flags.extend(args.next());
            }
        }
    }
    let options = Options::parse(&flags, "n I L P d a s");
    if command.is_empty() {
        command.push("echo".to_owned());
    }
    let input = tool.input()?;
    let text = String::from_utf8_lossy(&input).into_owned();
    let by_line = options.has("I L d");
    let items: Vec<String> = if options.has("0 null") {
        text.split('\0').map(str::to_owned).collect()
    } else if by_line {
        text.lines().map(|line| line.trim().to_owned()).collect()
    } else {
        text.split_whitespace()
            .map(|word| word.trim_matches(['\'', '"']).to_owned())
            .collect()
    };
    let items: Vec<String> = items.into_iter().filter(|item| !item.is_empty()).collect();
    if items.is_empty() && options.has("r no-run-if-empty") {
        return Ok(0);
    }
    let most = options
        .value("n L")
        .and_then(|text| text.parse::<usize>().ok())
        .unwrap_or(usize::MAX)
        .max(1);
    let batches: Vec<Vec<String>> = match options.value("I") {
        Some(mark) => items
            .iter()
            .map(|item| command.iter().map(|arg| arg.replace(mark, item)).collect())
            .collect(),
        None if items.is_empty() => vec![command],
        None => items
            .chunks(most)
            .map(|chunk| command.iter().chain(chunk).cloned().collect())
            .collect(),
    };
    let mut status = 0;
    for argv in batches.into_iter().take(MAX_COMMANDS) {
        status = match start(tool, argv, None)? {
            0 => status,
            code @ (126 | 127) => return Ok(code),
            _ => 123,
        };
    }
    Ok(status)
}

/// `sudo` asks for a password that nobody types.
pub(super) fn sudo(tool: &mut Tool<'_, '_>) -> Done {
    if tool.options("u g").has("n non-interactive") {
        return tool.fail(1, "a password is required");
    }
    tool.complain("a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper")?;
    tool.fail(1, "a password is required")
}

pub(super) fn su(tool: &mut Tool<'_, '_>) -> Done {
    tool.fail(1, "must be run from a terminal")
}

pub(super) fn which(tool: &mut Tool<'_, '_>) -> Done {
    let search = environment(tool).remove("PATH");
    let mut status = 0;
    for name in tool.options("").operands {
        let caller = tool.caller();
        match exec::find(&mut tool.seat.world, &caller, &name, search.as_deref()) {
            Some(path) => tool.out(format!("{path}\n"))?,
            None => status = 1,
        }
    }
    Ok(status)
}

/// A program that the machine has and this sandbox cannot run. What it was to do is told, and it fails.
pub(super) fn unsupported(tool: &mut Tool<'_, '_>) -> Done {
    if tool.options("").has("version V") && tool.name.starts_with("python") {
        tool.out("Python 3.12.3\n")?;
        return Ok(0);
    }
    let source = tool
        .args
        .iter()
        .skip_while(|arg| *arg != "-c" && *arg != "-e")
        .nth(1)
        .cloned();
    let script = match source {
        Some(source) => source.into_bytes(),
        None => match tool.options("c e m").operands.first().cloned() {
            Some(path) => tool.operand(&path)?.unwrap_or_default(),
            None => tool.input()?,
        },
    };
    record_unsupported(tool, &script)?;
    Ok(1)
}

fn record_unsupported(tool: &mut Tool<'_, '_>, script: &[u8]) -> Result<(), Stopped> {
    let caller = tool.caller();
    let seq = tool.seat.world.note(
        &caller,
        Kind::GuestUnsupported,
        format!("program {}", tool.name),
    );
    if !script.is_empty() {
        tool.seat.world.recorder.attach(seq, script.to_vec());
    }
    Ok(())
}
