//! A tar reader for archives that want to do harm.
//!
//! It reads what POSIX calls ustar and pax, with the GNU long names, from bytes that are all there: a file's contents are a
//! slice of them, and a stated length is only compared with what is left. Where implementations differ it follows the
//! reader of the npm client, since what that one installs is what has to be judged.

use super::error::{Name, UnpackError};
use super::quotas::Quotas;
use super::tree::{Content, Entry, Tree, parts};
use bytes::Bytes;

/// Tar archives are made of blocks of this many bytes.
const BLOCK: usize = 512;

/// Reads an archive. The first part of each path is dropped, whatever its name.
pub(super) fn read(archive: &Bytes, quotas: &Quotas) -> Result<Tree, UnpackError> {
    let mut reader = Reader {
        archive,
        at: 0,
        headers: 0,
        tree: Tree::default(),
        next: Extension::default(),
    };
    while let Some(header) = reader.header(quotas)? {
        reader.entry(&header, quotas)?;
    }
    if reader.next != Extension::default() {
        return Err(UnpackError::BadExtension("no entry follows it"));
    }
    reader.note_rest();
    reader.tree.finish()
}

/// What extended headers say about the next entry.
#[derive(Default, PartialEq)]
struct Extension {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: Option<u64>,
}

/// One header block, decoded.
struct Header {
    kind: u8,
    path: Vec<u8>,
    link: Vec<u8>,
    mode: u32,
    size: u64,
}

struct Reader<'a> {
    archive: &'a Bytes,
    at: usize,
    headers: usize,
    tree: Tree,
    next: Extension,
}

impl Reader<'_> {
    /// The next header; `None` at the end, which two blocks of zeros mark and some archives leave out.
    fn header(&mut self, quotas: &Quotas) -> Result<Option<Header>, UnpackError> {
        let mut zeros = 0;
        loop {
            let Some(block) = self.archive.get(self.at..self.at.saturating_add(BLOCK)) else {
                let rest = self.archive.get(self.at..).unwrap_or_default();
                if rest.iter().any(|byte| *byte != 0) {
                    return Err(self.damaged());
                }
                return Ok(None);
            };
            if block.iter().all(|byte| *byte == 0) {
                self.at += BLOCK;
                zeros += 1;
                if zeros == 2 {
                    return Ok(None);
                }
                continue;
            }
            let Some(header) = parse(block) else {
                return Err(self.damaged());
            };
            self.at += BLOCK;
            self.headers += 1;
            // Each entry may have a long name, a long link and a PAX block of its own.
            if self.headers > quotas.entries.saturating_mul(4) {
                return Err(UnpackError::TooManyEntries(quotas.entries));
            }
            return Ok(Some(header));
        }
    }

    fn damaged(&self) -> UnpackError {
        if self.headers == 0 {
            return UnpackError::NotAnArchive;
        }
        UnpackError::TarDamaged {
            entries: self.tree.len(),
        }
    }

    fn entry(&mut self, header: &Header, quotas: &Quotas) -> Result<(), UnpackError> {
        match header.kind {
            b'x' | b'X' => {
                let block = self.extension(header, quotas)?;
                return pax(&block, &mut self.next);
            }
            // A header for all that follows: only its comment is ever used, and its path is not believed by anyone.
            b'g' => {
                let mut global = Extension::default();
                pax(&self.extension(header, quotas)?, &mut global)?;
                if global.size.is_some() || global.sparse.is_some() {
                    return Err(UnpackError::BadExtension("a length for all entries"));
                }
                return Ok(());
            }
            b'L' => {
                let path = until_nul(&self.extension(header, quotas)?).to_vec();
                return once(&mut self.next.path, path);
            }
            b'K' => {
                let link = until_nul(&self.extension(header, quotas)?).to_vec();
                return once(&mut self.next.link, link);
            }
            _ => {}
        }
        let extension = std::mem::take(&mut self.next);
        self.file(header, extension, quotas)
    }

    /// Anything that is not about another entry.
    fn file(
        &mut self,
        header: &Header,
        extension: Extension,
        quotas: &Quotas,
    ) -> Result<(), UnpackError> {
        let path = extension.path.as_ref().unwrap_or(&header.path);
        let name = Name::of(path);
        let stated = extension.size.unwrap_or(header.size);
        if header.kind == b'S' || extension.sparse.is_some() {
            return Err(UnpackError::Sparse {
                name,
                stated: extension.sparse.unwrap_or(stated),
            });
        }
        let text = String::from_utf8_lossy(path);
        let parts = parts(&text, quotas)?;
        let directory = header.kind == b'5' || (is_file(header.kind) && path.ends_with(b"/"));
        if directory {
            // Some writers state the size of the directory's own block; there is no content behind it.
            let inside = parts.get(1..).unwrap_or_default().join("/");
            return self.tree.insert_directory(inside, quotas);
        }
        if !is_file(header.kind) {
            let to = extension.link.as_ref().unwrap_or(&header.link);
            return Err(refusal(header.kind, name, Name::of(to)));
        }
        if stated > quotas.file as u64 {
            return Err(UnpackError::FileTooLarge {
                name,
                stated,
                limit: quotas.file,
            });
        }
        if stated != header.size {
            // Readers that go by the header take what lies behind it for an archive of its own.
            return Err(UnpackError::Contradiction {
                name,
                what: "has another length in its extended header than in its header",
            });
        }
        let content = self
            .content(stated)
            .ok_or_else(|| UnpackError::TarTruncated(name.clone()))?;
        let Some((_, inside)) = parts.split_first().filter(|(_, inside)| !inside.is_empty()) else {
            self.tree.note(format!(
                "{name} lies beside the package's directory and is not installed"
            ));
            return Ok(());
        };
        if matches!(text, std::borrow::Cow::Owned(_)) {
            self.tree.note(format!(
                "{name} is not UTF-8; it is installed under the name shown here"
            ));
        }
        let entry = Entry {
            mode: self.tree.installed_mode(&name, header.mode),
            content: Content::File(content),
        };
        self.tree.insert(inside.join("/"), entry, quotas)
    }

    /// The bytes behind a header, without a copy; `None` when fewer are there than it states.
    fn content(&mut self, stated: u64) -> Option<Bytes> {
        let length = usize::try_from(stated).ok()?;
        let end = self.at.checked_add(length)?;
        if end > self.archive.len() {
            return None;
        }
        let bytes = self.archive.slice(self.at..end);
        self.at = end.checked_next_multiple_of(BLOCK)?.min(self.archive.len());
        Some(bytes)
    }

    /// The content of an extended header.
    fn extension(&mut self, header: &Header, quotas: &Quotas) -> Result<Bytes, UnpackError> {
        if header.size > quotas.header as u64 {
            return Err(UnpackError::BadExtension("it is too long"));
        }
        self.content(header.size)
            .ok_or_else(|| UnpackError::TarTruncated(Name::of("an extended header")))
    }

    fn note_rest(&mut self) {
        let rest = self.archive.get(self.at..).unwrap_or_default();
        if rest.iter().any(|byte| *byte != 0) {
            self.tree.note(format!(
                "{} bytes behind the end of the archive are not installed",
                rest.len()
            ));
        }
    }
}

fn is_file(kind: u8) -> bool {
    // `7` is a file that some systems laid out in one piece; NUL is how the oldest archives write `0`.
    matches!(kind, 0 | b'0' | b'7')
}

fn refusal(kind: u8, name: Name, to: Name) -> UnpackError {
    let special = |kind| UnpackError::Special {
        name: name.clone(),
        kind,
    };
    match kind {
        b'1' | b'2' => UnpackError::Link {
            name,
            kind: if kind == b'1' { "hard" } else { "symbolic" },
            to,
        },
        b'3' => special("a character device"),
        b'4' => special("a block device"),
        b'6' => special("a named pipe"),
        _ => special("an entry of an unknown kind"),
    }
}

fn parse(block: &[u8]) -> Option<Header> {
    let field = |from: usize, length: usize| block.get(from..from + length);
    let checksum = number(field(148, 8)?)?;
    let sum: u64 = block
        .iter()
        .enumerate()
        .map(|(i, byte)| {
            if (148..156).contains(&i) {
                u64::from(b' ')
            } else {
                u64::from(*byte)
            }
        })
        .sum();
    if sum != checksum {
        return None;
    }
    let name = until_nul(field(0, 100)?);
    let mut path = Vec::new();
    if field(257, 8)? == b"ustar\x0000" {
        // A writer that keeps times in the prefix field leaves a NUL at its end.
        let length = if block.get(475) == Some(&0) { 130 } else { 155 };
        let prefix = until_nul(field(345, length)?);
        if !prefix.is_empty() {
            path.extend_from_slice(prefix);
            path.push(b'/');
        }
    }
    path.extend_from_slice(name);
    Some(Header {
        kind: *block.get(156)?,
        path,
        link: until_nul(field(157, 100)?).to_vec(),
        mode: u32::try_from(number(field(100, 8)?)? & 0o7777).ok()?,
        size: number(field(124, 12)?)?,
    })
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0);
    bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default()
}

/// A number of a header: octal digits among blanks, or binary when the first bit is set. Negative ones are none.
fn number(field: &[u8]) -> Option<u64> {
    if let Some((first @ 0x80..=0xff, rest)) = field.split_first() {
        if *first != 0x80 {
            return None;
        }
        return rest.iter().try_fold(0_u64, |sum, byte| {
            sum.checked_mul(256)?.checked_add(u64::from(*byte))
        });
    }
    let text = std::str::from_utf8(until_nul(field)).ok()?.trim();
    if text.is_empty() {
        return Some(0);
    }
    // Rust would take a sign as well.
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(())?;
    u64::from_str_radix(text, 8).ok()
}

/// Keeps what an extended header says. Readers differ in which of two that contradict each other counts.
fn once<T: PartialEq>(place: &mut Option<T>, value: T) -> Result<(), UnpackError> {
    if place.as_ref().is_some_and(|earlier| *earlier != value) {
        return Err(UnpackError::BadExtension("it contradicts another one"));
    }
    *place = Some(value);
    Ok(())
}

/// Reads PAX records, `LENGTH KEY=VALUE\n`.
fn pax(block: &[u8], into: &mut Extension) -> Result<(), UnpackError> {
    let bad = || UnpackError::BadExtension("a record without key, value or length");
    let mut rest = block;
    while !rest.is_empty() && rest.first() != Some(&0) {
        let blank = rest.iter().position(|byte| *byte == b' ').ok_or_else(bad)?;
        let digits = rest.get(..blank).ok_or_else(bad)?;
        let length: usize = std::str::from_utf8(digits)
            .ok()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse().ok())
            .ok_or_else(bad)?;
        let record = rest.get(blank + 1..length).ok_or_else(bad)?;
        rest = rest.get(length..).ok_or_else(bad)?;
        let record = record.strip_suffix(b"\n").ok_or_else(bad)?;
        let equals = record
            .iter()
            .position(|byte| *byte == b'=')
            .ok_or_else(bad)?;
        let (key, value) = record.split_at(equals);
        let value = value.get(1..).unwrap_or_default();
        let count = || {
            std::str::from_utf8(value)
                .ok()
                .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
                .and_then(|text| text.parse::<u64>().ok())
                .ok_or_else(bad)
        };
        match key {
            b"path" => once(&mut into.path, value.to_vec())?,
            b"linkpath" => once(&mut into.link, value.to_vec())?,
            b"size" => once(&mut into.size, count()?)?,
            b"GNU.sparse.size" | b"GNU.sparse.realsize" => into.sparse = Some(count()?),
            key if key.starts_with(b"GNU.sparse.") => {
                into.sparse.get_or_insert(0);
            }
            _ => {}
        }
    }
    Ok(())
}
