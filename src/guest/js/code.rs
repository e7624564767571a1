//! Code that is loaded or made from text.

use super::{Arg, Args, Host, Value, unknown};
use crate::guest::instance::Fault;
use crate::trace::Kind;
use crate::world::Errno;
use bytes::Bytes;

/// Answers `code.*`.
pub(super) fn call(host: &mut Host<'_>, verb: &str, args: &Args<'_>) -> Result<Value, Fault> {
    match verb {
        "load" => {
            let file = args.text(0).ok_or(Errno::INVAL)?;
            let seq = host.world.note(&host.caller, Kind::CodeLoad, file);
            if let Some(format) = args.text(1) {
                host.world.recorder.detail(seq, "format", format);
            }
            // The text as it lies on the disk: rules look there for what the module decodes later.
            let path = file.strip_prefix("file://").unwrap_or(file);
            if let Ok(source) = host.world.peek_read(host.caller.pid, path) {
                host.world.recorder.attach(seq, source);
            }
            Ok(Value::Null)
        }
        _ => unknown(host, &format!("code.{verb}")),
    }
}

/// Records text that becomes code; the engine reports it before it is compiled.
pub(super) fn evaluated(host: &mut Host<'_>, report: &Arg<'_>) {
    let Arg::List(values) = report else { return };
    let (Some(Arg::Text(how)), Some(Arg::Text(source))) = (values.first(), values.get(1)) else {
        return;
    };
    let seq = host.world.note(&host.caller, Kind::CodeEval, *how);
    host.world
        .recorder
        .attach(seq, Bytes::copy_from_slice(source.as_bytes()));
}
