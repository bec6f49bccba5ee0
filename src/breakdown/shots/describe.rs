//! Puts a planned shot into plain words: who is in it as they are now, where,
//! when, and what happens, names replaced by what a picture can show.
//!
//! Knows state and framing; knows no model.

use std::ops::Range;

use indexmap::IndexMap;

use super::contents::Content;
use super::framing::is_person;
use super::planned::PlannedShot;
use crate::breakdown::description::{Depicted, Description, Face, Setting};
use crate::breakdown::language::terms::{joined, word_of};
use crate::breakdown::screenplay::{Action, Character, Kind, Movement, Screenplay, Subject, Voice};

/// Describes a draft of a take.
pub(crate) fn describe(screenplay: &Screenplay, draft: &PlannedShot) -> Description {
    let Some(scene) = draft.scene.map(|scene| &screenplay.scenes[scene]) else {
        return Description::default();
    };
    let (framing, state) = (&draft.framing, &draft.state);
    let reveals = framing.movement.as_ref().map_or(&[][..], |movement| &movement.reveals);
    let mut named: Vec<Subject> = framing.subjects.iter().map(|(who, _)| *who).collect();
    named.extend(reveals);
    for content in &draft.contents {
        if let Content::Action { action, range } = content {
            named.extend(mentions(action, range).map(|mention| mention.subject));
        }
    }
    let called = call_all(screenplay, &named);
    let sides = sides(screenplay, draft);
    let depict = |who: Subject, face: Face| -> Depicted {
        let character = &screenplay.subjects[who.0];
        let main = framing.subjects.first().is_some_and(|(first, _)| *first == who);
        let worn = draft.spec.as_ref().and_then(|spec| spec.wearing.clone()).filter(|_| main);
        Depicted {
            called: called[&who].clone(),
            words: looks(screenplay, character).to_owned(),
            outfit: worn
                .or_else(|| state.outfits.get(&who).cloned())
                .unwrap_or_else(|| character.outfit.clone()),
            additions: state.additions.get(&who).cloned().unwrap_or_default(),
            side: sides.get(&who).cloned().unwrap_or_default(),
            face,
            referenced: character.kind == Kind::Cast,
        }
    };
    let mut subjects: Vec<Depicted> =
        framing.subjects.iter().map(|(who, face)| depict(*who, *face)).collect();
    subjects.extend(
        framing
            .things
            .iter()
            .map(|thing| Depicted { called: thing.clone(), ..Depicted::default() }),
    );
    let place = &screenplay.places[scene.place.0];
    let light: Vec<&str> =
        [state.light.as_str(), draft.spec.as_ref().map_or("", |spec| &spec.light)]
            .into_iter()
            .filter(|light| !light.is_empty())
            .collect();
    Description {
        size: word_of(framing.size.as_ref()).to_owned(),
        angle: joined(&framing.angles, ", "),
        movement: framing
            .movement
            .as_ref()
            .map_or_else(String::new, |movement| in_words(movement, screenplay, &called)),
        reveals: reveals
            .iter()
            .map(|who| depict(*who, super::framing::face(screenplay, *who, false)))
            .collect(),
        lens: draft.spec.as_ref().map_or_else(String::new, |spec| spec.lens.clone()),
        light: light.join(", "),
        subjects,
        action: happening(screenplay, draft, &called),
        place: Setting {
            name: place.name.to_lowercase().replace(" - ", ", "),
            words: place.words.clone(),
            additions: state.place_additions.get(&scene.place).cloned().unwrap_or_default(),
            interior: place.interior,
        },
        time: scene.time.clone(),
        // weather is out of doors: a change of it reaches only what shows it
        weather: if place.interior { String::new() } else { state.weather.clone() },
        style: if state.style.is_empty() {
            screenplay.settings.style.clone()
        } else {
            state.style.clone()
        },
    }
}

/// A camera move as the vocabulary names it, with its speed; empty for static.
pub(crate) fn canonical(movement: &Movement) -> String {
    match &movement.speed {
        _ if movement.is_still() => String::new(),
        Some(speed) => format!("{speed} {}", movement.name()),
        None => movement.name(),
    }
}

fn in_words(
    movement: &Movement,
    screenplay: &Screenplay,
    called: &IndexMap<Subject, String>,
) -> String {
    let mut words = canonical(movement);
    if !movement.toward.is_empty() && !words.is_empty() {
        words.push(' ');
        words.push_str(&unnamed(screenplay, &movement.toward, called));
    }
    words
}

/// What happens, in the author's words.
fn happening(
    screenplay: &Screenplay,
    draft: &PlannedShot,
    called: &IndexMap<Subject, String>,
) -> String {
    let mut sentences: Vec<String> = Vec::new();
    let mut speaking: Vec<Subject> = Vec::new();
    let mut heard_only = false;
    for content in &draft.contents {
        match content {
            // its words stand in the place already
            Content::Action { action, .. } if action.describes_place => {}
            Content::Action { action, range } => {
                let text = plain(action, range, called);
                if !text.is_empty() {
                    sentences.push(text);
                }
            }
            Content::Speech { speech, voice: Voice::OnScreen, .. }
            | Content::Part { speech, .. } => {
                for who in &speech.speakers {
                    let seen = draft.framing.subjects.iter().any(|(seen, _)| seen == who);
                    if seen && !speaking.contains(who) {
                        speaking.push(*who);
                        let group = screenplay.subjects[who.0].kind == Kind::Group;
                        let verb = if group { "speak" } else { "speaks" };
                        sentences.push(format!("{} {verb}.", capitalised(&called[who])));
                    }
                }
            }
            Content::Speech { .. } => heard_only = true,
            _ => {}
        }
    }
    let reacts = heard_only || (draft.contents.is_empty() && draft.fixed.is_some());
    if draft.covered
        && reacts
        && sentences.is_empty()
        && let [(who, _)] = draft.framing.subjects[..]
    {
        sentences.push(format!("{} listens.", capitalised(&called[&who])));
    }
    if let Some(spec) = &draft.spec {
        if spec.slow_motion {
            sentences.push("In slow motion.".to_owned());
        }
        if spec.freeze.is_some() {
            sentences.push("The picture freezes.".to_owned());
        }
    }
    sentences.join(" ")
}

fn mentions<'a>(
    action: &'a Action,
    range: &'a Range<usize>,
) -> impl Iterator<Item = &'a crate::breakdown::screenplay::Mention> {
    action.names.iter().filter(|mention| mention.start >= range.start && mention.end <= range.end)
}

/// A piece of action, names replaced, words on paper and introductions in
/// brackets left out.
fn plain(action: &Action, range: &Range<usize>, called: &IndexMap<Subject, String>) -> String {
    let mut out = String::new();
    let mut at = range.start;
    for mention in mentions(action, range) {
        let (Some(before), true) = (action.text.get(at..mention.start), mention.start >= at) else {
            continue;
        };
        out.push_str(before);
        replace(&mut out, &called[&mention.subject]);
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

/// Appends what somebody is called, fitted to what stands before it.
fn replace(out: &mut String, called: &str) {
    let before = out.trim_end().to_owned();
    let article = ["the", "a", "an"].iter().any(|article| {
        before.len() >= article.len()
            && before.is_char_boundary(before.len() - article.len())
            && before[before.len() - article.len()..].eq_ignore_ascii_case(article)
            && !before[..before.len() - article.len()].ends_with(char::is_alphanumeric)
    });
    if article && let Some(noun) = called.strip_prefix("the ") {
        out.push_str(noun);
    } else if before.is_empty() || before.ends_with(['.', '!', '?', '…', '"', '“']) {
        out.push_str(&capitalised(called));
    } else {
        out.push_str(called);
    }
}

/// Replaces names written out in a phrase of the shot line.
fn unnamed(screenplay: &Screenplay, text: &str, called: &IndexMap<Subject, String>) -> String {
    let mut all: Vec<(&str, Subject)> = Vec::new();
    for (index, character) in screenplay.subjects.iter().enumerate() {
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

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What never changes about somebody, as far as it is seen.
fn looks<'a>(screenplay: &'a Screenplay, character: &'a Character) -> &'a str {
    match character.same_as {
        _ if character.face == Face::Hidden => "",
        Some(same) if character.person.is_empty() => &screenplay.subjects[same.0].person,
        _ => &character.person,
    }
}

/// Left and right in a picture of two: as `here` says, else as the scene's
/// first written shot of the two names them, else in the order of the cast.
fn sides(screenplay: &Screenplay, draft: &PlannedShot) -> IndexMap<Subject, String> {
    let people: Vec<Subject> = draft
        .framing
        .subjects
        .iter()
        .map(|(who, _)| *who)
        .filter(|who| is_person(screenplay, *who))
        .collect();
    let mut sides: IndexMap<Subject, String> = people
        .iter()
        .filter_map(|who| draft.state.sides.get(who).map(|side| (*who, side.clone())))
        .collect();
    if people.len() != 2 || draft.framing.subjects.iter().any(|(_, face)| *face == Face::Back) {
        if people.len() < 2 {
            sides.clear();
        }
        return sides;
    }
    if sides.is_empty() {
        let scene = draft.scene.map(|scene| &screenplay.scenes[scene]);
        let written = scene.into_iter().flat_map(|scene| &scene.items).find_map(|item| {
            let crate::breakdown::screenplay::ItemKind::Shot(spec) = &item.kind else {
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
        for (who, side) in order.into_iter().zip(["left", "right"]) {
            sides.insert(who, side.to_owned());
        }
    }
    sides
}

/// How a sentence calls each of some subjects, so that no two are called alike.
pub(crate) fn call_all(screenplay: &Screenplay, subjects: &[Subject]) -> IndexMap<Subject, String> {
    let mut called: IndexMap<Subject, String> = IndexMap::new();
    for who in subjects {
        called.entry(*who).or_default();
    }
    let alone: Vec<Subject> = called.keys().copied().collect();
    for level in 0..4 {
        let unsettled: Vec<Subject> = alone
            .iter()
            .copied()
            .filter(|who| {
                level == 0 || {
                    let mine = &called[who];
                    alone.iter().any(|other| other != who && called[other] == *mine)
                }
            })
            .collect();
        for who in unsettled {
            called.insert(who, call(screenplay, who, level));
        }
    }
    called
}

fn call(screenplay: &Screenplay, who: Subject, level: usize) -> String {
    let character = &screenplay.subjects[who.0];
    let words = looks(screenplay, character);
    // Groups and things are named in plain words already, and sentences about
    // them agree with those (`THE CROWD parts`).
    let phrase = match character.kind {
        Kind::Group | Kind::Prop => None,
        _ => noun_phrase(words),
    };
    match phrase {
        Some(phrase) if level < 3 => {
            let noun = match level {
                0 => phrase.noun.rsplit(' ').next().unwrap_or(phrase.noun),
                1 => phrase.noun,
                _ => phrase.whole,
            };
            format!("the {noun}")
        }
        _ => by_name(character),
    }
}

struct NounPhrase<'a> {
    /// `old man`
    noun: &'a str,
    /// `old man with a white beard`
    whole: &'a str,
}

const AFTER_NOUN: [&str; 24] = [
    "of", "with", "in", "from", "on", "at", "who", "whose", "that", "which", "and", "by", "under",
    "over", "without", "for", "to", "as", "made", "full", "above", "below", "near", "wearing",
];

/// The noun a description begins with: `a mammoth of gears` has `mammoth`.
/// A description without an article (`grey eyes`) has none.
fn noun_phrase(words: &str) -> Option<NounPhrase<'_>> {
    let phrase = words.split([',', ';', '(']).next()?.trim();
    let (first, rest) = phrase.split_once(' ')?;
    let whole = match first.to_lowercase().as_str() {
        "a" | "an" | "the" | "some" => rest,
        _ => return None,
    };
    let mut end = whole.len();
    let mut at = 0;
    for word in whole.split(' ') {
        if at > 0 && AFTER_NOUN.contains(&word.to_lowercase().as_str()) {
            end = at - 1;
            break;
        }
        at += word.len() + 1;
    }
    let mut noun = whole[..end].trim();
    // `a scarecrow stuffed with straw`
    if let Some((before, last)) = noun.rsplit_once(' ')
        && end < whole.len()
        && last.len() > 4
        && last.ends_with("ed")
    {
        noun = before;
    }
    let head = noun.rsplit(' ').next()?;
    (!head.is_empty() && head.chars().all(|c| c.is_alphabetic() || c == '-'))
        .then_some(NounPhrase { noun, whole })
}

/// Somebody without a noun is called by their name; a generic name is words.
fn by_name(character: &Character) -> String {
    let name = &character.name;
    let generic = !matches!(character.kind, Kind::Cast)
        || name.len() > 4 && name.is_char_boundary(4) && name[..4].eq_ignore_ascii_case("the ");
    if generic {
        let lower = name.to_lowercase();
        return if lower.starts_with("the ") { lower } else { format!("the {lower}") };
    }
    if name.chars().any(char::is_lowercase) {
        return name.clone();
    }
    let title = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(String::from).unwrap_or_default();
        first + &letters.as_str().to_lowercase()
    };
    name.split(' ').map(title).collect::<Vec<_>>().join(" ")
}
