//! Checkpoints of all kinds: both schemes of names, every format of weights, shards,
//! adapters. Every fault of a file is named before it causes an allocation.
#![cfg(feature = "torch")]

mod adapters;
mod hostile;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use photoplay::diffusion::names::{self, Scheme};
use photoplay::diffusion::{
    Error, LoadOptions, Parameter, TextEncoderConfig, TransformerConfig, VaeConfig, Weights,
    text_encoder, transformer, vae,
};
use photoplay::model::Model;
use serde_json::{Value, json};
use tch::{Device, Kind, Tensor};

fn transformer_config() -> Value {
    json!({
        "num_attention_heads": 2, "attention_head_dim": 12, "in_channels": 4, "out_channels": 4,
        "text_dim": 8, "freq_dim": 8, "ffn_dim": 16, "num_layers": 2, "cross_attn_norm": true,
        "eps": 1e-6, "vace_layers": [0], "vace_in_channels": 12,
    })
}

fn transformer_parameters() -> Vec<Parameter> {
    let config: TransformerConfig =
        serde_json::from_value(transformer_config()).expect("understood");
    config.parameters().expect("supported")
}

fn vae_config() -> Value {
    json!({ "base_dim": 2, "z_dim": 1, "latents_mean": [0.0], "latents_std": [1.0] })
}

fn vae_parameters() -> Vec<Parameter> {
    let config: VaeConfig = serde_json::from_value(vae_config()).expect("understood");
    config.parameters().expect("supported")
}

fn text_config() -> Value {
    json!({
        "vocab_size": 9, "d_model": 8, "d_kv": 4, "d_ff": 12, "num_layers": 2, "num_heads": 2,
        "relative_attention_num_buckets": 8, "relative_attention_max_distance": 16,
        "layer_norm_epsilon": 1e-6, "feed_forward_proj": "gated-gelu",
    })
}

fn text_parameters() -> Vec<Parameter> {
    let config: TextEncoderConfig = serde_json::from_value(text_config()).expect("understood");
    config.parameters().expect("supported")
}

/// A tensor of a file: format, shape, bytes.
type Raw = (&'static str, Vec<i64>, Vec<u8>);

/// Numbers that depend on the name, f32.
fn numbers(name: &str, shape: &[i64]) -> Vec<f32> {
    let start = name.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let count = shape.iter().product::<i64>() as u32;
    (0..count)
        .map(|at| {
            let mixed = start.wrapping_add(at).wrapping_mul(0x9E37_79B1).rotate_left(13);
            mixed.wrapping_mul(0x85EB_CA77) as f32 / u32::MAX as f32 - 0.5
        })
        .collect()
}

fn raw_f32(shape: &[i64], numbers: &[f32]) -> Raw {
    ("F32", shape.to_vec(), numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
}

/// A safetensors file, written by hand.
fn file(tensors: &BTreeMap<String, Raw>, words: &[(&str, &str)]) -> Vec<u8> {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    if !words.is_empty() {
        header.insert("__metadata__".to_owned(), words.iter().copied().collect());
    }
    for (name, (dtype, shape, bytes)) in tensors {
        let from = data.len();
        data.extend_from_slice(bytes);
        let info = json!({ "dtype": dtype, "shape": shape, "data_offsets": [from, data.len()] });
        header.insert(name.clone(), info);
    }
    let mut header = Value::Object(header).to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    [&(header.len() as u64).to_le_bytes()[..], &header, &data].concat()
}

fn stored(parameters: &[Parameter], rename: impl Fn(&str) -> String) -> BTreeMap<String, Raw> {
    let one = |Parameter { name, shape, .. }: &Parameter| {
        (rename(name), raw_f32(shape, &numbers(name, shape)))
    };
    parameters.iter().map(one).collect()
}

/// A model folder with these files besides its settings.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        folder.settings(json!({}));
        for (name, bytes) in files {
            folder.write(name, bytes);
        }
        folder
    }

    fn settings(&self, more: Value) {
        let mut settings = json!({
            "name": "Test", "prompt_template": "wan", "width": 32, "height": 32, "frame_rate": 12,
            "max_frames": 13, "steps": 2, "guidance_scale": 1.0, "scheduler": "unipc",
            "shift": 3.0, "text_length": 8, "licence": "MIT",
        });
        for (name, value) in more.as_object().expect("settings") {
            settings[name] = value.clone();
        }
        self.write("photoplay.json", settings.to_string().as_bytes());
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("in a folder")).expect("can be made");
        fs::write(&path, bytes).expect("can be written");
        path
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn model(&self) -> Model {
        Model::open(self.path()).expect("the settings are understood")
    }

    fn load(&self, part: &str) -> Result<Weights, Error> {
        self.load_as(part, Kind::Float)
    }

    fn load_as(&self, part: &str, kind: Kind) -> Result<Weights, Error> {
        load(&self.model(), part, kind)
    }
}

fn load(model: &Model, part: &str, kind: Kind) -> Result<Weights, Error> {
    let (stem, parameters, loading) = network(part);
    Weights::load(model, part, stem, &parameters, kind, Device::Cpu, loading)
}

fn network(part: &str) -> (&'static str, Vec<Parameter>, LoadOptions<'static>) {
    match part {
        "vae" => ("diffusion_pytorch_model", vae_parameters(), vae::LOAD_OPTIONS),
        "text_encoder" => ("model", text_parameters(), text_encoder::LOAD_OPTIONS),
        _ => ("diffusion_pytorch_model", transformer_parameters(), transformer::LOAD_OPTIONS),
    }
}

fn bits(tensor: &Tensor) -> Vec<u32> {
    let flat = tensor.to_kind(Kind::Float).flatten(0, -1);
    Vec::<f32>::try_from(flat).expect("f32").iter().map(|number| number.to_bits()).collect()
}

/// Whether weights are exactly those of the formula.
fn check(weights: &Weights, parameters: &[Parameter]) {
    assert_eq!(weights.tensors.len(), parameters.len());
    for Parameter { name, shape, .. } in parameters {
        let expected: Vec<u32> = numbers(name, shape).iter().map(|x| x.to_bits()).collect();
        assert_eq!(bits(&weights.tensors[name]), expected, "{name}");
    }
}

fn refused(result: Result<Weights, Error>, expected: &str) {
    let error = photoplay::diagnostic::chain(&result.expect_err(expected));
    assert!(error.contains(expected), "{error:?} lacks {expected:?}");
}

const TRANSFORMER: &str = "transformer/diffusion_pytorch_model.safetensors";

/// `a.{0..2}.b -> c.*.d [1, 2]` of `original.json`: names and shapes of the numbers.
fn expanded(row: &str) -> Vec<(String, String, String)> {
    let (theirs, rest) = row.split_once(" -> ").expect("an arrow");
    let (ours, shape) = rest.split_once(' ').expect("a shape");
    let Some((before, after)) = theirs.split_once('{') else {
        return vec![(theirs.to_owned(), ours.to_owned(), shape.to_owned())];
    };
    let (numbers, after) = after.split_once('}').expect("closed");
    let (first, last) = numbers.split_once("..").expect("a range");
    let (first, last): (u32, u32) =
        (first.parse().expect("a number"), last.parse().expect("a number"));
    (first..=last)
        .map(|at| {
            let ours = ours.replacen('*', &at.to_string(), 1);
            (format!("{before}{at}{after}"), ours, shape.to_owned())
        })
        .collect()
}

/// Ring 3 in the authors' names: the map is total, one to one, and gives the
/// shapes that the networks ask for.
#[test]
fn the_authors_names_of_published_models_are_known() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parity/original.json");
    let cases: Vec<Value> =
        serde_json::from_str(&fs::read_to_string(path).expect("it is there")).expect("JSON");
    assert_eq!(cases.len(), 8, "the experts of a mixture have the shapes of the 14B networks");
    for case in cases {
        let config = case["config"].clone();
        let (parameters, scheme): (_, Scheme) = match case["kind"].as_str().expect("a kind") {
            "vae" => {
                let config: VaeConfig = serde_json::from_value(config).expect("understood");
                (config.parameters(), names::VAE)
            }
            "transformer" => {
                let config: TransformerConfig = serde_json::from_value(config).expect("understood");
                (config.parameters(), names::TRANSFORMER)
            }
            _ => {
                let config: TextEncoderConfig = serde_json::from_value(config).expect("understood");
                (config.parameters(), names::TEXT_ENCODER)
            }
        };
        let parameters = parameters.expect("supported");
        let mut shapes: BTreeMap<&str, String> =
            parameters.iter().map(|p| (p.name.as_str(), format!("{:?}", p.shape))).collect();
        for row in case["tensors"].as_array().expect("rows") {
            for (theirs, ours, shape) in expanded(row.as_str().expect("a row")) {
                assert_eq!(scheme.in_diffusers(&theirs).as_deref(), Some(ours.as_str()));
                // Adapters need the way back; autoencoders have two.
                if case["kind"] == "transformer" {
                    assert_eq!(scheme.in_authors(&ours).as_deref(), Some(theirs.as_str()));
                }
                assert_eq!(shapes.remove(ours.as_str()), Some(shape), "{ours}");
            }
        }
        assert!(shapes.is_empty(), "{} lacks {shapes:?}", case["name"]);
    }
}

/// What the reference computes in f32 whatever the rest is: the times' embedding,
/// the modulation, the norms that have weights.
#[test]
fn a_transformer_in_bf16_keeps_what_the_reference_keeps_in_f32() {
    let islands = ["time_embedder", "scale_shift_table", "norm1", "norm2", "norm3"];
    let whole = file(&stored(&transformer_parameters(), str::to_owned), &[]);
    let folder = Folder::new(&[(TRANSFORMER, &whole)]);
    let weights = folder.load_as("transformer", Kind::BFloat16).expect("it is whole");
    for (name, tensor) in &weights.tensors {
        let island = name.split('.').any(|part| islands.contains(&part));
        let kind = if island { Kind::Float } else { Kind::BFloat16 };
        assert_eq!(tensor.kind(), kind, "{name}");
    }
}

#[test]
fn either_scheme_of_names_gives_the_same_weights() {
    let schemes = [
        (
            "transformer",
            names::TRANSFORMER,
            &["", "model.diffusion_model.", "diffusion_model."][..],
        ),
        ("vae", names::VAE, &["", "first_stage_model."]),
        ("text_encoder", names::TEXT_ENCODER, &["", "text_encoders.umt5xxl.transformer."]),
    ];
    for (part, scheme, prefixes) in schemes {
        let (_, parameters, _) = network(part);
        for prefix in prefixes {
            let theirs = |name: &str| {
                format!("{prefix}{}", scheme.in_authors(name).expect("a name in the authors' code"))
            };
            let mut tensors = stored(&parameters, theirs);
            // What ComfyUI's files of text encoders bring besides.
            tensors.insert("spiece_model".to_owned(), ("U8", vec![3], vec![1, 2, 3]));
            // By whatever name, if it is the only one, or the one that is named.
            let folder = Folder::new(&[(&format!("{part}/wan.safetensors"), &file(&tensors, &[]))]);
            check(&folder.load(part).expect("it is whole"), &parameters);
            let ours = stored(&parameters, |name| format!("{prefix}{name}"));
            folder.write("all/ours.safetensors", &file(&ours, &[]));
            folder.settings(json!({ "weights": { part: "all/ours.safetensors" } }));
            check(&folder.load(part).expect("it is whole"), &parameters);
        }
    }
}

#[test]
fn a_tied_embedding_goes_by_either_name_or_both() {
    let parameters = text_parameters();
    let mut tensors = stored(&parameters, str::to_owned);
    tensors.insert("encoder.embed_tokens.weight".to_owned(), tensors["shared.weight"].clone());
    for _ in 0..2 {
        let folder = Folder::new(&[("text_encoder/model.safetensors", &file(&tensors, &[]))]);
        check(&folder.load("text_encoder").expect("it is whole"), &parameters);
        tensors.remove("shared.weight");
    }
}

/// What the bits of a number mean, by the definition of its format.
fn meaning(bits: u32, exponent: u32, mantissa: u32) -> f64 {
    let sign = if bits >> (exponent + mantissa) & 1 == 1 { -1.0 } else { 1.0 };
    let bias = (1i32 << (exponent - 1)) - 1;
    let power = (bits >> mantissa & ((1 << exponent) - 1)) as i32;
    let fraction = f64::from(bits & ((1 << mantissa) - 1)) / f64::from(1u32 << mantissa);
    let size = match power {
        0 => fraction * 2f64.powi(1 - bias),
        _ => (1.0 + fraction) * 2f64.powi(power - bias),
    };
    sign * size
}

/// Every number of each format, in one weight of a network.
#[test]
fn every_stored_number_is_read_to_the_bit() {
    let of = |bits: std::ops::Range<u32>, exponent: u32, mantissa: u32, nan: fn(u32) -> bool| {
        let bits: Vec<u32> = bits.filter(|bits| !nan(*bits)).collect();
        let means: Vec<f64> = bits.iter().map(|bits| meaning(*bits, exponent, mantissa)).collect();
        (bits, means)
    };
    let formats = [
        ("F8_E4M3", 1, of(0..256, 4, 3, |bits| bits & 0x7F == 0x7F)),
        ("F16", 2, of(0..65_536, 5, 10, |bits| bits & 0x7C00 == 0x7C00)),
        ("BF16", 2, of(0..65_536, 8, 7, |bits| bits & 0x7F80 == 0x7F80)),
    ];
    let name = "numbers.weight".to_owned();
    for (dtype, size, (bits_stored, means)) in formats {
        let bytes: Vec<u8> =
            bits_stored.iter().flat_map(|bits| bits.to_le_bytes()[..size].to_vec()).collect();
        let shape = vec![bits_stored.len() as i64, 1];
        let init = photoplay::diffusion::Init::Zeros;
        let parameter = Parameter { name: name.clone(), shape: shape.clone(), init };
        let mut tensors = BTreeMap::from([(name.clone(), (dtype, shape, bytes))]);
        let load = |tensors: &BTreeMap<String, Raw>, kind| {
            let folder = Folder::new(&[("some/file.safetensors", &file(tensors, &[]))]);
            let parameters = std::slice::from_ref(&parameter);
            let loading = LoadOptions::default();
            Weights::load(&folder.model(), "some", "x", parameters, kind, Device::Cpu, loading)
                .expect("it is whole")
                .tensors[&name]
                .copy()
        };
        let expected: Vec<u32> = means.iter().map(|mean| (*mean as f32).to_bits()).collect();
        assert_eq!(bits(&load(&tensors, Kind::Float)), expected, "{dtype}");
        // To the nearest, ties to even.
        let rounded: Vec<u32> = expected
            .iter()
            .map(|bits| {
                let tie = (bits >> 16 & 1) + 0x7FFF;
                (bits + tie) & 0xFFFF_0000
            })
            .collect();
        assert_eq!(bits(&load(&tensors, Kind::BFloat16)), rounded, "{dtype} to bf16");

        // One scale for all, then one for each row, as either tool writes it.
        let scale =
            |by: &dyn Fn(usize) -> f32, count: usize| -> Vec<f32> { (0..count).map(by).collect() };
        let rows = means.len();
        let each: Vec<f32> = scale(&|row| 0.25 + row as f32, rows);
        for (last, shape, scales) in [
            ("scale_weight", vec![], vec![0.375f32]),
            ("weight_scale", vec![1], vec![0.375]),
            ("scale_weight", vec![rows as i64, 1], each.clone()),
            ("weight_scale", vec![rows as i64], each),
        ] {
            tensors.retain(|name, _| name == "numbers.weight");
            tensors.insert(format!("numbers.{last}"), raw_f32(&shape, &scales));
            tensors.insert("numbers.scale_input".to_owned(), raw_f32(&[], &[2.0]));
            tensors.insert("scaled_fp8".to_owned(), ("F8_E4M3", vec![2], vec![0, 0]));
            let scaled = means
                .iter()
                .enumerate()
                .map(|(row, mean)| (*mean as f32 * scales[row.min(scales.len() - 1)]).to_bits());
            assert_eq!(
                bits(&load(&tensors, Kind::Float)),
                scaled.collect::<Vec<_>>(),
                "{dtype} {last}"
            );
        }
    }
}

#[test]
fn scales_that_do_not_fit_are_refused() {
    let parameters = transformer_parameters();
    let scaled = |scale: Raw| {
        let mut tensors = stored(&parameters, str::to_owned);
        tensors.insert("proj_out.scale_weight".to_owned(), scale);
        Folder::new(&[(TRANSFORMER, &file(&tensors, &[]))]).load("transformer")
    };
    scaled(raw_f32(&[16], &[1.0; 16])).expect("one for each row");
    refused(scaled(raw_f32(&[24], &[1.0; 24])), "`the scale of proj_out.weight`");
    refused(scaled(raw_f32(&[1, 16], &[1.0; 16])), "`the scale of proj_out.weight`");
    refused(scaled(("U8", vec![1], vec![1])), "is stored as U8");
    let mut tensors = stored(&parameters, str::to_owned);
    tensors.insert("nothing.scale_weight".to_owned(), raw_f32(&[], &[1.0]));
    let folder = Folder::new(&[(TRANSFORMER, &file(&tensors, &[]))]);
    refused(folder.load("transformer"), "has a tensor `nothing.scale_weight`");
}

#[test]
fn shards_are_what_their_index_says() {
    let parameters = transformer_parameters();
    let whole = stored(&parameters, str::to_owned);
    let (mut one, mut two) = (whole.clone(), whole.clone());
    one.retain(|name, _| name.starts_with("blocks"));
    two.retain(|name, _| !name.starts_with("blocks"));
    let map: BTreeMap<&String, &str> = whole
        .keys()
        .map(|name| {
            (name, if one.contains_key(name) { "one.safetensors" } else { "two.safetensors" })
        })
        .collect();
    let folder = Folder::new(&[]);
    let index = |map: Value| {
        let text = json!({ "metadata": { "total_size": 1 }, "weight_map": map }).to_string();
        folder.write(&format!("{TRANSFORMER}.index.json"), text.as_bytes());
    };
    index(json!(map));
    folder.write("transformer/one.safetensors", &file(&one, &[]));
    refused(folder.load("transformer"), "names `transformer/two.safetensors`, which is not there");
    folder.write("transformer/two.safetensors", &file(&two, &[]));
    check(&folder.load("transformer").expect("they are whole"), &parameters);

    for outside in ["../two.safetensors", "/etc/passwd", "a/../../b", "", ".", "..\\two"] {
        let mut map = json!(map);
        map["proj_out.bias"] = json!(outside);
        index(map);
        refused(folder.load("transformer"), "would lie outside of its folder");
    }
    let mut other = json!(map);
    other["proj_out.bias"] = json!("one.safetensors");
    index(other);
    let expected =
        "puts tensor `proj_out.bias` in `one.safetensors`, but it is in `two.safetensors`";
    refused(folder.load("transformer"), expected);
    let mut less = json!(map);
    less.as_object_mut().expect("a map").remove("proj_out.bias");
    index(less);
    refused(folder.load("transformer"), "puts tensor `proj_out.bias` in no file");
    let mut more = json!(map);
    more["proj_out.more"] = json!("one.safetensors");
    index(more);
    refused(folder.load("transformer"), "`one.safetensors` has no tensor `proj_out.more`");
    index(json!(map));
    let mut twice = one.clone();
    twice.insert("proj_out.bias".to_owned(), whole["proj_out.bias"].clone());
    folder.write("transformer/one.safetensors", &file(&twice, &[]));
    refused(folder.load("transformer"), "but it is in `one.safetensors`");
    folder.write(&format!("{TRANSFORMER}.index.json"), b"{");
    refused(folder.load("transformer"), "is not understood");
}

#[test]
fn files_that_are_not_the_one_are_not_guessed_at() {
    let whole = file(&stored(&transformer_parameters(), str::to_owned), &[]);
    let folder = Folder::new(&[("transformer/a.safetensors", &whole)]);
    folder.load("transformer").expect("the only one");
    folder.write("transformer/b.safetensors", &whole);
    refused(folder.load("transformer"), "transformer/a.safetensors, transformer/b.safetensors");
    folder.settings(json!({ "weights": { "transformer": "transformer/c.safetensors" } }));
    refused(folder.load("transformer"), "has no `transformer/c.safetensors`");
    folder.settings(json!({ "weights": { "transformer": "../c.safetensors" } }));
    refused(folder.load("transformer"), "would lie outside");
    refused(folder.load("vae"), "has no `vae/diffusion_pytorch_model.safetensors`");

    let mut twice = stored(&transformer_parameters(), str::to_owned);
    twice.insert("head.head.bias".to_owned(), twice["proj_out.bias"].clone());
    let folder = Folder::new(&[(TRANSFORMER, &file(&twice, &[]))]);
    refused(folder.load("transformer"), "there already under another name");
}

/// `photoplay models check` asks the camera, who knows the architectures.
#[test]
fn a_model_is_looked_through_without_loading_it() {
    let good = file(&stored(&transformer_parameters(), str::to_owned), &[]);
    let folder = Folder::new(&[
        (TRANSFORMER, &good),
        ("transformer/config.json", transformer_config().to_string().as_bytes()),
        ("vae/config.json", vae_config().to_string().as_bytes()),
        ("vae/a.safetensors", &file(&stored(&vae_parameters(), str::to_owned), &[])),
        ("text_encoder/config.json", text_config().to_string().as_bytes()),
        ("text_encoder/a.safetensors", &file(&stored(&text_parameters(), str::to_owned), &[])),
    ]);
    assert_eq!(photoplay::diffusion::inspect(&folder.model()), Vec::<String>::new());
    let mut bad = stored(&transformer_parameters(), str::to_owned);
    bad.remove("proj_out.bias");
    folder.write(TRANSFORMER, &file(&bad, &[]));
    folder.write("vae/config.json", b"{}");
    let wrong = photoplay::diffusion::inspect(&folder.model()).join("; ");
    assert!(wrong.contains("has no tensor `proj_out.bias`"), "{wrong}");
    assert!(wrong.contains("`vae/config.json` is not understood"), "{wrong}");

    // A tokenizer that knows nothing, and a size that no clip can have.
    folder.write("vae/config.json", vae_config().to_string().as_bytes());
    let empty = json!({ "version": "1.0", "model": { "type": "WordLevel", "vocab": {}, "unk_token": "?" } });
    folder.write("tokenizer/tokenizer.json", empty.to_string().as_bytes());
    folder.settings(json!({ "width": 33 }));
    let wrong = photoplay::diffusion::inspect(&folder.model()).join("; ");
    assert!(wrong.contains("which ends a prompt"), "{wrong}");
    assert!(wrong.contains("a width of 33 pixels is not a multiple of"), "{wrong}");

    let output = std::process::Command::new(env!("CARGO_BIN_EXE_photoplay"))
        .args(["models", "check", "Toy Theatre"])
        .output()
        .expect("the binary was built for this test");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{said}");
    assert_eq!(said, "Toy Theatre is whole\n");
}

/// Unused weights are no part of what a take is made of.
#[test]
fn only_files_that_are_used_mean_pixels() {
    let whole = file(&stored(&transformer_parameters(), str::to_owned), &[]);
    let folder = Folder::new(&[
        (TRANSFORMER, &whole),
        ("transformer/config.json", b"{}"),
        ("transformer/diffusion_pytorch_model.fp16.safetensors", &whole),
        ("loras/some.safetensors", &whole),
    ]);
    let digests = folder.model().digests().expect("they can be read");
    let expected = ["transformer/config.json", TRANSFORMER];
    assert_eq!(
        digests.keys().collect::<BTreeSet<_>>(),
        expected.map(str::to_owned).iter().collect()
    );
}
