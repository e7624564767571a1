//! To whom a path belongs: the package itself, another package, the project, the user or the system.

use crate::trace::Header;
use std::collections::BTreeSet;

/// Whose a path is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The package's own directory, its bundled dependencies included.
    Own,
    /// Another package below a `node_modules`, or an installed application; with its name or directory.
    Other(String),
    /// What tools keep beside packages: `node_modules/.cache`, `.bin` and other dot directories, and caches of the user.
    Cache,
    /// The project that uses the package.
    Project,
    /// The user's home directory, outside the project.
    Home,
    /// Temporary directories.
    Temp,
    /// Devices and kernel files, which hold nothing.
    Device,
    /// Everything else.
    System,
}

/// Knows the directories of a trace.
#[derive(Clone, Debug, Default)]
pub struct Places {
    root: String,
    project: String,
    homes: BTreeSet<String>,
}

/// Directories in which applications are installed, as they follow a home directory or stand alone. Writing there changes
/// a program of somebody else.
const APPLICATIONS: &[&str] = &[
    "/usr/lib/node_modules/",
    "/usr/local/lib/node_modules/",
    "/usr/share/code/",
    "/opt/",
    "/Applications/",
    "/.vscode/extensions/",
    "/.vscode-server/",
    "/.cursor/extensions/",
    "/.config/discord/",
    "/.config/Slack/",
    "/Library/Application Support/",
    "/AppData/Local/Programs/",
    "/AppData/Local/Discord/",
    "/Program Files",
];

impl Places {
    /// The directories that a trace's header tells: the package's root, the project around it, and the homes of planted
    /// files and of the root.
    #[must_use]
    pub fn new(header: &Header) -> Places {
        let root = normal(&header.package.root);
        let project = match root.split_once("/node_modules/") {
            Some((project, _)) => project.to_owned(),
            None => root.clone(),
        };
        let files = header.decoys.iter().flat_map(|decoy| &decoy.files);
        let homes = files
            .map(|file| normal(file))
            .chain([root.clone()])
            .filter_map(|path| home_of(&path))
            .collect();
        Places {
            root,
            project,
            homes,
        }
    }

    /// The package's own directory, without a slash at the end.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The project's directory, without a slash at the end.
    #[must_use]
    pub fn project(&self) -> &str {
        &self.project
    }

    /// The home directories.
    pub(super) fn homes(&self) -> &BTreeSet<String> {
        &self.homes
    }

    /// The path below the home directory it lies in, without a slash in front: `.ssh/config`. Empty for a home itself.
    #[must_use]
    pub fn in_home(&self, path: &str) -> Option<String> {
        let path = normal(path);
        let home = home_of(&path).filter(|home| self.homes.contains(home) || home == "/root")?;
        let rest = path.get(home.len()..)?;
        Some(rest.trim_start_matches('/').to_owned())
    }

    /// Whether removing `path` takes a home directory, the project or the whole system with it.
    #[must_use]
    pub fn holds_everything(&self, path: &str) -> bool {
        let path = normal(path);
        let below = |base: &str| base == path || is_below(base, &path);
        path == "/" || below(&self.project) || self.homes.iter().any(|home| below(home))
    }

    /// Whose the path is.
    #[must_use]
    pub fn of(&self, path: &str) -> Place {
        let path = normal(path);
        if path == self.root || is_below(&path, &self.root) {
            return Place::Own;
        }
        if is_device(&path) {
            return Place::Device;
        }
        if let Some((_, rest)) = path.rsplit_once("/node_modules/") {
            return package_name(rest).map_or(Place::Cache, Place::Other);
        }
        if let Some(application) = application(&path) {
            return Place::Other(application);
        }
        if is_temporary(&path) {
            return Place::Temp;
        }
        if path == self.project || is_below(&path, &self.project) {
            return Place::Project;
        }
        match self.in_home(&path) {
            Some(rest) if is_cache(&rest) => Place::Cache,
            Some(_) => Place::Home,
            None => Place::System,
        }
    }
}

/// The package to which a path below `node_modules` belongs; `None` for dot directories and for a lone scope.
fn package_name(rest: &str) -> Option<String> {
    let mut parts = rest.split('/');
    let first = parts.next().filter(|part| !part.is_empty())?;
    if first.starts_with('.') {
        return None;
    }
    if !first.starts_with('@') {
        return Some(first.to_owned());
    }
    parts.next().map(|second| format!("{first}/{second}"))
}

/// The directory of the installed application that holds a path.
fn application(path: &str) -> Option<String> {
    APPLICATIONS.iter().find_map(|directory| {
        let start = match directory.starts_with("/usr") || *directory == "/opt/" {
            true => path.starts_with(directory).then_some(0)?,
            false => path.find(directory)?,
        };
        path.get(..start + directory.len())
            .map(|text| text.trim_end_matches('/').to_owned())
    })
}

fn is_temporary(path: &str) -> bool {
    let lower = path.to_lowercase();
    [
        "/tmp",
        "/var/tmp",
        "/dev/shm",
        "/private/tmp",
        "/var/folders",
    ]
    .iter()
    .any(|base| lower == *base || is_below(&lower, base))
        || lower.contains("/appdata/local/temp/")
        || lower.contains("/windows/temp/")
}

fn is_device(path: &str) -> bool {
    (path.starts_with("/dev/") && !path.starts_with("/dev/shm"))
        || path.starts_with("/proc/")
        || path.starts_with("/sys/")
}

/// Whether a path below a home is a cache that any tool may fill and empty.
fn is_cache(rest: &str) -> bool {
    [
        ".cache/",
        ".npm/",
        "Library/Caches/",
        ".node-gyp/",
        ".electron-gyp/",
    ]
    .iter()
    .any(|cache| rest.starts_with(cache) || rest == cache.trim_end_matches('/'))
        || rest.starts_with("AppData/Local/") && rest.to_lowercase().contains("cache")
}

/// Whether `path` lies below `base`, which is not a match for itself.
fn is_below(path: &str, base: &str) -> bool {
    !base.is_empty()
        && path
            .strip_prefix(base)
            .is_some_and(|rest| rest.starts_with('/') && rest.len() > 1)
}

/// The home directory that a path lies in, by the layouts of Linux, macOS and Windows.
fn home_of(path: &str) -> Option<String> {
    if path == "/root" || path.starts_with("/root/") {
        return Some("/root".to_owned());
    }
    let start = ["/home/", "/Users/"].iter().find_map(|base| {
        let at = path.find(base)?;
        // Windows paths have a drive in front.
        (at == 0 || at == 2 && path.as_bytes().get(1) == Some(&b':')).then_some(at + base.len())
    })?;
    let rest = path.get(start..)?;
    let name = rest.split('/').next().filter(|name| !name.is_empty())?;
    path.get(..start + name.len()).map(str::to_owned)
}

/// A path with forward slashes, without `.`, `..` and empty parts, and without a slash at the end.
#[must_use]
pub(super) fn normal(path: &str) -> String {
    // ECMAScript modules are named by addresses.
    let path = path.strip_prefix("file://").unwrap_or(path);
    let forward = path.replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in forward.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let slash = if forward.starts_with('/') { "/" } else { "" };
    format!("{slash}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::PackageId;

    fn places() -> Places {
        Places::new(&Header {
            package: PackageId {
                root: "/home/u/work/app/node_modules/sample".into(),
                ..PackageId::default()
            },
            ..Header::default()
        })
    }

    #[test]
    fn every_path_has_an_owner() {
        let places = places();
        let own = "/home/u/work/app/node_modules/sample";
        for (path, place) in [
            (format!("{own}/lib/a.js"), Place::Own),
            (format!("{own}/node_modules/dep/a.js"), Place::Own),
            (
                format!("{own}-evil/a.js"),
                Place::Other("sample-evil".into()),
            ),
            (format!("{own}/../@s/x/a.js"), Place::Other("@s/x".into())),
            (format!("{own}/../.bin/tool"), Place::Cache),
            ("/home/u/work/app/src/a.js".into(), Place::Project),
            ("/home/u/.bashrc".into(), Place::Home),
            ("/home/u/.cache/tool/x".into(), Place::Cache),
            ("/tmp/x".into(), Place::Temp),
            ("/etc/passwd".into(), Place::System),
            ("/dev/null".into(), Place::Device),
            (
                "/usr/lib/node_modules/npm/index.js".into(),
                Place::Other("npm".into()),
            ),
            (
                "/home/u/.config/discord/app/index.js".into(),
                Place::Other("/home/u/.config/discord".into()),
            ),
        ] {
            assert_eq!(places.of(&path), place, "{path}");
        }
    }

    #[test]
    fn a_home_and_what_is_above_it_holds_everything() {
        let places = places();
        for path in ["/", "/home", "/home/u", "/home/u/work", "/home/u/work/app/"] {
            assert!(places.holds_everything(path), "{path}");
        }
        assert!(!places.holds_everything("/home/u/work/app/dist"));
        assert!(!places.holds_everything("/home/other"));
    }

    #[test]
    fn windows_paths_are_understood() {
        assert_eq!(normal("C:\\Users\\u\\..\\u\\a.txt"), "C:/Users/u/a.txt");
        assert_eq!(home_of("C:/Users/u/a.txt").as_deref(), Some("C:/Users/u"));
    }
}
