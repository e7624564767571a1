//! What npm says to the registry, and the configuration that tells it where that is.

use super::npm::{VERSION, set_directory};
use super::{Done, Options, Tool, encode};
use crate::world::net::HttpRequest;
use base64::Engine as _;
use serde_json::{Value, json};

/// Files of one published package.
const MAX_PUBLISHED: usize = 500;

impl Tool<'_, '_> {
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.seat
            .world
            .processes
            .get(self.pid)?
            .env
            .get(name)
            .cloned()
    }

    /// The nearest directory upward that has a `package.json`, and what that says.
    pub(super) fn package(&mut self) -> Option<(String, Value)> {
        let mut directory = self.seat.world.absolute(self.pid, ".");
        loop {
            let path = format!("{}/package.json", directory.trim_end_matches('/'));
            if self.seat.world.exists(self.pid, &path) {
                let caller = self.caller();
                let bytes = self.seat.read_file(&caller, &path).ok()?;
                return Some((directory, serde_json::from_slice(&bytes).ok()?));
            }
            directory = match directory.rsplit_once('/') {
                Some((parent, name)) if !name.is_empty() => {
                    if parent.is_empty() {
                        "/".to_owned()
                    } else {
                        parent.to_owned()
                    }
                }
                _ => return None,
            };
        }
    }

    /// The lines of the user's configuration; reading it is what npm does for nearly everything.
    pub(super) fn npmrc(&mut self) -> Vec<(String, String)> {
        let home = self
            .variable("HOME")
            .unwrap_or_else(|| self.seat.world.persona.home.clone());
        let path = self
            .variable("npm_config_userconfig")
            .unwrap_or_else(|| format!("{home}/.npmrc"));
        let caller = self.caller();
        let bytes = self.seat.read_file(&caller, &path).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        pairs
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect()
    }

    pub(super) fn registry(&mut self, options: &Options) -> Option<String> {
        let given = options.value("registry").map(str::to_owned);
        let known = given.or_else(|| self.variable("npm_config_registry"));
        let known = match known {
            Some(known) => Some(known),
            None => self
                .npmrc()
                .into_iter()
                .find(|(name, _)| name == "registry")
                .map(|(_, value)| value),
        };
        known.map(|url| url.trim_end_matches('/').to_owned())
    }

    pub(super) fn token(&mut self) -> Option<String> {
        self.npmrc()
            .into_iter()
            .find(|(name, _)| name.ends_with(":_authToken"))
            .map(|(_, value)| value)
    }

    /// Asks the registry; the status and the body of its answer.
    pub(super) fn ask_registry(
        &mut self,
        method: &str,
        url: String,
        body: Vec<u8>,
        token: Option<String>,
    ) -> Option<(u16, Value)> {
        let mut headers = vec![
            (
                "user-agent".to_owned(),
                format!("npm/{VERSION} node/v22 linux x64 workspaces/false"),
            ),
            ("accept".to_owned(), "application/json".to_owned()),
        ];
        if !body.is_empty() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        if let Some(token) = token {
            headers.push(("authorization".to_owned(), format!("Bearer {token}")));
        }
        let request = HttpRequest {
            method: method.to_owned(),
            url,
            headers,
            body: body.into(),
        };
        let caller = self.caller();
        let response = self.seat.world.http(&caller, &request).ok()?;
        Some((
            response.status,
            serde_json::from_slice(&response.body).unwrap_or(Value::Null),
        ))
    }
}

/// `npm publish`: packs the directory and sends it.
pub(super) fn publish(tool: &mut Tool<'_, '_>, options: &Options, directory: Option<&str>) -> Done {
    let Some(registry) = tool.registry(options) else {
        return tool.fail(1, "code ENEEDAUTH");
    };
    if let Some(directory) = directory {
        let directory = tool.seat.world.absolute(tool.pid, directory);
        set_directory(tool, &directory);
    }
    let Some((directory, manifest)) = tool.package() else {
        return tool.fail(1, "code ENOENT: Could not read package.json");
    };
    let name = manifest["name"].as_str().unwrap_or("").to_owned();
    let version = manifest["version"].as_str().unwrap_or("").to_owned();
    let mut builder = tar::Builder::new(Vec::new());
    for path in tool
        .tree(&directory)
        .into_iter()
        .filter(|path| !path.contains("/node_modules/"))
        .take(MAX_PUBLISHED)
    {
        let caller = tool.caller();
        if tool.is_directory(&path) {
            continue;
        }
        let Ok(bytes) = tool.seat.read_file(&caller, &path) else {
            continue;
        };
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        let name = format!("package{}", path.strip_prefix(&directory).unwrap_or(""));
        // A name that does not fit into an archive is left out, as npm warns and does.
        let _ = builder.append_data(&mut header, name, bytes.as_slice());
    }
    let archive = encode::compress(&builder.into_inner().unwrap_or_default());
    let file = format!("{name}-{version}.tgz");
    let body = json!({
        "_id": name,
        "name": name,
        "dist-tags": { options.value("tag").unwrap_or("latest"): version },
        "versions": { version.clone(): manifest },
        "_attachments": { file: {
            "content_type": "application/octet-stream",
            "data": base64::engine::general_purpose::STANDARD.encode(&archive),
            "length": archive.len(),
        } },
    });
    let token = tool.token();
    let url = format!("{registry}/{}", name.replace('/', "%2f"));
    match tool.ask_registry("PUT", url, body.to_string().into_bytes(), token) {
        Some((status, _)) if status < 400 => {
            tool.out(format!("+ {name}@{version}\n"))?;
            Ok(0)
        }
        _ => tool.fail(1, "code E403"),
    }
}
