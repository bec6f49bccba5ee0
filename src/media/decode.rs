//! Reads the frames of a file, one at a time.
//!
//! Knows one video track; does not know what its frames show.

use std::path::{Path, PathBuf};

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::context::Input;
use ffmpeg_next::frame::Video;
use ffmpeg_next::{codec, media};
use image::RgbImage;

use super::picture::FromYuv;
use super::{AGAIN, Error};

/// Decodes the video track of a file.
pub(super) struct VideoDecoder {
    path: PathBuf,
    input: Input,
    stream: usize,
    track: codec::decoder::Video,
    ended: bool,
}

impl VideoDecoder {
    /// `formats` are FFmpeg's names of the allowed containers.
    pub(super) fn open(path: &Path, formats: &str) -> Result<Self, Error> {
        super::start();
        let mut options = ffmpeg::Dictionary::new();
        options.set("protocol_whitelist", "file");
        options.set("format_whitelist", formats);
        let input = ffmpeg::format::input_with_dictionary(&super::url(path)?, options)
            .map_err(Error::file(path, "opening"))?;
        let stream = input
            .streams()
            .best(media::Type::Video)
            .ok_or_else(|| Error::damaged(path, "has no picture track"))?;
        let index = stream.index();
        let mut context = codec::Context::from_parameters(stream.parameters())
            .map_err(Error::file(path, "opening the picture track"))?;
        context.set_threading(codec::threading::Config::count(1));
        let track =
            context.decoder().video().map_err(Error::file(path, "opening the picture track"))?;
        Ok(Self { path: path.to_owned(), input, stream: index, track, ended: false })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn size(&self) -> (u32, u32) {
        (self.track.width(), self.track.height())
    }

    /// The codec of the track.
    pub(super) fn id(&self) -> codec::Id {
        self.track.id()
    }

    /// Drops packets undecoded. Correct only if each packet is a frame of its
    /// own.
    pub(super) fn skip(&mut self, frames: u32) -> Result<(), Error> {
        for _ in 0..frames {
            if self.packet()?.is_none() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn packet(&mut self) -> Result<Option<ffmpeg::Packet>, Error> {
        loop {
            let mut packet = ffmpeg::Packet::empty();
            match packet.read(&mut self.input) {
                Ok(()) if packet.stream() == self.stream => return Ok(Some(packet)),
                Ok(()) => {}
                Err(ffmpeg::Error::Eof) => return Ok(None),
                Err(source) => return Err(Error::file(&self.path, "reading")(source)),
            }
        }
    }

    pub(super) fn next_frame(&mut self) -> Result<Option<Video>, Error> {
        let mut frame = Video::empty();
        loop {
            match self.track.receive_frame(&mut frame) {
                Ok(()) => return Ok(Some(frame)),
                Err(ffmpeg::Error::Eof) => return Ok(None),
                Err(AGAIN) if !self.ended => {}
                Err(source) => return Err(Error::file(&self.path, "decoding a frame")(source)),
            }
            let sent = if let Some(packet) = self.packet()? {
                self.track.send_packet(&packet)
            } else {
                self.ended = true;
                self.track.send_eof()
            };
            sent.map_err(Error::file(&self.path, "decoding a frame"))?;
        }
    }
}

/// Reads the frames of a film in the order of display.
pub struct FilmReader {
    decoder: VideoDecoder,
    colours: FromYuv,
}

impl FilmReader {
    /// Opens an MP4 film.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let decoder = VideoDecoder::open(path, "mov")?;
        let (width, height) = decoder.size();
        Ok(Self { colours: FromYuv::new(width, height)?, decoder })
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        self.decoder.size()
    }
}

impl Iterator for FilmReader {
    type Item = Result<RgbImage, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.decoder.next_frame() {
            Ok(frame) => frame.map(|yuv| self.colours.convert(&yuv)),
            Err(error) => Some(Err(error)),
        }
    }
}
