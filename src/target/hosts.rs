//! The hosts that a manifest claims as its own: repository, homepage, bug tracker, funding.

use serde_json::Value;
use std::collections::BTreeSet;

/// Fields of a manifest that hold addresses of the project.
const FIELDS: [&str; 4] = ["repository", "homepage", "bugs", "funding"];
/// Addresses that are looked at: a list of funding pages may be endless.
const MOST: usize = 50;

/// Shorthands that npm knows for repositories, and the hosts they mean.
const SHORTHANDS: [(&str, &str); 4] = [
    ("github:", "github.com"),
    ("gitlab:", "gitlab.com"),
    ("bitbucket:", "bitbucket.org"),
    ("gist:", "gist.github.com"),
];

/// Lower-case host names from a manifest, sorted.
pub(super) fn own_hosts(manifest: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    for field in FIELDS {
        match manifest.get(field) {
            Some(Value::Array(list)) => list.iter().for_each(|item| push(item, &mut texts)),
            Some(item) => push(item, &mut texts),
            None => {}
        }
    }
    let hosts: BTreeSet<String> = texts
        .iter()
        .take(MOST)
        .filter_map(|text| host(text))
        .collect();
    hosts.into_iter().collect()
}

fn push<'v>(item: &'v Value, texts: &mut Vec<&'v str>) {
    match item {
        Value::String(text) => texts.push(text),
        Value::Object(fields) => texts.extend(fields.get("url").and_then(Value::as_str)),
        _ => {}
    }
}

fn host(text: &str) -> Option<String> {
    for (prefix, host) in SHORTHANDS {
        if text.starts_with(prefix) {
            return Some(host.to_owned());
        }
    }
    if let Ok(url) = url::Url::parse(text.trim_start_matches("git+")) {
        return url.host_str().map(str::to_lowercase);
    }
    // The form of ssh, `git@host:owner/name`, which is no URL.
    if let Some((user, rest)) = text.split_once('@')
        && let Some((host, _)) = rest.split_once(':')
        && !user.contains('/')
    {
        return Some(host.to_lowercase());
    }
    // `owner/name` alone means the same as behind `github:`.
    let mut parts = text.split('/');
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    match (parts.next(), parts.next(), parts.next()) {
        (Some(owner), Some(name), None) if plain(owner) && plain(name) => {
            Some("github.com".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_all_their_forms_give_hosts() {
        let manifest = serde_json::json!({
            "repository": { "url": "git+ssh://git@Code.Example/x/y.git" },
            "homepage": "https://tool.example/#readme",
            "bugs": { "url": 7 },
            "funding": ["git@forge.example:x/y.git", { "url": "https://fund.example/z" }, null, "a/b"],
        });
        assert_eq!(
            own_hosts(&manifest),
            [
                "code.example",
                "forge.example",
                "fund.example",
                "github.com",
                "tool.example"
            ]
        );
    }

    #[test]
    fn what_is_no_address_gives_nothing() {
        let manifest = serde_json::json!({ "repository": [["x"]], "homepage": "see readme", "bugs": "mailto:a@b.example" });
        assert!(own_hosts(&manifest).is_empty());
    }
}
