//! From a script to a film with the embedded model at two steps, then the takes that
//! each edit and each damage costs.

#![cfg(all(feature = "torch", feature = "ffmpeg"))]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use image::RgbImage;
use photoplay::media::decode::FilmReader;
use photoplay::media::take::TakeReader;
use serde_json::Value;
use tempfile::TempDir;

const SCRIPT: &str = "\
Title: A Small Film

[[film: format 16:9 | style storybook | motion network | seed 3]]

EXT. FOREST - DUSK

Old trees.

!! WIDE ON THE FOX [[static, 1s]]

THE FOX walks between the trees.

> DISSOLVE TO: [[0.5s]]

INT. ROOM - NIGHT

!! MEDIUM ON MARA [[static, 1s]]

MARA stands.

!! CLOSE ON MARA [[continues, slow push in, 1s]]

MARA opens her mouth.

# Cast

[[cast: MARA, a girl with copper curls, wearing a green coat]]
[[cast: THE FOX, a red fox]]
";

struct Ran {
    code: i32,
    events: Vec<Value>,
    err: String,
}

impl Ran {
    /// A number of the last event.
    fn count(&self, field: &str) -> u64 {
        self.events.last().and_then(|wrap| wrap[field].as_u64()).unwrap_or_else(|| {
            panic!("exit {} without `{field}`: {:?}\n{}", self.code, self.events.last(), self.err)
        })
    }

    fn notes(&self) -> String {
        self.events.iter().filter_map(|event| event["message"].as_str()).collect()
    }
}

fn photoplay(folder: &Path, arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary was built for this test");
    let out = String::from_utf8(output.stdout).expect("we write UTF-8");
    Ran {
        code: output.status.code().expect("no signal"),
        events: out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
        err: String::from_utf8(output.stderr).expect("we write UTF-8"),
    }
}

fn build(folder: &Path) -> Ran {
    photoplay(folder, &["build", "film.play", "--steps", "2", "--format", "json"])
}

/// A project that was built once; each test gets a copy.
fn built() -> TempDir {
    static FIRST: OnceLock<(TempDir, (u64, u64))> = OnceLock::new();
    let (first, _) = FIRST.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("film.play"), SCRIPT).unwrap();
        let ran = build(folder.path());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let counts = (ran.count("takes_made"), ran.count("takes_cached"));
        assert_eq!(counts, (3, 0));
        (folder, counts)
    });
    let copy = tempfile::tempdir().unwrap();
    copy_all(first.path(), copy.path());
    copy
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn edit(folder: &Path, from: &str, to: &str) {
    let path = folder.join("film.play");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

fn payloads(folder: &Path) -> Vec<PathBuf> {
    let shelves = fs::read_dir(folder.join(".photoplay/takes")).unwrap();
    let mut found: Vec<PathBuf> = shelves
        .flat_map(|shelf| fs::read_dir(shelf.unwrap().path()).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "mkv"))
        .collect();
    found.sort();
    found
}

#[test]
fn a_second_build_does_nothing() {
    let film = built();
    assert!(film.path().join("film.mp4").is_file() && film.path().join("film.srt").is_file());
    assert!(film.path().join("cast/mara.png").is_file());
    let moved = build(film.path());
    assert_eq!((moved.count("takes_made"), moved.count("takes_cached")), (0, 3));
    let again = build(film.path());
    assert_eq!(again.count("takes_made") + again.count("segments_encoded"), 0);
    assert_eq!(again.count("frames"), moved.count("frames"));
}

#[test]
fn another_take_is_shot_circled_and_cut_in() {
    let film = built();
    let takes = |more: &[&str]| {
        let arguments = ["takes", "film.play", "2.1", "--steps", "2", "--format", "json"];
        photoplay(film.path(), &[&arguments, more].concat())
    };
    let numbers = |ran: &Ran| -> Vec<u64> {
        let takes = ran.events.last().unwrap()["takes"].as_array().expect("takes were listed");
        takes.iter().map(|take| take["take"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers(&takes(&[])), [0]);
    let shot = takes(&["-n", "1"]);
    assert_eq!((shot.code, numbers(&shot)), (0, vec![0, 1]), "{}", shot.err);
    let takes_made = shot.events.iter().filter(|event| event["event"] == "take");
    assert_eq!(
        takes_made.map(|take| take["number"].as_str().unwrap()).collect::<Vec<_>>(),
        ["2.1 take 1"]
    );
    assert!(film.path().join("takes/film 2.1.mp4").is_file());
    assert_eq!(photoplay(film.path(), &["vault", "clear"]).code, 0);
    let again = takes(&["-n", "1"]);
    assert!(again.events.iter().all(|event| event["event"] != "take"), "it is shot once");

    let before = fs::read(film.path().join("film.mp4")).unwrap();
    assert_eq!(photoplay(film.path(), &["circle", "film.play", "2.1", "1"]).code, 0);
    let cut = build(film.path());
    assert_eq!((cut.code, cut.count("takes_cached")), (0, 2), "{}", cut.err);
    assert_eq!(cut.count("takes_made"), 1, "the shot that continues it");
    assert_ne!(fs::read(film.path().join("film.mp4")).unwrap(), before);
    assert_eq!(photoplay(film.path(), &["circle", "film.play", "2.1", "0"]).code, 0);
    assert_eq!(build(film.path()).count("takes_made"), 0);

    assert_eq!(photoplay(film.path(), &["vault", "clear"]).code, 0);
    assert_eq!(numbers(&takes(&[])), [0], "nobody chose it before the build");
}

#[test]
fn an_edit_costs_what_it_changes() {
    let edits: [(&str, &str, &str, u64); 7] = [
        ("a word of the action", "THE FOX walks", "THE FOX runs", 1),
        ("a word of a shot that another continues", "MARA stands.", "MARA dances.", 2),
        ("a longer dissolve", "[[0.5s]]", "[[0.9s]]", 0),
        ("another title", "A Small Film", "A Smaller Film", 0),
        ("a comment", "Old trees.", "Old trees. /* how old? */", 0),
        ("a renamed character", "MARA", "IDA", 0),
        (
            "a written shot inserted",
            "> DISSOLVE TO: [[0.5s]]",
            "!! CLOSE ON THE FOX [[static, 1s]]\n\nTHE FOX jumps.\n\n> DISSOLVE TO: [[0.5s]]",
            1,
        ),
    ];
    for (what, from, to, takes) in edits {
        let film = built();
        edit(film.path(), from, to);
        let ran = build(film.path());
        assert_eq!(ran.count("takes_made"), takes, "{what}: {}", ran.err);
    }
}

#[test]
fn scenes_change_places_for_nothing() {
    let film = built();
    let text = fs::read_to_string(film.path().join("film.play")).unwrap();
    let (forest, room, cast) = (
        text.find("EXT. FOREST").unwrap(),
        text.find("INT. ROOM").unwrap(),
        text.find("# Cast").unwrap(),
    );
    let dissolve = text.find("> DISSOLVE").unwrap();
    let text =
        [&text[..forest], &text[room..cast], &text[forest..dissolve], &text[cast..]].concat();
    fs::write(film.path().join("film.play"), text).unwrap();
    assert_eq!(build(film.path()).count("takes_made"), 0);
}

#[test]
fn a_damaged_take_is_named_and_made_again() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 3] = [
        ("cut short", |path| {
            let bytes = fs::read(path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("a flipped bit", |path| {
            let mut bytes = fs::read(path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(path, bytes).unwrap();
        }),
        ("emptied", |path| fs::write(path, "").unwrap()),
    ];
    let clean = built();
    for (what, damage) in damages {
        let film = built();
        // One of them is a take that another continues; both stay the same.
        let victim = payloads(film.path()).remove(0);
        let before = fs::read(&victim).unwrap();
        damage(&victim);
        let ran = build(film.path());
        assert_eq!(ran.code, 0, "{what}: {}", ran.err);
        assert!(ran.notes().contains("damaged"), "{what}: {}", ran.notes());
        assert_eq!(ran.count("takes_made"), 1, "{what}");
        assert_eq!(fs::read(&victim).unwrap(), before, "{what}");
        let film = film.path().join("film.mp4");
        assert_eq!(fs::read(film).unwrap(), fs::read(clean.path().join("film.mp4")).unwrap());
    }
}

#[test]
fn a_damaged_lock_is_named_and_not_believed() {
    let film = built();
    let lock = film.path().join("photoplay.lock");
    let text = fs::read_to_string(&lock).unwrap();
    for damaged in [&text[..text.len() / 2], &text.replace("digest", "digit")] {
        fs::write(&lock, damaged).unwrap();
        let ran = build(film.path());
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains("photoplay.lock"), "{}", ran.err);
        assert!(ran.err.contains("help:"), "{}", ran.err);
    }
    // Without it, portraits are found by their names, so no take is made.
    fs::remove_file(&lock).unwrap();
    assert_eq!(build(film.path()).count("takes_made"), 0);
}

/// Two films of a folder are cast at once: each portrait is made once and chosen.
#[test]
fn two_who_cast_at_once_make_no_portrait_twice() {
    let folder = tempfile::tempdir().unwrap();
    let cast = |name: &str| {
        // Who has the same looks under another name is somebody who was renamed.
        let colour = ["red", "green", "blue"][usize::from(name.as_bytes()[0]) % 3];
        format!("[[cast: {name}, a woman, wearing a {colour} coat]]\n")
    };
    for (film, own) in [("a", "IDA"), ("b", "ADA")] {
        let shots = ["EVA", own].map(|name| format!("!! CLOSE ON {name} [[1s]]\n\n"));
        let script = format!("EXT. ROAD - DAY\n\n{}{}{}", shots.concat(), cast("EVA"), cast(own));
        fs::write(folder.path().join(format!("{film}.play")), script).unwrap();
    }
    std::thread::scope(|scope| {
        for film in ["a.play", "a.play", "b.play"] {
            let folder = folder.path();
            scope.spawn(move || {
                let ran = photoplay(folder, &["cast", film, "--make", "--steps", "1"]);
                assert_eq!(ran.code, 0, "{}", ran.err);
            });
        }
    });
    let mut made: Vec<_> = fs::read_dir(folder.path().join("cast"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    made.sort();
    assert_eq!(made, ["ada.png", "eva.png", "ida.png"]);
    let lock = fs::read_to_string(folder.path().join("photoplay.lock")).unwrap();
    assert!(made.iter().all(|file| lock.contains(&format!("cast/{file}"))), "{lock}");
}

#[test]
fn a_portrait_is_a_choice() {
    let film = built();
    let portrait = film.path().join("cast/mara.png");
    image::RgbImage::from_pixel(288, 160, image::Rgb([200, 80, 40])).save(&portrait).unwrap();
    let ran = build(film.path());
    assert!(ran.notes().contains("mara.png"), "{}", ran.notes());
    assert_eq!(ran.count("takes_made"), 2);
    assert!(!build(film.path()).notes().contains("mara.png"));
}

#[test]
fn the_plan_says_what_is_cached() {
    let film = built();
    edit(film.path(), "THE FOX walks", "THE FOX runs");
    let output = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["plan", "film.play", "--steps", "2", "--format", "json"])
        .current_dir(film.path())
        .output()
        .unwrap();
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    let shots = plan["shots"].as_array().unwrap();
    let states = shots.iter().filter_map(|shot| shot["state"].as_str());
    let takes: Vec<&str> = states.filter(|state| *state != "drawn").collect();
    assert_eq!(takes, ["to_shoot", "cached", "cached"]);
    let record_out = plan["edl"].as_array().unwrap().iter();
    let record_out = record_out
        .filter(|event| event["track"] == "picture")
        .map(|event| event["record_out"].as_u64().unwrap());
    assert_eq!(record_out.max(), plan["format"]["frames"].as_u64());
    let fox = shots.iter().find(|shot| shot["state"] == "to_shoot").unwrap();
    let number = fox["number"].as_str().unwrap();
    let explained = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["explain", "film.play", number, "--steps", "2", "--format", "json"])
        .current_dir(film.path())
        .output()
        .unwrap();
    let explained: Value = serde_json::from_slice(&explained.stdout).unwrap();
    let fields = explained["differences"].as_array().unwrap();
    let fields: Vec<&str> = fields.iter().filter_map(|field| field["field"].as_str()).collect();
    assert_eq!(fields, ["prompt"]);
}

#[test]
fn a_film_without_a_camera_is_refused_with_a_remedy() {
    let film = built();
    let without = |script: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_photoplay"))
            .args(["build", script, "--steps", "2"])
            .env("PHOTOPLAY_CAMERA", "/nowhere/camera")
            .current_dir(film.path())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(without("film.play").0, Some(0), "nothing is to be shot");
    edit(film.path(), "THE FOX walks", "THE FOX runs");
    let (code, err) = without("film.play");
    assert_eq!(code, Some(3));
    assert!(err.contains("/nowhere/camera") && err.contains("help: "), "{err}");
}

/// As the system kills a process when memory runs out.
#[cfg(target_os = "linux")]
#[test]
fn a_camera_that_is_killed_takes_nothing_with_it() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;

    let film = built();
    edit(film.path(), "THE FOX walks", "THE FOX runs");
    edit(film.path(), "MARA stands.", "MARA dances.");
    let mut photoplay = Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["build", "film.play", "--steps", "2", "--format", "json"])
        .current_dir(film.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut spoiled = None;
    let mut taken = false;
    for line in BufReader::new(photoplay.stdout.take().unwrap()).lines() {
        let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
        match event["event"].as_str().unwrap() {
            "take" => taken = true,
            "step" if taken && spoiled.is_none() => {
                let id = photoplay.id();
                let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
                let camera = children.unwrap().trim().to_owned();
                assert!(Command::new("kill").args(["-9", &camera]).status().unwrap().success());
                spoiled = Some(String::new());
            }
            "spoiled" => spoiled = event["reason"].as_str().map(str::to_owned),
            _ => {}
        }
    }
    assert_eq!(photoplay.wait().unwrap().code(), Some(3));
    assert!(spoiled.is_some_and(|reason| reason.contains("signal 9")), "it says why");
    let again = build(film.path());
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(again.count("takes_made") < 3, "what was finished is kept");
}

/// Loading libtorch takes longer than planning a film.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn only_the_camera_loads_libtorch() {
    let loaded = |program: &str| {
        // The loader lists libraries instead of running the program.
        let listed = Command::new(program).env("LD_TRACE_LOADED_OBJECTS", "1").output().unwrap();
        String::from_utf8(listed.stdout).unwrap().contains("libtorch")
    };
    assert!(!loaded(env!("CARGO_BIN_EXE_photoplay")));
    assert!(loaded(env!("CARGO_BIN_EXE_photoplay-camera")));
}

#[test]
fn clearing_keeps_what_the_film_uses() {
    let film = built();
    edit(film.path(), "THE FOX walks", "THE FOX runs");
    build(film.path());
    assert_eq!(payloads(film.path()).len(), 4);
    assert_eq!(photoplay(film.path(), &["vault", "clear"]).code, 0);
    assert_eq!(payloads(film.path()).len(), 3);
    let again = build(film.path());
    assert_eq!(again.count("takes_made") + again.count("segments_encoded"), 0);
}

/// Toy Theatre with takes of at most so many frames.
fn short_model(folder: &Path, max_frames: u32) {
    let released = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/toy-theatre");
    fs::create_dir(folder).unwrap();
    copy_all(&released, folder);
    let settings = folder.join("photoplay.json");
    let mut values: Value = serde_json::from_slice(&fs::read(&settings).unwrap()).unwrap();
    values["max_frames"] = max_frames.into();
    fs::write(settings, values.to_string()).unwrap();
}

/// The frames of each stored file, the longest first.
fn stored(folder: &Path) -> Vec<Vec<RgbImage>> {
    let read = |path: &PathBuf| {
        let reader = TakeReader::open(path, 288, 160, u32::MAX).unwrap();
        reader.map_while(Result::ok).collect::<Vec<_>>()
    };
    let mut all: Vec<_> = payloads(folder).iter().map(read).collect();
    all.sort_by_key(|frames| std::cmp::Reverse(frames.len()));
    all
}

/// Mean difference of two pictures, in values of 0 to 255.
fn difference(one: &RgbImage, other: &RgbImage) -> f64 {
    let pairs = one.as_raw().iter().zip(other.as_raw());
    let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / one.as_raw().len() as f64
}

/// The frames of the film.
fn film_frames(folder: &Path) -> Vec<RgbImage> {
    let reader = FilmReader::open(&folder.join("film.mp4")).unwrap();
    reader.map(Result::unwrap).collect()
}

#[test]
fn a_shot_longer_than_the_models_limit_is_a_chain_of_takes() {
    const SCRIPT: &str = "\
[[film: size 288x160 | style storybook | motion network | seed 3 | cards off]]

EXT. FOREST - DUSK

!! WIDE ON the trees [[pan left, 3s]]

Wind in the trees.

!! INSERT - a leaf [[static, 0.5s]]

A leaf falls.
";
    let film = tempfile::tempdir().unwrap();
    let folder = film.path();
    fs::write(folder.join("film.play"), SCRIPT).unwrap();
    short_model(&folder.join("short"), 25);
    let build = || {
        let arguments =
            ["build", "film.play", "--model", "short", "--steps", "2", "--format", "json"];
        let ran = photoplay(folder, &arguments);
        assert_eq!(ran.code, 0, "{}", ran.err);
        (ran.count("takes_made"), film_frames(folder), stored(folder))
    };
    let lengths = |pieces: &[Vec<RgbImage>]| pieces.iter().map(Vec::len).collect::<Vec<_>>();

    // 3 s and two handles are 49 frames of the model: 25, then 20 and 4 new ones. The
    // other shot has 21.
    let (made, shown, pieces) = build();
    assert_eq!(made, 2, "a chain is one take");
    assert_eq!(lengths(&pieces), [25, 21, 20, 4]);
    let take: Vec<&RgbImage> = [&pieces[0], &pieces[2], &pieces[3]].into_iter().flatten().collect();
    assert_eq!(shown.len(), 84);
    // The film has two frames for each frame of the take, after the handle of six.
    for (number, frame) in shown[..72].iter().enumerate() {
        let differences = take.iter().map(|other| difference(frame, other)).enumerate();
        let (nearest, least) = differences.min_by(|one, other| one.1.total_cmp(&other.1)).unwrap();
        assert!(nearest.abs_diff(6 + number / 2) <= 1, "frame {number} shows {nearest}");
        assert!(least < 2.5, "frame {number} differs by {least}");
    }

    // An edit of the neighbour reuses all pieces, and the film keeps its frames.
    edit(folder, "A leaf falls.", "A leaf burns.");
    let (made, edited, pieces) = build();
    assert_eq!(made, 1);
    assert_eq!(lengths(&pieces), [25, 21, 21, 20, 4]);
    assert_eq!(edited[..72], shown[..72]);

    // A longer shot reuses its first two pieces.
    edit(folder, "[[pan left, 3s]]", "[[pan left, 3.3s]]");
    let (made, longer, pieces) = build();
    assert_eq!(made, 1);
    assert_eq!(lengths(&pieces), [25, 21, 21, 20, 8, 4]);
    assert_eq!(longer.len(), 84 + 7);
}

/// A small story reel: two shots share the still of a fox, and two the set.
const REEL: &str = "\
[[film: size 192x108 | cards off | captions track | seed 3]]

EXT. FOREST - DAY

!! WIDE ON THE FOX [[static, 1s]]

THE FOX walks between the trees.

!! MEDIUM ON THE FOX [[static, 1s]]

THE FOX stands still.

# Cast

[[prop: THE FOX, a red fox]]
";

#[test]
fn a_story_reel_moves_stills_and_makes_none_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("film.play"), REEL).unwrap();
    let reel = || photoplay(folder.path(), &["build", "film.play", "--format", "json"]);
    let first = reel();
    assert_eq!(first.code, 0, "{}", first.err);
    assert_eq!(first.count("takes_made"), payloads(folder.path()).len() as u64);
    assert!(
        [3, 5].contains(&first.count("takes_made")),
        "a set, and a fox by day and by night; its head too, if it comes near"
    );
    for still in payloads(folder.path()) {
        let record = fs::read_to_string(still.with_extension("json")).unwrap();
        let record: Value = serde_json::from_str(&record).unwrap();
        assert_eq!(record["recipe"]["frames"], "1");
    }
    let film = fs::read(folder.path().join("film.mp4")).unwrap();
    let words = b"pictures by diffusion, moved by the blocking";
    assert!(film.windows(words.len()).any(|window| window == words), "the film says what it is");

    let frames = film_frames(folder.path());
    assert_eq!((frames.len(), frames[0].dimensions()), (48, (192, 108)));
    let walk: Vec<f64> = frames[..24].iter().map(orange).collect();
    let way = walk[23] - walk[0];
    assert!(way.abs() > 8.0, "the fox walks: {walk:?}");
    let longest = walk.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
    assert!(longest < 6.0, "and never jumps: {walk:?}");
    let stays = frames[25..]
        .iter()
        .map(orange)
        .fold((f64::MAX, f64::MIN), |range, at| (range.0.min(at), range.1.max(at)));
    assert!(stays.1 - stays.0 < 1.0, "who stands still stands: {stays:?}");

    let again = reel();
    assert_eq!(again.count("takes_made") + again.count("segments_encoded"), 0);
    edit(folder.path(), "THE FOX walks", "THE FOX runs");
    let edited = reel();
    assert_eq!(edited.count("takes_made"), 0, "a pose makes no still");
    // Who goes on from where the shot before left them is moved too.
    assert!((1..=2).contains(&edited.count("segments_encoded")));
    let plan = photoplay(folder.path(), &["plan", "film.play", "--format", "json"]);
    assert_eq!(plan.code, 0, "{}", plan.err);
}

/// The middle column of what is orange in a frame.
fn orange(frame: &RgbImage) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (x, _, pixel) in frame.enumerate_pixels() {
        if pixel[0] > 140 && i32::from(pixel[0]) - i32::from(pixel[2]) > 90 {
            (sum, count) = (sum + f64::from(x), count + 1.0);
        }
    }
    assert!(count > 20.0, "there is a fox in the picture");
    sum / count
}
