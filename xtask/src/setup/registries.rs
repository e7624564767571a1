//! The addresses of the package registries, learnt from their own clients.
//!
//! The simulated network plays these registries, and the fetcher talks to the real ones, so their addresses must be known
//! at run time; none is written in this repository.

use std::process::Command;

use serde::Serialize;

use super::{Done, Layout, files, process, quickjs};
use crate::failure::{During, Failure, Result};

/// Changes with the shape of the file.
const SHAPE: &str = "2";

/// What `guests/.build/registries.json` holds: absolute URLs with a slash at the end.
#[derive(Serialize)]
struct Registries {
    /// What npm installs from on this machine.
    npm: String,
    /// What pip installs from on this machine.
    pypi: String,
    /// What cargo reads its index from.
    cargo: String,
    /// These, the clients' defaults, and the hosts that store files, without repetition.
    all: Vec<String>,
}

/// The answers of one client.
struct Registry {
    /// What the client uses on this machine.
    configured: String,
    /// What the client uses without any configuration, and where the files are.
    others: Vec<String>,
}

/// Asks npm, pip and cargo. An existing answer stays: it is part of the built library.
pub(crate) fn learn(layout: &Layout) -> Result<Done> {
    let path = layout.build.join("registries.json");
    let stamp = layout.build.join("registries.stamp");
    if path.exists() && files::is_current(&stamp, SHAPE) {
        return Ok(Done::Already);
    }
    let (npm, pypi, cargo) = (npm(layout)?, pypi()?, cargo(layout)?);
    let mut all: Vec<String> = Vec::new();
    for registry in [&npm, &pypi, &cargo] {
        for address in std::iter::once(&registry.configured).chain(&registry.others) {
            if !all.contains(address) {
                all.push(address.clone());
            }
        }
    }
    let registries = Registries {
        npm: npm.configured,
        pypi: pypi.configured,
        cargo: cargo.configured,
        all,
    };
    let text =
        serde_json::to_string_pretty(&registries).during(|| "write the registries".to_owned())?;
    files::write(&path, text.as_bytes())?;
    files::write(&stamp, SHAPE.as_bytes())?;
    Ok(Done::Made("npm, pip and cargo asked".to_owned()))
}

fn npm(layout: &Layout) -> Result<Registry> {
    let directory = layout.build.join("empty");
    files::make_directory(&directory)?;
    // npm refuses to read one file in two roles.
    let (user, global) = (directory.join("user-npmrc"), directory.join("global-npmrc"));
    files::write(&user, b"")?;
    files::write(&global, b"")?;
    let ask = |command: &mut Command| process::output(command.args(["config", "get", "registry"]));
    let configured = ask(&mut process::npm(&directory)?)?;
    let mut plain = process::npm(&directory)?;
    plain
        .arg("--userconfig")
        .arg(&user)
        .arg("--globalconfig")
        .arg(&global);
    for (name, _) in std::env::vars_os() {
        if name
            .to_string_lossy()
            .to_ascii_lowercase()
            .starts_with("npm_config_")
        {
            plain.env_remove(name);
        }
    }
    Ok(Registry {
        configured: url("npm", &configured)?,
        others: vec![url("npm", &ask(&mut plain)?)?],
    })
}

/// pip keeps its defaults in a module; a configured index is optional.
fn pypi() -> Result<Registry> {
    let script = "from pip._internal.models.index import PyPI; print(PyPI.simple_url); print(PyPI.file_storage_domain)";
    let printed = process::output(Command::new(process::python()?).args(["-c", script]))?;
    let mut lines = printed.lines();
    let default = url("pip", lines.next().unwrap_or_default())?;
    let files = lines.next().map(str::trim).filter(|line| !line.is_empty());
    let files = files
        .map(|host| url("pip", &format!("https://{host}/")))
        .transpose()?;
    // Exits with an error if nothing is configured.
    let configured = process::output(process::pip()?.args(["config", "get", "global.index-url"]))
        .ok()
        .and_then(|text| url("pip", &text).ok())
        .unwrap_or_else(|| default.clone());
    Ok(Registry {
        configured,
        others: std::iter::once(default).chain(files).collect(),
    })
}

/// cargo names the source of a crate as `registry+URL` or `sparse+URL`.
fn cargo(layout: &Layout) -> Result<Registry> {
    let source = quickjs::crate_source(layout)?.unwrap_or_default();
    let address = source
        .split_once('+')
        .map_or(source.as_str(), |(_, address)| address);
    Ok(Registry {
        configured: url("cargo", address)?,
        others: Vec::new(),
    })
}

fn url(client: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.starts_with("https://") || text.starts_with("http://") {
        Ok(format!("{}/", text.trim_end_matches('/')))
    } else {
        Err(Failure::new(format!(
            "{client} names no registry, but `{text}`"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_a_scheme_is_refused() {
        assert!(url("npm", "undefined").is_err());
    }

    #[test]
    fn addresses_end_in_one_slash() {
        assert_eq!(
            url("npm", " https://registry.example \n").ok().as_deref(),
            Some("https://registry.example/")
        );
        assert_eq!(
            url("npm", "https://registry.example//").ok().as_deref(),
            Some("https://registry.example/")
        );
    }
}
