//! The pictures that the cut has of a shot: its take, the drawing of the animatic, or
//! stills that its blocking moves.
//!
//! Knows shot lists and blockings; does not know how pixels are made.

use std::path::{Path, PathBuf};

use image::RgbImage;
use image::imageops::{self, FilterType};

use super::conform::TakeFile;
use crate::animatic::AnimaticShot;
use crate::blocking::block;
use crate::breakdown::shot::{Card, CardKind, Picture, ShotList};
use crate::casting::{self, below};
use crate::media::Error;
use crate::media::take::PiecesReader;
use crate::reel::{PaperTheatre, ReelShot};
use crate::shoot::digests::digest;
use crate::source::files::DiskFiles;
use crate::time::Rate;

/// What the cut shows of a shot.
#[derive(Debug, Clone, PartialEq)]
pub enum Footage {
    /// A take of a model.
    Take(TakeFile),
    /// A drawing of its blocking.
    Animatic(AnimaticShot),
    /// A card with the shot's number and its text, for a shot without a blocking.
    Card(Card),
    /// Words on paper.
    Paper(Vec<String>),
    /// A picture of the author, with its digest.
    File(PathBuf, blake3::Hash),
    /// Stills of a model, moved by its blocking.
    Reel(ReelFootage),
}

/// A shot of a story reel with its stills on disk, in the order of the shot's numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct ReelFootage {
    /// How the blocking moves them.
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

/// The first frame of a take.
pub(crate) fn first_frame(still: &TakeFile) -> Result<RgbImage, Error> {
    let mut reader = PiecesReader::new(still.files.clone(), still.width, still.height);
    reader.next().unwrap_or_else(|| {
        let path = still.files.first().map(|(path, _)| path.clone()).unwrap_or_default();
        Err(Error::Damaged { path, what: "has no picture".to_owned() })
    })
}

/// The animatic of every shot of a film, in its order; `None` for cards and colours.
/// Pictures that the script names are in `folder`. A shot that begins with a picture or
/// with words on paper shows those.
pub fn animatic(list: &ShotList, folder: &Path) -> Vec<Option<Footage>> {
    let shots = list.shots.iter().zip(block(list));
    shots
        .map(|(shot, blocking)| {
            let Picture::Take(take) = &shot.picture else { return None };
            let given = take.from_image.as_ref().and_then(|image| {
                let path = below(folder, &image.value);
                let digest = digest(&path).ok()?;
                Some(Footage::File(path, digest))
            });
            let written =
                || (!take.lettering.is_empty()).then(|| Footage::Paper(take.lettering.clone()));
            if let Some(given) = given.or_else(written) {
                return Some(given);
            }
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

/// Reads a picture of the author and crops it to fill a size (width, height).
pub fn picture(path: &Path, size: (u32, u32)) -> Result<RgbImage, Error> {
    let damaged =
        |error: casting::Error| Error::Damaged { path: path.to_owned(), what: error.to_string() };
    let picture = casting::load(&DiskFiles, path).map_err(damaged)?;
    let (wide, high) = (size.0.max(1), size.1.max(1));
    let (width, height) = (picture.width().max(1), picture.height().max(1));
    let scale = (f64::from(wide) / f64::from(width)).max(f64::from(high) / f64::from(height));
    let scaled = |length: u32, least: u32| ((f64::from(length) * scale).round() as u32).max(least);
    let (width, height) = (scaled(width, wide), scaled(height, high));
    let whole = imageops::resize(&picture, width, height, FilterType::Triangle);
    Ok(imageops::crop_imm(&whole, (width - wide) / 2, (height - high) / 2, wide, high).to_image())
}
