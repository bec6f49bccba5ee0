//! The networks against Python diffusers: see `tests/parity/generate.py`.
#![cfg(feature = "torch")]

use std::fs;
use std::path::Path;

use std::ops::ControlFlow;

use image::RgbImage;
use indexmap::IndexMap;
use photoplay::diffusion::scheduler::{self, Scheduler};
use photoplay::diffusion::{
    Error, Parameter, Pipeline, Request, TextEncoder, Transformer, Vae, Weights, text_encoder,
    transformer, vae,
};
use photoplay::model::Model;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;
use tch::{Device, Kind, Tensor};

fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    })
}

/// Uniform in [-1, 1) by FNV-1a of the name and `SplitMix64` of the position.
fn fill(name: &str, shape: &[i64], scale: f64, offset: f64) -> Tensor {
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

fn weight(Parameter { name, shape, .. }: &Parameter) -> Tensor {
    let last = name.rsplit('.').next().expect("a name has an end");
    if last == "gamma" || (last == "weight" && name.contains("norm")) {
        return fill(name, shape, 0.1, 1.0);
    }
    match last {
        "bias" => fill(name, shape, 0.1, 0.0),
        "scale_shift_table" => fill(name, shape, 0.5, 0.0),
        _ => fill(name, shape, (3.0 / shape[1..].iter().product::<i64>() as f64).sqrt(), 0.0),
    }
}

fn weights(parameters: &[Parameter]) -> Weights {
    // Tests run beside each other; networks this small gain nothing by threads.
    tch::set_num_threads(1);
    let tensors: IndexMap<String, Tensor> =
        parameters.iter().map(|parameter| (parameter.name.clone(), weight(parameter))).collect();
    Weights::from_tensors("test", tensors)
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parity"))
}

fn cases() -> Value {
    let text = fs::read_to_string(folder().join("cases.json")).expect("the cases are there");
    serde_json::from_str(&text).expect("the cases are JSON")
}

struct Fixture {
    name: String,
    bytes: Vec<u8>,
}

impl Fixture {
    fn open(name: &str) -> Self {
        let path = folder().join(format!("{name}.safetensors"));
        Self { name: name.to_owned(), bytes: fs::read(path).expect("the fixture is there") }
    }

    /// Fails where the value differs most, if by more than `tolerance`.
    fn check(&self, key: &str, found: &Tensor, tolerance: f64) {
        let file = SafeTensors::deserialize(&self.bytes).expect("the fixture is whole");
        let view = file.tensor(key).expect("the fixture has the tensor");
        let shape: Vec<i64> = view.shape().iter().map(|size| *size as i64).collect();
        let kind = match view.dtype() {
            Dtype::U8 => Kind::Uint8,
            Dtype::F16 => Kind::Half,
            _ => Kind::Float,
        };
        let expected = Tensor::from_data_size(view.data(), &shape, kind).to_kind(Kind::Float);
        let name = format!("{} {key}", self.name);
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

fn number(value: &Value) -> i64 {
    value.as_i64().expect("a number")
}

fn numbers(value: &Value) -> Vec<i64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

fn config<T: for<'de> serde::Deserialize<'de>>(case: &Value) -> T {
    serde_json::from_value(case["config"].clone()).expect("the configuration is understood")
}

fn vae_case(index: usize) {
    let case = &cases()["vae"][index];
    let config: vae::Config = config(case);
    let weights = weights(&config.parameters().expect("supported"));
    let vae = Vae::from_weights(&weights, &config).expect("the weights fit");
    let fixture = Fixture::open(&format!("vae_{}", case["name"].as_str().expect("a name")));
    let (height, width) = (number(&case["height"]), number(&case["width"]));
    let factor = config.scale_factor_spatial;
    let _guard = tch::no_grad_guard();
    for frames in numbers(&case["frames"]) {
        let pixels = fill("pixels", &[1, 3, frames, height, width], 1.0, 0.0);
        let posterior = vae.encode(&pixels);
        fixture.check(&format!("mean.{frames}"), &posterior.mean, 1e-5);
        fixture.check(&format!("log_variance.{frames}"), &posterior.log_variance, 1e-5);
        let shape = [1, config.z_dim, 1 + (frames - 1) / 4, height / factor, width / factor];
        let latents = fill("latents", &shape, 2.0, 0.0);
        fixture.check(&format!("decoded.{frames}"), &vae.decode(&latents), 1e-5);
        for part in [1, 2] {
            let posterior = vae.encode_in_parts(&pixels, part);
            fixture.check(&format!("mean.{frames}"), &posterior.mean, 1e-5);
            fixture.check(&format!("decoded.{frames}"), &vae.decode_in_parts(&latents, part), 1e-5);
        }
        // A batch is its clips one by one.
        let both = Tensor::cat(&[&latents * 0.5, latents], 0);
        fixture.check(&format!("decoded.{frames}"), &vae.decode(&both).narrow(0, 1, 1), 1e-5);
        let both = Tensor::cat(&[&pixels * 0.5, pixels], 0);
        fixture.check(&format!("mean.{frames}"), &vae.encode(&both).mean.narrow(0, 1, 1), 1e-5);
    }
}

#[test]
fn vae_plain() {
    vae_case(0);
}

#[test]
fn vae_patched() {
    vae_case(1);
}

#[test]
fn vae_residual() {
    vae_case(2);
}

fn transformer_case(index: usize) {
    let case = &cases()["transformer"][index];
    let config: transformer::Config = config(case);
    let weights = weights(&config.parameters().expect("supported"));
    let network = Transformer::from_weights(&weights, &config).expect("the weights fit");
    let fixture = Fixture::open(&format!("transformer_{}", case["name"].as_str().expect("a name")));
    let batch = number(&case["batch"]);
    let grid = ["frames", "height", "width"].map(|side| number(&case[side]));
    let shape = |channels: i64| [batch, channels, grid[0], grid[1], grid[2]];
    let latents = fill("latents", &shape(config.in_channels), 1.0, 0.0);
    let text = fill("text", &[batch, number(&case["text_length"]), config.text_dim], 1.0, 0.0);
    let timestep = Tensor::from_slice(&numbers(&case["timesteps"]));

    let tokens = [grid[0], grid[1] / 2, grid[2] / 2];
    let rope = transformer::rotary(&config, tokens, Device::Cpu);
    fixture.check("rope.cos", &rope.real(), 1e-6);
    fixture.check("rope.sin", &rope.imag(), 1e-6);
    fixture.check("timestep", &transformer::timestep_embedding(&timestep, config.freq_dim), 1e-6);

    let _guard = tch::no_grad_guard();
    let prompt = network.prompt(&text);
    let control = network.control(&fill("control", &shape(config.vace_in_channels), 1.0, 0.0));
    let velocity = network.forward(&latents, &timestep, &prompt, control.as_ref());
    fixture.check("velocity", &velocity, 1e-5);
}

#[test]
fn transformer_vace() {
    transformer_case(0);
}

#[test]
fn transformer_plain() {
    transformer_case(1);
}

#[test]
fn text_encoder() {
    let case = &cases()["text_encoder"];
    let config: text_encoder::Config = config(case);
    let weights = weights(&config.parameters().expect("supported"));
    let network = TextEncoder::from_weights(&weights, &config).expect("the weights fit");
    let length = number(&case["length"]);
    let present = numbers(&case["present"]);
    let unit = fill("tokens", &[present.len() as i64, length], 1.0, 0.0).to_kind(Kind::Double);
    let tokens = ((unit + 1.0) * 0.5 * (config.vocab_size - 2) as f64).to_kind(Kind::Int64) + 2;
    let mask: Vec<i64> = present
        .iter()
        .flat_map(|count| (0..length).map(move |at| i64::from(at < *count)))
        .collect();
    let mask = Tensor::from_slice(&mask).reshape([-1, length]);
    let found = tch::no_grad(|| network.forward(&(tokens * &mask), &mask));
    Fixture::open("text_encoder").check("embeddings", &found, 1e-5);
}

fn real(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[test]
fn schedulers() {
    let fixture = Fixture::open("scheduler");
    for case in cases()["scheduler"].as_array().expect("cases") {
        let (name, config): (_, scheduler::Config) = (text(&case["name"]), config(case));
        let (steps, shift) = (number(&case["steps"]) as u32, real(&case["shift"]));
        let mut scheduler =
            Scheduler::new(&text(&case["scheduler"]), &config, steps, shift).expect("supported");
        let timesteps = Tensor::from_slice(scheduler.timesteps());
        fixture.check(&format!("{name}.timesteps"), &timesteps, 1e-3);
        fixture.check(&format!("{name}.sigmas"), &Tensor::from_slice(scheduler.sigmas()), 1e-7);
        let shape = [1, 4, 2, 3, 3];
        let mut sample = fill("sample", &shape, 1.0, 0.0);
        for index in 0..steps {
            let velocity = fill(&format!("velocity.{index}"), &shape, 1.0, 0.0) + &sample * 0.25;
            sample = scheduler.step(&velocity, &sample);
            fixture.check(&format!("{name}.{index}"), &sample, 1e-6);
        }
    }
}

fn picture(name: &str, width: u32, height: u32) -> RgbImage {
    let unit = fill(name, &[i64::from(height), i64::from(width), 3], 1.0, 0.0);
    let bytes = ((unit.to_kind(Kind::Double) + 1.0) * 127.5).floor().to_kind(Kind::Uint8);
    let mut raw = vec![0; bytes.numel()];
    let count = raw.len();
    bytes.copy_data(&mut raw, count);
    RgbImage::from_raw(width, height, raw).expect("the size fits")
}

/// A model of the test networks in a folder.
fn write_model(folder: &Path) {
    let cases = cases();
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("in a folder")).expect("can be made");
        fs::write(path, bytes).expect("can be written");
    };
    let (vae, transformer, text_encoder) =
        (&cases["vae"][0], &cases["transformer"][0], &cases["text_encoder"]);
    let parts = [
        ("vae/diffusion_pytorch_model", vae, config::<vae::Config>(vae).parameters()),
        (
            "transformer/diffusion_pytorch_model",
            transformer,
            config::<transformer::Config>(transformer).parameters(),
        ),
        (
            "text_encoder/model",
            text_encoder,
            config::<text_encoder::Config>(text_encoder).parameters(),
        ),
    ];
    for (file, case, parameters) in parts {
        let bytes = weights(&parameters.expect("supported")).to_safetensors().expect("f32");
        write(&format!("{file}.safetensors"), &bytes);
        let (part, _) = file.split_once('/').expect("in a folder");
        write(&format!("{part}/config.json"), case["config"].to_string().as_bytes());
    }
    write("scheduler/scheduler_config.json", b"{}");
    let tokenizer = fs::read(self::folder().join("tokenizer.json")).expect("the tokenizer");
    write("tokenizer/tokenizer.json", &tokenizer);
    let settings = serde_json::json!({
        "name": "Test", "prompt_template": "wan", "width": 32, "height": 32, "frame_rate": 12,
        "max_frames": 13, "steps": 2, "guidance_scale": 1.0, "scheduler": "unipc", "shift": 3.0,
        "text_length": cases["pipeline"]["text_length"], "licence": "MIT",
    });
    write("photoplay.json", settings.to_string().as_bytes());
}

fn open(folder: &Path) -> Result<Pipeline, Error> {
    Pipeline::load_as(&Model::open(folder)?, Device::Cpu, Kind::Float)
}

fn request(case: &Value) -> Request {
    Request {
        prompt: text(&case["prompt"]),
        negative_prompt: text(&case["negative_prompt"]),
        references: Vec::new(),
        first_frame: None,
        last_frame: None,
        preceding: Vec::new(),
        width: number(&case["width"]) as u32,
        height: number(&case["height"]) as u32,
        frames: number(&case["frames"]) as u32,
        steps: number(&case["steps"]) as u32,
        guidance_scale: real(&case["guidance_scale"]),
        shift: real(&case["shift"]),
        scheduler: text(&case["scheduler"]),
        seed: 1,
    }
}

#[test]
fn pipeline() {
    let folder = tempfile::tempdir().expect("a folder");
    write_model(folder.path());
    let mut pipeline = open(folder.path()).expect("the model is whole");
    let fixture = Fixture::open("pipeline");
    for case in cases()["pipeline"]["cases"].as_array().expect("cases") {
        let mut request = request(case);
        let (width, height) = (request.width, request.height);
        if let Some([reference_width, reference_height]) =
            case["reference"].as_array().map(Vec::as_slice)
        {
            let picture = picture(
                "reference",
                number(reference_width) as u32,
                number(reference_height) as u32,
            );
            let reference =
                pipeline.encode_reference(&picture, width, height).expect("the size fits");
            let bytes = reference.to_bytes().expect("it can be stored");
            let stored = photoplay::diffusion::Reference::from_bytes(&bytes).expect("it is whole");
            request.references.push(stored);
        }
        let kept = numbers(&case["kept"]);
        let frame = |index: &i64| picture(&format!("frame.{index}"), width, height);
        if kept.len() == 2 {
            request.first_frame = kept.first().map(frame);
            request.last_frame = kept.last().map(frame);
        } else {
            request.preceding = kept.iter().map(frame).collect();
        }
        let noise = fill("noise", &pipeline.latent_shape(&request), 1.7, 0.0);
        let mut heard = Vec::new();
        let latents = pipeline
            .generate_latents(&request, &noise, &mut |done, of| {
                heard.push((done, of));
                ControlFlow::Continue(())
            })
            .expect("the clip can be made");
        fixture.check(&text(&case["name"]), &latents, 1e-4);
        let frames = pipeline.decode(&latents).expect("the latents fit");
        let bytes: Vec<u8> = frames.iter().flat_map(|frame| frame.as_raw().clone()).collect();
        let size = [frames.len() as i64, i64::from(height), i64::from(width), 3];
        let bytes = Tensor::from_slice(&bytes).reshape(size);
        fixture.check(&format!("{}.frames", text(&case["name"])), &bytes, 1.0);
        assert_eq!(
            heard,
            (1..=request.steps).map(|done| (done, request.steps)).collect::<Vec<_>>()
        );

        let stopped = pipeline.generate(&request, &mut |_, _| ControlFlow::Break(()));
        assert!(matches!(stopped, Err(Error::Cancelled)));
    }
}

#[test]
fn published_models_have_these_tensors() {
    let path = folder().join("published.json");
    let expected: Value =
        serde_json::from_str(&fs::read_to_string(path).expect("the list is there"))
            .expect("the list is JSON");
    for case in cases()["published"].as_array().expect("cases") {
        let parameters = match text(&case["kind"]).as_str() {
            "vae" => config::<vae::Config>(case).parameters(),
            "transformer" => config::<transformer::Config>(case).parameters(),
            _ => config::<text_encoder::Config>(case).parameters(),
        };
        let mut lines: Vec<String> = parameters
            .expect("supported")
            .iter()
            .map(|parameter| format!("{} {:?}\n", parameter.name, parameter.shape))
            .collect();
        lines.sort();
        let name = text(&case["name"]);
        assert_eq!(lines.len() as i64, number(&expected[&name]["tensors"]), "tensors of {name}");
        let digest = format!("{:016x}", fnv1a(&lines.concat()));
        assert_eq!(digest, text(&expected[&name]["digest"]), "names and shapes of {name}");
    }
}

/// Every weight has a finite gradient that is not zero, and learns from one
/// flat parameter as well as from leaves.
#[test]
fn gradients_reach_every_weight() {
    let cases = cases();
    let clip = fill("pixels", &[1, 3, 9, 32, 16], 1.0, 0.0);
    let config: vae::Config = config(&cases["vae"][1]);
    check_gradients(&config.parameters().expect("supported"), |weights| {
        let vae = Vae::from_weights(weights, &config).expect("the weights fit");
        let posterior = vae.encode(&clip);
        let decoded = vae.decode_unclamped(&posterior.mean);
        (decoded - &clip).square().mean(Kind::Float)
            + posterior.log_variance.square().mean(Kind::Float)
    });
    let case = &cases["transformer"][0];
    let config: transformer::Config = self::config(case);
    check_gradients(&config.parameters().expect("supported"), |weights| {
        let network = Transformer::from_weights(weights, &config).expect("the weights fit");
        let prompt = network.prompt(&fill("text", &[1, 5, config.text_dim], 1.0, 0.0));
        let latents = fill("latents", &[1, config.in_channels, 2, 4, 4], 1.0, 0.0);
        let control =
            network.control(&fill("control", &[1, config.vace_in_channels, 2, 4, 4], 1.0, 0.0));
        let time = Tensor::from_slice(&[500i64]);
        network.forward(&latents, &time, &prompt, control.as_ref()).square().mean(Kind::Float)
    });
    let config: text_encoder::Config = self::config(&cases["text_encoder"]);
    check_gradients(&config.parameters().expect("supported"), |weights| {
        let network = TextEncoder::from_weights(weights, &config).expect("the weights fit");
        let tokens = Tensor::arange(config.vocab_size, (Kind::Int64, Device::Cpu)).unsqueeze(0);
        let embeddings = network.forward(&tokens, &tokens.ones_like());
        (embeddings * fill("target", &[1, config.vocab_size, config.d_model], 1.0, 0.0))
            .square()
            .mean(Kind::Float)
    });
}

fn check_gradients(parameters: &[Parameter], loss: impl Fn(&Weights) -> Tensor) {
    let whole: Vec<Tensor> = parameters.iter().map(|p| weight(p).flatten(0, -1)).collect();
    let flat = Tensor::cat(&whole, 0).set_requires_grad(true);
    let sizes: Vec<i64> = parameters.iter().map(|p| p.shape.iter().product()).collect();
    let views = flat.split_with_sizes(&sizes, 0);
    let tensors = parameters
        .iter()
        .zip(&views)
        .map(|(p, view)| (p.name.clone(), view.reshape(&p.shape)))
        .collect();
    loss(&Weights::from_tensors("flat", tensors)).backward();
    for (parameter, gradient) in parameters.iter().zip(flat.grad().split_with_sizes(&sizes, 0)) {
        let size = gradient.abs().max().double_value(&[]);
        assert!(size.is_finite(), "the gradient of {} is {size}", parameter.name);
        assert!(size > 0.0, "no gradient reaches {}", parameter.name);
    }
}

/// What is done to a model's files, and what the refusal says.
#[test]
fn damaged_weights_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    write_model(folder.path());
    let file = folder.path().join("transformer/diffusion_pytorch_model.safetensors");
    let whole = fs::read(&file).expect("it is there");
    let check = |bytes: &[u8], expected: &str| {
        fs::write(&file, bytes).expect("can be written");
        let error = open(folder.path()).expect_err("the weights are damaged").to_string();
        assert!(error.contains(expected), "{error:?} lacks {expected:?}");
    };
    let config: transformer::Config = config(&cases()["transformer"][0]);
    let parameters = config.parameters().expect("supported");
    let altered = |alter: &dyn Fn(&mut IndexMap<String, Tensor>)| {
        let mut weights = weights(&parameters);
        alter(&mut weights.tensors);
        weights.to_safetensors().expect("can be stored")
    };
    check(&whole[..whole.len() - 4], "cut short");
    check(&whole[..20], "cut short");
    check(&[], "cut short");
    check(&[0xFF; 64], "damaged");
    let mut bytes = whole.clone();
    bytes[9] = b'!';
    check(&bytes, "damaged");
    check(
        &altered(&|tensors| {
            let _ = tensors.shift_remove("proj_out.bias");
        }),
        "has no tensor `proj_out.bias`",
    );
    check(
        &altered(&|tensors| {
            tensors.insert("proj_out.bias".to_owned(), fill("x", &[3], 1.0, 0.0));
        }),
        "`proj_out.bias` of `transformer/diffusion_pytorch_model.safetensors` has shape [3]",
    );
    check(
        &altered(&|tensors| {
            tensors.insert("lora.down".to_owned(), fill("x", &[3], 1.0, 0.0));
        }),
        "has a tensor `lora.down`",
    );
    let header = String::from_utf8_lossy(&whole[8..]).replacen("\"F32\"", "\"I32\"", 1);
    let length = u64::from_le_bytes(whole[..8].try_into().expect("eight bytes")) as usize;
    let mut bytes = whole.clone();
    bytes[8..8 + length].copy_from_slice(&header.as_bytes()[..length]);
    check(&bytes, "is stored as I32");

    // Not a number spreads to the latents and is told with its step.
    let bytes = altered(&|tensors| {
        tensors.insert("proj_out.bias".to_owned(), fill("x", &[16], f64::NAN, 0.0));
    });
    fs::write(&file, bytes).expect("can be written");
    let mut pipeline = open(folder.path()).expect("the weights are whole");
    let request = request(&cases()["pipeline"]["cases"][1]);
    let result = pipeline.generate(&request, &mut |_, _| ControlFlow::Continue(()));
    assert!(matches!(result, Err(Error::NotFinite { step: 1, of: 3 })), "{result:?}");

    // What diffusers ignores is ignored; half precision is read.
    let bytes = altered(&|tensors| {
        tensors.insert("blocks.0.attn2.norm_added_q.weight".to_owned(), fill("x", &[3], 1.0, 0.0));
        for tensor in tensors.values_mut() {
            *tensor = tensor.to_kind(Kind::BFloat16);
        }
    });
    fs::write(&file, bytes).expect("can be written");
    open(folder.path()).expect("the weights are whole");
}

#[test]
fn impossible_requests_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    write_model(folder.path());
    let mut pipeline = open(folder.path()).expect("the model is whole");
    let good = request(&cases()["pipeline"]["cases"][1]);
    let mut check = |alter: &dyn Fn(&mut Request), expected: &str| {
        let mut request = good.clone();
        alter(&mut request);
        let error = pipeline
            .generate(&request, &mut |_, _| ControlFlow::Continue(()))
            .expect_err("the request is impossible")
            .to_string();
        assert!(error.contains(expected), "{error:?} lacks {expected:?}");
    };
    check(&|request| request.width = 40, "a width of 40 pixels is not a multiple of 16");
    check(&|request| request.height = 0, "a height of 0 pixels");
    check(&|request| request.frames = 8, "8 frames are not 4k+1");
    check(&|request| request.frames = 0, "0 frames are not 4k+1");
    check(&|request| request.steps = 0, "at least one step");
    check(&|request| request.shift = f64::NAN, "a shift is a positive number");
    check(&|request| request.scheduler = "ddim".to_owned(), "the scheduler `ddim`");
    check(&|request| request.preceding = vec![picture("x", 32, 32); 3], "3 preceding frames");
    check(&|request| request.preceding = vec![picture("x", 32, 32); 9], "9 preceding frames");
    check(&|request| request.preceding = vec![picture("x", 16, 32); 5], "of another size");
    check(
        &|request| {
            request.preceding = vec![picture("x", 32, 32)];
            request.first_frame = Some(picture("x", 32, 32));
        },
        "starts with a first frame or goes on",
    );
    check(&|request| request.first_frame = Some(RgbImage::new(0, 0)), "is empty");
}

/// The frames of a seed. If they change on purpose, raise
/// `photoplay::diffusion::REVISION` with `PHOTOPLAY_GOLDEN=write`.
#[test]
fn golden_frames() {
    let folder = tempfile::tempdir().expect("a folder");
    write_model(folder.path());
    let mut pipeline = open(folder.path()).expect("the model is whole");
    let request = request(&cases()["pipeline"]["cases"][0]);
    let frames =
        pipeline.generate(&request, &mut |_, _| ControlFlow::Continue(())).expect("it can be made");
    let bytes: Vec<u8> = frames.iter().flat_map(|frame| frame.as_raw().clone()).collect();
    let size = [frames.len() as i64, i64::from(request.height), i64::from(request.width), 3];
    let found = Tensor::from_slice(&bytes).reshape(size);
    let key = format!("revision {}", photoplay::diffusion::REVISION);
    if std::env::var_os("PHOTOPLAY_GOLDEN").is_some() {
        let tensors = IndexMap::from([(key.clone(), found.to_kind(Kind::Half))]);
        let bytes = Weights::from_tensors("golden", tensors).to_safetensors().expect("f16");
        fs::write(self::folder().join("golden.safetensors"), bytes).expect("can be written");
    }
    Fixture::open("golden").check(&key, &found, 1.0);
}
