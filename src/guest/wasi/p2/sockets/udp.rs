//! UDP sockets: made, and never bound, so that no datagram is ever sent through one.

use super::{Answer, Never, socket_address};
use crate::guest::wasi::p2::wasi::sockets::network::{ErrorCode, IpAddressFamily, IpSocketAddress};
use crate::guest::wasi::p2::wasi::sockets::udp::{
    Host, HostIncomingDatagramStream, HostOutgoingDatagramStream, HostUdpSocket, IncomingDatagram,
    OutgoingDatagram,
};
use crate::guest::wasi::p2::wasi::sockets::udp_create_socket;
use crate::guest::wasi::p2::{Network, Pollable, View};
use crate::trace::Kind;
use wasmtime::component::Resource;

/// Bytes of a socket's buffers. Source: `net.core.rmem_default` and `wmem_default` of Linux.
const BUFFERS: u64 = 212_992;

/// Hops of a packet. Source: `net.ipv4.ip_default_ttl` of Linux.
const HOPS: u8 = 64;

/// A socket that belongs to nothing yet, and never will.
#[derive(Clone, Copy, Debug)]
pub struct UdpSocket {
    family: IpAddressFamily,
}

type Socket = Resource<UdpSocket>;

impl View<'_> {
    fn udp_answer<T>(&mut self, socket: &Socket, answer: Result<T, ErrorCode>) -> Answer<T> {
        self.call()?.get(socket)?;
        Ok(answer?)
    }

    fn set_udp_option(&mut self, socket: &Socket, value: u64) -> Answer<()> {
        let answer = match value {
            0 => Err(ErrorCode::InvalidArgument),
            _ => Ok(()),
        };
        self.udp_answer(socket, answer)
    }
}

impl udp_create_socket::Host for View<'_> {
    fn create_udp_socket(&mut self, family: IpAddressFamily) -> Answer<Socket> {
        Ok(self.call()?.push(UdpSocket { family })?)
    }
}

impl Host for View<'_> {}

impl HostUdpSocket for View<'_> {
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
        call.refuse(Kind::NetListen, subject, ("protocol", "udp"))
    }

    fn finish_bind(&mut self, socket: Socket) -> Answer<()> {
        self.udp_answer(&socket, Err(ErrorCode::NotInProgress))
    }

    fn stream(
        &mut self,
        socket: Socket,
        address: Option<IpSocketAddress>,
    ) -> Answer<(Resource<Never>, Resource<Never>)> {
        let Some(address) = address else {
            return self.udp_answer(&socket, Err(ErrorCode::InvalidState));
        };
        let mut call = self.call()?;
        call.get(&socket)?;
        let subject = call.far_end(socket_address(address));
        call.refuse(Kind::NetConnect, subject, ("protocol", "udp"))
    }

    fn local_address(&mut self, socket: Socket) -> Answer<IpSocketAddress> {
        self.udp_answer(&socket, Err(ErrorCode::InvalidState))
    }

    fn remote_address(&mut self, socket: Socket) -> Answer<IpSocketAddress> {
        self.udp_answer(&socket, Err(ErrorCode::InvalidState))
    }

    fn address_family(&mut self, socket: Socket) -> wasmtime::Result<IpAddressFamily> {
        Ok(self.call()?.get(&socket)?.family)
    }

    fn unicast_hop_limit(&mut self, socket: Socket) -> Answer<u8> {
        self.udp_answer(&socket, Ok(HOPS))
    }

    fn set_unicast_hop_limit(&mut self, socket: Socket, value: u8) -> Answer<()> {
        self.set_udp_option(&socket, value.into())
    }

    fn receive_buffer_size(&mut self, socket: Socket) -> Answer<u64> {
        self.udp_answer(&socket, Ok(BUFFERS))
    }

    fn set_receive_buffer_size(&mut self, socket: Socket, value: u64) -> Answer<()> {
        self.set_udp_option(&socket, value)
    }

    fn send_buffer_size(&mut self, socket: Socket) -> Answer<u64> {
        self.udp_answer(&socket, Ok(BUFFERS))
    }

    fn set_send_buffer_size(&mut self, socket: Socket, value: u64) -> Answer<()> {
        self.set_udp_option(&socket, value)
    }

    fn subscribe(&mut self, socket: Socket) -> wasmtime::Result<Resource<Pollable>> {
        self.call()?.push_child(Pollable::Ready, &socket)
    }

    fn drop(&mut self, socket: Socket) -> wasmtime::Result<()> {
        self.forget(socket)
    }
}

impl HostIncomingDatagramStream for View<'_> {
    fn receive(&mut self, handle: Resource<Never>, _: u64) -> Answer<Vec<IncomingDatagram>> {
        match *self.call()?.get(&handle)? {}
    }

    fn subscribe(&mut self, handle: Resource<Never>) -> wasmtime::Result<Resource<Pollable>> {
        match *self.call()?.get(&handle)? {}
    }

    fn drop(&mut self, handle: Resource<Never>) -> wasmtime::Result<()> {
        self.forget(handle)
    }
}

impl HostOutgoingDatagramStream for View<'_> {
    fn check_send(&mut self, handle: Resource<Never>) -> Answer<u64> {
        match *self.call()?.get(&handle)? {}
    }

    fn send(&mut self, handle: Resource<Never>, _: Vec<OutgoingDatagram>) -> Answer<u64> {
        match *self.call()?.get(&handle)? {}
    }

    fn subscribe(&mut self, handle: Resource<Never>) -> wasmtime::Result<Resource<Pollable>> {
        match *self.call()?.get(&handle)? {}
    }

    fn drop(&mut self, handle: Resource<Never>) -> wasmtime::Result<()> {
        self.forget(handle)
    }
}
