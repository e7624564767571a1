//! Listening sockets: the only way into the machine, from within it.

use super::super::{Caller, Errno, World};
use super::tcp::{Connection, Peer};
use super::{Net, Socket, SocketId, Watcher, authority};
use crate::trace::{Kind, Location};
use std::collections::VecDeque;
use std::net::SocketAddr;

/// Connections that wait to be accepted, as `net.core.somaxconn` of Linux has it.
const BACKLOG: usize = 4_096;

/// A socket that accepts connections.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) address: SocketAddr,
    pub(super) watcher: Watcher,
    /// Where in the package it was made.
    origin: Vec<Location>,
    waiting: VecDeque<SocketId>,
}

impl Listener {
    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    pub(super) fn into_waiting(self) -> VecDeque<SocketId> {
        self.waiting
    }

    fn accepts(&self, remote: SocketAddr) -> bool {
        let own = self.address.ip();
        self.address.port() == remote.port()
            && (own == remote.ip() || own.is_unspecified() || remote.ip().is_unspecified())
    }
}

impl World {
    /// Opens a port for others: see [`World::net_listen_on`].
    ///
    /// # Errors
    ///
    /// As [`World::net_listen_on`].
    pub fn net_listen(&mut self, caller: &Caller, address: SocketAddr) -> Result<SocketId, Errno> {
        let id = self.net_socket(caller);
        let done = self.net_listen_on(caller, id, address);
        if done.is_err() {
            self.net_close(id);
        }
        done.map(|()| id)
    }

    /// Lets a fresh socket accept connections; port 0 stands for a free one.
    ///
    /// # Errors
    ///
    /// [`Errno::ADDRINUSE`] when somebody listens there, [`Errno::ACCES`] for a port below 1024,
    /// [`Errno::ADDRNOTAVAIL`] for an address of another machine.
    pub fn net_listen_on(
        &mut self,
        caller: &Caller,
        id: SocketId,
        address: SocketAddr,
    ) -> Result<(), Errno> {
        let caller = &self.fresh(caller, id)?;
        let subject = authority(&address.ip().to_string(), address.port());
        self.act(caller, Kind::NetListen, subject, |world, seq| {
            if !world.is_own(address.ip()) {
                return Err(Errno::ADDRNOTAVAIL);
            }
            if (1..1_024).contains(&address.port()) && world.persona.uid != 0 {
                return Err(Errno::ACCES);
            }
            if address.port() != 0 && world.net.listener_on(address).is_some() {
                return Err(Errno::ADDRINUSE);
            }
            let mut address = address;
            if address.port() == 0 {
                address.set_port(world.net.local_port());
                let port = address.port().to_string();
                world.recorder.detail(seq, "port", port);
            }
            let listener = Listener {
                address,
                watcher: None,
                origin: caller.at.clone(),
                waiting: VecDeque::new(),
            };
            world.net.sockets.insert(id, Socket::Listener(listener));
            Ok(())
        })
    }

    /// Takes the next connection off a listener.
    ///
    /// # Errors
    ///
    /// [`Errno::AGAIN`] when none waits, [`Errno::INVAL`] when the socket does not listen.
    pub fn net_accept(&mut self, id: SocketId) -> Result<SocketId, Errno> {
        match self.net.sockets.get_mut(&id) {
            Some(Socket::Listener(listener)) => listener.waiting.pop_front().ok_or(Errno::AGAIN),
            Some(_) => Err(Errno::INVAL),
            None => Err(Errno::BADF),
        }
    }

    /// Makes the listener's end of a new connection whose other end has the number `near`, lets it wait, and returns its
    /// number.
    pub(super) fn enqueue(
        &mut self,
        caller: &Caller,
        listener: SocketId,
        near: SocketId,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Result<SocketId, Errno> {
        let Some(Socket::Listener(waits)) = self.net.sockets.get(&listener) else {
            return Err(Errno::CONNREFUSED);
        };
        if waits.waiting.len() >= BACKLOG {
            self.hit_limit(caller, "backlog", format!("more than {BACKLOG}"));
            return Err(Errno::CONNREFUSED);
        }
        let host = local.ip().to_string();
        let mut far = Connection::new(host, remote, local, Peer::Inside(near));
        far.origin.clone_from(&waits.origin);
        let id = self.net.add(Socket::Connection(Box::new(far)));
        if let Some(Socket::Listener(waits)) = self.net.sockets.get_mut(&listener) {
            waits.waiting.push_back(id);
        }
        self.net_tell(listener);
        Ok(id)
    }
}

impl Net {
    /// Who listens for connections to this address.
    pub(super) fn listener_on(&self, remote: SocketAddr) -> Option<SocketId> {
        self.sockets.iter().find_map(|(id, socket)| match socket {
            Socket::Listener(listener) if listener.accepts(remote) => Some(*id),
            _ => None,
        })
    }
}
