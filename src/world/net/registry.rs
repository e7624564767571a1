//! Package registries: every package exists, in an inert version, and whoever publishes is told that it worked.

use super::super::World;
use super::HttpResponse;
use super::http::Request;
use super::inert;
use super::wire::iso_date;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use url::Url;

/// The version that every package has.
const LATEST: &str = "1.0.0";

/// Answers when the request goes to a registry, or has the form of one to a registry.
pub(super) fn answer(world: &World, request: &Request, url: &Url) -> Option<HttpResponse> {
    let host = url.host_str()?;
    let accept = request.header("accept").unwrap_or_default();
    let is_shaped = accept.contains("application/vnd.npm.install")
        || accept.contains("application/vnd.pypi.simple")
        || url.path().contains("/-/")
        || request.header("npm-command").is_some();
    if !world.net.registries.contains(host) && !is_shaped {
        return None;
    }
    let path = url
        .path()
        .trim_start_matches('/')
        .replace("%2f", "/")
        .replace("%2F", "/");
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    Some(match parts.as_slice() {
        ["-", rest @ ..] => service(world, request, rest),
        ["simple", name] => simple(url, name),
        ["pypi", name, .., "json"] => project(url, name),
        ["packages", ..] => python_file(url, &parts),
        ["index" | "config.json", ..] | ["api", "v1", ..] => crates(url, &parts),
        _ => package(world, request, url, &parts),
    })
}

/// The services beside packages: identity, rights, search, audits.
fn service(world: &World, request: &Request, rest: &[&str]) -> HttpResponse {
    let user = world.persona.user.as_str();
    let is_known = request.header("authorization").is_some();
    let value = match rest {
        ["whoami"] | ["npm", "v1", "user"] if !is_known => {
            return HttpResponse::json(401, &json!({ "error": "Unauthorized" }));
        }
        ["whoami"] => json!({ "username": user }),
        ["npm", "v1", "user"] => json!({ "name": user, "tfa": false, "email_verified": true }),
        ["npm", "v1", "tokens"] => json!({ "objects": [], "total": 0, "urls": {} }),
        ["user", _, "package"] | ["org", _, "package"] => {
            json!({ "storefront-utils": "write", "storefront-icons": "write" })
        }
        ["package", .., "dist-tags"] => json!({ "latest": LATEST }),
        ["v1", "search"] => json!({ "total": 2, "objects": [
            found(world, "storefront-utils"),
            found(world, "storefront-icons"),
        ] }),
        _ => json!({ "ok": true }),
    };
    HttpResponse::json(200, &value)
}

fn found(world: &World, name: &str) -> Value {
    json!({ "package": {
        "name": name,
        "version": LATEST,
        "date": iso_date(world.clock.now()),
        "maintainers": [{ "username": world.persona.user }],
    } })
}

/// Packages of the npm form: documents, versions, archives, and their publication.
fn package(world: &World, request: &Request, url: &Url, parts: &[&str]) -> HttpResponse {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return HttpResponse::json(200, &json!({ "ok": true, "success": true }));
    }
    let (name, rest) = match parts {
        [scope, name, rest @ ..] if scope.starts_with('@') => (format!("{scope}/{name}"), rest),
        [name, rest @ ..] if !name.is_empty() => ((*name).to_owned(), rest),
        _ => return HttpResponse::json(200, &json!({ "db_name": "registry" })),
    };
    match rest {
        [] => HttpResponse::json(200, &document(world, url, &name)),
        ["-", file] => HttpResponse::text(
            200,
            "application/octet-stream",
            archive(&name, &version_in(&name, file)),
        ),
        [tag] if tag.starts_with(|first: char| first.is_ascii_digit()) => {
            HttpResponse::json(200, &version(url, &name, tag))
        }
        ["latest"] => HttpResponse::json(200, &version(url, &name, LATEST)),
        _ => HttpResponse::json(404, &json!({ "error": "Not found" })),
    }
}

fn document(world: &World, url: &Url, name: &str) -> Value {
    let time = iso_date(world.clock.now());
    json!({
        "_id": name,
        "name": name,
        "dist-tags": { "latest": LATEST },
        "versions": { LATEST: version(url, name, LATEST) },
        "time": { "created": time, "modified": time, LATEST: time },
        "maintainers": [{ "name": world.persona.user }],
        "readme": inert::MARK,
    })
}

fn version(url: &Url, name: &str, number: &str) -> Value {
    let bytes = archive(name, number);
    let hexadecimal: String = Sha1::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let short = name.rsplit('/').next().unwrap_or(name);
    json!({
        "name": name,
        "version": number,
        "description": inert::MARK,
        "main": "index.js",
        "dist": {
            "shasum": hexadecimal,
            "integrity": format!("sha512-{}", STANDARD.encode(Sha512::digest(&bytes))),
            "tarball": format!("{}/{name}/-/{short}-{number}.tgz", origin(url)),
            "fileCount": 3,
            "unpackedSize": bytes.len(),
        },
    })
}

/// The version in the name of an archive, `name-1.2.3.tgz`.
fn version_in(name: &str, file: &str) -> String {
    let short = name.rsplit('/').next().unwrap_or(name);
    file.trim_end_matches(".tgz")
        .strip_prefix(short)
        .and_then(|rest| rest.strip_prefix('-'))
        .unwrap_or(LATEST)
        .to_owned()
}

/// An archive of the npm form: a manifest, a main file, and a program named like the package, or like its scope, as the
/// packages with binaries for one platform have it.
fn archive(name: &str, version: &str) -> Bytes {
    let manifest = json!({ "name": name, "version": version, "main": "index.js" });
    let program = name
        .trim_start_matches('@')
        .split('/')
        .next()
        .unwrap_or(name);
    let program = format!("package/bin/{program}");
    inert::tar_gz(&[
        (
            "package/package.json",
            format!("{manifest:#}\n").into_bytes(),
        ),
        (
            "package/index.js",
            format!("/* {} of {name} {version} */\n", inert::MARK).into_bytes(),
        ),
        (&program, inert::elf(name)),
    ])
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The name of the file of a Python package.
fn wheel_name(name: &str) -> String {
    format!("{}-{LATEST}-py3-none-any.whl", name.replace('-', "_"))
}

fn wheel(name: &str) -> Bytes {
    let module = name.replace('-', "_");
    let info = format!("{module}-{LATEST}.dist-info");
    let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {LATEST}\n");
    let form = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    inert::zip(&[
        (
            &format!("{module}/__init__.py"),
            format!("# {}\n", inert::MARK).into_bytes(),
        ),
        (&format!("{info}/METADATA"), metadata.into_bytes()),
        (&format!("{info}/WHEEL"), form.into()),
        (&format!("{info}/RECORD"), Vec::new()),
    ])
}

/// The page of PEP 503.
fn simple(url: &Url, name: &str) -> HttpResponse {
    let (file, digest) = (wheel_name(name), Sha256::digest(wheel(name)));
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let page = format!(
        "<!doctype html>\n<a href=\"{}/packages/{name}/{file}#sha256={digest}\">{file}</a>\n",
        origin(url)
    );
    HttpResponse::text(200, "text/html", page)
}

/// The JSON form of a Python project.
fn project(url: &Url, name: &str) -> HttpResponse {
    let file = wheel_name(name);
    let urls = json!([{ "filename": file, "packagetype": "bdist_wheel", "url": format!("{}/packages/{name}/{file}", origin(url)) }]);
    HttpResponse::json(
        200,
        &json!({
            "info": { "name": name, "version": LATEST, "summary": inert::MARK },
            "releases": { LATEST: urls },
            "urls": urls,
        }),
    )
}

fn python_file(url: &Url, parts: &[&str]) -> HttpResponse {
    let file = parts.last().copied().unwrap_or_default();
    let name = file.split('-').next().unwrap_or(file);
    match inert::file(file, url.as_str()) {
        _ if file.ends_with(".whl") => {
            HttpResponse::text(200, "application/octet-stream", wheel(name))
        }
        Some((kind, bytes)) => HttpResponse::text(200, kind, bytes),
        None => HttpResponse::json(404, &json!({ "error": "Not found" })),
    }
}

/// The interface of Rust's registry, as far as questions about a package go.
fn crates(url: &Url, parts: &[&str]) -> HttpResponse {
    match parts {
        ["api", "v1", "crates", name, .., "download"] => {
            HttpResponse::text(200, "application/gzip", archive(name, LATEST))
        }
        ["api", "v1", "crates", name, ..] => HttpResponse::json(
            200,
            &json!({
                "crate": { "id": name, "name": name, "max_version": LATEST },
                "versions": [{ "num": LATEST, "crate": name }],
            }),
        ),
        ["config.json"] => HttpResponse::json(
            200,
            &json!({ "dl": format!("{}/api/v1/crates", origin(url)) }),
        ),
        _ => HttpResponse::json(200, &json!({ "ok": true })),
    }
}
