//! The lock: what a worker gives up before it does anything with what a stranger wrote.
//!
//! The order matters. Landlock first, for it needs calls that the filter forbids and holds for the threads that are started
//! after it; then those threads; then the limits; and the filter of system calls last.

use super::filter::Filters;
use super::{Bounds, Containment, Lock};
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr as _,
    RulesetStatus, Scope,
};
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use std::time::Duration;

/// The newest Landlock that is asked for. An older kernel enforces what it knows of it.
const NEWEST: ABI = ABI::V7;

/// Locks this process, which must have one thread. `threads` starts those that the worker needs from its first moment on.
///
/// # Errors
///
/// When something fails that every Linux has; layers that a kernel may lack are told in the result.
pub(super) fn lock(
    bounds: &Bounds,
    filters: &Filters,
    lock: Lock,
    threads: impl FnOnce() -> Result<(), String>,
) -> Result<Containment, String> {
    let mut held = Containment {
        process: true,
        ..Containment::default()
    };
    // The size of this process stands in a file.
    let memory = match bounds.memory {
        Some(memory) => Some(mapped()?.saturating_add(memory)),
        None => None,
    };
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(|error| told("dumpable", error))?;
    rustix::thread::set_no_new_privs(true).map_err(|error| told("no_new_privs", error))?;
    match landlock() {
        Ok(abi) => held.landlock = Some(abi),
        Err(reason) => held.missing.push(reason),
    }
    threads()?;
    // Code that is loaded needs a descriptor and a file in memory; the limits wait for the seal.
    if lock != Lock::Loading {
        limits(bounds.cpu, memory)?;
    }
    let program = match lock {
        Lock::Sealed => &filters.sealed,
        Lock::Loading => &filters.loading,
        Lock::Unfiltered => return Ok(held),
    };
    let filtered = seccompiler::apply_filter_all_threads(&filters.absent)
        .and_then(|()| seccompiler::apply_filter_all_threads(program));
    match filtered {
        Ok(()) => held.seccomp = true,
        Err(error) => held.missing.push(format!("seccomp: {error}")),
    }
    Ok(held)
}

/// Ends the time in which memory may become executable. What a worker that loads code may use of memory is limited by the
/// engine.
///
/// # Errors
///
/// When the filter cannot be put in place.
pub(super) fn seal(bounds: &Bounds, filters: &Filters) -> Result<(), String> {
    limits(bounds.cpu, None)?;
    seccompiler::apply_filter_all_threads(&filters.sealed)
        .map_err(|error| format!("seccomp: {error}"))
}

fn told(what: &str, error: impl std::fmt::Display) -> String {
    format!("{what}: {error}")
}

/// Gives up all files, ports and signals that Landlock knows of. Returns its version.
fn landlock() -> Result<u32, String> {
    let restrict = || {
        Ruleset::default()
            .handle_access(AccessFs::from_all(NEWEST))?
            .handle_access(AccessNet::from_all(NEWEST))?
            .scope(Scope::from_all(NEWEST))?
            .create()?
            .restrict_self()
    };
    let status = restrict().map_err(|error: landlock::RulesetError| told("landlock", error))?;
    match (status.ruleset, status.landlock) {
        (
            RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced,
            LandlockStatus::Available { effective_abi, .. },
        ) => Ok(effective_abi as u32),
        (_, LandlockStatus::NotEnabled) => Err("landlock: not enabled in this kernel".into()),
        _ => Err("landlock: this kernel has none".into()),
    }
}

/// Limits that hold even if all of the rest fails. The number of processes is none of them: it counts those of the user, and
/// a worker makes none anyway.
fn limits(cpu: Duration, memory: Option<u64>) -> Result<(), String> {
    let mut all = vec![
        // A crash leaves no copy of the memory on the disk.
        (Resource::Core, 0),
        // No file grows, whatever descriptor was left open.
        (Resource::Fsize, 0),
        // No descriptor is made; those that are open stay so.
        (Resource::Nofile, 0),
        (Resource::Cpu, whole_seconds(cpu)),
    ];
    all.extend(memory.map(|memory| (Resource::As, memory)));
    for (resource, most) in all {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(resource, limit).map_err(|error| told("limits", error))?;
    }
    Ok(())
}

/// The limit knows seconds only, and none must not become no time at all.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs().saturating_add(1)
}

/// Bytes of address space that this process has.
#[expect(
    clippy::disallowed_methods,
    reason = "only the size of this process itself is read, for its limit"
)]
fn mapped() -> Result<u64, String> {
    let text =
        std::fs::read_to_string("/proc/self/status").map_err(|error| told("status", error))?;
    let size = text
        .lines()
        .find_map(|line| line.strip_prefix("VmSize:")?.trim().strip_suffix(" kB"));
    let kilobytes: u64 = size
        .and_then(|size| size.parse().ok())
        .ok_or("status: the size is missing")?;
    Ok(kilobytes.saturating_mul(1_024))
}
