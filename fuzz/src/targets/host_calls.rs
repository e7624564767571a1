//! The host calls of the JavaScript guest, by any sequence of well-formed and broken requests of several processes.

use super::input::{Input, Seed};
use super::sound;
use lazaret::guest::js::{self, Handles, Host, Value};
use lazaret::guest::{Fault, Stop};
use lazaret::world::process::State;
use lazaret::world::{Caller, Exit, Pid, Wait, World, exec};
use std::collections::BTreeMap;

/// Most calls of one input.
const MOST: usize = 300;

/// How often one call may wait before it is given up.
const PATIENCE: usize = 3;

/// Everything that has a name, and names of nothing.
const CALLS: [&str; 118] = [
    "code.load",
    "crypto.hashInfo",
    "crypto.digest",
    "crypto.hmac",
    "crypto.hashOpen",
    "crypto.hmacOpen",
    "crypto.hashUpdate",
    "crypto.hashCopy",
    "crypto.hashFinish",
    "crypto.random",
    "crypto.pbkdf2",
    "crypto.hkdf",
    "crypto.scrypt",
    "crypto.cipherInfo",
    "crypto.cipherOpen",
    "crypto.cipherAdd",
    "crypto.cipherUpdate",
    "crypto.cipherPadding",
    "crypto.cipherFinish",
    "crypto.close",
    "drive.start",
    "drive.result",
    "env.list",
    "env.peek",
    "env.names",
    "env.get",
    "env.has",
    "env.set",
    "env.delete",
    "fs.open",
    "fs.close",
    "fs.sync",
    "fs.read",
    "fs.write",
    "fs.ftruncate",
    "fs.fchmod",
    "fs.fchown",
    "fs.futimes",
    "fs.fstat",
    "fs.kindOfFd",
    "fs.stat",
    "fs.lstat",
    "fs.statfs",
    "fs.access",
    "fs.exists",
    "fs.readdir",
    "fs.readlink",
    "fs.realpath",
    "fs.mkdtemp",
    "fs.mkdir",
    "fs.mkdirs",
    "fs.chmod",
    "fs.rmdir",
    "fs.unlink",
    "fs.rename",
    "fs.symlink",
    "fs.link",
    "fs.copyFile",
    "fs.chown",
    "fs.lchown",
    "fs.utimes",
    "fs.lutimes",
    "fs.readFile",
    "fs.writeFile",
    "fs.kind",
    "fs.format",
    "guest.unsupported",
    "guest.tamper",
    "guest.patched",
    "loop.poll",
    "loop.sleep",
    "modules.readPackage",
    "net.canonical",
    "net.lookup",
    "net.resolve",
    "net.reverse",
    "net.socket",
    "net.datagrams",
    "net.connect",
    "net.listen",
    "net.accept",
    "net.adopt",
    "net.send",
    "net.receive",
    "net.shutdown",
    "net.close",
    "net.tls",
    "net.names",
    "net.sendTo",
    "net.receiveFrom",
    "os.hostname",
    "os.uname",
    "os.userinfo",
    "os.interfaces",
    "proc.spawn",
    "proc.wait",
    "proc.yield",
    "proc.connect",
    "proc.bind",
    "proc.read",
    "proc.write",
    "proc.drain",
    "proc.close",
    "process.info",
    "process.exit",
    "process.chdir",
    "process.kill",
    "process.handle",
    "process.umask",
    "process.dlopen",
    "url.parse",
    "url.update",
    "url.domainToAscii",
    "worker.start",
    "worker.post",
    "zlib.open",
    "zlib.write",
    "",
];

/// Texts that calls take: paths, addresses, programs, algorithms, formats.
const TEXTS: [&str; 64] = [
    "a",
    "b",
    "a/b",
    "../a",
    "/tmp/x",
    "/home/mwerner/.npmrc",
    "/etc/passwd",
    "/proc/self/fd/3",
    "/proc/self/environ",
    "/proc/self/cwd/a",
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/tty",
    ".",
    "..",
    "/",
    "",
    "a/",
    "\0",
    "l",
    "/home/mwerner/l/l/l",
    "127.0.0.1",
    "0.0.0.0",
    "::1",
    "192.0.2.1",
    "evil.test",
    "localhost",
    "fe80::1%eth0",
    "A",
    "TXT",
    "sha256",
    "md5",
    "shake256",
    "blake2b512",
    "aes-128-cbc",
    "aes-256-gcm",
    "chacha20-poly1305",
    "des-ede3-cbc",
    "aes-128-ctr",
    "deflate",
    "brotliEncoder",
    "brotliDecoder",
    "zstdEncoder",
    "zstdDecoder",
    "ignore",
    "reads",
    "writes",
    "both",
    "0",
    "3",
    "node",
    "/usr/bin/node",
    "/bin/sh",
    "sh",
    "-c",
    "true",
    "https://user:pw@evil.test:8443/a/../b?q#f",
    "//[::1]/x",
    "file:///a",
    "NAME",
    "PATH",
    "A=b",
];

/// Several processes of one world, with the handles of each.
struct Machine {
    world: Box<World>,
    handles: BTreeMap<Pid, Handles>,
    pid: Pid,
}

/// Runs a sequence of calls.
pub(crate) fn run(data: &[u8]) {
    let (world, pid) = sound::world(&["node", "index.js"], "/usr/bin/node");
    let mut machine = Machine {
        world,
        handles: BTreeMap::new(),
        pid,
    };
    let mut input = Input::new(data);
    for _ in 0..MOST {
        if input.is_empty() || !machine.choose(&mut input) {
            break;
        }
        let (op, request) = request(&mut input);
        machine.call(op, &request);
        sound::check(&machine.world);
    }
    sound::finish(machine.world);
}

impl Machine {
    /// Lets another guest run if there is one and the input says so. `false` when none is left.
    fn choose(&mut self, input: &mut Input<'_>) -> bool {
        let guests: Vec<Pid> = self
            .world
            .processes
            .iter()
            .filter(|process| !matches!(process.state, State::Exited(_)))
            .map(|process| process.pid)
            .filter(|pid| exec::is_guest(&self.world, *pid))
            .collect();
        if guests.is_empty() {
            return false;
        }
        if !guests.contains(&self.pid) || input.byte() > 230 {
            self.pid = guests[input.below(guests.len())];
        }
        true
    }

    fn call(&mut self, op: u32, request: &[u8]) {
        let pid = self.pid;
        let mut reply = Vec::new();
        for attempt in 0..PATIENCE {
            let mut host = Host {
                world: &mut self.world,
                caller: Caller::process(pid),
                handles: self.handles.entry(pid).or_default(),
                resumed: attempt > 0,
            };
            match js::answer(&mut host, op, request, &mut reply) {
                Ok(()) => {
                    check_reply(op, &reply);
                    return;
                }
                Err(Fault::Errno(errno)) => {
                    assert!((1..200).contains(&errno.number()), "{errno:?}");
                    return;
                }
                Err(Fault::Stop(stop)) => return self.end(pid, &stop),
                Err(Fault::Wait(wait)) => self.wait(&wait),
            }
        }
    }

    fn end(&mut self, pid: Pid, stop: &Stop) {
        let exit = match stop {
            Stop::Exit(code) => Exit::Code(*code),
            Stop::Signal(signal) => Exit::Signal(*signal),
            Stop::Malformed => return,
            other => panic!("{other:?} is no answer to a call"),
        };
        self.world.processes.end(pid, exit);
        self.world.end_process(pid);
        self.handles.remove(&pid);
    }

    /// Nobody else runs meanwhile; time passes.
    fn wait(&mut self, wait: &Wait) {
        match wait {
            Wait::Until(time) | Wait::ExitBefore(_, time) | Wait::Notice(Some(time)) => {
                assert!(
                    *time >= self.world.clock.elapsed(),
                    "a wait ends before it begins"
                );
                self.world.clock.jump_to(*time);
            }
            Wait::Exit(pid) => self.world.kill_process(*pid),
            Wait::Notice(None) | Wait::Pipe(_) => {
                self.world.net_hang_up_silent();
            }
        }
    }
}

/// A reply of a call reads back as one value.
fn check_reply(op: u32, reply: &[u8]) {
    match op {
        1 | 2 => {
            let mut decoder = js::Decoder::new(reply);
            assert!(
                decoder.value().is_ok(),
                "a reply that the guest cannot read"
            );
        }
        4 => assert_eq!(reply.len(), 8),
        _ => assert!(reply.is_empty()),
    }
}

/// A request: in most cases a well-formed one to something that exists.
fn request(input: &mut Input<'_>) -> (u32, Vec<u8>) {
    let kind = input.byte();
    match kind {
        0..=229 => {
            let name = CALLS[input.below(CALLS.len())];
            let mut values = vec![Value::from(name)];
            for _ in 0..input.below(8) {
                values.push(value(input, 0));
            }
            let mut request = block(if kind.is_multiple_of(3) {
                "/home/mwerner/x.js:3:7\nlib/y.js:1:1"
            } else {
                ""
            });
            Value::List(values).encode(&mut request);
            (1 + u32::from(kind & 1), request)
        }
        230..=239 => (4, block(&input.text())),
        240..=245 => {
            let mut request = block(&input.text());
            Value::List(vec!["eval".into(), input.text().into()]).encode(&mut request);
            (5, request)
        }
        _ => (u32::from(input.byte() % 9), input.bytes().to_vec()),
    }
}

fn block(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap_or(0);
    [&length.to_le_bytes()[..], text.as_bytes()].concat()
}

fn value(input: &mut Input<'_>, depth: usize) -> Value {
    match input.byte() {
        0..=79 => Value::Number(f64::from(input.byte() % 48)),
        80..=99 => Value::from(input.number()),
        100..=169 => TEXTS[input.below(TEXTS.len())].into(),
        170..=184 => input.text().into(),
        185..=204 => input.bytes().to_vec().into(),
        205..=209 => input.bytes().repeat(1 + input.below(60)).into(),
        210..=219 => input.flag().into(),
        220..=229 => Value::Null,
        230..=239 => Value::Number(
            [
                -1.0,
                f64::NAN,
                f64::INFINITY,
                -0.5,
                0o1101.into(),
                0o102.into(),
                2.0,
                1e300,
            ][input.below(8)],
        ),
        _ if depth > 2 => Value::Null,
        _ => Value::List(
            (0..input.below(5))
                .map(|_| value(input, depth + 1))
                .collect(),
        ),
    }
}

/// The number of a call or text among the known ones.
fn index(of: &[&str], name: &str) -> u8 {
    let index = of
        .iter()
        .position(|known| *known == name)
        .expect("a known name");
    u8::try_from(index).unwrap_or(u8::MAX)
}

/// Appends a call whose arguments are all known texts or small numbers.
fn call(seed: Seed, name: &str, arguments: &[Result<&str, u8>]) -> Seed {
    let count = u8::try_from(arguments.len()).unwrap_or(0);
    let mut seed = seed.all(&[0, 1, index(&CALLS, name), count]);
    for argument in arguments {
        seed = match argument {
            Ok(text) => seed.all(&[100, index(&TEXTS, text)]),
            Err(number) => seed.all(&[0, *number]),
        };
    }
    seed
}

/// Conversations of each binding, and one call of each name.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let files = call(Seed::default(), "fs.mkdir", &[Ok("a")]);
    let files = call(files, "fs.symlink", &[Ok("a"), Ok("l")]);
    let files = call(files, "fs.open", &[Ok("a/b"), Err(2)]);
    let files = call(files, "fs.rename", &[Ok("a"), Ok("b")]);
    let files = call(files, "process.chdir", &[Ok("b")]);
    let net = call(Seed::default(), "net.socket", &[]);
    let net = call(net, "net.connect", &[Err(3), Ok("192.0.2.1"), Err(25)]);
    let net = call(net, "net.send", &[Err(3), Ok("A=b")]);
    let net = call(net, "loop.poll", &[Err(5), Err(1)]);
    let net = call(net, "net.receive", &[Err(3)]);
    let crypto = call(Seed::default(), "crypto.hashOpen", &[Ok("sha256")]);
    let crypto = call(crypto, "crypto.hashUpdate", &[Err(1), Ok("a")]);
    let crypto = call(crypto, "crypto.hashFinish", &[Err(1)]);
    let crypto = call(crypto, "zlib.open", &[Ok("deflate"), Err(1), Err(6)]);
    let crypto = call(crypto, "zlib.write", &[Err(1), Err(4), Ok("a/b"), Err(40)]);
    let children = call(Seed::default(), "proc.spawn", &[Ok("node")]);
    let children = call(children, "worker.start", &[Err(1)]);
    let children = call(children, "proc.wait", &[Err(1), Err(5)]);
    let children = call(children, "process.kill", &[Err(0), Err(15)]);
    let mut seeds = vec![files.done(), net.done(), crypto.done(), children.done()];
    for names in CALLS.chunks(12) {
        let each = names.iter().fold(Seed::default(), |seed, name| {
            call(seed, name, &[Ok("a"), Err(3), Ok("b"), Err(1)])
        });
        seeds.push(each.done());
    }
    seeds.push(
        Seed::default()
            .all(&[0, 250, 1])
            .bytes(&[0, 0, 0, 0, 6, 255, 255, 255, 255])
            .done(),
    );
    seeds.push(
        Seed::default()
            .all(&[0, 240])
            .text("x:1:2")
            .text("1+1")
            .all(&[0, 230])
            .text("a\nb\nc\nd\ne")
            .done(),
    );
    seeds
}
