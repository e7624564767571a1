//! Who and where the made-up machine is: one consistent answer for every door through which code can ask.

/// One made-up machine and its user. All texts are what the machine itself would say.
#[derive(Clone, Debug)]
pub struct Persona {
    /// The name by which reports and `--persona` call it.
    pub name: String,
    /// `linux`, `darwin` or `win32`, as `process.platform` says.
    pub platform: String,
    /// `x64` or `arm64`, as `process.arch` says.
    pub arch: String,
    /// The host's name.
    pub hostname: String,
    /// The login name.
    pub user: String,
    /// Numeric user and group.
    pub uid: u32,
    /// Numeric group.
    pub gid: u32,
    /// Home directory, without a slash at the end.
    pub home: String,
    /// Directory of the project that uses the package.
    pub project: String,
    /// The login shell.
    pub shell: String,
    /// Kernel release, as `uname -r` says.
    pub release: String,
    /// Kernel version, as `uname -v` says.
    pub kernel: String,
    /// `LANG`.
    pub lang: String,
    /// BCP 47 tag of the locale.
    pub locale: String,
    /// IANA name of the time zone.
    pub timezone: String,
    /// Minutes to add to UTC for local time.
    pub utc_offset: i32,
    /// Nanoseconds since 1970 at which runs start.
    pub start: u64,
    /// Number of processors.
    pub cpus: u32,
    /// Their model name.
    pub cpu_model: String,
    /// Bytes of memory.
    pub memory: u64,
    /// Bytes of free memory.
    pub free_memory: u64,
    /// Seconds since the machine was started.
    pub uptime: u64,
    /// Its address on the local network.
    pub address: String,
    /// Hardware address of the network card.
    pub mac: String,
}

impl Default for Persona {
    /// A developer's Linux laptop on an ordinary working day.
    fn default() -> Persona {
        Persona {
            name: "developer-linux".into(),
            platform: "linux".into(),
            arch: "x64".into(),
            hostname: "mwerner-t14".into(),
            user: "mwerner".into(),
            uid: 1000,
            gid: 1000,
            home: "/home/mwerner".into(),
            project: "/home/mwerner/work/storefront".into(),
            shell: "/bin/bash".into(),
            release: "6.8.0-48-generic".into(),
            kernel: "#48-Ubuntu SMP PREEMPT_DYNAMIC Fri Sep 27 14:04:52 UTC 2024".into(),
            lang: "en_US.UTF-8".into(),
            locale: "en-US".into(),
            timezone: "America/New_York".into(),
            utc_offset: -300,
            // Tuesday, 10 November 2026, 15:24:07 UTC.
            start: 1_794_324_247_000_000_000,
            cpus: 8,
            cpu_model: "13th Gen Intel(R) Core(TM) i7-1360P".into(),
            memory: 33_336_758_272,
            free_memory: 11_482_595_328,
            uptime: 271_834,
            address: "192.168.1.57".into(),
            mac: "5c:87:9c:3e:a1:04".into(),
        }
    }
}
