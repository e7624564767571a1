//! `lazaret --licenses`: the notices of what is built into the program.

use super::answer;
use crate::exit::Exit;

/// Our own license.
const OWN: &str = include_str!("../../LICENSE");
/// Those of the guests, gathered by `cargo xtask setup`.
const GUESTS: &str = include_str!(env!("LAZARET_LICENSES"));

/// Prints all of them.
pub(super) fn run() -> Exit {
    answer(&format!(
        "==== Lazaret ====\n\n{}\n\n{GUESTS}",
        OWN.trim_end()
    ))
}
