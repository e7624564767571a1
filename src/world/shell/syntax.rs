//! Parsing, behind guards: scripts are hostile, and the parser is recursive and may panic on what it did not expect.

use brush_parser::ast::{ArithmeticExpr, Program};
use brush_parser::word::{BraceExpressionOrText, Parameter, WordPieceWithSource};
use brush_parser::{Parser, ParserOptions};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes of one script; the largest configure scripts have about as many.
const MAX_SCRIPT: usize = 2 << 20;

/// How deep brackets and compound commands may nest in one text.
const MAX_NESTING: usize = 40;

/// Words that begin and end compound commands.
const OPENING: [&str; 6] = ["if", "while", "until", "for", "case", "select"];
const CLOSING: [&str; 3] = ["fi", "done", "esac"];

/// Options for all parsing: what bash reads, since scripts say `sh` and mean it.
fn options() -> ParserOptions {
    ParserOptions {
        tilde_expansion_after_colon: false,
        ..ParserOptions::default()
    }
}

/// Why a script was not parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SyntaxError {
    /// It is not in the language; with what a shell would say.
    Wrong(String),
    /// It is larger or more deeply nested than this program reads.
    TooMuch,
}

/// Parses a whole script.
pub(super) fn program(text: &str) -> Result<Program, SyntaxError> {
    if text.len() > MAX_SCRIPT || nesting(text) > MAX_NESTING {
        return Err(SyntaxError::TooMuch);
    }
    guarded(|| Parser::new(text.as_bytes(), &options()).parse_program())
        .unwrap_or(Err(brush_parser::ParseError::ParsingAtEndOfInput))
        .map_err(|error| SyntaxError::Wrong(error.to_string()))
}

/// Parses a word into its pieces; `None` when it is malformed.
pub(super) fn word(text: &str) -> Option<Vec<WordPieceWithSource>> {
    short(text)?;
    guarded(|| brush_parser::word::parse(text, &options()).ok())?
}

/// Parses the body of a here-document.
pub(super) fn here_document(text: &str) -> Option<Vec<WordPieceWithSource>> {
    short(text)?;
    guarded(|| brush_parser::word::parse_heredoc(text, &options()).ok())?
}

/// Parses what braces expand to; `None` when there is nothing to expand.
pub(super) fn braces(text: &str) -> Option<Vec<BraceExpressionOrText>> {
    short(text)?;
    guarded(|| brush_parser::word::parse_brace_expansions(text, &options()).ok())??
}

/// Parses the name of a parameter, as it stands behind `$`.
pub(super) fn parameter(text: &str) -> Option<Parameter> {
    short(text)?;
    guarded(|| brush_parser::word::parse_parameter(text, &options()).ok())?
}

/// Parses an arithmetic expression.
pub(super) fn arithmetic(text: &str) -> Option<ArithmeticExpr> {
    short(text)?;
    guarded(|| brush_parser::arithmetic::parse(text).ok())?
}

fn short(text: &str) -> Option<()> {
    (text.len() <= MAX_SCRIPT && nesting(text) <= MAX_NESTING).then_some(())
}

/// Runs the parser; a panic in it is a text that cannot be parsed.
fn guarded<T>(parse: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(parse)).ok()
}

/// How deep brackets and compound commands nest at most. Quotes are not looked at: too high a number only refuses
/// scripts that nobody writes.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest, mut words) = (0_usize, 0_usize, 0_usize);
    for word in text.split(|c: char| c.is_whitespace() || c == ';') {
        if OPENING.contains(&word) {
            words = words.saturating_add(1);
        } else if CLOSING.contains(&word) {
            words = words.saturating_sub(1);
        }
        for c in word.chars() {
            match c {
                '(' | '{' | '[' => depth = depth.saturating_add(1),
                ')' | '}' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        deepest = deepest.max(words);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_nesting_is_refused_and_not_a_crash() {
        assert_eq!(
            program(&"(".repeat(100_000)).unwrap_err(),
            SyntaxError::TooMuch
        );
        assert!(program(&format!("{}true{}", "(".repeat(12), ")".repeat(12))).is_ok());
    }

    #[test]
    fn a_panic_of_the_parser_is_a_syntax_error() {
        assert!(braces("{1..99999999999999999999}").is_none());
        assert!(word("~99999999999999999999999").is_none());
    }

    #[test]
    fn an_unfinished_script_is_wrong() {
        assert!(matches!(
            program("if true; then"),
            Err(SyntaxError::Wrong(_))
        ));
        assert!(matches!(program("echo 'a"), Err(SyntaxError::Wrong(_))));
    }
}
