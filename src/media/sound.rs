//! Encodes sound as AAC, 48 kHz stereo; resamples it, and reads it back.
//!
//! Knows samples in order; does not know films.

use std::path::Path;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::sample::{Sample, Type};
use ffmpeg_next::software::resampling::Context as Resampler;
use ffmpeg_next::{ChannelLayout, codec, encoder, frame, media};

use super::encoded::{Coded, Encoded};
use super::h264::extradata;
use super::{AGAIN, Error};

/// Samples per second of every sound track.
pub const SAMPLE_RATE: u32 = 48_000;

/// The encoder and its settings, for keys of stored sound.
pub const SETTINGS: &str = "aac lc 48000 stereo 128k";

/// Encodes `samples` stereo samples. `fill` writes the next ones, left and right,
/// each from -1 to 1, into zeroed buffers.
pub fn encode(
    samples: u32,
    fill: &mut dyn FnMut(&mut [f32], &mut [f32]),
) -> Result<Encoded, Error> {
    super::start();
    let failed = || Error::codec("encoding sound");
    let codec = encoder::find(codec::Id::AAC).ok_or(Error::Missing("AAC encoder"))?;
    let mut context = codec::Context::new_with_codec(codec).encoder().audio().map_err(failed())?;
    context.set_rate(SAMPLE_RATE as i32);
    context.set_format(Sample::F32(Type::Planar));
    context.set_channel_layout(ChannelLayout::STEREO);
    context.set_time_base((1, SAMPLE_RATE as i32));
    context.set_bit_rate(128_000);
    context.set_threading(codec::threading::Config::count(1));
    context.set_flags(codec::Flags::GLOBAL_HEADER | codec::Flags::BITEXACT);
    let mut encoder = context.open_as(codec).map_err(failed())?;
    let mut encoded =
        Encoded { extradata: extradata(&encoder), length: samples, packets: Vec::new() };
    let block = encoder.frame_size();
    let mut at = 0;
    while at < samples {
        let count = block.min(samples - at);
        let mut sound =
            frame::Audio::new(Sample::F32(Type::Planar), count as usize, ChannelLayout::STEREO);
        sound.set_rate(SAMPLE_RATE);
        sound.set_pts(Some(i64::from(at)));
        let (mut left, mut right) = (vec![0.0; count as usize], vec![0.0; count as usize]);
        fill(&mut left, &mut right);
        sound.plane_mut::<f32>(0).copy_from_slice(&left);
        sound.plane_mut::<f32>(1).copy_from_slice(&right);
        encoder.send_frame(&sound).map_err(failed())?;
        drain(&mut encoder, &mut encoded.packets)?;
        at += count;
    }
    encoder.send_eof().map_err(failed())?;
    drain(&mut encoder, &mut encoded.packets)?;
    Ok(encoded)
}

fn drain(encoder: &mut encoder::Audio, packets: &mut Vec<Coded>) -> Result<(), Error> {
    let mut packet = ffmpeg::Packet::empty();
    loop {
        match encoder.receive_packet(&mut packet) {
            Ok(()) => {}
            Err(ffmpeg::Error::Eof | AGAIN) => return Ok(()),
            Err(source) => return Err(Error::codec("encoding sound")(source)),
        }
        let pts = packet.pts().unwrap_or_default();
        packets.push(Coded {
            pts,
            dts: pts,
            duration: packet.duration() as u32,
            key: true,
            data: packet.data().unwrap_or_default().to_vec(),
        });
    }
}

/// Mono samples at another rate, at [`SAMPLE_RATE`].
pub fn resample(samples: &[f32], rate: u32) -> Result<Vec<f32>, Error> {
    convert(samples, rate, SAMPLE_RATE)
}

/// Mono samples at a rate, at another.
pub fn convert(samples: &[f32], rate: u32, to: u32) -> Result<Vec<f32>, Error> {
    super::start();
    let failed = || Error::codec("resampling");
    let format = Sample::F32(Type::Packed);
    let mono = ChannelLayout::MONO;
    let mut converter = Resampler::get(format, mono, rate, format, mono, to).map_err(failed())?;
    let length = samples.len() * to as usize / rate.max(1) as usize;
    let mut converted = Vec::with_capacity(length);
    let mut take = |frame: &frame::Audio| {
        let most = length - converted.len();
        converted.extend(frame.plane::<f32>(0).iter().take(most.min(frame.samples())));
    };
    for block in samples.chunks(PIECE) {
        let mut input = frame::Audio::new(format, block.len(), mono);
        input.set_rate(rate);
        input.plane_mut::<f32>(0).copy_from_slice(block);
        let room = block.len() * to as usize / rate.max(1) as usize + DELAY;
        let mut output = frame::Audio::new(format, room, mono);
        output.set_rate(to);
        converter.run(&input, &mut output).map_err(failed())?;
        take(&output);
    }
    let mut output = frame::Audio::new(format, DELAY, mono);
    output.set_rate(to);
    converter.flush(&mut output).map_err(failed())?;
    take(&output);
    converted.resize(length, 0.0);
    Ok(converted)
}

/// Samples to resample at once.
const PIECE: usize = 1 << 15;

/// The most samples that a resampler holds back.
const DELAY: usize = 1 << 12;

/// The formats of sound files that Photoplay reads; FFmpeg knows many more.
const FORMATS: &str = "wav,w64,aiff,flac,ogg,mp3,aac,mov,matroska";

/// The most channels of a sound file.
const MOST_CHANNELS: u16 = 8;

/// Reads the sound track of an MP4 film: left and right, at [`SAMPLE_RATE`].
pub fn read(path: &Path) -> Result<[Vec<f32>; 2], Error> {
    load(path, 0, usize::MAX)
}

/// Reads at most so many samples of a file's sound, after the first `from`: left and right,
/// at [`SAMPLE_RATE`]. Does not trust the file: its content decides its format, and no
/// claim in it decides how much memory to allocate.
pub fn load(path: &Path, from: usize, most: usize) -> Result<[Vec<f32>; 2], Error> {
    super::start();
    let mut options = ffmpeg::Dictionary::new();
    options.set("protocol_whitelist", "file");
    options.set("format_whitelist", FORMATS);
    let failed = |doing| Error::file(path, doing);
    let mut input = ffmpeg::format::input_with_dictionary(&super::url(path)?, options)
        .map_err(failed("opening"))?;
    let track = input.streams().best(media::Type::Audio);
    let track = track.ok_or_else(|| Error::damaged(path, "has no sound track"))?;
    let index = track.index();
    let context = codec::Context::from_parameters(track.parameters())
        .map_err(failed("opening the sound track"))?;
    let mut decoder = context.decoder().audio().map_err(failed("opening the sound track"))?;
    let mut sound = Heard { path, converter: None, sides: [Vec::new(), Vec::new()], from, most };
    let mut ended = false;
    while !ended && !sound.is_full() {
        let mut packet = ffmpeg::Packet::empty();
        let sent = match packet.read(&mut input) {
            Ok(()) if packet.stream() == index => decoder.send_packet(&packet),
            Ok(()) => continue,
            Err(ffmpeg::Error::Eof) => {
                ended = true;
                decoder.send_eof()
            }
            Err(source) => return Err(Error::file(path, "reading")(source)),
        };
        sent.map_err(failed("decoding the sound"))?;
        let mut frame = frame::Audio::empty();
        while decoder.receive_frame(&mut frame).is_ok() && !sound.is_full() {
            sound.add(frame)?;
            frame = frame::Audio::empty();
        }
    }
    sound.finish()
}

/// The decoded samples of a file so far.
struct Heard<'a> {
    path: &'a Path,
    converter: Option<Resampler>,
    sides: [Vec<f32>; 2],
    /// Samples still to skip.
    from: usize,
    most: usize,
}

impl Heard<'_> {
    fn is_full(&self) -> bool {
        self.sides[0].len() >= self.most
    }

    fn add(&mut self, mut frame: frame::Audio) -> Result<(), Error> {
        let failed = || Error::file(self.path, "converting the sound");
        let (rate, channels) = (frame.rate(), frame.channels());
        if rate == 0 || channels == 0 || channels > MOST_CHANNELS {
            return Err(Error::damaged(self.path, "has no sound that can be played"));
        }
        // A file without a channel layout gets the usual one.
        if frame.channel_layout().is_empty() {
            frame.set_channel_layout(ChannelLayout::default(i32::from(channels)));
        }
        let (format, layout) = (frame.format(), frame.channel_layout());
        let planar = Sample::F32(Type::Planar);
        let converter = match &mut self.converter {
            Some(converter) => converter,
            none => none.insert(
                Resampler::get(format, layout, rate, planar, ChannelLayout::STEREO, SAMPLE_RATE)
                    .map_err(failed())?,
            ),
        };
        let room = frame.samples() as u64 * u64::from(SAMPLE_RATE) / u64::from(rate);
        let mut output = frame::Audio::new(planar, room as usize + DELAY, ChannelLayout::STEREO);
        output.set_rate(SAMPLE_RATE);
        converter.run(&frame, &mut output).map_err(failed())?;
        self.take(&output);
        Ok(())
    }

    fn take(&mut self, converted: &frame::Audio) {
        let left_out = self.from.min(converted.samples());
        self.from -= left_out;
        let room = self.most - self.sides[0].len();
        for (number, side) in self.sides.iter_mut().enumerate() {
            let samples = converted.plane::<f32>(number).iter().take(converted.samples());
            side.extend(samples.skip(left_out).take(room));
        }
    }

    /// All decoded samples, checked.
    fn finish(mut self) -> Result<[Vec<f32>; 2], Error> {
        if let Some(mut converter) = self.converter.take()
            && !self.is_full()
        {
            let planar = Sample::F32(Type::Planar);
            let mut output = frame::Audio::new(planar, DELAY, ChannelLayout::STEREO);
            output.set_rate(SAMPLE_RATE);
            // Nothing is left in a converter that only changes the format.
            if converter.flush(&mut output).is_ok() {
                self.take(&output);
            }
        }
        if self.sides.iter().flatten().any(|sample| !sample.is_finite()) {
            return Err(Error::damaged(self.path, "holds numbers that are no sound"));
        }
        if self.sides[0].is_empty() {
            return Err(Error::damaged(self.path, "holds no sound, or none so far into it"));
        }
        Ok(self.sides)
    }
}
