//! The numbers of shots.
//!
//! Knows scenes and written ids; does not know what the shots show.

use super::describe::DescribedShot;
use crate::breakdown::screenplay::Screenplay;
use crate::breakdown::shot::{Card, CardKind, Picture};

/// A number for each shot, for people: `scene.shot`, or the written id; unique.
pub(crate) fn numbers(screenplay: &Screenplay, shots: &[DescribedShot]) -> Vec<String> {
    let mut counts = vec![0; screenplay.scenes.len()];
    let number = |shot: &DescribedShot| {
        let Some(scene) = shot.scene else {
            return match &shot.picture {
                Picture::Card(Card { kind: CardKind::Title, .. }) => "title".to_owned(),
                _ => "end".to_owned(),
            };
        };
        counts[scene] += 1;
        match shot.spec.as_ref().and_then(|spec| spec.id.as_ref()) {
            Some(id) if shot.resumes.is_none() => id.clone(),
            _ => [&screenplay.scenes[scene].number, ".", &counts[scene].to_string()].concat(),
        }
    };
    shots.iter().map(number).collect()
}

/// The number of the intertitles after a shot: `91.3 title`, `91.3 title2`.
pub(crate) fn intertitle_number(shot: &str, index: usize) -> String {
    if index == 0 { format!("{shot} title") } else { format!("{shot} title{}", index + 1) }
}
