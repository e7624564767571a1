//! Components that mean harm: each ends, with the reason that is true.

use super::components::{Ran, command, print, run};
use super::hold;
use crate::guest::wasi::p2::bindings::wasi::cli::environment::Host as _;
use crate::guest::wasi::p2::bindings::wasi::filesystem::preopens::Host as _;
use crate::guest::wasi::p2::bindings::wasi::filesystem::types::{
    DescriptorFlags, HostDescriptor, OpenFlags, PathFlags,
};
use crate::guest::wasi::p2::bindings::wasi::sockets::network::{
    ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress,
};
use crate::guest::wasi::p2::bindings::wasi::sockets::{
    instance_network, ip_name_lookup, tcp, tcp_create_socket, udp, udp_create_socket,
};
use crate::guest::wasi::p2::{FsFailure, SocketFailure, View};
use crate::guest::{ProgramError, compile};
use crate::trace::{Kind, Outcome};
use crate::world::Exit;
use std::time::Duration;
use wasmtime::component::Resource;

fn command_ends(pages: u32, body: &str) -> Ran {
    let ran = run(&command(pages, body), &["wasi:cli/run"], |world| {
        world.limits.wall = Duration::from_secs(20);
    });
    assert!(matches!(ran.exit, Exit::Signal(_)), "{body}");
    ran
}

fn crash(pages: u32, body: &str) -> String {
    command_ends(pages, body)
        .subjects(Kind::GuestCrash)
        .join("; ")
}

#[test]
fn an_endless_loop_ends_with_the_time() {
    let text = command(1, "(loop (br 0)) (i32.const 0)");
    let began = crate::guest::schedule::host_now();
    let ran = run(&text, &["wasi:cli/run"], |world| {
        world.limits.wall = Duration::from_millis(300);
    });
    assert_eq!(ran.subjects(Kind::LimitHit), ["wall"]);
    assert_eq!(ran.exit, Exit::Signal(9));
    assert!(began.elapsed() < Duration::from_secs(15));
}

#[test]
fn endless_calls_end_after_their_number() {
    let ran = command_ends(1, "(loop (drop (call $now)) (br 0)) (i32.const 0)");
    assert_eq!(ran.subjects(Kind::LimitHit), ["host_calls"]);
}

#[test]
fn handles_run_out() {
    let ran = command_ends(1, "(loop (drop (call $stdout)) (br 0)) (i32.const 0)");
    assert_eq!(ran.subjects(Kind::LimitHit), ["handles"]);
    assert_eq!(ran.subjects(Kind::GuestCrash).len(), 1);
}

#[test]
fn lengths_and_addresses_are_not_believed() {
    for (length, at) in [
        (u32::MAX, 0),
        (4_000, u32::MAX - 10),
        (1, u32::MAX),
        (70_000, 16),
    ] {
        assert_ne!(
            crash(1, &format!("{} (i32.const 0)", print(at, length))),
            ""
        );
    }
    let ran = command_ends(
        1,
        "(call $random (i64.const -1) (i32.const 1024)) (i32.const 0)",
    );
    assert_eq!(ran.subjects(Kind::LimitHit), ["random"]);
    // The answer does not fit into the memory that the allocator claims to have.
    assert_ne!(
        crash(
            1,
            "(call $random (i64.const 100000) (i32.const 1024)) (i32.const 0)"
        ),
        ""
    );
    // A handle that was never given, and one of another kind.
    for handle in ["(i32.const 77)", "(i32.const -1)", "(i32.const 0)"] {
        let body = format!(
            "(call $write {handle} (i32.const 16) (i32.const 1) (i32.const 1024)) (i32.const 0)"
        );
        assert!(crash(1, &body).contains("handle"), "{handle}");
    }
}

#[test]
fn one_call_hands_over_no_more_than_is_allowed() {
    // 40 MiB in a memory that has them.
    let body = "(call $write_any (call $stdout) (i32.const 0) (i32.const 41943040) (i32.const 1024)) (i32.const 0)";
    assert_ne!(crash(700, body), "");
}

#[test]
fn recursion_without_end_meets_the_end_of_the_stack() {
    assert!(crash(1, "(call $deep (i32.const 0))").contains("stack"));
}

#[test]
fn parts_and_memory_are_limited() {
    let many = |what: &str, count: usize| {
        let module = format!("(component (core module $m {what})");
        let instances = "(core instance (instantiate $m))".repeat(count);
        run(&format!("{module}{instances})"), &["f"], |_| {})
    };
    for (what, count) in [
        ("", 501),
        ("(memory 1)", 51),
        ("(memory 600)", 2),
        ("(table 60000 funcref)", 2),
        ("(table 1 funcref)", 101),
    ] {
        let ran = many(what, count);
        assert!(ran.exit.status() > 128, "{what}");
        assert_eq!(ran.subjects(Kind::GuestCrash).len(), 1, "{what} {count}");
    }
    let grow = "(drop (memory.grow (i32.const 2000))) (unreachable)";
    let ran = command_ends(1, grow);
    assert_eq!(ran.subjects(Kind::LimitHit), ["memory"]);
}

#[test]
fn what_is_no_component_is_said_to_be_none() {
    let whole = wat::parse_str(command(1, "(i32.const 0)")).expect("text");
    assert!(compile(&whole).is_ok());
    for length in (9..whole.len()).step_by(7) {
        let Err(error) = compile(&whole[..length]) else {
            // Cut between two sections, what is left may be whole again.
            continue;
        };
        assert!(matches!(error, ProgramError::Invalid(_)), "{error}");
    }
    let mut flipped = whole.clone();
    for index in (8..whole.len()).step_by(41) {
        flipped[index] ^= 0x55;
        if let Err(error) = compile(&flipped) {
            assert!(!error.to_string().contains('\n'));
        }
        flipped[index] = whole[index];
    }
}

#[test]
fn deeply_nested_types_are_refused_or_carried() {
    for depth in [50, 90, 200] {
        let mut text = "(component".to_owned();
        for level in 0..depth {
            let inner = match level {
                0 => "u8".to_owned(),
                level => format!("{}", level - 1),
            };
            text.push_str(&format!(" (type (list {inner}))"));
        }
        text.push_str(&format!(
            " (import \"f\" (func (param \"x\" {}))))",
            depth - 1
        ));
        let bytes = wat::parse_str(text).expect("text");
        match compile(&bytes) {
            Ok(_) => assert!(depth < 200),
            Err(error) => assert!(matches!(error, ProgramError::Invalid(_)), "{error}"),
        }
    }
}

#[test]
fn the_host_is_out_of_reach() {
    let host = tempfile::tempdir().expect("a directory");
    let canary = host.path().join("canary");
    std::fs::create_dir_all(&canary).expect("writable");
    let canary = canary.to_string_lossy().into_owned();
    let (mut hold, mut handles) = hold();
    let mut view = View {
        hold: &mut hold,
        handles: &mut handles,
    };
    let env = view.get_environment().expect("variables");
    let names: Vec<&str> = env.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["EMPTY", "NAME"]);
    let (root, _) = view.get_directories().expect("one").remove(0);
    let climb = format!("{}{}", "../".repeat(30), canary.trim_start_matches('/'));
    for path in [canary.as_str(), canary.trim_start_matches('/'), &climb] {
        let root = Resource::new_borrow(root.rep());
        let opened = view.open_at(
            root,
            PathFlags::SYMLINK_FOLLOW,
            path.to_owned(),
            OpenFlags::empty(),
            DescriptorFlags::READ,
        );
        assert!(matches!(opened, Err(FsFailure::Code(_))), "{path}");
    }
    let world = hold.world().expect("there");
    let refused = world.recorder.events().iter();
    let refused = refused.filter(|event| event.outcome == Outcome::Error("EPERM".into()));
    assert_eq!(refused.count(), 2);
}

#[test]
fn whoever_is_asked_for_on_the_network_is_recorded() {
    let (mut hold, mut handles) = hold();
    let mut view = View {
        hold: &mut hold,
        handles: &mut handles,
    };
    let address = || {
        IpSocketAddress::Ipv4(Ipv4SocketAddress {
            port: 443,
            address: (192, 0, 2, 7),
        })
    };
    let denied = |failure| matches!(failure, SocketFailure::Code(ErrorCode::AccessDenied));
    let network = instance_network::Host::instance_network(&mut view).expect("a network");
    let network = || Resource::new_borrow(network.rep());
    let name = "exfil.example".to_owned();
    let asked = ip_name_lookup::Host::resolve_addresses(&mut view, network(), name);
    assert!(asked.is_err_and(denied));
    let family = IpAddressFamily::Ipv4;
    let tcp = tcp_create_socket::Host::create_tcp_socket(&mut view, family).expect("a socket");
    let same = || Resource::new_borrow(tcp.rep());
    let asked = tcp::HostTcpSocket::start_connect(&mut view, same(), network(), address());
    assert!(asked.is_err_and(denied));
    let asked = tcp::HostTcpSocket::start_bind(&mut view, same(), network(), address());
    assert!(asked.is_err_and(denied));
    let udp = udp_create_socket::Host::create_udp_socket(&mut view, family).expect("a socket");
    let same = || Resource::new_borrow(udp.rep());
    let asked = udp::HostUdpSocket::stream(&mut view, same(), Some(address()));
    assert!(asked.is_err_and(denied));
    let world = hold.world().expect("there");
    let events = world.recorder.events().iter();
    let lines: Vec<String> = events
        .map(|event| format!("{} {} {:?}", event.kind, event.subject, event.outcome))
        .collect();
    assert_eq!(
        lines,
        [
            r#"net.dns exfil.example Error("EACCES")"#,
            r#"net.connect 192.0.2.7:443 Error("EACCES")"#,
            r#"net.listen 192.0.2.7:443 Error("EACCES")"#,
            r#"net.connect 192.0.2.7:443 Error("EACCES")"#,
        ]
    );
}
