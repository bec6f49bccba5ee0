//! On which side of a subject the camera stands: on the cameras' side of the line of two
//! who talk, before a face, along a walk.
//!
//! Knows one shot of a staged scene; does not know sizes or moves.

use super::geometry::{Point, wrap_degrees};
use super::performance::Performance;
use super::rules::BlockingRules;
use super::scene::StagedScene;
use crate::breakdown::language::camera_rules::CameraSide;

/// What decides on a side.
#[derive(Clone, Copy)]
pub(super) struct Viewpoint<'a> {
    pub(super) scene: &'a StagedScene<'a>,
    pub(super) shot: usize,
    pub(super) acting: &'a [Performance],
    /// Players in the picture, the main one first.
    pub(super) shown: &'a [usize],
}

/// A direction of view, and where a single stands in its picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CameraView {
    /// The direction of view over the floor, in degrees.
    pub(super) pan: f64,
    /// Shift of a single from the middle, as a share of the width; positive to the right.
    pub(super) shift: f64,
}

impl Viewpoint<'_> {
    /// The view of a side.
    pub(super) fn view(&self, side: CameraSide) -> CameraView {
        let rules = &BlockingRules::stdlib().framings;
        let Some(&main) = self.shown.first() else {
            return CameraView {
                pan: if side == CameraSide::Reverse { 180.0 } else { 0.0 },
                shift: 0.0,
            };
        };
        let (at, looks) = self.stands(main);
        let alive = self.scene.players[main].body.shape.is_alive();
        let from = match side {
            CameraSide::Profile if alive => {
                let sides = [wrap_degrees(looks + 90.0), wrap_degrees(looks - 90.0)];
                if wrap_degrees(sides[0] - 180.0).abs() <= wrap_degrees(sides[1] - 180.0).abs() {
                    sides[0]
                } else {
                    sides[1]
                }
            }
            CameraSide::Behind if alive => {
                let behind = looks + 180.0;
                // A little to the cameras' side, so that the view is no wall of cloth.
                behind + 16.0 * wrap_degrees(180.0 - behind).signum()
            }
            CameraSide::Reverse => self.reverse(main, at, looks),
            _ => self.front(main, at, looks),
        };
        let pan = wrap_degrees(from + 180.0);
        let turned = wrap_degrees(looks - pan).to_radians().sin();
        let walks = self.acting.iter().any(|one| one.player == main && one.travels);
        let room = if walks { rules.lead_room } else { rules.look_room };
        let single = self.shown.len() == 1 && alive;
        CameraView { pan, shift: if single { -room * turned } else { 0.0 } }
    }

    /// Where somebody is for most of the shot, and where the face looks.
    fn stands(&self, player: usize) -> (Point, f64) {
        let acting = self.acting.iter().find(|one| one.player == player);
        acting.map_or_else(
            || {
                let stand = self.scene.players[player].stand_now();
                (stand.feet, stand.facing)
            },
            |one| {
                // Whoever turns in the shot is seen from where it looks in the end.
                let end = one.holds.iter().copied().fold(0.0, f64::max);
                let pose = one.path.at(end * 0.75);
                (pose.feet, pose.facing + pose.look * 0.6)
            },
        )
    }

    /// The direction from the subject to a camera that sees its front.
    fn front(&self, main: usize, at: Point, looks: f64) -> f64 {
        let rules = &BlockingRules::stdlib().framings;
        if self.shown.len() > 1 {
            return self.before_all();
        }
        let walks = self.acting.iter().any(|one| one.player == main && one.travels);
        if !self.scene.players[main].body.shape.is_alive() || walks {
            return 180.0;
        }
        let partner = self.scene.partner(main, self.shot);
        if let Some(partner) = partner {
            let line = at.direction_to(self.stands(partner).0);
            let off = wrap_degrees(looks - line);
            if off.abs() < 75.0 {
                let side = off_line(at, self.stands(partner).0);
                // The face decides where it looks past the partner.
                let to = if off.abs() < 25.0 { line } else { looks };
                let from = wrap_degrees(to + side * rules.off_line);
                return front_of_set(from, rules.front.max(90.0 - rules.off_line + 8.0));
            }
        }
        // As straight as the face allows.
        let off = wrap_degrees(180.0 - looks);
        let from = looks + off.clamp(-rules.off_view, rules.off_view);
        front_of_set(from, rules.front)
    }

    /// From the other side of the line, or of the set.
    fn reverse(&self, main: usize, at: Point, looks: f64) -> f64 {
        let rules = &BlockingRules::stdlib().framings;
        match self.scene.partner(main, self.shot) {
            Some(partner) if self.shown.len() == 1 => {
                let there = self.stands(partner).0;
                at.direction_to(there) - off_line(at, there) * rules.off_line
            }
            _ => self.front(main, at, looks) + 180.0,
        }
    }

    /// Square to the row of those who are shown, from the cameras' side.
    fn before_all(&self) -> f64 {
        let places = self.shown.iter().map(|player| self.stands(*player).0);
        let left = places.clone().min_by(|one, two| one.x.total_cmp(&two.x)).unwrap_or_default();
        let right = places.max_by(|one, two| one.x.total_cmp(&two.x)).unwrap_or_default();
        let row = left.direction_to(right);
        180.0 + (row - 90.0).clamp(-24.0, 24.0)
    }

    /// The direction from the line of two to the cameras' side.
    pub(super) fn near_side(&self, one: usize, two: usize) -> f64 {
        let (from, to) = (self.stands(one).0, self.stands(two).0);
        from.direction_to(to) + off_line(from, to) * 90.0
    }
}

/// On which side of the view from one to another the cameras are: 1 if to the right.
fn off_line(from: Point, to: Point) -> f64 {
    // Left and right are those of the master shot, from -z.
    if from.x <= to.x { 1.0 } else { -1.0 }
}

/// A direction to the camera, within so many degrees of the cameras' side.
fn front_of_set(from: f64, most: f64) -> f64 {
    180.0 + wrap_degrees(from - 180.0).clamp(-most, most)
}
