//! How fast the animatic of each example is made, drawing and encoding included, as a
//! multiple of its running time. `make bench-animatic`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program for a terminal")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

const RUNS: usize = 3;

fn main() {
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
