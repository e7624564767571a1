//! Path name expansion.

use super::pattern::{Glyph, is_pattern, matches, text};
use super::{Halt, Shell};

/// Paths that one pattern may expand to.
const MAX_PATHS: usize = 20_000;

impl Shell<'_, '_> {
    /// The paths that a word matches, sorted; the word itself when it is no pattern or nothing matches.
    pub(super) fn expand_path(&mut self, word: &[Glyph]) -> Result<Vec<String>, Halt> {
        if self.state.options.noglob || !is_pattern(word) {
            return Ok(vec![text(word)]);
        }
        let absolute = word.first().is_some_and(|glyph| glyph.c == '/');
        let parts: Vec<&[Glyph]> = word.split(|glyph| glyph.c == '/').collect();
        let mut found = vec![if absolute {
            "/".to_owned()
        } else {
            String::new()
        }];
        for part in parts.iter().filter(|part| !part.is_empty()) {
            self.step()?;
            let mut next = Vec::new();
            for base in found {
                self.step()?;
                self.extend(&base, part, &mut next);
                if next.len() > MAX_PATHS {
                    return Err(self.over_limit("words", "a pattern matches too many paths"));
                }
            }
            found = next;
        }
        if word.last().is_some_and(|glyph| glyph.c == '/') {
            found.retain(|path| self.seat.world.peek_list(self.pid, path).is_ok());
            found.iter_mut().for_each(|path| path.push('/'));
        }
        found.sort();
        Ok(if found.is_empty() {
            vec![text(word)]
        } else {
            found
        })
    }

    fn extend(&mut self, base: &str, part: &[Glyph], found: &mut Vec<String>) {
        let join = |name: &str| match base {
            "" | "/" => format!("{base}{name}"),
            base => format!("{base}/{name}"),
        };
        if !is_pattern(part) {
            let path = join(&text(part));
            if self.seat.world.peek_stat(self.pid, &path, false).is_ok() {
                found.push(path);
            }
            return;
        }
        // Listing a directory is an access like any other.
        let caller = self.caller();
        let directory = if base.is_empty() { "." } else { base };
        let hidden = part.first().is_some_and(|glyph| glyph.c == '.');
        for name in self.seat.list(&caller, directory).unwrap_or_default() {
            let chars: Vec<char> = name.chars().collect();
            if (hidden || !name.starts_with('.')) && matches(part, &chars) {
                found.push(join(&name));
            }
        }
    }
}
