//! A shot without its length: its framing, its contents and the limits of its
//! length. With its length it becomes a `DescribedShot`.
//!
//! Does not know numbers, frames or prompts.

use std::sync::Arc;

use super::contents::Content;
use super::duration::{Before, Length, ShotTimes};
use super::framing::Framing;
use super::timing::Timing;
use crate::breakdown::screenplay::{Item, ShotSpec, StoryState, Voice};
use crate::breakdown::shot::Card;
use crate::source::Span;
use crate::time::Seconds;

/// A shot without its length.
#[derive(Debug, Clone)]
pub(crate) struct PlannedShot {
    /// Index of its scene; `None` for title and end card.
    pub scene: Option<usize>,
    pub span: Span,
    /// Whether coverage planned it; otherwise the script has its line.
    pub covered: bool,
    pub state: Arc<StoryState>,
    pub picture: PlannedPicture,
    /// The written shot line, if there is one.
    pub spec: Option<Arc<ShotSpec>>,
    pub framing: Arc<Framing>,
    pub contents: Vec<Content>,
    pub length: Length,
    /// The distance, in shots, back to the shot that this one continues.
    pub continues: Option<usize>,
}

/// The kind of picture of a planned shot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PlannedPicture {
    Take,
    Card(Card),
    Black,
    White,
}

impl PlannedShot {
    /// A take that coverage chooses for an item, as long as its contents.
    pub(crate) fn new(scene: usize, item: &Item, framing: Framing, timing: &Timing) -> Self {
        Self {
            scene: Some(scene),
            span: item.span,
            covered: true,
            state: Arc::clone(&item.state),
            picture: PlannedPicture::Take,
            spec: None,
            framing: Arc::new(framing),
            contents: Vec::new(),
            length: Length::of_contents(timing),
            continues: None,
        }
    }

    /// Its length, and the times of its contents.
    pub(crate) fn times(&self, before: Before, timing: &Timing) -> ShotTimes<'_> {
        ShotTimes::of(self.length, &self.contents, self.spec.as_deref(), before, timing)
    }

    /// Whether its sound may begin in the shot before it, whose length then limits
    /// how early.
    pub(crate) fn begins_before_its_picture(&self) -> bool {
        let pre_lap =
            |content: &Content| matches!(content, Content::Speech { voice: Voice::PreLap, .. });
        self.spec.as_ref().is_some_and(|spec| spec.j_cut.is_some())
            || self.contents.iter().any(pre_lap)
    }

    /// Its length by the rule, without the film before it.
    pub(crate) fn length_alone(&self, timing: &Timing) -> Seconds {
        self.times(Before::default(), &timing.by_rule()).length
    }
}
