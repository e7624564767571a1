//! Which address a name has in the world, and which name an address stands for.

use super::super::Persona;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The networks of RFC 5737, which no machine on the Internet has.
const DOCUMENTATION: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];

/// Last bytes that names get, so that the low addresses, which code tends to state as such, stay free of names.
const LAST_BYTES: std::ops::Range<u32> = 100..250;

/// The benchmark network of RFC 2544, 198.18.0.0/15: takes the names for which documentation has no room.
const OVERFLOW: u32 = 0xC612_0000;

/// Addresses in [`OVERFLOW`] that names get.
const OVERFLOW_SIZE: u32 = 0x0002_0000;

/// Names that are remembered; a later one has the address of an earlier one, and is not known backwards.
const MAX_NAMES: usize = 65_536;

/// The cloud's metadata service, at the address that all large providers use.
pub(super) const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

/// Names of the metadata service.
const METADATA_NAMES: [&str; 4] = [
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
];

/// The names that were resolved so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    by_name: BTreeMap<String, (Ipv4Addr, Ipv6Addr)>,
    by_address: BTreeMap<IpAddr, String>,
}

/// What a name stands for.
pub(super) enum Meaning {
    /// This machine.
    Own(Vec<IpAddr>),
    /// A machine of the simulated Internet or the local network.
    Other(Ipv4Addr, Option<Ipv6Addr>),
}

impl Names {
    /// The addresses of a lower-case name without a dot at the end. Equal names have equal addresses in every run, unless
    /// another name took the place.
    pub(super) fn meaning(&mut self, persona: &Persona, name: &str) -> Meaning {
        if name == "localhost" || name.ends_with(".localhost") {
            return Meaning::Own(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
        }
        if name.eq_ignore_ascii_case(&persona.hostname) {
            // What Debian and its descendants write into /etc/hosts.
            return Meaning::Own(vec![Ipv4Addr::new(127, 0, 1, 1).into()]);
        }
        if METADATA_NAMES.contains(&name) {
            self.by_address.insert(METADATA.into(), name.to_owned());
            return Meaning::Other(METADATA, None);
        }
        if name.ends_with(".local") || !name.contains('.') {
            let hash = hash(name);
            let [last, ..] = hash.to_le_bytes();
            let address = Ipv4Addr::new(192, 168, 1, last.clamp(2, 254));
            self.by_address.insert(address.into(), name.to_owned());
            return Meaning::Other(address, None);
        }
        let (v4, v6) = self.outside(name);
        Meaning::Other(v4, Some(v6))
    }

    fn outside(&mut self, name: &str) -> (Ipv4Addr, Ipv6Addr) {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        let hash = hash(name);
        let v4 = self.free_address(hash);
        let bytes = hash.to_be_bytes();
        let group = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
        let v6 = Ipv6Addr::new(0x2001, 0xdb8, group(0), group(2), 0, 0, group(4), group(6));
        if self.by_name.len() >= MAX_NAMES {
            return (v4, v6);
        }
        self.by_name.insert(name.to_owned(), (v4, v6));
        self.by_address.insert(v4.into(), name.to_owned());
        self.by_address.insert(v6.into(), name.to_owned());
        (v4, v6)
    }

    fn free_address(&self, hash: u64) -> Ipv4Addr {
        let width = LAST_BYTES.end - LAST_BYTES.start;
        let size = width * 3;
        let documentation = |slot: u32| {
            let [a, b, c] = DOCUMENTATION[(slot / width) as usize % DOCUMENTATION.len()];
            let [last, ..] = (LAST_BYTES.start + slot % width).to_le_bytes();
            Ipv4Addr::new(a, b, c, last)
        };
        let overflow = |slot: u32| Ipv4Addr::from(OVERFLOW | slot);
        let is_free = |address: &Ipv4Addr| !self.by_address.contains_key(&IpAddr::V4(*address));
        probe(hash, size)
            .map(documentation)
            .find(is_free)
            .or_else(|| probe(hash, OVERFLOW_SIZE).map(overflow).find(is_free))
            .unwrap_or_else(|| documentation(0))
    }

    /// The name that was resolved to this address.
    pub(super) fn name_of(&self, address: IpAddr) -> Option<&str> {
        self.by_address.get(&address).map(String::as_str)
    }
}

/// A few places to try, from one that depends on the hash: a full table must not cost a full search.
fn probe(hash: u64, size: u32) -> impl Iterator<Item = u32> {
    let start = u32::try_from(hash % u64::from(size)).unwrap_or_default();
    (0..size.min(64)).map(move |step| (start + step) % size)
}

/// 64 bits that depend on every byte of a name.
pub(super) fn hash(name: &str) -> u64 {
    let digest = Sha256::digest(name.as_bytes());
    digest
        .iter()
        .take(8)
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(names: &mut Names, name: &str) -> Ipv4Addr {
        match names.meaning(&Persona::default(), name) {
            Meaning::Other(v4, _) => v4,
            Meaning::Own(_) => Ipv4Addr::LOCALHOST,
        }
    }

    #[test]
    fn names_keep_their_documentation_address_and_addresses_their_name() {
        let mut names = Names::default();
        let address = first(&mut names, "collect.example");
        assert!(DOCUMENTATION.contains(&[
            address.octets()[0],
            address.octets()[1],
            address.octets()[2]
        ]));
        assert!(LAST_BYTES.contains(&u32::from(address.octets()[3])));
        assert_eq!(address, first(&mut Names::default(), "collect.example"));
        assert_eq!(names.name_of(address.into()), Some("collect.example"));
    }

    #[test]
    fn thousands_of_names_have_addresses_of_their_own() {
        let mut names = Names::default();
        let mut seen = std::collections::BTreeSet::new();
        for number in 0..3_000 {
            assert!(seen.insert(first(&mut names, &format!("n{number}.test"))));
        }
    }

    #[test]
    fn the_machine_knows_itself() {
        let mut names = Names::default();
        for name in ["localhost", "a.localhost", "mwerner-t14"] {
            assert!(first(&mut names, name).is_loopback(), "{name}");
        }
    }
}
