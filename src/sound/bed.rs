//! Makes the sounds of a place: a stretch of noise and small tones whose end leads into
//! its beginning.
//!
//! Knows layers and samples; does not know places.

use std::f64::consts::TAU;

use fundsp::prelude32::{highpass_hz, lowpass, pinkpass};

use super::ambience::{Ambience, DropLayer, Layer, NoiseColour, NoiseLayer};
use super::levels::{Error, decibels, loudness};
use crate::media::sound::SAMPLE_RATE;

/// Samples until a bed begins again.
const LENGTH: usize = 16 * SAMPLE_RATE as usize;

/// Samples in which its end becomes its beginning.
const SEAM: usize = SAMPLE_RATE as usize;

/// Samples between two changes of a filter that wanders.
const STEP: usize = 64;

/// The sounds of a place, which go on for ever.
#[derive(Debug)]
pub(super) struct Bed {
    sides: [Vec<f32>; 2],
}

impl Bed {
    /// The bed of a place at a moment.
    pub(super) fn new(ambience: &Ambience) -> Result<Self, Error> {
        let mut sides = [vec![0.0; LENGTH], vec![0.0; LENGTH]];
        for (at, layer) in ambience.layers().enumerate() {
            let mut chance = Chance(ambience.seed().wrapping_add(at as u64));
            let mut heard = [(); 2].map(|()| looped(layer_of(layer, &mut chance)));
            let [left, right] = &heard;
            let gain = decibels(layer.level - loudness(&[left, right])?) as f32;
            for (side, heard) in sides.iter_mut().zip(&mut heard) {
                side.iter_mut().zip(heard).for_each(|(sum, sample)| *sum += gain * *sample);
            }
        }
        Ok(Self { sides })
    }

    /// A sample of one side, so long after the place was first seen.
    pub(super) fn sample(&self, side: usize, at: u64) -> f32 {
        self.sides[side][at as usize % LENGTH]
    }
}

/// One side of a layer, a seam longer than a bed.
fn layer_of(layer: &Layer, chance: &mut Chance) -> Vec<f32> {
    match (layer.noise, layer.drops) {
        (Some(noise), _) => noise_of(noise, chance),
        (None, Some(drops)) => drops_of(drops, chance),
        (None, None) => vec![0.0; LENGTH + SEAM],
    }
}

fn noise_of(noise: NoiseLayer, chance: &mut Chance) -> Vec<f32> {
    let rate = f64::from(SAMPLE_RATE);
    let mut pink = pinkpass();
    let mut low = lowpass();
    let mut high = highpass_hz(noise.from as f32, 0.7);
    pink.set_sample_rate(rate);
    low.set_sample_rate(rate);
    high.set_sample_rate(rate);
    let (swell, wander) = (Wave::new(noise.swell, chance), Wave::new(noise.swell, chance));
    let (mut brown, mut cutoff, mut gain) = (0.0_f32, 0.0_f32, 0.0_f32);
    let samples = (0..LENGTH + SEAM).map(|at| {
        if at % STEP == 0 {
            cutoff = (noise.to * (1.0 - noise.wander * (0.5 + 0.5 * wander.at(at)))) as f32;
            gain = (1.0 - noise.depth * (0.5 + 0.5 * swell.at(at))) as f32;
        }
        let white = chance.side() as f32;
        let coloured = match noise.colour {
            NoiseColour::White => white,
            NoiseColour::Pink => pink.filter_mono(white),
            NoiseColour::Brown => {
                brown = 0.998 * brown + 0.06 * white;
                brown
            }
        };
        let band = low.tick(&[high.filter_mono(coloured), cutoff, 0.7].into())[0];
        gain * band
    });
    samples.collect()
}

fn drops_of(drops: DropLayer, chance: &mut Chance) -> Vec<f32> {
    let rate = f64::from(SAMPLE_RATE);
    let mut samples = vec![0.0; LENGTH + SEAM];
    let mut at = 0.0;
    loop {
        // Of events that know nothing of each other, the gaps are so (Poisson).
        at += -(1.0 - chance.unit()).ln() / drops.rate.max(1e-3);
        let from = (at * rate) as usize;
        if from >= samples.len() {
            return samples;
        }
        let pitch = drops.from * (drops.to / drops.from).powf(chance.unit());
        let level = 0.2 + 0.8 * chance.unit() * chance.unit();
        for again in 0..=drops.chirp {
            let begin = from + (f64::from(again) * 2.5 * drops.ring * rate) as usize;
            let length = (7.0 * drops.ring * rate) as usize;
            for (step, sample) in samples.iter_mut().skip(begin).take(length).enumerate() {
                let time = step as f64 / rate;
                let attack = (time / (0.15 * drops.ring)).min(1.0);
                let envelope = attack * (-time / drops.ring).exp();
                *sample += (level * envelope * (TAU * pitch * time).sin()) as f32;
            }
        }
    }
}

/// Lets the end of a sound lead into its beginning, at one power.
fn looped(mut samples: Vec<f32>) -> Vec<f32> {
    for at in 0..SEAM {
        let share = at as f64 / SEAM as f64;
        let (come, go) = ((share * TAU / 4.0).sin(), (share * TAU / 4.0).cos());
        samples[at] = come as f32 * samples[at] + go as f32 * samples[LENGTH + at];
    }
    samples.truncate(LENGTH);
    samples
}

/// A slow movement between -1 and 1 that a bed holds a whole number of times.
struct Wave {
    parts: [(f64, f64); 3],
}

impl Wave {
    fn new(seconds: f64, chance: &mut Chance) -> Self {
        let bed = LENGTH as f64 / f64::from(SAMPLE_RATE);
        let times = if seconds > 0.0 { bed / seconds } else { 0.0 };
        Self { parts: [1.0, 1.7, 2.9].map(|part| ((part * times).round(), chance.unit())) }
    }

    fn at(&self, at: usize) -> f64 {
        let share = at as f64 / LENGTH as f64;
        let sum: f64 =
            self.parts.iter().map(|(times, begin)| (TAU * (times * share + begin)).sin()).sum();
        sum / self.parts.len() as f64
    }
}

/// Numbers by chance, always the same ones (splitmix64).
struct Chance(u64);

impl Chance {
    /// From 0 to 1, without 1.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From -1 to 1.
    fn side(&mut self) -> f64 {
        2.0 * self.unit() - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::description::{DescribedPlace, Description};

    fn bed(name: &str, interior: bool, weather: &str, time: &str) -> Bed {
        let name = name.to_owned();
        let place = DescribedPlace { name, interior, ..DescribedPlace::default() };
        let (weather, time) = (weather.to_owned(), time.to_owned());
        let picture = Description { place, time, weather, ..Description::default() };
        Bed::new(&Ambience::of(&picture)).unwrap()
    }

    /// The share of power above a frequency.
    fn above(bed: &Bed, frequency: f32) -> f64 {
        let power = |samples: &[f32]| -> f64 {
            samples.iter().map(|sample| f64::from(sample * sample)).sum()
        };
        let mut filter = highpass_hz(frequency, 0.7);
        filter.set_sample_rate(f64::from(SAMPLE_RATE));
        let high: Vec<f32> =
            bed.sides[0].iter().map(|sample| filter.filter_mono(*sample)).collect();
        power(&high) / power(&bed.sides[0])
    }

    #[test]
    fn a_room_is_never_silent_and_never_loud() {
        let room = bed("office", true, "", "day");
        let heard = loudness(&[&room.sides[0], &room.sides[1]]).unwrap();
        assert!((-66.0..-55.0).contains(&heard), "{heard}");
        let step = SAMPLE_RATE as usize / 10;
        for part in room.sides[0].chunks_exact(step) {
            assert!(part.iter().any(|sample| sample.abs() > 1e-5));
        }
    }

    #[test]
    fn rain_is_brighter_than_it_is_behind_a_window_and_the_sea_swells() {
        let (out, inside) =
            (bed("field", false, "rain", "day"), bed("office", true, "rain", "day"));
        assert!(above(&out, 1500.0) > 4.0 * above(&inside, 1500.0));
        let sea = bed("beach", false, "", "day");
        let second = SAMPLE_RATE as usize;
        let levels: Vec<f64> = sea.sides[0]
            .chunks_exact(second)
            .map(|part| part.iter().map(|sample| f64::from(sample * sample)).sum())
            .collect();
        let (most, least) = (
            levels.iter().copied().fold(0.0, f64::max),
            levels.iter().copied().fold(f64::MAX, f64::min),
        );
        assert!(most > 2.5 * least, "{levels:?}");
    }

    #[test]
    fn the_end_leads_into_the_beginning_and_a_place_always_sounds_alike() {
        let (one, again, other) = (
            bed("forest", false, "", "night"),
            bed("forest", false, "", "night"),
            bed("wood", false, "", "night"),
        );
        assert_eq!(one.sides, again.sides);
        assert_ne!(one.sides, other.sides);
        assert_ne!(one.sides[0], one.sides[1]);
        let peak = one.sides[0].iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let step = (one.sample(0, LENGTH as u64) - one.sample(0, LENGTH as u64 - 1)).abs();
        assert!(step < 0.5 * peak, "{step} of {peak}");
    }
}
