//! A zip reader for archives that want to do harm.
//!
//! A zip archive says everything twice, before each entry and in a directory at its end, and readers differ in which of the
//! two they believe. That is how an archive shows one content to a scanner and another to an installer. So an archive is
//! read only when it leaves no choice: both places agree, no two entries share bytes, every name occurs once, and nothing
//! that looks like an entry is missing from the directory.

mod end;

pub(super) use end::is_there;

use super::error::{Name, UnpackError};
use super::quotas::Quotas;
use super::tree::{Content, Entry, Tree, parts};
use bytes::Bytes;
use flate2::{Decompress, FlushDecompress, Status};
use rawzip::extra_fields::{ExtraFieldId, ExtraFields};
use rawzip::{CompressionMethod, ZipFileHeaderRecord, ZipSliceArchive, ZipSliceEntry};
use std::borrow::Cow;
use std::ops::Range;

/// How an entry starts.
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";

/// The flags that change how an entry is read: encryption, a length behind the content, strong encryption, UTF-8, hidden
/// values.
const TELLING_FLAGS: u16 = 1 | 1 << 3 | 1 << 6 | 1 << 11 | 1 << 13;

/// Bits of a Unix mode that tell what kind of thing an entry is, and the kinds.
const KIND: u32 = 0o170_000;
const DIRECTORY: u32 = 0o040_000;
const LINK: u32 = 0o120_000;

/// Reads an archive; paths are kept as they are.
pub(super) fn read(archive: &Bytes, quotas: &Quotas) -> Result<Tree, UnpackError> {
    let located = end::locate(archive)?;
    let mut tree = Tree::default();
    // All places are looked at before the first entry is unpacked: entries that share bytes are how a small archive
    // becomes an endless one.
    let places = places(&located.zip, located.entries, quotas)?;
    let loose = loose_bytes(archive, &places, located.zip.directory_offset())?;
    for place in &places {
        file(archive, place, &mut tree, quotas)?;
    }
    if loose > 0 {
        tree.note(format!(
            "{loose} bytes between the entries belong to none and are not installed"
        ));
    }
    if located.trailing > 0 {
        tree.note(format!(
            "{} bytes behind the end of the archive are not installed",
            located.trailing
        ));
    }
    tree.finish()
}

/// An entry and the bytes that are its own.
struct Place<'a> {
    record: ZipFileHeaderRecord<'a>,
    /// From the header before it to the end of what follows its content.
    whole: Range<u64>,
    /// Its content, compressed or not.
    content: Range<u64>,
}

impl Place<'_> {
    fn name(&self) -> Name {
        Name::of(self.record.file_path().as_bytes())
    }

    fn contradiction<T>(&self, what: &'static str) -> Result<T, UnpackError> {
        Err(UnpackError::Contradiction {
            name: self.name(),
            what,
        })
    }
}

/// Where the entries are, in the order of their places.
fn places<'a>(
    zip: &'a ZipSliceArchive<&'a [u8]>,
    stated: u64,
    quotas: &Quotas,
) -> Result<Vec<Place<'a>>, UnpackError> {
    let mut places = Vec::new();
    let mut records = zip.entries();
    while let Some(record) = records
        .next_entry()
        .map_err(|_| UnpackError::ZipDamaged("has a directory that cannot be read"))?
    {
        if places.len() >= quotas.entries {
            return Err(UnpackError::TooManyEntries(quotas.entries));
        }
        places.push(place(zip, record)?);
    }
    if places.len() as u64 != stated {
        return Err(UnpackError::ZipContradiction(
            "has another number of entries than its end record states",
        ));
    }
    places.sort_by_key(|place| (place.whole.start, place.whole.end));
    Ok(places)
}

fn place<'a>(
    zip: &'a ZipSliceArchive<&'a [u8]>,
    record: ZipFileHeaderRecord<'a>,
) -> Result<Place<'a>, UnpackError> {
    let name = || Name::of(record.file_path().as_bytes());
    if record.flags().is_encrypted() || record.flags().is_masked() {
        return Err(UnpackError::Encrypted(name()));
    }
    let entry = zip
        .get_entry(record.wayfinder())
        .map_err(|_| UnpackError::EntryDamaged {
            name: name(),
            what: "is not where the directory says",
        })?;
    agree(&record, &entry).map_err(|what| UnpackError::Contradiction { name: name(), what })?;
    let (start, end) = entry.compressed_data_range();
    let behind = usize::try_from(end)
        .ok()
        .and_then(|end| zip.get_ref().get(end..));
    let repeated = if record.flags().has_data_descriptor() {
        descriptor(behind.unwrap_or_default(), &record).ok_or_else(|| {
            UnpackError::Contradiction {
                name: name(),
                what: "has another length or checksum behind its content than in the directory",
            }
        })?
    } else {
        0
    };
    Ok(Place {
        whole: record.local_header_offset()..end.saturating_add(repeated),
        content: start..end,
        record,
    })
}

/// Compares what stands before an entry with what the directory says of it.
fn agree(record: &ZipFileHeaderRecord<'_>, entry: &ZipSliceEntry<'_>) -> Result<(), &'static str> {
    let local = entry.local_header();
    let path = record.file_path().as_bytes();
    if local.file_path().as_bytes() != path {
        return Err("has another name before its content than in the directory");
    }
    if local.compression_method() != record.compression_method() {
        return Err("has another method of compression before its content than in the directory");
    }
    if (local.flags().bits() ^ record.flags().bits()) & TELLING_FLAGS != 0 {
        return Err("has other flags before its content than in the directory");
    }
    // A writer that does not know them yet leaves them empty, and repeats them behind the content.
    let late = record.flags().has_data_descriptor();
    let same = |local: u64, stated: u64| local == stated || (late && local == 0);
    if !same(u64::from(local.crc32()), u64::from(record.crc32()))
        || !same(local.compressed_size_hint(), record.compressed_size_hint())
        || !same(
            local.uncompressed_size_hint(),
            record.uncompressed_size_hint(),
        )
    {
        return Err("has another length or checksum before its content than in the directory");
    }
    for fields in [local.extra_fields(), record.extra_fields()] {
        extra(fields, path)?;
    }
    Ok(())
}

/// Looks at the additions to a header: those that give an entry another name or its lengths twice.
fn extra(fields: ExtraFields<'_>, path: &[u8]) -> Result<(), &'static str> {
    /// A version and a checksum come before the name.
    const BEFORE_NAME: usize = 5;
    let mut lengths = 0;
    for (id, value) in fields {
        if id == ExtraFieldId::ZIP64 {
            lengths += 1;
        }
        if id == ExtraFieldId::INFO_ZIP_UNICODE_PATH && value.get(BEFORE_NAME..) != Some(path) {
            return Err("has another name in an addition to its header");
        }
    }
    if lengths > 1 {
        return Err("has its lengths twice in the additions to its header");
    }
    Ok(())
}

/// The length of the record behind an entry's content that repeats its checksum and lengths; `None` when none is there
/// that agrees. It may start with a mark or not, and its lengths have four bytes or eight.
fn descriptor(behind: &[u8], record: &ZipFileHeaderRecord<'_>) -> Option<u64> {
    let lengths = [
        record.compressed_size_hint(),
        record.uncompressed_size_hint(),
    ];
    let narrow: Vec<u8> = lengths
        .iter()
        .flat_map(|length| u32::try_from(*length).unwrap_or(u32::MAX).to_le_bytes())
        .collect();
    let wide: Vec<u8> = lengths
        .iter()
        .flat_map(|length| length.to_le_bytes())
        .collect();
    for mark in [&b"PK\x07\x08"[..], &[]] {
        for lengths in [&wide, &narrow] {
            let expected = [mark, &record.crc32().to_le_bytes(), lengths].concat();
            if behind.starts_with(&expected) {
                return Some(expected.len() as u64);
            }
        }
    }
    None
}

/// Counts the bytes that belong to no entry.
///
/// # Errors
///
/// When entries share bytes, with each other or with the directory, or when the loose bytes hold an entry: readers that go
/// from entry to entry would find it.
fn loose_bytes(archive: &[u8], places: &[Place<'_>], directory: u64) -> Result<u64, UnpackError> {
    let mut at = 0;
    let mut loose = 0;
    for place in places {
        if place.whole.start < at || place.whole.end > directory {
            return place.contradiction("shares bytes with another entry or with the directory");
        }
        loose += gap(archive, at..place.whole.start)?;
        at = place.whole.end;
    }
    Ok(loose + gap(archive, at..directory)?)
}

fn gap(archive: &[u8], range: Range<u64>) -> Result<u64, UnpackError> {
    let length = range.end.saturating_sub(range.start);
    let bytes = slice(&range).and_then(|range| archive.get(range));
    let is_entry = |bytes: &[u8]| {
        bytes
            .windows(LOCAL_HEADER.len())
            .any(|at| at == LOCAL_HEADER)
    };
    if bytes.is_some_and(is_entry) {
        return Err(UnpackError::ZipContradiction(
            "holds an entry that its directory does not list",
        ));
    }
    Ok(length)
}

fn slice(range: &Range<u64>) -> Option<Range<usize>> {
    Some(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?)
}

/// Unpacks one entry.
fn file(
    archive: &Bytes,
    place: &Place<'_>,
    tree: &mut Tree,
    quotas: &Quotas,
) -> Result<(), UnpackError> {
    let raw = place.record.file_path().as_bytes();
    let name = place.name();
    let is_directory = raw.ends_with(b"/");
    let text = text(place, tree)?;
    let path = parts(&text, quotas)?.join("/");
    // Only Unix has these bits; readers look at them whatever system the entry says it comes from.
    let mode = place.record.external_attributes() >> 16;
    match mode & KIND {
        LINK => {
            let to = content(archive, place, tree.bytes(), quotas)?;
            return Err(UnpackError::Link {
                name,
                kind: "symbolic",
                to: Name::of(to),
            });
        }
        0o020_000 => return special(name, "a character device"),
        0o060_000 => return special(name, "a block device"),
        0o010_000 => return special(name, "a named pipe"),
        0o140_000 => return special(name, "a socket"),
        DIRECTORY if !is_directory => {
            return place.contradiction("is a directory by its mode and a file by its name");
        }
        _ => {}
    }
    if is_directory {
        if place.record.uncompressed_size_hint() > 0 {
            return place.contradiction("is a directory with content");
        }
        return tree.insert_directory(path, quotas);
    }
    if path.is_empty() {
        return Err(UnpackError::BadName(name));
    }
    if tree.get(&path).is_some() {
        return place.contradiction("occurs twice");
    }
    let entry = Entry {
        mode: tree.installed_mode(&name, mode),
        content: Content::File(content(archive, place, tree.bytes(), quotas)?),
    };
    tree.insert(path, entry, quotas)
}

fn special(name: Name, kind: &'static str) -> Result<(), UnpackError> {
    Err(UnpackError::Special { name, kind })
}

/// The name of an entry as text.
fn text<'a>(place: &Place<'a>, tree: &mut Tree) -> Result<Cow<'a, str>, UnpackError> {
    let raw = place.record.file_path().as_bytes();
    if place.record.flags().is_utf8() {
        return match std::str::from_utf8(raw) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(_) => place.contradiction("is marked as UTF-8 and is not"),
        };
    }
    if !raw.is_ascii() {
        tree.note(format!(
            "{} is not marked as UTF-8; readers differ in its name",
            place.name()
        ));
    }
    Ok(String::from_utf8_lossy(raw))
}

/// The content of an entry, compared with all that is stated about it.
fn content(
    archive: &Bytes,
    place: &Place<'_>,
    before: usize,
    quotas: &Quotas,
) -> Result<Bytes, UnpackError> {
    let stated = place.record.uncompressed_size_hint();
    let limit = quotas.file;
    let length = usize::try_from(stated).unwrap_or(usize::MAX);
    if length > limit {
        return Err(UnpackError::FileTooLarge {
            name: place.name(),
            stated,
            limit,
        });
    }
    let packed = slice(&place.content)
        .filter(|range| range.end <= archive.len())
        .map(|range| archive.slice(range))
        .unwrap_or_default();
    let damaged = |what| UnpackError::EntryDamaged {
        name: place.name(),
        what,
    };
    let bytes = match place.record.compression_method() {
        CompressionMethod::STORE => packed,
        CompressionMethod::DEFLATE => {
            let fits = |unpacked: usize| {
                quotas.check_growth(archive.len(), before.saturating_add(unpacked))
            };
            inflate(&packed, length, &fits)?.map_err(damaged)?.into()
        }
        method => {
            return Err(UnpackError::Method {
                name: place.name(),
                method: method.as_u16(),
            });
        }
    };
    if bytes.len() != length {
        return Err(damaged("does not have the length that it states"));
    }
    if crc32fast::hash(&bytes) != place.record.crc32() {
        return Err(damaged("does not have the checksum that it states"));
    }
    Ok(bytes)
}

/// Decompresses content of a stated length, and not a byte more than one beyond it.
fn inflate(
    packed: &[u8],
    stated: usize,
    fits: &dyn Fn(usize) -> Result<(), UnpackError>,
) -> Result<Result<Vec<u8>, &'static str>, UnpackError> {
    /// How much is decompressed before the quotas are looked at again.
    const STEP: usize = 1 << 20;
    let mut stream = Decompress::new(false);
    let mut bytes = Vec::new();
    loop {
        let read = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        let rest = packed.get(read..).unwrap_or_default();
        let (had, room) = (bytes.len(), stated.saturating_sub(bytes.len()) + 1);
        bytes.reserve_exact(room.min(STEP));
        let Ok(status) = stream.decompress_vec(rest, &mut bytes, FlushDecompress::None) else {
            return Ok(Err("is not compressed as it says"));
        };
        fits(bytes.len())?;
        if bytes.len() > stated {
            return Ok(Err("does not have the length that it states"));
        }
        let read_now = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        if status == Status::StreamEnd {
            if read_now != packed.len() {
                return Ok(Err("has bytes behind the end of its compressed content"));
            }
            return Ok(Ok(bytes));
        }
        if read_now == read && bytes.len() == had {
            return Ok(Err("ends before its compressed content does"));
        }
    }
}
