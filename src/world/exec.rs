//! Starting programs: search, permission, first lines, and what a file is a program of.
//!
//! The programs of the world are files that [`machine`] makes. What such a file says, not its name, makes it a program, so
//! a copy or a new name of `/bin/sh` is still sh, as on a real machine.

mod format;

use super::errno::Errno;
use super::process::{Drive, Pid, Process};
use super::{Caller, Stdio, World, fs, machine, path, shell};
use crate::trace::{Digest, Kind};
use format::{interpreter, is_native};
use std::collections::BTreeMap;

/// How the world's servers begin what stands for a download of an unknown kind: no script, though it is text.
const INERT: &[u8] = b"INERT-PAYLOAD";

/// How many interpreters may stand before one another. Source: `BINPRM_MAX_RECURSION` of Linux.
const MAX_INTERPRETERS: u32 = 4;

/// The search path of a process without `PATH`. Source: confstr(3).
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// Bytes of arguments and environment of one program. Source: `ARG_MAX` of Linux.
const MAX_ARGUMENTS: usize = 2 << 20;

/// Bytes of one argument or variable: `MAX_ARG_STRLEN` of Linux.
const MAX_ARGUMENT: usize = 128 << 10;

/// What runs when a program file is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Node.js: a guest.
    Node,
    /// A WebAssembly program: a guest.
    Module,
    /// A shell of the world.
    Shell,
    /// A tool of the world, by name.
    Tool(&'static str),
    /// A native program that came into the world with or through the package. It is recorded and does nothing.
    Foreign,
}

/// What is to be started.
#[derive(Clone, Debug, Default)]
pub struct SpawnRequest {
    /// The arguments, the program's own name first.
    pub argv: Vec<String>,
    /// The file, or a name that is searched in `PATH`.
    pub program: String,
    /// Working directory; that of the caller when there is none.
    pub cwd: Option<String>,
    /// Variables; those of the caller when there are none.
    pub env: Option<BTreeMap<String, String>>,
    /// Descriptors of the new process, from 0.
    pub stdio: Vec<Stdio>,
    /// Whether it is meant to outlive its parent.
    pub detached: bool,
    /// Whether the parent gets a notice of its end.
    pub notify: bool,
    /// Work for a driver inside a guest.
    pub drive: Option<Drive>,
}

impl SpawnRequest {
    /// All descriptors of a process, each as itself: what a child inherits.
    #[must_use]
    pub fn inherited(world: &World, pid: Pid) -> Vec<Stdio> {
        let Some(process) = world.processes.get(pid) else {
            return Vec::new();
        };
        let last = process.descriptors.keys().next_back().copied();
        let one = |fd| {
            if process.descriptors.contains_key(&fd) {
                Stdio::Inherit(fd)
            } else {
                Stdio::Closed
            }
        };
        last.map_or_else(Vec::new, |last| (0..=last).map(one).collect())
    }
}

/// What was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spawned {
    /// The new process.
    pub pid: Pid,
    /// For each of its descriptors that is a new pipe, the caller's end.
    pub own: Vec<Option<u32>>,
}

/// A program file that was found, with the arguments that its first line adds.
struct Image {
    program: Program,
    path: String,
    argv: Vec<String>,
    /// Digest of a native program, which came from the package.
    foreign: Option<Foreign>,
}

struct Foreign {
    bytes: bytes::Bytes,
    dropped: bool,
}

impl World {
    /// Starts a program as a process in state `Ready`. Records the attempt, whatever comes of it.
    ///
    /// # Errors
    ///
    /// `NOENT`, `ACCES`, `NOEXEC`, `LOOP` and `BIG` as execve has them, `AGAIN` when a limit on processes is reached.
    pub fn spawn(&mut self, caller: &Caller, request: SpawnRequest) -> Result<Spawned, Errno> {
        let line: Vec<String> = request.argv.iter().map(|arg| shell::quote(arg)).collect();
        self.act(caller, Kind::ProcSpawn, line.join(" "), |world, seq| {
            world.describe_spawn(caller, seq, &request);
            let image = world.load(caller, &request)?;
            world.recorder.detail(seq, "program", image.path.as_str());
            if let Some(foreign) = &image.foreign {
                let origin = if foreign.dropped {
                    "made by the run"
                } else {
                    "shipped"
                };
                world.recorder.detail(seq, "native", origin);
                world
                    .recorder
                    .detail(seq, "native_digest", Digest::of(&foreign.bytes).to_string());
            }
            world.keep_foreign(caller, &image)?;
            let spawned = world.make_process(caller, request, image)?;
            world.recorder.detail(seq, "child", spawned.pid.to_string());
            Ok(spawned)
        })
    }

    fn describe_spawn(&mut self, caller: &Caller, seq: Option<u32>, request: &SpawnRequest) {
        let mut arguments = request.argv.join("\0").into_bytes();
        if arguments.len() > MAX_ARGUMENTS {
            // No program is given them: their start tells enough.
            arguments.truncate(MAX_ARGUMENT);
        }
        self.recorder.attach(seq, arguments);
        let Some(parent) = self.processes.get(caller.pid) else {
            return;
        };
        let cwd = request.cwd.as_ref().map_or_else(
            || parent.cwd.clone(),
            |cwd| path::absolute(&parent.cwd, cwd),
        );
        let differences = request
            .env
            .as_ref()
            .map(|env| differences(&parent.env, env));
        self.recorder.detail(seq, "cwd", cwd);
        if let Some(differences) = differences.filter(|differences| !differences.is_empty()) {
            self.recorder.detail(seq, "env", differences);
        }
        if request.detached {
            self.recorder.detail(seq, "detached", "yes");
        }
        self.describe_streams(caller, seq, &request.stdio);
    }

    /// A native program of the package cannot run here. One that the run itself made is taken for a payload, and the
    /// attempt to start it succeeds, so that the code goes on; one that was shipped is a part that was not run.
    fn keep_foreign(&mut self, caller: &Caller, image: &Image) -> Result<(), Errno> {
        let Some(foreign) = &image.foreign else {
            return Ok(());
        };
        let seq = self.note(
            caller,
            Kind::GuestUnsupported,
            format!("native program {}", image.path),
        );
        self.recorder.attach(seq, foreign.bytes.clone());
        if foreign.dropped {
            Ok(())
        } else {
            Err(Errno::NOEXEC)
        }
    }

    fn load(&mut self, caller: &Caller, request: &SpawnRequest) -> Result<Image, Errno> {
        let env_size = request
            .env
            .iter()
            .flatten()
            .map(|(name, value)| name.len().saturating_add(value.len()));
        let sizes = request.argv.iter().map(String::len).chain(env_size);
        let (all, longest) = sizes.fold((0_usize, 0), |(all, longest), size| {
            (all.saturating_add(size), longest.max(size))
        });
        if all > MAX_ARGUMENTS || longest > MAX_ARGUMENT {
            return Err(Errno::BIG);
        }
        if request.program.is_empty() {
            return Err(Errno::NOENT);
        }
        let parent = self.processes.get(caller.pid);
        let cwd = parent.map_or("/", |parent| parent.cwd.as_str());
        let cwd = request
            .cwd
            .as_ref()
            .map_or_else(|| cwd.to_owned(), |own| path::absolute(cwd, own));
        if !self
            .peek_stat(caller.pid, &cwd, true)
            .is_ok_and(|stat| stat.kind == fs::Type::Directory)
        {
            return Err(Errno::NOENT);
        }
        let env = request.env.as_ref().or(parent.map(|parent| &parent.env));
        let search = env.and_then(|env| env.get("PATH")).cloned();
        let mut argv = request.argv.clone();
        let mut file = self.search(&cwd, &request.program, search.as_deref())?;
        for _ in 0..MAX_INTERPRETERS {
            let bytes = self.program_bytes(&file)?;
            if let Some(program) = self.identify(caller, &cwd, &file, &bytes, &mut argv) {
                let foreign = (program == Program::Foreign).then(|| Foreign {
                    dropped: self.was_made(&file),
                    bytes,
                });
                return Ok(Image {
                    program,
                    path: file,
                    argv,
                    foreign,
                });
            }
            let (interpreter, argument) = interpreter(&bytes)?;
            let mut all = vec![interpreter.clone()];
            all.extend(argument);
            all.push(file);
            all.extend(argv.into_iter().skip(1));
            (file, argv) = self.through_env(&cwd, all, search.as_deref())?;
        }
        Err(Errno::LOOP)
    }

    /// What a file is a program of; `None` for a script.
    fn identify(
        &self,
        caller: &Caller,
        cwd: &str,
        file: &str,
        bytes: &[u8],
        argv: &mut Vec<String>,
    ) -> Option<Program> {
        if let Some(program) = self.package_manager(caller, file) {
            return Some(program);
        }
        let is_foreign = is_native(bytes) || (bytes.starts_with(INERT) && self.was_made(file));
        let program = stub_program(bytes).or_else(|| is_foreign.then_some(Program::Foreign))?;
        let script = argv.get(1).filter(|_| program == Program::Node);
        let manager =
            script.and_then(|script| self.package_manager(caller, &path::absolute(cwd, script)));
        if manager.is_some() {
            // `node .../npm-cli.js`, as `npm_execpath` is used.
            argv.remove(0);
        }
        manager.or(Some(program))
    }

    /// `#!/usr/bin/env NAME` starts what NAME is in `PATH`; the step through env itself is left out.
    fn through_env(
        &self,
        cwd: &str,
        mut argv: Vec<String>,
        search: Option<&str>,
    ) -> Result<(String, Vec<String>), Errno> {
        let first = argv.first().cloned().unwrap_or_default();
        let is_env = first.rsplit('/').next() == Some("env") && argv.len() > 2;
        if !is_env {
            return Ok((self.search(cwd, &first, search)?, argv));
        }
        argv.remove(0);
        if argv.first().is_some_and(|arg| arg.starts_with('-')) {
            // `env -S "node --flag"`.
            let split = argv.remove(0);
            let words = split
                .trim_start_matches("-S")
                .split_whitespace()
                .map(str::to_owned);
            argv.splice(0..0, words);
        }
        while argv.first().is_some_and(|arg| arg.contains('=')) {
            argv.remove(0);
        }
        let name = argv.first().cloned().ok_or(Errno::NOENT)?;
        Ok((self.search(cwd, &name, search)?, argv))
    }

    /// Finds a program: the first file of that name in `PATH` that may be run.
    fn search(&self, cwd: &str, program: &str, search: Option<&str>) -> Result<String, Errno> {
        if program.contains('/') {
            let file = path::absolute(cwd, program);
            self.may_run(&file)?;
            return Ok(file);
        }
        let mut refused = Errno::NOENT;
        for directory in search.unwrap_or(DEFAULT_PATH).split(':') {
            let file = path::absolute(cwd, &format!("{directory}/{program}"));
            match self.may_run(&file) {
                Ok(()) => return Ok(file),
                Err(Errno::ACCES) => refused = Errno::ACCES,
                Err(_) => {}
            }
        }
        Err(refused)
    }

    fn may_run(&self, file: &str) -> Result<(), Errno> {
        let who = self.who(0);
        let node = self.fs.node(self.fs.lookup(who, file, true)?)?;
        if node.kind() != fs::Type::File || !node.allows(who, 1) {
            return Err(Errno::ACCES);
        }
        Ok(())
    }

    fn program_bytes(&self, file: &str) -> Result<bytes::Bytes, Errno> {
        self.fs.contents(self.fs.lookup(self.who(0), file, true)?)
    }

    /// npm and npx are scripts on the disk, and programs of the world when they are started.
    fn package_manager(&self, caller: &Caller, file: &str) -> Option<Program> {
        let resolved = self.peek_realpath(caller.pid, file).ok()?;
        let name = match resolved.strip_prefix("/usr/lib/node_modules/npm/bin/")? {
            "npm-cli.js" => "npm",
            "npx-cli.js" => "npx",
            _ => return None,
        };
        (!self.was_made(&resolved)).then_some(Program::Tool(name))
    }

    /// Whether a file of this path was made by the run, and not there before it.
    fn was_made(&self, file: &str) -> bool {
        self.recorder.events().iter().any(|event| match event.kind {
            Kind::FileWrite => event.subject == file,
            Kind::FileRename | Kind::FileLink => {
                event.detail.get("to").is_some_and(|to| to == file)
            }
            _ => false,
        })
    }

    fn make_process(
        &mut self,
        caller: &Caller,
        request: SpawnRequest,
        image: Image,
    ) -> Result<Spawned, Errno> {
        let parent = self.processes.get(caller.pid);
        let depth = parent.map_or(0, |parent| parent.depth.saturating_add(1));
        if depth > self.limits.depth {
            self.hit_limit(
                caller,
                "depth",
                format!("processes nest deeper than {}", self.limits.depth),
            );
            return Err(Errno::AGAIN);
        }
        let cwd = parent.map_or("/", |parent| parent.cwd.as_str());
        let process = Process {
            ppid: caller.pid,
            argv: image.argv,
            program: image.path,
            cwd: request
                .cwd
                .map_or_else(|| cwd.to_owned(), |own| path::absolute(cwd, &own)),
            env: request
                .env
                .or_else(|| parent.map(|parent| parent.env.clone()))
                .unwrap_or_default(),
            umask: parent.map_or(0o022, |parent| parent.umask),
            depth,
            origin: caller.at.clone(),
            notify_parent: request.notify,
            drive: request.drive,
            image: Some(image.program),
            ..Process::default()
        };
        let most = self.limits.processes;
        let pid = match self.processes.add(process, most) {
            Ok(pid) => pid,
            Err(errno) => {
                self.hit_limit(caller, "processes", format!("more than {most} processes"));
                return Err(errno);
            }
        };
        let own = self
            .give_stdio(caller, pid, &request.stdio)
            .inspect_err(|_| {
                // A process without its descriptors never runs.
                self.kill_process(pid);
            })?;
        Ok(Spawned { pid, own })
    }
}

/// What a process is a program of: what its file was when it was started.
#[must_use]
pub fn program_of(world: &World, pid: Pid) -> Program {
    let Some(process) = world.processes.get(pid) else {
        return Program::Foreign;
    };
    process.image.unwrap_or_else(|| {
        let bytes = world.program_bytes(&process.program).unwrap_or_default();
        stub_program(&bytes).unwrap_or(match process.program.rsplit('/').next() {
            Some("node") => Program::Node,
            Some("sh" | "bash") => Program::Shell,
            _ => Program::Foreign,
        })
    })
}

/// Whether a process is a guest, which needs an engine, and not a program of the world itself.
#[must_use]
pub fn is_guest(world: &World, pid: Pid) -> bool {
    matches!(program_of(world, pid), Program::Node | Program::Module)
}

/// Where a program of this name is, as `which` finds it. The look is recorded.
pub fn find(
    world: &mut World,
    caller: &Caller,
    name: &str,
    search: Option<&str>,
) -> Option<String> {
    let cwd = world
        .processes
        .get(caller.pid)
        .map_or_else(|| "/".to_owned(), |process| process.cwd.clone());
    let found = world.search(&cwd, name, search);
    let subject = found.clone().unwrap_or_else(|_| format!("/usr/bin/{name}"));
    world
        .act(caller, Kind::FileStat, subject, |_, _| found)
        .ok()
}

fn stub_program(bytes: &[u8]) -> Option<Program> {
    machine::program_of(bytes).map(by_name)
}

fn by_name(name: &'static str) -> Program {
    match name {
        "node" => Program::Node,
        "bash" | "dash" | "zsh" => Program::Shell,
        tool => Program::Tool(tool),
    }
}

/// What a child's environment has that its parent's has not: `NAME=value` for new and changed, `-NAME` for removed ones,
/// one a line.
fn differences(parent: &BTreeMap<String, String>, child: &BTreeMap<String, String>) -> String {
    let changed = child
        .iter()
        .filter(|(name, value)| parent.get(*name) != Some(value));
    let changed = changed.map(|(name, value)| format!("{name}={value}"));
    let removed = parent
        .keys()
        .filter(|name| !child.contains_key(*name))
        .map(|name| format!("-{name}"));
    changed.chain(removed).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
