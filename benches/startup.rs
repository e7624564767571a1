//! Compares the whole process of vetting a small package with the whole process of starting Node.
//!
//! `cargo bench --bench startup` prints medians and their ratio. Both commands are run in turn, so that what else the
//! machine does meets both alike; only the ratio says something.

#![expect(
    clippy::disallowed_methods,
    reason = "a bench starts programs of the host and times them"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often each command is run; the first runs warm the caches and do not count.
const ROUNDS: usize = 41;
const WARM_UP: usize = 3;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"));
    let package = package.map_or_else(|| root.join("tests/packages/benign-small"), PathBuf::from);
    let vet = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lazaret"));
        command.arg("vet").arg(&package);
        command
    };
    let pinned = root.join("guests/.build/node/bin/node");
    let node = || {
        let mut command = Command::new(if pinned.exists() {
            pinned.clone()
        } else {
            PathBuf::from("node")
        });
        command.args(["-e", "0"]);
        command
    };
    let (mut vetting, mut starting) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS + WARM_UP {
        let times = (time(vet()), time(node()));
        if round >= WARM_UP {
            vetting.push(times.0);
            starting.push(times.1);
        }
    }
    let (vetting, starting) = (median(vetting), median(starting));
    println!(
        "lazaret vet {}: median {:.1} ms",
        package.display(),
        milliseconds(vetting)
    );
    println!("node -e 0: median {:.1} ms", milliseconds(starting));
    println!(
        "ratio: {:.2}",
        vetting.as_secs_f64() / starting.as_secs_f64()
    );
}

fn time(mut command: Command) -> Duration {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status();
    let elapsed = start.elapsed();
    assert!(
        status.is_ok_and(|status| status.code().is_some_and(|code| code < 2)),
        "{command:?} failed"
    );
    elapsed
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
