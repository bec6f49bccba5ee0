//! The edit decision list: which frames of which take stand where in the film.
//! Integer frames only.
//!
//! Knows shot numbers and frames; knows no networks and no codecs.

use serde::Serialize;

use crate::breakdown::transition::TransitionKind;
use crate::time::Rate;

/// A film as an editor writes it down. Picture events cover every record frame
/// exactly once; a transition says how two neighbours share the frames round
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
    /// The shot whose take is used: itself, or the one it resumes.
    pub take: usize,
    /// First conformed frame of the take that is used at `record_in`
    /// (handles lie before it).
    pub source_in: u32,
    /// First frame in the film.
    pub record_in: u32,
    /// One past the last frame in the film.
    pub record_out: u32,
    /// The transition over the cut at `record_in`, if it is no straight cut.
    pub transition: Option<TransitionEvent>,
    /// Fade at the end, inside the event.
    pub fade_out: Option<TransitionEvent>,
}

/// A transition in frames.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TransitionEvent {
    /// How it is made.
    pub kind: TransitionKind,
    /// Frames of it before the cut.
    pub before: u32,
    /// Frames of it from the cut on.
    pub after: u32,
}

/// One event of the sound track. Until there are voices, where they will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SoundEvent {
    /// Index into the shot list's lines.
    pub line: usize,
    /// First frame in the film.
    pub record_in: u32,
    /// One past the last frame.
    pub record_out: u32,
}
