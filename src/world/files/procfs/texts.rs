//! The texts below `/proc/<pid>`.

use crate::world::World;
use crate::world::fs::Who;
use crate::world::process::Process;

/// Names of the texts that [`of`] makes and that stand directly in the directory of a process.
pub(super) const NAMES: &[&str] = &[
    "cgroup",
    "cmdline",
    "comm",
    "coredump_filter",
    "cpuset",
    "environ",
    "gid_map",
    "io",
    "limits",
    "loginuid",
    "maps",
    "mem",
    "oom_score",
    "oom_score_adj",
    "personality",
    "sched",
    "schedstat",
    "sessionid",
    "setgroups",
    "smaps",
    "stat",
    "statm",
    "status",
    "timerslack_ns",
    "uid_map",
    "wchan",
];

/// Threads of an idle Node process: the main one, four workers of V8, one inspector, four of libuv, one watchdog.
const THREADS: u32 = 11;

/// The text of a name; `None` when the process has none of that name.
pub(super) fn of(world: &World, process: &Process, name: &str) -> Option<String> {
    let terminated = |text: String| format!("{text}\0");
    Some(match name {
        "cgroup" => cgroup(world),
        "cmdline" => process.argv.iter().cloned().map(terminated).collect(),
        "comm" => format!("{}\n", command(process)),
        "environ" => process
            .env
            .iter()
            .map(|(name, value)| terminated(format!("{name}={value}")))
            .collect(),
        "limits" => limits(world),
        "maps" | "smaps" => maps(process),
        // Memory of a process has nothing at its first address; who reads it elsewhere finds nothing either.
        "mem" => String::new(),
        "sched" => format!(
            "{} ({}, #threads: {THREADS})\n{}\n",
            command(process),
            process.pid,
            "-".repeat(67)
        ),
        "stat" => stat(world, process),
        "status" => status(world, process),
        "loginuid" => world.persona.uid.to_string(),
        _ => return fixed(name).map(str::to_owned),
    })
}

/// What is the same for all processes of one user.
fn fixed(name: &str) -> Option<&'static str> {
    Some(match name {
        "attr/current" => "unconfined\n",
        "coredump_filter" => "00000033\n",
        "cpuset" => "/\n",
        "gid_map" | "uid_map" => "         0          0 4294967295\n",
        "io" => {
            "rchar: 3148221\nwchar: 1204\nsyscr: 1310\nsyscw: 24\nread_bytes: 0\nwrite_bytes: 4096\n\
             cancelled_write_bytes: 0\n"
        }
        "oom_score" => "800\n",
        "oom_score_adj" => "200\n",
        "personality" => "00000000\n",
        "schedstat" => "48211937 1120443 391\n",
        "sessionid" => "2",
        "setgroups" => "allow\n",
        "statm" => "152817 11872 9884 10321 0 27944 0\n",
        "timerslack_ns" => "50000\n",
        "wchan" => "0",
        _ => return None,
    })
}

/// The name that the kernel keeps of a program: its first 15 bytes.
fn command(process: &Process) -> String {
    let name = process.program.rsplit('/').next().unwrap_or_default();
    name.chars().take(15).collect()
}

/// On a machine with an init system a user's programs run in a scope of the session; in a container, where the first
/// process does.
fn cgroup(world: &World) -> String {
    let first = world
        .fs
        .lookup(Who::ROOT, "/proc/1/cgroup", true)
        .and_then(|ino| world.fs.contents(ino))
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    match first {
        Ok(text) if !text.contains("init.scope") => text,
        _ => {
            let uid = world.persona.uid;
            format!("0::/user.slice/user-{uid}.slice/session-2.scope\n")
        }
    }
}

fn limits(world: &World) -> String {
    let open_files = world.limits.open_files;
    let row = |name: &str, soft: &str, hard: &str, unit: &str| {
        format!("{name:<26}{soft:<21}{hard:<21}{unit:<10}\n")
    };
    let unlimited = |name, unit| row(name, "unlimited", "unlimited", unit);
    [
        row("Limit", "Soft Limit", "Hard Limit", "Units"),
        unlimited("Max cpu time", "seconds"),
        unlimited("Max file size", "bytes"),
        unlimited("Max data size", "bytes"),
        row("Max stack size", "8388608", "unlimited", "bytes"),
        row("Max core file size", "0", "unlimited", "bytes"),
        unlimited("Max resident set", "bytes"),
        row("Max processes", "126811", "126811", "processes"),
        row(
            "Max open files",
            &open_files.to_string(),
            "1048576",
            "files",
        ),
        unlimited("Max address space", "bytes"),
        unlimited("Max file locks", "locks"),
    ]
    .concat()
}

/// A process is not traced by anyone: `TracerPid` is what those look at who look for a debugger.
fn status(world: &World, process: &Process) -> String {
    let (uid, gid) = (world.persona.uid, world.persona.gid);
    format!(
        "Name:\t{name}\nUmask:\t{umask:04o}\nState:\tR (running)\nTgid:\t{pid}\nNgid:\t0\nPid:\t{pid}\nPPid:\t{ppid}\n\
         TracerPid:\t0\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\nGid:\t{gid}\t{gid}\t{gid}\t{gid}\nFDSize:\t64\n\
         Groups:\t{gid} \nVmPeak:\t  611268 kB\nVmSize:\t  611268 kB\nVmRSS:\t   47488 kB\n\
         Threads:\t{THREADS}\nSeccomp:\t0\nCpus_allowed_list:\t0-{last}\n",
        name = command(process),
        umask = process.umask,
        pid = process.pid,
        ppid = process.ppid,
        last = world.persona.cpus.saturating_sub(1),
    )
}

fn stat(world: &World, process: &Process) -> String {
    let ticks = world.persona.uptime.saturating_mul(100);
    format!(
        "{pid} ({name}) R {ppid} {pid} {pid} 0 -1 4194304 4811 0 0 0 12 3 0 0 20 0 {THREADS} 0 {ticks} 625938432 11872 \
         18446744073709551615 4194304 0 0 0 0 0 0 16781312 134235650 0 0 0 17 3 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
        pid = process.pid,
        name = command(process),
        ppid = process.ppid,
    )
}

fn maps(process: &Process) -> String {
    format!(
        "00400000-00e2c000 r--p 00000000 103:02 1841207 {program}\n\
         00e2c000-02c8f000 r-xp 00a2b000 103:02 1841207 {program}\n\
         7f3c9a200000-7f3c9a228000 r--p 00000000 103:02 1573104 /usr/lib/x86_64-linux-gnu/libc.so.6\n\
         7ffd3b1c2000-7ffd3b1e4000 rw-p 00000000 00:00 0 [stack]\n",
        program = process.program
    )
}
