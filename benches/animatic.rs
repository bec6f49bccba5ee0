//! How fast the animatic of each example is made, drawing and encoding included, as a
//! multiple of its running time, and how long the blocking of a film of 240 shots takes.
//! `make bench-animatic`; `make bench-watch` measures from a save to the screen.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program for a terminal")]

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use photoplay::analysis::analyze;
use photoplay::blocking::block;
use photoplay::breakdown::Strictness;
use photoplay::source::Sources;
use serde_json::Value;

const RUNS: usize = 3;

fn main() {
    blocking();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for script in [
        "examples/novel/the-road-of-yellow-brick.play",
        "examples/junkyard/junkyard.play",
        "examples/trailer/salt-clock.play",
    ] {
        let mut ratios: Vec<f64> = (0..RUNS).map(|_| ratio(&root.join(script))).collect();
        ratios.sort_by(f64::total_cmp);
        let (least, median, most) = (ratios[0], ratios[RUNS / 2], ratios[RUNS - 1]);
        println!(
            "{script}: {median:.1} times real time, median of {RUNS} ({least:.1} to {most:.1})"
        );
    }
}

/// Ten shots of a scene: a talk, walks, moves of the camera, a crowd.
const SHOTS: &str = "\
!! WIDE [[slow push in]]\n\nMARA and JONAS stand at the table. A lamp stands on the table.\n\n\
!! MEDIUM ON MARA\n\nMARA\nYou came back.\n\n\
!! CLOSE ON JONAS\n\nJONAS\nI said I would.\n\n\
!! OVER MARA ON JONAS\n\nJONAS\nAnd here I am.\n\n\
!! FULL ON MARA [[tracking]]\n\nMARA walks to the window.\n\n\
!! MEDIUM ON MARA [[pan right to JONAS]]\n\nMARA turns.\n\n\
!! TWO SHOT, MARA AND JONAS [[arc left]]\n\nThey look at each other.\n\n\
!! WIDE [[crane up]]\n\nA crowd enters. Two dogs run past.\n\n\
!! CLOSE ON MARA [[handheld]]\n\nMARA sits down.\n\n\
!! MEDIUM ON JONAS [[low angle]]\n\nJONAS leaves.\n\n";

/// Blocks a film of 240 shots.
fn blocking() {
    let mut script = String::new();
    for scene in 0..24 {
        let place = ["INT. KITCHEN - DAY", "EXT. FOREST - NIGHT", "INT. HALL - DUSK"][scene % 3];
        script.push_str(&format!("{place}\n\n{SHOTS}"));
    }
    script.push_str("[[cast: MARA, a woman in a red coat]]\n[[cast: JONAS, an old man]]\n");
    let mut sources = Sources::default();
    let id = sources.add("film.play", script);
    let list = analyze(&mut sources, id, Strictness::Strict).list;
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let started = Instant::now();
            assert!(block(&list).iter().flatten().count() >= 240);
            started.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "blocking of 240 shots: {:.1} ms, median of 9 ({:.1} to {:.1})",
        times[4], times[0], times[8]
    );
}

/// Makes the animatic of a script from nothing.
fn ratio(script: &Path) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join(script.file_name().unwrap());
    std::fs::copy(script, &copy).unwrap();
    let built = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["build", "--animatic", "--format", "json"])
        .arg(&copy)
        .output()
        .expect("the binary was built with this benchmark");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let out = String::from_utf8(built.stdout).unwrap();
    let wrap: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    // Every example runs at 24 frames a second.
    wrap["frames"].as_f64().unwrap() / 24.0 / wrap["seconds"].as_f64().unwrap()
}
