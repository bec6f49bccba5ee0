//! The protocol: what an editor asks, in which order, and what it is told.
//!
//! One thread, one message after the other. What waits is looked at before
//! anything is worked on: a question that was withdrawn is not answered, and
//! many keystrokes are understood at once.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use gen_lsp_types as lsp;
use lsp::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    InitializeParams, InitializeResult, MessageType, ServerInfo, ShowMessageParams,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde_json::Value;

use super::answers::{Refusal, answer, command};
use super::commands::CommandEffect;
use super::greeting::{capabilities, greet};
use super::process::{Invocation, Process};
use super::session::Session;
use super::wire::{self, Editor};

/// Why the server ends before it is told to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The editor says something that is no such conversation, or nothing.
    #[error("the editor does not speak the language server protocol")]
    Protocol(#[source] io::Error),
    /// Standard input or output fails.
    #[error("the connection to the editor broke")]
    Connection(#[source] io::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Self::Protocol(error),
            _ => Self::Connection(error),
        }
    }
}

/// Serves an editor over standard input and output until it says goodbye.
pub fn serve() -> Result<(), Error> {
    converse(io::stdin(), io::stdout())
}

/// Serves an editor until it says goodbye.
pub fn converse(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> Result<(), Error> {
    let editor = Editor::new(output);
    let (sender, incoming) = channel();
    wire::hear(input, sender.clone(), Incoming::Editor);
    let (id, params) = greeting(&editor, &incoming)?;
    let session = greet(&params);
    let result = InitializeResult {
        capabilities: capabilities(session.encoding()),
        server_info: Some(ServerInfo {
            name: "photoplay".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    };
    editor.say(Response::new_ok(id, result));
    let mut server = Server {
        editor,
        sender,
        incoming,
        session,
        waiting: VecDeque::new(),
        work: None,
        begun: 0,
        ending: false,
    };
    server.run()
}

/// What the server hears.
enum Incoming {
    /// What the editor says; nothing when it has gone away.
    Editor(io::Result<Option<Message>>),
    /// What was being made is made, or is not.
    WorkDone,
}

/// Waits for the editor's greeting: before it nothing is answered.
fn greeting(
    editor: &Editor,
    incoming: &Receiver<Incoming>,
) -> Result<(RequestId, InitializeParams), Error> {
    for heard in incoming {
        let Incoming::Editor(message) = heard else { continue };
        match message? {
            Some(Message::Request(request)) if request.method == "initialize" => {
                // What is missing in a greeting is what the editor cannot do.
                let params = serde_json::from_value(request.params).unwrap_or_default();
                return Ok((request.id, params));
            }
            Some(Message::Request(request)) => {
                let words = "the first thing is to say `initialize`".to_owned();
                let code = ErrorCode::ServerNotInitialized as i32;
                editor.say(Response::new_err(request.id, code, words));
            }
            Some(Message::Notification(notice)) if notice.method != "exit" => {}
            Some(Message::Response(_)) => {}
            Some(Message::Notification(_)) | None => break,
        }
    }
    Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it left without a greeting").into())
}

struct Server {
    editor: Editor,
    sender: Sender<Incoming>,
    incoming: Receiver<Incoming>,
    session: Session,
    waiting: VecDeque<io::Result<Option<Message>>>,
    /// What is being made; one thing at a time.
    work: Option<Process>,
    /// How many were begun.
    begun: u32,
    ending: bool,
}

impl Server {
    fn run(&mut self) -> Result<(), Error> {
        loop {
            self.collect();
            let Some(message) = self.waiting.pop_front() else {
                // An editor that is about to go may not read any more.
                if !self.ending {
                    self.tell();
                }
                // Something may have come meanwhile.
                match self.incoming.recv() {
                    Ok(heard) => self.hear(heard),
                    Err(_) => return Ok(()),
                }
                continue;
            };
            match message? {
                Some(Message::Request(request)) => self.request(request),
                Some(Message::Notification(notice)) if notice.method != "exit" => {
                    self.notice(notice);
                }
                Some(Message::Response(_)) => {}
                // An editor that is gone has said goodbye.
                Some(Message::Notification(_)) | None => return Ok(()),
            }
        }
    }

    /// Takes everything that waits; questions that were withdrawn go.
    fn collect(&mut self) {
        while let Ok(heard) = self.incoming.try_recv() {
            self.hear(heard);
        }
    }

    fn hear(&mut self, heard: Incoming) {
        let message = match heard {
            Incoming::Editor(message) => message,
            Incoming::WorkDone => {
                self.work = None;
                return self.session.look_again();
            }
        };
        if let Ok(Some(Message::Notification(notification))) = &message
            && notification.method == "$/cancelRequest"
        {
            let id = notification.params.get("id").cloned();
            if let Some(id) = id.and_then(|id| serde_json::from_value::<RequestId>(id).ok()) {
                self.withdraw(&id);
            }
            return;
        }
        self.waiting.push_back(message);
    }

    fn withdraw(&mut self, id: &RequestId) {
        let asked = |message: &io::Result<Option<Message>>| matches!(message, Ok(Some(Message::Request(request))) if request.id == *id);
        if let Some(at) = self.waiting.iter().position(asked) {
            self.waiting.remove(at);
            let words = "withdrawn".to_owned();
            self.editor.say(Response::new_err(
                id.clone(),
                ErrorCode::RequestCanceled as i32,
                words,
            ));
        }
    }

    /// Says what there is to say about scripts that have changed.
    fn tell(&mut self) {
        let session = &mut self.session;
        let said = catch_unwind(AssertUnwindSafe(|| session.tell())).unwrap_or_default();
        for said in said {
            self.editor.notify("textDocument/publishDiagnostics", said);
        }
    }

    /// Asks the editor to watch what scripts read besides themselves.
    fn watch_files(&self) {
        if !self.session.client().watches {
            return;
        }
        let globs = [
            "**/*.yaml",
            "**/*.yml",
            "**/*.png",
            "**/*.jpg",
            "**/*.jpeg",
            "**/*.webp",
            "**/photoplay.lock",
            "**/.photoplay/plans/*.json",
        ];
        let watchers: Vec<Value> =
            globs.iter().map(|glob| serde_json::json!({ "globPattern": glob })).collect();
        let registration = serde_json::json!({ "registrations": [{
            "id": "files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": { "watchers": watchers },
        }] });
        let id = RequestId::from("watch".to_owned());
        self.editor.say(Request::new(id, "client/registerCapability".to_owned(), registration));
    }

    // ─── Notices ─────────────────────────────────────────────────────────────

    fn notice(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match method.as_str() {
            "initialized" => self.watch_files(),
            "textDocument/didOpen" => {
                if let Ok(opened) = serde_json::from_value::<DidOpenTextDocumentParams>(params) {
                    let document = opened.text_document;
                    self.session.open(document.uri, document.version, document.text);
                }
            }
            "textDocument/didChange" => {
                if let Ok(changed) = serde_json::from_value::<DidChangeTextDocumentParams>(params) {
                    let document = changed.text_document;
                    let uri = document.text_document_identifier.uri;
                    self.session.change(&uri, document.version, changed.content_changes);
                }
            }
            "textDocument/didClose" => {
                if let Ok(closed) = serde_json::from_value::<DidCloseTextDocumentParams>(params) {
                    for nothing in self.session.close(&closed.text_document.uri) {
                        self.editor.notify("textDocument/publishDiagnostics", nothing);
                    }
                }
            }
            "window/workDoneProgress/cancel" => {
                let meant = |work: &&Process| params["token"] == *work.token;
                if let Some(work) = self.work.as_ref().filter(meant) {
                    work.stop();
                }
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.session.look_again(),
            _ => {}
        }
    }

    // ─── Questions ───────────────────────────────────────────────────────────

    fn request(&mut self, request: Request) {
        let id = request.id.clone();
        if request.method == "shutdown" {
            self.ending = true;
            return self.editor.say(Response::new_ok(id, Value::Null));
        }
        if self.ending {
            let words = "the server is ending".to_owned();
            return self.editor.say(Response::new_err(id, ErrorCode::InvalidRequest as i32, words));
        }
        let session = &mut self.session;
        let method = request.method.clone();
        // A bug in one answer must not take the editor's session with it.
        let mut done = None;
        let answer = catch_unwind(AssertUnwindSafe(|| match request.method.as_str() {
            "workspace/executeCommand" => command(session, request.params, &mut done),
            method => answer(session, method, request.params),
        }));
        let refuse =
            |code: ErrorCode, words: String| Response::new_err(id.clone(), code as i32, words);
        let response = match answer {
            Ok(Ok(answer)) => Response::new_ok(id.clone(), answer),
            Ok(Err(Refusal::Malformed(why))) => refuse(ErrorCode::InvalidParams, why),
            Ok(Err(Refusal::Unknown)) => {
                refuse(ErrorCode::MethodNotFound, format!("`{method}` is not known here"))
            }
            Ok(Err(Refusal::Impossible(why))) => refuse(ErrorCode::RequestFailed, why),
            Err(_) => refuse(
                ErrorCode::InternalError,
                format!("`{method}` failed; this is a bug in photoplay"),
            ),
        };
        self.editor.say(response);
        match done {
            Some(CommandEffect::Say(words)) => self.editor.notify("window/showMessage", words),
            Some(CommandEffect::Show(document)) => {
                let id = RequestId::from(format!("show {id}"));
                self.editor.say(Request::new(id, "window/showDocument".to_owned(), document));
            }
            Some(CommandEffect::Start(invocation)) => self.begin(invocation),
            None => {}
        }
    }

    /// Has something made, unless something is being made.
    fn begin(&mut self, invocation: Invocation) {
        let refused = if self.work.is_some() {
            "something is still being made; wait for it, or stop it".to_owned()
        } else {
            self.begun += 1;
            let token = format!("photoplay {}", self.begun);
            let (editor, server) = (self.editor.clone(), self.sender.clone());
            // Nobody listens when the server has ended.
            let done = move || drop(server.send(Incoming::WorkDone));
            match Process::start(invocation, token, self.session.client().progress, editor, done) {
                Ok(work) => return self.work = Some(work),
                Err(error) => format!("`photoplay` cannot be started: {error}"),
            }
        };
        let told = ShowMessageParams { kind: MessageType::Warning, message: refused };
        self.editor.notify("window/showMessage", told);
    }
}
