//! Workers that go wrong in every way, for the tests of what becomes of them. The tests run this program; the released one has
//! no way to make a worker misbehave.
//!
//! `hostile_worker crew WAY` has one worker misbehave and prints how it ended. `hostile_worker cli ARGUMENT...` is the command
//! line of `lazaret` with workers that misbehave for targets named after a way, such as `abort.tgz`.

#![expect(
    clippy::disallowed_methods,
    reason = "an example reads its own arguments and its environment"
)]

use lazaret::cli::{self, Surroundings};
use lazaret::worker::{Bench, Bounds, Crew, Ending, Job, Request, Task};
use std::fs::File;
use std::hint::black_box;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// What a worker may use here: little, so that the tests are quick.
const BOUNDS: Bounds = Bounds {
    wall: Duration::from_secs(3),
    cpu: Duration::from_secs(60),
    memory: Some(256 << 20),
    answer: 1 << 20,
};

fn main() -> ExitCode {
    let mut arguments = std::env::args();
    let (program, mode) = (arguments.next(), arguments.next());
    match mode.as_deref() {
        Some("crew") => crew(&arguments.next().unwrap_or_default()),
        Some("cli") => {
            let arguments = program.into_iter().chain(arguments).map(Into::into);
            let variable = |name: &str| Some((name.to_owned(), std::env::var(name).ok()?));
            let surroundings = Surroundings {
                variables: ["LAZARET_CACHE"].into_iter().filter_map(variable).collect(),
                caches: etcetera::choose_base_strategy()
                    .ok()
                    .map(|strategy| etcetera::BaseStrategy::cache_dir(&strategy)),
                processors: 2,
                instead: Some(instead),
                ..Surroundings::default()
            };
            cli::run(arguments, &surroundings).into()
        }
        _ => ExitCode::from(2),
    }
}

/// Has one worker go this way, and prints its end.
fn crew(way: &str) -> ExitCode {
    let ended = match Crew::start(Ways, None) {
        Ok(crew) => crew.locked(&way.to_owned(), Some(b"attached"), &BOUNDS),
        Err(reason) => Err(Ending::Refused(reason)),
    };
    match ended {
        Ok((_, answer)) => println!("answer {:?}", String::from_utf8_lossy(&answer)),
        Err(ending) => println!("{ending:?}"),
    }
    ExitCode::SUCCESS
}

/// A job whose requests are the names of ways.
struct Ways;

impl Job for Ways {
    type Request = String;

    fn furnish(&mut self, way: &String) -> Result<(), String> {
        match way.as_str() {
            "unfurnished" => Err("there is no furniture".into()),
            _ => Ok(()),
        }
    }

    fn open(&self, way: String, attachment: Option<File>) -> Task<'_> {
        let mut attached = Vec::new();
        // A locked worker reads nothing any more.
        let read = attachment.map(|mut file| file.read_to_end(&mut attached));
        Task::new(move |mut bench| match way.as_str() {
            "echo" => read
                .unwrap_or(Ok(0))
                .and_then(|_| bench.write_all(&attached)),
            way => go(way, bench),
        })
    }
}

/// What workers of the command line do for targets that are named after a way.
fn instead(request: &Request) -> Option<Task<'static>> {
    let Request::Vet { target } = request else {
        return None;
    };
    let way = Path::new(target).file_stem()?.to_str()?.to_owned();
    WAYS.contains(&way.as_str())
        .then(|| Task::new(move |bench| go(&way, bench)))
}

/// The ways that are known.
const WAYS: [&str; 14] = [
    "abort",
    "deaf",
    "endless",
    "forbidden",
    "foreign",
    "garbage",
    "hang",
    "hungry",
    "line",
    "lie",
    "overflow",
    "panic",
    "silent",
    "truncated",
];

fn go(way: &str, mut bench: Bench) -> io::Result<()> {
    match way {
        "abort" => std::process::abort(),
        "overflow" => {
            black_box(deeper(0));
            Ok(())
        }
        "panic" => std::panic::panic_any("a worker that fails"),
        "silent" => Ok(()),
        "garbage" => bench.write_all(&[0xff, 0x00, 0x0a, 0x7b, 0x0a]),
        "line" => loop {
            bench.write_all(&[b'x'; 65_536])?;
        },
        "endless" => {
            bench.write_all(start("victim").as_bytes())?;
            bench.write_all(b"\"Trace\"\n")?;
            bench.write_all(head("victim").as_bytes())?;
            loop {
                bench.write_all(b"{\"run\":{\"phase\":\"import\",\"persona\":\"\",\"command\":\"\",\"end\":\"completed\",\"reason\":\"\"}}\n")?;
            }
        }
        "truncated" => {
            bench.write_all(start("victim").as_bytes())?;
            bench.write_all(b"\"Trace\"\n")?;
            bench.write_all(head("victim").as_bytes())
        }
        // The trace of another package than the one that was announced.
        "foreign" => {
            bench.write_all(start("victim").as_bytes())?;
            bench.write_all(b"\"Trace\"\n")?;
            bench.write_all(head("other").as_bytes())?;
            bench.write_all(b"{\"end\":{\"runs\":0,\"events\":0,\"blobs\":0}}\n")
        }
        // A failure with text for a terminal.
        "lie" => bench.write_all(
            b"{\"Failed\":{\"input\":true,\"reason\":\"\\u001b[2Jall is well\\nCLEAN\"}}\n",
        ),
        "hang" => loop {
            std::thread::sleep(Duration::from_millis(50));
        },
        // Nothing more to read, and no end.
        "deaf" => {
            drop(bench);
            loop {
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        "hungry" => {
            let mut all: Vec<Vec<u8>> = Vec::new();
            loop {
                all.push(black_box(vec![1; 8 << 20]));
            }
        }
        "forbidden" => File::open("/etc/passwd").map(|_| ()),
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}

/// Recursion without an end that no optimiser removes.
#[expect(unconditional_recursion, reason = "the stack is meant to overflow")]
fn deeper(depth: u64) -> u64 {
    let frame = black_box([depth; 512]);
    deeper(depth + 1) + frame[7]
}

/// The head of a trace about a package of this name.
fn header(name: &str) -> String {
    let digest = "0".repeat(64);
    format!(
        "{{\"schema\":\"lazaret.trace/1\",\"tool\":\"\",\"guests\":{{}},\"package\":{{\"ecosystem\":\"npm\",\"name\":\"{name}\",\
         \"version\":\"1\",\"digest\":\"{digest}\",\"root\":\"/\"}},\"seed\":0,\"manifest\":{{\"own_hosts\":[],\"dependencies\":[]}},\
         \"decoys\":[],\"registries\":[]}}"
    )
}

fn head(name: &str) -> String {
    format!("{{\"header\":{}}}\n", header(name))
}

fn start(name: &str) -> String {
    format!(
        "{{\"Start\":{{\"header\":{},\"steps\":1,\"notes\":[]}}}}\n",
        header(name)
    )
}
