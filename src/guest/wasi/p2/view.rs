//! What one call of a component acts on.

use crate::guest::{Hold, Stop};
use crate::world::{Caller, World};
use wasmtime::component::{Resource, ResourceTable, ResourceTableError};

/// Handles that one process may have at once: far more than a program's open files, streams and pollables.
const MAX_HANDLES: usize = 10_000;

/// Names that all open directory streams of a process may hold together: each holds a whole listing.
const MAX_LISTED: usize = 250_000;

/// Host-side state of one process: what its handles refer to, and what it has used. It is never part of the world.
#[derive(Debug)]
pub struct Handles {
    pub(super) table: ResourceTable,
    /// The directories that are open from the start: the name that the program sees, and the path in the world.
    pub(super) preopens: Vec<(String, String)>,
    /// Names in open directory streams.
    pub(super) listed: usize,
    /// Whether running out of handles was recorded.
    exhausted: bool,
}

impl Handles {
    /// No handles yet. The process sees these directories: for each the name that it knows, and the path in the world.
    #[must_use]
    pub fn new(preopens: Vec<(String, String)>) -> Handles {
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_HANDLES);
        Handles {
            table,
            preopens,
            listed: 0,
            exhausted: false,
        }
    }
}

/// What a call may use: the traits of the interfaces are implemented on it. It is put together anew for each call.
pub struct View<'a> {
    /// The process's hold on the made-up machine.
    pub hold: &'a mut Hold,
    /// What the process's handles refer to.
    pub handles: &'a mut Handles,
}

/// The parts of a view, once it is known that the world is there.
pub(super) struct Call<'a> {
    pub(super) world: &'a mut World,
    pub(super) caller: Caller,
    pub(super) handles: &'a mut Handles,
}

impl View<'_> {
    /// Begins a call: counts it, so that a loop of calls ends in the same place each time.
    pub(super) fn call(&mut self) -> Result<Call<'_>, Stop> {
        self.hold.call()?;
        self.parts()
    }

    /// The parts, for the rest of a call after the world was given away.
    pub(super) fn parts(&mut self) -> Result<Call<'_>, Stop> {
        let caller = Caller::process(self.hold.pid);
        Ok(Call {
            world: self.hold.world()?,
            caller,
            handles: self.handles,
        })
    }

    /// Drops a handle whose value needs no further care.
    pub(super) fn forget<T: 'static>(&mut self, handle: Resource<T>) -> wasmtime::Result<()> {
        self.call()?.handles.table.delete(handle)?;
        Ok(())
    }
}

impl Call<'_> {
    /// What a handle refers to. A handle that refers to nothing or to something else can only come from a defect of the
    /// engine, and ends the component.
    pub(super) fn get<T: 'static>(&self, handle: &Resource<T>) -> Result<&T, ResourceTableError> {
        self.handles.table.get(handle)
    }

    /// A handle for a value.
    pub(super) fn push<T: Send + 'static>(&mut self, value: T) -> wasmtime::Result<Resource<T>> {
        let pushed = self.handles.table.push(value);
        self.note_full(pushed)
    }

    /// A handle for a value that must be dropped before its parent.
    pub(super) fn push_child<T: Send + 'static, U: 'static>(
        &mut self,
        value: T,
        parent: &Resource<U>,
    ) -> wasmtime::Result<Resource<T>> {
        let pushed = self.handles.table.push_child(value, parent);
        self.note_full(pushed)
    }

    fn note_full<T>(
        &mut self,
        pushed: Result<Resource<T>, ResourceTableError>,
    ) -> wasmtime::Result<Resource<T>> {
        if matches!(pushed, Err(ResourceTableError::Full)) && !self.handles.exhausted {
            self.handles.exhausted = true;
            let reason = format!("more than {MAX_HANDLES} handles of a component");
            self.world.hit_limit(&self.caller, "handles", reason);
        }
        Ok(pushed?)
    }

    /// Closes a descriptor of the process that a handle had for itself.
    pub(super) fn close_file(&mut self, fd: u32) {
        if let Err(errno) = self.world.close(&self.caller, fd) {
            tracing::debug!(fd, %errno, "a descriptor was gone before its handle");
        }
    }

    /// Counts the names of a new directory stream; `None` when there are too many.
    pub(super) fn count_listed(&mut self, names: usize) -> Option<()> {
        let listed = self.handles.listed.saturating_add(names);
        if listed > MAX_LISTED {
            return None;
        }
        self.handles.listed = listed;
        Some(())
    }
}
