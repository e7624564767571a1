//! `cargo xtask docs` and `cargo xtask bless`: writes what is made from the code.

use std::process::Command;

/// Writes docs/rules from the comments of the rules. The tests that compare the pages write them when told so, so that
/// there is one place that knows what a page looks like.
pub(crate) fn docs() -> Result<(), String> {
    run(
        &["test", "--quiet", "--test", "it", "docs::"],
        &[("LAZARET_BLESS", "1")],
    )
}

/// Writes docs/rules and accepts the snapshots of all tests as they are now.
pub(crate) fn bless() -> Result<(), String> {
    docs()?;
    run(
        &["test", "--quiet"],
        &[("LAZARET_BLESS", "1"), ("INSTA_UPDATE", "always")],
    )
}

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Result<(), String> {
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .envs(variables.iter().copied())
        .status()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("cargo {} failed", arguments.join(" "))),
    }
}
