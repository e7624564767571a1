//! `npm` and `npx`: they run scripts and programs of packages, and talk to the registry.

use super::{Done, Options, Tool, registry, runners};
use serde_json::Value;
use std::collections::BTreeMap;

/// What `npm --version` says: the release that comes with the Node of the world.
pub(super) const VERSION: &str = "10.9.4";

/// Options of npm that take a value.
const VALUED: &str = "prefix registry C w workspace tag otp access loglevel cache userconfig globalconfig p package c call";

pub(super) fn npm(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options(VALUED);
    let Some(verb) = options.operands.first().cloned() else {
        if options.has("version v") {
            tool.out(format!("{VERSION}\n"))?;
            return Ok(0);
        }
        return tool.fail(1, "Usage: npm <command>");
    };
    let operands: Vec<String> = options.operands.iter().skip(1).cloned().collect();
    match verb.as_str() {
        "run" | "run-script" | "rum" => {
            let Some((script, _)) = operands.split_first() else {
                return Ok(0);
            };
            // Everything behind `--` goes to the script.
            let rest: Vec<String> = tool
                .args
                .iter()
                .skip_while(|arg| *arg != "--")
                .skip(1)
                .cloned()
                .collect();
            run_script(tool, script, &rest, options.has("if-present"))
        }
        "test" | "t" | "tst" => run_script(tool, "test", &[], false),
        "start" | "stop" | "restart" => run_script(tool, &verb, &[], false),
        "config" | "c" | "get" => config(tool, &options, &operands),
        "whoami" => whoami(tool, &options),
        "root" | "prefix" | "bin" => directories(tool, &verb, options.has("g global")),
        "install" | "i" | "add" | "ci" | "update" | "up" => install(tool, &options, &operands),
        "view" | "info" | "show" | "v" => view(tool, &options, &operands),
        "publish" => registry::publish(tool, &options, operands.first().map(String::as_str)),
        "exec" | "x" => npx(tool),
        "ls" | "list" | "audit" | "fund" | "outdated" | "cache" | "set" | "pkg" | "rebuild"
        | "prune" | "dedupe" | "init" => Ok(0),
        "token" | "login" | "adduser" | "access" | "owner" | "dist-tag" | "unpublish"
        | "deprecate" | "profile" => tool.unsupported(&verb),
        verb => tool.fail(1, &format!("Unknown command: \"{verb}\"")),
    }
}

/// `npm root` and `npm prefix`.
fn directories(tool: &mut Tool<'_, '_>, verb: &str, global: bool) -> Done {
    let base = match tool.package() {
        _ if global => "/usr/local".to_owned(),
        Some((directory, _)) => directory,
        None => tool.seat.world.absolute(tool.pid, "."),
    };
    let path = match (verb, global) {
        ("root", true) => format!("{base}/lib/node_modules"),
        ("root", false) => format!("{base}/node_modules"),
        _ => base,
    };
    tool.out(format!("{path}\n"))?;
    Ok(0)
}

/// `npm view NAME [FIELD]`.
fn view(tool: &mut Tool<'_, '_>, options: &Options, operands: &[String]) -> Done {
    let Some((name, fields)) = operands.split_first() else {
        return Ok(1);
    };
    let Some(answer) = packument(tool, options, name) else {
        return tool.fail(1, "code E404");
    };
    let field = fields.first().map_or("version", String::as_str);
    let latest = answer["dist-tags"]["latest"]
        .as_str()
        .unwrap_or("")
        .to_owned();
    let value = match field {
        "version" => Value::from(latest),
        field => answer["versions"][&latest][field].clone(),
    };
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    tool.out(format!("{text}\n"))?;
    Ok(0)
}

/// Runs a script of the package with those before and after it.
fn run_script(tool: &mut Tool<'_, '_>, name: &str, rest: &[String], if_present: bool) -> Done {
    let Some((directory, manifest)) = tool.package() else {
        return tool.fail(254, "code ENOENT: Could not read package.json");
    };
    if !manifest["scripts"][name].is_string() {
        let has_server = name == "start"
            && tool
                .seat
                .world
                .exists(tool.pid, &format!("{directory}/server.js"));
        if has_server {
            return runners::start(tool, vec!["node".to_owned(), "server.js".to_owned()], None);
        }
        return if if_present {
            Ok(0)
        } else {
            tool.fail(1, &format!("Missing script: \"{name}\""))
        };
    }
    let mut env = tool
        .seat
        .world
        .processes
        .get(tool.pid)
        .map(|process| process.env.clone())
        .unwrap_or_default();
    let search = env.get("PATH").cloned().unwrap_or_default();
    env.insert(
        "PATH".to_owned(),
        format!("{directory}/node_modules/.bin:{search}"),
    );
    env.insert("npm_command".to_owned(), "run-script".to_owned());
    for field in ["name", "version"] {
        if let Some(value) = manifest[field].as_str() {
            env.insert(format!("npm_package_{field}"), value.to_owned());
        }
    }
    set_directory(tool, &directory);
    let quiet = tool.options(VALUED).has("s silent")
        || tool.options(VALUED).value("loglevel") == Some("silent");
    for event in [format!("pre{name}"), name.to_owned(), format!("post{name}")] {
        let Some(script) = manifest["scripts"][&event].as_str() else {
            continue;
        };
        let arguments: String = if event == name {
            rest.iter()
                .map(|arg| format!(" {}", crate::world::shell::quote(arg)))
                .collect()
        } else {
            String::new()
        };
        env.insert("npm_lifecycle_event".to_owned(), event.clone());
        env.insert("npm_lifecycle_script".to_owned(), script.to_owned());
        if !quiet {
            tool.out(format!(
                "\n> {}{event}\n> {script}{arguments}\n\n",
                label(&manifest)
            ))?;
        }
        let argv = ["sh", "-c", &format!("{script}{arguments}")]
            .map(str::to_owned)
            .to_vec();
        let status = runners::start(tool, argv, Some(env.clone()))?;
        if status != 0 {
            return Ok(status);
        }
    }
    Ok(0)
}

/// The package as npm names it above what a script prints.
fn label(manifest: &Value) -> String {
    match (manifest["name"].as_str(), manifest["version"].as_str()) {
        (Some(name), Some(version)) => format!("{name}@{version} "),
        _ => String::new(),
    }
}

pub(super) fn set_directory(tool: &mut Tool<'_, '_>, directory: &str) {
    if let Some(process) = tool.seat.world.processes.get_mut(tool.pid) {
        directory.clone_into(&mut process.cwd);
    }
}

fn config(tool: &mut Tool<'_, '_>, options: &Options, operands: &[String]) -> Done {
    let words: Vec<&str> = operands.iter().map(String::as_str).collect();
    let name = match words.as_slice() {
        ["get", name] | [name] => *name,
        ["set", ..] | ["delete", ..] => return tool.unsupported("config set"),
        _ => {
            let text: String = tool
                .npmrc()
                .iter()
                .map(|(name, value)| format!("{name} = {value}\n"))
                .collect();
            tool.out(text)?;
            return Ok(0);
        }
    };
    let value = match name {
        "registry" => tool.registry(options).map(|url| format!("{url}/")),
        "prefix" => Some("/usr/local".to_owned()),
        "cache" => Some(format!("{}/.npm", tool.seat.world.persona.home)),
        "userconfig" => Some(format!("{}/.npmrc", tool.seat.world.persona.home)),
        "user-agent" => tool.variable("npm_config_user_agent"),
        name => {
            let from_file = tool
                .npmrc()
                .into_iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value);
            from_file.or_else(|| tool.variable(&format!("npm_config_{}", name.replace('-', "_"))))
        }
    };
    tool.out(format!(
        "{}\n",
        value.unwrap_or_else(|| "undefined".to_owned())
    ))?;
    Ok(0)
}

fn whoami(tool: &mut Tool<'_, '_>, options: &Options) -> Done {
    let Some(registry) = tool.registry(options) else {
        return tool.fail(1, "code ENEEDAUTH");
    };
    let Some(token) = tool.token() else {
        return tool.fail(1, "code ENEEDAUTH");
    };
    match tool.ask_registry(
        "GET",
        format!("{registry}/-/whoami"),
        Vec::new(),
        Some(token),
    ) {
        Some((status, answer)) if status < 400 => {
            let name = answer["username"]
                .as_str()
                .unwrap_or(&tool.seat.world.persona.user)
                .to_owned();
            tool.out(format!("{name}\n"))?;
            Ok(0)
        }
        _ => tool.fail(1, "code E401"),
    }
}

/// The name in `name@version`.
fn bare_name(spec: &str) -> &str {
    match spec.char_indices().skip(1).find(|(_, c)| *c == '@') {
        Some((at, _)) => spec.get(..at).unwrap_or(spec),
        None => spec,
    }
}

fn packument(tool: &mut Tool<'_, '_>, options: &Options, spec: &str) -> Option<Value> {
    let registry = tool.registry(options)?;
    let name = bare_name(spec).replace('/', "%2f");
    let (status, answer) =
        tool.ask_registry("GET", format!("{registry}/{name}"), Vec::new(), None)?;
    (status < 400).then_some(answer)
}

/// `npm install`: asks for what is to be installed and downloads it; nothing of it is unpacked or run.
fn install(tool: &mut Tool<'_, '_>, options: &Options, operands: &[String]) -> Done {
    let mut specs: Vec<String> = operands.to_vec();
    if specs.is_empty()
        && let Some((_, manifest)) = tool.package()
    {
        let named = manifest["dependencies"]
            .as_object()
            .map(|all| all.keys().cloned().collect());
        specs = named.unwrap_or_default();
    }
    for spec in &specs {
        if spec.contains("://") || spec.starts_with('.') || spec.starts_with('/') {
            if spec.starts_with("http") {
                tool.ask_registry("GET", spec.clone(), Vec::new(), None);
            }
            continue;
        }
        let Some(answer) = packument(tool, options, spec) else {
            return tool.fail(1, &format!("code E404: '{spec}' is not in this registry"));
        };
        let latest = answer["dist-tags"]["latest"]
            .as_str()
            .unwrap_or("")
            .to_owned();
        if let Some(url) = answer["versions"][&latest]["dist"]["tarball"].as_str() {
            tool.ask_registry("GET", url.to_owned(), Vec::new(), None);
        }
    }
    tool.out(format!("\nadded {} packages in 1s\n", specs.len()))?;
    Ok(0)
}

/// `npx`: a program of the project, or one that would have to be fetched.
pub(super) fn npx(tool: &mut Tool<'_, '_>) -> Done {
    let options = Options::parse(&tool.args.clone(), VALUED);
    if let Some(line) = options.value("c call") {
        return runners::start(tool, ["sh", "-c", line].map(str::to_owned).to_vec(), None);
    }
    let mut argv: Vec<String> = tool
        .args
        .iter()
        .skip_while(|arg| arg.starts_with('-') || matches!(arg.as_str(), "exec" | "x"))
        .cloned()
        .collect();
    let Some(name) = argv.first().cloned() else {
        return Ok(1);
    };
    let mut directory = tool.seat.world.absolute(tool.pid, ".");
    loop {
        let path = format!(
            "{}/node_modules/.bin/{}",
            directory.trim_end_matches('/'),
            bare_name(&name)
        );
        if tool.seat.world.exists(tool.pid, &path) {
            if let Some(first) = argv.first_mut() {
                *first = path;
            }
            return runners::start(tool, argv, None::<BTreeMap<String, String>>);
        }
        match directory.rsplit_once('/') {
            Some((parent, name)) if !name.is_empty() => {
                directory = if parent.is_empty() {
                    "/".to_owned()
                } else {
                    parent.to_owned()
                }
            }
            _ => break,
        }
    }
    if packument(tool, &options, &name).is_none() {
        return tool.fail(1, &format!("code E404: '{name}' is not in this registry"));
    }
    tool.unsupported(&format!("program {name}, which is not installed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_cut_off_and_scopes_are_not() {
        assert_eq!(bare_name("a@1"), "a");
        assert_eq!(bare_name("@s/a@^2"), "@s/a");
        assert_eq!(bare_name("@s/a"), "@s/a");
    }
}
