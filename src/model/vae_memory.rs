//! How much memory the autoencoder needs for a clip, besides its weights.
//!
//! Does not use libtorch: `plan` reports the memory, and the autoencoder divides clips
//! by it.

use serde::Deserialize;

/// Bytes that a part of a clip may take between the layers; longer clips are
/// divided into parts.
pub const PART_BYTES: u64 = 2 << 30;

/// Numbers per channel and pixel of the last stage that its layers hold at once: norm,
/// the frames before, three taps, output, shortcut, and what a convolution rearranges.
/// Measured on a CPU (`benches/RESULTS.md`), as is the next.
const BETWEEN: u64 = 10;

/// Bytes per pair of channels of the last stage for the weights that convolutions keep
/// in other orders.
const REARRANGED: u64 = 36_000;

/// Numbers per channel and pixel of the last stage that all layers keep of a clip in
/// parts: two frames of each convolution's input. The last stage has fourteen
/// convolutions, the one before half as many, and so on.
const REMEMBERED: u64 = 25;

/// What memory depends on in `vae/config.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct VaeMemory {
    /// Channels of the first stage.
    #[serde(default = "ninety_six")]
    pub base_dim: u64,
    /// Channels of the decoder's last stage, if they differ.
    #[serde(default)]
    pub decoder_base_dim: Option<u64>,
    /// Side of the patch of pixels that becomes channels.
    #[serde(default)]
    pub patch_size: Option<u64>,
}

fn ninety_six() -> u64 {
    96
}

impl VaeMemory {
    fn channels(&self) -> u64 {
        self.base_dim.max(self.decoder_base_dim.unwrap_or(0))
    }

    /// Bytes of a number for each channel of a frame in f32.
    fn frame(&self, width: u64, height: u64) -> u64 {
        let patch = self.patch_size.unwrap_or(1).max(1);
        4 * self.channels() * (width / patch) * (height / patch)
    }

    /// Bytes between the layers when this many frames pass at once.
    pub fn between(&self, width: u64, height: u64, frames: u64) -> u64 {
        BETWEEN * frames * self.frame(width, height)
    }

    /// Bytes that the layers keep of a clip that passes in parts.
    pub fn remembered(&self, width: u64, height: u64) -> u64 {
        REMEMBERED * self.frame(width, height)
    }

    /// Peak bytes for a clip, including its pixels and their copy.
    pub fn most(&self, width: u64, height: u64, frames: u64) -> u64 {
        let whole = self.between(width, height, frames);
        let coding =
            if whole <= PART_BYTES { whole } else { PART_BYTES + self.remembered(width, height) };
        let pixels = 3 * 4 * width * height * frames;
        coding + 2 * pixels + REARRANGED * self.channels() * self.channels()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Peaks of `vae::Vae` with the widths of Wan 2.1, in megabytes.
    #[test]
    fn what_was_measured_is_foreseen() {
        let coding = VaeMemory { base_dim: 96, decoder_base_dim: None, patch_size: None };
        let whole =
            |side: u64, frames: u64| coding.between(side, side, frames) + REARRANGED * 96 * 96;
        let parts = |side: u64| whole(side, 4) + coding.remembered(side, side);
        for (foreseen, measured) in
            [(whole(128, 9), 860), (whole(256, 17), 4430), (parts(128), 650)]
        {
            let ratio = foreseen as f64 / (f64::from(measured) * 1e6);
            assert!((0.95..1.25).contains(&ratio), "{ratio}");
        }
    }
}
