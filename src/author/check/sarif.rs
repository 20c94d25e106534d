//! The report as SARIF 2.1.0, which build servers and editors read.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use super::report::Report;
use crate::notebook::{Problem, Rule};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What relative addresses are relative to: the folder in which the command ran.
const BASE: &str = "%SRCROOT%";

/// What stands for itself in the path of a URI.
const ODD: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Writes the report.
pub fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let rules: Vec<Value> = Rule::ALL.iter().map(|rule| described(*rule)).collect();
    let results: Vec<Value> = report
        .problems
        .iter()
        .map(|problem| result(report, problem))
        .collect();
    let mut run = json!({
        "tool": { "driver": {
            "name": "waterline",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        }},
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    if report.is_on_disk() {
        let here = format!("{}/", file_uri(&report.here).trim_end_matches('/'));
        run["originalUriBaseIds"] = json!({ BASE: { "uri": here } });
    }
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn described(rule: Rule) -> Value {
    json!({
        "id": rule.name(),
        "shortDescription": { "text": rule.means() },
        "defaultConfiguration": { "level": rule.severity().name() },
    })
}

fn result(report: &Report<'_>, problem: &Problem) -> Value {
    let mut region = json!({ "startLine": problem.line, "startColumn": problem.column });
    if let Some(end) = problem.end {
        region["endColumn"] = json!(end);
    }
    let path = report.path(&problem.file);
    let place = match path.is_absolute() {
        true => json!({ "uri": file_uri(&path) }),
        // An embedded note is no file of anybody's: a name, and nothing to be found under.
        false if !report.is_on_disk() => json!({ "uri": uri(&path) }),
        false => json!({ "uri": uri(&path), "uriBaseId": BASE }),
    };
    let index = Rule::ALL.iter().position(|rule| *rule == problem.rule);
    json!({
        "ruleId": problem.rule.name(),
        "ruleIndex": index,
        "level": problem.severity().name(),
        "message": { "text": problem.message },
        "locations": [{ "physicalLocation": { "artifactLocation": place, "region": region } }],
    })
}

/// A path as a relative reference. `.` for the folder itself.
fn uri(path: &Path) -> String {
    let parts: Vec<String> = path
        .components()
        .map(|part| utf8_percent_encode(&part.as_os_str().to_string_lossy(), ODD).to_string())
        .collect();
    match parts.is_empty() {
        true => ".".to_owned(),
        false => parts.join("/"),
    }
}

/// An absolute path as a `file:` address.
fn file_uri(path: &Path) -> String {
    let path = path.to_string_lossy();
    let parts: Vec<String> = path
        .split(['/', std::path::MAIN_SEPARATOR])
        .filter(|part| !part.is_empty())
        .map(|part| utf8_percent_encode(part, ODD).to_string())
        .collect();
    format!("file:///{}", parts.join("/"))
}
