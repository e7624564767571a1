//! The network as a package meets it, from the name to the answer.

use super::*;
use crate::trace::{Blobs, Event, Kind};
use crate::world::{Caller, Process};
use bytes::Bytes;

fn world() -> (World, Caller) {
    let mut world = World {
        net: Net::new(&["registry.example".to_owned()], BTreeMap::new()),
        ..World::default()
    };
    let pid = world.processes.add(Process::default(), 9).unwrap();
    (world, Caller::process(pid))
}

fn get(world: &mut World, caller: &Caller, url: &str) -> HttpResponse {
    let request = HttpRequest {
        method: "GET".into(),
        url: url.into(),
        ..HttpRequest::default()
    };
    world.http(caller, &request).unwrap()
}

fn finish(world: World) -> (Vec<Event>, Blobs) {
    let (_, events, blobs) = world.recorder.finish();
    (events, blobs)
}

fn notices(world: &World, caller: &Caller) -> Vec<Notice> {
    let process = world.processes.get(caller.pid).unwrap();
    process.inbox.iter().cloned().collect()
}

#[test]
fn a_post_is_recorded_from_the_name_to_the_body() {
    let (mut world, caller) = world();
    let request = HttpRequest {
        method: "POST".into(),
        url: "https://collect.example/in?x=1".into(),
        headers: vec![("X-Host".into(), "mine".into())],
        body: Bytes::from_static(b"secret"),
    };
    let response = world.http(&caller, &request).unwrap();
    assert_eq!(
        (response.status, &response.body[..]),
        (200, &b"{\"ok\":true}"[..])
    );
    let (events, blobs) = finish(world);
    let kinds: Vec<Kind> = events.iter().map(|event| event.kind).collect();
    let expected = [
        Kind::NetDns,
        Kind::NetConnect,
        Kind::NetSend,
        Kind::NetHttp,
        Kind::NetRecv,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(events[1].subject, "collect.example:443");
    assert_eq!(events[1].detail["sni"], "collect.example");
    assert_eq!(events[3].subject, "POST https://collect.example/in?x=1");
    assert_eq!(events[3].detail["header.x-host"], "mine");
    assert_eq!(events[3].detail["status"], "200");
    assert_eq!(
        &blobs.get(&events[3].payload.unwrap()).unwrap()[..],
        b"secret"
    );
    let sent = blobs.get(&events[2].payload.unwrap()).unwrap();
    assert!(sent.starts_with(b"POST /in?x=1 HTTP/1.1\r\nhost: collect.example\r\n"));
}

#[test]
fn the_digest_of_a_download_is_that_of_its_bytes() {
    let (mut world, caller) = world();
    let response = get(&mut world, &caller, "http://a.test/run.sh");
    assert!(response.body.starts_with(b"#!/bin/sh\n"));
    let (events, _) = finish(world);
    let received = events.last().unwrap();
    assert_eq!(received.kind, Kind::NetRecv);
    assert_eq!(
        received.payload,
        Some(crate::trace::Digest::of(&response.body))
    );
}

#[test]
fn sends_without_an_answer_between_are_one_event() {
    let (mut world, caller) = world();
    let id = world
        .net_connect(&caller, "198.51.100.7:4444".parse().unwrap())
        .unwrap();
    for piece in [&b"par"[..], b"ts\0"] {
        world.net_send(&caller, id, piece).unwrap();
    }
    assert_eq!(world.net_receive(&caller, id, 9), Err(Errno::AGAIN));
    assert!(world.net_connection(id).unwrap().is_silent());
    let (events, blobs) = finish(world);
    assert_eq!(events.len(), 2);
    assert_eq!(events[1].subject, "198.51.100.7:4444");
    assert_eq!(
        &blobs.get(&events[1].payload.unwrap()).unwrap()[..],
        b"parts\0"
    );
}

#[test]
fn one_connection_carries_requests_in_pieces_and_in_rows() {
    let (mut world, caller) = world();
    let id = world.net_connect_host(&caller, "a.test", 80).unwrap();
    world.net_send(&caller, id, b"HEAD /x HT").unwrap();
    world
        .net_send(
            &caller,
            id,
            b"TP/1.1\r\nhost: a\r\n\r\nGET /robots.txt HTTP/1.1\r\nconnection: close\r\n\r\n",
        )
        .unwrap();
    let answer = world.net_receive(&caller, id, 9_999).unwrap();
    let text = String::from_utf8_lossy(&answer);
    assert_eq!(text.matches("HTTP/1.1 ").count(), 2, "{text}");
    assert!(text.ends_with("Not Found\n"));
    assert_eq!(world.net_receive(&caller, id, 9), Ok(Bytes::new()));
}

#[test]
fn nobody_listens_on_the_machine_unless_a_process_does() {
    let (mut world, caller) = world();
    let address: SocketAddr = "127.0.0.1:8080".parse().unwrap();
    assert_eq!(world.net_connect(&caller, address), Err(Errno::CONNREFUSED));
    let listener = world
        .net_listen(&caller, "0.0.0.0:8080".parse().unwrap())
        .unwrap();
    assert_eq!(world.net_listen(&caller, address), Err(Errno::ADDRINUSE));
    world.net_watch(listener, caller.pid, 5).unwrap();
    let near = world.net_connect(&caller, address).unwrap();
    assert_eq!(notices(&world, &caller), [Notice::Connection { fd: 5 }]);
    let far = world.net_accept(listener).unwrap();
    world.net_watch(far, caller.pid, 6).unwrap();
    world.net_send(&caller, near, b"ping").unwrap();
    world.net_send(&caller, near, b"!").unwrap();
    assert_eq!(world.net_receive(&caller, far, 99).unwrap(), "ping!");
    world.net_close(near);
    assert_eq!(world.net_receive(&caller, far, 99).unwrap(), "");
    assert_eq!(world.net_send(&caller, far, b"x"), Err(Errno::PIPE));
    assert_eq!(notices(&world, &caller)[1..], [Notice::Readable { fd: 6 }]);
}

#[test]
fn ports_of_the_system_are_not_for_users() {
    let (mut world, caller) = world();
    let refused = world.net_listen(&caller, "127.0.0.1:80".parse().unwrap());
    assert_eq!(refused, Err(Errno::ACCES));
}

#[test]
fn a_package_that_connects_without_end_meets_the_limit() {
    let (mut world, caller) = world();
    world.limits.connections = 2;
    let address: SocketAddr = "192.0.2.9:1".parse().unwrap();
    let answers: Vec<bool> = (0..4)
        .map(|_| world.net_connect(&caller, address).is_ok())
        .collect();
    assert_eq!(answers, [true, true, false, false]);
    let events = world.recorder.events();
    assert_eq!(
        events
            .iter()
            .filter(|event| event.kind == Kind::LimitHit)
            .count(),
        1
    );
}

#[test]
fn a_registry_has_every_package_and_takes_every_publication() {
    let (mut world, caller) = world();
    let document = get(
        &mut world,
        &caller,
        "https://registry.example/@scope%2ftool",
    );
    let document: serde_json::Value = serde_json::from_slice(&document.body).unwrap();
    let url = document["versions"]["1.0.0"]["dist"]["tarball"]
        .as_str()
        .unwrap();
    assert_eq!(url, "https://registry.example/@scope/tool/-/tool-1.0.0.tgz");
    let archive = get(&mut world, &caller, url);
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&archive.body[..]));
    assert_eq!(archive.entries().unwrap().count(), 3);
    let publish = HttpRequest {
        method: "PUT".into(),
        url: "https://registry.example/worm".into(),
        body: Bytes::from_static(b"{}"),
        ..HttpRequest::default()
    };
    let answer = world.http(&caller, &publish).unwrap();
    assert!(answer.body.starts_with(b"{\"ok\":true"));
}

#[test]
fn the_metadata_service_hands_out_decoys() {
    let (mut world, caller) = world();
    world
        .net
        .metadata_secrets
        .insert("aws-secret-key".into(), "decoy".into());
    let base = "http://169.254.169.254/latest/meta-data/iam/security-credentials/";
    let role = get(&mut world, &caller, base);
    let role = String::from_utf8_lossy(&role.body).into_owned();
    let answer = get(&mut world, &caller, &format!("{base}{role}"));
    let answer: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(answer["SecretAccessKey"], "decoy");
}

#[test]
fn websocket_messages_are_recorded_unmasked() {
    let (mut world, caller) = world();
    let id = world.net_connect_host(&caller, "ws.test", 80).unwrap();
    world
        .net_send(
            &caller,
            id,
            b"GET / HTTP/1.1\r\nupgrade: websocket\r\nsec-websocket-key: a\r\n\r\n",
        )
        .unwrap();
    let answer = world.net_receive(&caller, id, 9_999).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 101 "));
    world
        .net_send(&caller, id, &[0x81, 0x82, 1, 1, 1, 1, b'h' ^ 1, b'i' ^ 1])
        .unwrap();
    let (events, blobs) = finish(world);
    let message = events.last().unwrap();
    assert_eq!(message.detail["protocol"], "websocket");
    assert_eq!(&blobs.get(&message.payload.unwrap()).unwrap()[..], b"hi");
}

#[test]
fn a_name_server_is_asked_by_datagram() {
    let (mut world, caller) = world();
    let socket = world.net_datagrams(&caller, world.net_any(4)).unwrap();
    let query =
        b"\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03abc\x04test\x00\x00\x01\x00\x01";
    let server = "192.0.2.53:53".parse().unwrap();
    world.net_send_to(&caller, socket, server, query).unwrap();
    let (from, answer) = world.net_receive_from(&caller, socket).unwrap();
    assert_eq!((from, &answer[..2]), (server, &[0, 1][..]));
    let events = world.recorder.events();
    assert_eq!(
        (events[1].kind, events[1].subject.as_str()),
        (Kind::NetDns, "abc.test")
    );
}

#[test]
fn a_world_that_can_only_wait_for_silence_goes_on() {
    let (mut world, caller) = world();
    let id = world
        .net_connect(&caller, "192.0.2.9:4444".parse().unwrap())
        .unwrap();
    assert!(!world.net_hang_up_silent());
    world.net_watch(id, caller.pid, 3).unwrap();
    assert!(world.net_hang_up_silent());
    assert_eq!(notices(&world, &caller), [Notice::Readable { fd: 3 }]);
    assert!(!world.net_hang_up_silent());
}

#[test]
fn unfinished_requests_do_not_fill_the_host() {
    let (mut world, caller) = world();
    world.limits.pipe = 200;
    for number in 0..6 {
        let id = world
            .net_connect_host(&caller, &format!("h{number}.test"), 80)
            .unwrap();
        let head = b"POST / HTTP/1.1\r\ncontent-length: 200\r\n\r\n";
        world.net_send(&caller, id, head).unwrap();
        world.net_send(&caller, id, &[b'x'; 199]).unwrap();
    }
    let limits = world.recorder.events().iter();
    assert_eq!(
        limits.filter(|event| event.kind == Kind::LimitHit).count(),
        1
    );
    assert!(world.net.held <= 800);
}

#[test]
fn what_was_received_or_closed_is_held_no_more() {
    let (mut world, caller) = world();
    let listener = world
        .net_listen(&caller, "127.0.0.1:8080".parse().unwrap())
        .unwrap();
    let near = world
        .net_connect(&caller, "127.0.0.1:8080".parse().unwrap())
        .unwrap();
    let far = world.net_accept(listener).unwrap();
    world.net_send(&caller, near, b"12345").unwrap();
    assert_eq!(world.net.held, 5);
    world.net_receive(&caller, far, 2).unwrap();
    world.net_close(far);
    assert_eq!(world.net.held, 0);
}
