//! WASI preview 1 over the made-up world, compared with another host: the same module runs once on a directory of the
//! disk with `wasmtime-wasi`, and once in a world with a copy of it. Error numbers, results and the files that are left
//! must be the same.

mod alone;
mod binary;
mod cases;
mod component;
mod hostile;
mod script;

use crate::support::Scratch;
use lazaret::pipeline::{Given, Job};
use lazaret::unpack::{self, Quotas};
use lazaret::world::fs::{Content, Fs, Who};
use lazaret::world::{Exit, Stream};
use script::Script;
use std::collections::BTreeMap;
use std::path::Path;
use wasmtime_wasi::p1::{self, WasiP1Ctx};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

/// What came of a module.
#[derive(Debug, PartialEq)]
struct Ended {
    /// Its exit code; nothing when it trapped.
    code: Option<i32>,
    /// What it printed.
    printed: Vec<u8>,
    /// The files that were left: kind and contents by path.
    files: BTreeMap<String, String>,
}

/// Makes the directory with which every case begins.
fn furnish(root: &Path) {
    std::fs::create_dir_all(root.join("d/e")).expect("a directory");
    for (path, text) in [("f", "hello"), ("d/g", "deep down"), ("empty", "")] {
        std::fs::write(root.join(path), text).expect("a file");
    }
    for (path, target) in [
        ("l", "f"),
        ("ld", "d"),
        ("dangling", "nowhere"),
        ("loop", "loop"),
        ("d/back", "../f"),
    ] {
        std::os::unix::fs::symlink(target, root.join(path)).expect("a link");
    }
}

/// The oracle's arm: the disk.
fn on_disk(wasm: &[u8], root: &Path) -> Ended {
    let engine = wasmtime::Engine::default();
    let module = wasmtime::Module::new(&engine, wasm).expect("valid");
    let mut linker = wasmtime::Linker::new(&engine);
    p1::add_to_linker_sync(&mut linker, |context: &mut WasiP1Ctx| context).expect("linked");
    let out = MemoryOutputPipe::new(1 << 20);
    let context = WasiCtxBuilder::new()
        .args(&["program.wasm", "one", "two words"])
        .env("A", "1")
        .env("B", "x=y")
        .stdout(out.clone())
        .preopened_dir(root, "/", FsPerms::ReadWrite)
        .expect("a directory")
        .build_p1();
    let mut store = wasmtime::Store::new(&engine, context);
    let instance = linker.instantiate(&mut store, &module).expect("linked");
    let start = instance
        .get_typed_func::<(), ()>(&mut store, "_start")
        .expect("exported");
    let code = match start.call(&mut store, ()) {
        Ok(()) => Some(0),
        Err(error) => error
            .downcast_ref::<wasmtime_wasi::I32Exit>()
            .map(|exit| exit.0),
    };
    let mut files = BTreeMap::new();
    walk_disk(root, "", &mut files);
    Ended {
        code,
        printed: out.contents().to_vec(),
        files,
    }
}

fn walk_disk(directory: &Path, below: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(directory).expect("readable") {
        let entry = entry.expect("readable");
        let path = format!("{below}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().expect("readable");
        let text = if kind.is_symlink() {
            format!(
                "link {}",
                std::fs::read_link(entry.path()).expect("a link").display()
            )
        } else if kind.is_dir() {
            walk_disk(&entry.path(), &format!("{path}/"), files);
            "directory".to_owned()
        } else {
            let bytes = std::fs::read(entry.path()).expect("readable");
            format!("file {}", bytes.escape_ascii())
        };
        files.insert(path, text);
    }
}

/// The world's arm.
fn in_world(wasm: &[u8], root: &Path) -> Ended {
    let directory = unpack::open_directory(root).expect("a directory");
    let (files, directories) = unpack::copy(&directory, &Quotas::default()).expect("copied");
    let job = Job {
        bytes: wasm.to_vec().into(),
        argv: ["program.wasm", "one", "two words"]
            .map(str::to_owned)
            .to_vec(),
        env: [("A", "1"), ("B", "x=y")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        directories: vec![Given {
            name: "/".into(),
            files,
            directories,
        }],
        ..Job::default()
    };
    let outcome = job.run().expect("run");
    let mut files = BTreeMap::new();
    walk_world(&outcome.world.fs, &Job::place(0), "", &mut files);
    Ended {
        code: match outcome.exit {
            Exit::Code(code) => Some(code),
            Exit::Signal(_) => None,
        },
        printed: outcome.console.of(Stream::Output),
        files,
    }
}

fn walk_world(fs: &Fs, directory: &str, below: &str, files: &mut BTreeMap<String, String>) {
    let ino = fs.lookup(Who::ROOT, directory, false).expect("there");
    for (name, ino) in fs.directory(ino).expect("a directory") {
        let path = format!("{below}{name}");
        let text = match &fs.node(*ino).expect("there").content {
            Content::Link(target) => format!("link {target}"),
            Content::Directory(_) => {
                walk_world(
                    fs,
                    &format!("{directory}/{name}"),
                    &format!("{path}/"),
                    files,
                );
                "directory".to_owned()
            }
            Content::File(data) => format!("file {}", data.bytes().escape_ascii()),
            other => format!("{other:?}"),
        };
        files.insert(path, text);
    }
}

#[test]
fn the_world_answers_as_a_disk_does() {
    let mut wrong = Vec::new();
    for (name, text) in cases::CASES {
        let script = Script::parse(text);
        let wasm = wat::parse_str(script.module()).expect(name);
        let scratch = Scratch::new();
        let root = scratch.path("root");
        furnish(Path::new(&root));
        let world = in_world(&wasm, Path::new(&root));
        let disk = on_disk(&wasm, Path::new(&root));
        let (theirs, ours) = (script.show(&disk.printed), script.show(&world.printed));
        for (theirs, ours) in theirs.iter().zip(&ours) {
            if theirs != ours {
                wrong.push(format!("{name}\n  disk:  {theirs}\n  world: {ours}"));
            }
        }
        if disk.code != world.code {
            wrong.push(format!(
                "{name}: code {:?}, not {:?}",
                world.code, disk.code
            ));
        }
        if disk.files != world.files {
            wrong.push(format!(
                "{name}\n  disk:  {:?}\n  world: {:?}",
                disk.files, world.files
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_enough_cases() {
    assert!(cases::CASES.len() + alone::CASES.len() >= 80);
}

/// Where hosts differ, the world answers as the interface or POSIX says.
#[test]
fn what_hosts_do_differently_is_answered_as_it_is_written() {
    for (name, text, expected) in alone::CASES {
        let script = Script::parse(text);
        let wasm = wat::parse_str(script.module()).expect(name);
        let scratch = Scratch::new();
        let root = scratch.path("root");
        furnish(Path::new(&root));
        let ended = in_world(&wasm, Path::new(&root));
        let shown: Vec<String> = script
            .show(&ended.printed)
            .iter()
            .map(|line| {
                line.split_once(" = ")
                    .map_or("", |(_, result)| result)
                    .to_owned()
            })
            .collect();
        assert_eq!(shown, expected.to_vec(), "{name}");
    }
}
