//! Questions about the machine and its user.

use super::{Args, Host, Value, unknown};
use crate::guest::instance::Fault;
use crate::trace::Kind;

/// Answers `os.*` from the persona; each question is a `host.query`.
pub(super) fn call(host: &mut Host<'_>, verb: &str, _args: &Args<'_>) -> Result<Value, Fault> {
    let persona = &host.world.persona;
    let answer = match verb {
        "hostname" => persona.hostname.clone().into(),
        "platform" => persona.platform.clone().into(),
        "arch" => persona.arch.clone().into(),
        "homedir" => persona.home.clone().into(),
        "tmpdir" => "/tmp".into(),
        "uptime" => Value::from(persona.uptime + host.world.clock.elapsed() / 1_000_000_000),
        "totalmem" => persona.memory.into(),
        "freemem" => persona.free_memory.into(),
        "loadavg" => vec![0.42, 0.57, 0.61].into(),
        "uname" => uname(host),
        "userinfo" => user_info(host),
        "cpus" => cpus(host),
        "parallelism" => persona.cpus.into(),
        "interfaces" => interfaces(host),
        _ => return unknown(host, &format!("os.{verb}")),
    };
    let seq = host.world.note(&host.caller, Kind::HostQuery, verb);
    host.world.recorder.detail(seq, "value", shown(&answer));
    Ok(answer)
}

/// System name, kernel version, release and machine, in the order of Node's `getOSInformation`.
fn uname(host: &Host<'_>) -> Value {
    let persona = &host.world.persona;
    let name = match persona.platform.as_str() {
        "darwin" => "Darwin",
        "win32" => "Windows_NT",
        _ => "Linux",
    };
    let machine = if persona.arch == "arm64" {
        "aarch64"
    } else {
        "x86_64"
    };
    Value::from(vec![name, &persona.kernel, &persona.release, machine])
}

fn user_info(host: &Host<'_>) -> Value {
    let persona = &host.world.persona;
    Value::object([
        ("uid", persona.uid.into()),
        ("gid", persona.gid.into()),
        ("username", persona.user.as_str().into()),
        ("homedir", persona.home.as_str().into()),
        ("shell", persona.shell.as_str().into()),
    ])
}

/// One list per processor: model, speed in MHz, then milliseconds in user, nice, sys, idle and irq.
fn cpus(host: &Host<'_>) -> Value {
    let persona = &host.world.persona;
    let busy = |core: u32| f64::from(core) * 917.0;
    let core = |core: u32| {
        let idle = f64::from(u32::try_from(persona.uptime).unwrap_or(u32::MAX)) * 970.0;
        let times = [
            310_240.0 + busy(core),
            1_290.0,
            98_450.0 + busy(core) / 3.0,
            idle - busy(core),
            0.0,
        ];
        let mut values = vec![
            Value::from(persona.cpu_model.as_str()),
            Value::from(2_600u32),
        ];
        values.extend(times.map(Value::from));
        Value::List(values)
    };
    Value::List((0..persona.cpus).map(core).collect())
}

/// One list per address: interface, address, netmask, family, hardware address, whether internal, scope.
fn interfaces(host: &Host<'_>) -> Value {
    let persona = &host.world.persona;
    let row = |name: &str, address: &str, mask: &str, mac: &str, internal: bool| {
        Value::List(vec![
            name.into(),
            address.into(),
            mask.into(),
            "IPv4".into(),
            mac.into(),
            internal.into(),
            (-1).into(),
        ])
    };
    Value::List(vec![
        row("lo", "127.0.0.1", "255.0.0.0", "00:00:00:00:00:00", true),
        row(
            "wlp0s20f3",
            &persona.address,
            "255.255.255.0",
            &persona.mac,
            false,
        ),
    ])
}

/// What was answered, as text: the values only, separated by spaces.
fn shown(answer: &Value) -> String {
    match answer {
        Value::Null | Value::Bytes(_) => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::List(values) => values.iter().map(shown).collect::<Vec<_>>().join(" "),
    }
}
