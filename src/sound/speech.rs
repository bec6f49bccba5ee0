//! The recipe of a voice take: everything that decides how a line sounds, and nothing
//! else. Its key names the take in the vault.
//!
//! Knows words and voices; does not know shots, places in the film or loudness.

#[cfg(any(feature = "ffmpeg", feature = "voices"))]
use std::ops::Range;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::breakdown::language::speakers::VoiceBlend;
use crate::shoot::recipe::TakeKey;

/// Samples per second of a voice take.
pub(crate) const RATE: u32 = 24_000;

/// An engine that speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SpeechEngine {
    /// Its name and version, for people.
    pub name: &'static str,
    /// BLAKE3 of its model.
    pub digest: &'static str,
    /// The licence of the model and its voices.
    pub licence: &'static str,
}

/// The default engine. The set-up fetches its model by another digest of the same file.
pub(crate) const KOKORO: SpeechEngine = SpeechEngine {
    name: "Kokoro-82M 1.0 (int8)",
    digest: "5f93d54580ddf7d14fc4be7eec9e7d59b74a321290e32178a0848f4de4bfc395",
    licence: "Apache-2.0",
};

/// Raise it when equal recipes sound otherwise: the engine reads text in another way,
/// or trims or divides it otherwise.
const REVISION: u32 = 1;

/// What is spoken and how.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SpeechRecipe {
    /// Digest of the engine's model.
    pub engine: String,
    /// Whose voice.
    pub voice: VoiceBlend,
    /// The words, with the pronunciation of names in them: `[Ida](/ˈIdə/)`.
    pub text: String,
    /// Speed in hundredths of the engine's own.
    pub speed: u32,
    /// How it is spoken, in words, for engines that are told.
    #[serde(default)]
    pub manner: String,
}

impl SpeechRecipe {
    /// For the default engine.
    pub fn new(voice: VoiceBlend, text: String, speed: u32) -> Self {
        let engine = KOKORO.digest.to_owned();
        Self { engine, voice, text, speed, manner: String::new() }
    }

    /// The words as they are written: without the pronunciation of names.
    pub fn written(&self) -> String {
        let mut written = String::new();
        let mut rest = self.text.as_str();
        while let Some((before, name)) = rest.split_once('[') {
            let Some((name, after)) = name.split_once("](/") else { break };
            let Some((_, after)) = after.split_once("/)") else { break };
            written.push_str(before);
            written.push_str(name);
            rest = after;
        }
        written + rest
    }

    /// Its key: BLAKE3 over its fields, each after its length.
    pub fn key(&self) -> TakeKey {
        let mut hasher = blake3::Hasher::new();
        for (field, value) in self.explain() {
            for text in [field, value] {
                hasher.update(&(text.len() as u64).to_le_bytes());
                hasher.update(text.as_bytes());
            }
        }
        TakeKey(*hasher.finalize().as_bytes())
    }

    /// Its fields in words. The key is made of them.
    pub fn explain(&self) -> IndexMap<String, String> {
        let Self { engine, voice, text, speed, manner } = self;
        let mut fields = IndexMap::from([
            ("revision".to_owned(), REVISION.to_string()),
            ("engine".to_owned(), engine.clone()),
            ("voice".to_owned(), voice.to_string()),
            ("text".to_owned(), text.clone()),
            ("speed".to_owned(), speed.to_string()),
        ]);
        // Lines of the default engine keep their keys.
        if !manner.is_empty() {
            fields.insert("manner".to_owned(), manner.clone());
        }
        fields
    }
}

/// A line as an engine speaks it: its samples, and the times of its words.
pub(crate) type SpokenAudio = (Vec<f32>, Vec<SpokenWord>);

/// Silence that stays before and after a piece, in seconds.
#[cfg(any(feature = "ffmpeg", feature = "voices"))]
const MARGINS: (f32, f32) = (0.02, 0.06);

/// Samples below this share of the peak are silence.
#[cfg(any(feature = "ffmpeg", feature = "voices"))]
const SILENCE: f32 = 0.006;

/// The samples that are heard, without the silence around them.
#[cfg(any(feature = "ffmpeg", feature = "voices"))]
pub(crate) fn audible(samples: &[f32]) -> Range<usize> {
    let peak = samples.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()));
    let heard = |sample: &f32| sample.abs() > SILENCE * peak;
    let (Some(first), Some(last)) =
        (samples.iter().position(heard), samples.iter().rposition(heard))
    else {
        return 0..samples.len();
    };
    let margin = |seconds: f32| (seconds * RATE as f32) as usize;
    let end = (last + 1 + margin(MARGINS.1)).min(samples.len());
    first.saturating_sub(margin(MARGINS.0))..end
}

/// A word of a voice take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpokenWord {
    /// The letters and digits of the text before it.
    pub letters: usize,
    /// Its first sample, at [`RATE`].
    pub start: usize,
    /// One past its last sample.
    pub end: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> SpeechRecipe {
        SpeechRecipe::new(VoiceBlend::of("bf_emma"), "You still work.".to_owned(), 90)
    }

    #[test]
    fn everything_of_a_line_changes_its_key() {
        let other = |change: fn(&mut SpeechRecipe)| {
            let mut recipe = sample();
            change(&mut recipe);
            recipe.key()
        };
        let keys = [
            sample().key(),
            other(|recipe| recipe.engine.push('0')),
            other(|recipe| recipe.voice = VoiceBlend::halves("bf_emma", "af_nicole")),
            other(|recipe| recipe.text.push('!')),
            other(|recipe| recipe.speed = 91),
            other(|recipe| recipe.manner.push_str("hoarse")),
        ];
        assert_eq!(std::collections::BTreeSet::from(keys).len(), keys.len());
    }

    #[test]
    fn what_is_written_has_no_pronunciation() {
        let written = |text: &str| SpeechRecipe { text: text.to_owned(), ..sample() }.written();
        assert_eq!(written("I am [Ida Voss](/ˈIdə fˈɔs/), [Ida](/ˈIdə/)."), "I am Ida Voss, Ida.");
        assert_eq!(written("plain [text](x)"), "plain [text](x)");
    }

    /// If keys changed, every line would be spoken again.
    #[test]
    fn keys_stay_what_they_are() {
        assert_eq!(
            sample().key().to_string(),
            "88da69ecb1292b6f05604205b05b417749852cbdab02ff73d55301552b294509"
        );
    }

    #[cfg(any(feature = "ffmpeg", feature = "voices"))]
    #[test]
    fn silence_around_a_line_is_cut() {
        let mut samples = vec![0.0; RATE as usize];
        samples[12_000..13_000].fill(0.5);
        assert_eq!(audible(&samples), 11_520..14_440);
    }
}
