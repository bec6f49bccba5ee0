//! Response times of the language server in a script of 5,000 lines: a client over
//! standard input and output sends a thousand keystrokes and requests. A time ends
//! with the last byte of the response, before the client parses it. `make bench-lsp`.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measures")]

#[allow(dead_code, unreachable_pub, reason = "the tests use more of it")]
#[path = "../tests/lsp/client.rs"]
mod client;
mod long;

use std::time::{Duration, Instant};

use client::{Client, change};
use long::Chance;
use serde_json::json;

const SAMPLES: usize = 1_000;
const EDITS: usize = 100_000;
/// Edits to send before waiting for a response, as by a held key.
const BURST: usize = 50;

fn main() {
    // `cargo test --benches` only builds it.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder for the script");
    let path = folder.path().join("long.play");
    let text = long::script();
    let lines: Vec<&str> = text.lines().collect();
    let action: Vec<usize> = (0..lines.len())
        .filter(|at| lines[*at].ends_with('.') && !lines[*at].starts_with(['!', '[', '>']))
        .collect();
    println!("{} lines, {} bytes", lines.len(), text.len());

    let begin = Instant::now();
    let mut client = Client::launch(folder.path(), &["utf-16"]);
    client.open(&path, &text);
    let said = client.diagnostics().len();
    report("start to first diagnostics", &[client.received - begin], 0.200);
    println!("  ({said} messages)");

    let mut chance = Chance(7);
    let mut keys = Vec::new();
    for sample in 0..SAMPLES {
        let line = action[chance.below(action.len())];
        let end = if sample % 2 == 0 { 3 } else { 4 };
        let begin = Instant::now();
        client.change(&[change((line, 3), (line, end), "x")]);
        client.diagnostics();
        keys.push(client.received - begin);
    }
    report("keystroke to diagnostics, p50", &percentile(&mut keys, 50), 0.005);
    report("keystroke to diagnostics, p99", &percentile(&mut keys, 99), 0.030);
    for method in ["completion", "hover"] {
        let mut times = Vec::new();
        for _ in 0..SAMPLES {
            let line = action[chance.below(action.len())];
            let begin = Instant::now();
            client.at(method, (line, 2), json!({}));
            times.push(client.received - begin);
        }
        report(&format!("{method}, p99"), &percentile(&mut times, 99), 0.020);
    }
    for method in ["documentSymbol", "foldingRange", "semanticTokens/full", "codeLens"] {
        let begin = Instant::now();
        client.about(method);
        report(method, &[client.received - begin], 0.1);
    }
    let before = memory(&client);
    for _ in 0..EDITS / BURST {
        for edit in 0..BURST {
            let line = action[chance.below(action.len())];
            let end = if edit % 2 == 0 { 3 } else { 4 };
            client.change(&[change((line, 3), (line, end), "y")]);
        }
        client.diagnostics();
        client.unread.clear();
    }
    if let (Some(before), Some(after)) = (before, memory(&client)) {
        let (grown, bar) = (after.saturating_sub(before) / 1024, 10);
        println!("memory: {} MiB (at most 150)", after / 1024);
        println!("  grown by {grown} MiB over {EDITS} edits (less than {bar})");
    }
    client.shut_down();
}

fn percentile(times: &mut [Duration], percent: usize) -> Vec<Duration> {
    times.sort_unstable();
    vec![times[(times.len() * percent / 100).min(times.len() - 1)]]
}

fn report(what: &str, times: &[Duration], bar: f64) {
    let seconds = times[0].as_secs_f64();
    let verdict = if seconds <= bar { "" } else { "  MISSED" };
    println!("{what}: {:.1} ms (at most {:.0}){verdict}", seconds * 1e3, bar * 1e3);
}

/// Resident memory of the server in KiB, on systems that report it.
fn memory(client: &Client) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", client.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
