//! Paints people: body, head, hair, hat, each a drawing of the world.
//!
//! Does not know who stands where.

use tiny_skia::Transform;

use super::data::{Boards, Person};
use super::drawing;
use super::drawing::Palette;
use super::face::{self, Expression};
use super::terms::Facing;
use crate::stage::paint::{Fill, Painter};

/// The middle of the head.
pub(super) const HEAD: (f32, f32) = (0.0, -71.0);

/// Paints somebody with their feet on the origin, looking to the right or to the front.
pub(super) fn paint(
    p: &mut Painter<'_>,
    world: &Boards,
    person: &Person,
    palette: &Palette,
    face: Expression,
) {
    let head = Transform::from_translate(HEAD.0, HEAD.1);
    p.within(Transform::from_scale(person.height, person.height), |p| {
        if person.wings {
            wings(p);
        }
        let hair = world.hair.get(&person.hair);
        if let Some(hair) = hair {
            p.within(head, |p| hair.back.0.paint(p, palette));
        }
        if let Some(body) = world.bodies.get(&person.body) {
            body.0.paint(p, palette);
        }
        p.within(head, |p| {
            face::paint(p, palette.skin, drawing::shaded(palette.hair, -0.2), person.old, face);
            let shift = if face.facing == Facing::Front { 0.0 } else { 5.5 };
            if person.mask {
                mask(p, shift);
            }
            if person.nose {
                p.oval(shift * 1.6, 3.5, 4.6, 4.4, Fill::Ball(0xe82020));
            }
            if let Some(beard) = person.beard.as_ref().and_then(|name| world.beards.get(name)) {
                beard.0.paint(p, palette);
                if face.open {
                    // A mouth opens in the beard.
                    let mouth = Transform::from_translate(shift * 1.05, 11.0);
                    p.within(mouth, |p| face::mouth(p, face.mood, true));
                }
            }
            if let Some(hair) = hair {
                hair.front.0.paint(p, palette);
            }
            if person.glasses {
                world.glasses.0.paint(p, palette);
            }
            if let Some(hat) = person.hat.as_ref().and_then(|name| world.hats.get(name)) {
                hat.0.paint(p, palette);
            }
        });
    });
}

fn wings(p: &mut Painter<'_>) {
    for side in [-1.0_f32, 1.0] {
        let upper = [(0.0, -40.0), (30.0, -84.0), (58.0, -76.0), (50.0, -42.0), (20.0, -36.0)];
        let lower = [(0.0, -38.0), (34.0, -38.0), (48.0, -18.0), (30.0, -8.0), (12.0, -24.0)];
        for (points, fill) in [(upper, 0xa8ecf8), (lower, 0x78d0f0)] {
            let points = points.map(|(x, y)| (side * x, y));
            p.path(drawing::curve(&points), Fill::Ball(fill));
        }
    }
}

/// A black band with holes for the eyes.
fn mask(p: &mut Painter<'_>, shift: f32) {
    p.round(-21.0, -7.0, 42.0, 10.0, 4.0, Fill::Flat(0x16161a));
    for side in [-1.0_f32, 1.0] {
        let x = shift + side * 8.4;
        p.oval(x, -2.0, 4.0, 3.4, Fill::Lamp(0xfffdf8));
        p.oval(x + shift * 0.16, -1.8, 2.3, 2.5, Fill::Flat(0x2a1a18));
    }
}
