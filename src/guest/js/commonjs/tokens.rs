//! Takes JavaScript apart into tokens: just enough to tell code from comments, strings, templates and regular expressions.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word,
    /// A string literal with its quotes.
    Text,
    /// One character of punctuation. The braces of `${ }` in a template count as such.
    Sign(u8),
    /// A number, a regular expression or the text of a template: a value that nobody looks into.
    Other,
}

/// One token; `start..end` are bytes of the source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Brackets of the kinds `(` and `{` that are open around it.
    pub(super) depth: usize,
}

/// Keywords behind which an expression starts, so that a slash there opens a regular expression.
const BEFORE_EXPRESSION: [&str; 14] = [
    "await",
    "case",
    "debugger",
    "delete",
    "do",
    "else",
    "in",
    "instanceof",
    "new",
    "return",
    "throw",
    "typeof",
    "void",
    "yield",
];

/// What is to be remembered of an open bracket.
struct Open {
    /// Whether a slash behind its end opens a regular expression.
    then_expression: bool,
    /// Whether its end resumes a template.
    template: bool,
}

/// Takes a source apart. `None` when a string, template, expression or bracket is not closed, or one is closed that was not
/// open: such a text is no program.
pub(super) fn tokens(source: &str) -> Option<Vec<Token>> {
    let mut lexer = Lexer {
        bytes: source.as_bytes(),
        source,
        at: 0,
        tokens: Vec::with_capacity(source.len() / 6),
        open: Vec::new(),
        class: false,
        after_bracket: false,
    };
    if source.starts_with("#!") {
        lexer.line();
    }
    while lexer.step()? {}
    lexer.open.is_empty().then_some(lexer.tokens)
}

struct Lexer<'s> {
    bytes: &'s [u8],
    source: &'s str,
    at: usize,
    tokens: Vec<Token>,
    open: Vec<Open>,
    /// Whether the next brace opens the body of a class.
    class: bool,
    /// What the bracket that was closed last says of a slash behind it.
    after_bracket: bool,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at.saturating_add(ahead)).copied()
    }

    /// Reads on to the next token; false at the end of the source.
    fn step(&mut self) -> Option<bool> {
        let Some(byte) = self.peek(0) else {
            return Some(false);
        };
        let start = self.at;
        match byte {
            b' ' | b'\t'..=b'\r' => self.at += 1,
            b'/' if self.peek(1) == Some(b'/') => self.line(),
            b'/' if self.peek(1) == Some(b'*') => self.comment(),
            b'/' if self.expects_expression() => {
                self.expression()?;
                self.push(Kind::Other, start);
            }
            b'"' | b'\'' => {
                self.text(byte)?;
                self.push(Kind::Text, start);
            }
            b'`' => {
                self.at += 1;
                self.template(start)?;
            }
            b'0'..=b'9' => {
                self.word(|byte| is_word(byte) || byte == b'.');
                self.push(Kind::Other, start);
            }
            byte if is_word(byte) => {
                self.word(is_word);
                self.push(Kind::Word, start);
                self.class |= self.source.get(start..self.at) == Some("class");
            }
            byte => self.sign(byte)?,
        }
        Some(true)
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token {
            kind,
            start,
            end: self.at,
            depth: self.open.len(),
        });
    }

    fn sign(&mut self, byte: u8) -> Option<()> {
        let start = self.at;
        self.at += 1;
        match byte {
            b'(' => {
                let then_expression = matches!(self.last_word(), Some("if" | "for" | "while"));
                self.push(Kind::Sign(byte), start);
                self.open.push(Open {
                    then_expression,
                    template: false,
                });
            }
            b'{' => {
                let then_expression = std::mem::take(&mut self.class) || self.opens_block();
                self.push(Kind::Sign(byte), start);
                self.open.push(Open {
                    then_expression,
                    template: false,
                });
            }
            b')' | b'}' => {
                let open = self.open.pop()?;
                self.after_bracket = open.then_expression;
                self.push(Kind::Sign(byte), start);
                if open.template {
                    self.template(self.at)?;
                }
            }
            byte => self.push(Kind::Sign(byte), start),
        }
        Some(())
    }

    /// The last token, when it is a word that no member access made one.
    fn last_word(&self) -> Option<&str> {
        let last = self.tokens.last().filter(|last| last.kind == Kind::Word)?;
        let member = last.start > 0 && self.bytes.get(last.start - 1) == Some(&b'.');
        self.source.get(last.start..last.end).filter(|_| !member)
    }

    /// The last two tokens, when they are signs and stand together.
    fn last_signs(&self) -> (Option<u8>, Option<u8>) {
        let sign = |token: Option<&Token>| match token?.kind {
            Kind::Sign(sign) => Some(sign),
            _ => None,
        };
        let mut back = self.tokens.iter().rev();
        let (last, before) = (back.next(), back.next());
        let adjacent = last.zip(before).is_some_and(|(l, b)| b.end == l.start);
        (sign(last), sign(before).filter(|_| adjacent))
    }

    /// Whether a brace here opens statements.
    fn opens_block(&self) -> bool {
        match self.last_signs() {
            (Some(b';' | b')'), _) | (Some(b'>'), Some(b'=')) => true,
            _ => matches!(self.last_word(), Some("catch" | "finally" | "else")),
        }
    }

    /// Whether a slash here opens a regular expression.
    fn expects_expression(&self) -> bool {
        let Some(last) = self.tokens.last() else {
            return true;
        };
        match last.kind {
            Kind::Word => self
                .last_word()
                .is_some_and(|word| BEFORE_EXPRESSION.contains(&word)),
            Kind::Text | Kind::Other => false,
            Kind::Sign(b')' | b'}') => self.after_bracket,
            Kind::Sign(b']') => false,
            Kind::Sign(_) => !matches!(
                self.last_signs(),
                (Some(b'+'), Some(b'+')) | (Some(b'-'), Some(b'-'))
            ),
        }
    }

    fn line(&mut self) {
        while self
            .peek(0)
            .is_some_and(|byte| byte != b'\n' && byte != b'\r')
        {
            self.at += 1;
        }
    }

    fn comment(&mut self) {
        self.at += 2;
        while let Some(byte) = self.peek(0) {
            if byte == b'*' && self.peek(1) == Some(b'/') {
                self.at += 2;
                return;
            }
            self.at += 1;
        }
    }

    fn word(&mut self, belongs: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&belongs) {
            self.at += 1;
        }
    }

    fn text(&mut self, quote: u8) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek(0)? {
                b'\\' if self.peek(1) == Some(b'\r') && self.peek(2) == Some(b'\n') => self.at += 3,
                b'\\' => self.at += 2,
                b'\n' | b'\r' => return None,
                byte => {
                    self.at += 1;
                    if byte == quote {
                        return Some(());
                    }
                }
            }
        }
    }

    /// Reads a template on to its end or to an expression in it.
    fn template(&mut self, start: usize) -> Option<()> {
        loop {
            match self.peek(0)? {
                b'\\' => self.at += 2,
                b'$' if self.peek(1) == Some(b'{') => {
                    self.at += 2;
                    self.push(Kind::Sign(b'{'), self.at - 1);
                    self.open.push(Open {
                        then_expression: false,
                        template: true,
                    });
                    return Some(());
                }
                byte => {
                    self.at += 1;
                    if byte == b'`' {
                        self.push(Kind::Other, start);
                        return Some(());
                    }
                }
            }
        }
    }

    /// Reads a regular expression with its flags.
    fn expression(&mut self) -> Option<()> {
        let mut class = false;
        self.at += 1;
        loop {
            match self.peek(0)? {
                b'\\' => self.at += 2,
                b'\n' | b'\r' => return None,
                byte => {
                    self.at += 1;
                    match byte {
                        b'[' => class = true,
                        b']' => class = false,
                        b'/' if !class => {
                            self.word(is_word);
                            return Some(());
                        }
                        _ => {}
                    }
                }
            }
        }
    }
}

/// Whether a byte belongs to a name. Bytes beyond ASCII do: nearly all such characters that stand in code are letters.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}
