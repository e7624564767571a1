//! Lesser programs that copy, join and number lines and bytes.

use super::{Done, Tool};

/// Bytes that one `dd` copies.
const MAX_COPY: usize = 16 << 20;

pub(super) fn tac(tool: &mut Tool<'_, '_>) -> Done {
    let operands = tool.options("").operands;
    let (bytes, failed) = tool.inputs(&operands)?;
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    lines.reverse();
    tool.out(lines.concat())?;
    Ok(i32::from(failed))
}

pub(super) fn nl(tool: &mut Tool<'_, '_>) -> Done {
    let operands = tool.options("b s w n v i").operands;
    let (bytes, failed) = tool.inputs(&operands)?;
    let mut number = 0_usize;
    let mut output = String::new();
    for line in String::from_utf8_lossy(&bytes).lines() {
        if line.is_empty() {
            output.push_str("       \n");
            continue;
        }
        number = number.saturating_add(1);
        output.push_str(&format!("{number:6}\t{line}\n"));
    }
    tool.out(output)?;
    Ok(i32::from(failed))
}

/// `paste`: files side by side, or with `-s` the lines of one file in one line.
pub(super) fn paste(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("d delimiters");
    let delimiter = options.value("d delimiters").unwrap_or("\t").to_owned();
    let operands = if options.operands.is_empty() {
        vec!["-".to_owned()]
    } else {
        options.operands.clone()
    };
    let mut columns = Vec::new();
    for path in &operands {
        let Some(bytes) = tool.operand(path)? else {
            return Ok(1);
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        columns.push(text.lines().map(str::to_owned).collect::<Vec<String>>());
    }
    let mut output = String::new();
    if options.has("s serial") {
        for column in columns {
            output.push_str(&format!("{}\n", column.join(&delimiter)));
        }
    } else {
        let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
        for row in 0..longest {
            let cells = columns
                .iter()
                .map(|column| column.get(row).map_or("", String::as_str));
            output.push_str(&format!("{}\n", cells.collect::<Vec<_>>().join(&delimiter)));
        }
    }
    tool.out(output)?;
    Ok(0)
}

/// A size such as `4k` or `1M`, in bytes.
fn size(text: &str) -> Option<usize> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.get(digits.len()..)?.chars().next() {
        None | Some('c') => 1,
        Some('b') => 512,
        Some('k' | 'K') => 1 << 10,
        Some('M') => 1 << 20,
        Some('G') => 1 << 30,
        Some(_) => return None,
    };
    digits.parse::<usize>().ok()?.checked_mul(unit)
}

/// `dd`, with `if of bs count skip`.
pub(super) fn dd(tool: &mut Tool<'_, '_>) -> Done {
    let args = tool.args.clone();
    let value = |name: &str| {
        args.iter()
            .find_map(|arg| arg.strip_prefix(name)?.strip_prefix('='))
    };
    let block = value("bs").and_then(size).unwrap_or(512).max(1);
    let bytes_of = |blocks: usize| blocks.saturating_mul(block).min(MAX_COPY);
    let most = value("count").and_then(size).map_or(MAX_COPY, bytes_of);
    let skipped = value("skip").and_then(size).map_or(0, bytes_of);
    let source = value("if").unwrap_or("-");
    let bytes = match source {
        // These have no end.
        "/dev/zero" => vec![0; most],
        "/dev/urandom" | "/dev/random" => {
            let mut bytes = vec![0; most];
            tool.seat.world.random.fill(&mut bytes);
            bytes
        }
        path => match tool.operand(path)? {
            Some(bytes) => bytes,
            None => return Ok(1),
        },
    };
    let end = skipped.saturating_add(most).min(bytes.len());
    let part = bytes.get(skipped.min(end)..end).unwrap_or_default();
    match value("of") {
        None => tool.out(part)?,
        Some(path) => {
            let caller = tool.caller();
            if let Err(errno) = tool.seat.write_file(&caller, path, part, false) {
                return tool.fail_on(path, errno);
            }
        }
    }
    Ok(0)
}

/// `strings`: runs of four and more printable characters.
pub(super) fn strings(tool: &mut Tool<'_, '_>) -> Done {
    let operands = tool.options("n t e").operands;
    let (bytes, failed) = tool.inputs(&operands)?;
    let is_text = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    for run in bytes
        .split(|byte| !is_text(byte))
        .filter(|run| run.len() >= 4)
    {
        tool.out(run)?;
        tool.out("\n")?;
    }
    Ok(i32::from(failed))
}

/// `install`: copies with a mode, or makes directories.
pub(super) fn install(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("m o g t mode owner group target-directory");
    let mode = options
        .value("m mode")
        .and_then(|text| u32::from_str_radix(text, 8).ok())
        .unwrap_or(0o755);
    let mut operands = options.operands.clone();
    let caller = tool.caller();
    if options.has("d directory") {
        let mut status = 0;
        for path in operands {
            let result = tool.seat.world.mkdir(&caller, &path, mode);
            status |= tool.outcome("create directory", &path, result)?;
        }
        return Ok(status);
    }
    let Some(target) = options
        .value("t target-directory")
        .map(str::to_owned)
        .or_else(|| operands.pop())
    else {
        return tool.fail(1, "missing file operand");
    };
    let mut status = 0;
    for path in operands {
        let name = path.rsplit('/').next().unwrap_or(&path);
        let to = if tool.is_directory(&target) {
            format!("{target}/{name}")
        } else {
            target.clone()
        };
        let copied = tool.seat.world.copy_file(&caller, &path, &to, false);
        let result = copied.and_then(|()| tool.seat.world.chmod(&caller, &to, mode));
        status |= tool.outcome("install", &to, result)?;
    }
    Ok(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("4k"), Some(4_096));
        assert_eq!(size("1M"), Some(1 << 20));
        assert_eq!(size("x"), None);
    }
}
