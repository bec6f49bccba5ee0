//! Encodes sound as AAC, 48 kHz stereo.
//!
//! Knows samples in order; does not know films.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::sample::{Sample, Type};
use ffmpeg_next::{ChannelLayout, codec, encoder, frame};

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
