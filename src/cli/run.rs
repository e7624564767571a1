//! `lazaret run`: runs one WebAssembly program in a world of its own.

use super::{Surroundings, complain, input};
use crate::error::Error;
use crate::escape;
use crate::exit::Exit;
use crate::pipeline::{Given, Job, Outcome};
use crate::unpack::{self, Quotas, UnpackError};
use crate::world;
use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;
use std::time::Duration;

/// Characters of a reason that are shown.
const REASON: usize = 300;

/// Arguments of the command.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Run {
    /// The program: a WebAssembly module or component that was built for WASI
    #[arg(value_name = "MODULE")]
    module: PathBuf,
    /// Set a variable; the program sees no others
    #[arg(long, value_name = "NAME=VALUE", value_parser = input::variable)]
    env: Vec<(String, String)>,
    /// Give the program a copy of a directory, under the same name or another; what it changes in it is not kept
    #[arg(long, value_name = "DIRECTORY[::NAME]", value_parser = input::directory)]
    dir: Vec<(PathBuf, String)>,
    /// Seed of randomness
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// Longest time of the run: 30, 30s, 500ms, 2m
    #[arg(long, value_name = "TIME", value_parser = input::duration)]
    timeout: Option<Duration>,
    /// Arguments of the program
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
}

/// Runs the command. The program's own exit code is the answer when it had its way.
pub(super) fn run(run: &Run, surroundings: &Surroundings) -> Exit {
    let name = run.module.to_string_lossy().into_owned();
    let outcome = match answer(run) {
        Ok(outcome) => outcome,
        Err(error) => {
            let exit = match error {
                Error::Input(_) => Exit::Input,
                Error::Internal(_) => Exit::Internal,
            };
            complain(&format!("{}: {error}", escape::escape_to(&name, REASON)));
            return exit;
        }
    };
    if let Err(error) = show(&outcome, surroundings) {
        complain(&format!("the program's output cannot be written: {error}"));
        return Exit::Internal;
    }
    let status = u8::try_from(outcome.exit.status()).unwrap_or(u8::MAX);
    if let world::Exit::Code(_) = outcome.exit {
        return Exit::Program(status);
    }
    let reason = escape::escape_to(&outcome.reason, REASON);
    complain(&format!("{}: {reason}", escape::escape_to(&name, REASON)));
    Exit::Program(status)
}

fn answer(run: &Run) -> Result<Outcome, Error> {
    let quotas = Quotas::default();
    let given = |(path, name): &(PathBuf, String)| -> Result<Given, UnpackError> {
        let (files, directories) = unpack::copy(&unpack::open_directory(path)?, &quotas)?;
        Ok(Given {
            name: name.clone(),
            files,
            directories,
        })
    };
    let name = run.module.file_name().unwrap_or_default();
    let mut job = Job {
        bytes: unpack::open_archive(&run.module, &quotas)?,
        argv: vec![name.to_string_lossy().into_owned()],
        env: run.env.iter().cloned().collect(),
        directories: run
            .dir
            .iter()
            .map(given)
            .collect::<Result<_, UnpackError>>()?,
        seed: run.seed,
        ..Job::default()
    };
    job.argv.extend(run.arguments.iter().cloned());
    if let Some(timeout) = run.timeout {
        job.limits.wall = timeout;
    }
    job.run()
}

/// Prints what the program printed: as it is, but harmless where a terminal would obey it.
fn show(outcome: &Outcome, surroundings: &Surroundings) -> std::io::Result<()> {
    for (stream, bytes) in outcome.console.pieces() {
        let written = if *stream == world::Stream::Error {
            put(
                std::io::stderr().lock(),
                bytes,
                std::io::stderr().is_terminal(),
            )
        } else {
            put(std::io::stdout().lock(), bytes, surroundings.terminal)
        };
        match written {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
            written => written?,
        }
    }
    Ok(())
}

fn put(mut to: impl Write, bytes: &[u8], terminal: bool) -> std::io::Result<()> {
    if terminal {
        let text = String::from_utf8_lossy(bytes);
        for line in text.split_inclusive('\n') {
            let (line, end) = match line.strip_suffix('\n') {
                Some(line) => (line, "\n"),
                None => (line, ""),
            };
            to.write_all(escape::escape(line).as_bytes())?;
            to.write_all(end.as_bytes())?;
        }
    } else {
        to.write_all(bytes)?;
    }
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_raw_for_programs_and_harmless_on_a_terminal() {
        let printed = |terminal| {
            let mut out = Vec::new();
            put(&mut out, b"a\x1b[2J\nb\xff", terminal).expect("into memory");
            out
        };
        assert_eq!(printed(false), b"a\x1b[2J\nb\xff");
        assert_eq!(printed(true), "a\\u{1b}[2J\nb\u{fffd}".as_bytes());
    }
}
