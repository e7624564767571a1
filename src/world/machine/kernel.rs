//! The files through which the kernel answers: `/proc` and the parts of `/sys` that hold numbers.
//!
//! They are the state at the start of a run; what depends on the asking process (`/proc/self`) is not here.

use super::facts::{self, LOAD, SWAP};
use super::{Body, Entry};
use crate::world::Persona;
use bytes::Bytes;
use std::fmt::Write;

/// Feature flags of the processor. `hypervisor` is absent: this is no virtual machine.
const FLAGS: &str = "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm constant_tsc art arch_perfmon pebs bts rep_good nopl xtopology nonstop_tsc cpuid aperfmperf tsc_known_freq pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 sdbg fma cx16 xtpr pdcm pcid sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand lahf_lm abm 3dnowprefetch cpuid_fault epb ssbd ibrs ibpb stibp ibrs_enhanced tpr_shadow flexpriority ept vpid ept_ad fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid rdseed adx smap clflushopt clwb intel_pt sha_ni xsaveopt xsavec xgetbv1 xsaves avx_vnni dtherm ida arat pln pts hwp hwp_notify hwp_act_window hwp_epp hwp_pkg_req umip pku ospke waitpkg gfni vaes vpclmulqdq rdpid movdiri movdir64b fsrm md_clear serialize arch_lbr ibt flush_l1d arch_capabilities";

/// The generated files, readable by all and owned by root.
pub(super) fn entries(persona: &Persona) -> Vec<Entry> {
    let mut files = vec![
        ("/proc/cpuinfo".to_owned(), cpuinfo(persona)),
        ("/proc/meminfo".to_owned(), meminfo(persona)),
        ("/proc/stat".to_owned(), stat(persona)),
        ("/proc/uptime".to_owned(), uptime(persona)),
        ("/proc/loadavg".to_owned(), loadavg()),
        ("/proc/version".to_owned(), version(persona)),
        ("/proc/net/fib_trie".to_owned(), fib_trie(persona)),
        ("/proc/net/route".to_owned(), route(persona)),
        ("/proc/net/arp".to_owned(), arp(persona)),
    ];
    let range = match persona.cpus {
        0 | 1 => "0".to_owned(),
        count => format!("0-{}", count - 1),
    };
    for name in ["online", "present", "possible"] {
        files.push((
            format!("/sys/devices/system/cpu/{name}"),
            format!("{range}\n"),
        ));
    }
    let mut entries: Vec<Entry> = files
        .into_iter()
        .map(|(path, text)| Entry {
            path,
            body: Body::File(Bytes::from(text)),
            mode: 0o444,
            uid: 0,
            gid: 0,
            // The kernel's files are as old as the look at them.
            time: persona.start,
        })
        .collect();
    entries.push(zone_file(persona));
    entries
}

fn cpuinfo(persona: &Persona) -> String {
    let mut text = String::new();
    for (index, cpu) in facts::cpus(persona).iter().enumerate() {
        let core = index / 2;
        let thread = index;
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "processor\t: {index}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 186\nmodel name\t: {}\nstepping\t: 2\nmicrocode\t: 0x4122\ncpu MHz\t\t: {}.{:03}\ncache size\t: 18432 KB\nphysical id\t: 0\nsiblings\t: {}\ncore id\t\t: {core}\ncpu cores\t: {}\napicid\t\t: {thread}\ninitial apicid\t: {thread}\nfpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: 32\nwp\t\t: yes\nflags\t\t: {FLAGS}\nbugs\t\t: spectre_v1 spectre_v2 spec_store_bypass swapgs eibrs_pbrsb rfds bhi\nbogomips\t: 5222.40\nclflush size\t: 64\ncache_alignment\t: 64\naddress sizes\t: 39 bits physical, 48 bits virtual\npower management:\n\n",
            cpu.model,
            cpu.speed,
            (index * 137) % 1_000,
            persona.cpus,
            persona.cpus.div_ceil(2),
        );
    }
    text
}

fn meminfo(persona: &Persona) -> String {
    let memory = facts::memory(persona);
    let (total, free) = (memory.total, memory.free);
    let used = total.saturating_sub(free);
    let rows = [
        ("MemTotal", total),
        ("MemFree", free),
        ("MemAvailable", memory.available),
        ("Buffers", memory.buffers),
        ("Cached", memory.cached),
        ("SwapCached", 0),
        ("Active", used / 2),
        ("Inactive", used / 4),
        ("Mlocked", 48),
        ("SwapTotal", SWAP),
        ("SwapFree", SWAP),
        ("Dirty", 1_184),
        ("Writeback", 0),
        ("AnonPages", used / 3),
        ("Mapped", used / 12),
        ("Shmem", memory.shared),
        ("KReclaimable", used / 40),
        ("Slab", used / 28),
        ("KernelStack", 24_512),
        ("PageTables", 62_340),
        ("CommitLimit", total / 2 + SWAP),
        ("Committed_AS", used),
        ("VmallocTotal", 34_359_738_367),
        ("VmallocUsed", 98_412),
        ("HugePages_Total", 0),
        ("Hugepagesize", 2_048),
    ];
    let mut text = String::new();
    for (name, value) in rows {
        let unit = if name == "HugePages_Total" { "" } else { " kB" };
        let _ = writeln!(text, "{:<16}{value:>8}{unit}", format!("{name}:"));
    }
    text
}

fn stat(persona: &Persona) -> String {
    let cpus = facts::cpus(persona);
    // The kernel counts in hundredths of a second.
    let row = |times: [u64; 5]| {
        let [user, nice, system, idle, irq] = times.map(|milliseconds| milliseconds / 10);
        format!(
            "{user} {nice} {system} {idle} {} {irq} {} 0 0 0",
            idle / 900,
            system / 30
        )
    };
    let sum = cpus.iter().fold([0; 5], |mut sum: [u64; 5], cpu| {
        for (total, time) in sum.iter_mut().zip(cpu.times) {
            *total += time;
        }
        sum
    });
    let mut text = format!("cpu  {}\n", row(sum));
    for (index, cpu) in cpus.iter().enumerate() {
        let _ = writeln!(text, "cpu{index} {}", row(cpu.times));
    }
    let booted = (persona.start / 1_000_000_000).saturating_sub(persona.uptime);
    let _ = write!(
        text,
        "intr 412093387 38 0 0 0 0\nctxt 771204518\nbtime {booted}\nprocesses 284113\nprocs_running 2\nprocs_blocked 0\nsoftirq 190348842 1204 18823311 93 2210384 10422 0 1938821 98412300 8321 68943986\n"
    );
    text
}

fn uptime(persona: &Persona) -> String {
    let idle: u64 = facts::cpus(persona)
        .iter()
        .map(|cpu| cpu.times[3] / 1_000)
        .sum();
    format!("{}.37 {idle}.12\n", persona.uptime)
}

fn loadavg() -> String {
    let [one, five, fifteen] = LOAD;
    format!("{one:.2} {five:.2} {fifteen:.2} 2/1487 4210\n")
}

fn version(persona: &Persona) -> String {
    format!(
        "{} version {} (buildd@lcy02-amd64-010) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.2.0-23ubuntu4) 13.2.0, GNU ld (GNU Binutils for Ubuntu) 2.42) {}\n",
        facts::uname(persona).system,
        persona.release,
        persona.kernel
    )
}

fn fib_trie(persona: &Persona) -> String {
    let mut text = "Main:\n  +-- 0.0.0.0/0 3 0 5\n".to_owned();
    for interface in facts::interfaces(persona)
        .iter()
        .filter(|interface| !interface.v6)
    {
        let _ = writeln!(
            text,
            "     |-- {}\n        /32 host LOCAL",
            interface.address
        );
    }
    text
}

fn route(persona: &Persona) -> String {
    // Addresses stand in the byte order of the machine.
    let hex = |address: &str| -> String {
        address
            .split('.')
            .rev()
            .filter_map(|part| part.parse::<u8>().ok())
            .fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02X}");
                text
            })
    };
    let gateway = facts::gateway(persona);
    let net = gateway
        .rsplit_once('.')
        .map(|(net, _)| format!("{net}.0"))
        .unwrap_or_default();
    format!(
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\nwlp0s20f3\t00000000\t{}\t0003\t0\t0\t600\t00000000\t0\t0\t0\nwlp0s20f3\t{}\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0\n",
        hex(&gateway),
        hex(&net)
    )
}

fn arp(persona: &Persona) -> String {
    format!(
        "IP address       HW type     Flags       HW address            Mask     Device\n{:<16} 0x1         0x2         74:9d:79:1c:42:e0     *        wlp0s20f3\n",
        facts::gateway(persona)
    )
}

/// The time zone's file (RFC 8536, version 2) with the persona's offset as its only rule; its summer time is left out, since
/// a run does not last until the next change.
fn zone_file(persona: &Persona) -> Entry {
    let seconds = persona.utc_offset.saturating_mul(60);
    let (hours, minutes) = facts::offset_hours(persona.utc_offset);
    let name = format!("{hours:+03}");
    let mut block = Vec::new();
    for version in 0..2 {
        block.extend_from_slice(b"TZif2");
        block.extend_from_slice(&[0; 15]);
        let designation = u32::try_from(name.len() + 1).unwrap_or(4);
        // Counts of UT and wall indicators, leap seconds, transitions, types and characters of the designations.
        for count in [0, 0, 0, 0, 1, designation] {
            block.extend_from_slice(&u32::to_be_bytes(count));
        }
        block.extend_from_slice(&seconds.to_be_bytes());
        block.extend_from_slice(&[0, 0]);
        block.extend_from_slice(name.as_bytes());
        block.push(0);
        if version == 1 {
            // A POSIX rule counts west of Greenwich as positive.
            block.extend_from_slice(format!("\n<{name}>{}:{minutes:02}\n", -hours).as_bytes());
        }
    }
    Entry {
        path: format!("/usr/share/zoneinfo/{}", persona.timezone),
        body: Body::File(Bytes::from(block)),
        mode: 0o644,
        uid: 0,
        gid: 0,
        time: super::tree::age("/usr/share/zoneinfo", 190, persona.start),
    }
}
