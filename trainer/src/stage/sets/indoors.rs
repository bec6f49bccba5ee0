//! Sets with walls: the stage of the theatre, ballroom, castle, room.

use tiny_skia::PathBuilder;

use super::board::{
    BOTTOM, Daylight, FLOOR, Hour, LEFT, RIGHT, TOP, WIDTH, Weather, boards, floor, sky,
};
use crate::stage::paint::{Fill, Hex, Painter, UPRIGHT};

pub(super) fn paint_stage(p: &mut Painter<'_>, layer: usize, hour: Hour) {
    match layer {
        0 => {
            sky(p, hour, 84.0);
        }
        1 => curtains(p),
        _ => boards(p, 0xc88444, 0x8e5628),
    }
}

pub(super) fn paint_ballroom(p: &mut Painter<'_>, layer: usize, hour: Hour) {
    match layer {
        0 => ballroom(p, hour),
        1 => {
            for x in [-96.0, -16.0, 64.0, 224.0, 304.0, 384.0] {
                column(p, x, 0xffd870);
            }
            chandelier(p, 144.0, 14.0);
        }
        _ => checks(p, 0xf8e4c0, 0xc87858),
    }
}

pub(super) fn paint_castle(p: &mut Painter<'_>, layer: usize, hour: Hour) {
    match layer {
        0 => castle(p, hour),
        1 => {
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
        _ => {
            floor(p, 0x8e909c, 0x5c5e6c);
            p.poly(
                &[(112.0, FLOOR), (176.0, FLOOR), (262.0, BOTTOM), (26.0, BOTTOM)],
                Fill::Fall(0xc81830, 0x900820),
            );
            p.line(&[(112.0, FLOOR), (26.0, BOTTOM)], 3.0, Fill::Flat(0xffd030));
            p.line(&[(176.0, FLOOR), (262.0, BOTTOM)], 3.0, Fill::Flat(0xffd030));
        }
    }
}

pub(super) fn paint_room(p: &mut Painter<'_>, layer: usize, hour: Hour) {
    match layer {
        0 => room(p, hour),
        1 => furniture(p),
        _ => {
            boards(p, 0xb87840, 0x7c4824);
            p.oval(144.0, 146.0, 112.0, 18.0, Fill::Flat(0xa82038));
            p.oval(144.0, 146.0, 100.0, 14.5, Fill::Flat(0xe8b060));
            p.oval(144.0, 146.0, 94.0, 12.5, Fill::Flat(0xa82038));
        }
    }
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
    if hour.time == Daylight::Night && hour.weather == Weather::Clear {
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
        if hour.time == Daylight::Night && hour.weather == Weather::Clear {
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
