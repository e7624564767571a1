//! The command line: one file for each command. Nothing here knows how a package is run or judged.

mod batch;
mod doctor;
mod input;
mod licenses;
mod output;
mod replay;
mod rules;
mod run;
mod vet;

use crate::exit::Exit;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;

/// What the program may know of the machine it is started on. Only `main` looks.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Environment variables that are looked at: `NO_COLOR`, `TERM`, `COLUMNS`, `RUST_LOG`, `LAZARET_CACHE`.
    pub variables: BTreeMap<String, String>,
    /// Where the user's caches lie; `None` when there is no home directory.
    pub caches: Option<PathBuf>,
    /// Whether standard output is a terminal.
    pub terminal: bool,
    /// Processors that may be used.
    pub processors: usize,
    /// Work that workers do in place of their own. Only tests of their supervision have any.
    pub instead: Option<crate::worker::Instead>,
}

/// Names of the variables in [`Surroundings::variables`].
pub const VARIABLES: [&str; 5] = ["NO_COLOR", "TERM", "COLUMNS", "RUST_LOG", "LAZARET_CACHE"];

const EXAMPLES: &str = "\
Examples:
  lazaret vet left-pad-1.3.0.tgz            run a package in the made-up world and judge it
  lazaret vet --format json -o r.json *.tgz write a report for programs
  lazaret vet --trace t.trace pkg.tgz       keep what was seen
  lazaret replay t.trace                    judge it again, without running anything
  lazaret rules credential-exfiltration     explain a rule

Exit codes: 0 clean, 1 a verdict at or over --fail-on, 2 unusable input, 3 inconclusive, 70 internal error.";

#[derive(Debug, Parser)]
#[command(name = "lazaret", version, about, after_help = EXAMPLES, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Print the licenses of what is built into this program
    #[arg(long, exclusive = true)]
    licenses: bool,
    /// Say more about what is being done, on standard error; repeat for details
    #[arg(short, long, action = ArgAction::Count, global = true)]
    verbose: u8,
    /// Print one line for each package
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run packages in the made-up world and judge what they do
    Vet(vet::Vet),
    /// Run a WebAssembly program in a world that holds nothing but what it is given
    Run(run::Run),
    /// Judge saved traces again, without running anything
    Replay(replay::Replay),
    /// Try the locks around workers on this machine, and look at the cache
    Doctor(doctor::Doctor),
    /// List the rules, or explain one
    Rules(rules::Rules),
}

/// Options of all commands that report on packages.
#[derive(Clone, Debug, Args)]
struct Reporting {
    /// Form of the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write the report to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The mildest verdict that makes the exit code 1
    #[arg(long, value_enum, default_value_t, value_name = "VERDICT")]
    fail_on: FailOn,
    /// Add all events to a JSON report
    #[arg(long)]
    events: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: lazaret.report/1
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Suspicious and malicious packages fail
    #[default]
    Suspicious,
    /// Only malicious packages fail
    Malicious,
}

/// Runs the program. The first argument is its own name.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>, surroundings: &Surroundings) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let shown = error.print().is_ok();
            return if error.use_stderr() || !shown {
                Exit::Input
            } else {
                Exit::Clean
            };
        }
    };
    log_to_stderr(arguments.verbose, surroundings);
    if arguments.licenses {
        return licenses::run();
    }
    match &arguments.command {
        Some(Command::Vet(vet)) => vet::run(vet, arguments.quiet, surroundings),
        Some(Command::Run(run)) => run::run(run, surroundings),
        Some(Command::Replay(replay)) => replay::run(replay, arguments.quiet, surroundings),
        Some(Command::Doctor(doctor)) => doctor::run(doctor, surroundings),
        Some(Command::Rules(rules)) => rules::run(rules, surroundings),
        None => complain("a command is missing: see `lazaret --help`"),
    }
}

/// Sends what the stages log to standard error. Hostile text is escaped where it is logged.
fn log_to_stderr(verbose: u8, surroundings: &Surroundings) {
    use tracing_subscriber::EnvFilter;
    let level = match verbose {
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let filter = match surroundings.variables.get("RUST_LOG") {
        Some(filter) if verbose == 0 => EnvFilter::new(filter),
        _ => EnvFilter::new(format!("off,lazaret={level}")),
    };
    // A second call in one process, as tests make it, keeps the first subscriber.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .try_init();
}

/// One line on standard error about a mistake of the user.
fn complain(message: &str) -> Exit {
    let _ = writeln!(std::io::stderr(), "lazaret: {message}");
    Exit::Input
}

/// Writes to standard output. A reader that has gone away is no failure of ours.
fn print(text: &str) -> Result<(), std::io::Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Prints a text that is the whole answer of a command.
fn answer(text: &str) -> Exit {
    match print(text) {
        Ok(()) => Exit::Clean,
        Err(error) => complain(&format!("standard output: {error}")),
    }
}
