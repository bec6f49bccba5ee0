//! Colours: a material in some light, a distance in hazy air, and the colour that
//! identifies somebody.
//!
//! Knows light and directions; does not know forms.

use tiny_skia::Color;

use super::vector::{Vector, dot};
use crate::blocking::figure::Figure;
use crate::blocking::geometry::Point;
use crate::blocking::set::{Ground, Material, SetLight, Surface};

/// Red, green and blue from 0 to 1, as they are shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tone(pub [f32; 3]);

impl Tone {
    pub(super) const fn grey(value: f32) -> Self {
        Self([value; 3])
    }

    /// The tone a share of the way to another.
    pub(super) fn mix(self, other: Self, share: f32) -> Self {
        let Self(from) = self;
        Self(std::array::from_fn(|at| from[at] + (other.0[at] - from[at]) * share))
    }

    pub(super) fn times(self, factor: f32) -> Self {
        Self(self.0.map(|value| value * factor))
    }

    /// The tone of a material in a light.
    pub(super) fn lit(self, light: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] * light.0[at]))
    }

    pub(super) fn opaque(self) -> Color {
        self.covering(1.0)
    }

    /// The colour that covers a share of what is under it.
    pub(super) fn covering(self, share: f32) -> Color {
        let [red, green, blue] = self.0.map(|value| value.clamp(0.0, 1.0));
        Color::from_rgba(red, green, blue, share.clamp(0.0, 1.0)).unwrap_or(Color::BLACK)
    }
}

/// The light of a shot as tones.
#[derive(Debug, Clone)]
pub(super) struct Mood {
    /// Towards the light, of length 1.
    pub towards: Vector,
    /// The light on a side that faces it.
    key: Tone,
    /// The light of the sky or the room on every side.
    fill: Tone,
    /// The sky above, or the upper part of a room without walls.
    pub zenith: Tone,
    /// The sky where it meets the ground.
    pub horizon: Tone,
    /// The colour that distant things approach.
    haze: Tone,
    /// Metres after which the air has taken two thirds of a thing.
    clear: f32,
    /// The ground.
    pub ground: Tone,
    /// How dark shadows are on the ground, from 0 to 1.
    pub shadow: f32,
    /// How little light there is, from 0 (day) to 1 (night).
    pub night: f32,
    pub interior: bool,
    pub surface: Surface,
}

const NEUTRAL: Tone = Tone([1.0, 1.0, 1.0]);
const WARM: Tone = Tone([1.0, 0.82, 0.60]);
const COLD: Tone = Tone([0.74, 0.87, 1.0]);
const MOON: Tone = Tone([0.64, 0.76, 1.0]);

impl Mood {
    pub(super) fn of(light: &SetLight, ground: Ground) -> Self {
        let (direction, elevation) =
            (light.direction.to_radians(), light.elevation.clamp(8.0, 85.0).to_radians());
        let towards = Point::new(
            direction.sin() * elevation.cos(),
            elevation.sin(),
            direction.cos() * elevation.cos(),
        );
        let bright = light.brightness.clamp(0.0, 1.0) as f32;
        let warm = light.warmth.clamp(-1.0, 1.0) as f32;
        let tint = if warm > 0.0 { NEUTRAL.mix(WARM, warm) } else { NEUTRAL.mix(COLD, -warm) };
        let opposite = if warm > 0.0 { NEUTRAL.mix(COLD, 0.6 * warm) } else { NEUTRAL };
        let night = ((0.55 - bright) / 0.45).clamp(0.0, 1.0);
        // Film night is a dark blue in which everything is still seen.
        let (zenith, horizon) = if ground.interior {
            let wall = Tone([0.60, 0.58, 0.56]).lit(tint).times(0.66 + 0.42 * bright);
            (wall.times(0.72), wall)
        } else {
            let day = (Tone([0.47, 0.60, 0.75]), Tone([0.83, 0.86, 0.86]));
            let dusk = (Tone([0.36, 0.39, 0.52]), Tone([0.95, 0.74, 0.55]));
            let dark = (Tone([0.06, 0.08, 0.15]), Tone([0.22, 0.28, 0.40]));
            let sunset = warm.max(0.0);
            let mixed = |pick: fn(&(Tone, Tone)) -> Tone| {
                pick(&day).mix(pick(&dusk), sunset).mix(pick(&dark), night)
            };
            (mixed(|sky| sky.0), mixed(|sky| sky.1))
        };
        // Figures stay readable in the dark: blue says that it is night, not blackness.
        let key = tint.mix(MOON, 0.5 * night).times(0.36 + 0.20 * bright);
        let fill = opposite
            .mix(MOON, night)
            .times(0.50 + 0.10 * bright + 0.32 * night + if ground.interior { 0.18 } else { 0.0 });
        let ground_tone = surface(ground.surface).lit(fill.mix(NEUTRAL, 0.0).times(1.0));
        let lit = ground_tone.0;
        let flat = surface(ground.surface).lit(key).times(0.75 * elevation.sin() as f32 + 0.2);
        let ground_tone = Tone(std::array::from_fn(|at| lit[at] + flat.0[at]));
        Self {
            towards,
            key,
            fill,
            zenith,
            horizon,
            haze: if ground.interior { horizon.times(0.9) } else { horizon.mix(zenith, 0.12) },
            clear: if ground.interior { 38.0 } else { 70.0 - 25.0 * night },
            ground: ground_tone,
            shadow: (0.50 - 0.30 * light.softness as f32) * (0.5 + 0.5 * bright),
            night,
            interior: ground.interior,
            surface: ground.surface,
        }
    }

    /// Clears the air, so that the subject of a picture stays visible at any distance.
    pub(super) fn see_as_far_as(&mut self, metres: f64) {
        self.clear = self.clear.max(metres as f32 * 2.5);
    }

    /// Fills the air with fog in which one sees half of everything so far away, in metres;
    /// 0 is none. The camera's subject stays visible.
    pub(super) fn fog(&mut self, sight: f64, focus: f64) {
        if sight > 0.0 {
            let clear = sight.max(0.6 * focus) / std::f64::consts::LN_2;
            self.clear = self.clear.min(clear as f32);
            let far = self.haziness(60.0);
            self.zenith = self.zenith.mix(self.haze, 0.8 * far);
            self.horizon = self.horizon.mix(self.haze, far);
        }
    }

    /// The tone of a material where its surface looks along `normal`. Three soft
    /// steps: shade, half light, light.
    pub(super) fn shade(&self, material: Tone, normal: Vector) -> Tone {
        let facing = dot(normal, self.towards) as f32;
        let steps = 0.45 * smoothstep(-0.25, 0.30, facing) + 0.55 * smoothstep(0.25, 0.95, facing);
        // The ground throws some of its light up.
        let sky = 0.82 + 0.18 * normal.y as f32;
        Tone(std::array::from_fn(|at| {
            material.0[at] * (self.fill.0[at] * sky + self.key.0[at] * steps)
        }))
    }

    /// A tone as it looks at a distance, in metres.
    pub(super) fn through_air(&self, tone: Tone, distance: f64) -> Tone {
        tone.mix(self.haze, self.haziness(distance))
    }

    /// The share of haze at a distance, from 0 to 1.
    pub(super) fn haziness(&self, distance: f64) -> f32 {
        1.0 - (-(distance.max(0.0) as f32) / self.clear).exp()
    }

    /// The haze itself.
    pub(super) fn air(&self) -> Tone {
        self.haze
    }
}

pub(super) fn smoothstep(from: f32, to: f32, value: f32) -> f32 {
    let share = ((value - from) / (to - from)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

/// The colour of a ground in white light.
fn surface(surface: Surface) -> Tone {
    Tone(match surface {
        Surface::Floor => [0.66, 0.62, 0.57],
        Surface::Planks => [0.64, 0.56, 0.48],
        Surface::Grass => [0.53, 0.60, 0.44],
        Surface::Earth => [0.58, 0.51, 0.44],
        Surface::Sand => [0.80, 0.73, 0.60],
        Surface::Snow => [0.90, 0.92, 0.94],
        Surface::Stone => [0.62, 0.62, 0.62],
        Surface::Water => [0.42, 0.54, 0.60],
        Surface::Air => [0.70, 0.76, 0.82],
    })
}

/// The colour of a material in white light: greys with a hint of colour, as models
/// of a set have.
pub(super) fn material(material: Material) -> Tone {
    Tone(match material {
        Material::Wood => [0.64, 0.55, 0.46],
        Material::Stone => [0.64, 0.63, 0.62],
        Material::Plaster => [0.78, 0.76, 0.72],
        Material::Leaves => [0.50, 0.59, 0.46],
        Material::Metal => [0.56, 0.59, 0.63],
        Material::Cloth => [0.66, 0.57, 0.56],
        Material::Glass => [0.62, 0.72, 0.77],
        Material::Water => [0.48, 0.60, 0.67],
        Material::Earth => [0.58, 0.52, 0.45],
        Material::Glowing => [1.0, 0.93, 0.74],
    })
}

/// The colour of somebody's clothes: that of the script, else a muted one that depends only
/// on the name, so that it is the same in every shot.
pub(super) fn clothes(figure: &Figure) -> Tone {
    written(figure.colours.coat).unwrap_or_else(|| pick(&CLOTHES, &figure.name, 0))
}

/// The colour of a thing: that of the script, else its own with a hint of a colour that
/// depends on the name.
pub(super) fn painted(figure: &Figure, own: Tone, share: f32) -> Tone {
    written(figure.colours.coat).unwrap_or_else(|| pick(&CLOTHES, &figure.name, 0).mix(own, share))
}

/// The coat of an animal.
pub(super) fn fur(figure: &Figure) -> Tone {
    written(figure.colours.coat).unwrap_or_else(|| pick(&FUR, &figure.name, 2))
}

/// The tone of somebody's hair.
pub(super) fn hair(figure: &Figure) -> Tone {
    written(figure.colours.hair).unwrap_or_else(|| pick(&HAIR, &figure.name, 1))
}

fn written(colour: Option<[u8; 3]>) -> Option<Tone> {
    colour.map(|colour| Tone(colour.map(|value| f32::from(value) / 255.0)))
}

/// The colour that a name decides.
fn pick(colours: &[[f32; 3]], name: &str, which: u32) -> Tone {
    Tone(colours[chance(name, which) as usize % colours.len()])
}

const CLOTHES: [[f32; 3]; 12] = [
    [0.71, 0.42, 0.36],
    [0.36, 0.50, 0.62],
    [0.71, 0.59, 0.34],
    [0.43, 0.56, 0.43],
    [0.57, 0.43, 0.60],
    [0.34, 0.56, 0.57],
    [0.74, 0.50, 0.43],
    [0.45, 0.46, 0.64],
    [0.60, 0.59, 0.38],
    [0.68, 0.44, 0.53],
    [0.40, 0.47, 0.45],
    [0.59, 0.47, 0.37],
];

const FUR: [[f32; 3]; 7] = [
    [0.66, 0.53, 0.41],
    [0.57, 0.55, 0.53],
    [0.73, 0.61, 0.44],
    [0.47, 0.42, 0.39],
    [0.70, 0.64, 0.56],
    [0.64, 0.47, 0.36],
    [0.55, 0.47, 0.42],
];

const HAIR: [[f32; 3]; 6] = [
    [0.22, 0.20, 0.20],
    [0.34, 0.28, 0.24],
    [0.48, 0.38, 0.29],
    [0.63, 0.54, 0.40],
    [0.44, 0.42, 0.42],
    [0.50, 0.32, 0.24],
];

/// A number that follows from a name and a place in a row (FNV-1a).
pub(super) fn chance(name: &str, index: u32) -> u32 {
    let mut hash = 0x811C_9DC5 ^ index.wrapping_mul(0x9E37_79B9);
    for byte in name.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0x2C1B_3C6D);
    hash ^ hash >> 13
}

/// The same as a share from 0 to 1.
pub(super) fn share(name: &str, index: u32) -> f64 {
    f64::from(chance(name, index) >> 8) / f64::from(1 << 24)
}
