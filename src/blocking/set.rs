//! The place around the figures: set pieces, ground and light.
//!
//! Knows forms and materials; does not know the words of a script.

use serde::{Deserialize, Serialize};

use super::geometry::Point;

/// Something of the set that stands where it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetPiece {
    /// What it is: `tree`, `table`.
    pub name: String,
    /// Its form.
    pub form: Form,
    /// What it is made of.
    pub material: Material,
    /// What it is for.
    pub role: SetRole,
    /// The middle of its underside.
    pub base: Point,
    /// From its left to its right, in metres.
    pub width: f64,
    /// From its underside to its top, in metres.
    pub height: f64,
    /// From its front to its back, in metres.
    pub depth: f64,
    /// Degrees; where its front looks, as a figure's facing.
    pub facing: f64,
}

/// The form of a set piece.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A box.
    #[default]
    Box,
    /// An upright cylinder.
    Cylinder,
    /// A cone on its base.
    Cone,
    /// The upper half of a ball: a hill, a heap.
    Mound,
    /// A trunk and a round crown.
    Tree,
    /// A trunk and a pointed crown.
    Fir,
    /// A box with a gabled roof.
    House,
    /// A top on four legs.
    Table,
    /// A seat with a back.
    Chair,
    /// A hull, as long as it is deep here; with a mast if it is high.
    Boat,
}

/// What a set piece is made of; a drawing chooses its colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Material {
    /// Wood.
    Wood,
    /// Stone, brick, concrete.
    #[default]
    Stone,
    /// Plaster, paint, paper.
    Plaster,
    /// Leaves and grass.
    Leaves,
    /// Metal.
    Metal,
    /// Cloth.
    Cloth,
    /// Glass and screens.
    Glass,
    /// Water and ice.
    Water,
    /// Earth and sand.
    Earth,
    /// Something that shines by itself.
    Glowing,
}

/// What a set piece is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetRole {
    /// It stands there; nobody is inside it.
    #[default]
    Solid,
    /// A wall of a room: seen only from the side that it faces, and never in the way of a
    /// camera, as in a studio.
    Wall,
    /// Somebody sits or lies on it, or stands behind it: it may touch a figure.
    Support,
}

/// What everybody stands on, and what is behind everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Ground {
    /// Inside, there is a floor and no sky.
    pub interior: bool,
    /// What it is.
    pub surface: Surface,
}

/// What the ground is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// The floor of a room.
    #[default]
    Floor,
    /// Grass.
    Grass,
    /// Earth, mud, leaves.
    Earth,
    /// Sand.
    Sand,
    /// Snow, ice.
    Snow,
    /// Paving, asphalt, rock.
    Stone,
    /// Planks, a deck.
    Planks,
    /// Water.
    Water,
    /// Nothing: the sky, space.
    Air,
}

/// What falls from the sky.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Falling {
    /// Drops, drawn out by their speed.
    Rain,
    /// Flakes that sway.
    Snow,
}

/// The light that everything stands in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SetLight {
    /// The direction over the floor that it comes from, in degrees as a figure's facing.
    pub direction: f64,
    /// How high it comes from, in degrees.
    pub elevation: f64,
    /// From 0 (dark) to 1 (noon).
    pub brightness: f64,
    /// From -1 (cold) to 1 (warm).
    pub warmth: f64,
    /// How soft its shadows are: 0 hard, 1 none.
    pub softness: f64,
}

impl Default for SetLight {
    fn default() -> Self {
        Self { direction: -140.0, elevation: 45.0, brightness: 0.9, warmth: 0.0, softness: 0.4 }
    }
}

impl SetPiece {
    /// The distance over the floor from a point to its outline; negative inside it.
    pub fn distance_from(&self, point: Point) -> f64 {
        let (x, z) = self.own_directions(point);
        match self.form {
            Form::Box | Form::House | Form::Table | Form::Chair | Form::Boat => {
                let (x, z) = (x.abs() - self.width / 2.0, z.abs() - self.depth / 2.0);
                if x <= 0.0 && z <= 0.0 { x.max(z) } else { x.max(0.0).hypot(z.max(0.0)) }
            }
            Form::Cylinder | Form::Cone | Form::Mound => {
                x.hypot(z) - self.width.max(self.depth) / 2.0
            }
            Form::Tree | Form::Fir => x.hypot(z) - self.trunk() / 2.0,
        }
    }

    /// How thick a tree's trunk is, in metres.
    pub fn trunk(&self) -> f64 {
        (self.width * 0.16).max(0.15)
    }

    /// A point to its right and before it, in metres from its middle.
    fn own_directions(&self, point: Point) -> (f64, f64) {
        let from = point - self.base;
        let (sin, cos) = self.facing.to_radians().sin_cos();
        (from.x * cos - from.z * sin, from.x * sin + from.z * cos)
    }
}
