//! Encodes frames as H.264 segments that can be joined in any order if their
//! formats are equal.
//!
//! Knows one segment; `film` joins them.

use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

use ffmpeg_next as ffmpeg;
use ffmpeg_next::codec::{self, threading};
use ffmpeg_next::frame::Video;
use ffmpeg_next::{color, encoder, format};
use image::RgbImage;

use super::encoded::{Coded, Encoded};
use super::picture::ToVideo;
use super::{AGAIN, Error};
use crate::time::Rate;

/// Frames that a decoder holds back to reorder them. Equal for every segment, so
/// that decoding times rise strictly across joins.
pub(crate) const REORDER: i64 = 2;

/// Frames from one entry point to the next within a segment.
const GOP: u32 = 48;

/// `stitchable` keeps parameter sets independent of the rate control.
const X264: &str = "stitchable=1:open-gop=0:keyint=infinite:scenecut=0";

/// Adds to [`X264`] the instruction sets that it may use on this machine. They do
/// not change the output, except AVX-512: with it, core 164 sometimes encodes the
/// same frames differently. The name of a set includes all earlier ones.
fn steady() -> String {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx512f") {
        return format!("{X264}:asm=avx2,fma3,bmi2");
    }
    X264.to_owned()
}

/// The format that all segments of one film share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PictureFormat {
    /// In pixels, even.
    pub width: u32,
    /// In pixels, even.
    pub height: u32,
    /// Frames per second.
    pub rate: Rate,
}

impl PictureFormat {
    /// Every setting that decides the encoded bits, apart from versions of
    /// libraries.
    pub(crate) fn settings(self) -> String {
        let options: Vec<String> =
            self.options().iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("libx264 {} yuv420p bt709 tv sar=1 threads=1 gop={GOP}", options.join(" "))
    }

    /// Profile, level and colours are fixed: they are in the parameter sets,
    /// which all segments of a film share.
    fn options(self) -> Vec<(&'static str, String)> {
        vec![
            ("preset", "veryfast".into()),
            ("crf", "18".into()),
            ("profile", "high".into()),
            ("level", self.level().into()),
            ("bf", "3".into()),
            ("b-pyramid", "normal".into()),
            ("forced-idr", "1".into()),
            ("x264-params", X264.into()),
        ]
    }

    /// The lowest level, from 3.1 on, that allows the format (ITU-T H.264, Table
    ///
    fn level(self) -> &'static str {
        let blocks = u64::from(self.width.div_ceil(16)) * u64::from(self.height.div_ceil(16));
        let per_second = blocks * u64::from(self.rate.numerator) / u64::from(self.rate.denominator);
        let table = [
            ("3.1", 3_600, 108_000),
            ("4.0", 8_192, 245_760),
            ("4.2", 8_704, 522_240),
            ("5.1", 36_864, 983_040),
            ("5.2", 36_864, 2_073_600),
            ("6.2", 139_264, 16_711_680),
        ];
        table
            .iter()
            .find(|(_, frame, second)| blocks <= *frame && per_second <= *second)
            .map_or("6.2", |(level, _, _)| *level)
    }
}

/// Encodes one segment. x264 runs in a thread of its own while the caller draws
/// the next frames; [`Self::finish`] returns its errors.
pub(crate) struct H264Encoder {
    colours: ToVideo,
    extradata: Vec<u8>,
    length: u32,
    frames: u32,
    converted: SyncSender<Video>,
    x264: JoinHandle<Result<Vec<Coded>, Error>>,
}

/// Most frames that wait for x264: enough to keep it busy.
const AHEAD: usize = 2;

impl H264Encoder {
    /// An encoder for `length` frames of a format.
    pub(crate) fn new(picture: PictureFormat, length: u32) -> Result<Self, Error> {
        let x264 = open(picture)?;
        let colours = ToVideo::new((picture.width, picture.height), format::Pixel::YUV420P)?;
        let extradata = extradata(&x264);
        let (converted, frames) = mpsc::sync_channel(AHEAD);
        let x264 = thread::spawn(move || encode(x264, frames));
        Ok(Self { colours, extradata, length, frames: 0, converted, x264 })
    }

    /// Adds the next frame.
    pub(crate) fn push(&mut self, frame: &RgbImage) -> Result<(), Error> {
        let mut yuv = self.colours.convert(frame)?;
        yuv.set_pts(Some(i64::from(self.frames)));
        yuv.set_color_range(color::Range::MPEG);
        yuv.set_color_space(color::Space::BT709);
        // Never the last frame: the next segment begins with an IDR picture, and
        // two in a row would need different `idr_pic_id`s (H.264, 7.4.3).
        if self.frames.is_multiple_of(GOP) && self.frames + 1 < self.length {
            yuv.set_kind(ffmpeg::picture::Type::I);
        }
        self.frames += 1;
        // Fails only if x264 has failed, and then `finish` returns the error.
        let _ = self.converted.send(yuv);
        Ok(())
    }

    /// The whole segment. Panics unless the caller has pushed `length` frames.
    pub(crate) fn finish(self) -> Result<Encoded, Error> {
        assert_eq!(self.frames, self.length, "the caller pushes `length` frames");
        drop(self.converted);
        let packets = self.x264.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok(Encoded { extradata: self.extradata, length: self.frames, packets })
    }
}

fn open(picture: PictureFormat) -> Result<encoder::video::Encoder, Error> {
    super::start();
    let failed = || Error::codec("setting up H.264");
    let codec = encoder::find_by_name("libx264").ok_or(Error::Missing("libx264 encoder"))?;
    let mut context = codec::Context::new_with_codec(codec).encoder().video().map_err(failed())?;
    let rate = ffmpeg::Rational(picture.rate.numerator as i32, picture.rate.denominator as i32);
    context.set_width(picture.width);
    context.set_height(picture.height);
    context.set_format(format::Pixel::YUV420P);
    context.set_time_base(rate.invert());
    context.set_frame_rate(Some(rate));
    context.set_aspect_ratio((1, 1));
    context.set_color_range(color::Range::MPEG);
    context.set_colorspace(color::Space::BT709);
    context.set_color_primaries(color::Primaries::BT709);
    context.set_color_transfer_characteristic(color::TransferCharacteristic::BT709);
    // More threads would change the output; segments are encoded in parallel
    // instead.
    context.set_threading(threading::Config::count(1));
    context.set_flags(codec::Flags::GLOBAL_HEADER | codec::Flags::CLOSED_GOP);
    let options = picture.options();
    let mut options: ffmpeg::Dictionary<'_> =
        options.iter().map(|(name, value)| (*name, value.as_str())).collect();
    options.set("x264-params", &steady());
    context.open_with(options).map_err(failed())
}

fn encode(mut x264: encoder::video::Encoder, frames: Receiver<Video>) -> Result<Vec<Coded>, Error> {
    let failed = || Error::codec("encoding H.264");
    let mut packets = Vec::new();
    for frame in frames {
        x264.send_frame(&frame).map_err(failed())?;
        drain(&mut x264, &mut packets).map_err(failed())?;
    }
    x264.send_eof().map_err(failed())?;
    drain(&mut x264, &mut packets).map_err(failed())?;
    Ok(packets)
}

fn drain(
    x264: &mut encoder::video::Encoder,
    packets: &mut Vec<Coded>,
) -> Result<(), ffmpeg::Error> {
    let mut packet = ffmpeg::Packet::empty();
    loop {
        match x264.receive_packet(&mut packet) {
            Ok(()) => packets.push(Coded {
                pts: packet.pts().unwrap_or_default(),
                dts: packets.len() as i64 - REORDER,
                duration: 1,
                key: packet.is_key(),
                data: packet.data().unwrap_or_default().to_vec(),
            }),
            Err(ffmpeg::Error::Eof | AGAIN) => return Ok(()),
            Err(source) => return Err(source),
        }
    }
}

/// The parameter sets of every segment of a format.
pub(crate) fn parameter_sets(picture: PictureFormat) -> Result<Vec<u8>, Error> {
    let x264 = open(picture)?;
    Ok(extradata(&x264))
}

/// The version of x264, read from its signature in encoded data.
pub(crate) fn library() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let picture = PictureFormat { width: 16, height: 16, rate: Rate::FILM };
        let signed = || {
            let mut encoder = H264Encoder::new(picture, 1)?;
            encoder.push(&RgbImage::new(16, 16))?;
            encoder.finish()
        };
        let data = signed().map_or(Vec::new(), |piece| piece.packets[0].data.clone());
        let text = String::from_utf8_lossy(&data);
        let version =
            text.split_once("x264 - core ").and_then(|(_, rest)| rest.split(" - ").next());
        format!("x264 core {}", version.unwrap_or("unknown"))
    })
}

/// Parameter sets of an open encoder.
pub(super) fn extradata(encoder: &codec::Context) -> Vec<u8> {
    // SAFETY: an opened encoder's `extradata` is null or has `extradata_size`
    // bytes; they are copied before the borrow ends.
    #[expect(unsafe_code, reason = "ffmpeg-next does not give access to extradata")]
    unsafe {
        let context = encoder.as_ptr();
        if (*context).extradata.is_null() {
            Vec::new()
        } else {
            let length = (*context).extradata_size as usize;
            std::slice::from_raw_parts((*context).extradata, length).to_vec()
        }
    }
}

/// Whether an Annex B packet is an entry point: all its slices are IDR slices
/// (`nal_unit_type` 5), and it has one.
pub(crate) fn is_idr(data: &[u8]) -> bool {
    let mut found = false;
    for at in 0..data.len().saturating_sub(3) {
        if data[at..at + 3] == [0, 0, 1] {
            match data[at + 3] & 0x1f {
                5 => found = true,
                1..=4 => return false,
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMAT: PictureFormat = PictureFormat { width: 64, height: 48, rate: Rate::FILM };

    fn encode(frames: u32, seed: u32) -> Encoded {
        let mut encoder = H264Encoder::new(FORMAT, frames).expect("an encoder");
        for frame in 0..frames {
            let picture = RgbImage::from_fn(64, 48, |x, y| {
                let grey = ((x * 5 + y * 3 * (seed + 1) + frame * 11 * seed) % 256) as u8;
                image::Rgb([grey, grey.wrapping_mul(seed as u8 | 1), 255 - grey])
            });
            encoder.push(&picture).expect("encodes");
        }
        encoder.finish().expect("finishes")
    }

    #[test]
    fn pieces_of_every_length_fit_together() {
        let first = encode(48, 3);
        for (frames, seed) in [(1, 1), (2, 2), (3, 0), (7, 4), (24, 1), (49, 2), (97, 0), (100, 5)]
        {
            let piece = encode(frames, seed);
            assert_eq!(piece.extradata, first.extradata, "{frames} frames");
            assert_eq!(piece.length, frames);
            assert_eq!(piece.packets.len(), frames as usize);
            assert!(is_idr(&piece.packets[0].data), "{frames} frames begin with an IDR picture");
            assert!(piece.packets.iter().all(|packet| packet.pts >= packet.dts));
            let entries: Vec<usize> =
                (0..frames as usize).filter(|at| is_idr(&piece.packets[*at].data)).collect();
            assert_eq!(entries, (0..frames.max(2) as usize - 1).step_by(48).collect::<Vec<_>>());
            let mut shown: Vec<i64> = piece.packets.iter().map(|packet| packet.pts).collect();
            shown.sort_unstable();
            assert!(shown.into_iter().eq(0..i64::from(frames)));
        }
        assert_eq!(encode(24, 1), encode(24, 1));
    }

    #[test]
    fn the_encoder_says_who_it_is() {
        let version = library().strip_prefix("x264 core ").expect("a name");
        assert!(version.starts_with(|digit: char| digit.is_ascii_digit()), "{version}");
    }

    #[test]
    fn the_level_follows_the_format() {
        let level = |width, height, fps| {
            let rate = Rate { numerator: fps, denominator: 1 };
            PictureFormat { width, height, rate }.level()
        };
        assert_eq!(level(960, 540, 24), "3.1");
        assert_eq!(level(1920, 1080, 24), "4.0");
        assert_eq!(level(1920, 1080, 60), "4.2");
        assert_eq!(level(3840, 2160, 24), "5.1");
    }
}
