//! Programs that tell about the machine and its user. Each answer is the persona's, and each question is recorded.

use super::{Done, Tool};
use crate::trace::Kind;
use crate::world::Persona;
use crate::world::machine::facts;

impl Tool<'_, '_> {
    /// Records a question about the machine and returns who it is.
    fn ask(&mut self, what: &str) -> Persona {
        let caller = self.caller();
        self.seat.world.note(&caller, Kind::HostQuery, what);
        self.seat.world.persona.clone()
    }

    fn answer(&mut self, what: &str, text: impl FnOnce(&Persona) -> String) -> Done {
        let text = text(&self.seat.world.persona);
        let caller = self.caller();
        self.seat.world.query(&caller, what, text.as_str());
        self.out(format!("{text}\n"))?;
        Ok(0)
    }
}

/// The name of the processor's architecture as the kernel says it.
fn processor(persona: &Persona) -> &'static str {
    match (persona.arch.as_str(), persona.platform.as_str()) {
        ("arm64", "darwin") => "arm64",
        ("arm64", _) => "aarch64",
        _ => "x86_64",
    }
}

fn kernel_name(persona: &Persona) -> &'static str {
    if persona.platform == "darwin" {
        "Darwin"
    } else {
        "Linux"
    }
}

pub(super) fn arch(tool: &mut Tool<'_, '_>) -> Done {
    tool.answer("arch", |persona| processor(persona).to_owned())
}

pub(super) fn uname(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("");
    tool.answer("uname", |persona| {
        let all = options.has("a all");
        let system = if persona.platform == "darwin" {
            "Darwin"
        } else {
            "GNU/Linux"
        };
        let parts = [
            (
                all || options.has("s kernel-name") || options.iter().next().is_none(),
                kernel_name(persona),
            ),
            (all || options.has("n nodename"), persona.hostname.as_str()),
            (
                all || options.has("r kernel-release"),
                persona.release.as_str(),
            ),
            (
                all || options.has("v kernel-version"),
                persona.kernel.as_str(),
            ),
            (
                all || options.has("m p i machine processor"),
                processor(persona),
            ),
            (all || options.has("o operating-system"), system),
        ];
        let chosen: Vec<&str> = parts
            .into_iter()
            .filter(|(wanted, _)| *wanted)
            .map(|(_, part)| part)
            .collect();
        chosen.join(" ")
    })
}

pub(super) fn hostname(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("");
    tool.answer("hostname", |persona| {
        if options.has("I i") {
            persona.address.clone()
        } else {
            persona.hostname.clone()
        }
    })
}

pub(super) fn whoami(tool: &mut Tool<'_, '_>) -> Done {
    tool.answer("user", |persona| persona.user.clone())
}

pub(super) fn who(tool: &mut Tool<'_, '_>) -> Done {
    tool.answer("user", |persona| {
        format!("{:<8} tty2         2026-11-07 11:54 (tty2)", persona.user)
    })
}

pub(super) fn groups(tool: &mut Tool<'_, '_>) -> Done {
    tool.answer("groups", |persona| {
        format!("{} adm cdrom sudo dip plugdev docker", persona.user)
    })
}

pub(super) fn id(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("");
    tool.answer("user", |persona| {
        let (user, uid, gid) = (&persona.user, persona.uid, persona.gid);
        let named = options.has("n name");
        if options.has("u user") {
            return if named { user.clone() } else { uid.to_string() };
        }
        if options.has("g group") {
            return if named { user.clone() } else { gid.to_string() };
        }
        if options.has("G groups") {
            return format!("{gid} 4 24 27 30 46 984");
        }
        format!(
            "uid={uid}({user}) gid={gid}({user}) groups={gid}({user}),4(adm),24(cdrom),27(sudo),30(dip),46(plugdev),984(docker)"
        )
    })
}

pub(super) fn nproc(tool: &mut Tool<'_, '_>) -> Done {
    tool.answer("cpus", |persona| persona.cpus.to_string())
}

pub(super) fn lscpu(tool: &mut Tool<'_, '_>) -> Done {
    tool.answer("cpus", |persona| {
        format!(
            "Architecture:            {}\nCPU(s):                  {}\nModel name:              {}",
            processor(persona),
            persona.cpus,
            persona.cpu_model
        )
    })
}

pub(super) fn getconf(tool: &mut Tool<'_, '_>) -> Done {
    let name = tool.args.first().cloned().unwrap_or_default();
    match name.as_str() {
        "_NPROCESSORS_ONLN" | "_NPROCESSORS_CONF" => nproc(tool),
        "LONG_BIT" => tool.answer("arch", |_| "64".to_owned()),
        "PAGE_SIZE" | "PAGESIZE" => tool.answer("arch", |_| "4096".to_owned()),
        "GNU_LIBC_VERSION" => tool.answer("libc", |_| "glibc 2.39".to_owned()),
        "ARG_MAX" => tool.answer("arch", |_| "2097152".to_owned()),
        _ => tool.fail(2, &format!("Unrecognized variable `{name}'")),
    }
}

pub(super) fn getent(tool: &mut Tool<'_, '_>) -> Done {
    tool.answer("user", |persona| {
        format!(
            "{}:x:{}:{}:{},,,:{}:{}",
            persona.user,
            persona.uid,
            persona.gid,
            facts::full_name(persona),
            persona.home,
            persona.shell
        )
    })
}

pub(super) fn uptime(tool: &mut Tool<'_, '_>) -> Done {
    let now = tool.local(tool.seat.world.clock.now()).format("%T");
    tool.answer("uptime", |persona| {
        let (days, rest) = (persona.uptime / 86_400, persona.uptime % 86_400);
        let (hours, minutes) = (rest / 3_600, rest % 3_600 / 60);
        let [one, five, fifteen] = facts::LOAD;
        format!(
            " {now} up {days} days, {hours:2}:{minutes:02},  1 user,  load average: {one:.2}, {five:.2}, {fifteen:.2}"
        )
    })
}

/// `free`, in the unit that its options ask for.
pub(super) fn free(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("s c seconds count");
    let unit = match () {
        () if options.has("b bytes") => |kilobytes: u64| kilobytes * 1_024,
        () if options.has("m mebi") => |kilobytes: u64| kilobytes / 1_024,
        () if options.has("g gibi h human") => |kilobytes: u64| kilobytes >> 20,
        () => |kilobytes: u64| kilobytes,
    };
    tool.answer("memory", |persona| {
        let memory = facts::memory(persona);
        let cache = memory.buffers + memory.cached;
        let used = memory.total.saturating_sub(memory.free + cache);
        let [total, used, free, shared, cache, available, swap] = [
            memory.total,
            used,
            memory.free,
            memory.shared,
            cache,
            memory.available,
            facts::SWAP,
        ]
        .map(unit);
        format!(
            "               total        used        free      shared  buff/cache   available\n\
             Mem:    {total:12}{used:12}{free:12}{shared:12}{cache:12}{available:12}\n\
             Swap:   {swap:12}{:12}{swap:12}",
            0
        )
    })
}

pub(super) fn df(tool: &mut Tool<'_, '_>) -> Done {
    tool.answer("disk", |_| {
        "Filesystem     1K-blocks      Used Available Use% Mounted on\n\
         /dev/nvme0n1p2 489570072 182340112 282286848  40% /"
            .to_owned()
    })
}

pub(super) fn tty(tool: &mut Tool<'_, '_>) -> Done {
    tool.out("not a tty\n")?;
    Ok(1)
}

pub(super) fn locale(tool: &mut Tool<'_, '_>) -> Done {
    tool.answer("locale", |persona| {
        let lang = &persona.lang;
        format!("LANG={lang}\nLANGUAGE=\nLC_CTYPE=\"{lang}\"\nLC_ALL=")
    })
}

pub(super) fn ip(tool: &mut Tool<'_, '_>) -> Done {
    tool.answer("network", |persona| {
        let (address, mac) = (&persona.address, &persona.mac);
        format!(
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n\
             2: wlp0s20f3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500\n    link/ether {mac} brd ff:ff:ff:ff:ff:ff\n    \
             inet {address}/24 brd 192.168.1.255 scope global dynamic wlp0s20f3"
        )
    })
}

/// Programs that ask the kernel for what ordinary users do not get, or for what this machine has not installed.
pub(super) fn refused(tool: &mut Tool<'_, '_>) -> Done {
    tool.ask(tool.name);
    tool.fail(1, "Operation not permitted")
}

/// The processes of the world, as their own user sees them.
pub(super) fn ps(tool: &mut Tool<'_, '_>) -> Done {
    let persona = tool.ask("processes");
    let long = !tool.args.is_empty();
    let mut rows = vec![(1, "root".to_owned(), "/sbin/init splash".to_owned())];
    for process in tool.seat.world.processes.iter() {
        if !matches!(process.state, crate::world::process::State::Exited(_)) {
            rows.push((process.pid, persona.user.clone(), process.argv.join(" ")));
        }
    }
    let mut output = if long {
        "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n".to_owned()
    } else {
        "    PID TTY          TIME CMD\n".to_owned()
    };
    for (pid, user, command) in rows {
        if long {
            output.push_str(&format!(
                "{user:<8} {pid:>7}  0.0  0.1 168140 11520 ?        S    10:21   0:00 {command}\n"
            ));
        } else if pid > 1 {
            let name = command
                .split(' ')
                .next()
                .unwrap_or("")
                .rsplit('/')
                .next()
                .unwrap_or("");
            output.push_str(&format!("{pid:>7} ?        00:00:00 {name}\n"));
        }
    }
    tool.out(output)?;
    Ok(0)
}

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A moment taken apart.
pub(super) struct Moment {
    seconds: i64,
    nanos: u64,
    zone: i32,
}

impl Moment {
    /// Year, month, day from days since 1970. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    fn date(&self) -> (i64, usize, i64) {
        let z = self.local().div_euclid(86_400).saturating_add(719_468);
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, usize::try_from(month).unwrap_or(1), day)
    }

    fn local(&self) -> i64 {
        self.seconds
            .saturating_add(i64::from(self.zone).saturating_mul(60))
    }

    pub(super) fn format(&self, pattern: &str) -> String {
        let (year, month, day) = self.date();
        let time = self.local().rem_euclid(86_400);
        let (hour, minute, second) = (time / 3_600, time % 3_600 / 60, time % 60);
        let week_day =
            DAYS[usize::try_from(self.local().div_euclid(86_400).rem_euclid(7)).unwrap_or(0) % 7];
        let month_name = MONTHS[month.saturating_sub(1) % 12];
        let zone = format!(
            "{}{:02}{:02}",
            if self.zone < 0 { '-' } else { '+' },
            self.zone.abs() / 60,
            self.zone.abs() % 60
        );
        let mut result = String::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                result.push(c);
                continue;
            }
            match chars.next().unwrap_or('%') {
                'Y' => result.push_str(&year.to_string()),
                'y' => result.push_str(&format!("{:02}", year % 100)),
                'm' => result.push_str(&format!("{month:02}")),
                'd' => result.push_str(&format!("{day:02}")),
                'e' => result.push_str(&format!("{day:2}")),
                'H' => result.push_str(&format!("{hour:02}")),
                'M' => result.push_str(&format!("{minute:02}")),
                'S' => result.push_str(&format!("{second:02}")),
                's' => result.push_str(&self.seconds.to_string()),
                'N' => result.push_str(&format!("{:09}", self.nanos)),
                'F' => result.push_str(&format!("{year}-{month:02}-{day:02}")),
                'T' => result.push_str(&format!("{hour:02}:{minute:02}:{second:02}")),
                'a' => result.push_str(week_day),
                'b' | 'h' => result.push_str(month_name),
                'z' => result.push_str(&zone),
                'Z' => result.push_str(if self.zone == 0 { "UTC" } else { "EST" }),
                'n' => result.push('\n'),
                '%' => result.push('%'),
                other => result.extend(['%', other]),
            }
        }
        result
    }
}

impl Tool<'_, '_> {
    /// A time, in nanoseconds since 1970, in the zone of the machine.
    pub(super) fn local(&self, nanoseconds: u64) -> Moment {
        Moment {
            seconds: i64::try_from(nanoseconds / 1_000_000_000).unwrap_or(0),
            nanos: nanoseconds % 1_000_000_000,
            zone: self.seat.world.persona.utc_offset,
        }
    }
}

pub(super) fn date(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("d r I date");
    let caller = tool.caller();
    let micros = tool.seat.world.read_clock(&caller);
    let utc = options.has("u utc");
    let mut moment = Moment {
        seconds: i64::try_from(micros / 1_000_000).unwrap_or(0),
        nanos: micros % 1_000_000 * 1_000,
        zone: if utc {
            0
        } else {
            tool.seat.world.persona.utc_offset
        },
    };
    if let Some(text) = options.value("d date") {
        match text.strip_prefix('@').map(str::parse) {
            Some(Ok(seconds)) => moment.seconds = seconds,
            _ if text == "now" => {}
            _ => return tool.unsupported(&format!("date {text}")),
        }
    }
    let pattern = options
        .operands
        .first()
        .and_then(|text| text.strip_prefix('+'));
    let text = match pattern {
        Some(pattern) => moment.format(pattern),
        None if options.has("I iso-8601") => moment.format("%F"),
        None if options.has("R rfc-email") => moment.format("%a, %d %b %Y %T %z"),
        None => moment.format("%a %b %e %H:%M:%S %Z %Y"),
    };
    tool.out(format!("{text}\n"))?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let moment = Moment {
            seconds: 1_731_425_047,
            nanos: 0,
            zone: -300,
        };
        assert_eq!(
            moment.format("%F %T %a %b %z"),
            "2024-11-12 10:24:07 Tue Nov -0500"
        );
        let leap = Moment {
            seconds: 951_782_400,
            nanos: 0,
            zone: 0,
        };
        assert_eq!(leap.format("%F"), "2000-02-29");
    }
}
