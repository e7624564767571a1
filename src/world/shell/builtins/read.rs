//! `read`: one line of input into variables.

use crate::world::shell::vars::Value;
use crate::world::shell::{Halt, Shell};
use std::collections::BTreeMap;

/// What the options of `read` ask for.
struct Request {
    raw: bool,
    array: bool,
    delimiter: u8,
    most: Option<usize>,
    fd: u32,
    names: Vec<String>,
}

fn request(args: &[String]) -> Request {
    let mut request = Request {
        raw: false,
        array: false,
        delimiter: b'\n',
        most: None,
        fd: 0,
        names: Vec::new(),
    };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let Some(flags) = arg.strip_prefix('-').filter(|flags| !flags.is_empty()) else {
            request.names.push(arg.clone());
            continue;
        };
        for (i, flag) in flags.char_indices() {
            let mut value = || match flags
                .get(i.saturating_add(1)..)
                .filter(|rest| !rest.is_empty())
            {
                Some(rest) => rest.to_owned(),
                None => args.next().cloned().unwrap_or_default(),
            };
            match flag {
                'r' => request.raw = true,
                'a' => request.array = true,
                'd' => request.delimiter = value().bytes().next().unwrap_or(0),
                'n' | 'N' => request.most = value().parse().ok(),
                'u' => request.fd = value().parse().unwrap_or(0),
                // Prompts and time-outs have no effect: input is there or it has ended.
                'p' | 't' | 'i' => {
                    value();
                }
                _ => {}
            }
            if matches!(flag, 'd' | 'n' | 'N' | 'u' | 'p' | 't' | 'i') {
                break;
            }
        }
    }
    request
}

pub(super) fn run(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<i32, Halt> {
    let request = request(args);
    let (line, ended) = read_line(shell, &request)?;
    let separators = shell.state.vars.text("IFS").unwrap_or(" \t\n").to_owned();
    if request.array {
        let items = line
            .split(|c| separators.contains(c))
            .filter(|item| !item.is_empty());
        let items: BTreeMap<u64, String> = (0..).zip(items.map(str::to_owned)).collect();
        let name = request
            .names
            .first()
            .cloned()
            .unwrap_or_else(|| "REPLY".to_owned());
        shell.assign(&name, Value::List(items))?;
        return Ok(i32::from(ended));
    }
    let Some((last, names)) = request.names.split_last() else {
        shell.assign("REPLY", Value::Text(line))?;
        return Ok(i32::from(ended));
    };
    let is_space = |c: char| c.is_whitespace() && separators.contains(c);
    let mut rest = line.trim_matches(is_space);
    for name in names {
        let (field, after) = match rest.find(|c| separators.contains(c)) {
            Some(at) => (rest.get(..at).unwrap_or(""), rest.get(at..).unwrap_or("")),
            None => (rest, ""),
        };
        let after = after.trim_start_matches(is_space);
        // One separator that is no white space ends a field.
        rest = match after.chars().next() {
            Some(c) if separators.contains(c) => after
                .get(c.len_utf8()..)
                .unwrap_or("")
                .trim_start_matches(is_space),
            _ => after,
        };
        let field = field.to_owned();
        shell.assign(name, Value::Text(field))?;
    }
    shell.assign(last, Value::Text(rest.to_owned()))?;
    Ok(i32::from(ended))
}

/// Reads up to the delimiter. The flag says whether the input ended before it.
fn read_line(shell: &mut Shell<'_, '_>, request: &Request) -> Result<(String, bool), Halt> {
    let mut bytes = Vec::new();
    loop {
        if request.most.is_some_and(|most| bytes.len() >= most) {
            break;
        }
        shell.step()?;
        match shell
            .seat
            .read(shell.pid, request.fd, 1)?
            .unwrap_or_default()
            .first()
        {
            None => return Ok((String::from_utf8_lossy(&bytes).into_owned(), true)),
            Some(&byte) if byte == request.delimiter => break,
            Some(b'\\') if !request.raw => match shell
                .seat
                .read(shell.pid, request.fd, 1)?
                .unwrap_or_default()
                .first()
            {
                Some(b'\n') | None => {}
                Some(&byte) => bytes.push(byte),
            },
            Some(&byte) => bytes.push(byte),
        }
    }
    Ok((String::from_utf8_lossy(&bytes).into_owned(), false))
}
