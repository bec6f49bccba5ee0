//! How true a decoded figure is to its picture: along its outline, inside it, and where
//! the key colour is. Knows pixels; does not know who made them.

use tch::{Kind, Tensor};

use crate::stage::KEY;

/// What was lost of a figure before the key colour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sharpness {
    /// The 90th percentile of the gradient along the outline, as a share of the picture's.
    pub(crate) edge: f64,
    /// The same inside of the figure.
    pub(crate) inside: f64,
    /// Mean absolute error of the transparency that the key colour gives, 0 to 1.
    pub(crate) matte: f64,
}

/// Compares a decoded figure with its picture, (3, H, W) each in [−1, 1]; `None` if there
/// is no key colour in it.
pub(crate) fn sharpness(decoded: &Tensor, picture: &Tensor) -> Option<Sharpness> {
    let (seen, wanted) = (opacity(decoded), opacity(picture));
    let nothing = wanted.le(0.02);
    if nothing.sum(Kind::Int64).int64_value(&[]) == 0 {
        return None;
    }
    let (key, figure) = (nothing.to_kind(Kind::Float), wanted.ge(0.98).to_kind(Kind::Float));
    let outline = (grown(&key, 2) * grown(&figure, 2)).gt(0.5);
    let inside = grown(&key, 4).lt(0.5);
    let share = |region: &Tensor| {
        let percentile = |pixels: &Tensor| {
            let slopes = gradient(pixels).masked_select(region);
            if slopes.numel() < 16 {
                return f64::NAN;
            }
            slopes.quantile_scalar(0.9, None, false, "linear").double_value(&[])
        };
        percentile(decoded) / percentile(picture)
    };
    let matte = (seen - wanted).abs().mean(Kind::Float).double_value(&[]);
    Some(Sharpness { edge: share(&outline), inside: share(&inside), matte })
}

/// How far a pixel is from the key colour: 0 there, 1 from two fifths of the range on.
fn opacity(pixels: &Tensor) -> Tensor {
    let key = KEY.map(|channel| f32::from(channel) / 127.5 - 1.0);
    let key = Tensor::from_slice(&key).reshape([3, 1, 1]);
    let distance = (pixels - key).square().sum_dim_intlist([0i64].as_slice(), false, Kind::Float);
    (distance.sqrt() / 0.8).clamp(0.0, 1.0)
}

fn grown(mask: &Tensor, by: i64) -> Tensor {
    let (size, padding) = ([2 * by + 1; 2], [by; 2]);
    mask.unsqueeze(0).unsqueeze(0).max_pool2d(size, [1; 2], padding, [1; 2], false).squeeze()
}

/// Length of the gradient of the brightness, (H, W).
fn gradient(pixels: &Tensor) -> Tensor {
    let luma = pixels.mean_dim([0i64].as_slice(), false, Kind::Float);
    let across = luma.roll([-1], [1]) - &luma;
    let down = luma.roll([-1], [0]) - &luma;
    (across.square() + down.square()).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Device;

    #[test]
    fn a_blurred_figure_has_softer_edges() {
        let key = KEY.map(|channel| f32::from(channel) / 127.5 - 1.0);
        let picture = Tensor::from_slice(&key).reshape([3, 1, 1]).repeat([1, 48, 48]);
        let square = picture.narrow(1, 12, 24).narrow(2, 12, 24);
        let _ = square.shallow_clone().fill_(-0.5);
        let _ = square.narrow(2, 8, 8).fill_(0.8);
        let same = sharpness(&picture, &picture).expect("there is a key");
        assert!((same.edge - 1.0).abs() < 1e-6 && same.matte < 1e-9, "{same:?}");
        let kernel = Tensor::full([3, 1, 3, 3], 1.0 / 9.0, (Kind::Float, Device::Cpu));
        let blurred = picture.unsqueeze(0).conv2d(&kernel, None::<Tensor>, 1, 1, 1, 3).squeeze();
        let soft = sharpness(&blurred, &picture).expect("there is a key");
        assert!(soft.edge < 0.8 && soft.inside < 0.8 && soft.matte > 0.005, "{soft:?}");
    }
}
