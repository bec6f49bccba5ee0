//! The wire to an editor: what it says is read by a thread of its own, what is
//! said to it is written by whoever says it.
//!
//! Knows the frame around a message; does not know what is said.

use std::io::{self, BufReader, Read, Write};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use lsp_server::Message;
use serde::Serialize;

/// An editor that listens.
#[derive(Clone)]
pub(super) struct Editor(Arc<Mutex<dyn Write + Send>>);

/// A notification that is written as it is, without a tree of values between.
#[derive(Serialize)]
struct Notice<'a, P> {
    jsonrpc: &'static str,
    method: &'a str,
    params: P,
}

impl Editor {
    pub(super) fn new(output: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(output)))
    }

    /// Answers or asks something.
    pub(super) fn say(&self, message: impl Into<Message>) {
        let mut frame = Vec::new();
        // Plain data, into memory.
        let _ = message.into().write(&mut frame);
        self.write(&frame);
    }

    /// Says something that needs no answer.
    pub(super) fn notify(&self, method: &str, params: impl Serialize) {
        let notice = Notice { jsonrpc: "2.0", method, params };
        let text = serde_json::to_vec(&notice).expect("a notice is plain data");
        let mut frame = format!("Content-Length: {}\r\n\r\n", text.len()).into_bytes();
        frame.extend(text);
        self.write(&frame);
    }

    fn write(&self, frame: &[u8]) {
        let mut output = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // An editor that has gone away hears nothing; it is heard to be gone.
        let _ = output.write_all(frame).and_then(|()| output.flush());
    }
}

/// Hears everything an editor says as soon as it says it; the last thing is
/// how it ended.
pub(super) fn hear<T: Send + 'static>(
    input: impl Read + Send + 'static,
    sender: Sender<T>,
    heard: impl Fn(io::Result<Option<Message>>) -> T + Send + 'static,
) {
    thread::spawn(move || {
        let mut input = BufReader::new(input);
        loop {
            let message = Message::read(&mut input);
            let last = !matches!(message, Ok(Some(_)));
            // Nobody listens when the server has ended.
            if sender.send(heard(message)).is_err() || last {
                return;
            }
        }
    });
}
