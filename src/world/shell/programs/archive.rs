//! `tar`, in memory.

use super::{Done, Tool, encode};
use std::io::Read as _;

/// Entries of one archive.
const MAX_ENTRIES: usize = 20_000;

/// What the arguments of `tar` ask for; the first may be letters without a dash.
struct Request {
    letters: String,
    file: Option<String>,
    directory: Option<String>,
    strip: usize,
    operands: Vec<String>,
}

fn request(args: &[String]) -> Request {
    let mut request = Request {
        letters: String::new(),
        file: None,
        directory: None,
        strip: 0,
        operands: Vec::new(),
    };
    let mut args = args.iter().cloned();
    let mut first = true;
    while let Some(arg) = args.next() {
        let old_style = std::mem::take(&mut first) && !arg.starts_with('-');
        if let Some(long) = arg.strip_prefix("--") {
            let (name, value) = long
                .split_once('=')
                .map_or((long.to_owned(), None), |(n, v)| {
                    (n.to_owned(), Some(v.to_owned()))
                });
            match name.as_str() {
                "file" => request.file = value.or_else(|| args.next()),
                "directory" => request.directory = value.or_else(|| args.next()),
                "strip-components" | "strip" => {
                    request.strip = value
                        .or_else(|| args.next())
                        .and_then(|text| text.parse().ok())
                        .unwrap_or(0);
                }
                "extract" | "get" => request.letters.push('x'),
                "create" => request.letters.push('c'),
                "list" => request.letters.push('t'),
                "gzip" => request.letters.push('z'),
                "exclude" => {
                    value.or_else(|| args.next());
                }
                _ => {}
            }
        } else if old_style || (arg.starts_with('-') && arg.len() > 1) {
            for letter in arg.trim_start_matches('-').chars() {
                match letter {
                    'f' => request.file = args.next(),
                    'C' => request.directory = args.next(),
                    letter => request.letters.push(letter),
                }
            }
        } else {
            request.operands.push(arg);
        }
    }
    request
}

pub(super) fn tar(tool: &mut Tool<'_, '_>) -> Done {
    let request = request(&tool.args.clone());
    if request.letters.contains('c') {
        return create(tool, &request);
    }
    if !request.letters.contains(['x', 't']) {
        return tool.fail(
            2,
            "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options",
        );
    }
    let path = request.file.clone().unwrap_or_else(|| "-".to_owned());
    let Some(bytes) = tool.operand(&path)? else {
        return tool.fail(2, "Error is not recoverable: exiting now");
    };
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        encode::expand(&bytes).unwrap_or_default()
    } else {
        bytes
    };
    match unpack(tool, &request, &bytes)? {
        true => Ok(0),
        false => tool.fail(2, "This does not look like a tar archive"),
    }
}

/// Extracts or lists; `false` for bytes that are no archive.
fn unpack(
    tool: &mut Tool<'_, '_>,
    request: &Request,
    bytes: &[u8],
) -> Result<bool, crate::world::Stopped> {
    let mut archive = tar::Archive::new(bytes);
    let Ok(entries) = archive.entries() else {
        return Ok(false);
    };
    let (mut good, caller) = (true, tool.caller());
    let base = request.directory.clone().unwrap_or_else(|| ".".to_owned());
    for entry in entries.take(MAX_ENTRIES) {
        let Ok(mut entry) = entry else {
            good = false;
            break;
        };
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if request.letters.contains('t') {
            let slash = if entry.header().entry_type().is_dir() && !name.ends_with('/') {
                "/"
            } else {
                ""
            };
            tool.out(format!("{name}{slash}\n"))?;
            continue;
        }
        // Like tar itself: no absolute names, no way up.
        let parts: Vec<&str> = name
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".")
            .skip(request.strip)
            .collect();
        if parts.is_empty() || parts.contains(&"..") {
            continue;
        }
        let target = format!("{base}/{}", parts.join("/"));
        let mode = entry.header().mode().unwrap_or(0o644) & 0o777;
        make_parents(tool, &target);
        let kind = entry.header().entry_type();
        let result = if kind.is_dir() {
            if tool.is_directory(&target) {
                Ok(())
            } else {
                tool.seat.world.mkdir(&caller, &target, mode)
            }
        } else if kind.is_symlink() {
            let link = entry
                .link_name_bytes()
                .map(|link| String::from_utf8_lossy(&link).into_owned());
            tool.seat
                .world
                .symlink(&caller, &link.unwrap_or_default(), &target)
        } else if kind.is_file() {
            let mut contents = Vec::new();
            if entry
                .by_ref()
                .take(encode::MAX_EXPANDED)
                .read_to_end(&mut contents)
                .is_err()
            {
                good = false;
            }
            tool.seat
                .world
                .write_file(&caller, &target, &contents, mode)
        } else {
            continue;
        };
        if let Err(errno) = result {
            tool.fail_on(&target, errno)?;
        }
    }
    Ok(good)
}

/// Makes the directories above a path that are not there.
fn make_parents(tool: &mut Tool<'_, '_>, path: &str) {
    let caller = tool.caller();
    for (i, _) in path.match_indices('/').filter(|(i, _)| *i > 0) {
        if let Some(parent) = path.get(..i).filter(|parent| !tool.is_directory(parent)) {
            // A parent that cannot be made shows in the failure of its child.
            let _ = tool.seat.world.mkdir(&caller, parent, 0o777);
        }
    }
}

fn create(tool: &mut Tool<'_, '_>, request: &Request) -> Done {
    let mut builder = tar::Builder::new(Vec::new());
    let mut status = 0;
    for operand in &request.operands {
        let root = match &request.directory {
            Some(directory) => format!("{directory}/{operand}"),
            None => operand.clone(),
        };
        for path in tool.tree(&root) {
            let caller = tool.caller();
            let Ok(stat) = tool.seat.world.peek_stat(tool.pid, &path, false) else {
                status = tool.fail(
                    2,
                    &format!("{path}: Cannot stat: No such file or directory"),
                )?;
                continue;
            };
            let name = format!("{operand}{}", path.strip_prefix(&root).unwrap_or(""));
            let name = name.trim_start_matches('/').to_owned();
            let mut header = tar::Header::new_gnu();
            header.set_mode(stat.mode & 0o777);
            header.set_mtime(stat.mtime / 1_000_000_000);
            let contents = match stat.kind {
                crate::world::fs::Type::Directory => {
                    header.set_entry_type(tar::EntryType::Directory);
                    Vec::new()
                }
                crate::world::fs::Type::File => match tool.seat.read_file(&caller, &path) {
                    Ok(contents) => contents,
                    Err(errno) => {
                        status = tool.fail_on(&path, errno)?;
                        continue;
                    }
                },
                _ => continue,
            };
            header.set_size(contents.len() as u64);
            // Writing into memory fails only for names that no archive can hold.
            if builder
                .append_data(&mut header, name, contents.as_slice())
                .is_err()
            {
                status = 2;
            }
        }
    }
    let bytes = builder.into_inner().unwrap_or_default();
    let bytes = if request.letters.contains('z') {
        encode::compress(&bytes)
    } else {
        bytes
    };
    match request.file.as_deref() {
        None | Some("-") => tool.out(bytes)?,
        Some(path) => {
            let caller = tool.caller();
            if let Err(errno) = tool.seat.write_file(&caller, path, &bytes, false) {
                return tool.fail_on(path, errno);
            }
        }
    }
    Ok(status)
}
