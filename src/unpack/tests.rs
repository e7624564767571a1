use super::*;
use std::io::Write as _;

/// Builds archives that no writer would: every field of every header is the test's own.
#[derive(Default)]
struct Raw(Vec<u8>);

impl Raw {
    /// A header block with a right checksum, and nothing behind it.
    fn header(mut self, path: &[u8], kind: u8, size: u64, link: &[u8]) -> Raw {
        let mut block = [0_u8; 512];
        block[..path.len()].copy_from_slice(path);
        block[100..107].copy_from_slice(b"0000644");
        block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
        block[156] = kind;
        block[157..157 + link.len()].copy_from_slice(link);
        block[257..265].copy_from_slice(b"ustar\x0000");
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.0.extend_from_slice(&block);
        self
    }

    /// Content, filled up to whole blocks.
    fn content(mut self, bytes: &[u8]) -> Raw {
        self.0.extend_from_slice(bytes);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    fn file(self, path: &str, content: &[u8]) -> Raw {
        self.header(path.as_bytes(), b'0', content.len() as u64, b"")
            .content(content)
    }

    /// A PAX block for the next entry.
    fn pax(self, key: &str, value: &str) -> Raw {
        let rest = format!(" {key}={value}\n");
        let mut length = rest.len() + 1;
        while format!("{length}{rest}").len() != length {
            length += 1;
        }
        let record = format!("{length}{rest}");
        self.header(b"PaxHeader", b'x', record.len() as u64, b"")
            .content(record.as_bytes())
    }

    fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&[0; 1024]);
        self.0
    }

    fn tree(self) -> Result<Tree, UnpackError> {
        archive(&self.end().into(), &Quotas::default())
    }

    fn refusal(self) -> String {
        let message = self.tree().expect_err("a refusal").to_string();
        assert!(!message.contains('\n'), "{message}");
        message
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("into memory");
    encoder.finish().expect("into memory")
}

pub(super) fn paths(tree: &Tree) -> Vec<&str> {
    tree.iter().map(|(path, _)| path).collect()
}

#[test]
fn the_first_part_of_each_path_is_dropped_whatever_its_name() {
    let tree = Raw::default()
        .file("package/a.js", b"1")
        .file("./other//b/./c.js", b"22")
        .file("beside.js", b"")
        .header(b"package/empty/", b'5', 7, b"")
        .tree()
        .expect("lawful");
    assert_eq!(paths(&tree), ["a.js", "b/c.js"]);
    assert_eq!(tree.file("b/c.js").map(AsRef::as_ref), Some(&b"22"[..]));
    assert_eq!(tree.bytes(), 3);
    assert_eq!(tree.notes().len(), 1);
}

#[test]
fn the_last_of_two_entries_with_one_name_counts() {
    let tree = Raw::default()
        .file("p/a", b"first")
        .file("q/a", b"2")
        .tree()
        .expect("lawful");
    assert_eq!(tree.file("a").map(AsRef::as_ref), Some(&b"2"[..]));
    assert_eq!(tree.bytes(), 1);
    assert_eq!(tree.notes(), ["`a` occurs twice; the last one counts"]);
}

#[test]
fn names_that_differ_in_case_are_both_kept_and_noted() {
    let tree = Raw::default()
        .file("p/README", b"")
        .file("p/readme", b"")
        .tree()
        .expect("lawful");
    assert_eq!(tree.len(), 2);
    assert_eq!(tree.notes().len(), 1);
}

#[test]
fn paths_that_lead_out_are_refused() {
    for (path, message) in [
        ("p/../../x", "`p/../../x` leaves the package through `..`"),
        ("../x", "`../x` leaves the package through `..`"),
        ("p\\..\\x", "`p\\..\\x` leaves the package through `..`"),
        ("/etc/passwd", "`/etc/passwd` is an absolute path"),
        ("C:\\x", "`C:\\x` is an absolute path"),
        ("\\\\server\\x", "`\\\\server\\x` is an absolute path"),
    ] {
        assert_eq!(Raw::default().file(path, b"").refusal(), message);
    }
    let long = Raw::default().pax("path", "p/../x").file("p/x", b"");
    assert_eq!(long.refusal(), "`p/../x` leaves the package through `..`");
    let directory = Raw::default().header(b"p/../../d/", b'5', 0, b"");
    assert!(directory.refusal().contains("`..`"));
}

#[test]
fn links_and_devices_are_refused() {
    for (kind, message) in [
        (
            b'1',
            "`p/x` is a hard link to `/etc/passwd`; packages hold no links",
        ),
        (
            b'2',
            "`p/x` is a symbolic link to `/etc/passwd`; packages hold no links",
        ),
        (b'3', "`p/x` is a character device, not a file"),
        (b'4', "`p/x` is a block device, not a file"),
        (b'6', "`p/x` is a named pipe, not a file"),
        (b'Z', "`p/x` is an entry of an unknown kind, not a file"),
    ] {
        let raw = Raw::default().header(b"p/x", kind, 0, b"/etc/passwd");
        assert_eq!(raw.refusal(), message);
    }
    let long = Raw::default()
        .pax("linkpath", "../../out")
        .header(b"p/x", b'2', 0, b"in");
    assert!(long.refusal().contains("`../../out`"));
}

#[test]
fn a_stated_length_is_not_believed() {
    let ten_gb = 10_u64 << 30;
    let huge = Raw::default()
        .pax("size", &ten_gb.to_string())
        .file("p/x", b"");
    assert_eq!(
        huge.refusal(),
        "`p/x` has 10737418240 bytes, more than 268435456"
    );
    let sparse = Raw::default().header(b"p/x", b'S', 8_000, b"");
    assert!(sparse.refusal().contains("sparse file"));
    let posix_sparse = Raw::default()
        .pax("GNU.sparse.realsize", &ten_gb.to_string())
        .file("p/x", b"");
    assert!(posix_sparse.refusal().contains("10737418240"));
    let cut = Raw::default().header(b"p/x", b'0', 5_000, b"");
    assert_eq!(cut.refusal(), "truncated: the archive ends within `p/x`");
    let long_name = Raw::default().header(b"x", b'L', 9 << 20, b"");
    assert!(long_name.refusal().contains("too long"));
}

#[test]
fn long_names_of_both_kinds_are_read() {
    let long = format!("p/{}", "d/".repeat(80));
    let tree = Raw::default()
        .header(b"@LongLink", b'L', long.len() as u64 + 2, b"")
        .content(format!("{long}a\0").as_bytes())
        .file("p/cut", b"1")
        .pax("path", &format!("{long}é"))
        .file("p/cut", b"2")
        .file("p/after", b"")
        .tree()
        .expect("lawful");
    let below = &long[2..];
    assert_eq!(
        paths(&tree),
        ["after".to_owned(), format!("{below}a"), format!("{below}é")]
    );
}

#[test]
fn records_of_pax_that_lie_are_refused() {
    for record in [
        "7 a=b\n",
        "99999999999999999999 a=b\n",
        "x",
        "5 ab\n\n",
        "0 =\n",
    ] {
        let raw = Raw::default()
            .header(b"x", b'x', record.len() as u64, b"")
            .content(record.as_bytes());
        assert!(raw.refusal().starts_with("damaged: "), "{record:?}");
    }
    let negative = Raw::default().pax("size", "-1").file("p/x", b"");
    assert!(negative.refusal().starts_with("damaged: "));
}

#[test]
fn a_global_header_renames_nothing() {
    let record = "15 path=p/evil\n";
    let tree = Raw::default()
        .header(b"g", b'g', record.len() as u64, b"")
        .content(record.as_bytes())
        .file("p/good", b"")
        .tree()
        .expect("lawful");
    assert_eq!(paths(&tree), ["good"]);
}

#[test]
fn a_path_cannot_be_file_and_directory() {
    let raw = Raw::default().file("p/a", b"").file("p/a/b", b"");
    assert_eq!(raw.refusal(), "`a` is both a file and a directory");
}

#[test]
fn names_without_utf8_are_kept_readable_and_noted() {
    let tree = Raw::default()
        .header(b"p/\xff\xfe.js", b'0', 0, b"")
        .tree()
        .expect("lawful");
    assert_eq!(paths(&tree), ["\u{fffd}\u{fffd}.js"]);
    assert_eq!(tree.notes().len(), 1);
    let nul = Raw::default().pax("path", "p/a\0b").file("p/x", b"");
    assert!(nul.refusal().contains("no name for a file"));
}

#[test]
fn messages_show_hostile_names_escaped_and_short() {
    let raw = Raw::default().file("../\x1b[2J\u{202e}", b"");
    let message = raw.refusal();
    assert!(message.contains("\\u{1b}[2J\\u{202e}"), "{message}");
    let long = Raw::default().pax("path", &format!("../{}", "x".repeat(3_000)));
    assert!(long.file("p", b"").refusal().len() < 200);
}

#[test]
fn too_many_too_deep_and_too_long_are_refused() {
    let quotas = Quotas {
        entries: 3,
        ..Quotas::default()
    };
    let mut raw = Raw::default();
    for i in 0..4 {
        raw = raw.file(&format!("p/{i}"), b"");
    }
    let error = archive(&raw.end().into(), &quotas).expect_err("a flood");
    assert_eq!(error.to_string(), "more than 3 entries");
    let mut headers = Raw::default();
    for _ in 0..13 {
        headers = headers.pax("comment", "x");
    }
    assert!(archive(&headers.end().into(), &quotas).is_err());
    let deep = Raw::default().pax("path", &"d/".repeat(500));
    assert!(deep.file("p", b"").refusal().contains("directories deep"));
    let long = Raw::default().pax("path", &"x".repeat(5_000));
    assert!(long.file("p", b"").refusal().contains("5000 bytes"));
}

#[test]
fn what_is_no_archive_is_named() {
    let refusal = |bytes: &[u8]| {
        archive(&Bytes::copy_from_slice(bytes), &Quotas::default())
            .expect_err("no archive")
            .to_string()
    };
    assert_eq!(refusal(b""), "not an archive: the file is empty");
    let neither = "not an archive: neither a gzip stream nor a tar or zip file";
    assert_eq!(refusal(b"hello"), neither);
    assert_eq!(refusal(&[b'x'; 4_096]), neither);
    assert_eq!(refusal(&gzip(b"hello")), neither);
    assert!(refusal(b"BZh9rest").starts_with("a bzip2 archive"));
}

#[test]
fn a_cut_or_damaged_gzip_stream_is_told_apart() {
    let packed = gzip(&Raw::default().file("p/a", &[7; 9_000]).end());
    for length in [4, 12, packed.len() / 2, packed.len() - 1] {
        let cut = Bytes::copy_from_slice(&packed[..length]);
        let error = archive(&cut, &Quotas::default()).expect_err("cut");
        assert!(
            matches!(error, UnpackError::GzipTruncated),
            "{length}: {error}"
        );
    }
    let mut damaged = packed.clone();
    let last = damaged.len() - 6;
    damaged[last] ^= 1;
    let error = archive(&damaged.into(), &Quotas::default()).expect_err("damaged");
    assert!(matches!(error, UnpackError::GzipDamaged), "{error}");
}

#[test]
fn members_are_joined_and_what_follows_them_is_noted() {
    let whole = Raw::default().file("p/a", b"1").end();
    let mut packed = gzip(&whole[..700]);
    packed.extend(gzip(&whole[700..]));
    packed.extend(b"trailing");
    let tree = archive(&packed.into(), &Quotas::default()).expect("lawful");
    assert_eq!(paths(&tree), ["a"]);
    assert_eq!(
        tree.notes(),
        ["8 bytes behind the compressed stream are not installed"]
    );
    let mut tail = whole;
    tail.extend(b"tail");
    let tree = archive(&tail.into(), &Quotas::default()).expect("lawful");
    assert_eq!(tree.notes().len(), 1);
}

#[test]
fn a_bomb_is_stopped_by_its_ratio_and_by_its_size() {
    let zeros = gzip(&vec![0; 5 << 20]);
    let quotas = Quotas {
        ratio_floor: 1 << 20,
        ..Quotas::default()
    };
    let error = archive(&zeros.clone().into(), &quotas).expect_err("a bomb");
    assert!(matches!(error, UnpackError::Bomb { .. }), "{error}");
    let quotas = Quotas {
        total: 1 << 20,
        ..Quotas::default()
    };
    let error = archive(&zeros.into(), &quotas).expect_err("too large");
    assert!(matches!(error, UnpackError::TotalTooLarge(_)), "{error}");
}

#[test]
fn old_archives_without_an_end_and_with_blank_numbers_are_read() {
    let mut raw = Raw::default().file("p/a", b"1").end();
    raw.truncate(1_024);
    let tree = archive(&raw.into(), &Quotas::default()).expect("lawful");
    assert_eq!(paths(&tree), ["a"]);
}

#[test]
fn modes_are_those_that_npm_sets() {
    let tree = Raw::default().file("p/a", b"").tree().expect("lawful");
    assert_eq!(tree.get("a").map(|entry| entry.mode), Some(0o644));
}

#[test]
fn equal_trees_have_equal_digests_and_others_do_not() {
    let digest = |raw: Raw| raw.tree().expect("lawful").digest();
    let one = digest(Raw::default().file("p/a", b"1").file("p/b", b"2"));
    let same = digest(Raw::default().file("x/b", b"2").file("x/a", b"1"));
    let other = digest(Raw::default().file("p/a", b"12").file("p/b", b""));
    assert_eq!(one, same);
    assert_ne!(one, other);
}

/// Damages an archive in many ways that can be repeated. Whatever comes out, it comes out: no case may panic.
#[test]
fn no_damage_to_an_archive_is_more_than_an_error() {
    let whole = Raw::default()
        .header(b"@LongLink", b'L', 9, b"")
        .content(b"p/long/x\0")
        .file("p/cut", b"1")
        .pax("path", "p/named")
        .pax("size", "3")
        .file("p/x", b"123")
        .header(b"p/d/", b'5', 0, b"")
        .file("p/package.json", b"{}")
        .end();
    let quotas = Quotas::default();
    let mut state = 1_u64;
    let mut next = || {
        // Knuth's MMIX generator is random enough to choose places and values.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default()
    };
    let mut read = 0;
    for round in 0..4_000 {
        let mut bytes = whole.clone();
        for _ in 0..=next() % 3 {
            let at = next() % bytes.len();
            bytes[at] = [0, b'0', b'7', b'9', b' ', b'/', b'.', 0x80, 0xff][next() % 9];
        }
        repair(&mut bytes);
        if round % 4 == 0 {
            bytes.truncate(next() % bytes.len());
        }
        read += usize::from(archive(&bytes.into(), &quotas).is_ok());
    }
    assert!(
        read > 100,
        "the damage left hardly anything to read: {read}"
    );
}

/// Makes the checksums of all blocks right that look like headers, so that damage gets behind them.
fn repair(bytes: &mut [u8]) {
    for block in bytes.chunks_mut(512) {
        if block.get(257..262) == Some(b"ustar") {
            block[148..156].fill(b' ');
            let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
            block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        }
    }
}
