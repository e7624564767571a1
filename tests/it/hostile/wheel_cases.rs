//! Wheels and source distributions of Python.

use super::tar::{Tar, gzip};
use super::zip::{Member, Zip};
use super::{Case, reads, refused};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

const INFO: &str = "x-1.0.dist-info";

/// A wheel of one module, with `change` applied to the rows of its list and to its entries.
fn wheel(change: impl FnOnce(&mut Vec<String>, &mut Vec<Member>)) -> Vec<u8> {
    let files: [(&str, &[u8]); 3] = [
        ("x.py", b"print(1)\n"),
        ("x-1.0.dist-info/METADATA", b"Name: x\n"),
        ("x-1.0.dist-info/WHEEL", b"Wheel-Version: 1.0\n"),
    ];
    let row = |(path, content): &(&str, &[u8])| {
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(content));
        format!("{path},sha256={hash},{}", content.len())
    };
    let mut rows: Vec<String> = files.iter().map(row).collect();
    rows.push(format!("{INFO}/RECORD,,"));
    let mut members: Vec<Member> = files
        .iter()
        .map(|(path, content)| Member::deflated(path, content))
        .collect();
    change(&mut rows, &mut members);
    members.push(Member::stored(
        format!("{INFO}/RECORD"),
        rows.join("\n").as_bytes(),
    ));
    let zip = Zip {
        members,
        ..Zip::default()
    };
    zip.bytes()
}

/// What the unpacker itself says.
pub(super) fn all() -> Vec<Case> {
    let lawful = wheel(|_, _| ());
    let renamed = |from: &'static str, to: &'static str| {
        wheel(move |_, members| {
            for member in members {
                member.set(|header| {
                    let name = String::from_utf8_lossy(&header.name).replace(from, to);
                    header.name = name.into_bytes();
                });
            }
        })
    };
    vec![
        reads(
            "x-1.0-py3-none-any.whl",
            lawful.clone(),
            &[
                "x-1.0.dist-info/METADATA",
                "x-1.0.dist-info/RECORD",
                "x-1.0.dist-info/WHEEL",
                "x.py",
            ],
            &[],
        ),
        refused(
            "empty-1.0-py3-none-any.whl",
            Vec::new(),
            "not an archive: the file is empty",
        ),
        refused(
            "cut-1.0-py3-none-any.whl",
            lawful[..lawful.len() - 30].to_vec(),
            "damaged: the zip archive has no end record; it may be cut off",
        ),
        refused(
            "tar-1.0-py3-none-any.whl",
            gzip(&Tar::package().end()),
            "damaged: the zip archive has no end record; it may be cut off",
        ),
        refused(
            "up-1.0-py3-none-any.whl",
            renamed("x.py", "../x.py"),
            "`../x.py` leaves the package through `..`",
        ),
        refused(
            "twice-1.0-py3-none-any.whl",
            wheel(|_, members| members.push(Member::stored("x.py", b"INERT-PAYLOAD"))),
            "contradictory: `x.py` occurs twice",
        ),
    ]
}

/// Zip archives that are no wheels, or wheels of another name.
pub(super) fn misnamed() -> Vec<Case> {
    let lawful = wheel(|_, _| ());
    vec![
        refused(
            "bare-1.0-py3-none-any.whl",
            Zip::of(&[("x.py", b"")]).bytes(),
            "not a wheel: it has no .dist-info directory",
        ),
        refused(
            "several-1.0-py3-none-any.whl",
            wheel(|_, members| members.push(Member::stored("y-1.0.dist-info/METADATA", b""))),
            "not a wheel: it has several .dist-info directories",
        ),
        refused(
            "incomplete-1.0-py3-none-any.whl",
            wheel(|_, members| drop(members.pop())),
            "not a wheel: METADATA, WHEEL or RECORD is missing in its .dist-info directory",
        ),
        refused(
            "other-1.0-py3-none-any.whl",
            lawful.clone(),
            "not a wheel: its file is named `other-1.0-py3-none-any.whl` and its metadata directory `x-1.0.dist-info`",
        ),
        refused(
            "x-2.0-py3-none-any.whl",
            lawful,
            "not a wheel: its file is named `x-2.0-py3-none-any.whl` and its metadata directory `x-1.0.dist-info`",
        ),
    ]
}

/// What a user is told of lawful archives that cannot be run: file, bytes, and the line behind the path.
pub(super) fn turned_down() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let sdist = Tar::default()
        .file("x-1.0/PKG-INFO", b"Name: x\n")
        .file("x-1.0/setup.py", b"");
    vec![
        (
            "x-1.0-py3-none-any.whl",
            wheel(|_, _| ()),
            "the wheel `x 1.0` (4 files) was read, but Python packages are not run yet; give an npm package",
        ),
        (
            "X-1.0-1-py3-none-any.whl",
            wheel(|rows, members| {
                rows[0] = "x.py,sha256=AAAA,9".to_owned();
                rows.push("gone.py,sha256=AAAA,9".to_owned());
                members.push(Member::stored("unlisted.py", b""));
            }),
            "the wheel `x 1.0` (5 files; by its RECORD `gone.py` is listed and not there, and 2 more are wrong) was read, but Python packages are not run yet; give an npm package",
        ),
        (
            "x-1.0.tar.gz",
            gzip(&sdist.end()),
            "the source distribution (2 files) was read, but Python packages are not run yet; give an npm package",
        ),
    ]
}
