//! Which answer a web request gets, by what it asks for.

use super::super::World;
use super::http::Request;
use super::{HttpResponse, inert, metadata, registry, services, websocket};
use serde_json::json;
use url::Url;

/// Answers one request. Nothing is changed: the world of an attacker's server has no memory.
pub(super) fn answer(world: &World, request: &Request, url: &Url) -> HttpResponse {
    if request.method == "CONNECT" {
        return HttpResponse::text(200, "text/plain", "");
    }
    if let Some(key) = request.header("sec-websocket-key") {
        return upgrade(key, request);
    }
    metadata::answer(world, request, url)
        .or_else(|| registry::answer(world, request, url))
        .or_else(|| services::answer(world, request, url))
        .unwrap_or_else(|| by_kind(request, url))
}

fn upgrade(key: &str, request: &Request) -> HttpResponse {
    let response = HttpResponse {
        status: 101,
        headers: vec![
            ("upgrade".into(), "websocket".into()),
            ("connection".into(), "Upgrade".into()),
        ],
        ..HttpResponse::default()
    }
    .with("sec-websocket-accept", websocket::accept_key(key));
    let offered = request.header("sec-websocket-protocol");
    match offered.and_then(|names| names.split(',').next()) {
        Some(name) => response.with("sec-websocket-protocol", name.trim()),
        None => response,
    }
}

/// An answer by the form of the request alone.
fn by_kind(request: &Request, url: &Url) -> HttpResponse {
    match request.method.as_str() {
        "OPTIONS" => {
            return HttpResponse {
                status: 204,
                ..HttpResponse::default()
            }
            .with("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
            .with("access-control-allow-origin", "*");
        }
        "GET" | "HEAD" => {}
        _ => return HttpResponse::json(200, &json!({ "ok": true })),
    }
    let path = url.path();
    if is_absent(path) {
        return HttpResponse::text(404, "text/plain", "Not Found\n");
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    if let Some((kind, bytes)) = inert::file(name, url.as_str()) {
        return HttpResponse::text(200, kind, bytes);
    }
    let accept = request.header("accept").unwrap_or_default();
    if accept.contains("json") || looks_like_interface(url) {
        return HttpResponse::json(
            200,
            &json!({
                "ok": true,
                "success": true,
                "status": "ok",
                "message": inert::MARK,
                "data": {},
                "result": [],
            }),
        );
    }
    if accept.contains("text/html") {
        return HttpResponse::text(200, "text/html; charset=utf-8", inert::page(url.as_str()));
    }
    // A quoted text is JSON, JavaScript and Python at once, and a command that does not exist for a shell: whoever runs
    // or parses an unnamed download gets as far as that.
    let text = format!(
        "\"{} of {}\"\n",
        inert::MARK,
        url.as_str().replace(['"', '$', '`', '\\'], "")
    );
    HttpResponse::text(200, "text/plain; charset=utf-8", text)
}

/// What servers commonly do not have.
fn is_absent(path: &str) -> bool {
    path == "/robots.txt" || path == "/favicon.ico" || path.starts_with("/.well-known/")
}

/// Whether an address looks like that of a JSON interface.
fn looks_like_interface(url: &Url) -> bool {
    let is_version = |part: &str| {
        part.strip_prefix('v').is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    url.host_str()
        .is_some_and(|host| host.starts_with("api.") || host.contains(".api."))
        || url
            .path()
            .split('/')
            .any(|part| matches!(part, "api" | "json" | "graphql" | "rest") || is_version(part))
}
