//! Starting programs in a furnished world.

use super::*;

fn world() -> (World, Caller) {
    let mut world = World::default();
    world.fs = fs::Fs::on(machine::base(&world.persona));
    let env = BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]);
    let root = Process {
        cwd: "/w".into(),
        env,
        ..Process::default()
    };
    let pid = world.processes.add(root, 9).unwrap();
    (world, Caller::process(pid))
}

fn request(argv: &[&str]) -> SpawnRequest {
    SpawnRequest {
        argv: argv.iter().map(|arg| (*arg).to_owned()).collect(),
        program: argv[0].to_owned(),
        ..SpawnRequest::default()
    }
}

#[test]
fn a_script_runs_under_the_program_of_its_first_line() {
    let (mut world, caller) = world();
    world
        .fs
        .plant_file("/w/run", "#!/usr/bin/env node\n1\n", 0o755);
    let pid = world.spawn(&caller, request(&["./run", "a"])).unwrap().pid;
    assert_eq!(
        world.processes.get(pid).unwrap().argv,
        ["node", "/w/run", "a"]
    );
    assert!(is_guest(&world, pid));
    assert_eq!(world.recorder.events()[0].subject, "./run a");
}

#[test]
fn a_text_without_a_first_line_is_a_shell_script() {
    let (mut world, caller) = world();
    world.fs.plant_file("/w/x", "echo hi\n", 0o755);
    let pid = world.spawn(&caller, request(&["./x"])).unwrap().pid;
    assert_eq!(program_of(&world, pid), Program::Shell);
}

#[test]
fn what_is_missing_or_not_allowed_is_refused_and_recorded() {
    let (mut world, caller) = world();
    world.fs.plant_file("/w/x", "echo hi\n", 0o644);
    assert_eq!(
        world.spawn(&caller, request(&["nothing"])),
        Err(Errno::NOENT)
    );
    assert_eq!(world.spawn(&caller, request(&["./x"])), Err(Errno::ACCES));
    assert_eq!(world.recorder.events().len(), 2);
}

#[test]
fn a_shipped_native_program_is_not_run_and_a_renamed_stub_is_what_it_was() {
    let (mut world, caller) = world();
    world
        .fs
        .plant_file("/w/tool", &b"\x7fELF\x02\x01 rest"[..], 0o755);
    world
        .copy_file(&caller, "/usr/bin/cat", "/tmp/notcat", false)
        .unwrap();
    assert_eq!(
        world.spawn(&caller, request(&["./tool"])),
        Err(Errno::NOEXEC)
    );
    assert!(
        world
            .recorder
            .events()
            .iter()
            .any(|event| event.kind == Kind::GuestUnsupported)
    );
    let pid = world.spawn(&caller, request(&["/tmp/notcat"])).unwrap().pid;
    assert_eq!(program_of(&world, pid), Program::Tool("cat"));
}
