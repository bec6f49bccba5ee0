//! Writes media for editing systems: every frame by itself, in ten bits or without loss,
//! with a timecode track.
//!
//! Knows frames in order; does not know films.

use std::path::Path;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::{codec, color, encoder};
use image::RgbImage;

use super::Error;
use super::one_track::OneTrack;
use super::picture::ToVideo;
use crate::time::Rate;

/// Smallest picture of DNxHR.
const SMALLEST_DNXHR: (u32, u32) = (256, 120);

/// How media for an editing system is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MasterCodec {
    /// `DNxHR` HQX: 4:2:2, ten bits.
    DnxhrHqx,
    /// Apple `ProRes` 422 HQ: 4:2:2, ten bits.
    ProRes,
    /// `FFV1`: RGB without any loss.
    Ffv1,
}

impl MasterCodec {
    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::DnxhrHqx | Self::ProRes => "mov",
            Self::Ffv1 => "mkv",
        }
    }

    /// Its settings, for people and for keys.
    pub fn settings(self) -> &'static str {
        match self {
            Self::DnxhrHqx => "DNxHR HQX 4:2:2 10 bit",
            Self::ProRes => "ProRes 422 HQ 10 bit",
            Self::Ffv1 => "FFV1 RGB 8 bit",
        }
    }

    /// How many times a picture (width, height) has to be enlarged for it.
    pub fn enlarged(self, (width, height): (u32, u32)) -> u32 {
        let least = match self {
            Self::DnxhrHqx => SMALLEST_DNXHR,
            Self::ProRes => (16, 16),
            Self::Ffv1 => (8, 8),
        };
        least.0.div_ceil(width.max(1)).max(least.1.div_ceil(height.max(1)))
    }

    fn muxer(self) -> &'static str {
        match self {
            Self::DnxhrHqx | Self::ProRes => "mov",
            Self::Ffv1 => "matroska",
        }
    }

    fn pixels(self) -> Pixel {
        match self {
            Self::DnxhrHqx | Self::ProRes => Pixel::YUV422P10LE,
            Self::Ffv1 => Pixel::BGRZ,
        }
    }

    fn encoder(self) -> Result<ffmpeg::Codec, Error> {
        let (name, missing) = match self {
            Self::DnxhrHqx => ("dnxhd", "DNxHR encoder"),
            Self::ProRes => ("prores_ks", "ProRes encoder"),
            Self::Ffv1 => ("ffv1", "FFV1 encoder"),
        };
        encoder::find_by_name(name).ok_or(Error::Missing(missing))
    }

    fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::DnxhrHqx => &[("profile", "dnxhr_hqx")],
            Self::ProRes => &[("profile", "hq"), ("vendor", "apl0")],
            Self::Ffv1 => &[("level", "3"), ("slices", "4"), ("slicecrc", "1")],
        }
    }
}

/// The metadata of a media file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MasterFormat<'a> {
    /// How it is encoded.
    pub codec: MasterCodec,
    /// In pixels, even.
    pub width: u32,
    /// In pixels, even.
    pub height: u32,
    /// Frames per second.
    pub rate: Rate,
    /// The timecode of its first frame, `01:00:05:12`.
    pub timecode: &'a str,
    /// The name of its reel.
    pub reel: &'a str,
    /// A comment: what it is, and that a model made it.
    pub comment: &'a str,
}

/// Writes a media file frame by frame. The file is complete after
/// [`MasterWriter::finish`].
pub struct MasterWriter {
    track: OneTrack,
    colours: ToVideo,
    yuv: bool,
}

impl MasterWriter {
    /// Creates a file; replaces an old one.
    pub fn create(path: &Path, format: &MasterFormat<'_>) -> Result<Self, Error> {
        super::start();
        let MasterFormat { codec: kind, width, height, rate, .. } = *format;
        let mut output = ffmpeg::format::output_as(&super::url(path)?, kind.muxer())
            .map_err(Error::file(path, "creating media"))?;
        let failed = || Error::codec("setting up the encoder of media");
        let codec = kind.encoder()?;
        let mut context =
            codec::Context::new_with_codec(codec).encoder().video().map_err(failed())?;
        let time_base = ffmpeg::Rational(rate.denominator as i32, rate.numerator as i32);
        context.set_width(width);
        context.set_height(height);
        context.set_format(kind.pixels());
        context.set_time_base(time_base);
        context.set_frame_rate(Some(time_base.invert()));
        context.set_aspect_ratio((1, 1));
        context.set_gop(1);
        context.set_color_primaries(color::Primaries::BT709);
        context.set_color_transfer_characteristic(color::TransferCharacteristic::BT709);
        let yuv = kind != MasterCodec::Ffv1;
        context.set_colorspace(if yuv { color::Space::BT709 } else { color::Space::RGB });
        context.set_color_range(if yuv { color::Range::MPEG } else { color::Range::JPEG });
        context.set_threading(codec::threading::Config::count(1));
        let global = if yuv { codec::Flags::empty() } else { codec::Flags::GLOBAL_HEADER };
        context.set_flags(codec::Flags::BITEXACT | global);
        let encoder = context.open_with(kind.options().iter().collect()).map_err(failed())?;
        let mut stream = output.add_stream(codec).map_err(Error::file(path, "adding a track"))?;
        stream.set_parameters(&encoder);
        stream.set_time_base(time_base);
        stream.set_rate(time_base.invert());
        stream.set_avg_frame_rate(time_base.invert());
        stream.set_metadata(
            [("timecode", format.timecode), ("reel_name", format.reel)].iter().collect(),
        );
        let tags = [("comment", format.comment)];
        let tags = tags.iter().filter(|(_, value)| !value.contains('\0'));
        output.set_metadata(tags.collect());
        super::film::write_bit_exact(&mut output);
        // The header of the whole file counts in frames too: its length is no rounded one.
        let scale = rate.numerator.to_string();
        let options = [("movie_timescale", scale.as_str())];
        let options = options.iter().filter(|_| kind.muxer() == "mov");
        output
            .write_header_with(options.collect())
            .map(drop)
            .map_err(Error::file(path, "writing media"))?;
        let path = path.to_owned();
        Ok(Self {
            track: OneTrack { path, output, encoder, time_base, frames: 0 },
            colours: ToVideo::new((width, height), kind.pixels())?,
            yuv,
        })
    }

    /// Adds the next frame.
    pub fn write(&mut self, frame: &RgbImage) -> Result<(), Error> {
        let mut video = self.colours.convert(frame)?;
        // ProRes writes what its frames say into every one of them.
        video.set_color_primaries(color::Primaries::BT709);
        video.set_color_transfer_characteristic(color::TransferCharacteristic::BT709);
        if self.yuv {
            video.set_color_space(color::Space::BT709);
            video.set_color_range(color::Range::MPEG);
        }
        self.track.write(&mut video)
    }

    /// Completes the file and returns its number of frames.
    pub fn finish(self) -> Result<u32, Error> {
        self.track.finish("completing media")
    }
}
