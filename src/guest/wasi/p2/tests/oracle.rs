//! The arm over wasmtime-wasi, on a directory of the host.

use std::fmt::Debug;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::cli::{WasiCliCtxView, WasiCliView as _};
use wasmtime_wasi::clocks::{WasiClocksCtxView, WasiClocksView as _};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtxView, WasiFilesystemView as _};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable, FsError, StreamError};
use wasmtime_wasi::random::WasiRandomCtx;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxView, WasiView};

#[path = "script/mod.rs"]
#[expect(
    clippy::duplicate_mod,
    reason = "each arm compiles it with types of its own"
)]
pub(super) mod script;

/// The interfaces of the standard, with functions that wait.
pub(super) mod bindings {
    pub(in super::super) use wasmtime_wasi::p2::bindings::sync::{filesystem, io};
    pub(in super::super) use wasmtime_wasi::p2::bindings::{cli, clocks, random};
}

pub(super) type Dir = Resource<Descriptor>;
pub(super) type In = Resource<DynInputStream>;
pub(super) type Out = Resource<DynOutputStream>;
pub(super) type Wait = Resource<DynPollable>;
pub(super) type Failure = Resource<wasmtime::Error>;

/// One process.
pub(super) struct Arm {
    wasi: Wasi,
    _root: tempfile::TempDir,
}

struct Wasi {
    ctx: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Wasi {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.ctx,
            table: &mut self.table,
        }
    }
}

impl Arm {
    pub(super) fn new() -> Arm {
        let root = tempfile::tempdir().expect("a directory");
        let ctx = WasiCtx::builder()
            .args(&["program", "one", ""])
            .env("EMPTY", "")
            .env("NAME", "value=with=signs")
            .initial_cwd("/")
            .allow_blocking_current_thread(true)
            .preopened_dir(root.path(), "/", FsPerms::ReadWrite)
            .expect("it was just made")
            .build();
        Arm {
            wasi: Wasi {
                ctx,
                table: ResourceTable::new(),
            },
            _root: root,
        }
    }

    pub(super) fn fs(&mut self) -> WasiFilesystemCtxView<'_> {
        self.wasi.filesystem()
    }

    pub(super) fn io(&mut self) -> &mut ResourceTable {
        &mut self.wasi.table
    }

    pub(super) fn clocks(&mut self) -> WasiClocksCtxView<'_> {
        self.wasi.clocks()
    }

    pub(super) fn random(&mut self) -> &mut WasiRandomCtx {
        self.wasi.ctx.random()
    }

    pub(super) fn cli(&mut self) -> WasiCliCtxView<'_> {
        self.wasi.cli()
    }

    /// What the component would be told.
    pub(super) fn said<T: Debug>(&mut self, answer: Result<T, FsError>) -> String {
        match answer.map_err(FsError::downcast) {
            Ok(value) => format!("ok {value:?}"),
            Err(Ok(code)) => code.name().to_owned(),
            Err(Err(_)) => "trap".to_owned(),
        }
    }

    /// What the component would be told of a stream, down to the error code behind an error.
    pub(super) fn flowed<T: Debug>(&mut self, answer: Result<T, StreamError>) -> String {
        match answer {
            Ok(value) => format!("ok {value:?}"),
            Err(StreamError::Closed) => "closed".to_owned(),
            Err(StreamError::LastOperationFailed(error)) => {
                let error = self.io().push(error).expect("room");
                self.failure(error)
            }
            Err(StreamError::Trap(_)) => "trap".to_owned(),
        }
    }

    fn failure(&mut self, error: Failure) -> String {
        let mut view = self.fs();
        let code = bindings::filesystem::types::Host::filesystem_error_code(&mut view, error);
        let name = code.expect("a handle").map(|code| code.name().to_owned());
        format!("failed {name:?}")
    }
}
