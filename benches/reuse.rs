//! The time that reuse of velocities saves, and its loss of quality: clips of the
//! parity tests without their pictures, in full and at several thresholds, in turns.
#![allow(clippy::print_stdout, reason = "what it finds is for whoever runs it")]

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use image::RgbImage;
use photoplay::diffusion::{Pipeline, Request, ReuseStatistics, best_kind};
use photoplay::model::{Model, Placement};
use serde_json::Value;
use tch::Device;

const THRESHOLDS: &[f64] = &[0.02, 0.05, 0.1, 0.2, 0.4];

/// A clip, its reused passes, and seconds of denoising.
fn make(pipeline: &mut Pipeline, request: &Request) -> (Vec<RgbImage>, ReuseStatistics, f64) {
    let noise =
        photoplay::diffusion::Noise::new(request.seed, 0).normal(&pipeline.latent_shape(request));
    let start = Instant::now();
    let latents = pipeline
        .generate_latents(request, &noise, &mut |_, _| ControlFlow::Continue(()))
        .expect("it can be made");
    let seconds = start.elapsed().as_secs_f64();
    let reused = pipeline.reused();
    (pipeline.decode(&latents).expect("the latents fit"), reused, seconds)
}

/// Peak signal-to-noise ratio over all frames, in decibels.
fn psnr(a: &[RgbImage], b: &[RgbImage]) -> f64 {
    let bytes =
        |clip: &[RgbImage]| clip.iter().flat_map(|f| f.as_raw().clone()).collect::<Vec<_>>();
    let (a, b) = (bytes(a), bytes(b));
    let squares: f64 = a.iter().zip(&b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    10.0 * (255.0f64.powi(2) * a.len() as f64 / squares).log10()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2])
}

fn main() {
    let model = Model::embedded().expect("the embedded model");
    let settings = model.defaults.clone();
    let device = Device::Cpu;
    let placement = Placement::default();
    let mut pipeline = Pipeline::load_as(&model, device, best_kind(device), placement)
        .expect("the embedded model is whole");
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/theatre.json");
    let cases: Vec<Value> =
        serde_json::from_slice(&fs::read(cases).expect("the cases")).expect("JSON");
    let requests = cases.iter().map(|case| {
        let prompt = case["prompt"].as_str().expect("words").to_owned();
        let frames = case["frames"].as_u64().expect("a number") as u32;
        Request::of(&settings, prompt, frames, case["seed"].as_u64().expect("a number"))
    });
    let requests: Vec<Request> = requests.collect();
    // A warm-up.
    make(&mut pipeline, &requests[0]);
    println!("| threshold | passes spared | difference told | PSNR, median and least | time |");
    println!("|---|---|---|---|---|");
    for threshold in THRESHOLDS {
        let (mut spared, mut passes, mut difference) = (0, 0, 0.0f64);
        let (mut ratios, mut psnrs) = (Vec::new(), Vec::new());
        for request in &requests {
            let (full, _, in_full) = make(&mut pipeline, request);
            let draft = Request { reuse: Some(*threshold), ..request.clone() };
            let (clip, reused, seconds) = make(&mut pipeline, &draft);
            (spared, passes) = (spared + reused.reused, passes + reused.passes);
            difference = difference.max(reused.difference);
            ratios.push(seconds / in_full);
            psnrs.push(psnr(&full, &clip));
        }
        let least = psnrs.iter().copied().fold(f64::INFINITY, f64::min);
        println!(
            "| {threshold} | {spared} of {passes} | {:.1} % | {:.1} dB, {least:.1} dB | {:.2} |",
            difference * 100.0,
            median(&mut psnrs),
            median(&mut ratios),
        );
    }
}
