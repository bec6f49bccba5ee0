//! A set with nobody in it, wider than the frame: whole, or one of its layers, of which
//! all but the hindmost stand before the key colour.

use image::RgbImage;
use tiny_skia::{Pixmap, Transform};

use super::data::Lines;
use super::drawing::Palette;
use super::terms::{Asked, Layer, Plate, SET};
use super::world::World;
use crate::stage::cast;
use crate::stage::paint::{self, Hex, Painter};
use crate::stage::render::photographed;
use crate::stage::scene::KEY;
use crate::stage::sets::{self, Daylight, Hour, LAYERS, Weather};

pub(super) fn asked(world: &World, plate: Plate) -> Asked<'_> {
    let (name, _) = world.places.get_index(usize::from(plate.place)).expect("a known place");
    Asked {
        size: match plate.layer {
            Layer::Whole => "set",
            Layer::Back => "back",
            Layer::Middle => "middle",
            Layer::Floor => "floor",
        },
        place: name,
        time: plate.time.word(),
        weather: if plate.weather == Weather::Clear { "" } else { plate.weather.word() },
        ..Asked::default()
    }
}

pub(super) fn painted(world: &World, plate: Plate) -> RgbImage {
    let mut canvas = Pixmap::new(SET[0], SET[1]).expect("pictures are not empty");
    let wanted: &[usize] = match plate.layer {
        Layer::Whole => &[0, 1, 2],
        Layer::Back => &[0],
        Layer::Middle => &[1],
        Layer::Floor => &[2],
    };
    if matches!(plate.layer, Layer::Middle | Layer::Floor) {
        let [red, green, blue] = KEY;
        canvas.fill(tiny_skia::Color::from_rgba8(red, green, blue, 255));
    }
    for &layer in wanted {
        paint::lay(&mut canvas, &board(world, plate, layer), Transform::identity());
    }
    photographed(&canvas)
}

/// Pixels of a unit of the sets.
const SCALE: f32 = 1.6;

/// One layer with its own transparency.
fn board(world: &World, plate: Plate, layer: usize) -> Pixmap {
    let (name, set) = world.places.get_index(usize::from(plate.place)).expect("a known place");
    let hour = Hour { time: plate.time, weather: plate.weather };
    let left = SET[0] as f32 / 2.0 - 144.0 * SCALE;
    let transform = Transform::from_translate(left, 0.0).pre_scale(SCALE, SCALE);
    let mut painter = Painter::new((SET[0], SET[1]), transform, hour.light(), &world.art);
    if layer > 0 {
        painter = painter.without_glow();
    }
    if set.built {
        let known = cast::Place::ALL.iter().find(|place| place.word() == name);
        sets::paint(&mut painter, *known.expect("a set of the first edition"), layer, hour);
    } else {
        let layers: [&Lines; LAYERS] = [&set.back, &set.middle, &set.floor];
        let palette = Palette { cloth: 0, hair: 0, skin: 0, turned: false, hour };
        layers[layer].0.paint(&mut painter, &palette);
    }
    weathered(&mut painter.pixmap, plate, layer);
    painter.pixmap
}

/// What the weather does to a layer: fog veils what is far, snow lies on the ground,
/// rain darkens it.
fn weathered(picture: &mut Pixmap, plate: Plate, layer: usize) {
    let dark = matches!(plate.time, Daylight::Night);
    let (veil, share): (Hex, [f32; LAYERS]) = match plate.weather {
        Weather::Fog if dark => (0x586074, [0.72, 0.5, 0.16]),
        Weather::Fog => (0xd4dade, [0.74, 0.5, 0.2]),
        Weather::Snow if dark => (0x8c9cc4, [0.16, 0.22, 0.8]),
        Weather::Snow => (0xf4f8fc, [0.2, 0.24, 0.82]),
        Weather::Rain => (0x202c3c, [0.08, 0.12, 0.34]),
        Weather::Clear | Weather::Overcast => return,
    };
    let share = share[layer];
    let veil = [16, 8, 0].map(|shift| (veil >> shift & 0xff) as f32);
    for pixel in picture.data_mut().chunks_exact_mut(4) {
        let alpha = f32::from(pixel[3]) / 255.0;
        for (channel, towards) in pixel.iter_mut().zip(veil) {
            let c = f32::from(*channel);
            *channel = (c + (towards * alpha - c) * share).round() as u8;
        }
    }
}
