//! Whether a V.O. narrates or is the other end of a telephone
//! (docs/rules.md#d5).
//!
//! Knows the speeches of one scene; does not know how they are written.

use std::sync::Arc;

use super::names::NameTable;
use super::speech::Delivery;
use crate::breakdown::screenplay::{Item, ItemKind, Scene, Subject, Voice};

/// Makes a V.O. directly beside an on-screen speech of somebody else the other
/// end of a telephone. `deliveries` has the index of each speech in the scene.
pub(crate) fn settle(scene: &mut Scene, deliveries: &[(usize, Delivery)], names: &NameTable) {
    for (index, delivery) in deliveries {
        if *delivery != Delivery::VoiceOver {
            continue;
        }
        let before = scene.items[..*index].iter().rev().find_map(neighbour).flatten();
        let after = scene.items[index + 1..].iter().find_map(neighbour).flatten();
        let neighbours: Vec<Subject> =
            [before, after].into_iter().flatten().flatten().copied().collect();
        let ItemKind::Speech(speech) = &mut scene.items[*index].kind else { continue };
        let speaks = |other: Subject| {
            speech.speakers.iter().any(|speaker| names.same_person(*speaker, other))
        };
        if neighbours.into_iter().any(|other| !speaks(other)) {
            Arc::make_mut(speech).voice = Voice::OffScreen;
        }
    }
}

/// The speakers of an on-screen speech, `Some(None)` for another item; `None` for
/// a shot, which does not separate speeches.
fn neighbour(item: &Item) -> Option<Option<&[Subject]>> {
    match &item.kind {
        ItemKind::Speech(speech) if speech.voice == Voice::OnScreen => Some(Some(&speech.speakers)),
        ItemKind::Shot(_) | ItemKind::BackToScene => None,
        _ => Some(None),
    }
}
