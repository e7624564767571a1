//! **What.** Package code opens a file that holds a credential: a private key, a cloud or registry configuration, a wallet, a
//! browser's or messenger's store.
//!
//! **Why.** Reading is the first half of theft, and for most packages there is no reason to read such a file while they
//! are installed or imported. Alone it is at most suspicious: what is done with the contents decides. A private key, a
//! wallet or the files of several services weigh more than one configuration file.
//!
//! **Example.** `fs.readFileSync(path.join(os.homedir(), '.ssh', 'id_rsa'))`
//!
//! **Benign look-alike.** A configuration library reads `~/.npmrc` to learn the registry; `git`, `ssh` and `npm` read their
//! own files; a project's `.env` is read for the project. These are quiet.
//!
//! Since 0.1.0.

use super::{Confidence, Finding, Meta, Rule, Severity, View};
use crate::trace::{Event, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
#[derive(Debug)]
pub(super) struct Check;

/// Files that tools of every kind read for their settings; that they also hold a token does not make reading them odd.
const SETTINGS: &[&str] = &[
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".env",
    "config",
    ".gitconfig",
    "pip.conf",
];

/// Directories and groups whose files serve nothing but access to keys, money or sessions.
const GRAVE: &[&str] = &[
    "/.ssh/id_",
    "wallet",
    "Wallet",
    "keystore",
    "Cookies",
    "Login Data",
    "logins.json",
    "key4.db",
    "Local Storage",
    "leveldb",
    "tdata",
];

/// Which programs of the machine read which files as their own.
const OWNERS: &[(&str, &str)] = &[
    ("npm", ".npmrc"),
    ("npx", ".npmrc"),
    ("yarn", ".npmrc"),
    ("pnpm", ".npmrc"),
    ("git", ".git"),
    ("git", ".netrc"),
    ("curl", ".netrc"),
    ("wget", ".netrc"),
    ("ssh", ".ssh/"),
    ("scp", ".ssh/"),
    ("sftp", ".ssh/"),
    ("aws", ".aws/"),
    ("gcloud", "gcloud/"),
    ("kubectl", ".kube/"),
    ("docker", ".docker/"),
    ("pip", ".pypirc"),
];

impl Rule for Check {
    const META: Meta = Meta {
        id: "credential-read",
        title: "A file with credentials is read",
        severity: Severity::Medium,
        confidence: Confidence::High,
        technique: "T1552.001",
        phases: &[],
    };

    fn check(view: &View<'_>) -> Vec<Finding> {
        let mut files: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
        for &event in view.of(Kind::FileRead) {
            if is_odd(view, event) {
                files.entry(view.path(event)).or_default().push(event);
            }
        }
        let groups: BTreeSet<&str> = files
            .keys()
            .flat_map(|path| view.decoys_in(path))
            .map(|decoy| decoy.group.as_str())
            .collect();
        let several = files.len() > 1 && groups.len() > 1;
        files
            .into_iter()
            .map(|(path, events)| {
                let grave = GRAVE.iter().any(|part| path.contains(part));
                let confidence = match grave || several {
                    true => Confidence::High,
                    false => Confidence::Medium,
                };
                let names: BTreeSet<&str> = view
                    .decoys_in(path)
                    .map(|decoy| decoy.name.as_str())
                    .collect();
                let names = names.into_iter().collect::<Vec<_>>().join(", ");
                Self::META
                    .finding(view, &events, format!("reads {path}, which holds {names}"))
                    .graded(Severity::Medium, confidence)
            })
            .collect()
    }
}

/// Whether a read of this file needs a reason.
fn is_odd(view: &View<'_>, event: &Event) -> bool {
    let path = view.path(event);
    let name = path.rsplit('/').next().unwrap_or(path);
    let settings =
        SETTINGS.contains(&name) && !path.contains("/.kube/") && !path.contains("/.aws/");
    if settings || !event.outcome.is_ok() || view.decoys_in(path).next().is_none() {
        return false;
    }
    let program = view.program(event);
    !OWNERS
        .iter()
        .any(|(owner, part)| *owner == program && path.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::TraceBuilder;

    #[test]
    fn a_private_key_read_by_package_code_is_found() {
        let mut builder = TraceBuilder::new();
        builder
            .at("index.js", 4)
            .event(Kind::FileRead, "/home/u/.ssh/id_ed25519");
        let found = builder.check::<Check>();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].confidence, Confidence::High);
        assert_eq!(found[0].at.as_ref().map(|at| at.line), Some(4));
    }

    #[test]
    fn settings_and_the_owners_of_files_are_quiet() {
        let mut builder = TraceBuilder::new();
        builder.event(Kind::FileRead, "/home/u/.npmrc");
        builder.event(Kind::FileRead, "/home/u/other.txt");
        let ssh = builder.spawn(&["ssh", "git.test"]);
        builder
            .process(ssh)
            .event(Kind::FileRead, "/home/u/.ssh/id_ed25519");
        assert_eq!(builder.check::<Check>(), []);
    }
}
