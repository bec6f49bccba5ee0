//! Layers of the video autoencoder: causal convolutions, norms, resampling.
//!
//! Holds a clip as images, time-major: frame t of clip b is image t·B + b, so that
//! frames are a narrow of the first dimension. Folds convolutions over time into
//! two-dimensional ones with the taps side by side on the channels; on a CPU this is
//! several times faster than `conv3d` in most cases, with the same result.

use tch::{Device, Kind, Tensor};

use crate::diffusion::error::Error;
use crate::diffusion::weights::{Init, WeightPath};

/// Images of `batch` clips, time-major: (T·B, C, H, W).
pub(super) struct Clip {
    pub(super) x: Tensor,
    pub(super) batch: i64,
}

impl Clip {
    /// From (B, C, T, H, W).
    pub(super) fn fold(x: &Tensor) -> Self {
        let (batch, channels, frames, height, width) =
            x.size5().expect("a clip has five dimensions");
        // oneDNN and cuDNN prefer channels last, and every layer keeps them last.
        let x = x
            .permute([2, 0, 3, 4, 1])
            .reshape([frames * batch, height, width, channels])
            .contiguous()
            .permute([0, 3, 1, 2]);
        Self { x, batch }
    }

    /// To (B, C, T, H, W).
    pub(super) fn unfold(&self) -> Tensor {
        let (_, channels, height, width) = self.size();
        self.x
            .reshape([self.frames(), self.batch, channels, height, width])
            .permute([1, 2, 0, 3, 4])
    }

    pub(super) fn frames(&self) -> i64 {
        self.size().0 / self.batch
    }

    pub(super) fn size(&self) -> (i64, i64, i64, i64) {
        self.x.size4().expect("images have four dimensions")
    }

    pub(super) fn map(&self, f: impl FnOnce(&Tensor) -> Tensor) -> Self {
        Self { x: f(&self.x), batch: self.batch }
    }

    /// `length` frames from `start`.
    pub(super) fn narrow(&self, start: i64, length: i64) -> Self {
        self.map(|x| x.narrow(0, start * self.batch, length * self.batch))
    }

    fn last(&self, length: i64) -> Self {
        self.narrow(self.frames() - length, length)
    }

    fn followed_by(&self, next: &Self) -> Self {
        self.map(|x| Tensor::cat(&[x, &next.x], 0))
    }

    fn zeros(&self, frames: i64) -> Self {
        let (_, channels, height, width) = self.size();
        self.map(|x| {
            Tensor::zeros([frames * self.batch, height, width, channels], (x.kind(), x.device()))
                .permute([0, 3, 1, 2])
        })
    }
}

/// The position in a clip: what every layer over time keeps of the frames before. Every
/// call uses the layers in the same order.
pub(super) struct Stream {
    /// No frames went before.
    pub(super) first: bool,
    remembers: bool,
    states: Vec<Option<Clip>>,
    next: usize,
}

impl Stream {
    /// For a clip passed whole.
    pub(super) fn whole() -> Self {
        Self { first: true, remembers: false, states: Vec::new(), next: 0 }
    }

    /// For a clip passed in parts.
    pub(super) fn parts() -> Self {
        Self { remembers: true, ..Self::whole() }
    }

    /// Ends a part.
    pub(super) fn advance(&mut self) {
        self.first = false;
        self.next = 0;
    }

    /// The state of the next layer in this order, and the slot for its new state.
    fn turn(&mut self) -> (Option<Clip>, usize) {
        let slot = self.next;
        self.next += 1;
        if !self.remembers {
            return (None, slot);
        }
        if slot == self.states.len() {
            self.states.push(None);
        }
        (self.states[slot].take(), slot)
    }

    fn remember(&mut self, slot: usize, state: impl FnOnce() -> Clip) {
        if self.remembers {
            // A view would keep all frames of its base in memory.
            self.states[slot] = Some(state().map(Tensor::copy));
        }
    }
}

/// A convolution over three frames (two before and this one) or one.
#[derive(Debug)]
pub(super) struct CausalConv {
    weight: Tensor,
    bias: Tensor,
    taps: i64,
    padding: i64,
}

impl CausalConv {
    pub(super) fn new(
        path: &WeightPath<'_>,
        inputs: i64,
        outputs: i64,
        (taps, kernel): (i64, i64),
    ) -> Result<Self, Error> {
        let init = Init::fan_in(inputs * taps * kernel * kernel);
        Ok(Self {
            weight: path.get("weight", &[outputs, inputs, taps, kernel, kernel], init)?,
            bias: path.get("bias", &[outputs], init)?,
            taps,
            padding: kernel / 2,
        })
    }

    pub(super) fn forward(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        if self.taps == 1 {
            return clip.map(|x| self.convolve(x, &self.weight.squeeze_dim(2)));
        }
        let (before, slot) = stream.turn();
        self.after(before, clip, stream, slot)
    }

    /// Convolves as if `before` (the last two frames; black if `None`) preceded the
    /// clip.
    fn after(&self, before: Option<Clip>, clip: &Clip, stream: &mut Stream, slot: usize) -> Clip {
        if before.is_none() && clip.frames() == 1 {
            stream.remember(slot, || clip.zeros(1).followed_by(clip));
            return clip.map(|x| self.convolve(x, &self.weight.select(2, self.taps - 1)));
        }
        let padded = before.unwrap_or_else(|| clip.zeros(self.taps - 1)).followed_by(clip);
        stream.remember(slot, || padded.last(self.taps - 1));
        if spares_folding(&padded) { self.unfolded(&padded) } else { self.valid(&padded, 1) }
    }

    /// As [`Self::valid`], without folding.
    fn unfolded(&self, padded: &Clip) -> Clip {
        let space = self.padding;
        padded.map(|x| {
            // Images with channels last are a clip with channels last.
            x.permute([0, 2, 3, 1])
                .unsqueeze(0)
                .permute([0, 4, 1, 2, 3])
                .conv3d(&self.weight, Some(&self.bias), [1; 3], [0, space, space], [1; 3], 1)
                .permute([0, 2, 3, 4, 1])
                .squeeze_dim(0)
                .permute([0, 3, 1, 2])
        })
    }

    /// Convolves without padding in time; keeps every `stride`-th frame.
    fn valid(&self, padded: &Clip, stride: i64) -> Clip {
        let frames = padded.frames() - self.taps + 1;
        let tap = |tap: i64| {
            if stride == 1 {
                return padded.narrow(tap, frames).x;
            }
            let kept = (0..frames).step_by(stride as usize);
            let images: Vec<Tensor> = kept.map(|t| padded.narrow(t + tap, 1).x).collect();
            Tensor::cat(&images, 0)
        };
        let taps: Vec<Tensor> = (0..self.taps).map(tap).collect();
        let folded = self.weight.permute([0, 2, 1, 3, 4]).flatten(1, 2);
        padded.map(|_| self.convolve(&Tensor::cat(&taps, 1), &folded))
    }

    fn convolve(&self, x: &Tensor, weight: &Tensor) -> Tensor {
        x.conv2d(weight, Some(&self.bias), 1, self.padding, 1, 1)
    }
}

/// Whether oneDNN convolves a clip over time faster than folding, whose copies here
/// cost more than the arithmetic. Measured with AVX-512 and AMX: so for one clip with
/// channels last, in bf16 or with few channels.
fn spares_folding(clip: &Clip) -> bool {
    let (_, channels, height, _) = clip.size();
    let cheap = match clip.x.kind() {
        Kind::BFloat16 => true,
        // libtorch convolves smaller f32 clips itself (`use_mkldnn` in ATen's
        // Convolution.cpp), to channels first, which slows all later layers.
        _ => channels <= 32 && channels * clip.frames() * height > 20_480,
    };
    clip.batch == 1 && clip.x.device() == Device::Cpu && cheap
}

/// L2 norm over the channels, times √C and a gain.
#[derive(Debug)]
pub(super) struct Norm {
    gamma: Tensor,
}

impl Norm {
    pub(super) fn new(
        path: &WeightPath<'_>,
        channels: i64,
        dimensions: usize,
    ) -> Result<Self, Error> {
        let mut shape = vec![1; dimensions];
        shape[0] = channels;
        Ok(Self { gamma: path.get("gamma", &shape, Init::Ones)? })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Tensor {
        let channels = x.size()[1];
        let gamma = self.gamma.reshape([channels, 1, 1]);
        let along = [1i64].as_slice();
        // In training the gradient of a norm in f32 would take bf16 through f32.
        let norm = if x.kind() == Kind::Float || x.requires_grad() {
            x.norm_scalaropt_dim(2, along, true)
        } else {
            x.norm_scalaropt_dim_dtype(2, along, true, Kind::Float)
        };
        let scale = norm.clamp_min(1e-12).reciprocal() * (channels as f64).sqrt();
        let mut normed = x * scale.to_kind(x.kind());
        normed *= gamma;
        normed
    }
}

/// Norm, `SiLU`, convolution, twice, beside a shortcut.
#[derive(Debug)]
pub(super) struct ResidualBlock {
    norm1: Norm,
    conv1: CausalConv,
    norm2: Norm,
    conv2: CausalConv,
    shortcut: Option<CausalConv>,
}

impl ResidualBlock {
    pub(super) fn new(path: &WeightPath<'_>, inputs: i64, outputs: i64) -> Result<Self, Error> {
        Ok(Self {
            norm1: Norm::new(&path.sub("norm1"), inputs, 4)?,
            conv1: CausalConv::new(&path.sub("conv1"), inputs, outputs, (3, 3))?,
            norm2: Norm::new(&path.sub("norm2"), outputs, 4)?,
            conv2: CausalConv::new(&path.sub("conv2"), outputs, outputs, (3, 3))?,
            shortcut: (inputs != outputs)
                .then(|| CausalConv::new(&path.sub("conv_shortcut"), inputs, outputs, (1, 1)))
                .transpose()?,
        })
    }

    pub(super) fn forward(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        let h = self.conv1.forward(&clip.map(|x| self.norm1.forward(x).silu_()), stream);
        let h = self.conv2.forward(&h.map(|x| self.norm2.forward(x).silu_()), stream);
        let shortcut = match &self.shortcut {
            Some(conv) => conv.forward(clip, stream).x,
            None => clip.x.shallow_clone(),
        };
        h.map(|h| h.shallow_clone().g_add_(&shortcut))
    }
}

/// Attention of one head among the pixels of each image.
#[derive(Debug)]
pub(super) struct PictureAttention {
    norm: Norm,
    qkv: (Tensor, Tensor),
    proj: (Tensor, Tensor),
}

impl PictureAttention {
    pub(super) fn new(path: &WeightPath<'_>, channels: i64) -> Result<Self, Error> {
        let init = Init::fan_in(channels);
        let conv = |path: WeightPath<'_>, outputs: i64| -> Result<_, Error> {
            let weight = path.get("weight", &[outputs, channels, 1, 1], init)?;
            Ok((weight, path.get("bias", &[outputs], init)?))
        };
        Ok(Self {
            norm: Norm::new(&path.sub("norm"), channels, 3)?,
            qkv: conv(path.sub("to_qkv"), 3 * channels)?,
            proj: conv(path.sub("proj"), channels)?,
        })
    }

    pub(super) fn forward(&self, clip: &Clip) -> Clip {
        let (images, channels, height, width) = clip.size();
        let linear = |x: &Tensor, (weight, bias): &(Tensor, Tensor)| {
            x.linear(&weight.flatten(1, 3), Some(bias))
        };
        let tokens = self.norm.forward(&clip.x).permute([0, 2, 3, 1]).reshape([
            images,
            1,
            height * width,
            channels,
        ]);
        let qkv = linear(&tokens, &self.qkv).chunk(3, -1);
        let attended = Tensor::scaled_dot_product_attention(
            &qkv[0],
            &qkv[1],
            &qkv[2],
            None::<&Tensor>,
            0.0,
            false,
            None,
            false,
        );
        let projected = linear(&attended, &self.proj);
        clip.map(|x| projected.reshape([images, height, width, channels]).permute([0, 3, 1, 2]) + x)
    }
}

/// Residual block, attention, residual block.
#[derive(Debug)]
pub(super) struct MidBlock {
    first: ResidualBlock,
    attention: PictureAttention,
    second: ResidualBlock,
}

impl MidBlock {
    pub(super) fn new(path: &WeightPath<'_>, channels: i64) -> Result<Self, Error> {
        Ok(Self {
            first: ResidualBlock::new(&path.sub("resnets").sub(0), channels, channels)?,
            attention: PictureAttention::new(&path.sub("attentions").sub(0), channels)?,
            second: ResidualBlock::new(&path.sub("resnets").sub(1), channels, channels)?,
        })
    }

    pub(super) fn forward(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        let h = self.attention.forward(&self.first.forward(clip, stream));
        self.second.forward(&h, stream)
    }
}

fn spatial(path: &WeightPath<'_>, inputs: i64, outputs: i64) -> Result<(Tensor, Tensor), Error> {
    let path = path.sub("resample").sub(1);
    let init = Init::fan_in(inputs * 9);
    Ok((path.get("weight", &[outputs, inputs, 3, 3], init)?, path.get("bias", &[outputs], init)?))
}

/// Halves height and width, and time if asked.
#[derive(Debug)]
pub(super) struct Downsample {
    resample: (Tensor, Tensor),
    time: Option<CausalConv>,
}

impl Downsample {
    pub(super) fn new(path: &WeightPath<'_>, channels: i64, time: bool) -> Result<Self, Error> {
        Ok(Self {
            resample: spatial(path, channels, channels)?,
            time: time
                .then(|| CausalConv::new(&path.sub("time_conv"), channels, channels, (3, 1)))
                .transpose()?,
        })
    }

    pub(super) fn forward(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        let (weight, bias) = &self.resample;
        let halved =
            clip.map(|x| x.constant_pad_nd([0, 1, 0, 1]).conv2d(weight, Some(bias), 2, 0, 1, 1));
        let Some(time) = &self.time else { return halved };
        let (before, slot) = stream.turn();
        stream.remember(slot, || halved.last(1));
        // The first frame has no frame to merge with.
        match before {
            Some(before) => time.valid(&before.followed_by(&halved), 2),
            None if halved.frames() == 1 => halved,
            None => halved.narrow(0, 1).followed_by(&time.valid(&halved, 2)),
        }
    }
}

/// Doubles height and width, and time if asked.
#[derive(Debug)]
pub(super) struct Upsample {
    resample: (Tensor, Tensor),
    time: Option<CausalConv>,
}

impl Upsample {
    pub(super) fn new(
        path: &WeightPath<'_>,
        inputs: i64,
        outputs: i64,
        time: bool,
    ) -> Result<Self, Error> {
        Ok(Self {
            resample: spatial(path, inputs, outputs)?,
            time: time
                .then(|| CausalConv::new(&path.sub("time_conv"), inputs, 2 * inputs, (3, 1)))
                .transpose()?,
        })
    }

    pub(super) fn forward(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        let (weight, bias) = &self.resample;
        let doubled = self.double_time(clip, stream);
        let (_, _, height, width) = clip.size();
        doubled.map(|x| {
            x.internal_upsample_nearest_exact2d([2 * height, 2 * width], 2.0, 2.0).conv2d(
                weight,
                Some(bias),
                1,
                1,
                1,
                1,
            )
        })
    }

    /// The first frame stays one frame and the convolution never sees it.
    fn double_time(&self, clip: &Clip, stream: &mut Stream) -> Clip {
        let Some(time) = &self.time else { return clip.map(Tensor::shallow_clone) };
        let (before, slot) = stream.turn();
        let first = stream.first.then(|| clip.narrow(0, 1));
        let later = i64::from(stream.first);
        if clip.frames() == later {
            return clip.map(Tensor::shallow_clone);
        }
        let rest = clip.narrow(later, clip.frames() - later);
        let both = time.after(before, &rest, stream, slot);
        let (_, channels, height, width) = clip.size();
        let (frames, batch) = (rest.frames(), clip.batch);
        let interleaved = both.map(|x| {
            x.permute([0, 2, 3, 1])
                .reshape([frames, batch, height, width, 2, channels])
                .permute([0, 4, 1, 2, 3, 5])
                .reshape([2 * frames * batch, height, width, channels])
                .permute([0, 3, 1, 2])
        });
        match first {
            Some(first) => first.followed_by(&interleaved),
            None => interleaved,
        }
    }
}
