//! Name resolution: every well-formed name exists, so that what a package would do with it shows.

use super::super::{Caller, Persona, World};
use super::names::Meaning;
use crate::trace::{Kind, Outcome};
use std::net::IpAddr;

/// Longest name in its dotted form, RFC 1035 section 2.3.4 (255 bytes with the length bytes and the root).
const MAX_NAME: usize = 253;

/// Longest label, RFC 1035 section 2.3.4.
const MAX_LABEL: usize = 63;

/// Kinds of records that a resolver is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordType {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Everything there is.
    Any,
    /// Which authorities may issue certificates.
    Caa,
    /// Another name.
    Cname,
    /// Mail exchangers.
    Mx,
    /// Rewriting rules.
    Naptr,
    /// Name servers.
    Ns,
    /// The name of an address.
    Ptr,
    /// The start of authority of the zone.
    Soa,
    /// Services.
    Srv,
    /// Free text.
    Txt,
}

impl RecordType {
    /// The type with this mnemonic, such as `AAAA`.
    #[must_use]
    pub fn parse(text: &str) -> Option<RecordType> {
        Some(match text {
            "A" => RecordType::A,
            "AAAA" => RecordType::Aaaa,
            "ANY" => RecordType::Any,
            "CAA" => RecordType::Caa,
            "CNAME" => RecordType::Cname,
            "MX" => RecordType::Mx,
            "NAPTR" => RecordType::Naptr,
            "NS" => RecordType::Ns,
            "PTR" => RecordType::Ptr,
            "SOA" => RecordType::Soa,
            "SRV" => RecordType::Srv,
            "TXT" => RecordType::Txt,
            _ => return None,
        })
    }

    /// The mnemonic.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RecordType::A => "A",
            RecordType::Aaaa => "AAAA",
            RecordType::Any => "ANY",
            RecordType::Caa => "CAA",
            RecordType::Cname => "CNAME",
            RecordType::Mx => "MX",
            RecordType::Naptr => "NAPTR",
            RecordType::Ns => "NS",
            RecordType::Ptr => "PTR",
            RecordType::Soa => "SOA",
            RecordType::Srv => "SRV",
            RecordType::Txt => "TXT",
        }
    }
}

/// One record of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// An address of either family.
    Address(IpAddr),
    /// A mail exchanger: preference and host.
    Mx(u16, String),
    /// A name server.
    Ns(String),
    /// The name of an address.
    Ptr(String),
    /// Primary name server and mailbox; the numbers are [`Record::SOA_NUMBERS`].
    Soa(String, String),
    /// A service: port and host; priority 10, weight 5.
    Srv(u16, String),
    /// One text.
    Txt(String),
}

impl Record {
    /// Serial number, refresh, retry, expiry and minimum of every zone, in seconds but for the first.
    pub const SOA_NUMBERS: [u32; 5] = [2_024_110_401, 7_200, 3_600, 1_209_600, 3_600];
}

impl std::fmt::Display for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Record::Address(address) => write!(f, "{address}"),
            Record::Mx(preference, host) => write!(f, "{preference} {host}"),
            Record::Ns(host) | Record::Ptr(host) | Record::Soa(host, _) => f.write_str(host),
            Record::Srv(port, host) => write!(f, "10 5 {port} {host}"),
            Record::Txt(text) => f.write_str(text),
        }
    }
}

/// Why a name has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DnsError {
    /// The name does not exist: it is not well-formed, or an address without a name.
    #[error("name does not exist")]
    NotFound,
    /// The name exists without records of this type.
    #[error("no records of this type")]
    NoData,
}

impl DnsError {
    /// The name that Node and c-ares give the error.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            DnsError::NotFound => "ENOTFOUND",
            DnsError::NoData => "ENODATA",
        }
    }
}

impl World {
    /// What the C library answers for a host name: addresses, IPv4 first. `family` is 4, 6, or 0 for what the machine can
    /// reach, which is IPv4: like most machines it has no IPv6 route.
    ///
    /// # Errors
    ///
    /// [`DnsError`] for a name that no resolver would look up.
    pub fn lookup(
        &mut self,
        caller: &Caller,
        name: &str,
        family: u8,
    ) -> Result<Vec<IpAddr>, DnsError> {
        if let Ok(address) = name.parse::<IpAddr>() {
            return Ok(vec![address]);
        }
        let kind = if family == 6 {
            RecordType::Aaaa
        } else {
            RecordType::A
        };
        let records = self.resolve(caller, name, kind)?;
        Ok(records
            .into_iter()
            .filter_map(|record| match record {
                Record::Address(address) => Some(address),
                _ => None,
            })
            .collect())
    }

    /// Asks the simulated DNS for the records of a name.
    ///
    /// # Errors
    ///
    /// [`DnsError`] for names that are not well-formed and for types that the name would not have.
    pub fn resolve(
        &mut self,
        caller: &Caller,
        name: &str,
        kind: RecordType,
    ) -> Result<Vec<Record>, DnsError> {
        let seq = self.note(caller, Kind::NetDns, name);
        self.recorder.detail(seq, "type", kind.name());
        let answer = records(self, &name.trim_end_matches('.').to_ascii_lowercase(), kind);
        match &answer {
            Ok(records) => {
                let texts: Vec<String> = records.iter().map(Record::to_string).collect();
                self.recorder.detail(seq, "answer", texts.join(" "));
            }
            Err(error) => self
                .recorder
                .settle(seq, Outcome::Error(error.name().to_owned())),
        }
        answer
    }

    /// Asks for the names of an address.
    ///
    /// # Errors
    ///
    /// [`DnsError::NotFound`] when no name was resolved to it.
    pub fn reverse(&mut self, caller: &Caller, address: IpAddr) -> Result<Vec<String>, DnsError> {
        let seq = self.note(caller, Kind::NetDns, address.to_string());
        self.recorder.detail(seq, "type", "PTR");
        let name = if address.is_loopback() {
            Some("localhost".to_owned())
        } else {
            self.net.names.name_of(address).map(str::to_owned)
        };
        match name {
            Some(name) => {
                self.recorder.detail(seq, "answer", name.clone());
                Ok(vec![name])
            }
            None => {
                let error = DnsError::NotFound;
                self.recorder
                    .settle(seq, Outcome::Error(error.name().to_owned()));
                Err(error)
            }
        }
    }
}

/// Whether a resolver would send a query for this name at all.
fn is_well_formed(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && name
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= MAX_LABEL)
        && !name
            .chars()
            .any(|letter| letter.is_control() || letter.is_whitespace())
}

fn records(world: &mut World, name: &str, kind: RecordType) -> Result<Vec<Record>, DnsError> {
    if !is_well_formed(name) {
        return Err(DnsError::NotFound);
    }
    match kind {
        RecordType::A | RecordType::Aaaa => addresses(world, name, |address| {
            address.is_ipv4() == (kind == RecordType::A)
        }),
        RecordType::Any => {
            let mut all = addresses(world, name, |_| true)?;
            all.extend(zone_records(name, RecordType::Mx));
            all.extend(zone_records(name, RecordType::Txt));
            Ok(all)
        }
        RecordType::Ptr => pointer(world, name),
        RecordType::Caa | RecordType::Cname | RecordType::Naptr => Err(DnsError::NoData),
        RecordType::Mx | RecordType::Ns | RecordType::Soa | RecordType::Srv | RecordType::Txt => {
            Ok(zone_records(name, kind))
        }
    }
}

fn addresses(
    world: &mut World,
    name: &str,
    wanted: impl Fn(&IpAddr) -> bool,
) -> Result<Vec<Record>, DnsError> {
    let persona: &Persona = &world.persona;
    let all = match world.net.names.meaning(persona, name) {
        Meaning::Own(addresses) => addresses,
        Meaning::Other(v4, v6) => std::iter::once(IpAddr::V4(v4))
            .chain(v6.map(IpAddr::V6))
            .collect(),
    };
    let found: Vec<Record> = all
        .into_iter()
        .filter(wanted)
        .map(Record::Address)
        .collect();
    if found.is_empty() {
        return Err(DnsError::NoData);
    }
    Ok(found)
}

/// What a small zone with mail holds.
fn zone_records(name: &str, kind: RecordType) -> Vec<Record> {
    let zone = zone_of(name);
    match kind {
        RecordType::Mx => vec![
            Record::Mx(10, format!("mx1.{zone}")),
            Record::Mx(20, format!("mx2.{zone}")),
        ],
        RecordType::Ns => vec![
            Record::Ns(format!("ns1.{zone}")),
            Record::Ns(format!("ns2.{zone}")),
        ],
        RecordType::Soa => vec![Record::Soa(
            format!("ns1.{zone}"),
            format!("hostmaster.{zone}"),
        )],
        RecordType::Srv => vec![Record::Srv(443, format!("srv.{zone}"))],
        // The text of a zone is its mail policy; one that lies deeper is where commands would come from.
        RecordType::Txt if name == zone => vec![Record::Txt("v=spf1 mx -all".into())],
        RecordType::Txt => vec![Record::Txt(super::inert::MARK.into())],
        _ => Vec::new(),
    }
}

/// The last two labels of a name.
fn zone_of(name: &str) -> &str {
    let mut dots = name.rmatch_indices('.').map(|(at, _)| at);
    match dots.nth(1) {
        Some(at) => name.get(at + 1..).unwrap_or(name),
        None => name,
    }
}

/// Reads `4.3.2.1.in-addr.arpa`.
fn pointer(world: &World, name: &str) -> Result<Vec<Record>, DnsError> {
    let labels = name
        .strip_suffix(".in-addr.arpa")
        .ok_or(DnsError::NotFound)?;
    let dotted: Vec<&str> = labels.split('.').rev().collect();
    let address: IpAddr = dotted.join(".").parse().map_err(|_| DnsError::NotFound)?;
    let found = world.net.names.name_of(address).ok_or(DnsError::NotFound)?;
    Ok(vec![Record::Ptr(found.to_owned())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_resolver_would_ask_for_are_not_found() {
        let mut world = World::default();
        let caller = Caller::process(1);
        for name in [
            "",
            "a..b",
            "white space.test",
            &"a".repeat(64),
            &"a.".repeat(140),
        ] {
            assert_eq!(
                world.lookup(&caller, name, 0),
                Err(DnsError::NotFound),
                "{name}"
            );
        }
        assert_eq!(
            world.recorder.events()[0].outcome,
            Outcome::Error("ENOTFOUND".into())
        );
    }

    #[test]
    fn a_lookup_is_recorded_with_its_answer_and_known_backwards() {
        let mut world = World::default();
        let caller = Caller::process(1);
        let found = world.lookup(&caller, "Leak.Invalid", 0).unwrap();
        let event = &world.recorder.events()[0];
        assert_eq!(
            (event.kind, event.subject.as_str()),
            (Kind::NetDns, "Leak.Invalid")
        );
        assert_eq!(event.detail["answer"], found[0].to_string());
        assert_eq!(
            world.reverse(&caller, found[0]),
            Ok(vec!["leak.invalid".to_owned()])
        );
    }

    #[test]
    fn addresses_are_not_asked_for() {
        let mut world = World::default();
        world.lookup(&Caller::process(1), "203.0.113.9", 0).unwrap();
        assert!(world.recorder.events().is_empty());
    }

    #[test]
    fn every_type_has_a_plausible_answer() {
        let mut world = World::default();
        let mut ask = |name: &str, kind| world.resolve(&Caller::process(1), name, kind);
        assert_eq!(
            ask("a.b.example", RecordType::Mx).unwrap()[0],
            Record::Mx(10, "mx1.b.example".into())
        );
        assert_eq!(ask("a.example", RecordType::Cname), Err(DnsError::NoData));
        assert_eq!(
            ask("cmd.c2.example", RecordType::Txt).unwrap(),
            [Record::Txt("INERT-PAYLOAD".into())]
        );
        assert_eq!(
            ask("1.2.0.192.in-addr.arpa", RecordType::Ptr),
            Err(DnsError::NotFound)
        );
    }
}
