//! The contents of a shot: action, speech and words over the picture, in order.
//!
//! Does not know times or framing.

use std::ops::Range;
use std::sync::Arc;

use super::timing::words;
use crate::breakdown::screenplay::{Action, Speech, Voice};
use crate::source::Span;
use crate::time::Seconds;

/// An item of a shot's contents.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A paragraph of action, or a range of its text.
    Action { action: Arc<Action>, range: Range<usize> },
    /// A whole speech; the shot lasts at least as long.
    Speech { speech: Arc<Speech>, voice: Voice, span: Span },
    /// A part of a speech that several shots share. The whole speech sounds from the
    /// first part on.
    Part { speech: Arc<Speech>, length: Seconds, first: bool, span: Span },
    /// A narration that begins here and runs on over the next shots.
    Voice { speech: Arc<Speech>, span: Span },
    /// Words over the picture.
    Super { text: String },
}

impl Content {
    /// A whole paragraph.
    pub(crate) fn whole(action: &Arc<Action>) -> Self {
        Self::Action { action: Arc::clone(action), range: 0..action.text.len() }
    }

    /// The speech, unless it is a narration.
    pub(crate) fn speech(&self) -> Option<&Arc<Speech>> {
        match self {
            Self::Speech { speech, .. } | Self::Part { speech, .. } => Some(speech),
            _ => None,
        }
    }

    /// The number of its words of action.
    pub(crate) fn words(&self) -> usize {
        match self {
            Self::Action { action, range } => words(&action.text[range.clone()]),
            _ => 0,
        }
    }
}
