//! Archive readers: whatever the bytes are, the answer is a tree within the quotas or one line that says why not.

use super::input::{Input, Seed};
use super::text::is_harmless;
use super::zips;
use bytes::Bytes;
use lazaret::unpack::{self, Content, Quotas, Tree};
use std::collections::BTreeMap;
use std::io::Write as _;

/// Small enough to be reached by short inputs.
const QUOTAS: Quotas = Quotas {
    archive: 1 << 20,
    total: 48 << 10,
    file: 16 << 10,
    entries: 12,
    path: 300,
    depth: 12,
    ratio: 50,
    ratio_floor: 32 << 10,
    header: 2 << 10,
};

/// Names of entries: honest ones and such as climb, hide or collide.
const NAMES: [&str; 20] = [
    "package/a",
    "package/b",
    "package/A",
    "package/lib/x.js",
    "package/lib",
    "package/lib/",
    "./package//c",
    "other/d",
    "package",
    "/etc/passwd",
    "package/../x",
    "..",
    "package/a/b/c/d/e/f/g/h/i/j/k/l/m",
    "package/a\\..\\b",
    "C:\\x",
    "package/\u{202e}gpj",
    "package/com1",
    "",
    "package/.",
    "package/a/../b",
];

/// Names of entries of zip archives and wheels.
const ZIP_NAMES: [&str; 16] = [
    "x-1.dist-info/RECORD",
    "x-1.dist-info/METADATA",
    "x-1.dist-info/WHEEL",
    "x/__init__.py",
    "x/a.py",
    "package/a",
    "package/b.c",
    "package/A",
    "package/x/",
    "../x",
    "/x",
    "a\\..\\b",
    "x-1.data/scripts/s",
    "",
    "y-2.dist-info/RECORD",
    "package/a/b",
];

/// The name of the file that is read as a wheel.
const NAME: &str = "x-1-py3-none-any.whl";

/// Reads the bytes as they are, within gzip, or as orders for an archive; the first byte says which.
pub(crate) fn run(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else {
        return;
    };
    match kind % 7 {
        0 => drop(read(rest)),
        1 => drop(read(&gzip(rest))),
        2 => drop(read(&seal(rest))),
        3 => orders(rest),
        4 => wheel(rest),
        5 => wheel(&zips::archive(&zip_orders(rest))),
        _ => zip(&zip_orders(rest)),
    }
}

/// Reads an archive and checks the promises of the answer.
fn read(packed: &[u8]) -> Option<Tree> {
    match unpack::archive(&Bytes::copy_from_slice(packed), &QUOTAS) {
        Ok(tree) => {
            check(&tree);
            Some(tree)
        }
        Err(error) => {
            let line = error.to_string();
            assert!(
                is_harmless(&line),
                "the reason is more than a line: {line:?}"
            );
            assert!(line.len() < 2_000, "the reason has {} bytes", line.len());
            None
        }
    }
}

/// Reads a wheel and looks for faults in its list of files.
fn wheel(packed: &[u8]) {
    match unpack::wheel(&Bytes::copy_from_slice(packed), NAME, &QUOTAS) {
        Ok(wheel) => {
            check(&wheel.tree);
            for path in wheel.record_faults().keys() {
                assert!(path.len() <= QUOTAS.total, "a fault of what is nowhere");
            }
            assert!(is_harmless(&wheel.to_string()), "{wheel}");
        }
        Err(error) => assert!(is_harmless(&error.to_string()), "{error}"),
    }
}

fn zip_orders(data: &[u8]) -> Vec<zips::Entry> {
    let mut input = Input::new(data);
    let mut entries = Vec::new();
    while !input.is_empty() && entries.len() < 2 * QUOTAS.entries {
        entries.push(zips::Entry::ordered(&mut input, &ZIP_NAMES));
    }
    entries
}

/// Reads an ordered zip archive. When all entries are honest, the tree is known beforehand.
fn zip(entries: &[zips::Entry]) {
    let tree = read(&zips::archive(entries));
    let names: BTreeMap<&[u8], &[u8]> = entries
        .iter()
        .map(|entry| (&entry.name[..], &entry.content[..]))
        .collect();
    let plain = |name: &[u8]| str::from_utf8(name).is_ok_and(is_plain);
    let honest = entries
        .iter()
        .all(|entry| entry.is_honest() && plain(&entry.name) && entry.content.len() < 256);
    let unique = names.len() == entries.len() && names.len() <= QUOTAS.entries;
    let collides = names.keys().any(|a| {
        names
            .keys()
            .any(|b| b.starts_with(&[a, &b"/"[..]].concat()))
    });
    if honest && unique && !collides && !names.is_empty() {
        let tree = tree.expect("an honest archive is read");
        let found: Vec<&[u8]> = tree
            .iter()
            .filter_map(|(path, _)| Some(&tree.file(path)?[..]))
            .collect();
        let expected: Vec<&[u8]> = names.values().copied().collect();
        assert_eq!(found, expected);
    }
}

fn check(tree: &Tree) {
    assert!(tree.len() <= QUOTAS.entries);
    let mut bytes = 0;
    for (path, entry) in tree.iter() {
        assert!(
            path.len() <= QUOTAS.path * 3,
            "a path of {} bytes",
            path.len()
        );
        assert!(!path.contains('\0'));
        assert!(path.split('/').count() <= QUOTAS.depth);
        for part in path.split('/') {
            assert!(!matches!(part, "" | "." | ".."), "the path {path:?}");
        }
        assert!(
            !path.split('\\').any(|part| part == ".."),
            "the path {path:?}"
        );
        assert_eq!(
            entry.mode & !0o755,
            0,
            "{path:?} has the mode {:o}",
            entry.mode
        );
        match &entry.content {
            Content::File(content) => bytes += content.len(),
            Content::Link(to) => panic!("{path:?} is a link to {to:?}"),
        }
        for (at, _) in path.match_indices('/') {
            assert!(tree.get(&path[..at]).is_none(), "{path:?} lies in a file");
        }
    }
    assert_eq!(tree.bytes(), bytes, "the bytes are counted wrongly");
    assert!(bytes <= QUOTAS.total);
    assert!(tree.notes().len() <= 20);
    assert!(
        tree.notes().iter().all(|note| is_harmless(note)),
        "{:?}",
        tree.notes()
    );
}

/// An archive of entries that the input orders. When all of them are honest, the tree is known beforehand.
fn orders(data: &[u8]) {
    let mut input = Input::new(data);
    let compressed = input.flag();
    let mut archive = Vec::new();
    let mut expected = BTreeMap::new();
    let (mut honest, mut headers) = (true, 0);
    while !input.is_empty() && archive.len() < QUOTAS.total {
        let name = if input.byte() < 200 {
            input.pick(&NAMES).to_owned()
        } else {
            input.text()
        };
        let kind = input.pick(&[
            &b'0', &b'0', &b'0', &0, &b'5', &b'1', &b'2', &b'x', &b'g', &b'L', &b'K', &b'S', &b'7',
            &b'3', &b'?',
        ]);
        let content = input.bytes();
        let link = if input.flag() { "package/a" } else { "" };
        let plain = matches!(kind, b'0' | b'7' | 0) && link.is_empty();
        headers += 1;
        honest &= plain && name.is_ascii() && is_plain(&name);
        match name.strip_prefix("package/") {
            Some(inside) if plain => expected.insert(inside.to_owned(), content.to_vec()),
            _ => None,
        };
        archive.extend(entry(name.as_bytes(), *kind, link.as_bytes(), content));
    }
    archive.extend([0; 1_024]);
    let length = archive.len();
    let tree = read(&if compressed { gzip(&archive) } else { archive });
    let collides = expected
        .keys()
        .any(|a| expected.keys().any(|b| b.starts_with(&format!("{a}/"))));
    let fits = expected.len() <= QUOTAS.entries
        && headers <= 4 * QUOTAS.entries
        && length < QUOTAS.ratio_floor;
    if honest && !collides && fits && !expected.is_empty() {
        let tree = tree.expect("an honest archive is read");
        let found: BTreeMap<String, Vec<u8>> = tree
            .iter()
            .filter_map(|(path, _)| Some((path.to_owned(), tree.file(path)?.to_vec())))
            .collect();
        assert_eq!(found, expected);
    }
}

/// Whether this is a name that an honest package has, below `package/`.
fn is_plain(name: &str) -> bool {
    let lawful = |part: &str| {
        !part.is_empty()
            && part.len() < 20
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
            && !part.chars().all(|c| c == '.')
    };
    name.strip_prefix("package/")
        .is_some_and(|inside| inside.split('/').all(lawful) && inside.split('/').count() < 5)
}

/// Puts right checksums into all blocks that could be headers, so that the fuzzer need not guess them.
fn seal(data: &[u8]) -> Vec<u8> {
    let mut archive = data.to_vec();
    for block in archive.chunks_exact_mut(512) {
        if block.iter().any(|&byte| byte != 0) {
            sum(block);
        }
    }
    archive
}

fn sum(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
}

/// A header with its content; names over 100 bytes are cut.
pub(crate) fn entry(name: &[u8], kind: u8, link: &[u8], content: &[u8]) -> Vec<u8> {
    let mut block = vec![0; 512];
    let put = |block: &mut [u8], at: usize, most: usize, bytes: &[u8]| {
        let length = bytes.len().min(most);
        block[at..at + length].copy_from_slice(&bytes[..length]);
    };
    put(&mut block, 0, 100, name);
    put(&mut block, 100, 7, b"0000644");
    put(
        &mut block,
        124,
        11,
        format!("{:011o}", content.len()).as_bytes(),
    );
    block[156] = kind;
    put(&mut block, 157, 100, link);
    put(&mut block, 257, 8, b"ustar\x0000");
    sum(&mut block);
    block.extend_from_slice(content);
    block.resize(block.len().next_multiple_of(512), 0);
    block
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    // The fuzzer looks for faults in the reader of what is inside; a fast level suffices.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("into memory");
    encoder.finish().expect("into memory")
}

/// Archives of every kind, honest and not.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let with = |kind: u8, bytes: &[u8]| [&[kind], bytes].concat();
    let honest = [
        entry(b"package/package.json", b'0', b"", b"{\"name\":\"x\"}"),
        entry(b"package/index.js", b'0', b"", b"0"),
        vec![0; 1_024],
    ]
    .concat();
    let long = [
        entry(b"././@LongLink", b'L', b"", b"package/a/long/name\0"),
        entry(b"package/a", b'0', b"", b"1"),
        entry(b"pax", b'x', b"", b"23 path=package/other/x\n11 size=02\n"),
        entry(b"package/b", b'0', b"", b"22"),
        entry(b"glob", b'g', b"", b"12 comment=\n"),
    ]
    .concat();
    let sparse = [
        entry(b"pax", b'x', b"", b"22 GNU.sparse.size=99\n"),
        entry(b"package/a", b'0', b"", b"1"),
    ]
    .concat();
    let links = [
        entry(b"package/l", b'2', b"/etc/passwd", b""),
        entry(b"package/h", b'1', b"package/l", b""),
    ]
    .concat();
    let orders = Seed::default()
        .all(&[1, 0, 0, 0])
        .text("aa")
        .all(&[0, 0, 3, 0])
        .text("x")
        .byte(0);
    let wheel = [
        zips::Entry::file("x/a.py", b"1"),
        zips::Entry::file("x-1.dist-info/METADATA", b"Name: x\nVersion: 1\n"),
        zips::Entry::file("x-1.dist-info/WHEEL", b"Wheel-Version: 1.0\n"),
        zips::Entry::file(
            "x-1.dist-info/RECORD",
            b"x/a.py,sha256=AA,1\n\"x\"\"y\",,\nx-1.dist-info/RECORD,,\n",
        ),
    ];
    let ordered = (0..5).fold(Seed::default(), |seed, name| {
        seed.all(&[0, name]).text("x/a.py,,\n").byte(name * 50)
    });
    let honest_zip = Seed::default()
        .all(&[0, 5])
        .text("a")
        .all(&[0, 0, 6])
        .text("bb")
        .byte(1);
    vec![
        with(0, &honest),
        with(0, &gzip(&honest)),
        with(0, &[gzip(&honest), gzip(b""), b"rest".to_vec()].concat()),
        with(1, &long),
        with(2, &long),
        with(2, &sparse),
        with(2, &links),
        with(1, &vec![b'a'; 4_096]),
        with(3, &orders.done()),
        with(0, &zips::archive(&[zips::Entry::file("package/a", b"a")])),
        with(4, &zips::archive(&wheel)),
        with(5, &ordered.done()),
        with(6, &honest_zip.done()),
    ]
}
