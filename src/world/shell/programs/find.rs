//! `find`, as far as scripts use it: `-name -iname -path -type -maxdepth -mindepth -size -delete -print -print0 -exec`, `!`, `-o`.

use super::{Done, Tool, runners};
use crate::world::fs::Type;
use crate::world::shell::pattern::{self, Glyph, glyphs};

/// One test or action.
enum Test {
    Name(Vec<Glyph>, bool),
    Path(Vec<Glyph>),
    Kind(Type),
    Empty,
    Delete,
    Print(char),
    Exec(Vec<String>),
    Always,
}

struct Term {
    negated: bool,
    test: Test,
}

struct Search {
    /// Alternatives of conjunctions.
    alternatives: Vec<Vec<Term>>,
    most: usize,
    least: usize,
    acts: bool,
}

/// Reads the expression; `None` for what is not known here.
fn parse(args: &[String]) -> Option<Search> {
    let mut search = Search {
        alternatives: vec![Vec::new()],
        most: usize::MAX,
        least: 0,
        acts: false,
    };
    let mut negated = false;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "!" | "-not" => negated = true,
            "-o" | "-or" => search.alternatives.push(Vec::new()),
            "-a" | "-and" | "(" | ")" | "-xdev" | "-follow" => {}
            "-maxdepth" => search.most = args.next()?.parse().ok()?,
            "-mindepth" => search.least = args.next()?.parse().ok()?,
            name => {
                let test = test(name, &mut args)?;
                search.acts |= matches!(test, Test::Delete | Test::Print(_) | Test::Exec(_));
                let negated = std::mem::take(&mut negated);
                search.alternatives.last_mut()?.push(Term { negated, test });
            }
        }
    }
    Some(search)
}

/// Reads one test or action with its argument.
fn test(name: &str, args: &mut std::slice::Iter<'_, String>) -> Option<Test> {
    Some(match name {
        "-name" => Test::Name(glyphs(args.next()?, false).collect(), false),
        "-iname" => Test::Name(glyphs(&args.next()?.to_lowercase(), false).collect(), true),
        "-path" | "-wholename" | "-ipath" => Test::Path(glyphs(args.next()?, false).collect()),
        "-type" => Test::Kind(match args.next()?.as_str() {
            "f" => Type::File,
            "d" => Type::Directory,
            "l" => Type::Link,
            _ => return None,
        }),
        "-empty" => Test::Empty,
        // Ages, sizes and owners hold: a search finds rather too much.
        "-mtime" | "-newer" | "-size" | "-perm" | "-user" | "-mmin" | "-atime" => {
            args.next()?;
            Test::Always
        }
        "-delete" => Test::Delete,
        "-print" => Test::Print('\n'),
        "-print0" => Test::Print('\0'),
        "-prune" => Test::Always,
        "-exec" | "-execdir" | "-ok" => {
            let words = args.by_ref().take_while(|arg| *arg != ";" && *arg != "+");
            Test::Exec(words.cloned().collect())
        }
        _ => return None,
    })
}

pub(super) fn find(tool: &mut Tool<'_, '_>) -> Done {
    let args = tool.args.clone();
    let roots: Vec<String> = args
        .iter()
        .take_while(|arg| !arg.starts_with('-') && *arg != "!" && *arg != "(")
        .cloned()
        .collect();
    let Some(search) = parse(args.get(roots.len()..).unwrap_or(&[])) else {
        return tool.unsupported(&args.join(" "));
    };
    let roots = if roots.is_empty() {
        vec![".".to_owned()]
    } else {
        roots
    };
    let mut status = 0;
    for root in roots {
        let caller = tool.caller();
        if let Err(errno) = tool.seat.world.stat(&caller, &root, false) {
            status = tool.fail(1, &format!("'{root}': {}", errno.message()))?;
            continue;
        }
        if tool.is_directory(&root)
            && let Err(errno) = tool.seat.list(&caller, &root)
        {
            status = tool.fail_on(&root, errno)?;
            continue;
        }
        let mut paths = tool.tree(&root);
        paths.sort();
        if search
            .alternatives
            .iter()
            .flatten()
            .any(|term| matches!(term.test, Test::Delete))
        {
            paths.reverse();
        }
        for path in paths {
            let depth = path
                .strip_prefix(root.as_str())
                .unwrap_or("")
                .split('/')
                .filter(|part| !part.is_empty())
                .count();
            if (search.least..=search.most).contains(&depth) {
                visit(tool, &search, &path)?;
            }
        }
    }
    Ok(status)
}

fn visit(
    tool: &mut Tool<'_, '_>,
    search: &Search,
    path: &str,
) -> Result<(), crate::world::Stopped> {
    for terms in &search.alternatives {
        let mut holds = true;
        for term in terms {
            holds = check(tool, &term.test, path)? != term.negated;
            if !holds {
                break;
            }
        }
        if holds {
            if !search.acts {
                tool.out(format!("{path}\n"))?;
            }
            break;
        }
    }
    Ok(())
}

fn check(tool: &mut Tool<'_, '_>, test: &Test, path: &str) -> Result<bool, crate::world::Stopped> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let text = |text: &str| text.chars().collect::<Vec<char>>();
    Ok(match test {
        Test::Name(wanted, lower) => {
            let name = if *lower {
                name.to_lowercase()
            } else {
                name.to_owned()
            };
            pattern::matches(wanted, &text(&name))
        }
        Test::Path(wanted) => pattern::matches(wanted, &text(path)),
        Test::Kind(kind) => tool.kind(path, false) == Some(*kind),
        Test::Empty => match tool.seat.world.peek_list(tool.pid, path) {
            Ok(names) => names.is_empty(),
            Err(_) => tool
                .seat
                .world
                .peek_stat(tool.pid, path, false)
                .is_ok_and(|stat| stat.size == 0),
        },
        Test::Delete => {
            let caller = tool.caller();
            let result = if tool.kind(path, false) == Some(Type::Directory) {
                tool.seat.world.rmdir(&caller, path)
            } else {
                tool.seat.world.unlink(&caller, path)
            };
            tool.outcome("delete", path, result)? == 0
        }
        Test::Print(end) => {
            tool.out(format!("{path}{end}"))?;
            true
        }
        Test::Exec(command) => {
            let argv = command.iter().map(|arg| arg.replace("{}", path)).collect();
            runners::start(tool, argv, None)? == 0
        }
        Test::Always => true,
    })
}
