//! The network that says what a clip shows. A convolutional trunk runs over every
//! frame; its features, pooled over the clip, give the looks, and their changes the
//! action.
//!
//! Knows pixels; not what its answers mean.

use indexmap::IndexMap;
use photoplay::diffusion::weights::{Init, Parameter};
use tch::{Kind, Tensor};

use crate::stage::{Action, Place, Time};

/// The frames that it looks at, of a clip of 25: no two are so far apart that a beat of
/// a motion hides between them.
pub(super) const FRAMES: [u32; 8] = [0, 3, 6, 10, 13, 17, 20, 24];
/// Channels of the trunk after each halving.
const WIDTHS: [i64; 5] = [3, 32, 64, 128, 160];
/// Channels of the features of changes.
const MOTION: i64 = 128;
/// Groups of the normalisations.
const GROUPS: i64 = 8;

/// What the network says, as logits.
#[derive(Debug)]
pub(super) struct Answers {
    /// (B, actors): one logit each, because a clip may show two.
    pub(super) actors: Tensor,
    /// (B, places).
    pub(super) places: Tensor,
    /// (B, times).
    pub(super) times: Tensor,
    /// (B, actions).
    pub(super) actions: Tensor,
}

/// Names, shapes and initial values of the parameters.
pub(super) fn parameters(actors: i64) -> Vec<Parameter> {
    let mut all = Vec::new();
    let mut add = |name: &str, shape: &[i64], init: Init| {
        all.push(Parameter { name: name.to_owned(), shape: shape.to_vec(), init });
    };
    for (level, pair) in WIDTHS.windows(2).enumerate() {
        for (part, inputs) in [("down", pair[0]), ("same", pair[1])] {
            let name = format!("{level}.{part}");
            add(&format!("{name}.weight"), &[pair[1], inputs, 3, 3], Init::fan_in(inputs * 9));
            add(&format!("{name}.norm.weight"), &[pair[1]], Init::Ones);
            add(&format!("{name}.norm.bias"), &[pair[1]], Init::Zeros);
        }
    }
    let width = WIDTHS[4];
    let stacked = width * FRAMES.len() as i64;
    add("motion.weight", &[MOTION, stacked, 1, 1], Init::fan_in(stacked));
    add("motion.norm.weight", &[MOTION], Init::Ones);
    add("motion.norm.bias", &[MOTION], Init::Zeros);
    for (name, outputs, inputs) in [
        ("actors", actors, 2 * width),
        ("places", Place::ALL.len() as i64, 2 * width),
        ("times", Time::ALL.len() as i64, 2 * width),
        ("actions", Action::ALL.len() as i64, 2 * MOTION),
    ] {
        add(&format!("{name}.weight"), &[outputs, inputs], Init::fan_in(inputs));
        add(&format!("{name}.bias"), &[outputs], Init::Zeros);
    }
    all
}

/// What clips (B, T, 3, H, W) in [−1, 1] show.
pub(super) fn answers(weights: &IndexMap<String, Tensor>, clips: &Tensor) -> Answers {
    let size = clips.size();
    let (batch, frames) = (size[0], size[1]);
    let mut states = clips.flatten(0, 1);
    for level in 0..WIDTHS.len() - 1 {
        for (part, stride) in [("down", 2), ("same", 1)] {
            let name = format!("{level}.{part}");
            let weight = &weights[&format!("{name}.weight")];
            states = states.conv2d(weight, None::<Tensor>, [stride, stride], [1, 1], [1, 1], 1);
            states = normed(weights, &name, &states);
        }
    }
    let size = states.size();
    let by_frame = states.view([batch, frames, size[1], size[2], size[3]]);
    let looks = by_frame.mean_dim(1, false, Kind::Float);
    let looks = pooled(&looks);
    // Relative to the first frame: what has changed, wherever the figure stands.
    let first = by_frame.narrow(1, 0, 1);
    let changes = Tensor::cat(&[&first, &(by_frame.narrow(1, 1, frames - 1) - &first)], 1);
    let changes = changes.flatten(1, 2);
    let motion = changes.conv2d(&weights["motion.weight"], None::<Tensor>, 1, 0, 1, 1);
    let motion = pooled(&normed(weights, "motion", &motion));
    let head = |name: &str, input: &Tensor| {
        let weight = &weights[&format!("{name}.weight")];
        input.linear(weight, Some(&weights[&format!("{name}.bias")]))
    };
    Answers {
        actors: head("actors", &looks),
        places: head("places", &looks),
        times: head("times", &looks),
        actions: head("actions", &motion),
    }
}

fn normed(weights: &IndexMap<String, Tensor>, name: &str, states: &Tensor) -> Tensor {
    let weight = &weights[&format!("{name}.norm.weight")];
    let bias = &weights[&format!("{name}.norm.bias")];
    states.group_norm(GROUPS, Some(weight), Some(bias), 1e-5, false).silu()
}

/// Mean and maximum over the picture, (B, 2C).
fn pooled(states: &Tensor) -> Tensor {
    let mean = states.mean_dim([2, 3].as_slice(), false, Kind::Float);
    Tensor::cat(&[mean, states.amax([2, 3], false)], 1)
}
