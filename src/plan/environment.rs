//! The variables that npm sets for a lifecycle script: install scripts read them, and malicious ones look whether they are
//! there. Names and values are those of npm 10.

use crate::target::Manifest;
use crate::world::path::absolute;
use std::collections::BTreeMap;

/// What the environment depends on besides the package. All paths are paths of the world.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// Variables of the shell in which the user called npm, `PATH` and `HOME` among them.
    pub shell: BTreeMap<String, String>,
    /// Home directory of the user.
    pub home: String,
    /// The project in which npm was called.
    pub project: String,
    /// Directory of the package.
    pub root: String,
    /// Path of `node`.
    pub node: String,
    /// `process.version` of it, with the `v`.
    pub node_version: String,
    /// Directory of the npm package.
    pub npm: String,
    /// Version of npm.
    pub npm_version: String,
    /// `linux`, `darwin` or `win32`.
    pub platform: String,
    /// `x64` or `arm64`.
    pub arch: String,
    /// Address of the registry, with a slash at the end; empty when none is known.
    pub registry: String,
}

/// The variables of one script. `event` is the phase, `script` its shell text.
#[must_use]
pub fn environment(
    machine: &Machine,
    manifest: &Manifest,
    event: &str,
    script: &str,
) -> BTreeMap<String, String> {
    let mut variables = machine.shell.clone();
    let prefix = machine
        .node
        .strip_suffix("/bin/node")
        .unwrap_or("/usr/local");
    let npm = &machine.npm;
    let home = &machine.home;
    let agent = format!(
        "npm/{} node/{} {} {} workspaces/false",
        machine.npm_version, machine.node_version, machine.platform, machine.arch
    );
    let fixed: [(&str, String); 25] = [
        ("COLOR", "0".into()),
        ("EDITOR", "vi".into()),
        ("INIT_CWD", machine.project.clone()),
        ("NODE", machine.node.clone()),
        ("npm_command", "install".into()),
        ("npm_config_cache", format!("{home}/.npm")),
        ("npm_config_global_prefix", prefix.into()),
        ("npm_config_globalconfig", format!("{prefix}/etc/npmrc")),
        ("npm_config_init_module", format!("{home}/.npm-init.js")),
        ("npm_config_local_prefix", machine.project.clone()),
        (
            "npm_config_node_gyp",
            format!("{npm}/node_modules/node-gyp/bin/node-gyp.js"),
        ),
        ("npm_config_noproxy", String::new()),
        ("npm_config_npm_version", machine.npm_version.clone()),
        ("npm_config_prefix", prefix.into()),
        ("npm_config_registry", machine.registry.clone()),
        ("npm_config_user_agent", agent),
        ("npm_config_userconfig", format!("{home}/.npmrc")),
        ("npm_execpath", format!("{npm}/bin/npm-cli.js")),
        ("npm_lifecycle_event", event.into()),
        ("npm_lifecycle_script", script.into()),
        ("npm_node_execpath", machine.node.clone()),
        ("npm_package_json", absolute(&machine.root, "package.json")),
        ("npm_package_name", manifest.name.clone()),
        ("npm_package_version", manifest.version.clone()),
        ("PATH", path(machine)),
    ];
    for (name, value) in fixed {
        variables.insert(name.to_owned(), value);
    }
    if machine.registry.is_empty() {
        variables.remove("npm_config_registry");
    }
    for (name, value) in &manifest.settings {
        variables.insert(format!("npm_package_{}", identifier(name)), value.clone());
    }
    for (name, path) in &manifest.bin {
        variables.insert(
            format!("npm_package_bin_{}", identifier(name)),
            path.clone(),
        );
    }
    // No variable can hold a NUL, and no name an equals sign.
    variables.retain(|name, value| !name.contains(['=', '\0']) && !value.contains('\0'));
    variables
}

/// `PATH` as npm builds it: the programs of each `node_modules` from the package upward, its own, then the user's.
fn path(machine: &Machine) -> String {
    let mut directories = Vec::new();
    let mut here = machine.root.as_str();
    loop {
        directories.push(format!("{here}/node_modules/.bin"));
        if here.is_empty() {
            break;
        }
        here = here.rsplit_once('/').map_or("", |(above, _)| above);
    }
    directories.push(format!(
        "{}/node_modules/@npmcli/run-script/lib/node-gyp-bin",
        machine.npm
    ));
    directories.extend(machine.shell.get("PATH").cloned());
    directories.join(":")
}

/// Characters that a variable's name may not have become underscores.
fn identifier(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect()
}
