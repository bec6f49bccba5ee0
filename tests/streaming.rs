//! The memory of a transformer whose blocks are loaded one at a time, measured in
//! processes of their own.
#![cfg(all(feature = "torch", target_os = "linux"))]

use std::env;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

use photoplay::diffusion::{StoredWeights, Transformer, TransformerConfig, transformer};
use photoplay::model::Model;
use serde_json::{Map, json};
use tch::{Device, Kind, Tensor};

const BLOCKS: i64 = 12;

fn config() -> TransformerConfig {
    let config = json!({
        "num_attention_heads": 4, "attention_head_dim": 128, "in_channels": 4, "text_dim": 16,
        "freq_dim": 64, "ffn_dim": 2048, "num_layers": BLOCKS, "cross_attn_norm": true,
        "eps": 1e-6,
    });
    serde_json::from_value(config).expect("a configuration")
}

/// A transformer of zeros in bf16; the file has a hole where they are.
fn write(folder: &Path) {
    let (mut header, mut end) = (Map::new(), 0);
    for parameter in config().parameters().expect("supported") {
        let from = end;
        end += 2 * parameter.shape.iter().product::<i64>();
        let info =
            json!({ "dtype": "BF16", "shape": parameter.shape, "data_offsets": [from, end] });
        header.insert(parameter.name, info);
    }
    let mut header = serde_json::to_vec(&header).expect("JSON");
    header.resize(header.len().next_multiple_of(8), b' ');
    fs::create_dir(folder.join("transformer")).expect("can be made");
    fs::write(folder.join("model_index.json"), "{}").expect("can be written");
    let path = folder.join("transformer/diffusion_pytorch_model.safetensors");
    let mut file = File::create(path).expect("can be written");
    file.write_all(&(header.len() as u64).to_le_bytes()).expect("can be written");
    file.write_all(&header).expect("can be written");
    file.set_len(8 + header.len() as u64 + end as u64).expect("can be lengthened");
}

/// The peak memory of this process in bytes, after a prompt and a step in f32.
fn peak(folder: &Path, streamed: bool) -> u64 {
    tch::set_num_threads(1);
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
    let network = network.expect("the weights fit");
    let _guard = tch::no_grad_guard();
    let zeros = |shape: &[i64]| Tensor::zeros(shape, (kind, device));
    let prompt = network.prompt(&zeros(&[1, 4, 16])).expect("weights are read");
    let latents = zeros(&[1, 4, 1, 4, 4]);
    let rope = network.rotations(&latents);
    let time = Tensor::from_slice(&[500i64]);
    let _ = network.forward(&latents, &time, &prompt, None, &rope).expect("weights are read");
    let status = fs::read_to_string("/proc/self/status").expect("Linux has this file");
    let line =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux reports it");
    let kib = line.trim().strip_suffix("kB").expect("in kB").trim();
    kib.parse::<u64>().expect("a number") << 10
}

const FOLDER: &str = "PHOTOPLAY_TEST_FOLDER";
const STREAMED: &str = "PHOTOPLAY_TEST_STREAMED";

#[test]
fn at_most_one_block_is_in_memory() {
    if let Some(folder) = env::var_os(FOLDER) {
        let peak = peak(Path::new(&folder), env::var_os(STREAMED).is_some());
        writeln!(io::stdout(), "peak {peak}").expect("it is read");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path());
    let peak = |streamed: bool| {
        let mut command = Command::new(env::current_exe().expect("this program"));
        command.args(["--exact", "at_most_one_block_is_in_memory", "--nocapture"]);
        command.env(FOLDER, folder.path());
        if streamed {
            command.env(STREAMED, "1");
        }
        let output = command.output().expect("it can be started");
        let said = String::from_utf8(output.stdout).expect("text");
        let peak = said.split_once("peak ").and_then(|(_, rest)| rest.lines().next());
        let peak = peak.and_then(|peak| peak.parse::<u64>().ok());
        peak.unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    };
    let parameters = config().parameters().expect("supported");
    let block = parameters.iter().filter(|parameter| parameter.name.starts_with("blocks.0."));
    let block = block.map(|one| 4 * one.shape.iter().product::<i64>()).sum::<i64>() as u64;
    let (resident, streamed) = (peak(false), peak(true));
    // One more block for other differences.
    let saved = block * (BLOCKS as u64 - 2);
    assert!(
        streamed + saved <= resident,
        "{streamed} bytes with blocks of {block} one at a time, {resident} with all of them"
    );
}
