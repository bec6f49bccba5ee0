//! A small film, its folder, and builds of it with the camera of these tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use photoplay::programs::camera::VARIABLE;
use serde_json::Value;
use tempfile::TempDir;

use crate::camera::{HELD, LOG};

/// A film with a portrait, a dissolve, sound, captions and subtitles.
pub(crate) const SCRIPT: &str = "\
Title: A Small Film

[[film: size 288x160 | motion network | voices off | seed 3]]

EXT. FOREST - NIGHT

!! WIDE ON the trees [[static, 1s]]

Wind in the trees.

> DISSOLVE TO: [[0.5s]]

INT. ROOM - DAY

!! CLOSE ON MARA [[static, 1s]]

MARA
Still here.

[[cast: MARA, a woman with copper curls, wearing a green coat]]
";

/// How many times what can be tried often is tried.
pub(crate) fn rounds(by_default: usize) -> usize {
    std::env::var("PHOTOPLAY_ROUNDS").map_or(by_default, |rounds| rounds.parse().unwrap())
}

/// So many numbers below another, each in a part of its own and at random there: the same
/// in every run.
pub(crate) fn spread(rounds: usize, below: usize) -> Vec<usize> {
    let mut seed = 1912_u64;
    let rounds = rounds.clamp(1, below.max(1));
    let start = |round: usize| round * below / rounds;
    let mut at = |round: usize| {
        // A linear congruential generator (Knuth, MMIX).
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        start(round) + (seed >> 33) as usize % (start(round + 1) - start(round)).max(1)
    };
    (0..rounds).map(&mut at).collect()
}

/// A folder for a project, with room beside it.
pub(crate) struct Place {
    around: TempDir,
    folder: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self::named("project")
    }

    pub(crate) fn named(name: &str) -> Self {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().canonicalize().unwrap().join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("film.play"), SCRIPT).unwrap();
        Self { around, folder }
    }

    /// A copy of a project that was built once.
    pub(crate) fn built() -> Self {
        static BUILT: OnceLock<Place> = OnceLock::new();
        let built = BUILT.get_or_init(|| {
            let place = Self::new();
            place.build();
            place
        });
        let copy = Self::new();
        copy_all(&built.folder, &copy.folder);
        copy
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn rename(&mut self, name: &str) {
        let to = self.folder.with_file_name(name);
        fs::rename(&self.folder, &to).unwrap();
        self.folder = to;
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_photoplay"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env(VARIABLE, std::env::current_exe().unwrap())
            .env(HELD, self.around.path().join("held"))
            .env(LOG, self.around.path().join("camera.log"));
        command
    }

    pub(crate) fn building(&self, script: &str) -> Command {
        self.command(&["build", script, "--steps", "2", "--format", "json"])
    }

    /// Builds the film, which must succeed.
    pub(crate) fn build(&self) -> Ran {
        let ran = Ran::of(self.building("film.play").output().unwrap());
        assert_eq!(ran.code, Some(0), "{}", ran.told());
        ran
    }

    /// What the camera made: a line for each take.
    pub(crate) fn made(&self) -> Vec<String> {
        let log = fs::read_to_string(self.around.path().join("camera.log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    /// The film and everything else that a build gives an author.
    pub(crate) fn film(&self) -> Film {
        let read = |name: &str| fs::read(self.path(name)).ok();
        Film {
            film: read("film.mp4"),
            subtitles: read("film.srt"),
            portrait: read("cast/mara.png"),
            choices: read("photoplay.lock").map(|text| String::from_utf8(text).unwrap()),
        }
    }

    /// Asserts that the project is what one undisturbed build makes of it, without
    /// anything left over.
    pub(crate) fn is_whole(&self, after: &str) {
        let whole = Film::whole();
        let film = self.film();
        assert!(film.film == whole.film, "{after}: another film");
        assert!(film.subtitles == whole.subtitles, "{after}: other subtitles");
        assert!(film.portrait == whole.portrait, "{after}: another portrait");
        assert_eq!(film.choices, whole.choices, "{after}");
        let left: Vec<PathBuf> = files(&self.folder)
            .into_iter()
            .filter(|file| {
                let name = file.file_name().unwrap().to_string_lossy();
                let scratch = file.strip_prefix(self.path(".photoplay/scratch"));
                name.starts_with(".photoplay-") || name.starts_with(".tmp") || scratch.is_ok()
            })
            .collect();
        assert!(left.is_empty(), "{after}: left over {left:?}");
    }

    /// Asserts that a film, if there is one, is a whole one.
    pub(crate) fn has_no_half_film(&self, after: &str) {
        let film = self.film().film;
        assert!(film.is_none() || film == Film::whole().film, "{after}: half a film");
    }
}

/// What a build gives an author.
#[derive(PartialEq, Eq)]
pub(crate) struct Film {
    film: Option<Vec<u8>>,
    subtitles: Option<Vec<u8>>,
    portrait: Option<Vec<u8>>,
    choices: Option<String>,
}

impl Film {
    /// What one undisturbed build makes.
    pub(crate) fn whole() -> &'static Self {
        static WHOLE: OnceLock<Film> = OnceLock::new();
        WHOLE.get_or_init(|| {
            let film = Place::built().film();
            assert!(film.film.is_some() && film.subtitles.is_some() && film.portrait.is_some());
            film
        })
    }
}

/// A command that has ended.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Everything that it said.
    pub(crate) fn told(&self) -> String {
        format!("exit {:?}\n{}{}", self.code, self.out, self.err)
    }

    /// A number of its last event.
    pub(crate) fn count(&self, field: &str) -> u64 {
        let last =
            self.out.lines().last().and_then(|line| serde_json::from_str::<Value>(line).ok());
        last.and_then(|wrap| wrap[field].as_u64()).unwrap_or_else(|| panic!("{}", self.told()))
    }
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(files(&entry.path()));
        } else {
            found.insert(entry.path());
        }
    }
    found
}

/// Copies what is in a folder into another.
pub(crate) fn copy_all(from: &Path, to: &Path) {
    for file in files(from) {
        let copy = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(file, copy).unwrap();
    }
}
