//! What the cut shows of a shot: its take, or what the animatic draws of it.
//!
//! Knows shot lists and blockings; does not know pixels.

use super::conform::TakeFile;
use crate::animatic::AnimaticShot;
use crate::blocking::block;
use crate::breakdown::shot::{Card, CardKind, Picture, ShotList};

/// What the cut shows of a shot.
#[derive(Debug, Clone, PartialEq)]
pub enum Footage {
    /// A take of a model.
    Take(TakeFile),
    /// A drawing of its blocking.
    Animatic(AnimaticShot),
    /// A card with its number and what it shows: it is not blocked.
    Card(Card),
}

/// The animatic of every shot of a film, in its order; `None` for cards and colours.
pub fn animatic(list: &ShotList) -> Vec<Option<Footage>> {
    let shots = list.shots.iter().zip(block(list));
    shots
        .map(|(shot, blocking)| {
            let Picture::Take(take) = &shot.picture else { return None };
            Some(match blocking {
                Some(blocking) => Footage::Animatic(AnimaticShot {
                    blocking,
                    place: take.description.place.name.to_string(),
                    mark: format!("{}  {}", shot.number, shot.shows),
                }),
                None => Footage::Card(Card {
                    kind: CardKind::Intertitle,
                    lines: vec![shot.number.clone(), shot.shows.to_string()],
                }),
            })
        })
        .collect()
}
