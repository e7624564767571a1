//! Paths of the world: always absolute, separated by slashes, never those of the host.

/// Makes a path absolute from a directory and removes `.`, `..` and doubled slashes, without looking at links.
#[must_use]
pub fn absolute(directory: &str, path: &str) -> String {
    let start = if path.starts_with('/') { "" } else { directory };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_and_slashes_vanish_and_the_root_has_no_parent() {
        assert_eq!(absolute("/a/b", "../c//./d/"), "/a/c/d");
        assert_eq!(absolute("/a", "/x/../../y"), "/y");
        assert_eq!(absolute("/", ".."), "/");
    }
}
