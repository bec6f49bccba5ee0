//! Seeded noise that is the same on every device and in every release.
//!
//! Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC11),
//! normals by the Box-Muller transform in f64, rounded to f32. Does not know what the
//! noise is for.

use std::f64::consts::TAU;

use tch::Tensor;

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Noise {
    key: [u32; 2],
    counter: [u32; 4],
    block: [u32; 4],
    used: usize,
}

impl Noise {
    /// The stream of a seed; different `stream` numbers give independent streams.
    pub fn new(seed: u64, stream: u64) -> Self {
        Self {
            key: [seed as u32, (seed >> 32) as u32],
            counter: [0, 0, stream as u32, (stream >> 32) as u32],
            block: [0; 4],
            used: 4,
        }
    }

    /// 32 uniform bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.used == 4 {
            self.block = philox(self.counter, self.key);
            self.used = 0;
            let (low, carry) = self.counter[0].overflowing_add(1);
            self.counter[0] = low;
            self.counter[1] = self.counter[1].wrapping_add(u32::from(carry));
        }
        self.used += 1;
        self.block[self.used - 1]
    }

    /// Uniform in (0, 1), in steps of 2⁻³².
    pub fn next_uniform(&mut self) -> f64 {
        (f64::from(self.next_u32()) + 0.5) / 4_294_967_296.0
    }

    /// Two independent standard normals.
    fn next_normals(&mut self) -> [f64; 2] {
        let radius = (-2.0 * self.next_uniform().ln()).sqrt();
        let (sin, cos) = (TAU * self.next_uniform()).sin_cos();
        [radius * cos, radius * sin]
    }

    /// Standard normal f32 on the CPU.
    pub fn normal(&mut self, shape: &[i64]) -> Tensor {
        let count: i64 = shape.iter().product();
        let mut values = Vec::with_capacity(count as usize + 1);
        while values.len() < count as usize {
            values.extend(self.next_normals().map(|value| value as f32));
        }
        values.truncate(count as usize);
        Tensor::from_slice(&values).reshape(shape)
    }

    /// Uniform in (0, 1), f32 on the CPU.
    pub fn uniform(&mut self, shape: &[i64]) -> Tensor {
        let count: i64 = shape.iter().product();
        let values: Vec<f32> = (0..count).map(|_| self.next_uniform() as f32).collect();
        Tensor::from_slice(&values).reshape(shape)
    }
}

fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let first = u64::from(counter[0]) * 0xD251_1F53;
        let second = u64::from(counter[2]) * 0xCD9E_8D57;
        counter = [
            (second >> 32) as u32 ^ counter[1] ^ key[0],
            second as u32,
            (first >> 32) as u32 ^ counter[3] ^ key[1],
            first as u32,
        ];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
    }
    counter
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers from Random123's `kat_vectors`.
    #[test]
    fn philox_matches_its_authors() {
        let all = u32::MAX;
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(
            philox([all; 4], [all; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox(
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0]
            ),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    /// A seed always gives the same noise.
    #[test]
    fn normals_are_golden() {
        let drawn: Vec<f32> = Noise::new(0x0123_4567_89ab_cdef, 3)
            .normal(&[6])
            .try_into()
            .expect("one dimension of f32");
        let golden =
            [-0.053_109_884, 1.531_623_5, 1.716_924_8, -0.684_052_35, -0.083_649_55, -0.351_199_98];
        assert_eq!(drawn, golden);
    }

    #[test]
    fn normals_are_normal() {
        let drawn = Noise::new(7, 0).normal(&[40_000]);
        let mean = drawn.mean(tch::Kind::Double).double_value(&[]);
        let deviation = drawn.std(true).double_value(&[]);
        assert!(mean.abs() < 0.02, "mean {mean}");
        assert!((deviation - 1.0).abs() < 0.02, "standard deviation {deviation}");
    }
}
