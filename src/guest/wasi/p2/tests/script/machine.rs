//! Clocks, randomness, and the process itself.

use super::super::Arm;
use super::super::bindings::cli::environment::Host as _;
use super::super::bindings::clocks::{monotonic_clock, wall_clock};
use super::super::bindings::io::poll::{Host as Poll, HostPollable};
use super::super::bindings::io::streams::HostInputStream;
use super::super::bindings::random::{insecure, insecure_seed, random};
use super::{Log, own, same};

/// What can be said of clocks that show different times.
pub(in super::super::super) fn clocks(arm: &mut Arm, log: &mut Log) {
    use monotonic_clock::Host as Monotonic;
    use wall_clock::Host as Wall;
    let mut last = Monotonic::now(&mut arm.clocks()).expect("a time");
    for _ in 0..20 {
        let now = Monotonic::now(&mut arm.clocks()).expect("a time");
        log.push(format!("goes on {}", now >= last));
        last = now;
    }
    let resolution = Monotonic::resolution(&mut arm.clocks()).expect("a time");
    log.push(format!("has a resolution {}", resolution > 0));
    let wall = Wall::now(&mut arm.clocks()).expect("a time");
    log.push(format!(
        "nanoseconds are a part {}",
        wall.nanoseconds < 1_000_000_000
    ));
    let past = Monotonic::subscribe_instant(&mut arm.clocks(), 0).expect("room");
    HostPollable::block(&mut arm.io(), same(&past)).expect("over");
    log.push(format!(
        "past {}",
        HostPollable::ready(&mut arm.io(), same(&past)).expect("over")
    ));
    let never = Monotonic::subscribe_duration(&mut arm.clocks(), u64::MAX).expect("room");
    log.push(format!(
        "never {}",
        HostPollable::ready(&mut arm.io(), same(&never)).expect("not yet")
    ));
    let soon = Monotonic::subscribe_duration(&mut arm.clocks(), 2_000_000).expect("room");
    let before = Monotonic::now(&mut arm.clocks()).expect("a time");
    let ready = Poll::poll(&mut arm.io(), vec![same(&never), same(&soon)]).expect("over");
    let after = Monotonic::now(&mut arm.clocks()).expect("a time");
    log.push(format!("first {ready:?} {}", after - before >= 1_900_000));
    let ready = Poll::poll(
        &mut arm.io(),
        vec![same(&past), same(&never), same(&soon), same(&past)],
    );
    let mut ready = ready.expect("over");
    ready.sort_unstable();
    log.push(format!("all {ready:?}"));
    log.push(format!(
        "nothing {}",
        Poll::poll(&mut arm.io(), Vec::new()).is_err()
    ));
    HostPollable::drop(&mut arm.io(), own(&soon)).expect("a pollable");
    log.push(format!(
        "dropped {}",
        HostPollable::ready(&mut arm.io(), same(&soon)).is_err()
    ));
}

/// Random bytes come in the number that was asked for.
pub(in super::super::super) fn randomness(arm: &mut Arm, log: &mut Log) {
    for length in [0, 1, 7, 8, 9, 1_000, 65_536] {
        let one = random::Host::get_random_bytes(&mut arm.random(), length).expect("bytes");
        let two = random::Host::get_random_bytes(&mut arm.random(), length).expect("bytes");
        let three =
            insecure::Host::get_insecure_random_bytes(&mut arm.random(), length).expect("bytes");
        log.push(format!(
            "{} {} {}",
            one.len(),
            three.len(),
            length < 7 || one != two
        ));
    }
    let one = random::Host::get_random_u64(&mut arm.random()).expect("a number");
    log.push(format!(
        "{}",
        one != random::Host::get_random_u64(&mut arm.random()).expect("a number")
    ));
    let one = insecure::Host::get_insecure_random_u64(&mut arm.random()).expect("a number");
    log.push(format!(
        "{}",
        one != insecure::Host::get_insecure_random_u64(&mut arm.random()).expect("a number")
    ));
    log.push(format!(
        "{}",
        insecure_seed::Host::insecure_seed(&mut arm.random()).is_ok()
    ));
    log.push(format!(
        "{}",
        random::Host::get_random_bytes(&mut arm.random(), u64::MAX).is_err()
    ));
}

/// Arguments, variables, and what becomes of the standard streams.
pub(in super::super::super) fn process(arm: &mut Arm, log: &mut Log) {
    use super::super::bindings::cli::{exit, stdin, terminal_stdin, terminal_stdout};
    log.push(format!(
        "{:?}",
        arm.cli().get_arguments().expect("arguments")
    ));
    log.push(format!(
        "{:?}",
        arm.cli().get_environment().expect("variables")
    ));
    log.push(format!(
        "{:?}",
        arm.cli().initial_cwd().expect("a directory")
    ));
    log.push(format!(
        "{}",
        terminal_stdin::Host::get_terminal_stdin(&mut arm.cli())
            .expect("none")
            .is_none()
    ));
    log.push(format!(
        "{}",
        terminal_stdout::Host::get_terminal_stdout(&mut arm.cli())
            .expect("none")
            .is_none()
    ));
    let input = stdin::Host::get_stdin(&mut arm.cli()).expect("a stream");
    let read = HostInputStream::blocking_read(&mut arm.io(), same(&input), 10);
    log.push(arm.flowed(read));
    HostInputStream::drop(&mut arm.io(), own(&input)).expect("open");
    log.push(format!(
        "{}",
        exit::Host::exit(&mut arm.cli(), Ok(())).is_err()
    ));
    log.push(format!(
        "{}",
        exit::Host::exit_with_code(&mut arm.cli(), 7).is_err()
    ));
}
