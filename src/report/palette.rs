//! Colours, for terminals that have and want them.

/// What a piece of text means; the palette decides how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it is.
    Plain,
    /// A heading.
    Strong,
    /// Of less interest.
    Faint,
    /// Harm.
    Bad,
    /// A doubt.
    Doubt,
    /// All well.
    Good,
}

/// How a report may look.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// Whether escape sequences may be written.
    pub colour: bool,
    /// Columns of a line; longer text is cut or wrapped.
    pub width: usize,
}

/// Columns when nothing is known of the terminal.
const WIDTH: usize = 100;
/// Columns below which a report is not readable, and above which no line is.
const SENSIBLE: std::ops::RangeInclusive<usize> = 40..=200;

impl Default for Palette {
    fn default() -> Palette {
        Palette {
            colour: false,
            width: WIDTH,
        }
    }
}

impl Palette {
    /// A palette for a stream. The variables are those of the user's environment; see <https://no-color.org>.
    #[must_use]
    pub fn for_stream(terminal: bool, variable: impl Fn(&str) -> Option<String>) -> Palette {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        let dumb = variable("TERM").is_some_and(|term| term == "dumb");
        let width = variable("COLUMNS")
            .and_then(|columns| columns.parse().ok())
            .map_or(WIDTH, |columns: usize| {
                columns.clamp(*SENSIBLE.start(), *SENSIBLE.end())
            });
        Palette {
            colour: terminal && !dumb && !set("NO_COLOR"),
            width,
        }
    }

    /// Text in its tone. The text must be free of control characters.
    pub(super) fn paint(self, tone: Tone, text: &str) -> String {
        let code = match tone {
            _ if !self.colour || text.is_empty() => return text.to_owned(),
            Tone::Plain => return text.to_owned(),
            Tone::Strong => "1",
            Tone::Faint => "2",
            Tone::Bad => "1;31",
            Tone::Doubt => "1;33",
            Tone::Good => "1;32",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// Columns that a character takes: two for those of East Asian scripts and for emoji, else one.
pub(super) fn columns(c: char) -> usize {
    match c {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f000}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// The beginning of a text that fits, with `…` for what does not.
pub(super) fn fit(text: &str, width: usize) -> String {
    if text.chars().map(columns).sum::<usize>() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += columns(c);
        if used > width {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// A text on at most `most` lines, broken at blanks; the last line is cut when there is more.
pub(super) fn wrap(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let count = lines.len();
        let Some(line) = lines.last_mut() else { break };
        let used: usize = line.chars().map(columns).sum();
        let length: usize = word.chars().map(columns).sum();
        if line.is_empty() {
            line.push_str(word);
        } else if used + 1 + length <= width {
            line.push(' ');
            line.push_str(word);
        } else if count < most {
            lines.push(word.to_owned());
        } else {
            line.push(' ');
            line.push_str(word);
            if words.peek().is_some() {
                line.push('…');
            }
            break;
        }
    }
    lines.iter().map(|line| fit(line, width)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_needs_a_terminal_that_wants_it() {
        let none = |_: &str| None;
        assert!(Palette::for_stream(true, none).colour);
        assert!(!Palette::for_stream(false, none).colour);
        let no_color = |name: &str| (name == "NO_COLOR").then(|| "1".to_owned());
        assert!(!Palette::for_stream(true, no_color).colour);
        let dumb = |name: &str| (name == "TERM").then(|| "dumb".to_owned());
        assert!(!Palette::for_stream(true, dumb).colour);
    }

    #[test]
    fn widths_are_kept_sensible() {
        let columns = |value: &'static str| {
            Palette::for_stream(true, move |name| {
                (name == "COLUMNS").then(|| value.to_owned())
            })
            .width
        };
        assert_eq!(columns("72"), 72);
        assert_eq!(columns("3"), 40);
        assert_eq!(columns("x"), WIDTH);
    }

    #[test]
    fn text_fits_its_columns() {
        assert_eq!(fit("abcdef", 4), "abc…");
        assert_eq!(fit("中文字", 4), "中…");
        assert_eq!(wrap("one two three", 8, 2), ["one two", "three"]);
        assert_eq!(wrap("one two three four", 8, 1), ["one two…"]);
        assert_eq!(wrap("", 8, 2), [""]);
    }
}
