//! Lowers the description of a shot to the prompt of a model family, by a
//! minijinja template of `stdlib/prompts/`.
//!
//! A model that reads free text gets the [`Description`] as it is. A model with
//! [`ModelWords`] gets canonical words, slot by slot: its table has them for the
//! author's words, or else its lexicon. Words that neither knows are dropped here;
//! `check` reports them.

use std::sync::LazyLock;

use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use super::lexicon::{self, Related};
use crate::breakdown::description::{Depicted, Description, Sex};
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::nouns::SentenceWords;
use crate::breakdown::language::sexes;
use crate::model::{ModelWords, Slot};

/// Why a prompt cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The standard library has no such template.
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
    ("toy-theatre", include_str!("../../../stdlib/prompts/toy-theatre.j2")),
    ("toy-theatre-2", include_str!("../../../stdlib/prompts/toy-theatre-2.j2")),
    ("wan", include_str!("../../../stdlib/prompts/wan.j2")),
];

/// The canonical words for a shot; every field but `subjects` and `weather` is one
/// word of its slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelDescription {
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
    /// Canonical weather; empty if the shot has none or the model does not know it.
    pub weather: String,
}

/// A prompt, and the model's own words for what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoweredPrompt {
    /// What the model reads.
    pub text: String,
    /// The canonical words, if the model has a table of them.
    pub translated: Option<ModelDescription>,
}

impl LoweredPrompt {
    /// Lowers a description; `grammar` is that of the film's language. A model of free words
    /// that sees the blocking (`blocked`) reads nothing that the blocking shows.
    pub fn new(
        template: &str,
        shot: &Description,
        words: Option<&ModelWords>,
        grammar: &Grammar,
        blocked: bool,
    ) -> Result<Self, Error> {
        let translated = words.map(|words| translate(shot, words, grammar));
        let text = match &translated {
            Some(translated) => render(template, translated)?,
            None if blocked => render(template, &without_blocking(shot))?,
            None => render(template, shot)?,
        };
        Ok(Self { text, translated })
    }
}

/// The text of a prompt for a model that does not see the blocking.
pub fn lower(
    template: &str,
    shot: &Description,
    words: Option<&ModelWords>,
    grammar: &Grammar,
) -> Result<String, Error> {
    Ok(LoweredPrompt::new(template, shot, words, grammar, false)?.text)
}

/// The templates, parsed once.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(100_000));
    for (name, text) in TEMPLATES {
        environment.add_template(name, text).expect("stdlib/prompts is embedded and tested");
    }
    environment
});

/// Renders any serialisable context with a template of the standard library.
pub fn render(template: &str, context: &impl Serialize) -> Result<String, Error> {
    let parsed =
        ENVIRONMENT.get_template(template).map_err(|_| Error::Unknown(template.to_owned()))?;
    let prompt = parsed
        .render(minijinja::value::Serde(context))
        .map_err(|source| Error::Render { name: template.to_owned(), source })?;
    Ok(prompt.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The description of a shot whose blocking the model sees.
#[derive(Debug, Clone, Serialize)]
struct BlockedDescription {
    #[serde(flatten)]
    description: Description,
    blocked: bool,
}

/// A description without what its blocking shows: who stands on which side, and how the
/// camera moves.
fn without_blocking(shot: &Description) -> BlockedDescription {
    let mut description = shot.clone();
    for who in description.subjects.iter_mut().chain(&mut description.reveals) {
        who.side = None;
    }
    BlockedDescription { description, blocked: true }
}

/// Translates a description into the words that a model knows.
pub fn translate(shot: &Description, words: &ModelWords, grammar: &Grammar) -> ModelDescription {
    let mut subjects: Vec<String> = Vec::new();
    for who in shot.subjects.iter().chain(&shot.reveals) {
        let known = known_subject(who, words)
            .map(str::to_owned)
            .or_else(|| related_subject(who, words, grammar).map(|related| related.canonical))
            .or_else(|| any_person(who, words));
        if let Some(known) = known.map(|known| dressed(known, who, words))
            && !subjects.contains(&known)
        {
            subjects.push(known);
        }
    }
    let shown = |known: Option<&str>, related: &dyn Fn() -> Option<Related>, slot: &Slot| {
        known
            .map(str::to_owned)
            .or_else(|| related().map(|related| related.canonical))
            .unwrap_or_else(|| fallback(slot))
    };
    let taught =
        |slot: &Slot, text: &str| slot.first(text).map_or_else(|| fallback(slot), str::to_owned);
    let time = || lexicon::noun(&words.lexicon.times, &shot.time, grammar);
    let action = || related_action(&shot.action, words, grammar);
    ModelDescription {
        subjects,
        place: shown(
            known_place(shot, words),
            &|| related_place(shot, words, grammar),
            &words.places,
        ),
        time: shown(words.times.first(&shot.time), &time, &words.times),
        action: shown(words.actions.earliest(&shot.action), &action, &words.actions),
        size: taught(&words.sizes, &shot.size),
        movement: taught(&words.moves, &shot.movement),
        weather: known_weather(shot, words).unwrap_or_default().to_owned(),
    }
}

/// The canonical word for the weather that the script gives, or else for that in the
/// description of an open place (`towers of scrap under a grey sky`).
pub fn known_weather<'a>(shot: &Description, words: &'a ModelWords) -> Option<&'a str> {
    words.weathers.first(&shot.weather).or_else(|| {
        let outside = shot.weather.is_empty() && !shot.place.interior;
        words.weathers.first(&shot.place.words).filter(|_| outside)
    })
}

/// The canonical word for a subject, if the model has one.
pub fn known_subject<'a>(who: &Depicted, words: &'a ModelWords) -> Option<&'a str> {
    let called = Some(&who.called).filter(|_| !who.named);
    let mut texts = [Some(&who.words), called, Some(&who.outfit)].into_iter().flatten();
    texts.find_map(|text| words.subjects.first(text))
}

/// The nearest word in the lexicon for a subject that the model has no word for. The
/// description decides whether it is a man or a woman, else the script or the name.
pub fn related_subject(who: &Depicted, words: &ModelWords, grammar: &Grammar) -> Option<Related> {
    let table = SentenceWords::of(WORDS_OF_MODELS)?;
    let read = |text: &String| {
        let mut related = lexicon::noun(&words.lexicon.subjects, text, grammar)?;
        if !table.may_stand_for(&related.canonical, &related.word) {
            // A camel is shown as a horse, not as a mammoth.
            let known = words.lexicon.subjects.all();
            related.canonical = table.nearest_of_build(&related.word, known)?.to_owned();
        }
        Some(related)
    };
    let called = || read(&who.called).filter(|_| !who.named);
    let mut related = read(&who.words).or_else(called)?;
    if SEXES.into_iter().any(|sex| word_for(sex) == related.canonical)
        && let Some(sex) = who.sex
    {
        word_for(sex).clone_into(&mut related.canonical);
    }
    Some(related)
}

/// The canonical word for a place, by its name or else its description.
pub fn known_place<'a>(shot: &Description, words: &'a ModelWords) -> Option<&'a str> {
    words.places.first(&shot.place.name).or_else(|| words.places.first(&shot.place.words))
}

/// The nearest word in the lexicon for a place that the model has no word for.
pub fn related_place(shot: &Description, words: &ModelWords, grammar: &Grammar) -> Option<Related> {
    let read = |text: &String| lexicon::noun(&words.lexicon.places, text, grammar);
    read(&shot.place.name).or_else(|| read(&shot.place.words))
}

/// The nearest word in the lexicon for an action that the model has no word for.
pub fn related_action(action: &str, words: &ModelWords, grammar: &Grammar) -> Option<Related> {
    visible_actions(action, grammar)
        .find_map(|sentence| lexicon::verb(&words.lexicon.actions, sentence, grammar))
}

/// The sentences of an action but those that the compiler adds: `X speaks`, which is how
/// a description puts a speech, `In slow motion`.
pub fn visible_actions<'a>(action: &'a str, grammar: &'a Grammar) -> impl Iterator<Item = &'a str> {
    let added = &grammar.added;
    let ends = [&added.speaks, &added.speak, &added.listens];
    let whole = [&added.slow_motion, &added.freezes];
    let sentences = action.split_terminator('.').map(str::trim);
    sentences.filter(move |it| {
        !it.is_empty()
            && !ends.iter().any(|end| it.ends_with(end.as_str()))
            && !whole.iter().any(|whole| whole.as_str().trim_end_matches('.') == *it)
    })
}

/// The words of models are English.
pub(super) const WORDS_OF_MODELS: &str = "en";

const SEXES: [Sex; 2] = [Sex::Woman, Sex::Man];

/// The canonical word that models have for a woman and a man.
fn word_for(sex: Sex) -> &'static str {
    match sex {
        Sex::Woman => "woman",
        Sex::Man => "man",
    }
}

/// The fallback for somebody whom the model has no word for: one of its people who can wear
/// anything, always the same for the same description.
pub fn any_person(who: &Depicted, words: &ModelWords) -> Option<String> {
    if !who.referenced {
        return None;
    }
    let known = |sex: Sex| words.dressed.iter().find(|known| *known == word_for(sex)).cloned();
    match who.sex {
        Some(Sex::Woman) => {
            return known(Sex::Woman).or_else(|| words.dressed.first().cloned());
        }
        Some(Sex::Man) => return known(Sex::Man).or_else(|| words.dressed.last().cloned()),
        None => {}
    }
    let text = if who.words.is_empty() { &who.called } else { &who.words };
    known(sexes::by_chance(text)).or_else(|| words.dressed.first().cloned())
}

/// The word of a slot when the model knows none of the author's.
fn fallback(slot: &Slot) -> String {
    slot.fallback().unwrap_or_default().to_owned()
}

/// A subject with the colour of its clothes before it.
fn dressed(subject: String, who: &Depicted, words: &ModelWords) -> String {
    if !words.dressed.contains(&subject) {
        return subject;
    }
    match words.colours.first(&who.outfit) {
        Some(colour) => format!("{colour} {subject}"),
        None => subject,
    }
}
