//! Hostile archives: every case is built here byte by byte, and each has one exact outcome. What readers could read in two
//! ways is refused in one line; what is odd and has one meaning is read and noted.

mod gzip_cases;
mod tar;
mod tar_cases;
mod tar_header_cases;
mod wheel_cases;
mod zip;
mod zip_cases;
mod zip_end_cases;

use crate::support::{Scratch, code, run, stderr, stdout, tgz};
use lazaret::unpack::{self, Quotas, Tree};
use std::time::Instant;

/// The manifest that makes an archive a package.
pub(crate) const MANIFEST: &[u8] = br#"{"name": "x", "version": "1.0.0"}"#;

/// What has to come out.
pub(crate) enum Outcome {
    /// This line, and nothing else.
    Refused(String),
    /// These files besides the manifest, and these notes.
    Read(&'static [&'static str], &'static [&'static str]),
}

/// One archive.
pub(crate) struct Case {
    /// Its file's name, which tells what is wrong with it.
    pub(crate) file: &'static str,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    /// What has to come out.
    pub(crate) outcome: Outcome,
}

pub(crate) fn refused(file: &'static str, bytes: Vec<u8>, line: impl Into<String>) -> Case {
    Case {
        file,
        bytes,
        outcome: Outcome::Refused(line.into()),
    }
}

/// A bomb that is stopped when this much has been unpacked: at the first look behind the size up to which no ratio counts.
pub(crate) fn bomb(file: &'static str, bytes: Vec<u8>, unpacked: usize) -> Case {
    let line = format!(
        "a decompression bomb: {unpacked} bytes from {}, more than 200 for one",
        bytes.len()
    );
    refused(file, bytes, line)
}

pub(crate) fn reads(
    file: &'static str,
    bytes: Vec<u8>,
    files: &'static [&'static str],
    notes: &'static [&'static str],
) -> Case {
    Case {
        file,
        bytes,
        outcome: Outcome::Read(files, notes),
    }
}

fn cases() -> Vec<Case> {
    [
        tar_cases::paths(),
        tar_cases::odd_paths(),
        tar_cases::links(),
        tar_cases::special_kinds(),
        tar_cases::special_files(),
        tar_cases::names(),
        tar_cases::impossible_names(),
        tar_cases::ends(),
        tar_header_cases::extensions(),
        tar_header_cases::contradictions(),
        tar_header_cases::numbers(),
        gzip_cases::all(),
        zip_cases::paths(),
        zip_cases::names(),
        zip_cases::marked_names(),
        zip_cases::kinds(),
        zip_cases::contents(),
        zip_cases::compressed(),
        zip_cases::lengths(),
        zip_cases::contradictions(),
        zip_cases::late_lengths(),
        zip_end_cases::places(),
        zip_end_cases::elsewhere(),
        zip_end_cases::ends(),
        zip_end_cases::directories(),
        zip_end_cases::wide_ends(),
        wheel_cases::all(),
        wheel_cases::misnamed(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn read(case: &Case) -> Result<Tree, String> {
    let packed = case.bytes.clone().into();
    let quotas = Quotas::default();
    if case.file.ends_with(".whl") {
        unpack::wheel(&packed, case.file, &quotas).map(|wheel| wheel.tree)
    } else {
        unpack::archive(&packed, &quotas)
    }
    .map_err(|error| error.to_string())
}

#[test]
fn every_case_has_its_exact_outcome_in_bounded_time_and_memory() {
    let cases = cases();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let start = Instant::now();
        let outcome = read(case);
        let time = start.elapsed();
        if time.as_secs() >= 10 {
            wrong.push(format!("{}: took {time:?}", case.file));
        }
        let problem = match (&case.outcome, &outcome) {
            (Outcome::Refused(line), Err(error)) if error == line => continue,
            (Outcome::Read(files, notes), Ok(tree)) => {
                // Nothing is unpacked that was not packed, but for what the quotas allow.
                assert!(tree.bytes() <= Quotas::default().total);
                let found: Vec<&str> = tree
                    .iter()
                    .map(|(path, _)| path)
                    .filter(|path| *path != "package.json")
                    .collect();
                if found == *files && tree.notes() == *notes {
                    continue;
                }
                format!("{found:?} {:#?}", tree.notes())
            }
            (_, outcome) => format!("{outcome:?}"),
        };
        wrong.push(format!("{}: {problem}", case.file));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_of_cases_are_unique() {
    let mut names: Vec<&str> = cases().iter().map(|case| case.file).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn in_one_batch_each_refused_archive_is_one_line_and_the_others_are_judged() {
    let scratch = Scratch::new();
    let good: &[(&str, &[u8])] = &[("package.json", MANIFEST), ("index.js", b"")];
    let mut arguments = vec!["vet".to_owned(), "--format".into(), "json".into()];
    arguments.push(scratch.file("first.tgz", &tgz(good)));
    let mut lines = Vec::new();
    for case in cases() {
        if let Outcome::Refused(line) = case.outcome {
            let path = scratch.file(case.file, &case.bytes);
            lines.push(format!("lazaret: {path}: {line}"));
            arguments.push(path);
        }
    }
    arguments.push(scratch.file("last.tgz", &tgz(good)));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = run(&arguments);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    let found = stderr(&output);
    for (found, line) in found.lines().zip(&lines) {
        assert_eq!(found, line);
    }
    assert_eq!(found.lines().count(), lines.len());
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(report["results"].as_array().map(Vec::len), Some(2));
    assert_eq!(report["errors"].as_array().map(Vec::len), Some(lines.len()));
    for result in report["results"].as_array().expect("a list") {
        assert_eq!(result["verdict"], "clean", "{result}");
    }
}

#[test]
fn python_packages_are_read_and_judged_as_archives_before_they_are_turned_down() {
    let scratch = Scratch::new();
    for (file, bytes, line) in wheel_cases::turned_down() {
        let path = scratch.file(file, &bytes);
        let output = run(&["vet", &path]);
        assert_eq!(code(&output), 2, "{file}");
        assert_eq!(stderr(&output), format!("lazaret: {path}: {line}\n"));
    }
}

#[test]
fn a_zip_archive_of_an_npm_package_is_vetted() {
    let scratch = Scratch::new();
    for top in ["", "x-main/"] {
        let archive = zip::Zip::of(&[
            (&format!("{top}package.json"), MANIFEST),
            (&format!("{top}index.js"), b"module.exports = 1;"),
        ]);
        let path = scratch.file("x.zip", &archive.bytes());
        let output = run(&["vet", "-q", &path]);
        assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
    }
}

/// Damages archives in many ways that can be repeated. Whatever comes out, it comes out: no case may panic, and none may
/// unpack more than the quotas allow.
#[test]
fn no_damage_to_an_archive_is_more_than_an_error() {
    let quotas = Quotas {
        total: 1 << 20,
        file: 1 << 19,
        entries: 50,
        ..Quotas::default()
    };
    let mut state = 7_u64;
    let mut next = |below: usize| {
        // Knuth's MMIX generator is random enough to choose places and values.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % below.max(1)
    };
    let seeds: Vec<Case> = cases()
        .into_iter()
        .filter(|case| case.bytes.len() < 8_192)
        .collect();
    let (mut read, mut refused) = (0, 0);
    for round in 0..6_000 {
        let mut bytes = seeds[round % seeds.len()].bytes.clone();
        for _ in 0..=next(2) {
            match next(4) {
                0 => bytes.truncate(next(bytes.len() + 1)),
                1 => {
                    let at = next(bytes.len() + 1);
                    bytes.splice(at..at, b"PK\x01\x02".iter().copied());
                }
                _ if bytes.is_empty() => {}
                _ => {
                    let at = next(bytes.len());
                    bytes[at] = [0, 1, b'0', b'7', b'/', b'.', 0x7f, 0x80, 0xff][next(9)];
                }
            }
        }
        let packed = bytes.into();
        for outcome in [
            unpack::archive(&packed, &quotas),
            unpack::wheel(&packed, "x-1.0-py3-none-any.whl", &quotas).map(|wheel| wheel.tree),
        ] {
            match outcome {
                Ok(tree) => {
                    assert!(tree.bytes() <= quotas.total && tree.len() <= quotas.entries);
                    read += 1;
                }
                Err(error) => {
                    assert!(!error.to_string().contains('\n'), "{error}");
                    refused += 1;
                }
            }
        }
    }
    assert!(read > 100 && refused > 1_000, "{read} read, {refused} not");
}
