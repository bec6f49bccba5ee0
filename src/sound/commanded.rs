//! An engine that is a program: words on its standard input, sound on its standard output.
//!
//! Knows processes; does not know what is said.

use std::io::{Read, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::engines::{EngineFault, MOST_BYTES};

/// Letters of its complaints that are told.
const COMPLAINT: u64 = 2000;

/// What a program writes when it is given some words.
pub(super) fn ask(words: &[String], text: &str, seconds: u64) -> Result<Vec<u8>, EngineFault> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(EngineFault::Always("its command is empty".to_owned()));
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // What it starts ends with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let failed = |why| EngineFault::Always(format!("`{program}` does not start: {why}"));
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        let text = text.to_owned();
        // An engine that does not read its words to the end says so by what it sends.
        thread::spawn(move || input.write_all(text.as_bytes()));
    }
    let sound = read(child.stdout.take(), MOST_BYTES);
    let complaints = read(child.stderr.take(), COMPLAINT);
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let heard = sound.recv_timeout(deadline.saturating_duration_since(Instant::now()));
    let Ok(heard) = heard else {
        end(&mut child);
        return Err(EngineFault::Always(format!("`{program}` does not end within {seconds} s")));
    };
    if heard.len() as u64 == MOST_BYTES {
        end(&mut child);
        return Err(EngineFault::Line("it sent more than a line can be".to_owned()));
    }
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(2)),
            _ => {
                end(&mut child);
                return Err(EngineFault::Always(format!(
                    "`{program}` does not end within {seconds} s"
                )));
            }
        }
    };
    if !status.success() {
        let said = complaints.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no reason told");
        return Err(EngineFault::Line(format!("`{program}` failed ({status}): {}", last.trim())));
    }
    Ok(heard)
}

/// Reads in a thread of its own: whoever holds a pipe open stops nobody.
fn read(pipe: Option<impl Read + Send + 'static>, most: u64) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            // What came before it broke is judged by what it is.
            let _ = pipe.take(most).read_to_end(&mut bytes);
        }
        sender.send(bytes)
    });
    receiver
}

/// Ends a program with everything that it has started.
fn end(child: &mut Child) {
    #[cfg(unix)]
    let _ = Command::new("kill")
        .args(["-KILL", "--", &format!("-{}", child.id())])
        .stderr(Stdio::null())
        .status();
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}
