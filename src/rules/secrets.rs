//! Which planted secrets are in what leaves.

use super::hosts::matches;
use super::needles::Needles;
use super::outgoing::Outgoing;
use super::view::Leak;
use crate::trace::Trace;
use std::collections::BTreeMap;

/// Finds every planted secret in everything that leaves, under the first encoding that shows it.
pub(super) fn leaks<'t>(trace: &'t Trace, outgoing: &[Outgoing<'t>]) -> Vec<Leak<'t>> {
    let decoys = &trace.header.decoys;
    let mut needles = Needles::default();
    for (id, decoy) in decoys.iter().enumerate() {
        needles.add(&decoy.secret, id);
    }
    let mut leaks = Vec::new();
    for (index, out) in outgoing.iter().enumerate() {
        let mut found: BTreeMap<usize, String> = BTreeMap::new();
        for layer in &out.layers {
            for id in needles.find(&layer.bytes) {
                found.entry(id).or_insert_with(|| layer.encoding.clone());
            }
        }
        for layer in &out.layers {
            for id in needles.find_masked(&layer.bytes) {
                let encoding = match layer.encoding.as_str() {
                    "" => "a one-byte XOR".to_owned(),
                    outer => format!("{outer} of a one-byte XOR"),
                };
                found.entry(id).or_insert(encoding);
            }
        }
        for (id, encoding) in found {
            let Some(decoy) = decoys.get(id) else {
                continue;
            };
            leaks.push(Leak {
                decoy,
                outgoing: index,
                encoding,
                allowed: decoy.audience.iter().any(|entry| matches(&out.host, entry)),
            });
        }
    }
    leaks
}
