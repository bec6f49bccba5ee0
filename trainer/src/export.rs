//! Writes a model folder in the layout of diffusers, as Photoplay embeds it
//! and Python loads it.

use std::fs;
use std::path::Path;

use indexmap::IndexMap;
use photoplay::diffusion::Weights;
use photoplay::model::{ModelDefaults, ReelDefaults};
use serde::Serialize;
use serde_json::{Value, json};
use tch::{Kind, Tensor};

use crate::checkpoint::TrainingCheckpoint;
use crate::denoiser::{GUIDANCE, SHIFT, STEPS};
use crate::flat::part;
use crate::networks::{Configs, TEXT_ENCODER, TRANSFORMER};
use crate::stage;
use crate::{Error, autoencoder, text};

/// Frames per second of the stage.
const FRAME_RATE: u32 = 12;
/// Longest take that the denoiser was trained on.
const MAX_FRAMES: u32 = 49;

/// Exports the runs of the autoencoder and of the denoiser.
pub(crate) fn export(vae: &Path, denoiser: &Path, out: &Path) -> Result<(), Error> {
    let words = serde_json::from_str(&stage::words()).expect("the stage writes what is read here");
    let flat = Configs::new().layout()?;
    let checkpoint = TrainingCheckpoint::load(denoiser)?;
    if checkpoint.average.numel() as i64 != flat.len() {
        return Err(Error::Layout(denoiser.to_owned()));
    }
    let trained = flat.split(&checkpoint.average);
    let parts = [
        ("transformer/diffusion_pytorch_model", part(&trained, "transformer")),
        ("text_encoder/model", part(&trained, "text_encoder")),
        ("vae/diffusion_pytorch_model", autoencoder::trained_weights(vae)?.tensors),
    ];
    for (stem, tensors) in parts {
        let rounded: IndexMap<String, Tensor> = tensors
            .into_iter()
            .map(|(name, tensor)| (name, tensor.to_kind(Kind::BFloat16)))
            .collect();
        let bytes = Weights::from_tensors(stem, rounded).to_safetensors()?;
        write(&out.join(format!("{stem}.safetensors")), &bytes)?;
    }
    let settings = ModelDefaults {
        name: "Toy Theatre".to_owned(),
        prompt_template: "toy-theatre".to_owned(),
        width: stage::WIDTH,
        height: stage::HEIGHT,
        frame_rate: FRAME_RATE,
        max_frames: MAX_FRAMES,
        steps: STEPS as u32,
        guidance_scale: GUIDANCE,
        guidance_scale_2: None,
        scheduler: "unipc".to_owned(),
        shift: SHIFT,
        text_length: text::LENGTH,
        negative_prompt: String::new(),
        licence: "MIT OR Apache-2.0".to_owned(),
        weights: std::collections::BTreeMap::new(),
        adapters: Vec::new(),
        blocking: None,
        published: false,
        most_subjects: Some(2),
        reel: Some(ReelDefaults {
            finished: true,
            ground: "forest".to_owned(),
            times: ["day", "night"].map(str::to_owned),
            // Measured on stills: the stage's lights are 0.46 and 0.76.
            night_share: [0.48, 0.64],
            key: None,
            plate: [448, stage::HEIGHT],
            floor: [0.69, 1.0],
            water: [("harbour".to_owned(), [0.495, 0.53])].into(),
            together: vec!["couple".to_owned(), "crowd".to_owned()],
            light: [("dusk", [1.0, 0.81, 0.74]), ("night", [0.74, 0.78, 0.94])]
                .map(|(time, light)| (time.to_owned(), light))
                .into(),
            mouths: stage::mouths(),
        }),
    };
    let parsed =
        |text: &str| -> Value { serde_json::from_str(text).expect("well formed in the source") };
    for (file, value) in [
        ("model_index.json", model_index()),
        ("transformer/config.json", parsed(TRANSFORMER)),
        ("text_encoder/config.json", parsed(TEXT_ENCODER)),
        ("vae/config.json", autoencoder::trained_config(vae)?),
        ("scheduler/scheduler_config.json", scheduler_config()),
        ("tokenizer/tokenizer.json", text::tokenizer_json(&words)?),
        ("tokenizer/tokenizer_config.json", tokenizer_config()),
    ] {
        write_json(&out.join(file), &value)?;
    }
    write_json(&out.join("photoplay.json"), &settings)?;
    write(&out.join("words.json"), stage::words().as_bytes())
}

fn model_index() -> Value {
    json!({
        "_class_name": "WanVACEPipeline",
        "_diffusers_version": "0.42.1",
        "scheduler": ["diffusers", "UniPCMultistepScheduler"],
        "text_encoder": ["transformers", "UMT5EncoderModel"],
        "tokenizer": ["transformers", "T5TokenizerFast"],
        "transformer": ["diffusers", "WanVACETransformer3DModel"],
        "transformer_2": [null, null],
        "vae": ["diffusers", "AutoencoderKLWan"],
        "boundary_ratio": null
    })
}

fn scheduler_config() -> Value {
    json!({
        "_class_name": "UniPCMultistepScheduler",
        "_diffusers_version": "0.42.1",
        "num_train_timesteps": 1000,
        "solver_order": 2,
        "solver_type": "bh2",
        "predict_x0": true,
        "prediction_type": "flow_prediction",
        "use_flow_sigmas": true,
        "flow_shift": SHIFT,
        "final_sigmas_type": "zero",
        "lower_order_final": true,
        "disable_corrector": [],
        "thresholding": false,
        "timestep_spacing": "linspace"
    })
}

fn tokenizer_config() -> Value {
    json!({
        "tokenizer_class": "T5TokenizerFast",
        "model_max_length": text::LENGTH,
        "pad_token": "<pad>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "extra_ids": 0
    })
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Error> {
    let mut text = serde_json::to_string_pretty(value).expect("plain data");
    text.push('\n');
    write(path, text.as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| Error::write(folder, source))?;
    }
    fs::write(path, bytes).map_err(|source| Error::write(path, source))
}
