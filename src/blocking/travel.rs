//! Ways over the stage: where a walk leads, round what stands in its way, and when the
//! walker is where.
//!
//! Knows the floor; does not know why anybody walks.

use super::figure::{Ease, PathKey};
use super::geometry::Point;
use super::rules::{BlockingRules, StageRule};
use super::set::{Form, SetPiece, SetRole};

/// The floor of a scene.
pub(super) struct Floor<'a> {
    pub(super) pieces: &'a [SetPiece],
    /// Width and depth of the room.
    pub(super) room: Option<[f64; 3]>,
    /// Where others stand, and half their width.
    pub(super) others: Vec<(Point, f64)>,
}

/// Air between a body and what stands there, in metres.
const AIR: f64 = 0.15;

impl Floor<'_> {
    /// The nearest place to a point that is in the set, and not in anything.
    pub(super) fn free(&self, point: Point, half: f64) -> Point {
        let mut free = self.inside(point, half);
        for _ in 0..3 {
            let before = free;
            free = self.out_of_pieces(free, half);
            for (other, wide) in &self.others {
                let least = wide + half + 0.4;
                let away = other.floor_distance_to(free);
                if away < least {
                    let to = if away < 0.05 { 180.0 } else { other.direction_to(free) };
                    free = self.inside(other.at_height(free.y).toward(to, least), half);
                }
            }
            if free == before {
                return free;
            }
        }
        // Rather too near to somebody than in a cupboard.
        self.out_of_pieces(free, half)
    }

    /// The nearest place to a point that is in no set piece.
    pub(super) fn out_of_pieces(&self, point: Point, half: f64) -> Point {
        let mut free = point;
        for _ in 0..4 {
            let hit = self.solid().find(|piece| piece.distance_from(free) < half + AIR);
            let Some(piece) = hit else { break };
            let out = piece.width.hypot(piece.depth) / 2.0 + half + AIR * 2.0;
            let at = |away: f64| self.inside(piece.base.at_height(free.y).toward(away, out), half);
            let next = at(piece.base.direction_to(free));
            // What stands at a wall is left towards the middle.
            let walled = piece.distance_from(next) < half + AIR;
            free = if walled { at(piece.base.direction_to(Point::default())) } else { next };
        }
        free
    }

    /// The nearest place within the room, or the acting area.
    fn inside(&self, point: Point, half: f64) -> Point {
        let keep =
            |value: f64, least: f64, most: f64| value.clamp(least.min(most), most.max(least));
        match self.room {
            Some([width, depth, _]) => {
                let (x, z) =
                    ((width / 2.0 - half - 0.2).max(0.0), (depth / 2.0 - half - 0.2).max(0.0));
                Point::new(keep(point.x, -x, x), point.y, keep(point.z, -z, z))
            }
            None => {
                let StageRule { side, near, far } = BlockingRules::stdlib().places.stage;
                Point::new(keep(point.x, -side, side), point.y, keep(point.z, near, far))
            }
        }
    }

    /// What nobody walks through.
    fn solid(&self) -> impl Iterator<Item = &SetPiece> {
        self.pieces.iter().filter(|piece| {
            let blocks = piece.role == SetRole::Solid || piece.form == Form::Table;
            blocks && piece.height > 0.1 && piece.base.y < 1.0
        })
    }

    /// The way from one place to another round what is between them.
    pub(super) fn way(&self, from: Point, to: Point, half: f64) -> Vec<Point> {
        let mut way = vec![from];
        self.round(from, to, half, 3, &mut way);
        way.push(to);
        way
    }

    fn round(&self, from: Point, to: Point, half: f64, depth: u32, way: &mut Vec<Point>) {
        let length = from.floor_distance_to(to);
        if depth == 0 || length < 0.3 {
            return;
        }
        let radius = |piece: &SetPiece| match piece.form {
            Form::Tree | Form::Fir => piece.trunk() / 2.0,
            _ => piece.width.hypot(piece.depth) / 2.0,
        };
        let hit = self.solid().find_map(|piece| {
            let along = ((piece.base - from).x * (to - from).x
                + (piece.base - from).z * (to - from).z)
                / (length * length);
            let near = from.mix(to, along.clamp(0.0, 1.0));
            let least = radius(piece) + half + AIR;
            let ends = piece.base.floor_distance_to(from).min(piece.base.floor_distance_to(to));
            (piece.base.floor_distance_to(near) < least && ends > least * 0.98)
                .then_some((piece, near, least))
        });
        let Some((piece, near, least)) = hit else { return };
        let across = from.direction_to(to) + 90.0;
        let off = piece.base.floor_distance_to(near);
        let away = if off > 0.01 { piece.base.direction_to(near) } else { across };
        let corner = piece.base.at_height(from.y).toward(away, least + 0.12);
        self.round(from, corner, half, depth - 1, way);
        way.push(corner);
        self.round(corner, to, half, depth - 1, way);
    }
}

/// How somebody walks a way.
pub(super) struct Walk {
    pub(super) start: f64,
    pub(super) pace: f64,
    /// Whether the walker starts from rest, and comes to rest.
    pub(super) starts: bool,
    pub(super) stops: bool,
    pub(super) lean: f64,
    /// The walker does not turn: steps back.
    pub(super) backwards: bool,
}

/// Seconds in which a walker gathers or loses pace.
const GATHER: f64 = 0.45;
/// The mean pace while it does, as a share.
const GATHERED: f64 = 0.875;

impl Walk {
    /// How long the way takes.
    pub(super) fn lasts(&self, length: f64) -> f64 {
        let slow = GATHER * (1.0 - GATHERED);
        let ends = f64::from(u8::from(self.starts)) + f64::from(u8::from(self.stops));
        length / self.pace + slow * ends
    }

    /// The moments of the walk after `from`, which stands at its beginning.
    pub(super) fn keys(&self, from: PathKey, way: &[Point]) -> Vec<PathKey> {
        let length = length(way);
        if length < 0.02 {
            return Vec::new();
        }
        let gather = (self.pace * GATHER * GATHERED).min(length * 0.4);
        let mut marks: Vec<(f64, Ease)> =
            vec![(0.0, if self.starts { Ease::Start } else { Ease::None })];
        if self.starts {
            marks.push((gather, Ease::None));
        }
        let mut at = 0.0;
        for pair in way.windows(2).take(way.len().saturating_sub(2)) {
            at += pair[0].floor_distance_to(pair[1]);
            for place in [at - 0.25, at + 0.25] {
                if place > gather + 0.1 && place < length - gather - 0.1 {
                    marks.push((place, Ease::None));
                }
            }
        }
        if self.stops {
            marks.push((length - gather, Ease::Stop));
        }
        marks.push((length, Ease::Both));
        let mut keys = Vec::new();
        let mut seconds = self.start;
        for (index, (place, ease)) in marks.iter().enumerate() {
            if index > 0 {
                let (before, eased) = marks[index - 1];
                let share = if eased == Ease::None { 1.0 } else { GATHERED };
                seconds += (place - before) / (self.pace * share);
            }
            let facing = if self.backwards {
                from.facing
            } else if index == 0 && self.starts {
                // It turns while it gathers pace.
                from.facing
            } else {
                direction(way, *place)
            };
            let lean = if index == 0 || index + 1 == marks.len() { 0.0 } else { self.lean };
            keys.push(PathKey {
                seconds,
                feet: along(way, *place),
                facing,
                lean,
                ease: *ease,
                look: 0.0,
                ..from
            });
        }
        keys
    }
}

/// How long a way is, in metres.
pub(super) fn length(way: &[Point]) -> f64 {
    way.windows(2).map(|pair| pair[0].floor_distance_to(pair[1])).sum()
}

/// The point so many metres along a way.
pub(super) fn along(way: &[Point], metres: f64) -> Point {
    let mut left = metres;
    for pair in way.windows(2) {
        let length = pair[0].floor_distance_to(pair[1]);
        if left <= length && length > 0.0 {
            return pair[0].mix(pair[1], left / length);
        }
        left -= length;
    }
    way.last().copied().unwrap_or_default()
}

/// The direction of a way so many metres along it; at corners that of the stretch nearby.
fn direction(way: &[Point], metres: f64) -> f64 {
    let length = length(way);
    let (from, to) = ((metres - 0.1).max(0.0), (metres + 0.1).min(length));
    along(way, from).direction_to(along(way, to))
}
