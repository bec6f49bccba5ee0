//! The small words of a language: pronouns, negation, words of shot lines. The lists of `stdlib/languages/`, as sets.
//!
//! Knows words and the rule that each list is for; does not know names.

use std::ops::Range;

use serde::Deserialize;

use super::word_lists::{Added, Endings, Switch, WordTable};
use super::word_set::WordSet;
use super::words::is_capitals;

/// A struct of lists. A language adds its words list by list.
macro_rules! lists {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $list:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $($(#[$doc])* pub $list: $kind,)*
        }

        impl $name {
            pub(crate) fn merge(&mut self, other: &Self) {
                $(self.$list.merge(&other.$list);)*
            }
        }
    };
}

lists! {
    /// The small words of the languages a script is written in. `en.yaml` says what
    /// each list is for.
    Grammar {
        /// Words between two names: `and`.
        conjunctions: WordSet,
        /// `the`, `a`.
        articles: WordSet,
        /// `the`: no part of a name.
        definite: WordSet,
        /// `a`, `another`: before somebody without a name.
        indefinite: WordSet,
        /// `'s`.
        possessive_endings: WordSet,
        /// `s`.
        plural_endings: WordSet,
        /// `ss`: no plurals.
        singular_endings: WordSet,
        /// Nouns are written with a capital.
        capital_nouns: Switch,
        /// The full stop after one ends no sentence.
        abbreviations: WordSet,
        /// Words in place of names.
        pronouns: Pronouns,
        /// Whether somebody is a woman or a man.
        sexes: SexWords,
        /// A sentence that begins with one is about everybody present.
        everybody: WordSet,
        /// A short sentence that contains one is about everybody present, too.
        silences: WordSet,
        /// Cues of everybody present.
        speak_all: WordSet,
        /// Cues of the last two people.
        speak_two: WordSet,
        /// Words that say that something is not so.
        negations: WordSet,
        /// Endings of such words: `n't`.
        negation_endings: WordSet,
        /// How old somebody is.
        age: AgeWords,
        /// How action introduces somebody.
        introductions: IntroductionWords,
        /// What somebody wears.
        outfits: OutfitWords,
        /// The noun of a description.
        noun_phrases: NounPhraseWords,
        /// Where in the picture somebody is.
        sides: SideWords,
        /// A weather that is none.
        clear_weather: WordSet,
        /// Weathers that a heading names.
        weathers: WordSet,
        /// Words that open the head of a shot line and give no size.
        openers: WordSet,
        /// Between a size and what is seen: `on`.
        connectors: WordSet,
        /// Other words of a shot line.
        shot_lines: ShotLineWords,
        /// What follows a camera move.
        clauses: ClauseWords,
        /// Words of an action that coverage frames in a way of their own.
        pictures: Pictures,
        /// How to find the noun and the verb that a model's lexicon has.
        lexicon: LexiconWords,
        /// Words that Photoplay adds to a text.
        added: AddedWords,
    }
}

lists! {
    /// Words of an action that coverage frames in a way of their own.
    Pictures {
        /// A face.
        face: WordSet,
        /// A thing or a hand.
        thing: WordSet,
        /// Somebody comes in.
        entering: WordSet,
    }
}

lists! {
    /// Words in place of names.
    Pronouns {
        /// `he`, `she`: a paragraph that begins with one is about somebody present.
        subject: WordSet,
        /// A text with one is about people.
        people: WordSet,
        /// Of a woman.
        woman: WordSet,
        /// Of a man.
        man: WordSet,
    }
}

lists! {
    /// Words that say whether somebody is a woman or a man.
    SexWords {
        /// `mother`, `waitress`.
        women: WordSet,
        /// `father`, `bearded`.
        men: WordSet,
        /// Clothes that say that a woman wears them.
        womens_clothes: WordSet,
    }
}

lists! {
    /// Words of somebody's age.
    AgeWords {
        /// `aged`: before an age.
        before: WordSet,
        /// `early`: before a decade.
        about: WordSet,
        /// `thirty`, `elderly`.
        words: WordSet,
        /// `year`.
        units: WordSet,
        /// `ties`: endings of a decade.
        decade_endings: WordSet,
    }
}

lists! {
    /// How a description of somebody begins.
    IntroductionWords {
        /// In brackets after a name.
        brackets: WordSet,
        /// After a comma.
        commas: WordSet,
    }
}

lists! {
    /// Words before clothes.
    OutfitWords {
        /// `wearing`, wherever it stands.
        wearing: WordSet,
        /// `dressed in`, at the beginning or after a comma.
        dressed: WordSet,
        /// `in her`, likewise; its last word belongs to the clothes.
        in_whose: WordSet,
    }
}

lists! {
    /// Words around the noun of a description.
    NounPhraseWords {
        /// The article that a description begins with → that of what is known.
        openers: WordTable,
        /// Words after the noun: `of`.
        after: WordSet,
        /// Endings of a word after the noun: `a scarecrow stuffed with straw`.
        participle_endings: WordSet,
    }
}

lists! {
    /// Sides of the picture.
    SideWords {
        /// Left.
        left: WordSet,
        /// Right.
        right: WordSet,
        /// Between them.
        centre: WordSet,
    }
}

lists! {
    /// Words of a shot line besides sizes, angles and moves.
    ShotLineWords {
        /// A card.
        card: WordSet,
        /// A black picture.
        black: WordSet,
        /// A white picture.
        white: WordSet,
        /// A size that is a shot without `on`: `INSERT THE KEY`.
        insert: WordSet,
        /// Between a size and what is seen, in a screenplay that has no `!!`.
        named: WordSet,
        /// `POV`.
        pov: WordSet,
        /// Between it and its owner.
        pov_of: WordSet,
        /// Between its owner and what is seen.
        pov_sees: WordSet,
        /// `over`, before the owner of a shoulder.
        over: WordSet,
        /// `shoulder`.
        shoulder: WordSet,
        /// Between the shoulder and what is seen.
        over_to: WordSet,
        /// `with`, before more names.
        with: WordSet,
        /// Between a name and where it is: `IDA at the window`.
        placed: WordSet,
    }
}

lists! {
    /// What follows a camera move.
    ClauseWords {
        /// `to`, `towards`.
        toward: WordSet,
        /// `reveal`, after one of these.
        reveal: WordSet,
        /// `revealing`, alone.
        revealing: WordSet,
        /// `from`.
        from: WordSet,
        /// `to`, after `from`.
        to: WordSet,
        /// `with`.
        with: WordSet,
        /// `behind`.
        behind: WordSet,
        /// `on`, `around`: what the move is about.
        around: WordSet,
        /// `across`: where the camera goes.
        along: WordSet,
    }
}

lists! {
    /// How to find the noun and the verb that a model's lexicon has.
    LexiconWords {
        /// Words that end a noun phrase: `a sleuth | with a pipe`.
        ends: WordSet,
        /// Words before nouns: the next word is no verb.
        determiners: WordSet,
        /// Words that say that something is not done.
        not_done: WordSet,
        /// Endings of plurals → of their singulars.
        nouns: Endings,
        /// Endings of verbs → of their infinitives.
        verbs: Endings,
    }
}

lists! {
    /// Words that Photoplay adds to a text. Those of the film's language replace the
    /// English ones.
    AddedWords {
        /// The article before a name that has none; empty if the language has no single one.
        the: Added,
        /// Between two names.
        and: Added,
        /// What one speaker does.
        speaks: Added,
        /// What a group of speakers does.
        speak: Added,
        /// What a listener does.
        listens: Added,
        /// A sentence.
        slow_motion: Added,
        /// A sentence.
        freezes: Added,
        /// What the camera goes to.
        to: Added,
        /// What comes into the picture.
        to_reveal: Added,
        /// What the camera leaves.
        from: Added,
        /// Whom the camera goes with.
        with: Added,
    }
}

impl Grammar {
    /// Whether a word, in canonical form, says that something is not so.
    pub(crate) fn is_negation(&self, word: &str) -> bool {
        self.negations.contains(word) || self.negation_endings.ends(word)
    }

    /// Whether a sentence, in canonical form, is about everybody present.
    pub(crate) fn concerns_everybody(&self, sentence: &str) -> bool {
        self.everybody.begins(sentence)
            || (sentence.split(' ').count() <= 4
                && sentence.split(' ').any(|word| self.silences.contains(word)))
    }

    /// Whether a text has a word of these lists: a quick test that most paragraphs fail.
    pub(crate) fn may_concern_everybody(&self, text: &str) -> bool {
        let mut words = text.split(|letter: char| !letter.is_alphanumeric());
        words.any(|word| self.everybody.hints(word) || self.silences.hints(word))
    }

    /// The sentences of a paragraph, as byte ranges. A sentence ends after a mark and
    /// its closing quotes, unless a small letter follows (`Nine... nine and a half.`).
    pub(crate) fn sentences(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut start = 0;
        for (at, letter) in text.char_indices() {
            let wide = matches!(letter, '。' | '！' | '？');
            if !wide && !matches!(letter, '.' | '!' | '?' | '…') {
                continue;
            }
            let after = &text[at + letter.len_utf8()..];
            let rest = after.trim_start_matches(['"', '\'', '”', '’', ')', '*', '_']);
            let end = text.len() - rest.len();
            let next = rest.chars().next();
            let parted = next.is_none_or(char::is_whitespace);
            let goes_on = rest.trim_start().chars().next().is_some_and(char::is_lowercase);
            let word = text[start..at].rsplit(char::is_whitespace).next().unwrap_or_default();
            let short = letter == '.' && self.abbreviations.has(word);
            if wide || (parted && !goes_on && !short) {
                found.push(start..end);
                start = end;
            }
        }
        if !text[start..].trim().is_empty() {
            found.push(start..text.len());
        }
        found
    }

    /// A name without the definite article before it: `THE LEDGER`.
    pub(crate) fn without_article<'a>(&self, name: &'a str) -> Option<&'a str> {
        let (first, rest) = name.split_once(' ')?;
        self.definite.has(first).then_some(rest)
    }

    /// A word without its possessive ending: `IDA'S`.
    pub(crate) fn owner<'a>(&self, word: &'a str) -> Option<&'a str> {
        self.possessive_endings.iter().find_map(|ending| {
            let mut rest = word.chars();
            for wanted in ending.chars().rev() {
                let last = match rest.next_back()? {
                    '’' => '\'',
                    letter => letter.to_ascii_lowercase(),
                };
                if last != wanted {
                    return None;
                }
            }
            Some(rest.as_str())
        })
    }

    /// A name as it stands in a sentence: `the ledger`, and `das Buch` in a language
    /// whose nouns have a capital.
    pub(crate) fn in_a_sentence(&self, name: &str) -> String {
        let lower = name.to_lowercase();
        if !self.capital_nouns.0 {
            return lower;
        }
        let words = name.split(' ').zip(lower.split(' ')).map(|(word, small)| {
            let small_words =
                [&self.articles, &self.conjunctions, &self.connectors, &self.shot_lines.placed];
            if small_words.iter().any(|list| list.contains(small)) {
                small.to_owned()
            } else if is_capitals(word) && word.chars().nth(1).is_some() {
                title(word)
            } else {
                word.to_owned()
            }
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// A noun with the definite article that Photoplay adds.
    pub(crate) fn with_article(&self, noun: &str) -> String {
        match self.added.the.as_str() {
            "" => noun.to_owned(),
            the => format!("{the} {noun}"),
        }
    }
}

/// A word in small letters but for the first.
pub(crate) fn title(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(String::from).unwrap_or_default();
    first + &letters.as_str().to_lowercase()
}

#[cfg(test)]
mod tests {
    use crate::breakdown::language::vocabulary::Vocabulary;

    #[test]
    fn titles_end_no_sentence() {
        let vocabulary = Vocabulary::standard();
        let text = "Mr. Lopat sits. He waits… for her? No.";
        let found: Vec<&str> = vocabulary
            .grammar
            .sentences(text)
            .into_iter()
            .map(|range| text[range].trim())
            .collect();
        assert_eq!(found, ["Mr. Lopat sits.", "He waits… for her?", "No."]);
    }

    #[test]
    fn an_owner_has_an_ending() {
        let grammar = &Vocabulary::standard().grammar;
        for (word, owner) in [
            ("IDA'S", Some("IDA")),
            ("Ida’s", Some("Ida")),
            ("JONAS'", None),
            ("MISS", None),
            ("'s", Some("")),
        ] {
            assert_eq!(grammar.owner(word), owner, "{word}");
        }
    }

    #[test]
    fn german_nouns_keep_their_capitals_in_a_sentence() {
        let mut german = (*Vocabulary::standard()).clone();
        for (name, english, in_german) in [
            ("DAS BUCH", "das buch", "das Buch"),
            ("HAUS AM SEE - KÜCHE", "haus am see - küche", "Haus am See - Küche"),
            ("ein roter Hut", "ein roter hut", "ein roter Hut"),
        ] {
            assert_eq!(Vocabulary::standard().grammar.in_a_sentence(name), english);
            assert!(german.speak("de"));
            assert_eq!(german.grammar.in_a_sentence(name), in_german);
        }
    }
}
