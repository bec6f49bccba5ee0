//! The words of a model that does not read free text: those it was taught, and
//! what it shows for all others.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The words a model understands (`words.json` beside its weights): per slot of
/// the prompt, each canonical word with the words that mean it.
/// `None` in [`Model::words`](super::Model::words) means the model reads free text.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Who or what can be shown: `mammoth: [mammoth, elephant, pachyderm]`.
    /// Earlier entries win when several match.
    pub subjects: IndexMap<String, Vec<String>>,
    /// Where: `scrapyard: [scrapyard, junkyard, scrap]`.
    pub places: IndexMap<String, Vec<String>>,
    /// When: `dusk: [dusk, evening, sunset]`.
    pub times: IndexMap<String, Vec<String>>,
    /// What is done: `walk: [walk, walks, lumbers, crosses]`.
    pub actions: IndexMap<String, Vec<String>>,
    /// Shot sizes: `wide: [extreme wide shot, wide shot, full shot]`.
    pub sizes: IndexMap<String, Vec<String>>,
    /// Camera moves: `push in: [push in, dolly in, zoom in]`.
    pub moves: IndexMap<String, Vec<String>>,
    /// Weather: `overcast: [overcast, grey sky, cloudy]`.
    pub weathers: IndexMap<String, Vec<String>>,
    /// Colours of clothes: `red: [crimson, scarlet]`.
    #[serde(default)]
    pub colours: IndexMap<String, Vec<String>>,
    /// Subjects whose clothes can be shown in any of the colours.
    #[serde(default)]
    pub dressed: Vec<String>,
    /// What is shown for words that stand nowhere above.
    #[serde(skip)]
    pub lexicon: Arc<Lexicon>,
}

/// What a model shows for words it was not taught (`lexicon.json` beside its
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

/// What is shown in one slot, and for which words, sorted:
/// `{"ship": ["frigate", "galleon"]}`.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "IndexMap<String, Vec<String>>")]
pub struct Meanings(IndexMap<String, Vec<String>>);

impl Meanings {
    /// The canonical word that is shown for a word in small letters.
    pub fn of(&self, word: &str) -> Option<&str> {
        let holds =
            |words: &Vec<String>| words.binary_search_by(|known| known.as_str().cmp(word)).is_ok();
        self.0.iter().find(|(_, words)| holds(words)).map(|(canonical, _)| canonical.as_str())
    }
}

impl From<IndexMap<String, Vec<String>>> for Meanings {
    fn from(mut slot: IndexMap<String, Vec<String>>) -> Self {
        slot.values_mut().for_each(|words| words.sort_unstable());
        Self(slot)
    }
}
