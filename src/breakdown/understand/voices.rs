//! Whether a V.O. narrates or is the other end of a telephone
//! (docs/rules.md#d12).
//!
//! Knows the speeches of one scene; does not know how they are written.

use std::sync::Arc;

use super::names::NameTable;
use super::speech::Delivery;
use crate::breakdown::screenplay::{Item, ItemKind, Scene, Subject, Through, Voice};

/// Makes a V.O. directly beside an on-screen speech of somebody else the other
/// end of a telephone. `deliveries` has the index of each speech in the scene.
pub(crate) fn hear_over_telephone(
    scene: &mut Scene,
    deliveries: &[(usize, Delivery)],
    names: &NameTable,
) {
    for (index, delivery) in deliveries {
        if *delivery != Delivery::VoiceOver {
            continue;
        }
        let before =
            scene.items[..*index].iter().rev().find(|item| separates(item)).map(on_screen_speakers);
        let after =
            scene.items[index + 1..].iter().find(|item| separates(item)).map(on_screen_speakers);
        let neighbours: Vec<Subject> =
            [before, after].into_iter().flatten().flatten().copied().collect();
        let ItemKind::Speech(speech) = &mut scene.items[*index].kind else { continue };
        let speaks = |other: Subject| {
            speech.speakers.iter().any(|speaker| names.same_person(*speaker, other))
        };
        if neighbours.into_iter().any(|other| !speaks(other)) {
            let speech = Arc::make_mut(speech);
            speech.voice = Voice::OffScreen;
            speech.through = Some(Through::Telephone);
        }
    }
}

/// Whether an item separates the speeches around it; shots do not.
fn separates(item: &Item) -> bool {
    !matches!(item.kind, ItemKind::Shot(_) | ItemKind::BackToScene)
}

/// The speakers of an on-screen speech; nobody for another item.
fn on_screen_speakers(item: &Item) -> &[Subject] {
    match &item.kind {
        ItemKind::Speech(speech) if speech.voice == Voice::OnScreen => &speech.speakers,
        _ => &[],
    }
}
