//! Reads the boxes of ISO base media files (ISO/IEC 14496-12).
//!
//! Knows where boxes begin and end; knows the content of few.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

/// A box in a file.
pub(super) struct FoundBox {
    /// Its four-letter type.
    pub kind: [u8; 4],
    /// The bytes after its header.
    pub body: Range<u64>,
}

/// The boxes in a range of a file, one after the other.
pub(super) fn boxes(file: &mut File, range: Range<u64>) -> io::Result<Vec<FoundBox>> {
    let mut found = Vec::new();
    let Range { start: mut at, end } = range;
    while at + 8 <= end {
        let mut header = [0; 8];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut header)?;
        let [a, b, c, d, kind @ ..] = header;
        let (head, length) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (8, end - at),
            1 => {
                let mut long = [0; 8];
                file.read_exact(&mut long)?;
                (16, u64::from_be_bytes(long))
            }
            short => (8, u64::from(short)),
        };
        if length < head || length > end - at {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a box extends beyond its end"));
        }
        found.push(FoundBox { kind, body: at + head..at + length });
        at += length;
    }
    Ok(found)
}

/// Clears `track_enabled` of a track (8.3.2), so that players show it only on
/// request. FFmpeg's muxer enables the first track of each kind.
pub(super) fn disable_track(file: &mut File, track: usize) -> io::Result<()> {
    let end = file.seek(SeekFrom::End(0))?;
    let absent = || io::Error::new(io::ErrorKind::InvalidData, "the film lacks a track");
    let within = |file: &mut File, range, kind: &[u8; 4], number| {
        let found = boxes(file, range)?.into_iter().filter(|found| found.kind == *kind);
        found.skip(number).map(|found| found.body).next().ok_or_else(absent)
    };
    let movie = within(file, 0..end, b"moov", 0)?;
    let track = within(file, movie, b"trak", track)?;
    let header = within(file, track, b"tkhd", 0)?;
    let mut flags = [0; 4];
    file.seek(SeekFrom::Start(header.start))?;
    file.read_exact(&mut flags)?;
    flags[3] &= !1;
    file.seek(SeekFrom::Start(header.start))?;
    file.write_all(&flags)
}
