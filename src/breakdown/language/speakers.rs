//! The voices that the default engine has, and the words by which a description
//! chooses among them (`stdlib/speakers.yaml`).
//!
//! Knows names and traits of voices; does not know who speaks, or how an engine does.

use std::fmt;
use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::word_set::WordSet;
use crate::breakdown::description::Sex;
use crate::diagnostic::did_you_mean;

/// `stdlib/speakers.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Speakers {
    /// Every voice, by its name.
    pub voices: IndexMap<String, Speaker>,
    /// Words of descriptions, names and cues.
    pub words: SpeakerWords,
    /// Phonemes of sounds that are no words: `shh`.
    pub sounds: IndexMap<String, String>,
    /// Two voices that are more alike than this, in hundredths, are not cast together.
    pub alike: u8,
    /// How alike two voices are, in hundredths: a row for each voice, with those
    /// before it.
    likeness: Vec<Vec<u8>>,
}

/// A voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Speaker {
    /// Whose it sounds like.
    pub sex: Sex,
    /// How it pronounces.
    pub accent: Accent,
    /// Its median pitch in hertz.
    pub pitch: u16,
    /// Whether a description chooses it; others speak only for those who ask for them.
    #[serde(default = "yes")]
    pub cast: bool,
}

fn yes() -> bool {
    true
}

/// How English is pronounced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accent {
    /// As in the United States.
    American,
    /// As in Great Britain.
    British,
}

/// The words that tell whose voice fits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeakerWords {
    /// Whoever sounds American.
    pub american: WordSet,
    /// Whoever sounds British.
    pub british: WordSet,
    /// Whoever has a high voice for a woman or a man: `child`, `slight`.
    pub high: WordSet,
    /// Whoever has a low voice for a woman or a man: `old`, `burly`.
    pub low: WordSet,
}

static STDLIB: LazyLock<Speakers> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../../../stdlib/speakers.yaml"))
        .expect("stdlib/speakers.yaml is embedded and tested")
});

impl Speakers {
    /// The standard ones.
    pub fn stdlib() -> &'static Self {
        &STDLIB
    }

    /// How alike two voices are, in hundredths; mixtures are as alike as their parts
    /// are on average.
    pub fn likeness(&self, one: &VoiceBlend, other: &VoiceBlend) -> f32 {
        let pairs = one.shares().flat_map(|left| other.shares().map(move |right| (left, right)));
        pairs.map(|((a, share), (b, part))| share * part * self.pair(a, b)).sum()
    }

    fn pair(&self, one: &str, other: &str) -> f32 {
        let at = |name| self.voices.get_index_of(name);
        let (Some(one), Some(other)) = (at(one), at(other)) else { return 0.0 };
        if one == other {
            return 100.0;
        }
        f32::from(self.likeness[one.max(other)][one.min(other)])
    }
}

/// A voice, or a mixture of several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VoiceBlend {
    /// Names with their shares in hundredths, which sum to 100.
    shares: Vec<(String, u8)>,
}

/// A voice that does not exist, or a mixture that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadVoice {
    /// As written.
    pub written: String,
    /// The name that was probably meant.
    pub near: Option<&'static str>,
}

/// The most voices of a mixture.
const MOST: usize = 4;

impl VoiceBlend {
    /// Reads `bf_emma`, or `am_onyx 0.7, bm_lewis`: who has no share gets an equal part
    /// of what the others leave.
    pub fn parse(text: &str) -> Result<Self, BadVoice> {
        let mut shares: Vec<(String, Option<u8>)> = Vec::new();
        for part in text.split([',', '，', '+']) {
            let bad = |near| BadVoice { written: part.trim().to_owned(), near };
            let mut words = part.split_whitespace();
            let name = words.next().unwrap_or_default().to_lowercase();
            let voices = &Speakers::stdlib().voices;
            if !voices.contains_key(&name) {
                let names = voices.keys().map(String::as_str);
                // `emma` is nearer to `bf_emma` than its letters say.
                let bare = voices.keys().find(|known| known.split('_').next_back() == Some(&name));
                return Err(bad(bare.map(String::as_str).or_else(|| did_you_mean(&name, names))));
            }
            let share = match words.next().map(str::parse::<f32>) {
                None => None,
                Some(Ok(share)) if share > 0.0 && share < 1.0 => {
                    Some((share * 100.0).round() as u8)
                }
                Some(_) => return Err(bad(None)),
            };
            if words.next().is_some() || shares.iter().any(|(known, _)| *known == name) {
                return Err(bad(None));
            }
            shares.push((name, share));
        }
        let given: u32 = shares.iter().filter_map(|(_, share)| share.map(u32::from)).sum();
        let open = shares.iter().filter(|(_, share)| share.is_none()).count() as u32;
        let whole = BadVoice { written: text.trim().to_owned(), near: None };
        if shares.len() > MOST || (open == 0 && given != 100) || (open > 0 && given + open > 100) {
            return Err(whole);
        }
        let mut left = 100 - given;
        let mut rest = open;
        let shares = shares.into_iter().map(|(name, share)| {
            let share = share.unwrap_or_else(|| {
                let part = left / rest.max(1);
                (left, rest) = (left - part, rest.saturating_sub(1));
                part as u8
            });
            (name, share)
        });
        Ok(Self { shares: shares.collect() })
    }

    /// One voice.
    pub(crate) fn of(name: &str) -> Self {
        Self { shares: vec![(name.to_owned(), 100)] }
    }

    /// Half of each of two.
    pub(crate) fn halves(one: &str, other: &str) -> Self {
        Self { shares: vec![(one.to_owned(), 50), (other.to_owned(), 50)] }
    }

    /// The voices with their shares, which sum to 1.
    pub fn shares(&self) -> impl Iterator<Item = (&str, f32)> + Clone {
        self.shares.iter().map(|(name, share)| (name.as_str(), f32::from(*share) / 100.0))
    }

    /// How it pronounces: as the largest part of it does.
    pub fn accent(&self) -> Accent {
        let largest = self.shares.iter().rev().max_by_key(|(_, share)| *share);
        let voices = &Speakers::stdlib().voices;
        largest.and_then(|(name, _)| voices.get(name)).map_or(Accent::American, |it| it.accent)
    }
}

impl fmt::Display for VoiceBlend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [(name, _)] = &self.shares[..] {
            return f.write_str(name);
        }
        for (at, (name, share)) in self.shares.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{name} {}", f32::from(*share) / 100.0)?;
        }
        Ok(())
    }
}

impl Serialize for VoiceBlend {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VoiceBlend {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let bad = |bad: BadVoice| serde::de::Error::custom(format!("no voice `{}`", bad.written));
        Self::parse(&text).map_err(bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let speakers = Speakers::stdlib();
        assert_eq!(speakers.voices.len(), 28);
        assert_eq!(speakers.likeness.len(), 28);
        for (at, row) in speakers.likeness.iter().enumerate() {
            assert_eq!(row.len(), at);
        }
        for (name, voice) in &speakers.voices {
            let begins = match (voice.accent, voice.sex) {
                (Accent::American, Sex::Woman) => "af_",
                (Accent::American, Sex::Man) => "am_",
                (Accent::British, Sex::Woman) => "bf_",
                (Accent::British, Sex::Man) => "bm_",
            };
            assert!(name.starts_with(begins), "{name}");
        }
    }

    #[test]
    fn voices_and_mixtures_are_read_and_written() {
        let cases = [
            ("bf_emma", "bf_emma"),
            ("BF_Emma", "bf_emma"),
            ("am_onyx 0.7, bm_lewis", "am_onyx 0.7, bm_lewis 0.3"),
            ("am_onyx, bm_lewis, am_adam", "am_onyx 0.33, bm_lewis 0.33, am_adam 0.34"),
            ("am_onyx 0.25, bm_lewis 0.75", "am_onyx 0.25, bm_lewis 0.75"),
        ];
        for (written, read) in cases {
            let blend = VoiceBlend::parse(written).unwrap();
            assert_eq!(blend.to_string(), read);
            assert_eq!(VoiceBlend::parse(read).unwrap(), blend);
            let sum: f32 = blend.shares().map(|(_, share)| share).sum();
            assert!((sum - 1.0).abs() < 1e-6);
        }
        assert_eq!(VoiceBlend::parse("am_onyx 0.7, bm_lewis").unwrap().accent(), Accent::American);
    }

    #[test]
    fn what_is_no_voice_is_told() {
        let near = |text| VoiceBlend::parse(text).unwrap_err().near;
        assert_eq!(near("emma"), Some("bf_emma"));
        assert_eq!(near("bf_ema"), Some("bf_emma"));
        for text in
            ["", "am_onyx 1.5, bm_lewis", "am_onyx 0.5", "am_onyx, am_onyx", "am_onyx 0.5 x"]
        {
            assert!(VoiceBlend::parse(text).is_err(), "{text}");
        }
    }
}
