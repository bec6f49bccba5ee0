//! The words of a model that does not read free text: those it was trained on, and what
//! it shows for all others.

use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::slot::Slot;

/// The words a model understands (`words.json` beside its weights): for each slot of
/// the prompt, the canonical words with the words that mean them. `None` in
/// [`Model::words`](crate::model::Model::words) means the model reads free text.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelWords {
    /// Who or what can be shown: `mammoth: [mammoth, elephant, pachyderm]`.
    /// Earlier entries win when several match.
    pub subjects: Slot,
    /// Where: `scrapyard: [scrapyard, junkyard, scrap]`.
    pub places: Slot,
    /// When: `dusk: [dusk, evening, sunset]`.
    pub times: Slot,
    /// What is done: `walk: [walk, walks, lumbers, crosses]`.
    pub actions: Slot,
    /// Shot sizes: `wide: [extreme wide shot, wide shot, full shot]`.
    pub sizes: Slot,
    /// Camera moves: `push in: [push in, dolly in, zoom in]`.
    pub moves: Slot,
    /// Weather: `overcast: [overcast, grey sky, cloudy]`.
    pub weathers: Slot,
    /// Colours of clothes: `red: [crimson, scarlet]`.
    #[serde(default)]
    pub colours: Slot,
    /// Subjects whose clothes can be shown in any of the colours.
    #[serde(default)]
    pub dressed: Vec<String>,
    /// What is shown for words that are not listed above.
    #[serde(skip)]
    pub lexicon: Arc<Lexicon>,
}

/// What a model shows for words it was not trained on (`lexicon.json` beside its
/// weights), made by `photoplay-trainer lexicon`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lexicon {
    /// Nouns for who or what is in the picture: `galleon` for `ship`.
    pub subjects: Meanings,
    /// Nouns for where it is: `tavern` for `room`.
    pub places: Meanings,
    /// Nouns for when it is: `gloaming` for `dusk`.
    pub times: Meanings,
    /// Verbs for what happens: `saunter` for `walk`.
    pub actions: Meanings,
}

/// What is shown in one slot, and for which words:
/// `{"ship": ["frigate", "galleon"]}`.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "IndexMap<String, Vec<String>>")]
pub struct Meanings {
    canonical: Vec<String>,
    /// Every word, with the canonical one that is shown for it.
    words: IndexMap<String, usize, RandomState>,
}

impl Meanings {
    /// The canonical word that is shown for a word in small letters.
    pub fn of(&self, word: &str) -> Option<&str> {
        self.words.get(word).map(|at| self.canonical[*at].as_str())
    }

    /// All canonical words.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.canonical.iter().map(String::as_str)
    }
}

impl From<IndexMap<String, Vec<String>>> for Meanings {
    fn from(slot: IndexMap<String, Vec<String>>) -> Self {
        let (canonical, lists): (Vec<_>, Vec<_>) = slot.into_iter().unzip();
        let count = lists.iter().map(Vec::len).sum();
        let mut words = IndexMap::with_capacity_and_hasher(count, RandomState::default());
        for (at, list) in lists.into_iter().enumerate() {
            for word in list {
                words.entry(word).or_insert(at);
            }
        }
        Self { canonical, words }
    }
}
