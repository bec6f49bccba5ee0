//! Advice on a film for a chosen model: words that the model does not know, with
//! what it shows instead (one message a word), and shots that are too long for it.
//!
//! Knows the settings and words of a model; does not know weights.

use std::cell::OnceCell;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexSet;

use super::control::advise_on_control;
use super::lexicon::{self, Related};
use super::lower::{
    WORDS_OF_MODELS, any_person, known_place, known_subject, related_action, related_place,
    related_subject, visible_actions,
};
use crate::breakdown::description::{Depicted, Description};
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::nouns::SentenceWords;
use crate::breakdown::screenplay::PictureMotion;
use crate::breakdown::shot::{HANDLE, Picture, Shot, ShotList, TakeSpec};
use crate::breakdown::technique::CameraMovement;
use crate::diagnostic::{Code, Diagnostic};
use crate::memo::Memo;
use crate::model::{Conditioning, Model, ModelDefaults, ModelWords, Slot};
use crate::time::Seconds;

/// A longer take gets a hint.
const LONG_TAKE: Seconds = Seconds::millis(12_000);

/// Warnings and hints about a film for a model.
pub fn advise(list: &ShotList, model: &Model) -> Vec<Diagnostic> {
    Adviser::default().advise(list, model)
}

/// The model that a script names cannot be used, for a reason and with a remedy.
pub fn no_model(list: &ShotList, why: &str, remedy: Option<&str>) -> Option<Diagnostic> {
    let named = list.settings.model.as_ref()?;
    let diagnostic = Diagnostic::error(Code::NoModel, named.span, why);
    Some(match remedy {
        Some(remedy) => diagnostic.help(remedy),
        None => diagnostic,
    })
}

/// Advises on one film again and again, for one model: it remembers the unknown
/// words of shots that have not changed.
#[derive(Debug, Default)]
pub struct Adviser {
    known: Memo<SeenShot, Arc<[Unknown]>>,
    /// Whether the model can continue a take from a picture.
    continues: OnceCell<bool>,
}

/// All that the unknown words of a shot depend on. Descriptions are compared by
/// address: a cached scene keeps its own.
#[derive(Debug)]
struct SeenShot {
    description: Arc<Description>,
    movement: CameraMovement,
    covered: bool,
    network: bool,
}

impl PartialEq for SeenShot {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.description, &other.description)
            && self.movement == other.movement
            && self.covered == other.covered
            && self.network == other.network
    }
}

impl Eq for SeenShot {}

impl Hash for SeenShot {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.description).hash(state);
    }
}

/// Words of a script that a model does not know.
#[derive(Debug, Clone)]
struct Unknown {
    what: String,
    /// The same in small letters, so that one message covers all spellings.
    key: Arc<str>,
    instead: String,
    /// The words that the model has; `None` if it shows something near.
    known: Option<String>,
}

impl Unknown {
    fn new(what: String, instead: String, known: Option<String>) -> Self {
        Self { key: what.to_lowercase().into(), what, instead, known }
    }

    fn diagnostic(&self, model: &ModelDefaults, shot: &Shot) -> Diagnostic {
        let Self { what, instead, known, .. } = self;
        let message = match what.as_str() {
            "" => format!("nothing says where this is; {instead}"),
            what => format!("{} has no word for `{what}`; {instead}", model.name),
        };
        let found = match known {
            Some(known) => Diagnostic::warning(Code::UnknownToModel, shot.span, message)
                .help(format!("it knows {known}")),
            None => Diagnostic::hint(Code::ShownAs, shot.span, message),
        };
        found.about(what)
    }
}

impl Adviser {
    /// Advice on a film as it is now.
    pub fn advise(&mut self, list: &ShotList, model: &Model) -> Vec<Diagnostic> {
        self.known.begin();
        let (words, settings) = (model.words.as_ref(), &model.defaults);
        // Opening the model reports what is wrong with it.
        let continues = || model.conditioning().map_or(true, |by| by != Conditioning::Prompt);
        let network = is_moved_by_network(list, settings);
        let mut diagnostics = advise_on_control(list, model);
        let mut seen_words: IndexSet<Arc<str>, RandomState> = IndexSet::default();
        for shot in &list.shots {
            let Picture::Take(take) = &shot.picture else { continue };
            long_take(list, shot, take, settings, &mut diagnostics);
            if network {
                many_subjects(shot, take, settings, &mut diagnostics);
            }
            if take.resumes.is_none()
                && at_once(settings) < length(list, shot)
                && !self.continues.get_or_init(continues)
            {
                diagnostics.push(torn_take(shot, settings));
            }
            let (None, Some(words)) = (take.resumes, words) else { continue };
            let seen = SeenShot {
                description: Arc::clone(&take.description),
                movement: take.technique.movement.clone(),
                covered: shot.covered,
                network,
            };
            let unknown = self.known.get(&seen).unwrap_or_else(|| {
                let grammar = &list.vocabulary.grammar;
                let mut found = unknown(shot, take, words, grammar, network);
                found.extend(shown_otherwise(take, words, grammar, network));
                let found: Arc<[Unknown]> = found.into();
                self.known.keep(seen, Arc::clone(&found));
                found
            });
            for unknown in &*unknown {
                if seen_words.insert(Arc::clone(&unknown.key)) {
                    diagnostics.push(unknown.diagnostic(settings, shot));
                }
            }
        }
        diagnostics
    }
}

/// The length of a shot's take, with its handles.
fn length(list: &ShotList, shot: &Shot) -> Seconds {
    list.settings.rate.duration(shot.frames) + HANDLE + HANDLE
}

/// The longest clip that a model makes in one piece.
fn at_once(model: &ModelDefaults) -> Seconds {
    Seconds::micros(i64::from(model.max_frames) * 1_000_000 / i64::from(model.frame_rate.max(1)))
}

/// Warns that a model without a first frame cannot continue a take from a picture.
fn torn_take(shot: &Shot, model: &ModelDefaults) -> Diagnostic {
    let (name, most) = (&model.name, at_once(model));
    Diagnostic::warning(
        Code::TornTake,
        shot.span,
        format!(
            "shot {} is longer than the {most} that {name} makes at once, and {name} cannot go on from a picture: the shot will jump",
            shot.number
        ),
    )
    .help("cut it with `!!` lines, or choose a model that takes a first frame")
}

fn long_take(
    list: &ShotList,
    shot: &Shot,
    take: &TakeSpec,
    model: &ModelDefaults,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let rate = list.settings.rate;
    let frames = shot.frames + take.resumes.map_or(0, |(_, passed)| passed);
    let length = rate.duration(frames);
    if length <= LONG_TAKE {
        return;
    }
    let clip = at_once(model).as_micros();
    let pieces = (length.as_micros() + clip - 1) / clip.max(1);
    diagnostics.push(
        Diagnostic::hint(
            Code::LongTake,
            shot.span,
            format!("shot {} is a long take, made in {pieces} pieces", shot.number),
        )
        .help("cut it with `!!` lines, or `[[cut: …]]` inside a speech"),
    );
}

/// Whether the network makes every frame, rather than stills that the blocking moves.
fn is_moved_by_network(list: &ShotList, model: &ModelDefaults) -> bool {
    let reel = list.settings.blocking && model.reel.as_ref().is_some_and(|reel| reel.finished);
    let asked = list.settings.motion.map(|motion| motion == PictureMotion::Network);
    asked.unwrap_or(!reel)
}

/// Warns that a shot shows more at once than a model has learned. A reel draws everybody
/// alone.
fn many_subjects(
    shot: &Shot,
    take: &TakeSpec,
    model: &ModelDefaults,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let count = take.description.subjects.len();
    let Some(most) = model.most_subjects.filter(|most| count > *most) else { return };
    let ModelDefaults { name, .. } = model;
    diagnostics.push(
        Diagnostic::hint(
            Code::ManySubjects,
            shot.span,
            format!(
                "shot {} shows {count} people and things; {name} was taught to show {most} at once",
                shot.number
            ),
        )
        .help("give some of them a shot of their own, or write `[[film: motion reel]]`"),
    );
}

/// The words that a model shows as something else, and the numbers that it cannot show.
fn shown_otherwise(
    take: &TakeSpec,
    words: &ModelWords,
    grammar: &Grammar,
    counts: bool,
) -> Vec<Unknown> {
    let description = &take.description;
    let mut found = Vec::new();
    let nearest = |canonical: &str| format!("`{canonical}` is the nearest it can show");
    for who in description.subjects.iter().chain(&description.reveals) {
        let Some(canonical) = known_subject(who, words) else { continue };
        let texts = [&who.words, &who.called];
        let said = texts.into_iter().find(|text| words.subjects.first(text) == Some(canonical));
        // A gentleman counts as a man; so does a watchmaker, who shows no watches.
        let person = |said: &String| {
            let table = SentenceWords::of(WORDS_OF_MODELS);
            table.is_some_and(|table| table.plain_people.has(said))
                && words.dressed.iter().any(|dressed| dressed == canonical)
        };
        if let Some(said) = said.and_then(|text| words.subjects.other_word(text))
            && !person(&said)
        {
            found.push(Unknown::new(said, nearest(canonical), None));
        }
    }
    for who in description.subjects.iter().filter(|who| counts && who.count > 1) {
        let related = || related_subject(who, words, grammar).map(|related| related.canonical);
        let Some(canonical) = known_subject(who, words).map(str::to_owned).or_else(related) else {
            continue;
        };
        if !MANY.contains(&canonical.as_str()) {
            let number = grammar.without_article(&who.called).unwrap_or(&who.called).to_owned();
            let instead = format!("one `{canonical}` will be shown");
            found.push(Unknown::new(number, instead, None));
        }
    }
    let place = &description.place;
    found.extend(left_out(description, words, counts));
    if let Some(canonical) = known_place(description, words) {
        let text = [&place.name, &place.words]
            .into_iter()
            .find(|text| words.places.first(text) == Some(canonical));
        if let Some(said) = text.and_then(|text| words.places.other_word(text)) {
            found.push(Unknown::new(said, nearest(canonical), None));
        }
    }
    let dressed = description.subjects.iter().chain(&description.reveals);
    let outfits = dressed.map(|who| (&words.colours, &who.outfit));
    let mut read = vec![(&words.times, &description.time), (&words.weathers, &description.weather)];
    // The blocking makes every move of a reel.
    read.extend(counts.then_some((&words.moves, &description.movement)));
    for (slot, text) in read.into_iter().chain(outfits) {
        if let (Some(said), Some(canonical)) = (slot.other_word(text), slot.first(text)) {
            found.push(Unknown::new(said, nearest(canonical), None));
        }
    }
    found
}

/// The parts of a description for which a table of words has no slot. The blocking of a
/// reel has angles and lenses.
fn left_out<'a>(
    description: &'a Description,
    words: &'a ModelWords,
    network: bool,
) -> impl Iterator<Item = Unknown> + 'a {
    let Description { light, angle, lens, style, place, .. } = description;
    let by_network = [angle, lens].into_iter().filter(move |_| network);
    let said = [light, style].into_iter().chain(by_network).chain(&place.additions).cloned();
    let said = said.chain(description.subjects.iter().flat_map(|who| left_out_of(who, words)));
    said.filter(|text| !text.is_empty())
        .map(|text| Unknown::new(text, "it will be left out".to_owned(), None))
}

/// The words about a subject that a table of words cannot show: clothes without a colour,
/// the colour of a subject without clothes, and all additions.
fn left_out_of<'a>(who: &'a Depicted, words: &'a ModelWords) -> impl Iterator<Item = String> + 'a {
    let colour = |text: &str| {
        let known = || words.colours.first(text).map(str::to_owned);
        words.colours.other_word(text).or_else(known)
    };
    let is_dressed = known_subject(who, words)
        .is_none_or(|canonical| words.dressed.iter().any(|dressed| dressed == canonical));
    let outfit = (colour(&who.outfit).is_none()).then(|| who.outfit.clone());
    let own = (!is_dressed).then(|| colour(&who.called)).flatten();
    outfit.into_iter().chain(own).chain(who.additions.iter().cloned())
}

/// Words for which models show many by themselves.
const MANY: [&str; 2] = ["couple", "crowd"];

fn unknown(
    shot: &Shot,
    take: &TakeSpec,
    words: &ModelWords,
    grammar: &Grammar,
    network: bool,
) -> Vec<Unknown> {
    let description = &take.description;
    let mut found = Vec::new();
    let mut warn = |what: &str, instead: String, slot: &Slot| {
        let known = slot.canonical().collect::<Vec<_>>().join(", ");
        found.push(Unknown::new(what.to_owned(), instead, Some(known)));
    };
    let mut near = Vec::new();
    let mut is_near = |related: Option<Related>| {
        let Some(Related { word, canonical }) = related else { return false };
        let instead = format!("`{canonical}` is the nearest it can show");
        near.push(Unknown::new(word, instead, None));
        true
    };
    for who in description.subjects.iter().chain(&description.reveals) {
        if known_subject(who, words).is_some() || is_near(related_subject(who, words, grammar)) {
            continue;
        }
        let instead = any_person(who, words).map_or_else(
            || "it will be left out".to_owned(),
            |one| format!("a {one} will be shown"),
        );
        let what = if who.words.is_empty() { &who.called } else { &who.words };
        warn(what, instead, &words.subjects);
    }
    let instead = |slot: &Slot| {
        slot.fallback().map_or_else(
            || "it will be left out".to_owned(),
            |word| format!("`{word}` will be shown"),
        )
    };
    if known_place(description, words).is_none()
        && !is_near(related_place(description, words, grammar))
    {
        warn(&description.place.name, instead(&words.places), &words.places);
    }
    let time = &description.time;
    if !time.is_empty()
        && words.times.first(time).is_none()
        && !is_near(lexicon::noun(&words.lexicon.times, time, grammar))
    {
        warn(time, instead(&words.times), &words.times);
    }
    if network
        && !take.technique.movement.is_empty()
        && words.moves.first(&description.movement).is_none()
    {
        let still = "the camera will stand still".to_owned();
        warn(&take.technique.movement.to_string(), still, &words.moves);
    }
    if !description.weather.is_empty() && words.weathers.first(&description.weather).is_none() {
        let out = "it will be left out".to_owned();
        warn(&description.weather, out, &words.weathers);
    }
    let is_shown =
        |who| known_subject(who, words).is_some() || related_subject(who, words, grammar).is_some();
    let acts = !shot.covered && description.subjects.iter().any(is_shown);
    let done = visible_actions(&description.action, grammar).filter(|_| acts);
    for done in done.filter(|done| words.actions.earliest(done).is_none()) {
        if !is_near(related_action(done, words, grammar)) {
            let still = instead(&words.actions);
            warn(done, still, &words.actions);
        }
    }
    found.extend(near);
    found
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::breakdown::shots::list::shot_list;
    use crate::breakdown::{Strictness, understand};
    use crate::script::parse;
    use crate::source::Sources;

    /// The codes of the advice on a shot of six seconds, for a model with such a
    /// transformer.
    fn codes(transformer: &str) -> Vec<Code> {
        let folder = tempfile::tempdir().unwrap();
        for (file, content) in [
            ("model_index.json", "{}"),
            ("transformer/config.json", transformer),
            ("scheduler/scheduler_config.json", "{}"),
        ] {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
        let model = Model::open(folder.path()).unwrap();
        let mut sources = Sources::default();
        let script = "EXT. QUAY - DAY\n\n!! WIDE [[6s]]\n\nWaves break.\n";
        let id = sources.add("film.play", script);
        let (tree, _) = parse(&sources, id);
        let screenplay = understand(&tree, &mut sources, Path::new("."), Strictness::Strict).0;
        let (list, _) = shot_list(&screenplay);
        advise(&list, &model).into_iter().map(|diagnostic| diagnostic.code).collect()
    }

    #[test]
    fn a_model_that_reads_words_alone_tears_long_shots() {
        assert_eq!(codes("{}"), [Code::TornTake]);
        assert!(codes("{\"vace_layers\": [0]}").is_empty());
    }
}
