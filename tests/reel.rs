//! The camera of a story reel, measured by optical flow on its frames and not taken from
//! the blocking: moves go where the script says, far and near in parallax.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use image::{Rgb, RgbImage};
use photoplay::blocking::block;
use photoplay::reel::{NightShare, PaperTheatre, ReelShot};
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
    let text = format!(
        "EXT. FOREST - DAY\n\n!! FULL ON IDA [[{movement}, 3s]]\n\nIDA stands.\n\n[[cast: IDA, a tall woman]]\n"
    );
    let files = Arc::new(MemoryFiles::new().with("film/a.play", text.as_str()));
    let options = ProjectOptions { files, ..ProjectOptions::default() };
    let script = Project::open("film/a.play").with_options(options).read().unwrap();
    let blocking = block(&script.list).into_iter().flatten().next().unwrap();
    let night = NightShare { set: 0.5, figures: 0.7 };
    let shot =
        ReelShot { blocking, boards: Vec::new(), light: [1.0; 3], night, floor: [0.69, 1.0] };
    PaperTheatre::new(&shot, &[plate()], SIZE, 1.0 / 24.0)
}

/// The flow over so many seconds in the middle of a move.
fn flow(movement: &str, over: f64) -> Flow {
    let mut theatre = theatre(movement);
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
