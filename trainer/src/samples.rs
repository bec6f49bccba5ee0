//! What the autoencoder learns from: scenes of the stage, rendered during training, or
//! pictures kept on disk. Knows pixels and their places; does not know networks.

use std::ops::Range;

use image::RgbImage;
use photoplay::diffusion::noise::Noise;
use tch::Tensor;

use crate::pool::Pool;
use crate::stage::Stage;
use crate::stills::{StillKind, Stills};
use crate::{Error, parallel, pixels, random};

/// Where pictures come from.
pub(crate) enum Source {
    /// Scenes of the first edition.
    Stage(Box<Stage>),
    /// Figures and sets of the second.
    Stills(Stills),
}

/// What to draw of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Samples of a worker in a step.
    pub(crate) batch: i64,
    pub(crate) workers: u64,
    /// Threads that render scenes during a step.
    pub(crate) makers: u64,
    pub(crate) frames: usize,
    /// Width and height of the part of the picture to train on.
    pub(crate) crop: (i64, i64),
    pub(crate) seed: u64,
}

/// Share of the crops that show a figure.
const FIGURES: f64 = 0.6;

/// How many rendered scenes a step chooses from.
const WINDOW: u64 = 512;

/// Crops for every step; the seed and the step determine them.
pub(crate) struct Samples<'a> {
    source: &'a Source,
    shape: Shape,
    rendered: Pool<Vec<RgbImage>>,
}

impl<'a> Samples<'a> {
    /// Ready for a step.
    pub(crate) fn new(source: &'a Source, shape: Shape, step: i64) -> Result<Self, Error> {
        let mut samples = Self { source, shape, rendered: Pool::new(WINDOW) };
        let made = samples.render(samples.lacking(step))?;
        samples.take(step, made);
        Ok(samples)
    }

    /// How many scenes are rendered by a step: a third of what it learns from is new.
    fn total(&self, step: i64) -> u64 {
        match self.source {
            Source::Stage(_) => {
                let samples = self.shape.batch as u64 * self.shape.workers;
                WINDOW + step as u64 * samples.div_ceil(3)
            }
            Source::Stills(_) => 0,
        }
    }

    /// The scenes to render before a step.
    pub(crate) fn lacking(&self, step: i64) -> Range<u64> {
        self.rendered.lacking(self.total(step))
    }

    /// Renders scenes.
    pub(crate) fn render(&self, numbers: Range<u64>) -> Result<Vec<Vec<RgbImage>>, Error> {
        let Source::Stage(stage) = self.source else { return Ok(Vec::new()) };
        let mut makers = vec![(); self.shape.makers as usize];
        let numbers: Vec<u64> = numbers.collect();
        parallel::each(&mut makers, &numbers, |(), number| {
            let mut noise = Noise::new(self.shape.seed, random::stream("scene", *number, 0));
            Ok(random::window(stage, &mut noise, self.shape.frames))
        })
    }

    /// Takes the scenes that were lacking.
    pub(crate) fn take(&mut self, step: i64, made: Vec<Vec<RgbImage>>) {
        let total = self.total(step);
        self.rendered.take(total, &mut made.into_iter());
    }

    /// Pixels (B, 3, T, H, W) in [−1, 1] for a worker.
    pub(crate) fn batch(&self, step: i64, worker: u64) -> Result<Tensor, Error> {
        let stream = random::stream("pixels", step as u64, worker);
        let mut noise = Noise::new(self.shape.seed, stream);
        let crops = (0..self.shape.batch).map(|_| {
            let clip = match self.source {
                Source::Stage(_) => {
                    let at = random::below(&mut noise, WINDOW) as usize;
                    pixels::clip(&self.rendered.held[at])
                }
                Source::Stills(stills) => {
                    let figure = noise.next_uniform() < FIGURES;
                    let kind = if figure { StillKind::Figure } else { StillKind::Plate };
                    let numbers = stills.numbers(kind, false);
                    let at = random::below(&mut noise, numbers.len() as u64) as usize;
                    stills.picture(kind, numbers[at])?.unsqueeze(1)
                }
            };
            Ok(self.crop(&clip, &mut noise))
        });
        let crops = crops.collect::<Result<Vec<_>, Error>>()?;
        Ok(pixels::in_range(&Tensor::stack(&crops, 0)))
    }

    fn crop(&self, clip: &Tensor, noise: &mut Noise) -> Tensor {
        let (_, _, height, width) = clip.size4().expect("a clip has four dimensions");
        let (w, h) = (self.shape.crop.0.min(width), self.shape.crop.1.min(height));
        let left = random::below(noise, (width - w + 1) as u64) as i64;
        let top = random::below(noise, (height - h + 1) as u64) as i64;
        clip.narrow(3, left, w).narrow(2, top, h)
    }
}

impl Source {
    /// A clip (3, T, H, W) of nobody's training, number by number: for sheets.
    pub(crate) fn shown(&self, frames: usize, number: u64) -> Result<Tensor, Error> {
        match self {
            Self::Stage(stage) => {
                let mut noise = Noise::new(99, random::stream("sheet", 0, number));
                Ok(pixels::clip(&random::window(stage, &mut noise, frames)))
            }
            Self::Stills(stills) => {
                // Two figures, then a set.
                let kind = if number % 3 < 2 { StillKind::Figure } else { StillKind::Plate };
                let numbers = stills.numbers(kind, true);
                let at = number as usize * 7 % numbers.len();
                let whole = pixels::in_range(&stills.picture(kind, numbers[at])?.unsqueeze(1));
                let width = whole.size()[3].min(448);
                Ok(whole.narrow(3, 0, width))
            }
        }
    }

    /// Clips of one frame to measure latents on.
    pub(crate) fn measured(&self) -> Result<Vec<Tensor>, Error> {
        match self {
            Self::Stage(stage) => Ok((0..96)
                .map(|number| {
                    let mut noise = Noise::new(98, random::stream("statistics", 0, number));
                    pixels::clip(&random::window(stage, &mut noise, 1))
                })
                .collect()),
            Self::Stills(stills) => {
                let of = |kind: StillKind, count: usize| {
                    let numbers = stills.numbers(kind, false);
                    let some = numbers.iter().step_by((numbers.len() / count).max(1));
                    some.map(move |number| {
                        Ok(pixels::in_range(&stills.picture(kind, *number)?.unsqueeze(1)))
                    })
                };
                of(StillKind::Figure, 64).chain(of(StillKind::Plate, 24)).collect()
            }
        }
    }
}
