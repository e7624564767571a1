//! Hostile text on its way to a terminal: nothing that moves a cursor, hides or reorders text comes through.

use lazaret::escape::{cut, escape, escape_to};

/// Escapes a text in all ways.
pub(crate) fn run(data: &[u8]) {
    let Some((most, rest)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    let most = usize::from(*most);
    let whole = escape(&text);
    assert!(is_harmless(&whole), "{whole:?}");
    assert_eq!(escape(&whole), whole, "what is escaped stays as it is");
    let short = escape_to(&text, most);
    assert!(is_harmless(&short), "{short:?}");
    assert!(
        short.chars().count() <= most.max(1),
        "{short:?} is over {most}"
    );
    assert!(cut(&text, most).chars().count() <= most.max(1));
    if whole.chars().count() <= most && text.chars().count() <= most {
        assert_eq!(short, whole, "nothing that has room is cut");
    }
}

/// Whether each character shows itself in its place. Written apart from the code under test, by category.
pub(crate) fn is_harmless(text: &str) -> bool {
    text.chars().all(|c| {
        let code = u32::from(c);
        let moves = c.is_control();
        let reorders = matches!(code, 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069 | 0x61c);
        let breaks = matches!(code, 0x2028 | 0x2029);
        let hides = matches!(code, 0xad | 0x200b..=0x200d | 0x2060..=0x2064 | 0xfeff | 0xfe00..=0xfe0f)
            || (0xe0000..=0xe0fff).contains(&code);
        !moves && !reorders && !breaks && !hides
    })
}

/// Texts with something of every kind.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    [
        "\u{10}plain text\n",
        "\u{4}\u{1b}[2J\u{1b}]0;title\u{7}\r\u{8}\u{9b}31m",
        "\u{20}a\u{202e}gpj\u{2066}b\u{200b}\u{feff}\u{e0061}",
        "\u{0}größe 中文 🦀 e\u{301}",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}
