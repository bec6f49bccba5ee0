//! The vocabulary as a list of words with what each does, for people who
//! write: editors and the language reference.
//!
//! Knows words and their meanings; does not know what a script says.

use std::ops::Range;

use super::film_settings::{FilmSetting, SettingEntry};
use super::vocabulary::{Match, Vocabulary};
use super::words::{Token, tokens};

/// A table of the vocabulary: what kind of word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// How much of the subject is seen.
    Sizes,
    /// Where the camera stands.
    Angles,
    /// How it moves.
    Moves,
    /// How fast.
    Speeds,
    /// Through what it sees.
    Lenses,
    /// In what light.
    Lights,
    /// Between two pictures.
    Transitions,
    /// How everything looks.
    Styles,
    /// Words before the colon of a directive.
    Directives,
    /// Settings of the whole film.
    Settings,
    /// Phrases of a shot line with a shape of their own.
    Phrases,
    /// Beginnings of a shot line that are no sizes.
    Heads,
    /// Fields of an entry of the cast.
    Fields,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Sizes,
        Self::Angles,
        Self::Moves,
        Self::Speeds,
        Self::Lenses,
        Self::Lights,
        Self::Transitions,
        Self::Styles,
        Self::Directives,
        Self::Settings,
        Self::Phrases,
        Self::Heads,
        Self::Fields,
    ];

    /// Its name in vocabulary files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sizes => "sizes",
            Self::Angles => "angles",
            Self::Moves => "moves",
            Self::Speeds => "speeds",
            Self::Lenses => "lenses",
            Self::Lights => "lights",
            Self::Transitions => "transitions",
            Self::Styles => "styles",
            Self::Directives => "directives",
            Self::Settings => "settings",
            Self::Phrases => "phrases",
            Self::Heads => "heads",
            Self::Fields => "fields",
        }
    }

    /// What one of its words is called.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Sizes => "shot size",
            Self::Angles => "angle",
            Self::Moves => "camera move",
            Self::Speeds => "speed of a move",
            Self::Lenses => "lens",
            Self::Lights => "light",
            Self::Transitions => "transition",
            Self::Styles => "style",
            Self::Directives => "directive",
            Self::Settings => "film setting",
            Self::Phrases => "phrase of a shot line",
            Self::Heads => "beginning of a shot line",
            Self::Fields => "field of an entry",
        }
    }
}

/// A word with everything that the vocabulary says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    /// Its table.
    pub table: Table,
    /// Its canonical spelling.
    pub word: &'a str,
    /// Other words for it.
    pub also: &'a [String],
    /// Words that may follow it: `left`, `right`.
    pub directions: &'a [String],
    /// What it does, in a sentence; empty if the vocabulary does not say.
    pub meaning: &'a str,
}

impl Vocabulary {
    /// What a word does; empty if the vocabulary does not say.
    pub fn meaning(&self, table: Table, word: &str) -> &str {
        if table == Table::Settings {
            return FilmSetting::of(word).map_or("", |setting| &setting.entry().meaning);
        }
        let words = self.meanings.get(table.key());
        words.and_then(|words| words.get(word)).map_or("", String::as_str)
    }

    /// The words of a table, in the order of the vocabulary.
    pub fn words(&self, table: Table) -> Vec<Word<'_>> {
        let names: Vec<&String> = match table {
            Table::Sizes => self.sizes.keys().collect(),
            Table::Moves => self.moves.keys().collect(),
            Table::Transitions => self.transitions.keys().collect(),
            Table::Angles => self.angles.keys().collect(),
            Table::Speeds => self.speeds.keys().collect(),
            Table::Lenses => self.lenses.keys().collect(),
            Table::Lights => self.lights.keys().collect(),
            Table::Styles => self.styles.keys().collect(),
            Table::Settings => SettingEntry::all().map(|entry| &entry.key).collect(),
            Table::Directives | Table::Phrases | Table::Heads | Table::Fields => self
                .meanings
                .get(table.key())
                .map(|words| words.keys().collect())
                .unwrap_or_default(),
        };
        names.into_iter().map(|name| self.word(table, name)).collect()
    }

    fn word<'a>(&'a self, table: Table, word: &'a str) -> Word<'a> {
        let listed = match table {
            Table::Angles => self.angles.get(word).map(|entry| &entry.also),
            Table::Speeds => self.speeds.get(word).map(|entry| &entry.also),
            Table::Lenses => self.lenses.get(word).map(|entry| &entry.also),
            Table::Lights => self.lights.get(word).map(|entry| &entry.also),
            Table::Styles => self.styles.get(word),
            Table::Sizes => self.sizes.get(word).map(|size| &size.also),
            Table::Moves => self.moves.get(word).map(|entry| &entry.also),
            Table::Transitions => self.transitions.get(word).map(|entry| &entry.also),
            Table::Settings => FilmSetting::of(word).map(|setting| &setting.entry().also),
            Table::Directives | Table::Phrases | Table::Heads | Table::Fields => None,
        };
        let directions = match table {
            Table::Moves => self.moves.get(word).map(|entry| &entry.directions),
            Table::Transitions => self.transitions.get(word).map(|entry| &entry.directions),
            _ => None,
        };
        Word {
            table,
            word,
            also: listed.map_or(&[], Vec::as_slice),
            directions: directions.map_or(&[], Vec::as_slice),
            meaning: self.meaning(table, word),
        }
    }

    /// Finds the words of shot lines in a text, with their byte ranges: the longest
    /// word at each token.
    pub fn find_words(&self, text: &str) -> Vec<(Range<usize>, Word<'_>)> {
        let all = tokens(text);
        let mut found = Vec::new();
        let mut next = 0;
        while next < all.len() {
            match self.longest_word(&all[next..]) {
                Some((taken, word)) => {
                    let end = all[next + taken - 1].range.end;
                    found.push((all[next].range.start..end, word));
                    next += taken;
                }
                None => next += 1,
            }
        }
        found
    }

    /// The longest word that some tokens begin with.
    fn longest_word(&self, all: &[Token]) -> Option<(usize, Word<'_>)> {
        let moves = self.movement(all).map(|found| {
            let directions = &self.moves[found.word].directions;
            let directed = all.get(found.taken).is_some_and(|next| directions.contains(&next.word));
            Match { word: found.word, taken: found.taken + usize::from(directed) }
        });
        let tables = [
            (Table::Sizes, self.size(all)),
            (Table::Moves, moves),
            (Table::Angles, self.angle(all)),
            (Table::Lenses, self.lens(all)),
            (Table::Lights, self.light(all)),
            (Table::Speeds, self.speed(all)),
        ];
        let (table, found) = tables
            .into_iter()
            .filter_map(|(table, found)| found.map(|found| (table, found)))
            .rev()
            .max_by_key(|(_, found)| found.taken)?;
        Some((found.taken, self.word(table, found.word)))
    }

    /// The transition that all words of a text name.
    pub fn find_transition(&self, text: &str) -> Option<Word<'_>> {
        let name = self.transition(text)?.name;
        let (word, _) = self.transitions.get_key_value(name.as_str()).or_else(|| {
            let (word, _) = name.rsplit_once(' ')?;
            self.transitions.get_key_value(word)
        })?;
        Some(self.word(Table::Transitions, word))
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::breakdown::EntryField;
    use crate::script::tree::DirectiveWord;

    #[test]
    fn every_word_says_what_it_does() {
        let vocabulary = Vocabulary::standard();
        for table in Table::ALL {
            let words = vocabulary.words(table);
            assert!(!words.is_empty(), "{table:?}");
            for word in &words {
                assert!(word.meaning.ends_with('.'), "{} has no meaning", word.word);
            }
            let known: Vec<&str> = words.iter().map(|word| word.word).collect();
            for word in vocabulary.meanings.get(table.key()).into_iter().flat_map(IndexMap::keys) {
                assert!(known.contains(&word.as_str()), "{word} is in no table");
            }
        }
        let directives = vocabulary.words(Table::Directives);
        let words: Vec<&str> = directives.iter().map(|word| word.word).collect();
        assert_eq!(words, DirectiveWord::ALL.map(DirectiveWord::as_str));
        let fields = vocabulary.words(Table::Fields);
        let fields: Vec<&str> = fields.iter().map(|word| word.word).collect();
        assert_eq!(fields, EntryField::FIELDS);
        let lines = &vocabulary.grammar.shot_lines;
        let lists = [&lines.pov, &lines.over, &lines.card, &lines.black, &lines.white];
        for head in vocabulary.words(Table::Heads) {
            let known = lists.iter().any(|list| list.contains(head.word));
            assert!(known || vocabulary.coverage.iter().any(|it| it == head.word), "{}", head.word);
        }
    }

    #[test]
    fn words_are_found_in_a_head_and_in_phrases() {
        let vocabulary = Vocabulary::standard();
        let words_in = |text: &str| {
            let found = vocabulary.find_words(text).into_iter();
            found.map(|(range, word)| format!("{}={}", &text[range], word.word)).collect::<Vec<_>>()
        };
        assert_eq!(words_in("LOW ANGLE CLOSE ON MARA"), ["LOW ANGLE=low angle", "CLOSE=close-up"]);
        assert_eq!(words_in("slow pan left to MARA"), ["slow=slow", "pan left=pan"]);
        assert_eq!(vocabulary.find_transition("WIPE LEFT TO:").unwrap().word, "wipe");
    }
}
