//! The simulated network: connections, servers and name service under any sequence of calls and any bytes.

use super::input::{Input, Seed};
use super::sound;
use bytes::Bytes;
use lazaret::world::net::{HttpRequest, RecordType, SocketId};
use lazaret::world::{Caller, World};
use std::net::{IpAddr, SocketAddr};

/// Hosts of every kind: outside, registries, the cloud's metadata, the machine itself, and what is no name.
const HOSTS: [&str; 14] = [
    "evil.test",
    "registry.example",
    "api.github.example",
    "169.254.169.254",
    "metadata.google.internal",
    "localhost",
    "127.0.0.1",
    "::1",
    "192.0.2.9",
    "2001:db8::7",
    "printer.local",
    "",
    "a..b",
    "xn--nxasmq6b.test",
];

/// Ports with and without a service behind them.
const PORTS: [u16; 12] = [80, 443, 22, 25, 21, 53, 6379, 3306, 8080, 0, 4444, 65_535];

/// What clients say first.
const LINES: [&str; 16] = [
    "GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n",
    "POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello",
    "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "POST /x HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "CONNECT evil.test:443 HTTP/1.1\r\n\r\n",
    "GET /latest/meta-data/iam/security-credentials/ HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata-Flavor: Google\r\n\r\n",
    "GET /chat HTTP/1.1\r\nHost: w.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    "PUT /-/package/x HTTP/1.0\r\nConnection: keep-alive\r\ncontent-length: 0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "\u{81}\u{85}",
    "SSH-2.0-x\r\n",
    "EHLO x\r\n",
    "USER anonymous\r\nPASS x\r\nLIST\r\n",
    "PING\r\n",
    "*1\r\n$4\r\nINFO\r\n",
    "GET /x HTTP/1.1\r\nHost: a.test\r\nRange: bytes=5-2\r\nAccept-Encoding: gzip\r\n\r\n",
    "0\r\n\r\n",
];

/// Most operations of one input.
const MOST: usize = 200;

/// The state of one run: sockets that were made, live or not.
struct Client {
    world: Box<World>,
    caller: Caller,
    sockets: Vec<SocketId>,
}

/// Runs a sequence of operations.
pub(crate) fn run(data: &[u8]) {
    let (world, pid) = sound::world(&["node"], "/usr/bin/node");
    let mut client = Client {
        world,
        caller: Caller::process(pid),
        sockets: Vec::new(),
    };
    let mut input = Input::new(data);
    for _ in 0..MOST {
        if input.is_empty() {
            break;
        }
        client.operation(&mut input);
        sound::check(&client.world);
    }
    for id in client.sockets {
        client.world.net_close(id);
    }
    sound::finish(client.world);
}

impl Client {
    fn operation(&mut self, input: &mut Input<'_>) {
        match input.below(18) {
            0 | 1 => self.connect(input),
            2..=5 => self.send(input),
            6 | 7 => self.receive(input),
            8 => {
                let id = self.socket(input);
                // Refused for sockets that are not connected.
                let _ = self.world.net_shutdown(id);
            }
            9 => {
                let id = self.socket(input);
                self.world.net_close(id);
            }
            10 => {
                let id = self.socket(input);
                let _ = self.world.start_tls(
                    id,
                    input.pick(&HOSTS),
                    &["h2".to_owned(), "http/1.1".to_owned()],
                );
            }
            11 => self.listen(input),
            12 => {
                let id = self.socket(input);
                if let Ok(accepted) = self.world.net_accept(id) {
                    self.sockets.push(accepted);
                }
            }
            13 => self.datagram(input),
            14 => self.names(input),
            15 => self.request(input),
            16 => {
                let id = self.socket(input);
                let _ = self
                    .world
                    .net_watch(id, self.caller.pid, u32::from(input.byte()));
                let _ = self.world.net_addresses(id);
            }
            _ => {
                self.world.net_hang_up_silent();
            }
        }
    }

    fn socket(&self, input: &mut Input<'_>) -> SocketId {
        let index = input.byte();
        match self.sockets.len() {
            0 => u32::from(index),
            count => self.sockets[usize::from(index) % count],
        }
    }

    fn connect(&mut self, input: &mut Input<'_>) {
        let (host, port) = (host(input), port(input));
        if let Ok(id) = self.world.net_connect_host(&self.caller, &host, port) {
            self.sockets.push(id);
        }
    }

    fn send(&mut self, input: &mut Input<'_>) {
        let id = self.socket(input);
        let bytes = message(input);
        if let Ok(count) = self.world.net_send(&self.caller, id, &bytes) {
            assert!(count <= bytes.len());
        }
    }

    fn receive(&mut self, input: &mut Input<'_>) {
        let id = self.socket(input);
        let most = usize::try_from(input.number())
            .unwrap_or(usize::MAX)
            .clamp(1, 1 << 20);
        if let Ok(bytes) = self.world.net_receive(&self.caller, id, most) {
            assert!(bytes.len() <= most);
        }
    }

    fn listen(&mut self, input: &mut Input<'_>) {
        let address = SocketAddr::new(address(input), port(input));
        let made = if input.flag() {
            self.world.net_listen(&self.caller, address)
        } else {
            self.world.net_datagrams(&self.caller, address)
        };
        if let Ok(id) = made {
            let (near, _) = self.world.net_addresses(id).expect("it has an address");
            assert_ne!(near.port(), 0, "a port was chosen");
            self.sockets.push(id);
        }
    }

    fn datagram(&mut self, input: &mut Input<'_>) {
        let id = self.socket(input);
        let remote = SocketAddr::new(address(input), if input.flag() { 53 } else { port(input) });
        let query = query(input);
        let sent = self.world.net_send_to(&self.caller, id, remote, &query);
        while let Ok((from, bytes)) = self.world.net_receive_from(&self.caller, id) {
            let outside = !remote.ip().is_loopback() && !remote.ip().is_unspecified();
            if sent.is_ok()
                && from == remote
                && outside
                && remote.port() == 53
                && bytes.len() > 12
                && query.len() > 12
            {
                check_answer(&query, &bytes);
            }
        }
    }

    fn names(&mut self, input: &mut Input<'_>) {
        const TYPES: [&str; 13] = [
            "A", "AAAA", "ANY", "CAA", "CNAME", "MX", "NAPTR", "NS", "PTR", "SOA", "SRV", "TXT",
            "x",
        ];
        let name = host(input);
        if let Some(kind) = RecordType::parse(input.pick(&TYPES)) {
            let _ = self.world.resolve(&self.caller, &name, kind);
        }
        if let Ok(found) = self.world.lookup(&self.caller, &name, input.byte() % 8) {
            for address in found {
                let _ = self.world.reverse(&self.caller, address);
            }
        }
    }

    fn request(&mut self, input: &mut Input<'_>) {
        let url = match input.below(3) {
            0 => input.text(),
            1 => format!("http://{}:{}/{}", host(input), port(input), input.text()),
            _ => format!("https://{}/{}", host(input), input.text()),
        };
        let request = HttpRequest {
            method: input
                .pick(&["GET", "POST", "HEAD", "PUT", "x y"])
                .to_owned(),
            url,
            headers: vec![(
                input.pick(&["accept", "Range", "a\r\nb"]).to_owned(),
                input.text(),
            )],
            body: Bytes::copy_from_slice(input.bytes()),
        };
        if let Ok(response) = self.world.http(&self.caller, &request) {
            assert!(
                (100..600).contains(&response.status),
                "the status {}",
                response.status
            );
        }
    }
}

fn host(input: &mut Input<'_>) -> String {
    if input.byte() < 220 {
        input.pick(&HOSTS).to_owned()
    } else {
        input.text()
    }
}

fn port(input: &mut Input<'_>) -> u16 {
    *input.pick(&PORTS.each_ref())
}

fn address(input: &mut Input<'_>) -> IpAddr {
    input
        .pick(&[
            "127.0.0.1",
            "::1",
            "0.0.0.0",
            "::",
            "192.0.2.53",
            "198.51.100.4",
            "169.254.169.254",
            "127.0.0.53",
        ])
        .parse()
        .expect("an address")
}

fn message(input: &mut Input<'_>) -> Vec<u8> {
    match input.below(4) {
        0 => input.bytes().to_vec(),
        1 => input.bytes().repeat(1 + input.below(30)),
        _ => input.pick(&LINES).as_bytes().to_vec(),
    }
}

/// A question of the name service: well-formed in most cases.
fn query(input: &mut Input<'_>) -> Vec<u8> {
    if input.byte() > 180 {
        return input.bytes().to_vec();
    }
    let mut query = vec![7, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in host(input)
        .split('.')
        .filter(|label| (1..64).contains(&label.len()))
    {
        query.push(u8::try_from(label.len()).unwrap_or(0));
        query.extend_from_slice(label.as_bytes());
    }
    query.extend([0, 0, input.byte() % 40, 0, 1]);
    query
}

/// Reads an answer as a resolver does: the same number, the same question, and records that fill the message exactly.
fn check_answer(query: &[u8], answer: &[u8]) {
    assert_eq!(answer[..2], query[..2], "an answer to another question");
    assert_eq!(answer[2] & 0x80, 0x80, "an answer says that it is one");
    let count = usize::from(u16::from_be_bytes([answer[6], answer[7]]));
    let mut at = 12;
    while answer[at] != 0 {
        at += 1 + usize::from(answer[at]);
    }
    at += 5;
    assert_eq!(
        answer[12..at],
        query[12..at],
        "another question is repeated"
    );
    for _ in 0..count {
        assert_eq!(
            answer[at..at + 2],
            [0xc0, 0x0c],
            "a record is about the name in the question"
        );
        let length = usize::from(u16::from_be_bytes([answer[at + 10], answer[at + 11]]));
        at += 12 + length;
    }
    assert_eq!(at, answer.len(), "the records fill the message");
}

/// One conversation for each first line, and the name service.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = (0..16_u8)
        .map(|line| {
            let connect = Seed::default().all(&[0, 0, line % 14, line % 12]);
            connect
                .all(&[2, 0, 2, line, 6, 0, 250, 2, 0, 0])
                .text("x\r\n")
                .all(&[6, 0, 5])
                .done()
        })
        .collect();
    for kind in [1, 12, 15, 16, 28] {
        let datagrams = Seed::default().all(&[11, 2, 9, 0]);
        seeds.push(
            datagrams
                .all(&[13, 0, 4, 1, 0, 0, 0, kind, 14, 0, 0, kind, 4])
                .done(),
        );
    }
    let loopback = Seed::default().all(&[11, 0, 8, 1, 0, 0, 6, 8, 12, 0]);
    seeds.push(
        loopback
            .all(&[2, 1, 0])
            .text("ping")
            .all(&[6, 2, 9, 8, 1, 9, 2])
            .done(),
    );
    seeds.push(
        Seed::default()
            .all(&[15, 2, 0, 0])
            .text("a?b=c")
            .all(&[1, 0])
            .text("x")
            .text("body")
            .done(),
    );
    seeds
}
