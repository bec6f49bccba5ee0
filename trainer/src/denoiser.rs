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

use photoplay::diffusion::control::control;
use photoplay::diffusion::noise::Noise;
use photoplay::diffusion::weights::{Init, Parameter};
use photoplay::diffusion::{
    TextEncoder, TextEncoderConfig, Transformer, TransformerConfig, Weights, best_kind, transformer,
};
use tch::{Kind, Tensor};
use tokenizers::Tokenizer;

use crate::checkpoint::TrainingCheckpoint;
use crate::flat::{Flat, part, prefixed, restarted};
use crate::optimiser::{Optimiser, Rates};
use crate::parallel::{self, BatchLoss};
use crate::pool::Pool;
use crate::random::{below, stream};
use crate::run::{Inherits, RunOptions, Start};
use crate::scenes::{self, Sample, SceneGenerator};
use crate::schedule::Clock;
use crate::stage::{Edition, HEIGHT, PLATE, Stage, WIDTH};
use crate::{Error, pixels, text};

/// `transformer/config.json` of Toy Theatre.
pub(crate) const TRANSFORMER: &str = include_str!("../configs/transformer.json");
/// `text_encoder/config.json` of Toy Theatre.
pub(crate) const TEXT_ENCODER: &str = include_str!("../configs/text_encoder.json");

/// Time shift of the flow, in training and in `photoplay.json`.
pub(crate) const SHIFT: f64 = 3.0;
/// Pixels along one latent's side.
const SPATIAL: i64 = 16;
/// Pixels along one token's side.
const TOKEN: u32 = 32;
/// The share of stills that are sets.
const PLATES: f64 = 0.3;
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

/// The configurations of both networks.
#[derive(Debug)]
pub(crate) struct Configs {
    pub(crate) transformer: TransformerConfig,
    pub(crate) text_encoder: TextEncoderConfig,
}

impl Configs {
    pub(crate) fn new() -> Self {
        Self {
            transformer: serde_json::from_str(TRANSFORMER).expect("well formed in the source"),
            text_encoder: serde_json::from_str(TEXT_ENCODER).expect("well formed in the source"),
        }
    }

    /// The layout of both networks' parameters.
    pub(crate) fn layout(&self) -> Result<Flat, Error> {
        let transformer = restarted(self.transformer.parameters()?, |parameter| {
            // The network, and its control branch, begin with an output of zero.
            parameter.name.split('.').any(|part| part == "proj_out").then_some(Init::Zeros)
        });
        let mut parameters = prefixed("transformer", transformer);
        parameters.extend(prefixed("text_encoder", self.text_encoder.parameters()?));
        Ok(Flat::new(parameters))
    }
}

/// Both networks.
#[derive(Debug)]
pub(crate) struct Networks {
    pub(crate) transformer: Transformer,
    pub(crate) text_encoder: TextEncoder,
}

impl Networks {
    /// Builds the networks on a flat tensor in f32. The transformer multiplies in the
    /// precision its device is best at, as it does when it shoots.
    pub(crate) fn new(flat: &Flat, parameters: &Tensor, configs: &Configs) -> Result<Self, Error> {
        let all = flat.split(parameters);
        let kind = best_kind(parameters.device());
        let mut transformer = part(&all, "transformer");
        for (name, tensor) in &mut transformer {
            if !name.split('.').any(|part| transformer::KEEP_F32.contains(&part)) {
                *tensor = tensor.to_kind(kind);
            }
        }
        let transformer = Weights::from_tensors("the run", transformer);
        let text_encoder = Weights::from_tensors("the run", part(&all, "text_encoder"));
        Ok(Self {
            transformer: Transformer::from_weights(&transformer, &configs.transformer)?,
            text_encoder: TextEncoder::from_weights(&text_encoder, &configs.text_encoder)?,
        })
    }

    /// The velocity; `control` is that of the pipeline.
    fn velocity(
        &self,
        latents: &Tensor,
        times: &Tensor,
        (tokens, mask): &(Tensor, Tensor),
        control: &Tensor,
    ) -> Result<Tensor, Error> {
        let text = self.text_encoder.forward(tokens, mask);
        let prompt = self.transformer.prompt(&text)?;
        let control = self.transformer.control(control);
        let rope = self.transformer.rotations(latents);
        let velocity =
            self.transformer.forward(latents, times, &prompt, control.as_ref(), &rope)?;
        Ok(velocity.to_kind(Kind::Float))
    }
}

/// Whether Muon trains a matrix: those inside the networks, not their ends.
fn is_matrix(parameter: &Parameter) -> bool {
    let name = &parameter.name;
    let ends = ["patch_embedding", "shared", "relative_attention_bias", "scale_shift_table"];
    name.ends_with(".weight")
        && name != "transformer.proj_out.weight"
        && !ends.iter().any(|end| name.contains(end))
}

/// A batch; all its samples have one shape.
struct Batch {
    /// Clean latents, references first, (B, z, R + F, h, w).
    latents: Tensor,
    control: Tensor,
    text: (Tensor, Tensor),
    references: i64,
}

/// Scenes of one length, and how often to draw them.
struct Length {
    kind: scenes::SceneKind,
    share: f64,
    pool: Pool<Sample>,
}

/// The scenes that a step draws from.
struct World<'a> {
    options: &'a DenoiserOptions,
    lengths: Vec<Length>,
    /// Of frames, and of a still of a set.
    blanks: [Tensor; 2],
    tokenizer: Tokenizer,
}

impl<'a> World<'a> {
    /// Begins with empty pools.
    fn new(
        options: &'a DenoiserOptions,
        generator: &SceneGenerator<'_>,
        stage: &Stage,
    ) -> Result<Self, Error> {
        let length = |&(frames, share): &(i64, f64)| {
            let capacity = if frames == 1 { options.pictures } else { options.clips };
            let given = if frames == 1 { 0.08 } else { 0.4 };
            let of = |plate: bool, share: f64| {
                let kind = scenes::SceneKind { frames, plate, given };
                Length { kind, share, pool: Pool::new(capacity) }
            };
            if frames == 1 && stage.edition() == Edition::Second {
                vec![of(false, share * (1.0 - PLATES)), of(true, share * PLATES)]
            } else {
                vec![of(false, share)]
            }
        };
        let longest = options.frames.iter().map(|(frames, _)| *frames).max().unwrap_or(1);
        Ok(Self {
            options,
            lengths: options.frames.iter().flat_map(length).collect(),
            blanks: [generator.blank(longest, false), generator.blank(1, true)],
            tokenizer: text::tokenizer(&stage.words())?,
        })
    }

    /// How many scenes of each pool have been made by a step of the phase, in
    /// proportion to how often each is drawn.
    fn totals(&self, step: u64) -> Vec<u64> {
        let total: f64 = self.lengths.iter().map(|length| length.share).sum();
        let of = |Length { kind, share, .. }: &Length| {
            // A picture serves about twice; a clip, which costs more, about eight
            // times.
            let (first, fresh) = match kind.frames {
                1 => (256, 10.0),
                frames => (24, 4.0 / (1.0 + frames as f64 / 8.0)),
            };
            first + (step as f64 * fresh * self.options.fresh * share / total) as u64
        };
        self.lengths.iter().map(of).collect()
    }

    /// The scenes to make until the pools have made `totals`.
    fn lacking(&self, totals: &[u64]) -> Vec<(scenes::SceneKind, u64)> {
        let lacking =
            self.lengths.iter().zip(totals).flat_map(|(Length { kind, pool, .. }, total)| {
                pool.lacking(*total).map(|number| (*kind, number))
            });
        lacking.collect()
    }

    /// Takes the scenes that were lacking.
    fn take(&mut self, totals: &[u64], made: Vec<Sample>) {
        let mut made = made.into_iter();
        for (length, total) in self.lengths.iter_mut().zip(totals) {
            length.pool.take(*total, &mut made);
        }
    }

    fn batch(&self, step: u64, worker: u64) -> Result<Batch, Error> {
        // All workers of a step draw one shape.
        let mut shape = Noise::new(self.options.run.seed, stream("shape", step, 0));
        let total: f64 = self.lengths.iter().map(|length| length.share).sum();
        let mut at = shape.next_uniform() * total;
        let drawn = self.lengths.iter().find(|length| {
            at -= length.share;
            at < 0.0
        });
        let Length { kind, pool, .. } = drawn.unwrap_or(&self.lengths[0]);
        let references = match shape.next_uniform() {
            share if share < 0.3 || kind.plate => 0,
            share if share < 0.85 => 1,
            _ => 2,
        };
        // A still shows one figure.
        let most = pool.held.iter().map(|sample| sample.references.len() as i64).max();
        let references = references.min(most.unwrap_or(0));
        let frames = (kind.frames + 3) / 4;
        let [across, down] = if kind.plate { PLATE } else { [WIDTH, HEIGHT] };
        let tokens = i64::from(across * down / (TOKEN * TOKEN));
        let count = (self.options.tokens / (tokens * (frames + references))).max(1);
        let mut noise = Noise::new(self.options.run.seed, stream("batch", step, worker));
        let fitting: Vec<&Sample> = pool
            .held
            .iter()
            .filter(|sample| sample.references.len() as i64 >= references)
            .collect();
        let chosen: Vec<&Sample> =
            (0..count).map(|_| fitting[below(&mut noise, fitting.len() as u64) as usize]).collect();
        let mut prompts = Vec::new();
        for sample in &chosen {
            let share = noise.next_uniform();
            prompts.push(if share < 0.1 {
                ""
            } else if share < 0.3
                && references as usize == sample.references.len()
                && references > 0
            {
                &sample.terse
            } else {
                &sample.prompt
            });
        }
        self.assemble(&chosen, &prompts, references, *kind)
    }

    fn assemble(
        &self,
        chosen: &[&Sample],
        prompts: &[&str],
        references: i64,
        kind: scenes::SceneKind,
    ) -> Result<Batch, Error> {
        let frames = kind.frames;
        let stacked = |each: &dyn Fn(&Sample) -> Tensor| {
            Tensor::stack(&chosen.iter().map(|sample| each(sample)).collect::<Vec<_>>(), 0)
        };
        let clips = stacked(&|sample| sample.latents.shallow_clone());
        let blank = self.blanks[usize::from(kind.plate)].narrow(1, 0, (frames + 3) / 4);
        let inactive = stacked(&|sample| {
            sample
                .known
                .as_ref()
                .map_or_else(|| blank.shallow_clone(), |known| known.0.shallow_clone())
        });
        let reactive = stacked(&|_| blank.shallow_clone());
        let generate = chosen.iter().flat_map(|sample| {
            let known = sample.known.as_ref().map_or(0, |(_, known)| *known);
            (0..frames).map(move |frame| f32::from(u8::from(frame >= known)))
        });
        let generate = Tensor::from_slice(&generate.collect::<Vec<_>>());
        let generate = generate.view([chosen.len() as i64, frames]);
        let references: Vec<Tensor> = (0..references as usize)
            .map(|index| stacked(&|sample| sample.references[index].shallow_clone()))
            .collect();
        let control = control(&inactive, &reactive, &generate, &references, SPATIAL);
        let count = references.len() as i64;
        let mut parts = references;
        parts.push(clips);
        let (tokens, mask) = text::tokens(&self.tokenizer, prompts)?;
        let device = self.blanks[0].device();
        Ok(Batch {
            latents: Tensor::cat(&parts, 2),
            control,
            text: (tokens.to_device(device), mask.to_device(device)),
            references: count,
        })
    }
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
    /// Samples of the whole session.
    samples: i64,
    /// Seconds of the whole session spent on waiting for scenes.
    waited: f64,
}

impl Log {
    fn add(&mut self, batch: &Batch, loss: f64, workers: u64) {
        let size = batch.latents.size();
        self.samples += size[0] * workers as i64;
        let entry = self.losses.entry(size[2] - batch.references).or_default();
        *entry = (entry.0 + loss, entry.1 + 1.0);
    }

    fn line(&mut self, step: i64, norm: f64, clock: &Clock) -> String {
        let losses = std::mem::take(&mut self.losses);
        let losses: Vec<String> = losses
            .iter()
            .map(|(frames, (sum, steps))| format!("{frames}: {:.4}", sum / steps))
            .collect();
        let session = clock.session().as_secs_f64();
        format!(
            "step {step} loss {} norm {norm:.2} samples/s {:.2} (waiting for scenes {:.0} %) progress {:.3}",
            losses.join(", "),
            self.samples as f64 / session,
            100.0 * self.waited / session,
            clock.progress(step),
        )
    }
}

/// Trains; writes checkpoints, a log and sheets into the run folder.
pub(crate) fn train(stage: &Stage, options: &DenoiserOptions) -> Result<(), Error> {
    fs::create_dir_all(&options.run.folder)
        .map_err(|source| Error::write(&options.run.folder, source))?;
    let configs = Configs::new();
    let flat = configs.layout()?;
    let phase = format!("{:?}", options.frames);
    let vaes = crate::autoencoder::trained(&options.vae, options.run.device, options.makers)?;
    let mut generators = SceneGenerator::several(stage, vaes, options.run.seed, options.run.device);
    let Start { parameters, mut optimiser, seconds, began } =
        Start::of(&options.run, &flat, &phase, Inherits::Everything, is_matrix, |noise| {
            flat.random(noise)
        })?;
    let mut world = World::new(options, &generators[0], stage)?;
    let rates = Rates {
        muon: 0.02 * options.run.rate,
        adam: 2e-3 * options.run.rate,
        decay: 0.01,
        clip: 1.0,
        average: 0.995,
    };
    let clock = Clock::start(options.run.budget, seconds, began);
    let save = |optimiser: &Optimiser| {
        TrainingCheckpoint::of(&parameters, optimiser, (clock.seconds(), began), &phase)
            .save(&options.run.folder)
    };
    let totals = world.totals((optimiser.step - began) as u64);
    let made = scenes::make(&world.lacking(&totals), &mut generators)?;
    world.take(&totals, made);
    let mut saved = clock.session();
    let mut shown = clock.seconds();
    let mut log = Log::default();
    while clock.progress(optimiser.step) < 1.0 {
        let step = optimiser.step as u64;
        let batches = (0..options.run.workers)
            .map(|worker| Ok(Mutex::new(world.batch(step, worker)?)))
            .collect::<Result<Vec<_>, Error>>()?;
        let totals = world.totals(step + 1 - began as u64);
        let lacking = world.lacking(&totals);
        // Make the scenes of the next step during this one.
        let (mean, logged, norm, made) = thread::scope(|scope| {
            let made = scope.spawn(|| scenes::make(&lacking, &mut generators));
            let (gradient, mean, logged) =
                parallel::gradient(options.run.workers, &parameters, |worker, parameters| {
                    let networks = Networks::new(&flat, parameters, &configs)?;
                    let noise = stream("times", step, worker);
                    let batch = batches[worker as usize].lock().expect("no worker panics");
                    loss(&networks, &batch, &mut Noise::new(options.run.seed, noise))
                })?;
            let norm = optimiser.step(&parameters, &gradient, rates, clock.factor(optimiser.step));
            let idle = clock.seconds();
            let made = made.join().expect("no generator panics")?;
            log.waited += clock.seconds() - idle;
            Ok::<_, Error>((mean, logged, norm, made))
        })?;
        world.take(&totals, made);
        if let Some(wrong) = [mean, norm].into_iter().find(|x| !x.is_finite()) {
            return Err(Error::Diverged { step: optimiser.step, value: wrong });
        }
        log.add(&batches[0].lock().expect("no worker panics"), logged, options.run.workers);
        if optimiser.step % 20 == 0 {
            crate::log(&options.run.folder, &log.line(optimiser.step, norm, &clock))?;
        }
        if clock.session().saturating_sub(saved).as_secs() > 120 {
            save(&optimiser)?;
            saved = clock.session();
        }
        if clock.seconds() - shown > 300.0 {
            shown = clock.seconds();
            let networks = tch::no_grad(|| Networks::new(&flat, &optimiser.average, &configs))?;
            show(&networks, &generators[0], &world, optimiser.step)?;
        }
    }
    save(&optimiser)?;
    let networks = tch::no_grad(|| Networks::new(&flat, &optimiser.average, &configs))?;
    show(&networks, &generators[0], &world, optimiser.step)
}

/// Steps and guidance of sheets, as in `photoplay.json`.
pub(crate) const STEPS: i64 = 12;
pub(crate) const GUIDANCE: f64 = 2.0;

/// Denoises latents of a batch's clips from noise alone, by Euler's method.
fn sample(
    networks: &Networks,
    world: &World<'_>,
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
    let (tokens, mask) = text::tokens(&world.tokenizer, &vec![""; size[0] as usize])?;
    let nothing = (tokens.to_device(device), mask.to_device(device));
    for pair in sigmas.windows(2) {
        let times = Tensor::full([size[0]], pair[0] * 1000.0, (Kind::Float, device));
        let with = networks.velocity(&latents, &times, &batch.text, &batch.control)?;
        let without = networks.velocity(&latents, &times, &nothing, &batch.control)?;
        latents += (&without + (with - &without) * GUIDANCE) * (pair[1] - pair[0]);
    }
    Ok(latents.narrow(2, batch.references, size[2] - batch.references))
}

/// Writes a sheet: each scene above the networks' clip for its prompt; in the lower
/// half with references.
fn show(
    networks: &Networks,
    maker: &SceneGenerator<'_>,
    world: &World<'_>,
    step: i64,
) -> Result<(), Error> {
    let frames = world.lengths.iter().map(|length| length.kind.frames).max().unwrap_or(1).min(25);
    let _guard = tch::no_grad_guard();
    let mut rows = Vec::new();
    for with_reference in [false, true] {
        let mut rng = Noise::new(7, if with_reference { 5 } else { 3 });
        let mut samples = Vec::new();
        while samples.len() < if frames == 1 { 10 } else { 3 } {
            let scene = maker.draw(&mut rng);
            if scene.subjects.is_empty() {
                continue;
            }
            let (pictures, prompt) = maker.shown(&scene, frames)?;
            samples.push(Sample {
                latents: maker.encode(&pictures),
                prompt,
                terse: String::new(),
                references: vec![maker.reference(scene.subjects[0])],
                known: None,
            });
        }
        let chosen: Vec<&Sample> = samples.iter().collect();
        let prompts: Vec<&str> = samples.iter().map(|sample| sample.prompt.as_str()).collect();
        let kind = scenes::SceneKind { frames, given: 0.0, plate: false };
        let batch = world.assemble(&chosen, &prompts, i64::from(with_reference), kind)?;
        let made = sample(networks, world, &batch, &mut Noise::new(7, 0))?;
        let clip = |latents: &Tensor| {
            let decoded = maker.vae().decode(&maker.vae().denormalise(&latents.unsqueeze(0)));
            let pictures = pixels::images(&decoded.get(0));
            pictures.into_iter().step_by(6).collect::<Vec<_>>()
        };
        let pairs: Vec<_> = samples
            .iter()
            .enumerate()
            .map(|(index, sample)| (clip(&sample.latents), clip(&made.get(index as i64))))
            .collect();
        if frames == 1 {
            for half in pairs.chunks(5) {
                rows.push(half.iter().flat_map(|(truth, _)| truth.clone()).collect());
                rows.push(half.iter().flat_map(|(_, made)| made.clone()).collect());
            }
        } else {
            rows.extend(pairs.into_iter().flat_map(|(truth, made)| [truth, made]));
        }
    }
    let name = format!("denoiser-{step:06}.png");
    crate::log(&world.options.run.folder, &format!("sheet {name}"))?;
    pixels::sheet(&rows, &world.options.run.folder.join(name))
}
