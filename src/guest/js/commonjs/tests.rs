use super::*;

fn names(source: &str) -> Vec<String> {
    read(source).names
}

fn modules(source: &str) -> Vec<String> {
    read(source).modules
}

#[test]
fn assigned_members_are_names() {
    let source = "exports.a = 1; exports['b-c'] = 2; module.exports.d = exports.e = 3; function f() { exports.g = 1 }";
    assert_eq!(names(source), ["a", "b-c", "d", "e", "g"]);
    assert!(names("my.exports.a = 1; exports.b; exports[c] = 1; $exports.d = 1").is_empty());
}

#[test]
fn members_of_a_literal_are_names_up_to_the_first_that_is_not_simple() {
    let source = "module.exports = { a, b: c, 'd': e, ...f, ...require('g'), h: 1, i }";
    assert_eq!(names(source), ["a", "b", "d"]);
    assert_eq!(modules(source), ["g"]);
    assert_eq!(names("module.exports = { a: function () {}, b }"), ["a"]);
    assert_eq!(
        names("0 && (module.exports = {\n  a,\n  b\n});"),
        ["a", "b"]
    );
}

#[test]
fn modules_are_exported_as_a_whole() {
    assert_eq!(modules("module.exports = require('./a')"), ["./a"]);
    assert_eq!(
        modules("module.exports = require('a'); module.exports = require(\"b\")"),
        ["b"]
    );
    let source = "__exportStar(require('a'), exports); tslib_1.__exportStar(require('b'), exports); __export(require('c'));";
    assert_eq!(modules(source), ["a", "b", "c"]);
    assert!(modules("function f() { __exportStar(require('a')) }").is_empty());
}

#[test]
fn properties_with_values_or_simple_getters_are_names() {
    let getter = |body: &str| {
        names(&format!(
            "Object.defineProperty(exports, 'a', {{ enumerable: true, {body} }});"
        ))
    };
    assert_eq!(getter("value: 1"), ["a"]);
    assert_eq!(getter("get: function () { return b.c; }"), ["a"]);
    assert_eq!(getter("get: function get() { return b['c'] }"), ["a"]);
    assert_eq!(getter("get() { return b; }"), ["a"]);
    assert!(getter("get: function () { return b(); }").is_empty());
    assert!(getter("get: () => b").is_empty());
    let hidden = "exports.a = 1; Object.defineProperty(exports, 'a', { get: () => steal() })";
    assert!(names(hidden).is_empty());
}

#[test]
fn loops_that_copy_all_names_of_a_module_export_it() {
    let bodies = [
        "if (k !== 'default') exports[k] = _a[k];",
        "if (k !== \"default\" && !exports.hasOwnProperty(k)) exports[k] = _a[k]",
        "if (k === \"default\" || k === \"__esModule\") return; exports[k] = _a[k];",
        "if (k === \"default\" || k === \"__esModule\") return;
         if (Object.prototype.hasOwnProperty.call(_names, k)) return;
         if (k in exports && exports[k] === _a[k]) return;
         Object.defineProperty(exports, k, { enumerable: true, get: function () { return _a[k]; } });",
    ];
    for body in bodies {
        let source =
            format!("var _a = require('./a'); Object.keys(_a).forEach(function (k) {{ {body} }});");
        assert_eq!(modules(&source), ["./a"], "{body}");
    }
    let other = "var _a = require('./a'); Object.keys(_b).forEach(function (k) { if (k !== 'default') exports[k] = _b[k]; });";
    assert!(modules(other).is_empty());
}

#[test]
fn comments_strings_templates_and_regular_expressions_are_no_code() {
    let source = "// exports.a = 1\n/* exports.b = 1 */ 'exports.c = 1'; `exports.d = 1 ${ exports.e = `}` } exports.f = 1`;
        x = /exports.g = '/; y = 1 / 2; if (x) /'/.test(y); z = (1) / 2; exports.h = '/'; return /[/']/; exports.i = 1";
    assert_eq!(names(source), ["e", "h", "i"]);
}

#[test]
fn escapes_in_names_are_read() {
    let source = r#"exports['a\n'] = 1; exports["\u{1F600}\x41\u0042\
c"] = 1; exports['\ud800'] = 1"#;
    assert_eq!(names(source), ["a\n", "\u{1F600}ABc"]);
}

#[test]
fn what_is_no_common_js_has_no_names() {
    for source in [
        "exports.a = 1; import x from 'y'",
        "exports.a = 1; export default 1",
        "exports.a = 1; import.meta.url",
        "exports.a = 1; )",
        "exports.a = 1; {",
        "exports.a = 1; 'open",
        "exports.a = 1; `open",
    ] {
        assert_eq!(read(source), Exports::default(), "{source}");
    }
    assert_eq!(names("import('x'); exports.a = 1"), ["a"]);
    assert_eq!(names("#!/usr/bin/env node ' {\nexports.a = 1"), ["a"]);
}
