//! What the drivers inside the guest report: which entries they came to and how those went. All of it is claimed.

use super::{Args, Host, Value, unknown};
use crate::guest::instance::Fault;
use crate::world::Errno;
use crate::world::process::{Drive, Report};

/// Bytes of one error message that are kept.
const MAX_MESSAGE: usize = 2_000;

/// Answers `drive.*`.
pub(super) fn call(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    let index = args.integer::<usize>(0).ok_or(Errno::INVAL)?;
    let Some(Drive::Import {
        reports, entries, ..
    }) = &mut host.process()?.drive
    else {
        return Err(Fault::Errno(Errno::INVAL));
    };
    // A driver reports at most once for each entry that it was given, and only these.
    let slot = reports
        .get_mut(index)
        .filter(|_| index < entries.len())
        .ok_or(Errno::INVAL)?;
    match verb {
        "start" => *slot = Report::Started,
        "result" if args.flag(1) => *slot = Report::Loaded,
        "result" => {
            *slot = Report::Threw(
                args.text(2)
                    .unwrap_or_default()
                    .chars()
                    .take(MAX_MESSAGE)
                    .collect(),
            )
        }
        _ => return unknown(host, &format!("drive.{verb}")),
    }
    Ok(Value::Null)
}

/// The driver's orders in the form in which `process.info` hands them over.
pub(super) fn orders(drive: &Drive) -> Value {
    match drive {
        // What is no JavaScript asks for no orders.
        Drive::Program { .. } => Value::Null,
        Drive::Worker { thread, channel } => Value::object([
            ("kind", "worker".into()),
            ("thread", (*thread).into()),
            ("channel", (*channel).into()),
        ]),
        Drive::Import { from, entries, .. } => Value::object([
            ("kind", "import".into()),
            ("from", from.as_str().into()),
            (
                "entries",
                Value::List(
                    entries
                        .iter()
                        .flat_map(|(how, name)| [how.name().into(), name.as_str().into()])
                        .collect(),
                ),
            ),
        ]),
    }
}
