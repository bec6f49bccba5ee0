//! Which sounds a place has when nobody speaks: `stdlib/sound/ambience.yaml`.
//!
//! Knows words of places, weather and times; `bed` makes the sounds.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::rooms::has;
use crate::breakdown::description::Description;
use crate::breakdown::language::word_set::WordSet;

/// `stdlib/sound/ambience.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AmbienceRules {
    sounds: IndexMap<String, Vec<Layer>>,
    always: Sounds,
    rules: Vec<AmbienceRule>,
}

/// Names of sounds, inside and outside.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sounds {
    inside: Vec<String>,
    outside: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct AmbienceRule {
    #[serde(default)]
    place: Option<WordSet>,
    #[serde(default)]
    weather: Option<WordSet>,
    #[serde(default)]
    time: Option<WordSet>,
    #[serde(flatten)]
    sounds: Sounds,
}

/// A layer of a sound.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Layer {
    /// Noise in a band.
    #[serde(default)]
    pub noise: Option<NoiseLayer>,
    /// Short tones at random.
    #[serde(default)]
    pub drops: Option<DropLayer>,
    /// Its loudness in LUFS.
    pub level: f64,
}

/// Noise between two frequencies in hertz.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoiseLayer {
    pub colour: NoiseColour,
    pub from: f64,
    pub to: f64,
    /// Seconds of its slow waves, and how deep they are.
    #[serde(default)]
    pub swell: f64,
    #[serde(default)]
    pub depth: f64,
    /// By which part of itself the upper frequency moves.
    #[serde(default)]
    pub wander: f64,
}

/// How noise loses power with frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum NoiseColour {
    White,
    Pink,
    Brown,
}

/// Tones between two frequencies in hertz that fade at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DropLayer {
    /// How many a second.
    pub rate: f64,
    pub from: f64,
    pub to: f64,
    /// Seconds in which one fades.
    pub ring: f64,
    /// How often one is repeated at once.
    #[serde(default)]
    pub chirp: u32,
}

static STDLIB: LazyLock<AmbienceRules> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../../stdlib/sound/ambience.yaml"))
        .expect("stdlib/sound/ambience.yaml is embedded and tested")
});

/// The sounds of a place at a moment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Ambience {
    /// The place: its sounds are its own.
    place: String,
    /// Names of its sounds.
    sounds: Vec<&'static str>,
}

impl Ambience {
    /// Of a picture.
    pub(super) fn of(picture: &Description) -> Self {
        let place = &picture.place;
        let of = |sounds: &'static Sounds| {
            if place.interior { &sounds.inside } else { &sounds.outside }
        };
        let about = format!("{} {}", place.name, place.words);
        let fits = |rule: &&AmbienceRule| {
            let has = |words: &Option<WordSet>, text: &str| {
                words.as_ref().is_none_or(|words| has(words, text))
            };
            has(&rule.place, &about)
                && has(&rule.weather, &picture.weather)
                && has(&rule.time, &picture.time)
        };
        let rules = STDLIB.rules.iter().filter(fits).map(|rule| &rule.sounds);
        let mut sounds: Vec<&'static str> = Vec::new();
        for name in std::iter::once(&STDLIB.always).chain(rules).flat_map(of) {
            if !sounds.contains(&name.as_str()) {
                sounds.push(name);
            }
        }
        Self { place: place.name.clone(), sounds }
    }

    /// The layers of its sounds.
    pub(super) fn layers(&self) -> impl Iterator<Item = &'static Layer> {
        self.sounds.iter().flat_map(|name| STDLIB.sounds.get(*name).into_iter().flatten())
    }

    /// A number that the place always has.
    pub(super) fn seed(&self) -> u64 {
        let hash = blake3::hash(self.place.as_bytes());
        u64::from_le_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::description::DescribedPlace;

    #[test]
    fn every_sound_that_a_rule_names_is_there() {
        let rules = STDLIB.rules.iter().map(|rule| &rule.sounds);
        for sounds in std::iter::once(&STDLIB.always).chain(rules) {
            for name in sounds.inside.iter().chain(&sounds.outside) {
                assert!(STDLIB.sounds.contains_key(name), "{name}");
            }
        }
        for layer in STDLIB.sounds.values().flatten() {
            assert!(layer.noise.is_some() != layer.drops.is_some(), "{layer:?}");
        }
    }

    #[test]
    fn places_weather_and_time_decide() {
        let heard = |name: &str, interior, weather: &str, time: &str| {
            let name = name.to_owned();
            let place = DescribedPlace { name, interior, ..DescribedPlace::default() };
            let (weather, time) = (weather.to_owned(), time.to_owned());
            Ambience::of(&Description { place, time, weather, ..Description::default() })
                .sounds
                .join(", ")
        };
        for (found, expected) in [
            (heard("office", true, "", "day"), "room tone"),
            (heard("office", true, "light rain", "day"), "room tone, rain outside the window"),
            (heard("harbour", false, "rain", "night"), "air, rain, sea"),
            (heard("forest", false, "", "night"), "air, night"),
            (heard("wald", false, "", "morning"), "air, birds"),
            (heard("the crowded market", false, "wind", "day"), "air, wind, crowd"),
        ] {
            assert_eq!(found, expected);
        }
    }
}
