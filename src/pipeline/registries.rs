//! The well-known registries, as set-up learnt them from the package managers of this machine.

use crate::error::Error;
use serde::Deserialize;
use std::collections::BTreeSet;
use url::Url;

/// What set-up wrote: addresses by use.
static EMBEDDED: &str = include_str!(env!("LAZARET_REGISTRIES"));

/// Addresses of registries.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Registries {
    /// The address from which npm installs, with a slash at the end; empty when unknown.
    #[serde(default)]
    pub npm: String,
    /// All addresses, those that are only defaults included.
    #[serde(default)]
    pub all: Vec<String>,
}

impl Registries {
    /// Those that are embedded in this program.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when set-up wrote something else.
    pub fn embedded() -> Result<Registries, Error> {
        serde_json::from_str(EMBEDDED)
            .map_err(|error| Error::Internal(format!("the embedded registries: {error}")))
    }

    /// The host names, npm's first and the others sorted.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        let host = |address: &String| Url::parse(address).ok()?.host_str().map(str::to_lowercase);
        let mut hosts: Vec<String> = host(&self.npm).into_iter().collect();
        let others: BTreeSet<String> = self
            .all
            .iter()
            .filter_map(host)
            .filter(|host| !hosts.contains(host))
            .collect();
        hosts.extend(others);
        hosts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_once_with_npms_first() {
        let registries = Registries {
            npm: "https://npm.example/".into(),
            all: vec![
                "https://b.example/x".into(),
                "https://npm.example/".into(),
                "https://a.example/".into(),
                "?".into(),
            ],
        };
        assert_eq!(
            registries.hosts(),
            ["npm.example", "a.example", "b.example"]
        );
    }
}
