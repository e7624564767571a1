//! The simulated network: names resolve, connections succeed, servers answer, and nothing leaves the machine.
//!
//! ```text
//! resolve (dns, names) -> connect (tcp) -> send -> server (sniffs) -> http -> answers -> receive
//! ```
//!
//! Every connection to the outside ends in a simulated [`server`] that looks at what is sent and answers in kind. Two
//! processes of the world, or one with itself, reach each other through loopback listeners. TLS is transparent: bytes stay
//! in clear for the trace.

mod answers;
mod client;
mod dns;
mod http;
mod inert;
mod lines;
mod listen;
mod metadata;
mod names;
mod registry;
mod server;
mod services;
mod tcp;
mod udp;
mod websocket;
mod wire;

pub use client::{HttpRequest, HttpResponse};
pub use dns::{DnsError, Record, RecordType};
pub use tcp::Connection;

pub(super) use wire::civil;

use super::{Caller, Errno, Notice, Pid, World};
use crate::trace::Location;
use names::Names;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

/// Number of a socket in the world: the same for every process that has it open.
pub type SocketId = u32;

/// First port that the machine gives to its own ends of connections: `net.ipv4.ip_local_port_range` of Linux.
const FIRST_LOCAL_PORT: u16 = 32_768;

/// Last of them.
const LAST_LOCAL_PORT: u16 = 60_999;

/// How many full buffers all connections of a world may hold together.
const FULL_BUFFERS: usize = 4;

/// The network of one world.
#[derive(Debug, Default)]
pub struct Net {
    /// Secrets by the name of their decoy, from which the cloud's metadata service hands out its own: `aws-key-id`,
    /// `aws-secret-key`, `aws-session-token`, `gcp-access-token`, `azure-access-token`.
    pub metadata_secrets: BTreeMap<String, String>,
    names: Names,
    sockets: BTreeMap<SocketId, Socket>,
    next_id: SocketId,
    /// How many local ports were given out.
    local_ports: u16,
    /// Connections opened so far, closed ones included.
    opened: u32,
    /// Bytes that were sent and not yet received, or not yet understood by a server, over all connections.
    held: usize,
    registries: BTreeSet<String>,
}

/// What a socket is.
#[derive(Debug)]
enum Socket {
    /// Neither connected nor listening yet; where in the package it was made.
    Fresh(Vec<Location>),
    Connection(Box<Connection>),
    Listener(listen::Listener),
    Datagrams(udp::Datagrams),
}

/// Who is told when a socket has something: a process and its descriptor or handle.
type Watcher = Option<(Pid, u32)>;

impl Net {
    /// A network in which these hosts answer as package registries.
    #[must_use]
    pub fn new(registries: &[String], metadata_secrets: BTreeMap<String, String>) -> Net {
        Net {
            metadata_secrets,
            registries: registries
                .iter()
                .map(|host| host.to_ascii_lowercase())
                .collect(),
            ..Net::default()
        }
    }

    /// The name that was last resolved to this address, or the address itself.
    #[must_use]
    pub fn host_of(&self, address: IpAddr) -> String {
        self.names
            .name_of(address)
            .map_or_else(|| address.to_string(), str::to_owned)
    }

    /// A number for a new socket.
    fn number(&mut self) -> SocketId {
        self.next_id = self.next_id.saturating_add(1);
        self.next_id
    }

    fn add(&mut self, socket: Socket) -> SocketId {
        let id = self.number();
        self.sockets.insert(id, socket);
        id
    }

    /// A port for the near end of a connection.
    fn local_port(&mut self) -> u16 {
        let span = LAST_LOCAL_PORT - FIRST_LOCAL_PORT;
        // A stride coprime to the span visits every port once before it repeats, and looks less like a counter.
        let step = u32::from(self.local_ports) * 7_919 % u32::from(span);
        self.local_ports = self.local_ports.wrapping_add(1) % span;
        FIRST_LOCAL_PORT.saturating_add(u16::try_from(step).unwrap_or_default())
    }

    fn connection(&self, id: SocketId) -> Result<&Connection, Errno> {
        match self.sockets.get(&id) {
            Some(Socket::Connection(connection)) => Ok(connection),
            Some(_) => Err(Errno::NOTCONN),
            None => Err(Errno::BADF),
        }
    }

    fn connection_mut(&mut self, id: SocketId) -> Result<&mut Connection, Errno> {
        match self.sockets.get_mut(&id) {
            Some(Socket::Connection(connection)) => Ok(connection),
            Some(_) => Err(Errno::NOTCONN),
            None => Err(Errno::BADF),
        }
    }
}

/// The caller, at this place when none of its own is known: what a handle does later is put where it was made.
fn placed(caller: &Caller, origin: &[Location]) -> Caller {
    let mut caller = caller.clone();
    if caller.at.is_empty() {
        caller.at = origin.to_vec();
    }
    caller
}

impl World {
    /// Makes a socket that is to be connected or to listen.
    pub fn net_socket(&mut self, caller: &Caller) -> SocketId {
        self.net.add(Socket::Fresh(caller.at.clone()))
    }

    /// The caller, at the place where a socket was made when none of its own is known.
    ///
    /// # Errors
    ///
    /// [`Errno::BADF`] when there is no such socket, [`Errno::ISCONN`] when it is in use already.
    fn fresh(&self, caller: &Caller, id: SocketId) -> Result<Caller, Errno> {
        match self.net.sockets.get(&id).ok_or(Errno::BADF)? {
            Socket::Fresh(origin) => Ok(placed(caller, origin)),
            _ => Err(Errno::ISCONN),
        }
    }

    /// Names who is told, by [`Notice::Readable`] or [`Notice::Connection`], when the socket has something. What is there
    /// already is told at once.
    ///
    /// # Errors
    ///
    /// [`Errno::BADF`] when there is no such socket.
    pub fn net_watch(&mut self, id: SocketId, pid: Pid, fd: u32) -> Result<(), Errno> {
        let watcher = Some((pid, fd));
        let ready = match self.net.sockets.get_mut(&id).ok_or(Errno::BADF)? {
            Socket::Fresh(_) => return Err(Errno::NOTCONN),
            Socket::Connection(connection) => {
                connection.watcher = watcher;
                connection.is_readable()
            }
            Socket::Listener(listener) => {
                listener.watcher = watcher;
                listener.has_waiting()
            }
            Socket::Datagrams(datagrams) => {
                datagrams.watcher = watcher;
                datagrams.has_waiting()
            }
        };
        if ready {
            self.net_tell(id);
        }
        Ok(())
    }

    /// Tells the watcher of a socket that it has something; one who was told and has not looked yet is not told again.
    fn net_tell(&mut self, id: SocketId) {
        let (watcher, listening) = match self.net.sockets.get(&id) {
            Some(Socket::Connection(connection)) => (connection.watcher, false),
            Some(Socket::Listener(listener)) => (listener.watcher, true),
            Some(Socket::Datagrams(datagrams)) => (datagrams.watcher, false),
            Some(Socket::Fresh(_)) | None => return,
        };
        let Some((pid, fd)) = watcher else {
            return;
        };
        let notice = if listening {
            Notice::Connection { fd }
        } else {
            Notice::Readable { fd }
        };
        let told = |process: &super::Process| process.inbox.contains(&notice);
        if !self.processes.get(pid).is_some_and(told) {
            self.processes.tell(pid, notice);
        }
    }

    /// The near and, for a connection, the far address of a socket.
    ///
    /// # Errors
    ///
    /// [`Errno::BADF`] when there is no such socket, [`Errno::INVAL`] for one that has no address yet.
    pub fn net_addresses(&self, id: SocketId) -> Result<(SocketAddr, Option<SocketAddr>), Errno> {
        Ok(match self.net.sockets.get(&id).ok_or(Errno::BADF)? {
            Socket::Fresh(_) => return Err(Errno::INVAL),
            Socket::Connection(connection) => (connection.local, Some(connection.remote)),
            Socket::Listener(listener) => (listener.address, None),
            Socket::Datagrams(datagrams) => (datagrams.local, None),
        })
    }

    /// Closes a socket: the other side of a connection reads its end, and nobody reaches a listener any more.
    pub fn net_close(&mut self, id: SocketId) {
        match self.net.sockets.remove(&id) {
            Some(Socket::Connection(connection)) => {
                self.net.held = self.net.held.saturating_sub(connection.held());
                self.hang_up_peer(*connection);
            }
            Some(Socket::Listener(listener)) => {
                for waiting in listener.into_waiting() {
                    self.net_close(waiting);
                }
            }
            Some(Socket::Fresh(_) | Socket::Datagrams(_)) | None => {}
        }
    }
}

/// `host:port`, with brackets around an IPv6 address.
fn authority(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

#[cfg(test)]
mod tests;
