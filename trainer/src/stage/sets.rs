//! Paints the sets: for every place three layers of painted board, under the
//! light of the hour.
//!
//! Units are pixels of the wide shot, the floor beginning at y = 112. Does not
//! know who stands in front.

use tiny_skia::{PathBuilder, Transform};

use super::cast::{Place, Time};
use super::paint::{Fill, Hex, Light, MIRRORED, Painter, Turn, UPRIGHT};

/// Left edge, right edge, top and bottom of what is painted.
pub(super) const LEFT: f32 = -110.0;
const RIGHT: f32 = 398.0;
const WIDTH: f32 = RIGHT - LEFT;
const TOP: f32 = -90.0;
const BOTTOM: f32 = 230.0;
const FLOOR: f32 = 112.0;

/// Back wall or sky, pieces, floor.
pub(super) const LAYERS: usize = 3;

/// The hour and the weather.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hour {
    pub(super) time: Time,
    pub(super) overcast: bool,
}

impl Hour {
    /// The light on the sets.
    pub(super) fn light(self) -> Light {
        let tint = match (self.time, self.overcast) {
            (Time::Day, false) => [1.0, 1.0, 1.0],
            (Time::Day, true) => [0.80, 0.82, 0.86],
            (Time::Dusk, false) => [1.0, 0.68, 0.56],
            (Time::Dusk, true) => [0.78, 0.58, 0.56],
            (Time::Night, false) => [0.42, 0.50, 0.86],
            (Time::Night, true) => [0.38, 0.43, 0.62],
        };
        Light { tint, grey: if self.overcast { 0.45 } else { 0.0 } }
    }

    /// The light on the figures: a lantern of the house helps at night.
    pub(super) fn on_figures(self) -> Light {
        let set = self.light();
        let help = if self.time == Time::Night { 0.55 } else { 0.4 };
        Light { tint: set.tint.map(|c| c + (1.0 - c) * help), grey: set.grey * 0.5 }
    }

    fn sky(self) -> Fill {
        let (upper, lower) = match (self.time, self.overcast) {
            (Time::Day, false) => (0x4aa8f4, 0xc8ecff),
            (Time::Day, true) => (0x98a0a8, 0xc0c6cc),
            (Time::Dusk, false) => (0x5a3c98, 0xffa040),
            (Time::Dusk, true) => (0x706070, 0xc09080),
            (Time::Night, false) => (0x060a30, 0x203478),
            (Time::Night, true) => (0x141624, 0x2c3246),
        };
        Fill::LampFall(upper, lower)
    }

    /// A window pane or a lantern: lit from inside when it is dark outside.
    fn pane(self) -> Fill {
        if self.time == Time::Day { Fill::Flat(0x9cd4f0) } else { Fill::Lamp(0xffd860) }
    }
}

/// Fixed noise for set dressing: the same set every night.
struct Dice(u32);

impl Dice {
    fn roll(&mut self, low: f32, high: f32) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        low + (high - low) * ((self.0 >> 8) as f32 / 16_777_216.0)
    }
}

/// Paints one layer of a place.
pub(super) fn paint(p: &mut Painter<'_>, place: Place, layer: usize, hour: Hour) {
    match (place, layer) {
        (Place::Backdrop, 0) => p.rect(LEFT, TOP, WIDTH, BOTTOM - TOP, Fill::Lamp(0xffffff)),
        (Place::Backdrop, _) => {}
        (Place::Stage, 0) => {
            sky(p, hour, 84.0);
        }
        (Place::Stage, 1) => curtains(p),
        (Place::Stage, _) => boards(p, 0xc88444, 0x8e5628),
        (Place::Scrapyard, 0) => {
            sky(p, hour, FLOOR);
            p.rect(LEFT, 92.0, WIDTH, 120.0, Fill::Flat(0x86604c));
            for (i, (x, high)) in (0_u32..).zip([
                (-96.0, 7),
                (-58.0, 9),
                (-18.0, 6),
                (18.0, 8),
                (54.0, 6),
                (88.0, 3),
                (200.0, 3),
                (232.0, 7),
                (268.0, 9),
                (306.0, 6),
                (342.0, 8),
                (380.0, 6),
            ]) {
                tower(p, x, high, i);
            }
        }
        (Place::Scrapyard, 1) => scrap(p),
        (Place::Scrapyard, _) => {
            floor(p, 0xb07c50, 0x6c4830);
            p.art("rusty gear", 52.0, 122.0, 20.0, UPRIGHT);
            p.art("bolt", 250.0, 124.0, 20.0, UPRIGHT);
        }
        (Place::Ballroom, 0) => ballroom(p, hour),
        (Place::Ballroom, 1) => {
            for x in [-96.0, -16.0, 64.0, 224.0, 304.0, 384.0] {
                column(p, x, 0xffd870);
            }
            chandelier(p, 144.0, 14.0);
        }
        (Place::Ballroom, _) => checks(p, 0xf8e4c0, 0xc87858),
        (Place::Bullring, 0) => {
            sky(p, hour, 60.0);
            stands(p);
        }
        (Place::Bullring, 1) => {
            p.rect(LEFT, 88.0, WIDTH, 60.0, Fill::Fall(0xd8241c, 0x9c1010));
            p.rect(LEFT, 88.0, WIDTH, 4.0, Fill::Flat(0xfff4e0));
            p.rect(LEFT, 102.0, WIDTH, 2.5, Fill::Flat(0xfff4e0));
            for i in 0..9 {
                p.rect(LEFT + 64.0 * i as f32, 88.0, 3.0, 30.0, Fill::Flat(0x700c0c));
            }
        }
        (Place::Bullring, _) => {
            floor(p, 0xffd878, 0xe0a040);
            p.oval(144.0, 150.0, 150.0, 26.0, Fill::Flat(0xfff0c8));
            p.oval(144.0, 150.0, 145.0, 23.0, Fill::Flat(0xf4c464));
        }
        (Place::Castle, 0) => castle(p, hour),
        (Place::Castle, 1) => {
            for (x, hang) in
                [(-70.0, 0x8028b0), (36.0, 0x8028b0), (252.0, 0x8028b0), (358.0, 0x8028b0)]
            {
                p.poly(
                    &[
                        (x - 15.0, -20.0),
                        (x + 15.0, -20.0),
                        (x + 15.0, 76.0),
                        (x, 62.0),
                        (x - 15.0, 76.0),
                    ],
                    Fill::Side(hang),
                );
                p.poly(
                    &[(x, 18.0), (x + 8.0, 32.0), (x, 46.0), (x - 8.0, 32.0)],
                    Fill::Flat(0xffd030),
                );
            }
            for x in [-18.0, 84.0, 204.0, 306.0] {
                torch(p, x, 62.0);
            }
        }
        (Place::Castle, _) => {
            floor(p, 0x8e909c, 0x5c5e6c);
            p.poly(
                &[(112.0, FLOOR), (176.0, FLOOR), (262.0, BOTTOM), (26.0, BOTTOM)],
                Fill::Fall(0xc81830, 0x900820),
            );
            p.line(&[(112.0, FLOOR), (26.0, BOTTOM)], 3.0, Fill::Flat(0xffd030));
            p.line(&[(176.0, FLOOR), (262.0, BOTTOM)], 3.0, Fill::Flat(0xffd030));
        }
        (Place::Room, 0) => room(p, hour),
        (Place::Room, 1) => furniture(p),
        (Place::Room, _) => {
            boards(p, 0xb87840, 0x7c4824);
            p.oval(144.0, 146.0, 112.0, 18.0, Fill::Flat(0xa82038));
            p.oval(144.0, 146.0, 100.0, 14.5, Fill::Flat(0xe8b060));
            p.oval(144.0, 146.0, 94.0, 12.5, Fill::Flat(0xa82038));
        }
        (Place::Forest, 0) => {
            sky(p, hour, FLOOR);
            let mut dice = Dice(5);
            for i in 0..17 {
                let x = LEFT + 32.0 * i as f32 + dice.roll(-6.0, 6.0);
                p.oval(x, 62.0 + dice.roll(-10.0, 10.0), 30.0, 46.0, Fill::Flat(0x2c7450));
            }
            p.rect(LEFT, 80.0, WIDTH, 120.0, Fill::Flat(0x1c5840));
        }
        (Place::Forest, 1) => forest(p),
        (Place::Forest, _) => {
            floor(p, 0x58a03c, 0x2c6428);
            p.art("mushroom", 26.0, 118.0, 24.0, UPRIGHT);
            p.art("mushroom", 262.0, 120.0, 20.0, UPRIGHT);
        }
        (Place::Street, 0) => {
            sky(p, hour, FLOOR);
            for (i, x) in (0..9).map(|i| (i, LEFT + 60.0 * i as f32)) {
                p.rect(x, 30.0 + 12.0 * (i % 3) as f32, 62.0, 150.0, Fill::Flat(0x8c88b0));
            }
        }
        (Place::Street, 1) => street(p, hour),
        (Place::Street, _) => {
            p.rect(LEFT, FLOOR, WIDTH, 8.0, Fill::Flat(0xc4bcb4));
            p.rect(LEFT, FLOOR + 8.0, WIDTH, 120.0, Fill::Fall(0x6c6c78, 0x484854));
            for i in 0..12 {
                p.rect(LEFT + 46.0 * i as f32, 148.0, 24.0, 4.0, Fill::Flat(0xf0e8d8));
            }
        }
        (Place::Harbour, 0) => {
            sky(p, hour, 86.0);
            p.rect(LEFT, 76.0, WIDTH, 130.0, Fill::Fall(0x1878b8, 0x30a8c8));
            for (i, y) in [84.0, 92.0, 101.0].into_iter().enumerate() {
                for k in 0..9 {
                    let x = LEFT + 60.0 * k as f32 + 22.0 * i as f32;
                    p.line(
                        &[(x, y), (x + 12.0, y - 2.0), (x + 24.0, y)],
                        1.8,
                        Fill::Flat(0xd8f4ff),
                    );
                }
            }
        }
        (Place::Harbour, 1) => harbour(p, hour),
        (Place::Harbour, _) => {
            floor(p, 0xa08064, 0x644c3c);
            for i in 0..16 {
                let x = LEFT + 34.0 * i as f32;
                p.line(&[(x, FLOOR), (x + (x - 144.0) * 0.8, BOTTOM)], 1.6, Fill::Flat(0x503c30));
            }
            for x in [20.0, 268.0] {
                p.round(x - 7.0, 102.0, 14.0, 18.0, 3.0, Fill::Side(0x283040));
                p.oval(x, 102.0, 9.0, 4.0, Fill::Ball(0x384458));
            }
        }
        (Place::Road, 0) => {
            sky(p, hour, FLOOR);
            hill(p, 0x8cc058, 70.0, &[(-40.0, 150.0), (210.0, 190.0), (420.0, 160.0)]);
        }
        (Place::Road, 1) => {
            hill(p, 0xe8cc48, 96.0, &[(40.0, 150.0), (300.0, 170.0)]);
            p.art("house", 228.0, 76.0, 50.0, UPRIGHT);
            for x in [-60.0, 56.0, 358.0] {
                p.art("tree", x, 72.0, 62.0, UPRIGHT);
            }
            p.rect(LEFT, 104.0, WIDTH, 50.0, Fill::Flat(0x6cb040));
        }
        (Place::Road, _) => {
            floor(p, 0x78c044, 0x488c30);
            p.poly(
                &[(132.0, FLOOR), (156.0, FLOOR), (300.0, BOTTOM), (-12.0, BOTTOM)],
                Fill::Fall(0xffd850, 0xf0a820),
            );
            for (i, y) in [117.0_f32, 124.0, 133.0, 144.0, 158.0].into_iter().enumerate() {
                let half = 12.0 + (y - FLOOR) * 1.22;
                p.line(
                    &[(144.0 - half, y), (144.0 + half, y)],
                    1.2 + 0.25 * i as f32,
                    Fill::Flat(0xb87014),
                );
            }
            for x in [30.0, 84.0, 196.0, 254.0] {
                p.art("sunflower", x, 110.0, 22.0, UPRIGHT);
            }
        }
    }
}

/// The sky down to a horizon, with a moon and stars or clouds.
fn sky(p: &mut Painter<'_>, hour: Hour, horizon: f32) {
    p.rect(LEFT, TOP, WIDTH, horizon - TOP + 20.0, hour.sky());
    p.rect(
        LEFT,
        horizon + 19.0,
        WIDTH,
        BOTTOM - horizon,
        match hour.sky() {
            Fill::LampFall(_, lower) => Fill::Lamp(lower),
            other => other,
        },
    );
    if hour.overcast {
        for (x, y) in [
            (-80.0, 4.0),
            (-10.0, 20.0),
            (70.0, 2.0),
            (150.0, 18.0),
            (225.0, 4.0),
            (300.0, 20.0),
            (370.0, 6.0),
        ] {
            p.oval(x, y, 56.0, 12.0, Fill::Flat(0xc4c8d0));
        }
        return;
    }
    match hour.time {
        Time::Day => {
            for (x, y) in [(-60.0, 10.0), (52.0, 22.0), (214.0, 14.0), (340.0, 26.0)] {
                p.oval(x, y, 24.0, 8.0, Fill::Lamp(0xffffff));
                p.oval(x - 6.0, y - 7.0, 12.0, 9.0, Fill::Lamp(0xffffff));
                p.oval(x + 9.0, y - 5.0, 10.0, 7.0, Fill::Lamp(0xffffff));
            }
        }
        Time::Dusk => {
            p.glow(216.0, horizon - 34.0, (70.0, 60.0), 0xffe070, 0.9);
            p.oval(216.0, horizon - 34.0, 16.0, 16.0, Fill::Lamp(0xfff0a0));
        }
        Time::Night => {
            let mut dice = Dice(11);
            for _ in 0..60 {
                let (x, y) = (dice.roll(LEFT, RIGHT), dice.roll(TOP, horizon - 26.0));
                let r = dice.roll(0.8, 1.5);
                p.oval(x, y, r, r, Fill::Lamp(0xfffce0));
            }
            p.glow(60.0, 26.0, (40.0, 40.0), 0xfff4b0, 0.5);
            p.oval(60.0, 26.0, 14.0, 14.0, Fill::Lamp(0xfff4c0));
            p.oval(66.0, 22.0, 12.0, 12.0, Fill::Lamp(0x142050));
        }
    }
}

fn floor(p: &mut Painter<'_>, far: Hex, near: Hex) {
    p.rect(LEFT, FLOOR, WIDTH, 60.0, Fill::Fall(far, near));
    p.rect(LEFT, FLOOR + 59.0, WIDTH, BOTTOM - FLOOR - 59.0, Fill::Flat(near));
}

fn boards(p: &mut Painter<'_>, far: Hex, near: Hex) {
    floor(p, far, near);
    for i in -9..=9 {
        let x = 144.0 + 22.0 * i as f32;
        p.line(&[(x, FLOOR), (x + (x - 144.0) * 1.2, BOTTOM)], 1.3, Fill::Flat(near));
    }
    p.rect(LEFT, FLOOR - 1.0, WIDTH, 2.5, Fill::Flat(near));
}

fn checks(p: &mut Painter<'_>, light: Hex, dark: Hex) {
    floor(p, light, light);
    let rows = [112.0_f32, 119.0, 129.0, 143.0, 162.0, 190.0, 230.0];
    for (r, pair) in rows.windows(2).enumerate() {
        let spread = |y: f32| 26.0 + (y - FLOOR) * 0.5;
        for i in (-14..14).filter(|i| (i + r as i32).rem_euclid(2) == 0) {
            let (a, b) = (spread(pair[0]), spread(pair[1]));
            let i = i as f32;
            p.poly(
                &[
                    (144.0 + i * a, pair[0]),
                    (144.0 + (i + 1.0) * a, pair[0]),
                    (144.0 + (i + 1.0) * b, pair[1]),
                    (144.0 + i * b, pair[1]),
                ],
                Fill::Flat(dark),
            );
        }
    }
}

fn curtains(p: &mut Painter<'_>) {
    p.rect(LEFT, 84.0, WIDTH, 60.0, Fill::Flat(0x5c3820));
    for i in 0..7 {
        let x = LEFT + 28.0 * i as f32;
        p.rect(x, TOP, 28.5, 220.0, Fill::Side(0xc81020));
        p.rect(RIGHT - (x - LEFT) - 28.5, TOP, 28.5, 220.0, Fill::Side(0xc81020));
    }
    p.rect(LEFT, TOP, WIDTH, 84.0, Fill::Fall(0x900814, 0xb00c1c));
    for i in 0..16 {
        let x = LEFT + 34.0 * i as f32;
        p.oval(x + 8.0, -4.0, 17.5, 15.0, Fill::Ball(0xd01424));
        p.oval(x + 8.0, 11.0, 3.0, 3.0, Fill::Ball(0xffd040));
    }
}

/// Crushed cars, one on another.
fn tower(p: &mut Painter<'_>, x: f32, high: u32, seed: u32) {
    let mut dice = Dice(seed + 20);
    let paints = [0xa84430, 0x486880, 0xb08438, 0x5c7050, 0x805844];
    for storey in 0..high {
        let y = 100.0 - 11.0 * storey as f32;
        let left = x - 17.0 + dice.roll(-3.5, 3.5);
        let paint = paints[((storey * 2 + seed) % 5) as usize];
        p.round(left, y, 34.0, 10.6, 2.5, Fill::Fall(paint, 0x483028));
        p.rect(left + 5.0, y + 2.5, 9.0, 3.6, Fill::Flat(0x282224));
        p.rect(left + 19.0, y + 2.5, 9.0, 3.6, Fill::Flat(0x282224));
    }
}

fn scrap(p: &mut Painter<'_>) {
    p.rect(LEFT, 106.0, WIDTH, 44.0, Fill::Flat(0x8a5838));
    p.art("wreck", 24.0, 84.0, 52.0, UPRIGHT);
    p.art("wreck", 266.0, 82.0, 52.0, MIRRORED);
    p.art("barrel", 52.0, 94.0, 34.0, UPRIGHT);
    p.art("barrel", 234.0, 94.0, 34.0, Turn { mirrored: false, degrees: 16.0 });
    p.art("rusty gear", 80.0, 92.0, 42.0, UPRIGHT);
    p.art("gear", 208.0, 92.0, 42.0, UPRIGHT);
    p.art("rusty gear", 302.0, 86.0, 48.0, UPRIGHT);
    p.art("gear", -20.0, 84.0, 50.0, UPRIGHT);
    p.art("wreck", -66.0, 80.0, 56.0, UPRIGHT);
    p.art("rusty gear", 352.0, 84.0, 52.0, UPRIGHT);
    p.line(&[(104.0, 108.0), (104.0, -4.0), (184.0, -4.0)], 5.0, Fill::Flat(0x3c3434));
    p.line(&[(104.0, 26.0), (132.0, -4.0)], 3.5, Fill::Flat(0x3c3434));
    p.line(&[(180.0, -4.0), (180.0, 22.0)], 1.6, Fill::Flat(0x3c3434));
    p.path(arc(180.0, 28.0, 7.0), Fill::Flat(0x3c3434));
}

fn arc(x: f32, y: f32, r: f32) -> PathBuilder {
    let mut path = PathBuilder::new();
    path.move_to(x - r, y);
    path.quad_to(x - r, y - 1.6 * r, x, y - r);
    path.quad_to(x + r, y - 1.6 * r, x + r, y);
    path.line_to(x + 0.5 * r, y);
    path.line_to(x, y + r);
    path.line_to(x - 0.5 * r, y);
    path.close();
    path
}

/// An arched window showing the sky.
fn window(p: &mut Painter<'_>, hour: Hour, (x, y): (f32, f32), (w, h): (f32, f32), frame: Hex) {
    let arch = |x: f32, y: f32, w: f32, h: f32| {
        let mut path = PathBuilder::new();
        path.move_to(x, y + h);
        path.line_to(x, y + w / 2.0);
        path.quad_to(x, y, x + w / 2.0, y);
        path.quad_to(x + w, y, x + w, y + w / 2.0);
        path.line_to(x + w, y + h);
        path.close();
        path
    };
    p.path(arch(x - 4.0, y - 4.0, w + 8.0, h + 8.0), Fill::Flat(frame));
    p.path(arch(x, y, w, h), hour.sky());
    if hour.time == Time::Night && !hour.overcast {
        for (dx, dy) in [(0.3, 0.3), (0.7, 0.45), (0.4, 0.62), (0.75, 0.75), (0.25, 0.82)] {
            p.oval(x + dx * w, y + dy * h, 1.3, 1.3, Fill::Lamp(0xfffce0));
        }
    }
    p.rect(x + w / 2.0 - 1.2, y, 2.4, h, Fill::Flat(frame));
    p.rect(x, y + h * 0.55, w, 2.4, Fill::Flat(frame));
}

fn ballroom(p: &mut Painter<'_>, hour: Hour) {
    p.rect(LEFT, TOP, WIDTH, 320.0, Fill::Fall(0xf48ca8, 0xf8b8c0));
    p.rect(LEFT, 84.0, WIDTH, 140.0, Fill::Fall(0xffe8d0, 0xe8b898));
    p.rect(LEFT, 82.0, WIDTH, 3.0, Fill::Flat(0xf0b830));
    for i in 0..7 {
        window(p, hour, (LEFT + 80.0 * i as f32 + 36.0, 4.0), (36.0, 74.0), 0xffe8b0);
    }
}

fn column(p: &mut Painter<'_>, x: f32, color: Hex) {
    p.rect(x - 7.0, TOP, 14.0, 210.0, Fill::Side(color));
    p.rect(x - 11.0, 104.0, 22.0, 24.0, Fill::Side(color));
    p.rect(x - 11.0, -12.0, 22.0, 8.0, Fill::Side(color));
}

fn chandelier(p: &mut Painter<'_>, x: f32, y: f32) {
    p.glow(x, y, (90.0, 60.0), 0xffe880, 0.8);
    p.line(&[(x, TOP), (x, y)], 2.4, Fill::Flat(0xd09020));
    p.line(
        &[(x - 40.0, y), (x - 20.0, y + 12.0), (x, y + 15.0), (x + 20.0, y + 12.0), (x + 40.0, y)],
        3.4,
        Fill::Lamp(0xe8a828),
    );
    p.line(&[(x, y - 12.0), (x, y + 20.0)], 4.0, Fill::Lamp(0xe8a828));
    for dx in [-40.0_f32, -20.0, 0.0, 20.0, 40.0] {
        let lift = y + 3.0 + (12.0 - dx.abs() * 0.3);
        p.rect(x + dx - 2.0, lift - 18.0, 4.0, 12.0, Fill::Lamp(0xfffae8));
        p.oval(x + dx, lift - 21.0, 3.0, 4.5, Fill::Lamp(0xffff90));
    }
}

fn stands(p: &mut Painter<'_>) {
    p.rect(LEFT, 20.0, WIDTH, 180.0, Fill::Flat(0xd8a460));
    for i in 0..13 {
        let x = LEFT + 42.0 * i as f32;
        p.rect(x, 8.0, 30.0, 20.0, Fill::Flat(0xc08448));
        p.oval(x + 15.0, 22.0, 9.0, 12.0, Fill::Flat(0x603420));
    }
    let mut dice = Dice(3);
    for row in 0..4 {
        let y = 42.0 + 12.0 * row as f32;
        p.rect(LEFT, y + 5.0, WIDTH, 3.0, Fill::Flat(0xa87038));
        for i in 0..46 {
            let x = LEFT + 11.2 * i as f32 + dice.roll(-1.5, 1.5) + 5.0 * (row % 2) as f32;
            let coats = [0xf0f0f0, 0xe83c30, 0x3060d0, 0xf8d030, 0x303038];
            p.oval(x, y + 3.5, 4.2, 4.0, Fill::Flat(coats[dice.roll(0.0, 4.99) as usize]));
            p.oval(x, y - 2.0, 2.8, 2.8, Fill::Flat(0xf0c098));
        }
    }
}

fn castle(p: &mut Painter<'_>, hour: Hour) {
    p.rect(LEFT, TOP, WIDTH, 320.0, Fill::Fall(0x5c6074, 0x888ca0));
    for row in 0..19 {
        let y = TOP + 14.0 * row as f32;
        p.rect(LEFT, y, WIDTH, 1.2, Fill::Flat(0x4c5062));
        for i in 0..19 {
            p.rect(
                LEFT + 28.0 * i as f32 + 14.0 * (row % 2) as f32,
                y,
                1.2,
                14.0,
                Fill::Flat(0x4c5062),
            );
        }
    }
    window(p, hour, (122.0, 2.0), (44.0, 80.0), 0x3c4050);
    for x in [-120.0, 330.0] {
        window(p, hour, (x, 10.0), (34.0, 66.0), 0x3c4050);
    }
}

fn torch(p: &mut Painter<'_>, x: f32, y: f32) {
    p.glow(x, y - 8.0, (30.0, 30.0), 0xffa030, 0.85);
    p.poly(
        &[(x - 4.0, y), (x + 4.0, y), (x + 2.0, y + 18.0), (x - 2.0, y + 18.0)],
        Fill::Flat(0x482814),
    );
    p.oval(x, y - 6.0, 5.0, 9.0, Fill::Lamp(0xff9018));
    p.oval(x, y - 3.0, 3.0, 5.5, Fill::Lamp(0xfff070));
}

fn room(p: &mut Painter<'_>, hour: Hour) {
    p.rect(LEFT, TOP, WIDTH, 320.0, Fill::Fall(0x148c88, 0x1c9890));
    for i in 0..26 {
        p.rect(LEFT + 20.0 * i as f32, TOP, 6.0, 320.0, Fill::Flat(0x107c7c));
    }
    p.rect(LEFT, 92.0, WIDTH, 130.0, Fill::Flat(0x744424));
    p.rect(LEFT, 90.0, WIDTH, 3.0, Fill::Flat(0xa86c38));
    for x in [-80.0, 110.0, 300.0] {
        p.rect(x - 5.0, 5.0, 78.0, 70.0, Fill::Flat(0xf8f0dc));
        p.rect(x, 10.0, 68.0, 60.0, hour.sky());
        if hour.time == Time::Night && !hour.overcast {
            for (dx, dy) in [(10.0, 10.0), (28.0, 22.0), (46.0, 9.0), (56.0, 30.0), (16.0, 38.0)] {
                p.oval(x + dx, 10.0 + dy, 1.4, 1.4, Fill::Lamp(0xfffce0));
            }
        }
        p.rect(x + 32.0, 10.0, 4.0, 60.0, Fill::Flat(0xf8f0dc));
        p.rect(x, 38.0, 68.0, 4.0, Fill::Flat(0xf8f0dc));
    }
}

fn furniture(p: &mut Painter<'_>) {
    for (x, y, r, face) in
        [(60.0, 22.0, 15.0, 0xfff4d8), (90.0, 52.0, 10.0, 0xffe0a0), (32.0, 56.0, 11.0, 0xffffff)]
    {
        p.oval(x, y, r, r, Fill::Ball(0xb06820));
        p.oval(x, y, r * 0.78, r * 0.78, Fill::Flat(face));
        p.line(&[(x, y - r * 0.55), (x, y), (x + r * 0.4, y + r * 0.2)], 1.8, Fill::Flat(0x201410));
    }
    p.rect(204.0, 2.0, 74.0, 128.0, Fill::Flat(0x542c14));
    let spines: [Hex; 6] = [0xd03030, 0x3060c0, 0xf0c030, 0x309050, 0xe0e0d0, 0x9040a0];
    for shelf in 0..4 {
        let y = 8.0 + 26.0 * shelf as f32;
        p.rect(208.0, y, 66.0, 22.0, Fill::Flat(0x30180c));
        for i in 0..9 {
            let tall = 16.0 + (i * 5 + shelf * 3) as f32 % 6.0;
            p.rect(
                209.0 + 7.2 * i as f32,
                y + 22.0 - tall,
                6.2,
                tall,
                Fill::Flat(spines[(i + 2 * shelf) % 6]),
            );
        }
    }
    p.art("plant", 14.0, 96.0, 40.0, UPRIGHT);
    p.art("picture", -30.0, 44.0, 44.0, UPRIGHT);
    p.art("picture", 372.0, 100.0, 44.0, UPRIGHT);
    p.glow(294.0, 52.0, (46.0, 46.0), 0xffd060, 0.75);
    p.rect(292.5, 58.0, 3.0, 70.0, Fill::Flat(0x3c2818));
    p.poly(
        &[(286.0, 38.0), (302.0, 38.0), (312.0, 60.0), (276.0, 60.0)],
        Fill::LampFall(0xfff0a0, 0xffb030),
    );
}

fn forest(p: &mut Painter<'_>) {
    p.rect(LEFT, 100.0, WIDTH, 60.0, Fill::Flat(0x347c38));
    for (x, w) in
        [(-84.0, 20.0), (-20.0, 24.0), (54.0, 17.0), (236.0, 18.0), (306.0, 24.0), (366.0, 20.0)]
    {
        p.rect(x - w / 2.0, TOP, w, 212.0, Fill::Side(0x704424));
        p.poly(
            &[(x - w / 2.0, 100.0), (x - w, 124.0), (x + w, 124.0), (x + w / 2.0, 100.0)],
            Fill::Side(0x704424),
        );
    }
    for (x, size) in [(86.0, 58.0), (204.0, 62.0), (-52.0, 60.0), (338.0, 60.0)] {
        p.art("pine", x, 116.0 - size * 0.46, size, UPRIGHT);
    }
    for i in 0..16 {
        let x = LEFT + 34.0 * i as f32;
        p.oval(x, -14.0 + 6.0 * (i % 3) as f32, 28.0, 20.0, Fill::Ball(0x308c3c));
    }
}

fn street(p: &mut Painter<'_>, hour: Hour) {
    let fronts: [(Hex, Hex, f32); 9] = [
        (0xf0c850, 0xa84028, 34.0),
        (0x60b0d0, 0x404870, 18.0),
        (0xe87858, 0x583440, 30.0),
        (0xf4e4c0, 0x387870, 12.0),
        (0x88c078, 0x903030, 32.0),
        (0xf0a0b0, 0x484878, 16.0),
        (0xf0c850, 0xa84028, 28.0),
        (0x60b0d0, 0x583440, 20.0),
        (0xe87858, 0x387870, 32.0),
    ];
    for (i, (wall, roof, top)) in fronts.into_iter().enumerate() {
        let x = LEFT + 58.0 * i as f32 - 6.0;
        p.poly(&[(x - 3.0, top), (x + 29.0, top - 26.0), (x + 61.0, top)], Fill::Flat(roof));
        p.rect(x, top, 58.0, 136.0, Fill::Flat(wall));
        for (k, dx) in [9.0, 35.0].into_iter().enumerate() {
            p.rect(x + dx - 1.5, top + 8.0, 17.0, 23.0, Fill::Flat(0xfffff4));
            p.rect(
                x + dx,
                top + 9.5,
                14.0,
                20.0,
                if (i + k) % 3 == 0 { Fill::Flat(0x506888) } else { hour.pane() },
            );
        }
        p.rect(x + 36.0, 84.0, 15.0, 40.0, Fill::Flat(roof));
        p.rect(x + 8.0, 84.0, 19.0, 18.0, hour.pane());
    }
    for x in [-72.0, 100.0, 196.0, 362.0] {
        p.rect(x - 1.8, 44.0, 3.6, 86.0, Fill::Flat(0x202428));
        if hour.time != Time::Day {
            p.glow(x, 38.0, (34.0, 34.0), 0xffd870, 0.9);
        }
        p.poly(&[(x - 7.0, 30.0), (x + 7.0, 30.0), (x + 4.5, 46.0), (x - 4.5, 46.0)], hour.pane());
        p.poly(&[(x - 8.0, 30.0), (x, 23.0), (x + 8.0, 30.0)], Fill::Flat(0x202428));
    }
}

fn harbour(p: &mut Painter<'_>, hour: Hour) {
    p.path(rock(252.0, 106.0), Fill::Flat(0x484450));
    for i in 0..5 {
        let (y, w) = (16.0 + 15.0 * i as f32, 10.0 + 1.6 * i as f32);
        let fill = Fill::Side(if i % 2 == 0 { 0xe02428 } else { 0xfcf8f0 });
        p.poly(
            &[(252.0 - w, y), (252.0 + w, y), (253.6 + w, y + 15.0), (250.4 - w, y + 15.0)],
            fill,
        );
    }
    if hour.time != Time::Day {
        p.glow(252.0, 8.0, (60.0, 40.0), 0xfff090, 0.95);
    }
    p.rect(243.0, 2.0, 18.0, 14.0, Fill::Lamp(0xfff080));
    p.rect(239.0, 14.0, 26.0, 3.0, Fill::Flat(0x303038));
    p.poly(&[(241.0, 2.0), (252.0, -9.0), (263.0, 2.0)], Fill::Flat(0xb01820));
    for (x, hull) in [(-60.0, 0x305080), (48.0, 0x7c4020), (350.0, 0x305080)] {
        p.within(Transform::from_translate(x, 0.0), |p| {
            p.line(&[(0.0, 90.0), (0.0, -20.0)], 3.2, Fill::Flat(0x503420));
            p.line(&[(-24.0, 8.0), (24.0, 8.0)], 2.4, Fill::Flat(0x503420));
            p.poly(&[(4.0, 12.0), (38.0, 78.0), (4.0, 78.0)], Fill::Side(0xfcf0d8));
            p.poly(&[(-4.0, 22.0), (-30.0, 78.0), (-4.0, 78.0)], Fill::Side(0xf0d8b0));
            p.poly(&[(-44.0, 84.0), (48.0, 84.0), (36.0, 108.0), (-34.0, 108.0)], Fill::Side(hull));
            p.rect(-44.0, 84.0, 92.0, 4.0, Fill::Flat(0xf4d060));
        });
    }
}

fn rock(x: f32, y: f32) -> PathBuilder {
    let mut path = PathBuilder::new();
    path.move_to(x - 50.0, y + 4.0);
    path.quad_to(x - 40.0, y - 18.0, x - 18.0, y - 20.0);
    path.line_to(x + 20.0, y - 22.0);
    path.quad_to(x + 46.0, y - 12.0, x + 56.0, y + 4.0);
    path.close();
    path
}

fn hill(p: &mut Painter<'_>, color: Hex, top: f32, humps: &[(f32, f32)]) {
    for &(x, radius) in humps {
        p.oval(x, top + radius * 0.5, radius, radius * 0.5, Fill::Ball(color));
    }
    p.rect(LEFT, top + 24.0, WIDTH, 120.0, Fill::Flat(color));
}
