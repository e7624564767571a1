//! What can go wrong outside a guest: a mistake of the user and a defect of this program are different types.
//!
//! What goes wrong inside a guest is no error at all: it is an event, and how a run ended.

use crate::guest::ProgramError;
use crate::target::{ManifestError, TargetError};
use crate::trace::CodecError;
use crate::unpack::UnpackError;
use thiserror::Error;

/// An input that cannot be vetted. The message is one line without the name of the input, which the report puts before it.
#[derive(Debug, Error)]
pub enum InputError {
    /// It is not something that can be vetted.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// It cannot be unpacked.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    /// It is no package.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// It is no WebAssembly that can be run.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// A worker that unpacked it says why; escaped.
    #[error("{0}")]
    Told(String),
    /// It is no trace.
    #[error(transparent)]
    Trace(#[from] CodecError),
}

/// Why there is no verdict about an input.
#[derive(Debug, Error)]
pub enum Error {
    /// The input is at fault: exit code 2.
    #[error(transparent)]
    Input(#[from] InputError),
    /// This program is at fault: exit code 70.
    #[error("internal error: {0}; please report it with the command line and the package")]
    Internal(String),
}

impl From<UnpackError> for Error {
    fn from(error: UnpackError) -> Error {
        Error::Input(error.into())
    }
}

impl From<ManifestError> for Error {
    fn from(error: ManifestError) -> Error {
        Error::Input(error.into())
    }
}

impl From<TargetError> for Error {
    fn from(error: TargetError) -> Error {
        Error::Input(error.into())
    }
}

impl From<ProgramError> for Error {
    fn from(error: ProgramError) -> Error {
        Error::Input(error.into())
    }
}

impl From<CodecError> for Error {
    fn from(error: CodecError) -> Error {
        Error::Input(error.into())
    }
}
