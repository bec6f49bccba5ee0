//! Where everybody of a scene stands when it begins: two face each other, more stand in
//! an arc that is open to the camera, many behind; things on tables and on the ground.
//!
//! Knows bodies and sides; does not know what happens.

use super::body::Body;
use super::figure::Shape;
use super::geometry::Point;
use super::moves::Move;
use super::players::{Player, Role, SceneShot, Stand};
use super::rules::Rests;
use super::set::{Form, Material, SetPiece, SetRole};
use super::set_design::SetDesign;
use crate::breakdown::description::{Depicted, Side};
use crate::breakdown::shot::TakeSpec;

/// The living from left to right.
#[derive(Debug, Default)]
pub(super) struct MarkOrder {
    /// Indices of players, in the order of their first appearance until a side says else.
    row: Vec<usize>,
    /// Sides that pictures of one person say, for a scene of one person.
    alone: Option<f64>,
    /// Pairs whose sides have been said, the left one first. Later they change places.
    said: Vec<(usize, usize)>,
}

impl MarkOrder {
    /// Adds those of a shot, and keeps the sides that its description says.
    pub(super) fn add(&mut self, roles: &[Role], take: &TakeSpec, players: &[Player]) {
        let description = &take.description;
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
        let direction = Move::new(&take.technique.movement).sideways() as i32;
        let (seen, found) = roles.split_at(description.subjects.len().min(roles.len()));
        if direction != 0 && !found.is_empty() {
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
                let known = |(one, two): &(usize, usize)| {
                    (one, two) == (left, right) || (one, two) == (right, left)
                };
                if left_side < right_side && !self.said.iter().any(known) {
                    self.said.push((*left, *right));
                    self.keep(*left, *right);
                }
            }
        }
    }

    /// Moves one just before another, if it is not to the left of it.
    fn keep(&mut self, left: usize, right: usize) {
        let at = |who: usize, row: &[usize]| row.iter().position(|one| *one == who);
        if let (Some(one), Some(two)) = (at(left, &self.row), at(right, &self.row))
            && one > two
        {
            let moved = self.row.remove(one);
            self.row.insert(two, moved);
        }
    }

    /// How wide the row is.
    pub(super) fn spread(&self, players: &[Player]) -> f64 {
        let near = self.row.iter().map(|who| &players[*who].body).filter(|body| body.count < 4);
        near.map(|body| body.half() * 2.0 + 0.8).sum::<f64>().min(14.0)
    }

    /// Puts everybody alive on a mark.
    pub(super) fn marks(&self, players: &mut [Player], design: &mut SetDesign) {
        let (many, few): (Vec<usize>, Vec<usize>) =
            self.row.iter().partition(|who| players[**who].body.count > 3);
        let (row, behind) = few.split_at(few.len().min(6));
        let seated = few.iter().any(|who| players[*who].seat);
        let table = design.table.filter(|_| seated);
        let between = table.map(|table| design.pieces[table].width);
        for (who, mark) in row.iter().zip(self.row_marks(row, players, between)) {
            players[*who].mark = mark;
        }
        if let Some(table) = table {
            let first =
                row.first().map_or(Stand::at(Point::default(), 180.0), |who| players[*who].mark);
            design.pieces[table].base = match row.len() {
                0 | 1 => first.feet.toward(first.facing, 0.85),
                2 => Point::default(),
                _ => Point::new(0.0, 0.0, -0.5),
            };
            design.pieces[table].role = SetRole::Support;
        }
        for (index, who) in behind.iter().enumerate() {
            let nth = index as f64;
            let side = if index % 2 == 0 { -1.0 } else { 1.0 };
            let feet = Point::new(side * (0.7 + 0.6 * nth), 0.0, 1.9 + 0.35 * nth);
            players[*who].mark = Stand::at(feet, feet.direction_to(Point::new(0.0, 0.0, -2.0)));
        }
        for (index, who) in many.iter().enumerate() {
            let body = &players[*who].body;
            let rows = f64::from(body.count).sqrt() * (body.half() * 2.0 + 0.4) * 0.5;
            let room = design.room.map_or(f64::MAX, |[_, depth, _]| (depth / 2.0 - 1.2).max(0.6));
            let alone = few.is_empty() && index == 0;
            let back = if alone { 0.6 } else { (1.7 + rows + 2.0 * index as f64).min(room) };
            players[*who].mark = Stand::at(Point::new(0.0, 0.0, back), 180.0);
        }
        let seats = row.iter().filter(|who| players[**who].seat);
        design.pieces.extend(seats.map(|who| chair(players[*who].mark)));
    }

    /// The marks of a row: two face each other, more stand in an arc.
    fn row_marks(&self, row: &[usize], players: &[Player], table: Option<f64>) -> Vec<Stand> {
        let pair = row.len() == 2;
        let mut at = vec![0.0];
        for two in row.windows(2) {
            let (one, other) = (&players[two[0]].body, &players[two[1]].body);
            // Partners stand head to head, others side by side.
            let half = |body: &Body| if pair { body.length / 2.0 } else { body.half() };
            let (least, air) = if pair { (1.5, 1.05) } else { (1.1, 0.55) };
            let gap = (half(one) + half(other) + air).max(least);
            let across = table.filter(|_| pair).map_or(0.0, |table| table + 0.75);
            at.push(at[at.len() - 1] + gap.max(across));
        }
        let middle = at[at.len() - 1] / 2.0;
        let last = row.len().saturating_sub(1).max(1) as f64;
        let mark = |index: usize| {
            let t = index as f64 / last * 2.0 - 1.0;
            match row.len() {
                1 => Stand::at(Point::new(self.alone.unwrap_or(0.0) * 0.8, 0.0, 0.0), 158.0),
                // Turned a little to the camera, as actors do.
                2 => Stand::at(Point::new(at[index] - middle, 0.0, 0.0), -t * 106.0),
                _ => {
                    let feet = Point::new(at[index] - middle, 0.0, 0.75 * (1.0 - t * t));
                    Stand::at(feet, feet.direction_to(Point::new(0.0, 0.0, -1.3)))
                }
            }
        };
        (0..row.len()).map(mark).collect()
    }
}

/// The chair of who sits at a mark.
fn chair(seat: Stand) -> SetPiece {
    SetPiece {
        name: "chair".to_owned(),
        form: Form::Chair,
        material: Material::Wood,
        role: SetRole::Support,
        base: seat.feet.toward(seat.facing, -0.34),
        width: 0.45,
        height: 0.92,
        depth: 0.45,
        facing: seat.facing,
    }
}

/// Puts things on tables, on walls, or on the ground near who uses them; what is large
/// behind everybody.
pub(super) fn things(players: &mut [Player], shots: &[SceneShot<'_>], design: &SetDesign) {
    let alive = players.iter().any(|player| !player.body.is_thing());
    let mut standing = StandingThings { alive, on_table: 0.0, on_ground: 0.0 };
    for index in 0..players.len() {
        if players[index].body.is_thing() {
            let user = user(index, players, shots).map(|user| players[user].mark.feet);
            players[index].mark =
                standing.mark(&players[index].body, user.unwrap_or_default(), design);
        }
    }
}

/// Whoever is in the first picture of a thing.
fn user(thing: usize, players: &[Player], shots: &[SceneShot<'_>]) -> Option<usize> {
    let first = shots.iter().find(|shot| shot.roles.contains(&Role::Player(thing)))?;
    first.roles.iter().find_map(|role| match role {
        Role::Player(other) if !players[*other].body.is_thing() => Some(*other),
        _ => None,
    })
}

/// How many things stand where already.
struct StandingThings {
    alive: bool,
    on_table: f64,
    on_ground: f64,
}

impl StandingThings {
    /// The mark of a thing near who uses it.
    fn mark(&mut self, body: &Body, near: Point, design: &SetDesign) -> Stand {
        let table = design.table.map(|table| &design.pieces[table]);
        let back = design.room.map_or(2.5, |[_, depth, _]| depth / 2.0 - 0.12);
        let rolls = matches!(body.shape, Shape::Vehicle | Shape::Boat | Shape::Aircraft);
        match (body.rests, table) {
            (Rests::Wall, _) => {
                Stand { lift: 1.35, ..Stand::at(Point::new(near.x, 0.0, back), 180.0) }
            }
            (Rests::Table, Some(table)) => {
                self.on_table += 1.0;
                let x = near.x.clamp(-0.35, 0.35) * table.width + spread(self.on_table) * 0.3;
                let x = table.base.x + x.clamp(-table.width * 0.42, table.width * 0.42);
                let feet = Point::new(x, 0.0, table.base.z - 0.1);
                Stand { lift: table.height, ..Stand::at(feet, 180.0) }
            }
            _ if rolls || body.half() > 1.2 => {
                let behind = if self.alive { 1.6 + body.half() } else { body.half() * 0.4 };
                let behind =
                    design.room.map_or(behind, |[_, depth, _]| behind.min(depth / 2.0 - 0.5));
                let feet = Point::new(spread(self.on_ground) * body.length, 0.0, behind);
                self.on_ground += 1.0;
                Stand::at(feet, if rolls { 106.0 } else { 180.0 })
            }
            _ => {
                self.on_ground += 1.0;
                let inward = if near.x > 0.1 { -1.0 } else { 1.0 };
                let off = if self.alive { 0.45 + body.half() } else { 0.0 };
                let aside = spread(self.on_ground) * 0.5 * (body.half() + 0.3);
                let back = if self.alive { 0.3 + body.half() } else { 0.0 };
                Stand::at(Point::new(near.x + inward * off + aside, 0.0, near.z + back), 180.0)
            }
        }
    }
}

/// 0, 1, -1, 2, -2 … for the first, second, third … of a row.
fn spread(nth: f64) -> f64 {
    let step = (nth / 2.0).floor();
    if nth % 2.0 < 0.5 { step } else { -step }
}
