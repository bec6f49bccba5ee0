//! Adapters (LoRA): merges every spelling, and refuses adapters that do not fit.

use std::collections::BTreeMap;

use photoplay::diffusion::{Error, Parameter, Weights};
use photoplay::model::{AdapterFile, Model};
use serde_json::json;
use tch::{Kind, Tensor};

use super::{
    Folder, Raw, TRANSFORMER, check, file, load, numbers, raw_f32, refused, stored,
    transformer_parameters,
};

/// An adapter file for the tiny transformer beside a whole checkpoint.
fn adapted(
    tensors: &BTreeMap<String, Raw>,
    words: &[(&str, &str)],
    strength: f64,
    kind: Kind,
) -> Result<Weights, Error> {
    let whole = file(&stored(&transformer_parameters(), str::to_owned), &[]);
    let folder =
        Folder::new(&[(TRANSFORMER, &whole), ("loras/a.safetensors", &file(tensors, words))]);
    folder.settings(json!({
        "adapters": [{ "file": "loras/a.safetensors", "strength": strength }]
    }));
    folder.load_as("transformer", kind)
}

/// W + factor · B·A, in f64.
fn merged(name: &str, shape: &[i64], down: &[f32], up: &[f32], factor: f64) -> Vec<f32> {
    let (rows, columns) = (shape[0] as usize, shape[1..].iter().product::<i64>() as usize);
    let rank = down.len() / columns;
    let mut sum: Vec<f64> = numbers(name, shape).iter().map(|x| f64::from(*x)).collect();
    for row in 0..rows {
        for column in 0..columns {
            let inner = (0..rank)
                .map(|at| f64::from(up[row * rank + at]) * f64::from(down[at * columns + column]));
            sum[row * columns + column] += factor * inner.sum::<f64>();
        }
    }
    sum.iter().map(|x| *x as f32).collect()
}

fn close(found: &Tensor, expected: &[f32], name: &str) {
    let found = Vec::<f32>::try_from(found.flatten(0, -1)).expect("f32");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-6, "{name}: {found} where {expected} belongs");
    }
}

#[test]
fn adapters_of_every_spelling_are_merged() {
    let (query, ffn) = ("blocks.1.attn1.to_q", "vace_blocks.0.ffn.net.0.proj");
    let patch = "patch_embedding";
    let parameters = transformer_parameters();
    let shape = |module: &str| {
        let name = format!("{module}.weight");
        parameters.iter().find(|p| p.name == name).expect("a parameter").shape.clone()
    };
    // Prefix, and how each module, A and B are spelt.
    type Spelling = (&'static str, [&'static str; 3], [&'static str; 2]);
    let ours = [query, ffn, patch];
    let theirs = ["blocks.1.self_attn.q", "vace_blocks.0.ffn.0", patch];
    let spellings: [Spelling; 7] = [
        (
            "lora_unet_",
            ["blocks.1_self_attn.q", "vace_blocks_0.ffn_0", patch],
            ["lora_down.weight", "lora_up.weight"],
        ),
        ("transformer.", ours, ["lora_A.weight", "lora_B.weight"]),
        ("base_model.model.", ours, ["lora_A.default.weight", "lora_B.default.weight"]),
        ("", theirs, ["lora_down.weight", "lora_up.weight"]),
        ("diffusion_model.", theirs, ["lora_A.weight", "lora_B.weight"]),
        (
            "lora_unet_",
            ["blocks_1_self_attn_q", "vace_blocks_0_ffn_0", patch],
            ["lora_down.weight", "lora_up.weight"],
        ),
        (
            "lora_transformer_",
            ["blocks_1_attn1_to_q", "vace_blocks_0_ffn_net_0_proj", patch],
            ["lora_down.weight", "lora_up.weight"],
        ),
    ];
    for (prefix, modules, [a, b]) in spellings {
        let mut tensors = BTreeMap::new();
        let mut expected = Vec::new();
        for (index, (module, spelt)) in ours.iter().zip(modules).enumerate() {
            let shape = shape(module);
            let rank = index as i64 + 1;
            let down_shape = [&[rank], &shape[1..]].concat();
            let up_shape = [vec![shape[0], rank], vec![1; shape.len() - 2]].concat();
            let (down, up) = (numbers("down", &down_shape), numbers("up", &up_shape));
            tensors.insert(format!("{prefix}{spelt}.{a}"), raw_f32(&down_shape, &down));
            tensors.insert(format!("{prefix}{spelt}.{b}"), raw_f32(&up_shape, &up));
            // α/r is 1 without an α.
            let factor = if index == 0 { 1.0 } else { 0.5 / rank as f64 };
            if index > 0 {
                tensors.insert(format!("{prefix}{spelt}.alpha"), raw_f32(&[], &[0.5]));
            }
            let name = format!("{module}.weight");
            expected.push((name.clone(), merged(&name, &shape, &down, &up, 0.8 * factor)));
        }
        let weights = adapted(&tensors, &[], 0.8, Kind::Float).expect("it can be merged");
        for Parameter { name, shape, .. } in &parameters {
            match expected.iter().find(|(changed, _)| changed == name) {
                Some((_, expected)) => close(&weights.tensors[name], expected, name),
                None => close(&weights.tensors[name], &numbers(name, shape), name),
            }
        }
        // In bf16: merged in f32, rounded once.
        let half = adapted(&tensors, &[], 0.8, Kind::BFloat16).expect("it can be merged");
        let rounded = weights.tensors[&format!("{query}.weight")].to_kind(Kind::BFloat16);
        assert_eq!(half.tensors[&format!("{query}.weight")], rounded);
    }
}

#[test]
fn adapters_may_add_whole_tensors_and_say_their_alpha_in_words() {
    let down = numbers("down", &[2, 24]);
    let up = numbers("up", &[24, 2]);
    let tensors = BTreeMap::from([
        ("transformer.blocks.0.attn1.to_q.lora_A.weight".to_owned(), raw_f32(&[2, 24], &down)),
        ("transformer.blocks.0.attn1.to_q.lora_B.weight".to_owned(), raw_f32(&[24, 2], &up)),
        ("transformer.blocks.0.attn1.to_q.lora_B.bias".to_owned(), raw_f32(&[24], &[1.0; 24])),
    ]);
    let words = |text: &'static str| [("lora_adapter_metadata", text)];
    let cases = [
        (&words(r#"{"transformer.r": 2, "transformer.lora_alpha": 6}"#)[..], 3.0),
        (
            &words(r#"{"transformer.lora_alpha": 6, "transformer.use_rslora": true}"#),
            6.0 / 2f64.sqrt(),
        ),
        (&[], 1.0),
    ];
    for (words, factor) in cases {
        let weights = adapted(&tensors, words, 1.0, Kind::Float).expect("it can be merged");
        let name = "blocks.0.attn1.to_q.weight";
        close(&weights.tensors[name], &merged(name, &[24, 24], &down, &up, factor), name);
        let name = "blocks.0.attn1.to_q.bias";
        let expected: Vec<f32> = numbers(name, &[24]).iter().map(|x| x + factor as f32).collect();
        close(&weights.tensors[name], &expected, name);
    }
    let tensors = BTreeMap::from([
        ("diffusion_model.blocks.0.norm3.diff".to_owned(), raw_f32(&[24], &[0.5; 24])),
        ("diffusion_model.blocks.0.norm3.diff_b".to_owned(), raw_f32(&[24], &[0.25; 24])),
        ("diffusion_model.head.modulation.diff".to_owned(), raw_f32(&[1, 2, 24], &[0.125; 48])),
        ("diffusion_model.blocks.0.diff_m".to_owned(), raw_f32(&[1, 6, 24], &[0.375; 144])),
    ]);
    let weights = adapted(&tensors, &[], 2.0, Kind::Float).expect("it can be merged");
    let changed = [
        ("blocks.0.norm2.weight", &[24][..], 1.0),
        ("blocks.0.norm2.bias", &[24], 0.5),
        ("scale_shift_table", &[1, 2, 24], 0.25),
        ("blocks.0.scale_shift_table", &[1, 6, 24], 0.75),
    ];
    for (name, shape, by) in changed {
        let expected: Vec<f32> = numbers(name, shape).iter().map(|x| x + by).collect();
        close(&weights.tensors[name], &expected, name);
    }
}

#[test]
fn adapters_that_cannot_be_merged_say_why() {
    let good = BTreeMap::from([
        ("blocks.0.self_attn.q.lora_A.weight".to_owned(), raw_f32(&[2, 24], &[0.1; 48])),
        ("blocks.0.self_attn.q.lora_B.weight".to_owned(), raw_f32(&[24, 2], &[0.1; 48])),
    ]);
    adapted(&good, &[], 1.0, Kind::Float).expect("it can be merged");
    let check = |alter: &dyn Fn(&mut BTreeMap<String, Raw>), expected: &str| {
        let mut tensors = good.clone();
        alter(&mut tensors);
        refused(adapted(&tensors, &[], 1.0, Kind::Float), expected);
    };
    let with = |name: &'static str, raw: Raw| {
        move |tensors: &mut BTreeMap<String, Raw>| {
            tensors.insert(name.to_owned(), raw.clone());
        }
    };
    let q = raw_f32(&[24], &[1.0; 24]);
    check(&with("blocks.0.self_attn.q.dora_scale", q.clone()), "weight-decomposed adapter (DoRA)");
    check(&with("transformer.blocks.0.attn1.to_q.lora_magnitude_vector", q.clone()), "(DoRA)");
    check(&with("lora_unet_blocks_0_self_attn_q.hada_w1_a", q.clone()), "a LoHa adapter");
    check(&with("lora_unet_blocks_0_self_attn_q.lokr_w1", q.clone()), "a LoKr adapter");
    check(
        &with("blocks.9.self_attn.q.lora_A.weight", q.clone()),
        "and this is for block 10: the adapter is for a larger model",
    );
    check(
        &with("blocks.0.self_attn.q.weight", q.clone()),
        "`blocks.0.self_attn.q.weight` that matches nothing",
    );
    check(&with("lora_te_x.lora_down.weight", q.clone()), "like `transformer.blocks.0.attn1");
    check(&with("blocks.0.self_attn.norm_q.diff_b", q.clone()), "that matches nothing");
    check(&with("blocks.0.self_attn.q.alpha", q), "not one number");
    check(&with("blocks.0.self_attn.q.alpha", raw_f32(&[], &[f32::NAN])), "not one number");
    check(
        &with("blocks.0.self_attn.k.lora_A.weight", raw_f32(&[2, 24], &[0.1; 48])),
        "without its other half",
    );
    check(
        &with("blocks.0.self_attn.q.lora_B.weight", raw_f32(&[24, 3], &[0.1; 72])),
        "has shape [24, 3]",
    );
    check(
        &with("blocks.0.self_attn.q.lora_A.weight", raw_f32(&[2, 12], &[0.1; 24])),
        "has shape [2, 12]",
    );
    check(&with("blocks.0.self_attn.q.lora_A.weight", raw_f32(&[0, 24], &[])), "has shape [0, 24]");
    check(
        &with("blocks.0.self_attn.q.lora_A.weight", ("I8", vec![2, 24], vec![1; 48])),
        "is stored as I8",
    );
    check(&|tensors| tensors.clear(), "changes nothing");
    let dora = [("lora_adapter_metadata", r#"{"transformer.use_dora": true}"#)];
    refused(adapted(&good, &dora, 1.0, Kind::Float), "(DoRA) by its settings");
    refused(adapted(&good, &[("lora_adapter_metadata", "[")], 1.0, Kind::Float), "not understood");

    // For one of two transformers; missing; elsewhere.
    let whole = file(&stored(&transformer_parameters(), str::to_owned), &[]);
    let folder = Folder::new(&[(TRANSFORMER, &whole), ("a.safetensors", &file(&good, &[]))]);
    folder
        .settings(json!({ "adapters": [{ "file": "a.safetensors", "network": "transformer_2" }] }));
    check_unchanged(&folder);
    for (name, expected) in
        [("b.safetensors", "has no `b.safetensors`"), ("../a.safetensors", "outside")]
    {
        folder.settings(json!({ "adapters": [{ "file": name }] }));
        let error = Model::open(folder.path()).expect_err("it is not there").to_string();
        assert!(error.contains(expected), "{error}");
    }
    let mut model = folder_without_adapters(&folder);
    let file = folder.path().join("a.safetensors");
    model.adapters = vec![AdapterFile { file: file.clone(), strength: 1.0, network: None }; 2];
    let twice = load(&model, "transformer", Kind::Float).expect("one after the other");
    let name = "blocks.0.attn1.to_q.weight";
    let expected: Vec<f32> = numbers(name, &[24, 24]).iter().map(|x| x + 0.04).collect();
    close(&twice.tensors[name], &expected, name);
}

fn check_unchanged(folder: &Folder) {
    check(&folder.load("transformer").expect("it is whole"), &transformer_parameters());
}

fn folder_without_adapters(folder: &Folder) -> Model {
    folder.settings(json!({}));
    folder.model()
}
