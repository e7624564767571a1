//! The manifest and what is planned from it: hostile JSON never leads out of the package, and planning ends soon.

use super::archive::entry;
use super::input::Input;
use super::text::is_harmless;
use bytes::Bytes;
use lazaret::plan::{self, Action, Origin};
use lazaret::target::Manifest;
use lazaret::unpack::{self, Quotas, Tree};

/// Entry points in all, as docs/limits.md has it.
const MOST: usize = 2_000;

/// Files of a package that exports maps lead to.
const FILES: &str = "index.js\nlib/a.js\nlib/b.mjs\nlib/deep/c.cjs\nlib/é.js\ntypes/a.d.ts\ndata.json\nstyle.css\nbinding.gyp\na*b.js";

/// A manifest as text, with the names of the package's files behind a NUL; or, when the first byte is no `{`, orders for one.
pub(crate) fn run(data: &[u8]) {
    let mut parts = data.splitn(2, |&byte| byte == 0);
    let (text, files) = (parts.next().unwrap_or_default(), parts.next());
    let files = files.map_or_else(|| FILES.into(), String::from_utf8_lossy);
    if text
        .first()
        .is_none_or(|&byte| matches!(byte, b'{' | b'[' | b' ' | 0xef))
    {
        check(text, &files);
    } else {
        check(orders(&mut Input::new(data)).as_bytes(), FILES);
    }
}

fn check(text: &[u8], files: &str) {
    let manifest = match Manifest::parse(text) {
        Ok(manifest) => manifest,
        Err(error) => {
            let line = error.to_string();
            assert!(is_harmless(&line), "{line:?}");
            return;
        }
    };
    let Some(tree) = tree(files) else { return };
    let directory = manifest.directory_name().to_owned();
    check_name(&directory);
    for (name, path) in &manifest.bin {
        assert!(
            !name.contains('/') && !name.is_empty(),
            "the program {name:?}"
        );
        assert!(is_inside(path), "the program at {path:?}");
    }
    let lines =
        u32::try_from(text.iter().filter(|&&byte| byte == b'\n').count()).unwrap_or(u32::MAX);
    for name in manifest.scripts.keys() {
        assert!(manifest.script_line(name) <= lines + 1);
    }
    drop(manifest.facts());
    for origin in [Origin::Archive, Origin::Directory] {
        let plan = plan::plan(&tree, &manifest, origin);
        let mut entries = 0;
        for step in &plan.steps {
            assert!(
                plan::phases().any(|phase| phase == step.phase),
                "{}",
                step.phase
            );
            if let Action::Import { entries: some } = &step.action {
                entries += some.len();
                for (_, specifier) in some {
                    let rest = specifier
                        .strip_prefix(&directory)
                        .expect("the package's name");
                    assert!(
                        rest.is_empty() || rest.starts_with('/'),
                        "the specifier {specifier:?}"
                    );
                }
            }
        }
        assert!(entries <= MOST, "{entries} entry points");
        let machine = plan::Machine::default();
        for step in &plan.steps {
            drop(plan::environment(
                &machine,
                &manifest,
                &step.phase,
                &step.command,
            ));
        }
    }
}

fn check_name(name: &str) {
    let parts: Vec<&str> = name.split('/').collect();
    assert!(
        parts.len() <= 2 && (parts.len() == 1 || name.starts_with('@')),
        "the directory {name:?}"
    );
    assert!(
        parts
            .iter()
            .all(|part| !matches!(*part, "" | "." | ".." | "@")),
        "the directory {name:?}"
    );
    assert!(
        name.is_ascii() && name.len() <= 214,
        "the directory {name:?}"
    );
}

fn is_inside(path: &str) -> bool {
    !path.starts_with('/') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// A package with these files; `None` when they cannot be one.
fn tree(files: &str) -> Option<Tree> {
    let mut archive = Vec::new();
    for file in files.lines().filter(|file| !file.is_empty()).take(30) {
        archive.extend(entry(format!("package/{file}").as_bytes(), b'0', b"", b"0"));
    }
    unpack::archive(&Bytes::from(archive), &Quotas::default()).ok()
}

/// JSON with the keys and values that matter, nested as the input says.
fn orders(input: &mut Input<'_>) -> String {
    let mut text = String::from("{\"name\":\"@s/n\",\"exports\":");
    value(input, 0, &mut text);
    text.push_str(",\"scripts\":{\"install\":");
    text.push_str(&serde_json::Value::from(input.text()).to_string());
    text.push_str("},\"main\":");
    value(input, 60, &mut text);
    text.push('}');
    text
}

fn value(input: &mut Input<'_>, depth: usize, text: &mut String) {
    const KEYS: [&str; 14] = [
        ".",
        "./a",
        "./*",
        "./lib/*",
        "./*.js",
        "./*/x/*",
        "import",
        "require",
        "default",
        "node",
        "browser",
        "types",
        "./lib/*.mjs",
        "*",
    ];
    const TARGETS: [&str; 12] = [
        "./index.js",
        "./lib/a.js",
        "./lib/*.js",
        "./*",
        "./lib/*/*.cjs",
        "../x",
        "./a/../b",
        "./node_modules/x.js",
        "x",
        "./lib/*",
        "./a*b.js",
        "",
    ];
    let kind = if depth > 60 || input.is_empty() {
        0
    } else {
        input.below(5)
    };
    match kind {
        0 => text.push_str(&serde_json::Value::from(input.pick(&TARGETS)).to_string()),
        1 | 2 => {
            text.push('{');
            for index in 0..=input.below(4) {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&serde_json::Value::from(input.pick(&KEYS)).to_string());
                text.push(':');
                value(input, depth + 1, text);
            }
            text.push('}');
        }
        3 => {
            text.push('[');
            for index in 0..=input.below(3) {
                if index > 0 {
                    text.push(',');
                }
                value(input, depth + 1, text);
            }
            text.push(']');
        }
        _ => text.push_str(["null", "true", "-1e99"][input.below(3)]),
    }
}

/// Manifests with every field, right and wrong.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let nest = |depth: usize| {
        let open = "{\"default\":".repeat(depth);
        format!("{{\"exports\":{open}\"./index.js\"{}}}", "}".repeat(depth))
    };
    let mut seeds: Vec<Vec<u8>> = [
        r#"{"name":"@s/n","version":"1.0.0","main":"lib","bin":{"x":"./lib/a.js","y":"../z"},"scripts":{"install":"node x",
"postinstall":"true"},"type":"module","gypfile":false,"repository":"a/b","homepage":"https://x.example/","bugs":{"url":"git@h.example:a/b"}}"#,
        r#"{"name":"n","exports":{".":{"import":"./lib/b.mjs","require":["./x",null,"./index.js"]},"./*":"./lib/*.js","./lib/*":null,
"./a/*/b":"./lib/*/*.cjs"},"config":{"a":"b"},"engines":{"node":">=1"},"dependencies":{"d":"*"}}"#,
        r#"{"name":"../../x","main":"/../../etc/passwd","bin":"cli.js","scripts":[],"exports":"./../x"}"#,
        "\u{feff}{\"name\":7,\"scripts\":{\"\\u0000\":1}}",
        "{}\0a.js\nb.mjs\nbinding.gyp",
        "x\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\u{9}\u{a}\u{b}\u{c}\u{d}\u{e}",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    seeds.extend([12, 31, 40].map(|depth| nest(depth).into_bytes()));
    seeds
}
