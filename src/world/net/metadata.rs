//! The metadata services of cloud machines: the doors through which a thief gets the machine's own credentials. They hand
//! out decoys.

use super::super::World;
use super::HttpResponse;
use super::http::Request;
use super::names::METADATA;
use super::wire::iso_date;
use serde_json::{Value, json};
use url::{Host, Url};

/// Where containers of AWS get the credentials of their task.
const CONTAINER: std::net::Ipv4Addr = std::net::Ipv4Addr::new(169, 254, 170, 2);

/// The role of the made-up machine.
const ROLE: &str = "storefront-web-role";

/// Seconds that credentials are good for.
const LIFETIME: u64 = 21_600;

/// Answers when the request goes to a metadata service.
pub(super) fn answer(world: &World, request: &Request, url: &Url) -> Option<HttpResponse> {
    let is_service = match url.host()? {
        Host::Ipv4(address) => address == METADATA || address == CONTAINER,
        Host::Domain(name) => {
            name.starts_with("metadata.goog") || name.starts_with("instance-data")
        }
        Host::Ipv6(_) => false,
    };
    if !is_service {
        return None;
    }
    let path = url.path();
    Some(if path.starts_with("/computeMetadata/") {
        google(world, request, path)
    } else if path.starts_with("/metadata/") {
        azure(world, request, path)
    } else if path.starts_with("/v2/credentials") || path.starts_with("/v4/") {
        HttpResponse::json(200, &credentials(world))
    } else {
        amazon(world, request, path)
    })
}

fn secret<'a>(world: &'a World, name: &str) -> &'a str {
    let known = world.net.metadata_secrets.get(name);
    known.map_or(super::inert::MARK, String::as_str)
}

fn plain(text: impl Into<String>) -> HttpResponse {
    HttpResponse::text(200, "text/plain", text.into())
}

fn missing() -> HttpResponse {
    HttpResponse::text(404, "text/plain", "Not Found\n")
}

/// The service of AWS, in its second version and in the first, which asks for no token.
fn amazon(world: &World, request: &Request, path: &str) -> HttpResponse {
    // The versions are dates or `latest`; all have the same tree.
    let mut parts = path.splitn(3, '/').skip(1);
    let (version, rest) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    if version.is_empty() {
        return plain("1.0\n2021-07-15\nlatest");
    }
    if rest == "api/token" {
        return if request.method == "PUT" {
            plain("AQAEAINERT-PAYLOAD-TOKEN-0000000000000000000000000000000==")
        } else {
            HttpResponse::text(405, "text/plain", "")
        };
    }
    match rest.trim_end_matches('/') {
        "" => plain("dynamic\nmeta-data\nuser-data"),
        "meta-data" => plain(
            "ami-id\nhostname\niam/\ninstance-id\ninstance-type\nlocal-ipv4\nplacement/\npublic-ipv4",
        ),
        "meta-data/ami-id" => plain("ami-0a1b2c3d4e5f60718"),
        "meta-data/hostname" | "meta-data/local-hostname" => plain(world.persona.hostname.clone()),
        "meta-data/iam" => plain("info\nsecurity-credentials/"),
        "meta-data/iam/info" => HttpResponse::json(
            200,
            &json!({
                "Code": "Success",
                "InstanceProfileArn": format!("arn:aws:iam::111122223333:instance-profile/{ROLE}"),
            }),
        ),
        "meta-data/iam/security-credentials" => plain(ROLE),
        "meta-data/instance-id" => plain("i-0123456789abcdef0"),
        "meta-data/instance-type" => plain("t3.medium"),
        "meta-data/local-ipv4" => plain(world.persona.address.clone()),
        "meta-data/placement/region" => plain("us-east-1"),
        "meta-data/placement/availability-zone" => plain("us-east-1a"),
        "meta-data/public-ipv4" => plain(super::services::PUBLIC_ADDRESS),
        "dynamic/instance-identity/document" => HttpResponse::json(
            200,
            &json!({
                "accountId": "111122223333",
                "instanceId": "i-0123456789abcdef0",
                "region": "us-east-1",
            }),
        ),
        role if role.strip_prefix("meta-data/iam/security-credentials/") == Some(ROLE) => {
            HttpResponse::json(200, &credentials(world))
        }
        _ => missing(),
    }
}

fn credentials(world: &World) -> Value {
    let now = world.clock.now();
    json!({
        "Code": "Success",
        "LastUpdated": iso_date(now),
        "Type": "AWS-HMAC",
        "AccessKeyId": secret(world, "aws-key-id"),
        "SecretAccessKey": secret(world, "aws-secret-key"),
        "Token": secret(world, "aws-session-token"),
        "Expiration": iso_date(now.saturating_add(LIFETIME * 1_000_000_000)),
    })
}

/// The service of Google, which wants a field that browsers do not send.
fn google(world: &World, request: &Request, path: &str) -> HttpResponse {
    if request.header("metadata-flavor").is_none() {
        return HttpResponse::text(403, "text/html", "");
    }
    let answer = if path.ends_with("/token") {
        HttpResponse::json(
            200,
            &json!({
                "access_token": secret(world, "gcp-access-token"),
                "expires_in": 3_599,
                "token_type": "Bearer",
            }),
        )
    } else if path.ends_with("/project-id") {
        plain("storefront-412507")
    } else if path.ends_with("/email") {
        plain("111122223333-compute@developer.gserviceaccount.com")
    } else if path.ends_with("/service-accounts/") {
        plain("default/\n")
    } else if path.ends_with("/hostname") || path.ends_with("/name") {
        plain(world.persona.hostname.clone())
    } else {
        missing()
    };
    answer.with("metadata-flavor", "Google")
}

/// The service of Azure.
fn azure(world: &World, request: &Request, path: &str) -> HttpResponse {
    if request.header("metadata").is_none() {
        return HttpResponse::json(
            400,
            &json!({ "error": "Required metadata header not specified" }),
        );
    }
    if path.starts_with("/metadata/identity") {
        return HttpResponse::json(
            200,
            &json!({
                "access_token": secret(world, "azure-access-token"),
                "expires_in": "86399",
                "token_type": "Bearer",
            }),
        );
    }
    HttpResponse::json(
        200,
        &json!({
            "compute": { "name": world.persona.hostname, "location": "westeurope", "osType": "Linux" },
        }),
    )
}
