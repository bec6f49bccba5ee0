//! How a place and the distance of the camera change a voice: `stdlib/sound/rooms.yaml`.
//!
//! Knows words of places and sizes of shots; does not know samples.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::breakdown::description::Description;
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::language::word_set::WordSet;

/// `stdlib/sound/rooms.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoomRules {
    rooms: Vec<RoomRule>,
    near: Vec<Near>,
}

#[derive(Debug, Deserialize)]
struct RoomRule {
    #[serde(default)]
    words: Option<WordSet>,
    inside: bool,
    #[serde(flatten)]
    echo: Option<Echo>,
}

/// The echo of a place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Echo {
    /// Until it is 60 decibels softer.
    pub seconds: f64,
    /// Of the place, in metres.
    pub size: f64,
    /// How soon high tones fade, from 0 to 1.
    pub damping: f64,
    /// Its level in decibels against the voice.
    pub wet: f64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Near {
    level: f64,
    wet: f64,
    #[serde(default)]
    low_pass: Option<f64>,
}

/// Where a listener hears a voice.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Earshot {
    /// Decibels against a voice that is near.
    pub level: f64,
    /// The air removes what lies above this frequency.
    pub low_pass: Option<f64>,
    /// From -1, the left edge of the picture, to 1.
    pub side: f64,
    /// The echo of the place.
    pub echo: Option<Echo>,
}

static STDLIB: LazyLock<RoomRules> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../../stdlib/sound/rooms.yaml"))
        .expect("stdlib/sound/rooms.yaml is embedded and tested")
});

impl Earshot {
    /// Of a voice in a picture; `side` is where its speaker stands.
    pub(crate) fn of(picture: &Description, vocabulary: &Vocabulary, side: f64) -> Self {
        let place = &picture.place;
        let fits = |rule: &&RoomRule| {
            rule.inside == place.interior
                && rule.words.as_ref().is_none_or(|words| has(words, &place.name))
        };
        let echo = STDLIB.rooms.iter().find(fits).and_then(|room| room.echo);
        let rank = vocabulary.sizes.get(picture.size.as_str()).and_then(|size| size.rank);
        let near = rank.and_then(|rank| STDLIB.near.get(usize::from(rank)).or(STDLIB.near.last()));
        let Some(near) = near else { return Self { side, echo, ..Self::default() } };
        let echo = echo.map(|echo| Echo { wet: echo.wet + near.wet, ..echo });
        Self { level: near.level, low_pass: near.low_pass, side, echo }
    }
}

/// Whether a text has one of some words.
pub(super) fn has(words: &WordSet, text: &str) -> bool {
    text.unicode_words().any(|word| words.contains(&word.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::description::DescribedPlace;

    fn heard(name: &str, interior: bool, size: &str) -> Earshot {
        let place = DescribedPlace { name: name.to_owned(), interior, ..DescribedPlace::default() };
        let picture = Description { place, size: size.to_owned(), ..Description::default() };
        Earshot::of(&picture, &Vocabulary::standard(), 0.0)
    }

    #[test]
    fn a_church_echoes_longer_than_a_room_and_a_field_not_at_all() {
        let seconds = |name: &str, interior| {
            heard(name, interior, "medium shot").echo.map_or(0.0, |echo| echo.seconds)
        };
        let church = seconds("the old church", true);
        let (room, street, field) =
            (seconds("Ida's room", true), seconds("a street", false), seconds("a field", false));
        assert!(church > 2.0 && church > room && room > 0.2, "{church} {room}");
        assert!(street > 0.0 && field == 0.0);
        assert_eq!(seconds("old church", false), 0.0, "outside of it");
        assert!(seconds("église", true) == church && seconds("KIRCHE", true) == church);
    }

    #[test]
    fn who_is_far_is_softer_and_echoes_more() {
        let sizes = ["wide shot", "medium shot", "close-up"];
        let [far, middle, near] = sizes.map(|size| heard("kitchen", true, size));
        assert!(far.level < middle.level && middle.level < near.level);
        let wet = |at: Earshot| at.echo.expect("a kitchen echoes").wet;
        assert!(wet(far) > wet(middle) && wet(middle) > wet(near));
        assert!(far.low_pass.is_some() && near.low_pass.is_none());
    }
}
