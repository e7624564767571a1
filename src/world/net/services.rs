//! Well-known services of the web: where am I, code hosting, messengers, name resolution over HTTP.

use super::super::World;
use super::HttpResponse;
use super::http::Request;
use super::inert::MARK;
use super::wire::iso_date;
use serde_json::{Value, json};
use url::Url;

/// The address under which the made-up machine is seen from outside.
pub(super) const PUBLIC_ADDRESS: &str = "203.0.113.57";

/// Services that answer with the caller's address as a line of text.
const ADDRESS_SERVICES: [&str; 8] = [
    "api.ipify.org",
    "api64.ipify.org",
    "icanhazip.com",
    "ifconfig.me",
    "checkip.amazonaws.com",
    "ident.me",
    "ifconfig.io",
    "ipecho.net",
];

/// Answers when the host or the path is that of a known service.
pub(super) fn answer(world: &World, request: &Request, url: &Url) -> Option<HttpResponse> {
    let host = url.host_str()?;
    if host == "api.github.com" {
        return Some(code_hosting(world, request, url));
    }
    if host.ends_with("discord.com") && url.path().starts_with("/api/webhooks/") {
        return Some(HttpResponse {
            status: 204,
            ..HttpResponse::default()
        });
    }
    if host == "api.telegram.org" {
        let result =
            json!({ "message_id": 1, "date": world.clock.now() / 1_000_000_000, "text": MARK });
        return Some(HttpResponse::json(
            200,
            &json!({ "ok": true, "result": result }),
        ));
    }
    let is_question = matches!(request.method.as_str(), "GET" | "HEAD");
    (is_question && asks_where(host, url.path())).then(|| whereabouts(world, request, host, url))
}

/// Whether an address is that of a service that tells the caller's own address or place.
fn asks_where(host: &str, path: &str) -> bool {
    let is_word = |text: &str| {
        matches!(
            text,
            "ip" | "myip" | "getip" | "checkip" | "geo" | "geoip" | "ipinfo" | "whoami" | "country"
        ) || text.starts_with("ip-api")
            || text.starts_with("ipapi")
            || text.starts_with("geoip")
            || text.starts_with("geolocation")
    };
    ADDRESS_SERVICES.contains(&host) || host.split('.').any(is_word) || path.split('/').any(is_word)
}

fn whereabouts(world: &World, request: &Request, host: &str, url: &Url) -> HttpResponse {
    let wants_json = url.as_str().contains("json")
        || request
            .header("accept")
            .is_some_and(|accept| accept.contains("json"));
    if ADDRESS_SERVICES.contains(&host) && !wants_json {
        return HttpResponse::text(200, "text/plain", format!("{PUBLIC_ADDRESS}\n"));
    }
    let (code, country, city) = place(world);
    HttpResponse::json(
        200,
        &json!({
            "status": "success",
            "ip": PUBLIC_ADDRESS,
            "query": PUBLIC_ADDRESS,
            "country": if host.starts_with("ipinfo") { code } else { country },
            "country_name": country,
            "countryCode": code,
            "country_code": code,
            "city": city,
            "timezone": world.persona.timezone,
            "isp": "Example Broadband",
            "org": "AS64496 Example Broadband",
            "hosting": false,
            "proxy": false,
        }),
    )
}

/// Country code, country and city that go with the persona's time zone.
fn place(world: &World) -> (&'static str, &'static str, String) {
    let zone = world.persona.timezone.as_str();
    let city = zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
    let (code, country) = match zone {
        "Europe/Berlin" => ("DE", "Germany"),
        "Europe/London" => ("GB", "United Kingdom"),
        "Europe/Kyiv" | "Europe/Kiev" => ("UA", "Ukraine"),
        "Europe/Moscow" => ("RU", "Russia"),
        "Europe/Minsk" => ("BY", "Belarus"),
        "Asia/Shanghai" => ("CN", "China"),
        "Asia/Tehran" => ("IR", "Iran"),
        "Asia/Jerusalem" => ("IL", "Israel"),
        "Asia/Tokyo" => ("JP", "Japan"),
        "Asia/Kolkata" => ("IN", "India"),
        _ => ("US", "United States"),
    };
    (code, country, city)
}

/// The interface of the largest code hosting service, as far as thieves and worms use it.
fn code_hosting(world: &World, request: &Request, url: &Url) -> HttpResponse {
    let parts: Vec<&str> = url.path().trim_matches('/').split('/').collect();
    let user = world.persona.user.as_str();
    if request.header("authorization").is_none() {
        // The limits of a caller without a token are in every answer; what is public can be read.
        return if matches!(parts.first(), Some(&"user" | &"orgs")) || request.method != "GET" {
            HttpResponse::json(401, &json!({ "message": "Requires authentication" }))
        } else {
            HttpResponse::json(200, &public(world, &parts))
        };
    }
    let value = match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["user"]) => json!({ "login": user, "id": 583_231, "type": "User", "name": user }),
        ("GET", ["user", "repos"] | ["users", _, "repos"]) => json!([
            repository(world, user, "storefront"),
            repository(world, user, "dotfiles"),
        ]),
        ("GET", ["user", "orgs"]) => json!([]),
        ("GET", ["repos", _, _, "actions", kind @ ("secrets" | "variables")]) => {
            json!({ "total_count": 1, *kind: [{ "name": "NPM_TOKEN", "created_at": "2024-01-10T09:12:44Z" }] })
        }
        ("POST", ["user", "repos"] | ["orgs", _, "repos"]) => {
            return HttpResponse::json(201, &repository(world, user, "new"));
        }
        ("PUT" | "POST", _) => {
            return HttpResponse::json(
                201,
                &json!({
                    "id": 1,
                    "sha": "0000000000000000000000000000000000000001",
                    "content": { "sha": "0000000000000000000000000000000000000002" },
                    "commit": { "sha": "0000000000000000000000000000000000000003" },
                }),
            );
        }
        _ => public(world, &parts),
    };
    HttpResponse::json(200, &value).with("x-oauth-scopes", "repo, workflow")
}

/// What everybody can read.
fn public(world: &World, parts: &[&str]) -> Value {
    match parts {
        ["repos", owner, name, "releases", ..] => {
            let release = json!({ "tag_name": "v1.0.0", "name": "v1.0.0", "prerelease": false, "assets": [
                { "name": format!("{name}-linux-x64.tar.gz"),
                  "browser_download_url": format!("https://github.com/{owner}/{name}/releases/download/v1.0.0/{name}-linux-x64.tar.gz") },
            ] });
            if matches!(parts, [.., "releases"]) {
                json!([release])
            } else {
                release
            }
        }
        ["repos", owner, name] => repository(world, owner, name),
        ["users", login] => json!({ "login": login, "id": 1, "type": "User" }),
        _ => json!([]),
    }
}

fn repository(world: &World, owner: &str, name: &str) -> Value {
    json!({
        "id": 1_296_269,
        "name": name,
        "full_name": format!("{owner}/{name}"),
        "private": true,
        "owner": { "login": owner },
        "default_branch": "main",
        "permissions": { "admin": true, "push": true, "pull": true },
        "html_url": format!("https://github.com/{owner}/{name}"),
        "clone_url": format!("https://github.com/{owner}/{name}.git"),
        "pushed_at": iso_date(world.clock.now()),
    })
}
