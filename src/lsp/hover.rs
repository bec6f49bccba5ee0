//! Hover texts for a shot, a person, a place or a word of the vocabulary.

use std::fmt::Write as _;
use std::path::Path;

use gen_lsp_types as lsp;
use lsp::{Hover, MarkupContent, MarkupKind};

use super::analysis::Analysis;
use super::cursor::{CursorTarget, target_at};
use super::uri;
use super::view::View;
use crate::blocking::lint::plan_of;
use crate::breakdown::description::Face;
use crate::breakdown::language::film_settings::FilmSetting;
use crate::breakdown::language::glossary::{Table, Word};
use crate::breakdown::screenplay::{Kind, PlaceId, Subject};
use crate::breakdown::shot::{Picture, Shot};
use crate::project::hearing::{PlannedLine, heard_speeches, planned_lines};
use crate::shoot::lock::Lock;
use crate::source::files::is_file;
use crate::source::{Span, Spanned};
use crate::time::lasting;

/// The hover text at a byte.
pub(super) fn hover(view: &View<'_>, byte: usize) -> Option<Hover> {
    let (text, span) = match target_at(view.analysis, byte)? {
        CursorTarget::Name(subject, span) => {
            let about = [person(view, subject)].into_iter().chain(spoken(view, span));
            (about.collect::<Vec<_>>().join("\n\n"), span)
        }
        CursorTarget::Heading(heading) => (scene(view, heading)?, heading.span),
        CursorTarget::Place(place, span) => (set(view, place), span),
        CursorTarget::Word(known, span) => {
            let mut text = word(known);
            if let Some((index, shot)) = view.analysis.shot_at(byte)
                && holds_shot(shot, byte)
            {
                text.push_str("\n\n---\n\n");
                text.push_str(&filmed(view, &[(index, shot)]));
            }
            (text, span)
        }
        CursorTarget::File(file, span) => {
            (picture(view, &view.analysis.folder.join(file), file), span)
        }
        CursorTarget::Filmed(element) => {
            let mut shots: Vec<(usize, &Shot)> = view.analysis.shots_in(element.span).collect();
            if shots.is_empty() {
                shots.push(view.analysis.shot_at(byte)?);
            }
            let text = spoken(view, element.span).into_iter().chain([filmed(view, &shots)]);
            (text.collect::<Vec<_>>().join("\n\n"), element.span)
        }
    };
    let contents = MarkupContent { kind: MarkupKind::Markdown, value: text };
    Some(Hover { contents: contents.into(), range: Some(view.range(span)) })
}

/// Who speaks in a part of the script, with which voice and how long.
fn spoken(view: &View<'_>, part: Span) -> Vec<String> {
    let Analysis { list, sources, folder, .. } = view.analysis;
    let Ok(lock) = Lock::read(sources.files(), folder) else { return Vec::new() };
    let heard = heard_speeches(list, sources.files(), folder);
    let lines = planned_lines(list, &heard, &lock);
    let here = lines.iter().filter(|PlannedLine { span, .. }| {
        span.source == part.source && span.start < part.end && part.start < span.end
    });
    here.map(|line| line.in_words(list.settings.rate)).collect()
}

fn holds_shot(shot: &Shot, byte: usize) -> bool {
    !shot.covered && shot.span.start as usize <= byte && byte <= shot.span.end as usize
}

/// A picture of the project as Markdown, if the editor can show it.
fn picture(view: &View<'_>, path: &Path, words: &str) -> String {
    if is_file(view.analysis.sources.files(), path) {
        format!("![{words}]({})", uri::of_path(path))
    } else {
        format!("there is no file `{words}` yet")
    }
}

/// A word with its meaning and its synonyms.
pub(super) fn word(word: Word<'_>) -> String {
    let mut text = format!("**{}** · {}", word.word, word.table.noun());
    if !word.meaning.is_empty() {
        write!(text, "\n\n{}", word.meaning).expect("a String takes everything");
    }
    if let Some(setting) = FilmSetting::of(word.word).filter(|_| word.table == Table::Settings) {
        write!(text, "\n\n{}", setting.entry().expected()).expect("a String takes everything");
    }
    if !word.directions.is_empty() {
        write!(text, "\n\nwith {}", word.directions.join(", ")).expect("a String takes everything");
    }
    if !word.also.is_empty() {
        write!(text, "\n\nalso *{}*", word.also.join("*, *")).expect("a String takes everything");
    }
    text
}

/// A person, animal, group, voice or thing.
pub(super) fn person(view: &View<'_>, subject: Subject) -> String {
    let analysis = view.analysis;
    let who = analysis.subject(subject);
    let kind = match who.kind {
        Kind::Cast => "cast",
        Kind::Voice => "a voice, never seen",
        Kind::Group => "a group",
        Kind::Extra => "an extra",
        Kind::Prop => "a thing",
    };
    let mut text = format!("**{}** · {kind}", who.name);
    let mut line = |words: String| {
        text.push_str("\n\n");
        text.push_str(&words);
    };
    if let Some(base) = who.same_as {
        line(format!("another look of {}", analysis.subject(base).name));
    }
    let portrait = || view.takes().and_then(|takes| takes.portrait(subject));
    if let Some(file) = who.reference.as_ref().map(|file| file.value.clone()).or_else(portrait) {
        line(picture(view, &file, &who.name));
    }
    match (who.person.is_empty(), who.kind) {
        (false, _) => line(who.person.clone()),
        (true, Kind::Cast) => line(format!(
            "nobody has said what {} looks like: `[[cast: {}, …]]`",
            who.name, who.name
        )),
        (true, _) => {}
    }
    if !who.outfit.is_empty() {
        line(format!("wearing {}", who.outfit));
    }
    if who.face == Face::Hidden {
        line("the face is hidden".to_owned());
    }
    if !who.also.is_empty() {
        line(format!("answers to {}", who.also.join(", ")));
    }
    for outfit in outfits(view, subject) {
        line(format!("later wearing {outfit}"));
    }
    let scenes = scenes_of(view, subject);
    if !scenes.is_empty() {
        let noun = if scenes.len() == 1 { "scene" } else { "scenes" };
        let shots = shots_of(view, subject);
        line(format!("{noun} {} · {shots} shots", scenes.join(", ")));
    }
    text
}

/// Outfits of a person later in the story.
pub(super) fn outfits(view: &View<'_>, subject: Subject) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for scene in &view.analysis.screenplay.scenes {
        for item in &scene.items {
            if let Some(outfit) = item.state.outfits.get(&subject)
                && !found.contains(outfit)
            {
                found.push(outfit.clone());
            }
        }
    }
    found
}

fn shots_of(view: &View<'_>, subject: Subject) -> usize {
    let shows = |shot: &&Shot| match &shot.picture {
        Picture::Take(take) => take.subjects.iter().any(|(who, _)| *who == subject),
        _ => false,
    };
    view.analysis.list.shots.iter().filter(shows).count()
}

fn scenes_of<'a>(view: &View<'a>, subject: Subject) -> Vec<&'a str> {
    let mut numbers: Vec<&'a str> = Vec::new();
    for usage in &view.analysis.screenplay.usages {
        if usage.subject == subject
            && usage.span.source == view.analysis.id
            && let Some(scene) = view.analysis.scene_at(usage.span.start as usize)
            && numbers.last() != Some(&&*scene.number)
            // Entries may follow the last scene.
            && !is_entry(view, usage.span)
        {
            numbers.push(&scene.number);
        }
    }
    numbers
}

fn is_entry(view: &View<'_>, span: Span) -> bool {
    use crate::script::tree::ElementKind;
    let element = view.analysis.element_at(span.start as usize);
    element.is_some_and(|element| matches!(element.kind, ElementKind::Directive(_)))
}

fn scene(view: &View<'_>, heading: &Spanned<String>) -> Option<String> {
    let analysis = view.analysis;
    let scene = analysis.scene_of(heading.span)?;
    let shots = analysis.list.shots.iter().filter(|shot| shot.scene == scene.number).count();
    let mut text = format!(
        "**scene {}** · {shots} shots, {}\n\n{}",
        scene.number,
        lasting(analysis.running_time(&scene.number)),
        set(view, scene.place)
    );
    write!(text, "\n\nat {}", scene.time).expect("a String takes everything");
    if !scene.timeline.is_empty() {
        write!(text, ", in its own time line: {}", scene.timeline)
            .expect("a String takes everything");
    }
    Some(text)
}

fn set(view: &View<'_>, place: PlaceId) -> String {
    let place = &view.analysis.screenplay.places[place.0];
    let inside = if place.interior { "inside" } else { "outside" };
    let words = if place.words.is_empty() {
        format!("nobody has said what it looks like: `[[place: {}, …]]`", place.name)
    } else {
        place.words.clone()
    };
    format!("**{}** · {inside}\n\n{words}", place.name)
}

/// The shots of a range of the script.
fn filmed(view: &View<'_>, shots: &[(usize, &Shot)]) -> String {
    let shots = shots.iter().map(|(index, shot)| one(view, *index, shot));
    shots.collect::<Vec<_>>().join("\n\n---\n\n")
}

fn one(view: &View<'_>, index: usize, shot: &Shot) -> String {
    let analysis = view.analysis;
    let length = lasting(analysis.list.settings.rate.duration(shot.frames));
    let planned = if shot.covered { " · planned" } else { "" };
    let mut paragraphs = vec![format!("**shot {}** · {length}{planned}", shot.number)];
    let take = match &shot.picture {
        Picture::Take(take) => take,
        Picture::Card(card) => {
            paragraphs.push(format!("a card: {}", card.lines.join(" / ")));
            return paragraphs.join("\n\n");
        }
        Picture::Black => {
            paragraphs.push("black".to_owned());
            return paragraphs.join("\n\n");
        }
        Picture::White => {
            paragraphs.push("white".to_owned());
            return paragraphs.join("\n\n");
        }
    };
    let takes = view.takes();
    if let Some(still) = takes.and_then(|takes| takes.still(index)) {
        paragraphs.push(picture(view, &still, &shot.shows));
    }
    paragraphs.push(shot.shows.to_string());
    let names = take.subjects.iter().map(|(who, _)| analysis.subject(*who).name.as_str());
    let names: Vec<&str> = names.collect();
    if !names.is_empty() {
        paragraphs.push(format!("in the picture: {}", names.join(", ")));
    }
    let movement = take.technique.movement.to_string();
    let technique = [take.description.size.as_str(), &movement];
    let technique: Vec<&str> = technique.into_iter().filter(|words| !words.is_empty()).collect();
    if !technique.is_empty() {
        paragraphs.push(technique.join(", "));
    }
    for found in analysis.diagnostics.iter().filter(|found| found.span == Some(shot.span)) {
        if let Some(plan) = plan_of(&analysis.list, found) {
            let drawing = format!("![floor plan](data:image/svg+xml,{})", uri::encoded(&plan));
            paragraphs.push(format!("{}\n\n{drawing}", found.message));
        }
    }
    if let Some(takes) = takes {
        let prompt = takes.prompt(index);
        if !prompt.is_empty() {
            paragraphs.push(format!("prompt: *{prompt}*"));
        }
        for (name, file) in takes.references(index) {
            let shown = file
                .map_or("the portrait is to be made".to_owned(), |file| picture(view, &file, name));
            paragraphs.push(format!("{name}: {shown}"));
        }
    }
    paragraphs.join("\n\n")
}
