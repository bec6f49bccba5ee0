//! The people and things of a scene on their marks, from shot to shot.
//!
//! Knows one scene; knows no cameras. The cameras of a scene work from the side of -z, so
//! left and right on the stage are left and right in its pictures.

use super::aboard::{afloat, embark};
use super::acts::acts;
use super::body::body;
use super::figure::{Posture, Shape};
use super::geometry::Point;
use super::lookup::Lookup;
use super::marks::{MarkOrder, things};
use super::players::{Player, Role, SceneShot, Stand};
use super::scenes::BegunDirections;
use super::set::{SetRole, Surface};
use super::set_design::{SetDesign, design};
use crate::breakdown::description::{Depicted, Face};
use crate::breakdown::screenplay::Subject;
use crate::breakdown::shot::{Picture, Shot, ShotList, TakeSpec};

/// A scene.
#[derive(Debug)]
pub(super) struct StagedScene<'a> {
    pub(super) players: Vec<Player>,
    pub(super) shots: Vec<SceneShot<'a>>,
    pub(super) design: SetDesign,
    /// The words of the film's language.
    pub(super) lookup: &'static Lookup,
}

impl<'a> StagedScene<'a> {
    /// Puts a scene on its marks. `shots` are those of the scene, with the frame at which
    /// each begins.
    pub(super) fn new(list: &'a ShotList, shots: &[(usize, u32)]) -> Self {
        let lookup = Lookup::of(&list.settings.language);
        let mut players: Vec<Player> = Vec::new();
        let mut scene_shots = Vec::new();
        let mut order = MarkOrder::default();
        let mut directions = BegunDirections::default();
        for &(index, start) in shots {
            let shot = &list.shots[index];
            let Picture::Take(take) = &shot.picture else { continue };
            let roles = roles(list, lookup, take, &mut players);
            order.add(&roles, take, &players);
            let is_carried =
                |role: &Role| matches!(role, Role::Player(one) if players[*one].body.is_carried());
            let carried: Vec<bool> = roles.iter().map(is_carried).collect();
            let acts = acts(lookup, take, &carried);
            let faces = take.description.subjects.iter().chain(&take.description.reveals);
            scene_shots.push(SceneShot {
                index,
                take,
                subjects: take.description.subjects.len(),
                backs: faces.map(|depicted| depicted.face == Face::Back).collect(),
                speaks: speaks(list, shot, start, &players),
                directed: directions.next(take),
                roles,
                acts,
                seconds: seconds(list, shot.frames),
            });
        }
        let place = scene_shots.first().map(|shot| shot.take.description.place.clone());
        let afloat = afloat(&players, &scene_shots);
        let place = place.unwrap_or_default();
        let mut design = design(lookup, &place, order.spread(&players), afloat);
        for shot in &scene_shots {
            for act in &shot.acts {
                if act.rule().posture == Some(Posture::Sitting) {
                    for who in &act.who {
                        if let Role::Player(player) = shot.roles[*who] {
                            let ashore = design.ground.surface != Surface::Water;
                            players[player].seat = ashore && players[player].body.shape.is_person();
                        }
                    }
                }
            }
        }
        order.marks(&mut players, &mut design);
        things(&mut players, &scene_shots, &design);
        embark(&mut players, &scene_shots, &design);
        // What would stand on somebody's mark is not in this set.
        design.pieces.retain(|piece| {
            piece.role != SetRole::Solid
                || players.iter().all(|player| {
                    let half = player.body.width / 2.0 + 0.12;
                    player.body.is_thing() || piece.distance_from(player.mark.feet) > half
                })
        });
        Self { players, shots: scene_shots, design, lookup }
    }

    /// The player of somebody.
    pub(super) fn player(&self, who: Subject) -> Option<usize> {
        self.players.iter().position(|player| player.who == Some(who))
    }

    /// Where somebody stands who was carried by an animal or a vehicle that a shot does not
    /// show: beside it, on the ground.
    pub(super) fn got_off(&self, player: usize, shot: usize) -> Option<Stand> {
        let rider = &self.players[player];
        let carrier = rider.aboard.filter(|_| rider.stand.is_some())?;
        let shown = self.shots[shot].roles.iter().any(|role| role.player() == carrier);
        let carrier = &self.players[carrier];
        if shown || carrier.body.shape == Shape::Boat {
            return None;
        }
        let Stand { feet, facing, .. } = rider.stand_now();
        // Towards the cameras, clear of the carrier.
        let aside = carrier.body.half() + rider.body.half() + 0.3;
        Some(Stand::at(Point::new(feet.x, 0.0, feet.z - aside), facing))
    }

    /// To whom somebody speaks or listens in a shot: to who spoke last before the shot's
    /// end, or speaks next, else to whom stands nearest.
    pub(super) fn partner(&self, player: usize, shot: usize) -> Option<usize> {
        let here = |other: usize| {
            other != player && !self.players[other].gone && !self.players[other].body.is_thing()
        };
        let others = |shot: &SceneShot<'_>| {
            shot.speaks.iter().rev().map(|(who, ..)| *who).find(|who| here(*who))
        };
        let speaks =
            self.shots.iter().any(|shot| shot.speaks.iter().any(|(who, ..)| *who == player));
        let spoken = self.shots[..=shot].iter().rev().find_map(others);
        let next = || self.shots[shot..].iter().find_map(others);
        let nearest = || {
            let from = self.players[player].stand_now().feet;
            let few = |other: usize| self.players[other].body.count < 4;
            let alive = (0..self.players.len()).filter(|other| here(*other) && few(*other));
            alive.min_by(|one, two| {
                let far = |who: usize| self.players[who].stand_now().feet.floor_distance_to(from);
                far(*one).total_cmp(&far(*two))
            })
        };
        let talks = || spoken.or_else(next);
        if speaks { talks().or_else(nearest) } else { nearest() }
    }
}

/// The length of a number of frames of a film.
pub(super) fn seconds(list: &ShotList, frames: u32) -> f64 {
    list.settings.rate.duration(frames).as_micros() as f64 / 1e6
}

/// Who speaks in a shot and is known in the scene.
fn speaks(list: &ShotList, shot: &Shot, start: u32, players: &[Player]) -> Vec<(usize, f64, f64)> {
    let end = start + shot.frames;
    let mut found = Vec::new();
    // Lines overlap where sound is cut early or late, so their ends are in no order.
    let heard = list.lines.iter().take_while(|line| line.start < end);
    for line in heard.filter(|line| line.end > start && !line.off_screen) {
        for who in &*line.subjects {
            if let Some(player) = players.iter().position(|player| player.who == Some(*who)) {
                let from = seconds(list, line.start.saturating_sub(start));
                found.push((player, from, seconds(list, line.end.min(end) - start)));
            }
        }
    }
    found
}

/// Who is in a shot; adds whom the scene has not had yet.
fn roles(
    list: &ShotList,
    lookup: &Lookup,
    take: &TakeSpec,
    players: &mut Vec<Player>,
) -> Vec<Role> {
    let description = &take.description;
    let named = take.subjects.len().saturating_sub(description.reveals.len());
    let shown = description.subjects.len();
    let subject = |index: usize| {
        let named = if index < shown {
            (index < named).then_some(index)
        } else {
            Some(named + index - shown)
        };
        named.and_then(|named| take.subjects.get(named)).map(|(who, _)| *who)
    };
    let mut roles: Vec<Role> = Vec::new();
    for (index, depicted) in description.subjects.iter().chain(&description.reveals).enumerate() {
        let who = subject(index);
        let kind = who.and_then(|who| list.subjects.get(who)).map(|character| character.kind);
        let body = body(lookup, depicted, kind);
        if who.is_none() && body.part.is_some() {
            let owner = roles.iter().find_map(|role| match role {
                Role::Player(owner) if !players[*owner].body.is_thing() => Some(*owner),
                _ => None,
            });
            let anybody = || players.iter().position(|player| player.body.shape.is_alive());
            if let Some(owner) = owner.or_else(anybody) {
                roles.push(Role::Part(owner, body));
                continue;
            }
        }
        let name = name(list, lookup, depicted, who);
        let known = players.iter().position(|player| match who {
            Some(_) => player.who == who,
            None => player.who.is_none() && player.name == name,
        });
        let player = known.unwrap_or_else(|| {
            players.push(Player {
                who,
                name,
                body,
                mark: Stand::at(Point::default(), 180.0),
                stand: None,
                gone: false,
                heading: 0.0,
                seat: false,
                aboard: None,
            });
            players.len() - 1
        });
        roles.push(Role::Player(player));
    }
    roles
}

/// What a drawing calls somebody: the name, or the words of who has none.
fn name(list: &ShotList, lookup: &Lookup, depicted: &Depicted, who: Option<Subject>) -> String {
    let named = who.and_then(|who| list.subjects.get(who)).map(|character| character.name.clone());
    named.unwrap_or_else(|| lookup.without_article(&depicted.called).to_owned())
}
