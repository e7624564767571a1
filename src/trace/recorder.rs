//! Collects events while a world runs.

use super::{Blobs, Digest, Event, Kind, Location, Outcome, Run, RunEnd};
use bytes::Bytes;
use std::collections::BTreeMap;

/// Caps on what a trace may hold; a package cannot exhaust the host by being busy.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// Events in all; further ones are counted and dropped.
    pub events: usize,
    /// Bytes of one payload; a longer one is cut and its event says so.
    pub payload: usize,
    /// Bytes of all payloads; later payloads are left out and their events say so.
    pub payloads: usize,
    /// Bytes of one subject or detail; a longer one is cut.
    pub text: usize,
    /// Bytes of all subjects, places and details; further events are counted and dropped. Events alone would be no bound:
    /// each may be as long as its texts.
    pub texts: usize,
}

impl Default for Caps {
    /// The values of docs/limits.md: an ordinary install and import stays far below each.
    fn default() -> Caps {
        Caps {
            events: 200_000,
            payload: 8 << 20,
            payloads: 128 << 20,
            text: 16 << 10,
            texts: 128 << 20,
        }
    }
}

/// The recorder of one trace: the only writer of events.
#[derive(Debug, Default)]
pub struct Recorder {
    caps: Caps,
    runs: Vec<Run>,
    events: Vec<Event>,
    blobs: Blobs,
    dropped: u64,
    /// Whether a payload was left out.
    left_out: bool,
    /// The event that says that further ones were dropped.
    full: Option<u32>,
    /// Bytes of subjects, places and details.
    texts: usize,
    /// Payloads that still grow, by event.
    growing: BTreeMap<u32, Growing>,
    /// Bytes in them.
    held: usize,
}

/// A payload that comes in pieces.
#[derive(Debug, Default)]
struct Growing {
    /// What is kept of it: up to the cap on one payload.
    bytes: Vec<u8>,
    /// How much came in.
    length: usize,
}

impl Recorder {
    /// A recorder with these caps.
    #[must_use]
    pub fn new(caps: Caps) -> Recorder {
        Recorder {
            caps,
            ..Recorder::default()
        }
    }

    /// Starts a run; the following events belong to it.
    pub fn start_run(&mut self, phase: &str, persona: &str, command: &str) {
        self.runs.push(Run {
            phase: phase.to_owned(),
            persona: persona.to_owned(),
            command: self.cut(command.to_owned()),
            ..Run::default()
        });
    }

    /// Ends the current run.
    pub fn end_run(&mut self, end: RunEnd, reason: impl Into<String>) {
        let reason = self.cut(reason.into());
        if let Some(run) = self.runs.last_mut() {
            run.end = end;
            run.reason = reason;
        }
    }

    /// Records an access before it is decided. Returns the event's number, for [`Recorder::settle`] and
    /// [`Recorder::attach`]; `None` when the trace is full.
    pub fn record(
        &mut self,
        kind: Kind,
        subject: impl Into<String>,
        pid: u32,
        time: u64,
        at: Vec<Location>,
    ) -> Option<u32> {
        if self.events.len() >= self.caps.events || self.texts >= self.caps.texts {
            self.note_full(pid, time);
            return None;
        }
        Some(self.push(kind, subject.into(), pid, time, at))
    }

    fn push(&mut self, kind: Kind, subject: String, pid: u32, time: u64, at: Vec<Location>) -> u32 {
        let seq = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        let run = u32::try_from(self.runs.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let subject = self.cut(subject);
        let places = at.iter().map(|place| place.file.len());
        self.texts = places.fold(
            self.texts.saturating_add(subject.len()),
            usize::saturating_add,
        );
        self.events.push(Event {
            seq,
            run,
            kind,
            subject,
            outcome: Outcome::Ok,
            pid,
            time,
            at,
            payload: None,
            detail: BTreeMap::new(),
            evidence: super::Evidence::Seen,
        });
        seq
    }

    /// The first dropped event leaves a mark, so that a full trace is never mistaken for a quiet package.
    fn note_full(&mut self, pid: u32, time: u64) {
        if self.dropped == 0 {
            let seq = self.push(Kind::LimitHit, "events".into(), pid, time, Vec::new());
            let reason = if self.texts < self.caps.texts {
                format!("more than {} events", self.caps.events)
            } else {
                format!("more than {} bytes of names and details", self.caps.texts)
            };
            self.detail(Some(seq), "reason", reason);
            self.full = Some(seq);
        }
        self.dropped = self.dropped.saturating_add(1);
    }

    /// States how the world answered.
    pub fn settle(&mut self, seq: Option<u32>, outcome: Outcome) {
        if let Some(event) = self.event_mut(seq) {
            event.outcome = outcome;
        }
    }

    /// Adds a further fact to an event.
    pub fn detail(&mut self, seq: Option<u32>, name: &str, value: impl Into<String>) {
        let value = self.cut(value.into());
        self.texts = self.texts.saturating_add(value.len());
        if let Some(event) = self.event_mut(seq) {
            event.detail.insert(name.to_owned(), value);
        }
    }

    /// Marks an event as reported from inside the guest.
    pub fn claimed(&mut self, seq: Option<u32>) {
        if let Some(event) = self.event_mut(seq) {
            event.evidence = super::Evidence::Claimed;
        }
    }

    /// Gives an event its payload. What is over a cap is cut or left out, and the event says how long it was.
    pub fn attach(&mut self, seq: Option<u32>, bytes: impl Into<Bytes>) -> Option<Digest> {
        seq?;
        let mut bytes = bytes.into();
        let length = bytes.len();
        if length > self.caps.payload {
            // A copy: a slice would keep all of a text of any length alive for the part that is kept.
            bytes = Bytes::copy_from_slice(&bytes[..self.caps.payload]);
            self.detail(seq, "payload_length", length.to_string());
        }
        if self.blobs.total().saturating_add(bytes.len()) > self.caps.payloads {
            self.detail(seq, "payload_left_out", length.to_string());
            self.note_left_out(seq);
            return None;
        }
        let digest = self.blobs.insert(bytes);
        if let Some(event) = self.event_mut(seq) {
            event.payload = Some(digest);
        }
        Some(digest)
    }

    /// The first payload that is left out is told by an event, as every limit is.
    fn note_left_out(&mut self, seq: Option<u32>) {
        if std::mem::replace(&mut self.left_out, true) {
            return;
        }
        let of = self
            .event_mut(seq)
            .map_or((0, 0), |event| (event.pid, event.time));
        let hit = self.record(Kind::LimitHit, "payloads", of.0, of.1, Vec::new());
        let most = self.caps.payloads;
        self.detail(hit, "reason", format!("more than {most} bytes of payloads"));
    }

    /// The same for borrowed bytes: only what is kept is copied.
    pub fn attach_copy(&mut self, seq: Option<u32>, bytes: &[u8]) -> Option<Digest> {
        let (kept, rest) = bytes.split_at(bytes.len().min(self.caps.payload));
        let digest = self.attach(seq, Bytes::copy_from_slice(kept));
        if !rest.is_empty() {
            self.detail(seq, "payload_length", bytes.len().to_string());
        }
        digest
    }

    /// Adds bytes to the payload of an event, such as one piece of what a connection sends. The payload is in the event
    /// when the trace is finished; caps apply as for [`Recorder::attach`].
    pub fn append(&mut self, seq: Option<u32>, bytes: &[u8]) {
        let Some(seq) = seq else {
            return;
        };
        let left = self
            .caps
            .payloads
            .saturating_sub(self.blobs.total())
            .saturating_sub(self.held);
        let growing = self.growing.entry(seq).or_default();
        growing.length = growing.length.saturating_add(bytes.len());
        let room = self
            .caps
            .payload
            .saturating_sub(growing.bytes.len())
            .min(left)
            .min(bytes.len());
        growing.bytes.extend(bytes.iter().take(room));
        self.held = self.held.saturating_add(room);
    }

    /// Moves what has come in of growing payloads into their events.
    fn seal(&mut self) {
        for (seq, growing) in std::mem::take(&mut self.growing) {
            if growing.bytes.len() < growing.length {
                let length = growing.length.to_string();
                self.detail(Some(seq), "payload_length", length);
            }
            self.attach(Some(seq), growing.bytes);
        }
    }

    /// What has been recorded so far.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The parts of the finished trace. Events that were dropped are told by the `limit.hit` event, which gets the count.
    #[must_use]
    pub fn finish(mut self) -> (Vec<Run>, Vec<Event>, Blobs) {
        self.seal();
        if self.dropped > 0 {
            let dropped = self.dropped.to_string();
            self.detail(self.full, "dropped", dropped);
        }
        (self.runs, self.events, self.blobs)
    }

    fn event_mut(&mut self, seq: Option<u32>) -> Option<&mut Event> {
        self.events.get_mut(usize::try_from(seq?).ok()?)
    }

    fn cut(&self, mut text: String) -> String {
        if text.len() > self.caps.text {
            let end = (0..=self.caps.text)
                .rev()
                .find(|&i| text.is_char_boundary(i))
                .unwrap_or(0);
            text.truncate(end);
            text.push('…');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Recorder {
        Recorder::new(Caps {
            events: 2,
            payload: 4,
            payloads: 6,
            text: 8,
            texts: 1_000,
        })
    }

    #[test]
    fn a_full_trace_says_so_once_and_counts() {
        let mut recorder = small();
        for _ in 0..5 {
            recorder.record(Kind::FileStat, "/x", 1, 0, Vec::new());
        }
        let (_, events, _) = recorder.finish();
        assert_eq!(events.len(), 3);
        assert_eq!(events[2].kind, Kind::LimitHit);
        assert_eq!(events[2].detail["dropped"], "3");
    }

    #[test]
    fn a_trace_is_full_of_text_as_well() {
        let mut recorder = Recorder::new(Caps {
            events: 100,
            text: 100,
            texts: 20,
            ..small().caps
        });
        for _ in 0..9 {
            recorder.record(Kind::FileStat, "12345678", 1, 0, Vec::new());
        }
        let (_, events, _) = recorder.finish();
        assert_eq!(events.len(), 4);
        assert_eq!(
            events[3].detail["reason"],
            "more than 20 bytes of names and details"
        );
        assert_eq!(events[3].detail["dropped"], "6");
    }

    #[test]
    fn the_part_of_a_payload_that_is_kept_keeps_no_more_alive() {
        let mut recorder = small();
        let seq = recorder.record(Kind::NetSend, "h:1", 1, 0, Vec::new());
        let whole = Bytes::from(vec![b'x'; 1_000]);
        let digest = recorder.attach(seq, whole.clone()).unwrap();
        assert!(whole.is_unique());
        assert_eq!(recorder.blobs.get(&digest).unwrap(), "xxxx");
    }

    #[test]
    fn a_long_payload_is_cut_and_its_length_told() {
        let mut recorder = small();
        let seq = recorder.record(Kind::NetSend, "h:1", 1, 0, Vec::new());
        recorder.attach(seq, Bytes::from_static(b"123456"));
        let (_, events, blobs) = recorder.finish();
        assert_eq!(events[0].detail["payload_length"], "6");
        assert_eq!(blobs.total(), 4);
    }

    #[test]
    fn a_payload_grows_in_pieces_up_to_its_cap() {
        let mut recorder = small();
        let seq = recorder.record(Kind::NetSend, "h:1", 1, 0, Vec::new());
        for piece in [b"12", b"34", b"56"] {
            recorder.append(seq, piece);
        }
        let (_, events, blobs) = recorder.finish();
        let payload = blobs.get(&events[0].payload.unwrap()).unwrap();
        assert_eq!(&payload[..], b"1234");
        assert_eq!(events[0].detail["payload_length"], "6");
    }

    #[test]
    fn payloads_that_are_left_out_are_told_once() {
        let mut recorder = Recorder::new(Caps {
            payloads: 2,
            ..Caps::default()
        });
        for _ in 0..3 {
            let seq = recorder.record(Kind::NetSend, "h:1", 1, 0, Vec::new());
            recorder.attach(seq, Bytes::from_static(b"123"));
        }
        let hits = recorder
            .events()
            .iter()
            .filter(|event| event.kind == Kind::LimitHit);
        assert_eq!(hits.count(), 1);
        assert_eq!(recorder.events()[1].subject, "payloads");
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        let mut recorder = small();
        recorder.record(Kind::FileStat, "ééééééé", 1, 0, Vec::new());
        assert_eq!(recorder.events()[0].subject, "éééé…");
    }
}
