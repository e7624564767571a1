//! What rules see: a finished trace with the indexes that they all need, built once.

use super::commands;
use super::flow::{self, Download};
use super::hosts::{Reach, host_of, reach};
use super::outgoing::{Outgoing, gather};
use super::places::{Place, Places, normal};
use super::secrets;
use crate::trace::{Decoy, Event, Kind, Location, Trace};
use bytes::Bytes;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// A planted secret in something that leaves.
#[derive(Clone, Debug)]
pub struct Leak<'t> {
    /// The secret.
    pub decoy: &'t Decoy,
    /// Index in [`View::outgoing`].
    pub outgoing: usize,
    /// The encodings it was found under; empty when it leaves as it is.
    pub encoding: String,
    /// Whether the host is one that the secret may be shown to.
    pub allowed: bool,
}

/// A finished trace with its indexes.
#[derive(Debug)]
pub struct View<'t> {
    trace: &'t Trace,
    by_kind: BTreeMap<Kind, Vec<&'t Event>>,
    /// The event that started a process, by run and process.
    started: BTreeMap<(u32, u32), &'t Event>,
    places: Places,
    outgoing: Vec<Outgoing<'t>>,
    leaks: Vec<Leak<'t>>,
    /// The planted secrets by the path of a file that holds them.
    held: BTreeMap<String, Vec<&'t Decoy>>,
    downloads: OnceCell<Vec<Download<'t>>>,
}

impl<'t> View<'t> {
    /// Builds the indexes; the time is linear in the events and in the bytes that leave.
    #[must_use]
    pub fn new(trace: &'t Trace) -> View<'t> {
        let mut by_kind: BTreeMap<Kind, Vec<&Event>> = BTreeMap::new();
        let mut started = BTreeMap::new();
        for event in &trace.events {
            by_kind.entry(event.kind).or_default().push(event);
            if event.kind == Kind::ProcSpawn
                && let Some(child) = event.detail.get("child").and_then(|pid| pid.parse().ok())
            {
                started.insert((event.run, child), event);
            }
        }
        let outgoing = gather(trace);
        let leaks = secrets::leaks(trace, &outgoing);
        let mut held: BTreeMap<String, Vec<&Decoy>> = BTreeMap::new();
        for decoy in &trace.header.decoys {
            for file in &decoy.files {
                held.entry(normal(file)).or_default().push(decoy);
            }
        }
        View {
            trace,
            by_kind,
            started,
            places: Places::new(&trace.header),
            outgoing,
            leaks,
            held,
            downloads: OnceCell::new(),
        }
    }

    /// The trace itself.
    #[must_use]
    pub fn trace(&self) -> &'t Trace {
        self.trace
    }

    /// The events of one kind, in the order in which they happened.
    #[must_use]
    pub fn of(&self, kind: Kind) -> &[&'t Event] {
        self.by_kind.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The events of some kinds, in the order in which they happened.
    #[must_use]
    pub fn of_any(&self, kinds: &[Kind]) -> Vec<&'t Event> {
        let mut events: Vec<&Event> = kinds
            .iter()
            .flat_map(|kind| self.of(*kind))
            .copied()
            .collect();
        events.sort_by_key(|event| event.seq);
        events
    }

    /// The directories of this trace.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Everything that leaves the machine.
    #[must_use]
    pub fn outgoing(&self) -> &[Outgoing<'t>] {
        &self.outgoing
    }

    /// The planted secrets that leave, whoever gets them.
    #[must_use]
    pub fn leaks(&self) -> &[Leak<'t>] {
        &self.leaks
    }

    /// The path of a `file.*` event, where links have led.
    #[must_use]
    pub fn path<'e>(&self, event: &'e Event) -> &'e str {
        event.detail.get("resolved").unwrap_or(&event.subject)
    }

    /// The payload of an event.
    #[must_use]
    pub fn payload(&self, event: &Event) -> Option<&'t Bytes> {
        self.trace.blobs.get(event.payload.as_ref()?)
    }

    /// The payload of an event as text.
    #[must_use]
    pub fn text(&self, event: &Event) -> String {
        self.payload(event).map_or(String::new(), |bytes| {
            String::from_utf8_lossy(bytes).into_owned()
        })
    }

    /// The phase in which an event happened.
    #[must_use]
    pub fn phase(&self, event: &Event) -> &'t str {
        let run = self.trace.runs.get(event.run as usize);
        run.map_or("", |run| run.phase.as_str())
    }

    /// The arguments of a `proc.spawn`, program first.
    #[must_use]
    pub fn argv(&self, event: &Event) -> Vec<String> {
        commands::argv(self.trace, event)
    }

    /// The event that started the process of an event; `None` for the first process of a run.
    #[must_use]
    pub fn started_by(&self, event: &Event) -> Option<&'t Event> {
        self.started.get(&(event.run, event.pid)).copied()
    }

    /// The name of the program that an event comes from; empty for the first process of a run.
    #[must_use]
    pub fn program(&self, event: &Event) -> String {
        match self.started_by(event) {
            Some(start) => commands::program_name(start, &self.argv(start)),
            None => String::new(),
        }
    }

    /// The events that started the process of an event and its ancestors, nearest first.
    #[must_use]
    pub fn ancestors(&self, event: &Event) -> Vec<&'t Event> {
        let mut chain: Vec<&Event> = Vec::new();
        let mut current = self.started_by(event);
        // A start lies before what it started; the check also ends a forged cycle.
        while let Some(start) = current
            && chain.last().is_none_or(|last| start.seq < last.seq)
        {
            chain.push(start);
            current = self.started_by(start);
        }
        chain
    }

    /// The place in the package that led to an event: the innermost frame in the package, of the event or of a start of its
    /// process, else any frame.
    #[must_use]
    pub fn location(&self, event: &Event) -> Option<Location> {
        let chain: Vec<&Event> = [event].into_iter().chain(self.ancestors(event)).collect();
        let frames = || chain.iter().flat_map(|event| &event.at);
        let own = |at: &&Location| self.places.of(&at.file) == Place::Own;
        frames().find(own).or(frames().next()).map(plain)
    }

    /// The host of a `net.*` event.
    #[must_use]
    pub fn host(&self, event: &Event) -> String {
        host_of(&event.subject)
    }

    /// How near the host of a `net.*` event is to the package.
    #[must_use]
    pub fn reach(&self, event: &Event) -> Reach {
        reach(&self.trace.header, &self.host(event))
    }

    /// The planted secrets that a path holds.
    pub fn decoys_in(&self, path: &str) -> impl Iterator<Item = &'t Decoy> + use<'t> {
        self.held
            .get(&normal(path))
            .cloned()
            .unwrap_or_default()
            .into_iter()
    }

    /// Everything that was run and whose bytes came from the network before.
    pub(super) fn downloads(&self) -> &[Download<'t>] {
        self.downloads.get_or_init(|| flow::downloads(self))
    }

    /// Texts that a shell got to run: the scripts of `sh -c` and the commands of lifecycle runs, each with an event of it.
    #[must_use]
    pub fn shell_texts(&self) -> Vec<(String, &'t Event)> {
        let mut texts = Vec::new();
        for &event in self.of(Kind::ProcSpawn) {
            let argv = self.argv(event);
            match commands::inline_script(&argv) {
                Some(script) => texts.push((script.to_owned(), event)),
                None => texts.push((quote(&argv), event)),
            }
        }
        let mut firsts: BTreeMap<u32, &Event> = BTreeMap::new();
        for event in &self.trace.events {
            firsts.entry(event.run).or_insert(event);
        }
        for (run, event) in firsts {
            if let Some(run) = self.trace.runs.get(run as usize)
                && is_lifecycle(&run.phase)
            {
                texts.push((run.command.clone(), event));
            }
        }
        let mut seen = BTreeSet::new();
        texts.retain(|(text, event)| seen.insert((event.run, text.clone())));
        texts
    }
}

/// A place whose file is a path: ECMAScript modules are named by addresses.
fn plain(at: &Location) -> Location {
    Location {
        file: at
            .file
            .strip_prefix("file://")
            .unwrap_or(&at.file)
            .to_owned(),
        ..at.clone()
    }
}

/// Phases whose command is a line of shell.
fn is_lifecycle(phase: &str) -> bool {
    ["pre", "post", "install", "prepare"]
        .iter()
        .any(|word| phase.starts_with(word))
}

/// Arguments as one line of shell that means the same.
fn quote(argv: &[String]) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:=@,+".contains(&b);
    let quoted = argv
        .iter()
        .map(|word| match word.bytes().all(plain) && !word.is_empty() {
            true => word.clone(),
            false => format!("'{}'", word.replace('\'', "'\\''")),
        });
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::TraceBuilder;

    #[test]
    fn an_event_without_frames_is_placed_where_its_process_was_started() {
        let mut builder = TraceBuilder::new();
        builder.at("index.js", 7);
        let child = builder.spawn(&["sh", "-c", "cat x"]);
        builder.nowhere().process(child);
        let grandchild = builder.spawn(&["cat", "x"]);
        builder.process(grandchild);
        builder.event(Kind::FileRead, "/x");
        let trace = builder.finish();
        let view = View::new(&trace);
        let read = view.of(Kind::FileRead)[0];
        assert_eq!(view.location(read).map(|at| at.line), Some(7));
        assert_eq!(view.program(read), "cat");
    }
}
