//! What the cut shows of a shot: its take, what the animatic draws of it, or stills that
//! its blocking moves.
//!
//! Knows shot lists and blockings; does not know how pixels are made.

use image::RgbImage;

use super::conform::TakeFile;
use crate::animatic::AnimaticShot;
use crate::blocking::block;
use crate::breakdown::shot::{Card, CardKind, Picture, ShotList};
use crate::media::Error;
use crate::media::take::PiecesReader;
use crate::reel::{PaperTheatre, ReelShot};
use crate::time::Rate;

/// What the cut shows of a shot.
#[derive(Debug, Clone, PartialEq)]
pub enum Footage {
    /// A take of a model.
    Take(TakeFile),
    /// A drawing of its blocking.
    Animatic(AnimaticShot),
    /// A card with its number and what it shows: it is not blocked.
    Card(Card),
    /// Stills of a model, moved by its blocking.
    Reel(ReelFootage),
}

/// A shot of a story reel with its stills on disk, in the order of the shot's numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct ReelFootage {
    /// How they are moved.
    pub shot: ReelShot,
    /// Takes of one frame.
    pub stills: Vec<TakeFile>,
}

impl ReelFootage {
    /// A digest of everything that decides its pixels.
    pub fn digest(&self) -> String {
        let stills = self.stills.iter().map(|still| still.digest.as_str());
        let shot = self.shot.digest().to_hex().to_string();
        std::iter::once(shot.as_str()).chain(stills).collect::<Vec<_>>().join(" ")
    }

    /// Reads its stills and sets it up for frames of a size (width, height in pixels).
    pub fn open(&self, size: (u32, u32), rate: Rate) -> Result<PaperTheatre, Error> {
        let stills = self.stills.iter().map(first_frame).collect::<Result<Vec<_>, _>>()?;
        let frame = f64::from(rate.denominator) / f64::from(rate.numerator.max(1));
        Ok(PaperTheatre::new(&self.shot, &stills, size, frame))
    }
}

fn first_frame(still: &TakeFile) -> Result<RgbImage, Error> {
    let mut reader = PiecesReader::new(still.files.clone(), still.width, still.height);
    reader.next().unwrap_or_else(|| {
        let path = still.files.first().map(|(path, _)| path.clone()).unwrap_or_default();
        Err(Error::Damaged { path, what: "has no picture".to_owned() })
    })
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
                    place: take.description.place.name.clone(),
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
