//! What the machine says of itself: the one source for system calls, programs and the files of `/proc`.

use crate::trace::Kind;
use crate::world::{Caller, Persona, Random, World};

/// What `uname` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uname {
    /// `Linux`, `Darwin` or `Windows_NT`.
    pub system: &'static str,
    /// Host name.
    pub node: String,
    /// Kernel release.
    pub release: String,
    /// Kernel version.
    pub version: String,
    /// Machine, such as `x86_64`.
    pub machine: &'static str,
}

/// One processor.
#[derive(Clone, Debug, PartialEq)]
pub struct Cpu {
    /// Model name.
    pub model: String,
    /// Speed in MHz.
    pub speed: u32,
    /// Milliseconds in user, nice, system, idle and interrupt mode since the start of the machine.
    pub times: [u64; 5],
}

/// One address of a network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Name of the interface.
    pub name: &'static str,
    /// Address.
    pub address: String,
    /// Netmask in the form of the address.
    pub netmask: &'static str,
    /// Whether it is an IPv6 address.
    pub v6: bool,
    /// Hardware address.
    pub mac: String,
    /// Whether only the machine itself can reach it.
    pub internal: bool,
    /// Scope number of an IPv6 address.
    pub scope: Option<u32>,
}

/// Load averages over 1, 5 and 15 minutes: somebody works here, nothing hangs.
pub const LOAD: [f64; 3] = [0.42, 0.57, 0.61];

/// Kilobytes of swap, none of it used.
pub const SWAP: u64 = 2_097_148;

/// Memory in kilobytes, as `/proc/meminfo` and `free` show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// All of it.
    pub total: u64,
    /// What nobody uses.
    pub free: u64,
    /// What a new program could have.
    pub available: u64,
    /// Buffers of block devices.
    pub buffers: u64,
    /// Cached contents of files.
    pub cached: u64,
    /// Shared memory.
    pub shared: u64,
}

/// How the memory is used.
#[must_use]
pub fn memory(persona: &Persona) -> Memory {
    let (total, free) = (persona.memory / 1_024, persona.free_memory / 1_024);
    let used = total.saturating_sub(free);
    Memory {
        total,
        free,
        available: free + used / 2,
        buffers: used / 24,
        cached: used / 3,
        shared: used / 20,
    }
}

/// Names of the interfaces: loopback and the wireless card of a laptop.
const LOOPBACK: &str = "lo";
const WIRELESS: &str = "wlp0s20f3";

/// What `uname` answers.
#[must_use]
pub fn uname(persona: &Persona) -> Uname {
    let system = match persona.platform.as_str() {
        "darwin" => "Darwin",
        "win32" => "Windows_NT",
        _ => "Linux",
    };
    let machine = match (persona.arch.as_str(), system) {
        ("arm64", "Darwin") => "arm64",
        ("arm64", _) => "aarch64",
        _ => "x86_64",
    };
    Uname {
        system,
        node: persona.hostname.clone(),
        release: persona.release.clone(),
        version: persona.kernel.clone(),
        machine,
    }
}

/// The processors. Their times add up to the uptime and differ as those of real ones do.
#[must_use]
pub fn cpus(persona: &Persona) -> Vec<Cpu> {
    (0..persona.cpus)
        .map(|core| {
            let mut random = Random::new(u64::from(core), &persona.hostname);
            let mut draw = |least: u64, spread: u64| least + random.next_u64() % spread;
            let total = persona.uptime.saturating_mul(1_000);
            let (user, nice, system) = (
                draw(4_100_000, 900_000),
                draw(1_200, 5_000),
                draw(1_300_000, 300_000),
            );
            let idle = total.saturating_sub(user + nice + system);
            let speed = u32::try_from(draw(0, 9)).unwrap_or(0) * 100 + 1_900;
            Cpu {
                model: persona.cpu_model.clone(),
                speed,
                times: [
                    user / 10 * 10,
                    nice / 10 * 10,
                    system / 10 * 10,
                    idle / 10 * 10,
                    0,
                ],
            }
        })
        .collect()
}

/// The addresses of the machine, in the order in which the kernel lists them.
#[must_use]
pub fn interfaces(persona: &Persona) -> Vec<Interface> {
    let row = |name, address: &str, netmask, v6, scope| {
        let internal = name == LOOPBACK;
        Interface {
            name,
            address: address.to_owned(),
            netmask,
            v6,
            mac: if internal {
                "00:00:00:00:00:00".into()
            } else {
                persona.mac.clone()
            },
            internal,
            scope,
        }
    };
    vec![
        row(LOOPBACK, "127.0.0.1", "255.0.0.0", false, None),
        row(WIRELESS, &persona.address, "255.255.255.0", false, None),
        row(
            LOOPBACK,
            "::1",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            true,
            Some(0),
        ),
        row(
            WIRELESS,
            &link_local(&persona.mac),
            "ffff:ffff:ffff:ffff::",
            true,
            Some(3),
        ),
    ]
}

/// The link-local IPv6 address that follows from a hardware address (RFC 4291, appendix A).
fn link_local(mac: &str) -> String {
    let bytes: Vec<u8> = mac
        .split(':')
        .filter_map(|part| u8::from_str_radix(part, 16).ok())
        .collect();
    let &[a, b, c, d, e, f] = bytes.as_slice() else {
        return "fe80::1".into();
    };
    format!(
        "fe80::{:x}{b:02x}:{c:02x}ff:fe{d:02x}:{e:02x}{f:02x}",
        a ^ 2
    )
}

/// The router of the local network: the first address of its /24.
#[must_use]
pub fn gateway(persona: &Persona) -> String {
    let net = persona
        .address
        .rsplit_once('.')
        .map_or("192.168.1", |(net, _)| net);
    format!("{net}.1")
}

/// Hours and minutes of an offset from UTC; the minutes are without a sign.
pub(super) fn offset_hours(minutes: i32) -> (i32, u32) {
    (minutes / 60, (minutes % 60).unsigned_abs())
}

/// The user's full name, as `/etc/passwd` and git have it: the initial and the surname of the login name.
#[must_use]
pub fn full_name(persona: &Persona) -> String {
    let mut letters = persona.user.chars();
    let first = letters.next().unwrap_or('u').to_uppercase();
    let mut surname = letters.as_str().chars();
    let second = surname
        .next()
        .map(|letter| letter.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}. {second}{}", surname.as_str())
}

/// 32 hexadecimal digits that belong to this machine and purpose.
pub(crate) fn machine_id(persona: &Persona, purpose: &str) -> String {
    Random::new(u64::from(crc32fast::hash(persona.mac.as_bytes())), purpose)
        .text("0123456789abcdef", 32)
}

/// A random (version 4) UUID that belongs to this machine and purpose.
pub(crate) fn uuid(persona: &Persona, purpose: &str) -> String {
    hyphens(&machine_id(persona, purpose))
}

/// Writes 32 hexadecimal digits as a version 4 UUID.
pub(crate) fn hyphens(digits: &str) -> String {
    let part = |range: std::ops::Range<usize>| digits.get(range).unwrap_or_default();
    format!(
        "{}-{}-4{}-a{}-{}",
        part(0..8),
        part(8..12),
        part(13..16),
        part(17..20),
        part(20..32)
    )
}

impl World {
    /// Records that the machine or its user was asked about: `name` is the question, `value` the answer as text.
    pub fn query(&mut self, caller: &Caller, name: &str, value: impl Into<String>) {
        let seq = self.note(caller, Kind::HostQuery, name);
        self.recorder.detail(seq, "value", value);
    }

    /// Seconds since the machine was started; does not move the clock and records nothing.
    #[must_use]
    pub fn uptime(&self) -> u64 {
        self.persona
            .uptime
            .saturating_add(self.clock.elapsed() / 1_000_000_000)
    }
}
