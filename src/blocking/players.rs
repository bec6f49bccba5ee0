//! The people and things of a scene, and the shots they are in.
//!
//! Data only.

use super::acts::PlayedAct;
use super::body::Body;
use super::figure::Posture;
use super::geometry::Point;
use crate::breakdown::screenplay::Subject;
use crate::breakdown::shot::TakeSpec;
use crate::breakdown::stage_direction::StageDirection;

/// Somebody or something of a scene.
#[derive(Debug, Clone)]
pub(super) struct Player {
    pub(super) who: Option<Subject>,
    pub(super) name: String,
    pub(super) body: Body,
    /// Where it stands if nothing leads it elsewhere.
    pub(super) mark: Stand,
    /// Where it is; `None` while it has not been seen.
    pub(super) stand: Option<Stand>,
    /// It has left.
    pub(super) gone: bool,
    /// 1 if it last went to the right, -1 to the left.
    pub(super) heading: f64,
    /// It sits on a seat at its mark.
    pub(super) seat: bool,
    /// The boat that it is in or the animal that it rides: an index into the players.
    pub(super) aboard: Option<usize>,
}

/// How and where somebody is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stand {
    pub(super) feet: Point,
    pub(super) facing: f64,
    pub(super) posture: Posture,
    pub(super) lift: f64,
}

/// Somebody or something in a shot.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Role {
    /// An index into the players.
    Player(usize),
    /// A part of a player: `NELL'S EYE`.
    Part(usize, Body),
}

impl Role {
    /// The player, or whose part it is.
    pub(super) fn player(&self) -> usize {
        let (Self::Player(player) | Self::Part(player, _)) = self;
        *player
    }
}

/// With whom somebody does something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    /// An index into the players.
    pub(super) with: usize,
    /// It goes to the other, who waits for it.
    pub(super) leads: bool,
}

/// A shot of the scene before it is blocked.
#[derive(Debug)]
pub(super) struct SceneShot<'a> {
    pub(super) index: usize,
    pub(super) take: &'a TakeSpec,
    /// Who is in it, in the order of its subjects, then its reveals.
    pub(super) roles: Vec<Role>,
    /// How many of them are subjects.
    pub(super) subjects: usize,
    /// Those of whom backs are seen.
    pub(super) backs: Vec<bool>,
    pub(super) acts: Vec<PlayedAct>,
    /// Who speaks, by index into the players, and when, in seconds of the shot.
    pub(super) speaks: Vec<(usize, f64, f64)>,
    pub(super) seconds: f64,
    /// What the author tells people to do in it.
    pub(super) directed: &'a [StageDirection],
}

impl Stand {
    /// Standing on the ground.
    pub(super) fn at(feet: Point, facing: f64) -> Self {
        Self { feet, facing, posture: Posture::Standing, lift: 0.0 }
    }
}

impl Player {
    /// Where it is or will be.
    pub(super) fn stand_now(&self) -> Stand {
        self.stand.unwrap_or(self.mark)
    }
}
