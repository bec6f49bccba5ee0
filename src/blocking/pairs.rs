//! What two do together: they come to each other, turn to each other, and answer what the
//! other does.
//!
//! Knows marks and the floor; does not know pictures.

use super::acts::PlayedAct;
use super::figure::{Ease, PathKey};
use super::geometry::{Point, wrap_degrees};
use super::performance::Actor;
use super::players::{Pair, Role};
use super::travel::{Walk, length};

/// How far two who face each other are turned to the cameras, in degrees: their faces
/// are seen.
const OPEN: f64 = 32.0;
/// Metres a second at which somebody goes to a partner.
const PACE: f64 = 1.2;

impl Actor<'_> {
    /// With whom this one does an act that two do together: with its object, else the
    /// first two who do it.
    pub(super) fn pair(&self, act: &PlayedAct) -> Option<Pair> {
        act.rule().apart?;
        let shot = &self.scene.shots[self.shot];
        let single = |player: &usize| {
            let body = &self.scene.players[*player].body;
            body.shape.is_alive() && body.count == 1
        };
        let role = |role: usize| shot.roles.get(role).map(Role::player).filter(single);
        let first = role(*act.who.first()?)?;
        let second = match act.object {
            Some(object) => role(object)?,
            None => role(*act.who.get(1)?)?,
        };
        match self.player {
            _ if first == second => None,
            one if one == first => Some(Pair { with: second, leads: true }),
            other if other == second => Some(Pair { with: first, leads: false }),
            _ => None,
        }
    }

    /// Comes to a partner, or waits for one, and turns to them. Returns when both are there.
    pub(super) fn come_together(&mut self, pair: Pair, apart: f64, start: f64, end: f64) -> f64 {
        let there = self.where_is(pair.with, start);
        let met = if pair.leads {
            self.go_to_partner(there, apart, start, end)
        } else {
            self.met(pair.with, apart, start, end)
        };
        let last = self.last();
        let to = last.feet.direction_to(there);
        // Towards -z, where the cameras are.
        let open = wrap_degrees(180.0 - to).clamp(-OPEN, OPEN);
        let turned = PathKey { facing: wrap_degrees(to + open), look: -open * 0.5, ..last };
        if self.is_fresh() {
            self.path.keys = vec![turned];
            return start;
        }
        let time = Self::rules().turn_time;
        let from = if pair.leads { met } else { (met - time).max(start) }.max(last.seconds);
        self.path.keys.push(PathKey { seconds: from, ease: Ease::Both, ..last });
        self.path.keys.push(PathKey { seconds: from + time, ..turned });
        met.max(from)
    }

    /// When a partner who comes is there.
    fn met(&self, partner: usize, apart: f64, start: f64, end: f64) -> f64 {
        let feet = self.last().feet;
        let steps = ((end - start) * 10.0).ceil().max(0.0) as u32;
        let moments = (0..=steps).map(|step| start + f64::from(step) / 10.0);
        let near = |at: &f64| self.where_is(partner, *at).floor_distance_to(feet) < apart + 0.25;
        moments.into_iter().find(near).unwrap_or(end.max(start))
    }

    fn go_to_partner(&mut self, there: Point, apart: f64, start: f64, end: f64) -> f64 {
        let last = self.last();
        let away = there.direction_to(last.feet);
        let to = self.floor.out_of_pieces(there.toward(away, apart), 0.0).at_height(last.feet.y);
        if self.is_fresh() {
            self.path.keys[0].feet = to;
            return start;
        }
        let way = self.floor.way(last.feet, to, self.half());
        // They are together while the act still lasts.
        let soon = length(&way) / ((end - start) * 0.6).max(0.3);
        let mut walk = Walk {
            start,
            pace: PACE.max(soon.min(PACE * 2.5)),
            starts: true,
            stops: true,
            lean: 0.0,
            backwards: false,
        };
        walk.start = walk.start.max(last.seconds);
        self.walk(&walk, &way, 0.0);
        self.last().seconds
    }
}
