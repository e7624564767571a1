//! Forms on the wire: dates of HTTP, messages of DNS.

use super::{DnsError, Record, RecordType};
use std::net::IpAddr;

/// Seconds that answers may be kept.
const TIME_TO_LIVE: u32 = 300;

/// The date of RFC 9110 section 5.6.7 for nanoseconds since 1970.
pub(super) fn http_date(now: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (days, seconds) = split(now);
    let (year, month, day) = civil(days);
    let name = |names: &[&'static str], index: u64| {
        let index = usize::try_from(index).unwrap_or_default();
        names.get(index).copied().unwrap_or_default()
    };
    format!(
        "{}, {day:02} {} {year} {:02}:{:02}:{:02} GMT",
        name(&DAYS, days % 7),
        name(&MONTHS, month - 1),
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// The date of RFC 3339 for nanoseconds since 1970, as JSON interfaces state it.
pub(super) fn iso_date(now: u64) -> String {
    let (days, seconds) = split(now);
    let (year, month, day) = civil(days);
    format!(
        "{year}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// Days since 1970 and seconds of the day.
fn split(now: u64) -> (u64, u64) {
    let seconds = now / 1_000_000_000;
    (seconds / 86_400, seconds % 86_400)
}

/// Year, month and day of a day since 1970 in the Gregorian calendar, by counting from March, so that the leap day is the
/// last of its year.
pub(in crate::world) fn civil(days: u64) -> (u64, u64, u64) {
    // Days from 0000-03-01 to 1970-01-01, and days in 400 years.
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

/// The question of a DNS message (RFC 1035 section 4).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    id: [u8; 2],
    /// The name in dotted form.
    pub(super) name: String,
    pub(super) kind: RecordType,
    /// The question section as it was asked, for the answer.
    raw: Vec<u8>,
}

impl Question {
    /// Reads the first question of a query.
    pub(super) fn parse(message: &[u8]) -> Option<Question> {
        let id = message.get(..2)?.try_into().ok()?;
        let is_query = message.get(2)? & 0x80 == 0;
        if !is_query || message.get(4..6)? == [0, 0] {
            return None;
        }
        let mut labels: Vec<String> = Vec::new();
        let mut at = 12;
        loop {
            let length = usize::from(*message.get(at)?);
            at += 1;
            // A question needs no compression, whose pointers start with two set bits.
            match length {
                0 => break,
                1..=63 => {
                    let label = message.get(at..at + length)?;
                    labels.push(String::from_utf8_lossy(label).into_owned());
                    at += length;
                }
                _ => return None,
            }
        }
        let number = u16::from_be_bytes(message.get(at..at + 2)?.try_into().ok()?);
        Some(Question {
            id,
            name: labels.join("."),
            kind: kind_of(number)?,
            raw: message.get(12..at + 4)?.to_vec(),
        })
    }

    /// The message that answers it.
    pub(super) fn answer(&self, answer: &Result<Vec<Record>, DnsError>) -> Vec<u8> {
        let code = match answer {
            Err(DnsError::NotFound) => 3,
            Ok(_) | Err(DnsError::NoData) => 0,
        };
        let records = answer.as_deref().unwrap_or_default();
        let encoded: Vec<Vec<u8>> = records.iter().filter_map(encode).collect();
        let count = u8::try_from(encoded.len()).unwrap_or(u8::MAX);
        let mut message = self.id.to_vec();
        message.extend_from_slice(&[0x81, 0x80 | code, 0, 1, 0, count, 0, 0, 0, 0]);
        message.extend_from_slice(&self.raw);
        encoded
            .iter()
            .take(usize::from(count))
            .for_each(|record| message.extend_from_slice(record));
        message
    }
}

/// Numbers of the record types, from the registry of DNS parameters.
const NUMBERS: [(u16, RecordType); 12] = [
    (1, RecordType::A),
    (2, RecordType::Ns),
    (5, RecordType::Cname),
    (6, RecordType::Soa),
    (12, RecordType::Ptr),
    (15, RecordType::Mx),
    (16, RecordType::Txt),
    (28, RecordType::Aaaa),
    (33, RecordType::Srv),
    (35, RecordType::Naptr),
    (255, RecordType::Any),
    (257, RecordType::Caa),
];

fn kind_of(number: u16) -> Option<RecordType> {
    NUMBERS
        .iter()
        .find(|(known, _)| *known == number)
        .map(|(_, kind)| *kind)
}

/// One record for the name of the question.
fn encode(record: &Record) -> Option<Vec<u8>> {
    let (kind, data) = match record {
        Record::Address(IpAddr::V4(address)) => (RecordType::A, address.octets().to_vec()),
        Record::Address(IpAddr::V6(address)) => (RecordType::Aaaa, address.octets().to_vec()),
        Record::Mx(preference, host) => (
            RecordType::Mx,
            [&preference.to_be_bytes()[..], &encoded_name(host)].concat(),
        ),
        Record::Ns(host) => (RecordType::Ns, encoded_name(host)),
        Record::Ptr(host) => (RecordType::Ptr, encoded_name(host)),
        Record::Soa(primary, mailbox) => {
            let mut data = [encoded_name(primary), encoded_name(mailbox)].concat();
            for number in Record::SOA_NUMBERS {
                data.extend_from_slice(&number.to_be_bytes());
            }
            (RecordType::Soa, data)
        }
        Record::Srv(port, host) => {
            let [high, low] = port.to_be_bytes();
            (
                RecordType::Srv,
                [&[0, 10, 0, 5, high, low][..], &encoded_name(host)].concat(),
            )
        }
        Record::Txt(text) => {
            let length = u8::try_from(text.len()).ok()?;
            (RecordType::Txt, [&[length], text.as_bytes()].concat())
        }
    };
    let (number, _) = NUMBERS.iter().find(|(_, known)| *known == kind)?;
    // A pointer to the name in the question, the type, the class IN.
    let mut bytes = vec![0xc0, 0x0c];
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.extend_from_slice(&[0, 1]);
    bytes.extend_from_slice(&TIME_TO_LIVE.to_be_bytes());
    bytes.extend_from_slice(&u16::try_from(data.len()).ok()?.to_be_bytes());
    bytes.extend_from_slice(&data);
    Some(bytes)
}

/// A name as labels with their lengths; labels that are too long are left out.
fn encoded_name(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.') {
        if let Ok(length @ 1..=63) = u8::try_from(label.len()) {
            bytes.push(length);
            bytes.extend_from_slice(label.as_bytes());
        }
    }
    bytes.push(0);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(
            http_date(1_731_425_047_000_000_000),
            "Tue, 12 Nov 2024 15:24:07 GMT"
        );
        assert_eq!(iso_date(951_782_400_000_000_000), "2000-02-29T00:00:00Z");
    }

    #[test]
    fn a_query_is_read_and_answered() {
        let mut query = vec![7, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        query.extend_from_slice(&encoded_name("leak.test"));
        query.extend_from_slice(&[0, 1, 0, 1]);
        let question = Question::parse(&query).unwrap();
        assert_eq!(
            (question.name.as_str(), question.kind),
            ("leak.test", RecordType::A)
        );
        let answer = question.answer(&Ok(vec![Record::Address("192.0.2.1".parse().unwrap())]));
        assert_eq!(answer[..4], [7, 9, 0x81, 0x80]);
        assert_eq!(answer[answer.len() - 4..], [192, 0, 2, 1]);
        assert_eq!(question.answer(&Err(DnsError::NotFound))[3], 0x83);
    }

    #[test]
    fn broken_queries_are_none() {
        for message in [
            &[][..],
            &[0; 12],
            &[1, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 0x0c],
        ] {
            assert_eq!(Question::parse(message), None);
        }
    }
}
