//! On which line of a JSON text a key stands: where a report points when a script of the manifest is at fault.

/// The line, from 1, of the key `key` in the object `object` of the outermost object; 0 when it is not there. The last of
/// several counts, as it does for whoever parses the text. The text need not be valid.
pub(super) fn line_of(text: &str, object: &str, key: &str) -> u32 {
    let mut found = 0;
    let mut line = 1_u32;
    let mut depth = 0_usize;
    let mut inside = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\n' => line = line.saturating_add(1),
            '{' | '[' => depth = depth.saturating_add(1),
            '}' | ']' => depth = depth.saturating_sub(1),
            '"' => {
                let end = string_end(&mut chars, text.len());
                let literal = text.get(at..end).unwrap_or_default();
                let is_key = text
                    .get(end..)
                    .is_some_and(|rest| rest.trim_start().starts_with(':'));
                let name: Option<String> =
                    is_key.then(|| serde_json::from_str(literal).ok()).flatten();
                match (depth, name) {
                    (1, Some(name)) => inside = name == object,
                    (2, Some(name)) if inside && name == key => found = line,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    found
}

/// Goes to the end of a string whose opening quote has been read; returns the position behind the closing one.
fn string_end(chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>, length: usize) -> usize {
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '"' => return at + 1,
            _ => {}
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_key_in_the_right_object_counts() {
        let text = "{\n\"x\": {\"install\": 1},\n\"scripts\": {\n\"a\\\"}\": \"{\",\n\"install\": \"x\",\n\"install\":\"y\"\n}}";
        assert_eq!(line_of(text, "scripts", "install"), 6);
        assert_eq!(line_of(text, "scripts", "absent"), 0);
    }

    #[test]
    fn broken_text_ends() {
        assert_eq!(line_of("{\"scripts\": {\"a", "scripts", "a"), 0);
        assert_eq!(line_of("}}}\"\\", "scripts", "a"), 0);
    }
}
