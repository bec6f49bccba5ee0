//! A labelled scene: who is where, what they do, in the words of a shot.
//!
//! Knows words and chance; does not know how anything looks.

use photoplay::breakdown::description::{Depicted, DescribedPlace, Description};

use super::cast::{Action, Actor, Colour, Move, Place, Size, Subject, Time};
use super::rng::{Rng, hash};

/// Width of every picture, in pixels.
pub(crate) const WIDTH: u32 = 288;
/// Height of every picture, in pixels.
pub(crate) const HEIGHT: u32 = 160;

/// Width and height of the still of a set, in pixels.
pub(crate) const PLATE: [u32; 2] = [448, HEIGHT];

/// The colour before which figures stand alone: no figure has one near it.
pub(crate) const KEY: [u8; 3] = [255, 0, 255];

/// What a network is to learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Edition {
    /// Scenes with marks and motions of the stage's own, of which the released weights
    /// are made.
    First,
    /// Stills that the story reel asks for, and clips that it makes of them by the
    /// blocking.
    Second,
}

/// One labelled scene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StagedScene {
    /// None, one or two: the first acts, the second faces the first.
    pub(crate) subjects: Vec<Actor>,
    /// Where.
    pub(crate) place: Place,
    /// When.
    pub(crate) time: Time,
    /// Whether the sky is grey and the light flat.
    pub(crate) overcast: bool,
    /// What the first subject does (in a dance or a jump the second joins in).
    pub(crate) action: Action,
    /// How large.
    pub(crate) size: Size,
    /// What the camera does.
    pub(crate) movement: Move,
}

impl StagedScene {
    /// Whether the scorecard keeps the combination of figure, action and place for
    /// itself, as it does with one of ten, by name.
    pub(super) fn is_held_out(&self) -> bool {
        let Some(first) = self.subjects.first() else { return false };
        let colour = first.colour.map_or("", Colour::word);
        let words = [colour, first.subject.word(), self.place.word(), self.action.word()];
        (hash(words.join(" ").bytes()) >> 32).is_multiple_of(10)
    }
}

pub(super) fn drawn(rng: &mut Rng) -> StagedScene {
    let count = rng.weighted(&[(1, 0.7), (2, 0.25), (0, 0.05)]);
    let mut subjects: Vec<Actor> = Vec::new();
    while subjects.len() < count {
        let subject = rng.one_of(Subject::ALL);
        let colour = (Subject::DRESSED.contains(&subject) && rng.chance(0.75))
            .then(|| rng.one_of(Colour::ALL));
        if subjects.iter().all(|other| other.subject != subject) {
            subjects.push(Actor { subject, colour });
        }
    }
    let action = match subjects.first().map(|first| first.subject) {
        None => Action::Stand,
        Some(who) if who.is_thing() => rng.weighted(&[
            (Action::Stand, 0.88),
            (Action::Walk, 0.03),
            (Action::Run, 0.03),
            (Action::Dance, 0.03),
            (Action::Jump, 0.03),
        ]),
        Some(who) if who.is_vehicle() => rng.weighted(&[
            (Action::Stand, 0.4),
            (Action::Walk, 0.25),
            (Action::Run, 0.25),
            (Action::Dance, 0.05),
            (Action::Jump, 0.05),
        ]),
        Some(_) => rng.weighted(&[
            (Action::Stand, 0.36),
            (Action::Walk, 0.16),
            (Action::Run, 0.12),
            (Action::Dance, 0.12),
            (Action::Jump, 0.12),
            (Action::OpenMouth, 0.12),
        ]),
    };
    StagedScene {
        place: rng.one_of(Place::ALL),
        time: rng.one_of(Time::ALL),
        overcast: rng.chance(0.2),
        action,
        size: if subjects.is_empty() {
            rng.weighted(&[(Size::Wide, 0.7), (Size::Medium, 0.3)])
        } else {
            rng.weighted(&[(Size::Medium, 0.45), (Size::Wide, 0.25), (Size::CloseUp, 0.3)])
        },
        movement: rng.weighted(&[
            (Move::Static, 0.45),
            (Move::PushIn, 0.13),
            (Move::PullBack, 0.11),
            (Move::PanLeft, 0.11),
            (Move::PanRight, 0.11),
            (Move::TiltUp, 0.09),
        ]),
        subjects,
    }
}

pub(super) fn described(scene: &StagedScene) -> Description {
    let depicted = |actor: &Actor| Depicted {
        called: format!("the {}", actor.subject.word()),
        words: actor.subject.word().to_owned(),
        outfit: actor.colour.map(|colour| format!("a {} coat", colour.word())).unwrap_or_default(),
        ..Depicted::default()
    };
    Description {
        size: scene.size.word().to_owned(),
        movement: scene.movement.word().to_owned(),
        subjects: scene.subjects.iter().map(depicted).collect(),
        action: scene.action.word().to_owned(),
        place: DescribedPlace { name: scene.place.word().to_owned(), ..DescribedPlace::default() },
        time: scene.time.word().to_owned(),
        weather: if scene.overcast { "overcast".to_owned() } else { String::new() },
        ..Description::default()
    }
}
