//! What body somebody or something of a shot has, by the noun that says what it is.
//!
//! Knows kinds of bodies; does not know where anybody stands.

use super::figure::Shape;
use super::lookup::Lookup;
use super::rules::{BlockingRules, Rests};
use crate::breakdown::description::{Depicted, HeadNoun};
use crate::breakdown::language::nouns::NounClass;
use crate::breakdown::screenplay::Kind;

/// A body, or several of one kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Body {
    pub(super) shape: Shape,
    pub(super) height: f64,
    pub(super) width: f64,
    pub(super) length: f64,
    pub(super) count: u32,
    pub(super) rests: Rests,
    /// A part of somebody: where it is, as a share of their height.
    pub(super) part: Option<f64>,
}

impl Body {
    /// A thing that somebody can use: it rests, and does not go by itself.
    pub(super) fn is_thing(&self) -> bool {
        !self.shape.is_alive()
    }

    /// A thing that somebody can carry.
    pub(super) fn is_carried(&self) -> bool {
        matches!(self.shape, Shape::Thing | Shape::Flat) && self.height < 0.7
    }

    /// How much room it needs to each side, in metres.
    pub(super) fn half(&self) -> f64 {
        self.width.max(self.length) / 2.0
    }
}

/// The body of somebody or something. `kind` is that of the script's name, if it has one.
pub(super) fn body(lookup: &Lookup, depicted: &Depicted, kind: Option<Kind>) -> Body {
    let kinds = &BlockingRules::stdlib().kinds;
    let mut nouns = depicted.nouns.iter().map(|noun| named(lookup, noun));
    let found = nouns.clone().find(|noun| noun.kind.is_some()).or_else(|| nouns.next_back());
    let found = found.unwrap_or_default();
    // `grey eyes` are somebody's, unless the shot is of eyes.
    let whole = !matches!(kind, Some(Kind::Prop) | None);
    let known = found.kind.filter(|kind| !whole || kinds.kinds[*kind].part.is_none());
    let class = found.class.filter(|_| found.kind.is_none());
    let index = known
        .or_else(|| kinds.kinds.get_index_of(kinds.unknown.of(class, kind)))
        .unwrap_or_default();
    let rule = &kinds.kinds[index];
    let group = kind == Some(Kind::Group);
    let few = if group { kinds.kinds[&kinds.unknown.group].count } else { 3 };
    let many = if found.plural || (group && rule.count == 1) { few } else { 1 };
    let written = (depicted.count > 1).then_some(depicted.count);
    // `ANNA (30)` is one woman.
    let said = found.count.filter(|_| group || found.kind.is_some());
    // Nobody is as tall as the next one.
    let tall = if rule.shape.is_person() { 0.96 + 0.08 * share_of(&depicted.called) } else { 1.0 };
    Body {
        shape: rule.shape,
        height: rule.height * tall,
        width: rule.width,
        length: rule.length,
        count: written.or(said).unwrap_or(rule.count.max(many)).clamp(1, kinds.most),
        rests: rule.rests,
        part: rule.part,
    }
}

/// The kind that a noun names, and how many of it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct NamedKind {
    /// An index into the kinds.
    kind: Option<usize>,
    class: Option<NounClass>,
    count: Option<u32>,
    plural: bool,
}

fn named(lookup: &Lookup, noun: &HeadNoun) -> NamedKind {
    let kinds = &BlockingRules::stdlib().kinds.kinds;
    let HeadNoun { class, count, .. } = *noun;
    let of = noun.of.as_ref().and_then(|of| Some((lookup.noun(of)?, of.class)));
    match (lookup.noun(noun), of) {
        // `a troupe of dancers`, `a family of bears`
        (Some((many, _)), Some(((kind, plural), class))) if kinds[many].count > 1 => {
            let count = count.or(Some(kinds[many].count));
            NamedKind { kind: Some(kind), class, count, plural }
        }
        (None, Some(((kind, plural), class))) => {
            NamedKind { kind: Some(kind), class, count, plural }
        }
        (Some((kind, plural)), _) => NamedKind { kind: Some(kind), class, count, plural },
        (None, None) => NamedKind { kind: None, class, count, plural: false },
    }
}

/// A share from 0 to 1 that follows from a text.
pub(super) fn share_of(text: &str) -> f64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noun(base: &str, plural: bool, count: Option<u32>) -> HeadNoun {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect();
        let written = if plural { words(&format!("{base}s")) } else { words(base) };
        HeadNoun { written, base: words(base), plural, count, ..HeadNoun::default() }
    }

    fn of(nouns: Vec<HeadNoun>, kind: Kind) -> (Shape, f64, u32) {
        let depicted = Depicted { nouns, ..Depicted::default() };
        let body = body(Lookup::of("en"), &depicted, Some(kind));
        (body.shape, (body.height * 10.0).round() / 10.0, body.count)
    }

    #[test]
    fn a_noun_has_a_body() {
        let cases = [
            (noun("mammoth", false, None), Shape::Quadruped, 3.2, 1),
            (noun("cow", true, Some(8)), Shape::Quadruped, 1.7, 8),
            (noun("horse", true, None), Shape::Quadruped, 2.1, 3),
            (noun("old ship", false, None), Shape::Boat, 22.0, 1),
            (noun("old fire engine", false, None), Shape::Vehicle, 3.0, 1),
            (noun("crowd", false, None), Shape::Person, 1.7, 16),
        ];
        for (noun, shape, height, count) in cases {
            let (found, tall, many) = of(vec![noun.clone()], Kind::Cast);
            assert_eq!((found, many), (shape, count), "{noun:?}");
            assert!((tall - height).abs() < 0.2, "{noun:?}: {tall}");
        }
        let family = noun("family", false, None);
        let bears = HeadNoun { of: Some(Box::new(noun("bear", true, None))), ..family };
        assert_eq!(of(vec![bears], Kind::Cast), (Shape::Quadruped, 1.3, 6));
    }

    #[test]
    fn without_a_known_noun_a_name_is_a_person_and_a_prop_a_thing() {
        assert_eq!(of(vec![noun("grey eye", true, None)], Kind::Extra).0, Shape::Person);
        assert_eq!(of(Vec::new(), Kind::Cast).0, Shape::Person);
        assert_eq!(of(vec![noun("year", true, Some(12))], Kind::Cast).2, 1);
        assert_eq!(of(vec![noun("sailor", true, Some(12))], Kind::Group).2, 12);
        assert_eq!(of(Vec::new(), Kind::Prop).0, Shape::Thing);
        assert_eq!(of(Vec::new(), Kind::Group).2, 6);
        let aardvark = HeadNoun { class: Some(NounClass::Animal), ..noun("aardvark", false, None) };
        assert_eq!(of(vec![aardvark], Kind::Extra).0, Shape::Quadruped);
    }
}
