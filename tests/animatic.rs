//! The animatic: drawn, printed, read back frame by frame. Camera moves are measured in
//! the pictures, by block matching, and not taken from the blocking.

#![cfg(feature = "ffmpeg")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use image::RgbImage;
use photoplay::animatic::{AnimaticShot, Artist};
use photoplay::blocking::figure::{Figure, FigurePose};
use photoplay::blocking::geometry::Point;
use photoplay::blocking::staged::Blocking;
use photoplay::breakdown::shot::ShotList;
use photoplay::cut::assemble::assemble;
use photoplay::cut::edl::PictureEvent;
use photoplay::cut::footage::{Footage, animatic};
use photoplay::cut::print::{Printed, print};
use photoplay::media::decode::FilmReader;
use photoplay::media::provenance::{self, PictureMaker};
use photoplay::source::files::MemoryFiles;
use photoplay::{Project, ProjectOptions};
use tempfile::TempDir;

#[path = "common/flow.rs"]
mod flow;

use flow::{BlockMotion, Flow, PictureMotion};

/// Width and height of the pictures; the crate is slow in test builds.
const SIZE: (u32, u32) = (320, 180);

/// The shot list of a script without mistakes, for small pictures.
fn shots(text: &str) -> ShotList {
    let files = Arc::new(MemoryFiles::new().with("film/a.play", text));
    let options = ProjectOptions { files, ..ProjectOptions::default() };
    let script = Project::open("film/a.play").with_options(options).read().unwrap();
    assert!(!script.has_errors(), "{:?}", script.diagnostics);
    let mut list = script.list;
    (list.settings.width, list.settings.height) = SIZE;
    list
}

/// Prints the animatic of a shot list.
fn film(folder: &TempDir, list: &ShotList) -> Printed {
    let drawn = animatic(list, Path::new(""));
    let footage = |event: &PictureEvent| drawn[event.shot].clone().unwrap();
    let (vault, out) = (folder.path().join("vault"), folder.path().join("film.mp4"));
    print(list, &assemble(list), &footage, None, &vault, &out, &mut |_| ()).unwrap()
}

/// What the animatic draws of each shot.
fn drawn(list: &ShotList) -> Vec<AnimaticShot> {
    let drawn = animatic(list, Path::new("")).into_iter().flatten();
    drawn
        .filter_map(|footage| match footage {
            Footage::Animatic(shot) => Some(shot),
            _ => None,
        })
        .collect()
}

fn frames(folder: &TempDir) -> Vec<RgbImage> {
    let film = FilmReader::open(&folder.path().join("film.mp4")).unwrap();
    film.collect::<Result<_, _>>().unwrap()
}

fn draw(shot: &AnimaticShot, seconds: f64) -> RgbImage {
    Artist::new(SIZE.0, SIZE.1).draw(shot, seconds)
}

/// Where the middle of a part of a standing body is in the picture: a share of its height
/// above its feet.
fn pixel(blocking: &Blocking, figure: usize, share: f64, seconds: f64) -> Option<(u32, u32)> {
    let moment = blocking.at(seconds);
    let (Figure { height, .. }, pose): (&Figure, &FigurePose) =
        (&blocking.figures[figure], &moment.figures[figure]);
    let place = pose.feet + Point::new(0.0, pose.lift + share * height, 0.0);
    let seen = moment.camera.project(place, f64::from(SIZE.0) / f64::from(SIZE.1))?;
    let inside = seen.is_inside(0.02);
    inside.then(|| ((seen.x * f64::from(SIZE.0)) as u32, (seen.y * f64::from(SIZE.1)) as u32))
}

/// The largest difference of two pictures within two pixels of a place.
fn apart(one: &RgbImage, other: &RgbImage, (x, y): (u32, u32)) -> u32 {
    let near = (y - 2..=y + 2).flat_map(|y| (x - 2..=x + 2).map(move |x| (x, y)));
    let differs = near.map(|(x, y)| {
        let pair = one.get_pixel(x, y).0.into_iter().zip(other.get_pixel(x, y).0);
        pair.map(|(one, other)| u32::from(one.abs_diff(other))).sum()
    });
    differs.max().unwrap_or_default()
}

/// The same shot with nobody in it.
fn empty(shot: &AnimaticShot) -> AnimaticShot {
    let blocking = Blocking { figures: Vec::new(), ..(*shot.blocking).clone() };
    AnimaticShot { blocking: Arc::new(blocking), ..shot.clone() }
}

const PAIR: &str = "\
EXT. MEADOW - DAY

!! WIDE ON IDA and JONAS [[static, 2s]]

IDA and JONAS stand.

INT. KITCHEN - NIGHT

!! WIDE ON IDA and JONAS [[static, 2s]]

IDA and JONAS stand.

# Cast

[[cast: IDA, a tall woman]]
[[cast: JONAS, an old man]]
";

#[test]
fn figures_are_drawn_where_the_blocking_says() {
    for shot in &drawn(&shots(PAIR)) {
        let (full, bare) = (draw(shot, 1.0), draw(&empty(shot), 1.0));
        assert_eq!(shot.blocking.figures.len(), 2);
        for figure in 0..2 {
            for share in [0.92, 0.70] {
                let place = pixel(&shot.blocking, figure, share, 1.0).expect("it is in the shot");
                assert!(apart(&full, &bare, place) > 30, "{}: {share} at {place:?}", shot.mark);
            }
        }
    }
}

#[test]
fn clothes_are_one_colour_in_every_shot_and_tell_people_apart() {
    let hue = |shot: &AnimaticShot, figure: usize| {
        let (x, y) = pixel(&shot.blocking, figure, 0.72, 1.0).unwrap();
        let [red, green, blue] = draw(shot, 1.0).get_pixel(x, y).0.map(f64::from);
        let sum = red + green + blue;
        [red / sum, blue / sum]
    };
    let distance = |one: [f64; 2], other: [f64; 2]| (one[0] - other[0]).hypot(one[1] - other[1]);
    let day = drawn(&shots(PAIR)).remove(0);
    let again = drawn(&shots(&PAIR.replace("WIDE ON", "FULL SHOT ON"))).remove(0);
    for figure in 0..2 {
        assert!(distance(hue(&day, figure), hue(&again, figure)) < 0.03, "figure {figure}");
    }
    assert!(distance(hue(&day, 0), hue(&day, 1)) > 0.03);
}

const FILM: &str = "\
Title: The Test

[[film: captions burned]]

EXT. MEADOW - DAY

!! WIDE ON IDA [[static, 2s]]

IDA stands.

INT. CELLAR - NIGHT

!! MEDIUM ON IDA [[static, 3s]]

IDA
Who is there?

> FADE OUT:

# Cast

[[cast: IDA, a tall woman]]
";

fn brightness(frame: &RgbImage) -> f64 {
    frame.iter().map(|value| f64::from(*value)).sum::<f64>() / frame.len() as f64
}

/// The difference of two frames, as a share of white.
fn change(one: &RgbImage, other: &RgbImage) -> f64 {
    let pairs = one.iter().zip(other.iter());
    let sum: u64 = pairs.map(|(one, other)| u64::from(one.abs_diff(*other))).sum();
    sum as f64 / one.len() as f64 / 255.0
}

#[test]
fn cuts_cards_captions_and_fades_are_where_the_film_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let list = shots(FILM);
    film(&folder, &list);
    let frames = frames(&folder);
    assert_eq!(frames.len() as u32, list.frames());
    let mut cuts: Vec<usize> = list.starts().into_iter().map(|start| start as usize).collect();
    cuts.remove(0);
    for cut in &cuts {
        let around = [cut - 2, cut - 1, *cut, cut + 1];
        let changes: Vec<f64> =
            around.windows(2).map(|pair| change(&frames[pair[0]], &frames[pair[1]])).collect();
        if list
            .shots
            .iter()
            .zip(list.starts())
            .any(|(shot, start)| start as usize == *cut && shot.transition.is_none())
        {
            assert!(
                changes[1] > 0.05 && changes[0] < 0.035 && changes[2] < 0.035,
                "{cut}: {changes:?}"
            );
        }
    }
    // The title card is dark with light letters; the meadow by day is light.
    let first = list.shots.iter().position(|shot| shot.number == "1.1").unwrap();
    let start = list.starts()[first] as usize;
    assert!(
        brightness(&frames[start / 2]) < 60.0 && frames[start / 2].iter().any(|value| *value > 190)
    );
    assert!(brightness(&frames[start + 5]) > 100.0);
    // The caption is at the foot of the picture while it is spoken.
    let line = &list.lines[0];
    let letters = |frame: &RgbImage| {
        let rows = frame.enumerate_pixels().filter(|(_, y, _)| *y > SIZE.1 * 4 / 5);
        rows.filter(|(_, _, pixel)| pixel.0.iter().all(|value| *value > 140)).count()
    };
    let spoken = letters(&frames[line.start.midpoint(line.end) as usize]);
    let silent = letters(&frames[line.start as usize - 1]);
    assert!(spoken > silent + 30, "{spoken} {silent}");
    let end = list.starts()[first + 1] + list.shots[first + 1].frames - 1;
    assert!(brightness(&frames[end as usize]) < 6.0, "the fade ends in black");
}

#[test]
fn a_film_without_blocking_has_cards() {
    let folder = tempfile::tempdir().unwrap();
    let list = shots("[[film: blocking off]]\n\nEXT. ROAD - DAY\n\n!! WIDE [[1s]]\n\nRain.\n");
    film(&folder, &list);
    let frames = frames(&folder);
    let first = list.shots.iter().position(|shot| shot.number == "1.1").unwrap();
    let frame = &frames[list.starts()[first] as usize + 3];
    assert!(brightness(frame) < 60.0 && frame.iter().any(|value| *value > 190));
}

#[test]
fn it_says_that_no_model_made_it() {
    let folder = tempfile::tempdir().unwrap();
    film(&folder, &shots("EXT. ROAD - DAY\n\n!! WIDE [[1s]]\n\nRain.\n"));
    let mut film = File::open(folder.path().join("film.mp4")).unwrap();
    let mark = provenance::find(&mut film).unwrap().expect("has the mark");
    assert!(mark.contains(PictureMaker::Program.source_type()), "{mark}");
    assert!(!mark.contains(PictureMaker::Model.source_type()), "{mark}");
}

#[test]
fn an_edit_encodes_again_what_it_changed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let text = "EXT. ROAD - DAY\n\n!! WIDE ON IDA [[1s]]\n\nIDA walks.\n\n!! CLOSE ON IDA [[1s]]\n\n\
                IDA looks.\n\nINT. INN - NIGHT\n\n!! WIDE ON IDA [[1s]]\n\nIDA sits down.\n\n\
                [[cast: IDA, a tall woman]]\n";
    let read = || fs::read(folder.path().join("film.mp4")).unwrap();
    let first = film(&folder, &shots(text));
    // Three shots and the end card.
    assert_eq!((first.segments_encoded, first.segments_reused), (4, 0));
    let bytes = read();
    fs::remove_file(folder.path().join("film.mp4")).unwrap();
    assert_eq!(film(&folder, &shots(text)).segments_encoded, 0);
    assert!(read() == bytes, "the same script makes the same film");

    let moved = text.replace("CLOSE ON IDA [[1s]]", "CLOSE ON IDA [[push in, 1s]]");
    assert_eq!(film(&folder, &shots(&moved)).segments_encoded, 1);

    // From nothing, in another folder, every segment has the same bytes.
    let other = tempfile::tempdir().unwrap();
    film(&other, &shots(&moved));
    assert!(fs::read(other.path().join("film.mp4")).unwrap() == read());
}

/// Width and height of the pictures in which motion is measured.
const SMALL: (u32, u32) = (320, 180);

/// A shot of somebody who stands in a garden, with a camera move of three seconds.
fn moved(movement: &str) -> AnimaticShot {
    let text = format!(
        "EXT. GARDEN - DAY\n\n!! FULL ON IDA [[{movement}, 3s]]\n\nIDA stands.\n\n[[cast: IDA, a tall woman, wearing a red coat]]\n"
    );
    AnimaticShot { mark: movement.to_owned(), ..drawn(&shots(&text)).remove(0) }
}

/// The flow over so many seconds about a moment of a shot.
fn flow_of(shot: &AnimaticShot, at: f64, over: f64) -> Flow {
    let mut artist = Artist::new(SMALL.0, SMALL.1);
    let pictures = [at - over / 2.0, at + over / 2.0].map(|seconds| artist.draw(shot, seconds));
    let flow = Flow::between(&pictures[0], &pictures[1], 14);
    assert!(flow.blocks.len() >= 10, "{}: {} blocks with detail", shot.mark, flow.blocks.len());
    flow
}

/// How the upper part of a picture moves, which is far away, and the lower one, which is
/// near.
fn far_and_near(flow: &Flow) -> [PictureMotion; 2] {
    let high = f64::from(SMALL.1);
    [flow.of(|block| block.y < -0.12 * high), flow.of(|block| block.y > 0.2 * high)]
}

#[test]
fn cameras_that_turn_turn_the_whole_picture() {
    let whole = |movement: &str, over: f64| flow_of(&moved(movement), 1.5, over).whole();
    flow::assert_pans_and_tilts(whole);
    for (movement, sign) in [
        ("roll clockwise", -1.0),
        ("roll right", -1.0),
        ("roll anticlockwise", 1.0),
        ("roll left", 1.0),
    ] {
        let seen = whole(movement, 0.3);
        assert!(sign * seen.turn > 0.5 && seen.growth.abs() < 0.01, "{movement}: {seen:?}");
    }
    for (movement, sign) in [("whip pan left", 1.0), ("whip pan right", -1.0)] {
        // It is over within half a second.
        let seen = flow_of(&moved(movement), 0.42, 0.012).whole();
        assert!(sign * seen.right > 0.01, "{movement}: {seen:?}");
    }
}

#[test]
fn lenses_that_zoom_magnify_far_and_near_alike() {
    for (movement, sign, at, over) in [
        ("zoom in", 1.0, 1.5, 0.3),
        ("zoom out", -1.0, 1.5, 0.3),
        ("crash zoom in", 1.0, 1.12, 0.04),
        ("crash zoom out", -1.0, 1.12, 0.04),
    ] {
        let flow = flow_of(&moved(movement), at, over);
        let (whole, [far, _]) = (flow.whole(), far_and_near(&flow));
        assert!(sign * whole.growth > 0.01, "{movement}: {whole:?}");
        assert!((far.growth - whole.growth).abs() < 0.5 * whole.growth.abs(), "{far:?} {whole:?}");
    }
}

#[test]
fn cameras_that_go_move_what_is_near_more() {
    for (movement, sign) in [("push in", 1.0), ("pull back", -1.0)] {
        let flow = flow_of(&moved(movement), 1.5, 0.4);
        let (whole, [far, near]) = (flow.whole(), far_and_near(&flow));
        assert!(sign * near.growth > 0.006, "{movement}: {near:?}");
        assert!(sign * (near.growth - far.growth) > 0.0, "{movement}: {far:?} {near:?} {whole:?}");
    }
    for (movement, sign) in [
        ("dolly left", 1.0),
        ("dolly right", -1.0),
        ("truck left", 1.0),
        ("truck right", -1.0),
        ("tracking left", 1.0),
        ("tracking right", -1.0),
    ] {
        let flow = flow_of(&moved(movement), 1.5, 0.2);
        let [far, near] = far_and_near(&flow);
        assert!(sign * near.right > 0.004, "{movement}: {near:?}");
        assert!(sign * (near.right - far.right) > 0.002, "{movement}: {far:?} {near:?}");
    }
    for (movement, sign) in [("tracking forward", 1.0), ("tracking backward", -1.0)] {
        let near = far_and_near(&flow_of(&moved(movement), 1.5, 0.4))[1];
        assert!(sign * near.growth > 0.006, "{movement}: {near:?}");
    }
    let text = "EXT. FOREST - DAY\n\n!! WIDE [[flyover, 3s]]\n\nIt is quiet.\n";
    let seen = flow_of(&drawn(&shots(text)).remove(0), 1.5, 0.25).whole();
    assert!(seen.growth > 0.002, "{seen:?}");
    // Somebody stays in the middle: what is behind goes with the camera, what is before
    // her against it.
    let high = f64::from(SMALL.1);
    // She stays in the middle.
    let beside = |block: &BlockMotion| block.x.abs() > 0.3 * high;
    for (movement, sign) in [("arc right", 1.0), ("arc left", -1.0)] {
        let flow = flow_of(&moved(movement), 1.5, 0.08);
        let far = flow.shift(|block| beside(block) && block.y < -0.05 * high)[0];
        let near = flow.shift(|block| beside(block) && block.y > 0.25 * high)[0];
        assert!(sign * far > 0.003 && sign * (far - near) > 0.002, "{movement}: {far} {near}");
    }
    for (movement, sign) in [("crane up", 1.0), ("crane down", -1.0)] {
        let flow = flow_of(&moved(movement), 1.5, 0.2);
        let far = flow.shift(|block| beside(block) && block.y < -0.05 * high)[1];
        let near = flow.shift(|block| beside(block) && block.y > 0.25 * high)[1];
        assert!(sign * (near - far) > 0.002, "{movement}: {far} {near}");
    }
}

/// The pixels of a red coat: their number, and the middle of them, as a share of the width.
fn red(shot: &AnimaticShot, seconds: f64) -> (f64, f64) {
    let picture = Artist::new(SMALL.0, SMALL.1).draw(shot, seconds);
    let is_red = |pixel: &[u8; 3]| i32::from(pixel[0]) > 2 * i32::from(pixel[1].max(pixel[2])) - 30;
    let all: Vec<f64> = picture
        .enumerate_pixels()
        .filter(|(_, _, pixel)| is_red(&pixel.0) && pixel.0[0] > 70)
        .map(|(x, ..)| f64::from(x))
        .collect();
    assert!(all.len() > 100, "{}: no red coat", shot.mark);
    (all.len() as f64, all.iter().sum::<f64>() / all.len() as f64 / f64::from(SMALL.0))
}

#[test]
fn a_dolly_zoom_magnifies_what_is_behind_and_not_the_subject() {
    let shot = moved("dolly zoom");
    let far = far_and_near(&flow_of(&shot, 1.5, 0.15))[0];
    assert!(far.growth.abs() > 0.006, "{far:?}");
    let (first, last) = (red(&shot, 0.1).0, red(&shot, 2.9).0);
    assert!((last / first - 1.0).abs() < 0.25, "{first} {last}");
}

#[test]
fn a_rack_focus_goes_from_near_to_far() {
    let shot = moved("rack focus");
    let mut artist = Artist::new(SMALL.0, SMALL.1);
    let mut sharpness = |seconds: f64| {
        let picture = artist.draw(&shot, seconds);
        let part = |(x, y): (u32, u32), (width, height): (u32, u32)| {
            let part = image::imageops::crop_imm(&picture, x, y, width, height).to_image();
            let steps = part.rows().flat_map(|row| {
                let grey: Vec<i32> =
                    row.map(|pixel| pixel.0.iter().map(|value| i32::from(*value)).sum()).collect();
                grey.windows(2).map(|two| (two[1] - two[0]).abs()).collect::<Vec<i32>>()
            });
            f64::from(steps.max().unwrap_or_default())
        };
        // Trees beside her, and her head.
        (part((0, 40), (80, 50)), part((100, 14), (40, 40)))
    };
    let (first, last) = (sharpness(0.1), sharpness(2.9));
    assert!(last.0 > 1.3 * first.0, "what is behind becomes sharp: {first:?} {last:?}");
    assert!(last.1 < 0.8 * first.1, "she becomes soft: {first:?} {last:?}");
}

#[test]
fn a_camera_in_hands_stirs_and_is_never_jerky() {
    for manner in ["handheld", "steadicam"] {
        let shot = moved(manner);
        let far = (0..8).map(|step| flow_of(&shot, 0.3 + 0.3 * f64::from(step), 0.3).whole());
        let far: Vec<f64> = far.map(|seen| seen.right.hypot(seen.down)).collect();
        assert!(far.iter().any(|way| *way > 0.0008), "{manner}: {far:?}");
        let frame =
            (0..8).map(|step| flow_of(&shot, 0.3 + 0.3 * f64::from(step), 1.0 / 24.0).whole());
        let frame: Vec<f64> = frame.map(|seen| seen.right.hypot(seen.down)).collect();
        assert!(frame.iter().all(|way| *way < 0.006), "{manner}: {frame:?}");
    }
}

#[test]
fn a_camera_that_follows_keeps_whoever_walks_in_place() {
    for movement in ["tracking", "tracking right", "tracking with IDA"] {
        let text = format!(
            "EXT. GARDEN - DAY\n\n!! FULL ON IDA [[{movement}, 3s]]\n\nIDA walks.\n\n[[cast: IDA, a tall woman, wearing a red coat]]\n"
        );
        let shot = drawn(&shots(&text)).remove(0);
        let near = far_and_near(&flow_of(&shot, 1.5, 0.03))[1];
        // She may come towards the camera, which goes backwards then.
        let moves = near.right.abs() > 0.003 || near.growth.abs() > 0.01;
        assert!(moves, "{movement}: {near:?}");
        let (first, last) = (red(&shot, 0.6).1, red(&shot, 2.6).1);
        assert!((first - last).abs() < 0.08, "{movement}: {first} {last}");
    }
}

fn photoplay(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(arguments)
        .current_dir(folder)
        .env("PHOTOPLAY_CAMERA", "/nonexistent")
        .output()
        .expect("the binary was built for this test")
}

#[test]
fn the_commands_write_their_own_files_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let text = "EXT. ROAD - DAY\n\nDust and thistles.\n\n!! WIDE ON IDA [[static, 1s]]\n\nIDA stands.\n\n!! CLOSE ON IDA [[push in, 1s]]\n\n\
                IDA looks. <Far>.\n\n[[cast: IDA, a tall woman]]\n";
    fs::write(path("film.play"), text).unwrap();
    fs::write(path("film.mp4"), "the film").unwrap();
    let built = photoplay(folder.path(), &["build", "film.play", "--animatic", "--format", "json"]);
    assert_eq!(built.status.code(), Some(0), "{}", String::from_utf8_lossy(&built.stderr));
    assert!(String::from_utf8_lossy(&built.stdout).contains("\"event\":\"wrap\""));
    assert!(path("film.animatic.mp4").is_file());
    assert_eq!(fs::read(path("film.mp4")).unwrap(), b"the film");

    let boards = || photoplay(folder.path(), &["boards", "film.play"]);
    let names = || {
        let files = fs::read_dir(path("film.boards")).unwrap();
        let mut names: Vec<String> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(boards().status.code(), Some(0));
    let drawn = ["1.1.png", "1.2 first.png", "1.2 last.png", "boards.pdf", "end.png", "index.html"];
    assert_eq!(names(), drawn);
    let page = fs::read_to_string(path("film.boards/index.html")).unwrap();
    assert!(page.contains("1.2 last.png") && page.contains("&lt;Far&gt;"), "{page}");
    assert!(page.contains("Dust and thistles."), "{page}");
    let board = image::open(path("film.boards/1.1.png")).unwrap();
    assert!(board.width() > board.height());

    // A shot that is gone takes its boards with it; what is not ours stays.
    fs::write(path("film.boards/notes.png"), "mine").unwrap();
    fs::write(path("film.play"), text.replace("[[push in, 1s]]", "[[static, 1s]]")).unwrap();
    assert_eq!(boards().status.code(), Some(0));
    let left = ["1.1.png", "1.2.png", "boards.pdf", "end.png", "index.html", "notes.png"];
    assert_eq!(names(), left);
    fs::write(path("film.boards/1.1.png"), "mine").unwrap();
    let refused = boards();
    assert_eq!(refused.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("1.1.png"));
    assert_eq!(fs::read(path("film.boards/1.1.png")).unwrap(), b"mine");
}
