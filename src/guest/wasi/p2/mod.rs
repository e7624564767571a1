//! WASI 0.2 over the made-up world: what components import. Decode, act on the world, encode; no policy lives here.
//!
//! The interfaces stand in `wit/`, from which [`bindings`] are generated; a component that was built for any 0.2.x is linked
//! to them. Each interface group has one file that implements its generated traits on [`View`]: the world, the caller and the
//! handles of one process, put together for one call. A view needs no instance, so tests and fuzzers call the same functions
//! as components do.
//!
//! | file | interfaces |
//! | --- | --- |
//! | `filesystem` | `wasi:filesystem/types`, `preopens` |
//! | `streams` | `wasi:io/streams`, `error` |
//! | `poll` | `wasi:io/poll`, and how a component waits in virtual time |
//! | `clocks` | `wasi:clocks/monotonic-clock`, `wall-clock` |
//! | `random` | `wasi:random/random`, `insecure`, `insecure-seed` |
//! | `cli` | `wasi:cli/environment`, `exit`, the standard streams and terminals |
//! | `drive` | what is linked for a component and called of it |
//! | `sockets` | `wasi:sockets/*`: recorded and refused |

mod cli;
mod clocks;
pub(super) mod drive;
mod failure;
mod filesystem;
mod poll;
mod random;
mod sockets;
mod streams;
#[cfg(test)]
mod tests;
mod view;

pub(in crate::guest) use drive::functions;
pub use failure::{FsFailure, SocketFailure, StreamFailure};
pub use filesystem::{Descriptor, DirectoryStream};
pub use poll::Pollable;
pub use sockets::{Network, Never, TcpSocket, UdpSocket};
pub use streams::{InputStream, OutputStream};
pub use view::{Handles, View};

use wasmtime::component::{HasData, Linker};

/// Generated from `wit/`: the types of the interfaces, their traits, and how they are linked.
#[expect(
    missing_docs,
    reason = "generated; the interfaces are described where they are implemented"
)]
pub mod bindings {
    wasmtime::component::bindgen!({
        path: "src/guest/wasi/p2/wit",
        world: "lazaret:guest/component",
        imports: { default: trappable },
        trappable_error_type: {
            "wasi:io/streams.stream-error" => super::StreamFailure,
            "wasi:filesystem/types.error-code" => super::FsFailure,
            "wasi:sockets/network.error-code" => super::SocketFailure,
        },
        with: {
            "wasi:io/error.error": crate::world::Errno,
            "wasi:io/poll.pollable": super::Pollable,
            "wasi:io/streams.input-stream": super::InputStream,
            "wasi:io/streams.output-stream": super::OutputStream,
            "wasi:filesystem/types.descriptor": super::Descriptor,
            "wasi:filesystem/types.directory-entry-stream": super::DirectoryStream,
            "wasi:sockets/network.network": super::Network,
            "wasi:sockets/ip-name-lookup.resolve-address-stream": super::Never,
            "wasi:sockets/tcp.tcp-socket": super::TcpSocket,
            "wasi:sockets/udp.udp-socket": super::UdpSocket,
            "wasi:sockets/udp.incoming-datagram-stream": super::Never,
            "wasi:sockets/udp.outgoing-datagram-stream": super::Never,
            "wasi:cli/terminal-input.terminal-input": super::Never,
            "wasi:cli/terminal-output.terminal-output": super::Never,
        },
    });
}

use bindings::wasi;

/// Says that the interfaces are implemented by a [`View`] that is put together for each call.
struct Viewed;

impl HasData for Viewed {
    type Data<'a> = View<'a>;
}

/// Links every interface of `wit/`; `view` puts together what one call acts on.
///
/// # Errors
///
/// When one of them is linked already.
pub fn link<T: 'static>(
    linker: &mut Linker<T>,
    view: fn(&mut T) -> View<'_>,
) -> wasmtime::Result<()> {
    bindings::Component::add_to_linker::<T, Viewed>(linker, view)
}

/// The served interfaces by name, without version: an import of any of them is linked, others are not known.
const SERVED: &[&str] = &[
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
];
