//! Shell patterns: `*`, `?` and bracket expressions, over text of which some characters are quoted.

/// One character of a word, and whether quoting takes its special meaning away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glyph {
    /// The character.
    pub c: char,
    /// Whether it stood in quotes or behind a backslash.
    pub quoted: bool,
}

/// All characters of a text, quoted or not.
pub(crate) fn glyphs(text: &str, quoted: bool) -> impl Iterator<Item = Glyph> + '_ {
    text.chars().map(move |c| Glyph { c, quoted })
}

/// The plain text of a word.
pub(crate) fn text(word: &[Glyph]) -> String {
    word.iter().map(|glyph| glyph.c).collect()
}

/// Whether a word has an unquoted character that makes it a pattern.
pub(crate) fn is_pattern(word: &[Glyph]) -> bool {
    word.iter()
        .any(|glyph| !glyph.quoted && matches!(glyph.c, '*' | '?' | '['))
}

/// Whether the whole text matches the pattern. Takes time in proportion to the product of the lengths at worst.
pub(crate) fn matches(pattern: &[Glyph], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    // The place after the last star, and how much text that star had eaten when we last came by.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let step = match (pattern.get(p), text.get(t)) {
            (None, None) => return true,
            (Some(glyph), _) if !glyph.quoted && glyph.c == '*' => {
                retry = Some((p.saturating_add(1), t));
                Some((p.saturating_add(1), t))
            }
            (Some(_), Some(&c)) => one(pattern, p, c).map(|next| (next, t.saturating_add(1))),
            _ => None,
        };
        match (step, retry) {
            (Some((next_p, next_t)), _) => (p, t) = (next_p, next_t),
            (None, Some((after, eaten))) if eaten < text.len() => {
                retry = Some((after, eaten.saturating_add(1)));
                (p, t) = (after, eaten.saturating_add(1));
            }
            _ => return false,
        }
    }
}

/// Matches one character at `p`; returns the place behind the matched part of the pattern.
fn one(pattern: &[Glyph], p: usize, c: char) -> Option<usize> {
    let glyph = pattern.get(p)?;
    let next = p.saturating_add(1);
    if glyph.quoted {
        return (glyph.c == c).then_some(next);
    }
    match glyph.c {
        '?' => Some(next),
        '[' => match bracket(pattern, next, c) {
            Some((true, end)) => Some(end),
            Some((false, _)) => None,
            None => (c == '[').then_some(next),
        },
        other => (other == c).then_some(next),
    }
}

/// Reads a bracket expression that starts behind its `[`. `None` when it has no end: then `[` is an ordinary character.
fn bracket(pattern: &[Glyph], start: usize, c: char) -> Option<(bool, usize)> {
    let mut i = start;
    let negated = pattern
        .get(i)
        .is_some_and(|glyph| !glyph.quoted && matches!(glyph.c, '!' | '^'));
    if negated {
        i = i.saturating_add(1);
    }
    let first = i;
    let mut found = false;
    loop {
        let glyph = pattern.get(i)?;
        if glyph.c == ']' && !glyph.quoted && i > first {
            return Some((found != negated, i.saturating_add(1)));
        }
        if let Some((hit, end)) = class(pattern, i, c) {
            found |= hit;
            i = end;
            continue;
        }
        let dash = pattern
            .get(i.saturating_add(1))
            .is_some_and(|g| g.c == '-' && !g.quoted);
        match pattern.get(i.saturating_add(2)) {
            Some(high) if dash && (high.c != ']' || high.quoted) => {
                found |= (glyph.c..=high.c).contains(&c);
                i = i.saturating_add(3);
            }
            _ => {
                found |= glyph.c == c;
                i = i.saturating_add(1);
            }
        }
    }
}

/// Reads a class such as `[:alpha:]` inside a bracket expression.
fn class(pattern: &[Glyph], i: usize, c: char) -> Option<(bool, usize)> {
    let rest: String = pattern
        .iter()
        .skip(i)
        .take(12)
        .map(|glyph| glyph.c)
        .collect();
    let name = rest.strip_prefix("[:")?;
    let name = &name[..name.find(":]")?];
    let hit = match name {
        "alpha" => c.is_alphabetic(),
        "digit" => c.is_ascii_digit(),
        "alnum" => c.is_alphanumeric(),
        "upper" => c.is_uppercase(),
        "lower" => c.is_lowercase(),
        "space" => c.is_whitespace(),
        "blank" => c == ' ' || c == '\t',
        "punct" => c.is_ascii_punctuation(),
        "print" => !c.is_control(),
        "graph" => !c.is_control() && c != ' ',
        "cntrl" => c.is_control(),
        "xdigit" => c.is_ascii_hexdigit(),
        _ => false,
    };
    Some((hit, i.saturating_add(name.len()).saturating_add(4)))
}

/// Which end of a text a pattern is tried at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The beginning.
    Prefix,
    /// The end.
    Suffix,
}

/// How many characters at an end of the text match the pattern: the fewest or the most.
pub(crate) fn affix(pattern: &[Glyph], text: &[char], end: End, longest: bool) -> Option<usize> {
    let lengths = 0..=text.len();
    let fits = |length: &usize| {
        let part = match end {
            End::Prefix => text.get(..*length),
            End::Suffix => text.get(text.len().saturating_sub(*length)..),
        };
        part.is_some_and(|part| matches(pattern, part))
    };
    if longest {
        lengths.rev().find(fits)
    } else {
        lengths.into_iter().find(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(pattern: &str, text: &str) -> bool {
        let pattern: Vec<Glyph> = glyphs(pattern, false).collect();
        matches(&pattern, &text.chars().collect::<Vec<_>>())
    }

    #[test]
    fn stars_and_brackets_match_as_in_the_shell() {
        assert!(matched("*.j[s-u]", "index.js"));
        assert!(matched("[!a]*[[:digit:]]", "x9"));
        assert!(!matched("[!a]*", "ab"));
        assert!(matched("a[b", "a[b"));
        assert!(matched("[]x]", "]"));
    }

    #[test]
    fn quoted_stars_are_stars() {
        let pattern: Vec<Glyph> = glyphs("*", true).collect();
        assert!(matches(&pattern, &['*']) && !matches(&pattern, &['a']));
    }

    #[test]
    fn many_stars_do_not_explode() {
        let text = "a".repeat(2_000);
        assert!(!matched(
            &"a*".repeat(30).replace("a*", "*a*"),
            &text.replace('a', "b")
        ));
    }

    #[test]
    fn the_shortest_and_longest_affix_are_found() {
        let pattern: Vec<Glyph> = glyphs("*/", false).collect();
        let text: Vec<char> = "a/b/c".chars().collect();
        assert_eq!(affix(&pattern, &text, End::Prefix, false), Some(2));
        assert_eq!(affix(&pattern, &text, End::Prefix, true), Some(4));
    }
}
