//! The numbers of the mix, in `stdlib/sound/mix.yaml`.
//!
//! Knows levels and filters; does not know samples.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::rooms::{Earshot, Echo};
use crate::breakdown::screenplay::{Through, Voice};
use crate::breakdown::shot::SpokenLine;
use crate::breakdown::shots::timing::says;

/// `stdlib/sound/mix.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SoundRules {
    /// Integrated loudness of a film in LUFS.
    pub loudness: f64,
    /// Highest true peak of a film in decibels.
    pub true_peak: f64,
    /// Loudness of a line before the mix in LUFS.
    pub line: f64,
    /// Seconds of the fades at both ends of a sound.
    pub fade: f64,
    /// How far somebody is panned to a side, from 0 to 1.
    pub pan: f64,
    /// Music.
    pub music: MusicRules,
    /// Loudness of an effect from a file in LUFS.
    pub effect: f64,
    /// Seconds of the crossfade between the sounds of two places.
    pub place_fade: f64,
    deliveries: Vec<DeliveryRule>,
    through: BTreeMap<Through, Treatment>,
    on_screen: Treatment,
    off_screen: Treatment,
    narration: Treatment,
}

/// How loud music is, and how it gives way to words.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MusicRules {
    /// Its loudness in LUFS.
    pub loudness: f64,
    /// Decibels of music that stays under everything.
    pub under: f64,
    /// Decibels while somebody speaks.
    pub ducked: f64,
    /// Seconds in which it becomes softer before the first word.
    pub before: f64,
    /// Seconds in which it becomes louder after the last word.
    pub after: f64,
    /// Shorter silences between words are none, in seconds.
    pub bridge: f64,
    /// Seconds in which it begins, if the script gives none.
    pub fade_in: f64,
    /// Seconds in which it ends, if the script gives none.
    pub fade_out: f64,
}

#[derive(Debug, Clone, Deserialize)]
struct DeliveryRule {
    words: Vec<String>,
    #[serde(flatten)]
    treatment: Treatment,
}

/// How the mix treats a line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Treatment {
    /// Decibels above the usual line.
    pub level: f64,
    /// Removes what lies below this frequency.
    pub high_pass: Option<f64>,
    /// Removes what lies above this frequency.
    pub low_pass: Option<f64>,
    /// How often each filter works: twice cuts off more sharply.
    pub passes: u8,
    /// From -1, left, to 1, right.
    pub pan: f64,
    /// The echo of the place.
    pub echo: Option<Echo>,
}

static STDLIB: LazyLock<SoundRules> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../../stdlib/sound/mix.yaml"))
        .expect("stdlib/sound/mix.yaml is embedded and tested")
});

/// The tables that decide how equal sounds are mixed.
const TABLES: [&str; 3] = [
    include_str!("../../stdlib/sound/mix.yaml"),
    include_str!("../../stdlib/sound/rooms.yaml"),
    include_str!("../../stdlib/sound/ambience.yaml"),
];

impl SoundRules {
    /// The standard ones.
    pub(crate) fn stdlib() -> &'static Self {
        &STDLIB
    }

    /// A digest of everything that the tables of the mix say.
    pub(crate) fn digest() -> String {
        let mut hasher = blake3::Hasher::new();
        for table in TABLES {
            hasher.update(table.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    /// What something does to a voice that comes through it.
    #[cfg(test)]
    pub(super) fn through(&self, through: Through) -> Option<Treatment> {
        self.through.get(&through).copied()
    }

    /// How the mix treats a line: by its manner, by how the film plays it, and by its
    /// place. A voice from elsewhere or over a telephone is in no room of the film.
    pub(crate) fn treatment(&self, line: &SpokenLine, place: Earshot) -> Treatment {
        let manner = self.deliveries.iter().filter(|rule| says(&line.speech.delivery, &rule.words));
        let through = line.speech.through.and_then(|through| self.through.get(&through));
        let in_place = Treatment {
            level: place.level,
            high_pass: None,
            low_pass: place.low_pass,
            passes: 1,
            pan: self.pan * place.side.clamp(-1.0, 1.0),
            echo: place.echo,
        };
        let played = match (line.voice, through) {
            (_, Some(through)) => *through,
            (Voice::OnScreen | Voice::PreLap, None) => self.on_screen.and(in_place),
            (Voice::OffScreen, None) => self.off_screen.and(Treatment { level: 0.0, ..in_place }),
            (Voice::Narration, None) => self.narration,
        };
        manner.map(|rule| rule.treatment).fold(played, Treatment::and)
    }
}

impl Default for Treatment {
    fn default() -> Self {
        Self { level: 0.0, high_pass: None, low_pass: None, passes: 1, pan: 0.0, echo: None }
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
            passes: self.passes.max(other.passes),
            pan: self.pan + other.pan,
            echo: self.echo.or(other.echo),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::analysis::analyze;
    use crate::breakdown::Strictness;
    use crate::breakdown::screenplay::Speech;
    use crate::source::{Sources, Span};

    #[test]
    fn manner_and_place_add_up() {
        let church = Echo { seconds: 3.0, size: 28.0, damping: 0.4, wet: -9.0 };
        let far = Earshot { level: -4.0, low_pass: Some(7000.0), side: 0.5, echo: Some(church) };
        let heard = |voice, through, manner: &[&str], place| {
            let speech = Speech {
                speakers: [].into(),
                voice,
                through,
                delivery: manner.iter().map(|how| (*how).to_owned()).collect(),
                parts: Vec::new(),
                dual: false,
                lyrics: false,
            };
            let (speech, span) = (Arc::new(speech), Span::default());
            let line = SpokenLine { speech, voice, tempo: 100, start: 0, end: 1, shot: 0, span };
            SoundRules::stdlib().treatment(&line, place)
        };
        let treated = |voice, manner: &[&str], place| heard(voice, None, manner, place);
        let near = Earshot::default();
        assert_eq!(treated(Voice::OnScreen, &[], near), Treatment::default());
        assert!(treated(Voice::OnScreen, &["shouting"], near).level > 0.0);
        let off = treated(Voice::OffScreen, &["whispering to himself"], near);
        assert!(off.level < treated(Voice::OffScreen, &[], near).level);
        assert!(off.high_pass.is_some() && off.low_pass.is_some());
        let seen = treated(Voice::OnScreen, &[], far);
        assert!(seen.level < -3.0 && seen.pan > 0.0 && seen.pan < 0.2 && seen.echo == Some(church));
        let told = treated(Voice::Narration, &[], far);
        assert!(told.echo.is_none() && told.pan == 0.0 && told.low_pass.is_none());
        let phone = heard(Voice::OffScreen, Some(Through::Telephone), &["whispering"], far);
        assert!(phone.echo.is_none() && phone.level < -3.0);
        assert_eq!((phone.high_pass, phone.low_pass), (Some(300.0), Some(3400.0)));
        let door = heard(Voice::OffScreen, Some(Through::Door), &[], far);
        assert!(door.low_pass < off.low_pass && door.high_pass.is_none());
        assert_eq!(treated(Voice::OnScreen, &["into phone"], near), Treatment::default());
    }

    /// What every speech of a scene is heard through.
    #[test]
    fn cues_and_neighbours_decide_what_a_voice_comes_through() {
        let (phone, door) = (Some(Through::Telephone), Some(Through::Door));
        let cases = [
            ("MARA (ON PHONE)\nYes.", vec![phone]),
            ("MARA (O.S.)\n(through the door, shouting)\nYes.", vec![door]),
            ("MARA (OVER RADIO)\nYes.", vec![Some(Through::Loudspeaker)]),
            ("MARA\n(into phone)\nYes.", vec![None]),
            ("MARA (V.O.)\n(into phone)\nYes.", vec![phone]),
            ("MARA (O.S.)\n(into phone)\nYes.", vec![None]),
            ("MARA (V.O.)\nIt was May.", vec![None]),
            ("MARA (INTO PHONE)\nYes?\n\nIDA (V.O.)\nNo.\n\nMARA\nOh.", vec![None, phone, None]),
            ("MARA\nYes?\n\nIDA (PRE-LAP, ON PHONE)\nNo.", vec![None, phone]),
        ];
        for (speeches, through) in cases {
            let mut sources = Sources::default();
            let text = format!(
                "INT. KITCHEN - DAY\n\n{speeches}\n\n# Cast\n\n[[cast: MARA, a woman]]\n\
                 [[cast: IDA, a woman]]\n"
            );
            let id = sources.add("film.play", text);
            let list = analyze(&mut sources, id, Strictness::Strict).list;
            let heard: Vec<_> = list.speeches.iter().map(|line| line.speech.through).collect();
            assert_eq!(heard, through, "{speeches}");
        }
    }
}
