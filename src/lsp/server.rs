//! The protocol: what an editor asks, in which order, and what it is told.
//!
//! One thread, one message after the other. What waits is looked at before
//! anything is worked on: a question that was withdrawn is not answered, and
//! many keystrokes are understood at once.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, channel};

use lsp::{
    CodeActionKind, CodeActionOptions, CodeLensOptions, CompletionItem, CompletionOptions,
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DocumentLinkOptions, DocumentOnTypeFormattingOptions, ExecuteCommandOptions, Full,
    InitializeParams, InitializeResult, PositionEncodingKind, RenameOptions, SemanticTokensOptions,
    ServerCapabilities, ServerInfo, TextDocumentPositionParams, TextDocumentSyncKind,
    TextDocumentSyncOptions, Uri, WorkspaceFolders,
};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::commands::Done;
use super::page::Encoding;
use super::session::Session;
use super::view::{Client, View};
use super::{
    actions, commands, completion, folding, formatting, hints, hover, lenses, links, lsp,
    navigation, rename, symbols, tokens, typing, uri,
};

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
    match end {
        Ok(()) => Ok(threads.join()?),
        Err(error) => Err(error),
    }
}

fn converse(connection: &Connection) -> Result<(), Error> {
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
    let incoming = incoming(connection);
    let mut server =
        Server { connection, incoming, session, waiting: VecDeque::new(), ending: false };
    server.watch_files();
    server.run();
    Ok(())
}

/// Everything the editor says, as soon as it says it. The connection hands over
/// one message at a time, and a question could not be withdrawn behind another.
fn incoming(connection: &Connection) -> Receiver<Message> {
    let (sender, incoming) = channel();
    let receiver = connection.receiver.clone();
    std::thread::spawn(move || receiver.iter().try_for_each(|message| sender.send(message)));
    incoming
}

/// What the editor says of itself.
fn greet(params: &InitializeParams) -> Session {
    let capabilities = &params.capabilities;
    let text = capabilities.text_document.as_ref();
    let workspace = capabilities.workspace.as_ref();
    let offered =
        capabilities.general.as_ref().and_then(|general| general.position_encodings.as_ref());
    let offers = |kind| offered.is_some_and(|offered| offered.contains(&kind));
    let client = Client {
        snippets: text
            .and_then(|text| text.completion.as_ref()?.completion_item.as_ref()?.snippet_support)
            .unwrap_or(false),
        related: text
            .and_then(|text| {
                let diagnostics = text.publish_diagnostics.as_ref()?;
                diagnostics.diagnostics_capabilities.related_information
            })
            .unwrap_or(false),
        nested_symbols: text
            .and_then(|text| text.document_symbol.as_ref()?.hierarchical_document_symbol_support)
            .unwrap_or(false),
        watches: workspace
            .and_then(|workspace| workspace.did_change_watched_files.as_ref()?.dynamic_registration)
            .unwrap_or(false),
    };
    let encoding = if offers(PositionEncodingKind::UTF8) {
        Encoding::Utf8
    } else if offers(PositionEncodingKind::UTF32) && !offers(PositionEncodingKind::UTF16) {
        Encoding::Utf32
    } else {
        Encoding::Utf16
    };
    let folders = match &params.workspace_folders_initialize_params.workspace_folders {
        Some(WorkspaceFolders::WorkspaceFolderList(folders)) => {
            folders.iter().filter_map(|folder| uri::to_path(&folder.uri.0)).collect()
        }
        _ => root(params).into_iter().collect(),
    };
    Session::new(client, encoding, folders)
}

#[allow(deprecated, reason = "older editors say it only so")]
fn root(params: &InitializeParams) -> Option<std::path::PathBuf> {
    uri::to_path(&params.root_uri.as_ref()?.0)
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    ServerCapabilities {
        position_encoding: Some(match encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }),
        text_document_sync: Some(
            TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::Incremental),
                save: Some(true.into()),
                ..TextDocumentSyncOptions::default()
            }
            .into(),
        ),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(words(&[
                "!", "[", ":", " ", "|", ",", "@", ">", ".", "(", "\"",
            ])),
            resolve_provider: Some(true),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(true.into()),
        definition_provider: Some(true.into()),
        references_provider: Some(true.into()),
        document_highlight_provider: Some(true.into()),
        document_symbol_provider: Some(true.into()),
        folding_range_provider: Some(true.into()),
        code_action_provider: Some(
            CodeActionOptions {
                code_action_kinds: Some(vec![
                    CodeActionKind::QuickFix,
                    CodeActionKind::RefactorRewrite,
                ]),
                ..CodeActionOptions::default()
            }
            .into(),
        ),
        code_lens_provider: Some(CodeLensOptions::default()),
        document_link_provider: Some(DocumentLinkOptions::default()),
        inlay_hint_provider: Some(true.into()),
        workspace_symbol_provider: Some(true.into()),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: words(&commands::COMMANDS),
            ..ExecuteCommandOptions::default()
        }),
        document_on_type_formatting_provider: Some(DocumentOnTypeFormattingOptions {
            first_trigger_character: "\n".to_owned(),
            more_trigger_character: None,
        }),
        document_formatting_provider: Some(true.into()),
        document_range_formatting_provider: Some(true.into()),
        rename_provider: Some(
            RenameOptions { prepare_provider: Some(true), ..RenameOptions::default() }.into(),
        ),
        semantic_tokens_provider: Some(
            SemanticTokensOptions {
                legend: tokens::legend(),
                range: Some(true.into()),
                full: Some(Full::Bool(true)),
                ..SemanticTokensOptions::default()
            }
            .into(),
        ),
        ..ServerCapabilities::default()
    }
}

fn value(answer: impl Serialize) -> Value {
    serde_json::to_value(answer).expect("an answer is plain data")
}

/// A question that cannot be answered.
enum Refusal {
    /// It is malformed.
    Malformed(String),
    /// Nobody knows what it means.
    Unknown,
    /// What is asked cannot be done, and why.
    Impossible(String),
}

type Answer = Result<Value, Refusal>;

struct Server<'a> {
    connection: &'a Connection,
    incoming: Receiver<Message>,
    session: Session,
    waiting: VecDeque<Message>,
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
                    Ok(message) => self.waiting.push_back(message),
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
        while let Ok(message) = self.incoming.try_recv() {
            if let Message::Notification(notification) = &message
                && notification.method == "$/cancelRequest"
            {
                let id = notification.params.get("id").cloned();
                if let Some(id) = id.and_then(|id| serde_json::from_value::<RequestId>(id).ok()) {
                    self.withdraw(&id);
                }
                continue;
            }
            self.waiting.push_back(message);
        }
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
            None => {}
        }
    }
}

/// Carries out a command; its arguments are a script and a shot's number.
fn command(session: &mut Session, params: Value, done: &mut Option<Done>) -> Answer {
    let asked: lsp::ExecuteCommandParams = read(params)?;
    let words = asked.arguments.unwrap_or_default();
    let (Some(uri), Some(number)) =
        (words.first().and_then(Value::as_str), words.get(1).and_then(Value::as_str))
    else {
        return Err(Refusal::Malformed("a script and the number of a shot are needed".to_owned()));
    };
    let uri = Uri(uri.to_owned());
    let Some(view) = session.view(&uri) else {
        return Err(Refusal::Impossible("the script is not open".to_owned()));
    };
    let outcome = commands::run(&view, &asked.command, number).ok_or(Refusal::Unknown)?;
    let answer = match &outcome {
        Done::Said(words) => Value::String(words.message.clone()),
        Done::Shown(document) => Value::String(document.uri.0.clone()),
    };
    *done = Some(outcome);
    Ok(answer)
}

fn read<P: DeserializeOwned>(params: Value) -> Result<P, Refusal> {
    serde_json::from_value(params).map_err(|error| Refusal::Malformed(error.to_string()))
}

/// Answers from an open script; nothing when it is not open.
fn from_script<T: Serialize>(
    session: &mut Session,
    uri: &Uri,
    answer: impl FnOnce(&View<'_>) -> T,
) -> Answer {
    Ok(session.view(uri).map_or(Value::Null, |view| value(answer(&view))))
}

/// Answers about a place in an open script.
fn at_place<T: Serialize>(
    session: &mut Session,
    place: &TextDocumentPositionParams,
    answer: impl FnOnce(&View<'_>, usize) -> T,
) -> Answer {
    let uri = &place.text_document.uri;
    from_script(session, uri, |view| answer(view, view.byte(place.position)))
}

fn answer(session: &mut Session, method: &str, params: Value) -> Answer {
    match method {
        "textDocument/hover" => {
            let asked: lsp::HoverParams = read(params)?;
            at_place(session, &asked.text_document_position_params, hover::hover)
        }
        "textDocument/definition" => {
            let asked: lsp::DefinitionParams = read(params)?;
            at_place(session, &asked.text_document_position_params, navigation::definition)
        }
        "textDocument/references" => {
            let asked: lsp::ReferenceParams = read(params)?;
            let declaration = asked.context.include_declaration;
            at_place(session, &asked.text_document_position_params, |view, byte| {
                navigation::references(view, byte, declaration)
            })
        }
        "textDocument/documentHighlight" => {
            let asked: lsp::DocumentHighlightParams = read(params)?;
            at_place(session, &asked.text_document_position_params, navigation::highlights)
        }
        "textDocument/prepareRename" => {
            let asked: lsp::PrepareRenameParams = read(params)?;
            at_place(session, &asked.text_document_position_params, rename::prepare)
        }
        "textDocument/rename" => {
            let asked: lsp::RenameParams = read(params)?;
            let place = asked.text_document_position_params;
            let Some(view) = session.view(&place.text_document.uri) else { return Ok(Value::Null) };
            rename::rename(&view, view.byte(place.position), &asked.new_name)
                .map(|edits| value(view.edit(edits)))
                .map_err(Refusal::Impossible)
        }
        "textDocument/completion" => {
            let asked: lsp::CompletionParams = read(params)?;
            at_place(session, &asked.text_document_position_params, completion::complete)
        }
        "completionItem/resolve" => {
            let item: CompletionItem = read(params)?;
            let later = item.data.clone().map(serde_json::from_value::<completion::Later>);
            let Some(Ok(later)) = later else { return Ok(value(item)) };
            let uri = Uri(later.uri.clone());
            Ok(match session.view(&uri) {
                Some(view) => value(completion::resolve(&view, item, &later)),
                None => value(item),
            })
        }
        "textDocument/documentSymbol" => {
            let asked: lsp::DocumentSymbolParams = read(params)?;
            from_script(session, &asked.text_document.uri, symbols::outline)
        }
        "textDocument/foldingRange" => {
            let asked: lsp::FoldingRangeParams = read(params)?;
            from_script(session, &asked.text_document.uri, folding::folds)
        }
        "textDocument/semanticTokens/full" => {
            let asked: lsp::SemanticTokensParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                tokens::tokens(view, 0..usize::MAX)
            })
        }
        "textDocument/semanticTokens/range" => {
            let asked: lsp::SemanticTokensRangeParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                tokens::tokens(view, view.page.bytes(asked.range))
            })
        }
        "textDocument/formatting" => {
            let asked: lsp::DocumentFormattingParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                formatting::format(view, 0..usize::MAX)
            })
        }
        "textDocument/rangeFormatting" => {
            let asked: lsp::DocumentRangeFormattingParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                formatting::format(view, view.page.bytes(asked.range))
            })
        }
        "textDocument/onTypeFormatting" => {
            let asked: lsp::DocumentOnTypeFormattingParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                typing::typed(view, asked.position)
            })
        }
        "textDocument/codeAction" => {
            let asked: lsp::CodeActionParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                actions::actions(view, view.page.bytes(asked.range))
            })
        }
        "textDocument/codeLens" => {
            let asked: lsp::CodeLensParams = read(params)?;
            from_script(session, &asked.text_document.uri, lenses::lenses)
        }
        "textDocument/inlayHint" => {
            let asked: lsp::InlayHintParams = read(params)?;
            from_script(session, &asked.text_document.uri, |view| {
                hints::hints(view, view.page.bytes(asked.range))
            })
        }
        "textDocument/documentLink" => {
            let asked: lsp::DocumentLinkParams = read(params)?;
            from_script(session, &asked.text_document.uri, links::links)
        }
        "workspace/symbol" => {
            let asked: lsp::WorkspaceSymbolParams = read(params)?;
            Ok(value(session.symbols(&asked.query)))
        }
        _ => Err(Refusal::Unknown),
    }
}
