//! The scenes of a film: their shots, what is heard in them, and which directions are new
//! in a shot.
//!
//! Knows the shot list; does not know who stands where.

use std::ops::Range;
use std::sync::Arc;

use crate::breakdown::shot::{CaptionLine, ShotList, TakeSpec};
use crate::breakdown::stage_direction::StageDirection;

/// A scene of a film.
pub(super) struct SceneRange<'a> {
    pub(super) shots: Range<usize>,
    /// Its first frame.
    pub(super) start: u32,
    /// What is heard in it.
    pub(super) lines: &'a [CaptionLine],
}

/// The scenes of a film.
pub(super) fn scenes(list: &ShotList) -> Vec<SceneRange<'_>> {
    let mut scenes: Vec<SceneRange<'_>> = Vec::new();
    let (mut frame, mut line) = (0, 0);
    for (index, shot) in list.shots.iter().enumerate() {
        let goes_on = index > 0 && same_scene(&list.shots[index - 1].scene, &shot.scene);
        if let Some(last) = scenes.last_mut() {
            if goes_on {
                last.shots.end = index + 1;
            } else {
                last.lines = lines(&list.lines, &mut line, last.start..frame);
            }
        }
        if !goes_on {
            scenes.push(SceneRange { shots: index..index + 1, start: frame, lines: &[] });
        }
        frame += shot.frames;
    }
    if let Some(last) = scenes.last_mut() {
        last.lines = lines(&list.lines, &mut line, last.start..frame);
    }
    scenes
}

fn same_scene(one: &Arc<str>, other: &Arc<str>) -> bool {
    Arc::ptr_eq(one, other) || one == other
}

/// The lines that are heard in a range of frames. `at` is where to look first.
fn lines<'a>(all: &'a [CaptionLine], at: &mut usize, range: Range<u32>) -> &'a [CaptionLine] {
    while all.get(*at).is_some_and(|line| line.end <= range.start) {
        *at += 1;
    }
    let heard = all[*at..].iter().take_while(|line| line.start < range.end).count();
    &all[*at..*at + heard]
}

impl SceneRange<'_> {
    /// Its shots, with the frame at which each begins.
    pub(super) fn starts(&self, list: &ShotList) -> Vec<(usize, u32)> {
        let mut frame = self.start;
        let start = |index: usize| {
            let start = frame;
            frame += list.shots[index].frames;
            (index, start)
        };
        self.shots.clone().map(start).collect()
    }
}

/// Counts the directions of a scene that have begun.
#[derive(Debug, Default)]
pub(super) struct BegunDirections(usize);

impl BegunDirections {
    /// The directions that begin with the scene's next shot.
    pub(super) fn next<'a>(&mut self, take: &'a TakeSpec) -> &'a [StageDirection] {
        let lasting = take.directed.len().saturating_sub(take.directed_here);
        let new = take.directed.get(self.0.min(lasting)..).unwrap_or_default();
        self.0 = lasting.max(self.0);
        new
    }
}
