use super::tests::paths;
use super::*;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

fn write(root: &Path, path: &str, content: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("below the root")).expect("writable");
    fs::write(path, content).expect("writable");
}

fn read(root: &Path) -> Tree {
    directory(&open_directory(root).expect("there"), &Quotas::default()).expect("lawful")
}

#[test]
fn a_directory_is_read_without_its_history_and_never_out_of_it() {
    let root = tempfile::tempdir().expect("a directory");
    let root = root.path();
    write(root, "package.json", "{}");
    write(root, "lib/a.js", "1");
    write(root, ".git/config", "secret");
    symlink("lib/a.js", root.join("in.js")).expect("writable");
    symlink("/etc/passwd", root.join("out.js")).expect("writable");
    symlink("lib/../../x", root.join("up.js")).expect("writable");
    let tree = read(root);
    assert_eq!(paths(&tree), ["in.js", "lib/a.js", "package.json"]);
    assert_eq!(tree.notes().len(), 2);
    assert_eq!(
        tree.get("in.js").map(|entry| &entry.content),
        Some(&Content::Link("lib/a.js".into()))
    );
}

#[test]
fn of_node_modules_only_what_is_needed_is_read() {
    let root = tempfile::tempdir().expect("a directory");
    let root = root.path();
    write(
        root,
        "package.json",
        r#"{"dependencies": {"a": "1", "../x": "1", "l": "1"}}"#,
    );
    let modules = root.join("node_modules");
    write(
        &modules,
        "a/package.json",
        r#"{"dependencies": {"b": "1", "@s/c": "1"}}"#,
    );
    write(&modules, "a/node_modules/b/index.js", "own b");
    write(&modules, "b/index.js", "other b");
    write(
        &modules,
        "@s/c/package.json",
        r#"{"dependencies": {"a": "1"}}"#,
    );
    write(&modules, "unused/index.js", "");
    write(
        &modules,
        ".store/l@1/node_modules/l/package.json",
        r#"{"dependencies": {"m": "1"}}"#,
    );
    write(&modules, ".store/l@1/node_modules/m/index.js", "m");
    symlink(".store/l@1/node_modules/l", modules.join("l")).expect("writable");
    fs::create_dir(modules.join(".bin")).expect("writable");
    symlink("../a/package.json", modules.join(".bin/a")).expect("writable");
    symlink("../unused/index.js", modules.join(".bin/unused")).expect("writable");
    let tree = read(root);
    assert_eq!(
        paths(&tree),
        [
            "node_modules/.bin/a",
            "node_modules/.store/l@1/node_modules/l/package.json",
            "node_modules/.store/l@1/node_modules/m/index.js",
            "node_modules/@s/c/package.json",
            "node_modules/a/node_modules/b/index.js",
            "node_modules/a/package.json",
            "node_modules/l",
            "package.json",
        ]
    );
}

#[test]
fn dependencies_beside_an_archive_or_around_a_directory_are_found() {
    let root = tempfile::tempdir().expect("a directory");
    let root = root.path();
    write(root, "x.tgz", "");
    write(root, "node_modules/a/index.js", "a");
    write(root, "node_modules/@s/x/package.json", "{}");
    let manifest = br#"{"dependencies": {"a": "1"}}"#;
    let beside = |path: &str| {
        let tree = beside(&root.join(path), manifest, &Quotas::default()).expect("readable");
        paths(&tree).join(" ")
    };
    assert_eq!(beside("x.tgz"), "a/index.js");
    assert_eq!(beside("node_modules/@s/x"), "a/index.js");
    assert_eq!(beside("node_modules/a"), "a/index.js");
    assert_eq!(beside("node_modules"), "");
}

#[test]
fn a_quota_leaves_dependencies_out_and_says_so() {
    let root = tempfile::tempdir().expect("a directory");
    let root = root.path();
    write(root, "x.tgz", "");
    write(root, "node_modules/a/1.js", "a");
    write(root, "node_modules/a/2.js", "a");
    let quotas = Quotas {
        entries: 1,
        ..Quotas::default()
    };
    let manifest = br#"{"dependencies": {"a": "1"}}"#;
    let tree = beside(&root.join("x.tgz"), manifest, &quotas).expect("readable");
    assert_eq!(tree.len(), 1);
    assert_eq!(
        tree.notes(),
        ["not all dependencies are there: more than 1 entries"]
    );
}

#[test]
fn only_regular_files_are_archives() {
    let error = open_archive(Path::new("/dev/zero"), &Quotas::default()).expect_err("a device");
    assert!(matches!(error, UnpackError::Special { .. }), "{error}");
    let gone = open_archive(Path::new("/nowhere/x.tgz"), &Quotas::default());
    assert!(matches!(gone, Err(UnpackError::Unreadable(_))));
}

#[test]
fn of_a_file_that_grows_no_more_is_read_than_the_quota() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("x.tgz");
    std::fs::write(&path, [0; 11]).expect("a writable directory");
    let quotas = Quotas {
        archive: 10,
        ..Quotas::default()
    };
    let error = open_archive(&path, &quotas).expect_err("too large");
    assert!(matches!(error, UnpackError::ArchiveTooLarge(10)), "{error}");
}
