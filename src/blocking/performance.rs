//! What everybody does in a shot, as paths: walks, postures, turns, gestures, speech.
//!
//! Knows acts and marks; knows of the camera only how wide the picture is.

use super::acts::PlayedAct;
use super::figure::{Ease, FigurePath, GestureSpan, HopSpan, PathKey, Posture, Shape};
use super::geometry::{Point, wrap_degrees};
use super::players::{Pair, Role, SceneShot, Stand};
use super::rules::{BlockingRules, Goes, Motion};
use super::scene::StagedScene;
use super::staged::HANDLE;
use super::travel::Floor;
use super::trip::Trip;
use crate::breakdown::stage_direction::StageArea;

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
    /// It comes into the picture.
    pub(super) enters: bool,
    /// It has got off what carried it.
    pub(super) afoot: bool,
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

/// What somebody does next.
#[derive(Debug, Clone, Copy)]
struct Doing {
    rule: &'static Motion,
    goes: Option<Goes>,
    /// To whom: an index into the players.
    object: Option<usize>,
    beat: usize,
    /// From which side, and to which.
    sides: (Option<f64>, Option<f64>),
    /// With whom it is done, if two do it together.
    pair: Option<Pair>,
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
    // Whoever is in a boat goes with it.
    players.sort_by_key(|player| scene.players[*player].aboard.is_some());
    for player in in_order(players, &answers(&scene.shots[shot])) {
        let mut actor = Actor::new(scene, shot, player, reach, &found);
        actor.act();
        found.push(actor.done());
    }
    found
}

/// Who does what they do by what another does, and that other: whoever follows somebody,
/// is embraced, dances with somebody.
fn answers(shot: &SceneShot<'_>) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for act in &shot.acts {
        let role = |role: usize| shot.roles.get(role).map(Role::player);
        let who: Vec<usize> = act.who.iter().filter_map(|who| role(*who)).collect();
        let object = act.object.and_then(role);
        let rule = act.rule();
        if act.goes.or(rule.goes) == Some(Goes::Follow) {
            found.extend(object.iter().flat_map(|it| who.iter().map(move |who| (*who, *it))));
        } else if rule.apart.is_some()
            && let (Some(first), Some(second)) = (who.first(), object.or(who.get(1).copied()))
        {
            found.push((second, *first));
        }
    }
    found.retain(|(one, other)| one != other);
    found
}

/// Players so that those come later who answer others.
fn in_order(mut players: Vec<usize>, answers: &[(usize, usize)]) -> Vec<usize> {
    let at = |players: &[usize], who: usize| players.iter().position(|one| *one == who);
    // Two who follow each other end the search.
    for _ in 0..players.len() {
        for (one, other) in answers {
            if let (Some(first), Some(then)) = (at(&players, *one), at(&players, *other))
                && first < then
            {
                players.remove(first);
                players.insert(then, *one);
            }
        }
    }
    players
}

pub(super) struct Actor<'a> {
    pub(super) scene: &'a StagedScene<'a>,
    pub(super) shot: usize,
    pub(super) player: usize,
    pub(super) reach: PictureReach,
    /// Those who act before this one, for whoever follows them.
    pub(super) others: &'a [Performance],
    pub(super) floor: Floor<'a>,
    pub(super) path: FigurePath,
    pub(super) holds: Vec<f64>,
    pub(super) travels: bool,
    pub(super) leaves: bool,
    pub(super) enters: bool,
    pub(super) heading: f64,
    pub(super) new: bool,
    /// It has got off what carried it.
    afoot: bool,
    /// It sits down on its seat next.
    pub(super) seat_next: bool,
    /// From which side it comes, and to which it goes, if the script says: 1 right, -1 left.
    pub(super) from_side: Option<f64>,
    pub(super) to_side: Option<f64>,
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
        let stand = if person.gone { person.mark } else { person.stand_now() };
        let afoot = scene.got_off(player, shot);
        let stand = afoot.unwrap_or(stand);
        let body = &person.body;
        let standing = scene.players.iter().enumerate().filter(|(index, one)| {
            *index != player && one.stand.is_some() && !one.gone && one.body.shape.is_alive()
        });
        let others_at =
            standing.map(|(_, one)| (one.stand_now().feet, one.body.width / 2.0)).collect();
        let floor =
            Floor { pieces: &scene.design.pieces, room: scene.design.room, others: others_at };
        let mut path = FigurePath::resting(key(-HANDLE, stand));
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
            enters: false,
            heading,
            new: person.stand.is_none() || person.gone,
            afoot: afoot.is_some(),
            seat_next: false,
            from_side: None,
            to_side: None,
        }
    }

    pub(super) fn rules() -> &'static super::rules::Motions {
        &BlockingRules::stdlib().motions
    }

    pub(super) fn half(&self) -> f64 {
        self.scene.players[self.player].body.width / 2.0
    }

    /// Whether the shot may begin with it anywhere: it has not been seen and has done nothing.
    pub(super) fn is_fresh(&self) -> bool {
        self.new && self.path.keys.len() == 1
    }

    pub(super) fn last(&self) -> PathKey {
        self.path.keys[self.path.keys.len() - 1]
    }

    fn act(&mut self) {
        let scene = self.scene;
        let shot = &scene.shots[self.shot];
        let acts = self.directed().unwrap_or_else(|| {
            let me = Role::Player(self.player);
            let aboard = |role: &Role| scene.players[role.player()].aboard == Some(self.player);
            let carried = scene.players[self.player].aboard.is_some();
            // Who rides goes where the horse goes.
            let mine = |act: &PlayedAct, pair: Option<Pair>| {
                let mut who = act.who.iter().filter_map(|who| shot.roles.get(*who));
                let rides = act.rule().rides;
                pair.is_some_and(|pair| !pair.leads)
                    || who
                        .any(|role| (*role == me && !(rides && carried)) || (rides && aboard(role)))
            };
            let doing = |act: &PlayedAct| {
                let pair = self.pair(act);
                let object = act.object.and_then(|object| shot.roles.get(object));
                let object = object.map(Role::player).filter(|player| *player != self.player);
                mine(act, pair).then_some(Doing {
                    rule: act.rule(),
                    goes: act.goes,
                    object: object.or(pair.map(|pair| pair.with)),
                    beat: act.beat,
                    sides: (None, None),
                    pair,
                })
            };
            shot.acts.iter().filter_map(doing).collect()
        });
        let beats = acts.iter().map(|act| act.beat + 1).max().unwrap_or(1) as f64;
        let lead = Self::rules().lead;
        for (index, act) in acts.iter().enumerate() {
            if index == 0
                && self.new
                && act.rule.already
                && let Some(posture) = act.rule.posture
            {
                self.begin_in(posture);
                continue;
            }
            let from = shot.seconds * act.beat as f64 / beats;
            let first = lead.min(shot.seconds * 0.2);
            let start = if act.beat == 0 { first } else { from }.max(self.last().seconds);
            let end = shot.seconds * (act.beat + 1) as f64 / beats;
            (self.from_side, self.to_side) = act.sides;
            let then = acts.get(index + 1).and_then(|next| next.rule.posture);
            self.seat_next = then == Some(Posture::Sitting) && scene.players[self.player].seat;
            self.motion(act, start, end.max(start + 0.2));
        }
        self.talk();
        self.go_aboard();
    }

    /// Whoever is in a boat that goes, goes with it.
    fn go_aboard(&mut self) {
        let boat = self.scene.players[self.player].aboard;
        let boat = self.others.iter().find(|other| Some(other.player) == boat && other.travels);
        let Some(boat) = boat else { return };
        let start = self.scene.players[boat.player].stand_now();
        let own = self.path.keys[0];
        let keys = boat.path.keys.iter().map(|key| {
            let turn = wrap_degrees(key.facing - start.facing);
            let off = own.feet - start.feet;
            let (sin, cos) = turn.to_radians().sin_cos();
            let off = Point::new(off.x * cos + off.z * sin, off.y, off.z * cos - off.x * sin);
            let feet = key.feet.at_height(0.0) + off;
            PathKey {
                feet,
                facing: wrap_degrees(own.facing + turn),
                seconds: key.seconds,
                ease: key.ease,
                ..own
            }
        });
        self.path.keys = keys.collect();
        // It stands still on its deck.
        (self.path.stride, self.path.bob) = (0.0, 0.0);
        (self.travels, self.leaves, self.enters) = (true, boat.leaves, boat.enters);
        self.holds.clone_from(&boat.holds);
    }

    /// What the author tells this one to do instead of what the text says.
    fn directed(&mut self) -> Option<Vec<Doing>> {
        let scene = self.scene;
        let who = scene.players[self.player].who?;
        let mut acts: Vec<Doing> = Vec::new();
        for direction in scene.shots[self.shot].directed.iter().filter(|one| one.who == who) {
            let motions = &Self::rules().motions;
            let rule = direction.motion.as_deref().and_then(|motion| motions.get(motion));
            let Some(rule) = rule else {
                self.put(&direction.areas);
                continue;
            };
            let side = direction.areas.iter().find_map(|area| match area {
                StageArea::Left => Some(-1.0),
                StageArea::Right => Some(1.0),
                _ => None,
            });
            let enters = rule.goes == Some(Goes::Enter);
            let object =
                direction.to.and_then(|to| scene.player(to)).filter(|to| *to != self.player);
            let goes =
                (object.is_some() && rule.goes == Some(Goes::Cross)).then_some(Goes::Approach);
            let sides = if enters { (side, None) } else { (None, side) };
            let pair = object.filter(|_| rule.apart.is_some());
            let pair = pair.map(|with| Pair { with, leads: true });
            acts.push(Doing { rule, goes, object, beat: acts.len(), sides, pair });
        }
        (!acts.is_empty()).then_some(acts)
    }

    /// Stands at areas of the stage from the beginning of the shot.
    fn put(&mut self, areas: &[StageArea]) {
        let mut feet = self.last().feet;
        for area in areas {
            if let Some(rule) = BlockingRules::stdlib().places.areas.get(area) {
                feet.x = rule.right.unwrap_or(feet.x);
                feet.z = rule.beyond.unwrap_or(feet.z);
            }
        }
        let feet = self.floor.free(feet, self.half());
        let facing = match self.scene.partner(self.player, self.shot) {
            Some(partner) => feet.direction_to(self.where_is(partner, 0.0)),
            None => self.last().facing,
        };
        self.path.keys = vec![PathKey { feet, facing, seconds: -HANDLE, ..self.last() }];
        self.new = false;
    }

    /// Is in a posture from the beginning.
    fn begin_in(&mut self, posture: Posture) {
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

    fn motion(&mut self, act: &Doing, start: f64, end: f64) {
        let shot = &self.scene.shots[self.shot];
        let (rule, object) = (act.rule, act.object);
        let shape = self.scene.players[self.player].body.shape;
        let goes = matches!(shape, Shape::Vehicle | Shape::Boat | Shape::Aircraft);
        if !(shape.is_alive() || goes) {
            // A kettle boils; it goes nowhere by itself.
            self.gesture(rule, start, end);
            return;
        }
        let mut start = start;
        let hops = rule.hop > 0.0 || rule.sways > 0.0;
        if rule.pace.is_some() || hops || rule.posture == Some(Posture::Standing) {
            start = self.stand_up(start, rule);
        }
        if let (Some(pair), Some(apart)) = (act.pair, rule.apart) {
            start = self.come_together(pair, apart, start, end);
        } else if let Some(pace) = rule.pace {
            let goes = act.goes.or(rule.goes).unwrap_or(Goes::Cross);
            self.travel(Trip { goes, object, rule, pace, start, end });
        } else if let Some(posture) = rule.posture {
            self.posture(posture, rule.quick, start);
        }
        if rule.turns && act.pair.is_none() {
            self.turn(object, rule.head, start);
        }
        self.gesture(rule, start, end);
        if rule.hop > 0.0 {
            let height = rule.hop * self.scene.players[self.player].body.height / 1.7;
            let height = height.min(self.reach.half * 0.35);
            let until = end + if end >= shot.seconds { HANDLE } else { 0.0 };
            let period = rule.period.unwrap_or(1.0);
            self.path.hops.push(HopSpan { start, end: until, height, period });
            self.holds.insert(0, start + period / 2.0);
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
        if last.posture == wanted || keeps {
            return start;
        }
        let time = if self.new { 0.0 } else { Self::rules().posture_time };
        if time == 0.0 {
            self.begin_in(wanted);
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
        // An animal turns its head; its body is too long to turn for a look.
        let person = self.scene.players[self.player].body.shape.is_person();
        let most = if !person {
            180.0
        } else if head {
            55.0
        } else {
            8.0
        };
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
    pub(super) fn where_is(&self, player: usize, seconds: f64) -> Point {
        let acting = self.others.iter().find(|other| other.player == player);
        acting.map_or_else(
            || self.scene.players[player].stand_now().feet,
            |other| other.path.at(seconds).feet,
        )
    }

    fn sway(&mut self, metres: f64, period: f64, start: f64, end: f64) {
        // A near picture holds no wide steps.
        let metres = metres.min(self.reach.half * 0.16);
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
        // The head first; only people turn their bodies for it.
        let person = scene.players[self.player].body.shape.is_person();
        let facing = if person { wrap_degrees(last.facing + (by - look)) } else { last.facing };
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
        let ground = self.scene.players[self.player].mark.feet.y;
        if ground < 0.0 {
            // Swimmers are at the surface, others stand on the ground below.
            for key in &mut self.path.keys {
                key.feet.y = if key.posture == Posture::Swimming { 0.0 } else { ground };
            }
        }
        Performance {
            player: self.player,
            path: self.path,
            holds: self.holds,
            travels: self.travels,
            leaves: self.leaves,
            enters: self.enters,
            afoot: self.afoot,
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
