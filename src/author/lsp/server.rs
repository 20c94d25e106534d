//! The server: what a client says, in the order of the protocol, and what it is answered.
//!
//! One event after the other, so that an answer always belongs to the text that the client
//! had when it asked. A client that lies gets an error that says what was wrong.

use super::checker::{Checked, State};
use super::client::Client;
use super::desk::{Desk, LISTS, Open};
use super::diagnostics::Told;
use super::wire::{Heard, Outgoing};
use crate::notebook::Rules;
use crate::notebook::watch::{self, Change, News, Watch};
use crate::panels::attached;
use crate::web::demos::reasons;
use lsp_server::{ErrorCode, Message, Notification, Request, Response, ResponseError};
use lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, MessageType, Uri,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Sender, SyncSender};

/// What can happen.
pub enum Event {
    /// The client said something, or cannot be heard any more, and why.
    Heard(std::io::Result<Heard>),
    /// Files changed on disk.
    Disk(Vec<Change>),
    /// The notes were checked.
    Checked(Checked),
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// There is more to come.
    On,
    /// The conversation is over; `true` when the client took its leave.
    Over(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing but `initialize` may be asked.
    Waiting,
    Running,
    /// Nothing but `exit` may follow.
    ShutDown,
}

/// A conversation with one client.
pub struct Server {
    /// The folder that the command line or the settings name.
    content: Option<PathBuf>,
    rules: Rules,
    pub(super) phase: Phase,
    pub(super) client: Client,
    pub(super) desk: Option<Desk>,
    /// What to say, in order.
    out: Vec<Outgoing>,
    /// Where changes on disk are told.
    events: SyncSender<Event>,
    watch: Option<Watch>,
    to_check: Sender<State>,
    /// How many states of the notes there have been.
    number: u64,
    told: Told,
}

/// Why there is no answer.
pub(super) type Refused = ResponseError;

pub(super) fn refused(code: ErrorCode, message: impl Into<String>) -> Refused {
    ResponseError {
        code: code as i32,
        message: message.into(),
        data: None,
    }
}

pub(super) fn read<P: DeserializeOwned>(method: &str, params: Value) -> Result<P, Refused> {
    serde_json::from_value(params).map_err(|error| {
        let why = format!("the parameters of {method} cannot be read: {error}");
        refused(ErrorCode::InvalidParams, why)
    })
}

impl Server {
    /// A server that has not heard from its client yet.
    pub fn new(
        content: Option<PathBuf>,
        rules: Rules,
        events: SyncSender<Event>,
        to_check: Sender<State>,
    ) -> Server {
        Server {
            content,
            rules,
            phase: Phase::Waiting,
            client: Client::default(),
            desk: None,
            out: Vec::new(),
            events,
            watch: None,
            to_check,
            number: 0,
            told: Told::default(),
        }
    }

    /// What there is to say by now.
    pub fn said(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.out)
    }

    /// Takes in what happened.
    pub fn happens(&mut self, event: Event) -> Flow {
        match event {
            Event::Heard(Ok(Heard::Message(message))) => return self.hears(message),
            Event::Heard(Ok(Heard::Nonsense(answer))) => self.out.push(Outgoing::Raw(answer)),
            Event::Heard(Ok(Heard::End)) => {
                if self.phase != Phase::ShutDown {
                    eprintln!("waterline lsp: the client went away without `shutdown` and `exit`");
                }
                return Flow::Over(self.phase == Phase::ShutDown);
            }
            Event::Heard(Err(error)) => {
                eprintln!("waterline lsp: {error}");
                self.log(MessageType::ERROR, &error.to_string());
                return Flow::Over(false);
            }
            Event::Disk(changes) => self.disk(changes),
            Event::Checked(checked) => self.checked(&checked),
        }
        Flow::On
    }

    fn hears(&mut self, message: Message) -> Flow {
        match message {
            Message::Request(request) => self.request(request),
            Message::Notification(note) if note.method == "exit" => {
                return Flow::Over(self.phase == Phase::ShutDown);
            }
            Message::Notification(note) if self.phase == Phase::Running => self.notified(note),
            // The protocol has them dropped before `initialize`.
            Message::Notification(_) => {}
            // To what we registered: a client that cannot do it has our own watch.
            Message::Response(_) => {}
        }
        Flow::On
    }

    // ---- requests

    fn request(&mut self, Request { id, method, params }: Request) {
        let answer = catch_unwind(AssertUnwindSafe(|| self.answer(&method, params)));
        let answer = answer.unwrap_or_else(|_| {
            let why = format!("{method} failed here; this is a mistake of Waterline's");
            Err(refused(ErrorCode::InternalError, why))
        });
        let response = Response {
            id,
            response_result: answer,
        };
        // What is said of the folder follows the answer to `initialize`.
        let at = match method.as_str() {
            "initialize" => 0,
            _ => self.out.len(),
        };
        let response = Outgoing::Message(Message::Response(response));
        self.out.insert(at, response);
    }

    pub(super) fn initialize(&mut self, params: &Value) -> Result<Value, Refused> {
        if !params.is_object() {
            let why = "the parameters of `initialize` are not an object";
            return Err(refused(ErrorCode::InvalidParams, why));
        }
        self.client = Client::of(params);
        self.phase = Phase::Running;
        self.load();
        Ok(json!({
            "capabilities": self.client.capabilities(),
            "serverInfo": {"name": "waterline", "version": env!("CARGO_PKG_VERSION")},
        }))
    }

    /// Reads the content folder, follows it, and says which one it is.
    fn load(&mut self) {
        let (folder, others) = match &self.content {
            Some(folder) => (Some(folder.clone()), 0),
            None => (self.client.folder.clone(), self.client.other_folders),
        };
        let Some(folder) = folder else {
            let why = "no folder is open, so there are no notes to know: open the folder with \
                       your notes, or start `waterline lsp --content DIR`";
            return self.show(MessageType::WARNING, why);
        };
        // Watched before it is read, so that nothing that is saved in between is missed.
        let events = self.events.clone();
        let heard = watch::watch(&folder, &LISTS, move |news| {
            // A folder that is gone keeps its notes; it is followed again when it is back.
            if let News::Changed(changes) = news {
                // Nobody to tell any more: we are ending.
                let _ = events.send(Event::Disk(changes));
            }
        });
        let desk = match Desk::of(&folder, &self.rules, self.client.encoding) {
            Ok(desk) => desk,
            Err(error) => return self.show(MessageType::ERROR, &error.to_string()),
        };
        let place = desk.folder().display().to_string();
        if others > 0 {
            let more = others + 1;
            let say = format!(
                "the notes are those of {place}, the first of {more} folders; \
                 `waterline lsp --content DIR` chooses another"
            );
            self.show(MessageType::INFO, &say);
        }
        let say = format!(
            "{} notes, {} topics in {place}",
            desk.notebook.len(),
            desk.notebook.topic_count()
        );
        self.log(MessageType::INFO, &say);
        match heard {
            Ok(watch) => self.watch = Some(watch),
            Err(error) => {
                let say = format!("cannot follow changes on disk: {error}");
                self.log(MessageType::WARNING, &say);
            }
        }
        self.desk = Some(desk);
        self.check();
    }

    // ---- notifications

    fn notified(&mut self, Notification { method, params }: Notification) {
        if let Err(error) = self.takes(&method, params) {
            self.log(MessageType::ERROR, &error.message);
        }
    }

    fn takes(&mut self, method: &str, params: Value) -> Result<(), Refused> {
        match method {
            "initialized" => self.register(),
            "textDocument/didOpen" => {
                let params: DidOpenTextDocumentParams = read(method, params)?;
                self.opened(params);
            }
            "textDocument/didChange" => {
                let params: DidChangeTextDocumentParams = read(method, params)?;
                self.changed(params)?;
            }
            "textDocument/didClose" => {
                let params: DidCloseTextDocumentParams = read(method, params)?;
                self.closed(&params.text_document.uri)?;
            }
            "textDocument/didSave" => {
                let _: DidSaveTextDocumentParams = read(method, params)?;
                self.check();
            }
            "workspace/didChangeWatchedFiles" => {
                let params: DidChangeWatchedFilesParams = read(method, params)?;
                let Some(desk) = &mut self.desk else {
                    return Ok(());
                };
                let mut any = false;
                for change in params.changes {
                    if let Some(file) = desk.file(&change.uri) {
                        any |= desk.read_again(&file);
                    }
                }
                if any {
                    self.check();
                }
            }
            // Everything else is no concern of ours, and may be ignored.
            _ => {}
        }
        Ok(())
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let Some(desk) = &mut self.desk else { return };
        let Some(file) = desk.file(&document.uri) else {
            return;
        };
        let twice = desk.open(&file).is_some();
        let open = Open {
            uri: document.uri,
            version: document.version,
            text: document.text,
        };
        desk.opens(&file, open);
        self.told.anew(&file);
        if twice {
            let say = format!("{file} was opened twice; what came last counts");
            self.log(MessageType::WARNING, &say);
        }
        self.check();
    }

    fn changed(&mut self, params: DidChangeTextDocumentParams) -> Result<(), Refused> {
        let document = params.text_document;
        let Some(desk) = &mut self.desk else {
            return Ok(());
        };
        let Some(file) = desk.file(&document.uri) else {
            return Ok(());
        };
        let before = desk.open(&file).map(|open| open.version);
        if !desk.changes(&file, document.version, params.content_changes) {
            let why = format!("{file} was changed and is not open: nothing was taken over");
            return Err(refused(ErrorCode::InvalidParams, why));
        }
        if let Some(before) = before.filter(|before| *before >= document.version) {
            let now = document.version;
            let say = format!("{file} went from version {before} to {now}; it should rise");
            self.log(MessageType::WARNING, &say);
        }
        self.check();
        Ok(())
    }

    fn closed(&mut self, uri: &Uri) -> Result<(), Refused> {
        let Some(desk) = &mut self.desk else {
            return Ok(());
        };
        let Some(file) = desk.file(uri) else {
            return Ok(());
        };
        if !desk.closes(&file) {
            let why = format!("{file} was closed and is not open");
            return Err(refused(ErrorCode::InvalidParams, why));
        }
        self.told.anew(&file);
        self.check();
        Ok(())
    }

    /// Asks the client to tell of changes too: it sees the lists beside the notes.
    fn register(&mut self) {
        if !self.client.can_watch {
            return;
        }
        let globs = ["**/*.md", "**/*.markdown", attached::FILE, reasons::FILE];
        let params = json!({"registrations": [{
            "id": "notes",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {
                "watchers": globs.map(|glob| match glob.starts_with("**") {
                    true => json!({"globPattern": glob}),
                    false => json!({"globPattern": format!("**/{glob}")}),
                }),
            },
        }]});
        let request = Request::new(
            "watch".to_owned().into(),
            "client/registerCapability".into(),
            params,
        );
        self.out.push(Outgoing::Message(Message::Request(request)));
    }

    // ---- what happens by itself

    fn disk(&mut self, changes: Vec<Change>) {
        let Some(desk) = &mut self.desk else { return };
        let mut any = desk.changed(changes);
        // The watch tells of notes only; the lists are small.
        for list in LISTS {
            any |= desk.read_again(list);
        }
        if any {
            self.check();
        }
    }

    /// Has the notes checked as they are now.
    fn check(&mut self) {
        let Some(desk) = &self.desk else { return };
        self.number += 1;
        let state = State {
            number: self.number,
            notebook: desk.notebook.clone(),
            attachments: desk.list(attached::FILE),
            reasons: desk.list(reasons::FILE),
            folder: desk.folder().to_owned(),
            versions: desk.versions(),
        };
        // Nobody checks any more: we are ending.
        let _ = self.to_check.send(state);
    }

    fn checked(&mut self, checked: &Checked) {
        let Some(desk) = &self.desk else { return };
        // There is a newer state, which is being checked.
        if checked.number < self.number || self.phase != Phase::Running {
            return;
        }
        for params in self.told.now(desk, checked) {
            self.say("textDocument/publishDiagnostics", params);
        }
    }

    fn say(&mut self, method: &str, params: impl Serialize) {
        let note = Notification::new(method.to_owned(), params);
        self.out
            .push(Outgoing::Message(Message::Notification(note)));
    }

    /// For the author to see.
    fn show(&mut self, kind: MessageType, message: &str) {
        let message = format!("Waterline: {message}");
        self.say(
            "window/showMessage",
            json!({"type": kind, "message": message}),
        );
    }

    /// For who looks for it.
    fn log(&mut self, kind: MessageType, message: &str) {
        self.say(
            "window/logMessage",
            json!({"type": kind, "message": message}),
        );
    }
}
