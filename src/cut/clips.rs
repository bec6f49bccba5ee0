//! What the clips of a film are made from, and their frames one by one.
//!
//! Knows takes, drawings and cards; does not know segments or the film's time.

use std::path::PathBuf;

use image::{Rgb, RgbImage};
use serde::Serialize;

use super::conform::{Conformed, TakeFile};
use super::edl::Edl;
use super::footage::{Footage, ReelFootage, picture};
use super::titles::{Titles, on_paper};
use crate::animatic::{AnimaticShot, Artist};
use crate::breakdown::screenplay::Title;
use crate::breakdown::shot::{Card, CardKind, Picture, ShotList};
use crate::breakdown::transition::Colour;
use crate::media::Error;
use crate::media::provenance::PictureMaker;
use crate::reel::PaperTheatre;
use crate::time::Rate;

/// The source of a clip's picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClipSource {
    Take {
        #[serde(skip)]
        file: TakeFile,
        digest: String,
    },
    Animatic {
        #[serde(skip)]
        shot: AnimaticShot,
        digest: String,
    },
    Reel {
        #[serde(skip)]
        footage: ReelFootage,
        digest: String,
    },
    Picture {
        #[serde(skip)]
        file: PathBuf,
        digest: String,
    },
    Paper(Vec<String>),
    Card(Card),
    Colour(Colour),
}

impl ClipSource {
    /// Who made its pictures.
    pub(crate) fn maker(&self) -> PictureMaker {
        match self {
            Self::Take { .. } => PictureMaker::Model,
            Self::Reel { .. } => PictureMaker::Reel,
            Self::Animatic { .. }
            | Self::Picture { .. }
            | Self::Paper(_)
            | Self::Card(_)
            | Self::Colour(_) => PictureMaker::Program,
        }
    }
}

/// The source of a picture event, by its index. `footage` holds what each event shows.
pub(crate) fn source(
    shots: &ShotList,
    edl: &Edl,
    index: usize,
    footage: &[Option<Footage>],
) -> ClipSource {
    let white = Colour { red: 255, green: 255, blue: 255 };
    match (&shots.shots[edl.picture[index].shot].picture, &footage[index]) {
        (Picture::Take(_), Some(Footage::Take(file))) => {
            // Conforming depends on the take's length, rate and size, too.
            let TakeFile { files: _, digest, rate, width, height } = file;
            let frames = file.frames();
            let Rate { numerator, denominator } = rate;
            let rate = format!("Rate {{ numerator: {numerator}, denominator: {denominator} }}");
            let digest = format!("{digest} {frames} {rate} {width}×{height}");
            ClipSource::Take { file: file.clone(), digest }
        }
        (Picture::Take(_), Some(Footage::Animatic(shot))) => {
            let digest = shot.digest().to_hex().to_string();
            ClipSource::Animatic { shot: shot.clone(), digest }
        }
        (Picture::Take(_), Some(Footage::File(file, digest))) => {
            ClipSource::Picture { file: file.clone(), digest: digest.to_hex().to_string() }
        }
        (Picture::Take(_), Some(Footage::Paper(lines))) => ClipSource::Paper(lines.clone()),
        (Picture::Take(_), Some(Footage::Card(card))) => ClipSource::Card(card.clone()),
        (Picture::Take(_), Some(Footage::Reel(footage))) => {
            ClipSource::Reel { footage: footage.clone(), digest: footage.digest() }
        }
        (Picture::Card(card), _) => ClipSource::Card(with_title_in_one(card, &shots.title)),
        (Picture::White, _) => ClipSource::Colour(white),
        (Picture::Take(_) | Picture::Black, _) => ClipSource::Colour(Colour::default()),
    }
}

/// Joins the lines of a title: the first line of a title card is the whole title,
/// all large.
fn with_title_in_one(card: &Card, title: &Title) -> Card {
    let mut card = card.clone();
    let lines = title.title.len();
    if card.kind == CardKind::Title && lines > 1 && card.lines.starts_with(&title.title) {
        card.lines.splice(..lines, [title.title.join("\n")]);
    }
    card
}

/// The time of a frame, which may lie before the first one.
fn seconds(frame: i64, rate: Rate) -> f64 {
    frame as f64 * f64::from(rate.denominator) / f64::from(rate.numerator.max(1))
}

/// An open source of a clip.
pub(crate) enum ClipReader {
    Take(Box<Conformed>),
    Animatic(AnimaticShot),
    Reel(Box<PaperTheatre>),
    Still(RgbImage),
}

/// Opens sources and draws their frames. One per thread.
pub(crate) struct Painter {
    size: (u32, u32),
    rate: Rate,
    titles: Option<Titles>,
    artist: Option<Artist>,
}

impl Painter {
    /// For frames of a size (width, height in pixels), so many per second.
    pub(crate) fn new(size: (u32, u32), rate: Rate) -> Self {
        Self { size, rate, titles: None, artist: None }
    }

    /// Draws words.
    pub(crate) fn titles(&mut self) -> &mut Titles {
        let (width, height) = self.size;
        self.titles.get_or_insert_with(|| Titles::new(width, height))
    }

    /// Opens a source.
    pub(crate) fn open(&mut self, source: &ClipSource) -> Result<ClipReader, Error> {
        let size = self.size;
        Ok(match source {
            ClipSource::Take { file, .. } => {
                ClipReader::Take(Box::new(Conformed::open(file, size, self.rate)?))
            }
            ClipSource::Animatic { shot, .. } => ClipReader::Animatic(shot.clone()),
            ClipSource::Reel { footage, .. } => {
                ClipReader::Reel(Box::new(footage.open(size, self.rate)?))
            }
            ClipSource::Picture { file, .. } => ClipReader::Still(picture(file, size)?),
            ClipSource::Paper(lines) => ClipReader::Still(on_paper(lines, size.0, size.1)),
            ClipSource::Card(card) => ClipReader::Still(self.titles().card(card)),
            ClipSource::Colour(Colour { red, green, blue }) => {
                ClipReader::Still(RgbImage::from_pixel(size.0, size.1, Rgb([*red, *green, *blue])))
            }
        })
    }

    /// A frame of a source, at the film's rate. Frames of a take are asked for in rising
    /// order.
    pub(crate) fn frame(&mut self, reader: &mut ClipReader, at: i64) -> Result<RgbImage, Error> {
        Ok(match reader {
            ClipReader::Take(take) => take.frame(at)?,
            ClipReader::Animatic(shot) => {
                let size = self.size;
                let artist = self.artist.get_or_insert_with(|| Artist::new(size.0, size.1));
                artist.draw(shot, seconds(at, self.rate))
            }
            ClipReader::Reel(theatre) => theatre.draw(seconds(at, self.rate)),
            ClipReader::Still(picture) => picture.clone(),
        })
    }
}
