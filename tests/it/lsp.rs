//! `waterline lsp`, asked by a client over standard input and output.

use crate::lsp_client::{Client, position};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const A: &str = "---\npath: /a\ntitle: A\n---\n# Volumes 🐳 <<Learning_Volumes>>\n\nThey keep data.\n\n## Binds\n\nMore.\n";
const B: &str = "---\npath: /b\ntitle: B\nnext: Learning_Volumes\n---\n# Mounts (<<Learning_Mounts>>)\n\n🐳🐳 see Learning_Volumes, and `Learning_Volumes`.\n\nAlso [this](#Learning_Mounts), [that](a.md#Learning_Volumes) and Learning_Volume.\n\n```sh\nLearning_Volumes\n```\n";
const DEMO: &str = "---\ntitle: D\ntopic: Learning_Volumes\n---\nOf Learning_Volumes.\n\n```console\n$ docker version\n[..]\n```\n";
const LIST: &str = "[topics]\nLearning_Volumes = [\"mounts\"]\n";

/// A folder of notes, under a name that must be percent-encoded.
fn notes() -> (TempDir, std::path::PathBuf) {
    let outer = tempfile::tempdir().expect("a folder");
    let folder = outer
        .path()
        .canonicalize()
        .expect("it is there")
        .join("my notes#1 日本%");
    let write = |file: &str, text: &str| {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().expect("a folder")).expect("it is made");
        fs::write(file, text).expect("it is written");
    };
    write("a.md", A);
    write("sub dir/b#é.md", B);
    write("demos/d.md", DEMO);
    write("attachments.toml", LIST);
    (outer, folder)
}

const B_FILE: &str = "sub dir/b#é.md";

/// The text that a location shows, in a file on disk.
fn shown(client: &Client, location: &Value) -> (String, String) {
    for file in ["a.md", B_FILE, "demos/d.md", "attachments.toml"] {
        if location["uri"] == client.uri(file).as_str() {
            let text = fs::read_to_string(client.folder.join(file)).expect("it is there");
            return (file.to_owned(), cut(&text, &location["range"]));
        }
    }
    panic!("no file of ours: {location}");
}

fn offset(text: &str, position: &Value) -> usize {
    let number = |name: &str| position[name].as_u64().expect("a number") as usize;
    let line_start: usize = text
        .split_inclusive('\n')
        .take(number("line"))
        .map(str::len)
        .sum();
    let mut units = 0;
    for (at, c) in text[line_start..].char_indices() {
        if units >= number("character") {
            return line_start + at;
        }
        units += c.len_utf16();
    }
    text.len()
}

fn cut(text: &str, range: &Value) -> String {
    text[offset(text, &range["start"])..offset(text, &range["end"])].to_owned()
}

/// Makes the edits of one document, as an editor does: from the end.
fn edited(text: &str, edits: &Value) -> String {
    let mut edits: Vec<&Value> = edits.as_array().expect("a list").iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(offset(text, &edit["range"]["start"])));
    let mut text = text.to_owned();
    for edit in edits {
        let (start, end) = (
            offset(&text, &edit["range"]["start"]),
            offset(&text, &edit["range"]["end"]),
        );
        text.replace_range(start..end, edit["newText"].as_str().expect("a text"));
    }
    text
}

fn labels(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().expect("a list").iter();
    items
        .map(|item| item["label"].as_str().expect("a label"))
        .collect()
}

fn of_documents() -> Value {
    json!({"workspace": {"workspaceEdit": {"documentChanges": true}}})
}

#[test]
fn a_reference_leads_to_its_definition_and_back() {
    let (_outer, folder) = notes();
    let mut client = Client::open(&folder, json!({}));
    for (needle, into) in [
        ("see Learning_Volumes", 4),
        ("see Learning_Volumes", 20),
        ("`Learning_Volumes`", 9),
        ("#Learning_Volumes", 3),
        ("next: Learning_Volumes", 8),
    ] {
        let at = position(B, needle, into);
        let found = client.at("definition", B_FILE, &at).expect(needle);
        assert_eq!(
            shown(&client, &found),
            ("a.md".into(), "Learning_Volumes".into())
        );
    }
    let in_code = position(B, "```sh\nLearning_Volumes", 8);
    assert_eq!(client.at("definition", B_FILE, &in_code), Ok(Value::Null));
    let wanted = position(B, "Learning_Volume.", 3);
    assert_eq!(client.at("definition", B_FILE, &wanted), Ok(Value::Null));

    let found = client
        .at("references", "a.md", &position(A, "<<", 0))
        .expect("some");
    let mut all: Vec<_> = found
        .as_array()
        .expect("a list")
        .iter()
        .map(|location| shown(&client, location))
        .collect();
    assert_eq!(all[0].0, "a.md", "the definition first");
    all.sort();
    let count = |file: &str| all.iter().filter(|(other, _)| other == file).count();
    assert_eq!((count("a.md"), count(B_FILE)), (1, 4), "{all:?}");
    assert_eq!(
        (count("demos/d.md"), count("attachments.toml")),
        (2, 1),
        "{all:?}"
    );
    assert!(
        all.iter().all(|(_, text)| text == "Learning_Volumes"),
        "{all:?}"
    );

    let key = position(LIST, "Learning_Volumes", 2);
    let found = client
        .at("definition", "attachments.toml", &key)
        .expect("one");
    assert_eq!(shown(&client, &found).0, "a.md");
    assert_eq!(client.leave().code(), Some(0));
}

#[test]
fn what_stands_under_the_cursor_is_told() {
    let (_outer, folder) = notes();
    let mut client = Client::open(&folder, json!({}));
    let about = |hover: Value| {
        hover["contents"]["value"]
            .as_str()
            .expect("Markdown")
            .to_owned()
    };
    let at = position(B, "see Learning_Volumes", 6);
    let hover = client.at("hover", B_FILE, &at).expect("something");
    assert_eq!(cut(B, &hover["range"]), "Learning_Volumes");
    let text = about(hover);
    assert!(
        text.starts_with("**Volumes 🐳**\n\nThey keep data.\n"),
        "{text}"
    );
    assert!(text.ends_with("a.md:5, 3 references"), "{text}");
    let wanted = client.at("hover", B_FILE, &position(B, "Learning_Volume.", 1));
    let text = about(wanted.expect("something"));
    assert!(text.contains("no note defines `Learning_Volume`"), "{text}");
    assert!(text.contains("Did you mean `Learning_Volumes`?"), "{text}");
    let nothing = client.at("hover", "a.md", &position(A, "They", 1));
    assert_eq!(nothing, Ok(Value::Null));
    let symbols = client.ask(
        "textDocument/documentSymbol",
        json!({"textDocument": {"uri": client.uri("a.md")}}),
    );
    let symbols = symbols.expect("some");
    assert_eq!(symbols[0]["name"], "Volumes 🐳");
    assert_eq!(symbols[1]["name"], "Binds");
    let found = client
        .ask("workspace/symbol", json!({"query": "mounts"}))
        .expect("some");
    assert_eq!(found[0]["name"], "Learning_Mounts");
    assert_eq!(shown(&client, &found[0]["location"]).0, B_FILE);
}

#[test]
fn names_are_offered_where_they_may_stand() {
    let (_outer, folder) = notes();
    let mut client = Client::open(&folder, json!({}));
    let text = "---\npath: /c\ntitle: C\nnext: Lea\n---\n🐳 mounts\n\n# <<Learning_Vo\n\n[x](live:sto\n\n```\nLearning\n```\n";
    client.did_open("c.md", 1, text);
    let mut offered = |needle: &str| {
        let at = position(text, needle, needle.len());
        client.at("completion", "c.md", &at).expect(needle)
    };
    assert_eq!(labels(&offered("🐳 mounts")), ["Learning_Mounts"]);
    assert_eq!(
        labels(&offered("next: Lea")),
        ["Learning_Mounts", "Learning_Volumes"]
    );
    let wanted = offered("<<Learning_Vo");
    assert_eq!(labels(&wanted)[0], "Learning_Volume", "which is asked for");
    assert!(!labels(&wanted).contains(&"Learning_Volumes"), "{wanted}");
    let edit = &wanted["items"][0]["textEdit"];
    assert_eq!(edit["newText"], "Learning_Volume>>");
    assert_eq!(cut(text, &edit["range"]), "Learning_Vo");
    assert!(labels(&offered("live:sto")).contains(&"storage-driver"));
    assert!(labels(&offered("```\nLearning")).is_empty());
    assert!(labels(&offered("path: /c")).is_empty());

    client.did_open(
        "attachments.toml",
        1,
        "[topics]\nLearning_Volumes = [\"mo\nLear",
    );
    let list = "[topics]\nLearning_Volumes = [\"mo\nLear";
    let panel = position(list, "\"mo", 3);
    let panels = client
        .at("completion", "attachments.toml", &panel)
        .expect("some");
    assert!(labels(&panels).contains(&"mounts"), "{panels}");
    let topic = position(list, "\nLear", 5);
    let topics = client
        .at("completion", "attachments.toml", &topic)
        .expect("some");
    assert!(labels(&topics).contains(&"Learning_Mounts"), "{topics}");
    let item = client
        .ask("completionItem/resolve", topics["items"][0].clone())
        .expect("an item");
    assert!(item["documentation"]["value"].is_string(), "{item}");
}

#[test]
fn a_rename_edits_every_file_with_what_is_open_as_it_is_there() {
    let (_outer, folder) = notes();
    let mut client = Client::open(&folder, of_documents());
    // Not saved: one more line, one more reference.
    let open = B.replace("\n\nAlso", "\n\n🐳 Learning_Volumes again.\n\nAlso");
    client.did_open(B_FILE, 7, &open);
    let at = position(A, "<<Learning_Volumes", 5);
    let ready = client.at("prepareRename", "a.md", &at).expect("a name");
    assert_eq!(ready["placeholder"], "Learning_Volumes");
    assert_eq!(cut(A, &ready["range"]), "Learning_Volumes");
    let edit = client
        .rename("a.md", &at, "Learning_Storage_Ü")
        .expect("edits");
    let documents = edit["documentChanges"].as_array().expect("a list");
    assert_eq!(documents.len(), 4, "{edit}");
    for document in documents {
        let uri = &document["textDocument"]["uri"];
        let file = ["a.md", B_FILE, "demos/d.md", "attachments.toml"]
            .into_iter()
            .find(|file| *uri == client.uri(file).as_str())
            .expect("a file of ours");
        let (before, version) = match file {
            B_FILE => (open.clone(), json!(7)),
            _ => (
                fs::read_to_string(folder.join(file)).expect("it is there"),
                Value::Null,
            ),
        };
        assert_eq!(document["textDocument"]["version"], version, "{file}");
        let mut expected = before.replace("Learning_Volumes", "Learning_Storage_Ü");
        if file == B_FILE {
            // A code block holds no reference.
            let code = "```sh\nLearning_";
            expected = expected.replace(&format!("{code}Storage_Ü"), &format!("{code}Volumes"));
        }
        if file == "attachments.toml" {
            expected = expected.replace("Learning_Storage_Ü", "\"Learning_Storage_Ü\"");
        }
        assert_eq!(edited(&before, &document["edits"]), expected, "{file}");
    }
}

#[test]
fn a_rename_is_refused_with_a_reason() {
    let (_outer, folder) = notes();
    let mut client = Client::open(&folder, json!({}));
    let at = position(A, "<<Learning_Volumes", 5);
    for (new, why) in [
        ("Learning_Mounts", "is defined already, at sub dir/b#é.md:6"),
        ("volumes", "cannot be a topic's name"),
        ("Learning Volumes", "cannot be a topic's name"),
        ("1_Learning", "cannot be a topic's name"),
        ("", "cannot be a topic's name"),
        ("A_B>> <script>", "cannot be a topic's name"),
        ("Learning_Volumes", "is its name already"),
        ("Learning_X_", "punctuation"),
    ] {
        let (code, message) = client.rename("a.md", &at, new).expect_err(new);
        assert_eq!(code, -32803, "{message}");
        assert!(message.contains(why), "{message}");
    }
    let nothing = position(A, "They", 2);
    assert_eq!(
        client.at("prepareRename", "a.md", &nothing),
        Ok(Value::Null)
    );
    let (_, message) = client
        .rename("a.md", &nothing, "Learning_X")
        .expect_err("no name");
    assert!(message.contains("no topic's name here"), "{message}");
    // A client that knows no versions.
    let edit = client
        .rename("a.md", &at, "Learning_Storage")
        .expect("edits");
    assert_eq!(
        edit["changes"].as_object().expect("by file").len(),
        4,
        "{edit}"
    );
    // A wanted topic has a name as well.
    let wanted = position(B, "Learning_Volume.", 3);
    let edit = client
        .rename(B_FILE, &wanted, "Learning_Later")
        .expect("edits");
    assert_eq!(
        edit["changes"].as_object().expect("by file").len(),
        1,
        "{edit}"
    );
}

#[test]
fn a_wanted_name_can_be_changed_to_what_it_may_mean() {
    let (_outer, folder) = notes();
    let fixes = json!({"textDocument": {"codeAction": {"codeActionLiteralSupport": {}}}});
    let mut client = Client::open(&folder, fixes);
    let mut asked = |needle: &str| {
        let (at, uri) = (position(B, needle, 2), client.uri(B_FILE));
        let params = json!({
            "textDocument": {"uri": uri}, "range": {"start": at, "end": at},
            "context": {"diagnostics": []},
        });
        let found = client.ask("textDocument/codeAction", params);
        (found.expect("a list"), uri)
    };
    let (found, uri) = asked("Learning_Volume.");
    assert_eq!(found[0]["title"], "Change to Learning_Volumes", "{found}");
    let fixed = edited(B, &found[0]["edit"]["changes"][&uri]);
    assert_eq!(fixed, B.replace("Learning_Volume.", "Learning_Volumes."));
    assert_eq!(asked("Learning_Volumes,").0, json!([]));
    assert_eq!(asked("Also").0, json!([]));
}

#[test]
fn problems_come_with_typing_and_go_with_the_fix() {
    let (_outer, folder) = notes();
    let mut client = Client::open(&folder, json!({}));
    let is_wanted = |one: &Value| one["code"] == "undefined-reference";
    let found = client.diagnostics(B_FILE, |all| all.iter().any(is_wanted));
    let wanted = found.iter().find(|one| is_wanted(one)).expect("one");
    assert_eq!(cut(B, &wanted["range"]), "Learning_Volume");
    assert_eq!(
        (&wanted["source"], &wanted["severity"]),
        (&json!("waterline"), &json!(1))
    );
    assert!(
        wanted["message"]
            .as_str()
            .expect("a text")
            .contains("Learning_Volumes")
    );

    client.did_open(B_FILE, 1, B);
    client.diagnostics(B_FILE, |all| all.iter().any(is_wanted));
    // The letter that was missing, behind two emoji's worth of other text.
    let at = position(B, "Learning_Volume.", 15);
    client.did_change(
        B_FILE,
        2,
        json!([{"range": {"start": at, "end": at}, "text": "s"}]),
    );
    client.diagnostics(B_FILE, |all| !all.iter().any(is_wanted));
    // Closed without saving: what is on disk counts again.
    let uri = client.uri(B_FILE);
    client.tell(
        "textDocument/didClose",
        json!({"textDocument": {"uri": uri}}),
    );
    client.diagnostics(B_FILE, |all| all.iter().any(is_wanted));
    // A definition in another note is a fix too.
    client.did_open(
        "c.md",
        1,
        "---\npath: /c\ntitle: C\n---\n# <<Learning_Volume>>\n",
    );
    client.diagnostics(B_FILE, |all| !all.iter().any(is_wanted));
    // A list beside the notes.
    client.did_open(
        "attachments.toml",
        1,
        "[topics]\nLearning_Volumes = [\"no-such\"]\n",
    );
    let found = client.diagnostics("attachments.toml", |all| !all.is_empty());
    assert_eq!(found[0]["code"], "unknown-panel", "{found:?}");
}

#[test]
fn files_that_change_on_disk_are_followed() {
    let (_outer, folder) = notes();
    let mut client = Client::open(&folder, json!({}));
    client.diagnostics(B_FILE, |all| !all.is_empty());
    fs::write(
        folder.join("new.md"),
        "---\npath: /n\ntitle: N\n---\n# <<Learning_Volume>>\n",
    )
    .expect("it is written");
    client.diagnostics(B_FILE, |all| {
        !all.iter().any(|one| one["code"] == "undefined-reference")
    });
    // An editor that watches files itself is heard at once.
    fs::write(
        folder.join("new.md"),
        "---\npath: /n\ntitle: N\n---\n# <<Learning_Other>>\n",
    )
    .expect("it is written");
    let uri = client.uri("new.md");
    client.tell(
        "workspace/didChangeWatchedFiles",
        json!({"changes": [{"uri": uri, "type": 2}]}),
    );
    let found = client.ask("workspace/symbol", json!({"query": "Learning_Other"}));
    assert_eq!(found.expect("some")[0]["name"], "Learning_Other");
    // What is open counts as it is in the editor.
    client.did_open("new.md", 1, "# <<Learning_Third>>\n");
    fs::write(folder.join("new.md"), "# <<Learning_Fourth>>\n").expect("it is written");
    client.tell(
        "workspace/didChangeWatchedFiles",
        json!({"changes": [{"uri": client.uri("new.md"), "type": 2}]}),
    );
    let names = |client: &mut Client, query: &str| {
        let found = client.ask("workspace/symbol", json!({"query": query}));
        found.expect("a list").as_array().expect("a list").len()
    };
    assert_eq!(names(&mut client, "Learning_Third"), 1);
    assert_eq!(names(&mut client, "Learning_Fourth"), 0);
    client.tell(
        "textDocument/didClose",
        json!({"textDocument": {"uri": client.uri("new.md")}}),
    );
    assert_eq!(names(&mut client, "Learning_Fourth"), 1);
}

#[test]
fn utf_8_positions_where_the_client_offers_them() {
    let (_outer, folder) = notes();
    let mut client = Client::start(&folder, &[]);
    let folders = json!([{"uri": client.uri(""), "name": "notes"}]);
    let encodings = json!({"general": {"positionEncodings": ["utf-8", "utf-16"]}});
    let answer = client.initialize(folders, encodings);
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-8");
    let line = B
        .lines()
        .position(|line| line.starts_with("🐳🐳"))
        .expect("a line");
    let at = json!({"line": line, "character": "🐳🐳 see Lea".len()});
    let hover = client.at("hover", B_FILE, &at).expect("something");
    let start = &hover["range"]["start"];
    assert_eq!(
        *start,
        json!({"line": line, "character": "🐳🐳 see ".len()})
    );
}

#[test]
fn the_first_of_many_folders_is_taken_and_said() {
    let (_outer, folder) = notes();
    let (_other, second) = notes();
    let mut client = Client::start(&folder, &[]);
    let second = format!("file://{}", second.parent().expect("one").display());
    let folders = json!([
        {"uri": client.uri(""), "name": "one"}, {"uri": second, "name": "two"},
    ]);
    client.initialize(folders, json!({}));
    let said = client.said("the first of 2 folders");
    assert_eq!(said["method"], "window/showMessage");
    assert!(
        said["params"]["message"]
            .as_str()
            .expect("a text")
            .contains("my notes#1")
    );
}

#[test]
fn the_folder_of_the_command_line_goes_before_the_editors() {
    let (_outer, folder) = notes();
    let mut client = Client::start(&folder, &["--content", folder.to_str().expect("UTF-8")]);
    client.initialize(json!([{"uri": "file:///nowhere", "name": "x"}]), json!({}));
    client.said("2 notes, 2 topics in");
    let roundabout = folder.join("sub dir/..");
    let mut client = Client::start(&folder, &["--content", roundabout.to_str().expect("UTF-8")]);
    client.initialize(Value::Null, json!({}));
    let found = client.at(
        "definition",
        B_FILE,
        &position(B, "see Learning_Volumes", 5),
    );
    assert_eq!(found.expect("one")["uri"], client.uri("a.md"));
    // No folder at all, and one that is not there, are said.
    let mut client = Client::start(&folder, &[]);
    client.initialize(Value::Null, json!({}));
    client.said("no folder is open");
    let nothing = client.at("hover", "a.md", &position(A, "<<", 3));
    assert_eq!(nothing, Ok(Value::Null));
    let mut client = Client::start(Path::new("/nowhere/at all"), &[]);
    let folders = json!([{"uri": client.uri(""), "name": "x"}]);
    client.initialize(folders, json!({}));
    client.said("there is no content folder at /nowhere/at all");
    assert_eq!(client.leave().code(), Some(0));
}
