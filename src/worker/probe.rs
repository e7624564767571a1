//! Ways out of a worker, really tried: each by native code in a locked worker of its own, as an attacker would who has broken out
//! of the WebAssembly sandbox. `lazaret doctor` shows what became of them on this machine.

use super::{Bounds, Containment, Crew, Ending, Lock, Packages, Request, Task};
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::time::Duration;

/// Time and bytes for one attempt: it is a single system call.
const BOUNDS: Bounds = Bounds {
    wall: Duration::from_secs(20),
    cpu: Duration::from_secs(5),
    memory: None,
    answer: 1_024,
};

/// Something that a worker must not be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attempt {
    /// To open a file of the user.
    OpenFile,
    /// To make a directory.
    MakeDirectory,
    /// To make a socket.
    Socket,
    /// To become two processes.
    Process,
    /// To become another program.
    Program,
    /// To map executable memory.
    MapExecutable,
    /// To make memory executable.
    MakeExecutable,
    /// To take over the process that started the program.
    Trace,
    /// To send that process a signal.
    Kill,
    /// To read its environment.
    Environment,
    /// To make another descriptor of one that is open.
    Descriptor,
}

/// All attempts, with the words that say what is not possible.
const ATTEMPTS: [(Attempt, &str); 11] = [
    (Attempt::OpenFile, "open a file"),
    (Attempt::MakeDirectory, "make a directory"),
    (Attempt::Socket, "make a socket"),
    (Attempt::Process, "start a process"),
    (Attempt::Program, "become another program"),
    (Attempt::MapExecutable, "map executable memory"),
    (Attempt::MakeExecutable, "make memory executable"),
    (Attempt::Trace, "take over another process"),
    (Attempt::Kill, "send a signal to another process"),
    (
        Attempt::Environment,
        "read the environment of another process",
    ),
    (Attempt::Descriptor, "make a descriptor"),
];

/// Attempts that must fail even where system calls are not filtered, with the layer that makes them fail and the version of
/// Landlock from which on it does.
const UNFILTERED: [(Attempt, &str, u32); 4] = [
    (Attempt::MakeDirectory, "Landlock", 1),
    (Attempt::Trace, "Landlock", 1),
    (Attempt::Kill, "Landlock", 6),
    (Attempt::Descriptor, "process limits", 0),
];

/// What became of one attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Probe {
    /// The layer that was tried.
    pub layer: &'static str,
    /// What was attempted.
    pub attempt: Attempt,
    /// The same in words: what a worker cannot do.
    pub what: &'static str,
    /// Whether the layer held.
    pub held: bool,
    /// How the attempt ended.
    pub ending: String,
}

/// The state of the layers on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Probes {
    /// What a worker says of its own lock.
    pub containment: Containment,
    /// What became of each attempt.
    pub probes: Vec<Probe>,
}

/// Starts workers and tries all ways out. Must be called before this process starts threads.
///
/// # Errors
///
/// Why there are no workers on this machine.
pub fn probe() -> Result<Probes, String> {
    let crew = Crew::start(Packages::default(), None)?;
    let mut containment = Containment::default();
    let mut probes = Vec::new();
    for (attempt, what) in ATTEMPTS {
        let layer = match attempt {
            Attempt::MapExecutable | Attempt::MakeExecutable => "no executable memory",
            _ => "seccomp",
        };
        let (held, ending) = match ask(&crew, attempt, true, &mut containment) {
            Err(Ending::Forbidden) => (true, "the kernel ended the worker".to_owned()),
            other => (false, told(other)),
        };
        probes.push(Probe {
            layer,
            attempt,
            what,
            held,
            ending,
        });
    }
    for (attempt, layer, since) in UNFILTERED {
        if since > 1 && containment.landlock.is_some_and(|version| version < since) {
            continue;
        }
        let answer = ask(&crew, attempt, false, &mut Containment::default());
        probes.push(Probe {
            layer,
            attempt,
            what: ATTEMPTS
                .iter()
                .find(|(other, _)| *other == attempt)
                .map_or("", |(_, what)| what),
            held: matches!(&answer, Ok(Err(_))),
            ending: told(answer),
        });
    }
    Ok(Probes {
        containment,
        probes,
    })
}

fn told(answer: Result<Result<(), String>, Ending>) -> String {
    match answer {
        Ok(Ok(())) => "it could be done".into(),
        Ok(Err(errno)) => format!("refused: {errno}"),
        Err(ending) => ending.to_string(),
    }
}

/// Lets one worker try: its own answer, if it lives to give one.
fn ask(
    crew: &Crew<Packages>,
    attempt: Attempt,
    filtered: bool,
    containment: &mut Containment,
) -> Result<Result<(), String>, Ending> {
    let request = Request::Attempt {
        attempt,
        filtered,
        parent: std::process::id(),
    };
    let mut answer = crew.ask(&request, None, &BOUNDS)?;
    *containment = answer.containment().clone();
    answer.line(BOUNDS.answer)
}

/// The worker's side.
pub(super) fn task(attempt: Attempt, filtered: bool, parent: u32) -> Task<'static> {
    let lock = if filtered {
        Lock::Sealed
    } else {
        Lock::Unfiltered
    };
    Task {
        lock,
        ..Task::new(move |mut bench| {
            let done = attempt_it(attempt, parent).map_err(|error| error.to_string());
            bench.line(&done)?;
            bench.flush()
        })
    }
}

/// Makes the system call.
fn attempt_it(attempt: Attempt, parent: u32) -> std::io::Result<()> {
    let here = libc::AT_FDCWD as libc::c_long;
    let address = |text: &std::ffi::CStr| text.as_ptr() as libc::c_long;
    let parent_id = libc::c_long::from(parent);
    let environment = format!("/proc/{parent}/environ");
    let environment = std::ffi::CString::new(environment)?;
    let page = 4_096;
    let private = libc::c_long::from(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    let (read, execute) = (
        libc::c_long::from(libc::PROT_READ),
        libc::c_long::from(libc::PROT_READ | libc::PROT_EXEC),
    );
    let no_arguments = [0, 0, 0, 0, 0, 0];
    let (call, arguments) = match attempt {
        Attempt::OpenFile => (
            libc::SYS_openat,
            [here, address(c"/etc/passwd"), 0, 0, 0, 0],
        ),
        Attempt::MakeDirectory => (
            libc::SYS_mkdirat,
            [here, address(c"/tmp/lazaret-probe"), 0o700, 0, 0, 0],
        ),
        Attempt::Socket => (
            libc::SYS_socket,
            [
                libc::c_long::from(libc::AF_INET),
                libc::c_long::from(libc::SOCK_STREAM),
                0,
                0,
                0,
                0,
            ],
        ),
        Attempt::Process => (
            libc::SYS_clone,
            [libc::c_long::from(libc::SIGCHLD), 0, 0, 0, 0, 0],
        ),
        Attempt::Program => (libc::SYS_execve, [address(c"/bin/true"), 0, 0, 0, 0, 0]),
        Attempt::MapExecutable => (libc::SYS_mmap, [0, page, execute, private, -1, 0]),
        Attempt::MakeExecutable => {
            let mapped = call_system(libc::SYS_mmap, [0, page, read, private, -1, 0])?;
            (libc::SYS_mprotect, [mapped, page, execute, 0, 0, 0])
        }
        Attempt::Trace => (
            libc::SYS_ptrace,
            [
                libc::c_long::from(libc::PTRACE_ATTACH),
                parent_id,
                0,
                0,
                0,
                0,
            ],
        ),
        // Signal 0 only asks whether one could be sent.
        Attempt::Kill => (libc::SYS_kill, [parent_id, 0, 0, 0, 0, 0]),
        Attempt::Environment => (libc::SYS_openat, [here, address(&environment), 0, 0, 0, 0]),
        Attempt::Descriptor => (libc::SYS_dup, no_arguments),
    };
    call_system(call, arguments).map(|_| ())
}

#[expect(
    unsafe_code,
    reason = "an attacker's code makes system calls by number, and so must the attempts"
)]
fn call_system(
    number: libc::c_long,
    arguments: [libc::c_long; 6],
) -> std::io::Result<libc::c_long> {
    let [a, b, c, d, e, f] = arguments;
    // SAFETY: only called by `attempt_it`, in a worker that does nothing else. Its addresses are those of texts that outlive
    // the call or of a page that the kernel chose, and the process ends after it.
    match unsafe { libc::syscall(number, a, b, c, d, e, f) } {
        -1 => Err(std::io::Error::last_os_error()),
        other => Ok(other),
    }
}
