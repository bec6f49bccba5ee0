//! The whole world: its data, the art that it is drawn with, and all its subjects.
//!
//! Draws nothing itself.

use std::path::Path;

use indexmap::IndexMap;

use super::data::{self, Boards, Colour, Looks, Place};
use crate::stage::art::{Art, Error};
use crate::stage::cast;
use crate::stage::paint::Hex;

/// Everything that the second edition can show.
pub(crate) struct World {
    pub(super) art: Art,
    pub(super) boards: Boards,
    pub(super) places: IndexMap<String, Place>,
    pub(super) subjects: Vec<Subject>,
}

impl World {
    /// Opens the world with the art of a folder.
    pub(crate) fn load(folder: &Path) -> Result<Self, Error> {
        let boards = data::boards().expect("boards.yaml is part of the trainer");
        let places = data::places().expect("places.yaml is part of the trainer");
        let mut art = Art::load(folder)?;
        let pieces = boards.animals.values().chain(boards.vehicles.values());
        let mut stems: Vec<&str> = pieces.map(|piece| piece.0.as_str()).collect();
        stems.extend(boards.props.values().map(|piece| piece.0.as_str()));
        stems.extend(boards.beasts.values().map(|piece| piece.0.as_str()));
        for Place { back, middle, floor, .. } in places.values() {
            stems.extend([back, middle, floor].into_iter().flat_map(|layer| layer.0.art()));
        }
        for stem in stems {
            art.add(folder, stem)?;
        }
        let subjects = subjects(&boards);
        Ok(Self { art, boards, places, subjects })
    }
}

/// Colours of clothes, hair and skin, by their place in the world's lists.
pub(super) type Dress = [u8; 3];

/// Who can be shown.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(super) name: String,
    pub(super) kind: SubjectKind,
}

#[derive(Debug, Clone)]
pub(super) enum SubjectKind {
    /// With usual colours, and whether they come in others.
    Person {
        usual: Dress,
        any: bool,
    },
    Drawn(cast::Subject),
    Art {
        stem: String,
        width: f32,
        looks: Looks,
    },
    Beast {
        head: String,
        coat: Hex,
        belly: Hex,
    },
}

pub(super) fn subjects(world: &Boards) -> Vec<Subject> {
    let index = |names: &IndexMap<String, Colour>, name: &String| {
        names.get_index_of(name).expect("boards.yaml names its own colours") as u8
    };
    let people = world.people.iter().map(|(name, person)| {
        let usual = [
            index(&world.colours, &person.usual[0]),
            index(&world.hairs, &person.usual[1]),
            index(&world.skins, &person.usual[2]),
        ];
        Subject { name: name.clone(), kind: SubjectKind::Person { usual, any: person.any } }
    });
    let drawn = world.drawn.iter().map(|name| {
        let known = cast::Subject::ALL.iter().find(|subject| subject.word() == name);
        Subject {
            name: name.clone(),
            kind: SubjectKind::Drawn(*known.expect("a subject of the stage")),
        }
    });
    let moving = world.animals.iter().chain(&world.vehicles).map(|(name, (stem, width, looks))| {
        let kind = SubjectKind::Art { stem: stem.clone(), width: *width, looks: *looks };
        Subject { name: name.clone(), kind }
    });
    let beasts = world.beasts.iter().map(|(name, (head, coat, belly))| Subject {
        name: name.clone(),
        kind: SubjectKind::Beast { head: head.clone(), coat: coat.0, belly: belly.0 },
    });
    let props = world.props.iter().map(|(name, (stem, width))| Subject {
        name: name.clone(),
        kind: SubjectKind::Art { stem: stem.clone(), width: *width, looks: Looks::Front },
    });
    people.chain(drawn).chain(moving).chain(beasts).chain(props).collect()
}
