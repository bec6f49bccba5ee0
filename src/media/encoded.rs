//! Encoded tracks in memory and in files: packets with integer times.
//!
//! Knows bytes, order and a checksum; does not know codecs.

use std::fs;
use std::path::Path;

use super::Error;
use crate::source::write_whole;

const MAGIC: &[u8; 16] = b"photoplay coded1";

/// An encoded segment of picture or sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// Parameter sets of the codec.
    pub extradata: Vec<u8>,
    /// Length: frames of picture, samples of sound.
    pub length: u32,
    /// In decoding order.
    pub packets: Vec<Coded>,
}

/// One packet. Times are frames or samples from the start of the piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coded {
    /// Time of display.
    pub pts: i64,
    /// Time of decoding.
    pub dts: i64,
    /// Duration.
    pub duration: u32,
    /// Whether a decoder can start here.
    pub key: bool,
    /// The bitstream.
    pub data: Vec<u8>,
}

impl Encoded {
    /// Writes it to `path` atomically.
    pub fn store(&self, path: &Path) -> Result<(), Error> {
        let body = self.to_bytes();
        let bytes = [MAGIC.as_slice(), blake3::hash(&body).as_bytes().as_slice(), &body].concat();
        write_whole(path, &bytes).map_err(Error::io(path, "storing encoded pictures"))
    }

    /// Reads what [`Encoded::store`] wrote and verifies its checksum.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(Error::io(path, "reading encoded pictures"))?;
        let damaged =
            || Error::damaged(path, "has changed since it was stored (its checksum differs)");
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(damaged)?;
        let (digest, body) = rest.split_at_checked(32).ok_or_else(damaged)?;
        if blake3::hash(body).as_bytes() != digest {
            return Err(damaged());
        }
        Self::from_bytes(body).ok_or_else(damaged)
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut body = Vec::new();
        body.extend(self.length.to_le_bytes());
        body.extend((self.extradata.len() as u32).to_le_bytes());
        body.extend(&self.extradata);
        body.extend((self.packets.len() as u32).to_le_bytes());
        for packet in &self.packets {
            body.extend(packet.pts.to_le_bytes());
            body.extend(packet.dts.to_le_bytes());
            body.extend(packet.duration.to_le_bytes());
            body.push(u8::from(packet.key));
            body.extend((packet.data.len() as u32).to_le_bytes());
            body.extend(&packet.data);
        }
        body
    }

    fn from_bytes(mut body: &[u8]) -> Option<Self> {
        fn take<'b, const N: usize>(body: &mut &'b [u8]) -> Option<&'b [u8; N]> {
            let (head, rest) = body.split_first_chunk()?;
            *body = rest;
            Some(head)
        }
        fn bytes(body: &mut &[u8]) -> Option<Vec<u8>> {
            let length = u32::from_le_bytes(*take(body)?);
            let (head, rest) = body.split_at_checked(length as usize)?;
            *body = rest;
            Some(head.to_vec())
        }
        let body = &mut body;
        let length = u32::from_le_bytes(*take(body)?);
        let extradata = bytes(body)?;
        let count = u32::from_le_bytes(*take(body)?);
        let mut packets = Vec::new();
        for _ in 0..count {
            packets.push(Coded {
                pts: i64::from_le_bytes(*take(body)?),
                dts: i64::from_le_bytes(*take(body)?),
                duration: u32::from_le_bytes(*take(body)?),
                key: take::<1>(body)?[0] != 0,
                data: bytes(body)?,
            });
        }
        body.is_empty().then_some(Self { extradata, length, packets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_pieces_come_back_and_altered_ones_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ab/cdef");
        let packet = Coded { pts: 1, dts: -1, duration: 1, key: true, data: vec![1, 2, 3] };
        let piece = Encoded { extradata: vec![9; 40], length: 2, packets: vec![packet] };
        piece.store(&path).expect("stores");
        assert_eq!(Encoded::load(&path).expect("loads"), piece);

        let good = fs::read(&path).expect("reads");
        for length in [0, 1, 15, 16, 47, 48, good.len() - 1] {
            fs::write(&path, &good[..length]).expect("writes");
            assert!(Encoded::load(&path).is_err(), "cut to {length} bytes");
        }
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            fs::write(&path, &bad).expect("writes");
            assert!(Encoded::load(&path).is_err(), "byte {at}");
        }
    }
}
