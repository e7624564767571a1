//! **What.** Text becomes code that was hidden before: decoded from base64, hexadecimal, character codes, compression or
//! reversal in the package's own files, or written so that nobody can read it, and able to start programs, to use the network
//! or to read files and variables.
//!
//! **Why.** Reviewers and scanners read what lies in the archive. Code that comes to be only while it runs is hidden from
//! them on purpose; when it then starts a program or opens a connection, the purpose is plain.
//!
//! **Example.** `eval(Buffer.from('cmVxdWlyZSgnY2hpbGRfcHJvY2Vzcycp...', 'base64').toString())`
//!
//! **Benign look-alike.** Template engines and schema compilers build functions from strings; `Function('return this')` finds
//! the global object; development bundles evaluate the modules that stand in them as plain strings.
//!
//! Since 0.1.0.

use super::flow::{Texts, body};
use super::layers::{Budget, layers};
use super::{Confidence, Finding, Meta, Reach, Rule, Severity, View};
use crate::trace::{Event, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
#[derive(Debug)]
pub(super) struct Check;

/// Evaluated texts shorter than this say too little.
const SHORTEST: usize = 20;
/// Events after an evaluation in which its acts are looked for.
const SOON: usize = 20_000;

/// What a text can do: the name of the power, and the words that give it away.
const POWERS: &[(&str, &[&str])] = &[
    (
        "programs",
        &["child_process", "execSync", "spawnSync", "process.binding"],
    ),
    (
        "network",
        &[
            "http",
            "'net'",
            "\"net\"",
            "'dns'",
            "\"dns\"",
            "fetch(",
            "WebSocket",
            "XMLHttpRequest",
            "dgram",
        ],
    ),
    ("variables", &["process.env"]),
    (
        "files",
        &[
            "'fs'",
            "\"fs\"",
            "node:fs",
            "readFileSync",
            "writeFileSync",
            "fs/promises",
        ],
    ),
];

impl Rule for Check {
    const META: Meta = Meta {
        id: "obfuscated-dynamic-code",
        title: "Hidden text is evaluated as code",
        severity: Severity::High,
        confidence: Confidence::High,
        technique: "T1027",
        phases: &[],
    };

    fn check(view: &View<'_>) -> Vec<Finding> {
        // A text that is evaluated over and over is looked at once.
        let mut seen = BTreeSet::new();
        let evals: Vec<(&Event, String)> = view
            .of(Kind::CodeEval)
            .iter()
            .filter(|event| event.subject != "shell" && seen.insert(event.payload))
            .map(|event| (*event, view.text(event)))
            .filter(|(_, text)| {
                text.len() >= SHORTEST && (is_unreadable(text) || !powers(text).is_empty())
            })
            .collect();
        let origins = origins(view, &evals);
        let mut told = BTreeSet::new();
        let mut found = Vec::new();
        for (id, (event, text)) in evals.iter().enumerate() {
            let hidden = origins.get(&id).map(String::as_str);
            if let Some(finding) = judge(view, event, text, hidden)
                && told.insert((event.run, finding.at.clone()))
            {
                found.push(finding);
            }
        }
        found
    }
}

fn judge(view: &View<'_>, event: &Event, text: &str, hidden: Option<&str>) -> Option<Finding> {
    let powers = powers(text);
    let acts = match hidden {
        Some(_) => acts(view, event, &powers),
        None => Vec::new(),
    };
    let unreadable = is_unreadable(text);
    let (severity, confidence) = match (hidden, powers.is_empty(), acts.is_empty()) {
        (Some(_), false, false) => (Severity::High, Confidence::High),
        (Some(_), false, true) => (Severity::High, Confidence::Medium),
        _ if unreadable => (Severity::Medium, Confidence::High),
        _ => return None,
    };
    let how = match hidden {
        Some(encoding) => format!("text hidden by {encoding} is evaluated"),
        None => "unreadable text is evaluated".to_owned(),
    };
    let can = match powers.is_empty() {
        true => String::new(),
        false => format!("; it uses {}", powers.join(", ")),
    };
    let events: Vec<&Event> = [event].into_iter().chain(acts).collect();
    Some(
        Check::META
            .finding(view, &events, how + &can)
            .graded(severity, confidence),
    )
}

/// The powers that a text names.
fn powers(text: &str) -> Vec<&'static str> {
    let named = POWERS
        .iter()
        .filter(|(_, words)| words.iter().any(|word| text.contains(word)));
    named.map(|(power, _)| *power).collect()
}

/// What the process did soon after the evaluation with a power that the text names.
fn acts<'t>(view: &View<'t>, eval: &Event, powers: &[&str]) -> Vec<&'t Event> {
    let fits = |event: &&Event| match event.kind {
        Kind::ProcSpawn => powers.contains(&"programs"),
        Kind::EnvList => powers.contains(&"variables"),
        Kind::FileRead => {
            powers.contains(&"files") && view.decoys_in(view.path(event)).next().is_some()
        }
        Kind::NetDns | Kind::NetConnect | Kind::NetHttp => {
            powers.contains(&"network")
                && !matches!(view.reach(event), Reach::Local | Reach::Registry)
        }
        _ => false,
    };
    let start = usize::try_from(eval.seq).unwrap_or(usize::MAX);
    let later = view.trace().events.iter().skip(start).take(SOON);
    later
        .filter(|event| event.run == eval.run && event.pid == eval.pid && event.seq > eval.seq)
        .filter(fits)
        .take(8)
        .collect()
}

/// The encoding under which each evaluated text stands in the code that the package loaded or put on a command line; texts that stand there plainly,
/// or nowhere, are left out.
fn origins(view: &View<'_>, evals: &[(&Event, String)]) -> BTreeMap<usize, String> {
    let texts = Texts::new(evals.iter().map(|(_, text)| body(text.as_bytes())));
    let mut plain = BTreeSet::new();
    let mut hidden = BTreeMap::new();
    if evals.is_empty() {
        return hidden;
    }
    let mut budget = Budget::default();
    let sources = view.of_any(&[Kind::CodeLoad, Kind::CodeEval, Kind::ProcSpawn]);
    for event in sources {
        let Some(source) = view.payload(event) else {
            continue;
        };
        for layer in layers(source, &mut budget) {
            for id in texts.in_bytes(&layer.bytes) {
                // An evaluated text stands plainly in its own event: only what is around a text can show it.
                if evals
                    .get(id)
                    .is_some_and(|(eval, _)| eval.payload == event.payload)
                {
                    continue;
                }
                match is_plain(&layer.encoding) {
                    true => drop(plain.insert(id)),
                    false => drop(hidden.entry(id).or_insert_with(|| layer.encoding.clone())),
                }
            }
        }
    }
    hidden.retain(|id, _| !plain.contains(id));
    hidden
}

/// Whether a text under this encoding is as readable as the source around it.
fn is_plain(encoding: &str) -> bool {
    encoding
        .split(" of ")
        .all(|part| part.is_empty() || part == "string escapes")
}

/// Whether a text is written so that nobody can read it: renamed to numbers, escaped throughout, or of brackets only.
fn is_unreadable(text: &str) -> bool {
    let renamed = text.matches("_0x").count() >= 6;
    let escapes = text.matches("\\x").count() + text.matches("\\u").count();
    let escaped = escapes >= 30 && escapes * 8 > text.len();
    let brackets = text.len() >= 100 && text.bytes().all(|b| b"[]()!+ \n".contains(&b));
    renamed || escaped || brackets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{ROOT, TraceBuilder};
    use base64::Engine as _;

    const PAYLOAD: &str = "'use strict';\nrequire('child_process').exec('echo INERT-PAYLOAD');\n// end of hidden text";

    fn load(builder: &mut TraceBuilder, source: &str) {
        builder.payload(
            Kind::CodeLoad,
            &format!("{ROOT}/index.js"),
            source.as_bytes(),
        );
        builder
            .at("index.js", 2)
            .payload(Kind::CodeEval, "eval", PAYLOAD.as_bytes());
    }

    fn encoded() -> String {
        let text = base64::engine::general_purpose::STANDARD.encode(PAYLOAD);
        format!("'use strict';\neval(Buffer.from('{text}', 'base64').toString())\n")
    }

    #[test]
    fn decoded_text_that_starts_a_program_is_sure() {
        let mut builder = TraceBuilder::new();
        load(&mut builder, &encoded());
        builder.spawn(&["/bin/sh", "-c", "echo INERT-PAYLOAD"]);
        let found = builder.check::<Check>();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].confidence, Confidence::High);
        assert_eq!(found[0].at.as_ref().map(|at| at.line), Some(2));
    }

    #[test]
    fn text_hidden_on_a_command_line_is_found() {
        let mut builder = TraceBuilder::new();
        let encoded = encoded();
        let child = builder.spawn(&["node", "-e", &encoded]);
        builder.process(child);
        builder.payload(Kind::CodeEval, "vm", encoded.as_bytes());
        builder.payload(Kind::CodeEval, "eval", PAYLOAD.as_bytes());
        builder.spawn(&["/bin/sh", "-c", "echo INERT-PAYLOAD"]);
        assert_eq!(builder.check::<Check>().len(), 1);
    }

    #[test]
    fn decoded_text_that_only_could_is_less_sure() {
        let mut builder = TraceBuilder::new();
        load(&mut builder, &encoded());
        assert_eq!(builder.check::<Check>()[0].confidence, Confidence::Medium);
    }

    #[test]
    fn text_that_stands_in_the_package_as_it_is_is_quiet() {
        let mut builder = TraceBuilder::new();
        load(&mut builder, &format!("eval({PAYLOAD:?})"));
        builder.spawn(&["/bin/sh", "-c", "echo INERT-PAYLOAD"]);
        builder.payload(Kind::CodeEval, "function", b"return this");
        builder.payload(
            Kind::CodeEval,
            "function",
            b"var __p='';with(obj){__p+='<b>'+_.escape(name)+'</b>'}return __p",
        );
        assert_eq!(builder.check::<Check>(), []);
    }

    #[test]
    fn unreadable_text_is_found_without_knowing_what_it_can_do() {
        let mut builder = TraceBuilder::new();
        let text: String = (0..9)
            .map(|n| format!("var _0x4f{n}=_0x12{n}();"))
            .collect();
        builder.payload(Kind::CodeEval, "eval", text.as_bytes());
        assert_eq!(builder.check::<Check>()[0].severity, Severity::Medium);
    }
}
