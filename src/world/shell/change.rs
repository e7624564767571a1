//! What the operators of parameters do to texts: parts, prefixes, replacements, letter case.

use super::pattern::{End, Glyph, affix, matches};
use brush_parser::word::SubstringMatchKind;

/// A part of a list: negative numbers count from its end.
pub(super) fn part<T>(items: &[T], offset: i64, length: Option<i64>) -> &[T] {
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let from_end = |n: i64| if n < 0 { count.saturating_add(n) } else { n };
    let start = from_end(offset);
    if start < 0 || start > count {
        return &[];
    }
    let end = match length {
        None => count,
        Some(length) if length < 0 => count.saturating_add(length),
        Some(length) => start.saturating_add(length).min(count),
    };
    let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
    items.get(range).unwrap_or(&[])
}

pub(super) fn without(text: &str, pattern: &[Glyph], end: End, longest: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let Some(count) = affix(pattern, &chars, end, longest) else {
        return text.to_owned();
    };
    let kept = match end {
        End::Prefix => chars.get(count..),
        End::Suffix => chars.get(..chars.len().saturating_sub(count)),
    };
    kept.unwrap_or(&[]).iter().collect()
}

/// Longer texts are left as they are: patterns take quadratic time.
const MAX_REPLACED: usize = 64 << 10;

pub(super) fn replaced(
    text: &str,
    pattern: &[Glyph],
    by: &str,
    kind: &SubstringMatchKind,
) -> String {
    let chars: Vec<char> = text.chars().collect();
    if pattern.is_empty() || chars.len() > MAX_REPLACED {
        return text.to_owned();
    }
    match kind {
        SubstringMatchKind::Prefix => match affix(pattern, &chars, End::Prefix, true) {
            Some(count) => by.chars().chain(chars.into_iter().skip(count)).collect(),
            None => text.to_owned(),
        },
        SubstringMatchKind::Suffix => match affix(pattern, &chars, End::Suffix, true) {
            Some(count) => {
                let kept = chars.len().saturating_sub(count);
                chars.into_iter().take(kept).chain(by.chars()).collect()
            }
            None => text.to_owned(),
        },
        SubstringMatchKind::FirstOccurrence | SubstringMatchKind::Anywhere => {
            let once = matches!(kind, SubstringMatchKind::FirstOccurrence);
            replaced_inside(&chars, pattern, by, once)
        }
    }
}

fn replaced_inside(chars: &[char], pattern: &[Glyph], by: &str, once: bool) -> String {
    // Without a star the match has the pattern's length at most, which keeps the common case fast.
    let has_star = pattern.iter().any(|glyph| !glyph.quoted && glyph.c == '*');
    let longest = if has_star { chars.len() } else { pattern.len() };
    let mut result = String::new();
    let mut i = 0;
    while let Some(rest) = chars.get(i..).filter(|rest| !rest.is_empty()) {
        let window = rest.get(..longest.min(rest.len())).unwrap_or(rest);
        match affix(pattern, window, End::Prefix, true).filter(|count| *count > 0) {
            Some(count) => {
                result.push_str(by);
                i = i.saturating_add(count);
                if once {
                    break;
                }
            }
            None => {
                result.extend(rest.first());
                i = i.saturating_add(1);
            }
        }
    }
    result.extend(chars.get(i..).unwrap_or(&[]));
    result
}

pub(super) fn recased(text: &str, pattern: &[Glyph], upper: bool, first_only: bool) -> String {
    let mut result = String::new();
    for (i, c) in text.chars().enumerate() {
        let applies = (i == 0 || !first_only) && (pattern.is_empty() || matches(pattern, &[c]));
        match (applies, upper) {
            (false, _) => result.push(c),
            (true, true) => result.extend(c.to_uppercase()),
            (true, false) => result.extend(c.to_lowercase()),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::shell::pattern::glyphs;

    fn pattern(text: &str) -> Vec<Glyph> {
        glyphs(text, false).collect()
    }

    #[test]
    fn replacements_take_the_longest_match() {
        let all = SubstringMatchKind::Anywhere;
        assert_eq!(replaced("a.b.c", &pattern("."), "-", &all), "a-b-c");
        assert_eq!(
            replaced(
                "aXbXc",
                &pattern("X*"),
                "!",
                &SubstringMatchKind::FirstOccurrence
            ),
            "a!"
        );
        assert_eq!(replaced("aaa", &pattern(""), "-", &all), "aaa");
    }

    #[test]
    fn parts_count_from_both_ends() {
        let list = [1, 2, 3, 4];
        assert_eq!(part(&list, 1, Some(2)), [2, 3]);
        assert_eq!(part(&list, -1, None), [4]);
        assert!(part(&list, 9, None).is_empty());
        assert_eq!(part(&list, 0, Some(-1)), [1, 2, 3]);
    }
}
