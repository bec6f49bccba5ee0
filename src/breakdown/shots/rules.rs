//! The rules of coverage as data: `stdlib/coverage.yaml`.
//!
//! Knows sizes, times and word lists; makes no decisions.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::breakdown::language::terms::{CameraAngle, CameraMove, MoveSpeed, ShotSize};
use crate::breakdown::shots::timing::seconds;
use crate::source::language_tag;
use crate::time::Seconds;

/// `stdlib/coverage.yaml`; the comments there explain each rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    sizes: Vec<ShotSize>,
    pub(crate) unwritten: Unwritten,
    pub(crate) establish: Establish,
    pub(crate) action: ActionRules,
    pub(crate) conversation_words: usize,
    pub(crate) speech: SpeechRules,
    pub(crate) narration: Narration,
    pub(crate) ending: Ending,
    #[serde(deserialize_with = "seconds")]
    pub(crate) merge_at_most: Seconds,
    end_card: IndexMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unwritten {
    pub(crate) one: ShotSize,
    pub(crate) two: ShotSize,
    pub(crate) more: ShotSize,
    pub(crate) thing: ShotSize,
    pub(crate) place: ShotSize,
    pub(crate) aerial: ShotSize,
    pub(crate) following: ShotSize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Establish {
    pub(crate) nobody: ShotSize,
    pub(crate) somebody: ShotSize,
    #[serde(deserialize_with = "seconds")]
    pub(crate) at_least: Seconds,
    pub(crate) on_speech: ShotSize,
    #[serde(deserialize_with = "seconds")]
    pub(crate) on_speech_time: Seconds,
    pub(crate) movement: CameraMove,
    pub(crate) speed: MoveSpeed,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActionRules {
    pub(crate) nobody: ShotSize,
    pub(crate) thing: ShotSize,
    pub(crate) thing_words: usize,
    pub(crate) large: ShotSize,
    pub(crate) one: ShotSize,
    pub(crate) face: ShotSize,
    pub(crate) entering: ShotSize,
    pub(crate) two: ShotSize,
    pub(crate) more: ShotSize,
    #[serde(deserialize_with = "seconds")]
    pub(crate) split_over: Seconds,
    #[serde(deserialize_with = "seconds")]
    pub(crate) beat_at_least: Seconds,
    pub(crate) subjects_at_most: usize,
    pub(crate) under_line_words: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpeechRules {
    pub(crate) opening: ShotSize,
    pub(crate) opening_many: ShotSize,
    #[serde(deserialize_with = "seconds")]
    pub(crate) opening_at_most: Seconds,
    pub(crate) first: ShotSize,
    pub(crate) first_angle: CameraAngle,
    pub(crate) first_alone: ShotSize,
    pub(crate) later: ShotSize,
    pub(crate) near: ShotSize,
    pub(crate) near_words: Vec<String>,
    pub(crate) group: ShotSize,
    pub(crate) dual: ShotSize,
    pub(crate) listener: ShotSize,
    #[serde(deserialize_with = "seconds")]
    pub(crate) listener_at_least: Seconds,
    #[serde(deserialize_with = "seconds")]
    pub(crate) quick: Seconds,
    pub(crate) quick_run: usize,
    #[serde(deserialize_with = "seconds")]
    pub(crate) uncut: Seconds,
    pub(crate) reaction: ShotSize,
    #[serde(deserialize_with = "seconds")]
    pub(crate) reaction_time: Seconds,
    #[serde(rename = "return")]
    pub(crate) back: ShotSize,
    #[serde(rename = "return_late")]
    pub(crate) back_late: ShotSize,
    #[serde(rename = "return_late_over", deserialize_with = "seconds")]
    pub(crate) back_late_over: Seconds,
    #[serde(deserialize_with = "seconds")]
    pub(crate) alone_piece: Seconds,
    pub(crate) alone_movement: CameraMove,
    pub(crate) alone_speed: MoveSpeed,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Narration {
    pub(crate) size: ShotSize,
    #[serde(deserialize_with = "seconds")]
    pub(crate) at_most: Seconds,
    #[serde(deserialize_with = "seconds")]
    pub(crate) at_least: Seconds,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ending {
    pub(crate) size: ShotSize,
    #[serde(deserialize_with = "seconds")]
    pub(crate) time: Seconds,
    #[serde(deserialize_with = "seconds")]
    pub(crate) alone: Seconds,
}

/// The language of an end card that has no words of its own.
const OTHERWISE: &str = "en";

static STDLIB: LazyLock<Rules> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../../../stdlib/coverage.yaml"))
        .expect("stdlib/coverage.yaml is embedded and tested")
});

impl Rules {
    /// The rules of the standard library.
    pub(crate) fn stdlib() -> &'static Self {
        &STDLIB
    }

    /// A size two steps from one of this rank: nearer up to a close-up, else
    /// farther.
    pub(crate) fn two_steps_from(&self, rank: Option<u8>) -> &ShotSize {
        let nearest = self.sizes.len() - 1;
        let step = usize::from(rank.unwrap_or(0)).min(nearest);
        let nearer = step + 2;
        &self.sizes[if nearer < nearest { nearer } else { step.saturating_sub(2) }]
    }

    /// The words of the end card in a language.
    pub(crate) fn end_card(&self, language: &str) -> &str {
        let language = language_tag::primary(language);
        self.end_card.get(language).unwrap_or(&self.end_card[OTHERWISE])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_size_for_every_rank() {
        let ranks: Vec<Option<u8>> =
            Rules::stdlib().sizes.iter().map(|size| size.properties.rank).collect();
        assert_eq!(ranks, (0..7).map(Some).collect::<Vec<_>>());
    }
}
