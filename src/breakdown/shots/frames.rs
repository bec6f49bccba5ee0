//! From the seconds of a planned film to the frames of the film.
//!
//! Knows where each shot begins in both; does not know the pictures.

use super::describe::DescribedShot;
use super::duration::in_frames;
use crate::time::{Rate, Seconds};

/// The beginnings of the shots of a film. A film also has the frames of intertitles,
/// which its plan lacks.
#[derive(Debug)]
pub(crate) struct FrameMap {
    rate: Rate,
    starts: Vec<Seconds>,
    lengths: Vec<u32>,
    film_starts: Vec<u32>,
}

impl FrameMap {
    /// For planned shots; call [`FrameMap::begin`] with the beginning of each in the
    /// film.
    pub(crate) fn new(shots: &[DescribedShot], rate: Rate) -> Self {
        let start = |at: &mut Seconds, shot: &DescribedShot| {
            let start = *at;
            *at = *at + shot.length;
            Some(start)
        };
        Self {
            rate,
            starts: shots.iter().scan(Seconds::ZERO, start).collect(),
            lengths: shots.iter().map(|shot| in_frames(shot.length, rate)).collect(),
            film_starts: Vec::with_capacity(shots.len()),
        }
    }

    /// Sets the frame of the film at which the next shot begins.
    pub(crate) fn begin(&mut self, frame: u32) {
        self.film_starts.push(frame);
    }

    /// The lengths of the shots in frames.
    pub(crate) fn lengths(&self) -> &[u32] {
        &self.lengths
    }

    /// Index of the shot in which a moment lies.
    pub(crate) fn shot_at(&self, time: Seconds) -> usize {
        self.starts.partition_point(|start| *start <= time).saturating_sub(1)
    }

    /// The frame in which something begins.
    pub(crate) fn frame(&self, time: Seconds) -> u32 {
        self.frame_in(self.shot_at(time), time)
    }

    /// The frame before which something ends. An end on a cut belongs to the shot
    /// before the cut.
    pub(crate) fn end_frame(&self, time: Seconds) -> u32 {
        self.frame_in(self.shot_at(time - Seconds::micros(1)), time)
    }

    fn frame_in(&self, shot: usize, time: Seconds) -> u32 {
        let (Some(start), Some(film)) = (self.starts.get(shot), self.film_starts.get(shot)) else {
            return 0;
        };
        film + (time - *start).to_frames(self.rate).min(self.lengths[shot])
    }
}
