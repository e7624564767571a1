//! Bounds what one instance may allocate.

use wasmtime::ResourceLimiter;

/// Elements that the tables of one instance may hold; QuickJS needs about two thousand.
const TABLE_ELEMENTS: usize = 100_000;

/// Limits one instance and remembers that it refused, since running out of memory has no trap of its own.
#[derive(Debug)]
pub(super) struct Limiter {
    most: usize,
    /// Whether a growth of the memory was refused.
    pub(super) refused: bool,
}

impl Limiter {
    /// A limiter that lets the linear memory grow to this many bytes.
    pub(super) fn new(most: usize) -> Limiter {
        Limiter {
            most,
            refused: false,
        }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let granted = desired <= self.most;
        self.refused |= !granted;
        Ok(granted)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ELEMENTS)
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        4
    }

    fn memories(&self) -> usize {
        1
    }
}
