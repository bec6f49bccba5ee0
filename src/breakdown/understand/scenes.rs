//! Scenes: their numbers, sets, times of day and time lines
//! (docs/rules.md#d9, docs/rules.md#d10).
//!
//! Knows headings only; does not know what happens in a scene.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexSet;

use super::context::Context;
use super::events::{EventKind, StoryEvent};
use super::places::{Sets, Slugline, slugline};
use crate::breakdown::language::terms::TimeOfDay;
use crate::breakdown::screenplay::PlaceId;
use crate::breakdown::understand::errors;
use crate::memo::Memo;
use crate::source::{Span, Spanned};

/// Headings by their text.
pub(crate) type HeadingCache = Memo<Box<str>, Arc<Slugline>>;

/// A scene without its story.
#[derive(Debug, Clone)]
pub(crate) struct SceneHeader {
    pub(crate) number: Arc<str>,
    pub(crate) heading: Spanned<String>,
    pub(crate) place: PlaceId,
    pub(crate) time: TimeOfDay,
    pub(crate) timeline: String,
    /// Of this scene alone.
    pub(crate) weather: Option<String>,
    pub(crate) new_set: bool,
    /// The first event of the scene, its heading.
    pub(crate) first: usize,
}

/// The last heading of a time line, for headings that leave something out.
#[derive(Debug)]
struct LastHeading {
    path: String,
    interior: bool,
    time: TimeOfDay,
}

/// The scenes of a script. Filmed events before the first heading make a scene
/// without one.
pub(crate) fn scene_headers(
    context: &mut Context<'_>,
    events: &[StoryEvent<'_>],
    sets: &mut Sets,
    cache: &mut HeadingCache,
) -> Vec<SceneHeader> {
    let mut sluglines: Vec<(usize, Arc<Slugline>)> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        if let EventKind::Heading { text, .. } = &event.kind {
            sluglines.push((index, read(context, &text.value, cache)));
        }
    }
    let paths: IndexSet<&str, RandomState> =
        sluglines.iter().map(|(_, slug)| slug.path.as_str()).collect();
    for path in paths {
        sets.know(path);
    }
    let mut numbers = Numbers::new(events);
    let mut scenes: Vec<SceneHeader> = Vec::new();
    let first_heading = sluglines.first().map_or(events.len(), |(index, _)| *index);
    scenes.extend(before_headings(context, &events[..first_heading], sets));
    let mut last_headings: Vec<(String, LastHeading)> = Vec::new();
    let mut timeline = String::new();
    let mut returned = 0;
    for (index, slug) in sluglines {
        // END FLASHBACK between two headings.
        if events[returned..index].iter().any(|event| matches!(event.kind, EventKind::Return(_))) {
            timeline.clear();
        }
        returned = index;
        let EventKind::Heading { text, number, .. } = &events[index].kind else { continue };
        timeline = next_timeline(&timeline, &slug, &last_headings);
        let known = last_headings.iter().position(|(line, _)| *line == timeline);
        let last = known.map(|at| &last_headings[at].1);
        // A heading that only says LATER stays where it is.
        let path = match last {
            Some(last) if slug.path.is_empty() => last.path.as_str(),
            _ => slug.path.as_str(),
        };
        let interior = slug.interior.or_else(|| last.map(|last| last.interior)).unwrap_or(false);
        let time = slug
            .time
            .clone()
            .or_else(|| last.map(|last| last.time.clone()))
            .unwrap_or_else(|| context.vocabulary.assumed_time());
        let place = sets.set(path, interior, text.span);
        let new_set =
            scenes.last().is_none_or(|last| last.place != place || last.timeline != timeline);
        if let Some(at) = known {
            let last = &mut last_headings[at].1;
            if !slug.path.is_empty() {
                slug.path.clone_into(&mut last.path);
            }
            last.interior = interior;
            last.time.clone_from(&time);
        } else {
            let last = LastHeading { path: slug.path.clone(), interior, time: time.clone() };
            last_headings.push((timeline.clone(), last));
        }
        scenes.push(SceneHeader {
            number: numbers.next(context, number.as_ref()).into(),
            heading: text.clone(),
            place,
            time,
            timeline: timeline.clone(),
            weather: slug.weather.clone(),
            new_set,
            first: index,
        });
    }
    scenes
}

/// The scene of the filmed events before the first heading, if there are any.
fn before_headings(
    context: &Context<'_>,
    events: &[StoryEvent<'_>],
    sets: &mut Sets,
) -> Option<SceneHeader> {
    let is_filmed = |event: &StoryEvent<'_>| {
        matches!(
            event.kind,
            EventKind::Action { .. }
                | EventKind::Card(_)
                | EventKind::Speech(_)
                | EventKind::Lyrics(_)
                | EventKind::Shot(_)
                | EventKind::Implied { .. }
                | EventKind::Super(_)
        )
    };
    if !events.iter().any(is_filmed) {
        return None;
    }
    let span = Span { end: events[0].span.start, ..events[0].span };
    Some(SceneHeader {
        number: "0".into(),
        heading: Spanned::new(String::new(), span),
        place: sets.set("", false, span),
        time: context.vocabulary.assumed_time(),
        timeline: String::new(),
        weather: None,
        new_set: true,
        first: 0,
    })
}

fn read(context: &Context<'_>, text: &str, cache: &mut HeadingCache) -> Arc<Slugline> {
    cache.get(text).unwrap_or_else(|| {
        let slug = Arc::new(slugline(text, &context.vocabulary));
        cache.keep(text, Arc::clone(&slug));
        slug
    })
}

/// The time line of a heading: its own tag, the one it returns to, or the main.
fn next_timeline(
    current: &str,
    slug: &Slugline,
    last_headings: &[(String, LastHeading)],
) -> String {
    let Some(tag) = &slug.timeline else {
        return String::new();
    };
    // `FLASHBACK` alone stays in `flashback 1882`, or goes back to it.
    if slug.year.is_none() {
        let opens = |line: &str| {
            line.strip_prefix(tag.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        if opens(current) {
            return current.to_owned();
        }
        if !last_headings.iter().any(|(line, _)| line == tag)
            && let Some((line, _)) = last_headings.iter().rev().find(|(line, _)| opens(line))
        {
            return line.clone();
        }
    }
    tag.clone()
}

/// Scene numbers: written ones, else the count; between #91# and #92# 91A.
struct Numbers {
    written: IndexSet<String, RandomState>,
    used: IndexSet<String, RandomState>,
    count: usize,
    after: Option<String>,
    /// How many suffixes of letters each number has already got.
    letters: BTreeMap<String, usize>,
}

impl Numbers {
    fn new(events: &[StoryEvent<'_>]) -> Self {
        let written = events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Heading { number, .. } => {
                    number.as_ref().map(|number| number.value.clone())
                }
                _ => None,
            })
            .collect();
        let used = IndexSet::default();
        Self { written, used, count: 0, after: None, letters: BTreeMap::new() }
    }

    fn next(&mut self, context: &mut Context<'_>, written: Option<&Spanned<String>>) -> String {
        self.count += 1;
        if let Some(written) = written {
            if self.used.insert(written.value.clone()) {
                self.after = Some(written.value.clone());
                return written.value.clone();
            }
            let number = self.lettered(&written.value);
            context.emit(errors::repeated_number(written.span, &written.value, &number));
            self.after = Some(written.value.clone());
            return number;
        }
        if let Some(after) = self.after.clone() {
            return self.lettered(&after);
        }
        let number = self.count.to_string();
        if !self.written.contains(&number) && self.used.insert(number.clone()) {
            return number;
        }
        self.lettered(&number)
    }

    /// `91A` … `91Z`, `91AA`.
    fn lettered(&mut self, number: &str) -> String {
        let mut index = self.letters.get(number).copied().unwrap_or(0);
        loop {
            let mut letters = String::new();
            let mut rest = index;
            loop {
                letters.insert(0, char::from(b'A' + (rest % 26) as u8));
                if rest < 26 {
                    break;
                }
                rest = rest / 26 - 1;
            }
            let candidate = format!("{number}{letters}");
            if !self.written.contains(&candidate) && self.used.insert(candidate.clone()) {
                self.letters.insert(number.to_owned(), index + 1);
                return candidate;
            }
            index += 1;
        }
    }
}
