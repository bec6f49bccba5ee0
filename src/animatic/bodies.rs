//! The parts of a figure, by the kind of its body.
//!
//! Knows shapes; does not know pictures.

use super::solid::Part;
use super::{craft, creature, person};
use crate::blocking::figure::{Figure, FigurePose, Shape};

/// The parts of a figure in a pose, at a time that moves wings and waves.
pub(super) fn figure_parts(figure: &Figure, pose: &FigurePose, seconds: f64) -> Vec<Part> {
    match figure.shape {
        Shape::Person | Shape::Child => person::person(figure, pose),
        Shape::Quadruped => creature::quadruped(figure, pose),
        Shape::Bird => creature::bird(figure, pose, seconds),
        Shape::Fish => creature::fish(figure, pose, seconds),
        Shape::Vehicle => craft::vehicle(figure, pose),
        Shape::Boat => craft::boat(figure, pose, seconds),
        Shape::Aircraft => craft::aircraft(figure, pose),
        Shape::Plant => craft::plant(figure, pose, seconds),
        Shape::Thing => craft::thing(figure, pose),
        Shape::Flat => craft::flat(figure, pose),
    }
}
