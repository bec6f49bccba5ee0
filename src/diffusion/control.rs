//! The control input of VACE: frames to keep and references, as latents with a mask
//! (Jiang et al., "VACE: All-in-One Video Creation and Editing", 2025).
//!
//! Knows latents and which frames are kept; does not know why.

use image::{GrayImage, RgbImage};
use tch::{Device, Kind, Tensor};

/// The pixel frame whose mask stands for each latent frame: `nearest-exact`
/// interpolation in time, as in diffusers and the reference code.
///
/// It never chooses the mask of the very first or the very last frame.
pub fn mask_frames(frames: i64) -> Vec<i64> {
    let latent = (frames + 3) / 4;
    // f32, as torch computes the index.
    let scale = frames as f32 / latent as f32;
    (0..latent).map(|i| (((i as f32 + 0.5) * scale) as i64).min(frames - 1)).collect()
}

/// The control latents, (B, 2z + s², R + 1+k, h, w).
///
/// `inactive` and `reactive` are normalised latents of the clip where it is kept and
/// where it is made, (B, z, 1+k, h, w). `generate` says how far each pixel is made (1)
/// or kept (0), (B, 1+4k, H, W), or each frame, (B, 1+4k). `references` are normalised
/// latents of single pictures, (B, z, 1, h, w) each, in order. `spatial` is s, pixels
/// along one latent's side.
pub fn control(
    inactive: &Tensor,
    reactive: &Tensor,
    generate: &Tensor,
    references: &[Tensor],
    spatial: i64,
) -> Tensor {
    let (batch, _, frames, height, width) = inactive.size5().expect("latents have five dimensions");
    let table = Tensor::from_slice(&mask_frames(generate.size()[1])).to_device(generate.device());
    let mask = generate.index_select(1, &table);
    let mask = if mask.dim() == 2 { mask.unsqueeze(-1).unsqueeze(-1) } else { mask };
    let mask = mask
        .expand([batch, frames, height * spatial, width * spatial], false)
        .reshape([batch, frames, height, spatial, width, spatial])
        .permute([0, 3, 5, 1, 2, 4])
        .reshape([batch, spatial * spatial, frames, height, width])
        .to_kind(inactive.kind())
        .to_device(inactive.device());
    let clip = Tensor::cat(&[inactive, reactive, &mask], 1);
    let channels = clip.size()[1];
    let mut parts = Vec::with_capacity(references.len() + 1);
    for reference in references {
        let given = reference.size()[1];
        let rest = Tensor::zeros(
            [batch, channels - given, 1, height, width],
            (reference.kind(), reference.device()),
        );
        parts.push(Tensor::cat(&[reference, &rest], 1));
    }
    parts.push(clip);
    Tensor::cat(&parts, 2)
}

/// A picture as pixels in [−1, 1], (3, H, W), f32 on the CPU.
pub fn pixels(picture: &RgbImage) -> Tensor {
    let (width, height) = picture.dimensions();
    let bytes = Tensor::from_slice(picture.as_raw());
    let unit = bytes.reshape([i64::from(height), i64::from(width), 3]).to_kind(Kind::Float) / 255.0;
    (unit * 2.0 - 1.0).permute([2, 0, 1]).contiguous()
}

/// A mask as the share of each pixel to make anew, in [0, 1], (H, W), f32 on the CPU.
pub fn mask(picture: &GrayImage) -> Tensor {
    let (width, height) = picture.dimensions();
    let bytes = Tensor::from_slice(picture.as_raw());
    bytes.reshape([i64::from(height), i64::from(width)]).to_kind(Kind::Float) / 255.0
}

/// A clip of pixels in [−1, 1], (3, F, H, W), as pictures.
pub fn pictures(clip: &Tensor) -> Vec<RgbImage> {
    let (_, frames, height, width) = clip.size4().expect("a clip without a batch");
    let bytes = ((clip.to_kind(Kind::Float) * 0.5 + 0.5).clamp(0.0, 1.0) * 255.0)
        .round()
        .to_kind(Kind::Uint8)
        .permute([1, 2, 3, 0])
        .contiguous()
        .to_device(Device::Cpu);
    (0..frames)
        .map(|frame| {
            let mut raw = vec![0u8; (height * width * 3) as usize];
            let count = raw.len();
            bytes.get(frame).copy_data(&mut raw, count);
            RgbImage::from_raw(width as u32, height as u32, raw)
                .expect("the buffer is of that size")
        })
        .collect()
}

/// A picture fitted into a white canvas, as pixels in [−1, 1], (1, 3, 1, H, W).
///
/// Fits as the reference code of VACE does. diffusers first resizes a picture whose
/// sides are no multiples of the autoencoder's factor.
pub fn on_canvas(picture: &RgbImage, width: u32, height: u32) -> Tensor {
    let (from_width, from_height) = picture.dimensions();
    let scale =
        (f64::from(height) / f64::from(from_height)).min(f64::from(width) / f64::from(from_width));
    let size = |from: u32| ((f64::from(from) * scale) as i64).max(1);
    let (new_width, new_height) = (size(from_width), size(from_height));
    let fitted = pixels(picture).unsqueeze(0).upsample_bilinear2d(
        [new_height, new_width],
        false,
        None,
        None,
    );
    let (width, height) = (i64::from(width), i64::from(height));
    let (left, top) = ((width - new_width) / 2, (height - new_height) / 2);
    let canvas = Tensor::ones([1, 3, height, width], (Kind::Float, Device::Cpu));
    canvas.narrow(2, top, new_height).narrow(3, left, new_width).copy_(&fitted);
    canvas.unsqueeze(2)
}
