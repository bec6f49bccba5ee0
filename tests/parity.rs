//! The networks against Python diffusers: see `tests/parity/generate.py`. Whole
//! networks here, whole pipelines in `parity/pipeline.rs`, blocks beside their
//! code.
#![cfg(feature = "torch")]

#[path = "parity/fixture.rs"]
mod fixture;
#[path = "parity/named.rs"]
mod named;
#[path = "parity/pipeline.rs"]
mod pipeline;
#[path = "parity/preview.rs"]
mod preview;

use std::fs;

use fixture::{Fixture, cases, fill, fnv1a, folder, weight, weights};
use photoplay::diffusion::scheduler::Scheduler;
use photoplay::diffusion::vae::ClipPart;
use photoplay::diffusion::{
    Parameter, SchedulerConfig, TextEncoder, TextEncoderConfig, Transformer, TransformerConfig,
    Vae, VaeConfig, Weights, transformer,
};
use serde_json::Value;
use tch::{Device, Kind, Tensor};

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
    let config: VaeConfig = config(case);
    let weights = weights("", &config.parameters().expect("supported"));
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
        fixture.check_every(5, &format!("decoded.{frames}"), &vae.decode(&latents), 1e-5);
        for part in [ClipPart { frames: 1, rows: 1 }, ClipPart { frames: 2, rows: 2 }] {
            let posterior = vae.encode_in_parts(&pixels, part);
            fixture.check(&format!("mean.{frames}"), &posterior.mean, 1e-5);
            fixture.check_every(
                5,
                &format!("decoded.{frames}"),
                &vae.decode_in_parts(&latents, part),
                1e-5,
            );
        }
        // A batch is its clips one by one.
        let both = Tensor::cat(&[&latents * 0.5, latents], 0);
        fixture.check_every(
            5,
            &format!("decoded.{frames}"),
            &vae.decode(&both).narrow(0, 1, 1),
            1e-5,
        );
        let both = Tensor::cat(&[&pixels * 0.5, pixels], 0);
        fixture.check(&format!("mean.{frames}"), &vae.encode(&both).mean.narrow(0, 1, 1), 1e-5);
    }
}

/// Strips narrower than what their convolutions see, of a clip they do not see
/// across.
#[test]
fn strips_of_rows_leave_no_trace() {
    for case in cases()["vae"].as_array().expect("cases") {
        let config: VaeConfig = config(case);
        let weights = weights("", &config.parameters().expect("supported"));
        let vae = Vae::from_weights(&weights, &config).expect("the weights fit");
        let factor = config.scale_factor_spatial;
        let _guard = tch::no_grad_guard();
        let (rows, columns) = (40, 2);
        let pixels = fill("pixels", &[1, 3, 9, rows * factor, columns * factor], 1.0, 0.0);
        let latents = fill("latents", &[1, config.z_dim, 3, rows, columns], 2.0, 0.0);
        let part = ClipPart { frames: 2, rows: 3 };
        let same = |found: &Tensor, expected: &Tensor| {
            let difference = (found - expected).abs().max().double_value(&[]);
            assert!(difference <= 1e-5, "{} differs by {difference}", case["name"]);
        };
        same(&vae.encode_in_parts(&pixels, part).mean, &vae.encode(&pixels).mean);
        same(&vae.decode_in_parts(&latents, part), &vae.decode(&latents));
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
    let config: TransformerConfig = config(case);
    let weights = weights("", &config.parameters().expect("supported"));
    let network = Transformer::from_weights(&weights, &config).expect("the weights fit");
    let fixture = Fixture::open(&format!("transformer_{}", case["name"].as_str().expect("a name")));
    let batch = number(&case["batch"]);
    let grid = ["frames", "height", "width"].map(|side| number(&case[side]));
    let shape = |channels: i64| [batch, channels, grid[0], grid[1], grid[2]];
    let latents = fill("latents", &shape(config.in_channels), 1.0, 0.0);
    let text = fill("text", &[batch, number(&case["text_length"]), config.text_dim], 1.0, 0.0);
    let timestep = match case["timesteps"].as_array().expect("a list").as_slice() {
        [Value::Array(_), ..] => {
            let rows = case["timesteps"].as_array().expect("a list").iter();
            Tensor::stack(&rows.map(|row| Tensor::from_slice(&numbers(row))).collect::<Vec<_>>(), 0)
        }
        _ => Tensor::from_slice(&numbers(&case["timesteps"])),
    };

    let tokens = [grid[0], grid[1] / 2, grid[2] / 2];
    let rope = transformer::rotary(&config, tokens, Device::Cpu);
    fixture.check("rope.cos", &rope.real(), 1e-6);
    fixture.check("rope.sin", &rope.imag(), 1e-6);

    let _guard = tch::no_grad_guard();
    let prompt = network.prompt(&text).expect("in memory");
    let control = network.control(&fill("control", &shape(config.vace_in_channels), 1.0, 0.0));
    let rope = network.rotations(&latents);
    let velocity =
        network.forward(&latents, &timestep, &prompt, control.as_ref(), &rope).expect("in memory");
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
fn transformer_ti2v() {
    transformer_case(2);
}

/// Rotary and time embeddings at the sizes of published models.
#[test]
fn tables() {
    let cases = cases();
    let fixture = Fixture::open("tables");
    let positions = numbers(&cases["tables"]["positions"]);
    let rows = Tensor::from_slice(&positions);
    let longest = positions.iter().max().expect("a position") + 1;
    for dim in numbers(&cases["tables"]["head_dims"]) {
        let mut config: TransformerConfig = config(&cases["transformer"][0]);
        config.attention_head_dim = dim;
        // An axis at a time, the others at position 0, where nothing turns.
        let side = dim / 6;
        let pairs = [dim / 2 - 2 * side, side, side];
        let axes = [[longest, 1, 1], [1, longest, 1], [1, 1, longest]];
        let mut start = 0;
        let parts: Vec<Tensor> = axes
            .into_iter()
            .zip(pairs)
            .map(|(grid, pairs)| {
                let rope = transformer::rotary(&config, grid, Device::Cpu);
                start += pairs;
                rope.index_select(0, &rows).narrow(1, start - pairs, pairs)
            })
            .collect();
        let rope = Tensor::cat(&parts, 1);
        fixture.check(&format!("rope.{dim}.cos"), &rope.real(), 1e-6);
        fixture.check(&format!("rope.{dim}.sin"), &rope.imag(), 1e-6);
    }
    let timesteps = Tensor::from_slice(&numbers(&cases["tables"]["timesteps"]));
    for channels in numbers(&cases["tables"]["freq_dims"]) {
        let embedding = transformer::timestep_embedding(&timesteps, channels);
        let expected = fixture.expected(&format!("timestep.{channels}"));
        // On processors of other vector widths torch's exponentials, and with them
        // diffusers' own table, are half a unit in the last place apart; an angle is
        // as many times that as its time says.
        let apart = f64::from(f32::EPSILON) / 2.0;
        let allowed = timesteps.to_kind(Kind::Float).unsqueeze(-1) * apart + 1e-6;
        let beyond = (embedding - expected).abs() - allowed;
        assert!(beyond.max().double_value(&[]) <= 0.0, "timestep.{channels}: {beyond}");
    }
}

#[test]
fn text_encoder() {
    let case = &cases()["text_encoder"];
    let config: TextEncoderConfig = config(case);
    let weights = weights("", &config.parameters().expect("supported"));
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
    for (index, case) in cases()["scheduler"].as_array().expect("cases").iter().enumerate() {
        let config: SchedulerConfig = config(case);
        let (steps, shift) = (number(&case["steps"]) as u32, real(&case["shift"]));
        let mut scheduler =
            Scheduler::new(&text(&case["scheduler"]), &config, steps, shift).expect("supported");
        let timesteps = Tensor::from_slice(scheduler.timesteps());
        // diffusers rounds times, up to 999, to f32.
        fixture.check(&format!("{index}.timesteps"), &timesteps, 1e-5);
        fixture.check(&format!("{index}.sigmas"), &Tensor::from_slice(scheduler.sigmas()), 1e-7);
        let shape = [1, 2, 2, 2, 2];
        let mut sample = fill("sample", &shape, 1.0, 0.0);
        let mut samples = Vec::new();
        for step in 0..steps {
            let velocity = fill(&format!("velocity.{step}"), &shape, 1.0, 0.0) + &sample * 0.25;
            sample = scheduler.step(&velocity, &sample);
            samples.push(sample.shallow_clone());
        }
        fixture.check(&format!("{index}.samples"), &Tensor::stack(&samples, 0), 1e-6);
    }
}

#[test]
fn schedulers_refuse_what_they_lack() {
    let check = |name: &str, config: Value, expected: &str| {
        let config: SchedulerConfig = serde_json::from_value(config).expect("understood");
        let error = Scheduler::new(name, &config, 4, 3.0).expect_err("not supported").to_string();
        assert!(error.contains(expected), "{error:?} lacks {expected:?}");
    };
    use serde_json::json;
    check("ddim", json!({}), "there are `unipc`, `dpmsolver_multistep` and `flow_match_euler`");
    check("unipc", json!({ "solver_type": "bh1" }), "`bh1`");
    check("unipc", json!({ "lower_order_final": false }), "`lower_order_final`");
    check("unipc", json!({ "solver_order": 4 }), "`solver_order`");
    check("unipc", json!({ "solver_type": "rk4" }), "`rk4`");
    check("unipc", json!({ "prediction_type": "epsilon" }), "`prediction_type`");
    check(
        "dpmsolver_multistep",
        json!({ "algorithm_type": "sde-dpmsolver++" }),
        "`sde-dpmsolver++`",
    );
    check("dpmsolver_multistep", json!({ "use_lu_lambdas": true }), "Lu's lambdas");
    check("dpmsolver_multistep", json!({ "thresholding": true }), "`thresholding`");
    check("unipc", json!({ "predict_x0": false }), "`predict_x0`");
    check("dpmsolver_multistep", json!({ "use_flow_sigmas": false }), "`use_flow_sigmas`");
    check("flow_match_euler", json!({ "stochastic_sampling": true }), "`stochastic_sampling`");
    check("flow_match_euler", json!({ "use_dynamic_shifting": true }), "`use_dynamic_shifting`");
}

#[test]
fn a_network_of_absurdly_many_layers_is_refused_before_it_fills_the_memory() {
    for (of, kind) in [("text_encoder", "text encoder"), ("transformer", "transformer")] {
        let mut case = cases()[of].clone();
        if let Some(first) = case.get(0) {
            case = first.clone();
        }
        case["config"]["num_layers"] = 99_999_999_999_u64.into();
        let refused = match of {
            "transformer" => config::<TransformerConfig>(&case).parameters(),
            _ => config::<TextEncoderConfig>(&case).parameters(),
        };
        let error = refused.expect_err("too many").to_string();
        assert!(error.contains(kind) && error.contains("`num_layers`"), "{error}");
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
            "vae" => config::<VaeConfig>(case).parameters(),
            "transformer" => config::<TransformerConfig>(case).parameters(),
            _ => config::<TextEncoderConfig>(case).parameters(),
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
    let config: VaeConfig = config(&cases["vae"][1]);
    check_gradients(&config.parameters().expect("supported"), |weights| {
        let vae = Vae::from_weights(weights, &config).expect("the weights fit");
        let posterior = vae.encode(&clip);
        let decoded = vae.decode_unclamped(&posterior.mean);
        (decoded - &clip).square().mean(Kind::Float)
            + posterior.log_variance.square().mean(Kind::Float)
    });
    let case = &cases["transformer"][0];
    let config: TransformerConfig = self::config(case);
    check_gradients(&config.parameters().expect("supported"), |weights| {
        let network = Transformer::from_weights(weights, &config).expect("the weights fit");
        let prompt =
            network.prompt(&fill("text", &[1, 5, config.text_dim], 1.0, 0.0)).expect("in memory");
        let latents = fill("latents", &[1, config.in_channels, 2, 4, 4], 1.0, 0.0);
        let control =
            network.control(&fill("control", &[1, config.vace_in_channels, 2, 4, 4], 1.0, 0.0));
        let time = Tensor::from_slice(&[500i64]);
        let rope = network.rotations(&latents);
        let velocity =
            network.forward(&latents, &time, &prompt, control.as_ref(), &rope).expect("in memory");
        velocity.square().mean(Kind::Float)
    });
    let config: TextEncoderConfig = self::config(&cases["text_encoder"]);
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
    let whole: Vec<Tensor> = parameters.iter().map(|p| weight("", p).flatten(0, -1)).collect();
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
