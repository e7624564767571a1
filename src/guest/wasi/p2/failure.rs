//! What can go wrong in a call: an error that the component gets, or the end of the component.

use super::View;
use super::wasi::filesystem::types::ErrorCode as FsCode;
use super::wasi::io::streams::StreamError;
use super::wasi::sockets::network::ErrorCode as SocketCode;
use crate::guest::Stop;
use crate::world::Errno;
use wasmtime::component::ResourceTableError;

/// Why a call on files failed.
#[derive(Debug)]
pub enum FsFailure {
    /// The component gets this error.
    Code(FsCode),
    /// The component ends.
    Trap(wasmtime::Error),
}

/// Why a call on sockets failed.
#[derive(Debug)]
pub enum SocketFailure {
    /// The component gets this error.
    Code(SocketCode),
    /// The component ends.
    Trap(wasmtime::Error),
}

/// Why a call on a stream failed.
#[derive(Debug)]
pub enum StreamFailure {
    /// The stream has ended.
    Closed,
    /// This went wrong; the stream is closed afterwards.
    Failed(Errno),
    /// The component ends.
    Trap(wasmtime::Error),
}

macro_rules! traps {
    ($($failure:ident),+) => {$(
        impl From<wasmtime::Error> for $failure {
            fn from(error: wasmtime::Error) -> $failure {
                $failure::Trap(error)
            }
        }

        impl From<Stop> for $failure {
            fn from(stop: Stop) -> $failure {
                $failure::Trap(stop.into())
            }
        }

        impl From<ResourceTableError> for $failure {
            fn from(error: ResourceTableError) -> $failure {
                $failure::Trap(error.into())
            }
        }
    )+};
}

traps!(FsFailure, SocketFailure, StreamFailure);

impl From<FsCode> for FsFailure {
    fn from(code: FsCode) -> FsFailure {
        FsFailure::Code(code)
    }
}

impl From<SocketCode> for SocketFailure {
    fn from(code: SocketCode) -> SocketFailure {
        SocketFailure::Code(code)
    }
}

impl From<Errno> for FsFailure {
    fn from(errno: Errno) -> FsFailure {
        FsFailure::Code(fs_code(errno))
    }
}

impl From<Errno> for StreamFailure {
    fn from(errno: Errno) -> StreamFailure {
        match errno {
            Errno::PIPE => StreamFailure::Closed,
            errno => StreamFailure::Failed(errno),
        }
    }
}

/// The error code of the file system interface that stands for an error number. Those that the interface has no word for
/// (too many open files and what belongs to sockets) become the nearest.
pub(super) fn fs_code(errno: Errno) -> FsCode {
    match errno {
        Errno::PERM => FsCode::NotPermitted,
        Errno::NOENT => FsCode::NoEntry,
        Errno::INTR => FsCode::Interrupted,
        Errno::NXIO => FsCode::NoSuchDevice,
        Errno::BADF => FsCode::BadDescriptor,
        Errno::AGAIN => FsCode::WouldBlock,
        Errno::NOMEM | Errno::MFILE => FsCode::InsufficientMemory,
        Errno::ACCES => FsCode::Access,
        Errno::BUSY => FsCode::Busy,
        Errno::EXIST => FsCode::Exist,
        Errno::XDEV => FsCode::CrossDevice,
        Errno::NODEV => FsCode::NoDevice,
        Errno::NOTDIR => FsCode::NotDirectory,
        Errno::ISDIR => FsCode::IsDirectory,
        Errno::INVAL => FsCode::Invalid,
        Errno::NOTTY => FsCode::NoTty,
        Errno::FBIG => FsCode::FileTooLarge,
        Errno::NOSPC => FsCode::InsufficientSpace,
        Errno::SPIPE => FsCode::InvalidSeek,
        Errno::ROFS => FsCode::ReadOnly,
        Errno::PIPE => FsCode::Pipe,
        Errno::NAMETOOLONG => FsCode::NameTooLong,
        Errno::NOSYS | Errno::OPNOTSUPP => FsCode::Unsupported,
        Errno::NOTEMPTY => FsCode::NotEmpty,
        Errno::LOOP => FsCode::Loop,
        _ => FsCode::Io,
    }
}

impl View<'_> {
    pub(super) fn fs_error(failure: FsFailure) -> wasmtime::Result<FsCode> {
        match failure {
            FsFailure::Code(code) => Ok(code),
            FsFailure::Trap(error) => Err(error),
        }
    }

    pub(super) fn socket_error(failure: SocketFailure) -> wasmtime::Result<SocketCode> {
        match failure {
            SocketFailure::Code(code) => Ok(code),
            SocketFailure::Trap(error) => Err(error),
        }
    }

    pub(super) fn stream_error(&mut self, failure: StreamFailure) -> wasmtime::Result<StreamError> {
        match failure {
            StreamFailure::Closed => Ok(StreamError::Closed),
            StreamFailure::Failed(errno) => {
                let error = self.parts()?.push(errno)?;
                Ok(StreamError::LastOperationFailed(error))
            }
            StreamFailure::Trap(error) => Err(error),
        }
    }
}
