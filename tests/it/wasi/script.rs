//! Calls of WASI preview 1 as lines of text, and how they become a module.
//!
//! A line names a function and its arguments:
//!
//! | argument | is |
//! | --- | --- |
//! | `3`, `CREAT\|EXCL` | a number; names stand for flags |
//! | `'text'` | the address and the length of the text; `\0` in it is NUL |
//! | `>name` | the address of a result, which is shown and can be used later |
//! | `@name` | that result |
//! | `out:'a','b'` | a vector of texts to write: address and count |
//! | `in:4,2` | a vector of buffers of these lengths to read into: address and count; they are shown |
//! | `buf:16` | address and length of a buffer; it is shown |
//! | `dirents:512` | the same; the entries in it are shown, sorted |
//! | `fdstat`, `stat`, `times` | the address of a structure; what is the same on all machines is shown |
//! | `poll:clock/7/1/1000/0,read/8/0` | subscriptions (kind, userdata, then clock, timeout, flags or descriptor), room for events, and their count; events are shown, sorted |
//!
//! The module makes the calls one after the other and prints all results at its end.

use lazaret::guest::wasi::p1::FUNCTIONS;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Where the results lie that are printed; before it is what the calls are given.
const RESULTS: u32 = 0x2_0000;

/// Names of flags.
const NAMES: &[(&str, u64)] = &[
    ("FOLLOW", 1),
    ("CREAT", 1),
    ("DIRECTORY", 2),
    ("EXCL", 4),
    ("TRUNC", 8),
    ("APPEND", 1),
    ("DSYNC", 2),
    ("NONBLOCK", 4),
    ("READ", 1 << 1),
    ("WRITE", 1 << 6),
    ("SET", 0),
    ("CUR", 1),
    ("END", 2),
    ("ATIM", 1),
    ("ATIM_NOW", 2),
    ("MTIM", 4),
    ("MTIM_NOW", 8),
];

/// How a result is shown.
enum Shown {
    Errno,
    Number(String),
    Bytes(usize),
    Dirents(usize),
    Fdstat,
    Stat,
    Times,
    Events(usize),
}

struct Result {
    line: usize,
    at: u32,
    shown: Shown,
}

/// A script on its way to a module.
#[derive(Default)]
pub(crate) struct Script {
    lines: Vec<String>,
    code: String,
    data: String,
    given: u32,
    room: u32,
    named: BTreeMap<String, u32>,
    results: Vec<Result>,
}

impl Script {
    /// Reads a script: one call on each line that is not empty.
    pub(crate) fn parse(text: &str) -> Script {
        let mut script = Script {
            given: 64,
            ..Script::default()
        };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            script.line(line);
            script.lines.push(line.to_owned());
        }
        script
    }

    /// The module, as text.
    pub(crate) fn module(&self) -> String {
        let mut text = String::from("(module\n");
        for function in &FUNCTIONS {
            let params: Vec<&str> = function
                .params
                .chars()
                .map(|kind| if kind == 'I' { "i64" } else { "i32" })
                .collect();
            let result = if function.name == "proc_exit" {
                ""
            } else {
                "(result i32)"
            };
            let _ = writeln!(
                text,
                "(import \"wasi_snapshot_preview1\" \"{0}\" (func ${0} (param {1}) {result}))",
                function.name,
                params.join(" ")
            );
        }
        let _ = write!(
            text,
            "(memory (export \"memory\") 16)\n{}(func (export \"_start\")\n{}\
             (i32.store (i32.const 16) (i32.const {RESULTS}))\n\
             (i32.store (i32.const 20) (i32.const {}))\n\
             (drop (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24)))))",
            self.data, self.code, self.room
        );
        text
    }

    /// What the module printed, one line for each call.
    pub(crate) fn show(&self, printed: &[u8]) -> Vec<String> {
        let mut shown = self.lines.clone();
        for result in &self.results {
            let at = usize::try_from(result.at - RESULTS).expect("small");
            let bytes = printed.get(at..).unwrap_or_default();
            let text = match &result.shown {
                Shown::Errno => format!(" = {}", long(bytes, 0)),
                Shown::Number(name) => format!(" {name}={}", long(bytes, 0)),
                Shown::Bytes(length) => {
                    let bytes = bytes.get(..*length).unwrap_or_default();
                    format!(" \"{}\"", bytes.escape_ascii())
                }
                Shown::Dirents(length) => dirents(bytes.get(..*length).unwrap_or_default()),
                Shown::Fdstat => format!(
                    " type {} flags {} rights {:x} {:x}",
                    long(bytes, 0) & 0xff,
                    (long(bytes, 0) >> 16) & 0xffff,
                    long(bytes, 8),
                    long(bytes, 16)
                ),
                Shown::Stat => match bytes.get(16) {
                    // What a directory counts depends on the file system.
                    Some(3) => " directory".to_owned(),
                    kind => format!(
                        " type {kind:?} links {} size {}",
                        long(bytes, 24),
                        long(bytes, 32)
                    ),
                },
                Shown::Times => format!(" times {} {}", long(bytes, 40), long(bytes, 48)),
                Shown::Events(count) => events(bytes, *count),
            };
            shown[result.line].push_str(&text);
        }
        shown
    }

    fn line(&mut self, line: &str) {
        let words = words(line);
        let name = words[0].as_str();
        let function = FUNCTIONS
            .iter()
            .find(|function| function.name == name)
            .unwrap_or_else(|| panic!("no function {name}"));
        let errno = self.result(Shown::Errno);
        let values: Vec<String> = words[1..]
            .iter()
            .flat_map(|word| self.argument(word))
            .collect();
        assert_eq!(values.len(), function.params.len(), "{line}");
        let arguments: Vec<String> = function
            .params
            .chars()
            .zip(values)
            .map(|(kind, value)| match (kind, value.starts_with('(')) {
                (_, true) => value,
                ('I', false) => format!("(i64.const {value})"),
                _ => format!("(i32.const {value})"),
            })
            .collect();
        let call = format!("(call ${name} {})", arguments.join(" "));
        let code = if name == "proc_exit" {
            call
        } else {
            format!("(i32.store (i32.const {errno}) {call})")
        };
        let _ = writeln!(self.code, "{code}");
    }

    /// Makes room for a result and returns its address.
    fn result(&mut self, shown: Shown) -> u32 {
        let length = match &shown {
            Shown::Errno | Shown::Number(_) => 8,
            Shown::Bytes(length) | Shown::Dirents(length) => *length,
            Shown::Fdstat | Shown::Stat | Shown::Times => 64,
            Shown::Events(count) => count * 32,
        };
        let at = RESULTS + self.room;
        self.room += u32::try_from(length.next_multiple_of(8)).expect("small");
        self.results.push(Result {
            line: self.lines.len(),
            at,
            shown,
        });
        at
    }

    /// Puts bytes into the memory and returns their address.
    fn give(&mut self, bytes: &[u8]) -> u32 {
        let at = self.given;
        let escaped: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
        let _ = writeln!(self.data, "(data (i32.const {at}) \"{escaped}\")");
        self.given += u32::try_from(bytes.len().next_multiple_of(8)).expect("small");
        assert!(self.given < RESULTS, "a smaller script");
        at
    }

    fn argument(&mut self, word: &str) -> Vec<String> {
        if let Some(name) = word.strip_prefix('>') {
            let at = self.result(Shown::Number(name.to_owned()));
            self.named.insert(name.to_owned(), at);
            return vec![at.to_string()];
        }
        if let Some(name) = word.strip_prefix('@') {
            return vec![format!("(i32.load (i32.const {}))", self.named[name])];
        }
        if word.starts_with('\'') {
            let text = text(word);
            return vec![self.give(&text).to_string(), text.len().to_string()];
        }
        match word.split_once(':') {
            Some(("out", texts)) => {
                let pieces: Vec<(u32, usize)> = texts
                    .split(',')
                    .map(|word| {
                        let text = text(word);
                        (self.give(&text), text.len())
                    })
                    .collect();
                self.vector(&pieces)
            }
            Some(("in", lengths)) => {
                let lengths = lengths
                    .split(',')
                    .map(|length| length.parse().expect("a length"));
                let pieces: Vec<(u32, usize)> = lengths
                    .map(|length| (self.result(Shown::Bytes(length)), length))
                    .collect();
                self.vector(&pieces)
            }
            Some(("buf", length)) => {
                let at = self.result(Shown::Bytes(length.parse().expect("a length")));
                vec![at.to_string(), length.to_owned()]
            }
            Some(("dirents", length)) => {
                let at = self.result(Shown::Dirents(length.parse().expect("a length")));
                vec![at.to_string(), length.to_owned()]
            }
            Some(("poll", subscriptions)) => self.poll(subscriptions),
            _ => vec![match word {
                "fdstat" => self.result(Shown::Fdstat).to_string(),
                "stat" => self.result(Shown::Stat).to_string(),
                "times" => self.result(Shown::Times).to_string(),
                word => number(word),
            }],
        }
    }

    fn vector(&mut self, pieces: &[(u32, usize)]) -> Vec<String> {
        let mut bytes = Vec::new();
        for (at, length) in pieces {
            bytes.extend(at.to_le_bytes());
            bytes.extend(u32::try_from(*length).expect("small").to_le_bytes());
        }
        vec![self.give(&bytes).to_string(), pieces.len().to_string()]
    }

    fn poll(&mut self, subscriptions: &str) -> Vec<String> {
        let mut bytes = Vec::new();
        let mut count = 0;
        for subscription in subscriptions.split(',') {
            let (kind, rest) = subscription.split_once('/').expect("kind/userdata/...");
            let numbers: Vec<u64> = rest
                .split('/')
                .map(|n| n.parse().expect("a number"))
                .collect();
            let mut one = [0_u8; 48];
            one[..8].copy_from_slice(&numbers[0].to_le_bytes());
            one[16..24].copy_from_slice(&numbers[1].to_le_bytes());
            match kind {
                "clock" => {
                    one[24..32].copy_from_slice(&numbers[2].to_le_bytes());
                    one[40..48].copy_from_slice(&numbers[3].to_le_bytes());
                }
                "read" => one[8] = 1,
                "write" => one[8] = 2,
                _ => one[8] = 9,
            }
            bytes.extend(one);
            count += 1;
        }
        let events = self.result(Shown::Events(count));
        let at = self.give(&bytes);
        vec![at.to_string(), events.to_string(), count.to_string()]
    }
}

/// Splits at spaces that are not within quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        quoted ^= c == '\'';
        match c {
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("one").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn text(word: &str) -> Vec<u8> {
    word.trim_matches('\'').replace("\\0", "\0").into_bytes()
}

fn number(word: &str) -> String {
    if word.parse::<i64>().is_ok() {
        return word.to_owned();
    }
    let named = |name: &str| {
        NAMES
            .iter()
            .find(|entry| entry.0 == name)
            .map(|entry| entry.1)
    };
    let sum: u64 = word
        .split('|')
        .map(|name| named(name).unwrap_or_else(|| panic!("no number {name}")))
        .sum();
    sum.to_string()
}

fn long(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).map_or(0, |bytes| {
        u64::from_le_bytes(bytes.try_into().expect("eight"))
    })
}

fn dirents(mut bytes: &[u8]) -> String {
    let mut names = Vec::new();
    while let (Some(head), true) = (bytes.get(..24), bytes.get(16) != Some(&0)) {
        let length = usize::try_from(long(head, 16) & 0xffff_ffff).expect("small");
        let Some(name) = bytes.get(24..24 + length) else {
            break;
        };
        names.push(format!("{}:{}", name.escape_ascii(), head[20]));
        bytes = &bytes[24 + length..];
    }
    names.sort();
    format!(" {names:?}")
}

fn events(bytes: &[u8], count: usize) -> String {
    let mut events: Vec<String> = (0..count)
        .map(|index| index * 32)
        .filter(|at| long(bytes, *at) != 0)
        .map(|at| {
            let head = long(bytes, at + 8);
            format!(
                "{} error {} type {}",
                long(bytes, at),
                head & 0xffff,
                (head >> 16) & 0xff
            )
        })
        .collect();
    events.sort();
    format!(" {events:?}")
}
