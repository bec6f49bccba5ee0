//! The camera of a story reel, measured by optical flow on its frames and not taken from
//! the blocking: moves go where the script says, far and near in parallax.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use image::{Rgb, RgbImage};
use photoplay::blocking::block;
use photoplay::reel::{CutoutUse, FirstStill, Matte, PaperTheatre, ReelShot, StillPair};
use photoplay::source::files::MemoryFiles;
use photoplay::{Project, ProjectOptions};

#[path = "common/flow.rs"]
#[allow(dead_code, reason = "shared by test files")]
mod flow;

use flow::{Flow, PictureMotion};

const SIZE: (u32, u32) = (240, 136);

/// A set of patches: a still of a model has more, but none that are as easy to follow.
fn plate() -> RgbImage {
    let patch = |x: u32, y: u32| {
        let mut mixed = (x / 9).wrapping_mul(0x9E37_79B9) ^ (y / 9).wrapping_mul(0x85EB_CA6B);
        mixed ^= mixed >> 15;
        mixed = mixed.wrapping_mul(0x2C1B_3C6D);
        (mixed >> 24) as u8
    };
    RgbImage::from_fn(448, 160, |x, y| {
        let value = patch(x, y);
        Rgb([value, value / 2 + 60, 255 - value])
    })
}

/// A shot of a set with a camera move of three seconds.
fn theatre(movement: &str) -> PaperTheatre {
    PaperTheatre::new(&shot(movement, "IDA stands."), &[plate()], SIZE, 1.0 / 24.0)
}

/// A shot with a camera move of three seconds in which somebody does something.
fn shot(movement: &str, action: &str) -> ReelShot {
    let text = format!(
        "EXT. FOREST - DAY\n\n!! FULL ON IDA [[{movement}, 3s]]\n\n{action}\n\n[[cast: IDA, a tall woman]]\n"
    );
    let files = Arc::new(MemoryFiles::new().with("film/a.play", text.as_str()));
    let options = ProjectOptions { files, ..ProjectOptions::default() };
    let script = Project::open("film/a.play").with_options(options).read().unwrap();
    let blocking = block(&script.list).into_iter().flatten().next().unwrap();
    let matte = Matte::Key(KEY);
    ReelShot {
        blocking,
        cutouts: Vec::new(),
        light: [1.0; 3],
        matte,
        floor: [0.69, 1.0],
        first: FirstStill::Set,
    }
}

/// The colour before which figures stand alone.
const KEY: [u8; 3] = [255, 0, 255];

/// The flow over so many seconds in the middle of a move.
fn flow(movement: &str, over: f64) -> Flow {
    flow_of(theatre(movement), movement, over)
}

fn flow_of(mut theatre: PaperTheatre, movement: &str, over: f64) -> Flow {
    let pictures = [1.5 - over / 2.0, 1.5 + over / 2.0].map(|seconds| theatre.draw(seconds));
    let flow = Flow::between(&pictures[0], &pictures[1], 14);
    assert!(flow.blocks.len() >= 10, "{movement}: {} blocks with detail", flow.blocks.len());
    flow
}

#[test]
fn cameras_that_turn_turn_the_set() {
    let whole = |movement: &str, over: f64| flow(movement, over).whole();
    flow::assert_pans_and_tilts(whole);
    for (movement, sign) in [("roll clockwise", -1.0), ("roll anticlockwise", 1.0)] {
        let seen = whole(movement, 0.3);
        assert!(sign * seen.turn > 0.5, "{movement}: {seen:?}");
    }
}

#[test]
fn cameras_that_go_or_zoom_enlarge_the_set() {
    for (movement, sign) in
        [("push in", 1.0), ("pull back", -1.0), ("zoom in", 1.0), ("zoom out", -1.0)]
    {
        let seen = flow(movement, 0.8).whole();
        assert!(sign * seen.growth > 0.004, "{movement}: {seen:?}");
    }
    let high = f64::from(SIZE.1);
    for (movement, sign) in [("truck left", 1.0), ("truck right", -1.0)] {
        let flow = flow(movement, 0.2);
        let far: PictureMotion = flow.of(|block| block.y < -0.12 * high);
        let near = flow.of(|block| block.y > 0.2 * high);
        assert!(sign * near.right > 0.004, "{movement}: {near:?}");
        assert!(sign * (near.right - far.right) > 0.002, "{movement}: {far:?} {near:?}");
    }
}

/// One picture of a shot, moved as far as it bears it.
#[test]
fn a_whole_picture_goes_where_the_camera_goes() {
    let flow = |movement: &str, over: f64| {
        let shot = ReelShot { first: FirstStill::Everybody, ..shot(movement, "IDA stands.") };
        let patches = plate();
        let whole = RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| *patches.get_pixel(x, y));
        flow_of(PaperTheatre::new(&shot, &[whole], SIZE, 1.0 / 24.0), movement, over)
    };
    for (movement, sign) in
        [("push in", 1.0), ("pull back", -1.0), ("zoom in", 1.0), ("zoom out", -1.0)]
    {
        let seen = flow(movement, 1.6).whole();
        assert!(sign * seen.growth > 0.002, "{movement}: {seen:?}");
    }
    for (movement, sign) in
        [("pan left", 1.0), ("pan right", -1.0), ("truck left", 1.0), ("truck right", -1.0)]
    {
        let seen = flow(movement, 1.6).whole();
        assert!(sign * seen.right > 0.004, "{movement}: {seen:?}");
    }
    let still = flow("static", 1.6).whole();
    assert!(still.right.abs() < 1e-3 && still.growth.abs() < 1e-3, "{still:?}");
}

/// A toy as the stage would draw it: its colour and how far a point is inside it, in shares
/// of its height from its feet and its middle.
fn toy(x: f64, y: f64) -> Option<[f64; 3]> {
    let disc = |cx: f64, cy: f64, r: f64| (x - cx).hypot(y - cy) < r;
    let eye = disc(-0.08, 0.78, 0.03) || disc(0.08, 0.78, 0.03);
    let stripe = (y * 9.0).rem_euclid(1.0) < 0.5;
    let arm = (y - 0.42 - (x.abs() - 0.2) * 0.4).abs() < 0.045 && (0.1..0.38).contains(&x.abs());
    let leg = (x.abs() - 0.09).abs() < 0.055 && (0.0..0.2).contains(&y);
    match () {
        () if eye => Some([0.06, 0.06, 0.1]),
        () if disc(0.0, 0.75, 0.24) => Some([0.96, 0.78, 0.62]),
        () if x.abs() < 0.17 && (0.15..0.55).contains(&y) => {
            Some(if stripe { [0.85, 0.15, 0.12] } else { [0.95, 0.93, 0.88] })
        }
        () if arm => Some([0.85, 0.15, 0.12]),
        () if leg => Some([0.12, 0.14, 0.3]),
        () => None,
    }
}

/// A still of a toy before the key colour, `width` pixels wide; every pixel is the mean of
/// `points` × `points`, that lie so many pixels around it.
fn still_of(width: u32, reach: f64, of: fn(f64, f64) -> Option<[f64; 3]>) -> RgbImage {
    const POINTS: u32 = 4;
    let height = width * 160 / 288;
    let key = KEY.map(|value| f64::from(value) / 255.0);
    RgbImage::from_fn(width, height, |x, y| {
        let mut sum = [0.0; 3];
        for point in 0..POINTS * POINTS {
            let off = |at: u32| ((f64::from(at) + 0.5) / f64::from(POINTS) - 0.5) * reach + 0.5;
            let (x, y) = (f64::from(x) + off(point % POINTS), f64::from(y) + off(point / POINTS));
            let scale = f64::from(height) * 0.8;
            let seen =
                of((x - f64::from(width) / 2.0) / scale, (f64::from(height) * 0.9 - y) / scale);
            let seen = seen.unwrap_or(key);
            sum = std::array::from_fn(|i| sum[i] + seen[i] / f64::from(POINTS * POINTS));
        }
        Rgb(sum.map(|value| (value * 255.0).round() as u8))
    })
}

/// The same shot of a toy: from a still as a network makes it, small, its edges over three
/// pixels, and from art as fine as the picture.
fn filmed(
    movement: &str,
    action: &str,
    size: (u32, u32),
    of: fn(f64, f64) -> Option<[f64; 3]>,
) -> [PaperTheatre; 2] {
    let full = StillPair { by_day: 1, by_night: 1 };
    let cutout = CutoutUse { figures: vec![0], full, close: None, mouth: None };
    let shot = ReelShot { cutouts: vec![cutout], ..shot(movement, action) };
    let green = RgbImage::from_pixel(448, 160, Rgb([60, 130, 70]));
    [still_of(288, 3.0, of), still_of(864, 1.0, of)]
        .map(|still| PaperTheatre::new(&shot, &[green.clone(), still], size, 1.0 / 24.0))
}

#[test]
fn a_reel_of_small_stills_shimmers_no_more_than_one_of_fine_art() {
    for (movement, action) in [
        ("static", "IDA walks to the left."),
        ("slow push in", "IDA stands."),
        ("pan left", "IDA waves."),
    ] {
        let [small, fine] = filmed(movement, action, SIZE, toy).map(|mut theatre| {
            let frames: Vec<RgbImage> =
                (12..22).map(|frame| theatre.draw(f64::from(frame) / 24.0)).collect();
            let mut sum = 0_u64;
            for three in frames.windows(3) {
                let values = three[0].iter().zip(three[1].iter()).zip(three[2].iter());
                sum += values
                    .map(|((a, b), c)| {
                        u64::from(
                            (i32::from(*a) - 2 * i32::from(*b) + i32::from(*c)).unsigned_abs(),
                        )
                    })
                    .sum::<u64>();
            }
            sum as f64
        });
        assert!(small > 0.0 && small <= 1.2 * fine, "{movement}: {} times", small / fine);
    }
}

#[test]
fn edges_at_1080_are_as_crisp_as_those_of_fine_art() {
    // The middle of the picture.
    let size = (720, 1080);
    let gradient = |frame: &RgbImage, x: u32, y: u32| {
        let value = |x: u32, y: u32| {
            let [r, g, b] = frame.get_pixel(x, y).0.map(f64::from);
            0.3 * r + 0.59 * g + 0.11 * b
        };
        (value(x + 1, y) - value(x - 1, y)).hypot(value(x, y + 1) - value(x, y - 1))
    };
    // Where its outline is: of a white toy.
    let white = |x: f64, y: f64| toy(x, y).map(|_| [1.0; 3]);
    let [_, mut fine] = filmed("static", "IDA stands.", size, white);
    let outline = fine.draw(1.0);
    let places: Vec<(u32, u32)> = (2..size.1 - 2)
        .flat_map(|y| (2..size.0 - 2).map(move |x| (x, y)))
        .filter(|(x, y)| gradient(&outline, *x, *y) > 60.0)
        .collect();
    assert!(places.len() > 2000, "{}", places.len());
    let [small, fine] = filmed("static", "IDA stands.", size, toy).map(|mut theatre| {
        let frame = theatre.draw(1.0);
        let mut steep: Vec<f64> = places
            .iter()
            .map(|(x, y)| {
                // Small stills do not hold an outline to the pixel.
                let around = (0..25).map(|at| (x + at % 5 - 2, y + at / 5 - 2));
                around
                    .filter(|(x, y)| (1..size.0 - 1).contains(x) && (1..size.1 - 1).contains(y))
                    .map(|(x, y)| gradient(&frame, x, y))
                    .fold(0.0, f64::max)
            })
            .collect();
        steep.sort_by(f64::total_cmp);
        steep[steep.len() * 9 / 10]
    });
    assert!(small >= 0.9 * fine, "{small} of {fine}");
}

#[cfg(all(feature = "torch", feature = "ffmpeg"))]
mod built {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use image::RgbImage;
    use photoplay::media::decode::FilmReader;
    use photoplay::model::Model;
    use serde_json::Value;

    const SCRIPT: &str = "\
[[film: size 288x160 | style storybook | seed 3 | cards off]]

EXT. FOREST - DUSK

!! WIDE ON A FOX [[push in, 1s]]

A fox waits.

!! CLOSE ON THE FOX [[pan left, 1s]]

The fox waits.
";

    /// The embedded model in a folder, without what it says of cutouts.
    fn write_model(folder: &Path) {
        let model = Model::embedded().unwrap();
        for file in model.list().unwrap() {
            let path = folder.join(&file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, model.read(&file).unwrap()).unwrap();
        }
        let settings = folder.join("photoplay.json");
        let mut said: Value = serde_json::from_slice(&fs::read(&settings).unwrap()).unwrap();
        said.as_object_mut().unwrap().remove("reel");
        fs::write(settings, said.to_string()).unwrap();
    }

    /// Builds the reel and says how many stills that made.
    fn stills_made(folder: &Path) -> u64 {
        stills_made_by(folder, &["--model", "plain"])
    }

    fn stills_made_by(folder: &Path, model: &[&str]) -> u64 {
        let built = Command::new(env!("CARGO_BIN_EXE_photoplay"))
            .args(["build", "film.play", "--reel", "--steps", "2", "--format", "json"])
            .args(model)
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let out = String::from_utf8(built.stdout).unwrap();
        let wrap: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
        wrap["takes_made"].as_u64().unwrap()
    }

    #[test]
    fn a_model_that_says_nothing_of_boards_makes_one_picture_a_shot() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("film.play");
        fs::write(&script, SCRIPT).unwrap();
        write_model(&folder.path().join("plain"));
        assert_eq!(stills_made(folder.path()), 2);
        let film = FilmReader::open(&folder.path().join("film.reel.mp4")).unwrap();
        let frames: Vec<RgbImage> = film.map(Result::unwrap).collect();
        assert_eq!(frames.len(), 48);
        let pairs = frames[2].iter().zip(frames[20].iter());
        let apart: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        assert!(apart as usize > frames[2].len() / 2, "the camera moves it: {apart}");
        // Another move needs no other still.
        fs::write(&script, SCRIPT.replace("push in", "pull back")).unwrap();
        assert_eq!(stills_made(folder.path()), 0);
    }

    #[test]
    fn a_build_keeps_what_it_picked_until_the_author_chooses() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("film.play"), SCRIPT).unwrap();
        let made = || stills_made_by(folder.path(), &[]);
        assert!(made() >= 5, "a set, and a fox by day and by night, whole and near");
        let kept = folder.path().join(".photoplay/picks.json");
        let picked = || -> Value { serde_json::from_slice(&fs::read(&kept).unwrap()).unwrap() };
        let figures = picked().as_object().unwrap().len();
        assert!(figures >= 4 && made() == 0, "every figure is looked at once");
        // As if the first takes had come out as crumbs.
        let mut others = picked();
        others.as_object_mut().unwrap().values_mut().for_each(|number| *number = 1.into());
        fs::write(&kept, others.to_string()).unwrap();
        assert_eq!(made(), figures as u64, "the picked takes are the film's");
        assert_eq!((made(), picked()), (0, others.clone()));
        let back = Command::new(env!("CARGO_BIN_EXE_photoplay"))
            .args(["circle", "film.play", "1.2", "0", "--steps", "2"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(back.status.success(), "{}", String::from_utf8_lossy(&back.stderr));
        assert_eq!(made(), 0, "the first takes are still there");
        assert_ne!(picked(), others, "the author has chosen");
    }
}
