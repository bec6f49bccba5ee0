//! The rules of coverage as data: `stdlib/coverage.yaml`.
//!
//! Knows sizes, times and word lists; decides nothing.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::breakdown::shots::timing::seconds;
use crate::time::Seconds;

/// `stdlib/coverage.yaml`; its comments say what each is for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    sizes: Vec<String>,
    like: IndexMap<String, String>,
    pub(crate) unwritten: Unwritten,
    only_the_subject: Vec<String>,
    pub(super) establish: Establish,
    pub(super) action: ActionRules,
    pub(super) conversation_words: usize,
    pub(super) speech: SpeechRules,
    pub(super) narration: Narration,
    pub(super) ending: Ending,
    #[serde(deserialize_with = "seconds")]
    pub(super) merge_at_most: Seconds,
    pub(super) words: WordLists,
    end_card: IndexMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unwritten {
    pub(crate) one: String,
    pub(crate) two: String,
    pub(crate) more: String,
    pub(crate) thing: String,
    pub(crate) place: String,
    pub(crate) aerial: String,
    pub(crate) following: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Establish {
    pub(super) nobody: String,
    pub(super) somebody: String,
    #[serde(deserialize_with = "seconds")]
    pub(super) at_least: Seconds,
    pub(super) on_speech: String,
    #[serde(deserialize_with = "seconds")]
    pub(super) on_speech_time: Seconds,
    pub(super) movement: String,
    pub(super) speed: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionRules {
    pub(super) nobody: String,
    pub(super) thing: String,
    pub(super) thing_words: usize,
    pub(super) one: String,
    pub(super) face: String,
    pub(super) entering: String,
    pub(super) two: String,
    pub(super) more: String,
    #[serde(deserialize_with = "seconds")]
    pub(super) split_over: Seconds,
    pub(super) under_line_words: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpeechRules {
    pub(super) opening: String,
    pub(super) opening_many: String,
    #[serde(deserialize_with = "seconds")]
    pub(super) opening_at_most: Seconds,
    pub(super) first: String,
    pub(super) first_angle: String,
    pub(super) first_alone: String,
    pub(super) later: String,
    pub(super) near: String,
    pub(super) near_words: Vec<String>,
    pub(super) group: String,
    pub(super) dual: String,
    pub(super) listener: String,
    #[serde(deserialize_with = "seconds")]
    pub(super) listener_at_least: Seconds,
    #[serde(deserialize_with = "seconds")]
    pub(super) quick: Seconds,
    pub(super) quick_run: usize,
    #[serde(deserialize_with = "seconds")]
    pub(super) uncut: Seconds,
    pub(super) reaction: String,
    #[serde(deserialize_with = "seconds")]
    pub(super) reaction_time: Seconds,
    #[serde(rename = "return")]
    pub(super) back: String,
    #[serde(rename = "return_late")]
    pub(super) back_late: String,
    #[serde(rename = "return_late_over", deserialize_with = "seconds")]
    pub(super) back_late_over: Seconds,
    #[serde(deserialize_with = "seconds")]
    pub(super) alone_piece: Seconds,
    pub(super) alone_movement: String,
    pub(super) alone_speed: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Narration {
    pub(super) size: String,
    #[serde(deserialize_with = "seconds")]
    pub(super) at_most: Seconds,
    #[serde(deserialize_with = "seconds")]
    pub(super) at_least: Seconds,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ending {
    pub(super) size: String,
    #[serde(deserialize_with = "seconds")]
    pub(super) time: Seconds,
    #[serde(deserialize_with = "seconds")]
    pub(super) alone: Seconds,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WordLists {
    pub(super) face: Vec<String>,
    pub(super) thing: Vec<String>,
    pub(super) entering: Vec<String>,
}

static STDLIB: LazyLock<Rules> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../../../../stdlib/coverage.yaml"))
        .expect("stdlib/coverage.yaml is embedded and tested")
});

impl Rules {
    /// The rules of the standard library.
    pub(crate) fn stdlib() -> &'static Self {
        &STDLIB
    }

    /// How near a size is, counted in steps from the farthest; `None` for a
    /// size without a place in the order.
    pub(crate) fn step(&self, size: &str) -> Option<usize> {
        let size = self.like.get(size).map_or(size, String::as_str);
        self.sizes.iter().position(|known| known == size)
    }

    /// A size two steps away: nearer up to a close-up, else farther.
    pub(super) fn two_steps_from(&self, size: &str) -> &str {
        let step = self.step(size).unwrap_or(0);
        let nearer = step + 2;
        let other = if nearer + 1 < self.sizes.len() { nearer } else { step.saturating_sub(2) };
        &self.sizes[other]
    }

    /// Whether only the subject of the shot line is in a picture of this size.
    pub(crate) fn only_the_subject(&self, size: &str) -> bool {
        self.only_the_subject.iter().any(|near| near == size)
    }

    /// The angle over a shoulder.
    pub(crate) fn over_angle(&self) -> String {
        self.speech.first_angle.clone()
    }

    /// What the end card says in a language.
    pub(crate) fn end_card(&self, language: &str) -> &str {
        let language = language.split(['-', '_']).next().unwrap_or("");
        self.end_card.get(language).map_or("The End", String::as_str)
    }
}

/// Whether a text holds one of some words, whole, in any case.
pub(super) fn holds(text: &str, list: &[String]) -> bool {
    let mut spaced = String::from(" ");
    for word in text.unicode_words() {
        spaced.push_str(&word.to_lowercase());
        spaced.push(' ');
    }
    list.iter().any(|word| spaced.contains(&format!(" {word} ")))
}
