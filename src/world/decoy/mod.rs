//! Decoys: planted secrets that a thief would look for, unique per run and of the format that real ones have.
//!
//! Nothing here opens anything: tokens are random, their checksums fit, and private keys do not belong to their public
//! keys. The texts of the files stand in `.tree` files (see [`super::machine`]); `{{name}}` in them is a secret of [`SPECS`]
//! or another form of one, and whichever file names a secret is one of its places.

mod format;
mod specs;

use super::machine::tree::{self, Values};
use super::machine::{Entry, Owner};
use super::{Fs, Persona, Random};
use crate::trace::Decoy;
use specs::{Audience, SPECS, Spec};
use std::collections::{BTreeMap, BTreeSet};

/// The files of a Linux machine that hold secrets.
const LINUX: &[&str] = &[
    include_str!("linux/accounts.tree"),
    include_str!("linux/cloud.tree"),
    include_str!("linux/desktop.tree"),
    include_str!("linux/project.tree"),
];

/// What the secrets of a run are drawn from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seeds {
    /// The seed of the run.
    pub run: u64,
    /// Other seeds for single groups. A group drawn from another seed has secrets of the same lengths and formats, and
    /// nothing else changes: what then differs in a trace depends on these secrets.
    pub groups: BTreeMap<String, u64>,
}

impl Seeds {
    /// The seeds of a run in which no group is varied.
    #[must_use]
    pub fn of(run: u64) -> Seeds {
        Seeds {
            run,
            groups: BTreeMap::new(),
        }
    }

    fn random(&self, spec: &Spec) -> Random {
        let seed = self.groups.get(spec.group).copied().unwrap_or(self.run);
        Random::new(seed, spec.name)
    }
}

/// The names of the groups that [`Seeds::groups`] can vary, sorted.
#[must_use]
pub fn groups() -> BTreeSet<&'static str> {
    SPECS.iter().map(|spec| spec.group).collect()
}

/// Plants the secrets of a persona's machine on its disk. Returns the variables that hold secrets, and what was planted where.
///
/// `registries` are the hosts of the package registries that the user publishes to; the first is npm's.
pub fn plant(
    fs: &mut Fs,
    persona: &Persona,
    seeds: &Seeds,
    registries: &[String],
) -> (BTreeMap<String, String>, Vec<Decoy>) {
    let drawn = draw(persona, seeds, registries);
    let mut entries = Vec::new();
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let owner = Owner::new(persona);
    for text in LINUX {
        for section in tree::sections(text, &drawn.values, &owner, persona.start) {
            let mut secrets: BTreeSet<&str> = BTreeSet::new();
            for name in &section.used {
                secrets.extend(drawn.secret_of.get(*name));
            }
            for secret in secrets {
                places
                    .entry(secret)
                    .or_default()
                    .push(section.entry.path.clone());
            }
            entries.push(section.entry);
        }
    }
    overlay(fs, entries, &owner, persona.start);
    let mut variables = BTreeMap::new();
    let decoys = SPECS
        .iter()
        .map(|spec| {
            let secret = drawn.values.get(spec.name).cloned().unwrap_or_default();
            for name in spec.variables {
                variables.insert((*name).to_owned(), secret.clone());
            }
            Decoy {
                name: spec.name.to_owned(),
                group: spec.group.to_owned(),
                secret,
                files: places.remove(spec.name).unwrap_or_default(),
                variables: spec.variables.iter().map(|&name| name.to_owned()).collect(),
                audience: spec.audience.hosts(registries),
            }
        })
        .collect();
    (variables, decoys)
}

/// Plants entries; directories that are not there yet belong to whom the nearest one above belongs.
fn overlay(fs: &mut Fs, entries: Vec<Entry>, owner: &Owner, start: u64) {
    for entry in super::machine::with_parents(entries, owner, start) {
        let there = matches!(entry.body, super::machine::Body::Directory)
            && fs.lookup(super::fs::Who::ROOT, &entry.path, true).is_ok();
        if !there {
            entry.plant(fs);
        }
    }
}

/// The values that the texts may name.
#[derive(Debug)]
struct Drawn {
    values: Values,
    /// The decoy of which a value is the secret or another form.
    secret_of: BTreeMap<String, &'static str>,
}

fn draw(persona: &Persona, seeds: &Seeds, registries: &[String]) -> Drawn {
    let mut values = super::machine::values(persona);
    let registry = registries
        .first()
        .map_or("registry.invalid", String::as_str);
    values.insert("registry".to_owned(), registry.to_owned());
    let python = registries.iter().find(|host| host.starts_with("py"));
    let python = python.map_or("index.invalid", String::as_str);
    values.insert("python-index".to_owned(), python.to_owned());
    // The identifiers around the secrets are the run's, not the group's: they do not vary with the secrets.
    let mut ids = Random::new(seeds.run, "decoy identifiers");
    for (name, alphabet, length) in specs::IDENTIFIERS {
        values.insert((*name).to_owned(), ids.text(alphabet, *length));
    }
    let mut secret_of = BTreeMap::new();
    for spec in SPECS {
        let made = (spec.make)(&mut seeds.random(spec), &values);
        secret_of.insert(spec.name.to_owned(), spec.name);
        values.insert(spec.name.to_owned(), made.secret);
        for (form, text) in made.forms {
            secret_of.insert(form.to_owned(), spec.name);
            values.insert(form.to_owned(), text);
        }
    }
    Drawn { values, secret_of }
}

impl Audience {
    fn hosts(self, registries: &[String]) -> Vec<String> {
        match self {
            Audience::Registries => registries.to_vec(),
            Audience::Hosts(hosts) => hosts.iter().map(|&host| host.to_owned()).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
