//! Measures pictures without a network: how the camera moved, how much a clip flickers,
//! how crisp a picture is, how similar two pictures are.
//!
//! Knows pixels; does not know what made them.

use image::RgbImage;
use tch::{Kind, Tensor};

use crate::pixels;
use crate::stage::Move;

/// Luminance, (T, 1, H, W) in [0, 1] (Rec. 709).
fn luminance(frames: &[RgbImage]) -> Tensor {
    let clip = (pixels::clip(frames) + 1.0) / 2.0;
    let weights = Tensor::from_slice(&[0.2126_f32, 0.7152, 0.0722]).view([3, 1, 1, 1]);
    (clip * weights).sum_dim_intlist(0, false, Kind::Float).unsqueeze(1)
}

/// Mean absolute second difference of a clip over time: rises with flicker and jerks.
pub(super) fn flicker(frames: &[RgbImage]) -> f64 {
    let seen = luminance(frames);
    let length = seen.size()[0] - 2;
    let bend =
        seen.narrow(0, 0, length) - seen.narrow(0, 1, length) * 2.0 + seen.narrow(0, 2, length);
    bend.abs().mean(Kind::Float).double_value(&[])
}

/// The 90th percentile of the gradient.
pub(super) fn crispness(frame: &RgbImage) -> f64 {
    let seen = luminance(std::slice::from_ref(frame));
    let size = seen.size();
    let (height, width) = (size[2] - 1, size[3] - 1);
    let here = seen.narrow(2, 0, height).narrow(3, 0, width);
    let across = seen.narrow(2, 0, height).narrow(3, 1, width) - &here;
    let down = seen.narrow(2, 1, height).narrow(3, 0, width) - here;
    let gradient = (across.square() + down.square()).sqrt().flatten(0, -1);
    gradient.quantile_scalar(0.9, None, false, "linear").double_value(&[])
}

/// Structural similarity (Wang et al. 2004) over windows of 7×7 pixels.
pub(super) fn similarity(one: &RgbImage, other: &RgbImage) -> f64 {
    let (x, y) = (luminance(std::slice::from_ref(one)), luminance(std::slice::from_ref(other)));
    let mean = |it: &Tensor| it.avg_pool2d([7, 7], [1, 1], [0, 0], false, true, None::<i64>);
    let (mx, my) = (mean(&x), mean(&y));
    let vx = mean(&x.square()) - mx.square();
    let vy = mean(&y.square()) - my.square();
    let vxy = mean(&(&x * &y)) - &mx * &my;
    let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03);
    let ssim = ((&mx * &my * 2.0 + c1) * (vxy * 2.0 + c2))
        / ((mx.square() + my.square() + c1) * (vx + vy + c2));
    ssim.mean(Kind::Float).double_value(&[])
}

/// Pixels along one side of a coarse pixel, in which motion is measured.
const COARSE: i64 = 4;
/// The largest motion to look for, in coarse pixels.
const FARTHEST: i64 = 12;
/// How many zooms to look for, and their step in the logarithm.
const ZOOMS: i64 = 7;
const ZOOM: f64 = 0.035;

/// How a camera moved: finds the shift and zoom of the first picture that fits the last
/// one best, over most of the picture.
pub(super) fn movement(first: &RgbImage, last: &RgbImage) -> Move {
    let seen = luminance(&[first.clone(), last.clone()]);
    let seen = seen.avg_pool2d([COARSE; 2], [COARSE; 2], [0, 0], false, true, None::<i64>);
    let (height, width) = (seen.size()[2], seen.size()[3]);
    let target = seen.get(1).unsqueeze(0);
    let mut best = (f64::INFINITY, 0, 0, 0);
    for zoom in -ZOOMS..=ZOOMS {
        let scale = (-(zoom as f64) * ZOOM).exp();
        let theta = Tensor::from_slice(&[scale, 0.0, 0.0, 0.0, scale, 0.0]).view([1, 2, 3]);
        let grid = Tensor::affine_grid_generator(
            &theta.to_kind(Kind::Float),
            [1, 1, height, width],
            false,
        );
        // 0, 1: bilinear; the edge continues outside.
        let zoomed = seen.get(0).unsqueeze(0).grid_sampler(&grid, 0, 1, false);
        for right in -FARTHEST..=FARTHEST {
            for up in -2..=FARTHEST {
                // Compare where both pictures show the same part of the set.
                let (columns, rows) = (width - right.abs(), height - up.abs());
                let part = |it: &Tensor, left: i64, top: i64| {
                    it.narrow(3, left, columns).narrow(2, top, rows)
                };
                let was = part(&zoomed, right.max(0), (-up).max(0));
                let is = part(&target, (-right).max(0), up.max(0));
                // The median ignores figures that move by themselves.
                let error = (was - is).abs().flatten(0, -1).median().double_value(&[]);
                let cost = error + 1e-4 * (right.abs() + up.abs() + zoom.abs()) as f64;
                if cost < best.0 {
                    best = (cost, zoom, right, up);
                }
            }
        }
    }
    let (_, zoom, right, up) = best;
    match (zoom, right, up) {
        (2.., _, _) => Move::PushIn,
        (..=-2, _, _) => Move::PullBack,
        (_, 2.., _) => Move::PanRight,
        (_, ..=-2, _) => Move::PanLeft,
        (_, _, 2..) => Move::TiltUp,
        _ => Move::Static,
    }
}
