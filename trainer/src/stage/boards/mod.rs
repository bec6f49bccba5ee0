//! The world of the second edition: who stands alone before the key colour, and the sets
//! in their layers, as data (`boards.yaml`, `places.yaml`).
//!
//! Pictures are larger than in the first edition, so that a face has eyes. Knows no
//! networks, and nothing of blocking.

mod data;
mod drawing;
mod face;
mod figure;
mod people;
mod plate;
mod sheet;
mod terms;
mod world;

use super::rng::{Rng, hash};
use super::sets::{Daylight, Weather};
use figure::NEAR_KEY;
use terms::{Figure, Layer, Plate};

pub(crate) use sheet::sheets;
pub(crate) use terms::{FIGURE, Picture, SET};
pub(crate) use world::World;

impl World {
    /// All sets at every hour and in every weather, whole and in their layers.
    pub(crate) fn plates(&self) -> Vec<Plate> {
        let mut plates = Vec::new();
        for (place, set) in self.places.values().enumerate() {
            let weathers = if set.inside { &Weather::ALL[..1] } else { Weather::ALL };
            for &time in Daylight::ALL {
                for &weather in weathers {
                    plates.extend(Layer::ALL.map(|layer| Plate {
                        place: place as u16,
                        time,
                        weather,
                        layer,
                    }));
                }
            }
        }
        plates
    }

    /// A random figure, of the look of another if one is given.
    pub(crate) fn draw_figure(&self, rng: &mut Rng, like: Option<Figure>) -> Figure {
        figure::drawn(self, rng, like)
    }

    /// Whether the scorecard keeps a figure for itself, as it does with one prompt of ten.
    pub(crate) fn is_held_out(&self, figure: &Figure) -> bool {
        let prompt = self.prompt(Picture::Figure(*figure));
        (hash(prompt.bytes()) >> 32).is_multiple_of(10)
    }

    /// The words for whom a picture shows, without pose, size and mood.
    pub(crate) fn who(&self, picture: Picture) -> String {
        match picture {
            Picture::Figure(figure) => figure::asked(self, &figure).who,
            Picture::Plate(_) => String::new(),
        }
    }

    /// Subjects of which a pixel comes so near to the key colour that it could be taken
    /// for it, with the distance.
    pub(crate) fn too_near_to_key(&self) -> Vec<(String, f32)> {
        let near = |figure: Figure| {
            let name = self.subjects[usize::from(figure.subject)].name.clone();
            (name, figure::nearest_to_key(self, &figure))
        };
        let all = sheet::everybody(self).into_iter().map(near);
        all.filter(|(_, distance)| *distance < NEAR_KEY).collect()
    }

    /// The prompt of a picture, as the reel will ask for it.
    pub(crate) fn prompt(&self, picture: Picture) -> String {
        match picture {
            Picture::Figure(figure) => figure::asked(self, &figure).prompt(),
            Picture::Plate(plate) => plate::asked(self, plate).prompt(),
        }
    }

    /// A picture, before the key colour where it does not fill the frame.
    pub(crate) fn paint(&self, picture: Picture) -> image::RgbImage {
        sheet::painted(self, picture)
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::data::Boards;
    use super::terms::{Facing, Framing, Mood};
    use super::*;
    use crate::stage::art::Art;

    /// The world without the art, which is not in the repository.
    fn drawn_alone() -> World {
        let boards = data::boards().expect("boards.yaml is well formed");
        let places = data::places().expect("places.yaml is well formed");
        let subjects = world::subjects(&boards);
        World { art: Art::none(), boards, places, subjects }
    }

    fn someone(world: &World, name: &str) -> Figure {
        let subject = world.subjects.iter().position(|one| one.name == name).expect("is there");
        Figure {
            subject: subject as u16,
            dress: [None; 3],
            framing: Framing::Bust,
            facing: Facing::Right,
            mood: Mood::Glad,
            open: true,
        }
    }

    #[test]
    fn everything_that_is_worn_is_drawn() {
        let world = drawn_alone();
        assert!(world.subjects.len() >= 120 && world.places.len() >= 24);
        let Boards { bodies, hair, hats, beards, people, .. } = &world.boards;
        for (name, person) in people {
            assert!(bodies.contains_key(&person.body) && hair.contains_key(&person.hair), "{name}");
            assert!(person.hat.iter().all(|hat| hats.contains_key(hat)), "{name}");
            assert!(person.beard.iter().all(|beard| beards.contains_key(beard)), "{name}");
        }
        let mut names: Vec<&str> = world.subjects.iter().map(|one| one.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), world.subjects.len(), "two subjects share a name");
    }

    #[test]
    fn a_prompt_says_what_is_shown() {
        let world = drawn_alone();
        let woman = someone(&world, "woman");
        let at = |names: &IndexMap<String, data::Colour>, name: &str| {
            names.get_index_of(name).map(|at| at as u8)
        };
        let World { boards: Boards { colours, hairs, skins, .. }, .. } = &world;
        let dress = [at(colours, "red"), at(hairs, "blond"), at(skins, "dark")];
        let dressed = Picture::Figure(Figure { dress, ..woman });
        let wanted = "bust. red woman, blond hair, dark skin. right. glad, open mouth.";
        assert_eq!(world.prompt(dressed), wanted);
        assert_eq!(world.who(dressed), "red woman, blond hair, dark skin");
        let plain = Figure { mood: Mood::Asleep, open: false, framing: Framing::Full, ..woman };
        assert_eq!(world.prompt(Picture::Figure(plain)), "full. woman. right. asleep.");
        let place = world.places.get_index_of("meadow").expect("is there") as u16;
        let (time, weather, layer) = (Daylight::Dawn, Weather::Fog, Layer::Back);
        let plate = Plate { place, time, weather, layer };
        assert_eq!(world.prompt(Picture::Plate(plate)), "back. meadow. dawn, fog.");
    }

    #[test]
    fn every_mood_can_be_told_from_the_others() {
        let world = drawn_alone();
        let girl = someone(&world, "girl");
        let mut faces = Vec::new();
        for mood in Mood::ALL {
            for (facing, open) in [(Facing::Front, false), (Facing::Right, true)] {
                let face = world.paint(Picture::Figure(Figure { facing, mood, open, ..girl }));
                assert!(faces.iter().all(|other| *other != face), "{mood:?} {facing:?}");
                faces.push(face);
            }
        }
        let left = world.paint(Picture::Figure(Figure { facing: Facing::Left, ..girl }));
        let right = world.paint(Picture::Figure(girl));
        let differ = |(a, b): (&u8, &u8)| u32::from(a.abs_diff(*b));
        let mirrored = image::imageops::flip_horizontal(&left);
        let sum: u32 = mirrored.as_raw().iter().zip(right.as_raw()).map(differ).sum();
        assert!(f64::from(sum) / (mirrored.as_raw().len() as f64) < 1.0, "left mirrors right");
    }

    #[test]
    fn no_person_has_the_key_colour() {
        let world = drawn_alone();
        let alone = |name: &String| figure::nearest_to_key(&world, &someone(&world, name));
        for name in world.boards.people.keys() {
            assert!(alone(name) >= NEAR_KEY, "{name}");
        }
    }

    #[test]
    fn a_line_that_draws_nothing_is_an_error() {
        for line in ["oval 1 2 3 flat ff0000", "each: rect 0 0 1 1 flat cloth:", "square 1 1"] {
            assert!(drawing::Drawing::try_from(vec![line.to_owned()]).is_err(), "{line}");
        }
    }
}
