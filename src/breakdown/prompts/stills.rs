//! Descriptions of stills that no shot of a script describes: portraits, figures of a story
//! reel, sets with nobody in them. `stdlib/stills.yaml` has their words.
//!
//! Knows descriptions; does not know how a still is made.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::breakdown::description::{Depicted, DescribedPlace, Description};
use crate::breakdown::language::terms::ShotSize;

/// `stdlib/stills.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StillWords {
    portrait: PortraitWords,
    figure: FigureWords,
    set: SetWords,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PortraitWords {
    size: ShotSize,
    action: String,
    place: String,
    time: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FigureWords {
    size: ShotSize,
    near: ShotSize,
    action: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetWords {
    size: ShotSize,
}

static WORDS: LazyLock<StillWords> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../../../stdlib/stills.yaml"))
        .expect("stdlib/stills.yaml is embedded and tested")
});

/// How much of a figure of the story reel is in its still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FigureSize {
    /// As much as most shots show.
    Full,
    /// The face, for shots in which the figure comes near the camera.
    Near,
}

/// Somebody at rest in front of nothing. `named`: `person` is a proper name, which says
/// nothing of the looks.
pub(crate) fn portrait(person: &str, outfit: &str, named: bool, style: &str) -> Description {
    let PortraitWords { size, action, place, time } = &WORDS.portrait;
    Description {
        size: size.to_string(),
        subjects: vec![Depicted {
            called: person.to_owned(),
            outfit: outfit.to_owned(),
            words: if named { String::new() } else { person.to_owned() },
            named,
            referenced: true,
            ..Depicted::default()
        }],
        action: action.clone(),
        place: DescribedPlace { name: place.clone(), interior: true, ..DescribedPlace::default() },
        time: time.clone(),
        style: style.to_owned(),
        ..Description::default()
    }
}

/// Somebody alone, at a place and a time of day that the model keeps for figures.
pub(crate) fn figure(
    depicted: &Depicted,
    size: FigureSize,
    place: &str,
    time: &str,
    style: &str,
) -> Description {
    let words = &WORDS.figure;
    let size = match size {
        FigureSize::Full => &words.size,
        FigureSize::Near => &words.near,
    };
    Description {
        size: size.to_string(),
        subjects: vec![Depicted { count: 1, side: None, ..depicted.clone() }],
        action: words.action.clone(),
        place: DescribedPlace { name: place.to_owned(), ..DescribedPlace::default() },
        time: time.to_owned(),
        style: style.to_owned(),
        ..Description::default()
    }
}

/// The set of a shot with nobody in it, from where all of it is seen.
pub(crate) fn set(shot: &Description) -> Description {
    Description {
        size: WORDS.set.size.to_string(),
        place: shot.place.clone(),
        time: shot.time.clone(),
        light: shot.light.clone(),
        weather: shot.weather.clone(),
        style: shot.style.clone(),
        ..Description::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::language::vocabulary::Vocabulary;

    #[test]
    fn the_time_of_a_portrait_is_a_word_of_the_vocabulary() {
        let vocabulary = Vocabulary::standard();
        assert!(vocabulary.time_of_day(&portrait("a sailor", "", false, "").time).is_some());
    }
}
