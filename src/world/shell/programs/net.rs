//! Programs that open connections: netcat, telnet, socat, ssh, and those that ask for names.

use super::{Done, Tool, runners};
use crate::world::Errno;

impl Tool<'_, '_> {
    /// Connects, sends standard input, prints what comes back.
    fn converse(&mut self, host: &str, port: u16, program: Option<Vec<String>>) -> Done {
        let caller = self.caller();
        let socket = match self.seat.world.net_connect_host(&caller, host, port) {
            Ok(socket) => socket,
            Err(errno) => return self.fail(1, &format!("{host} {port}: {}", errno.message())),
        };
        let Ok(fd) = self.seat.world.open_socket(self.pid, socket) else {
            return self.fail(1, Errno::MFILE.message());
        };
        if let Some(argv) = program {
            // The program talks to the other end: a reverse shell.
            for stream in 0..3 {
                self.seat.duplicate(self.pid, fd, stream);
            }
            return runners::start(self, argv, None);
        }
        let bytes = self.input()?;
        // Whether the other end takes it shows in what it answers.
        let _ = self.seat.write(self.pid, fd, &bytes)?;
        let answer = self.seat.read_all(self.pid, fd)?;
        self.out(answer)?;
        Ok(0)
    }

    fn listen(&mut self, port: u16, program: Option<Vec<String>>) -> Done {
        let caller = self.caller();
        let address = std::net::SocketAddr::from(([0, 0, 0, 0], port));
        match self.seat.world.net_listen(&caller, address) {
            Ok(socket) => {
                if let Some(argv) = program {
                    // Nobody connects; what would be offered is started so that it is on record.
                    runners::start(self, argv, None)?;
                }
                self.seat.world.net_close(socket);
                Ok(0)
            }
            Err(errno) => self.fail(1, errno.message()),
        }
    }
}

/// `nc`, `ncat` and `telnet`.
pub(super) fn nc(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("e c p s w q i x X I O exec sh-exec wait source-port");
    let program = options
        .value("e exec")
        .map(|path| path.split_whitespace().map(str::to_owned).collect());
    let program = program.or_else(|| {
        options
            .value("c sh-exec")
            .map(|line| vec!["/bin/sh".to_owned(), "-c".to_owned(), line.to_owned()])
    });
    let port = |text: Option<&str>| text.and_then(|text| text.split('-').next()?.parse().ok());
    if options.has("l listen") {
        let port =
            port(options.value("p")).or_else(|| port(options.operands.last().map(String::as_str)));
        return tool.listen(port.unwrap_or(0), program);
    }
    let default = if tool.name == "telnet" {
        Some(23)
    } else {
        None
    };
    let [host, rest @ ..] = options.operands.as_slice() else {
        return tool.fail(1, "missing hostname and port");
    };
    match port(rest.first().map(String::as_str)).or(default) {
        Some(port) => {
            let host = host.clone();
            if options.has("z") {
                let caller = tool.caller();
                return match tool.seat.world.net_connect_host(&caller, &host, port) {
                    Ok(socket) => {
                        tool.seat.world.net_close(socket);
                        Ok(0)
                    }
                    Err(_) => Ok(1),
                };
            }
            tool.converse(&host, port, program)
        }
        None => tool.fail(1, "missing port number"),
    }
}

/// `socat`: the two addresses, in the forms of a connection, a listener and a program.
pub(super) fn socat(tool: &mut Tool<'_, '_>) -> Done {
    let operands = tool.options("").operands;
    let program = operands.iter().find_map(|address| {
        let (kind, rest) = address.split_once(':')?;
        let line = rest.split(',').next()?;
        match kind.to_ascii_lowercase().as_str() {
            "exec" => Some(line.split_whitespace().map(str::to_owned).collect()),
            "system" => Some(vec!["/bin/sh".to_owned(), "-c".to_owned(), line.to_owned()]),
            _ => None,
        }
    });
    for address in &operands {
        let Some((kind, rest)) = address.split_once(':') else {
            continue;
        };
        let rest = rest.split(',').next().unwrap_or("");
        let kind = kind.to_ascii_lowercase();
        if kind.contains("listen") {
            return tool.listen(rest.parse().unwrap_or(0), program);
        }
        if (kind.starts_with("tcp") || kind.starts_with("openssl"))
            && let Some((host, port)) = rest.rsplit_once(':')
            && let Ok(port) = port.parse()
        {
            return tool.converse(host, port, program);
        }
    }
    tool.unsupported(&operands.join(" "))
}

/// `ssh` and `scp`: they connect and are refused.
pub(super) fn ssh(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("i p P o l L R D F J b c E I m O S W w");
    let remote = match tool.name {
        "scp" => options
            .operands
            .iter()
            .find_map(|operand| operand.split_once(':').map(|(remote, _)| remote.to_owned())),
        _ => options.operands.first().cloned(),
    };
    let Some(remote) = remote else {
        return Ok(255);
    };
    if let Some(key) = options.value("i") {
        tool.operand(key)?;
    }
    let host = remote.rsplit('@').next().unwrap_or("").to_owned();
    let port = options
        .value("p P")
        .and_then(|text| text.parse().ok())
        .unwrap_or(22);
    let caller = tool.caller();
    match tool.seat.world.net_connect_host(&caller, &host, port) {
        Ok(socket) => {
            tool.seat.world.net_close(socket);
            tool.seat
                .write(
                    tool.pid,
                    2,
                    format!("{remote}: Permission denied (publickey,password).\n").as_bytes(),
                )?
                .ok();
        }
        Err(errno) => tool.complain(&format!(
            "connect to host {host} port {port}: {}",
            errno.message()
        ))?,
    }
    Ok(255)
}

/// `dig`, `nslookup` and `host`.
pub(super) fn dig(tool: &mut Tool<'_, '_>) -> Done {
    let operands: Vec<String> = tool.options("p t q querytype type").operands;
    let kinds = [
        "A", "AAAA", "TXT", "MX", "NS", "CNAME", "ANY", "SRV", "PTR", "SOA",
    ];
    let name = operands
        .iter()
        .find(|word| {
            !word.starts_with(['@', '+']) && !kinds.contains(&word.to_uppercase().as_str())
        })
        .cloned();
    let Some(name) = name else {
        return Ok(1);
    };
    let caller = tool.caller();
    match tool.seat.world.lookup(&caller, &name, 0) {
        Ok(addresses) => {
            for address in addresses {
                let line = match tool.name {
                    "dig" => format!("{address}\n"),
                    "host" => format!("{name} has address {address}\n"),
                    _ => format!("Name:\t{name}\nAddress: {address}\n"),
                };
                tool.out(line)?;
            }
            Ok(0)
        }
        Err(_) => tool.fail(1, &format!("can't find {name}: NXDOMAIN")),
    }
}

/// `ping`: resolves the name and gets no answer to its packets, as behind most firewalls.
pub(super) fn ping(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("c i W w s t I");
    let Some(name) = options.operands.first().cloned() else {
        return tool.fail(1, "usage error: Destination address required");
    };
    let caller = tool.caller();
    match tool.seat.world.lookup(&caller, &name, 0) {
        Ok(addresses) => {
            let address = addresses
                .first()
                .map(ToString::to_string)
                .unwrap_or_default();
            tool.out(format!("PING {name} ({address}) 56(84) bytes of data.\n\n--- {name} ping statistics ---\n1 packets transmitted, 0 received, 100% packet loss\n"))?;
            Ok(1)
        }
        Err(_) => tool.fail(2, &format!("{name}: {}", Errno::HOSTUNREACH.message())),
    }
}
