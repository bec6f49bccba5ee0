//! A shot while it is planned: its framing, its contents, and what limits its length.
//!
//! Knows no numbers, frames or prompts.

use std::sync::Arc;

use super::contents::Content;
use super::framing::Framing;
use super::timing::Timing;
use crate::breakdown::screenplay::{
    Item, ItemKind, Kind, Screenplay, ShotSpec, Speech, StoryState, Subject, Voice,
};
use crate::breakdown::shot::Card;
use crate::breakdown::transition::Transition;
use crate::source::Span;
use crate::time::Seconds;

/// One cut of the picture in the making.
#[derive(Debug, Clone)]
pub(crate) struct PlannedShot {
    /// Index of its scene; `None` for title and end card.
    pub scene: Option<usize>,
    pub span: Span,
    pub covered: bool,
    pub state: Arc<StoryState>,
    pub picture: PlannedPicture,
    /// The written shot line, if there is one.
    pub spec: Option<Arc<ShotSpec>>,
    pub framing: Arc<Framing>,
    pub contents: Vec<Content>,
    /// A longer picture than its contents ask for.
    pub at_least: Seconds,
    /// Before the first word.
    pub lead: Seconds,
    /// After the last word.
    pub tail: Seconds,
    /// Given when contents do not decide it (a reaction).
    pub fixed: Option<Seconds>,
    pub length: Seconds,
    pub transition: Option<Transition>,
    pub fade_out: Option<Transition>,
    /// Index of the draft it continues from.
    pub continues: Option<usize>,
    /// Index of the draft whose take goes on here.
    pub resumes: Option<usize>,
}

/// What is to be shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PlannedPicture {
    Take,
    Card(Card),
    Black,
    White,
}

impl PlannedShot {
    /// A draft with the film's lead and tail.
    pub(crate) fn new(scene: usize, item: &Item, framing: Framing, timing: &Timing) -> Self {
        let shot = timing.constants.shot;
        Self {
            scene: Some(scene),
            span: item.span,
            covered: true,
            state: Arc::clone(&item.state),
            picture: PlannedPicture::Take,
            spec: None,
            framing: Arc::new(framing),
            contents: Vec::new(),
            at_least: Seconds::ZERO,
            lead: timing.paced(shot.lead),
            tail: timing.paced(shot.tail),
            fixed: None,
            length: Seconds::ZERO,
            transition: None,
            fade_out: None,
            continues: None,
            resumes: None,
        }
    }
}

/// How the speech at an index of some items is heard. A voice over directly
/// beside an on-screen speech of somebody else is the other end of a telephone
/// (a narrator who is the same person, older, is not).
pub(crate) fn voice_of(screenplay: &Screenplay, items: &[&Item], index: usize) -> Voice {
    let speech_at = |index: usize| match items.get(index).map(|item| &item.kind) {
        Some(ItemKind::Speech(speech)) => Some(&**speech),
        _ => None,
    };
    let Some(speech) = speech_at(index) else { return Voice::OnScreen };
    let unseen = speech.speakers.iter().all(|who| screenplay.subjects[who.0].kind == Kind::Voice);
    match speech.voice {
        Voice::OnScreen if unseen && !speech.speakers.is_empty() => Voice::OffScreen,
        Voice::Narration => {
            let person = |who: Subject| screenplay.subjects[who.0].same_as.unwrap_or(who);
            let other_end = |beside: Option<&Speech>| {
                beside.is_some_and(|beside| {
                    beside.voice == Voice::OnScreen
                        && beside.speakers.iter().all(|one| {
                            speech.speakers.iter().all(|other| person(*one) != person(*other))
                        })
                })
            };
            if other_end(index.checked_sub(1).and_then(speech_at))
                || other_end(speech_at(index + 1))
            {
                Voice::OffScreen
            } else {
                Voice::Narration
            }
        }
        voice => voice,
    }
}
