//! Servers of protocols that talk in lines: mail, file transfer, remote shells, key-value stores.

use super::server::Server;

/// Longest line that is looked at; the rest of it is passed over.
const MAX_LINE: usize = 4_096;

/// A server that answers each line.
#[derive(Debug)]
pub(super) struct LineServer {
    protocol: Protocol,
    line: Vec<u8>,
    /// In the text of a message, up to a line with a single dot.
    in_message: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Mail,
    Files,
    Shell,
    Store,
}

/// The server that speaks first on this port, and what it says.
pub(super) fn greeting(port: u16) -> Option<(LineServer, &'static str)> {
    let (protocol, text) = match port {
        25 | 465 | 587 | 2_525 => (Protocol::Mail, "220 mail ESMTP ready\r\n"),
        21 => (Protocol::Files, "220 FTP server ready\r\n"),
        22 | 2_222 => (Protocol::Shell, "SSH-2.0-OpenSSH_9.6\r\n"),
        _ => return None,
    };
    Some((LineServer::new(protocol), text))
}

/// The server for a connection whose client spoke first and not in HTTP, with its first answer.
pub(super) fn recognise(start: &[u8]) -> (Server, String) {
    // A client of the Redis protocol sends arrays (`*`), or a command in capitals that ends its line at once.
    let is_array = start.first() == Some(&b'*') && start.get(1).is_some_and(u8::is_ascii_digit);
    if is_array || start.starts_with(b"PING\r") || start.starts_with(b"AUTH\r") {
        let mut server = LineServer::new(Protocol::Store);
        let reply = server.feed(start);
        return (Server::Lines(server), reply);
    }
    (Server::Silent, String::new())
}

impl LineServer {
    fn new(protocol: Protocol) -> LineServer {
        LineServer {
            protocol,
            line: Vec::new(),
            in_message: false,
        }
    }

    /// Takes what was sent and returns what is answered.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> String {
        let mut reply = String::new();
        for byte in bytes {
            if *byte == b'\n' {
                let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned();
                reply.push_str(self.answer(line.trim_end()));
            } else if self.line.len() < MAX_LINE {
                self.line.push(*byte);
            }
        }
        reply
    }

    fn answer(&mut self, line: &str) -> &'static str {
        match self.protocol {
            Protocol::Mail => self.mail(line),
            Protocol::Files => files(line),
            // A client's identification is all that can be understood without its keys.
            Protocol::Shell => "",
            Protocol::Store => store(line),
        }
    }

    /// RFC 5321.
    fn mail(&mut self, line: &str) -> &'static str {
        if self.in_message {
            if line != "." {
                return "";
            }
            self.in_message = false;
            return "250 2.0.0 Ok: queued\r\n";
        }
        match command(line).as_str() {
            "EHLO" => "250-mail\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 36700160\r\n",
            "AUTH" => "235 2.7.0 Authentication successful\r\n",
            "DATA" => {
                self.in_message = true;
                "354 End data with <CR><LF>.<CR><LF>\r\n"
            }
            "QUIT" => "221 2.0.0 Bye\r\n",
            _ => "250 2.0.0 Ok\r\n",
        }
    }
}

/// RFC 959; transfers are refused, since they need a connection back.
fn files(line: &str) -> &'static str {
    match command(line).as_str() {
        "USER" => "331 Please specify the password.\r\n",
        "PASS" => "230 Login successful.\r\n",
        "SYST" => "215 UNIX Type: L8\r\n",
        "PWD" => "257 \"/\"\r\n",
        "QUIT" => "221 Goodbye.\r\n",
        "PASV" | "EPSV" | "PORT" | "EPRT" => "425 Can't open data connection.\r\n",
        _ => "200 Ok.\r\n",
    }
}

/// A Redis server without data. Of the lines of a request only the words are answered, not their counts and lengths.
fn store(line: &str) -> &'static str {
    match command(line).as_str() {
        "PING" => "+PONG\r\n",
        "AUTH" | "SET" | "SELECT" | "CLIENT" | "CONFIG" | "FLUSHALL" | "SAVE" => "+OK\r\n",
        "GET" => "$-1\r\n",
        "INFO" => "$21\r\nredis_version:7.2.4\r\n\r\n",
        _ => "",
    }
}

/// The first word of a line in capitals.
fn command(line: &str) -> String {
    let word = line.split_ascii_whitespace().next().unwrap_or_default();
    word.to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_taken_like_a_mail_server_takes_it() {
        let (mut server, text) = greeting(25).unwrap();
        assert!(text.starts_with("220 "));
        assert!(
            server
                .feed(b"EHLO me\r\nMAIL FROM:<a@b.test>\r\n")
                .ends_with("250 2.0.0 Ok\r\n")
        );
        assert!(server.feed(b"DATA\r\n").starts_with("354"));
        assert_eq!(server.feed(b"EHLO is text here\r\n"), "");
        assert_eq!(server.feed(b".\r\nQU"), "250 2.0.0 Ok: queued\r\n");
        assert_eq!(server.feed(b"IT\r\n"), "221 2.0.0 Bye\r\n");
    }

    #[test]
    fn a_store_is_recognised_by_its_request() {
        let (server, reply) = recognise(b"*1\r\n$4\r\nPING\r\n");
        assert!(matches!(server, Server::Lines(_)));
        assert_eq!(reply, "+PONG\r\n");
        assert!(matches!(recognise(b"\x16\x03\x01"), (Server::Silent, _)));
    }
}
