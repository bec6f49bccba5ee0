//! The set of a scene from the words of its place: what stands where, on what ground, in
//! what light.
//!
//! Knows places; does not know who acts in them.

use super::body::share_of;
use super::geometry::Point;
use super::lookup::Lookup;
use super::rules::{BlockingRules, PieceRule, SetRule, WeatherRule, Where};
use super::set::{Form, Ground, Material, SetLight, SetPiece, SetRole, Surface};
use super::weather::{Said, named as named_weather};
use crate::breakdown::description::DescribedPlace;
use crate::breakdown::language::camera_rules::LightRule;
use crate::breakdown::shot::TakeSpec;

/// The set of a scene.
#[derive(Debug, Clone)]
pub(super) struct SetDesign {
    pub(super) pieces: Vec<SetPiece>,
    pub(super) ground: Ground,
    /// Width, depth and height of the room.
    pub(super) room: Option<[f64; 3]>,
    /// The table, an index into the pieces.
    pub(super) table: Option<usize>,
}

/// What a place looks like. `spread` is how wide those who act stand, in metres; `afloat`,
/// whether any of them is on the water or in it.
pub(super) fn design(
    lookup: &Lookup,
    place: &DescribedPlace,
    spread: f64,
    afloat: bool,
) -> SetDesign {
    let rules = &BlockingRules::stdlib().places;
    let fallback = if place.interior { &rules.inside } else { &rules.outside };
    let mut found = named(lookup, &place.name, place.interior);
    if found.is_empty() {
        found = named(lookup, &place.words, place.interior);
        found.truncate(1);
    }
    if found.is_empty() {
        found.extend(rules.sets.get(fallback));
    }
    let ground = |set: &&SetRule| match &set.bank {
        Some(bank) if !afloat => Some(bank.ground),
        _ => set.ground,
    };
    let surface = found.iter().find_map(ground);
    let surface = if place.interior { Surface::Floor } else { surface.unwrap_or_default() };
    let room = found.iter().find_map(|set| set.room).filter(|_| place.interior);
    let room = room.map(|[width, depth, height]| [width.max(spread + 3.4), depth, height]);
    let mut design = SetDesign {
        pieces: Vec::new(),
        ground: Ground { interior: place.interior, surface },
        room,
        table: None,
    };
    if let Some(room) = room {
        design.walls(room);
    }
    for set in found {
        let bank = set.bank.iter().filter(|_| !afloat).flat_map(|bank| &bank.pieces);
        for piece in set.pieces.iter().chain(bank) {
            design.set_up(piece, &place.name);
        }
    }
    design
}

/// The sets that a heading names: the last part that names one, like `kitchen` in
/// `house, kitchen`.
fn named(lookup: &Lookup, words: &str, interior: bool) -> Vec<&'static SetRule> {
    let sets = &BlockingRules::stdlib().places.sets;
    for part in words.rsplit([',', '/']) {
        let lower = part.to_lowercase();
        let words: Vec<&str> = lower
            .split(|letter: char| !letter.is_alphanumeric() && !"-'’".contains(letter))
            .filter(|word| !word.is_empty())
            .collect();
        let mut found: Vec<&'static SetRule> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let longest = (1..=3.min(words.len() - at)).rev();
            let mut hit =
                longest.map(|length| (length, lookup.sets(&words[at..at + length].join(" "))));
            let hit = hit.find(|(_, sets)| !sets.is_empty());
            let (length, indices) = hit.unwrap_or((1, &[]));
            for set in indices.iter().filter_map(|index| sets.get_index(*index)) {
                let (_, set) = set;
                if set.room.is_some() == interior
                    && !found.iter().any(|known| std::ptr::eq(*known, set))
                {
                    found.push(set);
                }
            }
            at += length;
        }
        if !found.is_empty() {
            found.truncate(2);
            return found;
        }
    }
    Vec::new()
}

/// Doors in the side walls, where people enter: half their width and their height.
const DOOR: (f64, f64) = (0.65, 2.15);

impl SetDesign {
    fn walls(&mut self, [width, depth, height]: [f64; 3]) {
        let mut wall = |x: f64, z: f64, facing: f64, wide: f64, from: f64, to: f64| {
            self.pieces.push(SetPiece {
                name: "wall".to_owned(),
                form: Form::Box,
                material: Material::Plaster,
                role: SetRole::Wall,
                base: Point::new(x, from, z),
                width: wide,
                height: to - from,
                depth: 0.08,
                facing,
            });
        };
        let (side, back) = (width / 2.0, depth / 2.0);
        wall(0.0, back, 180.0, width, 0.0, height);
        wall(0.0, -back, 0.0, width, 0.0, height);
        let (door, lintel) = DOOR;
        for (x, facing) in [(-side, 90.0), (side, -90.0)] {
            let wide = back - door;
            wall(x, f64::midpoint(door, back), facing, wide, 0.0, height);
            wall(x, -f64::midpoint(door, back), facing, wide, 0.0, height);
            if height > lintel {
                wall(x, 0.0, facing, door * 2.0, lintel, height);
            }
        }
    }

    fn set_up(&mut self, rule: &PieceRule, seed: &str) {
        let [width, _, depth] = rule.size;
        let count = rule.count.max(1);
        let room = self.room;
        let row = |index: u32, from: f64, to: f64| {
            from + (to - from) * (f64::from(index) + 0.5) / f64::from(count)
        };
        match rule.at {
            Where::Scatter => self.scatter(rule, seed),
            Where::Table => {
                let z = 0.95;
                self.table = Some(self.pieces.len());
                self.add(rule, Point::new(0.0, 0.0, z), 180.0, 1.0);
            }
            Where::Back => {
                let (half, z) = match room {
                    Some([w, d, _]) => (
                        w / 2.0 - 0.3,
                        (d / 2.0 - depth / 2.0 - 0.06 - rule.near).max(1.3 + depth / 2.0),
                    ),
                    None => ((width * f64::from(count) * 0.62).max(8.0), rule.near + depth / 2.0),
                };
                for index in 0..count {
                    self.add(rule, Point::new(row(index, -half, half), 0.0, z), 180.0, 1.0);
                }
            }
            Where::Side => {
                let (side, back) = room.map_or((7.0, 6.0), |[w, d, _]| (w / 2.0 - 0.1, d / 2.0));
                for index in 0..count {
                    let (x, facing) = if index % 2 == 0 { (-1.0, 90.0) } else { (1.0, -90.0) };
                    let z = row(index / 2, 1.0 + width / 2.0, back.max(1.4 + width))
                        .max(DOOR.0 + 0.3 + width / 2.0);
                    let inward = side - depth / 2.0 - rule.near;
                    self.add(rule, Point::new(x * inward, 0.0, z), facing, 1.0);
                }
            }
            Where::Wall => {
                let (half, z) =
                    room.map_or((3.0, 4.0), |[w, d, _]| (w / 2.0 - 0.6, d / 2.0 - 0.08));
                for index in 0..count {
                    self.add(rule, Point::new(row(index, -half, half), rule.up, z), 180.0, 1.0);
                }
            }
            Where::Rows => {
                let half = f64::from(count) / 4.0 * width * 1.12;
                for index in 0..count {
                    let (z, facing) = if index % 2 == 0 {
                        (rule.near + depth / 2.0, 180.0)
                    } else {
                        (-rule.far - depth / 2.0, 0.0)
                    };
                    let x = -half
                        + half * 2.0 * (f64::from(index / 2) + 0.5) / f64::from(count.div_ceil(2));
                    self.add(rule, Point::new(x, 0.0, z), facing, vary(seed, index, 0.25));
                }
            }
            Where::Ring => {
                for index in 0..count {
                    let angle = f64::from(index) * 360.0 / f64::from(count);
                    let place = Point::default().toward(angle, rule.far);
                    self.add(rule, place, angle + 180.0, 1.0);
                }
            }
            Where::Horizon => {
                for index in 0..count {
                    let angle = row(index, -180.0, 180.0) + 14.0 * vary(seed, index, 1.0);
                    let distance = (width * 1.6 + 40.0) * vary(seed, index + 7, 0.3);
                    let place = Point::default().toward(angle, distance);
                    self.add(rule, place, angle + 180.0, vary(seed, index + 13, 0.35));
                }
            }
        }
    }

    /// All around at even random places, clear of the middle and of each other.
    fn scatter(&mut self, rule: &PieceRule, seed: &str) {
        let clear = &BlockingRules::stdlib().places.clear;
        let start = share_of(&[seed, &rule.what].concat());
        let mut tries = 0;
        let mut placed = 0;
        while placed < rule.count && tries < rule.count * 6 {
            tries += 1;
            // Roberts's R2 sequence: even without a grid.
            let n = f64::from(tries);
            let share = |step: f64, from: f64| (from + n * step).fract();
            let angle = share(0.754_877_666_246_692_7, start) * 360.0;
            let distance = rule.near
                + (rule.far - rule.near) * share(0.569_840_290_998_053_3, start * 0.7).powf(0.8);
            let place = Point::default().toward(angle, distance);
            let size = vary(seed, tries, 0.3);
            let half = rule.size[0].max(rule.size[2]) * size / 2.0;
            let thick = if matches!(rule.form, Form::Tree | Form::Fir) { 0.4 } else { half };
            let lane = clear.across + thick;
            let inside = self.room.is_none_or(|[w, d, _]| {
                place.x.abs() + half < w / 2.0 && place.z.abs() + half < d / 2.0
            });
            let near = place.z.abs() < lane
                && (self.room.is_none() || place.x.abs() < clear.along + thick);
            let touches = self.pieces.iter().any(|other| {
                other.role != SetRole::Wall && other.base.floor_distance_to(place) < thick + 0.9
            });
            if inside && !near && !touches {
                self.add(rule, place, share(0.41, start) * 360.0, size);
                placed += 1;
            }
        }
    }

    fn add(&mut self, rule: &PieceRule, base: Point, facing: f64, size: f64) {
        let [width, height, depth] = rule.size;
        self.pieces.push(SetPiece {
            name: rule.what.clone(),
            form: rule.form,
            material: rule.material,
            role: rule.role,
            base,
            width: width * size,
            height: height * size,
            depth: depth * size,
            facing,
        });
    }
}

/// A factor around 1 that follows from a text and a number.
fn vary(seed: &str, index: u32, by: f64) -> f64 {
    let start = share_of(seed);
    1.0 - by / 2.0 + by * (start + f64::from(index) * 0.618_033_988_749_895).fract()
}

/// The light of a shot.
pub(super) fn light(take: &TakeSpec) -> SetLight {
    let (description, technique) = (&take.description, &take.technique);
    let rules = &BlockingRules::stdlib().places;
    let mut light = SetLight::default();
    if let Some(hour) = technique.time.as_ref().and_then(|time| time.properties.blocking) {
        apply(&mut light, hour);
    }
    if description.place.interior {
        if light.brightness < 0.5 {
            apply(&mut light, rules.lamp);
        }
        light.softness = light.softness.max(0.5);
    }
    if let Some(WeatherRule { light: rule, .. }) =
        named_weather(&description.weather, Said::OfTheWeather)
    {
        let dimmed = rule.brightness.unwrap_or(1.0).min(light.brightness);
        apply(&mut light, LightRule { brightness: Some(dimmed), ..*rule });
    }
    for rule in technique.lights.iter().filter_map(|light| light.properties) {
        apply(&mut light, rule);
    }
    light
}

fn apply(light: &mut SetLight, rule: LightRule) {
    light.direction = rule.direction.unwrap_or(light.direction);
    light.elevation = rule.elevation.unwrap_or(light.elevation);
    light.brightness = rule.brightness.unwrap_or(light.brightness);
    light.warmth = rule.warmth.unwrap_or(light.warmth);
    light.softness = rule.softness.unwrap_or(light.softness);
}
