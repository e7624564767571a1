//! `printf`.

use crate::world::shell::expand::unescape_bytes;

/// Bytes that one `printf` may make.
const MAX_OUTPUT: usize = 1 << 20;

/// Widest field.
const MAX_WIDTH: usize = 4_096;

/// Formats arguments; the format is used again as long as arguments are left.
pub(in crate::world::shell) fn printf(args: &[String]) -> Vec<u8> {
    let Some((format, args)) = args.split_first() else {
        return Vec::new();
    };
    let (format, args) = if format == "--" {
        args.split_first().map_or((format, args), |(f, a)| (f, a))
    } else {
        (format, args)
    };
    let mut output = Vec::new();
    let mut args = args.iter();
    loop {
        let before = args.len();
        if once(format, &mut args, &mut output)
            || args.len() == 0
            || args.len() == before
            || output.len() > MAX_OUTPUT
        {
            return output;
        }
    }
}

/// Goes through the format once; `true` when `\c` ended the output.
fn once(format: &str, args: &mut std::slice::Iter<'_, String>, output: &mut Vec<u8>) -> bool {
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        let (literal, after) = rest.split_at(at);
        let (bytes, ends) = unescape_bytes(literal);
        output.extend(bytes);
        if ends {
            return true;
        }
        let after = after.get(1..).unwrap_or("");
        let spec: String = after
            .chars()
            .take_while(|c| "-+ #0123456789.*".contains(*c))
            .collect();
        let tail = after
            .get(spec.len()..)
            .unwrap_or("")
            .trim_start_matches(['l', 'h', 'z']);
        let Some(conversion) = tail.chars().next() else {
            output.extend(b"%");
            return false;
        };
        rest = tail.get(conversion.len_utf8()..).unwrap_or("");
        if conversion == '%' {
            output.push(b'%');
            continue;
        }
        let spec = starred(&spec, args);
        let (bytes, ends) = convert(conversion, args.next().map_or("", String::as_str));
        output.extend(pad(bytes, &spec, conversion));
        if ends {
            return true;
        }
    }
    let (bytes, ends) = unescape_bytes(rest);
    output.extend(bytes);
    ends
}

/// Replaces the stars of a specification by arguments.
fn starred(spec: &str, args: &mut std::slice::Iter<'_, String>) -> String {
    let mut result = String::new();
    for c in spec.chars() {
        match c {
            '*' => result.push_str(args.next().map_or("0", String::as_str)),
            c => result.push(c),
        }
    }
    result
}

fn convert(conversion: char, arg: &str) -> (Vec<u8>, bool) {
    let text = match conversion {
        'b' => return unescape_bytes(arg),
        'c' => arg.chars().take(1).collect(),
        'd' | 'i' | 'u' => integer(arg).to_string(),
        'x' => format!("{:x}", integer(arg)),
        'X' => format!("{:X}", integer(arg)),
        'o' => format!("{:o}", integer(arg)),
        'f' | 'F' | 'g' | 'e' => format!("{:.6}", arg.trim().parse::<f64>().unwrap_or(0.0)),
        'q' => crate::world::shell::quote(arg),
        _ => arg.to_owned(),
    };
    (text.into_bytes(), false)
}

/// Reads a number as printf does: decimal, `0x`, octal, or `'c` for the code of a character.
fn integer(text: &str) -> i64 {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix(['\'', '"']) {
        return rest.chars().next().map_or(0, |c| i64::from(u32::from(c)));
    }
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return i64::from_str_radix(hexadecimal, 16).unwrap_or(0);
    }
    match text.strip_prefix('0') {
        Some(octal) if !octal.is_empty() => i64::from_str_radix(octal, 8).unwrap_or(0),
        _ => text.parse().unwrap_or(0),
    }
}

fn pad(mut bytes: Vec<u8>, spec: &str, conversion: char) -> Vec<u8> {
    let left = spec.contains('-');
    let zeros = spec.starts_with('0') && conversion != 's';
    let (width, precision) = spec
        .split_once('.')
        .map_or((spec, None), |(width, precision)| (width, Some(precision)));
    if let Some(precision) = precision.and_then(|text| text.parse::<usize>().ok()) {
        match conversion {
            's' | 'b' => bytes.truncate(precision),
            'f' | 'F' => {
                let number = String::from_utf8_lossy(&bytes)
                    .parse::<f64>()
                    .unwrap_or(0.0);
                bytes = format!("{number:.*}", precision.min(64)).into_bytes();
            }
            _ => {}
        }
    }
    let width = width
        .trim_start_matches(['-', '+', ' ', '#', '0'])
        .parse::<usize>()
        .unwrap_or(0)
        .min(MAX_WIDTH);
    let missing = width.saturating_sub(bytes.len());
    if left {
        bytes.extend(std::iter::repeat_n(b' ', missing));
    } else {
        bytes.splice(
            0..0,
            std::iter::repeat_n(if zeros { b'0' } else { b' ' }, missing),
        );
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(args: &[&str]) -> String {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        String::from_utf8(printf(&args)).unwrap()
    }

    #[test]
    fn formats_repeat_as_long_as_arguments_are_left() {
        assert_eq!(print(&["%s=%d\\n", "a", "1", "b", "2"]), "a=1\nb=2\n");
        assert_eq!(print(&["%5s|%-3s|%03d", "x", "y", "7"]), "    x|y  |007");
        assert_eq!(print(&["%x %b%%", "255", "a\\tb"]), "ff a\tb%");
    }

    #[test]
    fn a_format_without_conversions_is_printed_once() {
        assert_eq!(print(&["hi\\n", "unused"]), "hi\n");
    }
}
