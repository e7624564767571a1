//! TCP sockets: made, and never connected.

use super::{Answer, socket_address};
use crate::guest::wasi::p2::wasi::sockets::network::{ErrorCode, IpAddressFamily, IpSocketAddress};
use crate::guest::wasi::p2::wasi::sockets::tcp::{Host, HostTcpSocket, ShutdownType};
use crate::guest::wasi::p2::wasi::sockets::tcp_create_socket;
use crate::guest::wasi::p2::{InputStream, Network, OutputStream, Pollable, View};
use crate::trace::Kind;
use wasmtime::component::Resource;

/// Bytes of a socket's buffers. Source: `net.ipv4.tcp_rmem` and `tcp_wmem` of Linux, their defaults.
const BUFFERS: (u64, u64) = (131_072, 16_384);

/// Seconds, as nanoseconds, before the first probe of a silent connection and between two, and how many there are. Source:
/// `net.ipv4.tcp_keepalive_*` of Linux.
const KEEP_ALIVE: (u64, u64, u32) = (7_200_000_000_000, 75_000_000_000, 9);

/// Hops of a packet. Source: `net.ipv4.ip_default_ttl` of Linux.
const HOPS: u8 = 64;

/// A socket that belongs to nothing yet, and never will.
#[derive(Clone, Copy, Debug)]
pub struct TcpSocket {
    family: IpAddressFamily,
}

type Socket = Resource<TcpSocket>;

impl View<'_> {
    /// Checks that a socket is there and says that it is not in the state that this needs.
    fn out_of_place<T>(&mut self, socket: &Socket, code: ErrorCode) -> Answer<T> {
        self.call()?.get(socket)?;
        Err(code.into())
    }

    /// An option's value: the same for all sockets, since none is ever used.
    fn option<T>(&mut self, socket: &Socket, value: T) -> Answer<T> {
        self.call()?.get(socket)?;
        Ok(value)
    }

    /// Sets an option that must not be zero, to no effect.
    fn set_option(&mut self, socket: &Socket, value: u64) -> Answer<()> {
        self.call()?.get(socket)?;
        match value {
            0 => Err(ErrorCode::InvalidArgument.into()),
            _ => Ok(()),
        }
    }
}

impl tcp_create_socket::Host for View<'_> {
    fn create_tcp_socket(&mut self, family: IpAddressFamily) -> Answer<Socket> {
        Ok(self.call()?.push(TcpSocket { family })?)
    }
}

impl Host for View<'_> {}

impl HostTcpSocket for View<'_> {
    fn start_bind(
        &mut self,
        socket: Socket,
        network: Resource<Network>,
        address: IpSocketAddress,
    ) -> Answer<()> {
        let mut call = self.call()?;
        call.get(&socket)?;
        call.get(&network)?;
        let subject = socket_address(address).to_string();
        call.refuse(Kind::NetListen, subject, ("protocol", "tcp"))
    }

    fn finish_bind(&mut self, socket: Socket) -> Answer<()> {
        self.out_of_place(&socket, ErrorCode::NotInProgress)
    }

    fn start_connect(
        &mut self,
        socket: Socket,
        network: Resource<Network>,
        address: IpSocketAddress,
    ) -> Answer<()> {
        let mut call = self.call()?;
        call.get(&socket)?;
        call.get(&network)?;
        let subject = call.far_end(socket_address(address));
        call.refuse(Kind::NetConnect, subject, ("protocol", "tcp"))
    }

    fn finish_connect(
        &mut self,
        socket: Socket,
    ) -> Answer<(Resource<InputStream>, Resource<OutputStream>)> {
        self.out_of_place(&socket, ErrorCode::NotInProgress)
    }

    fn start_listen(&mut self, socket: Socket) -> Answer<()> {
        self.out_of_place(&socket, ErrorCode::InvalidState)
    }

    fn finish_listen(&mut self, socket: Socket) -> Answer<()> {
        self.out_of_place(&socket, ErrorCode::NotInProgress)
    }

    fn accept(
        &mut self,
        socket: Socket,
    ) -> Answer<(Socket, Resource<InputStream>, Resource<OutputStream>)> {
        self.out_of_place(&socket, ErrorCode::InvalidState)
    }

    fn local_address(&mut self, socket: Socket) -> Answer<IpSocketAddress> {
        self.out_of_place(&socket, ErrorCode::InvalidState)
    }

    fn remote_address(&mut self, socket: Socket) -> Answer<IpSocketAddress> {
        self.out_of_place(&socket, ErrorCode::InvalidState)
    }

    fn is_listening(&mut self, socket: Socket) -> wasmtime::Result<bool> {
        self.call()?.get(&socket)?;
        Ok(false)
    }

    fn address_family(&mut self, socket: Socket) -> wasmtime::Result<IpAddressFamily> {
        Ok(self.call()?.get(&socket)?.family)
    }

    fn set_listen_backlog_size(&mut self, socket: Socket, value: u64) -> Answer<()> {
        self.set_option(&socket, value)
    }

    fn keep_alive_enabled(&mut self, socket: Socket) -> Answer<bool> {
        self.option(&socket, false)
    }

    fn set_keep_alive_enabled(&mut self, socket: Socket, _: bool) -> Answer<()> {
        self.option(&socket, ())
    }

    fn keep_alive_idle_time(&mut self, socket: Socket) -> Answer<u64> {
        self.option(&socket, KEEP_ALIVE.0)
    }

    fn set_keep_alive_idle_time(&mut self, socket: Socket, value: u64) -> Answer<()> {
        self.set_option(&socket, value)
    }

    fn keep_alive_interval(&mut self, socket: Socket) -> Answer<u64> {
        self.option(&socket, KEEP_ALIVE.1)
    }

    fn set_keep_alive_interval(&mut self, socket: Socket, value: u64) -> Answer<()> {
        self.set_option(&socket, value)
    }

    fn keep_alive_count(&mut self, socket: Socket) -> Answer<u32> {
        self.option(&socket, KEEP_ALIVE.2)
    }

    fn set_keep_alive_count(&mut self, socket: Socket, value: u32) -> Answer<()> {
        self.set_option(&socket, value.into())
    }

    fn hop_limit(&mut self, socket: Socket) -> Answer<u8> {
        self.option(&socket, HOPS)
    }

    fn set_hop_limit(&mut self, socket: Socket, value: u8) -> Answer<()> {
        self.set_option(&socket, value.into())
    }

    fn receive_buffer_size(&mut self, socket: Socket) -> Answer<u64> {
        self.option(&socket, BUFFERS.0)
    }

    fn set_receive_buffer_size(&mut self, socket: Socket, value: u64) -> Answer<()> {
        self.set_option(&socket, value)
    }

    fn send_buffer_size(&mut self, socket: Socket) -> Answer<u64> {
        self.option(&socket, BUFFERS.1)
    }

    fn set_send_buffer_size(&mut self, socket: Socket, value: u64) -> Answer<()> {
        self.set_option(&socket, value)
    }

    fn subscribe(&mut self, socket: Socket) -> wasmtime::Result<Resource<Pollable>> {
        self.call()?.push_child(Pollable::Ready, &socket)
    }

    fn shutdown(&mut self, socket: Socket, _: ShutdownType) -> Answer<()> {
        self.out_of_place(&socket, ErrorCode::InvalidState)
    }

    fn drop(&mut self, socket: Socket) -> wasmtime::Result<()> {
        self.forget(socket)
    }
}
