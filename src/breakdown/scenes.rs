//! Scenes: their numbers, sets, times of day and time lines, before anything
//! happens in them (notes D9, D10).
//!
//! Knows headings only.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::errors;
use super::places::{Sets, Slugline, slugline};
use super::reading::Reading;
use super::screenplay::PlaceId;
use super::steps::{Step, StepKind};
use crate::source::{Span, Spanned};

/// A scene, laid out.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) number: String,
    pub(super) heading: Spanned<String>,
    pub(super) place: PlaceId,
    pub(super) time: String,
    pub(super) timeline: String,
    pub(super) new_set: bool,
    /// The first step of the scene, its heading.
    pub(super) first: usize,
}

/// What a time line remembers for headings that look back.
#[derive(Debug, Clone)]
struct Memory {
    path: String,
    interior: bool,
    time: String,
}

/// Lays out the scenes. What stands before the first heading and is filmed
/// makes a scene without one.
pub(super) fn lay_out(
    reading: &mut Reading<'_>,
    steps: &[Step<'_>],
    sets: &mut Sets,
    language: &str,
) -> Vec<Layout> {
    let mut sluglines: Vec<(usize, Arc<Slugline>)> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        if let StepKind::Heading { text, .. } = &step.kind {
            sluglines.push((index, read(reading, &text.value, language)));
        }
    }
    for (_, slug) in &sluglines {
        sets.know(&slug.path);
    }
    let mut numbers = Numbers::new(steps);
    let mut scenes: Vec<Layout> = Vec::new();
    let first_heading = sluglines.first().map_or(steps.len(), |(index, _)| *index);
    let filmed = steps[..first_heading].iter().position(|step| {
        matches!(
            step.kind,
            StepKind::Action { .. }
                | StepKind::Card(_)
                | StepKind::Speech(_)
                | StepKind::Lyrics(_)
                | StepKind::Shot(_)
                | StepKind::Implied { .. }
                | StepKind::Super(_)
        )
    });
    if filmed.is_some() {
        let span = Span { end: steps[0].span.start, ..steps[0].span };
        scenes.push(Layout {
            number: "0".to_owned(),
            heading: Spanned::new(String::new(), span),
            place: sets.set("", false, span),
            time: "day".to_owned(),
            timeline: String::new(),
            new_set: true,
            first: 0,
        });
    }
    let mut memories: Vec<(String, Memory)> = Vec::new();
    let mut timeline = String::new();
    let mut returned = 0;
    for (index, slug) in sluglines {
        // END FLASHBACK between two headings.
        if steps[returned..index].iter().any(|step| matches!(step.kind, StepKind::Return(_))) {
            timeline.clear();
        }
        returned = index;
        let StepKind::Heading { text, number, .. } = &steps[index].kind else { continue };
        timeline = next_timeline(&timeline, &slug, &memories);
        let memory =
            memories.iter().find(|(line, _)| *line == timeline).map(|(_, memory)| memory.clone());
        // A heading that only says LATER stays where it is.
        let keeps = slug.path.is_empty() || (slug.interior.is_none() && slug.path.is_empty());
        let path = match (&memory, keeps) {
            (Some(memory), true) => memory.path.clone(),
            _ => slug.path.clone(),
        };
        let interior = slug
            .interior
            .or_else(|| memory.as_ref().map(|memory| memory.interior))
            .unwrap_or(false);
        let time = slug
            .time
            .clone()
            .or_else(|| memory.as_ref().map(|memory| memory.time.clone()))
            .unwrap_or_else(|| "day".to_owned());
        let place = sets.set(&path, interior, text.span);
        let new_set =
            scenes.last().is_none_or(|last| last.place != place || last.timeline != timeline);
        let memory = Memory { path, interior, time: time.clone() };
        match memories.iter_mut().find(|(line, _)| *line == timeline) {
            Some((_, known)) => *known = memory,
            None => memories.push((timeline.clone(), memory)),
        }
        scenes.push(Layout {
            number: numbers.next(reading, number.as_ref()),
            heading: text.clone(),
            place,
            time,
            timeline: timeline.clone(),
            new_set,
            first: index,
        });
    }
    scenes
}

fn read(reading: &mut Reading<'_>, text: &str, language: &str) -> Arc<Slugline> {
    let known = &mut reading.memory.sluglines;
    known.get(text).unwrap_or_else(|| {
        let slug = Arc::new(slugline(text, language, &reading.vocabulary));
        known.keep(text.into(), Arc::clone(&slug));
        slug
    })
}

/// The time line of a heading: its own tag, the one it returns to, or the main.
fn next_timeline(current: &str, slug: &Slugline, memories: &[(String, Memory)]) -> String {
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
        if !memories.iter().any(|(line, _)| line == tag)
            && let Some((line, _)) = memories.iter().rev().find(|(line, _)| opens(line))
        {
            return line.clone();
        }
    }
    tag.clone()
}

/// Scene numbers: written ones, else the count; between #91# and #92# 91A.
struct Numbers {
    written: BTreeSet<String>,
    used: BTreeSet<String>,
    count: usize,
    after: Option<String>,
    /// How many letters a number has already got.
    letters: BTreeMap<String, usize>,
}

impl Numbers {
    fn new(steps: &[Step<'_>]) -> Self {
        let written = steps
            .iter()
            .filter_map(|step| match &step.kind {
                StepKind::Heading { number, .. } => {
                    number.as_ref().map(|number| number.value.clone())
                }
                _ => None,
            })
            .collect();
        Self { written, used: BTreeSet::new(), count: 0, after: None, letters: BTreeMap::new() }
    }

    fn next(&mut self, reading: &mut Reading<'_>, written: Option<&Spanned<String>>) -> String {
        self.count += 1;
        if let Some(written) = written {
            if self.used.insert(written.value.clone()) {
                self.after = Some(written.value.clone());
                return written.value.clone();
            }
            let number = self.lettered(&written.value);
            reading.tell(errors::repeated_number(written.span, &written.value, &number));
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
