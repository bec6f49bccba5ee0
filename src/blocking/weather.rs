//! What falls before the camera, and how far it sees.
//!
//! Knows metres and words of weather; does not know pixels.

use serde::Serialize;

use super::geometry::{CameraPose, Point};
use super::rules::{BlockingRules, WeatherRule};
use super::set::Falling;
use crate::breakdown::description::Description;

/// The weather of a shot, as far as the picture shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Weather {
    /// What falls.
    pub falls: Option<Falling>,
    /// How much of it, 1 being usual.
    pub amount: f64,
    /// How far one sees half of everything, in metres; 0 if the air is clear.
    pub sight: f64,
}

/// A drop or a flake in the picture, in shares of its height: from the left edge, and from
/// the upper one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flake {
    /// Where it is when the shutter opens.
    pub from: (f64, f64),
    /// Where it is when it closes.
    pub to: (f64, f64),
    /// Across its way.
    pub width: f64,
    /// How much of what is behind it it hides, from 0 to 1.
    pub strength: f64,
}

/// The sides of the space around the camera in which something falls, in metres: what
/// leaves it below comes in again above.
const SPACE: Point = Point::new(14.0, 9.0, 14.0);
/// Nothing falls nearer to the camera, in metres.
const NEAR: f64 = 0.9;
/// For so long the shutter is open, in seconds.
const SHUTTER: f64 = 1.0 / 48.0;

impl Weather {
    /// Whether the picture shows nothing of it.
    pub fn is_clear(&self) -> bool {
        self.falls.is_none() && self.sight <= 0.0
    }

    /// How much of something at a distance the air hides, from 0 to 1.
    pub fn veil(&self, metres: f64) -> f64 {
        if self.sight <= 0.0 { 0.0 } else { 1.0 - (-metres.max(0.0) / self.sight).exp2() }
    }

    /// What falls in a picture of an aspect (width by height) at a time in seconds: the same
    /// for the same time, and in parallax when the camera goes.
    pub fn flakes(&self, camera: &CameraPose, aspect: f64, seconds: f64) -> Vec<Flake> {
        let Some(falls) = self.falls else { return Vec::new() };
        let (count, thick) = match falls {
            Falling::Rain => (3800.0 * self.amount, 0.0055),
            Falling::Snow => (2800.0 * self.amount, 0.022),
        };
        let half = (camera.field_of_view.to_radians() / 2.0).tan();
        let seen = |point: Point| {
            let at = camera.seen_from(point);
            let share = 1.0 / (2.0 * half * at.z.max(1e-3));
            ((at.x * share + aspect / 2.0, 0.5 - at.y * share), at.z)
        };
        (0..count as u32)
            .filter_map(|index| {
                let now = falls.at(index, seconds);
                let around = around(camera, now);
                let moved = falls.at(index, seconds + SHUTTER) - now;
                let ((from, z), (to, _)) = (seen(around), seen(around + moved));
                let width = thick / (2.0 * half * z.max(0.1));
                let inside = |(x, y): (f64, f64)| {
                    (-0.1..aspect + 0.1).contains(&x) && (-0.1..1.1).contains(&y)
                };
                // Those that come into the space do not appear at once.
                let edge = ((SPACE.z / 2.0 - z) / 2.0).min((z - NEAR) / 0.5).clamp(0.0, 1.0);
                let strength = edge * falls.strength();
                (z > NEAR && strength > 0.02 && (inside(from) || inside(to))).then_some(Flake {
                    from,
                    to,
                    width,
                    strength,
                })
            })
            .collect()
    }
}

impl Falling {
    fn strength(self) -> f64 {
        match self {
            Self::Rain => 0.48,
            Self::Snow => 0.9,
        }
    }

    /// Where a drop is, in a space without end of which every part is alike.
    fn at(self, index: u32, seconds: f64) -> Point {
        let [a, b, c, d] = [1, 2, 3, 4].map(|salt| share(index, salt));
        let start = Point::new(a * SPACE.x, b * SPACE.y, c * SPACE.z);
        match self {
            Self::Rain => {
                let speed = 7.5 + 2.0 * d;
                start + Point::new(0.9 * seconds, -speed * seconds, 0.0)
            }
            Self::Snow => {
                let turn = (seconds * (0.25 + 0.3 * d) + d) * std::f64::consts::TAU;
                let sway = Point::new(0.16 * turn.sin(), 0.0, 0.16 * turn.cos());
                start + sway + Point::new(0.25 * seconds, -(0.8 + 0.5 * d) * seconds, 0.0)
            }
        }
    }
}

/// The one of all like places that is in the space around a camera.
fn around(camera: &CameraPose, place: Point) -> Point {
    let near = |at: f64, middle: f64, side: f64| {
        middle + (at - middle + side / 2.0).rem_euclid(side) - side / 2.0
    };
    let Point { x, y, z } = camera.position;
    Point::new(near(place.x, x, SPACE.x), near(place.y, y, SPACE.y), near(place.z, z, SPACE.z))
}

/// A number from 0 to 1 that follows from two.
fn share(index: u32, salt: u32) -> f64 {
    let mut mixed = index.wrapping_mul(0x9E37_79B9) ^ salt.wrapping_mul(0x85EB_CA6B);
    for _ in 0..2 {
        mixed = (mixed ^ (mixed >> 16)).wrapping_mul(0x7FEB_352D);
    }
    f64::from((mixed ^ (mixed >> 15)) >> 8) / f64::from(1u32 << 24)
}

/// The weather that a description shows: what is said of it, or what the place or the
/// action has. `None` if nothing is said.
pub(super) fn weather(description: &Description) -> Option<Weather> {
    if description.place.interior {
        return None;
    }
    let mut sentences = description.place.words.split(['.', ',', ';']);
    let rule = named(&description.weather, Said::OfTheWeather)
        .or_else(|| sentences.find_map(|sentence| named(sentence, Said::OfThePlace)))
        .or_else(|| named(&description.action, Said::InAction))?;
    Some(Weather { falls: rule.falls, amount: rule.amount, sight: rule.sight })
}

/// Where words stand that may name a weather.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Where only weather is named: every word counts.
    OfTheWeather,
    /// A sentence about a place: `Rain.` is rain, `Snow on the roofs.` does not fall.
    OfThePlace,
    /// In an action: who waits for the rain has none.
    InAction,
}

/// The first weather that some words name.
pub(super) fn named(text: &str, said: Said) -> Option<&'static WeatherRule> {
    if text.is_empty() {
        return None;
    }
    let text = format!(" {} ", spaced(text));
    let rules = &BlockingRules::stdlib().places.weathers;
    rules.values().find(|rule| {
        let mut words = rule.words.values().flatten().map(|word| format!(" {word} "));
        let mut acts = rule.acts.values().flatten().map(|phrase| format!(" {phrase} "));
        let named = match said {
            Said::OfTheWeather => words.any(|word| text.contains(&word)),
            Said::OfThePlace => words.any(|word| text == word),
            Said::InAction => false,
        };
        named || acts.any(|phrase| text.contains(&phrase))
    })
}

/// Small letters, one blank between words and nothing else.
fn spaced(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric() && letter != '\'');
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera() -> CameraPose {
        CameraPose {
            position: Point::new(0.0, 1.5, -4.0),
            pan: 0.0,
            tilt: 0.0,
            roll: 0.0,
            field_of_view: 34.0,
            focus: 4.0,
            shallow: 0.0,
        }
    }

    #[test]
    fn words_of_weather_count_where_it_is_seen() {
        let falls = |text, said| named(text, said).and_then(|rule| rule.falls);
        assert_eq!(falls("heavy rain", Said::OfTheWeather), Some(Falling::Rain));
        assert_eq!(falls("Es schneit.", Said::InAction), Some(Falling::Snow));
        assert_eq!(falls("Rain falls on the roofs.", Said::InAction), Some(Falling::Rain));
        assert_eq!(falls("She dreams of rain.", Said::InAction), None);
        assert_eq!(falls("a train", Said::OfTheWeather), None);
        assert_eq!(falls("Rain", Said::OfThePlace), Some(Falling::Rain));
        assert_eq!(falls("snow on the roofs", Said::OfThePlace), None);
        assert!(
            named("fog", Said::OfTheWeather)
                .is_some_and(|rule| rule.sight > 0.0 && rule.falls.is_none())
        );
    }

    #[test]
    fn rain_falls_and_goes_past_a_camera_that_goes() {
        let rain = Weather { falls: Some(Falling::Rain), amount: 1.0, sight: 0.0 };
        let flakes = rain.flakes(&camera(), 16.0 / 9.0, 1.0);
        assert!(flakes.len() > 100, "{}", flakes.len());
        assert!(flakes.iter().all(|drop| drop.to.1 > drop.from.1), "it falls");
        assert_eq!(flakes, rain.flakes(&camera(), 16.0 / 9.0, 1.0));
        let aside = CameraPose { position: Point::new(0.3, 1.5, -4.0), ..camera() };
        let moved = rain.flakes(&aside, 16.0 / 9.0, 1.0);
        let wide = |flake: &Flake| flake.width;
        let nearest = |all: &[Flake]| {
            let mut all = all.to_vec();
            all.sort_by(|a, b| wide(b).total_cmp(&wide(a)));
            all.truncate(20);
            all.iter().map(|flake| flake.from.0).sum::<f64>() / 20.0
        };
        assert!(nearest(&flakes) > nearest(&moved) || flakes.len() != moved.len());
    }

    #[test]
    fn fog_hides_what_is_far() {
        let fog = Weather { falls: None, amount: 1.0, sight: 8.0 };
        assert!((fog.veil(8.0) - 0.5).abs() < 1e-9 && fog.veil(30.0) > 0.9 && fog.veil(0.0) == 0.0);
        assert!(fog.flakes(&camera(), 1.8, 0.0).is_empty());
    }
}
