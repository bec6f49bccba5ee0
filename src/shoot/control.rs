//! Decides which takes follow the blocking of their shot, and what a recipe holds of it.
//!
//! Knows blockings and frames of takes; does not know pixels.

use std::ops::Range;
use std::sync::Arc;

use super::recipe::RecipeControl;
use crate::blocking::block;
use crate::blocking::control::ControlScene;
use crate::blocking::staged::Blocking;
use crate::breakdown::control::{ControlScale, TakeControl};
use crate::breakdown::shot::{Picture, ShotList};
use crate::model::{Conditioning, ControlSignal, ModelDefaults};

/// The blocking that controls a take, and the frames of the take in its time.
#[derive(Debug, Clone)]
pub struct TakeBlocking {
    blocking: Arc<Blocking>,
    /// Width and height of the film.
    format: [u32; 2],
    /// Frames of the take in a second.
    rate: u32,
    /// Seconds of the take before the shot begins.
    head: f64,
    scale: ControlScale,
}

impl TakeBlocking {
    /// The control of some frames of the take.
    pub fn scene(&self, frames: Range<u32>) -> ControlScene {
        ControlScene::of(&self.blocking, self.format, self.rate, self.head, frames)
    }

    /// The same as a recipe holds it.
    pub(super) fn control(&self, frames: Range<u32>) -> RecipeControl {
        RecipeControl {
            signal: ControlSignal::Depth,
            blocking: self.scene(frames).digest(),
            scale: self.scale.factor(),
        }
    }
}

/// The blocking that controls the take of each shot; `None` where none does. `command` is
/// what the command line asks for.
pub(super) fn blockings(
    list: &ShotList,
    model: &ModelDefaults,
    conditioning: Conditioning,
    command: Option<TakeControl>,
) -> Vec<Option<TakeBlocking>> {
    let scales: Vec<Option<ControlScale>> = list
        .shots
        .iter()
        .map(|shot| match &shot.picture {
            Picture::Take(take) if take.resumes.is_none() => {
                let film = list.settings.control.as_ref().map(|control| control.value);
                scale(model, command.or(take.control).or(film))
                    .filter(|_| model.follows_depth(conditioning))
            }
            _ => None,
        })
        .collect();
    if scales.iter().all(Option::is_none) {
        return vec![None; list.shots.len()];
    }
    let shots = list.shots.iter().zip(block(list)).zip(scales);
    shots
        .map(|((shot, blocking), scale)| {
            let Picture::Take(take) = &shot.picture else { return None };
            Some(TakeBlocking {
                blocking: blocking?,
                format: [list.settings.width, list.settings.height],
                rate: model.frame_rate,
                head: take.head().as_micros() as f64 / 1e6,
                scale: scale?,
            })
        })
        .collect()
}

/// How strongly a take follows its blocking. If nobody says so, a model that was trained on
/// blockings follows them fully.
fn scale(model: &ModelDefaults, asked: Option<TakeControl>) -> Option<ControlScale> {
    match asked {
        Some(TakeControl::Off) => None,
        Some(TakeControl::Depth(scale)) => Some(scale),
        None => model.blocking.map(|ControlSignal::Depth| ControlScale(1000)),
    }
}
