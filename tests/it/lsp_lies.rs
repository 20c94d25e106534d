//! Clients of `waterline lsp` that lie: a clear error, and the conversation goes on.

use crate::lsp_client::{Client, position};
use serde_json::{Value, json};
use std::fs;

const A: &str = "---\npath: /a\ntitle: A\n---\n# <<Learning_A>>\n\n🐳 Learning_A.\n";

fn notes() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.md"), A).expect("it is written");
    folder
}

/// It still answers, and knows what the text is.
fn is_well(client: &mut Client, text: &str) {
    let at = position(text, "<<Learning_A", 4);
    let found = client.at("definition", "a.md", &at).expect("an answer");
    let line = text[..text.find("<<").expect("an anchor")]
        .matches('\n')
        .count();
    assert_eq!(
        found["range"]["start"],
        json!({"line": line, "character": 4})
    );
}

#[test]
fn nothing_is_answered_before_initialize() {
    let folder = notes();
    let mut client = Client::start(folder.path(), &[]);
    let (code, message) = client
        .at("hover", "a.md", &json!({"line": 0, "character": 0}))
        .expect_err("too early");
    assert_eq!(code, -32002, "{message}");
    assert!(message.contains("before `initialize`"), "{message}");
    client.did_open("a.md", 1, "# <<Learning_Lie>>\n");
    let (code, message) = client
        .ask("initialize", json!([1, 2]))
        .expect_err("no object");
    assert_eq!(code, -32602, "{message}");
    let folders = json!([{"uri": client.uri(""), "name": "notes"}]);
    client.initialize(
        folders,
        json!({"general": 7, "workspace": [], "textDocument": null}),
    );
    is_well(&mut client, A);
    let (code, message) = client.ask("initialize", json!({})).expect_err("twice");
    assert_eq!(code, -32600, "{message}");
    assert_eq!(client.ask("shutdown", Value::Null), Ok(Value::Null));
    let (code, message) = client
        .ask("workspace/symbol", json!({"query": ""}))
        .expect_err("late");
    assert_eq!(code, -32600, "{message}");
    client.tell("exit", Value::Null);
    assert_eq!(client.end().code(), Some(0));
}

#[test]
fn leaving_without_a_word_is_an_exit_code() {
    let folder = notes();
    let mut client = Client::open(folder.path(), json!({}));
    client.tell("exit", Value::Null);
    assert_eq!(client.end().code(), Some(1));
    let mut client = Client::open(folder.path(), json!({}));
    assert_eq!(client.end().code(), Some(1));
    let mut client = Client::start(folder.path(), &[]);
    client.tell("exit", Value::Null);
    assert_eq!(client.end().code(), Some(1));
}

#[test]
fn garbage_is_answered_and_what_follows_is_heard() {
    let folder = notes();
    let mut client = Client::open(folder.path(), json!({}));
    for garbage in [
        "{\"jsonrpc\": \"2.0\", ",
        "\u{0}\u{1}",
        "",
        "[[[[[[",
        "{\"id\":",
    ] {
        client.framed(garbage);
        let answer = client.wait("answer", |message| message["error"]["code"] == -32700);
        assert_eq!(answer["id"], Value::Null);
        is_well(&mut client, A);
    }
    client.framed(&"[".repeat(1_000_000));
    client.wait("answer", |message| message["error"]["code"] == -32700);
    for odd in [
        "[]",
        "{}",
        "7",
        "null",
        "{\"id\": 9007199254740993, \"method\": \"shutdown\"}",
    ] {
        client.framed(odd);
        client.wait("answer", |message| message["error"]["code"] == -32600);
        is_well(&mut client, A);
    }
    let uri = client.uri("a.md");
    for (method, params) in [
        ("textDocument/hover", json!(null)),
        (
            "textDocument/hover",
            json!({"textDocument": {"uri": uri}, "position": {"line": -1, "character": 0}}),
        ),
        (
            "textDocument/hover",
            json!({"textDocument": {"uri": uri}, "position": {"line": 1e300, "character": 0}}),
        ),
        (
            "textDocument/rename",
            json!({"textDocument": {"uri": "not an address"}, "position": {"line": 0, "character": 0}, "newName": "A_B"}),
        ),
    ] {
        let (code, message) = client.ask(method, params).expect_err(method);
        assert_eq!(code, -32602, "{message}");
        assert!(message.contains(method), "{message}");
    }
    let (code, message) = client
        .ask("waterline/unknown", json!({}))
        .expect_err("unknown");
    assert_eq!(code, -32601, "{message}");
    client.tell("$/cancelRequest", json!({"id": 1}));
    client.tell("$/whatever", json!(7));
    is_well(&mut client, A);
}

#[test]
fn a_header_that_leads_nowhere_ends_it_with_a_word() {
    let folder = notes();
    for header in [
        "Content-Length: many\r\n\r\n{}",
        "Hello\r\n\r\n",
        "Content-Length: -7\r\n\r\n",
    ] {
        let mut client = Client::open(folder.path(), json!({}));
        client.raw(header.as_bytes());
        client.said("Content-Length");
        assert_eq!(client.end().code(), Some(1), "{header}");
    }
}

#[test]
fn a_huge_message_is_passed_over() {
    let folder = notes();
    let mut client = Client::open(folder.path(), json!({}));
    let huge = "x".repeat((64 << 20) + 1);
    client.framed(&huge);
    let answer = client.wait("answer", |message| message["error"]["code"] == -32600);
    let message = answer["error"]["message"].as_str().expect("a text");
    assert!(message.contains("67108865 bytes was not read"), "{message}");
    is_well(&mut client, A);
}

#[test]
fn documents_that_nobody_opened_and_wrong_versions_are_told() {
    let folder = notes();
    let mut client = Client::open(folder.path(), json!({}));
    client.did_change("a.md", 2, json!([{"text": "# lie\n"}]));
    client.said("a.md was changed and is not open");
    client.tell(
        "textDocument/didClose",
        json!({"textDocument": {"uri": client.uri("a.md")}}),
    );
    client.said("a.md was closed and is not open");
    is_well(&mut client, A);
    let (code, message) = client
        .at("hover", "no.md", &json!({"line": 0, "character": 0}))
        .expect_err("none");
    assert_eq!(code, -32602);
    assert!(message.contains("there is no no.md"), "{message}");
    for elsewhere in [
        "file:///etc/passwd",
        "untitled:Untitled-1",
        "https://example.org/a.md",
    ] {
        let place =
            json!({"textDocument": {"uri": elsewhere}, "position": {"line": 0, "character": 0}});
        assert_eq!(client.ask("textDocument/hover", place), Ok(Value::Null));
    }
    let out = format!("{}/../a.md", client.uri(""));
    let place = json!({"textDocument": {"uri": out}, "position": {"line": 4, "character": 5}});
    assert_eq!(client.ask("textDocument/hover", place), Ok(Value::Null));

    client.did_open("a.md", 5, A);
    client.did_open("a.md", 6, A);
    client.said("a.md was opened twice");
    let line = format!("\n{A}");
    client.did_change("a.md", 3, json!([{"text": line}]));
    client.said("a.md went from version 6 to 3");
    is_well(&mut client, &line);
}

#[test]
fn ranges_out_of_bounds_are_at_the_edge() {
    let folder = notes();
    let mut client = Client::open(folder.path(), json!({}));
    client.did_open("a.md", 1, A);
    let at = |line: u32, character: u32| json!({"line": line, "character": character});
    // Beyond the end is the end.
    client.did_change("a.md", 2, json!([
        {"range": {"start": at(4_000_000_000, 4_000_000_000), "end": at(u32::MAX, u32::MAX)}, "text": "end"},
        {"range": {"start": at(6, 900), "end": at(6, 900)}, "text": "!"},
    ]));
    is_well(&mut client, A);
    // The end before the start, and half an emoji.
    client.did_change(
        "a.md",
        3,
        json!([
            {"range": {"start": at(6, 1), "end": at(6, 0)}, "text": ""},
            {"range": {"start": at(1, 0), "end": at(0, 0)}, "text": ""},
        ]),
    );
    let at_definition = |client: &mut Client, line: u32, character: u32| {
        let found = client.at(
            "definition",
            "a.md",
            &json!({"line": line, "character": character}),
        );
        found.expect("an answer")
    };
    // One line less: `---` at the top is gone, and with it the front matter.
    let found = at_definition(&mut client, 3, 6);
    assert_eq!(found["range"]["start"], at(3, 4));
    for (line, character) in [(u32::MAX, u32::MAX), (3, u32::MAX), (u32::MAX, 0)] {
        for method in ["hover", "completion", "references", "prepareRename"] {
            client
                .at(method, "a.md", &at(line, character))
                .expect(method);
        }
    }
}

#[test]
fn what_the_folder_passes_over_is_no_note_however_it_is_named() {
    let folder = notes();
    let path = |file: &str| folder.path().join(file);
    fs::write(path(".gitignore"), "drafts/\n").expect("it is written");
    fs::write(path(".waterlineignore"), "todo.md\n").expect("it is written");
    fs::create_dir_all(path("drafts")).expect("a folder");
    let text = "# <<Learning_Draft>>\n\nLearning_Nothing\n";
    let files = ["drafts/d.md", "todo.md", ".hidden.md"];
    for file in files {
        fs::write(path(file), text).expect("it is written");
    }
    let mut client = Client::open(folder.path(), json!({}));
    let topics = |client: &mut Client| {
        let found = client.ask("workspace/symbol", json!({"query": "Learning"}));
        let found = found.expect("an answer");
        let names = found.as_array().expect("a list").iter();
        names.map(|one| one["name"].clone()).collect::<Vec<_>>()
    };
    for file in files {
        client.did_open(file, 1, text);
        client.did_change(file, 2, json!([{"text": text}]));
        assert_eq!(topics(&mut client), ["Learning_A"], "{file} is open");
        client.tell(
            "textDocument/didClose",
            json!({"textDocument": {"uri": client.uri(file)}}),
        );
        assert_eq!(topics(&mut client), ["Learning_A"], "{file} was closed");
        let changes = json!([{"uri": client.uri(file), "type": 2}]);
        client.tell(
            "workspace/didChangeWatchedFiles",
            json!({"changes": changes}),
        );
        assert_eq!(topics(&mut client), ["Learning_A"], "{file} was told of");
    }
    is_well(&mut client, A);
}
