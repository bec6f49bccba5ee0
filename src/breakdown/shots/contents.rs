//! What a shot holds: action, speech and words over the picture, in order.
//!
//! Knows no times and no framing.

use std::ops::Range;
use std::sync::Arc;

use super::timing::words;
use crate::breakdown::screenplay::{Action, Speech, Voice};
use crate::source::Span;
use crate::time::Seconds;

/// What a shot holds, in order.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A paragraph or a piece of one.
    Action { action: Arc<Action>, range: Range<usize> },
    /// A whole speech that takes its time here.
    Speech { speech: Arc<Speech>, voice: Voice, span: Span },
    /// A part of a speech that several shots share; the first carries the speech.
    Part { speech: Arc<Speech>, length: Seconds, first: bool, span: Span },
    /// Narration: begins here, runs on, takes no time.
    Voice { speech: Arc<Speech>, span: Span },
    /// Words over the picture.
    Super { text: String },
}

impl Content {
    pub(crate) fn whole(action: &Arc<Action>) -> Self {
        Self::Action { action: Arc::clone(action), range: 0..action.text.len() }
    }

    pub(crate) fn speech(&self) -> Option<&Arc<Speech>> {
        match self {
            Self::Speech { speech, .. } | Self::Part { speech, .. } => Some(speech),
            _ => None,
        }
    }

    /// How many words of action it holds.
    pub(crate) fn words(&self) -> usize {
        match self {
            Self::Action { action, range } => words(&action.text[range.clone()]),
            _ => 0,
        }
    }
}
