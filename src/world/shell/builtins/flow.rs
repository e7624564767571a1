//! Builtins that change the order in which things run.

use super::{complain, signal};
use crate::world::Exit;
use crate::world::shell::{Halt, Shell};

pub(super) fn run(shell: &mut Shell<'_, '_>, name: &str, args: &[String]) -> Result<i32, Halt> {
    let number = args.first().and_then(|text| text.parse::<i32>().ok());
    let status = shell.state.status;
    match name {
        "exit" => Err(Halt::Exit(number.unwrap_or(status))),
        "return" if shell.state.returns > 0 => Err(Halt::Return(number.unwrap_or(status))),
        "return" => Err(Halt::Exit(number.unwrap_or(status))),
        "break" | "continue" => {
            let levels = number
                .and_then(|n| u32::try_from(n).ok())
                .unwrap_or(1)
                .clamp(1, shell.state.loops.max(1));
            match (shell.state.loops, name) {
                (0, _) => Ok(0),
                (_, "break") => Err(Halt::Break(levels)),
                _ => Err(Halt::Continue(levels)),
            }
        }
        "eval" => eval(shell, &args.join(" ")),
        "." | "source" => source(shell, args),
        "trap" => trap(shell, args),
        "wait" => wait(shell, args),
        "kill" => signal(shell, args),
        _ => complain(shell, &format!("{name}: not found"), 127),
    }
}

fn eval(shell: &mut Shell<'_, '_>, source: &str) -> Result<i32, Halt> {
    if source.trim().is_empty() {
        return Ok(0);
    }
    shell.note_eval(source);
    shell.state.nested = shell.state.nested.saturating_add(1);
    shell.state.status = 0;
    let result = shell.run_source(source);
    shell.state.nested = shell.state.nested.saturating_sub(1);
    result
}

fn source(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<i32, Halt> {
    let Some((file, params)) = args.split_first() else {
        return complain(shell, ".: filename argument required", 2);
    };
    let caller = shell.caller();
    let bytes = match shell.seat.read_file(&caller, file) {
        Ok(bytes) => bytes,
        Err(errno) => {
            complain(
                shell,
                &format!(".: cannot open {file}: {}", errno.message()),
                2,
            )?;
            return Err(Halt::Exit(2));
        }
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    shell.note_eval(&text);
    let path = shell.absolute(file);
    let old_file = shell.state.file.replace(path);
    let old_line = shell.state.line;
    let old_params =
        (!params.is_empty()).then(|| std::mem::replace(&mut shell.state.params, params.to_vec()));
    shell.state.returns = shell.state.returns.saturating_add(1);
    let result = shell.run_source(&text);
    shell.state.returns = shell.state.returns.saturating_sub(1);
    shell.state.file = old_file;
    shell.state.line = old_line;
    if let Some(params) = old_params {
        shell.state.params = params;
    }
    match result {
        Err(Halt::Return(status)) => Ok(status),
        other => other,
    }
}

fn trap(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<i32, Halt> {
    let args: Vec<&String> = args.iter().filter(|arg| *arg != "--").collect();
    let Some((action, signals)) = args.split_first() else {
        return Ok(0);
    };
    for signal in signals {
        let name = match signal.as_str() {
            "0" => "EXIT",
            name => name.trim_start_matches("SIG"),
        };
        if action.as_str() == "-" {
            shell.state.traps.remove(name);
        } else {
            shell.state.traps.insert(name.to_owned(), (*action).clone());
        }
    }
    Ok(0)
}

/// Waits for the guests of the background; programs of the world have already ended.
fn wait(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<i32, Halt> {
    let named: Vec<u32> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
    let all = std::mem::take(&mut shell.state.jobs);
    let waited = if args.is_empty() { all } else { named };
    let mut status = 0;
    for pid in waited {
        status = match shell.seat.world.processes.get(pid) {
            Some(_) => shell.seat.wait_for(pid).map(Exit::status)?,
            None => 127,
        };
    }
    Ok(if args.is_empty() { 0 } else { status })
}
