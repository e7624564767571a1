//! Seeded randomness: equal seeds give equal bytes, so that a run can be repeated.

/// Increment of the SplitMix64 generator (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// A SplitMix64 generator. It need not be unpredictable to a package, only repeatable and well spread.
#[derive(Clone, Debug, Default)]
pub struct Random {
    state: u64,
}

impl Random {
    /// A generator for this seed and purpose: streams of different purposes do not disturb one another.
    #[must_use]
    pub fn new(seed: u64, purpose: &str) -> Random {
        let mut random = Random { state: seed };
        for byte in purpose.bytes() {
            random.state = random.next_u64() ^ u64::from(byte);
        }
        random
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GAMMA);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Fills a buffer.
    pub fn fill(&mut self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let bytes = self.next_u64().to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }

    /// A text of `length` characters from an alphabet of ASCII characters; empty for an empty alphabet.
    pub fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        let count = letters.len() as u64;
        (0..length)
            .filter_map(|_| {
                letters
                    .get(usize::try_from(self.next_u64().checked_rem(count)?).ok()?)
                    .copied()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_agree_and_purposes_differ() {
        let draw = |seed, purpose| Random::new(seed, purpose).next_u64();
        assert_eq!(draw(1, "decoys"), draw(1, "decoys"));
        assert_ne!(draw(1, "decoys"), draw(1, "guest"));
        assert_ne!(draw(1, "decoys"), draw(2, "decoys"));
    }

    #[test]
    fn an_empty_alphabet_gives_no_text() {
        assert_eq!(Random::new(1, "").text("", 4), "");
    }
}
