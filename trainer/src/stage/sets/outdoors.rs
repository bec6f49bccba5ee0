//! Sets under the sky: scrapyard, bullring, forest, street, harbour, road.

use tiny_skia::{PathBuilder, Transform};

use super::board::{BOTTOM, Daylight, Dice, FLOOR, Hour, LEFT, TOP, WIDTH, floor, sky};
use crate::stage::paint::{Fill, Hex, MIRRORED, Painter, Turn, UPRIGHT};

pub(super) fn paint_scrapyard(p: &mut Painter<'_>, layer: usize, hour: Hour) {
    match layer {
        0 => {
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
        1 => scrap(p),
        _ => {
            floor(p, 0xb07c50, 0x6c4830);
            p.art("rusty gear", 52.0, 122.0, 20.0, UPRIGHT);
            p.art("bolt", 250.0, 124.0, 20.0, UPRIGHT);
        }
    }
}

pub(super) fn paint_bullring(p: &mut Painter<'_>, layer: usize, hour: Hour) {
    match layer {
        0 => {
            sky(p, hour, 60.0);
            stands(p);
        }
        1 => {
            p.rect(LEFT, 88.0, WIDTH, 60.0, Fill::Fall(0xd8241c, 0x9c1010));
            p.rect(LEFT, 88.0, WIDTH, 4.0, Fill::Flat(0xfff4e0));
            p.rect(LEFT, 102.0, WIDTH, 2.5, Fill::Flat(0xfff4e0));
            for i in 0..9 {
                p.rect(LEFT + 64.0 * i as f32, 88.0, 3.0, 30.0, Fill::Flat(0x700c0c));
            }
        }
        _ => {
            floor(p, 0xffd878, 0xe0a040);
            p.oval(144.0, 150.0, 150.0, 26.0, Fill::Flat(0xfff0c8));
            p.oval(144.0, 150.0, 145.0, 23.0, Fill::Flat(0xf4c464));
        }
    }
}

pub(super) fn paint_forest(p: &mut Painter<'_>, layer: usize, hour: Hour) {
    match layer {
        0 => {
            sky(p, hour, FLOOR);
            let mut dice = Dice(5);
            for i in 0..17 {
                let x = LEFT + 32.0 * i as f32 + dice.roll(-6.0, 6.0);
                p.oval(x, 62.0 + dice.roll(-10.0, 10.0), 30.0, 46.0, Fill::Flat(0x2c7450));
            }
            p.rect(LEFT, 80.0, WIDTH, 120.0, Fill::Flat(0x1c5840));
        }
        1 => forest(p),
        _ => {
            floor(p, 0x58a03c, 0x2c6428);
            p.art("mushroom", 26.0, 118.0, 24.0, UPRIGHT);
            p.art("mushroom", 262.0, 120.0, 20.0, UPRIGHT);
        }
    }
}

pub(super) fn paint_street(p: &mut Painter<'_>, layer: usize, hour: Hour) {
    match layer {
        0 => {
            sky(p, hour, FLOOR);
            for (i, x) in (0..9).map(|i| (i, LEFT + 60.0 * i as f32)) {
                p.rect(x, 30.0 + 12.0 * (i % 3) as f32, 62.0, 150.0, Fill::Flat(0x8c88b0));
            }
        }
        1 => street(p, hour),
        _ => {
            p.rect(LEFT, FLOOR, WIDTH, 8.0, Fill::Flat(0xc4bcb4));
            p.rect(LEFT, FLOOR + 8.0, WIDTH, 120.0, Fill::Fall(0x6c6c78, 0x484854));
            for i in 0..12 {
                p.rect(LEFT + 46.0 * i as f32, 148.0, 24.0, 4.0, Fill::Flat(0xf0e8d8));
            }
        }
    }
}

pub(super) fn paint_harbour(p: &mut Painter<'_>, layer: usize, hour: Hour) {
    match layer {
        0 => {
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
        1 => harbour(p, hour),
        _ => {
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
    }
}

pub(super) fn paint_road(p: &mut Painter<'_>, layer: usize, hour: Hour) {
    match layer {
        0 => {
            sky(p, hour, FLOOR);
            hill(p, 0x8cc058, 70.0, &[(-40.0, 150.0), (210.0, 190.0), (420.0, 160.0)]);
        }
        1 => {
            hill(p, 0xe8cc48, 96.0, &[(40.0, 150.0), (300.0, 170.0)]);
            p.art("house", 228.0, 76.0, 50.0, UPRIGHT);
            for x in [-60.0, 56.0, 358.0] {
                p.art("tree", x, 72.0, 62.0, UPRIGHT);
            }
            p.rect(LEFT, 104.0, WIDTH, 50.0, Fill::Flat(0x6cb040));
        }
        _ => {
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
        if hour.time != Daylight::Day {
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
    if hour.time != Daylight::Day {
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
