//! Searches many short texts in long bytes in one pass.

use std::collections::{BTreeMap, BTreeSet};

/// Needles shorter than this are found by chance.
pub(super) const SHORTEST: usize = 6;
/// A longer secret is searched by pieces of this length: a part of a key is a leak as well.
const PIECE: usize = 24;
/// Needles are looked up by as many of their first bytes as one of these says: few needles share them, however a
/// package chooses them.
const HEADS: [usize; 5] = [24, 16, 12, 8, 6];

/// Texts to search for, each with a number that several may share.
#[derive(Debug, Default)]
pub(super) struct Needles {
    plain: Table,
    /// The differences of neighbouring bytes, which a XOR with one key byte leaves as they are.
    differences: Table,
}

/// Needles with their numbers, by their head.
type Heads = BTreeMap<Vec<u8>, Vec<(Vec<u8>, usize)>>;

#[derive(Debug, Default)]
struct Table {
    /// One table for each length of [`HEADS`].
    by_head: [Heads; HEADS.len()],
    /// First two bytes that occur: rejects most positions at once.
    filter: Vec<bool>,
}

impl Table {
    fn add(&mut self, needle: &[u8], id: usize) {
        let Some(class) = HEADS.iter().position(|length| *length <= needle.len()) else {
            return;
        };
        let (Some(&length), Some(&[a, b])) = (HEADS.get(class), needle.first_chunk()) else {
            return;
        };
        self.filter.resize(1 << 16, false);
        if let Some(slot) = self.filter.get_mut(pair(a, b)) {
            *slot = true;
        }
        if let (Some(table), Some(head)) = (self.by_head.get_mut(class), needle.get(..length)) {
            let same = table.entry(head.to_vec()).or_default();
            same.push((needle.to_vec(), id));
        }
    }

    fn find(&self, hay: &[u8], found: &mut BTreeSet<usize>) {
        if self.filter.is_empty() {
            return;
        }
        for at in 0..hay.len() {
            let rest = hay.get(at..).unwrap_or_default();
            let Some(&[a, b]) = rest.first_chunk() else {
                break;
            };
            if self.filter.get(pair(a, b)) != Some(&true) {
                continue;
            }
            for (length, table) in HEADS.iter().zip(&self.by_head) {
                let same = rest.get(..*length).and_then(|head| table.get(head));
                let fits = same
                    .into_iter()
                    .flatten()
                    .filter(|(needle, _)| rest.starts_with(needle));
                found.extend(fits.map(|(_, id)| *id));
            }
        }
    }
}

fn pair(a: u8, b: u8) -> usize {
    usize::from(a) << 8 | usize::from(b)
}

fn differences(bytes: &[u8]) -> Vec<u8> {
    bytes
        .windows(2)
        .map(|w| w.iter().fold(0, |x, b| x ^ b))
        .collect()
}

impl Needles {
    /// Adds a text under a number. A long text, or one of several lines, is added by pieces; the frame lines of keys
    /// (`-----BEGIN ...`) are no secret.
    pub(super) fn add(&mut self, text: &str, id: usize) {
        let lines = text.lines().filter(|line| !line.starts_with("-----"));
        for line in lines.map(|line| line.trim().as_bytes()) {
            match line.len() {
                0..SHORTEST => {}
                length if length <= 2 * PIECE => self.add_piece(line, id),
                _ => line
                    .chunks_exact(PIECE)
                    .for_each(|piece| self.add_piece(piece, id)),
            }
        }
    }

    /// Adds bytes under a number, as they are and only in plain.
    pub(super) fn add_bytes(&mut self, bytes: &[u8], id: usize) {
        self.plain.add(bytes, id);
    }

    fn add_piece(&mut self, piece: &[u8], id: usize) {
        self.plain.add(piece, id);
        // Short differences are found by chance, and a run of one character has none.
        let steps = differences(piece);
        if steps.len() >= 15 && steps.iter().collect::<BTreeSet<_>>().len() > 4 {
            self.differences.add(&steps, id);
        }
    }

    /// The numbers of the texts that occur.
    #[must_use]
    pub(super) fn find(&self, hay: &[u8]) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        self.plain.find(hay, &mut found);
        found
    }

    /// The numbers of the texts that occur, all their bytes combined with one unknown key byte by XOR.
    #[must_use]
    pub(super) fn find_masked(&self, hay: &[u8]) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        self.differences.find(&differences(hay), &mut found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "ghp_9fK2mQ7xW4vB8nL1sT6yR3zC5dJ0hGpAeUiO";

    fn needles() -> Needles {
        let mut needles = Needles::default();
        needles.add(SECRET, 7);
        needles.add("-----BEGIN KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAA\n-----END KEY-----", 9);
        needles.add("abc", 1);
        needles
    }

    #[test]
    fn a_text_is_found_anywhere() {
        let hay = format!("token={SECRET}&x=abc");
        assert_eq!(needles().find(hay.as_bytes()), BTreeSet::from([7]));
        assert!(needles().find(b"").is_empty());
    }

    #[test]
    fn a_part_of_a_key_is_found_and_its_frame_is_not() {
        let hay = b"...b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAA...";
        assert_eq!(needles().find(hay), BTreeSet::from([9]));
        assert!(needles().find(b"-----BEGIN KEY-----").is_empty());
    }

    #[test]
    fn one_key_byte_does_not_hide_a_text() {
        let hay: Vec<u8> = SECRET.bytes().map(|b| b ^ 0x5a).collect();
        assert!(needles().find(&hay).is_empty());
        assert_eq!(needles().find_masked(&hay), BTreeSet::from([7]));
    }
}
