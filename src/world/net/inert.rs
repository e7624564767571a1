//! What downloads contain: files of the right form that do nothing, each different by the address it came from.

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;

/// The text in every file that the simulated network hands out.
pub(super) const MARK: &str = "INERT-PAYLOAD";

/// A file for the last part of a path, with its media type; `None` when the name tells no form. `source` is the address.
pub(super) fn file(name: &str, source: &str) -> Option<(&'static str, Bytes)> {
    let name = name.to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let binary = "application/octet-stream";
    Some(if ends(&[".tar.gz", ".tgz"]) {
        let entries = [("README", note(source)), (stem, elf(source))];
        ("application/gzip", tar_gz(&entries))
    } else if ends(&[".zip", ".vsix", ".jar", ".whl"]) {
        let entries = [("README", note(source)), (stem, elf(source))];
        ("application/zip", zip(&entries))
    } else if ends(&[".gz"]) {
        ("application/gzip", gzip(&elf(source)))
    } else if ends(&[".exe", ".dll", ".msi"]) {
        (binary, pe(source).into())
    } else if ends(&[".dylib", ".dmg", "-darwin", "-macos"]) {
        (binary, mach_o(source).into())
    } else if ends(&[
        ".so",
        ".bin",
        ".node",
        ".elf",
        ".run",
        ".appimage",
        "-linux",
        "-x64",
        "-amd64",
        "_amd64",
        "-arm64",
    ]) {
        (binary, elf(source).into())
    } else if ends(&[".wasm"]) {
        // The smallest module.
        ("application/wasm", Bytes::from_static(b"\0asm\x01\0\0\0"))
    } else if ends(&[".png"]) {
        ("image/png", with_note(b"\x89PNG\r\n\x1a\n", source))
    } else if ends(&[".jpg", ".jpeg"]) {
        ("image/jpeg", with_note(b"\xff\xd8\xff\xe0", source))
    } else {
        text_file(&name, source)?
    })
}

/// Files that are read as text.
fn text_file(name: &str, source: &str) -> Option<(&'static str, Bytes)> {
    let (_, ending) = name.rsplit_once('.')?;
    let mark = format!("{MARK} of {source}");
    let (kind, text) = match ending {
        "sh" | "bash" => ("text/x-shellscript", format!("#!/bin/sh\n# {mark}\n:\n")),
        "js" | "mjs" | "cjs" => ("text/javascript; charset=utf-8", format!("/* {mark} */\n")),
        "py" => ("text/x-python", format!("# {mark}\n")),
        "ps1" => ("text/plain", format!("# {mark}\r\n")),
        "bat" | "cmd" => ("text/plain", format!("rem {mark}\r\n")),
        "json" => {
            let value = serde_json::json!({ "ok": true, "note": mark });
            ("application/json", value.to_string())
        }
        "css" => ("text/css", format!("/* {mark} */\n")),
        "html" | "htm" => ("text/html; charset=utf-8", page(source)),
        "xml" => (
            "application/xml",
            format!("<?xml version=\"1.0\"?>\n<!-- {MARK} -->\n<ok/>\n"),
        ),
        "yml" | "yaml" | "toml" | "ini" | "conf" => ("text/plain", format!("# {mark}\n")),
        "txt" | "md" | "csv" | "log" => ("text/plain; charset=utf-8", format!("{mark}\n")),
        _ => return None,
    };
    Some((kind, text.into()))
}

/// A web page.
pub(super) fn page(source: &str) -> String {
    let source = source.replace(['<', '>', '&'], "");
    format!("<!doctype html>\n<title>{MARK}</title>\n<p>{MARK} of {source}</p>\n")
}

fn note(source: &str) -> Vec<u8> {
    format!("{MARK} of {source}\n").into_bytes()
}

fn with_note(head: &[u8], source: &str) -> Bytes {
    [head, &note(source)].concat().into()
}

/// The head of an ELF program for 64-bit x86 without any segments, and the note.
pub(super) fn elf(source: &str) -> Vec<u8> {
    let mut bytes = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0];
    bytes.resize(16, 0);
    // Type EXEC, machine x86-64, version 1.
    bytes.extend_from_slice(&[2, 0, 0x3e, 0, 1, 0, 0, 0]);
    bytes.resize(52, 0);
    // Size of this head; no program and no section heads.
    bytes.extend_from_slice(&[64, 0]);
    bytes.resize(64, 0);
    bytes.extend(note(source));
    bytes
}

/// The two heads of a Windows program, and the note.
fn pe(source: &str) -> Vec<u8> {
    let mut bytes = b"MZ".to_vec();
    bytes.resize(60, 0);
    bytes.extend_from_slice(&[64, 0, 0, 0]);
    bytes.extend_from_slice(b"PE\0\0\x64\x86");
    bytes.resize(88, 0);
    bytes.extend(note(source));
    bytes
}

/// The head of a 64-bit Mach-O program, and the note.
fn mach_o(source: &str) -> Vec<u8> {
    let mut bytes = vec![0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1];
    bytes.resize(32, 0);
    bytes.extend(note(source));
    bytes
}

fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail; an empty answer would be the outcome.
    let done = encoder.write_all(bytes).and_then(|()| encoder.finish());
    done.unwrap_or_default().into()
}

/// A compressed tar archive of executable files.
pub(super) fn tar_gz(entries: &[(&str, Vec<u8>)]) -> Bytes {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o755);
        // The date that npm gives to every file of a package: 26 October 1985, 08:15 UTC.
        header.set_mtime(499_162_500);
        // A name that a tar cannot hold is left out: names come from what was asked for.
        let _ = archive.append_data(&mut header, path, bytes.as_slice());
    }
    gzip(&archive.into_inner().unwrap_or_default())
}

/// A zip archive whose files are stored as they are (APPNOTE.TXT sections 4.3.7, 4.3.12 and 4.3.16).
pub(super) fn zip(entries: &[(&str, Vec<u8>)]) -> Bytes {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    let mut count: u16 = 0;
    for (path, content) in entries {
        let (Ok(size), Ok(name), Ok(offset)) = (
            u32::try_from(content.len()),
            u16::try_from(path.len()),
            u32::try_from(bytes.len()),
        ) else {
            continue;
        };
        // Version 2.0, no flags, stored, 1 January 1980.
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        common.extend_from_slice(&crc32fast::hash(content).to_le_bytes());
        common.extend_from_slice(&size.to_le_bytes());
        common.extend_from_slice(&size.to_le_bytes());
        common.extend_from_slice(&name.to_le_bytes());
        common.extend_from_slice(&[0, 0]);
        bytes.extend_from_slice(b"PK\x03\x04");
        bytes.extend_from_slice(&common);
        bytes.extend_from_slice(path.as_bytes());
        bytes.extend_from_slice(content);
        // Made by version 3.0 on Unix; no comment, first disk, then the mode of an executable file.
        directory.extend_from_slice(b"PK\x01\x02\x1e\x03");
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 6]);
        directory.extend_from_slice(&(0o100_755_u32 << 16).to_le_bytes());
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(path.as_bytes());
        count = count.saturating_add(1);
    }
    let number = |length: usize| u32::try_from(length).unwrap_or_default().to_le_bytes();
    let (start, length) = (number(bytes.len()), number(directory.len()));
    bytes.extend_from_slice(&directory);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    bytes.extend_from_slice(&count.to_le_bytes());
    bytes.extend_from_slice(&count.to_le_bytes());
    bytes.extend_from_slice(&length);
    bytes.extend_from_slice(&start);
    bytes.extend_from_slice(&[0, 0]);
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_form_and_addresses_the_content() {
        for (name, start) in [
            ("a.SH", &b"#!/bin/sh\n"[..]),
            ("a.js", b"/* INERT"),
            ("a.exe", b"MZ"),
            ("tool-linux-x64", b"\x7fELF"),
            ("addon.node", b"\x7fELF"),
            ("a.tar.gz", b"\x1f\x8b"),
            ("a.zip", b"PK\x03\x04"),
            ("a.wasm", b"\0asm"),
        ] {
            let (_, bytes) = file(name, "http://a.test/").unwrap();
            assert!(bytes.starts_with(start), "{name}");
        }
        assert!(file("payload", "").is_none() && file("a.b", "").is_none());
        assert_ne!(
            file("a.sh", "http://a.test/"),
            file("a.sh", "http://b.test/")
        );
    }

    #[test]
    fn a_zip_archive_has_its_directory_where_its_end_says() {
        let bytes = zip(&[("a", b"hi".to_vec()), ("b/c", Vec::new())]);
        let end = bytes.len() - 22;
        let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        let (length, start) = (number(end + 12), number(end + 16));
        assert_eq!(start + length, end);
        assert!(bytes[start..].starts_with(b"PK\x01\x02"));
        assert_eq!(length, 2 * 46 + 4);
    }

    #[test]
    fn an_archive_unpacks_to_its_files() {
        let bytes = tar_gz(&[
            ("package/x", b"1".to_vec()),
            (&"long/".repeat(90), b"2".to_vec()),
        ]);
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
        assert!(archive.entries().unwrap().count() >= 1);
    }
}
