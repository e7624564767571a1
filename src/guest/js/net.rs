//! Sockets and names for the network bindings of the JavaScript guest.
//!
//! | call | reply |
//! | --- | --- |
//! | `net.socket()` | descriptor of a socket that is to be connected or to listen |
//! | `net.connect(fd, address, port)`, `net.listen(fd, address, port)` | nothing |
//! | `net.accept(fd)` | descriptor of a connection |
//! | `net.adopt(fd)` | nothing; an inherited descriptor is watched from now on |
//! | `net.send(fd, bytes)` | how many were sent |
//! | `net.receive(fd)` | bytes; none at the end |
//! | `net.shutdown(fd)`, `net.close(fd)` | nothing |
//! | `net.tls(fd, name, protocols)` | the chosen protocol or nothing |
//! | `net.names(fd)` | `[address, port]` of the near end, then of the far end if there is one |
//! | `net.datagrams(address, port)` | descriptor |
//! | `net.sendTo(fd, address, port, bytes)` | nothing |
//! | `net.receiveFrom(fd)` | `[address, port, bytes]` |
//! | `net.lookup(name, family)` | addresses, or the name of the error |
//! | `net.resolve(name, type)` | records as `[type, field...]`, or the name of the error |
//! | `net.reverse(address)` | names, or the name of the error |
//! | `net.canonical(address)` | its usual form and its bytes, or nothing |

use super::{Args, Host, Value, unknown};
use crate::guest::instance::Fault;
use crate::world::Errno;
use crate::world::net::{DnsError, Record, RecordType, SocketId};
use std::net::{IpAddr, SocketAddr};

/// Bytes that one receiving hands over, as libuv reads.
const PIECE: usize = 64 << 10;

/// Answers `net.*`.
pub(super) fn call(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    match verb {
        "canonical" => return Ok(canonical(args.text(0).unwrap_or_default())),
        "lookup" | "resolve" | "reverse" => return Ok(names(host, verb, args)),
        "socket" => {
            let id = host.world.net_socket(&host.caller);
            return Ok(host.world.open_socket(host.caller.pid, id)?.into());
        }
        "datagrams" => {
            let address = address(args, 0)?;
            let id = host.world.net_datagrams(&host.caller, address)?;
            let fd = host.world.open_socket(host.caller.pid, id)?;
            host.world.net_watch(id, host.caller.pid, fd)?;
            return Ok(fd.into());
        }
        _ => {}
    }
    let fd: u32 = args.integer(0).ok_or(Errno::INVAL)?;
    let id = host.world.socket_of(host.caller.pid, fd)?;
    socket(host, verb, args, fd, id)
}

fn socket(
    host: &mut Host<'_>,
    verb: &str,
    args: &Args<'_>,
    fd: u32,
    id: SocketId,
) -> Result<Value, Fault> {
    let (caller, world) = (&host.caller, &mut *host.world);
    match verb {
        "connect" => {
            world.net_connect_on(caller, id, address(args, 1)?)?;
            world.net_watch(id, caller.pid, fd)?;
        }
        "listen" => {
            world.net_listen_on(caller, id, address(args, 1)?)?;
            world.net_watch(id, caller.pid, fd)?;
        }
        "accept" => {
            let accepted = world.net_accept(id)?;
            let fd = world.open_socket(caller.pid, accepted)?;
            world.net_watch(accepted, caller.pid, fd)?;
            return Ok(fd.into());
        }
        "adopt" => world.net_watch(id, caller.pid, fd)?,
        "send" => {
            let bytes = args.bytes(1).ok_or(Errno::INVAL)?;
            return Ok(world.net_send(caller, id, bytes)?.into());
        }
        "receive" => return Ok(world.net_receive(caller, id, PIECE)?.into()),
        "shutdown" => world.net_shutdown(id)?,
        "close" => world.close(caller, fd)?,
        "tls" => {
            let name = args.text(1).unwrap_or_default();
            return Ok(world.start_tls(id, name, &args.texts(2))?.into());
        }
        "names" => {
            let (near, far) = world.net_addresses(id)?;
            let values = std::iter::once(near).chain(far).flat_map(pair);
            return Ok(Value::List(values.collect()));
        }
        "sendTo" => {
            let bytes = args.bytes(3).ok_or(Errno::INVAL)?;
            world.net_send_to(caller, id, address(args, 1)?, bytes)?;
        }
        "receiveFrom" => {
            let (from, bytes) = world.net_receive_from(caller, id)?;
            let [address, port] = pair(from);
            return Ok(Value::List(vec![address, port, bytes.into()]));
        }
        _ => return unknown(host, &format!("net.{verb}")),
    }
    Ok(Value::Null)
}

fn canonical(text: &str) -> Value {
    let Ok(address) = text.parse::<IpAddr>() else {
        return Value::Null;
    };
    let bytes = match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    Value::List(vec![address.to_string().into(), bytes.into()])
}

fn pair(address: SocketAddr) -> [Value; 2] {
    [address.ip().to_string().into(), address.port().into()]
}

/// An address and a port among the arguments.
fn address(args: &Args<'_>, at: usize) -> Result<SocketAddr, Errno> {
    let text = args.text(at).ok_or(Errno::INVAL)?;
    // A zone, as in `fe80::1%eth0`, does not matter where there is one network.
    let text = text.split('%').next().unwrap_or(text);
    let ip: IpAddr = text.parse().map_err(|_| Errno::INVAL)?;
    Ok(SocketAddr::new(
        ip,
        args.integer(at + 1).ok_or(Errno::INVAL)?,
    ))
}

fn names(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Value {
    let (caller, world) = (&host.caller, &mut *host.world);
    let name = args.text(0).unwrap_or_default();
    let answer = match verb {
        "lookup" => world
            .lookup(caller, name, args.integer(1).unwrap_or_default())
            .map(|found| texts(found.iter())),
        "reverse" => name
            .parse()
            .map_err(|_| DnsError::NotFound)
            .and_then(|address| world.reverse(caller, address))
            .map(|found| texts(found.iter())),
        _ => RecordType::parse(args.text(1).unwrap_or_default())
            .ok_or(DnsError::NoData)
            .and_then(|kind| world.resolve(caller, name, kind))
            .map(|found| Value::List(found.iter().map(record).collect())),
    };
    answer.unwrap_or_else(|error| error.name().into())
}

fn texts(items: impl Iterator<Item = impl ToString>) -> Value {
    Value::List(items.map(|item| item.to_string().into()).collect())
}

/// A record in the form that the dns binding takes apart: its type and fields.
fn record(record: &Record) -> Value {
    let fields = match record {
        Record::Address(address) => {
            let kind = if address.is_ipv4() { "A" } else { "AAAA" };
            vec![kind.into(), address.to_string().into()]
        }
        Record::Mx(priority, exchange) => {
            vec!["MX".into(), (*priority).into(), exchange.as_str().into()]
        }
        Record::Ns(name) => vec!["NS".into(), name.as_str().into()],
        Record::Ptr(name) => vec!["PTR".into(), name.as_str().into()],
        Record::Soa(primary, mailbox) => {
            let mut fields = vec![
                "SOA".into(),
                primary.as_str().into(),
                mailbox.as_str().into(),
            ];
            fields.extend(Record::SOA_NUMBERS.map(Value::from));
            fields
        }
        Record::Srv(port, name) => vec!["SRV".into(), (*port).into(), name.as_str().into()],
        Record::Txt(text) => vec!["TXT".into(), text.as_str().into()],
    };
    Value::List(fields)
}
