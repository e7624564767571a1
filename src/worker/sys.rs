//! What no safe wrapper offers: fork, and leaving a process without cleaning up.

use rustix::process::Pid;
use std::io;

/// Descriptors that are tried one by one where the kernel cannot close a range of them.
const MOST_DESCRIPTORS: i32 = 65_536;

/// Which side of a fork this is.
pub(super) enum Side {
    /// The process that forked, with the number of the other.
    Parent(Pid),
    /// The new process.
    Child,
}

/// Copies this process.
///
/// # Errors
///
/// When it has more than one thread, and those of the system.
pub(super) fn fork() -> io::Result<Side> {
    let threads = threads()?;
    if threads != 1 {
        return Err(io::Error::other(format!(
            "a process with {threads} threads cannot be copied safely"
        )));
    }
    fork_single()
}

#[expect(unsafe_code, reason = "there is no safe fork; see the safety comment")]
fn fork_single() -> io::Result<Side> {
    // SAFETY: the caller has made sure that this is the only thread. So no other can hold a lock, of the allocator or of
    // anything else, that the copy would wait for in vain, and the copy may do whatever this process may.
    match unsafe { libc::fork() } {
        0 => Ok(Side::Child),
        pid => Pid::from_raw(pid)
            .filter(|_| pid > 0)
            .map(Side::Parent)
            .ok_or_else(io::Error::last_os_error),
    }
}

/// How many threads this process has.
#[expect(
    clippy::disallowed_methods,
    reason = "the number of threads decides on whether a fork is safe, and on nothing else"
)]
fn threads() -> io::Result<usize> {
    Ok(std::fs::read_dir("/proc/self/task")?.count())
}

/// Ends this process at once: no destructors, no handlers, no buffers that belong to the process it was copied from.
#[expect(unsafe_code, reason = "the standard library only exits with handlers")]
pub(super) fn exit_now(code: i32) -> ! {
    // SAFETY: `_exit` takes any number and does not return.
    unsafe { libc::_exit(code) }
}

/// Empties the environment: none of what the user has set is needed past this point, and a wish for backtraces would make a
/// process that fails read files, which ends a locked one before it can say why it failed.
#[expect(
    unsafe_code,
    reason = "the standard library takes variables out one by one, which is as unsafe"
)]
pub(super) fn forget_environment() {
    // SAFETY: called in a fresh copy of a process, which has one thread; nothing else can be reading the environment.
    unsafe {
        libc::clearenv();
    }
}

/// Has all threads share one heap. The allocator of glibc asks files of `/proc` and `/sys` about further heaps, which a locked
/// worker must not; and since only one thread of a worker runs at a time, none waits for another.
#[expect(
    unsafe_code,
    reason = "the standard library does not know the allocator"
)]
pub(super) fn one_heap() {
    #[cfg(target_env = "gnu")]
    // SAFETY: called while there is one thread; the call only sets a number in the allocator.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

/// Closes all descriptors from number 3 on, but for one.
#[expect(
    unsafe_code,
    reason = "descriptors that were inherited have no owner that could close them"
)]
pub(super) fn close_others(kept: i32) {
    for (first, last) in [(3, kept - 1), (kept + 1, i32::MAX)] {
        if first > last {
            continue;
        }
        // SAFETY: called in a fresh copy of a process, which uses none of the descriptors that the original had open.
        unsafe {
            if libc::syscall(libc::SYS_close_range, first, last, 0) == 0 {
                continue;
            }
            for descriptor in first..=last.min(MOST_DESCRIPTORS) {
                libc::close(descriptor);
            }
        }
    }
}
