//! Tar archives.

use super::tar::{BLOCK, Tar, gzip};
use super::{Case, MANIFEST, reads, refused};

fn named(file: &'static str, path: &str, line: &'static str) -> Case {
    let archive = Tar::package().pax("path", path).file("package/x", b"");
    refused(file, gzip(&archive.end()), line)
}

/// Paths that lead out, or would elsewhere.
pub(super) fn paths() -> Vec<Case> {
    vec![
        refused(
            "up.tar",
            Tar::package().file("package/../../x", b"").end(),
            "`package/../../x` leaves the package through `..`",
        ),
        named(
            "up-in-pax.tgz",
            "package/../x",
            "`package/../x` leaves the package through `..`",
        ),
        named(
            "up-with-backslashes.tgz",
            "package\\..\\..\\x",
            "`package\\..\\..\\x` leaves the package through `..`",
        ),
        named(
            "root.tgz",
            "/etc/passwd",
            "`/etc/passwd` is an absolute path",
        ),
        named("drive.tgz", "C:\\x", "`C:\\x` is an absolute path"),
        named("drive-slash.tgz", "c:/x", "`c:/x` is an absolute path"),
        named(
            "share.tgz",
            "\\\\host.test\\share\\x",
            "`\\\\host.test\\share\\x` is an absolute path",
        ),
        named(
            "share-slash.tgz",
            "//host.test/x",
            "`//host.test/x` is an absolute path",
        ),
        named(
            "nul.tgz",
            "package/x.js\0.txt",
            "`package/x.js\\u{0}.txt` is no name for a file",
        ),
    ]
}

/// Paths that are odd and lead nowhere else, or are too long.
pub(super) fn odd_paths() -> Vec<Case> {
    vec![
        reads(
            "dots-and-blanks.tgz",
            gzip(&Tar::package().file("package/index.js. ", b"").end()),
            &["index.js. "],
            &[
                "`index.js. ` is another path on systems where a backslash separates and dots or blanks at the end are dropped",
            ],
        ),
        reads(
            "backslash.tgz",
            gzip(&Tar::package().file("package/a\\b.js", b"").end()),
            &["a\\b.js"],
            &[
                "`a\\b.js` is another path on systems where a backslash separates and dots or blanks at the end are dropped",
            ],
        ),
        reads(
            "percent.tgz",
            gzip(&Tar::package().file("package/%2e%2e/x", b"").end()),
            &["%2e%2e/x"],
            &[],
        ),
        reads(
            "beside.tgz",
            gzip(&Tar::package().file("beside.js", b"").end()),
            &[],
            &["`beside.js` lies beside the package's directory and is not installed"],
        ),
        refused(
            "long-path.tgz",
            gzip(
                &Tar::package()
                    .pax("path", &"x".repeat(5_000))
                    .file("package/x", b"")
                    .end(),
            ),
            "the path `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` has 5000 bytes, more than 4096",
        ),
        refused(
            "deep.tgz",
            gzip(
                &Tar::package()
                    .pax("path", &"d/".repeat(150))
                    .file("package/x", b"")
                    .end(),
            ),
            "the path `d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/…` is more than 100 directories deep",
        ),
    ]
}

fn one(file: &'static str, kind: u8, to: &str, line: &'static str) -> Case {
    let archive = Tar::package().link("package/x", kind, to).end();
    refused(file, gzip(&archive), line)
}

/// Links.
pub(super) fn links() -> Vec<Case> {
    vec![
        one(
            "link-out.tgz",
            b'2',
            "../../x",
            "`package/x` is a symbolic link to `../../x`; packages hold no links",
        ),
        one(
            "link-in.tgz",
            b'2',
            "package.json",
            "`package/x` is a symbolic link to `package.json`; packages hold no links",
        ),
        one(
            "hard-link-out.tgz",
            b'1',
            "/etc/passwd",
            "`package/x` is a hard link to `/etc/passwd`; packages hold no links",
        ),
        one(
            "hard-link-in.tgz",
            b'1',
            "package/package.json",
            "`package/x` is a hard link to `package/package.json`; packages hold no links",
        ),
    ]
}

/// Entries that are neither files nor links.
pub(super) fn special_kinds() -> Vec<Case> {
    vec![
        one(
            "character-device.tgz",
            b'3',
            "",
            "`package/x` is a character device, not a file",
        ),
        one(
            "block-device.tgz",
            b'4',
            "",
            "`package/x` is a block device, not a file",
        ),
        one(
            "pipe.tgz",
            b'6',
            "",
            "`package/x` is a named pipe, not a file",
        ),
        one(
            "volume.tgz",
            b'V',
            "",
            "`package/x` is an entry of an unknown kind, not a file",
        ),
        one(
            "sparse.tgz",
            b'S',
            "",
            "`package/x` is a sparse file of 0 bytes; packages hold no sparse files",
        ),
        refused(
            "link-in-pax.tgz",
            gzip(
                &Tar::package()
                    .pax("linkpath", "/etc")
                    .link("package/x", b'2', "in")
                    .end(),
            ),
            "`package/x` is a symbolic link to `/etc`; packages hold no links",
        ),
    ]
}

/// Files that are special.
pub(super) fn special_files() -> Vec<Case> {
    vec![
        refused(
            "terabyte-sparse.tgz",
            gzip(
                &Tar::package()
                    .pax("GNU.sparse.realsize", "1099511627776")
                    .file("package/x", b"")
                    .end(),
            ),
            "`package/x` is a sparse file of 1099511627776 bytes; packages hold no sparse files",
        ),
        refused(
            "sparse-map.tgz",
            gzip(
                &Tar::package()
                    .pax("GNU.sparse.map", "0,1")
                    .file("package/x", b"")
                    .end(),
            ),
            "`package/x` is a sparse file of 0 bytes; packages hold no sparse files",
        ),
        reads(
            "in-one-piece.tgz",
            gzip(&Tar::package().sized("package/x", b'7', 0).end()),
            &["x"],
            &[],
        ),
        reads(
            "set-user-id.tgz",
            gzip(
                &Tar::package()
                    .block(b"package/x", b'0', |block| {
                        block[100..107].copy_from_slice(b"0006755")
                    })
                    .end(),
            ),
            &["x"],
            &["`package/x` asks to run as its owner or group; that is not installed"],
        ),
    ]
}

/// Names that collide.
pub(super) fn names() -> Vec<Case> {
    let two = |file, a: &str, b: &str, files, notes| {
        let archive = Tar::package().file(a, b"1").file(b, b"2").end();
        reads(file, gzip(&archive), files, notes)
    };
    vec![
        two(
            "twice.tgz",
            "package/a",
            "other/a",
            &["a"],
            &["`a` occurs twice; the last one counts"],
        ),
        two(
            "case.tgz",
            "package/Index.js",
            "package/index.js",
            &["Index.js", "index.js"],
            &[
                "`Index.js` and `index.js` are one file on systems that ignore case or normalise names",
            ],
        ),
        two(
            "unicode-form.tgz",
            "package/caf\u{e9}.js",
            "package/cafe\u{301}.js",
            &["cafe\u{301}.js", "caf\u{e9}.js"],
            &[
                "`cafe\u{301}.js` and `caf\u{e9}.js` are one file on systems that ignore case or normalise names",
            ],
        ),
        two(
            "sharp-s.tgz",
            "package/STRASSE",
            "package/stra\u{df}e",
            &["STRASSE", "stra\u{df}e"],
            &[
                "`STRASSE` and `stra\u{df}e` are one file on systems that ignore case or normalise names",
            ],
        ),
        two(
            "file-below-file-elsewhere.tgz",
            "package/Lib",
            "package/lib/a",
            &["Lib", "lib/a"],
            &["`Lib` is a directory of `lib/a` on systems that ignore case or normalise names"],
        ),
    ]
}

/// Names that no file can have, or two things.
pub(super) fn impossible_names() -> Vec<Case> {
    vec![
        refused(
            "file-below-file.tgz",
            gzip(
                &Tar::package()
                    .file("package/a", b"")
                    .file("package/a/b", b"")
                    .end(),
            ),
            "`a` is both a file and a directory",
        ),
        refused(
            "file-and-directory.tgz",
            gzip(
                &Tar::package()
                    .sized("package/a/", b'5', 0)
                    .file("package/a", b"")
                    .end(),
            ),
            "`a` is both a file and a directory",
        ),
        reads(
            "not-utf8.tgz",
            gzip(&Tar::package().block(b"package/\xff.js", b'0', |_| ()).end()),
            &["\u{fffd}.js"],
            &["`package/\u{fffd}.js` is not UTF-8; it is installed under the name shown here"],
        ),
        refused(
            "terminal.tgz",
            gzip(&Tar::package().file("../\x1b[2J\u{202e}", b"").end()),
            "`../\\u{1b}[2J\\u{202e}` leaves the package through `..`",
        ),
    ]
}

/// Where an archive stops, and what follows.
pub(super) fn ends() -> Vec<Case> {
    let whole = Tar::package().file("package/x", &[7; 700]).end();
    let cut = |file, length: usize, line| refused(file, whole[..length].to_vec(), line);
    vec![
        reads("nothing.tar", vec![0; 2 * BLOCK], &[], &[]),
        reads("without-end.tar", Tar::package().open(), &[], &[]),
        cut(
            "cut-in-first-header.tar",
            300,
            "not an archive: neither a gzip stream nor a tar or zip file",
        ),
        cut(
            "cut-after-first-header.tar",
            BLOCK,
            "truncated: the archive ends within `package/package.json`",
        ),
        cut(
            "cut-in-header.tar",
            2 * BLOCK + 100,
            "damaged: the header after 1 entries is not a tar header",
        ),
        cut(
            "cut-before-content.tar",
            3 * BLOCK,
            "truncated: the archive ends within `package/x`",
        ),
        cut(
            "cut-in-content.tar",
            4 * BLOCK,
            "truncated: the archive ends within `package/x`",
        ),
        refused(
            "cut-in-extension.tar",
            Tar::package()
                .sized("extended", b'x', 600)
                .content(b"1")
                .open(),
            "truncated: the archive ends within `an extended header`",
        ),
        reads(
            "entry-behind-end.tar",
            [
                Tar::package().end(),
                Tar::default().file("package/late.js", b"").end(),
            ]
            .concat(),
            &[],
            &["1536 bytes behind the end of the archive are not installed"],
        ),
        reads(
            "other-top.tgz",
            gzip(
                &Tar::default()
                    .file("x-1.0.0/package.json", MANIFEST)
                    .file("x-1.0.0/a.js", b"")
                    .end(),
            ),
            &["a.js"],
            &[],
        ),
        refused(
            "garbage-between.tar",
            Tar::package()
                .raw(&[b'!'; BLOCK])
                .file("package/x", b"")
                .end(),
            "damaged: the header after 1 entries is not a tar header",
        ),
    ]
}
