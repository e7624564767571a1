//! `sed`, as far as install scripts use it, and the field printing of `awk`.

use super::{Done, Tool, grep};
use regex::{Regex, RegexBuilder};

/// Which lines a command is for.
#[derive(Debug)]
enum Address {
    All,
    Line(usize),
    Last,
    Pattern(Regex),
}

/// What is done with a line.
#[derive(Debug)]
enum Action {
    Substitute {
        regex: Regex,
        by: String,
        all: bool,
        print: bool,
    },
    Translate(Vec<char>, Vec<char>),
    Delete,
    Print,
    Quit,
    Append(String),
    Insert(String),
    Change(String),
}

#[derive(Debug)]
struct Command {
    from: Address,
    to: Option<Address>,
    negated: bool,
    inside: bool,
    action: Action,
}

pub(super) fn sed(tool: &mut Tool<'_, '_>) -> Done {
    // `-i` takes its suffix only in the same argument, which getopt's form does not say.
    let args: Vec<String> = tool
        .args
        .iter()
        .map(|arg| {
            if arg.starts_with("-i") {
                "--in-place".to_owned()
            } else {
                arg.clone()
            }
        })
        .collect();
    let options = super::Options::parse(&args, "e f expression file");
    let mut operands = options.operands.clone();
    let mut scripts: Vec<String> = options.values("e expression").map(str::to_owned).collect();
    if scripts.is_empty() && options.value("f file").is_none() {
        if operands.is_empty() {
            return tool.fail(1, "no script specified");
        }
        scripts.push(operands.remove(0));
    }
    if let Some(path) = options.value("f file") {
        let Some(bytes) = tool.operand(path)? else {
            return Ok(1);
        };
        scripts.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    let extended = options.has("E r regexp-extended");
    let quiet = options.has("n quiet silent");
    let script = scripts.join("\n");
    let Some(mut commands) = parse(&script, extended) else {
        return tool.unsupported(&format!("script {script}"));
    };
    if !options.has("in-place i") {
        let (bytes, failed) = tool.inputs(&operands)?;
        let output = apply(&mut commands, &String::from_utf8_lossy(&bytes), quiet);
        tool.out(output)?;
        return Ok(i32::from(failed));
    }
    let mut status = 0;
    for path in operands {
        let Some(bytes) = tool.operand(&path)? else {
            status = 2;
            continue;
        };
        let output = apply(&mut commands, &String::from_utf8_lossy(&bytes), quiet);
        let caller = tool.caller();
        if let Err(errno) = tool
            .seat
            .write_file(&caller, &path, output.as_bytes(), false)
        {
            status = tool.fail_on(&path, errno)?;
        }
    }
    Ok(status)
}

/// Reads a script; `None` for what is not known here.
fn parse(script: &str, extended: bool) -> Option<Vec<Command>> {
    let mut rest = script;
    let mut commands = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
        if rest.is_empty() {
            return Some(commands);
        }
        if rest.starts_with('#') {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
            continue;
        }
        let (from, after) = address(rest, extended)?;
        let (to, after) = match after.strip_prefix(',') {
            Some(after) => {
                let (to, after) = address(after, extended)?;
                (Some(to), after)
            }
            None => (None, after),
        };
        let after = after.trim_start();
        let (negated, after) = after
            .strip_prefix('!')
            .map_or((false, after), |after| (true, after));
        let (action, after) = action(after, extended)?;
        commands.push(Command {
            from,
            to,
            negated,
            inside: false,
            action,
        });
        rest = after;
    }
}

fn address(text: &str, extended: bool) -> Option<(Address, &str)> {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    if digits > 0 {
        let (number, rest) = text.split_at(digits);
        return Some((Address::Line(number.parse().ok()?), rest));
    }
    if let Some(rest) = text.strip_prefix('$') {
        return Some((Address::Last, rest));
    }
    let Some(rest) = text.strip_prefix('/') else {
        return Some((Address::All, text));
    };
    let (pattern, rest) = until(rest, '/')?;
    Some((Address::Pattern(regex(&pattern, extended, false)?), rest))
}

fn regex(pattern: &str, extended: bool, ignore_case: bool) -> Option<Regex> {
    let source = if extended {
        pattern.to_owned()
    } else {
        grep::basic(pattern)
    };
    RegexBuilder::new(&source)
        .case_insensitive(ignore_case)
        .size_limit(1 << 20)
        .build()
        .ok()
}

/// The text up to a separator that no backslash protects, and what is behind it.
fn until(text: &str, separator: char) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut chars = text.char_indices();
    while let Some((i, c)) = chars.next() {
        if c == separator {
            return Some((part, text.get(i.saturating_add(c.len_utf8())..)?));
        }
        if c == '\\' {
            match chars.next() {
                Some((_, next)) if next == separator => part.push(next),
                Some((_, next)) => part.extend(['\\', next]),
                None => return None,
            }
        } else {
            part.push(c);
        }
    }
    None
}

fn action(text: &str, extended: bool) -> Option<(Action, &str)> {
    let mut chars = text.chars();
    let verb = chars.next()?;
    let rest = chars.as_str();
    Some(match verb {
        'd' => (Action::Delete, rest),
        'p' => (Action::Print, rest),
        'q' => (Action::Quit, rest),
        'a' | 'i' | 'c' => {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            let (line, after) = if line.trim() == "\\" {
                after.split_once('\n').unwrap_or((after, ""))
            } else {
                (line, after)
            };
            let line = line.trim_start().trim_start_matches('\\').to_owned();
            let action = match verb {
                'a' => Action::Append(line),
                'i' => Action::Insert(line),
                _ => Action::Change(line),
            };
            (action, after)
        }
        's' => {
            let separator = rest.chars().next()?;
            let (pattern, rest) = until(rest.get(separator.len_utf8()..)?, separator)?;
            let (by, rest) = until(rest, separator)?;
            let flags: String = rest
                .chars()
                .take_while(|c| "gpIi0123456789".contains(*c))
                .collect();
            let regex = regex(&pattern, extended, flags.contains(['i', 'I']))?;
            let action = Action::Substitute {
                regex,
                by: replacement(&by),
                all: flags.contains('g'),
                print: flags.contains('p'),
            };
            (action, rest.get(flags.len()..)?)
        }
        'y' => {
            let separator = rest.chars().next()?;
            let (from, rest) = until(rest.get(separator.len_utf8()..)?, separator)?;
            let (to, rest) = until(rest, separator)?;
            (
                Action::Translate(from.chars().collect(), to.chars().collect()),
                rest,
            )
        }
        _ => return None,
    })
}

/// Turns sed's `&` and `\1` into the form of the regex library.
fn replacement(by: &str) -> String {
    let mut result = String::new();
    let mut chars = by.chars();
    while let Some(c) = chars.next() {
        match c {
            '&' => result.push_str("${0}"),
            '$' => result.push_str("$$"),
            '\\' => match chars.next() {
                Some(digit) if digit.is_ascii_digit() => result.push_str(&format!("${{{digit}}}")),
                Some('n') => result.push('\n'),
                Some('t') => result.push('\t'),
                Some('$') => result.push_str("$$"),
                Some(other) => result.push(other),
                None => {}
            },
            c => result.push(c),
        }
    }
    result
}

impl Address {
    fn hits(&self, line: &str, number: usize, last: bool) -> bool {
        match self {
            Address::All => true,
            Address::Line(wanted) => *wanted == number,
            Address::Last => last,
            Address::Pattern(regex) => regex.is_match(line),
        }
    }
}

impl Command {
    fn applies(&mut self, line: &str, number: usize, last: bool) -> bool {
        let Some(to) = &self.to else {
            return self.from.hits(line, number, last) != self.negated;
        };
        let was_inside = self.inside;
        if was_inside {
            let ends = match to {
                Address::Line(end) => number >= *end,
                other => other.hits(line, number, last),
            };
            self.inside = !ends;
        } else if self.from.hits(line, number, last) {
            self.inside = !matches!(to, Address::Line(end) if *end <= number);
            return !self.negated;
        }
        was_inside != self.negated
    }
}

fn apply(commands: &mut [Command], input: &str, quiet: bool) -> String {
    let mut output = String::new();
    let lines: Vec<&str> = input.lines().collect();
    for (i, line) in lines.iter().enumerate() {
        let (number, last) = (i.saturating_add(1), i.saturating_add(1) == lines.len());
        let mut space = (*line).to_owned();
        let (mut deleted, mut quits, mut after) = (false, false, String::new());
        for command in commands.iter_mut() {
            if !command.applies(&space, number, last) {
                continue;
            }
            match &command.action {
                Action::Substitute {
                    regex,
                    by,
                    all,
                    print,
                } => {
                    let hit = regex.is_match(&space);
                    space = regex
                        .replacen(&space, usize::from(!*all), by.as_str())
                        .into_owned();
                    if hit && *print {
                        output.push_str(&format!("{space}\n"));
                    }
                }
                Action::Translate(from, to) => {
                    let map = |c: char| {
                        from.iter()
                            .position(|known| *known == c)
                            .and_then(|at| to.get(at))
                            .copied()
                            .unwrap_or(c)
                    };
                    space = space.chars().map(map).collect();
                }
                Action::Delete => deleted = true,
                Action::Print => output.push_str(&format!("{space}\n")),
                Action::Quit => quits = true,
                Action::Append(text) => after.push_str(&format!("{text}\n")),
                Action::Insert(text) => output.push_str(&format!("{text}\n")),
                Action::Change(text) => {
                    output.push_str(&format!("{text}\n"));
                    deleted = true;
                }
            }
            if deleted || quits {
                break;
            }
        }
        if !deleted && !quiet {
            output.push_str(&space);
            output.push('\n');
        }
        output.push_str(&after);
        if quits {
            break;
        }
    }
    if !input.ends_with('\n') && output.ends_with('\n') {
        output.pop();
    }
    output
}

/// `awk '{print $1, $NF}'`, with `-F` and a pattern before the braces; everything else is refused.
pub(super) fn awk(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("F v f");
    let mut operands = options.operands.clone();
    if operands.is_empty() {
        return tool.fail(2, "usage: awk 'program' [file ...]");
    }
    let program = operands.remove(0);
    let Some((pattern, expressions)) = printing(&program) else {
        return tool.unsupported(&format!("program {program}"));
    };
    let separator = options.value("F").map(str::to_owned);
    let (bytes, failed) = tool.inputs(&operands)?;
    let mut output = String::new();
    for line in String::from_utf8_lossy(&bytes).lines() {
        if pattern
            .as_ref()
            .is_some_and(|pattern| !pattern.is_match(line))
        {
            continue;
        }
        let fields: Vec<&str> = match &separator {
            Some(separator) => line.split(separator.as_str()).collect(),
            None => line.split_whitespace().collect(),
        };
        let values: Vec<&str> = expressions
            .iter()
            .map(|expression| field(expression, line, &fields))
            .collect();
        output.push_str(&values.join(" "));
        output.push('\n');
    }
    tool.out(output)?;
    Ok(i32::from(failed))
}

fn field<'a>(expression: &'a str, line: &'a str, fields: &[&'a str]) -> &'a str {
    match expression.strip_prefix('$') {
        Some("0") => line,
        Some("NF") => fields.last().copied().unwrap_or(""),
        Some(number) => number
            .parse::<usize>()
            .ok()
            .and_then(|n| fields.get(n.checked_sub(1)?))
            .copied()
            .unwrap_or(""),
        None => expression.trim_matches('"'),
    }
}

/// The pattern and the printed expressions of a program that does nothing else.
fn printing(program: &str) -> Option<(Option<Regex>, Vec<String>)> {
    let shape =
        Regex::new(r"^\s*(?:/((?:[^/\\]|\\.)*)/)?\s*\{\s*print\s*([^{}|;>]*?);?\s*\}\s*$").ok()?;
    let parts = shape.captures(program)?;
    let pattern = match parts.get(1) {
        Some(pattern) => Some(Regex::new(pattern.as_str()).ok()?),
        None => None,
    };
    let list = parts.get(2).map_or("", |list| list.as_str()).trim();
    if list.is_empty() {
        return Some((pattern, vec!["$0".to_owned()]));
    }
    let part = Regex::new(r#"^(?:\$(?:\d+|NF)|"[^"$]*")$"#).ok()?;
    let expressions: Vec<String> = list.split(',').map(|text| text.trim().to_owned()).collect();
    expressions
        .iter()
        .all(|text| part.is_match(text))
        .then_some((pattern, expressions))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str, input: &str) -> String {
        apply(&mut parse(script, false).unwrap(), input, false)
    }

    #[test]
    fn common_scripts_work() {
        assert_eq!(run("s/a/[&]/g;2d", "aba\nx\ny\n"), "[a]b[a]\ny\n");
        assert_eq!(run(r"s|\(.*\)/\(.*\)|\2-\1|", "a/b\n"), "b-a\n");
        assert_eq!(run("/start/,/end/d", "1\nstart\n2\nend\n3\n"), "1\n3\n");
        assert_eq!(run("$!d", "1\n2\n"), "2\n");
        assert!(parse("b label", false).is_none());
    }

    #[test]
    fn awk_prints_fields_and_refuses_the_rest() {
        let (pattern, list) = printing("/x/ {print $2, $NF}").unwrap();
        assert!(pattern.unwrap().is_match("x"));
        assert_eq!(list, ["$2", "$NF"]);
        assert!(printing("BEGIN { system(\"id\") }").is_none());
    }
}
