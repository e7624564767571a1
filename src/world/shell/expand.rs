//! Expansion of words: braces, tildes, parameters, commands, arithmetic, splitting, path names, quote removal.

use super::pattern::{Glyph, glyphs, text};
use super::{Halt, Shell, syntax};
use brush_parser::word::{
    BraceExpressionMember, BraceExpressionOrText, TildeExpr, WordPiece, WordPieceWithSource,
};

/// Characters to which one word may expand.
const MAX_TEXT: usize = 4 << 20;

/// Words to which braces, path names and lists may expand.
const MAX_WORDS: usize = 20_000;

/// What a parameter expands to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expansion {
    /// One text, which is split where it is not quoted.
    Text(String),
    /// `"$@"`: words that stay apart even in quotes.
    Words(Vec<String>),
    /// The pieces of a default value, which are expanded in place.
    Raw(String),
}

/// The words that come out of one word of a script.
#[derive(Debug, Default)]
struct Words {
    done: Vec<Vec<Glyph>>,
    open: Option<Vec<Glyph>>,
    length: usize,
    /// Characters at which unquoted results are split; empty for none.
    separators: String,
}

impl Words {
    fn push(&mut self, piece: &str, quoted: bool) {
        self.length = self.length.saturating_add(piece.len());
        if self.length <= MAX_TEXT {
            self.open
                .get_or_insert_default()
                .extend(glyphs(piece, quoted));
        }
    }

    fn end_word(&mut self) {
        self.done.extend(self.open.take());
    }

    /// Adds the result of an unquoted expansion: white space between fields vanishes, other separators make empty ones.
    fn split(&mut self, piece: &str) {
        for c in piece.chars() {
            if !self.separators.contains(c) {
                self.push(c.encode_utf8(&mut [0; 4]), false);
            } else if c.is_whitespace() {
                self.end_word();
                // White space around another separator belongs to that separator.
            } else {
                self.open.get_or_insert_default();
                self.end_word();
            }
        }
    }

    fn list(&mut self, items: &[String], quoted: bool) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.end_word();
            }
            if quoted {
                self.push(item, true);
            } else {
                self.split(item);
            }
        }
    }

    fn too_large(&self) -> bool {
        self.length > MAX_TEXT || self.done.len() > MAX_WORDS
    }
}

impl Shell<'_, '_> {
    /// Expands the words of a command completely.
    pub(super) fn expand_words<'w>(
        &mut self,
        words: impl IntoIterator<Item = &'w str>,
    ) -> Result<Vec<String>, Halt> {
        let mut result = Vec::new();
        for word in words {
            self.step()?;
            for word in self.expand_braces(word)? {
                for field in self.fields(&word)? {
                    result.extend(self.expand_path(&field)?);
                }
                if result.len() > MAX_WORDS {
                    return Err(self.over_limit("words", "a command has too many words"));
                }
            }
        }
        Ok(result)
    }

    /// Expands a word without splitting it: the value of an assignment, the target of a redirect, a here-string.
    pub(super) fn expand_text(&mut self, word: &str) -> Result<String, Halt> {
        Ok(text(&self.expand_glyphs(word)?))
    }

    /// Expands a word to one that still knows what was quoted: a pattern.
    pub(super) fn expand_glyphs(&mut self, word: &str) -> Result<Vec<Glyph>, Halt> {
        self.step()?;
        let pieces = self.pieces(word)?;
        let mut words = Words::default();
        self.expand_pieces(&pieces, false, &mut words)?;
        words.end_word();
        self.check(&words)?;
        Ok(joined(words.done))
    }

    /// Expands the body of a here-document: quotes are ordinary characters in it.
    pub(super) fn expand_here_document(&mut self, body: &str) -> Result<String, Halt> {
        let Some(pieces) = syntax::here_document(body) else {
            return Ok(body.to_owned());
        };
        let mut words = Words::default();
        self.expand_pieces(&pieces, true, &mut words)?;
        words.end_word();
        self.check(&words)?;
        Ok(text(&joined(words.done)))
    }

    /// Expands a word and splits it into fields.
    fn fields(&mut self, word: &str) -> Result<Vec<Vec<Glyph>>, Halt> {
        let pieces = self.pieces(word)?;
        let separators = self.state.vars.text("IFS").unwrap_or(" \t\n").to_owned();
        let mut words = Words {
            separators,
            ..Words::default()
        };
        self.expand_pieces(&pieces, false, &mut words)?;
        words.end_word();
        self.check(&words)?;
        Ok(words.done)
    }

    fn check(&mut self, words: &Words) -> Result<(), Halt> {
        if words.too_large() {
            return Err(self.over_limit("words", "a word expands to too much text"));
        }
        Ok(())
    }

    fn pieces(&mut self, word: &str) -> Result<Vec<WordPieceWithSource>, Halt> {
        match syntax::word(word) {
            Some(pieces) => Ok(pieces),
            None => self.fail(2, "Bad substitution"),
        }
    }

    fn expand_pieces(
        &mut self,
        pieces: &[WordPieceWithSource],
        quoted: bool,
        words: &mut Words,
    ) -> Result<(), Halt> {
        for piece in pieces {
            self.expand_piece(&piece.piece, quoted, words)?;
        }
        Ok(())
    }

    fn expand_piece(
        &mut self,
        piece: &WordPiece,
        quoted: bool,
        words: &mut Words,
    ) -> Result<(), Halt> {
        match piece {
            WordPiece::Text(text) => words.push(text, quoted),
            WordPiece::SingleQuotedText(text) => words.push(text, true),
            WordPiece::AnsiCQuotedText(text) => words.push(&unescape(text), true),
            WordPiece::DoubleQuotedSequence(pieces)
            | WordPiece::GettextDoubleQuotedSequence(pieces) => {
                // Quotes make a word even when nothing is in them, unless all that is in them is an empty "$@".
                let is_list = matches!(pieces.as_slice(), [one] if self.is_empty_list(&one.piece));
                if !is_list {
                    words.push("", true);
                }
                self.expand_pieces(pieces, true, words)?;
            }
            WordPiece::TildeExpansion(tilde) => {
                let home = self.expand_tilde(tilde);
                words.push(&home, true);
            }
            WordPiece::EscapeSequence(text) => {
                let escaped = text.strip_prefix('\\').unwrap_or(text);
                if escaped != "\n" {
                    words.push(escaped, true);
                }
            }
            WordPiece::ParameterExpansion(expression) => match self.expand_parameter(expression)? {
                Expansion::Text(text) if quoted => words.push(&text, true),
                Expansion::Text(text) => words.split(&text),
                Expansion::Words(list) => words.list(&list, quoted),
                Expansion::Raw(raw) => {
                    let pieces = self.pieces(&raw)?;
                    self.expand_pieces(&pieces, quoted, words)?;
                }
            },
            WordPiece::CommandSubstitution(source) => self.substitute(source, quoted, words)?,
            WordPiece::BackquotedCommandSubstitution(source) => {
                self.substitute(&unquote_backquoted(source), quoted, words)?;
            }
            WordPiece::ArithmeticExpression(expression) => {
                let number = self.arithmetic(&expression.value)?.to_string();
                words.push(&number, quoted);
            }
        }
        Ok(())
    }

    fn substitute(&mut self, source: &str, quoted: bool, words: &mut Words) -> Result<(), Halt> {
        let output = self.command_output(source)?;
        let output = output.trim_end_matches('\n');
        if quoted {
            words.push(output, true);
        } else {
            words.split(output);
        }
        Ok(())
    }

    fn expand_tilde(&mut self, tilde: &TildeExpr) -> String {
        let known = match tilde {
            TildeExpr::Home => self.read_variable("HOME"),
            TildeExpr::WorkingDir => Some(self.cwd()),
            TildeExpr::OldWorkingDir => self.read_variable("OLDPWD"),
            TildeExpr::UserHome(user) if user == "root" => Some("/root".to_owned()),
            TildeExpr::UserHome(user) => {
                let persona = &self.seat.world.persona;
                (*user == persona.user).then(|| persona.home.clone())
            }
            TildeExpr::NthDirFromTopOfDirStack { .. }
            | TildeExpr::NthDirFromBottomOfDirStack { .. } => None,
        };
        known.unwrap_or_else(|| match tilde {
            TildeExpr::UserHome(user) => format!("~{user}"),
            _ => "~".to_owned(),
        })
    }

    /// Expands `a{b,c}d` and `{1..3}`.
    fn expand_braces(&mut self, word: &str) -> Result<Vec<String>, Halt> {
        if !word.contains('{') || !(word.contains(',') || word.contains("..")) {
            return Ok(vec![word.to_owned()]);
        }
        match syntax::braces(word) {
            None => Ok(vec![word.to_owned()]),
            Some(parts) => match concatenations(&parts) {
                Some(words) => Ok(words),
                None => Err(self.over_limit("words", "braces expand to too many words")),
            },
        }
    }
}

/// All ways to choose one alternative of each brace expression; `None` when there are too many.
fn concatenations(parts: &[BraceExpressionOrText]) -> Option<Vec<String>> {
    let mut words = vec![String::new()];
    for part in parts {
        let choices = match part {
            BraceExpressionOrText::Text(text) => vec![text.clone()],
            BraceExpressionOrText::Expr(members) => {
                let mut choices = Vec::new();
                for member in members {
                    choices.extend(alternatives(member)?);
                }
                choices
            }
        };
        if words.len().saturating_mul(choices.len()) > MAX_WORDS {
            return None;
        }
        words = words
            .iter()
            .flat_map(|word| choices.iter().map(move |choice| format!("{word}{choice}")))
            .collect();
        if words.iter().map(String::len).sum::<usize>() > MAX_TEXT {
            return None;
        }
    }
    Some(words)
}

fn alternatives(member: &BraceExpressionMember) -> Option<Vec<String>> {
    match member {
        BraceExpressionMember::Child(parts) => concatenations(parts),
        BraceExpressionMember::NumberSequence {
            start,
            end,
            increment,
        } => {
            let numbers = sequence(*start, *end, *increment)?;
            Some(numbers.iter().map(i64::to_string).collect())
        }
        BraceExpressionMember::CharSequence {
            start,
            end,
            increment,
        } => {
            let codes = sequence(
                i64::from(u32::from(*start)),
                i64::from(u32::from(*end)),
                *increment,
            )?;
            let chars = codes
                .iter()
                .filter_map(|code| char::from_u32(u32::try_from(*code).ok()?));
            Some(chars.map(String::from).collect())
        }
    }
}

fn sequence(start: i64, end: i64, increment: i64) -> Option<Vec<i64>> {
    let step = increment.unsigned_abs().max(1);
    let count = start.abs_diff(end) / step;
    if count >= MAX_WORDS as u64 {
        return None;
    }
    let at = |i: u64| {
        let offset = i64::try_from(i.checked_mul(step)?).ok()?;
        if start <= end {
            start.checked_add(offset)
        } else {
            start.checked_sub(offset)
        }
    };
    (0..=count).map(at).collect()
}

fn joined(words: Vec<Vec<Glyph>>) -> Vec<Glyph> {
    let mut result = Vec::new();
    for (i, word) in words.into_iter().enumerate() {
        if i > 0 {
            result.push(Glyph {
                c: ' ',
                quoted: true,
            });
        }
        result.extend(word);
    }
    result
}

/// Removes the backslashes that protect a command inside backquotes.
fn unquote_backquoted(source: &str) -> String {
    let mut result = String::new();
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('`' | '\\' | '$')) => result.extend(chars.next()),
            _ => result.push(c),
        }
    }
    result
}

/// Replaces the escapes of `$'...'`, `echo -e` and `printf`.
pub(super) fn unescape(source: &str) -> String {
    String::from_utf8_lossy(&unescape_bytes(source).0).into_owned()
}

/// The same as bytes, since escapes can make any; and whether `\c` asked to end the output there.
pub(super) fn unescape_bytes(source: &str) -> (Vec<u8>, bool) {
    let mut result = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        result.extend(before.bytes());
        let mut chars = escape.chars();
        chars.next();
        let (bytes, used): (Vec<u8>, usize) = match chars.next() {
            Some('n') => (vec![b'\n'], 2),
            Some('t') => (vec![b'\t'], 2),
            Some('r') => (vec![b'\r'], 2),
            Some('a') => (vec![7], 2),
            Some('b') => (vec![8], 2),
            Some('f') => (vec![12], 2),
            Some('v') => (vec![11], 2),
            Some('e' | 'E') => (vec![27], 2),
            Some('\\') => (vec![b'\\'], 2),
            Some('\'') => (vec![b'\''], 2),
            Some('"') => (vec![b'"'], 2),
            Some('c') => return (result, true),
            Some('x') => coded(escape, 2, 16, 2),
            Some('u') => coded(escape, 2, 16, 4),
            Some('U') => coded(escape, 2, 16, 8),
            Some('0') => coded(escape, 2, 8, 3),
            Some('1'..='7') => coded(escape, 1, 8, 3),
            _ => (vec![b'\\'], 1),
        };
        result.extend(bytes);
        rest = escape.get(used..).unwrap_or("");
    }
    result.extend(rest.bytes());
    (result, false)
}

/// Reads digits behind an escape: the bytes that they stand for and how much of the text they are.
fn coded(escape: &str, start: usize, radix: u32, most: usize) -> (Vec<u8>, usize) {
    let digits: String = escape
        .chars()
        .skip(start)
        .take(most)
        .take_while(|c| c.is_digit(radix))
        .collect();
    let used = start.saturating_add(digits.len());
    let Ok(code) = u32::from_str_radix(&digits, radix) else {
        // `\0` alone is the null character; `\x` alone is itself.
        return if radix == 8 {
            (vec![0], used)
        } else {
            (vec![b'\\'], 1)
        };
    };
    match u8::try_from(code) {
        Ok(byte) if radix == 8 || most == 2 => (vec![byte], used),
        _ => (
            char::from_u32(code)
                .map(String::from)
                .unwrap_or_default()
                .into_bytes(),
            used,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_multiply_up_to_a_limit() {
        let expand = |text| concatenations(&syntax::braces(text).unwrap());
        assert_eq!(expand("a{b,c{d,e}}").unwrap(), ["ab", "acd", "ace"]);
        assert_eq!(expand("{3..1}").unwrap(), ["3", "2", "1"]);
        assert!(expand("{1..1000}{1..1000}").is_none());
    }

    #[test]
    fn escapes_make_bytes() {
        assert_eq!(unescape_bytes(r"a\x41\101\n\0101").0, b"aAA\nA");
        assert_eq!(unescape(r"\u00e9"), "é");
        assert!(unescape_bytes(r"a\cb").1);
    }
}
