use super::*;
use crate::unpack::{self, Quotas};

/// A tree of files with these paths; the manifest is the first one's content.
fn package(manifest: &str, files: &[&str]) -> (Tree, Manifest) {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in
        std::iter::once(("package.json", manifest)).chain(files.iter().map(|path| (*path, "")))
    {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, format!("package/{path}"), content.as_bytes())
            .expect("into memory");
    }
    let archive = builder.into_inner().expect("into memory").into();
    let tree = unpack::archive(&archive, &Quotas::default()).expect("a lawful archive");
    (tree, Manifest::parse(manifest.as_bytes()).expect("JSON"))
}

fn commands(manifest: &str, files: &[&str], origin: Origin) -> Vec<String> {
    let (tree, manifest) = package(manifest, files);
    plan(&tree, &manifest, origin)
        .steps
        .into_iter()
        .map(|step| format!("{}: {}", step.phase, step.command))
        .collect()
}

#[test]
fn a_program_is_started_or_its_functions_are_called() {
    let functions = |plan: Plan| -> Vec<usize> {
        let count = |step: &Step| match &step.action {
            Action::Call { functions, .. } => functions.len(),
            _ => 0,
        };
        plan.steps.iter().map(count).collect()
    };
    let start = program("p", Entry::Start("_start".into()));
    assert_eq!(start.steps[0].phase, "start");
    let names: Vec<String> = (0..MOST + 5).map(|n| format!("f{n}")).collect();
    let waiting = |count: usize| Entry::Functions {
        first: Some("_initialize".into()),
        names: names[..count].to_vec(),
    };
    assert_eq!(functions(program("p", waiting(2))), [1, 1]);
    assert_eq!(functions(program("p", waiting(0))), [0]);
    let many = program("p", waiting(MOST + 5));
    assert_eq!(functions(many.clone()).iter().sum::<usize>(), MOST);
    assert!(matches!(
        many.steps.last().unwrap().action,
        Action::Skip { gap: true, .. }
    ));
    let nothing = Entry::Functions {
        first: None,
        names: Vec::new(),
    };
    assert!(matches!(
        program("p", nothing).steps[0].action,
        Action::Skip { gap: false, .. }
    ));
}

#[test]
fn scripts_run_in_the_order_of_npm_and_only_a_directory_is_prepared() {
    let manifest = r#"{"name": "x", "scripts": {"prepare": "p", "postinstall": "c", "preinstall": "a", "install": "b", "test": "t"}}"#;
    assert_eq!(
        commands(manifest, &["index.js"], Origin::Archive),
        [
            "preinstall: a",
            "install: b",
            "postinstall: c",
            "import: require('x')",
            "import: import('x')"
        ]
    );
    let own = commands(manifest, &[], Origin::Directory);
    assert_eq!(own[3..], ["prepare: p", "import: "]);
}

#[test]
fn a_binding_is_built_unless_scripts_or_the_manifest_say_otherwise() {
    let implicit = |manifest| {
        commands(manifest, &["binding.gyp"], Origin::Archive)
            .contains(&"install: node-gyp rebuild".to_owned())
    };
    assert!(implicit("{}"));
    assert!(implicit(r#"{"scripts": {"postinstall": "x"}}"#));
    assert!(!implicit(r#"{"gypfile": false}"#));
    assert!(!implicit(r#"{"scripts": {"preinstall": "x"}}"#));
}

#[test]
fn the_main_entry_is_loaded_in_both_ways_and_other_files_once() {
    let manifest = r#"{"name": "@a/x", "exports": {
        ".": {"types": "./index.d.ts", "import": "./index.mjs", "require": "./index.cjs"},
        "./again": "./index.cjs",
        "./only": {"import": "./only.mjs"},
        "./lib/*": "./lib/*.js",
        "./gone": "./gone.js",
        "./package.json": "./package.json"
    }}"#;
    let files = [
        "index.mjs",
        "index.cjs",
        "only.mjs",
        "lib/a.js",
        "lib/b/c.js",
    ];
    assert_eq!(
        commands(manifest, &files, Origin::Archive),
        [
            "import: require('@a/x')",
            "import: require('@a/x/lib/a') ... require('@a/x/lib/b/c'), 2 entries",
            "import: import('@a/x')",
            "import: import('@a/x/only')",
        ]
    );
}

#[test]
fn main_is_found_as_node_finds_it() {
    let loads = |manifest, files: &[&str]| commands(manifest, files, Origin::Archive).len() == 2;
    assert!(loads(r#"{"main": "lib"}"#, &["lib/index.js"]));
    assert!(loads(r#"{"main": "./a"}"#, &["a.js"]));
    assert!(loads(r#"{"main": "gone"}"#, &["index.js"]));
    assert!(!loads(r#"{"main": "data.json"}"#, &["data.json"]));
    assert!(!loads("{}", &["cli.js"]));
}

#[test]
fn the_first_entries_are_alone_and_a_flood_of_others_is_grouped_and_bounded() {
    let files: Vec<String> = (0..2_100).map(|i| format!("lib/{i:04}.js")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let (tree, manifest) = package(r#"{"name": "x", "exports": {"./*": "./lib/*.js"}}"#, &files);
    let steps = plan(&tree, &manifest, Origin::Archive).steps;
    let count = |step: &Step| match &step.action {
        Action::Import { entries } => entries.len(),
        _ => 0,
    };
    assert_eq!(steps.iter().map(count).sum::<usize>(), MOST);
    let alone: Vec<&str> = steps
        .iter()
        .filter(|step| count(step) == 1)
        .map(|step| step.command.as_str())
        .collect();
    assert_eq!(alone, ["require('x/0000')", "import('x/0000')"]);
    assert_eq!(steps.len(), 2 + 8 + 1);
    assert!(matches!(
        steps.last().map(|s| &s.action),
        Some(Action::Skip { .. })
    ));
}

#[test]
fn the_place_of_a_script_is_its_line() {
    let (tree, manifest) = package("{\n\"scripts\": {\n  \"install\": \"x\"\n}}", &[]);
    let steps = plan(&tree, &manifest, Origin::Archive).steps;
    assert!(matches!(steps[0].action, Action::Script { line: 3, .. }));
}

#[test]
fn the_environment_is_that_of_npm() {
    let (_, manifest) = package(
        r#"{"name": "x", "version": "1.2.3", "bin": {"x-y": "./c.js"}, "engines": {"node": ">=18"}}"#,
        &[],
    );
    let machine = Machine {
        shell: [("PATH", "/usr/bin"), ("LANG", "C")]
            .map(|(n, v)| (n.into(), v.into()))
            .into(),
        home: "/home/u".into(),
        project: "/home/u/app".into(),
        root: "/home/u/app/node_modules/x".into(),
        node: "/usr/local/bin/node".into(),
        npm: "/usr/local/lib/node_modules/npm".into(),
        registry: String::new(),
        ..Machine::default()
    };
    let variables = environment(&machine, &manifest, "postinstall", "node c.js");
    let get = |name: &str| variables.get(name).map(String::as_str);
    assert_eq!(get("npm_lifecycle_event"), Some("postinstall"));
    assert_eq!(get("npm_lifecycle_script"), Some("node c.js"));
    assert_eq!(get("npm_package_version"), Some("1.2.3"));
    assert_eq!(get("npm_package_bin_x_y"), Some("c.js"));
    assert_eq!(get("npm_package_engines_node"), Some(">=18"));
    assert_eq!(get("LANG"), Some("C"));
    assert_eq!(get("npm_config_registry"), None);
    let path = get("PATH").expect("set");
    assert!(path.starts_with("/home/u/app/node_modules/x/node_modules/.bin:"));
    assert!(path.contains(":/home/u/app/node_modules/.bin:"));
    assert!(path.ends_with("/lib/node-gyp-bin:/usr/bin"));
}
