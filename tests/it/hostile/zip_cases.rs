//! Entries of zip archives.

use super::zip::{Member, Zip};
use super::{Case, bomb, reads, refused};

fn package(members: Vec<Member>) -> Vec<u8> {
    Zip::package(members).bytes()
}

fn named(file: &'static str, name: impl AsRef<[u8]>, line: &'static str) -> Case {
    refused(file, package(vec![Member::stored(name, b"")]), line)
}

/// Names that lead out, collide, or are not what they seem.
pub(super) fn paths() -> Vec<Case> {
    vec![
        named(
            "up.zip",
            "a/../../x",
            "`a/../../x` leaves the package through `..`",
        ),
        named(
            "up-with-backslashes.zip",
            "..\\x",
            "`..\\x` leaves the package through `..`",
        ),
        named(
            "root.zip",
            "/etc/passwd",
            "`/etc/passwd` is an absolute path",
        ),
        named("drive.zip", "C:/x", "`C:/x` is an absolute path"),
        named(
            "share.zip",
            "\\\\host.test\\x",
            "`\\\\host.test\\x` is an absolute path",
        ),
        named(
            "nul.zip",
            "x.js\0.txt",
            "`x.js\\u{0}.txt` is no name for a file",
        ),
        named("no-name.zip", "", "`` is no name for a file"),
        named("only-a-dot.zip", ".", "`.` is no name for a file"),
    ]
}

/// Names that collide or are not what they are marked as.
pub(super) fn names() -> Vec<Case> {
    let two = |file, a: &str, b: &str, files, notes| {
        let members = vec![Member::stored(a, b"1"), Member::stored(b, b"2")];
        reads(file, package(members), files, notes)
    };
    vec![
        refused(
            "twice.zip",
            package(vec![Member::stored("a", b"1"), Member::stored("a", b"2")]),
            "contradictory: `a` occurs twice",
        ),
        refused(
            "twice-by-detour.zip",
            package(vec![
                Member::stored("a/b", b"1"),
                Member::stored("a/.//b", b"2"),
            ]),
            "contradictory: `a/.//b` occurs twice",
        ),
        refused(
            "file-below-file.zip",
            package(vec![Member::stored("a", b""), Member::stored("a/b", b"")]),
            "`a` is both a file and a directory",
        ),
        refused(
            "file-and-directory.zip",
            package(vec![Member::stored("a/", b""), Member::stored("a", b"")]),
            "`a` is both a file and a directory",
        ),
        two(
            "case.zip",
            "Index.js",
            "index.js",
            &["Index.js", "index.js"],
            &[
                "`Index.js` and `index.js` are one file on systems that ignore case or normalise names",
            ],
        ),
        two(
            "unicode-form.zip",
            "caf\u{e9}",
            "cafe\u{301}",
            &["cafe\u{301}", "caf\u{e9}"],
            &[
                "`caf\u{e9}` is not marked as UTF-8; readers differ in its name",
                "`cafe\u{301}` is not marked as UTF-8; readers differ in its name",
                "`cafe\u{301}` and `caf\u{e9}` are one file on systems that ignore case or normalise names",
            ],
        ),
    ]
}

/// Names that are not what they are marked as.
pub(super) fn marked_names() -> Vec<Case> {
    vec![
        reads(
            "marked-utf8.zip",
            package(vec![
                Member::stored("\u{e9}.js", b"")
                    .with(|member| member.set(|header| header.flags = 1 << 11)),
            ]),
            &["\u{e9}.js"],
            &[],
        ),
        refused(
            "marked-utf8-and-not.zip",
            package(vec![
                Member::stored(b"\xff.js", b"")
                    .with(|member| member.set(|header| header.flags = 1 << 11)),
            ]),
            "contradictory: `\u{fffd}.js` is marked as UTF-8 and is not",
        ),
        reads(
            "not-utf8.zip",
            package(vec![Member::stored(b"\xff.js", b"")]),
            &["\u{fffd}.js"],
            &["`\u{fffd}.js` is not marked as UTF-8; readers differ in its name"],
        ),
    ]
}

/// Entries that are no plain files.
pub(super) fn kinds() -> Vec<Case> {
    let of_mode = |file, mode, line| {
        let member = Member::stored("x", b"../../out").with(|member| member.mode = mode);
        refused(file, package(vec![member]), line)
    };
    vec![
        reads(
            "plain.zip",
            package(vec![
                Member::stored("lib/", b""),
                Member::deflated("lib/a.js", &[b'x'; 3_000]),
                Member::stored("b.js", b"1"),
            ]),
            &["b.js", "lib/a.js"],
            &[],
        ),
        of_mode(
            "link.zip",
            0o120_777,
            "`x` is a symbolic link to `../../out`; packages hold no links",
        ),
        of_mode(
            "character-device.zip",
            0o020_644,
            "`x` is a character device, not a file",
        ),
        of_mode(
            "block-device.zip",
            0o060_644,
            "`x` is a block device, not a file",
        ),
        of_mode("pipe.zip", 0o010_644, "`x` is a named pipe, not a file"),
        of_mode("socket.zip", 0o140_644, "`x` is a socket, not a file"),
        of_mode(
            "directory-by-mode.zip",
            0o040_755,
            "contradictory: `x` is a directory by its mode and a file by its name",
        ),
        refused(
            "link-named-as-directory.zip",
            package(vec![
                Member::stored("x/", b"/etc").with(|member| member.mode = 0o120_777),
            ]),
            "`x/` is a symbolic link to `/etc`; packages hold no links",
        ),
        refused(
            "directory-with-content.zip",
            package(vec![Member::stored("x/", b"content")]),
            "contradictory: `x/` is a directory with content",
        ),
        reads(
            "set-user-id.zip",
            package(vec![
                Member::stored("x", b"").with(|member| member.mode = 0o104_755),
            ]),
            &["x"],
            &["`x` asks to run as its owner or group; that is not installed"],
        ),
    ]
}

fn deflated(file: &'static str, change: &dyn Fn(&mut Member), line: &'static str) -> Case {
    let mut member = Member::deflated("x", &[b'x'; 2_000]);
    change(&mut member);
    refused(file, package(vec![member]), line)
}

/// Content that is not what is stated about it.
pub(super) fn contents() -> Vec<Case> {
    let encrypted = "`x` is encrypted";
    let length = "damaged: `x` does not have the length that it states";
    vec![
        deflated(
            "encrypted.zip",
            &|member| member.set(|header| header.flags = 1),
            encrypted,
        ),
        deflated(
            "strongly-encrypted.zip",
            &|member| member.set(|header| header.flags = 1 | 1 << 6),
            encrypted,
        ),
        deflated(
            "hidden-values.zip",
            &|member| member.set(|header| header.flags = 1 << 13),
            encrypted,
        ),
        deflated(
            "method-lzma.zip",
            &|member| member.set(|header| header.method = 14),
            "`x` is compressed with method 14; packages use 0 (none) and 8 (deflate)",
        ),
        deflated(
            "checksum.zip",
            &|member| member.set(|header| header.checksum ^= 1),
            "damaged: `x` does not have the checksum that it states",
        ),
        deflated(
            "longer-than-stated.zip",
            &|member| member.set(|header| header.length = 1_000),
            length,
        ),
        deflated(
            "shorter-than-stated.zip",
            &|member| member.set(|header| header.length = 3_000),
            length,
        ),
        deflated(
            "longer-than-stated-when-stored.zip",
            &|member| member.set(|header| header.method = 0),
            length,
        ),
    ]
}

/// Compressed content that is not.
pub(super) fn compressed() -> Vec<Case> {
    vec![
        deflated(
            "no-deflate.zip",
            &|member| member.content.fill(0xff),
            "damaged: `x` is not compressed as it says",
        ),
        deflated(
            "deflate-cut.zip",
            &|member| {
                member.content.pop();
                member.set(|header| header.packed -= 1);
            },
            "damaged: `x` ends before its compressed content does",
        ),
        deflated(
            "deflate-and-more.zip",
            &|member| {
                member.content.extend(b"INERT-PAYLOAD");
                member.set(|header| header.packed += 13);
            },
            "damaged: `x` has bytes behind the end of its compressed content",
        ),
    ]
}

/// Lengths that are claimed or come out of little.
pub(super) fn lengths() -> Vec<Case> {
    vec![
        refused(
            "terabyte.zip",
            package(vec![wide(1 << 40)]),
            "`x` has 1099511627776 bytes, more than 268435456",
        ),
        bomb(
            "bomb.zip",
            package(vec![Member::deflated("zeros", &vec![0; 40 << 20])]),
            (32 << 20) + super::MANIFEST.len(),
        ),
        reads(
            "nested.zip",
            // An archive in an archive is a file: nothing unpacks it.
            package(vec![Member::stored(
                "inner.zip",
                &package(vec![Member::deflated("zeros", &vec![0; 1 << 20])]),
            )]),
            &["inner.zip"],
            &[],
        ),
    ]
}

/// An entry whose length stands in the addition for large files.
fn wide(length: u64) -> Member {
    let mut extra = b"\x01\0\x08\0".to_vec();
    extra.extend(length.to_le_bytes());
    Member::stored("x", b"1").with(|member| {
        member.set(|header| {
            header.length = u32::MAX;
            header.extra.clone_from(&extra);
        });
    })
}

/// The header before an entry and the directory contradict each other.
pub(super) fn contradictions() -> Vec<Case> {
    let changed = |file, change: &dyn Fn(&mut Member), line: &'static str| {
        let mut member = Member::stored("x", b"content");
        change(&mut member);
        refused(file, package(vec![member]), line)
    };
    let numbers = "contradictory: `x` has another length or checksum before its content than in the directory";
    let flags = "contradictory: `x` has other flags before its content than in the directory";
    vec![
        changed(
            "other-name.zip",
            &|member| member.local.name = b"y".to_vec(),
            "contradictory: `x` has another name before its content than in the directory",
        ),
        changed(
            "other-method.zip",
            &|member| member.local.method = 8,
            "contradictory: `x` has another method of compression before its content than in the directory",
        ),
        changed(
            "other-checksum.zip",
            &|member| member.local.checksum ^= 1,
            numbers,
        ),
        changed(
            "other-length.zip",
            &|member| member.local.length += 1,
            numbers,
        ),
        changed(
            "other-packed-length.zip",
            &|member| member.local.packed += 1,
            numbers,
        ),
        changed(
            "encrypted-in-one.zip",
            &|member| member.local.flags = 1,
            flags,
        ),
        changed(
            "late-in-one.zip",
            &|member| member.local.flags = 1 << 3,
            flags,
        ),
        changed(
            "name-in-addition.zip",
            &|member| member.set(|header| header.extra = b"up\x06\0\x01\0\0\0\0y".to_vec()),
            "contradictory: `x` has another name in an addition to its header",
        ),
        changed(
            "lengths-twice.zip",
            &|member| member.set(|header| header.extra = b"\x01\0\0\0\x01\0\0\0".to_vec()),
            "contradictory: `x` has its lengths twice in the additions to its header",
        ),
    ]
}

/// Lengths behind the content.
pub(super) fn late_lengths() -> Vec<Case> {
    let descriptor = |mark: &[u8], member: &Member| {
        let mut out = mark.to_vec();
        for number in [
            member.central.checksum,
            member.central.packed,
            member.central.length,
        ] {
            out.extend(number.to_le_bytes());
        }
        out
    };
    let late = |mark: &'static [u8]| {
        Member::deflated("x", &[b'x'; 900]).with(|member| {
            member.set(|header| header.flags = 1 << 3);
            member.behind = descriptor(mark, member);
            (
                member.local.checksum,
                member.local.packed,
                member.local.length,
            ) = (0, 0, 0);
        })
    };
    vec![
        reads(
            "late-lengths.zip",
            package(vec![late(b"PK\x07\x08")]),
            &["x"],
            &[],
        ),
        reads(
            "late-lengths-unmarked.zip",
            package(vec![late(b"")]),
            &["x"],
            &[],
        ),
        refused(
            "late-lengths-wrong.zip",
            package(vec![late(b"").with(|member| member.behind[5] ^= 1)]),
            "contradictory: `x` has another length or checksum behind its content than in the directory",
        ),
        refused(
            "late-lengths-missing.zip",
            package(vec![late(b"").with(|member| member.behind.clear())]),
            "contradictory: `x` has another length or checksum behind its content than in the directory",
        ),
    ]
}
