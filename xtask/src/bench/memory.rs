//! The memory of a process and all that it starts, sampled while they run.
//!
//! Summed is the proportional set size: a page that several of them share counts once. The largest sample is a lower bound of the
//! true peak, since what rises and falls between two samples is not seen.

use crate::failure::{During as _, Result};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::time::Duration;

/// Time between two samples.
const STEP: Duration = Duration::from_millis(10);

/// The largest sample.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Peak {
    kilobytes: u64,
}

impl Peak {
    /// In whole megabytes; `?` where the system does not tell.
    pub(super) fn megabytes(self) -> String {
        match self.kilobytes {
            0 => "?".to_owned(),
            kilobytes => (kilobytes / 1_024).to_string(),
        }
    }
}

/// Waits for a process and samples its tree.
pub(super) fn watch(mut child: Child) -> Result<(ExitStatus, Peak)> {
    let mut peak = Peak::default();
    loop {
        let ended = child.try_wait().during(|| "wait for the program".into())?;
        if let Some(status) = ended {
            return Ok((status, peak));
        }
        let sum = tree(child.id()).into_iter().filter_map(share).sum();
        peak.kilobytes = peak.kilobytes.max(sum);
        std::thread::sleep(STEP);
    }
}

/// A process and its descendants.
fn tree(root: u32) -> Vec<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let pid = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        if let Some(pid) = pid
            && let Some(parent) = parent(&entry.path())
        {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut all = vec![root];
    let mut next = 0;
    while let Some(pid) = all.get(next).copied() {
        all.extend(children.remove(&pid).unwrap_or_default());
        next += 1;
    }
    all
}

/// The parent of a process: the second field behind the name, which may hold anything, in `/proc/PID/stat`.
fn parent(process: &Path) -> Option<u32> {
    let stat = std::fs::read_to_string(process.join("stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(1)?.parse().ok()
}

/// The proportional set size of a process, in kilobytes.
fn share(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_in_its_own_tree_and_has_memory() {
        let own = std::process::id();
        assert_eq!(tree(own).first(), Some(&own));
        assert!(share(own).is_some_and(|kilobytes| kilobytes > 100));
    }
}
