//! Converts and scales frames: RGB to YUV exactly once, and back for players and
//! tests.
//!
//! Knows one frame at a time. Every conversion uses swscale's bit-exact paths, so
//! a frame gives the same bits on every CPU.

use ffmpeg_next::ffi;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::frame::Video;
use ffmpeg_next::software::scaling::{Context, Flags};
use image::RgbImage;

use super::Error;

/// Converts RGB frames to what an encoder takes: limited-range BT.709, or RGB in another
/// order.
pub(super) struct ToVideo {
    context: Context,
    rgb: Video,
}

impl ToVideo {
    /// For frames of a size (width, height in pixels).
    pub(super) fn new((width, height): (u32, u32), pixels: Pixel) -> Result<Self, Error> {
        let flags = Flags::BICUBIC | Flags::ACCURATE_RND | Flags::BITEXACT | Flags::FULL_CHR_H_INP;
        let mut context = Context::get(Pixel::RGB24, width, height, pixels, width, height, flags)
            .map_err(Error::codec("converting to YUV"))?;
        set_bt709(&mut context, true, false);
        Ok(Self { context, rgb: Video::new(Pixel::RGB24, width, height) })
    }

    pub(super) fn convert(&mut self, frame: &RgbImage) -> Result<Video, Error> {
        let expected = (self.rgb.width(), self.rgb.height());
        if frame.dimensions() != expected {
            return Err(Error::Size { found: frame.dimensions(), expected });
        }
        let row = 3 * frame.width() as usize;
        let stride = self.rgb.stride(0);
        let rows = self.rgb.data_mut(0).chunks_mut(stride);
        for (to, from) in rows.zip(frame.as_raw().chunks_exact(row)) {
            to[..row].copy_from_slice(from);
        }
        let mut video = Video::empty();
        self.context.run(&self.rgb, &mut video).map_err(Error::codec("converting to YUV"))?;
        Ok(video)
    }
}

/// Converts limited-range BT.709 4:2:0 to RGB frames.
pub(super) struct FromYuv {
    context: Context,
}

impl FromYuv {
    pub(super) fn new(width: u32, height: u32) -> Result<Self, Error> {
        let flags = Flags::BICUBIC | Flags::ACCURATE_RND | Flags::BITEXACT | Flags::FULL_CHR_H_INT;
        let mut context =
            Context::get(Pixel::YUV420P, width, height, Pixel::RGB24, width, height, flags)
                .map_err(Error::codec("converting to RGB"))?;
        set_bt709(&mut context, false, true);
        Ok(Self { context })
    }

    pub(super) fn convert(&mut self, yuv: &Video) -> Result<RgbImage, Error> {
        let mut rgb = Video::empty();
        self.context.run(yuv, &mut rgb).map_err(Error::codec("converting to RGB"))?;
        let row = 3 * rgb.width() as usize;
        let mut pixels = Vec::with_capacity(row * rgb.height() as usize);
        for line in rgb.data(0).chunks(rgb.stride(0)).take(rgb.height() as usize) {
            pixels.extend_from_slice(&line[..row]);
        }
        Ok(RgbImage::from_raw(rgb.width(), rgb.height(), pixels).expect("as many rows as lines"))
    }
}

/// Sets the BT.709 matrix: swscale's default is BT.601 for every size.
fn set_bt709(context: &mut Context, from_full: bool, to_full: bool) {
    const ONE: i32 = 1 << 16;
    // SAFETY: `sws_getCoefficients` returns a static table; the context is
    // alive and exclusively borrowed.
    #[expect(unsafe_code, reason = "ffmpeg-next does not wrap the colour matrix of a scaler")]
    unsafe {
        let matrix = ffi::sws_getCoefficients(ffi::SWS_CS_ITU709);
        ffi::sws_setColorspaceDetails(
            context.as_mut_ptr(),
            matrix,
            i32::from(from_full),
            matrix,
            i32::from(to_full),
            0,
            ONE,
            ONE,
        );
    }
}

/// Scales frames to another size, and crops evenly what does not fit its aspect.
pub(crate) struct Scaler {
    native: (u32, u32),
    crop: Crop,
    context: Context,
    plane: Video,
    size: (u32, u32),
}

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crop {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Crop {
    /// The largest centred rectangle of `native` with the aspect of `size`
    /// (width, height), rounded to whole pixels.
    pub(crate) fn to_fill(native: (u32, u32), size: (u32, u32)) -> Self {
        let scaled = |a: u32, b: u32, c: u32| {
            ((u64::from(a) * u64::from(b) + u64::from(c) / 2) / u64::from(c)) as u32
        };
        let width = scaled(native.1, size.0, size.1).clamp(1, native.0);
        let height = scaled(native.0, size.1, size.0).clamp(1, native.1);
        Self { x: (native.0 - width) / 2, y: (native.1 - height) / 2, width, height }
    }
}

impl Scaler {
    /// A scaler from frames of `native` to frames of `size` (width, height in
    /// pixels).
    pub(crate) fn new(native: (u32, u32), size: (u32, u32)) -> Result<Self, Error> {
        super::start();
        let crop = Crop::to_fill(native, size);
        // Scales each channel as a grey plane: swscale would convert RGB to YUV
        // first.
        let context = Context::get(
            Pixel::GRAY8,
            crop.width,
            crop.height,
            Pixel::GRAY8,
            size.0,
            size.1,
            Flags::LANCZOS | Flags::ACCURATE_RND | Flags::BITEXACT,
        )
        .map_err(Error::codec("scaling"))?;
        let plane = Video::new(Pixel::GRAY8, crop.width, crop.height);
        Ok(Self { native, crop, context, plane, size })
    }

    /// Scales one frame.
    pub(crate) fn scale(&mut self, frame: &RgbImage) -> Result<RgbImage, Error> {
        if frame.dimensions() != self.native {
            return Err(Error::Size { found: frame.dimensions(), expected: self.native });
        }
        if self.native == self.size {
            return Ok(frame.clone());
        }
        let mut scaled = RgbImage::new(self.size.0, self.size.1);
        let crop = self.crop;
        let row = 3 * self.native.0 as usize;
        for channel in 0..3 {
            let stride = self.plane.stride(0);
            let lines = frame.as_raw().chunks_exact(row).skip(crop.y as usize);
            for (to, from) in self.plane.data_mut(0).chunks_mut(stride).zip(lines) {
                let from = &from[3 * crop.x as usize + channel..];
                for (to, from) in to[..crop.width as usize].iter_mut().zip(from.iter().step_by(3)) {
                    *to = *from;
                }
            }
            let mut plane = Video::empty();
            self.context.run(&self.plane, &mut plane).map_err(Error::codec("scaling"))?;
            let lines = plane.data(0).chunks(plane.stride(0));
            let rows = scaled.as_flat_samples_mut();
            for (to, from) in rows.samples.chunks_exact_mut(3 * self.size.0 as usize).zip(lines) {
                for (to, from) in to.iter_mut().skip(channel).step_by(3).zip(from) {
                    *to = *from;
                }
            }
        }
        Ok(scaled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crop_fills_the_other_aspect_from_the_middle() {
        let crop = |native, size| {
            let crop = Crop::to_fill(native, size);
            (crop.x, crop.y, crop.width, crop.height)
        };
        assert_eq!(crop((288, 160), (960, 540)), (2, 0, 284, 160));
        assert_eq!(crop((100, 100), (200, 100)), (0, 25, 100, 50));
        assert_eq!(crop((100, 100), (100, 200)), (25, 0, 50, 100));
        assert_eq!(crop((64, 36), (640, 360)), (0, 0, 64, 36));
        assert_eq!(crop((1, 1), (4096, 2)), (0, 0, 1, 1));
    }

    #[test]
    fn scaling_keeps_plain_colours_exact() {
        let mut scaler = Scaler::new((48, 32), (130, 74)).expect("a scaler");
        let colour = image::Rgb([7, 130, 251]);
        let scaled = scaler.scale(&RgbImage::from_pixel(48, 32, colour)).expect("scales");
        assert_eq!(scaled.dimensions(), (130, 74));
        assert!(scaled.pixels().all(|pixel| *pixel == colour));
    }

    #[test]
    fn yuv_is_bt709_in_limited_range() {
        // ITU-R BT.709-6, 8 bit: Y = 16 + 219 (0.2126 R + 0.7152 G + 0.0722 B).
        let mut to = ToVideo::new((16, 16), Pixel::YUV420P).expect("a converter");
        for (rgb, y, cb, cr) in [
            ([0, 0, 0], 16, 128, 128),
            ([255, 255, 255], 235, 128, 128),
            ([255, 0, 0], 63, 102, 240),
            ([0, 255, 0], 173, 42, 26),
            ([0, 0, 255], 32, 240, 118),
        ] {
            let yuv = to.convert(&RgbImage::from_pixel(16, 16, image::Rgb(rgb))).expect("converts");
            let near =
                |plane: usize, expected: i32| (i32::from(yuv.data(plane)[0]) - expected).abs() <= 1;
            assert!(near(0, y) && near(1, cb) && near(2, cr), "{rgb:?}");
        }
    }
}
