//! An editor, as far as a test needs one.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

/// An editor with one script open.
pub(crate) struct Client {
    server: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    next: i64,
    version: i64,
    /// The script's address.
    pub(crate) uri: String,
    /// What the server said of itself.
    pub(crate) capabilities: Value,
    /// Everything it said unasked, oldest first.
    pub(crate) notices: Vec<Value>,
    /// When its last message was here, before it was read.
    pub(crate) received: Instant,
}

impl Client {
    /// Starts a server and greets it.
    pub(crate) fn start(folder: &Path, encodings: &[&str]) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_photoplay"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary was built for this test");
        let input = server.stdin.take().expect("it is piped");
        let output = BufReader::new(server.stdout.take().expect("it is piped"));
        let mut client = Self {
            server,
            input,
            output,
            next: 0,
            version: 0,
            uri: String::new(),
            capabilities: Value::Null,
            notices: Vec::new(),
            received: Instant::now(),
        };
        let greeting = json!({
            "processId": null,
            "rootUri": null,
            "workspaceFolders": [{ "uri": address(folder), "name": "films" }],
            "capabilities": {
                "window": { "workDoneProgress": true },
                "general": { "positionEncodings": encodings },
                "textDocument": {
                    "publishDiagnostics": { "relatedInformation": true },
                    "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
                    "completion": { "completionItem": { "snippetSupport": true } },
                },
            },
        });
        let answer = client.ask("initialize", &greeting);
        client.capabilities = answer["capabilities"].clone();
        client.tell("initialized", &json!({}));
        client
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let message = format!("Content-Length: {}\r\n\r\n{text}", text.len());
        self.input.write_all(message.as_bytes()).expect("it listens");
        self.input.flush().expect("it listens");
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).expect("it speaks") > 0, "the server ended");
            if let Some(number) = line.strip_prefix("Content-Length: ") {
                length = number.trim().parse().expect("a length is a number");
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut text = vec![0; length];
        self.output.read_exact(&mut text).expect("it speaks");
        self.received = Instant::now();
        serde_json::from_slice(&text).expect("it speaks JSON")
    }

    /// Says something that needs no answer.
    pub(crate) fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Begins a question, to be answered later.
    pub(crate) fn begin(&mut self, method: &str, params: &Value) -> i64 {
        self.next += 1;
        self.send(&json!({
            "jsonrpc": "2.0", "id": self.next, "method": method, "params": params,
        }));
        self.next
    }

    /// The whole answer to a question.
    pub(crate) fn end(&mut self, id: i64) -> Value {
        loop {
            let message = self.receive();
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
            self.notices.push(message);
        }
    }

    /// Asks and waits for the answer; an error is a failure of the test.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.begin(method, params);
        let answer = self.end(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Opens a script.
    pub(crate) fn open(&mut self, path: &Path, text: &str) {
        self.uri = address(path);
        self.version = 1;
        let document = json!({
            "uri": self.uri, "languageId": "photoplay", "version": 1, "text": text,
        });
        self.tell("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    /// Types: replaces what stands between two places by a text.
    pub(crate) fn change(&mut self, changes: &[Value]) {
        self.version += 1;
        let document = json!({ "uri": self.uri, "version": self.version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.tell("textDocument/didChange", &params);
    }

    /// What is said about the script as it is now.
    pub(crate) fn diagnostics(&mut self) -> Vec<Value> {
        let (uri, version) = (self.uri.clone(), self.version);
        self.diagnostics_of(&uri, Some(version))
    }

    /// What is said about a file, at the earliest about a version of it.
    pub(crate) fn diagnostics_of(&mut self, uri: &str, version: Option<i64>) -> Vec<Value> {
        let is_it = |message: &Value| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && version.is_none_or(|version| message["params"]["version"] == version)
        };
        loop {
            if let Some(at) = self.notices.iter().position(is_it) {
                let message = self.notices.remove(at);
                let all = message["params"]["diagnostics"].as_array();
                return all.expect("diagnostics are a list").clone();
            }
            let message = self.receive();
            self.notices.push(message);
        }
    }

    /// What is said next in a notice or a request of the server's.
    #[allow(dead_code, reason = "the benchmark asks for nothing to be made")]
    pub(crate) fn notice(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self.notices.iter().position(|message| message["method"] == method) {
                return self.notices.remove(at)["params"].clone();
            }
            let message = self.receive();
            self.notices.push(message);
        }
    }

    /// Asks about the whole script.
    pub(crate) fn about(&mut self, what: &str) -> Value {
        let document = json!({ "textDocument": { "uri": self.uri } });
        self.ask(&format!("textDocument/{what}"), &document)
    }

    /// Asks about a place in it.
    pub(crate) fn at(&mut self, what: &str, place: (usize, usize), more: Value) -> Value {
        let mut params = json!({
            "textDocument": { "uri": self.uri },
            "position": { "line": place.0, "character": place.1 },
        });
        if let (Some(params), Value::Object(more)) = (params.as_object_mut(), more) {
            params.extend(more);
        }
        self.ask(&format!("textDocument/{what}"), &params)
    }

    /// The server's process.
    #[allow(dead_code, reason = "the benchmark asks for its memory")]
    pub(crate) fn id(&self) -> u32 {
        self.server.id()
    }

    /// Says goodbye; gives the server's exit code.
    pub(crate) fn goodbye(mut self) -> Option<i32> {
        self.ask("shutdown", &Value::Null);
        self.tell("exit", &Value::Null);
        drop(self.input);
        self.server.wait().expect("it ends").code()
    }
}

/// The address of a file.
pub(crate) fn address(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// A change from one place to another.
pub(crate) fn change(start: (usize, usize), end: (usize, usize), text: &str) -> Value {
    json!({
        "range": {
            "start": { "line": start.0, "character": start.1 },
            "end": { "line": end.0, "character": end.1 },
        },
        "text": text,
    })
}

/// Where the mark `‸` stands in a text, and the text without it.
pub(crate) fn marked(text: &str) -> (String, (usize, usize)) {
    let at = text.find('‸').expect("the text has a mark");
    let before = &text[..at];
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default();
    (text.replacen('‸', "", 1), (line, column.encode_utf16().count()))
}

/// A script with edits of one file carried out on it, columns in UTF-16.
pub(crate) fn edited(text: &str, edits: &Value) -> String {
    let mut edits: Vec<(usize, usize, String)> = edits
        .as_array()
        .expect("edits are a list")
        .iter()
        .map(|edit| {
            let at = |place: &str| offset(text, &edit["range"][place]);
            let words = edit["newText"].as_str().expect("an edit has a text");
            (at("start"), at("end"), words.to_owned())
        })
        .collect();
    edits.sort();
    let mut out = text.to_owned();
    for (start, end, words) in edits.into_iter().rev() {
        out.replace_range(start..end, &words);
    }
    out
}

fn offset(text: &str, place: &Value) -> usize {
    let number = |name: &str| place[name].as_u64().expect("places are numbers") as usize;
    let start = text.split_inclusive('\n').take(number("line")).map(str::len).sum::<usize>();
    let mut units = number("character");
    let mut at = start;
    for letter in text[start..].chars() {
        if units == 0 {
            break;
        }
        units = units.saturating_sub(letter.len_utf16());
        at += letter.len_utf8();
    }
    at
}
