//! A blocked shot: who stands where, how they move, and where the camera is, at every
//! moment.
//!
//! Data only; what it is for is not its business.

use serde::Serialize;

use super::camera::CameraPath;
use super::figure::{Figure, FigurePose};
use super::geometry::CameraPose;
use super::set::{Ground, SetLight, SetPiece};

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

    /// The camera at a time of the shot.
    pub fn camera_at(&self, seconds: f64) -> CameraPose {
        self.camera.at(self.begins + seconds)
    }

    /// The figures at a time of the shot.
    pub fn figures_at(&self, seconds: f64) -> Vec<FigurePose> {
        self.figures.iter().map(|figure| figure.path.at(self.begins + seconds)).collect()
    }
}
