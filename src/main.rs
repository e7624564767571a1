//! The program: looks at its surroundings, calls the library, and ends with its exit code.

use lazaret::cli::{self, Surroundings, VARIABLES};
use std::io::IsTerminal as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os(), &surroundings()).into()
}

/// The one look at the user's machine.
#[expect(
    clippy::disallowed_methods,
    reason = "main passes on what the library may know"
)]
fn surroundings() -> Surroundings {
    use etcetera::BaseStrategy as _;
    let variables = VARIABLES
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?)))
        .collect();
    Surroundings {
        variables,
        caches: etcetera::choose_base_strategy()
            .ok()
            .map(|strategy| strategy.cache_dir()),
        terminal: std::io::stdout().is_terminal(),
        processors: std::thread::available_parallelism().map_or(1, usize::from),
        instead: None,
    }
}
