//! Tasks of the repository: `cargo xtask TASK`. One module for each task; this file only finds it.

mod bench;
mod check;
mod command;
mod demo;
mod determinism;
mod docs;
mod failure;
mod fuzz;
mod setup;
mod test;

use std::process::ExitCode;

use failure::Failure;

/// A task: its name, one line of help, and the function that gets the remaining arguments.
type Task = (
    &'static str,
    &'static str,
    fn(&[String]) -> failure::Result<()>,
);

/// All tasks in the order of the help text.
const TASKS: &[Task] = &[
    (
        "setup",
        "fetch the pinned sources and build what runs inside the sandbox",
        setup::run,
    ),
    (
        "demo",
        "build everything and vet an honest package and a thief",
        demo::run,
    ),
    (
        "test",
        "run all that continuous integration runs",
        test::run,
    ),
    (
        "bench",
        "compare speed and memory with other programs",
        bench::run,
    ),
    ("check", "check layers, lengths and paths", check::run),
    (
        "determinism",
        "vet the samples again and again and compare the traces",
        determinism::run,
    ),
    (
        "fuzz",
        "build the fuzz targets, run each for some seconds and sum up",
        fuzz::run,
    ),
    (
        "docs",
        "write the pages that are made from the code",
        |_| docs::docs().map_err(Failure::new),
    ),
    (
        "bless",
        "write the pages and accept the snapshots of the tests as they are",
        |_| docs::bless().map_err(Failure::new),
    ),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if std::env::var_os(fuzz::MARK).is_some()
        && arguments.first().is_some_and(|a| a.ends_with("rustc"))
    {
        return fuzz::become_rustc(&arguments);
    }
    let name = arguments.first().map_or("help", String::as_str);
    let Some((_, _, task)) = TASKS.iter().find(|(known, _, _)| *known == name) else {
        return help(name);
    };
    match task(arguments.get(1..).unwrap_or_default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask {name}: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn help(name: &str) -> ExitCode {
    let asked = matches!(name, "help" | "--help" | "-h");
    if !asked {
        eprintln!("xtask: there is no task `{name}`");
    }
    eprintln!("usage: cargo xtask TASK");
    for (task, line, _) in TASKS {
        eprintln!("  {task:<8} {line}");
    }
    if asked {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(2)
    }
}
