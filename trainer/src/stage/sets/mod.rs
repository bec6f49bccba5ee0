//! Paints the sets: three layers of painted board for every place, under the light of
//! the hour.
//!
//! Units are pixels of the wide shot; the floor begins at y = 112. Does not know who
//! stands in front.

mod board;
mod indoors;
mod outdoors;

use super::cast::Place;
use super::paint::{Fill, Painter};
use board::{BOTTOM, LEFT, TOP, WIDTH};
use indoors::{paint_ballroom, paint_castle, paint_room, paint_stage};
use outdoors::{
    paint_bullring, paint_forest, paint_harbour, paint_road, paint_scrapyard, paint_street,
};

pub(crate) use board::{Daylight, Weather};
pub(super) use board::{Hour, boards, floor, sky};

/// Back wall or sky, pieces, floor.
pub(super) const LAYERS: usize = 3;

/// Paints one layer of a place.
pub(super) fn paint(p: &mut Painter<'_>, place: Place, layer: usize, hour: Hour) {
    match place {
        Place::Backdrop if layer == 0 => {
            p.rect(LEFT, TOP, WIDTH, BOTTOM - TOP, Fill::Lamp(0xffffff));
        }
        Place::Backdrop => {}
        Place::Stage => paint_stage(p, layer, hour),
        Place::Ballroom => paint_ballroom(p, layer, hour),
        Place::Castle => paint_castle(p, layer, hour),
        Place::Room => paint_room(p, layer, hour),
        Place::Scrapyard => paint_scrapyard(p, layer, hour),
        Place::Bullring => paint_bullring(p, layer, hour),
        Place::Forest => paint_forest(p, layer, hour),
        Place::Street => paint_street(p, layer, hour),
        Place::Harbour => paint_harbour(p, layer, hour),
        Place::Road => paint_road(p, layer, hour),
    }
}
