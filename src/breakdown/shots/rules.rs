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
    pub(crate) establish: Establish,
    pub(crate) action: ActionRules,
    pub(crate) conversation_words: usize,
    pub(crate) speech: SpeechRules,
    pub(crate) narration: Narration,
    pub(crate) ending: Ending,
    #[serde(deserialize_with = "seconds")]
    pub(crate) merge_at_most: Seconds,
    pub(crate) words: WordLists,
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
pub(crate) struct Establish {
    pub(crate) nobody: String,
    pub(crate) somebody: String,
    #[serde(deserialize_with = "seconds")]
    pub(crate) at_least: Seconds,
    pub(crate) on_speech: String,
    #[serde(deserialize_with = "seconds")]
    pub(crate) on_speech_time: Seconds,
    pub(crate) movement: String,
    pub(crate) speed: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActionRules {
    pub(crate) nobody: String,
    pub(crate) thing: String,
    pub(crate) thing_words: usize,
    pub(crate) one: String,
    pub(crate) face: String,
    pub(crate) entering: String,
    pub(crate) two: String,
    pub(crate) more: String,
    #[serde(deserialize_with = "seconds")]
    pub(crate) split_over: Seconds,
    pub(crate) under_line_words: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpeechRules {
    pub(crate) opening: String,
    pub(crate) opening_many: String,
    #[serde(deserialize_with = "seconds")]
    pub(crate) opening_at_most: Seconds,
    pub(crate) first: String,
    pub(crate) first_angle: String,
    pub(crate) first_alone: String,
    pub(crate) later: String,
    pub(crate) near: String,
    pub(crate) near_words: Vec<String>,
    pub(crate) group: String,
    pub(crate) dual: String,
    pub(crate) listener: String,
    #[serde(deserialize_with = "seconds")]
    pub(crate) listener_at_least: Seconds,
    #[serde(deserialize_with = "seconds")]
    pub(crate) quick: Seconds,
    pub(crate) quick_run: usize,
    #[serde(deserialize_with = "seconds")]
    pub(crate) uncut: Seconds,
    pub(crate) reaction: String,
    #[serde(deserialize_with = "seconds")]
    pub(crate) reaction_time: Seconds,
    #[serde(rename = "return")]
    pub(crate) back: String,
    #[serde(rename = "return_late")]
    pub(crate) back_late: String,
    #[serde(rename = "return_late_over", deserialize_with = "seconds")]
    pub(crate) back_late_over: Seconds,
    #[serde(deserialize_with = "seconds")]
    pub(crate) alone_piece: Seconds,
    pub(crate) alone_movement: String,
    pub(crate) alone_speed: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Narration {
    pub(crate) size: String,
    #[serde(deserialize_with = "seconds")]
    pub(crate) at_most: Seconds,
    #[serde(deserialize_with = "seconds")]
    pub(crate) at_least: Seconds,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ending {
    pub(crate) size: String,
    #[serde(deserialize_with = "seconds")]
    pub(crate) time: Seconds,
    #[serde(deserialize_with = "seconds")]
    pub(crate) alone: Seconds,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WordLists {
    pub(crate) face: Vec<String>,
    pub(crate) thing: Vec<String>,
    pub(crate) entering: Vec<String>,
}

static STDLIB: LazyLock<Rules> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../../../stdlib/coverage.yaml"))
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
    pub(crate) fn two_steps_from(&self, size: &str) -> &str {
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
pub(crate) fn holds(text: &str, list: &[String]) -> bool {
    let mut spaced = String::from(" ");
    for word in text.unicode_words() {
        spaced.push_str(&word.to_lowercase());
        spaced.push(' ');
    }
    list.iter().any(|word| spaced.contains(&format!(" {word} ")))
}
