//! What the first bytes of a program file say.

use crate::world::Errno;

/// Whether a file is a program for some processor: ELF, Mach-O or PE.
pub(super) fn is_native(bytes: &[u8]) -> bool {
    const HEADS: [&[u8]; 6] = [
        b"\x7fELF",
        b"MZ",
        b"\xcf\xfa\xed\xfe",
        b"\xce\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"\xfe\xed\xfa\xcf",
    ];
    HEADS.iter().any(|head| bytes.starts_with(head))
}

/// The interpreter that the first line of a script names, and its argument. A text without such a line is run by sh, as
/// execvp does it.
pub(super) fn interpreter(bytes: &[u8]) -> Result<(String, Option<String>), Errno> {
    let line = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    if line.contains(&0) {
        return Err(Errno::NOEXEC);
    }
    let text =
        String::from_utf8_lossy(line.get(..line.len().min(255)).unwrap_or_default()).into_owned();
    let Some(rest) = text.strip_prefix("#!") else {
        return Ok(("/bin/sh".to_owned(), None));
    };
    let mut words = rest.trim().splitn(2, [' ', '\t']);
    let interpreter = words
        .next()
        .filter(|word| !word.is_empty())
        .ok_or(Errno::NOEXEC)?;
    Ok((
        interpreter.to_owned(),
        words.next().map(|word| word.trim().to_owned()),
    ))
}
