//! Source text with comments and the contents of strings blanked out, so that braces and words can be counted.

/// Blanks out what is no code. Lines stay where they are; the quotes of strings stay as well.
pub(super) fn skeleton(text: &str, ending: &str) -> String {
    let mut scanner = Scanner {
        rest: text.chars().collect(),
        at: 0,
        out: String::with_capacity(text.len()),
        script: matches!(ending, "js" | "mjs" | "cjs"),
        rust: ending == "rs",
    };
    scanner.code(None);
    scanner.out
}

struct Scanner {
    rest: Vec<char>,
    at: usize,
    out: String,
    script: bool,
    rust: bool,
}

impl Scanner {
    fn peek(&self, ahead: usize) -> char {
        self.rest.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn is_over(&self) -> bool {
        self.at >= self.rest.len()
    }

    /// Copies characters.
    fn keep(&mut self, count: usize) {
        for _ in 0..count {
            if !self.is_over() {
                self.out.push(self.peek(0));
                self.at += 1;
            }
        }
    }

    /// Blanks characters; line breaks stay.
    fn blank(&mut self, count: usize) {
        for _ in 0..count {
            if !self.is_over() {
                self.out.push(if self.peek(0) == '\n' { '\n' } else { ' ' });
                self.at += 1;
            }
        }
    }

    /// Scans code up to the end, or up to the brace that closes a part of a template.
    fn code(&mut self, closing: Option<char>) {
        let mut depth = 0_usize;
        while !self.is_over() {
            match (self.peek(0), self.peek(1)) {
                ('/', '/') => {
                    while !self.is_over() && self.peek(0) != '\n' {
                        self.blank(1);
                    }
                }
                ('/', '*') => self.block_comment(),
                ('/', _) if self.script && self.starts_regex() => self.regex(),
                ('r', '"' | '#') if self.rust && self.is_raw() => self.raw(),
                ('"', _) => self.quoted('"'),
                ('\'', _) if self.rust => self.rust_quote(),
                ('\'', _) => self.quoted('\''),
                ('`', _) if self.script => self.template(),
                ('{', _) => {
                    depth += 1;
                    self.keep(1);
                }
                ('}', _) if depth == 0 && closing.is_some() => return,
                ('}', _) => {
                    depth = depth.saturating_sub(1);
                    self.keep(1);
                }
                _ => self.keep(1),
            }
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while !self.is_over() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') if depth == 0 || self.rust => {
                    depth += 1;
                    self.blank(2);
                }
                ('*', '/') => {
                    depth -= 1;
                    self.blank(2);
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.blank(1),
            }
        }
    }

    fn quoted(&mut self, quote: char) {
        self.keep(1);
        while !self.is_over() && self.peek(0) != quote {
            self.blank(if self.peek(0) == '\\' { 2 } else { 1 });
        }
        self.keep(1);
    }

    /// A character in quotes; a lifetime or label is kept as it is.
    fn rust_quote(&mut self) {
        if self.peek(1) == '\\' || self.peek(2) == '\'' {
            self.quoted('\'');
        } else {
            self.keep(1);
        }
    }

    /// Whether `r` starts a raw string and does not end a name.
    fn is_raw(&self) -> bool {
        let before = self.out.chars().next_back().unwrap_or(' ');
        let mut ahead = 1;
        while self.peek(ahead) == '#' {
            ahead += 1;
        }
        self.peek(ahead) == '"' && (before == 'b' || !(before.is_alphanumeric() || before == '_'))
    }

    fn raw(&mut self) {
        self.keep(1);
        let mut hashes = 0;
        while self.peek(0) == '#' {
            hashes += 1;
            self.keep(1);
        }
        self.keep(1);
        while !self.is_over() {
            let closes = self.peek(0) == '"' && (1..=hashes).all(|i| self.peek(i) == '#');
            if closes {
                self.keep(1 + hashes);
                return;
            }
            self.blank(1);
        }
    }

    fn template(&mut self) {
        self.keep(1);
        while !self.is_over() && self.peek(0) != '`' {
            if self.peek(0) == '$' && self.peek(1) == '{' {
                self.keep(2);
                self.code(Some('}'));
                self.keep(1);
            } else {
                self.blank(if self.peek(0) == '\\' { 2 } else { 1 });
            }
        }
        self.keep(1);
    }

    /// Whether a slash starts a regular expression: after an operator or a keyword there is nothing to divide.
    fn starts_regex(&self) -> bool {
        let before = self.out.trim_end();
        let word: String = before
            .chars()
            .rev()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        if !word.is_empty() {
            return matches!(
                word.as_str(),
                "return" | "typeof" | "case" | "of" | "in" | "void"
            );
        }
        !before.ends_with([')', ']', '}', '"', '\'', '`'])
    }

    fn regex(&mut self) {
        self.keep(1);
        let mut class = false;
        while !self.is_over() && self.peek(0) != '\n' {
            match self.peek(0) {
                '\\' => self.blank(1),
                '[' => class = true,
                ']' => class = false,
                '/' if !class => break,
                _ => {}
            }
            self.blank(1);
        }
        self.keep(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_blank_and_lines_stay() {
        let text = "a // {\nb /* { /* */ } */ \"{\\\"\" r#\"{\"{\"# 'x' '{' 'a c";
        let rust = skeleton(text, "rs");
        assert!(!rust.contains(['{', '}']), "{rust}");
        assert_eq!(rust.matches('\n').count(), 1);
        assert!(rust.ends_with("'a c"));
    }

    #[test]
    fn templates_and_regular_expressions_of_scripts_are_understood() {
        let text = "x = `{${ f({}) }{`; y = /[/{]\\/{/.test(a / b); if (/}/.test(x)) { }";
        let script = skeleton(text, "js");
        assert_eq!(
            script.matches('{').count(),
            script.matches('}').count(),
            "{script}"
        );
        assert!(script.contains("a / b"));
    }
}
