//! Data flow by content: what came from the network and was then run, whatever it passed through on the way.

use super::commands::{FETCHERS, inline_script};
use super::layers::{Budget, layers};
use super::needles::Needles;
use super::places::normal;
use super::view::View;
use crate::trace::{Digest, Event, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// Pieces of a text by which it is recognised elsewhere are this long.
const PIECE: usize = 24;
/// A text shorter than this is recognised by chance.
const SHORTEST: usize = 12;

/// How something was run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// As a program, or as the script of an interpreter.
    Program,
    /// Loaded as a module.
    Module,
    /// Evaluated as text in a running program.
    Evaluated,
    /// Read by a shell or another interpreter from its standard input.
    Input,
    /// Given to an interpreter as an argument.
    Argument,
}

/// Something that was run, with its bytes.
#[derive(Clone, Debug)]
pub(super) struct Execution<'t> {
    /// The event that ran it.
    pub(super) event: &'t Event,
    /// How.
    pub(super) how: How,
    /// The last write of its file, when it is a file that the trace wrote.
    pub(super) written: Option<&'t Event>,
    /// The path of that file.
    pub(super) path: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
}

/// An execution of bytes that came from the network.
#[derive(Clone, Debug)]
pub(super) struct Download<'t> {
    /// What was run.
    pub(super) run: Execution<'t>,
    /// The event that brought the bytes, or asked for them.
    pub(super) source: &'t Event,
}

/// Everything that was run and that did not come with the machine: files that the trace wrote, and texts.
pub(super) fn executions<'t>(view: &View<'t>) -> Vec<Execution<'t>> {
    let mut files: BTreeMap<String, &Event> = BTreeMap::new();
    let mut evaluated: BTreeSet<Digest> = BTreeSet::new();
    let mut all = Vec::new();
    let kinds = [
        Kind::FileWrite,
        Kind::FileRename,
        Kind::FileLink,
        Kind::ProcSpawn,
        Kind::CodeLoad,
        Kind::CodeEval,
    ];
    for event in view
        .of_any(&kinds)
        .into_iter()
        .filter(|event| event.outcome.is_ok() || event.kind == Kind::ProcSpawn)
    {
        match event.kind {
            Kind::FileWrite => {
                files.insert(normal(view.path(event)), event);
            }
            Kind::FileRename => {
                if let (Some(write), Some(to)) = (
                    files.remove(&normal(view.path(event))),
                    event.detail.get("to"),
                ) {
                    files.insert(normal(to), write);
                }
            }
            Kind::FileLink => {
                let target = event
                    .detail
                    .get("to")
                    .and_then(|to| files.get(&normal(to)).copied());
                if let Some(write) = target {
                    files.insert(normal(view.path(event)), write);
                }
            }
            Kind::ProcSpawn => all.extend(spawned(view, &files, event)),
            Kind::CodeLoad if event.detail.get("format").is_none_or(|f| f != "json") => {
                let path = normal(view.path(event));
                all.extend(
                    files
                        .get(&path)
                        .map(|write| file(view, event, How::Module, write, path.clone())),
                );
            }
            // A text that is evaluated over and over is looked at once.
            Kind::CodeEval if event.payload.is_some_and(|text| evaluated.insert(text)) => {
                all.push(Execution {
                    event,
                    how: match event.subject.as_str() {
                        "shell" => How::Input,
                        _ => How::Evaluated,
                    },
                    written: None,
                    path: String::new(),
                    bytes: view
                        .payload(event)
                        .map(|b| body(b).to_vec())
                        .unwrap_or_default(),
                })
            }
            _ => {}
        }
    }
    all
}

fn file<'t>(
    view: &View<'t>,
    event: &'t Event,
    how: How,
    write: &'t Event,
    path: String,
) -> Execution<'t> {
    Execution {
        event,
        how,
        written: Some(write),
        path,
        bytes: view.payload(write).map(|b| b.to_vec()).unwrap_or_default(),
    }
}

/// The files and texts that the start of a program runs.
fn spawned<'t>(
    view: &View<'t>,
    files: &BTreeMap<String, &'t Event>,
    event: &'t Event,
) -> Vec<Execution<'t>> {
    let argv = view.argv(event);
    let cwd = event.detail.get("cwd").map_or("", String::as_str);
    let absolute = |path: &String| match path.starts_with('/') || path.get(1..2) == Some(":") {
        true => normal(path),
        false => normal(&format!("{cwd}/{path}")),
    };
    let program = event.detail.get("program").map(absolute);
    // The script of an interpreter is its first operand; arguments behind it are data.
    let operand = argv
        .iter()
        .skip(1)
        .find(|a| !a.starts_with('-'))
        .map(absolute);
    let direct = argv.first().map(absolute);
    let interpreter = argv.first().is_some_and(|name| {
        super::commands::INTERPRETERS.contains(&super::commands::base_name(name).as_str())
    });
    let mut paths: Vec<String> = [program, direct].into_iter().flatten().collect();
    paths.extend(operand.filter(|_| interpreter));
    let mut found: Vec<Execution<'_>> = paths
        .into_iter()
        .find_map(|path| {
            files
                .get(&path)
                .map(|write| file(view, event, How::Program, write, path.clone()))
        })
        .into_iter()
        .collect();
    if let Some(script) = inline_script(&argv) {
        found.push(Execution {
            event,
            how: How::Argument,
            written: None,
            path: String::new(),
            bytes: script.as_bytes().to_vec(),
        });
    }
    found
}

/// Everything that was run and whose bytes came from the network before. Rules ask [`View::downloads`], which keeps it.
pub(super) fn downloads<'t>(view: &View<'t>) -> Vec<Download<'t>> {
    let runs = executions(view);
    let texts = Texts::new(runs.iter().map(|run| run.bytes.as_slice()));
    let mut sources: BTreeMap<usize, &Event> = BTreeMap::new();
    let mut budget = Budget::default();
    let received = view.of(Kind::NetRecv).iter().filter(|_| !runs.is_empty());
    for &event in received {
        let Some(bytes) = view.payload(event) else {
            continue;
        };
        for layer in layers(bytes, &mut budget) {
            for id in texts.in_bytes(&layer.bytes) {
                if runs.get(id).is_some_and(|run| run.event.seq > event.seq) {
                    sources.entry(id).or_insert(event);
                }
            }
        }
    }
    let requests = requests_of_fetchers(view);
    let named = |(id, run): (usize, Execution<'t>)| {
        let source = sources
            .get(&id)
            .copied()
            .or_else(|| fetched_by(&requests, &run));
        source.map(|source| Download { run, source })
    };
    runs.into_iter().enumerate().filter_map(named).collect()
}

/// The text that was given to the `Function` constructor, without the head and the end that the language puts around it.
pub(super) fn body(source: &[u8]) -> &[u8] {
    let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
    let head = text(source).split_once("\n) {\n").filter(|(head, _)| {
        head.len() < 400
            && head.starts_with('(')
            && head.contains("function")
            && head.contains("anonymous(")
    });
    match head {
        Some((_, body)) => body.strip_suffix("\n})").unwrap_or(body).as_bytes(),
        None => source,
    }
}

/// Texts and programs that are looked for in other bytes, by pieces of them.
#[derive(Debug, Default)]
pub(super) struct Texts {
    needles: Needles,
    /// Which text a piece is of.
    owners: Vec<usize>,
    /// How many pieces a text has.
    counts: Vec<usize>,
}

impl Texts {
    /// Takes texts, which are numbered in their order.
    pub(super) fn new<'b>(texts: impl Iterator<Item = &'b [u8]>) -> Texts {
        let mut all = Texts::default();
        for (id, text) in texts.enumerate() {
            let pieces = pieces(text);
            for piece in &pieces {
                all.needles.add_bytes(piece, all.owners.len());
                all.owners.push(id);
            }
            all.counts.push(pieces.len());
        }
        all
    }

    /// The numbers of the texts of which most pieces occur: one alone may be a licence or a common first line.
    pub(super) fn in_bytes(&self, bytes: &[u8]) -> Vec<usize> {
        let mut found: BTreeMap<usize, usize> = BTreeMap::new();
        let pieces = self.needles.find(bytes);
        for owner in pieces.iter().filter_map(|piece| self.owners.get(*piece)) {
            *found.entry(*owner).or_default() += 1;
        }
        found.retain(|id, count| self.counts.get(*id).is_some_and(|all| *count * 2 > *all));
        found.into_keys().collect()
    }
}

/// Pieces by which some bytes are recognised elsewhere: lines of a text, stretches of a program.
fn pieces(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => lines(text),
        _ => stretches(bytes),
    };
    pieces.sort();
    pieces.dedup();
    pieces
}

/// The first, the middle and the last line that says something, cut to one length.
fn lines(text: &str) -> Vec<Vec<u8>> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| line.len() >= SHORTEST && !line.starts_with("#!"))
        .collect();
    let picked = [Some(0), lines.len().checked_sub(1), Some(lines.len() / 2)];
    let lines = picked.into_iter().filter_map(|index| lines.get(index?));
    lines
        .map(|line| line.bytes().take(PIECE).collect())
        .collect()
}

/// Stretches from the end, the middle and the first third. Programs begin alike and hold runs of zeros: stretches of few
/// different bytes tell nothing.
fn stretches(bytes: &[u8]) -> Vec<Vec<u8>> {
    let length = bytes.len();
    if (SHORTEST..PIECE).contains(&length) {
        return vec![bytes.to_vec()];
    }
    let starts = [
        length.checked_sub(PIECE),
        Some(length / 2),
        Some(length / 3),
    ];
    let stretches = starts
        .into_iter()
        .filter_map(|start| bytes.get(start?..start?.checked_add(PIECE)?));
    stretches
        .filter(|stretch| stretch.iter().collect::<BTreeSet<_>>().len() >= 8)
        .map(<[u8]>::to_vec)
        .collect()
}

/// The first request of each process of a fetching program.
fn requests_of_fetchers<'t>(view: &View<'t>) -> BTreeMap<(u32, u32), &'t Event> {
    let mut requests = BTreeMap::new();
    for event in view.of_any(&[Kind::NetHttp, Kind::NetConnect]) {
        if FETCHERS.contains(&view.program(event).as_str()) {
            requests.entry((event.run, event.pid)).or_insert(event);
        }
    }
    requests
}

/// The request of a fetching program that wrote the file itself: its payload need not be in the trace.
fn fetched_by<'t>(
    requests: &BTreeMap<(u32, u32), &'t Event>,
    run: &Execution<'t>,
) -> Option<&'t Event> {
    let write = run.written?;
    let request = requests.get(&(write.run, write.pid)).copied();
    request.filter(|request| request.seq < run.event.seq)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{ROOT, TraceBuilder};

    const SCRIPT: &[u8] = b"#!/bin/sh\necho INERT-PAYLOAD of the first stage\n";

    fn hows(builder: &mut TraceBuilder) -> Vec<How> {
        let trace = builder.finish();
        downloads(&View::new(&trace))
            .iter()
            .map(|d| d.run.how)
            .collect()
    }

    #[test]
    fn a_saved_answer_is_followed_through_a_rename_to_its_start() {
        let mut builder = TraceBuilder::new();
        builder.payload(Kind::NetRecv, "x.example:443", SCRIPT);
        builder.payload(Kind::FileWrite, &format!("{ROOT}/a.tmp"), SCRIPT);
        let rename = builder.event(Kind::FileRename, &format!("{ROOT}/a.tmp"));
        builder.detail(rename, "to", "/tmp/a");
        builder.spawn(&["sh", "/tmp/a"]);
        assert_eq!(hows(&mut builder), [How::Program]);
    }

    #[test]
    fn an_evaluated_answer_is_a_download() {
        let mut builder = TraceBuilder::new();
        builder.payload(
            Kind::NetRecv,
            "x.example:443",
            b"{\"c\":\"console.log('INERT-PAYLOAD')\"}",
        );
        let function = b"(function anonymous(require\n) {\nconsole.log('INERT-PAYLOAD')\n})";
        builder.payload(Kind::CodeEval, "function", function);
        assert_eq!(hows(&mut builder), [How::Evaluated]);
    }

    #[test]
    fn a_program_taken_from_an_archive_is_recognised() {
        let program = b"\x7fELF\0\0\0\0INERT-PAYLOAD of https://x.example/tool.tar\n";
        let archive = [b"tool\0\0\0ustar".as_slice(), program, &[0; 64]].concat();
        let mut builder = TraceBuilder::new();
        builder.payload(Kind::NetRecv, "x.example:443", &archive);
        builder.payload(Kind::FileWrite, "/tmp/tool", program);
        builder.spawn(&["/tmp/tool"]);
        assert_eq!(hows(&mut builder), [How::Program]);
    }

    #[test]
    fn what_the_package_brought_along_is_not_a_download() {
        let mut builder = TraceBuilder::new();
        builder.payload(
            Kind::NetRecv,
            "x.example:443",
            b"{\"latest\":\"1.0.0\", \"ok\": true}",
        );
        builder.payload(Kind::FileWrite, "/tmp/a", SCRIPT);
        builder.spawn(&["sh", "/tmp/a"]);
        builder.spawn(&[
            "node",
            "-e",
            "console.log(require('./package.json').version)",
        ]);
        assert_eq!(hows(&mut builder), []);
    }
}
