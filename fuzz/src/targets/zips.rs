//! Zip archives to the fuzzer's orders: well-formed, or with a field that contradicts another.

use super::input::Input;
use std::io::Write as _;

/// One entry as it is to be written.
pub(crate) struct Entry {
    /// The name in the central directory.
    pub(crate) name: Vec<u8>,
    /// The name before the data; the same in honest archives.
    pub(crate) local: Vec<u8>,
    /// What it holds.
    pub(crate) content: Vec<u8>,
    /// Whether it is compressed.
    pub(crate) deflated: bool,
    /// Bits of the general purpose flag.
    pub(crate) flags: u16,
    /// Mode and type as Unix has them.
    pub(crate) mode: u32,
    /// Added to the stated length.
    pub(crate) lie: u32,
}

impl Entry {
    /// An ordinary file.
    pub(crate) fn file(name: &str, content: &[u8]) -> Entry {
        Entry {
            name: name.into(),
            local: name.into(),
            content: content.to_vec(),
            deflated: false,
            flags: 0,
            mode: 0o100_644,
            lie: 0,
        }
    }

    /// One that the input orders.
    pub(crate) fn ordered(input: &mut Input<'_>, names: &[&str]) -> Entry {
        let name = if input.byte() < 220 {
            input.pick(names).to_owned()
        } else {
            input.text()
        };
        let mut entry = Entry::file(&name, input.bytes());
        let odd = input.byte();
        entry.deflated = odd & 1 != 0;
        match odd >> 1 {
            100..=103 => entry.local = input.pick(names).into(),
            104..=107 => entry.flags = 1 << (input.byte() % 16),
            108..=111 => entry.lie = u32::from(input.byte()),
            112..=115 => entry.mode = u32::from(u16::from_le_bytes([input.byte(), input.byte()])),
            116..=119 => entry.content = entry.content.repeat(60),
            _ => {}
        }
        entry
    }

    /// Whether nothing of it contradicts anything.
    pub(crate) fn is_honest(&self) -> bool {
        self.name == self.local && self.flags == 0 && self.mode == 0o100_644 && self.lie == 0
    }

    fn data(&self) -> Vec<u8> {
        if !self.deflated {
            return self.content.clone();
        }
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&self.content).expect("into memory");
        encoder.finish().expect("into memory")
    }

    /// What both headers of it state alike, from the version that is needed to the length of the extra field.
    fn common(&self, packed: usize, name: &[u8]) -> Vec<u8> {
        let mut crc = flate2::Crc::new();
        crc.update(&self.content);
        let mut bytes = vec![20, 0];
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend([if self.deflated { 8 } else { 0 }, 0, 0, 0, 0x21, 0]);
        bytes.extend(crc.sum().to_le_bytes());
        bytes.extend(long(packed));
        bytes.extend((u32::try_from(self.content.len()).unwrap_or(0) + self.lie).to_le_bytes());
        bytes.extend(short(name.len()));
        bytes.extend([0, 0]);
        bytes
    }
}

fn short(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}

fn long(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

/// Writes an archive.
pub(crate) fn archive(entries: &[Entry]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let data = entry.data();
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(entry.common(data.len(), &entry.name));
        directory.extend([0; 6]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(long(archive.len()));
        directory.extend(&entry.name);
        archive.extend(b"PK\x03\x04");
        archive.extend(entry.common(data.len(), &entry.local));
        archive.extend(&entry.local);
        archive.extend(data);
    }
    let start = archive.len();
    let size = directory.len();
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([short(entries.len()), short(entries.len())].concat());
    archive.extend([long(size), long(start)].concat());
    archive.extend([0, 0]);
    archive
}
