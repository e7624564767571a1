//! Programs that read lines and write lines.

use super::{Done, Tool};

/// Lines with their ends.
fn lines(bytes: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n')
}

fn without_end(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

pub(super) fn cat(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("");
    let (bytes, failed) = tool.inputs(&options.operands)?;
    if options.has("n number") {
        for (i, line) in lines(&bytes).enumerate() {
            tool.out(format!("{:6}\t", i.saturating_add(1)))?;
            tool.out(line)?;
        }
    } else {
        tool.out(bytes)?;
    }
    Ok(i32::from(failed))
}

pub(super) fn tee(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("");
    let bytes = tool.input()?;
    let (append, mut status) = (options.has("a append"), 0);
    for path in &options.operands {
        let caller = tool.caller();
        if let Err(errno) = tool.seat.write_file(&caller, path, &bytes, append) {
            status = tool.fail_on(path, errno)?;
        }
    }
    tool.out(bytes)?;
    Ok(status)
}

/// What `head` and `tail` are asked for: how many lines or bytes, and the sign that turns it around.
fn amount(tool: &Tool<'_, '_>) -> (super::Options, bool, char, usize) {
    let args: Vec<String> = tool
        .args
        .iter()
        .map(|arg| match arg.strip_prefix('+') {
            Some(number) if number.parse::<usize>().is_ok() => format!("-n+{number}"),
            _ => arg.clone(),
        })
        .collect();
    let options = super::Options::parse(&args, "n c lines bytes pid");
    let bytes = options.value("c bytes").is_some();
    let text = options.value("c bytes n lines").unwrap_or("").to_owned();
    let sign = text
        .chars()
        .next()
        .filter(|c| matches!(c, '+' | '-'))
        .unwrap_or(' ');
    let number = text
        .trim_start_matches(['+', '-'])
        .parse()
        .ok()
        .or(options.digits());
    (options, bytes, sign, number.unwrap_or(10))
}

/// The pieces that `head` and `tail` count: bytes or lines.
fn units(bytes: &[u8], by_bytes: bool) -> Vec<&[u8]> {
    if by_bytes {
        bytes.chunks(1).collect()
    } else {
        lines(bytes).collect()
    }
}

pub(super) fn head(tool: &mut Tool<'_, '_>) -> Done {
    let (options, by_bytes, sign, count) = amount(tool);
    let (bytes, failed) = tool.inputs(&options.operands)?;
    let unit = units(&bytes, by_bytes);
    let end = if sign == '-' {
        unit.len().saturating_sub(count)
    } else {
        count
    };
    tool.out(unit.into_iter().take(end).collect::<Vec<_>>().concat())?;
    Ok(i32::from(failed))
}

pub(super) fn tail(tool: &mut Tool<'_, '_>) -> Done {
    let (options, by_bytes, sign, count) = amount(tool);
    let (bytes, failed) = tool.inputs(&options.operands)?;
    let unit = units(&bytes, by_bytes);
    let start = if sign == '+' {
        count.saturating_sub(1)
    } else {
        unit.len().saturating_sub(count)
    };
    tool.out(unit.into_iter().skip(start).collect::<Vec<_>>().concat())?;
    Ok(i32::from(failed))
}

pub(super) fn wc(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("");
    let (bytes, failed) = tool.inputs(&options.operands)?;
    let text = String::from_utf8_lossy(&bytes);
    let all = !options.has("l c w m lines bytes words chars");
    let mut counts = Vec::new();
    if all || options.has("l lines") {
        counts.push(bytes.iter().filter(|byte| **byte == b'\n').count());
    }
    if all || options.has("w words") {
        counts.push(text.split_whitespace().count());
    }
    if options.has("m chars") {
        counts.push(text.chars().count());
    } else if all || options.has("c bytes") {
        counts.push(bytes.len());
    }
    let mut line: Vec<String> = counts.iter().map(usize::to_string).collect();
    if let [path] = options.operands.as_slice() {
        line.push(path.clone());
    }
    tool.out(format!("{}\n", line.join(" ")))?;
    Ok(i32::from(failed))
}

pub(super) fn rev(tool: &mut Tool<'_, '_>) -> Done {
    let operands = tool.options("").operands;
    let (bytes, failed) = tool.inputs(&operands)?;
    let mut output = String::new();
    for line in String::from_utf8_lossy(&bytes).lines() {
        output.extend(line.chars().rev());
        output.push('\n');
    }
    tool.out(output)?;
    Ok(i32::from(failed))
}

/// Ranges such as `1,3-5,7-`, from 1.
fn ranges(text: &str) -> Vec<(usize, usize)> {
    let part = |part: &str| -> Option<(usize, usize)> {
        match part.split_once('-') {
            None => part.parse().ok().map(|n| (n, n)),
            Some(("", end)) => Some((1, end.parse().ok()?)),
            Some((start, "")) => Some((start.parse().ok()?, usize::MAX)),
            Some((start, end)) => Some((start.parse().ok()?, end.parse().ok()?)),
        }
    };
    text.split(',').filter_map(part).collect()
}

pub(super) fn cut(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("d f c b delimiter fields characters bytes output-delimiter");
    let (bytes, failed) = tool.inputs(&options.operands)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let delimiter = options.value("d delimiter").unwrap_or("\t").to_owned();
    let by_field = options.value("f fields");
    let wanted = ranges(
        by_field
            .or(options.value("c b characters bytes"))
            .unwrap_or(""),
    );
    let chosen = |i: usize| {
        wanted
            .iter()
            .any(|(start, end)| (*start..=*end).contains(&i.saturating_add(1)))
    };
    for line in text.lines() {
        let kept = if by_field.is_none() {
            line.chars()
                .enumerate()
                .filter(|(i, _)| chosen(*i))
                .map(|(_, c)| c)
                .collect()
        } else if delimiter.is_empty() || !line.contains(&delimiter) {
            if options.has("s only-delimited") {
                continue;
            }
            line.to_owned()
        } else {
            let fields = line
                .split(delimiter.as_str())
                .enumerate()
                .filter(|(i, _)| chosen(*i));
            fields
                .map(|(_, field)| field)
                .collect::<Vec<_>>()
                .join(options.value("output-delimiter").unwrap_or(&delimiter))
        };
        tool.out(format!("{kept}\n"))?;
    }
    Ok(i32::from(failed))
}

/// The characters that an argument of `tr` stands for.
fn character_set(text: &str) -> Vec<char> {
    let mut source = text.to_owned();
    let classes = [
        ("[:lower:]", "a-z"),
        ("[:upper:]", "A-Z"),
        ("[:digit:]", "0-9"),
        ("[:alpha:]", "A-Za-z"),
        ("[:alnum:]", "0-9A-Za-z"),
        ("[:space:]", " \t\n\r\u{b}\u{c}"),
        ("[:blank:]", " \t"),
        ("[:punct:]", "!-/:-@[-`{-~"),
        ("[:print:]", " -~"),
        ("[:graph:]", "!-~"),
        ("[:cntrl:]", "\u{1}-\u{1f}\u{7f}"),
        ("[:xdigit:]", "0-9A-Fa-f"),
    ];
    for (class, range) in classes {
        source = source.replace(class, range);
    }
    let chars: Vec<char> = crate::world::shell::expand::unescape(&source)
        .chars()
        .collect();
    let mut set = Vec::new();
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        match (
            chars.get(i.saturating_add(1)),
            chars.get(i.saturating_add(2)),
        ) {
            (Some('-'), Some(&end)) if end >= c => {
                set.extend((c..=end).take(65_536));
                i = i.saturating_add(3);
            }
            _ => {
                set.push(c);
                i = i.saturating_add(1);
            }
        }
    }
    set
}

pub(super) fn tr(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("");
    let input = tool.input()?;
    let text = String::from_utf8_lossy(&input).into_owned();
    let mut sets = options.operands.iter().map(|text| character_set(text));
    let (from, to) = (
        sets.next().unwrap_or_default(),
        sets.next().unwrap_or_default(),
    );
    let complement = options.has("c C complement");
    let position = |c: char| from.iter().position(|known| *known == c);
    let (delete, squeeze) = (options.has("d delete"), options.has("s squeeze-repeats"));
    let squeezed = if to.is_empty() { &from } else { &to };
    let mut output = String::new();
    for c in text.chars() {
        let hit = position(c).is_some() != complement;
        let c = match (hit, delete) {
            (true, true) => continue,
            (true, false) if !to.is_empty() => {
                let at = if complement {
                    usize::MAX
                } else {
                    position(c).unwrap_or(0)
                };
                to.get(at).or(to.last()).copied().unwrap_or(c)
            }
            _ => c,
        };
        if squeeze
            && output.ends_with(c)
            && (squeezed.contains(&c) || (complement && to.is_empty() && hit))
        {
            continue;
        }
        output.push(c);
    }
    tool.out(output)?;
    Ok(0)
}

pub(super) fn sort(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("k t o key field-separator output");
    let (bytes, failed) = tool.inputs(&options.operands)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut rows: Vec<&str> = text.lines().collect();
    let separator = options.value("t field-separator").map(str::to_owned);
    let key = options.value("k key").unwrap_or("").to_owned();
    let field = key
        .split(['.', ','])
        .next()
        .unwrap_or("")
        .trim_end_matches(|c: char| c.is_alphabetic())
        .parse::<usize>()
        .ok();
    let key_of = |row: &str| -> String {
        match (field, &separator) {
            (None, _) => row.to_owned(),
            (Some(n), Some(separator)) => row
                .split(separator.as_str())
                .nth(n.saturating_sub(1))
                .unwrap_or("")
                .to_owned(),
            (Some(n), None) => row
                .split_whitespace()
                .nth(n.saturating_sub(1))
                .unwrap_or("")
                .to_owned(),
        }
    };
    let numeric =
        options.has("n g h V numeric-sort human-numeric-sort version-sort") || key.contains('n');
    let number = |row: &str| -> f64 {
        let key = key_of(row);
        let digits: String = key
            .trim_start()
            .chars()
            .take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-'))
            .collect();
        digits.parse().unwrap_or(0.0)
    };
    if numeric {
        rows.sort_by(|a, b| number(a).total_cmp(&number(b)).then_with(|| a.cmp(b)));
    } else if options.has("f ignore-case") {
        rows.sort_by_key(|row| key_of(row).to_lowercase());
    } else {
        rows.sort_by_key(|row| key_of(row));
    }
    if options.has("r reverse") || key.ends_with('r') {
        rows.reverse();
    }
    if options.has("u unique") {
        rows.dedup();
    }
    let output: String = rows.iter().map(|row| format!("{row}\n")).collect();
    if let Some(path) = options.value("o output") {
        let caller = tool.caller();
        return match tool
            .seat
            .write_file(&caller, path, output.as_bytes(), false)
        {
            Ok(()) => Ok(0),
            Err(errno) => tool.fail_on(path, errno),
        };
    }
    tool.out(output)?;
    Ok(i32::from(failed))
}

pub(super) fn uniq(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("f s w");
    let (bytes, failed) = tool.inputs(options.operands.get(..1).unwrap_or(&[]))?;
    let mut runs: Vec<(usize, &[u8])> = Vec::new();
    for line in lines(&bytes) {
        match runs.last_mut() {
            Some((count, last)) if without_end(last) == without_end(line) => {
                *count = count.saturating_add(1)
            }
            _ => runs.push((1, line)),
        }
    }
    for (count, line) in runs {
        let wanted = match (options.has("d repeated"), options.has("u unique")) {
            (true, _) => count > 1,
            (_, true) => count == 1,
            _ => true,
        };
        if wanted {
            if options.has("c count") {
                tool.out(format!("{count:7} "))?;
            }
            tool.out(line)?;
        }
    }
    Ok(i32::from(failed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_sets_are_read_as_cut_and_tr_read_them() {
        assert_eq!(ranges("1,3-4,6-"), [(1, 1), (3, 4), (6, usize::MAX)]);
        assert_eq!(character_set("a-c\\n"), ['a', 'b', 'c', '\n']);
        assert_eq!(character_set("[:digit:]").len(), 10);
    }
}
