//! Conforms takes to the film's size and rate.
//!
//! Knows one take; does not know the edit list.

use std::path::PathBuf;

use image::RgbImage;

use crate::media::Error;
use crate::media::picture::Scaler;
use crate::media::take::PiecesReader;
use crate::time::Rate;

/// A take on disk, as the network made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeFile {
    /// Its files in order, one for each piece, each with its number of frames.
    pub files: Vec<(PathBuf, u32)>,
    /// Digest of its content: takes with equal digests are interchangeable.
    pub digest: String,
    /// Its own frames per second.
    pub rate: Rate,
    /// Its own width in pixels.
    pub width: u32,
    /// Its own height in pixels.
    pub height: u32,
}

impl TakeFile {
    /// Number of its own frames.
    pub fn frames(&self) -> u32 {
        self.files.iter().map(|(_, frames)| frames).sum()
    }

    /// Number of its frames in a film at `rate`: its last one is shown as long as it lasts.
    pub fn conformed_frames(&self, rate: Rate) -> u32 {
        let numerator = u128::from(rate.numerator) * u128::from(self.rate.denominator);
        let denominator = u128::from(rate.denominator) * u128::from(self.rate.numerator);
        (u128::from(self.frames()) * numerator).div_ceil(denominator.max(1)) as u32
    }

    /// The take's own frame at a conformed frame of a film at `rate`: the last
    /// one that has begun. Outside of the take, its first or last frame.
    pub fn native_frame(&self, conformed: i64, rate: Rate) -> u32 {
        let numerator = i128::from(self.rate.numerator) * i128::from(rate.denominator);
        let denominator = i128::from(self.rate.denominator) * i128::from(rate.numerator);
        let native = i128::from(conformed.max(0)) * numerator / denominator.max(1);
        native.min(i128::from(self.frames().saturating_sub(1))) as u32
    }
}

/// Reads the conformed frames of a take in rising order.
pub struct Conformed {
    take: TakeFile,
    rate: Rate,
    reader: PiecesReader,
    scaler: Scaler,
    last: Option<(u32, RgbImage)>,
}

impl Conformed {
    /// For a film of `size` (width, height in pixels) at `rate`.
    pub fn open(take: &TakeFile, size: (u32, u32), rate: Rate) -> Result<Self, Error> {
        Ok(Self {
            reader: PiecesReader::new(take.files.clone(), take.width, take.height),
            scaler: Scaler::new((take.width, take.height), size)?,
            take: take.clone(),
            rate,
            last: None,
        })
    }

    /// A conformed frame. Must not lie before the last one asked for.
    pub fn frame(&mut self, conformed: i64) -> Result<RgbImage, Error> {
        let wanted = self.take.native_frame(conformed, self.rate);
        if let Some((number, frame)) = &self.last
            && *number == wanted
        {
            return Ok(frame.clone());
        }
        let ahead = wanted.checked_sub(self.reader.position());
        self.reader.skip_frames(ahead.expect("frames are asked for in order"))?;
        let native = self.reader.next().unwrap_or_else(|| {
            let what = format!("ends before frame {wanted} of {}", self.take.frames());
            let path = self.take.files.last().map(|(path, _)| path.clone()).unwrap_or_default();
            Err(Error::Damaged { path, what })
        })?;
        let frame = self.scaler.scale(&native)?;
        self.last = Some((wanted, frame.clone()));
        Ok(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(frames: u32, numerator: u32, denominator: u32) -> TakeFile {
        TakeFile {
            files: vec![(PathBuf::new(), frames)],
            digest: String::new(),
            rate: Rate { numerator, denominator },
            width: 288,
            height: 160,
        }
    }

    #[test]
    fn frames_are_shown_as_long_as_they_last() {
        let shown = |take: &TakeFile, rate| -> Vec<u32> {
            (0..take.conformed_frames(rate))
                .map(|frame| take.native_frame(i64::from(frame), rate))
                .collect()
        };
        assert_eq!(shown(&take(4, 12, 1), Rate::FILM), [0, 0, 1, 1, 2, 2, 3, 3]);
        assert_eq!(shown(&take(3, 24, 1), Rate::FILM), [0, 1, 2]);
        assert_eq!(shown(&take(4, 16, 1), Rate::FILM), [0, 0, 1, 2, 2, 3]);
        assert_eq!(shown(&take(5, 48, 1), Rate::FILM), [0, 2, 4]);
        let ntsc = Rate { numerator: 24_000, denominator: 1001 };
        assert_eq!(take(1201, 12, 1).native_frame(1_000_000, ntsc), 1200);
        assert_eq!(take(100_000, 12, 1).native_frame(24_000, ntsc), 12_012);
        assert_eq!(take(9, 12, 1).native_frame(-5, Rate::FILM), 0);
        assert_eq!(take(9, 12, 1).native_frame(500, Rate::FILM), 8);
    }
}
