//! Lowers the description of a shot to the prompt of a model family, by a
//! minijinja template of `stdlib/prompts/`.
//!
//! A model that reads free text gets the [`Description`] as it is. A model
//! with a table of [`Words`] gets the canonical words it was taught, slot by
//! slot; what it does not know is dropped here and reported by `check`.

use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation as _;

use super::description::{Depicted, Description};
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
    let subject = |who: &Depicted| {
        first(&words.subjects, &who.words)
            .or_else(|| first(&words.subjects, &who.called))
            .or_else(|| first(&words.subjects, &who.outfit))
    };
    let mut subjects: Vec<String> = Vec::new();
    for who in shot.subjects.iter().chain(&shot.reveals) {
        if let Some(known) = subject(who).map(|known| dressed(known, who, words))
            && !subjects.contains(&known)
        {
            subjects.push(known);
        }
    }
    let action = first(&words.actions, &shot.action);
    let setting = format!("{} {}", shot.place.name, shot.place.words);
    Understood {
        subjects,
        place: first(&words.places, &shot.place.name)
            .or_else(|| first(&words.places, &setting))
            .unwrap_or_else(|| fallback(&words.places)),
        time: first(&words.times, &shot.time).unwrap_or_else(|| fallback(&words.times)),
        action: action.unwrap_or_else(|| fallback(&words.actions)),
        size: first(&words.sizes, &shot.size).unwrap_or_else(|| fallback(&words.sizes)),
        movement: first(&words.moves, &shot.movement).unwrap_or_else(|| fallback(&words.moves)),
        weather: first(&words.weathers, &shot.weather).unwrap_or_default(),
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
            text.contains(&spaced(canonical))
                || meanings.iter().any(|meaning| text.contains(&spaced(meaning)))
        })
        .map(|(canonical, _)| canonical.clone())
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

/// By convention the first entry of a slot is what is shown when nothing else
/// is understood: the eye-level medium, the plain stage, day, stillness.
fn fallback(slot: &indexmap::IndexMap<String, Vec<String>>) -> String {
    slot.keys().next().cloned().unwrap_or_default()
}
