//! Questions about the machine and its user.

use super::{Args, Host, Value, unknown};
use crate::guest::instance::Fault;
use crate::world::machine::facts;

/// Answers `os.*` from the persona; each question is a `host.query`.
pub(super) fn call(host: &mut Host<'_>, verb: &str, _args: &Args<'_>) -> Result<Value, Fault> {
    let persona = &host.world.persona;
    let answer = match verb {
        "hostname" => persona.hostname.clone().into(),
        "platform" => persona.platform.clone().into(),
        "arch" => persona.arch.clone().into(),
        "homedir" => persona.home.clone().into(),
        "tmpdir" => "/tmp".into(),
        "uptime" => Value::from(host.world.uptime()),
        "totalmem" => persona.memory.into(),
        "freemem" => persona.free_memory.into(),
        "loadavg" => facts::LOAD.to_vec().into(),
        "uname" => uname(host),
        "userinfo" => user_info(host),
        "cpus" => cpus(host),
        "parallelism" => persona.cpus.into(),
        "interfaces" => interfaces(host),
        _ => return unknown(host, &format!("os.{verb}")),
    };
    host.world.query(&host.caller, verb, shown(&answer));
    Ok(answer)
}

/// System name, kernel version, release and machine, in the order of Node's `getOSInformation`.
fn uname(host: &Host<'_>) -> Value {
    let uname = facts::uname(&host.world.persona);
    Value::from(vec![
        uname.system,
        &uname.version,
        &uname.release,
        uname.machine,
    ])
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
    let rows = facts::cpus(&host.world.persona).into_iter().map(|cpu| {
        let mut values = vec![Value::from(cpu.model), Value::from(cpu.speed)];
        values.extend(cpu.times.map(Value::from));
        Value::List(values)
    });
    Value::List(rows.collect())
}

/// One list per address: interface, address, netmask, family, hardware address, whether internal, scope or -1.
fn interfaces(host: &Host<'_>) -> Value {
    let rows = facts::interfaces(&host.world.persona)
        .into_iter()
        .map(|row| {
            let family = if row.v6 { "IPv6" } else { "IPv4" };
            Value::List(vec![
                row.name.into(),
                row.address.into(),
                row.netmask.into(),
                family.into(),
                row.mac.into(),
                row.internal.into(),
                row.scope.map_or(Value::from(-1), Value::from),
            ])
        });
    Value::List(rows.collect())
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
