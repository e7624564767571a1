//! Requests of programs that live on the host, such as the world's curl: the same way as those of guests, in one step.

use super::super::{Caller, Errno, World};
use bytes::Bytes;
use url::Url;

/// A request to a web server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method, in capitals.
    pub method: String,
    /// Absolute address, `http` or `https`.
    pub url: String,
    /// Names and values; `host` and `content-length` are added when they are missing.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Bytes,
}

/// The answer of a web server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Lower-case names and values.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
}

impl HttpResponse {
    /// The value of the first field with this lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

impl World {
    /// Makes one request over a new connection: resolves, connects, sends, receives, each recorded.
    ///
    /// # Errors
    ///
    /// [`Errno::INVAL`] for an address that is not one of the web, [`Errno::HOSTUNREACH`] for a name that does not exist,
    /// [`Errno::CONNREFUSED`] when nobody listens, [`Errno::TIMEDOUT`] when no answer comes at once, as from a server
    /// within the world.
    pub fn http(&mut self, caller: &Caller, request: &HttpRequest) -> Result<HttpResponse, Errno> {
        let url = Url::parse(&request.url).map_err(|_| Errno::INVAL)?;
        let is_secure = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err(Errno::INVAL),
        };
        let host = url.host_str().ok_or(Errno::INVAL)?;
        let host = host.trim_matches(['[', ']']);
        let port = url.port_or_known_default().ok_or(Errno::INVAL)?;
        let id = self.net_connect_host(caller, host, port)?;
        if is_secure {
            self.start_tls(id, host, &["http/1.1".to_owned()])?;
        }
        let answer = self
            .net_send(caller, id, &encode(&url, request))
            .and_then(|_| self.net_receive(caller, id, usize::MAX));
        self.net_close(id);
        match answer {
            Ok(bytes) => decode(&bytes, request.method == "HEAD").ok_or(Errno::CONNRESET),
            Err(Errno::AGAIN) => Err(Errno::TIMEDOUT),
            Err(errno) => Err(errno),
        }
    }
}

/// The request on the wire.
fn encode(url: &Url, request: &HttpRequest) -> Vec<u8> {
    let has = |wanted: &str| {
        let mut names = request.headers.iter().map(|(name, _)| name);
        names.any(|name| name.eq_ignore_ascii_case(wanted))
    };
    let mut path = url.path().to_owned();
    if let Some(query) = url.query() {
        path.push('?');
        path.push_str(query);
    }
    let mut text = format!("{} {path} HTTP/1.1\r\n", request.method);
    let mut field = |name: &str, value: &str| {
        // A line break in a field would end it; clients refuse such fields.
        let value: String = value
            .chars()
            .filter(|letter| !letter.is_control())
            .collect();
        text.push_str(&format!("{name}: {value}\r\n"));
    };
    if !has("host") {
        let host = url.host_str().unwrap_or_default();
        let host = url
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        field("host", &host);
    }
    for (name, value) in &request.headers {
        // The length is that of the body and the answer is awaited at once, whatever the caller would like.
        if ![
            "content-length",
            "transfer-encoding",
            "expect",
            "connection",
            "upgrade",
        ]
        .contains(&name.to_ascii_lowercase().as_str())
        {
            field(name, value);
        }
    }
    if !request.body.is_empty() || matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
        field("content-length", &request.body.len().to_string());
    }
    field("connection", "close");
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&request.body);
    bytes
}

/// Reads what our own servers wrote.
fn decode(bytes: &Bytes, is_head: bool) -> Option<HttpResponse> {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(end) = response.parse(bytes).ok()? else {
        return None;
    };
    let status = response.code?;
    let headers = response
        .headers
        .iter()
        .map(|field| {
            let value = String::from_utf8_lossy(field.value).into_owned();
            (field.name.to_ascii_lowercase(), value)
        })
        .collect();
    Some(HttpResponse {
        status,
        headers,
        body: if is_head {
            Bytes::new()
        } else {
            bytes.slice(end..)
        },
    })
}
