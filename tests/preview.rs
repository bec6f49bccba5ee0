//! The preview's server over raw sockets: its responses, the requests that it
//! refuses, and those that it must survive.

#![cfg(feature = "preview")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use photoplay::preview::screen::{Artefact, Artefacts, Screen};
use photoplay::preview::server::{Server, serve};
use photoplay::preview::state::{Cursor, PreviewState};

struct Preview {
    server: Server,
    screen: Arc<Screen>,
    cursors: Receiver<Cursor>,
    port: u16,
    token: String,
}

fn preview() -> Preview {
    let (sender, cursors) = channel();
    let sender = Mutex::new(sender);
    let screen = Arc::new(Screen::new(move |cursor| sender.lock().unwrap().send(cursor).unwrap()));
    let server = serve(screen.clone(), 0).unwrap();
    let address = server.url.strip_prefix("http://127.0.0.1:").unwrap();
    let (port, rest) = address.split_once('/').unwrap();
    let (port, token) = (port.parse().unwrap(), rest.trim_end_matches('/').to_owned());
    Preview { server, screen, cursors, port, token }
}

impl Preview {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// The whole response to a request.
    fn ask(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The status of a GET with these header lines besides `Host`.
    fn get(&self, path: &str, headers: &str) -> u16 {
        let host = format!("127.0.0.1:{}", self.port);
        status(&self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n"
        )))
    }

    fn in_token(&self, path: &str) -> String {
        format!("/{}/{path}", self.token)
    }

    fn post(&self, headers: &str, body: &str) -> u16 {
        let (path, host) = (self.in_token("cursor"), format!("127.0.0.1:{}", self.port));
        let length = body.len();
        status(&self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )))
    }
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn picture() -> Artefacts {
    Artefacts::from([("ab12".to_owned(), Artefact::Picture(Arc::from(&b"a picture"[..])))])
}

#[test]
fn the_page_and_artefacts_are_served_and_nothing_else() {
    let preview = preview();
    preview.screen.show(&PreviewState::default(), picture());
    for path in
        ["", "page/page.css", "page/player.js", "page/regular.otf", "state", "artefact/ab12"]
    {
        assert_eq!(preview.get(&preview.in_token(path), ""), 200, "{path}");
    }
    for path in [
        "page/mod.rs",
        "page/../server.rs",
        "page/..%2fserver.rs",
        "page/%2e%2e/%2e%2e/Cargo.toml",
        "../../../etc/passwd",
        "..%2f..%2fetc/passwd",
        "artefact/../state",
        "artefact/..%2f..%2f..%2fetc%2fpasswd",
        "artefact/%00",
        "artefact/",
        "artefact/cd34",
        "index.html",
        "page/",
    ] {
        assert_eq!(preview.get(&preview.in_token(path), ""), 404, "{path}");
    }
}

#[test]
fn who_does_not_know_the_token_sees_nothing() {
    let preview = preview();
    let mut wrong = preview.token.clone();
    let last = if wrong.pop() == Some('0') { '1' } else { '0' };
    wrong.push(last);
    for path in ["/", "/state", "//state", &format!("/{wrong}/state"), &format!("/{wrong}/")] {
        assert_eq!(preview.get(path, ""), 404, "{path}");
    }
    let upper = preview.token.to_uppercase();
    if upper != preview.token {
        assert_eq!(preview.get(&format!("/{upper}/state"), ""), 404);
    }
}

#[test]
fn other_names_and_other_sites_are_refused() {
    let preview = preview();
    let path = preview.in_token("state");
    let port = preview.port;
    for host in [
        "evil.example",
        &format!("evil.example:{port}"),
        "127.0.0.1",
        &format!("127.0.0.1:{port}.evil.example"),
        &format!("127.0.0.1:{port}\r\nHost: evil.example"),
        "",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        assert!(matches!(status(&preview.ask(&request)), 400 | 403), "{host}");
    }
    let without = format!("GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n");
    assert!(matches!(status(&preview.ask(&without)), 400 | 403));
    for foreign in [
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        &format!("Origin: http://127.0.0.1:{}\r\n", port ^ 1),
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: iframe\r\n",
        "Sec-Fetch-Site: same-site\r\n",
    ] {
        assert_eq!(preview.get(&path, foreign), 403, "{foreign}");
    }
    for own in [
        &format!("Origin: http://127.0.0.1:{port}\r\n")[..],
        "Sec-Fetch-Site: same-origin\r\n",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n",
    ] {
        assert_eq!(preview.get(&path, own), 200, "{own}");
    }
}

#[test]
fn a_page_says_that_it_loads_nothing_from_elsewhere() {
    let preview = preview();
    let (path, port) = (preview.in_token(""), preview.port);
    let answer = preview.ask(&format!(
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    ));
    let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
    for line in [
        "content-security-policy: default-src 'self'",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cache-control: no-store",
    ] {
        assert!(head.contains(line), "{line} in {head}");
    }
    assert!(!answer.contains("https://") && !answer.contains("//cdn"));
}

#[test]
fn editors_tell_their_cursor() {
    let preview = preview();
    let json = "Content-Type: application/json\r\n";
    assert_eq!(preview.post(json, r#"{"file": "film.play", "line": 12}"#), 204);
    let cursor = preview.cursors.recv_timeout(Duration::from_mins(1)).unwrap();
    assert_eq!(cursor, Cursor { file: "film.play".to_owned(), line: 12, column: None });
    for (headers, body) in [
        (json, "{"),
        (json, r#"{"file": "film.play"}"#),
        (json, r#"{"file": "film.play", "line": -1}"#),
        (json, r#"{"file": "film.play", "line": 1, "command": "rm"}"#),
        ("Content-Type: text/plain\r\n", r#"{"file": "film.play", "line": 12}"#),
        (json, &format!(r#"{{"file": "{}", "line": 1}}"#, "x".repeat(10_000))),
    ] {
        let status = preview.post(headers, body);
        assert!((400..500).contains(&status), "{status}: {body:.60}");
    }
    assert!(preview.cursors.try_recv().is_err());
}

/// Reads events until one contains a word.
fn read_until(stream: &mut TcpStream, word: &str) -> String {
    let mut text = String::new();
    let mut piece = [0; 4096];
    while !text.contains(word) {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => panic!("ended before `{word}`: {text}"),
            Ok(read) => text.push_str(&String::from_utf8_lossy(&piece[..read])),
        }
    }
    text
}

#[test]
fn events_tell_the_state_and_its_changes_only() {
    let preview = preview();
    let mut stream = preview.connect();
    let (path, port) = (preview.in_token("events"), preview.port);
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").unwrap();
    read_until(&mut stream, "\"script\":\"\"");
    let state = PreviewState { script: "mara.play".to_owned(), ..PreviewState::default() };
    preview.screen.show(&state, Artefacts::new());
    read_until(&mut stream, "mara.play");
    preview.screen.show(&state, Artefacts::new());
    // Nothing changed: the next event is the next change.
    let state = PreviewState { script: "tusk.play".to_owned(), ..PreviewState::default() };
    preview.screen.show(&state, Artefacts::new());
    let events = read_until(&mut stream, "tusk.play");
    assert!(!events.contains("mara.play"), "{events}");
}

#[test]
fn a_thousand_silent_connections_and_half_closed_ones_are_survived() {
    let preview = preview();
    let mut held = Vec::new();
    for number in 0..1000 {
        // Some systems allow a process few open files, so connections may be refused.
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", preview.port)) else { break };
        if number % 3 == 0 {
            let _ = stream.write_all(b"GET / HT");
        }
        if number % 3 == 1 {
            let _ = stream.shutdown(Shutdown::Write);
        }
        held.push(stream);
    }
    assert!(held.len() > 100, "{} connections were tried", held.len());
    // More idle connections than the server accepts; it serves the next in the end.
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
        preview.in_token("state"),
        preview.port
    );
    drop(held.split_off(held.len() / 2));
    let mut stream = TcpStream::connect(("127.0.0.1", preview.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(status(&answer), 200);
}

#[test]
fn a_stopped_server_is_gone() {
    let preview = preview();
    let (port, path) = (preview.port, preview.in_token("state"));
    let mut open = preview.connect();
    drop(preview.server);
    write!(open, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").ok();
    assert_eq!(open.read(&mut [0; 64]).unwrap_or(0), 0);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}
