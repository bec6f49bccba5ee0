//! Shot list → blockings, scene by scene.
//!
//! Knows the order of decisions; does not know how each is made.

use std::sync::Arc;

use super::camera::CameraPath;
use super::figure::{Ease, Figure, FigurePath, PathKey, Posture, Shape};
use super::geometry::{CameraPose, Point};
use super::set::{Ground, SetLight, Surface};
use super::staged::Blocking;
use crate::breakdown::shot::{Picture, Shot, ShotList};

/// The blocking of every shot of a film, in its order; `None` for cards and colours.
pub fn block(list: &ShotList) -> Vec<Option<Arc<Blocking>>> {
    let aspect = f64::from(list.settings.width) / f64::from(list.settings.height.max(1));
    list.shots.iter().map(|shot| in_a_row(list, shot, aspect)).collect()
}

/// Everybody of a shot in a row before the camera.
fn in_a_row(list: &ShotList, shot: &Shot, aspect: f64) -> Option<Arc<Blocking>> {
    let Picture::Take(take) = &shot.picture else { return None };
    let description = &take.description;
    let shown = description.subjects.iter().chain(&description.reveals);
    let figures = shown.enumerate().map(|(subject, depicted)| Figure {
        name: depicted.called.trim_start_matches("the ").to_owned(),
        subject,
        who: take.subjects.get(subject).map(|(who, _)| *who),
        individual: 0,
        shape: Shape::Person,
        height: 1.7,
        width: 0.5,
        length: 0.35,
        path: FigurePath::still(PathKey {
            seconds: 0.0,
            feet: Point::new(subject as f64 - description.subjects.len() as f64 / 2.0, 0.0, 0.0),
            facing: 180.0,
            posture: Posture::Standing,
            lift: 0.0,
            lean: 0.0,
            look: 0.0,
            ease: Ease::Both,
        }),
    });
    let camera = CameraPose {
        position: Point::new(0.0, 1.4, -5.0),
        pan: 0.0,
        tilt: 0.0,
        roll: 0.0,
        field_of_view: 30.0,
        focus: 5.0,
        shallow: 0.0,
    };
    Some(Arc::new(Blocking {
        figures: figures.collect(),
        set: Vec::new(),
        ground: Ground { interior: description.place.interior, surface: Surface::Floor },
        camera: CameraPath::still(camera),
        light: SetLight::default(),
        seconds: list.settings.rate.duration(shot.frames).as_micros() as f64 / 1e6,
        begins: 0.0,
        aspect,
    }))
}
