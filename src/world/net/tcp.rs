//! Connections: opening, sending, receiving, ending.

use super::super::{Caller, Errno, World};
use super::server::Server;
use super::{FULL_BUFFERS, Net, Socket, SocketId, Watcher, authority, placed};
use crate::trace::{Kind, Location};
use bytes::{Buf as _, Bytes, BytesMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// One end of a connection.
#[derive(Debug)]
pub struct Connection {
    /// The other end as far as it is known by name, else its address.
    pub host: String,
    /// The address of this end.
    pub local: SocketAddr,
    /// The address of the other end.
    pub remote: SocketAddr,
    /// The name that was asked for when TLS was started.
    pub tls: Option<String>,
    /// Where in the package the connection was opened; stands in for later accesses without package code on the stack.
    pub origin: Vec<Location>,
    pub(super) watcher: Watcher,
    pub(super) peer: Peer,
    /// The event of the opening.
    pub(super) opened: Option<u32>,
    /// Bytes that came in and were not received yet.
    inbound: BytesMut,
    /// The other end will send nothing more.
    peer_ended: bool,
    /// This end will send nothing more.
    ended: bool,
    /// The event to which sent bytes are added until something comes back.
    sending: Option<u32>,
    /// The event to which received bytes are added until something is sent.
    receiving: Option<u32>,
}

/// Who is at the other end.
#[derive(Debug)]
pub(super) enum Peer {
    /// A simulated server outside of the machine.
    Outside(Server),
    /// Another end in this world.
    Inside(SocketId),
    /// Nobody any more.
    Gone,
}

impl Connection {
    pub(super) fn new(
        host: String,
        local: SocketAddr,
        remote: SocketAddr,
        peer: Peer,
    ) -> Connection {
        Connection {
            host,
            local,
            remote,
            tls: None,
            origin: Vec::new(),
            watcher: None,
            peer,
            opened: None,
            inbound: BytesMut::new(),
            peer_ended: false,
            ended: false,
            sending: None,
            receiving: None,
        }
    }

    /// `host:port` of the other end: the subject of its events.
    #[must_use]
    pub fn subject(&self) -> String {
        authority(&self.host, self.remote.port())
    }

    /// Whether there are bytes to receive, or the end of them.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        !self.inbound.is_empty() || self.peer_ended
    }

    /// Whether nothing will come in unless this end sends: a reader that blocks would wait for ever.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        !self.is_readable() && !matches!(self.peer, Peer::Inside(_))
    }

    /// Bytes that this end and its server hold.
    pub(super) fn held(&self) -> usize {
        let server = match &self.peer {
            Peer::Outside(server) => server.held(),
            Peer::Inside(_) | Peer::Gone => 0,
        };
        self.inbound.len().saturating_add(server)
    }

    /// The caller, at the place where the connection was opened when no other is known.
    pub(super) fn attributed(&self, caller: &Caller) -> Caller {
        placed(caller, &self.origin)
    }

    /// Ends the merging of sends into one event: what follows is another message.
    pub(super) fn message_ended(&mut self) {
        self.sending = None;
    }
}

impl World {
    /// Resolves a name and connects to its first address.
    ///
    /// # Errors
    ///
    /// [`Errno::HOSTUNREACH`] for a name that does not exist, else as [`World::net_connect`].
    pub fn net_connect_host(
        &mut self,
        caller: &Caller,
        host: &str,
        port: u16,
    ) -> Result<SocketId, Errno> {
        let addresses = self
            .lookup(caller, host, 0)
            .map_err(|_| Errno::HOSTUNREACH)?;
        let address = addresses.first().ok_or(Errno::HOSTUNREACH)?;
        self.net_connect(caller, SocketAddr::new(*address, port))
    }

    /// Opens a connection: see [`World::net_connect_on`].
    ///
    /// # Errors
    ///
    /// As [`World::net_connect_on`].
    pub fn net_connect(&mut self, caller: &Caller, remote: SocketAddr) -> Result<SocketId, Errno> {
        let id = self.net_socket(caller);
        let done = self.net_connect_on(caller, id, remote);
        if done.is_err() {
            self.net_close(id);
        }
        done.map(|()| id)
    }

    /// Connects a fresh socket. Everything outside of the machine accepts; on the machine itself somebody must listen.
    ///
    /// # Errors
    ///
    /// [`Errno::CONNREFUSED`] when nobody listens, [`Errno::TIMEDOUT`] when the limit on connections is reached,
    /// [`Errno::ISCONN`] or [`Errno::BADF`] when the socket is not fresh.
    pub fn net_connect_on(
        &mut self,
        caller: &Caller,
        id: SocketId,
        remote: SocketAddr,
    ) -> Result<(), Errno> {
        let caller = &self.fresh(caller, id)?;
        let host = self.net.host_of(remote.ip());
        let subject = authority(&host, remote.port());
        self.act(caller, Kind::NetConnect, subject, |world, seq| {
            if host != remote.ip().to_string() {
                world
                    .recorder
                    .detail(seq, "address", remote.ip().to_string());
            }
            world.check_connections(caller)?;
            let near = world.near_address(remote.ip());
            let local = SocketAddr::new(near, world.net.local_port());
            let peer = if world.is_own(remote.ip()) {
                let listener = world.net.listener_on(remote).ok_or(Errno::CONNREFUSED)?;
                Peer::Inside(world.enqueue(caller, listener, id, local, remote)?)
            } else {
                Peer::Outside(Server::Undecided)
            };
            let mut connection = Connection::new(host, local, remote, peer);
            if let Some((server, greeting)) = super::lines::greeting(remote.port())
                && let Peer::Outside(known) = &mut connection.peer
            {
                *known = Server::Lines(server);
                connection.inbound.extend_from_slice(greeting.as_bytes());
            }
            connection.origin.clone_from(&caller.at);
            connection.opened = seq;
            world
                .net
                .sockets
                .insert(id, Socket::Connection(Box::new(connection)));
            Ok(())
        })
    }

    fn check_connections(&mut self, caller: &Caller) -> Result<(), Errno> {
        let most = self.limits.connections;
        if self.net.opened >= most {
            self.hit_limit(caller, "connections", format!("more than {most}"));
            return Err(Errno::TIMEDOUT);
        }
        self.net.opened += 1;
        Ok(())
    }

    /// Whether an address is one of this machine.
    pub(super) fn is_own(&self, address: IpAddr) -> bool {
        address.is_loopback()
            || address.is_unspecified()
            || self.persona.address.parse() == Ok(address)
    }

    /// The own address from which this one is reached.
    pub(super) fn near_address(&self, remote: IpAddr) -> IpAddr {
        match remote {
            _ if self.is_own(remote) => remote,
            IpAddr::V4(_) => self
                .persona
                .address
                .parse()
                .unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::new(
                0xfe80, 0, 0, 0, 0x5e87, 0x9cff, 0xfe3e, 0xa104,
            )),
        }
    }

    /// Marks a connection as encrypted from now on, for this server name. Bytes stay in clear for the trace. Returns the
    /// application protocol that the server chose: HTTP/1.1 if it was offered.
    ///
    /// # Errors
    ///
    /// [`Errno::BADF`] or [`Errno::NOTCONN`] when there is no such connection.
    pub fn start_tls(
        &mut self,
        id: SocketId,
        server_name: &str,
        offered: &[String],
    ) -> Result<Option<String>, Errno> {
        let connection = self.net.connection_mut(id)?;
        connection.tls = Some(server_name.to_owned());
        let seq = connection.opened;
        self.note_tls(seq, server_name);
        Ok(offered.iter().find(|name| *name == "http/1.1").cloned())
    }

    /// Sends bytes. Those that follow one another without an answer between are one event.
    ///
    /// # Errors
    ///
    /// [`Errno::PIPE`] when either end has ended, [`Errno::AGAIN`] when the other end does not read what it was sent.
    pub fn net_send(
        &mut self,
        caller: &Caller,
        id: SocketId,
        bytes: &[u8],
    ) -> Result<usize, Errno> {
        let connection = self.net.connection(id)?;
        let caller = connection.attributed(caller);
        let refusal = self.send_refusal(connection, bytes.len());
        let seq = match (connection.sending, refusal) {
            (Some(seq), None) => Some(seq),
            _ => self.note_send(&caller, id, refusal)?,
        };
        self.recorder.append(seq, bytes);
        if let Some(errno) = refusal {
            return Err(errno);
        }
        let connection = self.net.connection_mut(id)?;
        connection.sending = seq;
        connection.receiving = None;
        match connection.peer {
            Peer::Outside(_) => self.serve(&caller, id, bytes),
            Peer::Inside(other) => self.deliver(other, bytes),
            Peer::Gone => {}
        }
        Ok(bytes.len())
    }

    fn send_refusal(&self, connection: &Connection, length: usize) -> Option<Errno> {
        let full = |other: SocketId| {
            self.net
                .connection(other)
                .is_ok_and(|peer| peer.inbound.len().saturating_add(length) > self.limits.pipe)
        };
        match connection.peer {
            _ if connection.ended => Some(Errno::PIPE),
            Peer::Gone => Some(Errno::PIPE),
            Peer::Inside(other) if full(other) => Some(Errno::AGAIN),
            Peer::Inside(_) | Peer::Outside(_) => None,
        }
    }

    fn note_send(
        &mut self,
        caller: &Caller,
        id: SocketId,
        refusal: Option<Errno>,
    ) -> Result<Option<u32>, Errno> {
        let connection = self.net.connection(id)?;
        let (subject, tls) = (connection.subject(), connection.tls.clone());
        let seq = self.note(caller, Kind::NetSend, subject);
        if let Some(name) = tls {
            self.note_tls(seq, &name);
        }
        if let Some(errno) = refusal {
            let outcome = crate::trace::Outcome::Error(errno.name().to_owned());
            self.recorder.settle(seq, outcome);
        }
        Ok(seq)
    }

    /// A server that was connected to by its address is not named in the handshake.
    fn note_tls(&mut self, seq: Option<u32>, server_name: &str) {
        self.recorder.detail(seq, "tls", "true");
        if !server_name.is_empty() {
            self.recorder.detail(seq, "sni", server_name);
        }
    }

    /// Puts bytes where the owner of a connection finds them. A server stops when nobody reads what it says.
    pub(super) fn deliver(&mut self, id: SocketId, bytes: &[u8]) {
        if self.has_room(id, bytes.len())
            && let Ok(connection) = self.net.connection_mut(id)
        {
            connection.inbound.extend_from_slice(bytes);
            self.net.held = self.net.held.saturating_add(bytes.len());
        }
        self.net_tell(id);
    }

    /// Whether the buffer of a connection, and all of them together, take this many bytes.
    fn has_room(&self, id: SocketId, length: usize) -> bool {
        let (most, held) = (self.limits.pipe, self.net.held);
        held.saturating_add(length) <= most.saturating_mul(FULL_BUFFERS)
            && self
                .net
                .connection(id)
                .is_ok_and(|connection| connection.inbound.len().saturating_add(length) <= most)
    }

    /// The other end of a connection sends nothing more.
    pub(super) fn deliver_end(&mut self, id: SocketId) {
        if let Ok(connection) = self.net.connection_mut(id) {
            connection.peer_ended = true;
            self.net_tell(id);
        }
    }

    /// Receives up to `most` bytes; none at the end of the connection.
    ///
    /// # Errors
    ///
    /// [`Errno::AGAIN`] when nothing is there yet: see [`Connection::is_silent`] for whether something may come.
    pub fn net_receive(
        &mut self,
        caller: &Caller,
        id: SocketId,
        most: usize,
    ) -> Result<Bytes, Errno> {
        let connection = self.net.connection_mut(id)?;
        if connection.inbound.is_empty() {
            let over = connection.peer_ended || matches!(connection.peer, Peer::Gone);
            return if over {
                Ok(Bytes::new())
            } else {
                Err(Errno::AGAIN)
            };
        }
        let count = most.min(connection.inbound.len());
        let bytes = connection.inbound.copy_to_bytes(count);
        connection.sending = None;
        self.net.held = self.net.held.saturating_sub(count);
        let connection = self.net.connection(id)?;
        // The answers of web servers were recorded when they were made, whole and without their heads.
        if !matches!(&connection.peer, Peer::Outside(server) if server.records_answers()) {
            let caller = connection.attributed(caller);
            let (subject, known) = (connection.subject(), connection.receiving);
            let seq = known.or_else(|| self.note(&caller, Kind::NetRecv, subject));
            self.recorder.append(seq, &bytes);
            self.net.connection_mut(id)?.receiving = seq;
        }
        Ok(bytes)
    }

    /// The connection with this number, to ask about it.
    ///
    /// # Errors
    ///
    /// [`Errno::BADF`] or [`Errno::NOTCONN`] when there is none.
    pub fn net_connection(&self, id: SocketId) -> Result<&Connection, Errno> {
        self.net.connection(id)
    }

    /// Sends nothing more: the other end reads the end of the stream. A server outside ends its side as well.
    ///
    /// # Errors
    ///
    /// [`Errno::NOTCONN`] when the connection has ended.
    pub fn net_shutdown(&mut self, id: SocketId) -> Result<(), Errno> {
        let connection = self.net.connection_mut(id)?;
        connection.ended = true;
        match connection.peer {
            Peer::Outside(_) => self.deliver_end(id),
            Peer::Inside(other) => self.deliver_end(other),
            Peer::Gone => return Err(Errno::NOTCONN),
        }
        Ok(())
    }

    /// What the other end of a closed connection sees.
    pub(super) fn hang_up_peer(&mut self, connection: Connection) {
        let Peer::Inside(other) = connection.peer else {
            return;
        };
        if let Ok(peer) = self.net.connection_mut(other) {
            peer.peer = Peer::Gone;
            peer.peer_ended = true;
            self.net_tell(other);
        }
    }

    /// Ends all connections on which somebody waits for a server that has nothing to say, as servers do after a while.
    /// Returns whether there were any. For a world in which nothing else can go on.
    pub fn net_hang_up_silent(&mut self) -> bool {
        let silent: Vec<SocketId> = self
            .net
            .sockets
            .iter()
            .filter(|(_, socket)| {
                matches!(socket, Socket::Connection(connection)
                    if connection.watcher.is_some() && connection.is_silent())
            })
            .map(|(id, _)| *id)
            .collect();
        for id in &silent {
            self.deliver_end(*id);
        }
        !silent.is_empty()
    }
}

impl Net {
    /// Takes the server of a connection out, to let it act on the world; put it back with [`Net::put_server`].
    pub(super) fn take_server(&mut self, id: SocketId) -> Option<Server> {
        match &mut self.connection_mut(id).ok()?.peer {
            Peer::Outside(server) => Some(std::mem::take(server)),
            Peer::Inside(_) | Peer::Gone => None,
        }
    }

    pub(super) fn put_server(&mut self, id: SocketId, server: Server) {
        if let Ok(connection) = self.connection_mut(id)
            && matches!(connection.peer, Peer::Outside(_))
        {
            connection.peer = Peer::Outside(server);
        }
    }
}
