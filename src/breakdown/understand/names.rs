//! Who is who: every name of a film, and where a text names somebody.
//!
//! A name becomes a character by an entry, a cue or an introduction, never by
//! its capitals alone. Knows names and grammar around them; does not know shots.

use std::collections::BTreeMap;
use std::hash::BuildHasher as _;
use std::ops::Range;
use std::sync::OnceLock;

use unicode_segmentation::UnicodeSegmentation as _;

use super::described::Described;
use super::sexes::Sexes;
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::nouns::SentenceWords;
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::language::words::{is_capitals, is_caseless, name_key};
use crate::breakdown::screenplay::{Character, Kind, Mention, PlaceId, Subject};
use crate::source::Span;

/// Whom a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NameMatch {
    /// Nobody.
    None,
    /// One person or thing.
    One(Subject),
    /// Several answer to it.
    Several(Vec<Subject>),
}

/// Everybody and everything with a name.
#[derive(Debug, Clone, Default)]
pub(crate) struct NameTable {
    /// In the order they were entered; [`Subject`] indexes it.
    characters: Vec<Character>,
    /// What their descriptions say they are, read at the first request.
    described: Vec<OnceLock<Described>>,
    /// Full names and those given by `also`.
    exact: BTreeMap<String, Vec<Subject>>,
    /// Single words of full names.
    short: BTreeMap<String, Vec<Subject>>,
    /// One person per place.
    extras: BTreeMap<String, BTreeMap<PlaceId, Subject>>,
    /// Looks of a person in another time line.
    looks: BTreeMap<(String, Subject), Subject>,
    /// Names as the words of a text, by their first word, the longest first.
    index: BTreeMap<String, Vec<(Vec<String>, String)>>,
    /// Names of scripts without case, the longest first.
    caseless: Vec<String>,
    /// The articles that names begin with; they may have a small letter.
    articles: Vec<String>,
    /// The value of `clock` when a text last named each character.
    recency: Vec<usize>,
    clock: usize,
    /// A digest of everything said about the characters, in this order.
    descriptions: u64,
    pub(crate) sexes: Sexes,
}

/// The place and the time line where the script uses a name.
#[derive(Debug, Clone, Default)]
pub(crate) struct NameScope {
    /// The set.
    pub(crate) place: Option<PlaceId>,
    /// The time line.
    pub(crate) timeline: String,
}

impl NameTable {
    /// Whether every name means the same here as there.
    pub(crate) fn answers_like(&self, other: &Self) -> bool {
        let kinds = |names: &Self| -> Vec<(Kind, Option<Subject>)> {
            names.characters.iter().map(|character| (character.kind, character.same_as)).collect()
        };
        self.exact == other.exact
            && self.short == other.short
            && self.extras == other.extras
            && self.looks == other.looks
            && kinds(self) == kinds(other)
    }

    /// Whether what a name means depends on the place or the time line.
    pub(crate) fn depends_on_place(&self) -> bool {
        !self.extras.is_empty() || !self.looks.is_empty()
    }

    /// The character.
    pub(crate) fn get(&self, subject: Subject) -> &Character {
        &self.characters[subject.0]
    }

    /// What the description of a character says they are.
    pub(crate) fn described(
        &self,
        subject: Subject,
        words: &SentenceWords,
        grammar: &Grammar,
    ) -> &Described {
        let read = || Described::read(&self.get(subject).person, words, grammar);
        self.described[subject.0].get_or_init(read)
    }

    /// Gives a character a description and an outfit.
    pub(crate) fn describe(&mut self, subject: Subject, person: String, outfit: String) {
        self.note_description(subject, &person, &outfit);
        let character = &mut self.characters[subject.0];
        (character.person, character.outfit) = (person, outfit);
        self.described[subject.0] = OnceLock::new();
    }

    fn note_description(&mut self, subject: Subject, person: &str, outfit: &str) {
        let state = foldhash::fast::FixedState::default();
        self.descriptions = state.hash_one((self.descriptions, subject, person, outfit));
    }

    /// A digest of everything said about the characters so far.
    pub(crate) fn descriptions(&self) -> u64 {
        self.descriptions
    }

    /// The character was entered at another place.
    pub(crate) fn set_origin(&mut self, subject: Subject, origin: Span) {
        self.characters[subject.0].origin = origin;
    }

    /// Everybody, in the order they were entered.
    pub(crate) fn into_characters(mut self, grammar: &Grammar) -> Vec<Character> {
        self.sexes.decide(&mut self.characters, grammar);
        self.characters
    }

    /// Whoever will be entered next.
    pub(crate) fn next(&self) -> Subject {
        Subject(self.characters.len())
    }

    /// Enters somebody under a full name and all other names.
    pub(crate) fn add(&mut self, character: Character, vocabulary: &Vocabulary) -> Subject {
        let subject = self.next();
        let key = name_key(&character.name);
        if let (Kind::Extra, Some(place)) = (character.kind, character.of) {
            self.extras.entry(key).or_default().insert(place, subject);
        } else {
            let mut names = vec![key.clone()];
            names.extend(vocabulary.grammar.without_article(&key).map(str::to_owned));
            names.extend(character.also.iter().map(|also| name_key(also)));
            for name in names {
                let owners = self.exact.entry(name).or_default();
                if !owners.contains(&subject) {
                    owners.push(subject);
                }
            }
            if matches!(character.kind, Kind::Cast | Kind::Voice) && character.same_as.is_none() {
                for word in short_forms(&key, vocabulary) {
                    let owners = self.short.entry(word).or_default();
                    if !owners.contains(&subject) {
                        owners.push(subject);
                    }
                }
            }
        }
        self.note_description(subject, &character.person, &character.outfit);
        self.characters.push(character);
        self.described.push(OnceLock::new());
        self.recency.push(0);
        subject
    }

    /// Gives a person another look in a time line.
    pub(crate) fn look(&mut self, timeline: &str, of: Subject, look: Subject) {
        self.looks.insert((timeline.to_owned(), of), look);
    }

    /// The character whose entry has exactly this name, or has it in `also`.
    pub(crate) fn exactly(&self, name: &str) -> Option<Subject> {
        self.exact.get(&name_key(name)).and_then(|owners| owners.first().copied())
    }

    /// The characters who answer to a name: in full, by `also`, by one word of it, with a
    /// title before it or without `THE`.
    pub(crate) fn find(&self, name: &str, at: &NameScope, vocabulary: &Vocabulary) -> NameMatch {
        let key = name_key(name);
        let grammar = &vocabulary.grammar;
        let found = self.find_key(&key, at, grammar);
        if found != NameMatch::None {
            return found;
        }
        // `Mr. Lopat`: titles and what is left.
        let words: Vec<&str> = key.split(' ').collect();
        let bare = words.iter().position(|word| {
            let word = word.trim_end_matches('.').to_lowercase();
            !vocabulary.titles.contains(&word)
        });
        match bare {
            Some(first) if first > 0 => self.find_key(&words[first..].join(" "), at, grammar),
            _ => NameMatch::None,
        }
    }

    fn find_key(&self, key: &str, at: &NameScope, grammar: &Grammar) -> NameMatch {
        if let Some(place) = at.place
            && let Some(extra) = self.extras.get(key).and_then(|places| places.get(&place))
        {
            return NameMatch::One(*extra);
        }
        let owners = self
            .exact
            .get(key)
            .or_else(|| grammar.without_article(key).and_then(|rest| self.exact.get(rest)))
            .or_else(|| self.short.get(key));
        match owners.map(Vec::as_slice) {
            None | Some([]) => NameMatch::None,
            Some([one]) => NameMatch::One(self.looks_in(*one, at)),
            Some(several) => NameMatch::Several(several.to_vec()),
        }
    }

    fn looks_in(&self, subject: Subject, at: &NameScope) -> Subject {
        if at.timeline.is_empty() {
            return subject;
        }
        self.looks.get(&(at.timeline.clone(), subject)).copied().unwrap_or(subject)
    }

    /// Every name somebody answers to, for *did you mean*.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.exact.keys().chain(self.short.keys()).map(String::as_str)
    }

    /// The one of several owners whom the text named last.
    pub(crate) fn last_named(&self, several: &[Subject]) -> Option<Subject> {
        several.iter().copied().max_by_key(|subject| self.recency[subject.0])
    }

    /// Somebody was named.
    pub(crate) fn mark_named(&mut self, subject: Subject) {
        self.clock += 1;
        self.recency[subject.0] = self.clock;
    }

    /// The present moment, for [`Self::named_since`].
    pub(crate) fn clock(&self) -> usize {
        self.clock
    }

    /// The characters named since a moment, in the order of their last naming.
    pub(crate) fn named_since(&self, clock: usize) -> Vec<Subject> {
        let recency = self.recency.iter().enumerate();
        let since = recency.filter(|(_, at)| **at > clock);
        let mut named: Vec<(usize, Subject)> = since.map(|(who, at)| (*at, Subject(who))).collect();
        named.sort_unstable();
        named.into_iter().map(|(_, who)| who).collect()
    }

    /// Whether two are one person: alter egos, ages, disguises.
    pub(crate) fn same_person(&self, one: Subject, other: Subject) -> bool {
        self.person(one) == self.person(other)
    }

    fn person(&self, subject: Subject) -> Subject {
        let mut at = subject;
        // An entry can only refer to an earlier one or be refused, so this ends.
        for _ in 0..self.characters.len() {
            match self.get(at).same_as {
                Some(base) => at = base,
                None => break,
            }
        }
        at
    }

    /// Prepares [`NameTable::mentions`]; to be called when all names are entered.
    pub(crate) fn prepare(&mut self, grammar: &Grammar) {
        self.index.clear();
        self.caseless.clear();
        let mut keys: Vec<&str> = self.names().collect();
        keys.extend(self.extras.keys().map(String::as_str));
        keys.sort_unstable();
        keys.dedup();
        let mut index: BTreeMap<String, Vec<(Vec<String>, String)>> = BTreeMap::new();
        let mut caseless = Vec::new();
        for key in keys {
            if is_caseless(key) {
                caseless.push(key.to_owned());
                continue;
            }
            let words: Vec<String> = key.unicode_words().map(str::to_owned).collect();
            if let Some(first) = words.first() {
                index.entry(first.clone()).or_default().push((words, key.to_owned()));
            }
        }
        for names in index.values_mut() {
            names.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        caseless.sort_by_key(|name: &String| std::cmp::Reverse(name.chars().count()));
        let articles = index.keys().filter(|first| grammar.definite.has(first));
        self.articles = articles.cloned().collect();
        self.index = index;
        self.caseless = caseless;
    }

    /// Finds where a text names somebody, in order; possessives do not count. A name with
    /// several owners means the one named last, and goes into `doubtful`.
    pub(crate) fn mentions(
        &self,
        text: &str,
        at: &NameScope,
        vocabulary: &Vocabulary,
        doubtful: &mut Vec<(Range<usize>, String)>,
    ) -> Vec<Mention> {
        let sentences = vocabulary.grammar.sentences(text);
        let words: Vec<(usize, &str)> = text.unicode_word_indices().collect();
        let mut found = Vec::new();
        let mut next = 0;
        while next < words.len() {
            let Some((taken, key, possessive)) =
                self.named_at(text, &words, next, &sentences, vocabulary)
            else {
                next += 1;
                continue;
            };
            let start = words[next].0;
            let (last_start, last) = words[next + taken - 1];
            let end = last_start + bare(last, &vocabulary.grammar).len();
            let subject = match self.find_key(&key, at, &vocabulary.grammar) {
                NameMatch::One(subject) => Some(subject),
                NameMatch::Several(several) => {
                    doubtful.push((start..end, key.clone()));
                    self.last_named(&several)
                }
                NameMatch::None => None,
            };
            if let Some(subject) = subject {
                let present = !possessive;
                found.push(Mention { subject, present, by_name: true, start, end });
            }
            next += taken;
        }
        self.caseless_mentions(text, at, vocabulary, &mut found);
        found.sort_by_key(|mention| mention.start);
        found
    }

    /// The longest name that begins at a word.
    fn named_at(
        &self,
        text: &str,
        words: &[(usize, &str)],
        at: usize,
        sentences: &[Range<usize>],
        vocabulary: &Vocabulary,
    ) -> Option<(usize, String, bool)> {
        let grammar = &vocabulary.grammar;
        let word = bare(words[at].1, grammar);
        if !word.starts_with(|letter: char| letter.is_uppercase() || letter.is_numeric())
            && !self.articles.iter().any(|article| article.eq_ignore_ascii_case(word))
        {
            return None;
        }
        let names = self.index.get(&name_key(word))?;
        for (name, key) in names {
            let Some(stretch) = words.get(at..at + name.len()) else { continue };
            let last = stretch.len() - 1;
            let fits = stretch.iter().zip(name).enumerate().all(|(index, ((_, word), wanted))| {
                let word = if index == last { bare(word, grammar) } else { word };
                let lower = wanted.to_lowercase();
                let small =
                    vocabulary.particles.contains(&lower) || grammar.articles.contains(&lower);
                name_key(word) == *wanted
                    && (small || word.starts_with(|l: char| l.is_uppercase() || l.is_numeric()))
            });
            // `WOODMAN.` and the next sentence's first word are no name.
            let joined = stretch.windows(2).all(|pair| {
                let between = &text[pair[0].0 + pair[0].1.len()..pair[1].0];
                between.chars().all(|letter| {
                    letter.is_whitespace()
                        || crate::breakdown::language::words::is_dash(letter)
                        || matches!(letter, '#' | '.' | '\'' | '’')
                })
            });
            if !fits || !joined {
                continue;
            }
            let written = stretch[last].1;
            let word = bare(written, grammar);
            let heads_sentence = sentences
                .iter()
                .filter_map(|sentence| text.get(sentence.start..stretch[0].0))
                .any(|before| before.trim().is_empty());
            let common = vocabulary.ambiguous.contains(&word.to_lowercase());
            if name.len() == 1 && common && heads_sentence && !is_capitals(word) {
                continue;
            }
            let possessive = word.len() != written.len()
                || text[stretch[last].0 + written.len()..].starts_with(['\'', '’'])
                    && word.to_lowercase().ends_with('s');
            return Some((name.len(), key.clone(), possessive));
        }
        None
    }

    fn caseless_mentions(
        &self,
        text: &str,
        at: &NameScope,
        vocabulary: &Vocabulary,
        found: &mut Vec<Mention>,
    ) {
        let possessive = |rest: &str| {
            vocabulary.possessives.iter().any(|after| rest.starts_with(after.as_str()))
        };
        for name in &self.caseless {
            for (start, _) in text.match_indices(name.as_str()) {
                let end = start + name.len();
                if found.iter().any(|mention| start < mention.end && mention.start < end) {
                    continue;
                }
                if let NameMatch::One(subject) = self.find_key(name, at, &vocabulary.grammar) {
                    let present = !possessive(&text[end..]);
                    found.push(Mention { subject, present, by_name: true, start, end });
                }
            }
        }
    }
}

/// A word without `'s`.
fn bare<'a>(word: &'a str, grammar: &Grammar) -> &'a str {
    grammar.owner(word).unwrap_or(word)
}

/// The single words somebody with this full name answers to. A name with `THE`
/// is a description: only its noun counts.
fn short_forms(key: &str, vocabulary: &Vocabulary) -> Vec<String> {
    let words: Vec<&str> = key.split(' ').collect();
    if words.len() < 2 {
        return Vec::new();
    }
    let usable = |word: &&&str| {
        let lower = word.trim_end_matches('.').to_lowercase();
        word.chars().count() > 1
            && word.chars().any(char::is_alphabetic)
            && !vocabulary.titles.contains(&lower)
            && !vocabulary.particles.contains(&lower)
            && !vocabulary.qualifiers.contains(&lower)
            && !vocabulary.people.contains(&lower)
    };
    let words: Vec<String> = words.iter().filter(usable).map(|word| (*word).to_owned()).collect();
    match words.last() {
        Some(last) if vocabulary.grammar.without_article(key).is_some() => vec![last.clone()],
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::description::Face;

    fn character(name: &str, kind: Kind) -> Character {
        Character {
            name: name.to_owned(),
            also: Vec::new(),
            kind,
            noun: None,
            count: 1,
            person: String::new(),
            outfit: String::new(),
            reference: None,
            sex: None,
            face: Face::Seen,
            same_as: None,
            of: None,
            voice: None,
            say: None,
            origin: Span::default(),
        }
    }

    fn name_table() -> (NameTable, std::sync::Arc<Vocabulary>) {
        let vocabulary = Vocabulary::standard();
        let mut names = NameTable::default();
        for name in ["IDA VOSS", "JONAS VOSS", "WILL", "MCGINTY", "THE TIN WOODMAN", "小美"] {
            names.add(character(name, Kind::Cast), &vocabulary);
        }
        names.add(character("THE LEDGER", Kind::Prop), &vocabulary);
        names.add(character("THE CROWD", Kind::Group), &vocabulary);
        let mut extra = character("MAN IN THE CROWD", Kind::Extra);
        extra.of = Some(PlaceId(0));
        names.add(extra, &vocabulary);
        names.prepare(&Vocabulary::standard().grammar);
        (names, vocabulary)
    }

    #[test]
    fn names_are_found_in_capitals_and_title_case() {
        let (names, vocabulary) = name_table();
        let at = NameScope { place: Some(PlaceId(0)), timeline: String::new() };
        let named = |text: &str| {
            let mut doubtful = Vec::new();
            let found = names.mentions(text, &at, &vocabulary, &mut doubtful);
            let names = found.into_iter().map(|mention| {
                let mark = if mention.present { "" } else { "-" };
                format!("{mark}{}", names.get(mention.subject).name)
            });
            names.collect::<Vec<_>>().join(", ")
        };
        let cases = [
            // docs/rules.md#d7: capitals or title case, whole words.
            ("IDA bends over THE LEDGER.", "IDA VOSS, THE LEDGER"),
            ("Ida bends over the Ledger.", "IDA VOSS, THE LEDGER"),
            ("She will ring. Will you? WILL rings.", "WILL"),
            ("He willed it. Wilma rings.", ""),
            ("Ida Voss and Jonas Voss stand.", "IDA VOSS, JONAS VOSS"),
            ("McGinty waits.", "MCGINTY"),
            ("The Woodman and THE TIN WOODMAN.", "THE TIN WOODMAN, THE TIN WOODMAN"),
            ("The MAN IN THE CROWD shouts at THE CROWD.", "MAN IN THE CROWD, THE CROWD"),
            ("小美站在窗前。", "小美"),
            // The owner of a thing is not in the picture.
            ("Jonas's chair.", "-JONAS VOSS"),
            ("小美的信。", "-小美"),
        ];
        for (text, names) in cases {
            assert_eq!(named(text), names, "{text}");
        }
    }

    #[test]
    fn short_forms_belong_to_one_person_only() {
        let (names, vocabulary) = name_table();
        let at = NameScope::default();
        let find = |name: &str| names.find(name, &at, &vocabulary);
        assert_eq!(find("Ida"), NameMatch::One(Subject(0)));
        assert_eq!(find("MR. MCGINTY"), NameMatch::One(Subject(3)));
        assert_eq!(find("VOSS"), NameMatch::Several(vec![Subject(0), Subject(1)]));
        assert_eq!(find("TIN"), NameMatch::None);
        assert_eq!(find("MAN IN THE CROWD"), NameMatch::None);
    }
}
