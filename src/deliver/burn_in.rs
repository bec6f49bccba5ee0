//! The reference film: the film as it is, with its timecode and the name of the media in
//! the picture, to check a conform against.
//!
//! Knows a finished film and its turnover; does not know takes.

use std::collections::BTreeMap;
use std::path::Path;

use cosmic_text::Align;
use image::{Rgb, RgbImage};

use super::timecode::timecode;
use super::turnover::Turnover;
use crate::lettering::{Mask, TEXT, TextLayout, Typesetter};
use crate::media::decode::FilmReader;
use crate::media::encoded::Encoded;
use crate::media::film::{FilmDescription, join};
use crate::media::h264::{H264Encoder, PictureFormat};
use crate::media::{Error, sound};

/// Frames in one encoded piece.
const PIECE: u32 = 240;

/// Writes the film at `film` to `out`, with its timecode.
pub(crate) fn burn_in(
    film: &Path,
    out: &Path,
    turnover: &Turnover,
    description: &FilmDescription,
) -> Result<(), Error> {
    let reader = FilmReader::open(film)?;
    let (width, height) = reader.size();
    let picture = PictureFormat { width, height, rate: turnover.rate };
    let [left, right] = sound::read(film)?;
    let mut at = 0;
    let samples = left.len().min(right.len());
    let heard = sound::encode(samples as u32, &mut |to_left, to_right| {
        let end = at + to_left.len();
        to_left.copy_from_slice(&left[at..end]);
        to_right.copy_from_slice(&right[at..end]);
        at = end;
    })?;
    let lengths = lengths(turnover.frames);
    let mut frames = BurntFrames { reader, letters: Letters::new(height), turnover, at: 0 };
    join(out, picture, turnover.frames, description, &heard, lengths.len(), |piece| {
        frames.piece(picture, lengths[piece])
    })
}

/// Lengths of the pieces of a film; every piece has at least two frames.
fn lengths(frames: u32) -> Vec<u32> {
    let mut lengths = vec![PIECE; (frames / PIECE) as usize];
    match (frames % PIECE, lengths.last_mut()) {
        (0, _) => {}
        (1, Some(last)) => *last += 1,
        (rest, _) => lengths.push(rest),
    }
    lengths
}

struct BurntFrames<'a> {
    reader: FilmReader,
    letters: Letters,
    turnover: &'a Turnover,
    at: u32,
}

impl BurntFrames<'_> {
    fn piece(&mut self, picture: PictureFormat, length: u32) -> Result<Encoded, Error> {
        let mut encoder = H264Encoder::new(picture, length)?;
        for _ in 0..length {
            let mut frame = self
                .reader
                .next()
                .unwrap_or_else(|| Ok(RgbImage::new(picture.width, picture.height)))?;
            self.burn(&mut frame);
            self.at += 1;
            encoder.push(&frame)?;
        }
        encoder.finish()
    }

    fn burn(&mut self, frame: &mut RgbImage) {
        let Turnover { start, rate, events, media, .. } = self.turnover;
        let words = timecode(start + self.at, *rate);
        self.letters.draw(frame, &words, Side::Left);
        let event = events.partition_point(|event| event.record_out <= self.at);
        if let Some(event) = events.get(event) {
            let name = media[event.media].name.clone();
            self.letters.draw(frame, &name, Side::Right);
        }
    }
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// Letters in cells of one width, so that running figures stand still.
struct Letters {
    typesetter: Typesetter,
    masks: BTreeMap<char, Mask>,
    /// Width and height of a cell in pixels.
    cell: (u32, u32),
}

impl Letters {
    /// For pictures of a height.
    fn new(height: u32) -> Self {
        let size = (height / 20).max(8);
        let cell = ((size * 3).div_ceil(5), size + size / 4);
        Self { typesetter: Typesetter::new(), masks: BTreeMap::new(), cell }
    }

    /// Draws words on a dark ground in an upper corner.
    fn draw(&mut self, frame: &mut RgbImage, words: &str, side: Side) {
        let (cell, margin) = (self.cell, self.cell.1 / 2);
        let wide = cell.0 * words.chars().count() as u32;
        let left = match side {
            Side::Left => margin,
            Side::Right => frame.width().saturating_sub(margin + wide),
        };
        for (index, letter) in words.chars().enumerate() {
            let mask = self
                .masks
                .entry(letter)
                .or_insert_with(|| glyph(&mut self.typesetter, letter, cell));
            let x = left + cell.0 * index as u32;
            for (at, coverage) in mask.coverage.iter().enumerate() {
                let at = at as u32;
                let (x, y) = (x + at % cell.0, margin + at / cell.0);
                let Some(Rgb(pixel)) = frame.get_pixel_mut_checked(x, y) else { continue };
                for value in pixel {
                    let ground = u32::from(*value) / 3;
                    let light = u32::from(*coverage);
                    *value = ((ground * (255 - light) + 255 * light) / 255) as u8;
                }
            }
        }
    }
}

fn glyph(typesetter: &mut Typesetter, letter: char, (width, height): (u32, u32)) -> Mask {
    let layout = TextLayout {
        family: TEXT,
        italic: false,
        size: height as f32 * 0.8,
        leading: 1.2,
        tracking: 0.0,
        align: Align::Center,
        width: width as f32 * 3.0,
        height: height as f32 * 2.0,
    };
    let block = typesetter.set(&letter.to_string(), layout);
    let mut mask = Mask::new(width, height);
    typesetter.draw(&block, (width as f32 - block.measure()) / 2.0, 0.0, &mut mask);
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_piece_is_too_short() {
        for frames in [0, 1, 2, 239, 240, 241, 242, 480, 481] {
            let lengths = lengths(frames);
            assert_eq!(lengths.iter().sum::<u32>(), frames);
            assert!(frames < 2 || lengths.iter().all(|length| *length > 1), "{frames}");
        }
    }
}
