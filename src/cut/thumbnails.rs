//! A thumbnail: a small picture of a shot for the preview.
//!
//! Knows one shot; does not know films or pages.

use std::path::PathBuf;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, thumbnail};
use image::{Rgb, RgbImage, imageops};
use serde_json::json;

use super::conform::{Conformed, TakeFile};
use super::footage::ReelFootage;
use super::titles::{Titles, on_paper};
use crate::animatic::{AnimaticShot, Artist};
use crate::breakdown::shot::Card;
use crate::breakdown::transition::Colour;
use crate::casting;
use crate::media::Error;
use crate::source::files::DiskFiles;
use crate::time::Rate;

/// Width of a thumbnail in pixels.
const WIDTH: u32 = 384;

/// The content of a thumbnail.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Thumbnail {
    /// A conformed frame of a take in a film with this rate.
    Take(TakeFile, i64, Rate),
    /// The middle of a shot of the animatic.
    Animatic(AnimaticShot),
    /// The middle of a shot of a story reel.
    Reel(ReelFootage),
    /// A card.
    Card(Card),
    /// Words on paper.
    Paper(Vec<String>),
    /// A plain colour.
    Colour(Colour),
    /// A picture file with its digest.
    File(PathBuf, blake3::Hash),
}

impl Thumbnail {
    /// The key of a thumbnail in the film's `size`. Needs no thumbnail.
    pub(crate) fn key(&self, size: (u32, u32)) -> String {
        let source = match self {
            Self::Take(TakeFile { digest, .. }, frame, rate) => {
                json!({ "take": digest, "frame": frame, "rate": rate })
            }
            Self::Animatic(shot) => json!({ "animatic": shot.digest().to_hex().as_str() }),
            Self::Reel(footage) => json!({ "reel": footage.digest() }),
            Self::Card(card) => json!({ "card": card }),
            Self::Paper(lines) => json!({ "paper": lines }),
            Self::Colour(colour) => json!({ "colour": colour }),
            Self::File(_, digest) => json!({ "file": digest.to_hex().as_str() }),
        };
        let meaning = json!({ "size": size, "source": source });
        blake3::hash(meaning.to_string().as_bytes()).to_hex().to_string()
    }

    /// Makes the thumbnail as a JPEG, from a picture in the film's `size`.
    pub(crate) fn make(&self, size: (u32, u32)) -> Result<Vec<u8>, Error> {
        let small = (WIDTH, (WIDTH * size.1 / size.0.max(1)).max(2) & !1);
        let picture = match self {
            Self::Take(take, frame, rate) => Conformed::open(take, small, *rate)?.frame(*frame)?,
            Self::Animatic(shot) => {
                Artist::new(small.0, small.1).draw(shot, shot.blocking.seconds / 2.0)
            }
            Self::Reel(footage) => {
                let middle = footage.shot.blocking.seconds / 2.0;
                footage.open(small, Rate::FILM)?.draw(middle)
            }
            // Cards are drawn in the film's size, so that lines break in the same
            // places.
            Self::Card(card) => {
                let card = Titles::new(size.0, size.1).card(card);
                imageops::resize(&card, small.0, small.1, FilterType::Triangle)
            }
            Self::Paper(lines) => {
                let paper = on_paper(lines, size.0, size.1);
                imageops::resize(&paper, small.0, small.1, FilterType::Triangle)
            }
            Self::Colour(Colour { red, green, blue }) => {
                RgbImage::from_pixel(small.0, small.1, Rgb([*red, *green, *blue]))
            }
            Self::File(path, _) => {
                let failed = |error: casting::Error| Error::Damaged {
                    path: path.clone(),
                    what: error.to_string(),
                };
                let picture = casting::load(&DiskFiles, path).map_err(failed)?;
                let height = (WIDTH * picture.height() / picture.width().max(1)).max(1);
                thumbnail(&picture, WIDTH, height)
            }
        };
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 85)
            .encode_image(&picture)
            .expect("an RGB picture becomes JPEG in memory");
        Ok(jpeg)
    }
}
