//! Packages in workers: what a worker does with one.
//!
//! A worker answers in lines of JSON, each a [`Word`], and ends with the trace in its plain form. What is said before the
//! first step is said before package code ran.

use super::{Attempt, Bench, Containment, Job, Lock, Task, Vetted};
use crate::error::Error;
use crate::guest::{self, Cache, CacheError};
use crate::limits::Limits;
use crate::pipeline::{self, Package, Raw, Settings, Station};
use crate::target::Target;
use crate::timing::{Lap, Stopwatch};
use crate::trace::Header;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Bytes of a manifest that is read for its dependencies.
pub(super) const MAX_MANIFEST: u64 = 8 << 20;

/// Bytes of compiled code: the largest program that is compiled becomes a few hundred megabytes.
pub(super) const MAX_CODE: u64 = 1 << 30;

/// Notes of one package that are passed on.
pub(super) const MAX_NOTES: usize = 100;

/// What one worker is asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Run a package and answer with its trace. The attachment is its manifest, for an archive that has dependencies beside
    /// it, and its code for a WebAssembly program.
    Vet {
        /// The text of the command line.
        target: String,
    },
    /// Compile a WebAssembly program and answer with its code, or with why there is none.
    Compile {
        /// The text of the command line.
        target: String,
    },
    /// Answer with the manifest in an archive.
    Manifest {
        /// The text of the command line.
        target: String,
    },
    /// Try a way out, for `lazaret doctor`.
    Attempt {
        /// Which one.
        attempt: Attempt,
        /// Whether system calls are filtered.
        filtered: bool,
        /// The process that it is aimed at.
        parent: u32,
    },
}

/// What the user chose for all packages.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// The seed; without it, it follows from the package.
    pub seed: Option<u64>,
    /// The phases that are run; all when empty.
    pub phases: BTreeSet<String>,
    /// Longest time of one run, when it is not the usual one.
    pub timeout: Option<Duration>,
}

impl Choices {
    fn settings(&self, package: &Package) -> Settings {
        Settings {
            seed: self.seed.unwrap_or_else(|| seed_of(&package.digest)),
            phases: self.phases.clone(),
            limits: self.limits(),
        }
    }

    pub(super) fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            wall: self.timeout.unwrap_or(usual.wall),
            ..usual
        }
    }
}

/// A seed from the package's digest: runs can be repeated, and still no author can know the planted secrets beforehand,
/// since the digest of a package cannot stand in the package.
fn seed_of(digest: &str) -> u64 {
    let head = digest.get(..16).unwrap_or_default();
    u64::from_str_radix(head, 16).unwrap_or_default()
}

/// The job of the workers: to run packages.
#[derive(Clone, Default)]
pub struct Packages {
    /// Where compiled guests are kept; `None` when there is no place.
    pub cache: Option<PathBuf>,
    /// What the user chose.
    pub choices: Choices,
    /// Work that takes the place of the usual one, for tests of what becomes of workers that go wrong.
    pub instead: Option<Instead>,
    station: OnceLock<Result<Arc<Station>, String>>,
}

/// Decides on the work for a request; `None` leaves it as it is.
pub type Instead = fn(&Request) -> Option<Task<'static>>;

impl Packages {
    /// Packages that are run with these choices.
    #[must_use]
    pub fn new(cache: Option<PathBuf>, choices: Choices) -> Packages {
        Packages {
            cache,
            choices,
            ..Packages::default()
        }
    }

    fn cache(&self) -> Result<Cache, CacheError> {
        Cache::open_at(self.cache.as_ref().ok_or(CacheError::NoPlace)?)
    }

    pub(super) fn vet_here(&self, target: &Target, reason: &str) -> Result<Vetted, Error> {
        let mut watch = Stopwatch::start();
        let mut package = pipeline::read(target)?;
        watch.lap("read and unpack");
        let station = self.station.get_or_init(|| {
            let cache = self.cache().map_err(|error| error.to_string())?;
            Ok(Arc::new(Station::open(&cache).map_err(told)?))
        });
        let station = station.as_ref().map_err(|e| Error::Internal(e.clone()))?;
        if let Target::Program(_) = target {
            let raw = pipeline::open(target, None)?;
            let code = guest::compile(raw.program_bytes().map_or(&[], AsRef::as_ref))?;
            package.program = Some(station.load(&code)?);
        }
        let settings = self.choices.settings(&package);
        let trace = station.run_announced(&package, &settings, &mut watch, |_, _| ())?;
        Ok(Vetted {
            notes: notes(&package),
            trace,
            times: watch.laps().to_vec(),
            containment: Some(Containment {
                missing: vec![format!("worker process: {reason}")],
                ..Containment::default()
            }),
        })
    }

    /// Opens the station without leaving a thread behind. Guests are compiled by another process, for that needs threads.
    fn station_for_forks(&self) -> Result<Arc<Station>, String> {
        let cache = self.cache().map_err(|error| error.to_string())?;
        let mapped = || Station::mapped(&cache).map_err(told);
        let station = match mapped()? {
            Some(station) => station,
            None => {
                super::aside(|| Station::open(&cache).map(|_| ()).map_err(told))?;
                mapped()?.ok_or("compiled guests do not stay in the cache")?
            }
        };
        Ok(Arc::new(station))
    }
}

/// The bare reason: the sentence around it is put there by whoever reports it.
fn told(error: Error) -> String {
    match error {
        Error::Internal(reason) => reason,
        Error::Input(error) => error.to_string(),
    }
}

fn notes(package: &Package) -> Vec<String> {
    let notes = package.tree.notes().iter();
    notes
        .chain(package.dependencies.notes())
        .take(MAX_NOTES)
        .cloned()
        .collect()
}

impl Job for Packages {
    type Request = Request;

    fn furnish(&mut self, request: &Request) -> Result<(), String> {
        match request {
            Request::Vet { .. } => {
                let station = self.station.get().cloned();
                let station = station.unwrap_or_else(|| self.station_for_forks());
                self.station.get_or_init(|| station).clone().map(|_| ())
            }
            Request::Manifest { .. } | Request::Compile { .. } | Request::Attempt { .. } => Ok(()),
        }
    }

    fn open(&self, request: Request, attachment: Option<File>) -> Task<'_> {
        if let Some(task) = self.instead.and_then(|instead| instead(&request)) {
            return task;
        }
        match request {
            Request::Attempt {
                attempt,
                filtered,
                parent,
            } => super::attempt(attempt, filtered, parent),
            Request::Vet { target } => self.run(&target, attachment),
            Request::Compile { target } => {
                let raw = opened(&target, None);
                Task::new(move |mut bench| compiled(raw, &mut bench))
            }
            Request::Manifest { target } => {
                let raw = opened(&target, None);
                Task::new(move |mut bench| {
                    let manifest = raw.and_then(pipeline::manifest);
                    // Whatever is wrong with the package, its run finds it again and says so.
                    bench.write_all(&manifest.unwrap_or_default())
                })
            }
        }
    }
}

fn opened(text: &str, manifest: Option<Vec<u8>>) -> Result<Raw, Error> {
    pipeline::open(&Target::parse(text)?, manifest.as_deref())
}

/// Reads what came with an order.
fn attached(file: Option<File>) -> Result<Option<Vec<u8>>, Error> {
    let read = |file: File| {
        let mut bytes = Vec::new();
        file.take(MAX_CODE).read_to_end(&mut bytes).map(|_| bytes)
    };
    let read = file.map(read).transpose();
    read.map_err(|error| Error::Internal(format!("what came with the order: {error}")))
}

/// Answers with the code of a program: a line with its length, or with why there is none, and the code.
fn compiled(raw: Result<Raw, Error>, bench: &mut Bench) -> io::Result<()> {
    let code = raw.and_then(|raw| {
        let bytes = raw.program_bytes().map_or(&[][..], AsRef::as_ref);
        Ok(guest::compile(bytes)?)
    });
    match code {
        Ok(code) => {
            bench.line(&Ok::<u64, String>(code.len() as u64))?;
            bench.write_all(&code)
        }
        Err(error) => bench.line(&Err::<u64, String>(told(error))),
    }
}

/// One thing that a worker says.
#[derive(Serialize, Deserialize)]
pub(super) enum Word<'a> {
    /// The package is unpacked and is about to be run.
    Start {
        header: Box<Cow<'a, Header>>,
        steps: usize,
        notes: Vec<String>,
    },
    /// There is no trace.
    Failed {
        /// Whether the input is at fault, not this program.
        input: bool,
        reason: String,
    },
    /// The trace follows. These are the stages that led to it.
    Trace(Vec<Lap>),
}

impl Packages {
    fn run(&self, target: &str, attachment: Option<File>) -> Task<'_> {
        let mut watch = Stopwatch::start();
        let station = match self.station.get() {
            Some(Ok(station)) => Ok(station),
            Some(Err(reason)) => Err(reason.clone()),
            None => Err("the worker is not furnished".to_owned()),
        };
        let station = match station {
            Ok(station) => station,
            Err(reason) => {
                return Task::new(move |mut bench| fail(&mut bench, Error::Internal(reason)));
            }
        };
        let opened = attached(attachment).and_then(|attached| prepared(target, attached));
        watch.lap("read");
        let lock = match &opened {
            Ok((_, Some(_))) => Lock::Loading,
            _ => Lock::Sealed,
        };
        Task {
            threads: Box::new(|| station.start().map_err(told)),
            lock,
            work: Box::new(move |mut bench| {
                let raw = opened.and_then(|(mut raw, code)| {
                    raw.program = code.map(|code| station.load(&code)).transpose()?;
                    Ok(raw)
                });
                if lock == Lock::Loading {
                    bench.seal()?;
                }
                work(station, &self.choices, raw, watch, bench)
            }),
        }
    }
}

/// Opens a target, with its code when it has any. The code was made by another worker, which saw a hostile program: it is
/// loaded when everything but executable memory has been given up.
fn prepared(text: &str, attached: Option<Vec<u8>>) -> Result<(Raw, Option<Vec<u8>>), Error> {
    let target = Target::parse(text)?;
    match target {
        Target::Program(_) => Ok((
            pipeline::open(&target, None)?,
            Some(attached.unwrap_or_default()),
        )),
        Target::Archive(_) | Target::Directory(_) => {
            Ok((pipeline::open(&target, attached.as_deref())?, None))
        }
    }
}

/// The work of a worker, behind its lock.
fn work(
    station: &Station,
    choices: &Choices,
    raw: Result<Raw, Error>,
    mut watch: Stopwatch,
    mut bench: Bench,
) -> io::Result<()> {
    watch.lap("lock");
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let package = pipeline::unpack(raw?)?;
        watch.lap("unpack");
        let settings = choices.settings(&package);
        station.run_announced(&package, &settings, &mut watch, |header, steps| {
            // When nobody reads any more, the trace cannot be written either.
            let _ = bench.line(&Word::Start {
                header: Box::new(Cow::Borrowed(header)),
                steps,
                notes: notes(&package),
            });
        })
    }));
    match ran {
        Ok(Ok(trace)) => {
            bench.line(&Word::Trace(watch.laps().to_vec()))?;
            let mut out = io::BufWriter::with_capacity(256 << 10, bench);
            trace.write_plain(&mut out)?;
            out.flush()?;
            // The parent sees the end of the answer now, not when the trace has been taken apart.
            drop(out);
            Ok(())
        }
        Ok(Err(error)) => fail(&mut bench, error),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            fail(&mut bench, Error::Internal(said.unwrap_or_default()))
        }
    }
}

fn fail(bench: &mut Bench, error: Error) -> io::Result<()> {
    bench.line(&Word::Failed {
        input: matches!(error, Error::Input(_)),
        reason: told(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_follows_from_the_package() {
        assert_eq!(seed_of("00000000000000ff0123"), 255);
        assert_ne!(seed_of(&"1".repeat(64)), seed_of(&"2".repeat(64)));
        assert_eq!(seed_of("é"), 0);
    }
}
