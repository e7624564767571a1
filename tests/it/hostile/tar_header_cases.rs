//! Headers of tar archives: extended ones, and numbers that are not what they seem.

use super::tar::{BLOCK, Tar, gzip, record};
use super::{Case, reads, refused};

/// Extended headers.
pub(super) fn extensions() -> Vec<Case> {
    let damaged = |file, content: &[u8]| {
        let archive = Tar::package()
            .extended(b'x', content)
            .file("package/x", b"");
        refused(
            file,
            gzip(&archive.end()),
            "damaged: an extended header cannot be read (a record without key, value or length)",
        )
    };
    vec![
        reads(
            "long-name.tgz",
            gzip(
                &Tar::package()
                    .extended(b'L', b"package/long.js\0")
                    .file("cut", b"")
                    .end(),
            ),
            &["long.js"],
            &[],
        ),
        reads(
            "comments.tgz",
            gzip(
                &Tar::package()
                    .extended(b'g', record("comment", "x").as_bytes())
                    .pax("mtime", "1.5")
                    .file("package/a", b"")
                    .end(),
            ),
            &["a"],
            &[],
        ),
        reads(
            "global-path.tgz",
            gzip(
                &Tar::package()
                    .extended(b'g', record("path", "package/evil").as_bytes())
                    .file("package/a", b"")
                    .end(),
            ),
            &["a"],
            &[],
        ),
        damaged("record-too-short.tgz", b"3 path=package/x\n"),
        damaged("record-too-long.tgz", b"99 path=x\n"),
        damaged("record-endless.tgz", b"99999999999999999999999 path=x\n"),
        damaged("record-signed.tgz", b"+9 a=bcd\n"),
        damaged("record-negative-size.tgz", record("size", "-1").as_bytes()),
        damaged("record-signed-size.tgz", record("size", "+1").as_bytes()),
        damaged("record-without-equals.tgz", b"7 path\n\n"),
        damaged("record-without-line-end.tgz", b"9 path=xy"),
    ]
}

/// Extended headers that are endless or contradict each other.
pub(super) fn contradictions() -> Vec<Case> {
    let hidden = Tar::default().file("package/hidden.js", b"").open();
    vec![
        refused(
            "header-too-long.tgz",
            gzip(&Tar::package().extended(b'x', &vec![b'1'; 2 << 20]).end()),
            "damaged: an extended header cannot be read (it is too long)",
        ),
        refused(
            "name-endless.tgz",
            gzip(
                &Tar::package()
                    .sized("extended", b'L', 0o77_777_777_777)
                    .end(),
            ),
            "damaged: an extended header cannot be read (it is too long)",
        ),
        refused(
            "two-long-names.tgz",
            gzip(
                &Tar::package()
                    .extended(b'L', b"package/a\0")
                    .extended(b'L', b"package/b\0")
                    .file("x", b"")
                    .end(),
            ),
            "damaged: an extended header cannot be read (it contradicts another one)",
        ),
        refused(
            "long-name-and-pax.tgz",
            gzip(
                &Tar::package()
                    .extended(b'L', b"package/a\0")
                    .pax("path", "package/b")
                    .file("x", b"")
                    .end(),
            ),
            "damaged: an extended header cannot be read (it contradicts another one)",
        ),
        refused(
            "extension-of-nothing.tgz",
            gzip(&Tar::package().pax("path", "package/x").end()),
            "damaged: an extended header cannot be read (no entry follows it)",
        ),
        refused(
            "global-size.tgz",
            gzip(
                &Tar::package()
                    .extended(b'g', record("size", "0").as_bytes())
                    .file("package/a", b"1")
                    .end(),
            ),
            "damaged: an extended header cannot be read (a length for all entries)",
        ),
        refused(
            // Readers that go by the header's own length find a further entry in the content.
            "two-lengths.tgz",
            gzip(
                &Tar::package()
                    .pax("size", "512")
                    .sized("package/a", b'0', 0)
                    .content(&hidden)
                    .end(),
            ),
            "contradictory: `package/a` has another length in its extended header than in its header",
        ),
    ]
}

/// Numbers that are not what they seem.
pub(super) fn numbers() -> Vec<Case> {
    let sized = |file, field: &'static [u8], line| {
        let archive = Tar::package().block(b"package/x", b'0', |block| {
            block[124..124 + field.len()].copy_from_slice(field);
        });
        refused(file, gzip(&archive.end()), line)
    };
    let no_header = "damaged: the header after 1 entries is not a tar header";
    vec![
        sized(
            "terabyte.tgz",
            b"\x80\0\0\0\0\0\x01\0\0\0\0\0",
            "`package/x` has 1099511627776 bytes, more than 268435456",
        ),
        sized(
            "binary-overflow.tgz",
            b"\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            no_header,
        ),
        sized(
            "binary-negative.tgz",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            no_header,
        ),
        sized("no-octal.tgz", b"00000000009\0", no_header),
        sized("signed-octal.tgz", b"+0000000001\0", no_header),
        sized("negative-octal.tgz", b"-0000000001\0", no_header),
        refused(
            "size-in-pax.tgz",
            gzip(
                &Tar::package()
                    .pax("size", "1099511627776")
                    .file("package/x", b"")
                    .end(),
            ),
            "`package/x` has 1099511627776 bytes, more than 268435456",
        ),
        refused(
            "checksum.tgz",
            {
                let mut bytes = Tar::package().file("package/x", b"").end();
                bytes[2 * BLOCK + 10] ^= 1;
                gzip(&bytes)
            },
            no_header,
        ),
    ]
}
