//! Who is carried: crews by their boats, riders by their animals. Whoever is at sea
//! without a boat stands in the water.
//!
//! Knows bodies and marks; does not know what happens.

use super::figure::{Posture, Shape};
use super::players::{Player, Role, SceneShot, Stand};
use super::set::{Form, Material, SetPiece, SetRole, Surface};
use super::set_design::SetDesign;

/// Whether somebody of a scene swims, or goes by boat.
pub(super) fn afloat(players: &[Player], shots: &[SceneShot<'_>]) -> bool {
    let swims = |shot: &SceneShot<'_>| {
        shot.acts.iter().any(|act| act.rule().posture == Some(Posture::Swimming))
    };
    players.iter().any(|player| matches!(player.body.shape, Shape::Boat | Shape::Fish))
        || shots.iter().any(swims)
}

/// How high the edge of a boat's hull is above the water, in metres.
pub fn hull(height: f64, length: f64) -> f64 {
    (height * 0.35).min(length * 0.22)
}

/// How high its deck is.
pub fn deck(height: f64, length: f64) -> f64 {
    let hull = hull(height, length);
    hull * 0.9 - (hull * 0.3).min(0.8)
}

/// How deep those without a boat stand in the water, as a share of their height.
const HIPS: f64 = 0.45;
/// How high a saddle is, as a share of an animal's height.
const SADDLE: f64 = 0.66;

/// Puts riders on their animals, and everybody who stands on water into a boat or into
/// the water.
pub(super) fn embark(players: &mut [Player], shots: &[SceneShot<'_>], design: &SetDesign) {
    for act in shots.iter().flat_map(|shot| shot.acts.iter().map(move |act| (shot, act))) {
        let (shot, act) = act;
        let object = act.object.and_then(|object| shot.roles.get(object)).map(Role::player);
        let Some(animal) = object.filter(|_| act.rule().rides) else { continue };
        if players[animal].body.shape == Shape::Quadruped && players[animal].body.height > 1.0 {
            for rider in act.who.iter().filter_map(|who| shot.roles.get(*who)).map(Role::player) {
                ride(players, rider, animal);
            }
        }
    }
    if design.ground.surface == Surface::Water {
        man_boats(players);
    }
}

fn ride(players: &mut [Player], rider: usize, animal: usize) {
    if rider == animal || !players[rider].body.shape.is_person() {
        return;
    }
    let (mark, body) = (players[animal].mark, players[animal].body.clone());
    let feet = mark.feet.at_height(mark.feet.y + body.height * SADDLE);
    let stand = Stand { feet, facing: mark.facing, posture: Posture::Riding, lift: 0.0 };
    players[rider].mark = stand;
    players[rider].aboard = Some(animal);
}

fn man_boats(players: &mut [Player]) {
    let boat = players.iter().position(|player| player.body.shape == Shape::Boat);
    let stands = |player: &Player| {
        let shape = player.body.shape;
        player.aboard.is_none() && (shape.is_person() || shape == Shape::Quadruped)
    };
    let crew = players.iter().filter(|player| stands(player)).count();
    let mut seat = 0.0;
    for index in 0..players.len() {
        if !stands(&players[index]) {
            continue;
        }
        let Some(boat) = boat else {
            let player = &mut players[index];
            player.mark.feet.y = -HIPS * player.body.height;
            continue;
        };
        let (mark, body) = (players[boat].mark, players[boat].body.clone());
        // Bow and stern are narrow: they stand between them.
        let apart = (body.length * 0.5 / crew as f64).min(1.3);
        let along = apart * (seat - (crew as f64 - 1.0) / 2.0);
        seat += 1.0;
        let player = &mut players[index];
        let deck = deck(body.height, body.length);
        player.mark.feet = mark.feet.toward(mark.facing, along).at_height(deck);
        if body.length < SMALL {
            // Whoever stands up in a rowing boat falls into the water.
            player.mark.posture = Posture::Sitting;
            player.mark.lift = 0.15;
            player.mark.facing = mark.facing;
        }
        player.aboard = Some(boat);
    }
}

/// People sit in boats shorter than this, in metres.
const SMALL: f64 = 6.0;

/// A boat that is no subject of a shot but has people aboard, as part of its set.
pub(super) fn moored(boat: &Player) -> SetPiece {
    let Stand { feet, facing, .. } = boat.stand_now();
    SetPiece {
        name: boat.name.clone(),
        form: Form::Boat,
        material: Material::Wood,
        role: SetRole::Support,
        base: feet,
        width: boat.body.width,
        height: boat.body.height,
        depth: boat.body.length,
        facing,
    }
}
