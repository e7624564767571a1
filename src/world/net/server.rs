//! The simulated server at the other end of every connection to the outside: it looks at what is sent and answers in kind.

use super::super::{Caller, World};
use super::http::{Parsed, RequestParser};
use super::lines::LineServer;
use super::websocket::Frames;
use super::{FULL_BUFFERS, HttpResponse, SocketId, answers};
use crate::trace::Kind;

/// Longest method that is taken for one of HTTP; WebDAV's longest has 16 letters.
const MAX_METHOD: usize = 20;

/// What a server has understood so far.
#[derive(Debug, Default)]
pub(super) enum Server {
    /// Nothing was sent yet.
    #[default]
    Undecided,
    /// The start of something that may become HTTP.
    Starting(Vec<u8>),
    /// HTTP/1.
    Http(Box<RequestParser>),
    /// After the upgrade of an HTTP connection.
    WebSocket(Frames),
    /// A protocol of command lines.
    Lines(LineServer),
    /// Something else: it takes everything and says nothing.
    Silent,
}

impl Server {
    /// Whether the answers of this server are recorded when they are made, not when they are received.
    pub(super) fn records_answers(&self) -> bool {
        matches!(self, Server::Http(_) | Server::WebSocket(_))
    }
}

impl Server {
    /// Bytes of a message that is not complete yet.
    pub(super) fn held(&self) -> usize {
        match self {
            Server::Starting(start) => start.len(),
            Server::Http(parser) => parser.held(),
            Server::WebSocket(frames) => frames.held(),
            Server::Undecided | Server::Lines(_) | Server::Silent => 0,
        }
    }
}

/// Whether bytes start like an HTTP request: some capital letters and a space. `None` while it cannot be told.
fn looks_like_http(bytes: &[u8]) -> Option<bool> {
    let letters = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase() || **byte == b'-')
        .count();
    match bytes.get(letters) {
        None => (letters > MAX_METHOD).then_some(false),
        Some(b' ') => Some((3..=MAX_METHOD).contains(&letters)),
        Some(_) => Some(false),
    }
}

impl World {
    /// Lets the server of a connection see what was sent.
    pub(super) fn serve(&mut self, caller: &Caller, id: SocketId, bytes: &[u8]) {
        let Some(server) = self.net.take_server(id) else {
            return;
        };
        let before = server.held();
        let mut server = self.step(caller, id, server, bytes);
        let others = self.net.held.saturating_sub(before);
        if others.saturating_add(server.held()) > self.limits.pipe.saturating_mul(FULL_BUFFERS) {
            self.hit_limit(
                caller,
                "pipe",
                "too much sent to servers that wait for more",
            );
            server = Server::Silent;
        }
        self.net.held = others.saturating_add(server.held());
        self.net.put_server(id, server);
    }

    fn step(&mut self, caller: &Caller, id: SocketId, server: Server, bytes: &[u8]) -> Server {
        match server {
            Server::Undecided => self.step(caller, id, Server::Starting(Vec::new()), bytes),
            Server::Starting(mut start) => {
                start.extend_from_slice(bytes);
                match looks_like_http(&start) {
                    None => Server::Starting(start),
                    Some(true) => {
                        let parser = Box::new(RequestParser::new(self.limits.pipe));
                        self.web(caller, id, parser, &start)
                    }
                    Some(false) => {
                        let (server, reply) = super::lines::recognise(&start);
                        if !reply.is_empty() {
                            self.deliver(id, reply.as_bytes());
                        }
                        server
                    }
                }
            }
            Server::Http(parser) => self.web(caller, id, parser, bytes),
            Server::WebSocket(mut frames) => {
                for message in frames.feed(bytes) {
                    self.note_frame(caller, id, message);
                }
                Server::WebSocket(frames)
            }
            Server::Lines(mut lines) => {
                let reply = lines.feed(bytes);
                if !reply.is_empty() {
                    self.deliver(id, reply.as_bytes());
                }
                Server::Lines(lines)
            }
            Server::Silent => Server::Silent,
        }
    }

    /// Serves the requests that are complete.
    fn web(
        &mut self,
        caller: &Caller,
        id: SocketId,
        mut parser: Box<RequestParser>,
        bytes: &[u8],
    ) -> Server {
        parser.feed(bytes);
        loop {
            match parser.advance() {
                Parsed::More => return Server::Http(parser),
                Parsed::Continue => self.deliver(id, b"HTTP/1.1 100 Continue\r\n\r\n"),
                Parsed::Bad(status) => {
                    let response = HttpResponse::text(status, "text/plain", "");
                    self.deliver(id, &response.encode(self.clock.now(), false, false));
                    self.deliver_end(id);
                    return Server::Silent;
                }
                Parsed::Request(request) => {
                    let response = self.answer(caller, id, &request);
                    let keep = request.keeps_alive();
                    let head = request.method == "HEAD";
                    let bytes = response.encode(self.clock.now(), keep, head);
                    self.deliver(id, &bytes);
                    match (request.method.as_str(), response.status) {
                        (_, 101) => return Server::WebSocket(Frames::default()),
                        ("CONNECT", 200) => {
                            self.tunnel(id, &request.target);
                            let rest = parser.into_rest();
                            return self.step(caller, id, Server::Starting(Vec::new()), &rest);
                        }
                        _ if !keep => {
                            self.deliver_end(id);
                            return Server::Http(parser);
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    /// Answers one request and records both. The payload of `net.http` is the request's body; that of the `net.recv` after
    /// it is the body of the answer alone, so that its digest is that of the file into which it is saved.
    fn answer(
        &mut self,
        caller: &Caller,
        id: SocketId,
        request: &super::http::Request,
    ) -> HttpResponse {
        let Ok(connection) = self.net.connection_mut(id) else {
            return HttpResponse::text(500, "text/plain", "");
        };
        connection.message_ended();
        let subject = connection.subject();
        let url = request.url(
            connection.tls.is_some(),
            &connection.host,
            connection.remote.port(),
        );
        let seq = self.note(caller, Kind::NetHttp, format!("{} {url}", request.method));
        self.recorder.attach(seq, request.body.clone());
        for (name, value) in request.joined_headers() {
            self.recorder.detail(seq, &format!("header.{name}"), value);
        }
        self.recorder.detail(seq, "connection", subject.clone());
        if request.method == "CONNECT" {
            self.recorder.detail(seq, "target", request.target.clone());
        }
        let response = answers::answer(self, request, &url);
        self.recorder
            .detail(seq, "status", response.status.to_string());
        if let Some(kind) = response.header("content-type") {
            self.recorder.detail(seq, "response.type", kind);
        }
        self.recorder
            .detail(seq, "response.length", response.body.len().to_string());
        if !response.body.is_empty() && request.method != "HEAD" {
            let seq = self.note(caller, Kind::NetRecv, subject);
            self.recorder.attach(seq, response.body.clone());
            self.recorder.detail(seq, "url", url.to_string());
        }
        response
    }

    /// After a CONNECT the proxy is out of the way: the connection is one to its target.
    fn tunnel(&mut self, id: SocketId, target: &str) {
        let (host, port) = target.rsplit_once(':').unwrap_or((target, "443"));
        if let Ok(connection) = self.net.connection_mut(id) {
            host.trim_matches(['[', ']'])
                .clone_into(&mut connection.host);
            connection.remote.set_port(port.parse().unwrap_or(443));
        }
    }

    fn note_frame(&mut self, caller: &Caller, id: SocketId, message: Vec<u8>) {
        let Ok(connection) = self.net.connection(id) else {
            return;
        };
        let subject = connection.subject();
        let seq = self.note(caller, Kind::NetSend, subject);
        self.recorder.detail(seq, "protocol", "websocket");
        self.recorder.attach(seq, message);
    }
}
