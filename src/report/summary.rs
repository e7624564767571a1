//! A trace in brief: which processes ran, what was contacted, read and written. Made for people; programs read the events.

use crate::trace::{Event, Kind, Outcome, Trace};
use std::collections::{BTreeMap, BTreeSet};

/// Variables that Node's library itself reads on behalf of every package: they say nothing about this one.
const NODES_OWN: [&str; 5] = [
    "NODE_DEBUG",
    "NODE_EXTRA_CA_CERTS",
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "NODE_V8_COVERAGE",
    "WATCH_REPORT_DEPENDENCIES",
];

/// What a package did, in brief. All strings may hold hostile text.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The processes of each run that started any, in order.
    pub processes: Vec<RunTree>,
    /// Hosts, in the order of their first contact.
    pub contacted: Vec<Contact>,
    /// Files outside the package that were read, secrets first.
    pub read: Vec<Access>,
    /// Files that were written, renamed or linked.
    pub written: Vec<Access>,
    /// Files that were deleted.
    pub deleted: Vec<Access>,
    /// Variables that were read, secrets first.
    pub variables: Vec<Access>,
    /// Whether all variables were listed.
    pub whole_environment: bool,
    /// What was asked about the machine and its user.
    pub asked: Vec<Access>,
}

/// The processes of one run.
#[derive(Clone, Debug, Default)]
pub struct RunTree {
    /// Phase and command of the run.
    pub title: (String, String),
    /// Its processes.
    pub children: Vec<Process>,
}

/// One started process, with what it started.
#[derive(Clone, Debug, Default)]
pub struct Process {
    /// The command line.
    pub command: String,
    /// How it ended, in a word or two; empty when that is not known.
    pub end: String,
    /// What it started.
    pub children: Vec<Process>,
}

/// Dealings with one host.
#[derive(Clone, Debug, Default)]
pub struct Contact {
    /// `host:port`, or the host when only its name was resolved.
    pub peer: String,
    /// Distinct requests, `METHOD /path`, in order.
    pub requests: Vec<String>,
    /// Bytes sent, as far as their payloads were kept.
    pub sent: usize,
    /// Whether it was only looked up, or refused.
    pub note: &'static str,
}

/// Something that was accessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The path (home as `~`, the package's own files relative) or the variable's name.
    pub name: String,
    /// Whether a planted secret is in it.
    pub secret: bool,
}

impl Summary {
    /// Sums up a trace, in time linear in its events.
    #[must_use]
    pub fn of(trace: &Trace) -> Summary {
        let names = Names::of(trace);
        let secret_files: BTreeSet<&str> = trace
            .header
            .decoys
            .iter()
            .flat_map(|decoy| decoy.files.iter().map(String::as_str))
            .collect();
        let secret_variables: BTreeSet<&str> = trace
            .header
            .decoys
            .iter()
            .flat_map(|decoy| decoy.variables.iter().map(String::as_str))
            .collect();
        let mut lists = Lists::default();
        let mut whole_environment = false;
        for event in trace.events.iter().filter(|event| event.outcome.is_ok()) {
            let subject = event.subject.as_str();
            let secret = secret_files.contains(subject);
            match event.kind {
                Kind::FileRead if secret || names.is_foreign(subject) => {
                    lists.read.add(names.short(subject), secret);
                }
                Kind::FileWrite | Kind::FileLink => lists.written.add(names.short(subject), secret),
                Kind::FileRename => {
                    if let Some(to) = event.detail.get("to") {
                        lists
                            .written
                            .add(names.short(to), secret_files.contains(to.as_str()));
                    }
                }
                Kind::FileDelete => lists.deleted.add(names.short(subject), secret),
                Kind::EnvRead if !NODES_OWN.contains(&subject) => lists
                    .variables
                    .add(subject.to_owned(), secret_variables.contains(subject)),
                Kind::EnvList => whole_environment = true,
                // Node's library asks for the system's name whenever `os` is loaded.
                Kind::HostQuery if subject != "uname" => lists.asked.add(subject.to_owned(), false),
                _ => {}
            }
        }
        Summary {
            processes: processes(trace),
            contacted: contacts(trace),
            read: lists.read.sorted(),
            written: lists.written.sorted(),
            deleted: lists.deleted.sorted(),
            variables: lists.variables.sorted(),
            whole_environment,
            asked: lists.asked.sorted(),
        }
    }
}

#[derive(Default)]
struct Lists {
    read: List,
    written: List,
    deleted: List,
    variables: List,
    asked: List,
}

/// Names in the order of their first access.
#[derive(Default)]
struct List {
    seen: BTreeSet<String>,
    accesses: Vec<Access>,
}

impl List {
    fn add(&mut self, name: String, secret: bool) {
        if self.seen.insert(name.clone()) {
            self.accesses.push(Access { name, secret });
        }
    }

    fn sorted(mut self) -> Vec<Access> {
        self.accesses.sort_by_key(|access| !access.secret);
        self.accesses
    }
}

/// How paths are shortened.
struct Names<'t> {
    root: &'t str,
    modules: String,
    home: String,
}

impl<'t> Names<'t> {
    fn of(trace: &'t Trace) -> Names<'t> {
        let root = trace.header.package.root.as_str();
        let project = root.split("/node_modules/").next().unwrap_or(root);
        let mut parts = project.split('/').skip(1);
        let home = match (parts.next(), parts.next()) {
            (Some("root"), _) => "/root".to_owned(),
            (Some(users), Some(user)) => format!("/{users}/{user}"),
            _ => String::new(),
        };
        Names {
            root,
            modules: format!("{project}/node_modules/"),
            home,
        }
    }

    /// Whether a path is neither the package's own nor that of a neighbour that it uses.
    fn is_foreign(&self, path: &str) -> bool {
        super::inside(path, self.root) == path
            && path != self.root
            && !path.starts_with(&self.modules)
    }

    fn short(&self, path: &str) -> String {
        let own = super::inside(path, self.root);
        if own != path {
            return own.to_owned();
        }
        match path.strip_prefix(self.home.as_str()) {
            Some(rest) if !self.home.is_empty() && rest.starts_with('/') => format!("~{rest}"),
            _ => path.to_owned(),
        }
    }
}

/// The process trees of all runs that started processes.
fn processes(trace: &Trace) -> Vec<RunTree> {
    let mut ends: BTreeMap<(u32, u32), &str> = BTreeMap::new();
    let mut spawns: BTreeMap<(u32, u32), Vec<&Event>> = BTreeMap::new();
    let mut started: BTreeSet<(u32, u32)> = BTreeSet::new();
    for event in &trace.events {
        match event.kind {
            Kind::ProcExit => {
                ends.insert((event.run, event.pid), &event.subject);
            }
            Kind::ProcSpawn => {
                spawns
                    .entry((event.run, event.pid))
                    .or_default()
                    .push(event);
                started.extend(child_of(event).map(|child| (event.run, child)));
            }
            _ => {}
        }
    }
    let mut trees: BTreeMap<u32, Vec<Process>> = BTreeMap::new();
    for ((run, pid), events) in &spawns {
        if !started.contains(&(*run, *pid)) {
            let below = events.iter().map(|event| process(event, &spawns, &ends, 0));
            trees.entry(*run).or_default().extend(below);
        }
    }
    trees
        .into_iter()
        .filter_map(|(run, children)| {
            let run = trace.runs.get(usize::try_from(run).ok()?)?;
            Some(RunTree {
                title: (run.phase.clone(), run.command.clone()),
                children,
            })
        })
        .collect()
}

fn child_of(event: &Event) -> Option<u32> {
    event.detail.get("child")?.parse().ok()
}

fn process(
    event: &Event,
    spawns: &BTreeMap<(u32, u32), Vec<&Event>>,
    ends: &BTreeMap<(u32, u32), &str>,
    depth: u32,
) -> Process {
    /// Deeper trees are not shown; the world lets none grow so deep, but a trace may come from elsewhere.
    const DEEPEST: u32 = 32;
    let key = child_of(event).map(|child| (event.run, child));
    let below = key
        .filter(|_| depth < DEEPEST)
        .and_then(|key| spawns.get(&key));
    let end = match (&event.outcome, key.and_then(|key| ends.get(&key))) {
        (Outcome::Error(error), _) => error.clone(),
        (Outcome::Ok, Some(end)) if end.parse::<i32>().is_ok() => format!("exit {end}"),
        (Outcome::Ok, Some(end)) => (*end).to_owned(),
        (Outcome::Ok, None) => String::new(),
    };
    Process {
        command: event.subject.clone(),
        end,
        children: below
            .into_iter()
            .flatten()
            .filter(|next| next.seq > event.seq)
            .map(|next| process(next, spawns, ends, depth + 1))
            .collect(),
    }
}

/// Whom the package dealt with.
fn contacts(trace: &Trace) -> Vec<Contact> {
    let mut order: Vec<String> = Vec::new();
    let mut by_peer: BTreeMap<String, Contact> = BTreeMap::new();
    let mut resolved: Vec<&str> = Vec::new();
    for event in &trace.events {
        let (peer, request) = match event.kind {
            Kind::NetDns => {
                resolved.push(&event.subject);
                continue;
            }
            Kind::NetConnect | Kind::NetSend => (event.subject.clone(), None),
            Kind::NetHttp => match request(&event.subject) {
                Some((peer, request)) => (peer, Some(request)),
                None => continue,
            },
            _ => continue,
        };
        let contact = by_peer.entry(peer.clone()).or_insert_with(|| {
            order.push(peer.clone());
            Contact {
                peer,
                ..Contact::default()
            }
        });
        if let Some(request) = request
            && !contact.requests.contains(&request)
        {
            contact.requests.push(request);
        }
        if event.kind == Kind::NetSend {
            let length = event.payload.and_then(|digest| trace.blobs.get(&digest));
            contact.sent = contact
                .sent
                .saturating_add(length.map_or(0, |bytes| bytes.len()));
        }
        if !event.outcome.is_ok() {
            contact.note = "refused";
        }
    }
    let hosts: BTreeSet<&str> = order
        .iter()
        .map(|peer| {
            peer.rsplit_once(':')
                .map_or(peer.as_str(), |(host, _)| host)
        })
        .collect();
    let mut seen = BTreeSet::new();
    let only_resolved: Vec<Contact> = resolved
        .into_iter()
        .filter(|name| !hosts.contains(name) && seen.insert(*name))
        .map(|name| Contact {
            peer: name.to_owned(),
            note: "looked up",
            ..Contact::default()
        })
        .collect();
    order
        .iter()
        .filter_map(|peer| by_peer.get(peer).cloned())
        .chain(only_resolved)
        .collect()
}

/// `METHOD URL` as peer and request.
fn request(subject: &str) -> Option<(String, String)> {
    let (method, url) = subject.split_once(' ')?;
    let url = url::Url::parse(url).ok()?;
    let peer = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
    Some((peer, format!("{method} {}", url.path())))
}
