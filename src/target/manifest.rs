//! The model of `package.json`. Every field may be of any type, missing, or made to confuse; what does not fit is ignored,
//! as the package manager ignores it.

use super::{hosts, json_lines};
use crate::trace::ManifestFacts;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// Bytes of a manifest: the largest real ones have some hundred kilobytes.
const MOST: usize = 8 << 20;
/// Characters of a name: npm's own limit.
const LONGEST_NAME: usize = 214;
/// Fields that list dependencies.
const DEPENDENCIES: [&str; 4] = [
    "dependencies",
    "devDependencies",
    "optionalDependencies",
    "peerDependencies",
];

/// Why there is no manifest.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ManifestError {
    /// No such file.
    #[error("not a package: there is no package.json")]
    Missing,
    /// Not JSON.
    #[error("package.json is not JSON: {0}")]
    NotJson(String),
    /// JSON, but not an object.
    #[error("package.json is not a JSON object")]
    NotAnObject,
    /// Over the limit.
    #[error("package.json has more than {MOST} bytes")]
    TooLarge,
}

/// What a `package.json` says, as far as it decides what is run.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// The name; hostile text, empty when there is none.
    pub name: String,
    /// The version; hostile text, empty when there is none.
    pub version: String,
    /// Scripts by name.
    pub scripts: BTreeMap<String, String>,
    /// The main file of CommonJS.
    pub main: Option<String>,
    /// The exports map, as it stands.
    pub exports: Option<Value>,
    /// Programs: name to path within the package, normalised.
    pub bin: BTreeMap<String, String>,
    /// Whether `.js` files are ECMAScript modules.
    pub is_module: bool,
    /// `false` when the package asks not to be built although it has a `binding.gyp`.
    pub gypfile: Option<bool>,
    /// Names of its dependencies of all kinds.
    pub dependency_names: BTreeSet<String>,
    /// `config` and `engines`, which npm shows to scripts.
    pub settings: BTreeMap<String, String>,
    /// Hosts that it claims as its own.
    pub own_hosts: Vec<String>,
    text: String,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// When it is not a JSON object or too large.
    pub fn parse(bytes: &[u8]) -> Result<Manifest, ManifestError> {
        if bytes.len() > MOST {
            return Err(ManifestError::TooLarge);
        }
        let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        let value: Value =
            serde_json::from_str(&text).map_err(|error| ManifestError::NotJson(plain(&error)))?;
        let Value::Object(fields) = &value else {
            return Err(ManifestError::NotAnObject);
        };
        let name = string(fields, "name").unwrap_or_default();
        Ok(Manifest {
            version: string(fields, "version").unwrap_or_default(),
            scripts: strings(fields, "scripts"),
            main: string(fields, "main"),
            exports: fields.get("exports").filter(|e| !e.is_null()).cloned(),
            bin: programs(fields, &name),
            is_module: fields.get("type").and_then(Value::as_str) == Some("module"),
            gypfile: fields.get("gypfile").and_then(Value::as_bool),
            dependency_names: DEPENDENCIES
                .iter()
                .flat_map(|kind| strings(fields, kind).into_keys())
                .collect(),
            settings: ["config", "engines"]
                .into_iter()
                .flat_map(|kind| {
                    strings(fields, kind)
                        .into_iter()
                        .map(move |(name, value)| (format!("{kind}_{name}"), value))
                })
                .collect(),
            own_hosts: hosts::own_hosts(&value),
            name,
            text: text.into_owned(),
        })
    }

    /// Stands in for a package that has none: its name is that of its file.
    #[must_use]
    pub fn named(name: &str) -> Manifest {
        Manifest {
            name: name.to_owned(),
            ..Manifest::default()
        }
    }

    /// The line of `package.json` on which a script stands, from 1; 0 when it does not stand there.
    #[must_use]
    pub fn script_line(&self, script: &str) -> u32 {
        json_lines::line_of(&self.text, "scripts", script)
    }

    /// The name of the directory below `node_modules` into which it is installed: its name when that is a lawful one, else a
    /// harmless one.
    #[must_use]
    pub fn directory_name(&self) -> &str {
        let lawful = |part: &str| {
            !part.is_empty()
                && !part.starts_with(['.', '_'])
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_.~!'()*".contains(c))
        };
        let short = self.name.chars().nth(LONGEST_NAME).is_none();
        let scoped = match self.name.strip_prefix('@').and_then(|n| n.split_once('/')) {
            Some((scope, name)) => lawful(scope) && lawful(name),
            None => lawful(&self.name) && self.name != "node_modules",
        };
        if short && scoped {
            &self.name
        } else {
            "package"
        }
    }

    /// The facts that rules weigh.
    #[must_use]
    pub fn facts(&self) -> ManifestFacts {
        ManifestFacts {
            own_hosts: self.own_hosts.clone(),
            dependencies: self.dependency_names.iter().cloned().collect(),
        }
    }
}

/// The message of a JSON error, on one line: it may quote the text.
fn plain(error: &serde_json::Error) -> String {
    crate::escape::escape_to(&error.to_string(), 120)
}

fn string(fields: &Map<String, Value>, name: &str) -> Option<String> {
    Some(fields.get(name)?.as_str()?.to_owned())
}

fn strings(fields: &Map<String, Value>, name: &str) -> BTreeMap<String, String> {
    let Some(Value::Object(map)) = fields.get(name) else {
        return BTreeMap::new();
    };
    map.iter()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

fn programs(fields: &Map<String, Value>, name: &str) -> BTreeMap<String, String> {
    let short = name.rsplit('/').next().unwrap_or_default();
    let programs = match fields.get("bin") {
        Some(Value::String(path)) => BTreeMap::from([(short.to_owned(), path.clone())]),
        _ => strings(fields, "bin"),
    };
    programs
        .into_iter()
        .filter(|(name, _)| !name.is_empty() && !name.contains(['/', '\0']) && name != "..")
        .filter_map(|(name, path)| Some((name, inside(&path)?)))
        .collect()
}

/// A path of the manifest as a path of the tree; `None` when it leads out.
fn inside(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => return None,
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_the_wrong_type_are_ignored() {
        let manifest = Manifest::parse(
            br#"{"name": 7, "version": [], "scripts": {"install": {}, "postinstall": "node x"}, "bin": 3, "type": null}"#,
        )
        .expect("an object");
        assert_eq!(manifest.name, "");
        assert_eq!(manifest.scripts.len(), 1);
        assert!(manifest.bin.is_empty());
        assert!(!manifest.is_module);
    }

    #[test]
    fn a_byte_order_mark_is_no_syntax_error() {
        assert!(Manifest::parse(b"\xef\xbb\xbf{}").is_ok());
    }

    #[test]
    fn errors_are_one_line() {
        let error = Manifest::parse(b"{\n\x1b[2J")
            .expect_err("not JSON")
            .to_string();
        assert!(error.starts_with("package.json is not JSON: "), "{error}");
        assert!(!error.contains('\n'));
        assert_eq!(
            Manifest::parse(b"[]").err(),
            Some(ManifestError::NotAnObject)
        );
        let deep = "[".repeat(10_000);
        assert!(Manifest::parse(deep.as_bytes()).is_err());
    }

    #[test]
    fn unlawful_names_do_not_become_directories() {
        let name = |text: &str| {
            let json = serde_json::json!({ "name": text }).to_string();
            Manifest::parse(json.as_bytes())
                .expect("an object")
                .directory_name()
                .to_owned()
        };
        assert_eq!(name("@scope/name"), "@scope/name");
        assert_eq!(name("Name.js"), "Name.js");
        for bad in [
            "../../x",
            "@a/../b",
            "a/b",
            ".bin",
            "",
            "node_modules",
            "a\0b",
        ] {
            assert_eq!(name(bad), "package", "{bad:?}");
        }
    }

    #[test]
    fn one_program_is_called_as_the_package_without_its_scope() {
        let manifest = Manifest::parse(br#"{"name": "@a/tool", "bin": "./cli.js"}"#);
        let bin = manifest.expect("an object").bin;
        assert_eq!(bin.get("tool").map(String::as_str), Some("cli.js"));
    }
}
