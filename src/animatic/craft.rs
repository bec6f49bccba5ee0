//! Man-made things on wheels, on water and in the air, things to hold, and plants.
//!
//! Knows forms; does not know pictures.

use super::shading::{Tone, clothes, painted, share};
use super::solid::{Part, cuboid, disc, tapered};
use super::vector::{Frame, UP, times};
use crate::blocking::aboard;
use crate::blocking::figure::{Figure, FigurePose};

const TAU: f64 = std::f64::consts::TAU;
const GLASS: Tone = Tone([0.30, 0.36, 0.40]);
const TYRE: Tone = Tone([0.20, 0.20, 0.21]);
const WOOD: Tone = Tone([0.60, 0.50, 0.41]);

/// Something on two wheels, with a saddle.
fn two_wheeler(figure: &Figure, pose: &FigurePose) -> Vec<Part> {
    let (wide, high, long) = (figure.width, figure.height, figure.length);
    let tone = painted(figure, Tone::grey(0.45), 0.35);
    let frame = Frame::upright(pose.feet + times(UP, pose.lift), pose.facing);
    let radius = (high * 0.32).min(long * 0.2);
    let tube = radius * 0.09;
    let (rear, front) = (-long * 0.29, long * 0.29);
    let at = |up: f64, along: f64| frame.at(0.0, up * high, along * long);
    let (saddle, bars, pedals) = (at(0.82, -0.14), at(0.9, 0.2), at(0.3, -0.02));
    let mut parts = Vec::new();
    for along in [rear, front] {
        let hub = frame.at(0.0, radius, along);
        let rim = |step: u32| {
            let turn = TAU * f64::from(step) / 12.0;
            hub + frame.along(0.0, turn.sin() * radius, turn.cos() * radius)
        };
        let tyre = (0..12).map(|step| Part::limb([rim(step), rim(step + 1)], [tube; 2], TYRE));
        parts.extend(tyre);
        for spoke in 0..3u32 {
            let turn = TAU * (f64::from(spoke) / 6.0 - pose.stride * 2.0);
            let out = frame.along(0.0, turn.sin() * radius, turn.cos() * radius);
            parts.push(Part::limb([hub - out, hub + out], [tube * 0.35; 2], Tone::grey(0.6)));
        }
    }
    let hubs = [rear, front].map(|along| frame.at(0.0, radius, along));
    let tubes = [
        [hubs[0], pedals],
        [hubs[0], saddle],
        [pedals, saddle],
        [pedals, bars],
        [saddle, bars],
        [hubs[1], bars],
    ];
    parts.extend(tubes.map(|ends| Part::limb(ends, [tube; 2], tone)));
    let side = frame.along(wide * 0.45, 0.0, 0.0);
    parts.push(Part::limb([bars - side, bars + side], [tube * 0.9; 2], TYRE));
    let back = frame.along(0.0, 0.0, -long * 0.08);
    parts.push(Part::limb([saddle + back, saddle - back], [tube * 1.8, tube], TYRE));
    parts
}

/// Something on wheels.
pub(super) fn vehicle(figure: &Figure, pose: &FigurePose) -> Vec<Part> {
    if figure.length < aboard::SADDLED {
        return two_wheeler(figure, pose);
    }
    let (wide, high, long) = (figure.width, figure.height, figure.length);
    let tone = painted(figure, Tone::grey(0.62), 0.35);
    let frame = Frame::upright(pose.feet + times(UP, pose.lift), pose.facing).pitched(-pose.lean);
    let radius = (high * 0.20).min(long * 0.12).min(0.45);
    let mut parts = Vec::new();
    let tall = long / high < 1.9 || long / high > 3.4;
    let belt = if tall { 0.60 } else { 0.56 } * high;
    let base = frame.moved(0.0, radius * 0.9, 0.0);
    parts.extend(cuboid(&base, [wide, belt - radius * 0.9, long], tone));
    let (cabin, back) = if tall { (long * 0.94, 0.0) } else { (long * 0.56, -long * 0.06) };
    let top = frame.moved(0.0, belt, back);
    let slope = if tall { 0.97 } else { 0.72 };
    parts.extend(tapered(&top, [wide * 0.94, high - belt, cabin], [0.86, slope], GLASS));
    let roof = frame.moved(0.0, high * 0.985, back);
    parts.extend(
        cuboid(&roof, [wide * 0.82, high * 0.03, cabin * slope], tone)
            .into_iter()
            .map(|part| part.on_top(0.1)),
    );
    for side in [-1.0, 1.0] {
        for along in [-0.32, 0.32] {
            let hub = frame.at(side * wide * 0.5, radius, along * long);
            let out = frame.along(side, 0.0, 0.0);
            parts.push(disc(hub + times(out, 0.01), out, radius, TYRE).on_top(0.05));
            parts.push(
                disc(hub + times(out, 0.02), out, radius * 0.55, Tone::grey(0.62)).on_top(0.08),
            );
            let turn = -TAU * pose.stride * 2.0;
            let spoke = frame.along(0.0, turn.cos() * radius * 0.5, turn.sin() * radius * 0.5);
            parts.push(
                Part::limb(
                    [hub + times(out, 0.03), hub + times(out, 0.03) + spoke],
                    [radius * 0.1; 2],
                    TYRE,
                )
                .on_top(0.1),
            );
        }
        let lamp = frame.at(side * wide * 0.36, belt * 0.72, long * 0.505);
        parts.push(
            disc(lamp, frame.forward, wide * 0.07, Tone([0.95, 0.92, 0.80])).glowing().on_top(0.1),
        );
    }
    parts
}

/// Something on water.
pub(super) fn boat(figure: &Figure, pose: &FigurePose, seconds: f64) -> Vec<Part> {
    let rock = (TAU * seconds * 0.22).sin();
    let frame = Frame::upright(pose.feet + times(UP, pose.lift), pose.facing)
        .rolled(2.4 * rock)
        .pitched(1.2 * (TAU * seconds * 0.17).cos());
    hull(&frame, [figure.width, figure.height, figure.length], painted(figure, WOOD, 0.5))
}

/// A boat by its width, height and length. The frame is at its middle on the water.
pub(super) fn hull(frame: &Frame, [wide, high, long]: [f64; 3], tone: Tone) -> Vec<Part> {
    let wide = wide / 2.0;
    let hull_height = aboard::hull(high, long);
    // From stern to bow: half width and height of the edge.
    let stations = [
        (-0.5, 0.72, 1.1),
        (-0.25, 1.0, 0.95),
        (0.1, 1.0, 0.95),
        (0.32, 0.7, 1.05),
        (0.5, 0.02, 1.3),
    ];
    let edge = |side: f64, (along, width, height): (f64, f64, f64)| {
        frame.at(side * wide * width, hull_height * height, along * long)
    };
    let keel = |side: f64, (along, width, _): (f64, f64, f64)| {
        frame.at(side * wide * width * 0.72, -hull_height * 0.12, along * long * 0.92)
    };
    let mut parts = Vec::new();
    for side in [-1.0, 1.0] {
        for pair in stations.windows(2) {
            let corners = vec![
                keel(side, pair[0]),
                keel(side, pair[1]),
                edge(side, pair[1]),
                edge(side, pair[0]),
            ];
            let turn = (pair[0].1 - pair[1].1) * wide / ((pair[1].0 - pair[0].0) * long);
            parts.push(Part::leaf(corners, frame.along(side, -0.25, turn), tone));
        }
    }
    let stern = vec![
        keel(-1.0, stations[0]),
        keel(1.0, stations[0]),
        edge(1.0, stations[0]),
        edge(-1.0, stations[0]),
    ];
    parts.push(Part::leaf(stern, frame.along(0.0, 0.0, -1.0), tone.times(0.9)));
    let inside: Vec<_> = stations
        .iter()
        .map(|station| edge(-1.0, *station))
        .chain(stations.iter().rev().map(|station| edge(1.0, *station)))
        .map(|point| point - times(frame.up, hull_height * 0.95 - aboard::deck(high, long)))
        .collect();
    parts.push(Part::leaf(inside, frame.up, WOOD.times(0.85)).on_top(-0.2));
    if high > hull_height * 2.2 && long > 6.0 {
        let top = frame.at(0.0, high, 0.02 * long);
        parts.push(Part::limb(
            [frame.at(0.0, hull_height * 0.5, 0.02 * long), top],
            [long * 0.012, long * 0.007],
            WOOD,
        ));
        let low = hull_height * 1.7;
        let belly = 0.10 * long;
        let sail = vec![
            frame.at(0.0, high * 0.96, 0.0),
            frame.at(belly, high * 0.45, -0.20 * long),
            frame.at(belly * 0.6, low, -0.42 * long),
            frame.at(0.0, low, 0.0),
        ];
        parts.push(Part::leaf(sail, frame.along(1.0, 0.1, 0.2), Tone([0.84, 0.81, 0.74])));
        let jib = vec![
            frame.at(0.0, high * 0.88, 0.04 * long),
            frame.at(belly * 0.5, low, 0.12 * long),
            frame.at(0.0, hull_height * 1.3, 0.48 * long),
        ];
        parts.push(Part::leaf(jib, frame.along(1.0, 0.1, -0.2), Tone([0.80, 0.78, 0.72])));
    }
    parts
}

/// Something that flies and does not live.
pub(super) fn aircraft(figure: &Figure, pose: &FigurePose) -> Vec<Part> {
    let (span, high, long) = (figure.width / 2.0, figure.height, figure.length);
    let tone = painted(figure, Tone::grey(0.72), 0.55);
    let frame = Frame::upright(pose.feet + times(UP, pose.lift + high * 0.5), pose.facing)
        .pitched(pose.lean);
    let thick = (high * 0.34).min(long * 0.12);
    let mut parts = vec![
        Part::limb(
            [frame.at(0.0, 0.0, -0.05 * long), frame.at(0.0, -thick * 0.1, 0.40 * long)],
            [thick, thick * 0.72],
            tone,
        ),
        Part::limb(
            [frame.at(0.0, 0.0, -0.05 * long), frame.at(0.0, thick * 0.5, -0.47 * long)],
            [thick, thick * 0.25],
            tone,
        ),
        Part::egg(
            &frame.moved(0.0, thick * 0.6, 0.22 * long),
            [thick * 0.5, thick * 0.5, thick],
            GLASS,
        )
        .on_top(0.1),
    ];
    for side in [-1.0, 1.0] {
        let main = vec![
            frame.at(0.0, -thick * 0.3, 0.14 * long),
            frame.at(side * span, thick * 0.3, -0.06 * long),
            frame.at(side * span, thick * 0.3, -0.14 * long),
            frame.at(0.0, -thick * 0.3, -0.12 * long),
        ];
        parts.push(Part::leaf(main, frame.up, tone.times(0.9)));
        let rear = vec![
            frame.at(0.0, thick * 0.5, -0.36 * long),
            frame.at(side * span * 0.36, thick * 0.6, -0.46 * long),
            frame.at(0.0, thick * 0.5, -0.46 * long),
        ];
        parts.push(Part::leaf(rear, frame.up, tone.times(0.85)));
    }
    let fin = vec![
        frame.at(0.0, thick * 0.6, -0.34 * long),
        frame.at(0.0, high * 0.5, -0.46 * long),
        frame.at(0.0, thick * 0.5, -0.47 * long),
    ];
    parts.push(Part::leaf(fin, frame.right, tone.times(0.8)));
    parts
}

/// A plant.
pub(super) fn plant(figure: &Figure, pose: &FigurePose, seconds: f64) -> Vec<Part> {
    let (wide, high) = (figure.width / 2.0, figure.height);
    let green = Tone([0.47, 0.58, 0.42]);
    let frame = Frame::upright(pose.feet + times(UP, pose.lift), pose.facing);
    let sway = 0.02 * high * (TAU * seconds * 0.3).sin();
    let top = frame.at(sway, high * 0.86, 0.0);
    let mut parts =
        vec![Part::limb([frame.origin, top], [high * 0.025, high * 0.015], green.times(0.8))];
    for leaf in 0..6u32 {
        let angle = TAU * (f64::from(leaf) / 6.0 + share(&figure.name, leaf) * 0.1);
        let up = high * (0.25 + 0.09 * f64::from(leaf));
        let root = frame.at(sway * 0.5, up, 0.0);
        let tip =
            frame.at(angle.cos() * wide * 0.9 + sway, up + high * 0.16, angle.sin() * wide * 0.9);
        parts.push(Part::limb([root, tip], [high * 0.018, high * 0.06], green));
    }
    parts.push(Part::ball(top, (wide * 0.5).min(high * 0.14), clothes(figure)));
    parts
}

/// An upright or round thing.
pub(super) fn thing(figure: &Figure, pose: &FigurePose) -> Vec<Part> {
    let (wide, high, long) = (figure.width, figure.height, figure.length);
    let tone = painted(figure, Tone::grey(0.66), 0.25);
    let frame = Frame::upright(pose.feet + times(UP, pose.lift), pose.facing).pitched(pose.lean);
    if high > 1.2 {
        // A thing as large as a cupboard is a box with a top.
        let mut parts = cuboid(&frame, [wide, high * 0.94, long], tone);
        parts.extend(
            cuboid(
                &frame.moved(0.0, high * 0.94, 0.0),
                [wide * 1.06, high * 0.06, long * 1.06],
                tone.times(0.9),
            )
            .into_iter()
            .map(|part| part.on_top(0.05)),
        );
        return parts;
    }
    let radius = (wide.min(long) / 2.0).min(high * 0.5);
    let body = high - radius * 0.7;
    let mut parts = vec![
        Part::limb(
            [frame.at(0.0, radius, 0.0), frame.at(0.0, (body - radius * 0.8).max(radius), 0.0)],
            [radius, radius * 0.82],
            tone,
        ),
        Part::ball(frame.at(0.0, high - radius * 0.28, 0.0), radius * 0.28, tone.times(0.8)),
    ];
    if wide > radius * 2.3 {
        parts.push(Part::egg(
            &frame.moved(0.0, radius, 0.0),
            [wide / 2.0, radius, long / 2.0],
            tone,
        ));
    }
    parts
}

/// Something that lies.
pub(super) fn flat(figure: &Figure, pose: &FigurePose) -> Vec<Part> {
    let frame = Frame::upright(pose.feet + times(UP, pose.lift), pose.facing).pitched(pose.lean);
    let thin = figure.height.clamp(0.004, 0.05);
    let paper = painted(figure, Tone([0.88, 0.86, 0.80]), 0.75);
    cuboid(&frame, [figure.width, thin, figure.length], paper)
}
