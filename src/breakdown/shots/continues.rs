//! Finds the shot that a `continues` continues, and reports why a shot cannot.
//!
//! Knows the shots before; does not know times.

use super::describe::DescribedShot;
use crate::breakdown::screenplay::Screenplay;
use crate::breakdown::shot::Picture;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// The shots before a shot.
#[derive(Debug)]
pub(crate) struct Earlier<'a> {
    /// Of the scenes before.
    pub film: &'a [DescribedShot],
    /// Of its scene.
    pub scene: &'a [DescribedShot],
    /// Whether a transition is between the last of them and the shot.
    pub transition: bool,
}

/// The distance, in shots, from a shot in a scene back to the shot that it
/// continues: the one with a written id, or the one before.
///
/// # Errors
///
/// The reason why the shot cannot continue it.
pub(crate) fn continued(
    screenplay: &Screenplay,
    scene: usize,
    span: Span,
    id: Option<&str>,
    earlier: &Earlier<'_>,
) -> Result<usize, Box<Diagnostic>> {
    const CODE: Code = Code::CannotContinue;
    const MATCH: &str = "remove `continues`; to match the framing, use `> MATCH CUT TO:`";
    let refuse = |label: &str, help: &str| {
        let message = "this shot cannot continue the one before";
        Err(Box::new(Diagnostic::error(CODE, span, message).label(label).help(help)))
    };
    let mut shots = earlier.film.iter().chain(earlier.scene).rev();
    let found = match id {
        Some(id) => shots.enumerate().find(|(_, shot)| {
            shot.spec.as_ref().is_some_and(|spec| spec.id.as_deref() == Some(id))
        }),
        None => shots.next().filter(|last| last.scene.is_some()).map(|last| (0, last)),
    };
    let Some((between, from)) = found else {
        return match id {
            Some(id) => {
                let message = format!("no earlier shot is #{id}#");
                let help = "give the shot it continues this number in its line";
                Err(Box::new(Diagnostic::error(CODE, span, message).help(help)))
            }
            None => {
                refuse("the film's first shot", "remove `continues`: there is nothing to continue")
            }
        };
    };
    let place = |scene: usize| screenplay.scenes[scene].place;
    let name = |scene: usize| screenplay.places[place(scene).0].name.as_str();
    let from_scene = from.scene.unwrap_or(scene);
    if from.covered {
        let help = "write the shot before as a `!!` line first";
        refuse("the shot before was chosen by coverage and may change", help)
    } else if !matches!(from.picture, Picture::Take(_)) {
        refuse("the picture before is not a shot", MATCH)
    } else if place(from_scene) != place(scene) {
        let (here, there) = (name(scene), name(from_scene));
        refuse(&format!("begins in {here}, the shot before ended in {there}"), MATCH)
    } else if id.is_none() && (earlier.transition || from.fade_out.is_some()) {
        refuse("there is a transition between them", MATCH)
    } else {
        Ok(between + 1)
    }
}
