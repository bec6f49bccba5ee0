//! What the story reel of the novel costs: processor time for a second of film, from
//! nothing, stills, drawing and encoding included. `make bench-reel`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program for a terminal")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Threads that the bar is for.
const THREADS: f64 = 2.0;
/// Seconds of those threads for a second of film.
const BAR: f64 = 0.5;

fn main() {
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/novel/the-road-of-yellow-brick.play");
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join(script.file_name().unwrap());
    fs::copy(&script, &copy).unwrap();
    let (all, film) = build(&copy);
    // Again without the film and its encoded segments: the stills are there.
    fs::remove_dir_all(folder.path().join(".photoplay/segments")).unwrap();
    fs::remove_file(copy.with_extension("reel.mp4")).unwrap();
    let (moved, _) = build(&copy);
    let (unchanged, _) = build(&copy);
    let each = |seconds: f64| seconds / film / THREADS;
    let verdict = if each(all) <= BAR { "holds" } else { "missed" };
    println!("{film:.0} seconds of film; processor time for each second, on {THREADS} threads:");
    println!("from nothing        {:.3} s (bar {BAR}: {verdict})", each(all));
    println!("  of which stills   {:.3} s", each(all - moved));
    println!("  drawn and encoded {:.3} s", each(moved - unchanged));
    println!("built again         {:.3} s", each(unchanged));
}

/// Builds the story reel of a script: processor time and the length of the film, in
/// seconds.
fn build(script: &Path) -> (f64, f64) {
    let before = of_children();
    let built = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["build", "--reel", "--format", "json"])
        .arg(script)
        .output()
        .expect("the binary was built with this benchmark");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let out = String::from_utf8(built.stdout).unwrap();
    let wrap: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    // The novel runs at 24 frames a second.
    (of_children() - before, wrap["frames"].as_f64().unwrap() / 24.0)
}

/// Processor time of all processes that this one has waited for, and of theirs, in seconds.
fn of_children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("this benchmark needs Linux");
    // The second field, the name, may have blanks in it.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |field: usize| fields[field].parse::<f64>().unwrap();
    (ticks(13) + ticks(14)) / 100.0
}
