//! Which names a CommonJS module exports, read off its text: what Node needs to know before an `import` of it is linked.
//!
//! Node finds them with a scanner written in JavaScript, which takes a third of a millisecond for a kilobyte in the sandbox: more
//! than all else that loading a large module takes. This one looks for the same forms, on the host. It is pure computation on
//! text that the guest has; a text that is no program has no names.
//!
//! The forms, as the documentation of Node's scanner lists them: `exports.a =`, `exports['a'] =`, `module.exports = { a, b: c,
//! 'd': e, ...require('f') }`, `module.exports = require('a')`, `Object.defineProperty(exports, 'a', { value: ...` or with a getter
//! that returns a name or a member, `__export(require('a'))`, `__exportStar(require('a'))`, and the loops over
//! `Object.keys` with which compilers copy all names of another module.

#[cfg(test)]
mod tests;
mod tokens;

use super::{Args, Value};
use std::collections::{BTreeMap, BTreeSet};
use tokens::{Kind, Token, tokens};

/// Answers `modules.names(source)`: the exported names, and the specifiers of modules all of whose names are exported.
pub(super) fn names(args: &Args<'_>) -> Value {
    let found = read(args.text(0).unwrap_or_default());
    Value::List(vec![found.names.into(), found.modules.into()])
}

/// What a module exports.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Exports {
    /// Names, in the order in which they are found.
    pub(super) names: Vec<String>,
    /// Specifiers of modules that are exported as a whole.
    pub(super) modules: Vec<String>,
}

/// Reads a module's text.
pub(super) fn read(source: &str) -> Exports {
    let Some(tokens) = tokens(source) else {
        return Exports::default();
    };
    let mut scan = Scan {
        source,
        tokens,
        names: Vec::new(),
        hidden: BTreeSet::new(),
        modules: Vec::new(),
        stars: BTreeMap::new(),
    };
    for at in 0..scan.tokens.len() {
        if scan.look(at).is_none() {
            return Exports::default();
        }
    }
    let mut seen = BTreeSet::new();
    let Scan { names, hidden, .. } = &scan;
    let names = names
        .iter()
        .filter(|name| !hidden.contains(*name) && seen.insert(*name));
    Exports {
        names: names.cloned().collect(),
        modules: scan.modules,
    }
}

struct Scan<'s> {
    source: &'s str,
    tokens: Vec<Token>,
    names: Vec<String>,
    /// Names with a getter that may do anything: nobody may read them when modules are linked.
    hidden: BTreeSet<String>,
    modules: Vec<String>,
    /// Variables that hold a required module, with its specifier.
    stars: BTreeMap<String, String>,
}

/// What stood where a pattern has a gap.
type Found<'s> = Vec<&'s str>;

impl<'s> Scan<'s> {
    fn text(&self, at: usize) -> Option<&'s str> {
        let token = self.tokens.get(at)?;
        self.source.get(token.start..token.end)
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// Looks for a form that starts at a token. `None` for a statement that only an ECMAScript module has.
    fn look(&mut self, at: usize) -> Option<()> {
        let token = *self.tokens.get(at)?;
        if token.kind != Kind::Word {
            return Some(());
        }
        let member = token.start > 0 && self.source.as_bytes().get(token.start - 1) == Some(&b'.');
        let top = token.depth == 0;
        match self.text(at)? {
            "__export" | "__exportStar" if top => self.whole(at),
            _ if member => {}
            "import" if top && !matches!(self.kind(at + 1), Some(Kind::Sign(b'('))) => {
                return match self.kind(at + 1) {
                    Some(Kind::Word | Kind::Text | Kind::Sign(b'{' | b'*' | b'.')) => None,
                    _ => Some(()),
                };
            }
            "export" if top => {
                return match self.kind(at + 1) {
                    Some(Kind::Word | Kind::Sign(b'{' | b'*')) => None,
                    _ => Some(()),
                };
            }
            "exports" => self.assigned(at),
            "module" => self.module(at),
            "Object" => self.object(at, top),
            "var" | "let" | "const" if top => self.star(at),
            _ => {}
        }
        Some(())
    }

    /// `exports.a =` and `exports['a'] =`, with `module.` before them or not.
    fn assigned(&mut self, at: usize) {
        for pattern in ["@exports . @name =", "@exports [ @text ] ="] {
            if let Some((_, found)) = self.follow(at, pattern) {
                self.names
                    .extend(found.first().and_then(|name| plain(name)));
            }
        }
    }

    fn module(&mut self, at: usize) {
        self.assigned(at);
        let Some((next, _)) = self.follow(at, "module . exports =") else {
            return;
        };
        // What was exported as a whole before is replaced.
        self.modules.clear();
        if let Some((_, found)) = self.follow(next, "require ( @text )") {
            self.modules
                .extend(found.first().and_then(|name| plain(name)));
        } else if let Some((next, _)) = self.follow(next, "{") {
            self.literal(next);
        }
    }

    /// The members of `module.exports = {`, up to the first whose value is not simple.
    fn literal(&mut self, mut at: usize) {
        loop {
            let name = self.text(at);
            let next = if let Some((next, found)) = self.follow(at, "... require ( @text )") {
                self.modules
                    .extend(found.first().and_then(|name| plain(name)));
                next
            } else if let Some((next, _)) = self.follow(at, "... @name") {
                next
            } else if let Some((next, _)) =
                self.either(at, &["@name : @name", "@text : @name", "@name"])
            {
                // A member that is only a name must not be one whose value is not simple.
                if next == at + 1 && self.follow(next, ":").is_some() {
                    return;
                }
                self.names.extend(name.and_then(plain));
                next
            } else {
                return;
            };
            match self.follow(next, ",") {
                Some((next, _)) => at = next,
                None => return,
            }
        }
    }

    /// `__export(require('a'))`.
    fn whole(&mut self, at: usize) {
        if let Some((_, found)) = self.follow(at + 1, "( require ( @text )") {
            self.modules
                .extend(found.first().and_then(|name| plain(name)));
        }
    }

    /// `var a = require('b')`, also through the helper of compilers for modules without a default export.
    fn star(&mut self, at: usize) {
        let forms = [
            "@name = require ( @text )",
            "@name = _interopRequireWildcard ( require ( @text )",
        ];
        if let Some((_, found)) = self.either(at + 1, &forms)
            && let [name, module] = found[..]
            && let Some(module) = plain(module)
        {
            self.stars.insert(name.to_owned(), module);
        }
    }

    fn object(&mut self, at: usize, top: bool) {
        if let Some((next, found)) = self.follow(at, "Object . defineProperty ( @exports , @text ,")
        {
            let Some(name) = found.first().and_then(|name| plain(name)) else {
                return;
            };
            if self.defined(next).is_some() {
                self.names.push(name);
            } else {
                self.hidden.insert(name);
            }
        } else if top
            && let Some((next, found)) =
                self.follow(at, "Object . keys ( @name ) . forEach ( function (")
            && let Some(module) = found.first().and_then(|name| self.stars.get(*name))
            && self
                .copies(next, found.first().copied().unwrap_or_default())
                .is_some()
        {
            self.modules.push(module.clone());
        }
    }

    /// A property that has a value or a getter that only returns a name or a member of one.
    fn defined(&self, at: usize) -> Option<usize> {
        let at = self
            .either(at, &["{ enumerable : true ,", "{"])
            .map(|(at, _)| at)?;
        if let Some((at, _)) = self.follow(at, "value :") {
            return Some(at);
        }
        let at = self.getter(at)?;
        let returned = [
            "return @name . @name",
            "return @name [ @text ]",
            "return @name",
        ];
        let (at, _) = self.either(at, &returned)?;
        self.closed(at)
    }

    fn getter(&self, at: usize) -> Option<usize> {
        let heads = [
            "get : function ( ) {",
            "get : function @name ( ) {",
            "get ( ) {",
        ];
        Some(self.either(at, &heads)?.0)
    }

    /// The end of a getter, of its object and of the call.
    fn closed(&self, at: usize) -> Option<usize> {
        let ends = ["; } } )", "; } , } )", "} } )", "} , } )"];
        Some(self.either(at, &ends)?.0)
    }

    /// The body of a loop that copies every name of `module` but `default` to the exports.
    fn copies(&self, at: usize, module: &str) -> Option<usize> {
        let (at, found) = self.follow(at, "@name ) { if (")?;
        let key = *found.first()?;
        let own = format!("Object . prototype . hasOwnProperty . call ( @name , {key} )");
        let exports = "@exports";
        let at = if let Some((at, _)) = self.follow(
            at,
            &format!("{key} === 'default' || {key} === '__esModule' ) return"),
        ) {
            let at = self.skip(at, &[";"]);
            let at = self.skip(at, &[&format!("if ( {own} ) return")]);
            let at = self.skip(at, &[";"]);
            let same = format!(
                "if ( {key} in {exports} && {exports} [ {key} ] === {module} [ {key} ] ) return"
            );
            let at = self.skip(at, &[&same]);
            self.skip(at, &[";"])
        } else {
            let (at, _) = self.follow(at, &format!("{key} !== 'default'"))?;
            let inherited = format!("&& ! @name . hasOwnProperty ( {key} )");
            let at = self.skip(at, &[&format!("&& ! {own}"), &inherited]);
            self.follow(at, ")")?.0
        };
        let assigned = format!("{exports} [ {key} ] = {module} [ {key} ]");
        let at = match self.follow(at, &assigned) {
            Some((at, _)) => at,
            None => {
                let head =
                    format!("Object . defineProperty ( {exports} , {key} , {{ enumerable : true ,");
                let at = self.getter(self.follow(at, &head)?.0)?;
                let at = self.follow(at, &format!("return {module} [ {key} ]"))?.0;
                self.closed(at)?
            }
        };
        Some(self.follow(self.skip(at, &[";"]), "} )")?.0)
    }

    /// The place behind the first of some patterns that fits here; this very place when none does.
    fn skip(&self, at: usize, patterns: &[&str]) -> usize {
        self.either(at, patterns).map_or(at, |(next, _)| next)
    }

    fn either(&self, at: usize, patterns: &[&str]) -> Option<(usize, Found<'s>)> {
        patterns.iter().find_map(|pattern| self.follow(at, pattern))
    }

    /// Compares the tokens from here on with a pattern. Its parts are separated by spaces: `@name` and `@text` are any word and
    /// string, which are returned, `@exports` is `exports` or `module.exports`, `'a'` that string, and anything else itself.
    fn follow(&self, mut at: usize, pattern: &str) -> Option<(usize, Found<'s>)> {
        let mut found = Vec::new();
        for part in pattern.split(' ') {
            match part {
                "@exports" => {
                    if self.text(at)? == "module" {
                        at = self.follow(at + 1, ".")?.0;
                    }
                    at = self.follow(at, "exports")?.0;
                    continue;
                }
                "@name" if self.kind(at)? == Kind::Word => found.push(self.text(at)?),
                "@text" if self.kind(at)? == Kind::Text => found.push(self.text(at)?),
                part if part.starts_with('\'') => {
                    let text = self.text(at)?;
                    if self.kind(at)? != Kind::Text || inner(text) != inner(part) {
                        return None;
                    }
                }
                part if part.starts_with(char::is_alphanumeric) || part.starts_with(['_', '$']) => {
                    if self.text(at)? != part {
                        return None;
                    }
                }
                part if part.starts_with('@') && part.len() > 1 => return None,
                part => {
                    for sign in part.bytes() {
                        if self.kind(at)? != Kind::Sign(sign) {
                            return None;
                        }
                        at += 1;
                    }
                    continue;
                }
            }
            at += 1;
        }
        Some((at, found))
    }
}

/// A string literal without its quotes.
fn inner(literal: &str) -> &str {
    literal
        .get(1..literal.len().saturating_sub(1))
        .unwrap_or_default()
}

/// The name that a word or a string literal stands for; `None` for one that is no valid text.
fn plain(token: &str) -> Option<String> {
    if !token.starts_with(['"', '\'']) {
        return Some(token.to_owned());
    }
    let mut units: Vec<u16> = Vec::new();
    let mut rest = inner(token).chars();
    while let Some(c) = rest.next() {
        let c = match c {
            '\\' => match rest.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'v' => '\u{b}',
                '0' => '\0',
                '\n' | '\u{2028}' | '\u{2029}' => continue,
                '\r' => {
                    if rest.as_str().starts_with('\n') {
                        rest.next();
                    }
                    continue;
                }
                'x' => {
                    units.push(u16::try_from(number(&mut rest, 2)?).ok()?);
                    continue;
                }
                'u' if rest.as_str().starts_with('{') => {
                    let (digits, after) = rest.as_str().get(1..)?.split_once('}')?;
                    rest = after.chars();
                    char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
                }
                'u' => {
                    units.push(u16::try_from(number(&mut rest, 4)?).ok()?);
                    continue;
                }
                other => other,
            },
            other => other,
        };
        units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
    }
    String::from_utf16(&units).ok()
}

/// Reads so many hexadecimal digits.
fn number(rest: &mut std::str::Chars<'_>, digits: usize) -> Option<u32> {
    let mut value = 0;
    for _ in 0..digits {
        value = value * 16 + rest.next()?.to_digit(16)?;
    }
    Some(value)
}
