//! A blocked shot: who stands where, how they move, and where the camera is, at every
//! moment.
//!
//! Data only; what it is for is not its business.

use serde::Serialize;

use super::camera::CameraPath;
use super::figure::{Figure, FigurePose};
use super::geometry::CameraPose;
use super::set::{Ground, SetLight, SetPiece};
use super::weather::Weather;
use crate::breakdown::shot;

/// What a take has before and after its shot, in seconds.
pub const HANDLE: f64 = shot::HANDLE.as_micros() as f64 / 1e6;

/// Everything that is decided about a shot before it is filmed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Blocking {
    /// In the order of the shot's subjects, then of what the camera reveals, then others
    /// of the scene whom the camera may meet.
    pub figures: Vec<Figure>,
    /// What stands around them.
    pub set: Vec<SetPiece>,
    /// What they stand on.
    pub ground: Ground,
    /// The camera.
    pub camera: CameraPath,
    /// The light.
    pub light: SetLight,
    /// What falls, and how far one sees.
    #[serde(skip_serializing_if = "Weather::is_clear")]
    pub weather: Weather,
    /// The shot's length.
    pub seconds: f64,
    /// Seconds of the camera's and the figures' time that have passed when the shot
    /// begins: more than 0 after `[[cut: back]]`.
    pub begins: f64,
    /// Width of the picture by its height.
    pub aspect: f64,
}

/// A moment of a blocked shot.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// The camera.
    pub camera: CameraPose,
    /// The figures, in the order of [`Blocking::figures`].
    pub figures: Vec<FigurePose>,
}

impl Blocking {
    /// The moment at a time of the shot in seconds; before 0 and after the shot's end too,
    /// because takes have handles.
    pub fn at(&self, seconds: f64) -> Moment {
        Moment { camera: self.camera_at(seconds), figures: self.figures_at(seconds) }
    }

    /// Whether the camera or a figure is elsewhere, or otherwise, at the end of the shot.
    pub fn moves(&self) -> bool {
        let (first, last) = (self.at(0.0), self.at(self.seconds));
        let (from, to) = (first.camera, last.camera);
        let turned = |from: f64, to: f64| (from - to).abs() > 1.5;
        let camera = from.position.distance_to(to.position) > 0.15
            || turned(from.pan, to.pan)
            || turned(from.tilt, to.tilt)
            || turned(from.roll, to.roll)
            || turned(from.field_of_view, to.field_of_view);
        let mut figures = first.figures.iter().zip(&last.figures);
        camera
            || figures.any(|(from, to)| {
                let moved = from.feet.distance_to(to.feet) + (from.lift - to.lift).abs();
                moved > 0.2 || from.posture != to.posture
            })
    }

    /// So many moments of the shot and its handles, and the last one, at even distances.
    pub fn moments(&self, count: u32) -> impl Iterator<Item = f64> + use<> {
        let seconds = self.seconds + 2.0 * HANDLE;
        (0..=count).map(move |at| f64::from(at) / f64::from(count) * seconds - HANDLE)
    }

    /// The camera at a time of the shot.
    pub fn camera_at(&self, seconds: f64) -> CameraPose {
        self.camera.at(self.begins + seconds)
    }

    /// The figures at a time of the shot.
    pub fn figures_at(&self, seconds: f64) -> Vec<FigurePose> {
        self.figures.iter().map(|figure| figure.path.at(self.begins + seconds)).collect()
    }
}
