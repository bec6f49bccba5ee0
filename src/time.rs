//! Time: exact seconds in the breakdown, integer frames past it.
//!
//! Knows numbers only. No floating point: a film's length never depends on
//! rounding along the way.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// A length of time in whole microseconds.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seconds {
    micros: i64,
}

impl Seconds {
    /// No time.
    pub const ZERO: Self = Self { micros: 0 };

    /// From whole milliseconds.
    pub const fn millis(millis: i64) -> Self {
        Self { micros: millis * 1000 }
    }

    /// From whole microseconds.
    pub const fn micros(micros: i64) -> Self {
        Self { micros }
    }

    /// In microseconds.
    pub const fn as_micros(self) -> i64 {
        self.micros
    }

    /// Times `numerator / denominator`, rounded to the nearest microsecond.
    #[must_use]
    pub fn scale(self, numerator: i64, denominator: i64) -> Self {
        Self { micros: nearest(self.micros, numerator, denominator) }
    }

    /// Rounded up to a multiple of a step.
    #[must_use]
    pub fn up_to(self, step: Self) -> Self {
        let step = step.micros.max(1);
        Self { micros: self.micros + (-self.micros).rem_euclid(step) }
    }

    /// Rounded to the nearest multiple of a step.
    #[must_use]
    pub fn near(self, step: Self) -> Self {
        let step = step.micros.max(1);
        Self { micros: (self.micros + step / 2).div_euclid(step) * step }
    }

    /// In frames at a rate, rounded to the nearest frame.
    pub fn to_frames(self, rate: Rate) -> u32 {
        let denominator = 1_000_000 * i64::from(rate.denominator);
        nearest(self.micros.max(0), i64::from(rate.numerator), denominator) as u32
    }
}

/// `value * numerator / denominator`, rounded to the nearest whole number.
fn nearest(value: i64, numerator: i64, denominator: i64) -> i64 {
    // What every film has fits; dividing wider numbers takes many times as long.
    let small = value.checked_mul(2).and_then(|twice| twice.checked_mul(numerator));
    if let Some(sum) = small.and_then(|product| product.checked_add(denominator))
        && let Some(twice) = denominator.checked_mul(2)
    {
        return sum.div_euclid(twice);
    }
    let (value, denominator) = (i128::from(value), i128::from(denominator));
    (2 * value * i128::from(numerator) + denominator).div_euclid(2 * denominator) as i64
}

/// A length for people: `4.2s`, from a minute on `1:05`.
pub fn lasting(length: Seconds) -> String {
    let tenths = (length.as_micros() + 50_000).div_euclid(100_000);
    if tenths < 600 {
        return Seconds::millis(tenths * 100).to_string();
    }
    let seconds = (tenths + 5) / 10;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

impl Add for Seconds {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { micros: self.micros + other.micros }
    }
}

impl Sub for Seconds {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { micros: self.micros - other.micros }
    }
}

impl Sum for Seconds {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Seconds {
    /// As an author writes it: `3.5s`, with at most three decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = (self.micros + 500).div_euclid(1000);
        let (whole, rest) = (millis / 1000, (millis % 1000).abs());
        match rest {
            0 => write!(f, "{whole}s"),
            _ if rest % 100 == 0 => write!(f, "{whole}.{}s", rest / 100),
            _ if rest % 10 == 0 => write!(f, "{whole}.{:02}s", rest / 10),
            _ => write!(f, "{whole}.{rest:03}s"),
        }
    }
}

/// Frames per second, a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rate {
    /// Frames …
    pub numerator: u32,
    /// … in so many seconds.
    pub denominator: u32,
}

impl Rate {
    /// 24 frames per second.
    pub const FILM: Self = Self { numerator: 24, denominator: 1 };

    /// How long a number of frames lasts.
    pub fn duration(self, frames: u32) -> Seconds {
        Seconds::millis(1000)
            .scale(i64::from(frames) * i64::from(self.denominator), i64::from(self.numerator))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_the_nearest_frame() {
        assert_eq!(Seconds::millis(1500).to_frames(Rate::FILM), 36);
        assert_eq!(Seconds::micros(20_833).to_frames(Rate::FILM), 0);
        assert_eq!(Seconds::micros(20_834).to_frames(Rate::FILM), 1);
        let ntsc = Rate { numerator: 24_000, denominator: 1001 };
        assert_eq!(Seconds::millis(1001).to_frames(ntsc), 24);
        assert_eq!(ntsc.duration(24), Seconds::millis(1001));
    }

    #[test]
    fn lengths_read_as_people_say_them() {
        let cases = [
            (4_230, "4.2s"),
            (19_960, "20s"),
            (59_940, "59.9s"),
            (59_960, "1:00"),
            (125_400, "2:05"),
        ];
        for (millis, words) in cases {
            assert_eq!(lasting(Seconds::millis(millis)), words);
        }
    }

    #[test]
    fn seconds_print_as_authors_write_them() {
        assert_eq!(Seconds::millis(3500).to_string(), "3.5s");
        assert_eq!(Seconds::millis(4000).to_string(), "4s");
        assert_eq!(Seconds::millis(1250).to_string(), "1.25s");
        assert_eq!(Seconds::millis(1005).to_string(), "1.005s");
        assert_eq!(Seconds::micros(40).to_string(), "0s");
    }
}
