//! Encodes pixels to moments of the latent distribution.

use super::config::VaeConfig;
use super::layers::{CausalConv, Clip, Downsample, MidBlock, Norm, ResidualBlock, Stream};
use super::parts::Reach;
use super::shortcut;
use crate::diffusion::error::Error;
use crate::diffusion::weights::WeightPath;

#[derive(Debug)]
pub(super) struct VaeEncoder {
    conv_in: CausalConv,
    down: Vec<Down>,
    /// Number of stages where pictures are large.
    outer: usize,
    mid: MidBlock,
    norm_out: Norm,
    conv_out: CausalConv,
}

#[derive(Debug)]
struct Down {
    resnets: Vec<ResidualBlock>,
    downsample: Option<Downsample>,
    /// Channels out and factors of the shortcut around the whole stage (Wan 2.2).
    shortcut: Option<(i64, shortcut::Factors)>,
}

impl VaeEncoder {
    pub(super) fn new(path: &WeightPath<'_>, config: &VaeConfig) -> Result<Self, Error> {
        let dims: Vec<i64> = std::iter::once(1)
            .chain(config.dim_mult.iter().copied())
            .map(|factor| config.base_dim * factor)
            .collect();
        let stages = config.dim_mult.len();
        let last = *dims.last().expect("dims starts with the base");
        let conv_in = CausalConv::new(&path.sub("conv_in"), config.in_channels, dims[0], (3, 3))?;
        let blocks = path.sub("down_blocks");
        let mut flat = 0;
        let mut down = Vec::new();
        for stage in 0..stages {
            let (mut inputs, outputs) = (dims[stage], dims[stage + 1]);
            let halves = stage + 1 != stages;
            let time = halves && config.temperal_downsample[stage];
            let stage_path = blocks.sub(stage);
            // Wan 2.1 numbers all layers in one list, Wan 2.2 by stage.
            let mut place = |index: usize| {
                flat += 1;
                if config.is_residual {
                    stage_path.sub("resnets").sub(index)
                } else {
                    blocks.sub(flat - 1)
                }
            };
            let shortcut = config.is_residual.then(|| {
                (
                    outputs,
                    shortcut::Factors { time: 1 + i64::from(time), space: 1 + i64::from(halves) },
                )
            });
            let mut resnets = Vec::new();
            for index in 0..config.num_res_blocks {
                resnets.push(ResidualBlock::new(&place(index), inputs, outputs)?);
                inputs = outputs;
            }
            let downsample = if halves {
                let flat_place = place(0);
                let place =
                    if config.is_residual { stage_path.sub("downsampler") } else { flat_place };
                Some(Downsample::new(&place, outputs, time)?)
            } else {
                None
            };
            down.push(Down { resnets, downsample, shortcut });
        }
        Ok(Self {
            conv_in,
            down,
            outer: (stages - 1).min(2),
            mid: MidBlock::new(&path.sub("mid_block"), last)?,
            norm_out: Norm::new(&path.sub("norm_out"), last, 4)?,
            conv_out: CausalConv::new(&path.sub("conv_out"), last, 2 * config.z_dim, (3, 3))?,
        })
    }

    pub(super) fn forward(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        self.inner(&self.outer(clip, stream), stream)
    }

    /// Passes the layers where pictures are large.
    pub(super) fn outer(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        let h = self.conv_in.forward(clip, stream);
        self.down[..self.outer].iter().fold(h, |h, stage| stage.forward(&h, stream))
    }

    /// Passes the layers where pictures are small.
    pub(super) fn inner(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        let h = clip.map(tch::Tensor::shallow_clone);
        let h = self.down[self.outer..].iter().fold(h, |h, stage| stage.forward(&h, stream));
        let h = self.mid.forward(&h, stream);
        self.conv_out.forward(&h.map(|x| self.norm_out.forward(x).silu_()), stream)
    }

    /// The reach of the outer layers, and their units in a latent row.
    pub(super) fn reach(&self) -> (Reach, i64) {
        let (mut rows, mut rows_in) = (0, 1);
        for stage in self.down[..self.outer].iter().rev() {
            if stage.downsample.is_some() {
                // Each row comes from the two rows it covers and the one below them.
                rows = 2 * rows + 1;
                rows_in *= 2;
            }
            rows += 2 * stage.resnets.len() as i64;
        }
        let reach = Reach { units: rows / rows_in + 1, rows_in, rows_out: 1 };
        let halvings = self.down[self.outer..].iter().filter(|stage| stage.downsample.is_some());
        (reach, 1 << halvings.count())
    }
}

impl Down {
    fn forward(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        let mut x = clip.map(tch::Tensor::shallow_clone);
        for block in &self.resnets {
            x = block.forward(&x, stream);
        }
        if let Some(downsample) = &self.downsample {
            x = downsample.forward(&x, stream);
        }
        if let Some((channels, factors)) = self.shortcut {
            let shortcut = shortcut::average(clip, channels, factors);
            x = x.map(|x| x + shortcut.x);
        }
        x
    }
}
