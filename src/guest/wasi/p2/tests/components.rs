//! Whole components, written as text: what they print and how they end, on both arms.

use super::{Alone, ROOT, handles, world};
use crate::guest::wasi::{Context, p1, p2};
use crate::guest::{Hold, engine, hold, instance, schedule};
use crate::trace::{Event, Kind};
use crate::world::files::Stream;
use crate::world::process::Drive;
use crate::world::{Caller, Exit, World};
use std::time::Duration;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// How a component of the world ended.
pub(super) struct Ran {
    pub(super) exit: Exit,
    pub(super) printed: String,
    pub(super) events: Vec<Event>,
    pub(super) world: Box<World>,
}

impl Ran {
    /// Subjects of the events of a kind.
    pub(super) fn subjects(&self, kind: Kind) -> Vec<&str> {
        let events = self.events.iter().filter(|event| event.kind == kind);
        events.map(|event| event.subject.as_str()).collect()
    }
}

/// A command whose `run` has this body, in the text format. It may call what `COMMAND` imports, and has a memory of
/// `pages` pages of 64 KiB with a text at 16.
pub(super) fn command(pages: u32, body: &str) -> String {
    include_str!("command.wat")
        .replace("{pages}", &pages.to_string())
        .replace("{body}", body)
}

/// Prints the text at an address.
pub(super) fn print(at: u32, length: u32) -> String {
    format!("(call $write (call $stdout) (i32.const {at}) (i32.const {length}) (i32.const 1024))")
}

/// An engine as the guests have it, whose time goes on while the tests run.
pub(super) fn ticking() -> Engine {
    let engine = engine::engine().expect("an engine");
    let weak = engine.weak();
    std::thread::spawn(move || {
        while let Some(engine) = weak.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    engine
}

fn component(engine: &Engine, text: &str) -> Component {
    let bytes = wat::parse_str(text).expect("a text of a component");
    Component::new(engine, bytes).expect("a component")
}

/// Runs a component in a world, with as much stack as a guest has.
pub(super) fn run(text: &str, functions: &[&str], change: impl FnOnce(&mut World) + Send) -> Ran {
    let (mut world, pid) = world(functions);
    world.limits.host_calls = 100_000;
    world.limits.memory = 64 << 20;
    change(&mut world);
    let runs = || {
        let engine = ticking();
        let component = component(&engine, text);
        let deadline = schedule::host_now() + world.limits.wall;
        let context = Context {
            hold: Hold::new(world, pid, Alone),
            p1: p1::State::default(),
            p2: handles(),
            memory: None,
        };
        let (context, result) = p2::drive::run(&engine, &component, context, deadline);
        let (world, limiter) = context.hold.end();
        let mut world = world.expect("nobody took it");
        instance::conclude(&mut world, pid, result, &limiter);
        world.end_process(pid);
        world
    };
    let world = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(engine::WASM_STACK + (8 << 20));
        thread.spawn_scoped(scope, runs).expect("a thread").join()
    });
    let world = world.expect("no panic");
    Ran {
        exit: world.processes.exit_of(pid).expect("ended"),
        printed: String::from_utf8_lossy(&world.console.of(Stream::Output)).into_owned(),
        events: world.recorder.events().to_vec(),
        world,
    }
}

struct Wasi {
    ctx: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Wasi {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.ctx,
            table: &mut self.table,
        }
    }
}

/// Runs the same over wasmtime-wasi: the exit code, or none for a trap, and what was printed.
fn oracle(text: &str) -> (Option<i32>, String) {
    let engine = ticking();
    let component = component(&engine, text);
    let printed = MemoryOutputPipe::new(1 << 20);
    let ctx = WasiCtx::builder()
        .args(&["program", "one", ""])
        .stdout(printed.clone())
        .build();
    let table = ResourceTable::new();
    let mut store = Store::new(&engine, Wasi { ctx, table });
    store.set_epoch_deadline(u64::from(u32::MAX));
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("linked once");
    let instance = linker.instantiate(&mut store, &component).expect("served");
    let interface = instance.get_export_index(&mut store, None, "wasi:cli/run@0.2.3");
    let function = instance.get_export_index(&mut store, interface.as_ref(), "run");
    let run = instance
        .get_typed_func::<(), (Result<(), ()>,)>(&mut store, function.expect("a command"))
        .expect("the type of a command");
    let code = match run.call(&mut store, ()) {
        Ok((status,)) => Some(i32::from(status.is_err())),
        Err(error) => error
            .downcast_ref::<wasmtime_wasi::I32Exit>()
            .map(|exit| exit.0),
    };
    let printed = String::from_utf8_lossy(&printed.contents()).into_owned();
    (code, printed)
}

/// Runs a command on both arms, which must agree.
fn agree(body: &str) -> Ran {
    let text = command(2, body);
    let ran = run(&text, &["wasi:cli/run"], |_| {});
    let (code, printed) = oracle(&text);
    let own = match ran.exit {
        Exit::Code(code) => Some(code),
        Exit::Signal(_) => None,
    };
    assert_eq!((own, ran.printed.as_str()), (code, printed.as_str()));
    ran
}

#[test]
fn a_command_prints_and_ends_with_its_code() {
    let hello = print(16, 6);
    for (end, code) in [
        ("(i32.const 0)", 0),
        ("(i32.const 1)", 1),
        ("(call $exit (i32.const 0)) (i32.const 1)", 0),
        ("(call $exit (i32.const 1)) (i32.const 0)", 1),
        ("(call $exit_code (i32.const 42)) (i32.const 0)", 42),
    ] {
        let ran = agree(&format!("{hello} {end}"));
        assert_eq!(ran.exit, Exit::Code(code), "{end}");
        assert_eq!(ran.printed, "hello\n");
        assert_eq!(ran.subjects(Kind::GuestCrash), [""; 0]);
    }
}

#[test]
fn a_trap_ends_a_command_on_both_arms() {
    let ran = agree("(unreachable)");
    assert_eq!(ran.exit, Exit::Signal(11));
    assert_eq!(
        ran.subjects(Kind::GuestCrash),
        ["wasm trap: wasm `unreachable` instruction executed"]
    );
    // A write of more than the interface allows, and of memory that is not there.
    agree(&format!("{} (i32.const 0)", print(16, 4_097)));
    agree(&format!("{} (i32.const 0)", print(131_000, 4_000)));
}

#[test]
fn texts_reach_the_component_through_its_own_allocator() {
    // The arguments' list begins at the address that the second word of the answer follows.
    let ran = agree(
        "(call $arguments (i32.const 1024))
         (call $write (call $stdout) (i32.load (i32.load (i32.const 1024)))
            (i32.load offset=4 (i32.load (i32.const 1024))) (i32.const 2048))
         (i32.load (i32.const 1028)) (call $exit_code)
         (i32.const 0)",
    );
    assert_eq!((ran.exit, ran.printed.as_str()), (Exit::Code(3), "program"));
}

#[test]
fn what_nobody_provides_is_recorded_when_it_is_called() {
    let text = |body: &str| {
        format!(
            r#"(component
                (import "vendor:thing/door@1.0.0" (instance $door
                    (export "key" (type (sub resource)))
                    (export "open" (func (param "how" string) (result u32)))))
                (core module $libc (memory (export "memory") 1)
                    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)))
                (core instance $libc (instantiate $libc))
                (core func $open (canon lower (func $door "open") (memory (core memory $libc "memory"))))
                (core module $m (import "" "open" (func $open (param i32 i32) (result i32)))
                    (func (export "f") {body}))
                (core instance $m (instantiate $m (with "" (instance (export "open" (func $open))))))
                (func $f (canon lift (core func $m "f")))
                (export "f" (func $f)))"#
        )
    };
    let ran = run(
        &text("(drop (call $open (i32.const 0) (i32.const 3)))"),
        &["f"],
        |_| {},
    );
    assert_eq!(
        ran.subjects(Kind::GuestUnsupported),
        ["import vendor:thing/door@1.0.0#open"]
    );
    assert_eq!(ran.exit, Exit::Signal(6));
    let ran = run(&text("nop"), &["f"], |_| {});
    assert_eq!(ran.subjects(Kind::GuestUnsupported), [""; 0]);
    assert_eq!(ran.exit, Exit::Code(0));
}

#[test]
fn exported_functions_are_called_with_values_that_are_made_up() {
    let text = r#"(component
        (core module $m (memory (export "memory") 1)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
            (func (export "plain"))
            (func (export "trap") unreachable)
            (func (export "text") (param i32 i32 i64) (result i32)
                (if (result i32) (i32.eq (i32.load8_u (local.get 0)) (i32.const 97)) (then (i32.const 1)) (else unreachable))))
        (core instance $m (instantiate $m))
        (type $own (resource (rep i32)))
        (export $shown "thing" (type $own))
        (func $plain (canon lift (core func $m "plain")))
        (func $trap (canon lift (core func $m "trap")))
        (func $text (param "name" string) (param "number" u64) (result u32)
            (canon lift (core func $m "text") (memory (core memory $m "memory")) (realloc (core func $m "realloc"))))
        (export "plain" (func $plain))
        (export "trap" (func $trap))
        (instance $nested (export "text" (func $text)) (export "trap" (func $trap)))
        (export "vendor:thing/nested@0.1.0" (instance $nested)))"#;
    let engine = ticking();
    let names = p2::drive::functions(&component(&engine, text));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "plain",
            "trap",
            "vendor:thing/nested@0.1.0#text",
            "vendor:thing/nested@0.1.0#trap"
        ]
    );
    let ran = run(text, &names, |world| {
        let pids: Vec<u32> = world.processes.iter().map(|process| process.pid).collect();
        for pid in pids {
            let process = world.processes.get_mut(pid).expect("there");
            if let Some(Drive::Program {
                exercise, reports, ..
            }) = &mut process.drive
            {
                *exercise = true;
                reports.resize(4, crate::world::process::Report::Pending);
            }
        }
    });
    assert_eq!(ran.exit, Exit::Code(0));
    let drive = ran
        .world
        .processes
        .iter()
        .find_map(|process| process.drive.clone());
    let Some(Drive::Program { reports, .. }) = drive else {
        panic!("the process of a program");
    };
    let reports: Vec<String> = reports.iter().map(|report| format!("{report:?}")).collect();
    assert_eq!(reports[0], "Loaded");
    assert!(reports[1].contains("unreachable"), "{reports:?}");
    assert_eq!(reports[2], "Loaded");
    assert!(reports[3].contains("unreachable"), "{reports:?}");
    assert!(
        ran.world
            .fs
            .lookup(crate::world::fs::Who::ROOT, ROOT, true)
            .is_ok()
    );
}

/// What a guest of ours that is a component has on the host: see docs/wasi.md.
struct Own {
    hold: Hold,
    handles: p2::Handles,
}

#[test]
fn a_guest_of_ours_has_an_interface_of_its_own_and_is_called_again_and_again() {
    let text = r#"(component
        (import "lazaret:guest/host" (instance $host
            (export "call" (func (param "op" string) (param "payload" (list u8)) (result (list u8))))))
        (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
        (core module $libc (memory (export "memory") 1) (data (i32.const 8) "env.get")
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)))
        (core instance $libc (instantiate $libc))
        (core func $random (canon lower (func $random "get-random-u64")))
        (core func $call (canon lower (func $host "call")
            (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
        (core module $m
            (import "" "memory" (memory 0))
            (import "" "call" (func $call (param i32 i32 i32 i32 i32)))
            (import "" "random" (func $random (result i64)))
            (global $times (mut i32) (i32.const 0))
            (func (export "step") (param $more i32) (result i32)
                (drop (call $random))
                (global.set $times (i32.add (global.get $times) (local.get $more)))
                (i32.store8 (i32.const 32) (global.get $times))
                (call $call (i32.const 8) (i32.const 7) (i32.const 32) (i32.const 1) (i32.const 40))
                (i32.load8_u (i32.load (i32.const 40)))))
        (core instance $m (instantiate $m (with "" (instance
            (export "memory" (memory $libc "memory")) (export "call" (func $call)) (export "random" (func $random))))))
        (func $step (param "more" u32) (result u32) (canon lift (core func $m "step")))
        (export "step" (func $step)))"#;
    let engine = ticking();
    let component = component(&engine, text);
    let (world, pid) = world(&[]);
    let own = Own {
        hold: Hold::new(world, pid, Alone).of_component(),
        handles: handles(),
    };
    let deadline = schedule::host_now() + Duration::from_secs(60);
    let mut store = hold::store(&engine, own, deadline, |own| &mut own.hold);
    let mut linker = Linker::<Own>::new(&engine);
    p2::link(&mut linker, |own| p2::View {
        hold: &mut own.hold,
        handles: &mut own.handles,
    })
    .expect("linked once");
    let mut host = linker
        .instance("lazaret:guest/host")
        .expect("not there yet");
    host.func_wrap(
        "call",
        |mut store: wasmtime::StoreContextMut<'_, Own>, (op, mut payload): (String, Vec<u8>)| {
            let own = store.data_mut();
            let caller = Caller::process(own.hold.pid);
            own.hold.call()?.note(&caller, Kind::EnvRead, op);
            payload[0] += 100;
            Ok((payload,))
        },
    )
    .expect("not there yet");
    let instance = linker
        .instantiate(&mut store, &component)
        .expect("all is provided");
    let step = instance
        .get_typed_func::<(u32,), (u32,)>(&mut store, "step")
        .expect("exported");
    for (more, sum) in [(1, 101), (2, 103), (3, 106)] {
        assert_eq!(step.call(&mut store, (more,)).expect("no trap"), (sum,));
    }
    let world = store.data_mut().hold.world().expect("there");
    let asked = world.recorder.events().iter();
    assert_eq!(asked.filter(|event| event.subject == "env.get").count(), 3);
}
