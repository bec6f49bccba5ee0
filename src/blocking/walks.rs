//! Where the walks of a shot lead: in, out, to somebody, round something, across.
//!
//! Knows marks and the width of the picture; `travel` knows the floor.

use super::figure::{Ease, PathKey};
use super::geometry::{Point, wrap_degrees};
use super::performance::{Actor, HANDLE};
use super::rules::Goes;
use super::travel::{Walk, along, length};
use super::trip::Trip;

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
            lean: trip.rule.lean,
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
            Goes::Approach | Goes::Enter => self.approach(trip, far),
            Goes::Retreat => {
                let last = self.last();
                let to = last.feet.toward(last.facing, -(1.1_f64.min(far)));
                vec![last.feet, self.floor.free(to, half)]
            }
            Goes::Follow => self.follow(trip, far),
            Goes::Around => self.circle(trip.object, far),
            Goes::Up | Goes::Down | Goes::Cross => self.cross(far),
        };
        let crosses = matches!(goes, Goes::Cross | Goes::Follow);
        if !matches!(goes, Goes::Enter | Goes::Leave | Goes::Out) && self.reach.share < 1.0 {
            let to = along(&way, length(&way) * self.reach.share);
            way = self.floor.way(way[0], self.floor.free(to, half), half);
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
    fn walk(&mut self, walk: &Walk, way: &[Point], lift: f64) {
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
                let air = trip.rule.near.unwrap_or(0.85) + bodies;
                let away = last.feet.floor_distance_to(there);
                last.feet.mix(there, ((away - air) / away.max(0.01)).max(0.0))
            }
            None => self.ahead(far),
        };
        self.floor.way(last.feet, self.floor.free(to, half), half)
    }

    /// After somebody who goes, at a distance.
    fn follow(&mut self, trip: Trip, far: f64) -> Vec<Point> {
        let leader =
            trip.object.and_then(|who| self.others.iter().find(|other| other.player == who));
        let Some(leader) = leader else { return self.cross(far) };
        let (last, half) = (self.last(), self.half());
        let behind = 0.7 + half + self.scene.players[leader.player].body.half();
        let (from, to) = (leader.path.at(trip.start).feet, leader.path.at(trip.end).feet);
        if from.floor_distance_to(to) < 0.3 {
            return self.approach(trip, far);
        }
        let to = self.floor.free(to.toward(to.direction_to(from), behind), half);
        self.floor.way(last.feet, to, half)
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
