//! A small language for painting: one shape a line, as the world's files have them.
//!
//! ```text
//! oval X Y RX RY FILL            rect X Y W H FILL           round X Y W H R FILL
//! poly X,Y X,Y … FILL            curve X,Y X,Y … FILL        line WIDTH X,Y X,Y … FILL
//! bend WIDTH X,Y X,Y X,Y FILL    bell TOP FOOT Y FILL        art STEM X Y SIZE [DEGREES] [flip]
//! glow X,Y RX RY COLOUR ALPHA    sky HORIZON                 floor FAR NEAR
//! boards FAR NEAR
//! ```
//!
//! A fill is `flat`, `ball`, `side` or `lamp` and a colour, `fall` and two, or `pane`; a
//! colour is `RRGGBB` or `cloth`, `hair`, `skin`, after which `+3` or `-3` makes it three
//! tenths lighter or darker. Before a shape may stand `front:` or `turned:` (only for one
//! who looks so), `turn DX:` (moved for one who is turned), `each X,Y X,Y …:` (once at
//! each place) and `row N DX:` (N times, DX apart).
//!
//! Knows shapes; does not know what they make.

use tiny_skia::{PathBuilder, Transform};

use crate::stage::figures::bell;
use crate::stage::paint::{Fill, Hex, Painter, Turn};
use crate::stage::sets::{self, Hour};

/// What a drawing takes from whom it shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Palette {
    pub(super) cloth: Hex,
    pub(super) hair: Hex,
    pub(super) skin: Hex,
    /// Whether it is turned to the right rather than seen from the front.
    pub(super) turned: bool,
    /// The light of a set.
    pub(super) hour: Hour,
}

/// A colour of a drawing, and how much lighter it is, in tenths.
#[derive(Debug, Clone, Copy)]
struct Colour {
    of: Source,
    lighter: f32,
}

#[derive(Debug, Clone, Copy)]
enum Source {
    Fixed(Hex),
    Cloth,
    Hair,
    Skin,
}

#[derive(Debug, Clone, Copy)]
enum FillKind {
    Flat(Colour),
    Ball(Colour),
    Side(Colour),
    Lamp(Colour),
    Fall(Colour, Colour),
    Pane,
}

type Point = (f32, f32);

#[derive(Debug, Clone)]
enum Shape {
    Oval([f32; 4], FillKind),
    Rect([f32; 4], FillKind),
    Round([f32; 5], FillKind),
    Poly(Vec<Point>, FillKind),
    Curve(Vec<Point>, FillKind),
    Line(f32, Vec<Point>, FillKind),
    Bend(f32, [Point; 3], FillKind),
    Bell([f32; 3], FillKind),
    Art { stem: String, at: Point, size: f32, turn: Turn },
    Glow(Point, Point, Colour, f32),
    Sky(f32),
    Floor(Hex, Hex),
    Boards(Hex, Hex),
}

/// When and where a shape is painted.
#[derive(Debug, Clone)]
enum Where {
    Front,
    Turned,
    Turn(f32),
    Each(Vec<Point>),
}

#[derive(Debug, Clone)]
struct Line {
    places: Vec<Where>,
    shape: Shape,
}

/// Shapes, one over the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Drawing(Vec<Line>);

impl TryFrom<Vec<String>> for Drawing {
    type Error = String;

    fn try_from(lines: Vec<String>) -> Result<Self, String> {
        let parsed = |line: &String| parse(line).ok_or_else(|| format!("`{line}` draws nothing"));
        lines.iter().map(parsed).collect::<Result<_, _>>().map(Self)
    }
}

impl Drawing {
    /// The pieces of art in it.
    pub(super) fn art(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|line| match &line.shape {
            Shape::Art { stem, .. } => Some(stem.as_str()),
            _ => None,
        })
    }

    pub(super) fn paint(&self, p: &mut Painter<'_>, palette: &Palette) {
        for line in &self.0 {
            line.paint(p, palette);
        }
    }
}

impl Line {
    fn paint(&self, p: &mut Painter<'_>, palette: &Palette) {
        let mut at = vec![(0.0, 0.0)];
        for place in &self.places {
            match place {
                Where::Front if palette.turned => return,
                Where::Turned if !palette.turned => return,
                Where::Turn(dx) if palette.turned => at.iter_mut().for_each(|point| point.0 += dx),
                Where::Each(points) => {
                    let moved = |from: &Point| {
                        let from = *from;
                        points.iter().map(move |point| (from.0 + point.0, from.1 + point.1))
                    };
                    at = at.iter().flat_map(moved).collect();
                }
                Where::Front | Where::Turned | Where::Turn(_) => {}
            }
        }
        for (x, y) in at {
            p.within(Transform::from_translate(x, y), |p| self.shape.paint(p, palette));
        }
    }
}

impl Shape {
    fn paint(&self, p: &mut Painter<'_>, palette: &Palette) {
        let fill = |kind: &FillKind| kind.of(palette);
        match self {
            Self::Oval([x, y, rx, ry], kind) => p.oval(*x, *y, *rx, *ry, fill(kind)),
            Self::Rect([x, y, w, h], kind) => p.rect(*x, *y, *w, *h, fill(kind)),
            Self::Round([x, y, w, h, r], kind) => p.round(*x, *y, *w, *h, *r, fill(kind)),
            Self::Poly(points, kind) => p.poly(points, fill(kind)),
            Self::Curve(points, kind) => p.path(curve(points), fill(kind)),
            Self::Line(width, points, kind) => p.line(points, *width, fill(kind)),
            Self::Bend(width, points, kind) => p.line(&bend(*points), *width, fill(kind)),
            Self::Bell([top, foot, y], kind) => p.path(bell(*top, *foot, *y), fill(kind)),
            Self::Art { stem, at, size, turn } => p.art(stem, at.0, at.1, *size, *turn),
            Self::Glow(at, radii, colour, alpha) => {
                p.glow(at.0, at.1, *radii, colour.of(palette), *alpha);
            }
            Self::Sky(horizon) => sets::sky(p, palette.hour, *horizon),
            Self::Floor(far, near) => sets::floor(p, *far, *near),
            Self::Boards(far, near) => sets::boards(p, *far, *near),
        }
    }
}

impl FillKind {
    fn of(self, palette: &Palette) -> Fill {
        match self {
            Self::Flat(colour) => Fill::Flat(colour.of(palette)),
            Self::Ball(colour) => Fill::Ball(colour.of(palette)),
            Self::Side(colour) => Fill::Side(colour.of(palette)),
            Self::Lamp(colour) => Fill::Lamp(colour.of(palette)),
            Self::Fall(upper, lower) => Fill::Fall(upper.of(palette), lower.of(palette)),
            Self::Pane => palette.hour.pane(),
        }
    }
}

impl Colour {
    fn of(self, palette: &Palette) -> Hex {
        let hex = match self.of {
            Source::Fixed(hex) => hex,
            Source::Cloth => palette.cloth,
            Source::Hair => palette.hair,
            Source::Skin => palette.skin,
        };
        shaded(hex, self.lighter)
    }
}

/// A colour lightened or darkened by a share.
pub(super) fn shaded(hex: Hex, by: f32) -> Hex {
    [16, 8, 0].into_iter().fold(0, |sum, shift| {
        let c = (hex >> shift & 0xff) as f32;
        let c = if by < 0.0 { c * (1.0 + by) } else { c + (255.0 - c) * by };
        sum | (c.round() as Hex) << shift
    })
}

/// A closed outline through quadratic curves with these control points, joined at their
/// middles.
pub(super) fn curve(points: &[Point]) -> PathBuilder {
    let middle = |a: Point, b: Point| (f32::midpoint(a.0, b.0), f32::midpoint(a.1, b.1));
    let mut path = PathBuilder::new();
    let Some(last) = points.last() else { return path };
    let start = middle(*last, points[0]);
    path.move_to(start.0, start.1);
    for (i, point) in points.iter().enumerate() {
        let end = middle(*point, points[(i + 1) % points.len()]);
        path.quad_to(point.0, point.1, end.0, end.1);
    }
    path.close();
    path
}

/// Points on a quadratic curve that begins at the first, tends to the second and ends at
/// the third.
pub(super) fn bend([from, via, to]: [Point; 3]) -> Vec<Point> {
    let at = |t: f32, a: f32, b: f32, c: f32| {
        (1.0 - t) * (1.0 - t) * a + 2.0 * t * (1.0 - t) * b + t * t * c
    };
    let points = (0..=12).map(|i| i as f32 / 12.0);
    points.map(|t| (at(t, from.0, via.0, to.0), at(t, from.1, via.1, to.1))).collect()
}

fn number(word: &str) -> Option<f32> {
    word.parse().ok()
}

fn numbers<const N: usize>(words: &[&str]) -> Option<[f32; N]> {
    let all: Option<Vec<f32>> = words.get(..N)?.iter().map(|word| number(word)).collect();
    all?.try_into().ok()
}

fn point(word: &str) -> Option<Point> {
    let (x, y) = word.split_once(',')?;
    Some((number(x)?, number(y)?))
}

/// The points at the front of some words, and the words after them.
fn points<'a>(words: &'a [&'a str]) -> (Vec<Point>, &'a [&'a str]) {
    let points: Vec<Point> = words.iter().map_while(|word| point(word)).collect();
    let rest = &words[points.len()..];
    (points, rest)
}

fn hex(word: &str) -> Option<Hex> {
    Hex::from_str_radix(word, 16).ok().filter(|_| word.len() == 6)
}

fn colour(word: &str) -> Option<Colour> {
    let at = word.find(['+', '-']).unwrap_or(word.len());
    let (of, lighter) = word.split_at(at);
    let of = match of {
        "cloth" => Source::Cloth,
        "hair" => Source::Hair,
        "skin" => Source::Skin,
        fixed => Source::Fixed(hex(fixed)?),
    };
    let lighter = if lighter.is_empty() { 0.0 } else { number(lighter)? / 10.0 };
    Some(Colour { of, lighter })
}

fn filling(words: &[&str]) -> Option<FillKind> {
    Some(match words {
        ["flat", one] => FillKind::Flat(colour(one)?),
        ["ball", one] => FillKind::Ball(colour(one)?),
        ["side", one] => FillKind::Side(colour(one)?),
        ["lamp", one] => FillKind::Lamp(colour(one)?),
        ["fall", upper, lower] => FillKind::Fall(colour(upper)?, colour(lower)?),
        ["pane"] => FillKind::Pane,
        _ => return None,
    })
}

fn parse(line: &str) -> Option<Line> {
    let mut places = Vec::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(':') {
        let words: Vec<&str> = before.split_whitespace().collect();
        places.push(match words.split_first()? {
            (&"front", []) => Where::Front,
            (&"turned", []) => Where::Turned,
            (&"turn", [dx]) => Where::Turn(number(dx)?),
            (&"each", at) => Where::Each(at.iter().map(|word| point(word)).collect::<Option<_>>()?),
            (&"row", [count, dx]) => {
                let (count, dx): (u8, f32) = (count.parse().ok()?, number(dx)?);
                Where::Each((0..count).map(|i| (f32::from(i) * dx, 0.0)).collect())
            }
            _ => return None,
        });
        rest = after;
    }
    let words: Vec<&str> = rest.split_whitespace().collect();
    let (name, words) = words.split_first()?;
    Some(Line { places, shape: shape(name, words)? })
}

fn shape(name: &str, words: &[&str]) -> Option<Shape> {
    Some(match name {
        "oval" => Shape::Oval(numbers(words)?, filling(&words[4..])?),
        "rect" => Shape::Rect(numbers(words)?, filling(&words[4..])?),
        "round" => Shape::Round(numbers(words)?, filling(&words[5..])?),
        "bell" => Shape::Bell(numbers(words)?, filling(&words[3..])?),
        "poly" | "curve" => {
            let (points, rest) = points(words);
            let fill = filling(rest)?;
            if name == "poly" { Shape::Poly(points, fill) } else { Shape::Curve(points, fill) }
        }
        "line" | "bend" => {
            let width = number(words.first()?)?;
            let (points, rest) = points(&words[1..]);
            let fill = filling(rest)?;
            if name == "line" {
                Shape::Line(width, points, fill)
            } else {
                Shape::Bend(width, points.try_into().ok()?, fill)
            }
        }
        "art" => {
            let (stem, words) = words.split_first()?;
            let [x, y, size] = numbers(words)?;
            let mirrored = words.contains(&"flip");
            let degrees = words.get(3).and_then(|word| number(word)).unwrap_or_default();
            let turn = Turn { mirrored, degrees };
            Shape::Art { stem: (*stem).to_owned(), at: (x, y), size, turn }
        }
        "glow" => {
            let at = point(words.first()?)?;
            let [rx, ry] = numbers(&words[1..])?;
            Shape::Glow(at, (rx, ry), colour(words.get(3)?)?, number(words.get(4)?)?)
        }
        "sky" => Shape::Sky(number(words.first()?)?),
        "floor" => Shape::Floor(hex(words.first()?)?, hex(words.get(1)?)?),
        "boards" => Shape::Boards(hex(words.first()?)?, hex(words.get(1)?)?),
        _ => return None,
    })
}
