//! The system calls of a locked worker: everything that is not listed here ends it.

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use std::collections::BTreeMap;

/// Flags of `clone` that a new thread has, and a new process has not.
const THREAD: u64 = (libc::CLONE_VM
    | libc::CLONE_FS
    | libc::CLONE_FILES
    | libc::CLONE_SIGHAND
    | libc::CLONE_THREAD
    | libc::CLONE_SYSVSEM) as u64;

/// Flags of `clone` for namespaces, tracing and vforks; a thread has none of them.
const NEVER: u64 = (libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_PTRACE
    | libc::CLONE_VFORK
    | libc::CLONE_PARENT) as u64;

/// Calls that are allowed whatever their arguments are. None of them opens, names or reaches anything.
const ALWAYS: &[libc::c_long] = &[
    // The answer goes through the one pipe that is open; lines of a panic go to /dev/null.
    libc::SYS_write,
    // The pipe is closed when the answer is complete; the files of the inputs are closed already.
    libc::SYS_close,
    // Memory of the allocator, of WebAssembly and of the stacks of threads. Mapping is below: it depends on arguments.
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    // Threads wait for one another and end.
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // What the C library does when a thread starts.
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_sigaltstack,
    libc::SYS_rt_sigprocmask,
    libc::SYS_sched_getaffinity,
    libc::SYS_gettid,
    libc::SYS_getpid,
    // WebAssembly traps arrive as signals; one that is none of its own is handed to the default action.
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigaction,
    // The thread that moves the epoch sleeps, and deadlines are looked at.
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_restart_syscall,
    // Keys of hash maps.
    libc::SYS_getrandom,
];

/// Stands in the programs for the number of the process that they are for; no process has it.
const SOMEBODY: u32 = 0x7fff_fff1;

/// The programs that the kernel runs at each system call of a worker. Making them takes longer than copying a process, so they
/// are made once.
#[derive(Clone)]
pub(super) struct Filters {
    /// What a worker may do in the end.
    pub(super) sealed: BpfProgram,
    /// The same, and memory may become executable: for the moment in which compiled code is loaded.
    pub(super) loading: BpfProgram,
    /// Calls that are answered with "no such call", upon which the C library and the engine take an older one.
    pub(super) absent: BpfProgram,
}

impl Filters {
    /// Makes the programs.
    ///
    /// # Errors
    ///
    /// When this processor is not known to the maker of filters.
    pub(super) fn new() -> Result<Filters, String> {
        Ok(Filters {
            sealed: allowing(rules(SOMEBODY, false).map_err(text)?)?,
            loading: allowing(rules(SOMEBODY, true).map_err(text)?)?,
            absent: absent()?,
        })
    }

    /// The programs for the process with this number.
    pub(super) fn of_process(mut self, pid: u32) -> Filters {
        let all = self.sealed.iter_mut().chain(&mut self.loading);
        for instruction in all.filter(|instruction| instruction.k == SOMEBODY) {
            instruction.k = pid;
        }
        self
    }
}

fn text(error: seccompiler::BackendError) -> String {
    error.to_string()
}

fn compile(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    listed: SeccompAction,
) -> Result<BpfProgram, String> {
    let processor = std::env::consts::ARCH.try_into().map_err(text)?;
    SeccompFilter::new(rules, otherwise, listed, processor)
        .and_then(TryInto::try_into)
        .map_err(text)
}

fn allowing(rules: BTreeMap<i64, Vec<SeccompRule>>) -> Result<BpfProgram, String> {
    compile(rules, SeccompAction::KillProcess, SeccompAction::Allow)
}

/// `clone3` hides its flags from a filter: without it, the C library uses `clone`. The engine takes `process_madvise` for a
/// faster `madvise` where it is there.
fn absent() -> Result<BpfProgram, String> {
    let calls = [libc::SYS_clone3, libc::SYS_process_madvise];
    let number = u32::try_from(libc::ENOSYS).unwrap_or_default();
    compile(
        calls.into_iter().map(|call| (call, Vec::new())).collect(),
        SeccompAction::Allow,
        SeccompAction::Errno(number),
    )
}

/// All that is allowed, by call.
fn rules(
    pid: u32,
    loading: bool,
) -> Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        ALWAYS.iter().map(|call| (*call, Vec::new())).collect();
    // These reach the other program, which refuses them; a call that is not listed here would end the worker first.
    rules.insert(libc::SYS_clone3, Vec::new());
    rules.insert(libc::SYS_process_madvise, Vec::new());
    rules.insert(
        libc::SYS_clone,
        vec![all(&[masked(0, THREAD | NEVER, THREAD)?])?],
    );
    // A thread tells the kernel its name.
    let name = u64::try_from(libc::PR_SET_NAME).unwrap_or_default();
    let mut prctl = vec![all(&[equal(0, name)?])?];
    // The standard library looks whether a descriptor is open before it closes it, where assertions are compiled in.
    let flags = u64::try_from(libc::F_GETFD).unwrap_or_default();
    let mut fcntl = vec![all(&[equal(1, flags)?])?];
    // An abort is a signal of the process to itself, and must be told from a call that is not allowed.
    rules.insert(
        libc::SYS_tgkill,
        vec![all(&[
            equal(0, u64::from(pid))?,
            equal(2, u64::try_from(libc::SIGABRT).unwrap_or_default())?,
        ])?],
    );
    if loading {
        // Compiled code is mapped and made executable; then the final program is put on top of this one.
        rules.insert(libc::SYS_mmap, Vec::new());
        rules.insert(libc::SYS_mprotect, Vec::new());
        rules.insert(libc::SYS_seccomp, Vec::new());
        // The first contents of its memory become a file without a name, which is sealed.
        rules.insert(libc::SYS_memfd_create, Vec::new());
        let seals = u64::try_from(libc::F_ADD_SEALS).unwrap_or_default();
        fcntl.push(all(&[equal(1, seals)?])?);
        // Some processors have to be told of new code.
        rules.insert(libc::SYS_membarrier, Vec::new());
        // The limits follow, for this process.
        rules.insert(libc::SYS_prlimit64, vec![all(&[equal(0, 0)?])?]);
        let no_new_privileges = u64::try_from(libc::PR_SET_NO_NEW_PRIVS).unwrap_or_default();
        prctl.push(all(&[equal(0, no_new_privileges)?])?);
    } else {
        // Memory never becomes executable, whoever asks.
        let executable = u64::try_from(libc::PROT_EXEC).unwrap_or_default();
        for call in [libc::SYS_mmap, libc::SYS_mprotect] {
            rules.insert(call, vec![all(&[masked(2, executable, 0)?])?]);
        }
    }
    rules.insert(libc::SYS_prctl, prctl);
    rules.insert(libc::SYS_fcntl, fcntl);
    Ok(rules)
}

fn all(conditions: &[SeccompCondition]) -> Result<SeccompRule, seccompiler::BackendError> {
    SeccompRule::new(conditions.to_vec())
}

fn equal(argument: u8, value: u64) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)
}

fn masked(
    argument: u8,
    mask: u64,
    value: u64,
) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(
        argument,
        SeccompCmpArgLen::Qword,
        SeccompCmpOp::MaskedEq(mask),
        value,
    )
}
