//! A conversation: edits and questions in any order, at places that may not be
//! there. The server answers every question, and never with a bug.

#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

/// One thing the editor says.
#[derive(Debug, Arbitrary)]
enum Said<'a> {
    /// Something is typed between two places.
    Typed { from: (u8, u8), to: (u8, u8), text: &'a str },
    /// Something is asked about a place.
    Asked { what: u8, from: (u8, u8), to: (u8, u8), word: &'a str },
}

const QUESTIONS: [&str; 18] = [
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

fn place((line, character): (u8, u8)) -> Value {
    json!({ "line": line, "character": character })
}

fn params(from: (u8, u8), to: (u8, u8), word: &str) -> Value {
    json!({
        "textDocument": { "uri": URI },
        "position": place(from),
        "range": { "start": place(from), "end": place(to) },
        "newName": word,
        "ch": "\n",
        "context": { "includeDeclaration": true, "diagnostics": [] },
        "options": { "tabSize": 4, "insertSpaces": true },
    })
}

fuzz_target!(|script: (&str, Vec<Said<'_>>)| {
    let (text, conversation) = script;
    let (server, client) = Connection::memory();
    let serving = std::thread::spawn(move || photoplay::lsp::converse(&server));
    let send = |message: Message| client.sender.send(message).expect("the server listens");
    let notify = |method: &str, params: Value| {
        send(Message::Notification(Notification { method: method.to_owned(), params }));
    };
    let ask = |id: i32, method: &str, params: Value| {
        send(Message::Request(Request::new(RequestId::from(id), method.to_owned(), params)));
        loop {
            match client.receiver.recv().expect("the server answers") {
                Message::Response(answer) if answer.id == RequestId::from(id) => break answer,
                _ => {}
            }
        }
    };
    ask(0, "initialize", json!({ "capabilities": {} }));
    notify("initialized", json!({}));
    let document = json!({ "uri": URI, "languageId": "photoplay", "version": 0, "text": text });
    notify("textDocument/didOpen", json!({ "textDocument": document }));
    for (index, said) in conversation.iter().take(32).enumerate() {
        let index = index as i32 + 1;
        match *said {
            Said::Typed { from, to, text } => {
                let range = json!({ "start": place(from), "end": place(to) });
                let change = json!({ "range": range, "text": text });
                let document = json!({ "uri": URI, "version": index });
                let params = json!({ "textDocument": document, "contentChanges": [change] });
                notify("textDocument/didChange", params);
            }
            Said::Asked { what, from, to, word } => {
                let what = QUESTIONS[usize::from(what) % QUESTIONS.len()];
                let answer = ask(index, &format!("textDocument/{what}"), params(from, to, word));
                let bug = lsp_server::ErrorCode::InternalError as i32;
                let failed = answer.response_result.is_err_and(|error| error.code == bug);
                assert!(!failed, "{what}");
            }
        }
    }
    ask(-1, "shutdown", Value::Null);
    notify("exit", Value::Null);
    serving.join().expect("the server does not panic").expect("it says goodbye");
});
