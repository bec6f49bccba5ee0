//! The scorer: a small network that says who a clip shows, where, when and doing what.
//! It is trained on the stage's own renders, never on clips of the model, and then
//! frozen: its weights are part of the repository.

mod network;

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use image::RgbImage;
use indexmap::IndexMap;
use photoplay::diffusion::noise::Noise;
use photoplay::diffusion::weights::{Parameter, Weights};
use tch::{Device, Kind, Reduction, Tensor};

use crate::checkpoint::TrainingCheckpoint;
use crate::flat::Flat;
use crate::optimiser::{Optimiser, Rates};
use crate::parallel::{self, BatchLoss};
use crate::random::{below, stream};
use crate::run::{Inherits, RunOptions, Start};
use crate::scenes::actors;
use crate::stage::{Action, Actor, Place, Rng, Stage, StagedScene, Time};
use crate::{Error, pixels};
use network::{Answers, FRAMES};

/// Frames of a clip.
pub(crate) const LENGTH: u32 = 25;

/// How to train.
#[derive(Debug)]
pub(crate) struct ScorerOptions {
    pub(crate) run: RunOptions,
    /// Clips of a worker in a step.
    pub(crate) batch: u64,
    /// Where the frozen weights go.
    pub(crate) out: PathBuf,
}

/// What the scorer sees in a clip.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    /// Everybody in the clip, the most visible first.
    pub(crate) actors: Vec<Actor>,
    /// The place.
    pub(crate) place: Place,
    /// The time of day.
    pub(crate) time: Time,
    /// The action.
    pub(crate) action: Action,
}

/// The scorer with its frozen weights.
#[derive(Debug)]
pub(crate) struct Scorer {
    weights: IndexMap<String, Tensor>,
    actors: Vec<Actor>,
    /// BLAKE3 of the file.
    pub(crate) digest: blake3::Hash,
}

impl Scorer {
    /// Reads the file that [`train`] wrote.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(|source| Error::read(path, source))?;
        let weights = Tensor::read_safetensors(path)
            .map_err(|source| Error::Tensors { path: path.to_owned(), source })?;
        let weights = weights.into_iter().map(|(name, it)| (name, it.to_kind(Kind::Float)));
        let digest = blake3::hash(&bytes);
        Ok(Self { weights: weights.collect(), actors: actors(), digest })
    }

    /// Says what a clip of [`LENGTH`] frames shows.
    pub(crate) fn judge(&self, frames: &[RgbImage]) -> Verdict {
        let seen: Vec<RgbImage> = FRAMES.iter().map(|&at| frames[at as usize].clone()).collect();
        let answers = tch::no_grad(|| network::answers(&self.weights, &input(&seen).unsqueeze(0)));
        let order: Vec<i64> = Vec::try_from(answers.actors.get(0).argsort(0, true))
            .expect("an order is a row of numbers");
        let best = |logits: &Tensor| logits.get(0).argmax(0, false).int64_value(&[]) as usize;
        Verdict {
            actors: order.iter().map(|&at| self.actors[at as usize]).collect(),
            place: Place::ALL[best(&answers.places)],
            time: Time::ALL[best(&answers.times)],
            action: Action::ALL[best(&answers.actions)],
        }
    }
}

/// Frames as the network takes them, (T, 3, H/2, W/2).
fn input(frames: &[RgbImage]) -> Tensor {
    let clip = pixels::clip(frames).transpose(0, 1);
    clip.avg_pool2d([2, 2], [2, 2], [0, 0], false, true, None::<i64>)
}

/// A rendered scene and what it shows.
#[derive(Debug)]
struct Example {
    /// Bytes, (T, 3, h, w).
    clip: Tensor,
    actors: Tensor,
    place: i64,
    time: i64,
    action: i64,
}

impl Example {
    fn new(stage: &Stage, known: &[Actor], scene: &StagedScene) -> Self {
        let clip = input(&stage.render_at(scene, FRAMES));
        let seen = Tensor::zeros([known.len() as i64], (Kind::Float, Device::Cpu));
        for actor in &scene.subjects {
            let at = known.iter().position(|it| *it == actor.dressed()).expect("all are known");
            let _ = seen.get(at as i64).fill_(1.0);
        }
        Self {
            clip: ((clip + 1.0) * 127.5).round().to_kind(Kind::Uint8),
            actors: seen,
            place: scene.place as i64,
            time: scene.time as i64,
            action: scene.action as i64,
        }
    }
}

/// The latest examples; each serves several times.
#[derive(Debug, Default)]
struct Gallery {
    made: u64,
    examples: VecDeque<Example>,
}

/// How many examples to hold.
const CAPACITY: usize = 4096;
/// How often an example serves.
const SERVES: u64 = 6;

impl Gallery {
    fn fill(&mut self, stage: &Stage, known: &[Actor], total: u64, options: &ScorerOptions) {
        let numbers: Vec<u64> = (self.made..total).collect();
        let share = numbers.len().div_ceil(options.run.workers as usize).max(1);
        let made: Vec<Example> = std::thread::scope(|scope| {
            let threads: Vec<_> = numbers
                .chunks(share)
                .map(|numbers| {
                    scope.spawn(move || {
                        tch::set_num_threads(1);
                        let draw = |number: &u64| {
                            let seed = stream("scorer", *number, options.run.seed);
                            Example::new(stage, known, &stage.draw(&mut Rng::new(seed)))
                        };
                        numbers.iter().map(draw).collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().flat_map(|it| it.join().expect("no painter panics")).collect()
        });
        self.made = self.made.max(total);
        self.examples.extend(made);
        let surplus = self.examples.len().saturating_sub(CAPACITY);
        self.examples.drain(..surplus);
    }
}

fn is_matrix(parameter: &Parameter) -> bool {
    parameter.shape.len() == 4 && parameter.name != "0.down.weight"
}

/// Degrades pictures as cameras and networks do: softer, noisier, lighter.
fn spoilt(clips: &Tensor, noise: &mut Noise) -> Tensor {
    let size = clips.size();
    let mut clips = clips.shallow_clone();
    if noise.next_uniform() < 0.5 {
        let flat = clips.flatten(0, 1);
        let soft = flat.avg_pool2d([3, 3], [1, 1], [1, 1], false, false, None::<i64>);
        let share = noise.next_uniform();
        clips = (flat * (1.0 - share) + soft * share).view(size.as_slice());
    }
    let gain = noise.normal(&[size[0], 1, 1, 1, 1]) * 0.06 + 1.0;
    let lift = noise.normal(&[size[0], 1, 3, 1, 1]) * 0.04;
    let grain = 0.08 * noise.next_uniform();
    clips * gain + lift + noise.normal(&size) * grain
}

/// Examples of one worker in one step.
struct Batch {
    clips: Tensor,
    actors: Tensor,
    places: Tensor,
    times: Tensor,
    actions: Tensor,
}

impl Batch {
    fn draw(gallery: &Gallery, options: &ScorerOptions, step: u64, worker: u64) -> Self {
        let mut noise = Noise::new(options.run.seed, stream("examples", step, worker));
        let held = gallery.examples.len() as u64;
        let chosen: Vec<&Example> = (0..options.batch)
            .map(|_| &gallery.examples[below(&mut noise, held) as usize])
            .collect();
        let stacked = |of: fn(&Example) -> &Tensor| {
            Tensor::stack(&chosen.iter().map(|it| of(it)).collect::<Vec<_>>(), 0)
        };
        let labels = |of: fn(&Example) -> i64| {
            let labels: Vec<i64> = chosen.iter().map(|it| of(it)).collect();
            Tensor::from_slice(&labels).to_device(options.run.device)
        };
        let clips = stacked(|it| &it.clip).to_kind(Kind::Float) / 127.5 - 1.0;
        Self {
            clips: spoilt(&clips, &mut noise).to_device(options.run.device),
            actors: stacked(|it| &it.actors).to_device(options.run.device),
            places: labels(|it| it.place),
            times: labels(|it| it.time),
            actions: labels(|it| it.action),
        }
    }

    fn loss(&self, answers: &Answers) -> BatchLoss {
        let actors = answers.actors.binary_cross_entropy_with_logits::<Tensor>(
            &self.actors,
            None,
            None,
            Reduction::Sum,
        );
        // A sum over actors, so that one among many weighs as much as the other
        // answers.
        let loss = actors / self.places.size()[0] as f64
            + answers.places.cross_entropy_for_logits(&self.places)
            + answers.times.cross_entropy_for_logits(&self.times)
            + answers.actions.cross_entropy_for_logits(&self.actions) * 2.0;
        let right = answers.actions.argmax(1, false).eq_tensor(&self.actions);
        let logged = 1.0 - right.to_kind(Kind::Float).mean(Kind::Float).double_value(&[]);
        BatchLoss { loss, logged }
    }
}

/// The scorer is trained in one phase.
const PHASE: &str = "scorer";

/// Trains the scorer and freezes it.
pub(crate) fn train(stage: &Stage, options: &ScorerOptions) -> Result<(), Error> {
    fs::create_dir_all(&options.run.folder)
        .map_err(|source| Error::write(&options.run.folder, source))?;
    let known = actors();
    let flat = Flat::new(network::parameters(known.len() as i64));
    let Start { parameters, mut optimiser, seconds, began } =
        Start::of(&options.run, &flat, PHASE, Inherits::Everything, is_matrix, |noise| {
            flat.random(noise)
        })?;
    let rates = Rates {
        muon: 0.02 * options.run.rate,
        adam: 2e-3 * options.run.rate,
        decay: 0.01,
        clip: 4.0,
        average: 0.99,
    };
    let clock = options.run.clock(seconds, began);
    let save = |optimiser: &Optimiser| {
        TrainingCheckpoint::of(&parameters, optimiser, (clock.seconds(), began), PHASE)
            .save(&options.run.folder)
    };
    let mut gallery = Gallery::default();
    let (mut sum, mut wrong) = (0.0, 0.0);
    while clock.progress(optimiser.step) < 1.0 {
        let step = optimiser.step as u64;
        let fresh = (options.batch * options.run.workers).div_ceil(SERVES);
        gallery.made = gallery.made.max(fresh * step);
        gallery.fill(stage, &known, 256 + fresh * step, options);
        let batches: Vec<Mutex<Batch>> = (0..options.run.workers)
            .map(|worker| Mutex::new(Batch::draw(&gallery, options, step, worker)))
            .collect();
        let (gradient, mean, logged) =
            parallel::gradient(options.run.workers, &parameters, |worker, parameters| {
                let batch = batches[worker as usize].lock().expect("no worker panics");
                Ok(batch.loss(&network::answers(&flat.split(parameters), &batch.clips)))
            })?;
        let norm = optimiser.step(&parameters, &gradient, rates, clock.factor(optimiser.step));
        if let Some(wrong) = [mean, norm].into_iter().find(|x| !x.is_finite()) {
            return Err(Error::Diverged { step: optimiser.step, value: wrong });
        }
        sum += mean;
        wrong += logged;
        if optimiser.step % 50 == 0 {
            crate::log(
                &options.run.folder,
                &format!(
                    "step {} loss {:.4} actions wrong {:.3} norm {norm:.2} progress {:.3}",
                    optimiser.step,
                    sum / 50.0,
                    wrong / 50.0,
                    clock.progress(optimiser.step),
                ),
            )?;
            (sum, wrong) = (0.0, 0.0);
        }
        if optimiser.step % 500 == 0 {
            save(&optimiser)?;
        }
    }
    save(&optimiser)?;
    let frozen = flat.split(&optimiser.average.to_device(Device::Cpu));
    let frozen = frozen.into_iter().map(|(name, it)| (name, it.to_kind(Kind::BFloat16)));
    let bytes = Weights::from_tensors("the scorer", frozen.collect()).to_safetensors()?;
    fs::write(&options.out, bytes).map_err(|source| Error::write(&options.out, source))
}
