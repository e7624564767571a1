//! One fuzz program at work.

use crate::failure::{During as _, Failure, Result};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Bytes of one input: every promise can be broken by a short one.
const MAX_LENGTH: u32 = 4_096;

/// Seconds that one input may take. Wall time, and the program runs at the lowest priority.
const TIMEOUT: u32 = 60;

/// Megabytes that the program may take.
const MEMORY: u32 = 1_500;

/// How often the processor time is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Clock ticks in a second, as `/proc/<pid>/stat` counts them. Source: proc(5); the value is 100 wherever Linux runs.
const TICKS: u64 = 100;

/// A fuzz program that is about to run.
pub(super) struct Session {
    target: String,
    program: PathBuf,
    /// What was found so far, over all sessions. It is no part of the repository.
    corpus: PathBuf,
    /// The part of it that is.
    committed: PathBuf,
    /// Where the inputs go that break a promise.
    artifacts: PathBuf,
    log: PathBuf,
}

/// What came of a session.
pub(super) struct Outcome {
    /// The target.
    pub(super) target: String,
    /// Processor time, user and system.
    pub(super) cpu_seconds: u64,
    /// Inputs that were run.
    pub(super) executions: u64,
    /// Inputs in the corpus.
    pub(super) corpus: u64,
    /// Edges of the instrumented code that the corpus covers.
    pub(super) edges: u64,
    /// What went wrong, and where the log is.
    pub(super) failure: Option<String>,
}

impl Session {
    /// Makes the directories of a target.
    pub(super) fn prepare(root: &Path, target: &str) -> Result<Session> {
        let work = root.join("target/fuzz");
        let session = Session {
            target: target.to_owned(),
            program: root.join("target/debug").join(target),
            corpus: work.join("corpus").join(target),
            committed: root.join("fuzz/seeds").join(target),
            artifacts: work.join("artifacts").join(target),
            log: work.join(format!("{target}.log")),
        };
        for directory in [&session.corpus, &session.artifacts] {
            fs::create_dir_all(directory)
                .map_err(|error| Failure::path("make", directory, &error))?;
        }
        Ok(session)
    }

    /// Runs the program until it has used so many seconds of the processor or an input has broken a promise.
    pub(super) fn run(&self, seconds: u64) -> Result<Outcome> {
        let log =
            File::create(&self.log).map_err(|error| Failure::path("write", &self.log, &error))?;
        let mut child = self
            .command(log)
            .spawn()
            .during(|| format!("start {} at the lowest priority", self.program.display()))?;
        let mut used = 0;
        let status = loop {
            let ended = child
                .try_wait()
                .during(|| "wait for the fuzz program".into())?;
            if let Some(status) = ended {
                break status;
            }
            used = cpu_seconds(&child).unwrap_or(used);
            if used >= seconds {
                end(&child)?;
                break child.wait().during(|| "wait for the fuzz program".into())?;
            }
            std::thread::sleep(LOOK);
        };
        let text = fs::read(&self.log).map_err(|error| Failure::path("read", &self.log, &error))?;
        let text = String::from_utf8_lossy(&text);
        let (corpus, edges) = progress(&text);
        Ok(Outcome {
            target: self.target.clone(),
            cpu_seconds: used,
            executions: number_after(&text, "stat::number_of_executed_units:").unwrap_or(0),
            corpus,
            edges,
            failure: (!status.success()).then(|| format!("{status}; see {}", self.log.display())),
        })
    }

    fn command(&self, log: File) -> Command {
        let mut command = Command::new("nice");
        command.args(["-n", "19"]).arg(&self.program);
        command
            .arg(format!("-max_len={MAX_LENGTH}"))
            .arg(format!("-timeout={TIMEOUT}"))
            .arg(format!("-rss_limit_mb={MEMORY}"))
            .arg(format!("-artifact_prefix={}/", self.artifacts.display()))
            .arg("-print_final_stats=1")
            .arg(&self.corpus);
        if self.committed.is_dir() {
            command.arg(&self.committed);
        }
        command
            .env("LAZARET_FUZZ_SEEDS", &self.corpus)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        command
    }
}

/// Asks the program to end; it prints its figures then.
fn end(child: &Child) -> Result<()> {
    let pid = child.id().to_string();
    let done = Command::new("kill").args(["-USR1", &pid]).status();
    done.map(drop).during(|| "signal the fuzz program".into())
}

/// Processor time of a process that still runs.
fn cpu_seconds(child: &Child) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
    // The name in parentheses may hold anything; after it, user and system time are the 12th and 13th field.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS)
}

/// Corpus size and covered edges, from the last line that tells them: `#7 DONE cov: 3 ft: 4 corp: 2/9b ...`.
fn progress(log: &str) -> (u64, u64) {
    let line = log.lines().rfind(|line| line.contains(" cov: "));
    let line = line.unwrap_or_default();
    let corpus = number_after(line, "corp:").unwrap_or(0);
    (corpus, number_after(line, "cov:").unwrap_or(0))
}

/// The number behind the last occurrence of a word.
fn number_after(text: &str, word: &str) -> Option<u64> {
    let rest = text.rsplit_once(word)?.1.trim_start();
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest.get(..digits)?.parse().ok()
}

/// Adds a session to the account of all sessions on this machine: seconds since 1970, then the figures, separated by tabs.
pub(super) fn account(root: &Path, outcome: &Outcome) -> Result<()> {
    let path = root.join("target/fuzz/account.tsv");
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let line = format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
        now.as_secs(),
        outcome.target,
        outcome.cpu_seconds,
        outcome.executions,
        outcome.corpus,
        outcome.edges,
        outcome.failure.as_deref().unwrap_or("ok"),
    );
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(line.as_bytes()))
        .map_err(|error| Failure::path("write", &path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_off_the_log() {
        let log = "INFO: seed corpus\n#12\tNEW    cov: 5 ft: 6 corp: 3/40b\n#99\tDONE   cov: 17 ft: 20 corp: 8/1Kb lim: 9\n\
                   stat::number_of_executed_units: 99\n";
        assert_eq!(progress(log), (8, 17));
        assert_eq!(
            number_after(log, "stat::number_of_executed_units:"),
            Some(99)
        );
        assert_eq!(progress("it did not start"), (0, 0));
    }
}
