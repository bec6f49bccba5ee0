//! The words by which sentences put somebody or something into a picture: nouns that
//! can be seen, by class, verbs, and the small words around them. The tables of
//! `stdlib/words/` and `stdlib/sentences/`.
//!
//! Knows words and their forms; does not know what a sentence says.

use crate::source::language_tag;
use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::builds::Builds;
use super::set_phrases::Phrases;
use super::vocabulary::Vocabulary;
use super::word_set::WordSet;
use super::word_tables::{
    Auxiliaries, Determiners, FormEndings, Forms, Head, PlainPronouns, PlainWords, WeatherWords,
    WordMap as Map,
};

/// What a picture shows for a noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NounClass {
    /// One person.
    Person,
    /// Many people as one.
    Group,
    /// An animal.
    Animal,
    /// Something that people go in or on.
    Vehicle,
    /// A thing that can be carried or moved.
    Thing,
    /// A thing that stands where it is.
    Furniture,
    /// Something that is worn.
    Garment,
    /// Something to eat or drink.
    Food,
    /// A part of somebody.
    Body,
    /// A tree, a bush.
    Plant,
    /// A part of the place.
    Scenery,
    /// Nothing that can be seen.
    None,
}

impl NounClass {
    /// Whether somebody would know it again: a fox, a car, a lamp.
    pub fn has_looks(self) -> bool {
        matches!(self, Self::Person | Self::Animal | Self::Vehicle | Self::Thing)
    }

    /// Whether it acts of its own will.
    pub fn is_being(self) -> bool {
        matches!(self, Self::Person | Self::Group | Self::Animal)
    }
}

/// A noun as a text has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noun {
    /// Its singular: `goose`.
    pub(crate) base: String,
    pub(crate) class: NounClass,
    pub(crate) plural: bool,
    /// Whether the same form is both: `sheep`.
    pub(crate) either: bool,
}

/// A form of a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VerbForm {
    /// `run`
    Base,
    /// `runs`
    Third,
    /// `ran`
    Past,
    /// `taken`
    Participle,
    /// `running`
    Ing,
}

/// The words of one language. `stdlib/sentences/en.yaml` says what each is for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SentenceWords {
    /// This and the next two are of the grammar in `stdlib/languages/`.
    #[serde(skip)]
    pub(crate) nouns_have_capitals: bool,
    #[serde(skip)]
    pub(crate) and: WordSet,
    #[serde(skip)]
    pub(crate) owner_endings: PlainWords,
    pub(crate) head: Head,
    nouns: IndexMap<NounClass, PlainWords>,
    verbs: PlainWords,
    pub(crate) pairs: PlainWords,
    body_if_owned: PlainWords,
    invariant: PlainWords,
    plurals: Map<Box<str>>,
    plural_endings: IndexMap<Box<str>, Box<str>>,
    plural_vowels: FormEndings,
    compounds: Map<NounClass>,
    pub(crate) determiners: Determiners,
    numbers: Map<u32>,
    pub(crate) uncounted: u32,
    quantities: Map<u32>,
    pub(crate) halves: PlainWords,
    pub(crate) together: Map<u32>,
    pub(crate) of: PlainWords,
    pub(crate) parts: PlainWords,
    pub(crate) prepositions: PlainWords,
    pub(crate) elsewhere: PlainWords,
    pub(crate) places_of: PlainWords,
    pub(crate) before_names: PlainWords,
    pub(crate) reaching: PlainWords,
    pub(crate) particles: PlainWords,
    pub(crate) conjunctions: PlainWords,
    pub(crate) subordinate: PlainWords,
    pub(crate) relatives: PlainWords,
    pub(crate) whose: PlainWords,
    pub(crate) hypothetical: PlainWords,
    pub(crate) negations: PlainWords,
    pub(crate) pronouns: PlainPronouns,
    pub(crate) auxiliaries: Auxiliaries,
    /// Helping verbs that deny: `isn't`.
    pub(crate) denied: PlainWords,
    pub(crate) between: PlainWords,
    pub(crate) continued: PlainWords,
    pub(crate) infinitive: PlainWords,
    pub(crate) compares: PlainWords,
    pub(crate) compares_if: PlainWords,
    pub(crate) places: PlainWords,
    pub(crate) told: PlainWords,
    pub(crate) appearing: PlainWords,
    pub(crate) roughly: PlainWords,
    pub(crate) agents: PlainWords,
    agent_endings: PlainWords,
    pub(crate) excepting: PlainWords,
    pub(crate) shortened: PlainWords,
    pub(crate) shortened_verb: Box<str>,
    adverb_endings: PlainWords,
    third_endings: FormEndings,
    past_endings: FormEndings,
    ing_endings: FormEndings,
    conditional_endings: PlainWords,
    /// `a`, and what it is before a vowel.
    pub(crate) article: Box<str>,
    pub(crate) article_before_vowel: Box<str>,
    /// Before the second of a noun.
    pub(crate) other_name: Box<str>,
    pub(crate) existential: PlainWords,
    pub(crate) copulas: PlainWords,
    pub(crate) after_nouns: PlainWords,
    pub(crate) degrees: PlainWords,
    irregular_verbs: Forms,
    present_verbs: Forms,
    participles: Forms,
    pub(crate) minds: PlainWords,
    pub(crate) minds_with: PlainWords,
    pub(crate) saying: PlainWords,
    pub(crate) heard: PlainWords,
    pub(crate) hearing: PlainWords,
    pub(crate) far: PlainWords,
    pub(crate) far_phrases: Phrases,
    pub(crate) hidden_first: PlainWords,
    pub(crate) hidden_phrases: Phrases,
    pub(crate) remembered_phrases: Phrases,
    pub(crate) roughly_phrases: Phrases,
    depicting: PlainWords,
    pub(crate) gone: PlainWords,
    pub(crate) here: PlainWords,
    pub(crate) gone_verbs: PlainWords,
    pub(crate) arriving: PlainWords,
    pub(crate) perceiving: PlainWords,
    pub(crate) overlooking: PlainWords,
    pub(crate) addressing: PlainWords,
    pub(crate) absent_adjectives: PlainWords,
    pub(crate) set_pieces_act: PlainWords,
    pub(crate) leaving: PlainWords,
    pub(crate) leaving_particles: PlainWords,
    pub(crate) wearing: PlainWords,
    pub(crate) wearing_with: PlainWords,
    pub(crate) garments_alone: PlainWords,
    pub(crate) dressed: PlainWords,
    pub(crate) dressed_in: PlainWords,
    pub(crate) film_words: PlainWords,
    pub(crate) film_verbs: PlainWords,
    pub(crate) idioms: Phrases,
    pub(crate) sooner_phrases: Phrases,
    pub(crate) plain_people: PlainWords,
    pub(crate) colours: PlainWords,
    pub(crate) only: PlainWords,
    pub(crate) containers: PlainWords,
    pub(crate) given_by: PlainWords,
    pub(crate) absent_of: PlainWords,
    pub(crate) genitive_articles: PlainWords,
    pub(crate) body_unless_new: PlainWords,
    participle_endings: FormEndings,
    pub(crate) traversing: PlainWords,
    pub(crate) before_bare_verbs: PlainWords,
    pub(crate) far_behind: PlainWords,
    pub(crate) approximately: PlainWords,
    pub(crate) genitives: PlainWords,
    pub(crate) genitives_of_subjects: PlainWords,
    pub(crate) weak: PlainWords,
    pub(crate) likened: PlainWords,
    pub(crate) one_by_determiner: PlainWords,
    pub(crate) one_if_weak: PlainWords,
    pub(crate) many_behind: PlainWords,
    pub(crate) comparatives: PlainWords,
    pub(crate) neither: PlainWords,
    pub(crate) once: PlainWords,
    pub(crate) now: PlainWords,
    pub(crate) not_once_behind: PlainWords,
    pub(crate) not_once_before: PlainWords,
    pub(crate) anybody: PlainWords,
    pub(crate) anybody_who: PlainWords,
    pub(crate) who: PlainWords,
    pub(crate) reflexives: PlainWords,
    pub(crate) hypothetical_first: PlainWords,
    pub(crate) results: PlainWords,
    pub(crate) than: PlainWords,
    pub(crate) future: PlainWords,
    pub(crate) imminent: PlainWords,
    pub(crate) like_participles: PlainWords,
    pub(crate) each_other: PlainWords,
    pub(crate) depicts: PlainWords,
    images: PlainWords,
    pub(crate) topics: PlainWords,
    pub(crate) phases: PlainWords,
    pub(crate) finding: PlainWords,
    pub(crate) done_with: PlainWords,
    pub(crate) garments_handled: PlainWords,
    pub(crate) full: PlainWords,
    builds: Builds,
    pub(crate) weather: WeatherWords,
    pub(crate) picturing: PlainWords,
    pub(crate) remembering: PlainWords,
    pub(crate) using: PlainWords,
    pub(crate) becoming: PlainWords,
    pub(crate) numbers_called: Forms,
    pub(crate) depicted_adjectives: PlainWords,
    pub(crate) outliving: PlainWords,
    pub(crate) supposing: PlainWords,
    pub(crate) earlier: PlainWords,
    pub(crate) arenas: PlainWords,
    pub(crate) riding: PlainWords,
    pub(crate) thing_parts: PlainWords,
    pub(crate) wholes: PlainWords,
    pub(crate) many_by_determiner: PlainWords,
    pub(crate) free_relatives: PlainWords,
    pub(crate) participle_beginnings: PlainWords,
    pub(crate) with_article: PlainWords,
    pub(crate) clitics: PlainWords,
    pub(crate) also_adjectives: PlainWords,
    #[serde(skip)]
    classes: Map<NounClass>,
}

/// `stdlib/words/`: the large tables.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LargeTables {
    nouns: IndexMap<NounClass, PlainWords>,
    #[serde(default)]
    verbs: PlainWords,
}

/// The languages that have words, by their tags. Each is read when a script needs it.
static LANGUAGES: [(&str, LazyLock<SentenceWords>); 3] = [
    ("en", LazyLock::new(|| SentenceWords::read("en", ENGLISH, Some(ENGLISH_WORDS)))),
    ("de", LazyLock::new(|| SentenceWords::read("de", GERMAN, None))),
    ("fr", LazyLock::new(|| SentenceWords::read("fr", FRENCH, None))),
];

const ENGLISH: &str = include_str!("../../../stdlib/sentences/en.yaml");
const ENGLISH_WORDS: &str = include_str!("../../../stdlib/words/en.yaml");
const GERMAN: &str = include_str!("../../../stdlib/sentences/de.yaml");
const FRENCH: &str = include_str!("../../../stdlib/sentences/fr.yaml");

impl SentenceWords {
    /// The words of a language, by its tag; `None` if there are none.
    pub(crate) fn of(language: &str) -> Option<&'static Self> {
        let primary = language_tag::primary(language);
        LANGUAGES.iter().find(|(tag, _)| *tag == primary).map(|(_, words)| &**words)
    }

    fn read(language: &str, small: &str, large: Option<&str>) -> Self {
        let part = "stdlib is part of the program";
        let mut words: Self = serde_yaml::from_str(small).expect(part);
        let vocabulary = Vocabulary::standard();
        if let Some(Vocabulary { grammar, .. }) = vocabulary.languages.get(language) {
            words.nouns_have_capitals = grammar.capital_nouns.0;
            words.and = grammar.conjunctions.clone();
            let endings = grammar.possessive_endings.iter();
            let curly = endings.flat_map(|ending| [ending.to_owned(), ending.replace('\'', "’")]);
            words.owner_endings = PlainWords(curly.map(Into::into).collect());
        }
        if let Some(large) = large {
            let LargeTables { nouns, verbs } = serde_yaml::from_str(large).expect(part);
            let all = nouns
                .into_iter()
                .flat_map(|(class, words)| words.0.into_iter().map(move |word| (word, class)));
            words.classes.extend(all);
            words.verbs.0.extend(verbs.0);
        }
        for (class, nouns) in std::mem::take(&mut words.nouns) {
            let spaced = nouns.0.into_iter().map(|word| word.to_lowercase().into());
            words.classes.extend(spaced.map(|word| (word, class)));
        }
        let plurals = std::mem::take(&mut words.plurals);
        let small = |word: Box<str>| word.to_lowercase().into_boxed_str();
        words.plurals = plurals.into_iter().map(|(one, many)| (small(one), small(many))).collect();
        words.invariant = PlainWords(words.invariant.0.into_iter().map(small).collect());
        words
    }

    /// What a noun shows that belongs to nobody: the `horn` that a guard blows.
    pub(crate) fn unowned(&self, noun: Noun, new: bool) -> Noun {
        let thing =
            self.body_if_owned.has(&noun.base) || new && self.body_unless_new.has(&noun.base);
        if noun.class == NounClass::Body && thing {
            return Noun { class: NounClass::Thing, ..noun };
        }
        noun
    }

    /// A word as a noun.
    pub(crate) fn noun(&self, word: &str) -> Option<Noun> {
        let is_plural = self.plurals.get(word).is_some_and(|one| **one != *word);
        if let Some(class) = self.classes.get(word).filter(|_| !is_plural) {
            let plural = self.pairs.has(word);
            let either = self.invariant.has(word);
            return Some(Noun { base: word.to_owned(), class: *class, plural, either });
        }
        let base = self.singular(word)?;
        Some(Noun { class: self.classes[&*base], base, plural: true, either: false })
    }

    /// The singular of a plural that the tables know.
    pub(crate) fn singular(&self, word: &str) -> Option<String> {
        if let Some(base) = self.plurals.get(word) {
            return self.classes.contains_key(base).then(|| base.to_string());
        }
        let known = |base: String| self.classes.contains_key(&*base).then_some(base);
        let by_ending = self.plural_endings.iter().find_map(|(ending, base)| {
            let stem = word.strip_suffix(&**ending).filter(|stem| stem.len() > 1)?;
            known(format!("{stem}{base}"))
        });
        by_ending.or_else(|| {
            let stems = self.plural_endings.keys().map(|ending| word.strip_suffix(&**ending));
            stems.chain([Some(word)]).flatten().find_map(|stem| known(self.with_its_vowel(stem)?))
        })
    }

    /// `glas`, of the `gläs` of `gläser`
    fn with_its_vowel(&self, stem: &str) -> Option<String> {
        self.plural_vowels.0.iter().find_map(|(many, one)| {
            let at = stem.rfind(&**many)?;
            Some([&stem[..at], one, &stem[at + many.len()..]].concat())
        })
    }

    /// Two words as a compound noun whose class is not that of the second.
    pub(crate) fn compound(&self, first: &str, second: &str) -> Option<Noun> {
        let known = |second: &str| {
            let base = format!("{first} {second}");
            self.compounds.get(&*base).map(|class| (base, *class))
        };
        if let Some((base, class)) = known(second) {
            return Some(Noun { base, class, plural: false, either: false });
        }
        let (base, class) = known(&self.singular(second)?)?;
        Some(Noun { base, class, plural: true, either: false })
    }

    /// The verb that a word is a form of.
    pub(crate) fn verb(&self, word: &str) -> Option<(String, VerbForm)> {
        if let Some(base) = self.participles.of(word) {
            let past = self.irregular_verbs.of(word).is_some();
            let form = if past { VerbForm::Past } else { VerbForm::Participle };
            return Some((base.to_owned(), form));
        }
        if let Some(base) = self.irregular_verbs.of(word) {
            return Some((base.to_owned(), VerbForm::Past));
        }
        if let Some(base) = self.present_verbs.of(word) {
            return Some((base.to_owned(), VerbForm::Third));
        }
        if self.verbs.has(word) {
            return Some((word.to_owned(), VerbForm::Base));
        }
        let tables = [
            (&self.third_endings, VerbForm::Third),
            (&self.past_endings, VerbForm::Past),
            (&self.ing_endings, VerbForm::Ing),
            (&self.participle_endings, VerbForm::Participle),
        ];
        let endings =
            tables.iter().flat_map(|(table, form)| table.0.iter().map(move |pair| (pair, *form)));
        for ((ending, base), form) in endings {
            let Some(stem) = word.strip_suffix(&**ending) else { continue };
            let whole = format!("{stem}{base}");
            if self.verbs.has(&whole) {
                return Some((whole, form));
            }
            // `stopping` has doubled a letter of `stop`.
            let mut letters = stem.chars().rev();
            let doubled = base.is_empty()
                && form != VerbForm::Third
                && letters.next().is_some_and(|last| letters.next() == Some(last));
            let single = stem.char_indices().next_back().map_or("", |(at, _)| &stem[..at]);
            if doubled && self.verbs.has(single) {
                return Some((single.to_owned(), form));
            }
        }
        self.is_conditional(word).then(|| (word.to_owned(), VerbForm::Third))
    }

    /// Whether a word says that somebody would do it: `mourraient`, but not `tiraient`.
    pub(crate) fn is_conditional(&self, word: &str) -> bool {
        let ends = |ending: &str| word.strip_suffix(ending).is_some_and(|stem| !stem.is_empty());
        self.conditional_endings.iter().any(ends) && !self.is_past(word)
    }

    fn is_past(&self, word: &str) -> bool {
        self.past_endings.0.iter().any(|(ending, base)| {
            word.strip_suffix(&**ending)
                .is_some_and(|stem| self.verbs.has(&format!("{stem}{base}")))
        })
    }

    /// A word that no table has, in the form of a verb with a subject: `lollops`.
    pub(crate) fn unknown_verb<'a>(&self, word: &'a str) -> Option<&'a str> {
        self.as_unknown_verb(word).filter(|_| self.noun(word).is_none())
    }

    /// The same of a word that may be a noun, too.
    pub(crate) fn as_unknown_verb<'a>(&self, word: &'a str) -> Option<&'a str> {
        let (ending, _) = self.third_endings.0.last()?;
        let stem = word.strip_suffix(&**ending)?;
        (stem.len() > 2 && !stem.ends_with(&**ending)).then_some(stem)
    }

    /// A word that no table has, by its last part: `window-cleaner`, `lockkeeper`,
    /// `Leuchtturmwärter`. Its base is the whole word.
    pub(crate) fn unknown_noun(&self, word: &str) -> Option<Noun> {
        let last = match word.rsplit_once(['-', '‑']) {
            Some((_, last)) => last,
            None if self.nouns_have_capitals => self.last_part(word)?,
            None => return self.agent(word),
        };
        let Some(noun) = self.noun(last) else { return self.agent(word) };
        let base = [&word[..word.len() - last.len()], &noun.base].concat();
        Some(Noun { base, ..noun })
    }

    /// The longest end of a word that is a noun.
    fn last_part<'a>(&self, word: &'a str) -> Option<&'a str> {
        /// Shorter ends are chance: `Umzug`.
        const SHORTEST: usize = 4;
        let starts = word.char_indices().map(|(at, _)| at).skip(2);
        let ends = starts.map(|at| &word[at..]).filter(|end| end.chars().count() >= SHORTEST);
        ends.into_iter().find(|end| self.noun(end).is_some())
    }

    /// Whoever does what the beginning of a word says: `lockkeepers`.
    fn agent(&self, word: &str) -> Option<Noun> {
        let class = NounClass::Person;
        let is_agent = |word: &str| {
            self.agent_endings.iter().any(|ending| {
                word.strip_suffix(ending).is_some_and(|stem| stem.chars().count() > 2)
            })
        };
        if is_agent(word) {
            return Some(Noun { base: word.to_owned(), class, plural: false, either: false });
        }
        self.plural_endings.iter().find_map(|(ending, base)| {
            let base = format!("{}{base}", word.strip_suffix(&**ending)?);
            is_agent(&base).then_some(Noun { base, class, plural: true, either: false })
        })
    }

    /// A word that no table has, with an ending of verbs.
    pub(crate) fn looks_like_verb(&self, word: &str) -> bool {
        let past =
            self.past_endings.0.iter().any(|(ending, base)| {
                base.is_empty() && ending.len() > 1 && word.ends_with(&**ending)
            });
        past || self.unknown_verb(word).is_some()
    }

    /// `slowly`
    pub(crate) fn is_adverb(&self, word: &str) -> bool {
        self.adverb_endings.0.iter().any(|ending| word.ends_with(&**ending))
    }

    /// Whether a picture of one noun may stand for one of another: both are people or
    /// both are things, or they are animals or vehicles of one build, as far as a table has
    /// them.
    pub(crate) fn may_stand_for(&self, shown: &str, meant: &str) -> bool {
        let class = |word: &str| self.noun(word).map(|noun| noun.class);
        let about = |words: &str| words.rsplit(' ').next().map(str::to_owned).unwrap_or_default();
        let (shown, meant) = (about(shown), about(meant));
        let base = |word: &str| self.singular(word).unwrap_or_else(|| word.to_owned());
        let moves = |class| matches!(class, Some(NounClass::Animal | NounClass::Vehicle));
        match (class(&shown), class(&meant)) {
            (shown_as, meant_as) if moves(shown_as) || moves(meant_as) => {
                let alike = self.builds.are_alike(&base(&shown), &base(&meant));
                let same = moves(shown_as) && (meant_as.is_none() || shown_as == meant_as);
                alike.unwrap_or(same)
            }
            (Some(shown), Some(meant)) => {
                (shown == NounClass::Person) == (meant == NounClass::Person)
            }
            _ => true,
        }
    }

    /// Of what a model can show, what is built most like a noun.
    pub(crate) fn nearest_of_build<'a>(
        &self,
        meant: &str,
        shown: impl Iterator<Item = &'a str>,
    ) -> Option<&'a str> {
        let last = meant.rsplit(' ').next().unwrap_or_default();
        let base = self.singular(last);
        self.builds.nearest(base.as_deref().unwrap_or(last), shown)
    }

    /// Whether a noun is of a list, or, where nouns are written together, its last part is.
    fn has_part(&self, list: &PlainWords, noun: &str) -> bool {
        list.has(noun) || self.nouns_have_capitals && list.iter().any(|known| noun.ends_with(known))
    }

    /// Whether a noun is a picture: `poster`.
    pub(crate) fn is_image(&self, noun: &str) -> bool {
        self.has_part(&self.images, noun)
    }

    /// Whether what stands there is in a picture: `on the poster`.
    pub(crate) fn is_depicting(&self, preposition: &str, noun: &str) -> bool {
        self.depicting.has(&format!("{preposition}:{noun}"))
            || self.nouns_have_capitals
                && self
                    .depicting
                    .iter()
                    .filter_map(|pair| pair.split_once(':'))
                    .any(|(before, known)| before == preposition && noun.ends_with(known))
    }

    /// The number that a word is: `twelve`, `twenty-five`, `40`.
    pub(crate) fn number(&self, word: &str) -> Option<u32> {
        let written = || word.parse().ok().filter(|number| (1..=999).contains(number));
        let known = |word: &str| self.numbers.get(word).copied();
        let both = || {
            let (tens, ones) = word.split_once('-')?;
            let (tens, ones) = (known(tens)?, known(ones)?);
            (tens.is_multiple_of(10) && ones < 10).then_some(tens + ones)
        };
        known(word).or_else(written).or_else(both)
    }

    /// How many a word makes of what stands behind its `of`.
    pub(crate) fn quantity(&self, word: &str) -> Option<u32> {
        self.quantities.get(word).copied()
    }
}
