//! Datagrams: recorded, delivered within the machine, answered on the port of DNS, otherwise lost like most of them.

use super::super::{Caller, Errno, World};
use super::wire::Question;
use super::{Socket, SocketId, Watcher, authority, placed};
use crate::trace::{Kind, Location};
use bytes::Bytes;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

/// Largest payload of a datagram over IPv4.
const MAX_DATAGRAM: usize = 65_507;

/// Bytes that one socket holds until they are received; further datagrams are lost. Source: `net.core.rmem_default` of Linux.
const MAX_WAITING: usize = 212_992;

/// Bytes that all sockets of a world hold together.
const MAX_HELD: usize = 16 << 20;

/// What the bookkeeping of one datagram counts, so that empty ones are not free.
const OVERHEAD: usize = 256;

/// A datagram socket.
#[derive(Debug)]
pub(super) struct Datagrams {
    pub(super) local: SocketAddr,
    pub(super) watcher: Watcher,
    origin: Vec<Location>,
    waiting: VecDeque<(SocketAddr, Bytes)>,
}

impl Datagrams {
    fn held(&self) -> usize {
        let sizes = self
            .waiting
            .iter()
            .map(|(_, bytes)| bytes.len().saturating_add(OVERHEAD));
        sizes.fold(0, usize::saturating_add)
    }

    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }
}

impl World {
    /// Opens a datagram socket. Port 0 stands for a free one; a port that is named is recorded as one that listens.
    ///
    /// # Errors
    ///
    /// [`Errno::ADDRINUSE`] when another socket has the port.
    pub fn net_datagrams(
        &mut self,
        caller: &Caller,
        address: SocketAddr,
    ) -> Result<SocketId, Errno> {
        let mut local = address;
        if local.port() == 0 {
            local.set_port(self.net.local_port());
            return Ok(self.add_datagrams(caller, local));
        }
        let subject = authority(&address.ip().to_string(), address.port());
        self.act(caller, Kind::NetListen, subject, |world, seq| {
            world.recorder.detail(seq, "protocol", "udp");
            if world.datagrams_on(local.port()).is_some() {
                return Err(Errno::ADDRINUSE);
            }
            Ok(world.add_datagrams(caller, local))
        })
    }

    fn add_datagrams(&mut self, caller: &Caller, local: SocketAddr) -> SocketId {
        self.net.add(Socket::Datagrams(Datagrams {
            local,
            watcher: None,
            origin: caller.at.clone(),
            waiting: VecDeque::new(),
        }))
    }

    fn datagrams_on(&self, port: u16) -> Option<SocketId> {
        let has_port = |socket: &Socket| matches!(socket, Socket::Datagrams(known) if known.local.port() == port);
        let mut sockets = self.net.sockets.iter();
        sockets
            .find(|(_, socket)| has_port(socket))
            .map(|(id, _)| *id)
    }

    /// Sends one datagram.
    ///
    /// # Errors
    ///
    /// [`Errno::INVAL`] when it is too large, [`Errno::NOTSOCK`] when the socket is no datagram socket.
    pub fn net_send_to(
        &mut self,
        caller: &Caller,
        id: SocketId,
        remote: SocketAddr,
        bytes: &[u8],
    ) -> Result<(), Errno> {
        let Some(Socket::Datagrams(socket)) = self.net.sockets.get(&id) else {
            return Err(Errno::NOTSOCK);
        };
        let (local, caller) = (socket.local, placed(caller, &socket.origin));
        let subject = authority(&self.net.host_of(remote.ip()), remote.port());
        self.act(&caller, Kind::NetSend, subject, |world, seq| {
            world.recorder.detail(seq, "protocol", "udp");
            world.recorder.attach(seq, Bytes::copy_from_slice(bytes));
            if bytes.len() > MAX_DATAGRAM {
                return Err(Errno::INVAL);
            }
            Ok(())
        })?;
        if self.is_own(remote.ip()) {
            if let Some(other) = self.datagrams_on(remote.port()) {
                let from = SocketAddr::new(self.near_address(remote.ip()), local.port());
                self.deliver_datagram(other, from, Bytes::copy_from_slice(bytes));
            }
        } else if remote.port() == 53
            && let Some(question) = Question::parse(bytes)
        {
            let answer = self.resolve(&caller, &question.name, question.kind);
            self.deliver_datagram(id, remote, question.answer(&answer).into());
        }
        Ok(())
    }

    fn deliver_datagram(&mut self, id: SocketId, from: SocketAddr, bytes: Bytes) {
        let held = self.net.sockets.values().map(|socket| match socket {
            Socket::Datagrams(socket) => socket.held(),
            _ => 0,
        });
        if held.fold(0, usize::saturating_add) < MAX_HELD
            && let Some(Socket::Datagrams(socket)) = self.net.sockets.get_mut(&id)
            && socket.held() < MAX_WAITING
        {
            socket.waiting.push_back((from, bytes));
            self.net_tell(id);
        }
    }

    /// Receives one datagram and its sender.
    ///
    /// # Errors
    ///
    /// [`Errno::AGAIN`] when none is there, [`Errno::NOTSOCK`] when the socket is no datagram socket.
    pub fn net_receive_from(
        &mut self,
        caller: &Caller,
        id: SocketId,
    ) -> Result<(SocketAddr, Bytes), Errno> {
        let Some(Socket::Datagrams(socket)) = self.net.sockets.get_mut(&id) else {
            return Err(Errno::NOTSOCK);
        };
        let (from, bytes) = socket.waiting.pop_front().ok_or(Errno::AGAIN)?;
        let subject = authority(&self.net.host_of(from.ip()), from.port());
        let seq = self.note(caller, Kind::NetRecv, subject);
        self.recorder.detail(seq, "protocol", "udp");
        self.recorder.attach(seq, bytes.clone());
        Ok((from, bytes))
    }

    /// The address at which a datagram socket of this family starts: any own address and a free port.
    #[must_use]
    pub fn net_any(&self, family: u8) -> SocketAddr {
        let any: IpAddr = if family == 6 {
            std::net::Ipv6Addr::UNSPECIFIED.into()
        } else {
            std::net::Ipv4Addr::UNSPECIFIED.into()
        };
        SocketAddr::new(any, 0)
    }
}
