//! The words of the language: sizes, angles, moves, lenses, lights,
//! transitions, times, furniture and generic nouns, as data.
//!
//! Knows words and their properties; does not know what a script says with them.
//! `stdlib/*.yaml` is the standard vocabulary; a project adds its own with
//! `[[use: my-vocabulary.yaml]]`, in the same form.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::camera_rules::{LensRule, MoveDirection};
use super::directing::Directing;
use super::entries::{
    AngleEntry, LensEntry, LightEntry, MoveEntry, SizeEntry, SpeedEntry, TimeEntry,
    TransitionEntry, TransitionMethod, VocabularyEntry, VoiceSense, WordEntry,
};
use super::grammar::Grammar;
use super::terms::{
    AngleProperties, CameraAngle, CameraLens, CameraMove, MoveProperties, MoveSpeed, ShotLight,
    ShotSize, Term, TimeOfDay,
};
use super::words::{Token, canonical, tokens};
use crate::breakdown::transition::{Direction, Transition, TransitionKind};
use crate::source::language_tag;
use crate::time::Seconds;

/// Canonical word → other words for it.
pub type PhraseTable = IndexMap<String, Vec<String>>;

/// The words of the language, table by table.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vocabulary {
    /// Shot sizes.
    pub sizes: IndexMap<String, SizeEntry>,
    /// Camera angles.
    pub angles: IndexMap<String, AngleEntry>,
    /// Camera moves.
    pub moves: IndexMap<String, MoveEntry>,
    /// Words of directions after a move.
    pub move_directions: IndexMap<MoveDirection, Vec<String>>,
    /// Speeds of moves.
    pub speeds: IndexMap<String, SpeedEntry>,
    /// Lens and focus.
    pub lenses: IndexMap<String, LensEntry>,
    /// Light.
    pub lights: IndexMap<String, LightEntry>,
    /// Lenses, and lights, of which a shot has one; `mm` is any focal length.
    pub alternatives: Vec<Vec<String>>,
    /// Styles with more than one name.
    pub styles: PhraseTable,
    /// Transitions.
    pub transitions: IndexMap<String, TransitionEntry>,
    /// Times of day.
    pub times: IndexMap<String, TimeEntry>,
    /// Words of a heading that refer to the scene before in its time line.
    pub relative: PhraseTable,
    /// Words that open a time line of their own.
    pub tags: PhraseTable,
    /// Words that return to the main time line.
    pub present: PhraseTable,
    /// Words of the page, never filmed.
    pub furniture: Vec<String>,
    /// Words that end a time line.
    pub returns: Vec<String>,
    /// Words before a text over the picture.
    pub supers: Vec<String>,
    /// Words that are reserved for a later use.
    pub reserved: Vec<String>,
    /// Words after which coverage plans the rest of a scene.
    pub coverage: Vec<String>,
    /// The same, but only on a line that begins with `!!`.
    pub coverage_lines: Vec<String>,
    /// Nouns that name an extra.
    pub people: Vec<String>,
    /// Nouns that name a group.
    pub groups: Vec<String>,
    /// Words before a noun that are no name.
    pub qualifiers: Vec<String>,
    /// Words before a name that give the same person another look.
    pub ages: Vec<String>,
    /// Titles: no name alone.
    pub titles: Vec<String>,
    /// Small words inside names: no name alone.
    pub particles: Vec<String>,
    /// Names that are common words too.
    pub ambiguous: Vec<String>,
    /// Beginnings of names that have a small letter among capitals: `McGINTY`.
    pub mixed_case: Vec<String>,
    /// Words that make a possessive of the name before them, in scripts without blanks.
    pub possessives: Vec<String>,
    /// Extensions and parentheticals by how they make a speech heard.
    pub voices: IndexMap<VoiceSense, Vec<String>>,
    /// Parentheticals that are silences, in seconds.
    pub pauses: IndexMap<String, f64>,
    /// Prefixes of headings inside.
    pub interior: Vec<String>,
    /// Prefixes of headings outside.
    pub exterior: Vec<String>,
    /// Prefixes of headings inside and outside.
    pub both: Vec<String>,
    /// Words of `block`.
    pub directing: Directing,
    /// Small words: pronouns, negation, words of shot lines.
    pub grammar: Grammar,
    /// What each language adds: English always, another if the film asks for it.
    pub languages: IndexMap<String, Self>,
    /// What words do, by table and word.
    pub meanings: IndexMap<String, IndexMap<String, String>>,
    /// Further vocabulary files, relative to the project.
    #[serde(rename = "use")]
    pub uses: Vec<String>,
}

/// The endings of the names of vocabulary files.
pub(crate) const VOCABULARY_ENDINGS: [&str; 2] = ["yaml", "yml"];

/// Any focal length, among alternatives.
const MILLIMETRES: &str = "mm";

/// The files of the standard vocabulary.
const STANDARD: &[(&str, &str)] = &[
    ("sizes.yaml", include_str!("../../../stdlib/sizes.yaml")),
    ("angles.yaml", include_str!("../../../stdlib/angles.yaml")),
    ("moves.yaml", include_str!("../../../stdlib/moves.yaml")),
    ("lenses.yaml", include_str!("../../../stdlib/lenses.yaml")),
    ("lights.yaml", include_str!("../../../stdlib/lights.yaml")),
    ("styles.yaml", include_str!("../../../stdlib/styles.yaml")),
    ("transitions.yaml", include_str!("../../../stdlib/transitions.yaml")),
    ("times.yaml", include_str!("../../../stdlib/times.yaml")),
    ("furniture.yaml", include_str!("../../../stdlib/furniture.yaml")),
    ("nouns.yaml", include_str!("../../../stdlib/nouns.yaml")),
    ("voices.yaml", include_str!("../../../stdlib/voices.yaml")),
    ("languages/en.yaml", include_str!("../../../stdlib/languages/en.yaml")),
    ("languages/de.yaml", include_str!("../../../stdlib/languages/de.yaml")),
    ("languages/fr.yaml", include_str!("../../../stdlib/languages/fr.yaml")),
    ("languages/zh.yaml", include_str!("../../../stdlib/languages/zh.yaml")),
    ("meanings.yaml", include_str!("../../../stdlib/meanings.yaml")),
];

static VOCABULARY: LazyLock<Arc<Vocabulary>> = LazyLock::new(|| {
    let mut all = Vocabulary::default();
    for (name, text) in STANDARD {
        let part: Vocabulary = serde_yaml::from_str(text)
            .unwrap_or_else(|error| panic!("stdlib/{name} is part of the program: {error}"));
        all.merge(part);
    }
    all.speak("en");
    Arc::new(all)
});

fn merge_words(into: &mut PhraseTable, from: PhraseTable) {
    for (word, also) in from {
        merge_list(into.entry(canonical(&word)).or_default(), also);
    }
}

fn merge_list(into: &mut Vec<String>, from: Vec<String>) {
    into.extend(from.iter().map(|word| canonical(word)));
}

/// Adds entries: new words, which may be like known ones, and new aliases of known words.
fn merge_entries<E: VocabularyEntry>(
    into: &mut IndexMap<String, E>,
    from: IndexMap<String, E>,
    key: impl Fn(&str) -> String,
) {
    for (word, mut entry) in from {
        let word = key(&word);
        let also = std::mem::take(entry.also());
        let directions = entry.directions().map(std::mem::take);
        if !into.contains_key(&word) {
            if let Some(known) = entry.like().and_then(|like| into.get(&key(like))) {
                entry.inherit(known);
            }
            into.insert(word.clone(), entry);
        }
        let known = &mut into[&word];
        merge_list(known.also(), also);
        if let (Some(known), Some(directions)) = (known.directions(), directions) {
            merge_list(known, directions);
        }
    }
}

/// A phrase of the vocabulary at the beginning of some tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match<'a> {
    /// The canonical word.
    pub word: &'a str,
    /// How many tokens the phrase has.
    pub taken: usize,
}

fn taken(tokens: &[Token], alias: &str) -> Option<usize> {
    let mut count = 0;
    for word in alias.split(' ') {
        if tokens.get(count)?.word != word {
            return None;
        }
        count += 1;
    }
    Some(count)
}

fn longest<'a>(
    tokens: &[Token],
    entries: impl Iterator<Item = (&'a str, &'a [String])>,
) -> Option<Match<'a>> {
    tokens.first()?;
    let mut best: Option<Match<'a>> = None;
    for (word, also) in entries {
        // A canonical word may be written with hyphens (`close-up`).
        let spaced = if word.contains('-') {
            Cow::Owned(word.replace('-', " "))
        } else {
            Cow::Borrowed(word)
        };
        for alias in std::iter::once(&*spaced).chain(also.iter().map(String::as_str)) {
            if let Some(taken) = taken(tokens, alias)
                && best.as_ref().is_none_or(|best| best.taken < taken)
            {
                best = Some(Match { word, taken });
            }
        }
    }
    best
}

fn phrases(words: &PhraseTable) -> impl Iterator<Item = (&str, &[String])> {
    words.iter().map(|(word, also)| (word.as_str(), also.as_slice()))
}

fn word_entries<R>(
    words: &IndexMap<String, WordEntry<R>>,
) -> impl Iterator<Item = (&str, &[String])> {
    words.iter().map(|(word, entry)| (word.as_str(), entry.also.as_slice()))
}

impl Vocabulary {
    /// The standard vocabulary.
    pub fn standard() -> Arc<Self> {
        Arc::clone(&VOCABULARY)
    }

    /// Adds another vocabulary: new words, and new aliases of known words.
    pub fn merge(&mut self, other: Self) {
        merge_entries(&mut self.sizes, other.sizes, str::to_lowercase);
        merge_entries(&mut self.moves, other.moves, canonical);
        for (direction, words) in other.move_directions {
            merge_list(self.move_directions.entry(direction).or_default(), words);
        }
        for (word, transition) in other.transitions {
            let entry = self.transitions.entry(canonical(&word)).or_insert_with(|| {
                TransitionEntry { also: Vec::new(), directions: Vec::new(), ..transition.clone() }
            });
            merge_list(&mut entry.also, transition.also);
            merge_list(&mut entry.directions, transition.directions);
        }
        // These keep their hyphens: `wide-angle lens`.
        merge_entries(&mut self.lenses, other.lenses, str::to_lowercase);
        merge_entries(&mut self.lights, other.lights, str::to_lowercase);
        self.alternatives.extend(other.alternatives);
        for (sense, words) in other.voices {
            merge_list(self.voices.entry(sense).or_default(), words);
        }
        merge_entries(&mut self.angles, other.angles, canonical);
        merge_entries(&mut self.speeds, other.speeds, canonical);
        merge_words(&mut self.styles, other.styles);
        merge_entries(&mut self.times, other.times, canonical);
        merge_words(&mut self.relative, other.relative);
        merge_words(&mut self.tags, other.tags);
        merge_words(&mut self.present, other.present);
        merge_list(&mut self.furniture, other.furniture);
        merge_list(&mut self.returns, other.returns);
        merge_list(&mut self.supers, other.supers);
        merge_list(&mut self.reserved, other.reserved);
        merge_list(&mut self.coverage, other.coverage);
        merge_list(&mut self.coverage_lines, other.coverage_lines);
        merge_list(&mut self.people, other.people);
        merge_list(&mut self.groups, other.groups);
        merge_list(&mut self.qualifiers, other.qualifiers);
        merge_list(&mut self.ages, other.ages);
        merge_list(&mut self.titles, other.titles);
        merge_list(&mut self.particles, other.particles);
        merge_list(&mut self.ambiguous, other.ambiguous);
        self.mixed_case.extend(other.mixed_case);
        merge_list(&mut self.possessives, other.possessives);
        self.pauses.extend(other.pauses.into_iter().map(|(word, time)| (canonical(&word), time)));
        self.interior.extend(other.interior);
        self.exterior.extend(other.exterior);
        self.both.extend(other.both);
        self.directing.merge(other.directing);
        self.grammar.merge(&other.grammar);
        for (language, words) in other.languages {
            self.languages.entry(language).or_default().merge(words);
        }
        for (table, words) in other.meanings {
            self.meanings.entry(table).or_default().extend(words);
        }
    }

    /// Adds the words of a language; false if it is unknown. The standard
    /// vocabulary has English.
    pub fn speak(&mut self, language: &str) -> bool {
        let tag = language.to_lowercase();
        let Some(words) = self.languages.get(language_tag::primary(&tag)).cloned() else {
            return false;
        };
        self.merge(words);
        true
    }

    /// The size some words begin with.
    pub fn size(&self, tokens: &[Token]) -> Option<Match<'_>> {
        longest(tokens, self.sizes.iter().map(|(word, size)| (word.as_str(), &size.also[..])))
    }

    /// The angle some words begin with.
    pub fn angle(&self, tokens: &[Token]) -> Option<Match<'_>> {
        longest(tokens, self.angles.iter().map(|(word, entry)| (word.as_str(), &entry.also[..])))
    }

    /// The move some words begin with, without speed and direction.
    pub fn movement(&self, tokens: &[Token]) -> Option<Match<'_>> {
        longest(tokens, self.moves.iter().map(|(word, entry)| (word.as_str(), &entry.also[..])))
    }

    /// The speed some words begin with.
    pub fn speed(&self, tokens: &[Token]) -> Option<Match<'_>> {
        longest(tokens, word_entries(&self.speeds))
    }

    /// The lens some words begin with.
    pub fn lens(&self, tokens: &[Token]) -> Option<Match<'_>> {
        longest(tokens, word_entries(&self.lenses))
    }

    /// The light some words begin with.
    pub fn light(&self, tokens: &[Token]) -> Option<Match<'_>> {
        longest(tokens, word_entries(&self.lights))
    }

    /// Whether a shot has only one of two lenses, or of two lights.
    pub fn excludes(&self, one: &str, other: &str) -> bool {
        let kind = |word: &str| word.starts_with(|letter: char| letter.is_ascii_digit());
        let within = |list: &Vec<String>, word: &str| {
            list.iter().any(|known| known == if kind(word) { MILLIMETRES } else { word })
        };
        self.alternatives.iter().any(|list| within(list, one) && within(list, other))
    }

    /// One word of a list that some words begin with.
    pub fn listed<'a>(&self, list: &'a [String], tokens: &[Token]) -> Option<Match<'a>> {
        longest(tokens, list.iter().map(|word| (word.as_str(), &[][..])))
    }

    /// The canonical style of some words; the words themselves if unknown.
    pub fn style(&self, words: &str) -> String {
        let parts = words.split(',').map(|part| {
            let found = tokens(part);
            longest(&found, phrases(&self.styles))
                .filter(|style| style.taken == found.len())
                .map_or_else(|| part.trim().to_owned(), |style| style.word.to_owned())
        });
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// The transition that some words are, all of them.
    pub fn transition(&self, words: &str) -> Option<Transition> {
        let all = tokens(words.trim_end_matches(['.', ':', ' ']));
        let all: Vec<Token> = all.into_iter().filter(|token| !token.is_mark()).collect();
        let found = longest(
            &all,
            self.transitions.iter().map(|(word, entry)| (word.as_str(), &entry.also[..])),
        )?;
        let entry = &self.transitions[found.word];
        let mut name = found.word.to_owned();
        let mut direction = None;
        let mut rest = &all[found.taken..];
        if let [only, ..] = rest
            && entry.directions.contains(&only.word)
        {
            direction = Direction::of(&only.word);
            name = format!("{name} {}", only.word);
            rest = &rest[1..];
        }
        if let [to] = rest
            && self.grammar.clauses.to.contains(&to.word)
        {
            rest = &[];
        }
        if !rest.is_empty() {
            return None;
        }
        let colour = entry.colour;
        let kind = match entry.kind {
            TransitionMethod::Cut => TransitionKind::Cut,
            TransitionMethod::Dissolve => TransitionKind::Dissolve,
            TransitionMethod::FadeIn => TransitionKind::FadeIn(colour),
            TransitionMethod::FadeOut => TransitionKind::FadeOut(colour),
            TransitionMethod::WhipPan => TransitionKind::WhipPan,
            TransitionMethod::Wipe => TransitionKind::Wipe(direction.unwrap_or_default()),
        };
        let seconds = entry.seconds.clamp(0.0, 10.0);
        let duration = Seconds::micros((seconds * 1e6).round() as i64);
        Some(Transition { name, kind, duration, match_cut: entry.match_cut })
    }

    /// What the words of a cue or a parenthetical say of how a speech is heard.
    pub(crate) fn voice_sense(&self, words: &str) -> Option<VoiceSense> {
        let words = canonical(words);
        self.voices.iter().find(|(_, all)| all.contains(&words)).map(|(sense, _)| *sense)
    }

    /// The size with this canonical word.
    pub fn shot_size(&self, word: &str) -> Option<ShotSize> {
        Some(Term::new(word, self.sizes.get(word)?.properties()))
    }

    /// The angle with this canonical word.
    pub fn camera_angle(&self, word: &str) -> Option<CameraAngle> {
        Some(Term::new(word, self.angles.get(word)?.properties))
    }

    /// The first angle with a property.
    pub fn angle_with(&self, property: impl Fn(AngleProperties) -> bool) -> Option<CameraAngle> {
        let (word, entry) = self.angles.iter().find(|(_, entry)| property(entry.properties))?;
        Some(Term::new(word, entry.properties))
    }

    /// The move with this canonical word, in a direction if one is given.
    pub fn camera_move(&self, word: &str, direction: Option<&str>) -> Option<CameraMove> {
        let properties = self.moves.get(word)?.properties();
        let Some(written) = direction else { return Some(Term::new(word, properties)) };
        let named = |(_, words): &(_, &Vec<String>)| words.iter().any(|known| known == written);
        let direction = self.move_directions.iter().find(named).map(|(direction, _)| *direction);
        Some(Term::new(&format!("{word} {written}"), MoveProperties { direction, ..properties }))
    }

    /// The speed with this canonical word.
    pub fn move_speed(&self, word: &str) -> Option<MoveSpeed> {
        Some(Term::new(word, self.speeds.get(word)?.blocking))
    }

    /// The lens with this canonical word.
    pub fn camera_lens(&self, word: &str) -> Option<CameraLens> {
        Some(Term::new(word, self.lenses.get(word)?.blocking))
    }

    /// The light with this canonical word.
    pub fn shot_light(&self, word: &str) -> Option<ShotLight> {
        Some(Term::new(word, self.lights.get(word)?.blocking))
    }

    /// The time of day with this canonical word.
    pub fn time_of_day(&self, word: &str) -> Option<TimeOfDay> {
        Some(Term::new(word, self.times.get(word)?.properties))
    }

    /// The time of day of a scene while no heading gives one.
    pub fn assumed_time(&self) -> TimeOfDay {
        let assumed = self.times.iter().find(|(_, entry)| entry.properties.assumed);
        let (word, entry) =
            assumed.expect("stdlib/times.yaml has one, and merging removes nothing");
        Term::new(word, entry.properties)
    }

    /// Every way to write a move, without speeds.
    pub fn move_phrases(&self) -> Vec<String> {
        let mut phrases = Vec::new();
        for (word, entry) in &self.moves {
            for name in std::iter::once(word).chain(&entry.also) {
                phrases.push(name.clone());
                phrases
                    .extend(entry.directions.iter().map(|direction| format!("{name} {direction}")));
            }
        }
        phrases
    }
}

/// A lens by its focal length: `35mm`.
pub fn focal_length(millimetres: u32) -> CameraLens {
    let rule = LensRule { mm: Some(f64::from(millimetres)), ..LensRule::default() };
    Term::new(&format!("{millimetres}mm lens"), Some(rule))
}

/// Reads a word of the standard vocabulary, for tables of `stdlib/`.
fn standard_term<'de, D: Deserializer<'de>, P>(
    deserializer: D,
    find: impl Fn(&Vocabulary, &str) -> Option<Term<P>>,
) -> Result<Term<P>, D::Error> {
    let word = String::deserialize(deserializer)?;
    find(&Vocabulary::standard(), &word)
        .ok_or_else(|| D::Error::custom(format!("`{word}` is not in the vocabulary")))
}

impl<'de> Deserialize<'de> for ShotSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        standard_term(deserializer, Vocabulary::shot_size)
    }
}

impl<'de> Deserialize<'de> for CameraAngle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        standard_term(deserializer, Vocabulary::camera_angle)
    }
}

impl<'de> Deserialize<'de> for CameraMove {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        standard_term(deserializer, |vocabulary, word| vocabulary.camera_move(word, None))
    }
}

impl<'de> Deserialize<'de> for MoveSpeed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        standard_term(deserializer, Vocabulary::move_speed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_vocabulary_is_well_formed() {
        let all = Vocabulary::standard();
        assert!(all.uses.is_empty());
        // Nothing means two things of one kind.
        fn also<'a, E: VocabularyEntry + Clone + 'a>(
            table: impl IntoIterator<Item = (&'a String, &'a E)>,
        ) -> PhraseTable {
            let words = |(word, entry): (&String, &E)| (word.clone(), entry.clone().also().clone());
            table.into_iter().map(words).collect()
        }
        let tables = [
            ("angle", also(&all.angles)),
            ("lens", also(&all.lenses)),
            ("light", also(&all.lights)),
        ];
        for (kind, words) in &tables {
            let mut seen = PhraseTable::new();
            for (word, also) in words {
                for alias in also {
                    assert!(
                        seen.insert(alias.clone(), Vec::new()).is_none()
                            && !words.contains_key(alias),
                        "{kind} {alias} of {word} means two things"
                    );
                }
            }
        }
    }

    #[test]
    fn the_longest_words_win() {
        let all = Vocabulary::standard();
        let size = |words: &str| all.size(&tokens(words)).map(|size| size.word.to_owned());
        assert_eq!(size("CLOSE ON MARA").as_deref(), Some("close-up"));
        assert_eq!(size("CLOSE-UP").as_deref(), Some("close-up"));
        assert_eq!(size("EXTREME CLOSE UP").as_deref(), Some("extreme close-up"));
        assert_eq!(size("MEDIUM CLOSE-UP").as_deref(), Some("medium close-up"));
        assert_eq!(size("Wideness").as_deref(), None);
    }

    #[test]
    fn transitions_are_recognised_whole() {
        let all = Vocabulary::standard();
        let name = |words: &str| all.transition(words).map(|transition| transition.name);
        assert_eq!(name("DISSOLVE TO:").as_deref(), Some("dissolve"));
        assert_eq!(name("WIPE LEFT TO:").as_deref(), Some("wipe left"));
        assert_eq!(name("FADE OUT.").as_deref(), Some("fade out"));
        assert_eq!(name("CUT TO BLACK.").as_deref(), Some("cut to black"));
        assert_eq!(name("CUT TO THE CHASE").as_deref(), None);
    }

    #[test]
    fn a_language_adds_to_english() {
        let mut all = (*Vocabulary::standard()).clone();
        assert!(all.speak("de-AT") && !all.speak("tlh"));
        assert!(all.times["night"].also.contains(&"nacht".to_owned()));
    }
}
