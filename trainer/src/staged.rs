//! Scenes of the stage as batches for the denoiser, rendered and encoded while it trains.
//!
//! Knows scenes and how often each kind is drawn; does not know the loss.

use photoplay::diffusion::noise::Noise;
use tch::Tensor;
use tokenizers::Tokenizer;

use crate::batch::{Batch, Making, Parts, Supply};
use crate::denoiser::{DenoiserOptions, sample};
use crate::networks::Networks;
use crate::pool::Pool;
use crate::random::{below, stream};
use crate::run::RunOptions;
use crate::scenes::{self, Sample, SceneGenerator};
use crate::stage::{Edition, HEIGHT, PLATE, Stage, WIDTH};
use crate::{Error, autoencoder, pixels, text};

/// Pixels along one latent's side.
const SPATIAL: i64 = 16;
/// Pixels along one token's side.
const TOKEN: u32 = 32;
/// The share of stills that are sets.
const PLATES: f64 = 0.3;

/// Scenes of one length, and how often to draw them.
struct Length {
    kind: scenes::SceneKind,
    share: f64,
    pool: Pool<Sample>,
}

/// Scenes of the stage, rendered and encoded during training.
pub(crate) struct Staged<'a> {
    options: &'a DenoiserOptions,
    generators: Vec<SceneGenerator<'a>>,
    lengths: Vec<Length>,
    /// Of frames, and of a still of a set.
    blanks: [Tensor; 2],
    tokenizer: Tokenizer,
}

impl<'a> Staged<'a> {
    /// Begins with empty pools.
    pub(crate) fn new(options: &'a DenoiserOptions, stage: &'a Stage) -> Result<Self, Error> {
        let RunOptions { device, seed, .. } = options.run;
        let vaes = autoencoder::trained(&options.vae, device, options.makers)?;
        let generators = SceneGenerator::several(stage, vaes, seed, device);
        let generator = &generators[0];
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
            generators,
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
        let parts = Parts { clips, inactive, reactive, generate, references };
        parts.under(prompts, &self.tokenizer, SPATIAL)
    }
}

impl Supply for Staged<'_> {
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

    fn making(&mut self, step: u64) -> Making<'_> {
        let lacking = self.lacking(&self.totals(step));
        let generators = &mut self.generators;
        Box::new(move || scenes::make(&lacking, generators))
    }

    fn take(&mut self, step: u64, made: Vec<Sample>) {
        let totals = self.totals(step);
        let mut made = made.into_iter();
        for (length, total) in self.lengths.iter_mut().zip(totals) {
            length.pool.take(total, &mut made);
        }
    }

    fn show(&self, networks: &Networks, step: i64) -> Result<(), Error> {
        let maker = &self.generators[0];
        let frames =
            self.lengths.iter().map(|length| length.kind.frames).max().unwrap_or(1).min(25);
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
            let batch = self.assemble(&chosen, &prompts, i64::from(with_reference), kind)?;
            let made = sample(networks, &self.tokenizer, &batch, &mut Noise::new(7, 0))?;
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
        crate::log(&self.options.run.folder, &format!("sheet {name}"))?;
        pixels::sheet(&rows, &self.options.run.folder.join(name))
    }
}
