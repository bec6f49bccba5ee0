//! Films without a network: a still drawn here, moved by a blocking written here.

use image::Rgb;

use super::*;
use crate::blocking::camera::CameraPath;
use crate::blocking::figure::{Ease, Figure, FigureColours, FigurePath, PathKey, Posture, Shape};
use crate::blocking::geometry::Point;
use crate::blocking::set::{Ground, SetLight};
use crate::blocking::weather::Weather;

const FRAME: f64 = 1.0 / 24.0;
const RED: [f64; 3] = [0.9, 0.1, 0.1];
const GREEN: [f64; 3] = [0.17, 0.46, 0.31];

/// A red toy with a white belly in a green set, as soft as an autoencoder leaves it.
fn toy() -> RgbImage {
    photographed(1.0, 1.0)
}

/// The same by night.
fn toy_by_night() -> RgbImage {
    photographed(f64::from(NIGHT.set), f64::from(NIGHT.figures))
}

const NIGHT: NightShare = NightShare { set: 0.48, figures: 0.7 };

fn photographed(on_set: f64, on_figures: f64) -> RgbImage {
    RgbImage::from_fn(288, 160, |x, y| {
        let (x, y) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
        let inside = ((BODY - (x - 144.0).hypot(y - 90.0)) / 2.5 + 0.5).clamp(0.0, 1.0);
        let belly = ((14.0 - (x - 144.0).hypot(y - 100.0)) / 2.5 + 0.5).clamp(0.0, 1.0);
        let channel = |i: usize| {
            let own = RED[i] + (0.97 - RED[i]) * belly;
            let (set, own) = (GREEN[i] * on_set, own * on_figures);
            ((set + (own - set) * inside) * 255.0).round() as u8
        };
        Rgb([channel(0), channel(1), channel(2)])
    })
}

/// Pixels of the still from the toy's middle to its rim.
const BODY: f64 = 50.0;

/// A set of green stripes, so that its movement is seen.
fn set() -> RgbImage {
    RgbImage::from_fn(
        112,
        40,
        |x, _| if x / 7 % 2 == 0 { Rgb([20, 90, 40]) } else { Rgb([30, 120, 60]) },
    )
}

fn key(seconds: f64, x: f64, facing: f64) -> PathKey {
    PathKey {
        seconds,
        feet: Point::new(x, 0.0, 0.0),
        facing,
        posture: Posture::Standing,
        lift: 0.0,
        lean: 0.0,
        look: 0.0,
        ease: Ease::None,
    }
}

fn camera(z: f64) -> CameraPose {
    let at = Point::new(0.0, 1.0, 0.0);
    let position = Point::new(0.0, 1.3, z);
    CameraPose {
        position,
        pan: 0.0,
        tilt: 0.0,
        roll: 0.0,
        field_of_view: 30.0,
        focus: -z,
        shallow: 0.0,
    }
    .looking_at(at)
}

fn shot(keys: Vec<PathKey>, poses: Vec<CameraPose>) -> ReelShot {
    let path = FigurePath { keys, ..FigurePath::default() };
    let figure = Figure {
        colours: FigureColours::default(),
        name: "toy".to_owned(),
        subject: 0,
        who: None,
        individual: 0,
        shape: Shape::Thing,
        height: 1.0,
        width: 0.5,
        length: 0.35,
        path,
    };
    let step = 2.0 / (poses.len().max(2) - 1) as f64;
    let blocking = Blocking {
        figures: vec![figure],
        set: Vec::new(),
        ground: Ground::default(),
        camera: CameraPath { first: 0.0, step, poses, shake: None },
        light: SetLight::default(),
        weather: Weather::default(),
        seconds: 2.0,
        begins: 0.0,
        aspect: 16.0 / 9.0,
    };
    let cutouts = vec![CutoutUse {
        figures: vec![0],
        full: StillPair { by_day: 1, by_night: 2 },
        close: None,
        mouth: None,
    }];
    ReelShot {
        blocking: Arc::new(blocking),
        cutouts,
        light: [1.0; 3],
        matte: Matte::Night(NIGHT),
        floor: [0.69, 1.0],
        first: FirstStill::Set,
    }
}

fn theatre(shot: &ReelShot, size: (u32, u32)) -> PaperTheatre {
    PaperTheatre::new(shot, &[set(), toy(), toy_by_night()], size, FRAME)
}

/// Where the red is and how much of it: columns of its middle, and pixels.
fn red(frame: &RgbImage) -> (f64, f64) {
    let (mut sum, mut count) = (0.0, 0.0);
    for (x, _, pixel) in frame.enumerate_pixels() {
        let share = f64::from(i32::from(pixel[0]) - i32::from(pixel[1])).max(0.0) / 204.0;
        (sum, count) = (sum + share * f64::from(x), count + share);
    }
    (sum / count.max(1e-9), count)
}

#[test]
fn what_does_not_move_is_exactly_still() {
    let shot = shot(vec![key(0.0, 0.0, 90.0)], vec![camera(-4.0)]);
    let mut theatre = theatre(&shot, (320, 180));
    let first = theatre.draw(0.0);
    for frame in 1..12 {
        assert_eq!(theatre.draw(f64::from(frame) * FRAME), first);
    }
    assert!(red(&first).1 > 1000.0, "the toy is in the picture");
}

#[test]
fn a_walk_has_no_jump_and_a_turn_is_seen_from_the_edge() {
    let keys =
        vec![key(0.0, -1.5, 90.0), key(1.0, 1.5, 90.0), key(1.2, 1.5, -90.0), key(2.0, 0.5, -90.0)];
    let shot = shot(keys, vec![camera(-6.0)]);
    let mut theatre = theatre(&shot, (320, 180));
    let places: Vec<(f64, f64)> =
        (0..40).map(|frame| red(&theatre.draw(f64::from(frame) * FRAME))).collect();
    let way = places[22].0 - places[0].0;
    for pair in places[..23].windows(2) {
        let step = pair[1].0 - pair[0].0;
        assert!((step - way / 22.0).abs() < 0.6, "a step of {step} of {}", way / 22.0);
    }
    let thinnest = places.iter().map(|place| place.1).fold(f64::MAX, f64::min);
    assert!(thinnest < places[0].1 * 0.5, "it turns like a cutout: {thinnest}");
}

#[test]
fn a_push_in_enlarges_and_a_pan_moves_everything() {
    let near = shot(vec![key(0.0, 0.0, 90.0)], vec![camera(-6.0), camera(-3.5)]);
    let mut pushed = theatre(&near, (320, 180));
    let sizes: Vec<f64> = (0..5).map(|at| red(&pushed.draw(f64::from(at) * 0.5)).1).collect();
    assert!(sizes.windows(2).all(|pair| pair[1] > pair[0] * 1.05), "{sizes:?}");

    let turned = CameraPose { pan: 6.0, ..camera(-5.0) };
    let pan = shot(vec![key(0.0, 0.0, 90.0)], vec![camera(-5.0), turned]);
    let mut panned = theatre(&pan, (320, 180));
    let (first, last) = (panned.draw(0.0), panned.draw(2.0));
    assert!(red(&last).0 < red(&first).0 - 15.0, "who the camera turns away from goes left");
    let row = |frame: &RgbImage| (0..320).map(|x| frame.get_pixel(x, 20)[1]).collect::<Vec<_>>();
    assert_ne!(row(&first), row(&last), "the set moves too");
}

#[test]
fn edges_at_1080_are_as_crisp_as_drawn_ones() {
    let shot = shot(vec![key(0.0, 0.03, 90.0)], vec![camera(-5.0)]);
    let frame = theatre(&shot, (1920, 1080)).draw(0.0);
    let (middle, _) = red(&frame);
    // The same disc, drawn at this size.
    let rows: Vec<u32> =
        (0..1080).filter(|y| frame.get_pixel(middle as u32, *y)[0] > 150).collect();
    let (top, low) = (f64::from(rows[0]), f64::from(rows[rows.len() - 1]) + 1.0);
    let radius = (low - top) / 2.0;
    let drawn = |x: f64, y: f64| {
        let inside = (radius - (x - middle).hypot(y - (top + radius)) + 0.5).clamp(0.0, 1.0);
        90.0 + (229.0 - 90.0) * inside
    };
    let slope = |value: &dyn Fn(u32, u32) -> f64, x: u32, y: u32| {
        let across = value(x + 1, y) - value(x - 1, y);
        across.hypot(value(x, y + 1) - value(x, y - 1))
    };
    let ninth = |value: &dyn Fn(u32, u32) -> f64| {
        // Along the rim, beside the shadow.
        let mut steepest: Vec<f64> = (0..360)
            .map(|degree| f64::from(degree).to_radians())
            .filter(|angle| angle.sin() < 0.3)
            .map(|angle| {
                let around = (-3..=3).map(|step| {
                    let far = radius + f64::from(step);
                    let x = middle + far * angle.cos();
                    let y = top + radius + far * angle.sin();
                    slope(value, x as u32, y as u32)
                });
                around.fold(0.0, f64::max)
            })
            .collect();
        steepest.sort_by(f64::total_cmp);
        steepest[steepest.len() * 9 / 10]
    };
    let shown = ninth(&|x, y| f64::from(frame.get_pixel(x, y)[0]));
    let best = ninth(&|x, y| drawn(f64::from(x) + 0.5, f64::from(y) + 0.5));
    // The set behind it is darker than the disc's drawing has it.
    let contrast = (229.0 - 25.0) / (229.0 - 90.0);
    assert!(shown / contrast >= 0.9 * best, "{shown} / {contrast} against {best}");
}

#[test]
fn two_stills_of_one_figure_become_one_cutout() {
    // The upper part of the toy, 1.6 times as large.
    let nearer = |whole: RgbImage| {
        RgbImage::from_fn(288, 160, |x, y| {
            let (x, y) = ((f64::from(x) - 144.0) / 1.6 + 144.0, (f64::from(y) - 20.0) / 1.6 + 40.0);
            *whole.get_pixel(x as u32, (y as u32).min(159))
        })
    };
    let whole = cut_out(&numbers(&toy()), &numbers(&toy_by_night()), NIGHT).unwrap();
    let near = cut_out(&numbers(&nearer(toy())), &numbers(&nearer(toy_by_night())), NIGHT).unwrap();
    let plain = Cutout::new(whole.clone(), None, None, 200.0).unwrap();
    let joined = Cutout::new(whole, Some(&near), None, 200.0).unwrap();
    assert!(
        (plain.aspect() - joined.aspect()).abs() < 0.12,
        "{} {}",
        plain.aspect(),
        joined.aspect()
    );
}

#[test]
fn who_speaks_opens_the_mouth() {
    let mut shot = shot(vec![key(0.0, 0.0, 90.0)], vec![camera(-4.0)]);
    let mut blocking = Blocking::clone(&shot.blocking);
    blocking.figures[0].path.speaks = vec![(0.5, 2.0)];
    shot.blocking = Arc::new(blocking);
    shot.cutouts[0].mouth = Some([0.5, 0.45, 0.08]);
    let mut theatre = theatre(&shot, (320, 180));
    let frames: Vec<RgbImage> =
        (0..24).map(|frame| theatre.draw(f64::from(frame) / 12.0)).collect();
    let dark = |frame: &RgbImage| {
        frame.pixels().filter(|pixel| pixel[0] < 140 && pixel[0] > 50 && pixel[1] < 30).count()
    };
    assert_eq!(dark(&frames[0]), dark(&frames[3]), "it is silent");
    assert!((6..24).any(|at| dark(&frames[at]) > dark(&frames[0]) + 20), "it speaks");
    assert_eq!(red(&frames[0]).0.round(), red(&frames[20]).0.round(), "it stays where it is");
}
