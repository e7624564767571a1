//! The end of a zip archive, which says where its directory is.
//!
//! Readers look for it from behind, and find different ones in an archive that holds several. All that can be read in two
//! ways is refused here.

use super::super::error::UnpackError;
use rawzip::ZipSliceArchive;

/// The end record.
const END: &[u8] = b"PK\x05\x06";

/// The record before it that says where the end record for large archives is.
const WIDE_LOCATOR: &[u8] = b"PK\x06\x07";

/// Length of the end record without its comment.
const END_LENGTH: usize = 22;

/// Length of the locator.
const LOCATOR_LENGTH: usize = 20;

/// Length of the fixed part of the end record for large archives.
const WIDE_LENGTH: usize = 56;

/// How far from the end of the file the end record may start: its comment's length has 16 bits.
const SEARCHED: usize = END_LENGTH + 0xffff;

/// An archive whose directory was found.
pub(super) struct Located<'a> {
    /// The archive; its entries are those of the directory.
    pub(super) zip: ZipSliceArchive<&'a [u8]>,
    /// Entries that the end record states.
    pub(super) entries: u64,
    /// Bytes behind the end record and its comment.
    pub(super) trailing: usize,
}

/// Whether an end record lies near the end of these bytes, as in an archive with something before it.
pub(in super::super) fn is_there(bytes: &[u8]) -> bool {
    tail(bytes).1.windows(END.len()).any(|window| window == END)
}

/// Finds the directory.
pub(super) fn locate(bytes: &[u8]) -> Result<Located<'_>, UnpackError> {
    let zip = rawzip::ZipArchive::with_max_search_space(SEARCHED as u64)
        .locate_in_slice(bytes)
        .map_err(|(_, error)| match error.kind() {
            rawzip::ErrorKind::MissingEndOfCentralDirectory => {
                UnpackError::ZipDamaged("has no end record; it may be cut off")
            }
            rawzip::ErrorKind::Eof => UnpackError::ZipDamaged("is cut off within its end record"),
            _ => UnpackError::ZipDamaged("has an end record that cannot be read"),
        })?;
    let at = usize::try_from(zip.eocd_offset()).unwrap_or(usize::MAX);
    alone(bytes, at)?;
    let mut end =
        narrow(bytes, at).ok_or(UnpackError::ZipDamaged("is cut off within its end record"))?;
    let locator = at
        .checked_sub(LOCATOR_LENGTH)
        .and_then(|start| bytes.get(start..at))
        .filter(|locator| locator.starts_with(WIDE_LOCATOR));
    if let Some(locator) = locator {
        end = wide(bytes, locator, &end).ok_or(UnpackError::ZipContradiction(
            "has an end record for large archives that the other one contradicts",
        ))?;
    }
    let contradiction = |what| Err(UnpackError::ZipContradiction(what));
    if end.disk != 0 || end.directory_disk != 0 || end.entries_here != end.entries {
        return contradiction("is one part of several");
    }
    if end.head.checked_sub(zip.directory_offset()) != Some(end.directory_length) {
        return contradiction("has a directory of another length than its end record states");
    }
    if end.directory_at > zip.directory_offset() {
        return contradiction("has its directory before the place that its end record states");
    }
    let trailing = u64::try_from(bytes.len())
        .unwrap_or(u64::MAX)
        .saturating_sub(zip.end_offset());
    Ok(Located {
        entries: end.entries,
        trailing: usize::try_from(trailing).unwrap_or(usize::MAX),
        zip,
    })
}

/// The last bytes, in which the end record is looked for, and where they start.
fn tail(bytes: &[u8]) -> (usize, &[u8]) {
    let start = bytes.len().saturating_sub(SEARCHED);
    (start, bytes.get(start..).unwrap_or_default())
}

/// Refuses a second end record that another reader could take for the right one: one with a comment that ends where the
/// file ends.
fn alone(bytes: &[u8], found: usize) -> Result<(), UnpackError> {
    let (start, tail) = tail(bytes);
    for (at, window) in tail.windows(END_LENGTH).enumerate() {
        let at = start + at;
        if !window.starts_with(END) || at == found {
            continue;
        }
        let comment = field(window, 20, 2).unwrap_or(u64::MAX);
        if (at + END_LENGTH) as u64 + comment == bytes.len() as u64 {
            return Err(UnpackError::ZipContradiction("has two end records"));
        }
    }
    Ok(())
}

/// What the end record states, or the one for large archives in its place.
struct Stated {
    disk: u64,
    directory_disk: u64,
    entries_here: u64,
    entries: u64,
    directory_length: u64,
    directory_at: u64,
    /// Where the first of the end records starts: the directory ends there.
    head: u64,
}

fn narrow(bytes: &[u8], at: usize) -> Option<Stated> {
    let end = bytes.get(at..at.checked_add(END_LENGTH)?)?;
    Some(Stated {
        disk: field(end, 4, 2)?,
        directory_disk: field(end, 6, 2)?,
        entries_here: field(end, 8, 2)?,
        entries: field(end, 10, 2)?,
        directory_length: field(end, 12, 4)?,
        directory_at: field(end, 16, 4)?,
        head: at as u64,
    })
}

/// What the record for large archives states; `None` when it is not there or contradicts the other one.
fn wide(bytes: &[u8], locator: &[u8], narrow: &Stated) -> Option<Stated> {
    let head = field(locator, 8, 8)?;
    let start = usize::try_from(head).ok()?;
    let wide = bytes.get(start..start.checked_add(WIDE_LENGTH)?)?;
    if !wide.starts_with(b"PK\x06\x06") {
        return None;
    }
    // Some readers believe the narrow fields unless they are all ones, others never.
    let pick = |narrow: u64, wide: u64, all_ones: u64| {
        (narrow == wide || narrow == all_ones).then_some(wide)
    };
    Some(Stated {
        disk: pick(narrow.disk, field(wide, 16, 4)?, 0xffff)?,
        directory_disk: pick(narrow.directory_disk, field(wide, 20, 4)?, 0xffff)?,
        entries_here: pick(narrow.entries_here, field(wide, 24, 8)?, 0xffff)?,
        entries: pick(narrow.entries, field(wide, 32, 8)?, 0xffff)?,
        directory_length: pick(narrow.directory_length, field(wide, 40, 8)?, 0xffff_ffff)?,
        directory_at: pick(narrow.directory_at, field(wide, 48, 8)?, 0xffff_ffff)?,
        head,
    })
}

/// A number of up to eight bytes, the lowest first.
fn field(record: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = record.get(at..at.checked_add(length)?)?;
    Some(
        bytes
            .iter()
            .rev()
            .fold(0, |sum, byte| (sum << 8) | u64::from(*byte)),
    )
}
