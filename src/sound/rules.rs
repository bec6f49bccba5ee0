//! The numbers of the mix, in `stdlib/sound.yaml`.
//!
//! Knows levels and filters; does not know samples.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::breakdown::screenplay::Voice;
use crate::breakdown::shot::SpokenLine;
use crate::breakdown::shots::timing::says;

/// `stdlib/sound.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoundRules {
    /// Integrated loudness of a film in LUFS.
    pub loudness: f64,
    /// Highest true peak of a film in decibels.
    pub true_peak: f64,
    /// Loudness of a line before the mix in LUFS.
    pub line: f64,
    /// Seconds of the fades at both ends of a line.
    pub fade: f64,
    deliveries: Vec<DeliveryRule>,
    on_screen: Treatment,
    off_screen: Treatment,
    narration: Treatment,
}

#[derive(Debug, Clone, Deserialize)]
struct DeliveryRule {
    words: Vec<String>,
    #[serde(flatten)]
    treatment: Treatment,
}

/// What is done to a line in the mix.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Treatment {
    /// Decibels above the usual line.
    pub level: f64,
    /// What lies below this frequency is left out.
    pub high_pass: Option<f64>,
    /// What lies above this frequency is left out.
    pub low_pass: Option<f64>,
}

static STDLIB: LazyLock<SoundRules> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../../stdlib/sound.yaml"))
        .expect("stdlib/sound.yaml is embedded and tested")
});

impl SoundRules {
    /// The standard ones.
    pub fn stdlib() -> &'static Self {
        &STDLIB
    }

    /// What of them decides a mix besides its lines.
    pub(crate) fn meaning(&self) -> impl Serialize + use<> {
        [self.loudness, self.true_peak, self.line, self.fade]
    }

    /// What is done to a line: by its manner, then by how the film plays it.
    pub fn treatment(&self, line: &SpokenLine) -> Treatment {
        let manner = self.deliveries.iter().filter(|rule| says(&line.speech.delivery, &rule.words));
        let played = match line.voice {
            Voice::OnScreen | Voice::PreLap => self.on_screen,
            Voice::OffScreen => self.off_screen,
            Voice::Narration => self.narration,
        };
        manner.map(|rule| rule.treatment).fold(played, Treatment::and)
    }
}

impl Treatment {
    /// Both, one after the other.
    fn and(self, other: Self) -> Self {
        let both = |one: Option<f64>, other: Option<f64>, stricter: fn(f64, f64) -> f64| {
            one.zip(other).map(|(one, other)| stricter(one, other)).or(one).or(other)
        };
        Self {
            level: self.level + other.level,
            high_pass: both(self.high_pass, other.high_pass, f64::max),
            low_pass: both(self.low_pass, other.low_pass, f64::min),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::breakdown::screenplay::Speech;
    use crate::source::Span;

    #[test]
    fn manner_and_place_add_up() {
        let treated = |voice, manner: &[&str]| {
            let speech = Speech {
                speakers: [].into(),
                voice,
                delivery: manner.iter().map(|how| (*how).to_owned()).collect(),
                parts: Vec::new(),
                dual: false,
                lyrics: false,
            };
            let (speech, span) = (Arc::new(speech), Span::default());
            let line = SpokenLine { speech, voice, tempo: 100, start: 0, end: 1, shot: 0, span };
            SoundRules::stdlib().treatment(&line)
        };
        assert_eq!(treated(Voice::OnScreen, &[]), Treatment::default());
        assert!(treated(Voice::OnScreen, &["shouting"]).level > 0.0);
        let off = treated(Voice::OffScreen, &["whispering to himself"]);
        assert!(off.level < treated(Voice::OffScreen, &[]).level);
        assert!(off.high_pass.is_some() && off.low_pass.is_some());
    }
}
