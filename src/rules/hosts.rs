//! Hosts: where an access went, and how much reason a package has to go there.

use crate::trace::Header;
use std::net::IpAddr;

/// How near a host is to a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The machine itself; nothing leaves.
    Local,
    /// A well-known registry.
    Registry,
    /// A host that stands in the package's metadata.
    Own,
    /// A host that stands nowhere in the package's metadata.
    Foreign,
    /// A bare address.
    Address,
}

/// The host of a `net.*` subject: of `METHOD URL`, of `host:port`, of a bare name. Lower-case, without a port, without
/// brackets and without a dot at the end.
#[must_use]
pub(super) fn host_of(subject: &str) -> String {
    let text = match subject.split_once("://") {
        Some((_, rest)) => {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
            authority.rsplit('@').next().unwrap_or(authority)
        }
        None => subject.split_whitespace().next_back().unwrap_or(subject),
    };
    without_port(text).trim_end_matches('.').to_lowercase()
}

fn without_port(text: &str) -> &str {
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    match text.rsplit_once(':') {
        // More than one colon without brackets is a bare IPv6 address.
        Some((host, port)) if !host.contains(':') && port.bytes().all(|b| b.is_ascii_digit()) => {
            host
        }
        _ => text,
    }
}

/// Whether `host` is `entry`, or below it when `entry` starts with a dot.
#[must_use]
pub(super) fn matches(host: &str, entry: &str) -> bool {
    let entry = entry.to_lowercase();
    match entry.strip_prefix('.') {
        Some(name) => host == name || host.ends_with(&entry),
        None => host == entry,
    }
}

/// Suffixes below which anyone gets a name: neighbours there have different owners.
const SHARED: &[&str] = &[
    "amazonaws.com",
    "azurewebsites.net",
    "cloudfront.net",
    "firebaseapp.com",
    "github.io",
    "gitlab.io",
    "googleapis.com",
    "herokuapp.com",
    "netlify.app",
    "ngrok.io",
    "pages.dev",
    "vercel.app",
    "web.app",
    "workers.dev",
];

/// The part of a name under which its owner makes names: the last two labels, three where the last but one is a short
/// word such as `co` below a country or where anyone gets a name. A list of public suffixes would be exact; this errs
/// towards grouping less.
#[must_use]
pub(super) fn parent_of(host: &str) -> &str {
    if host.parse::<IpAddr>().is_ok() {
        return host;
    }
    let dots: Vec<usize> = host.match_indices('.').map(|(at, _)| at).collect();
    let cut = |labels: usize| match dots.len().checked_sub(labels) {
        Some(index) => dots.get(index).and_then(|at| host.get(at + 1..)),
        None => Some(host),
    };
    let two = cut(2).unwrap_or(host);
    let short = two
        .split_once('.')
        .is_some_and(|(name, country)| name.len() <= 3 && country.len() == 2);
    match short || SHARED.contains(&two) {
        true => cut(3).unwrap_or(two),
        false => two,
    }
}

/// How near a host is.
#[must_use]
pub(super) fn reach(header: &Header, host: &str) -> Reach {
    if is_local(host) {
        return Reach::Local;
    }
    if header.registries.iter().any(|entry| matches(host, entry)) {
        return Reach::Registry;
    }
    if host.parse::<IpAddr>().is_ok() {
        return Reach::Address;
    }
    let own = |entry: &String| host == entry || parent_of(host) == parent_of(entry);
    match header.manifest.own_hosts.iter().any(own) {
        true => Reach::Own,
        false => Reach::Foreign,
    }
}

/// Whether a host is the machine itself.
fn is_local(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => v4.is_loopback() || v4.is_unspecified(),
        Ok(IpAddr::V6(v6)) => v6.is_loopback() || v6.is_unspecified(),
        Err(_) => {
            host.is_empty()
                || host == "localhost"
                || host.ends_with(".localhost")
                || host.starts_with('/')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_found_in_every_subject() {
        for (subject, host) in [
            ("POST https://u:p@Api.Example:8443/x?y", "api.example"),
            ("api.example:443", "api.example"),
            ("api.example.", "api.example"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("192.0.2.1:80", "192.0.2.1"),
        ] {
            assert_eq!(host_of(subject), host, "{subject}");
        }
    }

    #[test]
    fn a_parent_is_what_one_owner_holds() {
        assert_eq!(parent_of("a.b.c.example"), "c.example");
        assert_eq!(parent_of("a.b.co.uk"), "b.co.uk");
        assert_eq!(parent_of("example"), "example");
        assert_eq!(parent_of("x.me.github.io"), "me.github.io");
        assert_eq!(parent_of("192.0.2.1"), "192.0.2.1");
    }

    #[test]
    fn own_hosts_cover_their_siblings_and_registries_come_first() {
        let mut header = Header::default();
        header.manifest.own_hosts = vec!["www.tool.example".into()];
        header.registries = vec!["registry.test".into()];
        assert_eq!(reach(&header, "cdn.tool.example"), Reach::Own);
        assert_eq!(reach(&header, "registry.test"), Reach::Registry);
        assert_eq!(reach(&header, "evil.example"), Reach::Foreign);
        assert_eq!(reach(&header, "192.0.2.7"), Reach::Address);
        assert_eq!(reach(&header, "127.0.0.1"), Reach::Local);
    }
}
