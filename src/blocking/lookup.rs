//! The words of the rules by their spelling, for one language and English.
//!
//! Knows plurals and the endings of English verbs; does not know sentences.

use std::sync::LazyLock;

use indexmap::IndexMap;

use super::rules::{BlockingRules, Goes, Words};

/// The longest phrase of the tables, in words.
const LONGEST: usize = 4;

/// The words of a language and of English.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    nouns: Phrases<usize>,
    verbs: Phrases<usize>,
    sets: IndexMap<String, Vec<usize>, foldhash::fast::FixedState>,
    leads: Phrases<Lead>,
    numbers: IndexMap<String, u32, foldhash::fast::FixedState>,
    /// The tones of a colour: of clothes, and of hair.
    pub(super) colours: Phrases<[[u8; 3]; 2]>,
    pub(super) hair: Vec<&'static str>,
    /// What is too small for its colour to be seen.
    pub(super) small: Vec<&'static str>,
    /// Colours stand behind their nouns.
    pub(super) colours_behind: bool,
    pub(super) after_noun: Vec<&'static str>,
    pub(super) made_of: Vec<&'static str>,
    pub(super) clauses: Vec<&'static str>,
    pub(super) determiners: Vec<&'static str>,
    pub(super) negations: Vec<&'static str>,
    pub(super) one: Vec<&'static str>,
    pub(super) all: Vec<&'static str>,
}

type Phrases<T> = IndexMap<String, T, foldhash::fast::FixedState>;

/// Where words behind a verb lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    Goes(Goes),
    /// `down` behind `sit`.
    Posture,
    /// `up` behind `get`.
    Rise,
}

static LOOKUPS: LazyLock<IndexMap<&'static str, Lookup>> = LazyLock::new(|| {
    ["en", "de", "fr"].into_iter().map(|language| (language, Lookup::new(language))).collect()
});

impl Lookup {
    /// The words of a language (BCP 47); of English if it has none.
    pub(super) fn of(language: &str) -> &'static Self {
        let primary = language.split(['-', '_']).next().unwrap_or_default();
        LOOKUPS.get(primary).unwrap_or_else(|| &LOOKUPS["en"])
    }

    fn new(language: &'static str) -> Self {
        let rules = BlockingRules::stdlib();
        let mut found = Self::default();
        let languages: &[&str] = if language == "en" { &["en"] } else { &[language, "en"] };
        for language in languages {
            found.add(rules, language);
        }
        found.colours_behind = rules.colours.behind.iter().any(|behind| behind == language);
        found
    }

    fn add(&mut self, rules: &'static BlockingRules, language: &str) {
        let kinds = &rules.kinds;
        for (index, kind) in kinds.kinds.values().enumerate() {
            for noun in words(&kind.words, language) {
                self.nouns.entry(noun.clone()).or_insert(index);
            }
        }
        for (index, motion) in rules.motions.motions.values().enumerate() {
            for verb in words(&motion.verbs, language) {
                for form in if language == "en" { forms(verb) } else { vec![verb.clone()] } {
                    self.verbs.entry(form).or_insert(index);
                }
            }
        }
        for (index, set) in rules.places.sets.values().enumerate() {
            for word in words(&set.words, language) {
                let sets = self.sets.entry(word.clone()).or_default();
                if !sets.contains(&index) {
                    sets.push(index);
                }
            }
        }
        for (name, phrases) in &rules.motions.leads {
            let lead = lead(name);
            for phrase in words(phrases, language) {
                self.leads.entry(phrase.clone()).or_insert(lead);
            }
        }
        for (word, number) in kinds.numbers.get(language).into_iter().flatten() {
            self.numbers.entry(word.clone()).or_insert(*number);
        }
        for colour in rules.colours.colours.values() {
            for word in words(&colour.words, language) {
                let hair = colour.hair.unwrap_or(colour.tone);
                self.colours.entry(word.clone()).or_insert([colour.tone, hair]);
            }
        }
        self.hair.extend(words(&rules.colours.hair, language).iter().map(String::as_str));
        self.small.extend(words(&rules.colours.small, language).iter().map(String::as_str));
        let motions = &rules.motions;
        self.after_noun.extend(words(&kinds.after_noun, language).iter().map(String::as_str));
        self.made_of.extend(words(&kinds.made_of, language).iter().map(String::as_str));
        self.clauses.extend(words(&motions.clauses, language).iter().map(String::as_str));
        let determiners = words(&motions.determiners, language);
        self.determiners.extend(determiners.iter().map(String::as_str));
        self.negations.extend(words(&motions.negations, language).iter().map(String::as_str));
        self.one.extend(words(&motions.pronouns["one"], language).iter().map(String::as_str));
        self.all.extend(words(&motions.pronouns["all"], language).iter().map(String::as_str));
    }

    /// The kind (its index) that the last words of a noun phrase name, and whether they
    /// name many.
    pub(super) fn noun(&self, phrase: &[&str]) -> Option<(usize, bool)> {
        (phrase.len().saturating_sub(LONGEST)..phrase.len()).find_map(|from| {
            let words = phrase[from..].join(" ");
            let one = self.nouns.get(&words).map(|kind| (*kind, false));
            one.or_else(|| {
                let found = singulars(&words).into_iter().find_map(|one| self.nouns.get(&one));
                found.map(|kind| (*kind, true))
            })
        })
    }

    /// The motion (its index) of a verb at the beginning of some words, and how many
    /// words it takes.
    pub(super) fn verb(&self, words: &[&str]) -> Option<(usize, usize)> {
        longest(&self.verbs, words).map(|(motion, taken)| (*motion, taken))
    }

    /// Where some words behind a verb lead, and how many words that takes.
    pub(super) fn lead(&self, words: &[&str]) -> Option<(Lead, usize)> {
        longest(&self.leads, words).map(|(lead, taken)| (*lead, taken))
    }

    /// The sets (their indices) that a word or a compound names.
    pub(super) fn sets(&self, words: &str) -> &[usize] {
        let found = self
            .sets
            .get(words)
            .or_else(|| singulars(words).into_iter().find_map(|singular| self.sets.get(&singular)));
        found.map_or(&[], Vec::as_slice)
    }

    /// How many a word says there are.
    pub(super) fn number(&self, word: &str) -> Option<u32> {
        self.numbers.get(word).copied().or_else(|| word.parse().ok())
    }
}

fn longest<'a, T>(phrases: &'a Phrases<T>, words: &[&str]) -> Option<(&'a T, usize)> {
    (1..=words.len().min(LONGEST))
        .rev()
        .find_map(|taken| phrases.get(&words[..taken].join(" ")).map(|found| (found, taken)))
}

fn words<'a>(table: &'a Words, language: &str) -> &'a [String] {
    table.get(language).map_or(&[], Vec::as_slice)
}

fn lead(name: &str) -> Lead {
    match name {
        "enter" => Lead::Goes(Goes::Enter),
        "leave" => Lead::Goes(Goes::Leave),
        "out" => Lead::Goes(Goes::Out),
        "approach" => Lead::Goes(Goes::Approach),
        "cross" => Lead::Goes(Goes::Cross),
        "around" => Lead::Goes(Goes::Around),
        "retreat" => Lead::Goes(Goes::Retreat),
        "up" => Lead::Goes(Goes::Up),
        "down" => Lead::Goes(Goes::Down),
        "rise" => Lead::Rise,
        _ => Lead::Posture,
    }
}

/// What a noun may be the plural of.
fn singulars(words: &str) -> Vec<String> {
    const ENDINGS: &[(&str, &str)] = &[
        ("s", ""),
        ("es", ""),
        ("ies", "y"),
        ("ves", "f"),
        ("ves", "fe"),
        ("men", "man"),
        ("children", "child"),
        ("mice", "mouse"),
        ("x", ""),
        ("en", ""),
        ("e", ""),
        ("n", ""),
    ];
    ENDINGS
        .iter()
        .filter_map(|(ending, singular)| {
            let stem = words.strip_suffix(ending)?;
            (stem.len() > 1 || !singular.is_empty()).then(|| [stem, singular].concat())
        })
        .collect()
}

/// A verb and its present forms: `run`, `runs`, `running`.
fn forms(verb: &str) -> Vec<String> {
    let (first, rest) = verb.split_once(' ').map_or((verb, ""), |(first, rest)| (first, rest));
    let whole = |form: String| if rest.is_empty() { form } else { format!("{form} {rest}") };
    let third = match first {
        _ if first.ends_with(['s', 'x', 'z', 'o'])
            || first.ends_with("ch")
            || first.ends_with("sh") =>
        {
            format!("{first}es")
        }
        _ if first.ends_with('y') && !ends_with_vowel(&first[..first.len() - 1]) => {
            format!("{}ies", &first[..first.len() - 1])
        }
        _ => format!("{first}s"),
    };
    let continuous = match first {
        "lie" => "lying".to_owned(),
        "die" => "dying".to_owned(),
        _ if first.ends_with("ee") => format!("{first}ing"),
        _ if first.ends_with('e') => format!("{}ing", &first[..first.len() - 1]),
        _ => format!("{first}ing"),
    };
    let mut all = vec![whole(first.to_owned()), whole(third), whole(continuous)];
    let last = first.chars().last();
    // `running`, `sitting`: a short verb doubles its last letter.
    if first.len() <= 5 && last.is_some_and(|letter| "bdgmnprt".contains(letter)) {
        let doubled = last.map_or_else(String::new, |letter| format!("{first}{letter}ing"));
        all.push(whole(doubled));
    }
    all
}

fn ends_with_vowel(word: &str) -> bool {
    word.ends_with(['a', 'e', 'i', 'o', 'u'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_known_in_their_present_forms() {
        let lookup = Lookup::of("en");
        let motions = &BlockingRules::stdlib().motions.motions;
        let name = |text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            lookup.verb(&words).map(|(motion, _)| motions.get_index(motion).unwrap().0.as_str())
        };
        assert_eq!(name("running away"), Some("run"));
        assert_eq!(name("sits down at"), Some("sit down"));
        assert_eq!(name("carries"), Some("hold"));
        assert_eq!(name("lying"), Some("lie"));
        assert_eq!(name("catches"), Some("reach"));
        assert_eq!(name("table"), None);
    }

    #[test]
    fn nouns_are_known_in_one_and_in_many() {
        let kinds = &BlockingRules::stdlib().kinds.kinds;
        let kind = |language: &str, text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            Lookup::of(language)
                .noun(&words)
                .map(|(kind, _)| kinds.get_index(kind).unwrap().0.as_str())
        };
        assert_eq!(kind("en", "two horses"), Some("horse"));
        assert_eq!(kind("en", "wolves"), Some("wolf"));
        assert_eq!(kind("en", "old fishermen"), Some("person"));
        assert_eq!(kind("de", "zwei pferde"), Some("horse"));
        assert_eq!(kind("fr", "deux chevaux"), None);
        assert_eq!(kind("de", "ein fox"), Some("fox"));
    }
}
