//! A transformer whose blocks are loaded one at a time keeps none of them: when their
//! file changes, its next step computes with the new ones.
#![cfg(all(feature = "torch", target_os = "linux"))]

use std::fs::{self, File};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use photoplay::diffusion::{StoredWeights, Transformer, TransformerConfig, transformer};
use photoplay::model::Model;
use serde_json::{Map, json};
use tch::{Device, Kind, Tensor};

fn config() -> TransformerConfig {
    let config = json!({
        "num_attention_heads": 2, "attention_head_dim": 16, "in_channels": 4, "text_dim": 16,
        "freq_dim": 64, "ffn_dim": 64, "num_layers": 3, "cross_attn_norm": true, "eps": 1e-6,
    });
    serde_json::from_value(config).expect("a configuration")
}

/// A file of weights, and where those of the blocks are in it.
struct WeightFile {
    path: PathBuf,
    blocks: Vec<Range<usize>>,
}

/// Writes a model of small random numbers in bf16, which f32 copies.
fn write(folder: &Path) -> WeightFile {
    let (mut header, mut ranges, mut end) = (Map::new(), Vec::new(), 0);
    for parameter in config().parameters().expect("supported") {
        let from = end;
        end += 2 * parameter.shape.iter().product::<i64>() as usize;
        if parameter.name.starts_with("blocks.") {
            ranges.push(from..end);
        }
        let info =
            json!({ "dtype": "BF16", "shape": parameter.shape, "data_offsets": [from, end] });
        header.insert(parameter.name, info);
    }
    let mut header = serde_json::to_vec(&header).expect("JSON");
    header.resize(header.len().next_multiple_of(8), b' ');
    let data = 8 + header.len();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    bytes.extend(random(end / 2, 1));
    fs::create_dir(folder.join("transformer")).expect("can be made");
    fs::write(folder.join("model_index.json"), "{}").expect("can be written");
    let path = folder.join("transformer/diffusion_pytorch_model.safetensors");
    fs::write(&path, bytes).expect("can be written");
    let blocks = ranges.into_iter().map(|range| data + range.start..data + range.end).collect();
    WeightFile { path, blocks }
}

/// Numbers of bf16, from -0.1 to 0.1.
fn random(count: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut number = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((state >> 40) as f32 / (1 << 23) as f32 - 1.0) * 0.1
    };
    // The upper half of an f32 is a bf16.
    (0..count).flat_map(|_| ((number().to_bits() >> 16) as u16).to_le_bytes()).collect()
}

fn open(folder: &Path, streamed: bool) -> Transformer {
    let (model, config) = (Model::open(folder).expect("a model"), config());
    let parameters = config.parameters().expect("supported");
    let stem = "diffusion_pytorch_model";
    let (kind, device, loading) = (Kind::Float, Device::Cpu, transformer::LOAD_OPTIONS);
    let weights =
        StoredWeights::open(&model, "transformer", stem, &parameters, kind, device, loading);
    let weights = weights.expect("the weights are whole");
    let network = if streamed {
        Transformer::streamed(weights, &config)
    } else {
        Transformer::new(&weights.root(), &config)
    };
    network.expect("the weights fit")
}

/// A step of a network after a prompt.
fn step(network: &Transformer) -> Tensor {
    let _guard = tch::no_grad_guard();
    let ones = |shape: &[i64]| Tensor::ones(shape, (Kind::Float, Device::Cpu));
    let prompt = network.prompt(&ones(&[1, 4, 16])).expect("weights are read");
    let latents = ones(&[1, 4, 1, 4, 4]);
    let rope = network.rotations(&latents);
    let time = Tensor::from_slice(&[500i64]);
    network.forward(&latents, &time, &prompt, None, &rope).expect("weights are read")
}

#[test]
fn no_block_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let weights = write(folder.path());
    let (resident, streamed) = (open(folder.path(), false), open(folder.path(), true));
    let first = step(&resident);
    assert!(step(&streamed).equal(&first));
    let file = File::options().write(true).open(&weights.path).expect("can be opened");
    for (seed, range) in (2..).zip(&weights.blocks) {
        let other = random(range.len() / 2, seed);
        file.write_all_at(&other, range.start as u64).expect("can be written");
    }
    let second = step(&open(folder.path(), false));
    assert!(!second.equal(&first));
    assert!(step(&streamed).equal(&second), "it kept a block");
    assert!(step(&resident).equal(&first), "it kept none");
}
