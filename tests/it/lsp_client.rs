//! A client of the language server, as an editor is one: it speaks the wire protocol with
//! `waterline lsp`, and knows nothing of its insides.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// So long is waited for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// What came and was not asked for yet.
    aside: Vec<Value>,
    next: i64,
    pub folder: PathBuf,
}

/// What stands between two `|` of `text`: the text without them, and the position of the first,
/// in UTF-16 units.
pub fn position(text: &str, needle: &str, into: usize) -> Value {
    let at = text
        .find(needle)
        .unwrap_or_else(|| panic!("{needle} in {text}"))
        + into;
    let before = &text[..at];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    json!({"line": line, "character": before[start..].encode_utf16().count()})
}

impl Client {
    /// Starts the server in an editor without a folder of its own.
    pub fn start(folder: &Path, arguments: &[&str]) -> Client {
        let settings = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(env!("CARGO_BIN_EXE_waterline"))
            .arg("lsp")
            .args(arguments)
            .env_remove("WATERLINE_CONTENT")
            .env("XDG_CONFIG_HOME", settings.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("waterline");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let (tell, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut out) {
                if tell.send(message).is_err() {
                    break;
                }
            }
        });
        Client {
            input: child.stdin.take(),
            child,
            messages,
            aside: Vec::new(),
            next: 0,
            folder: folder.to_owned(),
        }
    }

    /// Starts the server and opens the folder, with these capabilities.
    pub fn open(folder: &Path, capabilities: Value) -> Client {
        let mut client = Client::start(folder, &[]);
        let folders = json!([{"uri": client.uri(""), "name": "notes"}]);
        client.initialize(folders, capabilities);
        client
    }

    pub fn initialize(&mut self, folders: Value, capabilities: Value) -> Value {
        let params = json!({
            "processId": null, "rootUri": null, "workspaceFolders": folders,
            "capabilities": capabilities,
        });
        let answer = self.ask("initialize", params).expect("an answer");
        self.tell("initialized", json!({}));
        answer
    }

    /// The address of a file: only what must be is percent-encoded, as VS Code does it.
    pub fn uri(&self, file: &str) -> String {
        let path = match file {
            "" => self.folder.clone(),
            _ => self.folder.join(file),
        };
        let mut uri = "file://".to_owned();
        for byte in path.to_str().expect("UTF-8").bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                    uri.push(char::from(byte));
                }
                _ => uri.push_str(&format!("%{byte:02X}")),
            }
        }
        uri
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("it is open");
        input.write_all(bytes).expect("it is heard");
        input.flush().expect("it is heard");
    }

    pub fn framed(&mut self, body: &str) {
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub fn tell(&mut self, method: &str, params: Value) {
        let body = json!({"jsonrpc": "2.0", "method": method, "params": params});
        self.framed(&body.to_string());
    }

    /// Asks and waits for the answer: the result, or the error's code and message.
    pub fn ask(&mut self, method: &str, params: Value) -> Result<Value, (i64, String)> {
        self.next += 1;
        let id = self.next;
        let body = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.framed(&body.to_string());
        let answer = self.wait(method, |message| {
            message["id"] == id && message.get("method").is_none()
        });
        match answer.get("error") {
            None => Ok(answer["result"].clone()),
            Some(error) => Err((
                error["code"].as_i64().expect("a code"),
                error["message"].as_str().expect("a message").to_owned(),
            )),
        }
    }

    /// Waits for a message that is not an answer to `ask`.
    pub fn wait(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.aside.iter().position(&is_it) {
            return self.aside.remove(at);
        }
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.messages.recv_timeout(left) {
                Ok(message) if is_it(&message) => return message,
                Ok(message) => self.aside.push(message),
                Err(_) => panic!("no {what} came; these did: {:#?}", self.aside),
            }
        }
    }

    /// The messages that came so far and nobody waited for, of one kind.
    pub fn aside(&self, is_it: impl Fn(&Value) -> bool) -> Vec<Value> {
        self.aside
            .iter()
            .filter(|one| is_it(one))
            .cloned()
            .collect()
    }

    /// Waits until a file's newest diagnostics are as they must be.
    pub fn diagnostics(&mut self, file: &str, is_it: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let uri = self.uri(file);
        let found = self.wait(&format!("diagnostics of {file}"), |message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri.as_str()
                && is_it(message["params"]["diagnostics"].as_array().expect("a list"))
        });
        found["params"]["diagnostics"]
            .as_array()
            .expect("a list")
            .clone()
    }

    /// What the server logged or showed, once it says this.
    pub fn said(&mut self, part: &str) -> Value {
        self.wait(&format!("message with {part:?}"), |message| {
            let said = message["params"]["message"].as_str().unwrap_or_default();
            message.get("id").is_none() && said.contains(part)
        })
    }

    pub fn did_open(&mut self, file: &str, version: i32, text: &str) {
        let uri = self.uri(file);
        self.tell(
            "textDocument/didOpen",
            json!({"textDocument": {
                "uri": uri, "languageId": "markdown", "version": version, "text": text,
            }}),
        );
    }

    pub fn did_change(&mut self, file: &str, version: i32, changes: Value) {
        let uri = self.uri(file);
        self.tell(
            "textDocument/didChange",
            json!({
                "textDocument": {"uri": uri, "version": version}, "contentChanges": changes,
            }),
        );
    }

    /// Asks about a place in a file.
    pub fn at(
        &mut self,
        method: &str,
        file: &str,
        position: &Value,
    ) -> Result<Value, (i64, String)> {
        let uri = self.uri(file);
        self.ask(
            &format!("textDocument/{method}"),
            json!({
                "textDocument": {"uri": uri}, "position": position,
                "context": {"includeDeclaration": true},
            }),
        )
    }

    pub fn rename(
        &mut self,
        file: &str,
        position: &Value,
        new: &str,
    ) -> Result<Value, (i64, String)> {
        let uri = self.uri(file);
        self.ask(
            "textDocument/rename",
            json!({"textDocument": {"uri": uri}, "position": position, "newName": new}),
        )
    }

    /// Takes leave, and waits for the end.
    pub fn leave(mut self) -> ExitStatus {
        assert_eq!(self.ask("shutdown", Value::Null), Ok(Value::Null));
        self.tell("exit", Value::Null);
        self.end()
    }

    /// Waits for the end, with nothing more to say.
    pub fn end(&mut self) -> ExitStatus {
        self.input = None;
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("it does not end");
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(out: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if out.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        let (name, value) = line.trim_end().split_once(": ").expect("a header");
        if name == "Content-Length" {
            length = value.parse().expect("a number");
        }
    }
    let mut body = vec![0; length];
    out.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("JSON"))
}
