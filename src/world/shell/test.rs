//! `test`, `[` and `[[`.

use super::{Halt, Shell};
use crate::world::fs::Type;
use brush_parser::ast::{BinaryPredicate, ExtendedTestExpr, UnaryPredicate};
use std::cmp::Ordering;

/// Longest expression of `test`; its grammar is recursive.
const MAX_ARGUMENTS: usize = 64;

/// What `test` may ask the world; a tool and a shell both can.
pub(super) trait Asks {
    /// The kind, size, permission bits and modification time of a file.
    fn file(&mut self, path: &str, follow: bool) -> Option<Facts>;
    /// Whether a descriptor is a terminal.
    fn is_terminal(&mut self, fd: &str) -> bool;
    /// Whether a variable is set.
    fn is_set(&mut self, name: &str) -> bool;
}

/// What is known of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub(super) kind: Type,
    pub(super) size: u64,
    pub(super) mode: u32,
    pub(super) mtime: u64,
    pub(super) ino: u64,
    /// Bits that the caller has: 4 read, 2 write, 1 execute.
    pub(super) access: u32,
}

impl Asks for Shell<'_, '_> {
    fn file(&mut self, path: &str, follow: bool) -> Option<Facts> {
        let caller = self.caller();
        self.seat.facts(&caller, path, follow)
    }

    fn is_terminal(&mut self, _fd: &str) -> bool {
        false
    }

    fn is_set(&mut self, name: &str) -> bool {
        self.read_variable(name).is_some()
    }
}

/// Runs `test` in a shell: 0 for true, 1 for false, 2 for an expression that is none.
pub(super) fn command(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<i32, Halt> {
    match evaluate(shell, args) {
        Some(value) => Ok(i32::from(!value)),
        None => {
            let line = shell.state.line.max(1);
            shell.complain(&format!("{line}: test: unexpected operator"))?;
            Ok(2)
        }
    }
}

/// Evaluates the arguments of `test`. `None` when they are no expression.
pub(super) fn evaluate(asks: &mut dyn Asks, args: &[String]) -> Option<bool> {
    if args.len() > MAX_ARGUMENTS {
        return None;
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        [] => Some(false),
        [text] => Some(!text.is_empty()),
        ["!", rest @ ..] if rest.len() < 3 => primary_list(asks, rest).map(|value| !value),
        [left, operator, right] if is_binary(operator) => binary(asks, left, operator, right),
        args => {
            let (value, rest) = any(asks, args)?;
            rest.is_empty().then_some(value)
        }
    }
}

fn primary_list(asks: &mut dyn Asks, args: &[&str]) -> Option<bool> {
    match args {
        [] => Some(false),
        [text] => Some(!text.is_empty()),
        [operator, operand] => unary(asks, operator, operand),
        _ => None,
    }
}

fn any<'a>(asks: &mut dyn Asks, args: &'a [&'a str]) -> Option<(bool, &'a [&'a str])> {
    let (mut value, mut rest) = all(asks, args)?;
    while let ["-o", after @ ..] = rest {
        let (right, after) = all(asks, after)?;
        value = value || right;
        rest = after;
    }
    Some((value, rest))
}

fn all<'a>(asks: &mut dyn Asks, args: &'a [&'a str]) -> Option<(bool, &'a [&'a str])> {
    let (mut value, mut rest) = primary(asks, args)?;
    while let ["-a", after @ ..] = rest {
        let (right, after) = primary(asks, after)?;
        value = value && right;
        rest = after;
    }
    Some((value, rest))
}

fn primary<'a>(asks: &mut dyn Asks, args: &'a [&'a str]) -> Option<(bool, &'a [&'a str])> {
    match args {
        [left, operator, right, rest @ ..] if is_binary(operator) => {
            Some((binary(asks, left, operator, right)?, rest))
        }
        ["!", rest @ ..] => {
            let (value, rest) = primary(asks, rest)?;
            Some((!value, rest))
        }
        ["(", rest @ ..] => {
            let (value, rest) = any(asks, rest)?;
            match rest {
                [")", rest @ ..] => Some((value, rest)),
                _ => None,
            }
        }
        [operator, operand, rest @ ..] if operator.len() == 2 && operator.starts_with('-') => {
            Some((unary(asks, operator, operand)?, rest))
        }
        [text, rest @ ..] => Some((!text.is_empty(), rest)),
        [] => None,
    }
}

fn is_binary(operator: &str) -> bool {
    matches!(
        operator,
        "=" | "=="
            | "!="
            | "<"
            | ">"
            | "-eq"
            | "-ne"
            | "-lt"
            | "-le"
            | "-gt"
            | "-ge"
            | "-nt"
            | "-ot"
            | "-ef"
    )
}

fn binary(asks: &mut dyn Asks, left: &str, operator: &str, right: &str) -> Option<bool> {
    Some(match operator {
        "=" | "==" => left == right,
        "!=" => left != right,
        "<" => left < right,
        ">" => left > right,
        "-nt" => newer(asks, left, right) == Some(Ordering::Greater),
        "-ot" => newer(asks, left, right) == Some(Ordering::Less),
        "-ef" => match (asks.file(left, true), asks.file(right, true)) {
            (Some(left), Some(right)) => left.ino == right.ino,
            _ => false,
        },
        _ => compare(
            operator,
            left.trim().parse().ok()?,
            right.trim().parse().ok()?,
        ),
    })
}

fn newer(asks: &mut dyn Asks, left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (asks.file(left, true), asks.file(right, true));
    match (left, right) {
        (Some(left), Some(right)) => Some(left.mtime.cmp(&right.mtime)),
        (Some(_), None) => Some(Ordering::Greater),
        (None, Some(_)) => Some(Ordering::Less),
        (None, None) => None,
    }
}

fn compare(operator: &str, left: i64, right: i64) -> bool {
    match operator {
        "-eq" => left == right,
        "-ne" => left != right,
        "-lt" => left < right,
        "-le" => left <= right,
        "-gt" => left > right,
        _ => left >= right,
    }
}

fn unary(asks: &mut dyn Asks, operator: &str, operand: &str) -> Option<bool> {
    let kind = |asks: &mut dyn Asks, kind: Type| {
        asks.file(operand, true)
            .is_some_and(|file| file.kind == kind)
    };
    let mode = |asks: &mut dyn Asks, bit: u32| {
        asks.file(operand, true)
            .is_some_and(|file| file.mode & bit != 0)
    };
    let access = |asks: &mut dyn Asks, bit: u32| {
        asks.file(operand, true)
            .is_some_and(|file| file.access & bit != 0)
    };
    Some(match operator {
        "-n" => !operand.is_empty(),
        "-z" => operand.is_empty(),
        "-e" | "-a" | "-O" | "-G" => asks.file(operand, true).is_some(),
        "-f" => kind(asks, Type::File),
        "-d" => kind(asks, Type::Directory),
        "-h" | "-L" => asks
            .file(operand, false)
            .is_some_and(|file| file.kind == Type::Link),
        "-p" | "-S" | "-b" | "-c" => {
            operand.starts_with("/dev/") && asks.file(operand, true).is_some()
        }
        "-s" => asks.file(operand, true).is_some_and(|file| file.size > 0),
        "-r" => access(asks, 4),
        "-w" => access(asks, 2),
        "-x" => access(asks, 1),
        "-u" => mode(asks, 0o4000),
        "-g" => mode(asks, 0o2000),
        "-k" => mode(asks, 0o1000),
        "-t" => asks.is_terminal(operand),
        "-v" => asks.is_set(operand),
        _ => return None,
    })
}

/// Evaluates `[[ ... ]]`: words are not split, and the right sides of `==` and `=~` are patterns.
pub(super) fn extended(
    shell: &mut Shell<'_, '_>,
    expression: &ExtendedTestExpr,
) -> Result<i32, Halt> {
    Ok(i32::from(!holds(shell, expression)?))
}

fn holds(shell: &mut Shell<'_, '_>, expression: &ExtendedTestExpr) -> Result<bool, Halt> {
    match expression {
        ExtendedTestExpr::And(left, right) => Ok(holds(shell, left)? && holds(shell, right)?),
        ExtendedTestExpr::Or(left, right) => Ok(holds(shell, left)? || holds(shell, right)?),
        ExtendedTestExpr::Not(inner) => Ok(!holds(shell, inner)?),
        ExtendedTestExpr::Parenthesized(inner) => holds(shell, inner),
        ExtendedTestExpr::UnaryTest(predicate, word) => {
            let operand = shell.expand_text(&word.value)?;
            Ok(match predicate {
                UnaryPredicate::StringHasNonZeroLength => !operand.is_empty(),
                UnaryPredicate::StringHasZeroLength => operand.is_empty(),
                UnaryPredicate::ShellOptionEnabled => false,
                other => unary(shell, &other.to_string(), &operand).unwrap_or(false),
            })
        }
        ExtendedTestExpr::BinaryTest(predicate, left, right) => {
            let left = shell.expand_text(&left.value)?;
            relation(shell, predicate, &left, &right.value)
        }
    }
}

fn relation(
    shell: &mut Shell<'_, '_>,
    predicate: &BinaryPredicate,
    left: &str,
    right: &str,
) -> Result<bool, Halt> {
    match predicate {
        BinaryPredicate::StringExactlyMatchesPattern
        | BinaryPredicate::StringDoesNotExactlyMatchPattern => {
            let pattern = shell.expand_glyphs(right)?;
            let text: Vec<char> = left.chars().collect();
            let wanted = matches!(predicate, BinaryPredicate::StringExactlyMatchesPattern);
            Ok(super::pattern::matches(&pattern, &text) == wanted)
        }
        BinaryPredicate::StringMatchesRegex => {
            let source = regex_source(&shell.expand_glyphs(right)?);
            let Ok(regex) = regex::Regex::new(&source) else {
                return Ok(false);
            };
            let Some(captures) = regex.captures(left) else {
                return Ok(false);
            };
            let groups = captures
                .iter()
                .map(|group| group.map_or("", |group| group.as_str()).to_owned());
            let groups = (0..).zip(groups).collect();
            shell.assign("BASH_REMATCH", super::Value::List(groups))?;
            Ok(true)
        }
        BinaryPredicate::StringContainsSubstring => Ok(left.contains(&shell.expand_text(right)?)),
        BinaryPredicate::ArithmeticEqualTo
        | BinaryPredicate::ArithmeticNotEqualTo
        | BinaryPredicate::ArithmeticLessThan
        | BinaryPredicate::ArithmeticLessThanOrEqualTo
        | BinaryPredicate::ArithmeticGreaterThan
        | BinaryPredicate::ArithmeticGreaterThanOrEqualTo => {
            let (left, right) = (shell.arithmetic(left)?, shell.arithmetic(right)?);
            Ok(compare(&predicate.to_string(), left, right))
        }
        other => {
            let right = shell.expand_text(right)?;
            Ok(binary(shell, left, &other.to_string(), &right).unwrap_or(false))
        }
    }
}

/// The source of a regular expression: what is quoted is literal.
fn regex_source(word: &[super::pattern::Glyph]) -> String {
    let mut source = String::new();
    for glyph in word {
        if glyph.quoted {
            source.push_str(&regex::escape(glyph.c.encode_utf8(&mut [0; 4])));
        } else {
            source.push(glyph.c);
        }
    }
    source
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl Asks for Nothing {
        fn file(&mut self, _path: &str, _follow: bool) -> Option<Facts> {
            None
        }
        fn is_terminal(&mut self, _fd: &str) -> bool {
            false
        }
        fn is_set(&mut self, _name: &str) -> bool {
            false
        }
    }

    fn test(line: &str) -> Option<bool> {
        let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        evaluate(&mut Nothing, &args)
    }

    #[test]
    fn expressions_have_the_precedence_of_posix() {
        assert_eq!(test("a = a -a 1 -lt 2"), Some(true));
        assert_eq!(test("! -e /x"), Some(true));
        assert_eq!(test("( a = b ) -o -n x"), Some(true));
        assert_eq!(test("a -zz b"), None);
        assert_eq!(test("-n"), Some(true));
    }
}
