//! Describes a planned shot in plain words: its people in their present state, the
//! place, the time and the action, with names replaced by words that a picture can
//! show.
//!
//! Knows state and framing; does not know models.

use std::ops::Range;
use std::sync::Arc;

use indexmap::IndexMap;

use super::contents::Content;
use super::framing::is_person;
use super::naming::{call_all, capitalised, looks};
use super::planned::{PlannedPicture, PlannedShot};
use crate::breakdown::description::{Depicted, DescribedPlace, Description, Face, Side};
use crate::breakdown::head_noun;
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::nouns::{NounClass, SentenceWords};
use crate::breakdown::language::sexes;
use crate::breakdown::language::terms::{ShotSize, joined, word_of};
use crate::breakdown::screenplay::{
    Action, Character, ItemKind, Kind, Mention, Screenplay, ShotSpec, Subject, Voice,
};
use crate::breakdown::shot::{Act, Picture, TakeSpec};
use crate::breakdown::technique::{Movement, Technique};
use crate::breakdown::transition::Transition;
use crate::breakdown::understand::pronouns;
use crate::source::Span;
use crate::source::quotes;
use crate::time::Seconds;

/// A shot with its length, described in words.
#[derive(Debug, Clone)]
pub(crate) struct DescribedShot {
    /// Index of its scene; `None` for title and end card.
    pub scene: Option<usize>,
    pub span: Span,
    /// Whether coverage planned it; otherwise the script has its line.
    pub covered: bool,
    /// The written shot line, if there is one.
    pub spec: Option<Arc<ShotSpec>>,
    /// The size of its framing; `None` for a card.
    pub size: Option<ShotSize>,
    /// Without the shot that it continues or resumes; `list` adds it.
    pub picture: Picture,
    /// A short text for people.
    pub shows: Arc<str>,
    pub length: Seconds,
    pub transition: Option<Transition>,
    pub fade_out: Option<Transition>,
    /// The distance, in shots, back to the shot that this one continues.
    pub continues: Option<usize>,
    /// The distance, in shots, back to the shot whose take this one resumes.
    pub resumes: Option<usize>,
}

/// Describes a shot whose length is decided.
pub(crate) fn describe(
    screenplay: &Screenplay,
    shot: &PlannedShot,
    length: Seconds,
) -> DescribedShot {
    let picture = match &shot.picture {
        PlannedPicture::Card(card) => Picture::Card(card.clone()),
        PlannedPicture::Black => Picture::Black,
        PlannedPicture::White => Picture::White,
        PlannedPicture::Take => Picture::Take(Arc::new(take(screenplay, shot))),
    };
    DescribedShot {
        scene: shot.scene,
        span: shot.span,
        covered: shot.covered,
        spec: shot.spec.clone(),
        size: shot.framing.size.clone(),
        picture,
        shows: shows(screenplay, shot).into(),
        length,
        transition: None,
        fade_out: None,
        continues: shot.continues,
        resumes: None,
    }
}

fn take(screenplay: &Screenplay, shot: &PlannedShot) -> TakeSpec {
    let movement = shot.framing.movement.as_ref();
    let reveals = movement.map_or(&[][..], |movement| &movement.reveals);
    let mut subjects = shot.framing.subjects.clone();
    subjects.extend(reveals.iter().map(|who| (*who, screenplay.subjects[*who].face)));
    let spec = shot.spec.as_ref();
    let here = spec.map_or(&[][..], |spec| &spec.directed);
    TakeSpec {
        description: Arc::new(description(screenplay, shot)),
        subjects,
        acts: acts(screenplay, shot, reveals),
        directed: shot.state.directed.iter().chain(here).cloned().collect(),
        directed_here: here.len(),
        unblocked: !screenplay.settings.blocking || spec.is_some_and(|spec| spec.unblocked),
        control: spec.and_then(|spec| spec.control),
        viewer: spec.and_then(|spec| spec.pov),
        technique: technique(screenplay, shot),
        leads_from: movement.and_then(|movement| place(shot, reveals, movement.from?)),
        leads_to: movement.and_then(|movement| place(shot, reveals, movement.to?)),
        from_image: spec.and_then(|spec| spec.from_image.clone()),
        to_image: spec.and_then(|spec| spec.to_image.clone()),
        lettering: lettering(shot),
        continues: None,
        resumes: None,
        id: spec.and_then(|spec| spec.id.clone()),
    }
}

/// A short text for people.
fn shows(screenplay: &Screenplay, shot: &PlannedShot) -> String {
    if let PlannedPicture::Card(card) = &shot.picture {
        return card.in_one_line();
    }
    if let Some(spec) = shot.spec.as_ref().filter(|spec| !spec.head.is_empty()) {
        return spec.head.clone();
    }
    let mut names: Vec<&str> =
        shot.framing.seen().iter().map(|who| screenplay.subjects[*who].name.as_str()).collect();
    names.extend(shot.framing.things.iter().map(String::as_str));
    if names.is_empty()
        && let Some(scene) = shot.scene
    {
        names.push(&screenplay.places[screenplay.scenes[scene].place.0].name);
    }
    [word_of(shot.framing.size.as_ref()), ": ", &names.join(", ")].concat()
}

/// The words on the paper that an insert shows.
pub(crate) fn lettering(shot: &PlannedShot) -> Vec<String> {
    if !shot.framing.properties().thing {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for content in &shot.contents {
        if let Content::Action { action, .. } = content {
            lines.extend(action.lettering.iter().cloned());
        }
    }
    lines
}

/// Who is in a shot or in its text.
fn named(shot: &PlannedShot, reveals: &[Subject]) -> Vec<Subject> {
    let mut named: Vec<Subject> = shot.framing.subjects.iter().map(|(who, _)| *who).collect();
    named.extend(reveals);
    for content in &shot.contents {
        if let Content::Action { action, range } = content {
            named.extend(mentions(action, range).map(|mention| mention.subject));
        }
    }
    named
}

/// The content of a take.
fn description(screenplay: &Screenplay, shot: &PlannedShot) -> Description {
    let Some(scene) = shot.scene.map(|scene| &screenplay.scenes[scene]) else {
        return Description::default();
    };
    let (framing, state) = (&shot.framing, &shot.state);
    let reveals = framing.movement.as_ref().map_or(&[][..], |movement| &movement.reveals);
    let called = call_all(screenplay, &named(shot, reveals));
    let grammar = &screenplay.vocabulary.grammar;
    let sides = sides(screenplay, shot);
    let head_noun = |words: &str| head_noun(words, &screenplay.settings.language);
    let depict = |who: Subject, face: Face| -> Depicted {
        let character = &screenplay.subjects[who];
        let main = framing.subjects.first().is_some_and(|(first, _)| *first == who);
        let worn = shot.spec.as_ref().and_then(|spec| spec.wearing.clone()).filter(|_| main);
        let named = is_proper_name(screenplay, character, &called[&who]);
        let words = looks(screenplay, character);
        let phrases = [Some(words), Some(&*called[&who]).filter(|_| !named)];
        Depicted {
            called: called[&who].clone(),
            count: character.count,
            named,
            nouns: phrases.into_iter().flatten().filter_map(head_noun).collect(),
            sex: character.sex.or_else(|| sexes::of_description(&character.person, grammar)),
            introduced: false,
            words: words.to_owned(),
            outfit: worn
                .or_else(|| state.outfits.get(&who).cloned())
                .unwrap_or_else(|| character.outfit.clone()),
            additions: state.additions.get(&who).cloned().unwrap_or_default(),
            side: sides.get(&who).copied(),
            face,
            referenced: character.kind == Kind::Cast,
        }
    };
    let mut subjects: Vec<Depicted> =
        framing.subjects.iter().map(|(who, face)| depict(*who, *face)).collect();
    let thing = |thing: &String| {
        let nouns = head_noun(thing).into_iter().collect();
        Depicted { called: thing.clone(), nouns, ..Depicted::default() }
    };
    subjects.extend(framing.things.iter().map(thing));
    let grammar = &screenplay.vocabulary.grammar;
    let place = &screenplay.places[scene.place.0];
    let action = happening(screenplay, shot, &called);
    let text = format!("{} {}", action, place.words).to_lowercase();
    for (who, depicted) in framing.subjects.iter().zip(&mut subjects) {
        depicted.introduced =
            !who.0.is_named() && says_all(&text, depicted, &screenplay.subjects[who.0], grammar);
    }
    let technique = technique(screenplay, shot);
    Description {
        size: word_of(technique.size.as_ref()).to_owned(),
        angle: joined(&technique.angles, ", "),
        movement: framing
            .movement
            .as_ref()
            .map_or_else(String::new, |movement| in_words(movement, screenplay, &called)),
        reveals: reveals.iter().map(|who| depict(*who, screenplay.subjects[*who].face)).collect(),
        lens: joined(&technique.lenses, ", "),
        light: joined(&technique.lights, ", "),
        subjects,
        action,
        place: DescribedPlace {
            name: grammar.in_a_sentence(&place.name).replace(" - ", ", "),
            words: place.words.clone(),
            additions: state.place_additions.get(&scene.place).cloned().unwrap_or_default(),
            interior: place.interior,
        },
        time: scene.time.to_string(),
        // Pictures of interiors show no weather, so a change of it does not change them.
        weather: if place.interior { String::new() } else { state.weather.clone() },
        style: if state.style.is_empty() {
            screenplay.settings.style.clone()
        } else {
            state.style.clone()
        },
    }
}

/// Whether somebody is called by a name that describes nobody. THE SCARECROW is a
/// scarecrow, KING MIDAS a king and the DOCTOR a doctor; MARA is no mara, FIRS no trees.
fn is_proper_name(screenplay: &Screenplay, character: &Character, called: &str) -> bool {
    let articles = &screenplay.vocabulary.grammar.articles;
    let mut words = called.split(' ').map(str::to_lowercase);
    let first = words.next().unwrap_or_default();
    let nouns = SentenceWords::of(&screenplay.settings.language);
    let person = |word: &str| {
        let noun = nouns.and_then(|nouns| nouns.noun(word));
        noun.is_some_and(|noun| matches!(noun.class, NounClass::Person | NounClass::Group))
    };
    character.kind == Kind::Cast
        && !articles.has(&first)
        && !person(&first)
        && !words.any(|word| person(&word))
}

/// Whether a text already says everything about somebody without a name.
fn says_all(text: &str, depicted: &Depicted, character: &Character, grammar: &Grammar) -> bool {
    let words = if character.person.is_empty() { &character.name } else { &character.person };
    let mut all = words.split(' ').chain(depicted.outfit.split(' '));
    depicted.words == character.person
        && all.all(|word| grammar.articles.has(word) || text.contains(&word.to_lowercase()))
}

/// The place of somebody among the subjects of a shot's description, then its reveals.
fn place(shot: &PlannedShot, reveals: &[Subject], who: Subject) -> Option<usize> {
    let framing = &shot.framing;
    let behind = framing.subjects.len() + framing.things.len();
    let seen = framing.subjects.iter().position(|(seen, _)| *seen == who);
    seen.or_else(|| Some(behind + reveals.iter().position(|seen| *seen == who)?))
}

/// The acts of a shot; subjects are given by their place in the description.
fn acts(screenplay: &Screenplay, shot: &PlannedShot, reveals: &[Subject]) -> Vec<Act> {
    let framing = &shot.framing;
    let place = |who: &Subject| place(shot, reveals, *who);
    let lives = |who: &Subject| screenplay.subjects[*who].kind != Kind::Prop;
    let people: Vec<usize> =
        (0..framing.subjects.len()).filter(|at| lives(&framing.subjects[*at].0)).collect();
    let mut last: Vec<usize> = Vec::new();
    let mut acts: Vec<Act> = Vec::new();
    for content in &shot.contents {
        let Content::Action { action, range } = content else { continue };
        let here = action.acts.iter().filter(|act| range.contains(&act.sentence));
        let first = here.clone().map(|act| act.beat).min().unwrap_or(0);
        let next = acts.last().map_or(0, |last| last.beat + 1);
        acts.extend(here.filter_map(|act| {
            let mut who: Vec<usize> = act.who.iter().filter_map(place).collect();
            if who.is_empty()
                && let Some(pronoun) = act.pronoun
            {
                who = pronouns::acting(pronoun, &last, &people);
            }
            if !who.is_empty() {
                last.clone_from(&who);
            }
            let act = Act {
                who,
                verb: act.verb.clone(),
                particle: act.particle.clone(),
                object: act.object.as_ref().and_then(place),
                beat: next + act.beat - first,
            };
            (!act.who.is_empty() || act.object.is_some()).then_some(act)
        }));
    }
    acts
}

/// How the camera takes a shot, in what light.
fn technique(screenplay: &Screenplay, shot: &PlannedShot) -> Technique {
    let (framing, spec) = (&shot.framing, shot.spec.as_ref());
    let lights = spec.map_or(&[][..], |spec| &spec.lights);
    Technique {
        size: framing.size.clone(),
        angles: framing.angles.clone(),
        movement: framing.movement.as_ref().map(Movement::of_camera).unwrap_or_default(),
        lenses: spec.map(|spec| spec.lenses.clone()).unwrap_or_default(),
        lights: shot.state.lights.iter().chain(lights).cloned().collect(),
        time: shot.scene.map(|scene| screenplay.scenes[scene].time.clone()),
    }
}

fn in_words(
    movement: &Movement,
    screenplay: &Screenplay,
    called: &IndexMap<Subject, String>,
) -> String {
    let mut words = movement.of_camera().to_string();
    if !movement.toward.is_empty() && !words.is_empty() {
        words.push(' ');
        words.push_str(&unnamed(screenplay, &movement.toward, called));
    }
    words
}

/// The action, in the author's words.
fn happening(
    screenplay: &Screenplay,
    shot: &PlannedShot,
    called: &IndexMap<Subject, String>,
) -> String {
    let grammar = &screenplay.vocabulary.grammar;
    let added = &grammar.added;
    let mut sentences: Vec<String> = Vec::new();
    let mut speaking: Vec<Subject> = Vec::new();
    let mut heard_only = false;
    for content in &shot.contents {
        match content {
            // The description of the place has these words already.
            Content::Action { action, .. } if action.describes_place => {}
            Content::Action { action, range } => {
                let text = plain(action, range, called, grammar);
                if !text.is_empty() {
                    sentences.push(text);
                }
            }
            Content::Speech { speech, voice: Voice::OnScreen, .. }
            | Content::Part { speech, .. } => {
                for who in &*speech.speakers {
                    let seen = shot.framing.subjects.iter().any(|(seen, _)| seen == who);
                    if seen && !speaking.contains(who) {
                        speaking.push(*who);
                        let group = screenplay.subjects[*who].kind == Kind::Group;
                        let verb = if group { &added.speak } else { &added.speaks };
                        sentences.push(format!("{} {verb}.", capitalised(&called[who])));
                    }
                }
            }
            Content::Speech { .. } => heard_only = true,
            _ => {}
        }
    }
    let reacts = heard_only || (shot.contents.is_empty() && shot.length.is_fixed());
    if shot.covered
        && reacts
        && sentences.is_empty()
        && let [(who, _)] = shot.framing.subjects[..]
    {
        sentences.push(format!("{} {}.", capitalised(&called[&who]), added.listens));
    }
    if let Some(spec) = &shot.spec {
        if spec.slow_motion {
            sentences.push(added.slow_motion.to_string());
        }
        if spec.freeze.is_some() {
            sentences.push(added.freezes.to_string());
        }
    }
    sentences.join(" ")
}

fn mentions<'a>(action: &'a Action, range: &'a Range<usize>) -> impl Iterator<Item = &'a Mention> {
    action.names.iter().filter(|mention| mention.start >= range.start && mention.end <= range.end)
}

/// A piece of action with its names replaced, without words on paper and without
/// introductions in brackets.
fn plain(
    action: &Action,
    range: &Range<usize>,
    called: &IndexMap<Subject, String>,
    grammar: &Grammar,
) -> String {
    let mut out = String::new();
    let mut at = range.start;
    for mention in mentions(action, range) {
        if !mention.by_name {
            continue;
        }
        let (Some(before), true) = (action.text.get(at..mention.start), mention.start >= at) else {
            continue;
        };
        out.push_str(before);
        replace(&mut out, &called[&mention.subject], grammar);
        at = mention.end;
        let rest = action.text.get(at..range.end).unwrap_or("");
        if let Some(bracket) = rest.strip_prefix(" (")
            && let Some(close) = bracket.find(')')
        {
            at += 2 + close + 1;
        }
    }
    out.push_str(action.text.get(at..range.end).unwrap_or(""));
    let lettering = |line: &&str| {
        let line = line.trim();
        !action.lettering.iter().any(|words| words.trim() == line && !line.is_empty())
    };
    let lines: Vec<&str> = out.lines().filter(lettering).collect();
    lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Appends the words for somebody, with an article and a capital that fit the text
/// before them.
fn replace(out: &mut String, called: &str, grammar: &Grammar) {
    let before = out.trim_end();
    let last = before.rsplit(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
    if grammar.articles.has(last)
        && let Some(noun) = grammar.without_article(called)
    {
        out.push_str(noun);
    } else if before.is_empty()
        || before.ends_with(['.', '!', '?', '…'])
        || before.ends_with(quotes::opens)
    {
        out.push_str(&capitalised(called));
    } else {
        out.push_str(called);
    }
}

/// Replaces the names in a phrase of a shot line.
fn unnamed(screenplay: &Screenplay, text: &str, called: &IndexMap<Subject, String>) -> String {
    let mut all: Vec<(&str, Subject)> = Vec::new();
    for (index, character) in screenplay.subjects.named().iter().enumerate() {
        let names = std::iter::once(&character.name).chain(&character.also);
        all.extend(names.map(|name| (name.as_str(), Subject(index))));
    }
    all.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut out = text.to_owned();
    for (name, who) in all.into_iter().filter(|(name, _)| !name.is_empty()) {
        while let Some(at) = out.find(name) {
            let whole = !out[..at].ends_with(char::is_alphanumeric)
                && !out[at + name.len()..].starts_with(char::is_alphanumeric);
            let words = called.get(&who).cloned().unwrap_or_else(|| {
                call_all(screenplay, &[who]).swap_remove(&who).unwrap_or_default()
            });
            if !whole || words.contains(name) {
                break;
            }
            out.replace_range(at..at + name.len(), &words);
        }
    }
    out
}

/// Left and right in a picture of two: as `here` says, else in the order of the
/// scene's first written shot of the two, else in the order of the cast.
fn sides(screenplay: &Screenplay, shot: &PlannedShot) -> IndexMap<Subject, Side> {
    let people: Vec<Subject> = shot
        .framing
        .subjects
        .iter()
        .map(|(who, _)| *who)
        // Subjects without a name stand where the action says.
        .filter(|who| who.is_named() && is_person(screenplay, *who))
        .collect();
    let mut sides: IndexMap<Subject, Side> = people
        .iter()
        .filter_map(|who| shot.state.sides.get(who).map(|side| (*who, *side)))
        .collect();
    if people.len() != 2 || shot.framing.subjects.iter().any(|(_, face)| *face == Face::Back) {
        if people.len() < 2 {
            sides.clear();
        }
        return sides;
    }
    if sides.is_empty() {
        let scene = shot.scene.map(|scene| &screenplay.scenes[scene]);
        let written = scene.into_iter().flat_map(|scene| &scene.items).find_map(|item| {
            let ItemKind::Shot(spec) = &item.kind else {
                return None;
            };
            let two =
                spec.subjects.len() == 2 && people.iter().all(|who| spec.subjects.contains(who));
            two.then(|| spec.subjects.clone())
        });
        let mut order = written.unwrap_or_else(|| {
            let mut order = people.clone();
            order.sort();
            order
        });
        order.truncate(2);
        sides.extend(order.into_iter().zip([Side::Left, Side::Right]));
    }
    sides
}
