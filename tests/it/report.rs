//! The JSON report keeps to its published schema.

use crate::support::{Scratch, package, run, stdout, tgz};
use lazaret::report::Report;
use serde_json::Value;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../schemas/report.schema.json")).expect("JSON")
}

/// Checks a value against the part of JSON Schema that the report's schema uses. Returns what is wrong, with its path.
fn check(schema: &Value, value: &Value, root: &Value, path: &str) -> Result<(), String> {
    let keywords = schema.as_object().ok_or("a schema is an object")?;
    for (keyword, argument) in keywords {
        let fine = match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let pointer = argument.as_str().and_then(|text| text.strip_prefix('#'));
                let target = pointer.and_then(|pointer| root.pointer(pointer));
                check(target.ok_or("a dangling reference")?, value, root, path)?;
                true
            }
            "anyOf" => argument
                .as_array()
                .is_some_and(|any| any.iter().any(|s| check(s, value, root, path).is_ok())),
            "const" => value == argument,
            "enum" => argument.as_array().is_some_and(|all| all.contains(value)),
            "type" => is_of_type(value, argument.as_str().unwrap_or_default()),
            "minimum" => value.as_i64() >= argument.as_i64(),
            "maximum" => value.as_i64() <= argument.as_i64(),
            "pattern" => value
                .as_str()
                .is_some_and(|text| matches_pattern(text, argument.as_str().unwrap_or_default())),
            "required" => argument.as_array().is_some_and(|names| {
                names
                    .iter()
                    .all(|name| name.as_str().is_some_and(|name| value.get(name).is_some()))
            }),
            "properties" => {
                for (name, schema) in argument.as_object().into_iter().flatten() {
                    if let Some(value) = value.get(name) {
                        check(schema, value, root, &format!("{path}/{name}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = schema.get("properties");
                for (name, value) in value.as_object().into_iter().flatten() {
                    let path = format!("{path}/{name}");
                    match argument {
                        _ if known.is_some_and(|known| known.get(name).is_some()) => {}
                        Value::Bool(false) => return Err(format!("{path}: not in the schema")),
                        schema => check(schema, value, root, &path)?,
                    }
                }
                true
            }
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(argument, item, root, &format!("{path}/{i}"))?;
                }
                true
            }
            other => return Err(format!("the check does not know the keyword {other}")),
        };
        if !fine {
            return Err(format!(
                "{path}: {keyword} {argument} does not hold for {value}"
            ));
        }
    }
    Ok(())
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        _ => false,
    }
}

/// The three patterns of the schema.
fn matches_pattern(text: &str, pattern: &str) -> bool {
    let lower = |c: char| c.is_ascii_lowercase();
    match pattern {
        "^[0-9a-f]{64}$" => {
            text.len() == 64
                && text
                    .chars()
                    .all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
        }
        "^[a-z0-9-]+$" => {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| lower(c) || c.is_ascii_digit() || c == '-')
        }
        "^[a-z]+\\.[a-z]+$" => text.split_once('.').is_some_and(|(left, right)| {
            !left.is_empty() && !right.is_empty() && left.chars().chain(right.chars()).all(lower)
        }),
        _ => false,
    }
}

fn assert_valid(report: &Value) {
    let schema = schema();
    if let Err(error) = check(&schema, report, &schema, "") {
        panic!("{error}\n{report:#}");
    }
}

#[test]
fn the_check_finds_what_is_wrong() {
    let schema = schema();
    let wrong = |report: Value| check(&schema, &report, &schema, "").expect_err("wrong");
    let empty = serde_json::to_value(Report::default()).expect("JSON");
    assert_valid(&empty);
    let mut other = empty.clone();
    other["schema"] = "lazaret.report/2".into();
    assert!(wrong(other).starts_with("/schema"));
    let mut extra = empty.clone();
    extra["more"] = 1.into();
    assert!(wrong(extra).starts_with("/more"));
    let mut result = empty;
    result["results"] = serde_json::json!([{}]);
    assert!(wrong(result).starts_with("/results/0"));
}

#[test]
fn reports_of_real_runs_are_valid() {
    let scratch = Scratch::new();
    let broken = scratch.file("broken.tgz", b"no archive");
    let quiet = scratch.file(
        "quiet.tgz",
        &tgz(&[
            ("package.json", br#"{"name": "quiet", "version": "1.0.0"}"#),
            ("index.js", b"module.exports = 1;"),
        ]),
    );
    let thief = package("token-thief");
    let arguments = [
        "vet", "--format", "json", "--events", &thief, &broken, &quiet,
    ];
    let output = run(&arguments);
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_valid(&report);
    let results = report["results"].as_array().expect("a list");
    assert_eq!(results.len(), 2);
    assert_eq!(results[0]["target"], thief.as_str());
    assert_eq!(results[1]["name"], "quiet");
    assert_eq!(report["errors"][0]["target"], broken.as_str());
    for result in results {
        let events = result["events"].as_array().map_or(0, Vec::len);
        assert_eq!(result["stats"]["events"], events);
    }
}
