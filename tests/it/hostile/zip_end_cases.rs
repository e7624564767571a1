//! Places in zip archives: where entries, the directory and the end are, and what lies between them.

use super::zip::{Member, Zip, end_record, local};
use super::{Case, reads, refused};

const CUT_END: &str = "damaged: the zip archive is cut off within its end record";
const COUNT: &str =
    "contradictory: the zip archive has another number of entries than its end record states";
const DIRECTORY_LENGTH: &str =
    "contradictory: the zip archive has a directory of another length than its end record states";
const WIDE: &str = "contradictory: the zip archive has an end record for large archives that the other one contradicts";

fn shared(name: &str) -> String {
    format!("contradictory: `{name}` shares bytes with another entry or with the directory")
}

/// Entries that share bytes.
pub(super) fn places() -> Vec<Case> {
    // The content of the outer entry is a whole entry, which the directory lists as well.
    let inner = Member::stored("inner", b"1");
    let nested = [local(&inner.local), inner.content.clone()].concat();
    let outer_at = u32::try_from(package_length()).expect("small");
    let inner_at = outer_at + 30 + 5;
    let overlapping = vec![
        Member::stored("outer", &nested),
        inner.with(|member| {
            member.absent = true;
            member.offset = Some(inner_at);
        }),
    ];
    // The same bytes a hundred times: each listing would unpack them again.
    let mut repeated = vec![Member::deflated("kernel", &[0; 9_000])];
    repeated.extend((0..100).map(|_| {
        Member::deflated("kernel", &[0; 9_000]).with(|member| {
            member.absent = true;
            member.offset = Some(outer_at);
        })
    }));
    vec![
        refused(
            "overlapping.zip",
            Zip::package(overlapping).bytes(),
            shared("inner"),
        ),
        refused(
            "same-bytes.zip",
            Zip::package(repeated).bytes(),
            shared("kernel"),
        ),
    ]
}

/// Entries that are not where the directory says, and bytes of no entry.
pub(super) fn elsewhere() -> Vec<Case> {
    vec![
        refused(
            "beyond-the-end.zip",
            Zip::package(vec![
                Member::stored("x", b"").with(|member| member.offset = Some(9_999_999)),
            ])
            .bytes(),
            "damaged: `x` is not where the directory says",
        ),
        refused(
            "content-beyond-the-end.zip",
            Zip::package(vec![
                Member::stored("x", b"")
                    .with(|member| member.set(|header| header.packed = 9_999_999)),
            ])
            .bytes(),
            "damaged: `x` is not where the directory says",
        ),
        refused(
            "no-header-there.zip",
            Zip::package(vec![
                Member::stored("x", b"").with(|member| member.offset = Some(3)),
            ])
            .bytes(),
            "damaged: `x` is not where the directory says",
        ),
        refused(
            "into-the-directory.zip",
            Zip::package(vec![Member::stored("x", b"").with(|member| {
                member.set(|header| header.packed = 20);
            })])
            .bytes(),
            shared("x"),
        ),
        refused(
            "unlisted.zip",
            Zip::package(Vec::new())
                .with(|zip| zip.gap = local(&Member::stored("evil", b"").local))
                .bytes(),
            "contradictory: the zip archive holds an entry that its directory does not list",
        ),
        reads(
            "loose-bytes.zip",
            Zip::package(Vec::new())
                .with(|zip| zip.gap = b"loose".to_vec())
                .bytes(),
            &[],
            &["5 bytes between the entries belong to none and are not installed"],
        ),
        reads(
            "program-before.zip",
            Zip::package(Vec::new())
                .with(|zip| zip.before = b"#!/bin/sh\n".to_vec())
                .bytes(),
            &[],
            &["10 bytes between the entries belong to none and are not installed"],
        ),
        refused(
            "archive-before.zip",
            Zip::package(Vec::new())
                .with(|zip| zip.before = Zip::of(&[("evil", b"")]).bytes())
                .bytes(),
            "contradictory: the zip archive holds an entry that its directory does not list",
        ),
    ]
}

/// Length of a package's entries without anything added.
fn package_length() -> usize {
    let manifest = Member::stored("package.json", super::MANIFEST);
    local(&manifest.local).len() + manifest.content.len()
}

fn package() -> Zip {
    Zip::package(vec![Member::stored("x", b"1")])
}

fn changed(file: &'static str, change: &dyn Fn(&mut Zip), line: &'static str) -> Case {
    refused(file, package().with(change).bytes(), line)
}

/// Where an archive stops, and what follows.
pub(super) fn ends() -> Vec<Case> {
    let whole = package().bytes();
    let cut =
        |file, length: usize, line: &'static str| refused(file, whole[..length].to_vec(), line);
    let no_end = "damaged: the zip archive has no end record; it may be cut off";
    let two_ends = "contradictory: the zip archive has two end records";
    vec![
        reads("nothing.zip", Zip::default().bytes(), &[], &[]),
        cut("only-magic.zip", 4, no_end),
        cut("cut-in-header.zip", 20, no_end),
        cut("cut-in-content.zip", package_length() - 3, no_end),
        cut("cut-in-directory.zip", whole.len() - 40, no_end),
        cut("cut-before-end.zip", whole.len() - 22, no_end),
        cut("cut-in-end.zip", whole.len() - 9, CUT_END),
        changed(
            "comment-too-long.zip",
            &|zip| zip.comment_length = Some(500),
            CUT_END,
        ),
        reads(
            "comment-too-short.zip",
            package()
                .with(|zip| {
                    zip.comment = b"a comment".to_vec();
                    zip.comment_length = Some(2);
                })
                .bytes(),
            &["x"],
            &["7 bytes behind the end of the archive are not installed"],
        ),
        reads(
            "comment.zip",
            package()
                .with(|zip| zip.comment = vec![b'c'; 60_000])
                .bytes(),
            &["x"],
            &[],
        ),
        reads(
            "trailing.zip",
            package()
                .with(|zip| zip.behind = b"trailing".to_vec())
                .bytes(),
            &["x"],
            &["8 bytes behind the end of the archive are not installed"],
        ),
        changed(
            "end-in-comment.zip",
            &|zip| zip.comment = end_record(0, 0, 0, 0, 0),
            two_ends,
        ),
    ]
}

/// What the end record says of the directory.
pub(super) fn directories() -> Vec<Case> {
    vec![
        changed("more-entries.zip", &|zip| zip.count = Some(3), COUNT),
        changed("fewer-entries.zip", &|zip| zip.count = Some(1), COUNT),
        changed(
            "longer-directory.zip",
            &|zip| zip.directory_length = Some(500),
            DIRECTORY_LENGTH,
        ),
        changed(
            "shorter-directory.zip",
            &|zip| zip.directory_length = Some(50),
            DIRECTORY_LENGTH,
        ),
        changed(
            "bytes-after-directory.zip",
            &|zip| zip.between = b"loose".to_vec(),
            DIRECTORY_LENGTH,
        ),
        changed(
            "directory-beyond-the-end.zip",
            &|zip| zip.directory_at = Some(9_999_999),
            "damaged: the zip archive has an end record that cannot be read",
        ),
        changed(
            "second-disk.zip",
            &|zip| zip.disk = 1,
            "contradictory: the zip archive is one part of several",
        ),
        changed(
            "wrong-place-of-directory.zip",
            &|zip| zip.directory_at = Some(1),
            "damaged: `package.json` is not where the directory says",
        ),
    ]
}

/// The end record for large archives.
pub(super) fn wide_ends() -> Vec<Case> {
    vec![
        reads(
            "wide.zip",
            package().with(|zip| zip.wide = Some(2)).bytes(),
            &["x"],
            &[],
        ),
        changed(
            "wide-more-entries.zip",
            &|zip| zip.wide = Some(1 << 40),
            WIDE,
        ),
        changed(
            "wide-more-entries-alone.zip",
            &|zip| {
                zip.wide = Some(1 << 40);
                zip.count = Some(0xffff);
            },
            COUNT,
        ),
        changed(
            "wide-nowhere.zip",
            &|zip| zip.between = [&b"PK\x06\x07\0\0\0\0"[..], &[0xff; 8], &[1, 0, 0, 0]].concat(),
            WIDE,
        ),
    ]
}
