//! Reads `.tree` files: many small files of the made-up machine in one text that a person can edit.
//!
//! ```text
//! === PATH MODE OWNER AGE      starts a file; the lines up to the next `===` are its contents
//! === PATH/ MODE OWNER AGE     a directory
//! === PATH -> TARGET           a symbolic link of the path's usual owner
//! ```
//!
//! MODE is octal, OWNER is `root` or `user`, AGE is the age in days at the start of a run. `{{name}}` is replaced in paths,
//! link targets and contents by the value of that name. Lines before the first `===` are comments.

use super::{Body, Entry, Owner};
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};

/// Nanoseconds of a day.
pub(super) const DAY: u64 = 86_400 * 1_000_000_000;

/// The values of `{{name}}` in the texts of a machine.
pub(crate) type Values = BTreeMap<String, String>;

/// One filled-in section of a tree, and which values it holds.
#[derive(Debug)]
pub(crate) struct Section<'a> {
    /// What is to be planted.
    pub(crate) entry: Entry,
    /// The names of the values that stand in its contents.
    pub(crate) used: BTreeSet<&'a str>,
}

/// Reads one tree. `start` is the time at which runs start, in nanoseconds since 1970.
///
/// The texts are part of this program, so a section that is not well formed is left out; a test reads all of them.
pub(crate) fn sections<'a>(
    text: &'a str,
    values: &Values,
    owner: &Owner,
    start: u64,
) -> Vec<Section<'a>> {
    let text = text.split_once("=== ").map_or("", |(_, rest)| rest);
    text.split("\n=== ")
        .filter_map(|section| read(section, values, owner, start))
        .collect()
}

fn read<'a>(section: &'a str, values: &Values, owner: &Owner, start: u64) -> Option<Section<'a>> {
    let (head, contents) = section.split_once('\n').unwrap_or((section, ""));
    let mut used = BTreeSet::new();
    if let Some((path, target)) = head.split_once(" -> ") {
        let path = fill(path, values, &mut used);
        let body = Body::Link(fill(target.trim(), values, &mut used));
        let time = age(&path, 190, start);
        let (uid, gid) = owner.of(&path);
        let entry = Entry {
            path,
            body,
            mode: 0o777,
            uid,
            gid,
            time,
        };
        return Some(Section { entry, used });
    }
    // The path may hold spaces; the three last words may not.
    let mut words = head.trim_end().rsplitn(4, ' ');
    let days: u64 = words.next()?.parse().ok()?;
    let who = words.next()?;
    let mode = u32::from_str_radix(words.next()?, 8).ok()?;
    let path = fill(words.next()?, values, &mut used);
    used.clear();
    let (path, body) = match path.strip_suffix('/') {
        Some(directory) => (directory.to_owned(), Body::Directory),
        None => {
            let mut text = fill(contents, values, &mut used);
            // The separator of the next section has eaten the last line's end.
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            (path, Body::File(Bytes::from(text)))
        }
    };
    let (uid, gid) = if who == "user" {
        (owner.uid, owner.gid)
    } else {
        (0, 0)
    };
    let time = age(&path, days, start);
    Some(Section {
        entry: Entry {
            path,
            body,
            mode,
            uid,
            gid,
            time,
        },
        used,
    })
}

/// When a path was last changed: so many days ago, at a time of day that depends on its name.
pub(super) fn age(path: &str, days: u64, start: u64) -> u64 {
    let spread = u64::from(crc32fast::hash(path.as_bytes()));
    let within = spread.wrapping_mul(20_003) % (DAY / 1_000) * 1_000;
    start
        .saturating_sub(days.saturating_mul(DAY))
        .saturating_sub(within)
}

/// Replaces `{{name}}` by its value; a name without a value stays as it is.
pub(crate) fn fill<'a>(text: &'a str, values: &Values, used: &mut BTreeSet<&'a str>) -> String {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let named = after
            .split_once("}}")
            .and_then(|(name, tail)| Some((name, values.get(name)?, tail)));
        match named {
            Some((name, value, tail)) => {
                used.insert(name);
                filled.push_str(value);
                rest = tail;
            }
            None => {
                filled.push_str("{{");
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 1_731_425_047_000_000_000;

    fn owner() -> Owner {
        Owner {
            home: "/home/u".into(),
            uid: 1000,
            gid: 1000,
        }
    }

    #[test]
    fn files_directories_and_links_are_read_with_their_values() {
        let values = Values::from([("user".to_owned(), "u".to_owned())]);
        let text = "a comment\n=== /home/{{user}}/My File 0600 user 3\nI am {{user}}, {{not}}\n=== /tmp/ 1777 root 1\n=== /bin -> usr/bin\n";
        let read = sections(text, &values, &owner(), START);
        assert_eq!(read.len(), 3);
        assert_eq!(read[0].entry.path, "/home/u/My File");
        assert_eq!(read[0].entry.body, Body::File("I am u, {{not}}\n".into()));
        assert_eq!((read[0].entry.mode, read[0].entry.uid), (0o600, 1000));
        assert!(read[0].used.contains("user"));
        assert_eq!(read[1].entry.body, Body::Directory);
        assert_eq!(read[2].entry.body, Body::Link("usr/bin".into()));
    }

    #[test]
    fn ages_are_spread_over_a_day_and_never_in_the_future() {
        let (a, b) = (age("/a", 0, START), age("/b", 0, START));
        assert_ne!(a, b);
        assert!(a <= START && START - a < DAY);
        assert_eq!(age("/a", 400 * 365, 5), 0);
    }
}
