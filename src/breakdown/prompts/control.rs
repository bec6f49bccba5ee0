//! Advice on `control`: warns of takes that should follow their blocking and will not.
//!
//! Knows what a script asks for and what a model says of itself; does not know blockings.

use crate::breakdown::control::TakeControl;
use crate::breakdown::screenplay::PictureMotion;
use crate::breakdown::shot::{Picture, ShotList};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Conditioning, Model};
use crate::source::Span;

/// Warnings about a `control` of the film or of a shot that has no effect.
pub(super) fn advise_on_control(list: &ShotList, model: &Model) -> Vec<Diagnostic> {
    let is_depth = |control: TakeControl| matches!(control, TakeControl::Depth(_));
    let settings = &list.settings;
    let film = settings.control.as_ref().filter(|control| is_depth(control.value));
    let shots = list.shots.iter().filter_map(|shot| match &shot.picture {
        Picture::Take(take) if take.control.is_some_and(is_depth) => {
            Some((shot.span, take.unblocked))
        }
        _ => None,
    });
    let asked: Vec<(Span, bool)> =
        film.map(|control| (control.span, !settings.blocking)).into_iter().chain(shots).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    // Opening the model reports what is wrong with it.
    let conditioning = model.conditioning().unwrap_or(Conditioning::Control);
    let name = &model.defaults.name;
    let warn = |span, message: String, help: &str| {
        Some(Diagnostic::warning(Code::NoControl, span, message).help(help))
    };
    let warnings = asked.into_iter().filter_map(|(span, unblocked)| {
        if settings.motion == Some(PictureMotion::Reel) {
            let message =
                "`control` has no effect on a story reel, which the blocking moves anyway";
            warn(span, message.to_owned(), "leave out `control` or `motion reel`")
        } else if !model.defaults.follows_depth(conditioning) {
            let message = format!(
                "{name} does not understand a blocking, so its takes follow the prompt alone"
            );
            warn(span, message, UNDERSTANDS)
        } else if unblocked {
            let message = "`control depth` shows the model the blocking, which is off".to_owned();
            warn(span, message, "leave out `control depth` or `blocking off`")
        } else {
            None
        }
    });
    warnings.collect()
}

const UNDERSTANDS: &str = "film with a VACE checkpoint; one with a `photoplay.json` says there that it was trained on depth, `\"blocking\": \"depth\"`";
