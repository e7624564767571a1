//! What the parent makes of packages: an order for a worker, and a result of whatever the worker says or does.

use super::packages::{MAX_CODE, MAX_MANIFEST, MAX_NOTES, Word};
use super::{Answer, Bounds, Choices, Containment, Crew, Ending, Packages, Request};
use crate::error::{Error, InputError};
use crate::escape::escape_to;
use crate::limits::Limits;
use crate::pipeline;
use crate::target::Target;
use crate::timing::{Lap, Stopwatch};
use crate::trace::{Header, PackageId, ReadLimits, Run, RunEnd, SCHEMA, Trace};
use std::io::Read as _;
use std::time::Duration;

/// Time in which a worker reads and unpacks its target: the largest that the quotas allow takes a few seconds.
const READING: Duration = Duration::from_secs(120);

/// Time that a worker may take beyond that of its steps: to plan, to write the trace, and on a busy machine.
const GRACE: Duration = Duration::from_secs(20);

/// Bytes of one line before the trace: heads of traces name planted secrets and the dependencies of a package.
const MAX_LINE: u64 = 4 << 20;

/// Bytes of an answer: what the caps of the recorder let a trace become in practice, and more.
const MAX_ANSWER: u64 = 1 << 30;

/// Memory of a worker that only unpacks: an archive and what is in it.
const UNPACKING: u64 = 3 << 30;

/// Time in which a program is compiled: the largest that is let through takes a third of it on a slow machine.
const COMPILING: Duration = Duration::from_secs(60);

/// Memory in which a program is compiled: about fifty times its bytes are needed.
const COMPILER: u64 = 4 << 30;

/// Stages that a worker may tell of: more than a plan has steps.
const MAX_STAGES: usize = 1_000;

/// Characters of a reason or note that a worker states.
const MAX_REASON: usize = 600;

/// A package that was run.
#[derive(Debug)]
pub struct Vetted {
    /// What was seen.
    pub trace: Trace,
    /// Oddities of the input, one sentence each; escaped.
    pub notes: Vec<String>,
    /// The stages of the run, as far as they are known; what a worker says of them is a claim.
    pub times: Vec<Lap>,
    /// Which layers held around the run; `None` when the worker was lost before it was locked.
    pub containment: Option<Containment>,
}

/// Runs packages: each in a worker, where this system can have them, else in this process.
pub struct Ward(Place);

enum Place {
    Workers(Crew<Packages>, Choices),
    /// With the reason.
    Here(Packages, String),
}

impl Ward {
    /// Starts the zygote. Must be called before this process starts threads. `here` forbids workers. The `targets` are those
    /// that will come: the guests are loaded at once if there is anything at one of these places.
    #[must_use]
    pub fn open(packages: Packages, here: bool, targets: &[String]) -> Ward {
        if here {
            return Ward(Place::Here(packages, "asked for".into()));
        }
        let choices = packages.choices.clone();
        let first = targets.iter().find(|text| Target::parse(text).is_ok());
        let first = first.map(|text| Request::Vet {
            target: text.clone(),
        });
        match Crew::start(packages.clone(), first) {
            Ok(crew) => Ward(Place::Workers(crew, choices)),
            Err(reason) => Ward(Place::Here(packages, reason)),
        }
    }

    /// Runs one target.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when it is nothing that can be vetted, and [`Error::Internal`] when the host fails. A worker that is
    /// lost is neither: it is a run with the outcome `crashed` or `timeout`.
    pub fn vet(&self, text: &str) -> Result<Vetted, Error> {
        let target = Target::parse(text)?;
        match &self.0 {
            Place::Workers(crew, choices) => in_worker(crew, text, &target, &choices.limits()),
            Place::Here(packages, reason) => packages.vet_here(&target, reason),
        }
    }
}

/// Has a worker run a target.
fn in_worker(
    crew: &Crew<Packages>,
    text: &str,
    target: &Target,
    limits: &Limits,
) -> Result<Vetted, Error> {
    let mut heard = Heard::default();
    let code = match target {
        Target::Program(_) => Some(code_of(crew, text)?),
        Target::Archive(_) | Target::Directory(_) => None,
    };
    let attached = match code {
        Some(code) => Ok(Some(code)),
        None => manifest_of(crew, text, target),
    };
    let said = attached.and_then(|attached| {
        let request = Request::Vet {
            target: text.to_owned(),
        };
        let most = READING + limits.whole(usize::MAX) + GRACE;
        let bounds = Bounds {
            wall: most,
            cpu: most,
            memory: None,
            answer: MAX_ANSWER,
        };
        let answer = crew.ask(&request, attached.as_deref(), &bounds)?;
        heard.listen(answer, limits)
    });
    match said {
        Ok(Said::Trace(trace)) => Ok(Vetted {
            trace: *trace,
            notes: heard.notes,
            times: heard.times,
            containment: heard.containment,
        }),
        Ok(Said::Failed(error)) => Err(error),
        Err(ending) => lost(text, target, heard, &ending),
    }
}

/// Has a worker compile a program, which is hostile to compilers as well.
fn code_of(crew: &Crew<Packages>, text: &str) -> Result<Vec<u8>, Error> {
    let request = Request::Compile {
        target: text.to_owned(),
    };
    let bounds = Bounds {
        wall: COMPILING,
        cpu: COMPILING,
        memory: Some(COMPILER),
        answer: MAX_CODE,
    };
    let refuse = |reason: &str| {
        Err(Error::Input(InputError::Told(escape_to(
            reason, MAX_REASON,
        ))))
    };
    let compiled = crew.ask(&request, None, &bounds).and_then(|mut answer| {
        match answer.line::<Result<u64, String>>(MAX_LINE)? {
            Ok(length) => {
                let mut code = Vec::new();
                let read = (&mut answer).take(length).read_to_end(&mut code);
                // What is complete is taken, whatever becomes of the worker: it has nothing left to do.
                match read {
                    Ok(_) if code.len() as u64 == length => Ok(Ok(code)),
                    _ => Err(answer.ending()),
                }
            }
            Err(reason) => Ok(Err(reason)),
        }
    });
    match compiled {
        Ok(Ok(code)) => Ok(code),
        Ok(Err(reason)) => refuse(&reason),
        Err(ending) if ending.is_of_worker() => refuse(&format!(
            "the WebAssembly program cannot be compiled: {ending}"
        )),
        Err(ending) => Err(Error::Internal(ending.to_string())),
    }
}

/// The manifest in an archive that has dependencies beside it: they have to be read before the worker that unpacks the
/// archive is locked, so another one unpacks it first.
fn manifest_of(
    crew: &Crew<Packages>,
    text: &str,
    target: &Target,
) -> Result<Option<Vec<u8>>, Ending> {
    if !pipeline::needs_manifest(target) {
        return Ok(None);
    }
    let request = Request::Manifest {
        target: text.to_owned(),
    };
    let bounds = Bounds {
        wall: READING,
        cpu: READING,
        memory: Some(UNPACKING),
        answer: MAX_MANIFEST,
    };
    let (_, manifest) = crew.locked(&request, None, &bounds)?;
    Ok(Some(manifest))
}

/// What is known of a worker's work so far.
#[derive(Default)]
struct Heard {
    header: Option<Header>,
    notes: Vec<String>,
    times: Vec<Lap>,
    containment: Option<Containment>,
}

/// How a worker's answer ends when it is complete.
enum Said {
    Trace(Box<Trace>),
    Failed(Error),
}

impl Heard {
    /// Listens to an answer to its end.
    fn listen(&mut self, mut answer: Answer, limits: &Limits) -> Result<Said, Ending> {
        self.containment = Some(answer.containment().clone());
        loop {
            match answer.line(MAX_LINE)? {
                Word::Start {
                    header,
                    steps,
                    notes,
                } if self.header.is_none() => {
                    answer.shorten(limits.whole(steps) + GRACE);
                    let notes = notes.iter().take(MAX_NOTES);
                    self.notes = notes.map(|note| escape_to(note, MAX_REASON)).collect();
                    self.header = Some(header.into_owned());
                }
                Word::Failed { input, reason } => {
                    let reason = escape_to(&reason, MAX_REASON);
                    return Ok(Said::Failed(match input {
                        true => Error::Input(InputError::Told(reason)),
                        false => Error::Internal(reason),
                    }));
                }
                Word::Trace(times) if self.header.is_some() => {
                    self.times = times.into_iter().take(MAX_STAGES).collect();
                    break;
                }
                _ => return Err(Ending::Malformed("words in the wrong order".into())),
            }
        }
        let mut watch = Stopwatch::start();
        let trace = Trace::read_plain(&mut answer, &ReadLimits::default());
        watch.lap("answer");
        self.times.extend_from_slice(watch.laps());
        match trace {
            Ok(trace) if Some(&trace.header) == self.header.as_ref() => {
                Ok(Said::Trace(Box::new(trace)))
            }
            Ok(_) => Err(Ending::Malformed(
                "the trace is about another package".into(),
            )),
            Err(error) => Err(match answer.over() {
                None | Some(Ending::Exit(0)) => Ending::Malformed(error.to_string()),
                Some(ending) => ending,
            }),
        }
    }
}

/// What is known of a package whose worker was lost: a trace with one run that says so. It has a gap, so the package is not
/// called clean.
fn lost(text: &str, target: &Target, heard: Heard, ending: &Ending) -> Result<Vetted, Error> {
    if !ending.is_of_worker() {
        return Err(Error::Internal(ending.to_string()));
    }
    let header = heard.header.unwrap_or_else(|| Header {
        schema: SCHEMA.into(),
        tool: concat!("lazaret ", env!("CARGO_PKG_VERSION")).into(),
        package: PackageId {
            ecosystem: target.ecosystem().name().into(),
            name: text.to_owned(),
            // Nothing was read of it that could be trusted.
            digest: "0".repeat(64),
            ..PackageId::default()
        },
        ..Header::default()
    });
    let run = Run {
        phase: "worker".into(),
        command: text.to_owned(),
        end: match ending {
            Ending::TimedOut(_) => RunEnd::Timeout,
            _ => RunEnd::Crashed,
        },
        reason: ending.to_string(),
        ..Run::default()
    };
    Ok(Vetted {
        trace: Trace {
            header,
            runs: vec![run],
            ..Trace::default()
        },
        notes: heard.notes,
        times: heard.times,
        containment: heard.containment,
    })
}
