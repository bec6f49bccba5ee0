//! After any edits the server has the editor's text, and it still responds.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::client::{Client, change};

/// Texts that people type in a hurry.
const SCRAPS: [&str; 40] = [
    "!! ",
    "!",
    "CLOSE ON ",
    "[[",
    "]]",
    "[[cast: MARA, a girl]]",
    "MARA",
    "é",
    "🎬",
    "小美",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "INT. ROAD - DAY\n\n",
    "slow push in",
    ", ",
    "3s",
    "/*",
    "*/",
    "*",
    "_",
    "> ",
    "TO:",
    "(",
    ")",
    "# ",
    "= ",
    "| ",
    "cut: ",
    "@",
    "~",
    "^",
    "\"",
    "from \"",
    "\t",
    "  ",
    "e\u{301}",
    "\u{200d}",
    "===",
];

/// An edit: start and end as parts of the text, and the new text.
type Stroke = (u32, u32, usize);

fn strokes(most: usize) -> impl Strategy<Value = Vec<Stroke>> {
    proptest::collection::vec((any::<u32>(), 0..12_u32, 0..SCRAPS.len()), 1..most)
}

/// The position of a byte as editors count it, in UTF-16.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..byte];
    // `\n`, `\r\n` and a lone `\r` end lines.
    let ends = |at: usize| {
        let bytes = text.as_bytes();
        bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
    };
    let last = (0..byte).rev().find(|at| ends(*at));
    let line = (0..byte).filter(|at| ends(*at)).count();
    let start = last.map_or(0, |at| at + 1);
    (line, before[start..].encode_utf16().count())
}

fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    // Nobody stands between a carriage return and its line feed.
    if at > 0 && text.as_bytes().get(at) == Some(&b'\n') && text.as_bytes()[at - 1] == b'\r' {
        at -= 1;
    }
    at
}

/// Makes the edits in a text; returns them as changes of the protocol.
fn typed(text: &mut String, strokes: &[Stroke]) -> Vec<Value> {
    let mut changes = Vec::new();
    for (from, length, scrap) in strokes {
        let start = boundary(text, *from as usize % (text.len() + 1));
        let end = boundary(text, start + *length as usize).max(start);
        changes.push(change(place(text, start), place(text, end), SCRAPS[*scrap]));
        text.replace_range(start..end, SCRAPS[*scrap]);
    }
    changes
}

/// The responses of the server about a script.
fn everything(client: &mut Client) -> Value {
    let colours = client.about("semanticTokens/full");
    let outline = client.about("documentSymbol");
    let folds = client.about("foldingRange");
    json!([client.diagnostics(), colours, outline, folds])
}

fn holds(cases: u32, most: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let script = "Title: T\n\nINT. WÖRKSHOP - NIGHT\n\n!! CLOSE ON MARA [[3s]]\n\nMARA\nHello.\n";
    let mut runner = TestRunner::new(Config { cases, ..Config::default() });
    runner
        .run(&strokes(most), |strokes| {
            let mut client = Client::launch(&folder, &["utf-16"]);
            client.open(&folder.join("typed.play"), script);
            let mut text = script.to_owned();
            for stroke in strokes.chunks(3) {
                let changes = typed(&mut text, stroke);
                client.change(&changes);
                let place = json!({ "line": 4, "character": 14 });
                let asked = json!({ "textDocument": { "uri": client.uri }, "position": place });
                for method in ["hover", "completion", "definition", "prepareRename"] {
                    client.request(&format!("textDocument/{method}"), &asked);
                }
            }
            let after = everything(&mut client);
            let mut fresh = Client::launch(&folder, &["utf-16"]);
            fresh.open(&folder.join("typed.play"), &text);
            prop_assert_eq!(after, everything(&mut fresh), "{:?}", text);
            client.shut_down();
            fresh.shut_down();
            Ok(())
        })
        .expect("the server has the editor's text");
}

#[test]
fn the_server_has_the_text_of_the_editor() {
    holds(12, 40);
}

#[test]
#[ignore = "takes half an hour"]
fn the_server_has_the_text_after_many_edits() {
    holds(2_000, 120);
}

/// The output of a server for some messages, and its exit status.
fn said(messages: &[Value]) -> Output {
    let mut server = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .arg("lsp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    let mut input = server.stdin.take().expect("it is piped");
    for message in messages {
        let text = message.to_string();
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("it listens");
    }
    drop(input);
    server.wait_with_output().expect("it ends")
}

#[test]
fn requests_before_initialize_are_errors() {
    let hover = json!({ "jsonrpc": "2.0", "id": 1, "method": "textDocument/hover", "params": {} });
    let greeting = json!({
        "jsonrpc": "2.0", "id": 2, "method": "initialize", "params": { "capabilities": {} },
    });
    let end = said(&[hover.clone(), greeting]);
    let words = String::from_utf8_lossy(&end.stdout);
    assert!(end.status.success(), "{end:?}");
    assert!(words.contains("\"id\":1") && words.contains("-32002"), "{words}");
    assert!(words.contains("\"id\":2") && words.contains("capabilities"), "{words}");

    let end = said(&[hover]);
    let words = String::from_utf8_lossy(&end.stderr);
    assert!(
        words.contains("it closed the connection before `initialize`") && words.contains("help:"),
        "{words}"
    );
    assert_eq!(end.status.code(), Some(2));
}
