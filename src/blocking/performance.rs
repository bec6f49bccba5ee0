//! What everybody does in a shot, as paths: walks, postures, turns, gestures, speech.
//!
//! Knows acts and marks; knows of the camera only how wide the picture is.

use super::acts::PlayedAct;
use super::figure::{Ease, FigurePath, GestureSpan, HopSpan, PathKey, Posture, Shape};
use super::geometry::{Point, wrap_degrees};
use super::rules::{BlockingRules, Goes, Motion};
use super::scene::{Role, StagedScene, Stand};
use super::travel::{Floor, Walk, along};

/// Pictures that a take has before and after its shot, in seconds.
pub(super) const HANDLE: f64 = 0.5;

/// How somebody goes through a shot.
#[derive(Debug, Clone)]
pub(super) struct Performance {
    pub(super) player: usize,
    pub(super) path: FigurePath,
    /// The moments at which the camera must have it in the picture.
    pub(super) holds: Vec<f64>,
    /// It goes somewhere.
    pub(super) travels: bool,
    /// It has left when the shot ends.
    pub(super) leaves: bool,
}

/// What a performance must know of the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct PictureReach {
    /// Half its width where the subject stands, in metres.
    pub(super) half: f64,
    /// The camera goes with whoever walks.
    pub(super) follows: bool,
    /// 1 if the camera turns or goes right, -1 left.
    pub(super) direction: f64,
    /// Walks are shortened to this share, so that they stay in the picture.
    pub(super) share: f64,
}

/// Lets everybody of a shot act.
pub(super) fn perform(
    scene: &StagedScene<'_>,
    shot: usize,
    reach: PictureReach,
) -> Vec<Performance> {
    let mut found: Vec<Performance> = Vec::new();
    let mut players: Vec<usize> = Vec::new();
    for role in &scene.shots[shot].roles {
        let (Role::Player(player) | Role::Part(player, _)) = role;
        if !players.contains(player) {
            players.push(*player);
        }
    }
    for player in players {
        let mut actor = Actor::new(scene, shot, player, reach, &found);
        actor.act();
        found.push(actor.done());
    }
    found
}

struct Actor<'a> {
    scene: &'a StagedScene<'a>,
    shot: usize,
    player: usize,
    reach: PictureReach,
    /// Those who act before this one, for whoever follows them.
    others: &'a [Performance],
    floor: Floor<'a>,
    path: FigurePath,
    holds: Vec<f64>,
    travels: bool,
    leaves: bool,
    heading: f64,
    new: bool,
}

impl<'a> Actor<'a> {
    fn new(
        scene: &'a StagedScene<'a>,
        shot: usize,
        player: usize,
        reach: PictureReach,
        others: &'a [Performance],
    ) -> Self {
        let person = &scene.players[player];
        let stand = if person.gone { person.mark } else { person.place() };
        let body = &person.body;
        let standing = scene.players.iter().enumerate().filter(|(index, one)| {
            *index != player && one.stand.is_some() && !one.gone && one.body.shape.is_alive()
        });
        let others_at = standing.map(|(_, one)| (one.place().feet, one.body.width / 2.0)).collect();
        let floor =
            Floor { pieces: &scene.design.pieces, room: scene.design.room, others: others_at };
        let mut path = FigurePath::still(key(-HANDLE, stand));
        path.stride =
            if body.shape.is_person() { body.height * 0.82 } else { body.length.max(0.3) * 0.9 };
        path.bob = if body.shape.is_alive() { body.height * 0.02 } else { 0.0 };
        let seconds = scene.shots[shot].seconds;
        let heading = if person.heading == 0.0 {
            if reach.direction != 0.0 {
                reach.direction
            } else if stand.feet.x > 0.3 {
                -1.0
            } else {
                1.0
            }
        } else {
            person.heading
        };
        Self {
            scene,
            shot,
            player,
            reach,
            others,
            floor,
            path,
            holds: vec![0.0, seconds / 2.0, seconds],
            travels: false,
            leaves: false,
            heading,
            new: person.stand.is_none() || person.gone,
        }
    }

    fn rules() -> &'static super::rules::Motions {
        &BlockingRules::stdlib().motions
    }

    fn half(&self) -> f64 {
        self.scene.players[self.player].body.width / 2.0
    }

    fn last(&self) -> PathKey {
        self.path.keys[self.path.keys.len() - 1]
    }

    fn act(&mut self) {
        let scene = self.scene;
        let shot = &scene.shots[self.shot];
        let mine = |act: &&PlayedAct| {
            act.who.iter().any(|who| shot.roles.get(*who) == Some(&Role::Player(self.player)))
        };
        let acts: Vec<&PlayedAct> = shot.acts.iter().filter(mine).collect();
        let beats = acts.iter().map(|act| act.beat + 1).max().unwrap_or(1) as f64;
        let lead = Self::rules().lead;
        for (index, act) in acts.iter().enumerate() {
            let rule = act.rule();
            if index == 0
                && self.new
                && rule.already
                && let Some(posture) = rule.posture
            {
                self.settle(posture);
                continue;
            }
            let from = shot.seconds * act.beat as f64 / beats;
            let start = (if act.beat == 0 { lead.min(shot.seconds * 0.2) } else { from })
                .max(self.last().seconds);
            let end = shot.seconds * (act.beat + 1) as f64 / beats;
            self.motion(act, rule, start, end.max(start + 0.2));
        }
        self.talk();
    }

    /// Is in a posture from the beginning.
    fn settle(&mut self, posture: Posture) {
        let stand = self.in_posture(self.last(), posture);
        self.path.keys = vec![PathKey { seconds: -HANDLE, ..stand }];
    }

    /// The same moment in a posture, on a seat if there is one.
    fn in_posture(&self, from: PathKey, posture: Posture) -> PathKey {
        let player = &self.scene.players[self.player];
        let seat = BlockingRules::stdlib().kinds.seat;
        let at_seat = |feet: Point| player.seat && feet.floor_distance_to(player.mark.feet) < 0.5;
        let mut to = PathKey { posture, lean: 0.0, ..from };
        let sits = |posture: Posture| posture == Posture::Sitting;
        if sits(posture) && !sits(from.posture) {
            if at_seat(from.feet) {
                to.feet = player.mark.feet.toward(player.mark.facing, -0.3);
                to.facing = player.mark.facing;
                to.lift = seat;
            } else {
                to.lift = 0.0;
            }
        } else if sits(from.posture) && !sits(posture) {
            to.lift = 0.0;
            if from.lift > 0.1 {
                to.feet = from.feet.toward(from.facing, 0.3);
            }
        } else if posture != Posture::Flying && from.posture == Posture::Flying {
            to.lift = 0.0;
        }
        to
    }

    fn motion(&mut self, act: &PlayedAct, rule: &'static Motion, start: f64, end: f64) {
        let shot = &self.scene.shots[self.shot];
        let object = act.object.and_then(|object| match shot.roles.get(object) {
            Some(Role::Player(player)) if *player != self.player => Some(*player),
            _ => None,
        });
        let shape = self.scene.players[self.player].body.shape;
        let goes = matches!(shape, Shape::Vehicle | Shape::Boat | Shape::Aircraft);
        if !(shape.is_alive() || goes) {
            // A kettle boils; it goes nowhere by itself.
            self.gesture(rule, start, end);
            return;
        }
        let mut start = start;
        if rule.pace.is_some() || rule.posture == Some(Posture::Standing) {
            start = self.stand_up(start, rule);
        }
        if let Some(pace) = rule.pace {
            let goes = act.goes.or(rule.goes).unwrap_or(Goes::Cross);
            self.travel(goes, object, rule, pace, start, end);
        } else if let Some(posture) = rule.posture {
            self.posture(posture, rule.quick, start);
        }
        if rule.turns {
            self.turn(object, rule.head, start);
        }
        self.gesture(rule, start, end);
        if rule.hop > 0.0 {
            let height = rule.hop * self.scene.players[self.player].body.height / 1.7;
            let until = end + if end >= shot.seconds { HANDLE } else { 0.0 };
            self.path.hops.push(HopSpan {
                start,
                end: until,
                height,
                period: rule.period.unwrap_or(1.0),
            });
        }
        if rule.sways > 0.0 {
            self.sway(rule.sways, rule.period.unwrap_or(0.6) * 4.0, start, end + HANDLE);
        }
        if rule.speaks && !shot.speaks.iter().any(|(who, ..)| *who == self.player) {
            self.path.speaks.push((start, end));
        }
        if rule.opens {
            self.path.gapes.push((start, end.max(start + 1.5) + HANDLE * 2.0));
        }
    }

    fn gesture(&mut self, rule: &Motion, start: f64, end: f64) {
        if let Some(gesture) = rule.gesture {
            let period = rule.period.unwrap_or(1.0);
            let end = end.max(start + 1.0) + HANDLE;
            self.path.gestures.push(GestureSpan { start, end, gesture, period });
        }
    }

    /// Whoever sits or lies gets up before walking.
    fn stand_up(&mut self, start: f64, rule: &Motion) -> f64 {
        let last = self.last();
        let wanted = rule.posture.unwrap_or(Posture::Standing);
        let keeps =
            matches!(last.posture, Posture::Riding | Posture::Swimming) && rule.posture.is_none();
        if last.posture == wanted || keeps || rule.pace.is_none() {
            return start;
        }
        let time = if self.new { 0.0 } else { Self::rules().posture_time };
        if time == 0.0 {
            self.settle(wanted);
            let lift = rule.lift;
            self.path.keys[0].lift = lift;
            return start;
        }
        self.path.keys.push(PathKey { seconds: start, ..last });
        let mut to = self.in_posture(last, wanted);
        to.lift = to.lift.max(rule.lift);
        self.path.keys.push(PathKey { seconds: start + time, ..to });
        start + time
    }

    fn posture(&mut self, posture: Posture, quick: bool, start: f64) {
        let last = self.last();
        if last.posture == posture {
            return;
        }
        let rules = Self::rules();
        let time = if quick { rules.fall_time } else { rules.posture_time };
        self.path.keys.push(PathKey { seconds: start, ease: Ease::Both, ..last });
        let to = self.in_posture(last, posture);
        self.path.keys.push(PathKey { seconds: start + time, ..to });
    }

    /// Turns to somebody: the head first, the body if that is not enough.
    fn turn(&mut self, object: Option<usize>, head: bool, start: f64) {
        let last = self.last();
        let whom = object.or_else(|| self.scene.partner(self.player, self.shot));
        let Some(whom) = whom else { return };
        let to = last.feet.direction_to(self.where_is(whom, start));
        let by = wrap_degrees(to - last.facing);
        let most = if head { 55.0 } else { 8.0 };
        if !self.scene.players[self.player].body.shape.is_alive() || last.posture == Posture::Lying
        {
            return;
        }
        let rest = by.clamp(-most, most);
        let facing = if by.abs() > most { wrap_degrees(to - rest * 0.5) } else { last.facing };
        let look = wrap_degrees(to - facing).clamp(-60.0, 60.0);
        let start = start.max(last.seconds);
        self.path.keys.push(PathKey { seconds: start, ease: Ease::Both, ..last });
        let time = Self::rules().turn_time;
        self.path.keys.push(PathKey { seconds: start + time, facing, look, ..last });
    }

    /// Where somebody is at a moment of the shot.
    fn where_is(&self, player: usize, seconds: f64) -> Point {
        let acting = self.others.iter().find(|other| other.player == player);
        acting.map_or_else(
            || self.scene.players[player].place().feet,
            |other| other.path.at(seconds).feet,
        )
    }

    fn sway(&mut self, metres: f64, period: f64, start: f64, end: f64) {
        let from = self.last();
        let steps = ((end - start) / period * 4.0).ceil() as u32;
        for step in 0..=steps {
            let phase = f64::from(step) * std::f64::consts::FRAC_PI_2;
            let off = metres * phase.sin();
            let feet = from.feet + Point::new(off, 0.0, 0.0);
            let seconds = start + f64::from(step) * period / 4.0;
            let facing = from.facing + 24.0 * (phase * 0.5).sin();
            let lean = 6.0 * phase.cos();
            self.path.keys.push(PathKey { seconds, feet, facing, lean, ease: Ease::Both, ..from });
            if step < 4 {
                self.holds.push(seconds);
            }
        }
    }

    fn travel(
        &mut self,
        goes: Goes,
        object: Option<usize>,
        rule: &'static Motion,
        pace: f64,
        start: f64,
        end: f64,
    ) {
        let seconds = self.scene.shots[self.shot].seconds;
        let person = &self.scene.players[self.player];
        let last = self.last();
        let mut walk = Walk {
            start,
            pace,
            starts: true,
            stops: true,
            lean: rule.lean,
            backwards: goes == Goes::Retreat,
        };
        let half = self.half();
        let off_stage = self.reach.half + person.body.half() + 0.5;
        let time = if end >= seconds - 0.01 { seconds - start + HANDLE } else { end - start };
        let goes = match (goes, self.new) {
            // Out of the dark comes who was not there, out of the room goes who was.
            (Goes::Out, true) => Goes::Enter,
            (Goes::Out, false) => Goes::Leave,
            _ => goes,
        };
        let mut way = match goes {
            Goes::Enter if self.new => {
                let to = self.floor.free(person.mark.feet, half);
                let side = if person.heading != 0.0 {
                    -person.heading
                } else if to.x > 0.2 {
                    1.0
                } else {
                    -1.0
                };
                self.heading = -side;
                let distance = off_stage.max(1.2).min(pace * 1.5 * (seconds - 0.3).max(1.0));
                let from = Point::new(to.x + side * distance, to.y, to.z);
                walk.starts = false;
                walk.start = 0.0;
                let lasts = distance / pace;
                if lasts > seconds * 0.75 {
                    walk.pace = (distance / (seconds * 0.75)).min(pace * 1.5);
                }
                self.path.keys = vec![PathKey { feet: from, seconds: -HANDLE, ..last }];
                let arrives = (distance / walk.pace).min(seconds * 0.95);
                self.holds = vec![arrives, f64::midpoint(arrives, seconds), seconds];
                vec![from, to]
            }
            Goes::Leave | Goes::Out => {
                let side = if self.reach.direction != 0.0 {
                    self.reach.direction
                } else if last.feet.x.abs() > 0.3 {
                    last.feet.x.signum()
                } else {
                    self.heading
                };
                self.heading = side;
                let distance = off_stage + 0.8;
                let to = Point::new(last.feet.x + side * distance, last.feet.y, last.feet.z);
                let latest = seconds - distance / pace;
                walk.start = start.max(latest.min(seconds * 0.4));
                walk.stops = false;
                self.leaves = true;
                self.holds = vec![0.0, walk.start * 0.9];
                vec![last.feet, to]
            }
            Goes::Approach | Goes::Enter => {
                let to = match object {
                    Some(other) => {
                        let there = self.where_is(other, end);
                        let air = rule.near.unwrap_or(0.85)
                            + half
                            + self.scene.players[other].body.half();
                        let far = last.feet.floor_distance_to(there);
                        last.feet.mix(there, ((far - air) / far.max(0.01)).max(0.0))
                    }
                    None => self.ahead(pace * time),
                };
                self.floor.way(last.feet, self.floor.free(to, half), half)
            }
            Goes::Retreat => {
                let to = last.feet.toward(last.facing, -(1.1_f64.min(pace * time)));
                vec![last.feet, self.floor.free(to, half)]
            }
            Goes::Follow => {
                let leader =
                    object.and_then(|who| self.others.iter().find(|other| other.player == who));
                match leader {
                    Some(leader) => {
                        let (from, to) = (leader.path.at(start).feet, leader.path.at(end).feet);
                        let behind = 0.7 + half + self.scene.players[leader.player].body.half();
                        let back = to.direction_to(from);
                        let to = self.floor.free(to.toward(back, behind), half);
                        self.floor.way(last.feet, to, half)
                    }
                    None => self.cross(pace * time),
                }
            }
            Goes::Around => self.circle(object, pace * time),
            Goes::Up | Goes::Down => {
                let lift = if goes == Goes::Up { (pace * 0.6 * time).min(1.8) } else { 0.0 };
                self.path.keys.push(PathKey { seconds: start, ease: Ease::Both, ..last });
                let seconds = start + (lift - last.lift).abs() / (pace * 0.6) + 0.1;
                self.path.keys.push(PathKey { seconds, lift, ..last });
                return;
            }
            Goes::Cross => self.cross(pace * time),
        };
        if !matches!(goes, Goes::Enter | Goes::Leave) && self.reach.share < 1.0 {
            let length: f64 = way.windows(2).map(|pair| pair[0].floor_distance_to(pair[1])).sum();
            let to = along(&way, length * self.reach.share);
            way = self.floor.way(way[0], self.floor.free(to, half), half);
        }
        let length: f64 = way.windows(2).map(|pair| pair[0].floor_distance_to(pair[1])).sum();
        // A short way is gone more slowly, down to a stroll of its kind.
        if goes == Goes::Cross && length < pace * time {
            walk.pace = (length / time.max(0.1)).max(pace * 0.55);
        }
        walk.stops &= walk.start + walk.lasts(length) < seconds + HANDLE || goes != Goes::Cross;
        if self.new && goes == Goes::Cross {
            // It is on its way when the shot begins.
            walk.starts = false;
            walk.start = -HANDLE;
        }
        self.travels |= length > 0.3;
        if way.len() > 1 && length > 0.3 && (way[way.len() - 1].x - way[0].x).abs() > 0.3 {
            self.heading = (way[way.len() - 1].x - way[0].x).signum();
        }
        let from = PathKey { seconds: walk.start, feet: way[0], ease: Ease::Both, ..self.last() };
        if walk.start > self.last().seconds && walk.starts {
            self.path.keys.push(from);
        } else if !walk.starts {
            self.path.keys.clear();
        }
        let from = PathKey { lift: from.lift.max(rule.lift), ..from };
        self.path.keys.extend(walk.keys(from, &way));
        if self.path.keys.is_empty() {
            self.path.keys.push(from);
        }
        if matches!(goes, Goes::Approach | Goes::Enter)
            && let Some(other) = object.or_else(|| self.scene.partner(self.player, self.shot))
        {
            let last = self.last();
            let facing = last.feet.direction_to(self.where_is(other, last.seconds));
            let seconds = last.seconds + Self::rules().turn_time;
            self.path.keys.push(PathKey { seconds, facing, ..last });
        } else if goes == Goes::Enter {
            let last = self.last();
            let seconds = last.seconds + Self::rules().turn_time;
            self.path.keys.push(PathKey { seconds, facing: person.mark.facing, ..last });
        }
    }

    /// A place ahead, within the picture.
    fn ahead(&self, length: f64) -> Point {
        let last = self.last();
        let most =
            if self.reach.follows { length } else { length.min(self.reach.half * 0.9).min(3.0) };
        let sideways =
            if wrap_degrees(last.facing).abs() > 150.0 { self.heading * 90.0 } else { last.facing };
        last.feet.toward(sideways, most)
    }

    /// Across the picture: straight if it is wide enough, else from far to near.
    fn cross(&mut self, length: f64) -> Vec<Point> {
        let last = self.last();
        let half = self.half();
        let reach = self.reach.half;
        let straight = self.reach.follows || length <= reach * 1.5;
        let lateral = if straight { length } else { (length * 0.55).min(reach * 0.9) };
        let deep = if straight {
            0.0
        } else {
            (length * length - lateral * lateral).max(0.0).sqrt().min(9.0)
        };
        if self.new {
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
        if to.floor_distance_to(last.feet) < 0.35 * lateral.max(deep) {
            to = toward(-self.heading);
        }
        self.floor.way(last.feet, to, half)
    }

    /// Round somebody, or round a place nearby.
    fn circle(&self, object: Option<usize>, length: f64) -> Vec<Point> {
        let last = self.last();
        let half = self.half();
        let (centre, radius) = match object {
            Some(other) => {
                let centre = self.where_is(other, last.seconds);
                (centre, centre.floor_distance_to(last.feet).clamp(0.9 + half, 3.0))
            }
            None => (last.feet.toward(0.0, 0.9), 0.9),
        };
        let begin = centre.direction_to(last.feet);
        let sweep = (length / radius).to_degrees().min(330.0) * self.heading;
        let steps = 10;
        let arc = (0..=steps).map(|step| {
            let place = centre.toward(begin + sweep * f64::from(step) / f64::from(steps), radius);
            self.floor.free(place, half)
        });
        std::iter::once(last.feet).chain(arc.skip(1)).collect()
    }

    /// Speech, and who looks at whom while somebody speaks.
    fn talk(&mut self) {
        let scene = self.scene;
        let shot = &scene.shots[self.shot];
        let mine = shot.speaks.iter().filter(|(who, ..)| *who == self.player);
        self.path.speaks.extend(mine.map(|(_, from, to)| (*from, *to)));
        let alive = scene.players[self.player].body.shape.is_alive();
        let busy = self.path.keys.len() > 1 || !alive;
        if busy || shot.speaks.is_empty() {
            return;
        }
        let last = self.last();
        let whom = match self.path.speaks.first() {
            Some(_) => scene.partner(self.player, self.shot),
            None => shot.speaks.iter().map(|(who, ..)| *who).find(|who| *who != self.player),
        };
        let Some(whom) = whom else { return };
        let to = last.feet.direction_to(self.where_is(whom, 0.0));
        let by = wrap_degrees(to - last.facing);
        // Partners who face each other are turned to the camera a little already.
        if by.abs() < 25.0 || last.posture == Posture::Lying {
            return;
        }
        let look = by.clamp(-50.0, 50.0);
        let facing = wrap_degrees(last.facing + (by - look));
        let turned = PathKey { facing, look, ..last };
        if self.new {
            self.path.keys = vec![turned];
            return;
        }
        let first = self.path.speaks.first().map_or(0.0, |(from, _)| (from - 0.3).max(0.0));
        self.path.keys.push(PathKey { seconds: first, ..last });
        self.path.keys.push(PathKey { seconds: first + Self::rules().turn_time, ..turned });
    }

    fn done(mut self) -> Performance {
        self.path.keys.sort_by(|one, two| one.seconds.total_cmp(&two.seconds));
        Performance {
            player: self.player,
            path: self.path,
            holds: self.holds,
            travels: self.travels,
            leaves: self.leaves,
        }
    }
}

fn key(seconds: f64, stand: Stand) -> PathKey {
    PathKey {
        seconds,
        feet: stand.feet,
        facing: stand.facing,
        posture: stand.posture,
        lift: stand.lift,
        lean: 0.0,
        look: 0.0,
        ease: Ease::Both,
    }
}
