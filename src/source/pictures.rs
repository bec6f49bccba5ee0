//! Pictures of a project, within limits and upright: a check and a build read them here
//! alone, so that they agree.
//!
//! Knows files and pixels; does not know what a picture is for.

use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::files::{FileKind, OpenFile, ProjectFiles};
use super::{MAX_PICTURE_BYTES, MAX_PICTURE_SIDE};

/// Most memory that a picture may need.
const MAX_MEMORY: u64 = 256 << 20;

/// The usual endings of the names of pictures that can be used.
pub(crate) const PICTURE_ENDINGS: [&str; 4] = ["png", "jpg", "jpeg", "webp"];

/// So many bytes at the end of a picture hold the mark of its end.
const TAIL: u64 = 4096;

/// Why a file is no picture that can be used. Follows the name of the file.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(io::Error),
    /// It is a folder, a device or a pipe.
    #[error("is a folder and not a picture")]
    NotAFile,
    /// Its file is larger than the limit.
    #[error("has {0} bytes; at most {MAX_PICTURE_BYTES} are read")]
    TooLarge(u64),
    /// It has none of the known formats.
    #[error("is not a picture, whatever its name says")]
    NoFormat,
    /// Its file ends before the picture does.
    #[error("is cut short: its end is missing")]
    CutShort,
    /// A side is longer than the limit.
    #[error("is {width}×{height}; at most {MAX_PICTURE_SIDE}×{MAX_PICTURE_SIDE} is read")]
    TooWide {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
    },
    /// Its pixels need more memory than the limit.
    #[error("needs {0} MiB of memory; at most {limit} MiB are used", limit = MAX_MEMORY >> 20)]
    TooHeavy(u64),
    /// It cannot be decoded.
    #[error("is not a picture that can be read: {0}")]
    Damaged(ImageError),
}

impl From<io::Error> for PictureError {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

impl From<ImageError> for PictureError {
    fn from(error: ImageError) -> Self {
        Self::Damaged(error)
    }
}

/// Looks at the beginning and the end of a picture, without decoding it.
pub fn examine(files: &dyn ProjectFiles, path: &Path) -> Result<(), PictureError> {
    open(files, path).map(|_| ())
}

/// Reads a picture, turned upright as its camera noted.
pub fn read(files: &dyn ProjectFiles, path: &Path) -> Result<DynamicImage, PictureError> {
    let mut decoder = open(files, path)?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn open(files: &dyn ProjectFiles, path: &Path) -> Result<impl ImageDecoder, PictureError> {
    let bytes = match files.kind(path)? {
        FileKind::File(bytes) => bytes,
        FileKind::Folder | FileKind::Other => return Err(PictureError::NotAFile),
    };
    if bytes > MAX_PICTURE_BYTES {
        return Err(PictureError::TooLarge(bytes));
    }
    let mut file = files.open(path)?;
    let mut head = Vec::new();
    file.by_ref().take(64).read_to_end(&mut head)?;
    // The content decides, not the extension.
    let format = image::guess_format(&head).map_err(|_| PictureError::NoFormat)?;
    if !is_whole(format, bytes, &head, &tail(&mut *file, bytes)?) {
        return Err(PictureError::CutShort);
    }
    file.rewind()?;
    let mut reader = ImageReader::with_format(BufReader::new(file), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if !(1..=MAX_PICTURE_SIDE).contains(&width) || !(1..=MAX_PICTURE_SIDE).contains(&height) {
        return Err(PictureError::TooWide { width, height });
    }
    match decoder.total_bytes() {
        0..=MAX_MEMORY => Ok(decoder),
        memory => Err(PictureError::TooHeavy(memory.div_ceil(1 << 20))),
    }
}

fn tail(file: &mut dyn OpenFile, bytes: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(bytes.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.take(TAIL).read_to_end(&mut tail)?;
    Ok(tail)
}

/// Whether a picture's file has its end, by the marks of its format.
fn is_whole(format: ImageFormat, bytes: u64, head: &[u8], tail: &[u8]) -> bool {
    let ends = |mark: &[u8]| tail.windows(mark.len()).any(|part| part == mark);
    match format {
        ImageFormat::Png => ends(b"IEND"),
        ImageFormat::Jpeg => ends(&[0xff, 0xd9]),
        ImageFormat::WebP => {
            let length = head.get(4..8).and_then(|length| length.first_chunk());
            length.is_some_and(|length| u64::from(u32::from_le_bytes(*length)) + 8 <= bytes)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::codecs::jpeg::JpegEncoder;
    use image::codecs::png::PngEncoder;
    use image::codecs::webp::WebPEncoder;
    use image::{ExtendedColorType, ImageBuffer, ImageEncoder, Luma, Rgb, RgbImage};

    use super::*;
    use crate::source::files::MemoryFiles;

    fn found(bytes: impl Into<Vec<u8>>) -> Result<DynamicImage, PictureError> {
        let files = MemoryFiles::new().with("a.png", bytes);
        let path = Path::new("a.png");
        let examined = examine(&files, path);
        let read = read(&files, path);
        if let Err(error) = examined {
            assert_eq!(error.to_string(), read.unwrap_err().to_string(), "a check tells the same");
            return Err(error);
        }
        read
    }

    fn refused(bytes: impl Into<Vec<u8>>) -> String {
        found(bytes).unwrap_err().to_string()
    }

    /// A camera's note that the picture is to be turned to the right by 90°.
    const TURNED: &[u8] = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";

    fn encoded<E: ImageEncoder>(encoder: E, picture: &RgbImage) {
        let (width, height) = picture.dimensions();
        encoder.write_image(picture, width, height, ExtendedColorType::Rgb8).unwrap();
    }

    /// A black picture, white at its left.
    fn marked() -> RgbImage {
        RgbImage::from_fn(24, 16, |x, _| Rgb([if x < 8 { 255 } else { 0 }; 3]))
    }

    #[test]
    fn a_picture_stands_as_its_camera_was_held() {
        let (mut png, mut jpeg, mut webp) = (Vec::new(), Vec::new(), Vec::new());
        let mut encoder = PngEncoder::new(&mut png);
        encoder.set_exif_metadata(TURNED.to_vec()).unwrap();
        encoded(encoder, &marked());
        let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 95);
        encoder.set_exif_metadata(TURNED.to_vec()).unwrap();
        encoded(encoder, &marked());
        let mut encoder = WebPEncoder::new_lossless(&mut webp);
        encoder.set_exif_metadata(TURNED.to_vec()).unwrap();
        encoded(encoder, &marked());
        for (name, bytes) in [("png", png), ("jpeg", jpeg), ("webp", webp)] {
            let upright = found(bytes).unwrap().into_rgb8();
            assert_eq!(upright.dimensions(), (16, 24), "{name}");
            let bright = |y| upright.get_pixel(8, y).0[0] > 128;
            assert!(bright(2) && !bright(20), "{name}: what was left is above");
        }
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = ImageBuffer::<Luma<u8>, _>::new(width, height);
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn what_cannot_be_used_is_refused_when_it_is_examined() {
        assert!(found(png(8192, 10)).is_ok());
        assert_eq!(refused(png(9000, 10)), "is 9000×10; at most 8192×8192 is read");
        assert_eq!(refused(png(10, 8193)), "is 10×8193; at most 8192×8192 is read");
        let mut heavy = png(8192, 8);
        // The header alone counts: 8192 × 8192 in four channels of sixteen bits.
        heavy[20..24].copy_from_slice(&8192_u32.to_be_bytes());
        (heavy[24], heavy[25]) = (16, 6);
        let check = crc(&heavy[12..29]);
        heavy[29..33].copy_from_slice(&check.to_be_bytes());
        assert_eq!(refused(heavy), "needs 512 MiB of memory; at most 256 MiB are used");
        assert_eq!(refused(*b"EXT. ROAD"), "is not a picture, whatever its name says");
        let whole = png(64, 64);
        assert_eq!(refused(&whole[..whole.len() / 2]), "is cut short: its end is missing");
        let mut jpeg = Vec::new();
        encoded(JpegEncoder::new(&mut jpeg), &marked());
        assert_eq!(refused(&jpeg[..jpeg.len() - 20]), "is cut short: its end is missing");
    }

    /// The checksum of a PNG's chunk (PNG specification, annex D).
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 }
            })
        })
    }
}
