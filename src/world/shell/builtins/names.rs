//! Builtins for variables, options and parameters.

use super::{complain, note_write, print};
use crate::trace::Kind;
use crate::world::shell::vars::{Value, is_name};
use crate::world::shell::{Halt, Shell, quote};

pub(super) fn run(shell: &mut Shell<'_, '_>, name: &str, args: &[String]) -> Result<i32, Halt> {
    match name {
        "unset" => unset(shell, args),
        "set" => set(shell, args),
        "shift" => {
            let count = args
                .first()
                .map_or(Some(1), |text| text.parse::<usize>().ok())
                .unwrap_or(0);
            if count > shell.state.params.len() {
                return complain(shell, "shift: can't shift that many", 2);
            }
            shell.state.params.drain(..count);
            Ok(0)
        }
        "getopts" => getopts(shell, args),
        _ => declare(shell, name, args),
    }
}

/// `export`, `readonly`, `local`, `declare`.
fn declare(shell: &mut Shell<'_, '_>, name: &str, args: &[String]) -> Result<i32, Halt> {
    let flags: String = args
        .iter()
        .take_while(|arg| arg.starts_with('-'))
        .flat_map(|arg| arg.chars())
        .collect();
    let names: Vec<&String> = args.iter().skip_while(|arg| arg.starts_with('-')).collect();
    if names.is_empty() {
        return if name == "local" {
            Ok(0)
        } else {
            list(shell, name == "export")
        };
    }
    let exports = name == "export" || flags.contains('x');
    for item in names {
        let (variable, value) = match item.split_once('=') {
            Some((variable, value)) => (variable, Some(value)),
            None => (item.as_str(), None),
        };
        if !is_name(variable) {
            return complain(shell, &format!("{name}: {variable}: bad variable name"), 2);
        }
        let global = flags.contains('g') || !matches!(name, "local" | "declare" | "typeset");
        if !global && !shell.state.vars.local(variable) && name == "local" {
            return complain(shell, "local: not in a function", 1);
        }
        if let Some(value) = value {
            shell.assign(variable, Value::Text(value.to_owned()))?;
            if exports {
                note_write(shell, variable);
            }
        }
        let (read_only, array) = (
            name == "readonly" || flags.contains('r'),
            flags.contains('a'),
        );
        let unexports = name == "export" && flags.contains('n');
        shell.state.vars.mark(variable, |variable| {
            variable.exported = (variable.exported || exports) && !unexports;
            variable.readonly |= read_only;
            if array && variable.value.is_none() {
                variable.value = Some(Value::List(std::collections::BTreeMap::new()));
            }
        });
    }
    Ok(0)
}

/// Lists variables; whoever does so sees the whole environment.
fn list(shell: &mut Shell<'_, '_>, exported: bool) -> Result<i32, Halt> {
    let env = shell.state.vars.environment();
    let caller = shell.caller();
    let seq = shell.seat.world.note(&caller, Kind::EnvList, "*");
    let pairs: Vec<String> = env
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    shell
        .seat
        .world
        .recorder
        .attach(seq, pairs.join("\0").into_bytes());
    let mut text = String::new();
    for (name, variable) in shell.state.vars.iter() {
        if exported && !variable.exported {
            continue;
        }
        let value = quote(shell.state.vars.text(name).unwrap_or(""));
        let prefix = if exported { "export " } else { "" };
        text.push_str(&format!("{prefix}{name}={value}\n"));
    }
    print(shell, text.as_bytes())
}

fn unset(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<i32, Halt> {
    let mut functions = false;
    for arg in args {
        match arg.as_str() {
            "-f" => functions = true,
            "-v" => functions = false,
            name if functions => {
                shell.state.functions.remove(name);
            }
            name => {
                if shell
                    .state
                    .vars
                    .get(name)
                    .is_some_and(|variable| variable.exported)
                {
                    note_write(shell, name);
                }
                if shell.state.vars.get(name).is_none() {
                    shell.state.functions.remove(name);
                }
                if shell.state.vars.unset(name).is_err() {
                    return complain(shell, &format!("unset: {name}: is read only"), 1);
                }
            }
        }
    }
    Ok(0)
}

fn set(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<i32, Halt> {
    if args.is_empty() {
        return list(shell, false);
    }
    let mut args = args.iter().peekable();
    while let Some(arg) = args.peek().map(|arg| arg.as_str()) {
        match arg {
            "--" => {
                args.next();
                shell.state.params = args.cloned().collect();
                return Ok(0);
            }
            "-o" | "+o" => {
                let on = arg == "-o";
                args.next();
                if let Some(name) = args.next() {
                    shell.state.options.set_named(name, on);
                }
            }
            flags if flags.len() > 1 && flags.starts_with(['-', '+']) => {
                let on = flags.starts_with('-');
                let named = flags.contains('o');
                for letter in flags.chars().skip(1) {
                    shell.state.options.set_letter(letter, on);
                }
                args.next();
                if named && let Some(name) = args.next() {
                    // `set -euo pipefail`.
                    shell.state.options.set_named(name, on);
                }
            }
            _ => {
                shell.state.params = args.cloned().collect();
                return Ok(0);
            }
        }
    }
    Ok(0)
}

/// Reads the next option of the parameters, or of further arguments.
fn getopts(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<i32, Halt> {
    let [letters, name, rest @ ..] = args else {
        return complain(shell, "getopts: usage: getopts optstring var [arg]", 2);
    };
    let params = if rest.is_empty() {
        shell.state.params.clone()
    } else {
        rest.to_vec()
    };
    let index = shell
        .state
        .vars
        .text("OPTIND")
        .and_then(|text| text.parse::<usize>().ok())
        .unwrap_or(1)
        .max(1);
    let argument = params
        .get(index.saturating_sub(1))
        .map_or("", String::as_str);
    let inside = shell.state.getopts.max(1);
    let ends = inside == 1 && (!argument.starts_with('-') || argument == "-" || argument == "--");
    let Some(letter) = argument.chars().nth(inside).filter(|_| !ends) else {
        if argument == "--" {
            shell.assign("OPTIND", Value::Text(index.saturating_add(1).to_string()))?;
        }
        shell.state.getopts = 0;
        shell.assign(name, Value::Text("?".to_owned()))?;
        return Ok(1);
    };
    let last = argument.chars().nth(inside.saturating_add(1)).is_none();
    let (mut next, mut found) = (index.saturating_add(usize::from(last)), letter.to_string());
    shell.state.getopts = if last { 0 } else { inside.saturating_add(1) };
    let known = letters.find(letter).filter(|_| letter != ':');
    let takes_value = known.is_some_and(|at| {
        letters
            .get(at.saturating_add(1)..)
            .is_some_and(|r| r.starts_with(':'))
    });
    if takes_value {
        let value = if last {
            next = index.saturating_add(2);
            params.get(index).cloned().unwrap_or_default()
        } else {
            next = index.saturating_add(1);
            argument.chars().skip(inside.saturating_add(1)).collect()
        };
        shell.state.getopts = 0;
        shell.assign("OPTARG", Value::Text(value))?;
    } else if known.is_none() {
        shell.assign("OPTARG", Value::Text(found))?;
        found = "?".to_owned();
    }
    shell.assign("OPTIND", Value::Text(next.to_string()))?;
    shell.assign(name, Value::Text(found))?;
    Ok(0)
}
