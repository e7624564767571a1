//! Bounds what one instance may allocate.

use wasmtime::ResourceLimiter;

/// Elements that all tables of one store may hold; QuickJS needs about two thousand, CPython about ten thousand.
pub(super) const TABLE_ELEMENTS: usize = 100_000;

/// Core instances, tables and memories that the parts of one component may have together. A language runtime that is put
/// together of shared libraries has about fifty instances and two memories.
const COMPONENT_PARTS: (usize, usize, usize) = (500, 100, 50);

/// Limits one store and remembers that it refused, since running out of memory has no trap of its own.
#[derive(Debug)]
pub(super) struct Limiter {
    most: usize,
    /// Bytes of all memories.
    used: usize,
    /// Elements of all tables.
    elements: usize,
    component: bool,
    /// Whether a growth of the memory was refused.
    pub(super) refused: bool,
    /// Whether a growth of a table was refused.
    pub(super) table_refused: bool,
}

impl Limiter {
    /// A limiter for one module, that lets the linear memory grow to this many bytes.
    pub(super) fn new(most: usize) -> Limiter {
        Limiter {
            most,
            used: 0,
            elements: 0,
            component: false,
            refused: false,
            table_refused: false,
        }
    }

    /// A limiter for a component, whose many parts share the limit on memory.
    pub(super) fn of_component(most: usize) -> Limiter {
        Limiter {
            component: true,
            ..Limiter::new(most)
        }
    }

    fn parts(&self) -> (usize, usize, usize) {
        if self.component {
            COMPONENT_PARTS
        } else {
            (1, 4, 1)
        }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let used = self.used.saturating_add(desired.saturating_sub(current));
        let granted = used <= self.most;
        self.refused |= !granted;
        if granted {
            self.used = used;
        }
        Ok(granted)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let elements = self
            .elements
            .saturating_add(desired.saturating_sub(current));
        let granted = elements <= TABLE_ELEMENTS;
        if granted {
            self.elements = elements;
        }
        self.table_refused |= !granted;
        Ok(granted)
    }

    fn instances(&self) -> usize {
        self.parts().0
    }

    fn tables(&self) -> usize {
        self.parts().1
    }

    fn memories(&self) -> usize {
        self.parts().2
    }
}
