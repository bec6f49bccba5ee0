//! Control by the blocking: what its depth pictures show, what a recipe holds of it, and
//! which takes an edit makes again.

#![cfg(feature = "ffmpeg")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use image::GrayImage;
use photoplay::animatic::depth;
use photoplay::blocking::block;
use photoplay::blocking::control::ControlScene;
use photoplay::blocking::geometry::{CameraPose, Point, ProjectedPoint};
use photoplay::blocking::outline::outline;
use photoplay::blocking::staged::Blocking;
use photoplay::source::files::MemoryFiles;
use photoplay::{Project, ProjectOptions};

const RATE: u32 = 16;
const SIZE: (u32, u32) = (208, 120);
const FORMAT: [u32; 2] = [960, 540];

/// The blocking of the first shot of a script.
fn blocked(text: &str) -> Blocking {
    let cast = "\n# Cast\n\n[[cast: IDA, a woman]]\n[[cast: JONAS, a man]]\n";
    let files = Arc::new(MemoryFiles::new().with("film/a.play", [text, cast].concat()));
    let options = ProjectOptions { files, ..ProjectOptions::default() };
    let script = Project::open("film/a.play").with_options(options).read().unwrap();
    assert!(!script.has_errors(), "{:?}", script.diagnostics);
    let first = block(&script.list).into_iter().flatten().next().unwrap();
    Blocking::clone(&first)
}

fn scene(blocking: &Blocking) -> ControlScene {
    ControlScene::of(blocking, FORMAT, RATE, 0.5, 0..41)
}

/// The depth at a moment of a shot.
fn drawn(blocking: &Blocking, seconds: f64) -> GrayImage {
    let frame = ((seconds + 0.5) * f64::from(RATE)).round() as usize;
    depth(&scene(blocking), frame, SIZE.0, SIZE.1)
}

/// The brightness where a point of the picture is, of a film as wide as the take is not.
fn at(picture: &GrayImage, point: ProjectedPoint) -> u8 {
    let (width, height) = (f64::from(SIZE.0), f64::from(SIZE.1));
    // The take is less wide than the film, which shows all of its width.
    let shown = width * f64::from(FORMAT[1]) / f64::from(FORMAT[0]);
    let y = (height - shown) / 2.0 + point.y * shown;
    picture.get_pixel((point.x * width) as u32, y as u32).0[0]
}

fn project(camera: &CameraPose, point: Point) -> ProjectedPoint {
    camera.project(point, f64::from(FORMAT[0]) / f64::from(FORMAT[1])).unwrap()
}

const TWO: &str = "[[film: cards off]]\n\nEXT. FIELD - DAY\n\n[[block: IDA left | JONAS right, far]]\n\n\
    !! WIDE ON IDA AND JONAS [[static, 2s]]\n\nIDA and JONAS wait.\n";

#[test]
fn what_is_near_is_bright_and_the_sky_is_black() {
    let blocking = blocked(TWO);
    let (moment, picture) = (blocking.at(1.0), drawn(&blocking, 1.0));
    let chest = |figure: usize| {
        let (figure, pose) = (&blocking.figures[figure], &moment.figures[figure]);
        let outline = outline(figure, pose);
        outline.foot.mix(outline.crown, 0.7)
    };
    let seen = [chest(0), chest(1)].map(|chest| project(&moment.camera, chest));
    assert!(seen[0].depth < seen[1].depth - 1.0, "{seen:?}");
    let [near, far] = seen.map(|point| f64::from(at(&picture, point)));
    // The inverse of the distance, from the sky's 0.
    let expected = (seen[1].depth - 0.1) / (seen[0].depth - 0.1);
    assert!((near / far / expected - 1.0).abs() < 0.05, "{near} {far} {expected}");
    let column = |y: u32| picture.get_pixel(SIZE.0 / 2, y).0[0];
    assert_eq!(column(1), 0, "the sky");
    assert!(column(SIZE.1 - 1) > column(SIZE.1 * 3 / 4), "the ground comes nearer");
    assert_eq!(picture.pixels().map(|pixel| pixel.0[0]).max(), Some(255));
}

#[test]
fn forms_have_their_own_depth_and_outline() {
    let blocking = blocked(
        "[[film: cards off]]\n\nINT. ROOM - DAY\n\n!! CLOSE ON IDA [[static, 2s]]\n\nIDA waits.\n",
    );
    let (moment, picture) = (blocking.at(1.0), drawn(&blocking, 1.0));
    let outline = outline(&blocking.figures[0], &moment.figures[0]);
    let head = project(&moment.camera, outline.head);
    let beside = |share: f64| {
        let [right, _, _] = moment.camera.axes();
        let off = outline.head_height * share;
        let there = outline.head + Point::new(right.x * off, right.y * off, right.z * off);
        at(&picture, project(&moment.camera, there))
    };
    assert!(at(&picture, head) > beside(0.30), "a head is round");
    assert!(beside(0.30) > beside(0.8), "and ends");
    let above = outline.crown + Point::new(0.0, outline.head_height * 0.35, 0.0);
    assert!(at(&picture, project(&moment.camera, above)) < at(&picture, head) / 2);
}

/// Sums and roots are the same on every machine, and so are these pictures of scenes that
/// were blocked once. If they change on purpose, raise
/// `blocking::control::CONTROL_REVISION`.
#[test]
fn equal_scenes_make_equal_pictures() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/control/scenes.json");
    let text = std::fs::read_to_string(path).unwrap();
    let scenes: Vec<ControlScene> = serde_json::from_str(&text).unwrap();
    let mut hasher = blake3::Hasher::new();
    for scene in &scenes {
        for frame in 0..scene.frames() {
            hasher.update(depth(scene, frame, SIZE.0, SIZE.1).as_raw());
        }
    }
    assert_eq!(hasher.finalize().to_hex()[..16], *"c155042890b12f4b");
}

#[test]
fn a_digest_holds_what_is_drawn_and_nothing_else() {
    let blocking = blocked(TWO);
    let digest = |alter: &dyn Fn(&mut Blocking)| {
        let mut altered = blocking.clone();
        alter(&mut altered);
        scene(&altered).digest()
    };
    let own = digest(&|_| ());
    let move_by = |blocking: &mut Blocking, metres: f64| {
        blocking.figures[0].path.keys.iter_mut().for_each(|key| key.feet.x += metres);
    };
    assert_eq!(own, digest(&|it| move_by(it, 1e-7)), "less than is told apart");
    assert_ne!(own, digest(&|it| move_by(it, 0.01)));
    assert_ne!(own, digest(&|it| it.camera.poses.iter_mut().for_each(|pose| pose.pan += 0.1)));
    assert_eq!(own, digest(&|it| it.figures[0].name = "ANNA".to_owned()));
    assert_eq!(own, digest(&|it| it.figures[0].path.speaks = vec![(0.0, 1.0)]));
    assert_eq!(own, digest(&|it| it.light.brightness = 0.1));
    // Somebody behind the camera.
    let mut other = blocking.figures[1].clone();
    other.path.keys.iter_mut().for_each(|key| key.feet.z -= 500.0);
    assert_eq!(own, digest(&|it| it.figures.push(other.clone())));
    let read: ControlScene =
        serde_json::from_slice(&serde_json::to_vec(&scene(&blocking)).unwrap()).unwrap();
    assert_eq!(read, scene(&blocking), "a scene comes over the wire as it is");
}

/// Takes that follow their blocking, with the embedded model at two steps.
#[cfg(feature = "torch")]
mod film {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use serde_json::Value;

    const SCRIPT: &str = "\
[[film: cards off | seed 3 | motion network | model theatre]]

EXT. FOREST - DUSK

!! WIDE ON THE FOX [[static, 1s]]

THE FOX stands still.

INT. ROOM - NIGHT

!! WIDE ON THE FOX [[slow push in, 1s]]

THE FOX stands still.

# Cast

[[cast: THE FOX, a red fox | reference: fox.png]]
";

    fn photoplay(folder: &Path, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_photoplay"))
            .args(arguments)
            .current_dir(folder)
            .output()
            .expect("the binary was built for this test");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {err}");
        String::from_utf8(output.stdout).expect("we write UTF-8")
    }

    /// How many takes a build makes of a script.
    fn made(folder: &Path, script: &str) -> u64 {
        fs::write(folder.join("film.play"), script).unwrap();
        let arguments = ["build", "film.play", "--steps", "2", "--format", "json"];
        let events = photoplay(folder, &arguments);
        let wrap: Value = serde_json::from_str(events.lines().last().unwrap()).unwrap();
        wrap["takes_made"].as_u64().unwrap_or_else(|| panic!("{wrap}"))
    }

    /// The embedded model in a folder, as one that says it was trained on depth.
    fn write_model(folder: &Path) {
        let model = photoplay::model::Model::embedded().unwrap();
        for file in model.list().unwrap() {
            let path = folder.join(&file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, model.read(&file).unwrap()).unwrap();
        }
        let settings = folder.join("photoplay.json");
        let mut said: Value = serde_json::from_slice(&fs::read(&settings).unwrap()).unwrap();
        (said["name"], said["blocking"]) = ("Theatre".into(), "depth".into());
        fs::write(settings, said.to_string()).unwrap();
    }

    #[test]
    fn a_changed_blocking_makes_its_own_take_again() {
        let folder = tempfile::tempdir().unwrap();
        write_model(&folder.path().join("theatre"));
        image::RgbImage::from_pixel(64, 64, image::Rgb([200, 90, 30]))
            .save(folder.path().join("fox.png"))
            .unwrap();
        assert_eq!(made(folder.path(), SCRIPT), 2);
        let directed = SCRIPT.replace("slow push in", "THE FOX right, slow push in");
        fs::write(folder.path().join("film.play"), &directed).unwrap();
        let explained = photoplay(folder.path(), &["explain", "film.play", "2.1", "--steps", "2"]);
        assert!(explained.contains("  control blocking: "), "{explained}");
        assert_eq!(explained.matches(" is now ").count(), 1, "{explained}");
        assert_eq!(made(folder.path(), &directed), 1, "the blocking of one shot has changed");
        assert_eq!(made(folder.path(), SCRIPT), 0, "the first takes are still there");
        let weaker = directed.replace("seed 3", "seed 3 | control depth 0.5");
        assert_eq!(made(folder.path(), &weaker), 2);
        let one = directed.replace("static", "static, control off");
        assert_eq!(made(folder.path(), &one), 1);
        let plan = photoplay(folder.path(), &["plan", "film.play", "--steps", "2"]);
        assert_eq!(plan.matches("follows its blocking: depth 1").count(), 1, "{plan}");
        let unblocked = one.replace("seed 3", "seed 3 | blocking off");
        assert_eq!(made(folder.path(), &unblocked), 1, "without a blocking no control");
    }
}
