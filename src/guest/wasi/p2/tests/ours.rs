//! The arm over the world.

use super::hold;
use crate::guest::Hold;
pub(super) use crate::guest::wasi::p2::bindings::wasi as bindings;
use crate::guest::wasi::p2::{
    Descriptor, FsFailure, Handles, InputStream, OutputStream, Pollable, StreamFailure, View,
};
use crate::world::Errno;
use std::fmt::Debug;
use wasmtime::component::Resource;

#[path = "script/mod.rs"]
#[expect(
    clippy::duplicate_mod,
    reason = "each arm compiles it with types of its own"
)]
pub(super) mod script;

pub(super) type Dir = Resource<Descriptor>;
pub(super) type In = Resource<InputStream>;
pub(super) type Out = Resource<OutputStream>;
pub(super) type Wait = Resource<Pollable>;
pub(super) type Failure = Resource<Errno>;

/// One process.
pub(super) struct Arm {
    hold: Hold,
    handles: Handles,
}

impl Arm {
    pub(super) fn new() -> Arm {
        let (hold, handles) = hold();
        Arm { hold, handles }
    }

    /// Implements every interface.
    fn view(&mut self) -> View<'_> {
        View {
            hold: &mut self.hold,
            handles: &mut self.handles,
        }
    }

    pub(super) fn fs(&mut self) -> View<'_> {
        self.view()
    }

    pub(super) fn io(&mut self) -> View<'_> {
        self.view()
    }

    pub(super) fn clocks(&mut self) -> View<'_> {
        self.view()
    }

    pub(super) fn random(&mut self) -> View<'_> {
        self.view()
    }

    pub(super) fn cli(&mut self) -> View<'_> {
        self.view()
    }

    /// What the component would be told.
    pub(super) fn said<T: Debug>(&mut self, answer: Result<T, FsFailure>) -> String {
        match answer {
            Ok(value) => format!("ok {value:?}"),
            Err(FsFailure::Code(code)) => code.name().to_owned(),
            Err(FsFailure::Trap(_)) => "trap".to_owned(),
        }
    }

    /// What the component would be told of a stream, down to the error code behind an error.
    pub(super) fn flowed<T: Debug>(&mut self, answer: Result<T, StreamFailure>) -> String {
        let failure = match answer {
            Ok(value) => return format!("ok {value:?}"),
            Err(failure) => failure,
        };
        let mut view = self.view();
        match bindings::io::streams::Host::convert_stream_error(&mut view, failure) {
            Ok(bindings::io::streams::StreamError::Closed) => "closed".to_owned(),
            Ok(bindings::io::streams::StreamError::LastOperationFailed(error)) => {
                self.failure(error)
            }
            Err(_) => "trap".to_owned(),
        }
    }

    fn failure(&mut self, error: Failure) -> String {
        let mut view = self.view();
        let code = bindings::filesystem::types::Host::filesystem_error_code(&mut view, error);
        let name = code.expect("a handle").map(|code| code.name().to_owned());
        format!("failed {name:?}")
    }
}
