//! Lowers the description of a shot to the prompt of a model family, by a
//! minijinja template of `stdlib/prompts/`.
//!
//! A model that reads free text gets the [`Description`] as it is. A model
//! with a table of [`Words`] gets the canonical words it was taught, slot by
//! slot: those of the table, else those its lexicon has for the author's. What
//! neither knows is dropped here and reported by `check`.

use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation as _;

use super::description::{Depicted, Description};
use super::related::{self, Related};
use crate::model::Words;

/// A prompt template that is unknown or broken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such template.
    #[error("there is no prompt template `{0}`")]
    Unknown(String),
    /// The template does not render.
    #[error("the prompt template `{name}` failed")]
    Render {
        /// Its name.
        name: String,
        /// Why.
        #[source]
        source: minijinja::Error,
    },
}

/// The prompt templates of the standard library.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("toy-theatre", include_str!("../../stdlib/prompts/toy-theatre.j2")),
    ("wan", include_str!("../../stdlib/prompts/wan.j2")),
];

/// What a model with a table of words is asked for; every field but `subjects`
/// and `weather` is one canonical word of its slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Understood {
    /// Canonical subjects, in order, each once, with the colour of their
    /// clothes where the model knows it: `red woman`, `mammoth`.
    pub subjects: Vec<String>,
    /// Canonical place.
    pub place: String,
    /// Canonical time of day.
    pub time: String,
    /// Canonical action.
    pub action: String,
    /// Canonical size.
    pub size: String,
    /// Canonical camera move.
    pub movement: String,
    /// Canonical weather; empty when none was asked for or understood.
    pub weather: String,
}

/// Lowers a description to a prompt.
pub fn lower(template: &str, shot: &Description, words: Option<&Words>) -> Result<String, Error> {
    match words {
        None => render(template, shot),
        Some(words) => render(template, &understand(shot, words)),
    }
}

/// Renders any serialisable context with a template of the standard library.
pub fn render(template: &str, context: &impl Serialize) -> Result<String, Error> {
    let (name, text) = TEMPLATES
        .iter()
        .find(|(name, _)| *name == template)
        .ok_or_else(|| Error::Unknown(template.to_owned()))?;
    let failed = |source| Error::Render { name: (*name).to_owned(), source };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(100_000));
    let prompt = environment.render_str(text, minijinja::value::Serde(context)).map_err(failed)?;
    Ok(prompt.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Reads a description with the words a model knows.
pub fn understand(shot: &Description, words: &Words) -> Understood {
    let mut subjects: Vec<String> = Vec::new();
    for who in shot.subjects.iter().chain(&shot.reveals) {
        let known = known_subject(who, words)
            .or_else(|| related_subject(who, words).map(|related| related.canonical))
            .or_else(|| somebody(who, words));
        if let Some(known) = known.map(|known| dressed(known, who, words))
            && !subjects.contains(&known)
        {
            subjects.push(known);
        }
    }
    let shown = |known: Option<String>, related: &dyn Fn() -> Option<Related>, slot| {
        known
            .or_else(|| related().map(|related| related.canonical))
            .unwrap_or_else(|| fallback(slot))
    };
    let time = || related::noun(&words.lexicon.times, &shot.time);
    let action = || related_action(&shot.action, words);
    Understood {
        subjects,
        place: shown(known_place(shot, words), &|| related_place(shot, words), &words.places),
        time: shown(first(&words.times, &shot.time), &time, &words.times),
        action: shown(earliest(&words.actions, &shot.action), &action, &words.actions),
        size: first(&words.sizes, &shot.size).unwrap_or_else(|| fallback(&words.sizes)),
        movement: first(&words.moves, &shot.movement).unwrap_or_else(|| fallback(&words.moves)),
        weather: known_weather(shot, words).unwrap_or_default(),
    }
}

/// The canonical word for the weather: what the script says, else what the
/// description of an open place says (`towers of scrap under a grey sky`).
pub fn known_weather(shot: &Description, words: &Words) -> Option<String> {
    first(&words.weathers, &shot.weather).or_else(|| {
        let outside = shot.weather.is_empty() && !shot.place.interior;
        first(&words.weathers, &shot.place.words).filter(|_| outside)
    })
}

/// The canonical word for somebody or something, if the model has one.
pub fn known_subject(who: &Depicted, words: &Words) -> Option<String> {
    [&who.words, &who.called, &who.outfit].into_iter().find_map(|text| first(&words.subjects, text))
}

/// What is shown for somebody or something the model has no word for. Whether
/// it is a man or a woman the script says, where it says so.
pub fn related_subject(who: &Depicted, words: &Words) -> Option<Related> {
    let read = |text: &String| related::noun(&words.lexicon.subjects, text);
    let mut related = read(&who.words).or_else(|| read(&who.called))?;
    if [WOMAN, MAN].contains(&related.canonical.as_str()) {
        related.canonical = gender(who).map_or(related.canonical, str::to_owned);
    }
    Some(related)
}

/// The canonical word for a place, by its name or else its description.
pub fn known_place(shot: &Description, words: &Words) -> Option<String> {
    first(&words.places, &shot.place.name).or_else(|| first(&words.places, &shot.place.words))
}

/// What is shown for a place the model has no word for.
pub fn related_place(shot: &Description, words: &Words) -> Option<Related> {
    let read = |text: &String| related::noun(&words.lexicon.places, text);
    read(&shot.place.name).or_else(|| read(&shot.place.words))
}

/// What is shown for an action the model has no word for.
pub fn related_action(action: &str, words: &Words) -> Option<Related> {
    deeds(action).find_map(|deed| related::verb(&words.lexicon.actions, deed))
}

/// The sentences of an action that say more than that somebody speaks, which is
/// what a speech becomes.
pub fn deeds(action: &str) -> impl Iterator<Item = &str> {
    let sentences = action.split_terminator('.').map(str::trim);
    sentences.filter(|it| !it.is_empty() && !it.ends_with("speaks") && !it.ends_with("speak"))
}

const WOMAN: &str = "woman";
const MAN: &str = "man";

/// A person the model has no word for is still somebody: one of its people
/// who can wear anything, always the same for the same description.
pub fn somebody(who: &Depicted, words: &Words) -> Option<String> {
    if !who.referenced {
        return None;
    }
    let known = |word: &str| words.dressed.iter().find(|known| *known == word).cloned();
    match gender(who) {
        Some(WOMAN) => return known(WOMAN).or_else(|| words.dressed.first().cloned()),
        Some(_) => return known(MAN).or_else(|| words.dressed.last().cloned()),
        None => {}
    }
    let text = if who.words.is_empty() { &who.called } else { &who.words };
    let sum: usize = text.bytes().map(usize::from).sum();
    let grown = if sum.is_multiple_of(2) { WOMAN } else { MAN };
    known(grown).or_else(|| words.dressed.get(sum % words.dressed.len().max(1)).cloned())
}

/// What the pronouns of a description say.
fn gender(who: &Depicted) -> Option<&'static str> {
    let told = spaced(&format!("{} {} {}", who.words, who.outfit, who.additions.join(" ")));
    let says = |pronouns: [&str; 3]| pronouns.iter().any(|word| told.contains(word));
    if says([" she ", " her ", " hers "]) {
        Some(WOMAN)
    } else if says([" he ", " his ", " him "]) {
        Some(MAN)
    } else {
        None
    }
}

/// A subject with the colour of what they wear before it.
fn dressed(subject: String, who: &Depicted, words: &Words) -> String {
    if !words.dressed.contains(&subject) {
        return subject;
    }
    match first(&words.colours, &who.outfit) {
        Some(colour) => format!("{colour} {subject}"),
        None => subject,
    }
}

/// The canonical word of a slot whose entry is found in a text, in the order
/// of the table.
pub fn first(slot: &indexmap::IndexMap<String, Vec<String>>, text: &str) -> Option<String> {
    let text = spaced(text);
    slot.iter()
        .find(|(canonical, meanings)| {
            says(&text, canonical) || meanings.iter().any(|meaning| says(&text, meaning))
        })
        .map(|(canonical, _)| canonical.clone())
}

/// The canonical word of a slot whose entry comes first in a text, whatever its
/// ending (`dances`, `dancing`): the first verb of a sentence is its action. Of
/// entries that begin at the same word the longest wins.
pub fn earliest(slot: &indexmap::IndexMap<String, Vec<String>>, text: &str) -> Option<String> {
    Verbs::of(slot).earliest(text).map(str::to_owned)
}

/// The entries of a slot without their endings, to be found in many texts.
#[derive(Debug)]
pub struct Verbs<'a>(Vec<(Vec<String>, &'a str)>);

impl<'a> Verbs<'a> {
    /// Takes the endings away.
    pub fn of(slot: &'a indexmap::IndexMap<String, Vec<String>>) -> Self {
        let entries = slot.iter().flat_map(|(canonical, meanings)| {
            std::iter::once(canonical).chain(meanings).map(move |meaning| (canonical, meaning))
        });
        Self(entries.map(|(canonical, meaning)| (stems(meaning), canonical.as_str())).collect())
    }

    /// The canonical word whose entry comes first in a text.
    pub fn earliest(&self, text: &str) -> Option<&'a str> {
        let text = stems(text);
        self.0
            .iter()
            .filter_map(|(meaning, canonical)| {
                let at = text.windows(meaning.len().max(1)).position(|words| words == *meaning)?;
                Some((at, std::cmp::Reverse(meaning.len()), *canonical))
            })
            .min_by_key(|(at, length, _)| (*at, *length))
            .map(|(_, _, canonical)| canonical)
    }
}

fn stems(text: &str) -> Vec<String> {
    text.unicode_words().map(stem).collect()
}

/// A word without the endings of English verbs.
fn stem(word: &str) -> String {
    let mut word = word.to_lowercase();
    for ending in ["ing", "ed", "es", "s"] {
        if let Some(rest) = word.strip_suffix(ending)
            && rest.chars().count() >= 3
            && !rest.ends_with('s')
        {
            word = rest.to_owned();
            break;
        }
    }
    let mut letters = word.chars().rev();
    if let (Some(last), Some(before)) = (letters.next(), letters.next())
        && (last == 'e' || (last == before && !"aeiouls".contains(last)))
        && word.chars().count() > 3
    {
        word.pop();
    }
    word
}

/// Small letters, words only, a space before, between and after, so that
/// whole words are found by a substring search.
fn spaced(text: &str) -> String {
    let mut spaced = String::from(" ");
    for word in text.unicode_words() {
        spaced.push_str(&word.to_lowercase());
        spaced.push(' ');
    }
    spaced
}

/// Whether a spaced text holds some words. Nearly all tables are written in
/// small letters with single blanks, and need no spacing of their own.
fn says(spaced_text: &str, words: &str) -> bool {
    let plain = words.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' ')
        && !words.contains("  ")
        && words.trim() == words;
    if !plain || words.is_empty() {
        return spaced_text.contains(&spaced(words));
    }
    // Mostly they are not there at all, and this is found out fastest.
    if !spaced_text.contains(words) {
        return false;
    }
    let bytes = spaced_text.as_bytes();
    spaced_text
        .match_indices(words)
        .any(|(at, _)| bytes[at - 1] == b' ' && bytes[at + words.len()] == b' ')
}

/// By convention the first entry of a slot is what is shown when nothing else
/// is understood: the eye-level medium, the plain stage, day, stillness.
fn fallback(slot: &indexmap::IndexMap<String, Vec<String>>) -> String {
    slot.keys().next().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_are_said() {
        let text = spaced("Towers of SCRAP, under a grey sky.");
        for (words, said) in [
            ("scrap", true),
            ("towers of scrap", true),
            ("Grey  Sky", true),
            ("sky", true),
            ("crap", false),
            ("scrap under the", false),
            ("tower", false),
            ("", true),
        ] {
            assert_eq!(says(&text, words), said, "{words}");
        }
    }

    #[test]
    fn the_first_verb_is_the_action() {
        let slot: indexmap::IndexMap<String, Vec<String>> = [
            ("stand", vec!["stands still"]),
            ("dance", vec!["salsa", "waltz"]),
            ("run", vec!["charge", "hurry"]),
            ("open mouth", vec!["mouth", "yawn"]),
            ("walk", vec!["lumber", "step", "comes in"]),
        ]
        .into_iter()
        .map(|(word, more)| (word.to_owned(), more.into_iter().map(str::to_owned).collect()))
        .collect();
        let check = |text: &str, action: Option<&str>| {
            assert_eq!(earliest(&slot, text).as_deref(), action, "{text}");
        };
        check("The mammoth lumbers between the towers. The woman dances.", Some("walk"));
        check("A couple is dancing, then runs.", Some("dance"));
        check("The bull charged at the matador, who stepped aside.", Some("run"));
        check("The wolf slowly opens its mouth wide.", Some("open mouth"));
        check("The man is running.", Some("run"));
        check("Varya comes in with a lamp.", Some("walk"));
        check("She stops breathing.", None);
    }
}
