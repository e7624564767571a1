//! **What.** A start-up file of a shell is changed: `.bashrc`, `.profile`, `.zshrc`, `/etc/profile.d`, a PowerShell profile.
//!
//! **Why.** What stands there runs at every login, long after the package is gone, and can replace `sudo`, `ssh` or `npm` by
//! an alias.
//!
//! **Example.** `fs.appendFileSync(os.homedir() + '/.bashrc', '\n(node ~/.x/agent.js &)\n')`
//!
//! **Benign look-alike.** A tool reads the file to see whether its completion is set up, or prints the line for the user to
//! add. Adding a completion line itself is suspicious while a package is installed or imported; a line that starts,
//! fetches or hides something is malicious.
//!
//! Since 0.1.0.

use super::{Confidence, Finding, Meta, Rule, Severity, View};
use crate::trace::{Event, Kind};
use std::collections::BTreeMap;

/// The rule.
#[derive(Debug)]
pub(super) struct Check;

/// Start-up files below a home directory.
const PROFILES: &[&str] = &[
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_logout",
    ".bash_aliases",
    ".profile",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".zlogin",
    ".kshrc",
    ".cshrc",
    ".tcshrc",
    ".config/fish/config.fish",
    ".xprofile",
    ".xinitrc",
    ".xsessionrc",
    ".pam_environment",
];

/// Words of a line that starts, fetches or hides something.
const ACTIVE: &[&str] = &[
    "curl ",
    "wget ",
    "nc ",
    "base64",
    "eval ",
    "node ",
    "python",
    "nohup",
    "/dev/tcp",
    "/tmp/",
    "shutdown",
    "alias sudo",
    "alias ssh",
    "alias npm",
    "alias git",
    "LD_PRELOAD",
    "NODE_OPTIONS",
    "PROMPT_COMMAND",
    "npx ",
    "bash ",
    "sh -c",
    " &)",
    "crontab",
];

impl Rule for Check {
    const META: Meta = Meta {
        id: "persistence-shell-profile",
        title: "A start-up file of the user's shell is changed",
        severity: Severity::High,
        confidence: Confidence::High,
        technique: "T1546.004",
        phases: &[],
    };

    fn check(view: &View<'_>) -> Vec<Finding> {
        let mut changes: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
        for event in view.of_any(&[Kind::FileWrite, Kind::FileRename, Kind::FileLink]) {
            let target = match event.kind {
                Kind::FileRename => event.detail.get("to").map_or("", String::as_str),
                _ => view.path(event),
            };
            if event.outcome.is_ok() && is_profile(view, target) {
                changes.entry(target).or_default().push(event);
            }
        }
        changes
            .into_iter()
            .map(|(path, events)| {
                let added: String = events.iter().map(|event| added(view, event)).collect();
                let active = ACTIVE.iter().any(|word| added.contains(word));
                let line = added
                    .lines()
                    .map(str::trim)
                    .find(|line| !line.is_empty() && !line.starts_with('#'));
                let detail = format!("{path} is changed: {}", line.unwrap_or("(no text)"));
                let confidence = if active {
                    Confidence::High
                } else {
                    Confidence::Medium
                };
                Self::META
                    .finding(view, &events, detail)
                    .graded(Severity::High, confidence)
            })
            .collect()
    }
}

fn is_profile(view: &View<'_>, path: &str) -> bool {
    let below_home = view.places().in_home(path);
    let powershell = path.to_lowercase().contains("powershell") && path.ends_with("profile.ps1");
    let system = [
        "/etc/profile",
        "/etc/bash.bashrc",
        "/etc/zsh/",
        "/etc/environment",
    ];
    below_home.is_some_and(|rest| PROFILES.contains(&rest.as_str()))
        || powershell
        || system.iter().any(|start| path.starts_with(start))
}

/// The text that a write added behind the old contents; all of it when that is not known.
fn added(view: &View<'_>, event: &Event) -> String {
    let text = view.text(event);
    let old = event
        .detail
        .get("existed")
        .and_then(|length| length.parse().ok());
    old.and_then(|length: usize| text.get(length..))
        .map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::TraceBuilder;

    fn write(path: &str, text: &str) -> Vec<Finding> {
        let mut builder = TraceBuilder::new();
        let old = "eval \"$(dircolors)\"\n";
        let seq = builder.payload(Kind::FileWrite, path, format!("{old}{text}").as_bytes());
        builder.detail(seq, "existed", &old.len().to_string());
        builder.check::<Check>()
    }

    #[test]
    fn a_line_that_starts_something_is_sure() {
        let found = write("/home/u/.bashrc", "(node /home/u/.x/a.js &)\n");
        assert_eq!(found[0].confidence, Confidence::High);
        assert!(found[0].detail.ends_with("(node /home/u/.x/a.js &)"));
    }

    #[test]
    fn a_completion_line_is_less_sure_whatever_stood_there_before() {
        assert_eq!(
            write("/home/u/.zshrc", "source ~/.tool/complete.zsh\n")[0].confidence,
            Confidence::Medium
        );
    }

    #[test]
    fn other_files_and_reading_are_quiet() {
        assert_eq!(write("/home/u/work/app/.bashrc.sample", "node x &"), []);
        let mut builder = TraceBuilder::new();
        builder.event(Kind::FileRead, "/home/u/.bashrc");
        assert_eq!(builder.check::<Check>(), []);
    }
}
