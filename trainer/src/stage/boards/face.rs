//! Paints faces: eyes, brows and mouth by mood.
//!
//! In units of the figure, the origin in the middle of the head. Does not know whose
//! face it is.

use super::drawing::{bend, shaded};
use super::terms::{Facing, Mood};
use crate::stage::paint::{Fill, Hex, Painter};

/// What shows on a face.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expression {
    pub(super) mood: Mood,
    /// Whether the mouth is open.
    pub(super) open: bool,
    pub(super) facing: Facing,
}

/// How far features move on a head that is turned to the right.
const TURN: f32 = 5.5;

const INK: Hex = 0x2a1a18;
const MOUTH: Hex = 0x541018;
const TONGUE: Hex = 0xe8606a;

/// Head, ears and features; `old` faces have lines.
pub(super) fn paint(p: &mut Painter<'_>, skin: Hex, brow: Hex, old: bool, face: Expression) {
    let turned = face.facing != Facing::Front;
    let shift = if turned { TURN } else { 0.0 };
    if turned {
        p.oval(-17.0, 3.0, 4.6, 5.6, Fill::Ball(shaded(skin, -0.06)));
    } else {
        for side in [-21.0, 21.0] {
            p.oval(side, 3.0, 4.6, 5.6, Fill::Ball(shaded(skin, -0.06)));
        }
    }
    p.oval(0.0, 0.0, 22.0, 23.0, Fill::Ball(skin));
    if turned {
        // The near ear lies on the head.
        p.oval(-15.5, 3.5, 4.2, 5.4, Fill::Ball(shaded(skin, -0.10)));
    }
    cheeks(p, skin, shift, face.mood);
    if old {
        let line = Fill::Flat(shaded(skin, -0.28));
        for side in [-1.0, 1.0] {
            let x = shift + side * 8.5;
            p.line(&bend([(x - 4.0, 4.5), (x, 7.0), (x + 4.0, 4.5)]), 0.9, line);
        }
        p.line(&bend([(shift - 8.0, -15.5), (shift, -17.0), (shift + 8.0, -15.5)]), 0.9, line);
    }
    eyes(p, shift, face.mood);
    brows(p, brow, shift, face.mood);
    let nose = if turned { (shift + 3.5, 3.5) } else { (0.0, 3.5) };
    p.oval(nose.0, nose.1, 3.0, 2.6, Fill::Ball(shaded(skin, -0.12)));
    p.within(tiny_skia::Transform::from_translate(shift * 1.05, 11.0), |p| {
        mouth(p, face.mood, face.open);
    });
}

fn cheeks(p: &mut Painter<'_>, skin: Hex, shift: f32, mood: Mood) {
    let red = match mood {
        Mood::Angry => 0xe84838,
        Mood::Glad => 0xf08078,
        _ => return,
    };
    let blush = mixed(skin, red, if mood == Mood::Angry { 0.5 } else { 0.4 });
    for side in [-1.0, 1.0] {
        p.oval(shift + side * 13.0, 6.5, 4.2, 3.0, Fill::Flat(blush));
    }
}

fn eyes(p: &mut Painter<'_>, shift: f32, mood: Mood) {
    for side in [-1.0_f32, 1.0] {
        // The far eye of a turned head is nearer to the nose.
        let x = shift + side * if shift > 0.0 && side > 0.0 { 7.2 } else { 8.6 };
        let y = -2.0;
        if mood == Mood::Asleep {
            p.line(&bend([(x - 4.2, y), (x, y + 4.6), (x + 4.2, y)]), 1.7, Fill::Flat(INK));
            continue;
        }
        let tall = match mood {
            Mood::Angry => 3.4,
            Mood::Glad => 4.8,
            _ => 4.4,
        };
        p.oval(x, y, 4.3, tall + 0.7, Fill::Lamp(0xfffdf8));
        let gaze = shift * 0.16;
        p.oval(x + gaze, y + 0.3, 2.9, (tall - 0.7).min(3.6), Fill::Flat(INK));
        p.oval(x + gaze - 0.9, y - 1.2, 1.05, 1.05, Fill::Lamp(0xffffff));
        if mood == Mood::Sad && side < 0.0 {
            p.oval(x - 1.5, y + 8.0, 1.7, 2.6, Fill::Lamp(0x58b8f4));
        }
    }
}

fn brows(p: &mut Painter<'_>, brow: Hex, shift: f32, mood: Mood) {
    // Heights of the outer and the inner end, and of the middle.
    let (outer, inner, middle) = match mood {
        Mood::Neutral => (-9.0, -9.4, -11.0),
        Mood::Glad => (-10.4, -11.0, -14.6),
        Mood::Sad => (-8.0, -13.0, -11.4),
        Mood::Angry => (-12.4, -6.2, -9.6),
        Mood::Asleep => (-7.6, -8.0, -9.6),
    };
    for side in [-1.0_f32, 1.0] {
        let x = shift + side * if shift > 0.0 && side > 0.0 { 7.4 } else { 8.8 };
        let (a, b) = (x + side * 4.8, x - side * 4.2);
        p.line(&bend([(a, outer), (x, middle), (b, inner)]), 2.1, Fill::Flat(brow));
    }
}

/// The mouth, around the origin.
pub(super) fn mouth(p: &mut Painter<'_>, mood: Mood, open: bool) {
    let ink = Fill::Flat(MOUTH);
    if !open {
        let (wide, ends, middle) = match mood {
            Mood::Neutral => (5.0, -0.2, 1.8),
            Mood::Glad => (8.0, -2.2, 6.4),
            Mood::Sad => (5.6, 2.6, -3.4),
            Mood::Angry => (6.0, 1.8, -1.6),
            Mood::Asleep => (3.2, 0.4, 1.0),
        };
        p.line(&bend([(-wide, ends), (0.0, middle), (wide, ends)]), 1.9, ink);
        return;
    }
    match mood {
        Mood::Neutral => {
            p.oval(0.0, 1.2, 5.0, 4.4, ink);
            p.oval(0.0, 3.4, 3.2, 1.9, Fill::Flat(TONGUE));
        }
        Mood::Glad => {
            let half = bend([(8.0, -2.6), (0.0, 15.0), (-8.0, -2.6)]);
            p.poly(&half, ink);
            p.rect(-5.6, -2.6, 11.2, 2.4, Fill::Lamp(0xffffff));
            p.oval(0.0, 4.2, 3.4, 1.8, Fill::Flat(TONGUE));
        }
        Mood::Sad => {
            let half = bend([(-6.6, 5.0), (0.0, -9.0), (6.6, 5.0)]);
            p.poly(&half, ink);
            p.oval(0.0, 3.2, 3.6, 1.6, Fill::Flat(TONGUE));
        }
        Mood::Angry => {
            p.round(-7.4, -2.6, 14.8, 8.0, 2.4, ink);
            p.rect(-5.8, -2.4, 11.6, 2.2, Fill::Lamp(0xffffff));
            p.rect(-5.8, 3.0, 11.6, 2.0, Fill::Lamp(0xffffff));
        }
        Mood::Asleep => {
            p.oval(0.0, 1.0, 2.8, 3.4, ink);
        }
    }
}

fn mixed(a: Hex, b: Hex, share: f32) -> Hex {
    [16, 8, 0].into_iter().fold(0, |sum, shift| {
        let (x, y) = ((a >> shift & 0xff) as f32, (b >> shift & 0xff) as f32);
        sum | ((x + (y - x) * share).round() as Hex) << shift
    })
}
