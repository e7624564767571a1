//! HTTP/1 as a server sees it: requests are taken apart as they come in, answers are put together.

use super::HttpResponse;
use bytes::Bytes;
use std::collections::BTreeMap;
use url::Url;

/// Longest head of a request: more than servers accept.
const MAX_HEAD: usize = 256 << 10;

/// Most header fields of a request.
const MAX_FIELDS: usize = 256;

/// Longest line that states the size of a chunk or is a trailer.
const MAX_LINE: usize = 16 << 10;

/// One complete request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    /// The second word of the request line.
    pub(super) target: String,
    /// Lower-case names with their values, in the order in which they came.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    /// Whether the version is 1.1.
    modern: bool,
}

impl Request {
    /// The value of the first field with this lower-case name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// All fields, those of one name joined as RFC 9110 section 5.3 does.
    pub(super) fn joined_headers(&self) -> BTreeMap<&str, String> {
        let mut joined: BTreeMap<&str, String> = BTreeMap::new();
        for (name, value) in &self.headers {
            joined
                .entry(name)
                .and_modify(|known| {
                    known.push_str(", ");
                    known.push_str(value);
                })
                .or_insert_with(|| value.clone());
        }
        joined
    }

    /// Whether the connection stays open after the answer, RFC 9112 section 9.3.
    pub(super) fn keeps_alive(&self) -> bool {
        let says = |word| {
            self.header("connection")
                .is_some_and(|value| value.to_ascii_lowercase().contains(word))
        };
        if self.modern {
            !says("close")
        } else {
            says("keep-alive")
        }
    }

    /// The address that was asked for. The host is the one that was connected to, whatever the `Host` field says: the
    /// field is in the record beside it.
    pub(super) fn url(&self, tls: bool, host: &str, port: u16) -> Url {
        if let Ok(whole) = Url::parse(&self.target)
            && matches!(whole.scheme(), "http" | "https")
        {
            return whole;
        }
        let scheme = if tls { "https" } else { "http" };
        let origin = format!("{scheme}://{}", super::authority(host, port));
        let path = if self.target.starts_with('/') {
            self.target.as_str()
        } else {
            "/"
        };
        Url::parse(&format!("{origin}{path}"))
            .or_else(|_| Url::parse(&origin))
            .unwrap_or_else(|_| unnamed())
    }
}

/// The address of a request to a host whose name is none.
fn unnamed() -> Url {
    #[expect(clippy::unwrap_used, reason = "a constant that parses")]
    Url::parse("http://unnamed.invalid/").unwrap()
}

/// What a parser has for its server.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// Nothing yet.
    More,
    /// The client waits for leave to send the body.
    Continue,
    /// A complete request.
    Request(Request),
    /// No HTTP, or too large; the status that says so.
    Bad(u16),
}

/// Takes requests apart, however they are cut into pieces.
#[derive(Debug)]
pub(super) struct RequestParser {
    buffer: Vec<u8>,
    /// Up to where the buffer was searched for the end of the head.
    searched: usize,
    stage: Stage,
    most: usize,
}

#[derive(Debug)]
enum Stage {
    Head,
    Body {
        request: Request,
        body: Vec<u8>,
        rest: Rest,
        /// The client still waits for leave.
        expects: bool,
    },
}

/// What is missing of a body.
#[derive(Clone, Copy, Debug)]
enum Rest {
    /// This many bytes.
    Bytes(usize),
    /// The line with the size of the next chunk.
    ChunkSize,
    /// This many bytes of a chunk, and the end of its line.
    Chunk(usize),
    /// Fields after the last chunk, up to an empty line.
    Trailers,
}

impl RequestParser {
    /// A parser that accepts bodies of up to `most` bytes.
    pub(super) fn new(most: usize) -> RequestParser {
        RequestParser {
            buffer: Vec::new(),
            searched: 0,
            stage: Stage::Head,
            most,
        }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Bytes of a request that is not complete yet.
    pub(super) fn held(&self) -> usize {
        let body = match &self.stage {
            Stage::Head => 0,
            Stage::Body { body, .. } => body.len(),
        };
        self.buffer.len().saturating_add(body)
    }

    /// What came after the last request.
    pub(super) fn into_rest(self) -> Vec<u8> {
        self.buffer
    }

    /// The next thing to act on.
    pub(super) fn advance(&mut self) -> Parsed {
        if matches!(self.stage, Stage::Head) {
            match self.head() {
                Ok(Some(stage)) => self.stage = stage,
                Ok(None) => return Parsed::More,
                Err(status) => return Parsed::Bad(status),
            }
        }
        let Stage::Body {
            mut request,
            mut body,
            mut rest,
            expects,
        } = std::mem::replace(&mut self.stage, Stage::Head)
        else {
            return Parsed::More;
        };
        match self.body(&mut body, &mut rest) {
            Ok(true) => {
                request.body = body.into();
                Parsed::Request(request)
            }
            Ok(false) => {
                let ask = expects && body.is_empty();
                self.stage = Stage::Body {
                    request,
                    body,
                    rest,
                    expects: false,
                };
                if ask { Parsed::Continue } else { Parsed::More }
            }
            Err(status) => Parsed::Bad(status),
        }
    }

    /// Reads the head when it is complete.
    fn head(&mut self) -> Result<Option<Stage>, u16> {
        let from = self.searched.saturating_sub(3);
        let unseen = self.buffer.get(from..).unwrap_or_default();
        let Some(end) = unseen.windows(4).position(|four| four == b"\r\n\r\n") else {
            self.searched = self.buffer.len();
            return if self.buffer.len() > MAX_HEAD {
                Err(431)
            } else {
                Ok(None)
            };
        };
        let end = from + end + 4;
        let head: Vec<u8> = self.buffer.drain(..end).collect();
        self.searched = 0;
        let mut fields = vec![httparse::EMPTY_HEADER; MAX_FIELDS];
        let mut parsed = httparse::Request::new(&mut fields);
        match parsed.parse(&head) {
            Ok(httparse::Status::Complete(_)) => {}
            Err(httparse::Error::TooManyHeaders) => return Err(431),
            Ok(httparse::Status::Partial) | Err(_) => return Err(400),
        }
        let request = Request {
            method: parsed.method.unwrap_or_default().to_owned(),
            target: parsed.path.unwrap_or_default().to_owned(),
            headers: parsed
                .headers
                .iter()
                .map(|field| {
                    let value = String::from_utf8_lossy(field.value).into_owned();
                    (field.name.to_ascii_lowercase(), value)
                })
                .collect(),
            body: Bytes::new(),
            modern: parsed.version == Some(1),
        };
        self.body_follows(request).map(Some)
    }

    fn body_follows(&self, request: Request) -> Result<Stage, u16> {
        let chunked = request
            .header("transfer-encoding")
            .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
        let rest = if chunked {
            Rest::ChunkSize
        } else {
            let length = request.header("content-length").unwrap_or("0").trim();
            let length: usize = length.parse().map_err(|_| 400_u16)?;
            if length > self.most {
                return Err(413);
            }
            Rest::Bytes(length)
        };
        let expects = request
            .header("expect")
            .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"));
        Ok(Stage::Body {
            request,
            body: Vec::new(),
            rest,
            expects,
        })
    }

    /// Moves what is there into the body; whether that is all of it.
    fn body(&mut self, body: &mut Vec<u8>, rest: &mut Rest) -> Result<bool, u16> {
        loop {
            match *rest {
                Rest::Bytes(missing) => {
                    let count = missing.min(self.buffer.len());
                    body.extend(self.buffer.drain(..count));
                    *rest = Rest::Bytes(missing - count);
                    return Ok(missing == count);
                }
                Rest::ChunkSize => {
                    let Some(line) = self.line()? else {
                        return Ok(false);
                    };
                    let size = chunk_size(&line).ok_or(400_u16)?;
                    if body.len().saturating_add(size) > self.most {
                        return Err(413);
                    }
                    *rest = if size == 0 {
                        Rest::Trailers
                    } else {
                        Rest::Chunk(size)
                    };
                }
                Rest::Chunk(0) => match self.line()? {
                    Some(line) if line.is_empty() => *rest = Rest::ChunkSize,
                    Some(_) => return Err(400),
                    None => return Ok(false),
                },
                Rest::Chunk(missing) => {
                    if self.buffer.is_empty() {
                        return Ok(false);
                    }
                    let count = missing.min(self.buffer.len());
                    body.extend(self.buffer.drain(..count));
                    *rest = Rest::Chunk(missing - count);
                }
                Rest::Trailers => match self.line()? {
                    Some(line) if line.is_empty() => return Ok(true),
                    Some(_) => {}
                    None => return Ok(false),
                },
            }
        }
    }

    /// Takes one line off the buffer, without its end.
    fn line(&mut self) -> Result<Option<Vec<u8>>, u16> {
        let Some(end) = self
            .buffer
            .iter()
            .take(MAX_LINE)
            .position(|byte| *byte == b'\n')
        else {
            return if self.buffer.len() > MAX_LINE {
                Err(400)
            } else {
                Ok(None)
            };
        };
        let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(Some(line))
    }
}

/// The size in front of a chunk: hexadecimal, up to a semicolon.
fn chunk_size(line: &[u8]) -> Option<usize> {
    let digits = line.split(|byte| *byte == b';').next()?;
    let text = std::str::from_utf8(digits).ok()?.trim();
    usize::from_str_radix(text, 16).ok()
}

impl HttpResponse {
    /// A response with a body of this type.
    pub(super) fn text(status: u16, kind: &str, body: impl Into<Bytes>) -> HttpResponse {
        HttpResponse {
            status,
            headers: vec![("content-type".into(), kind.into())],
            body: body.into(),
        }
    }

    /// A response with a JSON value.
    pub(super) fn json(status: u16, value: &serde_json::Value) -> HttpResponse {
        HttpResponse::text(status, "application/json; charset=utf-8", value.to_string())
    }

    /// The same with one more field.
    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> HttpResponse {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The bytes on the wire at this time, in nanoseconds since 1970.
    pub(super) fn encode(&self, now: u64, keep: bool, head: bool) -> Vec<u8> {
        let mut text = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("date: {}\r\n", super::wire::http_date(now)));
        if self.status != 101 {
            text.push_str("server: nginx\r\n");
            let connection = if keep { "keep-alive" } else { "close" };
            text.push_str(&format!("connection: {connection}\r\n"));
        }
        if self.status >= 200 && self.status != 204 && self.status != 304 {
            text.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        if !head {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }
}

/// The usual words for a status, RFC 9110 section 15.
fn reason(status: u16) -> &'static str {
    match status {
        101 => "Switching Protocols",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        _ => "Internal Server Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNKED: &[u8] = b"POST /a?b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\
        3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\nGET / HTTP/1.0\r\n\r\n";

    fn requests(pieces: &[&[u8]]) -> Vec<Parsed> {
        let mut parser = RequestParser::new(100);
        let mut seen = Vec::new();
        for piece in pieces {
            parser.feed(piece);
            loop {
                match parser.advance() {
                    Parsed::More => break,
                    bad @ Parsed::Bad(_) => {
                        seen.push(bad);
                        return seen;
                    }
                    other => seen.push(other),
                }
            }
        }
        seen
    }

    #[test]
    fn requests_are_the_same_however_they_are_cut() {
        let whole = requests(&[CHUNKED]);
        let bytewise: Vec<&[u8]> = CHUNKED.chunks(1).collect();
        assert_eq!(whole, requests(&bytewise));
        let [Parsed::Request(first), Parsed::Request(second)] = &whole[..] else {
            panic!("{whole:?}");
        };
        assert_eq!(
            (&first.body[..], first.target.as_str()),
            (&b"abcde"[..], "/a?b")
        );
        assert!(first.keeps_alive() && !second.keeps_alive());
    }

    #[test]
    fn leave_to_send_the_body_is_given_once() {
        let head = b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
        let seen = requests(&[head, b"o", b"k"]);
        assert_eq!(seen[0], Parsed::Continue);
        assert!(matches!(&seen[1..], [Parsed::Request(request)] if &request.body[..] == b"ok"));
    }

    #[test]
    fn what_is_no_http_or_too_large_is_refused() {
        for (bytes, status) in [
            (&b"GET / HTTP/1.1\r\nno field\r\n\r\n"[..], 400),
            (b"GET / HTTP/1.1\r\nContent-Length: 1e9\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nContent-Length: 999\r\n\r\n", 413),
            (
                b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
                413,
            ),
            (
                b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
                400,
            ),
        ] {
            assert_eq!(requests(&[bytes]), [Parsed::Bad(status)]);
        }
    }

    #[test]
    fn the_host_is_the_one_that_was_connected_to() {
        let request = Request {
            target: "/x".into(),
            headers: vec![("host".into(), "innocent.example".into())],
            ..Request::default()
        };
        assert_eq!(
            request.url(true, "198.51.100.7", 443).as_str(),
            "https://198.51.100.7/x"
        );
        assert_eq!(request.url(false, "::1", 81).as_str(), "http://[::1]:81/x");
        assert_eq!(
            request.url(false, "no host", 81).as_str(),
            "http://unnamed.invalid/"
        );
    }
}
