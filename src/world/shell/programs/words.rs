//! Programs that only look at their arguments.

use super::{Done, Tool, format};
use crate::world::shell::expand::unescape_bytes;
use crate::world::shell::test::{self, Asks, Facts};

/// Lines of `yes` and `seq`; nobody reads more.
const MAX_LINES: usize = 10_000;

/// What `echo` prints.
pub(in crate::world::shell) fn echo(args: &[String]) -> Vec<u8> {
    let is_flag = |arg: &&String| {
        arg.len() > 1 && arg.starts_with('-') && arg.chars().skip(1).all(|c| "neE".contains(c))
    };
    let flags: Vec<&String> = args.iter().take_while(is_flag).collect();
    let text = args.get(flags.len()..).unwrap_or(&[]).join(" ");
    let has = |letter: char| flags.iter().any(|flag| flag.contains(letter));
    let (mut bytes, ended) = if has('e') {
        unescape_bytes(&text)
    } else {
        (text.into_bytes(), false)
    };
    if !has('n') && !ended {
        bytes.push(b'\n');
    }
    bytes
}

pub(super) fn echo_program(tool: &mut Tool<'_, '_>) -> Done {
    tool.out(echo(&tool.args.clone()))?;
    Ok(0)
}

pub(super) fn printf(tool: &mut Tool<'_, '_>) -> Done {
    tool.out(format::printf(&tool.args.clone()))?;
    Ok(0)
}

pub(super) fn yes_exit(_: &mut Tool<'_, '_>) -> Done {
    Ok(0)
}

pub(super) fn no(_: &mut Tool<'_, '_>) -> Done {
    Ok(1)
}

pub(super) fn pwd(tool: &mut Tool<'_, '_>) -> Done {
    let cwd = tool
        .seat
        .world
        .processes
        .get(tool.pid)
        .map(|process| process.cwd.clone());
    tool.out(format!("{}\n", cwd.unwrap_or_default()))?;
    Ok(0)
}

pub(super) fn yes(tool: &mut Tool<'_, '_>) -> Done {
    let line = if tool.args.is_empty() {
        "y".to_owned()
    } else {
        tool.args.join(" ")
    };
    tool.out(format!("{line}\n").repeat(MAX_LINES / line.len().max(1)))?;
    Ok(0)
}

pub(super) fn seq(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("s f");
    let numbers: Option<Vec<i64>> = options
        .operands
        .iter()
        .map(|text| text.parse().ok())
        .collect();
    let (start, step, end) = match numbers.as_deref() {
        Some([end]) => (1, 1, *end),
        Some([start, end]) => (*start, 1, *end),
        Some([start, step, end]) if *step != 0 => (*start, *step, *end),
        _ => return tool.unsupported("these numbers"),
    };
    let going = |number: &i64| {
        if step > 0 {
            *number <= end
        } else {
            *number >= end
        }
    };
    let numbers =
        std::iter::successors(Some(start), |number| number.checked_add(step)).take_while(going);
    let lines: Vec<String> = numbers
        .take(MAX_LINES)
        .map(|number| number.to_string())
        .collect();
    if !lines.is_empty() {
        tool.out(format!(
            "{}\n",
            lines.join(options.value("s separator").unwrap_or("\n"))
        ))?;
    }
    Ok(0)
}

pub(super) fn basename(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("s");
    let Some(path) = options.operands.first() else {
        return tool.fail(1, "missing operand");
    };
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    let suffix = options
        .value("s")
        .or(options.operands.get(1).map(String::as_str))
        .unwrap_or("");
    let name = name
        .strip_suffix(suffix)
        .filter(|short| !short.is_empty())
        .unwrap_or(name);
    tool.out(format!("{}\n", if name.is_empty() { "/" } else { name }))?;
    Ok(0)
}

pub(super) fn dirname(tool: &mut Tool<'_, '_>) -> Done {
    for path in tool.options("").operands {
        let path = path.trim_end_matches('/');
        let directory = match path.rsplit_once('/') {
            Some(("", _)) => "/",
            Some((directory, _)) => directory.trim_end_matches('/'),
            None if path.is_empty() => "/",
            None => ".",
        };
        tool.out(format!("{directory}\n"))?;
    }
    Ok(0)
}

/// `expr`: one operation on two operands, or a single operand.
pub(super) fn expr(tool: &mut Tool<'_, '_>) -> Done {
    let args = tool.args.clone();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    let result = match args.as_slice() {
        [one] => (*one).to_owned(),
        ["length", text] => text.chars().count().to_string(),
        [left, operator, right] => {
            let (l, r) = (number(left), number(right));
            match *operator {
                "+" => l.wrapping_add(r).to_string(),
                "-" => l.wrapping_sub(r).to_string(),
                "*" => l.wrapping_mul(r).to_string(),
                "/" => l.checked_div(r).unwrap_or(0).to_string(),
                "%" => l.checked_rem(r).unwrap_or(0).to_string(),
                "=" => i64::from(left == right).to_string(),
                "!=" => i64::from(left != right).to_string(),
                "<" => i64::from(l < r).to_string(),
                ">" => i64::from(l > r).to_string(),
                "<=" => i64::from(l <= r).to_string(),
                ">=" => i64::from(l >= r).to_string(),
                ":" => matched(left, right),
                "|" => {
                    if left.is_empty() || *left == "0" {
                        (*right).to_owned()
                    } else {
                        (*left).to_owned()
                    }
                }
                "&" => {
                    if left.is_empty() || right.is_empty() {
                        "0".to_owned()
                    } else {
                        (*left).to_owned()
                    }
                }
                _ => return tool.unsupported(operator),
            }
        }
        _ => return tool.unsupported("expression"),
    };
    tool.out(format!("{result}\n"))?;
    Ok(i32::from(result.is_empty() || result == "0"))
}

/// `expr TEXT : PATTERN`: the first group, or how many characters match.
fn matched(text: &str, pattern: &str) -> String {
    let source = format!("^(?:{})", super::grep::basic(pattern));
    let Ok(regex) = regex::Regex::new(&source) else {
        return String::new();
    };
    match regex.captures(text) {
        Some(captures) if captures.len() > 1 => captures
            .get(1)
            .map_or("", |group| group.as_str())
            .to_owned(),
        Some(captures) => captures
            .get(0)
            .map_or(0, |all| all.as_str().chars().count())
            .to_string(),
        None => "0".to_owned(),
    }
}

impl Asks for Tool<'_, '_> {
    fn file(&mut self, path: &str, follow: bool) -> Option<Facts> {
        let caller = self.caller();
        self.seat.facts(&caller, path, follow)
    }

    fn is_terminal(&mut self, _fd: &str) -> bool {
        false
    }

    fn is_set(&mut self, _name: &str) -> bool {
        false
    }
}

pub(super) fn test(tool: &mut Tool<'_, '_>) -> Done {
    let mut args = tool.args.clone();
    if tool.name == "[" && args.pop().as_deref() != Some("]") {
        return tool.fail(2, "missing ']'");
    }
    Ok(test::evaluate(tool, &args).map_or(2, |value| i32::from(!value)))
}
