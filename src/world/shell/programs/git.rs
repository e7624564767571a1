//! `git`: answers about the working tree that the machine has; what changes or sends is recorded.

use super::{Done, Tool};

impl Tool<'_, '_> {
    /// The nearest directory upward with a `.git`.
    fn repository(&mut self) -> Option<String> {
        let mut directory = self.seat.world.absolute(self.pid, ".");
        loop {
            if self.seat.world.exists(
                self.pid,
                &format!("{}/.git", directory.trim_end_matches('/')),
            ) {
                return Some(directory);
            }
            directory = match directory.rsplit_once('/') {
                Some((parent, name)) if !name.is_empty() => {
                    if parent.is_empty() {
                        "/".to_owned()
                    } else {
                        parent.to_owned()
                    }
                }
                _ => return None,
            };
        }
    }

    fn read_text(&mut self, path: &str) -> String {
        let caller = self.caller();
        let bytes = self.seat.read_file(&caller, path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// A value of git's configuration files, such as `user.email` or `remote.origin.url`.
    fn git_value(&mut self, name: &str) -> Option<String> {
        let (section, key) = name.rsplit_once('.')?;
        let wanted = match section.split_once('.') {
            Some((section, sub)) => format!("[{section} \"{sub}\"]"),
            None => format!("[{section}]"),
        };
        let home = self.seat.world.persona.home.clone();
        let repository = self
            .repository()
            .map(|directory| format!("{directory}/.git/config"));
        for path in repository.into_iter().chain([format!("{home}/.gitconfig")]) {
            let text = self.read_text(&path);
            let lines = text
                .lines()
                .map(str::trim)
                .skip_while(|line| *line != wanted)
                .skip(1);
            let found = lines
                .take_while(|line| !line.starts_with('['))
                .find_map(|line| {
                    let (known, value) = line.split_once('=')?;
                    (known.trim() == key).then(|| value.trim().to_owned())
                });
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn no_repository(&mut self) -> Done {
        let message = "fatal: not a git repository (or any of the parent directories): .git\n";
        self.seat.write(self.pid, 2, message.as_bytes())?.ok();
        Ok(128)
    }
}

pub(super) fn git(tool: &mut Tool<'_, '_>) -> Done {
    let options =
        tool.options("C c git-dir work-tree m message b depth branch format pretty author date");
    if options.has("version") && options.operands.is_empty() {
        tool.out("git version 2.43.0\n")?;
        return Ok(0);
    }
    if let Some(directory) = options.value("C").map(str::to_owned) {
        let caller = tool.caller();
        if let Err(errno) = tool.seat.change_directory(&caller, &directory) {
            return tool.fail_on(&directory, errno);
        }
    }
    let Some((verb, operands)) = options.operands.split_first() else {
        return Ok(1);
    };
    match verb.as_str() {
        "config" => config(tool, &options, operands),
        "clone" | "ls-remote" | "fetch" | "pull" | "push" => remote(tool, verb, operands),
        "init" | "add" | "commit" | "checkout" | "branch" | "tag" | "stash" | "reset"
        | "submodule" | "update-index" => {
            if verb != "init" && tool.repository().is_none() {
                return tool.no_repository();
            }
            let caller = tool.caller();
            tool.seat.world.unsupported(&caller, format!("git {verb}"));
            Ok(0)
        }
        verb => ask(tool, verb, &options, operands),
    }
}

/// Questions about the repository.
fn ask(tool: &mut Tool<'_, '_>, verb: &str, options: &super::Options, operands: &[String]) -> Done {
    let Some(directory) = tool.repository() else {
        return tool.no_repository();
    };
    let head = tool
        .read_text(&format!("{directory}/.git/HEAD"))
        .trim()
        .to_owned();
    let reference = head
        .strip_prefix("ref: ")
        .unwrap_or("refs/heads/main")
        .to_owned();
    let branch = reference.rsplit('/').next().unwrap_or("main").to_owned();
    match verb {
        "rev-parse" if options.has("show-toplevel") => tool.out(format!("{directory}\n"))?,
        "rev-parse" if options.has("git-dir absolute-git-dir") => {
            tool.out(format!("{directory}/.git\n"))?
        }
        "rev-parse" if options.has("is-inside-work-tree") => tool.out("true\n")?,
        "rev-parse" if options.has("abbrev-ref") => tool.out(format!("{branch}\n"))?,
        "symbolic-ref" => tool.out(format!("{reference}\n"))?,
        "rev-parse" | "describe" | "show" | "log" => {
            let commit = tool
                .read_text(&format!("{directory}/.git/{reference}"))
                .trim()
                .to_owned();
            let commit = if commit.is_empty() {
                "0".repeat(40)
            } else {
                commit
            };
            let short = commit.get(..7).unwrap_or(&commit).to_owned();
            let name = tool.git_value("user.name").unwrap_or_default();
            let mail = tool.git_value("user.email").unwrap_or_default();
            let text = match (verb, options.value("format pretty")) {
                ("rev-parse", _) if options.has("short") => short,
                ("rev-parse", _) => commit,
                ("describe", _) => short,
                (_, Some(format)) => format
                    .trim_start_matches("format:")
                    .replace("%H", &commit)
                    .replace("%h", &short)
                    .replace("%an", &name)
                    .replace("%ae", &mail)
                    .replace("%s", "Update dependencies"),
                _ => format!(
                    "commit {commit}\nAuthor: {name} <{mail}>\nDate:   Mon Nov 9 17:02:41 2026 -0500\n\n    Update dependencies"
                ),
            };
            tool.out(format!("{text}\n"))?;
        }
        "remote" => {
            let url = tool.git_value("remote.origin.url").unwrap_or_default();
            let text = match operands.first().map(String::as_str) {
                Some("get-url") => format!("{url}\n"),
                _ if url.is_empty() => String::new(),
                _ if options.has("v verbose") => {
                    format!("origin\t{url} (fetch)\norigin\t{url} (push)\n")
                }
                _ => "origin\n".to_owned(),
            };
            tool.out(text)?;
        }
        "status" | "diff" | "ls-files" => {}
        verb => return tool.unsupported(verb),
    }
    Ok(0)
}

fn config(tool: &mut Tool<'_, '_>, options: &super::Options, operands: &[String]) -> Done {
    if options.has("l list") {
        let home = tool.seat.world.persona.home.clone();
        let text = tool.read_text(&format!("{home}/.gitconfig"));
        tool.out(text)?;
        return Ok(0);
    }
    let operands: Vec<&str> = operands
        .iter()
        .map(String::as_str)
        .filter(|word| *word != "get")
        .collect();
    match operands.as_slice() {
        [name] => match tool.git_value(name) {
            Some(value) => {
                tool.out(format!("{value}\n"))?;
                Ok(0)
            }
            None => Ok(1),
        },
        [name, value] => {
            let (section, key) = name.rsplit_once('.').unwrap_or(("core", name));
            let path = if options.has("global") {
                format!("{}/.gitconfig", tool.seat.world.persona.home)
            } else {
                match tool.repository() {
                    Some(directory) => format!("{directory}/.git/config"),
                    None => return tool.no_repository(),
                }
            };
            let text = format!("[{section}]\n\t{key} = {value}\n");
            let caller = tool.caller();
            let result = tool.seat.write_file(&caller, &path, text.as_bytes(), true);
            tool.outcome("write", &path, result)
        }
        _ => Ok(1),
    }
}

/// What talks to another machine: it connects, and then the other machine has nothing.
fn remote(tool: &mut Tool<'_, '_>, verb: &str, operands: &[String]) -> Done {
    let known = operands
        .iter()
        .find(|word| word.contains(':') || word.contains("//"))
        .cloned();
    let url = match known {
        Some(url) => url,
        None => match tool.git_value("remote.origin.url") {
            Some(url) => url,
            None => return tool.no_repository(),
        },
    };
    let (host, port) = match url::Url::parse(&url) {
        Ok(parsed) if parsed.host_str().is_some() => {
            let port = parsed
                .port_or_known_default()
                .unwrap_or(if parsed.scheme() == "ssh" { 22 } else { 9_418 });
            (parsed.host_str().unwrap_or_default().to_owned(), port)
        }
        _ => {
            // `git@host:path`.
            let host = url
                .split(':')
                .next()
                .unwrap_or("")
                .rsplit('@')
                .next()
                .unwrap_or("")
                .to_owned();
            (host, 22)
        }
    };
    let caller = tool.caller();
    if let Ok(socket) = tool.seat.world.net_connect_host(&caller, &host, port) {
        tool.seat.world.net_close(socket);
    }
    let message = format!(
        "fatal: unable to access '{url}': The requested repository did not answer ({verb})\n"
    );
    tool.seat.write(tool.pid, 2, message.as_bytes())?.ok();
    Ok(128)
}
