//! Programs that change what the machine runs: schedulers, services, signals, power. They are recorded by what they write
//! or by the spawn event of their own process.

use super::{Done, Tool};

/// `crontab`: the user's table is a file.
pub(super) fn crontab(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("u");
    let user = options
        .value("u")
        .unwrap_or(&tool.seat.world.persona.user)
        .to_owned();
    let path = format!("/var/spool/cron/crontabs/{user}");
    let caller = tool.caller();
    if options.has("l") {
        return match tool.seat.as_root(|world| world.read_file(&caller, &path)) {
            Ok(bytes) => {
                tool.out(bytes)?;
                Ok(0)
            }
            Err(_) => tool.fail(1, &format!("no crontab for {user}")),
        };
    }
    if options.has("r") {
        let result = tool.seat.as_root(|world| world.unlink(&caller, &path));
        return tool.outcome("remove", &path, result);
    }
    let source = options
        .operands
        .first()
        .cloned()
        .unwrap_or_else(|| "-".to_owned());
    let Some(bytes) = tool.operand(&source)? else {
        return Ok(1);
    };
    // The program is set-group-ID on a real machine: the user cannot write there without it.
    let result = tool.seat.as_root(|world| {
        for parent in ["/var/spool/cron", "/var/spool/cron/crontabs"] {
            if !world.exists(caller.pid, parent) {
                world.mkdir(&caller, parent, 0o730)?;
            }
        }
        world.write_file(&caller, &path, &bytes, 0o600)
    });
    tool.outcome("write", &path, result)
}

/// `systemctl` and `service`: units of the user can be started and enabled, those of the system cannot.
pub(super) fn systemctl(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("");
    let verb = options.operands.first().map_or("", String::as_str);
    let unit = options.operands.get(1).map_or("", String::as_str);
    match verb {
        "is-active" | "status" => {
            tool.out("inactive\n")?;
            Ok(3)
        }
        "is-enabled" => {
            tool.out("disabled\n")?;
            Ok(1)
        }
        "list-units" | "show" | "" => Ok(0),
        _ if options.has("user") => Ok(0),
        _ => tool.fail(
            1,
            &format!("Failed to {verb} {unit}: Interactive authentication required."),
        ),
    }
}

/// `kill`, `pkill` and `killall`.
pub(super) fn kill(tool: &mut Tool<'_, '_>) -> Done {
    let mut signal = "TERM".to_owned();
    let mut targets = Vec::new();
    let mut args = tool.args.clone().into_iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix('-') {
            Some("s" | "n") => signal = args.next().unwrap_or_default(),
            Some("l") => return Ok(0),
            Some("f" | "x" | "u" | "") if tool.name != "kill" => {}
            Some(name) => signal = name.trim_start_matches("SIG").to_owned(),
            None => targets.push(arg),
        }
    }
    let mut status = 0;
    for target in targets {
        let caller = tool.caller();
        if tool.name == "kill" {
            if !tool.seat.signal(&caller, &signal, &target) {
                status = tool.fail(1, &format!("({target}) - No such process"))?;
            }
            continue;
        }
        let named: Vec<String> = tool
            .seat
            .world
            .processes
            .iter()
            .filter(|process| {
                process.pid != tool.pid && process.argv.iter().any(|arg| arg.contains(&target))
            })
            .map(|process| process.pid.to_string())
            .collect();
        if named.is_empty() {
            // The attempt is on record even when nobody is hit.
            tool.seat.signal(&caller, &signal, &target);
            status = 1;
        }
        for pid in named {
            tool.seat.signal(&caller, &signal, &pid);
        }
    }
    Ok(status)
}

/// `pgrep`: the numbers of the processes whose command line has a text in it.
pub(super) fn pgrep(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("u t P");
    let Some(wanted) = options.operands.first() else {
        return tool.fail(2, "no matching criteria specified");
    };
    let caller = tool.caller();
    tool.seat
        .world
        .note(&caller, crate::trace::Kind::HostQuery, "processes");
    let matches = |process: &&crate::world::Process| {
        process.pid != tool.pid
            && !matches!(process.state, crate::world::process::State::Exited(_))
            && process.argv.join(" ").contains(wanted.as_str())
    };
    let found: Vec<String> = tool
        .seat
        .world
        .processes
        .iter()
        .filter(matches)
        .map(|process| format!("{}\n", process.pid))
        .collect();
    tool.out(found.concat())?;
    Ok(i32::from(found.is_empty()))
}

/// `shutdown` and `reboot`: ordinary users may not.
pub(super) fn power(tool: &mut Tool<'_, '_>) -> Done {
    tool.fail(1, "Interactive authentication required.")
}
