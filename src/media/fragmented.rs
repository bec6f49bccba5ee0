//! Encoded segments as fragments of an MP4 (ISO/IEC 14496-12, 8.8), for a browser
//! to play through Media Source.
//!
//! Knows packets and boxes; does not encode. Every fragment begins at time zero,
//! so a segment has the same bytes anywhere in a film.

use super::encoded::Encoded;
use super::h264::PictureFormat;
use crate::time::Rate;

/// Time units in a frame, enough of them for the last frame of a segment to end
/// slightly early. Some browsers round times, take the segment to overlap the
/// next one, and drop the next one's first picture.
const FINE: u32 = 1000;

/// Sample flags (8.8.3.1): depends on nothing; depends on others, no entry point.
const ENTRY: u32 = 0x0200_0000;
const DEPENDENT: u32 = 0x0101_0000;

/// The header that all segments of a format share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FragmentHeader {
    /// The codec in the syntax for browsers (RFC 6381): `avc1.64001f`.
    pub codec: String,
    /// The initialisation segment.
    pub bytes: Vec<u8>,
}

/// The header of segments with these parameter sets; `None` if they are not H.264
/// parameter sets.
pub(crate) fn header(picture: PictureFormat, parameter_sets: &[u8]) -> Option<FragmentHeader> {
    let units = units(parameter_sets);
    let of_type = |kind: u8| units.iter().find(|unit| unit.first().is_some_and(|b| b & 31 == kind));
    let (sequence, pictures) = (*of_type(7)?, *of_type(8)?);
    let profile: [u8; 3] = sequence.get(1..4)?.try_into().ok()?;
    let [a, b, c] = profile;
    let mut bytes = boxed(*b"ftyp", b"iso6\0\0\0\0iso6avc1mp41");
    bytes.extend(movie(picture, &configuration(profile, sequence, pictures)));
    Some(FragmentHeader { codec: format!("avc1.{a:02x}{b:02x}{c:02x}"), bytes })
}

/// One segment as one fragment that begins at time zero.
pub(crate) fn fragment(piece: &Encoded, rate: Rate) -> Vec<u8> {
    let samples: Vec<Vec<u8>> = piece.packets.iter().map(|packet| prefixed(&packet.data)).collect();
    let last = i64::from(piece.length) - 1;
    let frame = rate.denominator * FINE;
    let mut run = vec![];
    let mut decoded = 0;
    for (packet, sample) in piece.packets.iter().zip(&samples) {
        let duration = frame - u32::from(packet.pts == last);
        // A picture may have a negative offset: CMAF allows display before the
        // time of decoding.
        let offset = (packet.pts * i64::from(frame) - decoded) as i32;
        decoded += i64::from(duration);
        run.extend(duration.to_be_bytes());
        run.extend((sample.len() as u32).to_be_bytes());
        run.extend(if packet.key { ENTRY } else { DEPENDENT }.to_be_bytes());
        run.extend(offset.to_be_bytes());
    }
    let movie_fragment = |data_offset: u32| {
        let header = full(*b"mfhd", 0, 0, &1u32.to_be_bytes());
        let track = full(*b"tfhd", 0, 0x02_0000, &1u32.to_be_bytes());
        let time = full(*b"tfdt", 1, 0, &0u64.to_be_bytes());
        let counts = [(samples.len() as u32).to_be_bytes(), data_offset.to_be_bytes()].concat();
        let run = full(*b"trun", 1, 0x0f01, &[&counts[..], &run].concat());
        boxed(*b"moof", &[header, boxed(*b"traf", &[track, time, run].concat())].concat())
    };
    let length = movie_fragment(0).len() as u32;
    let mut bytes = movie_fragment(length + 8);
    bytes.extend(boxed(*b"mdat", &samples.concat()));
    bytes
}

fn boxed(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = (8 + body.len() as u32).to_be_bytes().to_vec();
    bytes.extend(kind);
    bytes.extend(body);
    bytes
}

fn full(kind: [u8; 4], version: u8, flags: u32, body: &[u8]) -> Vec<u8> {
    let head = (u32::from(version) << 24 | flags).to_be_bytes();
    boxed(kind, &[&head[..], body].concat())
}

/// The NAL units of a byte stream (ITU-T H.264, Annex B).
fn units(stream: &[u8]) -> Vec<&[u8]> {
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    while at + 3 <= stream.len() {
        if stream[at..at + 3] == [0, 0, 1] {
            starts.push(at + 3);
            at += 3;
        } else {
            at += 1;
        }
    }
    let ends = starts.iter().skip(1).map(|next| next - 3).chain([stream.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            let unit = &stream[*start..end];
            // Zeros may lie between a unit and the next start code.
            &unit[..unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)]
        })
        .collect()
}

/// A byte stream's units, each with its length before it (ISO/IEC 14496-15, 5.3).
fn prefixed(stream: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(stream.len());
    for unit in units(stream) {
        bytes.extend((unit.len() as u32).to_be_bytes());
        bytes.extend(unit);
    }
    bytes
}

/// `avcC` (ISO/IEC 14496-15, 5.3.3.1) of 8-bit 4:2:0 pictures.
fn configuration(profile: [u8; 3], sequence: &[u8], pictures: &[u8]) -> Vec<u8> {
    let mut body = vec![1];
    body.extend(profile);
    body.extend([0xff, 0xe1]);
    body.extend((sequence.len() as u16).to_be_bytes());
    body.extend(sequence);
    body.push(1);
    body.extend((pictures.len() as u16).to_be_bytes());
    body.extend(pictures);
    body.extend([0xfd, 0xf8, 0xf8, 0]);
    boxed(*b"avcC", &body)
}

fn movie(picture: PictureFormat, configuration: &[u8]) -> Vec<u8> {
    let timescale = (picture.rate.numerator * FINE).to_be_bytes();
    let [width, height] = [picture.width, picture.height];
    let matrix: Vec<u8> = [0x1_0000u32, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]
        .iter()
        .flat_map(|value| value.to_be_bytes())
        .collect();
    let next_track = 2u32.to_be_bytes();
    let movie_header = [
        &[0; 8][..],
        &timescale,
        &[0; 4],
        &[0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &matrix,
        &[0; 24],
        &next_track,
    ];
    let track_header = [
        &[0; 8][..],
        &1u32.to_be_bytes(),
        &[0; 8],
        &[0; 16],
        &matrix,
        &(width << 16).to_be_bytes(),
        &(height << 16).to_be_bytes(),
    ];
    let undetermined = [0x55, 0xc4, 0, 0];
    let media_header = [&[0; 8][..], &timescale, &[0; 4], &undetermined];
    let handler = [&[0; 4][..], b"vide", &[0; 12], b"picture\0"];
    let colours = boxed(*b"colr", &[&b"nclx"[..], &[0, 1, 0, 1, 0, 1, 0]].concat());
    let squares = boxed(*b"pasp", &[0, 0, 0, 1, 0, 0, 0, 1]);
    let entry = [
        &[0, 0, 0, 0, 0, 0, 0, 1][..],
        &[0; 16],
        &(width as u16).to_be_bytes(),
        &(height as u16).to_be_bytes(),
        &[0, 0x48, 0, 0, 0, 0x48, 0, 0],
        &[0; 4],
        &[0, 1],
        &[0; 32],
        &[0, 0x18, 0xff, 0xff],
        configuration,
        &colours,
        &squares,
    ];
    let entry = boxed(*b"avc1", &entry.concat());
    let descriptions = full(*b"stsd", 0, 0, &[&1u32.to_be_bytes()[..], &entry].concat());
    let table = [
        descriptions,
        full(*b"stts", 0, 0, &[0; 4]),
        full(*b"stsc", 0, 0, &[0; 4]),
        full(*b"stsz", 0, 0, &[0; 8]),
        full(*b"stco", 0, 0, &[0; 4]),
    ];
    let here = full(*b"url ", 0, 1, &[]);
    let reference = full(*b"dref", 0, 0, &[&1u32.to_be_bytes()[..], &here].concat());
    let information = [
        full(*b"vmhd", 0, 1, &[0; 8]),
        boxed(*b"dinf", &reference),
        boxed(*b"stbl", &table.concat()),
    ];
    let media = [
        full(*b"mdhd", 0, 0, &media_header.concat()),
        full(*b"hdlr", 0, 0, &handler.concat()),
        boxed(*b"minf", &information.concat()),
    ];
    let track =
        [full(*b"tkhd", 0, 3, &track_header.concat()), boxed(*b"mdia", &media.concat())].concat();
    let defaults = [1u32, 1, 0, 0, 0].map(u32::to_be_bytes).concat();
    let movie = [
        full(*b"mvhd", 0, 0, &movie_header.concat()),
        boxed(*b"trak", &track),
        boxed(*b"mvex", &full(*b"trex", 0, 0, &defaults)),
    ];
    boxed(*b"moov", &movie.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::decode::VideoDecoder;
    use crate::media::h264::{H264Encoder, parameter_sets};
    use image::RgbImage;

    fn piece(picture: PictureFormat, frames: u32, grey: u8) -> Encoded {
        let mut encoder = H264Encoder::new(picture, frames).unwrap();
        for frame in 0..frames {
            let noise = |x: u32, y: u32| ((x * 7 + y * 3 + frame * 5) % 32) as u8 + grey;
            encoder
                .push(&RgbImage::from_fn(picture.width, picture.height, |x, y| {
                    image::Rgb([noise(x, y); 3])
                }))
                .unwrap();
        }
        encoder.finish().unwrap()
    }

    #[test]
    fn fragments_decode_to_the_frames_of_their_piece() {
        let picture = PictureFormat { width: 64, height: 48, rate: Rate::FILM };
        let header = header(picture, &parameter_sets(picture).unwrap()).unwrap();
        assert_eq!(header.codec, "avc1.64001f");
        for frames in [2, 3, 24, 49, 100] {
            let piece = piece(picture, frames, 60);
            let file = tempfile::NamedTempFile::new().unwrap();
            let bytes = [header.bytes.clone(), fragment(&piece, picture.rate)].concat();
            std::fs::write(file.path(), bytes).unwrap();
            let mut decoder = VideoDecoder::open(file.path(), "mov,mp4,m4a,3gp,3g2,mj2").unwrap();
            assert_eq!(decoder.size(), (64, 48));
            let mut shown = Vec::new();
            while let Some(frame) = decoder.next_frame().unwrap() {
                shown.push(frame.pts().unwrap());
            }
            // FFmpeg shifts all times so that no picture is shown before it is
            // decoded.
            let first = shown[0];
            let times: Vec<i64> = shown.iter().map(|time| time - first).collect();
            let expected: Vec<i64> = (0..frames).map(|frame| i64::from(frame * FINE)).collect();
            assert_eq!(times, expected, "{frames} frames");
        }
    }

    #[test]
    fn units_are_found_whatever_their_start_codes() {
        let stream = [0, 0, 0, 1, 7, 1, 2, 0, 0, 1, 8, 3, 0, 0, 0, 1, 5, 0, 4];
        assert_eq!(units(&stream), [&[7, 1, 2][..], &[8, 3], &[5, 0, 4]]);
        assert_eq!(prefixed(&stream[..7]), [0, 0, 0, 3, 7, 1, 2]);
        assert!(
            header(
                PictureFormat { width: 16, height: 16, rate: Rate::FILM },
                b"not parameter sets"
            )
            .is_none()
        );
    }
}
