//! Pictures kept on disk as batches for the denoiser: encoded once, their latents kept
//! beside them.
//!
//! A figure's reference is another picture of the same look, in another pose, size or
//! mood. Knows latents and prompts; does not know the loss.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use photoplay::diffusion::Vae;
use photoplay::diffusion::noise::Noise;
use tch::{Device, Kind, Tensor};
use tokenizers::Tokenizer;

use crate::batch::{Batch, Making, Parts, Supply};
use crate::denoiser::{DenoiserOptions, sample};
use crate::networks::Networks;
use crate::random::{below, stream};
use crate::scenes::Sample;
use crate::stills::{Label, StillKind, Stills};
use crate::{Error, autoencoder, pixels, text};

/// The share of steps that learn sets.
const PLATES: f64 = 0.25;
/// The share of steps with figures that have a reference.
const REFERENCES: f64 = 0.5;
/// The share of prompts that say nothing.
const SILENT: f64 = 0.1;
/// The share of prompts that leave to the reference whom they show.
const TERSE: f64 = 0.3;
/// Latents along one token's side.
const TOKEN: i64 = 2;
/// Pictures to encode at once.
const CHUNK: usize = 8;

/// Figures and sets with their latents.
pub(crate) struct Pictures<'a> {
    options: &'a DenoiserOptions,
    stills: Stills,
    /// Normalised latents of all figures and of all sets, (N, z, h, w), in half precision.
    latents: [Tensor; 2],
    /// Latents of grey, (z, 1, h, w).
    blanks: [Tensor; 2],
    /// For each figure the others of its look that one may learn from.
    alike: Vec<Vec<usize>>,
    tokenizer: Tokenizer,
    vae: Vae,
}

impl<'a> Pictures<'a> {
    /// Opens a folder of `trainer stills`; encodes its pictures if the run of the
    /// autoencoder does not have their latents yet.
    pub(crate) fn open(options: &'a DenoiserOptions, folder: &Path) -> Result<Self, Error> {
        let stills = Stills::open(folder)?;
        let device = options.run.device;
        let vae = autoencoder::trained(&options.vae, device, 1)?.remove(0);
        let latents = encoded(&stills, &vae, &options.vae, device)?;
        let blank = |kind: StillKind| {
            let [width, height] = kind.size().map(i64::from);
            let grey = Tensor::zeros([1, 3, 1, height, width], (Kind::Float, device));
            tch::no_grad(|| vae.normalise(&vae.encode(&grey).mean).squeeze_dim(0))
        };
        let mut looks: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let figures = stills.labels(StillKind::Figure);
        for number in stills.numbers(StillKind::Figure, false) {
            looks.entry(&figures[*number].who).or_default().push(*number);
        }
        let others = |(number, label): (usize, &Label)| {
            let all = looks.get(label.who.as_str()).into_iter().flatten();
            all.copied().filter(|other| *other != number).collect()
        };
        let alike = figures.iter().enumerate().map(others).collect();
        let blanks = [blank(StillKind::Figure), blank(StillKind::Plate)];
        let tokenizer = text::tokenizer_of(words(&stills), text::SECOND_VOCABULARY)?;
        Ok(Self { options, stills, latents, blanks, alike, tokenizer, vae })
    }

    /// Latents (B, z, 1, h, w) of pictures.
    fn of(&self, kind: StillKind, numbers: &[usize]) -> Tensor {
        let numbers: Vec<i64> = numbers.iter().map(|number| *number as i64).collect();
        let some = self.latents[kind as usize].index_select(0, &Tensor::from_slice(&numbers));
        some.to_kind(Kind::Float).to_device(self.options.run.device).unsqueeze(2)
    }

    fn assembled(
        &self,
        kind: StillKind,
        numbers: &[usize],
        references: Option<&[usize]>,
        prompts: &[&str],
    ) -> Result<Batch, Error> {
        let clips = self.of(kind, numbers);
        let grey = self.blanks[kind as usize].unsqueeze(0).expand(clips.size(), false);
        let parts = Parts {
            inactive: grey.shallow_clone(),
            reactive: grey,
            generate: Tensor::ones([numbers.len() as i64, 1], (Kind::Float, clips.device())),
            references: references.map(|others| self.of(kind, others)).into_iter().collect(),
            clips,
        };
        parts.under(prompts, &self.tokenizer, self.vae.config().scale_factor_spatial)
    }
}

/// Every word of the prompts.
fn words(stills: &Stills) -> BTreeSet<String> {
    let labels = StillKind::ALL.into_iter().flat_map(|kind| stills.labels(kind));
    let words = labels.flat_map(|label| label.prompt.split_whitespace());
    words.map(|word| word.trim_end_matches(['.', ',']).to_owned()).collect()
}

/// The prompt without the words for whom it shows.
fn terse(label: &Label) -> String {
    label.prompt.replace(&format!("{}. ", label.who), "")
}

/// The file of latents in the folder of the autoencoder's run.
const LATENTS: &str = "latents.safetensors";

fn encoded(stills: &Stills, vae: &Vae, run: &Path, device: Device) -> Result<[Tensor; 2], Error> {
    let path = run.join(LATENTS);
    let failed = |source| Error::Tensors { path: path.clone(), source };
    if path.exists() {
        let mut tensors = Tensor::read_safetensors(&path).map_err(failed)?;
        tensors.sort_by(|(a, _), (b, _)| a.cmp(b));
        if let [(_, figures), (_, plates)] = &tensors[..] {
            return Ok([figures.shallow_clone(), plates.shallow_clone()]);
        }
    }
    let _guard = tch::no_grad_guard();
    let mut both = StillKind::ALL.into_iter().map(|kind| {
        crate::eprint(&format!("encoding {kind:?}s").to_lowercase());
        let all: Vec<usize> = (0..stills.labels(kind).len()).collect();
        let chunks = all.chunks(CHUNK).map(|some| {
            let pictures = some.iter().map(|number| stills.picture(kind, *number));
            let pictures = Tensor::stack(&pictures.collect::<Result<Vec<_>, _>>()?, 0);
            let pixels = pixels::in_range(&pictures).unsqueeze(2).to_device(device);
            let latents = vae.normalise(&vae.encode(&pixels).mean);
            Ok(latents.squeeze_dim(2).to_kind(Kind::Half).to_device(Device::Cpu))
        });
        // Files hold channels first.
        Ok::<_, Error>(Tensor::cat(&chunks.collect::<Result<Vec<_>, Error>>()?, 0).contiguous())
    });
    let (Some(figures), Some(plates)) = (both.next(), both.next()) else {
        unreachable!("there are two kinds of pictures")
    };
    let latents = [figures?, plates?];
    let named = [("figures", &latents[0]), ("plates", &latents[1])];
    Tensor::write_safetensors(&named, &path).map_err(failed)?;
    Ok(latents)
}

impl Supply for Pictures<'_> {
    fn batch(&self, step: u64, worker: u64) -> Result<Batch, Error> {
        let seed = self.options.run.seed;
        // All workers of a step draw one shape.
        let mut shape = Noise::new(seed, stream("shape", step, 0));
        let plate = shape.next_uniform() < PLATES;
        let referenced = !plate && shape.next_uniform() < REFERENCES;
        let kind = if plate { StillKind::Plate } else { StillKind::Figure };
        let size = self.blanks[kind as usize].size();
        let tokens = size[2] * size[3] / (TOKEN * TOKEN) * (1 + i64::from(referenced));
        let count = (self.options.tokens / tokens).max(1);
        let mut noise = Noise::new(seed, stream("batch", step, worker));
        let all = self.stills.numbers(kind, false);
        let (mut numbers, mut others, mut prompts) = (Vec::new(), Vec::new(), Vec::new());
        while (numbers.len() as i64) < count {
            let number = all[below(&mut noise, all.len() as u64) as usize];
            let label = &self.stills.labels(kind)[number];
            if referenced {
                let alike = &self.alike[number];
                if alike.is_empty() {
                    continue;
                }
                others.push(alike[below(&mut noise, alike.len() as u64) as usize]);
            }
            numbers.push(number);
            let share = noise.next_uniform();
            prompts.push(if share < SILENT {
                String::new()
            } else if referenced && share < SILENT + TERSE {
                terse(label)
            } else {
                label.prompt.clone()
            });
        }
        let prompts: Vec<&str> = prompts.iter().map(String::as_str).collect();
        self.assembled(kind, &numbers, referenced.then_some(&others[..]), &prompts)
    }

    fn making(&mut self, _: u64) -> Making<'_> {
        Box::new(|| Ok(Vec::new()))
    }

    fn take(&mut self, _: u64, _: Vec<Sample>) {}

    fn show(&self, networks: &Networks, step: i64) -> Result<(), Error> {
        let _guard = tch::no_grad_guard();
        let mut rows = Vec::new();
        for (kind, referenced, count) in [
            (StillKind::Figure, false, 10),
            (StillKind::Figure, true, 10),
            (StillKind::Plate, false, 4),
        ] {
            let held = self.stills.numbers(kind, true);
            let shown = held.iter().step_by((held.len() / 40).max(1)).copied();
            let fitting = |number: &usize| !referenced || !self.alike[*number].is_empty();
            let numbers: Vec<usize> = shown.filter(fitting).take(count).collect();
            let others: Vec<usize> = numbers
                .iter()
                .filter(|_| referenced)
                .map(|number| self.alike[*number][0])
                .collect();
            let labels = self.stills.labels(kind);
            let prompts: Vec<&str> =
                numbers.iter().map(|number| labels[*number].prompt.as_str()).collect();
            let batch =
                self.assembled(kind, &numbers, referenced.then_some(&others[..]), &prompts)?;
            let made = sample(networks, &self.tokenizer, &batch, &mut Noise::new(7, 0))?;
            let decoded = |latents: &Tensor| {
                let clip = self.vae.decode(&self.vae.denormalise(&latents.unsqueeze(0)));
                pixels::images(&clip.get(0)).remove(0)
            };
            let truth = self.of(kind, &numbers);
            let all = 0..numbers.len() as i64;
            if referenced {
                let others = self.of(kind, &others);
                rows.push(all.clone().map(|at| decoded(&others.get(at))).collect());
            }
            rows.push(all.clone().map(|at| decoded(&truth.get(at))).collect());
            rows.push(all.map(|at| decoded(&made.get(at))).collect());
        }
        let name = format!("denoiser-{step:06}.png");
        crate::log(&self.options.run.folder, &format!("sheet {name}"))?;
        pixels::sheet(&rows, &self.options.run.folder.join(name))
    }
}
