//! How an editor feels in a script of 5,000 lines: a client over standard input
//! and output, a thousand keystrokes and questions. `make bench-lsp`.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measures")]

#[allow(dead_code, unreachable_pub, reason = "the tests use more of it")]
#[path = "../tests/lsp/client.rs"]
mod client;

use std::time::{Duration, Instant};

use client::{Client, change};
use serde_json::json;

const LINES: usize = 5_000;
const SAMPLES: usize = 1_000;
const EDITS: usize = 100_000;
/// Edits that are sent before an answer is awaited, as by a held key.
const BURST: usize = 50;

fn main() {
    // `cargo test --benches` only wants to know that it builds.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder for the script");
    let path = folder.path().join("long.play");
    let text = script();
    let lines: Vec<&str> = text.lines().collect();
    let action: Vec<usize> = (0..lines.len())
        .filter(|at| lines[*at].ends_with('.') && !lines[*at].starts_with(['!', '[', '>']))
        .collect();
    println!("{} lines, {} bytes", lines.len(), text.len());

    let begin = Instant::now();
    let mut client = Client::start(folder.path(), &["utf-16"]);
    client.open(&path, &text);
    let said = client.diagnostics().len();
    report("start to first diagnostics", &[begin.elapsed()], 0.200);
    println!("  ({said} messages)");

    let mut chance = Chance(7);
    let mut keys = Vec::new();
    for sample in 0..SAMPLES {
        let line = action[chance.below(action.len())];
        let end = if sample % 2 == 0 { 3 } else { 4 };
        let begin = Instant::now();
        client.change(&[change((line, 3), (line, end), "x")]);
        client.diagnostics();
        keys.push(begin.elapsed());
    }
    report("keystroke to diagnostics, p50", &percentile(&mut keys, 50), 0.005);
    report("keystroke to diagnostics, p99", &percentile(&mut keys, 99), 0.030);
    for method in ["completion", "hover"] {
        let mut times = Vec::new();
        for _ in 0..SAMPLES {
            let line = action[chance.below(action.len())];
            let begin = Instant::now();
            client.at(method, (line, 2), json!({}));
            times.push(begin.elapsed());
        }
        report(&format!("{method}, p99"), &percentile(&mut times, 99), 0.020);
    }
    for method in ["documentSymbol", "foldingRange", "semanticTokens/full", "codeLens"] {
        let begin = Instant::now();
        client.about(method);
        report(method, &[begin.elapsed()], 0.1);
    }
    let before = memory(&client);
    for _ in 0..EDITS / BURST {
        for edit in 0..BURST {
            let line = action[chance.below(action.len())];
            let end = if edit % 2 == 0 { 3 } else { 4 };
            client.change(&[change((line, 3), (line, end), "y")]);
        }
        client.diagnostics();
        client.notices.clear();
    }
    if let (Some(before), Some(after)) = (before, memory(&client)) {
        let (grown, bar) = (after.saturating_sub(before) / 1024, 10);
        println!("memory: {} MiB (at most 150)", after / 1024);
        println!("  grown by {grown} MiB over {EDITS} edits (less than {bar})");
    }
    client.goodbye();
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

/// Resident memory of the server in KiB, where the system tells.
fn memory(client: &Client) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", client.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Chance that is the same every time (Knuth, MMIX).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// A script of many scenes: twenty people, fifteen places, shots, speeches,
/// changes of clothes.
fn script() -> String {
    const NAMES: [&str; 20] = [
        "MARA",
        "TUSK",
        "IDA VOSS",
        "JONAS",
        "HALE",
        "NELL",
        "OLD ANNA",
        "THE FERRYMAN",
        "COUNT OLAV",
        "GRETE",
        "PAVEL",
        "SISTER LUCIA",
        "EDWARD",
        "WINIFRED",
        "DOCTOR STAHL",
        "LEO",
        "MR. LOPAT",
        "KATYA",
        "BRAM",
        "THE BAKER",
    ];
    const PLACES: [&str; 15] = [
        "HARBOUR OFFICE",
        "QUAY",
        "JUNKYARD",
        "WORKSHOP",
        "HOUSE - KITCHEN",
        "HOUSE - ATTIC",
        "CHURCH",
        "FOREST",
        "MARKET SQUARE",
        "RAILWAY STATION",
        "LIBRARY",
        "COURTYARD",
        "BOAT",
        "LIGHTHOUSE",
        "BAKERY",
    ];
    const TIMES: [&str; 6] = ["DAWN", "DAY", "DUSK", "NIGHT", "CONTINUOUS", "LATER"];
    const PHRASES: [&str; 8] = [
        "slow push in",
        "pan left",
        "static",
        "handheld",
        "crane up",
        "35mm",
        "low angle",
        "candlelight",
    ];
    const DEEDS: [&str; 8] = [
        "walks to the window",
        "lifts the lamp",
        "waits by the door",
        "opens the ledger",
        "looks at the sea",
        "turns away",
        "laughs",
        "counts the coins",
    ];
    const WORDS: [&str; 20] = [
        "the", "tide", "never", "asks", "what", "we", "wanted", "it", "to", "bring", "and", "so",
        "every", "morning", "for", "nineteen", "years", "without", "a", "rest",
    ];
    let mut chance = Chance(1911);
    let sentence = |chance: &mut Chance, count: usize| {
        let words: Vec<&str> = (0..count).map(|_| chance.of(&WORDS)).collect();
        format!("So {}.", words.join(" "))
    };
    let mut out =
        "Title: The Long Tide\nAuthor: A. Novelist\n\n[[film: format 2:1 | seed 7]]\n".to_owned();
    let mut scene = 0;
    while out.lines().count() < LINES - 40 {
        scene += 1;
        if scene % 12 == 1 {
            out.push_str(&format!("\n# Chapter {}\n", scene / 12 + 1));
        }
        let who: Vec<&str> = (0..4).map(|_| chance.of(&NAMES)).collect();
        let place = chance.of(&PLACES);
        out.push_str(&format!("\nINT. {place} - {}\n", chance.of(&TIMES)));
        if scene % 5 == 0 {
            out.push_str(&format!("\n[[wear: {}, a black oilskin]]\n", who[0]));
        }
        out.push_str(&format!("\n{}\n", sentence(&mut chance, 12)));
        for _ in 0..4 + chance.below(6) {
            match chance.below(10) {
                0..=2 => {
                    let length = 2 + chance.below(5);
                    let phrase = chance.of(&PHRASES);
                    out.push_str(&format!("\n!! CLOSE ON {} [[{phrase}, {length}s]]\n", who[0]));
                    let deed = chance.of(&DEEDS);
                    out.push_str(&format!("\n{} {deed}. {}\n", who[0], sentence(&mut chance, 9)));
                }
                3..=6 => {
                    let count = 5 + chance.below(20);
                    let speaker = who[chance.below(4)];
                    out.push_str(&format!("\n{speaker}\n{}\n", sentence(&mut chance, count)));
                }
                _ => {
                    let (one, other) = (chance.of(&DEEDS), chance.of(&DEEDS));
                    out.push_str(&format!("\n{} {one}, and {} {other}.\n", who[1], who[2]));
                }
            }
        }
        if scene % 7 == 0 {
            out.push_str("\n> DISSOLVE TO: [[1s]]\n");
        }
    }
    out.push_str("\n# Cast\n\n");
    for name in NAMES {
        out.push_str(&format!("[[cast: {name}, a person with grey eyes, wearing a green coat]]\n"));
    }
    out
}
