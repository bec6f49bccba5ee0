//! Converts pictures to tensors and back, and writes sheets of pictures.

use std::path::Path;

use image::{Rgb, RgbImage};
use tch::{Device, Kind, Tensor};

use crate::Error;

/// A clip as (3, T, H, W) in [−1, 1].
pub(crate) fn clip(frames: &[RgbImage]) -> Tensor {
    let (width, height) = frames.first().map_or((0, 0), RgbImage::dimensions);
    let bytes: Vec<u8> = frames.iter().flat_map(|frame| frame.as_raw().iter().copied()).collect();
    Tensor::from_slice(&bytes)
        .reshape([frames.len() as i64, i64::from(height), i64::from(width), 3])
        .permute([3, 0, 1, 2])
        .to_kind(Kind::Float)
        / 127.5
        - 1.0
}

/// Bytes as numbers in [−1, 1]; numbers are that already.
pub(crate) fn in_range(pixels: &Tensor) -> Tensor {
    match pixels.kind() {
        Kind::Uint8 => pixels.to_kind(Kind::Float) / 127.5 - 1.0,
        _ => pixels.shallow_clone(),
    }
}

/// The frames of a clip (3, T, H, W).
pub(crate) fn images(clip: &Tensor) -> Vec<RgbImage> {
    let bytes = ((clip.clamp(-1.0, 1.0) + 1.0) * 127.5)
        .round()
        .to_kind(Kind::Uint8)
        .to_device(Device::Cpu)
        .permute([1, 2, 3, 0])
        .contiguous();
    let (frames, height, width, _) = bytes.size4().expect("permuted from four dimensions");
    (0..frames)
        .map(|frame| {
            let mut raw = vec![0; (height * width * 3) as usize];
            bytes.get(frame).contiguous().copy_data_u8(&mut raw, (height * width * 3) as usize);
            RgbImage::from_raw(width as u32, height as u32, raw).expect("sized from the tensor")
        })
        .collect()
}

/// Writes rows of pictures, one below the other, as PNG.
pub(crate) fn sheet(rows: &[Vec<RgbImage>], path: &Path) -> Result<(), Error> {
    let gap = 2;
    let width = rows
        .iter()
        .map(|row| row.iter().map(|picture| picture.width() + gap).sum::<u32>())
        .max()
        .unwrap_or(1);
    let tallest = |row: &Vec<RgbImage>| row.iter().map(RgbImage::height).max().unwrap_or(0) + gap;
    let height = rows.iter().map(tallest).sum();
    let mut sheet = RgbImage::from_pixel(width.max(1), std::cmp::max(height, 1), Rgb([20, 20, 20]));
    let mut top = 0;
    for row in rows {
        let mut left = 0;
        for picture in row {
            image::imageops::replace(&mut sheet, picture, i64::from(left), i64::from(top));
            left += picture.width() + gap;
        }
        top += tallest(row);
    }
    sheet.save(path).map_err(|source| Error::Picture { path: path.to_owned(), source })
}

/// Peak signal-to-noise ratio in dB of pictures in [−1, 1].
pub(crate) fn psnr(a: &Tensor, b: &Tensor) -> f64 {
    let error = (a.clamp(-1.0, 1.0) - b).square().mean(Kind::Float).double_value(&[]);
    10.0 * (4.0 / error.max(1e-12)).log10()
}
