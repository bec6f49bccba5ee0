//! Paints shapes and pieces of art on a pixmap under a light, in the caller's units.
//!
//! Does not know what they depict.

use tiny_skia::{
    Color, FillRule, FilterQuality, GradientStop, LinearGradient, Paint, Path, PathBuilder, Pixmap,
    PixmapPaint, Point, RadialGradient, Rect, Shader, SpreadMode, Stroke, Transform,
};

use super::art::{Art, Bounds};

pub(super) use super::art::Hex;

/// How light changes painted colours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Light {
    /// Factor per channel.
    pub(super) tint: [f32; 3],
    /// How far towards grey, 0 to 1.
    pub(super) grey: f32,
}

impl Light {
    /// Neutral light: leaves colours as they are.
    pub(super) const NEUTRAL: Self = Self { tint: [1.0; 3], grey: 0.0 };

    /// A colour under this light, channels 0 to 1.
    pub(super) fn on(self, rgb: [f32; 3]) -> [f32; 3] {
        let luma = 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2];
        std::array::from_fn(|c| {
            ((rgb[c] + (luma - rgb[c]) * self.grey) * self.tint[c]).clamp(0.0, 1.0)
        })
    }
}

/// What fills a shape; the light changes all but `Lamp` and `LampFall`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fill {
    /// One colour.
    Flat(Hex),
    /// A sphere: lit from the upper left.
    Ball(Hex),
    /// A cylinder: lit from the left.
    Side(Hex),
    /// From the first colour at the top to the second at the bottom.
    Fall(Hex, Hex),
    /// Shines by itself.
    Lamp(Hex),
    /// Shines by itself, from the first colour at the top to the second.
    LampFall(Hex, Hex),
}

fn channels(hex: Hex) -> [f32; 3] {
    [16, 8, 0].map(|shift| ((hex >> shift) & 0xff) as f32 / 255.0)
}

/// A colour lightened (positive) or darkened (negative) by a share.
fn shade(rgb: [f32; 3], by: f32) -> [f32; 3] {
    rgb.map(|c| if by >= 0.0 { c + (1.0 - c) * by } else { c * (1.0 + by) })
}

fn color(rgb: [f32; 3], alpha: f32) -> Color {
    let [r, g, b] = rgb.map(|c| c.clamp(0.0, 1.0));
    Color::from_rgba(r, g, b, alpha).unwrap_or(Color::BLACK)
}

/// A pixmap with a brush, a coordinate system and a light.
pub(super) struct Painter<'a> {
    pub(super) pixmap: Pixmap,
    art: &'a Art,
    transform: Transform,
    light: Light,
    glows: bool,
}

impl<'a> Painter<'a> {
    /// A clear canvas of `width × height` pixels.
    pub(super) fn new(
        (width, height): (u32, u32),
        transform: Transform,
        light: Light,
        art: &'a Art,
    ) -> Self {
        let pixmap = Pixmap::new(width, height).expect("canvases are not empty");
        Self { pixmap, art, transform, light, glows: true }
    }

    /// A canvas without glows: in front of a key colour a glow would mix with the key.
    pub(super) fn without_glow(self) -> Self {
        Self { glows: false, ..self }
    }

    /// Where a piece of art is seen.
    pub(super) fn bounds(&self, name: &str) -> Bounds {
        self.art.bounds(name)
    }

    /// Paints in a moved, scaled or turned coordinate system.
    pub(super) fn within(&mut self, transform: Transform, paint: impl FnOnce(&mut Self)) {
        let outer = self.transform;
        self.transform = outer.pre_concat(transform);
        paint(self);
        self.transform = outer;
    }

    fn fill(&mut self, path: &Path, fill: Fill) {
        let bounds = path.bounds();
        let lit = |hex, by| color(self.light.on(shade(channels(hex), by)), 1.0);
        let (left, top) = (bounds.left(), bounds.top());
        let (right, bottom) = (bounds.right(), bounds.bottom());
        let linear = |end: (f32, f32), stops: Vec<(f32, Color)>| {
            let stops = stops.into_iter().map(|(at, c)| GradientStop::new(at, c)).collect();
            LinearGradient::new(
                Point::from_xy(left, top),
                Point::from_xy(end.0, end.1),
                stops,
                SpreadMode::Pad,
                Transform::identity(),
            )
        };
        let shader = match fill {
            Fill::Flat(hex) => Shader::SolidColor(lit(hex, 0.0)),
            Fill::Lamp(hex) => Shader::SolidColor(color(channels(hex), 1.0)),
            Fill::Ball(hex) => {
                let (w, h) = (bounds.width(), bounds.height());
                let centre = Point::from_xy(left + 0.36 * w, top + 0.3 * h);
                RadialGradient::new(
                    centre,
                    0.0,
                    centre,
                    0.78 * w.max(h),
                    vec![
                        GradientStop::new(0.0, lit(hex, 0.3)),
                        GradientStop::new(0.45, lit(hex, 0.0)),
                        GradientStop::new(1.0, lit(hex, -0.42)),
                    ],
                    SpreadMode::Pad,
                    Transform::identity(),
                )
                .unwrap_or(Shader::SolidColor(lit(hex, 0.0)))
            }
            Fill::Side(hex) => linear(
                (right, top),
                vec![
                    (0.0, lit(hex, -0.12)),
                    (0.3, lit(hex, 0.22)),
                    (0.6, lit(hex, 0.0)),
                    (1.0, lit(hex, -0.38)),
                ],
            )
            .unwrap_or(Shader::SolidColor(lit(hex, 0.0))),
            Fill::Fall(upper, lower) => {
                linear((left, bottom), vec![(0.0, lit(upper, 0.0)), (1.0, lit(lower, 0.0))])
                    .unwrap_or(Shader::SolidColor(lit(upper, 0.0)))
            }
            Fill::LampFall(upper, lower) => linear(
                (left, bottom),
                vec![(0.0, color(channels(upper), 1.0)), (1.0, color(channels(lower), 1.0))],
            )
            .unwrap_or(Shader::SolidColor(color(channels(upper), 1.0))),
        };
        let paint = Paint { shader, ..Paint::default() };
        self.pixmap.fill_path(path, &paint, FillRule::Winding, self.transform, None);
    }

    /// An ellipse by its centre and radii.
    pub(super) fn oval(&mut self, x: f32, y: f32, rx: f32, ry: f32, fill: Fill) {
        if let Some(path) =
            Rect::from_xywh(x - rx, y - ry, 2.0 * rx, 2.0 * ry).and_then(PathBuilder::from_oval)
        {
            self.fill(&path, fill);
        }
    }

    /// A rectangle by its upper left corner.
    pub(super) fn rect(&mut self, x: f32, y: f32, w: f32, h: f32, fill: Fill) {
        if let Some(rect) = Rect::from_xywh(x, y, w, h) {
            self.fill(&PathBuilder::from_rect(rect), fill);
        }
    }

    /// A rectangle with round corners.
    pub(super) fn round(&mut self, x: f32, y: f32, w: f32, h: f32, r: f32, fill: Fill) {
        let mut path = PathBuilder::new();
        path.move_to(x + r, y);
        path.line_to(x + w - r, y);
        path.quad_to(x + w, y, x + w, y + r);
        path.line_to(x + w, y + h - r);
        path.quad_to(x + w, y + h, x + w - r, y + h);
        path.line_to(x + r, y + h);
        path.quad_to(x, y + h, x, y + h - r);
        path.line_to(x, y + r);
        path.quad_to(x, y, x + r, y);
        self.path(path, fill);
    }

    /// A polygon.
    pub(super) fn poly(&mut self, points: &[(f32, f32)], fill: Fill) {
        let mut path = PathBuilder::new();
        for (i, &(x, y)) in points.iter().enumerate() {
            if i == 0 {
                path.move_to(x, y);
            } else {
                path.line_to(x, y);
            }
        }
        path.close();
        self.path(path, fill);
    }

    /// Any outline.
    pub(super) fn path(&mut self, path: PathBuilder, fill: Fill) {
        if let Some(path) = path.finish() {
            self.fill(&path, fill);
        }
    }

    /// A smooth line through points, with round ends.
    pub(super) fn line(&mut self, points: &[(f32, f32)], width: f32, fill: Fill) {
        let rgb = match fill {
            Fill::Lamp(hex) | Fill::LampFall(hex, _) => channels(hex),
            Fill::Flat(hex) | Fill::Ball(hex) | Fill::Side(hex) | Fill::Fall(hex, _) => {
                self.light.on(channels(hex))
            }
        };
        let mut path = PathBuilder::new();
        for (i, &(x, y)) in points.iter().enumerate() {
            if i == 0 {
                path.move_to(x, y);
            } else {
                path.line_to(x, y);
            }
        }
        let Some(path) = path.finish() else { return };
        let paint = Paint { shader: Shader::SolidColor(color(rgb, 1.0)), ..Paint::default() };
        let stroke = Stroke {
            width,
            line_cap: tiny_skia::LineCap::Round,
            line_join: tiny_skia::LineJoin::Round,
            ..Stroke::default()
        };
        self.pixmap.stroke_path(&path, &paint, &stroke, self.transform, None);
    }

    /// A soft spot of light (or of dark) that fades to nothing at its radii.
    pub(super) fn glow(&mut self, x: f32, y: f32, (rx, ry): (f32, f32), hex: Hex, alpha: f32) {
        let circle = Rect::from_xywh(-1.0, -1.0, 2.0, 2.0).filter(|_| self.glows);
        let Some(path) = circle.and_then(PathBuilder::from_oval) else { return };
        let rgb = channels(hex);
        let centre = Point::from_xy(0.0, 0.0);
        let Some(shader) = RadialGradient::new(
            centre,
            0.0,
            centre,
            1.0,
            vec![
                GradientStop::new(0.0, color(rgb, alpha)),
                GradientStop::new(0.5, color(rgb, alpha * 0.45)),
                GradientStop::new(1.0, color(rgb, 0.0)),
            ],
            SpreadMode::Pad,
            Transform::identity(),
        ) else {
            return;
        };
        let paint = Paint { shader, ..Paint::default() };
        let transform = self.transform.pre_translate(x, y).pre_scale(rx, ry);
        self.pixmap.fill_path(&path, &paint, FillRule::Winding, transform, None);
    }

    /// A piece of art, `size` wide, by its centre; `turn` in degrees.
    pub(super) fn art(&mut self, name: &str, x: f32, y: f32, size: f32, turn: Turn) {
        let (sx, _) = self.transform.get_scale();
        let picture = self.art.at_least(name, size * sx);
        let mut picture = picture.clone();
        lit(&mut picture, self.light);
        let scale = size / picture.width() as f32;
        let half = picture.width() as f32 / 2.0;
        let transform = self
            .transform
            .pre_translate(x, y)
            .pre_concat(Transform::from_rotate(turn.degrees))
            .pre_scale(if turn.mirrored { -scale } else { scale }, scale)
            .pre_translate(-half, -half);
        let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
        self.pixmap.draw_pixmap(0, 0, picture.as_ref(), &paint, transform, None);
    }
}

/// How to turn a piece of art.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Turn {
    /// Exchanges left and right.
    pub(super) mirrored: bool,
    /// Clockwise.
    pub(super) degrees: f32,
}

/// The art as it is drawn.
pub(super) const UPRIGHT: Turn = Turn { mirrored: false, degrees: 0.0 };
/// The art mirrored.
pub(super) const MIRRORED: Turn = Turn { mirrored: true, degrees: 0.0 };

/// Applies a light to a finished picture.
pub(super) fn lit(picture: &mut Pixmap, light: Light) {
    if light == Light::NEUTRAL {
        return;
    }
    for pixel in picture.data_mut().chunks_exact_mut(4) {
        if pixel[3] == 0 {
            continue;
        }
        let rgb = light.on([pixel[0], pixel[1], pixel[2]].map(|c| f32::from(c) / 255.0));
        for c in 0..3 {
            pixel[c] = ((rgb[c] * 255.0 + 0.5) as u8).min(pixel[3]);
        }
    }
}

/// A soft contact shadow under feet at the origin of a transform.
pub(super) fn shadow(canvas: &mut Pixmap, at: Transform, (rx, ry): (f32, f32)) {
    let Some(path) = Rect::from_xywh(-1.0, -1.0, 2.0, 2.0).and_then(PathBuilder::from_oval) else {
        return;
    };
    let centre = Point::from_xy(0.0, 0.0);
    let dark = |alpha| Color::from_rgba(0.05, 0.02, 0.08, alpha).unwrap_or(Color::BLACK);
    let Some(shader) = RadialGradient::new(
        centre,
        0.0,
        centre,
        1.0,
        vec![GradientStop::new(0.3, dark(0.5)), GradientStop::new(1.0, dark(0.0))],
        SpreadMode::Pad,
        Transform::identity(),
    ) else {
        return;
    };
    let paint = Paint { shader, ..Paint::default() };
    canvas.fill_path(&path, &paint, FillRule::Winding, at.pre_scale(rx, ry), None);
}

/// A box blur, twice, horizontally and vertically, for what is out of focus behind a
/// close-up.
pub(super) fn blur(picture: &mut Pixmap, radius: usize) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    for _ in 0..2 {
        for (count, length, step, stride) in
            [(height, width, 4, width * 4), (width, height, width * 4, 4)]
        {
            for line in 0..count {
                let start = line * stride;
                for c in 0..4 {
                    let data = picture.data_mut();
                    let source: Vec<u32> =
                        (0..length).map(|i| u32::from(data[start + i * step + c])).collect();
                    for i in 0..length {
                        let (from, to) = (i.saturating_sub(radius), (i + radius).min(length - 1));
                        let sum: u32 = source[from..=to].iter().sum();
                        let n = (to - from + 1) as u32;
                        data[start + i * step + c] = ((sum + n / 2) / n) as u8;
                    }
                }
            }
        }
    }
}

/// Draws a picture over a canvas through an affine transform, bilinearly, with weights
/// of eight bits. This is several times faster than the general pipeline, and gives the
/// same result on every machine.
pub(super) fn lay(canvas: &mut Pixmap, picture: &Pixmap, transform: Transform) {
    let Some(back) = transform.invert() else { return };
    let (width, height) = (picture.width() as i32, picture.height() as i32);
    let corners = [(0, 0), (width, 0), (0, height), (width, height)].map(|(x, y)| {
        let mut point = Point::from_xy(x as f32, y as f32);
        transform.map_point(&mut point);
        (point.x, point.y)
    });
    let span = |along: fn(&(f32, f32)) -> f32, limit: u32| {
        let least = corners.iter().map(along).fold(f32::INFINITY, f32::min);
        let most = corners.iter().map(along).fold(f32::NEG_INFINITY, f32::max);
        (least.floor() - 1.0).clamp(0.0, limit as f32) as usize
            ..(most.ceil() + 1.0).clamp(0.0, limit as f32) as usize
    };
    let (columns, rows) = (span(|p| p.0, canvas.width()), span(|p| p.1, canvas.height()));
    let row_bytes = canvas.width() as usize * 4;
    let source = picture.data();
    let texel = |x: i32, y: i32| -> u32 {
        if x < 0 || y < 0 || x >= width || y >= height {
            return 0;
        }
        let at = (y as usize * width as usize + x as usize) * 4;
        u32::from_le_bytes([source[at], source[at + 1], source[at + 2], source[at + 3]])
    };
    let fixed = |value: f32| (value * 65536.0).round() as i32;
    let (step_x, step_y) = (fixed(back.sx), fixed(back.ky));
    for row in rows {
        let (x, y) = (columns.start as f32 + 0.5, row as f32 + 0.5);
        let mut u = fixed(back.sx * x + back.kx * y + back.tx - 0.5);
        let mut v = fixed(back.ky * x + back.sy * y + back.ty - 0.5);
        let line = &mut canvas.data_mut()[row * row_bytes..][..row_bytes];
        for out in line[columns.start * 4..columns.end * 4].chunks_exact_mut(4) {
            let (px, py) = (u >> 16, v >> 16);
            let (fx, fy) = ((u >> 8 & 0xff) as u32, (v >> 8 & 0xff) as u32);
            u += step_x;
            v += step_y;
            let (a, b) = (texel(px, py), texel(px + 1, py));
            let (c, d) = (texel(px, py + 1), texel(px + 1, py + 1));
            if (a | b | c | d) == 0 {
                continue;
            }
            let over = mixed(mixed(a, b, fx), mixed(c, d, fx), fy);
            let through = 255 - (over >> 24);
            let under = u32::from_le_bytes([out[0], out[1], out[2], out[3]]);
            let sum = if through == 0 { over } else { over + dimmed(under, through) };
            out.copy_from_slice(&sum.to_le_bytes());
        }
    }
}

/// Mixes two pixels by a weight in 256ths, two channels at a time.
fn mixed(a: u32, b: u32, weight: u32) -> u32 {
    if a == b {
        return a;
    }
    let (even, odd) = (0x00ff_00ff, 0xff00_ff00);
    let low = (a & even) * (256 - weight) + (b & even) * weight + 0x0080_0080;
    let high = (a >> 8 & even) * (256 - weight) + (b >> 8 & even) * weight + 0x0080_0080;
    (low >> 8 & even) | (high & odd)
}

/// Scales a pixel by a share in 255ths.
fn dimmed(pixel: u32, share: u32) -> u32 {
    let even = 0x00ff_00ff;
    let part = |channels: u32| {
        let product = channels * share + 0x0080_0080;
        (product + (product >> 8 & even)) >> 8 & even
    };
    part(pixel & even) | part(pixel >> 8 & even) << 8
}
