//! Environment variables.

use super::{Args, Host, Value, unknown};
use crate::guest::instance::Fault;
use crate::trace::Kind;
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
        "get" | "has" => {
            let name = args.text(0).ok_or(Errno::INVAL)?;
            let value = host.process()?.env.get(name).cloned();
            let seq = host.world.note(&host.caller, Kind::EnvRead, name);
            host.world
                .recorder
                .detail(seq, "found", if value.is_some() { "yes" } else { "no" });
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
            host.process()?
                .env
                .insert(name.to_owned(), value.to_owned());
            host.world.note(&host.caller, Kind::EnvWrite, name);
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
