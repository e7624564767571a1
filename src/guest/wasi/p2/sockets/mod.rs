//! `wasi:sockets`: a component can make sockets, and everything that it asks of them is recorded and refused with
//! `access-denied`. So a component that wants to reach somebody shows whom, and goes on as behind a closed firewall.

mod tcp;
mod udp;

use super::view::Call;
use super::wasi::sockets::network::{ErrorCode, IpAddress, IpSocketAddress};
use super::wasi::sockets::{instance_network, ip_name_lookup, network};
use super::{Pollable, SocketFailure, View};
use crate::trace::Kind;
use crate::world::Errno;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use wasmtime::component::Resource;

pub use tcp::TcpSocket;
pub use udp::UdpSocket;

type Answer<T> = Result<T, SocketFailure>;

/// The right to use the network, which comes to nothing.
#[derive(Clone, Copy, Debug)]
pub struct Network;

/// A resource of which there is none, as everything that would make one is refused.
#[derive(Clone, Copy, Debug)]
pub enum Never {}

impl Call<'_> {
    /// Records what was asked for and refuses it.
    fn refuse<T>(&mut self, kind: Kind, subject: String, detail: (&str, &str)) -> Answer<T> {
        let refused: Result<T, Errno> =
            self.world.act(&self.caller, kind, subject, |world, seq| {
                world.recorder.detail(seq, detail.0, detail.1);
                Err(Errno::ACCES)
            });
        refused.map_err(|_| ErrorCode::AccessDenied.into())
    }

    /// `host:port` of the far end, by name where it is known.
    fn far_end(&self, address: SocketAddr) -> String {
        let host = self.world.net.host_of(address.ip());
        match host.parse::<IpAddr>() {
            Ok(_) => address.to_string(),
            Err(_) => format!("{host}:{}", address.port()),
        }
    }
}

fn socket_address(address: IpSocketAddress) -> SocketAddr {
    match address {
        IpSocketAddress::Ipv4(v4) => SocketAddr::new(ip(IpAddress::Ipv4(v4.address)), v4.port),
        IpSocketAddress::Ipv6(v6) => SocketAddr::new(ip(IpAddress::Ipv6(v6.address)), v6.port),
    }
}

fn ip(address: IpAddress) -> IpAddr {
    match address {
        IpAddress::Ipv4((a, b, c, d)) => Ipv4Addr::new(a, b, c, d).into(),
        IpAddress::Ipv6((a, b, c, d, e, f, g, h)) => Ipv6Addr::new(a, b, c, d, e, f, g, h).into(),
    }
}

impl network::Host for View<'_> {
    fn convert_error_code(&mut self, failure: SocketFailure) -> wasmtime::Result<ErrorCode> {
        View::socket_error(failure)
    }
}

impl network::HostNetwork for View<'_> {
    fn drop(&mut self, handle: Resource<Network>) -> wasmtime::Result<()> {
        self.forget(handle)
    }
}

impl instance_network::Host for View<'_> {
    fn instance_network(&mut self) -> wasmtime::Result<Resource<Network>> {
        self.call()?.push(Network)
    }
}

impl ip_name_lookup::Host for View<'_> {
    fn resolve_addresses(
        &mut self,
        network: Resource<Network>,
        name: String,
    ) -> Answer<Resource<Never>> {
        let mut call = self.call()?;
        call.get(&network)?;
        call.refuse(Kind::NetDns, name, ("type", "A"))
    }
}

impl ip_name_lookup::HostResolveAddressStream for View<'_> {
    fn resolve_next_address(&mut self, handle: Resource<Never>) -> Answer<Option<IpAddress>> {
        match *self.call()?.get(&handle)? {}
    }

    fn subscribe(&mut self, handle: Resource<Never>) -> wasmtime::Result<Resource<Pollable>> {
        match *self.call()?.get(&handle)? {}
    }

    fn drop(&mut self, handle: Resource<Never>) -> wasmtime::Result<()> {
        self.forget(handle)
    }
}
