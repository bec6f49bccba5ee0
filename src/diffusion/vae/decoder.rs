//! Decodes latents to pixels.

use super::config::VaeConfig;
use super::layers::{CausalConv, Clip, MidBlock, Norm, ResidualBlock, Stream, Upsample};
use super::parts::Reach;
use super::shortcut;
use crate::diffusion::error::Error;
use crate::diffusion::weights::WeightPath;

#[derive(Debug)]
pub(super) struct VaeDecoder {
    conv_in: CausalConv,
    mid: MidBlock,
    up: Vec<Up>,
    /// Index of the first stage where pictures are large.
    outer: usize,
    norm_out: Norm,
    conv_out: CausalConv,
}

#[derive(Debug)]
struct Up {
    resnets: Vec<ResidualBlock>,
    upsample: Option<Upsample>,
    /// Channels out and factors of the shortcut around the whole stage (Wan 2.2).
    shortcut: Option<(i64, shortcut::Factors)>,
}

impl VaeDecoder {
    pub(super) fn new(path: &WeightPath<'_>, config: &VaeConfig) -> Result<Self, Error> {
        let base = config.decoder_base_dim.unwrap_or(config.base_dim);
        let factors: Vec<i64> = config.dim_mult.iter().rev().copied().collect();
        let stages = factors.len();
        let dims: Vec<i64> =
            std::iter::once(factors[0]).chain(factors.iter().copied()).map(|f| base * f).collect();
        let conv_in = CausalConv::new(&path.sub("conv_in"), config.z_dim, dims[0], (3, 3))?;
        let mid = MidBlock::new(&path.sub("mid_block"), dims[0])?;
        let mut up = Vec::new();
        for stage in 0..stages {
            let path = path.sub("up_blocks").sub(stage);
            let outputs = dims[stage + 1];
            let mut inputs = dims[stage];
            if stage > 0 && !config.is_residual {
                inputs /= 2;
            }
            let doubles = stage + 1 != stages;
            // diffusers reverses the whole list, including its unused last entry.
            let time =
                doubles && config.temperal_downsample[config.temperal_downsample.len() - 1 - stage];
            let shortcut = (config.is_residual && doubles)
                .then(|| (outputs, shortcut::Factors { time: 1 + i64::from(time), space: 2 }));
            let mut resnets = Vec::new();
            for index in 0..=config.num_res_blocks {
                resnets.push(ResidualBlock::new(&path.sub("resnets").sub(index), inputs, outputs)?);
                inputs = outputs;
            }
            let upsample = if !doubles {
                None
            } else if config.is_residual {
                Some(Upsample::new(&path.sub("upsampler"), outputs, outputs, time)?)
            } else {
                Some(Upsample::new(&path.sub("upsamplers").sub(0), outputs, outputs / 2, time)?)
            };
            up.push(Up { resnets, upsample, shortcut });
        }
        let last = *dims.last().expect("dims has an entry per stage");
        Ok(Self {
            conv_in,
            mid,
            up,
            outer: stages.saturating_sub(3),
            norm_out: Norm::new(&path.sub("norm_out"), last, 4)?,
            conv_out: CausalConv::new(&path.sub("conv_out"), last, config.out_channels, (3, 3))?,
        })
    }

    pub(super) fn forward(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        self.outer(&self.inner(clip, stream), stream)
    }

    /// Passes the layers where pictures are small.
    pub(super) fn inner(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        let h = self.mid.forward(&self.conv_in.forward(clip, stream), stream);
        self.up[..self.outer].iter().fold(h, |h, stage| stage.forward(&h, stream))
    }

    /// Passes the layers where pictures are large.
    pub(super) fn outer(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        let h = clip.map(tch::Tensor::shallow_clone);
        let h = self.up[self.outer..].iter().fold(h, |h, stage| stage.forward(&h, stream));
        self.conv_out.forward(&h.map(|x| self.norm_out.forward(x).silu_()), stream)
    }

    /// The reach of the outer layers, and their units in a latent row.
    pub(super) fn reach(&self) -> (Reach, i64) {
        let mut reach = Reach { units: 1, rows_in: 1, rows_out: 1 };
        for stage in self.up[self.outer..].iter().rev() {
            if stage.upsample.is_some() {
                reach.units = reach.units / 2 + 1;
                reach.rows_out *= 2;
            }
            reach.units += 2 * stage.resnets.len() as i64;
        }
        let doublings = self.up[..self.outer].iter().filter(|stage| stage.upsample.is_some());
        (reach, 1 << doublings.count())
    }
}

impl Up {
    fn forward(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        let mut x = clip.map(tch::Tensor::shallow_clone);
        for block in &self.resnets {
            x = block.forward(&x, stream);
        }
        if let Some(upsample) = &self.upsample {
            x = upsample.forward(&x, stream);
        }
        if let Some((channels, factors)) = self.shortcut {
            let shortcut = shortcut::duplicate(clip, channels, factors, stream.first);
            x = x.map(|x| x + shortcut.x);
        }
        x
    }
}
