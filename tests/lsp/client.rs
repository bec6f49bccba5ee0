//! An editor for tests: sends messages to a real server and reads its messages.

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
    /// The script's URI.
    pub(crate) uri: String,
    /// The capabilities that the server announced.
    pub(crate) capabilities: Value,
    /// Its messages that are no responses and were not read yet, oldest first.
    pub(crate) unread: Vec<Value>,
    /// The arrival of its last message, before the test parses it.
    pub(crate) received: Instant,
}

impl Client {
    /// Starts a server and initializes it.
    pub(crate) fn launch(folder: &Path, encodings: &[&str]) -> Self {
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
            unread: Vec::new(),
            received: Instant::now(),
        };
        let capabilities = json!({
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
        let answer = client.request("initialize", &capabilities);
        client.capabilities = answer["capabilities"].clone();
        client.notify("initialized", &json!({}));
        client
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let message = format!("Content-Length: {}\r\n\r\n{text}", text.len());
        self.input.write_all(message.as_bytes()).expect("the server reads");
        self.input.flush().expect("the server reads");
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(
                self.output.read_line(&mut line).expect("the server writes") > 0,
                "the server ended"
            );
            if let Some(number) = line.strip_prefix("Content-Length: ") {
                length = number.trim().parse().expect("a length is a number");
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut text = vec![0; length];
        self.output.read_exact(&mut text).expect("the server writes");
        self.received = Instant::now();
        serde_json::from_slice(&text).expect("the server writes JSON")
    }

    /// Sends a notification.
    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request without waiting for the response; returns its id.
    pub(crate) fn start(&mut self, method: &str, params: &Value) -> i64 {
        self.next += 1;
        self.send(&json!({
            "jsonrpc": "2.0", "id": self.next, "method": method, "params": params,
        }));
        self.next
    }

    /// Waits for the response to a request.
    pub(crate) fn response(&mut self, id: i64) -> Value {
        loop {
            let message = self.receive();
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
            self.unread.push(message);
        }
    }

    /// Sends a request and returns the result; an error fails the test.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        let id = self.start(method, params);
        let answer = self.response(id);
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
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    /// Changes the script as an editor does while one types.
    pub(crate) fn change(&mut self, changes: &[Value]) {
        self.version += 1;
        let document = json!({ "uri": self.uri, "version": self.version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.notify("textDocument/didChange", &params);
    }

    /// The diagnostics of the present version of the script.
    pub(crate) fn diagnostics(&mut self) -> Vec<Value> {
        let (uri, version) = (self.uri.clone(), self.version);
        self.diagnostics_of(&uri, Some(version))
    }

    /// The diagnostics of a file; those of a version of it if one is given.
    pub(crate) fn diagnostics_of(&mut self, uri: &str, version: Option<i64>) -> Vec<Value> {
        let is_it = |message: &Value| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && version.is_none_or(|version| message["params"]["version"] == version)
        };
        loop {
            if let Some(at) = self.unread.iter().position(is_it) {
                let message = self.unread.remove(at);
                let all = message["params"]["diagnostics"].as_array();
                return all.expect("diagnostics are a list").clone();
            }
            let message = self.receive();
            self.unread.push(message);
        }
    }

    /// The parameters of the server's next notification or request of a method.
    #[allow(dead_code, reason = "the benchmark does not need it")]
    pub(crate) fn message(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self.unread.iter().position(|message| message["method"] == method) {
                return self.unread.remove(at)["params"].clone();
            }
            let message = self.receive();
            self.unread.push(message);
        }
    }

    /// Sends a request about the whole script.
    pub(crate) fn about(&mut self, what: &str) -> Value {
        let document = json!({ "textDocument": { "uri": self.uri } });
        self.request(&format!("textDocument/{what}"), &document)
    }

    /// Sends a request about a position in the script.
    pub(crate) fn at(&mut self, what: &str, place: (usize, usize), more: Value) -> Value {
        let mut params = json!({
            "textDocument": { "uri": self.uri },
            "position": { "line": place.0, "character": place.1 },
        });
        if let (Some(params), Value::Object(more)) = (params.as_object_mut(), more) {
            params.extend(more);
        }
        self.request(&format!("textDocument/{what}"), &params)
    }

    /// The server's process.
    #[allow(dead_code, reason = "the benchmark asks for its memory")]
    pub(crate) fn id(&self) -> u32 {
        self.server.id()
    }

    /// Ends the server; returns its exit code.
    pub(crate) fn shut_down(mut self) -> Option<i32> {
        self.request("shutdown", &Value::Null);
        self.notify("exit", &Value::Null);
        drop(self.input);
        self.server.wait().expect("it ends").code()
    }
}

/// The URI of a file.
pub(crate) fn address(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// A change of the text between two positions.
pub(crate) fn change(start: (usize, usize), end: (usize, usize), text: &str) -> Value {
    json!({
        "range": {
            "start": { "line": start.0, "character": start.1 },
            "end": { "line": end.0, "character": end.1 },
        },
        "text": text,
    })
}

/// A text without its mark `‸`, and the position of the mark.
pub(crate) fn marked(text: &str) -> (String, (usize, usize)) {
    let at = text.find('‸').expect("the text has a mark");
    let before = &text[..at];
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default();
    (text.replacen('‸', "", 1), (line, column.encode_utf16().count()))
}

/// A script after edits of one file; columns count in UTF-16.
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
