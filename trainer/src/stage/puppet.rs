//! Figures cut out of board: painted once for each size and light, then moved.
//!
//! Does not know the set.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tiny_skia::{IntRect, Pixmap, Transform};

use super::art::Art;
use super::cast::{Actor, Colour, Size, Subject};
use super::paint::{self, Light, Painter};
use super::sets::{Daylight, Hour, Weather};
use super::{figures, motion};

/// Pixels of a medium shot per figure unit: an adult is 112 pixels high.
pub(super) const MEDIUM: f32 = 1.12;
/// Where feet stand in a medium shot.
pub(super) const FEET: f32 = 146.0;
/// The figure canvas: left edge, top, width and height in figure units.
const CANVAS: (f32, f32, f32, f32) = (-104.0, -134.0, 208.0, 148.0);

/// A painted board, and its upper left corner relative to the feet, in pixels.
struct Board {
    picture: Pixmap,
    corner: (f32, f32),
}

type Key = (Subject, Option<Colour>, Size, Option<(Daylight, Weather)>);

/// The boards painted so far, except those with an open mouth, which are five times as
/// many and rare.
#[derive(Default)]
pub(super) struct Workshop {
    boards: Mutex<BTreeMap<Key, Arc<Board>>>,
}

/// A figure on its mark.
pub(super) struct Puppet {
    pub(super) actor: Actor,
    size: Size,
    /// `None` in neutral light.
    hour: Option<Hour>,
    /// Pixels per figure unit.
    scale: f32,
    /// Pixels of this shot per pixel of movement in a medium shot.
    stride: f32,
    /// Where the feet stand.
    feet: (f32, f32),
    /// Whether it looks to the left.
    mirrored: bool,
}

impl Puppet {
    pub(super) fn new(
        actor: Actor,
        size: Size,
        mark: f32,
        mirrored: bool,
        hour: Option<Hour>,
    ) -> Self {
        let (scale, stride, feet) = match size {
            Size::Medium => (MEDIUM, 1.0, (mark, FEET)),
            Size::Wide => (0.72 * MEDIUM, 0.75, (mark, 140.0)),
            Size::CloseUp => {
                let focus = figures::focus(actor.subject);
                let scale = MEDIUM * focus.nearer;
                let way = if mirrored { -1.0 } else { 1.0 };
                (scale, 0.7, (mark - way * focus.at.0 * scale, 82.0 - focus.at.1 * scale))
            }
        };
        Self { actor, size, hour, scale, stride, feet, mirrored }
    }

    /// Draws the figure and, on a set, its shadow over the picture.
    pub(super) fn show(
        &self,
        workshop: &Workshop,
        art: &Art,
        canvas: &mut Pixmap,
        camera: motion::CameraPosition,
        pose: motion::Pose,
    ) {
        let way = if self.mirrored { -1.0 } else { 1.0 };
        let stands = camera
            .sees(1.0)
            .pre_translate(self.feet.0 + way * pose.along * self.stride, self.feet.1)
            .pre_scale(way, 1.0);
        if self.hour.is_some() {
            paint::shadow(canvas, stands, (42.0 * self.scale, 7.0 * self.scale));
        }
        let board = self.board(workshop, art, pose.mouth);
        let transform = stands
            .pre_translate(0.0, -pose.up * self.stride)
            .pre_concat(Transform::from_rotate(pose.lean))
            .pre_scale(1.0, pose.tall)
            .pre_translate(board.corner.0, board.corner.1);
        paint::lay(canvas, &board.picture, transform);
    }

    fn board(&self, workshop: &Workshop, art: &Art, mouth: f32) -> Arc<Board> {
        if mouth > 0.0 {
            return Arc::new(self.painted(art, mouth));
        }
        let colour = self.actor.dressed().colour;
        let light = self.hour.map(|hour| (hour.time, hour.weather));
        let key = (self.actor.subject, colour, self.size, light);
        let boards = || workshop.boards.lock().unwrap_or_else(PoisonError::into_inner);
        let known = boards().get(&key).cloned();
        known.unwrap_or_else(|| {
            let board = Arc::new(self.painted(art, mouth));
            boards().insert(key, Arc::clone(&board));
            board
        })
    }

    fn painted(&self, art: &Art, mouth: f32) -> Board {
        let transform =
            Transform::from_scale(self.scale, self.scale).pre_translate(-CANVAS.0, -CANVAS.1);
        let size = [CANVAS.2, CANVAS.3].map(|side| (side * self.scale).ceil() as u32);
        let light = self.hour.map_or(Light::NEUTRAL, Hour::on_figures);
        let mut painter = Painter::new((size[0], size[1]), transform, light, art);
        figures::paint(&mut painter, self.actor.subject, self.actor.colour, mouth);
        let (picture, left, top) = trimmed(painter.pixmap);
        let corner = (CANVAS.0 * self.scale + left as f32, CANVAS.1 * self.scale + top as f32);
        Board { picture, corner }
    }
}

/// The part of a picture that is not transparent, and where it was.
fn trimmed(picture: Pixmap) -> (Pixmap, u32, u32) {
    let (width, height) = (picture.width(), picture.height());
    let (mut left, mut right, mut top, mut bottom) = (width, 0, height, 0);
    for (at, pixel) in (0..).zip(picture.pixels()) {
        if pixel.alpha() > 0 {
            let (x, y) = (at % width, at / width);
            left = left.min(x);
            right = right.max(x + 1);
            top = top.min(y);
            bottom = bottom.max(y + 1);
        }
    }
    let seen = (right > left)
        .then(|| IntRect::from_ltrb(left as i32, top as i32, right as i32, bottom as i32))
        .flatten()
        .and_then(|bounds| picture.clone_rect(bounds));
    match seen {
        Some(part) => (part, left, top),
        None => (picture, 0, 0),
    }
}
