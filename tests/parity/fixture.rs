//! Shared by the parity tests: the formula of weights and inputs, the cases and the
//! results of diffusers (see `generate.py`).

use std::fs;
use std::path::Path;

use indexmap::IndexMap;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;
use tch::{Kind, Tensor};

use super::{Parameter, Weights};

pub(crate) fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    })
}

/// Uniform in [-1, 1) by FNV-1a of the name and `SplitMix64` of the position.
pub(crate) fn fill(name: &str, shape: &[i64], scale: f64, offset: f64) -> Tensor {
    let seed = fnv1a(name);
    let count = shape.iter().product::<i64>() as u64;
    let values: Vec<f32> = (1..=count)
        .map(|position| {
            let mut z = position.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(seed);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            let unit = (z >> 40) as f64 / f64::from(1 << 23) - 1.0;
            (unit * scale + offset) as f32
        })
        .collect();
    Tensor::from_slice(&values).reshape(shape)
}

pub(crate) fn weight(prefix: &str, Parameter { name, shape, .. }: &Parameter) -> Tensor {
    let name = &format!("{prefix}{name}");
    let last = name.rsplit('.').next().expect("a name has an end");
    let inputs = shape[1..].iter().product::<i64>() as f64;
    if name.starts_with("decoder.conv_out") {
        // Few pixels of a clip are to end at black or white.
        return fill(name, shape, 0.3 / inputs.sqrt(), 0.0);
    }
    if last == "gamma" || (last == "weight" && name.contains("norm")) {
        return fill(name, shape, 0.1, 1.0);
    }
    match last {
        "bias" => fill(name, shape, 0.1, 0.0),
        "scale_shift_table" => fill(name, shape, 0.5, 0.0),
        _ => fill(name, shape, (3.0 / inputs).sqrt(), 0.0),
    }
}

/// Weights by the formula, as if their names began with `prefix`.
pub(crate) fn weights(prefix: &str, parameters: &[Parameter]) -> Weights {
    // Tests run beside each other; networks this small gain nothing by threads.
    tch::set_num_threads(1);
    let tensors: IndexMap<String, Tensor> = parameters
        .iter()
        .map(|parameter| (parameter.name.clone(), weight(prefix, parameter)))
        .collect();
    Weights::from_tensors("test", tensors)
}

pub(crate) fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parity"))
}

pub(crate) fn cases() -> Value {
    let text = fs::read_to_string(folder().join("cases.json")).expect("the cases are there");
    serde_json::from_str(&text).expect("the cases are JSON")
}

pub(crate) struct Fixture {
    name: String,
    bytes: Vec<u8>,
}

impl Fixture {
    pub(crate) fn open(name: &str) -> Self {
        let path = folder().join(format!("{name}.safetensors"));
        Self { name: name.to_owned(), bytes: fs::read(path).expect("the fixture is there") }
    }

    /// As [`Self::check`] where the fixture holds one value of every `stride`.
    pub(crate) fn check_every(&self, stride: i64, key: &str, found: &Tensor, tolerance: f64) {
        self.check(key, &found.flatten(0, -1).slice(0, None, None, stride), tolerance);
    }

    /// What diffusers has, f32.
    pub(crate) fn expected(&self, key: &str) -> Tensor {
        let file = SafeTensors::deserialize(&self.bytes).expect("the fixture is whole");
        let view = file.tensor(key).expect("the fixture has the tensor");
        let shape: Vec<i64> = view.shape().iter().map(|size| *size as i64).collect();
        let kind = match view.dtype() {
            Dtype::U8 => Kind::Uint8,
            Dtype::F16 => Kind::Half,
            _ => Kind::Float,
        };
        Tensor::from_data_size(view.data(), &shape, kind).to_kind(Kind::Float)
    }

    /// Fails where the value differs most, if by more than `tolerance`.
    pub(crate) fn check(&self, key: &str, found: &Tensor, tolerance: f64) {
        let expected = self.expected(key);
        let (name, shape) = (format!("{} {key}", self.name), expected.size());
        assert_eq!(found.size(), shape, "shape of {name}");
        let difference = (found.to_kind(Kind::Float) - &expected).abs().flatten(0, -1);
        let worst = difference.max().double_value(&[]);
        let mut position = difference.argmax(0, false).int64_value(&[]);
        let mut index = Vec::new();
        for size in shape.iter().rev() {
            index.insert(0, position % size);
            position /= size;
        }
        assert!(
            worst <= tolerance,
            "{name} differs by {worst:e} at {index:?}: {} where diffusers has {}",
            found.double_value(&index),
            expected.double_value(&index),
        );
    }
}
