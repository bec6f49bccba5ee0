//! A conversation: edits and questions in any order, at places that may not be
//! there. The server answers every question, and never with a bug.

#![no_main]

use std::io::{BufReader, pipe};

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use lsp_server::{Message, Notification, Request, RequestId};
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
    let (heard, editor) = pipe().expect("there are pipes");
    let (answers, written) = pipe().expect("there are pipes");
    let mut answers = BufReader::new(answers);
    let serving = std::thread::spawn(move || photoplay::lsp::converse(heard, written));
    let send = |message: Message| message.write(&mut &editor).expect("the server listens");
    let notify = |method: &str, params: Value| {
        send(Message::Notification(Notification { method: method.to_owned(), params }));
    };
    let mut ask = |id: i32, method: &str, params: Value| {
        send(Message::Request(Request::new(RequestId::from(id), method.to_owned(), params)));
        loop {
            match Message::read(&mut answers).expect("the server answers").expect("it is there") {
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
    drop(answers);
    serving.join().expect("the server does not panic").expect("it says goodbye");
});
