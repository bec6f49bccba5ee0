//! What sizes, angles, lenses, moves and lights of the vocabulary do where a shot is
//! blocked: metres, degrees, seconds, millimetres before a picture 36 mm wide, and shares
//! of the picture. The heads of `stdlib/sizes.yaml`, `angles.yaml`, `lenses.yaml`,
//! `moves.yaml` and `lights.yaml` say what each number means.
//!
//! Data only; the room `blocking` moves people and cameras by it.

use serde::Deserialize;

/// How a size frames whom it shows.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeRule {
    /// The share of the picture's height that a head takes.
    pub head: Option<f64>,
    /// That of a whole body.
    pub body: Option<f64>,
    /// The least and the largest share of one person's head, whatever moves.
    pub heads: [f64; 2],
    /// The share that a thing takes.
    pub thing: f64,
    /// How far below the upper edge the crown is.
    pub crown: f64,
    /// Its usual lens, in millimetres.
    pub lens: f64,
    /// The depth of focus, from 0 (deep) to 1.
    pub shallow: f64,
    /// How high the picture is at most, in metres.
    #[serde(default = "far")]
    pub farthest: f64,
}

fn far() -> f64 {
    120.0
}

/// Where an angle puts the camera.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AngleRule {
    /// Degrees that it looks up.
    pub up: f64,
    /// A factor of the size's lens.
    pub lens: Option<f64>,
    /// The ground does not keep it away.
    pub near: bool,
    /// Not nearer than this, in metres.
    pub at_least: f64,
    /// Degrees.
    pub roll: f64,
    /// Beside its height.
    pub side: CameraSide,
}

/// Where the camera stands beside its height.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraSide {
    /// Before them.
    #[default]
    Front,
    /// Beside them.
    Profile,
    /// Behind them.
    Behind,
    /// Behind the shoulder of one of them.
    Over,
    /// On the other side of the set.
    Reverse,
    /// In somebody's eyes.
    View,
}

/// What a lens sees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LensRule {
    /// Its focal length.
    pub mm: Option<f64>,
    /// The depth of focus, from 0 (deep) to 1.
    pub shallow: Option<f64>,
    /// Nothing is in focus.
    pub off: bool,
}

/// What a move does with the camera.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveRule {
    /// What moves.
    pub does: Does,
    /// Where, if no word says.
    pub toward: Option<MoveDirection>,
    /// How much of it a second.
    #[serde(default)]
    pub rate: f64,
    /// At least in a shot.
    #[serde(default)]
    pub least: f64,
    /// At most in a shot.
    #[serde(default)]
    pub most: f64,
    /// Between which shares of the shot.
    pub within: Option<[f64; 2]>,
    /// Without a tripod.
    pub shake: Option<ShakeRule>,
}

/// How a camera without a tripod moves.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShakeRule {
    /// How far it turns.
    pub degrees: f64,
    /// How far it goes.
    pub metres: f64,
    /// How often in a second.
    pub rate: f64,
}

/// Where a move goes or turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveDirection {
    /// Left.
    Left,
    /// Right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Nearer.
    In,
    /// Farther.
    Out,
    /// As whom it follows goes.
    Forward,
    /// Before whom it follows.
    Backward,
    /// Clockwise.
    Clockwise,
    /// Anticlockwise.
    Anticlockwise,
}

/// What a move moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// Nothing but the hands that hold the camera.
    Nothing,
    /// It turns sideways.
    Pan,
    /// It nods.
    Tilt,
    /// It goes sideways.
    Truck,
    /// It goes nearer.
    Push,
    /// It goes back.
    Pull,
    /// It rises or sinks.
    Crane,
    /// It goes around.
    Arc,
    /// It turns around its line of sight.
    Roll,
    /// Its lens changes.
    Zoom,
    /// It goes with somebody.
    Track,
    /// It turns at once.
    Whip,
    /// Its focus goes.
    Rack,
    /// It goes, and its lens changes against that.
    #[serde(rename = "dolly zoom")]
    DollyZoom,
    /// It flies.
    Fly,
}

/// What changes the light.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LightRule {
    /// From where it comes, in degrees.
    pub direction: Option<f64>,
    /// How high, in degrees.
    pub elevation: Option<f64>,
    /// How bright, from 0 to 1.
    pub brightness: Option<f64>,
    /// From -1 (cold) to 1 (warm).
    pub warmth: Option<f64>,
    /// How soft its shadows are, from 0 to 1.
    pub softness: Option<f64>,
}
