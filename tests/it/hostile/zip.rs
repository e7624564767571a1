//! Builds zip archives that no writer would: both headers of an entry, and the end of the archive, say what the test wants.

use std::io::Write as _;

/// What a header says of an entry.
#[derive(Clone, Default)]
pub(super) struct Header {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) checksum: u32,
    pub(super) packed: u32,
    pub(super) length: u32,
    pub(super) extra: Vec<u8>,
}

/// One entry: what stands before it, what the directory says, and what is there.
#[derive(Clone, Default)]
pub(super) struct Member {
    pub(super) local: Header,
    pub(super) central: Header,
    pub(super) mode: u32,
    pub(super) content: Vec<u8>,
    /// What follows the content.
    pub(super) behind: Vec<u8>,
    /// Where the directory says that it starts, when that is not where it does.
    pub(super) offset: Option<u32>,
    /// Whether only the directory knows it.
    pub(super) absent: bool,
}

impl Member {
    /// A file that is not compressed.
    pub(super) fn stored(name: impl AsRef<[u8]>, content: &[u8]) -> Member {
        let header = Header {
            name: name.as_ref().to_vec(),
            checksum: crc32fast::hash(content),
            packed: u32::try_from(content.len()).expect("small"),
            length: u32::try_from(content.len()).expect("small"),
            ..Header::default()
        };
        Member {
            local: header.clone(),
            central: header,
            mode: 0o100_644,
            content: content.to_vec(),
            ..Member::default()
        }
    }

    /// A compressed file.
    pub(super) fn deflated(name: &str, content: &[u8]) -> Member {
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(content).expect("into memory");
        let packed = encoder.finish().expect("into memory");
        let mut member = Member::stored(name, content);
        member.set(|header| {
            header.method = 8;
            header.packed = u32::try_from(packed.len()).expect("small");
        });
        member.content = packed;
        member
    }

    /// Changes both headers.
    pub(super) fn set(&mut self, change: impl Fn(&mut Header)) {
        change(&mut self.local);
        change(&mut self.central);
    }

    /// The same, as a step of building.
    pub(super) fn with(mut self, change: impl Fn(&mut Member)) -> Member {
        change(&mut self);
        self
    }
}

/// An archive. The fields of its end that are `None` are right.
#[derive(Clone, Default)]
pub(super) struct Zip {
    pub(super) before: Vec<u8>,
    pub(super) members: Vec<Member>,
    /// Bytes between the entries and the directory.
    pub(super) gap: Vec<u8>,
    /// Bytes between the directory and the end record.
    pub(super) between: Vec<u8>,
    pub(super) disk: u16,
    pub(super) count: Option<u16>,
    pub(super) directory_length: Option<u32>,
    pub(super) directory_at: Option<u32>,
    pub(super) comment: Vec<u8>,
    pub(super) comment_length: Option<u16>,
    pub(super) behind: Vec<u8>,
    /// Writes the records for large archives; the number of entries in them.
    pub(super) wide: Option<u64>,
}

impl Zip {
    /// An archive of stored files.
    pub(super) fn of(files: &[(&str, &[u8])]) -> Zip {
        Zip {
            members: files
                .iter()
                .map(|(name, content)| Member::stored(name, content))
                .collect(),
            ..Zip::default()
        }
    }

    /// A package with these entries besides its manifest.
    pub(super) fn package(members: Vec<Member>) -> Zip {
        let mut zip = Zip::of(&[("package.json", super::MANIFEST)]);
        zip.members.extend(members);
        zip
    }

    /// The same, as a step of building.
    pub(super) fn with(mut self, change: impl Fn(&mut Zip)) -> Zip {
        change(&mut self);
        self
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = self.before.clone();
        // An archive behind something else counts from its own start.
        let base = out.len();
        let mut directory = Vec::new();
        for member in &self.members {
            let at = u32::try_from(out.len() - base).expect("small");
            let offset = member.offset.unwrap_or(at);
            if !member.absent {
                out.extend(local(&member.local));
                out.extend(&member.content);
                out.extend(&member.behind);
            }
            directory.extend(central(&member.central, member.mode, offset));
        }
        out.extend(&self.gap);
        let at = out.len() - base;
        out.extend(&directory);
        let count = self.members.len();
        if let Some(count) = self.wide {
            let head = out.len() as u64;
            out.extend(b"PK\x06\x06");
            out.extend(44_u64.to_le_bytes());
            out.extend([45, 0, 45, 0]);
            out.extend([0; 8]);
            for number in [count, count, directory.len() as u64, at as u64] {
                out.extend(number.to_le_bytes());
            }
            out.extend(b"PK\x06\x07\0\0\0\0");
            out.extend(head.to_le_bytes());
            out.extend(1_u32.to_le_bytes());
        }
        out.extend(&self.between);
        let small = |number: usize| u32::try_from(number).expect("small");
        let count = self
            .count
            .unwrap_or_else(|| u16::try_from(count).expect("few"));
        let comment = u16::try_from(self.comment.len()).expect("short");
        out.extend(end_record(
            self.disk,
            count,
            self.directory_length
                .unwrap_or_else(|| small(directory.len())),
            self.directory_at.unwrap_or_else(|| small(at)),
            self.comment_length.unwrap_or(comment),
        ));
        out.extend(&self.comment);
        out.extend(&self.behind);
        out
    }
}

/// The record at the end of an archive.
pub(super) fn end_record(disk: u16, count: u16, length: u32, at: u32, comment: u16) -> Vec<u8> {
    let mut out = b"PK\x05\x06".to_vec();
    for number in [disk, disk, count, count] {
        out.extend(number.to_le_bytes());
    }
    out.extend(length.to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend(comment.to_le_bytes());
    out
}

/// The part that both headers share: from the flags to the length of the name.
fn shared(header: &Header) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend(header.flags.to_le_bytes());
    out.extend(header.method.to_le_bytes());
    out.extend([0; 4]);
    for number in [header.checksum, header.packed, header.length] {
        out.extend(number.to_le_bytes());
    }
    for text in [&header.name, &header.extra] {
        out.extend(u16::try_from(text.len()).expect("short").to_le_bytes());
    }
    out
}

/// What stands before an entry.
pub(super) fn local(header: &Header) -> Vec<u8> {
    let fields = [&b"PK\x03\x04\x14\0"[..], &shared(header)].concat();
    [&fields[..], &header.name, &header.extra].concat()
}

fn central(header: &Header, mode: u32, offset: u32) -> Vec<u8> {
    // Made by version 2.0 on Unix.
    let mut out = b"PK\x01\x02\x14\x03\x14\0".to_vec();
    out.extend(shared(header));
    out.extend([0; 6]);
    out.extend((mode << 16).to_le_bytes());
    out.extend(offset.to_le_bytes());
    [&out[..], &header.name, &header.extra].concat()
}
