//! Trains the video autoencoder: first on single pictures, for which its convolutions
//! need only their last temporal tap, then on short clips.
//!
//! Makes latents easy to diffuse: adds noise of a fixed part of their deviation before
//! decoding, so that neighbouring latents decode alike. Knows stages and pixels; does
//! not know prompts.

use std::fs;
use std::path::Path;
use std::thread;

use photoplay::diffusion::best_kind;
use photoplay::diffusion::noise::Noise;
use photoplay::diffusion::vae::{Vae, VaeConfig};
use photoplay::diffusion::weights::{Init, Parameter, Weights};
use serde_json::Value;
use tch::{Device, Kind, Tensor};

use crate::checkpoint::TrainingCheckpoint;
use crate::flat::{Flat, restarted};
use crate::optimiser::{Optimiser, Rates};
use crate::parallel::{self, BatchLoss};
use crate::run::{Inherits, RunOptions, Start};
use crate::samples::{Samples, Shape, Source};
use crate::schedule::Clock;
use crate::sharpness::{Sharpness, sharpness};
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
    /// What to draw for a step.
    pub(crate) shape: Shape,
    /// Multiplies in f32 even where the device multiplies bf16.
    pub(crate) exact: bool,
}

/// Noise to add to latents, in units of their deviations.
const LATENT_NOISE: f64 = 0.15;

/// The configuration of a run, which is Toy Theatre's unless the run has one of its own.
pub(crate) fn config(run: &Path) -> Result<VaeConfig, Error> {
    serde_json::from_str(&config_text(run)?)
        .map_err(|source| Error::Json { path: run.join(CONFIGURATION), source })
}

/// The file of a run's own configuration.
const CONFIGURATION: &str = "config.json";

fn config_text(run: &Path) -> Result<String, Error> {
    let path = run.join(CONFIGURATION);
    if !path.exists() {
        return Ok(CONFIG.to_owned());
    }
    fs::read_to_string(&path).map_err(|source| Error::read(&path, source))
}

/// Gives a run a configuration of its own; without one it keeps what it has.
pub(crate) fn configure(run: &Path, config: Option<&Path>) -> Result<(), Error> {
    fs::create_dir_all(run).map_err(|source| Error::write(run, source))?;
    let Some(config) = config else { return Ok(()) };
    let path = run.join(CONFIGURATION);
    fs::copy(config, &path).map(|_| ()).map_err(|source| Error::write(&path, source))
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
    let shape = options.shape;
    let samples = (optimiser.step - first) * shape.batch * shape.workers as i64;
    format!(
        "step {} loss {:.4} psnr {:.2} norm {norm:.2} samples/s {:.2} progress {:.3}",
        optimiser.step,
        sums[0] / 20.0,
        10.0 * (4.0 / (sums[1] / 20.0)).log10(),
        samples as f64 / clock.session(),
        clock.progress(optimiser.step),
    )
}

/// Trains; writes checkpoints, a log and sheets into the run folder.
pub(crate) fn train(source: &Source, options: &AutoencoderOptions) -> Result<(), Error> {
    let folder = &options.run.folder;
    let config = config(folder)?;
    let flat = layout(&config)?;
    let phase = format!("{:?}", options.phase);
    let initial = |noise: &mut Noise| start(&flat, noise);
    let Start { parameters, mut optimiser, seconds, began } =
        Start::of(&options.run, &flat, &phase, Inherits::Average, is_matrix, initial)?;
    if options.phase == Phase::Pictures {
        optimiser.train_last_taps();
    }
    let mask = mask(&flat, options.phase).to_device(options.run.device);
    let rates = Rates {
        muon: 0.02 * options.run.rate,
        adam: 2e-3 * options.run.rate,
        decay: 0.0,
        clip: 1.0,
        average: 0.995,
    };
    let clock = options.run.clock(seconds, began);
    let kind = if options.exact { Kind::Float } else { best_kind(options.run.device) };
    let first = optimiser.step;
    let save = |optimiser: &Optimiser| {
        TrainingCheckpoint::of(&parameters, optimiser, (clock.seconds(), began), &phase)
            .save(folder)
    };
    let mut saved = clock.elapsed();
    let mut shown = f64::NEG_INFINITY;
    let mut sums = [0.0; 2];
    let mut samples = Samples::new(source, options.shape, first)?;
    while clock.progress(optimiser.step) < 1.0 {
        let step = optimiser.step;
        let lacking = samples.lacking(step + 1);
        // Render the scenes of the next step during this one.
        let (mean, error, norm, made) = thread::scope(|scope| {
            let made = scope.spawn(|| samples.render(lacking));
            let (gradient, mean, error) =
                parallel::gradient(options.run.workers, &parameters, |worker, parameters| {
                    let pixels = samples.batch(step, worker)?.to_device(options.run.device);
                    let vae = build(&flat, &parameters.to_kind(kind), &config)?;
                    let stream = random::stream("latents", step as u64, worker);
                    let mut noise = Noise::new(options.run.seed, stream);
                    Ok(loss(&vae, options.phase, &pixels, kind, &mut noise))
                })?;
            let norm = optimiser.step(&parameters, &(gradient * &mask), rates, clock.factor(step));
            Ok::<_, Error>((mean, error, norm, made.join().expect("no maker panics")?))
        })?;
        samples.take(step + 1, made);
        if let Some(wrong) = [mean, norm].into_iter().find(|x| !x.is_finite()) {
            return Err(Error::Diverged { step, value: wrong });
        }
        sums[0] += mean;
        sums[1] += error;
        if optimiser.step % 20 == 0 {
            crate::log(folder, &line(options, &optimiser, first, norm, sums, &clock))?;
            sums = [0.0; 2];
        }
        let due = clock.seconds() - shown > 300.0;
        if due || clock.elapsed().saturating_sub(saved).as_secs() > 120 {
            save(&optimiser)?;
            saved = clock.elapsed();
        }
        if due && optimiser.step > first + 1 {
            shown = clock.seconds();
            let vae = tch::no_grad(|| build(&flat, &optimiser.average, &config))?;
            show(source, &vae, options, optimiser.step)?;
        }
    }
    save(&optimiser)?;
    let vae = tch::no_grad(|| build(&flat, &optimiser.average, &config))?;
    tch::no_grad(|| measure(source, &vae, folder, options.run.device))?;
    show(source, &vae, options, optimiser.step)
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

fn measure(source: &Source, vae: &Vae, run: &Path, device: Device) -> Result<(), Error> {
    let path = run.join(STATISTICS);
    if path.exists() {
        return Ok(());
    }
    let latents = source.measured()?.into_iter().map(|clip| {
        let mean = vae.encode(&clip.unsqueeze(0).to_device(device)).mean;
        mean.squeeze_dim(0).flatten(1, -1).to_device(Device::Cpu)
    });
    let latents = Tensor::cat(&latents.collect::<Vec<_>>(), 1);
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
    let measured: Value =
        serde_json::from_str(&text).map_err(|source| Error::Json { path, source })?;
    let path = run.join(CONFIGURATION);
    let mut config: Value =
        serde_json::from_str(&config_text(run)?).map_err(|source| Error::Json { path, source })?;
    for key in ["latents_mean", "latents_std"] {
        config[key] = measured[key].clone();
    }
    Ok(config)
}

/// The averaged weights of a run.
pub(crate) fn trained_weights(run: &Path) -> Result<Weights, Error> {
    let flat = layout(&config(run)?)?;
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

/// Builds the network on a flat tensor, in its precision.
pub(crate) fn build(flat: &Flat, parameters: &Tensor, config: &VaeConfig) -> Result<Vae, Error> {
    let weights = Weights::from_tensors("the run", flat.split(parameters));
    Ok(Vae::from_weights(&weights, config)?)
}

/// The loss; also logs the mean squared error of the pixels.
fn loss(vae: &Vae, phase: Phase, pixels: &Tensor, kind: Kind, noise: &mut Noise) -> BatchLoss {
    let encode = || vae.encode(&pixels.to_kind(kind)).mean.to_kind(Kind::Float);
    let mean = if phase == Phase::Decoder { tch::no_grad(encode) } else { encode() };
    let eps = noise.normal(&mean.size()).to_device(mean.device());
    let deviation =
        mean.detach().square().mean_dim([0i64, 2, 3, 4].as_slice(), true, Kind::Float).sqrt();
    let noisy = (&mean + eps * deviation * LATENT_NOISE).to_kind(kind);
    let decoded = vae.decode_unclamped(&noisy).to_kind(Kind::Float);
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
fn show(source: &Source, vae: &Vae, options: &AutoencoderOptions, step: i64) -> Result<(), Error> {
    let frames = options.shape.frames;
    let _guard = tch::no_grad_guard();
    let mut rows = Vec::new();
    let (mut sum, mut scenes, mut found) = (0.0, 0.0, Vec::new());
    for index in 0..12 {
        let clip = source.shown(frames, index)?;
        let pixels = clip.unsqueeze(0).to_device(options.run.device);
        let decoded = vae.decode(&vae.encode(&pixels).mean).get(0).to_device(Device::Cpu);
        sum += pixels::psnr(&decoded, &clip);
        scenes += 1.0;
        if frames == 1 {
            found.extend(sharpness(&decoded.squeeze_dim(1), &clip.squeeze_dim(1)));
        }
        rows.push(pixels::images(&clip));
        rows.push(pixels::images(&decoded));
    }
    let mean = |part: fn(&Sharpness) -> f64| {
        let parts: Vec<f64> = found.iter().map(part).filter(|part| part.is_finite()).collect();
        parts.iter().sum::<f64>() / parts.len() as f64
    };
    let name = format!("{:?}-{step:06}.png", options.phase).to_lowercase();
    let mut line = format!("sheet {name} psnr {:.2}", sum / scenes);
    if !found.is_empty() {
        let (edge, inside, matte) = (mean(|it| it.edge), mean(|it| it.inside), mean(|it| it.matte));
        line.push_str(&format!(" edge {edge:.3} inside {inside:.3} matte {matte:.4}"));
    }
    crate::log(&options.run.folder, &line)?;
    // Pairs side by side, so that a sheet is wide rather than tall.
    let rows: Vec<_> = if frames == 1 { rows.chunks(6).map(<[_]>::concat).collect() } else { rows };
    pixels::sheet(&rows, &options.run.folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Before it has seen any clip, the network treats one as a row of pictures.
    #[test]
    fn an_untrained_clip_is_a_row_of_pictures() {
        let config: VaeConfig = serde_json::from_str(CONFIG).expect("well formed");
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
        let config: VaeConfig = serde_json::from_str(CONFIG).expect("well formed");
        let flat = layout(&config).expect("the architecture is sound");
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
