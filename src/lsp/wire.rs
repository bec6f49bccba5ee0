//! The connection to an editor: a thread of its own reads messages, and every
//! thread may write them.
//!
//! Knows the frame around a message; does not know messages.

use std::io::{self, BufReader, Read, Write};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use lsp_server::Message;
use serde::Serialize;

/// The output to an editor, shared by threads.
#[derive(Clone)]
pub(super) struct Editor(Arc<Mutex<Output>>);

struct Output {
    writer: Box<dyn Write + Send>,
    /// The last message; kept, since the next one is about as long.
    message: Vec<u8>,
}

/// A notification, written without a tree of values in between.
#[derive(Serialize)]
struct OutgoingNotification<'a, P> {
    jsonrpc: &'static str,
    method: &'a str,
    params: P,
}

impl Editor {
    pub(super) fn new(output: impl Write + Send + 'static) -> Self {
        let output = Output { writer: Box::new(output), message: Vec::new() };
        Self(Arc::new(Mutex::new(output)))
    }

    /// Sends a response or a request.
    pub(super) fn send(&self, message: impl Into<Message>) {
        let mut output = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The reading thread notices an editor that has gone away.
        let _ = message.into().write(&mut output.writer).and_then(|()| output.writer.flush());
    }

    /// Sends a notification.
    pub(super) fn notify(&self, method: &str, params: impl Serialize) {
        let notification = OutgoingNotification { jsonrpc: "2.0", method, params };
        let mut output = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Output { writer, message } = &mut *output;
        message.clear();
        serde_json::to_writer(&mut *message, &notification).expect("a notification is plain data");
        // The reading thread notices an editor that has gone away.
        let _ = write!(writer, "Content-Length: {}\r\n\r\n", message.len())
            .and_then(|()| writer.write_all(message))
            .and_then(|()| writer.flush());
    }
}

/// Reads every message of an editor as soon as it comes; the last one says how
/// the connection ended.
pub(super) fn read_messages<T: Send + 'static>(
    input: impl Read + Send + 'static,
    sender: Sender<T>,
    wrap: impl Fn(io::Result<Option<Message>>) -> T + Send + 'static,
) {
    thread::spawn(move || {
        let mut input = BufReader::new(input);
        loop {
            let message = Message::read(&mut input);
            let last = !matches!(message, Ok(Some(_)));
            // The receiver is gone when the server has ended.
            if sender.send(wrap(message)).is_err() || last {
                return;
            }
        }
    });
}
