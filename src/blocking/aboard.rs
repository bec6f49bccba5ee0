//! Who is carried: crews by their boats, riders by their animals. Whoever is at sea
//! without a boat stands in the water.
//!
//! Knows bodies and marks; does not know what happens.

use super::body::Body;
use super::figure::{Figure, FigurePose, Posture, Shape};
use super::geometry::Point;
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
    // A rowing boat is nearly all hull.
    let share = if length < SMALL { 0.6 } else { 0.35 };
    (height * share).min(length * 0.22)
}

/// How high its deck is.
pub fn deck(height: f64, length: f64) -> f64 {
    let hull = hull(height, length);
    if length < SMALL { hull * 0.2 } else { hull * 0.9 - (hull * 0.3).min(0.8) }
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
        if carries(&players[animal].body) {
            for rider in act.who.iter().filter_map(|who| shot.roles.get(*who)).map(Role::player) {
                ride(players, rider, animal);
            }
        }
    }
    if design.ground.surface == Surface::Water {
        man_boats(players, shots);
    }
}

/// A camera that looks down by more degrees looks into a boat.
pub const INTO: f64 = -32.0;

/// Whether feet are inside something that has sides: a boat, a car.
pub fn is_inside(feet: Point, carrier: &Figure, pose: &FigurePose) -> bool {
    let sides =
        carrier.shape == Shape::Boat || carrier.shape == Shape::Vehicle && carrier.length > SADDLED;
    sides && within(feet, [carrier.width, carrier.length], (pose.feet, pose.facing))
}

/// Whether feet are over something of some width and length that stands at a point and
/// looks somewhere.
pub fn within(feet: Point, [width, length]: [f64; 2], (base, facing): (Point, f64)) -> bool {
    let (sin, cos) = facing.to_radians().sin_cos();
    let off = feet - base;
    let (across, along) = (off.x * cos - off.z * sin, off.x * sin + off.z * cos);
    across.abs() < width / 2.0 && along.abs() < length / 2.0
}

/// Whether one rides it: a horse, a bicycle, a car.
fn carries(body: &Body) -> bool {
    match body.shape {
        Shape::Quadruped => body.height > 1.0,
        Shape::Vehicle => true,
        _ => false,
    }
}

/// A vehicle shorter than this has a saddle, in metres; a longer one has seats.
pub const SADDLED: f64 = 2.4;
/// How high the seats of a vehicle are, as a share of its height.
const SEATS: f64 = 0.3;
/// How high the doors of a vehicle are, as a share of its height.
pub const DOORS: f64 = 0.58;

fn ride(players: &mut [Player], rider: usize, animal: usize) {
    if rider == animal || !players[rider].body.shape.is_person() {
        return;
    }
    let (mark, body) = (players[animal].mark, players[animal].body.clone());
    let seats = body.shape == Shape::Vehicle && body.length > SADDLED;
    let (posture, high) = if seats { (Posture::Sitting, SEATS) } else { (Posture::Riding, SADDLE) };
    let feet = mark.feet.at_height(mark.feet.y + body.height * high);
    let stand = Stand { feet, facing: mark.facing, posture, lift: 0.0 };
    players[rider].mark = stand;
    players[rider].aboard = Some(animal);
}

/// Puts everybody who neither swims nor rides into the boat that their first picture shows,
/// else into the first one of the scene.
fn man_boats(players: &mut [Player], shots: &[SceneShot<'_>]) {
    let is_boat = |player: &usize| players[*player].body.shape == Shape::Boat;
    let first = (0..players.len()).find(is_boat);
    let stands = |player: &Player| {
        let shape = player.body.shape;
        player.aboard.is_none() && (shape.is_person() || shape == Shape::Quadruped)
    };
    let boat_of = |player: usize| {
        let shot =
            shots.iter().find(|shot| shot.roles.iter().any(|role| role.player() == player))?;
        let place = shot.roles.iter().position(|role| role.player() == player)?;
        let mut own = shot.acts.iter().filter(|act| act.who.contains(&place));
        if own.clone().any(|act| act.rule().posture == Some(Posture::Swimming)) {
            return None;
        }
        let object = own.find_map(|act| {
            let object = shot.roles.get(act.object?)?.player();
            is_boat(&object).then_some(object)
        });
        let shown = || shot.roles.iter().map(Role::player).find(is_boat);
        object.or_else(shown).or(first)
    };
    let crew: Vec<(usize, Option<usize>)> = (0..players.len())
        .filter(|player| stands(&players[*player]))
        .map(|player| (player, boat_of(player)))
        .collect();
    for (nth, (index, boat)) in crew.iter().enumerate() {
        let Some(boat) = *boat else {
            let player = &mut players[*index];
            player.mark.feet.y = -HIPS * player.body.height;
            continue;
        };
        let with = |known: &&(usize, Option<usize>)| known.1 == Some(boat);
        let (all, seat) =
            (crew.iter().filter(with).count(), crew[..nth].iter().filter(with).count());
        let (mark, body) = (players[boat].mark, players[boat].body.clone());
        // Bow and stern are narrow: they stand between them.
        let apart = (body.length * 0.5 / all as f64).min(1.3);
        let along = apart * (seat as f64 - (all as f64 - 1.0) / 2.0);
        let player = &mut players[*index];
        let deck = deck(body.height, body.length);
        player.mark.feet = mark.feet.toward(mark.facing, along).at_height(deck);
        if body.length < SMALL {
            // Whoever stands up in a rowing boat falls into the water.
            player.mark.posture = Posture::Sitting;
            player.mark.lift = THWART;
            player.mark.facing = mark.facing;
        }
        player.aboard = Some(boat);
    }
}

/// How high a rowing boat's seat is above its deck, in metres.
const THWART: f64 = 0.13;

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
