//! The figures that one subject stands for: one, a couple side by side, a crowd in loose
//! rows.
//!
//! Knows a performance; the same performance gives the same figures.

use super::body::share_of;
use super::figure::{Figure, FigureColours, Gesture};
use super::geometry::{Point, wrap_degrees};
use super::performance::Performance;
use super::scene::StagedScene;
use super::travel::Floor;

/// The figures of a performance. `subject` is its place among the shot's subjects.
pub(super) fn individuals(
    scene: &StagedScene<'_>,
    performance: &Performance,
    subject: usize,
) -> Vec<Figure> {
    let player = &scene.players[performance.player];
    let body = &player.body;
    let dances = performance.path.gestures.iter().any(|span| span.gesture == Gesture::Dance);
    let floor = Floor { pieces: &scene.design.pieces, room: scene.design.room, others: Vec::new() };
    (0..body.count.max(1))
        .map(|individual| {
            let mut path = performance.path.clone();
            let mut tall = 1.0;
            if body.count > 1 {
                let spot = Spot::of(individual, body.count, body.half(), dances, &player.name);
                tall = 0.95 + 0.1 * share_of(&format!("{} {individual}", player.name));
                let mark = path.keys[0];
                let turn =
                    if dances { 0.0 } else { wrap_degrees(mark.facing - 180.0).to_radians() };
                let (sin, cos) = turn.sin_cos();
                let off = Point::new(
                    spot.right * cos + spot.back * sin,
                    0.0,
                    spot.back * cos - spot.right * sin,
                );
                for key in &mut path.keys {
                    key.feet = floor.free(key.feet + off, body.width / 2.0);
                    key.facing += spot.turned;
                }
            }
            Figure {
                name: player.name.clone(),
                subject,
                who: player.who,
                individual,
                shape: body.shape,
                height: body.height * tall,
                width: body.width,
                length: body.length,
                colours: FigureColours::default(),
                path,
            }
        })
        .collect()
}

/// A spot in a group, in metres from its middle as the camera sees it.
struct Spot {
    right: f64,
    back: f64,
    turned: f64,
}

impl Spot {
    fn of(individual: u32, count: u32, half: f64, dances: bool, name: &str) -> Self {
        let n = f64::from(individual);
        let chance = |what: &str| share_of(&format!("{name} {individual} {what}")) - 0.5;
        if count == 2 {
            let side = n * 2.0 - 1.0;
            let apart = if dances { 0.24 } else { half.max(0.2) + 0.12 };
            // A couple that dances faces each other, and the cameras a little.
            let turned = side * if dances { 58.0 } else { 18.0 };
            return Self { right: side * apart, back: 0.0, turned };
        }
        let columns = (f64::from(count) * 1.7).sqrt().ceil();
        let (row, column) = ((n / columns).floor(), n % columns);
        let rows = (f64::from(count) / columns).ceil();
        let in_row =
            if row + 1.0 < rows { columns } else { f64::from(count) - columns * (rows - 1.0) };
        let apart = half * 2.0 + 0.35;
        Self {
            right: (column - (in_row - 1.0) / 2.0 + chance("aside") * 0.35) * apart,
            back: (row + chance("deep") * 0.35) * apart * 1.05,
            turned: chance("turned") * 30.0,
        }
    }
}
