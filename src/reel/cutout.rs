//! A cutout: a figure cut out of a still, and how it is drawn.
//!
//! A cutout measures in heights of its figure: 0 at the feet, 1 at the crown, sideways from
//! the middle to the right. Knows stills; does not know where it stands.

use std::sync::OnceLock;

use super::back::back_of;
use super::raster::{Raster, length, redrawn};

/// A figure, cut out.
#[derive(Debug, Clone)]
pub(super) struct Cutout {
    /// Red, green, blue, and how far a point is inside the figure. The outline is where
    /// this fourth number is [`OUTLINE`], at every size.
    cut: Raster<4>,
    /// Pixels of the figure's height.
    height: f32,
    /// The column of its middle.
    middle: f32,
    /// The row of its crown.
    crown: f32,
    mouth: Option<Mouth>,
    /// Its colours from behind, made when the camera first sees them.
    back: OnceLock<Raster<3>>,
}

/// Where a cutout's mouth is, in shares of its height.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Mouth {
    /// To the right of the figure's middle.
    aside: f32,
    /// Below its crown.
    below: f32,
    /// From its middle to one side.
    reach: f32,
}

/// The alpha at which the outline lies: a little inside, where the paper does not shine
/// through.
const OUTLINE: f32 = 0.54;

/// Where a cutout is in the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CutoutPose {
    /// The pixel of its feet.
    pub feet: (f32, f32),
    /// Pixels of its height.
    pub height: f32,
    /// Degrees clockwise.
    pub turned: f32,
    /// Its width: 1 as photographed, 0 seen from its edge, -1 mirrored.
    pub wide: f32,
    /// Its height: 1 as photographed.
    pub tall: f32,
}

/// How a cutout looks in its surroundings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CutoutLook {
    /// Factor of each channel.
    pub light: [f32; 3],
    /// Radius of its blur, in pixels of the picture.
    pub blur: f32,
    /// How far its mouth is open, from 0 to 1.
    pub mouth: f32,
    /// How far it is seen from behind, from 0 to 1.
    pub behind: f32,
    /// How much of it the air hides, and the air's colour.
    pub veil: (f32, [f32; 3]),
    /// How much of its lower end something hides, as a share of its height.
    pub hidden: f32,
}

/// Where the chin of a figure without a mouth is: a share of its height below the crown.
const CHIN: f32 = 0.44;
/// The colours of the inside of a mouth and of a tongue.
const THROAT: [f32; 3] = [0.28, 0.03, 0.08];
const TONGUE: [f32; 3] = [0.86, 0.3, 0.36];

impl Cutout {
    /// Makes a cutout from the pixels of a figure; `None` if there are none. Takes the head
    /// and shoulders from the near still if that shows the same figure. The cutout looks
    /// well up to a height of `pixels`.
    pub(super) fn new(
        small: Raster<4>,
        close: Option<&Raster<4>>,
        mouth: Option<[f32; 3]>,
        pixels: f32,
    ) -> Option<Self> {
        let (bounds, middle) = extent(&small)?;
        let whole = Fit { height: bounds.3 - bounds.1, middle, crown: bounds.1 };
        let mouth = mouth.map(|[x, y, reach]| {
            let (width, height) = (small.width as f32, small.height as f32);
            Mouth {
                aside: (x * width - middle) / whole.height,
                below: (y * height - bounds.1) / whole.height,
                reach: reach * height / whole.height,
            }
        });
        let near = close.and_then(|near| {
            let fit = fitted(&small, &whole, near)?;
            Some(joined(&small, &whole, near, fit))
        });
        let (cut, fit) = near.unwrap_or((small, whole));
        Some(Self { mouth, ..Self::of(&cut, &fit, pixels / fit.height) })
    }
}

/// Where a figure is on a still, in its pixels.
struct Fit {
    height: f32,
    middle: f32,
    crown: f32,
}

/// Left, top, right and lower edge of a figure, and the column of its middle.
fn extent(cut: &Raster<4>) -> Option<((f32, f32, f32, f32), f32)> {
    let (mut left, mut top, mut right, mut low) = (f32::MAX, f32::MAX, 0.0_f32, 0.0_f32);
    let (mut sum, mut weight) = (0.0, 0.0);
    let inside = |(_, pixel): &(usize, &[f32; 4])| pixel[3] > OUTLINE;
    for (at, _) in cut.pixels.iter().enumerate().filter(inside) {
        let (x, y) = ((at % cut.width) as f32, (at / cut.width) as f32);
        (left, right) = (left.min(x), right.max(x + 1.0));
        (top, low) = (top.min(y), low.max(y + 1.0));
        (sum, weight) = (sum + x + 0.5, weight + 1.0);
    }
    (weight > 0.0).then(|| ((left, top, right, low), sum / weight))
}

/// How the near still fits the one of the whole figure: the scale and the shift at which
/// both outlines cover each other best, their crowns at one height.
fn fitted(small: &Raster<4>, whole: &Fit, near: &Raster<4>) -> Option<Fit> {
    const STEP: usize = 3;
    let (bounds, _) = extent(near)?;
    let (left, right) = (bounds.0, bounds.2);
    let mut best = (0.0, None);
    for scale in (0..26).map(|step| 1.15 + 0.05 * step as f32) {
        for shift in -6..=6 {
            let middle = f32::midpoint(left, right) + (right - left) * 0.03 * shift as f32;
            let (mut both, mut either) = (0.0_f32, 0.0_f32);
            for y in (0..near.height).step_by(STEP) {
                for x in (0..near.width).step_by(STEP) {
                    let here = near.pixels[y * near.width + x][3] > OUTLINE;
                    let from_x = whole.middle + (x as f32 + 0.5 - middle) / scale;
                    let from_y = whole.crown + (y as f32 + 0.5 - bounds.1) / scale;
                    let inside = (0.0..small.width as f32).contains(&from_x)
                        && (0.0..small.height as f32).contains(&from_y);
                    let there = inside
                        && small.pixels[from_y as usize * small.width + from_x as usize][3]
                            > OUTLINE;
                    both += f32::from(here && there);
                    either += f32::from(here || there);
                }
            }
            let share = both / either.max(1.0);
            if share > best.0 {
                let height = whole.height * scale;
                best = (share, Some(Fit { height, middle, crown: bounds.1 }));
            }
        }
    }
    // Does not mix stills of two different figures.
    best.1.filter(|_| best.0 > 0.6)
}

/// The rows in which the near still blends into the still of the whole figure.
const SEAM: f32 = 14.0;

/// The near still, and below it the still of the whole figure, enlarged as it fits.
fn joined(small: &Raster<4>, whole: &Fit, near: &Raster<4>, fit: Fit) -> (Raster<4>, Fit) {
    let scale = fit.height / whole.height;
    let far = |x: f32, y: f32| {
        let at = (whole.middle + (x - fit.middle) / scale, whole.crown + (y - fit.crown) / scale);
        let inside =
            (0.0..small.width as f32).contains(&at.0) && (0.0..small.height as f32).contains(&at.1);
        if inside { small.sample(at.0, at.1) } else { [0.0; 4] }
    };
    // The whole figure may be wider than the near still.
    let room = (small.width as f32 * scale * 0.1) as usize;
    let height = (fit.crown + fit.height + 4.0).max(near.height as f32) as usize;
    let seam = near.height as f32 - SEAM - 2.0;
    let joined = Raster::from_fn(near.width + 2 * room, height, |x, y| {
        let (x, y) = (x as f32 + 0.5 - room as f32, y as f32 + 0.5);
        let below = ((y - seam) / SEAM).clamp(0.0, 1.0);
        let outside = x < 1.0 || x > near.width as f32 - 1.0;
        if below >= 1.0 || outside {
            return if below > 0.0 { far(x, y) } else { [0.0; 4] };
        }
        let near = near.sample(x, y);
        if below <= 0.0 {
            return near;
        }
        let far = far(x, y);
        // Where only one still shows the figure, its colour counts.
        let share = below * far[3] / (below * far[3] + (1.0 - below) * near[3]).max(1e-3);
        let mix = |i: usize, share: f32| near[i] + (far[i] - near[i]) * share;
        [mix(0, share), mix(1, share), mix(2, share), mix(3, below)]
    });
    (joined, Fit { middle: fit.middle + room as f32, ..fit })
}

/// Pixels around a figure on its cutout.
const MARGIN: f32 = 3.0;

impl Cutout {
    fn of(cut: &Raster<4>, fit: &Fit, scale: f32) -> Self {
        let scale = scale.clamp(1.0, 6.0);
        let ((left, top, right, low), _) = extent(cut).expect("it was measured");
        let from = |edge: f32| (edge - MARGIN).max(0.0);
        let (x, y) = (from(left) as usize, from(top) as usize);
        let width = ((right + MARGIN) as usize).min(cut.width) - x;
        let height = ((low + MARGIN) as usize).min(cut.height) - y;
        let part = |at: (usize, usize)| cut.pixels[(at.1 + y) * cut.width + at.0 + x];
        let colours = Raster::from_fn(width, height, |x, y| {
            let [r, g, b, _] = part((x, y));
            [r, g, b]
        });
        // Draws the outline through the middles of soft pixels, because steps of single
        // pixels do not belong to the figure.
        let inside = Raster::from_fn(width, height, |x, y| [part((x, y))[3]]);
        let soft = inside.clone().blurred(1, 1);
        let inside = Raster::from_fn(width, height, |x, y| {
            let at = y * width + x;
            [f32::midpoint(inside.pixels[at][0], soft.pixels[at][0])]
        });
        let colours = redrawn(&colours, scale);
        let inside = inside.enlarged(colours.width, colours.height);
        let pixels = colours.pixels.iter().zip(&inside.pixels);
        Self {
            cut: Raster {
                width: colours.width,
                height: colours.height,
                pixels: pixels.map(|([r, g, b], [a])| [*r, *g, *b, *a]).collect(),
            },
            height: fit.height * scale,
            middle: (fit.middle - x as f32) * scale,
            crown: (fit.crown - y as f32) * scale,
            mouth: None,
            back: OnceLock::new(),
        }
    }

    /// Width by height.
    pub(super) fn aspect(&self) -> f32 {
        self.cut.width as f32 / self.height
    }

    /// Draws it over a picture.
    pub(super) fn draw(&self, picture: &mut Raster<3>, at: &CutoutPose, look: &CutoutLook) {
        // A cutout seen from its edge has the thickness of board.
        let wide = if at.wide.abs() < 0.03 { 0.03_f32.copysign(at.wide) } else { at.wide };
        let scale = at.height / self.height;
        if !scale.is_finite() || scale <= 0.0 {
            return;
        }
        let (sin, cos) = at.turned.to_radians().sin_cos();
        let feet = self.crown + self.height;
        let shown = if look.hidden > 0.0 { feet - look.hidden * self.height } else { f32::MAX };
        let spread = look.blur / scale + 1.0;
        let corners = [
            (-spread, -spread),
            (self.cut.width as f32 + spread, -spread),
            (-spread, self.cut.height as f32 + spread),
            (self.cut.width as f32 + spread, self.cut.height as f32 + spread),
        ]
        .map(|(x, y)| {
            let (x, y) = ((x - self.middle) * scale * wide, (y - feet) * scale * at.tall);
            (at.feet.0 + x * cos - y * sin, at.feet.1 + x * sin + y * cos)
        });
        let range = |of: fn(&(f32, f32)) -> f32, length: usize| {
            let least = corners.iter().map(of).fold(f32::MAX, f32::min).floor().max(0.0);
            let most = corners.iter().map(of).fold(f32::MIN, f32::max).ceil().max(0.0);
            (least as usize).min(length)..(most as usize).min(length)
        };
        let (columns, rows) = (range(|c| c.0, picture.width), range(|c| c.1, picture.height));
        let blurred = (look.blur > 0.75).then(|| self.blurred(look.blur / scale));
        let back = (look.behind > 0.0).then(|| self.back());
        let mouth =
            self.mouth.filter(|_| look.mouth > 0.04 && look.behind < 0.5).map(|mouth| OpenMouth {
                x: self.middle + mouth.aside * self.height,
                y: self.crown + mouth.below * self.height,
                wide: mouth.reach * self.height * (0.6 + 0.25 * look.mouth),
                high: mouth.reach * self.height * 0.75 * look.mouth,
                soft: (1.0 + look.blur) / scale,
            });
        for y in rows {
            for x in columns.clone() {
                let (dx, dy) = (x as f32 + 0.5 - at.feet.0, y as f32 + 0.5 - at.feet.1);
                let across = (dx * cos + dy * sin) / scale / wide + self.middle;
                let down = (dy * cos - dx * sin) / scale / at.tall + feet;
                if down > shown {
                    continue;
                }
                let pixel = &mut picture.pixels[y * picture.width + x];
                let (colour, alpha) = match &blurred {
                    Some(soft) => soft.sample(across, down),
                    None => self.sample(across, down, [1.0 / (scale * wide.abs()), 1.0 / scale]),
                };
                if alpha > 0.0 {
                    let colour = match back {
                        Some(back) => {
                            let behind = back.sample(across, down);
                            std::array::from_fn(|i| {
                                colour[i] + (behind[i] - colour[i]) * look.behind
                            })
                        }
                        None => colour,
                    };
                    let colour = mouth.as_ref().map_or(colour, |it| it.over(colour, across, down));
                    let (veil, haze) = look.veil;
                    *pixel = std::array::from_fn(|i| {
                        let lit = colour[i] * look.light[i];
                        pixel[i] + (lit + (haze[i] - lit) * veil - pixel[i]) * alpha
                    });
                }
            }
        }
    }

    /// Its colours from behind.
    fn back(&self) -> &Raster<3> {
        let chin = self.mouth.map_or(CHIN, |mouth| mouth.below + mouth.reach);
        let place = (self.crown, self.height);
        self.back.get_or_init(|| back_of(&self.cut, place, chin, OUTLINE))
    }

    /// Whether it has a mouth that opens.
    pub(super) fn speaks(&self) -> bool {
        self.mouth.is_some()
    }

    /// The colour at a point and how much of a pixel of the picture is inside, given how
    /// many pixels of the cutout that has across and down.
    fn sample(&self, x: f32, y: f32, step: [f32; 2]) -> ([f32; 3], f32) {
        let margin = 1.0;
        if x < -margin
            || y < -margin
            || x > self.cut.width as f32 + margin
            || y > self.cut.height as f32 + margin
        {
            return ([0.0; 3], 0.0);
        }
        let [r, g, b, inside] = self.cut.sample(x, y);
        if inside < 0.02 {
            return ([0.0; 3], 0.0);
        }
        // Nearly all of a cutout is inside.
        if inside > 0.995 {
            return ([r, g, b], 1.0);
        }
        let across = self.cut.sample(x + 0.5, y)[3] - self.cut.sample(x - 0.5, y)[3];
        let down = self.cut.sample(x, y + 0.5)[3] - self.cut.sample(x, y - 0.5)[3];
        let slope = length(across * step[0], down * step[1]).max(1e-4);
        (([r, g, b]), ((inside - OUTLINE) / slope + 0.5).clamp(0.0, 1.0))
    }

    /// A copy that is out of focus by a radius in pixels of the cutout.
    fn blurred(&self, radius: f32) -> Soft {
        // The same blur looks larger on a smaller copy.
        let factor = (1.5 * Soft::BLUR as f32 / radius).min(2.0);
        let side = |length: usize| ((length as f32 * factor).ceil() as usize) + 2 * Soft::ROOM;
        let raster = Raster::from_fn(side(self.cut.width), side(self.cut.height), |x, y| {
            let at = |at: usize| (at as f32 + 0.5 - Soft::ROOM as f32) / factor;
            let (colour, alpha) = self.sample(at(x), at(y), [1.0 / factor; 2]);
            [colour[0] * alpha, colour[1] * alpha, colour[2] * alpha, alpha]
        });
        Soft { raster: raster.blurred(Soft::BLUR, 2), factor }
    }
}

/// A mouth as wide open as it is at a moment, in pixels of the cutout.
struct OpenMouth {
    x: f32,
    y: f32,
    wide: f32,
    high: f32,
    /// How soft its edge is.
    soft: f32,
}

impl OpenMouth {
    /// The colour at a point of the cutout, given that without the mouth.
    fn over(&self, colour: [f32; 3], x: f32, y: f32) -> [f32; 3] {
        let inside = |low: f32, wide: f32, high: f32| {
            let far = length((x - self.x) / wide, (y - self.y - low) / high);
            ((1.0 - far) * wide.min(high) / self.soft + 0.5).clamp(0.0, 1.0)
        };
        let open = inside(0.0, self.wide, self.high);
        let tongue = inside(self.high * 0.55, self.wide * 0.6, self.high * 0.45) * open;
        let mix = |from: [f32; 3], to: [f32; 3], share: f32| {
            std::array::from_fn(|i| from[i] + (to[i] - from[i]) * share)
        };
        mix(mix(colour, THROAT, open), TONGUE, tongue)
    }
}

/// A cutout that is out of focus: its colours multiplied by how far they are inside.
struct Soft {
    raster: Raster<4>,
    /// Pixels for one of the cutout.
    factor: f32,
}

impl Soft {
    const BLUR: usize = 2;
    const ROOM: usize = 6;

    fn sample(&self, x: f32, y: f32) -> ([f32; 3], f32) {
        let place = |at: f32| at * self.factor + Self::ROOM as f32;
        let (x, y) = (place(x), place(y));
        if x < 0.0 || y < 0.0 || x > self.raster.width as f32 || y > self.raster.height as f32 {
            return ([0.0; 3], 0.0);
        }
        let [r, g, b, alpha] = self.raster.sample(x, y);
        let share = 1.0 / alpha.max(1e-3);
        ([r * share, g * share, b * share], alpha)
    }
}
