//! The rules of blocking as data: `stdlib/blocking/`.
//!
//! Knows the form of the tables; the comments in the files say what each means.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use super::figure::{Gesture, Posture, Shape};
use super::set::{Falling, Form, Material, SetRole, Surface};
use crate::breakdown::language::camera_rules::{LightRule, SizeRule};
use crate::breakdown::language::nouns::NounClass;
use crate::breakdown::language::terms::ShotSize;
use crate::breakdown::screenplay::Kind;
use crate::breakdown::stage_direction::StageArea;

/// Language → words.
pub(super) type Words = IndexMap<String, Vec<String>>;

/// `kinds.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kinds {
    pub(super) kinds: IndexMap<String, BodyKind>,
    pub(super) unknown: UnknownKinds,
    pub(super) heads: IndexMap<Shape, HeadRule>,
    pub(super) seat: f64,
    pub(super) most: u32,
}

/// A kind of body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BodyKind {
    #[serde(default = "thing")]
    pub(super) shape: Shape,
    pub(super) height: f64,
    pub(super) width: f64,
    pub(super) length: f64,
    #[serde(default = "one")]
    pub(super) count: u32,
    #[serde(default)]
    pub(super) rests: Rests,
    pub(super) part: Option<f64>,
    pub(super) words: Words,
}

fn thing() -> Shape {
    Shape::Thing
}

fn one() -> u32 {
    1
}

/// Where a thing is when nobody says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Rests {
    #[default]
    Ground,
    Table,
    Wall,
}

/// The kinds of what has no known noun.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnknownKinds {
    person: String,
    pub(super) group: String,
    thing: String,
    animal: String,
    vehicle: String,
    furniture: String,
}

impl UnknownKinds {
    /// The kind by what a picture shows for the noun, and by the kind of the script's name.
    pub(super) fn of(&self, class: Option<NounClass>, kind: Option<Kind>) -> &str {
        let thing = matches!(kind, Some(Kind::Prop) | None);
        match class {
            Some(NounClass::Animal) => &self.animal,
            Some(NounClass::Vehicle) => &self.vehicle,
            Some(NounClass::Furniture) if thing => &self.furniture,
            _ if thing => &self.thing,
            _ if kind == Some(Kind::Group) => &self.group,
            _ => &self.person,
        }
    }
}

/// Where a head is.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeadRule {
    pub(super) share: f64,
    pub(super) ahead: f64,
}

/// `framings.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Framings {
    pub(super) size: ShotSize,
    pub(super) margin: f64,
    pub(super) look_room: f64,
    pub(super) lead_room: f64,
    pub(super) off_line: f64,
    pub(super) off_view: f64,
    pub(super) front: f64,
    pub(super) over: OverRule,
    pub(super) shortest: f64,
    pub(super) longest: f64,
}

fn whole() -> f64 {
    1.0
}

/// How a shot over a shoulder is composed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OverRule {
    pub(super) behind: f64,
    pub(super) shoulder: f64,
    pub(super) face: f64,
}

/// `motions.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Motions {
    pub(super) motions: IndexMap<String, Motion>,
    /// The motion of whoever gets up.
    pub(super) rise: String,
    pub(super) leads: IndexMap<Lead, Words>,
    pub(super) posture_time: f64,
    pub(super) fall_time: f64,
    pub(super) turn_time: f64,
    pub(super) lead: f64,
}

/// What a verb makes a body do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Motion {
    pub(super) pace: Option<f64>,
    pub(super) goes: Option<Goes>,
    #[serde(default)]
    pub(super) lean: f64,
    pub(super) posture: Option<Posture>,
    #[serde(default)]
    pub(super) already: bool,
    #[serde(default)]
    pub(super) quick: bool,
    pub(super) gesture: Option<Gesture>,
    pub(super) period: Option<f64>,
    #[serde(default)]
    pub(super) hop: f64,
    #[serde(default)]
    pub(super) sways: f64,
    #[serde(default)]
    pub(super) lift: f64,
    #[serde(default)]
    pub(super) turns: bool,
    #[serde(default)]
    pub(super) head: bool,
    #[serde(default)]
    pub(super) speaks: bool,
    #[serde(default)]
    pub(super) opens: bool,
    pub(super) apart: Option<f64>,
    pub(super) with_thing: Option<String>,
    pub(super) down: Option<String>,
    #[serde(default)]
    pub(super) rides: bool,
    pub(super) verbs: Words,
}

/// Where words after a verb lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(untagged)]
pub(super) enum Lead {
    Goes(Goes),
    Body(BodyLead),
}

/// What words after a verb make of a posture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum BodyLead {
    /// `down` after `sit`.
    Posture,
    /// `up` after `get`.
    Rise,
}

/// Where a walk leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Goes {
    Enter,
    Leave,
    Out,
    Cross,
    Approach,
    Retreat,
    Follow,
    Around,
    Up,
    Down,
}

/// `places.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Places {
    pub(super) sets: IndexMap<String, SetRule>,
    pub(super) outside: String,
    pub(super) inside: String,
    pub(super) clear: Clear,
    pub(super) areas: IndexMap<StageArea, AreaRule>,
    pub(super) stage: StageRule,
    pub(super) lamp: LightRule,
    pub(super) weathers: IndexMap<String, WeatherRule>,
}

/// What stands in a place.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetRule {
    pub(super) ground: Option<Surface>,
    pub(super) room: Option<[f64; 3]>,
    pub(super) words: Words,
    pub(super) pieces: Vec<PieceRule>,
    pub(super) bank: Option<Bank>,
}

/// What is beside a water.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bank {
    pub(super) ground: Surface,
    pub(super) pieces: Vec<PieceRule>,
}

/// Pieces of one kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PieceRule {
    pub(super) what: String,
    pub(super) form: Form,
    pub(super) material: Material,
    pub(super) size: [f64; 3],
    pub(super) at: Where,
    #[serde(default)]
    pub(super) near: f64,
    #[serde(default)]
    pub(super) far: f64,
    #[serde(default)]
    pub(super) up: f64,
    pub(super) count: u32,
    #[serde(default)]
    pub(super) role: SetRole,
}

/// Where pieces stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Where {
    Back,
    Side,
    Scatter,
    Rows,
    Ring,
    Horizon,
    Table,
    Wall,
}

/// Where nothing stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clear {
    pub(super) along: f64,
    pub(super) across: f64,
}

/// Where an area of the stage is, in metres; what it leaves open stays as it is.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AreaRule {
    pub(super) right: Option<f64>,
    pub(super) beyond: Option<f64>,
}

/// How far from the middle one may go outside, in metres.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StageRule {
    pub(super) side: f64,
    pub(super) near: f64,
    pub(super) far: f64,
}

/// A weather: how it changes the light, and what the picture shows of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeatherRule {
    /// What names it.
    pub(super) words: Words,
    /// What an action says when it is there.
    #[serde(default)]
    pub(super) acts: Words,
    pub(super) light: LightRule,
    pub(super) falls: Option<Falling>,
    #[serde(default = "whole")]
    pub(super) amount: f64,
    #[serde(default)]
    pub(super) sight: f64,
}

/// `colours.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Colours {
    pub(super) colours: IndexMap<String, ColourRule>,
    pub(super) hair: Words,
    pub(super) small: Words,
    pub(super) following: Vec<String>,
}

/// A colour.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColourRule {
    pub(super) tone: [u8; 3],
    pub(super) hair: Option<[u8; 3]>,
    pub(super) words: Words,
}

/// All rules.
#[derive(Debug)]
pub(super) struct BlockingRules {
    pub(super) kinds: Kinds,
    pub(super) framings: Framings,
    pub(super) motions: Motions,
    pub(super) places: Places,
    pub(super) colours: Colours,
}

static RULES: LazyLock<BlockingRules> = LazyLock::new(|| BlockingRules {
    kinds: read("kinds", include_str!("../../stdlib/blocking/kinds.yaml")),
    framings: read("framings", include_str!("../../stdlib/blocking/framings.yaml")),
    motions: read("motions", include_str!("../../stdlib/blocking/motions.yaml")),
    places: read("places", include_str!("../../stdlib/blocking/places.yaml")),
    colours: read("colours", include_str!("../../stdlib/blocking/colours.yaml")),
});

fn read<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> T {
    serde_yaml::from_str(text).unwrap_or_else(|error| {
        panic!("stdlib/blocking/{name}.yaml is part of the program: {error}")
    })
}

impl BlockingRules {
    /// The rules of the standard library.
    pub(super) fn stdlib() -> &'static Self {
        &RULES
    }
}

impl Framings {
    /// The rule of a size; of the usual size for none, and for one that says nothing.
    pub(super) fn size(&self, size: Option<&ShotSize>) -> SizeRule {
        let rule = size.and_then(|size| size.properties.blocking);
        rule.or(self.size.properties.blocking).expect("the usual size has a rule")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::language::entries::VocabularyEntry;
    use crate::breakdown::language::vocabulary::Vocabulary;

    /// Those of our words by which nothing changes.
    const PLAIN: [&str; 3] = ["eye level", "static", "lens flare"];

    #[test]
    fn every_word_of_the_vocabulary_is_blocked() {
        fn unblocked<E: VocabularyEntry>(table: &IndexMap<String, E>) -> Vec<&str> {
            let plain = table.iter().filter(|(_, entry)| !entry.has_numbers());
            plain.map(|(word, _)| word.as_str()).collect()
        }
        let all = Vocabulary::standard();
        let angles = all.angles.iter().filter(|(_, entry)| !entry.is_blocked());
        let found: Vec<&str> = [
            unblocked(&all.sizes),
            angles.map(|(word, _)| word.as_str()).collect(),
            unblocked(&all.moves),
            unblocked(&all.speeds),
            unblocked(&all.lenses),
            unblocked(&all.lights),
            unblocked(&all.times),
        ]
        .concat();
        assert_eq!(found, PLAIN);
        assert!(BlockingRules::stdlib().framings.size.properties.blocking.is_some());
    }

    #[test]
    fn whatever_an_author_directs_is_a_motion() {
        let motions = &BlockingRules::stdlib().motions.motions;
        for (language, words) in &Vocabulary::standard().languages {
            for motion in words.directing.motions.keys() {
                assert!(motions.contains_key(motion), "{language}: {motion}");
            }
        }
    }
}
