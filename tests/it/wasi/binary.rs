//! Modules that are too large to be written as text.

/// A module of so many empty functions.
pub(super) fn functions(count: u32) -> Vec<u8> {
    let mut types = number(count);
    types.resize(types.len() + usize::try_from(count).expect("small"), 0);
    let mut code = number(count);
    for _ in 0..count {
        code.extend([2, 0, 0x0b]);
    }
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[1, 0x60, 0, 0]),
        section(3, &types),
        section(10, &code),
    ]
    .concat()
}

/// A module of one function with so many bytes.
pub(super) fn body(length: u32) -> Vec<u8> {
    let mut function = vec![0];
    function.resize(usize::try_from(length).expect("small"), 1);
    function.push(0x0b);
    let mut code = vec![1];
    code.extend(number(u32::try_from(function.len()).expect("small")));
    code.extend(function);
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[1, 0x60, 0, 0]),
        section(3, &[1, 0]),
        section(10, &code),
    ]
    .concat()
}

/// A section of a module: its number and what is in it.
pub(super) fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let mut section = vec![id];
    section.extend(number(u32::try_from(content.len()).expect("small")));
    section.extend(content);
    section
}

/// A number in seven bits a byte.
fn number(mut number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7f).to_le_bytes()[0];
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}
