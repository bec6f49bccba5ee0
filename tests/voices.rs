//! Films in which people speak, made by the real engine and read back. The set-up
//! fetches the voices; where it could not, only silence is tested.

#![cfg(all(feature = "voices", feature = "ffmpeg"))]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "common/sound.rs"]
mod measure;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ebur128::{EbuR128, Mode};
use photoplay::media::sound::{SAMPLE_RATE, read};
use photoplay::sound::remote::{FOLDER_VARIABLE, are_there};
use serde_json::Value;
use tempfile::TempDir;

use measure::level;

/// Spoken over black: nothing is shot for it.
const SCRIPT: &str = "\
Title: Voices

[[film: size 128x72 | cards off]]

INT. HOUSE - NIGHT

!! BLACK [[5s]]

VARYA LOPAT (V.O.)
You still work, Kinzleigh.

!! BLACK [[4s]]

!! BLACK [[6s]]

KINZLEIGH (V.O.)
(shouting)
I never said a word about the lighthouse!

# Cast

[[cast: VARYA LOPAT, a woman of sixty]]
[[cast: KINZLEIGH, a man in his thirties]]
";

struct Built {
    events: Vec<Value>,
    notes: String,
}

fn build(folder: &Path, voices: Option<&Path>) -> Built {
    let mut command = Command::new(env!("CARGO_BIN_EXE_photoplay"));
    command.args(["build", "film.play", "--format", "json"]).current_dir(folder);
    if let Some(voices) = voices {
        command.env(FOLDER_VARIABLE, voices);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let out = String::from_utf8(output.stdout).unwrap();
    let events: Vec<Value> =
        out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let notes = events.iter().filter_map(|event| event["message"].as_str());
    Built { notes: notes.collect::<Vec<_>>().join("\n"), events }
}

fn project(script: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("film.play"), script).unwrap();
    folder
}

fn takes(folder: &Path) -> BTreeSet<PathBuf> {
    let shelves = fs::read_dir(folder.join(".photoplay/voices")).into_iter().flatten().flatten();
    let files = shelves.flat_map(|shelf| fs::read_dir(shelf.path()).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

#[test]
fn a_film_without_voices_is_a_film_with_one_warning() {
    let film = project(SCRIPT);
    let nowhere = film.path().join("no voices");
    let built = build(film.path(), Some(&nowhere));
    assert_eq!(built.notes.matches("nobody speaks").count(), 1, "{}", built.notes);
    assert!(built.notes.contains("make setup"), "{}", built.notes);
    let [left, _] = read(&film.path().join("film.mp4")).unwrap();
    // AAC fills its last block.
    assert_eq!(left.len() / 1024, 15 * SAMPLE_RATE as usize / 1024 + 1);
    assert!(level(&left, 0.0, 15.0) < -90.0);
    assert!(fs::read_to_string(film.path().join("film.srt")).unwrap().contains("Kinzleigh"));
}

#[test]
fn people_speak_when_they_speak_and_are_silent_else() {
    if !are_there() {
        return;
    }
    let film = project(SCRIPT);
    let built = build(film.path(), None);
    assert!(built.notes.is_empty(), "{}", built.notes);
    let spoken = built.events.iter().rfind(|event| event["event"] == "speak").unwrap();
    assert_eq!((&spoken["done"], &spoken["lines"]), (&2.into(), &2.into()));
    let [left, right] = read(&film.path().join("film.mp4")).unwrap();
    assert_eq!(left.len(), right.len());
    assert!(level(&left, 0.0, 0.25) < -60.0, "before the first word");
    assert!(level(&left, 0.4, 1.8) > -30.0, "{}", level(&left, 0.4, 1.8));
    assert!(level(&left, 5.0, 9.0) < -60.0, "{}", level(&left, 5.0, 9.0));
    assert!(level(&left, 9.4, 11.0) > -30.0, "{}", level(&left, 9.4, 11.0));
    let mut meter = EbuR128::new(2, SAMPLE_RATE, Mode::I | Mode::TRUE_PEAK).unwrap();
    meter.add_frames_planar_f32(&[&left, &right]).unwrap();
    let loudness = meter.loudness_global().unwrap();
    assert!((-17.0..=-15.0).contains(&loudness), "{loudness} LUFS");
    let peak = 20.0 * meter.true_peak(0).unwrap().log10();
    assert!(peak <= -0.5, "{peak} dBTP");
    let lock = fs::read_to_string(film.path().join("photoplay.lock")).unwrap();
    assert!(lock.contains("{ name = \"VARYA LOPAT\", traits = "), "{lock}");

    // Everybody can be heard alone.
    let cast = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["cast", "film.play", "--format", "json"])
        .current_dir(film.path())
        .output()
        .unwrap();
    let cast: Vec<Value> = serde_json::from_slice(&cast.stdout).unwrap();
    let heard: Vec<&Value> = cast.iter().filter(|entry| entry["voice"].is_string()).collect();
    assert_eq!(heard.len(), 2);
    assert_ne!(heard[0]["voice"], heard[1]["voice"]);
    for entry in heard {
        let sample = fs::read(film.path().join(entry["sample"].as_str().unwrap())).unwrap();
        assert!(sample.starts_with(b"RIFF") && sample.len() > 50_000, "{entry}");
    }

    // Nothing is said twice, and a changed line is one take.
    let before = takes(film.path());
    assert_eq!(before.len(), 2);
    let again = build(film.path(), None);
    assert!(again.events.iter().all(|event| event["event"] != "speak"));
    let edited = SCRIPT.replace("a word about", "anything about");
    fs::write(film.path().join("film.play"), edited).unwrap();
    build(film.path(), None);
    assert_eq!(takes(film.path()).difference(&before).count(), 1);

    // A line that was damaged is said again.
    let damaged = takes(film.path()).into_iter().next().unwrap();
    let bytes = fs::read(&damaged).unwrap();
    fs::write(&damaged, &bytes[..bytes.len() / 2]).unwrap();
    build(film.path(), None);
    // The record before the samples also says how long it took.
    let (again, end) = (fs::read(&damaged).unwrap(), bytes.len() / 2);
    assert_eq!(again[again.len() - end..], bytes[bytes.len() - end..]);
}

#[test]
fn a_script_may_ask_for_silence() {
    let film = project(&SCRIPT.replace("cards off", "cards off | voices off"));
    let built = build(film.path(), None);
    assert!(built.notes.is_empty(), "{}", built.notes);
    assert_eq!(takes(film.path()).len(), 0);
}

/// The plan of a script in a folder.
fn plan(folder: &Path, script: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["plan", script, "--format", "json"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The numbers of the shots of a plan, and their lengths in frames.
fn shots(plan: &Value) -> Vec<(String, u64)> {
    let shots = plan["shots"].as_array().unwrap().iter();
    let shot = |shot: &Value| (shot["number"].to_string(), shot["frames"].as_u64().unwrap());
    shots.map(shot).collect()
}

#[test]
fn shots_last_as_long_as_what_is_said_in_them() {
    if !are_there() {
        return;
    }
    let script = SCRIPT
        .replace("!! BLACK [[5s]]", "!! BLACK")
        .replace("(V.O.)\nYou still work", "\nAfter all this rain, [[cut: WHITE]] you still work")
        .replace("!! BLACK [[6s]]", "!! BLACK")
        .replace("KINZLEIGH (V.O.)", "KINZLEIGH");
    let film = project(&script);
    let before = plan(film.path(), "film.play");
    let spoken = |plan: &Value| {
        let lines = plan["lines"].as_array().unwrap().iter();
        lines.map(|line| line["spoken"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(spoken(&before), [false, false]);
    build(film.path(), None);
    let after = plan(film.path(), "film.play");
    assert_eq!(spoken(&after), [true, true]);
    let (by_rule, heard) = (shots(&before), shots(&after));
    assert_eq!(by_rule.len(), 4, "{by_rule:?}");
    let numbers = |shots: &[(String, u64)]| {
        shots.iter().map(|(number, _)| number.clone()).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&by_rule), numbers(&heard), "the same shots, whoever has spoken");
    assert_ne!(by_rule, heard);
    // A quarter of a second is six frames.
    let lengths: Vec<u64> = heard.iter().map(|(_, frames)| *frames).collect();
    assert_eq!(((lengths[0] + lengths[1]) % 6, lengths[2], lengths[3] % 6), (0, 96, 0));
    let [left, _] = read(&film.path().join("film.mp4")).unwrap();
    let cut = lengths[0] as f64 / 24.0;
    // The picture changes at a word, and the voice goes on.
    assert!(level(&left, cut, cut + 0.3) > -35.0, "{}", level(&left, cut, cut + 0.3));
    let end = (lengths[0] + lengths[1]) as f64 / 24.0;
    assert!(level(&left, end, end + 4.0) < -60.0);
    // Nothing is left to do.
    let again = build(film.path(), None);
    let wrap = again.events.iter().rfind(|event| event["event"] == "wrap").unwrap();
    assert_eq!(wrap["segments_encoded"], 0, "{wrap}");
    assert_eq!(shots(&plan(film.path(), "film.play")), heard);
}

#[test]
fn sound_shoots_nothing_again_where_times_are_written() {
    if !are_there() {
        return;
    }
    let shots =
        |picture: &str| SCRIPT.replace("!! BLACK", &format!("!! {picture}")).replace(" (V.O.)", "");
    let film = project(&shots("MEDIUM ON VARYA LOPAT AND KINZLEIGH"));
    let before = plan(film.path(), "film.play");
    let made = |plan: &Value| (plan["shots"].clone(), plan["format"].clone());
    // The same lines over black: nothing is shot for them.
    fs::write(film.path().join("lines.play"), shots("BLACK")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["build", "lines.play"])
        .current_dir(film.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = plan(film.path(), "film.play");
    assert!(after["lines"].as_array().unwrap().iter().all(|line| line["spoken"] == true));
    assert_eq!(made(&before), made(&after));
}
