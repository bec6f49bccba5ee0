//! Trains the video autoencoder: first on single pictures, for which its convolutions
//! need only their last temporal tap, then on short clips.
//!
//! Makes latents easy to diffuse: adds noise of a fixed part of their deviation before
//! decoding, so that neighbouring latents decode alike. Knows stages and pixels; does
//! not know prompts.

use std::collections::VecDeque;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::thread;

use image::RgbImage;
use photoplay::diffusion::noise::Noise;
use photoplay::diffusion::vae::{Vae, VaeConfig};
use photoplay::diffusion::weights::{Init, Parameter, Weights};
use serde_json::Value;
use tch::{Device, Kind, Tensor};

use crate::checkpoint::TrainingCheckpoint;
use crate::flat::{Flat, restarted};
use crate::optimiser::{Optimiser, Rates};
use crate::parallel::{self, BatchLoss};
use crate::pool::Pool;
use crate::run::{Inherits, RunOptions, Start};
use crate::schedule::Clock;
use crate::stage::Stage;
use crate::{Error, pixels, random};

/// `vae/config.json` of Toy Theatre without the statistics of its latents.
pub(crate) const CONFIG: &str = include_str!("../configs/vae.json");

/// What to train, one phase after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Phase {
    /// Everything, on single pictures.
    Pictures,
    /// The decoder and what merges and splits frames, on clips. Latents of single
    /// pictures do not change.
    Clips,
    /// The decoder alone, on clips. Latents do not change.
    Decoder,
}

/// How to train.
#[derive(Debug)]
pub(crate) struct AutoencoderOptions {
    pub(crate) run: RunOptions,
    pub(crate) phase: Phase,
    /// Samples of a worker in a step.
    pub(crate) batch: i64,
    /// Threads that render scenes during a step.
    pub(crate) makers: u64,
    pub(crate) frames: usize,
    /// Width and height of the part of the picture to train on.
    pub(crate) crop: (i64, i64),
}

/// Noise to add to latents, in units of their deviations.
const LATENT_NOISE: f64 = 0.15;

pub(crate) fn config() -> VaeConfig {
    serde_json::from_str(CONFIG).expect("the configuration in the source is well formed")
}

/// The layout of the parameters.
pub(crate) fn layout(config: &VaeConfig) -> Result<Flat, Error> {
    Ok(Flat::new(restarted(config.parameters()?, |parameter| {
        // Frames before have no weight until the network sees clips.
        let last = parameter.name.split('.').next_back() == Some("weight");
        let temporal = parameter.shape.len() == 5 && parameter.shape[2] == 3;
        match &parameter.shape[..] {
            [_, inputs, 3, height, width] if last && temporal => {
                Some(Init::fan_in(inputs * height * width))
            }
            _ => None,
        }
    })))
}

/// An initialisation under which a clip is a sequence of pictures: convolutions look at
/// their own frame alone, merged frames are averaged, split frames are alike.
fn start(flat: &Flat, noise: &mut Noise) -> Tensor {
    let tensor = flat.random(noise);
    for (parameter, begin, size) in flat.spans() {
        let view = tensor.narrow(0, begin, size).view(&parameter.shape[..]);
        match &parameter.shape[..] {
            [outputs, inputs, 3, 1, 1] => {
                let _ = view.shallow_clone().zero_();
                let eye = Tensor::eye(*inputs, (Kind::Float, Device::Cpu));
                let tap = |index: i64, value: &Tensor| {
                    view.select(4, 0).select(3, 0).select(2, index).copy_(value);
                };
                if outputs == inputs {
                    tap(1, &(&eye * 0.5));
                    tap(2, &(&eye * 0.5));
                } else {
                    tap(2, &Tensor::cat(&[&eye, &eye], 0));
                }
            }
            [_, _, 3, _, _] => {
                let _ = view.narrow(2, 0, 2).zero_();
            }
            _ if parameter.name.ends_with("time_conv.bias") => {
                let _ = view.shallow_clone().zero_();
            }
            _ => {}
        }
    }
    tensor
}

/// What a phase may change: one or zero for each scalar.
fn mask(flat: &Flat, phase: Phase) -> Tensor {
    flat.mask(|parameter, mask| {
        let encoder =
            parameter.name.starts_with("encoder.") || parameter.name.starts_with("quant_conv.");
        let time = parameter.name.contains("time_conv");
        match phase {
            Phase::Clips if encoder => {
                if let [_, _, 3, height, _] = parameter.shape[..]
                    && height > 1
                {
                    let _ = mask.narrow(2, 2, 1).zero_();
                } else if !time {
                    let _ = mask.shallow_clone().zero_();
                }
            }
            Phase::Decoder if encoder => {
                let _ = mask.shallow_clone().zero_();
            }
            Phase::Pictures | Phase::Clips | Phase::Decoder => {}
        }
    })
}

/// A line of the log; `sums` are the sums of loss and squared error over 20 steps.
fn line(
    options: &AutoencoderOptions,
    optimiser: &Optimiser,
    first: i64,
    norm: f64,
    sums: [f64; 2],
    clock: &Clock,
) -> String {
    let samples = (optimiser.step - first) * options.batch * options.run.workers as i64;
    format!(
        "step {} loss {:.4} psnr {:.2} norm {norm:.2} samples/s {:.2} progress {:.3}",
        optimiser.step,
        sums[0] / 20.0,
        10.0 * (4.0 / (sums[1] / 20.0)).log10(),
        samples as f64 / clock.session().as_secs_f64(),
        clock.progress(optimiser.step),
    )
}

/// Trains; writes checkpoints, a log and sheets into the run folder.
pub(crate) fn train(stage: &Stage, options: &AutoencoderOptions) -> Result<(), Error> {
    fs::create_dir_all(&options.run.folder)
        .map_err(|source| Error::write(&options.run.folder, source))?;
    let config = config();
    let flat = layout(&config)?;
    let phase = format!("{:?}", options.phase);
    let initial = |noise: &mut Noise| start(&flat, noise);
    let Start { parameters, mut optimiser, seconds, began } =
        Start::of(&options.run, &flat, &phase, Inherits::Average, is_matrix, initial)?;
    let mask = mask(&flat, options.phase).to_device(options.run.device);
    let rates = Rates {
        muon: 0.02 * options.run.rate,
        adam: 2e-3 * options.run.rate,
        decay: 0.0,
        clip: 1.0,
        average: 0.995,
    };
    let clock = Clock::start(options.run.budget, seconds, began);
    let first = optimiser.step;
    let save = |optimiser: &Optimiser| {
        TrainingCheckpoint::of(&parameters, optimiser, (clock.seconds(), began), &phase)
            .save(&options.run.folder)
    };
    let mut saved = clock.session();
    let mut shown = f64::NEG_INFINITY;
    let mut sums = [0.0; 2];
    let mut rendered = Pool::new(WINDOW);
    let total = rendered_by(options, first);
    let made = render(stage, options, rendered.lacking(total))?;
    rendered.take(total, &mut made.into_iter());
    while clock.progress(optimiser.step) < 1.0 {
        let step = optimiser.step;
        let total = rendered_by(options, step + 1);
        let lacking = rendered.lacking(total);
        // Render the scenes of the next step during this one.
        let (mean, error, norm, made) = thread::scope(|scope| {
            let made = scope.spawn(|| render(stage, options, lacking));
            let (gradient, mean, error) =
                parallel::gradient(options.run.workers, &parameters, |worker, parameters| {
                    let pixels = batch(options, &rendered.held, step as u64, worker);
                    let vae = build(&flat, parameters, &config)?;
                    let stream = random::stream("latents", step as u64, worker);
                    let mut noise = Noise::new(options.run.seed, stream);
                    Ok(loss(&vae, options.phase, &pixels.to_device(options.run.device), &mut noise))
                })?;
            let norm = optimiser.step(&parameters, &(gradient * &mask), rates, clock.factor(step));
            Ok::<_, Error>((mean, error, norm, made.join().expect("no maker panics")?))
        })?;
        rendered.take(total, &mut made.into_iter());
        if let Some(wrong) = [mean, norm].into_iter().find(|x| !x.is_finite()) {
            return Err(Error::Diverged { step, value: wrong });
        }
        sums[0] += mean;
        sums[1] += error;
        if optimiser.step % 20 == 0 {
            crate::log(&options.run.folder, &line(options, &optimiser, first, norm, sums, &clock))?;
            sums = [0.0; 2];
        }
        let due = clock.seconds() - shown > 180.0;
        if due || clock.session().saturating_sub(saved).as_secs() > 120 {
            save(&optimiser)?;
            saved = clock.session();
        }
        if due && optimiser.step > first + 1 {
            shown = clock.seconds();
            show(stage, &flat, &optimiser.average, &config, options, optimiser.step)?;
        }
    }
    save(&optimiser)?;
    tch::no_grad(|| {
        let vae = build(&flat, &optimiser.average, &config)?;
        measure(stage, &vae, &options.run.folder, options.run.device)
    })?;
    show(stage, &flat, &optimiser.average, &config, options, optimiser.step)
}

/// Copies the statistics of a released configuration.
pub(crate) fn keep_statistics(run: &Path, config: &[u8]) -> Result<(), Error> {
    let path = run.join(STATISTICS);
    let config: Value = serde_json::from_slice(config)
        .map_err(|source| Error::Json { path: path.clone(), source })?;
    let statistics =
        ["latents_mean", "latents_std"].map(|key| (key.to_owned(), config[key].clone()));
    let text = Value::Object(statistics.into_iter().collect()).to_string();
    fs::write(&path, text).map_err(|source| Error::write(&path, source))
}

/// Mean and deviation of each channel of the latents. Written once, after the phase of
/// pictures: what the denoiser was trained on must not change.
const STATISTICS: &str = "statistics.json";

fn measure(stage: &Stage, vae: &Vae, run: &Path, device: Device) -> Result<(), Error> {
    let path = run.join(STATISTICS);
    if path.exists() {
        return Ok(());
    }
    let means: Vec<Tensor> = (0..96)
        .map(|index| {
            let mut noise = Noise::new(98, random::stream("statistics", 0, index));
            let clip = pixels::clip(&random::window(stage, &mut noise, 1));
            vae.encode(&clip.unsqueeze(0).to_device(device)).mean.squeeze_dim(0)
        })
        .collect();
    let latents = Tensor::stack(&means, 1).flatten(1, -1).to_device(Device::Cpu);
    let numbers = |tensor: Tensor| -> Vec<f64> {
        tensor.iter::<f64>().map_or_else(|_| Vec::new(), Iterator::collect)
    };
    let mean = numbers(latents.mean_dim(1, false, Kind::Double));
    let deviation = numbers(latents.to_kind(Kind::Double).std_dim(1, true, false));
    let text = serde_json::json!({"latents_mean": mean, "latents_std": deviation}).to_string();
    fs::write(&path, text).map_err(|source| Error::write(&path, source))
}

/// `vae/config.json` as trained, with the statistics of the latents.
pub(crate) fn trained_config(run: &Path) -> Result<Value, Error> {
    let path = run.join(STATISTICS);
    let text = fs::read_to_string(&path).map_err(|source| Error::read(&path, source))?;
    let well_formed = "the configuration in the source is well formed";
    let mut config: Value = serde_json::from_str(CONFIG).expect(well_formed);
    let measured: Value =
        serde_json::from_str(&text).map_err(|source| Error::Json { path, source })?;
    for key in ["latents_mean", "latents_std"] {
        config[key] = measured[key].clone();
    }
    Ok(config)
}

/// The averaged weights of a run.
pub(crate) fn trained_weights(run: &Path) -> Result<Weights, Error> {
    let flat = layout(&config())?;
    let checkpoint = TrainingCheckpoint::load(run)?;
    if checkpoint.average.numel() as i64 != flat.len() {
        return Err(Error::Layout(run.to_owned()));
    }
    Ok(Weights::from_tensors("the run", flat.split(&checkpoint.average)))
}

/// The autoencoder of a run, once for each thread.
pub(crate) fn trained(run: &Path, device: Device, threads: u64) -> Result<Vec<Vae>, Error> {
    let config = serde_json::from_value(trained_config(run)?)
        .map_err(|source| Error::Json { path: run.join(STATISTICS), source })?;
    let mut weights = trained_weights(run)?;
    for tensor in weights.tensors.values_mut() {
        *tensor = tensor.to_device(device);
    }
    (0..threads).map(|_| Ok(Vae::from_weights(&weights, &config)?)).collect()
}

/// Whether Muon trains a matrix: not the ends, which have pixels or latents on one
/// side.
fn is_matrix(parameter: &Parameter) -> bool {
    parameter.name.ends_with(".weight")
        && !parameter.name.ends_with("time_conv.weight")
        && !["encoder.conv_in", "decoder.conv_out", "quant_conv"]
            .iter()
            .any(|end| parameter.name.contains(end))
}

/// Builds the network on a flat tensor.
pub(crate) fn build(flat: &Flat, parameters: &Tensor, config: &VaeConfig) -> Result<Vae, Error> {
    let weights = Weights::from_tensors("the run", flat.split(parameters));
    Ok(Vae::from_weights(&weights, config)?)
}

/// How many scenes a step chooses from.
const WINDOW: u64 = 512;

/// How many scenes are rendered by a step: a third of what it learns from is new.
fn rendered_by(options: &AutoencoderOptions, step: i64) -> u64 {
    WINDOW + step as u64 * (options.batch as u64 * options.run.workers).div_ceil(3)
}

/// Pixels (B, 3, T, H, W) for a worker.
fn batch(
    options: &AutoencoderOptions,
    scenes: &VecDeque<Vec<RgbImage>>,
    step: u64,
    worker: u64,
) -> Tensor {
    let mut noise = Noise::new(options.run.seed, random::stream("pixels", step, worker));
    let clips: Vec<_> = (0..options.batch)
        .map(|_| {
            let clip = pixels::clip(&scenes[random::below(&mut noise, WINDOW) as usize]);
            let (_, _, height, width) = clip.size4().expect("a clip has four dimensions");
            let (w, h) = (options.crop.0.min(width), options.crop.1.min(height));
            let left = random::below(&mut noise, (width - w + 1) as u64) as i64;
            let top = random::below(&mut noise, (height - h + 1) as u64) as i64;
            clip.narrow(3, left, w).narrow(2, top, h)
        })
        .collect();
    Tensor::stack(&clips, 0)
}

fn render(
    stage: &Stage,
    options: &AutoencoderOptions,
    numbers: Range<u64>,
) -> Result<Vec<Vec<RgbImage>>, Error> {
    let mut makers = vec![(); options.makers as usize];
    let numbers: Vec<u64> = numbers.collect();
    parallel::each(&mut makers, &numbers, |(), number| {
        let mut noise = Noise::new(options.run.seed, random::stream("scene", *number, 0));
        Ok(random::window(stage, &mut noise, options.frames))
    })
}

/// The loss; also logs the mean squared error of the pixels.
fn loss(vae: &Vae, phase: Phase, pixels: &Tensor, noise: &mut Noise) -> BatchLoss {
    let encode = || vae.encode(pixels).mean;
    let mean = if phase == Phase::Decoder { tch::no_grad(encode) } else { encode() };
    let eps = noise.normal(&mean.size()).to_device(mean.device());
    let deviation =
        mean.detach().square().mean_dim([0i64, 2, 3, 4].as_slice(), true, Kind::Float).sqrt();
    let decoded = vae.decode_unclamped(&(&mean + eps * deviation * LATENT_NOISE));
    let difference = &decoded - pixels;
    let slope = |dim: i64| {
        let length = difference.size()[dim as usize] - 1;
        (difference.narrow(dim, 1, length) - difference.narrow(dim, 0, length))
            .abs()
            .mean(Kind::Float)
    };
    let mut loss = difference.abs().mean(Kind::Float)
        + difference.square().mean(Kind::Float)
        + (slope(3) + slope(4)) * 0.5
        + mean.square().mean(Kind::Float) * 1e-4;
    if pixels.size()[2] > 1 {
        loss += slope(2) * 0.5;
    }
    let logged = tch::no_grad(|| difference.square().mean(Kind::Float).double_value(&[]));
    BatchLoss { loss, logged }
}

/// Writes a sheet: originals above their reconstructions.
fn show(
    stage: &Stage,
    flat: &Flat,
    average: &Tensor,
    config: &VaeConfig,
    options: &AutoencoderOptions,
    step: i64,
) -> Result<(), Error> {
    tch::no_grad(|| {
        let vae = build(flat, average, config)?;
        let mut rows = Vec::new();
        let mut sum = 0.0;
        let scenes = 6;
        for index in 0..scenes {
            let mut noise = Noise::new(99, random::stream("sheet", 0, index));
            let clip = pixels::clip(&random::window(stage, &mut noise, options.frames))
                .to_device(options.run.device);
            let decoded = vae.decode(&vae.encode(&clip.unsqueeze(0)).mean).get(0);
            sum += pixels::psnr(&decoded, &clip);
            rows.push(pixels::images(&clip));
            rows.push(pixels::images(&decoded));
        }
        let name = format!("{:?}-{step:06}.png", options.phase).to_lowercase();
        crate::log(&options.run.folder, &format!("sheet {name} psnr {:.2}", sum / scenes as f64))?;
        // Pairs side by side, so that a sheet is wide rather than tall.
        let rows: Vec<_> =
            if options.frames == 1 { rows.chunks(4).map(<[_]>::concat).collect() } else { rows };
        pixels::sheet(&rows, &options.run.folder.join(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Before it has seen any clip, the network treats one as a row of pictures.
    #[test]
    fn an_untrained_clip_is_a_row_of_pictures() {
        let config = config();
        let flat = layout(&config).expect("the architecture is sound");
        let start = start(&flat, &mut Noise::new(1, 0));
        let vae = build(&flat, &start, &config).expect("the layout is its own");
        let picture = Noise::new(2, 0).normal(&[1, 3, 1, 32, 32]).clamp(-1.0, 1.0);
        let still = picture.expand([1, 3, 5, 32, 32], false).contiguous();
        let latents = vae.encode(&still).mean;
        let alone = vae.encode(&picture).mean;
        let spread = |x: &Tensor| x.abs().max().double_value(&[]);
        for frame in 0..2 {
            assert!(spread(&(latents.narrow(2, frame, 1) - &alone)) < 1e-4);
        }
        let decoded = vae.decode_unclamped(&latents);
        assert!(spread(&(decoded - vae.decode_unclamped(&alone))) < 1e-4);
    }

    /// Training on clips leaves the latents of single pictures as they are.
    #[test]
    fn the_clip_phase_keeps_pictures() {
        let flat = layout(&config()).expect("the architecture is sound");
        let mask = mask(&flat, Phase::Clips);
        for (parameter, begin, size) in flat.spans() {
            let free = mask.narrow(0, begin, size).view(&parameter.shape[..]);
            let all = |part: Tensor, value: f64| part.eq(value).all().int64_value(&[]) == 1;
            if parameter.name == "encoder.conv_in.weight" {
                assert!(all(free.select(2, 2), 0.0) && all(free.narrow(2, 0, 2), 1.0));
            }
            if parameter.name.starts_with("decoder.") {
                assert!(all(free, 1.0), "{}", parameter.name);
            }
        }
    }
}
