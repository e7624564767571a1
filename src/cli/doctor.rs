//! `lazaret doctor`: which layers between packages and this machine hold, found out by trying to break them.

use super::{Format, Surroundings, answer, complain, vet};
use crate::escape::escape_to;
use crate::exit::Exit;
use crate::guest::{Cache, CacheError, Runtime};
use crate::worker::{self, Probe, Probes};
use serde::Serialize;
use std::fmt::Write as _;

/// The format name that heads the answer for programs.
const SCHEMA: &str = "lazaret.doctor/1";

/// Characters of a text of the system that are shown.
const TEXT: usize = 300;

/// Arguments of the command.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Doctor {
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Everything that was found.
#[derive(Debug, Serialize)]
struct Findings {
    schema: &'static str,
    /// Whether all layers hold.
    sound: bool,
    /// `null` when there are no workers; then `reason` says why.
    workers: Option<Probes>,
    reason: String,
    cache: CacheState,
    /// SHA-256 of the guests in this program, by name.
    guests: Vec<(&'static str, &'static str)>,
}

/// The cache of compiled guests.
#[derive(Debug, Serialize)]
struct CacheState {
    place: String,
    /// Whether it can be used: it belongs to the user, and nobody else can write it.
    sound: bool,
    /// What is in it, or why it cannot be used.
    state: String,
}

/// Runs the command. Exit code 0 when all layers hold, 1 when one does not.
pub(super) fn run(doctor: &Doctor, surroundings: &Surroundings) -> Exit {
    // Workers are copies of this process as it is now: nothing before this line may start a thread.
    let (workers, reason) = match worker::probe() {
        Ok(probes) => (Some(probes), String::new()),
        Err(reason) => (None, reason),
    };
    let cache = look_at_cache(surroundings);
    let layers_hold = workers.as_ref().is_some_and(|workers| {
        workers.containment.missing.is_empty() && workers.probes.iter().all(|probe| probe.held)
    });
    let findings = Findings {
        schema: SCHEMA,
        sound: layers_hold && cache.sound,
        workers,
        reason,
        cache,
        guests: Runtime::guest_digests().into(),
    };
    let text = match doctor.format {
        Format::Text => render(&findings),
        Format::Json => match serde_json::to_string_pretty(&findings) {
            Ok(json) => json + "\n",
            Err(error) => {
                complain(&format!("the answer has no JSON form: {error}"));
                return Exit::Internal;
            }
        },
    };
    match answer(&text) {
        Exit::Clean if !findings.sound => Exit::Findings,
        exit => exit,
    }
}

fn look_at_cache(surroundings: &Surroundings) -> CacheState {
    let Some(path) = vet::cache(surroundings) else {
        return CacheState {
            place: String::new(),
            sound: false,
            state: CacheError::NoPlace.to_string(),
        };
    };
    let opened = Cache::open_at(&path)
        .map_err(|error| error.to_string())
        .and_then(|cache| Runtime::mapped(&cache).map_err(|error| error.to_string()));
    let (sound, state) = match opened {
        Ok(Some(_)) => (true, "the guests are compiled for this machine".to_owned()),
        Ok(None) => (
            true,
            "the guests will be compiled when they are needed".to_owned(),
        ),
        Err(error) => (false, error),
    };
    CacheState {
        place: path.display().to_string(),
        sound,
        state,
    }
}

fn render(findings: &Findings) -> String {
    let mut out = String::new();
    match &findings.workers {
        Some(workers) => {
            let landlock = match workers.containment.landlock {
                Some(version) => format!("version {version}"),
                None => "missing".to_owned(),
            };
            row(
                &mut out,
                workers.containment.landlock.is_some(),
                "Landlock",
                &landlock,
            );
            for missing in &workers.containment.missing {
                row(&mut out, false, "missing", &escape_to(missing, TEXT));
            }
            for probe in &workers.probes {
                row(&mut out, probe.held, probe.layer, &sentence(probe));
            }
        }
        None => row(
            &mut out,
            false,
            "workers",
            &escape_to(&findings.reason, TEXT),
        ),
    }
    let cache = &findings.cache;
    let place = format!(
        "{}: {}",
        escape_to(&cache.place, TEXT),
        escape_to(&cache.state, TEXT)
    );
    row(&mut out, cache.sound, "cache", &place);
    for (name, digest) in &findings.guests {
        row(&mut out, true, "guest", &format!("{name} {digest}"));
    }
    let verdict = match (findings.sound, &findings.workers) {
        (true, _) => "All layers hold on this machine.",
        (false, Some(_)) => "Not all layers hold on this machine; reports say which.",
        (false, None) => {
            "Packages are run in this program's own process, behind WebAssembly alone."
        }
    };
    // Writing to a string cannot fail.
    let _ = writeln!(out, "\n{verdict}");
    out
}

fn sentence(probe: &Probe) -> String {
    let can = if probe.held { "cannot" } else { "CAN" };
    format!(
        "a worker {can} {} ({})",
        probe.what,
        escape_to(&probe.ending, TEXT)
    )
}

fn row(out: &mut String, holds: bool, layer: &str, text: &str) {
    let state = if holds { "holds" } else { "fails" };
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{state}  {layer:<21} {text}");
}
