//! Takes on disk: FFV1 in Matroska, with every pixel unchanged.
//!
//! Knows frames in order; does not know keys. The rate is only for players.

use std::path::{Path, PathBuf};

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::frame::Video;
use ffmpeg_next::{codec, encoder};
use image::RgbImage;

use super::Error;
use super::decode::VideoDecoder;
use super::one_track::OneTrack;
use crate::time::Rate;

/// Least width and height of a take in pixels.
const SMALLEST: u32 = 8;

/// Writes a take frame by frame. The file is complete after
/// [`TakeWriter::finish`].
pub struct TakeWriter {
    track: OneTrack,
    frame: Video,
}

impl TakeWriter {
    /// Creates a file for frames of `width` × `height` pixels; replaces an old
    /// one.
    pub fn create(path: &Path, width: u32, height: u32, rate: Rate) -> Result<Self, Error> {
        super::start();
        // FFmpeg 5.1 loses pixels when it cuts smaller pictures into slices.
        if width.min(height) < SMALLEST {
            let what = format!(
                "pictures of {width}×{height} pixels are too small for a take; \
                 {SMALLEST}×{SMALLEST} is the least"
            );
            return Err(Error::damaged(path, what));
        }
        let mut output = ffmpeg::format::output_as(&super::url(path)?, "matroska")
            .map_err(Error::file(path, "creating a take"))?;
        let codec = encoder::find(codec::Id::FFV1).ok_or(Error::Missing("FFV1 encoder"))?;
        let mut encoder = codec::Context::new_with_codec(codec)
            .encoder()
            .video()
            .map_err(Error::codec("setting up FFV1"))?;
        let time_base = ffmpeg::Rational(rate.denominator as i32, rate.numerator as i32);
        encoder.set_width(width);
        encoder.set_height(height);
        encoder.set_format(Pixel::BGRZ);
        encoder.set_time_base(time_base);
        encoder.set_frame_rate(Some(time_base.invert()));
        encoder.set_gop(1);
        encoder.set_threading(codec::threading::Config::count(1));
        encoder.set_flags(codec::Flags::BITEXACT | codec::Flags::GLOBAL_HEADER);
        let options = [("level", "3"), ("slices", "4"), ("slicecrc", "1")];
        let encoder =
            encoder.open_with(options.iter().collect()).map_err(Error::codec("setting up FFV1"))?;
        let mut stream = output.add_stream(codec).map_err(Error::file(path, "adding a track"))?;
        stream.set_parameters(&encoder);
        stream.set_time_base(time_base);
        stream.set_avg_frame_rate(time_base.invert());
        super::film::write_bit_exact(&mut output);
        output.write_header().map_err(Error::file(path, "writing a take"))?;
        let path = path.to_owned();
        Ok(Self {
            track: OneTrack { path, output, encoder, time_base, frames: 0 },
            frame: Video::new(Pixel::BGRZ, width, height),
        })
    }

    /// Adds the next frame.
    pub fn write(&mut self, frame: &RgbImage) -> Result<(), Error> {
        let expected = (self.frame.width(), self.frame.height());
        if frame.dimensions() != expected {
            return Err(Error::Size { found: frame.dimensions(), expected });
        }
        // The encoder may still hold the last frame's buffer.
        self.frame = Video::new(Pixel::BGRZ, expected.0, expected.1);
        let stride = self.frame.stride(0);
        let rows = frame.as_raw().chunks_exact(3 * expected.0 as usize);
        for (to, from) in self.frame.data_mut(0).chunks_mut(stride).zip(rows) {
            for (to, from) in to.chunks_exact_mut(4).zip(from.chunks_exact(3)) {
                to.copy_from_slice(&[from[2], from[1], from[0], 0]);
            }
        }
        self.track.write(&mut self.frame)
    }

    /// Completes the file and returns its number of frames.
    pub fn finish(self) -> Result<u32, Error> {
        self.track.finish("completing a take")
    }
}

/// Reads a take frame by frame.
pub struct TakeReader {
    decoder: VideoDecoder,
    frames: u32,
    next: u32,
}

impl TakeReader {
    /// Opens a file that must hold `frames` frames of `width` × `height` pixels.
    pub fn open(path: &Path, width: u32, height: u32, frames: u32) -> Result<Self, Error> {
        let decoder = VideoDecoder::open(path, "matroska,webm")?;
        if decoder.id() != codec::Id::FFV1 {
            return Err(Error::damaged(path, "is not a lossless take (FFV1)"));
        }
        if decoder.size() != (width, height) {
            let (w, h) = decoder.size();
            let what = format!("has pictures of {w}×{h} pixels instead of {width}×{height}");
            return Err(Error::damaged(path, what));
        }
        Ok(Self { decoder, frames, next: 0 })
    }

    /// Number of the frame that [`Iterator::next`] returns, from 0.
    pub fn position(&self) -> u32 {
        self.next
    }

    /// Number of frames left to read.
    fn left(&self) -> u32 {
        self.frames.saturating_sub(self.next)
    }

    /// Skips frames undecoded.
    pub fn skip_frames(&mut self, frames: u32) -> Result<(), Error> {
        // FFV1 with a GOP of one: every packet is a frame.
        self.next += frames;
        self.decoder.skip(frames)
    }

    fn read(&mut self) -> Result<Option<RgbImage>, Error> {
        let frame = self.decoder.next_frame()?;
        let path = self.decoder.path();
        match frame {
            None if self.next < self.frames => Err(Error::damaged(
                path,
                format!("ends after {} of {} frames", self.next, self.frames),
            )),
            None => Ok(None),
            Some(_) if self.next >= self.frames => {
                Err(Error::damaged(path, format!("has more than {} frames", self.frames)))
            }
            Some(frame) if frame.format() != Pixel::BGRZ => {
                Err(Error::damaged(path, "has pictures that are not 8-bit RGB"))
            }
            Some(frame) => {
                self.next += 1;
                let (width, height) = self.decoder.size();
                let mut pixels = Vec::with_capacity((3 * width * height) as usize);
                for line in frame.data(0).chunks(frame.stride(0)).take(height as usize) {
                    for pixel in line[..4 * width as usize].chunks_exact(4) {
                        pixels.extend([pixel[2], pixel[1], pixel[0]]);
                    }
                }
                Ok(Some(RgbImage::from_raw(width, height, pixels).expect("as many as counted")))
            }
        }
    }
}

impl Iterator for TakeReader {
    type Item = Result<RgbImage, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// Reads a take in several files as one sequence of frames.
pub struct PiecesReader {
    /// Files not yet opened, each with its number of frames.
    files: std::vec::IntoIter<(PathBuf, u32)>,
    size: (u32, u32),
    open: Option<TakeReader>,
    next: u32,
}

impl PiecesReader {
    /// A reader of files in order, each with its number of frames of `width` ×
    /// `height` pixels. Opens each file when its first frame is needed.
    pub fn new(files: Vec<(PathBuf, u32)>, width: u32, height: u32) -> Self {
        Self { files: files.into_iter(), size: (width, height), open: None, next: 0 }
    }

    /// Number of the frame that [`Iterator::next`] returns, from 0.
    pub fn position(&self) -> u32 {
        self.next
    }

    /// Skips frames undecoded, at most those that are left.
    pub fn skip_frames(&mut self, frames: u32) -> Result<(), Error> {
        let mut more = frames;
        while more > 0 {
            if let Some(open) = self.open.as_mut().filter(|open| open.left() > 0) {
                let here = more.min(open.left());
                open.skip_frames(here)?;
                self.next += here;
                more -= here;
                continue;
            }
            let Some((path, length)) = self.files.next() else { return Ok(()) };
            if length <= more {
                self.open = None;
                self.next += length;
                more -= length;
            } else {
                self.open = Some(TakeReader::open(&path, self.size.0, self.size.1, length)?);
            }
        }
        Ok(())
    }

    fn read(&mut self) -> Result<Option<RgbImage>, Error> {
        loop {
            if let Some(open) = &mut self.open
                && let Some(frame) = open.read()?
            {
                self.next += 1;
                return Ok(Some(frame));
            }
            let Some((path, length)) = self.files.next() else { return Ok(None) };
            self.open = Some(TakeReader::open(&path, self.size.0, self.size.1, length)?);
        }
    }
}

impl Iterator for PiecesReader {
    type Item = Result<RgbImage, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
