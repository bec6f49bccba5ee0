//! The protocol: an editor's requests and notifications, in their order, and
//! the answers to them.
//!
//! One thread handles one message after the other. It collects every waiting
//! message first, so that it never answers a cancelled request, and checks a
//! script once for many keystrokes. Does not know what an answer holds.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use gen_lsp_types as lsp;
use lsp::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    InitializeParams, InitializeResult, LogMessageParams, MessageType, PublishDiagnosticsParams,
    ServerInfo, ShowMessageParams, Uri,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde_json::Value;

use super::answers::{Refusal, answer, command};
use super::commands::CommandEffect;
use super::greeting::{capabilities, greet};
use super::process::{Invocation, Process};
use super::session::Session;
use super::wire::{self, Editor};

/// Why the server ends before the editor asks it to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The editor sends something other than the protocol, or nothing.
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

/// Serves an editor over standard input and output until it ends the session.
pub(crate) fn serve() -> Result<(), Error> {
    converse(io::stdin(), io::stdout())
}

/// Serves an editor until it ends the session.
pub fn converse(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> Result<(), Error> {
    let editor = Editor::new(output);
    let (sender, incoming) = channel();
    wire::read_messages(input, sender.clone(), Incoming::Editor);
    let (id, params) = greeting(&editor, &incoming)?;
    let session = greet(&params);
    let result = InitializeResult {
        capabilities: capabilities(session.encoding()),
        server_info: Some(ServerInfo {
            name: "photoplay".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    };
    editor.send(Response::new_ok(id, result));
    let mut server = Server {
        editor,
        sender,
        incoming,
        session,
        waiting: VecDeque::new(),
        process: None,
        started: 0,
        ending: false,
    };
    server.run()
}

/// What the server waits for.
enum Incoming {
    /// A message of the editor; `None` when it has closed the connection.
    Editor(io::Result<Option<Message>>),
    /// The running command has ended.
    CommandEnded,
}

/// Waits for `initialize`: the server answers nothing before it.
fn greeting(
    editor: &Editor,
    incoming: &Receiver<Incoming>,
) -> Result<(RequestId, InitializeParams), Error> {
    for next in incoming {
        let Incoming::Editor(message) = next else { continue };
        match message? {
            Some(Message::Request(request)) if request.method == "initialize" => {
                // The editor cannot do what is missing here.
                let params = serde_json::from_value(request.params).unwrap_or_default();
                return Ok((request.id, params));
            }
            Some(Message::Request(request)) => {
                let words = "the first request must be `initialize`".to_owned();
                let code = ErrorCode::ServerNotInitialized as i32;
                editor.send(Response::new_err(request.id, code, words));
            }
            Some(Message::Notification(notice)) if notice.method != "exit" => {}
            Some(Message::Response(_)) => {}
            Some(Message::Notification(_)) | None => break,
        }
    }
    Err(io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "it closed the connection before `initialize`",
    )
    .into())
}

/// Takes the version of a document out of a notification: some editors send `null`.
fn versioned(mut params: Value) -> (Option<i32>, Value) {
    let document = params.get_mut("textDocument").and_then(Value::as_object_mut);
    let sent = document.and_then(|document| document.insert("version".to_owned(), 0.into()));
    let version = sent.and_then(|version| i32::try_from(version.as_i64()?).ok());
    (version, params)
}

struct Server {
    editor: Editor,
    sender: Sender<Incoming>,
    incoming: Receiver<Incoming>,
    session: Session,
    waiting: VecDeque<io::Result<Option<Message>>>,
    /// The running command; one at a time.
    process: Option<Process>,
    /// How many commands were started.
    started: u32,
    ending: bool,
}

impl Server {
    fn run(&mut self) -> Result<(), Error> {
        loop {
            self.collect();
            let Some(message) = self.waiting.pop_front() else {
                // An editor that has sent `shutdown` may not read any more.
                if !self.ending {
                    self.publish_diagnostics();
                }
                // A message may have come meanwhile.
                match self.incoming.recv() {
                    Ok(incoming) => self.receive(incoming),
                    Err(_) => return Ok(()),
                }
                continue;
            };
            match message? {
                Some(Message::Request(request)) => self.handle_request(request),
                Some(Message::Notification(notice)) if notice.method != "exit" => {
                    self.handle_notification(notice);
                }
                Some(Message::Response(_)) => {}
                // The editor has ended the session.
                Some(Message::Notification(_)) | None => return Ok(()),
            }
        }
    }

    /// Collects every waiting message; cancelled requests are removed.
    fn collect(&mut self) {
        while let Ok(incoming) = self.incoming.try_recv() {
            self.receive(incoming);
        }
    }

    fn receive(&mut self, incoming: Incoming) {
        let message = match incoming {
            Incoming::Editor(message) => message,
            Incoming::CommandEnded => {
                self.process = None;
                return self.session.invalidate();
            }
        };
        if let Ok(Some(Message::Notification(notification))) = &message
            && notification.method == "$/cancelRequest"
        {
            let id = notification.params.get("id").cloned();
            if let Some(id) = id.and_then(|id| serde_json::from_value::<RequestId>(id).ok()) {
                self.cancel(&id);
            }
            return;
        }
        self.waiting.push_back(message);
    }

    fn cancel(&mut self, id: &RequestId) {
        let asked = |message: &io::Result<Option<Message>>| matches!(message, Ok(Some(Message::Request(request))) if request.id == *id);
        if let Some(at) = self.waiting.iter().position(asked) {
            self.waiting.remove(at);
            let words = "cancelled".to_owned();
            self.editor.send(Response::new_err(
                id.clone(),
                ErrorCode::RequestCanceled as i32,
                words,
            ));
        }
    }

    /// Publishes the diagnostics of scripts that have changed. A bug in the
    /// compiler must not end the session: the editor's log gets a message, and
    /// the script keeps its old diagnostics until it changes again.
    fn publish_diagnostics(&mut self) {
        let session = &mut self.session;
        match catch_unwind(AssertUnwindSafe(|| session.new_diagnostics())) {
            Ok(files) => {
                self.publish(files);
                self.session.free_old();
            }
            Err(_) => self.log("a script could not be checked; this is a bug in photoplay"),
        }
    }

    fn publish(&self, files: Vec<PublishDiagnosticsParams>) {
        for diagnostics in files {
            self.editor.notify("textDocument/publishDiagnostics", diagnostics);
        }
    }

    /// Writes an error into the editor's log.
    fn log(&self, message: impl Into<String>) {
        let message = LogMessageParams { kind: MessageType::Error, message: message.into() };
        self.editor.notify("window/logMessage", message);
    }

    /// Says that a notification is not understood, so the script is not the editor's.
    fn lament(&self, method: &str, error: &serde_json::Error) {
        self.log(format!(
            "`{method}` is not understood ({error}); close the script and open it again"
        ));
    }

    /// Asks the editor to watch the files that scripts read.
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
        self.editor.send(Request::new(id, "client/registerCapability".to_owned(), registration));
    }

    // ─── Notifications ─────────────────────────────────────────────────────────────

    fn handle_notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match method.as_str() {
            "initialized" => self.watch_files(),
            "textDocument/didOpen" => {
                let (version, params) = versioned(params);
                match serde_json::from_value::<DidOpenTextDocumentParams>(params) {
                    Ok(opened) => {
                        let document = opened.text_document;
                        self.session.open(document.uri, version, document.text);
                    }
                    Err(error) => self.lament(&method, &error),
                }
            }
            "textDocument/didChange" => {
                let (version, params) = versioned(params);
                let uri = params["textDocument"]["uri"].as_str().map(|uri| Uri(uri.to_owned()));
                match serde_json::from_value::<DidChangeTextDocumentParams>(params) {
                    Ok(changed) => {
                        let uri = changed.text_document.text_document_identifier.uri;
                        self.session.change(&uri, version, changed.content_changes);
                    }
                    Err(error) => {
                        self.lament(&method, &error);
                        // Its text is no longer that of the editor.
                        let closed = uri.map(|uri| self.session.close(&uri));
                        self.publish(closed.unwrap_or_default());
                    }
                }
            }
            "textDocument/didClose" => {
                if let Ok(closed) = serde_json::from_value::<DidCloseTextDocumentParams>(params) {
                    let diagnostics = self.session.close(&closed.text_document.uri);
                    self.publish(diagnostics);
                }
            }
            "window/workDoneProgress/cancel" => {
                let meant = |process: &&Process| params["token"] == *process.token;
                if let Some(process) = self.process.as_ref().filter(meant) {
                    process.stop();
                }
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.session.invalidate(),
            _ => {}
        }
    }

    // ─── Requests ───────────────────────────────────────────────────────────

    fn handle_request(&mut self, request: Request) {
        let id = request.id.clone();
        if request.method == "shutdown" {
            self.ending = true;
            return self.editor.send(Response::new_ok(id, Value::Null));
        }
        if self.ending {
            let words = "the server is ending".to_owned();
            return self.editor.send(Response::new_err(
                id,
                ErrorCode::InvalidRequest as i32,
                words,
            ));
        }
        let session = &mut self.session;
        let method = request.method.clone();
        // A bug in one answer must not end the session.
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
        self.editor.send(response);
        match done {
            Some(CommandEffect::ShowMessage(words)) => {
                self.editor.notify("window/showMessage", words);
            }
            Some(CommandEffect::ShowDocument(document)) => {
                let id = RequestId::from(format!("show {id}"));
                self.editor.send(Request::new(id, "window/showDocument".to_owned(), document));
            }
            Some(CommandEffect::Start(invocation)) => self.start(invocation),
            None => {}
        }
    }

    /// Starts a command, unless one runs.
    fn start(&mut self, invocation: Invocation) {
        let refused = if self.process.is_some() {
            "another command still runs; wait for it, or stop it".to_owned()
        } else {
            self.started += 1;
            let token = format!("photoplay {}", self.started);
            let (editor, server) = (self.editor.clone(), self.sender.clone());
            // The receiver is gone when the server has ended.
            let done = move || drop(server.send(Incoming::CommandEnded));
            match Process::start(invocation, token, self.session.client().progress, editor, done) {
                Ok(process) => return self.process = Some(process),
                Err(error) => format!("`photoplay` cannot be started: {error}"),
            }
        };
        let message = ShowMessageParams { kind: MessageType::Warning, message: refused };
        self.editor.notify("window/showMessage", message);
    }
}
