//! Sends the language server edits and requests in any order, at positions that may
//! not exist. It must respond to every request, and never with an internal error.

#![no_main]

use std::io::{BufReader, pipe};

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use lsp_server::{Message, Notification, Request, RequestId};
use serde_json::{Value, json};

/// A message of the editor.
#[derive(Debug, Arbitrary)]
enum EditorMessage<'a> {
    /// A new text between two positions.
    Change { from: (u8, u8), to: (u8, u8), text: &'a str },
    /// A request about a position.
    Request { method: u8, from: (u8, u8), to: (u8, u8), word: &'a str },
}

const METHODS: [&str; 18] = [
    "hover",
    "definition",
    "references",
    "documentHighlight",
    "prepareRename",
    "rename",
    "completion",
    "documentSymbol",
    "foldingRange",
    "semanticTokens/full",
    "semanticTokens/range",
    "formatting",
    "rangeFormatting",
    "onTypeFormatting",
    "codeAction",
    "codeLens",
    "inlayHint",
    "documentLink",
];

const URI: &str = "file:///nonexistent/fuzz.play";

fn position((line, character): (u8, u8)) -> Value {
    json!({ "line": line, "character": character })
}

fn params(from: (u8, u8), to: (u8, u8), word: &str) -> Value {
    json!({
        "textDocument": { "uri": URI },
        "position": position(from),
        "range": { "start": position(from), "end": position(to) },
        "newName": word,
        "ch": "\n",
        "context": { "includeDeclaration": true, "diagnostics": [] },
        "options": { "tabSize": 4, "insertSpaces": true },
    })
}

fuzz_target!(|script: (&str, Vec<EditorMessage<'_>>)| {
    let (text, messages) = script;
    let (input, editor) = pipe().expect("there are pipes");
    let (responses, output) = pipe().expect("there are pipes");
    let mut responses = BufReader::new(responses);
    let serving = std::thread::spawn(move || photoplay::programs::serve_editor(input, output));
    let send = |message: Message| message.write(&mut &editor).expect("the server reads");
    let notify = |method: &str, params: Value| {
        send(Message::Notification(Notification { method: method.to_owned(), params }));
    };
    let mut request = |id: i32, method: &str, params: Value| {
        send(Message::Request(Request::new(RequestId::from(id), method.to_owned(), params)));
        loop {
            match Message::read(&mut responses).expect("the server writes").expect("the server runs") {
                Message::Response(response) if response.id == RequestId::from(id) => break response,
                _ => {}
            }
        }
    };
    request(0, "initialize", json!({ "capabilities": {} }));
    notify("initialized", json!({}));
    let document = json!({ "uri": URI, "languageId": "photoplay", "version": 0, "text": text });
    notify("textDocument/didOpen", json!({ "textDocument": document }));
    for (index, message) in messages.iter().take(32).enumerate() {
        let index = index as i32 + 1;
        match *message {
            EditorMessage::Change { from, to, text } => {
                let range = json!({ "start": position(from), "end": position(to) });
                let change = json!({ "range": range, "text": text });
                let document = json!({ "uri": URI, "version": index });
                let params = json!({ "textDocument": document, "contentChanges": [change] });
                notify("textDocument/didChange", params);
            }
            EditorMessage::Request { method, from, to, word } => {
                let method = METHODS[usize::from(method) % METHODS.len()];
                let method = format!("textDocument/{method}");
                let response = request(index, &method, params(from, to, word));
                let bug = lsp_server::ErrorCode::InternalError as i32;
                let failed = response.response_result.is_err_and(|error| error.code == bug);
                assert!(!failed, "{method}");
            }
        }
    }
    request(-1, "shutdown", Value::Null);
    notify("exit", Value::Null);
    drop(responses);
    serving.join().expect("the server does not panic").expect("the server ends well");
});
