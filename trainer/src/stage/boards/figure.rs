//! Somebody or something alone: who, how large, which way, in what mood.

use image::RgbImage;
use indexmap::IndexMap;
use tiny_skia::{Pixmap, Transform};

use super::data::{Boards, Colour, Looks};
use super::drawing::Palette;
use super::face::Expression;
use super::people;
use super::terms::{Asked, FIGURE, Facing, Figure, Framing, Mood};
use super::world::{Subject, SubjectKind, World};
use crate::stage::art::{Art, Bounds};
use crate::stage::cast;
use crate::stage::figures;
use crate::stage::paint::{Fill, Light, Painter, Turn};
use crate::stage::render::photographed;
use crate::stage::rng::Rng;
use crate::stage::scene::KEY;
use crate::stage::sets::{Daylight, Hour, Weather};

/// Nearer than this, in shares of the range of a channel, the key colour spreads: what
/// the reel cuts out with a figure's outline.
pub(super) const NEAR_KEY: f32 = 0.45;

/// Skins that people come in; the others are of a few alone.
const SKINS: [&str; 4] = ["fair", "tan", "brown", "dark"];

/// A random figure, of the look of another if one is given: people more often than the
/// rest, since they come in most shapes.
pub(super) fn drawn(world: &World, rng: &mut Rng, like: Option<Figure>) -> Figure {
    let (subject, dress) = match like {
        Some(figure) => (figure.subject, figure.dress),
        None => look(world, rng),
    };
    let kind = &world.subjects[usize::from(subject)].kind;
    let person = matches!(kind, SubjectKind::Person { .. });
    Figure {
        subject,
        dress,
        framing: if rng.chance(0.5) { Framing::Full } else { Framing::Bust },
        facing: rng.one_of(facings(kind)),
        mood: if person { rng.one_of(&Mood::ALL) } else { Mood::Neutral },
        open: opens(kind) && rng.chance(0.35),
    }
}

/// A random subject in random clothes.
fn look(world: &World, rng: &mut Rng) -> (u16, [Option<u8>; 3]) {
    let (mut any, mut own, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    for (at, subject) in (0..).zip(&world.subjects) {
        match subject.kind {
            SubjectKind::Person { any: true, .. } => any.push(at),
            SubjectKind::Person { .. } => own.push(at),
            _ => rest.push(at),
        }
    }
    let subject = match rng.weighted(&[(0, 0.4), (1, 0.3), (2, 0.3)]) {
        0 => rng.one_of(&any),
        1 => rng.one_of(&own),
        _ => rng.one_of(&rest),
    };
    let mut dress = [None; 3];
    if any.contains(&subject) {
        let skin = |name: &&str| world.boards.skins.get_index_of(*name).map(|at| at as u8);
        let all: [Vec<u8>; 3] = [
            (0..world.boards.colours.len() as u8).collect(),
            (0..world.boards.hairs.len() as u8).collect(),
            SKINS.iter().filter_map(skin).collect(),
        ];
        for (dress, all) in dress.iter_mut().zip(all) {
            *dress = rng.chance(0.7).then(|| rng.one_of(&all));
        }
    }
    (subject, dress)
}

/// Which ways the art allows.
fn facings(kind: &SubjectKind) -> &'static [Facing] {
    match kind {
        SubjectKind::Person { .. } => &[Facing::Front, Facing::Right, Facing::Left],
        SubjectKind::Drawn(cast::Subject::Mammoth | cast::Subject::Thylacine)
        | SubjectKind::Art { looks: Looks::Left | Looks::Right, .. } => {
            &[Facing::Right, Facing::Left]
        }
        _ => &[Facing::Front],
    }
}

/// Whether it can open its mouth.
fn opens(kind: &SubjectKind) -> bool {
    match kind {
        SubjectKind::Person { .. } | SubjectKind::Beast { .. } => true,
        SubjectKind::Drawn(subject) => {
            figures::mouth(*subject).is_some()
                || matches!(subject, cast::Subject::Mammoth | cast::Subject::Thylacine)
        }
        SubjectKind::Art { .. } => false,
    }
}

pub(super) fn asked<'a>(world: &'a World, figure: &Figure) -> Asked<'a> {
    let name = &world.subjects[usize::from(figure.subject)].name;
    let [cloth, hair, skin] = figure.dress;
    let key = |at: u8, names: &'a IndexMap<String, Colour>| {
        names.get_index(usize::from(at)).map_or("", |(name, _)| name.as_str())
    };
    let mut who = name.clone();
    if let Some(cloth) = cloth {
        who = format!("{} {who}", key(cloth, &world.boards.colours));
    }
    if let Some(hair) = hair {
        who.push_str(&format!(", {} hair", key(hair, &world.boards.hairs)));
    }
    if let Some(skin) = skin {
        who.push_str(&format!(", {} skin", key(skin, &world.boards.skins)));
    }
    Asked {
        size: if figure.framing == Framing::Full { "full" } else { "bust" },
        who,
        facing: match figure.facing {
            Facing::Front => "front",
            Facing::Right => "right",
            Facing::Left => "left",
        },
        mood: &world.boards.moods[figure.mood as usize],
        open: figure.open,
        ..Asked::default()
    }
}

/// Pixels of a whole figure in a unit, and where it stands.
const SCALE: f32 = 1.84;
const FEET: (f32, f32) = (128.0, 247.0);
/// Pixels of a unit where head and shoulders are seen, and the middle of the head.
const NEAR: f32 = 3.3;
const NEAR_HEAD: (f32, f32) = (128.0, 142.0);
/// How much nearer something without a head of ours is seen.
const NEARER: f32 = 1.6;

/// The figure with its own transparency.
pub(super) fn board(world: &World, figure: &Figure) -> Pixmap {
    let subject = &world.subjects[usize::from(figure.subject)];
    let transform = placed(&world.art, &world.boards, subject, figure);
    let size = (FIGURE[0], FIGURE[1]);
    let mut painter = Painter::new(size, transform, Light::NEUTRAL, &world.art).without_glow();
    paint(&mut painter, world, subject, figure);
    painter.pixmap
}

pub(super) fn keyed(world: &World, figure: &Figure) -> RgbImage {
    let mut canvas = Pixmap::new(FIGURE[0], FIGURE[1]).expect("pictures are not empty");
    let [red, green, blue] = KEY;
    canvas.fill(tiny_skia::Color::from_rgba8(red, green, blue, 255));
    crate::stage::paint::lay(&mut canvas, &board(world, figure), Transform::identity());
    photographed(&canvas)
}

/// Where the origin of a figure is, and how large it is; figures that look to the left
/// are mirrored.
fn placed(art: &Art, world: &Boards, subject: &Subject, figure: &Figure) -> Transform {
    let way = if figure.facing == Facing::Left { -1.0 } else { 1.0 };
    let about = |(x, y): (f32, f32), scale: f32, (at_x, at_y): (f32, f32)| {
        Transform::from_translate(x, y).pre_scale(way * scale, scale).pre_translate(-at_x, -at_y)
    };
    if figure.framing == Framing::Full {
        return about(FEET, SCALE, (0.0, 0.0));
    }
    match &subject.kind {
        SubjectKind::Person { .. } => {
            let height = world.people[&subject.name].height;
            about(NEAR_HEAD, NEAR / height.sqrt(), (0.0, people::HEAD.1 * height))
        }
        SubjectKind::Drawn(one) => {
            let focus = figures::focus(*one);
            about((128.0, 130.0), SCALE * focus.nearer.min(1.9), focus.at)
        }
        SubjectKind::Beast { .. } => about((128.0, 134.0), NEAR * 0.85, (0.0, -62.0)),
        SubjectKind::Art { stem, width, looks } => {
            let Bounds { top, bottom, .. } = art.bounds(stem);
            let tall = (bottom - top) * width;
            let ahead = if *looks == Looks::Front { 0.0 } else { 0.2 * width };
            let share = if *looks == Looks::Front { 0.5 } else { 0.62 };
            about((128.0, 128.0), SCALE * NEARER, (ahead, -share * tall))
        }
    }
}

fn paint(p: &mut Painter<'_>, world: &World, subject: &Subject, figure: &Figure) {
    match &subject.kind {
        SubjectKind::Person { usual, .. } => {
            let [cloth, hair, skin] =
                std::array::from_fn(|i| usize::from(figure.dress[i].unwrap_or(usual[i])));
            let palette = Palette {
                cloth: world.boards.colours[cloth].0,
                hair: world.boards.hairs[hair].0,
                skin: world.boards.skins[skin].0,
                turned: figure.facing != Facing::Front,
                hour: Hour { time: Daylight::Day, weather: Weather::Clear },
            };
            let face = Expression { mood: figure.mood, open: figure.open, facing: figure.facing };
            let person = &world.boards.people[&subject.name];
            people::paint(p, &world.boards, person, &palette, face);
        }
        SubjectKind::Drawn(one) => {
            figures::paint(p, *one, None, if figure.open { 1.0 } else { 0.0 });
        }
        SubjectKind::Art { stem, width, looks } => {
            let Bounds { bottom, middle, .. } = p.bounds(stem);
            let mirrored = *looks == Looks::Left;
            let side = if mirrored { -1.0 } else { 1.0 };
            let (x, y) = (side * (0.5 - middle) * width, (0.5 - bottom) * width);
            p.art(stem, x, y, *width, Turn { mirrored, degrees: 0.0 });
        }
        SubjectKind::Beast { head, coat, belly } => {
            figures::beast(p, *coat, *belly);
            p.art(head, 0.0, -66.0, 66.0, Turn::default());
            if figure.open {
                p.oval(0.0, -49.0, 8.0, 7.0, Fill::Flat(0x541018));
                p.oval(0.0, -45.6, 5.0, 3.2, Fill::Flat(0xe8606a));
            }
        }
    }
}

/// The side from which a subject is best told.
pub(super) fn turned(world: &World, subject: u16) -> Facing {
    let ways = facings(&world.subjects[usize::from(subject)].kind);
    if ways.contains(&Facing::Right) { Facing::Right } else { Facing::Front }
}

/// Those whose clothes, hair and skin come in every colour.
pub(super) fn dressed(world: &World) -> Vec<u16> {
    let any = |at: &u16| {
        matches!(world.subjects[usize::from(*at)].kind, SubjectKind::Person { any: true, .. })
    };
    (0..world.subjects.len() as u16).filter(any).collect()
}

/// How near an opaque pixel of a figure comes to the key colour: the distance of the
/// nearest in shares of the range of a channel.
pub(super) fn nearest_to_key(world: &World, figure: &Figure) -> f32 {
    let board = board(world, figure);
    let opaque = board.pixels().iter().filter(|pixel| pixel.alpha() == 255);
    let distance = opaque.map(|pixel| {
        let channels = [pixel.red(), pixel.green(), pixel.blue()];
        let squares = channels.iter().zip(KEY).map(|(a, b)| (f32::from(*a) - f32::from(b)).powi(2));
        squares.sum::<f32>().sqrt() / 255.0
    });
    distance.fold(f32::INFINITY, f32::min)
}
