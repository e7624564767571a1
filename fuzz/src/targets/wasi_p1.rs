//! The front end of WASI preview 1, by any sequence of its functions with any arguments and any memory.

use super::input::{Input, Seed};
use super::sound;
use lazaret::guest::Stop;
use lazaret::guest::wasi::p1::{self, FUNCTIONS, Fault, Host, State};
use lazaret::world::{Caller, Pid, Wait, World};

/// Most calls of one input.
const MOST: usize = 300;

/// How often one call may wait before it is given up.
const PATIENCE: usize = 3;

/// Bytes of the guest's memory.
const MEMORY: usize = 8 << 10;

/// Where the texts stand in it, 16 bytes apart.
const TEXTS_AT: usize = 256;

/// Where vectors of pieces stand, and where subscriptions do.
const PIECES_AT: u64 = 1_024;
const SUBSCRIPTIONS_AT: u64 = 1_536;

/// Paths that functions get.
const TEXTS: [&str; 18] = [
    "a",
    "b",
    "a/b",
    "../a",
    "a/../b",
    ".",
    "..",
    "",
    "/etc/passwd",
    "l",
    "l/x",
    "a/",
    "./a//b",
    "\0",
    "a/b/c",
    "loop",
    "new",
    "../../etc",
];

/// One process of WASI.
struct Guest {
    world: Box<World>,
    pid: Pid,
    state: State,
    memory: Vec<u8>,
    unstable: bool,
}

/// Runs a sequence of calls. The first byte says of which generation.
pub(crate) fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let (mut world, pid) = sound::world(&["program", "argument"], "/usr/bin/node");
    let mut state = State::default();
    state.preopen(&mut world, pid, ".", sound::HOME);
    state.preopen(&mut world, pid, "/tmp", "/tmp");
    let caller = Caller::process(pid);
    world
        .mkdir(&caller, "a", 0o755)
        .expect("room for a directory");
    world
        .symlink(&caller, "loop", "loop")
        .expect("room for a link");
    world.symlink(&caller, "a", "l").expect("room for a link");
    let mut guest = Guest {
        world,
        pid,
        state,
        memory: memory(),
        unstable: input.flag(),
    };
    for _ in 0..MOST {
        if input.is_empty() || !guest.step(&mut input) {
            break;
        }
        sound::check(&guest.world);
    }
    sound::finish(guest.world);
}

/// Texts, pieces that lead to them, and subscriptions to clocks and descriptors.
fn memory() -> Vec<u8> {
    let mut memory = vec![0; MEMORY];
    let mut put = |at: usize, bytes: &[u8]| memory[at..at + bytes.len()].copy_from_slice(bytes);
    for (index, text) in TEXTS.iter().enumerate() {
        put(TEXTS_AT + index * 16, text.as_bytes());
    }
    for (index, (at, length)) in [(256_u32, 5_u32), (4_096, 64), (3_000, 0), (4_200, 700)]
        .iter()
        .enumerate()
    {
        put(
            1_024 + index * 8,
            &[at.to_le_bytes(), length.to_le_bytes()].concat(),
        );
    }
    for (index, (tag, number)) in [(0_u8, 1_u32), (1, 0), (2, 1), (1, 4)].iter().enumerate() {
        let at = 1_536 + index * 48;
        put(at, &[7]);
        put(at + 8, &[*tag]);
        put(at + 16, &number.to_le_bytes());
        put(at + 24, &5_000_000_u64.to_le_bytes());
    }
    memory
}

impl Guest {
    /// One call, or one change of the memory. `false` when the process has ended.
    fn step(&mut self, input: &mut Input<'_>) -> bool {
        let choice = input.byte();
        if choice >= 240 {
            let at = usize::from(u16::from_le_bytes([input.byte(), input.byte()])) % MEMORY;
            let bytes = input.bytes();
            let end = (at + bytes.len()).min(MEMORY);
            self.memory[at..end].copy_from_slice(&bytes[..end - at]);
            return true;
        }
        let function = &FUNCTIONS[usize::from(choice) % FUNCTIONS.len()];
        let arguments = arguments(function.params.len(), input);
        for attempt in 0..PATIENCE {
            let mut host = Host {
                world: &mut self.world,
                pid: self.pid,
                state: &mut self.state,
                resumed: attempt > 0,
                unstable: self.unstable,
            };
            match p1::call(&mut host, function, &arguments, &mut self.memory) {
                Ok(()) => {
                    assert_ne!(function.name, "proc_exit", "it does not return");
                    return true;
                }
                Err(Fault::Code(code)) => {
                    assert!(
                        (1..=76).contains(&code.0),
                        "{} answers {code:?}",
                        function.name
                    );
                    return true;
                }
                Err(Fault::Stop(Stop::Memory(name))) => {
                    // The instance would trap here; the next call is as good as one of another instance.
                    assert_eq!(name, function.name);
                    return true;
                }
                Err(Fault::Stop(Stop::Exit(_) | Stop::Signal(_))) => {
                    assert!(
                        matches!(function.name, "proc_exit" | "proc_raise"),
                        "{} ends the process",
                        function.name
                    );
                    return false;
                }
                Err(Fault::Stop(other)) => panic!("{} answers {other:?}", function.name),
                Err(Fault::Wait(wait)) => self.wait(&wait),
            }
        }
        true
    }

    /// Nobody else runs meanwhile; time passes.
    fn wait(&mut self, wait: &Wait) {
        match wait {
            Wait::Until(time) | Wait::Notice(Some(time)) => {
                assert!(
                    *time >= self.world.clock.elapsed(),
                    "a wait ends before it begins"
                );
                self.world.clock.jump_to(*time);
            }
            Wait::Notice(None) | Wait::Pipe(_) => {}
            Wait::Exit(_) | Wait::ExitBefore(..) => panic!("nothing in WASI waits for a process"),
        }
    }
}

/// Arguments: descriptors, flags, addresses of what stands in the memory, and sometimes anything.
fn arguments(count: usize, input: &mut Input<'_>) -> Vec<u64> {
    let mut arguments = Vec::new();
    while arguments.len() < count {
        match input.byte() {
            small @ 0..=89 => arguments.push(u64::from(small % 9)),
            90..=159 => {
                let index = input.below(TEXTS.len());
                arguments.push((TEXTS_AT + index * 16) as u64);
                arguments.push(TEXTS[index].len() as u64);
            }
            160..=179 => {
                arguments.push(PIECES_AT);
                arguments.push(u64::from(input.byte() % 5));
            }
            180..=189 => arguments.extend([SUBSCRIPTIONS_AT, 2_048, u64::from(input.byte() % 6)]),
            190..=219 => arguments.push(4_096 + u64::from(input.byte()) * 8),
            220..=239 => arguments.push(u64::MAX),
            _ => arguments.push(input.number()),
        }
    }
    arguments.truncate(count);
    arguments
}

/// A call of each function with plausible arguments, and of each with none.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let number = |name: &str| {
        let index = FUNCTIONS
            .iter()
            .position(|function| function.name == name)
            .expect("a function of this name");
        u8::try_from(index).unwrap_or(0)
    };
    let files = Seed::default().byte(0);
    // Makes and opens `new` with all rights, writes, seeks, reads, lists and removes.
    let files = files.all(&[number("path_open"), 3, 0, 90, 16, 1, 220, 220, 0, 200, 0]);
    let files = files.all(&[number("fd_write"), 5, 160, 3, 200, 0]);
    let files = files.all(&[number("fd_seek"), 5, 1, 0, 200, 0]);
    let files = files.all(&[number("fd_read"), 5, 160, 2, 200, 0]);
    let files = files.all(&[number("fd_filestat_get"), 5, 200, 0]);
    let files = files.all(&[number("fd_readdir"), 3, 200, 0, 250, 0, 0, 200, 90]);
    let files = files.all(&[number("path_rename"), 3, 90, 16, 3, 90, 2]);
    let files = files.all(&[number("path_unlink_file"), 3, 90, 2, number("fd_close"), 5]);
    let poll = Seed::default().all(&[0, number("poll_oneoff"), 180, 3, 200, 0]);
    let mut seeds = vec![files.done(), poll.done()];
    for unstable in [0, 1] {
        let each = FUNCTIONS.iter().zip(0_u8..).fold(
            Seed::default().byte(unstable),
            |seed, (function, index)| {
                let seed = seed.all(&[
                    if function.name == "proc_exit" {
                        number("fd_tell")
                    } else {
                        index
                    },
                    3,
                ]);
                (1..function.params.len()).fold(seed, |seed, at| {
                    seed.all(&[if at % 2 == 1 { 90 } else { 200 }, 2])
                })
            },
        );
        seeds.push(each.done());
    }
    seeds
}
