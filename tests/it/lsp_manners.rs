//! What a language client says of itself is kept to, and so is what it asks for; what is in
//! an editor and what is on disk may begin with a byte order mark.

use crate::lsp_client::{Client, position};
use serde_json::{Value, json};
use std::fs;

const A: &str = "---\npath: /a\ntitle: A\n---\n# Volumes_* <<Learning_Volumes>>\n\nThey keep data.\n\n## Binds\n\nMore.\n";
const B: &str = "---\npath: /b\ntitle: B\n---\n# B\n\nSee Learning_Volumes, Learning_Volume.\n";

fn notes() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.md"), A).expect("it is written");
    fs::write(folder.path().join("b.md"), B).expect("it is written");
    let list = "[topics]\n\"Learning_Volumes\" = ['mounts']\n";
    fs::write(folder.path().join("attachments.toml"), list).expect("it is written");
    folder
}

fn asked(client: &mut Client, method: &str, params: Value) -> Value {
    client.ask(method, params).expect(method)
}

#[test]
fn references_come_without_the_definition_where_that_is_asked() {
    let folder = notes();
    let mut client = Client::open(folder.path(), json!({}));
    let mut count = |with: bool| {
        let params = json!({
            "textDocument": {"uri": client.uri("a.md")}, "position": position(A, "<<", 4),
            "context": {"includeDeclaration": with},
        });
        let found = asked(&mut client, "textDocument/references", params);
        let found = found.as_array().expect("a list").clone();
        let own = client.uri("a.md");
        let definitions = found.iter().filter(|one| one["uri"] == own.as_str());
        (found.len(), definitions.count())
    };
    assert_eq!(count(true), (3, 1));
    assert_eq!(count(false), (2, 0));
}

#[test]
fn a_client_gets_only_what_it_says_that_it_can_take() {
    let folder = notes();
    let modest = json!({"textDocument": {"hover": {"contentFormat": ["plaintext"]}}});
    let able = json!({
        "textDocument": {
            "hover": {"contentFormat": ["markdown", "plaintext"]},
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
            "codeAction": {"codeActionLiteralSupport": {}},
        },
        "workspace": {
            "workspaceEdit": {"documentChanges": true},
            "didChangeWatchedFiles": {"dynamicRegistration": true},
        },
    });
    for (is_able, capabilities) in [(false, modest), (true, able)] {
        let mut client = Client::open(folder.path(), capabilities);
        let uri = client.uri("b.md");
        client.did_open("b.md", 5, B);
        let hover = client.at("hover", "b.md", &position(B, "See Learning", 6));
        let hover = hover.expect("something");
        let kind = ["plaintext", "markdown"][usize::from(is_able)];
        assert_eq!(hover["contents"]["kind"], kind);

        let document = json!({"textDocument": {"uri": client.uri("a.md")}});
        let symbols = asked(&mut client, "textDocument/documentSymbol", document);
        let children = symbols[0]["children"].as_array().map(Vec::len);
        assert_eq!(children, is_able.then_some(1), "{symbols}");
        assert_eq!(symbols[1]["location"].is_object(), !is_able, "{symbols}");

        let at = position(B, "Learning_Volume.", 2);
        let fixes = asked(
            &mut client,
            "textDocument/codeAction",
            json!({
                "textDocument": {"uri": uri}, "range": {"start": at, "end": at},
                "context": {"diagnostics": []},
            }),
        );
        let edited = &fixes[0]["edit"]["documentChanges"][0]["textDocument"];
        match is_able {
            true => assert_eq!(edited["version"], 5, "{fixes}"),
            false => assert_eq!(fixes, Value::Null),
        }
        // Whatever it was asked came before this answer.
        client.at("hover", "b.md", &at).expect("something");
        let watches = client.aside(|message| message["method"] == "client/registerCapability");
        assert_eq!(watches.len(), usize::from(is_able));
        if let [watch] = &watches[..] {
            let watched = watch["params"]["registrations"][0]["registerOptions"].to_string();
            for file in ["**/*.md", "**/attachments.toml", "**/demos/none.toml"] {
                assert!(watched.contains(file), "{watched}");
            }
        }
    }
}

#[test]
fn diagnostics_say_which_version_they_are_of_and_come_again_when_a_note_is_opened() {
    let folder = notes();
    let mut client = Client::open(folder.path(), json!({}));
    let uri = client.uri("b.md");
    let of = |version: Value| {
        let uri = uri.clone();
        move |message: &Value| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri.as_str()
                && params["version"] == version
        }
    };
    client.wait("what is on disk", of(Value::Null));
    client.did_open("b.md", 7, B);
    let told = client.wait("what is open", of(json!(7)));
    assert_eq!(
        told["params"]["diagnostics"][0]["code"],
        "undefined-reference"
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_note() {
    let folder = notes();
    let mut client = Client::open(folder.path(), json!({}));
    let marked = "\u{feff}# Third <<Learning_Third>>, Learning_Volumes\n";
    client.did_open("c.md", 1, marked);
    let at = position(marked, "Third>>", 1);
    let found = client.at("definition", "c.md", &at).expect("one");
    assert_eq!(
        found["range"]["start"],
        position(marked, "Learning_Third", 0)
    );
    // On disk it stays, and is no change.
    fs::write(folder.path().join("c.md"), marked).expect("it is written");
    client.tell(
        "textDocument/didClose",
        json!({"textDocument": {"uri": client.uri("c.md")}}),
    );
    let found = asked(
        &mut client,
        "workspace/symbol",
        json!({"query": "Learning_Third"}),
    );
    assert_eq!(found[0]["name"], "Learning_Third");
}

#[test]
fn what_is_offered_fits_into_what_is_there() {
    let folder = notes();
    let mut client = Client::open(folder.path(), json!({}));
    let text = "# One <<Learning_Vol>>\n\n# Two <<Learning_Own\n\n<\n";
    client.did_open("c.md", 1, text);
    let mut offered = |needle: &str| {
        let at = position(text, needle, needle.len());
        client.at("completion", "c.md", &at).expect(needle)["items"].clone()
    };
    let open = offered("<<Learning_Own");
    let names = |items: &Value| -> Vec<String> {
        let items = items.as_array().expect("a list").iter();
        items
            .map(|item| item["label"].as_str().expect("a label").to_owned())
            .collect()
    };
    assert!(
        !names(&open).contains(&"Learning_Own".to_owned()),
        "its own: {open}"
    );
    let closed = offered("<<Learning_Vol");
    assert_eq!(
        closed[0]["textEdit"]["newText"], "Learning_Volume",
        "{closed}"
    );
    assert_eq!(
        names(&offered("\n\n<")),
        [""; 0],
        "one bracket begins no name"
    );
}

#[test]
fn what_is_told_beside_the_cursor_shows_as_it_is_written() {
    let folder = notes();
    let mut client = Client::open(folder.path(), json!({}));
    let hover = client.at("hover", "b.md", &position(B, "See Learning", 6));
    let text = hover.expect("something")["contents"]["value"].to_string();
    assert!(text.starts_with("\"**Volumes\\\\_\\\\***"), "{text}");
    assert!(text.contains("They keep data.\\n\\n…\\n\\n---"), "{text}");
    // The quotes in a list are no part of a name.
    let list = fs::read_to_string(folder.path().join("attachments.toml")).expect("a list");
    let at = position(&list, "Learning", 3);
    let ready = client
        .at("prepareRename", "attachments.toml", &at)
        .expect("a name");
    assert_eq!(ready["range"]["start"], position(&list, "Learning", 0));
    let edit = client
        .rename("attachments.toml", &at, "Learning_Storage")
        .expect("edits");
    let edits = &edit["changes"][client.uri("attachments.toml")];
    assert_eq!(edits[0]["newText"], "Learning_Storage");
    assert_eq!(edits[0]["range"], ready["range"]);
}

#[test]
fn a_rename_knows_what_was_saved_a_moment_ago_and_lists_are_followed() {
    let folder = notes();
    let mut client = Client::open(folder.path(), json!({}));
    let path = folder.path().join("attachments.toml");
    fs::write(&path, "[topics]\nLearning_Volumes = ['no-such']\n").expect("it is written");
    client.diagnostics("attachments.toml", |all| {
        all.iter().any(|one| one["code"] == "unknown-panel")
    });
    fs::write(folder.path().join("b.md"), B.replace("See", "\nSee")).expect("it is written");
    let at = position(A, "<<Learning_Volumes", 4);
    let edit = client
        .rename("a.md", &at, "Learning_Storage")
        .expect("edits");
    let edits = &edit["changes"][client.uri("b.md")];
    assert_eq!(
        edits[0]["range"]["start"],
        json!({"line": 7, "character": 4}),
        "{edit}"
    );
}
