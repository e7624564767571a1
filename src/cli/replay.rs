//! `lazaret replay`: judges saved traces again. No guest is loaded and nothing is run.

use super::batch::{Batch, Done};
use super::{Reporting, Surroundings};
use crate::error::Error;
use crate::exit::Exit;
use crate::report::{PackageResult, Summary};
use crate::trace::{ReadLimits, Trace};
use crate::{rules, verdict};
use cap_std::ambient_authority;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Arguments of the command.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Replay {
    /// Traces that `lazaret vet --trace` has saved
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<PathBuf>,
    #[command(flatten)]
    reporting: Reporting,
}

/// Runs the command.
pub(super) fn run(replay: &Replay, quiet: bool, surroundings: &Surroundings) -> Exit {
    let mut batch = match Batch::new(&replay.reporting, quiet, surroundings) {
        Ok(batch) => batch,
        Err(exit) => return exit,
    };
    for path in &replay.traces {
        let target = path.to_string_lossy();
        let answer = judge(path, &target, replay.reporting.events);
        batch.take(&target, answer);
    }
    batch.finish()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the report states how long the judgement took"
)]
fn judge(path: &Path, target: &str, events: bool) -> Result<Done, Error> {
    let start = Instant::now();
    let trace = read(path)?;
    let findings = rules::judge(&trace);
    let judgement = verdict::decide(&trace, &findings);
    let wall = start.elapsed();
    Ok(Done {
        result: PackageResult::new(target, &trace, &findings, &judgement, wall, events),
        summary: Summary::of(&trace),
    })
}

fn read(path: &Path) -> Result<Trace, Error> {
    if !std::fs::metadata(path).is_ok_and(|data| data.is_file()) {
        return Err(crate::target::TargetError::NotFound.into());
    }
    let file = cap_std::fs::File::open_ambient(path, ambient_authority())
        .map_err(crate::trace::CodecError::from)?;
    Ok(Trace::read_from(file, &ReadLimits::default())?)
}
