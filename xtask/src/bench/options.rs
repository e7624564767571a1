//! What the user of the task asks for.

use crate::failure::{Failure, Result};
use std::path::PathBuf;

const USAGE: &str = "usage: cargo xtask bench [--packages NODE_MODULES] [--most NUMBER] [--rounds NUMBER] [--package DIR] [--guarddog PROGRAM]";

/// The options of the task.
#[derive(Debug)]
pub(super) struct Options {
    /// A `node_modules` whose packages are vetted for the throughput.
    pub(super) packages: Option<PathBuf>,
    /// Packages of it that are taken, in the order of their names.
    pub(super) most: usize,
    /// How often each command of the comparison is run.
    pub(super) rounds: usize,
    /// The small package of the comparison, in place of a sample of this repository.
    pub(super) package: Option<PathBuf>,
    /// The program `guarddog`, to compare with.
    pub(super) guarddog: Option<PathBuf>,
}

impl Options {
    /// Reads the arguments of the task.
    pub(super) fn parse(arguments: &[String]) -> Result<Options> {
        let mut options = Options {
            packages: None,
            most: usize::MAX,
            rounds: 41,
            package: None,
            guarddog: None,
        };
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            let value = rest.next().ok_or_else(|| Failure::new(USAGE))?;
            let number = || value.parse().map_err(|_| Failure::new(USAGE));
            match name.as_str() {
                "--packages" => options.packages = Some(value.into()),
                "--most" => options.most = number()?,
                "--rounds" => options.rounds = number()?.max(1),
                "--package" => options.package = Some(value.into()),
                "--guarddog" => options.guarddog = Some(value.into()),
                _ => return Err(Failure::new(USAGE)),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn every_option_takes_a_value() {
        let options = parse("--packages a/node_modules --most 150 --rounds 0").unwrap();
        assert_eq!(options.packages, Some("a/node_modules".into()));
        assert_eq!((options.most, options.rounds), (150, 1));
        for wrong in ["--packages", "--most x", "--fast 1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
