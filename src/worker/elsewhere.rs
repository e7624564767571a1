//! Systems on which no process can be locked: there is never a crew.

use super::{Bounds, Containment, Ending, Job, Task};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::marker::PhantomData;

/// Starts workers; on this system, none.
pub struct Crew<J: Job>(Infallible, PhantomData<J>);

/// The answer of a worker; on this system, there is none.
pub struct Answer(Infallible);

/// What a worker has at hand; on this system, there is none.
pub struct Bench(Infallible);

impl<J: Job> Crew<J> {
    /// Says that this system has no workers.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn start(_: J, _: Option<J::Request>) -> Result<Crew<J>, String> {
        Err("worker processes need Linux".into())
    }

    /// Cannot be called.
    ///
    /// # Errors
    ///
    /// Never.
    pub fn ask(&self, _: &J::Request, _: Option<&[u8]>, _: &Bounds) -> Result<Answer, Ending> {
        match self.0 {}
    }

    /// Cannot be called.
    ///
    /// # Errors
    ///
    /// Never.
    pub fn locked(
        &self,
        _: &J::Request,
        _: Option<&[u8]>,
        _: &Bounds,
    ) -> Result<(Containment, Vec<u8>), Ending> {
        match self.0 {}
    }
}

impl Answer {
    /// Cannot be called.
    #[must_use]
    pub fn containment(&self) -> &Containment {
        match self.0 {}
    }

    /// Cannot be called.
    ///
    /// # Errors
    ///
    /// Never.
    pub fn line<T: DeserializeOwned>(&mut self, _most: u64) -> Result<T, Ending> {
        match self.0 {}
    }

    /// Cannot be called.
    pub fn shorten(&mut self, _: std::time::Duration) {
        match self.0 {}
    }

    /// Cannot be called.
    #[must_use]
    pub fn over(self) -> Option<Ending> {
        match self.0 {}
    }

    /// Cannot be called.
    #[must_use]
    pub fn ending(self) -> Ending {
        match self.0 {}
    }
}

impl std::io::Read for Answer {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        match self.0 {}
    }
}

impl std::io::BufRead for Answer {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        match self.0 {}
    }

    fn consume(&mut self, _: usize) {
        match self.0 {}
    }
}

/// Something that a worker must not be able to do; on this system, nothing is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attempt {}

/// What became of one attempt; on this system, there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Probe {
    /// The layer that was tried.
    pub layer: &'static str,
    /// What was attempted.
    pub attempt: Attempt,
    /// The same in words.
    pub what: &'static str,
    /// Whether the layer held.
    pub held: bool,
    /// How the attempt ended.
    pub ending: String,
}

/// The state of the layers on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Probes {
    /// What a worker says of its own lock.
    pub containment: Containment,
    /// What became of each attempt.
    pub probes: Vec<Probe>,
}

/// Says that this system has no workers.
///
/// # Errors
///
/// Always.
pub fn probe() -> Result<Probes, String> {
    Err("worker processes need Linux".into())
}

pub(super) fn task(attempt: Attempt, _: bool, _: u32) -> Task<'static> {
    match attempt {}
}

/// Says that this system has no processes for that.
pub(super) fn aside(_: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    Err("worker processes need Linux".into())
}

impl Bench {
    /// Cannot be called.
    ///
    /// # Errors
    ///
    /// Never.
    pub fn seal(&mut self) -> std::io::Result<()> {
        match self.0 {}
    }

    /// Cannot be called.
    ///
    /// # Errors
    ///
    /// Never.
    pub fn line(&mut self, _value: &impl serde::Serialize) -> std::io::Result<()> {
        match self.0 {}
    }
}

impl std::io::Write for Bench {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        match self.0 {}
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.0 {}
    }
}
