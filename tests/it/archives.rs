//! Bad input: one clear line that names the input and the reason, exit code 2, and the rest of the batch goes on.

use crate::support::{Scratch, code, run, stderr, stdout, tgz};
use std::io::Write as _;

const MANIFEST: (&str, &[u8]) = ("package.json", br#"{"name": "x", "version": "1.0.0"}"#);

/// A tar archive with one entry whose header is written by hand.
fn entry(path: &str, kind: u8, size: u64, link: &str) -> Vec<u8> {
    let mut block = [0_u8; 512];
    block[..path.len()].copy_from_slice(path.as_bytes());
    block[100..107].copy_from_slice(b"0000644");
    if size < 1 << 33 {
        block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    } else {
        // Larger numbers are binary, with the first bit set.
        block[124] = 0x80;
        block[128..136].copy_from_slice(&size.to_be_bytes());
    }
    block[156] = kind;
    block[157..157 + link.len()].copy_from_slice(link.as_bytes());
    block[257..265].copy_from_slice(b"ustar\x0000");
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut archive = block.to_vec();
    archive.extend([0; 1_024]);
    archive
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("into memory");
    encoder.finish().expect("into memory")
}

/// 200,000 empty files: small to send, and a flood to unpack.
fn flood() -> Vec<u8> {
    let mut archive = Vec::new();
    let mut block = entry("package/000000", b'0', 0, "")[..512].to_vec();
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    let stated: u32 = block[148..156].iter().map(|byte| u32::from(*byte)).sum();
    // Only the digits change from block to block; a sum over all of each would take most of the test's time.
    let base = sum - stated + 8 * u32::from(b' ') - 6 * u32::from(b'0');
    for i in 0..200_000 {
        let digits = format!("{i:06}");
        let sum = base + digits.bytes().map(u32::from).sum::<u32>();
        block[8..14].copy_from_slice(digits.as_bytes());
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        archive.extend_from_slice(&block);
    }
    archive.extend([0; 1_024]);
    gzip(&archive)
}

/// Name, bytes, and what the line has to say.
fn bad_inputs() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let good = tgz(&[MANIFEST, ("index.js", &[b'x'; 5_000])]);
    let ten_gb = 10 << 30;
    vec![
        ("empty.tgz", Vec::new(), "not an archive: the file is empty"),
        ("text.tgz", b"hello".to_vec(), "not an archive"),
        (
            "zip.tgz",
            b"PK\x03\x04".to_vec(),
            "the zip archive has no end record",
        ),
        (
            "cut.tgz",
            good[..good.len() / 2].to_vec(),
            "truncated: the gzip stream ends too early",
        ),
        (
            "up.tgz",
            gzip(&entry("package/../../x", b'0', 0, "")),
            "leaves the package through `..`",
        ),
        (
            "absolute.tar",
            entry("/etc/passwd", b'0', 0, ""),
            "`/etc/passwd` is an absolute path",
        ),
        (
            "symlink.tgz",
            gzip(&entry("package/x", b'2', 0, "/etc")),
            "symbolic link to `/etc`",
        ),
        (
            "hardlink.tgz",
            gzip(&entry("package/x", b'1', 0, "a")),
            "hard link to `a`",
        ),
        (
            "device.tgz",
            gzip(&entry("package/x", b'3', 0, "")),
            "a character device",
        ),
        (
            "sparse.tgz",
            gzip(&entry("package/x", b'S', ten_gb, "")),
            "sparse file of 10737418240 bytes",
        ),
        (
            "large.tgz",
            gzip(&entry("package/x", b'0', ten_gb, "")),
            "`package/x` has 10737418240 bytes",
        ),
        ("flood.tgz", flood(), "more than 100000 entries"),
        ("bomb.tgz", gzip(&vec![0; 80 << 20]), "a decompression bomb"),
        (
            "none.tgz",
            tgz(&[("index.js", b"")]),
            "not a package: there is no package.json",
        ),
        (
            "json.tgz",
            tgz(&[("package.json", b"{\n")]),
            "package.json is not JSON",
        ),
        (
            "list.tgz",
            tgz(&[("package.json", b"[1]")]),
            "package.json is not a JSON object",
        ),
    ]
}

#[test]
fn every_bad_input_is_one_clear_line_and_none_stops_the_batch() {
    let scratch = Scratch::new();
    let cases = bad_inputs();
    let mut arguments = vec!["vet".to_owned(), "--format".into(), "json".into()];
    for (name, bytes, _) in &cases {
        arguments.push(scratch.file(name, bytes));
    }
    arguments.push(scratch.path("missing.tgz"));
    arguments.push("npm:chalk@5".into());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = run(&arguments);
    assert_eq!(code(&output), 2);

    let lines = stderr(&output);
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), cases.len() + 2, "{lines:#?}");
    for ((name, _, reason), line) in cases.iter().zip(&lines) {
        assert!(line.starts_with("lazaret: "), "{line}");
        assert!(
            line.contains(name) && line.contains(reason),
            "{name}: {line}"
        );
        assert!(line.len() < 400, "{line}");
    }
    assert!(lines[cases.len()].ends_with("missing.tgz: no such file or directory"));
    assert!(lines[cases.len() + 1].contains("npm:chalk@5: not yet"));

    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let errors = report["errors"].as_array().expect("a list");
    assert_eq!(errors.len(), cases.len() + 2);
    assert_eq!(report["results"], serde_json::json!([]));
}

#[test]
fn a_hostile_name_cannot_write_to_the_terminal() {
    let scratch = Scratch::new();
    let path = scratch.file("\u{1b}[2Jx\n.tgz", b"");
    let output = run(&["vet", &path]);
    let text = stderr(&output);
    assert_eq!(code(&output), 2);
    assert_eq!(text.lines().count(), 1, "{text:?}");
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn dependencies_inside_an_archive_and_beside_it_are_found() {
    let manifest: &[u8] =
        br#"{"name": "x", "version": "1.0.0", "dependencies": {"inner": "1", "outer": "1"}}"#;
    let scratch = Scratch::new();
    let path = scratch.file(
        "x.tgz",
        &tgz(&[
            ("package.json", manifest),
            ("index.js", b"require('inner'); require('outer');"),
            ("node_modules/inner/index.js", b"exports.inner = 1;"),
        ]),
    );
    let alone = run(&["vet", "-q", &path]);
    assert_eq!(code(&alone), 3, "{}", stdout(&alone));
    let outer = scratch.path("node_modules/outer");
    std::fs::create_dir_all(&outer).expect("a writable directory");
    scratch.file("node_modules/outer/index.js", b"exports.outer = 1;");
    let both = run(&["vet", "-q", &path]);
    assert_eq!(code(&both), 0, "{}", stdout(&both));
}

#[test]
fn only_a_directory_that_is_worked_on_is_prepared() {
    let scratch = Scratch::new();
    let manifest = br#"{"name": "x", "version": "1.0.0", "scripts": {"prepare": "echo made"}}"#;
    let phases = |path: &str| {
        let output = run(&["vet", "--format", "json", path]);
        let report: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        let runs = report["results"][0]["coverage"]["phases"]
            .as_array()
            .cloned();
        let names: Vec<String> = runs
            .into_iter()
            .flatten()
            .filter_map(|run| run["phase"].as_str().map(str::to_owned))
            .collect();
        names.join(" ")
    };
    for (place, expected) in [("own", "prepare import"), ("node_modules/x", "import")] {
        let path = scratch.path(place);
        std::fs::create_dir_all(&path).expect("a writable directory");
        scratch.file(&format!("{place}/package.json"), manifest);
        assert_eq!(phases(&path), expected, "{place}");
    }
}
