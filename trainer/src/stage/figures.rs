//! Paints the figures: heads from the art on turned wooden bodies, animals
//! and things from the art or by hand.
//!
//! Paints a figure in its own units: feet at the origin, y downwards, an adult 100
//! high, looking to the right. Does not know where it stands.

use tiny_skia::{PathBuilder, Transform};

use super::cast::{Colour, Subject};
use super::paint::{Fill, Hex, MIRRORED, Painter, Turn, UPRIGHT};

const SKIN: Hex = 0xf6c8ae;
/// The shaded side of a thylacine.
const SHADOW: Hex = 0xa87438;

/// Where the camera looks in a close-up, and how much nearer it is than in a medium
/// shot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Focus {
    /// In the figure's units.
    pub(super) at: (f32, f32),
    /// Factor of the medium shot's scale.
    pub(super) nearer: f32,
}

pub(super) fn focus(subject: Subject) -> Focus {
    let (at, nearer) = match subject {
        Subject::Mammoth => ((16.0, -52.0), 1.45),
        Subject::Thylacine => ((36.0, -50.0), 1.7),
        Subject::Bull | Subject::Horse => ((22.0, -58.0), 1.6),
        Subject::Couple | Subject::Crowd => ((0.0, -62.0), 1.45),
        Subject::Neuron => ((0.0, -52.0), 1.35),
        Subject::Train | Subject::Car | Subject::Ship => ((0.0, -42.0), 1.45),
        Subject::Clock | Subject::Book | Subject::Letter | Subject::Telephone => {
            ((0.0, -33.0), 2.0)
        }
        Subject::Lamp => ((0.0, -42.0), 1.6),
        Subject::Cat | Subject::Owl => ((0.0, -38.0), 1.9),
        Subject::Dog | Subject::Fox => ((0.0, -50.0), 1.9),
        Subject::Girl | Subject::Boy => ((0.0, -56.0), 2.0),
        _ => ((0.0, -70.0), 1.9),
    };
    Focus { at, nearer }
}

/// The middle of the mouth of a figure seen from the front, and its reach to one side.
pub(super) fn mouth(subject: Subject) -> Option<(f32, f32, f32)> {
    Some(match subject {
        Subject::Woman | Subject::Man | Subject::OldWoman | Subject::OldMan => (0.0, -55.9, 7.84),
        Subject::Girl | Subject::Boy => (0.0, -45.8, 6.43),
        Subject::Matador => (0.0, -56.0, 7.28),
        Subject::Witch => (0.0, -53.0, 6.7),
        Subject::Wizard => (-1.5, -53.0, 6.0),
        Subject::TinMan => (0.0, -60.7, 6.0),
        Subject::Scarecrow => (0.0, -57.0, 8.0),
        Subject::Lion => (0.0, -46.0, 9.0),
        Subject::Dog => (0.0, -48.0, 9.0),
        Subject::Fox => (0.0, -46.0, 8.0),
        Subject::Owl => (0.0, -52.0, 6.0),
        _ => return None,
    })
}

pub(super) fn cloth(colour: Colour) -> Hex {
    match colour {
        Colour::Red => 0xd81e2c,
        Colour::Blue => 0x205cd8,
        Colour::Green => 0x128a46,
        Colour::Yellow => 0xffc810,
        Colour::Brown => 0x844c20,
        Colour::Black => 0x22222a,
        Colour::White => 0xf4f2ec,
    }
}

/// Paints a figure; `mouth` is how far it is open, 0 to 1.
pub(super) fn paint(p: &mut Painter<'_>, subject: Subject, colour: Option<Colour>, mouth: f32) {
    let dress = cloth(colour.or(subject.usual_colour()).unwrap_or(Colour::Red));
    match subject {
        Subject::Mammoth => mammoth(p, mouth),
        Subject::Thylacine => thylacine(p, mouth),
        Subject::Couple => {
            p.art("man dancing", -25.0, -50.0, 102.0, UPRIGHT);
            p.art("woman dancing", 26.0, -50.0, 102.0, MIRRORED);
        }
        Subject::Matador => matador(p, mouth),
        Subject::Neuron => neuron(p),
        Subject::Scarecrow => scarecrow(p, mouth),
        Subject::TinMan => tin_man(p, mouth),
        Subject::Witch => witch(p, mouth),
        Subject::Wizard => wizard(p, mouth),
        Subject::King => king(p, mouth),
        Subject::Crowd => crowd(p, mouth),
        Subject::OldWoman => person(p, "old woman", dress, Cut::Gown, mouth),
        Subject::OldMan => {
            p.line(&[(27.0, -34.0), (29.0, 0.0)], 3.0, Fill::Flat(0x6a3c18));
            person(p, "old man", dress, Cut::Suit, mouth);
        }
        Subject::Woman => person(p, "woman", dress, Cut::Gown, mouth),
        Subject::Man => person(p, "man", dress, Cut::Suit, mouth),
        Subject::Girl => p.within(Transform::from_scale(0.82, 0.82), |p| {
            person(p, "girl", dress, Cut::Gown, mouth);
        }),
        Subject::Boy => p.within(Transform::from_scale(0.82, 0.82), |p| {
            person(p, "boy", dress, Cut::Suit, mouth);
        }),
        Subject::Bull => {
            p.art("bull", 0.0, -44.0, 104.0, MIRRORED);
            p.oval(37.5, -68.0, 2.0, 2.4, Fill::Lamp(0xff3020));
            side_mouth(p, (45.0, -50.0), mouth);
        }
        Subject::Lion => lion(p, mouth),
        Subject::Dog => dog(p, mouth),
        Subject::Cat => {
            p.art("cat", 0.0, -36.0, 80.0, MIRRORED);
            p.oval(25.5, -49.0, 2.4, 2.8, Fill::Lamp(0xe8ff30));
            side_mouth(p, (31.0, -41.0), mouth);
        }
        Subject::Horse => {
            p.art("horse", 2.0, -50.0, 104.0, MIRRORED);
            side_mouth(p, (44.0, -68.0), mouth);
        }
        Subject::Fox => fox(p, mouth),
        Subject::Owl => {
            p.art("owl", 0.0, -42.0, 86.0, UPRIGHT);
            smile(p, (0.0, -52.0), 6.0, mouth);
        }
        Subject::Train => p.art("train", 0.0, -44.0, 112.0, MIRRORED),
        Subject::Car => p.art("car", 0.0, -38.0, 106.0, MIRRORED),
        Subject::Ship => p.art("ship", 0.0, -46.0, 108.0, UPRIGHT),
        Subject::Clock => p.art("clock", 0.0, -34.0, 74.0, UPRIGHT),
        Subject::Lamp => lamp(p),
        Subject::Book => p.art("book", 0.0, -34.0, 74.0, UPRIGHT),
        Subject::Letter => p.art("letter", 0.0, -32.0, 78.0, UPRIGHT),
        Subject::Telephone => p.art("telephone", 0.0, -34.0, 76.0, UPRIGHT),
    }
}

#[derive(Clone, Copy)]
enum Cut {
    Gown,
    Suit,
}

/// A closed outline through quadratic curves with these control points, joined at their
/// middles.
fn curve(points: &[(f32, f32)]) -> PathBuilder {
    let middle = |a: (f32, f32), b: (f32, f32)| (f32::midpoint(a.0, b.0), f32::midpoint(a.1, b.1));
    let mut path = PathBuilder::new();
    let count = points.len();
    let start = middle(points[count - 1], points[0]);
    path.move_to(start.0, start.1);
    for i in 0..count {
        let end = middle(points[i], points[(i + 1) % count]);
        path.quad_to(points[i].0, points[i].1, end.0, end.1);
    }
    path.close();
    path
}

/// A turned cone with a round foot: half widths at the top and at the foot.
pub(super) fn bell(top: f32, foot: f32, y: f32) -> PathBuilder {
    let mut path = PathBuilder::new();
    path.move_to(-top, y + 6.0);
    path.quad_to(-top, y, -top + 6.0, y);
    path.line_to(top - 6.0, y);
    path.quad_to(top, y, top, y + 6.0);
    path.line_to(foot, -6.0);
    path.quad_to(foot, 0.0, foot - 7.0, 0.0);
    path.line_to(-foot + 7.0, 0.0);
    path.quad_to(-foot, 0.0, -foot, -6.0);
    path.close();
    path
}

fn gown(p: &mut Painter<'_>, dress: Hex, skin: Hex, foot: f32) {
    p.path(bell(13.0, foot + 3.0, -50.0), Fill::Side(dress));
    for side in [-1.0_f32, 1.0] {
        p.line(&[(side * 14.0, -43.0), (side * 22.0, -26.0)], 8.0, Fill::Flat(dress));
        p.oval(side * 23.0, -23.0, 4.6, 4.6, Fill::Ball(skin));
    }
}

fn person(p: &mut Painter<'_>, head: &str, dress: Hex, cut: Cut, mouth: f32) {
    match cut {
        Cut::Gown => {
            gown(p, dress, SKIN, 25.0);
            p.rect(-14.5, -31.0, 29.0, 3.5, Fill::Flat(0xffffff));
        }
        Cut::Suit => {
            for side in [-1.0_f32, 1.0] {
                p.round(side * 9.0 - 8.0, -20.0, 16.0, 20.0, 4.0, Fill::Side(0x3c4050));
                p.line(&[(side * 19.0, -43.0), (side * 26.0, -26.0)], 9.0, Fill::Flat(dress));
                p.oval(side * 27.0, -22.0, 4.8, 4.8, Fill::Ball(SKIN));
            }
            p.round(-20.0, -51.0, 40.0, 36.0, 9.0, Fill::Side(dress));
            p.rect(-20.0, -22.0, 40.0, 4.0, Fill::Flat(0x2a201c));
            for y in [-42.0, -35.0, -28.0] {
                p.oval(0.0, y, 1.8, 1.8, Fill::Flat(0xffe070));
            }
        }
    }
    face(p, head, (0.0, -71.0), 56.0, mouth);
}

/// A head from the art, and its mouth when it is open.
fn face(p: &mut Painter<'_>, head: &str, (x, y): (f32, f32), size: f32, mouth: f32) {
    p.art(head, x, y, size, UPRIGHT);
    smile(p, (x, y + 0.27 * size), 0.14 * size, mouth);
}

fn smile(p: &mut Painter<'_>, (x, y): (f32, f32), reach: f32, mouth: f32) {
    if mouth > 0.0 {
        p.oval(x, y, reach * (0.6 + 0.4 * mouth), reach * mouth, Fill::Flat(0x480614));
        p.oval(x, y + reach * 0.5 * mouth, reach * 0.55, reach * 0.4 * mouth, Fill::Flat(0xf05060));
    }
}

/// The mouth of an animal seen from the side.
fn side_mouth(p: &mut Painter<'_>, (x, y): (f32, f32), mouth: f32) {
    if mouth > 0.0 {
        let gape = 9.0 * mouth;
        p.poly(
            &[(x - 11.0, y), (x + 5.0, y - gape * 0.5), (x + 4.0, y + gape)],
            Fill::Flat(0x480614),
        );
    }
}

/// The sitting body of an animal seen from the front.
pub(super) fn beast(p: &mut Painter<'_>, coat: Hex, belly: Hex) {
    p.path(bell(16.0, 27.0, -48.0), Fill::Side(coat));
    p.oval(0.0, -18.0, 13.0, 17.0, Fill::Flat(belly));
    for side in [-1.0_f32, 1.0] {
        p.oval(side * 15.0, -4.0, 9.0, 5.5, Fill::Ball(coat));
    }
}

fn mammoth(p: &mut Painter<'_>, mouth: f32) {
    p.art("mammoth", 0.0, -52.0, 122.0, MIRRORED);
    p.art("rusty gear", -22.0, -60.0, 32.0, UPRIGHT);
    p.art("rusty gear", 2.0, -44.0, 22.0, Turn { mirrored: false, degrees: 20.0 });
    for (x, y) in [
        (-44.0, -60.0),
        (-42.0, -44.0),
        (-38.0, -30.0),
        (-10.0, -84.0),
        (4.0, -88.0),
        (18.0, -94.0),
    ] {
        p.oval(x, y, 1.9, 1.9, Fill::Ball(0xffd070));
    }
    side_mouth(p, (34.0, -40.0), mouth);
    p.glow(27.5, -66.5, (13.0, 13.0), 0xffc020, 0.9);
    p.oval(27.5, -66.5, 4.2, 4.2, Fill::Lamp(0xffe840));
    p.oval(27.5, -66.5, 1.7, 1.7, Fill::Lamp(0xff6000));
}

fn thylacine(p: &mut Painter<'_>, mouth: f32) {
    const SAND: Hex = 0xd6a058;
    const DARK: Hex = 0x2c180c;
    p.poly(&[(-44.0, -50.0), (-92.0, -22.0), (-90.0, -18.0), (-40.0, -38.0)], Fill::Flat(SAND));
    for x in [-36.0, 20.0] {
        p.round(x, -34.0, 10.0, 34.0, 4.0, Fill::Side(SHADOW));
    }
    p.path(
        curve(&[
            (-54.0, -58.0),
            (-20.0, -60.0),
            (20.0, -62.0),
            (44.0, -56.0),
            (36.0, -26.0),
            (0.0, -26.0),
            (-34.0, -22.0),
            (-52.0, -30.0),
        ]),
        Fill::Fall(0xe4b068, 0xc08a48),
    );
    for x in [-46.0, 10.0] {
        p.round(x, -36.0, 11.0, 36.0, 4.5, Fill::Side(SAND));
    }
    for (i, x) in [-52.0_f32, -43.0, -34.0, -25.0, -16.0, -7.0, 2.0].into_iter().enumerate() {
        let (top, long) = (-54.0 - i as f32 * 0.35, 24.0 - i as f32 * 1.2);
        p.poly(&[(x - 2.6, top), (x + 3.0, top), (x - 1.0, top + long)], Fill::Flat(DARK));
    }
    p.poly(&[(-66.0, -38.0), (-62.0, -39.0), (-63.0, -31.0)], Fill::Flat(DARK));
    // The neck rises to the head.
    p.path(
        curve(&[(18.0, -58.0), (40.0, -76.0), (58.0, -66.0), (48.0, -44.0), (24.0, -34.0)]),
        Fill::Flat(SAND),
    );
    thylacine_jaws(p, mouth);
}

/// The head of a thylacine; its jaws turn about their joint.
fn thylacine_jaws(p: &mut Painter<'_>, mouth: f32) {
    let joint = (46.0, -58.0);
    let upper = Transform::from_rotate_at(-22.0 * mouth, joint.0, joint.1);
    let lower = Transform::from_rotate_at(46.0 * mouth, joint.0, joint.1);
    p.within(lower, |p| {
        p.path(
            curve(&[
                (40.0, -60.0),
                (62.0, -58.0),
                (86.0, -56.0),
                (84.0, -50.0),
                (56.0, -46.0),
                (40.0, -50.0),
            ]),
            Fill::Fall(0x8a2428, 0xe8c490),
        );
        if mouth > 0.1 {
            for x in [64.0, 70.0, 76.0] {
                p.poly(&[(x, -55.0), (x + 4.0, -55.0), (x + 2.0, -60.0)], Fill::Flat(0xfffff4));
            }
        }
    });
    if mouth > 0.0 {
        p.within(Transform::from_rotate_at(12.0 * mouth, joint.0, joint.1), |p| {
            p.poly(
                &[(44.0, -58.0), (74.0, -58.0 - 18.0 * mouth), (74.0, -58.0 + 16.0 * mouth)],
                Fill::Flat(0xb82034),
            );
        });
    }
    p.within(upper, |p| {
        p.path(
            curve(&[
                (32.0, -66.0),
                (38.0, -80.0),
                (54.0, -80.0),
                (66.0, -70.0),
                (92.0, -66.0),
                (90.0, -56.0),
                (64.0, -55.0),
                (40.0, -50.0),
            ]),
            Fill::Fall(0xe8b870, 0xc89250),
        );
        if mouth > 0.1 {
            for x in [66.0, 72.0, 78.0, 84.0] {
                p.poly(&[(x, -58.0), (x + 4.0, -58.0), (x + 2.0, -52.0)], Fill::Flat(0xfffff4));
            }
        }
        p.oval(88.0, -63.0, 4.0, 3.6, Fill::Flat(0x180c08));
        p.path(
            curve(&[(32.0, -70.0), (30.0, -90.0), (44.0, -88.0), (46.0, -74.0)]),
            Fill::Flat(SHADOW),
        );
        p.oval(57.0, -70.0, 3.4, 3.4, Fill::Flat(0x100804));
        p.oval(58.0, -71.0, 1.1, 1.1, Fill::Lamp(0xffffff));
    });
}

fn witch(p: &mut Painter<'_>, mouth: f32) {
    gown(p, 0x2a163c, 0x5fa83c, 24.0);
    face(p, "witch", (0.0, -66.0), 48.0, mouth);
    p.oval(0.0, -84.0, 34.0, 6.5, Fill::Ball(0x1c1228));
    p.poly(&[(-19.0, -85.0), (2.0, -126.0), (10.0, -122.0), (19.0, -85.0)], Fill::Side(0x2a163c));
    p.rect(-19.0, -91.0, 38.0, 5.0, Fill::Flat(0xe88010));
}

fn wizard(p: &mut Painter<'_>, mouth: f32) {
    p.path(bell(16.0, 27.0, -44.0), Fill::Side(0x1e86e8));
    p.art("wizard", 0.0, -73.0, 80.0, UPRIGHT);
    smile(p, (-1.5, -74.0), 9.0, mouth);
}

fn king(p: &mut Painter<'_>, mouth: f32) {
    p.path(bell(18.0, 28.0, -44.0), Fill::Side(0xe84818));
    p.rect(-3.0, -48.0, 6.0, 44.0, Fill::Flat(0xffd230));
    p.art("king", 0.0, -73.0, 82.0, UPRIGHT);
    smile(p, (0.0, -72.0), 10.0, mouth);
}

fn crowd(p: &mut Painter<'_>, mouth: f32) {
    let doll = |p: &mut Painter<'_>, x: f32, head: &str, coat: Hex, scale: f32| {
        p.within(Transform::from_row(scale, 0.0, 0.0, scale, x, 0.0), |p| {
            gown(p, coat, SKIN, 21.0);
            face(p, head, (0.0, -68.0), 48.0, mouth);
        });
    };
    doll(p, -30.0, "guest 1", 0x3078c0, 0.92);
    doll(p, 30.0, "guest 2", 0xe06020, 0.92);
    doll(p, 0.0, "guest 4", 0x9a3cb0, 0.98);
    doll(p, -50.0, "guest 3", 0x40a050, 0.72);
    doll(p, 52.0, "guest 5", 0xf0c020, 0.74);
}

fn lion(p: &mut Painter<'_>, mouth: f32) {
    p.line(&[(-20.0, -8.0), (-38.0, -12.0), (-40.0, -34.0)], 5.0, Fill::Flat(0xd88a20));
    p.oval(-40.0, -36.0, 6.0, 8.0, Fill::Ball(0x7a4420));
    beast(p, 0xf2a830, 0xffdc98);
    face(p, "lion", (0.0, -62.0), 70.0, 0.0);
    smile(p, (0.0, -46.0), 9.0, mouth);
}

fn dog(p: &mut Painter<'_>, mouth: f32) {
    p.line(&[(-20.0, -10.0), (-36.0, -26.0)], 6.0, Fill::Flat(0xa86c3c));
    p.within(Transform::from_scale(0.85, 0.85), |p| {
        beast(p, 0xe8b080, 0xffeedc);
        face(p, "dog", (0.0, -62.0), 62.0, 0.0);
        smile(p, (0.0, -48.0), 9.0, mouth);
    });
}

fn fox(p: &mut Painter<'_>, mouth: f32) {
    p.path(
        curve(&[
            (-14.0, -6.0),
            (-50.0, -2.0),
            (-52.0, -42.0),
            (-36.0, -50.0),
            (-34.0, -24.0),
            (-14.0, -14.0),
        ]),
        Fill::Ball(0xf07018),
    );
    p.oval(-40.0, -45.0, 6.0, 7.0, Fill::Ball(0xfff4e8));
    p.within(Transform::from_scale(0.88, 0.88), |p| {
        beast(p, 0xf07018, 0xfff4e8);
        face(p, "fox", (0.0, -62.0), 64.0, 0.0);
        smile(p, (0.0, -46.0), 8.0, mouth);
    });
}

fn matador(p: &mut Painter<'_>, mouth: f32) {
    p.path(
        curve(&[
            (16.0, -50.0),
            (40.0, -56.0),
            (66.0, -50.0),
            (70.0, -26.0),
            (62.0, 0.0),
            (40.0, -8.0),
            (26.0, -2.0),
            (22.0, -26.0),
        ]),
        Fill::Side(0xe81024),
    );
    for side in [-1.0_f32, 1.0] {
        p.round(side * 8.0 - 7.0, -22.0, 14.0, 22.0, 4.0, Fill::Side(0xff50a0));
    }
    p.line(&[(-18.0, -43.0), (-28.0, -30.0)], 9.0, Fill::Flat(0x141c50));
    p.round(-18.0, -50.0, 36.0, 32.0, 8.0, Fill::Side(0x141c50));
    for (x, y) in [
        (-12.0, -44.0),
        (12.0, -44.0),
        (-11.0, -34.0),
        (11.0, -34.0),
        (-10.0, -24.0),
        (10.0, -24.0),
    ] {
        p.oval(x, y, 3.2, 3.2, Fill::Ball(0xffcc20));
    }
    p.rect(-3.0, -49.0, 6.0, 28.0, Fill::Flat(0xffffff));
    p.line(&[(18.0, -43.0), (32.0, -46.0)], 9.0, Fill::Flat(0x141c50));
    p.oval(36.0, -47.0, 5.0, 5.0, Fill::Ball(SKIN));
    p.oval(-30.0, -27.0, 4.8, 4.8, Fill::Ball(SKIN));
    face(p, "matador", (0.0, -70.0), 52.0, mouth);
    // The montera: a low black cap with a bulge over each ear.
    p.round(-21.0, -100.0, 42.0, 17.0, 7.0, Fill::Ball(0x121018));
    for side in [-1.0_f32, 1.0] {
        p.oval(side * 23.0, -90.0, 9.0, 8.0, Fill::Ball(0x121018));
    }
}

fn neuron(p: &mut Painter<'_>) {
    const BRANCH: Hex = 0x7a2cd0;
    p.glow(0.0, -56.0, (60.0, 60.0), 0x40d8ff, 0.55);
    let branches: [[(f32, f32); 4]; 7] = [
        [(0.0, -56.0), (-26.0, -70.0), (-44.0, -64.0), (-58.0, -74.0)],
        [(0.0, -56.0), (-22.0, -84.0), (-26.0, -98.0), (-42.0, -108.0)],
        [(0.0, -56.0), (4.0, -86.0), (-4.0, -100.0), (2.0, -114.0)],
        [(0.0, -56.0), (24.0, -80.0), (40.0, -90.0), (44.0, -106.0)],
        [(0.0, -56.0), (30.0, -58.0), (46.0, -66.0), (62.0, -60.0)],
        [(0.0, -56.0), (-24.0, -44.0), (-44.0, -42.0), (-54.0, -28.0)],
        [(0.0, -56.0), (16.0, -34.0), (10.0, -18.0), (18.0, -6.0)],
    ];
    for branch in branches {
        p.line(&branch[..2], 9.0, Fill::Lamp(BRANCH));
        p.line(&branch[1..3], 6.0, Fill::Lamp(BRANCH));
        p.line(&branch[2..], 4.0, Fill::Lamp(BRANCH));
        let (fork, tip) = (branch[2], branch[3]);
        let twig = (fork.0 + (tip.1 - fork.1), fork.1 - (tip.0 - fork.0).abs() * 0.4 + 6.0);
        p.line(&[fork, twig], 3.0, Fill::Lamp(BRANCH));
        for (x, y) in [tip, twig] {
            p.oval(x, y, 4.4, 4.4, Fill::Lamp(0x20c8f0));
        }
    }
    p.oval(0.0, -56.0, 22.0, 21.0, Fill::Lamp(0xf038a8));
    p.oval(-2.0, -58.0, 15.0, 14.0, Fill::Lamp(0xff7ccc));
    p.oval(-2.0, -58.0, 8.0, 8.0, Fill::Lamp(0xfff470));
}

fn scarecrow(p: &mut Painter<'_>, mouth: f32) {
    const STRAW: Hex = 0xf6cc40;
    p.rect(-3.0, -30.0, 6.0, 30.0, Fill::Side(0x7a4a20));
    p.line(&[(-44.0, -46.0), (44.0, -46.0)], 5.0, Fill::Flat(0x7a4a20));
    for side in [-1.0_f32, 1.0] {
        p.line(&[(side * 12.0, -45.0), (side * 36.0, -46.0)], 13.0, Fill::Flat(0x2c6cb8));
        for tip in [-6.0, 0.0, 6.0] {
            p.line(&[(side * 42.0, -46.0), (side * 54.0, -46.0 + tip)], 2.6, Fill::Flat(STRAW));
        }
        for tip in [-5.0, 0.0, 5.0] {
            p.line(&[(side * 8.0, -14.0), (side * 8.0 + tip, -2.0)], 2.8, Fill::Flat(STRAW));
        }
    }
    p.poly(&[(-17.0, -53.0), (17.0, -53.0), (21.0, -13.0), (-21.0, -13.0)], Fill::Side(0x2c6cb8));
    p.rect(6.0, -32.0, 10.0, 10.0, Fill::Flat(0xe04030));
    p.rect(-15.0, -44.0, 9.0, 9.0, Fill::Flat(0x50a040));
    p.oval(0.0, -70.0, 22.0, 21.0, Fill::Ball(0xe6c48a));
    for side in [-1.0_f32, 1.0] {
        p.oval(side * 8.0, -74.0, 3.2, 4.0, Fill::Flat(0x201410));
        for tip in [0.0, 5.0, 10.0] {
            p.line(&[(side * 18.0, -80.0), (side * 27.0, -76.0 + tip)], 2.6, Fill::Flat(STRAW));
        }
    }
    p.poly(&[(-3.5, -66.0), (3.5, -66.0), (0.0, -71.0)], Fill::Flat(0xe85020));
    p.line(&[(-9.0, -60.0), (-4.0, -57.5), (4.0, -57.5), (9.0, -60.0)], 2.0, Fill::Flat(0x201410));
    smile(p, (0.0, -57.0), 8.0, mouth);
    p.oval(0.0, -87.0, 33.0, 6.0, Fill::Ball(0x8a5420));
    p.poly(&[(-17.0, -88.0), (-6.0, -114.0), (5.0, -118.0), (17.0, -88.0)], Fill::Side(0x9c6028));
    p.rect(-17.0, -93.0, 34.0, 4.5, Fill::Flat(0xd02828));
}

fn tin_man(p: &mut Painter<'_>, mouth: f32) {
    const TIN: Hex = 0xb4c0cc;
    for side in [-1.0_f32, 1.0] {
        p.round(side * 9.0 - 6.0, -22.0, 12.0, 22.0, 3.0, Fill::Side(0x8a98a8));
        p.line(&[(side * 20.0, -44.0), (side * 28.0, -26.0)], 8.0, Fill::Flat(0x8a98a8));
        p.oval(side * 29.0, -22.0, 5.2, 5.2, Fill::Ball(TIN));
    }
    p.round(-20.0, -52.0, 40.0, 36.0, 5.0, Fill::Side(TIN));
    p.oval(-4.0, -38.0, 5.4, 5.4, Fill::Flat(0xe81830));
    p.oval(4.0, -38.0, 5.4, 5.4, Fill::Flat(0xe81830));
    p.poly(&[(-9.0, -36.0), (9.0, -36.0), (0.0, -26.0)], Fill::Flat(0xe81830));
    p.round(-18.0, -88.0, 36.0, 36.0, 6.0, Fill::Side(0xc4d0dc));
    p.poly(&[(-13.0, -88.0), (0.0, -116.0), (13.0, -88.0)], Fill::Side(0x98a4b4));
    for side in [-1.0_f32, 1.0] {
        p.oval(side * 8.0, -74.0, 5.0, 5.0, Fill::Flat(0x202838));
        p.oval(side * 8.0, -74.0, 2.6, 2.6, Fill::Lamp(0x60e8ff));
    }
    p.poly(&[(-3.0, -64.0), (3.0, -64.0), (0.0, -72.0)], Fill::Flat(0x788494));
    p.round(-9.0, -61.0, 18.0, 3.0 + 6.0 * mouth, 1.4, Fill::Flat(0x283040));
}

fn lamp(p: &mut Painter<'_>) {
    p.glow(0.0, -58.0, (54.0, 54.0), 0xffc840, 0.75);
    p.oval(0.0, -4.0, 22.0, 5.5, Fill::Ball(0xb88020));
    p.rect(-3.5, -40.0, 7.0, 36.0, Fill::Side(0xd09828));
    p.poly(
        &[(-15.0, -82.0), (15.0, -82.0), (29.0, -40.0), (-29.0, -40.0)],
        Fill::LampFall(0xffe878, 0xffa018),
    );
}
