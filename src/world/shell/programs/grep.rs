//! `grep` and its variants.

use super::{Done, Options, Tool};
use regex::{Regex, RegexBuilder};

/// Files that one recursive search reads.
const MAX_FILES: usize = 2_000;

pub(super) fn grep(tool: &mut Tool<'_, '_>) -> Done {
    search(tool, false, false)
}

pub(super) fn egrep(tool: &mut Tool<'_, '_>) -> Done {
    search(tool, true, false)
}

pub(super) fn fgrep(tool: &mut Tool<'_, '_>) -> Done {
    search(tool, false, true)
}

/// Turns a basic regular expression into an extended one: there `\(` groups and `(` is a character.
pub(super) fn basic(pattern: &str) -> String {
    let mut result = String::new();
    let mut chars = pattern.chars().peekable();
    let mut in_brackets = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(next @ ('(' | ')' | '{' | '}' | '+' | '?' | '|')) => result.push(next),
                Some(next) => {
                    result.push('\\');
                    result.push(next);
                }
                None => result.push_str("\\\\"),
            },
            '[' if !in_brackets => {
                in_brackets = true;
                result.push('[');
                if chars.peek() == Some(&'^') {
                    result.extend(chars.next());
                }
                if chars.peek() == Some(&']') {
                    chars.next();
                    result.push_str("\\]");
                }
            }
            ']' if in_brackets => {
                in_brackets = false;
                result.push(']');
            }
            '(' | ')' | '{' | '}' | '+' | '?' | '|' if !in_brackets => {
                result.push('\\');
                result.push(c);
            }
            '*' if result.is_empty() => result.push_str("\\*"),
            // A class such as `[:alpha:]` stays; any other bracket inside of brackets is a character.
            '[' if chars.peek() == Some(&':') => {
                result.push('[');
                for c in chars.by_ref() {
                    result.push(c);
                    if c == ']' {
                        break;
                    }
                }
            }
            '[' => result.push_str("\\["),
            c => result.push(c),
        }
    }
    result
}

fn compile(options: &Options, patterns: &[String], extended: bool, fixed: bool) -> Option<Regex> {
    let sources: Vec<String> = patterns
        .iter()
        .flat_map(|pattern| pattern.split('\n'))
        .map(|pattern| match (fixed, extended) {
            (true, _) => regex::escape(pattern),
            (_, true) => pattern.to_owned(),
            _ => basic(pattern),
        })
        .collect();
    let mut source = format!("(?:{})", sources.join("|"));
    if options.has("w word-regexp") {
        source = format!(r"\b{source}\b");
    }
    if options.has("x line-regexp") {
        source = format!("^{source}$");
    }
    RegexBuilder::new(&source)
        .case_insensitive(options.has("i y ignore-case"))
        .size_limit(4 << 20)
        .build()
        .ok()
}

fn search(tool: &mut Tool<'_, '_>, extended: bool, fixed: bool) -> Done {
    let options = tool.options("e f m A B C include exclude exclude-dir max-count regexp file");
    let mut operands = options.operands.clone();
    let mut patterns: Vec<String> = options.values("e regexp").map(str::to_owned).collect();
    if patterns.is_empty() {
        if operands.is_empty() {
            return tool.fail(2, "no pattern");
        }
        patterns.push(operands.remove(0));
    }
    let extended = extended || options.has("E P extended-regexp perl-regexp");
    let Some(regex) = compile(
        &options,
        &patterns,
        extended,
        fixed || options.has("F fixed-strings"),
    ) else {
        return tool.unsupported("this pattern");
    };
    let recursive = options.has("r R recursive dereference-recursive");
    let mut files = Vec::new();
    if operands.is_empty() && recursive {
        operands.push(".".to_owned());
    }
    if operands.is_empty() {
        operands.push("-".to_owned());
    }
    for path in operands {
        collect(tool, path, recursive, &mut files);
    }
    let named = (files.len() > 1 || recursive || options.has("H with-filename"))
        && !options.has("h no-filename");
    let (mut found, mut failed) = (false, false);
    for path in files {
        let caller = tool.caller();
        let bytes = if path == "-" {
            tool.input()?
        } else {
            match tool.seat.read_file(&caller, &path) {
                Ok(bytes) => bytes,
                Err(errno) => {
                    failed = true;
                    if !options.has("s no-messages") {
                        tool.fail_on(&path, errno)?;
                    }
                    continue;
                }
            }
        };
        let hit = report(
            tool,
            &options,
            &regex,
            &bytes,
            if named { Some(&path) } else { None },
        )?;
        if hit && options.has("l files-with-matches") {
            tool.out(format!("{path}\n"))?;
        }
        found |= hit;
        if found && options.has("q quiet silent") {
            return Ok(0);
        }
    }
    Ok(if failed && !found {
        2
    } else {
        i32::from(!found)
    })
}

fn collect(tool: &mut Tool<'_, '_>, path: String, recursive: bool, files: &mut Vec<String>) {
    let caller = tool.caller();
    let names = if recursive && path != "-" {
        tool.seat.list(&caller, &path).ok()
    } else {
        None
    };
    match names {
        Some(names) => {
            for name in names {
                if files.len() < MAX_FILES {
                    collect(
                        tool,
                        format!("{}/{name}", path.trim_end_matches('/')),
                        true,
                        files,
                    );
                }
            }
        }
        None => files.push(path),
    }
}

/// Prints what matches in one file; whether something does.
fn report(
    tool: &mut Tool<'_, '_>,
    options: &Options,
    regex: &Regex,
    bytes: &[u8],
    name: Option<&str>,
) -> Result<bool, crate::world::Stopped> {
    let text = String::from_utf8_lossy(bytes);
    let invert = options.has("v invert-match");
    let most = options
        .value("m max-count")
        .and_then(|text| text.parse().ok())
        .unwrap_or(usize::MAX);
    let silent = options.has("q quiet silent l files-with-matches L c count");
    let prefix = name.map(|name| format!("{name}:")).unwrap_or_default();
    let mut count = 0_usize;
    let mut output = String::new();
    for (i, line) in text.lines().enumerate() {
        if regex.is_match(line) == invert || count >= most {
            continue;
        }
        count = count.saturating_add(1);
        if silent {
            continue;
        }
        let number = if options.has("n line-number") {
            format!("{}:", i.saturating_add(1))
        } else {
            String::new()
        };
        if options.has("o only-matching") && !invert {
            for part in regex.find_iter(line).filter(|part| !part.is_empty()) {
                output.push_str(&format!("{prefix}{number}{}\n", part.as_str()));
            }
        } else {
            output.push_str(&format!("{prefix}{number}{line}\n"));
        }
    }
    if options.has("c count") {
        output = format!("{prefix}{count}\n");
    }
    tool.out(output)?;
    Ok(count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_expressions_swap_the_meaning_of_backslashes() {
        assert_eq!(basic(r"a\(b\)+c"), r"a(b)\+c");
        assert_eq!(basic("[[:space:](]*"), "[[:space:](]*");
        assert_eq!(basic("*a"), r"\*a");
    }
}
