//! The protocol: what an editor asks, in which order, and what it is told.
//!
//! One thread, one message after the other. What waits is looked at before
//! anything is worked on: a question that was withdrawn is not answered, and
//! many keystrokes are understood at once.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use lsp::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    InitializeParams, InitializeResult, MessageType, ServerInfo, ShowMessageParams,
};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde_json::Value;

use super::answers::{Refusal, answer, command, value};
use super::commands::Done;
use super::greeting::{capabilities, greet};
use super::lsp;
use super::session::Session;
use super::work::{Errand, Work};

/// Why the server ends before it is told to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The editor says something that is no such conversation.
    #[error("the editor does not speak the language server protocol")]
    Protocol(#[from] lsp_server::ProtocolError),
    /// Standard input or output fails.
    #[error("the connection to the editor broke")]
    Connection(#[from] std::io::Error),
}

/// Serves an editor over standard input and output until it says goodbye.
pub fn serve() -> Result<(), Error> {
    let (connection, threads) = Connection::stdio();
    let end = converse(&connection);
    // The threads end when nobody sends any more.
    drop(connection);
    end?;
    match threads.join() {
        // An editor that has gone away has said goodbye.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        end => Ok(end?),
    }
}

/// Serves an editor over a connection until it says goodbye.
pub fn converse(connection: &Connection) -> Result<(), Error> {
    let (id, params) = connection.initialize_start()?;
    // What is missing in a greeting is what the editor cannot do.
    let params: InitializeParams = serde_json::from_value(params).unwrap_or_default();
    let session = greet(&params);
    let result = InitializeResult {
        capabilities: capabilities(session.encoding()),
        server_info: Some(ServerInfo {
            name: "photoplay".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    };
    connection.initialize_finish(id, value(result))?;
    let (sender, incoming) = channel();
    hear_editor(connection, sender.clone());
    let mut server = Server {
        connection,
        sender,
        incoming,
        session,
        waiting: VecDeque::new(),
        work: None,
        begun: 0,
        ending: false,
    };
    server.watch_files();
    server.run();
    Ok(())
}

/// What the server hears.
enum Heard {
    Editor(Message),
    /// What was being made is made, or is not.
    WorkDone,
}

/// Hears everything the editor says as soon as it says it. The connection hands
/// over one message at a time, and a question could not be withdrawn behind another.
fn hear_editor(connection: &Connection, sender: Sender<Heard>) {
    let receiver = connection.receiver.clone();
    std::thread::spawn(move || {
        // An editor that is gone has said goodbye.
        let exit = Notification { method: "exit".to_owned(), params: Value::Null };
        let mut said = receiver.iter().chain([exit.into()]).map(Heard::Editor);
        // Nobody listens when the server has ended.
        let _ = said.try_for_each(|heard| sender.send(heard));
    });
}

struct Server<'a> {
    connection: &'a Connection,
    sender: Sender<Heard>,
    incoming: Receiver<Heard>,
    session: Session,
    waiting: VecDeque<Message>,
    /// What is being made; one thing at a time.
    work: Option<Work>,
    /// How many were begun.
    begun: u32,
    ending: bool,
}

impl Server<'_> {
    fn run(&mut self) {
        loop {
            self.collect();
            let Some(message) = self.waiting.pop_front() else {
                self.tell();
                // Something may have come meanwhile.
                match self.incoming.recv() {
                    Ok(heard) => self.hear(heard),
                    Err(_) => return,
                }
                continue;
            };
            match message {
                Message::Request(request) => self.request(request),
                Message::Notification(notification) if notification.method == "exit" => return,
                Message::Notification(notification) => self.notice(notification),
                Message::Response(_) => {}
            }
        }
    }

    /// Takes everything that waits; questions that were withdrawn go.
    fn collect(&mut self) {
        while let Ok(heard) = self.incoming.try_recv() {
            self.hear(heard);
        }
    }

    fn hear(&mut self, heard: Heard) {
        let message = match heard {
            Heard::Editor(message) => message,
            Heard::WorkDone => {
                self.work = None;
                return self.session.look_again();
            }
        };
        if let Message::Notification(notification) = &message
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
        let asked =
            |message: &Message| matches!(message, Message::Request(request) if request.id == *id);
        if let Some(at) = self.waiting.iter().position(asked) {
            self.waiting.remove(at);
            let words = "withdrawn".to_owned();
            self.send(Response::new_err(id.clone(), ErrorCode::RequestCanceled as i32, words));
        }
    }

    fn send(&self, message: impl Into<Message>) {
        // An editor that has gone away hears nothing; the loop ends by itself.
        let _ = self.connection.sender.send(message.into());
    }

    fn notify(&self, method: &str, params: impl Serialize) {
        self.send(Notification { method: method.to_owned(), params: value(params) });
    }

    /// Says what there is to say about scripts that have changed.
    fn tell(&mut self) {
        let session = &mut self.session;
        let said = catch_unwind(AssertUnwindSafe(|| session.tell())).unwrap_or_default();
        for said in said {
            self.notify("textDocument/publishDiagnostics", said);
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
        self.send(Request::new(id, "client/registerCapability".to_owned(), registration));
    }

    // ─── Notices ─────────────────────────────────────────────────────────────

    fn notice(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match method.as_str() {
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
                        self.notify("textDocument/publishDiagnostics", nothing);
                    }
                }
            }
            "window/workDoneProgress/cancel" => {
                let meant = |work: &&Work| params["token"] == *work.token;
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
            return self.send(Response::new_ok(id, Value::Null));
        }
        if self.ending {
            let words = "the server is ending".to_owned();
            return self.send(Response::new_err(id, ErrorCode::InvalidRequest as i32, words));
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
        self.send(response);
        match done {
            Some(Done::Said(words)) => self.notify("window/showMessage", words),
            Some(Done::Shown(document)) => {
                let id = RequestId::from(format!("show {id}"));
                self.send(Request::new(id, "window/showDocument".to_owned(), document));
            }
            Some(Done::Begun(errand)) => self.begin(errand),
            None => {}
        }
    }

    /// Has something made, unless something is being made.
    fn begin(&mut self, errand: Errand) {
        let refused = if self.work.is_some() {
            "something is still being made; wait for it, or stop it".to_owned()
        } else {
            self.begun += 1;
            let token = format!("photoplay {}", self.begun);
            let (editor, server) = (self.connection.sender.clone(), self.sender.clone());
            // Whoever is gone hears nothing.
            let tell = move |message| drop(editor.send(message));
            let done = move || drop(server.send(Heard::WorkDone));
            match Work::start(errand, token, self.session.client().progress, tell, done) {
                Ok(work) => return self.work = Some(work),
                Err(error) => format!("`photoplay` cannot be started: {error}"),
            }
        };
        let told = ShowMessageParams { kind: MessageType::Warning, message: refused };
        self.notify("window/showMessage", told);
    }
}
