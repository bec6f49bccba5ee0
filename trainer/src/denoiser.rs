//! Trains the transformer and the text encoder together, by flow matching (Lipman et
//! al. 2023); the velocity is noise − data.
//!
//! They learn appearance from single pictures, which cost a tenth of a clip, then
//! motion from clips. Knows latents and prompts; knows pixels only for sheets.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;

use photoplay::diffusion::noise::Noise;
use photoplay::diffusion::weights::Parameter;
use tch::{Kind, Tensor};
use tokenizers::Tokenizer;

use crate::Error;
use crate::batch::{Batch, Supply, tokens};
use crate::checkpoint::TrainingCheckpoint;
use crate::networks::{Configs, Networks};
use crate::optimiser::{Optimiser, Rates};
use crate::parallel::{self, BatchLoss};
use crate::random::{below, stream};
use crate::run::{Inherits, RunOptions, Start};
use crate::schedule::Clock;

/// Time shift of the flow, in training and in `photoplay.json`.
pub(crate) const SHIFT: f64 = 3.0;
/// Weight of the references' own latents, which the network denoises too.
const REFERENCE_WEIGHT: f64 = 0.15;

/// How to train.
#[derive(Debug)]
pub(crate) struct DenoiserOptions {
    pub(crate) run: RunOptions,
    /// The run folder of the autoencoder.
    pub(crate) vae: PathBuf,
    /// Tokens of a worker in a step.
    pub(crate) tokens: i64,
    /// Frames of scenes, and how often to draw each length.
    pub(crate) frames: Vec<(i64, f64)>,
    /// How many scenes of more than one frame to hold.
    pub(crate) clips: u64,
    /// How many single pictures to hold.
    pub(crate) pictures: u64,
    /// Threads that make scenes.
    pub(crate) makers: u64,
    /// Factor of the number of scenes to make for a step.
    pub(crate) fresh: f64,
}

/// Whether Muon trains a matrix: those inside the networks, not their ends.
fn is_matrix(parameter: &Parameter) -> bool {
    let name = &parameter.name;
    let ends = ["patch_embedding", "shared", "relative_attention_bias", "scale_shift_table"];
    name.ends_with(".weight")
        && name != "transformer.proj_out.weight"
        && !ends.iter().any(|end| name.contains(end))
}

/// The mean squared error of the velocity of a batch at random times.
fn loss(networks: &Networks, batch: &Batch, noise: &mut Noise) -> Result<BatchLoss, Error> {
    let size = batch.latents.size();
    let device = batch.latents.device();
    // Logit-normal, then shifted toward noise as in inference.
    let times = noise.normal(&[size[0]]).sigmoid();
    let times = (&times * SHIFT / (&times * (SHIFT - 1.0) + 1.0)).to_device(device);
    let grain = if device.is_cuda() {
        tch::manual_seed(below(noise, i64::MAX as u64) as i64);
        #[expect(
            clippy::disallowed_methods,
            reason = "two million numbers a step, which a CPU draws slower than the step goes"
        )]
        let grain = Tensor::randn(&size[..], (Kind::Float, device));
        grain
    } else {
        noise.normal(&size)
    };
    let at = times.reshape([-1, 1, 1, 1, 1]);
    let noisy = &batch.latents * (1.0 - &at) + &grain * &at;
    let velocity = networks.velocity(&noisy, &(times * 1000.0), &batch.text, &batch.control)?;
    let error = (velocity - (grain - &batch.latents)).square();
    let frames = size[2] - batch.references;
    let own = error.narrow(2, batch.references, frames).mean(Kind::Float);
    let logged = own.double_value(&[]);
    let loss = if batch.references == 0 {
        own
    } else {
        own + error.narrow(2, 0, batch.references).mean(Kind::Float) * REFERENCE_WEIGHT
    };
    Ok(BatchLoss { loss, logged })
}

/// What to log of the steps since the last line.
#[derive(Default)]
struct Log {
    /// Sums of losses and their number, by latent frames.
    losses: BTreeMap<i64, (f64, f64)>,
    /// Samples and tokens of the whole session.
    samples: i64,
    tokens: i64,
    /// Seconds of the whole session spent on waiting for scenes.
    waited: f64,
}

impl Log {
    fn add(&mut self, batch: &Batch, loss: f64, workers: u64) {
        let size = batch.latents.size();
        self.samples += size[0] * workers as i64;
        // A token covers two latents each way.
        self.tokens += size[0] * size[2] * (size[3] * size[4] / 4) * workers as i64;
        let entry = self.losses.entry(size[2] - batch.references).or_default();
        *entry = (entry.0 + loss, entry.1 + 1.0);
    }

    fn line(&mut self, step: i64, norm: f64, clock: &Clock) -> String {
        let losses = std::mem::take(&mut self.losses);
        let losses: Vec<String> = losses
            .iter()
            .map(|(frames, (sum, steps))| format!("{frames}: {:.4}", sum / steps))
            .collect();
        let session = clock.session();
        format!(
            "step {step} loss {} norm {norm:.2} samples/s {:.2} tokens/s {:.0} (waiting for scenes {:.0} %) progress {:.3}",
            losses.join(", "),
            self.samples as f64 / session,
            self.tokens as f64 / session,
            100.0 * self.waited / clock.elapsed().as_secs_f64(),
            clock.progress(step),
        )
    }
}

/// Trains; writes checkpoints, a log and sheets into the run folder.
pub(crate) fn train(
    supply: &mut impl Supply,
    configs: &Configs,
    options: &DenoiserOptions,
) -> Result<(), Error> {
    fs::create_dir_all(&options.run.folder)
        .map_err(|source| Error::write(&options.run.folder, source))?;
    let flat = configs.layout()?;
    let phase = format!("{:?}", options.frames);
    let Start { parameters, mut optimiser, seconds, began } =
        Start::of(&options.run, &flat, &phase, Inherits::Everything, is_matrix, |noise| {
            flat.random(noise)
        })?;
    let rates = Rates {
        muon: 0.02 * options.run.rate,
        adam: 2e-3 * options.run.rate,
        decay: 0.01,
        clip: 1.0,
        average: 0.995,
    };
    let clock = options.run.clock(seconds, began);
    let save = |optimiser: &Optimiser| {
        TrainingCheckpoint::of(&parameters, optimiser, (clock.seconds(), began), &phase)
            .save(&options.run.folder)
    };
    let first = (optimiser.step - began) as u64;
    let made = supply.making(first)()?;
    supply.take(first, made);
    let mut saved = clock.elapsed();
    let mut shown = clock.seconds();
    let mut log = Log::default();
    while clock.progress(optimiser.step) < 1.0 {
        let step = optimiser.step as u64;
        let batches = (0..options.run.workers)
            .map(|worker| Ok(Mutex::new(supply.batch(step, worker)?)))
            .collect::<Result<Vec<_>, Error>>()?;
        let next = step + 1 - began as u64;
        let making = supply.making(next);
        // Make the scenes of the next step during this one.
        let (mean, logged, norm, made) = thread::scope(|scope| {
            let made = scope.spawn(making);
            let (gradient, mean, logged) =
                parallel::gradient(options.run.workers, &parameters, |worker, parameters| {
                    let networks = Networks::new(&flat, parameters, configs)?;
                    let noise = stream("times", step, worker);
                    let batch = batches[worker as usize].lock().expect("no worker panics");
                    loss(&networks, &batch, &mut Noise::new(options.run.seed, noise))
                })?;
            let norm = optimiser.step(&parameters, &gradient, rates, clock.factor(optimiser.step));
            let idle = clock.elapsed();
            let made = made.join().expect("no generator panics")?;
            log.waited += clock.elapsed().saturating_sub(idle).as_secs_f64();
            Ok::<_, Error>((mean, logged, norm, made))
        })?;
        supply.take(next, made);
        if let Some(wrong) = [mean, norm].into_iter().find(|x| !x.is_finite()) {
            return Err(Error::Diverged { step: optimiser.step, value: wrong });
        }
        log.add(&batches[0].lock().expect("no worker panics"), logged, options.run.workers);
        if optimiser.step % 20 == 0 {
            crate::log(&options.run.folder, &log.line(optimiser.step, norm, &clock))?;
        }
        if clock.elapsed().saturating_sub(saved).as_secs() > 120 {
            save(&optimiser)?;
            saved = clock.elapsed();
        }
        if clock.seconds() - shown > 300.0 {
            shown = clock.seconds();
            let networks = tch::no_grad(|| Networks::new(&flat, &optimiser.average, configs))?;
            supply.show(&networks, optimiser.step)?;
        }
    }
    save(&optimiser)?;
    let networks = tch::no_grad(|| Networks::new(&flat, &optimiser.average, configs))?;
    supply.show(&networks, optimiser.step)
}

/// Steps and guidance of sheets, as in `photoplay.json`.
pub(crate) const STEPS: i64 = 12;
pub(crate) const GUIDANCE: f64 = 2.0;

/// Denoises latents of a batch's clips from noise alone, by Euler's method.
pub(crate) fn sample(
    networks: &Networks,
    tokenizer: &Tokenizer,
    batch: &Batch,
    noise: &mut Noise,
) -> Result<Tensor, Error> {
    let size = batch.latents.size();
    let device = batch.latents.device();
    let mut latents = noise.normal(&size).to_device(device);
    let sigmas: Vec<f64> = (0..=STEPS)
        .map(|step| 1.0 - step as f64 / STEPS as f64)
        .map(|sigma| SHIFT * sigma / (1.0 + (SHIFT - 1.0) * sigma))
        .collect();
    let nothing = tokens(tokenizer, &vec![""; size[0] as usize], device)?;
    for pair in sigmas.windows(2) {
        let times = Tensor::full([size[0]], pair[0] * 1000.0, (Kind::Float, device));
        let with = networks.velocity(&latents, &times, &batch.text, &batch.control)?;
        let without = networks.velocity(&latents, &times, &nothing, &batch.control)?;
        latents += (&without + (with - &without) * GUIDANCE) * (pair[1] - pair[0]);
    }
    Ok(latents.narrow(2, batch.references, size[2] - batch.references))
}
