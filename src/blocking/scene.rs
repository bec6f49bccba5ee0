//! The people and things of a scene on their marks, from shot to shot.
//!
//! Knows one scene; knows no cameras. The cameras of a scene work from the side of -z, so
//! left and right on the stage are left and right in its pictures.

use super::acts::{PlayedAct, acts};
use super::body::{Body, body};
use super::figure::{Posture, Shape};
use super::geometry::Point;
use super::lookup::Lookup;
use super::rules::Rests;
use super::set::{Form, Material, SetPiece, SetRole};
use super::set_design::{SetDesign, design};
use crate::breakdown::description::{Depicted, Description, Face, Side};
use crate::breakdown::screenplay::Subject;
use crate::breakdown::shot::{Picture, Shot, ShotList, TakeSpec};

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
}

/// A scene.
#[derive(Debug)]
pub(super) struct StagedScene<'a> {
    pub(super) players: Vec<Player>,
    pub(super) shots: Vec<SceneShot<'a>>,
    pub(super) design: SetDesign,
}

impl<'a> StagedScene<'a> {
    /// Puts a scene on its marks. `shots` are those of the scene, with the frame at which
    /// each begins.
    pub(super) fn new(list: &'a ShotList, shots: &[(usize, u32)]) -> Self {
        let lookup = Lookup::of(&list.settings.language);
        let mut players: Vec<Player> = Vec::new();
        let mut scene_shots = Vec::new();
        let mut order = Order::default();
        for &(index, start) in shots {
            let shot = &list.shots[index];
            let Picture::Take(take) = &shot.picture else { continue };
            let roles = roles(list, lookup, take, &mut players);
            order.add(&roles, &take.description, &players);
            let alive: Vec<bool> = roles
                .iter()
                .map(|role| matches!(role, Role::Player(one) if !players[*one].body.is_thing()))
                .collect();
            let acts = acts(lookup, take, &alive);
            let faces = take.description.subjects.iter().chain(&take.description.reveals);
            scene_shots.push(SceneShot {
                index,
                take,
                subjects: take.description.subjects.len(),
                backs: faces.map(|depicted| depicted.face == Face::Back).collect(),
                speaks: speaks(list, shot, start, &players),
                roles,
                acts,
                seconds: seconds(list, shot.frames),
            });
        }
        let place = scene_shots.first().map(|shot| shot.take.description.place.clone());
        let mut design = design(lookup, &place.unwrap_or_default(), order.spread(&players));
        for shot in &scene_shots {
            for act in &shot.acts {
                if act.rule().posture == Some(Posture::Sitting) {
                    for who in &act.who {
                        if let Role::Player(player) = shot.roles[*who] {
                            players[player].seat = players[player].body.shape.is_person();
                        }
                    }
                }
            }
        }
        order.marks(&mut players, &mut design);
        things(&mut players, &scene_shots, &design);
        Self { players, shots: scene_shots, design }
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
            let from = self.players[player].place().feet;
            let few = |other: usize| self.players[other].body.count < 4;
            let alive = (0..self.players.len()).filter(|other| here(*other) && few(*other));
            alive.min_by(|one, two| {
                let far = |who: usize| self.players[who].place().feet.floor_distance_to(from);
                far(*one).total_cmp(&far(*two))
            })
        };
        let talks = || spoken.or_else(next);
        if speaks { talks().or_else(nearest) } else { nearest() }
    }
}

impl Player {
    /// Where it is or will be.
    pub(super) fn place(&self) -> Stand {
        self.stand.unwrap_or(self.mark)
    }
}

/// The length of a number of frames of a film.
pub(super) fn seconds(list: &ShotList, frames: u32) -> f64 {
    list.settings.rate.duration(frames).as_micros() as f64 / 1e6
}

/// Who speaks in a shot and is known in the scene.
fn speaks(list: &ShotList, shot: &Shot, start: u32, players: &[Player]) -> Vec<(usize, f64, f64)> {
    let end = start + shot.frames;
    let first = list.lines.partition_point(|line| line.end <= start);
    let mut found = Vec::new();
    for line in list.lines[first..].iter().take_while(|line| line.start < end) {
        if line.off_screen {
            continue;
        }
        for who in &line.subjects {
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
        let kind = who.and_then(|who| list.subjects.get(who.0)).map(|character| character.kind);
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
        let name = name(list, depicted, who);
        let known = players.iter().position(|player| match who {
            Some(_) => player.who == who,
            None => player.who.is_none() && player.name == name,
        });
        let player = known.unwrap_or_else(|| {
            players.push(Player {
                who,
                name,
                body,
                mark: Stand {
                    feet: Point::default(),
                    facing: 180.0,
                    posture: Posture::Standing,
                    lift: 0.0,
                },
                stand: None,
                gone: false,
                heading: 0.0,
                seat: false,
            });
            players.len() - 1
        });
        roles.push(Role::Player(player));
    }
    roles
}

/// What a board calls somebody: the name, or the words of who has none.
fn name(list: &ShotList, depicted: &Depicted, who: Option<Subject>) -> String {
    let named =
        who.and_then(|who| list.subjects.get(who.0)).map(|character| character.name.clone());
    named.unwrap_or_else(|| depicted.called.trim_start_matches("the ").to_owned())
}

/// The living from left to right.
#[derive(Debug, Default)]
struct Order {
    /// Indices of players, in the order of their first appearance until a side says else.
    row: Vec<usize>,
    /// Sides that pictures of one person say, for a scene of one person.
    alone: Option<f64>,
}

impl Order {
    /// Adds those of a shot, and keeps the sides that its description says.
    fn add(&mut self, roles: &[Role], description: &Description, players: &[Player]) {
        let place = |depicted: &Depicted| {
            depicted.side.map(|side| match side {
                Side::Left => -1,
                Side::Centre => 0,
                Side::Right => 1,
            })
        };
        let shown = description.subjects.iter().chain(&description.reveals);
        let mut sided: Vec<(usize, i32)> = Vec::new();
        for (role, depicted) in roles.iter().zip(shown) {
            let Role::Player(player) = *role else { continue };
            if players[player].body.is_thing() {
                continue;
            }
            if !self.row.contains(&player) {
                self.row.push(player);
            }
            if let Some(side) = place(depicted) {
                sided.push((player, side));
            }
        }
        // A camera that pans left finds there whom it reveals.
        let direction = description.movement.split(' ').find_map(|word| match word {
            "left" => Some(-1),
            "right" => Some(1),
            _ => None,
        });
        if let Some(direction) = direction {
            let (seen, found) = roles.split_at(description.subjects.len().min(roles.len()));
            let player = |role: &Role| match role {
                Role::Player(player) => Some(*player),
                Role::Part(..) => None,
            };
            sided.extend(seen.iter().filter_map(player).map(|player| (player, 0)));
            sided.extend(found.iter().filter_map(player).map(|player| (player, direction)));
        }
        self.alone = self.alone.or(sided.first().map(|(_, side)| f64::from(*side)));
        for (left, left_side) in &sided {
            for (right, right_side) in &sided {
                self.keep(*left, *right, left_side < right_side);
            }
        }
    }

    /// Moves one just before another, if it must be to the left of it and is not.
    fn keep(&mut self, left: usize, right: usize, must: bool) {
        let at = |who: usize, row: &[usize]| row.iter().position(|one| *one == who);
        if let (true, Some(one), Some(two)) = (must, at(left, &self.row), at(right, &self.row))
            && one > two
        {
            let moved = self.row.remove(one);
            self.row.insert(two, moved);
        }
    }

    /// How wide the row is.
    fn spread(&self, players: &[Player]) -> f64 {
        let near = self.row.iter().map(|who| &players[*who].body).filter(|body| body.count < 4);
        near.map(|body| body.half() * 2.0 + 0.8).sum::<f64>().min(14.0)
    }

    /// Puts everybody alive on a mark: two face each other, more stand in an arc that is
    /// open to the camera, many behind.
    fn marks(&self, players: &mut [Player], design: &mut SetDesign) {
        let (many, few): (Vec<usize>, Vec<usize>) =
            self.row.iter().partition(|who| players[**who].body.count > 3);
        let seated = few.iter().any(|who| players[*who].seat);
        let table = design.table.filter(|_| seated).map(|table| design.pieces[table].width);
        let front = few.len().min(6);
        let (row, behind) = few.split_at(front);
        let mut at = vec![0.0];
        for pair in row.windows(2) {
            let (one, two) = (&players[pair[0]].body, &players[pair[1]].body);
            let air = if row.len() == 2 { 1.05 } else { 0.55 };
            let least = if row.len() == 2 { 1.5 } else { 1.1 };
            let lengthwise =
                |body: &Body| if row.len() == 2 { body.length / 2.0 } else { body.half() };
            let mut gap = (lengthwise(one) + lengthwise(two) + air).max(least);
            if let (2, Some(table)) = (row.len(), table) {
                gap = gap.max(table + 0.75);
            }
            at.push(at[at.len() - 1] + gap);
        }
        let middle = at[at.len() - 1] / 2.0;
        let last = row.len().saturating_sub(1).max(1) as f64;
        for (index, who) in row.iter().enumerate() {
            let t = index as f64 / last * 2.0 - 1.0;
            let depth = if row.len() > 2 { 0.75 * (1.0 - t * t) } else { 0.0 };
            let x =
                if row.len() == 1 { self.alone.unwrap_or(0.0) * 0.8 } else { at[index] - middle };
            let feet = Point::new(x, 0.0, depth);
            let facing = match row.len() {
                1 => 180.0 - 22.0,
                // Turned a little to the camera, as actors do.
                2 => {
                    if index == 0 {
                        90.0 + 16.0
                    } else {
                        -90.0 - 16.0
                    }
                }
                _ => feet.direction_to(Point::new(0.0, 0.0, -1.3)),
            };
            players[*who].mark.feet = feet;
            players[*who].mark.facing = facing;
        }
        if let (Some(table), true) = (design.table, seated) {
            let one = row.first().map_or(Point::default(), |who| players[*who].mark.feet);
            let base = if row.len() == 2 {
                Point::default()
            } else {
                one.toward(one_facing(row, players), 0.85)
            };
            let piece = &mut design.pieces[table];
            piece.base = base;
            if row.len() > 2 {
                piece.base = Point::new(0.0, 0.0, -0.5);
            }
            piece.role = SetRole::Support;
        }
        for (index, who) in behind.iter().enumerate() {
            let side = if index % 2 == 0 { -1.0 } else { 1.0 };
            let feet =
                Point::new(side * (0.7 + 0.6 * index as f64), 0.0, 1.9 + 0.35 * index as f64);
            players[*who].mark.feet = feet;
            players[*who].mark.facing = feet.direction_to(Point::new(0.0, 0.0, -2.0));
        }
        for (index, who) in many.iter().enumerate() {
            let body = &players[*who].body;
            let rows = f64::from(body.count).sqrt() * (body.half() * 2.0 + 0.4) * 0.5;
            let room = design.room.map_or(f64::MAX, |[_, depth, _]| (depth / 2.0 - 1.2).max(0.6));
            let back = if few.is_empty() && index == 0 {
                0.6
            } else {
                (1.7 + rows + 2.0 * index as f64).min(room)
            };
            players[*who].mark.feet = Point::new(0.0, 0.0, back);
            players[*who].mark.facing = 180.0;
        }
        for who in row {
            let player = &players[*who];
            if player.seat {
                let seat = player.mark;
                design.pieces.push(SetPiece {
                    name: "chair".to_owned(),
                    form: Form::Chair,
                    material: Material::Wood,
                    role: SetRole::Support,
                    base: seat.feet.toward(seat.facing, -0.34),
                    width: 0.45,
                    height: 0.92,
                    depth: 0.45,
                    facing: seat.facing,
                });
            }
        }
    }
}

fn one_facing(row: &[usize], players: &[Player]) -> f64 {
    row.first().map_or(180.0, |who| players[*who].mark.facing)
}

/// Puts things on tables, on walls, or on the ground near who uses them; what is large
/// behind everybody.
fn things(players: &mut [Player], shots: &[SceneShot<'_>], design: &SetDesign) {
    let table = design.table.map(|table| design.pieces[table].clone());
    let alive = players.iter().any(|player| !player.body.is_thing());
    let mut on_table = 0.0;
    let mut on_ground = 0.0;
    for index in 0..players.len() {
        if !players[index].body.is_thing() {
            continue;
        }
        let body = players[index].body.clone();
        let user = shots.iter().find_map(|shot| {
            let is = |role: &Role| matches!(role, Role::Player(player) if *player == index);
            shot.roles.iter().any(is).then_some(())?;
            shot.roles.iter().find_map(|role| match role {
                Role::Player(other) if !players[*other].body.is_thing() => Some(*other),
                _ => None,
            })
        });
        let near = user.map_or(Point::default(), |user| players[user].mark.feet);
        let back = design.room.map_or(2.5, |[_, depth, _]| depth / 2.0 - 0.12);
        let (feet, facing, lift) = match (body.rests, &table) {
            (Rests::Wall, _) => (Point::new(near.x, 0.0, back), 180.0, 1.35),
            (Rests::Table, Some(table)) => {
                on_table += 1.0;
                let x = near.x.clamp(-0.35, 0.35) * table.width + spread(on_table) * 0.3;
                let x = table.base.x + x.clamp(-table.width * 0.42, table.width * 0.42);
                (Point::new(x, 0.0, table.base.z - 0.1), 180.0, table.height)
            }
            _ if body.shape == Shape::Vehicle || body.shape == Shape::Boat || body.half() > 1.2 => {
                let behind = if alive { 1.6 + body.half() } else { body.half() * 0.4 };
                let behind =
                    design.room.map_or(behind, |[_, depth, _]| behind.min(depth / 2.0 - 0.5));
                (Point::new(spread(on_ground) * body.length, 0.0, behind), 106.0, 0.0)
            }
            _ => {
                on_ground += 1.0;
                let inward = if near.x > 0.1 { -1.0 } else { 1.0 };
                let off = if alive { 0.45 + body.half() } else { 0.0 };
                let x = near.x + inward * off + spread(on_ground) * 0.5 * (body.half() + 0.3);
                (
                    Point::new(x, 0.0, near.z + if alive { 0.3 + body.half() } else { 0.0 }),
                    180.0,
                    0.0,
                )
            }
        };
        players[index].mark = Stand { feet, facing, posture: Posture::Standing, lift };
    }
}

/// 0, 1, -1, 2, -2 … for the first, second, third … of a row.
fn spread(nth: f64) -> f64 {
    let step = (nth / 2.0).floor();
    if nth % 2.0 < 0.5 { step } else { -step }
}
