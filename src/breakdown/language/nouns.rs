//! The words by which sentences put somebody or something into a picture: nouns that
//! can be seen, by class, verbs, and the small words around them. The tables of
//! `stdlib/words/` and `stdlib/sentences/`.
//!
//! Knows words and their forms; does not know what a sentence says.

use std::sync::LazyLock;

use foldhash::fast::RandomState;
use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Deserializer, Serialize};

type Map<V> = IndexMap<Box<str>, V, RandomState>;

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

/// Words, divided by blanks in the table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words(IndexSet<Box<str>, RandomState>);

impl Words {
    pub(crate) fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = String::deserialize(deserializer)?;
        Ok(Self(words.split_whitespace().map(Into::into).collect()))
    }
}

/// Phrases, divided by `|` in the table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Phrases(Vec<Vec<Box<str>>>);

impl Phrases {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[Box<str>]> {
        self.0.iter().map(Vec::as_slice)
    }
}

impl<'de> Deserialize<'de> for Phrases {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let phrase = |part: &str| part.split_whitespace().map(Into::into).collect::<Vec<_>>();
        Ok(Self(text.split('|').map(phrase).filter(|words| !words.is_empty()).collect()))
    }
}

/// `form:base` pairs, divided by blanks in the table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forms(Map<Box<str>>);

impl Forms {
    pub(crate) fn of(&self, form: &str) -> Option<&str> {
        self.0.get(form).map(|base| &**base)
    }
}

impl<'de> Deserialize<'de> for Forms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let pairs = text.split_whitespace().filter_map(|pair| pair.split_once(':'));
        Ok(Self(pairs.map(|(form, base)| (form.into(), base.into())).collect()))
    }
}

/// Where the head of a noun phrase stands among its nouns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Head {
    /// `a fire engine`
    #[default]
    Last,
    /// `une voiture de pompiers`
    First,
}

/// Words before a noun.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Determiners {
    pub(crate) new: Words,
    pub(crate) other: Words,
    pub(crate) known: Words,
    pub(crate) possessive: Words,
    pub(crate) absent: Words,
}

/// Words in place of a noun.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PlainPronouns {
    pub(crate) he: Words,
    pub(crate) she: Words,
    pub(crate) it: Words,
    pub(crate) they: Words,
    pub(crate) other: Words,
}

impl Determiners {
    pub(crate) fn is(&self, word: &str) -> bool {
        let Self { new, other, known, possessive, absent } = self;
        [new, other, known, possessive, absent].iter().any(|list| list.has(word))
    }
}

impl PlainPronouns {
    pub(crate) fn is(&self, word: &str) -> bool {
        let Self { he, she, it, they, other } = self;
        [he, she, it, they, other].iter().any(|list| list.has(word))
    }
}

/// Verbs that help another one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Auxiliaries {
    pub(crate) be: Words,
    pub(crate) have: Words,
    #[serde(rename = "do")]
    pub(crate) does: Words,
    pub(crate) modal: Words,
    pub(crate) past: Words,
}

impl Auxiliaries {
    pub(crate) fn is(&self, word: &str) -> bool {
        let Self { be, have, does, modal, past: _ } = self;
        [be, have, does, modal].iter().any(|list| list.has(word))
    }
}

/// The words of one language. `stdlib/sentences/en.yaml` says what each is for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SentenceWords {
    pub(crate) nouns_have_capitals: bool,
    pub(crate) head: Head,
    nouns: IndexMap<NounClass, Words>,
    verbs: Words,
    pub(crate) pairs: Words,
    invariant: Words,
    plurals: Map<Box<str>>,
    plural_endings: IndexMap<Box<str>, Box<str>>,
    compounds: Map<NounClass>,
    pub(crate) determiners: Determiners,
    numbers: Map<u32>,
    pub(crate) uncounted: u32,
    quantities: Map<u32>,
    pub(crate) halves: Words,
    pub(crate) of: Words,
    pub(crate) parts: Words,
    pub(crate) prepositions: Words,
    pub(crate) elsewhere: Words,
    pub(crate) reaching: Words,
    pub(crate) particles: Words,
    pub(crate) conjunctions: Words,
    pub(crate) subordinate: Words,
    pub(crate) relatives: Words,
    pub(crate) hypothetical: Words,
    pub(crate) negations: Words,
    pub(crate) pronouns: PlainPronouns,
    pub(crate) auxiliaries: Auxiliaries,
    pub(crate) existential: Words,
    pub(crate) copulas: Words,
    pub(crate) after_nouns: Words,
    pub(crate) degrees: Words,
    irregular_verbs: Forms,
    present_verbs: Forms,
    participles: Forms,
    pub(crate) minds: Words,
    pub(crate) minds_with: Words,
    pub(crate) saying: Words,
    pub(crate) heard: Words,
    pub(crate) far: Words,
    pub(crate) far_phrases: Phrases,
    pub(crate) gone: Words,
    pub(crate) set_pieces_act: Words,
    pub(crate) leaving: Words,
    pub(crate) leaving_particles: Words,
    pub(crate) wearing: Words,
    pub(crate) wearing_with: Words,
    pub(crate) film_words: Words,
    pub(crate) idioms: Phrases,
    #[serde(skip)]
    classes: Map<NounClass>,
}

/// `stdlib/words/`: the large tables.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LargeTables {
    nouns: IndexMap<NounClass, Words>,
    #[serde(default)]
    verbs: Words,
}

static ENGLISH: LazyLock<SentenceWords> = LazyLock::new(|| {
    SentenceWords::read(
        include_str!("../../../stdlib/sentences/en.yaml"),
        Some(include_str!("../../../stdlib/words/en.yaml")),
    )
});

static GERMAN: LazyLock<SentenceWords> =
    LazyLock::new(|| SentenceWords::read(include_str!("../../../stdlib/sentences/de.yaml"), None));

static FRENCH: LazyLock<SentenceWords> =
    LazyLock::new(|| SentenceWords::read(include_str!("../../../stdlib/sentences/fr.yaml"), None));

impl SentenceWords {
    /// The words of a language, by its tag; `None` if there are none.
    pub(crate) fn of(language: &str) -> Option<&'static Self> {
        match language.split(['-', '_']).next().unwrap_or_default() {
            "en" => Some(&ENGLISH),
            "de" => Some(&GERMAN),
            "fr" => Some(&FRENCH),
            _ => None,
        }
    }

    fn read(small: &str, large: Option<&str>) -> Self {
        let part = "stdlib is part of the program";
        let mut words: Self = serde_yaml::from_str(small).expect(part);
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
        words.invariant = Words(words.invariant.0.into_iter().map(small).collect());
        words
    }

    /// A word as a noun.
    pub(crate) fn noun(&self, word: &str) -> Option<Noun> {
        if let Some(class) = self.classes.get(word) {
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
        self.plural_endings.iter().find_map(|(ending, base)| {
            let stem = word.strip_suffix(&**ending).filter(|stem| stem.len() > 1)?;
            let base = format!("{stem}{base}");
            self.classes.contains_key(&*base).then_some(base)
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
            let form = if word.ends_with('s') { VerbForm::Third } else { VerbForm::Past };
            return Some((base.to_owned(), form));
        }
        if let Some(base) = self.present_verbs.of(word) {
            return Some((base.to_owned(), VerbForm::Third));
        }
        if self.verbs.has(word) {
            return Some((word.to_owned(), VerbForm::Base));
        }
        let endings = [
            ("ies", "y", VerbForm::Third),
            ("es", "", VerbForm::Third),
            ("s", "", VerbForm::Third),
            ("ied", "y", VerbForm::Past),
            ("ed", "", VerbForm::Past),
            ("d", "", VerbForm::Past),
            ("ing", "", VerbForm::Ing),
            ("ing", "e", VerbForm::Ing),
            ("ying", "ie", VerbForm::Ing),
        ];
        endings.iter().find_map(|(ending, base, form)| {
            let stem = word.strip_suffix(ending)?;
            let whole = format!("{stem}{base}");
            if self.verbs.has(&whole) {
                return Some((whole, *form));
            }
            // `stopping` has doubled a letter of `stop`.
            let mut letters = stem.chars().rev();
            let doubled = base.is_empty()
                && matches!(form, VerbForm::Past | VerbForm::Ing)
                && letters.next().is_some_and(|last| letters.next() == Some(last));
            let single = stem.get(..stem.len().checked_sub(1)?)?;
            (doubled && self.verbs.has(single)).then(|| (single.to_owned(), *form))
        })
    }

    /// The number that a word is.
    pub(crate) fn number(&self, word: &str) -> Option<u32> {
        self.numbers
            .get(word)
            .copied()
            .or_else(|| word.parse().ok().filter(|number| (1..=999).contains(number)))
    }

    /// How many a word makes of what stands behind its `of`.
    pub(crate) fn quantity(&self, word: &str) -> Option<u32> {
        self.quantities.get(word).copied()
    }
}
