//! The order in which takes are made, and which of them a save stops.

use std::fs;
use std::process::Command;

use photoplay::programs::camera::VARIABLE;
use serde_json::Value;

use crate::film::{SCRIPT, Watch, takes, wait};

pub(crate) fn drafts() {
    let watch = Watch::start_held();
    let first = watch.shows("an animatic", |state| state["film"]["frames"].is_u64());
    assert!(takes(&first).iter().all(|state| state == "waiting" || state == "rolling"));
    let shown = |state: &Value, word: &str| {
        let mut shots = state["shots"].as_array().into_iter().flatten();
        shots.any(|shot| shot["shown"] == word)
    };
    assert!(shown(&first, "animatic"), "{first:#}");
    watch.hold("8 ");
    watch.shows("a draft", |state| shown(state, "draft"));
    watch.release();
    assert!(!watch.folder.path().join("film.mp4").exists(), "no film of drafts");
    let last = watch.made();
    assert_eq!(first["film"]["frames"], last["film"]["frames"], "the right length at once");
    let made: Vec<bool> = watch.log().iter().map(|line| line.starts_with("made 3 ")).collect();
    assert_eq!(made, [true, true, true, false, false, false], "{:?}", watch.log());
    // The drafts are removed, and a build finds every take.
    wait("the drafts to go", || {
        watch.files().iter().filter(|file| file.contains(".mkv")).count() == 3
    });
    let folder = watch.stop();
    let built = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["build", "film.play", "--steps", "8", "--format", "json"])
        .current_dir(folder.path())
        .env(VARIABLE, "/nonexistent")
        .output()
        .unwrap();
    let out = String::from_utf8(built.stdout).unwrap();
    let wrap: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!((&wrap["takes_made"], &wrap["segments_encoded"]), (&0.into(), &0.into()));
}

pub(crate) fn stops() {
    let watch = Watch::start();
    watch.made();
    let rolls = |shot: usize| {
        move |state: &Value| takes(state).get(shot).is_some_and(|state| state == "rolling")
    };
    watch.hold("");
    watch.edit("[[push in", "[[pull back");
    watch.shows("the leaf to roll", rolls(1));
    // An edit of another shot does not stop the leaf.
    watch.edit("[[pan left", "[[pan right");
    watch.shows("the water", |state| state["focus"] == 3);
    watch.hold("pan right");
    watch.shows("the water to roll", rolls(2));
    assert!(!watch.log().iter().any(|line| line.starts_with("stopped")), "{:?}", watch.log());
    // An edit of the water while it rolls stops its old take.
    watch.edit("[[pan right", "[[tilt up");
    wait("the stop", || watch.log().iter().any(|line| line.starts_with("stopped")));
    watch.release();
    watch.made();
    let log = watch.log();
    let stopped: Vec<&String> = log.iter().filter(|line| line.starts_with("stopped")).collect();
    assert_eq!(stopped.len(), 1, "{log:?}");
    assert!(stopped[0].contains("pan right"), "{log:?}");
    watch.stop();
}

pub(crate) fn nearest() {
    let watch = Watch::start_held();
    watch.shows("an animatic", |state| state["film"]["frames"].is_u64());
    watch.ask("POST cursor", r#"{"file": "film.play", "line": 21}"#);
    watch.shows("the cursor's shot", |state| state["focus"] == 3);
    watch.release();
    watch.made();
    let log = watch.log();
    let takes: Vec<&String> = log.iter().filter(|line| line.starts_with("made 8 ")).collect();
    assert!(takes[0].contains("pan left"), "{log:?}");
    watch.stop();
}

pub(crate) fn kept() {
    let watch = Watch::start();
    watch.made();
    let before = watch.log().len();
    watch.edit("[[push in", "[[pull back");
    let is = |state: &Value, move_: &str| {
        let line = state["shots"][2]["lines"][0].as_str();
        line.is_some_and(|line| line.contains(move_))
    };
    watch.shows("the edit", |state| is(state, "pull back"));
    watch.made();
    assert_eq!(watch.log().len(), before + 2, "a draft and a take: {:?}", watch.log());
    let why = watch.state()["shots"][2]["why"].clone();
    assert_eq!(why[0]["field"], "prompt", "{why}");
    watch.edit("[[pull back", "[[push in");
    let state = watch.shows("the leaf as before", |state| is(state, "push in"));
    assert_eq!(takes(&state), ["made", "made", "made"]);
    watch.edit("[[0.5s]]", "[[0.8s]]");
    watch.edit("A Small Film", "A Smaller Film");
    watch.shows("the title", |state| state["film"]["title"] == "A Smaller Film");
    watch.made();
    assert_eq!(watch.log().len(), before + 2, "{:?}", watch.log());
    watch.stop();
}

pub(crate) fn stand_ins() {
    let watch = Watch::start();
    let before = watch.made();
    let shown = |state: &Value| -> Vec<String> {
        let shots = state["shots"].as_array().into_iter().flatten();
        shots.map(|shot| shot["shown"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let is = |shot: usize, word: &'static str| {
        move |state: &Value| shown(state).get(shot).is_some_and(|shown| shown == word)
    };
    let finals = shown(&before);
    watch.hold("");
    // The leaf moves in another way: its old take would show the move that is gone.
    watch.edit("[[push in", "[[pull back");
    let edited = watch.shows("the leaf drawn", is(2, "animatic"));
    assert_eq!((&shown(&edited)[0], &shown(&edited)[3]), (&finals[0], &finals[3]));
    // Nobody moves in another way: the old takes stand in.
    watch.edit("seed 3", "seed 4");
    let reseeded = watch.shows("the old take of the water", is(3, "earlier"));
    assert!(is(2, "animatic")(&reseeded), "{reseeded:#}");
    watch.release();
    watch.made();
    watch.stop();
}

pub(crate) fn reel() {
    let folder = tempfile::tempdir().unwrap();
    let script = SCRIPT
        .replace("format 16:9 | style storybook | motion network", "size 192x108 | motion reel");
    fs::write(folder.path().join("film.play"), script).unwrap();
    let watch = Watch::on(folder);
    let state = watch.made();
    assert!(takes(&state).len() == 3 && state["shots"][2]["shown"] == "final", "{state:#}");
    let before = watch.log();
    assert!(before.iter().all(|line| line.contains("static")), "stills do not move: {before:?}");
    watch.edit("[[push in", "[[pull back");
    watch.shows("the edit", |state| {
        state["shots"][2]["lines"][0].as_str().is_some_and(|line| line.contains("pull back"))
    });
    let after = watch.made();
    assert_eq!(watch.log(), before, "the same stills, moved in another way");
    assert_ne!(after["film"]["pieces"], state["film"]["pieces"]);
    watch.stop();
}

pub(crate) fn mistakes() {
    let watch = Watch::start();
    let before = watch.made();
    watch.edit("[[push in", "[[psuh in");
    let broken = watch.shows("the mistake", |state| state["diagnostics"][0]["severity"] == "error");
    assert_eq!(broken["outdated"], true);
    assert_eq!(broken["film"], before["film"]);
    assert_eq!(broken["diagnostics"][0]["excerpt"]["line"], 11);
    watch.edit("[[psuh in", "[[push in");
    let mended = watch.shows("the mend", |state| state["outdated"] == false);
    assert_eq!(mended["film"], before["film"]);
    assert_eq!(mended["diagnostics"], before["diagnostics"]);
    watch.stop();
}
