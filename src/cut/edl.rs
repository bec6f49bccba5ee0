//! The edit decision list: which frames of which take the film shows when, in
//! whole frames.
//!
//! Knows shot numbers and frames; does not know networks or codecs.

use serde::Serialize;

use crate::breakdown::transition::TransitionKind;
use crate::time::Rate;

/// The edit decision list of a film. Picture events cover every record frame
/// exactly once. A transition says how two neighbours share the frames around
/// their cut.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edl {
    /// Frames per second.
    pub rate: Rate,
    /// Length of the film in frames.
    pub frames: u32,
    /// The picture track.
    pub picture: Vec<PictureEvent>,
    /// The sound track.
    pub sound: Vec<SoundEvent>,
}

/// One event of the picture track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PictureEvent {
    /// Index of the shot in the shot list.
    pub shot: usize,
    /// The shot whose take the film shows: itself, or the one it resumes.
    pub take: usize,
    /// First conformed frame of the take that the film shows, at `record_in`; the
    /// handle lies before it.
    pub source_in: u32,
    /// First frame in the film.
    pub record_in: u32,
    /// One past the last frame in the film.
    pub record_out: u32,
    /// The transition at `record_in`, unless it is a straight cut.
    pub transition: Option<TransitionEvent>,
    /// Fade at the end of the event, inside it.
    pub fade_out: Option<TransitionEvent>,
}

/// A transition in frames.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TransitionEvent {
    /// What kind of transition.
    pub kind: TransitionKind,
    /// Number of its frames before the cut.
    pub before: u32,
    /// Number of its frames from the cut on.
    pub after: u32,
}

/// One event of the sound track: a line of dialogue. It is silent until a voice speaks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SoundEvent {
    /// Index into the shot list's lines.
    pub line: usize,
    /// First frame in the film.
    pub record_in: u32,
    /// One past the last frame.
    pub record_out: u32,
}
