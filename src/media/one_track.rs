//! A file with one track of pictures, encoded frame by frame.
//!
//! Knows packets; does not know how a frame becomes the encoder's.

use std::path::PathBuf;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::encoder;
use ffmpeg_next::format::context::Output;
use ffmpeg_next::frame::Video;

use super::{AGAIN, Error};

/// An open file whose header is written. It is complete after [`OneTrack::finish`].
pub(super) struct OneTrack {
    pub(super) path: PathBuf,
    pub(super) output: Output,
    pub(super) encoder: encoder::video::Encoder,
    /// Seconds that a frame lasts.
    pub(super) time_base: ffmpeg::Rational,
    /// Frames that were added.
    pub(super) frames: u32,
}

impl OneTrack {
    /// Encodes the next frame.
    pub(super) fn write(&mut self, frame: &mut Video) -> Result<(), Error> {
        frame.set_pts(Some(i64::from(self.frames)));
        self.frames += 1;
        self.encoder.send_frame(frame).map_err(Error::file(&self.path, "encoding a frame"))?;
        self.drain()
    }

    fn drain(&mut self) -> Result<(), Error> {
        let mut packet = ffmpeg::Packet::empty();
        loop {
            match self.encoder.receive_packet(&mut packet) {
                Ok(()) => {}
                Err(ffmpeg::Error::Eof | AGAIN) => return Ok(()),
                Err(source) => return Err(Error::file(&self.path, "encoding a frame")(source)),
            }
            let time_base = self.output.stream(0).expect("the one track").time_base();
            packet.set_stream(0);
            packet.set_duration(1);
            packet.rescale_ts(self.time_base, time_base);
            packet
                .write_interleaved(&mut self.output)
                .map_err(Error::file(&self.path, "writing a frame"))?;
        }
    }

    /// Completes the file and returns its number of frames. `completing` says what that is
    /// if it fails.
    pub(super) fn finish(mut self, completing: &'static str) -> Result<u32, Error> {
        self.encoder.send_eof().map_err(Error::file(&self.path, "encoding a frame"))?;
        self.drain()?;
        self.output.write_trailer().map_err(Error::file(&self.path, completing))?;
        super::film::close(self.output, &self.path)?;
        Ok(self.frames)
    }
}
