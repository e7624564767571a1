//! Environment variables.

use super::{Args, Host, Value, unknown};
use crate::guest::instance::Fault;
use crate::trace::{Kind, Outcome};
use crate::world::Errno;

/// Answers `env.*`. Variables belong to the process; each access is an event.
pub(super) fn call(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    match verb {
        "list" => list(host),
        // For the harness's own needs (NODE_OPTIONS and the like), which are no access of the package.
        "peek" => Ok(host
            .process()?
            .env
            .get(args.text(0).ok_or(Errno::INVAL)?)
            .cloned()
            .into()),
        // The names, for the same needs: Node copies the environment for each child.
        "names" => Ok(Value::from(
            host.process()?.env.keys().cloned().collect::<Vec<String>>(),
        )),
        "get" | "has" => {
            let name = args.text(0).ok_or(Errno::INVAL)?;
            let value = host.process()?.env.get(name).cloned();
            if !just_listed(host) {
                let seq = host.world.note(&host.caller, Kind::EnvRead, name);
                let found = if value.is_some() { "yes" } else { "no" };
                host.world.recorder.detail(seq, "found", found);
            }
            Ok(if verb == "has" {
                Value::from(value.is_some())
            } else {
                Value::from(value)
            })
        }
        "set" => {
            let (name, value) = (
                args.text(0).ok_or(Errno::INVAL)?,
                args.text(1).ok_or(Errno::INVAL)?,
            );
            let seq = host.world.note(&host.caller, Kind::EnvWrite, name);
            let length = name.len().saturating_add(value.len());
            if host.world.may_set(&host.caller, length) {
                host.process()?
                    .env
                    .insert(name.to_owned(), value.to_owned());
            } else {
                host.world
                    .recorder
                    .settle(seq, Outcome::Error(Errno::NOMEM.name().to_owned()));
            }
            Ok(Value::Null)
        }
        "delete" => {
            let name = args.text(0).ok_or(Errno::INVAL)?;
            host.process()?.env.remove(name);
            host.world.note(&host.caller, Kind::EnvWrite, name);
            Ok(Value::Null)
        }
        _ => unknown(host, &format!("env.{verb}")),
    }
}

/// The names; whoever lists them nearly always reads all values, so this is recorded as one access to all, with the pairs
/// `NAME=value`, separated by NUL, as its payload.
fn list(host: &mut Host<'_>) -> Result<Value, Fault> {
    let env = &host.process()?.env;
    let names: Vec<String> = env.keys().cloned().collect();
    let pairs: Vec<String> = env
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let seq = host.world.note(&host.caller, Kind::EnvList, "*");
    host.world
        .recorder
        .attach(seq, pairs.join("\0").into_bytes());
    Ok(Value::from(names))
}

/// Whether the last event is that the same code listed all variables: reading one after the other then is part of it.
fn just_listed(host: &Host<'_>) -> bool {
    host.world.recorder.events().last().is_some_and(|event| {
        event.kind == Kind::EnvList && event.pid == host.caller.pid && event.at == host.caller.at
    })
}
