//! What the cut shows of a shot: its take, or what the animatic draws of it.
//!
//! Knows shot lists and blockings; does not know pixels.

use super::conform::TakeFile;
use crate::animatic::AnimaticShot;
use crate::blocking::block;
use crate::breakdown::shot::{Picture, ShotList};

/// What the cut shows of a shot.
#[derive(Debug, Clone, PartialEq)]
pub enum Footage {
    /// A take of a model.
    Take(TakeFile),
    /// A drawing of its blocking.
    Animatic(AnimaticShot),
}

/// The animatic of every shot of a film, in its order; `None` for cards and colours.
pub fn animatic(list: &ShotList) -> Vec<Option<AnimaticShot>> {
    let shots = list.shots.iter().zip(block(list));
    shots
        .map(|(shot, blocking)| {
            let Picture::Take(take) = &shot.picture else { return None };
            Some(AnimaticShot {
                blocking: blocking?,
                place: take.description.place.name.to_string(),
                mark: format!("{}  {}", shot.number, shot.shows),
            })
        })
        .collect()
}
