//! Where the walks of a shot lead: in, out, to somebody, round something, across.
//!
//! Knows marks and the width of the picture; `travel` knows the floor.

use super::figure::{Ease, PathKey};
use super::geometry::{Point, wrap_degrees};
use super::performance::{Actor, Performance};
use super::rules::Goes;
use super::staged::HANDLE;
use super::travel::{Walk, along, length};
use super::trip::Trip;

/// The air between two bodies when one has come to the other, in metres.
const NEAR: f64 = 0.85;

impl Actor<'_> {
    /// Goes somewhere.
    pub(super) fn travel(&mut self, trip: Trip) {
        let seconds = self.scene.shots[self.shot].seconds;
        let inside = self.scene.design.ground.interior && trip.rule.goes != Some(Goes::Enter);
        let goes = match (trip.goes, self.is_fresh()) {
            // Out of the dark comes who was not there, out of the room goes who was.
            (Goes::Out, true) if !inside => Goes::Enter,
            (Goes::Out, _) => Goes::Leave,
            (goes, _) => goes,
        };
        let mut walk = Walk {
            start: trip.start,
            pace: trip.pace,
            starts: true,
            stops: true,
            lean: if self.scene.players[self.player].body.is_thing() {
                0.0
            } else {
                trip.rule.lean
            },
            backwards: goes == Goes::Retreat,
        };
        let to_end = trip.end >= seconds - 0.01;
        let time = if to_end { seconds - trip.start + HANDLE } else { trip.end - trip.start };
        let far = trip.pace * time;
        if matches!(goes, Goes::Up | Goes::Down) {
            return self.climb(goes, trip, time);
        }
        let fresh = self.is_fresh();
        let half = self.half();
        let mut way = match goes {
            Goes::Enter if fresh => self.enter(&mut walk),
            Goes::Leave | Goes::Out => self.leave(&mut walk),
            Goes::Approach if self.seat_next && trip.object.is_none() => self.to_seat(),
            Goes::Approach | Goes::Enter => self.approach(trip, far),
            Goes::Retreat => {
                let last = self.last();
                let to = last.feet.toward(last.facing, -(1.1_f64.min(far)));
                vec![last.feet, self.floor.free(to, half)]
            }
            Goes::Follow => self.follow(trip, &mut walk, far),
            Goes::Around => self.circle(trip.object, far),
            Goes::Up | Goes::Down | Goes::Cross if self.seat_next => self.to_seat(),
            Goes::Up | Goes::Down | Goes::Cross => self.cross(far),
        };
        let led = goes == Goes::Follow && self.leader(trip.object).is_some();
        let crosses = matches!(goes, Goes::Cross | Goes::Follow) && !led;
        let shortened = !led && !matches!(goes, Goes::Enter | Goes::Leave | Goes::Out);
        if shortened && self.reach.share < 1.0 {
            let shorter = length(&way) * self.reach.share;
            let to = self.floor.free(along(&way, shorter), half);
            // Rather stay than go round somebody out of the picture.
            let stays = to.floor_distance_to(way[0]) > shorter + 0.3;
            way = if stays { vec![way[0]] } else { self.floor.way(way[0], to, half) };
        }
        let length = length(&way);
        if crosses {
            // A short way is gone more slowly, down to a stroll of its kind.
            if length < far {
                walk.pace = (length / time.max(0.1)).max(trip.pace * 0.55);
            }
            walk.stops = walk.start + walk.lasts(length) < seconds + HANDLE;
            if fresh && way[0] != self.last().feet {
                // It is on its way when the shot begins.
                walk.starts = false;
                walk.start = -HANDLE;
            }
        }
        self.walk(&walk, &way, trip.rule.lift);
        self.arrive(goes, trip.object);
        let long = self.scene.players[self.player].body.length > 0.6;
        if (long || goes == Goes::Around) && !self.leaves && !self.enters {
            // The head of a long body swings wide when it turns, and so does a circle.
            self.holds.extend([0.1, 0.25, 0.75, 0.9].map(|share| share * seconds));
            self.holds.sort_by(f64::total_cmp);
        }
    }

    /// Adds a walk to the path.
    pub(super) fn walk(&mut self, walk: &Walk, way: &[Point], lift: f64) {
        let length = length(way);
        self.travels |= length > 0.3;
        if let [first, .., last] = way
            && length > 0.3
            && (last.x - first.x).abs() > 0.3
        {
            self.heading = (last.x - first.x).signum();
        }
        let from = PathKey { seconds: walk.start, feet: way[0], ease: Ease::Both, ..self.last() };
        if !walk.starts {
            self.path.keys.clear();
        } else if walk.start > self.last().seconds {
            self.path.keys.push(from);
        }
        let from = PathKey { lift: from.lift.max(lift), ..from };
        self.path.keys.extend(walk.keys(from, way));
        if self.path.keys.is_empty() {
            self.path.keys.push(from);
        }
    }

    /// Turns to whom it has come to.
    fn arrive(&mut self, goes: Goes, object: Option<usize>) {
        if !matches!(goes, Goes::Approach | Goes::Enter) {
            return;
        }
        let last = self.last();
        let whom = object.or_else(|| self.scene.partner(self.player, self.shot));
        let facing = match whom {
            Some(whom) => last.feet.direction_to(self.where_is(whom, last.seconds)),
            None if goes == Goes::Enter => self.scene.players[self.player].mark.facing,
            None => return,
        };
        let seconds = last.seconds + Self::rules().turn_time;
        self.path.keys.push(PathKey { seconds, facing, ..last });
    }

    /// From outside the picture to the mark.
    fn enter(&mut self, walk: &mut Walk) -> Vec<Point> {
        let seconds = self.scene.shots[self.shot].seconds;
        let person = &self.scene.players[self.player];
        let to = self.floor.free(person.mark.feet, self.half());
        let side = match self.from_side {
            Some(side) => side,
            None if person.heading != 0.0 => -person.heading,
            None if to.x > 0.2 => 1.0,
            None => -1.0,
        };
        self.heading = -side;
        self.enters = true;
        let off_stage = self.reach.half + person.body.half() + 0.5;
        let distance = off_stage.max(1.2).min(walk.pace * 1.5 * (seconds - 0.3).max(1.0));
        let from = Point::new(to.x + side * distance, to.y, to.z);
        (walk.starts, walk.start) = (false, 0.0);
        if distance / walk.pace > seconds * 0.75 {
            walk.pace = (distance / (seconds * 0.75)).min(walk.pace * 1.5);
        }
        let arrives = (distance / walk.pace).min(seconds * 0.95);
        self.holds = vec![arrives, f64::midpoint(arrives, seconds), seconds];
        vec![from, to]
    }

    /// From where it is out of the picture.
    fn leave(&mut self, walk: &mut Walk) -> Vec<Point> {
        let seconds = self.scene.shots[self.shot].seconds;
        let last = self.last();
        let side = match self.to_side {
            Some(side) => side,
            None if self.reach.direction != 0.0 => self.reach.direction,
            None if last.feet.x.abs() > 0.3 => last.feet.x.signum(),
            None => self.heading,
        };
        self.heading = side;
        let distance = self.reach.half + self.scene.players[self.player].body.half() + 1.3;
        let to = Point::new(last.feet.x + side * distance, last.feet.y, last.feet.z);
        let latest = seconds - distance / walk.pace;
        walk.start = walk.start.max(latest.min(seconds * 0.4));
        walk.stops = false;
        self.leaves = true;
        self.holds = vec![0.0, walk.start * 0.9];
        vec![last.feet, to]
    }

    /// To somebody, at arm's length; to nobody, ahead.
    fn approach(&self, trip: Trip, far: f64) -> Vec<Point> {
        let (last, half) = (self.last(), self.half());
        let to = match trip.object {
            Some(other) => {
                let there = self.where_is(other, trip.end);
                let bodies = self.scene.players[self.player].body.half()
                    + self.scene.players[other].body.half();
                let air = NEAR + bodies;
                let away = last.feet.floor_distance_to(there);
                last.feet.mix(there, ((away - air) / away.max(0.01)).max(0.0))
            }
            None => self.ahead(far),
        };
        self.floor.way(last.feet, self.floor.free(to, half), half)
    }

    /// Whether a player is in the shot.
    fn is_shown(&self, player: usize) -> bool {
        self.scene.shots[self.shot].roles.iter().any(|role| role.player() == player)
    }

    /// Whoever goes and acts before this one.
    fn leader(&self, who: Option<usize>) -> Option<&Performance> {
        let leader = self.others.iter().find(|other| Some(other.player) == who)?;
        leader.travels.then_some(leader)
    }

    /// After somebody who goes: on their way, at a distance.
    fn follow(&mut self, trip: Trip, walk: &mut Walk, far: f64) -> Vec<Point> {
        let Some(leader) = self.leader(trip.object) else {
            return match trip.object {
                Some(gone) if self.scene.players[gone].gone && !self.is_shown(gone) => {
                    self.to_side = self.to_side.or(Some(self.scene.players[gone].heading));
                    self.leave(walk)
                }
                Some(_) => self.approach(trip, far),
                None => self.cross(far),
            };
        };
        let half = self.half();
        let person = &self.scene.players[self.player].body;
        let behind = 0.6 + person.half() + self.scene.players[leader.player].body.half();
        let keys = &leader.path.keys;
        let trail: Vec<Point> = keys.iter().map(|key| key.feet).collect();
        let goes = keys.windows(2).find(|two| two[0].feet.floor_distance_to(two[1].feet) > 0.05);
        let (sets_out, arrives) =
            (goes.map_or(trip.start, |two| two[0].seconds), keys[keys.len() - 1].seconds);
        let (enters, leaves) = (leader.enters, leader.leaves);
        let whole = length(&trail);
        let until = if leaves { whole } else { (whole - behind).max(0.0) };
        let (from, begun) = if self.is_fresh() {
            let back = goes.map_or(0.0, |two| two[1].feet.direction_to(two[0].feet));
            (trail[0].toward(back, behind), 0.0)
        } else {
            let from = self.last().feet;
            (from, nearest_along(&trail, from))
        };
        // From behind the scenes, as the leader comes.
        let from = if enters { from } else { self.floor.free(from, half) };
        if self.is_fresh() {
            self.path.keys[0].feet = from;
        }
        let mut way = vec![from];
        let mut at = begun + STEP;
        while at < until + STEP {
            let next = self.floor.free(along(&trail, at.min(until)), half);
            let before = way[way.len() - 1];
            way.extend(self.floor.way(before, next, half).into_iter().skip(1));
            at += STEP;
        }
        walk.starts = sets_out > 0.0 || !self.is_fresh();
        walk.start = if walk.starts { sets_out.max(0.0) + 0.3 } else { -HANDLE };
        walk.start = walk.start.max(trip.start.min(arrives));
        if !walk.starts {
            walk.start = -HANDLE;
        }
        walk.stops = !leaves;
        let pace = length(&way) / (arrives - walk.start).max(0.4);
        walk.pace = pace.clamp(0.3, trip.pace.max(whole / (arrives - sets_out).max(0.4)) * 1.6);
        let seconds = self.scene.shots[self.shot].seconds;
        if leaves {
            self.leaves = true;
            self.holds = vec![0.0, walk.start.max(0.0) * 0.9];
        } else if enters && self.is_fresh() {
            self.enters = true;
            let there = (walk.start + walk.lasts(length(&way))).clamp(0.0, seconds * 0.95);
            self.holds = vec![there, f64::midpoint(there, seconds), seconds];
        }
        way
    }

    /// To the seat at the mark.
    fn to_seat(&self) -> Vec<Point> {
        let from = self.last().feet;
        self.floor.way(from, self.scene.players[self.player].mark.feet, self.half())
    }

    fn climb(&mut self, goes: Goes, trip: Trip, time: f64) {
        let last = self.last();
        let pace = trip.pace * 0.6;
        let lift = if goes == Goes::Up { last.lift + (pace * time).min(1.8) } else { 0.0 };
        self.path.keys.push(PathKey { seconds: trip.start, ease: Ease::Both, ..last });
        let seconds = trip.start + (lift - last.lift).abs() / pace + 0.1;
        self.path.keys.push(PathKey { seconds, lift, ..last });
    }

    /// A place ahead, within the picture.
    fn ahead(&self, far: f64) -> Point {
        let last = self.last();
        let most = if self.reach.follows { far } else { far.min(self.reach.half * 0.9).min(3.0) };
        let toward_camera = wrap_degrees(last.facing).abs() > 150.0;
        let direction = match self.to_side {
            Some(side) => side * 90.0,
            None if toward_camera => self.heading * 90.0,
            None => last.facing,
        };
        last.feet.toward(direction, most)
    }

    /// Across the picture: straight if it is wide enough, else from far to near.
    fn cross(&mut self, far: f64) -> Vec<Point> {
        let last = self.last();
        let half = self.half();
        let reach = self.reach.half;
        if let Some(side) = self.to_side {
            self.heading = side;
        }
        let straight = self.reach.follows || far <= reach * 1.5;
        let lateral = if straight { far } else { (far * 0.55).min(reach * 0.9) };
        let deep =
            if straight { 0.0 } else { (far * far - lateral * lateral).max(0.0).sqrt().min(9.0) };
        // A near picture holds no deep ways.
        let deep = deep.min(reach * 4.0);
        if self.is_fresh() {
            // Free to begin where it suits the picture.
            let mark = self.scene.players[self.player].mark.feet;
            let share = if straight { 0.5 } else { 0.72 };
            let from = mark + Point::new(-self.heading * lateral * share, 0.0, deep);
            let to = mark + Point::new(self.heading * lateral * (1.0 - share), 0.0, 0.0);
            let (from, to) = (self.floor.free(from, half), self.floor.free(to, half));
            return self.floor.way(from, to, half);
        }
        let toward = |heading: f64| {
            let side = if last.feet.z > 0.8 || deep == 0.0 { -1.0 } else { 1.0 };
            let to = last.feet + Point::new(heading * lateral, 0.0, side * deep);
            self.floor.free(to, half)
        };
        let mut to = toward(self.heading);
        if self.to_side.is_none() && to.floor_distance_to(last.feet) < 0.35 * lateral.max(deep) {
            to = toward(-self.heading);
        }
        self.floor.way(last.feet, to, half)
    }

    /// Round somebody, or round a place nearby.
    fn circle(&self, object: Option<usize>, far: f64) -> Vec<Point> {
        let (last, half) = (self.last(), self.half());
        let (centre, radius) = match object {
            Some(other) => {
                let centre = self.where_is(other, last.seconds);
                (centre, centre.floor_distance_to(last.feet).clamp(0.9 + half, 3.0))
            }
            None => (last.feet.toward(0.0, 0.9), 0.9),
        };
        let begin = centre.direction_to(last.feet);
        let sweep = (far / radius).to_degrees().min(330.0) * self.heading;
        let steps = 10;
        let mut way = vec![last.feet];
        for step in 1..=steps {
            let place = centre.toward(begin + sweep * f64::from(step) / f64::from(steps), radius);
            let from = way[way.len() - 1];
            way.extend(
                self.floor.way(from, self.floor.free(place, half), half).into_iter().skip(1),
            );
        }
        way
    }
}

/// Metres between the points of a way that somebody follows.
const STEP: f64 = 0.5;

/// How many metres along a way its nearest point is.
fn nearest_along(way: &[Point], from: Point) -> f64 {
    let steps = (length(way) / (STEP / 2.0)).ceil() as u32;
    let place = |step: u32| f64::from(step) * STEP / 2.0;
    let far = |step: &u32| along(way, place(*step)).floor_distance_to(from);
    let nearest = (0..=steps).min_by(|one, other| far(one).total_cmp(&far(other)));
    nearest.map_or(0.0, place)
}
