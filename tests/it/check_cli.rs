//! `waterline check` as it is run: exit codes, what stands on a terminal, JSON, SARIF.

use super::check::write;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// Runs `waterline check` in a folder.
fn check(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_waterline"))
        .arg("check")
        .args(arguments)
        .current_dir(folder)
        .env_remove("WATERLINE_CONTENT")
        .env_remove("WATERLINE_LOG")
        .env("XDG_CONFIG_HOME", folder.join("no-settings"))
        .output()
        .expect("the binary runs")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

const NOTE: &str = "---\npath: /n\ntitle: N\n---\n";

/// A folder `notes` with a note in it, in a folder to work in.
fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!("{NOTE}{text}");
    write(folder.path(), &[("notes/a b/n.md", text.as_bytes())]);
    folder
}

const ARGUMENTS: &[&str] = &["--content", "notes"];

#[test]
fn a_problem_stands_at_its_place_with_its_line_and_a_caret() {
    let folder = folder("# Docker <<Learning_Docker>>\n\nAs in\tLearning_Dcoker here.\n");
    let ran = check(folder.path(), ARGUMENTS);
    assert_eq!(
        out(&ran),
        "\
notes/a b/n.md:7:7: error: no note defines Learning_Dcoker; did you mean Learning_Docker? [undefined-reference]
    7 | As in    Learning_Dcoker here.
      |          ^^^^^^^^^^^^^^^

1 note and 0 demos read: 1 error
"
    );
    assert_eq!(ran.status.code(), Some(1));
    assert_eq!(err(&ran), "");
    // An absolute folder below this one is told from here as well.
    let absolute = folder
        .path()
        .canonicalize()
        .expect("it is there")
        .join("notes");
    let from = folder.path().canonicalize().expect("it is there");
    let ran = check(&from, &["--content", &absolute.to_string_lossy()]);
    assert!(
        out(&ran).starts_with("notes/a b/n.md:7:7: "),
        "{}",
        out(&ran)
    );
}

#[test]
fn the_exit_code_says_whether_anything_is_to_be_mended() {
    let good = folder("# A <<Learning_A>>\n");
    let ran = check(good.path(), ARGUMENTS);
    assert_eq!(out(&ran), "1 note and 0 demos read, nothing to mend\n");
    assert_eq!(ran.status.code(), Some(0));
    // Good to know is no reason to fail.
    let noted = folder("a\r\nb\n");
    let ran = check(noted.path(), ARGUMENTS);
    assert!(
        out(&ran).contains(": note: lines end in CRLF"),
        "{}",
        out(&ran)
    );
    assert_eq!(ran.status.code(), Some(0));
    let warned = folder("##\n");
    assert_eq!(check(warned.path(), ARGUMENTS).status.code(), Some(1));
}

#[test]
fn what_cannot_be_checked_says_why_and_is_no_success() {
    let folder = folder("# A\n");
    std::fs::create_dir(folder.path().join("empty")).expect("it is made");
    for (content, why) in [
        ("gone", "there is no content folder at gone"),
        ("notes/a b/n.md", "is not a folder"),
        ("empty", "there is no note in empty"),
    ] {
        let ran = check(folder.path(), &["--content", content]);
        assert_eq!(ran.status.code(), Some(2), "{content}");
        assert!(err(&ran).contains(why), "{}", err(&ran));
        assert_eq!(out(&ran), "", "{content}");
    }
    let ran = check(folder.path(), &["--format", "xml"]);
    assert_eq!(ran.status.code(), Some(2));
}

#[test]
fn nothing_in_a_note_moves_the_cursor() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!("{NOTE}Learning_X\u{1b}[2J\u{202e} [a](javascript:\u{1b}]0;x)\n");
    write(folder.path(), &[("notes/\u{1b}[31m\n.md", text.as_bytes())]);
    for arguments in [&[][..], &["--color", "always"]] {
        let ran = check(folder.path(), &[ARGUMENTS, arguments].concat());
        let out = out(&ran);
        assert_eq!(ran.status.code(), Some(1), "{out}");
        let odd = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        // Our own colours apart.
        let mut own = out.clone();
        for code in ["1;31", "1;33", "1;36", "1", "2", "2;34", "0"] {
            own = own.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert!(!own.contains(odd), "{own:?}");
        assert_eq!(out.contains('\u{1b}'), !arguments.is_empty());
        assert!(
            own.contains("notes/\u{fffd}[31m\u{fffd}.md:5:1: "),
            "{own:?}"
        );
    }
}

#[test]
fn colours_are_for_terminals_and_for_who_asks() {
    let folder = folder("##\n");
    let colored = |arguments: &[&str]| {
        let ran = check(folder.path(), &[ARGUMENTS, arguments].concat());
        out(&ran).contains("\u{1b}[1;33mwarning\u{1b}[0m")
    };
    assert!(!colored(&[]), "a pipe is no terminal");
    assert!(!colored(&["--color", "never"]));
    assert!(colored(&["--color", "always"]));
}

#[test]
fn json_has_the_shape_that_is_documented() {
    let folder = folder("a\r\nSee Learning_X.\n\n##\n");
    let ran = check(folder.path(), &[ARGUMENTS, &["--format", "json"]].concat());
    let told: Value = serde_json::from_str(&out(&ran)).expect("JSON");
    let expected = serde_json::json!({
        "content": "notes",
        "notes": 1,
        "demos": 0,
        "errors": 1,
        "warnings": 1,
        "problems": [
            {
                "file": "a b/n.md", "path": "notes/a b/n.md", "line": 5, "column": 1,
                "end_column": null, "severity": "note", "rule": "line-endings",
                "message": "lines end in CRLF here; every other system writes LF",
            },
            {
                "file": "a b/n.md", "path": "notes/a b/n.md", "line": 6, "column": 5,
                "end_column": 15, "severity": "error", "rule": "undefined-reference",
                "message": "no note defines Learning_X",
            },
            {
                "file": "a b/n.md", "path": "notes/a b/n.md", "line": 8, "column": 1,
                "end_column": 3, "severity": "warning", "rule": "empty-heading",
                "message": "this heading has neither text nor an anchor",
            },
        ],
    });
    assert_eq!(told, expected);
    assert_eq!(ran.status.code(), Some(1));
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/author/check/rules.md");
    let docs = std::fs::read_to_string(docs).expect("the documentation");
    let first = &expected["problems"][0];
    for key in expected.as_object().into_iter().chain(first.as_object()) {
        for name in key.keys() {
            assert!(
                docs.contains(&format!("\"{name}\"")),
                "{name} is not documented"
            );
        }
    }
}

/// What the schema of SARIF 2.1.0 demands of the parts that we write.
fn assert_sarif(log: &Value) {
    let object = |value: &Value, known: &[&str], needed: &[&str]| {
        let value = value.as_object().unwrap_or_else(|| panic!("{value}"));
        for key in value.keys() {
            assert!(known.contains(&key.as_str()), "{key} is not of this object");
        }
        for key in needed {
            assert!(value.contains_key(*key), "{key} is missing");
        }
    };
    let message = |value: &Value| {
        object(value, &["text", "markdown", "id", "arguments"], &["text"]);
        assert!(!value["text"].as_str().expect("a text").is_empty());
    };
    let level = |value: &Value| {
        let level = value.as_str().expect("a level");
        assert!(["none", "note", "warning", "error"].contains(&level));
    };
    let is_reference = |value: &Value| {
        let uri = value.as_str().expect("a URI");
        let free = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
        assert!(!uri.is_empty() && uri.chars().all(free), "{uri}");
    };
    object(log, &["$schema", "version", "runs"], &["version", "runs"]);
    assert_eq!(log["version"], "2.1.0");
    assert!(
        log["$schema"]
            .as_str()
            .is_some_and(|at| at.contains("sarif-2.1.0"))
    );
    for run in log["runs"].as_array().expect("runs") {
        object(
            run,
            &["tool", "columnKind", "results", "originalUriBaseIds"],
            &["tool"],
        );
        let kinds = ["utf16CodeUnits", "unicodeCodePoints"];
        assert!(kinds.contains(&run["columnKind"].as_str().expect("a kind")));
        object(&run["tool"], &["driver"], &["driver"]);
        let driver = &run["tool"]["driver"];
        object(driver, &["name", "semanticVersion", "rules"], &["name"]);
        let rules = driver["rules"].as_array().expect("rules");
        let mut ids = std::collections::BTreeSet::new();
        for rule in rules {
            let known = ["id", "shortDescription", "defaultConfiguration"];
            object(rule, &known, &["id"]);
            message(&rule["shortDescription"]);
            level(&rule["defaultConfiguration"]["level"]);
            assert!(ids.insert(rule["id"].as_str().expect("an id")), "unique");
        }
        for result in run["results"].as_array().expect("results") {
            let known = ["ruleId", "ruleIndex", "level", "message", "locations"];
            object(result, &known, &["message"]);
            message(&result["message"]);
            level(&result["level"]);
            let index = result["ruleIndex"].as_u64().expect("an index") as usize;
            assert_eq!(rules[index]["id"], result["ruleId"]);
            for location in result["locations"].as_array().expect("locations") {
                object(location, &["physicalLocation"], &[]);
                let place = &location["physicalLocation"];
                object(
                    place,
                    &["artifactLocation", "region"],
                    &["artifactLocation"],
                );
                object(&place["artifactLocation"], &["uri", "uriBaseId"], &["uri"]);
                is_reference(&place["artifactLocation"]["uri"]);
                if let Some(base) = place["artifactLocation"]["uriBaseId"].as_str() {
                    let bases = &run["originalUriBaseIds"][base];
                    is_reference(&bases["uri"]);
                    let uri = bases["uri"].as_str().expect("a URI");
                    assert!(uri.starts_with("file:///") && uri.ends_with('/'), "{uri}");
                }
                let region = &place["region"];
                object(region, &["startLine", "startColumn", "endColumn"], &[]);
                let at = |key: &str| region[key].as_u64();
                assert!(at("startLine") >= Some(1) && at("startColumn") >= Some(1));
                assert!(at("endColumn").is_none_or(|end| Some(end) > at("startColumn")));
            }
        }
    }
}

#[test]
fn sarif_is_what_its_schema_demands() {
    let folder = folder("a\r\nSee Learning_X.\n\n##\n");
    let sarif = |arguments: &[&str]| -> Value {
        let ran = check(folder.path(), &[arguments, &["--format", "sarif"]].concat());
        let log = serde_json::from_str(&out(&ran)).expect("JSON");
        assert_sarif(&log);
        log
    };
    let log = sarif(ARGUMENTS);
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 3);
    let result = &results[1];
    assert_eq!(result["ruleId"], "undefined-reference");
    assert_eq!(result["level"], "error");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "notes/a%20b/n.md");
    let region = serde_json::json!({ "startLine": 6, "startColumn": 5, "endColumn": 15 });
    assert_eq!(place["region"], region);
    // What lies elsewhere has a whole address; and nothing wrong is a log as well.
    let other = tempfile::tempdir().expect("a folder");
    write(other.path(), &[("x.md", format!("{NOTE}##\n").as_bytes())]);
    let log = sarif(&["--content", &other.path().to_string_lossy()]);
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    let uri = place["artifactLocation"]["uri"].as_str().expect("a URI");
    assert!(
        uri.starts_with("file:///") && uri.ends_with("/x.md"),
        "{uri}"
    );
    let log = sarif(&[]);
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn ten_thousand_notes_are_checked_and_a_closed_pipe_is_no_failure() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("notes");
    std::fs::create_dir(&root).expect("it is made");
    for number in 0..10_000 {
        let text = format!(
            "---\npath: /n{number}\ntitle: N\n---\n# A <<Learning_N_{number}>>\n\nSee Learning_N_{} and Learning_Gone_{number}.\n",
            (number + 1) % 10_000
        );
        std::fs::write(root.join(format!("n{number}.md")), text).expect("it is written");
    }
    let ran = check(folder.path(), ARGUMENTS);
    let out = out(&ran);
    assert!(out.ends_with("10000 notes and 0 demos read: 10000 errors\n"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_waterline"))
        .args(["check", "--content", "notes"])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}
