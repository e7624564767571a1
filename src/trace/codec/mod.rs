//! The on-disk form of a trace: one file, documented in docs/trace.md.
//!
//! A zstd frame holds JSON lines: the header, the runs, the events, then each payload as a line with digest and length
//! and the bytes themselves, and a line that counts what came before. That plain form is canonical: equal traces are equal
//! bytes, and their SHA-256 is the digest of the trace.
//!
//! The reader believes nothing: a trace may come from a locked worker that a package has taken over, or from the internet.

use super::{Blobs, Digest, Event, Header, Run, SCHEMA, Trace};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read, Write};
use thiserror::Error;

#[cfg(test)]
mod tests;

/// Effort of the compressor: the fastest level that still finds what repeats.
const LEVEL: i32 = 1;
/// How far back a compressed stream may refer, as a power of two: 8 MB of memory for the reader.
const WINDOW_LOG: u32 = 23;

/// Limits of the reader. Each is above what the recorder's own caps let a trace become.
#[derive(Clone, Copy, Debug)]
pub struct ReadLimits {
    /// Bytes of one line; an event with all its details is far shorter.
    pub line: usize,
    /// Runs.
    pub runs: usize,
    /// Events.
    pub events: usize,
    /// Bytes of all payloads.
    pub payloads: usize,
    /// Bytes of the plain form.
    pub total: u64,
}

impl Default for ReadLimits {
    fn default() -> ReadLimits {
        ReadLimits {
            line: 4 << 20,
            runs: 100_000,
            events: 1_000_000,
            payloads: 512 << 20,
            total: 2 << 30,
        }
    }
}

/// Why bytes are not a trace.
#[derive(Debug, Error)]
pub enum CodecError {
    /// They cannot be read or decompressed.
    #[error("not a trace, or a damaged one: {0}")]
    Unreadable(#[from] io::Error),
    /// They start with something else.
    #[error("not a trace: it does not start with a header")]
    NotATrace,
    /// It is of another version.
    #[error("a trace of the form `{0}`; this program reads {SCHEMA}")]
    OtherVersion(String),
    /// A line is not what has to stand there.
    #[error("line {line} of the trace is damaged: {reason}")]
    Damaged {
        /// Number of the line in the plain form, from 1, payloads not counted.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// It holds more than a limit allows.
    #[error("the trace has more than {limit} {what}")]
    TooLarge {
        /// The limit.
        limit: u64,
        /// Of what.
        what: &'static str,
    },
}

/// One line of the plain form.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Line<'a> {
    Header(Cow<'a, Header>),
    Run(Cow<'a, Run>),
    Event(Cow<'a, Event>),
    Blob { digest: Digest, length: u64 },
    End { runs: u64, events: u64, blobs: u64 },
}

impl Trace {
    /// Writes the compressed form.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_to(&self, writer: impl Write) -> io::Result<()> {
        let mut encoder = zstd::Encoder::new(writer, LEVEL)?;
        encoder.include_checksum(true)?;
        encoder.window_log(WINDOW_LOG)?;
        self.write_plain(&mut encoder)?;
        encoder.finish()?.flush()
    }

    /// Reads the compressed form. Checked are the version, the order and number of lines, all references and all digests.
    ///
    /// # Errors
    ///
    /// [`CodecError`] at the first thing that is not as [`Trace::write_to`] writes it, or over the limits.
    pub fn read_from(reader: impl Read, limits: &ReadLimits) -> Result<Trace, CodecError> {
        let mut decoder = zstd::Decoder::new(reader)?.single_frame();
        decoder.window_log_max(WINDOW_LOG)?;
        // One byte over the limit tells a trace that is too long from one that ends there.
        let decoder = decoder.take(limits.total.saturating_add(1));
        Trace::read_plain(BufReader::new(decoder), limits)
    }

    /// SHA-256 of the plain form, hexadecimal: equal for equal traces. No host time is part of it.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Hasher(Sha256::new());
        // Hashing cannot fail, and every value of a trace has a JSON form.
        let _ = self.write_plain(&mut hash);
        let bytes: [u8; 32] = hash.0.finalize().into();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Writes the plain form.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_plain(&self, writer: &mut impl Write) -> io::Result<()> {
        let mut line = |line: &Line<'_>| -> io::Result<()> {
            serde_json::to_writer(&mut *writer, line)?;
            writer.write_all(b"\n")
        };
        line(&Line::Header(Cow::Borrowed(&self.header)))?;
        for run in &self.runs {
            line(&Line::Run(Cow::Borrowed(run)))?;
        }
        for event in &self.events {
            line(&Line::Event(Cow::Borrowed(event)))?;
        }
        let mut blobs = 0;
        for (digest, bytes) in self.blobs.iter() {
            blobs += 1;
            let length = bytes.len() as u64;
            serde_json::to_writer(
                &mut *writer,
                &Line::Blob {
                    digest: *digest,
                    length,
                },
            )?;
            writer.write_all(b"\n")?;
            writer.write_all(bytes)?;
            writer.write_all(b"\n")?;
        }
        let end = Line::End {
            runs: self.runs.len() as u64,
            events: self.events.len() as u64,
            blobs,
        };
        serde_json::to_writer(&mut *writer, &end)?;
        writer.write_all(b"\n")
    }

    /// Reads the plain form, with all checks of [`Trace::read_from`].
    ///
    /// # Errors
    ///
    /// As for [`Trace::read_from`].
    pub fn read_plain(reader: impl BufRead, limits: &ReadLimits) -> Result<Trace, CodecError> {
        let mut reader = Reader {
            reader,
            limits,
            line: 0,
            read: 0,
        };
        let header = match reader.next() {
            Ok(Line::Header(header)) => header.into_owned(),
            Err(CodecError::Damaged { .. }) | Ok(_) => return Err(CodecError::NotATrace),
            Err(error) => return Err(error),
        };
        if header.schema != SCHEMA {
            let shown = crate::escape::escape_to(&header.schema, 40);
            return Err(CodecError::OtherVersion(shown));
        }
        let mut trace = Trace {
            header,
            ..Trace::default()
        };
        let mut blobs = 0;
        loop {
            match reader.next()? {
                Line::Run(run) if trace.events.is_empty() && blobs == 0 => {
                    trace.runs.push(run.into_owned());
                    within(trace.runs.len() as u64, limits.runs as u64, "runs")?;
                }
                Line::Event(event) if blobs == 0 => {
                    reader.check_event(&event, &trace)?;
                    trace.events.push(event.into_owned());
                    within(trace.events.len() as u64, limits.events as u64, "events")?;
                }
                Line::Blob { digest, length } => {
                    blobs += 1;
                    reader.blob(digest, length, &mut trace.blobs)?;
                }
                Line::End {
                    runs,
                    events,
                    blobs: stated,
                } => {
                    let counts = (trace.runs.len() as u64, trace.events.len() as u64, blobs);
                    if counts != (runs, events, stated) {
                        return Err(reader.damaged("it counts other lines than those before it"));
                    }
                    break;
                }
                _ => return Err(reader.damaged("it stands in the wrong place")),
            }
        }
        reader.finish(&trace)?;
        Ok(trace)
    }
}

/// A reader of lines and payloads that counts what it reads.
struct Reader<'l, R> {
    reader: R,
    limits: &'l ReadLimits,
    line: u64,
    read: u64,
}

impl<R: BufRead> Reader<'_, R> {
    fn damaged(&self, reason: impl Into<String>) -> CodecError {
        CodecError::Damaged {
            line: self.line,
            reason: reason.into(),
        }
    }

    fn count(&mut self, length: usize) -> Result<(), CodecError> {
        self.read = self.read.saturating_add(length as u64);
        within(self.read, self.limits.total, "bytes")
    }

    fn next(&mut self) -> Result<Line<'static>, CodecError> {
        self.line = self.line.saturating_add(1);
        let mut text = Vec::new();
        let most = self.limits.line as u64;
        (&mut self.reader)
            .take(most.saturating_add(1))
            .read_until(b'\n', &mut text)?;
        self.count(text.len())?;
        within(text.len() as u64, most, "bytes in a line")?;
        if text.pop() != Some(b'\n') {
            return Err(self.damaged("it ends too early"));
        }
        serde_json::from_slice(&text).map_err(|error| {
            let reason = crate::escape::escape_to(&error.to_string(), 160);
            self.damaged(reason)
        })
    }

    /// Reads the bytes behind a payload's line. Memory grows with what is there, not with what is stated.
    fn blob(&mut self, digest: Digest, length: u64, blobs: &mut Blobs) -> Result<(), CodecError> {
        let held = (blobs.total() as u64).saturating_add(length);
        within(held, self.limits.payloads as u64, "bytes of payloads")?;
        let mut bytes = Vec::new();
        (&mut self.reader)
            .take(length.saturating_add(1))
            .read_to_end(&mut bytes)?;
        self.count(bytes.len())?;
        if bytes.pop() != Some(b'\n') || bytes.len() as u64 != length {
            return Err(self.damaged("its payload has another length"));
        }
        if blobs
            .iter()
            .next_back()
            .is_some_and(|(last, _)| *last >= digest)
        {
            return Err(self.damaged("payloads are not in the order of their digests"));
        }
        if blobs.insert(Bytes::from(bytes)) != digest {
            return Err(self.damaged("its payload has another digest"));
        }
        Ok(())
    }

    fn check_event(&self, event: &Event, trace: &Trace) -> Result<(), CodecError> {
        if event.seq as usize != trace.events.len() {
            return Err(self.damaged("events are not numbered in their order"));
        }
        // Events before the first run carry no lawful index; a recorder never makes one.
        if event.run as usize >= trace.runs.len() {
            return Err(self.damaged("the event belongs to no run"));
        }
        Ok(())
    }

    /// Checks that nothing follows and that every reference leads somewhere.
    fn finish(mut self, trace: &Trace) -> Result<(), CodecError> {
        let mut rest = [0];
        if self.reader.read(&mut rest)? != 0 {
            return Err(self.damaged("something follows it"));
        }
        let lost = trace.events.iter().find(|event| {
            event
                .payload
                .is_some_and(|digest| trace.blobs.get(&digest).is_none())
        });
        match lost {
            Some(event) => Err(self.damaged(format!("event {} has no payload", event.seq))),
            None => Ok(()),
        }
    }
}

fn within(count: u64, limit: u64, what: &'static str) -> Result<(), CodecError> {
    if count > limit {
        return Err(CodecError::TooLarge { limit, what });
    }
    Ok(())
}

struct Hasher(Sha256);

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
