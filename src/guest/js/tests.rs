//! What a guest may make the host keep for it is bounded.

use super::*;
use crate::world::Process;

fn ask(world: &mut World, pid: u32, name: &str, args: Vec<Arg<'_>>) -> Result<Value, Fault> {
    let mut host = Host {
        world,
        caller: Caller::process(pid),
        handles: &mut Handles::default(),
        resumed: false,
    };
    dispatch(&mut host, name, &Args(args))
}

fn world() -> (World, u32) {
    let mut world = World::default();
    let pid = world.processes.add(Process::default(), 9).unwrap();
    (world, pid)
}

fn limits(world: &World) -> Vec<&str> {
    let events = world.recorder.events().iter();
    let hit = events.filter(|event| event.kind == Kind::LimitHit);
    hit.map(|event| event.subject.as_str()).collect()
}

#[test]
fn the_name_of_a_place_is_cut() {
    let line = format!("{}:3:9\nx.js:1:2", "é".repeat(MAX_FILE));
    let places = places(line.as_bytes());
    assert_eq!((places[0].file.len(), places[0].line), (MAX_FILE, 3));
    assert_eq!(places[1].to_string(), "x.js:1:2");
}

#[test]
fn messages_that_nobody_reads_are_bounded_over_all_threads() {
    let (mut world, pid) = world();
    let mut threads = Vec::new();
    for number in [1.0, 2.0] {
        let Ok(Value::List(reply)) =
            ask(&mut world, pid, "worker.start", vec![Arg::Number(number)])
        else {
            panic!("a thread starts");
        };
        let Value::Number(thread) = reply[0] else {
            panic!("its number is the first")
        };
        threads.push(thread);
    }
    let bytes = vec![0; 24 << 20];
    let mut post = |thread| {
        let args = vec![Arg::Number(thread), Arg::Number(1.0), Arg::Bytes(&bytes)];
        ask(&mut world, pid, "worker.post", args)
    };
    assert_eq!(post(threads[0]), Ok(Value::Null));
    assert_eq!(post(threads[1]), Ok(Value::Null));
    assert_eq!(post(threads[0]), Err(Fault::Errno(Errno::AGAIN)));
    assert_eq!(post(threads[1]), Err(Fault::Errno(Errno::AGAIN)));
    assert_eq!(limits(&world), ["messages"]);
}
