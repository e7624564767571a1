//! Values of the command line that need more than clap's own parsers.

use crate::plan;
use std::path::PathBuf;
use std::time::Duration;

/// Reads a time: `30` and `30s` are seconds, `500ms` and `2m` what they say.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "a time such as 30, 30s, 500ms or 2m".to_owned();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    let time = match text.get(digits.len()..) {
        Some("" | "s") => Duration::from_secs(count),
        Some("ms") => Duration::from_millis(count),
        Some("m") => Duration::from_secs(count.saturating_mul(60)),
        _ => return Err(wrong()),
    };
    if time.is_zero() || time > Duration::from_secs(24 * 3_600) {
        return Err("a time between 1ms and a day".to_owned());
    }
    Ok(time)
}

/// Reads `NAME=VALUE`.
pub(super) fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a variable such as NAME=VALUE".to_owned()),
    }
}

/// Reads a directory of the host, and after `::` the name that it gets.
pub(super) fn directory(text: &str) -> Result<(PathBuf, String), String> {
    match text.split_once("::").unwrap_or((text, text)) {
        ("", _) | (_, "") => Err("a directory such as data or data::/name".to_owned()),
        (path, name) => Ok((path.into(), name.to_owned())),
    }
}

/// Reads the name of a phase.
pub(super) fn phase(text: &str) -> Result<String, String> {
    if plan::phases().any(|phase| phase == text) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "one of {}",
        plan::phases().collect::<Vec<_>>().join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_units() {
        assert_eq!(duration("30"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        for wrong in [
            "",
            "s",
            "-1",
            "0",
            "1h",
            "1.5",
            "99999999999999999999",
            "é",
            "5é",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn variables_and_directories_are_taken_apart_once() {
        let pair = |a: &str, b: &str| Ok((a.to_owned(), b.to_owned()));
        assert_eq!(variable("A=b=c"), pair("A", "b=c"));
        assert_eq!(variable("A="), pair("A", ""));
        assert!(variable("=b").is_err() && variable("A").is_err());
        assert_eq!(directory("d"), Ok(("d".into(), "d".into())));
        assert_eq!(directory("/d::/"), Ok(("/d".into(), "/".into())));
        assert!(directory("::/").is_err() && directory("d::").is_err());
    }

    #[test]
    fn unknown_phases_are_answered_with_the_known_ones() {
        assert!(phase("postinstall").is_ok());
        assert!(phase("test").expect_err("unknown").contains("import"));
    }
}
