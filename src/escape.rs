//! Hostile text made harmless for terminals and one-line messages.

/// Escapes what could move a cursor, hide text or reorder it: control characters, bidirectional marks, invisible and
/// private characters become `\n`, `\u{202e}` and the like. A backslash stays one, so that paths read as they are.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_plain(c) {
            out.push(c);
        } else {
            out.extend(c.escape_default());
        }
    }
    out
}

/// As [`escape`], and cut to a number of characters, with `…` for what is left out.
#[must_use]
pub fn escape_to(text: &str, most: usize) -> String {
    // A hostile text may be megabytes long; nothing beyond what is shown is looked at.
    let head: String = text.chars().take(most.saturating_add(1)).collect();
    cut(&escape(&head), most)
}

/// Cuts a text to a number of characters, with `…` for what is left out.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(most.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// Whether a character shows itself, in its place, as what it is.
fn is_plain(c: char) -> bool {
    // The ranges are those of the Unicode general categories Cc, Cf, Zl, Zp, Co and Cn's noncharacters, with the
    // characters that are letters by category and blank in print, and the variation selectors.
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_hides_or_reorders_is_shown_as_its_number() {
        assert_eq!(escape("a\x1b[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(escape("a\u{202e}gpj\n"), "a\\u{202e}gpj\\n");
        assert_eq!(escape("x\u{e0061}\u{feff}"), "x\\u{e0061}\\u{feff}");
    }

    #[test]
    fn letters_of_all_scripts_and_backslashes_stay() {
        assert_eq!(escape(r"C:\größe 中文 🦀"), r"C:\größe 中文 🦀");
    }

    #[test]
    fn long_text_is_cut_where_it_is_shown() {
        assert_eq!(escape_to("abcdef", 4), "abc…");
        assert_eq!(escape_to("abcd", 4), "abcd");
    }
}
